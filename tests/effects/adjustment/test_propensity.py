"""Propensity weights: against statsmodels, R and closed forms; nothing is clipped, and separation is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.discrete.discrete_model import Logit

from evaltools.effects import propensity_weights, weighted_difference
from evaltools.errors import InvalidDataError
from tests.effects.adjustment.lalonde import FROM_R, parts, simulate


@pytest.mark.parametrize("name", ["nsw", "cps"])
@pytest.mark.parametrize("specification", ["eleven", "dehejia_wahba"])
def test_the_propensity_is_that_of_statsmodels(name, specification):
    """Of 16,177 people with chances from 1e-8 to 0.94, or from 1e-9; covariates are standardised for statsmodels."""
    _, programme, covariates = parts(name, specification)
    made = propensity_weights(programme, covariates)
    values = covariates.to_numpy(float)
    design = np.column_stack([np.ones(len(values)), (values - values.mean(axis=0)) / values.std(axis=0)])
    peer = Logit(programme.astype(float), design).fit(disp=0, maxiter=100, tol=1e-10)
    np.testing.assert_allclose(made.logit, design @ peer.params, atol=1e-8)
    np.testing.assert_allclose(made.propensity, peer.predict(), rtol=1e-8)


def test_a_saturated_model_gives_the_shares():
    """Of those with the covariate 3 of 5 are in the programme, of the others 1 of 4: closed form, so 1e-12."""
    programme = [1, 1, 1, 0, 0, 1, 0, 0, 0]
    covariate = [1, 1, 1, 1, 1, 0, 0, 0, 0]
    expected = {
        "ATT": [1, 1, 1, 3 / 2, 3 / 2, 1, 1 / 3, 1 / 3, 1 / 3],
        "ATE": [5 / 3, 5 / 3, 5 / 3, 5 / 2, 5 / 2, 4, 4 / 3, 4 / 3, 4 / 3],
        "ATO": [2 / 5, 2 / 5, 2 / 5, 3 / 5, 3 / 5, 3 / 4, 1 / 4, 1 / 4, 1 / 4],
    }
    for estimand, weights in expected.items():
        made = propensity_weights(programme, covariate, estimand=estimand)
        np.testing.assert_allclose(made.weights, weights, rtol=1e-12)
        assert (made.estimand, made.kept, made.n_trimmed_programme, made.n_trimmed_comparison) == (estimand, None, 0, 0)


@pytest.mark.parametrize("specification", ["eleven", "dehejia_wahba"])
@pytest.mark.parametrize("estimand", ["ATT", "ATE", "ATO"])
def test_effective_numbers_agree_with_r(specification, estimand):
    _, programme, covariates = parts("cps", specification)
    made = propensity_weights(programme, covariates, estimand=estimand)
    expected = FROM_R[f"propensity {specification} {estimand} cps"]
    # Iterative in both languages.
    assert made.effective_n_programme == pytest.approx(expected["n_programme"], rel=1e-9)
    assert made.effective_n_comparison == pytest.approx(expected["n_comparison"], rel=1e-9)


def test_overlap_weights_make_every_mean_alike():
    """Li, Morgan & Zaslavsky (2018), theorem 3."""
    _, programme, covariates = parts("cps", "eleven")
    weights = propensity_weights(programme, covariates, estimand="ATO").weights
    values = covariates.to_numpy(float)
    means = [np.average(values[is_in], weights=weights[is_in], axis=0) for is_in in (programme, ~programme)]
    np.testing.assert_allclose(means[0], means[1], rtol=1e-9)
    assert weights.max() <= 1


def test_nothing_is_clipped():
    """Statsmodels' ``ipw`` gives 1503.12 as a number, and -826.5 or another one with a standard error.

    Its moment conditions clip chances at 0.01 and 0.99: their root, by hand here, lies thousands lower, and its search
    stops somewhere on the way.
    """
    outcome, programme, covariates = parts("cps", "eleven")
    made = propensity_weights(programme, covariates)
    assert made.propensity.min() < 1e-7
    clipped = np.clip(made.propensity, 0.01, 0.99)[~programme]
    wrong = outcome[programme].mean() - np.average(outcome[~programme], weights=clipped / (1 - clipped))
    assert wrong < -3000
    assert weighted_difference(outcome, programme, made).estimate == pytest.approx(1503.120, abs=0.0005)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["ATT", "ATE", "ATO"]))
def test_order_and_units_do_not_matter(seed, estimand):
    rng = np.random.default_rng(seed)
    _, programme, covariates = simulate(rng, 60)
    try:
        made = propensity_weights(programme, covariates, estimand=estimand)
    except InvalidDataError:
        return
    order = rng.permutation(60)
    moved = propensity_weights(programme[order], covariates[order] * [1e4, 1e-4] + [1e5, 0], estimand=estimand)
    np.testing.assert_allclose(moved.weights, made.weights[order], rtol=1e-6)
    if estimand != "ATT":
        swapped = propensity_weights(~programme, covariates, estimand=estimand)
        np.testing.assert_allclose(swapped.weights, made.weights, rtol=1e-7)


def test_trimming_is_counted():
    """A covariate of five values: the saturated chances are known, so that who falls outside is too."""
    programme = np.repeat([1, 0, 1, 0, 1, 0], [1, 19, 10, 10, 19, 1])
    covariate = pd.Series(np.repeat(["rare", "rare", "even", "even", "common", "common"], [1, 19, 10, 10, 19, 1]))
    made = propensity_weights(programme, covariate, estimand="ATE", trim=(0.1, 0.9))
    assert made.kept == (0.1, 0.9)
    assert (made.n_trimmed_programme, made.n_trimmed_comparison) == (20, 20)
    assert (made.weights > 0).tolist() == (covariate == "even").tolist()
    assert made.effective_n_programme == pytest.approx(10)
    # Both groups have somebody at each of the values: nobody is outside the range of the other.
    assert propensity_weights(programme, covariate, trim="range").n_trimmed_comparison == 0


def test_trimming_to_the_range_of_both():
    _, programme, covariates = parts("cps", "eleven")
    made = propensity_weights(programme, covariates, trim="range")
    outside = (made.propensity < made.propensity[programme].min()) | (
        made.propensity > made.propensity[~programme].max()
    )
    assert made.n_trimmed_programme == (outside & programme).sum()
    assert made.n_trimmed_comparison == (outside & ~programme).sum() > 0
    assert (made.weights[outside] == 0).all()


def refused(programme, covariates, **options):
    with pytest.raises(InvalidDataError) as caught:
        propensity_weights(programme, covariates, **options)
    return str(caught.value)


def test_separation_is_refused_and_named():
    rng = np.random.default_rng(1)
    noise = rng.normal(size=40)
    programme = np.arange(40) < 20
    complete = pd.DataFrame({"noise": noise, "age": np.where(programme, 3.0, 1.0) + rng.random(40)})
    said = refused(programme, complete)
    assert "the propensity does not exist" in said
    assert "'age'" in said
    assert "40 units of 40" in said
    # Quasi-complete: nobody in the comparison group has a form, and the others are of both kinds.
    form = programme & (np.arange(40) < 5)
    said = refused(programme, pd.DataFrame({"noise": noise, "form": form}))
    assert "for 5 units of 40 it would be 0 or 1, by 'form'" in said
    assert "leave out these covariates or make them coarser" in said


@given(st.integers(0, 2**32 - 1))
def test_separation_is_refused_exactly_when_it_is_there(seed):
    """Small groups with few values: a linear programme says whether a direction separates (Konis 2007)."""
    from scipy.optimize import linprog

    rng = np.random.default_rng(seed)
    programme = rng.permutation(np.arange(10) < 4)
    covariates = rng.integers(0, 4, (10, 2)).astype(float)
    if (np.ptp(covariates, axis=0) == 0).any() or abs(np.corrcoef(covariates.T)[0, 1]) > 1 - 1e-9:
        return
    signed = np.where(programme, 1, -1)[:, None] * np.column_stack([np.ones(10), covariates])
    furthest = -linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(10), bounds=[(-1, 1)] * 3).fun
    if furthest < 1e-9:
        assert np.isfinite(propensity_weights(programme, covariates).weights).all()
    else:
        assert "the propensity does not exist" in refused(programme, covariates)


def test_wrong_input_is_told_at_once():
    said = refused([1, 0, 1], {"age": [1.0, np.nan, 2.0]}, estimand="ATC", trim=(0.9, 0.1))
    assert "estimand is 'ATC'" in said
    assert "trim is no pair of bounds" in said
    assert "is the same for everybody" in refused([1, 0, 1], [2.0, 2.0, 2.0])
    assert "both groups need somebody" in refused([1, 1], [1.0, 2.0])
    assert "no pair of bounds" in refused([1, 0], [1.0, 2.0], trim="crump")
    said = refused([1, 1, 0, 0] * 5, [1, 0, 1, 0] * 5, trim=(0.8, 0.9))
    assert "nobody of the programme's group has a propensity within the bounds" in said
    assert "nobody of the comparison group" in said


def test_without_covariates_everybody_has_the_same_chance():
    made = propensity_weights([1, 0, 0, 0], pd.DataFrame(index=range(4)))
    np.testing.assert_allclose(made.propensity, 0.25, rtol=1e-12)


@pytest.mark.parametrize("seed", range(30))
def test_a_value_far_from_all_others_is_no_separation(seed):
    """One value at 10^3 to 10^8 standard deviations: a linear programme, of rows in one size, says what is there."""
    from scipy.optimize import linprog

    rng = np.random.default_rng(seed)
    n, k = rng.integers(20, 100), rng.integers(1, 4)
    covariates = rng.normal(size=(n, k))
    programme = rng.random(n) < 1 / (1 + np.exp(-covariates[:, 0]))
    covariates[rng.integers(n), rng.integers(k)] = rng.choice([-1, 1]) * 10.0 ** rng.integers(3, 9)
    signed = np.where(programme, 1, -1)[:, None] * np.column_stack([np.ones(n), covariates])
    signed /= np.abs(signed).max(axis=1)[:, None]
    furthest = -linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(n), bounds=[(-1, 1)] * (k + 1)).fun
    if furthest < 1e-9:
        made = propensity_weights(programme, covariates)
        misfit = (programme - made.propensity) @ np.column_stack([np.ones(n), covariates])
        np.testing.assert_allclose(misfit / np.abs(covariates).sum(), 0, atol=1e-9)
    else:
        assert "the propensity does not exist" in refused(programme, covariates)


def test_a_value_at_a_milliard_standard_deviations_is_no_end_without_a_result():
    """The last bits of its predictor are larger than those of the others: it need not stand still to as many decimals."""
    said = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        covariates = rng.normal(size=(60, 2))
        programme = rng.random(60) < 1 / (1 + np.exp(-covariates[:, 0]))
        covariates[rng.integers(60), rng.integers(2)] = 1e9
        try:
            assert np.isfinite(propensity_weights(programme, covariates).weights).all()
        except InvalidDataError as error:
            said.append(str(error))
    assert not [each for each in said if "does not exist" not in each]


def test_the_fit_is_exact():
    """The equations of maximum likelihood hold to the last digits, not only to those of a loose end of the search."""
    rng = np.random.default_rng(4)
    for _ in range(20):
        _, programme, covariates = simulate(rng, 200)
        residuals = programme - propensity_weights(programme, covariates).propensity
        np.testing.assert_allclose(residuals @ np.column_stack([np.ones(200), covariates]), 0, atol=1e-11)


def test_messages_name_no_level():
    """A level of a text may be one person's value."""
    rng = np.random.default_rng(1)
    programme = np.arange(60) < 30
    text = np.where(programme & (np.arange(60) < 20), "secret", np.where(np.arange(60) % 3 == 0, "secret too", "usual"))
    text = np.where(programme & (np.arange(60) >= 20), "secret three", text)
    said = refused(programme, pd.DataFrame({"form": text, "noise": rng.normal(size=60)}))
    assert "by 'form';" in said
    assert "secret" not in said


def test_bounds_and_units_of_another_kind():
    rng = np.random.default_rng(1)
    programme, x = np.arange(40) < 20, rng.normal(size=40)
    for bounds in (np.array([0.1, 0.9]), [0.1, 0.9]):
        assert propensity_weights(programme, x, trim=bounds).kept == (0.1, 0.9)
    for wrong in ("01", ("0.1", "0.9"), 0.5, (0.1, 0.5, 0.9), (np.nan, 0.9), [[0.1, 0.9]]):
        assert "trim is no pair of bounds" in refused(programme, x, trim=wrong)
    for scale in (1e200, 1e-300):
        frame = pd.DataFrame({"far": scale * x, "near": rng.normal(size=40)})
        assert refused(programme, frame).endswith(
            "covariate 'far' is too large or too small to compute with; give it another unit"
        )
    moved = pd.Series(programme, index=range(40, 0, -1))
    assert "covariates and programme have different indexes" in refused(moved, pd.Series(x))
