"""How far a register can be trusted: what is missing, what cannot be, and how late ends are registered.

Each function takes a `Register` and returns a plain table with exact counts. They are for
the analyst; on a page they go through `disclosure.rounded`.
"""

import math
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
"""With fewer registered ends a share of them rests on a handful."""
LEAST = 10
"""Fewer persons or ends than this are not told apart: ends beyond a lag, ends compared at a lag, persons with a code."""
LEAST_SHARE, MOST_SHARE = 0.5, 0.99
"""The closer to 1, the more the lag is that of the few latest ends."""
DAYS_PER_MONTH = 365.25 / 12
LAST_MONTHS = 4
"""Lags of as many months or more are taken together."""
LAGS = tuple(
    name
    for first in range(LAST_MONTHS + 1)
    for name in (f"{first}", *(f"{first}-{last}" for last in range(first + 1, LAST_MONTHS)), f"{first}+")
)
"""Names of groups of lags in whole months: ``1``, ``1-2`` (both inclusive), ``3+``."""
REASONS = ("", "no_days", "few_ends", "short_history")
"""Why it cannot be said until when a register is followed; empty where it can."""
OTHER = "other"
"""Stands for codes of few persons, taken together."""

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
    return rows["first_day"].notna()


EXPECTED: Mapping[tuple[str, str], tuple[tuple[str, ...], Mask]] = {
    ("benefit_spells", "exit_reason"): (("last_day",), _ended),
    ("incomes", "hours_per_week"): (("kind",), lambda rows: rows["kind"] == "11"),
    ("provisions", "end_reason"): (("last_day",), _ended),
    ("participations", "first_day"): (("status",), lambda rows: rows["status"].isin(["started", "completed"])),
    ("participations", "last_day"): (
        ("status", "first_day"), lambda rows: _started(rows) & rows["status"].isin(["completed", "withdrawn"]),
    ),
    ("participations", "kind"): (("first_day",), _started),
    ("participations", "arm"): (
        ("programme",),
        lambda rows: rows["programme"].isin(rows.loc[rows["arm"].notna(), "programme"].unique()),
    ),
}  # fmt: skip
"""In which rows a column must be filled, with the columns that say so; where it is not named here, in all."""

MAY_BE_EMPTY = {
    ("benefit_spells", "last_day"), ("provisions", "last_day"),
    ("placements", "filled_day"), ("placements", "person_id"), ("placements", "last_day"),
}  # fmt: skip
"""Columns that say something by being empty: it still runs, nobody is in it."""


def delivered(register: Register) -> pd.DataFrame:
    """Say which tables there are. One row per table of the declaration, also those never delivered.

    ``n_rows``; ``n_set_aside``, rows that were left out at ingest, missing where it was never
    delivered; ``is_delivered``; ``extract_day`` of that table.
    """
    origins = register.origins
    rows = [
        {
            "table": name,
            "is_delivered": name in origins,
            "n_rows": origins[name].n_rows if name in origins else 0,
            "n_set_aside": sum((origins[name].n_set_aside or {}).values()) if name in origins else None,
            "extract_day": pd.Timestamp(origins[name].extract_day) if name in origins else pd.NaT,
        }
        for name in TABLES
    ]
    return _marked(pd.DataFrame(rows).astype({"n_set_aside": "Int64"}), register)


def completeness(register: Register) -> pd.DataFrame:
    """Count what is missing. One row per column that need not be filled, of each table that was delivered.

    ``n_rows`` are the rows in which a value is expected: a reason only where the benefit
    ended, hours only with an income from work. ``n_missing`` of these have none; ``is_empty`` where that is all of
    at least `LEAST_ENDS` rows: then it was not delivered, which says nothing of a person.
    """
    rows = []
    for table in register.tables:
        for column in TABLES[table].columns:
            if TABLES[table].is_required(column) or (table, column) in MAY_BE_EMPTY:
                continue
            needs, is_expected = EXPECTED.get((table, column), ((), None))
            values = register.read(table, [*dict.fromkeys([column, *needs])])
            expected = values[column] if is_expected is None else values.loc[is_expected(values), column]
            n, n_missing = len(expected), int(expected.isna().sum())
            is_empty = n == n_missing and n >= LEAST_ENDS
            rows.append({"table": table, "column": column, "n_rows": n, "n_missing": n_missing, "is_empty": is_empty})
    return _marked(
        pd.DataFrame(rows, columns=["table", "column", "n_rows", "n_missing", "is_empty"]).astype({"is_empty": bool}),
        register,
    )


def unknown_codes(register: Register) -> pd.DataFrame:
    """Count codes that are not in the official list. One row per table, column, code set and code.

    ``code_set`` is empty but for provisions, whose list changed in 2019; of that list only
    part is known to us. Codes of fewer than `LEAST` persons are taken together as `OTHER`, and left out where
    they are of fewer persons together.
    """
    rows: list[dict[str, Any]] = []
    for table in register.tables:
        for column in TABLES[table].columns:
            code_list = TABLES[table].code_list(column)
            if code_list is None or not code_list.is_open or (table, column) == ("provisions", "provision_type"):
                continue
            values = register.read(table, ["person_id", column])
            rows += _unlisted(values, code_list.by_code, table, column, "")
    if "provisions" in register.tables:
        values = register.read("provisions", ["person_id", "code_set", "provision_type"])
        for code_set, known in PROVISION_TYPES.items():
            own = values[values["code_set"] == code_set]
            rows += _unlisted(own, known.by_code, "provisions", "provision_type", code_set)
    return _marked(rows, register, ["table", "column", "code_set", "code", "n_rows"])


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
    """Count provisions on both sides of each change in their counting. One row per break of `BREAKS`.

    ``n_before`` and ``n_after`` are provisions that began before the day and from it on.
    """
    first = register.read("provisions", ["first_day"])["first_day"]
    rows = [
        {"break_name": name, "n_before": int((first < day).sum()), "n_after": int((first >= day).sum())}
        for name, (day, _) in BREAKS.items()
    ]
    return _marked(rows, register)


def persons_and_benefits(register: Register, schemes: Collection[str] = MAIN_SCHEMES) -> pd.DataFrame:
    """Count persons beside benefits. One row per 31 December in which the register is followed, and the extract day.

    ``on`` is that day. ``n_couples`` are benefits with two or more persons on it. A register that is followed shows ends:
    it begins with the first year in which at least `LEAST` persons left, and few in that year mean that it was
    not followed from its start. How many left stands in `exits.ends_by_group`: here, rounded, it would narrow what that hides.
    """
    spells = register.read("benefit_spells", ["person_id", "benefit_id", "scheme", "first_day", "last_day"])
    spells = spells[spells["scheme"].isin(schemes)]
    extract_day = _extract_day(register)
    ended = spells.loc[spells["last_day"] <= extract_day, ["person_id", "last_day"]]
    left = ended.groupby(ended["last_day"].dt.year)["person_id"].nunique()
    followed = left.index[left >= LEAST]
    years = range(int(followed.min()), extract_day.year + 1) if len(followed) else []
    days = [pd.Timestamp(year, 12, 31) for year in years if pd.Timestamp(year, 12, 31) < extract_day] + [extract_day]
    rows = []
    for day in days:
        runs = (spells["first_day"] <= day) & (spells["last_day"].isna() | (spells["last_day"] >= day))
        on_day = spells.loc[runs, ["person_id", "benefit_id"]].drop_duplicates()
        size = on_day["benefit_id"].value_counts()
        rows.append(
            {
                "on": day,
                "n_persons": int(on_day["person_id"].nunique()),
                "n_benefits": len(size),
                "n_couples": int((size > 1).sum()),
            }
        )
    return _marked(rows, register)


def registration_lags(register: Register) -> DelayDistribution:
    """Estimate how long after the end of a benefit that is registered, in days.

    Of the last months only the ends that were registered quickly are in the register. Their
    lags are cut off by the extract day, and taking the recent months out does not mend what
    is left. `effects.delay_distribution` does: it compares each lag only with ends that are
    old enough to have had it. The distribution is of ends registered within
    `LONGEST_LAG_DAYS`, or within ``longest`` of the result where the register does not go back as far.

    An end is of a benefit of `MAIN_SCHEMES` on one day: that of a couple counts once, where both were registered
    on the same day. An end that was registered beforehand has a lag of 0; planned ends,
    after the extract day, are left out.
    """
    return _distribution(_registered_ends(register))


def registration_lag(register: Register) -> pd.DataFrame:
    """Show how late ends of benefits are registered. One row per group of months between end and registration.

    ``lag`` is one of `LAGS`; a group of fewer than `LEAST` ends is taken together with the next.
    ``n_ends`` with that lag are in the register; ``share_registered`` of all ends, also of
    those that are still to come, is estimated to be there by the end of these months. It is missing in the last row,
    and everywhere where there are fewer than `LEAST_ENDS` or the register does not show a year of lags.
    """
    ends = _registered_ends(register)
    found = _distribution(ends)
    n_all = int((ends["lag"] <= LONGEST_LAG_DAYS).sum())
    is_measured = n_all >= LEAST_ENDS and found.longest >= LONGEST_LAG_DAYS
    months = np.minimum(np.ceil(ends["lag"] / DAYS_PER_MONTH - 1).clip(lower=0), LAST_MONTHS).astype(int)
    rows: list[dict[str, Any]] = []
    for first, last in _groups(np.bincount(months, minlength=LAST_MONTHS + 1).tolist()):
        is_last = last == LAST_MONTHS
        name = f"{first}+" if is_last else f"{first}" if first == last else f"{first}-{last}"
        share = found.share_within((last + 1) * DAYS_PER_MONTH) if is_measured and not is_last else np.nan
        n = int(months.between(first, last).sum())
        rows.append({"lag": name, "n_ends": n, "n_all": n_all, "share_registered": share})
    return _marked(rows, register)


def followed_until(register: Register, share: float = 0.95) -> pd.DataFrame:
    """Say from which day on too few ends are registered. One row.

    ``days_lag`` is the lag within which a ``share`` of the ends is registered, up to the next ten days: an exact one
    would be the lag of one end. ``censoring_day`` is the extract day minus ``days_lag``, and
    ``n_ends`` the ends registered within a year, that they rest on. ``n_unknown`` ends have no day of registration.

    ``reason`` says why the lag is missing: ``no_days`` or ``few_ends`` where there are fewer than `LEAST_ENDS`,
    or not `LEAST` of them with that lag or a longer one; ``short_history`` where the register does not show
    a year of lags: within a shorter time all is quick.

    Raises
    ------
    InvalidDataError
        When ``share`` is under `LEAST_SHARE` or over `MOST_SHARE`.
    """
    if not LEAST_SHARE <= share <= MOST_SHARE:
        problem = f"share must lie between {LEAST_SHARE} and {MOST_SHARE}, such as 0.95"
        raise InvalidDataError("followed_until()", [problem])
    all_ends = _ends(register)
    ends = _registered(all_ends, register)
    found = _distribution(ends)
    n_unknown = int(all_ends["registered_day"].isna().sum())
    reason = _reason_not_measured(found, ends["lag"], share, n_unknown)
    lag = np.nan if reason else LEAST * math.ceil(found.quantile(share) / LEAST)
    row = {
        "extract_day": register.extract_day,
        "censoring_day": pd.NaT if reason else register.extract_day - pd.Timedelta(days=lag),
        "days_lag": lag,
        "n_ends": int((ends["lag"] <= LONGEST_LAG_DAYS).sum()),
        "n_unknown": n_unknown,
        "reason": reason,
    }
    return _marked(pd.DataFrame([row]).astype({"censoring_day": "datetime64[us]"}), register)


def censoring_day(register: Register, share: float = 0.95) -> pd.Timestamp:
    """Last day that can be followed: the extract day minus the lag within which a share of the ends is registered.

    Who has no end by then is still on the benefit as far as ``share`` of the ends is known.

    Raises
    ------
    InvalidDataError
        When too few ends have a day of registration to measure the lag, or the register does not go back a year.
    """
    row = followed_until(register, share).iloc[0]
    if row["reason"]:
        needed = max(LEAST_ENDS, math.ceil(round(LEAST / (1 - share), 6)))
        problem = (
            "shows no year of lags between end and registration: its ended benefits do not go back far enough"
            if row["reason"] == "short_history"
            else f"has {row['n_ends']} ended benefits with a day of registration, of at least {needed} that are "
            "needed to measure how late ends are registered; deliver registered_day"
        )
        raise InvalidDataError(f"the register of {register.municipality}", [f"{problem}, or give the censoring day"])
    return pd.Timestamp(row["censoring_day"])


def _reason_not_measured(found: DelayDistribution, lags: "pd.Series[int]", share: float, n_unknown: int) -> str:
    n = int((lags <= LONGEST_LAG_DAYS).sum())
    if n < LEAST <= n_unknown:
        return "no_days"
    if n < LEAST_ENDS:
        return "few_ends"
    if not found.longest >= LONGEST_LAG_DAYS:  # also where it is nan
        return "short_history"
    is_enough = n * (1 - share) >= LEAST - 1e-6 and (lags >= found.quantile(share)).sum() >= LEAST
    return "" if is_enough else "few_ends"


def _groups(counts: list[int]) -> list[tuple[int, int]]:
    """Take neighbours together until each group has enough; what is left at the end joins the group before it."""
    groups: list[tuple[int, int]] = []
    first = n = 0
    for position, count in enumerate(counts):
        n += count
        if n >= LEAST:
            groups.append((first, position))
            first, n = position + 1, 0
    if first < len(counts):
        start = groups.pop()[0] if groups else 0
        groups.append((start, len(counts) - 1))
    return groups


def _distribution(ends: pd.DataFrame) -> DelayDistribution:
    return delay_distribution(ends["lag"], ends["window"], longest=LONGEST_LAG_DAYS, least_at_risk=LEAST)


def _ends(register: Register) -> pd.DataFrame:
    """One row per end of a benefit of the main schemes up to the extract day."""
    columns = ["benefit_id", "scheme", "last_day", "registered_day"]
    spells = register.read("benefit_spells", columns)
    ended = spells["scheme"].isin(MAIN_SCHEMES) & (spells["last_day"] <= _extract_day(register))
    return spells[ended].drop_duplicates(columns)


def _registered_ends(register: Register) -> pd.DataFrame:
    """One row per registered end: lag and window in days."""
    return _registered(_ends(register), register)


def _registered(ends: pd.DataFrame, register: Register) -> pd.DataFrame:
    extract_day = _extract_day(register)
    ends = ends[ends["registered_day"] <= extract_day]
    lag = (ends["registered_day"] - ends["last_day"]).dt.days.clip(lower=0)
    return pd.DataFrame({"lag": lag, "window": (extract_day - ends["last_day"]).dt.days})


def _extract_day(register: Register) -> pd.Timestamp:
    origin = register.origins.get("benefit_spells")
    return pd.Timestamp(origin.extract_day) if origin else register.extract_day


def _unlisted(
    values: pd.DataFrame, known: Collection[str], table: str, column: str, code_set: str
) -> list[dict[str, Any]]:
    found = values[values[column].notna() & ~values[column].isin(list(known))]
    codes = found[column].astype(str)
    n_persons = found.groupby(codes)["person_id"].nunique()
    shown = codes.where(codes.map(n_persons) >= LEAST, OTHER)
    by_code = found.groupby(shown)["person_id"].agg(["size", "nunique"])
    return [
        {"table": table, "column": column, "code_set": code_set, "code": str(code), "n_rows": int(n)}
        for code, n in by_code.loc[by_code["nunique"] >= LEAST, "size"].items()
    ]


def _marked(
    rows: list[dict[str, Any]] | pd.DataFrame, register: Register, columns: list[str] | None = None
) -> pd.DataFrame:
    return from_register(pd.DataFrame(rows, columns=columns), is_simulated=register.is_simulated)
