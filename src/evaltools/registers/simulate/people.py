"""Who lives in the municipality: what the register shows of them, and what it does not."""

import datetime as dt
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from evaltools.registers.simulate.scenario import MOST_SPELLS, month_of
from evaltools.registers.simulate.setting import Setting

NEVER = 2**30
"""A day or month that does not come."""

SINGLE, PARENT, COUPLE, OTHER = range(4)
"""Positions of the household types in their code list."""

SHARE_OF_HOUSEHOLDS = (0.62, 0.20, 0.08, 0.10)
"""Households by type; an assumption."""

AOW_MONTHS_BEFORE, AOW_MONTHS_SINCE, AOW_RISES = 65 * 12, 66 * 12 + 4, month_of(dt.date(2013, 1, 1))
"""Age at which AOW begins, in months: 65 years before 2013, and that of 2019 to 2021 ever after.

An assumption: the steps between them are left out.
"""

LONGEST_MONTHS = 360
"""Nobody is longer on benefit than this when the register begins."""


@dataclass(frozen=True)
class People:
    """The person of each household whose benefit is followed; a partner, who is not older, shares it.

    Every array has one row per household. Those that begin with ``draw_`` are the chance
    of the simulation: the worlds with and without the programme have the same.

    Attributes
    ----------
    birth_month
        Position of the month of birth in the calendar; negative.
    household_type
        Position in the code list.
    origin_status
        0 a status holder, 1 not.
    scheme
        0 algemene bijstand, 1 IOAW, 2 IOAZ.
    exemption
        Position in the code list; 0 for none.
    prospects
        Hidden prospects in standard deviations: what a coach sees and the register does not.
    log_work
        Logarithm of the hazard ratio of exits to work, by all of the above.
    begin_month, begin_day
        When the first benefit of the register began; the month is a position.
    aow_month
        Position of the month in which AOW begins.
    draw_work, draw_other, draw_back
        Cumulative hazard, of standard exponential law, at which each spell ends for work or
        otherwise, and each absence ends.
    draw_reason, draw_end, draw_begin, draw_lag_end, draw_lag_begin
        Chance of the reason, the day in the month, and the lag of registration (standard normal).
    """

    birth_month: np.ndarray
    sex: np.ndarray
    household_type: np.ndarray
    origin_status: np.ndarray
    neighbourhood: np.ndarray
    scheme: np.ndarray
    exemption: np.ndarray
    prospects: np.ndarray
    log_work: np.ndarray
    begin_month: np.ndarray
    begin_day: np.ndarray
    aow_month: np.ndarray
    draw_work: np.ndarray
    draw_other: np.ndarray
    draw_back: np.ndarray
    draw_reason: np.ndarray
    draw_end: np.ndarray
    draw_begin: np.ndarray
    draw_lag_end: np.ndarray
    draw_lag_begin: np.ndarray

    def __len__(self) -> int:
        return len(self.prospects)

    def take(self, rows: np.ndarray) -> Self:
        """Keep some households, in the order of ``rows``."""
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    @property
    def is_couple(self) -> np.ndarray:
        """Whether a partner shares the benefit."""
        return np.asarray(self.household_type == COUPLE)


def draw_people(setting: Setting) -> People:
    """Draw the households of a municipality, ``n_persons`` persons in all."""
    rng = setting.stream("people")
    household_type = _household_types(rng, setting.scenario.n_persons)
    n = len(household_type)
    begin_month = _begin_months(rng, n, setting)
    seen_from = np.maximum(begin_month, 0)
    rises = AOW_RISES - setting.calendar.first_month
    oldest = np.where(seen_from < rises, AOW_MONTHS_BEFORE, AOW_MONTHS_SINCE)
    age_months = np.floor(12 * (18 + (oldest / 12 - 18) * rng.beta(1.4, 1.5, n))).astype(np.int64)
    birth_month = seen_from - age_months
    begin_month = np.maximum(begin_month, birth_month + 18 * 12)
    age = age_months / 12
    is_older = age >= 50
    older_scheme = rng.choice(3, n, p=[0.90, 0.085, 0.015])
    sex = rng.integers(0, 2, n)
    sex = np.where((household_type == PARENT) & (rng.random(n) < 0.8), 1, sex)
    origin_status = (rng.random(n) >= 0.15).astype(np.int64)
    exemption = np.where(rng.random(n) < setting.scenario.share_exempt, rng.choice([1, 2, 3], n, p=[0.5, 0.4, 0.1]), 0)
    prospects = rng.standard_normal(n)
    scheme = np.where(is_older, older_scheme, 0)
    log_work = (
        setting.scenario.prospects_sd * prospects
        - 0.25 * (age - 42) / 10
        - 0.2 * (household_type == PARENT)
        - 0.1 * (sex == 1)
        - 0.3 * (origin_status == 0)
        - 0.3 * (scheme > 0)
        - 1.0 * (exemption > 0)
    )
    shape = (n, MOST_SPELLS)
    draw_begin = rng.random(shape)
    begin_day = setting.calendar.day_in(begin_month, draw_begin[:, 0])
    return People(
        birth_month=birth_month,
        sex=sex,
        household_type=household_type,
        origin_status=origin_status,
        neighbourhood=rng.integers(0, len(setting.neighbourhoods), n),
        scheme=scheme,
        exemption=exemption,
        prospects=prospects,
        log_work=log_work,
        begin_month=begin_month,
        begin_day=begin_day,
        aow_month=birth_month + np.where(birth_month + AOW_MONTHS_BEFORE < rises, AOW_MONTHS_BEFORE, AOW_MONTHS_SINCE),
        draw_work=rng.standard_exponential(shape),
        draw_other=rng.standard_exponential(shape),
        draw_back=rng.standard_exponential(shape),
        draw_reason=rng.random(shape),
        draw_end=rng.random(shape),
        draw_begin=draw_begin,
        draw_lag_end=rng.standard_normal(shape),
        draw_lag_begin=rng.standard_normal(shape),
    )


def _household_types(rng: np.random.Generator, n_persons: int) -> np.ndarray:
    """Draw types until the persons are used up; a couple takes two."""
    drawn = rng.choice(4, n_persons, p=SHARE_OF_HOUSEHOLDS)
    persons = np.cumsum(1 + (drawn == COUPLE))
    types = drawn[persons <= n_persons]
    left = n_persons - (persons[len(types) - 1] if len(types) else 0)
    return np.concatenate([types, np.full(left, SINGLE)])


def _begin_months(rng: np.random.Generator, n: int, setting: Setting) -> np.ndarray:
    """Draw when each first benefit began: before the register, as long ago as benefits last, or evenly within it."""
    years = setting.calendar.extract_month / 12
    is_stock = rng.random(n) < 1 / (1 + setting.scenario.share_inflow * years)
    months = np.arange(LONGEST_MONTHS)
    hazard = (setting.scenario.hazard_work + setting.scenario.hazard_other) * (
        1 + months / 12
    ) ** -setting.scenario.duration_dependence
    lasts = np.exp(-np.cumsum(hazard))
    ago = 1 + rng.choice(LONGEST_MONTHS, n, p=lasts / lasts.sum())
    return np.where(is_stock, -ago, rng.integers(0, setting.calendar.extract_month, n))
