"""Small notebooks for the tests: one that passes the gate, and how to run others all the same."""

import ast

import nbformat

from evaltools.disclosure.record import Cell, Record

PARAMETERS = 'programme = "x"  # file\nmunicipality = "GM0197"  # code'
SETUP = """\
from evaltools import reference
from evaltools.disclosure import already_published
from evaltools.findings import profile
from evaltools.programmes import read_programme
from evaltools.reports import wording
facts = already_published(
    profile.profile(read_programme(programme), municipality, reference.municipality_names(), reference.operators()[:0]),
    source="krant",
)"""
GOOD = (SETUP, "wording.about(facts)")
"""Cells of a notebook that shows what a programme file says; they pass the gate."""
HAND_MADE = "from evaltools.reports.block import Block\n"


def tag_setup(path):
    """Tag the cells that show nothing."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells[2:]:
        if not isinstance(ast.parse(cell.source).body[-1], ast.Expr):
            cell.metadata["tags"] = ["setup"]
    nbformat.write(notebook, path)
    return path


def of(*counts, municipality="", as_of="2020-06-30", is_simulated=False, sums=(), days=()):
    """Make a record of counts: ``("a", 12)`` is shown, ``("b", None)`` hidden, ``("c",)`` derived; the label is the outcome."""
    inf = float("inf")
    about = {"municipality": municipality} if municipality else {}
    n = len(counts)
    return Record(
        cells=tuple(Cell.of("n_persons", about | ({"outcome": each[0]} if each[0] else {})) for each in counts),
        states=tuple("derived" if len(each) == 1 else "hidden" if each[1] is None else "shown" for each in counts),
        low=tuple(0.0 if len(each) == 1 or each[1] is None else float(each[1]) for each in counts),
        high=tuple(inf if len(each) == 1 or each[1] is None else float(each[1]) for each in counts),
        sums=sums,
        is_trait=(False,) * n,
        is_amount=(False,) * n,
        threshold=10,
        as_of=as_of,
        is_simulated=is_simulated,
        days=days,
    )


def block(*records, html="<p>goed</p>", headline="Een kop.", origins=("register",)):
    """Write the code of a cell that shows a block made by hand, with these records."""
    imports = f"{HAND_MADE}from evaltools.disclosure.record import Cell, Record\ninf = float('inf')\n"
    return f"{imports}Block(html={html!r}, headline={headline!r}, origins={origins!r}, records={records!r})"
