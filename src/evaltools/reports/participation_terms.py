"""Dutch names of what `findings.participation` and `findings.beside_the_ladder` count."""

from collections.abc import Mapping
from typing import Any

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import TOTAL
from evaltools.reports.rows import is_hidden, is_shown, readable_rows

GRADE = "E"
"""Of everything on this page: before and after, without others to compare with."""
RUNGS = {
    "1": "geïsoleerd",
    "2": "contacten buiten de deur",
    "3": "georganiseerde activiteiten",
    "4": "onbetaald werk",
    "5": "betaald werk met steun",
    "6": "betaald werk",
}
"""The rungs of the participation ladder of six (VNG 2008), in short."""
STEPS = {
    "n_up": "hoger",
    "n_up_one": "een trede hoger",
    "n_up_more": "twee treden of meer hoger",
    "n_not_up": "gelijk of lager, samen",
    "n_equal": "gelijk",
    "n_down": "lager",
}
SIZES = ("one", "two", "three", "four", "five")
RELIABILITIES: Mapping[str, float] = {"six": 0.6, "seven": 0.7, "eight": 0.8, "nine": 0.9}
MOMENTS: Mapping[str, str] = {
    "one": "een gewoon moment",
    "two": "het slechtste van twee momenten",
    "three": "het slechtste van drie momenten",
    "five": "het slechtste van vijf momenten",
    "others": "gekozen uit anderen",
}
"""When people started."""
JOBS = {
    "job_of_16": "een baan van 16 uur of meer",
    "left_for_work": "waarvan: uit de bijstand naar werk",
    "16_or_more": "waarvan: naast de bijstand, 16 uur of meer",
    "12_to_15": "naast de bijstand, 12 tot 16 uur",
    "job_of_12": "een baan van 12 uur of meer, samen",
    "under_12": "naast de bijstand, minder dan 12 uur",
    "hours_unknown": "naast de bijstand, uren onbekend",
    "any_job": "werk, samen",
    "no_job": "geen werk",
    "not_told": "niet bekend",
    TOTAL: "alle deelnemers",
}
"""In the order of the page."""
ACTIVITIES = {
    "education": "een opleiding",
    "participation": "een traject voor meedoen of zorg",
    TOTAL: "alle deelnemers",
}
MEASURES = {"needs": "hulpvragen", "professionals": "hulpverleners"}
AT_GOAL = {"needs": "geen hulpvragen", "professionals": "hoogstens één hulpverlener"}
CHANGES = {"fewer": "minder", "equal": "evenveel", "more": "meer"}
VISITED = {
    "once": "een keer bezocht",
    "again": "vaker bezocht",
    "known": "vaker bezocht, alle getallen bekend",
    "unknown": "vaker bezocht, niet alle getallen bekend",
    TOTAL: "alle bezochte huishoudens",
}


def total_of(table: ProtectedTable) -> Any:
    """Find the row of everybody on the ladder."""
    (row,) = [row for row in readable_rows(table, "participation_terms.total_of()") if row.before == TOTAL]
    return row


def n_measured(table: ProtectedTable) -> int:
    """Give how many were measured twice; 0 where that is not shown."""
    row = total_of(table)
    return int(row.n_measured) if is_shown(row, "n_measured") else 0


def column_of(before: str, after: str) -> str:
    """Name the count of who went from one rung to another.

    Examples
    --------
    >>> column_of("2", "4"), column_of("2", "2"), column_of("3", "2")
    ('n_up_two', 'n_equal', 'n_down_one')
    """
    step = int(after) - int(before)
    return f"n_{'up' if step > 0 else 'down'}_{SIZES[abs(step) - 1]}" if step else "n_equal"


def has_people(row: Any) -> bool:
    """Whether a row of moves may be of anybody: not all its numbers are 0."""
    names = {column_of(row.before, after) for after in RUNGS} | {"n_missing"} if row.before in RUNGS else set()
    return any(is_hidden(row, name) or getattr(row, name) for name in names)


def moments_in(table: ProtectedTable) -> list[str]:
    """List the moments of which a table has steps without any change."""
    return [name for name in MOMENTS if f"up_of_{name}_at_eight" in table.rows]
