"""What runs beside a benefit: part-time work, other incomes and provisions."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from scipy.special import ndtr

from evaltools.registers.simulate.careers import Careers
from evaltools.registers.simulate.people import NEVER, PARENT, People
from evaltools.registers.simulate.scenario import day_of
from evaltools.registers.simulate.setting import Calendar, Setting

EURO_AN_HOUR = 11.0
"""Gross pay of an hour of part-time work; an assumption, near the minimum wage of 2019."""
WEEKS_A_MONTH = 52 / 12
EURO_SIGMA = 0.5
SHARE_HOURS_KNOWN = 0.7
SHARE_OTHER_INCOME = 0.06
RELATION_TO_PROSPECTS = 0.3
"""Assumptions: spread of pay, share with known hours, share with another income, and the correlation of part-time
work with the hidden prospects."""

FIRST_DAY_2015, FIRST_DAY_2019 = day_of(dt.date(2015, 1, 1)), day_of(dt.date(2019, 1, 1))
"""From the first on there is a Participatiewet with its provisions; from the second on provisions have other codes."""
OTHER_KINDS = ("18", "23", "24", "31", "98")


@dataclass(frozen=True)
class PartTime:
    """Part-time work of each household's person: in turns of so many months, on and off.

    Half of a worker's months are on, so that the share of workers is twice that of those at work.

    Attributes
    ----------
    rank
        Rank of 0 to 1; the lowest work.
    is_worker, length, phase
        Whether the person takes turns, months of a turn, and where the turns are.
    euro, hours
        Pay in a usual month, and hours a week; empty where not known.
    """

    rank: np.ndarray
    is_worker: np.ndarray
    length: np.ndarray
    phase: np.ndarray
    euro: np.ndarray
    hours: np.ndarray

    def is_on(self, month: "np.typing.ArrayLike") -> np.ndarray:
        """Whether each person's turn is on in a month."""
        return np.asarray((np.asarray(month) + self.phase) % (2 * self.length) < self.length)

    def works(self, month: int) -> np.ndarray:
        """Whether each person would work in a month, if on benefit."""
        return np.asarray(self.is_worker & self.is_on(month))

    def with_workers(self, rows: np.ndarray, candidates: np.ndarray, month: int) -> Self:
        """Let exactly ``rows`` of the candidates work in a month."""
        is_worker, phase = self.is_worker.copy(), self.phase.copy()
        is_worker[candidates[self.works(month)[candidates]]] = False
        is_worker[rows] = True
        late = rows[~self.is_on(month)[rows]]
        phase[late] += self.length[late]
        return replace(self, is_worker=is_worker, phase=phase)


def draw_part_time(people: People, setting: Setting) -> PartTime:
    """Draw who works part-time, when, for how much and for how many hours."""
    rng = setting.stream("part-time")
    n = len(people)
    rho = RELATION_TO_PROSPECTS
    rank = ndtr(-(rho * people.prospects + np.sqrt(1 - rho**2) * rng.standard_normal(n)))
    euro = setting.scenario.euro_part_time * np.exp(EURO_SIGMA * rng.standard_normal(n) - EURO_SIGMA**2 / 2)
    hours = np.minimum(np.round(euro / EURO_AN_HOUR / WEEKS_A_MONTH * 2) / 2, 36)
    length = rng.integers(6, 19, n)
    return PartTime(
        rank=rank,
        is_worker=rank < 2 * setting.scenario.share_part_time,
        length=length,
        phase=np.floor(rng.random(n) * 2 * length).astype(np.int64),
        euro=euro,
        hours=np.where(rng.random(n) < SHARE_HOURS_KNOWN, hours, np.nan),
    )


def with_workplaces(part_time: PartTime, places: Mapping[str, Any], setting: Setting) -> PartTime:
    """Let who fills a workplace have its hours and pay in its months, as far as the benefit runs in them.

    Who left a workplace keeps taking turns of that length; the workplace was one of them.
    """
    filled = np.flatnonzero(places["household"] >= 0)
    rows = places["household"][filled]
    first = setting.calendar.position_of(places["filled_day"][filled])
    is_left = places["last_day"][filled] < NEVER
    last = setting.calendar.position_of(np.where(is_left, places["last_day"][filled], 0))
    is_worker, length, phase, euro, hours = (
        getattr(part_time, name).copy() for name in ("is_worker", "length", "phase", "euro", "hours")
    )
    is_worker[rows] = True
    phase[rows] = -first
    length[rows] = np.where(is_left, last - first + 1, setting.calendar.n_months)
    hours[rows] = places["hours_per_week"][filled]
    euro[rows] = hours[rows] * EURO_AN_HOUR * WEEKS_A_MONTH
    return replace(part_time, is_worker=is_worker, length=length, phase=phase, euro=euro, hours=hours)


def incomes(people: People, spells: Careers, part_time: PartTime, setting: Setting) -> dict[str, Any]:
    """Make the incomes: a row for each month in which a benefit runs on some day.

    Returns
    -------
    dict
        Columns of the table; ``household`` is a row of ``people``.
    """
    rng = setting.stream("incomes")
    months = np.arange(setting.calendar.extract_month + 1)
    workers = np.flatnonzero(part_time.is_worker)
    turns = (months[None, :] + part_time.phase[workers, None]) % (2 * part_time.length[workers, None])
    on = turns < part_time.length[workers, None]
    at, month = np.nonzero(on & _on_benefit(spells.take(workers), setting.calendar, months))
    household = workers[at]
    euro = part_time.euro[household] * (0.9 + 0.2 * rng.random(len(household)))
    has_other = np.flatnonzero(rng.random(len(people)) < SHARE_OTHER_INCOME)
    kinds = rng.choice(len(OTHER_KINDS), len(has_other), p=[0.1, 0.25, 0.15, 0.2, 0.3])
    kinds = np.where(people.household_type[has_other] == PARENT, OTHER_KINDS.index("23"), kinds)
    usual = 200 * np.exp(0.4 * rng.standard_normal(len(has_other)))
    at, other_month = np.nonzero(_on_benefit(spells.take(has_other), setting.calendar, months))
    return {
        "household": np.concatenate([household, has_other[at]]),
        "month": setting.calendar.first_day(np.concatenate([month, other_month])),
        "kind": np.concatenate([np.full(len(household), "11"), np.array(OTHER_KINDS)[kinds[at]]]),
        "euro": np.round(np.concatenate([euro, usual[at]]), 2),
        "hours_per_week": np.concatenate([part_time.hours[household], np.full(len(at), np.nan)]),
    }


def _on_benefit(spells: Careers, calendar: Calendar, months: np.ndarray) -> np.ndarray:
    begin = calendar.first_day(months)
    end = np.minimum(calendar.first_day(months + 1) - 1, calendar.extract_day)
    on = np.zeros((len(spells.first), len(months)), dtype=bool)
    for first, last in zip(spells.first.T, spells.last.T, strict=True):
        on |= (first[:, None] <= end) & (last[:, None] >= begin)
    return on


TYPES = (("01", "03", "99"), ("01", "03", "04", "06", "99"), ("23", "29", "30", "31", "59"))
"""Types of provision that are drawn, of those that begin before 2015, before 2019 and later; no others occur."""
SHARE_PROVISION, SHARE_PROVISION_PARTICIPANT = 0.12, 0.45
SHARE_SECOND = 0.35
"""Assumptions: who has a provision, and who of them has a second one beside it."""


def provisions(
    people: People, spells: Careers, is_participant: np.ndarray, from_day: np.ndarray, setting: Setting
) -> dict[str, Any]:
    """Make the provisions: one, and for some a second of another type that overlaps it.

    Parameters
    ----------
    from_day
        Day from which a participant's provision can begin: that of selection.
    """
    rng = setting.stream("provisions")
    n = len(people)
    draws = rng.random((n, 8))
    on_that_day = (spells.first <= from_day[:, None]) & (spells.last >= from_day[:, None])
    spell = np.where(is_participant, on_that_day.argmax(axis=1), 0)
    first, last = (days[np.arange(n), spell] for days in (spells.first, spells.last))
    until = last
    last = np.minimum(last, setting.calendar.extract_day)
    begins = np.maximum(first, setting.calendar.first_day(0))
    begins = np.where(is_participant, np.maximum(begins, from_day), begins)
    begins = np.where(
        is_participant, begins + np.floor(120 * draws[:, 1]), begins + np.floor(draws[:, 1] * (last - begins + 1))
    ).astype(np.int64)
    has_one = (draws[:, 0] < np.where(is_participant, SHARE_PROVISION_PARTICIPANT, SHARE_PROVISION)) & (begins <= last)
    lasts = np.floor(60 + 300 * draws[:, 2]).astype(np.int64)
    one = np.flatnonzero(has_one)
    second_begins = begins + np.floor(0.8 * lasts * draws[:, 3]).astype(np.int64)
    two = np.flatnonzero(has_one & (draws[:, 4] < SHARE_SECOND) & (second_begins <= last))
    household = np.concatenate([one, two])
    first_day = np.concatenate([begins[one], second_begins[two]])
    planned = first_day + lasts[household]
    ends_with = np.minimum(planned, until[household])
    is_running = ends_with > setting.calendar.extract_day
    era = np.searchsorted([FIRST_DAY_2015, FIRST_DAY_2019], first_day, side="right")
    n_types = np.array([len(types) for types in TYPES])[era]
    pick = np.floor(n_types * draws[household, 5])
    another = (pick + 1 + np.floor((n_types - 1) * draws[household, 6])) % n_types
    pick = np.where(np.arange(len(household)) < len(one), pick, another).astype(np.int64)
    listed = np.concatenate(TYPES)
    begins_at = np.cumsum([0, *map(len, TYPES)])
    ended_early = np.where(ends_with < planned, np.where(draws[household, 7] < 0.2, "3", "2"), "1")
    return {
        "household": household,
        "provision_type": listed[begins_at[era] + pick],
        "code_set": np.where(first_day < FIRST_DAY_2019, "2015", "2019"),
        "first_day": first_day,
        "last_day": np.where(is_running, NEVER, ends_with),
        "end_reason": np.where(is_running, "", ended_early),
    }
