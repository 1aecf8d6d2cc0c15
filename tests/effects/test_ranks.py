"""How often one group is above the other: beside R, all pairs by hand, and groups that do not overlap."""

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import norm

from evaltools.effects import cliffs_delta, probability_of_superiority
from evaltools.errors import InvalidDataError
from tests.conftest import ROOT
from tests.public_data import public_data

FROM_R = pd.read_csv(ROOT / "tests" / "reference" / "ranks.csv")
RTOL = 1e-11  # R prints 15 digits; a p-value of 1e-123 has lost two.
VALUES = st.lists(st.integers(1, 6), min_size=2, max_size=25)
TEN_OR_MORE = st.lists(st.integers(1, 6), min_size=10, max_size=40)


def ladder(*counts):
    return np.repeat(np.arange(1, 7), counts)


NARROW = ladder(0, 1, 0, 10, 10, 10), ladder(20, 11, 0, 0, 0, 0)


def groups(data):
    """Both groups of a row of R."""
    if data == "ladder":
        return ladder(2, 6, 9, 7, 4, 3), ladder(9, 12, 10, 6, 2, 1)
    if data == "hardly any overlap":
        return NARROW
    if data == "spells":
        held, column, first = public_data("unemp_dur"), "spell", ("ui", "yes")
    elif data == "lung ph.karno":
        held, column, first = public_data("lung").dropna(subset=["ph.karno"]), "ph.karno", ("sex", 2)
    else:
        held, column, first = public_data("nsw_mixtape"), data.split()[1], ("treat", 1)
    is_first = held[first[0]] == first[1]
    return held[column][is_first], held[column][~is_first]


# Beside R


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.data}-{row.level}") for row in FROM_R.itertuples()])
def test_agrees_with_r(row):
    one, other = groups(row.data)
    found = probability_of_superiority(one, other, level=row.level)
    for name in ("estimate", "lower", "upper", "standard_error", "p_value"):
        assert getattr(found, name) == pytest.approx(getattr(row, name), rel=RTOL), name
    assert found.n == len(one) + len(other)
    delta = cliffs_delta(one, other, level=row.level)
    assert delta.estimate == pytest.approx(row.cliffs_delta, rel=RTOL)
    assert (delta.lower, delta.upper) == pytest.approx((2 * row.lower - 1, 2 * row.upper - 1), rel=1e-8)
    assert delta.standard_error == pytest.approx(2 * row.standard_error, rel=RTOL)
    assert delta.p_value == found.p_value


def test_the_interval_does_not_leave_the_scale():
    """That of statsmodels, on the scale of the probability itself, goes past 1 where the groups hardly overlap."""
    from statsmodels.stats.nonparametric import rank_compare_2indep

    theirs = rank_compare_2indep(*NARROW)
    assert theirs.conf_int()[1] > 1
    found = probability_of_superiority(*NARROW)
    assert found.upper < 1
    assert found.estimate == pytest.approx(theirs.prob1)


# All pairs by hand


@given(VALUES, VALUES)
def test_it_is_the_mean_over_all_pairs(one, other):
    assume(len({*one, *other}) > 1)
    found = probability_of_superiority(one, other)
    pairs = np.sign(np.subtract.outer(one, other)) / 2 + 0.5
    assert found.estimate == pytest.approx(pairs.mean(), abs=1e-12)
    assert cliffs_delta(one, other).estimate == pytest.approx(2 * pairs.mean() - 1, abs=1e-12)
    variance = sum(pairs.mean(axis=axis).var(ddof=1) / pairs.shape[1 - axis] for axis in (0, 1))
    assert (found.standard_error or 0) == pytest.approx(math.sqrt(variance), abs=1e-9)
    assert 0 <= found.lower <= found.estimate <= found.upper <= 1
    assert found.lower < found.upper


@given(TEN_OR_MORE, TEN_OR_MORE)
def test_from_ten_each_on_interval_and_test_agree(one, other):
    assume(max(one) >= min(other) and max(other) >= min(one) and len({*one, *other}) > 1)
    found = probability_of_superiority(one, other)
    assert found.method == "brunner-munzel, logit"
    assert (found.p_value < 0.05) == (found.lower > 0.5 or found.upper < 0.5)


@given(VALUES, VALUES)
def test_only_the_order_counts_and_the_other_group_turns_it(one, other):
    assume(len({*one, *other}) > 1)
    found = probability_of_superiority(one, other)
    stretched = probability_of_superiority(np.exp(one), np.exp(other))
    assert stretched == found
    turned = probability_of_superiority(other, one)
    assert (1 - turned.upper, 1 - turned.estimate, 1 - turned.lower) == pytest.approx(
        (found.lower, found.estimate, found.upper), abs=1e-9
    )
    assert turned.p_value == pytest.approx(found.p_value, rel=1e-6)


def test_of_a_yes_or_no_it_is_half_the_risk_difference():
    one, other = np.arange(185) < 140, np.arange(260) < 168
    assert cliffs_delta(one, other).estimate == pytest.approx(140 / 185 - 168 / 260)


# Groups that do not overlap


@pytest.mark.parametrize(("n1", "n0"), [(20, 31), (31, 20), (20, 20)])
def test_without_overlap_the_interval_is_that_of_the_smaller_group(n1, n0):
    """Newcombe (1998), table I: Wilson of 0 of 20 is 0 to 0.1611."""
    found = probability_of_superiority(np.arange(n1) + 100, np.arange(n0))
    assert (found.estimate, found.upper, found.standard_error) == (1, 1, None)
    assert found.lower == pytest.approx(1 - 0.1611, abs=0.00005)
    assert found.p_value == pytest.approx(2 / math.comb(n1 + n0, n1), rel=1e-11)
    assert found.method == "wilson of the smaller group, exact test"
    delta = cliffs_delta(np.arange(n1), np.arange(n0) + 100)
    assert (delta.estimate, delta.lower, delta.standard_error) == (-1, -1, None)
    assert delta.upper == pytest.approx(2 * 0.1611 - 1, abs=0.0001)


def test_without_any_spread_in_the_groups_there_is_an_interval_too():
    found = probability_of_superiority([2, 2, 2], [1, 1])
    assert found.estimate == 1
    assert found.lower < 0.5  # two of two say little
    assert found.p_value > 0.05


# The exact test


@given(st.lists(st.integers(1, 6), min_size=2, max_size=4), st.lists(st.integers(1, 6), min_size=2, max_size=7))
def test_the_exact_test_counts_all_ways_to_divide_the_values(one, other):
    assume(len({*one, *other}) > 1)
    pooled = np.array(one + other)
    ways = [list(way) for way in combinations(range(len(pooled)), len(one))]
    pairs = np.sign(np.subtract.outer(pooled, pooled))
    sums = np.array([pairs[way].sum() for way in ways])  # pairs within the group cancel out
    expected = min(1, 2 * min((sums >= sums[0]).mean(), (sums <= sums[0]).mean()))
    for found in (probability_of_superiority(one, other), probability_of_superiority(other, one)):
        if found.standard_error is None:  # twice the one way without overlap, also where ties leave no other end
            expected = 2 / len(ways)
        assert found.p_value == pytest.approx(expected, rel=1e-12)
    assert found.method.endswith("exact test")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # wilcox.test(c(0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46), c(1.15, 0.88, 0.90, 0.74, 1.21)):
        # M. Hollander and D. Wolfe (1973), pages 69-71, as in its help page, p = 0.1272 one-sided.
        ([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], [1.15, 0.88, 0.90, 0.74, 1.21], 0.2544),
    ],
)
def test_published_exact_test(one, other, expected):
    assert probability_of_superiority(one, other).p_value == pytest.approx(expected, abs=5e-5)


def test_groups_that_come_apart_are_not_less_sure():
    """Of three in a thousand and three: pairs that are wrong are 3, 1 and 0, in 4 + 3, 2 and 1 of C(1003, 3) ways."""
    others = np.arange(1, 1001)
    for one, n_ways in (([998.5, 999.5, 2000], 7), ([999.5, 2001, 2002], 2), ([2000, 2001, 2002], 1)):
        found = probability_of_superiority(one, others)
        assert found.p_value == pytest.approx(2 * n_ways / math.comb(1003, 3), rel=1e-11)


def test_without_overlap_the_interval_is_the_widest_there_can_be():
    """Three above a thousand may be of a kind of which half lies below them: the interval says so, the test does not."""
    found = probability_of_superiority([2000, 2001, 2002], np.arange(1000))
    assert found.lower == pytest.approx(3 / (3 + norm.ppf(0.975) ** 2))
    assert found.lower < 0.5


def test_where_not_all_ways_can_be_counted_the_test_is_that_of_the_interval():
    overlapping = np.arange(10) + 2
    assert probability_of_superiority(overlapping[1:], np.arange(10)).method == "brunner-munzel, logit, exact test"
    assert probability_of_superiority(overlapping, np.arange(10)).method == "brunner-munzel, logit"
    one = [4000, 100]
    assert probability_of_superiority(one, np.arange(2498)).method == "brunner-munzel, logit, exact test"
    assert probability_of_superiority(one, np.arange(2499)).method == "brunner-munzel, logit"


def draws(n1, n0, n_draws):
    """Share of draws without a difference that is called one at 5%, and of which the interval holds a half."""
    rng = np.random.default_rng(1)
    found = [probability_of_superiority(rng.normal(size=n1), rng.normal(size=n0)) for _ in range(n_draws)]
    held = [each.lower <= 0.5 <= each.upper for each in found]
    return np.mean([each.p_value < 0.05 for each in found]), np.mean(held)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n1", "n0", "rejected", "covered"),
    # The figures of docs/methods.md. Of 5 v 5 no more than 8 of 252 ways can be called a difference, of 3 v 3 none.
    [(3, 3, 0, 1), (5, 5, 8 / 252, 0.99), (10, 10, 0.02, 0.98), (150, 31, 0.05, 0.95), (2, 1000, 0.05, 0.91)],
)
def test_how_often_small_groups_are_told_apart(n1, n0, rejected, covered):
    found = draws(n1, n0, 4000)
    assert found == pytest.approx((rejected, covered), abs=0.012)  # three standard errors are 0.01


def test_hundred_thousand_against_hundred_thousand_take_no_pairs():
    rng = np.random.default_rng(3)
    one, other = rng.integers(0, 500, 100_000) + 20, rng.integers(0, 500, 100_000)
    # Of whole numbers in 0..499 shifted by 20, P(X < Y) is (480 · 479 / 2) / 500², and P(X = Y) is 480 / 500².
    expected = 1 - (480 * 479 / 2 + 480 / 2) / 500**2
    found = probability_of_superiority(one, other)
    assert found.estimate == pytest.approx(expected, abs=4 * found.standard_error)


# Wrong use


@pytest.mark.parametrize("function", [probability_of_superiority, cliffs_delta])
def test_wrong_use_is_named(function):
    with pytest.raises(InvalidDataError, match=rf"^{function.__name__}\(\) has 2 problems"):
        function([1, np.nan], [1, 2], level=0)
    with pytest.raises(InvalidDataError, match="x_programme has 1 value; expected at least 2"):
        function([1], [1, 2])
    with pytest.raises(InvalidDataError, match="nothing to compare"):
        function([3, 3], [3, 3, 3])
