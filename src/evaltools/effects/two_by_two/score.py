"""Score intervals: every value of a measure that the chi-squared test of that value does not reject.

For a value of the measure, the shares that fit the counts best (the restricted maximum likelihood estimate) have a
closed form. The score statistic is Pearson's chi-squared of the counts beside these shares; the limits are where it
reaches the quantile, found by halving. Nothing is divided by the observed shares, so that zero cells need no
correction.
"""

from collections.abc import Callable, Iterable
from math import acos, copysign, cos, exp, inf, isinf, log, pi, sqrt
from typing import NamedTuple

from scipy.special import chdtrc, chdtri

HALVINGS = 100
FARTHEST = 100.0
"""No limit of a ratio of counts below 10¹⁵ lies further than this from 1, as a logarithm."""


class Counts(NamedTuple):
    """Events among units in two groups, the programme's first."""

    x1: int
    n1: int
    x0: int
    n0: int

    @property
    def n(self) -> int:
        """Units of both groups."""
        return self.n1 + self.n0

    @property
    def shares(self) -> tuple[float, float]:
        """Shares with an event."""
        return self.x1 / self.n1, self.x0 / self.n0


def chi_squared(observed: Iterable[float], expected: Iterable[float]) -> float:
    """Pearson's chi-squared, in which an empty cell that is expected to be empty counts for nothing."""
    return sum(_term(seen, fitted) for seen, fitted in zip(observed, expected, strict=True))


def p_of(statistic: float) -> float:
    """Probability of a chi-squared with one degree of freedom beyond the statistic."""
    return float(chdtrc(1, statistic))


def quantile(level: float) -> float:
    """Chi-squared with one degree of freedom that is exceeded with probability ``1 - level``."""
    return float(chdtri(1, 1 - level))


def limits(
    statistic: Callable[[float], float], estimate: float, ends: tuple[float, float], level: float
) -> tuple[float, float]:
    """Find where a statistic that grows away from the estimate reaches its quantile, or the end on that side."""
    most = quantile(level)
    return _limit(statistic, estimate, ends[0], most), _limit(statistic, estimate, ends[1], most)


def ratio_limits(statistic: Callable[[float], float], estimate: float, level: float) -> tuple[float, float]:
    """`limits` of a ratio, in logarithms; 0 for an estimate of 0, infinite for an infinite one."""
    start = log(estimate) if 0 < estimate < inf else copysign(FARTHEST, estimate - 1)
    lower, upper = limits(lambda at: statistic(exp(at)), start, (-FARTHEST, FARTHEST), level)
    return exp(lower) if estimate > 0 else 0.0, inf if isinf(estimate) else exp(upper)


def of_difference(counts: Counts, difference: float) -> float:
    """Score statistic of a risk difference (Miettinen & Nurminen 1985, appendix I, without their factor).

    The share of the comparison is the root between 0 and ``1 - difference`` of the cubic of the likelihood.
    """
    x1, n1, x0, n0 = counts
    n, x = counts.n, x1 + x0
    if difference < 0:
        return of_difference(Counts(x0, n0, x1, n1), -difference)
    if 2 * x > n:  # of shares near 1 the digits are in what is left
        return of_difference(Counts(n0 - x0, n0, n1 - x1, n1), difference)
    b = (n1 + 2 * n0) * difference - n - x
    c = (n0 * difference - n - 2 * x0) * difference + x
    d = x0 * difference * (1 - difference)
    share = min(max(_middle_root(b / n, c / n, d / n), 0.0), 1 - difference)
    return _statistic(counts, share + difference, share)


def of_risk_ratio(counts: Counts, ratio: float) -> float:
    """Score statistic of a risk ratio (Koopman 1984)."""
    x1, n1, x0, n0 = counts
    b = x1 + n0 + ratio * (n1 + x0)
    share = 2 * (x1 + x0) / (b + sqrt(max(b**2 - 4 * ratio * counts.n * (x1 + x0), 0.0)))
    return _statistic(counts, share * ratio, share)


def of_odds_ratio(counts: Counts, ratio: float) -> float:
    """Score statistic of an odds ratio (Cornfield 1956, without continuity correction)."""
    x1, n1, x0, n0 = counts
    if ratio < 1:  # of the smaller of two shares, that of the comparison now, no digits are lost
        return of_odds_ratio(Counts(x0, n0, x1, n1), 1 / ratio)
    x = x1 + x0
    a = n0 * (ratio - 1)
    b = n1 * ratio + n0 - x * (ratio - 1)
    root = sqrt(b**2 + 4 * a * x)
    share = min(2 * x / (b + root) if b > 0 else (root - b) / (2 * a), 1.0)
    odds = ratio * share
    return _statistic(counts, odds / (odds + (1 - share)), share)


def _middle_root(b: float, c: float, d: float) -> float:
    """Find the middle root of ``p³ + b p² + c p + d``; one root is at most 0 and the others are at least 0.

    The closed form of a small root has few digits. The larger one of the outer roots has all of them, and gives the sum
    and the product of the other two.
    """
    third = b / 3
    q = third**3 - b * c / 6 + d / 2
    r = sqrt(max(third**2 - c / 3, 0.0))
    angle = acos(min(abs(q) / r**3, 1.0)) if r else 0.0
    far, near = 2 * r * cos(angle / 3), 2 * r * cos((pi - angle) / 3)
    lowest, highest = (-far - third, near - third) if q >= 0 else (-near - third, far - third)
    outer = highest if highest > -lowest else lowest
    if outer == 0:
        return 0.0
    product = -d / outer
    total = (c - product) / outer
    root = sqrt(max(total**2 - 4 * product, 0.0))
    if outer < 0:  # the smaller one of two
        return 2 * product / (total + root) if product else 0.0
    if total > 0:
        return (total + root) / 2
    return 2 * product / (total - root) if product else 0.0


def _statistic(counts: Counts, share_programme: float, share_comparison: float) -> float:
    x1, n1, x0, n0 = counts
    expected = (n1 * share_programme, n1 * (1 - share_programme), n0 * share_comparison, n0 * (1 - share_comparison))
    return chi_squared((x1, n1 - x1, x0, n0 - x0), expected)


def _term(seen: float, fitted: float) -> float:
    if fitted > 0:
        return (seen - fitted) ** 2 / fitted
    return inf if seen > 0 else 0.0


def _limit(statistic: Callable[[float], float], inside: float, outside: float, most: float) -> float:
    if statistic(outside) <= most:
        return outside
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        if middle in {inside, outside}:
            break
        if statistic(middle) <= most:
            inside = middle
        else:
            outside = middle
    return inside
