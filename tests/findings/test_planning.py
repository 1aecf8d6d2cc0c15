"""What a pilot can show and may cost: beside R, the arcsine formula, sums by hand and brute force."""

from itertools import product
from math import asin, ceil, sin, sqrt

import pandas as pd
import pytest
from scipy.stats import norm

from evaltools.disclosure import already_published
from evaltools.errors import DisclosureError, InvalidDataError
from evaltools.findings import planning
from evaltools.findings.planning import Pilot
from evaltools.findings.planning.designs import DESIGNS
from evaltools.reference import benefit_prices
from tests.conftest import ROOT

REFERENCE = ROOT / "tests" / "reference"
Z = norm.ppf(0.975), norm.ppf(0.8)


def pilot(**changes):
    settings = {
        "base_share": 0.14, "difference": 0.05, "n_programme": 270, "n_comparison": 270, "power": 0.8, "level": 0.95,
        "months": 12, "share_followed": 1.0, "design_effect": 1.0, "euro_per_participant": 0.0,
    }  # fmt: skip
    return Pilot(**settings | changes)


def cohens_h(base, difference):
    return 2 * asin(sqrt(base + difference)) - 2 * asin(sqrt(base))


def size_by_arcsine(base, difference):
    """People in each group by Cohen (1988, chapter 6), as statsmodels' NormalIndPower has it."""
    return 2 * ((Z[0] + Z[1]) / cohens_h(base, difference)) ** 2


def difference_by_arcsine(base, n):
    return sin(asin(sqrt(base)) + (Z[0] + Z[1]) / sqrt(2 * n)) ** 2 - base


def test_the_known_figures_are_those_of_the_arcsine():
    """861, 238 and 681 people, 9.3 to 31.4 points: what was known before of a pilot like that of Aalten."""
    assert [ceil(size_by_arcsine(*case)) for case in ((0.14, 0.05), (0.14, 0.1), (0.1, 0.05))] == [861, 238, 681]
    found = [round(100 * difference_by_arcsine(0.14, n), 1) for n in (270, 135, 100, 50, 31)]
    assert found == [9.3, 13.7, 16.2, 23.9, 31.4]


def test_ours_lie_just_above_them():
    """The test of two shares needs a little more people than its transform: at most 2%."""
    rows = planning.detectable(pilot()).set_index("n_programme")["difference"]
    for n in (270, 135, 100, 50, 31):
        other = difference_by_arcsine(0.14, n)
        assert other < rows[n] < 1.02 * other
    for base, difference in ((0.14, 0.05), (0.14, 0.1), (0.1, 0.05)):
        wanted = planning.sizes(pilot(base_share=base, difference=difference)).query("is_wanted").iloc[0]
        other = size_by_arcsine(base, difference)
        assert other < wanted["n_programme"] < 1.02 * other


def test_sizes_and_differences_are_those_of_power_prop_test():
    sizes = pd.read_csv(REFERENCE / "planning_sizes.csv").query("difference > 0")
    for row in sizes.to_dict("records"):
        made = pilot(base_share=row["base_share"], difference=row["difference"], power=row["power"], level=row["level"])
        wanted = planning.sizes(made).query("is_wanted").iloc[0]
        assert wanted["n_programme"] == wanted["n_comparison"] == -(-row["n"] // 1)
    for row in pd.read_csv(REFERENCE / "planning_differences.csv").query("n in (31, 100, 270)").to_dict("records"):
        made = pilot(base_share=row["base_share"], difference=0.01, power=row["power"], level=row["level"])
        found = planning.detectable(made).set_index("n_programme")["difference"][row["n"]]
        assert pd.isna(found) if pd.isna(row["rise"]) else found == pytest.approx(row["rise"], rel=1e-8)


def test_chances_are_those_of_sums_in_r():
    by_r = pd.read_csv(REFERENCE / "power.csv").query(
        "base_share == 0.14 and n_programme == 270 and n_comparison == 270 and level == 0.95"
    )
    found = planning.chances(pilot()).query("times == 1").set_index("difference")
    for row in by_r.query("difference in (0.02, 0.05, 0.09)").to_dict("records"):
        ours = found.loc[row["difference"]]
        assert ours["power"] == pytest.approx(row["power"], rel=1e-9)
        assert ours["shown"] == pytest.approx(row["exaggeration"] * row["difference"], rel=1e-9)
        assert ours["wrong_sign"] == pytest.approx(row["wrong_sign"], rel=1e-6, abs=1e-12)
    assert len(by_r) == 4


def test_who_is_lost_and_who_is_alike_count_for_nobody():
    # 0.85 × 270 = 229.5, of which whole people are 229; with 1.5 for each 153.
    assert pilot(share_followed=0.85).n_followed == (229, 229)
    assert pilot(share_followed=0.85, design_effect=1.5, n_comparison=20).n_followed == (153, 11)
    assert pilot(share_followed=0.85, n_programme=20).n_followed[0] == 17
    alone = planning.detectable(pilot(n_programme=229, n_comparison=229)).query("is_own").iloc[0]
    found = planning.detectable(pilot(share_followed=0.85)).query("is_own").iloc[0]
    assert found["difference"] == alone["difference"]
    assert found["difference_followed"] == planning.detectable(pilot()).query("is_own").iloc[0]["difference"]


def test_as_many_are_recruited_as_are_needed_in_the_end():
    """n / 0.8 at the start leaves n; a design effect of 2 asks twice as many."""
    (needed,) = planning.sizes(pilot()).query("is_wanted")["n_programme"]
    assert needed == ceil(863.92365)  # power.prop.test(p1 = .14, p2 = .19, power = .8)
    (more,) = planning.sizes(pilot(share_followed=0.8)).query("is_wanted")["n_programme"]
    assert more == ceil(863.92365 / 0.8)
    (twice,) = planning.sizes(pilot(design_effect=2.0)).query("is_wanted")["n_programme"]
    assert twice == ceil(2 * 863.92365)
    followed = pilot(share_followed=0.8, n_programme=int(more), n_comparison=int(more)).n_followed
    assert min(followed) >= needed - 1


def test_the_grid_agrees_with_the_list():
    made = pilot(share_followed=0.9, difference=0.03)
    grid = planning.sizes_by_base(made)
    own = grid[grid["is_own"]].set_index("difference")["n_group"]
    assert own.to_dict() == planning.sizes(made).set_index("difference")["n_programme"].to_dict()
    assert list(own.index) == [0.02, 0.03, 0.05, 0.09]
    assert grid.groupby("difference")["n_group"].apply(lambda n: n.is_monotonic_increasing).all()


def test_the_curves_pass_through_the_pilot():
    made = pilot(n_programme=100, n_comparison=400)
    curves = planning.detectable_curves(made)
    (own,) = curves[curves["is_own"]].to_dict("records")
    (row,) = planning.detectable(made).query("is_own").to_dict("records")
    assert (own["n_total"], own["difference"]) == (500, row["difference"])
    assert set(curves["line"]) == {"half", "own", "double"}
    assert "double" not in set(planning.detectable_curves(pilot(base_share=0.5))["line"])
    assert planning.detectable(pilot(base_share=0.5))["difference_double"].isna().all()
    many = planning.chance_curves(made).query("times == 1")
    assert many["power"].is_monotonic_increasing
    assert many["difference"].iloc[-1] == pytest.approx(0.15)


def test_what_others_found_stands_beside_the_pilot():
    found = planning.expected(pilot())
    assert found["difference"].tolist() == [0.016, 0.054, 0.087]
    assert planning.expected(pilot(base_share=0.93, difference=0.02))["difference"].tolist() == [0.016, 0.054]


def test_every_design_has_its_people_or_none():
    found = planning.designs(pilot()).set_index("design")
    assert found["grade"].to_dict() == DESIGNS
    assert found.loc["rct", "n_programme"] == found.loc["rct", "n_comparison"]
    assert pd.isna(found.loc["before_after", "n_programme"])
    # With the share of the others known: the test of one share, by its own formula.
    one_share = (Z[0] * sqrt(0.14 * 0.86) + Z[1] * sqrt(0.19 * 0.81)) ** 2 / 0.05**2
    assert found.loc["benchmark", "n_programme"] == -(-one_share // 1)
    assert pd.isna(found.loc["benchmark", "n_comparison"])
    assert found.loc["matched", "n_comparison"] == pytest.approx(4 * found.loc["matched", "n_programme"], abs=4)


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95, 0.99])
def test_so_many_other_places_are_the_fewest(level):
    """By every place that could have been the one: the share of them that is as unusual is 1 of 1 + n."""
    found = planning.designs(pilot(level=level)).set_index("design")["n_places"].dropna()
    (n,) = found
    unusual = [sum(place == other for other in range(n + 1)) / (n + 1) for place in range(n + 1)]
    assert max(unusual) <= 1 - level + 1e-12 < 1 / n


def test_money_by_hand():
    price = planning.own_price(benefit_prices(), 0)
    assert price["euro_per_benefit_year"].tolist() == [14400]
    found = planning.money(pilot(euro_per_participant=1000.0), price)
    assert sorted(set(found["months_off"])) == [6, 12, 24, 36]
    for months_off, difference in product((6, 12, 24, 36), (0.02, 0.05, 0.09)):
        (row,) = found.query("months_off == @months_off and difference == @difference").to_dict("records")
        assert row["euro_most"] == pytest.approx(difference * 1200 * months_off)
        assert row["break_even"] == pytest.approx(1000 / (1200 * months_off))
        assert row["share_deadweight"] == pytest.approx(14 / (14 + 100 * difference))
    # At the difference that breaks even the most it may cost is what it costs.
    even = planning.money(pilot(difference=1000 / 7200, euro_per_participant=1000.0), price)
    assert even.query("is_wanted and months_off == 6")["euro_most"].tolist() == pytest.approx([1000])
    assert planning.money(pilot(), price)["break_even"].isna().all()


def test_the_last_price_or_ones_own():
    prices = pd.DataFrame(
        {"year": [2021, 2019], "euro_per_benefit_year": [15000.0, 14400.0], "basis": "b", "source": "s"}
    )
    assert planning.own_price(prices, 0)["year"].tolist() == [2021]
    assert planning.own_price(prices, 12000)["euro_per_benefit_year"].tolist() == [12000]
    with pytest.raises(InvalidDataError, match="holds no price; add one, or give euro_per_benefit_year"):
        planning.own_price(prices[:0], 0)
    with pytest.raises(InvalidDataError, match="expected an amount, or 0"):
        planning.own_price(prices, -1)


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"base_share": 14}, ["base_share is 14; expected a share strictly between 0 and 1, such as 0.14"]),
        ({"difference": -0.05}, ["difference is -0.05; expected a share above 0, such as 0.05 for 5 points"]),
        (
            {"power": 80, "n_programme": 2.5},
            [
                "n_programme is 2.5; expected a count from 1 to 20,000",
                "power is 80; expected a chance from 0.5 to below 1, such as 0.8",
            ],
        ),
        ({"n_comparison": "many"}, ["n_comparison is 'many'; expected a count from 1 to 20,000"]),
        ({"level": float("nan")}, ["level is nan; expected a level from 0.5 to below 1, such as 0.95"]),
        ({"base_share": 0.97}, ["base_share + difference is 1.02; expected less than 1: take a smaller difference"]),
        (
            {"n_programme": 1, "share_followed": 0.5},
            ["leaves nobody to follow in a group; take larger groups, or follow more of them"],
        ),
        ({"design_effect": 0.9}, ["design_effect is 0.9; expected 1 + (m - 1) * rho, at least 1"]),
    ],
)
def test_settings_that_cannot_be_are_refused_together(changes, problems):
    with pytest.raises(InvalidDataError) as caught:
        pilot(**changes)
    assert list(caught.value.problems) == problems


def test_what_is_worked_out_passes_as_published_and_nothing_that_was_changed():
    for make in (planning.settings, planning.sizes, planning.detectable, planning.chances, planning.designs):
        assert already_published(make(pilot()), source=planning.SOURCE).origin == "published"
    with pytest.raises(DisclosureError):
        already_published(planning.sizes(pilot()).assign(n_programme=3), source=planning.SOURCE)
