"""The page on the quality of a register: what it says, and that it says when nobody exists."""

import base64
import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from evaltools.disclosure import already_published, from_publications, rounded
from evaltools.registers.words import WORDS
from evaltools.reports import figures, tables, wording
from evaltools.reports.block import NOTHING


def protect(rows, *, is_simulated=False, **options):
    return rounded(pd.DataFrame(rows), words=WORDS, source="register", is_simulated=is_simulated, **options)


def followed(*, n_ends=1000, n_unknown=0, lag=100.0, reason="", **options):
    day = pd.Timestamp("2020-06-30")
    row = {
        "extract_day": [day],
        "censoring_day": [pd.NaT if reason else day - pd.Timedelta(days=lag)],
        "days_lag": [float("nan") if reason else lag],
        "n_ends": [n_ends],
        "n_unknown": [n_unknown],
        "reason": [reason],
    }
    return protect(
        row,
        labels=["reason"],
        counts=["n_ends", "n_unknown"],
        statistics={"days_lag": "n_ends"},
        days=["extract_day", "censoring_day"],
        settings={"share": 0.95},
        **options,
    )


def lag(shares=(0.456, 0.7, 0.861, 0.9, None), *, n=1000, **options):
    rows = {
        "lag": ["0", "1", "2", "3", "4+"],
        "n_ends": [456, 244, 161, 39, 103],
        "n_all": [n] * 5,
        "share_registered": list(shares),
    }
    return protect(
        rows, labels=["lag"], counts=["n_ends", "n_all"], statistics={"share_registered": "n_all"}, **options
    )


def completeness(*rows, **options):
    """Rows of (table, column, rows, missing)."""
    names = ["table", "column", "n_rows", "n_missing"]
    return protect(
        pd.DataFrame(rows, columns=names).assign(is_empty=[n == missing >= 100 for _, _, n, missing in rows]),
        labels=[*names[:2], "is_empty"],
        counts=names[2:],
        shares={"share_missing": ("n_missing", "n_rows")},
        **options,
    )


def impossible(*rows, **options):
    """Rows of (table, rule, kind, rows, broken, set aside)."""
    names = ["table", "rule", "kind", "n_rows", "n_broken", "n_set_aside"]
    return protect(
        pd.DataFrame(rows, columns=names),
        labels=names[:3],
        counts=names[3:],
        shares={"share_broken": ("n_broken", "n_rows")},
        **options,
    )


def duplicates(*rows, **options):
    """Rows of (table, rule, rows, duplicate, set aside)."""
    names = ["table", "rule", "n_rows", "n_duplicate", "n_set_aside"]
    return protect(pd.DataFrame(rows, columns=names), labels=names[:2], counts=names[2:], **options)


GOOD = impossible(("persons", "missing", "impossible", 500, 0, 0))
SINGLE = duplicates(("persons", "duplicate", 500, 0, 0))


def summary(followed_until=None, missing=None, cannot=GOOD, doubles=SINGLE):
    missing = missing or completeness(("persons", "sex", 500, 0))
    return wording.quality_summary(followed_until or followed(), missing, cannot, doubles)


def test_the_summary_begins_with_the_day_until_which_people_can_be_followed():
    block = summary()
    assert block.text.startswith("Tot en met 22 maart 2020 is dit register volledig genoeg om mensen te volgen.")
    assert (
        "Van 95% van de uitkeringen die stoppen, staat het einde binnen 100 dagen in het register. Dat is een schatting."
        in block.text
    )
    assert "Trek daarom geen conclusies over de tijd na die dag." in block.text
    assert block.headline == "Volledig genoeg om mensen te volgen tot en met 22 maart 2020."


@pytest.mark.parametrize(
    ("until", "reason"),
    [
        ({"n_ends": 0, "n_unknown": 80, "reason": "no_days"}, "de dag van invoer ontbreekt"),
        ({"n_ends": 60, "reason": "few_ends"}, "er zijn te weinig uitkeringen die stopten"),
        ({"n_ends": 900, "reason": "short_history"}, "gaan samen niet ver genoeg terug"),
    ],
)
def test_a_lag_that_cannot_be_measured_is_said_to_be_so(until, reason):
    block = summary(followed(**until))
    assert block.text.startswith("Tot welke dag dit register volledig is, is niet te meten: ")
    assert reason in block.text
    assert "binnen een jaar" not in block.text
    assert block.headline == "Niet te meten tot welke dag het register volledig is."
    assert "2020" not in block.text
    assert reason in wording.registration_lag(followed(**until), lag(n=60)).text


def test_what_is_missing_is_named_the_most_first():
    missing = completeness(
        ("persons", "sex", 200, 0),
        ("persons", "birth_year", 200, 10),  # 5%: not more than that
        ("benefit_spells", "exit_reason", 200, 20),
        ("incomes", "hours_per_week", 200, 100),
        ("persons", "neighbourhood", 200, 200),
        ("participations", "kind", 0, 0),
    )
    text = summary(missing=missing).text
    assert (
        "Bij 2 van de 4 andere gegevens ontbreekt hoogstens ongeveer 5%. Bij 2 ontbreekt meer. "
        "Het gaat om: uren per week bij inkomsten (50%) en reden van het einde bij uitkeringen (10%). "
        "Helemaal niet ingevuld: wijk of buurt bij personen."
    ) in text
    assert "Van geen enkel gegeven ontbreekt meer dan ongeveer 5%." in summary().text


def test_rounding_makes_no_all():
    missing = completeness(
        ("persons", "sex", 14, 5), ("persons", "birth_year", 104, 95), ("persons", "neighbourhood", 104, 104)
    )
    assert (
        "Helemaal niet ingevuld: wijk of buurt bij personen. Bijna nooit ingevuld: geboortejaar bij personen."
    ) in summary(missing=missing).text
    cells = [
        row.find_all("td")[-1].text
        for row in BeautifulSoup(tables.completeness(missing).html, "html.parser").tbody.find_all("tr")
    ]
    assert cells == ["–", "–", "alles"]
    assert "100" not in "".join(cells)
    few = completeness(("persons", "sex", 14, 14))
    assert "Er zijn te weinig rijen om te zeggen hoeveel er ontbreekt." in summary(missing=few).text


def test_what_cannot_be_is_named():
    cannot = impossible(
        ("benefit_spells", "overlap", "impossible", 500, 24, 0),
        ("incomes", "outside_benefit", "impossible", 500, 61, 0),
        ("incomes", "between", "impossible", 500, 4, 13),
        ("benefit_spells", "planned", "striking", 500, 99, 0),
    )
    text = summary(cannot=cannot).text
    assert (
        "Er zijn 2 soorten fouten gevonden. Het vaakst: inkomen in een maand zonder uitkering (60 rijen bij inkomsten). "
        "Bij het inlezen zijn 10 rijen weggelaten die niet konden kloppen."
    ) in text
    assert "gecontroleerd met 3 regels" in wording.impossible(cannot).text
    listed = BeautifulSoup(tables.impossible(cannot).html, "html.parser").tbody
    assert [row.th.text for row in listed.find_all("tr")] == [
        "Dezelfde uitkering loopt twee keer tegelijk",
        "Inkomen in een maand zonder uitkering",
        "Een getal is te klein of te groot om te kunnen",
    ]
    assert [cell.text for cell in listed.find_all("tr")[2].find_all("td")] == ["inkomsten", "minder dan 5", "–", "10"]
    assert "gepland" in tables.striking(cannot).html
    assert "gepland" not in tables.impossible(cannot).html


def test_a_rule_that_is_there_only_when_broken_is_not_counted():
    known = ("persons", "missing", "impossible", 500, 0, 0)
    few = impossible(known, ("persons", "not_a_day", "impossible", 500, 0, 4))
    assert wording.impossible(few).text == wording.impossible(impossible(known)).text
    assert tables.impossible(few) is NOTHING


def test_none_set_aside_looks_as_few():
    def shown(n):
        rows = {"table": ["persons"], "is_delivered": [True], "n_rows": [50], "n_set_aside": [n]}
        rows["extract_day"] = [pd.Timestamp("2020-06-30")]
        labels, counts = ["table", "is_delivered"], ["n_rows", "n_set_aside"]
        return tables.delivered(protect(rows, labels=labels, counts=counts, days=["extract_day"])).html

    assert shown(0) == shown(4) != shown(5)


def test_one_kind_of_fault_is_one():
    text = summary(cannot=impossible(("incomes", "outside_benefit", "impossible", 500, 61, 0))).text
    assert "Er is één soort fout gevonden. Dat is: inkomen in een maand zonder uitkering (60 rijen" in text


def test_few_and_none_are_the_same():
    few = impossible(("persons", "missing", "impossible", 500, 4, 4))
    assert summary(cannot=few).text == summary(cannot=GOOD).text
    assert tables.impossible(few) is NOTHING
    assert "komen niet of bijna niet voor: minder dan 5 rijen per regel" in summary().text


def test_doubles_are_named():
    doubles = duplicates(("persons", "duplicate", 500, 4, 24), ("benefit_spells", "same_spell", 500, 36, 0))
    text = wording.duplicates(doubles).text
    assert text == "Er staan rijen dubbel: 40 rijen bij uitkeringen. Bij het inlezen zijn 20 dubbele rijen weggelaten."


def test_the_lag_is_told_in_words_a_table_and_a_figure():
    text = wording.registration_lag(followed(n_unknown=26), lag()).text
    assert "gemeten aan 1.000 keer dat een uitkering stopte. Een paar dat samen stopte, telt één keer." in text
    assert "ongeveer 46% binnen 1 maand en 86% binnen 3 maanden ingevoerd" in text
    assert "De gegevens zijn opgehaald op 30 juni 2020. Dat min 100 dagen is 22 maart 2020." in text
    assert "Van 30 uitkeringen die stopten, ontbreekt de dag van invoer." in text
    cells = [cell.text for cell in BeautifulSoup(tables.registration_lag(lag()).html, "html.parser").find_all("td")]
    assert cells == [
        "460",
        "ongeveer 46%",
        "240",
        "ongeveer 70%",
        "160",
        "ongeveer 86%",
        "40",
        "ongeveer 90%",
        "100",
        "–",
    ]
    picture = BeautifulSoup(figures.registration_lag(lag()).html, "html.parser").img
    assert picture["alt"] == (
        "Staafgrafiek van hoe snel een einde is ingevoerd. Binnen 1 maand: ongeveer 46%. Binnen 2 maanden: ongeveer 70%. "
        "Binnen 3 maanden: ongeveer 86%. Binnen 4 maanden: ongeveer 90%."
    )


def test_no_step_of_a_share_is_a_person_or_two():
    # Of 470 ends a step of 5% is at least 20 people; 99% and 100% are not shown at all.
    shown = lag((0.456, 0.7, 0.861, 0.99, None), n=470)
    for text in (
        wording.registration_lag(followed(n_ends=470), shown).text,
        tables.registration_lag(shown).html,
        figures.registration_lag(shown).html,
    ):
        percents = set(re.findall(r"(\d+)%", text)) - {"95"}
        assert percents <= {"45", "70", "85"}
        assert "45" in percents


def test_the_figure_draws_what_the_table_says(monkeypatch):
    drawn = {}
    monkeypatch.setattr(
        figures.base, "as_image", lambda figure: drawn.update(figure=figure) or "data:image/svg+xml;base64,"
    )
    figures.registration_lag(lag(n=470))
    (axes,) = drawn["figure"].axes
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([45, 70, 85, 90])
    assert drawn["figure"]._suptitle is None


def test_no_figure_of_a_few_ends():
    assert figures.registration_lag(lag(n=99)) is NOTHING
    assert tables.registration_lag(lag(n=99)) is NOTHING


def test_codes_and_breaks():
    codes = protect(
        {"table": ["provisions"], "column": ["provision_type"], "code_set": ["2019"], "code": ["41"], "n_rows": [12]},
        labels=["table", "column", "code_set", "code"],
        counts=["n_rows"],
    )
    assert wording.unknown_codes(codes).text.startswith(
        "Eén code staat bij tien mensen of meer, en niet in de officiële lijst die wij kennen."
    )
    assert "maar een deel" in wording.unknown_codes(codes).text
    assert (
        "Alle of bijna alle codes staan in de officiële lijsten."
        in wording.unknown_codes(protect(pd.DataFrame({"n": []}), counts=["n"])).text
    )

    def breaks(n_before, n_after):
        return protect(
            {
                "break_name": ["codes_2019"],
                "n_before": [n_before],
                "n_after": [n_after],
            },
            labels=["break_name"],
            counts=["n_before", "n_after"],
        )

    assert "Sinds januari 2019" in wording.code_breaks(breaks(50, 50)).text
    assert "niet veranderd" in wording.code_breaks(breaks(0, 50)).text
    assert wording.code_breaks(breaks(4, 50)).text == wording.code_breaks(breaks(0, 50)).text  # few or none
    assert "geen of heel weinig voorzieningen" in wording.code_breaks(breaks(0, 0)).text


def test_persons_and_benefits():
    table = protect(
        {
            "on": [pd.Timestamp("2020-06-30")],
            "n_persons": [1234],
            "n_benefits": [1104],
            "n_couples": [3],
        },
        counts=["n_persons", "n_benefits", "n_couples"],
        days=["on"],
    )
    text = wording.persons_and_benefits(table).text
    assert "Op 30 juni 2020 waren er ongeveer 1.230 personen met ongeveer 1.100 uitkeringen." in text
    assert "Het kunnen er te veel of te weinig zijn" in text
    cells = [cell.text for cell in BeautifulSoup(tables.persons_and_benefits(table).html, "html.parser").find_all("td")]
    assert cells == ["1.230", "1.100", "minder dan 5"]


def test_rounded_tables_say_so_and_published_ones_do_not():
    assert "Aantallen zijn afgerond op tientallen." in tables.registration_lag(lag()).html
    rows = pd.DataFrame({"title": ["krant"], "published": ["2020"], "note": [""]})
    published = already_published(from_publications(lambda: rows)(), source="krant")
    assert "afgerond" not in tables.sources(published).html
    assert "afgerond op tientallen" in wording.protection(followed()).text


def shown(**options):
    missing = completeness(("persons", "sex", 500, 250), **options)
    cannot = impossible(("persons", "missing", "impossible", 500, 50, 0), **options)
    doubles = duplicates(("persons", "duplicate", 500, 50, 0), **options)
    return {
        "summary": wording.quality_summary(followed(**options), missing, cannot, doubles),
        "words": wording.registration_lag(followed(**options), lag(**options)),
        "missing": tables.completeness(missing),
        "impossible": tables.impossible(cannot),
        "duplicates": tables.duplicates(doubles),
        "lag": tables.registration_lag(lag(**options)),
        "figure": figures.registration_lag(lag(**options)),
    }


def picture_of(block):
    source = BeautifulSoup(block.html, "html.parser").img["src"]
    return base64.b64decode(source.removeprefix("data:image/svg+xml;base64,")).decode()


@pytest.mark.parametrize("is_simulated", [True, False])
def test_simulated_figures_say_so_everywhere(is_simulated):
    blocks = shown(is_simulated=is_simulated)
    expected = "simulated" if is_simulated else "register"
    assert {name: block.origins for name, block in blocks.items()} == dict.fromkeys(blocks, (expected,))
    for name in ("missing", "impossible", "duplicates", "lag"):
        caption = BeautifulSoup(blocks[name].html, "html.parser").caption.text
        assert caption.endswith("(gesimuleerde gegevens)") is is_simulated
    page = BeautifulSoup(blocks["figure"].html, "html.parser")
    assert page.figcaption.text.startswith("Gesimuleerde gegevens.") is is_simulated
    assert page.img["alt"].startswith("Gesimuleerde gegevens.") is is_simulated
    # Letters are drawn as shapes; matplotlib writes the text itself beside them.
    assert ("GESIMULEERDE GEGEVENS" in picture_of(blocks["figure"])) is is_simulated


def test_one_simulated_table_among_others_is_enough():
    block = wording.quality_summary(
        followed(),
        completeness(("persons", "sex", 500, 0)),
        GOOD,
        duplicates(("persons", "duplicate", 9, 0, 0), is_simulated=True),
    )
    assert block.origins == ("register", "simulated")
    _, metadata = block._repr_mimebundle_()
    assert metadata["evaltools"]["origins"] == ["register", "simulated"]


def test_words_are_plain():
    words = " ".join(block.text for block in shown().values())
    assert not re.search(r"censor|truncat|percentiel|n_|nan|NaT|None", words)
