"""Tables: a caption, a heading for each row and column, and Dutch numbers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from jinja2 import Environment

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, require_protected
from evaltools.reports.terms import GAPS

# On a phone each row becomes a list of "heading: cell" lines (data-label); changing the
# display of a table takes its meaning from screen readers, so the roles are written out.
_TABLE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<table class="table" role="table">
<caption>{{ caption }}</caption>
<thead role="rowgroup">
<tr role="row">
{% for column in columns %}
<th scope="col" role="columnheader"{% if column.is_number %} class="number"{% endif %}>{{ column.heading }}</th>
{% endfor %}
</tr>
</thead>
<tbody role="rowgroup">
{% for cells in body %}
<tr role="row">
{% for cell in cells %}
{% if loop.first %}
<th scope="row" role="rowheader">{{ cell }}</th>
{% else %}
<td role="cell" data-label="{{ columns[loop.index0].heading }}"
 {%- if columns[loop.index0].is_number %} class="number"{% endif %}>{{ cell }}</td>
{% endif %}
{% endfor %}
</tr>
{% endfor %}
</tbody>
</table>
{% if note %}
<p class="note">{{ note }}</p>
{% endif %}
""")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a page's table: its heading, and how a row fills it."""

    heading: str
    cell: Callable[[Any], str]
    is_number: bool = False


def render(table: ProtectedTable, caption: str, columns: Iterable[Column], *, note: str = "") -> Block:
    """Render a protected table; the first column is the heading of each row.

    A table without rows has nothing to say: its section is left out of the page.
    """
    rows = require_protected(table, "tables.render()").rows
    if rows.empty:
        return NOTHING
    columns = list(columns)
    body = [[column.cell(row) for column in columns] for row in rows.itertuples()]
    html = _TABLE.render(caption=caption, columns=columns, body=body, note=note)
    return Block(html=html, text=caption)


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


def shares(table: ProtectedTable) -> Block:
    """Show shares with their intervals. From `findings.claims.shares`."""
    rows = require_protected(table, "tables.shares()").rows
    is_derived = bool(len(rows)) and bool(rows["is_derived"].any())
    return render(
        table,
        "Aandelen, met het 95%-betrouwbaarheidsinterval"
        if rows.empty
        else f"Aandelen, met het {dutch.number(100 * rows['level'].iloc[0])}%-betrouwbaarheidsinterval",
        [
            Column("Uitkomst", lambda row: dutch.capital(row.label)),
            Column("Deel van", lambda row: dutch.READINGS[row.status].format(row.whole_label)),
            Column(
                "Aantal",
                lambda row: f"{'± ' if row.is_derived else ''}{dutch.number(row.n)} van {dutch.number(row.n_whole)}",
                is_number=True,
            ),
            Column("Aandeel", lambda row: dutch.percent(row.estimate, row.n_whole), is_number=True),
            Column("Interval", lambda row: dutch.interval(row.lower, row.upper, row.n_whole), is_number=True),
        ],
        note="± betekent: de tekst noemt alleen een aandeel. Wij hebben het aantal daaruit berekend."
        if is_derived
        else "",
    )


def overlap(table: ProtectedTable) -> Block:
    """Show whether the parts exceed their whole. From `findings.claims.overlap`."""
    return render(
        table,
        "De groepen, hun geheel en hoeveel mensen dubbel staan",
        [
            Column("Groepen", lambda row: dutch.capital(dutch.listing(list(row.parts)))),
            Column("Zo gelezen", _reading),
            Column("Geheel", lambda row: f"{dutch.number(row.n_whole)}: {row.whole_label}"),
            Column(
                "Opgeteld",
                lambda row: f"{' + '.join(dutch.number(n) for n in row.counts)} = {dutch.number(row.n_memberships)}",
                is_number=True,
            ),
            Column("Te veel", lambda row: dutch.number(row.n_too_many), is_number=True),
            Column("In meer dan één groep", _people_range),
        ],
        note="De laatste kolom geeft het kleinste en het grootste aantal dat met alle gepubliceerde aantallen kan.",
    )


def exits_and_work(table: ProtectedTable) -> Block:
    """Show exits beside exits for work. From `findings.claims.exits_and_work`."""
    return render(
        table,
        "Uit de uitkering, en naar werk",
        [
            Column("Groep", lambda row: dutch.capital(row.label or row.work_label)),
            Column("Uit de uitkering", lambda row: _or_unknown(row.n_exits), is_number=True),
            Column("Naar werk", lambda row: _or_unknown(row.n_work), is_number=True),
            Column("Reden niet genoemd", lambda row: _or_unknown(row.n_without_reason), is_number=True),
            Column(
                "Aandeel naar werk",
                lambda row: "niet bekend"
                if pd.isna(row.estimate)
                else f"{dutch.percent(row.estimate, row.n_exits)} ({dutch.interval(row.lower, row.upper, row.n_exits)})",
                is_number=True,
            ),
        ],
    )


def target_shares(table: ProtectedTable) -> Block:
    """Show what share of whom a target is. From `findings.targets.target_shares`."""
    return render(
        table,
        "Het doel als deel van een groep",
        [
            Column("Doel", lambda row: f"{dutch.as_published(row.n, None, row.precision, None)} {row.label}"),
            Column("Groep", lambda row: dutch.capital(row.population)),
            Column(
                "Aantal",
                lambda row: f"{dutch.as_published(row.n_population, None, row.population_precision, None)} "
                f"{dutch.UNITS[row.population_unit][1]}",
                is_number=True,
            ),
            Column("Het doel is", lambda row: f"{dutch.BOUNDS[row.bound]}{dutch.percent(row.share)}", is_number=True),
        ],
    )


def extra_exits(table: ProtectedTable) -> Block:
    """Show what an extra target asks beside an ordinary year. From `findings.targets.extra_exits`."""
    return render(
        table,
        "Hoeveel is ‘extra’, als het verder gaat zoals gewoonlijk?",
        [
            Column("Als net zo veel stopt als in", lambda row: f"Nederland in {row.year}"),
            Column("Stopt in een jaar", lambda row: dutch.percent(row.share_exits), is_number=True),
            Column("Dan stoppen vanzelf", lambda row: dutch.number(row.n_expected), is_number=True),
            Column("Het doel is daarvan", lambda row: f"{dutch.percent(row.share_more)} meer", is_number=True),
            Column("Nodig in een jaar", lambda row: dutch.percent(row.share_exits_needed), is_number=True),
        ],
        note="Wij nemen aan dat het aantal uitkeringen gelijk blijft. Bron van het landelijke aandeel: Divosa.",
    )


def business_case(table: ProtectedTable) -> Block:
    """Show the saving under a stated deadweight. From `findings.costs.business_case`."""
    rows = require_protected(table, "tables.business_case()").rows
    return render(
        table,
        "Besparing in één jaar min de investering",
        [
            Column("Was ook zonder het programma gegaan", lambda row: dutch.percent(row.share_deadweight, 0)),
            Column("Deel van de uitkering dat stopt", lambda row: dutch.percent(row.share_ending, 0), is_number=True),
            Column("Besparing", lambda row: dutch.euro(row.euro_saving), is_number=True),
            Column("Saldo", lambda row: dutch.euro(row.euro_balance), is_number=True),
        ],
        note=""
        if rows.empty
        else f"Berekend met {dutch.number(rows['n'].iloc[0])} mensen, {dutch.euro(rows['euro_each'].iloc[0])} per uitkering "
        f"per jaar en een investering van {dutch.euro(rows['euro_investment'].iloc[0])}.",
    )


def break_even(table: ProtectedTable) -> Block:
    """Show at which deadweight nothing is left. From `findings.costs.break_even`."""
    return render(
        table,
        "Bij welk deel ‘vanzelf’ blijft er niets over?",
        [
            Column("Prijs van een uitkering", lambda row: f"{dutch.euro(row.euro_each)} per jaar"),
            Column("Waar die prijs vandaan komt", lambda row: f"{dutch.capital(row.price or 'zoals de gemeente rekende')}"),
            Column("Deel van de uitkering dat stopt", lambda row: dutch.percent(row.share_ending, 0), is_number=True),
            Column(
                "Niets over als vanzelf ging",
                lambda row: dutch.percent(row.break_even) if row.break_even > 0 else "altijd verlies",
                is_number=True,
            ),
        ],
    )


def context(table: ProtectedTable) -> Block:
    """Show the national figures beside which a claim is read. From `reference.national_context`."""
    what = {
        "exits": "Uitkeringen die stopten",
        "relapse": "Weer in de bijstand, van iedereen die eruit ging",
        "relapse_after_work": "Weer in de bijstand, van wie naar werk ging",
    }
    return render(
        table,
        "Landelijke cijfers",
        [
            Column("Wat", lambda row: what[row.series]),
            Column("Jaar", lambda row: str(row.year), is_number=True),
            Column("Binnen", lambda row: f"{row.months} maanden", is_number=True),
            Column("Aandeel", lambda row: dutch.percent(row.share), is_number=True),
            Column("Bron", lambda row: row.source),
        ],
    )


def gaps(table: ProtectedTable) -> Block:
    """Show what is not known, why that matters and what is needed. From `findings.gaps`."""
    return render(
        table,
        "Wat wij niet weten",
        [
            Column("Wat weten wij niet?", lambda row: GAPS[row.gap].what.format(detail=row.detail)),
            Column("Waarom is dat belangrijk?", lambda row: GAPS[row.gap].why),
            Column("Wat is nodig?", lambda row: GAPS[row.gap].needed),
        ],
    )


def sources(table: ProtectedTable) -> Block:
    """Show where every figure of the page was published."""
    return render(
        table,
        "Waar de cijfers staan",
        [
            Column("Titel", lambda row: row.title),
            Column("Gepubliceerd", lambda row: dutch.day(row.published) if row.published else row.note or "datum niet vermeld"),
            Column("Bestand", lambda row: row.file or "–"),
        ],
    )


def _reading(row: Any) -> str:
    if row.reading:
        return f"anders: {row.reading}"
    if row.assumed:
        quoted = dutch.listing([f"‘{label}’" for label in row.assumed])
        return f"onze lezing: {quoted} {'zijn' if len(row.assumed) > 1 else 'is'} deel van dit geheel; de tekst zegt dat niet"
    return "zoals de tekst het zegt"


def _people_range(row: Any) -> str:
    if not row.is_possible:
        return "kan niet: de aantallen spreken elkaar tegen"
    lowest, highest = dutch.number(row.n_people_lowest), dutch.number(row.n_people_highest)
    return lowest if lowest == highest else f"{lowest} tot {highest}"


def _or_unknown(n: Any) -> str:
    return "niet bekend" if pd.isna(n) else dutch.number(n)
