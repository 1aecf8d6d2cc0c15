"""Ratios of two shares or of their odds, which survive zero cells."""

from collections.abc import Callable
from math import exp, inf, log, sqrt
from typing import Literal, get_args

import numpy as np
from scipy.optimize import brentq
from scipy.special import betaln

from evaltools.effects.estimate import Estimate
from evaltools.effects.inputs import Array
from evaltools.effects.two_by_two.counts import Interval, as_estimate, pooled_p, take_counts, wald
from evaltools.effects.two_by_two.score import FARTHEST, Counts, of_odds_ratio, of_risk_ratio, ratio_limits
from evaltools.errors import InvalidDataError

RiskRatioMethod = Literal["koopman", "log"]
OddsRatioMethod = Literal["score", "logit", "conditional"]


def risk_ratio(
    events_programme: int,
    n_programme: int,
    events_comparison: int,
    n_comparison: int,
    *,
    method: RiskRatioMethod = "koopman",
    level: float = 0.95,
) -> Estimate:
    """Estimate the ratio of two shares, ``p₁ / p₀``.

    ``"koopman"`` (the default) holds every ratio that the chi-squared test of that ratio does not reject. ``"log"``
    (Katz) is ``exp(ln(p₁/p₀) ± z √(1/x₁ - 1/n₁ + 1/x₀ - 1/n₀))``. The p-value is that of the same test: chi-squared
    without correction, or Wald's of the logarithm; it is below ``1 - level`` exactly when 1 lies outside.

    Parameters
    ----------
    events_programme, n_programme, events_comparison, n_comparison, method, level
        As of `risk_difference`.

    Returns
    -------
    Estimate
        With no events in the comparison the estimate and its upper limit are infinite, and the lower limit says how
        large the ratio is at least; with none in the programme's group the estimate and its lower limit are 0.
        ``standard_error`` is that of the logarithm of the ratio, None where that is 0 or infinite; pool it with
        ``log(estimate)``.

    Raises
    ------
    InvalidDataError
        When an argument is not what is expected; when nobody in either group has an event: every ratio fits; and for
        ``"log"`` when one group has no events, or everybody has one.

    References
    ----------
    P. A. R. Koopman (1984), Confidence intervals for the ratio of two binomial proportions. Biometrics 40, 513-517.
    D. Katz, J. Baptista, S. P. Azen and M. C. Pike (1978), Obtaining confidence intervals for the risk ratio in cohort
    studies. Biometrics 34, 469-474.

    Examples
    --------
    >>> found = risk_ratio(8, 15, 4, 15)  # Gart & Nam 1988: 0.815 to 5.336
    >>> round(found.estimate, 3), round(found.lower, 3), round(found.upper, 3)
    (2.0, 0.815, 5.336)
    >>> found = risk_ratio(3, 31, 0, 40)
    >>> found.estimate, round(found.lower, 2), found.upper
    (inf, 1.05, inf)
    """
    given = (events_programme, n_programme, events_comparison, n_comparison)
    counts, level = take_counts("risk_ratio", given, level, method, get_args(RiskRatioMethod))
    if counts.x1 + counts.x0 == 0:
        problem = "nobody in either group has an event, which fits every ratio; use risk_difference()"
        raise InvalidDataError("risk_ratio()", [problem])
    one, other = counts.shares
    ratio = one / other if other else inf
    squares = (1 / counts.x1 - 1 / counts.n1 + 1 / counts.x0 - 1 / counts.n0) if counts.x1 and counts.x0 else 0.0
    error = sqrt(squares) if squares > 0 else None
    if method == "koopman":
        interval = (*ratio_limits(lambda at: of_risk_ratio(counts, at), ratio, level), pooled_p(counts))
    elif error is not None:
        interval = _log_wald(ratio, error, level)
    else:
        problem = "method 'log' needs events in both groups, and somebody without one; use 'koopman'"
        raise InvalidDataError("risk_ratio()", [problem])
    return as_estimate("risk ratio", ratio, interval, error, counts=counts, level=level, method=method)


def odds_ratio(
    events_programme: int,
    n_programme: int,
    events_comparison: int,
    n_comparison: int,
    *,
    method: OddsRatioMethod = "score",
    level: float = 0.95,
) -> Estimate:
    """Estimate the ratio of two odds, ``p₁ (1 - p₀) / ((1 - p₁) p₀)``.

    ``"score"`` (the default) holds every ratio that the chi-squared test of that ratio does not reject (Cornfield,
    without continuity correction). ``"logit"`` (Woolf) is ``exp(ln OR ± z √(sum of 1/cell))``. ``"conditional"`` is the
    maximum likelihood estimate given all four margins, with its exact interval, as of R's ``fisher.test``.
    The p-value is that of the same test: chi-squared without correction, Wald's of the logarithm, or twice the smaller
    exact tail. It is below ``1 - level`` exactly when 1 lies outside; that of ``fisher.test`` sums small probabilities
    instead, and may disagree with its own interval.

    Parameters
    ----------
    events_programme, n_programme, events_comparison, n_comparison, method, level
        As of `risk_difference`.

    Returns
    -------
    Estimate
        With a zero cell the estimate is 0 or infinite, and one limit is finite. ``standard_error`` is that of the
        logarithm of the ratio, None with a zero cell and for ``"conditional"``; pool it with ``log(estimate)``.

    Raises
    ------
    InvalidDataError
        When an argument is not what is expected; when nobody in either group has an event, or everybody: every ratio
        fits; and for ``"logit"`` when a cell is 0.

    References
    ----------
    J. Cornfield (1956), A statistical problem arising from retrospective studies. Proceedings of the Third Berkeley
    Symposium on Mathematical Statistics and Probability 4, 135-148.
    B. Woolf (1955), On estimating the relation between blood group and disease. Annals of Human Genetics 19, 251-253.

    Examples
    --------
    >>> found = odds_ratio(28, 51, 71, 230)  # Gart & Thomas 1982: 1.476 to 5.035
    >>> round(found.estimate, 3), round(found.lower, 3), round(found.upper, 3)
    (2.726, 1.476, 5.035)
    """
    given = (events_programme, n_programme, events_comparison, n_comparison)
    counts, level = take_counts("odds_ratio", given, level, method, get_args(OddsRatioMethod))
    x1, n1, x0, n0 = counts
    if x1 + x0 in {0, counts.n}:
        problem = "nobody in either group has an event, or everybody, which fits every ratio; use risk_difference()"
        raise InvalidDataError("odds_ratio()", [problem])
    cells = (x1, n1 - x1, x0, n0 - x0)
    ratio = cells[0] * cells[3] / (cells[1] * cells[2]) if cells[1] and cells[2] else inf
    error = sqrt(sum(1 / cell for cell in cells)) if all(cells) else None
    if method == "score":
        interval = (*ratio_limits(lambda at: of_odds_ratio(counts, at), ratio, level), pooled_p(counts))
    elif method == "conditional":
        error = None
        ratio, interval = _conditional(counts, level)
    elif error is not None:
        interval = _log_wald(ratio, error, level)
    else:
        problem = "method 'logit' needs somebody with and without an event in both groups; use 'score'"
        raise InvalidDataError("odds_ratio()", [problem])
    return as_estimate("odds ratio", ratio, interval, error, counts=counts, level=level, method=method)


def _log_wald(ratio: float, error: float, level: float) -> Interval:
    lower, upper, p_value = wald(log(ratio), error, level)
    return exp(lower), exp(upper), p_value


def _conditional(counts: Counts, level: float) -> tuple[float, Interval]:
    """Find the odds ratio by the chances of all tables with these margins.

    `scipy.stats.contingency.odds_ratio` gives the same, in minutes for hundreds of thousands of units.
    """
    x1, n1, x0, n0 = counts
    x = x1 + x0
    possible = np.arange(max(0, x - n0), min(n1, x) + 1)
    # Logarithms of C(n₁, k) C(n₀, x - k), but for a constant.
    log_ways = -betaln(n1 - possible + 1, possible + 1) - betaln(n0 - x + possible + 1, x - possible + 1)

    def chances(log_ratio: float) -> Array:
        logs = log_ways + possible * log_ratio
        weights = np.exp(logs - logs.max())
        return np.asarray(weights / weights.sum())

    def mean(log_ratio: float) -> float:
        return float(chances(log_ratio) @ possible)

    def at_least(log_ratio: float) -> float:
        return float(chances(log_ratio)[possible >= x1].sum())

    def at_most(log_ratio: float) -> float:
        return float(chances(log_ratio)[possible <= x1].sum())

    def ratio_of(function: Callable[[float], float], value: float) -> float:
        return exp(brentq(lambda log_ratio: function(log_ratio) - value, -FARTHEST, FARTHEST))

    tail = (1 - level) / 2
    p_value = min(2 * min(at_least(0.0), at_most(0.0)), 1.0)
    if x1 == possible[0]:
        return 0.0, (0.0, ratio_of(at_most, tail), p_value)
    if x1 == possible[-1]:
        return inf, (ratio_of(at_least, tail), inf, p_value)
    return ratio_of(mean, x1), (ratio_of(at_least, tail), ratio_of(at_most, tail), p_value)
