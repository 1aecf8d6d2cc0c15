"""The small committed facts of ``data/raw/reference/``, each row with its source."""

from functools import cache
from pathlib import Path

import pandas as pd

from evaltools.errors import InvalidDataError
from evaltools.project import Project, find_project

COLUMNS = {
    "municipalities": ("code", "name", "source"),
    "operators": ("municipality", "operator", "first", "last", "seen_on", "source"),
    "context": ("series", "year", "year_is", "months", "share", "population", "source"),
    "benefit_prices": ("year", "euro_per_benefit_year", "basis", "source"),
    "execution_costs": ("year", "euro_per_benefit_year", "euro_paid_per_benefit_year", "basis", "source"),
    "discount_rates": ("share_per_year", "first", "seen_in", "basis", "source"),
    "statline": ("table", "year", "series", "source"),
    "statline_contradictions": ("table", "code", "source"),
}


def municipality_names(project: Project | None = None) -> dict[str, str]:
    """Read the name of each known municipality by its CBS code, such as ``{"GM0197": "Aalten"}``."""
    municipalities = _read("municipalities", project)
    again = municipalities.loc[municipalities["code"].duplicated(), "code"].unique()
    if len(again):
        raise InvalidDataError(
            "data/raw/reference/municipalities.csv", [f"has {code} more than once; keep one row" for code in again]
        )
    return dict(zip(municipalities["code"], municipalities["name"], strict=True))


def operators(project: Project | None = None) -> pd.DataFrame:
    """Read one row per municipality and organisation that carries out the Participatiewet there.

    ``first`` and ``last`` are the year or day it began or ended, as text, both
    inclusive; empty where that is not known or it still does.
    """
    return _read("operators", project)


def national_context(project: Project | None = None) -> pd.DataFrame:
    """Read one row per national figure: ``share`` (0-1) of ``population`` within ``months``."""
    return _numeric(_read("context", project), ["year", "months", "share"])


def benefit_prices(project: Project | None = None) -> pd.DataFrame:
    """Read one row per published price of one benefit for one year, in euro."""
    return _numeric(_read("benefit_prices", project), ["year", "euro_per_benefit_year"])


def execution_costs(project: Project | None = None) -> pd.DataFrame:
    """Read one row per study of what it costs to carry out one benefit for one year, in euro, beside about what is paid."""
    return _numeric(_read("execution_costs", project), ["year", "euro_per_benefit_year", "euro_paid_per_benefit_year"])


def discount_rates(project: Project | None = None) -> pd.DataFrame:
    """Read one row per rate at which later money counts for less: ``share_per_year`` (0-1), ``first`` the day it began."""
    return _numeric(_read("discount_rates", project), ["share_per_year", "seen_in"])


def statline_tables(project: Project | None = None) -> pd.DataFrame:
    """Read one row per table of CBS StatLine with the flows of bijstand: its ``year``, and the ``series`` that it is of.

    Raises
    ------
    InvalidDataError
        When a table comes twice, or two tables are of one year.
    """
    tables = _numeric(_read("statline", project), ["year"]).astype({"year": "int64"})
    problems = [
        f"has {column} {value} more than once; keep one row"
        for column in ("table", "year")
        for value in tables.loc[tables[column].duplicated(), column].unique()
    ]
    if problems:
        raise InvalidDataError("data/raw/reference/statline.csv", problems)
    return tables


def statline_contradictions(project: Project | None = None) -> pd.DataFrame:
    """Read one row per table and region of which CBS publishes flows that contradict each other."""
    return _read("statline_contradictions", project)


def _read(table: str, project: Project | None) -> pd.DataFrame:
    return _read_file((project or find_project()).reference / f"{table}.csv", COLUMNS[table]).copy()


@cache
def _read_file(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise InvalidDataError(str(path), ["is not there; put it back from the repository"]) from None
    except (ValueError, OSError):  # pandas quotes the line it could not read
        raise InvalidDataError(str(path), ["is no table of values with commas; look at its quotes"]) from None
    missing = [column for column in columns if column not in rows]
    subject = f"data/raw/reference/{path.name}"
    if missing:
        raise InvalidDataError(subject, [f"lacks the column {column}" for column in missing])
    unsourced = int((rows["source"].str.strip() == "").sum())
    if unsourced:
        raise InvalidDataError(subject, [f"has {unsourced} rows without a source; name it or leave out the row"])
    return rows[list(columns)]


def _numeric(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    numbers = {column: pd.to_numeric(rows[column], errors="coerce") for column in columns}
    problems = [
        f"column {column} has {int(values.isna().sum())} rows that are no number, "
        f"first on line {int(values.isna().argmax()) + 2}; write 12 or 0.5"
        for column, values in numbers.items()
        if values.isna().any()
    ]
    if problems:
        raise InvalidDataError("data/raw/reference/", problems)
    return rows.assign(**numbers)
