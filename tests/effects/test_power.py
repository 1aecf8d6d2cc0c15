"""What a comparison shows of a real difference: beside sums in R, prop.test's own plan, and Gelman & Carlin's examples."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from evaltools.effects import comparison_power, minimum_detectable_difference, risk_difference, sample_size
from evaltools.errors import InvalidDataError
from tests.conftest import ROOT

BY_R = pd.read_csv(ROOT / "tests" / "reference" / "power.csv")


def test_agrees_with_sums_in_r():
    for row in BY_R.to_dict("records"):
        found = comparison_power(
            row["base_share"], row["difference"], row["n_programme"], row["n_comparison"], level=row["level"]
        )
        for name in ("power", "wrong_sign", "exaggeration"):
            assert getattr(found, name) == pytest.approx(row[name], rel=1e-9, abs=1e-12), (row, name)


def test_two_people_in_each_group_by_hand():
    """Only 2 of 2 beside 0 of 2 is far enough at 90%: z is 2; its chance is (3/4)²(1/2)² one way, (1/4)²(1/2)² the other."""
    found = comparison_power(0.5, 0.25, 2, 2, level=0.9)
    right, wrong = (3 / 4) ** 2 * (1 / 2) ** 2, (1 / 4) ** 2 * (1 / 2) ** 2
    assert found.power == pytest.approx(right + wrong)
    assert found.wrong_sign == pytest.approx(wrong / (right + wrong))
    assert found.exaggeration == pytest.approx(1 / 0.25)


def test_nothing_is_ever_shown_with_too_few_people():
    found = comparison_power(0.5, 0.2, 1, 1)
    assert (found.power, found.wrong_sign, found.exaggeration) == (0.0, None, None)


def test_the_test_is_the_one_of_risk_difference():
    """Summed over counts of which `risk_difference` itself says that the p-value is small."""
    n1, n0 = 12, 9
    share = {"one": 0.6, "other": 0.3}
    chances = {
        (x1, x0): float(
            np.exp(
                sum(
                    np.log(np.arange(1, n + 1)).sum()
                    - np.log(np.arange(1, x + 1)).sum()
                    - np.log(np.arange(1, n - x + 1)).sum()
                    + x * np.log(p)
                    + (n - x) * np.log(1 - p)
                    for x, n, p in ((x1, n1, share["one"]), (x0, n0, share["other"]))
                )
            )
        )
        for x1 in range(n1 + 1)
        for x0 in range(n0 + 1)
    }
    expected = sum(chance for (x1, x0), chance in chances.items() if risk_difference(x1, n1, x0, n0).p_value < 0.05)
    assert comparison_power(0.3, 0.3, n1, n0).power == pytest.approx(expected)


def in_the_limit(difference, error, level=0.95):
    """Power, wrong signs and exaggeration of a normal estimate, in closed form."""
    z = norm.ppf((1 + level) / 2)
    above, below = norm.sf(z - difference / error), norm.cdf(-z - difference / error)
    t = difference / error
    size = difference * (above - below) + error * (norm.pdf(z - t) + norm.pdf(z + t))
    return above + below, below / (above + below), size / (above + below) / difference


def test_the_limit_is_that_of_gelman_and_carlin():
    """Their examples, as retrodesign() prints them; the last number is a simulation of theirs."""
    assert in_the_limit(2, 8.1) == pytest.approx((0.05701294, 0.2396177, 9.571811), rel=0.02)
    assert in_the_limit(0.1, 3.28)[:2] == pytest.approx((0.05010648, 0.4644228), rel=1e-6)


@pytest.mark.parametrize("difference", [0.004, 0.01, 0.02])
def test_large_groups_come_near_the_limit(difference):
    n, base = 20000, 0.5
    error = np.sqrt(2 * 0.25 / n)
    found = comparison_power(base, difference, n, n)
    power, wrong_sign, exaggeration = in_the_limit(difference, error)
    assert found.power == pytest.approx(power, abs=0.005)
    assert found.wrong_sign == pytest.approx(wrong_sign, abs=0.002)
    assert found.exaggeration == pytest.approx(exaggeration, rel=0.01)


SHARES = st.floats(0.05, 0.6)


@given(SHARES, st.floats(0.02, 0.3), st.integers(5, 300), st.integers(5, 300))
def test_a_fall_is_a_rise_of_the_opposite(base_share, difference, n_programme, n_comparison):
    one = comparison_power(base_share, difference, n_programme, n_comparison)
    other = comparison_power(1 - base_share, -difference, n_programme, n_comparison)
    assert one.power == pytest.approx(other.power, rel=1e-9)
    if one.exaggeration is not None:
        assert one.exaggeration == pytest.approx(other.exaggeration, rel=1e-9)
        assert one.wrong_sign == pytest.approx(other.wrong_sign, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(("base_share", "difference"), [(0.14, 0.05), (0.14, 0.1), (0.3, 0.02)])
def test_what_was_planned_comes_out(base_share, difference):
    n = sample_size(base_share, difference).n_programme
    assert comparison_power(base_share, difference, n, n).power == pytest.approx(0.8, abs=0.01)
    found = minimum_detectable_difference(base_share, n, n)
    assert found.rise == pytest.approx(difference, rel=0.01)


@pytest.mark.parametrize(
    ("arguments", "options", "problem"),
    [
        ((0, 0.1, 5, 5), {}, "base_share is 0; expected a share strictly between 0 and 1"),
        ((0.2, 0, 5, 5), {}, "difference is 0; expected another number than 0"),
        ((0.2, 0.8, 5, 5), {}, "base_share + difference is 1; expected a share between 0 and 1"),
        ((0.2, 0.1, 0, 5), {}, "n_programme is 0; expected a count of at least 1"),
        ((0.2, 0.1, 5, 2.5), {}, "n_comparison is no whole number; expected a count"),
        ((0.2, 0.1, 5, 5), {"level": 95}, "level is 95; expected a number between 0 and 1, such as 0.95"),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments, options, problem):
    with pytest.raises(InvalidDataError) as caught:
        comparison_power(*arguments, **options)
    assert caught.value.problems == (problem,)
