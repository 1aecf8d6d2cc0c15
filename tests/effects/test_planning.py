"""Sizes and detectable differences beside power.prop.test, and the power that the test really has."""

from math import ceil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from evaltools.effects import minimum_detectable_difference, sample_size
from evaltools.errors import InvalidDataError
from tests.conftest import ROOT

REFERENCE = ROOT / "tests" / "reference"
SIZES = pd.read_csv(REFERENCE / "planning_sizes.csv")
DIFFERENCES = pd.read_csv(REFERENCE / "planning_differences.csv")
# R finds both by search, to about 1e-13 of a share; a size of thousands then has eight digits.
RTOL = 1e-8


def test_sizes_agree_with_r():
    for row in SIZES.to_dict("records"):
        found = sample_size(row["base_share"], row["difference"], power=row["power"], level=row["level"])
        assert found.exact_programme == pytest.approx(row["n"], rel=RTOL)
        assert found.exact_comparison == found.exact_programme
        assert found.n_programme == found.n_comparison == np.ceil(row["n"])


def test_detectable_differences_agree_with_r():
    for row in DIFFERENCES.to_dict("records"):
        n = int(row["n"])
        found = minimum_detectable_difference(row["base_share"], n, n, power=row["power"], level=row["level"])
        for name in ("rise", "fall"):
            if np.isnan(row[name]):
                assert getattr(found, name) is None
            else:
                assert getattr(found, name) == pytest.approx(row[name], rel=RTOL)


def test_agrees_with_what_r_prints():
    # power.prop.test(p1 = .25, p2 = .32, power = .8) and (n = 200, p1 = .25, power = .8), with its own tolerance.
    assert sample_size(0.25, 0.07).exact_programme == pytest.approx(651.638, abs=5e-4)
    assert 0.25 + minimum_detectable_difference(0.25, 200, 200).rise == pytest.approx(0.3797185, abs=5e-5)


def exact_power(share_programme, n_programme, share_comparison, n_comparison):
    """Chance that the pooled z test rejects at 5%, summed over every pair of counts."""
    x1, x0 = np.arange(n_programme + 1)[:, None], np.arange(n_comparison + 1)[None, :]
    pooled = (x1 + x0) / (n_programme + n_comparison)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n_programme + 1 / n_comparison))
    z = np.divide(x1 / n_programme - x0 / n_comparison, error, out=np.zeros_like(error), where=error > 0)
    chances = binom.pmf(x1, n_programme, share_programme) * binom.pmf(x0, n_comparison, share_comparison)
    return chances[np.abs(z) > 1.959964].sum()


@pytest.mark.parametrize(
    ("base_share", "difference", "ratio"),
    [(0.14, 0.10, 1), (0.14, 0.10, 2), (0.25, 0.15, 0.5), (0.4, -0.12, 1), (0.4, -0.12, 3), (0.1, 0.08, 1.5)],
)
def test_the_test_has_the_power_that_was_planned(base_share, difference, ratio):
    """By every outcome there can be; counts come in steps, so that the normal formula is about right."""
    size = sample_size(base_share, difference, ratio=ratio)
    power = exact_power(base_share + difference, size.n_programme, base_share, size.n_comparison)
    assert power == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize(("n_programme", "n_comparison"), [(270, 270), (100, 726), (200, 50)])
def test_a_detectable_difference_is_detected_as_often_as_said(n_programme, n_comparison):
    found = minimum_detectable_difference(0.3, n_programme, n_comparison)
    for difference in (found.rise, found.fall):
        assert exact_power(0.3 + difference, n_programme, 0.3, n_comparison) == pytest.approx(0.8, abs=0.02)


def test_power_agrees_with_statsmodels_for_groups_of_two_sizes():
    from statsmodels.stats.proportion import power_proportions_2indep

    for ratio in (0.5, 1, 4):
        size = sample_size(0.14, 0.08, ratio=ratio)
        found = power_proportions_2indep(0.08, 0.14, size.exact_programme, ratio=ratio, return_results=False)
        assert found == pytest.approx(0.8, abs=1e-5)  # statsmodels adds the tail on the wrong side


SHARES = st.floats(0.02, 0.98)
GROUPS = st.integers(30, 5000)


@given(SHARES, GROUPS, GROUPS, st.sampled_from([0.5, 0.8, 0.95]), st.sampled_from([1.0, 1.7]))
def test_size_and_difference_are_each_others_inverse(base_share, n_programme, n_comparison, power, design_effect):
    options = {"power": power, "design_effect": design_effect}
    found = minimum_detectable_difference(base_share, n_programme, n_comparison, **options)
    for difference in (found.rise, found.fall):
        if difference is not None:
            size = sample_size(base_share, difference, ratio=n_comparison / n_programme, **options)
            assert size.exact_programme == pytest.approx(n_programme, rel=1e-8)
            assert size.exact_comparison == pytest.approx(n_comparison, rel=1e-8)


@given(SHARES, GROUPS, GROUPS)
def test_a_fall_is_a_rise_of_the_opposite(base_share, n_programme, n_comparison):
    found = minimum_detectable_difference(base_share, n_programme, n_comparison)
    other = minimum_detectable_difference(1 - base_share, n_programme, n_comparison)
    if found.fall is None or other.rise is None:
        assert found.fall is other.rise
    else:
        assert found.fall == pytest.approx(-other.rise, rel=1e-6)


@given(SHARES, st.integers(30, 2000))
def test_more_people_show_less(base_share, n):
    few = minimum_detectable_difference(base_share, n, n)
    many = minimum_detectable_difference(base_share, n + 10, n)
    assert many.rise is None if few.rise is None and many.rise is None else many.rise < (few.rise or 1)


def test_nothing_can_be_shown_with_too_few_people():
    found = minimum_detectable_difference(0.1, 20, 20)
    assert found.fall is None  # even 0 of 20 is not far enough from 10%
    assert found.rise > 0.3
    assert minimum_detectable_difference(0.5, 1, 1).rise is None


def test_each_group_is_rounded_up_on_its_own():
    """Three times 651.638 is 1954.9: a whole person of the programme does not become three of the comparison."""
    found = sample_size(0.25, 0.07, ratio=3)
    assert found.n_comparison == ceil(3 * found.exact_programme) < 3 * found.n_programme


def test_clusters_take_as_many_times_more_people():
    alone, clustered = sample_size(0.25, 0.07), sample_size(0.25, 0.07, design_effect=1 + 19 * 0.05)
    assert clustered.exact_programme == pytest.approx(1.95 * alone.exact_programme)
    # 390 people with that design effect are worth 200.
    found = minimum_detectable_difference(0.25, 390, 390, design_effect=1.95)
    assert found.rise == pytest.approx(minimum_detectable_difference(0.25, 200, 200).rise)


@pytest.mark.parametrize(
    ("arguments", "options", "problem"),
    [
        ((0.25, 0), {}, "difference is 0; expected another number than 0"),
        ((0.25, 0.75), {}, "base_share + difference is 1; expected a share between 0 and 1"),
        ((0.25, -0.3), {}, "base_share + difference is -0.05; expected a share between 0 and 1"),
        ((0, 0.1), {}, "base_share is 0; expected a share strictly between 0 and 1"),
        ((25, 0.1), {}, "base_share is 25; expected a share strictly between 0 and 1"),
        (("a quarter", 0.1), {}, "base_share is no finite number; expected a share strictly between 0 and 1"),
        ((0.25, 0.1), {"ratio": 0}, "ratio is 0; expected a number above 0"),
        ((0.25, 0.1), {"power": 0.4}, "power is 0.4; expected a chance from 0.5 to below 1, such as 0.8"),
        ((0.25, 0.1), {"power": 80}, "power is 80; expected a chance from 0.5 to below 1, such as 0.8"),
        ((0.25, 0.1), {"level": 1}, "level is 1; expected a number between 0 and 1, such as 0.95"),
        ((0.25, 0.1), {"design_effect": 0.5}, "design_effect is 0.5; expected 1 + (m - 1) * rho, at least 1"),
    ],
)
def test_what_cannot_be_planned_is_refused(arguments, options, problem):
    with pytest.raises(InvalidDataError) as caught:
        sample_size(*arguments, **options)
    assert caught.value.problems == (problem,)


def test_groups_need_somebody():
    with pytest.raises(InvalidDataError) as caught:
        minimum_detectable_difference(0.5, 0, 2.5)
    assert caught.value.problems == (
        "n_programme is 0; expected a count of at least 1",
        "n_comparison is no whole number; expected a count",
    )
