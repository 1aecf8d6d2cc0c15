"""Weights that make means alike, and otherwise stay as even as they can."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp, softmax

from evaltools.effects.adjustment.overlap import Weights, effective_n
from evaltools.effects.adjustment.regression import Fit, check_group, covariates_of, make_design
from evaltools.effects.inputs import Array, Mask, check_aligned, column_of, programme_group, refuse
from evaltools.effects.newton import climb, inverse, listed, moved, weighted_gram
from evaltools.errors import InvalidDataError, many

ALIKE = 1e-10
"""Values are alike when they differ by less than this share of the standard deviation over everybody."""
WAY_OUT = "leave these covariates out or make them coarser, ask for fewer moments, or take propensity weights"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EntropyWeights(Weights):
    """Weights that give a comparison group the means of the programme's group.

    Attributes
    ----------
    weights
        1 in the programme's group; in the comparison group they add up to the size of the programme's. Shape (n,).
    effective_n_comparison
        Kish's ``(Σw)²/Σw²``: as many units without weights would tell as much.
    fit, slopes
        The equations that the weights solve, and by how much each weight changes with their linear predictor: for the
        standard error of what is estimated with the weights.
    """

    weights: Array
    effective_n_comparison: float
    fit: Fit = field(repr=False)
    slopes: Array = field(repr=False)


def entropy_weights(programme: ArrayLike, covariates: Any, *, moments: int = 1) -> EntropyWeights:
    """Weight the comparison group to the means of the programme's group, by entropy balancing (Hainmueller 2012).

    Of all weights ``w > 0`` with ``Σ wᵢ xᵢ = Σ xⱼ`` (``i`` in the comparison group, ``j`` in the programme's) for each
    covariate and for 1, those with the smallest ``Σ wᵢ ln wᵢ``: as even as they can be. They are ``wᵢ = exp(α +
    λ'xᵢ)``, where ``λ`` is the minimum of the convex ``ln Σ exp(λ'(xᵢ − m))``, with ``m`` the means of the programme's
    group, found by Newton's method. They are for the average effect on those in the programme.

    Parameters
    ----------
    programme
        Who is in the programme: booleans, or 0 and 1. Shape (n,).
    covariates
        Known before the programme. DataFrame, or array of shape (n, k); see `effects.inputs.columns`.
    moments
        1 for the means; 2 for the variances too, 3 also for the skewness. Powers of 0 and 1 add nothing, and are left
        out.

    Returns
    -------
    EntropyWeights

    Raises
    ------
    InvalidDataError
        When an input is not as described, or when no weights do it: the means of the programme's group then lie
        outside what mixtures of comparison units reach.

    References
    ----------
    J. Hainmueller (2012), Entropy balancing for causal effects: a multivariate reweighting method to produce balanced
    samples in observational studies. Political Analysis 20, 25-46.
    Q. Zhao & D. Percival (2017), Entropy balancing is doubly robust. Journal of Causal Inference 5(1).

    Examples
    --------
    Half of the programme's group has the covariate, and a quarter of the comparison group.

    >>> made = entropy_weights([1, 1, 0, 0, 0, 0], [1, 0, 1, 0, 0, 0])
    >>> made.weights.round(3).tolist()
    [1.0, 1.0, 1.0, 0.333, 0.333, 0.333]
    """
    problems: list[str] = []
    check_aligned({"programme": programme, "covariates": covariates}, problems)
    is_programme = programme_group(programme, problems)
    matrix, names = covariates_of(covariates, problems, n=len(is_programme))
    if isinstance(moments, bool) or not isinstance(moments, int | np.integer) or moments not in (1, 2, 3):
        problems.append("moments is not 1, 2 or 3")
    refuse("entropy_weights", problems)
    design, labels = _moments(matrix, names, moments)
    centred = design[~is_programme, 1:] - design[is_programme, 1:].mean(axis=0)
    refuse("entropy_weights", _out_of_reach(centred, labels))
    shares = _solve(centred, labels)
    weights = np.ones(len(design))
    weights[~is_programme] = shares * is_programme.sum()
    return EntropyWeights(
        weights=weights,
        effective_n_comparison=effective_n(shares),
        fit=_as_fit(design, weights, is_programme),
        slopes=np.where(is_programme, 0, weights),
    )


def _moments(matrix: Array, names: Sequence[str], moments: int) -> tuple[Array, list[str]]:
    """Add powers of the standardised covariates: alike after the lower ones, so are the central moments."""
    design = make_design(matrix)
    made, labels = [matrix], list(names)
    if moments > 1:
        for place, name in enumerate(names, start=1):
            most = min(moments, len(np.unique(matrix[:, place - 1])) - 1)
            made += [design[:, [place]] ** power for power in range(2, most + 1)]
            labels += [f"{name} to the power {power}" for power in range(2, most + 1)]
        design = make_design(np.hstack(made))
    return design, labels


def _out_of_reach(centred: Array, names: Sequence[str]) -> list[str]:
    """Say what can be told beforehand of why no weights, or not one set of weights, give the means."""
    is_outside = (centred.min(axis=0) >= -ALIKE) | (centred.max(axis=0) <= ALIKE)
    outside = list(dict.fromkeys(column_of(name) for name, is_out in zip(names, is_outside, strict=True) if is_out))
    if outside:
        problem = (
            "no weights give the comparison group the mean that the programme's group has of "
            f"{many(len(outside), 'covariate')} ({listed(outside)}): nobody there is on the other side of it; {WAY_OUT}"
        )
        return [problem]
    return check_group(centred, names, "comparison")


def _solve(centred: Array, names: Sequence[str]) -> Array:
    """Find the shares of the comparison units that make the mean of each column 0. Shape (n,)."""

    def derivatives(predictor: Array) -> tuple[Array, Array]:
        shares = softmax(predictor)
        mean = shares @ centred
        return -mean, weighted_gram(centred, shares) - np.outer(mean, mean)

    top = climb(centred, -1.0, lambda predictor: -float(logsumexp(predictor)), derivatives)
    if not top.found:
        told = moved(names, np.ones(len(names)) if top.endless is None else top.endless)
        problem = (
            "no weights give the comparison group the means that the programme's group has of "
            f"{many(len(told), 'covariate')} together ({listed(told)}): no mixture of units there is like it; {WAY_OUT}"
        )
        raise InvalidDataError("entropy_weights()", [problem])
    return np.asarray(softmax(top.predictor))


def _as_fit(design: Array, weights: Array, is_programme: Mask) -> Fit:
    """Write the balance of the means as estimating equations, of the programme's group and the weighted comparison."""
    comparison = weights[~is_programme]
    return Fit(
        design=design,
        residuals=np.where(is_programme, 1, -weights),
        bread=inverse(weighted_gram(design[~is_programme], comparison)),
    )
