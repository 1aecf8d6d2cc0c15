"""The notebook data_quality, run on registers of known content."""

import re
import shutil
from itertools import pairwise

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from evaltools.batch.plan import plan_reports
from evaltools.batch.run import run_reports
from tests.conftest import ROOT
from tests.small_registers import persons, spells, store

# Pseudonyms have no capitals and no spaces; these would stand out on a page.
PEOPLE = [f"QQ{number}QQ" for number in range(240)]


def page_of(project, register):
    shutil.copy2(ROOT / "notebooks" / "data_quality.ipynb", project.notebooks)
    plan = plan_reports(project, [register.municipality])
    (status,) = run_reports(plan.reports, project=project, site=project.reports)
    assert (status.kind, status.reason) == ("", "")
    html = (project.reports / f"{status.name}.html").read_text("utf-8")
    soup = BeautifulSoup(html, "html.parser")
    levels = [int(heading.name[1]) for heading in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
    assert "QQ" not in html
    assert str(project.root) not in html
    return status, soup, re.sub(r"\s+", " ", soup.main.get_text(" "))


@pytest.fixture
def register(project):
    """Two hundred ends, all registered 40 days later, and forty benefits that run."""
    ends = pd.date_range("2018-01-01", periods=200, freq="D")
    rows = [
        (person, person, "2015-01-01", f"{day:%Y-%m-%d}", f"{day + pd.Timedelta(days=40):%Y-%m-%d}", "11")
        for person, day in zip(PEOPLE, ends, strict=False)
    ]
    rows += [(person, person, "2015-01-01") for person in PEOPLE[200:]]

    def make(**options):
        return store(
            project,
            persons=persons(*PEOPLE, sex=["1"] * 180 + [None] * 60),
            benefit_spells=spells(*rows),
            incomes={"person_id": PEOPLE[:30], "month": ["2019-06-01"] * 30, "kind": ["11"] * 30},
            **options,
        )

    return make


def test_the_page_of_a_simulated_register(project, register):
    status, soup, text = page_of(project, register(aside={"persons": {"duplicate": 16}}))
    assert status.is_simulated
    assert soup.find(class_="banner") is not None
    # 40 days before 30 June 2020.
    assert "Tot en met 21 mei 2020 is dit register volledig genoeg om mensen te volgen." in text
    assert status.headline == "Volledig genoeg om mensen te volgen tot en met 21 mei 2020."
    assert "geslacht bij personen (25%)" in text  # 60 of 240
    assert "inkomen in een maand zonder uitkering (30 rijen bij inkomsten)" in text
    assert "Op 30 juni 2020 waren er ongeveer 40 personen met ongeveer 40 uitkeringen." in text
    assert "Bij het inlezen zijn 20 dubbele rijen weggelaten." in text
    # All 200 left for work in 2018: that would be told of everybody. Of the years in which nobody left it tells nothing.
    assert "Van 2018 tot en met 2020 stopte 200 keer de uitkering van een persoon." in text
    ends = soup.find("caption", string=re.compile("en waarom")).parent
    assert [cell.text for cell in ends.find_all("tr")[1].find_all("td")] == ["x", "0", "0", "x"]
    assert [cell.text for cell in ends.find_all("tr")[-1].find_all("td")] == ["200", "0", "0", "200"]
    n_hidden = sum(cell.text == "x" for cell in ends.find_all("td"))
    assert f"Dat zijn {n_hidden} van de 32 getallen." in text
    assert f"In die tabellen zijn {n_hidden} van de 32 aantallen weggelaten." in text
    assert all("gesimuleerde gegevens" in caption.text for caption in soup.find_all("caption"))
    assert all("Gesimuleerde gegevens" in caption.text for caption in soup.find_all("figcaption"))
    assert "uit gesimuleerde gegevens." in soup.footer.text


def test_the_page_of_a_real_register(project, register):
    status, soup, text = page_of(project, register(is_simulated=False))
    assert not status.is_simulated
    assert "gesimuleerd" not in text.lower()
    assert soup.find(class_="banner") is None
    assert "uit gegevens van personen uit de administratie van de gemeente." in soup.footer.text
    assert "Er zijn geen gegevens van personen gebruikt" not in soup.text


def test_a_register_with_hardly_anything_has_a_page_too(project):
    _, soup, text = page_of(project, store(project, persons=persons("QQ1QQ")))
    assert "Tot welke dag dit register volledig is, is niet te meten" in text
    assert soup.find("figure") is None
    assert "In 2020 stopte in dit register geen enkele uitkering." in text
    assert soup.find("caption", string=re.compile("en waarom")) is None
    assert "nan" not in re.findall(r"\w+", text.lower())
