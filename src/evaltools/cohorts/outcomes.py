"""What became of people at a horizon: one exclusive outcome each."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from evaltools.cohorts.cohort import CAUSES, Cohort
from evaltools.cohorts.definitions import DAYS_A_MONTH, months_given
from evaltools.cohorts.follow_up import CAUSE_OF, MOVE, is_followed
from evaltools.cohorts.history import first_days, month_numbers
from evaltools.cohorts.spells import NEVER, Day, coded, day_numbers
from evaltools.cohorts.state import State, left_for, require_cohort, state_of
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

Unit = Literal["persons", "benefits"]


def outcomes_at(cohort: Cohort, months: int | None = None, *, day: Day | None = None) -> pd.DataFrame:
    """Give each member one outcome, so many months after the index day or on one day for all.

    By the ``horizon_rule`` of the definitions: ``status`` on that day; ``first_exit`` by then, else the status;
    or the ``best`` of all exits by then, of work beside the benefit since the month after the index day, and of the
    status. A move, or one's own selection of a comparison person, ends what is seen.

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
        One row per person: ``person_id``, ``group``, ``outcome`` (a category of `OUTCOMES`).

    Raises
    ------
    InvalidDataError
        When nobody is followed until then.

    Examples
    --------
    >>> from evaltools.cohorts import example_cohort, outcomes_at
    >>> outcomes_at(example_cohort(), 12)[["person_id", "outcome"]]
      person_id            outcome
    0      Anna               work
    1      Bram         on_benefit
    2      Cora  work_with_benefit
    3      Daan         on_benefit
    4      Elif          education
    """
    rank = _rank(cohort, state_of(cohort, months, day))
    people = cohort.participants[["person_id", "group"]]
    return people.assign(outcome=coded(rank, tuple(OUTCOMES)))


def outcome_table(
    cohort: Cohort,
    months: int | Sequence[int] | None = None,
    *,
    day: Day | None = None,
    unit: Unit = "persons",
) -> pd.DataFrame:
    """Count the exclusive outcomes; they sum to everybody in the cohort.

    Parameters
    ----------
    cohort
        Whom to count; see `programme_cohort`.
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
        cannot tell: without incomes of that month, ``work_with_benefit`` is among ``in_trajectory`` and
        ``on_benefit``; without participations and provisions, ``in_trajectory`` among ``on_benefit``; without any
        reason of an end, all who left are ``unknown``. Of a horizon until which nobody is followed, beside one
        until which somebody is, only ``too_short`` is known.

    Raises
    ------
    InvalidDataError
        As `outcomes_at`.

    Examples
    --------
    >>> from evaltools.cohorts import example_cohort, outcome_table
    >>> outcome_table(example_cohort(), 12).query("n > 0")[["months", "outcome", "n", "n_followed", "share"]]
       months            outcome  n  n_followed  share
    0      12               work  1           5    0.2
    1      12  work_with_benefit  1           5    0.2
    2      12          education  1           5    0.2
    7      12         on_benefit  2           5    0.4
    """
    if unit not in {"persons", "benefits"}:
        raise InvalidDataError(
            "outcome_table()", [f"has no unit '{unit}'; {did_you_mean(unit, ('persons', 'benefits'))}"]
        )
    require_cohort(cohort)
    if day is not None and months is not None:
        raise InvalidDataError("outcome_table()", ["take either months after the index day or one day for all"])
    horizons: tuple[int | None, ...] = (None,)
    if day is None:
        horizons = months_given(cohort.definitions.horizons_months if months is None else months)
    rows = []
    can_be = [month is None or bool(is_followed(cohort, month).any()) for month in horizons]
    for horizon, is_any in zip(horizons, can_be, strict=True):
        if not is_any and any(can_be):
            rows += _nobody_followed(cohort, horizon, unit)
            continue
        state = state_of(cohort, horizon, day)
        rank = pd.Series(_rank(cohort, state))
        untold = _cannot_tell(cohort, state, rank.to_numpy())
        if unit == "benefits":
            rank = rank.groupby(cohort.participants["benefit_id"]).min()
        counts = np.bincount(rank, minlength=len(OUTCOMES))
        n_followed = int(counts.sum() - counts[RANK["too_short"]])
        for name, n in zip(OUTCOMES, counts.tolist(), strict=True):
            is_known = name not in untold
            share = n / n_followed if is_known and name != "too_short" and n_followed else np.nan
            rows.append((cohort.group, horizon, name, n if is_known else pd.NA, n_followed, share))
    made = pd.DataFrame(rows, columns=["group", "months", "outcome", "n", "n_followed", "share"])
    # Categories keep the order of the outcomes in a pivot.
    types: dict[str, Any] = {
        "months": "Int64",
        "n": "Int64",
        "outcome": pd.CategoricalDtype(list(OUTCOMES), ordered=True),
    }
    return from_register(made.astype(types), is_simulated=cohort.is_simulated)


def months_with_benefit(cohort: Cohort, months: int) -> pd.DataFrame:
    """Count the months with benefit from the index day up to the day before a horizon; days in a bridged gap have none.

    Parameters
    ----------
    cohort
        Whom to count; see `programme_cohort`.
    months
        The horizon, in months after the index day.

    Returns
    -------
    pandas.DataFrame
        One row per person: ``person_id``, ``group``, ``months_with_benefit``; missing for who is not followed
        until then, or moved or joined before it. Who died has no benefit from then on.

    Examples
    --------
    Anna and Elif left after 151 days, of 365.25 / 12 days a month:

    >>> from evaltools.cohorts import example_cohort, months_with_benefit
    >>> months_with_benefit(example_cohort(), 12).set_index("person_id")["months_with_benefit"].round(2).to_dict()
    {'Anna': 4.96, 'Bram': 8.97, 'Cora': 11.99, 'Daan': 11.99, 'Elif': 4.96}
    """
    state = state_of(cohort, months, None)
    index = cohort.index
    days = cohort.history.runs.days_within(index, np.minimum(state.day, state.seen) - 1)
    is_known = state.is_followed & ~state.is_moved & ~state.is_joined
    people = cohort.participants[["person_id", "group"]]
    return people.assign(months_with_benefit=np.where(is_known, days / DAYS_A_MONTH, np.nan))


def _rank(cohort: Cohort, state: State) -> np.ndarray:
    """Position in `OUTCOMES` of each member's outcome, by the rule of the definitions."""
    rank = _status(cohort, state)
    if cohort.definitions.horizon_rule == "first_exit":
        exit_day = day_numbers(cohort.participants["exit_day"])
        first = OUTCOME_OF_CAUSE[cohort.participants["cause"].cat.codes.to_numpy()]
        rank = np.where(exit_day <= state.day, first, rank)
    elif cohort.definitions.horizon_rule == "best":
        rank = np.minimum(rank, np.minimum(_best_exit(cohort, state), _ever_worked(cohort, state)))
    return np.where(state.is_followed, rank, RANK["too_short"])


def _status(cohort: Cohort, state: State) -> np.ndarray:
    trajectories = cohort.history.trajectories
    n = len(state.day)
    in_one = trajectories.any_where(trajectories.goes_on(state.seen), n)
    on = np.where(state.works, RANK["work_with_benefit"], np.where(in_one, RANK["in_trajectory"], RANK["on_benefit"]))
    rank = np.where(state.is_on, on, OUTCOME_OF_CAUSE[CAUSE_OF[state.reason]])
    rank = np.where(state.is_joined, RANK["joined"], rank)
    return np.where(state.is_moved, RANK["moved"], rank)


def _best_exit(cohort: Cohort, state: State) -> np.ndarray:
    """First outcome, in their order, of all exits up to the day; too late a rank where there is none."""
    spells = cohort.history.spells
    index = cohort.index[spells.person]
    exits = (spells.last >= index) & (spells.last + 1 <= state.seen[spells.person]) & (spells.reason != MOVE)
    best = np.full(len(state.day), len(OUTCOMES))
    np.minimum.at(best, spells.person[exits], OUTCOME_OF_CAUSE[CAUSE_OF[spells.reason[exits]]])
    return best


def _ever_worked(cohort: Cohort, state: State) -> np.ndarray:
    """Rank of work beside the benefit for who had it in a month after that of the index day, up to the day."""
    best = np.full(len(state.day), len(OUTCOMES))
    work, index = cohort.history.work, cohort.index
    within = (work.month > month_numbers(index)[work.person]) & (work.month <= month_numbers(state.seen)[work.person])
    best[cohort.history.works_beside_benefit(within, state.seen)] = RANK["work_with_benefit"]
    return best


def _nobody_followed(cohort: Cohort, months: int | None, unit: Unit) -> list[tuple[Any, ...]]:
    n = len(cohort) if unit == "persons" else cohort.participants["benefit_id"].nunique()
    return [(cohort.group, months, name, n if name == "too_short" else pd.NA, 0, np.nan) for name in OUTCOMES]


def _cannot_tell(cohort: Cohort, state: State, rank: np.ndarray) -> set[str]:
    """Name the outcomes that the register cannot tell of somebody who is followed."""
    untold = set()
    if (_may_be_at_work(cohort, state) & (rank > RANK["work_with_benefit"])).any():
        untold.add("work_with_benefit")
    if not cohort.history.knows_reasons and (left_for(state, "unknown") & state.is_followed).any():
        untold |= {"work", "education", "other_income", "enforcement", "demographic", "moved"}
    if not cohort.history.knows_trajectories:
        untold.add("in_trajectory")
    return untold


def _may_be_at_work(cohort: Cohort, state: State) -> np.ndarray:
    """Say of whom work beside the benefit would count, in a month of which the register has no incomes."""
    history = cohort.history
    unknown = state.is_on & ~state.knows_work
    if cohort.definitions.horizon_rule == "first_exit":
        unknown &= ~(day_numbers(cohort.participants["exit_day"]) <= state.day)
    if cohort.definitions.horizon_rule == "best":
        first = first_days(month_numbers(cohort.index) + 1)
        last = np.minimum(state.seen, NEVER if history.work_since == NEVER else first_days(history.work_since) - 1)
        person = np.arange(len(first))
        unknown |= (first <= last) & history.spells.touches(person, first, last)
    return np.asarray(unknown & state.is_followed)
