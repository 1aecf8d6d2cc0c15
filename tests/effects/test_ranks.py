"""How often one group is above the other: beside R, all pairs by hand, and groups that do not overlap."""

import math

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
    assert found.p_value == pytest.approx(2 * norm.sf(math.sqrt(20)))
    delta = cliffs_delta(np.arange(n1), np.arange(n0) + 100)
    assert (delta.estimate, delta.lower, delta.standard_error) == (-1, -1, None)
    assert delta.upper == pytest.approx(2 * 0.1611 - 1, abs=0.0001)


def test_without_any_spread_in_the_groups_there_is_an_interval_too():
    found = probability_of_superiority([2, 2, 2], [1, 1])
    assert found.estimate == 1
    assert found.lower < 0.5  # two of two say little
    assert found.p_value > 0.05


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
