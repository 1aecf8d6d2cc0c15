"""The flows of bijstand that a project holds: of the tables that it names and has."""

import pandas as pd

from evaltools.project import Project, find_project
from evaltools.reference import statline_tables
from evaltools.registers.statline.cache import open_statline, stored_tables
from evaltools.registers.statline.flows import COLUMNS, COUNTS, SHARE, benefit_flows


def stored_flows(project: Project | None = None) -> pd.DataFrame:
    """Lay together the tables of ``data/raw/reference/statline.csv`` that are stored.

    Parameters
    ----------
    project
        Where they are; by default the project that the current folder lies in.

    Returns
    -------
    DataFrame
        As of `benefit_flows`; no rows where none is stored.

    Raises
    ------
    InvalidDataError
        When a table that is stored cannot be read, or holds what cannot be.

    Examples
    --------
    >>> stored_flows().columns[:3].tolist()
    ['code', 'kind', 'year']
    """
    project = project or find_project()
    there = set(stored_tables(project))
    tables = [table for table in statline_tables(project)["table"] if table in there]
    if not tables:
        return pd.DataFrame(columns=list(COLUMNS)).astype({**dict.fromkeys(COUNTS, "Int64"), SHARE: "Float64"})
    return benefit_flows((open_statline(table, project) for table in tables), project)


def municipalities_with_figures(project: Project | None = None) -> list[str]:
    """List the municipalities of the last year that is stored, by code.

    Parameters
    ----------
    project
        Where the tables are; by default the project that the current folder lies in.

    Returns
    -------
    list
        Such as ``["GM0197", "GM0222"]``; empty where no table is stored.

    Raises
    ------
    InvalidDataError
        As of `stored_flows`.

    Examples
    --------
    >>> all(code.startswith("GM") for code in municipalities_with_figures())
    True
    """
    flows = stored_flows(project)
    last = flows[(flows["kind"] == "municipality") & (flows["year"] == flows["year"].max())]
    return sorted(last["code"].unique())
