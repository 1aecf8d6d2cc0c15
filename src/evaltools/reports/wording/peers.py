"""Sentences of the page that sets a municipality beside others, from `findings.peers`; they rank nobody and explain nothing."""

from typing import Any

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.peers_terms import (
    AROUND,
    FEW,
    GRADE,
    between,
    by_chance,
    by_spread,
    count,
    last_year,
    other_years,
    own_row,
    place,
    share,
    share_to_work,
)
from evaltools.reports.wording.base import carried, carried_list, rows_in


@from_protected
def peers_summary(flows: ProtectedTable, shares: ProtectedTable, among: ProtectedTable) -> Block:
    """Say on one screen how many left to work, beside region and country, and what chance and rounding leave open.

    Parameters
    ----------
    flows, shares, among
        From `findings.peers`: `flows_by_year`, `work_shares`, `among`.
    """
    own, (found,) = own_row(rows_in(shares)), rows_in(among)
    others = [row for row in last_year(rows_in(shares)) if row.kind in AROUND and dutch.is_given(row.share)]
    stock = own_row(rows_in(flows))
    year = f"{own.year:.0f}"
    is_known = dutch.is_given(own.share)
    sentences = [
        (
            f"In {year} gingen {_people(own.n_outflow_work)} in {own.name} vanuit de bijstand aan het werk. Dat is {share_to_work(own)} van de "
            f"ongeveer {dutch.number(own.n_in_year)} mensen tot de AOW-leeftijd die dat jaar bijstand hadden."
        )
        if is_known
        else (
            f"Hoeveel mensen in {own.name} in {year} vanuit de bijstand aan het werk gingen, is niet bekend: de cijfers van het CBS ontbreken of "
            "spreken elkaar tegen."
        ),
        _elsewhere(others, is_known=is_known),
        *([_printed(own), _chance(own), _position(found)] if is_known else []),
        _left(stock, rows_in(flows)),
        f"Aan het eind van {year} hadden {_people(stock.n_stock)} in {own.name} bijstand. {_per_thousand(stock)}".strip(),
        (
            f"Deze cijfers zijn van {year}; nieuwere staan hier niet. Zij zeggen niet waarom gemeenten verschillen. Zij zijn geen ranglijst, en geen oordeel "
            "over een gemeente."
        ),
    ]
    found_own = (
        f"In {year} ging {share_to_work(own)} van de mensen tot de AOW-leeftijd met bijstand aan het werk ({dutch.interval(own.lower_of_all, own.upper_of_all)})"
        if is_known
        else f"Hoeveel mensen in {year} aan het werk gingen, is niet bekend"
    )
    widest = [f"; in {place(row)} {share(row.share)}" for row in others if row.kind == "country"]
    headline = f"{found_own}{''.join(widest)}."
    return carried_list([each for each in sentences if each], GRADE, "peers_summary()", headline=headline)


@from_protected
def peers_flows(flows: ProtectedTable) -> Block:
    """Say how the stock changed, and that the flows of one municipality do not add up to it."""
    own = own_row(rows_in(flows))
    country = [row for row in last_year(rows_in(flows)) if row.kind == "country"]
    paragraphs = [_change(own)]
    if country and dutch.is_given(country[0].n_stock_before):
        paragraphs.append(_closes(country[0]))
    return carried([each for each in paragraphs if each], GRADE, "peers_flows()")


@from_protected
def peers_work(shares: ProtectedTable) -> Block:
    """Say what is counted, and what chance and rounding leave open."""
    own = own_row(rows_in(shares))
    unsure = (
        (
            f"Twee dingen maken het aandeel onzeker. Het eerste is toeval: het ene jaar vinden meer mensen werk dan het andere, ook als er "
            f"niets is veranderd. In {own.name} geeft dat een {dutch.confidence(own.level)}-interval {dutch.interval(own.lower, own.upper)}. Het tweede is "
            f"afronding: het CBS rondt af op tientallen. Het aandeel ligt daardoor {between(own.lowest, own.highest)}. Samen "
            f"is dat {between(own.lower_of_all, own.upper_of_all)}."
        )
        if dutch.is_given(own.share)
        else ""
    )
    return carried(
        [
            (
                "Het CBS telt hoeveel mensen van de bijstand naar werk gingen. Wij delen dat door ongeveer alle mensen tot de AOW-leeftijd die ergens in het "
                "jaar bijstand hadden: de mensen van het eind van het jaar en de mensen die in het jaar vertrokken."
            ),
            unsure,
        ],
        GRADE,
        "peers_work()",
    )


@from_protected
def peers_funnel(among: ProtectedTable) -> Block:
    """Say what the funnel shows: how far shares of small municipalities go apart by chance, and what is left."""
    (found,) = rows_in(among)
    return carried(
        [
            (
                f"Elke stip in de figuur is een gemeente: {dutch.number(found.n_municipalities)} in totaal. Links staan kleine gemeenten. Bij weinig "
                "mensen loopt een aandeel door toeval ver uiteen, bij veel mensen niet. Daarom zijn de grenzen links wijd en rechts smal."
            ),
            (
                f"{by_chance(found)} {_differ(found)} De streeplijnen houden rekening met echte verschillen. {by_spread(found)}"
            ),
            _position(found) or f"{found.name} staat niet in de figuur: de cijfers zijn niet bekend.",
        ],
        GRADE,
        "peers_funnel()",
    )


@from_protected
def peers_shrunken(among: ProtectedTable) -> Block:
    """Say the share that is best expected of a municipality when those of the others are taken into account."""
    (found,) = rows_in(among)
    if not dutch.is_given(found.share):
        return NOTHING
    return carried(
        [
            (
                "Een hoog of laag aandeel van een kleine gemeente is vaak toeval. Het volgende jaar ligt het dan dichter bij dat van andere. Een "
                "betere schatting telt daarom de andere gemeenten mee: hoe kleiner de gemeente, hoe meer."
            ),
            (
                f"Voor {found.name} telt het eigen cijfer voor {dutch.percent(found.weight, 0)} mee. Het aandeel wordt dan {share(found.shrunken)} "
                f"({dutch.interval(found.shrunken_lower, found.shrunken_upper)})."
            ),
        ],
        GRADE,
        "peers_shrunken()",
    )


@from_protected
def peers_unknown(flows: ProtectedTable) -> Block:
    """Say what the figures do not explain, and of which municipality they are."""
    own = own_row(rows_in(flows))
    return carried(
        [
            (
                "Waarom gemeenten verschillen, staat niet in deze cijfers. Gemeenten verschillen in wie er wonen, hoe lang mensen al "
                "bijstand hebben, hoeveel werk er in de buurt is en hoe gemeenten werken. Daarvoor is hier niet gecorrigeerd: geen van deze "
                "verschillen is ergens mee verklaard."
            ),
            (
                "Er staat ook niet hoe lang mensen werk hielden, hoeveel uur zij werkten en wie later terugkwam. Wie twee keer in een jaar vertrekt, kan "
                "twee keer zijn geteld. Ook weten wij niet of iemand telt in de gemeente waar hij woont, of in die de bijstand betaalt."
            ),
            (
                "Een hoger aandeel is niet altijd beter. Als in een gemeente weinig mensen met een korte weg naar werk bijstand hebben, is het aandeel lager, "
                "hoe goed de gemeente ook werkt."
            ),
            _later(own),
        ],
        GRADE,
        "peers_unknown()",
    )


@from_protected
def peers_method(flows: ProtectedTable, shares: ProtectedTable, among: ProtectedTable) -> Block:
    """Say where the figures are from and how the page counts."""
    (found,) = rows_in(among)
    years = sorted({f"{row.year:.0f}" for row in rows_in(flows)})
    other = other_years(rows_in(flows))
    level = dutch.confidence(rows_in(shares)[0].level)
    return carried(
        [
            (
                f"De cijfers zijn van het Centraal Bureau voor de Statistiek, over {dutch.listing(years)} (bron: {'; '.join(flows.sources)}; licentie CC BY 4.0). "
                "Het gaat om personen: een paar met één uitkering is twee personen. Wie werkt naast de bijstand, is er niet uit. De regio is het COROP-gebied van het CBS. Latere verbeteringen van het CBS staan er alleen in als de cijfers daarna "
                "zijn opgehaald."
            ),
            (
                f"Vergelijk {other} niet met latere jaren. Het CBS noemde de cijfers toen anders. Misschien telde het ook anders."
                if other
                else ""
            ),
            (
                f"Het interval van een aandeel is dat van Wilson ({level}). De grenzen van de trechter volgen uit de binomiale verdeling (Spiegelhalter, 2005): "
                f"{dutch.confidence(0.95)} en {dutch.confidence(0.998)}. De streeplijnen tellen de spreiding tussen gemeenten erbij op. Het bijgestelde "
                "aandeel is dat van een bèta-binomiaal model (empirisch Bayes)."
            ),
            (
                "Partners tellen als twee personen en vertrekken vaak samen. De intervallen zijn daardoor iets te smal. Afronding maakt de geschatte spreiding "
                "tussen gemeenten iets te groot."
            ),
            (
                f"De gekwadrateerde afwijkingen zijn gemiddeld {dutch.number(found.dispersion, 1)} keer zo groot als toeval alleen geeft. Toeval en "
                f"afronding samen geven {dutch.number(found.dispersion_drawn, 1)} (nagebootst).{_without(found)}"
            ),
        ],
        GRADE,
        "peers_method()",
    )


@from_protected
def peers_privacy(flows: ProtectedTable) -> Block:
    """Say that all figures were published before."""
    return carried(
        [
            "Op deze pagina staan alleen cijfers die het CBS al heeft gepubliceerd. Het CBS rondt ze af op tientallen om mensen te beschermen. Gegevens van "
            "personen zijn niet gebruikt."
            if flows.origin == "published"
            else ""
        ],
        GRADE,
        "peers_privacy()",
    )


def _differ(found: Any) -> str:
    return (
        "Gemeenten verschillen dus ook in het echt."
        if found.do_differ
        else "Dat gemeenten ook in het echt verschillen, is hieruit niet op te maken."
    )


def _elsewhere(others: list[Any], *, is_known: bool) -> str:
    """Say the share of the region and the country."""
    if not others:
        return ""
    if is_known:
        return dutch.capital(dutch.listing([f"in {place(row)} was dat {share(row.share)}" for row in others])) + "."
    shares = dutch.listing([f"{share(row.share)} in {place(row)}" for row in others])
    return f"Van de mensen tot de AOW-leeftijd met bijstand ging {shares} aan het werk."


def _without(found: Any) -> str:
    """Say how many municipalities do not count."""
    if not found.n_unknown:
        return ""
    one = found.n_unknown == 1
    return (
        f" Van {dutch.number(found.n_unknown)} {'gemeente' if one else 'gemeenten'} ontbreken de cijfers of spreken zij elkaar tegen; "
        f"die {'telt' if one else 'tellen'} in de trechter niet mee."
    )


def _people(n: Any) -> str:
    """Write a rounded number of people: ``ongeveer 40 mensen``, ``minder dan 5 mensen``."""
    if not dutch.is_given(n):
        return "een onbekend aantal mensen"
    return f"{count(n)} mensen" if not n else f"ongeveer {count(n)} mensen"


def _left(own: Any, flows: list[Any]) -> str:
    """Say how many left bijstand, for whatever reason."""
    if not (dutch.is_given(own.n_outflow) and dutch.is_given(own.share_outflow)) or own.n_in_year < FEW:
        return ""
    beside = [row for row in last_year(flows) if row.kind == "municipalities"]
    others = f" In {place(beside[0])} was dat {share(beside[0].share_outflow)}." if beside else ""
    return (
        f"Uit de bijstand gingen in {own.year:.0f} {_people(own.n_outflow)} in {own.name}, om welke reden ook. Dat is {share(own.share_outflow)} van iedereen met "
        f"bijstand.{others}"
    )


def _printed(own: Any) -> str:
    """Say what CBS prints itself."""
    if not dutch.is_given(own.share_outflow_work):
        return ""
    return (
        f"Het CBS geeft zelf {share(own.share_outflow_work)}. Het rekent met niet afgeronde aantallen en met een iets andere groep: de mensen "
        "van het begin van het jaar en wie erbij kwamen."
    )


def _chance(own: Any) -> str:
    return (
        f"Wij rekenen met tientallen, zoals het CBS ze geeft. Het aandeel ligt daardoor {between(own.lowest, own.highest)}. In een ander "
        f"jaar kan het door toeval anders zijn: {between(own.lower_of_all, own.upper_of_all)}."
    )


def _position(found: Any) -> str:
    """Say whether the municipality lies within the funnel, and whether rounding can change that."""
    if not dutch.is_given(found.share):
        return ""
    side = "hoger" if found.share > found.mean else "lager"
    if found.outside == "":
        said = f"Het aandeel van {found.name} past bij wat toeval bij een gemeente van deze grootte geeft."
    elif found.outside == "chance":
        said = (
            f"Het aandeel van {found.name} is {side} dan alleen toeval bij een gemeente van deze grootte geeft, maar past bij hoe gemeenten in het echt "
            "verschillen."
        )
    else:
        said = f"Het aandeel van {found.name} is {side} dan bij gemeenten van deze grootte gewoon is, ook als die in het echt verschillen."
    return said if found.is_sure else f"{said} Door de afronding op tientallen is dat niet zeker."


def _per_thousand(row: Any) -> str:
    if not dutch.is_given(row.per_thousand):
        return ""
    return f"Dat zijn er {dutch.number(row.per_thousand, 1)} per 1.000 inwoners van 15 jaar en ouder."


def _change(own: Any) -> str:
    year = f"{own.year:.0f}"
    if not (dutch.is_given(own.n_inflow) and dutch.is_given(own.n_outflow)):
        return f"Hoeveel mensen in {year} bijstand kregen en hoeveel er vertrokken, is niet bekend."
    said = f"In {year} kwamen er in {own.name} {_people(own.n_inflow)} met bijstand bij, en gingen er {_people(own.n_outflow)} uit."
    grew = f" Er ging dat jaar een andere gemeente op in {own.name}." if own.has_grown else ""
    if not dutch.is_given(own.n_stock_before):
        return f"{said}{grew}"
    change = int(own.n_stock - own.n_stock_before)
    changed = (
        "was het aantal even groot als"
        if not change
        else f"waren het er {dutch.number(abs(change))} {'meer' if change > 0 else 'minder'} dan"
    )
    return (
        f"{said} Aan het eind van het jaar {changed} een jaar eerder. Bij een gemeente klopt dat vaak niet precies. Elk getal is afgerond op tientallen; wat er "
        "verder speelt, zoals verhuizingen, staat niet in de cijfers."
    )


def _later(own: Any) -> str:
    """Say that the municipality is another one now."""
    if dutch.is_given(own.ends_in):
        return f"{own.name} is in {own.ends_in:.0f} opgegaan in een andere gemeente."
    if dutch.is_given(own.grows_in):
        return f"In {own.grows_in:.0f} ging een andere gemeente op in {own.name}. Deze cijfers zijn van de gemeente van daarvoor."
    return ""


def _closes(country: Any) -> str:
    change, flow = int(country.n_stock - country.n_stock_before), int(country.n_flow)
    closes = "Dat klopt precies" if change == flow else f"Het aantal veranderde met {dutch.number(change)}"
    return (
        f"Voor Nederland als geheel kwamen er in {country.year:.0f} {dutch.number(country.n_inflow)} mensen bij en gingen er "
        f"{dutch.number(country.n_outflow)} uit. {closes} met de verandering van het aantal mensen met bijstand."
        if change == flow
        else f"Voor Nederland als geheel is het verschil van erbij en eruit {dutch.number(flow)}. {closes}."
    )
