"""Read a CSV file: whole, in one pass, or not at all."""

import csv
import io
from collections.abc import Sequence
from itertools import islice

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from evaltools.errors import InvalidDataError, many
from evaltools.registers.extracts.delivery import Column, Delivery, find_columns
from evaltools.registers.extracts.profile import Layout, Profile

SEPARATORS = {";": "a semicolon", ",": "a comma", "\t": "a tab", "|": "a bar"}
FIRST_ROWS = 10
UTF_8_MARK = b"\xef\xbb\xbf"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_csv(data: bytes, name: str, source: str, profile: Profile) -> Delivery:
    """Read the columns that a profile names.

    Parameters
    ----------
    data
        The bytes of the file.

    Raises
    ------
    InvalidDataError
        When the file is empty or cut off, has other columns, another separator or
        another encoding than the profile says; nothing of its values is told.
    """
    layout = profile.layout
    data = _as_utf_8(data, name, layout)
    first = _first_rows(data, layout)
    if len(first) < layout.header_row:
        raise InvalidDataError(name, ["is empty; expected a header and rows"])
    header = first[layout.header_row - 1]
    _check_separator(data, header, name, layout)
    try:
        places = find_columns(
            header, profile.columns(optional=False), lacking := profile.columns(optional=True), rows=first
        )
    except InvalidDataError as error:
        raise InvalidDataError(name, error.problems) from None
    table = _parse(data, header, places, name, layout)
    if not table.num_rows:
        raise InvalidDataError(name, ["has a header and no rows"])
    columns = {column: _column(table.column(str(position))) for column, position in places.items()}
    return Delivery(
        name=name,
        columns=columns,
        n_rows=table.num_rows,
        source=source,
        lacking=tuple(column for column in lacking if column not in places),
        place=lambda row: f"line {_line(data, layout, row)}",
    )


def _as_utf_8(data: bytes, name: str, layout: Layout) -> bytes:
    if data.startswith(UTF_16_MARKS):
        raise InvalidDataError(name, ["is in UTF-16; save it as CSV in UTF-8"])
    marked = data.startswith(UTF_8_MARK)
    data = data.removeprefix(UTF_8_MARK)
    if data.isspace() or not data:
        raise InvalidDataError(name, ["is empty; expected a header and rows"])
    if b"\x00" in data:
        raise InvalidDataError(name, ["is no text: it holds zero bytes; is it a CSV file, and whole?"])
    if data.isascii():
        return data
    wrong = _lines_not_utf_8(data)
    if not wrong:
        if layout.encoding == "cp1252" and not marked:
            raise InvalidDataError(name, ["is in UTF-8, and its profile says cp1252; write encoding: utf-8"])
        return data
    if layout.encoding == "utf-8" or marked:
        only = len(wrong) == sum(not line.isascii() for line in data.splitlines())
        advice = (
            "write encoding: cp1252 under layout in the profile"
            if only and not marked
            else "other lines are: the file mixes two encodings, save it anew in one"
        )
        raise InvalidDataError(name, [f"{many(len(wrong), 'line')} not in UTF-8, first line {wrong[0]}; {advice}"])
    mixed = [number for number, line in enumerate(data.splitlines(), start=1) if not line.isascii() and _is_utf_8(line)]
    if mixed:
        advice = "the file mixes two encodings, save it anew in one"
        raise InvalidDataError(
            name, [f"{many(len(mixed), 'line')} in UTF-8, first line {mixed[0]}, others in cp1252; {advice}"]
        )
    try:
        return data.decode("cp1252").encode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidDataError(
            name, [f"line {line} holds a byte that cp1252 does not have; save it in UTF-8"]
        ) from None


def _lines_not_utf_8(data: bytes) -> list[int]:
    if _is_utf_8(data):
        return []
    return [number for number, line in enumerate(data.splitlines(), start=1) if not _is_utf_8(line)]


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _rows(data: bytes, layout: Layout) -> "csv._reader":  # type: ignore[name-defined]
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    return csv.reader(text, delimiter=layout.separator)


def _first_rows(data: bytes, layout: Layout) -> list[list[str]]:
    try:
        return list(islice(_rows(data, layout), max(FIRST_ROWS, layout.header_row)))
    except csv.Error:
        return []


def _check_separator(data: bytes, header: Sequence[str], name: str, layout: Layout) -> None:
    if len(header) > 1:
        return
    line = data.splitlines()[layout.header_row - 1].decode("utf-8")
    other = max((mark for mark in SEPARATORS if mark != layout.separator), key=line.count)
    if line.count(other):
        sentence = (
            f"has no {SEPARATORS[layout.separator].removeprefix('a ')} in its header but {SEPARATORS[other]}: "
            f"write separator: {other!r} under layout in the profile"
        )
        raise InvalidDataError(name, [sentence])


def _parse(data: bytes, header: Sequence[str], places: dict[str, int], name: str, layout: Layout) -> pa.Table:
    names = [str(position) for position in range(len(header))]
    is_blank: list[bool] = []

    def skip(row: arrow_csv.InvalidRow) -> str:
        is_blank.append(not row.text.strip())
        return "skip"

    wanted = [names[position] for position in dict.fromkeys(places.values())]
    options = {
        "read_options": arrow_csv.ReadOptions(column_names=names, skip_rows_after_names=0, block_size=4 << 20),
        "parse_options": arrow_csv.ParseOptions(
            delimiter=layout.separator,
            newlines_in_values=b'"' in data,
            invalid_row_handler=skip,
        ),
        "convert_options": arrow_csv.ConvertOptions(
            include_columns=wanted,
            column_types=dict.fromkeys(wanted, pa.dictionary(pa.int32(), pa.string())),
            strings_can_be_null=False,
        ),
    }
    body = _below_header(data, layout)
    if body.isspace() or not body:
        raise InvalidDataError(name, ["has a header and no rows"])
    try:
        table = arrow_csv.read_csv(pa.BufferReader(body), **options)
    except (pa.ArrowException, OSError):  # its text quotes a row
        table = None
    if table is None or not all(is_blank):
        raise InvalidDataError(name, _ragged(data, layout, len(header)))
    return table


def _below_header(data: bytes, layout: Layout) -> bytes:
    if b'"' not in data[: 1 << 16]:
        at = 0
        for _ in range(layout.header_row):
            end = data.find(b"\n", at)
            if end < 0:
                return b""
            at = end + 1
        return data[at:]
    reader = _rows(data, layout)
    for _ in range(layout.header_row):
        next(reader, None)
    lines = io.BytesIO(data)
    for _ in range(reader.line_num):
        lines.readline()
    return data[lines.tell() :]


def _ragged(data: bytes, layout: Layout, n_columns: int) -> list[str]:
    wrong, n_rows, reader = [], 0, _rows(data, layout)
    try:
        for number, row in enumerate(reader):
            n_rows = number + 1
            if row and len(row) != n_columns and number >= layout.header_row:
                wrong.append((number, reader.line_num))
    except csv.Error:
        return [f"cannot be read from line {reader.line_num} on: a quote that is not closed, or a line without end"]
    if not wrong:
        return ["cannot be read: a quote that is not closed, or a line without end"]
    if [number for number, _ in wrong] == [n_rows - 1]:
        return [f"its last line, {wrong[0][1]}, is cut off: the file is not whole; get it again"]
    advice = "a separator or line end within a value needs quotes around that value"
    sentence = (
        f"{many(len(wrong), 'row')} with another number of columns than the header ({n_columns}), "
        f"first on line {wrong[0][1]}; {advice}"
    )
    return [sentence]


def _column(values: pa.ChunkedArray) -> Column:
    whole = values.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pa.array([], values.type)
    return Column.of_texts(whole.dictionary, whole.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False))


def _line(data: bytes, layout: Layout, row: int) -> int:
    """Line on which a row ends, counted as a text editor does: blank lines and line ends in quotes count."""
    reader, seen = _rows(data, layout), -1
    for number, cells in enumerate(reader):
        if number >= layout.header_row and cells:
            seen += 1
            if seen == row:
                return int(reader.line_num)
    return row + layout.header_row + 1
