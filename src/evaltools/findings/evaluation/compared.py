"""Two groups side by side at a horizon: what is known of each person at the start, and what became of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from evaltools.cohorts import Cohort, outcomes_at, weights_in_view
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

BESIDE = "work_with_benefit"
"""Work beside the benefit: only incomes tell it."""
OUTCOMES = {
    "work": ("work",),
    "any_work": ("work", BESIDE),
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
    member = np.concatenate([each.index.to_numpy() for each in both])
    people = pd.concat(both, ignore_index=True)
    in_programme = np.repeat([True, False], [len(each) for each in both])
    named = people.assign(log_months_on_benefit=np.log1p(people["months_on_benefit"]))
    asked = [name for name in COVARIATES if name not in without]
    missing = named[asked].isna()
    too_many = missing.groupby(in_programme).mean().max() > MOST_MISSING
    used = [name for name in asked if not too_many[name]]
    is_complete = ~missing[used].any(axis="columns").to_numpy()
    covariates = _without_rare(named.loc[is_complete, used].reset_index(drop=True))
    kept = in_programme[is_complete]
    is_alone = _alone(covariates, kept)
    covariates, own = covariates[~is_alone].reset_index(drop=True), kept[~is_alone]
    covariates = _independent(covariates[[name for name in used if _varies(covariates[name])]])
    weights = _weights(own, covariates)
    rows = np.flatnonzero(is_complete)[~is_alone]
    in_view = _in_view((cohort, other), member[rows], own, months, weights)
    return Compared(
        in_programme=own,
        people=people.iloc[rows].reset_index(drop=True).assign(weight=in_view),
        covariates=covariates,
        left_out=tuple(name for name in asked if too_many[name]),
        n_incomplete=int((~is_complete).sum()),
        n_alone_programme=int((is_alone & kept).sum()),
        n_alone_other=int((is_alone & ~kept).sum()),
        weights=weights,
    )


def _people(cohort: Cohort, months: int) -> pd.DataFrame:
    """Give the participants who can be followed until a horizon, with their outcome; the index is their place in the cohort."""
    outcome = outcomes_at(cohort, months)["outcome"].astype(str)
    return cohort.participants.assign(outcome=outcome)[outcome != "too_short"]


def _in_view(
    groups: tuple[Cohort, Cohort],
    member: np.ndarray,
    in_programme: np.ndarray,
    months: int,
    weights: PropensityWeights | None,
) -> np.ndarray:
    """Say for how many of those who are compared each stands; ``member`` is their place in their cohort."""
    made = np.zeros(len(member))
    for cohort, is_own in zip(groups, (in_programme, ~in_programme), strict=True):
        if is_own.any():
            members = np.zeros(len(cohort), dtype=bool)
            members[member[is_own]] = True
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
    """Take levels of few people together; what is no number becomes categories."""
    made: dict[str, Any] = {}
    for name, values in covariates.items():
        if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
            made[str(name)] = values.astype(float)
        else:
            codes, levels = pd.factorize(values.astype(str), sort=True)
            is_rare = np.bincount(codes, minlength=len(levels)) < FEWEST_OF_A_LEVEL
            made[str(name)] = pd.Categorical(np.where(is_rare, RARE, levels)[codes])
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


def _alone(covariates: pd.DataFrame, in_programme: np.ndarray) -> np.ndarray:
    """Say who has a level that nobody of the other group has, nor anybody who is not left out for another level."""
    is_alone = np.zeros(len(covariates), dtype=bool)
    levels = [covariates[name].cat for name in covariates if isinstance(covariates[name].dtype, pd.CategoricalDtype)]
    while True:
        left = [~is_alone & in_programme, ~is_alone & ~in_programme]
        if not all(group.any() for group in left):
            return is_alone
        found = np.zeros_like(is_alone)
        for level in levels:
            counts = [np.bincount(level.codes[group], minlength=len(level.categories)) for group in left]
            found |= (np.minimum(*counts) == 0)[level.codes]
        if not (found & ~is_alone).any():
            return is_alone
        is_alone |= found


def _weights(in_programme: np.ndarray, covariates: pd.DataFrame) -> PropensityWeights | None:
    if covariates.empty or in_programme.all() or not in_programme.any():
        return None
    try:
        return propensity_weights(in_programme, covariates)
    except InvalidDataError:  # the covariates tell for certain who is in which group: nobody is like anybody there
        return None
