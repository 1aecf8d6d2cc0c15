"""Read what the OData service of CBS gives of a table: what it is, what its columns are, and its rows."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from evaltools.errors import InvalidDataError, did_you_mean, many
from evaltools.registers.statline.export import ROW
from evaltools.registers.statline.table import LARGEST, StatLine, checked, numbers, topic_names

PARTS = ("TableInfos", "DataProperties", "TypedDataSet")
"""What is asked of the service, each a list of records."""
GROUP, TOPIC = "TopicGroup", "Topic"
TEXT = "String"
ANNOTATION = "odata."
"""Begin of what the service says of a record, beside its columns."""

Record = Mapping[str, Any]


def parse_odata(parts: Mapping[str, Any], table: str) -> StatLine:
    """Read a table from the parts that the service gives.

    Parameters
    ----------
    parts
        The records of each of `PARTS`, as the service gives them under ``value``.
    table
        Its name at CBS.

    Raises
    ------
    InvalidDataError
        When a part is of something else, the rows have other columns than the table declares, or a cell is not of the kind
        that it declares; all that is wrong at once.
    """
    info = info_of(parts["TableInfos"], table)
    kinds = _kinds(parts["DataProperties"], table)
    rows = _records(parts["TypedDataSet"], table, "TypedDataSet")
    if not rows:
        raise InvalidDataError(table, ["has no rows; CBS may be filling it, fetch it later"])
    _check_layout(kinds, rows, table)
    dimensions = tuple(key for key, kind in kinds.items() if kind["Type"] != TOPIC)
    names = topic_names([key for key in kinds if key not in dimensions], table)
    columns: dict[str, pd.Series] = {}
    problems: list[str] = []
    for key, kind in kinds.items():
        cells = [row[key] for row in rows]
        is_text = key in dimensions or kind.get("Datatype") == TEXT
        wrong = [number for number, cell in enumerate(cells, start=1) if not _fits(cell, is_text=is_text)]
        if wrong:
            expected = "text" if is_text else "number"
            problems.append(f"{key}: {many(len(wrong), 'cell')} with no {expected}, first row {wrong[0]}")
        elif key in dimensions:
            columns[key] = pd.Series([(cell or "").strip() for cell in cells], dtype="str")
        elif is_text:
            columns[names[key]] = pd.Series([(cell or "").strip() or None for cell in cells], dtype="str")
        else:
            columns[names[key]] = numbers(cells, has_decimals=_has_decimals(kind, cells))
    if problems:
        raise InvalidDataError(table, problems)
    return StatLine(
        table=table,
        title=info["Title"].strip(),
        version=info["Modified"],
        period=(info.get("Period") or "").strip(),
        rows=checked(columns, dimensions, table),
        dimensions=dimensions,
    )


def info_of(found: Any, table: str) -> Record:
    """Give the one record that says what a table is.

    Raises
    ------
    InvalidDataError
        When it is of another table, or does not say its title and when it was modified.
    """
    infos = _records(found, table, "TableInfos")
    if len(infos) != 1:
        raise InvalidDataError(table, [f"TableInfos has {many(len(infos), 'record')}; expected one"])
    (info,) = infos
    if info.get("Identifier") != table:
        raise InvalidDataError(
            table, [f"TableInfos is of table '{info.get('Identifier')}'; the answer is of something else"]
        )
    lacking = [key for key in ("Title", "Modified") if not isinstance(info.get(key), str) or not info[key].strip()]
    if lacking:
        raise InvalidDataError(table, [f"TableInfos does not say its {key}" for key in lacking])
    return info


def _records(found: Any, table: str, part: str) -> list[Record]:
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise InvalidDataError(table, [f"{part} holds something else than records"])
    return found


def _kinds(found: Any, table: str) -> dict[str, Record]:
    """By key, what a column is, in the order of the table."""
    properties = [each for each in _records(found, table, "DataProperties") if each.get("Type") != GROUP]
    if any(not isinstance(each.get("Key"), str) or not isinstance(each.get("Type"), str) for each in properties):
        raise InvalidDataError(table, ["DataProperties has records without a Key or a Type"])
    return {each["Key"]: each for each in properties}


def _check_layout(kinds: Mapping[str, Record], rows: list[Record], table: str) -> None:
    declared = set(kinds)
    there = {key for key in set().union(*rows) if key != ROW and not key.startswith(ANNOTATION)}
    problems = [f"its rows lack the column {key} that it declares" for key in sorted(declared - there)]
    problems += [
        f"its rows have a column '{key}' that it does not declare; {did_you_mean(key, declared)}"
        for key in sorted(there - declared)
    ]
    uneven = [number for number, row in enumerate(rows, start=1) if not problems and not declared <= set(row)]
    if uneven:
        problems.append(f"{many(len(uneven), 'row')} without all columns, first row {uneven[0]}")
    if problems:
        raise InvalidDataError(table, problems)


def _fits(cell: Any, *, is_text: bool) -> bool:
    if cell is None:
        return True
    if is_text:
        return isinstance(cell, str)
    return isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) <= LARGEST


def _has_decimals(kind: Record, cells: list[int | float | None]) -> bool:
    """Whether figures have decimals: declared so, or written so; of figures that are all missing nothing is known."""
    known = [cell for cell in cells if cell is not None]
    return bool(known) and (bool(kind.get("Decimals")) or any(cell != int(cell) for cell in known))
