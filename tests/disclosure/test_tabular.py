"""The counts of a page as a CSV: each once, nothing of what is hidden, harmless in a spreadsheet."""

import csv
import math
from io import StringIO

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evaltools.disclosure.record import Cell, Record
from evaltools.disclosure.tabular import COLUMNS, harmless, to_csv
from evaltools.errors import DisclosureError

FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"


def record(*cells, as_of="2026-01-31", is_simulated=False):
    """Make a record of cells ``(measure, labels, state, low, high)``."""
    return Record(
        cells=tuple(Cell.of(measure, labels) for measure, labels, *_ in cells),
        states=tuple(state for *_, state, _, _ in cells),
        low=tuple(low for *_, low, _ in cells),
        high=tuple(high for *_, high in cells),
        is_trait=(False,) * len(cells),
        is_amount=(False,) * len(cells),
        threshold=10,
        as_of=as_of,
        is_simulated=is_simulated,
    )


def rows_of(text):
    return list(csv.DictReader(StringIO(text, newline="")))


AALTEN = {"municipality": "GM0197", "outcome": "work"}


def test_a_number_is_a_row():
    text = to_csv([record(("n_persons", AALTEN, "shown", 12, 12))])
    assert text == (
        "measure,labels,low,high,is_hidden,as_of,is_simulated\n"
        "n_persons,municipality=GM0197; outcome=work,12,12,false,2026-01-31,false\n"
    )


def test_a_rounded_number_has_its_bounds_and_a_hidden_one_has_none():
    found = rows_of(
        to_csv([record(("a", {}, "shown", 95, 104), ("b", {}, "hidden", 0, math.inf), ("c", {}, "hidden", 1, 9))])
    )
    assert [(row["low"], row["high"], row["is_hidden"]) for row in found] == [
        ("95", "104", "false"),
        ("", "", "true"),
        ("", "", "true"),
    ]


def test_what_is_derived_stands_in_no_row():
    assert rows_of(to_csv([record(("a", {}, "derived", 0, math.inf), ("b", {}, "derived", 3, 3))])) == []


def test_a_number_of_two_tables_stands_there_once():
    cell = ("n", AALTEN, "shown", 12, 12)
    assert len(rows_of(to_csv([record(cell), record(cell, ("m", {}, "shown", 1, 1))]))) == 2


def test_editions_and_simulations_are_apart():
    cell = ("n", AALTEN, "shown", 12, 12)
    found = rows_of(to_csv([record(cell), record(cell, as_of="2026-04-30"), record(cell, is_simulated=True)]))
    assert [(row["as_of"], row["is_simulated"]) for row in found] == [
        ("2026-01-31", "false"),
        ("2026-01-31", "true"),
        ("2026-04-30", "false"),
    ]


@pytest.mark.parametrize(
    "other", [("n", {}, "shown", 13, 13), ("n", {}, "shown", 10, 14), ("n", {}, "hidden", 0, math.inf)]
)
def test_a_number_that_two_tables_show_differently_is_refused_and_not_quoted(other):
    with pytest.raises(DisclosureError, match="shows 1 number in more than one way") as caught:
        to_csv([record(("n", {}, "shown", 12, 12)), record(other)])
    assert "12" not in str(caught.value)


def test_the_order_of_the_tables_does_not_matter():
    cells = [("b", {}, "shown", 1, 1), ("a", {"x": "2"}, "shown", 2, 2), ("a", {"x": "1"}, "hidden", 0, math.inf)]
    forward = to_csv([record(cell) for cell in cells])
    assert forward == to_csv([record(*reversed(cells))])
    assert [row["measure"] for row in rows_of(forward)] == ["a", "a", "b"]


def test_nothing_gives_a_header():
    assert to_csv([]) == ",".join(COLUMNS) + "\n"


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(NAMES, NAMES, st.integers(0, 10**9), st.integers(0, 10**6)), max_size=6))
def test_the_csv_module_and_pandas_read_the_same(found):
    cells = [
        (f"n_{i}{measure}", {"x": label}, "shown", low, low + more)
        for i, (measure, label, low, more) in enumerate(found)
    ]
    text = to_csv([record(*cells)])
    rows = rows_of(text)
    assert sorted((int(row["low"]), int(row["high"])) for row in rows) == sorted((cell[3], cell[4]) for cell in cells)
    read = pd.read_csv(StringIO(text), keep_default_na=False)
    assert read.columns.tolist() == list(COLUMNS)
    assert read["measure"].tolist() == [row["measure"] for row in rows]
    assert read["labels"].tolist() == [row["labels"] for row in rows]
    assert read["low"].tolist() == [int(row["low"]) for row in rows]
    assert not read["is_hidden"].any()


@given(st.floats(0, 1e9))
def test_an_amount_is_read_as_it_was(amount):
    text = to_csv([record(("euro_paid", {}, "shown", amount, amount))])
    assert float(rows_of(text)[0]["low"]) == amount


def as_a_spreadsheet(text):
    """Split a CSV at every separator that a spreadsheet may use, whatever is quoted, and take off quotes and spaces."""
    for separator in ";\t\r\n":
        text = text.replace(separator, ",")
    return [field.strip().strip('"').strip() for field in text.split(",")]


@given(
    st.text(' "\u00a0\u3000', max_size=2),
    st.sampled_from(FORMULA_STARTS),
    st.sampled_from(["1+1", "cmd|' /C calc'!A0"]),
)
@example("", "=", 'HYPERLINK("http://a.nl","b")')
def test_no_field_begins_as_a_formula(before, start, formula):
    name = f"{before}{start}{formula}"
    made = [
        record((name, {name: name}, "shown", 1, 1), as_of=name),
        record(("n", {"a": f"b;{name}", "c": name}, "shown", 2, 2)),
    ]
    for row in rows_of(to_csv(made)):
        assert not any(
            field.lstrip(" '\"").startswith(tuple(FORMULA_STARTS)) and field[0] != "'"
            for field in row.values()
            if field
        )
    text = to_csv([record(("n", {"a": f"b;{start}1", "c": f"{start}2"}, "shown", 2, 2))])
    assert not any(field.startswith(tuple(FORMULA_STARTS)) for field in as_a_spreadsheet(text))


def test_words_and_numbers_stay_as_they_are():
    assert [harmless(text) for text in ("n_persons", "GM0197", "a=b", "1-2", "<b>a</b>", "", "'")] == [
        "n_persons", "GM0197", "a=b", "1-2", "<b>a</b>", "", "'",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["a\nb", "a\r\nb", "a\0b", "a\x1b[31mb", "a\u2028b", "a\u202eb", "a\tb", "../../etc/passwd", 'a","b']
)
def test_a_name_stays_in_its_own_field(name):
    text = to_csv([record((name, {"x": name}, "shown", 1, 1))])
    assert text.count("\n") == 2
    assert all(letter.isprintable() for letter in text.replace("\n", ""))
    (row,) = rows_of(text)
    assert row["low"] == "1"
    assert row["measure"] == "".join(letter if letter.isprintable() else " " for letter in name)


def test_nothing_of_a_hidden_number_is_told():
    before = to_csv([record(("n", {}, "hidden", 0, math.inf))])
    assert to_csv([record(("n", {}, "hidden", 3, 7))]) == before
