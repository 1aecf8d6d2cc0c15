"""What a table is declared to hold before it passes: every column, and nothing of one person."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaltools.disclosure.lattice import Shape, label_texts
from evaltools.disclosure.protected import REGISTER
from evaltools.disclosure.record import THRESHOLD, TOTAL
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
BASES = (0, 5, 10, 100)
"""What counts can be rounded to; 0: not."""
ABOUT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,39}")
"""The form of what a table is about."""
EXACT = 1e-6
"""Means times their numbers of people add up to within this share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """A mean of contributions of at least 0, such as euros per person.

    Attributes
    ----------
    of
        The count of those who contribute.
    largest, second
        Columns with the largest and the next largest contribution of each row, empty where there is none. They are
        not shown: they tell whether one or two of them determine the mean.
    """

    of: str
    largest: str
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number that was worked out from others, such as a difference, an end of its interval, a coefficient.

    Attributes
    ----------
    on
        Every count that it was worked out from: those in the groups, and those with the outcome where it follows from
        them alone. It is shown where all of them are.
    degrees_of_freedom
        Column with those of the model; it is not shown. Empty for what is no model.
    """

    on: tuple[str, ...]
    degrees_of_freedom: str = ""


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


def reference_problems(
    counts: Sequence[str],
    shape: Shape,
    shares: Mapping[str, tuple[str, str]],
    means: Mapping[str, Mean],
    estimates: Mapping[str, Estimate],
    sensitive: Sequence[str],
) -> list[str]:
    """Say what rests on a column that is no count, and what a table does not say of itself."""
    used = [(name, part) for name, (part, _) in shares.items()]
    used += [(name, whole) for name, (_, whole) in shares.items() if whole not in shape.labels]
    used += [(name, mean.of) for name, mean in means.items()]
    used += [(name, count) for name, estimate in estimates.items() for count in estimate.on]
    used += [("parts", count) for whole, each in shape.parts.items() for count in (whole, *each)]
    problems = [f"'{name}' rests on '{count}', which is no count; {did_you_mean(count, counts)}"
                for name, count in used if count not in counts]  # fmt: skip
    problems += [f"estimate '{name}' does not say which counts it was worked out from" for name, estimate
                 in estimates.items() if not estimate.on]  # fmt: skip
    problems += [
        f"share '{name}' is of the total over '{whole}', which has no row '{TOTAL}'; name it in totals or groups"
        for name, (_, whole) in shares.items()
        if whole in shape.labels and whole not in (*shape.totals, *shape.groups)
    ]
    problems += [f"sensitive '{name}' is no label and no count; {did_you_mean(name, [*shape.labels, *counts])}"
                 for name in sensitive if name not in (*shape.labels, *counts)]  # fmt: skip
    if not counts:
        problems.append("has no counts; without the number of people behind it nothing is told")
    if not shape.about:
        problems.append("does not say what it is about; name its municipality, its population: about={…}")
    if any(not ABOUT.fullmatch(text) for pair in shape.about.items() for text in pair):
        problems.append("about holds something else than short names and codes, such as {'municipality': 'GM0197'}")
    problems += [f"'{name}' is a label of the table, and in about" for name in shape.about if name in shape.labels]
    return problems


def setting_problems(rows: pd.DataFrame, *, threshold: int, base: int, is_simulated: bool) -> list[str]:
    """Say which settings are not to be had."""
    problems = []
    if isinstance(threshold, bool) or not isinstance(threshold, int) or threshold < THRESHOLD:
        problems.append(f"threshold must be a whole number of at least {THRESHOLD}")
    if isinstance(base, bool) or base not in BASES:
        problems.append(f"base must be one of {', '.join(map(str, BASES))}")
    mark = rows.attrs.get(REGISTER)
    if mark is not None and mark["is_simulated"] is not is_simulated:
        problems.append("is_simulated is not what the register says; pass is_simulated=register.is_simulated")
    return problems


def number_problems(
    rows: pd.DataFrame, counts: Sequence[str], means: Mapping[str, Mean], estimates: Mapping[str, Estimate]
) -> list[str]:
    """Say which counts are not known, and which means do not fit the contributions that they are of."""
    problems = [f"count '{name}' misses {n} values; a count is known, if only 0" for name in counts
                if (n := int(rows[name].isna().sum()))]  # fmt: skip
    numbers = [*means, *estimates, *(each.degrees_of_freedom for each in estimates.values() if each.degrees_of_freedom)]
    numbers += [column for mean in means.values() for column in (mean.largest, mean.second)]
    not_numbers = [name for name in dict.fromkeys(numbers) if not is_number(rows[name])]
    problems += [f"column '{name}' holds no numbers" for name in not_numbers]
    if problems:
        return problems
    problems += [f"column '{name}' holds numbers that are infinite" for name in dict.fromkeys(numbers)
                 if np.isinf(rows[name].to_numpy(float, na_value=np.nan)).any()]  # fmt: skip
    for name, mean in means.items():
        of = rows[mean.of].to_numpy(float)
        value, largest, second = (rows[column].to_numpy(float, na_value=np.nan)
                                  for column in (name, mean.largest, mean.second))  # fmt: skip
        amount = value * of
        is_wrong = {
            "misses it where there are people": (of > 0) & np.isnan(value),
            "is under 0": value < 0,
            f"does not fit its largest contributions ('{mean.largest}', '{mean.second}')": (of > 0)
            & ~((amount * (1 + EXACT) >= largest) & (largest * of >= amount * (1 - EXACT)) & (largest >= 0)),
            f"has a second contribution ('{mean.second}') that does not fit": (of > 1)
            & ~((second <= largest) & (second >= 0) & (amount * (1 + EXACT) >= largest + second)),
        }
        problems += [f"mean '{name}' {what} in {int(found.sum())} rows" for what, found in is_wrong.items()
                     if found.any()]  # fmt: skip
    return problems


def trait_problems(rows: pd.DataFrame, words: Mapping[str, Collection[str]], sensitive: Sequence[str]) -> list[str]:
    """Say of which sensitive labels words have no rows: that a word has one would tell that somebody has the trait."""
    absent = {name: set(words.get(name, ())) - {TOTAL} - set(label_texts(rows, [name])[name]) for name in sensitive
              if not is_yes_or_no(rows[name])}  # fmt: skip
    return [
        f"sensitive label '{name}' has no rows for {len(each)} of its words; give all of them, also where they count 0, "
        "or declare fewer words"
        for name, each in absent.items()
        if each
    ]
