"""Read the CSV export of StatLine: its keys and figures as text, padded and in quotes."""

import csv
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd

from evaltools.errors import InvalidDataError, many
from evaltools.registers.statline.table import NUMBERED, StatLine, checked, numbers, topic_names

TABLE = re.compile(r"[0-9]{5}([A-Z]{3}|[a-z]{3})")
"""Form of the name of a table."""
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
LARGEST_FILE = 50 * 10**6
WITH_COMMA = re.compile(r"-?[0-9]+,[0-9]+")
UNKNOWN = "."
ROW = "ID"

Lines = list[tuple[int, list[str]]]
"""Number of the line on which each row ends, and its cells."""


def read_export(path: str | Path, table: str | None = None) -> StatLine:
    r"""Read a table as StatLine exports it.

    Parameters
    ----------
    path
        A CSV file with semicolons: a column ``ID``, the dimensions with the keys of CBS, and topics such as ``Instroom_4``.
    table
        Its name at CBS; when left out the name of the file tells it.

    Returns
    -------
    StatLine
        ``.`` (unknown or secret) and an empty cell (cannot occur) are both missing; `StatLine.not_applicable` tells them apart.

    Raises
    ------
    InvalidDataError
        When it is no such file, is cut off, or a cell is no figure; all that is wrong at once.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "84066NED.csv"
    ...     _ = path.write_text('"ID";"Regio";"Instroom_4";"Instroom_5"\n"0";"NL01  ";"  130";"   ."\n')
    ...     read_export(path).rows
      Regio  Instroom  Instroom_2
    0  NL01       130        <NA>
    """
    path = Path(path)
    return parse_export(bytes_of(path), path.name, table_of(path.name, table))


def bytes_of(path: Path) -> bytes:
    """Read a file.

    Raises
    ------
    InvalidDataError
        When that cannot be done.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InvalidDataError(
                path.name, [f"has more than {LARGEST_FILE // 10**6} MB; take a part of the table in StatLine"]
            )
        return path.read_bytes()
    except OSError as error:
        raise InvalidDataError(path.name, [f"cannot be read: {error.strerror}"]) from None


def table_of(name: str, asked: str | None) -> str:
    """Say of which table a file is: the one that is asked for, or that its name tells.

    Raises
    ------
    InvalidDataError
        When nothing says so, or the name tells another than is asked for.
    """
    named = [each for each in re.split(r"[^0-9A-Za-z]+", name) if TABLE.fullmatch(each)]
    if asked is None and len(named) != 1:
        raise InvalidDataError(
            name, ["does not say of which table it is; give the name of the table, such as 84066NED"]
        )
    if asked is not None and named and asked not in named:
        raise InvalidDataError(
            name, [f"is named after table {named[0]}, and {asked} is asked for; take the file of that table"]
        )
    return asked or named[0]


def parse_export(data: bytes, name: str, table: str) -> StatLine:
    """Read the bytes of an export; ``name`` is what errors call it."""
    header, lines = _cells(data, name)
    keys = [key for key in header if key != ROW]
    dimensions = tuple(key for key in keys if not NUMBERED.fullmatch(key))
    names = topic_names([key for key in keys if key not in dimensions], name)
    columns: dict[str, pd.Series] = {}
    impossible: dict[str, pd.Series] = {}
    problems: list[str] = []
    for key in keys:
        at = header.index(key)
        cells = [cells[at].strip() for _, cells in lines]
        if key in dimensions:
            columns[key] = pd.Series(cells, dtype="str")
            continue
        impossible[names[key]] = pd.Series([cell == "" for cell in cells], dtype=bool)
        wrong = [cell not in {"", UNKNOWN} and not NUMBER.fullmatch(cell) for cell in cells]
        if any(wrong) and _is_text(cells):
            columns[names[key]] = pd.Series([None if cell in {"", UNKNOWN} else cell for cell in cells], dtype="str")
        elif any(wrong):
            problems.append(_not_numbers(key, cells, wrong, lines))
        else:
            known = [None if cell in {"", UNKNOWN} else float(cell) for cell in cells]
            columns[names[key]] = numbers(known, has_decimals=any("." in cell[1:] for cell in cells))
    if problems:
        raise InvalidDataError(name, problems)
    rows = checked(columns, dimensions, name)
    return StatLine(table=table, rows=rows, dimensions=dimensions, not_applicable=pd.DataFrame(impossible))


def _is_text(cells: list[str]) -> bool:
    """Whether a topic is a text, such as the name of a municipality: no cell is a number, however written."""
    return not any(NUMBER.fullmatch(cell) or WITH_COMMA.fullmatch(cell) for cell in cells)


def _not_numbers(key: str, cells: list[str], wrong: list[bool], lines: Lines) -> str:
    first = int(np.argmax(wrong))
    comma = "; StatLine writes decimals with a point: take its own export" if WITH_COMMA.fullmatch(cells[first]) else ""
    return f"{key}: {many(sum(wrong), 'cell')} with no number, first line {lines[first][0]}{comma}"


def _cells(data: bytes, name: str) -> tuple[list[str], Lines]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidDataError(name, ["is no text in UTF-8; take StatLine's own export, unchanged"]) from None
    if "\x00" in text or not text.strip():
        raise InvalidDataError(name, ["is empty" if not text.strip() else "is no text: it holds zero bytes"])
    if text.lstrip().partition(";")[0].strip(' "') != ROW:
        advice = "take StatLine's own export with keys, separated by semicolons"
        raise InvalidDataError(name, [f"does not begin with a column {ROW}; {advice}"])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    lines: Lines = []
    try:
        for cells in reader:
            if cells:
                lines.append((reader.line_num, cells))
    except csv.Error:
        raise InvalidDataError(
            name, [f"is cut off at line {reader.line_num}: a quote is not closed; get it again"]
        ) from None
    _, header = lines.pop(0)
    again = sorted({key for key in header if header.count(key) > 1})
    if again:
        raise InvalidDataError(
            name, [f"has {many(len(again), 'column')} more than once; take StatLine's own export with keys"]
        )
    ragged = [number for number, cells in lines if len(cells) != len(header)]
    if ragged and ragged == [lines[-1][0]]:
        raise InvalidDataError(name, [f"is cut off: its last line, {ragged[0]}, is not whole; get it again"])
    if ragged:
        problem = f"{many(len(ragged), 'line')} with another number of cells than the header ({len(header)}), first line {ragged[0]}"
        raise InvalidDataError(name, [problem])
    return header, lines
