"""How far a register can be trusted: what is missing, what cannot be, and how late ends are registered.

Each function takes a `Register` and returns a plain table with exact counts. They are for
the analyst; on a page they go through `disclosure.rounded`.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from evaltools.disclosure import from_register
from evaltools.effects import DelayDistribution, delay_distribution
from evaltools.errors import InvalidDataError
from evaltools.registers.codes import PROVISION_TYPES
from evaltools.registers.store import Register
from evaltools.registers.tables import TABLES

MAIN_SCHEMES = ("01", "02", "03")
"""Schemes that count as being on the benefit: algemene bijstand, IOAW and IOAZ."""

LONGEST_LAG_DAYS = 365
"""Lags are of ends registered within a year: CBS takes its figures for final after about a year."""
LEAST_ENDS = 100
"""With fewer registered ends a high quantile of the lag rests on a handful of them."""
DAYS_PER_MONTH = 365.25 / 12
LAGS = {"0": 1, "1": 2, "2": 3, "3": 4, "4-6": 7, "7-11": 12}
"""Whole months between an end and its registration, each with the months at which that group stops."""

BREAKS = {
    "codes_2019": (
        pd.Timestamp("2019-01-01"),
        "SRG counts participation provisions too from here on, with a new list of codes (Stcrt. 19 June 2018)",
    ),
    "transactions_2023": (
        pd.Timestamp("2023-01-01"),
        "SRG became a transaction system: late days are put back over three months (data.overheid.nl, dataset 42094)",
    ),
}
"""Days on which the counting of provisions changed, and how."""

Mask = Callable[[pd.DataFrame], "pd.Series[bool]"]


def _ended(rows: pd.DataFrame) -> "pd.Series[bool]":
    return rows["last_day"].notna()


def _started(rows: pd.DataFrame) -> "pd.Series[bool]":
    return rows["status"].isin(["started", "completed", "withdrawn"])


EXPECTED: Mapping[tuple[str, str], tuple[tuple[str, ...], Mask]] = {
    ("benefit_spells", "exit_reason"): (("last_day",), _ended),
    ("incomes", "hours_per_week"): (("kind",), lambda rows: rows["kind"] == "11"),
    ("provisions", "end_reason"): (("last_day",), _ended),
    ("participations", "first_day"): (("status",), _started),
    ("participations", "last_day"): (("status",), lambda rows: rows["status"].isin(["completed", "withdrawn"])),
    ("participations", "kind"): (("status",), _started),
    ("participations", "arm"): (
        ("programme",),
        lambda rows: rows["programme"].isin(rows.loc[rows["arm"].notna(), "programme"].unique()),
    ),
}
"""In which rows a column must be filled, with the columns that say so; where it is not named here, in all."""

MAY_BE_EMPTY = {
    ("benefit_spells", "last_day"), ("provisions", "last_day"),
    ("placements", "filled_day"), ("placements", "person_id"), ("placements", "last_day"),
}  # fmt: skip
"""Columns that say something by being empty: it still runs, nobody is in it."""


def delivered(register: Register) -> pd.DataFrame:
    """Say which tables there are. One row per table of the declaration, also those never delivered.

    ``n_rows``; ``n_set_aside``, rows that were left out at ingest, missing where none were;
    ``is_delivered``; ``extract_day`` of that table.
    """
    origins = register.origins
    rows = [
        {
            "table": name,
            "is_delivered": name in origins,
            "n_rows": origins[name].n_rows if name in origins else 0,
            "n_set_aside": sum(_set_aside(register, name).values()) if _set_aside(register, name) else None,
            "extract_day": pd.Timestamp(origins[name].extract_day) if name in origins else pd.NaT,
        }
        for name in TABLES
    ]
    return _marked(pd.DataFrame(rows).astype({"n_set_aside": "Int64"}), register)


def completeness(register: Register) -> pd.DataFrame:
    """Count what is missing. One row per column that need not be filled, of each table that was delivered.

    ``n_rows`` are the rows in which a value is expected: a reason only where the benefit
    ended, hours only with an income from work. ``n_missing`` of these have none.
    """
    rows = []
    for table in register.tables:
        for column in TABLES[table].columns:
            if TABLES[table].is_required(column) or (table, column) in MAY_BE_EMPTY:
                continue
            needs, is_expected = EXPECTED.get((table, column), ((), None))
            values = register.read(table, [*dict.fromkeys([column, *needs])])
            expected = values[column] if is_expected is None else values.loc[is_expected(values), column]
            counted = {"n_rows": len(expected), "n_missing": int(expected.isna().sum())}
            rows.append({"table": table, "column": column, **counted})
    return _marked(rows, register, ["table", "column", "n_rows", "n_missing"])


def unknown_codes(register: Register) -> pd.DataFrame:
    """Count codes that are not in the official list. One row per table, column, code set and code.

    ``code_set`` is empty but for provisions, whose list changed in 2019; of that list only
    part is known to us.
    """
    columns = ["table", "column", "code_set", "code", "n_rows"]
    rows: list[dict[str, Any]] = []
    for table in register.tables:
        for column in TABLES[table].columns:
            code_list = TABLES[table].code_list(column)
            if code_list is None or not code_list.is_open or (table, column) == ("provisions", "provision_type"):
                continue
            counts = register.read(table, [column])[column].value_counts()
            rows += _unlisted(counts, code_list.by_code, table, column, "")
    if "provisions" in register.tables:
        values = register.read("provisions", ["code_set", "provision_type"])
        for code_set, known in PROVISION_TYPES.items():
            counts = values.loc[values["code_set"] == code_set, "provision_type"].value_counts()
            rows += _unlisted(counts, known.by_code, "provisions", "provision_type", code_set)
    return _marked(rows, register, columns)


def code_breaks(register: Register) -> pd.DataFrame:
    """Count provisions by the list that their code is of. One row per year of the first day and code set.

    ``n_persons`` beside ``n_provisions``: one person can have several at once.
    """
    columns = ["year", "code_set", "n_provisions", "n_persons"]
    values = register.read("provisions", ["person_id", "code_set", "first_day"])
    grouped = values.assign(year=values["first_day"].dt.year.astype(str)).groupby(["year", "code_set"], observed=True)
    counted = grouped["person_id"].agg(n_provisions="size", n_persons="nunique").reset_index()
    return _marked(counted.astype({"code_set": "str"}), register, columns)


def breaks(register: Register) -> pd.DataFrame:
    """Say which changes in the counting of provisions the register spans. One row per break of `BREAKS`.

    ``n_before`` and ``n_after`` are provisions that began before the day and from it on;
    ``is_spanned`` where there are both.
    """
    first = register.read("provisions", ["first_day"])["first_day"]
    rows = [
        {"break_name": name, "day": day, "n_before": int((first < day).sum()), "n_after": int((first >= day).sum())}
        for name, (day, _) in BREAKS.items()
    ]
    for row in rows:
        row["is_spanned"] = bool(row["n_before"] and row["n_after"])
    return _marked(rows, register)


def persons_and_benefits(register: Register, schemes: Collection[str] = MAIN_SCHEMES) -> pd.DataFrame:
    """Count persons beside benefits. One row per 31 December in which the register is followed, and the extract day.

    ``n_couples`` are benefits with two or more persons on that day; ``n_ends`` are the ends of
    benefits of a person in that calendar year up to that day. A register that is followed shows ends:
    years without any are left out, and few ends in the first year mean that it was not followed
    from its start.
    """
    spells = register.read("benefit_spells", ["person_id", "benefit_id", "scheme", "first_day", "last_day"])
    spells = spells[spells["scheme"].isin(schemes)]
    extract_day = _extract_day(register)
    ended = spells.loc[spells["last_day"] <= extract_day, "last_day"]
    years = sorted(ended.dt.year.unique())
    days = [pd.Timestamp(year, 12, 31) for year in years if pd.Timestamp(year, 12, 31) < extract_day] + [extract_day]
    rows = []
    for day in days:
        runs = (spells["first_day"] <= day) & (spells["last_day"].isna() | (spells["last_day"] >= day))
        on_day = spells.loc[runs, ["person_id", "benefit_id"]].drop_duplicates()
        size = on_day["benefit_id"].value_counts()
        rows.append(
            {
                "day": day,
                "n_persons": int(on_day["person_id"].nunique()),
                "n_benefits": len(size),
                "n_couples": int((size > 1).sum()),
                "n_ends": int(((ended.dt.year == day.year) & (ended <= day)).sum()),
            }
        )
    return _marked(rows, register)


def registration_lags(register: Register) -> DelayDistribution:
    """Estimate how long after a benefit ended that is registered, in days.

    Of the last months only the ends that were registered quickly are in the register. Their
    lags are cut off by the extract day, and taking the recent months out does not mend what
    is left. `effects.delay_distribution` does: it compares each lag only with ends that are
    old enough to have had it. The distribution is of ends registered within
    `LONGEST_LAG_DAYS`. An end that was registered beforehand has a lag of 0; planned ends,
    after the extract day, are left out.
    """
    ends = _registered_ends(register)
    return delay_distribution(ends["lag"], ends["window"], longest=LONGEST_LAG_DAYS)


def registration_lag(register: Register) -> pd.DataFrame:
    """Show how late ends of benefits are registered. One row per number of months between end and registration.

    ``n_ends`` with that lag are in the register; ``share_registered`` of all ends, also of
    those that are still to come, is estimated to be there by the end of these months. Lags of more than
    a year are counted in the last row, without a share.
    """
    ends = _registered_ends(register)
    found = delay_distribution(ends["lag"], ends["window"], longest=LONGEST_LAG_DAYS)
    edges = [-1.0, *(stop * DAYS_PER_MONTH for stop in LAGS.values())]
    counts, _ = np.histogram(ends["lag"].to_numpy(float), bins=[*edges, np.inf])
    shares = [found.share_within(edge) for edge in edges[1:]]
    rows = [
        {"lag": lag, "n_ends": int(n), "n_all": found.n, "share_registered": share}
        for lag, n, share in zip([*LAGS, "12+"], counts, [*shares, np.nan], strict=True)
    ]
    return _marked(rows, register)


def followed_until(register: Register, share: float = 0.95) -> pd.DataFrame:
    """Say from which day on too few ends are registered. One row.

    ``days_lag`` is the lag within which a ``share`` of the ends is registered, ``days_median``
    the one for half of them, ``censoring_day`` the extract day minus ``days_lag``, and
    ``n_ends`` the ends that they rest on. With fewer than `LEAST_ENDS` the lag is not measured and empty.
    ``n_unknown`` ends have no day of registration.
    """
    if not 0 < share < 1:
        raise InvalidDataError("followed_until()", ["share must lie between 0 and 1, such as 0.95"])
    found = registration_lags(register)
    spells = register.read("benefit_spells", ["last_day", "registered_day"])
    is_measured = found.n >= LEAST_ENDS
    lag = found.quantile(share) if is_measured else np.nan
    row = {
        "extract_day": register.extract_day,
        "censoring_day": register.extract_day - pd.Timedelta(days=lag) if is_measured else pd.NaT,
        "days_lag": lag,
        "days_median": found.quantile(0.5) if is_measured else np.nan,
        "share": share,
        "n_ends": found.n,
        "n_unknown": int((spells["last_day"].notna() & spells["registered_day"].isna()).sum()),
    }
    return _marked([row], register)


def censoring_day(register: Register, share: float = 0.95) -> pd.Timestamp:
    """Last day that can be followed: the extract day minus the lag within which a share of the ends is registered.

    Who has no end by then is still on the benefit as far as ``share`` of the ends is known.

    Raises
    ------
    InvalidDataError
        When too few ends have a day of registration to measure the lag.
    """
    row = followed_until(register, share).iloc[0]
    if pd.isna(row["censoring_day"]):
        raise InvalidDataError(
            f"the register of {register.municipality}",
            [
                (
                    f"has {row['n_ends']} ended benefits with a day of registration, of at least {LEAST_ENDS} that are "
                    "needed to measure how late ends are registered; deliver registered_day, or give the censoring day"
                )
            ],
        )
    return pd.Timestamp(row["censoring_day"])


def _registered_ends(register: Register) -> pd.DataFrame:
    """One row per ended spell that could be seen: lag and window in days."""
    extract_day = _extract_day(register)
    spells = register.read("benefit_spells", ["last_day", "registered_day"])
    spells = spells[(spells["last_day"] <= extract_day) & (spells["registered_day"] <= extract_day)]
    lag = (spells["registered_day"] - spells["last_day"]).dt.days.clip(lower=0)
    return pd.DataFrame({"lag": lag, "window": (extract_day - spells["last_day"]).dt.days})


def _extract_day(register: Register) -> pd.Timestamp:
    origin = register.origins.get("benefit_spells")
    return pd.Timestamp(origin.extract_day) if origin else register.extract_day


def _set_aside(register: Register, table: str) -> Mapping[str, int]:
    origin = register.origins.get(table)
    return (origin.n_set_aside if origin else None) or {}


def _unlisted(
    counts: "pd.Series[int]", known: Collection[str], table: str, column: str, code_set: str
) -> list[dict[str, Any]]:
    return [
        {"table": table, "column": column, "code_set": code_set, "code": str(code), "n_rows": int(n)}
        for code, n in counts.sort_index().items()
        if n and code not in known
    ]


def _marked(
    rows: list[dict[str, Any]] | pd.DataFrame, register: Register, columns: list[str] | None = None
) -> pd.DataFrame:
    return from_register(pd.DataFrame(rows, columns=columns), is_simulated=register.is_simulated)
