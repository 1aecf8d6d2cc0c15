"""A municipality beside others, from what CBS publishes on bijstand: how many leave, and how many to work, in an ordinary year.

All figures are published and rounded to tens. Years of another definition (``series``) are shown and never set against each
other. Nothing here puts municipalities in an order: where one stands among the others says nothing of what it does.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from evaltools.disclosure import from_publications
from evaltools.effects import funnel, proportion, shrunken_shares
from evaltools.effects.funnel import Funnel
from evaltools.effects.shrinkage import ShrunkenShares
from evaltools.programmes import Programme

ROUNDED_TO = 10
"""CBS rounds counts to tens: each is up to half of this more or less."""
AT_RISK = "to_aow"
"""Age group of which CBS tells who went to work: until the age of AOW."""
LEVELS = (0.95, 0.998)
"""Of the control limits of a funnel (Spiegelhalter 2005)."""
_NAMES = ("95", "99.8")
_WIDEST = _NAMES[-1]
"""How `effects.funnel` names the limits of these."""
_UNKNOWN = (np.nan,) * 7
_OWN = ("share", "n_in_year", "outside", "is_sure", "shrunken", "shrunken_lower", "shrunken_upper", "weight")
_SHARE = ("share", "lower", "upper", "lowest", "highest", "lower_of_all", "upper_of_all")
SPREAD_LEVEL = 0.9
"""Share of municipalities of which the spread is told."""
SIZE_CLASSES = (300, 1000, 3000)
"""Where classes of size begin, in people with bijstand in the year."""
MOST = 0.8
"""Share of the municipalities of a class of which the spread is told."""
FIGURES = ("stock", "inflow", "outflow", "outflow_work")
CURVE_POINTS = 60
REGIONS = ("corop", "province")
"""Regions that a municipality lies in, the smallest first."""


def places_beside(
    flows: pd.DataFrame, municipality: str, municipalities: pd.DataFrame, regions: pd.DataFrame
) -> pd.DataFrame:
    """List the places whose figures stand beside each other: the municipality, its regions and the country.

    Parameters
    ----------
    flows
        From `registers.statline.benefit_flows`.
    municipality
        CBS code.
    municipalities, regions
        From `reference`.

    Returns
    -------
    DataFrame
        One row per place that the figures have: ``code``, ``name``, ``kind``. None where they do not have the municipality.
    """
    columns = ["code", "name", "kind"]
    known = dict(zip(flows["code"], flows["kind"], strict=True))
    if known.get(municipality) != "municipality":
        return pd.DataFrame(columns=columns)
    own = municipalities.set_index("code").loc[municipality].to_dict()
    names = dict(zip(regions["code"], regions["name"], strict=True))
    places = [(municipality, str(own["name"]), "municipality")]
    places += [(own[kind], names[own[kind]], kind) for kind in REGIONS if own.get(kind) in known]
    places += [(code, "Nederland", "country") for code, kind in known.items() if kind == "country"]
    return pd.DataFrame(places, columns=columns)


def country_of(flows: pd.DataFrame) -> pd.DataFrame:
    """List the country alone; columns as of `places_beside`."""
    codes = flows.loc[flows["kind"] == "country", "code"].drop_duplicates()
    return pd.DataFrame({"code": codes, "name": "Nederland", "kind": "country"})


def sources(flows: pd.DataFrame) -> list[str]:
    """Name the tables that the figures are from, by year."""
    tables = flows[["year", "table"]].drop_duplicates().sort_values("year")
    if tables.empty:
        return ["CBS StatLine"]
    return [f"CBS StatLine, tabel {table} ({year})" for year, table in tables.itertuples(index=False)]


@from_publications
def flows_by_year(flows: pd.DataFrame, places: pd.DataFrame, mergers: pd.DataFrame) -> pd.DataFrame:
    """One row per place and year: stock and flows of people of all ages, as published, and beside the residents.

    ``n_stock`` is at the end of the year. ``per_thousand`` is of residents of 15 and older. ``share_inflow`` and
    ``share_outflow`` are of all who had bijstand at some time in the year: those at its end and those who left.
    ``has_grown`` says that another municipality went into it in that year (``mergers``, from `reference`), where it was one before.
    ``n_stock_before`` is the stock a year before where that year is of the same series and the same area, ``n_flow`` what the
    flows add.
    """
    rows = _of_places(flows, places, age="total")
    before = rows[["code", "series", "year", "n_stock"]].assign(year=rows["year"] + 1)
    rows = rows.merge(before, on=["code", "series", "year"], how="left", suffixes=("", "_before"))
    grown = set(zip(mergers["into"], mergers["from_day"].str[:4].astype(int), strict=True))
    grown &= set(zip(rows["code"], rows["year"] + 1, strict=True))
    has_grown = pd.Series(
        [each in grown for each in zip(rows["code"], rows["year"], strict=True)], rows.index, dtype=bool
    )
    in_year = _in_year(rows)
    return rows.assign(
        per_thousand=_divided(1000 * rows["n_stock"], rows["n_residents"]),
        share_inflow=_divided(rows["n_inflow"], in_year),
        share_outflow=_divided(rows["n_outflow"], in_year),
        n_flow=rows["n_inflow"] - rows["n_outflow"],
        n_stock_before=rows["n_stock_before"].mask(has_grown),
        has_grown=has_grown,
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
        the year were drawn by chance. Each published count is up to 5 more or less: ``lowest`` and ``highest`` are what
        the share can then be, and ``lower_of_all``, ``upper_of_all`` the ends of the intervals of those. All are missing
        where a count is not known, or nobody had bijstand.
    """
    rows = _of_places(flows, places, age=AT_RISK)
    rows = rows.assign(n_in_year=_in_year(rows))
    counts = zip(rows["n_outflow_work"], rows["n_in_year"], strict=True)
    shares = [_UNKNOWN if pd.isna(x) or pd.isna(n) or n == 0 else _share(int(x), int(n), level) for x, n in counts]
    found = pd.DataFrame(shares, columns=_SHARE, index=rows.index)
    return pd.concat([rows, found], axis="columns").assign(level=level)


@from_publications
def ordinary_shares(
    flows: pd.DataFrame, places: pd.DataFrame, programme: Programme, *, level: float = 0.95
) -> pd.DataFrame:
    """Give the rows of `work_shares` of the last year before a programme began, or else of the first year there is.

    Of a programme of which nobody published when it began, the last year.
    """
    rows = work_shares(flows, places, level=level)
    begin = programme.period.first_day if programme.period else None
    years = sorted(rows["year"].unique())
    before = [year for year in years if begin is None or year < begin.year]
    chosen = before[-1:] or years[:1]
    return rows[rows["year"].isin(chosen)]


@from_publications
def funnel_points(flows: pd.DataFrame, municipality: str = "", name: str = "") -> pd.DataFrame:
    """One row per municipality in the last year: how many had bijstand, the share that left to work, and ``is_own``.

    ``outside`` says beyond which of the widest limits it lies: of ``chance`` alone, or also of the ``spread`` between
    municipalities; empty when within. Only the own one has its ``name``.
    """
    rows, found = _funnel(flows)
    is_own = (rows["code"] == municipality).to_numpy()
    return pd.DataFrame(
        {
            "year": rows["year"],
            "n_in_year": rows["n_in_year"],
            "share": found.units["share"],
            "outside": _outside(found.units),
            "is_own": is_own,
            "name": np.where(is_own, name, ""),
        }
    )


@from_publications
def funnel_curves(flows: pd.DataFrame) -> pd.DataFrame:
    """One row per size ``n``, level and kind of limits (of ``chance`` alone, or also of the ``spread``): ``lower``, ``upper``."""
    rows, found = _funnel(flows)
    ends = rows["n_in_year"].min(), rows["n_in_year"].max()
    sizes = np.unique(np.geomspace(*ends, CURVE_POINTS).round().astype(int))
    return _limits(found, sizes.tolist())


@from_publications
def own_limits(flows: pd.DataFrame, municipality: str) -> pd.DataFrame:
    """One row per level and kind of limits, at the size of the municipality; columns as of `funnel_curves`. None where its figures are not known."""
    rows, found = _funnel(flows)
    own = _own(rows, municipality)
    return _limits(found, [] if own is None else [int(rows["n_in_year"].iloc[own])])


@from_publications
def among(flows: pd.DataFrame, municipality: str, name: str) -> pd.DataFrame:
    """One row: where the municipality lies among all, and the share that is expected of it with theirs in mind.

    Returns
    -------
    DataFrame
        Columns of `spread`, and ``name``, ``share``, ``n_in_year``, ``outside`` (as of `funnel_points`); ``is_sure``
        whether that is so whatever the counts were before they were rounded; ``shrunken`` with ``shrunken_lower`` and
        ``shrunken_upper`` of the beta-binomial model, in which the own share has so much ``weight`` (0-1). All are missing
        where its figures of the last year are not known.
    """
    rows, found = _funnel(flows)
    own = _own(rows, municipality)
    if own is None:
        return _spread(flows).assign(name=name, **dict.fromkeys(_OWN, np.nan))
    events, n = int(rows["n_outflow_work"].iloc[own]), int(rows["n_in_year"].iloc[own])
    expected = _shrunken(rows).units.iloc[own]
    outside = _outside(found.units).iloc[own]
    values = (
        found.units["share"].iloc[own],
        n,
        outside,
        all(other == outside for other in _outside_when_rounded(found, events, n)),
        *expected[["shrunken", "lower", "upper", "weight"]],
    )
    return _spread(flows).assign(name=name, **dict(zip(_OWN, values, strict=True)))


@from_publications
def spread(flows: pd.DataFrame) -> pd.DataFrame:
    """One row: how far municipalities are apart in the last year, beyond chance.

    Returns
    -------
    DataFrame
        ``n_municipalities``, and ``n_unknown`` of which the figures are not known; ``mean``, the share of all of them together; ``dispersion``, how many times the spread is
        that of chance; how many lie beyond the widest limits of chance (``n_outside_chance``, where ``n_expected`` would
        by chance) and of the spread (``n_outside_spread``); and between which shares ``spread_level`` of municipalities
        lies by the beta-binomial model (``spread_lower``, ``spread_upper``).
    """
    return _spread(flows)


@from_publications
def spread_by_size(flows: pd.DataFrame) -> pd.DataFrame:
    """One row per class of size in the last year: between which shares most municipalities lie, and what chance alone gives.

    ``smallest`` and ``largest`` are the ends of the class in people with bijstand in the year (``largest`` is missing for
    the last), ``lower`` and ``upper`` the shares between which `MOST` of its ``n_municipalities`` lie, ``lower_chance`` and
    ``upper_chance`` those of as large a municipality as the middle one if all had the same share.
    """
    rows, found = _funnel(flows)
    chance = funnel(rows["n_outflow_work"], rows["n_in_year"], levels=(MOST,), target=found.target, overdispersed=False)
    tails = ((1 - MOST) / 2, (1 + MOST) / 2)
    of_class = pd.cut(rows["n_in_year"], [0, *SIZE_CLASSES, np.inf], right=False)
    described = []
    for (_, own), smallest, largest in zip(
        rows.groupby(of_class, observed=False), (0, *SIZE_CLASSES), (*SIZE_CLASSES, None), strict=True
    ):
        if own.empty:
            continue
        lower, upper = found.units["share"][own.index].quantile(tails)
        limits = chance.limits([int(own["n_in_year"].median())]).iloc[0]
        described.append(
            (
                smallest,
                largest,
                len(own),
                lower,
                upper,
                limits[f"lower_{100 * MOST:.0f}"],
                limits[f"upper_{100 * MOST:.0f}"],
            )
        )
    columns = ["smallest", "largest", "n_municipalities", "lower", "upper", "lower_chance", "upper_chance"]
    return pd.DataFrame(described, columns=columns).astype({"largest": "Int64"})


@from_publications
def sums(flows: pd.DataFrame) -> pd.DataFrame:
    """One row per year and figure (``stock``, ``inflow``, ``outflow``, ``outflow_work``): of the country, and summed over municipalities.

    They differ where people moved, and by rounding.
    """
    rows = flows[(flows["age"] == "total") & flows["kind"].isin(["country", "municipality"])]
    names = {f"n_{name}": name for name in FIGURES}
    long = rows.rename(columns=names).melt(["year", "kind"], FIGURES, var_name="figure", value_name="n")
    both = long.pivot_table(
        index=["year", "figure"], columns="kind", values="n", aggfunc="sum", sort=False
    ).reset_index()
    return both.rename(columns={"country": "n_country", "municipality": "n_municipalities"}).rename_axis(columns=None)


def _spread(flows: pd.DataFrame) -> pd.DataFrame:
    rows, found = _funnel(flows)
    n_all = int(flows.loc[(flows["kind"] == "municipality") & (flows["year"] == flows["year"].max()), "code"].nunique())
    outside = _outside(found.units)
    lower, upper = _shrunken(rows).between(SPREAD_LEVEL)
    return pd.DataFrame(
        {
            "year": [int(rows["year"].iloc[0])],
            "n_municipalities": [len(rows)],
            "n_unknown": [n_all - len(rows)],
            "mean": [found.target],
            "dispersion": [found.dispersion],
            "n_expected": [(1 - LEVELS[-1]) * len(rows)],
            "n_outside_chance": [int((outside != "").sum())],
            "n_outside_spread": [int((outside == "spread").sum())],
            "spread_level": [SPREAD_LEVEL],
            "spread_lower": [lower],
            "spread_upper": [upper],
        }
    )


def _of_places(flows: pd.DataFrame, places: pd.DataFrame, *, age: str) -> pd.DataFrame:
    """Take the rows of these places, in their order and by year."""
    rows = places.merge(flows[flows["age"] == age].drop(columns="kind"), on="code", how="left")
    return (
        rows.assign(place=pd.Categorical(rows["code"], places["code"]))
        .sort_values(["place", "year"])
        .drop(columns="place")
    )


def _in_year(rows: pd.DataFrame) -> pd.Series:
    """Count who had bijstand at some time in the year, from one edition alone: at its end, or left."""
    return rows["n_stock"] + rows["n_outflow"]


def _divided(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Divide; missing where nobody is counted, which can be a few."""
    return part.astype(float) / whole.astype(float).where(lambda n: n > 0)


def _share(events: int, n: int, level: float) -> tuple[float, ...]:
    half = ROUNDED_TO // 2
    fewest, most = max(0, events - half), events + half
    # Two counts make n, and those who went to work are among them.
    largest, smallest = n + ROUNDED_TO, max(n - ROUNDED_TO, most, 1)
    own, low, high = (proportion(x, of, level=level) for x, of in ((events, n), (fewest, largest), (most, smallest)))
    return own.estimate, own.lower, own.upper, low.estimate, high.estimate, low.lower, high.upper


def _funnel(flows: pd.DataFrame) -> tuple[pd.DataFrame, Funnel]:
    """Lay all municipalities of the last year in a funnel, in the order of their codes."""
    rows = flows[(flows["kind"] == "municipality") & (flows["age"] == AT_RISK) & (flows["year"] == flows["year"].max())]
    rows = rows.assign(n_in_year=_in_year(rows)).dropna(subset=["n_in_year", "n_outflow_work"])
    rows = rows[rows["n_in_year"] > 0].sort_values("code", ignore_index=True)
    rows = rows.astype({"n_in_year": int, "n_outflow_work": int})
    # Winsorised, the limits that allow for a spread would be too narrow where there are no outliers (docs/methods.md).
    return rows, funnel(rows["n_outflow_work"], rows["n_in_year"], levels=LEVELS, winsorise=0)


def _shrunken(rows: pd.DataFrame) -> ShrunkenShares:
    return shrunken_shares(rows["n_outflow_work"], rows["n_in_year"], level=LEVELS[0])


def _own(rows: pd.DataFrame, municipality: str) -> int | None:
    """Find the row of a municipality; None where its figures of the year are not known."""
    found = rows.index[rows["code"] == municipality]
    return int(found[0]) if len(found) else None


def _outside(units: pd.DataFrame) -> pd.Series:
    """Say of each unit beyond which of the widest limits it lies."""
    is_out, is_far = units[f"outside_{_WIDEST}"] != 0, units[f"outside_overdispersed_{_WIDEST}"] != 0
    return pd.Series(np.select([is_far, is_out], ["spread", "chance"], ""), index=units.index)


def _outside_when_rounded(found: Funnel, events: int, n: int) -> list[str]:
    """Say the same of one unit at both ends of what its counts can have been before they were rounded."""
    *_, lowest, highest, _, _ = _share(events, n, LEVELS[0])
    limits = found.limits([n]).iloc[0]

    def is_out(share: float, kind: str) -> bool:
        return not limits[f"lower_{kind}{_WIDEST}"] <= share <= limits[f"upper_{kind}{_WIDEST}"]

    return [
        "spread" if is_out(share, "overdispersed_") else "chance" if is_out(share, "") else ""
        for share in (lowest, highest)
    ]


def _limits(found: Funnel, sizes: Sequence[int]) -> pd.DataFrame:
    wide = found.limits(sizes)
    parts = [
        pd.DataFrame(
            {
                "n": wide["n"],
                "level": level,
                "limits": limits,
                "lower": wide[f"lower_{kind}{name}"],
                "upper": wide[f"upper_{kind}{name}"],
            }
        )
        for level, name in zip(LEVELS, _NAMES, strict=True)
        for limits, kind in (("chance", ""), ("spread", "overdispersed_"))
    ]
    return pd.concat(parts, ignore_index=True).assign(mean=found.target)
