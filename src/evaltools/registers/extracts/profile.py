"""Mapping profiles: which of their columns is which of ours, and how they write codes, days and numbers."""

from collections.abc import Collection, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StrictBool, StrictStr, field_validator, model_validator

from evaltools.errors import InvalidDataError, did_you_mean
from evaltools.registers.tables import TABLES
from evaltools.yaml_models import Block, Problem, ProblemsError, Text, read_model, repeated

SHIPPED = Path(str(files("evaltools.registers.extracts") / "profiles"))

DayFormat = Literal[
    "dd-mm-jjjj", "dd/mm/jjjj", "dd.mm.jjjj", "jjjj-mm-dd", "jjjj/mm/dd", "jjjjmmdd", "ddmmjjjj",
    "jjjjmm", "jjjj-mm", "mm-jjjj", "mm/jjjj",
]  # fmt: skip
MONTH_FORMATS = ("jjjjmm", "jjjj-mm", "mm-jjjj", "mm/jjjj")


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_texts(value: object) -> object:
    """Codes may be written without quotes: 1 and 01 both stay what they are, texts."""
    if isinstance(value, Mapping):
        return {_as_text(key): _as_text(ours) for key, ours in value.items()}
    return [_as_text(item) for item in value] if isinstance(value, list) else value


def _as_text(value: object) -> object:
    if value is None or isinstance(value, bool | float):
        raise ValueError("has a code that YAML does not read as text; write it between quotes")
    return str(value) if isinstance(value, int) else value


Named = Annotated[StrictStr, Field(pattern=r"\S")]
Names = Annotated[tuple[Named, ...], BeforeValidator(_one_or_more), Field(min_length=1)]
Codes = Annotated[dict[str, StrictStr], BeforeValidator(_as_texts)]
Values = Annotated[tuple[StrictStr, ...], BeforeValidator(_as_texts)]


class ColumnMapping(Block):
    """Where one of our columns comes from.

    Attributes
    ----------
    column
        Their column; several are written behind each other, as a year and a month in two columns.
    value
        The same value for every row, instead of a column.
    codes
        Their code → ours; every code of theirs must be in it.
    empty
        What they write for "no value", beside nothing at all.
    days
        How they write a day in this column, when other than in the rest of the file.
    zero_pad
        How many characters a code has, for a source that lost its leading zeros.
    bsn
        Whether it holds BSNs: they are tested and replaced by pseudonyms.
    optional
        Whether the source may lack the column; ours is then empty.
    """

    column: Names | None = None
    value: StrictStr | None = None
    codes: Codes = Field(default_factory=dict)
    empty: Values = ()
    days: DayFormat | None = None
    zero_pad: Annotated[int, Field(strict=True, ge=1, le=15)] | None = None
    bsn: StrictBool = False
    optional: StrictBool = False

    @model_validator(mode="before")
    @classmethod
    def _column_alone(cls, value: object) -> object:
        return {"column": value} if isinstance(value, str | list) else value

    @model_validator(mode="after")
    def _column_or_value(self) -> Self:
        if (self.column is None) == (self.value is None):
            raise ValueError("needs either a column or a value")
        if self.value is not None and (self.codes or self.empty or self.zero_pad or self.bsn):
            raise ValueError("has a value for every row; codes, empty, zero_pad and bsn are for a column")
        return self


class TableMapping(Block):
    """Where one of our tables comes from.

    Attributes
    ----------
    columns
        Ours → theirs.
    only_where
        Take only the rows that hold one of these values in a column of theirs.
    only_filled
        Take only the rows in which a column of theirs is filled.
    latest_by
        Of rows with the same key, take the one with the highest values in these columns
        of theirs, whole numbers or days, such as year and month: for files that repeat a
        record every month. Rows that say the same count once.
    distinct
        Rows that say the same in all our columns count once: for files with several rows
        for one person.
    """

    columns: dict[str, ColumnMapping] = Field(min_length=1)
    only_where: dict[str, Values] = Field(default_factory=dict)
    only_filled: StrictStr | None = None
    latest_by: Annotated[tuple[StrictStr, ...], BeforeValidator(_one_or_more)] = ()
    distinct: StrictBool = False


class Layout(Block):
    """How the source is written.

    Attributes
    ----------
    separator, encoding, decimal
        Of a CSV file.
    days
        How a day is written, of which ``jjjj`` is the year.
    header_row
        Row that holds the names of the columns, counted from 1.
    sheet
        Name of the sheet of a workbook; the only one when left out.
    """

    separator: Literal[";", ",", "\t", "|"] = ";"
    encoding: Literal["utf-8", "cp1252"] = "utf-8"
    decimal: Literal[",", "."] = ","
    days: DayFormat = "dd-mm-jjjj"
    header_row: Annotated[int, Field(strict=True, ge=1, le=100)] = 1
    sheet: Text | None = None


class Profile(Block):
    """One mapping profile; ``name`` is that of its file without ``.yaml``."""

    name: StrictStr = Field(alias="<file name>")
    title: Text
    source: Text | None = None
    layout: Layout = Layout()
    municipality: ColumnMapping | None = None
    tables: dict[str, TableMapping] = Field(min_length=1)

    def only(self, tables: Collection[str]) -> Self:
        """Keep the tables that are asked for; all when none is.

        Raises
        ------
        InvalidDataError
            When the profile has no such table.
        """
        unknown = [
            f"has no table '{name}'; {did_you_mean(name, self.tables)}" for name in tables if name not in self.tables
        ]
        if unknown:
            raise InvalidDataError(f"profile {self.name}", unknown)
        kept = {name: mapping for name, mapping in self.tables.items() if not tables or name in tables}
        return self.model_copy(update={"tables": kept})

    def columns(self, *, optional: bool) -> list[str]:
        """List their columns that are read, those that a source may lack or those that it must have.

        No other column is read, whatever the source holds.
        """
        mappings = [mapping for table in self.tables.values() for mapping in table.columns.values()]
        mappings += [self.municipality] if self.municipality else []
        named = [name for mapping in mappings if not mapping.optional for name in mapping.column or ()]
        for table in self.tables.values():
            named += [*table.only_where, *table.latest_by, *([table.only_filled] if table.only_filled else [])]
        if not optional:
            return list(dict.fromkeys(named))
        return [name for mapping in mappings if mapping.optional for name in mapping.column or () if name not in named]

    @field_validator("municipality")
    @classmethod
    def _by_row(cls, mapping: ColumnMapping | None) -> ColumnMapping | None:
        if mapping and (mapping.optional or mapping.column is None):
            raise ValueError("is a column that every row has; give --municipality for a source without one")
        return mapping

    @field_validator("tables")
    @classmethod
    def _declared(cls, tables: dict[str, TableMapping]) -> dict[str, TableMapping]:
        problems: list[Problem] = []
        for name, mapping in tables.items():
            if name not in TABLES:
                problems.append(((name,), f"unknown table '{name}'; {did_you_mean(name, TABLES)}"))
            else:
                problems += [
                    ((name, "columns", *where), sentence) for where, sentence in _column_problems(name, mapping)
                ]
                problems += [
                    ((name, "latest_by"), f"names {again} more than once") for again in repeated(mapping.latest_by)
                ]
        if problems:
            raise ProblemsError(problems)
        return tables


def _column_problems(name: str, mapping: TableMapping) -> list[Problem]:
    table = TABLES[name]
    # The municipality of a row says in which register it goes, for every table alike.
    ours = [column for column in table.columns if column != "municipality"]
    problems: list[Problem] = [
        ((column,), f"table {name} has no column '{column}'; {did_you_mean(column, ours)}")
        for column in mapping.columns
        if column not in ours
    ]
    problems += [
        ((), f"'{column}' is missing; every row of {name} needs it: {table.schema.columns[column].description}")
        for column in ours
        if table.is_required(column) and column not in mapping.columns
    ]
    for column, source in mapping.columns.items():
        code_list = table.code_list(column) if column in ours else None
        targets = [*source.codes.values(), *([source.value] if source.value is not None else [])]
        if code_list:
            allowed = list(code_list.dtype.categories if code_list.is_open else code_list.by_code)
            problems += [
                ((column,), f"'{target}' is no code of {code_list.name}; {did_you_mean(target, allowed)}")
                for target in dict.fromkeys(targets)
                if target not in allowed
            ]
        kind = table.kind(column) if column in ours else ""
        if source.bsn and kind and column != "person_id":
            problems.append(((column, "bsn"), "is for person_id only"))
        if source.optional and kind and table.is_required(column):
            problems.append(((column, "optional"), f"cannot be; every row of {name} needs it"))
        if kind == "day" and source.days in MONTH_FORMATS:
            problems.append(
                ((column, "days"), f"'{source.days}' has no day; write the format with one, such as jjjjmmdd")
            )
    return problems


def list_profiles() -> list[str]:
    """Names of the profiles that come with evaltools."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def read_profile(name: str) -> Profile:
    """Read a profile: one that comes with evaltools by its name, another by the path of its file.

    Raises
    ------
    InvalidDataError
        When there is none, or with every problem in it.

    Examples
    --------
    >>> read_profile("bus").tables["benefit_spells"].columns["first_day"].column
    ('datum_aanvang_uitkering_persoon',)
    """
    path = Path(name) if name.endswith((".yaml", ".yml")) else SHIPPED / f"{name}.yaml"
    if not path.is_file():
        own = [f"{name}.yaml"] if Path(f"{name}.yaml").is_file() else []
        advice = f"is not there; {did_you_mean(name, [*list_profiles(), *own])}, or the path of a .yaml file"
        raise InvalidDataError(f"profile '{name}'", [advice])
    extra: dict[str, Any] = {"<file name>": path.stem}
    return read_model(
        Profile,
        path,
        f"profile {path.name}",
        extra=extra,
        error=InvalidDataError,
        forms={r"\S": "the name of a column"},
    )
