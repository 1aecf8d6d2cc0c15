"""Read an extract, whatever it is: one function for every kind of source."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from evaltools.errors import InvalidDataError
from evaltools.registers.extracts.csv_files import read_csv
from evaltools.registers.extracts.delivery import Delivery
from evaltools.registers.extracts.frames import read_parquet, read_query, read_spss
from evaltools.registers.extracts.profile import Profile
from evaltools.registers.extracts.workbooks import read_workbook

Reader = Callable[[bytes, Path, str, Profile], Delivery]

READERS: dict[str, Reader] = {
    ".csv": read_csv,
    ".txt": read_csv,
    ".xlsx": read_workbook,
    ".xlsm": read_workbook,
    ".sav": read_spss,
    ".parquet": read_parquet,
}
"""How each kind of file is read, by the end of its name."""


def read_extract(source: str | Path, profile: Profile, *, query: str | None = None) -> Delivery:
    """Read the columns that a profile names from a file or a database; the source is not changed.

    Parameters
    ----------
    source
        Path of a CSV, Excel, SPSS or Parquet file, or a SQLAlchemy URL.
    query
        What to ask a database.

    Raises
    ------
    InvalidDataError
        When it cannot be read as the profile says; with all that can be said at once.
    """
    if re.match(r"[a-z][a-z0-9+]*://", str(source)):
        if not query:
            raise InvalidDataError("the database", ["needs a query; give it with --query"])
        return read_query(str(source), query, profile)
    path = Path(source)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        kinds = ", ".join(READERS)
        raise InvalidDataError(path.name, [f"is of no kind that is read ({kinds}); save it as one of these"])
    if query:
        raise InvalidDataError(path.name, ["is a file; a query is for a database"])
    if path.exists() and not path.is_file():
        raise InvalidDataError(path.name, ["is no file; give the path of one"])
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidDataError(path.name, [f"cannot be read: {error.strerror}"]) from None
    if not data:
        raise InvalidDataError(path.name, ["is empty"])
    return reader(data, path, hashlib.sha256(data).hexdigest(), profile)
