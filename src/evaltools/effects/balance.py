"""How unlike two groups are before anything happened to them."""

from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from evaltools.effects.adjustment.overlap import Weights, check_scale, weights_of_groups
from evaltools.effects.inputs import check_aligned, check_choice, described, numbers, programme_group, refuse

SAME = 1e-12
"""Means that differ less than this share of themselves are equal."""

Denominator = Literal["programme", "pooled"]


def standardised_difference(
    x_programme: ArrayLike, x_comparison: ArrayLike, *, denominator: Denominator = "programme"
) -> float:
    r"""Difference of two means in standard deviations, which does not depend on how many people there are.

    ``(m₁ − m₀) / s`` with ``s = s₁``, the standard deviation of the programme's group, as for an effect on those
    treated (Stuart 2010, Statistical Science 25(1); the default of MatchIt), or ``s = √((s₁² + s₀²)/2)``
    (``"pooled"``; Austin 2009, Statistics in Medicine 28(25)). Of a yes or no, ``m`` is the share ``p`` and ``s²``
    is ``p(1 − p)``; of a number ``s²`` has ``n − 1``. Booleans are a yes or no, and 0 and 1 are numbers: a count may
    happen to be no other. Missing values are left out.

    Parameters
    ----------
    x_programme, x_comparison
        Numbers, or booleans for a yes or no. Shape (n,).

    Returns
    -------
    float
        0 for equal means, also without any spread; infinite where they differ and there is no spread; nan where
        a group has nobody (or, of a number, fewer than two) with a value in it.

    Raises
    ------
    InvalidDataError
        When the denominator is neither, a value is no finite number, or one group holds a yes or no and the other
        numbers.

    Examples
    --------
    >>> round(standardised_difference([2.0, 4.0, 6.0], [1.0, 2.0, 3.0]), 3)
    1.0
    >>> standardised_difference([True, False], [True, False, True, False])
    0.0
    """
    problems: list[str] = []
    one, other = _values("x_programme", x_programme, problems), _values("x_comparison", x_comparison, problems)
    if not problems and one.dtype != other.dtype:
        problems.append("one group holds yes or no and the other numbers; give both alike")
    check_choice("denominator", denominator, ("programme", "pooled"), problems)
    refuse("standardised_difference", problems)
    least = 1 if one.dtype == np.bool_ else 2
    if min(len(one), len(other)) < least:
        return float("nan")
    return _standardised(float(one.mean()), float(other.mean()), _denominator(one, other, denominator))


def standardised_differences(
    programme: ArrayLike,
    covariates: Any,
    *,
    weights: ArrayLike | Weights | None = None,
    denominator: Denominator = "programme",
) -> pd.DataFrame:
    """Standardised differences of covariates between two groups, before and after weighting.

    As `standardised_difference`, with weighted means ``Σ w x / Σ w`` in the numerator after weighting. The denominator
    is that from before weighting in both, so that the two differ only where the means do (Stuart 2010; the default of
    MatchIt). Booleans are a yes or no, as is each level of text or of a category, which has a row; 0 and 1 are numbers,
    of which the standard deviation has ``n − 1`` (MatchIt takes them for a yes or no).

    Parameters
    ----------
    programme
        Who is in the programme: booleans, or 0 and 1. Shape (n,).
    covariates
        DataFrame, or array of shape (n, k). One that is the same for everybody is allowed, and does not differ.
    weights
        Propensity weights, entropy weights, matches, or a number for each unit. Shape (n,).
    denominator
        ``"programme"`` for an effect on those in the programme; ``"pooled"`` for one on everybody.

    Returns
    -------
    pandas.DataFrame
        A row for each covariate or ``covariate[level]``: ``mean_programme``, ``mean_comparison`` (shares of a yes or
        no) and ``difference``; with weights also ``weighted_mean_programme``, ``weighted_mean_comparison`` and
        ``weighted_difference``. A difference is infinite where means differ without any spread.

    Raises
    ------
    InvalidDataError
        When an input is not as described, or a covariate is missing for somebody.

    References
    ----------
    E. A. Stuart (2010), Matching methods for causal inference: a review and a look forward. Statistical Science 25,
    1-21.

    Examples
    --------
    >>> found = standardised_differences([1, 1, 1, 0, 0], [2, 4, 6, 1, 5], weights=[1, 1, 1, 1, 3])
    >>> found.loc["x0", ["difference", "weighted_mean_comparison", "weighted_difference"]].tolist()
    [0.5, 4.0, 0.0]
    """
    problems: list[str] = []
    check_aligned({"programme": programme, "covariates": covariates, "weights": weights}, problems)
    is_programme = programme_group(programme, problems)
    table = described(covariates, problems, n=len(is_programme))
    for name, values in table.items():
        check_scale((f"covariate '{name}'",), values, problems)
    given = None if weights is None else weights_of_groups(weights, is_programme, problems)
    check_choice("denominator", denominator, ("programme", "pooled"), problems)
    refuse("standardised_differences", problems)
    rows = {}
    for name, values in table.items():
        one, other = values[is_programme], values[~is_programme]
        spread = _denominator(one, other, denominator)
        means = float(one.mean()), float(other.mean())
        rows[name] = [*means, _standardised(*means, spread)]
        if given is not None:
            means = _mean(one, given[is_programme]), _mean(other, given[~is_programme])
            rows[name] += [*means, _standardised(*means, spread)]
    labels = ["mean_programme", "mean_comparison", "difference"]
    labels += [] if given is None else ["weighted_mean_programme", "weighted_mean_comparison", "weighted_difference"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=labels).rename_axis("covariate")


def _mean(values: np.ndarray, weights: np.ndarray) -> float:
    return float(values @ weights / weights.sum())


def _standardised(mean_programme: float, mean_comparison: float, spread: float) -> float:
    difference = mean_programme - mean_comparison
    # The mean of equal numbers may be off in the last bits: that is no difference, and no spread.
    if abs(difference) <= SAME * max(abs(mean_programme), abs(mean_comparison)):
        return 0.0
    return float(np.copysign(np.inf, difference)) if spread == 0 else difference / spread


def _denominator(one: np.ndarray, other: np.ndarray, denominator: Denominator) -> float:
    variance = _variance(one) if denominator == "programme" else (_variance(one) + _variance(other)) / 2
    return float(np.sqrt(variance))


def _values(name: str, values: ArrayLike, problems: list[str]) -> np.ndarray:
    """Take the numbers, or the booleans, that are not missing."""
    try:
        known = pd.Series(values).dropna()
    except (TypeError, ValueError):  # of more dimensions, or no list; pandas may quote values
        problems.append(f"{name} is no list of numbers or booleans")
        return np.zeros(0)
    is_yes_no = pd.api.types.is_bool_dtype(known.infer_objects().dtype)
    made = numbers(name, known, problems) if len(known) else np.zeros(0)
    check_scale((name,), made, problems)
    return made == 1 if is_yes_no else made


def _variance(values: np.ndarray) -> float:
    if values.dtype == np.bool_:
        share = float(values.mean())
        return share * (1 - share)
    if len(values) < 2:
        return float("nan")
    return float(values.var(ddof=1)) if values.min() < values.max() else 0.0
