"""Synthetic controls beside R's quadratic programme, the conditions of an optimum, and placebos run by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from evaltools.effects.panels import synthetic_control
from evaltools.effects.panels.synthetic_controls import _nearest
from evaltools.errors import InvalidDataError
from tests.effects.panels.places import NAMES, REFERENCE, long, noisy
from tests.public_data import public_data

FROM_R = pd.read_csv(REFERENCE / "panels.csv", index_col="quantity", skipinitialspace=True)["value"]
WEIGHTS_FROM_R = pd.read_csv(REFERENCE / "panels_weights.csv", index_col="state", skipinitialspace=True)["weight"]
IN_TEXAS = {"unit": "state", "time": "year", "outcome": "bmprison", "programme": "programme"}


def texas():
    read = public_data("texas")
    return read.assign(programme=(read["state"] == "Texas") & (read["year"] >= 1993))


def found(panel, **options):
    return synthetic_control(panel, **NAMES, **options)


def test_texas_among_six_states_agrees_with_quadprog():
    panel = texas()
    panel = panel[panel["state"].isin([*WEIGHTS_FROM_R.index, "Texas"])]
    result = synthetic_control(panel, **IN_TEXAS)
    # Both are exact active set methods: the last bits differ.
    assert result.weights[WEIGHTS_FROM_R.index].to_numpy() == pytest.approx(WEIGHTS_FROM_R.to_numpy(), abs=1e-9)
    assert result.pre_rmspe == pytest.approx(FROM_R["texas_few_pre_rmspe"], rel=1e-9)
    assert result.effect.estimate == pytest.approx(FROM_R["texas_few_mean_gap"], rel=1e-9)


def test_texas_among_all_states_agrees_with_quadprog_and_meets_the_conditions_of_an_optimum():
    result = synthetic_control(texas(), **IN_TEXAS)
    # R needs a ridge of 1e-9 here, to have a positive definite matrix.
    assert result.pre_rmspe == pytest.approx(FROM_R["texas_all_pre_rmspe"], rel=1e-6)
    assert result.effect.estimate == pytest.approx(FROM_R["texas_all_mean_gap"], rel=1e-6)
    assert len(result.weights) == len(result.placebos) == 50
    wide = public_data("texas").pivot_table(index="year", columns="state", values="bmprison")
    assert_is_nearest(wide.loc[:1992].drop(columns="Texas").T, wide.loc[:1992, "Texas"], result.weights)


def assert_is_nearest(others, own, weights):
    """Karush-Kuhn-Tucker: no move of weight to another unit comes nearer. Enough, as the problem is convex."""
    away = (others - own).to_numpy()
    nearest = weights.to_numpy() @ away
    slack = 1e-9 * (away**2).sum(axis=1).mean()
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    assert (away @ nearest >= nearest @ nearest - slack).all()


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(2, 12), st.integers(2, 12), st.floats(0.01, 1000))
def test_weights_are_the_best_there_are(seed, n_others, n_before, scale):
    outcomes = scale * np.random.default_rng(seed).normal(size=(n_others + 1, n_before + 1))
    panel = long(outcomes, [n_before] + [None] * n_others)
    try:
        result = found(panel)
    except InvalidDataError as error:
        assume("more than one set of weights" not in str(error) and "exactly a mean" not in str(error))
        raise
    before = pd.DataFrame(outcomes[:, :n_before])
    assert_is_nearest(before.iloc[1:], before.iloc[0], result.weights)


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.floats(-100, 100), st.sampled_from([-2.0, 0.01, 30.0]))
def test_shocks_that_all_share_and_units_of_measurement_do_not_matter(seed, added, scale):
    rng = np.random.default_rng(seed)
    outcomes, shared = rng.normal(size=(5, 10)), added * rng.normal(size=10)
    starts = [7] + [None] * 4
    one, other = (found(long(each, starts), level=0.8) for each in (outcomes, scale * outcomes + shared))
    assert other.weights.to_numpy() == pytest.approx(one.weights.to_numpy(), abs=1e-7)
    assert other.effect.estimate == pytest.approx(scale * one.effect.estimate, rel=1e-5, abs=1e-7)
    assert other.pre_rmspe == pytest.approx(abs(scale) * one.pre_rmspe, rel=1e-5)
    assert other.relative_pre_rmspe == pytest.approx(one.relative_pre_rmspe, rel=1e-5)
    assert (other.effect.p_value, other.ratio_p_value) == (one.effect.p_value, one.ratio_p_value)


PANEL = long(noisy(9, 16, 1), [12] + [None] * 8)


def test_placebos_are_the_same_for_each_other_unit_without_the_first():
    result = found(PANEL)
    unusual, ratios = [], []
    for place in range(1, 9):
        others = PANEL[PANEL["place"] > 0]
        placebo = found(others.assign(programme=(others["place"] == place) & (others["month"] >= 12)))
        row = result.placebos.loc[place]
        assert (row["pre_rmspe"], row["ratio"], row["mean_gap"]) == pytest.approx(
            (placebo.pre_rmspe, placebo.ratio, placebo.effect.estimate), rel=1e-9
        )
        assert result.placebo_gaps[place].to_numpy() == pytest.approx(placebo.gaps["gap"].to_numpy(), abs=1e-9)
        unusual.append(abs(placebo.effect.estimate) / placebo.pre_rmspe)
        ratios.append(placebo.ratio)
    own = abs(result.effect.estimate) / result.pre_rmspe
    assert result.effect.p_value == (1 + sum(each >= own for each in unusual)) / 9
    assert result.ratio_p_value == (1 + sum(each >= result.ratio for each in ratios)) / 9


def test_the_interval_holds_the_effects_that_are_not_rejected():
    level = 0.7
    effect = found(PANEL, level=level).effect

    def p_value(taken_off):
        return found(PANEL.assign(outflow=PANEL["outflow"] - taken_off * PANEL["programme"])).effect.p_value

    for limit, outward in ((effect.lower, -1e-6), (effect.upper, 1e-6)):
        assert p_value(limit + outward) <= 1 - level < p_value(limit - outward)


@pytest.mark.parametrize(("n_others", "is_bounded"), [(18, False), (19, True)])
def test_a_95_percent_interval_needs_nineteen_others(n_others, is_bounded):
    effect = found(long(noisy(1 + n_others, 50, 2), [45] + [None] * n_others)).effect
    assert np.isfinite([effect.lower, effect.upper]).tolist() == [is_bounded] * 2
    assert effect.p_value >= 1 / (1 + n_others)


def test_the_gaps_are_what_they_are_called():
    result = found(PANEL)
    gaps = result.gaps
    outcomes = PANEL.pivot_table(index="month", columns="place", values="outflow")
    assert gaps["outcome"].tolist() == outcomes[0].tolist()
    assert gaps["synthetic"].to_numpy() == pytest.approx((outcomes[result.weights.index] @ result.weights).to_numpy())
    assert gaps["gap"].to_numpy() == pytest.approx((gaps["outcome"] - gaps["synthetic"]).to_numpy(), abs=1e-12)
    assert gaps.index[gaps["programme"]].tolist() == [12, 13, 14, 15]
    before, after = gaps.loc[~gaps["programme"], "gap"], gaps.loc[gaps["programme"], "gap"]
    assert result.pre_rmspe == pytest.approx(np.sqrt((before**2).mean()))
    assert result.ratio == pytest.approx(np.sqrt((after**2).mean()) / result.pre_rmspe)
    assert result.effect.estimate == pytest.approx(after.mean())


def test_who_lies_outside_the_others_is_told():
    """No mean of others is as high as the highest: the best is the second, and the gap stays."""
    before = np.array([[9.0, 9, 9, 9, 9], [5, 6, 5, 6, 5], [1, 2, 3, 4, 4], [0, 1, 0, 1, 0]])
    result = found(long(np.column_stack([before, before[:, 0]]), [5, None, None, None]))
    assert result.n_periods_outside == 5
    assert result.weights.tolist() == pytest.approx([1, 0, 0])
    assert result.pre_rmspe == pytest.approx(np.sqrt((3 * 16 + 2 * 9) / 5))
    spread = np.sqrt(np.mean((before[1:] - before[1:].mean(axis=0)) ** 2))
    assert result.relative_pre_rmspe == pytest.approx(result.pre_rmspe / spread)
    assert result.relative_pre_rmspe > 1
    assert (
        found(PANEL).n_periods_outside
        == (
            PANEL[PANEL["month"] < 12]
            .groupby("month")["outflow"]
            .agg(lambda of: of.idxmax() in (of.idxmin(), of.index[0]))
            | PANEL[PANEL["month"] < 12].groupby("month")["outflow"].agg(lambda of: of.idxmin() == of.index[0])
        ).sum()
    )


def factors(n_units, n_periods, rng):
    """Outcomes of three shocks over time that each unit feels in its own measure: no parallel trends."""
    shocks = rng.normal(size=(3, n_periods)).cumsum(axis=1)
    felt = rng.dirichlet(np.ones(3), size=n_units)
    felt[0] = felt[1:6].mean(axis=0)
    return felt @ shocks + 0.1 * rng.normal(size=(n_units, n_periods))


def test_an_effect_is_found_where_trends_are_not_parallel():
    rng = np.random.default_rng(3)
    errors = []
    for _ in range(60):
        outcomes = factors(16, 50, rng)
        outcomes[0, 40:] += 2.0
        errors.append(found(long(outcomes, [40] + [None] * 15)).effect.estimate - 2.0)
    assert np.mean(errors) == pytest.approx(0, abs=3.5 * np.std(errors) / np.sqrt(60))
    assert np.std(errors) < 0.2


def test_without_an_effect_no_more_than_alpha_is_rejected():
    """The first unit is one like the others: of 100 panels, at most about 20 have a p-value of 0.2 or less."""
    rng = np.random.default_rng(4)
    results = [found(long(rng.normal(size=(10, 26)), [20] + [None] * 9)) for _ in range(100)]
    for p_values in ([each.effect.p_value for each in results], [each.ratio_p_value for each in results]):
        assert (np.array(p_values) <= 0.2).mean() < 0.2 + 3 * 0.04


def test_an_exact_fit_is_refused():
    """Halfway two others in every period before: after it, any noise is infinitely many times the usual distance."""
    outcomes = noisy(31, 40, 1)
    outcomes[0, :36] = outcomes[1:3, :36].mean(axis=0)
    for values in (outcomes, outcomes / 3, 1e6 + outcomes):
        with pytest.raises(InvalidDataError, match="the unit is exactly a mean of the others in every period before"):
            found(long(values, [36] + [None] * 30))
    outcomes[0, 3] += 0.001
    assert found(long(outcomes, [36] + [None] * 30)).pre_rmspe > 0


def test_a_gap_of_rounding_is_none():
    """The place is a mean of two others after the start; thirds are no numbers of the computer."""
    outcomes = noisy(4, 12, 3) / 3
    outcomes[0] = outcomes[1:3].mean(axis=0)
    outcomes[0, :8] += 1e-3 * np.random.default_rng(3).normal(size=8)
    result = found(long(outcomes, [8, None, None, None]))
    exact = result.weights @ outcomes[1:]
    assert result.gaps["gap"].to_numpy() == pytest.approx(outcomes[0] - exact, abs=1e-12)


def test_a_level_that_is_no_number_of_the_computer_counts_as_it_is_written():
    """At 90% of 20 units two are rejected, though 1 - 0.9 times 20 is 1.9999999999999996."""
    panel = long(noisy(20, 60, 5), [50] + [None] * 19)
    result = found(panel, level=0.9)
    placebos = result.placebos
    unusual = np.sort(placebos["mean_gap"].abs() / placebos["pre_rmspe"])
    assert result.effect.upper - result.effect.estimate == pytest.approx(result.pre_rmspe * unusual[-2])


def test_a_placebo_as_unusual_as_the_unit_counts():
    """Unit 4 was exactly halfway 2 and 3, and is not after: more unusual than the first, whatever became of that.

    Unit 1 has a nearest point between 2 and 3, which is a mixture of 4 and either: not determined, so it counts too.
    """
    outcomes = np.random.default_rng(9).normal(size=(5, 8))
    outcomes[4, :7] = outcomes[2:4, :7].mean(axis=0)
    outcomes[0, :7] = outcomes[[1, 3], :7].mean(axis=0) + 0.01 * np.random.default_rng(10).normal(size=7)
    outcomes[0, 7] += 1000
    result = found(long(outcomes, [7, None, None, None, None]), level=0.5)
    assert result.placebos.loc[4, "ratio"] == np.inf
    assert result.placebos["is_determined"].tolist() == [False, True, True, True]
    assert result.effect.p_value == result.ratio_p_value == 3 / 5
    assert (result.effect.lower, result.effect.upper) == (-np.inf, np.inf)


def test_a_placebo_that_fits_exactly_before_and_after_is_not_unusual():
    outcomes = noisy(5, 12, 12)
    outcomes[0] = outcomes[1] - np.random.default_rng(12).uniform(0.1, 0.2, size=12)  # nearest to one, the others far
    outcomes[2:4] += 100
    outcomes[4] = outcomes[2:4].mean(axis=0)
    placebos = found(long(outcomes, [9, None, None, None, None])).placebos
    assert placebos.loc[4, ["pre_rmspe", "mean_gap", "ratio"]].tolist() == [0, 0, 0]


def test_weights_that_are_not_determined_are_refused():
    outcomes = np.random.default_rng(5).normal(size=(21, 4))
    outcomes[0] = outcomes[1:].mean(axis=0)
    with pytest.raises(InvalidDataError, match="more than one set of weights fits best: 20 other units for 3 periods"):
        found(long(outcomes, [3] + [None] * 20))
    twins = noisy(4, 12, 6)
    twins[1] = twins[2] = twins[0] + 1
    with pytest.raises(InvalidDataError, match="more than one set of weights"):
        found(long(twins, [9, None, None, None]))


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(2, 7), st.integers(1, 5))
def test_weights_are_refused_exactly_when_linear_programmes_find_others(seed, n_others, n_before):
    """Whole numbers make ties: units on one line, twins, exact fits."""
    outcomes = np.random.default_rng(seed).integers(-2, 3, size=(n_others + 1, n_before + 1)).astype(float)
    others, own = outcomes[1:, :n_before], outcomes[0, :n_before]
    try:
        is_refused = not found(long(outcomes, [n_before] + [None] * n_others)).weights.size
    except InvalidDataError as error:
        is_refused = "more than one set of weights" in str(error)
    # Of all weights that make the same best point, each unit's lowest and highest.
    best = _nearest(others - own) @ others
    same = {"A_eq": np.vstack([others.T, np.ones(n_others)]), "b_eq": np.append(best, 1)}
    ranges = [-linprog(-unit, **same).fun - linprog(unit, **same).fun for unit in np.eye(n_others)]
    assert is_refused == (max(ranges) > 1e-6)


def test_placebos_that_are_not_determined_count_as_unusual():
    """Of twins, the last unit has any mixture; so has one of the two near the first, which lies further from them."""
    rng = np.random.default_rng(7)
    outcomes = rng.normal(size=(6, 12))
    outcomes[0] = outcomes[1:3].mean(axis=0) - rng.uniform(0.1, 0.2, size=12)
    outcomes[3] = outcomes[4] = 100 + rng.normal(size=12)  # each is fitted exactly by the other, and by it alone
    outcomes[5] += 200
    result = found(long(outcomes, [9] + [None] * 5))
    open_ones = result.placebos[~result.placebos["is_determined"]]
    assert open_ones.index.tolist() == [2, 5]
    assert (open_ones["ratio"] == np.inf).all()
    assert result.effect.p_value >= 3 / 6


def test_one_unit_takes_part_and_two_others_do_not():
    with pytest.raises(InvalidDataError, match="2 units take part; expected one"):
        found(long(noisy(5, 8, 9), [4, 4, None, None, None]))
    with pytest.raises(InvalidDataError, match="there is 1 unit without the programme; expected at least 2"):
        found(long(noisy(2, 8, 9), [4, None]))
