"""The difference between the programme's group and the others, estimated in several ways."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import pandas as pd

from evaltools.cohorts import Cohort, comparison_cohort, outcomes_in_view
from evaltools.effects import (
    Estimate,
    doubly_robust,
    entropy_weights,
    incidence_difference,
    indirect_standardisation,
    match_pairs,
    matched_difference,
    weighted_difference,
)
from evaltools.errors import InvalidDataError
from evaltools.findings.evaluation.compared import OF_THE_TIME, OUT_OF_VIEW, OUTCOMES, Compared, compare
from evaltools.findings.evaluation.groups import Groups

OF_COMPARISON = ("counted", "weighted", "entropy", "matched", "doubly_robust", "first_exit")
METHODS = (*OF_COMPARISON, "earlier", "ordinary")
"""Ways in which groups are compared, of `evaltools.results.METHODS`; the first six take the comparison group."""
PARTS = ("difference", "lower", "upper")
"""What is kept of each estimate, after its name: ``weighted_difference``, ``weighted_lower``, …"""
MAIN_PARTS = (*PARTS, "error", "p")
"""What is kept of the main one."""

DRAWS = 5
"""Draws of the pseudo index days of the comparison."""

Way = tuple[str, Callable[[], Estimate]]
"""A method by name, and how to find its estimate."""

CAUSE = {"work": "work", "off_benefit": "any"}
"""The first exit that goes with an outcome: for work, or any but a move."""
AGES = (27, 45)
MONTHS_ON_BENEFIT = (24, 60)
FEWEST_OF_A_STRATUM = 10
"""A stratum of the reference with fewer people takes the rate of all."""


@dataclass(frozen=True, kw_only=True)
class Sides:
    """The programme's group beside each of the others at a horizon; None where there is none, or it is not followed so long."""

    comparison: Compared | None
    earlier: Compared | None


@lru_cache(maxsize=8)
def sides(groups: Groups, months: int) -> Sides:
    """Put the programme's group beside each of the others. Of the same groups it is made once: several tables of a page ask for it."""
    return Sides(
        comparison=_side(groups.cohort, groups.comparison, months),
        earlier=_side(groups.cohort, groups.earlier, months, without=OF_THE_TIME),
    )


def _side(cohort: Cohort, other: Cohort | None, months: int, *, without: tuple[str, ...] = ()) -> Compared | None:
    if other is None:
        return None
    try:
        return compare(cohort, other, months, without=without)
    except InvalidDataError:  # nobody of the other group is followed so long
        return None


def main_method(groups: Groups) -> str:
    """Name the method of the main estimate: that of the best comparison there is; empty where there is none."""
    if groups.comparison is not None:
        return "counted" if groups.comparison_kind == "randomised" else "weighted"
    return "earlier" if groups.earlier is not None else ""


def estimates(groups: Groups, beside: Sides, months: int, *, level: float) -> dict[str, dict[str, Estimate]]:
    """Estimate the difference in each outcome at a horizon: at the main one in every way that can be, at others in the main way.

    Returns
    -------
    dict
        By outcome (`OUTCOMES`), by method (`METHODS`). A method that cannot be used here is left out: groups that have nothing in
        common, an outcome that nobody reached, an earlier group that is not followed so long.
    """
    made: dict[str, dict[str, Estimate]] = {}
    for outcome in groups.outcomes:
        ways: list[Way] = []
        if beside.comparison is not None:
            ways += _of_comparison(beside.comparison, outcome, months, level)
        if beside.earlier is not None:
            ways.append(("earlier", partial(_weighted, beside.earlier, outcome, level)))
        if groups.ordinary is not None:
            find = partial(standardised_difference_of, groups.cohort, groups.ordinary, outcome, months, level=level)
            ways.append(("ordinary", find))
        is_main = months == groups.months
        made[outcome] = _tried(way for way in ways if is_main or way[0] == main_method(groups))
    return made


def other_draws(groups: Groups, *, level: float) -> dict[str, tuple[float, float]]:
    """Estimate in the main way with other pseudo index days of the comparison: by outcome the least and the largest difference.

    An interval takes the draw as given; this says what it matters. `DRAWS` draws, that of the page among them; empty where nothing is drawn.
    """
    if groups.comparison_kind != "register":
        return {}
    others = [comparison_cohort(groups.cohort, seed=groups.seed + at) for at in range(1, DRAWS)]
    beside = [sides(groups, groups.months).comparison, *(_side(groups.cohort, each, groups.months) for each in others)]
    made = {}
    for outcome in groups.outcomes:
        ways = [
            (str(at), partial(_weighted, each, outcome, level)) for at, each in enumerate(beside) if each is not None
        ]
        values = [found.estimate for found in _tried(ways).values()]
        if values:
            made[outcome] = min(values), max(values)
    return made


def _tried(ways: Iterable[Way]) -> dict[str, Estimate]:
    found = {}
    for method, find in ways:
        # The groups were read of the register before this. What is refused here: nothing varies, nobody is like anybody, or nobody is
        # followed so long. Then there is no such estimate; the methods share no more than the kind of error that says so.
        with suppress(InvalidDataError):
            found[method] = find()
    return found


def _of_comparison(compared: Compared, outcome: str, months: int, level: float) -> Iterator[Way]:
    reached, is_own, covariates = compared.reached(outcome), compared.in_programme, compared.covariates
    difference = partial(weighted_difference, reached, is_own, clusters=compared.clusters, level=level)
    yield "counted", partial(difference, np.ones(len(reached)))
    if compared.weights is None:
        return
    yield "weighted", partial(_weighted, compared, outcome, level)
    yield "entropy", lambda: difference(entropy_weights(is_own, covariates))
    logit = compared.weights.logit
    yield "matched", lambda: matched_difference(reached, match_pairs(is_own, logit, replace=True), level=level)
    yield "doubly_robust", partial(doubly_robust, reached, is_own, covariates, clusters=compared.clusters, level=level)
    if outcome in CAUSE:
        yield "first_exit", partial(_first_exit, compared, CAUSE[outcome], months, level)


def _weighted(compared: Compared, outcome: str, level: float) -> Estimate:
    if compared.weights is None:
        raise InvalidDataError("the comparison", ["has nobody who is like the people in the programme"])
    return weighted_difference(
        compared.reached(outcome), compared.in_programme, compared.weights, clusters=compared.clusters, level=level
    )


def _first_exit(compared: Compared, cause: str, months: int, level: float) -> Estimate:
    """Compare first exits by the horizon; who goes out of view before is censored then."""
    people = compared.people
    causes = people["cause"].astype(str)
    if cause == "any":
        causes = causes.where(causes == "censored", "any")
    weights = None if compared.weights is None else compared.weights.weights
    return incidence_difference(
        people["months"], causes, compared.in_programme, months, of=cause,
        weights=weights, level=level,
    )  # fmt: skip


def standardised_difference_of(
    cohort: Cohort, reference: Cohort, outcome: str, months: int, *, level: float
) -> Estimate:
    """Set the outcomes of a cohort beside those that the rates of a reference give for the same people.

    ``(O − E)/n`` with ``O`` observed outcomes and ``E = Σ n_s r_s``: in each stratum ``s`` of age and time on benefit, ``n_s`` members
    and the rate ``r_s`` of the reference. The interval is that of the ratio ``O/E``; see `effects.indirect_standardisation`.
    The rates are taken as known. Where members are out of view, each of those who reached the outcome counts for as many as they
    stand for on average.
    """
    own, other = (_strata(each, outcome, months) for each in (cohort, reference))
    by_stratum = other.groupby("stratum")
    rates = (by_stratum["reached"].sum() / by_stratum["weight"].sum()).where(by_stratum.size() >= FEWEST_OF_A_STRATUM)
    overall = other["reached"].sum() / other["weight"].sum()
    n = own["weight"].sum()
    expected = float((own["stratum"].map(rates).fillna(overall) * own["weight"]).sum())
    seen = int((own["reached"] > 0).sum())
    observed = float(own["reached"].sum())
    ratio = indirect_standardisation(seen, expected * seen / observed if seen else expected, level=level)
    return Estimate(
        measure="difference from the ordinary outflow",
        estimate=(observed - expected) / n,
        lower=(ratio.lower - 1) * expected / n,
        upper=(ratio.upper - 1) * expected / n,
        level=level,
        standard_error=(ratio.standard_error or 0.0) * expected / n,
        p_value=ratio.p_value,
        n=len(own),
        method=ratio.method,
    )


def _strata(cohort: Cohort, outcome: str, months: int) -> pd.DataFrame:
    found = outcomes_in_view(cohort, months, out=OUT_OF_VIEW).set_index("person_id")
    people = cohort.participants.set_index("person_id").loc[found.index]
    age, duration = people["age"].astype(float), people["months_on_benefit"].astype(float)
    stratum = [np.where(values.isna(), -1, np.digitize(values, bounds)) for values, bounds in
               ((age, AGES), (duration, MONTHS_ON_BENEFIT))]  # fmt: skip
    return pd.DataFrame({
        "stratum": 10 * stratum[0] + stratum[1],
        "weight": found["weight"].to_numpy(),
        "reached": (found["outcome"].isin(OUTCOMES[outcome]) * found["weight"]).to_numpy(),
    })  # fmt: skip
