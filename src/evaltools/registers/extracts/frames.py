"""Read SPSS and Parquet files and the answer of a database: sources whose columns have types."""

import hashlib
import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from evaltools.errors import InvalidDataError
from evaltools.registers.extracts.delivery import Column, Delivery, find_columns
from evaltools.registers.extracts.profile import Profile

ROWS_AT_A_TIME = 100_000


def read_parquet(data: bytes, name: str, source: str, profile: Profile) -> Delivery:
    """Read the columns that a profile names from a Parquet file.

    Raises
    ------
    InvalidDataError
        When it is damaged, empty or has other columns.
    """
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        places = _places(file.schema_arrow.names, name, profile)
        table = file.read(columns=list(dict.fromkeys(file.schema_arrow.names[at] for at in places.values())))
        columns = {
            column: Column.of_series(table.column(file.schema_arrow.names[at]).to_pandas(date_as_object=False))
            for column, at in places.items()
        }
    except (pa.ArrowException, OSError, ValueError):
        raise InvalidDataError(name, ["is no Parquet file, or damaged; get it again"]) from None
    return _delivery(name, columns, table.num_rows, source, profile)


def read_spss(data: bytes, name: str, source: str, profile: Profile) -> Delivery:
    """Read the columns that a profile names from an SPSS file (.sav): its values, not their labels.

    Raises
    ------
    InvalidDataError
        When it is damaged, empty or has other columns.
    """
    try:
        import pyreadstat  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError:
        raise InvalidDataError(name, ["needs pyreadstat: pip install evaltools[extracts]"]) from None
    with tempfile.NamedTemporaryFile(suffix=".sav") as copy:  # it reads from a path only
        copy.write(data)
        copy.flush()
        try:
            _, about = pyreadstat.read_sav(copy.name, metadataonly=True)
            places = _places(about.column_names, name, profile)
            wanted = list(dict.fromkeys(about.column_names[at] for at in places.values()))
            rows, _ = pyreadstat.read_sav(copy.name, usecols=wanted)
        except InvalidDataError:
            raise
        except Exception:  # noqa: BLE001  (pyreadstat raises its own and others' errors)
            raise InvalidDataError(name, ["is no SPSS file (.sav), or damaged; get it again"]) from None
    columns = {column: Column.of_series(rows[about.column_names[at]]) for column, at in places.items()}
    return _delivery(name, columns, len(rows), source, profile)


def read_query(url: str, query: str, profile: Profile) -> Delivery:
    """Read the columns that a profile names from the answer of a query.

    The query runs in a transaction that is read-only where the database has such, and
    is never committed.

    Parameters
    ----------
    url
        A SQLAlchemy URL, such as ``postgresql+psycopg://user@host/database``.

    Raises
    ------
    InvalidDataError
        When the database cannot be reached, refuses the query, or the answer has
        other columns; without the URL, the query or a value.
    """
    try:
        import sqlalchemy  # noqa: PLC0415  (an extra)
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError  # noqa: PLC0415
    except ModuleNotFoundError:
        raise InvalidDataError("a database", ["needs SQLAlchemy: pip install evaltools[extracts]"]) from None
    try:
        address = sqlalchemy.make_url(url)
        engine = sqlalchemy.create_engine(address)
    except (ArgumentError, NoSuchModuleError):
        raise InvalidDataError(
            "the database", ["has no URL that SQLAlchemy knows, such as sqlite:///file.db"]
        ) from None
    except ModuleNotFoundError as error:
        raise InvalidDataError("the database", [f"needs the driver {error.name}; install it"]) from None
    name = f"{address.get_backend_name()} {Path(address.database or '').name}".strip()
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        raise InvalidDataError(name, ["is not there"])  # SQLite would make an empty one
    read_only = {"postgresql_readonly": True} if address.get_backend_name() == "postgresql" else {}
    try:
        with engine.connect().execution_options(stream_results=True, **read_only) as connection:
            answer = connection.execute(sqlalchemy.text(query))
            header = list(answer.keys())
            places = _places(header, name, profile)
            gathered = {column: _Answers() for column in places}
            n_rows = 0
            for rows in answer.partitions(ROWS_AT_A_TIME):
                n_rows += len(rows)
                for column, at in places.items():
                    gathered[column].add([row[at] for row in rows])
            connection.rollback()
    except SQLAlchemyError as error:  # its text holds the query and its values
        kind = type(getattr(error, "orig", None) or error).__name__
        raise InvalidDataError(
            name, [f"cannot be reached or refuses the query ({kind}); try it in its own client"]
        ) from None
    finally:
        engine.dispose()
    digest = hashlib.sha256(query.encode())
    for found in gathered.values():
        digest.update(found.digest.digest())
    columns = {column: found.column() for column, found in gathered.items()}
    return _delivery(name, columns, n_rows, digest.hexdigest(), profile)


class _Answers:
    """The values of one column while the parts of an answer come by."""

    def __init__(self) -> None:
        self.positions: list[Any] = []
        self.seen: dict[Any, int] = {}
        self.digest = hashlib.sha256()

    def add(self, values: list[Any]) -> None:
        positions = [-1 if value is None else self.seen.setdefault(value, len(self.seen)) for value in values]
        self.positions.append(np.array(positions, dtype=np.int32))
        self.digest.update(repr(values).encode())

    def column(self) -> Column:
        return Column.of(self.seen, np.concatenate(self.positions) if self.positions else np.zeros(0, np.int32))


def _places(header: list[str], name: str, profile: Profile) -> dict[str, int]:
    try:
        return find_columns(header, profile.columns(optional=False), profile.columns(optional=True))
    except InvalidDataError as error:
        raise InvalidDataError(name, error.problems) from None


def _delivery(name: str, columns: dict[str, Column], n_rows: int, source: str, profile: Profile) -> Delivery:
    if not n_rows:
        raise InvalidDataError(name, ["has no rows"])
    lacking = tuple(column for column in profile.columns(optional=True) if column not in columns)
    return Delivery(name=name, columns=columns, n_rows=n_rows, source=source, lacking=lacking)
