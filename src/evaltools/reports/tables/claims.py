"""Tables of the page on published figures."""

from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import Block, from_protected
from evaltools.reports.rows import readable_rows
from evaltools.reports.tables.base import Column, render
from evaltools.reports.terms import GAPS


@from_protected
def published_figures(table: ProtectedTable) -> Block:
    """Show every figure as the text gives it. From `findings.claims.published_figures`."""
    roles = {"population": "de hele groep", "outcome": "uitkomst", "output": "wat er is gedaan"}
    return render(
        table,
        "De cijfers zoals ze zijn gepubliceerd",
        [
            Column("Wat", lambda row: dutch.capital(row.label)),
            Column(
                "In de tekst",
                lambda row: dutch.as_published(row.n, row.share, row.precision, row.as_published),
                is_number=True,
            ),
            Column("Eenheid", lambda row: dutch.UNITS[row.unit][1]),
            Column("Deel van", lambda row: dutch.READINGS[row.status].format(row.whole or "–")),
            Column("Soort", lambda row: roles[row.role]),
        ],
    )


@from_protected
def shares(table: ProtectedTable) -> Block:
    """Show shares with their intervals. From `findings.claims.shares`."""
    rows = readable_rows(table, "tables.shares()")
    level = dutch.confidence(rows[0].level) if rows else ""
    derived = "± betekent: de tekst noemt alleen een aandeel. Wij hebben het aantal daaruit berekend."
    return render(
        table,
        f"Aandelen, met het {level}-betrouwbaarheidsinterval",
        [
            Column("Uitkomst", lambda row: dutch.capital(row.label)),
            Column("Deel van", lambda row: dutch.READINGS[row.status].format(row.whole_label)),
            Column("Aantal", _part_of_whole, is_number=True),
            Column("Aandeel", dutch.share, is_number=True),
            Column("Interval", lambda row: dutch.interval(row.lower, row.upper, row.n_whole), is_number=True),
        ],
        note=derived if any(row.is_derived for row in rows) else "",
    )


@from_protected
def overlap(table: ProtectedTable) -> Block:
    """Show whether the parts exceed their whole. From `findings.overlap.overlap`."""
    notes = [
        "‘In meer dan één groep’ geeft het kleinste en het grootste aantal dat met alle gepubliceerde aantallen kan."
    ]
    if not all(row.is_exact for row in readable_rows(table, "tables.overlap()")):
        notes.append("Een aandeel dat is afgerond, kan daarbij iets hoger of lager zijn dan het staat.")
    return render(
        table,
        "De groepen, hun geheel en hoeveel er dubbel staan",
        [
            Column("Groepen", lambda row: dutch.capital(dutch.listing(list(row.parts)))),
            Column("Zo gelezen", _reading),
            Column("Geheel", lambda row: f"{dutch.number(row.n_whole)}: {row.whole_label}"),
            Column(
                "Opgeteld",
                lambda row: f"{' + '.join(dutch.number(n) for n in row.counts)} = {dutch.number(row.n_memberships)}",
            ),
            Column(
                "Te veel",
                lambda row: ("" if row.is_exact or not row.n_too_many else "minstens ") + dutch.number(row.n_too_many),
                is_number=True,
            ),
            Column("In meer dan één groep", _people_range),
        ],
        note=" ".join(notes),
    )


@from_protected
def exits_and_work(table: ProtectedTable) -> Block:
    """Show exits beside exits for work. From `findings.claims.exits_and_work`."""
    return render(
        table,
        "Uit de uitkering, en naar werk",
        [
            Column("Groep", lambda row: dutch.capital(row.label or row.work_label)),
            Column("Uit de uitkering", lambda row: _or_unknown(row.n_exits, row.exits_precision), is_number=True),
            Column("Naar werk", lambda row: _or_unknown(row.n_work, row.work_precision), is_number=True),
            Column(
                "Reden niet genoemd",
                lambda row: _or_unknown(row.n_without_reason, row.without_reason_precision),
                is_number=True,
            ),
            Column(
                "Aandeel naar werk",
                _share_to_work,
                is_number=True,
            ),
        ],
    )


@from_protected
def target_shares(table: ProtectedTable) -> Block:
    """Show what share of whom a target is. From `findings.targets.target_shares`."""
    return render(
        table,
        "Het doel als deel van een groep",
        [
            Column("Doel", lambda row: f"{dutch.as_published(row.n, None, row.precision, None)} {row.label}"),
            Column("Groep", _population),
            Column(
                "Aantal",
                lambda row: (
                    f"{dutch.as_published(row.n_population, None, row.population_precision, None)} "
                    f"{dutch.UNITS[row.population_unit][1]}"
                ),
                is_number=True,
            ),
            Column("Het doel is", lambda row: f"{dutch.BOUNDS[row.bound]}{dutch.percent(row.share)}", is_number=True),
        ],
    )


@from_protected
def extra_exits(table: ProtectedTable) -> Block:
    """Show what an extra target asks beside an ordinary year. From `findings.targets.extra_exits`."""
    rows = readable_rows(table, "tables.extra_exits()")
    notes = [f"Berekend met {dutch.number(row.n_population)} {row.population}." for row in rows[:1]]
    notes.append("Wij nemen aan dat dit aantal gelijk blijft.")
    if any(row.n_municipalities_population != row.n_municipalities_target for row in rows):
        row = rows[0]
        notes.append(
            f"Het is van {row.n_municipalities_population} van de {row.n_municipalities_target} gemeenten van het doel."
        )
    if not all(row.is_same_unit for row in rows):
        notes.append("Het telt geen inwoners: een paar heeft samen één uitkering.")
    notes.append("Bron van het landelijke aandeel: Divosa.")
    return render(
        table,
        "Hoeveel is ‘extra’, als het verder gaat zoals gewoonlijk?",
        [
            Column("Als er evenveel stopt als", lambda row: f"in Nederland in {row.year}"),
            Column("Stopt in één jaar", lambda row: dutch.printed_percent(row.share_exits), is_number=True),
            Column(
                "Gewoonlijk stoppen er",
                lambda row: f"{dutch.number(row.n_expected)} in {dutch.months(row.months)}",
                is_number=True,
            ),
            Column(
                "Met het doel erbij",
                lambda row: f"{dutch.BOUNDS[row.precision]}{dutch.percent(row.share_more)} meer",
                is_number=True,
            ),
            Column("Dan stopt in één jaar", lambda row: dutch.percent(row.share_exits_needed), is_number=True),
        ],
        note=" ".join(notes),
    )


@from_protected
def business_case(table: ProtectedTable) -> Block:
    """Show the saving under a stated deadweight. From `findings.costs.business_case`."""
    rows = readable_rows(table, "tables.business_case()")
    notes = [
        f"Berekend met {dutch.number(row.n)} mensen, {dutch.euro(row.euro_each)} per uitkering per jaar en een "
        f"investering van {dutch.BOUNDS[row.investment_precision]}{dutch.euro(row.euro_investment)}."
        for row in rows[:1]
    ]
    return render(
        table,
        "Besparing in één jaar min de investering",
        [
            Column("Was ook zonder het programma gegaan", lambda row: dutch.percent(row.share_deadweight, 0)),
            Column("Deel van de uitkering dat stopt", lambda row: dutch.percent(row.share_ending, 0), is_number=True),
            Column("Besparing", lambda row: dutch.euro(row.euro_saving), is_number=True),
            Column("Saldo", lambda row: dutch.euro(row.euro_balance), is_number=True),
        ],
        note=" ".join(notes),
    )


@from_protected
def break_even(table: ProtectedTable) -> Block:
    """Show at which deadweight nothing is left. From `findings.costs.break_even`."""
    return render(
        table,
        "Bij welk deel ‘vanzelf’ blijft er niets over?",
        [
            Column("Prijs van een uitkering", lambda row: f"{dutch.euro(row.euro_each)} per jaar"),
            Column("Waar die prijs vandaan komt", lambda row: dutch.capital(row.price or "zoals de gemeente rekende")),
            Column("Deel van de uitkering dat stopt", lambda row: dutch.percent(row.share_ending, 0), is_number=True),
            Column(
                "Niets over als vanzelf ging",
                lambda row: "altijd verlies" if row.break_even < 0 else dutch.break_even(row),
                is_number=True,
            ),
        ],
    )


@from_protected
def context(table: ProtectedTable) -> Block:
    """Show the national figures beside which a claim is read. From `findings.profile.context`."""
    what = {
        "exits": "Uitkeringen die stopten",
        "relapse": "Weer in de bijstand, van iedereen die eruit ging",
        "relapse_after_work": "Weer in de bijstand, van wie naar werk ging",
    }
    year = {"measured": "{}", "published": "{} (jaar van publicatie)"}
    return render(
        table,
        "Landelijke cijfers",
        [
            Column("Wat", lambda row: what[row.series]),
            Column("Jaar", lambda row: year[row.year_is].format(row.year)),
            Column("Binnen", lambda row: dutch.months(row.months), is_number=True),
            Column("Aandeel", lambda row: dutch.printed_percent(row.share), is_number=True),
            Column("Bron", lambda row: row.source),
        ],
    )


@from_protected
def gaps(table: ProtectedTable) -> Block:
    """Show what is not known, why that matters and what is needed. From `findings.gaps.gaps`."""
    return render(
        table,
        "Wat wij niet weten",
        [
            Column("Wat weten wij niet?", lambda row: GAPS[row.gap].what.format(detail=row.detail)),
            Column("Waarom is dat belangrijk?", lambda row: GAPS[row.gap].why),
            Column("Wat is nodig?", lambda row: GAPS[row.gap].needed),
        ],
    )


@from_protected
def sources(table: ProtectedTable) -> Block:
    """Show where every figure of the page was published."""
    return render(
        table,
        "Bronnen van deze pagina",
        [
            Column("Titel", lambda row: row.title),
            Column("Gepubliceerd", lambda row: dutch.day(row.published) if row.published else row.note or "–"),
        ],
    )


def _reading(row: Any) -> str:
    if row.reading:
        return f"anders: {row.reading}"
    if row.assumed:
        quoted = dutch.listing([f"‘{label}’" for label in row.assumed])
        verb = "zijn" if len(row.assumed) > 1 else "is"
        return f"onze lezing: {quoted} {verb} deel van dit geheel; de tekst zegt dat niet"
    return "zoals de tekst het zegt"


def _population(row: Any) -> str:
    text = dutch.capital(row.population)
    if row.n_municipalities_population != row.n_municipalities_target:
        text += f", in {row.n_municipalities_population} van de {row.n_municipalities_target} gemeenten van het doel"
    return text


def _part_of_whole(row: Any) -> str:
    part = "± " if row.is_derived else dutch.QUALIFIERS[row.precision]
    whole = dutch.QUALIFIERS[row.whole_precision]
    return f"{part}{dutch.number(row.n)} van {whole}{dutch.number(row.n_whole)}"


def _share_to_work(row: Any) -> str:
    if pd.isna(row.estimate):
        return "niet bekend"
    n = row.n_exits
    return f"{dutch.percent(row.estimate, n)} ({dutch.interval(row.lower, row.upper, n)})"


def _people_range(row: Any) -> str:
    if not row.is_possible:
        return "kan niet: de aantallen spreken elkaar tegen"
    lowest = dutch.number(row.n_people_lowest)
    if pd.isna(row.n_people_highest):
        return f"{lowest} of meer"
    highest = dutch.number(row.n_people_highest)
    return lowest if lowest == highest else f"{lowest} tot en met {highest}"


def _or_unknown(n: Any, precision: Any) -> str:
    return "niet bekend" if pd.isna(n) else dutch.BOUNDS[precision] + dutch.number(n)
