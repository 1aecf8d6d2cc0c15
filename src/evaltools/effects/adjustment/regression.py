"""Logistic and linear regressions, with how far each unit moves them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, log_expit

from evaltools.effects.adjustment.overlap import check_scale
from evaltools.effects.inputs import Array, Mask, check_collinear, column_of, columns
from evaltools.effects.newton import climb, inverse, listed, moved, weighted_gram
from evaltools.errors import InvalidDataError, many


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """A solution of the equations ``Σ residualᵢ xᵢ = 0``, one for each column of a design.

    Attributes
    ----------
    design
        A column of ones and the covariates by `make_design`, shape (n, k).
    residuals
        0 for units that the fit does not use. Shape (n,).
    bread
        Inverse of ``−Σ xᵢ ∂residualᵢ/∂coefficients'``, shape (k, k).
    """

    design: Array
    residuals: Array
    bread: Array

    def pull(self, gradient: Array) -> Array:
        """How far each unit moves ``gradient · coefficients``, to first order. Shape (n,)."""
        return np.asarray((self.design @ (self.bread @ gradient)) * self.residuals)


def covariates_of(covariates: Any, problems: list[str], *, n: int) -> tuple[Array, tuple[str, ...]]:
    """Take covariates as `inputs.columns` does, and refuse those of which no squares can be worked out."""
    told: list[str] = []
    with np.errstate(all="ignore"):
        matrix, names = columns(covariates, told, n=n)
    wrong: list[str] = []
    if names:
        check_scale([f"covariate '{column_of(name)}'" for name in names], matrix, wrong)
    problems += list(dict.fromkeys(wrong)) or told
    return matrix, names


def make_design(covariates: Array) -> Array:
    """Put a column of ones before the covariates, from their medians and in one size: fits come out alike in any unit.

    From the mean, a value that is far from all others would leave these with the same few first digits.
    """
    design = np.empty((len(covariates), covariates.shape[1] + 1))
    design[:, 0] = 1
    np.subtract(covariates, np.median(covariates, axis=0), out=design[:, 1:])
    design[:, 1:] /= np.sqrt(np.einsum("ij,ij->j", design[:, 1:], design[:, 1:]) / len(design))
    return design


def check_group(covariates: Array, names: Sequence[str], group: str) -> list[str]:
    """Name the covariates that are of no use in one group, though they are in both together."""
    is_same = np.ptp(covariates, axis=0) == 0
    same = dict.fromkeys(column_of(name) for name, is_told in zip(names, is_same, strict=True) if is_told)
    problems = [f"covariate '{name}' is the same for everybody; leave it out" for name in same]
    if not problems:
        check_collinear(covariates, names, problems)
    return [f"in the {group} group {problem}" for problem in problems]


def linear(design: Array, outcome: Array, used: Mask) -> Array:
    """Predict for everybody by least squares on the units that are used. Shape (n,)."""
    rows, wanted = design[used], outcome[used]
    bread = inverse(rows.T @ rows)
    coefficients = bread @ (rows.T @ wanted)
    # The normal equations lose digits; a second turn, on what is left, brings them back.
    coefficients += bread @ (rows.T @ (wanted - rows @ coefficients))
    return np.asarray(design @ coefficients)


def logistic(
    design: Array, outcome: Mask, used: Mask, *, names: Sequence[str], function: str, what: str
) -> tuple[Array, Fit]:
    """Fit by maximum likelihood to the units that are used.

    Returns
    -------
    tuple
        The logit of everybody, shape (n,), and the fit.

    Raises
    ------
    InvalidDataError
        When there is no maximum, because the covariates tell some outcomes for certain (Albert & Anderson 1984, On the
        existence of maximum likelihood estimates in logistic regression models, Biometrika 71, 1-10).
    """
    rows = design if used.all() else design[used]
    signs = np.where(outcome[used], 1.0, -1.0)

    def derivatives(predictor: Array) -> tuple[Array, Array]:
        misfit = expit(-signs * predictor)
        return rows.T @ (signs * misfit), weighted_gram(rows, misfit * (1 - misfit))

    top = climb(rows, signs, lambda predictor: float(log_expit(signs * predictor).sum()), derivatives)
    if not top.found:
        told = listed(moved(names, top.endless[1:])) if top.endless is not None else ""
        problem = (
            f"{what} does not exist: for {many(top.n_endless, 'unit')} of {len(rows):,} it would be 0 or 1, by {told}; "
            "leave out these covariates or make them coarser, or leave out the units of which they tell all, and count "
            "them"
            if told
            else f"{what} is not found; leave out covariates, or cut their extreme values off"
        )
        raise InvalidDataError(f"{function}()", [problem])
    residuals = np.zeros(len(design))
    residuals[used] = signs * expit(-signs * top.predictor)
    bread = inverse(derivatives(top.predictor)[1])
    return design @ top.coefficients, Fit(design=design, residuals=residuals, bread=bread)
