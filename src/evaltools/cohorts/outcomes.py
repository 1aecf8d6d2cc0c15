"""What became of people at a horizon: one exclusive outcome each, and the groups that overlap."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from evaltools.cohorts.cohort import CAUSES, FOLLOW_UP_ENDS, Cohort
from evaltools.cohorts.definitions import DAYS_A_MONTH, days_of
from evaltools.cohorts.follow_up import CAUSE_OF, MOVE, can_be_followed
from evaltools.cohorts.history import KINDS, month_numbers
from evaltools.cohorts.spells import NEVER, coded, day_numbers
from evaltools.disclosure import from_register
from evaltools.errors import InvalidDataError, did_you_mean

OUTCOMES = {
    "work": "without benefit; the last one ended for work",
    "work_with_benefit": "on benefit, with income from work in that month",
    "education": "without benefit; the last one ended for education",
    "other_income": "without benefit; the last one ended for other income, a relation or the partner",
    "enforcement": "without benefit; the last one ended by enforcement",
    "demographic": "without benefit; the last one ended by AOW, death, detention or a move abroad",
    "in_trajectory": "on benefit, in a trajectory that goes on",
    "on_benefit": "on benefit, without work or a trajectory",
    "unknown": "without benefit; why is not known",
    "moved": "moved to another municipality before that day",
    "joined": "selected for the programme before that day (comparison persons)",
    "too_short": "not followed until that day: it lies after the last day that anybody is followed",
}
"""Exclusive outcomes; who has several has the first."""

RANK = {name: position for position, name in enumerate(OUTCOMES)}
OUTCOME_OF_CAUSE = np.array([
    RANK[{"partner": "other_income", "censored": "unknown"}.get(cause, cause)] for cause in CAUSES
])  # fmt: skip

MEMBERSHIPS = {
    "off_benefit": "no benefit of this municipality on that day",
    "work_exit": "no benefit, and the last one ended for work",
    "part_time_work": "on benefit, with income from work in that month",
    "paid_job": "work_exit, or part_time_work of the hours that make a job; missing where the hours are not known",
    "in_programme": "began the programme and goes on in it",
    "in_trajectory": "began the programme, another one or a provision, and goes on in it",
    "participation": "began a trajectory of the programme about participation or care by then",
    "education": "began one about education by then, or has no benefit and left the last one for it",
    "moved": "moved to another municipality before that day",
}
"""Groups that a person can be in on a day, several at once."""

OVERLAPPING = ("work_exit", "part_time_work", "in_programme", "participation", "education")
Unit = Literal["persons", "benefits"]


@dataclass(frozen=True)
class _State:
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
    """

    day: np.ndarray
    is_followed: np.ndarray
    is_moved: np.ndarray
    is_joined: np.ndarray
    is_on: np.ndarray
    reason: np.ndarray
    seen: np.ndarray
    works: np.ndarray
    hours: np.ndarray


def outcomes_at(
    cohort: Cohort, months: int | None = None, *, day: dt.date | pd.Timestamp | str | None = None
) -> pd.DataFrame:
    """Give each member one outcome, so many months after the index day or on one day for all.

    By the ``horizon_rule`` of the definitions: ``status`` on that day; ``first_exit`` by then, else the status;
    or the ``best`` of all exits by then, of work beside the benefit since the month after the index day, and of the
    status. A move, or one's own selection of a comparison person, ends what is seen.

    Returns
    -------
    pandas.DataFrame
        One row per person: ``person_id``, ``group``, ``outcome`` (a category of `OUTCOMES`).

    Raises
    ------
    InvalidDataError
        When nobody is followed until then.
    """
    state = _state(cohort, months, day)
    rank = _status(cohort, state)
    if cohort.definitions.horizon_rule == "first_exit":
        exit_day = day_numbers(cohort.participants["exit_day"])
        first = OUTCOME_OF_CAUSE[cohort.participants["cause"].cat.codes.to_numpy()]
        rank = np.where(exit_day <= state.day, first, rank)
    elif cohort.definitions.horizon_rule == "best":
        rank = np.minimum(rank, np.minimum(_best_exit(cohort, state), _ever_worked(cohort, state)))
    rank = np.where(state.is_followed, rank, RANK["too_short"])
    people = cohort.participants[["person_id", "group"]]
    return people.assign(outcome=coded(rank, tuple(OUTCOMES)))


def outcome_table(
    cohort: Cohort,
    months: Sequence[int] | None = None,
    *,
    day: dt.date | pd.Timestamp | str | None = None,
    unit: Unit = "persons",
) -> pd.DataFrame:
    """Count the exclusive outcomes; they sum to everybody in the cohort.

    Parameters
    ----------
    months
        Horizons; those of the definitions when left out.
    day
        One day for all, in place of horizons.
    unit
        ``persons``, or ``benefits``: a couple on one benefit on the index day is one, with the first outcome of
        the two.

    Returns
    -------
    pandas.DataFrame
        One row per horizon and outcome: ``group``, ``months`` (missing for a day), ``outcome``, ``n``,
        ``n_followed`` (all but ``too_short``) and ``share`` of these. ``n`` is missing for what the register
        cannot tell: without incomes, ``work_with_benefit`` is among ``in_trajectory`` and ``on_benefit``, and
        without participations and provisions, ``in_trajectory`` among ``on_benefit``.

    Raises
    ------
    InvalidDataError
        As `outcomes_at`.
    """
    if unit not in {"persons", "benefits"}:
        raise InvalidDataError(
            "outcome_table()", [f"has no unit '{unit}'; {did_you_mean(unit, ('persons', 'benefits'))}"]
        )
    horizons: list[int | None] = [None] if day is not None else list(months or cohort.definitions.horizons_months)
    untold = _cannot_tell(cohort)
    rows = []
    for horizon in horizons:
        rank = outcomes_at(cohort, horizon, day=day)["outcome"].cat.codes
        if unit == "benefits":
            rank = rank.groupby(cohort.participants["benefit_id"]).min()
        counts = np.bincount(rank, minlength=len(OUTCOMES))
        n_followed = int(counts.sum() - counts[RANK["too_short"]])
        for name, n in zip(OUTCOMES, counts.tolist(), strict=True):
            is_known = name not in untold
            share = n / n_followed if is_known and name != "too_short" else np.nan
            rows.append((cohort.group, horizon, name, n if is_known else pd.NA, n_followed, share))
    made = pd.DataFrame(rows, columns=["group", "months", "outcome", "n", "n_followed", "share"])
    # Categories keep the order of the outcomes in a pivot.
    types = {"months": "Int64", "n": "Int64", "outcome": pd.CategoricalDtype(list(OUTCOMES), ordered=True)}
    return from_register(made.astype(types), is_simulated=cohort.is_simulated)


def memberships(
    cohort: Cohort, months: int | None = None, *, day: dt.date | pd.Timestamp | str | None = None
) -> pd.DataFrame:
    """Say of everybody who is followed until then which groups they are in, several at once.

    Returns
    -------
    pandas.DataFrame
        One row per person who is followed: ``person_id``, ``group`` and a truth value for each of `MEMBERSHIPS`;
        missing where the register cannot tell.

    Raises
    ------
    InvalidDataError
        As `outcomes_at`.
    """
    state = _state(cohort, months, day)
    work_exit, left_to_learn = _left_for(state, "work"), _left_for(state, "education")
    made = {
        "off_benefit": _known(~state.is_on),
        "work_exit": _known(work_exit),
        "part_time_work": _part_time(cohort, state),
        "paid_job": _paid_job(cohort, state, work_exit),
        **_of_trajectories(cohort, state, left_to_learn),
        "moved": _known(state.is_moved),
    }
    people = cohort.participants[["person_id", "group"]].join(pd.DataFrame(made)[list(MEMBERSHIPS)])
    return from_register(people[state.is_followed].reset_index(drop=True), is_simulated=cohort.is_simulated)


def overlap_table(
    cohort: Cohort,
    months: int | None = None,
    *,
    day: dt.date | pd.Timestamp | str | None = None,
    names: Collection[str] = OVERLAPPING,
) -> pd.DataFrame:
    """Count every combination of groups that occurs; the counts sum to everybody who is followed.

    Returns
    -------
    pandas.DataFrame
        One row per combination: ``group``, a truth value for each of ``names``, ``n_groups`` of them that hold,
        and ``n`` persons. The most frequent comes first.

    Raises
    ------
    InvalidDataError
        When there is no such group; as `outcomes_at`.
    """
    unknown = [f"has no '{name}'; {did_you_mean(name, MEMBERSHIPS)}" for name in names if name not in MEMBERSHIPS]
    if unknown or not names:
        raise InvalidDataError("overlap_table()", unknown or ["needs the name of at least one group"])
    people = memberships(cohort, months, day=day)
    counted = people.groupby(list(names), dropna=False).size().rename("n").reset_index()
    counted.insert(0, "group", cohort.group)
    counted.insert(len(counted.columns) - 1, "n_groups", counted[list(names)].sum(axis=1).astype("int64"))
    ordered = counted.sort_values(["n", *names], ascending=[False, *[True] * len(names)], kind="stable")
    return from_register(ordered.reset_index(drop=True), is_simulated=cohort.is_simulated)


def membership_table(
    cohort: Cohort, months: int | None = None, *, day: dt.date | pd.Timestamp | str | None = None
) -> pd.DataFrame:
    """Count each group by itself; the counts overlap and sum to nothing.

    Returns
    -------
    pandas.DataFrame
        One row per group of `MEMBERSHIPS`: ``group``, ``name``, ``n``, ``n_unknown`` and ``n_followed``; ``n`` is
        missing where the register cannot tell of anybody.
    """
    people = memberships(cohort, months, day=day)
    rows = [
        {
            "group": cohort.group,
            "name": name,
            "n": pd.NA if people[name].isna().all() else int(people[name].sum()),
            "n_unknown": int(people[name].isna().sum()),
            "n_followed": len(people),
        }
        for name in MEMBERSHIPS
    ]
    return from_register(pd.DataFrame(rows).astype({"n": "Int64"}), is_simulated=cohort.is_simulated)


def member_work(cohort: Cohort, months: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Say of each member who left for work, who works beside the benefit and for how many hours, and how many there are.

    Only members who are followed until then are marked; hours are nan where they are not known.
    """
    state = _state(cohort, months, None)
    followed = state.is_followed
    return _left_for(state, "work") & followed, state.works & followed, state.hours, int(followed.sum())


def months_with_benefit(cohort: Cohort, months: int) -> pd.DataFrame:
    """Count the months with benefit in the time up to a horizon, exits and returns included.

    Returns
    -------
    pandas.DataFrame
        One row per person: ``person_id``, ``group``, ``months_with_benefit``; missing for who is not followed
        until then, or moved or joined before it. Who died has no benefit from then on.
    """
    state = _state(cohort, months, None)
    index = day_numbers(cohort.participants["index_day"])
    days = cohort.history.spells.days_within(index, np.minimum(state.day, state.seen) - 1)
    is_known = state.is_followed & ~state.is_moved & ~state.is_joined
    people = cohort.participants[["person_id", "group"]]
    return people.assign(months_with_benefit=np.where(is_known, days / DAYS_A_MONTH, np.nan))


def _state(cohort: Cohort, months: int | None, day: dt.date | pd.Timestamp | str | None) -> _State:
    """Look at everybody on a day of their own."""
    index = day_numbers(cohort.participants["index_day"])
    until = int(day_numbers(pd.DatetimeIndex([cohort.followed_until]))[0])
    if months is not None and day is None:
        moment = index + days_of(months)
        is_followed = can_be_followed(index, months, until, cohort.definitions)
        what = f"for {months} months"
    elif day is not None and months is None:
        moment = np.full(len(index), day_numbers(pd.DatetimeIndex([pd.Timestamp(day)]))[0])
        most = cohort.definitions.months_followed_at_most
        limit = NEVER if most is None else index + days_of(most)
        is_followed = (moment >= index) & (moment <= until) & (moment <= limit)
        what = f"until {pd.Timestamp(day):%Y-%m-%d}"
    else:
        raise InvalidDataError("outcomes", ["take either months after the index day or one day for all"])
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
    spells = cohort.history.spells
    is_on = (spells.on(person, seen) >= 0) & ~is_moved
    reason = spells.reason[spells.begun_by(person, seen)]
    works, hours = _work_on(cohort, seen, is_on)
    return _State(moment, is_followed, is_moved, is_joined, is_on, reason, seen, works, hours)


def _left_for(state: _State, cause: str) -> np.ndarray:
    """Say who has no benefit and left the last one for a cause."""
    return np.asarray(~state.is_on & ~state.is_moved & (CAUSE_OF[state.reason] == CAUSES.index(cause)))


def _work_on(cohort: Cohort, day: np.ndarray, is_on: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    works, hours = np.zeros(len(day), dtype=bool), np.full(len(day), np.nan)
    work = cohort.history.work
    if work is not None:
        now = work.month == month_numbers(day)[work.person]
        works[work.person[now]] = True
        hours[work.person[now]] = work.hours[now]
    return works & is_on, np.where(is_on, hours, np.nan)


def _status(cohort: Cohort, state: _State) -> np.ndarray:
    trajectories = cohort.history.trajectories
    n = len(state.day)
    in_one = (
        trajectories.any_where(trajectories.goes_on(state.seen), n)
        if trajectories is not None
        else np.zeros(n, dtype=bool)
    )
    on = np.where(state.works, RANK["work_with_benefit"], np.where(in_one, RANK["in_trajectory"], RANK["on_benefit"]))
    rank = np.where(state.is_on, on, OUTCOME_OF_CAUSE[CAUSE_OF[state.reason]])
    rank = np.where(state.is_joined, RANK["joined"], rank)
    return np.where(state.is_moved, RANK["moved"], rank)


def _best_exit(cohort: Cohort, state: _State) -> np.ndarray:
    """First outcome, in their order, of all exits up to the day; too late a rank where there is none."""
    spells = cohort.history.spells
    index = day_numbers(cohort.participants["index_day"])[spells.person]
    exits = (spells.last >= index) & (spells.last + 1 <= state.seen[spells.person]) & (spells.reason != MOVE)
    best = np.full(len(state.day), len(OUTCOMES))
    np.minimum.at(best, spells.person[exits], OUTCOME_OF_CAUSE[CAUSE_OF[spells.reason[exits]]])
    return best


def _ever_worked(cohort: Cohort, state: _State) -> np.ndarray:
    """Rank of work beside the benefit for who had it in a month after that of the index day, up to the day."""
    best = np.full(len(state.day), len(OUTCOMES))
    work = cohort.history.work
    if work is None:
        return best
    index = day_numbers(cohort.participants["index_day"])
    within = (work.month > month_numbers(index)[work.person]) & (work.month <= month_numbers(state.seen)[work.person])
    person, month = work.person[within], work.month[within]
    first, end = ((month + step).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) for step in (0, 1))
    spells = cohort.history.spells
    at = spells.begun_by(person, np.minimum(end - 1, state.seen[person]))
    on_benefit = (at >= 0) & (spells.last[at] >= first)
    best[person[on_benefit]] = RANK["work_with_benefit"]
    return best


def _cannot_tell(cohort: Cohort) -> set[str]:
    untold = set()
    if cohort.history.work is None:
        untold.add("work_with_benefit")
    if cohort.history.trajectories is None:
        untold.add("in_trajectory")
    return untold


def _known(values: np.ndarray) -> "pd.Series[bool]":
    return pd.Series(values, dtype="boolean")


def _part_time(cohort: Cohort, state: _State) -> "pd.Series[bool]":
    works = _known(state.works)
    return works if cohort.history.work is not None else works.mask(state.is_on)


def _paid_job(cohort: Cohort, state: _State, work_exit: np.ndarray) -> "pd.Series[bool]":
    least = cohort.definitions.hours_per_week
    is_enough = state.works & ((state.hours >= least) | (least == 0))
    is_unknown = state.works & np.isnan(state.hours) & (least > 0)
    if cohort.history.work is None:
        is_unknown = state.is_on
    return _known(work_exit | is_enough).mask(is_unknown)


def _of_trajectories(cohort: Cohort, state: _State, left_to_learn: np.ndarray) -> "dict[str, pd.Series[bool]]":
    trajectories = cohort.history.trajectories
    n = len(state.day)
    names = ("in_programme", "in_trajectory", "participation", "education")
    if trajectories is None:
        unknown = pd.Series(pd.NA, index=range(n), dtype="boolean")
        return {**dict.fromkeys(names, unknown), "education": unknown.mask(left_to_learn, other=True)}
    goes_on = trajectories.goes_on(state.seen)
    began = trajectories.is_own & (trajectories.first <= state.seen[trajectories.person])
    takes_part = np.isin(trajectories.kind, [KINDS.index(kind) for kind in ("participation", "care")])
    learns = trajectories.kind == KINDS.index("education")
    rows = (goes_on & trajectories.is_own, goes_on, began & takes_part, began & learns)
    found = [trajectories.any_where(each, n) for each in rows]
    found[-1] |= left_to_learn
    return {name: _known(values) for name, values in zip(names, found, strict=True)}
