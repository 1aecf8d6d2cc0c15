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


def wilson(x, n, z=1.959963984540054):
    p = x / n
    middle, half = p + z**2 / (2 * n), z * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5
    return (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)


def test_it_stands_beside_the_participants_with_the_difference_in_population(shares):
    text = said(shares)
    assert (
        "In 2017 ging in Aalten 8,9% van de mensen tot de AOW-leeftijd met bijstand naar werk (tussen 5,5 en 13,4%"
        in text
    )  # 40 of 360 + 90
    assert "In de provincie Gelderland 8,9% en in Nederland 9,0%." in text  # 1,100 of 12,410; 1,210 of 13,500
    assert "Van de deelnemers was na 12 maanden 16,0% uit de bijstand met werk." in text
    assert "Dat zijn niet dezelfde mensen." in text
    assert "ook wie er net in kwam" in text


def test_the_deadweight_it_would_be_stands_beside_the_break_even(shares):
    text = said(shares)
    assert "ongeveer 56% van hun uitstroom naar werk er ook zonder programma geweest" in text  # 8.9 of 16
    # 35 of 460 at the least, 45 of 440 at the most, with Wilson's ends.
    low, high = (100 * wilson(x, n)[side] / 0.16 for x, n, side in ((35, 460, 0), (45, 440, 1)))
    assert f"kan dat ook iets tussen {low:.0f}% en {high:.0f}% zijn" in text
    assert "als meer dan 50% van alle maanden zonder uitkering" in text
    assert "De twee getallen zijn dus niet hetzelfde." in text


def test_a_year_stands_beside_a_year_only(shares):
    longer = table(outcome=["work"], months=["24"], main_months=[24.0], share_programme=[0.25])
    block = wording.ordinary_outflow(longer, shares, table(months=["24"], break_even=[0.5]), "D")
    assert "Stel dat" not in block.html
    assert "na 24 maanden 25,0%" in block.html


@pytest.mark.parametrize(
    ("share", "break_even", "expected"),
    [
        (0.05, 0.5, "Dan was alle uitstroom naar werk er ook zonder programma geweest."),
        (0.16, float("nan"), "de kosten staan niet in de bronnen, of wij tonen ze niet"),
        (0.16, -0.2, "De kosten zijn binnen 12 maanden hoe dan ook niet terugverdiend"),
    ],
)
def test_other_ends(shares, share, break_even, expected):
    assert expected in said(shares, share=share, break_even=break_even)


def test_a_share_that_is_not_shown_is_not_told(shares):
    text = said(shares, share=float("nan"))
    assert "Van de deelnemers" not in text
    assert "Stel dat" not in text
    assert "8,9%" in text


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ("first", "Van vóór het programma hebben wij geen cijfers."),
        ("unknown", "Wanneer het programma begon, staat niet in de bronnen."),
    ],
)
def test_which_year_it_is_and_why(shares, chosen, sentence):
    assert "het laatste jaar vóór het programma" in said(shares)
    other = from_publications(lambda: shares.rows.assign(chosen=chosen))()
    assert sentence in said(already_published(other, source="CBS"))


def test_no_range_where_all_would_have_left(shares):
    assert "Door toeval en afronding kan dat ook" not in said(shares, share=0.02)


def test_nothing_is_said_without_figures(own):
    flows = small_flows()[:0]
    places = peers.places_beside(flows, "GM0197", MUNICIPALITIES, REGIONS)
    rows = peers.ordinary_shares(flows, places, read_programme("aandacht-helpt", own))
    assert said(already_published(rows, source=peers.sources(flows))) == ""


@pytest.mark.parametrize("grade", ["C", "D", "E"])
def test_no_sentence_claims_more_than_the_evidence_carries(shares, grade):
    assert causal_words(said(shares, grade=grade), grade) == []
