"""Two groups in which something was measured: differences of means."""

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import chdtri, ndtr, ndtri, poch, stdtr

from evaltools.effects.estimate import Estimate, with_error
from evaltools.effects.inputs import Array, check_level, numbers, refuse
from evaltools.errors import InvalidDataError, many

ROUNDING = 1e-14
"""A standard deviation below this share of the mean is the rounding of equal numbers."""

LARGEST = 1e100
"""Squares of larger numbers may be no numbers any more."""

FAR_APART = 1000.0
"""From this ratio of both on, the normal part of a noncentral t is little beside its chi part."""


class Moments(NamedTuple):
    """Sizes, means and variances (with ``n - 1``) of two groups, the programme's first."""

    n1: int
    n0: int
    m1: float
    m0: float
    v1: float
    v0: float


def mean_difference(x_programme: ArrayLike, x_comparison: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Estimate the difference of two means, ``m₁ - m₀``, without taking the spreads to be equal (Welch).

    Its standard error is ``√(s₁²/n₁ + s₀²/n₀)``; interval and test are those of a t distribution with Satterthwaite's
    degrees of freedom, ``(s₁²/n₁ + s₀²/n₀)² / ((s₁²/n₁)²/(n₁ - 1) + (s₀²/n₀)²/(n₀ - 1))``.

    Parameters
    ----------
    x_programme, x_comparison
        A number of each unit, none missing. Shapes (n₁,) and (n₀,), each at least 2.
    level
        Confidence level.

    Returns
    -------
    Estimate
        In the unit of the numbers; ``n`` counts both groups.

    Raises
    ------
    InvalidDataError
        When a value is missing, a group has fewer than two units, neither group has any spread, or the level is
        outside its range.

    References
    ----------
    B. L. Welch (1947), The generalization of "Student's" problem when several different population variances are
    involved. Biometrika 34, 28-35.

    Examples
    --------
    Means 4 and 2, variances 4 and 1: a standard error of √(4/3 + 1/3).

    >>> found = mean_difference([2, 4, 6], [1, 2, 3])
    >>> found.estimate, round(found.standard_error, 4)
    (2.0, 1.291)
    """
    groups = _moments("mean_difference", x_programme, x_comparison, level)
    part1, part0 = groups.v1 / groups.n1, groups.v0 / groups.n0
    error = sqrt(part1 + part0)
    # Of shares of the variance, since its square may be no number.
    share = part1 / (part1 + part0)
    df = 1 / (share**2 / (groups.n1 - 1) + (1 - share) ** 2 / (groups.n0 - 1))
    n = groups.n1 + groups.n0
    return with_error("mean difference", groups.m1 - groups.m0, error, n=n, degrees=df, level=level, method="welch")


def cohens_d(x_programme: ArrayLike, x_comparison: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Estimate the difference of two means in standard deviations, ``(m₁ - m₀) / s``, with the pooled ``s``.

    ``s² = ((n₁ - 1) s₁² + (n₀ - 1) s₀²) / (n₁ + n₀ - 2)``. The limits are ``δ √(1/n₁ + 1/n₀)`` for the ``δ`` with which
    a noncentral t distribution has the t statistic as its quantile: exact for normal numbers with equal spreads. The
    p-value is that of the t test with equal spreads, so that it is below ``1 - level`` exactly when 0 lies outside.

    Parameters
    ----------
    x_programme, x_comparison, level
        As of `mean_difference`.

    Returns
    -------
    Estimate
        ``standard_error`` is ``√(1/n₁ + 1/n₀ + d²/(2(n₁ + n₀)))``, for pooling; the interval is not made from it.

    Raises
    ------
    InvalidDataError
        As `mean_difference`.

    References
    ----------
    J. Cohen (1988), Statistical power analysis for the behavioral sciences, 2nd edition, chapter 2.
    G. Cumming and S. Finch (2001), A primer on the understanding, use, and calculation of confidence intervals that are
    based on central and noncentral distributions. Educational and Psychological Measurement 61, 532-574.

    Examples
    --------
    >>> round(cohens_d([2, 4, 6], [1, 2, 3]).estimate, 4)  # (4 - 2) / √2.5
    1.2649
    """
    groups = _moments("cohens_d", x_programme, x_comparison, level)
    return _standardised("Cohen's d", groups, float(level), factor=1.0)


def hedges_g(x_programme: ArrayLike, x_comparison: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Estimate the difference of two means in standard deviations without the bias of small groups, ``J d``.

    ``d`` is `cohens_d`, and ``J = Γ(m/2) / (√(m/2) Γ((m - 1)/2))`` with ``m = n₁ + n₀ - 2``, exactly, not the usual
    approximation ``1 - 3/(4m - 1)``. The limits are ``J`` times those of ``d``.

    Parameters
    ----------
    x_programme, x_comparison, level
        As of `mean_difference`.

    Returns
    -------
    Estimate
        ``standard_error`` is ``√(1/n₁ + 1/n₀ + g²/(2(n₁ + n₀)))``, for pooling.

    Raises
    ------
    InvalidDataError
        As `mean_difference`.

    References
    ----------
    L. V. Hedges (1981), Distribution theory for Glass's estimator of effect size and related estimators. Journal of
    Educational Statistics 6, 107-128.

    Examples
    --------
    >>> round(hedges_g([2, 4, 6], [1, 2, 3]).estimate, 4)  # J = Γ(2) / (√2 Γ(1.5)) = 0.79788
    1.0093
    """
    groups = _moments("hedges_g", x_programme, x_comparison, level)
    df = groups.n1 + groups.n0 - 2
    # Γ(m/2) / Γ((m - 1)/2) as one function, which does not overflow.
    return _standardised("Hedges' g", groups, float(level), factor=float(poch((df - 1) / 2, 0.5)) / sqrt(df / 2))


def two_groups(function: str, x_programme: ArrayLike, x_comparison: ArrayLike, level: float) -> tuple[Array, Array]:
    """Take a number of each unit of two groups, at least two in each."""
    problems: list[str] = []
    one, other = numbers("x_programme", x_programme, problems), numbers("x_comparison", x_comparison, problems)
    check_level(level, problems)
    if not problems:
        for name, values in (("x_programme", one), ("x_comparison", other)):
            if len(values) < 2:
                problems.append(f"{name} has {many(len(values), 'value')}; expected at least 2, which have a spread")
            elif np.abs(values).max() > LARGEST:
                problems.append(f"{name} has values beyond {LARGEST:g}; give them in a larger unit")
    refuse(function, problems)
    return one, other


def _moments(function: str, x_programme: ArrayLike, x_comparison: ArrayLike, level: float) -> Moments:
    one, other = two_groups(function, x_programme, x_comparison, level)
    means, variances = [float(x.mean()) for x in (one, other)], [float(x.var(ddof=1)) for x in (one, other)]
    if sqrt(sum(variances)) <= ROUNDING * max(map(abs, means)):
        problem = "all values of each group are the same: without a spread there is no interval; compare the two values"
        raise InvalidDataError(f"{function}()", [problem])
    return Moments(len(one), len(other), *means, *variances)


def _standardised(measure: str, groups: Moments, level: float, *, factor: float) -> Estimate:
    n, df = groups.n1 + groups.n0, groups.n1 + groups.n0 - 2
    pooled = sqrt(((groups.n1 - 1) * groups.v1 + (groups.n0 - 1) * groups.v0) / df)
    d = (groups.m1 - groups.m0) / pooled
    root = sqrt(1 / groups.n1 + 1 / groups.n0)
    lower, upper = _noncentralities(d / root, df, level)
    return Estimate(
        measure=measure,
        estimate=factor * d,
        lower=factor * lower * root,
        upper=factor * upper * root,
        level=level,
        standard_error=sqrt(root**2 + (factor * d) ** 2 / (2 * n)),
        p_value=float(2 * stdtr(df, -abs(d / root))),
        n=n,
        method="noncentral t",
    )


def _noncentralities(t: float, df: int, level: float) -> tuple[float, float]:
    """Noncentralities with which ``t`` is the upper and the lower quantile of a noncentral t distribution.

    These are quantiles of ``t U - Z`` for ``U = χ/√df`` and a normal ``Z``, as ``P(T ≤ t) = P(Z + δ ≤ t U)``. The mean
    of ``Φ(t U - δ)`` is a sum over a fine grid of ``ln U``, in which the density of ``U`` falls off fast to both sides.
    `scipy.special.nctdtr` is nan for many large ``t``, and `nctdtrinc` has 8 digits.
    """
    if t < 0:
        lower, upper = _noncentralities(-t, df, level)
        return -upper, -lower
    tails = (1 + level) / 2, (1 - level) / 2
    if t > FAR_APART * sqrt(2 * df):
        u = np.sqrt(chdtri(df, tails) / df)
        # A little normal noise moves a quantile by half the slope of the log density; the rest is below 1e-9 of it.
        lower, upper = t * u - ((df - 1) / u - df * u) / (2 * t)
        return float(lower), float(upper)
    low, high = -40 / df - sqrt(40 / df), sqrt(40 / df)  # beyond these the density is below e⁻⁴⁰ of its height
    grid = np.linspace(low, high, 100 + int(4 * (high - low) * (t + sqrt(2 * df))))
    weights = np.exp(df * (grid - np.expm1(2 * grid) / 2))
    weights /= weights.sum()
    points = t * np.exp(grid)
    nearest = -float(ndtri(tails[1] / 2))
    farthest = t * sqrt(chdtri(df, tails[1] / 2) / df) + nearest

    def above(noncentrality: float, tail: float) -> float:
        return float(weights @ ndtr(points - noncentrality)) - tail

    lower, upper = (brentq(above, -nearest, farthest, args=(tail,), xtol=1e-13) for tail in tails)
    return float(lower), float(upper)
