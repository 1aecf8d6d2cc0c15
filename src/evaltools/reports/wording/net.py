"""Sentences on the difference with others. The grade of the evidence decides the words: see `reports.causal`."""

from collections.abc import Iterable
from typing import Any

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import TOTAL
from evaltools.findings.planning.showing import LITERATURE
from evaltools.reports import dutch
from evaltools.reports.block import Block, from_protected
from evaltools.reports.evaluation_terms import REACHED, SUBGROUPS
from evaltools.reports.net_sentences import differences, net_in_short, shown_row
from evaltools.reports.rows import is_shown
from evaltools.reports.wording.base import as_paragraphs, carried, rows_in


@from_protected
def net(results: ProtectedTable, grade: str, outcome: str) -> Block:
    """Say the difference: first what so many people can show, then what was found, then how the ways of comparing agree."""
    row = shown_row(results, outcome)
    paragraphs = [] if row is None or not is_shown(row, "detectable") else [_power(row)]
    paragraphs.append(net_in_short(row))
    if row is not None:
        paragraphs += [*_test(row), *_draws(row), *_agreement(row)]
    return carried(paragraphs, grade, "net()")


def _power(row: Any) -> str:
    return (
        f"Eerst: wat kunnen deze aantallen laten zien? De vergelijking telt voor {dutch.number(row.reference_n)} mensen. Een stijging wordt dan pas "
        f"in vier van de vijf keer zichtbaar als zij minstens {dutch.points(row.detectable)} is. Een overzicht van 207 onderzoeken "
        f"vond gemiddeld {dutch.number(100 * LITERATURE['first_year'], 1)} procentpunt in het eerste jaar en {dutch.number(100 * LITERATURE['later'], 1)} na "
        "meer dan twee jaar (Card, Kluve en Weber, 2018). Geen verschil vinden is dus niet hetzelfde als geen verschil."
    )


def _test(row: Any) -> Iterable[str]:
    if is_shown(row, "main_p"):
        p = "kleiner dan 0,001" if row.main_p < 0.001 else dutch.number(row.main_p, 3)
        yield f"De kans op zo’n verschil of een groter, naar welke kant ook, als er in het echt geen verschil is, is {p} (p-waarde)."


def _draws(row: Any) -> Iterable[str]:
    """Say what the draw of the starting days of the others matters."""
    if is_shown(row, "draws_low", "draws_high"):
        yield (
            "De startdag van de anderen is geloot. Met andere lotingen loopt het verschil van "
            f"{dutch.number(100 * row.draws_low, 1)} tot {dutch.points(row.draws_high)}. Dat komt bij de onzekerheid van het interval."
        )


def _agreement(row: Any) -> Iterable[str]:
    found = differences(row)
    if len(found) > 1:
        low, high = min(found), max(found)
        agree = (
            "Zij wijzen dezelfde kant op."
            if low > 0 or high < 0
            else "Zij wijzen niet allemaal dezelfde kant op: het antwoord hangt van de manier af."
        )
        yield (
            f"De {dutch.number(len(found))} manieren van vergelijken lopen uiteen van {dutch.number(100 * low, 1)} tot "
            f"{dutch.points(high)}. Elke manier heeft eigen aannames. {agree}"
        )


@from_protected
def sensitivity(results: ProtectedTable, grade: str, outcome: str) -> Block:
    """Say how strong something unseen must be to undo the difference."""
    row = shown_row(results, outcome)
    if row is None or grade == "A" or not is_shown(row, "e_value"):
        return as_paragraphs([])
    if not is_shown(row, "e_limit") or row.e_limit <= 1:
        limit = "Het echte verschil kan ook nul zijn; dan valt er niets te verklaren."
    else:
        limit = f"Om ook het interval tot aan nul te brengen, is {dutch.number(row.e_limit, 1)} keer genoeg."
    return carried(
        [
            (
                "Stel dat iets dat niet in het register staat, zoals motivatie, zowel met meedoen als met de uitkomst samenhangt. Hoe sterk moet dat zijn om "
                f"het hele verschil te verklaren? Het moet bij deelnemers en bij mensen met deze uitkomst ongeveer {dutch.number(row.e_value, 1)} keer zo "
                f"vaak voorkomen als bij de anderen (de E-waarde). {limit} De E-waarde zegt niet of zoiets er is."
            )
        ],
        grade,
        "sensitivity()",
    )


@from_protected
def subgroups(table: ProtectedTable, grade: str) -> Block:
    """Say whether the difference is another one for some. From `findings.evaluation.subgroups.subgroup_results`."""
    if "difference" not in table.rows:
        return as_paragraphs([])
    tested = [row for row in rows_in(table) if row.subgroup != TOTAL and row.outcome in REACHED]
    shown = [row for row in tested if is_shown(row, "p_other")]
    other = [f"{SUBGROUPS[row.subgroup]} ({REACHED[row.outcome]})" for row in shown if row.p_other < 1 - row.level]
    if not shown:
        return as_paragraphs(["Per groep tonen wij het verschil niet: het gaat om te weinig mensen."])
    found = (
        f"Een ander verschil dan bij de rest vinden wij bij {dutch.listing(other)}."
        if other
        else "Bij geen van deze groepen is te zeggen dat het verschil anders is dan bij de rest."
    )
    return carried([f"Vooraf zijn twee groepen gekozen: jongeren en statushouders. {found}"], grade, "subgroups()")
