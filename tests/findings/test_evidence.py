"""How sure: each grade by groups that deserve it, and each check by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaltools.disclosure import protect
from evaltools.findings.evaluation.groups import make_groups
from evaltools.findings.evaluation.net import sides
from evaltools.findings.evaluation.reach import CHARACTERISTICS, levels_of
from evaltools.findings.evidence import CHECKS, GRADES, MOST_DIFFERENT, evidence_card, grade_of
from evaltools.findings.people import EVERYBODY, about_cohort, about_register, table_of
from evaltools.findings.validation.drawn import DRAWN_PROGRAMME
from tests.findings.evaluation.worlds import CONFOUNDED, MOVED, People, drawn, groups_of, joining, on_a_day


def checks(groups):
    rows = evidence_card(groups).rows
    asked = CHECKS if groups.comparison is not None else ("comparison", "earlier")
    assert rows["check"].tolist() == list(asked)
    # Shares of people who are alone or not in view would tell how few they are.
    assert rows.loc[~rows["check"].isin(["size", "alike"]), "value"].isna().all()
    return rows.set_index("check")[["is_met", "value"]].T.to_dict("list")


@pytest.fixture(scope="module")
def groups():
    return drawn()[0]


EARLIER = {"ordinary": None, "earlier": None}


def alike(n, n_moved=0, arm="comparison"):
    """Two groups of which half are women: 60 in the programme, of whom some move, and n others."""
    n_stayed = 30 - n_moved // 2
    return (
        People(n_stayed, sex="1"), People(n_stayed, sex="2"), *([People(n_moved, last=100, reason=MOVED)] if n_moved else []),
        People(n // 2, arm, sex="1"), People(n // 2, arm, sex="2"),
    )  # fmt: skip


def test_a_lot_is_a(groups):
    by_lot = make_groups(groups.register, DRAWN_PROGRAMME.model_copy(update={"design": "rct"}))
    assert grade_of(by_lot) == "A"
    assert grade_of(groups_of(*alike(60), kind="randomised")) == "A"


@pytest.mark.parametrize("arm", ["cohort", "comparison"])
@pytest.mark.parametrize(("n_joined", "is_met", "grade"), [(12, "yes", "A"), (13, "no", "C")])
def test_a_lot_of_which_an_arm_is_not_in_view_is_no_a(arm, n_joined, is_met, grade):
    """Of 60 in an arm 12 are a fifth: 48 are in view, just enough."""
    made = groups_of(*alike(60), kind="randomised")
    made = replace(made, **{arm: joining(getattr(made, arm), np.arange(60) < n_joined, 100)})
    assert checks(made)["in_view"][0] == is_met
    assert grade_of(made) == grade


def test_of_a_register_it_is_asked_of_participants_alone_whether_they_are_in_view():
    made = groups_of(*alike(60))
    made = replace(made, comparison=joining(made.comparison, np.arange(60) % 3 == 0, 100))
    assert checks(made)["in_view"][0] == "yes"
    assert grade_of(made) == "C"


def test_who_moves_is_in_view():
    made = groups_of(*alike(60, 30), kind="randomised")
    assert checks(made)["in_view"][0] == "yes"
    assert grade_of(made) == "A"


def test_a_lot_of_which_nobody_is_followed_is_no_a():
    assert grade_of(groups_of(*alike(60), kind="randomised", months=60, horizons=(60,))) == "E"


def test_people_alike_of_the_same_register_are_c(groups):
    assert grade_of(groups) == "C"
    assert grade_of(groups_of(*alike(60))) == "C"


def test_too_few_to_compare_with_are_d_where_there_is_another_group_and_else_e():
    few = groups_of(*alike(28))
    assert checks(few)["size"] == ["no", pytest.approx(28)]
    assert grade_of(few) == "E"
    assert grade_of(replace(few, ordinary=on_a_day(People(60)))) == "D"
    assert grade_of(replace(few, earlier=on_a_day(People(60)))) == "D"
    assert grade_of(groups_of(*alike(30))) == "C"


def test_weights_that_lie_with_few_are_too_few():
    """Ten women count for 3 each and forty men for 1/4: (30 + 10)²/(10 · 9 + 40/16) = 17.3 of fifty."""
    found = checks(groups_of(*CONFOUNDED))
    assert found["size"] == ["no", pytest.approx(40**2 / 92.5)]
    assert found["alike"] == ["yes", pytest.approx(0, abs=1e-6)]
    assert grade_of(groups_of(*CONFOUNDED)) == "E"


def test_groups_that_are_told_apart_are_not_compared():
    apart = groups_of(People(60, birth_year=1990), People(60, "comparison", birth_year=1970))
    found = checks(apart)
    assert (found["comparison"][0], found["alike"][0], found["overlap"][0]) == ("yes", "no", "no")
    assert grade_of(apart) == "E"


def test_groups_that_differ_after_weighting_are_d(groups, monkeypatch):
    """By the formula: differences over the standard deviation in the programme, of covariates and of levels that are shown."""
    beside = sides(groups, groups.months).comparison
    is_own, weights = beside.in_programme, beside.weights_of_all()
    levels = levels_of(beside.people)
    compared = [name for name in CHARACTERISTICS if not (levels[name] == "unknown").groupby(is_own).all().any()]
    shown = pd.get_dummies(levels[compared]).astype(float)
    columns = pd.concat([pd.get_dummies(beside.covariates).astype(float), shown], axis="columns").to_numpy()
    of_own, of_others = (np.average(columns[side], weights=weights[side], axis=0) for side in (is_own, ~is_own))
    spread = columns[is_own].std(axis=0)
    largest = np.abs((of_own - of_others)[spread > 0] / spread[spread > 0]).max()
    assert checks(groups)["alike"] == ["yes" if largest <= MOST_DIFFERENT else "no", pytest.approx(largest, rel=1e-3)]
    monkeypatch.setattr("evaltools.findings.evidence.MOST_DIFFERENT", largest / 2)
    assert grade_of(groups) == "D"


@pytest.mark.parametrize(("n_alone", "grade"), [(15, "C"), (16, "E")])
def test_participants_without_anybody_like_them_are_few(n_alone, grade):
    """Of 75, 15 are a fifth."""
    made = groups_of(*alike(60), People(n_alone, status="status_holder"))
    assert checks(made)["overlap"][0] == ("yes" if n_alone == 15 else "no")
    assert grade_of(made) == grade


def test_groups_without_any_level_in_common():
    made = groups_of(People(60, sex="2"), People(60, "comparison", sex="1"))
    assert checks(made)["overlap"][0] == "no"
    assert grade_of(made) == "E"


def test_counts_alone_are_e_and_an_earlier_group_or_the_ordinary_outflow_d(groups):
    alone = replace(groups, comparison=None, comparison_kind="none")
    assert grade_of(alone) == "D"
    assert grade_of(replace(alone, ordinary=None)) == "D"
    assert grade_of(replace(alone, earlier=None)) == "D"
    nothing = replace(alone, earlier=None, ordinary=None)
    assert grade_of(nothing) == "E"
    assert {check: is_met for check, (is_met, _) in checks(nothing).items()} == {"comparison": "no", "earlier": "no"}


def test_grades_are_five():
    assert GRADES == ("A", "B", "C", "D", "E")


def test_the_card_by_hand():
    """Of 60 in the programme 12 move; of 60 others none."""
    card = evidence_card(groups_of(*alike(60, 12)))
    assert card.rows["n_programme"].unique().tolist() == card.rows["n_comparison"].unique().tolist() == [60]
    found = card.rows.set_index("check")
    assert found["is_met"].to_dict() == {"comparison": "yes", "size": "yes", "alike": "yes", "overlap": "yes", "in_view": "yes", "earlier": "no"}  # fmt: skip
    assert found.loc[["comparison", "overlap", "in_view", "earlier"], "value"].isna().all()
    # 36 of the 60 are men, of the others 30: men count for 36/30 and women for 24/30.
    assert found.loc["size", "value"] == pytest.approx(60**2 / (30 * 1.2**2 + 30 * 0.8**2))
    shown = protect(card).rows.set_index("check")
    assert shown.loc["size", "value"] == 57.69  # 3600/62.4 = 57.692…
    of_weights = protect(evidence_card(groups_of(*CONFOUNDED))).rows.set_index("check")
    assert of_weights.loc["size", "value"] == 17.3  # 40²/92.5 = 17.297…, with at most four digits and three decimals
    few = protect(evidence_card(groups_of(People(5, sex="1"), People(5, sex="2"), People(4, "comparison", sex="1"), People(4, "comparison", sex="2"))))  # fmt: skip
    assert few.rows["value"].isna().all()


def test_a_table_says_of_itself_what_the_register_says(groups):
    cohort = groups.cohort
    everybody = on_a_day(People(12))
    assert about_register(groups.register, at="x") == {"municipality": "GM0000", "at": "x"}
    assert about_cohort(cohort, at="x") == {"municipality": "GM0000", "programme": "programme", "group": "programme", "at": "x"}  # fmt: skip
    assert about_cohort(everybody) == {"municipality": "GM0197", "programme": EVERYBODY, "group": "programme"}
    table = table_of(groups.register, pd.DataFrame({"outcome": ["all"], "n": [60]}), about=about_cohort(cohort), counts=["n"], labels=["outcome"], words={"outcome": []}, groups=["outcome"])  # fmt: skip
    assert (table.as_of, table.is_simulated) == (groups.register.extract_day.date(), True)
    assert table.source == "register of GM0000"
    assert protect(table).rows["n"].tolist() == [60]
    assert np.isfinite(table.rows["n"]).all()
