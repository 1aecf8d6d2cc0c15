"""Intervals that take the t distribution."""

from scipy.special import stdtr, stdtrit

from evaltools.effects.estimate import Estimate


def t_estimate(measure: str, estimate: float, error: float, *, n: int, df: int, level: float, method: str) -> Estimate:
    """Make an interval and a p-value from a standard error."""
    half = float(stdtrit(df, (1 + level) / 2)) * error
    return Estimate(
        measure=measure,
        estimate=estimate,
        lower=estimate - half,
        upper=estimate + half,
        level=level,
        standard_error=error,
        p_value=2 * float(stdtr(df, -abs(estimate) / error)) if error > 0 else float(estimate == 0),
        n=n,
        method=method,
    )
