"""The notebook exploration, run cell by cell on simulated registers."""

import re
import shutil

import nbformat
import pytest
from nbclient import NotebookClient

from evaltools.programmes import list_programmes
from evaltools.project import Project
from evaltools.registers import open_register
from evaltools.registers.simulate import write_simulated
from tests.conftest import ROOT

CODES = ("GM0197", "GM0222")


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Execute it in a project of its own, in which only Aalten and Doetinchem have a register."""
    made = Project(tmp_path_factory.mktemp("project"))
    made.programmes.mkdir()
    shutil.copytree(ROOT / "notebooks", made.notebooks)
    shutil.copytree(ROOT / "data" / "raw" / "reference", made.reference)
    for slug in list_programmes(Project(ROOT)):
        shutil.copy2(ROOT / "programmes" / f"{slug}.yaml", made.programmes)
    write_simulated(made, programmes=["aandacht-helpt", "samen-sterk"], seed=1)
    notebook = nbformat.read(made.notebooks / "exploration.ipynb", as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(made.notebooks)}}).execute()
    return made, notebook


def shown(notebook):
    """Give what each cell shows, by the text of the cell."""
    return {
        cell.source: "\n".join(
            text for output in cell.outputs for text in output["data"].values() if isinstance(text, str)
        )
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.outputs
    }


def test_every_cell_shows_something_and_nothing_fails(executed):
    _, notebook = executed
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    kinds = {
        (output.output_type, "interact" in cell.source.partition("\n")[0]) for cell in code for output in cell.outputs
    }
    assert kinds == {("execute_result", False), ("display_data", True)}  # a slider is displayed
    assert len(shown(notebook)) == len(code) - 1  # all but the imports


def test_it_goes_from_register_to_flow_table_one_and_outcomes_for_both(executed):
    _, notebook = executed
    cells = shown(notebook)
    aalten = next(text for source, text in cells.items() if source.startswith("cohort = "))
    doetinchem = next(text for source, text in cells.items() if source.startswith("doetinchem = "))
    for text, n in ((aalten, "270"), (doetinchem, "726")):
        assert "simulated" in text
        assert re.search(rf">included</th><td>cohort</td><td>{n}<", text)
        assert re.search(rf">selected</th><td>exclusion</td><td>{n}<", text)
    # The published counts come out: 108 left and 38 of them for work; 83, 150 and 516.
    published = [text for source, text in cells.items() if source.startswith("membership_table")]
    for text, counts in zip(published, [("108", "38", "17", "53"), ("83", "150", "516")], strict=True):
        assert all(f"<td>{n}</td>" in text for n in counts)
    described = [text for source, text in cells.items() if source.startswith("table_one")]
    assert len(described) == 3
    assert all("months_on_benefit" in text and "smd_" in text for text in described)
    outcomes = [text for source, text in cells.items() if "outcome_table" in source and "@interact" not in source]
    assert len(outcomes) == 3
    assert all("work_with_benefit" in text for text in outcomes)


def test_it_shows_counts_and_nobody(executed):
    made, notebook = executed
    text = "\n".join(shown(notebook).values())
    for code in CODES:
        for table, column in (("persons", "person_id"), ("benefit_spells", "benefit_id")):
            assert not any(name in text for name in open_register(code, made).read(table, [column])[column])
    assert str(made.root) not in text
