"""Tables of the evaluation beside others, from `findings.evaluation` and `findings.evidence`."""

from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import TOTAL
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.evaluation_terms import (
    CHECKS,
    METHODS,
    REACHED,
    SUBGROUPS,
)
from evaltools.reports.net_sentences import shown_row
from evaltools.reports.rows import is_hidden, readable_rows
from evaltools.reports.tables.base import Column, render

SEPARATOR = ": "


@from_protected
def evidence(table: ProtectedTable) -> Block:
    """Show the checks behind the grade. From `findings.evidence.evidence_card`."""
    return render(
        table,
        "De bewijskracht, vraag voor vraag",
        [
            Column("Vraag", lambda row: CHECKS[row.check][0]),
            Column("Antwoord", lambda row: "ja" if row.is_met == "yes" else "nee"),
            Column("Getal", _check_value, is_number=True),
        ],
        note=(
            "‘Telt voor’: na weging zegt de groep evenveel als zoveel mensen zonder gewicht. Groepen lijken op elkaar als geen kenmerk na weging meer dan "
            f"{dutch.number(_setting(table, 'most_different'), 1)} standaarddeviatie verschilt."
        ),
    )


def _check_value(row: Any) -> str:
    unit = CHECKS[row.check][1]
    if not unit or pd.isna(row.value):
        return "–"
    if unit == "differences":
        return f"grootste verschil {dutch.number(row.value, 2)}"
    return f"telt voor {dutch.number(row.value)}"


@from_protected
def net(table: ProtectedTable, outcome: str) -> Block:
    """Show the difference in one outcome at the main horizon, in every way it was estimated."""
    row = shown_row(table, outcome)
    if row is None:
        return NOTHING
    outcome = row.outcome
    methods = [method for method in METHODS if _has(row, f"{method}_difference")]
    if not methods:
        return NOTHING

    def between(method: str) -> str:
        low, high = getattr(row, f"{method}_lower"), getattr(row, f"{method}_upper")
        return f"van {dutch.number(100 * low, 1)} tot {dutch.number(100 * high, 1)}"

    return render(
        table,
        f"Het verschil na {dutch.months(int(row.months))}: {REACHED[outcome]}",
        [
            Column("Manier van vergelijken", lambda method: dutch.capital(METHODS[method])),
            Column("Verschil", lambda method: dutch.points(getattr(row, f"{method}_difference")), is_number=True),
            Column("Interval", between, is_number=True),
        ],
        lines=methods,
        note=(
            f"Het interval is een {dutch.confidence(row.level)}-betrouwbaarheidsinterval. De eerste zes vergelijken met anderen uit hetzelfde register. "
            "‘Eerste vertrek’ telt wie ooit vertrok, ook wie terugkwam."
            if "counted" in methods
            else f"Het interval is een {dutch.confidence(row.level)}-betrouwbaarheidsinterval."
        ),
    )


@from_protected
def horizons(table: ProtectedTable) -> Block:
    """Show the main estimate of each outcome at each horizon."""
    rows = readable_rows(table, "tables.horizons()")
    if not any(_has(row, "main_difference") for row in rows if row.outcome in REACHED):
        return NOTHING
    return render(
        table,
        "Het verschil per uitkomst en tijdstip",
        [
            Column("Uitkomst", lambda row: dutch.capital(REACHED[row.outcome])),
            Column("Na", lambda row: dutch.months(int(row.months))),
            Column("Deelnemers", lambda row: dutch.percent(row.main_share), is_number=True),
            Column("Vergelijking", lambda row: dutch.percent(row.reference_share), is_number=True),
            Column("Verschil", lambda row: dutch.points(row.main_difference), is_number=True),
            Column("Interval", _main_interval, is_number=True),
            Column("Pas te zien vanaf", _detectable, is_number=True),
        ],
        keep=lambda row: row.outcome in REACHED and not _is_unknown(row, "main_difference"),
        order=lambda row: (list(REACHED).index(row.outcome), int(row.months)),
        note=(
            "‘Pas te zien vanaf’ is de kleinste stijging die met deze aantallen in vier van de vijf keer zichtbaar wordt. Er zijn meer uitkomsten en tijdstippen: "
            "een enkel verschil kan toeval zijn. Wie verhuisde, heeft geen bijstand meer van deze gemeente."
        ),
    )


def _main_interval(row: Any) -> str:
    return f"van {dutch.number(100 * row.main_lower, 1)} tot {dutch.number(100 * row.main_upper, 1)}"


def _detectable(row: Any) -> str:
    return dutch.points(row.detectable) if pd.notna(row.detectable) else "–"


@from_protected
def subgroups(table: ProtectedTable) -> Block:
    """Show the difference within each subgroup. From `findings.evaluation.subgroups.subgroup_results`."""
    if "difference" not in table.rows:
        return NOTHING
    return render(
        table,
        "Het verschil per groep",
        [
            Column("Groep", lambda row: dutch.capital(SUBGROUPS[row.subgroup])),
            Column("Uitkomst", lambda row: REACHED[row.outcome]),
            Column("Deelnemers", lambda row: dutch.number(row.n_programme), is_number=True),
            Column(
                "Verschil",
                lambda row: dutch.points(row.difference) if pd.notna(row.difference) else "–",
                is_number=True,
            ),
            Column("Interval", _subgroup_interval, is_number=True),
            Column("Anders dan de rest?", _other_than_rest),
        ],
        keep=lambda row: row.outcome in REACHED,
        note=(
            "De groepen zijn vooraf gekozen. Bij meer toetsen is de kans op toeval groter: de p-waarde in de laatste kolom is daarvoor gecorrigeerd (Holm)."
        ),
    )


def _subgroup_interval(row: Any) -> str:
    if pd.isna(row.difference):
        return "–"
    return f"van {dutch.number(100 * row.lower, 1)} tot {dutch.number(100 * row.upper, 1)}"


def _other_than_rest(row: Any) -> str:
    if row.subgroup == TOTAL or pd.isna(row.p_other):
        return "–"
    return f"{'ja' if row.p_other < 1 - row.level else 'niet te zeggen'} (p = {dutch.number(row.p_other, 2)})"


def _has(row: Any, name: str) -> bool:
    """Whether a number is there, shown or hidden."""
    return not _is_unknown(row, name)


def _is_unknown(row: Any, name: str) -> bool:
    return not is_hidden(row, name) and bool(pd.isna(getattr(row, name)))


def _setting(table: ProtectedTable, name: str) -> float:
    return float(getattr(readable_rows(table, "tables.evidence()")[0], name))
