"""Read a CSV file: whole, in one pass, or not at all."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from itertools import islice
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv

from evaltools.errors import InvalidDataError, many
from evaltools.registers.extracts.delivery import Column, Delivery, find_columns
from evaltools.registers.extracts.profile import Layout, Profile

SEPARATORS = {";": "a semicolon", ",": "a comma", "\t": "a tab", "|": "a bar"}
FIRST_ROWS = 10
LONGEST_FIELD = 1 << 30
UTF_8_MARK = b"\xef\xbb\xbf"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@contextmanager
def _long_fields() -> Iterator[None]:
    """Let ``csv`` read long fields, here alone: its limit is of the whole process, and the scan of pages refuses by it."""
    before = csv.field_size_limit(LONGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)


@_long_fields()
def read_csv(data: bytes, path: Path, source: str, profile: Profile) -> Delivery:
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
    name, layout = path.name, profile.layout
    data = _as_text(data, name, layout)
    first = _first_rows(data, layout)
    if len(first) < layout.header_row:
        raise InvalidDataError(name, ["is empty; expected a header and rows"])
    header = first[layout.header_row - 1]
    _check_separator(data, header, name, layout)
    places = find_columns(header, profile, name, rows=first)
    table = _parse(data, header, places, name, layout)
    if not table.num_rows:
        raise InvalidDataError(name, ["has a header and no rows"])
    columns = {column: Column.of_arrow(table.column(str(position))) for column, position in places.items()}

    @cache
    def lines() -> list[int]:
        return _lines(data, layout, len(header))

    return Delivery(
        name=name,
        columns=columns,
        n_rows=table.num_rows,
        source=source,
        place=lambda row: f"line {lines()[row]}",
    )


def _as_text(data: bytes, name: str, layout: Layout) -> bytes:
    """Bring a file to UTF-8 with one kind of line ends, or say why it is no text that can be read."""
    if data.startswith(UTF_16_MARKS):
        raise InvalidDataError(name, ["is in UTF-16; save it as CSV in UTF-8"])
    marked = data.startswith(UTF_8_MARK)
    data = data.removeprefix(UTF_8_MARK)
    if data.isspace() or not data:
        raise InvalidDataError(name, ["is empty; expected a header and rows"])
    if b"\x00" in data:
        raise InvalidDataError(name, ["is no text: it holds zero bytes; is it a CSV file, and whole?"])
    if data.count(b"\r") != data.count(b"\r\n"):
        if b"\n" in data:
            raise InvalidDataError(name, ["has line ends of two kinds; save it anew, each line ending in the same way"])
        data = data.replace(b"\r", b"\n")
    return _as_utf_8(data, name, layout, marked=marked)


def _as_utf_8(data: bytes, name: str, layout: Layout, *, marked: bool) -> bytes:
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
    return csv.reader(text, delimiter=layout.separator, strict=True)


def _first_rows(data: bytes, layout: Layout) -> list[list[str]]:
    rows: list[list[str]] = []
    with suppress(csv.Error):  # what is wrong further down is told when all of it is read
        for row in islice(_rows(data, layout), max(FIRST_ROWS, layout.header_row)):
            rows.append(row)  # noqa: PERF402  (an error keeps the rows before it)
    return rows


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
    if b'"' in data:
        _check_quotes(data, layout, len(header), table.num_rows, name)
    return table


def _check_quotes(data: bytes, layout: Layout, n_columns: int, n_rows: int, name: str) -> None:
    """Refuse a quote that is no quotation: it would make one value of all rows up to the next one."""
    reader = _rows(data, layout)
    seen = before = 0
    try:
        for number, cells in enumerate(reader):
            spans, before = reader.line_num - before > 1, reader.line_num
            if number < layout.header_row or _is_blank(cells, n_columns):
                continue
            seen += 1
            swallowed = spans and any(
                line.count(layout.separator) >= n_columns - 1 for cell in cells for line in cell.splitlines()[1:]
            )
            if swallowed:
                sentence = (
                    f"has a quote that is not closed before line {reader.line_num}: a whole row stands within a value"
                )
                raise InvalidDataError(name, [f"{sentence}; take the quote out, or double it"])
    except csv.Error:
        sentence = f"has a quote within a value, on or before line {reader.line_num}; take it out, or double it"
        raise InvalidDataError(name, [sentence]) from None
    if seen != n_rows:
        raise InvalidDataError(name, ["has quotes or line ends that can be read in two ways; save it anew"])


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
            if number >= layout.header_row and len(row) != n_columns and not _is_blank(row, n_columns):
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


@_long_fields()
def _lines(data: bytes, layout: Layout, n_columns: int) -> list[int]:
    """Line on which each row ends, counted as a text editor does: blank lines and line ends in quotes count."""
    reader = _rows(data, layout)
    return [
        reader.line_num
        for number, cells in enumerate(reader)
        if number >= layout.header_row and not _is_blank(cells, n_columns)
    ]


def _is_blank(cells: Sequence[str], n_columns: int) -> bool:
    return not cells or (n_columns > 1 and len(cells) == 1 and not cells[0].strip())
