"""Shared by the tests of the batch."""

import pytest

from evaltools.batch import plan, run
from tests.batch.small import tag_setup


@pytest.fixture
def ungated(monkeypatch):
    """Let notebooks run that the gate refuses: what follows it is to hold by itself."""
    for module in (plan, run):
        monkeypatch.setattr(module, "notebook_problems", lambda _: [])


@pytest.fixture
def write_gated(write_notebook):
    """Write a notebook with its cells tagged as the gate wants them."""

    def write(*cells, **options):
        return tag_setup(write_notebook(*cells, **options))

    return write
