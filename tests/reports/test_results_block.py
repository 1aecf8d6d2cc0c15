"""What a page found is handed on as its protected table shows it: no more, and no less."""

import datetime as dt
import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from evaltools.disclosure import Estimate, Table, already_published, from_publications, protect
from evaltools.errors import DisclosureError, InvalidDataError, ReportError
from evaltools.reports import tables

COUNTS = ("n_programme", "n_comparison", "n_outcome_programme", "n_outcome_comparison")
COLUMNS = [
    "outcome",
    "method",
    "months",
    "is_main",
    "difference",
    "lower",
    "upper",
    "standard_error",
    "p_value",
    *COUNTS,
]
GOOD = ("work", "weighted", "12", "yes", 1 / 30, -0.0123456789, 0.08, 0.02, None, 270, 540, 38, 58)
FEW = ("work", "weighted", "18", "no", 0.05, -0.02, 0.12, 0.04, 0.2, 270, 540, 38, 7)
WORDS = {
    "outcome": ["work"],
    "method": ["weighted", "counted", "secret"],
    "months": ["12", "18"],
    "is_main": ["yes", "no"],
}


def net(*rows, **more):
    frame = pd.DataFrame(rows or [GOOD, FEW], columns=COLUMNS).astype({"p_value": float})
    estimates = {name: Estimate(on=COUNTS) for name in COLUMNS[4:9]}
    options = {
        "labels": COLUMNS[:4],
        "words": WORDS,
        "counts": COUNTS,
        "estimates": estimates,
        "settings": {"level": 0.95},
    }
    about = {"municipality": "GM0197", "population": "selected"}
    known = {"about": about, "as_of": dt.date(2020, 6, 30), "source": "register of GM0197", "is_simulated": True}
    return protect(Table(rows=frame, **{**options, **known, **more}))


def show(table, *more, **others):
    return tables.results(table, "aandacht-helpt", "GM0197", "C", *more, **others)


def test_rows_are_those_of_the_table():
    block = show(net())
    good, few = block.results
    assert (good.programme, good.municipality, good.notebook, good.grade) == ("aandacht-helpt", "GM0197", "", "C")
    assert (good.question, good.outcome, good.group, good.method, good.unit) == (
        "net", "work", "programme", "weighted", "share_points",
    )  # fmt: skip
    assert (good.months, few.months, good.is_main, few.is_main) == (12, 18, True, False)
    # 1/30 and -0.0123456789 in the three decimals of the gate; what is not known is not hidden.
    assert (good.estimate, good.lower, good.p_value, good.hidden) == (0.033, -0.012, None, False)
    assert (good.level, good.n_programme, good.n_outcome_comparison) == (0.95, 270, 58)
    assert (good.is_simulated, good.as_of, good.source) == (True, "2020-06-30", "register of GM0197")
    (_, metadata) = block._repr_mimebundle_()
    assert [row["estimate"] for row in metadata["evaltools"]["results"]] == [0.033, None]
    assert metadata["evaltools"]["origins"] == ["simulated"]


def test_what_is_hidden_is_handed_on_as_hidden():
    _, few = show(net()).results
    assert few.hidden
    assert [few.estimate, few.lower, few.upper, few.standard_error, few.p_value] == [None] * 5
    assert (few.n_outcome_comparison, few.level) == (None, 0.95)


def test_the_block_shows_the_answers():
    soup = BeautifulSoup(show(net()).html, "html.parser")
    assert soup.caption.text == "Uitkomsten om te hergebruiken (gesimuleerde gegevens)"
    assert [cell.text for cell in soup.find_all("tr")[1].find_all(["th", "td"])] == [
        "Uitstroom naar werk", "12 maanden", "3,3", "van -1,2 tot 8,0",
    ]  # fmt: skip
    assert len(soup.find_all("tr")) == 2
    assert "met alle 2 uitkomsten" in soup.find(class_="note").text


def wide(n_work=38, **columns):
    """Make a table with methods beside each other, of 270 and 540 people; 162 and 360 of them on benefit."""
    nothing = [None] * 4
    rows = pd.DataFrame({
        "months": ["12"] * 4, "outcome": ["all", "work", "off_benefit", "on_benefit"],
        "n_programme": [270, n_work, 108, 162], "n_comparison": [540, 58, 180, 360], "n_earlier": [300, 30, 90, 210],
        "weighted_difference": [None, 1 / 30, 0.07, None], "weighted_lower": [None, -0.01, 0.0, None],
        "weighted_upper": [None, 0.08, 0.14, None], "earlier_difference": [None, 0.04, None, None],
        "earlier_lower": [None, -0.02, None, None], "earlier_upper": [None, 0.1, None, None],
        "counted_difference": nothing, "main_difference": [None, 1 / 30, 0.07, None],
        "main_lower": [None, -0.01, 0.0, None], "main_upper": [None, 0.08, 0.14, None],
        "main_error": [None, 0.02, 0.03, None], "main_p": [None, 0.1, 0.02, None],
    } | columns)  # fmt: skip
    numbers = [name for name in rows if name not in {"months", "outcome"} and not name.startswith("n_")]
    counts = ["n_programme", "n_comparison", "n_earlier"]
    return protect(Table(
        rows=rows.astype(dict.fromkeys(numbers, float)), labels=["months", "outcome"], counts=counts,
        words={"months": ["12"], "outcome": ["work", "off_benefit", "on_benefit"]}, groups=["outcome"],
        estimates={name: Estimate(on=("n_programme", "n_earlier" if "earlier" in name else "n_comparison")) for name in numbers},
        settings={"level": 0.95}, about={"municipality": "GM0197"}, as_of=dt.date(2020, 6, 30), source="register",
        is_simulated=True,
    ))  # fmt: skip


def test_methods_beside_each_other_are_read_too():
    block = show(wide())
    found = {(result.outcome, result.method): result for result in block.results}
    assert set(found) == {("work", "weighted"), ("work", "earlier"), ("off_benefit", "weighted")}
    main, earlier = found["work", "weighted"], found["work", "earlier"]
    assert (main.is_main, main.estimate, main.standard_error, main.p_value) == (True, 0.033, 0.02, 0.1)
    assert (main.n_programme, main.n_comparison, main.n_outcome_programme, main.n_outcome_comparison) == (
        270,
        540,
        38,
        58,
    )
    assert (earlier.is_main, earlier.standard_error, earlier.n_comparison, earlier.n_outcome_comparison) == (
        False,
        None,
        300,
        30,
    )
    assert not any(result.hidden for result in block.results)
    assert [cell.text for cell in BeautifulSoup(block.html, "html.parser").find_all("th", scope="row")] == [
        "Uitstroom naar werk", "Uit de bijstand, om welke reden ook",
    ]  # fmt: skip


def test_the_main_method_is_the_one_with_its_numbers():
    found = show(wide(main_difference=[None, 0.04, None, None])).results
    assert [(result.outcome, result.method) for result in found if result.is_main] == [("work", "earlier")]


def test_a_hidden_main_number_is_handed_on_as_hidden():
    found = {(result.outcome, result.method): result for result in show(wide(n_work=7)).results}
    main = found["work", "weighted"]
    assert (main.is_main, main.hidden, main.estimate, main.n_outcome_programme) == (True, True, None, None)
    assert ("work", "earlier") not in found


def test_without_a_comparison_there_is_nothing_to_hand_on():
    nothing = {name: [None] * 4 for name in wide().rows if name.split("_")[0] in {"weighted", "earlier", "main"}}
    assert show(wide(**nothing)).html == ""


def test_tables_of_other_questions():
    frame = pd.DataFrame({"outcome": ["work"], "method": ["counted"], "months": ["12"], "is_main": ["yes"],
                          "group": ["jongeren"], "n_programme": [120], "n_outcome_programme": [30]})  # fmt: skip
    words = {**WORDS, "group": ["jongeren"]}
    gross = protect(Table(
        rows=frame, labels=[*COLUMNS[:4], "group"], words=words, counts=["n_programme", "n_outcome_programme"],
        shares={"share": ("n_outcome_programme", "n_programme")}, about={"municipality": "GM0197"}, source="register",
        is_simulated=True,
    ))  # fmt: skip
    block = show(net(GOOD), gross=gross)
    last = block.results[-1]
    assert (last.question, last.unit, last.group, last.estimate, last.n_comparison) == (
        "gross",
        "share",
        "jongeren",
        0.25,
        None,
    )
    assert len(block.records) == 2


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda rows: rows.drop(columns="method"), ReportError, "the table 'net' has no column 'method'"),
        (lambda rows: rows.rename(columns={"difference": "diference"}), ReportError, "did you mean 'diference'"),
        (lambda rows: rows.assign(is_main="no"), ReportError, "marks no row as main"),
        (lambda rows: rows.assign(method="secret"), InvalidDataError, "method 'secret' is unknown"),
        (lambda rows: rows.assign(difference=3.3, upper=8.0), InvalidDataError, "shares are 0-1, not percentages"),
    ],
)
def test_tables_that_do_not_fit(change, error, message):
    rows = change(pd.DataFrame([GOOD], columns=COLUMNS).astype({"p_value": float}))
    table = already_published(from_publications(lambda: rows)(), source="krant")
    with pytest.raises(error, match=message):
        show(table)


def test_a_question_that_is_unknown_and_a_grade_that_is():
    with pytest.raises(ReportError, match="there is no question 'gros'; did you mean 'gross'"):
        show(net(), gros=net())
    with pytest.raises(InvalidDataError, match="grade 'F' is unknown"):
        tables.results(net(), "aandacht-helpt", "GM0197", "F")


def test_only_protected_tables_are_taken():
    with pytest.raises(DisclosureError, match="expected a ProtectedTable"):
        show(net(), gross=pd.DataFrame())


def test_codes_have_dutch_names():
    from evaltools import results
    from evaltools.findings.synthesis import STATUSES
    from evaltools.reports import results_terms

    for codes, names in (
        (results.OUTCOMES, results_terms.OUTCOMES),
        (results.METHODS, results_terms.METHODS),
        (results.QUESTIONS, results_terms.QUESTIONS),
        (results.GROUPS, results_terms.GROUPS),
        (dict.fromkeys(results.GRADES), results_terms.GRADES),
        (STATUSES, results_terms.STATUSES),
    ):
        assert set(codes) == set(names)
        assert all(re.search("[a-z]", name) for name in names.values())
