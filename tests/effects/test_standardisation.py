"""An observed count beside an expected one, as R's exact Poisson test has it."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from evaltools.effects import indirect_standardisation
from evaltools.errors import InvalidDataError
from tests.conftest import ROOT

FROM_R = pd.read_csv(ROOT / "tests" / "reference" / "standardisation.csv")


@pytest.mark.parametrize("row", FROM_R.to_dict("records"), ids=lambda row: f"{row['observed']}-{row['expected']}")
def test_agrees_with_r(row):
    found = indirect_standardisation(row["observed"], row["expected"], level=row["level"])
    # R's limits are quantiles of gamma, found by search: 1e-8 as for closed forms.
    assert (found.lower, found.upper) == pytest.approx((row["lower"], row["upper"]), rel=1e-8)
    assert found.p_value == pytest.approx(row["p_value"], rel=1e-8)


def test_published_interval_of_a_count():
    """Garwood's (1936) limits of ten events, in every table of exact Poisson limits: 4.795 and 18.39."""
    found = indirect_standardisation(10, 1)
    assert (found.lower, found.upper) == pytest.approx((4.795, 18.39), abs=0.001)


def test_the_units_behind_it_are_the_events():
    found = indirect_standardisation(12, 8.5)
    assert (found.measure, found.n, found.method) == ("ratio of observed to expected", 12, "exact poisson")


def test_nobody_observed():
    found = indirect_standardisation(0, 4.0)
    assert (found.estimate, found.lower, found.standard_error, found.n) == (0, 0, 0, 0)
    assert found.upper == pytest.approx(-math.log(0.025) / 4)
    assert found.p_value == pytest.approx(2 * math.exp(-4))


COUNTS = st.integers(0, 2000)
EXPECTED = st.floats(0.01, 3000)


@given(COUNTS, EXPECTED, st.sampled_from([0.8, 0.95, 0.99]))
def test_each_limit_leaves_out_half_the_rest(observed, expected, level):
    found = indirect_standardisation(observed, expected, level=level)
    assert found.lower <= found.estimate <= found.upper
    assert poisson.cdf(observed, found.upper * expected) == pytest.approx((1 - level) / 2, rel=1e-8)
    if observed:
        assert poisson.sf(observed - 1, found.lower * expected) == pytest.approx((1 - level) / 2, rel=1e-8)


@given(COUNTS, EXPECTED)
def test_the_p_value_and_the_interval_say_the_same(observed, expected):
    found = indirect_standardisation(observed, expected)
    if abs(found.p_value - 0.05) > 1e-9:
        assert (found.p_value < 0.05) == (not found.lower <= 1 <= found.upper)


def test_the_interval_covers_at_least_its_level():
    """Exact: the sum of the chances of all counts of which the interval holds the truth."""
    for truth in (0.5, 3.0, 12.0):
        counts = np.arange(200)
        limits = [(found.lower, found.upper) for found in (indirect_standardisation(int(x), 1.0) for x in counts)]
        holds = [low <= truth <= high for low, high in limits]
        assert poisson.pmf(counts, truth)[holds].sum() >= 0.95


@pytest.mark.parametrize(
    ("observed", "expected", "sentence"),
    [
        (-1, 2.0, "observed is -1; expected a count of at least 0"),
        (1.5, 2.0, "observed is no whole number; expected a count"),
        (True, 2.0, "observed is no whole number; expected a count"),
        (1, 0, "expected is 0; expected a number above 0"),
        (1, float("nan"), "expected is no finite number; expected a number above 0"),
        (1, "secret", "expected is no finite number; expected a number above 0"),
    ],
)
def test_what_is_no_count_is_refused(observed, expected, sentence):
    with pytest.raises(InvalidDataError) as caught:
        indirect_standardisation(observed, expected)
    assert caught.value.problems == (sentence,)
