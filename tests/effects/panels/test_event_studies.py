"""Event studies beside R and truths that are known."""

from time import process_time

import numpy as np
import pandas as pd
import pytest

from evaltools.effects.panels import difference_in_differences, event_study
from evaltools.errors import InvalidDataError
from tests.effects.panels.places import NAMES, REFERENCE, all_ways, castle, long, noisy
from tests.effects.panels.test_differences_in_differences import IN_CASTLE, of_2007

FROM_R = pd.read_csv(REFERENCE / "panels_event_study.csv", skipinitialspace=True).set_index(["design", "since_start"])


def found(panel, **options):
    return event_study(panel, **NAMES, **options)


@pytest.mark.parametrize("design", ["staggered", "same_start"])
def test_agrees_with_r(design):
    """Regressions with a coefficient for each year: by start beside those without, and of one start at once."""
    panel = castle() if design == "staggered" else of_2007(castle())
    effects = event_study(panel, **IN_CASTLE, weights="popwt").effects.set_index("since_start")
    from_r = FROM_R.loc[design]
    assert effects.loc[from_r.index, "estimate"].to_numpy() == pytest.approx(from_r["estimate"].to_numpy(), abs=1e-9)
    is_alone = effects["n_programme"] == 1  # of one state R has an error, of the others' part alone
    assert effects.loc[is_alone, "standard_error"].isna().all()
    several = from_r.index.intersection(effects.index[~is_alone])
    assert effects.loc[several, "standard_error"].to_numpy() == pytest.approx(
        from_r.loc[several, "standard_error"].to_numpy(), abs=1e-9
    )
    assert len(several) == {"staggered": 12, "same_start": 10}[design]


def test_rows_count_the_units_that_are_seen():
    effects = found(long(noisy(6, 6, 1), [2, 4, 4, None, None, None])).effects
    assert effects["since_start"].tolist() == list(range(-4, 4))
    assert effects["n_programme"].tolist() == [2, 2, 3, 3, 3, 3, 1, 1]


def test_the_reference_is_0_by_definition_and_nothing_is_tested_there():
    for starts in ([2, 4, 4, None, None, None], [2, *[None] * 5]):
        effects = found(long(noisy(6, 6, 1), starts)).effects.set_index("since_start")
        assert effects.loc[-1, "estimate"] == 0
        tested = ["standard_error", "lower", "upper", "p_value", "smallest_p_value"]
        assert effects.loc[-1, tested].isna().all()
        assert effects.drop(index=-1)[["lower", "upper", "p_value", "smallest_p_value"]].notna().all(axis=None)


def test_where_nothing_varies_nothing_is_said():
    parallel = np.arange(5.0)[:, None] ** 2 + np.sin(np.arange(6))
    step = np.outer([1, 1, 0, 0, 0], [0, 0, 0, 1, 2, 3])
    for outcomes in (np.full((5, 6), 0.1), parallel, parallel + step):
        with pytest.raises(InvalidDataError, match="outcome changes alike in all units but for the programme"):
            found(long(outcomes, [3, 3, None, None, None]), level=0.5)


def test_a_period_without_any_event_tells_nothing():
    """Counts of something rare: 0 everywhere but after the start."""
    outcomes = np.zeros((12, 6))
    outcomes[:, 4:] = np.random.default_rng(2).poisson(2, size=(12, 2))
    result = found(long(outcomes, [3, 3, *[None] * 10]), level=0.8)
    effects = result.effects.set_index("since_start")
    for k in (-3, -2, 0):
        assert effects.loc[k, ["estimate", "lower", "upper", "p_value"]].tolist() == [0, -np.inf, np.inf, 1]
        assert np.isnan(effects.loc[k, "standard_error"])
    assert np.isfinite(effects.loc[1:, ["standard_error", "lower", "upper"]]).all(axis=None)
    assert result.pre_trend_p_value == 1


def test_no_p_value_of_a_row_is_below_the_smallest_of_it():
    """Row -3 is of one place beside one: they can change sides, whoever has the early start. Over all outcomes."""
    starts = [1, 3, None]
    results = [found(long(noisy(3, 5, seed), starts)).effects for seed in range(60)]
    lowest = pd.concat(results).groupby("since_start")["p_value"].min()
    told = results[0].set_index("since_start")["smallest_p_value"]
    assert told.dropna().to_dict() == pytest.approx({-3: 1 / 3, -2: 1 / 3, 0: 1 / 6, 1: 1 / 6, 2: 1 / 3, 3: 1 / 3})
    assert lowest.drop(-1).to_dict() == pytest.approx(told.dropna().to_dict())


def test_rows_are_differences_by_hand_in_every_way():
    """Weighted, with two starts: the p-value and the interval of each row, each way taken by itself."""
    starts, weights = [2, 4, 4, None, None, None], np.arange(1.0, 7)
    outcomes = noisy(6, 6, 8)
    effects = found(long(outcomes, starts, weights), weights="population", level=0.6).effects.set_index("since_start")
    ways = all_ways(starts)
    for k in (-4, -2, 0, 1, 3):
        asked = np.zeros((6, 6))
        for place, start in enumerate(starts):
            if start is not None and 0 <= start + k < 6:
                asked[place, start + k] = 1

        def of_way(values, way, k=k):
            never = [place for place, start in enumerate(way) if start is None]
            seen = [place for place, start in enumerate(way) if start is not None and 0 <= start + k < 6]
            moved = [values[:, way[place] + k] - values[:, way[place] - 1] for place in seen]
            own = [
                each[place] - np.average(each[never], weights=weights[never])
                for place, each in zip(seen, moved, strict=True)
            ]
            return np.average(own, weights=weights[seen])

        observed = of_way(outcomes, starts)
        estimates, overlaps = (np.array([of_way(values, way) for way in ways]) for values in (outcomes, asked))
        row = effects.loc[k]
        assert row["estimate"] == pytest.approx(observed)
        assert row["p_value"] == pytest.approx((np.abs(estimates) >= abs(observed) - 1e-12).mean())
        assert not np.isfinite(row["lower"]) or row["lower"] < row["upper"]
        always = np.abs(overlaps) > 1 - 1e-9  # as unusual for every effect, to be safe
        for limit, outward in ((row["lower"], -1e-6), (row["upper"], 1e-6)):
            if np.isfinite(limit):
                kept = [
                    (always | (np.abs(estimates - at * overlaps) >= abs(observed - at) - 1e-12)).mean()
                    for at in (limit + outward, limit - outward)
                ]
                assert kept[0] <= 0.4 + 1e-12 < kept[1]
    assert np.isfinite(effects.loc[0, ["lower", "upper"]]).all()


def test_four_hundred_places_with_four_starts_take_a_second_or_two():
    """Every row of every way by itself took 86 seconds."""
    starts = [*np.repeat([30, 50, 70, 90], 25).tolist(), *[None] * 300]
    panel = long(noisy(400, 120, 9), starts, np.random.default_rng(9).uniform(1, 5, size=400))
    began = process_time()
    effects = found(panel, weights="population").effects
    assert process_time() - began < 10
    assert len(effects) == 180


def test_effects_of_single_periods_are_found_also_when_starts_and_effects_differ():
    starts = [2, 2, 5, None]
    by_period = {0: 1.0, 1: 4.0, 2: -2.0, 3: 0.5, 4: 7.0, 5: 1.0}
    effect = np.array([[by_period.get(t - (99 if start is None else start), 0) for t in range(8)] for start in starts])
    parallel = np.arange(4)[:, None] ** 2 + np.sin(np.arange(8))
    effects = found(long(parallel + effect, starts)).effects
    expected = [by_period.get(k, 0.0) for k in effects["since_start"]]
    assert effects["estimate"].to_numpy() == pytest.approx(np.array(expected), abs=1e-12)


def test_the_mean_after_less_the_mean_before_is_the_difference_in_differences():
    panel = long(noisy(8, 9, 2), [5, 5, 5, *[None] * 5])
    effects = found(panel).effects
    by_side = effects.groupby(effects["since_start"] >= 0)["estimate"].mean()
    expected = difference_in_differences(panel, **NAMES).effect.estimate
    assert by_side[True] - by_side[False] == pytest.approx(expected, rel=1e-10)


def gap(outcomes, way):
    """Mean of the units with a start less that of the others, period by period."""
    has_start = np.array([start is not None for start in way])
    return outcomes[has_start].mean(axis=0) - outcomes[~has_start].mean(axis=0)


def test_p_values_are_counts_of_all_ways():
    starts = [4, 4, None, None, None, None, None]
    outcomes = noisy(7, 6, 3)
    result = found(long(outcomes, starts))
    gaps = np.array([gap(outcomes, way) for way in all_ways(starts)])
    observed = gap(outcomes, starts)
    for row in result.effects.query("since_start != -1").to_dict("records"):
        moved, own = gaps[:, 4 + row["since_start"]] - gaps[:, 3], observed[4 + row["since_start"]] - observed[3]
        assert row["p_value"] == pytest.approx((np.abs(moved) >= abs(own) - 1e-12).mean())
    movement = gaps[:, :4].var(axis=1)
    assert result.pre_trend_p_value == pytest.approx((movement >= observed[:4].var() - 1e-12).mean())
    assert (result.n_assignments, result.is_exact) == (21, True)


def test_intervals_hold_what_is_not_rejected():
    panel = long(noisy(7, 6, 4), [4, 4, None, None, None, None, None])
    level = 0.8
    for row in found(panel, level=level).effects.query("since_start in (-3, 1)").to_dict("records"):
        is_at = panel["programme"].groupby(panel["place"]).transform("any") & (panel["month"] == 4 + row["since_start"])

        def p_value(taken_off, is_at=is_at, k=row["since_start"]):
            effects = found(panel.assign(outflow=panel["outflow"] - taken_off * is_at)).effects
            return effects.loc[effects["since_start"] == k, "p_value"].item()

        for limit, outward in ((row["lower"], -1e-6), (row["upper"], 1e-6)):
            assert p_value(limit + outward) <= 1 - level + 1e-12 < p_value(limit - outward)


def test_the_test_of_pre_trends_finds_a_trend_and_keeps_its_level():
    starts = [8, 8, 8, *[None] * 9]
    trend = np.outer(np.arange(12) < 3, np.arange(12))
    assert found(long(noisy(12, 12, 5) + trend, starts)).pre_trend_p_value == pytest.approx(1 / 220)  # 12 choose 3
    p_values = np.array([found(long(noisy(12, 10, seed), starts)).pre_trend_p_value for seed in range(100)])
    assert (p_values <= 0.2).mean() == pytest.approx(0.2, abs=3 * 0.04)
    # Any effect after the start says nothing of trends before it.
    after = 50 * np.outer(np.arange(12) < 3, np.arange(10) >= 8)
    assert found(long(noisy(12, 10, 1) + after, starts)).pre_trend_p_value == pytest.approx(p_values[1])


def test_one_period_before_the_start_has_no_trend():
    result = found(long(noisy(4, 3, 6), [1, None, None, None]))
    assert result.pre_trend_p_value is None
    assert result.effects["since_start"].tolist() == [-1, 0, 1]
    assert result.effects["standard_error"].isna().all()
    assert result.effects.loc[1:, ["lower", "upper"]].to_numpy().tolist() == [[-np.inf, np.inf]] * 2
    assert result.level == 0.95
    assert result.effects["smallest_p_value"].tolist()[1:] == [1 / 4] * 2
