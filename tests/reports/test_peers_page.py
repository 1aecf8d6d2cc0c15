"""What the pages with figures of CBS say, on figures small enough to work out by hand."""

import re
from html import unescape

import pandas as pd
import pytest

from evaltools.disclosure import already_published, from_publications
from evaltools.findings import peers
from evaltools.reports import figures, tables, wording
from tests.small_flows import MERGERS, MUNICIPALITIES, REGIONS, small_flows

RANKING = re.compile(
    r"\b(?:beste|slechtste|hoogste|laagste|rang\w*|top\s?\d+|plaats \d+|nummer \d+|koploper|hekkensluiter|scoort)\b",
    re.IGNORECASE,
)


def published(rows):
    return already_published(rows, source="CBS StatLine, tabel C (2017)")


@pytest.fixture
def page():
    return tables_of(small_flows())


def tables_of(figures):
    flows = peers.usable(figures, MUNICIPALITIES)
    places = peers.places_beside(flows, "GM0197", MUNICIPALITIES, REGIONS)
    return {
        "flows": published(peers.flows_by_year(flows, places, MERGERS)),
        "shares": published(peers.work_shares(flows, places)),
        "among": published(peers.among(flows, "GM0197", "Aalten")),
        "limits": published(peers.own_limits(flows, "GM0197")),
        "points": published(peers.funnel_points(flows, "GM0197", "Aalten")),
        "curves": published(peers.funnel_curves(flows)),
        "spread": published(peers.spread(flows)),
        "sizes": published(peers.spread_by_size(flows)),
        "sums": published(peers.sums(flows)),
    }


def changed(table, **columns):
    """Give a published table with other numbers in it."""
    return published(from_publications(lambda: table.rows.assign(**columns))())


def said(block):
    return unescape(re.sub(r"<[^>]+>", " ", block.html))


def test_the_summary_says_the_share_beside_region_and_country(page):
    text = said(wording.peers_summary(page["flows"], page["shares"], page["among"]))
    assert (
        "In 2017 gingen ongeveer 40 mensen in Aalten vanuit de bijstand aan het werk. Dat is 8,9% van de ongeveer 450 mensen"
        in text
    )
    assert f"In de provincie Gelderland was dat {100 * 1100 / 12410:.1f}%".replace(".", ",") in text
    assert f"in Nederland was dat {100 * 1210 / 13500:.1f}%".replace(".", ",") in text
    assert "ongeveer 400 mensen in Aalten bijstand" in text
    assert "geen ranglijst" in text


def test_the_headline_has_the_share_with_its_interval(page):
    headline = wording.peers_summary(page["flows"], page["shares"], page["among"]).headline
    assert headline.startswith(
        "In 2017 ging 8,9% van de mensen tot de AOW-leeftijd met bijstand aan het werk (van 5,"
    )  # by chance and rounding
    assert headline.endswith("; in Nederland 9,0%.")


@pytest.mark.parametrize(
    ("outside", "is_sure", "expected"),
    [
        ("", True, "past bij wat toeval bij een gemeente van deze grootte geeft."),
        ("chance", True, "lager dan alleen toeval bij een gemeente van deze grootte geeft, maar past bij hoe gemeenten in het echt verschillen."),
        ("spread", True, "lager dan bij gemeenten van deze grootte gewoon is"),
        ("spread", False, "Door de afronding op tientallen is dat niet zeker."),
    ],
)  # fmt: skip
def test_where_it_lies_is_said_with_what_rounding_can_change(page, outside, is_sure, expected):
    among = changed(page["among"], outside=outside, is_sure=is_sure, share=0.05, mean=0.1)
    assert expected in said(wording.peers_funnel(among))


def test_a_rounded_nought_is_a_few(page):
    flows = small_flows()
    is_own = (flows["code"] == "GM0197") & (flows["year"] == 2017)
    flows.loc[is_own, "n_outflow_work"] = 0
    text = said(wording.peers_summary(*(tables_of(flows)[name] for name in ("flows", "shares", "among"))))
    assert "In 2017 gingen minder dan 5 mensen in Aalten" in text
    assert "Dat is 0,0%" not in text


def test_years_of_another_series_are_kept_apart_in_words():
    flows = small_flows()
    own = flows[(flows["code"] == "GM0197") & (flows["year"] == 2016)].assign(year=2015, series="instromers", table="A")
    page = tables_of(pd.concat([flows, own], ignore_index=True))
    for block in (
        tables.peers_flows(page["flows"], page["shares"]),
        wording.peers_method(page["flows"], page["shares"], page["among"]),
    ):
        assert "Vergelijk 2015 niet met latere jaren" in said(block)


def test_the_country_closes_and_the_municipality_need_not(page):
    text = said(wording.peers_flows(page["flows"]))
    assert "Aan het eind van het jaar waren het er 20 meer dan een jaar eerder." in text
    assert "Voor Nederland als geheel kwamen er in 2017 2.500 mensen bij en gingen er 2.700 uit." in text
    assert "Dat klopt precies" in text  # 12,300 - 12,500 = 2,500 - 2,700


def test_a_municipality_that_grew_says_so(page):
    grew = changed(page["flows"], has_grown=page["flows"].rows["year"] == 2017)
    assert "In 2017 werd de gemeente groter" in said(tables.peers_flows(grew, page["shares"]))


def test_no_page_ranks(page):
    blocks = [
        wording.peers_summary(page["flows"], page["shares"], page["among"]), wording.peers_flows(page["flows"]), wording.peers_work(page["shares"]),
        wording.peers_funnel(page["among"]), wording.peers_shrunken(page["among"]), wording.peers_unknown(page["flows"]),
        wording.peers_method(page["flows"], page["shares"], page["among"]), wording.municipalities_funnel(page["spread"]),
        wording.municipalities_unknown(page["sums"]), tables.peers_rates(page["flows"]), tables.peers_work(page["shares"]), tables.peers_uncertainty(page["shares"]),
        tables.peers_limits(page["limits"]), figures.peers_work(page["shares"]), figures.peers_funnel(page["points"], page["curves"]),
    ]  # fmt: skip
    for block in blocks:
        assert not RANKING.search(said(block).replace("geen ranglijst", "")), block.text
        assert not RANKING.search(block.text.replace("geen ranglijst", "")), block.text


def test_the_funnel_names_the_own_one_only(page):
    block = figures.peers_funnel(page["points"], page["curves"])
    assert "De ruit is Aalten: 8,9% van 450 mensen" in block.text
    assert "Doetinchem" not in block.html


def test_all_figures_are_marked_as_published(page):
    assert figures.peers_work(page["shares"]).origins == ("published",)
    assert "al heeft gepubliceerd" in said(wording.peers_privacy(page["flows"]))


def test_figures_that_are_not_known_are_said_to_be_so():
    flows = small_flows()
    is_own = (flows["code"] == "GM0197") & (flows["year"] == 2017)
    flows.loc[is_own, ["n_inflow", "n_outflow", "n_outflow_work"]] = pd.NA
    page = tables_of(flows)
    summary = wording.peers_summary(page["flows"], page["shares"], page["among"])
    assert "in 2017 vanuit de bijstand aan het werk gingen, is niet bekend" in said(summary)
    assert "nan" not in said(summary)
    # Nothing was said before that "dat" could stand for.
    assert (
        "Van de mensen tot de AOW-leeftijd met bijstand ging 8,9% in de provincie Gelderland en 9,0% in Nederland aan het werk."
        in said(summary)
    )
    assert wording.peers_shrunken(page["among"]).html == ""
    assert tables.peers_limits(page["limits"]).html == ""
    assert "2017" not in said(tables.peers_uncertainty(page["shares"]))  # a row of dashes says nothing
    blocks = (wording.peers_flows(page["flows"]), wording.peers_work(page["shares"]), tables.peers_work(page["shares"]), tables.peers_flows(page["flows"], page["shares"]),
              figures.peers_work(page["shares"]), figures.peers_funnel(page["points"], page["curves"]), wording.peers_funnel(page["among"]))  # fmt: skip
    assert not any(re.search(r"\bnan\b|<NA>", block.html) for block in blocks)


def test_a_municipality_that_is_another_one_now_says_so(page):
    later = changed(page["flows"], grows_in=2018.0)
    assert "In 2018 ging een andere gemeente op in Aalten." in said(wording.peers_unknown(later))
    ended = changed(page["flows"], ends_in=2019.0)
    assert "Aalten is in 2019 opgegaan in een andere gemeente." in said(wording.peers_unknown(ended))


def test_what_cbs_prints_itself_stands_beside_it(page):
    assert "Het CBS geeft zelf 8,5%." in said(wording.peers_summary(page["flows"], page["shares"], page["among"]))
    assert "8,5%" in said(tables.peers_work(page["shares"]))
    whole = changed(page["shares"], share_outflow_work=0.08)  # CBS prints 8.0
    assert "8,0%" in said(tables.peers_work(whole))


def test_how_many_left_stands_beside_all_municipalities_together(page):
    text = said(wording.peers_summary(page["flows"], page["shares"], page["among"]))
    # 90 of 400 + 90; of all three 2,420 of 11,180 + 2,420.
    assert (
        "Uit de bijstand gingen in 2017 ongeveer 90 mensen in Aalten, om welke reden ook. Dat is 18,4% van iedereen met bijstand."
        in text
    )
    assert "In alle gemeenten samen was dat 17,8%." in text


def test_nothing_is_shown_without_figures():
    rows = peers.work_shares(
        small_flows()[:0], peers.places_beside(small_flows()[:0], "GM0197", MUNICIPALITIES, REGIONS)
    )
    assert tables.peers_work(published(rows)).html == ""


def test_chance_and_rounding_stand_apart_and_together(page):
    text = re.sub(r"\s+", " ", said(tables.peers_uncertainty(page["shares"])))
    # Of 40 of 450: Wilson's interval; 35 of 460 to 45 of 440; and the ends of the intervals of those.
    assert "2017 8,9% 6,6 tot 11,9% 7,6 tot 10,2% 5,5 tot 13,4%" in text


def test_the_spread_by_size_stands_beside_chance_and_rounding(page):
    assert "Als alleen toeval en afronding verschil maken" in said(tables.municipalities_sizes(page["sizes"]))
