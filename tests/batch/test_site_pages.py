"""The first page, and one of each programme and municipality."""

from bs4 import BeautifulSoup

from evaltools.batch.audit import audit_site
from evaltools.batch.pages import indexes, standing
from tests.batch.small import GOOD, PARAMETERS
from tests.conftest import MINIMAL

TWO = MINIMAL.replace("[GM0197]", "[GM0197, GM0222]")


def page(project, name):
    soup = BeautifulSoup((project.reports / name).read_text("utf-8"), "html.parser")
    return {link.get_text(" ", strip=True): link["href"] for link in soup.main.find_all("a")}, soup


def test_every_programme_and_municipality_has_a_page(project, write_programme, write_gated, evaltools):
    write_gated(PARAMETERS, *GOOD)
    write_programme(TWO)
    write_programme(MINIMAL.replace("Proef", "Ander"), "ander")
    evaltools("reports")
    assert indexes(project.reports) == [
        "GM0197/index.html", "GM0222/index.html", "ander/index.html", "index.html", "proef/index.html", "toegankelijkheid.html",
    ]  # fmt: skip
    assert standing(project.reports) == ["ander/GM0197-plain", "proef/GM0197-plain", "proef/GM0222-plain"]
    links, soup = page(project, "proef/index.html")
    assert soup.h1.text == "Proef"
    assert soup.main.p.text == "Een proef."
    assert links == {
        "Aalten": "../GM0197/index.html",
        "Doetinchem": "../GM0222/index.html",
        "plain": "../proef/GM0222-plain.html",
    }
    links, soup = page(project, "GM0197/index.html")
    assert soup.h1.text == "Gemeente Aalten"
    assert [each.text for each in soup.find_all("h2")] == ["Ander", "Proef"]
    assert audit_site(project.reports, project=project).problems == []


def test_the_page_of_what_is_gone_goes(project, write_programme, write_gated, evaltools):
    write_gated(PARAMETERS, *GOOD)
    write_programme(TWO)
    evaltools("reports")
    write_programme(MINIMAL)
    evaltools("reports")
    assert "GM0222/index.html" not in indexes(project.reports)


def test_a_report_links_to_its_programme_and_municipality(project, write_programme, write_gated, evaltools):
    write_gated(PARAMETERS, *GOOD)
    write_programme()
    evaltools("reports")
    _, soup = page(project, "proef/GM0197-plain.html")
    assert {link.text: link["href"] for link in soup.header.find_all("a")} == {
        "Alle rapporten": "../index.html", "Proef": "index.html", "Gemeente Aalten": "../GM0197/index.html",
    }  # fmt: skip


def test_a_script_of_another_stays_out(project, write_programme, write_gated, evaltools):
    write_gated(PARAMETERS, *GOOD)
    write_programme()
    evaltools("reports")
    path = project.reports / "index.html"
    path.write_text(path.read_text("utf-8").replace('"use strict";', '"use strict"; alert(1);'), "utf-8")
    assert "unknown element" in str(audit_site(project.reports, project=project).problems)


def test_every_page_leads_to_that_on_accessibility(project, write_programme, write_gated, evaltools):
    write_gated(PARAMETERS, *GOOD)
    write_programme()
    evaltools("reports")
    for path in project.reports.rglob("*.html"):
        (link,) = [
            each
            for each in BeautifulSoup(path.read_text("utf-8"), "html.parser").footer.find_all("a")
            if "toegankelijkheid" in each.text
        ]
        assert (path.parent / link["href"]).resolve() == project.reports.resolve() / "toegankelijkheid.html"
