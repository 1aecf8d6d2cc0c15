"""Make a simulated register give the published counts, to the person.

Chance is drawn once, so that each count is a step function of one number that goes up or
down by one at a time. The number is found by halving; the model keeps its structure, and
both worlds of a person get the same number.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from evaltools.programmes import Claim, Outcome, Precision
from evaltools.programmes.claims import POPULATION
from evaltools.registers.simulate.beside import PartTime
from evaltools.registers.simulate.careers import REASONS, WORK, Careers, live
from evaltools.registers.simulate.counting import HOURS_PAID_JOB, RUNGS_BIG_STEP, STATUS_RANK
from evaltools.registers.simulate.extract import Extract, extract
from evaltools.registers.simulate.people import People
from evaltools.registers.simulate.selection import Chosen
from evaltools.registers.simulate.setting import Setting
from evaltools.registers.simulate.trajectories import KINDS, Ladder, Trajectories

WIDEST = 8.0
"""The log hazards are shifted by at most so much."""
MOST_HALVINGS = 60
MOST_ROUNDS = 12
MOST_TRIES = 400
NEAR = 0.03
"""Where halving in turns does not meet both counts, so many pairs are tried, so near to where it ended."""

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


@dataclass(frozen=True, slots=True)
class Targets:
    """Counts to reach, by kind of outcome; None where nothing was published."""

    off: int | None
    to_work: int | None
    paid_job: int | None

    @classmethod
    def of(cls, claim: Claim) -> "Targets":
        """Read them from a claim."""
        by_kind = {outcome.kind: wanted_of(claim, outcome) for outcome in reversed(claim.outcomes)}
        off = by_kind.get("exit")
        if off is None and "still_on_benefit" in by_kind and claim.population:
            off = claim.population.n - by_kind["still_on_benefit"]
        return cls(off, by_kind.get("work_exit"), by_kind.get("paid_job"))


def find_shifts(
    people: People, chosen: Chosen, part_time: PartTime, claim: Claim, setting: Setting
) -> tuple[float, float]:
    """Find what to add to the log hazards of work and of other exits, so that the counts of exits come out.

    They are added for everybody eligible, in both worlds; the counts are those of the
    participants, in the world with the programme, as the extract shows them.
    """
    rows = chosen.participants
    targets = Targets.of(claim)
    own = people.take(rows)
    day = chosen.group.count_day
    month = int(setting.calendar.position_of(np.array(day)))
    has_job = (part_time.works(month) & (part_time.hours >= HOURS_PAID_JOB))[rows]

    def counts(work: float, other: float) -> tuple[int, int, int]:
        influence = chosen.influence(rows, is_treated=True, shift_work=work, shift_other=other)
        careers = live(own, setting, influence, n_months=month + 1)
        is_off, to_work = _off(extract(careers, own, setting), day)
        return int(is_off.sum()), int(to_work.sum()), int((to_work | (~is_off & has_job)).sum())

    def work_count(other: float, work: float) -> int:
        _, to_work, job = counts(work, other)
        return to_work if targets.to_work is not None else job

    def other_count(work: float, other: float) -> int:
        off, to_work, _ = counts(work, other)
        return off - to_work if targets.to_work is not None else off

    goal_work = targets.to_work if targets.to_work is not None else targets.paid_job
    goal_other = targets.off - (targets.to_work or 0) if targets.off is not None else None
    work = other = 0.0
    for _ in range(MOST_ROUNDS):
        if goal_work is not None:
            work = _halve(partial(work_count, other), goal_work)
        if goal_other is not None:
            other = _halve(partial(other_count, work), goal_other)
        if goal_work is None or goal_other is None or work_count(other, work) == goal_work:
            return work, other
    rng = setting.stream("calibration", chosen.group.programme)
    for step in rng.normal(0, NEAR, (MOST_TRIES, 2)):
        near_work, near_other = work + float(step[0]), other + float(step[1])
        if work_count(near_other, near_work) == goal_work and other_count(near_work, near_other) == goal_other:
            return near_work, near_other
    return work, other


def _halve(count: Callable[[float], int], goal: int) -> float:
    """Find where a count that rises by one at a time is ``goal``; the end that comes nearest where it never is."""
    low, high = -WIDEST, WIDEST
    for _ in range(MOST_HALVINGS):
        middle = (low + high) / 2
        found = count(middle)
        if found == goal:
            return middle
        low, high = (middle, high) if found < goal else (low, middle)
    return (low + high) / 2


def _off(shown: Extract, day: int) -> tuple[np.ndarray, np.ndarray]:
    is_off = ~shown.runs_on(day)
    return is_off, is_off & np.isin(shown.last_reason(day), WORK)


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

    Those on benefit come first. Membership is drawn group by group: the groups overlap as
    chance and their counts make them.
    """
    n = len(trajectories.rows)
    rng = setting.stream("groups", trajectories.programme)
    for outcome in members.outcomes("trajectory")[:1]:
        candidates = np.flatnonzero(members.whole(outcome))
        starts = trajectories.furthest[candidates] >= STATUS_RANK["started"]
        order = candidates[np.lexsort((rng.random(len(candidates)), ~starts, members.is_off[candidates]))]
        chosen = np.isin(np.arange(n), order[: wanted_of(members.claim, outcome)])
        outside = np.isin(np.arange(n), candidates, invert=True) & trajectories.runs_on(day)
        trajectories = trajectories.with_running(chosen | outside, day, setting.calendar.extract_day)
        members.masks[outcome.name] = chosen
    kind = trajectories.kind.copy()
    is_meant = np.zeros(n, dtype=bool)
    for outcome in members.outcomes("participation")[:1]:
        candidates = np.flatnonzero(members.whole(outcome))
        order = candidates[np.lexsort((rng.random(len(candidates)), kind[candidates] < 0))]
        picked = order[: wanted_of(members.claim, outcome)]
        kind[candidates] = np.where(kind[candidates] < 0, -1, KINDS.index("work"))
        kind[picked] = np.where(rng.random(len(picked)) < 2 / 3, KINDS.index("participation"), KINDS.index("care"))
        is_meant[picked] = True
    for outcome in members.outcomes("education")[:1]:
        candidates = np.flatnonzero(members.whole(outcome))
        kind[candidates] = np.where(kind[candidates] == KINDS.index("education"), KINDS.index("work"), kind[candidates])
        n_more = max(wanted_of(members.claim, outcome) - int(members.studies[candidates].sum()), 0)
        free = candidates[~members.studies[candidates] & ~is_meant[candidates]]
        order = free[np.lexsort((rng.random(len(free)), kind[free] < 0))]
        kind[order[:n_more]] = KINDS.index("education")
    return replace(trajectories, kind=kind)


def find_growth(claim: Claim, ladder: Ladder, moved: float) -> float:
    """Find the rungs of growth with which as many take a big step as was published."""
    for outcome in claim.outcomes:
        if outcome.kind == "ladder_step":
            return _halve(
                lambda growth: int((ladder.step(moved + growth) >= RUNGS_BIG_STEP).sum()),
                wanted_of(claim, outcome),
            )
    return 0.0
