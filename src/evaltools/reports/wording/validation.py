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
    last = rows_in(exits)[-1]
    sentences = [
        (
            f"Van één Amerikaans programma is het effect met een loting gemeten: {dutch.dollars(lot.estimate)} inkomen per jaar "
            f"erbij ({_dollars_between(lot)})."
        ),
        (
            f"Wie de deelnemers zonder correctie vergelijkt met andere mensen, vindt {_more_or_less(naive)}. "
            f"Met correctie vinden de methoden {_dollars_found(adjusted)}, elk met een ruim interval. "
            "Dat is de goede kant op, maar het hangt sterk af van de manier van rekenen."
        ),
        (
            "In gesimuleerde registers kennen wij het echte effect. Kiest de coach op wat in het register staat, dan vinden de "
            f"methoden met correctie {_points_found(rows_in(picked), 'visible')}. Kiest de coach op iets wat er niet in staat: "
            f"{_points_found(rows_in(picked), 'hidden')}."
        ),
        (
            "In een gesimuleerd register schat wie vergeet dat mensen ook om andere redenen de bijstand verlaten, de uitstroom naar "
            f"werk na {dutch.months(last.months)} op {dutch.percent(last.one_minus_survival)}. Goed geteld is het "
            f"{dutch.percent(last.incidence)} ({dutch.interval(last.lower, last.upper)}), en echt {dutch.percent(last.truth)}."
        ),
        "Geen methode corrigeert voor wat niemand heeft vastgelegd. Een schatting zonder loting blijft daarom onzeker.",
    ]
    headline = (
        f"Met correctie vinden de methoden {_dollars_found(adjusted)}, waar een loting {dutch.dollars(lot.estimate)} vond "
        f"({_dollars_between(lot)})."
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
            "waren ingeloot, is bekend wat zij vóór het programma en in 1978 verdienden. Het verschil is het effect: door de loting zijn de groepen vooraf gemiddeld vergelijkbaar."
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
    sizes = [row.n_effective for row in adjusted]
    return as_paragraphs([
        (
            f"Bij {dutch.percent(comparison.share_outside, 0)} van de mensen uit de enquête is de kans om mee te doen kleiner of "
            "groter dan bij alle deelnemers: zij zeggen weinig over hen. Van "
            f"{dutch.number(naive.n_comparison)} mensen blijft met correctie zo weinig over, dat zij tellen als "
            f"{dutch.number(min(sizes))} tot {dutch.number(max(sizes))} mensen."
        ),
        (
            f"Daardoor loopt het antwoord uiteen van {_dollars_found(adjusted)}: welke kenmerken meedoen en welke methode, maakt veel "
            "uit. Kijk bij zo’n getal daarom altijd naar het interval, naar hoeveel mensen het telt, en naar wat er van het verschil "
            "tussen de groepen over is. De tabel zet ze naast elkaar."
        ),
    ])  # fmt: skip


@from_protected
def selection(table: ProtectedTable) -> Block:
    """Say what happens when the coach picks."""
    counted = {row.picks: row for row in rows_in(table) if row.method == "counted"}
    return as_paragraphs([
        (
            "In een gesimuleerd register leeft iedereen twee keer: één keer met het programma en één keer zonder. Daarom is het echte "
            "effect bekend. Een coach kiest wie mee mag doen, op drie manieren. Dat zijn "
            f"{dutch.number(counted['chance'].n_programme)} mensen; {dutch.number(counted['chance'].n_comparison)} anderen zijn de "
            "vergelijkingsgroep. Het is één trekking: bij een andere komen er iets andere getallen uit."
        ),
        (
            f"Wijst het toeval de deelnemers aan, dan is tellen genoeg: {_points_between(counted['chance'])}. Kiest de coach mensen met een "
            f"goede kans op werk, dan komt wie alleen telt te hoog uit: {_points_between(counted['visible'])}."
        ),
        (
            "Staat in het register waarop de coach kiest, zoals leeftijd of een ontheffing, dan kan een correctie dat rechtzetten. Kiest "
            "de coach op een indruk die niet in het register staat, dan kan geen enkele correctie dat. Aan de cijfers zelf is dat niet "
            "te zien."
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
            f"In het gesimuleerde register komt zij daardoor na {dutch.months(last.months)} uit op "
            f"{dutch.percent(last.one_minus_survival)}. Goed geteld is het {dutch.percent(last.incidence)} "
            f"({dutch.interval(last.lower, last.upper)}). De curven van evaltools tellen elke reden apart. De aandelen van alle redenen en van wie nog in de bijstand zit, zijn samen 100%."
        ),
    ])  # fmt: skip


@from_protected
def validation_method(trial: ProtectedTable, picked: ProtectedTable) -> Block:
    """Say how the page was made, and with which sources."""
    return as_paragraphs([
        (
            "De gegevens van de loting zijn openbaar en bevatten geen namen. De formules van alle methoden staan in de documentatie "
            "(docs/methods.md). De uitkomsten zijn vergeleken met die van het rekenprogramma R en met gepubliceerde tabellen."
        ),
        f"Bronnen: {'; '.join(trial.sources)}. De rest komt uit {dutch.listing(list(picked.sources))}.",
    ])  # fmt: skip


def _by_method(rows: list[Any]) -> tuple[Any, Any, list[Any]]:
    """Find the lot, the comparison without correction, and those with."""
    (lot,) = [row for row in rows if row.method == "experiment"]
    (naive,) = [row for row in rows if row.method == "naive"]
    return lot, naive, [row for row in rows if row.method not in UNADJUSTED]


def _more_or_less(row: Any) -> str:
    least, most = sorted((abs(row.lower), abs(row.upper)))
    same_sign = row.lower * row.upper > 0
    between = f"van {dutch.number(least)} tot {dutch.number(most)}" if same_sign else _dollars_between(row)
    return f"{dutch.dollars(abs(row.estimate))} {'minder' if row.estimate < 0 else 'meer'} ({between})"


def _dollars_between(row: Any) -> str:
    return f"van {dutch.number(row.lower)} tot {dutch.number(row.upper)}"


def _dollars_found(rows: list[Any]) -> str:
    found = [row.estimate for row in rows]
    return f"{dutch.number(min(found))} tot {dutch.dollars(max(found))}"


def _points_between(row: Any) -> str:
    between = f"van {dutch.number(100 * row.lower, 1)} tot {dutch.number(100 * row.upper, 1)}"
    return f"{dutch.points(row.estimate)} ({between}), bij een echt effect van {dutch.points(row.truth)}"


def _points_found(rows: list[Any], picks: str) -> str:
    """Say from what to what the methods with a correction come, and what is true."""
    own = [row for row in rows if row.picks == picks and row.method not in UNADJUSTED]
    found = [100 * row.estimate for row in own]
    return (
        f"{dutch.number(min(found), 1)} tot {dutch.number(max(found), 1)} procentpunt, bij een echt effect van "
        f"{dutch.points(own[0].truth)}"
    )
