"""Work of so many hours a week: what is known of it, and what is not."""

from collections.abc import Iterable, Sequence

import pandas as pd

from evaltools.cohorts.cohort import Cohort
from evaltools.cohorts.state import left_for, state_of
from evaltools.disclosure import from_register
from evaltools.errors import InvalidDataError

HOURS = (16, 12, 0)
"""Thresholds of a job: 16 hours as in Arnhem, 12 as the CPB counts, and any hours at all."""


def job_table(cohort: Cohort, months: int, hours: float | Sequence[float] = HOURS) -> pd.DataFrame:
    """Count who has a job of at least so many hours a week at a horizon.

    Who left for work has a job at every threshold: a register of benefits has no hours after the exit. Work beside
    the benefit counts by its hours; where these are not known it is neither a job nor none.

    Parameters
    ----------
    cohort
        Whom to count; see `programme_cohort`.
    months
        The horizon, in months after the index day.
    hours
        Thresholds, in hours a week.

    Returns
    -------
    pandas.DataFrame
        One row per threshold: ``group``, ``months``, ``hours_at_least``, ``n_followed``, of whom ``n_joined`` are not
        seen; ``n_work_exit`` off benefit for work, ``n_reason_unknown`` off it for a reason that is not known;
        ``n_beside_benefit`` with so many hours beside it, ``n_fewer_hours``, ``n_hours_unknown``; and
        ``n_job``, which is at least so many, and ``n_job_at_most``. Missing what the register cannot tell.

    Raises
    ------
    InvalidDataError
        When nobody is followed until then.

    Examples
    --------
    >>> from evaltools.cohorts import example_cohort, job_table
    >>> job_table(example_cohort(), 12, (16, 0))[["hours_at_least", "n_work_exit", "n_beside_benefit", "n_job"]]
       hours_at_least  n_work_exit  n_beside_benefit  n_job
    0              16            1                 0      1
    1               0            1                 1      2
    """
    state = state_of(cohort, months, None)
    is_seen = state.is_followed & ~state.is_joined
    work_exit, works = left_for(state, "work") & is_seen, state.works & is_seen
    n_followed, n_joined = int(state.is_followed.sum()), int((state.is_followed & state.is_joined).sum())
    n_reason_unknown = int((left_for(state, "unknown") & is_seen).sum())
    is_told = bool(state.knows_work[state.is_followed].all())
    knows_reasons = cohort.history.knows_reasons or n_reason_unknown == 0
    rows = []
    for least in _hours_given(hours):
        enough = works & ((state.hours >= least) | (least == 0))
        unknown = works & pd.isna(state.hours) & (least > 0)
        fewer = works & ~enough & ~unknown
        n_exit, n_enough, n_unknown = int(work_exit.sum()), int(enough.sum()), int(unknown.sum())
        rows.append({
            "group": cohort.group,
            "months": months,
            "hours_at_least": int(least) if least.is_integer() else least,
            "n_followed": n_followed,
            "n_joined": n_joined,
            "n_work_exit": n_exit if knows_reasons else pd.NA,
            "n_reason_unknown": n_reason_unknown,
            "n_beside_benefit": n_enough if is_told else pd.NA,
            "n_fewer_hours": int(fewer.sum()) if is_told else pd.NA,
            "n_hours_unknown": n_unknown if is_told else pd.NA,
            "n_job": n_exit + n_enough if is_told and knows_reasons else pd.NA,
            "n_job_at_most": n_exit + n_enough + n_unknown + n_reason_unknown if is_told and knows_reasons else pd.NA,
        })  # fmt: skip
    counts = ("n_work_exit", "n_beside_benefit", "n_fewer_hours", "n_hours_unknown", "n_job", "n_job_at_most")
    made = pd.DataFrame(rows).astype(dict.fromkeys(counts, "Int64"))
    return from_register(made, is_simulated=cohort.is_simulated)


def _hours_given(hours: object) -> tuple[float, ...]:
    given = tuple(hours) if isinstance(hours, Iterable) and not isinstance(hours, str) else (hours,)
    numbers = [each for each in given if isinstance(each, int | float) and not isinstance(each, bool)]
    if not given or len(numbers) < len(given) or not all(0 <= each <= 100 for each in numbers):
        raise InvalidDataError("hours", ["must be one or more numbers of 0 to 100, such as 16 or (16, 12, 0)"])
    return tuple(float(each) for each in numbers)
