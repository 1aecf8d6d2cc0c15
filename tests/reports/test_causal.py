"""Causal words are found in their inflections, in claims alone, and as the grade of the evidence allows."""

import pytest

from evaltools.errors import ReportError
from evaltools.findings.evidence import GRADES
from evaltools.programmes import list_programmes, read_programme
from evaltools.reports.causal import CAUSAL, causal_words, require_carried

CLAIMS = {
    "effect": [
        "De aanpak was effectief.", "Een effectieve aanpak.", "Dit is effectiever.", "Effecten op werk.",
        "Er was een gunstig effect.", "Het werkgelegenheidseffect was groot.", "De effectiviteit is groot.",
        "Het project heeft effect gehad.",
    ],
    "dankzij": ["Dankzij de coach.", "Mede dankzij het geld.", "Dank zij de gesprekken vond zij werk."],
    "te danken aan": [
        "Dat is te danken aan de gesprekken.", "Dat is toe te schrijven aan de gesprekken.",
        "De daling wordt toegeschreven aan het beleid.",
    ],
    "leidt tot": [
        "Dit leidt tot werk.", "Dit leidde tot werk.", "De gesprekken leidden tot werk.", "De gesprekken leiden tot werk.",
        "Dit heeft geleid tot werk.", "De gesprekken hebben voor velen geleid tot werk.", "Dit leidde ertoe dat zij werken.",
        "De gesprekken leiden er toe dat zij werken.", "De gesprekken hebben tot meer werk geleid.",
        "Wij zien dat dit tot werk leidde.", "Het heeft ertoe geleid dat zij werken.",
    ],
    "zorgt voor": [
        "Dit zorgt voor werk.", "Dit zorgde voor werk.", "Dit zorgde er ook voor dat zij werk vonden.",
        "Dit zorgt ervoor dat zij werken.", "Gesprekken zorgden voor werk.", "Gesprekken zorgen voor werk.",
        "Dit heeft gezorgd voor werk.", "Dit heeft ervoor gezorgd dat zij werken.", "Dit heeft voor banen gezorgd.",
    ],
    "door het programma": [
        "Dat komt door het programma.", "Dat komt door dit project.", "Dat komt door deze nieuwe aanpak.",
        "Meer mensen vonden werk door onze begeleiding.", "Dat komt door de regeling.", "Dat komt door een coach.",
    ],
    "daardoor": [
        "Daardoor vonden meer mensen werk.", "Er kwamen coaches, waardoor 38 mensen uit de groep werk vonden.",
        "Hierdoor stroomden er meer mensen uit.",
    ],
    "veroorzaakt": ["Het veroorzaakt een daling.", "De daling is veroorzaakt in 2019.", "Het veroorzaakte een daling."],
    "als gevolg van": ["Als gevolg van de aanpak.", "Ten gevolge van de aanpak.", "Tengevolge van de aanpak."],
    "resulteert in": [
        "Dit resulteert in werk.", "Dit resulteerde in werk.", "Gesprekken resulteren in werk.",
        "Dit heeft geresulteerd in werk.", "Er waren gesprekken, met als resultaat meer werk.",
    ],
    "bereikt door": ["Dat is bereikt door hard werken.", "Dat is behaald door hard werken."],
    "draagt bij aan": [
        "Dit draagt bij aan werk.", "Dit droeg zeker ook bij aan werk.", "Gesprekken droegen bij aan werk.",
        "Gesprekken dragen bij aan werk.", "Het heeft bijgedragen aan werk.", "Wij zien dat het bijdroeg.",
        "Het heeft een bijdrage geleverd.",
    ],
    "helpt": ["Dit helpt.", "Dit hielp.", "Gesprekken hielpen.", "Zij zijn geholpen."],
    "levert op": ["Dit leverde 38 banen op.", "Dit levert banen op.", "Het heeft banen opgeleverd."],
    "brengt aan het werk": [
        "Zij bracht 38 mensen aan het werk.", "Wij brengen mensen naar werk.", "Er zijn 38 mensen aan het werk gebracht.",
        "Zij brachten velen uit de bijstand.",
    ],
    "vergroot de kans": ["Dit vergroot de kans op werk.", "Dit verhoogde hun kansen.", "Het verkleint de kans op terugval."],
    "werkt goed": ["De aanpak werkt.", "Dit programma werkte.", "Het project slaagde.", "De aanpak blijkt te werken."],
    "succes": ["Het was een succes.", "Een succesvolle proef."],
    "impact": ["De impact is groot."],
}  # fmt: skip
NO_CLAIMS = [
    "Dit is geen effectmeting.",
    "Een effectmeting is er niet.",
    "In 2020 vonden minder mensen werk door corona.",
    "Zij kunnen het traject doorlopen.",
    "Zij werken naast de uitkering; 38 mensen werken.",
    "Van wie in het programma werkt, zijn de uren bekend.",
    "Wie aan het programma meedeed, had vaker werk dan anderen.",
    "Deelname hangt samen met werk, na correctie.",
    "Voor het programma werd begonnen, was dit ook zo.",
    "Daardoor is het interval breed.",
    "De kans op werk is groter dan bij anderen.",
    "Zij worden begeleid tot het eind van het jaar.",
    "Zij zijn opgeleid tot kok.",
    "De resultaten in 2019 staan hieronder.",
    "Zij zorgen samen.",
    "Een hulpverlener schreef het op.",
]


@pytest.mark.parametrize(("word", "text"), [(word, text) for word, texts in CLAIMS.items() for text in texts])
def test_words_are_found_in_their_inflections(word, text):
    for said in (text, text.upper(), f"Er gebeurde veel. {text} Zo was het."):
        assert word in causal_words(said, "E")


def test_every_word_has_an_example():
    assert set(CLAIMS) == set(CAUSAL)


@pytest.mark.parametrize("text", NO_CLAIMS)
def test_what_claims_nothing_passes(text):
    assert causal_words(text, "E") == []


@pytest.mark.parametrize(
    "text",
    ["Kwam dat door het programma?", "‘Werkt het programma?’", "(Hielp dit?)", "Wat heeft het programma opgeleverd?"],
)
def test_questions_claim_nothing_but_what_stands_beside_them_does(text):
    assert causal_words(text, "E") == []
    assert causal_words(f"Veel mensen vroegen het zich af. {text} Wij weten het niet.", "E") == []
    assert causal_words(f"{text} Ja, dankzij de coach.", "E") == ["dankzij"]
    assert causal_words(f"{text}\nDankzij de coach", "E") == ["dankzij"]
    assert causal_words(f"Dankzij de coach\n{text}", "E") == ["dankzij"]


@pytest.mark.parametrize("text", [text for texts in CLAIMS.values() for text in texts])
def test_a_lot_carries_any_word_and_all_other_designs_none(text):
    assert causal_words(text, "A") == []
    assert all(causal_words(text, grade) for grade in [*GRADES[1:], "", "unknown"])


def test_a_comparison_in_time_carries_probably_alone():
    said = "Dat komt waarschijnlijk door het programma."
    assert causal_words(said, "B") == []
    assert causal_words("Waarschijnlijk door deze aanpak vonden meer mensen werk.", "B") == []
    assert [causal_words(said, grade) for grade in "CDE"] == [["door het programma"]] * 3
    assert causal_words("Dat komt onwaarschijnlijk door het programma.", "B") == ["door het programma"]
    assert causal_words(f"{said} Dankzij de coach.", "B") == ["dankzij"]
    name = "Aandacht helpt!"
    assert causal_words("Dat komt waarschijnlijk door Aandacht helpt!", "B", names=[name]) == []


def test_a_name_may_hold_a_causal_word(own):
    names = [read_programme(slug, own).name for slug in list_programmes(own)]
    assert "Aandacht helpt!" in names
    for name in names:
        for said in (
            f"{name} begon in 2018.",
            f"Over ‘{name}’ is weinig bekend.",
            f"De pagina van {name}",
        ):
            assert causal_words(said, "E", names=names) == []
        for said in (f"Dat komt door {name}", f"Dat komt door ‘{name}’.", f"Dat komt door “{name}”"):
            assert causal_words(said, "E", names=names) == ["door het programma"]
        assert causal_words(f"{name} hielp velen.", "E", names=names) == ["helpt"]
        assert causal_words(f"{name} werkt.", "E", names=names) == ["werkt goed"]
    # A name is a word as it is written: "Andere" is not in "door andere mensen", nor "Werk" in "Werken".
    assert causal_words("Dat komt door andere mensen.", "E", names=["Andere"]) == []
    assert causal_words("Dat komt door Werken.", "E", names=["Werk"]) == []
    # A name is one only where it was named, and the longest of two counts.
    assert causal_words("Aandacht helpt! begon.", "E") == ["helpt"]
    assert causal_words("Aandacht helpt! begon.", "E", names=["Aandacht", "Aandacht helpt!", ""]) == []


def test_sentences_that_claim_too_much_are_refused_with_all_that_they_say():
    require_carried(["Meer mensen vonden werk.", "Werkte het?"], "E", "wording.x()")
    require_carried(["Dankzij de coach."], "A", "wording.x()")
    require_carried(["Aandacht helpt! begon."], "E", "wording.x()", names=iter(["Aandacht helpt!"]))
    with pytest.raises(ReportError) as refused:
        require_carried(["Dankzij de coach.", "Aandacht helpt! was er en dit hielp."], "C", "wording.x()", names=["Aandacht helpt!"])  # fmt: skip
    message = str(refused.value)
    assert "wording.x()" in message
    assert all(f"says '{word}', which evidence of grade C" in message for word in ("dankzij", "helpt"))


@pytest.mark.parametrize("slug", ["aandacht-helpt", "arnhem-in-beweging", "frontlijnaanpak", "participatiecoaches", "samen-sterk"])  # fmt: skip
def test_the_causal_words_of_publications_are_among_them(own, slug):
    """The programme files quote the words with which a publication said that the programme did it."""
    quoted = [word for claim in read_programme(slug, own).claims for word in claim.causal_words]
    assert quoted
    for words in quoted:
        assert causal_words(f"Het project {words} tot werk", "E") or causal_words(f"De gesprekken {words}.", "E")
