"""Groups that people are in on a day, several at once, and how they overlap."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from evaltools.cohorts.cohort import Cohort
from evaltools.cohorts.history import KINDS
from evaltools.cohorts.spells import Day
from evaltools.cohorts.state import State, left_for, state_of
from evaltools.disclosure import from_register
from evaltools.errors import InvalidDataError, did_you_mean

MEMBERSHIPS = {
    "off_benefit": "no benefit of this municipality on that day, or moved before it",
    "work_exit": "no benefit, and the last one ended for work; missing where the reason is not known",
    "part_time_work": "on benefit, with income from work in that month",
    "paid_job": "work_exit, or part_time_work of the hours that make a job; missing where the hours are not known",
    "in_programme": "began the programme and goes on in it",
    "in_trajectory": "began the programme, another one or a provision, and goes on in it",
    "participation": "began a trajectory of the programme about participation or care by then",
    "education": "began one about education by then, or has no benefit and left the last one for it",
    "moved": "moved to another municipality before that day",
    "joined": "selected for the programme before that day (comparison persons): nothing else is known of them",
}
"""Groups that a person can be in on a day, several at once."""

OVERLAPPING = ("work_exit", "part_time_work", "in_programme", "participation", "education")


def memberships(cohort: Cohort, months: int | None = None, *, day: Day | None = None) -> pd.DataFrame:
    """Say of everybody who is followed until then which groups they are in, several at once.

    Parameters
    ----------
    cohort
        Whom to count; see `programme_cohort`.
    months
        Months after the index day; left out with ``day``.
    day
        One day for all, in place of months.

    Returns
    -------
    pandas.DataFrame
        One row per person who is followed: ``person_id``, ``group`` and a truth value for each of `MEMBERSHIPS`;
        missing where the register cannot tell.

    Raises
    ------
    InvalidDataError
        As `outcomes_at`.

    Examples
    --------
    >>> from evaltools.cohorts import example_cohort, memberships
    >>> memberships(example_cohort(), 12)[["person_id", "off_benefit", "work_exit", "part_time_work"]]
      person_id  off_benefit  work_exit  part_time_work
    0      Anna         True       True           False
    1      Bram        False      False           False
    2      Cora        False      False            True
    3      Daan        False      False           False
    4      Elif         True      False           False
    """
    state = state_of(cohort, months, day)
    is_untold = left_for(state, "unknown")
    work_exit, left_to_learn = left_for(state, "work"), left_for(state, "education")
    made = {
        "off_benefit": _known(~state.is_on),
        "work_exit": _known(work_exit).mask(is_untold),
        "part_time_work": _known(state.works).mask(~state.knows_work),
        "paid_job": _paid_job(cohort, state, work_exit).mask(is_untold),
        **_of_trajectories(cohort, state, left_to_learn),
        "moved": _known(state.is_moved).mask(~state.is_on & (not cohort.history.knows_reasons)),
    }
    made = {name: values.mask(state.is_joined) for name, values in made.items()}
    made["joined"] = _known(state.is_joined)
    people = cohort.participants[["person_id", "group"]].join(pd.DataFrame(made)[list(MEMBERSHIPS)])
    return from_register(people[state.is_followed].reset_index(drop=True), is_simulated=cohort.is_simulated)


def overlap_table(
    cohort: Cohort,
    months: int | None = None,
    *,
    day: Day | None = None,
    names: str | Collection[str] = OVERLAPPING,
) -> pd.DataFrame:
    """Count every combination of groups that occurs; the counts sum to everybody who is followed.

    Parameters
    ----------
    cohort
        Whom to count; see `programme_cohort`.
    months
        Months after the index day; left out with ``day``.
    day
        One day for all, in place of months.
    names
        Groups to combine, of `MEMBERSHIPS`.

    Returns
    -------
    pandas.DataFrame
        One row per combination: ``group``, a truth value for each of ``names``, ``n_groups`` of them that hold
        (missing where one is not known), and ``n`` persons. The most frequent comes first.

    Raises
    ------
    InvalidDataError
        When there is no such group; as `outcomes_at`.

    Examples
    --------
    >>> from evaltools.cohorts import example_cohort, overlap_table
    >>> overlap_table(example_cohort(), 12, names=("off_benefit", "work_exit"))[["off_benefit", "work_exit", "n"]]
       off_benefit  work_exit  n
    0        False      False  3
    1         True      False  1
    2         True       True  1
    """
    names = (names,) if isinstance(names, str) else tuple(names)
    unknown = [f"has no '{name}'; {did_you_mean(name, MEMBERSHIPS)}" for name in names if name not in MEMBERSHIPS]
    if unknown or not names or len(set(names)) < len(names):
        raise InvalidDataError("overlap_table()", unknown or ["needs the names of one or more different groups"])
    people = memberships(cohort, months, day=day)
    counted = people.groupby(list(names), dropna=False).size().rename("n").reset_index()
    counted.insert(0, "group", cohort.group)
    n_groups = counted[list(names)].astype("Int64").sum(axis=1, skipna=False)
    counted.insert(len(counted.columns) - 1, "n_groups", n_groups.astype("Int64"))
    ordered = counted.sort_values(["n", *names], ascending=[False, *[True] * len(names)], kind="stable")
    return from_register(ordered.reset_index(drop=True), is_simulated=cohort.is_simulated)


def membership_table(cohort: Cohort, months: int | None = None, *, day: Day | None = None) -> pd.DataFrame:
    """Count each group by itself; the counts overlap and sum to nothing.

    Parameters
    ----------
    cohort
        Whom to count; see `programme_cohort`.
    months
        Months after the index day; left out with ``day``.
    day
        One day for all, in place of months.

    Returns
    -------
    pandas.DataFrame
        One row per group of `MEMBERSHIPS`: ``group``, ``name``, ``n``, ``n_unknown`` and ``n_followed``; ``n``, of
        whom it is known, is missing where the register lacks what it rests on.

    Examples
    --------
    >>> from evaltools.cohorts import example_cohort, membership_table
    >>> membership_table(example_cohort(), 12)[["name", "n", "n_followed"]].head(3)
                 name  n  n_followed
    0     off_benefit  2           5
    1       work_exit  1           5
    2  part_time_work  1           5
    """
    people = memberships(cohort, months, day=day)
    untold = _cannot_tell(cohort, state_of(cohort, months, day))
    rows = [
        {
            "group": cohort.group,
            "name": name,
            "n": pd.NA if name in untold else int(people[name].sum()),
            "n_unknown": int(people[name].isna().sum()),
            "n_followed": len(people),
        }
        for name in MEMBERSHIPS
    ]
    return from_register(pd.DataFrame(rows).astype({"n": "Int64"}), is_simulated=cohort.is_simulated)


def _cannot_tell(cohort: Cohort, state: State) -> set[str]:
    """Name the groups that the register lacks something for, of somebody who is followed."""
    untold = set()
    if not state.knows_work[state.is_followed].all():
        untold |= {"part_time_work", "paid_job"}
    if not cohort.history.knows_reasons and (left_for(state, "unknown") & state.is_followed).any():
        untold |= {"work_exit", "paid_job", "education", "moved"}
    if not cohort.history.knows_participations:
        untold |= {"in_programme", "participation", "education"}
    if not cohort.history.knows_trajectories:
        untold.add("in_trajectory")
    return untold


def _known(values: np.ndarray) -> "pd.Series[bool]":
    return pd.Series(values, dtype="boolean")


def _paid_job(cohort: Cohort, state: State, work_exit: np.ndarray) -> "pd.Series[bool]":
    least = cohort.definitions.hours_per_week
    is_enough = state.works & ((state.hours >= least) | (least == 0))
    is_unknown = state.works & np.isnan(state.hours) & (least > 0)
    return _known(work_exit | is_enough).mask(is_unknown | ~state.knows_work)


def _of_trajectories(cohort: Cohort, state: State, left_to_learn: np.ndarray) -> "dict[str, pd.Series[bool]]":
    """Say who goes on in a trajectory, and who began one of a kind by then.

    Of who moved it is not known whether they go on; who died does not.
    """
    trajectories, n = cohort.history.trajectories, len(state.day)
    began = trajectories.is_own & (trajectories.first <= state.seen[trajectories.person])
    goes_on = trajectories.goes_on(state.seen) & ~state.is_dead[trajectories.person]
    takes_part = np.isin(trajectories.kind, [KINDS.index(kind) for kind in ("participation", "care")])
    learns, has_no_kind = trajectories.kind == KINDS.index("education"), trajectories.kind < 0

    def known(rows: np.ndarray, is_unknown: np.ndarray) -> "pd.Series[bool]":
        found = trajectories.any_where(rows, n)
        return _known(found).mask(~found & is_unknown)

    nobody_knows = np.full(n, not cohort.history.knows_participations)
    no_kind = trajectories.any_where(began & has_no_kind, n) | nobody_knows
    education = known(began & learns, no_kind | left_for(state, "unknown"))
    return {
        "in_programme": known(goes_on & trajectories.is_own, nobody_knows).mask(state.is_moved),
        "in_trajectory": known(goes_on, np.full(n, not cohort.history.knows_trajectories)).mask(state.is_moved),
        "participation": known(began & takes_part, no_kind),
        "education": education.mask(left_to_learn, other=True),
    }
