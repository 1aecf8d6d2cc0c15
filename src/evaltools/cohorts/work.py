"""Work of so many hours a week: what is known of it, and what is not."""

from collections.abc import Sequence

import pandas as pd

from evaltools.cohorts.cohort import Cohort
from evaltools.cohorts.state import left_for, state_of
from evaltools.disclosure import from_register

HOURS = (16, 12, 0)
"""Thresholds of a job: 16 hours as in Arnhem, 12 as the CPB counts, and any hours at all."""


def job_table(cohort: Cohort, months: int, hours: Sequence[float] = HOURS) -> pd.DataFrame:
    """Count who has a job of at least so many hours a week at a horizon.

    Who left for work has a job at every threshold: a register of benefits has no hours after the exit. Work beside
    the benefit counts by its hours; where these are not known it is neither a job nor none.

    Returns
    -------
    pandas.DataFrame
        One row per threshold: ``group``, ``months``, ``hours_at_least``, ``n_followed``; ``n_work_exit`` off benefit
        for work; ``n_beside_benefit`` with so many hours beside it, ``n_fewer_hours``, ``n_hours_unknown``; and
        ``n_job``, which is at least so many, and ``n_job_at_most``. Missing what the register cannot tell.

    Raises
    ------
    InvalidDataError
        When nobody is followed until then.
    """
    state = state_of(cohort, months, None)
    work_exit, works = left_for(state, "work") & state.is_followed, state.works & state.is_followed
    n_followed = int(state.is_followed.sum())
    is_told = bool(state.knows_work[state.is_followed].all())
    rows = []
    for least in hours:
        enough = works & ((state.hours >= least) | (least == 0))
        unknown = works & pd.isna(state.hours) & (least > 0)
        fewer = works & ~enough & ~unknown
        n_exit, n_enough, n_unknown = int(work_exit.sum()), int(enough.sum()), int(unknown.sum())
        rows.append({
            "group": cohort.group,
            "months": months,
            "hours_at_least": least,
            "n_followed": n_followed,
            "n_work_exit": n_exit,
            "n_beside_benefit": n_enough if is_told else pd.NA,
            "n_fewer_hours": int(fewer.sum()) if is_told else pd.NA,
            "n_hours_unknown": n_unknown if is_told else pd.NA,
            "n_job": n_exit + n_enough if is_told else pd.NA,
            "n_job_at_most": n_exit + n_enough + n_unknown if is_told else pd.NA,
        })  # fmt: skip
    counts = ("n_beside_benefit", "n_fewer_hours", "n_hours_unknown", "n_job", "n_job_at_most")
    made = pd.DataFrame(rows).astype(dict.fromkeys(counts, "Int64"))
    return from_register(made, is_simulated=cohort.is_simulated)
