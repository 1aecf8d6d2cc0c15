"""For whom: within each subgroup as of the whole, and the test of a difference by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from evaltools.cohorts import outcome_table
from evaltools.disclosure import protect
from evaltools.effects import weighted_difference
from evaltools.findings.evaluation.compared import compare
from evaltools.findings.evaluation.outcomes import LEAVES
from evaltools.findings.evaluation.subgroups import REST, SUBGROUPS, is_in_subgroup, subgroup_results
from tests.findings.evaluation.worlds import WORK, People, cohorts_of, drawn, groups_of, on_a_day

# The reached age in 2019: born in 1993 is 26, in 1992 is 27.
YOUNG, OLD = 1993, 1992
PEOPLE = (
    # Young: 12 of 20 left for work against 6 of 30; others: 15 of 50 against 9 of 60. Sex is as even as can be in all.
    *(People(6, "programme", 100, WORK, sex=sex, birth_year=YOUNG) for sex in "12"), *(People(4, sex=sex, birth_year=YOUNG) for sex in "12"),
    *(People(3, "comparison", 100, WORK, sex=sex, birth_year=YOUNG) for sex in "12"), *(People(12, "comparison", sex=sex, birth_year=YOUNG) for sex in "12"),
    *(People(10, "programme", 100, WORK, sex=sex, birth_year=OLD) for sex in "12"), *(People(15, sex=sex, birth_year=OLD) for sex in "12"),
    *(People(4, "comparison", 100, WORK, sex=sex, birth_year=OLD) for sex in "12"), *(People(26, "comparison", sex=sex, birth_year=OLD) for sex in "12"),
)  # fmt: skip


def rows_of(table):
    return table.rows.set_index(["subgroup", "outcome"])


def test_who_is_young_or_a_status_holder_by_hand():
    cohort = on_a_day(People(2, birth_year=YOUNG), People(3, birth_year=OLD), People(4, birth_year=None), People(5, status="status_holder"), People(1, status=None))  # fmt: skip
    assert is_in_subgroup(cohort, "young").tolist() == [True] * 2 + [False] * 13
    assert is_in_subgroup(cohort, "status_holders").tolist() == [False] * 9 + [True] * 5 + [False]


def test_counts_by_hand():
    found = rows_of(subgroup_results(groups_of(*PEOPLE)))
    counts = {subgroup: found.loc[subgroup, ["n_programme", "n_comparison"]].T.to_dict("list") for subgroup in ("young", "all", "status_holders")}  # fmt: skip
    assert counts["young"] == {
        "work": [12, 6],
        "other_exit": [0, 0],
        REST: [8, 24],
        "off_benefit": [12, 6],
        "all": [20, 30],
    }
    assert counts["all"] == {"work": [12 + 20, 6 + 8], "other_exit": [0, 0], REST: [8 + 30, 24 + 52], "off_benefit": [32, 14], "all": [70, 90]}  # fmt: skip
    assert all(each == [0, 0] for each in counts["status_holders"].values())


def test_differences_and_their_test_by_hand():
    """Sex is as even in all groups, so that each weighted difference is that of the shares; p is that of z, times two (Holm)."""
    groups = groups_of(*PEOPLE)
    found = rows_of(subgroup_results(groups))
    young, others = 12 / 20 - 6 / 30, 20 / 50 - 8 / 60
    assert found.loc[("young", "work"), "difference"] == pytest.approx(young)
    # The standard errors of differences of weighted means, of the same people by themselves.
    errors = []
    for is_young in (True, False):
        own = [is_in_subgroup(cohort, "young") == is_young for cohort in (groups.cohort, groups.comparison)]
        parts = [
            cohort.subgroup("part", is_in)
            for cohort, is_in in zip((groups.cohort, groups.comparison), own, strict=True)
        ]
        beside = compare(*parts, 12)
        errors.append(weighted_difference(beside.reached("work"), beside.in_programme, beside.weights).standard_error)
    z = (young - others) / np.sqrt(errors[0] ** 2 + errors[1] ** 2)
    p = 2 * norm.sf(abs(z))
    # Work and off benefit are the same here, and nobody holds a status: two tests, with the same p; Holm's are 2p and max(2p, p).
    assert found.loc[("young", "work"), "p_other"] == pytest.approx(min(1, 2 * p))
    assert found.loc[("young", "off_benefit"), "p_other"] == pytest.approx(min(1, 2 * p))


def test_an_empty_subgroup_has_neither_a_difference_nor_a_p():
    found = rows_of(subgroup_results(groups_of(*PEOPLE)))
    empty = found.loc["status_holders", ["difference", "lower", "upper", "p_other"]]
    assert empty.isna().all(axis=None)
    # And nothing is tested of everybody.
    assert found["p_other"].notna().sum() == 2
    assert np.isnan(found.loc[("all", "work"), "p_other"])


def test_where_everybody_is_in_a_subgroup_there_is_nobody_else_to_test_against():
    people = [People(10, "programme", 100, WORK, sex="1", birth_year=YOUNG), People(10, sex="2", birth_year=YOUNG),
              People(5, "comparison", 100, WORK, sex="1", birth_year=YOUNG), People(5, "comparison", 100, WORK, sex="2", birth_year=YOUNG),
              People(10, "comparison", sex="1", birth_year=YOUNG), People(10, "comparison", sex="2", birth_year=YOUNG)]  # fmt: skip
    found = rows_of(subgroup_results(groups_of(*people)))
    assert found.loc[("young", "work"), "difference"] == pytest.approx(found.loc[("all", "work"), "difference"])
    assert found["p_other"].isna().all()


def test_holm_by_hand_in_a_drawn_register():
    """The smallest of four p-values times 4, the next one times 3, …, none below the one before and none above 1."""
    groups, _ = drawn()
    raw = {}
    for name in SUBGROUPS:
        for outcome in ("work", "off_benefit"):
            parts = []
            for inside in (True, False):
                own = [cohort.subgroup("part", is_in_subgroup(cohort, name) == inside) for cohort in (groups.cohort, groups.comparison)]  # fmt: skip
                beside = compare(*own, groups.months)
                parts.append(weighted_difference(beside.reached(outcome), beside.in_programme, beside.weights, clusters=beside.people["benefit_id"]))  # fmt: skip
            one, other = parts
            z = (one.estimate - other.estimate) / np.hypot(one.standard_error, other.standard_error)
            raw[name, outcome] = 2 * norm.sf(abs(z))
    most, expected = 0.0, {}
    for place, (key, p) in enumerate(sorted(raw.items(), key=lambda pair: pair[1])):
        most = max(most, (4 - place) * p)
        expected[key] = min(1.0, most)
    found = rows_of(subgroup_results(groups))["p_other"]
    assert found.dropna().to_dict() == pytest.approx(expected)


def test_counts_in_a_drawn_register_are_those_of_the_outcomes():
    groups, _ = drawn()
    found = rows_of(subgroup_results(groups))
    for column, cohort in (("n_programme", groups.cohort), ("n_comparison", groups.comparison)):
        for name in (None, *SUBGROUPS):
            own = cohort if name is None else cohort.subgroup("part", is_in_subgroup(cohort, name))
            n = outcome_table(own, groups.months).set_index("outcome")["n"].astype("Int64").fillna(0)
            key = name or "all"
            assert found.loc[(key, "work"), column] == n["work"]
            assert found.loc[(key, "other_exit"), column] == n[list(LEAVES["other_exit"])].sum()
            assert found.loc[(key, "all"), column] == n.drop("too_short").sum()
            rest = n["work_with_benefit"] + n["in_trajectory"] + n["on_benefit"] + n["joined"]
            assert found.loc[(key, REST), column] == rest


def test_beside_an_earlier_group_and_beside_nobody():
    groups, _ = drawn()
    earlier = subgroup_results(replace(groups, comparison=None, comparison_kind="none"))
    assert [*earlier.counts] == ["n_programme", "n_earlier"]
    assert not np.isnan(rows_of(earlier).loc[("all", "work"), "difference"])
    nobody = subgroup_results(replace(groups, comparison=None, comparison_kind="none", earlier=None))
    assert [*nobody.counts] == ["n_programme"]
    assert "difference" not in nobody.rows
    for table in (earlier, nobody, subgroup_results(groups)):
        assert not protect(table).rows.empty


def test_few_people_are_hidden():
    shown = protect(subgroup_results(groups_of(*PEOPLE))).rows.set_index(["subgroup", "outcome"])
    assert pd.isna(shown.loc[("young", "work"), "n_comparison"])  # 6 people
    assert pd.isna(shown.loc[("young", "work"), "difference"])


def test_arms_are_made_as_said():
    cohort, other = cohorts_of(*PEOPLE)
    assert (len(cohort), len(other)) == (70, 90)
