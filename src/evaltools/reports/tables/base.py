"""What every table of a page has: a caption, a heading for each row and column, and Dutch numbers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block
from evaltools.reports.rows import HiddenValueError, readable_rows

HIDDEN = "x"
"""Stands for a number that is not shown: short, so that columns stay narrow, and a letter, that is read out as it is."""

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
<th scope="row" role="rowheader" data-label="{{ columns[0].heading }}">{{ hidden if cell is none else cell }}</th>
{% else %}
<td role="cell" data-label="{{ columns[loop.index0].heading }}"
 {%- if columns[loop.index0].is_number %} class="number"{% endif %}>{{ hidden if cell is none else cell }}</td>
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
    """A column of a page's table: its heading, and how a row fills it.

    A cell that is made of a hidden number is hidden, whatever ``cell`` does with it.
    """

    heading: str
    cell: Callable[[Any], str]
    is_number: bool = False


def render(
    table: ProtectedTable,
    caption: str,
    columns: Iterable[Column],
    *,
    note: str = "",
    keep: Callable[[Any], bool] = lambda _: True,
    by: str = "",
    order: Callable[[Any], Any] | None = None,
    lines: Sequence[Any] = (),
) -> Block:
    """Render a protected table; the first column is the heading of each row.

    A table without rows has nothing to say: its section is left out of the page. The
    caption of a table from a simulated register says so, the note of a rounded one that too.
    Of a table with hidden numbers both say so, the note with how many.

    Parameters
    ----------
    keep
        Rows for which it does not hold are left out.
    by
        A label: the rows with the same one are one row of the page, and a column's ``cell`` gets the list of them.
        One row of the page for each row of the table when left out.
    order
        What the rows are sorted by; in the order of the table when left out.
    lines
        What each row of the page is about, where that is no row of the table but one of its columns, such as methods; a column's
        ``cell`` gets these.
    """
    rows = [row for row in readable_rows(table, "tables.render()") if keep(row)]
    if not rows:
        return NOTHING
    columns = list(columns)
    rows = sorted(rows, key=order) if order else rows
    of_page = lines or (_grouped(rows, by) if by else rows)
    body = [[_cell(column, line) for column in columns] for line in of_page]
    in_brackets = [dutch.SIMULATED] * table.is_simulated
    if any(cell is None for cells in body for cell in cells):
        in_brackets.append(f"{HIDDEN}: niet getoond")
        note = f"{note} {_hidden(body, columns)}".strip()
    if in_brackets:
        caption = f"{caption} ({'; '.join(in_brackets)})"
    if table.base:
        note = f"{note} Aantallen zijn afgerond op {dutch.multiples(table.base)}.".strip()
    html = _TABLE.render(caption=caption, columns=columns, body=body, note=note, hidden=HIDDEN)
    return Block(html=html, text=caption, origins=(table.origin,))


def _cell(column: Column, row: Any) -> str | None:
    """Fill a cell; None where it is made of a hidden number."""
    try:
        return column.cell(row)
    except HiddenValueError:
        return None


def _grouped(rows: list[Any], by: str) -> list[list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        groups.setdefault(getattr(row, by), []).append(row)
    return list(groups.values())


def _hidden(body: list[list[str | None]], columns: list[Column]) -> str:
    """Say of how many of the numbers that a reader sees there is none."""
    n_of = [sum(cells[at] is None for cells in body) for at in range(len(columns))]
    n = sum(n_of)
    n_all = len(body) * sum(column.is_number or n > 0 for column, n in zip(columns, n_of, strict=True))
    return (
        f"Een {HIDDEN} staat voor een getal dat wij niet tonen, om de privacy van mensen te beschermen. "
        f"Dat {'is' if n == 1 else 'zijn'} {dutch.portion(n, n_all, 'getal', 'getallen')}."
    )
