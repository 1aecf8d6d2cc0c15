"""Which rows of a table break which rule, without a word about their values."""

import re
from dataclasses import dataclass

import pandas as pd
from pandera.errors import SchemaErrorReason, SchemaErrors

from evaltools.errors import InvalidDataError
from evaltools.registers.tables import Table


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that some rows of a table break.

    Attributes
    ----------
    column
        The column that the rule is about; empty for a rule about several.
    columns
        All columns that the rule is about: those that its sentence names.
    rule
        Name of the rule: ``missing``, ``duplicate``, ``ends_before_begin``, …
    sentence
        What is wrong with these rows, as "… rows" would say it.
    rows
        Which rows break it, shape (n rows), boolean.
    """

    column: str
    rule: str
    sentence: str
    rows: "pd.Series[bool]"

    @property
    def columns(self) -> tuple[str, ...]:  # noqa: D102  (among the attributes)
        return (self.column,) if self.column else tuple(re.findall(r"[a-z_]+", self.sentence))


def findings(rows: pd.DataFrame, table: Table, *, keys: pd.DataFrame | None = None) -> list[Finding]:
    """List every rule of the declaration that some row breaks.

    Parameters
    ----------
    rows
        A table with the declared columns in their types, as `Table.frame` makes.
    keys
        What makes a row one of its kind, by default the columns of the table's key: for
        rows of several municipalities, or to compare numbers instead of pseudonyms.

    Raises
    ------
    InvalidDataError
        When columns or their types are not those declared.

    Examples
    --------
    >>> from evaltools.registers.tables import INCOMES
    >>> rows = INCOMES.frame({"person_id": ["a", None], "month": ["2020-01-01"] * 2, "kind": ["11", "11"]})
    >>> [(found.column, found.rule, int(found.rows.sum())) for found in findings(rows, INCOMES)]
    [('person_id', 'missing', 1)]
    """
    repeated = _repeated(rows, table, keys)
    found = [repeated] if repeated.rows.any() else []
    try:
        table.schema.validate(rows, lazy=True)
    except SchemaErrors as errors:
        # The error and its tables quote the values of the rows: nothing of it may go further than this.
        broken = [
            (error.reason_code, error.schema.name, error.check, error.check_output) for error in errors.schema_errors
        ]
    else:
        return found
    wrong = []
    for reason, column, check, holds in broken:
        match reason:
            case SchemaErrorReason.SERIES_CONTAINS_NULLS:
                found.append(Finding(str(column), "missing", "no value, and every row needs one", rows[column].isna()))
            case SchemaErrorReason.DATAFRAME_CHECK if holds is not None:
                about = str(column) if column in table.columns else ""
                found.append(Finding(about, check.name, check.error, ~holds.astype(bool)))
            case _:
                wrong.append(f"column {column}: {str(reason.name).lower().replace('_', ' ')}")
    if wrong:
        raise InvalidDataError(f"the table {table.name}", [*dict.fromkeys(wrong)]) from None
    return found


def _repeated(rows: pd.DataFrame, table: Table, keys: pd.DataFrame | None) -> Finding:
    own = rows[list(table.key)]
    again = (own if keys is None else keys).duplicated(keep=False) & own.notna().all(axis=1)
    return Finding("", "duplicate", f"the same {' and '.join(table.key)} more than once", again)
