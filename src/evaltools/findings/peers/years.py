"""Stock and flows by year, and the share that leaves for work, with what chance and rounding leave open."""

import numpy as np
import pandas as pd

from evaltools.disclosure import from_publications
from evaltools.effects import proportion
from evaltools.programmes import Programme

HALF = 5
"""CBS rounds counts to tens: each is up to this more or less, and a nought is fewer than this."""
AT_RISK = "to_aow"
"""Age group of which CBS tells who went to work: until the age of AOW."""
FIGURES = ("stock", "inflow", "outflow", "outflow_work")
SHARE = ("share", "lower", "upper", "lowest", "highest", "lower_of_all", "upper_of_all")
_UNKNOWN = (np.nan,) * len(SHARE)


@from_publications
def flows_by_year(flows: pd.DataFrame, places: pd.DataFrame, mergers: pd.DataFrame) -> pd.DataFrame:
    """One row per place and year: stock and flows of people of all ages, as published, and beside the residents.

    ``n_stock`` is at the end of the year. ``per_thousand`` is of residents of 15 and older. ``share_inflow`` and
    ``share_outflow`` are of ``n_in_year``, about all who had bijstand at some time in the year: those at its end and those who left.
    ``has_grown`` says that another municipality went into it in that year (``mergers``, from `reference`), where it was one before;
    ``grows_in`` is the first year after the last of the figures in which that happens, ``ends_in`` that in which it goes into another.
    ``n_stock_before`` is the stock a year before where that year is of the same series and the same area, ``n_flow`` what the
    flows add.
    """
    rows = _of_places(flows, places, age="total")
    before = rows[["code", "series", "year", "n_stock"]].assign(year=rows["year"] + 1)
    rows = rows.merge(before, on=["code", "series", "year"], how="left", suffixes=("", "_before"))
    steps = mergers.assign(year=mergers["from_day"].str[:4].astype(int))
    grown = set(zip(steps["into"], steps["year"], strict=True)) & set(zip(rows["code"], rows["year"] + 1, strict=True))
    last = rows.groupby("code")["year"].transform("max")
    grows = steps.groupby("into")["year"].agg(list).to_dict()
    ends = steps.groupby("code")["year"].min().to_dict()
    has_grown = pd.Series(
        [each in grown for each in zip(rows["code"], rows["year"], strict=True)], rows.index, dtype=bool
    )
    n_in_year = in_year(rows)
    return rows.assign(
        n_in_year=n_in_year,
        per_thousand=_divided(1000 * rows["n_stock"], rows["n_residents"]),
        share_inflow=_divided(rows["n_inflow"], n_in_year),
        share_outflow=_divided(rows["n_outflow"], n_in_year),
        n_flow=rows["n_inflow"] - rows["n_outflow"],
        n_stock_before=rows["n_stock_before"].mask(has_grown),
        has_grown=has_grown,
        grows_in=[
            min((year for year in grows.get(code, []) if year > until), default=np.nan)
            for code, until in zip(rows["code"], last, strict=True)
        ],
        ends_in=[ends.get(code, np.nan) for code in rows["code"]],
    )


@from_publications
def work_shares(flows: pd.DataFrame, places: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """One row per place and year: the share that left to work, with what chance and what rounding leave open.

    Parameters
    ----------
    flows, places
        As of `flows_by_year`.
    level
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        ``share = n_outflow_work / n_in_year``, of people until the age of AOW who had bijstand at some time in the
        year: those at its end and those who left. ``lower`` and ``upper`` are the Wilson interval, as if the people of
        the year were drawn by chance. Each published count is up to 5 more or less, a nought up to 4: ``lowest`` and ``highest``
        are what the share can then be, and ``lower_of_all``, ``upper_of_all`` the ends of the intervals of those. All are missing
        where a count is not known, or nobody had bijstand. ``share_outflow_work`` is the share that CBS prints itself, to half a
        point, of the people at the start of the year and those who came in.
    """
    rows = _of_places(flows, places, age=AT_RISK)
    rows = rows.assign(n_in_year=in_year(rows))
    counts = rows[["n_outflow_work", "n_stock", "n_outflow"]]
    is_known = counts.notna().all(axis="columns") & (rows["n_in_year"] > 0)
    shares = [
        _share(int(work), int(stock), int(outflow), level) if known else _UNKNOWN
        for known, (work, stock, outflow) in zip(is_known, counts.to_numpy(dtype=object), strict=True)
    ]
    found = pd.DataFrame(shares, columns=SHARE, index=rows.index)
    return pd.concat([rows, found], axis="columns").assign(level=level)


@from_publications
def ordinary_shares(
    flows: pd.DataFrame, places: pd.DataFrame, programme: Programme, *, level: float = 0.95
) -> pd.DataFrame:
    """Give the rows of `work_shares` of the last year before a programme began, or else of the first year there is.

    Of a programme of which nobody published when it began, the last year. ``chosen`` says which: ``before``, ``first``, or
    ``unknown`` where nobody published when it began.
    """
    rows = work_shares(flows, places, level=level)
    begin = programme.period.first_day if programme.period else None
    years = sorted(rows["year"].unique())
    before = [year for year in years if begin is None or year < begin.year]
    chosen = before[-1:] or years[:1]
    return rows[rows["year"].isin(chosen)].assign(
        chosen="unknown" if begin is None else "before" if before else "first"
    )


@from_publications
def sums(flows: pd.DataFrame) -> pd.DataFrame:
    """One row per year and figure (``stock``, ``inflow``, ``outflow``, ``outflow_work``): of the country, and summed over municipalities.

    ``n_unknown`` is of how many municipalities the flows are not known: they are in no sum but that of the stock.
    """
    rows = flows[(flows["age"] == "total") & flows["kind"].isin(["country", "municipality"])]
    names = {f"n_{name}": name for name in FIGURES}
    long = rows.rename(columns=names).melt(["year", "kind"], FIGURES, var_name="figure", value_name="n")
    both = long.pivot_table(
        index=["year", "figure"], columns="kind", values="n", aggfunc="sum", sort=False
    ).reset_index()
    both = both.rename(columns={"country": "n_country", "municipality": "n_municipalities"}).rename_axis(columns=None)
    is_unknown = (rows["kind"] == "municipality") & rows["n_outflow"].isna()
    return both.assign(n_unknown=both["year"].map(is_unknown.groupby(rows["year"]).sum()).astype(int))


def _of_places(flows: pd.DataFrame, places: pd.DataFrame, *, age: str) -> pd.DataFrame:
    """Take the rows of these places, in their order and by year."""
    rows = places.merge(flows[flows["age"] == age].drop(columns="kind"), on="code")
    return (
        rows.assign(place=pd.Categorical(rows["code"], places["code"]))
        .sort_values(["place", "year"])
        .drop(columns="place")
    )


def in_year(rows: pd.DataFrame) -> pd.Series:
    """Count who had bijstand at some time in the year, from one edition alone: at its end, or left."""
    return rows["n_stock"] + rows["n_outflow"]


def _divided(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Divide; missing where nobody is counted, which can be a few."""
    return part.astype(float) / whole.astype(float).where(lambda n: n > 0)


def could_be(count: int) -> tuple[int, int]:
    """Say from what to what a count can have been before it was rounded."""
    return max(0, count - HALF), count + HALF if count else HALF - 1


def _share(work: int, stock: int, outflow: int, level: float) -> tuple[float, ...]:
    (work_low, work_high), (stock_low, stock_high), (out_low, out_high) = map(could_be, (work, stock, outflow))
    # Who left to work left, and is not in the stock any more.
    ends = (
        (work, stock + outflow),
        (work_low, stock_high + out_high),
        (work_high, stock_low + max(out_low, work_high)),
    )
    own, low, high = (proportion(min(x, n), n, level=level) for x, n in ends)
    return own.estimate, own.lower, own.upper, low.estimate, high.estimate, low.lower, high.upper
