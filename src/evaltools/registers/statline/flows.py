"""How many people have bijstand, begin with it and leave it, by region and year: published by CBS, never of a register.

CBS rounds counts to tens, so that 0 can be up to 4 people: nothing is divided by these figures here. Flows of
one series are never set beside those of another.
"""

from collections.abc import Collection, Iterable

import pandas as pd

from evaltools.errors import InvalidDataError, did_you_mean, listed, many
from evaltools.project import Project
from evaltools.reference import statline_contradictions, statline_tables
from evaltools.registers.statline.table import PERIODS, StatLine, parse_period, region_kind

AGE = "Leeftijd"
AGES = {"20150": "total", "90100": "to_aow", "90200": "from_aow"}
"""Codes of CBS; the copies hold no labels: 90100 and 90200 sum to 20150, and only 90100 has work and re-integration."""
REGIONS = ("RegioS", "Regiokenmerken", "WijkenEnBuurten")
OF_ALL_SERIES = {
    "n_residents": ("Inwoners",),
    "n_stock": ("Bijstandsontvangers", "Bijstandontvangers"),
    "n_reintegration": ("PersonenMetReIntegratievoorziening",),
}
OF_SERIES = {
    "instromers": {"n_inflow": "Instromers", "n_outflow": "Uitstromers", "n_outflow_work": "UitstromersNaarWerk"},
    "instroom": {"n_inflow": "Instroom", "n_outflow": "Uitstroom", "n_outflow_work": "UitstroomNaarWerk"},
}
"""What flows are called in each series; the names of counts that run through all of them may be spelled in two ways."""
FLOWS = ("n_inflow", "n_outflow", "n_outflow_work")
COUNTS = ("n_residents", "n_stock", *FLOWS, "n_reintegration")
SHARE = "share_outflow_work"
COLUMNS = ("code", "kind", "year", "age", *COUNTS, SHARE, "series", "table")
ACROSS_SERIES = ("n_residents", "n_stock")
"""Counts at the end of a year: the change in stock is inflow less outflow to the person, also from one series to the next."""
ROUNDED_TO = 10
MOST_NAMED = 5


def benefit_flows(editions: Iterable[StatLine], project: Project | None = None) -> pd.DataFrame:
    """Lay the tables of several years together.

    Parameters
    ----------
    editions
        Tables that ``data/raw/reference/statline.csv`` names, each once, in any order.
    project
        Whose reference data say which year and series a table is of; by default the project of the current folder.

    Returns
    -------
    pandas.DataFrame
        One row per region, year and age group: ``code`` and ``kind`` of the region, ``year``, ``age`` (``total``, ``to_aow``,
        ``from_aow``), ``n_residents`` of 15 and older, ``n_stock`` at the end of the year, ``n_inflow``, ``n_outflow``,
        ``n_outflow_work`` during the year, ``n_reintegration``, ``share_outflow_work`` as CBS prints it (0-1, to half a point), the ``series`` of the flows, and the ``table``. Missing: unknown, secret,
        not asked of this age, or flows that contradict each other (``statline_contradictions.csv``).

    Raises
    ------
    InvalidDataError
        When a table is of no declared year, comes twice, has another layout, or holds what cannot be; all at once.

    Examples
    --------
    >>> from evaltools.registers.statline import example_editions
    >>> flows = benefit_flows(example_editions())
    >>> flows.loc[flows["age"] == "total", ["code", "year", "n_stock", "n_inflow", "series"]].tail(2)
          code  year  n_stock  n_inflow    series
    12    NL01  2017      910       280  instroom
    13  GM9999  2017      100        30  instroom
    """
    tables = statline_tables(project)
    years = dict(zip(tables["table"], tables["year"], strict=True))
    series_of = dict(zip(tables["table"], tables["series"], strict=True))
    contradictions = statline_contradictions(project)
    parts: dict[int, pd.DataFrame] = {}
    problems: list[str] = []
    for edition in editions:
        if edition.table not in years:
            advice = f"data/raw/reference/statline.csv does not say its year; {did_you_mean(edition.table, years)}"
            problems.append(f"{edition.table}: {advice}")
            continue
        year, series = int(years[edition.table]), series_of[edition.table]
        if year in parts:
            problems.append(f"{edition.table}: comes twice, and is the table of {year}; give one edition")
            continue
        listed = contradictions.loc[contradictions["table"] == edition.table, "code"]
        parts[year], wrong = _of_edition(edition, year, series, set(listed))
        problems += [f"{edition.table}: {problem}" for problem in wrong]
    if not parts and not problems:
        problems = ["got no table; fetch them with: evaltools statline"]
    if problems:
        raise InvalidDataError("flows of bijstand", problems)
    return pd.concat([parts[year] for year in sorted(parts)], ignore_index=True)


def check_flows(edition: StatLine, project: Project) -> None:
    """Refuse a table of the reference data of which the flows cannot be read; say nothing of other tables.

    Raises
    ------
    InvalidDataError
        As of `benefit_flows`.
    """
    if edition.table in set(statline_tables(project)["table"]):
        benefit_flows([edition], project)


def of_region(
    flows: pd.DataFrame, code: str, *, kind: str = "municipality", years: Collection[int] = ()
) -> pd.DataFrame:
    """Give the rows of one region.

    Parameters
    ----------
    flows
        What `benefit_flows` gives.
    code
        Of CBS, such as ``GM0197``.
    kind
        What it is to be, see `region_kind`.
    years
        In which it is to be there; those in which it is, when left out.

    Returns
    -------
    pandas.DataFrame
        Its rows, as they are in ``flows``.

    Raises
    ------
    InvalidDataError
        When it is another kind of region, or is not there in all of these years: municipalities merge.

    Examples
    --------
    >>> from evaltools.registers.statline import example_editions
    >>> flows = benefit_flows(example_editions())
    >>> len(of_region(flows, "GM9999")), len(of_region(flows, "NL01", kind="country", years=[2017]))
    (9, 3)
    """
    subject = f"region '{code}'"
    if region_kind(code) != kind:
        raise InvalidDataError(
            subject, [f"is no {kind.replace('_', ' ')}: it is {region_kind(code).replace('_', ' ')}"]
        )
    rows = flows[flows["code"] == code]
    if rows.empty:
        known = flows.loc[flows["kind"] == kind, "code"].unique()
        raise InvalidDataError(subject, [f"is in no table of {_years(flows['year'])}; {did_you_mean(code, known)}"])
    absent = sorted(set(years) - set(rows["year"]))
    if absent:
        problem = (
            f"is not in the table of {_years(absent)}, but in that of {_years(rows['year'])}; municipalities merge"
        )
        raise InvalidDataError(subject, [problem])
    return rows[rows["year"].isin(years)] if years else rows


def change(flows: pd.DataFrame, column: str, code: str, *, first: int, last: int, age: str = "total") -> int:
    """Say how much more a count of a region is in one year than in an earlier one.

    Parameters
    ----------
    flows
        What `benefit_flows` gives.
    column
        Such as ``n_stock``.
    code
        Of any kind of region.
    first, last
        Years; of a flow both must be of one series.
    age
        ``total``, ``to_aow`` or ``from_aow``.

    Returns
    -------
    int
        Of counts that CBS rounded to tens.

    Raises
    ------
    InvalidDataError
        When the years are of two series that measure otherwise, or a count is missing.

    Examples
    --------
    >>> from evaltools.registers.statline import example_editions
    >>> flows = benefit_flows(example_editions())
    >>> change(flows, "n_inflow", "GM9999", first=2016, last=2017)
    -20
    """
    if column not in COUNTS:
        raise InvalidDataError(f"column '{column}'", [f"is no count of the flows; {did_you_mean(column, COUNTS)}"])
    if age not in AGES.values():
        raise InvalidDataError(f"age '{age}'", [f"is no age group; {did_you_mean(age, AGES.values())}"])
    rows = of_region(flows, code, kind=region_kind(code), years={first, last})
    rows = rows[rows["age"] == age].set_index("year")
    series = rows.loc[[first, last], "series"]
    if column not in ACROSS_SERIES and series[first] != series[last]:
        problem = (
            f"{column} of {first} is of the series {series[first]}, that of {last} of {series[last]}: CBS may count them "
            "otherwise, so that their difference says nothing; take two years of one series"
        )
        raise InvalidDataError(f"the change from {first} to {last}", [problem])
    counts = rows.loc[[first, last], column]
    if counts.isna().any():
        problem = f"{column} of {code} is not known in {_years(counts.index[counts.isna()])}"
        raise InvalidDataError(f"the change from {first} to {last}", [problem])
    return int(counts[last] - counts[first])


def _of_edition(
    edition: StatLine, year: int, series: str, contradictions: Collection[str]
) -> tuple[pd.DataFrame, list[str]]:
    """Bring one table to our columns, and say what is wrong with it."""
    columns, problems = _layout(edition, series)
    problems += _of_other_years(edition, year)
    if problems:
        return pd.DataFrame(), problems
    rows = pd.DataFrame({ours: edition.rows[theirs] for ours, theirs in columns.items()})
    rows["kind"] = rows["code"].map({code: region_kind(code) for code in rows["code"].unique()})
    rows[SHARE] = edition.rows[f"{columns['n_outflow_work']}_2"].astype("Float64") / 100
    rows["year"], rows["series"], rows["table"] = year, series, edition.table
    ages = rows["age"]
    rows["age"] = ages.map(AGES)
    problems = [
        *_wrong_keys(ages, rows["code"]),
        *_incomplete(rows),
        *_impossible(rows, edition),
        *_unlisted(rows, contradictions),
    ]
    contradicts = rows["code"].isin(set(contradictions) & set(rows.loc[_contradicts(rows), "code"]))
    for column in (*FLOWS, SHARE):
        rows[column] = rows[column].mask(contradicts)
    return rows[list(COLUMNS)], problems


def _layout(edition: StatLine, series: str) -> tuple[dict[str, str], list[str]]:
    """By our name, what a column is called in a table; and what is not there."""
    problems = []
    columns = {"age": AGE}
    regions = [name for name in REGIONS if name in edition.dimensions]
    if len(regions) == 1:
        columns["code"] = regions[0]
    else:
        problems.append(f"has {many(len(regions), 'dimension')} of regions; expected one of {', '.join(REGIONS)}")
    if AGE not in edition.dimensions:
        problems.append(f"lacks the dimension {AGE}; {did_you_mean(AGE, edition.dimensions)}")
    more = [name for name in edition.dimensions if name not in {AGE, PERIODS, *regions}]
    if more:
        problems.append(f"has {many(len(more), 'dimension')} that flows do not have; it is another table")
    if series not in OF_SERIES:
        problems.append(f"is of a series '{series}' that is not known; {did_you_mean(series, OF_SERIES)}")
        return columns, problems
    for ours, names in {**OF_ALL_SERIES, **{ours: (name,) for ours, name in OF_SERIES[series].items()}}.items():
        theirs = next((name for name in names if name in edition.topics), None)
        if theirs is None:
            problems.append(
                f"lacks the topic {names[0]} of the series {series}; {did_you_mean(names[0], edition.topics)}"
            )
        elif ours in FLOWS and f"{theirs}_2" not in edition.topics:
            problems.append(f"has one topic {theirs}; expected two, the count and then the percentage")
        elif str(edition.rows[theirs].dtype) != "Int64":
            problems.append(f"{theirs} holds other things than whole numbers of people")
        else:
            columns[ours] = theirs
    return columns, problems


def _wrong_keys(ages: pd.Series, codes: pd.Series) -> list[str]:
    """Count keys that CBS does not have; they are not quoted, since it may be the wrong file."""
    wrong_age = ~ages.isin(list(AGES))
    wrong_code = codes.str.fullmatch("(?i)gm.*") & ~codes.str.fullmatch("GM[0-9]{4}")
    problems = []
    if wrong_age.any():
        problems.append(
            f"{AGE}: {many(int(wrong_age.sum()), 'row')} with another key than {', '.join(AGES)}, first row {int(wrong_age.argmax()) + 1}"
        )
    if wrong_code.any():
        problems.append(
            f"{many(int(wrong_code.sum()), 'row')} with a code that is none of a municipality, first row {int(wrong_code.argmax()) + 1}; "
            "CBS writes GM and four digits"
        )
    return problems


def _of_other_years(edition: StatLine, year: int) -> list[str]:
    problems = []
    if edition.years and edition.years != (year,):
        problems.append(f"is about {_years(edition.years)}, and data/raw/reference/statline.csv says {year}")
    if PERIODS in edition.dimensions:
        kinds = {parse_period(key)[1] for key in edition.rows[PERIODS]}
        if kinds != {"JJ"}:
            problems.append("has quarters or months; expected whole years")
    return problems


def _incomplete(rows: pd.DataFrame) -> list[str]:
    """Say which rows are not there, or twice: a table that was cut off lacks some."""
    problems = []
    known = rows[rows["age"].notna()]
    again = known.duplicated(["code", "age"])
    if again.any():
        problems.append(f"{_named(known.loc[again, 'code'])} again for one age")
    missing = known.drop_duplicates(["code", "age"]).groupby("code").size().loc[lambda n: n < len(AGES)]
    if len(missing):
        problems.append(f"{_named(missing.index)} without all of {', '.join(AGES)}; was the table cut off?")
    countries = rows.loc[rows["kind"] == "country", "code"].nunique()
    if countries != 1:
        problems.append(f"has {countries} countries; expected the Netherlands, once")
    if not (rows["kind"] == "municipality").any():
        problems.append("has no municipality; expected all of them, as GM and four digits")
    if rows["n_stock"].isna().all():
        problems.append("has no figure of the stock; CBS may be filling it, fetch it later")
    return problems


def _impossible(rows: pd.DataFrame, edition: StatLine) -> list[str]:
    problems = [
        f"{column} is negative for {_named(rows.loc[wrong, 'code'])}"
        for column in COUNTS
        if (wrong := (rows[column] < 0).fillna(value=False)).any()
    ]
    for topic in edition.topics:
        shares = edition.rows[topic]
        if topic.endswith("_2") and pd.api.types.is_numeric_dtype(shares.dtype):
            wrong = ((shares < 0) | (shares > 100)).fillna(value=False)
            if wrong.any():
                problems.append(f"{topic} is no percentage for {_named(rows.loc[wrong, 'code'])}")
    return problems


def _contradicts(rows: pd.DataFrame) -> "pd.Series[bool]":
    """More people who left to work than who left, by more than rounding."""
    return (rows["n_outflow_work"] > rows["n_outflow"] + ROUNDED_TO).fillna(value=False).astype(bool)


def _unlisted(rows: pd.DataFrame, listed: Collection[str]) -> list[str]:
    wrong = rows.loc[_contradicts(rows), "code"]
    wrong = wrong[~wrong.isin(listed)]
    if wrong.empty:
        return []
    advice = "where CBS publishes it so, add the region to data/raw/reference/statline_contradictions.csv"
    return [f"n_outflow_work is more than n_outflow for {_named(wrong)}; {advice}"]


def _named(codes: Iterable[str]) -> str:
    """Count regions and name the first; only those with a code of CBS: another key may be anything."""
    different = list(dict.fromkeys(codes))
    named = [code for code in different if region_kind(code) != "other"][:MOST_NAMED]
    n_more = len(different) - len(named)
    if not named:
        return many(len(different), "region")
    return f"{many(len(different), 'region')} ({', '.join(named)}{f' and {n_more} others' if n_more else ''})"


def _years(years: Iterable[int]) -> str:
    return listed(str(year) for year in sorted(set(years)))
