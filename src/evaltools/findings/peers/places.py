"""The figures that may stand beside each other, and whose they are."""

import numpy as np
import pandas as pd

from evaltools.registers.statline.flows import COUNTS, FLOWS

REGIONS = ("corop", "province")
"""Regions that a municipality lies in, the smallest first."""
MOST_UNKNOWN = 0.05
"""From this part on of a region's stock in municipalities of which the flows are not known, those of the region are not either."""
TOGETHER = "GM"
"""Stands for the code of all municipalities together."""


def usable(flows: pd.DataFrame, municipalities: pd.DataFrame) -> pd.DataFrame:
    """Make figures fit to stand beside each other.

    Parameters
    ----------
    flows
        From `registers.statline.stored_flows`.
    municipalities
        From `reference`: in which region each lies.

    Returns
    -------
    DataFrame
        The rows, of which the flows of a region are missing where they lack those of municipalities with `MOST_UNKNOWN` of its
        stock; and for each year and age those of all municipalities together of which the flows are known (``kind``
        ``municipalities``): of the people who leave in the whole country some are counted in no municipality.
    """
    own = flows[flows["kind"] == "municipality"]
    is_unknown = own["n_outflow"].isna()
    unknown = own[is_unknown & (own["age"] == "total")]
    region_of = municipalities.set_index("code")[[*REGIONS]]
    stock = flows.loc[flows["age"] == "total", ["code", "year", "n_stock"]]
    lacking = [
        unknown.assign(code=unknown["code"].map(region_of[name]))
        .groupby(["code", "year"], as_index=False)["n_stock"]
        .sum()
        for name in REGIONS
    ]
    beside = pd.concat(lacking).merge(stock, on=["code", "year"], suffixes=("_unknown", ""))
    gaps = beside[beside["n_stock_unknown"] >= MOST_UNKNOWN * beside["n_stock"]]
    is_gap = pd.MultiIndex.from_frame(flows[["code", "year"]]).isin(pd.MultiIndex.from_frame(gaps[["code", "year"]]))
    kept = flows.assign(**{name: flows[name].mask(is_gap) for name in (*FLOWS, "share_outflow_work")})
    together = own[~is_unknown].groupby(["year", "age", "series", "table"], as_index=False)[[*COUNTS]].sum(min_count=1)
    together = together.assign(code=TOGETHER, kind="municipalities", share_outflow_work=np.nan)
    return pd.concat([kept, together[list(flows)].astype(flows.dtypes)], ignore_index=True)


def places_beside(
    flows: pd.DataFrame, municipality: str, municipalities: pd.DataFrame, regions: pd.DataFrame
) -> pd.DataFrame:
    """List the places whose figures stand beside each other: the municipality, its regions, all municipalities and the country.

    Parameters
    ----------
    flows
        From `usable`.
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
    places += [(TOGETHER, "alle gemeenten samen", "municipalities")]
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
