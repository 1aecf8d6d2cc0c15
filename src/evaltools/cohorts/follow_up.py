"""How long each member of a cohort is followed, and the first exit that is seen in that time."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaltools.cohorts.cohort import CAUSES, FOLLOW_UP_ENDS, Cohort
from evaltools.cohorts.definitions import DAYS_A_MONTH, Definitions, days_of
from evaltools.cohorts.spells import NEVER, REASONS, Spells, as_days, coded, day_number
from evaltools.errors import InvalidDataError
from evaltools.registers import Register
from evaltools.registers.codes import EXIT_REASON
from evaltools.registers.quality import censoring_day

MOVE, AOW, DEATH = REASONS.index("32"), REASONS.index("03"), REASONS.index("04")
CAUSE_OF = np.array([CAUSES.index(EXIT_REASON.group_of(code)) for code in REASONS] + [CAUSES.index("unknown")])
"""Position in `CAUSES` of the group of each reason; of no reason, which is the last, that of ``unknown``."""
FEWEST_ENDS = 10
"""So many ends within a year show that a register is followed: as for the lag, it must not rest on a handful."""
SHARE_OF_A_YEAR = 0.25
"""And so many of those of its fullest year: a few old ends that were left in a source do not make a register."""


def followed_until(register: Register, definitions: Definitions) -> int:
    """Last day on which anybody in a register is followed, as a number.

    It lies ``gap_days`` before the censoring day, for everybody: only then is it known of each exit that no new
    benefit began within these days.

    Raises
    ------
    InvalidDataError
        When the censoring day that was given lies after the extract, or none was given and the register does not
        show how late its ends are registered.
    """
    given = definitions.censoring_day
    if given is None:
        last = censoring_day(register, definitions.share_registered)
    elif pd.Timestamp(given) > register.extract_day:
        raise InvalidDataError(
            f"the register of {register.municipality}",
            [f"was extracted on {register.extract_day:%Y-%m-%d}, before the censoring day {given:%Y-%m-%d}"],
        )
    else:
        last = pd.Timestamp(given)
    return day_number(last, "the censoring day") - definitions.gap_days


def followed_from(last: np.ndarray) -> int | None:
    """First day from which a register shows ends: before it, it holds only those who stayed.

    Parameters
    ----------
    last
        Last days of the rows of benefits of the schemes that count, each once; `NEVER` for those that run.

    Returns
    -------
    int or None
        The first day of the month of the first end in whose year from then on there are at least ten ends, and a
        `SHARE_OF_A_YEAR` of the most that any such year has; None where there is none.
    """
    ends = np.sort(last[last < NEVER])
    in_a_year = np.searchsorted(ends, ends + 365, side="right") - np.arange(len(ends))
    is_shown = in_a_year >= max(FEWEST_ENDS, SHARE_OF_A_YEAR * in_a_year.max(initial=0))
    if not is_shown.any():
        return None
    first = ends[int(is_shown.argmax())].astype("datetime64[D]").astype("datetime64[M]")
    return int(first.astype("datetime64[D]").astype(np.int64))


def can_be_followed(index: np.ndarray, months: int, until: int, definitions: Definitions) -> np.ndarray:
    """Whether the calendar lets members be followed for so many months, whatever becomes of them.

    It depends on the index day alone: who moves, dies or leaves is in the denominator as much as anybody else.
    """
    most = definitions.months_followed_at_most
    return np.asarray((index + days_of(months) <= until) & (most is None or months <= most))


def is_followed(cohort: Cohort, months: int) -> np.ndarray:
    """Which members of a cohort the calendar lets be followed for so many months. Shape (n,)."""
    return can_be_followed(cohort.index, months, cohort.until, cohort.definitions)


@dataclass(frozen=True, repr=False)
class FollowUp:
    """Follow-up of members, each array of shape (n members,).

    Attributes
    ----------
    last
        Last day that is seen.
    end
        Why: position in `FOLLOW_UP_ENDS`.
    exit
        First day without benefit of the first exit; `NEVER` where none was seen.
    reason
        Its reason: position in `REASONS`, -1 where it is not known or there is no exit.
    """

    index: np.ndarray
    last: np.ndarray
    end: np.ndarray
    exit: np.ndarray
    reason: np.ndarray

    def columns(self) -> dict[str, object]:
        """Make the columns of ``participants``."""
        has_exit = self.exit < NEVER
        until = np.where(has_exit, self.exit, self.last)
        cause = np.where(has_exit, CAUSE_OF[self.reason], 0)
        return {
            "index_day": as_days(self.index),
            "follow_up_last_day": as_days(self.last),
            "follow_up_end": coded(self.end, FOLLOW_UP_ENDS),
            "exit_day": as_days(self.exit),
            "exit_reason": coded(np.where(has_exit, self.reason, -1), REASONS),
            "months": (until - self.index) / DAYS_A_MONTH,
            "cause": coded(cause, CAUSES),
        }


def follow(
    spells: Spells, index: np.ndarray, until: int, own_selection: np.ndarray, definitions: Definitions
) -> FollowUp:
    """Follow members from their index day, on which each has a benefit.

    Parameters
    ----------
    spells
        With gaps bridged; every person is a member, in the order of ``index``.
    until
        Last day on which anybody is followed.
    own_selection
        Day on which a comparison person is selected for the programme; `NEVER` for who is not.
    """
    n = len(index)
    person = np.arange(n)
    limit = np.full(n, NEVER)
    if definitions.months_followed_at_most is not None:
        limit = index + days_of(definitions.months_followed_at_most)
    joined = own_selection - 1 if definitions.later_participants == "censored" else np.full(n, NEVER)
    # A move shows until the last day here; death is itself an exit, on the day after.
    ends = np.stack([
        np.full(n, until), limit, _first_end(spells, index, MOVE), _first_end(spells, index, DEATH) + 1, joined,
    ])  # fmt: skip
    last = ends.min(axis=0)
    order = [FOLLOW_UP_ENDS.index(name) for name in ("death", "move", "joined", "limit", "censoring_day")]
    end = np.array(order)[(ends[order] == last).argmax(axis=0)]
    at = spells.on(person, index)
    exit_day = spells.last[at] + 1
    is_seen = exit_day <= last
    return FollowUp(
        index=index,
        last=last,
        end=end,
        exit=np.where(is_seen, exit_day, NEVER),
        reason=np.where(is_seen, spells.reason[at], -1),
    )


def _first_end(spells: Spells, index: np.ndarray, reason: int) -> np.ndarray:
    """Last day of the first benefit of each member that ended for a reason on or after the index day."""
    rows = (spells.reason == reason) & (spells.last >= index[spells.person])
    first = np.full(len(index), NEVER)
    np.minimum.at(first, spells.person[rows], spells.last[rows])
    return first
