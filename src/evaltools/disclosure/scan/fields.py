"""A finished CSV or JSON, field by field."""

import csv
import json
import re
from collections import Counter
from collections.abc import Collection, Container, Iterator
from io import StringIO
from itertools import zip_longest
from typing import Any

from evaltools.disclosure.scan.numbers import is_of_money
from evaltools.disclosure.scan.words import ADVICE, Found, Wanted, kinds_in, sentences

DELIMITERS = ",;\t|"
BOUNDS = {"low", "high"}
"""Columns with bounds of what the first column names; see `to_csv`."""
FINGERPRINT = "sha256"
"""Key of the fingerprint of a page, in which eight digits can stand by chance."""
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"[a-z_]{1,30}")
"""The form of a key that is named in a sentence: no identifier with a digit fits it."""


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


def json_problems(
    text: str,
    *,
    identifiers: Container[str] = frozenset(),
    private: Collection[str] = (),
    days: Collection[str] = (),
) -> list[str]:
    """Say what stands in a finished JSON that must never be published, whatever way it came there.

    Parameters
    ----------
    text, identifiers, private, days
        As of `csv_problems`.

    Returns
    -------
    list of str
        One sentence per kind of thing and key; none quotes what stands there.

    Examples
    --------
    >>> json_problems('{"source": "file of 123456782", "n": [12]}')
    ["holds 1 BSN-like number in the value of 'source'; show counts of people, never their numbers"]
    """
    wanted = Wanted(days=days, identifiers=identifiers, private=private)
    try:
        whole = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return ["cannot be read as JSON; make the page again"]
    found: Found = Counter()
    for place, value in _values(whole, "a value"):
        found += Counter({(kind, place): n for kind, n in kinds_in(value, wanted).items()})
    return sentences(found, ADVICE)


def _values(whole: Any, place: str) -> Iterator[tuple[str, str]]:
    """Give each value, and each key, with where it stands."""
    if isinstance(whole, dict):
        for key, value in whole.items():
            yield "a key", key
            if not (key == FINGERPRINT and isinstance(value, str) and _FINGERPRINT.fullmatch(value)):
                yield from _values(value, f"the value of '{key}'" if _KEY.fullmatch(key) else "a value")
    elif isinstance(whole, list):
        for value in whole:
            yield from _values(value, place)
    elif whole is not None:
        yield place, str(whole)
