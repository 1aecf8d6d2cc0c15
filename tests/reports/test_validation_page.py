"""The page on the method: what it says follows from its tables, also where a method fails."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from evaltools.disclosure import already_published, from_publications, from_simulation, simulated
from evaltools.reports import figures, tables, wording


def trial(**changes):
    rows = pd.DataFrame(
        [
            ("experiment", 0, 1794.3, 474.0, 3114.7, 185, 260, 260.0, 0.28),
            ("naive", 0, -8497.5, -9648.3, -7346.7, 185, 15992, 15992.0, 3.76),
            ("matching", 11, 1926.5, 282.6, 3570.4, 185, 15992, 70.5, 0.12),
            ("entropy", 14, 730.4, -1062.0, 2522.0, 185, 15992, 66.6, 0.0),
        ],
        columns=["method", "covariates", "estimate", "lower", "upper", "n_programme", "n_comparison", "n_effective", "largest_difference"],
    )  # fmt: skip
    return already_published(from_publications(lambda: rows.assign(level=0.95, **changes))(), source=["LaLonde (1986)"])


def overlap():
    rows = pd.DataFrame(
        [("programme", 185, 0.39, 0.043, 185.0, 0.005), ("comparison", 15992, 0.0001, 0.668, 144.4, 0.03)],
        columns=["group", "n", "median", "share_outside", "effective_n", "largest_share"],
    )
    return already_published(from_publications(lambda: rows)(), source="LaLonde (1986)")


def picked(*, hidden=0.0852, level=0.95):
    found = {"chance": 0.0344, "visible": 0.0378, "hidden": hidden}
    rows = [
        (picks, method, estimate + add, estimate - 0.01, estimate + 0.01, 0.0354, 7800, 7800)
        for picks, estimate in found.items()
        for method, add in (("counted", 0.003), ("matching", -0.001), ("doubly_robust", 0.0))
    ]
    names = ["picks", "method", "estimate", "lower", "upper", "truth", "n_programme", "n_comparison"]
    return simulated(from_simulation(lambda: pd.DataFrame(rows, columns=names).assign(level=level))(), source="drawn")


def exits(level=0.95):
    rows = pd.DataFrame(
        {
            "months": [0, 12, 18],
            "incidence": [0.0, 0.125, 0.168],
            "lower": [0.0, 0.115, 0.159],
            "upper": [0.0, 0.135, 0.177],
            "one_minus_survival": [0.0, 0.131, 0.184],
            "truth": [None, 0.124, 0.167],
            "n_at_risk": [3500, 2600, 2300],
            "level": level,
        }
    )
    return simulated(from_simulation(lambda: rows)(), source="drawn")


def text(block):
    return BeautifulSoup(block.html, "html.parser").get_text(" ", strip=True)


def test_the_summary_says_what_was_found():
    said = wording.validation_summary(trial(), picked(), exits())
    for sentence in (
        "het effect met een loting gemeten: 1.794 dollar inkomen per jaar erbij (van 474 tot 3.115).",
        "vindt 8.498 dollar minder (van 7.347 tot 9.648). Met correctie vinden de methoden 730 tot 1.926 dollar, elk met",
        "dan vinden de methoden met correctie 3,7 tot 3,8 procentpunt, bij een echt effect van 3,5 procentpunt.",
        "wat er niet in staat: 8,4 tot 8,5 procentpunt, bij een echt effect van 3,5 procentpunt.",
        "na 18 maanden op 18,4%. Goed geteld is het 16,8% (van 15,9 tot 17,7%), en echt 16,7%.",
    ):
        assert sentence in said.text
    assert (
        said.headline
        == "Met correctie vinden de methoden 730 tot 1.926 dollar, waar een loting 1.794 dollar vond (van 474 tot 3.115)."
    )
    assert set(said.origins) == {"published", "simulated"}


def test_the_summary_counts_and_does_not_assume():
    said = wording.validation_summary(
        trial(estimate=[1794.3, 12.0, 5.0, 6.0], lower=-9.0, upper=20.0), picked(hidden=0.03), exits()
    )
    assert "vindt 12 dollar meer (van -9 tot 20)." in said.text
    assert "wat er niet in staat: 2,9 tot 3,0 procentpunt" in said.text


def test_the_level_that_was_chosen_is_named():
    for block in (
        figures.selection(picked(level=0.8)),
        figures.competing(exits(level=0.8)),
        tables.competing(exits(level=0.8)),
    ):
        assert "80%-betrouwbaarheidsinterval" in block.html
        assert "95%" not in block.html


def test_no_number_without_its_interval_and_effective_size():
    table = BeautifulSoup(tables.trial_estimates(trial()).html, "html.parser")
    cells = [[cell.text for cell in row.find_all(["th", "td"])] for row in table.tbody.find_all("tr")]
    assert cells[1] == ["Zonder correctie", "-8.498 dollar", "van -9.648 tot -7.347", "15.992 mensen", "3,76"]
    assert cells[2] == [
        "Gekoppeld aan wie het meest lijkt, 11 kenmerken",
        "1.926 dollar",
        "van 283 tot 3.570",
        "70 mensen",
        "0,12",
    ]
    said = text(wording.trial_overlap(trial(), overlap()))
    assert "Bij 67% van de mensen uit de enquête" in said
    assert "tellen als 67 tot 70 mensen" in said


def test_each_column_has_its_truth():
    table = BeautifulSoup(tables.selection(picked()).html, "html.parser")
    assert [cell.text for cell in table.thead.find_all("th")][3] == "Op wat er niet in staat (echt effect: 3,5)"
    cells = [[cell.text for cell in row.find_all(["th", "td"])] for row in table.tbody.find_all("tr")]
    assert cells[0] == ["Zonder correctie", "3,7 (2,4 tot 4,4)", "4,1 (2,8 tot 4,8)", "8,8 (7,5 tot 9,5)"]
    assert len(cells) == 3


@pytest.mark.parametrize(
    "block",
    [figures.selection(picked()), figures.competing(exits()), tables.selection(picked()), tables.competing(exits())],
    ids=["selection", "competing", "selection table", "competing table"],
)
def test_what_is_simulated_says_so(block):
    assert "esimuleerde gegevens" in block.html
    assert block.origins == ("simulated",)


def test_a_figure_says_in_words_what_it_shows():
    said = figures.trial_estimates(trial()).text
    assert "Niet gecorrigeerd. De loting zelf: 1.794 dollar (474 tot 3.115)." in said
    assert "Gecorrigeerd voor 14 kenmerken. Gewogen tot gelijke gemiddelden: 730 dollar (-1.062 tot 2.522)." in said
    assert "12,5%" in text(tables.competing(exits()))
    assert "uit op 18,4%. Goed geteld is het 16,8% (van 15,9 tot 17,7%)." in text(wording.competing(exits()))
    assert "gesimuleerde register" in text(wording.competing(exits()))
