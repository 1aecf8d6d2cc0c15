"""The simulator: valid tables, a truth that a simple count finds, and the patterns it says it has."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaltools.errors import InvalidDataError
from evaltools.registers.simulate import Scenario, simulate
from evaltools.registers.simulate.careers import WORK, Careers
from evaltools.registers.simulate.people import NEVER
from evaltools.registers.simulate.scenario import DAYS_A_MONTH
from evaltools.registers.simulate.truth import outcomes_at
from evaltools.registers.tables import TABLES
from evaltools.registers.validation import findings

N = 60_000
NO_EFFECT = {"effect": 0.0, "lock_in": 0.0, "ladder_effect": 0.0, "rater_bias": 0.0}


@pytest.fixture(scope="module")
def plain():
    """As good as random, with an effect that a year of work exits shows."""
    return simulate(Scenario(n_persons=N, selection_strength=0.0, effect=0.7, lock_in=0.0))


@pytest.fixture(scope="module")
def without():
    """A programme that does nothing."""
    return simulate(Scenario(n_persons=N, selection_strength=0.0, **NO_EFFECT))


def problems(tables):
    return {
        name: [(found.column, found.rule, int(found.rows.sum())) for found in findings(tables[name], table)]
        for name, table in TABLES.items()
    }


def own_heads(simulation):
    """Spells of everybody without a partner, whose end is that of the benefit alone."""
    persons = simulation.tables["persons"]
    alone = persons.loc[persons["household_type"] != "3", "person_id"]
    spells = simulation.tables["benefit_spells"]
    return spells[spells["person_id"].isin(alone)]


def counted(simulation, reasons, months):
    """Share of each arm with an end for those reasons within the months, and how many there are."""
    people = simulation.tables["participations"]
    spells = simulation.tables["benefit_spells"]
    ends = people.merge(spells, on="person_id", suffixes=("", "_benefit"))
    until = ends["selected_day"] + pd.Timedelta(days=round(months * DAYS_A_MONTH))
    counts = ends["last_day_benefit"].between(ends["selected_day"], until) & ends["exit_reason"].isin(reasons)
    has = people["person_id"].isin(ends.loc[counts, "person_id"])
    return has.groupby(people["arm"]).agg(["mean", "size"])


def difference_and_error(table):
    with_it, comparison = table.loc["programme"], table.loc["comparison"]
    error = math.sqrt(sum(arm["mean"] * (1 - arm["mean"]) / arm["size"] for arm in (with_it, comparison)))
    return with_it["mean"] - comparison["mean"], error


def test_every_table_is_valid(plain):
    assert problems(plain.tables) == {name: [] for name in TABLES}
    for name, table in TABLES.items():
        assert {column: plain.tables[name].dtypes[column] for column in table.columns} == {
            column: pd.Series([], dtype=table.dtype(column)).dtype for column in table.columns
        }


@given(n=st.integers(1, 60), seed=st.integers(0, 2**32), lag=st.sampled_from([0.0, 21.0, 2000.0]))
@settings(max_examples=12)
def test_any_small_municipality_is_valid(n, seed, lag):
    made = simulate(Scenario(n_persons=n, seed=seed, days_lag_median=lag, share_inflow=1.0))
    assert problems(made.tables) == {name: [] for name in TABLES}
    assert len(made.tables["persons"]) == n
    assert set(made.tables["benefit_spells"]["person_id"]) == set(made.tables["persons"]["person_id"])


def test_a_count_finds_the_truth_when_selection_is_by_chance(plain):
    # Three standard errors of the difference: the arms differ by chance alone. What the truth sees and the
    # register does not (ends entered after the extract, a year later) is far less.
    difference, error = difference_and_error(counted(plain, ["11", "13"], 12))
    truth = plain.truth.of("programme").effect("work_exit", 12).difference
    assert truth > 5 * error
    assert abs(difference - truth) < 3 * error


def test_a_count_overstates_the_truth_when_the_coach_picks():
    picked = simulate(Scenario(n_persons=N, selection_strength=3.0, effect=0.7, lock_in=0.0))
    difference, error = difference_and_error(counted(picked, ["11", "13"], 12))
    assert difference > picked.truth.of("programme").effect("work_exit", 12).difference + 5 * error


def test_no_effect_is_no_difference_for_anybody(without):
    frame = without.truth.frame()
    assert len(frame) == 4 * 5 * 2
    assert (frame["difference"] == 0).all()
    assert frame["share_without"].between(0.001, 0.9).all()


def test_a_larger_effect_is_a_larger_truth():
    sizes = [
        simulate(Scenario(n_persons=5_000, effect=effect, lock_in=0.0)).truth.of("programme").effect("work_exit", 24)
        for effect in (-0.5, 0.0, 0.5, 1.0)
    ]
    differences = [size.difference for size in sizes]
    assert differences == sorted(differences)
    assert differences[0] < 0 < differences[2]
    assert len({size.share_without for size in sizes}) == 1


def test_lock_in_comes_first():
    held = simulate(Scenario(n_persons=20_000, effect=0.8, lock_in=-3.0, months_lock_in=6)).truth.of("programme")
    assert held.effect("work_exit", 6).difference < 0 < held.effect("work_exit", 24).difference


def test_third_quarter_has_most_exits(without):
    ends = own_heads(without)["last_day"].dropna()
    ends = ends[ends.dt.year.between(2016, 2019)]
    by_quarter = ends.dt.quarter.value_counts().sort_index()
    # CBS 82662NED, 2019 and 2021; AOW and death have no season, and the stock falls within a year: a margin of 0.08.
    published = pd.Series([24690 + 22090, 24270 + 24780, 29120 + 29070, 21910 + 22100], index=[1, 2, 3, 4])
    expected = published / published.mean()
    assert by_quarter.idxmax() == 3
    assert (by_quarter / by_quarter.mean()).sub(expected).abs().max() < 0.08


def share_that_returned(spells, months, reasons=None):
    """Share of exits, of which every horizon lies well before the extract, that came back; and how many there are."""
    ordered = spells.sort_values(["person_id", "first_day"])
    returned = ordered.groupby("person_id")["first_day"].shift(-1)
    rows = ordered["last_day"] < "2018-06-30"
    if reasons:
        rows &= ordered["exit_reason"].isin(reasons)
    return (returned <= ordered["last_day"] + pd.DateOffset(months=months))[rows].mean(), rows.sum()


@pytest.mark.parametrize(
    ("reasons", "months", "expected"),
    [
        # Divosa 2014: at most 11% after work and 28% after enforcement, within six months.
        (["11", "13"], 6, 0.11),
        (["06", "07", "31", "34", "35"], 6, 0.28),
        # The same ratio of log survival holds later: 22% of all within twelve months.
        (["11", "13"], 12, 1 - 0.78 ** (math.log(0.89) / math.log(0.85))),
        (["03", "04", "32", "33"], 12, 0.0),
    ],
)
def test_relapse_of_a_group_is_what_was_published(without, reasons, months, expected):
    share, n = share_that_returned(own_heads(without), months, reasons)
    # Some reach the AOW age before they come back, some had their last spell: a point.
    assert abs(share - expected) <= 3 * math.sqrt(expected * (1 - expected) / n) + 0.01 * (expected > 0)


@pytest.mark.parametrize(
    ("months", "expected", "margin"),
    # Divosa 2014, all exits: 15%, 22%, about 30% at 18 to 36 months. The groups are made to mix to the first; the
    # others follow from one ratio for all groups, which falls short where half of a group is back: hence the margins.
    [(6, 0.15, 0.01), (12, 0.22, 0.012), (36, 0.30, 0.025)],
)
def test_relapse_of_all_exits_is_what_was_published(months, expected, margin):
    made = simulate(Scenario(n_persons=N, extract_day=dt.date(2022, 12, 31), **NO_EFFECT))
    share, _ = share_that_returned(made.tables["benefit_spells"], months)
    assert abs(share - expected) < margin


def test_about_thirty_in_a_hundred_benefits_end_in_a_year(without):
    # Divosa: 30% in 2017, 28% in 2019.
    spells = own_heads(without)
    for year in (2016, 2018):
        running = (spells["first_day"] < f"{year}-01-01") & ~(spells["last_day"] < f"{year}-01-01")
        assert 0.28 < (spells["last_day"].dt.year == year).sum() / running.sum() < 0.32


def test_hazard_falls_with_the_months_on_benefit(without):
    spells = own_heads(without)
    begun = spells[spells["first_day"].between("2016-01-01", "2017-06-30")]
    days = (begun["last_day"] - begun["first_day"]).dt.days.fillna(np.inf)
    first_year, second_year = (days <= 365).mean(), ((days > 365) & (days <= 730)).sum() / (days > 365).sum()
    assert second_year < first_year


def steps(simulation, arm):
    people = simulation.tables["participations"]
    scores = simulation.tables["ladder_scores"]
    scores = scores[scores["person_id"].isin(people.loc[people["arm"] == arm, "person_id"])]
    rungs = scores.assign(rung=scores["rung"].astype(str).astype(int)).sort_values("day").groupby("person_id")["rung"]
    pairs = rungs.agg(["first", "last", "size"])
    pairs = pairs[(pairs["size"] == 2) & (pairs["last"] < 6)]
    return (pairs["last"] - pairs["first"]).mean()


def test_second_scores_rise_without_any_change(without):
    # The mean of the lower of two standard normal draws is -1/sqrt(pi); whole rungs 1 to 5 cut some of it off.
    rise = Scenario().ladder_error / math.sqrt(math.pi)
    assert 0.7 * rise < steps(without, "comparison") < 1.1 * rise
    once = simulate(Scenario(n_persons=20_000, n_low_draws=1, **NO_EFFECT))
    assert abs(steps(once, "comparison")) < 0.04


def test_coach_scores_too_high():
    none = {name: value for name, value in NO_EFFECT.items() if name != "rater_bias"}
    biased = simulate(Scenario(n_persons=20_000, selection_strength=0.0, rater_bias=0.5, **none))
    assert 0.35 < steps(biased, "programme") - steps(biased, "comparison") < 0.55
    assert set(biased.tables["ladder_scores"]["rater"]) == {"coach", "other"}


def test_ends_are_entered_late():
    known, late = (
        simulate(Scenario(n_persons=20_000, days_lag_median=lag)).tables["benefit_spells"] for lag in (0.0, 30.0)
    )
    extract = pd.Timestamp(Scenario().extract_day)
    assert (late["registered_day"] <= extract).all()
    assert (late["registered_day"] >= late["last_day"].fillna(late["first_day"])).all()
    last_quarter = [int((spells["last_day"] > extract - pd.Timedelta(days=90)).sum()) for spells in (known, late)]
    before = [int((spells["last_day"] < extract - pd.Timedelta(days=730)).sum()) for spells in (known, late)]
    assert last_quarter[1] < 0.8 * last_quarter[0]
    assert before[1] > 0.99 * before[0]


def test_couples_share_a_benefit(without):
    persons, spells = without.tables["persons"], without.tables["benefit_spells"]
    couples = set(persons.loc[persons["household_type"] == "3", "person_id"])
    is_couple = spells["person_id"].isin(couples)
    benefits = spells.groupby("benefit_id")
    assert (benefits["person_id"].transform("nunique") == is_couple + 1).all()
    days = benefits[["first_day", "last_day"]]
    assert days.min().equals(days.max())
    assert (persons.loc[persons["person_id"].isin(couples)].groupby("household_id").size() == 2).all()
    ended = spells[is_couple & spells["last_day"].notna()]
    assert 0.2 < (ended["exit_reason"] == "97").mean() < 0.6


def test_benefits_of_a_person_do_not_overlap(without):
    spells = without.tables["benefit_spells"].sort_values(["person_id", "first_day"])
    following = spells.groupby("person_id")["first_day"].shift(-1)
    has_next = following.notna()
    assert has_next.any()
    assert (spells.loc[has_next, "last_day"] < following[has_next]).all()
    assert spells["exit_reason"].notna().equals(spells["last_day"].notna())


def test_part_time_work_runs_beside_the_benefit(without):
    # Divosa 2019: 8% with 556 euro. Fewer of those who stay: better prospects leave, and partners have no income here.
    spells, incomes = own_heads(without), without.tables["incomes"]
    month = pd.Timestamp("2018-03-01")
    running = set(spells.loc[(spells["first_day"] <= month) & ~(spells["last_day"] < month), "person_id"])
    work = incomes[(incomes["kind"] == "11") & (incomes["month"] == month)]
    assert 0.06 < work["person_id"].isin(running).sum() / len(running) < 0.09
    assert work["euro"].mean() == pytest.approx(556, rel=0.06)
    assert 0.2 < work["hours_per_week"].isna().mean() < 0.4


def test_provisions_have_the_codes_of_their_year_and_overlap(without):
    provisions = without.tables["provisions"]
    assert ((provisions["first_day"] < "2019-01-01") == (provisions["code_set"] == "2015")).all()
    assert provisions["person_id"].duplicated().any()
    assert provisions["end_reason"].notna().equals(provisions["last_day"].notna())


LONG_AGO = {
    "first_day": dt.date(2006, 1, 1),
    "programme_first_day": dt.date(2008, 7, 1),
    "extract_day": dt.date(2011, 12, 31),
}


def test_provisions_of_the_participatiewet_begin_with_it(without):
    before = simulate(Scenario(n_persons=3_000, **LONG_AGO)).tables["provisions"]
    assert set(before["provision_type"]) == {"01", "03", "99"}
    later = without.tables["provisions"]
    assert {"04", "06"} < set(later.loc[later["code_set"] == "2015", "provision_type"])


@pytest.mark.parametrize(("window", "oldest"), [({}, 66 + 4 / 12), (LONG_AGO, 65)])
def test_nobody_has_a_benefit_after_the_first_aow_of_the_household(window, oldest):
    made = simulate(Scenario(n_persons=10_000, days_lag_median=0.0, **window))
    spells = made.tables["benefit_spells"].merge(made.tables["persons"], on="person_id")
    last_year = spells["last_day"].fillna(made.extract_day).dt.year
    # The year of birth alone is known: whoever gets AOW on the last day of a year was born so many whole years before.
    assert (last_year - spells["birth_year"]).max() <= math.ceil(oldest)
    assert (spells["exit_reason"] == "03").any()


def test_a_short_gap_is_no_end_in_any_outcome():
    """Selected on day 0, seen half a year later: on day 183 a has a gap of ten days, b one of forty, c ends that day."""
    careers = Careers(
        first=np.array([[-900, 188], [-900, 200], [-900, NEVER]]),
        last=np.array([[178, NEVER], [160, NEVER], [183, NEVER]]),
        reason=np.array([[WORK[0], -1], [WORK[0], -1], [WORK[0], -1]]),
    )
    seen = outcomes_at(careers, np.zeros(3, dtype=np.int64), 6)
    assert seen["any_exit"].tolist() == [False, True, True]
    assert seen["off_benefit"].tolist() == [False, True, False]


def test_same_seed_same_register():
    first, again, other = (simulate(Scenario(n_persons=300, seed=seed)) for seed in (5, 5, 6))
    for name, rows in first.tables.items():
        pd.testing.assert_frame_equal(rows, again.tables[name])
    assert first.truth == again.truth
    assert not first.tables["benefit_spells"]["first_day"].equals(other.tables["benefit_spells"]["first_day"])
    assert not set(first.tables["persons"]["person_id"]) & set(other.tables["persons"]["person_id"])


def test_a_scenario_that_cannot_be_is_refused_at_once():
    with pytest.raises(InvalidDataError) as caught:
        Scenario(
            n_persons=0,
            share_participants=1.5,
            prospects_sd=-1,
            effect=float("nan"),
            share_part_time=0.7,
            share_relapse_6=0.5,
            programme_first_day=dt.date(2021, 3, 1),
        )
    text = str(caught.value)
    words = ("n_persons", "share_participants", "prospects_sd", "effect", "share_part_time", "relapse", "extract_day")
    assert len(caught.value.problems) == len(words)
    assert all(word in text for word in words)


def test_truth_says_what_it_has_not(without):
    with pytest.raises(InvalidDataError, match="did you mean"):
        without.truth.of("programma")
    with pytest.raises(InvalidDataError, match="work_exit 12 participants"):
        without.truth.of("programme").effect("work_exits", 12)
