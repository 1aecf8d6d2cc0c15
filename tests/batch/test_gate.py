"""A notebook shows what functions of evaltools make, and nothing of its own."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup

from evaltools.batch.gate import notebook_problems
from evaltools.batch.plan import plan_reports
from evaltools.batch.run import run_reports
from tests.batch.small import GOOD, HAND_MADE, PARAMETERS

USES = "from evaltools.disclosure import already_published\nfrom evaltools.reports import tables, wording\n"
OTHER = "to something else than the module of evaltools.reports"


def problems(*cells):
    """Of a notebook with these cells: one that is a pair is of tags and code."""
    made = []
    for cell in cells:
        tags, source = cell if isinstance(cell, tuple) else ([], cell)
        made.append(nbformat.v4.new_code_cell(source, metadata={"tags": tags}))
    return notebook_problems(nbformat.v4.new_notebook(cells=made))


def test_a_thin_notebook_passes():
    setup = (
        "from functools import partial\n"
        "from evaltools.findings.overlap import overlap\n"
        "from evaltools import reference\n"
        "published = partial(already_published, source=[each for each in sorted({'a', 'b'})])\n"
        "first: int = len(reference.municipality_names()['GM0197'])"
    )
    display = "tables.shares(published(overlap(level)), n=max(first, 2))"
    assert problems((["parameters"], "level = 0.95"), (["setup"], USES), (["setup"], setup), display) == []


@pytest.mark.parametrize(
    "source", ["from evaltools.registers.statline import stored_flows", "from evaltools.registers import statline", "from evaltools.registers.statline.flows import change"]
)  # fmt: skip
def test_who_reads_the_figures_of_cbs_says_so(source):
    reading = (["setup"], source)
    (problem,) = problems((["parameters"], "level = 0.95"), reading)
    assert "reads the figures of CBS without a parameter statline = True" in problem
    assert problems((["parameters"], "statline = True"), reading) == []
    for other in ("statline = False", "statline = 1", "statline = [True]"):
        assert len(problems((["parameters"], other), reading)) == 1


def test_no_way_round_by_the_package():
    reading = (["setup"], "from evaltools import registers\nflows = registers.statline.stored_flows()")
    (problem,) = problems((["parameters"], "level = 0.95"), reading)
    assert "reads the figures of CBS" in problem


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("print(1)", "uses 'print', which the notebook neither imports nor makes"),
        ("display(wording)", "uses 'display'"),
        ("get_ipython()", "uses 'get_ipython'"),
        ("eval('1')", "uses 'eval'"),
        ("open('x')", "uses 'open'"),
        ("__import__('os')", "uses '__import__', which is private"),
        ("%matplotlib inline", "is no plain Python"),
        ("!ls", "is no plain Python"),
        ("tables.shares(1)?", "is no plain Python"),
        ("1", "must be one call of a function of figures, tables or wording; or tag it 'setup'"),
        ("tables.shares", "must be one call"),
        ("tables.base.render(1)", "must be one call"),
        ("tables.render(1, 'precies 3')", "uses '.render', which is for functions of evaltools only"),
        ("tables.shares(1)\ntables.shares(2)", "must be one call"),
        ("x = tables.shares(1)", "must be one call"),
        ("tables.shares(1)._repr_html_()", "must be one call"),
        ("tables.shares(tables.__dict__)", "uses '.__dict__', which is private"),
        ("tables.Block('x')", "uses '.Block', which is for functions of evaltools only"),
        ("tables.shares((lambda: 1)())", "holds a function or an assignment within an expression"),
        ("tables.shares(x := 1)", "holds a function or an assignment within an expression"),
        ("tables.shares([tables for tables in [1]])", f"gives the name 'tables' {OTHER}"),
    ],
)
def test_a_cell_that_shows_something_of_its_own(cell, problem):
    found = problems((["setup"], USES), cell)
    assert any(each.startswith(f"cell 2: {problem}") for each in found), found


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("from evaltools.reports.block import Block", "imports from evaltools.reports.block; a report imports from"),
        ("from evaltools.reports.block import Block", "imports Block, which is for functions of evaltools only"),
        ("from evaltools.reports.tables.base import render", "imports from evaltools.reports.tables.base"),
        (
            "from evaltools.reports import block",
            "imports block from evaltools.reports; allowed: figures, tables, wording",
        ),
        ("from evaltools.reports import block as tables", f"gives the name 'tables' {OTHER}"),
        ("from evaltools.reports import figures as tables", f"gives the name 'tables' {OTHER}"),
        ("from evaltools.registers import tables", f"gives the name 'tables' {OTHER}"),
        ("import math as wording", f"gives the name 'wording' {OTHER}"),
        ("tables = 1", f"gives the name 'tables' {OTHER}"),
        ("from evaltools import reports", "imports reports from evaltools; allowed: cohorts, effects"),
        ("from evaltools.disclosure.protected import seal", "imports from evaltools.disclosure.protected"),
        ("from evaltools.disclosure import from_publications", "imports from_publications, which is for"),
        ("from evaltools.findings.claims import from_publications", "imports from_publications, which is for"),
        ("from evaltools.findings.profile import _rows", "imports _rows, which is private"),
        ("from evaltools.findings import *", "imports all names of a module; name them"),
        ("from evaltools.batch import run", "imports from evaltools.batch"),
        ("from IPython.display import HTML", "imports from IPython.display"),
        ("from pandas import DataFrame", "imports from pandas"),
        ("from . import x", "imports from .;"),
        ("import os", "imports os as a whole"),
        ("import evaltools.reports.block", "imports evaltools.reports.block as a whole"),
        (
            "import math\nmath.pi",
            "line 2 does something else than import or give a name to a value; put that in a function of the library",
        ),
        ("for x in []:\n    pass", "line 1 does something else"),
        ("def f():\n    pass", "line 1 does something else"),
        ("x = 1\ndel x", "line 2 does something else"),
        ("wording.about = 1", "changes a value in place"),
        ("x = {}\nx['a'] = 1", "changes a value in place"),
        ("x = wording.seal", "uses '.seal', which is for functions of evaltools only"),
        ("x = tables.shares(1).to_csv('x.csv')", "uses '.to_csv()', which writes a table out"),
        ("x = [exec for exec in ()]", "uses 'exec', which Python has another meaning for"),
        ("open = 1", "uses 'open', which Python has another meaning for"),
        ("from functools import update_wrapper", "imports update_wrapper from functools; allowed: partial, reduce"),
        ("import functools", "imports functools as a whole"),
        ("x = wording.base", "uses '.base', which is for functions of evaltools only"),
        ("x = tables.shares(1).query('n > 1')", "uses '.query()', which runs what it is given"),
        ("x = getattr(tables, 'base')", "uses 'getattr', which the notebook neither imports nor makes"),
    ],
)
@pytest.mark.parametrize("tag", ["setup", "parameters"])
def test_a_cell_that_prepares_something_of_its_own(tag, cell, problem):
    found = problems((["setup"], USES), ([tag], cell))
    assert any(each.startswith(f"cell 2: {problem}") for each in found), found


def test_every_problem_is_named_by_its_cell_as_people_count():
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# T"),
            nbformat.v4.new_code_cell("import os", metadata={"tags": ["setup"]}),
            nbformat.v4.new_code_cell("os.getcwd()"),
        ]
    )
    assert [problem[:7] for problem in notebook_problems(notebook)] == ["cell 2:", "cell 3:"]


def test_a_good_notebook_is_published(project, write_programme, write_gated):
    write_gated(PARAMETERS, *GOOD)
    write_programme()
    (status,) = run_reports(plan_reports(project).reports, project=project, site=project.reports)
    assert (status.kind, status.reason) == ("", "")
    page = BeautifulSoup((project.reports / "proef/GM0197-plain.html").read_text("utf-8"), "html.parser")
    assert "Een proef." in page.main.text
    assert page.footer.find("a", string=re.compile("Download")) is None  # no counts of its own, so no CSV


FORGED = (
    "from IPython.display import display\n"
    "display({'text/html': '<p>123 mensen</p>'}, metadata={'evaltools': {'kind': 'block', 'headline': ''}}, raw=True)",
    f"{HAND_MADE}Block(html='<p>123 mensen</p>')",
)


@pytest.mark.parametrize("cell", FORGED)
def test_a_hand_made_block_would_pass_what_looks_at_outputs(ungated, project, write_programme, write_notebook, cell):
    """What a notebook shows carries the mark, so that only its code tells who made it."""
    write_notebook(PARAMETERS, cell)
    write_programme()
    (status,) = run_reports(plan_reports(project).reports, project=project, site=project.reports)
    assert status.kind == ""
    assert "123 mensen" in (project.reports / "proef/GM0197-plain.html").read_text("utf-8")


@pytest.mark.parametrize("cell", FORGED)
def test_a_hand_made_block_does_not_pass_the_gate(project, write_programme, write_notebook, cell):
    write_programme()
    write_notebook(PARAMETERS, cell)
    plan = plan_reports(project)
    assert plan.reports == ()
    (refusal,) = plan.refusals
    assert refusal.kind == "notebook_refused"
    assert refusal.reason.startswith("notebooks/plain.ipynb has ")
    assert "cell 3: must be one call" in refusal.reason
    # Nor when it was changed between the plan and the run.
    (status,) = run_reports([refusal.report], project=project, site=project.reports)
    assert status.kind == "page_refused"
    assert "cell 3: must be one call" in status.reason
    assert list(project.reports.iterdir()) == []
