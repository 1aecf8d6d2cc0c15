"""Tables of the page on a target, from `findings.realisation`."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import TOTAL
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.realisation_terms import (
    COUNTED,
    GROUPS,
    KINDS,
    between,
    ends_of,
    has_usual,
    is_comparable,
    is_from_start,
    is_quarter,
    last_month,
    more,
    of_kind,
    order,
    short_chance,
    stretch,
    until,
    whole,
)
from evaltools.reports.rows import is_hidden, readable_rows
from evaltools.reports.tables.base import Column, render

YEAR, HALF_AT_MOST = 12, 8
"""Months of a year, and at most of half a year: what is left over at the end of a plan belongs to its last quarter."""
SPLITS = {"placed": ("short", "long")}
"""Kinds that have a column of their own; others have exits to work."""


@from_protected
def realised(table: ProtectedTable, what: str, first_day: str, kind: str) -> Block:
    """Show what was counted by quarter, half year and year. From `findings.realisation.progress.progress`.

    Parameters
    ----------
    what
        What was counted, of ``Counted.what``.
    first_day, kind
        Of the plan: the day on which it begins, and the exits that count (``all`` or ``work``).
    """
    rows = readable_rows(table, "tables.realised()")
    if not rows:
        return NOTHING
    longest = max(last_month(row) for row in rows)
    columns = [
        Column("Periode", lambda lines: _period(lines[0], first_day)),
        Column("Geteld", lambda lines: dutch.number(of_kind(lines, TOTAL).n_counted), is_number=True),
    ]
    columns += [_kind_column(each) for each in SPLITS.get(what, ("work",))]
    note = "Bij ‘samen’ zijn kwartalen opgeteld."
    if has_usual(rows[0]):
        columns += [
            Column("Gewoonlijk", lambda lines: whole(of_kind(lines, kind).usual), is_number=True),
            Column("Verschil", lambda lines: more(of_kind(lines, kind).more), is_number=True),
        ]
        note += (
            " ‘Gewoonlijk’: zo veel als in dezelfde maanden in de jaren ervoor, voor zoveel mensen met bijstand als nu."
            + (" Bij ‘gewoonlijk’ en ‘verschil’ gaat het om uitstroom naar werk." if kind == "work" else "")
        )
    return render(
        table,
        f"Mensen {COUNTED[what]}, per periode",
        columns,
        by="months",
        keep=lambda row: _is_told(row, rows, longest),
        order=order,
        note=note,
    )


@from_protected
def realised_so_far(table: ProtectedTable, what: str, first_day: str, kind: str) -> Block:
    """Show the same numbers added up since the start, beside what the target asks. From `findings.realisation.progress.progress`."""
    rows = readable_rows(table, "tables.realised_so_far()")
    if not rows or not is_comparable(rows[0]):
        return NOTHING
    is_extra = has_usual(rows[0])
    columns = [
        Column("Tot en met", lambda row: until(first_day, row.months)),
        Column("Geteld", lambda row: dutch.number(row.n_counted), is_number=True),
    ]
    if is_extra:
        columns += [
            Column("Gewoonlijk", lambda row: whole(row.usual), is_number=True),
            Column(
                "Gewoonlijk: van, tot",
                lambda row: f"{whole(row.usual_lower)} tot {whole(row.usual_upper)}",
                is_number=True,
            ),
        ]
    columns.append(Column("Nodig voor het doel", lambda row: whole(needed(row)), is_number=True))
    of = " naar werk" if kind == "work" and what != "placed" else ""
    return render(
        table,
        f"Mensen {COUNTED[what]}{of}, opgeteld sinds de start",
        columns,
        keep=lambda row: _is_main(row, what, kind),
        order=order,
        note=(
            f"‘Nodig voor het doel’: {'gewoonlijk, plus ' if is_extra else ''}het deel van het doel dat bij die maand hoort, als "
            "elke maand evenveel telt."
        ),
    )  # fmt: skip


@from_protected
def target_forecast(table: ProtectedTable, what: str, first_day: str, kind: str) -> Block:
    """Show what was to be expected at the end, from each quarter's end. From `findings.realisation.progress.progress`."""
    rows = readable_rows(table, "tables.target_forecast()")
    told = [row for row in rows if _is_main(row, what, kind) and not is_hidden(row, "end")]
    if len(told) < 2 or not is_comparable(rows[0]):
        return NOTHING
    is_extra = has_usual(rows[0])
    return render(
        table,
        "Verwacht aan het eind, met wat toen bekend was",
        [
            Column("Met cijfers tot en met", lambda row: until(first_day, row.months)),
            Column("Extra tot dan" if is_extra else "Geteld tot dan",
                   lambda row: more(row.more) if is_extra else dutch.number(row.n_counted), is_number=True),
            Column("Verwacht aan het eind", lambda row: more(row.end) if is_extra else whole(row.end), is_number=True),
            Column("Van, tot", lambda row: _ends(row, is_extra=is_extra), is_number=True),
            Column("Kans op het doel", lambda row: short_chance(row.chance), is_number=True),
        ],
        keep=lambda row: _is_main(row, what, kind),
        order=order,
        note=(
            f"Het doel is {'gewoonlijk plus ' if is_extra else ''}{dutch.number(table.rows['target'].iloc[0])}. ‘Van, tot’ is het "
            f"{dutch.confidence(table.rows['level'].iloc[0])}-voorspelinterval: daartussen komt het einde uit, als het gaat zoals tot dan."
        ),
    )  # fmt: skip


@from_protected
def target_share(table: ProtectedTable) -> Block:
    """Show how a shared target is divided over municipalities. From `findings.realisation.plan.stock_table`."""
    return render(
        table,
        "Het doel, verdeeld naar mensen met bijstand op de eerste dag",
        [
            Column("Gemeente", lambda row: "Samen" if row.municipality == TOTAL else row.municipality),
            Column("Mensen met bijstand", lambda row: dutch.number(row.n_on_benefit), is_number=True),
            Column("Aandeel", lambda row: dutch.percent(row.share), is_number=True),
            Column("Deel van het doel", lambda row: whole(row.n_target), is_number=True),
        ],
        note="De bron verdeelt het doel niet over de gemeenten. Deze verdeling is van ons.",
    )


@from_protected
def target_groups(table: ProtectedTable, kind: str) -> Block:
    """Show the priority groups beside everybody. From `findings.realisation.progress.by_group`."""
    rows = readable_rows(table, "tables.target_groups()")
    if not rows:
        return NOTHING
    columns = [
        Column("Groep", lambda row: GROUPS[row.subgroup]),
        Column("Geteld", lambda row: dutch.number(row.n_counted), is_number=True),
        Column("Nu, per 100 per jaar", lambda row: _one(row.per_hundred), is_number=True),
    ]
    note = "Per 100 per jaar: zo vaak stopt een uitkering, als 100 mensen een jaar lang bijstand hebben."
    if has_usual(rows[0]):
        columns += [
            Column("Eerder, per 100 per jaar", lambda row: _one(row.per_hundred_before), is_number=True),
            Column(
                "Verschil met gewoonlijk",
                lambda row: f"{more(row.more)} ({between(row.more_lower, row.more_upper)})",
                is_number=True,
            ),
        ]
        note += " Eerder: in dezelfde maanden in de jaren ervoor."
    of = " naar werk" if kind == "work" else ""
    return render(table, f"Uit de uitkering{of}, per groep", columns, keep=lambda row: row.kind == kind, note=note)  # fmt: skip


@from_protected
def workplaces(table: ProtectedTable) -> Block:
    """Show how many workplaces there were, by hours a week. From `findings.realisation.workplaces.workplaces`."""
    rows = readable_rows(table, "tables.workplaces()")
    is_all_known = all(row.kind != "unknown" or _is_nobody(row) for row in rows)
    return render(
        table,
        "Werkplekken in de periode van het doel, naar uren per week",
        [
            Column("Uren", lambda row: KINDS[row.kind]),
            Column("Aangeboden werkplekken", lambda row: dutch.number(row.n_offered), is_number=True),
            Column("Mensen op een werkplek", lambda row: dutch.number(row.n_counted), is_number=True),
        ],
        keep=lambda row: row.kind != "unknown" or not is_all_known,
        note="Mensen tellen één keer, op de dag dat zij voor het eerst op een werkplek kwamen.",
    )


@from_protected
def kept(table: ProtectedTable) -> Block:
    """Show who kept a workplace, and who still had a benefit. From `findings.realisation.workplaces.kept`."""
    if not readable_rows(table, "tables.kept()"):
        return NOTHING
    columns = [
        Column("Uren", lambda row: KINDS[getattr(row, "kind", TOTAL)]),
        Column("Mensen op een werkplek", lambda row: dutch.number(row.n_counted), is_number=True),
    ]
    for name, months in {"three": 3, "six": 6, "twelve": 12}.items():
        if f"n_kept_{name}" in table.rows:
            columns.append(Column(f"Nog op die plek na {dutch.months(months)}", _kept(name), is_number=True))
    if "n_off" in table.rows:
        after = dutch.months(int(table.rows["months_after"].iloc[0]))
        columns.append(Column(f"Zonder uitkering na {after}", lambda row: dutch.number(row.n_off), is_number=True))
    return render(table, "Wat er werd van wie op een werkplek kwam", columns)


def needed(row: Any) -> float:
    """Give what there must be by a month for the target, when each month counts for as much."""
    usual = getattr(row, "usual", 0.0)
    return float(usual + row.target * last_month(row) / row.months_target)


def _is_main(row: Any, what: str, kind: str) -> bool:
    """Whether a row is of what the target counts, from the start."""
    return is_from_start(row) and row.kind == (TOTAL if what == "placed" else kind)


def _period(row: Any, first_day: str) -> str:
    return stretch(first_day, row.months) if is_quarter(row) else f"samen: {stretch(first_day, row.months)}"


def _is_told(row: Any, rows: Sequence[Any], longest: int) -> bool:
    """Whether a period stands in the table: each quarter, year, and the whole; half a year where a number of its quarters is hidden."""
    first, last = ends_of(row.months)
    if is_quarter(row) or last - first + 1 >= YEAR or (first, last) == (1, longest):
        return is_quarter(row) or first > 1 or last in {YEAR, longest}
    inside = [each for each in rows if is_quarter(each) and first <= ends_of(each.months)[0] <= last]
    return last - first + 1 <= HALF_AT_MOST and any(is_hidden(each, "n_counted") for each in inside)


def _kept(name: str) -> Any:
    def cell(row: Any) -> str:
        return f"{dutch.number(getattr(row, f'n_kept_{name}'))} ({dutch.percent(getattr(row, f'share_kept_{name}'), row.n_counted)})"

    return cell


def _kind_column(kind: str) -> Column:
    heading = {"work": "Waarvan naar werk", "short": "Minder dan 16 uur", "long": "16 uur of meer"}[kind]
    return Column(heading, lambda lines: dutch.number(of_kind(lines, kind).n_counted), is_number=True)


def _ends(row: Any, *, is_extra: bool) -> str:
    if is_extra:
        return between(row.end_lower, row.end_upper)
    return whole(row.end) if row.end_lower == row.end_upper else f"{whole(row.end_lower)} tot {whole(row.end_upper)}"


def _one(value: float) -> str:
    return "–" if pd.isna(value) else dutch.number(value, 1)


def _is_nobody(row: Any) -> bool:
    return not is_hidden(row, "n_offered", "n_counted") and row.n_offered == 0 and row.n_counted == 0
