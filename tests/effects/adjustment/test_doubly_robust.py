"""Doubly robust estimates: against R's regressions put together by hand, and against what must hold of them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from evaltools.effects import doubly_robust, propensity_weights
from evaltools.errors import InvalidDataError
from tests.effects.adjustment.lalonde import COVARIATES, FROM_R, parts, sample, simulate


@pytest.mark.parametrize("name", ["nsw", "cps"])
@pytest.mark.parametrize("estimand", ["ATT", "ATE"])
def test_agrees_with_r(name, estimand):
    found = doubly_robust(*parts(name, "eleven"), estimand=estimand)
    expected = FROM_R[f"augmented {name} {estimand}"]
    # Iterative in both languages.
    assert found.estimate == pytest.approx(expected["estimate"], rel=1e-9)
    assert found.standard_error == pytest.approx(expected["error"], rel=1e-9)
    assert (found.measure, found.n) == (f"doubly robust difference ({estimand})", len(sample(name)))


@pytest.mark.parametrize("estimand", ["ATT", "ATE"])
def test_a_logistic_outcome_agrees_with_r(estimand):
    _, programme, covariates = parts("nsw", "eight")
    found = doubly_robust(sample("nsw")["work"], programme, covariates, estimand=estimand, outcome_model="logistic")
    expected = FROM_R[f"augmented nsw work {estimand}"]
    assert found.estimate == pytest.approx(expected["estimate"], rel=1e-9)
    assert found.standard_error == pytest.approx(expected["error"], rel=1e-9)


def test_clusters_agree_with_r():
    found = doubly_robust(*parts("cps", "eleven"), clusters=sample("cps")["age"])
    expected = FROM_R["augmented cps ATT by age"]
    assert found.standard_error == pytest.approx(expected["error"], rel=1e-9)
    assert found.method.endswith("40 clusters")


def regressed(outcome, covariates, used):
    values = covariates.to_numpy(float)
    design = np.column_stack([np.ones(len(values)), (values - values.mean(axis=0)) / values.std(axis=0)])
    return design @ np.linalg.lstsq(design[used], outcome[used])[0]


def test_agrees_with_what_is_published_but_for_the_sum_of_the_weights():
    """Statsmodels' GMM gives 1554.892657 (657.82) for the trial, and other code 1492.578 for the survey (effects.md §5.3).

    Both divide by the number of units, by hand here, where ours divides by the sum of the weights. The error of the
    influence function with sums is 667.94 in R.
    """
    outcome, programme, covariates = parts("nsw", "eleven")
    weights = propensity_weights(programme, covariates, estimand="ATE").weights
    with_it, without = regressed(outcome, covariates, programme), regressed(outcome, covariates, ~programme)
    left = np.where(programme, outcome - with_it, without - outcome)
    assert (with_it - without + weights * left).mean() == pytest.approx(1554.892657, abs=5e-7)
    found = doubly_robust(outcome, programme, covariates, estimand="ATE")
    totals = np.where(programme, weights[programme].sum(), weights[~programme].sum())
    expected = (with_it - without).mean() + (weights / totals * left).sum()
    assert found.estimate == pytest.approx(expected, rel=1e-9)
    assert found.estimate == pytest.approx(1554.80, abs=0.005)
    assert found.standard_error == pytest.approx(667.94, rel=0.005)

    outcome, programme, covariates = parts("cps", "eleven")
    weights = propensity_weights(programme, covariates).weights
    left = outcome - regressed(outcome, covariates, ~programme)
    sums = (left[programme].sum() - (weights * left)[~programme].sum()) / 185
    means = left[programme].mean() - np.average(left[~programme], weights=weights[~programme])
    assert sums == pytest.approx(1492.578, abs=5e-4)
    assert doubly_robust(outcome, programme, covariates).estimate == pytest.approx(means, rel=1e-9)
    assert means == pytest.approx(1492.641, abs=5e-4)


def test_the_sums_of_r_are_those_published():
    assert FROM_R["augmented nsw ATE"]["estimate_sums"] == pytest.approx(1554.892657, abs=5e-7)
    assert FROM_R["augmented cps ATT"]["estimate_sums"] == pytest.approx(1492.578, abs=5e-4)


def test_little_overlap_makes_no_impossible_share():
    """With weights that add up to far more than the programme's group, their sums would give -27 for a yes or no."""
    rng = np.random.default_rng(499)
    x = rng.normal(size=(200, 1))
    programme = rng.random(200) < expit(-1 + 2.5 * x[:, 0])
    outcome = rng.random(200) < expit(x[:, 0] ** 2 - 1)
    for model in ("linear", "logistic"):
        found = doubly_robust(outcome, programme, x, outcome_model=model)
        assert -1 <= found.lower <= found.estimate <= found.upper <= 1
    weights = propensity_weights(programme, x).weights
    assert weights[~programme].sum() > 10 * programme.sum()


def test_a_share_beyond_what_can_be_is_refused():
    """A regression of yes and no carried far beyond where the comparison group is."""
    x = np.array([0.0, 1, 2, 3, 4, 5, 2.4, 60.0, 61.0])
    outcome = np.array([0, 0, 0, 1, 1, 1, 1, 1, 0])
    with pytest.raises(InvalidDataError, match="the estimate of an outcome of 0 and 1 lies beyond -1 to 1"):
        doubly_robust(outcome, np.arange(9) > 4, x)


def test_the_interval_of_a_share_ends_at_one():
    rng = np.random.default_rng(8)
    x = rng.normal(size=12)
    outcome = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1])
    found = doubly_robust(outcome, np.arange(12) < 6, x)
    assert found.upper == 1
    assert doubly_robust(100 * outcome, np.arange(12) < 6, x).upper > 100


def test_outcomes_that_covariates_tell_exactly_have_no_standard_error():
    programme = np.array([1, 0, 1, 0, 1, 1, 0, 0])
    for shift in (0, 1e6):
        with pytest.raises(InvalidDataError, match="nothing varies beside what is compared"):
            doubly_robust(shift + np.arange(8.0) + 2 * programme, programme, np.arange(8.0))


def test_a_large_common_part_of_the_outcome_costs_no_digits():
    rng = np.random.default_rng(12)
    outcome, programme, covariates = simulate(rng, 60)
    outcome = np.round(outcome, 2)
    found, far = (doubly_robust(outcome + shift, programme, covariates) for shift in (0, 2.0**30))
    assert far.estimate == pytest.approx(found.estimate, rel=1e-5)
    assert far.standard_error == pytest.approx(found.standard_error, rel=1e-6)


def test_almost_alike_covariates_cost_no_digits():
    """Least squares by numpy's orthogonal factors, of columns that correlate by 1 - 1e-9."""
    rng = np.random.default_rng(13)
    outcome, programme, covariates = simulate(rng, 80)
    frame = pd.DataFrame({"a": covariates[:, 0], "b": covariates[:, 0] + 4e-5 * covariates[:, 1]})
    weights = propensity_weights(programme, frame).weights
    left = outcome - regressed(outcome, frame, ~programme)
    expected = left[programme].mean() - np.average(left[~programme], weights=weights[~programme])
    assert doubly_robust(outcome, programme, frame).estimate == pytest.approx(expected, rel=1e-9)


def test_one_unit_in_a_group_and_one_cluster_are_refused():
    rng = np.random.default_rng(14)
    outcome, programme, covariates = simulate(rng, 30)
    assert "programme leaves one unit in a group" in refused(outcome, np.arange(30) == 3, covariates[:, 0])
    said = refused(outcome, programme, covariates, clusters=np.where(programme, "a", np.arange(30) % 5))
    assert "clusters are all the same in the programme's group" in said


@given(st.integers(0, 2**32 - 1), st.sampled_from(["ATT", "ATE"]))
def test_an_exact_outcome_model_gives_the_effect_itself(seed, estimand):
    """Outcomes without noise, linear in each group: the effect is known whatever the propensity."""
    rng = np.random.default_rng(seed)
    _, programme, covariates = simulate(rng, 80)
    with_it, without = 3 + covariates @ [1.0, 2.0], 1 - covariates @ [1.0, 0.5]
    found = doubly_robust(np.where(programme, with_it, without), programme, covariates, estimand=estimand)
    on = programme if estimand == "ATT" else np.ones(80, dtype=bool)
    assert found.estimate == pytest.approx((with_it - without)[on].mean(), rel=1e-7, abs=1e-8)


@given(st.integers(0, 2**32 - 1))
def test_order_units_and_names_of_groups_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    outcome, programme, covariates = simulate(rng, 60)
    found = doubly_robust(outcome, programme, covariates, estimand="ATE")
    order = rng.permutation(60)
    moved = doubly_robust(10 - 2 * outcome[order], programme[order], covariates[order] * [1e3, 1e-3], estimand="ATE")
    assert (moved.estimate, moved.standard_error) == pytest.approx(
        (-2 * found.estimate, 2 * found.standard_error), rel=1e-6
    )
    swapped = doubly_robust(outcome, ~programme, covariates, estimand="ATE")
    assert (swapped.estimate, swapped.standard_error) == pytest.approx(
        (-found.estimate, found.standard_error), rel=1e-6
    )


def refused(*args, **options):
    with pytest.raises(InvalidDataError) as caught:
        doubly_robust(*args, **options)
    return str(caught.value)


def test_separation_is_refused_in_both_models():
    rng = np.random.default_rng(1)
    covariates = rng.normal(size=60)
    assert "the propensity does not exist" in refused(
        rng.normal(size=60), covariates > 0, pd.DataFrame({"x": covariates})
    )
    # All Hispanics of the trial's programme have a job.
    _, programme, frame = parts("nsw", "eleven")
    said = refused(sample("nsw")["work"], programme, frame, estimand="ATE", outcome_model="logistic")
    assert "the chance of the outcome in the programme's group does not exist: for 11 units of 185" in said
    assert "by 'hisp'" in said


def test_groups_that_cannot_be_regressed_are_refused():
    rng = np.random.default_rng(5)
    programme, x = np.arange(40) < 20, rng.normal(size=40)
    outcome = rng.normal(size=40)
    rare = pd.DataFrame({"x": x, "rare": ~programme & (np.arange(40) % 2 == 0) | (np.arange(40) == 0)})
    assert np.isfinite(doubly_robust(outcome, programme, rare).standard_error)
    half = pd.DataFrame({"x": x, "copy": np.where(programme, x, rng.normal(size=40))})
    assert np.isfinite(doubly_robust(outcome, programme, half).standard_error)  # only the comparison is regressed
    said = refused(outcome, programme, half, estimand="ATE")
    assert "in the programme's group covariate 'copy' follows from the others" in said
    few = np.arange(40) >= 3
    assert "the comparison group has 3 units; so many covariates need more than 3" in refused(
        outcome, few, rng.normal(size=(40, 2))
    )
    nobody = np.where(programme, np.arange(40) % 2, 0)
    said = refused(nobody, programme, x, outcome_model="logistic")
    assert "outcome is the same for everybody in the comparison group; take outcome_model='linear'" in said


def test_wrong_input_is_told_at_once():
    said = refused([1.0, 2.0, 3.0], [1, 0, 1], [1.0, np.nan, 2.0], estimand="ATO", outcome_model="logistic", level=95)
    assert "4 problems" in said
    assert "outcome has other values than 0 and 1" in said
    assert "outcome is the same for everybody within each group" in refused([1, 1, 0, 0], [1, 1, 0, 0], [1, 2, 1, 3])


def test_covariates_are_those_of_the_reference():
    assert COVARIATES["eleven"] == (
        "age",
        "age2",
        "educ",
        "black",
        "hisp",
        "marr",
        "nodegree",
        "re74",
        "re75",
        "u74",
        "u75",
    )
