"""How unlike two groups are before anything happened to them."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evaltools.errors import InvalidDataError

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
    is ``p(1 − p)``; of a number ``s²`` has ``n − 1``. Missing values are left out.

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
        When the denominator is neither, or one group holds a yes or no and the other numbers.

    Examples
    --------
    >>> round(standardised_difference([2.0, 4.0, 6.0], [1.0, 2.0, 3.0]), 3)
    1.0
    >>> standardised_difference([True, False], [True, False, True, False])
    0.0
    """
    one, other = _values(x_programme), _values(x_comparison)
    problems = []
    if denominator not in {"programme", "pooled"}:
        problems.append(f"denominator is '{denominator}'; allowed: pooled, programme")
    if one.dtype != other.dtype:
        problems.append("one group holds yes or no and the other numbers; give both alike")
    if problems:
        raise InvalidDataError("standardised_difference()", problems)
    least = 1 if one.dtype == np.bool_ else 2
    if min(len(one), len(other)) < least:
        return float("nan")
    means = float(one.mean()), float(other.mean())
    difference = means[0] - means[1]
    # The mean of equal numbers may be off in the last bits: that is no difference, and no spread.
    if abs(difference) <= SAME * max(abs(means[0]), abs(means[1])):
        return 0.0
    variance = _variance(one) if denominator == "programme" else (_variance(one) + _variance(other)) / 2
    return difference / float(np.sqrt(variance)) if variance > 0 else float(np.copysign(np.inf, difference))


def _values(values: ArrayLike) -> np.ndarray:
    given = np.asarray(values)
    if given.dtype == np.bool_:
        return given
    try:
        numbers = given.astype(np.float64)
    except (TypeError, ValueError):  # numpy quotes the value
        problem = "takes numbers, or booleans without a missing one; leave missing ones out"
        raise InvalidDataError("standardised_difference()", [problem]) from None
    return np.asarray(numbers[~np.isnan(numbers)])


def _variance(values: np.ndarray) -> float:
    if values.dtype == np.bool_:
        share = float(values.mean())
        return share * (1 - share)
    return float(values.var(ddof=1)) if values.min() < values.max() else 0.0
