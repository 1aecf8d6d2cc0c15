"""Numbers that a table does not show: how they look, and that nothing takes them for missing."""

import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from evaltools.disclosure.protected import seal
from evaltools.errors import DisclosureError
from evaltools.reports import figures
from evaltools.reports.figures.base import without_hidden
from evaltools.reports.rows import HiddenValueError, is_hidden, readable_rows
from evaltools.reports.tables import Column, render
from evaltools.reports.wording.base import rows_in

NOTE = "Een x staat voor een getal dat wij niet tonen, om de privacy van mensen te beschermen."


def sealed(rows, hidden=None, **options):
    """Seal a table whose hidden numbers are still in it, so that a page that reads one shows it."""
    rows = pd.DataFrame(rows)
    is_out = pd.DataFrame(False, index=rows.index, columns=rows.columns)
    for name, places in (hidden or {}).items():
        is_out.loc[places, name] = True
    return seal(rows, "a test", subject="a test", protection="suppressed", hidden=is_out, **options)


def made(hidden=None, *, columns=("n", "n_all"), **options):
    rows = {"group": ["a", "b", "c", "d"], "n": [777, 20, 30, 40], "n_all": [888, 50, 60, 70]}
    numbers = [Column(name, lambda row, name=name: str(getattr(row, name)), is_number=True) for name in columns]
    return render(sealed(rows, hidden), "Titel", [Column("Groep", lambda row: row.group), *numbers], **options)


def page(block):
    return BeautifulSoup(block.html, "html.parser")


def cells(block):
    return [cell.text for cell in page(block).find_all("td")]


def test_a_hidden_number_is_an_x_and_is_not_on_the_page():
    block = made({"n": [0, 2]})
    assert cells(block) == ["x", "888", "20", "50", "x", "60", "40", "70"]
    assert "777" not in block.html + block.text
    assert page(block).caption.text == "Titel (x: niet getoond)"
    assert page(block).find(class_="note").text == f"{NOTE} Dat zijn 2 van de 8 getallen."


@pytest.mark.parametrize(
    ("hidden", "columns", "said"),
    [
        ({"n": [0]}, ("n", "n_all"), "Dat is 1 van de 8 getallen."),
        ({"n": [0, 1, 2, 3], "n_all": [0, 1, 2, 3]}, ("n", "n_all"), "Dat zijn alle 8 getallen."),
        ({"n": [0, 1, 2, 3]}, ("n",), "Dat zijn alle 4 getallen."),
    ],
)
def test_the_note_says_how_many(hidden, columns, said):
    assert page(made(hidden, columns=columns)).find(class_="note").text == f"{NOTE} {said}"


def test_one_number_that_is_hidden_is_the_only_one():
    block = made({"n": [0]}, columns=("n",), keep=lambda row: row.group == "a")
    assert page(block).find(class_="note").text == f"{NOTE} Dat is het enige getal."


def test_what_a_reader_does_not_see_is_not_counted():
    # Neither a row that is left out, nor a column that the page has not.
    block = made({"n": [0, 1], "n_all": [1, 3]}, columns=("n",), keep=lambda row: row.group != "a")
    assert page(block).find(class_="note").text.endswith("Dat is 1 van de 3 getallen.")


def test_nothing_is_said_where_nothing_is_hidden():
    block = made()
    assert page(block).caption.text == "Titel"
    assert page(block).find(class_="note") is None
    assert "x" not in cells(block)
    # A number of which another column is hidden, that the page has not.
    assert made({"n_all": [0]}, columns=("n",)).html == made(columns=("n",)).html


def test_what_is_said_already_stays():
    rows = {"group": ["a", "b"], "n": [777, 20]}
    block = render(
        sealed(rows, {"n": [0]}, is_simulated=True, base=5),
        "Titel",
        [Column("Groep", lambda row: row.group), Column("Aantal", lambda row: str(row.n), is_number=True)],
        note="Zo is het.",
    )
    assert page(block).caption.text == "Titel (gesimuleerde gegevens; x: niet getoond)"
    assert page(block).find(class_="note").text == (
        f"Zo is het. {NOTE} Dat is 1 van de 2 getallen. Aantallen zijn afgerond op veelvouden van 5."
    )


@pytest.mark.parametrize(
    "cell",
    [
        lambda row: f"{row.n} van {row.n_all}",
        lambda row: "–" if pd.isna(row.n) else str(row.n),
        lambda row: getattr(row, "n", "–"),
        lambda row: "veel" if row.n_all > 100 and row.n else "weinig",
    ],
)
def test_a_cell_that_is_made_of_a_hidden_number_is_hidden(cell):
    table = sealed({"group": ["a"], "n": [777], "n_all": [888]}, {"n": [0]})
    block = render(table, "Titel", [Column("Groep", lambda row: row.group), Column("Aantal", cell)])
    assert cells(block) == ["x"]
    assert page(block).find(class_="note").text.endswith("Dat is het enige getal.")


def test_a_number_that_is_not_known_is_not_hidden():
    table = sealed({"group": ["a", "b"], "n": [None, None]}, {"n": [1]})
    shown = Column("Aantal", lambda row: "–" if pd.isna(row.n) else str(row.n), is_number=True)
    assert cells(render(table, "Titel", [Column("Groep", lambda row: row.group), shown])) == ["–", "x"]


def test_rows_with_one_label_are_one_row_of_the_page():
    rows = {"group": ["b", "a", "b", "a"], "year": ["1", "1", "2", "2"], "n": [20, 30, 777, 40]}
    block = render(
        sealed(rows, {"n": [2]}),
        "Titel",
        [
            Column("Groep", lambda of_group: of_group[0].group),
            *(
                Column(year, lambda of_group, at=at: str(of_group[at].n), is_number=True)
                for at, year in enumerate("12")
            ),
        ],
        by="group",
    )
    assert [row.text for row in page(block).tbody.find_all("th")] == ["b", "a"]
    assert cells(block) == ["20", "x", "30", "40"]
    assert page(block).find(class_="note").text.endswith("Dat is 1 van de 4 getallen.")


def test_a_sentence_that_forgets_what_is_hidden_is_an_error():
    first, second = rows_in(sealed({"n": [777, 20], "n_all": [888, 50]}, {"n": [0]}))
    assert (is_hidden(first, "n"), is_hidden(first, "n_all"), is_hidden(first, "n_all", "n")) == (True, False, True)
    assert (is_hidden(second, "n"), first.n_all, second.n) == (False, 888, 20)
    with pytest.raises(HiddenValueError, match=r"'n' is hidden in a row.*ask is_hidden\(row, 'n'\) first") as caught:
        str(first.n)
    assert "777" not in str(caught.value)
    assert isinstance(caught.value, DisclosureError)


def test_a_table_that_was_changed_after_the_gate_is_not_read():
    table = sealed({"n": [777]}, {"n": [0]})
    table.hidden.loc[0, "n"] = False
    with pytest.raises(DisclosureError, match="changed after it passed the gate"):
        readable_rows(table, "a test")


def test_points_that_are_hidden_are_left_out():
    rows = readable_rows(sealed({"n": [777, 20, 30]}, {"n": [0]}), "a test")
    shown, said = without_hidden(rows, "n")
    assert [row.n for row in shown] == [20, 30]
    assert said == "1 van de 3 getallen is niet getekend, om de privacy van mensen te beschermen."
    _, said = without_hidden(readable_rows(sealed({"n": [777, 20, 30]}, {"n": [0, 2]}), "a test"), "n")
    assert said.startswith("2 van de 3 getallen zijn niet getekend")
    assert without_hidden(shown, "n") == (shown, "")


def test_a_figure_draws_no_hidden_point_and_says_so(monkeypatch):
    drawn = {}
    monkeypatch.setattr(
        figures.base, "as_image", lambda figure: drawn.update(figure=figure) or "data:image/svg+xml;base64,"
    )
    rows = {"lag": ["0", "1", "2"], "share_registered": [0.777, 0.8, 0.9]}
    block = figures.registration_lag(sealed(rows, {"share_registered": [0]}))
    (axes,) = drawn["figure"].axes
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([80, 90])
    said = "1 van de 3 getallen is niet getekend, om de privacy van mensen te beschermen."
    assert page(block).img["alt"].endswith(f"ongeveer 90%. {said}")
    assert page(block).figcaption.text.endswith(said)
    assert not re.search(r"77|78|Binnen 1 maand", block.html)
    assert "getekend" not in figures.registration_lag(sealed(rows)).html
