"""What becomes of a participant in the programme: how far, how long, about what, and the ladder before and after."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from evaltools.registers.simulate.careers import WORK
from evaltools.registers.simulate.extract import Extract
from evaltools.registers.simulate.people import NEVER, People
from evaltools.registers.simulate.selection import Chosen
from evaltools.registers.simulate.setting import Setting
from evaltools.registers.stages import STAGE_RANK, STATUS_RANK

KINDS = ("work", "participation", "care", "education")
SHARE_OF_KINDS = (0.45, 0.30, 0.15, 0.10)
SHARE_ONLY_SELECTED, SHARE_ONLY_APPROACHED = 0.05, 0.10
SHARE_COMPLETED = 0.7
SHARE_MEASURED = 0.9
"""Assumptions: trajectories by kind, how many never got further, how many completed, how many have a first score."""

DAYS_TRAJECTORY = (180, 456)
"""A trajectory lasts half a year to fifteen months; an assumption."""

DAYS_SECOND_SCORE = (150, 182)
"""The second measurement comes within half a year of the first."""


@dataclass(frozen=True)
class Trajectories:
    """The trajectories of the participants of one programme, in the order of ``rows``.

    Attributes
    ----------
    rows
        Households.
    rank
        Chance of 0 to 1 by which calibration picks.
    furthest
        How far each comes at least: a rank of `STATUS_RANK`, below that of ``started`` for who does not start.
    first, last
        Days in the programme; `NEVER` for who does not start, or has not ended.
    kind
        Position in `KINDS`; -1 for who has none.
    is_completed
        Whether an ended trajectory was completed.
    days
        How long each lasts, where nothing ends it before.
    earliest, latest
        First and last day on which it can begin, to run on the count day: in the benefit
        of that day, or else in the last one before it. The last is that of the benefit.
    """

    programme: str
    rows: np.ndarray
    rank: np.ndarray
    furthest: np.ndarray
    first: np.ndarray
    last: np.ndarray
    kind: np.ndarray
    is_completed: np.ndarray
    days: np.ndarray
    earliest: np.ndarray
    latest: np.ndarray

    def runs_on(self, day: int) -> np.ndarray:
        """Whether each trajectory runs on a day and goes on after it."""
        return np.asarray((self.first <= day) & (self.last > day))

    def with_running(self, chosen: np.ndarray, day: int, extract_day: int) -> Self:
        """Let exactly ``chosen`` (a mask) run on a day and go on after it.

        A trajectory that must run and was drawn at another time moves there and keeps its
        length, as far as the benefit allows. Who has no benefit after the day goes on
        without it: that is aftercare, and longer than others where the benefit ended long
        before. One that must not run ends earlier, after half a year if it is so old.
        """
        moved = chosen & ~self.runs_on(day)
        first = np.where(moved, self._begun_by(day), self.first)
        end = first + self.days
        end = np.where(self.latest > day, np.minimum(end, self.latest), np.maximum(end, day + 1))
        stops = ~chosen & self.runs_on(day)
        least = np.where(day - first >= DAYS_TRAJECTORY[0], DAYS_TRAJECTORY[0], 0)
        stop = first + least + np.floor(self.rank * (day - first - least + 1)).astype(np.int64)
        last = np.where(moved, end, np.where(stops, stop, self.last))
        return self._started(chosen, first, last, extract_day)

    def with_begun(self, chosen: np.ndarray, day: int, extract_day: int) -> Self:
        """Let all ``chosen`` (a mask) have begun by a day."""
        moved = chosen & (self.first > day)
        first = np.where(moved, self._begun_by(day), self.first)
        end = np.minimum(first + self.days, np.maximum(self.latest, first))
        return self._started(chosen, first, np.where(moved, end, self.last), extract_day)

    def _begun_by(self, day: int) -> np.ndarray:
        """First days with which trajectories of their length run on a day, in a benefit that ran by then."""
        # At least a day before: nobody begins on the day for the sake of its count.
        before = 1 + np.floor(self.rank * (self.days - 1)).astype(np.int64)
        return np.asarray(np.maximum(np.minimum(day - before, np.minimum(self.latest, day)), self.earliest))

    def _started(self, chosen: np.ndarray, first: np.ndarray, last: np.ndarray, extract_day: int) -> Self:
        return replace(
            self,
            first=first,
            last=np.where(last > extract_day, NEVER, last),
            furthest=np.where(chosen, STATUS_RANK["started"], self.furthest),
            kind=np.where(chosen & (self.kind < 0), KINDS.index("work"), self.kind),
        )

    def status(self) -> np.ndarray:
        """How far each participant came."""
        ended = np.where(self.is_completed, "completed", "withdrawn")
        started = np.where(self.last < NEVER, ended, "started")
        not_started = np.where(self.furthest == STATUS_RANK["approached"], "approached", "selected")
        return np.where(self.first < NEVER, started, not_started)


def draw_trajectories(chosen: Chosen, shown: Extract, setting: Setting) -> Trajectories:
    """Draw the trajectories of the participants.

    A trajectory lasts half a year to fifteen months. Nobody begins one without a benefit,
    and it ends with the benefit.
    """
    group, rows = chosen.group, chosen.participants
    rng = setting.stream("trajectories", group.programme)
    n = len(rows)
    least = STAGE_RANK[group.stage]
    draw = rng.random(n)
    furthest = np.where(
        draw < SHARE_ONLY_SELECTED, 0, np.where(draw < SHARE_ONLY_SELECTED + SHARE_ONLY_APPROACHED, 1, 2)
    )
    furthest = np.maximum(furthest, min(least, STATUS_RANK["started"]))
    selected = chosen.day[rows]
    first = selected + rng.integers(7, 60, n)
    leaves = first_end_after(shown, rows, selected)
    too_late = (first > leaves) | (first > setting.calendar.extract_day)
    furthest = np.where(too_late & (least < STATUS_RANK["started"]), np.minimum(furthest, 1), furthest)
    first = np.minimum(np.minimum(first, leaves), setting.calendar.extract_day)
    days = rng.integers(*DAYS_TRAJECTORY, n)
    last = np.minimum(first + days, leaves)
    to_work = np.isin(shown.last_reason(setting.calendar.extract_day)[rows], WORK) & (leaves < NEVER)
    is_completed = (rng.random(n) < SHARE_COMPLETED) | to_work
    if least == STATUS_RANK["completed"]:
        is_completed = np.ones(n, dtype=bool)
        last = np.minimum(last, setting.calendar.extract_day)
    starts = furthest >= STATUS_RANK["started"]
    begins, ends = _last_benefit(shown, rows, group.count_day)
    earliest = np.maximum(begins, first)
    earliest = np.where(earliest <= np.minimum(ends, group.count_day), earliest, np.maximum(begins, selected))
    return Trajectories(
        programme=group.programme,
        rows=rows,
        rank=rng.random(n),
        furthest=furthest,
        first=np.where(starts, first, NEVER),
        last=np.where(starts & (last <= setting.calendar.extract_day), last, NEVER),
        kind=np.where(starts, rng.choice(len(KINDS), n, p=SHARE_OF_KINDS), -1),
        is_completed=is_completed,
        days=days,
        earliest=earliest,
        latest=ends,
    )


def _last_benefit(shown: Extract, rows: np.ndarray, day: int) -> tuple[np.ndarray, np.ndarray]:
    """First and last day of the benefit that runs on a day, or else of the last one before it."""
    at = np.maximum((shown.first[rows] <= day).sum(axis=1) - 1, 0)[:, None]
    begins, ends = (np.take_along_axis(days[rows], at, axis=1)[:, 0] for days in (shown.first, shown.last))
    return begins, ends


def first_end_after(shown: Extract, rows: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Last day of the benefit that runs on a day; `NEVER` while it runs on."""
    last = shown.last[rows]
    return np.asarray(np.where(last >= day[:, None], last, NEVER).min(axis=1))


@dataclass(frozen=True)
class Ladder:
    """Two measurements on the ladder of some households, in the order of ``rows``.

    Attributes
    ----------
    position
        True position at the first, in rungs and parts of them.
    low_error, error
        Errors of the first and of the second score.
    first_day, second_day
        Days of the measurements; `NEVER` for none.
    left_for_work
        Whether the person left benefit for work by the second: that is rung 6.
    """

    rows: np.ndarray
    position: np.ndarray
    low_error: np.ndarray
    error: np.ndarray
    first_day: np.ndarray
    second_day: np.ndarray
    left_for_work: np.ndarray

    def first_score(self) -> np.ndarray:
        """Rung at the first measurement; nobody on benefit is on rung 6."""
        return np.asarray(np.clip(np.rint(self.position + self.low_error), 1, 5).astype(np.int64))

    def second_score(self, moved: float) -> np.ndarray:
        """Rung at the second, after so many rungs of change and of rater's error."""
        scored = np.clip(np.rint(self.position + moved + self.error), 1, 5).astype(np.int64)
        return np.where(self.left_for_work, 6, scored)

    def step(self, moved: float) -> np.ndarray:
        """Rungs between both scores; below -5 where there is none."""
        measured = (self.first_day < NEVER) & (self.second_day < NEVER)
        return np.where(measured, self.second_score(moved) - self.first_score(), -9)


def draw_ladder(
    people: People,
    shown: Extract,
    rows: np.ndarray,
    first_day: np.ndarray,
    setting: Setting,
    *names: str,
) -> Ladder:
    """Draw the measurements of some households; their first is on ``first_day``."""
    rng = setting.stream(*names, "ladder")
    n = len(rows)
    position = 2.3 + 0.5 * people.prospects[rows] + 0.6 * rng.standard_normal(n)
    errors = setting.scenario.ladder_error * rng.standard_normal((n, setting.scenario.n_low_draws + 1))
    second_day = first_day + rng.integers(DAYS_SECOND_SCORE[0], DAYS_SECOND_SCORE[1] + 1, n)
    is_off = ~shown.take(rows).runs_on(second_day)
    missing = rng.random(n) < np.where(is_off, setting.scenario.ladder_missing_left, setting.scenario.ladder_missing)
    measured = (rng.random(n) < SHARE_MEASURED) & (first_day <= setting.calendar.extract_day)
    ends = np.where(shown.last[rows] < second_day[:, None], shown.last[rows], -NEVER)
    reason = np.take_along_axis(shown.reason[rows], ends.argmax(axis=1)[:, None], axis=1)[:, 0]
    return Ladder(
        rows=rows,
        position=position,
        low_error=errors[:, :-1].min(axis=1),
        error=errors[:, -1],
        first_day=np.where(measured, first_day, NEVER),
        second_day=np.where(measured & ~missing & (second_day <= setting.calendar.extract_day), second_day, NEVER),
        left_for_work=is_off & np.isin(reason, WORK),
    )
