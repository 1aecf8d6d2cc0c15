"""Members on a day of their own: who is seen then, on benefit or not, at work or not."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaltools.cohorts.cohort import CAUSES, FOLLOW_UP_ENDS, Cohort
from evaltools.cohorts.definitions import days_of, months_given
from evaltools.cohorts.follow_up import CAUSE_OF, can_be_followed
from evaltools.cohorts.history import month_numbers
from evaltools.cohorts.spells import NEVER, Day, as_days, day_number, day_numbers
from evaltools.errors import InvalidDataError


@dataclass(frozen=True, repr=False)
class State:
    """Members on a day of their own; arrays of shape (n members,).

    Attributes
    ----------
    is_followed
        Whether the calendar lets them be followed until that day; all else holds for them alone.
    reason
        Position in `REASONS` of the last benefit that ended, for who is off benefit.
    seen
        The day, or the last one that is seen where that comes first.
    hours
        Hours a week of work beside the benefit; nan where there is none or they are not known.
    knows_work
        Whether the register has incomes of that month; all are known of who has no benefit.
    """

    day: np.ndarray
    is_followed: np.ndarray
    is_moved: np.ndarray
    is_joined: np.ndarray
    is_dead: np.ndarray
    is_on: np.ndarray
    reason: np.ndarray
    seen: np.ndarray
    works: np.ndarray
    hours: np.ndarray
    knows_work: np.ndarray


def state_of(cohort: Cohort, months: int | None, day: Day | None) -> State:
    """Look at everybody so many months after their index day, or on one day for all.

    Raises
    ------
    InvalidDataError
        When nobody is followed until then, or not exactly one of the two is given.
    """
    require_cohort(cohort)
    index, until = cohort.index, cohort.until
    if months is not None and day is None:
        (months,) = months_given((months,))
        moment = index + days_of(months)
        is_followed = can_be_followed(index, months, until, cohort.definitions)
        what = f"for {months} months"
    elif day is not None and months is None:
        moment = np.full(len(index), day_number(day, "the day of the outcomes"))
        most = cohort.definitions.months_followed_at_most
        limit = NEVER if most is None else index + days_of(most)
        is_followed = (moment >= index) & (moment <= until) & (moment <= limit)
        what = f"until {as_days(moment)[0]}"
    else:
        raise InvalidDataError("outcomes", ["take either months after the index day or one day for all"])
    if (moment < index).all():
        raise InvalidDataError(f"the cohort in {cohort.municipality}", ["starts after the day of the outcomes"])
    if not is_followed.any():
        raise InvalidDataError(
            f"the cohort in {cohort.municipality}",
            [
                (
                    f"holds nobody who can be followed {what}: follow-up ends on {cohort.followed_until:%Y-%m-%d}; "
                    "take a shorter horizon or a later extract"
                )
            ],
        )
    last = day_numbers(cohort.participants["follow_up_last_day"])
    end = cohort.participants["follow_up_end"].cat.codes.to_numpy()
    is_over = is_followed & (moment > last)
    seen = np.minimum(moment, last)
    person = np.arange(len(index))
    is_moved, is_joined = (is_over & (end == FOLLOW_UP_ENDS.index(name)) for name in ("move", "joined"))
    is_dead = is_followed & (end == FOLLOW_UP_ENDS.index("death")) & (moment >= last)
    spells = cohort.history.spells
    is_on = (spells.on(person, seen) >= 0) & ~is_moved
    reason = spells.reason[spells.begun_by(person, seen)]
    works, hours = _work_on(cohort, seen, is_on)
    knows_work = ~is_on | cohort.history.knows_work(seen)
    return State(moment, is_followed, is_moved, is_joined, is_dead, is_on, reason, seen, works, hours, knows_work)


def require_cohort(cohort: object) -> None:
    """Refuse what is no cohort, or one whose participants were changed: what is known of them is by their place."""
    if not isinstance(cohort, Cohort):
        raise InvalidDataError(
            "the cohort", [f"is of type {type(cohort).__name__}; pass what programme_cohort() or another one made"]
        )
    if not cohort.history.persons.equals(pd.Index(cohort.participants["person_id"])):
        raise InvalidDataError(
            "the cohort", ["has other participants, or in another order, than it was made with; use cohort.subgroup()"]
        )


def left_for(state: State, cause: str) -> np.ndarray:
    """Say who has no benefit and left the last one for a cause; not of who moved, whose last end is no exit."""
    return np.asarray(~state.is_on & ~state.is_moved & (CAUSE_OF[state.reason] == CAUSES.index(cause)))


def _work_on(cohort: Cohort, day: np.ndarray, is_on: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    works, hours = np.zeros(len(day), dtype=bool), np.full(len(day), np.nan)
    work = cohort.history.work
    now = work.month == month_numbers(day)[work.person]
    works[work.person[now]] = True
    hours[work.person[now]] = work.hours[now]
    return works & is_on, np.where(is_on, hours, np.nan)
