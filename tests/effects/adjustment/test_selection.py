"""Simulated selection: unbiased where all that decides is measured, visibly biased where something is not."""

import numpy as np
import pytest

from evaltools.effects import (
    doubly_robust,
    entropy_weights,
    match_pairs,
    matched_difference,
    propensity_weights,
    weighted_difference,
)
from tests.effects.adjustment.lalonde import simulate

N, TIMES = 500, 100


def by_weights(estimand):
    return lambda y, t, x: weighted_difference(y, t, propensity_weights(t, x, estimand=estimand))


ESTIMATORS = {
    "naive": lambda y, t, _: weighted_difference(y, t, np.ones(len(y))),
    "ATT weights": by_weights("ATT"),
    "ATE weights": by_weights("ATE"),
    "ATO weights": by_weights("ATO"),
    "entropy": lambda y, t, x: weighted_difference(y, t, entropy_weights(t, x)),
    "matched": lambda y, t, x: matched_difference(
        y, match_pairs(t, propensity_weights(t, x).logit, replace=True, caliper=0.2)
    ),
    "augmented ATT": doubly_robust,
    "augmented ATE": lambda y, t, x: doubly_robust(y, t, x, estimand="ATE"),
}


def repeat(estimator, make, *, seed=7):
    """Give the bias, its simulation error, and the mean standard error over the standard deviation of estimates."""
    rng = np.random.default_rng(seed)
    found = [estimator(*make(rng)) for _ in range(TIMES)]
    values = np.array([each.estimate for each in found])
    ratio = np.mean([each.standard_error for each in found]) / values.std(ddof=1)
    return values.mean() - 1, values.std(ddof=1) / np.sqrt(TIMES), ratio


@pytest.mark.parametrize("name", [name for name in ESTIMATORS if name != "naive"])
def test_unbiased_where_all_that_decides_is_measured(name):
    bias, error, ratio = repeat(ESTIMATORS[name], lambda rng: simulate(rng, N))
    # Three simulation errors, and what a caliper or a finite sample leaves.
    assert abs(bias) < 3 * error + 0.05
    # Of 100 estimates, the standard deviation is known to 7%.
    assert 0.75 < ratio < 1.25


def test_the_plain_difference_is_biased():
    bias, _, _ = repeat(ESTIMATORS["naive"], lambda rng: simulate(rng, N))
    assert bias > 1.5


@pytest.mark.parametrize("name", ESTIMATORS)
def test_visibly_biased_where_something_is_not_measured(name):
    """The hidden covariate raises chance and outcome by one standard deviation each."""
    bias, error, _ = repeat(ESTIMATORS[name], lambda rng: simulate(rng, N, hidden=1.0))
    assert bias > 0.5
    assert bias > 10 * error


def wrong_selection(rng):
    """Selection by a threshold that the logistic regression has not; outcome linear in what it has."""
    x = rng.normal(size=(N, 2))
    programme = rng.random(N) < np.where(x[:, 0] > 0.5, 0.75, 0.15)
    return programme + 3 * x[:, 0] + x[:, 1] + rng.normal(size=N), programme, x


def wrong_outcome(rng):
    """Outcome with a square that the linear regression has not; selection as the logistic regression has it."""
    x = rng.normal(size=(N, 2))
    programme = rng.random(N) < 1 / (1 + np.exp(1.5 - x[:, 0] + 0.4 * x[:, 1]))
    return programme + x[:, 0] ** 2 - x[:, 1] + rng.normal(size=N), programme, x


def least_squares(y, t, x):
    design = np.column_stack([t, np.ones(len(y)), x])
    return np.linalg.lstsq(design, y)[0][0]


@pytest.mark.parametrize("estimand", ["ATT", "ATE"])
def test_doubly_robust_with_a_wrong_model_of_selection(estimand):
    bias, error, _ = repeat(lambda y, t, x: doubly_robust(y, t, x, estimand=estimand), wrong_selection)
    weighted, _, _ = repeat(by_weights(estimand), wrong_selection)
    assert abs(bias) < 3 * error + 0.02
    assert weighted < -0.1


@pytest.mark.parametrize("estimand", ["ATT", "ATE"])
def test_doubly_robust_with_a_wrong_model_of_the_outcome(estimand):
    bias, error, _ = repeat(lambda y, t, x: doubly_robust(y, t, x, estimand=estimand), wrong_outcome)
    rng = np.random.default_rng(7)
    assert abs(bias) < 3 * error + 0.02
    assert np.mean([least_squares(*wrong_outcome(rng)) for _ in range(TIMES)]) > 1.3
