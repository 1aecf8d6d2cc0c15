"""Entropy balancing: against a dual solved in R, its optimality, and a linear programme for what is possible."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from evaltools.effects import entropy_weights, weighted_difference
from evaltools.errors import InvalidDataError
from tests.effects.adjustment.lalonde import FROM_R, parts


@pytest.mark.parametrize("moments", [1, 2])
def test_agrees_with_the_dual_solved_in_r(moments):
    outcome, programme, covariates = parts("cps", "ten")
    made = entropy_weights(programme, covariates, moments=moments)
    expected = FROM_R[f"entropy {moments}"]
    # Iterative in both languages, to 1e-12 of a standard deviation.
    assert made.effective_n_comparison == pytest.approx(expected["n_comparison"], rel=1e-9)
    found = weighted_difference(outcome, programme, made)
    assert found.estimate == pytest.approx(expected["estimate"], rel=1e-9)
    # R's derivatives are numerical.
    assert found.standard_error == pytest.approx(expected["error_estimated"], rel=1e-7)
    assert weighted_difference(outcome, programme, made.weights).standard_error == pytest.approx(
        expected["error_given"], rel=1e-9
    )


@pytest.mark.parametrize("moments", [1, 2, 3])
def test_moments_are_alike_and_weights_even(moments):
    """The conditions of the optimum: balance, and a logarithm of the weights that is linear in what is balanced."""
    _, programme, covariates = parts("cps", "ten")
    made = entropy_weights(programme, covariates, moments=moments)
    values = covariates.to_numpy(float)
    numbers = (values[:, [0, 1, 6, 7]] - values[:, [0, 1, 6, 7]].mean(axis=0)) / 1000
    terms = np.hstack([values, *(numbers**power for power in range(2, moments + 1))])
    comparison = made.weights[~programme]
    assert comparison.sum() == pytest.approx(185, rel=1e-12)
    np.testing.assert_allclose(comparison @ terms[~programme] / 185, terms[programme].mean(axis=0), rtol=1e-8)
    design = np.column_stack([np.ones(len(comparison)), terms[~programme]])
    design /= np.abs(design).max(axis=0)
    log = np.log(comparison)
    np.testing.assert_allclose(design @ np.linalg.lstsq(design, log)[0], log, atol=1e-5)
    assert (made.weights[programme] == 1).all()


def test_powers_of_yes_and_no_are_left_out():
    rng = np.random.default_rng(3)
    programme, answer = rng.random(200) < 0.4, rng.random(200) < 0.5
    once, thrice = (entropy_weights(programme, answer, moments=moments).weights for moments in (1, 3))
    np.testing.assert_allclose(thrice, once, rtol=1e-12)


def refused(*args, **options):
    with pytest.raises(InvalidDataError) as caught:
        entropy_weights(*args, **options)
    return str(caught.value)


def test_what_nobody_reaches_is_refused_and_named():
    programme = np.arange(8) < 3
    frame = pd.DataFrame(
        {"low": [1, 2, 3, 4, 5, 6, 7, 8], "all": [1, 1, 1, 0, 1, 0, 1, 0], "fine": [1, 0, 1, 0, 1, 1, 0, 0]}
    )
    said = refused(programme, frame)
    assert "2 covariates ('low', 'all')" in said
    assert "leave these covariates out or make them coarser, ask for fewer moments, or take propensity weights" in said
    # Each mean lies between the values of the comparison group, but the two do not lie in their hull.
    corners = pd.DataFrame({"x": [0.9, 0.9, 0.8, 0, 1, 0, 0.1, 0.1], "y": [0.9, 0.8, 0.9, 0, 0, 1, 0.2, 0.1]})
    said = refused(programme, corners)
    assert "2 covariates together ('x', 'y')" in said
    assert "no mixture of units there is like it" in said
    assert "in the comparison group covariate 'b' follows from the others" in refused(
        programme, pd.DataFrame({"a": [1, 2, 2, 0, 1, 2, 3, 4], "b": [1, 1, 2.5, 0, 1, 2, 3, 4]})
    )
    for wrong in (0, 2.0, "1", True, [1]):
        assert refused([1, 0], [1.0, 2.0], moments=wrong).endswith("moments is not 1, 2 or 3")
    assert "too large or too small" in refused(programme, np.arange(8) * 1e200)


def test_messages_name_no_level():
    programme = np.arange(9) < 3
    text = ["secret", "two", "usual", "usual", "usual", "x", "x", "usual", "usual"]
    said = refused(programme, pd.DataFrame({"form": text}))
    assert "1 covariate ('form')" in said
    assert "secret" not in said
    # Two levels of one text that nobody in the comparison group has.
    several = pd.DataFrame({"form": ["secret", "secret", "a", "b", "a", "b", "a", "a", "b"], "x": range(9)})
    assert "secret" not in refused(programme, several)


def test_a_mean_that_differs_by_rounding_is_no_other_mean():
    """All in the programme have the highest value, of which the mean of 13 may be another number in the last bit."""
    rng = np.random.default_rng(1)
    for value in rng.random(50):
        values = np.concatenate([np.full(15, value), value - rng.random(25)])
        frame = pd.DataFrame({"high": values, "x": rng.normal(size=40)})
        assert "of 1 covariate ('high'): nobody there is on the other side" in refused(np.arange(40) < 13, frame)


def test_means_are_alike_to_the_last_digits():
    rng = np.random.default_rng(2)
    for _ in range(20):
        covariates = rng.normal(size=(100, 3))
        programme = rng.random(100) < 1 / (1 + np.exp(1 - covariates[:, 0]))
        weights = entropy_weights(programme, covariates).weights
        left = covariates[programme].mean(axis=0) - np.average(
            covariates[~programme], weights=weights[~programme], axis=0
        )
        np.testing.assert_allclose(left, 0, atol=1e-13)


@given(st.integers(0, 2**32 - 1))
def test_weights_are_found_exactly_when_there_are_any(seed):
    """A linear programme finds the largest least weight: none above 0, no entropy weights."""
    rng = np.random.default_rng(seed)
    covariates = rng.integers(0, 4, (14, 2)).astype(float)
    programme = np.arange(14) < 3
    others = covariates[~programme]
    if np.linalg.matrix_rank(np.column_stack([np.ones(11), others])) < 3:
        return
    equal = np.column_stack([np.vstack([np.ones(11), others.T]), np.zeros(3)])
    wanted = [1, *covariates[programme].mean(axis=0)]
    above = np.column_stack([-np.eye(11), np.ones(11)])
    best = linprog([0] * 11 + [-1], A_ub=above, b_ub=np.zeros(11), A_eq=equal, b_eq=wanted, bounds=[(0, 1)] * 12)
    is_possible = best.status == 0 and -best.fun > 1e-9
    if not is_possible:
        assert "no weights give the comparison group the mean" in refused(programme, covariates)
    else:
        made = entropy_weights(programme, covariates)
        np.testing.assert_allclose(np.average(others, weights=made.weights[3:], axis=0), wanted[1:], atol=1e-9)
