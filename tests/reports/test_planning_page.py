"""The page for who plans a pilot: what it says follows from its tables, and it claims nothing."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from evaltools.disclosure import already_published, from_publications
from evaltools.errors import DisclosureError, ReportError
from evaltools.findings import planning
from evaltools.reports import figures, tables, wording
from evaltools.reports.causal import causal_words
from evaltools.reports.wording.base import carried

PRICES = pd.DataFrame(
    {"year": [2019], "euro_per_benefit_year": [14400.0], "basis": ["macrobudget"], "source": ["het ministerie"]}
)


def published(rows):
    return already_published(rows, source=planning.SOURCE)


def page(*, price=PRICES, own_price=0.0, **changes):
    settings = {
        "base_share": 0.14, "difference": 0.05, "n_programme": 270, "n_comparison": 270, "power": 0.8, "level": 0.95,
        "months": 12, "share_followed": 0.85, "design_effect": 1.0, "euro_per_participant": 0.0,
    }  # fmt: skip
    pilot = planning.Pilot(**settings | changes)
    made = {
        name: published(getattr(planning, name)(pilot))
        for name in (
            "settings", "sizes", "sizes_by_base", "detectable", "detectable_curves", "chances", "chance_curves",
            "expected", "designs",
        )
    }  # fmt: skip
    return made | {"money": published(planning.money(pilot, planning.own_price(price, own_price)))}


def example(**changes):
    row = {
        "kind": "work_exit", "whole": "population", "n": 38, "n_whole": 270, "estimate": 38 / 270, "lower": 0.1043,
        "upper": 0.1873,
    } | changes  # fmt: skip
    return already_published(from_publications(lambda: pd.DataFrame([row]))(), source="De aanpak helpt!")


def blocks(given):
    of = given.__getitem__
    return {
        "summary": summary(given),
        "base": wording.planning_base(of("settings"), example(), "Aalten"),
        "settings": tables.planning_settings(of("settings")),
        "expected": wording.planning_expected(of("expected"), "een overzicht"),
        "expected table": tables.planning_expected(of("expected")),
        "sizes": wording.planning_sizes(of("settings"), of("sizes")),
        "sizes table": tables.planning_sizes(of("sizes")),
        "grid": tables.planning_sizes_by_base(of("sizes_by_base")),
        "detectable": wording.planning_detectable(of("settings"), of("detectable")),
        "detectable figure": figures.planning_detectable(of("detectable_curves"), of("expected")),
        "detectable table": tables.planning_detectable(of("detectable")),
        "chances": wording.planning_chances(of("chances")),
        "chances figure": figures.planning_chances(of("chance_curves"), of("chances")),
        "chances table": tables.planning_chances(of("chances")),
        "exaggeration": wording.planning_exaggeration(of("chances")),
        "exaggeration figure": figures.planning_exaggeration(of("chances")),
        "exaggeration table": tables.planning_exaggeration(of("chances")),
        "designs": wording.planning_designs(of("designs")),
        "words": tables.planning_words(of("designs")),
        "needs": tables.planning_needs(of("designs")),
        "money": wording.planning_money(of("settings"), of("money")),
        "money figure": figures.planning_money(of("money")),
        "money table": tables.planning_money(of("money")),
        "advice": wording.planning_advice(of("settings"), of("sizes")),
        "unknown": wording.planning_unknown(of("settings"), of("sizes_by_base")),
        "method": wording.planning_method(of("settings"), of("money"), "een overzicht"),
        "privacy": wording.planning_privacy(of("settings")),
    }


def summary(given):
    return wording.planning_summary(
        *(given[name] for name in ("settings", "expected", "sizes", "detectable", "chances", "money"))
    )


def text(block):
    soup = BeautifulSoup(block.html, "html.parser")
    for picture in soup.find_all("img"):
        picture.replace_with(f" {picture['alt']} ")
    return " ".join(soup.get_text(" ", strip=True).split()).replace("\xa0", " ")


def cells(block):
    soup = BeautifulSoup(block.html, "html.parser")
    return [
        [cell.text.replace("\xa0", " ") for cell in row.find_all(["th", "td"])] for row in soup.tbody.find_all("tr")
    ]


def test_the_summary_of_a_pilot_like_that_of_aalten():
    said = summary(page(share_followed=1.0))
    for sentence in (
        # R: power.prop.test(n = 270, p1 = .14, power = .8) finds .14 + .0938; the chances are sums in R.
        "is pas een verschil van 9,4 procentpunt goed te zien. Dat is van 14 naar ongeveer 23 van de 100 mensen.",
        "80 van de 100 van zulke proeven laten het zien.",
        "gemiddeld 1,6 tot 8,7 procentpunt in het aandeel met werk. Daarvoor is deze proef te klein.",
        "dan laten 65 van de 100 van zulke proeven niets zien.",
        # power.prop.test(p1 = .14, p2 = .19, power = .8) prints 863.92.
        "zijn er 864 mensen per groep nodig.",
        # 1.678 × 5 points, of the same sums.
        "gemiddeld 8,4 procentpunt, terwijl het echte verschil 5 procentpunt is.",
        # 0.05 × 1200 × 6
        "hoogstens € 360 per deelnemer kosten, om zich binnen 12 maanden terug te verdienen",
    ):
        assert sentence in text(said)
    assert len(BeautifulSoup(said.html, "html.parser").find_all("li")) == 6
    assert "9,4 procentpunt" in said.headline
    assert said.origins == ("published",)


def test_the_summary_follows_the_settings():
    large = text(summary(page(n_programme=8000, n_comparison=8000, share_followed=1.0)))
    assert "Daarvoor is deze proef groot genoeg." in large
    assert "te hoog" not in large
    middle = text(summary(page(n_programme=1000, n_comparison=1000, share_followed=1.0)))
    assert "groot genoeg voor het grootste daarvan, niet voor het kleinste." in middle
    tiny = text(summary(page(base_share=0.5, n_programme=2, n_comparison=2, share_followed=1.0)))
    assert "is geen enkel verschil goed te zien." in tiny
    # 720 / 7200 is 10 points.
    costly = text(summary(page(euro_per_participant=720.0)))
    assert "Het programma kost € 720 per deelnemer." in costly
    assert "is een verschil van 10,0 procentpunt nodig. Bij 5 procentpunt mag het hoogstens € 360 kosten." in costly
    assert "er zijn geen 100 procentpunten te winnen" in text(summary(page(euro_per_participant=8000.0)))


VARIANTS = {
    "as it is": {},
    "large": {"n_programme": 8000, "n_comparison": 8000, "share_followed": 1.0},
    "tiny": {"base_share": 0.5, "n_programme": 2, "n_comparison": 2, "share_followed": 1.0},
    "two sizes": {"n_programme": 100, "n_comparison": 400, "difference": 0.035, "months": 9},
    "high": {"base_share": 0.93, "difference": 0.01},
    "with costs": {"euro_per_participant": 1500.0, "own_price": 16_000.0},
    "small difference": {"difference": 0.02, "design_effect": 1.5, "power": 0.9, "level": 0.9},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_page_claims_or_breaks(variant):
    for name, block in blocks(page(**VARIANTS[variant])).items():
        if not block.html:
            assert (variant, name) in {("tiny", "exaggeration"), ("tiny", "exaggeration figure")}, name
            continue
        said = text(block).replace("De aanpak helpt!", "")
        assert causal_words(said, "E") == [], name
        assert "nan" not in said.lower().split(), name
        assert "<NA>" not in said, name
        assert block.origins == ("published",), name


def test_what_claims_is_refused_but_a_title_may_hold_any_word():
    with pytest.raises(ReportError, match="says 'dankzij'"):
        carried(["Dankzij de loting."], "E", "x()")
    said = text(wording.planning_base(page()["settings"], example(), "Aalten"))
    assert "in Aalten ging 14,1% van een groep naar betaald werk: 38 van de 270 (van 10,4 tot 18,7%" in said
    assert "bron: De aanpak helpt!" in said
    assert "Deze proef heeft een even grote groep." in said
    assert "even grote groep" not in text(wording.planning_base(page(n_programme=100)["settings"], example(), "Aalten"))
    without = text(wording.planning_base(page()["settings"], example(kind="exit"), "Aalten"))
    assert "Een voorbeeld" not in without


def test_the_tables_say_what_their_columns_say():
    given = page(share_followed=1.0)
    assert cells(tables.planning_sizes(given["sizes"]))[1] == ["5 procentpunt (gewenst)", "864", "864", "1.728"]
    grid = tables.planning_sizes_by_base(given["sizes_by_base"])
    assert [row[0] for row in cells(grid)] == ["5%", "10%", "14% (ingesteld)", "20%", "30%", "50%"]
    assert cells(grid)[2][2] == "864"
    found = {row[0]: row[2] for row in cells(tables.planning_detectable(given["detectable"]))}
    assert found["270 mensen per groep (deze proef)"] == "9,4 procentpunt"
    chances = cells(tables.planning_chances(given["chances"]))
    assert chances[1] == ["270 en 270 mensen (deze proef)", "10%", "35%", "77%"]
    # From the sums in R for 270: 0.0984, 0.3460 and 0.7735.
    money = cells(tables.planning_money(given["money"]))
    assert money[0] == ["6 maanden", "€ 144", "€ 360", "€ 648"]
    assert money[3] == ["36 maanden", "€ 864", "€ 2.160", "€ 3.888"]
    paid = cells(tables.planning_money(page(euro_per_participant=720.0)["money"]))
    assert [row[-1] for row in paid] == ["10,0 procentpunt", "5,0 procentpunt", "2,5 procentpunt", "1,7 procentpunt"]


def test_each_design_has_its_words_and_needs():
    designs = page()["designs"]
    words = {row[0]: row[1:3] for row in cells(tables.planning_words(designs))}
    assert words["Loting: A"] == ["Ja", "‘door …’"]
    assert words["Wachtlijst (gefaseerde start): B"][1] == "‘waarschijnlijk door …’"
    assert words["Alleen aantallen, zonder vergelijking: E"] == ["Nee", "‘geen effectmeting’"]
    needs = {row[0]: row[1:] for row in cells(tables.planning_needs(designs))}
    assert "minstens 19 andere" in needs["Verandering naast die in andere gemeenten (verschil in verschillen)"][1]
    assert needs["Alleen aantallen, zonder vergelijking"][0] == "Geen aantal is genoeg"
    assert "na 12 maanden" in needs["Wachtlijst (gefaseerde start)"][1]


def test_the_figures_say_in_words_what_they_show():
    given = page(share_followed=1.0)
    said = text(figures.planning_detectable(given["detectable_curves"], given["expected"]))
    assert "De ruit is deze proef: 540 mensen in beide groepen samen, 9,4 procentpunt." in said
    assert "Bereikt 28% de uitkomst zonder programma" in said
    assert "1,6 tot 8,7 procentpunt" in said
    assert "Met 270 mensen per groep: 10% bij 2 procentpunt, 35% bij 5 procentpunt" in text(
        figures.planning_chances(given["chance_curves"], given["chances"])
    )
    assert "Echt 5 procentpunt: gevonden 8,4 procentpunt, bij 35 van de 100 proeven." in text(
        figures.planning_exaggeration(given["chances"])
    )
    # Beyond the axis that others get: R finds .14 + .3199 for 31 people.
    small = text(figures.planning_detectable(*(page(n_programme=31, n_comparison=31, share_followed=1.0)[name]
                                               for name in ("detectable_curves", "expected"))))  # fmt: skip
    assert "De ruit is deze proef: 62 mensen in beide groepen samen, 32,0 procentpunt." in small
    money = text(figures.planning_money(page(euro_per_participant=900.0)["money"]))
    assert "6 maanden uit de uitkering: € 144 bij 2 procentpunt" in money
    assert "De stippellijn is wat het programma kost: € 900 per deelnemer." in money


def test_the_advice_counts_how_many_pilots_it_takes():
    given = page()
    # 1016 or 1017 people for each group of 270 are 4 pilots.
    assert "Ongeveer 4 proeven van deze grootte" in text(wording.planning_advice(given["settings"], given["sizes"]))
    enough = page(n_programme=2000, n_comparison=2000)
    said = text(wording.planning_advice(enough["settings"], enough["sizes"]))
    assert "Deze proef is groot genoeg voor een verschil van 5 procentpunt." in said
    assert "Kan het niet groter?" not in said


def test_the_price_and_its_source_are_named():
    given = page()
    said = text(wording.planning_money(given["settings"], given["money"]))
    assert "Een uitkering kostte in 2019 € 14.400 per jaar. Bron: het ministerie, macrobudget." in said
    # Of 19 who leave 14 would have left anyway.
    assert "ongeveer 19. Ongeveer 14 van hen waren ook zonder programma gegaan: 74% van de vertrekkers" in said
    own = page(own_price=16_000.0)
    assert "Een uitkering kost € 16.000 per jaar (eigen opgave)." in text(
        wording.planning_method(own["settings"], own["money"], "een overzicht")
    )


def test_only_protected_tables_are_shown():
    with pytest.raises(DisclosureError, match="expected a ProtectedTable"):
        tables.planning_settings(pd.DataFrame({"setting": ["power"], "value": [0.8]}))
