"""Wilson intervals against published tables, R and the equation that defines them."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from evaltools.effects import proportion
from evaltools.errors import InvalidDataError

# R. G. Newcombe (1998), Two-sided confidence intervals for the single proportion, Statistics in
# Medicine 17, table I, method 3 (score without continuity correction), printed to four decimals.
NEWCOMBE = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]


@pytest.mark.parametrize(("events", "n", "lower", "upper"), NEWCOMBE)
def test_published_table(events, n, lower, upper):
    share = proportion(events, n)
    assert (share.lower, share.upper) == pytest.approx((lower, upper), abs=0.00005)


def test_r_prop_test_without_correction():
    # prop.test(140, 185, correct = FALSE)$conf.int in R 4.2.2, printed to six decimals.
    share = proportion(140, 185)
    assert (share.lower, share.upper) == pytest.approx((0.690119, 0.812949), abs=5e-7)


@given(
    st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.8, 0.95, 0.99])
)
def test_limits_solve_the_score_equation(counts, level):
    events, n = counts
    share = proportion(events, n, level=level)
    z = norm.ppf(1 - (1 - level) / 2)
    for limit in (share.lower, share.upper):
        if 1e-6 < limit < 1 - 1e-6:
            # Where the limit comes from: |p - limit| = z * sqrt(limit * (1 - limit) / n).
            assert abs(events / n - limit) == pytest.approx(z * sqrt(limit * (1 - limit) / n), rel=1e-6, abs=1e-9)
    assert 0 <= share.lower <= share.estimate <= share.upper <= 1


def test_none_and_all_touch_the_edge():
    assert proportion(0, 10).lower == 0
    assert proportion(10, 10).upper == 1


def test_standard_error_is_that_of_the_share():
    assert proportion(25, 100).standard_error == pytest.approx(sqrt(0.25 * 0.75 / 100))


def test_every_bad_argument_is_told():
    with pytest.raises(InvalidDataError, match="has 2 problems") as error:
        proportion(5, 4, level=95)
    assert "events is 5" in str(error.value)
    assert "level is 95" in str(error.value)
    with pytest.raises(InvalidDataError, match="n is 0"):
        proportion(0, 0)
