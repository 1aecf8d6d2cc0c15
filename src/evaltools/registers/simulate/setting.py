"""Where and when a simulation plays: its calendar, its chance, and both together with the scenario."""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evaltools.registers.simulate.scenario import Scenario

OUTFLOW_BY_QUARTER = ((24690, 24270, 29120, 21910), (22090, 24780, 29070, 22100))
"""Persons who left bijstand in each quarter of 2019 and of 2021 (CBS, StatLine 82662NED).

The year of the first lockdown lies between them and is left out.
"""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The months that the simulation steps through; days are counted from 1970-01-01.

    Attributes
    ----------
    first_month
        Months from January 1970 to the first one.
    n_months
        Months that are simulated; they go on after the extract, so that the truth is known there.
    extract_day
        The day after which the register knows nothing.
    """

    first_month: int
    n_months: int
    extract_day: int

    @property
    def extract_month(self) -> int:
        """Position of the month of the extract."""
        return int(self.position_of(np.array(self.extract_day)))

    def first_day(self, position: ArrayLike) -> np.ndarray:
        """First day of months, by position; a position may lie before the first month."""
        months = (np.asarray(position) + self.first_month).astype("datetime64[M]")
        return np.asarray(months.astype("datetime64[D]").astype(np.int64))

    def n_days(self, position: ArrayLike) -> np.ndarray:
        """Count the days of months, by position."""
        return np.asarray(self.first_day(np.asarray(position) + 1) - self.first_day(position))

    def day_in(self, position: ArrayLike, uniform: np.ndarray) -> np.ndarray:
        """Pick a day of months, by a number of 0 to 1 for each."""
        return np.asarray(self.first_day(position) + np.floor(uniform * self.n_days(position)).astype(np.int64))

    def position_of(self, day: np.ndarray) -> np.ndarray:
        """Position of the month that a day lies in."""
        months = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        return np.asarray(months - self.first_month)

    def season(self) -> np.ndarray:
        """Factor of the exit hazard in each month: outflow of its quarter over that of a mean quarter."""
        mean = np.array(OUTFLOW_BY_QUARTER).mean(axis=0)
        months = np.arange(self.first_month, self.first_month + self.n_months)
        return np.asarray((mean / mean.mean())[months % 12 // 3])


def stream(seed: int, *names: str) -> np.random.Generator:
    """Make the generator of one part of a simulation, so that no part changes the draws of another.

    Examples
    --------
    >>> bool(stream(1, "a").random() == stream(1, "a").random())
    True
    >>> bool(stream(1, "a").random() == stream(1, "b").random())
    False
    """
    return np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])


NEIGHBOURHOODS = tuple(f"buurt {number}" for number in range(1, 9))
"""Names of the neighbourhoods, where no programme names any."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What calibration adds to the log hazards of work and of other exits."""

    work: float = 0.0
    other: float = 0.0


NO_SHIFT = Shift()


@dataclass(frozen=True, slots=True)
class Setting:
    """One municipality to simulate.

    Attributes
    ----------
    place
        Its code; municipalities with one seed differ.
    shift
        What calibration adds for everybody in it, in every world.
    shift_month
        Position of the month from which it does: the first in which a programme selects.
    neighbourhoods
        Names of its neighbourhoods.
    """

    scenario: Scenario
    calendar: Calendar
    place: str
    shift: Shift = NO_SHIFT
    shift_month: int = 0
    neighbourhoods: tuple[str, ...] = NEIGHBOURHOODS

    def stream(self, *names: str) -> np.random.Generator:
        """Make the generator of one part of this simulation."""
        return stream(self.scenario.seed, self.place, *names)
