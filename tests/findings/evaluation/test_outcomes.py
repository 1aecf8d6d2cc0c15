"""What became of everybody: counts that add up and are those of the cohorts, numbers that are those of the effects."""

from dataclasses import replace
from math import sqrt

import numpy as np
import pandas as pd
import pytest

from evaltools import effects
from evaltools.cohorts import outcome_table, programme_cohort
from evaltools.disclosure import protect, protect_together
from evaltools.findings.evaluation.detail import hours_beside_benefit, mean_hours
from evaltools.findings.evaluation.net import MAIN_PARTS, METHODS
from evaltools.findings.evaluation.outcomes import LEAVES, TREE, outcome_results
from evaltools.findings.evaluation.subgroups import subgroup_results
from tests.cohorts.examples import programme_of, register_of
from tests.findings.evaluation.worlds import (
    CONFOUNDED,
    GIVEN,
    MOVED,
    WORK,
    People,
    drawn,
    groups_of,
    joining,
    tables_of,
)

SIDES = {"n_programme": "cohort", "n_comparison": "comparison", "n_earlier": "earlier", "n_ordinary": "ordinary"}


@pytest.fixture(scope="module")
def groups():
    return drawn()[0]


@pytest.fixture(scope="module")
def table(groups):
    return outcome_results(groups)


def rows_of(table):
    return table.rows.set_index(["months", "outcome"])


@pytest.mark.parametrize(("column", "name"), SIDES.items())
def test_counts_are_those_of_the_outcomes_at_each_horizon(groups, table, column, name):
    counted = (
        outcome_table(getattr(groups, name), groups.horizons).set_index(["months", "outcome"])["n"].astype("Int64")
    )
    found = rows_of(table)[column]
    for months in groups.horizons:
        for leaf, outcomes in LEAVES.items():
            known = counted.loc[months].reindex(outcomes).fillna(0).sum()
            assert found[str(months), leaf] == known, (months, leaf)
        followed = int(counted.loc[months].drop("too_short").fillna(0).sum())
        assert found[str(months), "all"] == followed


def test_without_incomes_nobody_is_said_to_work_beside_the_benefit_or_not():
    """They are on benefit, and counted so: 15 and 2 left for work of 40, 4 and 4 of 50; the differences are those of the counts."""
    groups = groups_of(*CONFOUNDED, without=["incomes"], aims=["part_time_work"])
    assert not groups.tells_work
    assert (groups.outcome, groups.outcomes) == ("work", ("work", "off_benefit"))
    table = outcome_results(groups)
    rows = rows_of(table).loc["12"]
    assert set(rows.index) == {
        "work",
        "other_exit",
        "in_trajectory",
        "no_trajectory",
        "off_benefit",
        "still_on_benefit",
        "all",
    }
    assert rows["n_programme"].to_dict() == {
        "work": 17, "other_exit": 0, "in_trajectory": 0, "no_trajectory": 23, "off_benefit": 17, "still_on_benefit": 23, "all": 40,
    }  # fmt: skip
    assert rows.loc["work", "n_comparison"] == 8
    assert rows.loc["work", "counted_difference"] == pytest.approx(17 / 40 - 8 / 50)
    everybody = hours_beside_benefit(groups)
    assert "hours" not in everybody.rows
    assert everybody.rows.loc[0, ["n_programme", "n_comparison"]].tolist() == [40, 50]
    shown = protect_together(table, everybody, mean_hours(groups), subgroup_results(groups))
    assert len(shown) == 4


def test_incomes_that_end_before_a_horizon_do_not_say_that_nobody_works():
    """The incomes of these people run to the month of 12 months; nothing is known of those after it."""
    people = (People(20, "programme", hours=20), People(20, "comparison"))
    whole = groups_of(*people)
    assert whole.tells_work
    assert outcome_results(whole).rows.set_index("outcome").loc["work_with_benefit", "n_programme"] == 20
    incomes = whole.register.read("incomes")
    assert incomes["month"].max() > pd.Timestamp("2020-01-01")
    cut = tables_of(*people)
    cut["incomes"] = cut["incomes"][pd.to_datetime(cut["incomes"]["month"]) < "2020-01-01"]
    register = register_of(cut)
    arms = [
        programme_cohort(register, programme_of(), arm=arm, definitions=GIVEN) for arm in ("programme", "comparison")
    ]
    groups = replace(whole, cohort=arms[0], comparison=arms[1])
    assert not groups.tells_work
    rows = outcome_results(groups).rows.set_index("outcome")
    assert "work_with_benefit" not in rows.index
    assert rows.loc["no_trajectory", "n_programme"] == 20


def test_with_incomes_they_are(groups):
    assert groups.tells_work
    assert groups.outcomes == ("work", "any_work", "off_benefit")


def test_rows_add_up(groups, table):
    found = rows_of(table)
    assert len(found) == len(groups.horizons) * (len(LEAVES) + len(TREE))
    for months in map(str, groups.horizons):
        for column in SIDES:
            n = found.loc[months, column]
            assert n["all"] == n[[*LEAVES]].sum()
            assert n["off_benefit"] == n["work"] + n["other_exit"]
            assert n["any_work"] == n["work"] + n["work_with_benefit"]
            assert n["still_on_benefit"] == n[["work_with_benefit", "in_trajectory", "on_benefit"]].sum()
            assert n["all"] == n[["off_benefit", "still_on_benefit"]].sum()


def test_who_joined_was_on_benefit_when_last_seen_and_who_moved_has_none_here():
    """Of 50 to compare with 8 left for work; of 42 others 5 join and 3 move."""
    groups = groups_of(
        *CONFOUNDED[:-1], People(33, "comparison", sex="1"), People(3, "comparison", 100, MOVED, sex="1")
    )
    other = groups.comparison
    is_on = (other.participants["cause"] == "censored") & (other.participants["follow_up_end"] != "move")
    joined = replace(groups, comparison=joining(other, is_on & (is_on.cumsum() <= 5), 100))
    n = rows_of(outcome_results(joined)).loc["12", "n_comparison"]
    assert n[[*LEAVES]].to_dict() == {
        "work": 8,
        "other_exit": 3,
        "work_with_benefit": 0,
        "in_trajectory": 0,
        "on_benefit": 39,
    }
    assert (n["off_benefit"], n["still_on_benefit"], n["all"]) == (11, 39, 50)


def test_numbers_are_those_of_the_effects_on_arrays_made_by_hand():
    """The groups of `worlds.CONFOUNDED`: who left for work, who is a woman, who is in the programme."""
    found = rows_of(outcome_results(groups_of(*CONFOUNDED))).loc[("12", "work")]
    assert (found["n_programme"], found["n_comparison"]) == (15 + 2, 4 + 4)
    parts = [
        (15, 1, 1, 1),
        (15, 1, 1, 0),
        (2, 1, 0, 1),
        (8, 1, 0, 0),
        (4, 0, 1, 1),
        (6, 0, 1, 0),
        (4, 0, 0, 1),
        (36, 0, 0, 0),
    ]
    own, is_woman, left = (np.repeat([part[at] for part in parts], [part[0] for part in parts]) for at in (1, 2, 3))
    women = pd.DataFrame({"sex": np.where(is_woman, "2", "1")})
    weights = effects.propensity_weights(own, women)
    causes, months = np.where(left, "work", "censored"), np.where(left, 101 / (365.25 / 12), 25.0)
    direct = {
        "counted": effects.weighted_difference(left, own, np.ones(90)),
        "weighted": effects.weighted_difference(left, own, weights),
        "entropy": effects.weighted_difference(left, own, effects.entropy_weights(own, women)),
        "matched": effects.matched_difference(left, effects.match_pairs(own, weights.logit, replace=True)),
        "doubly_robust": effects.doubly_robust(left, own, women),
        "first_exit": effects.incidence_difference(months, causes, own, 12, of="work", weights=weights.weights),
    }
    for method, estimate in direct.items():
        stood = [found[f"{method}_{part}"] for part in ("difference", "lower", "upper")]
        assert stood == pytest.approx([estimate.estimate, estimate.lower, estimate.upper]), method
    main = direct["weighted"]
    expected = [main.estimate, main.lower, main.upper, main.standard_error, main.p_value]
    assert [found[f"main_{part}"] for part in MAIN_PARTS] == pytest.approx(expected)
    # Wilson's interval of 17 of 40, by its formula.
    share, n, z = 17 / 40, 40, 1.959963984540054
    middle, half = (share + z**2 / (2 * n)) / (1 + z**2 / n), z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)  # fmt: skip
    assert (found["programme_low"], found["programme_high"]) == pytest.approx((middle - half, middle + half))
    # Women count for 3 and men for 1/4: (4 · 3 + 4/4) / (10 · 3 + 40/4), of (30 + 10)² / (10 · 9 + 40/16) people.
    assert found["reference_share"] == pytest.approx((12 + 1) / 40)
    assert found["reference_n"] == pytest.approx(40**2 / (90 + 2.5))
    assert found["main_share"] == pytest.approx(17 / 40)
    known = effects.minimum_detectable_difference(13 / 40, 40, round(40**2 / 92.5))
    assert found["detectable"] == pytest.approx(known.rise)
    # The risk ratio is 17/13: E = RR + √(RR (RR − 1)); its interval holds 1.
    ratio = 17 / 13
    assert found["e_value"] == pytest.approx(ratio + sqrt(ratio * (ratio - 1)))
    assert found["e_limit"] == 1


def test_a_lower_limit_below_nobody_holds_1_as_well():
    """Of 20 in the programme 3 left and of 20 others 2: the interval goes far below minus 2/20, and the ratio is 1.5."""
    people = [People(3, last=100, reason=WORK), People(7), People(10, sex="2"), People(2, "comparison", 100, WORK),
              People(8, "comparison"), People(10, "comparison", sex="2")]  # fmt: skip
    found = rows_of(outcome_results(groups_of(*people, kind="randomised"))).loc[("12", "work")]
    assert found["main_lower"] < -2 / 20
    assert found["main_difference"] == pytest.approx(1 / 20)
    assert found["e_value"] == pytest.approx(1.5 + sqrt(1.5 * 0.5))
    assert found["e_limit"] == 1


def test_shares_side_by_side_differ_by_the_main_difference(groups, table):
    known = rows_of(table)["main_difference"].dropna()
    assert len(known) == 3 * len(groups.horizons)
    sides = rows_of(table).loc[known.index]
    assert (sides["main_share"] - sides["reference_share"]).tolist() == pytest.approx(known.tolist())


def test_all_ways_stand_at_the_main_horizon_alone(groups, table):
    found = rows_of(table)
    for months in groups.horizons:
        row = found.loc[(str(months), "work")]
        there = {method for method in METHODS if not np.isnan(row[f"{method}_difference"])}
        assert there == (set(METHODS) if months == groups.months else {"weighted"})
    nothing = found.drop(index=[(str(months), name) for months in groups.horizons for name in ("work", "any_work", "off_benefit")])  # fmt: skip
    assert nothing[[f"{method}_difference" for method in [*METHODS, "main"]]].isna().all(axis=None)


def test_of_a_lot_the_main_difference_is_that_of_the_counts(groups):
    found = rows_of(outcome_results(replace(groups, comparison_kind="randomised", earlier=None, ordinary=None)))
    row = found.loc[(str(groups.months), "off_benefit")]
    assert row["main_difference"] == row["counted_difference"] != row["weighted_difference"]
    assert "n_earlier" not in found


def test_without_a_comparison_the_earlier_group_is_the_main_one(groups):
    made = outcome_results(replace(groups, comparison=None, comparison_kind="none"))
    row = rows_of(made).loc[(str(groups.months), "off_benefit")]
    assert row["main_difference"] == row["earlier_difference"]
    assert made.estimates["main_difference"].on == ("n_programme", "n_earlier")
    alone = outcome_results(replace(groups, comparison=None, comparison_kind="none", earlier=None, ordinary=None))
    assert rows_of(alone)["main_difference"].isna().all()
    assert alone.estimates["main_difference"].on == ("n_programme",)


def test_each_number_rests_on_both_counts_that_it_is_of(table):
    on = {name: estimate.on for name, estimate in table.estimates.items()}
    assert on["programme_low"] == on["programme_high"] == ("n_programme",)
    for method in ("counted", "weighted", "entropy", "matched", "doubly_robust", "first_exit", "main"):
        assert on[f"{method}_difference"] == on[f"{method}_upper"] == ("n_programme", "n_comparison")
    assert on["earlier_lower"] == ("n_programme", "n_earlier")
    assert on["ordinary_lower"] == ("n_programme", "n_ordinary")
    assert {on[name] for name in ("reference_share", "reference_n", "detectable", "main_p", "e_value")} == {("n_programme", "n_comparison")}  # fmt: skip


def test_a_horizon_until_which_nobody_of_a_group_is_followed_counts_none():
    """Who is compared starts two years later: after a year and a half none of them is followed, and there is no difference."""
    groups = groups_of(*CONFOUNDED, horizons=(12, 18))
    late = replace(groups.comparison.definitions, months_followed_at_most=12)
    found = rows_of(outcome_results(replace(groups, comparison=replace(groups.comparison, definitions=late))))
    assert found.loc[("12", "all"), ["n_programme", "n_comparison"]].tolist() == [40, 50]
    assert found.loc[("18", "all"), ["n_programme", "n_comparison"]].tolist() == [40, 0]
    assert np.isnan(found.loc[("18", "work"), "main_difference"])
    assert found.loc[("18", "work"), "programme_low"] == found.loc[("12", "work"), "programme_low"]


def test_protected_numbers_are_those_that_went_in(groups, table):
    """What is shown is what was found; one table hides nothing that another one of the same people shows."""
    shown = protect(table).rows.set_index(["months", "outcome"])
    known = shown["n_programme"].dropna()
    assert len(known) > len(shown) / 2
    assert (known.astype(int) == rows_of(table).loc[known.index, "n_programme"]).all()
    whole, hours, mean, sub = protect_together(table, hours_beside_benefit(groups), mean_hours(groups), subgroup_results(groups))  # fmt: skip
    at_main = whole.rows.set_index(["months", "outcome"]).loc[str(groups.months)]
    everybody = sub.rows[sub.rows["subgroup"] == "all"].set_index("outcome")
    by_hours = hours.rows.set_index("hours")
    for column in ("n_programme", "n_comparison"):
        for outcome in ("work", "other_exit", "off_benefit", "all"):
            one, other = at_main.loc[outcome, column], everybody.loc[outcome, column]
            assert (pd.isna(one) and pd.isna(other)) or one == other, (column, outcome)
        one, other = at_main.loc["work_with_benefit", column], by_hours.loc["all", column]
        assert (pd.isna(one) and pd.isna(other)) or one == other
    for outcome in ("work", "off_benefit"):
        assert at_main.loc[outcome, "main_difference"] == pytest.approx(everybody.loc[outcome, "difference"])
    assert len(mean.rows) == 1


def test_estimates_are_shown_with_few_digits(table):
    """Three decimals, so to half of the third one; with more of them counts behind it could be solved for."""
    shown, known = protect(table).rows, table.rows
    for name in ("main_difference", "main_lower", "main_share", "reference_share", "programme_low", "ordinary_upper"):
        values = shown[name].dropna()
        assert not values.empty
        assert (values * 1_000).tolist() == pytest.approx((values * 1_000).round().tolist(), abs=1e-9)
        assert values.tolist() == pytest.approx(known.loc[values.index, name].tolist(), abs=0.0005)
    # Of how many people it counts for four digits are shown.
    n = shown["reference_n"].dropna()
    assert n.tolist() == pytest.approx(known.loc[n.index, "reference_n"].tolist(), rel=0.0005)
    assert all(float(f"{value:.4g}") == value for value in n)


def test_of_few_people_nothing_of_few_is_shown():
    shown = protect(outcome_results(groups_of(*CONFOUNDED))).rows.set_index("outcome")
    assert pd.isna(shown.loc["work", "n_comparison"])  # 8 people
    assert pd.isna(shown.loc["work", "weighted_difference"])
    assert shown.loc["all", "n_programme"] == 40
