"""Registers on disk: one folder per municipality, one Parquet file per table.

A municipality's folder is replaced as a whole: a reader sees the tables of before or
those of now, never some of each, and a write that is killed leaves those of before.
"""

import json
import os
import re
import shutil
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from evaltools.disclosure import from_register
from evaltools.errors import InvalidDataError, did_you_mean
from evaltools.project import Project, find_project
from evaltools.registers.swap import drop_unfinished, folder_before, link, next_folder, only_writer, put_in_place
from evaltools.registers.tables import DAY, FORMS, SCHEMA_VERSION, TABLES, Table

MARK = b"evaltools"
"""Key of the Parquet metadata that holds a table's `Origin`."""
OF_REPORT = "EVALTOOLS_REGISTERS"
"""Variable of the environment with the municipalities of which a report may read the register, when one is being made."""
UNREADABLE = "cannot be read; delete it, then ingest or simulate it again"
TRUTH_FILE = "truth.json"
"""Beside the tables of a simulated register: what is true in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a stored table comes from; it stands in the metadata of its Parquet file.

    Attributes
    ----------
    extract_day
        The day that the extract was made, ISO 8601: the register says nothing of later days.
    source
        SHA-256 of the file or query that it was read from; of the parameters for a simulated table.
    is_simulated
        Whether nobody in it exists.
    profile
        Name of the mapping profile; ``simulated`` for a simulated table.
    key_check
        Short fingerprint of the key of the pseudonyms; tables link only where it is the same.
    n_rows
        Rows in the table.
    n_set_aside
        Rows of this municipality that were left out, by the first rule that each broke, as the analyst asked for.
    """

    extract_day: str
    source: str
    is_simulated: bool
    profile: str
    key_check: str
    n_rows: int = 0
    n_set_aside: Mapping[str, int] | None = None
    schema_version: int = SCHEMA_VERSION

    def encode(self) -> bytes:
        """Write it as JSON."""
        return json.dumps(asdict(self), sort_keys=True).encode()

    @classmethod
    def decode(cls, metadata: Mapping[bytes, bytes] | None, subject: str) -> Self:
        """Read it from the metadata of a Parquet file.

        Raises
        ------
        InvalidDataError
            When the file is not one that this version wrote.
        """
        try:
            known = json.loads((metadata or {})[MARK])
            if known["schema_version"] != SCHEMA_VERSION:
                advice = "is of another version of evaltools; ingest or simulate it again"
                raise InvalidDataError(subject, [advice])
            return cls(**known)
        except (KeyError, TypeError, ValueError):
            raise InvalidDataError(subject, ["was not written by evaltools; ingest or simulate it again"]) from None


Stored = tuple[pd.DataFrame | pa.Table, Origin]
"""A table on its way to the store: rows in the declared types, or as `to_arrow` makes them."""


@dataclass(frozen=True)
class Register:
    """The register of one municipality, read table by table when asked for.

    Attributes
    ----------
    municipality
        CBS code.
    folder
        Where its Parquet files are.
    origins
        Where each table that is there comes from.
    """

    municipality: str
    folder: Path
    origins: Mapping[str, Origin]

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that are there, in the order of the data dictionary."""
        return tuple(name for name in TABLES if name in self.origins)

    @property
    def is_simulated(self) -> bool:
        """Whether nobody in it exists."""
        return any(origin.is_simulated for origin in self.origins.values())

    @cached_property
    def extract_day(self) -> pd.Timestamp:
        """The earliest day on which one of its tables was extracted: all of them are known up to then."""
        return pd.Timestamp(min(origin.extract_day for origin in self.origins.values()))

    def read(self, table: str, columns: Collection[str] | None = None) -> pd.DataFrame:
        """Read one table, or some of its columns; a table that was never delivered has no rows.

        Raises
        ------
        InvalidDataError
            When there is no such table or column, or its file cannot be read.
        """
        if table not in TABLES:
            raise InvalidDataError(f"table '{table}'", [f"does not exist; {did_you_mean(table, TABLES)}"])
        declared = TABLES[table]
        wanted = list(columns) if columns is not None else list(declared.columns)
        unknown = [
            f"has no column '{column}'; {did_you_mean(column, declared.columns)}"
            for column in wanted
            if column not in declared.columns
        ]
        if unknown:
            raise InvalidDataError(f"table '{table}'", unknown)
        if table not in self.origins:
            return from_register(declared.frame({})[wanted], is_simulated=self.is_simulated)
        return from_register(self._stored(table, wanted), is_simulated=self.is_simulated)

    def _stored(self, table: str, columns: list[str]) -> pd.DataFrame:
        path = self.folder / f"{table}.parquet"
        try:
            stored = pq.read_table(path, columns=columns)
        except (pa.ArrowException, OSError):
            raise InvalidDataError(_subject(path), [UNREADABLE]) from None
        if Origin.decode(stored.schema.metadata, _subject(path)) != self.origins[table]:
            raise InvalidDataError(_subject(path), ["has changed since the register was opened; open it again"])
        rows: pd.DataFrame = stored.to_pandas(date_as_object=False, timestamp_as_object=False)
        declared = TABLES[table]
        return pd.DataFrame({column: rows[column].astype(declared.dtype(column)) for column in columns})

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Read a whole table by its name: ``register.persons``."""
        if name in TABLES:
            return self.read(name)
        raise AttributeError(name)

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} {self.origins[name].n_rows:,}" for name in self.tables)
        return f"<{self._title()}: {counts}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row' style='text-align:left'>{name}</th><td>{self.origins[name].n_rows:,}</td>"
            f"<td>{self.origins[name].extract_day}</td></tr>"
            for name in self.tables
        )
        return (
            f"<table><caption style='white-space:nowrap;text-align:left'><strong>{self._title()}</strong></caption><thead><tr>"
            "<th scope='col' style='text-align:left'>table</th><th scope='col'>rows</th><th scope='col'>extract day</th>"
            f"</tr></thead><tbody>{rows}</tbody></table>"
        )

    def _title(self) -> str:
        simulated = ", simulated" if self.is_simulated else ""
        return f"Register {self.municipality}{simulated}, extract of {self.extract_day:%Y-%m-%d}"


def open_register(municipality: str, project: Project | None = None) -> Register:
    """Open the register of one municipality; reads the metadata of its files, no rows.

    Parameters
    ----------
    municipality
        CBS code, such as ``GM0197``.
    project
        Where the registers are; by default the project that the current folder lies in.

    Returns
    -------
    Register
        Its tables are read when they are asked for: ``register.read("persons")``, or ``register.persons``.

    Raises
    ------
    InvalidDataError
        When there is none, or a file of it is damaged or of another version; in a report also when it may not be read.

    Examples
    --------
    A register in memory answers as one on disk:

    >>> from evaltools.registers import example_register
    >>> register = example_register()  # in place of open_register("GM0197")
    >>> register.municipality, register.is_simulated, len(register.persons)
    ('GM0197', True, 8)
    """
    project = project or find_project()
    folder = folder_of(municipality, project)
    of_report = os.environ.get(OF_REPORT)
    if of_report is not None and municipality not in of_report.split():
        problem = (
            "is none that this report may read: it would not be made again when that changes; a notebook that reads all of "
            "its programme has a parameter other_registers = True"
        )
        raise InvalidDataError(f"the register of {municipality}", [problem])
    if not folder.is_dir():
        known = stored_municipalities(project)
        raise InvalidDataError(
            f"the register of {municipality}",
            [f"is not there; make it with evaltools ingest or evaltools simulate; {did_you_mean(municipality, known)}"],
        )
    origins = _origins(folder)
    if not origins:
        raise InvalidDataError(f"the register of {municipality}", ["has no tables; ingest or simulate it again"])
    return Register(municipality, folder, origins)


def folder_of(municipality: str, project: Project) -> Path:
    """Name the folder that holds the register of a municipality, or would."""
    folder = project.processed / municipality
    before = folder_before(folder)
    # A writer is, or was cut off, between the two steps of its swap.
    return before if before.is_dir() and not folder.is_dir() else folder


def stored_municipalities(project: Project | None = None) -> list[str]:
    """CBS codes of the municipalities that have a register, in order."""
    folder = (project or find_project()).processed
    if not folder.is_dir():
        return []
    # Between the two steps of a swap only the folder of before is there.
    names = {path.name.removeprefix(".").removesuffix(".before") for path in folder.iterdir() if path.is_dir()}
    return sorted(name for name in names if re.fullmatch(FORMS["municipality"], name))


def write_registers(
    registers: Mapping[str, Mapping[str, Stored]],
    *,
    project: Project,
    extra: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Write tables of municipalities: all are written before the first is put in place.

    Other tables of the same municipality stay, but real tables and invented ones never
    stand beside each other: real ones take the place of a whole simulated register.

    Parameters
    ----------
    registers
        By municipality and table: the rows in the declared types, and their origin.
    extra
        By municipality, texts of further files of the folder by name, such as ``truth.json``.

    Raises
    ------
    InvalidDataError
        When simulated tables would come beside real ones, tables have pseudonyms of
        different keys, or another process is writing. Nothing is changed then.
    """
    with only_writer(project.processed):
        staying = {code: _staying(project.processed / code, tables) for code, tables in registers.items()}
        problems = [
            problem
            for code, tables in registers.items()
            for problem in _conflicts(project.processed / code, tables, staying[code])
        ]
        if problems:
            raise InvalidDataError("data/processed", problems)
        staged = []
        try:
            for code, tables in registers.items():
                folder = project.processed / code
                staged.append(next_folder(folder))
                _stage(folder, staged[-1], staying[code], tables, (extra or {}).get(code, {}))
            put_in_place(project.processed, staged)
        except BaseException:
            drop_unfinished(project.processed, staged)
            raise


def holds_simulated(folder: Path) -> bool:
    """Whether a municipality's folder holds a simulated register, also where its tables cannot be read.

    Raises
    ------
    InvalidDataError
        When nothing says that it is simulated and its tables cannot be read.
    """
    return (folder / TRUTH_FILE).is_file() or any(origin.is_simulated for origin in _origins(folder).values())


def _origins(folder: Path, *, but: Collection[str] = ()) -> dict[str, Origin]:
    found = {}
    for path in sorted(folder.glob("*.parquet")):
        if path.stem in but or path.stem not in TABLES:
            continue
        try:
            metadata = pq.read_metadata(path).metadata
        except (pa.ArrowException, OSError):
            raise InvalidDataError(_subject(path), [UNREADABLE]) from None
        found[path.stem] = Origin.decode(metadata, _subject(path))
    return found


def _staying(folder: Path, tables: Mapping[str, Stored]) -> dict[str, Origin]:
    """Find the tables that stay beside those that come: of the same people, real or invented."""
    if not folder.is_dir() or (folder / TRUTH_FILE).is_file():
        return {}
    is_simulated = _is_simulated(tables)
    there = _origins(folder, but=tables)
    return {name: origin for name, origin in there.items() if origin.is_simulated is is_simulated}


def _is_simulated(tables: Mapping[str, Stored]) -> bool:
    return any(origin.is_simulated for _, origin in tables.values())


def _conflicts(folder: Path, tables: Mapping[str, Stored], staying: Mapping[str, Origin]) -> list[str]:
    """Say what keeps tables from coming beside those that stay."""
    if folder.is_symlink():
        return [f"{folder.name} is a link; put the folder itself there"]
    if _is_simulated(tables) and folder.is_dir() and not holds_simulated(folder) and _origins(folder):
        return [f"{folder.name} holds a real register; a simulated one is not put over it"]
    keys = {origin.key_check for _, origin in tables.values()}
    other = [name for name, origin in staying.items() if {origin.key_check} != keys]
    if other:
        listed = ", ".join(other)
        return [f"{folder.name}: {listed} have pseudonyms of another key and would not link; use the same key for all"]
    return []


def _stage(
    folder: Path, staged: Path, staying: Collection[str], tables: Mapping[str, Stored], extra: Mapping[str, str]
) -> None:
    """Make the whole next folder of a municipality beside the one of now."""
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    for name in staying:
        link(folder / f"{name}.parquet", staged / f"{name}.parquet")
    for name, (rows, origin) in tables.items():
        _write_table(staged / f"{name}.parquet", rows, TABLES[name], origin)
    for name, text in extra.items():
        (staged / name).write_text(text, "utf-8")


def to_arrow(rows: pd.DataFrame, table: Table) -> pa.Table:
    """Bring a table in its declared types to the types that are stored."""
    return pa.Table.from_pandas(rows[list(table.columns)], schema=_arrow_schema(table), preserve_index=False)


def _write_table(path: Path, rows: pd.DataFrame | pa.Table, table: Table, origin: Origin) -> None:
    arrow = rows if isinstance(rows, pa.Table) else to_arrow(rows, table)
    origin = replace(origin, n_rows=arrow.num_rows)
    pq.write_table(arrow.replace_schema_metadata({MARK: origin.encode()}), path, compression="zstd")


def _arrow_schema(table: Table) -> pa.Schema:
    types: dict[str, Any] = {DAY: pa.date32(), "Int16": pa.int16(), "float64": pa.float64(), "str": pa.string()}
    return pa.schema(
        [
            pa.field(
                column, pa.dictionary(pa.int8(), pa.string()) if table.code_list(column) else types[table.dtype(column)]
            )
            for column in table.columns
        ]
    )


def _subject(path: Path) -> str:
    return f"data/processed/{path.parent.name}/{path.name}"
