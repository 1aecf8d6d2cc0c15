"""Segmented regression beside R, two separate lines, and truths that are known."""

import numpy as np
import pandas as pd
import pytest

from evaltools.effects.panels import interrupted_time_series
from evaltools.errors import InvalidDataError
from tests.effects.panels.places import REFERENCE

FROM_R = pd.read_csv(REFERENCE / "panels.csv", index_col="quantity", skipinitialspace=True)["value"]
DRIVERS = pd.read_csv(REFERENCE / "panels_seatbelts.csv")
# Least squares by two routes; R prints 15 digits.
RTOL = 1e-8


def nile():
    from statsmodels.datasets import nile as shipped

    return shipped.load_pandas().data


SERIES = {
    # Drivers killed or seriously injured in Great Britain; belts compulsory from month 170 (Harvey & Durbin 1986).
    "seatbelts": lambda: interrupted_time_series(DRIVERS["month"], DRIVERS["drivers"], starts=170, season=12),
    "nile": lambda: interrupted_time_series(nile()["year"], nile()["volume"], starts=1899),
    "five": lambda: interrupted_time_series(nile()["year"], nile()["volume"], starts=1899, season=5),
}


@pytest.mark.parametrize("name", SERIES)
def test_agrees_with_r(name):
    found = SERIES[name]()
    from_r = FROM_R.filter(like=f"{name}_").rename(lambda key: key.removeprefix(f"{name}_"))
    for estimate, term in ((found.level_change, "after"), (found.slope_change, "since:after")):
        assert estimate.estimate == pytest.approx(from_r[term], rel=RTOL)
        assert estimate.standard_error == pytest.approx(from_r[f"{term}_error"], rel=RTOL)
        assert estimate.p_value == pytest.approx(from_r[f"{term}_p"], rel=1e-6)
    last = found.series.iloc[-1]
    assert last["counterfactual"] == pytest.approx(from_r["last_counterfactual"], rel=RTOL)
    assert last["lower"] == pytest.approx(from_r["last_lower"], rel=RTOL)
    assert last["fitted"] == pytest.approx(from_r["last_fitted"], rel=RTOL)
    assert found.durbin_watson == pytest.approx(from_r["durbin_watson"], rel=RTOL)
    assert found.ljung_box_p_value == pytest.approx(from_r["ljung_box"], rel=1e-6, abs=1e-15)
    assert found.lags == 4  # 4 (1.92)^(2/9) = 4.6, and 4 (1.00)^(2/9) = 4


NOISE = np.random.default_rng(1).normal(size=30)


def test_it_is_a_line_before_and_a_line_after():
    outcome = NOISE + np.where(np.arange(30) < 18, 3 + 0.5 * np.arange(30), 20 - 0.3 * np.arange(30))
    found = interrupted_time_series(np.arange(30), outcome, starts=18)
    slope_before, level_before = np.polyfit(np.arange(-18, 0), outcome[:18], 1)  # time since the start
    slope_after, level_after = np.polyfit(np.arange(12), outcome[18:], 1)
    assert found.level_change.estimate == pytest.approx(level_after - level_before)
    assert found.slope_change.estimate == pytest.approx(slope_after - slope_before)
    expected = level_before + slope_before * np.arange(-18, 12)
    assert found.series["counterfactual"].to_numpy() == pytest.approx(expected)
    before = found.series.iloc[:18]
    assert before["fitted"].to_numpy() == pytest.approx(before["counterfactual"].to_numpy())
    gap = (found.series["fitted"] - found.series["counterfactual"]).to_numpy()[18:]
    assert gap == pytest.approx(found.level_change.estimate + found.slope_change.estimate * np.arange(12))


def test_the_unit_of_time_scales_the_slope_alone():
    months = interrupted_time_series(np.arange(30), NOISE, starts=18)
    years = interrupted_time_series(2019 + np.arange(30) / 12, NOISE, starts=2019 + 18 / 12)
    assert years.level_change.estimate == pytest.approx(months.level_change.estimate)
    assert years.slope_change.estimate == pytest.approx(12 * months.slope_change.estimate)
    assert years.slope_change.p_value == pytest.approx(months.slope_change.p_value)


def test_a_season_is_no_effect():
    """A programme that starts in the high season looks like a jump of 5.2 (the regression without seasons, exactly)."""
    season = np.tile([6.0, 2, -3, -5], 8)
    outcome = 50 + season + 0.01 * np.random.default_rng(2).normal(size=32)
    with_season = interrupted_time_series(np.arange(32), outcome, starts=8, season=4)
    without = interrupted_time_series(np.arange(32), outcome, starts=8)
    assert abs(with_season.level_change.estimate) < 0.03
    assert without.level_change.estimate > 5
    assert without.ljung_box_p_value < 0.001


def test_intervals_are_too_narrow_in_short_series_as_the_docstring_says():
    """Of 48 periods with errors that keep 0.4 of the one before, 95% intervals hold the truth about 79 times in 100."""
    rng = np.random.default_rng(3)
    held, estimates = 0, []
    for _ in range(300):
        error = rng.normal(size=98)
        for t in range(1, 98):
            error[t] += 0.4 * error[t - 1]
        outcome = error[50:] + 0.2 * np.arange(48) + 3 * (np.arange(48) >= 24)
        found = interrupted_time_series(np.arange(48), outcome, starts=24).level_change
        held += found.lower <= 3 <= found.upper
        estimates.append(found.estimate)
    assert held / 300 == pytest.approx(0.79, abs=3 * np.sqrt(0.79 * 0.21 / 300))
    assert np.mean(estimates) == pytest.approx(3, abs=3.5 * np.std(estimates) / np.sqrt(300))


def test_residuals_that_go_on_are_told():
    walk = NOISE.cumsum()
    found = interrupted_time_series(np.arange(30), walk, starts=18)
    assert found.durbin_watson < 1.2
    independent = interrupted_time_series(np.arange(30), NOISE, starts=18)
    assert independent.ljung_box_p_value > 0.1


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"outcome": NOISE[:29]}, "outcome has 29 values; expected 30"),
        ({"outcome": np.where(np.arange(30) == 3, np.nan, NOISE)}, "outcome has 1 missing or infinite value of 30"),
        ({"time": np.arange(30)[::-1]}, "time does not go up by equal steps"),
        ({"time": np.delete(np.arange(31), 7)}, "time does not go up by equal steps"),
        ({"starts": 2}, "there are 2 periods before the start and 28 from it on; expected at least 3 on each side"),
        ({"starts": 28}, "there are 28 periods before the start and 2 from it on"),
        ({"starts": 17.5}, "starts is no value of time"),
        ({"starts": np.nan}, "starts is no finite number; expected the first time under the programme"),
        ({"starts": "18"}, "starts is no finite number"),
        ({"starts": 18.001}, "starts is no value of time"),
        ({"time": np.append(np.arange(29), 29.001)}, "time does not go up by equal steps"),
        ({"time": pd.date_range("2019-01", periods=30)}, "time holds something else than numbers"),
        ({"season": True}, "season is no whole number of at least 2"),
        ({"season": "12"}, "season is no whole number of at least 2"),
        ({"outcome": 1e200 * NOISE}, "outcome has values above 1e+100; give it in other units"),
        ({"season": 1}, "season is no whole number of at least 2"),
        ({"season": 2.5}, "season is no whole number of at least 2"),
        ({"season": 16}, "there are 30 periods; expected at least 32, two of every season"),
        ({"level": 0}, "level is 0"),
        ({"outcome": np.zeros(30)}, "outcome lies on its line exactly before the start and from the start on: nothing"),
        (
            {"outcome": 0.1 * np.arange(30) + 7 * (np.arange(30) >= 18)},
            "outcome lies on its line exactly before the start and from the start on",
        ),
        (
            {"time": np.arange(24), "outcome": np.append(np.zeros(12), [3, 1, 4, 2] * 3), "starts": 12},
            "outcome lies on its line exactly before the start: nothing tells how much it varies around it",
        ),
        (
            {"time": range(8), "outcome": [0, 0, 0, 0, 3, 1, 4, 2], "starts": 4},
            "outcome lies on its line exactly before the start: nothing",
        ),
        (
            {"outcome": np.where(np.arange(30) < 18, NOISE, 0)},
            "outcome lies on its line exactly from the start on: nothing",
        ),
        ({"time": [], "outcome": []}, "starts is no value of time"),
    ],
)
def test_wrong_use_is_named(change, problem):
    given = {"time": np.arange(30), "outcome": NOISE, "starts": 18} | change
    with pytest.raises(InvalidDataError) as caught:
        interrupted_time_series(given.pop("time"), given.pop("outcome"), **given)
    assert problem in str(caught.value)


@pytest.mark.parametrize(("starts", "season", "events"), [(9, 4, [9]), (8, 6, [10]), (18, 6, [0, 1, 6, 8, 13, 16, 19])])
def test_rare_events_by_season_that_leave_a_counterfactual_without_variance_are_refused(starts, season, events):
    n = {9: 12, 8: 12, 18: 21}[starts]
    outcome = np.isin(np.arange(n), events).astype(float)
    with pytest.raises(InvalidDataError, match="outcome hardly varies before the start"):
        interrupted_time_series(np.arange(n), outcome, starts=starts, season=season)


@pytest.mark.parametrize("starts", [4, 5])
def test_too_few_periods_for_their_seasons_are_refused(starts):
    """Seven terms of eight periods; from 5 on, the first and the fifth are met exactly, and vary by nothing."""
    with pytest.raises(InvalidDataError, match="8 periods cannot tell trends and seasons apart"):
        interrupted_time_series(np.arange(8), NOISE[:8], starts=starts, season=4)


def test_rows_of_another_order_are_refused():
    time, outcome = pd.Series(range(30)), pd.Series(NOISE)
    with pytest.raises(InvalidDataError, match="outcome and time have different indexes"):
        interrupted_time_series(time, outcome.sort_values(), starts=18)


def test_days_of_time_are_named_alone():
    with pytest.raises(InvalidDataError) as caught:
        interrupted_time_series(pd.date_range("2019-01", periods=30), NOISE, starts=18)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("season", [np.int64(12), np.int8(12), 12])
def test_a_season_of_numpy_is_a_season(season):
    month = np.arange(48)
    outcome = np.random.default_rng(4).normal(size=48) + np.sin(month / 6 * np.pi)
    found, expected = (interrupted_time_series(month, outcome, starts=24, season=each) for each in (season, 12))
    assert found.level_change == expected.level_change


@pytest.mark.parametrize("starts", [2.4, np.float32(2.4), 24 * 0.1])
def test_a_start_is_a_time_also_where_decimals_are_rounded(starts):
    """24 times 0.1 is 2.4000000000000004."""
    outcome = np.random.default_rng(5).normal(size=48)
    found = interrupted_time_series(np.arange(48) * 0.1, outcome, starts=starts)
    expected = interrupted_time_series(np.arange(48), outcome, starts=24)
    assert found.level_change.estimate == pytest.approx(expected.level_change.estimate, rel=1e-12)
    assert found.slope_change.estimate == pytest.approx(10 * expected.slope_change.estimate, rel=1e-9)


@pytest.mark.parametrize("step", [1e-9, 1e18, 1e90])
def test_time_in_any_unit(step):
    found = interrupted_time_series(np.arange(30) * step, NOISE, starts=18 * step).slope_change
    expected = interrupted_time_series(np.arange(30), NOISE, starts=18).slope_change
    assert (found.estimate * step, found.upper * step, found.p_value) == pytest.approx(
        (expected.estimate, expected.upper, expected.p_value)
    )


def test_the_line_of_before_does_not_depend_on_what_comes_after():
    """Nearly met before, and of noise a million times as large after it: limits as of any noise, in its measure."""
    rng = np.random.default_rng(8)
    before, after = rng.normal(size=40), rng.normal(size=20)
    small, large = (
        interrupted_time_series(np.arange(60), np.append(scale * before, 10 * after), starts=40) for scale in (1e-5, 1)
    )
    for column in ("counterfactual", "lower", "upper"):
        assert 1e5 * small.series[column].to_numpy() == pytest.approx(large.series[column].to_numpy(), rel=1e-6)


def test_no_limit_is_missing_where_the_outcome_hardly_varies():
    """Small counts, and lines that are nearly met."""
    rng = np.random.default_rng(6)
    n_found, refused = 0, set()
    for kind in range(400):
        n = int(rng.integers(6, 30))
        starts = int(rng.integers(3, n - 2))
        outcome = rng.poisson(0.3, size=n).astype(float)
        if kind % 2:
            outcome[:starts] = 1 + 2 * np.arange(starts) + 10.0 ** rng.integers(-9, -4) * rng.normal(size=starts)
        try:
            found = interrupted_time_series(np.arange(n), outcome, starts=starts)
        except InvalidDataError as error:
            refused.add("exactly" in str(error) or "hardly varies" in str(error))
            continue
        n_found += 1
        assert np.isfinite(found.series).all(axis=None)
        assert found.level_change.standard_error > 0
    assert n_found > 150
    assert refused == {True}


def test_six_periods_are_enough():
    found = interrupted_time_series(np.arange(6), NOISE[:6], starts=3)
    assert np.isfinite([found.level_change.lower, found.slope_change.upper, found.ljung_box_p_value]).all()
