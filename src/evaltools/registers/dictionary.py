"""The data dictionary (``docs/data-dictionary.md``), written from the declarations: ``make docs``."""

import sys
from collections.abc import Iterator

from evaltools.registers.codes import CODE_LISTS, EXIT_GROUPS, CodeList
from evaltools.registers.tables import TABLES, Table

INTRODUCTION = """\
# Data dictionary

The tables of a register, as `evaltools ingest` and `evaltools simulate` store them: one folder per municipality in
`data/processed/`, one Parquet file per table. Written from `src/evaltools/registers/tables.py` and `codes.py` by
`make docs`; change it there.

Identifiers are pseudonyms. Days are inclusive; an empty last day means that it still runs. An amount is in euro.
"""


def data_dictionary() -> str:
    """Write the data dictionary as Markdown."""
    parts = [INTRODUCTION, *(_table(table) for table in TABLES.values()), "## Codes\n", *map(_codes, CODE_LISTS)]
    return "\n".join(parts)


def _table(table: Table) -> str:
    lines = [
        f"## {table.name}",
        "",
        f"One row is {table.row}. No two rows share {' and '.join(f'`{column}`' for column in table.key)}.",
        "",
        "| column | kind | required | meaning |",
        "|---|---|---|---|",
    ]
    for column in table.columns:
        code_list = table.code_list(column)
        kind = f"code: [{code_list.name}](#{code_list.name})" if code_list else table.kind(column)
        if column == "provision_type":
            kind = "code: [2015](#provision_type_2015) and [2019](#provision_type_2019)"
        required = "yes" if table.is_required(column) else ""
        lines.append(f"| `{column}` | {kind} | {required} | {table.schema.columns[column].description} |")
    lines += ["", *_rules(table)]
    return "\n".join(lines)


def _rules(table: Table) -> Iterator[str]:
    about = [(f"{name} ", check) for name, column in table.schema.columns.items() for check in column.checks]
    rules = [*about, *(("", check) for check in table.schema.checks)]
    if rules:
        yield "No row may have:"
        yield ""
        for name, check in rules:
            yield f"- {name}{check.error} (`{check.name}`)"
        yield ""


def _codes(code_list: CodeList) -> str:
    has_groups = any(code.group for code in code_list.codes)
    has_criteria = any(code.criterion for code in code_list.codes)
    open_list = " Other codes of two digits are kept, counted and reported." if code_list.is_open else ""
    heads = ["code", "text", *(["our group"] if has_groups else []), *(["criterion"] if has_criteria else [])]
    lines = [
        f"### {code_list.name}",
        "",
        f"{code_list.title.capitalize()}. Source: {code_list.source}.{open_list}",
        "",
        f"| {' | '.join(heads)} |",
        "|---" * len(heads) + "|",
    ]
    for code in code_list.codes:
        cells = [code.code, code.text]
        cells += [EXIT_GROUPS[code.group]] if has_groups else []
        cells += [code.criterion] if has_criteria else []
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.stdout.write(data_dictionary())
