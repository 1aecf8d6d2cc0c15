"""What cannot be in a register, and what is striking: counted per rule, never shown per row."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from evaltools.disclosure import from_register
from evaltools.registers.quality import MAIN_SCHEMES
from evaltools.registers.store import Register
from evaltools.registers.tables import TABLES
from evaltools.registers.validation import findings

PERSON_TABLES = ("benefit_spells", "incomes", "provisions", "participations", "ladder_scores", "placements")
HAPPENED = {
    "benefit_spells": ("registered_day",),
    "incomes": ("month",),
    "participations": ("selected_day",),
    "ladder_scores": ("day",),
    "household_visits": ("day",),
    "placements": ("offered_day",),
}
"""Days that cannot lie after the extract day."""
PLANNED = {
    "benefit_spells": ("first_day", "last_day"),
    "provisions": ("first_day", "last_day"),
    "participations": ("first_day", "last_day"),
    "placements": ("filled_day", "last_day"),
}
"""Days that may lie after the extract day: somebody planned them."""
KINDS = ("impossible", "striking")
BETWEEN = (
    "after_extract", "born_after_start", "other_municipality", "outside_benefit", "overlap", "person_unknown", "planned",
    "reason_without_end", "registered_before", "same_spell", "two_benefits",
)  # fmt: skip
"""Rules between tables, or about the extract day."""
OTHER_RULE = "other_rule"
"""Stands for rules that rows broke at ingest and that are not among `RULES`: those of another version."""
AT_INGEST = ("not_a_day", "not_a_number", "not_a_text", "not_a_year", "outside", "unknown_code", "zeros", OTHER_RULE)
"""Rules that keep a row from being read."""
DECLARED = tuple(
    sorted(
        {
            str(check.name)
            for table in TABLES.values()
            for checks in (table.schema.checks, *(column.checks for column in table.schema.columns.values()))
            for check in checks
        }
    )
)
"""Rules of the declaration in `tables`."""
RULES = ("duplicate", "missing", *DECLARED, *BETWEEN, *AT_INGEST)
"""Every rule that a table of this module can name."""
MONTHS = 100_000
"""More months than any register spans, so that a person and a month make one number."""

Counted = tuple[str, str, int, int]
"""Rule, kind, rows it is about, rows that break it."""


def impossible(register: Register) -> pd.DataFrame:
    """Count rows that cannot be, or are striking. One row per rule of each table that was delivered.

    ``kind`` is ``impossible`` or ``striking``: what is striking can be right, such as an end
    that was registered before it came. ``n_rows`` are the rows that the rule is about, ``n_broken`` those
    that break it, ``n_set_aside`` those that broke it at ingest and were left out there.
    Rows that stand more than once are in `duplicates`.
    """
    rows = []
    for table in register.tables:
        aside: Counter[str] = Counter()
        for rule, n in (register.origins[table].n_set_aside or {}).items():
            aside[rule if rule in RULES else OTHER_RULE] += n
        aside.pop("duplicate", None)
        values = register.read(table)
        for rule, kind, n, n_broken in [*_declared(values, table), *_between_tables(values, register, table)]:
            rows.append((table, rule, kind, n, n_broken, aside.pop(rule, 0)))
        n_stored = register.origins[table].n_rows
        rows += [(table, rule, "impossible", n_stored, 0, n) for rule, n in sorted(aside.items())]
    return _table(rows, ["table", "rule", "kind", "n_rows", "n_broken", "n_set_aside"], register)


def duplicates(register: Register) -> pd.DataFrame:
    """Count what stands more than once. One row per table and rule.

    ``duplicate`` is the declared key; ``same_spell`` is a benefit of one person with the days and
    scheme of another one under another number. ``n_set_aside`` as in `impossible`.
    """
    rows = []
    for table in register.tables:
        key = list(TABLES[table].key)
        values = register.read(table, key)
        n = int((values.duplicated(keep=False) & values.notna().all(axis=1)).sum())
        aside = (register.origins[table].n_set_aside or {}).get("duplicate", 0)
        rows.append((table, "duplicate", len(values), n, aside))
    if "benefit_spells" in register.tables:
        values = register.read("benefit_spells", ["person_id", "scheme", "first_day", "last_day"])
        rows.append(("benefit_spells", "same_spell", len(values), int(values.duplicated(keep=False).sum()), 0))
    return _table(rows, ["table", "rule", "n_rows", "n_duplicate", "n_set_aside"], register)


def _declared(values: pd.DataFrame, table: str) -> Iterator[Counted]:
    """Rules of the declaration, also those that no row breaks."""
    declared = TABLES[table]
    names = ["missing"]
    names += [check.name for column in declared.schema.columns.values() for check in column.checks]
    names += [check.name for check in declared.schema.checks]
    broken: dict[str, pd.Series[bool]] = {}
    for found in findings(values, declared):
        broken[found.rule] = found.rows | broken[found.rule] if found.rule in broken else found.rows
    for rule in dict.fromkeys([*names, *broken]):
        if rule != "duplicate":
            yield rule, "impossible", len(values), int(broken[rule].sum()) if rule in broken else 0


def _between_tables(values: pd.DataFrame, register: Register, table: str) -> Iterator[Counted]:
    if table in PERSON_TABLES and "persons" in register.tables:
        persons = register.read("persons", ["person_id"])["person_id"]
        own = values["person_id"].dropna()
        yield "person_unknown", "impossible", len(own), int((~own.isin(persons)).sum())
    yield from _after_extract(values, table, pd.Timestamp(register.origins[table].extract_day))
    match table:
        case "persons":
            is_other = values["municipality"] != register.municipality
            yield "other_municipality", "impossible", len(values), int(is_other.sum())
        case "benefit_spells":
            yield from _spells(values, register)
        case "incomes" if "benefit_spells" in register.tables:
            spells = register.read("benefit_spells", ["person_id", "first_day", "last_day"])
            yield "outside_benefit", "impossible", len(values), _outside_benefit(values, spells)
        case "provisions":
            yield "reason_without_end", "impossible", len(values), _reason_without_end(values, "end_reason")


def _after_extract(values: pd.DataFrame, table: str, day: pd.Timestamp) -> Iterator[Counted]:
    for rule, kind, columns in (
        ("after_extract", "impossible", HAPPENED.get(table, ())),
        ("planned", "striking", PLANNED.get(table, ())),
    ):
        if columns:
            yield rule, kind, len(values), int((values[list(columns)] > day).any(axis=1).sum())


def _spells(spells: pd.DataFrame, register: Register) -> Iterator[Counted]:
    yield "reason_without_end", "impossible", len(spells), _reason_without_end(spells, "exit_reason")
    if "persons" in register.tables:
        born = register.read("persons", ["person_id", "birth_year"]).drop_duplicates("person_id")
        year = spells["person_id"].map(born.set_index("person_id")["birth_year"]).astype("Float64")
        is_before = (spells["first_day"].dt.year < year).fillna(value=False)
        yield "born_after_start", "impossible", len(spells), int(is_before.sum())
    yield "overlap", "impossible", len(spells), _overlapping(spells, ["person_id", "benefit_id", "scheme"])
    main = spells[spells["scheme"].isin(MAIN_SCHEMES)]
    several = main.groupby("person_id")["benefit_id"].transform("nunique") > 1
    yield "two_benefits", "striking", len(main), _overlapping(main[several], ["person_id"])
    # The register keeps one day per spell: of the end, or else of the begin.
    happened = spells["last_day"].fillna(spells["first_day"])
    known = spells["registered_day"].notna()
    yield "registered_before", "striking", int(known.sum()), int((spells["registered_day"] < happened).sum())


def _reason_without_end(rows: pd.DataFrame, reason: str) -> int:
    return int((rows[reason].notna() & rows["last_day"].isna()).sum())


def _overlapping(spells: pd.DataFrame, same: list[str]) -> int:
    """Spells that begin before an earlier one of the same group has ended; the later of the two counts."""
    group = spells.groupby(same, observed=True).ngroup()
    first = spells["first_day"].to_numpy("datetime64[D]").astype(np.int64)
    running = np.datetime64("2200-01-01").astype(np.int64)
    last = np.where(spells["last_day"].isna(), running, spells["last_day"].to_numpy("datetime64[D]").astype(np.int64))
    ordered = pd.DataFrame({"group": group.to_numpy(), "first": first, "last": last}).sort_values(
        ["group", "first", "last"]
    )
    reached = ordered.groupby("group")["last"].cummax()
    before = reached.groupby(ordered["group"]).shift()
    return int((ordered["first"] <= before).sum())


def _outside_benefit(incomes: pd.DataFrame, spells: pd.DataFrame) -> int:
    """Incomes of a month in which the person had no benefit on any day.

    Of the intervals that hold a number, as many more began at or before it than ended
    before it; persons far apart on the line of numbers do not meet.
    """
    persons = pd.Index(spells["person_id"].unique())
    begins = persons.get_indexer(spells["person_id"]) * MONTHS + _month(spells["first_day"])
    ends = persons.get_indexer(spells["person_id"]) * MONTHS + _month(
        spells["last_day"].fillna(pd.Timestamp("2200-01-01"))
    )
    asked = persons.get_indexer(incomes["person_id"]) * MONTHS + _month(incomes["month"])
    n_begun = np.searchsorted(np.sort(begins), asked, side="right")
    n_ended = np.searchsorted(np.sort(ends), asked, side="left")
    return int((n_begun == n_ended).sum())


def _month(days: "pd.Series[pd.Timestamp]") -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return days.to_numpy("datetime64[M]").astype(np.int64) + MONTHS // 2


def _table(rows: Sequence[tuple[object, ...]], columns: list[str], register: Register) -> pd.DataFrame:
    return from_register(pd.DataFrame(rows, columns=columns), is_simulated=register.is_simulated)
