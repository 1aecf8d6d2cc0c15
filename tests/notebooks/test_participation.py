"""The notebook participation, run on the simulated registers of the three programmes that it is for."""

import re
from itertools import pairwise

import pytest

from evaltools.batch.plan import plan_reports
from evaltools.project import Project
from evaltools.reports.causal import causal_words
from tests.notebooks.published import page_in

PROGRAMMES = ("participatiecoaches", "arnhem-in-beweging", "frontlijnaanpak")
FIRST, LAST = (
    ["In het kort", "Waar gaat het over?"],
    ["Wat weten wij niet?", "Hoe is er gerekend?", "Hoe is de privacy beschermd?"],
)


@pytest.fixture(scope="module")
def pages(site):
    """The pages in the whole site: by programme, what ran and what a reader finds."""
    names = [report.name for report in plan_reports(Project(site.parent)).reports if report.notebook == "participation"]
    made = {name.split("/")[0]: page_in(site, name) for name in names}
    assert set(made) == set(PROGRAMMES)
    return {name: (page.status, page.soup, page.text) for name, page in made.items()}


every = pytest.mark.parametrize("name", PROGRAMMES)


def rows_of(soup, caption):
    found = soup.find("caption", string=re.compile(re.escape(caption))).parent
    rows = [[cell.get_text(strip=True) for cell in row.find_all(["th", "td"])] for row in found.tbody.find_all("tr")]
    return {row[0]: row[1:] for row in rows}


@every
def test_every_page_begins_and_ends_alike(pages, name):
    _, soup, _ = pages[name]
    headings = [heading.get_text(strip=True) for heading in soup.main.find_all("h2")]
    assert headings[:2] == FIRST
    assert headings[-3:] == LAST
    levels = [int(heading.name[1]) for heading in soup.find_all(re.compile("^h[1-6]$"))]
    assert all(below - above <= 1 for above, below in pairwise(levels))


@every
def test_nothing_is_claimed(pages, name):
    status, soup, text = pages[name]
    for heading in soup.find_all(re.compile("^h[1-6]$")):
        text = text.replace(re.sub(r"\s+", " ", heading.get_text(" ")), ". ")
    about = soup.find("dl").find_previous("p").get_text()  # the programme in the words of its file
    assert causal_words(text.replace(about, ""), "E") == []
    assert "bewijskracht E" in status.headline
    assert causal_words(status.headline, "E") == []


@every
def test_it_is_said_to_be_simulated(pages, name):
    status, soup, text = pages[name]
    assert status.is_simulated
    assert soup.find(class_="banner") is not None
    assert all("gesimuleerde gegevens" in caption.text for caption in soup.find_all("caption"))
    assert all("Gesimuleerde gegevens" in caption.text for caption in soup.find_all("figcaption"))
    assert "nan" not in re.findall(r"\w+", text.lower())


@every
def test_no_small_number_of_people_is_on_the_page(pages, name):
    """Counts in the first column of numbers, of every table but those of shares that a model gives."""
    _, soup, _ = pages[name]
    for table in soup.find_all("table"):
        if "als er niets verandert" in table.caption.text:
            continue
        for row in table.tbody.find_all("tr"):
            for cell in row.find_all("td", {"data-label": re.compile("Mensen|Huishoudens|Naar|Geen tweede|register")}):
                text = cell.get_text(strip=True)
                assert text == "x" or int(text.replace(".", "")) not in range(1, 10), table.caption.text


def test_published_figures_come_out(pages):
    """Of 472 one in four a big step, nearly 15% a job, 10% education."""
    _, soup, _ = pages["participatiecoaches"]
    counted = rows_of(soup, "De gepubliceerde aantallen")
    assert counted["Een flinke stap vooruit binnen een half jaar"] == ["1 op de 4", str(472 // 4)]
    assert counted["Een betaalde baan van 16 uur of meer"] == ["bijna 15%", str(int(0.15 * 472))]
    assert counted["Een opleiding"] == ["10%", str(round(0.1 * 472))]
    assert rows_of(soup, "De score binnen 6 maanden")["Twee treden of meer hoger"][0] == str(472 // 4)
    assert rows_of(soup, "Wie er twee scores heeft")["Alle deelnemers"] == ["472"]


def test_households_have_their_own_section(pages):
    _, soup, text = pages["frontlijnaanpak"]
    assert rows_of(soup, "De bezochte huishoudens")["Alle bezochte huishoudens"][0] == "990"  # "bijna 1.000": 1% below
    assert "De eenheid is het huishouden" in text
    for name in ("participatiecoaches", "arnhem-in-beweging"):
        assert "Hoe ging het met de huishoudens?" not in pages[name][2]


def test_of_thirty_one_people_hardly_anything_is_shown(pages):
    text = pages["arnhem-in-beweging"][2]
    assert "Van trede naar trede" not in text
    assert "De cijfers uit de publicatie" not in text  # of persons nothing was counted
    assert "Niet bekend:" in text
