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

from evaltools.registers.codes import CodeList
from evaltools.registers.extracts.delivery import Cell, Column
from evaltools.registers.extracts.profile import MONTH_FORMATS, ColumnMapping, Layout
from evaltools.registers.pseudonyms import Key, holds_bsn, passes_elfproef
from evaltools.registers.tables import DAY, Table

FIRST_YEAR, LAST_YEAR = 1900, 2100
BSN_DIGITS = 9
TWO_DIGITS = re.compile(r"[0-9]{2}")
NOTHING = np.datetime64("NaT")


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
    unknown
        How many rows hold which code of two digits that an open list does not have.
    same
        Of identifiers: a number that is the same where the pseudonym is, -1 where it
        is missing. Comparing numbers takes a fraction of the time.
    """

    typed: "pd.Series[Any]"
    troubles: tuple[Trouble, ...] = ()
    unknown: tuple[tuple[str, int], ...] = ()
    same: NDArray[np.int64] | None = None


Fault = tuple[str, str]
"""Name of a rule, and what is wrong, expected and to be done."""


class _WrongError(ValueError):
    """A value that is not what it should be."""

    def __init__(self, *fault: str) -> None:
        super().__init__(*fault)
        self.fault: Fault = (fault[0], fault[1])


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
        "day": lambda value: _day(value, days),
        "month": lambda value: _day(value, days).astype("datetime64[M]"),
        "year": lambda value: _year(value, mapping.days),
        "count": _count,
        "number": lambda value: _number(value, layout.decimal),
        "text": _text,
        "programme": _text,
        "code": lambda value: _code(value, code_list) if code_list else value,
    }
    missing: Any = NOTHING if kind in {"day", "month"} else None
    made, wrong = _each(cells, faults, readers[kind], missing)
    troubles = [*_troubles(column, wrong), *_bsn_trouble(column, cells, kind)]
    typed = _typed(made, column.positions, table, name)
    unknown = _unknown_codes(column, made, code_list) if code_list else ()
    return Converted(typed, tuple(troubles), unknown)


def municipalities(column: Column, mapping: ColumnMapping) -> tuple[NDArray[Any], tuple[Trouble, ...]]:
    """Bring a column to CBS codes of municipalities: ``0197`` and ``GM0197`` are both GM0197."""
    cells, faults = _prepared(column, mapping)
    made, wrong = _each(cells, faults, _municipality, None)
    made = [None if value is None else str(value) for value in made]
    nothing = np.array([value is None and fault is None for value, fault in zip(made, wrong, strict=True)])[
        column.positions
    ]
    troubles = _troubles(column, wrong)
    if nothing.any():
        troubles.append(Trouble("missing", "have no value; every row needs its municipality", nothing))
    return np.array(made, dtype=object)[column.positions], tuple(troubles)


def joined(columns: list[Column]) -> Column:
    """Write the values of several columns behind each other, as a year and a month in two columns."""
    first, *others = columns
    for other in others:
        pairs = np.stack([first.positions, other.positions], axis=1).astype(np.int64)
        width = len(other.cells) + 1
        # One number for each pair; positions start at -1.
        different, positions = np.unique((pairs[:, 0] + 1) * width + pairs[:, 1] + 1, return_inverse=True)
        cells = [_pair(first.cells[pair // width - 1], other.cells[pair % width - 1]) for pair in different]
        first = Column((*cells, None), positions.astype(np.int32))
    return first


def _pair(left: Cell, right: Cell) -> Cell:
    if left is None and right is None:
        return None
    # A month that lost its leading zero: 2020 and 3 are 202003.
    return f"{_written(left)}{_written(right).zfill(2)}"


def _written(value: Cell) -> str:
    return "" if value is None else str(value)


def _emptied(cells: tuple[Cell, ...], mapping: ColumnMapping) -> list[Cell]:
    if not mapping.empty:
        return list(cells)
    return [None if _written(value) in mapping.empty else value for value in cells]


def _padded(cells: list[Cell], mapping: ColumnMapping) -> list[Cell]:
    if mapping.zero_pad is None:
        return cells
    width = mapping.zero_pad
    return [
        _written(value).zfill(width) if isinstance(value, int | str) and _written(value).isdigit() else value
        for value in cells
    ]


def _prepared(column: Column, mapping: ColumnMapping) -> tuple[list[Cell], list[Fault | None]]:
    """Their values as the profile reads them, and the codes of theirs that it does not know."""
    cells = _padded(_emptied(column.cells, mapping), mapping)
    faults: list[Fault | None] = [None] * len(cells)
    if mapping.codes:
        for position, value in enumerate(cells):
            if value is not None and _written(value) not in mapping.codes:
                close = get_close_matches(_written(value), list(mapping.codes), n=1)
                likely = f"; did you mean '{close[0]}'?" if close else ""
                faults[position] = "unknown_code", f"a code that the profile does not map; add it to codes{likely}"
        cells = [None if value is None else mapping.codes.get(_written(value)) for value in cells]
    return cells, faults


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
            except _WrongError as error:
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


def _day(value: Cell, form: str) -> np.datetime64:
    if isinstance(value, dt.datetime):
        day = value.date()
    else:
        text = _written(value)
        parts = _DAY_PATTERNS[form].fullmatch(text)
        if parts is None:
            raise _WrongError("not_a_day", f"not a day written as {form} ({_example(form)})")
        if not text.strip("0-/. "):
            raise _WrongError("zeros", f"only zeros instead of a day; if that means no day, write empty: ['{text}']")
        try:
            day = dt.date(int(parts["j"]), int(parts["m"]), int(parts["d"]) if "d" in parts.groupdict() else 1)
        except ValueError:
            raise _WrongError("not_a_day", "a day that no calendar has, such as 31 February") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        advice = "if it means no day, write it under empty"
        raise _WrongError("outside", f"a day outside {FIRST_YEAR} to {LAST_YEAR}; {advice}")
    return np.datetime64(day, "D")


def _example(form: str) -> str:
    return form.replace("jjjj", "2019").replace("mm", "12").replace("dd", "31")


def _pattern(form: str) -> re.Pattern[str]:
    # With a separator, a day or month may be written with one digit.
    digits = "{1,2}" if re.search(r"[-/.]", form) else "{2}"
    pattern = re.escape(form).replace("jjjj", r"(?P<j>[0-9]{4})")
    pattern = pattern.replace("mm", f"(?P<m>[0-9]{digits})").replace("dd", f"(?P<d>[0-9]{digits})")
    return re.compile(pattern)


_DAY_PATTERNS = {
    form: _pattern(form)
    for form in (
        "dd-mm-jjjj", "dd/mm/jjjj", "dd.mm.jjjj", "jjjj-mm-dd", "jjjj/mm/dd", "jjjjmmdd", "ddmmjjjj", *MONTH_FORMATS,
    )
}  # fmt: skip


def _year(value: Cell, days: str | None) -> int:
    if days or isinstance(value, dt.datetime):
        return int(_day(value, days or "jjjj-mm-dd").astype("datetime64[Y]").astype(int)) + 1970
    if not re.fullmatch(r"[0-9]{4}", _written(value)):
        raise _WrongError(
            "not_a_year", "not a year of four digits; if it is a day, write days: dd-mm-jjjj for this column"
        )
    return int(_written(value))


def _count(value: Cell) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", _written(value)):
        raise _WrongError("not_a_number", "not a whole number, such as 12")
    return int(_written(value))


def _number(value: Cell, decimal: str) -> float:
    if isinstance(value, int | float):
        return float(value)
    text = _written(value)
    thousands, example = (".", "1.234,50") if decimal == "," else (",", "1234.50")
    pattern = rf"[+-]?([0-9]{{1,3}}(\{thousands}[0-9]{{3}})+|[0-9]+)(\{decimal}[0-9]+)?"
    if not re.fullmatch(pattern, text):
        raise _WrongError("not_a_number", f"not a number with '{decimal}' before the decimals, such as {example}")
    return float(text.replace(thousands, "").replace(decimal, "."))


def _text(value: Cell) -> str:
    if isinstance(value, dt.datetime):
        raise _WrongError("not_a_text", "a day where a text or code is expected")
    return _written(value)


def _code(value: Cell, code_list: CodeList) -> str:
    text = _written(value)
    if text in code_list.by_code:
        return text
    allowed = ", ".join(f"{code.code} {code.text}" for code in code_list.codes[:12])
    if code_list.is_open:
        if TWO_DIGITS.fullmatch(text):
            return text
        if text.isdigit() and text.zfill(2) in code_list.by_code:
            raise _WrongError("unknown_code", "a code that lost its leading zero; write zero_pad: 2 for this column")
        raise _WrongError("unknown_code", "not a code of two digits; map theirs to ours under codes")
    names = {code.text: code.code for code in code_list.codes}
    close = get_close_matches(text, [*code_list.by_code, *names], n=1)
    likely = f"did you mean '{names.get(close[0], close[0])}'? Allowed" if close else "allowed"
    raise _WrongError("unknown_code", f"not a code of {code_list.name}; {likely}: {allowed}; map theirs under codes")


def _municipality(value: Cell) -> str:
    text = _written(value)
    if re.fullmatch(r"GM[0-9]{4}", text):
        return text
    if re.fullmatch(r"[0-9]{4}", text):
        return f"GM{text}"
    if re.fullmatch(r"[0-9]{1,3}", text):
        raise _WrongError(
            "unknown_code", "a municipality code that lost its leading zeros; write zero_pad: 4 for this column"
        )
    raise _WrongError("unknown_code", "not a CBS code of a municipality, such as 0197 or GM0197")


def _unknown_codes(column: Column, made: list[Any], code_list: CodeList) -> tuple[tuple[str, int], ...]:
    if not code_list.is_open:
        return ()
    counts = np.bincount(column.positions[column.positions >= 0], minlength=len(made))
    found: dict[str, int] = {}
    for position, code in enumerate(made):
        if code is not None and code not in code_list.by_code and counts[position]:
            found[code] = found.get(code, 0) + int(counts[position])
    return tuple(sorted(found.items()))


def _bsn_trouble(column: Column, cells: list[Cell], kind: str) -> list[Trouble]:
    """Refuse BSNs in a column that is no identifier: it would be stored as it is."""
    if kind not in {"text", "programme"} or not holds_bsn(_written(value) for value in cells):
        return []
    everywhere = np.ones(len(column.positions), dtype=bool)
    return [Trouble("bsn", "BSNs; this column may not hold them: map another one", everywhere)]


def _identifiers(
    column: Column, cells: list[Cell], faults: list[Fault | None], name: str, mapping: ColumnMapping, key: Key
) -> Converted:
    texts = [value if value is None or isinstance(value, str) else _written(value) for value in cells]
    wrong = list(faults)
    if mapping.bsn:
        wrong = _bsn_faults(texts)
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
    whole = [position for position, text in enumerate(texts) if text and len(text) == BSN_DIGITS and _is_number(text)]
    passes = passes_elfproef(cast("list[str]", [texts[position] for position in whole]))
    for position in np.array(whole, dtype=np.int64)[~passes]:
        faults[position] = ("bsn", "a number that fails the test of a BSN (elfproef)")
    numbers = set(whole)
    for position, text in enumerate(texts):
        if text is None or position in numbers:
            continue
        if len(text) == BSN_DIGITS - 1 and _is_number(text):
            faults[position] = ("bsn", "a BSN of 8 digits: it lost its leading zero; write zero_pad: 9 for this column")
        else:
            faults[position] = ("bsn", "not a BSN of nine digits without dots or spaces")
    return faults


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
