"""The methods find what is known: beside figures published and computed in R, and beside drawn truths."""

import numpy as np
import pandas as pd
import pytest

from evaltools.errors import DisclosureError
from evaltools.findings import validation


@pytest.fixture(scope="module")
def lalonde():
    return validation.naive_and_adjusted(level=0.95).set_index(["method", "covariates"])


def test_the_trial_and_the_naive_difference_are_as_published(lalonde):
    """Dehejia & Wahba 1999: 1,794 dollars, and −8,498 beside CPS-1; the interval is Welch's of R."""
    trial = lalonde.loc[("experiment", 0)]
    assert trial["estimate"] == pytest.approx(1794.3424, abs=1e-4)
    assert (trial["lower"], trial["upper"]) == pytest.approx((474.01, 3114.67), abs=0.01)
    assert lalonde.loc[("naive", 0), "estimate"] == pytest.approx(-8497.516, abs=1e-3)
    assert lalonde["n_programme"].eq(185).all()
    assert lalonde["n_comparison"].tolist() == [260] + [15992] * 9


def test_weights_find_what_glm_in_r_finds(lalonde):
    """Weighted means and Kish's size after glm() of R 4.2.2 with the same covariates, to the digits printed."""
    short, long = lalonde.loc[("propensity_weights", 11)], lalonde.loc[("propensity_weights", 14)]
    assert (short["estimate"], short["n_effective"]) == pytest.approx((1503.1204621, 144.4381722), rel=1e-7)
    assert (long["estimate"], long["n_effective"]) == pytest.approx((1782.20854755, 70.15004729), rel=1e-7)


def test_with_correction_they_lie_near_the_trial_and_far_from_each_other(lalonde):
    adjusted = lalonde.drop(index=[("experiment", 0), ("naive", 0)])
    assert len(adjusted) == 8
    assert adjusted["estimate"].between(700, 2000).all()
    assert adjusted["estimate"].max() - adjusted["estimate"].min() > 800
    # Most of the survey counts for nothing; what is left of the differences is small, and none after entropy balancing.
    assert (adjusted["n_effective"] < 150).all()
    assert (adjusted["largest_difference"] < 0.3).all()
    assert adjusted.loc["entropy", "largest_difference"].max() < 1e-8
    assert lalonde.loc[("naive", 0), "largest_difference"] > 3


def test_two_thirds_of_the_survey_are_like_no_participant():
    overlap = validation.overlap_of_groups().set_index("group")
    assert overlap.loc["comparison", "share_outside"] > 0.6
    assert overlap.loc["comparison", "median"] < 0.001
    assert overlap.loc["programme", "median"] > 0.1


def test_the_incidence_is_the_truth_and_one_minus_survival_is_more():
    found = validation.overstated(n_persons=20_000, seed=2, level=0.95)
    known = found.dropna(subset="truth")
    assert known["months"].tolist() == [6, 12, 18]
    error = (known["upper"] - known["lower"]) / (2 * 1.96)
    # Both are of the same people: they differ by who moves or is not yet registered alone, far less than by sampling.
    assert (abs(known["incidence"] - known["truth"]) < 0.4 * error).all()
    more = found["one_minus_survival"] - found["incidence"]
    assert more.is_monotonic_increasing
    assert known["one_minus_survival"].iloc[-1] - known["truth"].iloc[-1] > 2 * error.iloc[-1]


ADJUSTED = ("propensity_weights", "matching", "entropy", "doubly_robust", "weighted_curves")


@pytest.fixture(scope="module")
def by_seed():
    tables = [validation.estimates_and_truth(n_persons=16_000, seed=seed, level=0.95) for seed in range(11, 16)]
    rows = pd.concat(tables).assign(error=lambda table: (table["upper"] - table["lower"]) / (2 * 1.96))
    rows["bias"] = rows["estimate"] - rows["truth"]
    return rows.groupby(["picks", "method"]).agg(bias=("bias", "mean"), error=("error", "mean"))


@pytest.mark.parametrize("method", ADJUSTED)
def test_estimates_are_unbiased_where_all_is_in_the_register_and_not_where_it_is_hidden(by_seed, method):
    """Means over five registers: three standard errors of a mean of five."""
    limit = 3 * by_seed["error"] / np.sqrt(5)
    for picks in ("chance", "visible"):
        assert abs(by_seed.loc[(picks, method), "bias"]) < limit[picks, method]
    assert by_seed.loc[("hidden", method), "bias"] > limit["hidden", method]


def test_counting_is_unbiased_by_chance_alone(by_seed):
    limit = 3 * by_seed["error"] / np.sqrt(5)
    assert abs(by_seed.loc[("chance", "counted"), "bias"]) < limit["chance", "counted"]
    for picks in ("visible", "hidden"):
        assert by_seed.loc[(picks, "counted"), "bias"] > limit[picks, "counted"]


def test_no_register_of_persons_goes_in():
    with pytest.raises(DisclosureError, match="numbers and texts"):
        validation.estimates_and_truth(n_persons=pd.DataFrame({"n": [1]}), seed=1, level=0.95)
