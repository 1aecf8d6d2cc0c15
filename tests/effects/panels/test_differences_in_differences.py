"""Difference in differences beside R, the slow way, and truths that are known."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaltools.effects.panels import difference_in_differences
from evaltools.errors import InvalidDataError
from tests.effects.panels.places import NAMES, REFERENCE, all_ways, castle, long, noisy

FROM_R = pd.read_csv(REFERENCE / "panels.csv", index_col="quantity", skipinitialspace=True)["value"]
# Both solve least squares with 60 columns; R prints 15 digits.
RTOL = 1e-8
CASTLE = castle()
IN_CASTLE = {"unit": "sid", "time": "year", "outcome": "l_homicide", "programme": "post"}


def found(panel, **options):
    return difference_in_differences(panel, **NAMES, **options)


def of_2007(panel):
    """Leave out the states whose law began in another year than 2007."""
    began = panel["year"].where(panel["post"] == 1).groupby(panel["sid"]).transform("min")
    return panel[began.isna() | (began == 2007)]


@pytest.mark.parametrize("weight", ["popwt", "one"])
@pytest.mark.parametrize("design", ["staggered", "same_start"])
def test_two_way_fixed_effects_agree_with_r(design, weight):
    panel = CASTLE if design == "staggered" else of_2007(CASTLE)
    two_way = difference_in_differences(panel.assign(one=1), **IN_CASTLE, weights=weight).two_way
    assert two_way.estimate == pytest.approx(FROM_R[f"two_way_{design}_{weight}"], rel=RTOL)
    assert two_way.standard_error == pytest.approx(FROM_R[f"two_way_error_{design}_{weight}"], rel=RTOL)


@pytest.mark.parametrize(
    ("weights", "estimate", "error"), [("popwt", 0.0755333, 0.0348170), (None, 0.0693984, 0.0585915)]
)
def test_castle_doctrine_as_others_estimate_it(weights, estimate, error):
    """Cheng & Hoekstra's data: statsmodels with a column for each state and year, clusters by state."""
    two_way = difference_in_differences(CASTLE, **IN_CASTLE, weights=weights).two_way
    # Seven decimals, made with the numbers of four bytes.
    assert (two_way.estimate, two_way.standard_error) == pytest.approx((estimate, error), abs=1e-7)
    half = 2.0095752 * two_way.standard_error  # t(49) at 0.975
    assert (two_way.lower, two_way.upper) == pytest.approx((two_way.estimate - half, two_way.estimate + half), abs=1e-8)


@pytest.mark.parametrize("weight", ["popwt", "one"])
def test_starts_one_by_one_agree_with_r(weight):
    effect = difference_in_differences(CASTLE.assign(one=1), **IN_CASTLE, weights=weight).effect
    assert effect.estimate == pytest.approx(FROM_R[f"stacked_{weight}"], rel=RTOL)
    assert effect.standard_error == pytest.approx(FROM_R[f"stacked_error_{weight}"], rel=RTOL)


@pytest.mark.parametrize("weights", ["popwt", None])
def test_with_one_start_both_are_the_same(weights):
    result = difference_in_differences(of_2007(CASTLE), **IN_CASTLE, weights=weights)
    assert result.effect.estimate == pytest.approx(result.two_way.estimate, rel=1e-10)
    assert result.effect.standard_error == pytest.approx(result.two_way.standard_error, rel=1e-10)
    assert (result.n_programme, result.n_comparison, result.effect.n) == (13, 29, 42)


def by_hand(outcomes, starts, weights):
    """Take each unit with a start by itself: its change less that of the units without, then the weighted mean."""
    never = [place for place, start in enumerate(starts) if start is None]
    own, counts = [], []
    for place, start in enumerate(starts):
        if start is not None:
            change = outcomes[:, start:].mean(axis=1) - outcomes[:, :start].mean(axis=1)
            own.append(change[place] - np.average(change[never], weights=weights[never]))
            counts.append(weights[place] * (outcomes.shape[1] - start))
    return np.average(own, weights=counts)


STARTS = {
    "one unit": [3, None, None, None, None, None],
    "two units": [None, 3, None, 3, None, None, None],
    "as many with as without": [3, None, 3, None, None, 3],
    "two starts": [2, None, 4, None, None, None],
    "three units, two starts": [2, 2, None, 4, None, None],
}


@pytest.mark.parametrize("is_weighted", [False, True])
@pytest.mark.parametrize("starts", STARTS.values(), ids=STARTS.keys())
def test_the_p_value_is_a_count_of_all_ways(starts, is_weighted):
    outcomes = noisy(len(starts), 7, seed=3)
    weights = np.arange(1.0, 1 + len(starts)) if is_weighted else np.ones(len(starts))
    result = found(long(outcomes, starts, weights), weights="population")
    estimates = np.array([by_hand(outcomes, way, weights) for way in all_ways(starts)])
    observed = by_hand(outcomes, starts, weights)
    assert result.effect.estimate == pytest.approx(observed, rel=1e-10)
    assert result.effect.p_value == pytest.approx((np.abs(estimates) >= abs(observed) - 1e-12).mean(), rel=1e-12)
    assert (result.n_assignments, result.is_exact) == (len(estimates), True)
    assert result.effect.p_value >= result.smallest_p_value


@pytest.mark.parametrize("starts", STARTS.values(), ids=STARTS.keys())
def test_the_interval_holds_the_effects_that_are_not_rejected(starts):
    """Take an effect off the outcomes under the programme: no effect is left exactly where the interval holds it."""
    panel = long(noisy(len(starts), 7, seed=4), starts, np.arange(1.0, 1 + len(starts)))
    level = 0.65
    effect = found(panel, weights="population", level=level).effect

    def is_kept(taken_off):
        without = panel.assign(outflow=panel["outflow"] - taken_off * panel["programme"])
        return found(without, weights="population").effect.p_value > 1 - level + 1e-12

    edge = 1e-6
    assert [is_kept(effect.lower - edge), is_kept(effect.lower + edge)] == [False, True]
    assert [is_kept(effect.upper - edge), is_kept(effect.upper + edge)] == [True, False]
    assert effect.lower < effect.estimate < effect.upper


def test_one_place_among_a_few_is_told_what_cannot_be_known():
    """One municipality of six: no standard error, a p-value of at least 1/6, and no bounded 95% interval."""
    panel = long(noisy(6, 24, seed=5) + np.outer(np.arange(6) == 0, 100 * (np.arange(24) >= 12)), [12] + [None] * 5)
    result = found(panel)
    assert result.effect.p_value == result.smallest_p_value == pytest.approx(1 / 6)
    assert (result.effect.standard_error, result.two_way) == (None, None)
    assert (result.effect.lower, result.effect.upper) == (-np.inf, np.inf)
    at_80 = found(panel, level=0.8).effect
    assert 90 < at_80.lower < 100 < at_80.upper < 110


def test_no_more_than_alpha_is_rejected_without_an_effect():
    """Whichever three of six took part, all 20 alike: a p-value of at most x comes in at most x of them."""
    outcomes = noisy(6, 5, seed=6)
    p_values = np.array(
        [
            found(long(outcomes, [2 if place in places else None for place in range(6)])).effect.p_value
            for places in combinations(range(6), 3)
        ]
    )
    for x in np.unique(p_values):
        assert (p_values <= x).mean() <= x + 1e-12
    # Without two equal estimates but for the sign, each of 2/20, 4/20, ... 20/20 comes twice.
    assert np.sort(p_values) == pytest.approx(np.repeat(np.arange(1, 11) / 10, 2))


def test_two_of_twelve_the_permutation_interval_keeps_its_level_and_the_clustered_one_does_not():
    """Errors that keep 0.6 of the month before, 400 times."""
    starts = [10, 10] + [None] * 10
    level, true = 0.82, 3.0
    held = np.zeros(2)
    for seed in range(400):
        effect = true * np.outer(np.arange(12) < 2, np.arange(20) >= 10)
        result = found(long(noisy(12, 20, seed, keeps=0.6) + effect, starts), level=level)
        held += [each.lower <= true <= each.upper for each in (result.effect, result.two_way)]
    share = held / 400
    # ⌊0.18 × 66⌋ = 11 of 66 ways are rejected: 55/66 = 0.833, with a standard deviation of 0.019.
    assert share[0] == pytest.approx(55 / 66, abs=3 * 0.019)
    assert share[1] < 0.75


def test_starts_at_different_times_and_effects_that_grow():
    """Early starters go on growing; two-way fixed effects take them for a comparison, and miss most of the effect."""
    starts = [3, 3, 3, 10, 10, 10, None]
    since = np.array([np.arange(16) - (99 if start is None else start) for start in starts])
    effect = np.where(since >= 0, 1.0 + since, 0)
    truth = effect[since >= 0].mean()
    rng = np.random.default_rng(7)
    without = rng.normal(size=(7, 1)) + rng.normal(size=16)  # parallel, without errors
    result = found(long(without + effect, starts))
    assert result.effect.estimate == pytest.approx(truth, rel=1e-10)
    assert result.two_way.estimate < 0.6 * truth


def test_starts_at_different_times_with_errors_are_unbiased():
    starts = [3, 3, 6, 8, *[None] * 6]
    since = np.array([np.arange(12) - (99 if start is None else start) for start in starts])
    effect = np.where(since >= 0, 1 + 0.5 * since, 0) * np.array([1, 2, 3, 4, *[0] * 6])[:, None]
    estimates = [found(long(noisy(10, 12, seed, keeps=0.4) + effect, starts)).effect.estimate for seed in range(80)]
    assert np.mean(estimates) == pytest.approx(
        effect[since >= 0].mean(), abs=3.5 * np.std(estimates) / np.sqrt(len(estimates))
    )


def test_random_ways_come_near_all_of_them(monkeypatch):
    panel = long(noisy(14, 6, seed=8), [3, 3, 3, *[None] * 11])  # 364 ways
    exact = found(panel)
    monkeypatch.setattr("evaltools.effects.panels.permutation.MOST_ASSIGNMENTS", 300)
    first, again, other = (found(panel, seed=seed) for seed in (1, 1, 2))
    assert not first.is_exact
    assert first == again != other
    p = exact.effect.p_value
    assert first.effect.p_value == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 300))
    assert (first.effect.p_value * 300) % 1 == pytest.approx(0, abs=1e-9)  # (1 + b)/(1 + 299)


@settings(max_examples=40)
@given(
    st.integers(0, 10_000),
    st.sampled_from([[2, None, None, None], [2, 2, None, None], [1, 3, None, None, None]]),
    st.floats(-50, 50),
    st.sampled_from([-3.0, -1.0, 0.01, 10.0]),
)
def test_what_units_and_periods_add_does_not_matter_and_units_of_measurement_scale(seed, starts, added, scale):
    rng = np.random.default_rng(seed)
    outcomes = rng.normal(size=(len(starts), 5))
    effect = found(long(outcomes, starts), level=0.6).effect
    shifted = added * rng.normal(size=(len(starts), 1)) + added * rng.normal(size=5)
    other = found(long(scale * outcomes + shifted, starts), level=0.6).effect
    limits = sorted((scale * effect.lower, scale * effect.upper))
    assert other.estimate == pytest.approx(scale * effect.estimate, rel=1e-7, abs=1e-9)
    assert (other.lower, other.upper) == pytest.approx(tuple(limits), rel=1e-6, abs=1e-8)
    assert other.p_value == pytest.approx(effect.p_value)


PARALLEL = np.sqrt(np.arange(5.0))[:, None] + np.cos(np.arange(4))  # what each place and each month add
STEP = np.outer([1, 1, 0, 0, 0], [0, 0, 1, 1])


@pytest.mark.parametrize(
    ("outcomes", "starts"),
    [
        (np.full((5, 4), 0.1), [2, 2, None, None, None]),
        (np.zeros((5, 4)), [2, None, None, None, None]),
        (PARALLEL, [2, 2, None, None, None]),
        (1e6 + PARALLEL + STEP, [2, 2, None, None, None]),
        (PARALLEL + np.outer([1, 0, 0, 0, 0], [0, 0, 5, 9]), [2, None, None, None, None]),
        (PARALLEL + np.outer(np.arange(5), [1, -1, 2, -2]), [2, 2, None, None, None]),  # not in the means
    ],
)
@pytest.mark.parametrize("level", [0.5, 0.95])
def test_where_nothing_varies_nothing_is_said(outcomes, starts, level):
    """Any effect but the one that was found is impossible then: an interval without a width."""
    with pytest.raises(InvalidDataError, match="outcome changes alike in all units but for the programme"):
        found(long(outcomes, starts), level=level)


def test_a_thousandth_of_a_millionth_that_varies_is_enough():
    outcomes = 1 + 1e-9 * noisy(5, 4, seed=1)
    result = found(long(outcomes, [2, 2, None, None, None]), level=0.5)
    assert result.effect.lower < result.effect.estimate < result.effect.upper
    assert result.effect.standard_error > 0


def test_two_places_have_a_difference_and_no_more():
    result = found(long([[1, 4], [2, 3]], [1, None]))
    assert result.effect.estimate == 2
    assert (result.effect.p_value, result.effect.lower, result.effect.upper) == (1, -np.inf, np.inf)


def both_starts(rng, starts):
    """Places whose effect is 0 or 5 by their start, with errors."""
    effects = [0 if start is None else (start == 4) * 5 * (np.arange(6) >= start) for start in starts]
    return long(rng.normal(size=(len(starts), 6)) + np.array([np.broadcast_to(each, 6) for each in effects]), starts)


def test_the_standard_error_is_that_of_draws_of_places_with_their_starts(monkeypatch):
    """As Callaway & Sant'Anna's with estimated shares: over draws with the same starts it is too large, and says so."""
    monkeypatch.setattr("evaltools.effects.panels.permutation.MOST_ASSIGNMENTS", 10)  # of which it makes no use
    rng = np.random.default_rng(1)
    drawn, same = [], []
    for _ in range(150):
        starts = rng.choice([2, 4, None], size=60, p=[0.25, 0.25, 0.5]).tolist()
        drawn.append(found(both_starts(rng, starts)).effect)
        same.append(found(both_starts(rng, [2] * 15 + [4] * 15 + [None] * 30)).effect)
    said, moved, moved_alone = (
        np.sqrt(np.mean([each.standard_error**2 for each in drawn])),
        *(np.std([each.estimate for each in draws]) for draws in (drawn, same)),
    )
    # The standard deviation of 150 draws has an error of 6%.
    assert said == pytest.approx(moved, rel=0.2)
    assert np.sqrt(np.mean([each.standard_error**2 for each in same])) > 2 * moved_alone


@pytest.mark.parametrize("seed", ["a", -1, 1.5, None, True])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(InvalidDataError, match="seed is"):
        found(long(noisy(6, 4, seed=1), [2] + [None] * 5), seed=seed)


def test_ways_are_looked_at_in_parts_and_none_is_left_out(monkeypatch):
    panel = long(noisy(8, 6, seed=2), [2, 2, 4, *[None] * 5], np.arange(1.0, 9))
    at_once = found(panel, weights="population", level=0.7)
    monkeypatch.setattr("evaltools.effects.panels.comparisons.AT_ONCE", 37)  # 168 ways
    assert found(panel, weights="population", level=0.7) == at_once
