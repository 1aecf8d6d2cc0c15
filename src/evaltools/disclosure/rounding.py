"""Counts of a register, rounded so that few people cannot be told from none."""

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from evaltools.disclosure.protected import REGISTER, ProtectedTable, seal
from evaltools.errors import DisclosureError, did_you_mean

BASE = 10
"""As StatLine rounds its tables of people on benefits."""
SAFE_STATISTIC = 100
"""Least count behind a statistic that is no count: CBS publishes percentages of incomes from 100 observations on."""
STATISTIC_DECIMALS = 2

PERSONAL = re.compile(
    r".*_id|bsn|name|birth_.*|neighbourhood|(first|last|registered|selected|offered|filled)_day", re.IGNORECASE
)
"""Names of columns that hold something of one person or household, however they are declared."""
PERSONAL_TEXT = r"[0-9]{5,}|[0-9a-fA-F]{16,}|[0-9]{4}-[0-9]{2}-[0-9]{2}"
"""What a label never holds: numbers or pseudonyms of persons, or days."""

Parts = tuple[str, str]


def rounded(
    rows: pd.DataFrame,
    *,
    counts: Sequence[str],
    labels: Sequence[str] = (),
    shares: Mapping[str, Parts] | None = None,
    statistics: Mapping[str, str] | None = None,
    days: Sequence[str] = (),
    base: int = BASE,
    source: str | Iterable[str],
    is_simulated: bool,
) -> ProtectedTable:
    """Let counts of a register pass, each rounded to the nearest multiple of ``base``.

    A half goes up: with a base of 10, 4 becomes 0, 5 and 14 become 10, and 15 becomes 20.
    The same count is the same number wherever it stands. Every column must be declared;
    what has no place is refused.

    Parameters
    ----------
    rows
        The table: one row per group, never per person.
    counts
        Columns with whole numbers of at least 0; missing ones stay missing.
    labels
        Columns of texts or yes and no that name the groups.
    shares
        New columns by name, each ``(part, whole)``: worked out here from the rounded counts,
        never more than 1, and empty where the whole is under ``base``.
    statistics
        Other numbers, each with the count that it rests on, such as an estimated share:
        rounded to hundredths, and empty where that count is under `SAFE_STATISTIC`.
    days
        Days of the register itself, such as the extract day, never of a person.
    is_simulated
        Whether the register is a simulated one; must be what the table itself says.

    Raises
    ------
    DisclosureError
        When a column is not declared, or is not what it is declared as.

    Examples
    --------
    >>> rows = pd.DataFrame({"table": ["persons"], "n_rows": [104], "n_missing": [14]})
    >>> rounded(
    ...     rows, labels=["table"], counts=["n_rows", "n_missing"], shares={"share_missing": ("n_missing", "n_rows")},
    ...     source="register", is_simulated=True,
    ... ).rows.to_dict("records")
    [{'table': 'persons', 'n_rows': 100, 'n_missing': 10, 'share_missing': 0.1}]
    """
    shares, statistics = shares or {}, statistics or {}
    problems = [
        *_placement_problems(rows, [*labels, *counts, *statistics, *days], shares),
        *_kind_problems(rows, counts=counts, labels=labels, statistics=statistics, days=days),
        *_reference_problems(counts, shares, statistics),
    ]
    if isinstance(base, bool) or not isinstance(base, int) or base < BASE:
        problems.append(f"base must be a whole number of at least {BASE}")
    mark = rows.attrs.get(REGISTER)
    if mark is not None and mark["is_simulated"] is not is_simulated:
        problems.append("is_simulated is not what the register says; pass is_simulated=register.is_simulated")
    if problems:
        raise DisclosureError("rounded()", problems)
    exact = {column: pd.to_numeric(rows[column]).astype("Int64").reset_index(drop=True) for column in counts}
    shown = rows.reset_index(drop=True)  # an index could hold persons
    shown.attrs = {}
    for column, values in exact.items():
        shown[column] = (values + base // 2) // base * base
    for column, of in statistics.items():
        enough = (exact[of] >= SAFE_STATISTIC).fillna(value=False).astype(bool)
        shown[column] = pd.to_numeric(shown[column]).astype(float).round(STATISTIC_DECIMALS).where(enough)
    for column, (part, whole) in shares.items():
        of_whole = shown[whole].astype("Float64").to_numpy(float, na_value=np.nan)
        ratio = shown[part].astype("Float64").to_numpy(float, na_value=np.nan) / np.where(
            of_whole > 0, of_whole, np.nan
        )
        shown[column] = np.minimum(ratio, 1.0)
    return seal(shown, source, subject="rounded()", is_simulated=is_simulated, protection="rounded", base=base)


def _placement_problems(rows: pd.DataFrame, declared: Sequence[str], shares: Mapping[str, Parts]) -> list[str]:
    names = [str(column) for column in rows.columns]
    problems = [f"has no column '{name}'; {did_you_mean(name, names)}" for name in declared if name not in names]
    problems += [
        f"column '{name}' is not declared; say what it is or leave it out" for name in names if name not in declared
    ]
    problems += [
        f"column '{name}' is declared more than once" for name in dict.fromkeys(declared) if declared.count(name) > 1
    ]
    problems += [f"has more than one column '{name}'" for name in dict.fromkeys(names) if names.count(name) > 1]
    problems += [f"share '{name}' is already a column; shares are worked out here" for name in shares if name in names]
    problems += [
        f"column '{name}' is of one person or household; count it instead" for name in names if PERSONAL.fullmatch(name)
    ]
    return problems


def _reference_problems(counts: Sequence[str], shares: Mapping[str, Parts], statistics: Mapping[str, str]) -> list[str]:
    used = [(name, column) for name, parts in shares.items() for column in parts] + list(statistics.items())
    return [f"'{name}' rests on '{column}', which is no count" for name, column in used if column not in counts]


def _kind_problems(
    rows: pd.DataFrame,
    *,
    counts: Sequence[str],
    labels: Sequence[str],
    statistics: Mapping[str, str],
    days: Sequence[str],
) -> list[str]:
    checks = [
        (counts, _is_count, "holds no counts (whole numbers of at least 0)"),
        (
            labels,
            _is_label,
            "holds no texts that name groups, or something that looks like a number or day of a person",
        ),
        (list(statistics), _is_number, "holds no numbers"),
        (days, _is_day, "holds no days"),
    ]
    return [
        f"column '{name}' {wrong}"
        for columns, is_so, wrong in checks
        for name in columns
        if name in rows and isinstance(rows[name], pd.Series) and not is_so(rows[name])
    ]


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _is_count(values: pd.Series) -> bool:
    if not _is_number(values):
        return not len(values)
    known = values.dropna().to_numpy(float)
    return bool(np.isfinite(known).all() and (known >= 0).all() and (known == np.floor(known)).all())


def _is_label(values: pd.Series) -> bool:
    if pd.api.types.is_bool_dtype(values) or not len(values):
        return True
    known = values.dropna()
    if not known.map(lambda value: isinstance(value, str)).all():
        return False
    return not known.astype(str).str.contains(PERSONAL_TEXT, regex=True).any()


def _is_day(values: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(values) or not len(values)
