"""Counts of a register, rounded so that few people cannot be told from none."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaltools.disclosure.declaration import (
    content_problems,
    is_number,
    is_there,
    is_yes_or_no,
    placement_problems,
    register_days,
    simulation_problems,
)
from evaltools.disclosure.lattice import label_texts
from evaltools.disclosure.protected import ProtectedTable, seal
from evaltools.disclosure.record import ROUNDED, Cell, Record, State
from evaltools.errors import DisclosureError

SIGNIFICANT = 4
"""Digits of an estimate."""
BASE = 10
"""As StatLine rounds its tables of people on benefits."""
SAFE_WHOLE = 100
"""Least count behind a share or another statistic: CBS publishes percentages of incomes from 100 observations on."""
SHARE_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""Steps that a statistic that is a share is rounded to: the finest that is at least ``base`` people."""

UNITS = ("share", "days")
"""How the names of statistics begin, before any ``_``: what they are in. A whole number of people is a count."""

Parts = tuple[str, str]


def rounded(
    rows: pd.DataFrame,
    *,
    counts: Sequence[str],
    labels: Sequence[str] = (),
    words: Mapping[str, Collection[str]] | None = None,
    shares: Mapping[str, Parts] | None = None,
    statistics: Mapping[str, str] | None = None,
    days: Sequence[str] = (),
    settings: Mapping[str, float] | None = None,
    kept_by: str = "",
    base: int = BASE,
    source: str | Iterable[str],
    is_simulated: bool,
) -> ProtectedTable:
    """Let counts of a register pass, each rounded to the nearest multiple of ``base``.

    A half goes up: with a base of 10, 4 becomes 0, 5 and 14 become 10, and 15 becomes 20.
    The same count is the same number wherever it stands. Every column must be declared;
    what has no place is refused. The limit: rows that add up to another, rounded, can tell more of each other; tables with
    totals go through `protect`, with ``base`` if they are to be rounded.

    Parameters
    ----------
    rows
        The table: one row per group, never per person.
    counts
        Columns with whole numbers of at least 0; missing ones stay missing.
    labels
        Columns that name the groups: yes and no, or texts that stand in ``words``.
    words
        The texts that a label can hold, by column: names, codes and years that are declared
        somewhere, never those of the table itself.
    shares
        New columns by name, each ``(part, whole)``: worked out here from the rounded counts.
        Empty where the whole is under `SAFE_WHOLE`, and where the part is none or all of it: rounding made it so.
    statistics
        Other numbers, each with the count that it rests on; empty where that is under `SAFE_WHOLE`. Of the
        `UNITS`: a ``share`` (0-1) is rounded so that a step is at least ``base`` people, and is empty at 0 and 1;
        ``days`` are rounded up to a multiple of ``base``.
    days
        Days of the register itself, named as in `REGISTER_DAYS`, never of a person.
    settings
        New columns with a number that the analyst chose, such as a confidence level.
    kept_by
        A count: rows in which it is rounded to 0 are left out. For tables whose rows were found in the register,
        such as a year or a code: a row would tell that there is somebody.
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
    ...     rows, labels=["table"], words={"table": ["persons"]}, counts=["n_rows", "n_missing"],
    ...     shares={"share_missing": ("n_missing", "n_rows")}, source="register", is_simulated=True,
    ... ).rows.to_dict("records")
    [{'table': 'persons', 'n_rows': 100, 'n_missing': 10, 'share_missing': 0.1}]
    """
    words, shares, statistics, settings = words or {}, shares or {}, statistics or {}, settings or {}
    problems = [
        *placement_problems(rows, [*labels, *counts, *statistics, *days], [*shares, *settings]),
        *content_problems(rows, counts=counts, labels=labels, words=words, days=days),
        *_statistic_problems(rows, statistics),
        *_reference_problems(counts, shares, statistics, kept_by),
    ]
    if isinstance(base, bool) or not isinstance(base, int) or base < BASE:
        problems.append(f"base must be a whole number of at least {BASE}")
    problems += simulation_problems(rows, is_simulated=is_simulated)
    if problems:
        raise DisclosureError("rounded()", problems)
    exact = {column: pd.to_numeric(rows[column]).astype("Int64").reset_index(drop=True) for column in counts}
    # Made anew: an index, categories that no row has, attrs and the attributes of a subclass could hold persons.
    made = {str(column): rows[column].astype(object).reset_index(drop=True) for column in rows.columns}
    made |= {column: rows[column].reset_index(drop=True) for column in days}
    made |= {
        column: rows[column].astype(bool).reset_index(drop=True) for column in labels if is_yes_or_no(rows[column])
    }
    made |= {column: nearest(values, base) for column, values in exact.items()}
    for column, of in statistics.items():
        made[column] = _statistic(rows[column], column, exact[of], made[of], base)
    for column, (part, whole) in shares.items():
        made[column] = _share(made[part], made[whole])
    shown = pd.DataFrame(made, columns=[*made]).assign(**settings)
    if kept_by:
        shown = shown[(shown[kept_by] > 0).fillna(value=False)].reset_index(drop=True)
    named = (source,) if isinstance(source, str) else tuple(source)
    return seal(
        shown,
        named,
        subject="rounded()",
        is_simulated=is_simulated,
        protection="rounded",
        base=base,
        record=_record(shown, named, counts=counts, labels=labels, days=days, base=base, is_simulated=is_simulated),
    )


def _record(
    shown: pd.DataFrame,
    sources: Sequence[str],
    *,
    counts: Sequence[str],
    labels: Sequence[str],
    days: Sequence[str],
    base: int,
    is_simulated: bool,
) -> Record:
    """Say what the rounded counts tell: the multiple that each is nearest to."""
    texts = label_texts(shown, labels).assign(**{name: shown[name].dt.strftime("%Y-%m-%d") for name in days})
    about = {ROUNDED: " · ".join(sources)}
    of_rows = texts.fillna("").itertuples(index=False, name=None)
    labelled = [dict(zip(map(str, texts), map(str, row), strict=True)) for row in of_rows]
    cells = {
        Cell.of(name, about | labels_of_row): int(value)
        for name in counts
        for labels_of_row, value in zip(labelled, shown[name], strict=True)
        if not pd.isna(value)
    }
    n = len(cells)
    low, high = bounds_of(np.array([*cells.values()], dtype=float), base)
    states: list[State] = ["shown"] * n
    return Record(
        cells=tuple(cells),
        states=tuple(states),
        low=tuple(np.maximum(low, 0).tolist()),
        high=tuple(high.tolist()),
        is_trait=(False,) * n,
        is_amount=(False,) * n,
        threshold=BASE,
        is_simulated=is_simulated,
        days=register_days(shown, days),
    )


def coarse(values: pd.Series, decimals: int) -> pd.Series:
    """Round estimates to so many decimals at most, and to four significant digits.

    Examples
    --------
    >>> coarse(pd.Series([0.1234567, 843.3333, 12345.6]), 3).tolist()
    [0.123, 843.3, 12350.0]
    """
    numbers = values.to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.floor(np.log10(np.abs(numbers)))
    digits = np.where(np.isfinite(size), np.minimum(decimals, SIGNIFICANT - 1 - size), decimals)
    factor = 10.0**digits
    return pd.Series(np.rint(numbers * factor) / factor, index=values.index)


def nearest(values: Any, base: int) -> Any:
    """Round counts to the nearest multiple of ``base``; a half goes up.

    Examples
    --------
    >>> [nearest(n, 10) for n in (4, 5, 14, 15)]
    [0, 10, 10, 20]
    """
    return (values + base // 2) // base * base


def bounds_of(rounded_to: NDArray[np.float64], base: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the least and the most that `nearest` rounds to a multiple, inclusive.

    Examples
    --------
    >>> [ends.tolist() for ends in bounds_of(np.array([10.0, 20.0]), 10)]
    [[5.0, 15.0], [14.0, 24.0]]
    """
    least = rounded_to - base // 2
    return least, least + base - 1


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Share of rounded counts; none and all are of the rounding, and are left out."""
    is_known = (whole >= SAFE_WHOLE) & (part > 0) & (part < whole)
    return (part.astype("Float64") / whole.where(is_known.fillna(value=False))).astype("float64")


def _statistic(values: pd.Series, name: str, n: pd.Series, n_shown: pd.Series, base: int) -> pd.Series:
    """Round a statistic to what the count that it rests on supports."""
    numbers = values.astype("float64").reset_index(drop=True)
    is_safe = (n >= SAFE_WHOLE).fillna(value=False).astype(bool)
    if _unit(name) == "days":
        return (base * (numbers / base).map(np.ceil)).where(is_safe)
    step = pd.Series(np.nan, index=numbers.index)
    for width in reversed(SHARE_STEPS):
        step = step.mask((n_shown * width >= base).fillna(value=False).astype(bool), width)
    # A number of steps is not exact: rounded once more, so that 0.95 is what 0.95 is.
    stepped = ((numbers / step).round() * step).round(2)
    return stepped.where(is_safe & (stepped > 0) & (stepped < 1))


def _unit(name: str) -> str:
    return name.split("_", maxsplit=1)[0]


def _reference_problems(
    counts: Sequence[str], shares: Mapping[str, Parts], statistics: Mapping[str, str], kept_by: str
) -> list[str]:
    used = [(name, column) for name, parts in shares.items() for column in parts] + list(statistics.items())
    used += [("kept_by", kept_by)] if kept_by else []
    return [f"'{name}' rests on '{column}', which is no count" for name, column in used if column not in counts]


def _statistic_problems(rows: pd.DataFrame, statistics: Mapping[str, str]) -> list[str]:
    problems = [f"statistic '{name}' is in no known unit; name it {' or '.join(f'{unit}_…' for unit in UNITS)}" for name
                in statistics if _unit(name) not in UNITS]  # fmt: skip
    return problems + [
        f"column '{name}' holds no numbers of at least 0, or shares that are not between 0 and 1"
        for name in statistics
        if is_there(rows, name) and not _is_statistic(rows[name])
    ]


def _is_statistic(values: pd.Series) -> bool:
    if not is_number(values):
        return not len(values)
    known = values.dropna().to_numpy(float)
    most = 1 if _unit(str(values.name)) == "share" else np.inf
    return bool(np.isfinite(known).all() and (known >= 0).all() and (known <= most).all())
