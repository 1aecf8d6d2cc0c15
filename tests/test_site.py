"""The whole way, once: every programme of the repository becomes a page that may be published."""

import re
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup

from evaltools.batch.audit import audit_site
from evaltools.batch.pages import indexes, standing
from evaltools.batch.plan import plan_reports
from evaltools.project import Project
from evaltools.registers.statline import municipalities_with_figures

PAGES = [
    "aandacht-helpt/GM0197",
    "arnhem-in-beweging/GM0202",
    "frontlijnaanpak/GM0080",
    "impulsregeling-parttime-werken/GM0222",
    "meedoen-werkt/GM1509",
    "participatiecoaches/GM0202",
    "plan-van-aanpak-laborijn/GM0197",
    "plan-van-aanpak-laborijn/GM0222",
    "plan-van-aanpak-laborijn/GM1509",
    "plan-van-aanpak-laborijn/GM1955",
    "samen-sterk/GM0222",
    "werkacademie/GM0222",
]
REGISTERS = sorted({page.split("/")[1] for page in PAGES})


def plan_of(site):
    made = Project(site.parent)
    return plan_reports(made, REGISTERS, with_figures=municipalities_with_figures(made))


def text_of(site, name):
    soup = BeautifulSoup((site / f"{name}-claims.html").read_text("utf-8"), "html.parser")
    return re.sub(r"\s+", " ", soup.main.get_text(" "))


def test_every_programme_has_its_pages(site):
    plan = plan_of(site)
    assert {f"{page}-claims" for page in PAGES} <= {report.name for report in plan.reports}
    assert standing(site) == sorted(report.name for report in plan.reports)
    places = {report.programme for report in plan.reports} | {report.municipality for report in plan.reports}
    assert indexes(site) == sorted(
        ["index.html", "toegankelijkheid.html", *(f"{place}/index.html" for place in places if place)]
    )


def test_the_whole_site_passes_the_audit(site):
    """As the run found it, and with the registers of nobody."""
    found = audit_site(site)
    assert found.problems == []
    assert found.n_pages == len(plan_of(site).reports)


def test_a_page_opens_on_a_slow_phone(site):
    sizes = {path.relative_to(site).as_posix(): path.stat().st_size for path in site.rglob("*.html")}
    assert {name: size for name, size in sizes.items() if size > 500_000} == {}


FIRST = ["index", "samen-sterk/index", "GM0222/index"]


@pytest.mark.parametrize("page", [*FIRST, *(f"{page}-claims" for page in PAGES)])
def test_no_external_address_no_script_and_no_path(site, page):
    html = (site / f"{page}.html").read_text("utf-8")
    assert "://" not in html
    assert html.count("<script") == (
        page == "index"
    )  # the filter, which nothing else can stand in for: see tests/browser
    assert "default-src 'none'" in html
    assert str(site.parent) not in html
    assert "Traceback" not in html


@pytest.mark.parametrize("page", PAGES)
def test_headings_are_in_order(site, page):
    soup = BeautifulSoup((site / f"{page}-claims.html").read_text("utf-8"), "html.parser")
    levels = [int(heading.name[1]) for heading in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


@pytest.mark.parametrize(
    "page", [*FIRST, *(f"{page}-claims" for page in PAGES), *(f"{page}-evaluation" for page in PAGES[-2:])]
)
def test_every_link_leads_somewhere(site, page):
    path = site / f"{page}.html"
    soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    for link in soup.find_all("a"):
        if link["href"].startswith("#"):
            assert soup.find(id=link["href"][1:])
        else:
            assert (path.parent / link["href"]).resolve().is_file(), link["href"]


def test_pages_are_light_enough_for_a_phone(site):
    assert {path.name: path.stat().st_size for path in site.rglob("*.html") if path.stat().st_size > 300_000} == {}


def test_aalten(site):
    text = text_of(site, "aandacht-helpt/GM0197")
    assert "als deel van deze 162 mensen, dan passen de groepen niet: 17 + 53 + 106 = 176." in text
    assert "Dat is 14 te veel. Minstens 7 mensen staan dan in meer dan één groep." in text
    assert "Reden niet genoemd: 70 mensen." in text


def test_doetinchem(site):
    text = text_of(site, "samen-sterk/GM0222")
    assert "Dat is 23 te veel. Minstens 12 mensen staan dus in meer dan één groep." in text
    assert "Minstens 23 mensen staan dus in meer dan één groep." in text


@pytest.mark.parametrize("page", ["werkacademie/GM0222", "impulsregeling-parttime-werken/GM0222"])
def test_without_figures_the_page_says_so_and_what_is_needed(site, page):
    text = text_of(site, page)
    assert "zijn geen cijfers gepubliceerd in de bronnen die wij kennen" in text
    assert "Wat is nodig om meer te weten?" in text
    assert "Hoe groot zijn de aandelen?" not in text


def test_meedoen_werkt(site):
    text = text_of(site, "meedoen-werkt/GM1509")
    for figure in ("hoogstens 16,7%", "15,4%", "33,3%", "81,9%", "€\u00a0-113.000", "€\u00a01.147.000", "lpg-grave.nl"):
        assert figure.replace("\u00a0", " ") in text.replace("\u00a0", " ")


def test_the_index_names_every_report_with_its_headline(site):
    text = re.sub(r"\s+", " ", BeautifulSoup((site / "index.html").read_text("utf-8"), "html.parser").main.get_text())
    for title in (
        "Wat zeggen de gepubliceerde cijfers",
        "Wat heeft het programma opgeleverd?",
        "Wordt het doel gehaald?",
    ):
        assert text.count(f"Montferland: {title}") == 1
    assert "108 van de 270 geselecteerde inwoners (40,0%)" in text
    assert "iet gepubliceerd:" not in text.replace("Geen cijfers gepubliceerd", "")
