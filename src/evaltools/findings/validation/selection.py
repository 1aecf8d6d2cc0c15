"""What the methods find in drawn registers in which a coach picks by chance, by what the register shows, or by what it hides."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from evaltools.cohorts import Cohort, programme_cohort
from evaltools.disclosure import from_simulation
from evaltools.effects import (
    Estimate,
    doubly_robust,
    entropy_weights,
    incidence_difference,
    match_pairs,
    matched_difference,
    propensity_weights,
    weighted_difference,
)
from evaltools.findings.validation.drawn import DRAWN_PROGRAMME, FROM_SELECTION, draw

PICKS: dict[str, dict[str, float]] = {
    "chance": {"selection_strength": 0.0},
    "visible": {"selection_strength": 0.0, "selection_strength_visible": 1.0},
    "hidden": {"selection_strength": 1.0},
}
"""How the coach picks: by chance, the better prospects that the register shows, or those that it hides."""
HORIZON_MONTHS = 12
EFFECT = 0.5
"""Logarithm of the hazard ratio of exits to work in the programme."""
COVARIATES = ("age", "sex", "household_type", "origin_status", "scheme", "exemption", "months_on_benefit")


@from_simulation
def estimates_and_truth(*, n_persons: int, seed: int, level: float) -> pd.DataFrame:
    """Estimate the effect on exits to work within a year in six ways, beside the truth.

    Returns
    -------
    pandas.DataFrame
        One row per way in which the coach ``picks`` (`PICKS`) and ``method`` (``counted``, ``propensity_weights``,
        ``matching``, ``entropy``, ``doubly_robust``, ``weighted_curves``): ``estimate``, ``lower``, ``upper`` and ``truth``,
        as differences of shares; ``level`` of the interval, ``n_programme`` and ``n_comparison``.
    """
    return pd.DataFrame([
        {"picks": picks, **row}
        for picks, strengths in PICKS.items()
        for row in _rows(level, n_persons=n_persons, seed=seed, effect=EFFECT, **strengths)
    ])  # fmt: skip


def _rows(level: float, **scenario: Any) -> Iterator[dict[str, Any]]:
    register, truth = draw(**scenario)
    arms = [
        programme_cohort(register, DRAWN_PROGRAMME, arm=arm, definitions=FROM_SELECTION)
        for arm in ("programme", "comparison")
    ]
    people = pd.concat([_with_outcome(arm) for arm in arms], ignore_index=True)
    in_programme = np.repeat([True, False], [len(arm) for arm in arms])
    known = truth.effect("work_exit", HORIZON_MONTHS).difference
    for method, found in estimates(people, in_programme, level):
        yield {
            "method": method,
            "estimate": found.estimate,
            "lower": found.lower,
            "upper": found.upper,
            "truth": known,
            "level": level,
            "n_programme": int(in_programme.sum()),
            "n_comparison": int((~in_programme).sum()),
        }


def estimates(people: pd.DataFrame, in_programme: np.ndarray, level: float) -> Iterator[tuple[str, Estimate]]:
    """Estimate a difference in exits to work within `HORIZON_MONTHS`, adjusted for `COVARIATES` in several ways.

    Parameters
    ----------
    people
        Participants of cohorts, one row per person, with ``left_for_work``.
    """
    left, months, cause = people["left_for_work"], people["months"], people["cause"]
    covariates = people[list(COVARIATES)].assign(
        log_months=np.log1p(people["months_on_benefit"]), exemption=people["exemption"].astype(str)
    )
    difference = partial(incidence_difference, months, cause, in_programme, HORIZON_MONTHS, of="work", level=level)
    yield "counted", difference()
    weights = propensity_weights(in_programme, covariates)
    yield "propensity_weights", weighted_difference(left, in_programme, weights, level=level)
    pairs = match_pairs(in_programme, weights.logit, replace=True)
    yield "matching", matched_difference(left, pairs, level=level)
    balanced = entropy_weights(in_programme, covariates)
    yield "entropy", weighted_difference(left, in_programme, balanced, level=level)
    yield "doubly_robust", doubly_robust(left, in_programme, covariates, level=level)
    yield "weighted_curves", difference(weights=weights.weights)


def _with_outcome(cohort: Cohort) -> pd.DataFrame:
    """Add whether each left for work within `HORIZON_MONTHS`; who moved away before is one of those who did not."""
    people = cohort.participants
    return people.assign(left_for_work=(people["cause"] == "work") & (people["months"] <= HORIZON_MONTHS))
