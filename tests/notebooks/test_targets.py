"""The notebook targets, run on the simulated registers of the programme files, and where the other registers are not there."""

import re
import shutil
from itertools import pairwise

import pytest

from evaltools.batch.plan import plan_reports
from evaltools.batch.run import run_reports
from evaltools.programmes import list_programmes
from evaltools.project import Project
from evaltools.registers import open_register
from evaltools.registers.simulate import write_simulated
from evaltools.reports.causal import causal_words
from tests.conftest import ROOT
from tests.notebooks.published import page_in

PLAN, WORK = "plan-van-aanpak-laborijn", "meedoen-werkt"
PAGES = {f"{PLAN}/GM1509": "D", f"{PLAN}/GM1955": "D", f"{WORK}/GM1509": "E"}
"""The grade of each page that is made."""


@pytest.fixture(scope="module")
def pages(site):
    """The pages in the whole site, in which all four municipalities have a register."""
    return {name: page_in(site, f"{name}-targets") for name in PAGES}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The page of one municipality, where the registers of the others are not there."""
    made = Project(tmp_path_factory.mktemp("project"))
    made.programmes.mkdir()
    made.notebooks.mkdir()
    shutil.copy2(ROOT / "notebooks" / "targets.ipynb", made.notebooks)
    shutil.copytree(ROOT / "data" / "raw" / "reference", made.reference)
    for slug in list_programmes(Project(ROOT)):
        shutil.copy2(ROOT / "programmes" / f"{slug}.yaml", made.programmes)
    write_simulated(made, programmes=[WORK], seed=1)
    (report,) = [report for report in plan_reports(made).reports if report.name == f"{PLAN}/GM1509-targets"]
    (status,) = run_reports([report], project=made, site=made.reports)
    assert (status.kind, status.reason) == ("", "")
    return page_in(made.reports, status.name)


every = pytest.mark.parametrize("name", PAGES)


@every
def test_the_words_are_those_of_the_grade(pages, name):
    page, grade = pages[name], PAGES[name]
    assert f"Bewijskracht: {grade}, op een schaal van A (sterk) tot en met E (geen)" in page.section("In het kort")
    assert f"bewijskracht {grade}" in page.status.headline
    assert causal_words(page.without_headings, grade, names=["Aandacht helpt!"]) == []


@every
def test_the_first_screen_says_what_was_found_how_sure_and_what_is_unknown(pages, name):
    first = pages[name].section("In het kort")
    said = [first.index(words) for words in ("Het doel:", "uit de uitkering", "Bewijskracht:", "Niet bekend:")]
    assert said == sorted(said)
    assert 3 <= len(pages[name].soup.find(class_="summary").find_all("li")) <= 6


@every
def test_every_table_and_figure_says_that_it_is_simulated(pages, name):
    soup = pages[name].soup
    assert soup.find(class_="banner") is not None
    assert all("gesimuleerde gegevens" in caption.text for caption in soup.find_all("caption"))
    for figure in soup.find_all("figure"):
        assert "Gesimuleerde gegevens" in figure.figcaption.text
        assert figure.img["alt"].startswith("Gesimuleerde gegevens.")
        # A table with the same numbers comes right after it.
        heading = figure.find_next("h3")
        assert "in een tabel" in heading.text
    levels = [int(heading.name[1]) for heading in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


@every
def test_the_page_ends_with_what_is_not_known_how_and_privacy(pages, name):
    headings = [heading.text for heading in pages[name].soup.main.find_all("h2")]
    assert headings[0] == "In het kort"
    assert headings[-3:] == ["Wat weten wij niet?", "Hoe is er gerekend?", "Hoe is de privacy beschermd?"]


def test_quarters_add_up_to_what_the_summary_says(pages):
    page = pages[f"{PLAN}/GM1509"]
    rows = page.table("Mensen uit de uitkering, per periode")
    quarters = [cells for period, cells in rows.items() if not period.startswith("samen")]
    whole = list(rows.values())[-1]
    assert len(quarters) == 8
    assert sum(int(cells[0]) for cells in quarters) == int(whole[0])
    assert f"ging {whole[0]} keer iemand uit de uitkering" in page.section("In het kort")
    assert f"Gewoonlijk zijn dat er {whole[2]} (" in page.section("In het kort")


def test_the_parts_of_a_shared_target_are_the_whole(pages):
    rows = pages[f"{PLAN}/GM1509"].table("Het doel, verdeeld naar mensen met bijstand")
    assert rows == pages[f"{PLAN}/GM1955"].table("Het doel, verdeeld naar mensen met bijstand")  # alike on every page
    n = {place: int(cells[0].replace(".", "")) for place, cells in rows.items()}
    assert n.pop("Samen") == sum(n.values())
    assert rows["Samen"][2] == "300"
    assert int(rows["Oude IJsselstreek"][2]) == round(300 * n["Oude IJsselstreek"] / sum(n.values()))


def test_a_small_municipality_hides_few_people_and_still_says_the_whole(pages):
    page = pages[f"{PLAN}/GM1955"]
    shown = [cell.text for cell in page.soup.find_all("td")]
    assert "x" in shown
    rows = page.table("Mensen uit de uitkering, per periode")
    counts = [int(cell) for cells in rows.values() for cell in cells[:2] if cell.isdigit()]
    assert all(n == 0 or n >= 10 for n in counts)
    assert "keer iemand uit de uitkering" in page.section("In het kort")
    assert "nan" not in re.findall(r"\w+", page.text.lower())


def test_workplaces_are_told_by_hours(pages, site):
    page = pages[f"{WORK}/GM1509"]
    rows = page.table("Werkplekken in de periode van het doel")
    register = open_register("GM1509", Project(site.parent))
    placed = register.placements
    in_time = placed["filled_day"].between("2019-03-01", "2020-02-29")
    assert rows["samen"][1] == str(int(in_time.sum()))  # nobody has two
    assert rows["minder dan 16 uur per week"][1] == str(int((in_time & (placed["hours_per_week"] < 16)).sum()))
    assert "10 tot 15 uur werk per week" in page.section("Wat is er nog meer bekend?")


def test_an_assumed_first_day_is_said_to_be_one(pages):
    text = pages[f"{PLAN}/GM1509"].section("Wat is afgesproken, en wat vullen wij in?")
    assert "Wij nemen aan: op 1 januari 2019." in text
    assert "De bron noemt die dag niet precies." in pages[f"{WORK}/GM1509"].text


def test_nobody_is_named(pages, site):
    for name, page in pages.items():
        people = open_register(name.split("/")[1], Project(site.parent)).persons["person_id"]
        assert not any(person in page.html for person in people)


def test_without_the_other_registers_it_says_that_the_part_is_not_known(alone):
    assert "Welk deel daarvan voor Oude IJsselstreek is, weten wij niet." in alone.section("In het kort")
    assert "Deel van het doel" not in alone.text
    assert "het doel is 300 meer" in alone.status.headline
