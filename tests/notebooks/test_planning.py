"""The notebook planning: a page about nobody, with a published share as its example."""

import re
import shutil

from bs4 import BeautifulSoup

from evaltools.batch.plan import plan_reports
from evaltools.batch.run import run_reports
from evaltools.batch.site import TITLES
from evaltools.reports.causal import causal_words
from tests.conftest import ROOT


def test_the_page_of_a_plan(project):
    shutil.copy2(ROOT / "notebooks" / "planning.ipynb", project.notebooks)
    shutil.copy2(ROOT / "programmes" / "aandacht-helpt.yaml", project.programmes)
    (report,) = plan_reports(project).only(notebooks=["planning"]).reports
    assert report.name == "method/planning"
    (status,) = run_reports([report], project=project, site=project.reports)
    assert (status.kind, status.reason) == ("", "")
    assert not status.is_simulated
    assert "is pas een verschil van" in status.headline
    soup = BeautifulSoup((project.reports / "method/planning.html").read_text("utf-8"), "html.parser")
    assert soup.h1.text == TITLES["planning"] == "Hoeveel deelnemers zijn nodig?"
    headings = [heading.text for heading in soup.main.find_all("h2")]
    assert headings[0] == "In het kort"
    assert headings[-3:] == ["Wat weten wij niet?", "Hoe is er gerekend?", "Hoe is de privacy beschermd?"]
    assert len(soup.find_all("figure")) == 4
    # Each figure is followed by its data.
    for figure in soup.find_all("figure"):
        heading = figure.find_next("h3")
        assert heading.text.endswith("in een tabel")
        assert heading.find_next(["table", "figure"]).name == "table"
    assert "uit gepubliceerde cijfers. Er zijn geen gegevens van personen gebruikt." in soup.footer.text
    assert soup.find(class_="banner") is None
    # The example is that of the programme file, 38 of 270.
    assert "14,1% van een groep naar betaald werk: 38 van de 270" in soup.main.text
    said = re.sub(r"‘Aandacht helpt!’", "", soup.main.get_text(" ", strip=True))
    assert causal_words(said, "E") == []
    assert "x: niet getoond" not in said
