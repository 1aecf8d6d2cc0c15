"""Sentences on the design, the money and what is not known, of the page for who plans a pilot."""

from typing import Any

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import Block, from_protected
from evaltools.reports.planning_terms import (
    SETTINGS,
    bare_share,
    months,
    points,
    values_of,
)
from evaltools.reports.wording.base import carried, carried_list, rows_in

GRADE = "E"
"""A plan is no evidence."""


@from_protected
def planning_designs(designs: ProtectedTable) -> Block:
    """Say that the design, not the number, decides what may be said."""
    places = [row.n_places for row in rows_in(designs) if dutch.is_given(row.n_places)]
    return carried(
        [
            (
                "Niet het aantal mensen, maar de opzet bepaalt wat een verslag mag zeggen. Zonder een goede vergelijking blijft de "
                "belangrijkste vraag open: was het zonder het programma anders gegaan?"
            ),
            (
                "Kies de opzet voordat het programma begint. Een loting of een wachtlijst is later niet meer te maken. Is er minder plaats "
                "dan belangstelling, dan is loten ook een eerlijke manier om te kiezen: iedereen heeft dezelfde kans."
            ),
            (
                f"Vergelijken met andere gemeenten kan ook. Eén gemeente valt pas op naast minstens {dutch.number(places[0])} andere. "
                "Alleen als zij dan het meest van allemaal afwijkt, is dat moeilijk toeval te noemen."
            )
            if places
            else "",
        ],
        GRADE,
        "planning_designs()",
    )


@from_protected
def planning_money(settings: ProtectedTable, money: ProtectedTable) -> Block:
    """Say what one exit more brings, and what the programme may cost then."""
    given, rows = values_of(rows_in(settings)), rows_in(money)
    first = rows[0]
    (wanted,) = [row for row in rows if row.months_off == first.months_off and row.is_wanted]
    anyway = round(100 * given["base_share"])
    together = round(100 * (given["base_share"] + wanted.difference))
    return carried(
        [
            (
                f"Stel dat de uitkomst is: uit de uitkering. {_price(wanted)} Vertrekken mensen gelijk "
                f"verdeeld over {months(wanted.months)}, dan zijn zij in die tijd gemiddeld {months(wanted.months_off)} uit de "
                f"uitkering. Eén mens extra uit de uitkering scheelt dan {dutch.euro(wanted.euro_each)}."
            ),
            (
                f"Alleen wie zonder programma in de uitkering was gebleven, scheelt geld. Bij een verschil van {points(wanted.difference)} "
                f"vertrekken er van elke 100 deelnemers ongeveer {dutch.number(together)}. Ongeveer {dutch.number(anyway)} van hen "
                f"waren ook zonder programma gegaan: {dutch.percent(wanted.share_deadweight, 0)} van de vertrekkers."
            ),
            pays(rows),
            (
                "Blijft iemand langer uit de uitkering, dan mag het programma meer kosten. Komt iemand terug, dan minder. Dit gaat alleen "
                "over uitkeringen. Wat deelnemers, de zorg of de samenleving erbij winnen, zit er niet in."
            ),
        ],
        GRADE,
        "planning_money()",
    )


@from_protected
def planning_advice(settings: ProtectedTable, sizes: ProtectedTable) -> Block:
    """Say what to do, with the number of pilots like this one that are needed together."""
    given, wanted = values_of(rows_in(settings)), wanted_row(sizes)
    is_enough = wanted.power >= given["power"]
    n_pilots = -(-wanted.n_programme // int(given["n_programme"]))
    advice = [
        (
            f"Deze proef is groot genoeg voor een verschil van {points(wanted.difference)}."
            if is_enough
            else f"Doe het samen met andere gemeenten. Ongeveer {dutch.number(n_pilots)} proeven van deze grootte zijn samen groot genoeg voor "
            f"{points(wanted.difference)}, als zij hetzelfde doen en hetzelfde meten."
        ),
        "Loot wie mag beginnen, of laat een wachtlijst loten. Dat kost weinig en geeft het sterkste bewijs.",
        f"Schrijf vooraf op: welke uitkomst telt, na hoeveel maanden (hier {dutch.number(given['months'])}), en hoe die is geteld.",
        "Volg iedereen die is ingedeeld, ook wie niet begint of afhaakt. Gebruik daarvoor het register, dan raakt bijna niemand zoek.",
        "Blijf langer volgen. In ander onderzoek was het verschil na twee jaar groter dan in het eerste jaar.",
    ]
    if not is_enough:
        advice.append(
            "Kan het niet groter? Vertel dan wie er zijn bereikt en hoe het ging, en noem het geen effectmeting. Dat is eerlijker dan "
            "een getal dat op toeval berust."
        )
    return carried_list(advice, GRADE, "planning_advice()", headline="")


@from_protected
def planning_unknown(settings: ProtectedTable, by_base: ProtectedTable) -> Block:
    """Say what no plan knows."""
    given = values_of(rows_in(settings))
    wanted = [row for row in rows_in(by_base) if row.difference == given["difference"] and dutch.is_given(row.n_group)]
    low, high = wanted[0], wanted[-1]
    return carried(
        [
            (
                f"Hoeveel mensen bereiken de uitkomst zonder programma? Is dat {bare_share(low.base_share)}, dan zijn er voor "
                f"{points(low.difference)} {dutch.number(low.n_group)} mensen per groep nodig. Is dat {bare_share(high.base_share)}, "
                f"dan {dutch.number(high.n_group)}."
            ),
            "Hoe groot is het echte verschil? Dat is juist wat de proef moet laten zien.",
            "Wie haakt af? De berekening gaat ervan uit dat dit toeval is. Haken vooral mensen af met weinig kans op werk, dan klopt de uitkomst niet.",
            (
                "Hoeveel lijken mensen met dezelfde coach op elkaar? Met weinig coaches zegt één deelnemer extra minder. De instelling "
                f"‘{SETTINGS['design_effect'].name.lower()}’ staat nu op {SETTINGS['design_effect'].write(given['design_effect'])}."
            ),
            "Nemen deelnemers banen in die anders naar iemand anders waren gegaan? Dat ziet geen enkele proef van deze soort.",
        ],
        GRADE,
        "planning_unknown()",
    )


@from_protected
def planning_method(settings: ProtectedTable, money: ProtectedTable, literature: str) -> Block:
    """Say how the numbers were worked out, and from what."""
    given, row = values_of(rows_in(settings)), rows_in(money)[0]
    alike = " Lijken mensen op elkaar, dan is het een benadering." if given["design_effect"] > 1 else ""
    return carried(
        [
            (
                f"De aantallen gelden voor de toets die twee aandelen vergelijkt, met een betrouwbaarheid van {bare_share(given['level'])} "
                f"en een kans van {bare_share(given['power'])} om een echt verschil te zien. Zij volgen uit de formule van Fleiss, "
                "Levin en Paik (2003). Bij even grote groepen zijn zij gelijk aan die van het rekenprogramma R."
            ),
            (
                "De kans dat een proef iets laat zien, is uitgerekend zonder te schatten: elke uitkomst die kan voorkomen is meegeteld, "
                f"met de kans daarop.{alike} Zo is ook uitgerekend hoe ver het gevonden verschil van het echte verschil ligt (Gelman en Carlin, 2014)."
            ),
            (
                "Het bedrag dat een programma hoogstens mag kosten, is het verschil × de prijs van een uitkering per maand × het aantal maanden "
                f"uit de uitkering. {_price(row)} Er is geen rente gerekend."
            ),
            f"Wat ander onderzoek vond, staat in: {literature}. De formules staan in de documentatie (docs/methods.md).",
        ],
        GRADE,
        "planning_method()",
    )


@from_protected
def planning_privacy(settings: ProtectedTable) -> Block:
    """Say that nobody's data is on the page."""
    return carried(
        [
            "Op deze pagina staan geen gegevens van personen. Alle getallen volgen uit instellingen en uit gepubliceerde cijfers."
            if settings.origin == "published"
            else ""
        ],
        GRADE,
        "planning_privacy()",
    )


def wanted_row(sizes: ProtectedTable) -> Any:
    """Find the row of the difference that is wanted."""
    (row,) = [row for row in rows_in(sizes) if row.is_wanted]
    return row


def pays(rows: list[Any]) -> str:
    """Say what the programme may cost, or which difference pays for it, within the time that people are followed."""
    (row,) = [each for each in rows if each.months_off == rows[0].months_off and each.is_wanted]
    within = f"binnen {months(row.months)}"
    if dutch.is_given(row.break_even):
        most = (
            "Dat kan niet: er zijn geen 100 procentpunten te winnen."
            if row.break_even > 1
            else f"Bij {points(row.difference)} mag het hoogstens {dutch.euro(row.euro_most)} kosten."
        )
        return (
            f"Het programma kost {dutch.euro(row.euro_per_participant)} per deelnemer. Om dat {within} terug te verdienen met lagere "
            f"uitkeringen, is een verschil van {dutch.points(row.break_even)} nodig. {most}"
        )
    return (
        f"Bij een verschil van {points(row.difference)} mag het programma hoogstens {dutch.euro(row.euro_most)} per deelnemer kosten, "
        f"om zich {within} terug te verdienen met lagere uitkeringen."
    )


def _price(row: Any) -> str:
    each = f"{dutch.euro(row.euro_per_benefit_year)} per jaar"
    if not row.price_year:
        return f"Een uitkering kost {each} (eigen opgave)."
    return f"Een uitkering kostte in {row.price_year} {each}. Bron: {row.price_source}, {row.price_basis}."
