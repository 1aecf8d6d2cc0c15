"""Sentences of the page on what municipalities found together, from `findings.synthesis`."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.causal import require_carried
from evaltools.reports.results_terms import OUTCOMES, STATUSES, bare_points, between
from evaltools.reports.synthesis_terms import is_used, level_of, named, noun
from evaltools.reports.wording.base import as_list, as_paragraphs, rows_in

WEAKEST = "E"
"""Grade of a page without results: it claims nothing."""
HOW = {
    "A": "Een loting bepaalde wie meedeed.",
    "B": "De verandering bij deze mensen is vergeleken met die bij anderen.",
    "C": "De mensen zijn vergeleken met anderen, na correctie voor wat het register van hen weet.",
    "D": "De mensen zijn vergeleken met mensen uit een andere tijd of plaats.",
    "E": "De mensen zijn met niemand vergeleken die op hen lijkt.",
}
"""How people are compared, by the grade of the evidence."""
CARRIED = {
    "A": "Daarom is dit verschil gemiddeld wat er door het programma veranderde.",
    "B": "Dit verschil komt waarschijnlijk door het programma, maar zeker is dat niet.",
    "C": "Het verschil hangt samen met het programma. Of het er zonder het programma ook was geweest, weten wij niet.",
    "D": "Waar het verschil vandaan komt, weten wij niet.",
    "E": "Dit is geen effectmeting.",
}
"""What that carries."""
MOST_NAMED = 4
"""So many sites without a difference are named in the summary; it names all further on."""
WIDE = 0.1
"""From this width on an interval of a difference is called wide: the differences that are found elsewhere all fit in it."""


@from_protected
def synthesis_summary(sites: ProtectedTable, pooled: ProtectedTable) -> Block:
    """Say on one screen what sites have in common, how sure that is and what is missing."""
    rows, (whole, *_) = rows_in(sites), rows_in(pooled)
    used = [row for row in rows if is_used(row)]
    if not used:
        sentences = _nothing_yet(rows, whole)
        headline = "Er is nog geen uitkomst om samen te nemen."
    elif len(used) == 1:
        sentences = _one(used[0], whole)
        headline = f"Er is één uitkomst, van {named(used[0])}. Samennemen kan nog niet."
    else:
        sentences = _several(whole)
        headline = (
            f"Gemiddeld over {dutch.number(whole.n_sites)} {noun(whole.n_sites, whole)} is het verschil in {_outcome(whole)} "
            f"{dutch.points(whole.mean)} ({between(whole.lower, whole.upper)})."
        )
    missing = [row for row in rows if not is_used(row)]
    if used and missing:
        sentences.append(f"{_not_there(missing)} Met die erbij kan het gemiddelde anders zijn.")
    _check([*sentences, headline], whole, rows, "wording.synthesis_summary()")
    return as_list(sentences, headline)


@from_protected
def synthesis_question(sites: ProtectedTable, pooled: ProtectedTable) -> Block:
    """Say what is compared and how to read the figure."""
    rows, (whole, *_) = rows_in(sites), rows_in(pooled)
    if not any(is_used(row) for row in rows):
        return NOTHING
    what = (
        "Elke uitkomst is van één programma in één gemeente, en heeft een eigen pagina."
        if whole.is_of_all
        else "Elke gemeente heeft een eigen pagina over dit programma."
    )
    paragraphs = [
        (
            f"{what} Op die pagina staat het verschil in {_outcome(whole)} tussen mensen in het programma en de mensen met wie zij zijn "
            "vergeleken. Die verschillen staan hier onder elkaar, op volgorde van naam."
        ),
        (
            "Een volgorde van beter en slechter staat hier niet. De ene gemeente kan boven de andere uitkomen door toeval, door "
            "andere mensen, ander werk in de buurt of een andere manier van rekenen."
        ),
    ]
    _check(paragraphs, whole, rows, "wording.synthesis_question()")
    return as_paragraphs(paragraphs)


@from_protected
def synthesis_spread(sites: ProtectedTable, pooled: ProtectedTable) -> Block:
    """Say how far sites are apart, and what that means for one more."""
    rows, (whole, *_) = rows_in(sites), rows_in(pooled)
    if pd.isna(whole.mean):
        return NOTHING
    if pd.isna(whole.tau):
        paragraphs = [
            (
                f"Er zijn twee {noun(2, whole)}. Hoe ver {noun(2, whole)} echt uit elkaar liggen, is met twee niet te zeggen: één "
                "verschil kan toeval zijn. Daarvoor zijn er minstens drie nodig, en liever veel meer."
            )
        ]
    else:
        paragraphs = [
            _apart(whole),
            f"{_next(whole)} Dat is ruimer dan het interval van het gemiddelde, want gemeenten verschillen.",
            _leaving_out(whole),
        ]
    _check(paragraphs, whole, rows, "wording.synthesis_spread()")
    return as_paragraphs(paragraphs)


@from_protected
def synthesis_funnel(sites: ProtectedTable, pooled: ProtectedTable) -> Block:
    """Say how to read the funnel."""
    rows, (whole, *_) = rows_in(sites), rows_in(pooled)
    if pd.isna(whole.tau):
        return NOTHING
    used = [row for row in rows if is_used(row)]
    n_outside = sum(not row.is_inside for row in used)
    outside = (
        f"Hier {'ligt' if n_outside == 1 else 'liggen'} {dutch.portion(n_outside, len(used), 'uitkomst', 'uitkomsten')} erbuiten."
        if n_outside
        else "Hier liggen alle uitkomsten erin."
    )
    paragraphs = [
        (
            "Kleine groepen geven onzekere uitkomsten: die liggen onderaan en mogen ver uit elkaar liggen. Grote groepen liggen bovenaan en "
            "dichter bij het gemiddelde. Zijn de echte verschillen overal gelijk, dan ligt "
            f"{dutch.confidence(whole.level)} van de uitkomsten in de trechter. {outside}"
        ),
        (
            "Een lege plek onderaan aan één kant kan betekenen dat onwelkome uitkomsten van kleine groepen niet zijn gepubliceerd. Met zo "
            f"weinig uitkomsten ({dutch.number(len(used))}) kan een scheve trechter ook toeval zijn."
        ),
    ]
    _check(paragraphs, whole, rows, "wording.synthesis_funnel()")
    return as_paragraphs(paragraphs)


@from_protected
def synthesis_literature(pooled: ProtectedTable, literature: ProtectedTable) -> Block:
    """Say how the mean lies beside what others found."""
    published, (whole, *_) = rows_in(literature), rows_in(pooled)
    if not published:
        return NOTHING
    least, most = (end(row.difference for row in published) for end in (min, max))
    paragraphs = [
        (
            f"Onderzoekers hebben {dutch.number(published[0].n_studies)} studies uit {dutch.number(published[0].n_countries)} landen samengenomen. Gemiddeld vonden die een verschil in werk van "
            f"{bare_points(least)} tot {dutch.points(most)}: klein in het eerste jaar en groter daarna. Daar gaat het om andere mensen, "
            "andere landen en andere programma’s, en de tijd telt daar vanaf het eind van het programma."
        ),
        _beside(whole, least, most),
    ]
    _check(paragraphs, whole, (), "wording.synthesis_literature()")
    return as_paragraphs(paragraphs)


@from_protected
def synthesis_unknown(sites: ProtectedTable, pooled: ProtectedTable) -> Block:
    """Say what the numbers together cannot tell."""
    rows, (whole, *_) = rows_in(sites), rows_in(pooled)
    missing = [row for row in rows if not is_used(row)]
    paragraphs = [
        _each_missing(missing),
        (
            "Waarom de ene gemeente een groter verschil heeft dan de andere, is hier niet te zien. Daarvoor zijn het er te weinig, en zij "
            "verschillen in te veel tegelijk."
        )
        if whole.n_sites > 1
        else "",
        (
            f"De uitkomsten zijn niet los van elkaar. In {dutch.number(whole.n_shared)} {_places(whole.n_shared)} telt meer dan één programma mee. "
            "Daar kunnen dezelfde mensen in meer uitkomsten zitten. Het interval van het gemiddelde is dan te smal."
            if whole.n_shared
            else "Gemeenten die samenwerken, delen regels, coaches en soms mensen. Hun uitkomsten zijn dan niet los van elkaar, en het "
            "interval van het gemiddelde is te smal."
        )
        if whole.n_sites > 1
        else "",
        (
            "Niet elke uitkomst is op dezelfde manier berekend. Een deel van de verschillen kan daarvan komen."
            if whole.n_methods > 1
            else ""
        ),
        (
            "Niet elke uitkomst heeft dezelfde bewijskracht. Deze pagina zegt niet meer dan de zwakste toelaat."
            if whole.n_grades > 1
            else ""
        ),
        "Wat er na dit tijdstip met mensen gebeurde, telt hier niet mee.",
    ]
    _check(paragraphs, whole, rows, "wording.synthesis_unknown()")
    return as_paragraphs(paragraphs)


@from_protected
def synthesis_method(sites: ProtectedTable, pooled: ProtectedTable) -> Block:
    """Say how the numbers were pooled."""
    rows, (whole, *_) = rows_in(sites), rows_in(pooled)
    paragraphs = [
        (
            "Van elke pagina is hetzelfde verschil genomen, met zijn standaardfout, ook als de pagina zelf een andere hoofduitkomst heeft. Een onzekere uitkomst telt minder zwaar. Het model gaat "
            "ervan uit dat elke gemeente een eigen echt verschil heeft, rond een gemeenschappelijk gemiddelde. Hoe ver die uiteenlopen, is "
            "geschat met de methode REML; het interval is dat van Hartung en Knapp, dat bij weinig uitkomsten ruim is."
        ),
        (
            "De bijgestelde uitkomst van een gemeente ligt tussen haar eigen uitkomst en het gemiddelde. Zij zegt minder over toeval en is "
            "daarom vaak een betere schatting, maar zij is geen nieuwe meting."
        ),
        (
            "De formules staan in de documentatie (docs/methods.md). Zij zijn vergeleken met het rekenprogramma R (metafor). De "
            "uitkomsten zelf staan onderaan de pagina van elke gemeente als bestand (docs/results.md)."
        ),
    ]
    _check(paragraphs, whole, rows, "wording.synthesis_method()")
    return as_paragraphs(paragraphs)


@from_protected
def synthesis_protection(sites: ProtectedTable) -> Block:
    """Say how people are protected on a page that is made from other pages."""
    n_hidden = sum(bool(row.is_hidden) for row in rows_in(sites))
    return as_paragraphs(
        [
            (
                "Deze pagina gebruikt geen gegevens van personen. Zij is gemaakt uit getallen die al op andere pagina’s staan. Daar zijn "
                "kleine aantallen weggelaten, en elk getal dat daarvan afhangt. Wat daar niet getoond is, is hier ook niet bekend."
            ),
            (
                f"Van {'één uitkomst' if n_hidden == 1 else f'{dutch.number(n_hidden)} uitkomsten'} is het verschil daarom niet getoond."
                if n_hidden
                else ""
            ),
        ]
    )


def _outcome(whole: Any) -> str:
    return f"{OUTCOMES[whole.outcome]} na {dutch.months(int(whole.months))}"


def _nothing_yet(rows: Sequence[Any], whole: Any) -> list[str]:
    sentences = ["Er is nog geen uitkomst om samen te nemen. Daarom staat hier nog geen gemiddelde."]
    if rows:
        sentences.append(_not_there(rows))
    return [
        *sentences,
        (
            f"Deze pagina neemt van elke gemeente het verschil in {_outcome(whole)} samen. Zodra de pagina’s van minstens twee "
            "gemeenten dat verschil hebben, komt hier een gemiddelde."
        ),
    ]


def _one(row: Any, whole: Any) -> list[str]:
    return [
        (
            f"Er is één uitkomst, van {named(row)}. Daar is het verschil in {_outcome(whole)} {dutch.points(row.estimate)} "
            f"({between(row.lower, row.upper)})."
        ),
        _carried(whole),
        (
            "Eén uitkomst zegt niets over andere gemeenten, en niets over hoe ver gemeenten uiteenlopen. Een gemiddelde staat hier pas bij "
            "twee of meer uitkomsten."
        ),
    ]


def _several(whole: Any) -> list[str]:
    sentences = [
        (
            f"{_how_many(whole)} een uitkomst: het verschil in {_outcome(whole)} tussen mensen in het programma en de mensen met wie "
            "zij zijn vergeleken."
        ),
        f"Gemiddeld is dat verschil {dutch.points(whole.mean)}. {_how_sure(whole)}",
        _carried(whole),
    ]
    if pd.isna(whole.tau):
        return [
            *sentences,
            f"Twee {noun(2, whole)} zijn te weinig om te zeggen hoe ver zij uiteenlopen, of wat er bij een volgende te verwachten is.",
        ]
    return [*sentences, _next(whole), "Welke gemeente het beter doet, is uit deze getallen niet op te maken."]


def _how_many(whole: Any) -> str:
    n, of = whole.n_sites, whole.n_expected
    what = "programma’s per gemeente" if whole.is_of_all else "gemeenten"
    if n == of:
        return f"Alle {dutch.number(of)} {what} hebben"
    return f"Van de {dutch.number(of)} {what} hebben er {dutch.number(n)}"


def _carried(whole: Any) -> str:
    """Say what the evidence carries; of several grades the weakest."""
    how = HOW[whole.grade]
    if whole.n_grades > 1:
        how = f"Niet elke uitkomst heeft dezelfde bewijskracht. De zwakste telt: {how[:1].lower()}{how[1:]}"
    return f"{how} {CARRIED[whole.grade]}"


def _how_sure(whole: Any) -> str:
    """Say how sure the mean is."""
    said = f"Het {level_of(whole)} loopt {between(whole.lower, whole.upper)} procentpunt"
    if whole.lower <= 0 <= whole.upper:
        said += ", dus er kan ook geen verschil zijn, of een verschil naar de andere kant"
    is_wide = whole.upper - whole.lower >= WIDE
    return f"{said}. {'Dat is een ruim interval: het gemiddelde is erg onzeker.' if is_wide else ''}".strip()


def _apart(whole: Any) -> str:
    """Say whether sites differ more than by chance."""
    if whole.tau == 0:
        return (
            "De uitkomsten liggen niet verder uiteen dan het toeval vraagt. Dat betekent niet dat alle gemeenten gelijk zijn: de "
            f"spreiding van de echte verschillen kan oplopen tot {dutch.points(whole.tau_upper)}."
        )
    return (
        f"De uitkomsten lopen uiteen. Van die verschillen is naar schatting {dutch.percent(whole.i2, 0)} meer dan toeval. De spreiding "
        f"(standaarddeviatie) van de echte verschillen is {dutch.points(whole.tau)}, met een interval "
        f"{between(whole.tau_lower, whole.tau_upper)}. Met {dutch.number(whole.n_sites)} {noun(whole.n_sites, whole)} is dat erg onzeker."
    )


def _next(whole: Any) -> str:
    one = "nog een programma in een gemeente" if whole.is_of_all else "nog een gemeente"
    between_ends = between(whole.prediction_lower, whole.prediction_upper)
    return f"Bij {one} als deze is een verschil {between_ends} procentpunt te verwachten."


def _leaving_out(whole: Any) -> str:
    return (
        f"Laat men steeds één {noun(1, whole)} weg, dan loopt het gemiddelde {between(whole.without_lowest, whole.without_highest)} procentpunt. Zo is te zien "
        "hoeveel er van één uitkomst afhangt."
    )


def _beside(whole: Any, least: float, most: float) -> str:
    if pd.isna(whole.mean):
        return ""
    if whole.upper < least:
        where = "Het hele interval ligt daaronder."
    elif whole.lower > most:
        where = "Het hele interval ligt daarboven. Zo’n groot gemiddeld verschil is ongewoon: kijk dan eerst of de groepen echt op elkaar leken."
    else:
        where = "Het interval overlapt met wat anderen vonden."
    return f"Hier is het gemiddelde {dutch.points(whole.mean)} ({between(whole.lower, whole.upper)}). {where}"


def _not_there(missing: Sequence[Any]) -> str:
    """Name the sites without a difference, all at once."""
    if len(missing) > MOST_NAMED:
        return f"Van {dutch.number(len(missing))} {'programma’s' if missing[0].is_of_all else 'gemeenten'} is er geen uitkomst."
    names = [named(row) for row in missing]
    return f"Van {dutch.listing(names)} is er geen uitkomst."


def _each_missing(missing: Iterable[Any]) -> str:
    """Say of each site without a difference why."""
    by_reason: dict[str, list[str]] = {}
    for row in missing:
        by_reason.setdefault(STATUSES[row.status], []).append(named(row))
    said = [f"{dutch.listing(names)} ({reason})" for reason, names in by_reason.items()]
    return f"Niet meegeteld: {'; '.join(said)}." if said else ""


def _places(n: int) -> str:
    return "gemeente" if n == 1 else "gemeenten"


def _check(texts: Iterable[str], whole: Any, rows: Iterable[Any], where: str) -> None:
    """Refuse what the weakest evidence does not carry; names of programmes, such as “Aandacht helpt!”, claim nothing."""
    require_carried(texts, whole.grade or WEAKEST, where, names={row.programme_name for row in rows})
