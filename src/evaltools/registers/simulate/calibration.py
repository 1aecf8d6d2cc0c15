"""Make a simulated register give the published counts, to the person.

Chance is drawn once, so that each count is a step function of one number that goes up or
down by one at a time. The number is found by halving; the model keeps its structure, and
both worlds of a person get the same number. Exits are moved by `shifts`; here is the rest.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from evaltools.programmes import Claim, Outcome, Precision
from evaltools.programmes.claims import POPULATION
from evaltools.registers.simulate.beside import PartTime
from evaltools.registers.simulate.careers import REASONS, WORK, Careers
from evaltools.registers.simulate.counting import RUNGS_BIG_STEP
from evaltools.registers.simulate.setting import Setting
from evaltools.registers.simulate.trajectories import KINDS, Ladder, Trajectories
from evaltools.registers.stages import STATUS_RANK

WIDEST = 8.0
"""Log hazards, and rungs, are moved by at most so much."""
MOST_HALVINGS = 60

EDUCATION = REASONS.index("01")


def wanted(n: int, precision: Precision) -> int:
    """Count that stands for a published one: "bijna" and "ruim" are taken as 1% below and above it.

    Examples
    --------
    >>> wanted(108, "exact"), wanted(1000, "at_most"), wanted(300, "at_least"), wanted(5, "at_most")
    (108, 990, 303, 4)
    """
    away = max(1, round(n / 100))
    return n + {"at_most": -away, "at_least": away}.get(precision, 0)


def wanted_of(claim: Claim, outcome: Outcome) -> int:
    """Count that stands for a published outcome.

    A share that is "bijna" is the largest count not above it, "ruim" the smallest not
    below it; another share is the nearest count.
    """
    if outcome.n is not None:
        return wanted(outcome.n, outcome.precision)
    of = outcome.of or outcome.within
    whole = claim.population.n if of == POPULATION and claim.population else wanted_of(claim, claim.outcome(of))
    part = (outcome.share or 0) * whole
    # A product of decimals may lie a rounding above or below the whole number that it is.
    match outcome.precision:
        case "at_most":
            return math.floor(part + 1e-9)
        case "at_least":
            return math.ceil(part - 1e-9)
        case _:
            return math.floor(part + 0.5)


def halve(count: Callable[[float], int], goal: int) -> float:
    """Find where a count that rises by one at a time is ``goal``; the last place below it where it never is.

    Examples
    --------
    >>> halve(lambda at: int(10 * at), 25)
    2.5
    """
    low, high = -WIDEST, WIDEST
    for _ in range(MOST_HALVINGS):
        middle = (low + high) / 2
        found = count(middle)
        if found == goal:
            return middle
        low, high = (middle, high) if found < goal else (low, middle)
    return low


class Members:
    """Which participants are in which published group, while the groups are filled one by one."""

    def __init__(self, claim: Claim, shown: Careers, day: int) -> None:
        """Begin with the groups that the benefits make."""
        is_off = ~shown.runs_on(day)
        reason = shown.last_reason(day)
        self.claim = claim
        self.is_off = is_off
        self.studies = is_off & (reason == EDUCATION)
        by_kind = {"exit": is_off, "still_on_benefit": ~is_off, "work_exit": is_off & np.isin(reason, WORK)}
        self.masks = {outcome.name: by_kind[outcome.kind] for outcome in claim.outcomes if outcome.kind in by_kind}

    def outcomes(self, kind: str) -> Sequence[Outcome]:
        """List the published outcomes of a kind."""
        return [outcome for outcome in self.claim.outcomes if outcome.kind == kind]

    def whole(self, outcome: Outcome) -> np.ndarray:
        """Who is in the whole that an outcome is a part of."""
        inside = np.ones(len(self.is_off), dtype=bool)
        name = outcome.within
        while name != POPULATION:
            inside &= self.masks.get(name, inside)
            name = self.claim.outcome(name).within
        return inside


def fill_part_time(members: Members, part_time: PartTime, rows: np.ndarray, month: int) -> PartTime:
    """Let as many participants work part-time in the month of the count as was published: the first by rank."""
    for outcome in members.outcomes("part_time_work")[:1]:
        candidates = np.flatnonzero(members.whole(outcome) & ~members.is_off)
        late = ~part_time.is_on(month)[rows[candidates]]
        order = candidates[np.lexsort((part_time.rank[rows[candidates]], late))]
        picked = order[: wanted_of(members.claim, outcome)]
        part_time = part_time.with_workers(rows[picked], rows[candidates], month)
        members.masks[outcome.name] = np.isin(np.arange(len(rows)), picked)
    return part_time


def fill_trajectories(members: Members, trajectories: Trajectories, day: int, setting: Setting) -> Trajectories:
    """Let as many trajectories run, and be about participation, care or education, as was published.

    Those on benefit come first, and of them those who had begun. Membership is drawn group
    by group: the groups overlap as chance and their counts make them.
    """
    n = len(trajectories.rows)
    rng = setting.stream("groups", trajectories.programme)
    begun = trajectories.first <= day
    runs = takes_part = learns = np.zeros(n, dtype=bool)
    outside = np.ones(n, dtype=bool)
    for outcome in members.outcomes("trajectory")[:1]:
        whole = members.whole(outcome)
        # Who has no benefit after the day can go on in aftercare alone.
        order = (rng.random(n), trajectories.furthest < STATUS_RANK["started"], trajectories.latest <= day)
        runs = _first_of(whole, order, wanted_of(members.claim, outcome))
        outside, begun = ~whole, begun | runs
        members.masks[outcome.name] = runs
    for outcome in members.outcomes("participation")[:1]:
        n_wanted = wanted_of(members.claim, outcome)
        takes_part = _first_of(members.whole(outcome), (rng.random(n), ~begun), n_wanted)
    for outcome in members.outcomes("education")[:1]:
        whole = members.whole(outcome)
        n_more = max(wanted_of(members.claim, outcome) - int((members.studies & whole).sum()), 0)
        learns = _first_of(whole & ~members.studies & ~takes_part, (rng.random(n), ~begun), n_more)
    extract_day = setting.calendar.extract_day
    trajectories = trajectories.with_begun(takes_part | learns, day, extract_day)
    trajectories = trajectories.with_running(runs | (outside & trajectories.runs_on(day)), day, extract_day)
    kind = trajectories.kind.copy()
    for outcome in members.outcomes("participation")[:1]:
        kind[members.whole(outcome) & (kind >= 0)] = KINDS.index("work")
    for outcome in members.outcomes("education")[:1]:
        kind[members.whole(outcome) & (kind == KINDS.index("education"))] = KINDS.index("work")
    about = np.where(rng.random(n) < 2 / 3, KINDS.index("participation"), KINDS.index("care"))
    kind = np.where(takes_part, about, np.where(learns, KINDS.index("education"), kind))
    return replace(trajectories, kind=kind)


def _first_of(whole: np.ndarray, order: tuple[np.ndarray, ...], n_picked: int) -> np.ndarray:
    """Pick so many of a whole (a mask): the first in an order, of which the last key counts most."""
    candidates = np.flatnonzero(whole)
    candidates = candidates[np.lexsort(tuple(key[candidates] for key in order))]
    return np.isin(np.arange(len(whole)), candidates[:n_picked])


def find_growth(claim: Claim, ladder: Ladder, moved: float) -> float:
    """Find the rungs of growth with which as many take a big step as was published."""
    for outcome in claim.outcomes:
        if outcome.kind == "ladder_step":
            return halve(
                lambda growth: int((ladder.step(moved + growth) >= RUNGS_BIG_STEP).sum()),
                wanted_of(claim, outcome),
            )
    return 0.0
