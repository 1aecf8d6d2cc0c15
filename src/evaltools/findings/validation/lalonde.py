"""What the methods find of a training programme whose effect a randomised trial measured (LaLonde 1986).

The National Supported Work programme gave people without work a job for nine to eighteen months, in 1975 to 1977. Who was in
was drawn by lot. Beside its participants, as Dehejia & Wahba (1999) took them, stand people of a national survey (CPS) who were not in
it, and whom the methods must make alike.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from causaldata import cps_mixtape, nsw_mixtape

from evaltools.disclosure import from_publications
from evaltools.effects import (
    Estimate,
    doubly_robust,
    entropy_weights,
    match_pairs,
    matched_difference,
    mean_difference,
    overlap_report,
    propensity_weights,
    standardised_differences,
    weighted_difference,
)

SOURCES = (
    "LaLonde (1986), American Economic Review 76, 604-620",
    "Dehejia & Wahba (1999), Journal of the American Statistical Association 94, 1053-1062",
)
SHORT = ("age", "age2", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75", "u74", "u75")
LONG = (*SHORT, "age3", "educ2", "educ_re74")
"""As Dehejia & Wahba fitted the chance of being in the programme."""


@from_publications
def naive_and_adjusted(*, level: float) -> pd.DataFrame:
    """Estimate the effect on earnings in 1978, in dollars a year, in six ways.

    Returns
    -------
    pandas.DataFrame
        One row per way: ``method`` (``experiment``, ``naive``, ``propensity_weights``, ``matching``, ``entropy``,
        ``doubly_robust``), ``covariates`` (how many; 0 for none), ``estimate``, ``lower``, ``upper``, ``n_programme``,
        ``n_comparison`` and ``n_effective``, the units without weights that tell as much as the comparison group;
        ``largest_difference`` in standard deviations that is left in a covariate of `SHORT`; ``level`` of the interval.
    """
    trial, mixed = _trial(), _with_survey()
    rows = [
        _row("experiment", 0, _difference(trial, level), trial, np.ones(len(trial))),
        _row("naive", 0, _difference(mixed, level), mixed, np.ones(len(mixed))),
        *_adjusted(mixed, SHORT, level),
        *_adjusted(mixed, LONG, level),
    ]
    return pd.DataFrame(rows)


@from_publications
def overlap_of_groups() -> pd.DataFrame:
    """Describe how far participants and people of the survey overlap, by `effects.overlap_report`.

    Returns
    -------
    pandas.DataFrame
        One row per group: ``group``, ``n``, ``median`` of the chance of being in the programme, ``share_outside`` the range
        of the other group, and ``effective_n`` and ``largest_share`` with the weights.
    """
    mixed = _with_survey()
    found = propensity_weights(mixed["treat"], mixed[list(SHORT)])
    report = overlap_report(mixed["treat"], found.propensity, weights=found.weights)
    return report.rename_axis("group").reset_index()[
        ["group", "n", "median", "share_outside", "effective_n", "largest_share"]
    ]


def _adjusted(mixed: pd.DataFrame, names: tuple[str, ...], level: float) -> Iterator[dict[str, Any]]:
    earned, is_programme, covariates = mixed["re78"], mixed["treat"], mixed[list(names)]
    by_propensity = propensity_weights(is_programme, covariates)
    yield _row(
        "propensity_weights",
        len(names),
        weighted_difference(earned, is_programme, by_propensity, level=level),
        mixed,
        by_propensity.weights,
    )
    pairs = match_pairs(is_programme, by_propensity.logit, replace=True)
    yield _row("matching", len(names), matched_difference(earned, pairs, level=level), mixed, pairs.weights)
    by_entropy = entropy_weights(is_programme, covariates)
    yield _row(
        "entropy",
        len(names),
        weighted_difference(earned, is_programme, by_entropy, level=level),
        mixed,
        by_entropy.weights,
    )
    yield _row(
        "doubly_robust",
        len(names),
        doubly_robust(earned, is_programme, covariates, level=level),
        mixed,
        by_propensity.weights,
    )


def _row(method: str, n_covariates: int, found: Estimate, people: pd.DataFrame, weights: np.ndarray) -> dict[str, Any]:
    is_programme = people["treat"].to_numpy() == 1
    report = overlap_report(is_programme, weights, weights=weights)
    left = standardised_differences(is_programme, people[list(SHORT)], weights=weights)
    return {
        "method": method,
        "covariates": n_covariates,
        "estimate": found.estimate,
        "lower": found.lower,
        "upper": found.upper,
        "level": found.level,
        "n_programme": int(is_programme.sum()),
        "n_comparison": int((~is_programme).sum()),
        "n_effective": report.loc["comparison", "effective_n"],
        "largest_difference": left["weighted_difference"].abs().max(),
    }


def _difference(people: pd.DataFrame, level: float) -> Estimate:
    is_programme = people["treat"] == 1
    return mean_difference(people.loc[is_programme, "re78"], people.loc[~is_programme, "re78"], level=level)


def _trial() -> pd.DataFrame:
    return _prepared(nsw_mixtape.load_pandas().data)


def _with_survey() -> pd.DataFrame:
    trial = _trial()
    survey = _prepared(cps_mixtape.load_pandas().data)
    return pd.concat([trial[trial["treat"] == 1], survey], ignore_index=True)


def _prepared(people: pd.DataFrame) -> pd.DataFrame:
    """Add powers, in units in which numbers stay small, and who earned nothing."""
    # The file holds ages as numbers of one byte, whose squares are wrong.
    people = people[["treat", "re78", "age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"]].astype(float)
    made = people.assign(
        age2=people["age"] ** 2 / 100,
        age3=people["age"] ** 3 / 1000,
        educ2=people["educ"] ** 2,
        u74=(people["re74"] == 0).astype(float),
        u75=(people["re75"] == 0).astype(float),
        educ_re74=people["educ"] * people["re74"] / 1000,
    )
    return made[["treat", "re78", *LONG]]
