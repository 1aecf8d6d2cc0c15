"""Fetch a table of StatLine from CBS and store it: a whole edition, or nothing."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from evaltools.errors import InvalidDataError
from evaltools.project import Project, find_project
from evaltools.registers.statline.cache import ODATA, Edition, check_table, open_statline, store, stored_edition
from evaltools.registers.statline.client import CATALOG_URL, PAUSES, TIMEOUT, ask, require_client
from evaltools.registers.statline.flows import check_flows
from evaltools.registers.statline.odata import PARTS, info_of, parse_odata


@dataclass(frozen=True, slots=True)
class Fetched:
    """The edition of a table that is stored now, and whether it was there already."""

    edition: Edition
    is_new: bool


def fetch(
    table: str,
    project: Project | None = None,
    *,
    catalog_url: str = CATALOG_URL,
    timeout: float = TIMEOUT,
    pauses: Sequence[float] = PAUSES,
) -> Fetched:
    """Fetch a table from CBS, unless what is stored is the version that CBS has now.

    Parameters
    ----------
    table
        Its name at CBS.
    project
        Where to store it; by default the project that the current folder lies in.
    catalog_url
        Address of the service.
    timeout
        Seconds without a word from CBS after which it is no answer.
    pauses
        Seconds to wait before each further try, for what may pass.

    Returns
    -------
    Fetched
        Its edition, and whether it is new.

    Raises
    ------
    InvalidDataError
        When it cannot be fetched, or what came is not the whole table as CBS declares it; what was stored stays.

    Examples
    --------
    >>> fetch("bijstand")
    Traceback (most recent call last):
    evaltools.errors.InvalidDataError: table 'bijstand': is no table of StatLine, such as 84066NED
    """
    check_table(table)
    project = project or find_project()
    require_client()
    get = partial(ask, table, catalog_url=catalog_url, timeout=timeout, pauses=pauses)
    parts = {"TableInfos": get("TableInfos")}
    version = info_of(parts["TableInfos"], table)["Modified"]
    with suppress(InvalidDataError):  # what cannot be read is fetched anew
        stored = stored_edition(table, project)
        if stored and (stored.source, stored.version) == (ODATA, version):
            open_statline(table, project)
            return Fetched(stored, is_new=False)
    parts |= {part: get(part) for part in PARTS if part not in parts}
    found = parse_odata(parts, table)
    check_flows(found, project)
    if info_of(get("TableInfos"), table)["Modified"] != version:
        raise InvalidDataError(table, ["was changed by CBS while it was fetched; fetch it again"])
    contents = {f"{part}.json": json.dumps(records, indent=2).encode() for part, records in parts.items()}
    edition = store(table, contents, source=ODATA, project=project, title=found.title, version=found.version)
    return Fetched(edition, is_new=True)
