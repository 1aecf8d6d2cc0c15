"""Jobs and education within so many months, and help for households: what is counted beside the ladder."""

from typing import Any

import numpy as np
import pandas as pd

from evaltools.cohorts import Cohort, household_changes, job_table, membership_table
from evaltools.cohorts.definitions import days_of
from evaltools.disclosure import Estimate, Table
from evaltools.disclosure.record import TOTAL
from evaltools.effects import proportion
from evaltools.errors import InvalidDataError, did_you_mean
from evaltools.findings.people import about_cohort, about_register, table_of
from evaltools.programmes import Programme
from evaltools.registers import Register

JOBS = {
    "job_of_16": ("left_for_work", "16_or_more"),
    "job_of_12": ("job_of_16", "12_to_15"),
    "any_job": ("job_of_12", "under_12", "hours_unknown"),
    "not_told": ("reason_unknown", "joined", "not_followed"),
    TOTAL: ("any_job", "not_told", "no_job"),
}
"""What adds up. Who left for work has no hours in a register of benefits, and counts as a job at every threshold."""
JOB_WORDS = tuple(dict.fromkeys([*JOBS, *(part for parts in JOBS.values() for part in parts)]))


def jobs(cohort: Cohort, months: int, *, level: float = 0.95) -> Table:
    """Count who has a job after so many months, by hours a week.

    Returns
    -------
    Table
        One row per ``job``, everybody once, with the totals of `JOBS`: ``n`` persons, ``share`` of all, and Wilson's interval ``low`` and ``high``.
        Only ``all`` where nobody is followed so long or the register cannot tell.
    """
    counted = {TOTAL: len(cohort)}
    trees: dict[str, tuple[str, ...]] = {}
    n_followed = _n_followed(cohort, months)
    if n_followed:
        table: Any = job_table(cohort, months).set_index("hours_at_least")
        of, fewer = table.loc[16], table.loc[12]
        if not table[["n_work_exit", "n_beside_benefit", "n_hours_unknown"]].isna().any(axis=None):
            counted = {
                "left_for_work": int(of["n_work_exit"]),
                "16_or_more": int(of["n_beside_benefit"]),
                "12_to_15": int(fewer["n_beside_benefit"] - of["n_beside_benefit"]),
                "under_12": int(fewer["n_fewer_hours"]),
                "hours_unknown": int(of["n_hours_unknown"]),
                "reason_unknown": int(of["n_reason_unknown"]),
                "joined": int(of["n_joined"]),
                "not_followed": len(cohort) - n_followed,
            }
            counted["no_job"] = len(cohort) - sum(counted.values())
            trees = JOBS
            counted |= dict.fromkeys(JOBS, 0)
            for name, parts in JOBS.items():
                counted[name] = sum(counted[part] for part in parts)
    return table_of(
        cohort.register,
        _with_intervals("job", counted, level).assign(months=str(months)),
        about=about_cohort(cohort, at="jobs"),
        counts=["n"],
        labels=["months", "job"],
        words={"months": [str(months)], "job": [name for name in JOB_WORDS if name != TOTAL]},
        totals=["job"] if trees else [],
        groups=[] if trees else ["job"],
        trees={"job": {name: list(parts) for name, parts in trees.items()}},
        shares={"share": ("n", "job")},
        estimates={name: Estimate(on=("n",)) for name in ("low", "high")},
        settings={"level": level},
    )


ACTIVITIES = ("education", "participation")


def activities(cohort: Cohort, months: int, *, level: float = 0.95) -> Table:
    """Count who began education, or a trajectory of participation or care, within so many months.

    Returns
    -------
    Table
        One row per ``activity`` (``education``, ``participation``; somebody can be in both) and ``all``: ``n`` persons of whom it is known,
        ``share``, ``low`` and ``high``. Without rows of activities where the register cannot tell.
    """
    counted = {}
    if _n_followed(cohort, months):
        found = membership_table(cohort, months).set_index("name")["n"]
        counted = {name: int(found[name]) for name in ACTIVITIES if pd.notna(found[name])}
    return table_of(
        cohort.register,
        _with_intervals("activity", counted | {TOTAL: len(cohort)}, level).assign(months=str(months)),
        about=about_cohort(cohort, at="activities"),
        counts=["n"],
        labels=["months", "activity"],
        words={"months": [str(months)], "activity": ACTIVITIES},
        groups=["activity"],
        shares={"share": ("n", "activity")},
        estimates={name: Estimate(on=("n",)) for name in ("low", "high")},
        settings={"level": level},
    )


VISITED = {"again": ("known", "unknown"), TOTAL: ("once", "again")}
MEASURES = ("needs", "professionals")
"""What is noted of a household: needs, and professionals who are involved."""
GOAL = {"needs": 0, "professionals": 1}
"""At most so many is where the approach wants a household: no needs left, and one professional."""
CHANGES = ("fewer", "equal", "more")
AT_GOAL = ("never", "reached", "left", "stayed")
"""Whether a household is at the goal at the first and at the last visit: neither, last, first, both."""


def visits(register: Register, programme: Programme) -> Table:
    """Count households by whether they were visited once or again.

    Returns
    -------
    Table
        One row per ``visited``: ``once``; ``again``, of whom ``known`` have needs and professionals noted at the first and at the last visit, and
        ``unknown`` not; and ``all``: ``n`` households. All are 0 where the register has no visits of the programme.
    """
    households = _households(register, programme)
    counted = {
        "once": int((~households["is_again"]).sum()),
        "known": int(households["is_known"].sum()),
        "unknown": int((households["is_again"] & ~households["is_known"]).sum()),
    }
    counted |= {"again": counted["known"] + counted["unknown"], TOTAL: len(households)}
    return table_of(
        register,
        pd.DataFrame({"visited": list(counted), "n": list(counted.values())}),
        about=about_register(register, programme=programme.slug, unit="households"),
        counts=["n"],
        labels=["visited"],
        words={"visited": ["once", "again", "known", "unknown"]},
        totals=["visited"],
        trees={"visited": {name: list(parts) for name, parts in VISITED.items()}},
        shares={"share": ("n", "visited")},
    )


def household_steps(register: Register, programme: Programme, measure: str, *, level: float = 0.95) -> Table:
    """Count households by what changed between the first and the last visit; of those ``known`` in `visits`.

    Parameters
    ----------
    measure
        One of `MEASURES`.

    Returns
    -------
    Table
        One row per ``change`` of `CHANGES`, and ``all``, and within it per ``at_goal`` of `AT_GOAL`, with ``first`` and ``last`` who are at the goal
        then, and ``all``: ``n`` households, and ``low`` and ``high`` of Wilson's interval of their ``share`` of all with that ``at_goal``.
        ``visited`` is ``known``: protect it together with `visits`.
    """
    if measure not in MEASURES:
        raise InvalidDataError("household_steps()", [did_you_mean(measure, MEASURES)])
    households = _households(register, programme)
    households = households[households["is_known"]]
    first, last = (households[f"n_{measure}_{when}"].to_numpy(int) for when in ("first", "last"))
    change = np.select([last < first, last == first], CHANGES[:2], CHANGES[2])
    goal = GOAL[measure]
    at_goal = np.select(
        [(first > goal) & (last > goal), (first > goal) & (last <= goal), (first <= goal) & (last > goal)],
        AT_GOAL[:3],
        AT_GOAL[3],
    )
    counted = pd.crosstab(pd.Series(change), pd.Series(at_goal)).reindex(index=CHANGES, columns=AT_GOAL, fill_value=0)
    counted.loc[TOTAL] = counted.sum()
    counted["first"] = counted["left"] + counted["stayed"]
    counted["last"] = counted["reached"] + counted["stayed"]
    counted[TOTAL] = counted[list(AT_GOAL)].sum(axis="columns")
    rows = counted.reset_index(names="change").melt("change", var_name="at_goal", value_name="n")
    n = len(households)
    found = [proportion(int(count), n, level=level) if n else None for count in rows["n"]]
    rows["low"] = [np.nan if each is None else each.lower for each in found]
    rows["high"] = [np.nan if each is None else each.upper for each in found]
    return table_of(
        register,
        rows.assign(visited="known", measure=measure),
        about=about_register(register, programme=programme.slug, unit="households"),
        counts=["n"],
        labels=["visited", "measure", "change", "at_goal"],
        words={
            "visited": ["known"],
            "measure": MEASURES,
            "change": CHANGES,
            "at_goal": [*AT_GOAL, "first", "last"],
        },
        totals=["change", "at_goal"],
        trees={
            "at_goal": {"first": ["left", "stayed"], "last": ["reached", "stayed"], TOTAL: list(AT_GOAL)},
        },
        shares={"share": ("n", "change")},
        estimates={name: Estimate(on=("n",)) for name in ("low", "high")},
        settings={"level": level},
    )


def _households(register: Register, programme: Programme) -> pd.DataFrame:
    """Give each household its first and last numbers, whether it was visited again, and whether all numbers are known."""
    has_visits = "household_visits" in register.tables
    slugs = set(register.read("household_visits", ["programme"])["programme"]) if has_visits else set()
    if programme.slug not in slugs:
        columns = [f"n_{measure}_{when}" for measure in MEASURES for when in ("first", "last")]
        return (
            pd.DataFrame(columns=["household_id", *columns])
            .assign(is_again=False, is_known=False)
            .astype({"is_again": bool, "is_known": bool})
        )
    made = household_changes(register, programme)
    numbers = [f"n_{measure}_{when}" for measure in MEASURES for when in ("first", "last")]
    is_again = made["n_visits"] > 1
    return made.assign(is_again=is_again, is_known=is_again & made[numbers].notna().all(axis="columns"))


def _with_intervals(label: str, counted: dict[str, int], level: float) -> pd.DataFrame:
    n = counted[TOTAL]
    found = [proportion(count, n, level=level) if n else None for count in counted.values()]
    return pd.DataFrame(
        {
            label: list(counted),
            "n": list(counted.values()),
            "low": [np.nan if each is None else each.lower for each in found],
            "high": [np.nan if each is None else each.upper for each in found],
        }
    )


def _n_followed(cohort: Cohort, months: int) -> int:
    return int((cohort.index + int(days_of(months)) <= cohort.until).sum())
