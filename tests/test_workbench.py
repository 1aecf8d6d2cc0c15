"""The start of the workbench, and JupyterLab as its user sees it."""

import shutil

import nbformat
import pytest
from nbclient import NotebookClient

from evaltools import cohorts, effects
from evaltools.project import Project
from evaltools.registers.simulate import write_simulated
from evaltools.workbench import prepare
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    made = Project(tmp_path_factory.mktemp("project"))
    for folder in ("notebooks", "docs"):
        shutil.copytree(ROOT / folder, made.root / folder)
    shutil.copytree(ROOT / "data" / "raw" / "reference", made.reference)
    shutil.copytree(ROOT / "programmes", made.programmes)
    write_simulated(made, programmes=["aandacht-helpt"], seed=1)
    return made


def text_of(path):
    return "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)


def test_it_says_what_there_is_to_explore(made):
    text = text_of(prepare(made))
    assert "| Aalten | `GM0197` | gesimuleerd: niemand erin bestaat | 31-03-2021 | persons, benefit_spells" in text
    assert "GM0222" not in text.split("## Programma’s")[0]
    assert "| Samen sterk voor inwoners naar werk | `samen-sterk` | GM0222 |" in text
    assert "[Wat heeft het programma opgeleverd?](../../notebooks/evaluation.ipynb)" in text
    for package in (cohorts, effects):
        names = [name for name in package.__all__ if name[0].islower()]
        assert len(names) > 10
        assert all(f"| `{name}` | " in text for name in names)


def test_its_links_lead_somewhere(made):
    path = prepare(made)
    links = [part.split(")")[0] for part in text_of(path).split("](")[1:]]
    assert len(links) > 8
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_its_cells_run(made):
    path = prepare(made)
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    (register,) = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert "Register GM0197, simulated" in register["data"]["text/html"]


def test_what_a_user_changed_stays(made):
    prepare(made)
    own = made.build / "lab" / "exploration.ipynb"
    own.write_text("changed", "utf-8")
    prepare(made)
    assert own.read_text("utf-8") == "changed"
    own.unlink()


def test_without_a_register_it_says_how_to_get_one(project):
    shutil.copy(ROOT / "notebooks" / "exploration.ipynb", project.notebooks)
    (project.programmes / "kapot.yaml").write_text("name: [", "utf-8")
    text = text_of(prepare(project))
    assert "evaltools simulate" in text
    assert "open_register(" not in text
    assert "| kan niet worden gelezen; `evaltools list` zegt waarom | `kapot` |  |" in text


def test_what_cannot_be_read_keeps_nothing_else_away(project):
    """No exploration notebook, one that is none, and a register that is damaged."""
    (project.notebooks / "stuk.ipynb").write_bytes(b"\xff{")
    (project.notebooks / "half.ipynb").write_text("{", "utf-8")
    folder = project.processed / "GM0197"
    folder.mkdir(parents=True)
    (folder / "persons.parquet").write_bytes(b"niets")
    text = text_of(prepare(project))
    assert "| Aalten | `GM0197` | kan niet worden gelezen; `evaltools list` zegt waarom |  |  |" in text
    for name in ("stuk", "half"):
        assert f"[{name}: kan niet worden gelezen" in text
