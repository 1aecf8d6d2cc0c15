"""Differences of means beside R, closed forms, and integrals of the noncentral t."""

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import integrate, stats

from evaltools.effects import cohens_d, hedges_g, mean_difference, means
from evaltools.errors import InvalidDataError
from tests.conftest import ROOT
from tests.public_data import public_data

FROM_R = pd.read_csv(ROOT / "tests" / "reference" / "means.csv")
FUNCTIONS = {"mean_difference": mean_difference, "cohens_d": cohens_d, "hedges_g": hedges_g}
# R prints 15 digits, and pt() of a noncentral t has about 12.
RTOL = 1e-10
VALUES = st.lists(st.integers(-50, 50), min_size=2, max_size=20)


def groups(data):
    """Both groups of a row of R."""
    if data == "small":
        return [9, 4, 7], [1, 3, 2.5, 2, 4]
    if data == "opposite":
        return [0, 1, 0, 2], [11, 10, 13, 12, 12.5]
    name, column = data.split()
    held = public_data({"nsw": "nsw_mixtape"}.get(name, name))
    # Single precision in the package; R reads what was printed.
    values = held[column].astype(str).astype(float)
    is_first = held["treat"] == 1 if name == "nsw" else held["sex"] == 1
    return values[is_first], values[~is_first]


# Beside R


@pytest.mark.parametrize("row", [pytest.param(row, id="-".join(map(str, row[1:4]))) for row in FROM_R.itertuples()])
def test_agrees_with_r(row):
    found = FUNCTIONS[row.measure](*groups(row.data), level=row.level)
    for name in ("estimate", "lower", "upper", "standard_error", "p_value"):
        if not math.isnan(getattr(row, name)):
            assert getattr(found, name) == pytest.approx(getattr(row, name), rel=RTOL), name


def test_lalonde_as_published():
    """R. LaLonde (1986) and R. Dehejia and S. Wahba (1999): $1,794, standard error 671 of the experiment."""
    found = mean_difference(*groups("nsw re78"))
    assert (round(found.estimate), round(found.standard_error)) == (1794, 671)
    assert found.n == 185 + 260


# Welch


def test_by_hand():
    found = mean_difference([2, 4, 6], [1, 2, 3])
    error, df = math.sqrt(5 / 3), (5 / 3) ** 2 / ((4 / 3) ** 2 / 2 + (1 / 3) ** 2 / 2)
    assert (found.estimate, found.standard_error) == (2, pytest.approx(error))
    assert found.upper == pytest.approx(2 + stats.t.ppf(0.975, df) * error)
    assert found.p_value == pytest.approx(2 * stats.t.sf(2 / error, df))


def test_a_group_without_spread_leaves_the_spread_of_the_other():
    found = mean_difference([5, 5, 5], [1, 2, 3, 4])
    assert found.standard_error == pytest.approx(math.sqrt(5 / 3 / 4))
    assert found.upper - found.estimate == pytest.approx(stats.t.ppf(0.975, 3) * found.standard_error)


@pytest.mark.parametrize("unit", [1e-150, 1e-90, 1e80, 1e99])
@pytest.mark.parametrize("function", FUNCTIONS.values())
def test_the_unit_may_be_very_large_or_small(function, unit):
    one, other = np.array([9.0, 4, 7]), np.array([1.0, 3, 2.5, 2, 4])
    plain, found = function(one, other), function(unit * one, unit * other)
    size = unit if function is mean_difference else 1
    for name in ("estimate", "lower", "upper", "standard_error"):
        assert getattr(found, name) == pytest.approx(size * getattr(plain, name), rel=1e-12, abs=0)
    assert found.p_value == pytest.approx(plain.p_value, rel=1e-12)


# Standardised


def test_the_correction_is_exact():
    """Γ(2)/(√2 Γ(1.5)) = √(2/π) with four degrees of freedom; the usual approximation is 0.8."""
    ratio = hedges_g([2, 4, 6], [1, 2, 3]).estimate / cohens_d([2, 4, 6], [1, 2, 3]).estimate
    assert ratio == pytest.approx(math.sqrt(2 / math.pi), rel=1e-14)
    # Of many degrees of freedom m it is 1 - 3/(4m - 1) to 12 digits or so; Γ itself is infinite from 172 on.
    many = np.tile([0.0, 1.0], 250_001)
    ratio = hedges_g(many, many + 1).estimate / cohens_d(many, many + 1).estimate
    assert ratio == pytest.approx(1 - 3 / (4e6 - 1), rel=1e-11)


def share_below(t, df, noncentrality):
    """P(T ≤ t) of a noncentral t, as the mean of Φ(t u - δ) over u = χ/√df, in pieces around where it rises."""
    density = stats.chi(df, scale=1 / math.sqrt(df))
    low, high = density.ppf(1e-16), density.isf(1e-16)
    rise = [noncentrality / t + k / t for k in (-9, -3, 0, 3, 9)]
    cuts = np.unique(np.clip([low, *density.ppf([1e-4, 0.5, 1 - 1e-4]), *rise, high], low, high))

    def weighed(u):
        return density.pdf(u) * stats.norm.cdf(t * u - noncentrality)

    return sum(integrate.quad(weighed, a, b, epsabs=1e-13)[0] for a, b in pairwise(cuts))


@pytest.mark.parametrize("df", [2, 443])
@pytest.mark.parametrize("t", [0.3, 40.0, 500.0])
@pytest.mark.parametrize("level", [0.8, 0.999])
def test_the_limits_are_where_the_noncentral_t_has_its_tails(t, df, level):
    lower, upper = means._noncentralities(t, df, level)
    assert share_below(t, df, lower) == pytest.approx((1 + level) / 2, abs=1e-9)
    assert share_below(t, df, upper) == pytest.approx((1 - level) / 2, abs=1e-9)
    assert means._noncentralities(-t, df, level) == (-upper, -lower)


def test_without_a_difference_the_limits_are_those_of_the_normal():
    assert means._noncentralities(0.0, 58, 0.95) == pytest.approx((-stats.norm.ppf(0.975), stats.norm.ppf(0.975)))


def test_groups_far_apart_have_an_interval_too():
    """Where nctdtr of scipy is nan. From there on another form of the limits takes over, without a jump."""
    for df in (2, 50):
        edge = means.FAR_APART * math.sqrt(2 * df)
        before, after = (means._noncentralities(edge * (1 + step), df, 0.95) for step in (-1e-12, 1e-12))
        assert after == pytest.approx(before, rel=1e-9)
    found = cohens_d([1e6, 1e6 + 1e-3], [0, 1e-3])
    assert 0 < found.lower < found.estimate < found.upper < math.inf


@given(VALUES, VALUES, st.sampled_from([0.5, 0.95]))
def test_interval_and_test_agree(one, other, level):
    assume(len({*one}) > 1 or len({*other}) > 1)
    for function in FUNCTIONS.values():
        found = function(one, other, level=level)
        assert found.lower < found.estimate < found.upper
        assert (found.p_value < 1 - level) == (found.lower > 0 or found.upper < 0)


@given(VALUES, VALUES)
def test_units_and_groups(one, other):
    """Another unit leaves d as it is; the other group first turns the sign."""
    assume(len({*one}) > 1 or len({*other}) > 1)
    found = cohens_d(one, other)
    same = cohens_d([7 * value + 3 for value in one], [7 * value + 3 for value in other])
    turned = cohens_d(other, one)
    for name in ("estimate", "lower", "upper"):
        assert getattr(same, name) == pytest.approx(getattr(found, name), rel=1e-9, abs=1e-9)
    assert (-turned.upper, -turned.estimate, -turned.lower) == pytest.approx(
        (found.lower, found.estimate, found.upper), rel=1e-9, abs=1e-9
    )
    assert found.standard_error**2 == pytest.approx(
        1 / len(one) + 1 / len(other) + found.estimate**2 / (2 * (len(one) + len(other)))
    )


# Wrong use


@pytest.mark.parametrize("function", FUNCTIONS.values())
def test_without_spread_there_is_no_interval(function):
    for one, other in (([5, 5], [5, 5, 5]), ([5, 5], [3, 3])):
        with pytest.raises(InvalidDataError, match="without a spread there is no interval"):
            function(one, other)


@pytest.mark.parametrize(("n_programme", "n_comparison"), [(12, 29), (82, 147), (270, 600)])
def test_the_same_number_for_everybody_is_no_spread(n_programme, n_comparison):
    """730 / 30.4375 is no number of the computer: its mean over people may be off in the last bit."""
    months = 730 / 30.4375
    with pytest.raises(InvalidDataError, match="without a spread"):
        cohens_d([months] * n_programme, [months] * n_comparison)


@pytest.mark.parametrize("function", FUNCTIONS.values())
def test_every_problem_is_told_and_no_value(function):
    with pytest.raises(InvalidDataError, match=rf"^{function.__name__}\(\) has 3 problems") as caught:
        function(["secret", 1], [1, None, 2], level=1)
    assert "secret" not in str(caught.value)
    with pytest.raises(InvalidDataError, match="x_programme has 1 value; expected at least 2"):
        function([1], [1, 2])
    with pytest.raises(InvalidDataError, match="x_comparison has 0 values"):
        function([1, 2], [])
    with pytest.raises(InvalidDataError, match="larger unit"):
        function([1, 1e200], [1, 2])


def test_numbers_of_python_come_out():
    for function in FUNCTIONS.values():
        found = function(np.array([1, 2, 4]), pd.Series([1, 5, 6, 8], dtype="Int64"))
        for name in ("estimate", "lower", "upper", "standard_error", "p_value"):
            assert type(getattr(found, name)) is float
