"""Why benefits ended, on the page: what is said, and what is not shown."""

import re
from itertools import pairwise

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from evaltools.disclosure import Table, protect, rounded
from evaltools.disclosure.audit import audit
from evaltools.registers.codes import EXIT_GROUPS
from evaltools.registers.words import WORDS
from evaltools.reports import register_terms, tables, wording
from evaltools.reports.block import NOTHING

YEARS = ("2019", "2020")
MANY = {
    "2019": {"work": 120, "education": 20, "other_income": 30, "partner": 40, "enforcement": 50, "demographic": 60, "unknown": 70},
    "2020": {"work": 130, "education": 25, "other_income": 35, "partner": 45, "enforcement": 55, "demographic": 65, "unknown": 1000},
}  # fmt: skip


def ends(numbers, **options):
    """Protect ends by year and group, with their totals."""
    by_year = pd.DataFrame(numbers).reindex([*EXIT_GROUPS]).fillna(0).astype(int)
    by_year["all"] = by_year.sum(axis="columns")
    by_year.loc["all"] = by_year.sum()
    rows = by_year.rename_axis("exit_group").reset_index().melt("exit_group", var_name="year", value_name="n_ends")
    return protect(
        Table(
            rows=rows.astype({"year": str}), counts=["n_ends"], labels=["year", "exit_group"], words=WORDS,
            totals=["year", "exit_group"], sensitive=["exit_group"], about={"municipality": "GM0197"}, source="register",
            is_simulated=False, **options,
        )
    )  # fmt: skip


def followed():
    return rounded(
        pd.DataFrame({"extract_day": [pd.Timestamp("2020-06-30")], "n_ends": [100]}),
        counts=["n_ends"],
        days=["extract_day"],
        source="register",
        is_simulated=False,
    )


def said(numbers):
    return wording.ends_by_group(ends(numbers), followed()).text


def shown(table):
    """Read the table of the page: by the heading of its row and column, what is there."""
    page = BeautifulSoup(tables.ends_by_group(table).html, "html.parser")
    return {
        (row.th.text, cell["data-label"]): cell.text for row in page.tbody.find_all("tr") for cell in row.find_all("td")
    }


def test_every_reason_has_a_row_and_every_year_a_column():
    cells = shown(ends(MANY))
    assert list(dict.fromkeys(row for row, _ in cells)) == [
        "Werk", "Opleiding", "Ander inkomen", "Relatie of partner", "Handhaving van de regels",
        "AOW, verhuizing, overlijden of detentie", "Onbekend of andere reden", "Alle redenen samen",
    ]  # fmt: skip
    assert list(dict.fromkeys(column for _, column in cells)) == ["2019", "2020", "Samen"]
    assert cells["Werk", "2019"] == "120"
    assert cells["Onbekend of andere reden", "2020"] == "1.000"
    assert cells["Werk", "Samen"] == "250"
    assert cells["Alle redenen samen", "2019"] == "390"
    assert cells["Alle redenen samen", "Samen"] == "1.745"
    assert "x" not in cells.values()


def test_every_group_has_a_name():
    assert set(register_terms.EXIT_GROUPS) == {*EXIT_GROUPS, "all"}


def test_a_few_ends_are_an_x_and_so_is_what_would_tell_how_few():
    few = {**MANY, "2019": {**MANY["2019"], "education": 3}}
    table = ends(few)
    cells = shown(table)
    assert cells["Opleiding", "2019"] == "x"
    # In each row and column a hidden number has company: else the total tells it.
    hidden = [place for place, text in cells.items() if text == "x"]
    for axis in (0, 1):
        lines = [place[axis] for place in hidden]
        assert all(lines.count(line) > 1 for line in lines)
    page = BeautifulSoup(tables.ends_by_group(table).html, "html.parser")
    note = page.find(class_="note").text
    assert f"Dat zijn {len(hidden)} van de 24 getallen." in note
    assert f"In die tabellen zijn {len(hidden)} van de 24 aantallen weggelaten." in wording.protection(table).text
    assert audit({"page": [table.record]}) == []


def test_that_nobody_left_for_a_reason_is_not_told():
    nobody = {**MANY, "2019": {**MANY["2019"], "education": 0}}
    assert shown(ends(nobody))["Opleiding", "2019"] == "x"


def test_the_words_say_how_often_and_until_when():
    text = said(MANY)
    assert text.startswith(
        "Van 2019 tot en met 2020 stopte 1.745 keer de uitkering van een persoon, waarvan 250 keer door werk en 1.070 keer "
        "door een andere of onbekende reden."
    )
    assert "De gegevens zijn opgehaald op 30 juni 2020." in text
    assert "Een x" not in text
    assert said({"2020": MANY["2020"]}).startswith("In 2020 stopte 1.355 keer")


def test_the_words_explain_an_x_where_there_is_one():
    assert "Een x zegt dus niet of het aantal klein of groot is." in said({**MANY, "2019": {"work": 100, "partner": 3}})


def test_the_words_tell_no_number_that_is_hidden():
    text = said({"2019": {"work": 7, "partner": 40, "unknown": 50}, "2020": {"partner": 60, "unknown": 80}})
    assert "door werk" not in text
    assert re.search(r"237 keer de uitkering van een persoon(, waarvan 130 keer door een andere|\.)", text)
    few = said({"2019": {"work": 2}, "2020": {"partner": 1}})
    assert few.startswith("Van 2019 tot en met 2020 stopten er in dit register maar weinig uitkeringen.")
    assert not re.search(r"\d", few.replace("2019", "").replace("2020", "").replace("30 juni", ""))


def test_where_no_benefit_ended_there_is_no_table():
    none = {"2020": dict.fromkeys(EXIT_GROUPS, 0)}
    assert tables.ends_by_group(ends(none)) is NOTHING
    assert said(none) == "In 2020 stopte in dit register geen enkele uitkering."


@pytest.mark.parametrize("numbers", [MANY, {"2020": {"work": 2}}])
def test_words_are_plain(numbers):
    text = said(numbers)
    assert not re.search(r"n_|nan|None|suppress|all\b|  ", text)
    assert all(after[:1].isupper() or after[:1].isdigit() for _, after in pairwise(text.split(". ")))
