"""What the measures of four counts have in common."""

from collections.abc import Collection

from scipy.special import ndtr, ndtri

from evaltools.effects.estimate import Estimate
from evaltools.effects.inputs import check_choice, check_counts, check_level, refuse
from evaltools.effects.two_by_two.score import Counts, of_risk_ratio, p_of

Interval = tuple[float, float, float]
"""Lower limit, upper limit and the p-value of the test beside them."""


def take_counts(
    function: str, given: tuple[int, int, int, int], level: float, method: str = "", methods: Collection[str] = ("",)
) -> tuple[Counts, float]:
    """Take the four counts, the level and the method of a function; all of them but the method are given back."""
    problems: list[str] = []
    check_counts(given[0], given[1], problems, group="programme")
    check_counts(given[2], given[3], problems, group="comparison")
    check_level(level, problems)
    check_choice("method", method, methods, problems)
    refuse(function, problems)
    return Counts(*map(int, given)), float(level)


def as_estimate(
    measure: str, value: float, interval: Interval, error: float | None, *, counts: Counts, level: float, method: str
) -> Estimate:
    """Put an estimate of both groups together."""
    lower, upper, p_value = interval
    return Estimate(
        measure=measure,
        estimate=value,
        lower=lower,
        upper=upper,
        level=float(level),
        standard_error=error,
        p_value=p_value,
        n=counts.n,
        method=method,
    )


def pooled_p(counts: Counts) -> float:
    """P-value of Pearson's chi-squared test without correction; 1 where nobody or everybody has an event."""
    return p_of(of_risk_ratio(counts, 1.0))


def wald(estimate: float, error: float, level: float) -> Interval:
    """Interval and test of an estimate that is normally distributed."""
    width = float(ndtri((1 + level) / 2)) * error
    return estimate - width, estimate + width, float(2 * ndtr(-abs(estimate) / error))
