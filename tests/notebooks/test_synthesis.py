"""The notebook synthesis, on pages that found something."""

import re
import shutil
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup

from evaltools.batch import pages
from evaltools.batch.audit import audit_site
from evaltools.batch.pages import Page, fingerprint
from evaltools.batch.plan import plan_reports
from evaltools.batch.run import run_reports
from evaltools.reports.causal import causal_words
from tests.conftest import MINIMAL, ROOT
from tests.test_results import result

HTML = '<!doctype html><html lang="nl"><head><title>t</title></head><body><h1>h</h1></body></html>'
HEADINGS = [
    "In het kort", "Wat vond elke gemeente?", "De uitkomsten onder elkaar", "Dezelfde uitkomsten in een tabel",
    "Hoe elke uitkomst is gemaakt", "Hoe ver lopen de uitkomsten uiteen?", "Het gemiddelde en de spreiding",
    "Ontbreken er uitkomsten van kleine groepen?", "De trechter", "De trechter in een tabel", "Wat vonden anderen?",
    "Verschillen uit de literatuur", "Wat weten wij niet?", "Hoe is er gerekend?", "Hoe is de privacy beschermd?",
]  # fmt: skip


@pytest.fixture
def asked(project, write_programme):
    """A project of which one programme asks for the synthesis."""
    shutil.copy2(ROOT / "notebooks" / "synthesis.ipynb", project.notebooks)
    write_programme(MINIMAL.replace("[GM0197]", "[GM0197, GM0222, GM1509, GM1955]").replace("[plain]", "[synthesis]"))
    return project


def publish(project, code, estimate=0.03, error=0.02, **more):
    known = {"estimate": estimate, "lower": estimate - 0.04, "upper": estimate + 0.04, "standard_error": error}
    found = result(**{"programme": "proef", "municipality": code, **known, **more})
    page = Page(name=found.page, municipality=code, fingerprint=fingerprint(HTML.encode()), days=("2020-06-30",),
                origins=("simulated" if found.is_simulated else "register",), results=(found,))  # fmt: skip
    pages.publish(page, HTML, project.reports)


def run(project):
    statuses = run_reports(plan_reports(project).reports, project=project, site=project.reports)
    return {status.name: status for status in statuses}


def read(project, name):
    html = (project.reports / f"{name}.html").read_text("utf-8")
    soup = BeautifulSoup(html, "html.parser")
    levels = [int(heading.name[1]) for heading in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
    assert str(project.root) not in html
    text = re.sub(r"\s+", " ", soup.main.get_text(" "))
    assert "nan" not in re.findall(r"\w+", text.lower())
    return soup, text


def headings(soup):
    return [heading.text for heading in soup.find_all(["h2", "h3"])]


def test_four_municipalities(asked):
    for code, estimate in (("GM0197", 0.01), ("GM0222", 0.03), ("GM1955", 0.07)):
        publish(asked, code, estimate)
    nothing = {"estimate": None, "lower": None, "upper": None, "standard_error": None, "n_programme": None}
    found = result(programme="proef", municipality="GM1509", **nothing, hidden=True)
    page = Page(name=found.page, municipality="GM1509", fingerprint=fingerprint(HTML.encode()), days=("2020-06-30",),
                origins=("simulated",), results=(found,))  # fmt: skip
    pages.publish(page, HTML, asked.reports)
    statuses = run(asked)
    assert {name: (status.kind, status.reason) for name, status in statuses.items()} == {
        "proef/synthesis": ("", ""),
        "method/synthesis": ("", ""),
    }
    assert statuses["proef/synthesis"].is_simulated
    soup, text = read(asked, "proef/synthesis")
    assert headings(soup) == HEADINGS
    assert soup.find(class_="banner").text == (
        "Deze uitkomsten komen uit gesimuleerde gegevens. Zij zeggen niets over de echte gemeenten."
    )
    assert len(soup.find_all("figure")) == 2
    assert all("Gesimuleerde gegevens" in caption.text for caption in soup.find_all("figcaption"))
    # Alike in their standard errors, so that the mean is that of 1, 3 and 7.
    assert "Gemiddeld is dat verschil 3,7 procentpunt." in text
    assert "Niet meegeteld: Oude IJsselstreek (niet getoond, om de privacy van mensen te beschermen)." in text
    assert "juni 2020" in text
    assert causal_words(text, "C") == []
    assert "uit gepubliceerde cijfers en gesimuleerde gegevens." in soup.footer.text
    assert audit_site(asked.reports, project=asked).problems == []
    soup, _ = read(asked, "method/synthesis")
    assert soup.find(class_="kicker").get_text(" ") == "Alle programma’s alle gemeenten samen"


def test_real_results(asked):
    for code in ("GM0197", "GM0222", "GM1955"):
        publish(asked, code, is_simulated=False)
    status = run(asked)["proef/synthesis"]
    assert (status.kind, status.is_simulated) == ("", False)
    soup, text = read(asked, "proef/synthesis")
    assert "gesimuleerd" not in text.lower()
    assert soup.find(class_="banner") is None
    assert "uitkomsten van andere pagina’s van deze site" in soup.footer.text
    assert "Er zijn geen gegevens van personen gebruikt" not in soup.text
    assert audit_site(asked.reports, project=asked).problems == []


def test_before_any_page_has_results(asked):
    statuses = run(asked)
    assert {status.kind for status in statuses.values()} == {""}
    assert statuses["proef/synthesis"].headline == "Er is nog geen uitkomst om samen te nemen."
    soup, _ = read(asked, "proef/synthesis")
    assert headings(soup) == [HEADINGS[0], *HEADINGS[10:]]
    assert soup.find("figure") is None


def test_simulated_and_real_results_together_are_refused(asked):
    publish(asked, "GM0197", is_simulated=False)
    publish(asked, "GM0222")
    for status in run(asked).values():
        assert status.kind == "notebook_failed"
        assert "1 of 2 are of simulated registers" in status.reason


def test_results_of_another_edition_than_the_page_are_refused(asked):
    publish(asked, "GM0197")
    (asked.reports / "proef/GM0197-evaluation.html").write_text(HTML + " ", "utf-8")
    status = run(asked)["proef/synthesis"]
    assert "proef/GM0197-evaluation.results.json: is not of the page that stands beside it" in status.reason
