"""Score statistics and limits by brute force: the best shares by halving, the limits by looking everywhere."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaltools.effects.two_by_two import score
from evaltools.effects.two_by_two.score import Counts
from tests.effects.two_by_two.tables import Z, tables

# For each measure: p₁ and its derivative from p₀, and between what p₀ lies.
LINKS = {
    "difference": (lambda v, p: p + v, lambda v, p: 1, lambda v: (max(0, -v), min(1, 1 - v))),
    "risk_ratio": (lambda v, p: p * v, lambda v, p: v, lambda v: (0, min(1, 1 / v))),
    "odds_ratio": (lambda v, p: p * v / (1 - p + p * v), lambda v, p: v / (1 - p + p * v) ** 2, lambda v: (0, 1)),
}
STATISTICS = {name: getattr(score, f"of_{name}") for name in LINKS}


def slope_of_likelihood(events, n, share):
    rises = events / share if events else 0
    falls = (n - events) / (1 - share) if n > events else 0
    return rises - falls


def by_halving(name, counts, value):
    """Find where the likelihood of the two groups is highest at a value; Pearson's chi-squared there."""
    link, slope, bounds = LINKS[name]
    x1, n1, x0, n0 = counts
    low, high = bounds(value)
    for _ in range(100):
        share = (low + high) / 2
        other = link(value, share)
        if not (0 < share < 1 and 0 < other < 1):
            break
        if slope_of_likelihood(x1, n1, other) * slope(value, share) + slope_of_likelihood(x0, n0, share) > 0:
            low = share
        else:
            high = share
    share = (low + high) / 2
    other = link(value, share)
    observed = (x1, n1 - x1, x0, n0 - x0)
    expected = (n1 * other, n1 * (1 - other), n0 * share, n0 * (1 - share))
    return sum((o - e) ** 2 / e for o, e in zip(observed, expected, strict=True) if e > 0)


@pytest.mark.parametrize("name", LINKS)
@given(counts=tables(300), place=st.floats(0.02, 0.98))
def test_the_closed_form_finds_the_best_shares(name, counts, place):
    value = 2 * place - 1 if name == "difference" else math.exp(12 * place - 6)
    assert STATISTICS[name](Counts(*counts), value) == pytest.approx(
        by_halving(name, counts, value), rel=1e-6, abs=1e-9
    )


@pytest.mark.parametrize(("n1", "n0"), list(product((1, 3, 8), repeat=2)))
def test_the_limits_hold_what_is_not_rejected_and_nothing_else(n1, n0):
    most = score.quantile(0.95)
    for x1, x0 in product(range(n1 + 1), range(n0 + 1)):
        counts = Counts(x1, n1, x0, n0)
        grid = np.linspace(-1, 1, 81)
        lower, upper = score.limits(lambda v, c=counts: score.of_difference(c, v), x1 / n1 - x0 / n0, (-1, 1), 0.95)
        assert [score.of_difference(counts, v) <= most for v in grid] == [lower <= v <= upper for v in grid]
        grid = np.exp(np.linspace(-9, 9, 81))
        if x1 + x0:
            ratio = (x1 / n1) / (x0 / n0) if x0 else math.inf
            lower, upper = score.ratio_limits(lambda v, c=counts: score.of_risk_ratio(c, v), ratio, 0.95)
            assert [score.of_risk_ratio(counts, v) <= most for v in grid] == [lower <= v <= upper for v in grid]
        if 0 < x1 + x0 < n1 + n0:
            ratio = x1 * (n0 - x0) / ((n1 - x1) * x0) if x0 and x1 < n1 else math.inf
            lower, upper = score.ratio_limits(lambda v, c=counts: score.of_odds_ratio(c, v), ratio, 0.95)
            assert [score.of_odds_ratio(counts, v) <= most for v in grid] == [lower <= v <= upper for v in grid]


def test_at_equality_all_three_are_the_chi_squared_test():
    """Of 56/70 and 48/80: chi-squared is N (ad - bc)² over the product of the margins."""
    expected = 150 * (56 * 32 - 14 * 48) ** 2 / (70 * 80 * 104 * 46)
    counts = Counts(56, 70, 48, 80)
    assert score.of_difference(counts, 0) == pytest.approx(expected, rel=1e-9)
    assert score.of_risk_ratio(counts, 1) == pytest.approx(expected, rel=1e-12)
    assert score.of_odds_ratio(counts, 1) == pytest.approx(expected, rel=1e-12)


def test_digits_are_kept_for_rare_events_in_millions():
    counts = Counts(3, 2_000_000, 1, 1_000_000)
    for name, value in (("difference", 1e-6), ("difference", -3e-6), ("risk_ratio", 9.0), ("odds_ratio", 0.2)):
        assert STATISTICS[name](counts, value) == pytest.approx(by_halving(name, counts, value), rel=1e-5)


def test_an_empty_cell_that_is_expected_to_be_empty_counts_for_nothing():
    assert score.chi_squared((0, 5), (0.0, 5.0)) == 0
    assert score.chi_squared((1, 5), (0.0, 5.0)) == math.inf
    assert score.quantile(0.95) == pytest.approx(Z**2)
    assert score.p_of(Z**2) == pytest.approx(0.05)
