"""What the page on steps says, shows and leaves out; and that it claims nothing."""

import re

import pytest
from bs4 import BeautifulSoup

from evaltools.disclosure import protect, protect_together
from evaltools.errors import DisclosureError, ReportError
from evaltools.findings import beside_the_ladder, participation
from evaltools.reports import figures, tables, wording
from evaltools.reports.block import NOTHING
from evaltools.reports.causal import causal_words
from evaltools.reports.wording import participation as sentences
from tests.findings.ladders import People, cohort_of, programme, visits_of
from tests.findings.test_participation import HOUSEHOLDS, MANY, MEASURED, UP
from tests.small_registers import store


class Shown:
    """The protected tables of a page."""

    def __init__(self, cohort, register=None):
        steps, moves = participation.ladder(cohort, 6)
        model = participation.without_change(cohort, 6, steps)
        self.ladder, self.moves, self.without = protect_together(steps, moves, model)
        self.others = protect(participation.steps_of_others(cohort, None, 6))
        self.jobs, self.activities = (
            protect(make(cohort, 6)) for make in (beside_the_ladder.jobs, beside_the_ladder.activities)
        )
        register = register or cohort.register
        self.visits, self.needs, self.professionals = protect_together(
            beside_the_ladder.visits(register, programme()),
            *(
                beside_the_ladder.household_steps(register, programme(), measure)
                for measure in beside_the_ladder.MEASURES
            ),
        )

    def blocks(self):
        return {
            "summary": wording.participation_summary(self.ladder, self.without, self.activities, self.needs, self.professionals),
            "evidence": wording.participation_evidence(self.ladder),
            "steps": wording.ladder_steps(self.ladder),
            "steps table": tables.ladder_steps(self.ladder),
            "flow": figures.ladder_flow(self.moves, self.ladder),
            "matrix": tables.ladder_matrix(self.moves),
            "missing": wording.ladder_missing(self.ladder),
            "missing table": tables.ladder_missing(self.ladder),
            "without": wording.steps_without_change(self.without, self.ladder, self.others),
            "without figure": figures.steps_without_change(self.without, self.ladder),
            "without table": tables.steps_without_change(self.without),
            "jobs": wording.jobs_and_activities(self.jobs, self.activities),
            "jobs table": tables.jobs(self.jobs),
            "activities table": tables.activities(self.activities),
            "households": wording.household_steps(self.visits, self.needs, self.professionals),
            "households figure": figures.household_steps(self.needs, self.professionals),
            "households table": tables.household_steps(self.needs, self.professionals),
            "visits": tables.household_visits(self.visits),
            "unknown": wording.participation_unknown(self.ladder, self.visits),
            "method": wording.participation_method(self.ladder),
        }  # fmt: skip


def text_of(block):
    return re.sub(r"\s+", " ", BeautifulSoup(block.html, "html.parser").get_text(" ")).strip()


def row_of(block, heading):
    for row in BeautifulSoup(block.html, "html.parser").find_all("tr"):
        cells = [cell.get_text(strip=True) for cell in row.find_all(["th", "td"])]
        if cells[0] == heading:
            return cells[1:]
    raise AssertionError(heading)


def all_hidden(project):
    """Thirty people of whom hardly a number can be shown."""
    return cohort_of(project, People(5, "1", "2"), People(4, "2", "2"), People(3, "2"), People(18))


@pytest.fixture
def many(project):
    cohort = cohort_of(project, *MANY)
    return Shown(cohort, store(project, household_visits=visits_of(*HOUSEHOLDS)))


def test_nothing_of_the_page_claims_a_cause(many, project):
    for shown in (many, Shown(all_hidden(project))):
        for name, block in shown.blocks().items():
            assert causal_words(f"{text_of(block)} {block.text} {block.headline}", "E") == [], name


def test_the_first_screen(many):
    block = many.blocks()["summary"]
    said = text_of(block)
    share = f"{100 * UP / MEASURED:.1f}".replace(".", ",")
    assert (
        f"Van {MEASURED} mensen met twee scores op de participatieladder stonden er {UP} binnen 6 maanden hoger ({share}%)."
        in said
    )
    assert "Van hen gingen 27 mensen twee treden of meer omhoog." in said
    assert "Van 111 huishoudens die vaker zijn bezocht, hadden er 40 minder hulpvragen" in said
    order = [said.index(words) for words in (f"{UP} binnen", "vanzelf hoger", "Bewijskracht: E", "Niet bekend:")]
    assert order == sorted(order)
    assert 3 <= block.html.count("<li>") <= 7
    assert block.headline == (
        f"{UP} van {MEASURED} mensen scoorden later hoger op de ladder; 40 van 111 huishoudens hadden minder hulpvragen. "
        "Zonder vergelijking (bewijskracht E)."
    )


def test_tables_hold_the_numbers(many):
    blocks = many.blocks()
    assert row_of(blocks["steps table"], "Hoger")[0] == str(UP)
    assert row_of(blocks["steps table"], "Lager")[0] == "18"
    assert row_of(blocks["matrix"], "2 contacten buiten de deur") == ["18", "25", "40", "0", "0", "12", "30"]
    assert row_of(blocks["missing table"], "Alle deelnemers") == [str(MEASURED + 60)]
    assert row_of(blocks["households table"], "Minder hulpvragen")[:2] == ["40", "36,0%"]
    assert row_of(blocks["visits"], "Vaker bezocht, niet alle getallen bekend")[0] == "12"
    shares = row_of(blocks["without table"], "Een gewoon moment")
    assert shares[2] == shares[4]  # at 0,8 as many go up as down
    assert shares[:4] == sorted(shares[:4], reverse=True)


def test_figures_say_what_they_show(many):
    blocks = many.blocks()
    alternative = BeautifulSoup(blocks["flow"].html, "html.parser").img["alt"]
    assert "van trede 2 naar trede 3: 40" in alternative.lower()
    assert "op trede 2 gebleven: 25" in alternative.lower()
    assert "weggelaten" not in alternative  # nothing is hidden
    for name in ("flow", "without figure", "households figure"):
        found = BeautifulSoup(blocks[name].html, "html.parser")
        assert found.img["alt"].startswith("Gesimuleerde gegevens.")
        assert found.figcaption.text.startswith("Gesimuleerde gegevens.")
    assert "Hulpvragen: minder 36,0%, evenveel 36,0%, meer 27,9%" in blocks["households figure"].text


def test_flows_that_are_hidden_are_not_drawn_and_said(project):
    groups = [
        People(30, "1", "2"),
        People(4, "1", "4"),
        People(40, "2", "3"),
        People(25, "2", "2"),
        People(11, "2", "4"),
        People(30),
    ]
    block = Shown(cohort_of(project, *groups)).blocks()["flow"]
    found = re.search(r"Getekend zijn (\d+) van de 110 mensen: (\d+) van de 36 stromen zijn weggelaten", block.text)
    assert found
    assert int(found[1]) <= 110 - 4 - 10  # another one goes with the four, so that they cannot be found
    assert "trede 1 naar trede 4" not in block.text


def test_the_page_of_few_reads_well(project):
    blocks = Shown(all_hidden(project)).blocks()
    for name in (
        "steps table",
        "flow",
        "matrix",
        "missing table",
        "without figure",
        "without table",
        "jobs table",
        "households",
        "visits",
    ):
        assert blocks[name] == NOTHING, name
    assert "tonen wij niet" in text_of(blocks["summary"])
    assert (
        blocks["summary"].headline
        == "Hoeveel mensen hoger scoorden op de ladder, is niet te tonen. Zonder vergelijking (bewijskracht E)."
    )
    assert "nan" not in " ".join(text_of(block) for block in blocks.values()).lower().split()


def test_nobody_was_scored(project):
    blocks = Shown(cohort_of(project, People(40))).blocks()
    for name in ("steps", "steps table", "flow", "matrix", "missing", "without", "without table"):
        assert blocks[name] == NOTHING, name
    assert "ladder" not in text_of(blocks["summary"])
    assert "betrouwbaar een score" not in text_of(blocks["unknown"])


def test_only_who_certainly_went_up_is_told_of_few(project):
    """Of 31 six were not measured: 16 went up, the other fifteen did not, or nobody looked."""
    blocks = Shown(cohort_of(project, People(16, "2", "3"), People(9, "2", "2"), People(6, "2"))).blocks()
    assert "Van 31 deelnemers scoorden er 16 binnen 6 maanden hoger" in text_of(blocks["summary"])
    assert "Bij de andere 15 was de tweede score gelijk, lager of er niet." in text_of(blocks["steps"])
    assert "25" not in text_of(blocks["steps"])


def test_who_scored_is_said(project):
    coach = Shown(cohort_of(project, *MANY)).blocks()["evidence"]
    assert "Dat is iemand van het programma zelf" in text_of(coach)
    mixed = Shown(cohort_of(project, *MANY[:-1], People(20, "2", "3", rater="client"))).blocks()["evidence"]
    assert "ook de inwoner zelf of iemand anders gaf een score" in text_of(mixed)


def test_what_chance_gives_is_set_beside_what_was_measured(project):
    """Four of ten up is within what the lowest of five moments gives at 0,6; nine of ten, two rungs each, is not."""
    some = [People(50, "1", "2"), People(16, "2", "3"), People(74, "2", "2"), People(25, "3", "3"), People(30)]
    said = text_of(Shown(cohort_of(project, *some)).blocks()["without"])
    assert f"Gemeten is {100 * 66 / 165:.1f}%".replace(".", ",") in said
    assert "Ook zonder dat er iets verandert, is zo’n aandeel mogelijk." in said
    everybody = [People(40, "1", "3"), People(40, "2", "4"), People(40, "3", "5"), People(12, "3", "3"), People(30)]
    said = text_of(Shown(cohort_of(project, *everybody)).blocks()["without"])
    assert "Dat is meer dan elke mogelijkheid die wij doorrekenden." in said


def test_only_protected_tables(many, project):
    with pytest.raises(DisclosureError, match="expected a ProtectedTable"):
        tables.ladder_matrix(participation.ladder(cohort_of(project, *MANY), 6)[1])


def test_a_sentence_that_claims_is_refused():
    with pytest.raises(ReportError, match="dankzij"):
        sentences._carried(["Dankzij de coach gingen mensen omhoog."], "a_test()")
