"""The same people twice: beside coin (R), published intervals and all ways in which signs can fall."""

import math
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, rankdata

from evaltools.effects import paired, paired_change, proportion
from evaltools.errors import InvalidDataError
from tests.conftest import ROOT
from tests.public_data import public_data

REFERENCE = ROOT / "tests" / "reference"
FROM_R = pd.read_csv(REFERENCE / "paired.csv", skipinitialspace=True).set_index("data")
LADDERS = pd.read_csv(REFERENCE / "paired_ladders.csv")
Z = norm.ppf(0.975)
PAIRS = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=9)


def pairs_of(data):
    if data.startswith("nsw"):
        held = public_data("nsw_mixtape")
        held = held.tail(100) if "hundred" in data else held
        return held["re74"], held["re75"]
    rows = LADDERS[LADDERS["data"] == data]
    return rows["before"], rows["after"]


def changes(n_up, n_down, n):
    """Pairs of which so many went up and down."""
    before = np.full(n, 3)
    return before, before + np.repeat([1, -1, 0], [n_up, n_down, n - n_up - n_down])


# Beside R


@pytest.mark.parametrize("data", FROM_R.index)
def test_agrees_with_coin(data):
    before, after = pairs_of(data)
    found = paired_change(before, after)
    assert found.p_value == pytest.approx(FROM_R.loc[data, "p_value"], rel=1e-12)
    assert found.superiority.p_value == pytest.approx(FROM_R.loc[data, "mcnemar"], rel=1e-12)
    assert found.method == ("pratt, normal" if len(before) > 100 else "pratt, exact")


# Published intervals of the difference


@pytest.mark.parametrize(
    ("n_up", "n_down", "n", "level", "lower", "upper"),
    [
        # T. Tango (1998), Statistics in Medicine 17, 891-908
        (9, 3, 32, 0.95, -0.027, 0.390),
        (0, 1, 44, 0.90, -0.096, 0.037),
        # A. Agresti and Y. Min (2005), Statistics in Medicine 24, 729-740
        (16, 8, 86, 0.95, -0.020, 0.207),
        # M. W. Fagerland, S. Lydersen and P. Laake (2014), Statistics in Medicine 33, 2850-2875
        (1, 7, 21, 0.95, -0.517, -0.026),
    ],
)
def test_published_intervals(n_up, n_down, n, level, lower, upper):
    found = paired_change(*changes(n_up, n_down, n), level=level).superiority
    assert found.estimate == pytest.approx((1 + (n_up - n_down) / n) / 2)
    assert (2 * found.lower - 1, 2 * found.upper - 1) == pytest.approx((lower, upper), abs=0.0006)


# By definition


@given(PAIRS)
def test_shares_and_superiority_are_counts(pairs):
    before, after = np.array(pairs).T
    found, n = paired_change(before, after), len(pairs)
    n_up, n_down = int((after > before).sum()), int((after < before).sum())
    assert found.up == proportion(n_up, n)
    assert found.equal == proportion(n - n_up - n_down, n)
    assert found.down == proportion(n_down, n)
    scores = (1 + np.sign(after - before)) / 2
    assert found.superiority.estimate == pytest.approx(scores.mean())
    assert found.superiority.standard_error == pytest.approx(scores.std() / math.sqrt(n), abs=1e-9)
    assert 0 <= found.superiority.lower < found.superiority.upper <= 1
    assert found.superiority.lower <= found.superiority.estimate <= found.superiority.upper
    assert found.superiority.n == n


@given(PAIRS)
def test_the_exact_test_counts_all_signs(pairs):
    """Ranks of all steps, those of 0 too; then every way in which the others can go up or down."""
    before, after = np.array(pairs).T
    steps = after - before
    ranks = rankdata(np.abs(steps))[steps != 0]
    signs = np.array(list(product((-1, 1), repeat=len(ranks)))).reshape(2 ** len(ranks), len(ranks))
    seen = abs(float(ranks @ np.sign(steps[steps != 0])))
    expected = np.mean(np.abs(signs @ ranks) >= seen)
    assert paired_change(before, after).p_value == pytest.approx(expected, rel=1e-12)


@given(PAIRS)
def test_turned_around_everything_turns(pairs):
    before, after = np.array(pairs).T
    found, turned = paired_change(before, after), paired_change(after, before)
    assert (turned.up, turned.equal, turned.down) == (found.down, found.equal, found.up)
    assert turned.p_value == pytest.approx(found.p_value)
    assert (1 - turned.superiority.upper, 1 - turned.superiority.lower) == pytest.approx(
        (found.superiority.lower, found.superiority.upper), abs=1e-9
    )


def fitted_by_halving(n_up, n_down, n, difference):
    """Find the share down that fits best when the share up is so much higher, by the slope of the likelihood."""
    low, high = max(0, -difference), (1 - difference) / 2
    for _ in range(100):
        down = (low + high) / 2
        up, equal = down + difference, 1 - 2 * down - difference
        if not min(down, up, equal) > 0:
            break
        slope = (n_down / down if n_down else 0) + (n_up / up if n_up else 0) - 2 * (n - n_up - n_down) / equal
        low, high = (down, high) if slope > 0 else (low, down)
    return (low + high) / 2


@given(
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.integers(0, n), st.just(n))),
    st.floats(-0.98, 0.98),
)
def test_the_score_is_chi_squared_beside_the_shares_that_fit_best(counts, difference):
    n_up, n_down, n = counts[0], min(counts[1], counts[2] - counts[0]), counts[2]
    down = fitted_by_halving(n_up, n_down, n, difference)
    # Tango's form of it, with the denominator that he gives.
    variance = n * (2 * down + difference * (1 - difference))
    expected = (n_up - n_down - n * difference) ** 2 / variance
    assert paired._score(n_up, n_down, n, difference) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_the_interval_and_mcnemars_test_agree():
    for n_up, n_down in product(range(13), repeat=2):
        found = paired_change(*changes(n_up, n_down, 24)).superiority
        assert (found.p_value < 0.05) == (found.lower > 0.5 or found.upper < 0.5)


# Edges


@pytest.mark.parametrize("n", [1, 31])
def test_nobody_changed_is_no_certainty(n):
    found = paired_change(*changes(0, 0, n))
    assert (found.equal.estimate, found.superiority.estimate) == (1, 0.5)
    assert (found.p_value, found.superiority.p_value) == (1, 1)
    # With nobody down, chi-squared of a share δ up is n δ / (1 - δ).
    assert found.superiority.upper == pytest.approx((1 + Z**2 / (n + Z**2)) / 2)
    assert found.superiority.lower == pytest.approx((1 - Z**2 / (n + Z**2)) / 2)


def test_series_of_other_orders_are_no_pairs():
    before, after = pd.Series([1, 2, 3], list("abc")), pd.Series([2, 2, 5], list("bca"))
    with pytest.raises(InvalidDataError, match="after and before have different indexes"):
        paired_change(before, after)


def test_everybody_up():
    found = paired_change(*changes(31, 0, 31))
    assert (found.superiority.estimate, found.superiority.upper) == (1, 1)
    assert found.superiority.lower < 0.95
    assert found.p_value == pytest.approx(2 * 0.5**31)


def test_exact_and_normal_meet_where_one_takes_over():
    """100 pairs are exact, 101 normal: with one pair more that did not change, the p-value hardly moves."""
    before, after = changes(40, 22, 100)
    after[:10] += 2
    exact = paired_change(before, after)
    normal = paired_change(np.append(before, 3), np.append(after, 3))
    assert (exact.method, normal.method) == ("pratt, exact", "pratt, normal")
    assert normal.p_value == pytest.approx(exact.p_value, rel=0.1)
    assert paired_change(*changes(0, 0, 200)).p_value == 1


def test_zeros_are_ranked_before_they_are_left_out():
    """Pratt: +1, +1, +2, -3 and two zeros rank 3.5, 3.5, 5 and 6, so that 12 goes up of 18; without zeros it is 6 of 10."""
    found = paired_change([3] * 6, [4, 4, 5, 0, 3, 3])
    # |2 · 12 - 18| = 6 is reached by the sums up to 6 and from 12: {}, 3.5, 3.5, 5, 6 and their complements.
    assert found.p_value == pytest.approx(10 / 16)


# Wrong use


def test_wrong_use_is_named():
    with pytest.raises(InvalidDataError, match=r"^paired_change\(\) has 3 problems") as caught:
        paired_change([1, 2, None], ["secret", 1], level=2)
    assert "secret" not in str(caught.value)
    with pytest.raises(InvalidDataError, match="after has 1 value; expected 2"):
        paired_change([1, 2], [1])
    with pytest.raises(InvalidDataError, match="no pairs"):
        paired_change([], [])
