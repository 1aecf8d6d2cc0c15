"""What every table of a page has: a caption, a heading for each row and column, and Dutch numbers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, rows_of

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
<th scope="row" role="rowheader" data-label="{{ columns[0].heading }}">{{ cell }}</th>
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


def render(
    table: ProtectedTable,
    caption: str,
    columns: Iterable[Column],
    *,
    note: str = "",
    keep: Callable[[Any], bool] = lambda _: True,
) -> Block:
    """Render a protected table; the first column is the heading of each row.

    A table without rows has nothing to say: its section is left out of the page. The
    caption of a table from a simulated register says so, the note of a rounded one that too.
    Rows for which ``keep`` does not hold are left out.
    """
    rows = [row for row in rows_of(table, "tables.render()") if keep(row)]
    if not rows:
        return NOTHING
    columns = list(columns)
    body = [[column.cell(row) for column in columns] for row in rows]
    if table.is_simulated:
        caption = f"{caption} ({dutch.SIMULATED})"
    if table.base:
        note = f"{note} Aantallen zijn afgerond op {dutch.multiples(table.base)}.".strip()
    html = _TABLE.render(caption=caption, columns=columns, body=body, note=note)
    return Block(html=html, text=caption, origins=(table.origin,))
