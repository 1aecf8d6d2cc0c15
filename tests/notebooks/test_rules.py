"""The rules for notebooks: thin, parameterised, one heading per display, no output, no typed figures.

`exploration` is for people: it is no report, has no parameters and shows what a researcher looks at.
"""

import ast
import re

import nbformat
import pytest

from evaltools.batch.formulas import to_html
from evaltools.batch.gate import notebook_problems
from evaltools.batch.parameters import read_declared
from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_STATEMENTS = 8
FORBIDDEN = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If, ast.IfExp, ast.Try,
    ast.With, ast.Assert, ast.Delete, ast.Global,
)  # fmt: skip

REPORTS = [path for path in NOTEBOOKS if path.stem != "exploration"]

every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
report = pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def tags(cell):
    return cell.metadata.get("tags", [])


def displays(path):
    return [cell for cell in code_cells(path) if not {"parameters", "setup"} & set(tags(cell))]


@every
def test_is_valid_and_without_output(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert all(not cell.outputs and cell.execution_count is None for cell in code_cells(path))
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


@report
def test_first_code_cell_declares_the_parameters_with_their_help(path):
    first = code_cells(path)[0]
    assert tags(first) == ["parameters"]
    declared = read_declared(path).defaults
    # With both it is a page of a programme in a municipality; with one, of that alone; with neither, about the method.
    # The folder of other pages is filled in by the batch, and stands on no page.
    assert declared.get("results", "") == ""
    assert ("results" in declared) == ("results" in read_declared(path).private)
    assert all(re.search(r"  # \w+", line) for line in first.source.splitlines())


def is_for_a_widget(node):
    """Whether it is a function that is called when a slider moves: there is no other way to say it."""
    decorators = getattr(node, "decorator_list", [])
    return [each.func.id for each in decorators if isinstance(each, ast.Call)] == ["interact"]


@every
def test_has_no_logic(path):
    for cell in code_cells(path):
        tree = ast.parse(cell.source)
        assert len(tree.body) <= MOST_STATEMENTS, cell.source
        found = [
            type(node).__name__ for node in ast.walk(tree) if isinstance(node, FORBIDDEN) and not is_for_a_widget(node)
        ]
        assert not found, cell.source


@report
def test_passes_the_gate_of_the_batch(path):
    assert notebook_problems(read(path)) == []


@report
def test_one_heading_for_each_display(path):
    cells = read(path).cells
    headings = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert headings[0].startswith("# ")
    assert sum(heading.startswith("# ") for heading in headings) == 1
    for cell in displays(path):
        heading = cells[cells.index(cell) - 1]
        assert heading.cell_type == "markdown"
        assert re.fullmatch(r"#{2,3} [^\n]+", heading.source)


@every
def test_prose_holds_no_typed_figures(path):
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"\d", re.sub(r"\$+[^$]+\$+", "", cell.source)), cell.source


@report
def test_a_register_is_shown_with_rounded_counts_only(path):
    source = "\n".join(cell.source for cell in code_cells(path))
    if "open_register" in source:
        assert "already_published" not in source or "programme" in read_declared(path).defaults
        # Tables that `findings` makes say so themselves (`findings.people.table_of`).
        declares = any(gate in source for gate in ("rounded(", "rounded,", "Table(", "protect_curves"))
        assert "is_simulated=register.is_simulated" in source or not declares


@every
def test_imports_no_batch(path):
    assert not any(
        "evaltools.batch" in cell.source or "from evaltools import batch" in cell.source for cell in code_cells(path)
    )


@every
def test_formulas_become_mathml(path):
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            assert "$" not in to_html(cell.source)
