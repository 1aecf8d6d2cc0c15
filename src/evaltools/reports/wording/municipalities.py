"""Sentences of the page on how far municipalities are apart, from `findings.peers`; they rank nobody and explain nothing."""

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import Block, from_protected
from evaltools.reports.peers_terms import GRADE, by_chance, by_spread, last_year, share
from evaltools.reports.wording.base import carried, carried_list, rows_in


@from_protected
def municipalities_summary(shares: ProtectedTable, spread: ProtectedTable) -> Block:
    """Say on one screen how far shares are apart, and how much of that is chance. From `findings.peers.work_shares` and `spread`."""
    (country,), (found,) = [row for row in last_year(rows_in(shares)) if row.kind == "country"], rows_in(spread)
    year = f"{found.year:.0f}"
    most = dutch.confidence(found.spread_level)
    apart = (
        "Dat gemeenten daarin verschillen, is uit de cijfers niet op te maken."
        if found.spread_lower == found.spread_upper
        else f"Bij {most} van de gemeenten ligt het echte aandeel naar schatting {dutch.interval(found.spread_lower, found.spread_upper)}."
    )
    return carried_list(
        [
            f"In {year} ging in Nederland {share(country.share)} van de mensen tot de AOW-leeftijd met bijstand aan het werk.",
            (f"Gemeenten verschillen daarin. {apart} Daar is het toeval uit gehaald."),
            (
                "Bij kleine gemeenten loopt het cijfer van één jaar veel verder uiteen. Een groot deel daarvan is toeval en afronding: een paar mensen meer of "
                "minder maakt daar al procenten uit."
            ),
            "Deze pagina is geen ranglijst. Waarom gemeenten verschillen, staat niet in deze cijfers.",
        ],
        GRADE,
        "municipalities_summary()",
        headline=f"In {year} ging in Nederland {share(country.share)} van de mensen tot de AOW-leeftijd met bijstand aan het werk. {apart}",
    )


@from_protected
def municipalities_funnel(spread: ProtectedTable) -> Block:
    """Say how many municipalities lie beyond what chance gives."""
    (found,) = rows_in(spread)
    return carried(
        [
            (
                f"Elke stip in de figuur is een gemeente: {dutch.number(found.n_municipalities)} in totaal. {by_chance(found)}"
            ),
            (
                f"De streeplijnen laten ruimte voor echte verschillen. {by_spread(found)} Dat is een reden om te vragen hoe dat komt. Het is geen oordeel."
            ),
        ],
        GRADE,
        "municipalities_funnel()",
    )


@from_protected
def municipalities_country(flows: ProtectedTable) -> Block:
    """Say how the number of people with bijstand in the country changed, and that its flows add up to that."""
    paragraphs = []
    for row in rows_in(flows):
        if not dutch.is_given(row.n_stock_before):
            continue
        change = int(row.n_stock - row.n_stock_before)
        agrees = "Dat is precies" if change == int(row.n_flow) else "Dat is niet precies"
        paragraphs.append(
            f"In {row.year:.0f} kwamen er {dutch.number(row.n_inflow)} mensen met bijstand bij en gingen er {dutch.number(row.n_outflow)} uit. {agrees} de "
            f"verandering van het aantal aan het eind van het jaar ({dutch.number(change)})."
        )
    return carried(paragraphs, GRADE, "municipalities_country()")


@from_protected
def municipalities_unknown(sums: ProtectedTable) -> Block:
    """Say what the figures do not explain, and that municipalities do not add up to the country."""
    last = {row.figure: row for row in last_year(rows_in(sums))}
    gap = int(last["outflow"].n_country - last["outflow"].n_municipalities)
    return carried(
        [
            (
                "Gemeenten verschillen in wie er wonen, hoe lang mensen al bijstand hebben, hoeveel werk er in de buurt is en hoe gemeenten werken. Daarvoor "
                "is hier niet gecorrigeerd: geen van de verschillen is ergens mee verklaard."
            ),
            (
                f"Alle gemeenten opgeteld vertrokken er {dutch.number(abs(gap))} mensen {'minder' if gap > 0 else 'meer'} dan in het hele land. Waardoor dat komt, "
                "weten wij niet. Daarom staat een gemeente ook naast alle gemeenten samen."
                if gap
                else ""
            ),
            "Gemeenten die later zijn samengegaan, staan hier apart, zoals zij in dat jaar waren.",
        ],
        GRADE,
        "municipalities_unknown()",
    )
