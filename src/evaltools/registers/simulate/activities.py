"""What a programme does beside trajectories: visits to households, and workplaces that employers offer."""

from typing import Any

import numpy as np

from evaltools.registers.simulate.extract import Extract
from evaltools.registers.simulate.people import NEVER
from evaltools.registers.simulate.selection import Chosen
from evaltools.registers.simulate.setting import Setting
from evaltools.registers.simulate.trajectories import first_end_after

SECTORS = ("bouw", "detailhandel", "groen", "horeca", "industrie", "logistiek", "schoonmaak", "zorg")
MEAN_PROFESSIONALS, MEAN_NEEDS = 5.0, 3.5
FALL_A_VISIT = 0.8
"""Assumptions: professionals and needs of a household at the first visit, and what is left of them at each next one."""
SHARE_FILLED = 0.7
SHARE_KEPT = 0.5
"""Assumptions: workplaces that somebody fills, and those that are still filled at the extract."""


def visits(chosen: Chosen, households: np.ndarray, setting: Setting) -> dict[str, Any]:
    """Make the visits to some households: one to five each, in which professionals and needs get fewer."""
    rng = setting.stream("visits", chosen.group.programme)
    n = len(households)
    n_visits = rng.integers(1, 6, n)
    at = np.repeat(np.arange(n), n_visits)
    number = np.arange(len(at)) - np.repeat(np.cumsum(n_visits) - n_visits, n_visits)
    start = chosen.day[households]
    day = start[at] + number * 45 + rng.integers(0, 30, len(at))
    seen = (day <= setting.calendar.extract_day) | (number == 0)
    left = FALL_A_VISIT**number
    professionals = 1 + rng.poisson((MEAN_PROFESSIONALS - 1) * left)
    needs = rng.poisson(MEAN_NEEDS * left)
    return {
        "household": households[at][seen],
        "programme": chosen.group.programme,
        "day": np.minimum(day, setting.calendar.extract_day)[seen],
        "n_professionals": np.minimum(professionals, 100)[seen],
        "n_needs": np.minimum(needs, 50)[seen],
    }


def placements(chosen: Chosen, shown: Extract, setting: Setting) -> dict[str, Any]:
    """Make the workplaces: one or two of each employer, of which participants fill some.

    Returns
    -------
    dict
        Columns of the table; ``household`` is -1 and ``filled_day`` `NEVER` for a place that nobody fills.
    """
    group = chosen.group
    rng = setting.stream("placements", group.programme)
    employer = np.repeat(np.arange(group.n_employers), rng.integers(1, 3, group.n_employers))
    n = len(employer)
    begin = int(setting.calendar.first_day(group.first_month))
    offered = begin + rng.integers(0, max(group.count_day - begin, 1), n)
    household = np.full(n, -1)
    rows = rng.permutation(chosen.participants)[: int(SHARE_FILLED * n)]
    household[: len(rows)] = rows
    filled = offered + rng.integers(7, 91, n)
    filled = np.where(household >= 0, np.maximum(filled, chosen.day[household] + 7), NEVER)
    filled = np.where(
        filled <= np.minimum(setting.calendar.extract_day, _leaves(chosen, shown, household)), filled, NEVER
    )
    household = np.where(filled < NEVER, household, -1)
    last = filled + rng.integers(30, 400, n)
    is_kept = (rng.random(n) < SHARE_KEPT) | (last > setting.calendar.extract_day) | (filled >= NEVER)
    return {
        "programme": group.programme,
        "employer": employer,
        "sector": np.array(SECTORS)[rng.integers(0, len(SECTORS), group.n_employers)][employer],
        "hours_per_week": rng.choice([8.0, 10, 12, 16, 20, 24, 32], n, p=[0.15, 0.2, 0.2, 0.2, 0.1, 0.1, 0.05]),
        "offered_day": offered,
        "filled_day": filled,
        "household": household,
        "last_day": np.where(is_kept, NEVER, last),
    }


def _leaves(chosen: Chosen, shown: Extract, household: np.ndarray) -> np.ndarray:
    rows = np.maximum(household, 0)
    return first_end_after(shown, rows, chosen.day[rows])
