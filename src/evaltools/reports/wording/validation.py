"""Sentences of the page on the method."""

from typing import Any

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import Block, from_protected
from evaltools.reports.validation_terms import UNADJUSTED
from evaltools.reports.wording.base import as_list, as_paragraphs, rows_in


@from_protected
def validation_summary(trial: ProtectedTable, picked: ProtectedTable, exits: ProtectedTable) -> Block:
    """Say on one screen what the methods find of what is known.

    The tables are those of `findings.validation`: ``naive_and_adjusted``, ``estimates_and_truth`` and ``overstated``.
    """
    lot, naive, adjusted = _by_method(rows_in(trial))
    low, high = min(row.estimate for row in adjusted), max(row.estimate for row in adjusted)
    visible, hidden = (_held(rows_in(picked), picks) for picks in ("visible", "hidden"))
    last = rows_in(exits)[-1]
    sentences = [
        f"Van één Amerikaans programma is het effect door een loting bekend: {dutch.dollars(lot.estimate)} inkomen per jaar erbij.",
        (
            f"Wie de deelnemers zonder correctie vergelijkt met andere mensen, vindt {_more_or_less(naive.estimate)}. Met "
            f"correctie vinden de methoden {dutch.dollars(low)} tot {dutch.dollars(high)}. Dat is de goede kant op, maar het "
            "hangt sterk af van de manier van rekenen."
        ),
        (
            "In gesimuleerde registers kennen wij het echte effect. Kiest de coach op wat in het register staat, dan ligt "
            f"het echte effect bij {visible} methoden met correctie binnen het interval. Kiest de coach op iets wat er niet in staat: bij {hidden}."
        ),
        (
            f"Wie vergeet dat mensen ook om andere redenen de bijstand verlaten, schat de uitstroom naar werk na "
            f"{dutch.months(last.months)} op {dutch.percent(last.one_minus_survival)}. Het is {dutch.percent(last.incidence)}."
        ),
        "Geen methode corrigeert voor wat niemand heeft vastgelegd. Een schatting zonder loting blijft daarom onzeker.",
    ]
    headline = (
        f"Met correctie vinden de methoden {dutch.dollars(low)} tot {dutch.dollars(high)}, waar een loting "
        f"{dutch.dollars(lot.estimate)} vond."
    )
    return as_list(sentences, headline=headline)


@from_protected
def trial(table: ProtectedTable) -> Block:
    """Say what the trial was, and what stands beside it."""
    lot, naive, _ = _by_method(rows_in(table))
    return as_paragraphs([
        (
            "In de jaren zeventig kregen mensen zonder werk in Amerika negen tot achttien maanden een baan met begeleiding. Een loting bepaalde wie "
            f"mee mocht doen. Van {dutch.number(lot.n_programme)} deelnemers en {dutch.number(lot.n_comparison)} mensen die niet "
            "waren ingeloot, is bekend wat zij in 1978 verdienden. Het verschil is het effect: de loting maakt de groepen vooraf gelijk."
        ),
        (
            f"Daarna doen wij alsof er geen loting was. Wij vergelijken dezelfde deelnemers met {dutch.number(naive.n_comparison)} "
            "mensen uit een enquête. Die zijn ouder, hebben vaker een diploma en verdienden al meer. De methoden moeten dat rechtzetten."
        ),
    ])  # fmt: skip


@from_protected
def trial_overlap(estimates: ProtectedTable, overlap: ProtectedTable) -> Block:
    """Say why no single number is shown without the overlap and the effective size."""
    _, naive, adjusted = _by_method(rows_in(estimates))
    (comparison,) = [row for row in rows_in(overlap) if row.group == "comparison"]
    low, high = (dutch.dollars(edge(row.estimate for row in adjusted)) for edge in (min, max))
    smallest = min(row.n_effective for row in adjusted)
    return as_paragraphs([
        (
            f"Van de mensen uit de enquête is {dutch.percent(comparison.share_outside, 0)} zo anders, dat geen enkele deelnemer "
            "op hen lijkt. "
            f"Van {dutch.number(naive.n_comparison)} mensen blijft er na weging zo weinig over, dat zij tellen als "
            f"{dutch.number(smallest)} tot {dutch.number(max(row.n_effective for row in adjusted))} mensen."
        ),
        (
            f"Daardoor loopt het antwoord uiteen van {low} tot {high}: welke kenmerken meedoen en welke methode, maakt veel uit. Wij tonen "
            "zo’n getal daarom nooit zonder het interval, de effectieve grootte en wat er van het verschil tussen de groepen over is."
        ),
    ])  # fmt: skip


@from_protected
def selection(table: ProtectedTable) -> Block:
    """Say what happens when the coach picks."""
    rows = rows_in(table)
    counted = {row.picks: row for row in rows if row.method == "counted"}
    return as_paragraphs([
        (
            "In een gesimuleerd register leeft iedereen twee keer: één keer met het programma en één keer zonder. Daarom is het echte "
            "effect bekend. Een coach kiest wie mee mag doen, op drie manieren. De andere mensen zijn de vergelijkingsgroep."
        ),
        (
            f"Kiest de coach op toeval, dan is tellen genoeg: {dutch.points(counted['chance'].estimate)} bij een echt effect van "
            f"{dutch.points(counted['chance'].truth)}. Kiest de coach mensen met een goede kans op werk, dan vindt tellen te veel: "
            f"{dutch.points(counted['visible'].estimate)} bij een echt effect van {dutch.points(counted['visible'].truth)}."
        ),
        (
            "Staat in het register waarop de coach kiest, zoals leeftijd of een ontheffing, dan zet een correctie dat recht. Kiest de coach "
            "op een indruk die niet in het register staat, dan helpt geen enkele correctie. Aan de cijfers zelf is dat niet te zien."
        ),
    ])  # fmt: skip


@from_protected
def competing(table: ProtectedTable) -> Block:
    """Say why exits for other reasons must not be ignored."""
    last = rows_in(table)[-1]
    return as_paragraphs([
        (
            "Mensen verlaten de bijstand voor werk, maar ook voor een opleiding, een partner of de AOW. Een veelgebruikte methode "
            "(Kaplan-Meier) doet alsof wie om een andere reden vertrekt, later nog naar werk kan vertrekken."
        ),
        (
            f"Daardoor komt zij na {dutch.months(last.months)} {dutch.points(last.one_minus_survival - last.incidence)} te hoog uit. "
            "Onze rapporten tellen elke reden apart. De aandelen van alle redenen en van wie nog in de bijstand zit, zijn samen 100%."
        ),
    ])  # fmt: skip


@from_protected
def validation_method(trial: ProtectedTable, picked: ProtectedTable) -> Block:
    """Say how the page was made, and with which sources."""
    del picked
    return as_paragraphs([
        (
            "De gegevens van de loting zijn openbaar en staan op naam van niemand. De formules van alle methoden staan in de documentatie "
            "(docs/methods.md). De uitkomsten zijn vergeleken met die van het programma R en met gepubliceerde tabellen."
        ),
        f"Bronnen: {'; '.join(trial.sources)}.",
    ])  # fmt: skip


def _by_method(rows: list[Any]) -> tuple[Any, Any, list[Any]]:
    """Find the lot, the comparison without correction, and those with."""
    (lot,) = [row for row in rows if row.method == "experiment"]
    (naive,) = [row for row in rows if row.method == "naive"]
    return lot, naive, [row for row in rows if row.method not in UNADJUSTED]


def _more_or_less(dollars: float) -> str:
    return f"{dutch.dollars(abs(dollars))} {'minder' if dollars < 0 else 'meer'}"


def _held(rows: list[Any], picks: str) -> str:
    """How many of the methods with a correction have the truth in their interval."""
    own = [row for row in rows if row.picks == picks and row.method not in UNADJUSTED]
    n_held = sum(row.lower <= row.truth <= row.upper for row in own)
    if n_held == len(own):
        return f"alle {dutch.number(len(own))}"
    return f"{dutch.number(n_held) if n_held else 'geen'} van de {dutch.number(len(own))}"
