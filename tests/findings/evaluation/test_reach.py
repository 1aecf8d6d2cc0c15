"""Whom a programme reached: by hand."""

import numpy as np
import pandas as pd
import pytest

from evaltools.cohorts import Definitions, programme_cohort
from evaltools.disclosure import protect
from evaltools.findings.evaluation.groups import Groups
from evaltools.findings.evaluation.reach import CHARACTERISTICS, at_start, caseload, flow, levels_of
from tests.cohorts.examples import CENSORING_DAY, programme_of, register_of
from tests.findings.evaluation.worlds import GIVEN, People, drawn, groups_of, on_a_day, tables_of


def counts(table, column="n"):
    label = table.labels[0]
    return table.rows.set_index(label)[column].to_dict()


def groups_from(*people, **blocks):
    programme = programme_of(**blocks)
    cohort = programme_cohort(register_of(tables_of(*people)), programme, definitions=GIVEN)
    return Groups(programme=programme, cohort=cohort, comparison=None, comparison_kind="none", earlier=None, ordinary=None,
                  months=12, horizons=(12,))  # fmt: skip


LISTED = (
    People(12), People(11, stage="approached"), People(13, stage="started", starts=20), People(14, stage="completed", starts=10),
    People(10, since=-100), People(15, last=-20, reason="11"), People(30, arm=""),
)  # fmt: skip


def test_the_flow_by_hand():
    """Thirty were not selected and are told of nowhere; of 75 who were, 15 had left before and 10 were too short on benefit; 50 are in, as far as they came."""
    found = counts(flow(groups_from(*LISTED, eligibility={"months_on_benefit_at_least": 12})))
    assert found == {
        "all": 75,
        "not_on_benefit": 15,
        "too_short_on_benefit": 10,
        "not_eligible": 15 + 10,
        "included": 12 + 11 + 13 + 14,
        "selected_only": 12,
        "approached": 11 + 13 + 14,
        "approached_only": 11,
        "started": 13 + 14,
        "started_only": 13,
        "completed": 14,
    }
    shown = protect(flow(groups_from(*LISTED, eligibility={"months_on_benefit_at_least": 12})))
    assert shown.rows["n"].notna().all()


@pytest.mark.parametrize(("n_others", "shown"), [(20, 100), (26, 100), (29, 100), (30, 110), (34, 110), (39, 110)])
def test_the_register_is_told_to_the_nearest_ten(n_others, shown):
    """Beside the 75 who were selected; one person more or less of another programme does not show. A half goes up."""
    table = caseload(groups_from(*LISTED[:-1], People(n_others, arm="")))
    assert table.rows["n_register"].tolist() == [75 + n_others]
    assert protect(table).rows["n_register"].tolist() == [shown]


def test_one_reason_to_be_out_needs_no_total_of_reasons():
    found = counts(flow(groups_from(*LISTED)))
    assert "not_eligible" not in found
    assert (found["not_on_benefit"], found["included"]) == (15, 60)


def test_few_who_are_out_are_hidden_and_the_rest_remains():
    shown = protect(flow(groups_from(*LISTED, People(3, last=-10, reason="11", since=-400), eligibility={"months_on_benefit_at_least": 12})))  # fmt: skip
    n = shown.rows.set_index("step")["n"]
    assert n["not_on_benefit"] == 18
    few = protect(flow(groups_from(*LISTED[:4], People(3, last=-20, reason="11"), People(30, arm=""))))
    n = few.rows.set_index("step")["n"]
    assert pd.isna(n["not_on_benefit"])


def test_a_programme_of_a_whole_municipality_has_no_stages():
    cohort = on_a_day(People(20), People(15, last=-20, reason="11"))
    groups = Groups(programme=programme_of(), cohort=cohort, comparison=None, comparison_kind="none", earlier=None, ordinary=None,
                    months=12, horizons=(12,))  # fmt: skip
    assert groups.is_of_everybody
    assert counts(flow(groups)) == {"included": 20, "all": 20}
    assert not protect(flow(groups)).rows.empty


def test_a_flow_adds_up_in_a_drawn_register():
    groups, _ = drawn()
    found = counts(flow(groups))
    assert found["included"] == len(groups.cohort)
    listed = groups.register.read("participations")
    assert found["all"] == listed.loc[listed["arm"] == "programme", "person_id"].nunique()
    assert found["all"] < groups.cohort.flow["n"].iloc[0] == caseload(groups).rows["n_register"].iloc[0]
    assert found["included"] == found["selected_only"] + found["approached"]
    assert found["approached"] == found["approached_only"] + found["started"]
    assert found["started"] == found["started_only"] + found["completed"]
    lost = {step: n for step, n in found.items() if step not in {"all", "included", "not_eligible", "approached", "started", "completed"} and not step.endswith("_only")}  # fmt: skip
    assert sum(lost.values()) + found["included"] == found["all"]


def test_levels_by_hand():
    people = pd.DataFrame(
        {
            "age": pd.array([26, 27, 44, 45, 54, 55, None], "Int64"),
            "months_on_benefit": [0.0, 11.9, 12.0, 24.0, 59.9, 60.0, np.nan],
            "exemption": ["4", "2", None, "6", "5", "1", "2"],
            "months_with_work_before": pd.array([0, 1, None, 12, 0, 0, 0], "Int64"),
            "n_exits_before": pd.array([0, 2, None, 0, 0, 0, 1], "Int64"),
            "has_open_trajectory": pd.array([True, False, None, False, False, False, True], "boolean"),
            "sex": ["1", "2", None, "0", "1", "2", "1"],
            "household_type": ["1", "2", "3", "4", None, "9", "1"],
            "origin_status": ["status_holder", "other", None, "other", "other", "other", "other"],
        }
    )
    found = levels_of(people)
    assert found["age"].tolist() == [
        "under_27",
        "27_to_44",
        "27_to_44",
        "45_to_54",
        "45_to_54",
        "55_or_more",
        "unknown",
    ]
    assert found["months_on_benefit"].tolist() == ["under_12", "under_12", "12_to_23", "24_to_59", "24_to_59", "60_or_more", "unknown"]  # fmt: skip
    assert found["exemption"].tolist() == ["yes", "no", "unknown", "yes", "yes", "no", "no"]
    assert found["work_before"].tolist() == ["no", "yes", "unknown", "yes", "no", "no", "no"]
    assert found["exit_before"].tolist() == ["no", "yes", "unknown", "no", "no", "no", "yes"]
    assert found["open_trajectory"].tolist() == ["yes", "no", "unknown", "no", "no", "no", "yes"]
    assert found["sex"].tolist() == ["1", "2", "unknown", "unknown", "1", "2", "1"]
    assert found["household_type"].tolist() == ["1", "2", "3", "4", "unknown", "unknown", "1"]
    assert found["origin_status"].tolist() == ["status_holder", "other", "unknown", "other", "other", "other", "other"]
    assert set(found) == set(CHARACTERISTICS)


def test_the_start_by_hand():
    """Of 40 in the programme 30 are women, of 50 others 10: (0.75 − 0.2)/√(0.75 · 0.25). Weighted they are as many."""
    groups = groups_of(
        People(30, sex="2", birth_year=1995), People(10, sex="1"),
        People(10, "comparison", sex="2", birth_year=1995), People(40, "comparison", sex="1"),
    )  # fmt: skip
    table = at_start(groups)
    rows = table.rows.set_index("characteristic")
    assert rows.loc["sex", ["n_programme", "n_other"]].tolist() == [40, 50]
    assert rows.loc["sex: 2", ["n_programme", "n_other"]].tolist() == [30, 10]
    assert rows.loc["age: under_27", ["n_programme", "n_other"]].tolist() == [30, 10]
    assert rows.loc["age: 27_to_44", ["n_programme", "n_other"]].tolist() == [10, 40]
    assert rows.loc["sex: 2", "difference"] == pytest.approx((0.75 - 0.2) / np.sqrt(0.75 * 0.25))
    # Before weighting it stands on who is followed to the main horizon: all of them.
    assert rows.loc["sex: 1", "difference"] == pytest.approx(-rows.loc["sex: 2", "difference"])
    assert rows.loc["sex: 2", "weighted_difference"] == pytest.approx(0, abs=1e-6)
    assert np.isnan(rows.loc["sex", "difference"])
    # What the register does not have is unknown of everybody.
    assert rows.loc["household_type: unknown", ["n_programme", "n_other"]].tolist() == [40, 50]
    for name in CHARACTERISTICS:
        parts = [row for row in rows.index if str(row).startswith(f"{name}: ")]
        assert rows.loc[parts, "n_programme"].sum() == rows.loc[name, "n_programme"] == 40
        assert rows.loc[parts, "n_other"].sum() == rows.loc[name, "n_other"] == 50
    assert not protect(table).rows.empty


def test_the_start_of_a_programme_without_anybody_to_compare_with():
    table = at_start(groups_from(*LISTED[:4]))
    assert "n_other" not in table.rows
    assert "difference" not in table.rows
    assert table.rows.set_index("characteristic").loc["age", "n_programme"] == 50


def test_definitions_other_than_usual_are_those_of_the_cohort():
    cohort = programme_cohort(register_of(tables_of(*LISTED)), programme_of(), definitions=Definitions(censoring_day=CENSORING_DAY, start="started"))  # fmt: skip
    groups = Groups(programme=programme_of(), cohort=cohort, comparison=None, comparison_kind="none", earlier=None, ordinary=None,
                    months=12, horizons=(12,))  # fmt: skip
    found = counts(flow(groups))
    assert found["included"] == 13 + 14
    assert found["without_index_day"] == 12 + 11 + 10 + 15
