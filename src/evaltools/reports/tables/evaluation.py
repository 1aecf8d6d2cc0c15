"""Tables of the evaluation of who took part and what became of them, from `findings.evaluation`."""

from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import TOTAL
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.evaluation_names import SEPARATOR, level_name
from evaltools.reports.evaluation_terms import (
    CAUSES,
    CHOICES,
    CHOSEN,
    HOURS,
    OUTCOMES,
    STEPS,
    WAIT_STEPS,
    WAITS,
)
from evaltools.reports.rows import is_hidden, readable_rows
from evaltools.reports.tables.base import Column, render

UNKNOWN = "unknown"
IN_ORDER = (
    "work",
    "other_exit",
    "off_benefit",
    "work_with_benefit",
    "in_trajectory",
    "on_benefit",
    "no_trajectory",
    "still_on_benefit",
    "any_work",
)


@from_protected
def flow(table: ProtectedTable) -> Block:
    """Show how many fell away at each step. From `findings.evaluation.reach.flow`."""
    order = list(STEPS)
    return render(
        table,
        "Van het register naar de evaluatie",
        [
            Column("Stap", lambda row: dutch.capital(STEPS[row.step])),
            Column("Mensen", lambda row: dutch.number(row.n), is_number=True),
        ],
        order=lambda row: order.index(row.step),
        note="Wie is begonnen, is ook benaderd. De rijen tellen dus niet op."
        if (table.rows["step"] == "started").any()
        else "",
    )


@from_protected
def at_start(table: ProtectedTable, *, is_earlier: bool = False) -> Block:
    """Show what is known of people at the start. From `findings.evaluation.reach.at_start`."""
    names = set(table.rows.columns)
    totals = {row.characteristic: row for row in readable_rows(table, "tables.at_start()")}

    counts = [name for name in ("n_programme", "n_other") if name in names]

    def is_known(row: Any) -> bool:
        """Whether anybody's level is known; nought of those who are known would read as nobody."""
        name, _, level = row.characteristic.partition(SEPARATOR)
        unknown = totals.get(f"{name}{SEPARATOR}{UNKNOWN}")
        is_of_all = (
            unknown is not None
            and not any(is_hidden(each, column) for each in (unknown, totals[name]) for column in counts)
            and all(getattr(unknown, column) == getattr(totals[name], column) for column in counts)
        )
        return level == UNKNOWN or not is_of_all

    def share(row: Any, column: str) -> str:
        whole = totals[row.characteristic.split(SEPARATOR)[0]]
        n, of = getattr(row, column), getattr(whole, column)
        return dutch.percent(n / of, int(of)) if of else "–"

    columns = [
        Column("Kenmerk", level_name),
        Column("Deelnemers", lambda row: dutch.number(row.n_programme), is_number=True),
        Column("Aandeel", lambda row: share(row, "n_programme"), is_number=True),
    ]
    if "n_other" in names:
        other = "Eerdere groep" if is_earlier else "Anderen"
        columns += [
            Column(other, lambda row: dutch.number(row.n_other), is_number=True),
            Column(f"Aandeel ({other.lower()})", lambda row: share(row, "n_other"), is_number=True),
        ]
    if "weighted_difference" in names:
        columns += [
            Column("Verschil", lambda row: _spread(row.difference), is_number=True),
            Column("Na weging", lambda row: _spread(row.weighted_difference), is_number=True),
        ]
    return render(
        table,
        "Wie zijn zij op de startdag?",
        columns,
        keep=lambda row: SEPARATOR in row.characteristic and is_known(row),
        note=(
            "‘Verschil’ is het gestandaardiseerde verschil tussen de groepen: 0 is gelijk, tot 0,1 is klein. ‘Na weging’ is wat ervan over "
            "is als de andere groep zo meetelt dat zij op de deelnemers lijkt."
            if "weighted_difference" in names
            else ""
        ),
    )


@from_protected
def outcomes(table: ProtectedTable) -> Block:
    """Show what became of the participants at each horizon. From `findings.evaluation.outcomes.outcome_results`."""
    rows = {(row.months, row.outcome): row for row in readable_rows(table, "tables.outcomes()")}
    months = list(dict.fromkeys(month for month, _ in rows))

    def column(month: str) -> Column:
        whole = rows[month, TOTAL]
        heading = f"Na {dutch.months(int(month))}"

        def cell(row: Any) -> str:
            own = rows[month, row.outcome]
            return f"{dutch.number(own.n_programme)} ({dutch.percent(own.n_programme / whole.n_programme, int(whole.n_programme))})"

        return Column(heading, cell, is_number=True)

    return render(
        table,
        "Wat er van de deelnemers is geworden",
        [Column("Uitkomst", lambda row: dutch.capital(OUTCOMES[row.outcome])), *map(column, months)],
        keep=lambda row: row.months == months[0] and (row.outcome in IN_ORDER or row.outcome == TOTAL),
        order=lambda row: (*IN_ORDER, TOTAL).index(row.outcome),
        note=" ".join(
            (
                "Iedereen telt één keer, met de stand op die dag. ‘Samen’ telt de rijen erboven op.",
                "Wie werkt met bijstand ernaast staat ook bij ‘aan het werk’."
                if (months[0], "any_work") in rows
                else "Van wie bijstand heeft, is niet bekend wie ernaast werkt.",
                "Wie naar een andere gemeente verhuisde, staat bij ‘een andere reden’.",
            )
        ),
    )


@from_protected
def as_published(table: ProtectedTable, published: ProtectedTable) -> Block:
    """Set the counts of the register beside those that were published. The second is from `findings.claims.published_figures`."""
    printed = {row.group: row for row in readable_rows(published, "tables.as_published()")}
    if len(table.rows) == 1 or not printed:
        return NOTHING
    return render(
        table,
        "De gepubliceerde aantallen, geteld in het register",
        [
            Column("Groep", lambda row: dutch.capital(_published_label(row, printed))),
            Column("Gepubliceerd", lambda row: _published_figure(row, printed), is_number=True),
            Column("In het register", lambda row: dutch.number(row.n_register), is_number=True),
        ],
        keep=lambda row: row.outcome == TOTAL or row.outcome in printed,
        note=(
            "Geteld op de dag van de publicatie, of op de laatste dag van het programma. Groepen kunnen elkaar overlappen."
            + (" De gesimuleerde gegevens zijn zo gemaakt dat deze aantallen kloppen." if table.is_simulated else "")
        ),
    )


def _published_label(row: Any, printed: dict[str, Any]) -> str:
    return str(printed["population" if row.outcome == TOTAL else row.outcome].label)


def _published_figure(row: Any, printed: dict[str, Any]) -> str:
    found = printed["population" if row.outcome == TOTAL else row.outcome]
    return dutch.as_published(found.n, found.share, found.precision, found.as_published)


@from_protected
def hours(table: ProtectedTable) -> Block:
    """Show who works beside the benefit, by hours. From `findings.evaluation.detail.hours_beside_benefit`."""
    columns = [
        Column("Uren per week", lambda row: dutch.capital(HOURS[row.hours])),
        Column("Deelnemers", lambda row: dutch.number(row.n_programme), is_number=True),
    ]
    if "n_comparison" in table.rows:
        columns.append(Column("Anderen", lambda row: dutch.number(row.n_comparison), is_number=True))
    months = readable_rows(table, "tables.hours()")[0].months
    if "hours" not in table.rows:  # nobody can tell who works beside the benefit
        return NOTHING
    return render(table, f"Werk naast de bijstand, na {dutch.months(int(months))}", columns)


@from_protected
def waiting(table: ProtectedTable) -> Block:
    """Show how long people waited. From `findings.evaluation.detail.waiting_times`."""
    if not any(row.wait in WAITS and row.wait != TOTAL for row in readable_rows(table, "tables.waiting()")):
        return NOTHING
    return render(
        table,
        "Hoe lang mensen wachtten",
        [
            Column("Stap", lambda row: dutch.capital(WAIT_STEPS[row.step])),
            Column("Wachttijd", lambda row: WAITS[row.wait]),
            Column("Mensen", lambda row: dutch.number(row.n), is_number=True),
            Column("Aandeel", lambda row: dutch.percent(row.share), is_number=True),
        ],
        note=(
            "Het register kent geen dag van aanvraag en geen dag van een eerste gesprek. Het begin van de bijstand en de dag van selectie staan daarvoor in de plaats."
        ),
    )


@from_protected
def exit_curves(table: ProtectedTable) -> Block:
    """Show first exits by reason in time. From `disclosure.protect_curves` of `findings.evaluation.gross.exits_by_month`."""
    return render(
        table,
        "Het eerste vertrek uit de bijstand, per reden",
        [
            Column("Reden", lambda row: dutch.capital(CAUSES[row.cause])),
            Column("Tot en met maand", lambda row: dutch.number(row.month), is_number=True),
            Column("Mensen", lambda row: dutch.number(row.n_exits), is_number=True),
            Column("Aandeel tot dan", lambda row: dutch.percent(row.share), is_number=True),
            Column("Interval", _curve_interval, is_number=True),
        ],
        keep=lambda row: row.month > 0,
        order=lambda row: (list(CAUSES).index(row.cause), row.month),
        note="‘Mensen’ telt wie vertrok sinds de rij erboven met dezelfde reden. Maanden met te weinig mensen zijn samengenomen.",
    )


@from_protected
def return_curve(table: ProtectedTable) -> Block:
    """Show who came back in time. From `disclosure.protect_curves` of `findings.evaluation.gross.returns_by_month`."""
    return render(
        table,
        "Terug in de bijstand, na het eerste vertrek",
        [
            Column("Tot en met maand", lambda row: dutch.number(row.month), is_number=True),
            Column("Mensen", lambda row: dutch.number(row.n_returns), is_number=True),
            Column("Aandeel tot dan", lambda row: dutch.percent(row.share), is_number=True),
            Column("Interval", _curve_interval, is_number=True),
        ],
        keep=lambda row: row.month > 0,
        note="Van wie een jaar te volgen is. Maanden met te weinig mensen zijn samengenomen.",
    )


def _curve_interval(row: Any) -> str:
    return dutch.interval(row.low, row.high) if pd.notna(row.low) else "–"


@from_protected
def durability(table: ProtectedTable) -> Block:
    """Show whether exits lasted. From `findings.evaluation.gross.durability`."""
    found = {row.exits: row for row in readable_rows(table, "tables.durability()")}
    lines = {
        "n_followed": "Vertrokken, en een jaar te volgen",
        "n_returned": "Teruggekomen binnen een jaar",
        "n_on_half_year": "In de bijstand na precies een half jaar",
        "n_on_year": "In de bijstand na precies een jaar",
        "n_stayed": "Weggebleven, het hele jaar",
    }
    if not found:
        return NOTHING

    def column(heading: str, exits: str) -> Column:
        def cell(line: Any) -> str:
            row = found[exits]
            n = getattr(row, line)
            if line == "n_followed":
                return dutch.number(n)
            of = row.n_followed
            return f"{dutch.number(n)} ({dutch.percent(n / of, int(of))})" if of else dutch.number(n)

        return Column(heading, cell, is_number=True)

    return render(
        table,
        "Hield het vertrek uit de bijstand stand?",
        [Column("Na het vertrek", lines.__getitem__), column("Alle redenen", TOTAL), column("Naar werk", "work")],
        lines=list(lines),
        note=(
            "Wie terugkwam en weer vertrok, staat bij ‘teruggekomen’, niet bij ‘in de bijstand na een jaar’. Die twee getallen zijn dus "
            "niet hetzelfde. Aandelen zijn van wie een jaar te volgen is; wie met AOW ging of overleed, telt niet mee."
        ),
    )


@from_protected
def choices(table: ProtectedTable) -> Block:
    """Show the choices that the page rests on. From `findings.evaluation.choices.choices`."""
    return render(
        table,
        "De keuzes van deze evaluatie",
        [
            Column("Keuze", lambda row: CHOICES[row.name]),
            Column(
                "Gekozen",
                lambda row: CHOSEN.get(
                    row.value, row.value.replace(".", ",") if row.name == "share_registered" else row.value
                ),
            ),
            Column(
                "Gebruikelijk", lambda row: "–" if row.name == "horizons_months" else "ja" if row.is_default else "nee"
            ),
        ],
    )


def _spread(value: float) -> str:
    """Write a standardised difference; a level that nobody has in one group has none."""
    return "–" if pd.isna(value) else dutch.number(round(value, 2) + 0.0, 2)
