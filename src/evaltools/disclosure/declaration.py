"""What a table is declared to hold before it passes: every column, and nothing of one person."""

import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from evaltools.disclosure.protected import REGISTER
from evaltools.errors import did_you_mean

NAME = re.compile(r"(?=.{1,30}$)[a-z]+(_[a-z]+)*")
"""The form of a column's name: no day or number fits it, nor a pseudonym that has a digit. That it is no
name of a person is not seen to: columns are named in code.
"""
PERSONAL = re.compile(
    r".*_id|bsn|name|birth_.*|neighbourhood|(first|last|registered|selected|offered|filled)_day", re.IGNORECASE
)
"""Names of columns that hold something of one person or household, however they are declared."""
REGISTER_DAYS = ("extract_day", "censoring_day", "on")
"""Names of columns with days of the register itself: of its extract, until when it is followed, a reference day."""


def placement_problems(rows: pd.DataFrame, declared: Sequence[str], new: Sequence[str]) -> list[str]:
    """Say which columns are not declared once, are of one person, or stand in the way of a new one."""
    nameless = [column for column in rows.columns if not isinstance(column, str) or not NAME.fullmatch(column)]
    if nameless:  # not quoted: it can be anything
        return [f"has {len(nameless)} columns without a name of words, such as n_rows; name what is in them"]
    names = list(rows.columns)
    problems = [f"has no column '{name}'; {did_you_mean(name, names)}" for name in declared if name not in names]
    problems += [
        f"column '{name}' is not declared; say what it is or leave it out" for name in names if name not in declared
    ]
    problems += [
        f"column '{name}' is declared more than once" for name in dict.fromkeys(declared) if declared.count(name) > 1
    ]
    problems += [f"has more than one column '{name}'" for name in dict.fromkeys(names) if names.count(name) > 1]
    problems += [f"'{name}' is already a column; shares and settings come beside them" for name in new if name in names]
    problems += ["a share or setting has no name of words"] * any(not NAME.fullmatch(name) for name in new)
    problems += [
        f"column '{name}' is of one person or household; count it instead" for name in names if PERSONAL.fullmatch(name)
    ]
    return problems


def content_problems(
    rows: pd.DataFrame,
    *,
    counts: Sequence[str],
    labels: Sequence[str],
    words: Mapping[str, Collection[str]],
    days: Sequence[str],
) -> list[str]:
    """Say which columns hold something else than what they are declared as; their values are not quoted."""
    problems = [f"column '{name}' is no day of a register; those are {', '.join(REGISTER_DAYS)}" for name in days
                if name not in REGISTER_DAYS]  # fmt: skip
    checks = [
        (counts, is_count, "holds no counts (whole numbers of at least 0)"),
        (days, is_day, "holds no days"),
    ]
    problems += [
        f"column '{name}' {wrong}" for columns, is_so, wrong in checks for name in columns
        if is_there(rows, name) and not is_so(rows[name])
    ]  # fmt: skip
    return problems + [
        f"column '{name}' holds something else than yes, no or the texts that words={{'{name}': …}} allows"
        for name in labels
        if is_there(rows, name) and not is_label(rows[name], words.get(name, ()))
    ]


def simulation_problems(rows: pd.DataFrame, *, is_simulated: bool) -> list[str]:
    """Say whether a register that a table is known to be of is simulated where the table is said not to be, or not where it is."""
    mark = rows.attrs.get(REGISTER)
    if mark is None or mark["is_simulated"] is is_simulated:
        return []
    return ["is_simulated is not what the register says; pass is_simulated=register.is_simulated"]


def register_days(rows: pd.DataFrame, days: Sequence[str]) -> tuple[str, ...]:
    """List the days that a table shows (ISO)."""
    return tuple(sorted({day.date().isoformat() for name in days for day in rows[name].dropna()}))


def is_there(rows: pd.DataFrame, name: str) -> bool:
    """Whether the table has exactly one such column."""
    return name in rows.columns and isinstance(rows[name], pd.Series)


def is_number(values: pd.Series) -> bool:
    """Whether a column holds numbers, not yes and no."""
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def is_count(values: pd.Series) -> bool:
    """Whether a column holds whole numbers of at least 0; missing ones are let through."""
    if not is_number(values):
        return not len(values)
    known = values.dropna().to_numpy(float)
    return bool(np.isfinite(known).all() and (known >= 0).all() and (known == np.floor(known)).all())


def is_yes_or_no(values: pd.Series) -> bool:
    """Whether a column holds yes and no."""
    return pd.api.types.is_bool_dtype(values) and not values.isna().any()


def is_label(values: pd.Series, allowed: Collection[str]) -> bool:
    """Whether a column holds yes and no, or texts that are allowed."""
    if is_yes_or_no(values):
        return True
    return all(isinstance(value, str) and value in allowed for value in values.dropna())


def is_day(values: pd.Series) -> bool:
    """Whether a column holds days."""
    return pd.api.types.is_datetime64_any_dtype(values) or not len(values)
