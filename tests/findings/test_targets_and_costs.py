"""Targets and money against the worked figures of the field."""

import pandas as pd
import pytest

from evaltools.findings.costs import break_even, business_case
from evaltools.findings.targets import extra_exits, pace, target_shares
from evaltools.programmes import Costs, Target, read_programme
from evaltools.reference import benefit_prices, national_context

SOURCE = {"title": "a test"}

# Meedoen Werkt: 100 × 14,000 × (1 - deadweight) × share that ends - 253,000.
CASES = [
    (0.0, 1.0, 1_147_000),
    (0.0, 0.5, 447_000),
    (0.5, 1.0, 447_000),
    (0.5, 0.5, 97_000),
    (0.7, 1.0, 167_000),
    (0.7, 0.5, -43_000),
    (0.9, 1.0, -113_000),
    (0.9, 0.5, -183_000),
]


@pytest.mark.parametrize(("deadweight", "ending", "balance"), CASES)
def test_business_case_of_meedoen_werkt(own, deadweight, ending, balance):
    table = business_case(read_programme("meedoen-werkt", own).costs)
    found = table[(table["share_deadweight"] == deadweight) & (table["share_ending"] == ending)]
    assert found["euro_balance"].item() == pytest.approx(balance, abs=0.01)


def test_break_even_of_meedoen_werkt(own):
    table = break_even(read_programme("meedoen-werkt", own).costs, benefit_prices(own))
    named = table[(table["price"] == "") & (table["share_ending"] == 1)]["break_even"].item()
    assert round(100 * named, 1) == 81.9


def test_at_break_even_nothing_is_left(own):
    costs = read_programme("meedoen-werkt", own).costs
    for row in break_even(costs, benefit_prices(own).iloc[:0]).itertuples():
        case = business_case(costs, deadweights=[row.break_even], shares_ending=[row.share_ending])
        assert case["euro_balance"].item() == pytest.approx(0, abs=1e-6)


def test_an_investment_above_the_saving_never_breaks_even():
    costs = Costs.model_validate(
        {
            "municipality": "GM0197",
            "investment_euro": 30,
            "n": 1,
            "saving_euro_each": 20,
            "source": SOURCE,
        }
    )
    assert (
        break_even([costs], pd.DataFrame(columns=["year", "euro_per_benefit_year", "basis"]))["break_even"][0] == -0.5
    )


def target(**other):
    return Target.model_validate(
        {
            "kind": "exit",
            "label": "l",
            "n": 60,
            "unit": "residents",
            "months": 24,
            "source": SOURCE,
            **other,
        }
    )


def population(n, **other):
    return {"n": n, "unit": "residents", "stage": "on_benefit", "meaning": "m", **other}


@pytest.mark.parametrize(
    ("of_target", "of_population", "bound"),
    [
        ("exact", "exact", "exact"),
        ("exact", "at_least", "at_most"),
        ("exact", "at_most", "at_least"),
        ("at_least", "exact", "at_least"),
        ("at_least", "at_most", "at_least"),
        ("at_least", "at_least", "about"),
        ("at_least", "about", "about"),
        ("about", "exact", "about"),
    ],
)
def test_how_exact_a_share_is(of_target, of_population, bound):
    table = target_shares([target(precision=of_target, populations=[population(600, precision=of_population)])])
    assert (table["share"][0], table["bound"][0]) == (60 / 600, bound)


def test_units_and_areas_that_differ():
    here = {"municipalities": ["GM0197", "GM0222"]}
    other = [
        population(600, unit="benefits", municipalities=["GM0197"]),
        population(600, municipalities=["GM0222", "GM0197"]),
    ]
    table = target_shares([target(**here, populations=other)])
    assert list(table["is_same_unit"]) == [False, True]
    assert list(table["n_municipalities_population"]) == [1, 2]
    assert list(table["n_municipalities_target"]) == [2, 2]


def test_pace():
    partner = {"label": "werkgevers", "n": 30, "unit": "employers"}
    (row,) = pace([target(together_with=partner)]).itertuples()
    assert (row.n_per_month, row.n_per_partner) == (60 / 24, 60 / 30)
    (row,) = pace([target()]).itertuples()
    assert row.n_per_month == 60 / 24
    assert pd.isna(row.n_per_partner)


def test_extra_exits_beside_an_ordinary_year():
    exits = pd.DataFrame({"year": [2019], "share": [0.25]})
    (row,) = extra_exits([target(extra=True, populations=[population(600)])], exits).itertuples()
    # Two years of a quarter of 600, and 60 on top of that; 30 a year more is 5 of each 100.
    assert row.n_expected == 2 * 150
    assert row.share_more == 60 / 300
    assert row.share_exits_needed == 0.25 + 0.05


def test_a_target_that_is_not_extra_needs_no_ordinary_year():
    exits = pd.DataFrame({"year": [2019], "share": [0.25]})
    assert extra_exits([target(populations=[population(600)])], exits).empty


def test_plan_van_aanpak(own):
    targets = read_programme("plan-van-aanpak-laborijn", own).targets_in("GM1955")
    national = national_context(own)
    table = extra_exits(targets, national[national["series"] == "exits"]).set_index("year")
    assert table.loc[2019, "n_expected"] == pytest.approx(2600 * 0.28 * 2)
    assert target_shares(targets)["share"].item() == 300 / 2600
