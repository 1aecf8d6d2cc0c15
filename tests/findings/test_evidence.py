"""How sure: each grade by groups that deserve it, and each check by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaltools.disclosure import protect
from evaltools.effects import standardised_differences
from evaltools.findings.evaluation.groups import make_groups
from evaltools.findings.evaluation.net import sides
from evaltools.findings.evidence import CHECKS, GRADES, MOST_DIFFERENT, evidence_card, grade_of
from evaltools.findings.people import EVERYBODY, about_cohort, about_register, table_of
from evaltools.findings.validation.drawn import DRAWN_PROGRAMME
from tests.findings.evaluation.worlds import CONFOUNDED, MOVED, People, drawn, groups_of, on_a_day


def checks(groups):
    rows = evidence_card(groups).rows
    assert rows["check"].tolist() == list(CHECKS)
    return rows.set_index("check")[["is_met", "value"]].T.to_dict("list")


@pytest.fixture(scope="module")
def groups():
    return drawn()[0]


EARLIER = {"ordinary": None, "earlier": None}


def alike(n, n_moved=0, arm="comparison", n_other_moved=0):
    """Two groups of which half are women: 60 in the programme and n others, of whom some move."""
    n_each = (n - n_other_moved) // 2
    return (
        People(30 - n_moved // 2, sex="1"), People(30 - n_moved // 2, sex="2"), *([People(n_moved, last=100, reason=MOVED)] if n_moved else []),
        People(n_each, arm, sex="1"), People(n_each, arm, sex="2"), *([People(n_other_moved, arm, 100, MOVED)] if n_other_moved else []),
    )  # fmt: skip


def test_a_lot_is_a(groups):
    by_lot = make_groups(groups.register, DRAWN_PROGRAMME.model_copy(update={"design": "rct"}))
    assert grade_of(by_lot) == "A"
    assert grade_of(groups_of(*alike(60), kind="randomised")) == "A"


@pytest.mark.parametrize(
    ("n_moved", "n_other_moved", "grade"), [(12, 0, "A"), (14, 0, "C"), (0, 12, "A"), (0, 14, "C")]
)
def test_a_lot_of_which_an_arm_is_not_in_view_is_no_a(n_moved, n_other_moved, grade):
    """Of 60 in an arm 12 are a fifth: 48 are in view, just enough."""
    made = groups_of(*alike(60, n_moved, n_other_moved=n_other_moved), kind="randomised")
    assert checks(made)["in_view"][1] == pytest.approx(1 - max(n_moved, n_other_moved) / 60)
    assert grade_of(made) == grade


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
    beside = sides(groups, groups.months).comparison
    largest = standardised_differences(beside.in_programme, beside.covariates, weights=beside.weights)["weighted_difference"].abs().max()  # fmt: skip
    assert checks(groups)["alike"] == ["yes" if largest <= MOST_DIFFERENT else "no", pytest.approx(largest)]
    monkeypatch.setattr("evaltools.findings.evidence.MOST_DIFFERENT", largest / 2)
    assert grade_of(groups) == "D"


@pytest.mark.parametrize(("n_alone", "grade"), [(15, "C"), (16, "E")])
def test_participants_without_anybody_like_them_are_few(n_alone, grade):
    """Of 75, 15 are a fifth."""
    made = groups_of(*alike(60), People(n_alone, status="status_holder"))
    assert checks(made)["overlap"] == ["yes" if n_alone == 15 else "no", pytest.approx(n_alone / (60 + n_alone))]
    assert grade_of(made) == grade


def test_groups_without_any_level_in_common():
    made = groups_of(People(60, sex="2"), People(60, "comparison", sex="1"))
    assert checks(made)["overlap"] == ["no", 1.0]
    assert grade_of(made) == "E"


def test_counts_alone_are_e_and_an_earlier_group_or_the_ordinary_outflow_d(groups):
    alone = replace(groups, comparison=None, comparison_kind="none")
    assert grade_of(alone) == "D"
    assert grade_of(replace(alone, ordinary=None)) == "D"
    assert grade_of(replace(alone, earlier=None)) == "D"
    nothing = replace(alone, earlier=None, ordinary=None)
    assert grade_of(nothing) == "E"
    assert {check: is_met for check, (is_met, _) in checks(nothing).items()} == dict.fromkeys(CHECKS, "no")


def test_grades_are_five():
    assert GRADES == ("A", "B", "C", "D", "E")


def test_the_card_by_hand():
    """Of 60 in the programme 12 move; of 60 others none."""
    card = evidence_card(groups_of(*alike(60, 12)))
    assert card.rows["n_programme"].unique().tolist() == card.rows["n_comparison"].unique().tolist() == [60]
    found = card.rows.set_index("check")
    assert found["is_met"].to_dict() == {"comparison": "yes", "size": "yes", "alike": "yes", "overlap": "yes", "in_view": "yes", "earlier": "no"}  # fmt: skip
    assert found.loc["in_view", "value"] == pytest.approx(0.8)
    assert found.loc["overlap", "value"] == 0
    assert found.loc[["comparison", "earlier"], "value"].isna().all()
    shown = protect(card).rows.set_index("check")
    assert shown.loc["in_view", "value"] == pytest.approx(0.8)
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
