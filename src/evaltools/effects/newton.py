"""Newton's method for a concave function of many linear predictors, and its end where there is no maximum."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from evaltools.effects.inputs import Array, column_of

MOST_STEPS = 100
CONVERGED = 1e-8
"""Newton's method doubles the digits with each step: where predictors moved by less than this (share), they are exact."""
APART = 1e-10
"""A direction is endless when no unit loses by this share of what the unit that gains most gains.

One that lies far from the others, by 10⁸ standard deviations say, gains so much of a step that what they lose is as small a
share of it; rounding is a smaller one.
"""
BLOCK = 2048
"""Rows at a time, so that what is worked out of them stays in the cache."""
MOST_NAMES = 5

Derivatives = Callable[[Array], tuple[Array, Array]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Climb:
    """Where Newton's method came.

    Attributes
    ----------
    coefficients, predictor
        Shape (k,), and ``rows @ coefficients`` of shape (n,).
    found
        Whether it is the maximum.
    endless
        The step that can be taken again and again and always leads higher, where there is one. Shape (k,).
    n_endless
        Units that it moves.
    """

    coefficients: Array
    predictor: Array
    found: bool
    endless: Array | None = None
    n_endless: int = 0


def climb(rows: Array, gains: Array | float, value: Callable[[Array], float], derivatives: Derivatives) -> Climb:
    """Maximise ``value(rows @ coefficients)``, which is concave, from 0 with steps that are halved until it rises.

    Parameters
    ----------
    gains
        1 for units that gain from a higher predictor and -1 for those that gain from a lower one. Shape (n,).
    derivatives
        Of a predictor: the gradient to the coefficients, and minus the second derivatives. Shapes (k,) and (k, k).
    """
    coefficients, predictor = np.zeros(rows.shape[1]), np.zeros(len(rows))
    height = value(predictor)
    for _ in range(MOST_STEPS):
        gradient, information = derivatives(predictor)
        if not (np.diag(information) > 0).all():  # below it by rounding alone
            break
        scale = np.sqrt(np.diag(information))
        try:
            step = np.linalg.solve(information / np.outer(scale, scale), gradient / scale) / scale
        except np.linalg.LinAlgError:
            break
        change = rows @ step
        gain = gains * change
        if gain.max() > 0.5 and gain.min() > -APART * gain.max():
            return Climb(
                coefficients=coefficients,
                predictor=predictor,
                found=False,
                endless=np.asarray(step),
                n_endless=int((gain > 0.5).sum()),
            )
        size, before, slope = 1.0, height, float(gradient @ step)
        # Armijo's rule, but for the last bits of the value.
        while not (height := value(predictor + size * change)) >= before + 1e-4 * size * slope - 1e-10 * abs(before):
            size /= 2
        coefficients = coefficients + size * step
        predictor = predictor + size * change
        if (np.abs(change) < CONVERGED * np.maximum(1, np.abs(predictor))).all():
            return Climb(coefficients=coefficients, predictor=predictor, found=True)
    return Climb(coefficients=coefficients, predictor=predictor, found=False)


def weighted_gram(rows: Array, weights: Array) -> Array:
    """``Σ wᵢ xᵢ xᵢ'``. Shape (k, k)."""
    gram = np.zeros((rows.shape[1], rows.shape[1]))
    for first in range(0, len(rows), BLOCK):
        block = rows[first : first + BLOCK]
        gram += (block * weights[first : first + BLOCK, None]).T @ block
    return gram


def inverse(matrix: Array) -> Array:
    """Inverse of a symmetric matrix of which the diagonal may have any scale. Shape (k, k)."""
    scale = np.sqrt(np.diag(matrix))
    return np.asarray(np.linalg.inv(matrix / np.outer(scale, scale)) / np.outer(scale, scale))


def listed(names: Sequence[str]) -> str:
    """Write names of covariates in quotes, the first few of many."""
    quoted = ", ".join(f"'{name}'" for name in names[:MOST_NAMES])
    return f"{quoted} and others" if len(names) > MOST_NAMES else quoted


def moved(names: Sequence[str], step: Array) -> list[str]:
    """Names of the standardised covariates whose coefficients a step moves, without levels."""
    sizes = np.abs(step)
    labels = [name for name, size in zip(names, sizes, strict=True) if size > 1e-3 * sizes.max()]
    return list(dict.fromkeys(column_of(label) for label in labels))
