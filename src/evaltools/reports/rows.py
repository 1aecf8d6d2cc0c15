"""The rows of a protected table, as tables, figures and sentences read them: what is hidden cannot be taken for missing."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.errors import DisclosureError
from evaltools.reports.block import checked


class HiddenValueError(DisclosureError):
    """A number was read that its table does not show."""


class _Row:
    """A row, with its columns as attributes."""

    def __init__(self, names: Iterable[str], values: Iterable[Any]) -> None:
        self.__dict__.update(zip(names, values, strict=True))


class PartlyHidden:
    """A row of which some numbers are hidden: to read one of those is an error.

    A hidden number is missing in its row, as one that is not known is. Without this, who forgets
    that it can be hidden would write that it is not known, or count it for nothing.
    """

    __slots__ = ("_hidden", "_row", "_where")

    def __init__(self, row: Any, hidden: frozenset[str], where: str) -> None:
        self._row = row
        self._hidden = hidden
        self._where = where

    def __getattr__(self, name: str) -> Any:
        if name in self._hidden:
            problem = f"'{name}' is hidden in a row that was read; ask is_hidden(row, '{name}') first"
            raise HiddenValueError(self._where, [problem])
        return getattr(self._row, name)

    def hides(self, name: str) -> bool:
        """Whether the number of a column is hidden."""
        return name in self._hidden


def readable_rows(table: ProtectedTable, where: str) -> list[Any]:
    """List the rows of a protected table, each with its columns as attributes; to read a hidden number is an error.

    Raises
    ------
    DisclosureError
        When ``table`` is not a `ProtectedTable`, or was changed after it passed the gate.
    """
    values = checked(table, where).rows
    # Ten times as fast as itertuples, which asks each column for each of its values.
    rows = [_Row(map(str, values), row) for row in values.to_numpy(dtype=object)]
    hidden = [
        frozenset(str(name) for name, is_out in zip(table.hidden.columns, cells, strict=True) if is_out)
        for cells in table.hidden.to_numpy(bool)
    ]
    return [PartlyHidden(row, names, where) if names else row for row, names in zip(rows, hidden, strict=True)]


def is_hidden(row: Any, *names: str) -> bool:
    """Whether one of these columns is hidden in a row.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> row = PartlyHidden(SimpleNamespace(n=None, n_all=31), frozenset({"n"}), "tables.shares()")
    >>> is_hidden(row, "n"), is_hidden(row, "n_all"), row.n_all
    (True, False, 31)
    """
    return isinstance(row, PartlyHidden) and any(row.hides(name) for name in names)


def is_shown(row: Any, *names: str) -> bool:
    """Whether a row has these numbers, and all are known and not hidden.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> row = PartlyHidden(SimpleNamespace(n=None, n_all=31, mean=float("nan")), frozenset({"n"}), "tables.shares()")
    >>> is_shown(row, "n_all"), is_shown(row, "n"), is_shown(row, "n_all", "mean"), is_shown(row, "n_some")
    (True, False, False, False)
    """
    return not is_hidden(row, *names) and all(pd.notna(getattr(row, name, None)) for name in names)
