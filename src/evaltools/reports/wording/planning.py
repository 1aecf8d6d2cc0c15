"""Sentences of the page for who plans a pilot, from `findings.planning`; a plan has no evidence, and claims nothing."""

from typing import Any

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.planning_terms import (
    bare_points,
    bare_share,
    of_hundred,
    points,
    two_groups,
    values_of,
)
from evaltools.reports.wording.base import carried, carried_list, rows_in
from evaltools.reports.wording.planning_choices import GRADE, pays, wanted_row


@from_protected
def planning_summary(
    settings: ProtectedTable,
    expected: ProtectedTable,
    sizes: ProtectedTable,
    detectable: ProtectedTable,
    chances: ProtectedTable,
    money: ProtectedTable,
) -> Block:
    """Say on one screen whether the pilot is large enough, for what, and what it may cost.

    The tables are those of `findings.planning` with these names.
    """
    given = values_of(rows_in(settings))
    own, wanted = _own(detectable), wanted_row(sizes)
    (chance,) = [row for row in rows_in(chances) if row.times == 1 and row.is_wanted]
    groups = f"{dutch.number(own.n_programme)} mensen in het programma en {dutch.number(own.n_comparison)} in de vergelijkingsgroep"
    seen = (
        f"Met {groups} is pas een verschil van {dutch.points(own.difference)} goed te zien."
        if dutch.is_given(own.difference)
        else f"Met {groups} is geen enkel verschil goed te zien."
    )
    sentences = [
        f"{seen}{_in_people(own)} ‘Goed te zien’ wil zeggen: {of_hundred(given['power'])} van zulke proeven laten het zien.",
        _beside_literature(own, rows_in(expected)),
        (
            f"Is het echte verschil {points(wanted.difference)}, dan {_shows(wanted.power)}. Om dat verschil goed te zien, zijn "
            f"er {two_groups(wanted.n_programme, wanted.n_comparison)} nodig."
        ),
        _exaggerated(chance),
        pays(rows_in(money)),
        (
            f"Twee dingen weet niemand vooraf: hoeveel mensen de uitkomst zonder programma bereiken (hier "
            f"{bare_share(given['base_share'])}), en hoe groot het echte verschil is. Wie ze anders kiest, krijgt andere aantallen."
        ),
    ]
    headline = (
        f"{seen} Voor {points(wanted.difference)} zijn er {two_groups(wanted.n_programme, wanted.n_comparison)} nodig."
    )
    sentences = [sentence for sentence in sentences if sentence]
    return carried_list(sentences, GRADE, "planning_summary()", headline=headline)


@from_protected
def planning_base(settings: ProtectedTable, example: ProtectedTable, municipality: str) -> Block:
    """Say what the share without the programme is, beside a published share as an example.

    Parameters
    ----------
    settings
        From `findings.planning.settings`.
    example
        From `findings.claims.shares`: of the exits to work the share of the whole population is shown.
    municipality
        Name of the municipality of the example.
    """
    given = values_of(rows_in(settings))
    # A title may hold any word: it is of somebody else.
    quoted = "; ".join(example.sources)
    shown = [row for row in rows_in(example) if row.kind == "work_exit" and row.whole == "population"]
    beside = [
        (
            f"Een voorbeeld: in {municipality} ging {dutch.percent(row.estimate, row.n_whole)} van een groep naar betaald werk: "
            f"{dutch.number(row.n)} van de {dutch.number(row.n_whole)} ({dutch.interval(row.lower, row.upper, row.n_whole)}; "
            f"bron: {quoted}). Die mensen deden mee aan een programma. Het aandeel zonder programma kan dus "
            f"lager zijn geweest.{' Deze proef heeft een even grote groep.' if row.n_whole == given['n_programme'] else ''}"
        )
        for row in shown[:1]
    ]
    return carried(
        [
            (
                f"Het belangrijkste getal is het aandeel mensen dat de uitkomst ook zonder programma bereikt. Deze pagina rekent met "
                f"{bare_share(given['base_share'])}."
            ),
            *beside,
            (
                "Zoek dit aandeel op in het eigen register: kijk naar mensen die een paar jaar geleden aan de voorwaarden voldeden. "
                "Tel op hetzelfde moment na de start."
            ),
        ],
        GRADE,
        "planning_base()",
        names=[quoted],
    )


@from_protected
def planning_expected(expected: ProtectedTable, literature: str) -> Block:
    """Say which differences are to be expected.

    Parameters
    ----------
    expected
        From `findings.planning.expected`; nothing is said where none of these differences can be.
    literature
        Where these were published.
    """
    rows = rows_in(expected)
    if not rows:
        return NOTHING
    first, last = rows[0], rows[-1]
    return carried(
        [
            (
                f"Een overzicht van ruim tweehonderd onderzoeken vergeleek programma’s voor mensen zonder werk. In het eerste jaar "
                f"na een programma was het verschil in het aandeel met werk gemiddeld {points(first.difference)}. Na meer dan twee jaar was dat "
                f"{points(last.difference)}. Bron: {literature}."
            )
            if len(rows) > 1
            else "",
            (
                "Wie rekent op meer dan tien procentpunt binnen een jaar, plant waarschijnlijk een te kleine proef. In het begin kan het verschil ook klein of negatief zijn: wie een programma volgt, zoekt dan minder "
                "naar werk."
            ),
        ],
        GRADE,
        "planning_expected()",
    )


@from_protected
def planning_sizes(settings: ProtectedTable, sizes: ProtectedTable) -> Block:
    """Say how many people it takes, and what makes it more."""
    given, rows = values_of(rows_in(settings)), rows_in(sizes)
    smallest, largest = rows[0], rows[-1]
    lost = 1 - given["share_followed"]
    return carried(
        [
            (
                f"Hoe kleiner het verschil, hoe meer mensen er nodig zijn. Voor {points(largest.difference)} zijn dat er "
                f"{two_groups(largest.n_programme, largest.n_comparison)}, voor {points(smallest.difference)} "
                f"{two_groups(smallest.n_programme, smallest.n_comparison)}. Een half zo groot verschil vraagt ongeveer vier keer zo "
                "veel mensen."
            ),
            (
                f"Van {bare_share(lost)} van de mensen is aan het eind niet bekend hoe het met hen gaat. Daar zijn extra mensen "
                "voor geteld. Dat lost niet op dat juist bepaalde mensen afhaken."
            )
            if lost
            else "",
            (
                "Wie ook groepen apart wil bekijken, zoals jongeren, heeft voor elke groep zo veel mensen nodig. Wie naar veel "
                "uitkomsten kijkt, vindt er door toeval altijd wel een die verschilt. Kies daarom vooraf één uitkomst."
            ),
        ],
        GRADE,
        "planning_sizes()",
    )


@from_protected
def planning_detectable(settings: ProtectedTable, detectable: ProtectedTable) -> Block:
    """Say which difference this pilot can show, and what it would be if everybody were followed."""
    given, own = values_of(rows_in(settings)), _own(detectable)
    followed = (int(given["n_followed_programme"]), int(given["n_followed_comparison"]))
    if not dutch.is_given(own.difference):
        return carried(
            ["Deze proef is zo klein, dat geen enkel verschil goed te zien is."], GRADE, "planning_detectable()"
        )
    lost = (
        f" Als niemand afhaakt, is dat {dutch.points(own.difference_followed)}."
        if dutch.is_given(own.difference_followed) and given["share_followed"] < 1
        else ""
    )
    return carried(
        [
            (
                f"Deze proef begint met {two_groups(own.n_programme, own.n_comparison)}. Aan het eind tellen er "
                f"{two_groups(*followed)} mee. Dan is een verschil van {dutch.points(own.difference)} goed te zien.{lost}"
            ),
            (
                "Een kleiner verschil kan er dan best zijn. De proef laat het alleen meestal niet zien. ‘Geen verschil gevonden’ is dus "
                "iets anders dan ‘er is geen verschil’."
            ),
        ],
        GRADE,
        "planning_detectable()",
    )


@from_protected
def planning_chances(chances: ProtectedTable) -> Block:
    """Say how often a pilot of this size shows nothing while there is a difference."""
    own = [row for row in rows_in(chances) if row.times == 1]
    return carried(
        [
            "Stel dat het verschil er echt is. Hoe vaak laat een proef van deze grootte dan toch niets zien?",
            " ".join(
                f"Bij een echt verschil van {points(row.difference)} laten {of_hundred(1 - row.power)} proeven niets zien."
                for row in own
            ),
        ],
        GRADE,
        "planning_chances()",
    )


@from_protected
def planning_exaggeration(chances: ProtectedTable) -> Block:
    """Say why what a small pilot finds is too large."""
    own = [row for row in rows_in(chances) if row.times == 1 and dutch.is_given(row.shown)]
    if not own:
        return NOTHING
    smallest = own[0]
    wrong = (
        f" Van de proeven die dan iets laten zien, wijzen er {of_hundred(smallest.wrong_sign)} zelfs de verkeerde kant op: zij "
        "vinden dat het met het programma slechter gaat."
        if smallest.wrong_sign >= 0.01
        else ""
    )
    (wanted,) = [row for row in own if row.is_wanted] or [smallest]
    return carried(
        [
            (
                "Een kleine proef laat alleen iets zien als het gevonden verschil groot is. Door toeval valt dat soms te hoog uit. "
                "Wie alleen die proeven bekijkt, ziet een te mooi getal."
            ),
            (
                f"Is het echte verschil {points(wanted.difference)}, dan vinden proeven van deze grootte die iets laten zien "
                f"gemiddeld {dutch.points(wanted.shown)}. Dat is {_factor(wanted.exaggeration)}."
            ),
            (
                f"Is het echte verschil {points(smallest.difference)}, dan is dat {_factor(smallest.exaggeration)}: gemiddeld "
                f"{dutch.points(smallest.shown)}.{wrong}"
            )
            if smallest.difference != wanted.difference or wrong
            else "",
        ],
        GRADE,
        "planning_exaggeration()",
    )


def _own(detectable: ProtectedTable) -> Any:
    (row,) = [row for row in rows_in(detectable) if row.is_own]
    return row


def _beside_literature(own: Any, found: list[Any]) -> str:
    """Say whether what the pilot can show is what others found."""
    if not found:
        return ""
    differences = [row.difference for row in found]
    lowest, highest = min(differences), max(differences)
    between = f"{bare_points(lowest)} tot {points(highest)}" if lowest < highest else points(lowest)
    said = f"Ander onderzoek vond een verschil van gemiddeld {between} in het aandeel met werk."
    if not dutch.is_given(own.difference) or own.difference > highest:
        return f"{said} Daarvoor is deze proef te klein."
    if own.difference <= lowest:
        return f"{said} Daarvoor is deze proef groot genoeg."
    return f"{said} Deze proef is groot genoeg voor het grootste daarvan, niet voor het kleinste."


def _in_people(own: Any) -> str:
    """Say what the difference is in people, for who does not read points."""
    if not dutch.is_given(own.difference):
        return ""
    without, with_programme = round(100 * own.base_share), round(100 * (own.base_share + own.difference))
    return f" Dat is van {dutch.number(without)} naar ongeveer {dutch.number(with_programme)} van de 100 mensen."


def _shows(power: float) -> str:
    return f"laten {of_hundred(1 - power)} van zulke proeven niets zien"


def _exaggerated(chance: Any) -> str:
    if not dutch.is_given(chance.shown) or chance.exaggeration < 1.05:
        return ""
    return (
        f"Laat deze proef dan toch iets zien, dan is het getal meestal te hoog: gemiddeld {dutch.points(chance.shown)}, "
        f"terwijl het echte verschil {points(chance.difference)} is."
    )


def _factor(exaggeration: float) -> str:
    return f"{dutch.number(exaggeration, 1)} keer zo veel als er is"
