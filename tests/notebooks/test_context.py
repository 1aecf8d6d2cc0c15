"""The pages from the figures of CBS, on the published figures of 2015 to 2017 themselves."""

import re
import shutil

import pytest
from bs4 import BeautifulSoup

from evaltools.batch.plan import plan_reports
from evaltools.batch.run import run_reports
from evaltools.registers.statline import municipalities_with_figures
from tests.conftest import ROOT
from tests.statline_files import write_real_tables

SIX = ("GM0197", "GM0222", "GM1509", "GM1955", "GM0202", "GM0080")
NEW = "GM1948"
"""Meierijstad, new in 2017: its figures contradict each other."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Pages of the six municipalities and a new one, and that over all; by name."""
    from evaltools.project import Project

    made = Project(tmp_path_factory.mktemp("figures"))
    made.programmes.mkdir()
    made.notebooks.mkdir()
    for name in ("context", "municipalities"):
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", made.notebooks)
    shutil.copytree(ROOT / "data" / "raw" / "reference", made.reference)
    write_real_tables(made)
    plan = plan_reports(made, with_figures=municipalities_with_figures(made), wanted=[*SIX, NEW])
    statuses = run_reports(plan.reports, project=made, site=made.reports)
    assert [status.reason for status in statuses if status.kind] == []
    return {
        status.name: BeautifulSoup((made.reports / f"{status.name}.html").read_text("utf-8"), "html.parser")
        for status in statuses
    }


def said(page):
    return re.sub(r"\s+", " ", page.find("main").get_text(" "))


def test_there_is_a_page_for_each_and_one_over_all(pages):
    assert sorted(pages) == sorted([*(f"{code}/context" for code in (*SIX, NEW)), "method/municipalities"])


def test_aalten_stands_beside_achterhoek_and_the_country(pages):
    text = said(pages["GM0197/context"])
    assert "In 2017 gingen ongeveer 40 mensen in Aalten vanuit de bijstand aan het werk." in text
    assert "Dat is 8,9% van de ongeveer 450 mensen" in text  # 40 of 360 + 90
    assert "Nederland was dat 10,6%" in text  # 60,890 of 456,830 + 118,120
    assert "Achterhoek" in text
    assert "Gelderland" in text


def test_the_country_is_told_to_close(pages):
    text = said(pages["method/municipalities"])
    assert "123.060 mensen met bijstand bij en gingen er 128.560 uit. Dat is precies de verandering" in text
    assert "(-5.500)" in text


def test_a_new_municipality_with_figures_that_contradict_each_other_has_a_page_that_says_so(pages):
    text = said(pages[f"{NEW}/context"])
    assert "is niet bekend: de cijfers van het CBS ontbreken of spreken elkaar tegen" in text
    assert not re.search(r"\bnan\b|<NA>", text)


def test_2015_is_never_set_beside_later_years(pages):
    for name, page in pages.items():
        assert "Vergelijk 2015 niet met latere jaren" in said(page), name


def test_the_source_and_the_licence_stand_on_each_page(pages):
    for name, page in pages.items():
        text = said(page)
        assert "CBS StatLine, tabel 84066NED (2017)" in text, name
        assert "CC BY 4.0" in text, name
        assert "gesimuleerd" not in text, name


def test_no_page_names_another_municipality(pages):
    """Nor puts one before another."""
    others = ("Doetinchem", "Montferland", "Arnhem", "Leeuwarden", "Amsterdam")
    assert not any(name in said(pages["GM0197/context"]) for name in others)
    assert not any(name in said(pages["method/municipalities"]) for name in (*others, "Aalten"))
