"""From what a source wrote to our types; each different value once, and never a value in a message."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaltools.registers.extracts import values
from evaltools.registers.extracts.delivery import Cell, Column
from evaltools.registers.extracts.profile import ColumnMapping, Layout
from evaltools.registers.extracts.values import LIKENESS, Fault, WrongError, is_number
from evaltools.registers.pseudonyms import LONG_NUMBER, Key, bare_digits, holds_bsn, passes_elfproef
from evaltools.registers.tables import DAY, Table

BSN_DIGITS = 9
BETWEEN = re.compile(r"(?<=[0-9])[ .](?=[0-9])")
"""How a BSN is written in groups."""
NOTHING = np.datetime64("NaT")
MOST_CODES = 12
"""So many codes of a profile are named."""
MOST_COMPARED = 50
"""So many codes that are not known are compared with those that are; comparing takes time."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong in some rows of a source.

    Attributes
    ----------
    rule
        Name of the rule, under which rows that are set aside are counted.
    sentence
        What is wrong, what is expected and what to do; without a value.
    rows
        Which rows, shape (n rows,).
    """

    rule: str
    sentence: str
    rows: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Converted:
    """A column in our type, and what was wrong with it; wrong values are missing.

    Attributes
    ----------
    same
        Of identifiers: a number that is the same where the pseudonym is, -1 where it
        is missing. Comparing numbers takes a fraction of the time.
    """

    typed: "pd.Series[Any]"
    troubles: tuple[Trouble, ...] = ()
    same: NDArray[np.int64] | None = None


def convert(column: Column, table: Table, name: str, mapping: ColumnMapping, layout: Layout, key: Key) -> Converted:
    """Bring a column of a source to the type of one of ours.

    Parameters
    ----------
    column
        Of the source.
    table, name
        Ours.
    key
        What pseudonyms are made with.
    """
    cells, faults = _prepared(column, mapping)
    kind = table.kind(name)
    days = mapping.days or layout.days
    code_list = table.code_list(name)
    if kind == "identifier":
        return _identifiers(column, cells, faults, name, mapping, key)
    readers: dict[str, Callable[[Cell], Any]] = {
        "day": lambda value: values.day(value, days),
        "month": lambda value: values.day(value, days).astype("datetime64[M]"),
        "year": lambda value: values.year(value, days),
        "count": values.count,
        "number": lambda value: values.number(value, layout.decimal),
        "text": values.text,
        "programme": values.text,
        "code": lambda value: values.code(value, code_list) if code_list else value,
    }
    missing: Any = NOTHING if kind in {"day", "month"} else None
    made, wrong = _each(cells, faults, readers[kind], missing)
    troubles = [*_troubles(column, wrong), *_number_troubles(column, cells, kind)]
    typed = _typed(made, column.positions, table, name)
    return Converted(typed, tuple(troubles))


def municipalities(column: Column, mapping: ColumnMapping) -> tuple[NDArray[Any], tuple[Trouble, ...]]:
    """Bring a column to CBS codes of municipalities: ``0197`` and ``GM0197`` are both GM0197."""
    cells, faults = _prepared(column, mapping)
    made, wrong = _each(cells, faults, values.municipality, None)
    nothing = np.array([value is None and fault is None for value, fault in zip(made, wrong, strict=True)])[
        column.positions
    ]
    troubles = _troubles(column, wrong)
    if nothing.any():
        troubles.append(Trouble("missing", "have no value; every row needs its municipality", nothing))
    return np.array(made, dtype=object)[column.positions], tuple(troubles)


def joined(columns: list[Column], kind: str) -> Column:
    """Bring several columns to one: a year and a month behind each other, parts of an identifier with a bar between."""
    first, *others = columns
    for other in others:
        pairs = np.stack([first.positions, other.positions], axis=1).astype(np.int64)
        width = len(other.cells) + 1
        # One number for each pair; positions start at -1.
        different, positions = np.unique((pairs[:, 0] + 1) * width + pairs[:, 1] + 1, return_inverse=True)
        cells = [_pair(first.cells[pair // width - 1], other.cells[pair % width - 1], kind) for pair in different]
        first = Column((*cells, None), positions.astype(np.int32))
    return first


def _pair(left: Cell, right: Cell, kind: str) -> Cell:
    if left is None and right is None:
        return None
    if kind in {"day", "month"}:
        # A month that lost its leading zero: 2020 and 3 are 202003.
        return f"{values.written(left)}{values.written(right).zfill(2)}"
    # 1 and 234 are not 12 and 34, and nothing is not 0.
    return f"{values.written(left)}|{values.written(right)}"


def _emptied(cells: tuple[Cell, ...], mapping: ColumnMapping) -> list[Cell]:
    if not mapping.empty:
        return list(cells)
    return [None if not _ways(value).isdisjoint(mapping.empty) else value for value in cells]


def _ways(value: Cell) -> set[str]:
    """Ways to write a value: of a day in a cell of its own type there are several."""
    if isinstance(value, dt.datetime):
        return {values.written(value), f"{value:%d-%m-%Y}", f"{value:%Y%m%d}", f"{value:%d/%m/%Y}"}
    return {values.written(value)}


def _padded(cells: list[Cell], mapping: ColumnMapping) -> list[Cell]:
    if mapping.zero_pad is None:
        return cells
    width = mapping.zero_pad
    return [
        values.written(value).zfill(width)
        if isinstance(value, int | str) and values.written(value).isdigit()
        else value
        for value in cells
    ]


def _prepared(column: Column, mapping: ColumnMapping) -> tuple[list[Cell], list[Fault | None]]:
    """Their values as the profile reads them, and the codes of theirs that it does not know."""
    cells = _padded(_emptied(column.cells, mapping), mapping)
    faults: list[Fault | None] = [None] * len(cells)
    if not mapping.codes:
        return cells, faults
    # Gestart and gestart are one code, unless the profile tells them apart.
    folded = [code.casefold() for code in mapping.codes]
    known = {code.casefold(): ours for code, ours in mapping.codes.items() if folded.count(code.casefold()) == 1}
    made: list[Cell] = []
    n_unknown = 0
    mapped = ", ".join(list(mapping.codes)[:MOST_CODES]) + (", …" if len(mapping.codes) > MOST_CODES else "")
    for position, value in enumerate(cells):
        text = values.written(value)
        ours = mapping.codes.get(text, known.get(text.casefold()))
        if value is not None and ours is None:
            n_unknown += 1
            like = _like(text, mapping) if n_unknown <= MOST_COMPARED else ""
            faults[position] = "unknown_code", f"a code that the profile does not map{like}; it maps {mapped}"
        made.append(ours)
    return made, faults


def _like(text: str, mapping: ColumnMapping) -> str:
    close = get_close_matches(text, list(mapping.codes), n=1, cutoff=LIKENESS)
    return f"; did you mean '{close[0]}'?" if close else ""


def _each(
    cells: list[Cell], faults: list[Fault | None], read: Callable[[Cell], Any], missing: Any
) -> tuple[list[Any], list[Fault | None]]:
    made: list[Any] = []
    wrong = list(faults)
    for position, value in enumerate(cells):
        result = missing
        if value is not None:
            try:
                result = read(value)
            except WrongError as error:
                wrong[position] = error.fault
        made.append(result)
    return made, wrong


def _troubles(column: Column, wrong: list[Fault | None]) -> list[Trouble]:
    found: dict[Fault, list[int]] = {}
    for position, fault in enumerate(wrong):
        if fault is not None:
            found.setdefault(fault, []).append(position)
    troubles = []
    for (rule, sentence), positions in found.items():
        mask = np.zeros(len(column.cells), dtype=bool)
        mask[positions] = True
        rows = mask[column.positions]
        if rows.any():
            troubles.append(Trouble(rule, sentence, rows))
    return troubles


def _typed(made: list[Any], positions: NDArray[np.int32], table: Table, name: str) -> "pd.Series[Any]":
    kind, dtype = table.kind(name), table.dtype(name)
    match kind:
        case "day" | "month":
            return pd.Series(np.array(made, dtype=DAY)[positions])
        case "number":
            return pd.Series(np.array([np.nan if value is None else value for value in made], dtype=float)[positions])
        case "code":
            places = {code: place for place, code in enumerate(dtype.categories)}
            codes = np.array([places.get(value, -1) for value in made], dtype=np.int16)[positions]
            return pd.Series(pd.Categorical.from_codes(codes, dtype=dtype))
        case _:
            return pd.Series(pd.array(made, dtype=dtype).take(positions.astype(np.int64)))


def _number_troubles(column: Column, cells: list[Cell], kind: str) -> list[Trouble]:
    """Refuse long numbers in a text, which is stored as it is: a BSN, a day or a telephone number has them."""
    if kind not in {"text", "programme"}:
        return []
    sentence = "a number of eight digits or more, as a BSN or a day has; this column may not hold them"
    wrong: list[Fault | None] = [
        ("bsn", sentence) if value is not None and LONG_NUMBER.search(bare_digits(values.written(value))) else None
        for value in cells
    ]
    return _troubles(column, wrong)


def _identifiers(
    column: Column, cells: list[Cell], faults: list[Fault | None], name: str, mapping: ColumnMapping, key: Key
) -> Converted:
    texts = [value if value is None or isinstance(value, str) else values.written(value) for value in cells]
    wrong = list(faults)
    if mapping.bsn:
        texts = [BETWEEN.sub("", text) if text and not is_number(text) else text for text in texts]
        wrong = [fault or other for fault, other in zip(faults, _bsn_faults(texts), strict=True)]
    elif name == "person_id" and holds_bsn(text for text in texts if text):
        # Its pseudonyms would be right, and would not link to those of files that say it.
        everywhere = np.ones(len(column.positions), dtype=bool)
        sentence = "BSNs; write bsn: true for this column, and they are tested and replaced"
        nothing = pd.Series([None] * len(column.positions), dtype="str")
        return Converted(nothing, (Trouble("bsn", sentence, everywhere),))
    right = [position for position, text in enumerate(texts) if text is not None and wrong[position] is None]
    kind = "bsn" if mapping.bsn else name
    made = np.full(len(texts), None, dtype=object)
    made[right] = key.pseudonyms(kind, cast("list[str]", [texts[position] for position in right]))
    different = pd.Series(made, dtype="str")
    same = pd.factorize(different)[0].astype(np.int64)[column.positions]
    typed = different.take(column.positions.astype(np.int64) % len(texts)).reset_index(drop=True)
    return Converted(typed, tuple(_troubles(column, wrong)), same=same)


def _bsn_faults(texts: list[str | None]) -> list[Fault | None]:
    faults: list[Fault | None] = [None] * len(texts)
    whole = [position for position, text in enumerate(texts) if text and len(text) == BSN_DIGITS and is_number(text)]
    passes = passes_elfproef(cast("list[str]", [texts[position] for position in whole]))
    for position in np.array(whole, dtype=np.int64)[~passes]:
        faults[position] = ("bsn", "a number that fails the test of a BSN (elfproef)")
    numbers = set(whole)
    for position, text in enumerate(texts):
        if text is None or position in numbers:
            continue
        if len(text) < BSN_DIGITS and is_number(text):
            sentence = "a BSN of fewer than 9 digits: it lost its leading zeros; write zero_pad: 9 for this column"
            faults[position] = ("bsn", sentence)
        else:
            faults[position] = ("bsn", "not a BSN, which has nine digits")
    return faults
