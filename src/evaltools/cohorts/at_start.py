"""What a register tells of persons on their index day: what they are then, and what came before it."""

from typing import Any

import numpy as np
import pandas as pd

from evaltools.cohorts.definitions import DAYS_A_MONTH, Definitions, days_of
from evaltools.cohorts.history import History, month_numbers
from evaltools.cohorts.spells import NEVER, day_numbers, positions
from evaltools.errors import InvalidDataError, many
from evaltools.registers import Register
from evaltools.registers.quality import MAIN_SCHEMES
from evaltools.registers.tables import TABLES

OF_PERSON = ("birth_year", "sex", "household_type", "origin_status", "neighbourhood")
OF_BENEFIT = ("benefit_id", "scheme", "exemption")

COVARIATES = (
    "index_quarter", "age", "sex", "household_type", "origin_status", "neighbourhood", "scheme", "exemption", "months_on_benefit",
    "months_on_benefit_before", "n_exits_before", "months_with_work_before", "has_open_trajectory",
)  # fmt: skip
"""What is known of a person on the index day. Household type and neighbourhood are those of the extract day."""


def at_start(
    register: Register,
    benefits: pd.DataFrame,
    history: History,
    index: np.ndarray,
    register_since: int | None,
    definitions: Definitions,
) -> pd.DataFrame:
    """Describe persons on their index day. One row per person of the history, in its order.

    Columns ``in_persons`` (a row in that table), ``in_register`` (that, or a benefit), ``on_benefit``, ``benefit_id``, ``days_on_benefit`` and those of `COVARIATES`:
    ``benefits`` are the rows of ``benefit_spells`` of these persons, with their position in the column ``at``.
    ``age`` is the age reached in the year of the index day; ``months_on_benefit`` the months since the benefit
    that runs began; of the ``months_before`` of the definitions, ``months_on_benefit_before`` are those with
    benefit, ``n_exits_before`` the benefits that ended, and ``months_with_work_before`` those with income from
    work beside the benefit. ``index_quarter`` is that of the index day: draws of comparison
    persons are alike, those who are in need not be. ``has_open_trajectory`` says whether a provision or another programme began before
    the index day and runs on it. What the register cannot tell is missing: what came before it shows ends
    (``register_since``, `follow_up.followed_from`), has incomes or provisions.
    """
    person = np.arange(len(history.persons))
    runs_at = history.runs.on(person, index)
    on_benefit = runs_at >= 0
    spell_at = np.where(on_benefit, history.spells.on(person, index), -1)
    days = np.where(on_benefit, index - _take(history.spells.first, spell_at), -1)
    since, before = index - days_of(definitions.months_before), index - 1
    is_past_known = since >= (-NEVER if register_since is None else register_since)
    past = history.runs.days_within(since, before)
    made = {
        **_of_person(register, history),
        "on_benefit": on_benefit,
        **_of_benefit(benefits, index),
        "days_on_benefit": days,
        "months_on_benefit": np.where(on_benefit, days / DAYS_A_MONTH, np.nan),
        "months_on_benefit_before": np.where(is_past_known, past / DAYS_A_MONTH, np.nan),
        # An exit is the day after the last one with benefit.
        "n_exits_before": pd.Series(history.spells.n_ended_within(since - 1, before - 1), dtype="Int64").where(
            is_past_known
        ),
        "months_with_work_before": _months_with_work(history, index, definitions),
        "has_open_trajectory": _has_open_trajectory(history, index),
    }
    state = pd.DataFrame(made)
    state.insert(0, "person_id", history.persons)
    birth_year = state.pop("birth_year")
    year = pd.Series(1970 + month_numbers(np.minimum(index, NEVER - 1)) // 12, dtype="Int64")
    state["age"] = year - birth_year.astype("Int64")
    # A text, as other cohorts lie in other quarters.
    quarter = month_numbers(np.minimum(index, NEVER - 1)) // 3
    names = np.array([f"{1970 + each // 4}-Q{each % 4 + 1}" for each in np.unique(quarter)], dtype=object)
    state["index_quarter"] = pd.Series(names[np.searchsorted(np.unique(quarter), quarter)], dtype="str")
    return state


def _take(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    return values[np.maximum(at, 0)] if len(values) else np.zeros(len(at), dtype=np.int64)


def _of_person(register: Register, history: History) -> dict[str, object]:
    rows = register.read("persons", ["person_id", *OF_PERSON])
    at = positions(rows["person_id"], history.persons)
    rows, at = rows[at >= 0], at[at >= 0]
    is_double = pd.Series(at).duplicated(keep=False).to_numpy()
    if is_double.any():
        rows = pd.concat([rows[~is_double], rows[is_double].drop_duplicates()])
        at = positions(rows["person_id"], history.persons)
    if n := int((np.bincount(at, minlength=1) > 1).sum()):
        raise InvalidDataError(
            f"the register of {register.municipality}",
            [f"persons: {many(n, 'person')} with two rows that differ; mend the source and ingest it again"],
        )
    own = rows.set_index(at).reindex(range(len(history.persons)))
    has_benefit = np.bincount(history.runs.person, minlength=len(history.persons)) > 0
    in_persons = own["person_id"].notna().to_numpy()
    made: dict[str, object] = {"in_persons": in_persons, "in_register": in_persons | has_benefit}
    return made | {column: own[column].astype(TABLES["persons"].dtype(column)) for column in OF_PERSON}


def _of_benefit(benefits: pd.DataFrame, index: np.ndarray) -> dict[str, Any]:
    """Take what stands in the row that runs on the index day; of several, the first by scheme and number.

    And say of each scheme whether a benefit of it runs, as ``runs_01``.
    """
    own = index[benefits["at"]]
    runs = (day_numbers(benefits["first_day"]) <= own) & (day_numbers(benefits["last_day"]) >= own)
    running = benefits.loc[runs, [*OF_BENEFIT, "at"]]
    # Few have two: only they are put in order.
    is_double = running["at"].duplicated(keep=False)
    doubles = running[is_double].sort_values(["at", *OF_BENEFIT[1:], OF_BENEFIT[0]], kind="stable")
    one_each = pd.concat([running[~is_double], doubles.drop_duplicates("at")])
    found = one_each.set_index("at").reindex(range(len(index)))
    made: dict[str, Any] = {
        column: found[column].astype(TABLES["benefit_spells"].dtype(column)) for column in OF_BENEFIT
    }
    for scheme in MAIN_SCHEMES:
        made[f"runs_{scheme}"] = np.isin(range(len(index)), running.loc[running["scheme"] == scheme, "at"])
    return made


def _months_with_work(history: History, index: np.ndarray, definitions: Definitions) -> "pd.Series[int]":
    index_month = month_numbers(np.minimum(index, NEVER - 1))
    month = index_month[history.work.person]
    before = (history.work.month < month) & (history.work.month >= month - definitions.months_before)
    worked = history.works_beside_benefit(before, index)
    months = pd.Series(np.bincount(worked, minlength=len(index)), dtype="Int64")
    return months.where(index_month - definitions.months_before >= history.work_since)


def _has_open_trajectory(history: History, index: np.ndarray) -> "pd.Series[bool]":
    own = index[history.trajectories.person]
    runs = (history.trajectories.first < own) & (history.trajectories.last >= own) & ~history.trajectories.is_own
    found = pd.Series(history.trajectories.any_where(runs, len(index)), dtype="boolean")
    # Another programme that runs is a trajectory, whether provisions are known or not.
    return found.where(found | (index >= history.provisions_since))
