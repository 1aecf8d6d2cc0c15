"""What the page on a target says: the numbers it is given, what it leaves out, and words that its evidence carries."""

import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from evaltools.disclosure import Estimate, Table, already_published, from_publications, protect
from evaltools.errors import DisclosureError
from evaltools.findings.realisation.progress import END, USUAL, WORDS
from evaltools.reports import figures, tables, wording
from evaltools.reports.causal import causal_words
from evaltools.reports.realisation_terms import between, chance, is_quarter, more, stretch

AIM = {
    "label": "extra uit de uitkering", "n": 300, "precision": "at_least", "as_published": None, "unit": "residents", "months": 6,
    "n_municipalities": 1, "priority_groups": ("jongeren",), "partner": "", "partner_unit": None, "n_partners": pd.NA,
}  # fmt: skip
START = "2019-01-01"


def pace_of(**changes):
    made = from_publications(lambda: pd.DataFrame([AIM | changes]))
    return already_published(made(), source="een bericht")


def progress(
    rows, *, is_extra=True, years_before=1, kinds=("work", "other"), months_target=6.0, target=40.0, about="exits"
):
    """Make a table as `findings` does, of ``{(months, kind): (n_counted, n_before, usual, lower, upper, end, low, high, chance)}``."""
    made = []
    for (months, kind), values in rows.items():
        n, before, usual, lower, upper, *end = values
        row = {"months": months, "kind": kind, "n_counted": n}
        if years_before:
            row |= {"n_before": before, "usual": usual, "usual_lower": lower, "usual_upper": upper, "dispersion": 2.5}
            row |= {"more": n - usual, "more_lower": n - upper, "more_upper": n - lower}
        made.append(row | dict(zip(END, end or [float("nan")] * 4, strict=True)))
    counts = ["n_counted", *(["n_before"] if years_before else [])]
    frame = pd.DataFrame(made, columns=None if made else ["months", "kind", *counts])
    numbers = [name for name in (*USUAL, "dispersion", *END) if name in frame]
    names = sorted({months for months, _ in rows})
    return protect(
        Table(
            rows=frame.astype(
                dict.fromkeys(numbers, float) | dict.fromkeys(counts, "int64") | {"months": object, "kind": object}
            ),
            counts=counts,
            labels=["months", "kind"],
            words={"months": WORDS, "kind": kinds},
            totals=["kind"] if rows else [],
            trees={"months": {"1-6": ["1-3", "4-6"]}} if len(names) == 3 else {},
            estimates={name: Estimate(on=tuple(counts)) for name in numbers},
            settings={
                "target": target,
                "months_target": months_target,
                "months_seen": 6.0,
                "is_extra": float(is_extra),
                "years_before": float(years_before),
                "level": 0.95,
            },
            about={"municipality": "GM0197", "counted": about},
            source="register of GM0197",
            is_simulated=True,
        )
    )


def three(work=(20, 30), other=(25, 35), *, chances=(0.4, 0.7), **changes):
    """Two quarters and their sum: counted in each; half of that is usual."""
    rows = {}
    for kind, (one, two) in {"work": work, "other": other, "all": (work[0] + other[0], work[1] + other[1])}.items():
        for months, n, at in (("1-3", one, 0), ("4-6", two, None), ("1-6", one + two, 1)):
            end = () if at is None else (n / 2 + 10, n / 2 - 20, n / 2 + 30, chances[at])
            rows[months, kind] = (n, n, n / 2, n / 2 - 5, n / 2 + 9, *end)
    return progress(rows, **changes)


NOBODY = progress({}, years_before=0, kinds=("short", "long", "unknown"), about="placed")
NO_STOCK = protect(
    Table(
        rows=pd.DataFrame({"municipality": pd.Series([], dtype=object), "n_on_benefit": pd.Series([], dtype="int64")}),
        counts=["n_on_benefit"], labels=["municipality"], words={"municipality": ["Aalten"]},
        about={"programme": "plan"}, source="register", is_simulated=True,
    )
)  # fmt: skip


def employers_of(n, filled):
    return protect(
        Table(
            rows=pd.DataFrame({"n_offering": [n], "n_filled": [filled]}), counts=["n_offering", "n_filled"],
            shares={"share_filled": ("n_filled", "n_offering")}, settings={"n_sought": 100.0},
            about={"municipality": "GM0197", "unit": "employers"}, source="register", is_simulated=True,
        )
    )  # fmt: skip


NO_EMPLOYERS = protect(
    Table(
        rows=pd.DataFrame({"n_offering": [], "n_filled": []}).astype("int64"), counts=["n_offering", "n_filled"],
        settings={"n_sought": 0.0}, about={"municipality": "GM0197", "unit": "employers"}, source="register", is_simulated=True,
    )
)  # fmt: skip


def summary(exits, *, pace=None, stock=NO_STOCK, placed=NOBODY, offering=NO_EMPLOYERS, kind="all", grade="D"):
    return wording.target_summary(pace or pace_of(), stock, exits, placed, offering, START, kind, grade, "Aalten")


def test_the_summary_of_an_extra_target():
    block = summary(three())
    # 45 + 65 counted, 55 usual: from 50 to 64.
    assert "Het doel: ruim 300 inwoners extra uit de uitkering in 6 maanden." in block.text
    assert "Van januari tot en met juni 2019 (alle 6 maanden) ging 110 keer iemand uit de uitkering." in block.text
    assert "Gewoonlijk zijn dat er 55 (van 50 tot 64), vergeleken met dezelfde maanden een jaar eerder." in block.text
    assert "Dat zijn er 55 meer dan gewoonlijk (van 46 tot 60 meer)." in block.text
    assert "De tijd voor het doel is om. De kans dat 40 extra is gehaald, is 70%." in block.text
    assert "Bewijskracht: D" in block.text
    assert block.headline == "55 meer dan gewoonlijk uit de uitkering; het doel is 40 meer (bewijskracht D)."


def test_a_plan_that_runs_has_a_chance():
    text = summary(three(months_target=12.0)).text
    assert "(6 van de 12 maanden)" in text
    assert (
        "Gaat het verder zoals tot nu toe, dan is het aan het eind 65 meer dan gewoonlijk (van 35 tot 85 meer)." in text
    )
    assert "De kans op het doel van 40 extra is dan 70%." in text


def test_fewer_than_usual_and_within_what_is_usual():
    rows = {("1-6", kind): (40, 50, 44.0, 34.0, 55.0, -4.0, -15.0, 6.0, 0.001) for kind in ("work", "other")}
    rows["1-6", "all"] = (80, 100, 88.0, 70.0, 105.0, -8.0, -25.0, 10.0, 0.001)
    text = summary(progress(rows)).text
    assert "Dat zijn er 8 minder dan gewoonlijk (van 25 minder tot 10 meer). Dat kan toeval zijn" in text
    assert "De kans dat 40 extra is gehaald, is minder dan 1%." in text


def test_without_what_is_usual_the_target_is_not_judged():
    rows = {("1-6", kind): (n, 0, 0, 0, 0) for kind, n in (("work", 20), ("other", 30), ("all", 50))}
    exits = progress(rows, years_before=0)
    block = summary(exits, grade="E")
    assert "ging 50 keer iemand uit de uitkering" in block.text
    assert "het register laat de jaren ervoor niet zien" in block.text
    assert "kans" not in block.text
    for made in (tables.realised_so_far, tables.target_forecast, figures.realised, figures.target_forecast):
        assert made(exits, "exits", START, "all").html == ""
    assert wording.target_forecast(exits, "exits", START, "all", "E").html == ""


def test_a_shared_target_without_the_other_registers_is_laid_beside_the_whole():
    text = summary(three(), pace=pace_of(n_municipalities=4)).text
    assert "Welk deel daarvan voor Aalten is, weten wij niet." in text
    plan = wording.target_plan(pace_of(n_municipalities=4), NO_STOCK, three(), NOBODY, START, "assumed", "Aalten").text
    assert "Wanneer het plan begon, staat niet in de bron. Wij nemen aan: op 1 januari 2019." in plan
    assert "daarvoor zijn de registers van alle gemeenten nodig" in plan


WORK_AIM = {"label": "naar betaald werk", "n": 100, "precision": "exact", "n_partners": 100, "partner": "werkgevers"}


def plain(work, placed_short, placed_long, *, target=100.0):
    n = {"work": work, "other": 30, "all": work + 30}
    exits = progress({("1-6", kind): (each, 0, 0, 0, 0, each, each, each, 0) for kind, each in n.items()},
                     is_extra=False, years_before=0, target=target, about="participant_exits")  # fmt: skip
    m = {"short": placed_short, "long": placed_long, "unknown": 0, "all": placed_short + placed_long}
    placed = progress({("1-6", kind): (each, 0, 0, 0, 0, each, each, each, 0) for kind, each in m.items()}, is_extra=False, years_before=0,
                      kinds=("short", "long", "unknown"), target=target, about="placed")  # fmt: skip
    return summary(
        exits, pace=pace_of(**WORK_AIM), placed=placed, offering=employers_of(54, 34), kind="work", grade="E"
    )


def test_the_summary_of_a_plain_target_says_each_way_to_count():
    block = plain(21, 18, 22)
    assert (
        "kwamen 40 mensen op een werkplek: 18 voor minder dan 16 uur per week en 22 voor 16 uur of meer." in block.text
    )
    assert "54 werkgevers boden een werkplek aan. Het doel was 100 werkgevers." in block.text
    assert "gingen er in die tijd 21 uit de uitkering naar werk." in block.text
    assert "Hoe er ook wordt geteld: het doel van 100 is niet gehaald." in block.text
    assert "Dit is geen effectmeting." in block.text
    assert block.headline == "40 van de 100 op een werkplek (bewijskracht E)."


def test_whether_it_is_reached_can_hang_on_what_counts():
    assert "Of het doel van 100 is gehaald, hangt ervan af wat meetelt." in plain(21, 80, 40).text
    assert "Het doel van 100 is gehaald." in plain(110, 80, 40).text


def test_what_is_hidden_is_not_said():
    block = plain(4, 3, 22)
    assert "tonen wij niet: het gaat om te weinig mensen" in block.text
    assert not re.search(r"\b4 uit de uitkering|\b3 voor minder", block.text)
    assert "25 is minder dan het doel van 100." in block.text


def test_the_tables_hold_the_numbers():
    soup = BeautifulSoup(tables.realised(three(), "exits", START, "all").html, "html.parser")
    rows = [[cell.text for cell in row.find_all(["th", "td"])] for row in soup.tbody.find_all("tr")]
    assert rows == [
        ["januari t/m maart 2019", "45", "20", "22", "22 meer"],
        ["april t/m juni 2019", "65", "30", "32", "32 meer"],
        ["samen: januari t/m juni 2019", "110", "50", "55", "55 meer"],
    ]
    soup = BeautifulSoup(tables.realised_so_far(three(), "exits", START, "all").html, "html.parser")
    assert [cell.text for cell in soup.tbody.find_all("tr")[0].find_all("td")] == [
        "45",
        "22",
        "18 tot 32",
        "42",
    ]  # 22.5 + 40 / 2
    soup = BeautifulSoup(tables.target_forecast(three(), "exits", START, "all").html, "html.parser")
    assert [cell.text for cell in soup.tbody.find_all("tr")[1].find_all("td")] == [
        "55 meer", "65 meer", "van 35 tot 85 meer", "70%",
    ]  # fmt: skip
    assert "gesimuleerde gegevens" in soup.caption.text


@pytest.mark.parametrize("draw", [figures.realised, figures.target_forecast])
def test_figures_say_what_they_show(draw):
    soup = BeautifulSoup(draw(three(), "exits", START, "all").html, "html.parser")
    said = soup.img["alt"]
    assert said.startswith("Gesimuleerde gegevens.")
    assert "maart 2019" in said
    assert "juni 2019" in said
    assert "Gesimuleerde gegevens" in soup.figcaption.text
    # Hidden: of the first quarter too few.
    few = three(work=(3, 30), other=(4, 35))
    assert "is niet getekend" in draw(few, "exits", START, "all").html or draw(few, "exits", START, "all").html == ""


def test_halfway_is_said_beside_what_came():
    text = wording.target_forecast(three(), "exits", START, "all", "D").text
    # Of the first quarter: 22.5 + 10, from 22.5 - 20 to 22.5 + 30; it came to 65.
    assert (
        "Na 3 maanden, met de cijfers tot en met maart 2019, was de verwachting: 32 meer dan gewoonlijk (van 2 tot 52 meer)."
        in text
    )
    assert "De kans op het doel was toen 40%. Het werd 65 meer: dat ligt buiten die grenzen." in text


def test_other_programmes_and_numbers_that_swing_are_said():
    rows = pd.DataFrame(
        {
            "name": ["Aandacht helpt!", "Iets"],
            "is_before": [True, False],
            "is_during": [True, False],
            "is_known": [True, False],
        }
    )
    beside = already_published(from_publications(lambda: rows)(), source="een bericht")
    text = wording.target_beside(three(), beside, "all", "D").text
    assert "In die jaren liep hier ook al: ‘Aandacht helpt!’." in text
    assert "Van ‘Iets’ weten wij niet wanneer het liep." in text
    assert "2,5 keer zo veel" in text


def test_every_sentence_is_carried_by_its_grade():
    exits, pace = three(), pace_of()
    blocks = [
        summary(exits),
        wording.target_plan(pace, NO_STOCK, exits, NOBODY, START, "about", "Aalten"),
        wording.target_realised(exits, "exits", START, "D"),
        wording.target_forecast(exits, "exits", START, "all", "D"),
        wording.target_unknown(exits, NOBODY, "D"),
        wording.target_method(exits, "D"),
        plain(21, 18, 22),
    ]
    for block in blocks:
        assert block.text
        assert causal_words(block.text, "E") == []


def test_nothing_is_said_of_what_is_not_there():
    for made in (
        tables.realised,
        tables.realised_so_far,
        tables.target_forecast,
        figures.realised,
        figures.target_forecast,
    ):
        assert made(NOBODY, "placed", START, "work").html == ""
    assert tables.target_share(NO_STOCK).html == ""


def test_takes_protected_tables_only():
    with pytest.raises(DisclosureError):
        tables.realised(pd.DataFrame({"n_counted": [3]}), "exits", START, "all")


def test_terms():
    assert stretch(START, "1-12") == "januari t/m december 2019"
    assert stretch("2019-03-01", "10-12") == "december 2019 t/m februari 2020"
    assert (more(0.4), more(-0.4), more(float("nan"))) == ("0 meer", "0 meer", "–")
    assert between(0, 5) == "van 0 tot 5 meer"
    assert (chance(0.994), chance(0.5), chance(0.006)) == ("meer dan 99%", "50%", "minder dan 1%")
    quarter, half = (type("Row", (), {"months": months})() for months in ("19-22", "13-18"))
    assert (is_quarter(quarter), is_quarter(half)) == (True, False)
