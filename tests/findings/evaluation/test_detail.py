"""Further counts: published ones to the person, hours of work and waiting by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaltools.cohorts import Definitions, programme_cohort
from evaltools.disclosure import protect
from evaltools.findings.evaluation.detail import (
    WEEKS,
    counted_as_published,
    hours_beside_benefit,
    mean_hours,
    waiting_times,
)
from evaltools.findings.evaluation.groups import Groups
from evaltools.programmes import list_programmes, read_programme
from evaltools.project import Project
from evaltools.registers import hold
from evaltools.registers.simulate import simulate_municipality
from tests.cohorts.examples import programme_of
from tests.conftest import ROOT
from tests.findings.evaluation.worlds import LONG_AGO, People, groups_of, on_a_day

OWN = Project(ROOT)
PROGRAMMES = {slug: read_programme(slug, OWN) for slug in list_programmes(OWN)}


def alone(cohort, programme, months=12):
    return Groups(programme=programme, cohort=cohort, comparison=None, comparison_kind="none", earlier=None, ordinary=None,
                  months=months, horizons=(months,))  # fmt: skip


def published(code, slug):
    made = simulate_municipality(code, PROGRAMMES.values(), seed=1)
    register = hold(made.tables, municipality=code, extract_day=made.extract_day, is_simulated=True)
    return alone(programme_cohort(register, PROGRAMMES[slug]), PROGRAMMES[slug])


@pytest.mark.parametrize(
    ("code", "slug", "known"),
    [
        ("GM0197", "aandacht-helpt", {"all": 270, "off_benefit": 108, "paid_work": 38, "on_benefit": 162, "part_time_work": 17,
                                      "trajectory_continues": 53, "participation_or_care": 106}),
        # Published in persons: 83, 150 and 516 of 726.
        ("GM0222", "samen-sterk", {"all": 726}),
        # "Bijna 15%" is the nearest count below 70.8, 10% is 47.2 and one in four 118 of 472.
        ("GM0202", "participatiecoaches", {"all": 472}),
    ],
)  # fmt: skip
def test_published_counts_come_out_to_the_person(code, slug, known):
    groups = published(code, slug)
    rows = counted_as_published(groups, PROGRAMMES.values()).rows.set_index("outcome")["n_register"]
    for outcome, n in known.items():
        assert rows[outcome] == n, outcome
    claim = next(claim for claim in PROGRAMMES[slug].claims_in(code) if claim.population and claim.outcomes)
    assert claim.population.n == rows["all"]
    for outcome in claim.outcomes:
        if outcome.n is not None and outcome.precision == "exact" and outcome.name in rows.index:
            assert rows[outcome.name] == outcome.n, outcome.name
    if slug == "samen-sterk":
        assert sorted(rows.drop("all")) == [83, 150, 516]
    if slug == "participatiecoaches":
        assert {70, 47, 118} <= set(rows)
    assert not protect(counted_as_published(groups, PROGRAMMES.values())).rows.empty


def test_without_a_publication_of_persons_the_cohort_stands_alone():
    groups = groups_of(People(25), People(25, "comparison"))
    rows = counted_as_published(groups, [programme_of()]).rows
    assert rows.to_dict("records") == [{"outcome": "all", "n_register": 25}]


HOURS = (
    People(3, hours=8.0), People(2, hours=11.99), People(4, hours=12.0), People(5, hours=16.0), People(1, hours=30.0),
    People(2, hours=0.0),  # of whom the hours are not known
    People(20), People(6, "comparison", hours=15.9), People(20, "comparison"),
    # Work without benefit has no hours here.
    People(3, last=100, reason="11", hours=20.0),
)  # fmt: skip


def test_hours_by_hand():
    rows = hours_beside_benefit(groups_of(*HOURS)).rows.set_index("hours")
    assert rows["n_programme"].to_dict() == {
        "under_12": 5,
        "12_to_15": 4,
        "16_or_more": 6,
        "unknown": 2,
        "known": 15,
        "all": 17,
    }
    assert rows["n_comparison"].to_dict() == {
        "under_12": 0,
        "12_to_15": 6,
        "16_or_more": 0,
        "unknown": 0,
        "known": 6,
        "all": 6,
    }
    assert set(rows["outcome"]) == {"work_with_benefit"}
    assert "n_comparison" not in hours_beside_benefit(replace(groups_of(*HOURS), comparison=None)).rows


def test_mean_hours_by_hand():
    row = mean_hours(groups_of(*HOURS)).rows.iloc[0]
    assert row["n_programme"] == 15
    assert row["mean_hours"] == pytest.approx((3 * 8 + 2 * 11.99 + 4 * 12 + 5 * 16 + 30) / 15)
    assert (row["largest"], row["second"]) == (30, 16)
    nobody = mean_hours(groups_of(People(20))).rows.iloc[0]
    assert nobody["n_programme"] == 0
    assert np.isnan(nobody["mean_hours"])


def test_a_mean_of_one_large_number_of_hours_is_not_shown():
    shown = protect(
        mean_hours(groups_of(*[People(1, hours=1.0) for _ in range(14)], People(1, hours=60.0), People(20)))
    )
    assert pd.isna(shown.rows["mean_hours"].iloc[0])


WAITING = (
    # Since the begin of the benefit 27, 28, 55, 56, 90, 91, 181, 182 days; from the selection to the start as many, or never.
    *(People(1, since=-days, stage="started", starts=days) for days in (27, 28, 55, 56, 90, 91, 181, 182)),
    People(3, since=-5), People(2, since=-800, stage="started", starts=0),
)  # fmt: skip


def waits(table, step):
    rows = table.rows[table.rows["step"] == step]
    return rows.set_index("wait")["n"].to_dict()


def test_waiting_by_hand():
    table = waiting_times(groups_of(*WAITING, aims=("waiting_time",)))
    assert waits(table, "to_selection") == {"4": 1 + 3, "8": 2, "13": 2, "26": 2, "longer": 1 + 2, "all": 13}
    assert waits(table, "to_start") == {"4": 1 + 2, "8": 2, "13": 2, "26": 2, "longer": 1, "all": 8 + 2}
    assert not protect(table).rows.empty


def test_how_many_never_started_does_not_follow_from_the_waiting():
    """Of 14 two never started: told they were few people. A start after follow-up, which ends on day 851, is one."""
    table = waiting_times(groups_of(People(2), People(11, starts=10), People(1, starts=852), aims=("waiting_time",)))
    assert waits(table, "to_start") == {"4": 11, "8": 0, "13": 0, "26": 0, "longer": 1, "all": 12}
    assert not {2, 14} & set(waits(table, "to_start").values())


def test_waiting_is_told_of_a_programme_of_which_it_is_an_aim():
    table = waiting_times(groups_of(*WAITING, aims=("exit",)))
    for step, n in (("to_selection", 13), ("to_start", 10)):
        assert waits(table, step)["all"] == n
        assert not set(waits(table, step)) & {*WEEKS}


def test_a_cohort_of_everybody_has_no_list():
    cohort = on_a_day(People(12, since=-20), LONG_AGO)
    table = waiting_times(alone(cohort, programme_of(aims=("waiting_time",))))
    assert waits(table, "to_start") == {**dict.fromkeys(WEEKS, 0), "all": 0}
    assert waits(table, "to_selection")["all"] == 12


def test_who_began_before_the_list_was_made_did_not_wait():
    table = waiting_times(groups_of(People(12, starts=-30), People(10), aims=("waiting_time",)))
    assert waits(table, "to_start") == {"4": 12, "8": 0, "13": 0, "26": 0, "longer": 0, "all": 12}
    assert not protect(table).rows.empty


def test_in_a_cohort_that_starts_with_the_trajectory_the_wait_is_from_the_selection_too():
    groups = groups_of(*WAITING, aims=("waiting_time",))
    started = programme_cohort(groups.register, groups.programme, definitions=Definitions(start="started", censoring_day=groups.cohort.definitions.censoring_day))  # fmt: skip
    table = waiting_times(replace(groups, cohort=started))
    assert waits(table, "to_start")["all"] == 10
    assert waits(table, "to_start") == {"4": 1 + 2, "8": 2, "13": 2, "26": 2, "longer": 1, "all": 10}
