"""Weights from the chance of being in the programme."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from evaltools.effects.adjustment.overlap import Weights, effective_n, within
from evaltools.effects.adjustment.regression import Fit, covariates_of, logistic, make_design
from evaltools.effects.inputs import Array, Mask, check_aligned, check_choice, numbers, programme_group, refuse

Estimand = Literal["ATT", "ATE", "ATO"]
Trim = Literal["range"] | tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PropensityWeights(Weights):
    """Weights that make two groups alike in what the chance of being in the programme was estimated from.

    Attributes
    ----------
    estimand
        Whose average effect the weights are for.
    weights
        Not scaled, 0 for units that were trimmed. Shape (n,).
    propensity, logit
        Estimated chance ``e`` of being in the programme, and ``ln(e/(1 − e))``. Shape (n,).
    effective_n_programme, effective_n_comparison
        Kish's ``(Σw)²/Σw²``: as many units without weights would tell as much.
    kept
        Lowest and highest propensity that was kept, or None where nothing was trimmed.
    n_trimmed_programme, n_trimmed_comparison
        Units with a propensity outside it.
    fit, slopes
        The regression behind the propensity, and by how much each weight changes with ``logit``: for the standard
        error of what is estimated with the weights.
    """

    estimand: Estimand
    weights: Array
    propensity: Array
    logit: Array
    effective_n_programme: float
    effective_n_comparison: float
    kept: tuple[float, float] | None
    n_trimmed_programme: int
    n_trimmed_comparison: int
    fit: Fit = field(repr=False)
    slopes: Array = field(repr=False)


def propensity_weights(
    programme: ArrayLike, covariates: Any, *, estimand: Estimand = "ATT", trim: Trim = None
) -> PropensityWeights:
    """Weight units by their chance of being in the programme, given covariates (Rosenbaum & Rubin 1983).

    The chance ``e`` is that of a logistic regression on the covariates, by maximum likelihood. The weights of the
    programme's group and of the comparison group are

    - ``1`` and ``e/(1 − e)`` for the average effect on those in the programme (``"ATT"``),
    - ``1/e`` and ``1/(1 − e)`` for that on everybody (``"ATE"``),
    - ``1 − e`` and ``e`` for that on those who could have been in either group (``"ATO"``): the means of all
      covariates are then exactly alike, and no weight is above 1.

    Nothing is clipped: a weight is as extreme as the data make it, and shows in the effective numbers and in
    `overlap_report`.

    Parameters
    ----------
    programme
        Who is in the programme: booleans, or 0 and 1. Shape (n,).
    covariates
        Known before the programme. DataFrame, or array of shape (n, k); see `effects.inputs.columns`.
    trim
        Leave out, with weight 0, units with a propensity outside two bounds, such as ``(0.1, 0.9)`` (Crump et al.
        2009), or outside the range that both groups have (``"range"``). The effect is then that on those who are left.
        The regression is not fitted again.

    Returns
    -------
    PropensityWeights

    Raises
    ------
    InvalidDataError
        When an input is not as described, when the covariates tell for certain who is in the programme (no propensity
        exists then), or when nobody of a group is left.

    References
    ----------
    P. R. Rosenbaum & D. B. Rubin (1983), The central role of the propensity score in observational studies for causal
    effects. Biometrika 70, 41-55.
    R. K. Crump, V. J. Hotz, G. W. Imbens & O. A. Mitnik (2009), Dealing with limited overlap in estimation of average
    treatment effects. Biometrika 96, 187-199.
    F. Li, K. L. Morgan & A. M. Zaslavsky (2018), Balancing covariates via propensity score weighting. Journal of the
    American Statistical Association 113, 390-400.

    Examples
    --------
    Of those with the covariate 2 of 4 are in the programme, of those without it 1 of 4: e is 1/2 and 1/4.

    >>> made = propensity_weights([1, 1, 0, 0, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0])
    >>> made.weights.round(3).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0, 0.333, 0.333, 0.333]
    >>> round(made.effective_n_comparison, 3)  # (2 + 3/3)² / (2 + 3/9)
    3.857
    """
    problems: list[str] = []
    check_aligned({"programme": programme, "covariates": covariates}, problems)
    is_programme = programme_group(programme, problems)
    matrix, names = covariates_of(covariates, problems, n=len(is_programme))
    check_choice("estimand", estimand, ("ATT", "ATE", "ATO"), problems)
    bounds = _bounds(trim, problems)
    refuse("propensity_weights", problems)
    logit, fit = propensity_fit(matrix, names, is_programme, function="propensity_weights")
    propensity = expit(logit)
    kept = _common_range(propensity, is_programme) if isinstance(trim, str) else bounds
    is_kept = np.ones(len(logit), dtype=bool) if kept is None else within(propensity, *kept)
    refuse(
        "propensity_weights",
        [
            f"nobody of the {group} group has a propensity within the bounds; trim less, or do not compare these groups"
            for group, is_in in (("programme's", is_programme), ("comparison", ~is_programme))
            if not (is_in & is_kept).any()
        ],
    )
    weights, slopes = weights_of(logit, is_programme, estimand)
    weights, slopes = weights * is_kept, slopes * is_kept
    return PropensityWeights(
        estimand=estimand,
        weights=weights,
        propensity=propensity,
        logit=logit,
        effective_n_programme=effective_n(weights[is_programme]),
        effective_n_comparison=effective_n(weights[~is_programme]),
        kept=kept,
        n_trimmed_programme=int((is_programme & ~is_kept).sum()),
        n_trimmed_comparison=int((~is_programme & ~is_kept).sum()),
        fit=fit,
        slopes=slopes,
    )


def propensity_fit(matrix: Array, names: tuple[str, ...], is_programme: Mask, *, function: str) -> tuple[Array, Fit]:
    """Fit the propensity to everybody, and give its logit and the fit."""
    everybody = np.ones(len(matrix), dtype=bool)
    design = make_design(matrix)
    return logistic(design, is_programme, everybody, names=names, function=function, what="the propensity")


def weights_of(logit: Array, is_programme: Mask, estimand: Estimand) -> tuple[Array, Array]:
    """Weights, and their derivatives to the logit, from the logit so that no digit is lost near 0 and 1."""
    towards = np.where(is_programme, -logit, logit)
    if estimand == "ATO":
        weights = expit(towards)
        slopes = weights * (1 - weights)
    else:
        odds = np.exp(towards)
        weights = odds if estimand == "ATT" else 1 + odds
        slopes = odds
    slopes = np.where(is_programme, -slopes, slopes)
    if estimand == "ATT":
        return np.where(is_programme, 1, weights), np.where(is_programme, 0, slopes)
    return weights, slopes


def _bounds(trim: Trim, problems: list[str]) -> tuple[float, float] | None:
    """Take the two bounds of trimming, where such are given."""
    if trim is None or (isinstance(trim, str) and trim == "range"):
        return None
    wrong: list[str] = []
    bounds = numbers("trim", trim, wrong, n=2).tolist()
    if wrong or not 0 <= bounds[0] < bounds[1] <= 1:
        problems.append("trim is no pair of bounds; expected two of 0 to 1, such as (0.1, 0.9), 'range' or None")
        return None
    return bounds[0], bounds[1]


def _common_range(propensity: Array, is_programme: Mask) -> tuple[float, float]:
    groups = propensity[is_programme], propensity[~is_programme]
    return max(float(group.min()) for group in groups), min(float(group.max()) for group in groups)
