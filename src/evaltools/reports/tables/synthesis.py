"""Tables of the page on what municipalities found together, from `findings.synthesis`."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.planning_terms import LATER
from evaltools.reports.results_terms import GRADES, METHODS, bare_points, between
from evaltools.reports.rows import readable_rows
from evaltools.reports.synthesis_terms import is_used, level_of, numbered, site_name
from evaltools.reports.tables.base import Column, render

UNKNOWN = "–"


@from_protected
def site_estimates(sites: ProtectedTable) -> Block:
    """Show what each site found, and what remains of it beside the others. From `findings.synthesis.sites`."""
    rows = [row for row in readable_rows(sites, "tables.site_estimates()") if is_used(row)]
    if not rows:
        return NOTHING
    columns = [
        _name_column(rows),
        Column("Verschil", lambda row: bare_points(row.estimate), is_number=True),
        Column("Interval", lambda row: _ends(row.lower, row.upper), is_number=True),
    ]
    note = f"In procentpunten. Het interval is het {level_of(rows[0])} van de pagina van de gemeente."
    if not any(pd.isna(row.shrunken) for row in rows):
        columns += [
            Column("Bijgesteld", lambda row: bare_points(row.shrunken), is_number=True),
            Column("Interval", lambda row: _ends(row.shrunken_lower, row.shrunken_upper), is_number=True),
            Column("Telt voor", lambda row: dutch.percent(row.share_own, 0), is_number=True),
        ]
        note += (
            " ‘Bijgesteld’ ligt tussen de eigen uitkomst en het gemiddelde: hoe onzekerder de eigen uitkomst, hoe meer het gemiddelde "
            "telt. ‘Telt voor’ is hoeveel de eigen uitkomst daarin meetelt. Het interval daarbij kan ruimer zijn, want ook het gemiddelde is onzeker."
        )
    return render(sites, "Het verschil, op volgorde van naam", columns, note=note, keep=is_used)


@from_protected
def site_designs(sites: ProtectedTable) -> Block:
    """Show how each site that counts came to its number. From `findings.synthesis.sites`."""
    rows = [row for row in readable_rows(sites, "tables.site_designs()") if is_used(row)]
    if not rows:
        return NOTHING
    return render(
        sites,
        "Hoe elke uitkomst is gemaakt",
        [
            _name_column(rows),
            Column("Manier van rekenen", lambda row: METHODS[row.method]),
            Column("Deelnemers", lambda row: _count(row.n_programme), is_number=True),
            Column("Anderen", lambda row: _count(row.n_comparison), is_number=True),
            Column("Bewijs", lambda row: row.grade),
            Column("Gegevens tot", lambda row: dutch.day(row.as_of[:7]) if row.as_of else UNKNOWN),
        ],
        note=f"‘Anderen’ zijn de mensen met wie is vergeleken. ‘Bewijs’ is de bewijskracht. {' '.join(_grades(rows))}",
        keep=is_used,
    )


@from_protected
def funnel(sites: ProtectedTable, pooled: ProtectedTable) -> Block:
    """Show what the funnel is drawn from. From `findings.synthesis.sites` and ``pooled``."""
    whole, *_ = readable_rows(pooled, "tables.funnel()")
    rows = [row for row in readable_rows(sites, "tables.funnel()") if is_used(row)]
    if pd.isna(whole.tau):
        return NOTHING
    return render(
        sites,
        "Verschil en standaardfout, op volgorde van naam",
        [
            Column(_name_column(rows).heading, lambda row: numbered(row, rows)),
            Column("Verschil", lambda row: bare_points(row.estimate), is_number=True),
            Column("Standaardfout", lambda row: bare_points(row.standard_error), is_number=True),
            Column("Binnen de trechter?", lambda row: "ja" if row.is_inside else "nee"),
        ],
        note=(
            f"In procentpunten. De trechter is het gemiddelde ({bare_points(whole.mean)}), met aan elke kant de ruimte die het "
            f"toeval bij die standaardfout in {dutch.confidence(whole.level)} van de gevallen vraagt."
        ),
        keep=is_used,
    )


@from_protected
def pooled_differences(pooled: ProtectedTable) -> Block:
    """Show the mean over sites and how far they are apart. From `findings.synthesis.pooled`."""
    rows = readable_rows(pooled, "tables.pooled_differences()")
    whole = rows[0]
    if pd.isna(whole.mean):
        return NOTHING
    return render(
        pooled,
        "Het gemiddelde verschil, in procentpunten",
        [
            Column("Over", _scope),
            Column(
                "Gemiddelde (interval)",
                lambda row: f"{bare_points(row.mean)} ({_ends(row.lower, row.upper)})",
                is_number=True,
            ),
            Column("Nog een erbij", _if_known(lambda row: _ends(row.prediction_lower, row.prediction_upper)), is_number=True),
            Column("Spreiding", _if_known(lambda row: bare_points(row.tau)), is_number=True),
            Column("Meer dan toeval", _if_known(lambda row: dutch.percent(row.i2, 0)), is_number=True),
            Column("Aantal", lambda row: dutch.number(row.n_sites), is_number=True),
        ],
        note=(
            f"Het interval is het {level_of(whole)}. ‘Nog een erbij’: daartussen ligt het verschil dat bij nog een gemeente als deze te "
            "verwachten is. ‘Spreiding’ is de standaarddeviatie van de echte verschillen. ‘Meer dan toeval’ is welk "
            "deel van de verschillen tussen de uitkomsten geen toeval is (I²). ‘Aantal’ is hoeveel uitkomsten meetellen."
            + (" Een streepje: met twee uitkomsten is dat niet te zeggen." if any(pd.isna(row.tau) for row in rows) else "")
        ),
    )  # fmt: skip


@from_protected
def literature_differences(literature: ProtectedTable) -> Block:
    """Show what others found. From `findings.synthesis.literature`."""
    return render(
        literature,
        "Het verschil in werk, volgens de literatuur",
        [
            Column("Gemeten", lambda row: dutch.capital(LATER[row.horizon])),
            Column("Gemiddeld verschil", lambda row: dutch.points(row.difference), is_number=True),
        ],
        note=f"Bron: {'; '.join(literature.sources)}.",
    )


def _name_column(rows: list[Any]) -> Column:
    return Column("Gemeente en programma" if rows[0].is_of_all else "Gemeente", site_name)


def _scope(row: Any) -> str:
    if row.scope != "all":
        return str(row.scope_name)
    return "Alle uitkomsten" if row.is_of_all else "Alle gemeenten"


def _if_known(cell: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda row: UNKNOWN if pd.isna(row.tau) else cell(row)


def _ends(lower: float, upper: float) -> str:
    """Write the ends of an interval in a narrow column."""
    return between(lower, upper).removeprefix("van ")


def _grades(rows: list[Any]) -> list[str]:
    return [f"{GRADES[grade]}." for grade in sorted({row.grade for row in rows})]


def _count(n: Any) -> str:
    return UNKNOWN if pd.isna(n) else dutch.number(n)
