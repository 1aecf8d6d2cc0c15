"""The small committed facts of ``data/raw/reference/``, each row with its source."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from evaltools.errors import MOST_NAMES, InvalidDataError, listed
from evaltools.project import Project, find_project

COLUMNS = {
    "municipality_names": ("code", "name", "source"),
    "municipalities": (
        *("code", "name", "province", "corop", "labour_market_region"),
        *("seen_first", "seen_last", "source"),
    ),
    "mergers": ("code", "into", "from_day", "source"),
    "regions": ("code", "kind", "name", "source"),
    "operators": ("municipality", "operator", "first", "last", "seen_on", "source"),
    "context": ("series", "year", "year_is", "months", "share", "population", "source"),
    "benefit_prices": ("year", "euro_per_benefit_year", "basis", "source"),
    "execution_costs": ("year", "euro_per_benefit_year", "euro_paid_per_benefit_year", "basis", "source"),
    "discount_rates": ("share_per_year", "first", "seen_in", "basis", "source"),
    "statline": ("table", "year", "series", "source"),
    "statline_contradictions": ("table", "code", "source"),
}


LIST_YEARS = (2015, 2016, 2017, 2019, 2020, 2021, 2024)
"""Years of the CBS lists from which ``municipalities.csv`` was made: what happened between two of them, only `mergers` tells."""
LATER_CODE = (
    f"A code of after {LIST_YEARS[-1]} goes into data/raw/reference/municipalities.csv, with its name and its source"
)
"""What to do about a code that is in none of the lists."""


def municipality_names(project: Project | None = None) -> dict[str, str]:
    """Read the name of each municipality of 2015 and later by its CBS code, such as ``{"GM0197": "Aalten"}``."""
    named = _municipalities("municipality_names", project)
    return dict(zip(named["code"], named["name"], strict=True))


def municipalities(project: Project | None = None) -> pd.DataFrame:
    """Read one row per CBS code of a municipality of 2015 and later.

    ``seen_first`` and ``seen_last`` are the first and the last of the CBS lists (`LIST_YEARS`) with the code: not the years in
    which it began and ended, which are in `mergers`. ``province``, ``corop`` and ``labour_market_region`` are codes of `regions`,
    empty where no source gives them; ``labour_market_region`` is that of 2016.
    """
    return _numeric(_municipalities("municipalities", project), ["seen_first", "seen_last"])


def mergers(project: Project | None = None) -> pd.DataFrame:
    """Read one row per municipality that ended and municipality that took it over, whole or in part.

    ``from_day`` is the first day of the new situation, as text. ``into`` began on that day, or grew and kept its code.
    """
    return _read("mergers", project)


def regions(project: Project | None = None) -> pd.DataFrame:
    """Read one row per region: its code, ``kind`` (``province``, ``corop`` or ``labour_market``) and name."""
    return _read("regions", project)


def municipality_problem(code: str, year: int, project: Project | None = None) -> str | None:
    """Say why a code is of no municipality in a year, and which was probably meant.

    Parameters
    ----------
    code
        CBS code, or what was written in its place.
    year
        A municipality of one day of the year is one of that year.
    project
        Where the reference data are; by default the project that the current folder lies in.

    Returns
    -------
    str or None
        ``None`` for a municipality of that year, and where nothing is known against it.

    Examples
    --------
    >>> municipality_problem("GM0005", 2016)
    >>> municipality_problem("GM0005", 2020)
    "GM0005 Bedum is in CBS's lists until 2017; it went into GM1966 Het Hogeland on 2019-01-01; did you mean GM1966?"
    >>> municipality_problem("Alten", 2020)
    "there is no municipality 'Alten'; did you mean GM0197 Aalten or GM1959 Altena?"
    """
    names = municipality_names(project)
    if code not in names:
        return f"there is no municipality '{code}'; {which_municipality(code, names)}"
    steps: list[Any] = list(mergers(project).itertuples())
    gone = [step for step in steps if step.code == code and step.from_day <= f"{year}-01-01"]
    made = [step for step in steps if step.into == code and step.from_day > f"{year}-12-31"]
    if not gone and not made:
        return None
    seen = municipalities(project).set_index("code").loc[code]
    if gone:
        others = [step.into for step in gone]
        when = f"until {seen['seen_last']}; it went into {_named(others, names)} on {gone[0].from_day}"
    elif seen["seen_first"] > LIST_YEARS[0]:
        others = [step.code for step in made]
        when = f"from {seen['seen_first']} on; it was made of {_named(others, names)} on {made[0].from_day}"
    else:  # it was there, and grew
        return None
    return f"{code} {names[code]} is in CBS's lists {when}; did you mean {listed(others, 'or')}?"


def which_municipality(word: str, names: Mapping[str, str]) -> str:
    """Say which municipality was probably meant by a word that is none of the codes.

    Examples
    --------
    >>> names = {"GM0197": "Aalten", "GM0222": "Doetinchem"}
    >>> which_municipality("aalten", names), which_municipality("197", names)
    ('write GM0197', 'write GM0197')
    >>> which_municipality("Alten", names)
    'did you mean GM0197 Aalten? Allowed: GM0197, GM0222'
    """
    codes = {name.casefold(): code for code, name in names.items()}
    number = re.fullmatch(r"(?:GM)?([0-9]{1,4})", word.strip(), re.IGNORECASE)
    asked = f"GM{int(number[1]):04}" if number else codes.get(word.strip().casefold())
    if asked in names:
        return f"write {asked}"
    if asked and number:
        # Of all that differ in one digit: the nearest.
        like = get_close_matches(asked, names, n=len(names) or 1, cutoff=0.8)
        close = sorted(like, key=lambda code: abs(int(code[2:]) - int(number[1])))[:1]
    else:
        name = word.casefold()
        like = get_close_matches(name, codes, n=2, cutoff=0.8) or get_close_matches(name, codes, n=1)
        close = sorted(codes[each] for each in like)
    allowed = ", ".join(sorted(names)) if len(names) <= MOST_NAMES else ""
    if close:
        meant = listed([f"{code} {names[code]}" for code in close], "or")
        return f"did you mean {meant}?" + (f" Allowed: {allowed}" if allowed else "")
    if not names:
        return "none is known here"
    return f"allowed: {allowed or f'the CBS codes of {len(names)} municipalities, such as {min(names)}'}"


def _municipalities(table: str, project: Project | None) -> pd.DataFrame:
    rows = _read(table, project, "municipalities.csv")
    again = rows.loc[rows["code"].duplicated(), "code"].unique()
    problems = [f"has {code} more than once; keep one row" for code in again]
    strange = rows.loc[~rows["code"].str.fullmatch("GM[0-9]{4}"), "code"]
    problems += [f"has '{code}', which is no CBS code; write GM and four digits" for code in strange]
    if problems:
        raise InvalidDataError("data/raw/reference/municipalities.csv", problems)
    return rows


def _named(codes: Iterable[str], names: Mapping[str, str]) -> str:
    return listed([f"{code} {names.get(code, '')}".strip() for code in codes])


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


def _read(table: str, project: Project | None, file: str = "") -> pd.DataFrame:
    return _read_file((project or find_project()).reference / (file or f"{table}.csv"), COLUMNS[table]).copy()


@cache
def _read_file(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False).fillna("")  # a short line lacks its last cells
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
