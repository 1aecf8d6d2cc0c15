"""Two groups on a scale of which only the order counts: which group has the higher values, and how often."""

from dataclasses import replace
from math import sqrt

from numpy.typing import ArrayLike
from scipy.special import expit, logit, stdtr, stdtrit

from evaltools.effects.estimate import Estimate
from evaltools.effects.inputs import Array
from evaltools.effects.means import two_groups
from evaltools.effects.proportions import proportion
from evaltools.effects.two_by_two.score import p_of
from evaltools.errors import InvalidDataError


def probability_of_superiority(x_programme: ArrayLike, x_comparison: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Estimate how often somebody of the programme has a higher value than somebody of the comparison.

    ``θ = P(X > Y) + P(X = Y)/2``, the mean over all pairs; a half when neither group tends to higher values. Its
    variance is that of Brunner and Munzel, ``V = s₁²/n₁ + s₀²/n₀`` of the placements (the share of the other group that
    each unit is above, ties for a half), which holds for unequal spreads and with ties. Interval and test are those of
    ``logit θ`` with standard error ``√V / (θ(1 - θ))`` and a t distribution with Satterthwaite's degrees of freedom.

    On the scale of ``θ`` itself, as in statsmodels, the interval can leave 0 to 1 and is too narrow where the groups
    hardly overlap. Where they do not overlap at all ``V`` is 0; then the interval is Wilson's of ``m`` in ``m``, with
    ``m`` the smaller group: the variance of ``θ`` is never above ``θ(1 - θ)/m`` (Birnbaum and Klose).

    Parameters
    ----------
    x_programme, x_comparison
        A number of each unit, none missing; only their order counts. Shapes (n₁,) and (n₀,), each at least 2.
    level
        Confidence level.

    Returns
    -------
    Estimate
        ``standard_error`` is ``√V``, None where the groups do not overlap. The p-value is below ``1 - level`` exactly
        when a half lies outside. ``n`` counts both groups. Time O(n log n).

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
    return _superiority(one, other, level)


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
    found = _superiority(one, other, level)
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
    share, df = float(found.prob1), float(found.df)
    error = sqrt(float(found.var_prob))
    error_of_logit = error / (share * (1 - share))
    width = stdtrit(df, (1 + level) / 2) * error_of_logit
    return Estimate(
        measure="probability of superiority",
        estimate=share,
        lower=float(expit(logit(share) - width)),
        upper=float(expit(logit(share) + width)),
        level=level,
        standard_error=error,
        p_value=float(2 * stdtr(df, -abs(logit(share)) / error_of_logit)),
        n=len(one) + len(other),
        method="brunner-munzel, logit",
    )


def _without_overlap(one: Array, other: Array, level: float) -> Estimate:
    n_smaller = min(len(one), len(other))
    is_higher = bool(one.min() > other.max())
    share = proportion(n_smaller if is_higher else 0, n_smaller, level=level)
    return replace(
        share,
        measure="probability of superiority",
        standard_error=None,
        p_value=p_of(n_smaller),  # of the score test of a half, as (1 - ½)² / (½ ½ / m) = m
        n=len(one) + len(other),
        method="wilson, smaller group",
    )
