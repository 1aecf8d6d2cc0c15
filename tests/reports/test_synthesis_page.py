"""The page on what municipalities found together: what it says for how many of them, and what it never says."""

import re

import pytest
from bs4 import BeautifulSoup

from evaltools.disclosure import already_on_pages, already_published
from evaltools.findings import synthesis
from evaltools.findings.planning import LITERATURE_SOURCE
from evaltools.reports import figures, tables, wording
from evaltools.reports.causal import causal_words
from evaltools.reports.figures.synthesis import _apart
from tests.conftest import MINIMAL
from tests.test_results import result

PLACES = {"GM0197": "Aalten", "GM0202": "Arnhem", "GM0222": "Doetinchem", "GM1509": "Oude IJsselstreek"}
RANKS = r"\b(?:beste?|slechtst\w*|hoogst\w*|laagst\w*|koploper\w*|achterblijv\w*|winnaar\w*|rang\w*|top|nummer \d)\b"


@pytest.fixture(autouse=True)
def programmes(project, write_programme):
    """Two programmes; the name of one holds a word that claims something."""
    codes = ", ".join(PLACES)
    text = MINIMAL.replace("[GM0197]", f"[{codes}]").replace("[plain]", "[evaluation]")
    write_programme(text.replace("name: Proef", "name: Aandacht helpt!"))
    write_programme(
        text.replace("name: Proef", "name: Andere").replace(f"[{codes}]", "[GM0197, GM0222]"), slug="andere"
    )


def site(code, estimate=0.03, error=0.02, **more):
    known = {"estimate": estimate, "lower": estimate - 0.04, "upper": estimate + 0.04, "standard_error": error}
    return result(**{"programme": "proef", "municipality": code, **known, **more})


def page(*results, programme="proef", outcome="work", months=12):
    """Show every block of the page; give the text of each, and their pictures' alternative texts."""
    asked = {"programme": programme, "outcome": outcome, "months": months, "level": 0.95}
    sites = already_on_pages(synthesis.sites(results, **asked))
    pooled = already_on_pages(synthesis.pooled(results, **asked))
    literature = already_published(synthesis.literature(outcome=outcome), source=LITERATURE_SOURCE)
    blocks = {
        "summary": wording.synthesis_summary(sites, pooled),
        "question": wording.synthesis_question(sites, pooled),
        "forest": figures.site_estimates(sites, pooled, literature),
        "estimates": tables.site_estimates(sites),
        "designs": tables.site_designs(sites),
        "spread": wording.synthesis_spread(sites, pooled),
        "pooled": tables.pooled_differences(pooled),
        "about_funnel": wording.synthesis_funnel(sites, pooled),
        "funnel": figures.funnel(sites, pooled),
        "funnel_table": tables.funnel(sites, pooled),
        "about_literature": wording.synthesis_literature(pooled, literature),
        "literature": tables.literature_differences(literature),
        "unknown": wording.synthesis_unknown(sites, pooled),
        "method": wording.synthesis_method(sites, pooled),
        "protection": wording.synthesis_protection(sites),
    }
    return {name: text_of(block.html) for name, block in blocks.items()} | {"headline": blocks["summary"].headline}


def text_of(html):
    soup = BeautifulSoup(html, "html.parser")
    alternatives = " ".join(picture["alt"] for picture in soup.find_all("img"))
    return re.sub(r"\s+", " ", f"{soup.get_text(' ')} {alternatives}").strip()


THREE = [site("GM0222", 0.02), site("GM0197", 0.01), site("GM0202", 0.06, 0.03)]


def test_without_any_result_the_page_says_so():
    found = page()
    assert found["headline"] == "Er is nog geen uitkomst om samen te nemen."
    assert "Van Aalten, Arnhem, Doetinchem en Oude IJsselstreek is er geen uitkomst." in found["summary"]
    assert "Zodra de pagina’s van minstens twee gemeenten dat verschil hebben" in found["summary"]
    assert "Aalten, Arnhem, Doetinchem en Oude IJsselstreek (nog geen pagina met uitkomsten)" in found["unknown"]
    said = {name for name, text in found.items() if text}
    assert said == {"summary", "headline", "about_literature", "literature", "unknown", "method", "protection"}


def test_one_result_says_nothing_of_others():
    found = page(site("GM0222", 0.02))
    assert found["headline"] == "Er is één uitkomst, van Doetinchem. Samennemen kan nog niet."
    assert "2,0 procentpunt (van -2,0 tot 6,0)" in found["summary"]
    assert "Eén uitkomst zegt niets over andere gemeenten" in found["summary"]
    assert "Gemiddeld is" not in " ".join(found.values())
    assert found["spread"] == found["pooled"] == found["funnel"] == found["funnel_table"] == ""


def test_two_results_have_a_mean_and_nothing_is_said_of_their_spread():
    found = page(site("GM0222", 0.02, 0.05), site("GM0197", 0.04, 0.05))
    # The mean of 2 and 4, with t of one degree of freedom, 12.706, times 5/√2 to each side.
    assert "Gemiddeld is dat verschil 3,0 procentpunt." in found["summary"]
    assert "loopt van -41,9 tot 47,9 procentpunt, dus er kan ook geen verschil zijn" in found["summary"]
    assert "Dat is een ruim interval: het gemiddelde is erg onzeker." in found["summary"]
    assert "Twee gemeenten zijn te weinig om te zeggen hoe ver zij uiteenlopen" in found["summary"]
    assert "minstens drie" in found["spread"]
    assert found["funnel"] == ""
    assert "met twee uitkomsten is dat niet te zeggen" in found["pooled"]


def test_three_results_have_all():
    found = page(*THREE)
    assert all(found.values())
    assert found["summary"].startswith(
        "Van de 4 gemeenten hebben er 3 een uitkomst: het verschil in uitstroom naar werk"
    )
    assert (
        "Van Oude IJsselstreek is er geen uitkomst. Met die erbij kan het gemiddelde anders zijn." in found["summary"]
    )
    assert found["headline"].startswith(
        "Gemiddeld over 3 gemeenten is het verschil in uitstroom naar werk na 12 maanden "
    )
    assert "Bij nog een gemeente als deze is een verschil van" in found["summary"]
    assert "1,6 tot 8,7 procentpunt" in found["about_literature"]
    assert "207 studies uit 47 landen" in found["about_literature"]


def test_what_is_alike_in_all_has_no_spread():
    found = page(site("GM0197", 0.03), site("GM0202", 0.03), site("GM0222", 0.03))
    assert (
        "liggen niet verder uiteen dan het toeval vraagt. Dat betekent niet dat alle gemeenten gelijk zijn"
        in found["spread"]
    )
    assert "Hier liggen alle uitkomsten erin." in found["about_funnel"]


def test_who_lies_outside_the_funnel_is_counted():
    precise = [site(code, 0.02, 0.0001) for code in ("GM0197", "GM0202", "GM0222")]
    # 2.1 of its standard errors from the others, which make the mean alone.
    found = page(*precise, site("GM1509", 0.104, 0.04))
    assert "1 van de 4 uitkomsten erbuiten" in found["about_funnel"]
    assert "Oude IJsselstreek: verschil 10,4, standaardfout 4,0, buiten de trechter" in found["funnel"]


@pytest.mark.parametrize("grade", "ABCDE")
@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("programme", ["proef", ""])
def test_no_word_claims_more_than_the_evidence_carries(grade, n, programme):
    results = [site(code, grade=grade) for code in list(PLACES)[:n]]
    text = " ".join(page(*results, programme=programme).values()).replace("Aandacht helpt!", "…")
    assert causal_words(text, grade) == []
    if grade != "A":
        assert "door het programma" not in text.replace("waarschijnlijk door het programma", "")


def test_of_several_grades_the_weakest_counts():
    found = page(site("GM0197", grade="A"), site("GM0202", grade="D"), site("GM0222", grade="C"))
    assert "De zwakste telt: de mensen zijn vergeleken met mensen uit een andere tijd of plaats." in found["summary"]
    assert "Deze pagina zegt niet meer dan de zwakste toelaat." in found["unknown"]
    assert causal_words(" ".join(found.values()), "D") == []
    assert "A: loting. C: vergelijking met correctie. D: " in found["designs"]


@pytest.mark.parametrize("programme", ["proef", ""])
def test_nothing_ranks_municipalities(programme):
    results = [site("GM0222", 0.01), site("GM0197", -0.05), site("GM0202", 0.15), site("GM1509", 0.02)]
    found = page(*results, programme=programme)
    for name in ("forest", "estimates", "designs", "funnel", "funnel_table"):
        places = [found[name].rindex(place) for place in PLACES.values()]
        assert places == sorted(places), name
    assert re.findall(RANKS, " ".join(found.values()).lower()) == []
    assert "Welke gemeente het beter doet, is uit deze getallen niet op te maken." in found["summary"]


def test_all_programmes_are_named_with_their_municipality():
    found = page(*THREE, site("GM0197", 0.02, programme="andere"), programme="")
    assert "Van de 6 programma’s per gemeente hebben er 4 een uitkomst" in found["summary"]
    assert "Van Andere in Doetinchem en Aandacht helpt! in Oude IJsselstreek is er geen uitkomst." in found["summary"]
    assert "In 1 gemeente telt meer dan één programma mee." in found["unknown"]
    assert "1. Aalten: Aandacht helpt!" in found["funnel_table"]
    assert "De nummers staan in de tabel hieronder." in found["funnel"]
    assert "Aandacht helpt!" in found["pooled"]


def test_many_that_are_missing_are_counted_in_the_summary_and_named_below(write_programme):
    codes = ", ".join([*PLACES, "GM1955"])
    write_programme(MINIMAL.replace("[GM0197]", f"[{codes}]"))
    found = page()
    assert "Van 5 gemeenten is er geen uitkomst." in found["summary"]
    assert "Montferland" in found["unknown"]


def test_what_is_hidden_stays_hidden():
    nothing = {"estimate": None, "lower": None, "upper": None, "standard_error": None, "hidden": True}
    found = page(*THREE, result(programme="proef", municipality="GM1509", **nothing, n_programme=None))
    assert "Oude IJsselstreek (niet getoond, om de privacy van mensen te beschermen)" in found["unknown"]
    assert "Van één uitkomst is het verschil daarom niet getoond." in found["protection"]
    assert "Oude IJsselstreek" not in found["estimates"] + found["forest"]


def test_simulated_and_real_results_are_marked():
    for is_simulated in (True, False):
        found = page(*(site(code, is_simulated=is_simulated) for code in PLACES))
        for name in ("forest", "estimates", "pooled", "funnel"):
            assert ("gesimuleerde gegevens" in found[name].lower()) is is_simulated


def test_the_literature_is_of_work_only():
    found = page(*[site(code, outcome="off_benefit") for code in PLACES], outcome="off_benefit")
    assert found["literature"] == found["about_literature"] == ""
    assert "literatuur" not in found["forest"]


@pytest.mark.parametrize(
    ("estimate", "sentence"),
    [
        (-0.2, "Het hele interval ligt daaronder."),
        (0.3, "ongewoon"),
        (0.05, "Het interval overlapt met wat anderen vonden."),
    ],
)
def test_the_mean_beside_the_literature(estimate, sentence):
    found = page(*(site(code, estimate, 0.001) for code in PLACES))
    assert sentence in found["about_literature"]


def test_names_in_the_funnel_are_moved_apart():
    # 1 and 1.1 are closer than 0.5: the second goes to 1.5, and 1.2 after it to 2.0; 3 may stay.
    assert _apart([1.1, 1.0, 3.0, 1.2], 0.5) == pytest.approx([1.5, 1.0, 3.0, 2.0])
