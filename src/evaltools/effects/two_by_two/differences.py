"""Differences of two shares, and what is made from them."""

from math import asin, copysign, hypot, inf, pi, sqrt
from typing import Literal, get_args

from evaltools.effects.estimate import Estimate
from evaltools.effects.proportions import proportion
from evaltools.effects.two_by_two.counts import Interval, as_estimate, pooled_p, take_counts, wald
from evaltools.effects.two_by_two.score import Counts, limits, of_difference, p_of
from evaltools.errors import InvalidDataError

Method = Literal["newcombe", "miettinen_nurminen", "wald"]


def risk_difference(
    events_programme: int,
    n_programme: int,
    events_comparison: int,
    n_comparison: int,
    *,
    method: Method = "newcombe",
    level: float = 0.95,
) -> Estimate:
    """Estimate the difference of two shares, ``p₁ - p₀``.

    ``"newcombe"`` (the default) puts the two Wilson intervals ``(l, u)`` together: ``√((p₁ - l₁)² + (u₀ - p₀)²)``
    below the difference and ``√((u₁ - p₁)² + (p₀ - l₀)²)`` above it. ``"miettinen_nurminen"`` holds every difference
    that the score test does not reject, with their factor ``N / (N - 1)``. ``"wald"`` is the difference plus and minus
    ``z`` standard errors, cut at -1 and 1; it is too narrow in small groups and near 0 and 100%.

    The p-value is that of the same test as the interval for ``"miettinen_nurminen"`` (chi-squared times
    ``(N - 1) / N``) and ``"wald"``, so that it is below ``1 - level`` exactly when 0 lies outside. For ``"newcombe"``
    it is that of the chi-squared test without correction, as of `risk_ratio` and `odds_ratio`; close to ``1 - level``
    the two may disagree.

    Parameters
    ----------
    events_programme, n_programme
        Units with the event in the programme's group, and all its units.
    events_comparison, n_comparison
        The same of the comparison.
    method
        How the interval is made.
    level
        Confidence level.

    Returns
    -------
    Estimate
        ``standard_error`` is Wald's, ``√(p₁(1 - p₁)/n₁ + p₀(1 - p₀)/n₀)``, with every method; ``n`` counts both groups.

    Raises
    ------
    InvalidDataError
        When a count, the level or the method is not what is expected, and for ``"wald"`` when both groups have no
        events or nothing else: its interval would have no width.

    References
    ----------
    R. G. Newcombe (1998), Interval estimation for the difference between independent proportions: comparison of eleven
    methods. Statistics in Medicine 17, 873-890 (method 10).
    O. Miettinen and M. Nurminen (1985), Comparative analysis of two rates. Statistics in Medicine 4, 213-226.

    Examples
    --------
    Newcombe's table II, (a):

    >>> found = risk_difference(56, 70, 48, 80)
    >>> round(found.estimate, 4), round(found.lower, 4), round(found.upper, 4)
    (0.2, 0.0524, 0.3339)
    """
    given = (events_programme, n_programme, events_comparison, n_comparison)
    counts, difference, interval, error = _difference("risk_difference", given, level, method)
    return as_estimate("risk difference", difference, interval, error, counts=counts, level=level, method=method)


def number_needed_to_treat(
    events_programme: int,
    n_programme: int,
    events_comparison: int,
    n_comparison: int,
    *,
    method: Method = "newcombe",
    level: float = 0.95,
) -> Estimate:
    """Estimate how many people are in the programme for one event more, ``1 / (p₁ - p₀)``.

    A negative number is that for one event fewer. The limits are the reciprocals of those of `risk_difference`, the
    upper one first. Where the difference may be 0 the interval runs through infinity: then ``lower > upper``, and it
    holds what is at least ``lower`` (one event more) and what is at most ``upper`` (one event fewer).

    Parameters
    ----------
    events_programme, n_programme, events_comparison, n_comparison, method, level
        As of `risk_difference`.

    Returns
    -------
    Estimate
        Infinite for equal shares. ``p_value`` is that of the difference; there is no ``standard_error``.

    Raises
    ------
    InvalidDataError
        As `risk_difference`.

    References
    ----------
    D. G. Altman (1998), Confidence intervals for the number needed to treat. BMJ 317, 1309-1312.

    Examples
    --------
    One job more for every 5 people in the programme, for every 3 to 19 by the interval:

    >>> found = number_needed_to_treat(56, 70, 48, 80)
    >>> round(found.estimate, 1), round(found.lower, 1), round(found.upper, 1)
    (5.0, 3.0, 19.1)

    The interval of a difference of 0.1, -0.093 to 0.283, holds 0: one job more for every 3.5 people or more than
    that, or one fewer for every 10.8 or more.

    >>> found = number_needed_to_treat(30, 50, 25, 50)
    >>> round(found.estimate, 1), round(found.lower, 1), round(found.upper, 1)
    (10.0, 3.5, -10.8)
    """
    given = (events_programme, n_programme, events_comparison, n_comparison)
    counts, difference, (low, high, p_value), _ = _difference("number_needed_to_treat", given, level, method)
    estimate = _reciprocal(difference, side=1.0)
    interval = _reciprocal(high, side=-1.0), _reciprocal(low, side=1.0), p_value
    return as_estimate("number needed to treat", estimate, interval, None, counts=counts, level=level, method=method)


def cohens_h(
    events_programme: int, n_programme: int, events_comparison: int, n_comparison: int, *, level: float = 0.95
) -> Estimate:
    """Estimate the difference of two shares on a scale on which their variance does not depend on them.

    ``h = 2 asin √p₁ - 2 asin √p₀`` with variance ``1/n₁ + 1/n₀``, from ``-π`` to ``π``; its interval and its test are
    those of a normal distribution.

    Parameters
    ----------
    events_programme, n_programme, events_comparison, n_comparison, level
        As of `risk_difference`.

    Returns
    -------
    Estimate
        The interval is cut at ``-π`` and ``π``.

    Raises
    ------
    InvalidDataError
        When an argument is not what is expected.

    References
    ----------
    J. Cohen (1988), Statistical power analysis for the behavioral sciences, 2nd edition, chapter 6.

    Examples
    --------
    >>> round(cohens_h(15, 20, 10, 20).estimate, 4)  # 2 asin √0.75 - 2 asin √0.5 = 2π/3 - π/2
    0.5236
    """
    given = (events_programme, n_programme, events_comparison, n_comparison)
    counts, level = take_counts("cohens_h", given, level)
    one, other = counts.shares
    difference = 2 * asin(sqrt(one)) - 2 * asin(sqrt(other))
    error = sqrt(1 / counts.n1 + 1 / counts.n0)
    lower, upper, p_value = wald(difference, error, level)
    interval = max(lower, -pi), min(upper, pi), p_value
    return as_estimate("Cohen's h", difference, interval, error, counts=counts, level=level, method="arcsine")


def _difference(
    function: str, given: tuple[int, int, int, int], level: float, method: Method
) -> tuple[Counts, float, Interval, float]:
    counts, level = take_counts(function, given, level, method, get_args(Method))
    one, other = counts.shares
    error = sqrt(one * (1 - one) / counts.n1 + other * (1 - other) / counts.n0)
    if method == "newcombe":
        return counts, one - other, _newcombe(counts, level), error
    if method == "miettinen_nurminen":
        return counts, one - other, _miettinen_nurminen(counts, level), error
    if error == 0:
        problem = "method 'wald' has no interval where each group has no events or nothing else; use 'newcombe'"
        raise InvalidDataError(f"{function}()", [problem])
    lower, upper, p_value = wald(one - other, error, level)
    return counts, one - other, (max(lower, -1.0), min(upper, 1.0), p_value), error


def _newcombe(counts: Counts, level: float) -> Interval:
    one, other = proportion(counts.x1, counts.n1, level=level), proportion(counts.x0, counts.n0, level=level)
    difference = one.estimate - other.estimate
    below = hypot(one.estimate - one.lower, other.upper - other.estimate)
    above = hypot(one.upper - one.estimate, other.estimate - other.lower)
    return max(difference - below, -1.0), min(difference + above, 1.0), pooled_p(counts)


def _miettinen_nurminen(counts: Counts, level: float) -> Interval:
    def statistic(at: float) -> float:
        return of_difference(counts, at) * (counts.n - 1) / counts.n

    one, other = counts.shares
    return (*limits(statistic, one - other, (-1.0, 1.0), level), p_of(statistic(0.0)))


def _reciprocal(difference: float, *, side: float) -> float:
    """``1 / difference``; for 0 the infinity from which the reciprocals on that side of 0 come."""
    return 1 / difference if difference else copysign(inf, side)
