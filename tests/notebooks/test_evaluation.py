"""The notebook evaluation, run on the simulated registers of the programme files, and on one without anybody to compare with."""

import re
import shutil
from itertools import pairwise

import pandas as pd
import pytest

from evaltools.batch.pages import read_page
from evaltools.batch.plan import plan_reports
from evaltools.batch.run import run_reports
from evaltools.reports.causal import causal_words
from tests.conftest import ROOT
from tests.notebooks.published import page_in
from tests.small_registers import persons, spells, store

PAGES = {
    "aandacht-helpt/GM0197": "C",
    "plan-van-aanpak-laborijn/GM0197": "D",
    "samen-sterk/GM0222": "C",
    "werkacademie/GM0222": "D",
}
"""The grade of each page that is made."""
NAMES = ("Aandacht helpt!",)
"""Names of programmes that hold a causal word: to name them claims nothing."""


@pytest.fixture(scope="module")
def pages(site):
    """The evaluations in the whole site."""
    return {name: page_in(site, f"{name}-evaluation") for name in PAGES}


PROGRAMME = """
name: Iedereen
about: Een programma voor iedereen.
municipalities: [GM0197]
design: before_after
horizons_months: [6, 12]
aims: [exit]
notebooks: [evaluation]
sources:
  - {title: een bericht}
"""


def tables_of_everybody():
    """A register that begins with a programme for which everybody was selected."""
    people = [f"QQ{number}QQ" for number in range(300)]
    n = len(people)
    ends = pd.date_range("2018-01-20", periods=220, freq="2D")
    rows = [
        (person, person, "2015-01-01", f"{day:%Y-%m-%d}", f"{day + pd.Timedelta(days=40):%Y-%m-%d}", reason)
        for person, day, reason in zip(people, ends, ["11", "11", "11", "18"] * 55, strict=False)
    ]
    rows += [(person, person, "2015-01-01") for person in people[220:]]
    return {
        "persons": persons(*people, birth_year=[1980] * n, sex=["1"] * n),
        "benefit_spells": spells(*rows),
        "participations": {
            "person_id": people,
            "programme": ["iedereen"] * n,
            "status": ["started"] * n,
            "selected_day": ["2018-01-10"] * n,
            "first_day": ["2018-01-15"] * n,
        },
    }


@pytest.fixture
def alone(project, write_programme):
    """The page of that programme: grade E."""
    shutil.copy2(ROOT / "notebooks" / "evaluation.ipynb", project.notebooks)
    write_programme(PROGRAMME, "iedereen")
    incomes = {"person_id": ["QQ250QQ"] * 30, "month": [f"{month:%Y-%m-%d}" for month in pd.date_range("2018-01-01", periods=30, freq="MS")],
               "kind": ["11"] * 30}  # fmt: skip
    store(project, **tables_of_everybody(), incomes=incomes)
    (report,) = plan_reports(project, ["GM0197"]).only(notebooks=["evaluation"]).reports
    (status,) = run_reports([report], project=project, site=project.reports)
    assert (status.kind, status.reason) == ("", "")
    return page_in(project.reports, status.name)


def test_without_incomes_the_page_says_that_it_does_not_know_who_works_beside_the_benefit(project, write_programme):
    """What was not delivered is not nought, and keeps nothing else from the page."""
    shutil.copy2(ROOT / "notebooks" / "evaluation.ipynb", project.notebooks)
    write_programme(PROGRAMME, "iedereen")
    store(project, **tables_of_everybody())
    (report,) = plan_reports(project, ["GM0197"]).only(notebooks=["evaluation"]).reports
    (status,) = run_reports([report], project=project, site=project.reports)
    assert (status.kind, status.reason) == ("", "")
    page = page_in(project.reports, status.name)
    said = page.section("Hoeveel uur werken mensen naast de bijstand?")
    assert "niet bekend wie naast de bijstand werkt" in said
    assert "In de bijstand, zonder traject" in page.section("De stand op elk tijdstip")
    assert "het register heeft niet van elk tijdstip inkomsten" in page.section("In het kort")
    for words in (
        "met werk ernaast",
        "zonder werk of traject",
        "met of zonder bijstand",
        "staat ook bij ‘aan het werk’",
    ):
        assert words not in page.text.lower()


def claims_of(page, grade):
    """Name the causal words on a page."""
    return causal_words(page.without_headings, grade, names=NAMES)


every = pytest.mark.parametrize("name", PAGES)


@every
def test_the_words_are_those_of_the_grade(pages, name):
    page, grade = pages[name], PAGES[name]
    assert f"Bewijskracht: {grade}, op een schaal van A (sterk) tot en met E (geen)." in page.section("In het kort")
    assert f"bewijskracht {grade}" in page.status.headline
    assert claims_of(page, grade) == []
    assert causal_words(page.status.headline, grade) == []


@every
def test_the_first_screen_says_what_was_found_how_sure_and_what_is_unknown(pages, name):
    first = pages[name].section("In het kort")
    said = [first.index(words) for words in ("Het verschil:", "Bewijskracht:", "geen bijstand meer", "Niet bekend:")]
    assert said == sorted(said)  # net before gross, and what is not known last


@every
def test_what_can_be_shown_comes_before_any_p_value(pages, name):
    text = pages[name].section("Wat is het verschil met anderen?")
    net = text.index("in vier van de vijf keer zichtbaar")
    assert net < text.index("Wat is gevonden, staat bovenaan deze pagina.") < text.index("p-waarde", net)


@every
def test_the_difference_stands_whole_once(pages, name):
    """On the first screen; where the ways of comparing disagree it says so there too."""
    first, net, end = (
        pages[name].section(title)
        for title in ("In het kort", "Wat is het verschil met anderen?", "Wat is de conclusie?")
    )
    whole = re.search(r"Bij .* was dat [^.]*\. Het verschil: [^)]*\)\.", first)[0]
    assert whole not in net
    assert whole not in end
    assert "Het verschil na" in end
    assert ("Zij wijzen niet allemaal dezelfde kant op" in net) == ("Niet alle manieren van vergelijken" in first)


@every
def test_every_table_and_figure_says_that_it_is_simulated(pages, name):
    soup = pages[name].soup
    published = "keuzes|bedragen waarmee|Van de bijstand naar werk"
    captions = [caption.text for caption in soup.find_all("caption") if not re.search(published, caption.text)]
    assert all("gesimuleerde gegevens" in caption for caption in captions)
    figures = soup.find_all("figure")
    assert len(figures) >= 2
    for figure in figures:
        assert "Gesimuleerde gegevens" in figure.figcaption.text
        assert figure.img["alt"].startswith("Gesimuleerde gegevens.")
        assert len(figure.img["alt"]) > 60
    levels = [int(heading.name[1]) for heading in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("aandacht-helpt/GM0197", [270, 108, 38, 162, 17, 53, 106]),
        ("samen-sterk/GM0222", [726, 83, 150, 516]),
    ],
)
def test_the_published_counts_come_out_of_the_register(pages, name, counts):
    rows = pages[name].table("De gepubliceerde aantallen, geteld in het register")
    assert [row[0] for row in rows.values()] == [str(n) for n in counts]  # as the texts have them
    assert [row[1] for row in rows.values()] == [str(n) for n in counts]


@every
def test_outcomes_add_up(pages, name):
    rows = pages[name].table("Wat er van de deelnemers is geworden")
    for column in range(len(next(iter(rows.values())))):
        n = {label: cells[column].split(" ")[0].replace(".", "") for label, cells in rows.items()}
        if "x" in n.values():
            continue
        number = {label: int(value) for label, value in n.items()}
        assert (
            number["Uit de bijstand, samen"]
            == number["Uit de bijstand, aan het werk"] + number["Uit de bijstand, om een andere reden"]
        )
        assert number["Iedereen"] == number["Uit de bijstand, samen"] + number["In de bijstand, samen"]


def test_a_programme_of_a_whole_municipality_says_who_its_people_are(pages):
    text = pages["plan-van-aanpak-laborijn/GM0197"].section("Wie deden mee?")
    assert "alle mensen met bijstand op 1 januari 2019" in text
    assert "onze aanname" in text


def test_waiting_is_shown_where_it_is_an_aim(pages):
    assert "Hoe lang wachtten mensen?" in pages["werkacademie/GM0222"].text
    assert "Hoe lang wachtten mensen?" not in pages["samen-sterk/GM0222"].text


def test_without_anybody_to_compare_with_it_is_no_measurement(alone):
    assert alone.status.headline == "Alleen aantallen, zonder vergelijking (bewijskracht E)."
    first = alone.section("In het kort")
    assert first.startswith("Er is geen groep om de deelnemers mee te vergelijken. Dit is geen effectmeting")
    assert claims_of(alone, "E") == []
    assert "p-waarde" not in alone.text
    assert "Op verschillende manieren vergeleken" not in alone.text
    assert "QQ" not in str(alone.soup)
    # Of the 365 days after 10 January: ends on 20 January and every second day after, up to 9 January 2019, 354 days later; of each
    # four the first three left for work.
    n = 1 + 354 // 2
    assert f"{n} geen bijstand meer" in first
    assert f"{n - n // 4} gingen aan het werk" in first


@pytest.mark.parametrize("name", [*PAGES, "meedoen-werkt/GM1509", "participatiecoaches/GM0202"])
def test_tables_of_the_same_people_tell_no_few_of_them_together(site, name):
    """Tables that call the same people by other names are not laid together by the audit: what follows from them must be 0 or 10."""
    told = {}
    for record in read_page(site, f"{name}-evaluation").records:
        shown = zip(record.cells, record.states, record.low, strict=True)
        told |= {(cell.measure, *cell.labels): int(n) for cell, state, n in shown if state == "shown"}

    def by_month(measure, **labels):
        found = {key: n for key, n in told.items() if key[0] == measure and labels.items() <= dict(key[1:]).items()}
        return {dict(key[1:])["months"]: n for key, n in found.items() if "subgroup" not in dict(key[1:])}

    # Who left by a horizon, less who is off benefit then, are those who are back: no curve is shown at a horizon.
    horizons = {int(months) for months in by_month("n_programme", outcome="off_benefit")}
    ends = {int(dict(key[1:])["month"].split("-")[1]) for key in told if key[0] == "n_exits"}
    assert not ends & horizons
    # Of exits that can be followed for a year, all are at risk to return at first.
    followed = [n for key, n in told.items() if key[0] == "n_followed" and "exits" not in dict(key[1:])]
    at_first = [
        n for key, n in told.items() if key[0] == "n_at_risk" and {("at", "returns"), ("month", "1")} <= {*key[1:]}
    ]
    assert at_first in ([], followed)
    # Who is on benefit is counted alike where outcomes are told and where months are.
    on = by_month("n_programme", outcome="still_on_benefit")
    money = by_month("n_on_programme")
    assert {months: money[months] for months in on.keys() & money.keys()} == {
        months: on[months] for months in on.keys() & money.keys()
    }
