"""Differences of weighted means: against the survey package and stacked estimating equations in R."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import stdtrit
from scipy.stats import ttest_ind, ttest_rel

from evaltools.effects import entropy_weights, match_pairs, propensity_weights, weighted_difference
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
    """The ages of the sample as clusters, most of them with people of both groups."""
    outcome, programme, covariates = parts("cps", "eleven")
    made, ages = propensity_weights(programme, covariates), sample("cps")["age"]
    expected = FROM_R["propensity eleven ATT cps by age"]
    found = weighted_difference(outcome, programme, made, clusters=ages)
    assert found.standard_error == pytest.approx(expected["error_estimated"], rel=1e-7)
    by_given = weighted_difference(outcome, programme, made.weights, clusters=ages)
    assert by_given.standard_error == pytest.approx(expected["error_given"], rel=1e-9)
    assert ages.nunique() == 40
    assert found.method.endswith("40 clusters")


def test_equal_weights_are_a_difference_of_means():
    found = weighted_difference([3.0, 5.0, 1.0, 2.0, 6.0], [1, 1, 0, 0, 0], np.ones(5))
    assert found.estimate == pytest.approx(1)
    # By hand: variances 2 of 2 and 7 of 3.
    assert found.standard_error == pytest.approx(np.sqrt(2 / 2 + 7 / 3), rel=1e-12)
    assert found.n == 5
    assert found.measure == "weighted mean difference"


@given(st.integers(0, 2**32 - 1), st.integers(2, 9), st.integers(2, 40))
def test_equal_weights_are_the_test_of_welch(seed, n_programme, n_comparison):
    rng = np.random.default_rng(seed)
    one, other = 3 * rng.normal(size=n_programme), rng.normal(size=n_comparison)
    n = n_programme + n_comparison
    found = weighted_difference(np.concatenate([one, other]), np.arange(n) < n_programme, np.full(n, 0.3))
    welch = ttest_ind(one, other, equal_var=False)
    assert found.p_value == pytest.approx(welch.pvalue, rel=1e-8)
    interval = welch.confidence_interval()
    assert (found.lower, found.upper) == pytest.approx((interval.low, interval.high), rel=1e-8, abs=1e-10)


def degrees(found):
    """Degrees of freedom that the width of an interval shows."""
    wide = (found.upper - found.estimate) / found.standard_error
    return brentq(lambda freedom: stdtrit(freedom, 0.975) - wide, 0.5, 1e6, xtol=1e-12)


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_degrees_of_freedom_are_those_of_the_matrix(seed, has_clusters):
    """Bell & McCaffrey (2002), with the whole matrix ``M`` of ``y'My = Σ pᵢ²(yᵢ - m)²`` of each group, put together by Welch."""
    rng = np.random.default_rng(seed)
    programme = np.arange(24) < 10
    outcome, weights = rng.normal(size=24), np.exp(rng.normal(size=24))
    clusters = np.arange(24) // 2 if has_clusters else np.arange(24)
    found = weighted_difference(outcome, programme, weights, clusters=clusters)
    parts = []
    for is_in in (programme, ~programme):
        table = pd.DataFrame({"w": weights[is_in], "wy": (weights * outcome)[is_in]}).groupby(clusters[is_in]).sum()
        p = (table["w"] / table["w"].sum()).to_numpy()
        g = len(p)
        residual = np.eye(g) - np.outer(np.ones(g), p)
        matrix = residual.T @ np.diag(p**2) @ residual
        y = (table["wy"] / table["w"]).to_numpy()
        parts.append((g / (g - 1) * y @ matrix @ y, np.trace(matrix) ** 2 / np.trace(matrix @ matrix)))
    assert found.standard_error == pytest.approx(np.sqrt(sum(variance for variance, _ in parts)), rel=1e-10)
    expected = sum(variance for variance, _ in parts) ** 2 / sum(variance**2 / each for variance, each in parts)
    assert degrees(found) == pytest.approx(expected, rel=1e-6)


def test_two_units_leave_one_degree_however_uneven_they_are():
    outcome, programme = np.array([1.0, 4, 2, 9]), np.array([1, 1, 0, 0])
    found = weighted_difference(outcome, programme, [1, 1e-9, 1e-9, 1])
    one, other = 3.0**2, 7.0**2  # in proportion
    assert degrees(found) == pytest.approx((one + other) ** 2 / (one**2 + other**2), rel=1e-6)
    # Of three of which one has all but 1e-8 of the weight, as if they were two; both groups are alike.
    found = weighted_difference([1, 4, 2, 2, 5, 3], [1, 1, 1, 0, 0, 0], [1, 1e-8, 1e-8] * 2)
    assert degrees(found) == pytest.approx(2, rel=1e-6)


def test_clusters_of_both_groups_have_no_more_degrees_than_clusters():
    """Six places with both groups: a paired t-test of their differences, when each has as many of either."""
    rng = np.random.default_rng(3)
    place, programme = np.repeat(np.arange(6), 2), np.tile([True, False], 6)
    outcome = rng.normal(size=12) + 3 * rng.normal(size=6)[place]
    found = weighted_difference(outcome, programme, np.ones(12), clusters=place)
    paired = ttest_rel(outcome[programme], outcome[~programme])
    assert found.p_value == pytest.approx(paired.pvalue, rel=1e-9)
    assert (found.estimate / found.standard_error) == pytest.approx(paired.statistic, rel=1e-9)


@pytest.mark.parametrize(("n_treated", "most"), [(3, 0.11), (5, 0.085), (10, 0.075)])
def test_few_clusters_are_hardly_surer_than_they_say(n_treated, most):
    """20 clusters of 20 that correlate by 0.1: by normal quantiles and one common factor, 3 would find 17%, not 5%."""
    rng = np.random.default_rng(n_treated)
    place = np.repeat(np.arange(20), 20)
    found = []
    for _ in range(400):
        outcome = rng.normal(size=20)[place] / 3 + rng.normal(size=400)
        found.append(weighted_difference(outcome, place < n_treated, np.ones(400), clusters=place).p_value < 0.05)
    assert np.mean(found) < most


def test_one_cluster_in_a_group_is_refused():
    """Its residuals add up to 0: the standard error would be that of rounding."""
    with pytest.raises(InvalidDataError) as caught:
        weighted_difference([5, 6, 7, 1, 2, 3.5], [1, 1, 1, 0, 0, 0], np.ones(6), clusters=list("aaabcd"))
    assert len(caught.value.problems) == 1
    assert "clusters are all the same in the programme's group" in str(caught.value)
    assert "difference_in_differences" in str(caught.value)
    # A second cluster without weight is none.
    with pytest.raises(InvalidDataError, match="clusters are all the same in the comparison group"):
        weighted_difference([5, 6, 7, 1, 2, 3.5], [1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 0], clusters=list("abcdde"))


def test_clusters_without_anybody_used_do_not_count():
    rng = np.random.default_rng(9)
    outcome, programme = rng.normal(size=24), np.arange(24) % 2 == 0
    weights, clusters = np.where(np.arange(24) < 12, 1.0, 0.0), np.arange(24) // 3
    found = weighted_difference(outcome, programme, weights, clusters=clusters)
    alone = weighted_difference(outcome[:12], programme[:12], weights[:12], clusters=clusters[:12])
    assert (found.standard_error, found.lower) == pytest.approx((alone.standard_error, alone.lower), rel=1e-12)
    assert found.method.endswith("4 clusters")


def test_trimmed_units_move_no_weight():
    """Against derivatives by differences: the sandwich of scores, and of means of those that are kept."""
    rng = np.random.default_rng(10)
    outcome, programme, covariates = simulate(rng, 150)
    made = propensity_weights(programme, covariates, trim=(0.25, 0.7))
    assert made.n_trimmed_comparison > 20
    design = np.column_stack([np.ones(150), covariates])
    b = np.linalg.lstsq(design, made.logit)[0]
    is_kept = made.weights > 0

    def means(coefficients):
        weights = np.where(programme, 1, np.exp(design @ coefficients)) * is_kept
        return [np.average(outcome[is_in], weights=weights[is_in]) for is_in in (programme, ~programme)]

    step = 1e-6 * np.eye(3)
    slope = np.array([means(b + each)[1] - means(b - each)[1] for each in step]) / 2e-6
    e = made.propensity
    scores = (programme - e)[:, None] * design @ np.linalg.inv((design * (e * (1 - e))[:, None]).T @ design)
    m1, m0 = means(b)
    own = np.where(programme, outcome - m1, m0 - outcome) * made.weights
    own /= np.where(programme, made.weights[programme].sum(), made.weights[~programme].sum())
    pull = own - scores @ slope
    n1, n0 = (programme & is_kept).sum(), (~programme & is_kept).sum()
    factor = np.where(programme, n1 / (n1 - 1), n0 / (n0 - 1))
    found = weighted_difference(outcome, programme, made)
    assert found.standard_error == pytest.approx(np.sqrt((factor * pull**2).sum()), rel=1e-6)
    assert found.measure == "weighted mean difference (ATT, trimmed)"


def test_the_measure_says_whose_effect_it_is():
    rng = np.random.default_rng(11)
    outcome, programme, covariates = simulate(rng, 80)
    for estimand in ("ATT", "ATE", "ATO"):
        made = propensity_weights(programme, covariates, estimand=estimand)
        assert weighted_difference(outcome, programme, made).measure == f"weighted mean difference ({estimand})"
    balanced = entropy_weights(programme, covariates)
    assert weighted_difference(outcome, programme, balanced).measure == "weighted mean difference (ATT)"


def test_a_large_common_part_of_the_outcome_costs_no_digits():
    rng = np.random.default_rng(12)
    outcome, programme, _ = simulate(rng, 60)
    weights, outcome = rng.random(60), np.round(outcome * 1024) / 1024  # so that the shift is exact
    found, far = (weighted_difference(outcome + shift, programme, weights) for shift in (0, 2.0**36))
    assert far.estimate == pytest.approx(found.estimate, rel=1e-5)
    assert far.standard_error == pytest.approx(found.standard_error, rel=1e-5)
    for shift in (2.0**36, -(2.0**36)):
        again = weighted_difference(outcome + shift, programme, np.ones(60))
        plain = outcome[programme].mean() - outcome[~programme].mean()
        assert again.estimate == pytest.approx(plain, rel=1e-8)


def test_the_interval_of_a_share_ends_at_one():
    outcome = np.array([1, 1, 1, 0, 0, 0, 0, 1])
    found = weighted_difference(outcome, np.arange(8) < 4, np.ones(8))
    assert found.upper == 1
    assert weighted_difference(10 * outcome, np.arange(8) < 4, np.ones(8)).upper > 10


def test_rows_in_another_order_are_refused():
    outcome = pd.Series([1.0, 2.0, 4.0, 3.0])
    with pytest.raises(InvalidDataError, match="programme and outcome have different indexes"):
        weighted_difference(outcome, pd.Series([1, 1, 0, 0], index=[3, 2, 1, 0]), np.ones(4))


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
    assert (alone.standard_error, alone.upper) == pytest.approx((plain.standard_error, plain.upper), rel=1e-12)


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
        ({"clusters": pd.DataFrame({"a": [["secret"]] * 4})}, "clusters holds no labels"),
        ({"outcome": [1e200, 2e200, 3e200, 4e200]}, "outcome is too large or too small to compute with"),
        ({"weights": [1e200, 2e200, 3e200, 4e200]}, "weights is too large or too small to compute with"),
        ({"weights": match_pairs([1, 1, 0, 0], [1, 2, 1, 2])}, "weights are matches; pass them to matched_difference"),
    ]:
        with pytest.raises(InvalidDataError, match=sentence):
            weighted_difference(**{"outcome": [1, 2, 3, 4], "programme": [1, 1, 0, 0], "weights": np.ones(4)} | options)
