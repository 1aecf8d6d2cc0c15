"""How an estimate shows itself, and what a standard error makes of it."""

from math import inf

import pytest

from evaltools.effects import Estimate, risk_difference
from evaltools.effects.estimate import with_error


def test_a_notebook_shows_a_small_table():
    html = risk_difference(56, 70, 48, 80)._repr_html_()
    for cell in (
        "<th>risk difference</th><td>0.2</td>",
        "<th>0.95 interval</th><td>0.05243 to 0.3339</td>",
        "<td>150</td>",
    ):
        assert cell in html
    odd = Estimate(measure="a<b", estimate=inf, lower=1.0, upper=inf, level=0.9, standard_error=None, p_value=None, n=1234, method="x")  # fmt: skip
    assert "a&lt;b</th><td>inf" in odd._repr_html_()
    assert "<td>none</td>" in odd._repr_html_()
    assert "<td>1,234</td>" in odd._repr_html_()


def test_a_standard_error_gives_a_normal_or_a_t_interval():
    """Quantiles 1.959964 and, with 10 degrees, 2.228139, of published tables."""
    normal = with_error("x", 1.0, 0.5, n=9, level=0.95, method="y")
    assert (normal.lower, normal.upper) == pytest.approx((1 - 0.979982, 1 + 0.979982), abs=1e-6)
    assert normal.p_value == pytest.approx(0.0455003, abs=1e-7)  # two standard errors
    assert with_error("x", 1.0, 0.5, n=9, level=0.95, method="y", degrees=10).upper == pytest.approx(
        2.1140695, abs=1e-6
    )
