"""The ordinary outflow to work beside a programme: what is said, and what is never said."""

import re
from html import unescape

import pandas as pd
import pytest

from evaltools.disclosure import already_published, from_publications
from evaltools.findings import peers
from evaltools.programmes import read_programme
from evaltools.reports import wording
from evaltools.reports.causal import causal_words
from tests.small_flows import MUNICIPALITIES, REGIONS, small_flows


def table(**columns):
    return already_published(from_publications(lambda: pd.DataFrame(columns))(), source="een proef")


@pytest.fixture
def shares(own):
    flows = small_flows()
    places = peers.places_beside(flows, "GM0197", MUNICIPALITIES, REGIONS)
    rows = peers.ordinary_shares(flows, places, read_programme("aandacht-helpt", own))
    return already_published(rows, source=peers.sources(flows))


def results(share=0.16):
    return table(
        outcome=["off_benefit", "work"], months=["12", "12"], main_months=[12.0, 12.0], share_programme=[0.4, share]
    )


def said(shares, *, share=0.16, break_even=0.5, grade="D"):
    block = wording.ordinary_outflow(results(share), shares, table(months=["12"], break_even=[break_even]), grade)
    return unescape(re.sub(r"<[^>]+>", " ", block.html))


def test_it_stands_beside_the_participants_with_the_difference_in_population(shares):
    text = said(shares)
    assert "In 2017 was dat in Aalten 8,9% van alle mensen die dat jaar bijstand hadden" in text  # 40 of 360 + 90
    assert "In de provincie Gelderland 8,9% en in Nederland 9,0%." in text  # 1,100 of 12,410; 1,210 of 13,500
    assert "Van de deelnemers was na 12 maanden 16,0% uit de bijstand met werk." in text
    assert "Dat zijn niet dezelfde mensen." in text
    assert "ook wie er net in kwam" in text


def test_the_deadweight_it_would_be_stands_beside_the_break_even(shares):
    text = said(shares)
    assert "ongeveer 56% van hun uitstroom naar werk er ook zonder programma geweest" in text  # 8.9 of 16
    assert "zolang dat deel onder 50% blijft" in text


@pytest.mark.parametrize(
    ("share", "break_even", "expected"),
    [
        (0.05, 0.5, "Dan was alle uitstroom naar werk er ook zonder programma geweest."),
        (0.16, float("nan"), "de kosten staan niet in de bronnen, of wij tonen ze niet"),
        (0.16, -0.2, "De kosten zijn hoe dan ook niet terugverdiend binnen 12 maanden"),
    ],
)
def test_other_ends(shares, share, break_even, expected):
    assert expected in said(shares, share=share, break_even=break_even)


def test_a_share_that_is_not_shown_is_not_told(shares):
    text = said(shares, share=float("nan"))
    assert "Van de deelnemers" not in text
    assert "Stel dat" not in text
    assert "8,9%" in text


def test_nothing_is_said_without_figures(own):
    flows = small_flows()[:0]
    places = peers.places_beside(flows, "GM0197", MUNICIPALITIES, REGIONS)
    rows = peers.ordinary_shares(flows, places, read_programme("aandacht-helpt", own))
    assert said(already_published(rows, source=peers.sources(flows))) == ""


@pytest.mark.parametrize("grade", ["C", "D", "E"])
def test_no_sentence_claims_more_than_the_evidence_carries(shares, grade):
    assert causal_words(said(shares, grade=grade), grade) == []
