"""What a page is made of: accessible tables, figures with their text, sentences that hold."""

import base64
import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from evaltools.disclosure import already_published, from_publications
from evaltools.findings import claims, costs, gaps, profile, targets
from evaltools.findings.overlap import overlap
from evaltools.programmes import Claim, list_programmes, read_programme
from evaltools.reference import benefit_prices, municipality_names, operators
from evaltools.reports import figures, tables, wording
from evaltools.reports.block import NOTHING
from evaltools.reports.tables import Column, render


def protect(rows):
    return already_published(from_publications(lambda: rows)(), source="a test")


@pytest.fixture
def summarise(own):
    def make(slug, municipality):
        programme = read_programme(slug, own)
        stated = programme.claims_in(municipality)
        return wording.summary(
            protect(profile.profile(programme, municipality, municipality_names(own), operators(own).iloc[:0])),
            protect(claims.published_figures(stated)),
            protect(claims.shares(stated)),
            protect(overlap(stated)),
            protect(claims.exits_and_work(stated)),
            protect(targets.pace(programme.targets_in(municipality))),
            protect(costs.break_even(programme.costs_in(municipality), benefit_prices(own))),
        )

    return make


def test_a_table_has_a_caption_and_headings():
    rows = pd.DataFrame({"name": ["<b>a</b>", "b"], "n": [1, 2]})
    block = render(
        protect(rows),
        "Titel",
        [Column("Naam", lambda row: row.name), Column("Aantal", lambda row: str(row.n), is_number=True)],
    )
    soup = BeautifulSoup(block.html, "html.parser")
    assert soup.caption.text == "Titel"
    assert [(cell.text, cell["scope"]) for cell in soup.find_all("th")] == [
        ("Naam", "col"),
        ("Aantal", "col"),
        ("<b>a</b>", "row"),
        ("b", "row"),
    ]
    assert [(cell.text, cell["data-label"]) for cell in soup.find_all("td")] == [("1", "Aantal"), ("2", "Aantal")]


def test_a_table_without_rows_has_nothing_to_say():
    assert render(protect(pd.DataFrame({"n": []})), "Titel", []) is NOTHING


def test_the_figure_tells_its_data_in_words(own):
    block = figures.shares(protect(claims.shares(read_programme("aandacht-helpt", own).claims)))
    picture = BeautifulSoup(block.html, "html.parser").img
    assert "Volledig uit de uitkering: 40,0%, interval van 34,3 tot 45,9%." in picture["alt"]
    assert picture["alt"].count("interval") == 6
    svg = base64.b64decode(picture["src"].removeprefix("data:image/svg+xml;base64,")).decode()
    assert "<svg" in svg
    assert not re.search(r"<script|<metadata>.*<dc:date", svg, re.DOTALL)


def test_the_figure_is_the_same_every_time(own):
    table = protect(claims.shares(read_programme("samen-sterk", own).claims))
    assert figures.shares(table).html == figures.shares(table).html


def test_the_figure_draws_what_the_table_says(own, monkeypatch):
    drawn = {}
    monkeypatch.setattr(
        figures.base, "as_image", lambda figure: drawn.update(figure=figure) or "data:image/svg+xml;base64,"
    )
    rows = claims.shares(read_programme("samen-sterk", own).claims)
    figures.shares(protect(rows))
    (axes,) = drawn["figure"].axes
    lines, dots = axes.collections
    assert [segment[:, 0].tolist() for segment in lines.get_segments()] == [
        pytest.approx([100 * row.lower, 100 * row.upper]) for row in rows.itertuples()
    ]
    assert dots.get_offsets()[:, 0].tolist() == pytest.approx([100 * share for share in rows["estimate"]])


def test_no_figure_without_shares():
    assert figures.shares(protect(claims.shares([]))) is NOTHING


@pytest.mark.parametrize(
    ("slug", "municipality", "sentences"),
    [
        (
            "aandacht-helpt",
            "GM0197",
            [
                "Dit is dus geen effectmeting.",
                "Volledig uit de uitkering: 108 van de 270 geselecteerde inwoners (40,0%).",
                "Uit de uitkering: 108 mensen. Daarvan naar werk: 38 (35,2%). Reden niet genoemd: 70 mensen.",
                "Als wij ‘traject loopt door’ en ‘participatie of zorg’ lezen als deel van deze 162 mensen",
                "17 + 53 + 106 = 176. Dat is 14 te veel. Minstens 7 mensen staan dan in meer dan één groep.",
                "De tekst zegt niet of dat zo is.",
            ],
        ),
        (
            "samen-sterk",
            "GM0222",
            ["83 + 150 + 516 = 749", "Dat is 23 te veel. Minstens 12 mensen staan dus in meer dan één groep."],
        ),
        (
            "plan-van-aanpak-laborijn",
            "GM1955",
            [
                "In de bronnen die wij kennen staat een doel, maar geen uitkomst.",
                "Het doel: ruim 300 inwoners extra uit de uitkering, in 24 maanden, voor 4 gemeenten samen.",
            ],
        ),
        ("werkacademie", "GM0222", ["zijn geen cijfers gepubliceerd in de bronnen die wij kennen."]),
        (
            "participatiecoaches",
            "GM0202",
            ["bijna 15% van de 472 bereikte en intensief begeleide bewoners (ongeveer 71)."],
        ),
        ("frontlijnaanpak", "GM0080", ["Gepubliceerd is wat er is gedaan: bijna 1.000 huishoudens bezocht."]),
        ("meedoen-werkt", "GM1509", ["Als minstens 81,9% ook vanzelf was gegaan, blijft er na één jaar niets over."]),
    ],
)
def test_the_summary(summarise, slug, municipality, sentences):
    text = summarise(slug, municipality).text
    for sentence in sentences:
        assert sentence in text


def test_the_exclusion_is_told(own):
    text = wording.overlap(protect(overlap(read_programme("samen-sterk", own).claims))).text
    assert "Anders gelezen: wie volledig aan het werk is, staat in geen van de andere groepen." in text
    assert "Minstens 23 mensen staan dus in meer dan één groep." in text


def test_the_claimed_saving_is_checked(own):
    table = costs.break_even(read_programme("meedoen-werkt", own).costs, benefit_prices(own))
    right = wording.money(protect(table)).text.replace("\u00a0", " ")
    assert "De genoemde besparing is € 1.400.000. Dat is 100 × € 14.000" in right
    wrong = wording.money(protect(table.assign(euro_claimed=1_500_000.0))).text.replace("\u00a0", " ")
    assert "De genoemde besparing is € 1.500.000. Maar 100 × € 14.000 is € 1.400.000." in wrong
    never = wording.money(protect(table.assign(break_even=-0.1))).text
    assert "Ook dan is er na één jaar verlies." in never
    assert "-10" not in never


def say(make_claim, n, **options):
    return wording.overlap(protect(overlap([make_claim(n, **options)]))).text


def test_groups_that_fit_that_do_not_and_that_cannot(make_claim):
    assert "Dat past in het geheel van 10 mensen. Het kan dat niemand in meer dan één groep staat." in say(
        make_claim, 10, a=3, b=4
    )
    assert "6 + 5 = 11, maar het geheel is 10 mensen. Dat is 1 te veel. Minstens 1 persoon staat dus in meer" in say(
        make_claim, 10, a=6, b=5
    )
    assert "de gepubliceerde aantallen spreken elkaar tegen" in say(make_claim, 10, a=6, b=5, exclusive=[["a", "b"]])


def test_a_sum_that_exceeds_an_inexact_whole_is_not_said_to_fit(make_claim):
    claim = make_claim(600, a=350, b=400).model_dump(exclude_none=True)
    claim["population"]["precision"] = "at_least"
    text = wording.overlap(protect(overlap([Claim.model_validate(claim)]))).text
    assert "meer dan het geheel van 600 mensen" in text
    assert "Dat past alleen als een aantal dat niet precies is, in werkelijkheid anders is." in text


def test_households_are_no_people(make_claim):
    claim = make_claim(10, a=8, b=7).model_dump(exclude_none=True)
    claim["population"]["unit"] = "households"
    text = wording.overlap(protect(overlap([Claim.model_validate(claim)]))).text
    assert "het geheel is 10 huishoudens. Dat is 5 te veel. Minstens 5 huishoudens staan dus" in text
    assert "mensen" not in text


def test_figures_of_any_kind_are_in_the_summary(make_claim, own):
    claim = make_claim(100, a=60)
    nothing = protect(pd.DataFrame())
    subject = protect(
        profile.profile(read_programme("samen-sterk", own), "GM0222", municipality_names(own), operators(own).iloc[:0])
    )
    full = wording.summary(
        subject,
        protect(claims.published_figures([claim])),
        protect(claims.shares([claim])),
        nothing,
        nothing,
        nothing,
        nothing,
    )
    assert "A: 60 van de 100 everybody (60,0%)." in full.text
    alone = Claim.model_validate({**claim.model_dump(), "outcomes": []})
    bare = wording.summary(
        subject, protect(claims.published_figures([alone])), nothing, nothing, nothing, nothing, nothing
    )
    assert "Gepubliceerd is alleen de grootte van de groep: 100 everybody." in bare.text


CAUSAL = re.compile(r"dankzij|leidt tot|door het programma|heeft gewerkt|effect\b(?!meting)", re.IGNORECASE)


def test_no_sentence_says_that_a_programme_did_it(summarise, own):
    for slug in list_programmes(own):
        programme = read_programme(slug, own)
        for municipality in programme.municipalities:
            assert not CAUSAL.search(summarise(slug, municipality).text)
            unknown = tables.gaps(protect(gaps.gaps(programme, municipality))).html
            assert not CAUSAL.search(unknown.replace("wie door het programma uit de uitkering gaat", ""))
