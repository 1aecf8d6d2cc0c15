"""A finished CSV, field by field."""

import csv
from collections import Counter
from collections.abc import Collection, Container
from io import StringIO
from itertools import zip_longest

from evaltools.disclosure.scan.numbers import is_of_money
from evaltools.disclosure.scan.words import ADVICE, Found, Wanted, kinds_in, sentences

DELIMITERS = ",;\t|"
BOUNDS = {"low", "high"}
"""Columns with bounds of what the first column names; see `to_csv`."""


def csv_problems(
    text: str,
    *,
    identifiers: Container[str] = frozenset(),
    private: Collection[str] = (),
    days: Collection[str] = (),
) -> list[str]:
    r"""Say what stands in a finished CSV that must never be published, whatever way it came there.

    Numbers of a column that is named after euros, and bounds of such a measure, are amounts and no BSN.

    Parameters
    ----------
    text
        The CSV, with a header.
    identifiers
        Identifiers of the registers of this run, pseudonyms or not.
    private
        Values of the notebook's parameters that were marked private; those of fewer than 3 characters are not sought.
    days
        Days that it may show, such as that of the extract; ISO.

    Returns
    -------
    list of str
        One sentence per kind of thing and column, which is named by its number from 1; none quotes what stands there.

    Examples
    --------
    >>> csv_problems("n,note\n12,born 14 maart 1980\n")
    ['holds 1 full date in column 2; show months or periods; a day of the register itself is declared where its table is protected']
    """
    wanted = Wanted(days=days, identifiers=identifiers, private=private)
    first = text.split("\n", maxsplit=1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return ["cannot be read as a CSV; write it with the csv module"]
    header = rows[0] if rows else []
    found: Found = Counter()
    for row in rows:
        for column, (field, name) in enumerate(zip_longest(row, header[: len(row)], fillvalue=""), start=1):
            is_money = is_of_money(row[0] if name in BOUNDS else name)
            kinds = kinds_in(field, wanted, is_money=is_money)
            found += Counter({(kind, f"column {column}"): n for kind, n in kinds.items()})
    return sentences(found, ADVICE)
