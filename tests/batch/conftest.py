"""Shared by the tests of the batch."""

import signal
import sys

import pytest

from evaltools.batch import make, plan
from evaltools.cli import main
from tests.batch.small import PARAMETERS, tag_setup
from tests.conftest import MINIMAL


@pytest.fixture
def ungated(monkeypatch):
    """Let notebooks run that the gate refuses: what follows it is to hold by itself."""
    for module in (plan, make):
        monkeypatch.setattr(module, "notebook_problems", lambda _: [])


@pytest.fixture
def write_gated(write_notebook):
    """Write a notebook with its cells tagged as the gate wants them."""

    def write(*cells, **options):
        return tag_setup(write_notebook(*cells, **options))

    return write


@pytest.fixture
def write_cells(ungated, project, write_programme, write_notebook):
    """Write a project with a notebook for each cell, by name."""

    def write(cells):
        for name, cell in cells.items():
            write_notebook(PARAMETERS, cell, name=name)
        write_programme(MINIMAL.replace("[plain]", f"[{', '.join(cells)}]"))
        return project

    return write


@pytest.fixture
def evaltools(monkeypatch, capsys):
    """Run a command in this process, which has imported all; give its exit status and what it says."""
    handler = signal.getsignal(signal.SIGTERM)

    def evaltools(*arguments):
        monkeypatch.setattr(sys, "argv", ["evaltools", *arguments])
        status = 0
        try:
            main()
        except SystemExit as end:
            status = end.code or 0
        return status, *capsys.readouterr()

    yield evaltools
    signal.signal(signal.SIGTERM, handler)
