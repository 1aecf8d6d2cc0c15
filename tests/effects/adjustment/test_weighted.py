"""Differences of weighted means: against the survey package and stacked estimating equations in R."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaltools.effects import propensity_weights, weighted_difference
from evaltools.errors import InvalidDataError
from tests.effects.adjustment.lalonde import FROM_R, parts, sample, simulate


@pytest.mark.parametrize("specification", ["eleven", "dehejia_wahba"])
@pytest.mark.parametrize("estimand", ["ATT", "ATE", "ATO"])
def test_both_standard_errors_agree_with_r(specification, estimand):
    outcome, programme, covariates = parts("cps", specification)
    made = propensity_weights(programme, covariates, estimand=estimand)
    expected = FROM_R[f"propensity {specification} {estimand} cps"]
    found = weighted_difference(outcome, programme, made)
    assert found.estimate == pytest.approx(expected["estimate"], rel=1e-9)
    # The sandwich of all equations together; R takes derivatives by differences.
    assert found.standard_error == pytest.approx(expected["error_estimated"], rel=1e-7)
    given_weights = weighted_difference(outcome, programme, made.weights)
    assert given_weights.standard_error == pytest.approx(expected["error_given"], rel=1e-9)
    assert (found.method, given_weights.method) == ("sandwich, weights estimated", "sandwich, weights given")


def test_clusters_agree_with_r():
    """The ages of the sample as clusters; the quantile of t is R's qt(0.975, 39)."""
    outcome, programme, covariates = parts("cps", "eleven")
    made, ages = propensity_weights(programme, covariates), sample("cps")["age"]
    expected = FROM_R["propensity eleven ATT cps by age"]
    found = weighted_difference(outcome, programme, made, clusters=ages)
    assert found.standard_error == pytest.approx(expected["error_estimated"], rel=1e-7)
    by_given = weighted_difference(outcome, programme, made.weights, clusters=ages)
    assert by_given.standard_error == pytest.approx(expected["error_given"], rel=1e-9)
    assert ages.nunique() == 40
    assert (found.upper - found.estimate) / found.standard_error == pytest.approx(2.0226909, abs=5e-8)


def test_equal_weights_are_a_difference_of_means():
    found = weighted_difference([3.0, 5.0, 1.0, 2.0, 6.0], [1, 1, 0, 0, 0], np.ones(5))
    assert found.estimate == pytest.approx(1)
    # By hand: residuals ±1/2 and (-2, -1, 3)/3, and 5/4.
    assert found.standard_error == pytest.approx(np.sqrt(5 / 4 * (2 / 4 + 14 / 9)), rel=1e-12)
    assert found.upper - found.estimate == pytest.approx(1.959963984540054 * found.standard_error, rel=1e-12)
    assert found.n == 5


@given(st.integers(0, 2**32 - 1))
def test_scale_order_and_shift_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    outcome, programme, _ = simulate(rng, 40)
    weights = rng.random(40)
    found = weighted_difference(outcome, programme, weights)
    order = rng.permutation(40)
    scaled = weights * np.where(programme, 7, 0.01)
    other = weighted_difference(1e6 - 2 * outcome[order], programme[order], scaled[order])
    assert other.estimate == pytest.approx(-2 * found.estimate, rel=1e-6, abs=1e-7)
    assert other.standard_error == pytest.approx(2 * found.standard_error, rel=1e-6)
    swapped = weighted_difference(outcome, ~programme, weights)
    assert (swapped.estimate, swapped.standard_error) == pytest.approx((-found.estimate, found.standard_error))


def test_units_without_a_weight_are_as_good_as_absent():
    rng = np.random.default_rng(2)
    outcome, programme, _ = simulate(rng, 30)
    weights = np.where(np.arange(30) % 3 == 0, 0, rng.random(30))
    used = weights > 0
    found = weighted_difference(outcome, programme, weights)
    alone = weighted_difference(outcome[used], programme[used], weights[used])
    assert (found.estimate, found.standard_error) == pytest.approx((alone.estimate, alone.standard_error), rel=1e-12)
    assert found.n == alone.n == used.sum()


def test_clusters_of_one_are_no_clusters():
    rng = np.random.default_rng(4)
    outcome, programme, _ = simulate(rng, 50)
    alone = weighted_difference(outcome, programme, np.ones(50), clusters=np.arange(50))
    plain = weighted_difference(outcome, programme, np.ones(50))
    assert alone.standard_error == pytest.approx(plain.standard_error, rel=1e-12)
    assert alone.upper > plain.upper  # t with 49 degrees of freedom


def test_weights_of_others_are_refused():
    rng = np.random.default_rng(6)
    outcome, programme, covariates = simulate(rng, 40)
    made = propensity_weights(programme, covariates)
    with pytest.raises(InvalidDataError, match="weights are those of another programme's group"):
        weighted_difference(outcome, np.roll(programme, 1), made)


def test_wrong_input_is_told_at_once():
    with pytest.raises(InvalidDataError) as caught:
        weighted_difference([1, 2, 3], [1, 0, 0], [1, -1, 1], clusters=["secret", None, "b"], level=2)
    said = str(caught.value)
    assert len(caught.value.problems) == 3
    assert "weights has 1 value below 0" in said
    assert "clusters is missing for 1 of 3" in said
    assert "secret" not in said
    for options, sentence in [
        ({"weights": [1, 1, 1, 0]}, "weights has 1 value above 0 in the comparison group; expected at least 2"),
        ({"weights": [1, 1, 1]}, "weights has 3 values; expected 4"),
        ({"outcome": [1, 1, 0, 0]}, "outcome is the same for everybody within each group"),
        ({"clusters": pd.Series(["a"] * 4)}, "clusters are all the same"),
        ({"clusters": ["a"] * 3}, "clusters has 3 values; expected 4"),
    ]:
        with pytest.raises(InvalidDataError, match=sentence):
            weighted_difference(**{"outcome": [1, 2, 3, 4], "programme": [1, 1, 0, 0], "weights": np.ones(4)} | options)
