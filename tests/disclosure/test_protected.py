import importlib
import inspect
import pkgutil

import pandas as pd
import pytest

from evaltools.disclosure import ProtectedTable, already_published
from evaltools.errors import DisclosureError
from evaltools.reports import figures, tables, wording


def test_a_table_without_a_source_was_not_published():
    for source in ("", [], ["krant", " "]):
        with pytest.raises(DisclosureError, match="names no source"):
            already_published(pd.DataFrame(), source=source)


def test_sources_are_named_once():
    assert already_published(pd.DataFrame(), source=["a", "b", "a"]).sources == ("a", "b")


def test_a_table_is_not_made_by_hand():
    with pytest.raises(DisclosureError, match="is not made by hand"):
        ProtectedTable(rows=pd.DataFrame(), sources=("a",), seal=object())


def test_later_changes_do_not_reach_the_page():
    rows = pd.DataFrame({"n": [108]})
    table = already_published(rows, source="krant")
    rows.loc[0, "n"] = 3
    assert table.rows["n"][0] == 108


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
    passed = already_published(pd.DataFrame(), source="krant")
    with pytest.raises(DisclosureError, match="expected a ProtectedTable"):
        show(*[passed] * (n_tables - 1), None)


@pytest.mark.parametrize("package", [tables, figures, wording])
def test_every_function_of_a_page_is_tried_above(package):
    modules = [
        importlib.import_module(found.name) for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    ]
    public = {
        name
        for module in modules
        if not module.__name__.endswith(".base")
        for name, found in vars(module).items()
        if callable(found) and getattr(found, "__module__", "") == module.__name__ and name[0] != "_"
    }
    assert public - {"render", "Column"} == set(package.__all__) - {"render", "Column"}
