"""Tables of the page for who plans a pilot, from `findings.planning`."""

from typing import Any

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import Block, from_protected
from evaltools.reports.planning_terms import (
    DESIGNS,
    LATER,
    SETTINGS,
    bare_share,
    design_name,
    months,
    points,
    times,
    two_groups,
    whole_percent,
)
from evaltools.reports.rows import readable_rows
from evaltools.reports.tables.base import Column, render

NONE = "–"
"""Where there is no number."""


@from_protected
def planning_settings(table: ProtectedTable) -> Block:
    """Show what the page works with. From `findings.planning.settings`."""
    return render(
        table,
        "De instellingen van deze pagina",
        [
            Column("Instelling", lambda row: SETTINGS[row.setting].name),
            Column("Waarde", lambda row: SETTINGS[row.setting].write(row.value), is_number=True),
            Column("Wat betekent het?", lambda row: SETTINGS[row.setting].meaning),
        ],
    )


@from_protected
def planning_expected(table: ProtectedTable) -> Block:
    """Show what was found elsewhere, and who is needed to show as much. From `findings.planning.expected`."""
    return render(
        table,
        "Verschil in het aandeel met werk dat ander onderzoek gemiddeld vond",
        [
            Column("Gemeten", lambda row: dutch.capital(LATER[row.horizon])),
            Column("Verschil", lambda row: points(row.difference), is_number=True),
            Column("Kans dat deze proef zo’n verschil laat zien", lambda row: whole_percent(row.power), is_number=True),
            *_needed(),
        ],
    )


@from_protected
def planning_sizes(table: ProtectedTable) -> Block:
    """Show how many people each difference takes. From `findings.planning.sizes`."""
    return render(
        table,
        "Zo veel mensen zijn nodig bij de start",
        [
            Column("Verschil", lambda row: f"{points(row.difference)}{' (gewenst)' if row.is_wanted else ''}"),
            *_needed(),
            Column("Samen", lambda row: dutch.number(row.n_programme + row.n_comparison), is_number=True),
        ],
        note="Mensen die afhaken, zijn al meegeteld.",
    )


@from_protected
def planning_sizes_by_base(table: ProtectedTable) -> Block:
    """Show how many people each difference takes, by the share without the programme. From `findings.planning.sizes_by_base`."""
    rows = readable_rows(table, "tables.planning_sizes_by_base()")
    differences = list(dict.fromkeys(row.difference for row in rows))

    def column(place: int, difference: float) -> Column:
        return Column(points(difference), lambda own: _count(own[place].n_group), is_number=True)

    return render(
        table,
        "Zo veel mensen zijn per groep nodig, bij elk verschil",
        [
            Column(
                "Uitkomst zonder programma",
                lambda own: f"{bare_share(own[0].base_share)}{' (ingesteld)' if own[0].is_own else ''}",
            ),
            *(column(place, difference) for place, difference in enumerate(differences)),
        ],
        note="Beide groepen zijn hier even groot. Mensen die afhaken, zijn al meegeteld.",
        by="base_share",
    )


@from_protected
def planning_detectable(table: ProtectedTable) -> Block:
    """Show the smallest difference that groups of each size show. From `findings.planning.detectable`."""
    rows = readable_rows(table, "tables.planning_detectable()")
    base = rows[0].base_share
    names = {"difference_half": base / 2, "difference": base, "difference_double": 2 * base}
    shown = {name: at for name, at in names.items() if any(dutch.is_given(getattr(row, name)) for row in rows)}
    is_unseen = any(not dutch.is_given(getattr(row, name)) for row in rows for name in shown)

    def column(name: str, at: float) -> Column:
        return Column(f"Zonder programma {bare_share(at)}", lambda row: _points(getattr(row, name)), is_number=True)

    return render(
        table,
        "Het kleinste verschil dat goed te zien is",
        [
            Column("Mensen bij de start", _at_start),
            *(column(name, at) for name, at in shown.items()),
        ],
        note=f"Bij een {NONE} is geen enkel verschil goed te zien: de groepen zijn te klein." if is_unseen else "",
    )


@from_protected
def planning_chances(table: ProtectedTable) -> Block:
    """Show the chance that pilots of several sizes show a difference. From `findings.planning.chances`."""
    rows = readable_rows(table, "tables.planning_chances()")
    differences = list(dict.fromkeys(row.difference for row in rows))

    def column(place: int, difference: float) -> Column:
        return Column(points(difference), lambda own: whole_percent(own[place].power), is_number=True)

    return render(
        table,
        "De kans dat een proef het verschil laat zien",
        [
            Column("Proef", _size),
            *(column(place, difference) for place, difference in enumerate(differences)),
        ],
        note="Boven elke kolom staat het echte verschil.",
        by="times",
    )


@from_protected
def planning_exaggeration(table: ProtectedTable) -> Block:
    """Show what this pilot finds when it shows a difference. From `findings.planning.chances`."""
    return render(
        table,
        "Wat deze proef vindt, als hij een verschil laat zien",
        [
            Column("Echt verschil", lambda row: points(row.difference)),
            Column("Kans dat hij iets laat zien", lambda row: whole_percent(row.power), is_number=True),
            Column("Gevonden verschil, gemiddeld", lambda row: _points(row.shown), is_number=True),
            Column(
                "Kans dat het dan de verkeerde kant op wijst",
                lambda row: whole_percent(row.wrong_sign) if dutch.is_given(row.wrong_sign) else NONE,
                is_number=True,
            ),
        ],
        keep=lambda row: row.times == 1,
    )


@from_protected
def planning_words(table: ProtectedTable) -> Block:
    """Show what may be said with each design. From `findings.planning.designs`."""
    return render(
        table,
        "Hoe sterk het bewijs is, en wat een verslag dan mag zeggen",
        [
            Column("Opzet", lambda row: f"{dutch.capital(design_name(row.design))}: {row.grade}"),
            Column("Is dan te zeggen of het door het programma kwam?", lambda row: dutch.capital(DESIGNS[row.design].may_say)),
            Column("Woorden in het verslag", lambda row: DESIGNS[row.design].says),
            Column("Wat kan er misgaan?", lambda row: DESIGNS[row.design].weak),
        ],
        note="De letter is de bewijskracht: A is het sterkst, E het zwakst.",
    )  # fmt: skip


@from_protected
def planning_needs(table: ProtectedTable) -> Block:
    """Show what each design takes. From `findings.planning.designs`."""
    (difference,) = {row.difference for row in readable_rows(table, "tables.planning_needs()")}
    return render(
        table,
        f"Wat elke opzet vraagt om een verschil van {points(difference)} te zien",
        [
            Column("Opzet", lambda row: dutch.capital(design_name(row.design))),
            Column("Mensen bij de start", _people),
            Column("Wat is er verder nodig?", _needs),
            Column("Wat kost het extra?", lambda row: DESIGNS[row.design].costs),
        ],
        note=(
            "De aantallen gaan ervan uit dat de groepen vooraf op elkaar lijken. Moet de berekening dat rechtzetten, dan zijn meer "
            "mensen nodig."
        ),
    )


@from_protected
def planning_money(table: ProtectedTable) -> Block:
    """Show the most that a programme may cost. From `findings.planning.money`."""
    rows = readable_rows(table, "tables.planning_money()")
    differences = list(dict.fromkeys(row.difference for row in rows))
    pays = [Column("Nodig om de kosten te dekken", lambda own: _break_even(own[0]), is_number=True)]

    def column(place: int, difference: float) -> Column:
        return Column(f"Bij {points(difference)}", lambda own: dutch.euro(own[place].euro_most), is_number=True)

    return render(
        table,
        "Wat het programma hoogstens per deelnemer mag kosten",
        [
            Column("Maanden uit de uitkering", lambda own: dutch.capital(months(own[0].months_off))),
            *(column(place, difference) for place, difference in enumerate(differences)),
            *(pays if rows[0].euro_per_participant else []),
        ],
        note="Links staat hoelang iemand die extra vertrekt, gemiddeld uit de uitkering blijft.",
        by="months_off",
    )


def _needed() -> list[Column]:
    return [
        Column("Nodig in het programma", lambda row: dutch.number(row.n_programme), is_number=True),
        Column("Nodig in de vergelijkingsgroep", lambda row: dutch.number(row.n_comparison), is_number=True),
    ]


def _count(n: Any) -> str:
    return dutch.number(n) if dutch.is_given(n) else NONE


def _points(difference: Any) -> str:
    return f"{dutch.points(difference)}" if dutch.is_given(difference) else NONE


def _size(own: list[Any]) -> str:
    return f"{dutch.number(own[0].n_programme)} en {dutch.number(own[0].n_comparison)} mensen ({times(own[0].times)})"


def _at_start(row: Any) -> str:
    return f"{two_groups(row.n_programme, row.n_comparison)}{' (deze proef)' if row.is_own else ''}"


def _people(row: Any) -> str:
    if not dutch.is_given(row.n_programme):
        return "Het gaat om gemeenten, niet om mensen" if dutch.is_given(row.n_places) else "Geen aantal is genoeg"
    if not dutch.is_given(row.n_comparison):
        return f"{dutch.number(row.n_programme)} in het programma"
    return f"{dutch.number(row.n_programme)} in het programma, {dutch.number(row.n_comparison)} anderen"


def _needs(row: Any) -> str:
    places = dutch.number(row.n_places) if dutch.is_given(row.n_places) else ""
    return DESIGNS[row.design].needs.format(months=months(row.months), places=places)


def _break_even(row: Any) -> str:
    return f"{dutch.points(row.break_even)}" if dutch.is_given(row.break_even) else NONE
