"""Doubly robust estimates: against R's regressions put together by hand, and against what must hold of them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaltools.effects import doubly_robust
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
    assert (found.measure, found.n) == (estimand, len(sample(name)))


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


def test_agrees_with_statsmodels_where_that_is_right():
    """Its GMM gives 1554.89 (657.82) for the trial, with the sandwich of all equations, after most of a minute.

    Ours takes the regressions as known, and has n/(n - 1): 667.93 (effects.md §5.3).
    """
    found = doubly_robust(*parts("nsw", "eleven"), estimand="ATE")
    assert found.estimate == pytest.approx(1554.892657, abs=5e-7)
    assert found.standard_error == pytest.approx(667.93, abs=0.01)


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
