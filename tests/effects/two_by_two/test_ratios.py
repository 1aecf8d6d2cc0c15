"""Ratios of shares and odds beside R, published examples, closed forms and their definition."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evaltools.effects import odds_ratio, risk_ratio
from evaltools.errors import InvalidDataError
from tests.effects.two_by_two.tables import NUMBERS, Z, agrees_with_r, as_numbers, rows_of, tables

LEVELS = st.sampled_from([0.5, 0.8, 0.95, 0.999])
FUNCTIONS = {"risk_ratio": risk_ratio, "odds_ratio": odds_ratio}


# Beside R and published examples


@pytest.mark.parametrize("row", rows_of("risk_ratio", "odds_ratio"))
def test_agrees_with_r(row):
    agrees_with_r(FUNCTIONS[row.measure], row, method=row.method)


@pytest.mark.parametrize(
    ("counts", "lower", "upper"),
    # J. J. Gart and J. Nam (1988), Biometrics 44, 323-338: Koopman's limits of two examples.
    [((8, 15, 4, 15), 0.815, 5.336), ((6, 10, 6, 20), 0.844, 4.594)],
)
def test_published_risk_ratios(counts, lower, upper):
    found = risk_ratio(*counts)
    assert (found.lower, found.upper) == pytest.approx((lower, upper), abs=0.0005)


def test_published_odds_ratio():
    """J. J. Gart and D. G. Thomas (1982), Journal of the Royal Statistical Society B 44: Cornfield's limits."""
    found = odds_ratio(28, 51, 71, 230)
    assert (found.lower, found.upper) == pytest.approx((1.476, 5.035), abs=0.0005)


# Groups in which nobody or everybody has an event


@pytest.mark.parametrize(("n1", "n0"), [(1, 5), (10, 10), (31, 400)])
def test_corners_of_the_risk_ratio(n1, n0):
    found = risk_ratio(n1, n1, n0, n0)
    assert found.estimate == 1
    assert found.standard_error is None
    # With p₀ = 1 and p₁ = φ < 1, chi-squared is n₁ (1 - φ) / φ.
    assert found.lower == pytest.approx(n1 / (n1 + Z**2), rel=1e-12)
    assert found.upper == pytest.approx((n0 + Z**2) / n0, rel=1e-12)
    found = risk_ratio(0, n1, n0, n0)
    assert (found.estimate, found.lower) == (0, 0)
    assert found.upper == pytest.approx(Z**2 / (n1 + Z**2), rel=1e-12)  # n₁ φ / (1 - φ)
    found = risk_ratio(n0, n0, 0, n1)
    assert (found.estimate, found.upper) == (math.inf, math.inf)
    assert found.lower == pytest.approx((n1 + Z**2) / Z**2, rel=1e-12)


def test_corners_of_the_odds_ratio():
    n = 10
    found = odds_ratio(n, n, 0, n)
    assert (found.estimate, found.upper, found.standard_error) == (math.inf, math.inf, None)
    # All fitted cells are n√ψ/(1 + √ψ) and n/(1 + √ψ), so that chi-squared is 2n/√ψ.
    assert found.lower == pytest.approx((2 * n / Z**2) ** 2, rel=1e-12)
    mirrored = odds_ratio(0, n, n, n)
    assert (mirrored.estimate, mirrored.lower) == (0, 0)
    assert mirrored.upper == pytest.approx((Z**2 / (2 * n)) ** 2, rel=1e-12)


def test_no_events_in_the_comparison_still_has_a_lower_limit():
    for function in (risk_ratio, odds_ratio):
        found = function(3, 31, 0, 40)
        assert (found.estimate, found.upper) == (math.inf, math.inf)
        assert 1 < found.lower < 1.1
        assert found.p_value < 0.05
        assert function(0, 31, 3, 40).lower == 0
        assert 1 < function(0, 31, 3, 40).upper < 2


@pytest.mark.parametrize("method", ["koopman", "log"])
def test_a_ratio_of_nothing_is_refused(method):
    with pytest.raises(InvalidDataError, match=r"every ratio; use risk_difference\(\)"):
        risk_ratio(0, 31, 0, 40, method=method)


@pytest.mark.parametrize("method", ["score", "logit", "conditional"])
@pytest.mark.parametrize("counts", [(0, 31, 0, 40), (31, 31, 40, 40)])
def test_odds_of_nothing_are_refused(counts, method):
    with pytest.raises(InvalidDataError, match=r"every ratio; use risk_difference\(\)"):
        odds_ratio(*counts, method=method)


@pytest.mark.parametrize("counts", [(0, 5, 3, 5), (3, 5, 0, 5), (5, 5, 5, 5)])
def test_the_logarithm_needs_events(counts):
    with pytest.raises(InvalidDataError, match="use 'koopman'"):
        risk_ratio(*counts, method="log")
    assert risk_ratio(5, 5, 3, 5, method="log").lower < 1 < risk_ratio(5, 5, 3, 5, method="log").upper


@pytest.mark.parametrize("counts", [(0, 5, 3, 5), (3, 5, 0, 5), (5, 5, 3, 5), (3, 5, 5, 5)])
def test_the_logit_needs_all_four_cells(counts):
    with pytest.raises(InvalidDataError, match="use 'score'"):
        odds_ratio(*counts, method="logit")


def test_methods_are_checked():
    with pytest.raises(InvalidDataError, match="allowed: koopman, log"):
        risk_ratio(1, 2, 1, 2, method="katz")
    with pytest.raises(InvalidDataError, match=r"odds_ratio\(\) has 2 problems"):
        odds_ratio(3, 2, 1, 2, method="exact")


# What must be so for every table


@pytest.mark.parametrize("function", [risk_ratio, odds_ratio])
@given(counts=tables(), level=LEVELS)
def test_the_other_group_gives_the_reciprocal(function, counts, level):
    x1, n1, x0, n0 = counts
    assume(0 < x1 + x0 < n1 + n0)
    found, other = function(*counts, level=level), function(x0, n0, x1, n1, level=level)
    reciprocals = [math.inf if value == 0 else 1 / value for value in (other.upper, other.estimate, other.lower)]
    assert [found.lower, found.estimate, found.upper] == pytest.approx(reciprocals, rel=1e-9)
    assert found.lower <= found.estimate <= found.upper
    assert found.lower < found.upper


@given(tables())
def test_the_other_outcome_gives_the_reciprocal_of_the_odds_ratio(counts):
    x1, n1, x0, n0 = counts
    assume(0 < x1 + x0 < n1 + n0)
    other = odds_ratio(n1 - x1, n1, n0 - x0, n0)
    reciprocals = [math.inf if value == 0 else 1 / value for value in (other.upper, other.estimate, other.lower)]
    found = odds_ratio(*counts)
    assert [found.lower, found.estimate, found.upper] == pytest.approx(reciprocals, rel=1e-9)


@pytest.mark.parametrize("function", [risk_ratio, odds_ratio])
@given(counts=tables(), level=LEVELS)
def test_interval_and_test_agree(function, counts, level):
    assume(0 < counts[0] + counts[2] < counts[1] + counts[3])
    found = function(*counts, level=level)
    assert (found.p_value < 1 - level) == (found.lower > 1 or found.upper < 1)


# The exact odds ratio, from the probabilities of all tables with the same margins


def chances(counts, ratio):
    x1, n1, x0, n0 = counts
    possible = range(max(0, x1 + x0 - n0), min(n1, x1 + x0) + 1)
    weights = [math.comb(n1, k) * math.comb(n0, x1 + x0 - k) * ratio**k for k in possible]
    return {k: weight / sum(weights) for k, weight in zip(possible, weights, strict=True)}


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("counts", [(9, 10, 3, 10), (56, 70, 48, 80), (3, 31, 5, 40), (1, 4, 2, 3)])
def test_the_conditional_odds_ratio_by_its_definition(counts, level):
    found = odds_ratio(*counts, method="conditional", level=level)
    x1, tail = counts[0], (1 - level) / 2
    assert sum(k * chance for k, chance in chances(counts, found.estimate).items()) == pytest.approx(x1, rel=1e-9)
    assert sum(c for k, c in chances(counts, found.lower).items() if k >= x1) == pytest.approx(tail, rel=1e-9)
    assert sum(c for k, c in chances(counts, found.upper).items() if k <= x1) == pytest.approx(tail, rel=1e-9)
    assert found.standard_error is None


def test_the_conditional_odds_ratio_of_many_is_that_of_the_logit():
    """In a moment: that of scipy takes minutes here, as it looks at all tables one by one."""
    counts = 14_000, 18_500, 16_800, 26_000
    found, logit = (odds_ratio(*counts, method=method) for method in ("conditional", "logit"))
    assert (found.estimate, found.lower, found.upper) == pytest.approx(
        (logit.estimate, logit.lower, logit.upper), rel=1e-3
    )


@pytest.mark.parametrize(
    ("counts", "estimate"), [((0, 5, 3, 5), 0), ((5, 5, 3, 5), math.inf), ((3, 5, 0, 5), math.inf)]
)
def test_the_conditional_odds_ratio_with_a_zero_cell(counts, estimate):
    found = odds_ratio(*counts, method="conditional")
    assert found.estimate == estimate
    if estimate == 0:
        assert sum(c for k, c in chances(counts, found.upper).items() if k <= counts[0]) == pytest.approx(0.025)
    else:
        assert sum(c for k, c in chances(counts, found.lower).items() if k >= counts[0]) == pytest.approx(0.025)


@given(tables(12))
def test_the_conditional_interval_and_its_test_agree(counts):
    assume(0 < counts[0] + counts[2] < counts[1] + counts[3])
    found = odds_ratio(*counts, method="conditional")
    assert (found.p_value < 0.05) == (found.lower > 1 or found.upper < 1)
    assert found.lower <= found.estimate <= found.upper


def test_numbers_of_python_come_out():
    for found in (risk_ratio(3, 9, 2, 8), odds_ratio(3, 9, 2, 8, method="logit")):
        assert [type(value) for value in as_numbers(found)] == [float] * len(NUMBERS)
    exact = odds_ratio(3, 9, 2, 8, method="conditional")
    assert {type(getattr(exact, name)) for name in ("estimate", "lower", "upper", "p_value")} == {float}
