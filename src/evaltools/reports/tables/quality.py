"""Tables of the page on the quality of a register, from `registers.quality`, `registers.consistency` and `registers.exits`."""

from functools import partial
from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import TOTAL
from evaltools.reports import dutch, register_terms
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.rows import is_hidden, readable_rows
from evaltools.reports.tables.base import Column, render

NO_SHARE = "Een aandeel staat er alleen vanaf 100 rijen, en niet als het (bijna) alles of niets is."


@from_protected
def delivered(table: ProtectedTable) -> Block:
    """Show which tables there are. From `registers.quality.delivered`."""
    return render(
        table,
        "De tabellen van het register",
        [
            Column("Tabel", lambda row: dutch.capital(register_terms.TABLES[row.table].name)),
            Column("Eén rij is", lambda row: register_terms.TABLES[row.table].row),
            Column(
                "Opgehaald op", lambda row: "–" if pd.isna(row.extract_day) else dutch.register_day(row.extract_day)
            ),
            Column("Rijen", lambda row: _or_absent(row, row.n_rows, table.base), is_number=True),
            Column(
                "Weggelaten bij het inlezen", lambda row: _or_absent(row, row.n_set_aside, table.base), is_number=True
            ),
        ],
        note=(
            "Weggelaten zijn rijen die niet te lezen waren of niet konden kloppen."
            if any(
                row.n_set_aside > 0
                for row in readable_rows(table, "tables.delivered()")
                if not pd.isna(row.n_set_aside)
            )
            else ""
        ),
    )


@from_protected
def completeness(table: ProtectedTable) -> Block:
    """Show what is missing, per column. From `registers.quality.completeness`."""
    is_empty = any(row.is_empty for row in readable_rows(table, "tables.completeness()"))
    absent = "‘Alles’ betekent dat geen enkele rij het gegeven heeft." if is_empty else ""
    return render(
        table,
        "Gegevens die ontbreken",
        [
            Column("Gegeven", lambda row: dutch.capital(register_terms.column(row.table, row.column))),
            Column("Tabel", _table_name),
            Column("Hoort in", lambda row: f"{dutch.rounded_count(row.n_rows, table.base)} rijen", is_number=True),
            Column("Ontbreekt in", lambda row: dutch.rounded_count(row.n_missing, table.base), is_number=True),
            Column("Aandeel", lambda row: "alles" if row.is_empty else _share(row.share_missing), is_number=True),
        ],
        note=f"{NO_SHARE} {absent}".strip(),
        keep=lambda row: row.n_rows > 0,
    )


@from_protected
def impossible(table: ProtectedTable) -> Block:
    """Show what cannot be right, per rule that more than a few rows break. From `registers.consistency.impossible`."""
    return _rules(table, "Rijen die niet kunnen kloppen", "impossible")


@from_protected
def striking(table: ProtectedTable) -> Block:
    """Show what may be right but must be known. From `registers.consistency.impossible`."""
    return _rules(table, "Rijen die opvallen, maar kunnen kloppen", "striking")


@from_protected
def duplicates(table: ProtectedTable) -> Block:
    """Show what stands more than once. From `registers.consistency.duplicates`."""
    return render(
        table,
        "Rijen die dubbel staan",
        [
            Column("Wat staat er dubbel?", lambda row: dutch.capital(register_terms.rule(row.rule))),
            Column("Tabel", _table_name),
            Column("Rijen", lambda row: dutch.rounded_count(row.n_duplicate, table.base), is_number=True),
            Column(
                "Weggelaten bij het inlezen",
                lambda row: dutch.rounded_count(row.n_set_aside, table.base),
                is_number=True,
            ),
        ],
        keep=lambda row: row.n_duplicate > 0 or row.n_set_aside > 0,
    )


@from_protected
def registration_lag(table: ProtectedTable) -> Block:
    """Show how late ends are registered. From `registers.quality.registration_lag`."""
    if not any(not pd.isna(row.share_registered) for row in readable_rows(table, "tables.registration_lag()")):
        return NOTHING
    return render(
        table,
        "Tijd tussen het einde van een uitkering en de invoer daarvan",
        [
            Column("Ingevoerd na", lambda row: register_terms.lag(row.lag)),
            Column("Staan er nu", lambda row: dutch.rounded_count(row.n_ends, table.base), is_number=True),
            Column(
                "Dan is ingevoerd",
                lambda row: "–" if pd.isna(row.share_registered) else f"ongeveer {_whole(row.share_registered)}",
                is_number=True,
            ),
        ],
        note=(
            "Het aandeel is een schatting en afgerond. Zij telt ook mee wat nog moet worden ingevoerd, en gaat over "
            "uitkeringen waarvan het einde binnen een jaar wordt ingevoerd. Kleine groepen zijn samengenomen."
        ),
    )


@from_protected
def unknown_codes(table: ProtectedTable) -> Block:
    """Show codes that are not in the list. From `registers.quality.unknown_codes`."""
    return render(
        table,
        "Codes die niet in de officiële lijst staan",
        [
            Column("Code", lambda row: "andere codes" if row.code == "other" else row.code),
            Column("Gegeven", lambda row: register_terms.column(row.table, row.column)),
            Column("Tabel", _table_name),
            Column("Lijst", lambda row: register_terms.CODE_SETS.get(row.code_set, "–")),
            Column("Rijen", lambda row: dutch.rounded_count(row.n_rows, table.base), is_number=True),
        ],
    )


@from_protected
def code_breaks(table: ProtectedTable) -> Block:
    """Show provisions per year and list of codes. From `registers.quality.code_breaks`."""
    return render(
        table,
        "Voorzieningen naar het jaar waarin zij begonnen",
        [
            Column("Jaar", lambda row: row.year),
            Column("Lijst", lambda row: register_terms.CODE_SETS.get(row.code_set, row.code_set)),
            Column("Voorzieningen", lambda row: dutch.rounded_count(row.n_provisions, table.base), is_number=True),
            Column("Personen", lambda row: dutch.rounded_count(row.n_persons, table.base), is_number=True),
        ],
    )


@from_protected
def persons_and_benefits(table: ProtectedTable) -> Block:
    """Show persons beside benefits. From `registers.quality.persons_and_benefits`."""
    return render(
        table,
        "Personen en uitkeringen op één dag",
        [
            Column("Op", lambda row: dutch.register_day(row.on)),
            Column("Personen", lambda row: dutch.rounded_count(row.n_persons, table.base), is_number=True),
            Column("Uitkeringen", lambda row: dutch.rounded_count(row.n_benefits, table.base), is_number=True),
            Column("Waarvan van een paar", lambda row: dutch.rounded_count(row.n_couples, table.base), is_number=True),
        ],
    )


@from_protected
def ends_by_group(table: ProtectedTable) -> Block:
    """Show why benefits ended, per year. From `registers.exits.ends_by_group`; nothing where none ended."""
    rows = readable_rows(table, "tables.ends_by_group()")
    *years, _ = dict.fromkeys(row.year for row in rows)
    (everything,) = [row for row in rows if row.year == row.exit_group == TOTAL]
    if not is_hidden(everything, "n_ends") and not everything.n_ends:
        return NOTHING
    return render(
        table,
        "Hoe vaak een uitkering van een persoon stopte, en waarom",
        [
            Column("Reden", lambda of_group: dutch.capital(register_terms.EXIT_GROUPS[of_group[0].exit_group])),
            *(Column(year, partial(_n_ends, year=year), is_number=True) for year in years),
            Column("Samen", partial(_n_ends, year=TOTAL), is_number=True),
        ],
        note=(
            "Handhaving is: geen gegevens aangeleverd, niet verschenen, te lang in het buitenland, of geen opleiding gevolgd "
            "terwijl dat kon."
        ),
        by="exit_group",
    )


def _n_ends(of_group: list[Any], year: str) -> str:
    (row,) = [row for row in of_group if row.year == year]
    return dutch.number(row.n_ends)


def _rules(table: ProtectedTable, caption: str, kind: str) -> Block:
    return render(
        table,
        caption,
        [
            Column("Wat is er aan de hand?", lambda row: dutch.capital(register_terms.rule(row.rule))),
            Column("Tabel", _table_name),
            Column("Rijen", lambda row: dutch.rounded_count(row.n_broken, table.base), is_number=True),
            Column("Aandeel", lambda row: _share(row.share_broken), is_number=True),
            Column(
                "Weggelaten bij het inlezen",
                lambda row: dutch.rounded_count(row.n_set_aside, table.base),
                is_number=True,
            ),
        ],
        note=NO_SHARE,
        keep=lambda row: row.kind == kind and (row.n_broken > 0 or row.n_set_aside > 0),
    )


def _table_name(row: Any) -> str:
    return register_terms.TABLES[row.table].name


def _or_absent(row: Any, n: Any, base: int) -> str:
    return dutch.rounded_count(n, base) if row.is_delivered else "niet geleverd"


def _share(share: Any) -> str:
    return "–" if pd.isna(share) else dutch.percent(float(share))


def _whole(share: Any) -> str:
    return dutch.percent(float(share), 0)
