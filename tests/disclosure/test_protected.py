import ast
import dataclasses
import importlib
import inspect
import pkgutil

import pandas as pd
import pytest

from evaltools.disclosure import (
    ProtectedTable,
    already_published,
    from_publications,
    from_register,
    from_simulation,
    simulated,
)
from evaltools.errors import DisclosureError
from evaltools.reports import figures, tables, wording
from evaltools.reports.block import Block
from tests.conftest import ROOT
from tests.small_registers import persons, spells, store


def published(rows=None):
    """Make a table as a function of findings does."""
    return from_publications(lambda: pd.DataFrame() if rows is None else pd.DataFrame(rows))()


def test_a_table_without_a_source_was_not_published():
    for source in ("", [], ["krant", " "]):
        with pytest.raises(DisclosureError, match="names no source"):
            already_published(published(), source=source)


def test_sources_are_named_once():
    assert already_published(published(), source=["a", "b", "a"]).sources == ("a", "b")


def test_a_table_is_not_made_by_hand():
    with pytest.raises(DisclosureError, match="is not made by hand"):
        ProtectedTable(rows=pd.DataFrame(), sources=("a",), seal=object())


def test_later_changes_do_not_reach_the_page():
    rows = published({"n": [108]})
    table = already_published(rows, source="krant")
    rows.loc[0, "n"] = 3
    assert table.rows["n"][0] == 108


DERIVED = {
    "nothing": lambda rows: rows,
    "a selection": lambda rows: rows[["exit_reason"]],
    "a copy by hand": lambda rows: pd.DataFrame(rows.to_dict("list")),
    "another frame": pd.DataFrame,
    "counts": lambda rows: rows["exit_reason"].value_counts().reset_index(),
    "renamed counts": lambda rows: (
        rows["exit_reason"].astype(str).value_counts().rename_axis("g").reset_index(name="n")
    ),
    "a merge": lambda rows: rows.merge(pd.DataFrame({"exit_reason": ["11"], "x": [1]}), how="left"),
    "a cross": lambda rows: pd.crosstab(rows["exit_reason"], rows["scheme"]),
    "together": lambda rows: pd.concat([rows, rows.assign(x=1)]),
    "an index of persons": lambda rows: rows.set_index("person_id")[[]].assign(n=1),
    "a total": lambda rows: pd.DataFrame({"n": [len(rows)]}),
}


@pytest.mark.parametrize("derive", DERIVED.values(), ids=DERIVED)
def test_what_comes_from_a_register_was_never_published(project, derive):
    register = store(
        project,
        persons=persons("a", "b"),
        benefit_spells=spells(("a", "x", "2019-01-01", "2019-06-30", "2019-07-02", "11"), ("b", "y", "2019-01-01")),
    )
    with pytest.raises(DisclosureError, match=r"already_published\(\)"):
        already_published(derive(register.read("benefit_spells")), source="laborijn.nl")


CHANGES = {
    "a value": lambda rows: rows.assign(n=[3, 5]),
    "a column": lambda rows: rows.assign(exact=[3, 5]),
    "fewer rows": lambda rows: rows.iloc[:1],
    "an index": lambda rows: rows.set_axis(["jansen", "pietersen"]),
    "a name": lambda rows: rows.rename_axis("jansen"),
    "a type": lambda rows: rows.astype(str),
    "a join": lambda rows: rows.join(pd.DataFrame({"exact": [3, 5]})),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_published_table_that_was_changed_is_another_one(change):
    rows = published({"n": [108, 270]})
    assert already_published(rows.copy(), source="krant").rows["n"].tolist() == [108, 270]
    changed = change(rows)
    changed.attrs = rows.attrs  # as pandas may do
    with pytest.raises(DisclosureError, match="as a function of findings made it"):
        already_published(changed, source="krant")


def test_findings_take_no_table_of_a_register():
    made = from_publications(lambda rows: rows.assign(n=1))
    for rows in (from_register(pd.DataFrame({"x": [1]}), is_simulated=False), pd.DataFrame({"person_id": ["a"]})):
        with pytest.raises(DisclosureError, match="made from a register"):
            made(rows)


@pytest.mark.parametrize("mark", ["from_publications", "from_results", "from_simulation"])
def test_only_findings_say_that_something_was_published_or_drawn(mark):
    users = {
        path.relative_to(ROOT / "src" / "evaltools").parts[0]
        for path in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and any(name.name == mark for name in node.names)
    }
    assert users == {"disclosure", "findings"}
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert mark not in path.read_text("utf-8")


def test_what_is_drawn_is_given_no_register_and_passes_as_it_was_made():
    drawn = from_simulation(lambda n: pd.DataFrame({"n": [n]}))
    table = simulated(drawn(3), source="a coin")
    assert (table.rows["n"].tolist(), table.origin, table.is_simulated) == ([3], "simulated", True)
    for given in (pd.DataFrame({"n": [3]}), [3], object()):
        with pytest.raises(DisclosureError, match="numbers and texts"):
            drawn(given)
    changed = drawn(3).assign(n=4)
    changed.attrs = drawn(3).attrs
    for rows in (changed, published({"n": [3]}), pd.DataFrame({"n": [3]})):
        with pytest.raises(DisclosureError, match=r"simulated\(\)"):
            simulated(rows, source="a coin")
    with pytest.raises(DisclosureError, match="already_published"):
        already_published(drawn(3), source="krant")


def test_a_seal_is_of_these_rows_only():
    table = already_published(published({"n": [108]}), source="krant")
    with pytest.raises(ValueError, match="seal"):
        dataclasses.replace(table, rows=pd.DataFrame({"n": [3]}))
    assert not hasattr(table, "seal")
    table.rows.loc[0, "n"] = 3
    with pytest.raises(DisclosureError, match="changed after it passed the gate"):
        wording.notes(table)


TAKES_TABLES = [
    (module, name)
    for module in (tables, figures, wording)
    for name in module.__all__
    if name not in {"render", "Column"}
]


@pytest.mark.parametrize(("module", "name"), TAKES_TABLES)
def test_nothing_else_is_shown(module, name):
    show = getattr(module, name)
    n_tables = len(inspect.signature(show).parameters)
    with pytest.raises(DisclosureError, match=f"{name}.*expected a ProtectedTable"):
        show(*[pd.DataFrame({"n": [1]})] * n_tables)
    # Not even where only one of them did not pass the gate.
    passed = already_published(published(), source="krant")
    with pytest.raises(DisclosureError, match="expected a ProtectedTable"):
        show(*[passed] * (n_tables - 1), None)


def makes_a_block(function):
    return inspect.signature(function).return_annotation in {Block, "Block"}


@pytest.mark.parametrize("package", [tables, figures, wording])
def test_every_function_of_a_page_is_tried_above(package):
    modules = [
        importlib.import_module(found.name) for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    ]
    public = {
        name
        for module in modules
        if not module.__name__.endswith((".base", ".forest"))
        for name, found in vars(module).items()
        if inspect.isfunction(found) and found.__module__ == module.__name__ and name[0] != "_" and makes_a_block(found)
    }
    assert public - {"render", "Column"} == set(package.__all__) - {"render", "Column"}
