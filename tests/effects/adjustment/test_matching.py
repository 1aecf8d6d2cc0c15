"""Matching: against Matching::Match and MatchIt in R, and against a search of all pairs one by one."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_rel

from evaltools.effects import match_pairs, matched_difference, propensity_weights, weighted_difference
from evaltools.errors import InvalidDataError
from tests.effects.adjustment.lalonde import FROM_R, parts, sample


def whole_score(name, unit):
    """Give the logit in whole numbers, so that what is tied here is tied in R."""
    _, programme, covariates = parts(name, "eleven")
    return programme, np.round(unit * propensity_weights(programme, covariates).logit)


def agrees(case, name, made):
    expected = FROM_R[case]
    outcome, programme, _ = parts(name, "eleven")
    found = matched_difference(outcome, made)
    assert found.estimate == pytest.approx(
        expected["estimate"], rel=1e-12
    )  # a closed form, once the pairs are the same
    assert (made.weights[programme] > 0).sum() == expected["n_matched"]
    return found, expected


@pytest.mark.parametrize(("name", "unit"), [("nsw", 100), ("cps", 1000)])
@pytest.mark.parametrize("ratio", [1, 2, 3])
def test_with_replacement_agrees_with_match(name, unit, ratio):
    """All that are as near count, each with an equal share; Abadie and Imbens' standard error."""
    programme, score = whole_score(name, unit)
    made = match_pairs(programme, score, replace=True, ratio=ratio)
    found, expected = agrees(f"matched {name} {ratio}", name, made)
    assert found.standard_error == pytest.approx(expected["error"], rel=1e-12)
    assert len(made.pairs()) == expected["n_pairs"]


def test_a_caliper_agrees_with_match():
    """Match counts those that it dropped in its standard error; the reference is that of those who are left."""
    programme, score = whole_score("cps", 1000)
    made = match_pairs(programme, score, replace=True, caliper=0.01)
    found, expected = agrees("caliper cps left", "cps", made)
    assert found.standard_error == pytest.approx(expected["error"], rel=1e-12)
    assert made.n_unmatched == 185 - 152
    assert FROM_R["caliper cps"]["n_pairs"] == len(made.pairs())


def test_exact_labels_agree_with_match():
    programme, score = whole_score("cps", 1000)
    made = match_pairs(programme, score, replace=True, exact=sample("cps")[["black", "marr"]])
    agrees("exact cps", "cps", made)
    assert len(made.pairs()) == FROM_R["exact cps"]["n_pairs"]


@pytest.mark.parametrize("ratio", [1, 2])
def test_without_replacement_agrees_with_matchit(ratio):
    """Scores without ties; MatchIt 4.5.1 got them times 1e6, as it cuts distances to whole numbers."""
    _, programme, covariates = parts("cps", "eleven")
    score = 1000 * propensity_weights(programme, covariates).logit + np.arange(len(programme)) / 1000
    made = match_pairs(programme, score, ratio=ratio)
    agrees(f"free cps {ratio}", "cps", made)
    assert made.pairs()["comparison"].is_unique


def one_by_one(programme, score, labels, *, caliper, replace, ratio):
    """Match in the slowest way: look at every comparison unit for every programme unit."""
    spread = np.sqrt((score[programme].var(ddof=1) + score[~programme].var(ddof=1)) / 2)
    reach = np.inf if caliper is None else caliper * spread + 1e-9
    ours = sorted(np.flatnonzero(programme), key=lambda row: (-score[row], row))
    pairs, taken = {row: [] for row in ours}, set()
    for turn in range(1 if replace else ratio):
        for row in ours:
            distances = {
                other: abs(score[row] - score[other])
                for other in np.flatnonzero(~programme)
                if labels[other] == labels[row] and other not in taken
            }
            order = sorted(distances, key=lambda other: (round(distances[other], 9), other))
            if replace and order:
                furthest = distances[order[min(ratio, len(order)) - 1]] + 1e-9
                pairs[row] = [other for other in order if distances[other] <= min(furthest, reach)]
            elif order and distances[order[0]] <= reach and len(pairs[row]) == turn:
                pairs[row].append(order[0])
                taken.add(order[0])
    return sorted((row, other) for row, others in pairs.items() for other in others)


@given(
    st.integers(0, 2**32 - 1),
    st.booleans(),
    st.sampled_from([1, 2, 3]),
    st.sampled_from([None, 0.0, 0.2, 1.0]),
    st.sampled_from([3, 30, 10**6]),
)
def test_pairs_are_those_of_a_search_of_all_pairs(seed, replace, ratio, caliper, n_values):
    """From scores with many ties to none."""
    rng = np.random.default_rng(seed)
    n = rng.integers(4, 40)
    programme = rng.permutation(np.arange(n) < max(2, min(n - 2, rng.integers(1, n))))
    score = rng.integers(0, n_values, n) / 7
    labels = rng.integers(0, 2, n)
    options = {"caliper": caliper, "replace": replace, "ratio": ratio}
    expected = one_by_one(programme, score, labels, **options)
    if not expected:
        with pytest.raises(InvalidDataError, match="nobody in the programme's group has a match"):
            match_pairs(programme, score, exact=labels, **options)
        return
    made = match_pairs(programme, score, exact=labels, **options)
    pairs = made.pairs()
    assert list(zip(pairs["programme"], pairs["comparison"], strict=True)) == expected
    np.testing.assert_allclose(pairs["distance"], np.abs(score[pairs["programme"]] - score[pairs["comparison"]]))
    by_unit = pairs.groupby("comparison")["weight"].sum()
    np.testing.assert_allclose(made.weights[by_unit.index], by_unit, rtol=1e-12)
    assert made.weights[programme].sum() == pytest.approx(by_unit.sum())
    assert made.n_unmatched == programme.sum() - pairs["programme"].nunique()
    assert made.n_unused == (~programme).sum() - len(by_unit)


@given(st.integers(0, 2**32 - 1))
def test_with_replacement_the_order_of_rows_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    programme = rng.permutation(np.arange(30) < 10)
    score, outcome = rng.integers(0, 12, 30) / 3, rng.normal(size=30)
    order = rng.permutation(30)
    made, moved = (match_pairs(programme[rows], score[rows], replace=True, ratio=2) for rows in (np.arange(30), order))
    np.testing.assert_allclose(moved.weights, made.weights[order], rtol=1e-12)
    assert matched_difference(outcome[order], moved).standard_error == pytest.approx(
        matched_difference(outcome, made).standard_error, rel=1e-9
    )


@pytest.mark.parametrize("replace", [True, False])
def test_the_estimate_is_that_of_the_weights(replace):
    outcome, programme, covariates = parts("cps", "eleven")
    made = match_pairs(programme, propensity_weights(programme, covariates).logit, replace=replace, ratio=2)
    by_weights = weighted_difference(outcome, programme, made.weights)
    found = matched_difference(outcome, made)
    assert found.estimate == pytest.approx(by_weights.estimate, rel=1e-10)
    assert found.n == by_weights.n == (made.weights > 0).sum()


def test_without_replacement_the_error_is_that_of_paired_differences():
    """A paired t-test of R's sleep data: t.test(paired = TRUE) has a mean of 1.58 and a standard error of 0.388961."""
    second = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    first = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    patients = np.tile(np.arange(10), 2)
    made = match_pairs(np.repeat([1, 0], 10), patients)
    found = matched_difference(np.concatenate([second, first]), made)
    assert found.estimate == pytest.approx(1.58, rel=1e-12)
    assert found.standard_error == pytest.approx(1.58 / 4.06212768, rel=1e-8)  # t as R prints it
    paired = ttest_rel(second, first)
    assert found.p_value == pytest.approx(paired.pvalue, rel=1e-10)
    interval = paired.confidence_interval()
    assert (found.lower, found.upper) == pytest.approx((interval.low, interval.high), rel=1e-10)
    # A patient as a cluster of two, in one pair: nothing else.
    clustered = matched_difference(np.concatenate([second, first]), made, clusters=patients)
    assert (clustered.standard_error, clustered.p_value) == pytest.approx(
        (found.standard_error, found.p_value), rel=1e-10
    )


def test_like_units_are_tied_though_the_last_bits_differ():
    """Rows with the same covariates may get scores that differ in the sixteenth digit, by their place in the matrix."""
    score = np.array([0.3, 0.3 + 1e-16, 0.3 - 5e-17, 0.1 + 0.2])
    made = match_pairs([1, 0, 0, 0], score, replace=True)
    assert made.weights.round(12).tolist() == [1, 0.333333333333, 0.333333333333, 0.333333333333]
    assert match_pairs([1, 0, 0, 0], score).pairs()["comparison"].tolist() == [1]


def test_many_ties_take_no_room():
    """A pair for each tie would be 10^8 of them."""
    programme = np.arange(20_000) < 5_000
    made = match_pairs(programme, np.arange(20_000) % 2, replace=True)
    np.testing.assert_allclose(made.weights[~programme], 1 / 3, rtol=1e-10)
    with pytest.raises(InvalidDataError, match="too many ties for clusters"):
        matched_difference(np.arange(20_000), made, clusters=np.arange(20_000) % 9)


def test_small_calipers_are_kept():
    """MatchIt 4.5.1 takes 0.1 over 0.21 for 0.2, and ignores small calipers."""
    score = [0.2, 0.1, 0.21]
    assert match_pairs([1, 0, 0], score).pairs()["comparison"].tolist() == [2]
    two = match_pairs([1, 1, 0, 0], [0.2, 0.5, 0.1, 0.21], caliper=0.1)
    assert two.pairs()[["programme", "comparison"]].to_numpy().tolist() == [[0, 3]]
    assert two.n_unmatched == 1


def test_wrong_input_is_told_at_once():
    with pytest.raises(InvalidDataError) as caught:
        match_pairs([1, 0, 0], [0.1, 0.2, np.nan], caliper=-1, ratio=0, exact=["secret", "b", None])
    said = str(caught.value)
    assert len(caught.value.problems) == 5
    assert "secret" not in said
    assert "ratio is no whole number of at least 1" in said
    assert "caliper is -1; expected a number of standard deviations, 0 or more" in said
    assert "caliper is in standard deviations; expected at least two units in each group" in said
    with pytest.raises(InvalidDataError, match="nobody in the programme's group has a match"):
        match_pairs([1, 0], [0.1, 0.1], exact=["a", "b"])
    with pytest.raises(InvalidDataError, match="exact has 1 value; expected 2"):
        match_pairs([1, 0], [0.1, 0.1], exact=["a"])


def test_one_set_has_no_standard_error():
    made = match_pairs([1, 0, 0], [0.2, 0.1, 0.3], replace=True)
    with pytest.raises(InvalidDataError, match="matches hold one set, or one comparison unit"):
        matched_difference([1.0, 2.0, 3.0], made)
    with pytest.raises(InvalidDataError, match="outcome is the same for everybody within each group"):
        matched_difference([1, 1, 0, 0, 7], match_pairs([1, 1, 0, 0, 0], [1, 2, 1, 2, 9]))


def test_pairs_are_a_table():
    pairs = match_pairs([0, 1, 0], [0.1, 0.2, 0.4]).pairs()
    expected = pd.DataFrame({"programme": [1], "comparison": [0], "distance": [0.1], "weight": [1.0]})
    pd.testing.assert_frame_equal(pairs, expected, check_dtype=False)


def pair_by_pair(outcome, made, clusters):
    """Cameron, Gelbach & Miller (2011), by a sum over all pairs of pairs that share a cluster on a side."""
    pairs = made.pairs()
    shares = pairs["weight"] / pairs["weight"].sum()
    differences = outcome[pairs["programme"]] - outcome[pairs["comparison"]]
    pulls = (shares * (differences - (shares * differences).sum())).to_numpy()
    sides = [clusters[pairs[side]] for side in ("programme", "comparison")]
    of_one, of_other = (side[:, None] == side for side in sides)
    one, other, both = (pulls @ alike @ pulls for alike in (of_one, of_other, of_one & of_other))
    g = min(len(np.unique(side)) for side in sides)
    return np.sqrt(g / (g - 1) * max(one, other, one + other - both))


@given(st.integers(0, 2**32 - 1), st.booleans(), st.sampled_from([1, 3]), st.booleans())
def test_clusters_are_those_of_a_sum_over_pairs_of_pairs(seed, replace, ratio, are_split):
    rng = np.random.default_rng(seed)
    programme = np.arange(60) < 20
    score, outcome = rng.integers(0, 30, 60) / 7, rng.normal(size=60)
    clusters = np.arange(60) // 5 if are_split else rng.integers(0, 6, 60)
    made = match_pairs(programme, score, replace=replace, ratio=ratio)
    found = matched_difference(outcome, made, clusters=clusters)
    assert found.standard_error == pytest.approx(pair_by_pair(outcome, made, clusters), rel=1e-9)
    assert found.estimate == pytest.approx(matched_difference(outcome, made).estimate)
    assert "clusters" in found.method


def test_clusters_are_not_taken_for_independent_units():
    """10 clusters of 20 in each group that correlate by 0.1: without clusters one in four finds what is not there."""
    rng = np.random.default_rng(5)
    place = np.repeat(np.arange(20), 20)
    programme, found = place < 10, []
    for _ in range(200):
        outcome = rng.normal(size=20)[place] / 3 + rng.normal(size=400)
        made = match_pairs(programme, rng.normal(size=400))
        found.append([matched_difference(outcome, made, clusters=each).p_value < 0.05 for each in (None, place)])
    without, with_clusters = np.mean(found, axis=0)
    assert without > 0.15
    assert with_clusters < 0.1


@pytest.mark.parametrize(("n_programme", "n_comparison", "replace"), [(2, 9, False), (3, 9, False), (3, 9, True)])
def test_few_matches_are_no_surer_than_they_say(n_programme, n_comparison, replace):
    """By normal quantiles, two pairs would find 30% and three 19%."""
    rng = np.random.default_rng(6)
    n, found = n_programme + n_comparison, []
    for _ in range(400):
        made = match_pairs(np.arange(n) < n_programme, rng.normal(size=n), replace=replace)
        if len(np.unique(made.sets.comparison)) > 1:
            found.append(matched_difference(rng.normal(size=n), made).p_value < 0.05)
    assert np.mean(found) < 0.085


def test_comparison_units_used_again_leave_fewer_degrees():
    """Five of six share one comparison unit: of the mean with shares 5/6 and 1/6 there is one degree of freedom."""
    made = match_pairs([1] * 6 + [0] * 2, [1.0, 1.1, 0.9, 1.2, 0.8, 5, 1, 5], replace=True)
    assert made.weights[6:].tolist() == [5, 1]
    found = matched_difference([3.0, 5, 4, 8, 6, 7, 2, 4], made)
    # The quantile of t with one degree of freedom is tan(0.475 π).
    assert found.upper - found.estimate == pytest.approx(np.tan(0.475 * np.pi) * found.standard_error, rel=1e-9)


def test_one_cluster_on_a_side_is_refused():
    made = match_pairs([1, 1, 0, 0, 0], [1, 2, 1, 2, 9])
    with pytest.raises(InvalidDataError) as caught:
        matched_difference([1.0, 3, 2, 5, 6], made, clusters=["a", "b", "c", "c", "d"])  # d has no match
    assert caught.value.problems[0].startswith("clusters are all the same in the comparison group")
    assert len(caught.value.problems) == 1


def test_pairs_that_differ_alike_have_no_standard_error():
    with pytest.raises(InvalidDataError, match="nothing varies beside what is compared"):
        matched_difference([1, 0, 1, 1, 0, 1], match_pairs([1, 1, 1, 0, 0, 0], [1, 2, 3, 1, 2, 3.0]))


def test_the_interval_of_a_share_ends_at_one():
    made = match_pairs([1] * 4 + [0] * 4, [1, 2, 3, 4] * 2)
    outcome = np.array([1, 1, 1, 0, 0, 0, 0, 0])
    assert matched_difference(outcome, made).upper == 1
    assert matched_difference(2 * outcome, made).upper > 1.5


def test_small_shares_are_used():
    made = match_pairs([1] + [0] * 41, [0.0] * 21 + [3.0] * 21, replace=True)
    assert made.weights[1:21] == pytest.approx(0.05)
    assert made.n_unused == 21


def test_a_large_common_part_of_the_outcome_costs_no_digits():
    rng = np.random.default_rng(7)
    programme, score = np.arange(400) < 100, rng.normal(size=400)
    outcome = np.round(1024 * rng.normal(size=400)) / 1024
    made = match_pairs(programme, score, replace=True)
    found, far = (matched_difference(outcome + shift, made) for shift in (0, 2.0**36))
    assert far.estimate == pytest.approx(found.estimate, abs=1e-5)
    assert far.standard_error == pytest.approx(found.standard_error, rel=1e-4)


def test_a_large_ratio_takes_no_time():
    rng = np.random.default_rng(8)
    programme, score = np.arange(3000) < 1000, rng.normal(size=3000)
    for replace in (True, False):
        made = match_pairs(programme, score, ratio=10**9, replace=replace)
        assert made.n_unused == 0
    assert match_pairs(programme, score, ratio=1999, replace=True).sets.sizes.min() == 1999


def test_options_and_labels_of_another_kind_are_refused():
    programme, score = [1, 1, 0, 0], [1.0, 2, 1, 2]
    lists = pd.DataFrame({"a": [["secret"]] * 4})
    for options, sentence in [
        ({"caliper": "0.2"}, "caliper is no finite number"),
        ({"caliper": np.inf}, "caliper is no finite number"),
        ({"exact": lists}, "exact holds no labels; expected text or whole numbers"),
        ({"exact": pd.DataFrame(index=range(4))}, "exact holds no labels"),
        ({"score": [1e200, 2e200, 1, 2], "caliper": 0.2}, "score is too large or too small to compute with"),
        ({"score": [1e-200, 2e-200, 0, 0], "caliper": 0.2}, "score is too large or too small to compute with"),
        ({"score": pd.Series(score, index=[3, 2, 1, 0]), "programme": pd.Series(programme)}, "different indexes"),
    ]:
        with pytest.raises(InvalidDataError, match=sentence):
            match_pairs(**{"programme": programme, "score": score} | options)
