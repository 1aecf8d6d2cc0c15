"""The simulation: one municipality, one or more programmes, both worlds."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from evaltools.programmes import Eligibility
from evaltools.registers.simulate import activities, beside, frames
from evaltools.registers.simulate.calibration import (
    Members,
    fill_part_time,
    fill_trajectories,
    find_growth,
)
from evaltools.registers.simulate.careers import Influence, live
from evaltools.registers.simulate.extract import Extract, extract
from evaltools.registers.simulate.people import NEVER, People, draw_people
from evaltools.registers.simulate.scenario import Scenario, day_of, month_of
from evaltools.registers.simulate.selection import Chosen, Group, choose_all
from evaltools.registers.simulate.setting import NO_SHIFT, Calendar, Setting
from evaltools.registers.simulate.shifts import shift_everybody, shifts_of_participants
from evaltools.registers.simulate.trajectories import Ladder, Trajectories, draw_ladder, draw_trajectories
from evaltools.registers.simulate.truth import HORIZONS_MONTHS, MONTHS_DURABLE, Truth
from evaltools.registers.simulate.worlds import Worlds

PLAIN = "GM0000"
"""Code of a simulated municipality that stands for none."""

OF_ONE_PROGRAMME = ("programme_first_day", "months_enrolment", "months_on_benefit_at_least", "share_participants")
"""Parameters that the truth gives by programme."""


@dataclass(frozen=True)
class Simulation:
    """A register in which nobody exists, and what is true of it.

    Attributes
    ----------
    municipality
        CBS code.
    extract_day
        The register says nothing of later days.
    tables
        Every declared table by name, in the declared types.
    truth
        The true effect of each programme.
    """

    municipality: str
    extract_day: pd.Timestamp
    tables: dict[str, pd.DataFrame]
    truth: Truth

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} {len(rows):,}" for name, rows in self.tables.items())
        return f"<Simulation {self.municipality}, extract of {self.extract_day:%Y-%m-%d}: {counts}>"


def simulate(
    scenario: Scenario | None = None, *, municipality: str = PLAIN, programme: str = "programme"
) -> Simulation:
    """Simulate a municipality with one programme of a known effect.

    Everybody eligible has a day of selection and a row in the participations: those whom
    the coach picked in the arm ``programme``, the others in the arm ``comparison``.

    Parameters
    ----------
    scenario
        What it is made from; the defaults of `Scenario` when left out.
    municipality, programme
        Names in the tables.

    Examples
    --------
    >>> simulation = simulate(Scenario(n_persons=500, effect=0.0, lock_in=0.0, seed=3))
    >>> len(simulation.tables["persons"])
    500
    >>> simulation.truth.of("programme").effect("work_exit", 12).difference
    0.0
    """
    scenario = scenario or Scenario()
    calendar = make_calendar(scenario, scenario.months_enrolment + month_of(scenario.programme_first_day))
    group = Group(
        programme=programme,
        first_month=month_of(scenario.programme_first_day) - calendar.first_month,
        months_enrolment=scenario.months_enrolment,
        count_day=calendar.extract_day,
        eligibility=Eligibility(months_on_benefit_at_least=scenario.months_on_benefit_at_least),
        n_participants=None,
        n_comparison=None,
    )
    return build(Setting(scenario, calendar, municipality), [group])


def make_calendar(scenario: Scenario, end_month: int) -> Calendar:
    """Make the months of a simulation: up to the extract, and until every horizon after ``end_month`` is known."""
    first = month_of(scenario.first_day)
    after_horizons = end_month + max(HORIZONS_MONTHS) + MONTHS_DURABLE + 2
    n_months = max(month_of(scenario.extract_day) + 1, after_horizons) - first
    return Calendar(first, n_months, day_of(scenario.extract_day))


def build(setting: Setting, groups: Sequence[Group]) -> Simulation:
    """Simulate a municipality with any number of programmes, in the order of their names."""
    scenario = setting.scenario
    people = draw_people(setting)
    part_time = beside.draw_part_time(people, setting)
    setting = shift_everybody(people, groups, part_time, setting)
    untouched = live(people, setting, Influence.none(len(people)))
    all_chosen = choose_all(people, untouched, groups, setting)
    shifts = shifts_of_participants(people, all_chosen, part_time, setting)
    worlds = Worlds(people, setting, untouched, shifts)
    shown = extract(worlds.actual(all_chosen), people, setting)
    names = frames.draw_names(people, setting)
    trajectories, measured, truths = [], [], []
    for chosen in all_chosen:
        own, part_time = _trajectories(chosen, shown, part_time, setting)
        trajectories.append(own)
        ladders, growth = _ladders(chosen, own, people, shown, setting)
        measured += ladders
        truths.append(worlds.truth(chosen, growth))
    published = {chosen.group.programme for chosen in all_chosen if chosen.group.claim is not None}
    visits, workplaces = _activities(all_chosen, shown, names, setting)
    for places in workplaces:
        if places["programme"] not in published:  # published counts of part-time work must stay as they are
            part_time = beside.with_workplaces(part_time, places, setting)
    tables = {
        "persons": frames.persons(people, names, setting),
        "benefit_spells": frames.benefit_spells(people, shown, names, setting),
        "incomes": frames.incomes(beside.incomes(people, shown, part_time, setting), names),
        "provisions": frames.provisions(_provisions(all_chosen, people, shown, setting), names),
        "participations": frames.participations(all_chosen, trajectories, names),
        "ladder_scores": frames.ladder_scores(measured, names),
        "household_visits": frames.household_visits(visits, names),
        "placements": frames.placements(workplaces, names, setting),
    }
    parameters = {name: value for name, value in asdict(scenario).items() if name not in OF_ONE_PROGRAMME}
    shifted = setting.shift != NO_SHIFT
    truth = Truth(
        municipality=setting.place,
        parameters=parameters,
        programmes=tuple(truths),
        shift_work=setting.shift.work,
        shift_other=setting.shift.other,
        shifted_from=str(np.datetime64(int(setting.calendar.first_day(setting.shift_month)), "D")) if shifted else "",
    )
    return Simulation(setting.place, pd.Timestamp(scenario.extract_day), tables, truth)


def _trajectories(
    chosen: Chosen, shown: Extract, part_time: beside.PartTime, setting: Setting
) -> tuple[Trajectories, beside.PartTime]:
    own = draw_trajectories(chosen, shown, setting)
    claim, day = chosen.group.claim, chosen.group.count_day
    if claim is None:
        return own, part_time
    members = Members(claim, shown.take(own.rows), day)
    month = int(setting.calendar.position_of(np.array(day)))
    part_time = fill_part_time(members, part_time, own.rows, month)
    return fill_trajectories(members, own, day, setting), part_time


def _ladders(
    chosen: Chosen, own: Trajectories, people: People, shown: Extract, setting: Setting
) -> tuple[list[tuple[Ladder, float, str]], float]:
    """Measure participants and comparison persons: how far both second scores are moved, and who rated."""
    scenario, name = setting.scenario, chosen.group.programme
    start = np.where(own.first < NEVER, own.first, chosen.day[own.rows])
    ladder = draw_ladder(people, shown, own.rows, start, setting, name, "programme")
    moved = scenario.ladder_effect + scenario.rater_bias
    growth = find_growth(chosen.group.claim, ladder, moved) if chosen.group.claim else 0.0
    rows = chosen.comparison
    others = draw_ladder(people, shown, rows, chosen.day[rows], setting, name, "comparison")
    return [(ladder, moved + growth, "coach"), (others, growth, "other")], growth


def _activities(
    all_chosen: Sequence[Chosen], shown: Extract, names: frames.Names, setting: Setting
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    visits = [
        activities.visits(chosen, _visited(chosen, names.household, setting), setting)
        for chosen in all_chosen
        if chosen.group.n_households
    ]
    workplaces = [activities.placements(chosen, shown, setting) for chosen in all_chosen if chosen.group.n_employers]
    return visits, workplaces


def _visited(chosen: Chosen, household: np.ndarray, setting: Setting) -> np.ndarray:
    """Pick one row of each household to visit: those of participants first, then others by chance."""
    rng = setting.stream("visited", chosen.group.programme)
    others = np.setdiff1d(np.arange(len(household)), chosen.participants)
    order = np.concatenate([chosen.participants, rng.permutation(others)])
    _, first = np.unique(household[order].astype(str), return_index=True)
    return np.asarray(order[np.sort(first)][: chosen.group.n_households])


def _provisions(all_chosen: Sequence[Chosen], people: People, shown: Extract, setting: Setting) -> dict[str, Any]:
    is_participant = np.zeros(len(people), dtype=bool)
    from_day = np.zeros(len(people), dtype=np.int64)
    for chosen in all_chosen:
        is_participant[chosen.participants] = True
        from_day[chosen.participants] = chosen.day[chosen.participants]
    return beside.provisions(people, shown, is_participant, from_day, setting)
