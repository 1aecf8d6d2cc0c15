"""Differences of shares beside published tables, R, closed forms and what must be symmetric."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaltools.effects import cohens_h, number_needed_to_treat, risk_difference
from evaltools.effects.two_by_two import differences, score
from evaltools.errors import InvalidDataError
from tests.effects.two_by_two.tables import Z, agrees_with_r, rows_of, tables

METHODS = ["newcombe", "miettinen_nurminen"]
LEVELS = st.sampled_from([0.5, 0.8, 0.95, 0.999])


# Beside published tables and R


# R. G. Newcombe (1998), Statistics in Medicine 17, 873-890, table II: methods 10 and 6, printed to four decimals.
NEWCOMBE = [
    ((56, 70, 48, 80), (0.0524, 0.3339), (0.0528, 0.3382)),
    ((9, 10, 3, 10), (0.1705, 0.8090), (0.1700, 0.8406)),
    ((6, 7, 2, 7), (0.0582, 0.8062), (0.0342, 0.8534)),
    ((5, 56, 0, 29), (-0.0381, 0.1926), (-0.0326, 0.1933)),
]


@pytest.mark.parametrize(("counts", "newcombe", "miettinen_nurminen"), NEWCOMBE)
def test_published_table(counts, newcombe, miettinen_nurminen):
    for method, published in zip(METHODS, (newcombe, miettinen_nurminen), strict=True):
        found = risk_difference(*counts, method=method)
        assert (found.lower, found.upper) == pytest.approx(published, abs=0.00005)


def test_the_interval_of_statsmodels_is_not_that_of_miettinen_and_nurminen():
    """Statsmodels 0.15.0 takes ``count0`` for ``nobs0`` (issue 10269): fails when it is mended, and can go then."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    wrong = confint_proportions_2indep(56, 70, 48, 80, method="score", compare="diff")
    assert wrong[1] == pytest.approx(0.3440, abs=0.00005)
    found = risk_difference(56, 70, 48, 80, method="miettinen_nurminen")
    assert found.upper == pytest.approx(0.3382, abs=0.00005)


@pytest.mark.parametrize("row", rows_of("risk_difference"))
def test_agrees_with_r(row):
    agrees_with_r(risk_difference, row, method=row.method)


@pytest.mark.parametrize("row", rows_of("cohens_h"))
def test_h_agrees_with_r(row):
    agrees_with_r(cohens_h, row)


def exact_statistic(counts, difference):
    """Miettinen and Nurminen's, with the share that fits best found by halving, in 50 digits."""
    x1, n1, x0, n0 = map(Decimal, counts)
    low, high = max(Decimal(0), -difference), min(Decimal(1), 1 - difference)
    for _ in range(120):
        share = (low + high) / 2
        groups = ((x1, n1, share + difference), (x0, n0, share))
        slope = sum((x / p if x else 0) - ((n - x) / (1 - p) if n > x else 0) for x, n, p in groups)
        low, high = (share, high) if slope > 0 else (low, share)
    return sum((x - n * p) ** 2 / (n * p * (1 - p)) for x, n, p in groups) * (n1 + n0 - 1) / (n1 + n0)


def exact_limit(counts, end):
    inside, outside = Decimal(counts[0]) / counts[1] - Decimal(counts[2]) / counts[3], Decimal(end)
    for _ in range(75):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if exact_statistic(counts, middle) <= Z**2 else (inside, middle)
    return float(inside)


@pytest.mark.parametrize(
    "counts",
    [
        (0, 10**7, 5, 10**7),
        (9_999_990, 10**7, 9_999_999, 10**7),
        (3, 10**9, 10, 10**9),
        (2, 10**3, 7, 10**9),
        (5 * 10**6, 10**7, 0, 10**7),
        (10**7, 10**7, 3, 10**7),
        (9, 10, 3, 10),
    ],
)
def test_limits_of_miettinen_and_nurminen_in_fifty_digits(counts):
    with localcontext(prec=50):
        lower, upper = exact_limit(counts, -1), exact_limit(counts, 1)
        p_value = math.erfc(math.sqrt(exact_statistic(counts, Decimal(0)) / 2))
    found = risk_difference(*counts, method="miettinen_nurminen")
    # A limit next to 1 cannot be nearer than the computer's numbers lie there.
    assert (found.lower, found.upper) == pytest.approx((lower, upper), rel=1e-15, abs=1e-11 * (upper - lower))
    assert found.p_value == pytest.approx(p_value, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("difference", [-0.999, -0.3, -1e-3, -1e-6, -1e-9, 1e-9, 1e-6, 1e-3, 0.3, 0.7, 0.999])
@pytest.mark.parametrize("rate", [1e-9, 1e-3, 0.5])
def test_the_score_in_fifty_digits(rate, difference):
    n = 10**9
    counts = (int(rate * n), n, int(2 * rate * n) - 1, n)
    for turned in (counts, (n - counts[0], n, n - counts[2], n), (counts[0], n, n // 1000, n // 100)):
        with localcontext(prec=50):
            total = Decimal(turned[1]) + turned[3]
            expected = float(exact_statistic(turned, Decimal(difference)) * total / (total - 1))
        assert score.of_difference(score.Counts(*turned), difference) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_the_score_next_to_the_ends_of_the_scale():
    counts, difference = (3, 100, 10**9 - 2, 10**9), -0.9999999
    with localcontext(prec=50):
        total = Decimal(counts[1] + counts[3])
        expected = float(exact_statistic(counts, Decimal(difference)) * total / (total - 1))
    assert score.of_difference(score.Counts(*counts), difference) == pytest.approx(expected, rel=2e-9)


# Groups in which nobody or everybody has an event


@pytest.mark.parametrize(("n1", "n0"), [(1, 1), (1, 40), (31, 40)])
def test_nobody_anywhere_still_says_how_large_a_difference_could_be(n1, n0):
    found = risk_difference(0, n1, 0, n0)
    assert (found.estimate, found.standard_error, found.p_value) == (0, 0, 1)
    # The upper limit of Wilson of 0 of n is z² / (n + z²).
    assert found.upper == pytest.approx(Z**2 / (n1 + Z**2), rel=1e-12)
    assert found.lower == pytest.approx(-(Z**2) / (n0 + Z**2), rel=1e-12)
    found = risk_difference(0, n1, 0, n0, method="miettinen_nurminen")
    # With p₀ = 0 and p₁ = δ, chi-squared is n₁ δ / (1 - δ).
    most = Z**2 * (n1 + n0) / (n1 + n0 - 1)
    assert found.upper == pytest.approx(most / (n1 + most), rel=1e-12)
    assert found.lower == pytest.approx(-most / (n0 + most), rel=1e-12)
    assert found.p_value == 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("n1", "n0"), [(1, 1), (10, 20), (31, 40)])
def test_everybody_against_nobody_is_no_certainty(n1, n0, method):
    found = risk_difference(n1, n1, 0, n0, method=method)
    assert found.estimate == found.upper == 1
    assert found.lower < 1 - 1 / (n1 + n0)
    mirrored = risk_difference(0, n0, n1, n1, method=method)
    assert (mirrored.lower, mirrored.upper) == pytest.approx((-1, -found.lower), rel=1e-12)


def test_wald_refuses_an_interval_without_width_and_stays_within_bounds():
    for counts in ((0, 31, 0, 40), (31, 31, 40, 40), (31, 31, 0, 40)):
        with pytest.raises(InvalidDataError, match="use 'newcombe'"):
            risk_difference(*counts, method="wald")
        with pytest.raises(InvalidDataError, match=r"^number_needed_to_treat\(\)"):
            number_needed_to_treat(*counts, method="wald")
    assert risk_difference(3, 3, 1, 3, method="wald").upper == 1


# What must be so for every table


@pytest.mark.parametrize("method", METHODS)
@given(counts=tables(), level=LEVELS)
def test_the_other_group_or_the_other_outcome_turns_the_sign(method, counts, level):
    x1, n1, x0, n0 = counts
    found = risk_difference(*counts, method=method, level=level)
    assert -1 <= found.lower <= found.estimate <= found.upper <= 1
    assert found.lower < found.upper
    for turned in ((x0, n0, x1, n1), (n1 - x1, n1, n0 - x0, n0)):
        other = risk_difference(*turned, method=method, level=level)
        assert (-other.upper, -other.estimate, -other.lower) == pytest.approx(
            (found.lower, found.estimate, found.upper), abs=1e-9
        )
        assert other.p_value == pytest.approx(found.p_value, rel=1e-8)


@given(tables(), LEVELS)
def test_the_interval_of_miettinen_and_nurminen_and_its_test_agree(counts, level):
    found = risk_difference(*counts, method="miettinen_nurminen", level=level)
    assert (found.p_value < 1 - level) == (found.lower > 0 or found.upper < 0)


def test_newcombe_and_the_test_beside_it_may_disagree():
    found = risk_difference(4, 30, 0, 30)
    assert found.lower < 0
    assert found.p_value == pytest.approx(
        math.erfc(math.sqrt(30 / 7 / 2))
    )  # chi-squared 60 (4 · 30)² / (30 · 30 · 4 · 56)


@given(tables(), LEVELS)
def test_a_higher_level_is_wider(counts, level):
    wide, narrow = (risk_difference(*counts, method="miettinen_nurminen", level=at) for at in (0.9995, level))
    assert wide.lower <= narrow.lower
    assert narrow.upper <= wide.upper


# Number needed to treat


@given(tables(), LEVELS)
def test_the_number_needed_to_treat_is_the_reciprocal(counts, level):
    difference = risk_difference(*counts, level=level)
    found = number_needed_to_treat(*counts, level=level)
    assert found.estimate == (1 / difference.estimate if difference.estimate else math.inf)
    assert (found.standard_error, found.p_value) == (None, difference.p_value)
    if difference.lower < 0 < difference.upper:
        # Through infinity: what is inside is beyond the limits.
        assert found.upper < 0 < found.lower
        assert found.estimate >= found.lower or found.estimate <= found.upper
    else:
        assert found.lower <= found.estimate <= found.upper


def test_a_limit_of_0_is_that_infinity_which_the_interval_touches():
    assert differences._reciprocal(0.0, side=1.0) == math.inf  # of 0 to 0.1: from 10 to ∞
    assert differences._reciprocal(0.0, side=-1.0) == -math.inf  # of -0.1 to 0: from -∞ to -10


def test_everybody_against_nobody_needs_one():
    found = number_needed_to_treat(10, 10, 0, 10)
    assert found.estimate == found.lower == 1
    assert found.upper == pytest.approx(1 / (1 - math.sqrt(2) * Z**2 / (10 + Z**2)))  # Newcombe of two times 10 of 10


# Cohen's h


def test_h_is_an_angle():
    found = cohens_h(0, 10, 10, 10)
    assert (found.estimate, found.lower) == (-math.pi, -math.pi)  # cut at the end of the scale
    assert found.upper == pytest.approx(-math.pi + Z * math.sqrt(0.2))
    assert cohens_h(0, 5, 0, 7).estimate == 0
    assert cohens_h(0, 5, 0, 7).p_value == 1


# Wrong use


@pytest.mark.parametrize("function", [risk_difference, number_needed_to_treat, cohens_h])
def test_every_wrong_argument_is_told(function):
    with pytest.raises(InvalidDataError, match=rf"^{function.__name__}\(\) has 3 problems") as caught:
        function(5, 4, 0, 0, level=95)
    assert [sentence.split(" is ")[0] for sentence in caught.value.problems] == [
        "events_programme",
        "n_comparison",
        "level",
    ]


def test_a_method_is_suggested():
    with pytest.raises(InvalidDataError, match="did you mean 'newcombe'"):
        risk_difference(1, 2, 1, 2, method="newcomb")


def test_counts_of_numpy_are_taken_and_numbers_of_python_come_out():
    found = risk_difference(np.int64(5), np.int32(9), np.float64(2), 8)
    assert type(found.n) is int
    for name in ("estimate", "lower", "upper", "standard_error", "p_value"):
        assert type(getattr(found, name)) is float
