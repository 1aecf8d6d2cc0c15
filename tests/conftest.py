"""Shared: the repository's own project, and small projects that a test may break."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from filelock import FileLock
from hypothesis import settings

from evaltools.programmes import Claim
from evaltools.project import Project

ROOT = Path(__file__).parents[1]

# Machines are shared: how long an example takes says nothing about the code. A change that lands is judged by the same
# examples as on the machine where it was made; HYPOTHESIS_PROFILE=search looks for others.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

MINIMAL = """\
name: Proef
about: Een proef.
municipalities: [GM0197]
design: before_after
notebooks: [plain]
sources: [{title: krant}]
"""


@pytest.fixture
def own() -> Project:
    """The repository itself."""
    return Project(ROOT)


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id) -> Path:
    """The whole site, made once by the commands that `make reports` calls, in a project of its own; with the figures of CBS where they lie beside the repository."""
    from tests.statline_files import are_there, write_real_tables  # which needs this module

    own = tmp_path_factory.getbasetemp()
    root = (own if worker_id == "master" else own.parent) / "whole"
    with FileLock(root.with_suffix(".lock")):  # tests that run beside these use the same one
        if not root.exists():
            begun = root.with_name("begun")
            shutil.rmtree(begun, ignore_errors=True)
            for folder in ("programmes", "notebooks", "data/raw/reference"):
                shutil.copytree(ROOT / folder, begun / folder)
            if are_there():
                write_real_tables(Project(begun))
            program = Path(sys.executable).parent / "evaltools"
            for command in ("simulate", "reports"):
                done = subprocess.run([program, command], capture_output=True, text=True, check=False, cwd=begun)
                assert done.returncode == 0, done.stderr
            begun.rename(root)
    return root / "reports"


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    """An empty project with the reference data of the repository, as the current folder."""
    made = Project(tmp_path)
    made.programmes.mkdir()
    made.notebooks.mkdir()
    shutil.copytree(ROOT / "data" / "raw" / "reference", made.reference)
    monkeypatch.chdir(tmp_path)
    return made


@pytest.fixture
def write_programme(project):
    """Write a programme file into the project."""

    def write(text: str = MINIMAL, slug: str = "proef") -> Path:
        path = project.programmes / f"{slug}.yaml"
        path.write_text(text, "utf-8")
        return path

    return write


@pytest.fixture
def write_notebook(project):
    """Write a notebook of code cells into the project; the first is tagged 'parameters'."""

    def write(*cells: str, name: str = "plain", tag: str = "parameters") -> Path:
        notebook = nbformat.v4.new_notebook()
        notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
        notebook.cells.append(nbformat.v4.new_markdown_cell("# Een proef"))
        notebook.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
        if cells:
            notebook.cells[1].metadata["tags"] = [tag]
        path = project.notebooks / f"{name}.ipynb"
        nbformat.write(notebook, path)
        return path

    return write


@pytest.fixture
def make_claim():
    """Make a claim of ``n`` people from counts: ``make_claim(10, a=4, b=7)``."""

    def make(n: int, *, within=None, exclusive=(), readings=(), kinds=None, **counts: int) -> Claim:
        outcomes = [
            {
                "name": name,
                "label": name,
                "kind": (kinds or {}).get(name, "trajectory"),
                "within": (within or {}).get(name, "population"),
                "n": count,
            }
            for name, count in counts.items()
        ]
        return Claim.model_validate(
            {
                "municipality": "GM0197",
                "population": {"n": n, "unit": "residents", "stage": "selected", "meaning": "everybody"},
                "outcomes": outcomes,
                "exclusive": exclusive,
                "readings": readings,
                "source": {"title": "a test"},
            }
        )

    return make
