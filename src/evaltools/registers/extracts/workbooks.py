"""Read a sheet of an Excel workbook (.xlsx): values only, no formulas, nothing that unpacks without end."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from evaltools.errors import InvalidDataError, many
from evaltools.registers.extracts.csv_files import FIRST_ROWS
from evaltools.registers.extracts.delivery import Delivery, Gathered, cell, find_columns
from evaltools.registers.extracts.profile import Profile

MOST_UNPACKED = 512 << 20
"""Bytes; a workbook of a million rows, the most that Excel holds, unpacks to less."""
MOST_TIMES = 200
"""How many times its own size a workbook of some size may unpack to; real ones come to about ten."""
SMALL = 10 << 20
MOST_ROWS = 1 << 20
"""Of a sheet in Excel."""
MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="[A-Z]+[0-9]+:[A-Z]+([0-9]+)"')
MERGED_BYTES = 4 << 20


def read_workbook(data: bytes, path: Path, source: str, profile: Profile) -> Delivery:
    """Read the columns that a profile names from one sheet.

    Raises
    ------
    InvalidDataError
        When the workbook is damaged, protected, too large, has formulas in these
        columns, or not the sheet or the columns of the profile.
    """
    name = path.name
    try:
        from openpyxl import load_workbook  # noqa: PLC0415  (an extra, and slow to import)
    except ModuleNotFoundError:
        raise InvalidDataError(name, ["needs openpyxl: pip install evaltools[extracts]"]) from None
    _check_size(data, name)
    _check_merged(data, name, profile.layout.header_row)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of styles and extensions that it drops
            workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
            names = workbook.sheetnames
            sheet = _sheet_name(names, profile, name)
            # A file may lie about how many rows and columns it has.
            chosen = workbook[sheet]
            chosen.reset_dimensions()
            return _read_sheet(chosen.iter_rows(), name, source, profile)
    except InvalidDataError:
        raise
    except Exception:  # noqa: BLE001  (openpyxl raises whatever the XML leads to, and quotes it)
        raise InvalidDataError(name, ["is damaged; open it in Excel and save it as .xlsx"]) from None


def _check_size(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        advice = "is no .xlsx workbook, or has a password; save it as .xlsx without one"
        raise InvalidDataError(name, [advice]) from None
    if unpacked > MOST_UNPACKED or (unpacked > SMALL and unpacked > MOST_TIMES * len(data)):
        raise InvalidDataError(
            name, [f"unpacks to {unpacked >> 20} MB, more than a workbook of a register does; save it as CSV"]
        )


def _check_merged(data: bytes, name: str, header_row: int) -> None:
    """Refuse merged cells below the header: all but the first of them would be read as empty."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for part in parts.namelist():
            if part.startswith("xl/worksheets/") and part.endswith(".xml"):
                rows = [int(last) for last in MERGED.findall(_end_of(parts, part))]
                below = [row for row in rows if row > header_row]
                if below:
                    sentence = f"has merged cells below its header, first in row {min(below)}; unmerge and fill them"
                    raise InvalidDataError(name, [sentence])


def _end_of(parts: zipfile.ZipFile, part: str) -> bytes:
    """Read what stands after the rows of a sheet: merged cells are named there."""
    kept = b""
    try:
        with parts.open(part) as file:
            while block := file.read(1 << 20):
                kept = (kept + block)[-MERGED_BYTES:]
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError):
        return b""  # openpyxl meets the same, and that is told
    return kept


def _sheet_name(names: list[str], profile: Profile, name: str) -> str:
    asked = profile.layout.sheet
    if asked is None and len(names) == 1:
        return names[0]
    if asked in names:
        return str(asked)
    # Their names stay unsaid: a sheet can be called after a person.
    wrong = f"has no sheet '{asked}' among its {len(names)}" if asked else f"has {len(names)} sheets"
    raise InvalidDataError(name, [f"{wrong}; write sheet: <name> under layout in the profile"])


def _read_sheet(rows: Iterator[tuple[Any, ...]], name: str, source: str, profile: Profile) -> Delivery:
    first = list(islice(rows, max(FIRST_ROWS, profile.layout.header_row)))
    texts = [[str(cell(item.value) or "") for item in row] for row in first]
    header_row = profile.layout.header_row
    if not any(any(row) for row in texts) or len(texts) < header_row:
        raise InvalidDataError(name, ["is empty; expected a header and rows"])
    places = find_columns(texts[header_row - 1], profile, name, rows=texts)
    gathered = {column: Gathered() for column in places}
    formulas: dict[str, list[int]] = {column: [] for column in places}
    numbers: list[int] = []
    for number, row in enumerate(chain(first[header_row:], rows), start=header_row + 1):
        if number > MOST_ROWS:
            raise InvalidDataError(name, [f"has rows beyond row {MOST_ROWS:,}, the last of a sheet; save it anew"])
        if all(item.value is None for item in row):
            continue
        numbers.append(number)
        for column, position in places.items():
            item = row[position] if position < len(row) else None
            value = cell(item.value) if item is not None else None
            gathered[column].extend([value])
            if item is not None and value is not None and item.data_type in {"f", "e"}:
                formulas[column].append(number)
    problems = [
        f"column '{column}' has {many(len(found), 'cell')} with a formula or an error, first in row {found[0]}; "
        "copy the column and paste it as values"
        for column, found in formulas.items()
        if found
    ]
    if problems:
        raise InvalidDataError(name, problems)
    if not numbers:
        raise InvalidDataError(name, ["has a header and no rows"])
    return Delivery(
        name=name,
        columns={column: found.column() for column, found in gathered.items()},
        n_rows=len(numbers),
        source=source,
        place=lambda row: f"row {numbers[row]}",
    )
