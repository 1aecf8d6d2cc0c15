"""What every estimator returns."""

from dataclasses import dataclass
from html import escape
from math import inf

from scipy.special import stdtr, stdtrit


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One estimated quantity with its interval.

    Attributes
    ----------
    measure
        What is estimated, in words, such as ``"risk difference"``.
    estimate, lower, upper
        The point estimate and the two ends of its interval, unrounded, in the
        unit of the measure (proportions as 0-1).
    level
        Confidence level of the interval, such as 0.95.
    standard_error
        Of the point estimate, of its logarithm for ratios of shares, odds and hazards; None where the method has none.
        `pool` takes it with the estimate on that same scale.
    p_value
        Of the test that belongs to the measure, or None where there is none.
    n
        Number of units behind the estimate: people, pairs, places or periods, and of `indirect_standardisation` the
        observed count.
    method
        How the interval is made, in lower case with commas, such as ``"wilson"`` or ``"reml, hartung-knapp"``; where
        it is an option of the function, as it is given there.
    """

    measure: str
    estimate: float
    lower: float
    upper: float
    level: float
    standard_error: float | None
    p_value: float | None
    n: int
    method: str

    def _repr_html_(self) -> str:
        """Show it in a notebook as a small table, to four digits; all digits are in the attributes."""
        shown = {
            self.measure: _short(self.estimate),
            f"{self.level:.10g} interval": f"{_short(self.lower)} to {_short(self.upper)}",
            "standard error": _short(self.standard_error),
            "p-value": _short(self.p_value),
            "n": f"{self.n:,}",
            "method": self.method,
        }
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in shown.items())
        return f"<table>{rows}</table>"


def _short(value: float | None) -> str:
    return "none" if value is None else f"{value:.4g}"


def with_error(
    measure: str, estimate: float, error: float, *, n: int, level: float, method: str, degrees: float = inf
) -> Estimate:
    """Make an estimate of which the interval and the test are those of t, or of a normal distribution.

    ``estimate ± q · error`` with ``q`` the quantile of t with so many ``degrees`` of freedom; infinitely many are normal.
    """
    level = float(level)
    half = float(stdtrit(degrees, (1 + level) / 2)) * error
    return Estimate(
        measure=measure,
        estimate=estimate,
        lower=estimate - half,
        upper=estimate + half,
        level=level,
        standard_error=error,
        p_value=2 * float(stdtr(degrees, -abs(estimate) / error)) if error > 0 else float(estimate == 0),
        n=n,
        method=method,
    )
