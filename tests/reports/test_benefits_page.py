"""What the part on money says, shows and leaves out."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from evaltools.disclosure import already_published, protect
from evaltools.errors import DisclosureError
from evaltools.findings.benefits import curves_table, months_off_benefit, months_saved
from evaltools.findings.money import money_of, prices_used
from evaltools.findings.purses import purses, sensitivity
from evaltools.reference import benefit_prices, discount_rates, execution_costs
from evaltools.reports import figures, tables, wording
from evaltools.reports.causal import causal_words
from tests.findings.test_benefits import COSTS, MONEY, cohorts_of

FULL = replace(MONEY, execution=2400.0, execution_year=2018, costs=COSTS)


class Shown:
    """The protected tables of two groups."""

    def __init__(self, groups, money=FULL):
        found = months_off_benefit(*groups, 12)
        self.curves = protect(curves_table(found))
        self.saved = protect(months_saved(found, money))
        self.purses = protect(purses(found, money))
        self.sensitivity = protect(sensitivity(found, money))

    def texts(self, grade):
        blocks = [
            wording.benefits_summary(self.saved, grade),
            wording.benefits_curves(self.curves, self.saved, grade),
            wording.benefits_break_even(self.saved, grade),
            wording.benefits_purses(self.purses, grade),
            wording.benefits_sensitivity(self.sensitivity, grade),
            wording.benefits_method(self.saved, grade),
        ]
        return [text_of(block) for block in blocks]

    def page(self, grade):
        blocks = [
            figures.area_between_curves(self.curves),
            tables.benefit_curves(self.curves),
            tables.months_saved(self.saved),
            tables.purses(self.purses),
            figures.tornado(self.sensitivity),
            tables.tornado(self.sensitivity),
        ]
        return " ".join([*self.texts(grade), *(block.html for block in blocks)])


def text_of(block):
    return re.sub(r"\s+", " ", BeautifulSoup(block.html, "html.parser").get_text(" ")).strip()


def cells(block):
    rows = BeautifulSoup(block.html, "html.parser").find_all("tr")
    return [[re.sub(r"\s+", " ", cell.text).strip() for cell in row.find_all(["th", "td"])] for row in rows]


@pytest.fixture
def halves(project):
    """Half of forty participants left after half a year, and a quarter of the others: 1.5 months less."""
    return cohorts_of(project, [183] * 20 + [None] * 20, [183] * 10 + [None] * 30)


@pytest.fixture
def clear(project):
    """All but ten of a hundred participants left at once."""
    return cohorts_of(project, [1] * 90 + [None] * 10, [None] * 110 + [183] * 12)


@pytest.fixture
def longer(project):
    """Participants are held in benefit."""
    return cohorts_of(project, [183] * 12 + [None] * 40, [183] * 40 + [None] * 40)


def test_the_summary_says_the_difference_the_money_and_how_sure(halves):
    text, *_ = Shown(halves).texts("C")
    # 12 months less half of half a year, and less a quarter of it.
    assert (
        "hadden de deelnemers gemiddeld 9,0 maanden een uitkering. In de vergelijkingsgroep was dat 10,5 maanden."
        in text
    )
    assert "deelnemers hadden 1,5 maand korter een uitkering" in text
    assert "€ 1.495 minder aan uitkeringen" in text  # 0.25 * 182 / 30.4375 * 1,000
    # 20,000 euros for 40; 1,494.87 less 500.
    assert "Het programma kost hoogstens € 500 per deelnemer (het hele bedrag, gedeeld door 40 deelnemers)." in text
    assert "Besparing min kosten is minstens € 995" in text
    assert "Wij hebben de groepen gelijk gemaakt in wat in het register staat." in text
    assert "Voor de samenleving als geheel is dat geen winst." in text


@pytest.mark.parametrize("groups", ["halves", "clear", "longer"])
@pytest.mark.parametrize("money", [FULL, MONEY])
def test_no_sentence_claims_more_than_the_evidence_carries(request, groups, money):
    shown = Shown(request.getfixturevalue(groups), money)
    for grade in "BCDE":
        page = shown.page(grade)
        alternatives = re.findall(r'alt="([^"]*)"', page)
        assert len(alternatives) == 2
        for text in (*shown.texts(grade), *alternatives):
            assert causal_words(text, grade) == []
            assert "nan" not in re.findall(r"\w+", text.lower())
        assert "None" not in page


def test_a_lot_carries_more_words(clear):
    assert "door het programma komt" in Shown(clear).texts("A")[0]
    assert "waarschijnlijk door het programma" in Shown(clear).texts("B")[0]
    assert "Dit is geen effectmeting" in Shown(clear).texts("E")[0]


def test_a_difference_that_may_be_chance_is_said_to_be(project):
    groups = cohorts_of(project, [183] * 12 + [None] * 28, [183] * 10 + [None] * 30)
    shown = Shown(groups)
    for grade in "ABCDE":
        text, *_ = shown.texts(grade)
        assert "niet groot genoeg om toeval uit te sluiten" in text
        assert "komt" not in text


def test_without_costs_it_says_what_the_programme_may_cost(halves, longer):
    texts = Shown(halves, MONEY).texts("C")
    assert "Wat het programma kost, is ons niet bekend." in texts[0]
    assert "Dan mag het programma hoogstens € 1.495 per deelnemer kosten" in texts[2]
    assert "50% van de maanden die deelnemers zonder uitkering waren" in texts[2]
    held = Shown(longer, MONEY).texts("C")
    assert "geen besparing gevonden" in held[2]
    assert "langer een uitkering" in held[0]


def test_with_costs_it_says_when_they_are_paid(halves, longer):
    text = Shown(halves).texts("C")[2]
    assert "Dat is evenveel als 0,5 maand uitkering." in text
    # 500 of what the months without benefit are worth: 1,000 times 0.5 times 182 / 30.4375.
    assert "meer dan 83% van de maanden zonder uitkering er ook zonder het programma was geweest" in text
    assert "na 4 maanden terugverdiend" in text  # 12 * 500 / 1,495
    assert "Bij dit verschil verdienen de kosten zich niet terug." in Shown(longer).texts("C")[2]


def test_whose_money_it_is(halves):
    block = tables.purses(Shown(halves).purses)
    heading, *rows = cells(block)
    assert heading == ["Wat", "Gemeente", "Rijk", "Deelnemer", "Samenleving"]
    found = {row[0]: row[1:] for row in rows}
    benefit = found["Uitkeringen"]
    assert benefit[0].startswith("€ 1.495 (van €")
    assert benefit[2].startswith("€ -1.495 (van €")
    assert benefit[1::2] == ["€ 0", "€ 0"]
    assert found["Kosten van het programma"][0] == found["Kosten van het programma"][3] == "€ -500"
    assert found["Loon uit werk"] == ["€ 0", "€ 0", "niet bekend", "niet bekend"]
    assert found["Samen"][1:] == ["niet bekend"] * 3
    without = {row[0]: row[1:] for row in cells(tables.purses(Shown(halves, MONEY).purses))}
    assert set(without["Kosten van het programma"]) == set(without["Samen"]) == {"niet bekend"}


def test_the_interval_of_who_loses_is_turned_round(halves):
    rows = {row[0]: row[1:] for row in cells(tables.purses(Shown(halves).purses))}
    ends = [
        [int(end.replace(".", "")) for end in re.findall(r"€ (-?[\d.]+)", cell)] for cell in rows["Uitkeringen"][::2]
    ]
    (euro, low, high), (lost, lowest, highest) = ends
    assert (lost, lowest, highest) == (-euro, -high, -low)
    assert low < euro < high


def test_the_bars_stand_from_wide_to_narrow(halves):
    shown = Shown(halves)
    block = figures.tornado(shown.sensitivity)
    widths = [abs(high - low) for low, high in (
        [int(end.replace(".", "")) for end in pair]
        for pair in re.findall(r": van € (-?[\d.]+) tot € (-?[\d.]+)\.", block.text.replace("\xa0", " "))
    )]  # fmt: skip
    assert len(widths) == 6
    assert widths == sorted(widths, reverse=True)
    assert "Zoals wij rekenen: € 995." in block.text.replace("\xa0", " ")
    assert block.text.startswith("Gesimuleerde gegevens. Staven van het saldo per deelnemer")
    texts = shown.texts("C")[4]
    assert "hangt het meest af van: verschil in maanden uitkering" in texts


def test_the_figure_tells_what_it_draws(halves):
    block = figures.area_between_curves(Shown(halves).curves)
    assert "Na 12 maanden: 50% van de deelnemers en 75% van de vergelijkingsgroep." in block.text
    # The axis begins a step below the lowest share.
    assert "De as begint bij 40%." in text_of(block)


def test_few_people_leave_a_page_that_can_be_read(project):
    groups = cohorts_of(project, [183] * 4 + [None] * 27, [183] * 10 + [None] * 30)
    shown = Shown(groups)
    summary, curves, pays, *_ = shown.texts("C")
    assert "te weinig mensen met of zonder uitkering" in summary
    assert (
        "Het programma kost hoogstens € 645 per deelnemer (het hele bedrag, gedeeld door 31 deelnemers)." in pays
    )  # 20,000 / 31
    assert "Op elk moment tellen wij" in curves
    assert figures.tornado(shown.sensitivity).html == ""
    assert wording.benefits_sensitivity(shown.sensitivity, "C").html == ""
    found = {row[0]: row[1:] for row in cells(tables.purses(shown.purses))}
    assert found["Uitkeringen"][0] == "x"
    assert "4 van de 31" not in shown.page("C")
    assert "27" not in re.findall(r"\d+", text_of(tables.benefit_curves(shown.curves)))


def test_without_a_comparison_it_says_so_and_shows_nothing(halves):
    shown = Shown((halves[0], None))
    summary, curves, pays, by_purse, depends, method = shown.texts("E")
    assert "In dezelfde tijd is er geen groep om mee te vergelijken." in summary
    assert "Dat is evenveel als 0,5 maand uitkering." in pays
    assert (curves, by_purse, depends) == ("", "", "")
    assert method
    for block in (
        figures.area_between_curves(shown.curves), figures.tornado(shown.sensitivity), tables.months_saved(shown.saved),
        tables.benefit_curves(shown.curves), tables.purses(shown.purses), tables.tornado(shown.sensitivity),
    ):  # fmt: skip
        assert block.html == ""


def test_the_year_of_the_price_is_said(halves):
    assert (
        "(prijs van 2019). Een maand telt voor een twaalfde daarvan. Voor andere jaren schatten wij geen prijs bij."
        in Shown(halves).texts("C")[5]
    )
    other = Shown(halves, replace(FULL, price_year=2015)).texts("C")[5]
    assert "gevolgd in 2019 tot en met 2020. Voor die jaren hebben wij geen prijs met een bron." in other


def test_every_price_stands_with_its_source(own):
    prices, rates, execution = benefit_prices(own), discount_rates(own), execution_costs(own)
    money = money_of(prices, rates, execution, [COSTS])
    rows = cells(tables.benefit_prices(already_published(prices_used(money, prices, rates, execution), source="x")))[1:]
    assert ["Discontovoet", "2020", "2,25%", "Standaard", "Werkgroep discontovoet 2020, via rwseconomie.nl"] in rows
    assert all(row[-1] for row in rows)
    assert any(row[2] == "hoogstens € 20.000" for row in rows)


def test_a_table_that_did_not_pass_the_gate_is_refused():
    with pytest.raises(DisclosureError):
        wording.benefits_summary(pd.DataFrame({"n_programme": [3]}), "C")
