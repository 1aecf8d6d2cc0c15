"""Imports go one way: nothing is imported from a floor above."""

import ast

import pytest

from tests.conftest import ROOT

SOURCE = ROOT / "src" / "evaltools"

# From the ground. A package on a floor may import what is on the floors below it, and itself.
FLOORS = [
    {"errors"},
    {"project", "yaml_models"},
    {"reference"},
    {"effects", "disclosure", "programmes"},
    {"registers"},
    {"cohorts"},
    {"findings"},
    {"reports"},
    {"batch"},
    {"cli"},
]
FLOOR = {package: level for level, packages in enumerate(FLOORS) for package in packages}
# The batch knows notebooks as files only, never what they show.
NEVER = {"batch": {"reports", "findings", "disclosure", "effects"}, "effects": {"project", "reference"}}


def package_of(path):
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if node.module != "evaltools" else [f"evaltools.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            first, *rest = name.split(".")
            if first == "evaltools" and rest and rest[0] != "__version__":
                yield rest[0]


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_go_down(path):
    package = package_of(path)
    if package == "__init__":
        assert list(imported(path)) == []
        return
    for other in imported(path):
        assert other == package or FLOOR[other] < FLOOR[package], f"{package} imports {other}"
        assert other not in NEVER.get(package, set()), f"{package} imports {other}"


def test_every_package_has_a_floor():
    assert {package_of(path) for path in SOURCE.rglob("*.py")} - {"__init__"} == set(FLOOR)


def test_a_module_can_be_read_in_one_sitting():
    long = {path.name: lines for path in SOURCE.rglob("*.py") if (lines := path.read_text("utf-8").count("\n")) > 400}
    assert long == {}
