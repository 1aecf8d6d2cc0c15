"""Dutch words for whether a target is reached: stretches of months, what was counted, chances."""

import datetime as dt
from collections.abc import Callable, Sequence
from math import isnan
from typing import Any

import pandas as pd

from evaltools.disclosure.record import TOTAL
from evaltools.reports import dutch

COUNTED = {"exits": "uit de uitkering", "participant_exits": "uit de uitkering", "placed": "op een werkplek"}
"""What was counted, by ``Counted.what``."""
KINDS = {
    TOTAL: "samen",
    "work": "naar werk",
    "other": "om een andere reden",
    "short": "minder dan 16 uur per week",
    "long": "16 uur per week of meer",
    "unknown": "uren niet bekend",
}
GROUPS = {TOTAL: "iedereen", "young": "jongeren (tot 27 jaar)", "status_holders": "statushouders"}
QUARTER, HALF = 3, 6
UNKNOWN = "–"
SURE = 0.99
"""A chance beyond this, or as close to 0, is not told more precisely."""


def ends_of(months: str) -> tuple[int, int]:
    """Read a stretch of months: ``"4-6"`` is months 4 to 6 of the plan."""
    first, last = months.split("-")
    return int(first), int(last)


def order(row: Any) -> tuple[int, int]:
    """Order stretches by their end, the shortest first."""
    first, last = ends_of(row.months)
    return last, -first


def last_month(row: Any) -> int:
    """Give the last month of the stretch of a row."""
    return ends_of(row.months)[1]


def is_from_start(row: Any) -> bool:
    """Whether the stretch of a row begins with the plan."""
    return ends_of(row.months)[0] == 1


def is_quarter(row: Any) -> bool:
    """Whether a stretch is a quarter (with what is left over at the end); the only stretch of a plan that just began is one."""
    first, last = ends_of(row.months)
    return (first - 1) % QUARTER == 0 and last - first < HALF - 1


def has_usual(row: Any) -> bool:
    """Whether it is known what is usual, in the table that a row is of."""
    return bool(row.years_before > 0)


def is_comparable(row: Any) -> bool:
    """Whether what was counted can be laid beside the target: one that is extra, only where it is known to what."""
    return has_usual(row) or not row.is_extra


def last_row(rows: Sequence[Any], kind: str) -> Any | None:
    """Find the row of a kind over the whole time that is seen; None where nothing is counted."""
    found = [row for row in rows if row.kind == kind and is_from_start(row)]
    return max(found, key=last_month, default=None)


def stretch(first_day: str, months: str) -> str:
    """Write which months of the calendar a stretch is.

    Examples
    --------
    >>> stretch("2019-01-01", "4-6"), stretch("2019-01-01", "10-15")
    ('april t/m juni 2019', 'oktober 2019 t/m maart 2020')
    >>> stretch("2019-01-15", "1-1")
    '15 januari t/m 14 februari 2019'
    """
    first, last = ends_of(months)
    begin, end = _after(first_day, first - 1), _after(first_day, last) - dt.timedelta(days=1)
    write = _writes(first_day)
    if write(begin) == write(end):
        return write(end)
    began = write(begin)
    return f"{began.removesuffix(f' {begin.year}') if begin.year == end.year else began} t/m {write(end)}"


def until(first_day: str, months: str) -> str:
    """Write until when a stretch runs.

    Examples
    --------
    >>> until("2019-01-01", "1-6")
    'juni 2019'
    """
    return _writes(first_day)(_after(first_day, ends_of(months)[1]) - dt.timedelta(days=1))


def whole(value: float) -> str:
    """Write an estimated number of people: whole, never a negative zero.

    Examples
    --------
    >>> whole(45.6), whole(-0.2), whole(-38.1)
    ('46', '0', '-38')
    """
    return UNKNOWN if isnan(value) else dutch.number(round(value) + 0)


def more(value: float) -> str:
    """Write how many more or fewer than usual.

    Examples
    --------
    >>> more(45.6), more(-38.1), more(0.3)
    ('46 meer', '38 minder', '0 meer')
    """
    if isnan(value):
        return UNKNOWN
    rounded = round(value) + 0
    return f"{dutch.number(abs(rounded))} {'meer' if rounded >= 0 else 'minder'}"


def between(lower: float, upper: float) -> str:
    """Write the ends of an interval of a number beyond what is usual.

    Examples
    --------
    >>> between(10, 77), between(-81, 1), between(-426, -43)
    ('van 10 tot 77 meer', 'van 81 minder tot 1 meer', 'van 43 tot 426 minder')
    """
    if isnan(lower) or isnan(upper):
        return UNKNOWN
    low, high = round(lower) + 0, round(upper) + 0
    if low < 0 < high:
        return f"van {dutch.number(-low)} minder tot {dutch.number(high)} meer"
    if high <= 0:
        return f"van {dutch.number(-high)} tot {dutch.number(-low)} minder"
    return f"van {dutch.number(low)} tot {dutch.number(high)} meer"


def chance(value: float) -> str:
    """Write a chance.

    Examples
    --------
    >>> chance(0.5612), chance(0.9999), chance(0.0)
    ('56%', 'meer dan 99%', 'minder dan 1%')
    """
    if isnan(value):
        return UNKNOWN
    if value > SURE:
        return f"meer dan {dutch.printed_percent(SURE)}"
    if value < 1 - SURE:
        return f"minder dan {dutch.printed_percent(round(1 - SURE, 2))}"
    return f"{dutch.number(100 * value)}%"


def short_chance(value: float) -> str:
    """Write a chance in a table.

    Examples
    --------
    >>> short_chance(0.5612), short_chance(0.9999), short_chance(0.0)
    ('56%', '> 99%', '< 1%')
    """
    return chance(value).replace("meer dan", ">").replace("minder dan", "<")


def of_kind(rows: Sequence[Any], kind: str) -> Any:
    """Find the row of a kind."""
    return next(row for row in rows if row.kind == kind)


def _after(first_day: str, months: int) -> dt.date:
    return (pd.Timestamp(first_day) + pd.DateOffset(months=months)).date()


def _writes(first_day: str) -> Callable[[dt.date], str]:
    """Write months where a plan begins on the first of one, else days."""
    return dutch.month if first_day.endswith("-01") else _day


def _day(value: dt.date) -> str:
    return dutch.day(value.isoformat())
