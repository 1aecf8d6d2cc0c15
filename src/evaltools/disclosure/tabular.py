"""The protected counts of a page as a CSV, for who wants to work with them."""

import csv
import math
import re
import unicodedata
from collections.abc import Iterable
from io import StringIO

from evaltools.disclosure.record import Record
from evaltools.errors import DisclosureError, many

COLUMNS = ("measure", "labels", "low", "high", "is_hidden", "as_of", "is_simulated")
"""Columns of the CSV; see `to_csv`."""

_FORMULA = re.compile(r"[\s'\"]*[=+@-]")
"""What a spreadsheet takes as the begin of a formula (OWASP, CSV injection), after what it leaves out."""


def to_csv(records: Iterable[Record]) -> str:
    r"""Write every number of people that records show or hide, each once, in the order of their names.

    Numbers that can only be worked out from others are left out. A text that a spreadsheet would take as a formula has
    an apostrophe before it.

    Parameters
    ----------
    records
        What tables tell everybody.

    Returns
    -------
    str
        A CSV (comma, UTF-8) with a header and one row per number: its ``measure``; its ``labels``, such as
        ``municipality=GM0197; outcome=work``; ``low`` and ``high``, between which it is, both inclusive: alike where it
        is shown exactly, empty where it is hidden; ``is_hidden``; ``as_of``, the day of the extract (ISO);
        ``is_simulated``, whether nobody in it exists.

    Raises
    ------
    DisclosureError
        When two records show the same number differently.

    Examples
    --------
    >>> from evaltools.disclosure.record import Cell
    >>> record = Record(
    ...     cells=(Cell.of("n", {"outcome": "work"}), Cell.of("n", {"outcome": "study"})), states=("shown", "hidden"),
    ...     low=(12, 0), high=(12, math.inf), is_trait=(False, False), is_amount=(False, False), threshold=10,
    ...     is_simulated=False,
    ... )
    >>> print(to_csv([record]), end="")
    measure,labels,low,high,is_hidden,as_of,is_simulated
    n,outcome=study,,,true,,false
    n,outcome=work,12,12,false,,false
    """
    shown: dict[tuple[str, ...], set[tuple[str, str, str]]] = {}
    for record in records:
        of_all = harmless(record.as_of), _truth(record.is_simulated)
        columns = record.cells, record.states, record.low, record.high, record.is_amount
        for cell, state, low, high, is_amount in zip(*columns, strict=True):
            # Amounts are what a mean is of, and stand nowhere themselves.
            if state != "derived" and not is_amount:
                labels = "; ".join(_harmless_label(f"{name}={label}") for name, label in cell.labels)
                is_hidden = state == "hidden"
                bounds = ("", "") if is_hidden else (_number(low), _number(high))
                key = harmless(cell.measure), harmless(labels), *of_all
                shown.setdefault(key, set()).add((*bounds, _truth(is_hidden)))
    n_differing = sum(len(ways) > 1 for ways in shown.values())
    if n_differing:
        differing = f"shows {many(n_differing, 'number')} in more than one way; protect its tables together"
        raise DisclosureError("to_csv()", [differing])
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for (measure, labels, as_of, is_simulated), ways in sorted(shown.items()):
        writer.writerow([measure, labels, *ways.pop(), as_of, is_simulated])
    return text.getvalue()


def harmless(text: str) -> str:
    r"""Write a text so that no spreadsheet takes it as a formula, on one line, without what cannot be seen.

    Examples
    --------
    >>> harmless("=1+1"), harmless(" \uff1d1"), harmless("a\nb"), harmless("n_persons")
    ("'=1+1", "' \uff1d1", 'a b', 'n_persons')
    """
    whole = text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)
    plain = whole if whole.isascii() else unicodedata.normalize("NFKC", whole)
    return f"'{whole}" if _FORMULA.match(plain) else whole


def _harmless_label(text: str) -> str:
    # A Dutch spreadsheet splits at semicolons, also within quotes that do not begin the line.
    return harmless(text.replace(";", " "))


def _number(bound: float) -> str:
    if math.isinf(bound):
        return ""
    return str(int(bound)) if bound == int(bound) else repr(float(bound))


def _truth(value: bool) -> str:  # noqa: FBT001
    return str(value).lower()
