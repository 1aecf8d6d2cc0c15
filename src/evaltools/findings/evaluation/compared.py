"""Two groups side by side at a horizon: what is known of each person at the start, and what became of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from evaltools.cohorts import Cohort, outcomes_in_view, weights_in_view
from evaltools.effects import PropensityWeights, propensity_weights
from evaltools.effects.inputs import columns
from evaltools.errors import InvalidDataError

COVARIATES = (
    "age", "sex", "household_type", "origin_status", "scheme", "exemption", "log_months_on_benefit",
    "months_on_benefit_before", "n_exits_before", "months_with_work_before", "has_open_trajectory", "index_quarter",
)  # fmt: skip
"""What groups are made alike on; see `cohorts.at_start.COVARIATES`. The neighbourhood has too many levels."""
OF_THE_TIME = ("index_quarter",)
"""Left out where the other group lived in other years."""
MOST_MISSING = 0.05
"""A covariate that is missing for more than this share of either group is left out."""
FEWEST_OF_A_LEVEL = 10
"""Levels that fewer people have, in both groups together, are taken together."""
RARE = "of few people"
"""What they are called: no level of a code list, as `other` is one of those of the status."""

KINDS, FEWEST_OF_A_KIND = 10, 50
"""People of a group with like chances of being in the programme are of one kind: so many kinds, or fewer of so many people."""

OUTCOMES = {
    "work": ("work",),
    "any_work": ("work", "work_with_benefit"),
    "off_benefit": ("work", "education", "other_income", "enforcement", "demographic", "unknown", "moved"),
}
"""What groups are compared on, as the exclusive outcomes that it takes together: without benefit and left for work; that, or
work beside the benefit; without benefit of this municipality, for whatever reason."""
OUT_OF_VIEW = ("joined",)
"""Who goes out of view. Who moves has no benefit of this municipality any more: few do, and as they count alike in the counts of the
page and in what is estimated, no difference of the two tells how few."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Two groups at a horizon.

    Attributes
    ----------
    in_programme
        Who is in the programme's group; its rows come first. Shape (n,).
    people
        One row per person who can be followed until then: the columns of ``Cohort.participants``, ``outcome`` and ``weight``,
        for how many of those who are compared the person stands (see `cohorts.weights_in_view`): who goes out of view hands
        their weight to people with a like chance of being in the programme.
    covariates
        Those that both groups have, levels of few people taken together; without one that follows from those before it. Empty where
        none vary.
    left_out
        Covariates that are missing for too many.
    n_incomplete
        People who are left out, as one of the other covariates is missing.
    n_alone_programme, n_alone_other
        People of the programme's group, and of the other one, who are left out as nobody in the other group has their level of a
        covariate: they cannot be compared.
    weights
        Of the propensity, for the effect on those in the programme; None where the covariates tell the groups apart.
    """

    in_programme: np.ndarray
    people: pd.DataFrame
    covariates: pd.DataFrame
    left_out: tuple[str, ...]
    n_incomplete: int
    n_alone_programme: int
    n_alone_other: int
    weights: PropensityWeights | None

    def reached(self, outcome: str) -> np.ndarray:
        """Give who reached one of `OUTCOMES`, times for how many each stands: its mean in a group is a share. Shape (n,)."""
        is_reached = self.people["outcome"].isin(OUTCOMES[outcome]).to_numpy()
        return np.asarray(is_reached * self.people["weight"].to_numpy())

    @property
    def has_both(self) -> bool:
        """Whether anybody of both groups is left."""
        return bool(self.in_programme.any() and not self.in_programme.all())

    @property
    def clusters(self) -> np.ndarray:
        """Who leaves together: the benefit that each has on the index day, which a couple shares. Shape (n,)."""
        return self.people["benefit_id"].astype(str).to_numpy()

    @property
    def kinds(self) -> np.ndarray:
        """Of which kind each is within the own group, by the chance of being in the programme; all alike without weights. Shape (n,)."""
        made = np.zeros(len(self.people), dtype=np.intp)
        for is_own in (self.in_programme, ~self.in_programme):
            if self.weights is not None:
                made[is_own] = kinds_of(self.weights.logit[is_own])
        return made

    def weights_of_all(self) -> np.ndarray:
        """Give the weights, or 1 for everybody where there are none. Shape (n,)."""
        return np.ones(len(self.people)) if self.weights is None else self.weights.weights


def compare(cohort: Cohort, other: Cohort, months: int, *, without: tuple[str, ...] = ()) -> Compared:
    """Put two groups side by side at a horizon.

    Parameters
    ----------
    without
        Covariates to leave out.

    Raises
    ------
    InvalidDataError
        When nobody of either can be followed until then.
    """
    both = [_people(each, months) for each in (cohort, other)]
    people = pd.concat(both, ignore_index=True)
    in_programme = np.repeat([True, False], [len(each) for each in both])
    named = people.assign(log_months_on_benefit=np.log1p(people["months_on_benefit"]))
    asked = [name for name in COVARIATES if name not in without]
    missing = pd.DataFrame({name: named[name].isna() for name in asked})
    too_many = missing.groupby(in_programme).mean().max() > MOST_MISSING
    used = [name for name in asked if not too_many[name]]
    is_complete = ~missing[used].any(axis="columns").to_numpy()
    covariates = _without_rare(named.loc[is_complete, used])
    kept = pd.Series(in_programme, index=people.index)[is_complete]
    is_alone = _alone(covariates, kept)
    covariates, own = covariates[~is_alone], kept[~is_alone]
    covariates = _independent(covariates.loc[:, covariates.agg(_varies)].reset_index(drop=True))
    weights = _weights(own.to_numpy(), covariates)
    compared = people.loc[own.index].reset_index(drop=True)
    return Compared(
        in_programme=own.to_numpy(),
        people=compared.assign(weight=_in_view((cohort, other), compared, own.to_numpy(), months, weights)),
        covariates=covariates,
        left_out=tuple(name for name in asked if too_many[name]),
        n_incomplete=int((~is_complete).sum()),
        n_alone_programme=int((is_alone & kept).sum()),
        n_alone_other=int((is_alone & ~kept).sum()),
        weights=weights,
    )


def _people(cohort: Cohort, months: int) -> pd.DataFrame:
    found = outcomes_in_view(cohort, months, out=OUT_OF_VIEW).set_index("person_id")
    people = cohort.participants.set_index("person_id").loc[found.index]
    return people.assign(outcome=found["outcome"].astype(str)).reset_index()


def _in_view(
    groups: tuple[Cohort, Cohort],
    people: pd.DataFrame,
    in_programme: np.ndarray,
    months: int,
    weights: PropensityWeights | None,
) -> np.ndarray:
    """Say for how many of those who are compared each stands."""
    made = np.zeros(len(people))
    for cohort, is_own in zip(groups, (in_programme, ~in_programme), strict=True):
        if is_own.any():
            members = cohort.participants["person_id"].isin(people.loc[is_own, "person_id"]).to_numpy(bool)
            alike = None if weights is None else kinds_of(weights.logit[is_own])
            made[is_own] = weights_in_view(cohort.subgroup("compared", members), months, alike=alike, out=OUT_OF_VIEW)[
                :, 0
            ]
    return made


def kinds_of(logit: np.ndarray) -> np.ndarray:
    """Divide people by their chance of being in the programme, into kinds of about as many. Shape (n,)."""
    n_kinds = min(KINDS, max(1, len(logit) // FEWEST_OF_A_KIND))
    bounds = np.quantile(logit, np.arange(1, n_kinds) / n_kinds)
    return np.searchsorted(bounds, logit)


def _without_rare(covariates: pd.DataFrame) -> pd.DataFrame:
    """Take levels of few people together."""
    made: dict[str, Any] = {}
    for name, values in covariates.items():
        if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
            made[str(name)] = values.astype(float)
        else:
            texts = values.astype(str)
            counts = texts.value_counts()
            made[str(name)] = texts.where(texts.map(counts) >= FEWEST_OF_A_LEVEL, RARE)
    return pd.DataFrame(made, index=covariates.index)


def _varies(values: "pd.Series[Any]") -> bool:
    return bool((values != values.iloc[0]).any()) if len(values) else False


def _independent(covariates: pd.DataFrame) -> pd.DataFrame:
    """Leave out what follows from the covariates before it: it adds nothing, and nothing could be estimated with it."""
    problems: list[str] = []
    columns(covariates, problems)
    if not problems:
        return covariates
    kept: list[str] = []
    for name in map(str, covariates):
        problems = []
        columns(covariates[[*kept, name]], problems)
        kept += [] if problems else [name]
    return covariates[kept]


def _alone(covariates: pd.DataFrame, in_programme: "pd.Series[bool]") -> "pd.Series[bool]":
    """Say who has a level that nobody of the other group has, nor anybody who is not left out for another level."""
    is_alone = pd.Series(data=False, index=covariates.index)
    names = [name for name in covariates if not pd.api.types.is_numeric_dtype(covariates[name].dtype)]
    while True:
        left, own = covariates[~is_alone], in_programme[~is_alone]
        if own.all() or not own.any():
            return is_alone
        found = pd.Series(data=False, index=left.index)
        for values in (left[name] for name in names):
            found |= ~values.isin(set(values[own]) & set(values[~own]))
        if not found.any():
            return is_alone
        is_alone |= found.reindex(is_alone.index, fill_value=False)


def _weights(in_programme: np.ndarray, covariates: pd.DataFrame) -> PropensityWeights | None:
    if covariates.empty or in_programme.all() or not in_programme.any():
        return None
    try:
        return propensity_weights(in_programme, covariates)
    except InvalidDataError:  # the covariates tell for certain who is in which group: nobody is like anybody there
        return None
