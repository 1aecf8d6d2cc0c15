"""Find the shifts of the log hazards with which a simulated register gives the published counts of exits.

One pair of shifts holds for everybody in the municipality: for the participants of every
programme and for those who were not picked, in every world. It begins with the first month
in which a programme selects, as a change of the times does. From the beginning of the
register it would use up the people who must be long on benefit at selection, and make
stocks that are nobody's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from evaltools.errors import InvalidDataError
from evaltools.programmes import Claim
from evaltools.registers.simulate.beside import PartTime
from evaltools.registers.simulate.calibration import halve, wanted_of
from evaltools.registers.simulate.careers import WORK, Influence, live
from evaltools.registers.simulate.counting import HOURS_PAID_JOB
from evaltools.registers.simulate.extract import extract
from evaltools.registers.simulate.people import People
from evaltools.registers.simulate.selection import Chosen, Group, choose_all
from evaltools.registers.simulate.setting import Setting, Shift

MOST_ROUNDS = 12
MOST_TRIES = 400
NEAR = 0.03
"""Where halving in turns does not meet both counts, so many pairs are tried, so near to where it ended."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many participants left, left for work, and have a paid job."""

    off: int
    to_work: int
    paid_job: int


BEYOND = Counts(2**31, 2**30, 2**30)
"""Stands for the counts where hazards are so high that too few are on benefit to select from."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Counts to reach, by kind of outcome; None where nothing was published."""

    off: int | None
    to_work: int | None
    paid_job: int | None

    @classmethod
    def of(cls, claim: Claim | None) -> "Targets":
        """Read them from a claim."""
        outcomes = claim.outcomes if claim else ()
        by_kind = {outcome.kind: wanted_of(claim, outcome) for outcome in reversed(outcomes) if claim}
        off = by_kind.get("exit")
        if off is None and "still_on_benefit" in by_kind and claim and claim.population:
            off = claim.population.n - by_kind["still_on_benefit"]
        return cls(off, by_kind.get("work_exit"), by_kind.get("paid_job"))

    @property
    def are_any(self) -> bool:
        """Whether anything was published that shifts can reach."""
        return any(target is not None for target in (self.off, self.to_work, self.paid_job))


def shift_everybody(people: People, groups: Sequence[Group], part_time: PartTime, setting: Setting) -> Setting:
    """Shift the hazards of a municipality so that the counts of its first programme with published exits come out.

    Who is eligible moves with the shift, so that people are picked anew at each step. One
    person more or less on benefit changes a count by one, as a rule: halving still finds it.
    """
    first = next(iter(_with_exits(groups)), None)
    if first is None:
        return setting
    setting = replace(setting, shift_month=min(group.first_month for group in groups))
    # Programmes pick in the order of their names: later ones change nothing for this one.
    picking = [group for group in groups if group.programme <= first.programme]
    last_month = max(group.first_month + group.months_enrolment for group in picking)

    def count(shift: Shift) -> Counts:
        shifted = replace(setting, shift=shift)
        without = live(people, shifted, Influence.none(len(people)), n_months=last_month + 1)
        try:
            chosen = choose_all(people, without, picking, shifted)[-1]
        except InvalidDataError:
            return BEYOND
        return _count(people, chosen, part_time, shifted, Shift())

    return replace(setting, shift=_find(count, first, setting))


def shifts_of_participants(
    people: People, all_chosen: Sequence[Chosen], part_time: PartTime, setting: Setting
) -> dict[str, Shift]:
    """Shift the hazards of the participants alone of every further programme with published exits."""
    further = [group.programme for group in _with_exits([chosen.group for chosen in all_chosen])[1:]]
    return {
        chosen.group.programme: _find(partial(_count, people, chosen, part_time, setting), chosen.group, setting)
        for chosen in all_chosen
        if chosen.group.programme in further
    }


def _with_exits(groups: Sequence[Group]) -> list[Group]:
    ordered = sorted(groups, key=lambda group: group.programme)
    return [group for group in ordered if Targets.of(group.claim).are_any]


def _count(people: People, chosen: Chosen, part_time: PartTime, setting: Setting, shift: Shift) -> Counts:
    """Count the participants in the world with the programme, as the extract shows them."""
    rows, day = chosen.participants, chosen.group.count_day
    month = int(setting.calendar.position_of(np.array(day)))
    own = people.take(rows)
    influence = chosen.influence(rows, is_treated=True, shift=shift)
    shown = extract(live(own, setting, influence, n_months=month + 1), own, setting)
    is_off = ~shown.runs_on(day)
    to_work = is_off & np.isin(shown.last_reason(day), WORK)
    has_job = (part_time.works(month) & (part_time.hours >= HOURS_PAID_JOB))[rows]
    return Counts(int(is_off.sum()), int(to_work.sum()), int((to_work | (~is_off & has_job)).sum()))


def _find(count: Callable[[Shift], Counts], group: Group, setting: Setting) -> Shift:
    """Find the shifts with which the counts are those of the claim."""
    count = cache(count)
    targets = Targets.of(group.claim)
    goal_work = targets.to_work if targets.to_work is not None else targets.paid_job
    goal_other = targets.off - (targets.to_work or 0) if targets.off is not None else None

    def work_count(other: float, work: float) -> int:
        found = count(Shift(work, other))
        return found.paid_job if targets.to_work is None else found.to_work

    def other_count(work: float, other: float) -> int:
        found = count(Shift(work, other))
        return found.off if targets.to_work is None else found.off - found.to_work

    def is_found(work: float, other: float) -> bool:
        """Whether both counts are there; what was not published may be anything."""
        return (goal_work is None or work_count(other, work) == goal_work) and (
            goal_other is None or other_count(work, other) == goal_other
        )

    work = other = 0.0
    for _ in range(MOST_ROUNDS):
        if goal_work is not None:
            work = halve(partial(work_count, other), goal_work)
        if goal_other is not None:
            other = halve(partial(other_count, work), goal_other)
        if is_found(work, other):
            return Shift(work, other)
    moves = np.array([goal_work is not None, goal_other is not None])
    rng = setting.stream("calibration", group.programme)
    for step in moves * rng.normal(0, NEAR, (MOST_TRIES, 2)):
        near = Shift(work + float(step[0]), other + float(step[1]))
        if is_found(near.work, near.other):
            return near
    return Shift(work, other)
