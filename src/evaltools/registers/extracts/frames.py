"""Read SPSS and Parquet files and the answer of a database: sources whose columns have types."""

import hashlib
import io
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from evaltools.errors import InvalidDataError
from evaltools.registers.extracts.delivery import Column, Delivery, Gathered, find_columns
from evaltools.registers.extracts.profile import Profile

ROWS_AT_A_TIME = 100_000
NOT_PLAIN = "holds lists or the like in a column of the profile; expected texts, numbers and days"


def read_parquet(data: bytes, path: Path, source: str, profile: Profile) -> Delivery:
    """Read the columns that a profile names from a Parquet file.

    Raises
    ------
    InvalidDataError
        When it is damaged, empty, has other columns, or lists in one of these.
    """
    name = path.name
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        header = file.schema_arrow.names
        places = find_columns(header, profile, name)
        table = file.read(columns=list(dict.fromkeys(header[at] for at in places.values())))
        columns = {column: Column.of_arrow(table.column(header[at])) for column, at in places.items()}
    except pa.ArrowNotImplementedError:
        raise InvalidDataError(name, [NOT_PLAIN]) from None
    except (pa.ArrowException, OSError, ValueError, TypeError):
        raise InvalidDataError(name, ["is no Parquet file, or damaged; get it again"]) from None
    return _delivery(name, columns, table.num_rows, source)


def read_spss(_: bytes, path: Path, source: str, profile: Profile) -> Delivery:
    """Read the columns that a profile names from an SPSS file (.sav): its values, not their labels.

    Raises
    ------
    InvalidDataError
        When it is damaged, empty, changes while it is read, or has other columns.
    """
    name = path.name
    try:
        import pyreadstat  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError:
        raise InvalidDataError(name, ["needs pyreadstat: pip install evaltools[extracts]"]) from None
    try:
        about = pyreadstat.read_sav(str(path), metadataonly=True)[1]
        places = find_columns(about.column_names, profile, name)
        wanted = list(dict.fromkeys(about.column_names[at] for at in places.values()))
        rows = pyreadstat.read_sav(str(path), usecols=wanted)[0]
    except InvalidDataError:
        raise
    except Exception:  # noqa: BLE001  (pyreadstat raises its own and others' errors)
        raise InvalidDataError(name, ["is no SPSS file (.sav), or damaged; get it again"]) from None
    if hashlib.sha256(path.read_bytes()).hexdigest() != source:
        raise InvalidDataError(name, ["changed while it was read; try again"])
    columns = {column: Column.of_series(rows[about.column_names[at]]) for column, at in places.items()}
    return _delivery(name, columns, len(rows), source)


def read_query(url: str, query: str, profile: Profile) -> Delivery:
    """Read the columns that a profile names from the answer of a query.

    On PostgreSQL and SQLite the query cannot change anything; elsewhere it is never committed.

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
        is_sqlite = address.get_backend_name() == "sqlite"
        options = {"creator": _read_only(address.database)} if is_sqlite else {}
        engine = sqlalchemy.create_engine(address, **options)
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise InvalidDataError(
            "the database", ["has no URL that SQLAlchemy knows, such as sqlite:///file.db"]
        ) from None
    except ModuleNotFoundError as error:
        raise InvalidDataError("the database", [f"needs the driver {error.name}; install it"]) from None
    name = f"{address.get_backend_name()} {Path(address.database or '').name}".strip()
    if is_sqlite and not Path(address.database or "").is_file():
        raise InvalidDataError(name, ["is not there"])  # SQLite would make an empty one
    read_only = {"postgresql_readonly": True} if address.get_backend_name() == "postgresql" else {}
    try:
        with engine.connect().execution_options(stream_results=True, **read_only) as connection:
            answer = connection.exec_driver_sql(query)
            header = list(answer.keys())
            places = find_columns(header, profile, name)
            gathered = {column: Gathered() for column in places}
            digests = {column: hashlib.sha256() for column in places}
            n_rows = 0
            for rows in answer.partitions(ROWS_AT_A_TIME):
                n_rows += len(rows)
                for column, at in places.items():
                    values = [row[at] for row in rows]
                    gathered[column].extend(values)
                    digests[column].update(repr(values).encode())
            connection.rollback()
    except TypeError:
        raise InvalidDataError(name, [NOT_PLAIN]) from None
    except SQLAlchemyError as error:  # its text holds the query and its values
        kind = type(getattr(error, "orig", None) or error).__name__
        raise InvalidDataError(
            name, [f"cannot be reached or refuses the query ({kind}); try it in its own client"]
        ) from None
    finally:
        engine.dispose()
    digest = hashlib.sha256(query.encode())
    for part in digests.values():
        digest.update(part.digest())
    columns = {column: found.column() for column, found in gathered.items()}
    return _delivery(name, columns, n_rows, digest.hexdigest())


def _read_only(database: str | None) -> Callable[[], sqlite3.Connection]:
    """Open an SQLite file in a way that cannot change it."""
    address = f"file:{quote(str(database))}?mode=ro"
    return lambda: sqlite3.connect(address, uri=True, check_same_thread=False)


def _delivery(name: str, columns: dict[str, Column], n_rows: int, source: str) -> Delivery:
    if not n_rows:
        raise InvalidDataError(name, ["has no rows"])
    return Delivery(name=name, columns=columns, n_rows=n_rows, source=source)
