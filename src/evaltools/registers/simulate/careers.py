"""How benefits end and begin again, month by month, in a world with or without a programme.

Two clocks run in a spell: the cumulative hazard of an exit to work and that of any other
exit. The first to reach its draw ends the spell. A programme changes how fast the clock of
work runs, never the draw: the two worlds of a person differ by the programme alone.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from evaltools.registers.codes import EXIT_REASON
from evaltools.registers.simulate.people import LONGEST_MONTHS, NEVER, People
from evaltools.registers.simulate.scenario import MOST_SPELLS, monthly_relapse, relapse_factor
from evaltools.registers.simulate.setting import Setting

REASONS = tuple(EXIT_REASON.by_code)
"""Exit reasons; a reason is its position here."""

AOW = REASONS.index("03")
PARTNER = REASONS.index("97")
WORK = (REASONS.index("11"), REASONS.index("13"))
SHARE_EMPLOYED = 0.94
"""Of exits to work, those to a job; the others become self-employed. An assumption."""

BANDS = (27 * 12, 50 * 12)
"""Ages in months at which the other reasons have other weights."""

OTHER_REASONS = {
    "01": (22, 3, 0), "02": (12, 14, 12), "04": (0.5, 2, 10), "05": (4, 3, 1), "06": (3, 0, 0), "07": (2, 3, 3),
    "14": (2, 4, 3), "15": (3, 6, 11), "17": (1, 2, 2), "18": (1, 3, 8), "19": (6, 8, 12), "31": (18, 18, 14),
    "32": (10, 10, 6), "33": (3, 4, 4), "34": (6, 6, 4), "35": (4, 3, 2), "98": (12, 16, 12),
}  # fmt: skip
"""Weights of the reasons of an exit that is not to work, by age: under 27, under 50, older.

Assumptions; with them the groups of reasons and what was published of their relapse make up
that of all exits.
"""

SHARE_BY_PARTNER = 0.15
"""Of such exits of a couple, those that the partner brings about. An assumption."""

DOES_NOT_COME_BACK = ("03", "04", "32", "33")
"""AOW, death and moves: who leaves so is not seen in this register again."""


@dataclass(frozen=True)
class Careers:
    """Spells on benefit by household and number of the spell; `NEVER` where there is none or no end.

    Attributes
    ----------
    first, last
        First and last day of each spell.
    reason
        Position in `REASONS`; -1 while it runs.
    """

    first: np.ndarray
    last: np.ndarray
    reason: np.ndarray

    def take(self, rows: np.ndarray) -> Self:
        """Keep some households."""
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def with_rows(self, rows: np.ndarray, other: Self) -> Self:
        """Put the careers of another world in the place of some."""
        made = {field.name: getattr(self, field.name).copy() for field in fields(self)}
        for name, values in made.items():
            values[rows] = getattr(other, name)
        return type(self)(**made)

    def runs_on(self, day: np.ndarray | int) -> np.ndarray:
        """Whether a benefit runs on a day, the same or one for each household."""
        days = np.broadcast_to(np.asarray(day), len(self.first))[:, None]
        return np.asarray(((self.first <= days) & (self.last >= days)).any(axis=1))

    def last_reason(self, day: int) -> np.ndarray:
        """Reason of the last end before a day; -1 for none."""
        n_ended = (self.last < day).sum(axis=1)
        reasons = np.take_along_axis(self.reason, np.maximum(n_ended - 1, 0)[:, None], axis=1)[:, 0]
        return np.where(n_ended > 0, reasons, -1)


@dataclass(frozen=True)
class Influence:
    """What changes hazards from the month after selection, by household.

    Attributes
    ----------
    month
        Position of the month of selection; `NEVER` for none.
    is_treated
        Whether the programme has its effect.
    shift_work, shift_other
        Added to the log hazards in both worlds, treated or not, beside the shift of the
        setting: what calibration moves for the participants of a second programme.
    """

    month: np.ndarray
    is_treated: np.ndarray
    shift_work: np.ndarray
    shift_other: np.ndarray

    @classmethod
    def none(cls, n: int) -> Self:
        """Nobody is selected."""
        return cls(np.full(n, NEVER), np.zeros(n, dtype=bool), np.zeros(n), np.zeros(n))


class _World:
    """The state of every household while the months go by."""

    def __init__(self, people: People, setting: Setting, influence: Influence) -> None:
        n = len(people)
        self.people, self.calendar, self.influence = people, setting.calendar, influence
        self.first = np.full((n, MOST_SPELLS), NEVER, dtype=np.int64)
        self.last = self.first.copy()
        self.reason = np.full((n, MOST_SPELLS), -1, dtype=np.int8)
        self.is_on = people.begin_month < 0
        self.first[self.is_on, 0] = people.begin_day[self.is_on]
        self.changed = people.begin_month.copy()
        self.spell = np.zeros(n, dtype=np.int64)
        self.can_return = np.zeros(n, dtype=bool)
        self.clock_work, self.clock_other, self.clock_back = np.zeros(n), np.zeros(n), np.zeros(n)
        self.back_factor = np.ones(n)
        is_shifted = np.arange(setting.calendar.n_months) >= setting.shift_month
        self.rate_work = setting.scenario.hazard_work * np.exp(people.log_work)
        self.hazard_other = setting.scenario.hazard_other
        self.times_work, self.times_other = (
            np.where(is_shifted, np.exp(shift), 1.0) for shift in (setting.shift.work, setting.shift.other)
        )
        months = np.arange(LONGEST_MONTHS + setting.calendar.n_months + 1)
        self.wears = (1 + months / 12) ** -setting.scenario.duration_dependence
        self.season = setting.calendar.season()
        self.effects = np.exp([setting.scenario.lock_in, setting.scenario.effect])
        self.months_lock_in = setting.scenario.months_lock_in
        self.back_hazard = monthly_relapse(setting.scenario)
        self.back_factors = np.array([relapse_factor(EXIT_REASON.group_of(code)) for code in REASONS])
        self.comes_back = np.array([code not in DOES_NOT_COME_BACK for code in REASONS])
        self.cumulative = _cumulative_weights()

    def step(self, month: int) -> None:
        self._reach_aow(month)
        self._leave(month)
        self._return(month)
        begins = self.people.begin_month == month
        self.first[begins, 0] = self.people.begin_day[begins]
        self.is_on |= begins

    def _reach_aow(self, month: int) -> None:
        rows = np.flatnonzero(self.is_on & (self.people.aow_month <= month) & (self.changed < month))
        self._end(rows, np.full(len(rows), AOW), month)

    def _leave(self, month: int) -> None:
        rows = np.flatnonzero(self.is_on & (self.changed < month))
        base = self.wears[np.minimum(month - self.changed[rows], len(self.wears) - 1)] * self.season[month]
        work = self.rate_work[rows] * base * self.times_work[month]
        other = self.hazard_other * base * self.times_other[month]
        since = month - self.influence.month[rows]
        after = np.flatnonzero(since > 0)
        at = rows[after]
        effect = np.where(
            self.influence.is_treated[at], self.effects[(since[after] > self.months_lock_in).astype(int)], 1.0
        )
        work[after] *= effect * np.exp(self.influence.shift_work[at])
        other[after] *= np.exp(self.influence.shift_other[at])
        spell = self.spell[rows]
        # A share of this month's hazard above 1 means that the draw is not reached.
        part_work = _part(self.people.draw_work[rows, spell] - self.clock_work[rows], work)
        part_other = _part(self.people.draw_other[rows, spell] - self.clock_other[rows], other)
        self.clock_work[rows] += work
        self.clock_other[rows] += other
        to_work = (part_work <= 1) & (part_work <= part_other)
        leaves = to_work | (part_other <= 1)
        at, to_work = rows[leaves], to_work[leaves]
        self._end(at, np.where(to_work, self._work_reasons(at), self._other_reasons(at, month)), month)

    def _work_reasons(self, rows: np.ndarray) -> np.ndarray:
        draw = self.people.draw_reason[rows, self.spell[rows]]
        return np.where(draw < SHARE_EMPLOYED, *WORK)

    def _other_reasons(self, rows: np.ndarray, month: int) -> np.ndarray:
        draw = self.people.draw_reason[rows, self.spell[rows]]
        by_partner = self.people.is_couple[rows] & (draw < SHARE_BY_PARTNER)
        draw = np.where(self.people.is_couple[rows], (draw - SHARE_BY_PARTNER) / (1 - SHARE_BY_PARTNER), draw)
        band = np.searchsorted(BANDS, month - self.people.birth_month[rows], side="right")
        picked = (self.cumulative[band] <= draw[:, None]).sum(axis=1)
        return np.where(by_partner, PARTNER, picked)

    def _end(self, rows: np.ndarray, reason: np.ndarray, month: int) -> None:
        spell = self.spell[rows]
        self.last[rows, spell] = self.calendar.day_in(month, self.people.draw_end[rows, spell])
        self.reason[rows, spell] = reason
        self.is_on[rows] = False
        self.changed[rows] = month
        self.clock_back[rows] = 0
        self.back_factor[rows] = self.back_factors[reason]
        self.can_return[rows] = self.comes_back[reason] & (spell + 1 < MOST_SPELLS)

    def _return(self, month: int) -> None:
        rows = np.flatnonzero(~self.is_on & self.can_return & (self.changed < month) & (self.people.aow_month > month))
        hazard = self.back_hazard[np.minimum(month - self.changed[rows], len(self.back_hazard) - 1)]
        self.clock_back[rows] += hazard * self.back_factor[rows]
        rows = rows[self.clock_back[rows] >= self.people.draw_back[rows, self.spell[rows]]]
        self.spell[rows] += 1
        spell = self.spell[rows]
        self.first[rows, spell] = self.calendar.day_in(month, self.people.draw_begin[rows, spell])
        self.is_on[rows] = True
        self.changed[rows] = month
        self.clock_work[rows] = 0
        self.clock_other[rows] = 0


def live(people: People, setting: Setting, influence: Influence, n_months: int | None = None) -> Careers:
    """Let the months go by, and keep every spell.

    Parameters
    ----------
    n_months
        Stop after so many; all of the calendar by default.
    """
    world = _World(people, setting, influence)
    for month in range(setting.calendar.n_months if n_months is None else min(n_months, setting.calendar.n_months)):
        world.step(month)
    return Careers(world.first, world.last, world.reason)


def _part(left: np.ndarray, hazard: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(left, hazard, out=np.full(len(left), np.inf), where=hazard > 0))


def _cumulative_weights() -> np.ndarray:
    weights = np.zeros((len(BANDS) + 1, len(REASONS)))
    for code, by_band in OTHER_REASONS.items():
        weights[:, REASONS.index(code)] = by_band
    cumulative = np.cumsum(weights, axis=1) / weights.sum(axis=1)[:, None]
    # Rounding must not leave a gap below 1, behind the last reason.
    cumulative[:, REASONS.index("98") :] = np.inf
    return np.asarray(cumulative)
