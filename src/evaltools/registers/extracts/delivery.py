"""What a source delivered: its columns as they came, each different value once."""

import datetime as dt
import math
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evaltools.errors import InvalidDataError
from evaltools.registers.extracts.profile import Profile

UNSEEN = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF])
"""Characters that are not seen: with one of them a code or an identifier would be another."""

FEWEST_NAMES = 2
"""A row with fewer is a title rather than a header."""

Cell = str | int | float | dt.datetime | None
"""A value of a source: a text, a whole number, another number, a day, or nothing."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a source.

    Registers repeat themselves: a million rows have a few thousand different days.
    Each different value is looked at once.

    Attributes
    ----------
    cells
        The different values; the last one is None, so that position -1 is "nothing".
    positions
        For each row the position of its value in ``cells``, shape (n rows,).
    """

    cells: tuple[Cell, ...]
    positions: NDArray[np.int32]

    @classmethod
    def of(cls, values: Iterable[Any], positions: NDArray[np.int32]) -> "Column":
        """Make a column from its different values, as their reader gave them."""
        return cls((*(cell(value) for value in values), None), positions)

    @classmethod
    def of_texts(cls, texts: pa.Array, positions: NDArray[np.int32]) -> "Column":
        """Make a column from its different texts."""
        trimmed = pc.utf8_trim_whitespace(texts).to_pylist()
        return cls((*(text if text.isascii() and text else cell(text) for text in trimmed), None), positions)

    @classmethod
    def of_arrow(cls, values: pa.ChunkedArray) -> "Column":
        """Make a column from one of Arrow."""
        encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
        whole = encoded.unify_dictionaries().combine_chunks()
        if isinstance(whole, pa.ChunkedArray):
            whole = whole.chunk(0) if whole.num_chunks else pa.array([], encoded.type)
        positions = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
        make = (
            cls.of_texts if pa.types.is_string(whole.dictionary.type) else lambda all_, at: cls.of(all_.to_pylist(), at)
        )
        return make(whole.dictionary, positions)

    @classmethod
    def of_series(cls, values: "pd.Series[Any]") -> "Column":
        """Make a column from all its values."""
        positions, different = pd.factorize(values)
        return cls.of(different, positions.astype(np.int32))

    def take(self, rows: NDArray[np.int64]) -> "Column":
        """Take some rows, in that order."""
        return Column(self.cells, self.positions[rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The columns of a source that its profile names.

    Attributes
    ----------
    name
        What the source is called in a message: the name of a file, or of a database.
    columns
        Their columns by their names, as the profile writes them.
    n_rows
        Rows below the header.
    source
        SHA-256 of the file, or of the query and its answer.
    place
        Says where a row (counted from 0) stands in the source, such as "line 17".
    """

    name: str
    columns: Mapping[str, Column]
    n_rows: int
    source: str
    place: Callable[[int], str] = field(default=lambda row: f"row {row + 1}")


class Gathered:
    """The values of one column while its rows come by."""

    def __init__(self) -> None:
        self.positions: list[int] = []
        self.seen: dict[Any, int] = {}

    def extend(self, values: Iterable[Any]) -> None:
        """Add the values of further rows; None is nothing."""
        seen = self.seen
        self.positions += [-1 if value is None else seen.setdefault(value, len(seen)) for value in values]

    def column(self) -> Column:
        """Make the column of all that came by."""
        return Column.of(self.seen, np.array(self.positions, dtype=np.int32))


def cell(value: Any) -> Cell:
    """Bring a value of any reader to one of few types; spaces around a text go, an empty text is nothing.

    Examples
    --------
    >>> cell("  a "), cell(" "), cell(197.0), cell(dt.date(2020, 1, 31))
    ('a', None, 197, datetime.datetime(2020, 1, 31, 0, 0))
    """
    if isinstance(value, bytes):
        return value.hex() or None
    if isinstance(value, str):
        return value.translate(UNSEEN).strip() or None
    if value is None or pd.isna(value):
        return None
    return _typed_cell(value)


def _typed_cell(value: Any) -> Cell:
    match value:
        case np.datetime64():
            return _typed_cell(pd.Timestamp(value).to_pydatetime())
        case dt.datetime():
            # In another time zone it may be another day: a text that is no day, so that it is told.
            return value if value.tzinfo is None else value.isoformat()
        case dt.date():
            return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001  (a day has no time zone)
        case bool() | np.bool_():
            return str(int(value))
        case int() | np.integer() | float() | np.floating() | Decimal():
            return _number_cell(value)
    return str(value)


def _number_cell(value: Any) -> int | float:
    """Keep a whole number whole: as a fraction, large ones would become the same."""
    if isinstance(value, int | np.integer):
        return int(value)
    whole = math.isfinite(value) and value == int(value)
    return int(value) if whole else float(value)


def find_columns(
    header: Sequence[str], profile: Profile, subject: str, *, rows: Sequence[Sequence[str]] = ()
) -> dict[str, int]:
    """Find the columns of a profile in a header; capitals, accents, spaces, hyphens and underscores do not matter.

    Parameters
    ----------
    subject
        What the source is called in a message.
    rows
        The first rows of the source, to say where the header seems to be when it is not here.

    Returns
    -------
    dict
        Position of each column that is there, by the name of the profile.

    Raises
    ------
    InvalidDataError
        When a required column is missing, or one is there twice.
    """
    places: dict[str, list[int]] = {}
    for position, name in enumerate(header):
        places.setdefault(plain_name(name), []).append(position)
    found, problems, missing = {}, [], []
    required = profile.columns(optional=False)
    for name in [*required, *profile.columns(optional=True)]:
        at = places.get(plain_name(name), [])
        if len(at) > 1:
            problems.append(f"has {len(at)} columns called '{name}'; keep one")
        elif at:
            found[name] = at[0]
        elif name in required:
            missing.append(name)
    if missing:
        elsewhere = _header_row(required, rows)
        if elsewhere:
            problems.append(
                f"has its header in row {elsewhere}; write header_row: {elsewhere} under layout in the profile"
            )
        else:
            problems += _one_table(profile, found)
            problems += [f"has no column '{name}'{_close_to(name, header)}" for name in missing]
    if problems:
        raise InvalidDataError(subject, problems)
    return found


def plain_name(name: str) -> str:
    """Bring a column's name to its bare letters and digits; one that has none stays as it is.

    Examples
    --------
    >>> plain_name("Reden beëindiging "), plain_name("reden_beeindiging")
    ('redenbeeindiging', 'redenbeeindiging')
    """
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum()) or name.strip()


def _close_to(name: str, header: Sequence[str]) -> str:
    """Say which column is like it, by its place: a file without a header has persons where the names should be."""
    plain = [plain_name(other) for other in header]
    close = get_close_matches(plain_name(name), plain, n=1)
    if close:
        return f"; did you mean column {plain.index(close[0]) + 1}, which is called much like it?"
    n_names = sum(bool(other.strip()) for other in header)
    is_title = "; a title? Write header_row under layout for a header further down" if n_names < FEWEST_NAMES else ""
    return f"; none of the {n_names} in its header is like it{is_title}"


def _one_table(profile: Profile, found: Mapping[str, int]) -> list[str]:
    """Say that a file seems to hold some tables of a profile alone: a file per table is how they are often delivered."""
    whole = [name for name in profile.tables if {*profile.only([name]).columns(optional=False)} <= found.keys()]
    if not whole or len(profile.tables) <= 2 * len(whole):
        return []
    sentence = (
        f"has all columns of {', '.join(whole)} and of no other of the {len(profile.tables)} tables of the profile"
    )
    return [f"{sentence}; if it holds one table, say which with --table, such as --table {whole[-1]}"]


def _header_row(required: list[str], rows: Sequence[Sequence[str]]) -> int | None:
    wanted = {plain_name(name) for name in required}
    for number, row in enumerate(rows, start=1):
        if wanted <= {plain_name(name) for name in row}:
            return number
    return None
