"""Imports go one way: nothing is imported from a floor above."""

import ast

import pytest

from tests.conftest import ROOT

SOURCE = ROOT / "src" / "evaltools"

# From the ground. A package on a floor may import what is on the floors below it, and itself.
FLOORS = [
    {"errors"},
    {"project", "yaml_models"},
    {"reference", "results"},
    {"effects", "disclosure", "programmes"},
    {"registers"},
    {"cohorts"},
    {"findings"},
    {"reports"},
    {"batch", "workbench"},
    {"cli"},
]
FLOOR = {package: level for level, packages in enumerate(FLOORS) for package in packages}
# The batch knows notebooks as files only, never what they show.
NEVER = {"batch": {"reports", "findings", "effects"}, "effects": {"project", "reference"}}
# What it knows of disclosure: how to read and lay together what pages tell, never how a table passes the gate.
OF_DISCLOSURE = {"audit", "record", "scan", "tabular"}


def package_of(path):
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def modules(path):
    """Give each module of evaltools that a file imports, as its parts: ``["disclosure", "record", "Record"]``."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            first, *rest = name.split(".")
            if first == "evaltools" and rest and rest[0] != "__version__":
                yield rest


def imported(path):
    return [rest[0] for rest in modules(path)]


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_go_down(path):
    package = package_of(path)
    if package == "__init__":
        assert imported(path) == []
        return
    for other in imported(path):
        assert other == package or FLOOR[other] < FLOOR[package], f"{package} imports {other}"
        assert other not in NEVER.get(package, set()), f"{package} imports {other}"


def test_the_batch_reads_records_and_lets_nothing_through():
    found = [rest for path in (SOURCE / "batch").rglob("*.py") for rest in modules(path) if rest[0] == "disclosure"]
    assert {rest[1] for rest in found} == OF_DISCLOSURE


def test_every_package_has_a_floor():
    assert {package_of(path) for path in SOURCE.rglob("*.py")} - {"__init__"} == set(FLOOR)


def test_a_module_can_be_read_in_one_sitting():
    long = {path.name: lines for path in SOURCE.rglob("*.py") if (lines := path.read_text("utf-8").count("\n")) > 400}
    assert long == {}
