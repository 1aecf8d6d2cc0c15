"""Two groups on a scale of which only the order counts: which group has the higher values, and how often."""

from dataclasses import replace
from math import exp, log, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, expit, logit, stdtr, stdtrit

from evaltools.effects.estimate import Estimate
from evaltools.effects.inputs import Array
from evaltools.effects.means import two_groups
from evaltools.effects.proportions import proportion
from evaltools.errors import InvalidDataError

FEW = 10
"""With fewer in a group a t distribution is no good guide to the p-value (Brunner and Munzel)."""

MOST_COUNTED = 5000
"""Up to so many units, times those of the smaller group, all arrangements are counted: a few tenths of a second."""


def probability_of_superiority(x_programme: ArrayLike, x_comparison: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Estimate how often somebody of the programme has a higher value than somebody of the comparison.

    ``θ = P(X > Y) + P(X = Y)/2``, the mean over all pairs; a half when neither group tends to higher values. Its
    variance is that of Brunner and Munzel, ``V = s₁²/n₁ + s₀²/n₀`` of the placements (the share of the other group that
    each unit is above, ties for a half), which holds for unequal spreads and with ties. Interval and test are those of
    ``logit θ`` with standard error ``√V / (θ(1 - θ))`` and a t distribution with Satterthwaite's degrees of freedom.

    On the scale of ``θ`` itself, as in statsmodels, the interval can leave 0 to 1 and is too narrow where the groups
    hardly overlap. Where they do not overlap at all ``V`` is 0; then the interval is Wilson's of ``m`` in ``m``, with
    ``m`` the smaller group: the variance of ``θ`` is never above ``θ(1 - θ)/m`` (Birnbaum and Klose).

    Without overlap, and with fewer than ten in a group (of up to 5,000 units over the size of the smaller one), the
    p-value is that of the exact rank test: twice the smaller tail of ``θ`` over all ways to divide these values over
    the groups. It supposes that without a difference all values come from one distribution. The interval does not, and
    may then hold a half with a p-value below ``1 - level``, or leave it out with one above: three who are above a
    thousand others (p = 1e-8) may be of a kind of which every other one is below them all.

    Parameters
    ----------
    x_programme, x_comparison
        A number of each unit, none missing; only their order counts. Shapes (n₁,) and (n₀,), each at least 2.
    level
        Confidence level.

    Returns
    -------
    Estimate
        ``standard_error`` is ``√V``, None where the groups do not overlap. But for the exact test the p-value is below
        ``1 - level`` exactly when a half lies outside; the ``method`` names that test. ``n`` counts both groups. The
        interval is too sure of itself with two or three units beside many. Time O(n log n).

    Raises
    ------
    InvalidDataError
        When a value is missing, a group has fewer than two units, all values of both groups are the same, or the level
        is outside its range.

    References
    ----------
    E. Brunner and U. Munzel (2000), The nonparametric Behrens-Fisher problem: asymptotic theory and a small-sample
    approximation. Biometrical Journal 42, 17-25.
    M. Pohar Perme and D. Manevski (2019), Confidence intervals for the Mann-Whitney test. Statistical Methods in Medical
    Research 28, 3755-3768.
    Z. W. Birnbaum and O. M. Klose (1957), Bounds for the variance of the Mann-Whitney statistic. Annals of Mathematical
    Statistics 28, 933-945.

    Examples
    --------
    Of the six pairs of {2, 3, 5} and {1, 3}, four are in favour, one is a tie and one is not:

    >>> found = probability_of_superiority([2, 3, 5], [1, 3])
    >>> found.estimate
    0.75
    """
    one, other = _groups("probability_of_superiority", x_programme, x_comparison, level)
    return _superiority(one, other, float(level))


def cliffs_delta(x_programme: ArrayLike, x_comparison: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Estimate how much more often values of the programme are higher than lower, ``P(X > Y) - P(X < Y)``.

    It is ``2θ - 1`` of `probability_of_superiority`, with its interval and test: from -1 to 1, and 0 when neither group
    tends to higher values.

    Parameters
    ----------
    x_programme, x_comparison, level
        As of `probability_of_superiority`.

    Returns
    -------
    Estimate
        As `probability_of_superiority`.

    Raises
    ------
    InvalidDataError
        As `probability_of_superiority`.

    References
    ----------
    N. Cliff (1993), Dominance statistics: ordinal analyses to answer ordinal questions. Psychological Bulletin 114,
    494-509.

    Examples
    --------
    >>> cliffs_delta([2, 3, 5], [1, 3]).estimate  # (4 - 1) / 6
    0.5
    """
    one, other = _groups("cliffs_delta", x_programme, x_comparison, level)
    found = _superiority(one, other, float(level))
    return replace(
        found,
        measure="Cliff's delta",
        estimate=2 * found.estimate - 1,
        lower=2 * found.lower - 1,
        upper=2 * found.upper - 1,
        standard_error=None if found.standard_error is None else 2 * found.standard_error,
    )


def _groups(function: str, x_programme: ArrayLike, x_comparison: ArrayLike, level: float) -> tuple[Array, Array]:
    one, other = two_groups(function, x_programme, x_comparison, level)
    if max(one.max(), other.max()) == min(one.min(), other.min()):
        raise InvalidDataError(f"{function}()", ["all values of both groups are the same: there is nothing to compare"])
    return one, other


def _superiority(one: Array, other: Array, level: float) -> Estimate:
    if one.min() > other.max() or one.max() < other.min():
        return _without_overlap(one, other, level)
    from statsmodels.stats.nonparametric import rank_compare_2indep

    found = rank_compare_2indep(one, other)
    share, df, n, n_smaller = float(found.prob1), float(found.df), len(one) + len(other), min(len(one), len(other))
    error = sqrt(float(found.var_prob))
    error_of_logit = error / (share * (1 - share))
    width = float(stdtrit(df, (1 + level) / 2)) * error_of_logit
    is_exact = n_smaller < FEW and n * n_smaller <= MOST_COUNTED
    return Estimate(
        measure="probability of superiority",
        estimate=share,
        lower=float(expit(logit(share) - width)),
        upper=float(expit(logit(share) + width)),
        level=level,
        standard_error=error,
        p_value=_exact_p(one, other) if is_exact else float(2 * stdtr(df, -abs(logit(share)) / error_of_logit)),
        n=n,
        method="brunner-munzel, logit, exact test" if is_exact else "brunner-munzel, logit",
    )


def twice_ranks(values: Array) -> NDArray[np.int64]:
    """Rank values from 1 on, times two: whole numbers, also where ranks are shared."""
    _, place, n_tied = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((2 * np.cumsum(n_tied) - n_tied + 1)[place], dtype=np.int64)


def _exact_p(one: Array, other: Array) -> float:
    """Twice the smaller tail of the rank sum of a group, when any units of both could have made it up."""
    smaller, larger = sorted((one, other), key=len)
    n = len(smaller)
    ranks = twice_ranks(np.append(smaller, larger))
    ways = np.zeros((n + 1, int(np.sort(ranks)[-n:].sum()) + 1))  # of so many units with that sum of ranks
    ways[0, 0] = 1.0
    for rank in ranks:
        ways[1:, rank:] += ways[:-1, :-rank].copy()
    seen = int(ranks[:n].sum())
    return min(1.0, 2 * float(min(ways[n, : seen + 1].sum(), ways[n, seen:].sum()) / ways[n].sum()))


def _without_overlap(one: Array, other: Array, level: float) -> Estimate:
    n_smaller, n = min(len(one), len(other)), len(one) + len(other)
    is_higher = bool(one.min() > other.max())
    share = proportion(n_smaller if is_higher else 0, n_smaller, level=level)
    log_ways = -log(n + 1) - float(betaln(len(one) + 1, len(other) + 1))  # to choose a group of that size
    return replace(
        share,
        measure="probability of superiority",
        standard_error=None,
        p_value=2 * exp(-log_ways),
        n=n,
        method="wilson of the smaller group, exact test",
    )
