"""The small committed facts of ``data/raw/reference/``, each row with its source."""

from functools import cache
from pathlib import Path

import pandas as pd

from evaltools.errors import DataError
from evaltools.project import find_project

COLUMNS = {
    "municipalities": ("code", "name", "source"),
    "operators": ("municipality", "operator", "first", "last", "seen_on", "source"),
    "context": ("series", "year", "months", "share", "population", "source"),
    "benefit_prices": ("year", "euro_per_benefit_year", "basis", "source"),
}


def municipality_names(folder: Path | None = None) -> dict[str, str]:
    """Name of each known municipality by its CBS code, such as ``{"GM0197": "Aalten"}``."""
    municipalities = _read("municipalities", folder)
    return dict(zip(municipalities["code"], municipalities["name"], strict=True))


def operators(folder: Path | None = None) -> pd.DataFrame:
    """One row per municipality and organisation that carries out the Participatiewet there.

    ``first`` and ``last`` are the year or day it began or ended, as text, both
    inclusive; empty where that is not known or it still does.
    """
    return _read("operators", folder)


def national_context(folder: Path | None = None) -> pd.DataFrame:
    """One row per national figure: ``share`` (0-1) of ``population`` within ``months``."""
    return _numeric(_read("context", folder), ["year", "months", "share"])


def benefit_prices(folder: Path | None = None) -> pd.DataFrame:
    """One row per published price of one benefit for one year, in euro."""
    return _numeric(_read("benefit_prices", folder), ["year", "euro_per_benefit_year"])


def _read(table: str, folder: Path | None) -> pd.DataFrame:
    return _read_file((folder or find_project().reference) / f"{table}.csv", COLUMNS[table]).copy()


@cache
def _read_file(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise DataError(str(path), ["is not there; put it back from the repository"]) from None
    missing = [column for column in columns if column not in rows]
    if missing:
        raise DataError(str(path), [f"lacks the column {column}" for column in missing])
    unsourced = int((rows["source"].str.strip() == "").sum())
    if unsourced:
        raise DataError(str(path), [f"has {unsourced} rows without a source; name it or leave out the row"])
    return rows[list(columns)]


def _numeric(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return rows.assign(**{column: pd.to_numeric(rows[column]) for column in columns})
