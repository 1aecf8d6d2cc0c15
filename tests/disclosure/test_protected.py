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
    (tables, name)
    for name in ("published_figures", "shares", "overlap", "exits_and_work", "target_shares", "extra_exits",
                 "business_case", "break_even", "context", "gaps", "sources")
] + [(wording, name) for name in ("about", "overlap", "exits_and_work", "statements", "context", "needed", "notes", "money")] + [
    (figures, "shares")
]  # fmt: skip


@pytest.mark.parametrize(("module", "name"), TAKES_TABLES)
def test_nothing_else_is_shown(module, name):
    with pytest.raises(DisclosureError, match="expected a ProtectedTable"):
        getattr(module, name)(pd.DataFrame({"n": [1]}))


def test_every_table_and_figure_is_tried_above():
    public = {
        (module, name)
        for module in (tables, figures)
        for name, found in vars(module).items()
        if callable(found) and getattr(found, "__module__", "") == module.__name__ and name[0] != "_"
    }
    assert {name for _, name in public} - {"render", "Column"} == {
        name for module, name in TAKES_TABLES if module in (tables, figures)
    }
