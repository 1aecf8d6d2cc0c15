"""The tables of StatLine that a project holds: the files as they came, in a folder per table."""

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evaltools.errors import InvalidDataError, did_you_mean
from evaltools.project import Project, find_project
from evaltools.reference import statline_tables
from evaltools.registers.statline.export import TABLE, bytes_of, parse_export, table_of
from evaltools.registers.statline.flows import check_flows
from evaltools.registers.statline.odata import PARTS, parse_odata
from evaltools.registers.statline.table import StatLine
from evaltools.registers.swap import drop_unfinished, folder_before, next_folder, only_writer, put_in_place

READS = 3
"""A table that is not as it was fetched is read again: a writer may be busy."""
CALLED = "data/raw/statline"
EDITION = "edition.json"
CBS_KEY = r"[A-Z]{1,2}[0-9]{2,8}|[0-9]{4}(JJ|KW|MM)[0-9]{2}"
"""Form of the keys of regions, periods and totals, of which a table has at least one dimension."""
ODATA, EXPORT = "odata", "export"


@dataclass(frozen=True, kw_only=True)
class Edition:
    """What is stored of a table; it stands beside its files, as ``edition.json``.

    Attributes
    ----------
    version
        When CBS last modified it, as CBS says; empty for an export, which does not tell.
    source
        ``odata`` or ``export``.
    fetched
        The day that it was fetched or taken in (UTC), ISO 8601.
    files
        SHA-256 of each file by its name.
    """

    table: str
    title: str
    version: str
    source: str
    fetched: str
    files: Mapping[str, str]

    def __str__(self) -> str:
        version = f"version {self.version}" if self.version else "an export that tells no version"
        return f"{version}, fetched {self.fetched}"


def check_table(table: str, known: tuple[str, ...] = ()) -> None:
    """Refuse what is no name of a table.

    Raises
    ------
    InvalidDataError
        When it is not five digits and three letters.
    """
    if not TABLE.fullmatch(table):
        advice = f"; {did_you_mean(table, known)}" if known else ""
        raise InvalidDataError(f"table '{table}'", [f"is no table of StatLine, such as 84066NED{advice}"])


def stored_tables(project: Project | None = None) -> list[str]:
    """Name the tables that are stored, in order.

    Parameters
    ----------
    project
        Where they are; by default the project that the current folder lies in.

    Returns
    -------
    list
        Such as ``["83747NED", "84066NED"]``; `open_statline` reads each.

    Examples
    --------
    >>> from pathlib import Path
    >>> from evaltools.project import Project
    >>> stored_tables(Project(Path("a-project-without-tables")))
    []
    """
    folder = (project or find_project()).statline
    if not folder.is_dir():
        return []
    # Between the two steps of a swap only the folder of before is there.
    # What has the name of a table counts, also where its edition.json is gone: who reads it says so.
    names = {path.name.removeprefix(".").removesuffix(".before") for path in folder.iterdir()}
    return sorted(name for name in names if TABLE.fullmatch(name))


def stored_edition(table: str, project: Project | None = None) -> Edition | None:
    """Say which edition of a table is stored.

    Parameters
    ----------
    table
        Its name at CBS.
    project
        Where it is; by default the project that the current folder lies in.

    Returns
    -------
    Edition
        None when there is none.

    Raises
    ------
    InvalidDataError
        When what stands there cannot be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> from evaltools.project import Project
    >>> stored_edition("84066NED", Project(Path("a-project-without-tables"))) is None
    True
    """
    check_table(table)
    folder = _folder(table, (project or find_project()).statline)
    return _edition(folder, table) if folder else None


def kept(table: str, project: Project) -> str:
    """Say what is stored of a table, after it could not be fetched."""
    try:
        edition = stored_edition(table, project)
    except InvalidDataError as error:
        return str(error)
    return f"{CALLED}/{table} keeps {edition}" if edition else f"{CALLED} has nothing of it"


def open_statline(table: str, project: Project | None = None) -> StatLine:
    r"""Read a table that is stored.

    Parameters
    ----------
    table
        Its name at CBS.
    project
        Where it is; by default the project that the current folder lies in.

    Returns
    -------
    StatLine
        As it was fetched: nothing is asked of CBS.

    Raises
    ------
    InvalidDataError
        When it is not there, or a file of it is not as it was fetched.

    Examples
    --------
    >>> import shutil
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from evaltools.project import Project, find_project
    >>> from evaltools.registers.statline import open_statline, stored_tables, take_export
    >>> with TemporaryDirectory() as folder:
    ...     project = Project(Path(folder))
    ...     _ = shutil.copytree(find_project().reference, project.reference)
    ...     export = project.root / "37789ksz.csv"
    ...     _ = export.write_text('"ID";"Regio";"Instroom_4"\n"0";"NL01  ";"  130"\n')
    ...     _ = take_export(export, "37789ksz", project)
    ...     open_statline("37789ksz", project)
    <StatLine 37789ksz, 1 row: Regio; 1 topic>
    """
    project = project or find_project()
    for _ in range(READS - 1):
        with suppress(InvalidDataError, OSError):  # a writer may put another edition in place meanwhile: then read that
            return _read(table, project)
    return _read(table, project)


def fingerprint(project: Project) -> list[tuple[str, str, list[str]]]:
    """Give what the flows of a project rest on: of each table that it names and has, its version and the digests of its files now."""
    there = set(stored_tables(project))
    found = []
    for table in statline_tables(project)["table"]:
        if table in there:
            folder, edition = _folder(table, project.statline), _edition_or_none(table, project)
            files = (
                sorted(path for path in folder.iterdir() if path.name != EDITION) if folder and folder.is_dir() else []
            )
            digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.is_file()]
            found.append((table, edition.version if edition else "", digests))
    return found


def _read(table: str, project: Project) -> StatLine:
    edition = stored_edition(table, project)
    folder = _folder(table, project.statline)
    if edition is None or folder is None:
        advice = f"fetch it with: evaltools statline {table}; {did_you_mean(table, stored_tables(project))}"
        raise InvalidDataError(f"StatLine {table}", [f"is not in {CALLED}; {advice}"])
    contents: dict[str, bytes] = {}
    problems = []
    for name, digest in edition.files.items():
        path = folder / name
        if not path.is_file():
            problems.append(f"{name} is not there any more; {_again(edition)}")
            continue
        contents[name] = path.read_bytes()
        if hashlib.sha256(contents[name]).hexdigest() != digest:
            problems.append(f"{name} is not as it was fetched on {edition.fetched}; {_again(edition)}")
    if problems:
        raise InvalidDataError(f"{CALLED}/{table}", problems)
    if edition.source == EXPORT:
        return parse_export(contents[_export_name(table)], _export_name(table), table)
    return parse_odata({part: json.loads(contents[f"{part}.json"]) for part in PARTS}, table)


def take_export(path: str | Path, table: str, project: Project | None = None) -> Edition:
    r"""Store a table that StatLine exported as CSV, in place of what is stored of it.

    Parameters
    ----------
    path
        The export, see `read_export`.
    table
        Its name at CBS.
    project
        Where to; by default the project that the current folder lies in.

    Returns
    -------
    Edition
        What is stored now; the file itself stays as it is.

    Raises
    ------
    InvalidDataError
        When it cannot be read as an export of that table, or the project reads flows of it and cannot; what was stored stays.

    Examples
    --------
    >>> import shutil
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from evaltools.project import Project, find_project
    >>> from evaltools.registers.statline import open_statline, stored_tables, take_export
    >>> with TemporaryDirectory() as folder:
    ...     project = Project(Path(folder))
    ...     _ = shutil.copytree(find_project().reference, project.reference)
    ...     export = project.root / "37789ksz.csv"
    ...     _ = export.write_text('"ID";"Regio";"Instroom_4"\n"0";"NL01  ";"  130"\n')
    ...     take_export(export, "37789ksz", project).source, stored_tables(project)
    ('export', ['37789ksz'])
    """
    check_table(table)
    path = Path(path)
    data = bytes_of(path)
    project = project or find_project()
    found = parse_export(data, path.name, table_of(path.name, table))
    check_flows(found, project)
    check_is_of_cbs(found, path.name)
    _check_is_no_other(data, table, project)
    return store(table, {_export_name(table): data}, source=EXPORT, project=project)


def check_is_of_cbs(found: StatLine, subject: str) -> None:
    """Refuse a table of which no dimension is of regions, periods or ages of CBS: a list of people is no table of StatLine.

    Raises
    ------
    InvalidDataError
        When no dimension has keys of CBS alone.
    """
    keys = (found.rows[name] for name in found.dimensions)
    if not any(each.str.fullmatch(CBS_KEY).all() for each in keys):
        advice = "take StatLine's own export with keys"
        raise InvalidDataError(subject, [f"has no dimension with keys of CBS, such as GM0197 or 2017JJ00; {advice}"])


def _check_is_no_other(data: bytes, table: str, project: Project) -> None:
    """Refuse a file that is stored under the name of another table: an export does not tell which it is."""
    digest = hashlib.sha256(data).hexdigest()
    for other in stored_tables(project):
        known = None if other == table else _edition_or_none(other, project)
        if known and digest in known.files.values():
            raise InvalidDataError(
                f"StatLine {table}", [f"is the file that is stored as {other}; take the export of {table}"]
            )


def store(
    table: str, contents: Mapping[str, bytes], *, source: str, project: Project, title: str = "", version: str = ""
) -> Edition:
    """Put the files of a table in place of those that are stored: all of them, or none."""
    edition = Edition(
        table=table,
        title=title,
        version=version,
        source=source,
        fetched=dt.datetime.now(tz=dt.UTC).date().isoformat(),
        files={name: hashlib.sha256(data).hexdigest() for name, data in contents.items()},
    )
    if (project.statline / table).exists() and not (project.statline / table).is_dir():
        raise InvalidDataError(f"{CALLED}/{table}", ["is a file in the place of a folder; take it away"])
    with only_writer(project.statline, CALLED):
        staged = next_folder(project.statline / table)
        try:
            shutil.rmtree(staged, ignore_errors=True)
            staged.mkdir()
            for name, data in contents.items():
                (staged / name).write_bytes(data)
            (staged / EDITION).write_text(json.dumps(asdict(edition), indent=2) + "\n", "utf-8")
            put_in_place(project.statline, [staged])
        except BaseException:
            drop_unfinished(project.statline, [staged])
            raise
    return edition


def _edition_or_none(table: str, project: Project) -> Edition | None:
    try:
        return stored_edition(table, project)
    except InvalidDataError:
        return None


def _folder(table: str, root: Path) -> Path | None:
    """Where a stored table is; between the two steps of a swap, where it was before."""
    both = (root / table, folder_before(root / table))
    whole = (path for path in both if (path / EDITION).is_file())
    return next(whole, next((path for path in both if path.exists()), None))


def _edition(folder: Path, table: str) -> Edition:
    try:
        known: dict[str, Any] = json.loads((folder / EDITION).read_text("utf-8"))
        edition = Edition(**known)
        names = {_export_name(table)} if edition.source == EXPORT else {f"{part}.json" for part in PARTS}
        if (edition.table, set(edition.files)) == (table, names) and isinstance(edition.files, dict):
            return edition
    except (TypeError, ValueError, AttributeError, OSError):
        pass
    advice = f"fetch it again: evaltools statline {table}"
    raise InvalidDataError(f"{CALLED}/{table}", [f"{EDITION} is not as evaltools wrote it; {advice}"])


def _export_name(table: str) -> str:
    return f"{table}.csv"


def _again(edition: Edition) -> str:
    if edition.source == EXPORT:
        return f"take it in again: evaltools statline {edition.table} --file EXPORT.csv"
    return f"fetch it again: evaltools statline {edition.table}"
