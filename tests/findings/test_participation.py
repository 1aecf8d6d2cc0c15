"""Steps on the ladder, jobs, education and households: counted by hand in small registers, and beside the published figures."""

from math import comb, sqrt

import pytest
from scipy.stats import chi2

from evaltools.cohorts import ladder_table, ladder_transitions, programme_cohort, register_cohort
from evaltools.cohorts.households import household_table
from evaltools.disclosure import protect, protect_together
from evaltools.errors import InvalidDataError
from evaltools.findings import beside_the_ladder, participation
from evaltools.findings.evaluation.detail import counted_as_published
from evaltools.findings.evaluation.groups import make_groups
from evaltools.findings.regression_to_the_mean import steps_from_low_point
from evaltools.programmes import list_programmes, read_programme
from evaltools.project import Project
from evaltools.registers.simulate import simulate_municipality
from evaltools.reports.participation_terms import MOMENTS, RELIABILITIES, SIZES
from tests.conftest import ROOT
from tests.findings.ladders import FOLLOWED, People, cohort_of, programme, tables_of, visits_of
from tests.small_registers import store

Z = 1.959963984540054
MANY = (
    People(20, "1", "1"), People(30, "1", "2"), People(15, "1", "3"), People(25, "2", "2"), People(40, "2", "3"), People(12, "2", "6"),
    People(18, "2", "1"), People(20, "3", "4"), People(10, "3", "3"), People(30, "2"), People(10, "3", "4", ladder="5"), People(20),
)  # fmt: skip
MEASURED = 20 + 30 + 15 + 25 + 40 + 12 + 18 + 20 + 10
UP, EQUAL, DOWN = 30 + 15 + 40 + 12 + 20, 20 + 25 + 10, 18


def wilson(k, n):
    middle, half = (k + Z**2 / 2) / (n + Z**2), Z / (n + Z**2) * sqrt(k * (n - k) / n + Z**2 / 4)
    return middle - half, middle + half


def one(table):
    (row,) = table.rows.to_dict("records")
    return row


def test_the_steps_are_those_of_the_people(project):
    steps, moves = participation.ladder(cohort_of(project, *MANY), 6)
    row = one(steps)
    assert (row["n_measured"], row["n_up"], row["n_equal"], row["n_down"]) == (MEASURED, UP, EQUAL, DOWN)
    assert (row["n_up_one"], row["n_up_more"], row["n_up_two"], row["n_up_four"]) == (30 + 40 + 20, 15 + 12, 15, 12)
    assert (row["n_no_second"], row["n_other_variant"], row["n_no_first"], row["n_everybody"]) == (
        30,
        10,
        20,
        MEASURED + 60,
    )
    assert (row["up_low"], row["up_high"]) == pytest.approx(wilson(UP, MEASURED))
    # Nobody of the forty without a second score went up, or all of them; with chance.
    n = MEASURED + 40
    assert (row["up_lowest"], row["up_highest"]) == pytest.approx((UP / n, (UP + 40) / n))
    assert (row["up_lower"], row["up_upper"]) == pytest.approx((wilson(UP, n)[0], wilson(UP + 40, n)[1]))
    assert row["superiority"] == pytest.approx((UP + EQUAL / 2) / MEASURED)
    assert row["is_coach_only"]
    by_rung = moves.rows.set_index("before")
    assert by_rung.loc["2", ["n_down_one", "n_equal", "n_up_one", "n_up_four", "n_missing"]].tolist() == [
        18,
        25,
        40,
        12,
        30,
    ]
    assert by_rung.loc["1", ["n_equal", "n_up_one", "n_up_two"]].tolist() == [20, 30, 15]


def test_the_test_of_the_steps_is_mcnemar_and_the_sign_test(project):
    """Sixteen up and ten down of 56, all by one rung: (16 - 10)²/26 is chi-squared; the exact sign test is 2 P(X ≤ 10)."""
    row = one(
        participation.ladder(cohort_of(project, People(16, "2", "3"), People(10, "2", "1"), People(30, "2", "2")), 6)[0]
    )
    assert row["p_mcnemar"] == pytest.approx(chi2.sf((16 - 10) ** 2 / 26, 1))
    assert row["p_signed_rank"] == pytest.approx(2 * sum(comb(26, k) for k in range(11)) / 2**26)
    assert row["superiority"] == pytest.approx((16 + 30 / 2) / 56)


def test_they_are_the_counts_of_the_cohort(project):
    """Beside `cohorts.ladder_table` and `ladder_transitions`, which count in another way."""
    cohort = cohort_of(project, *MANY)
    steps, moves = participation.ladder(cohort, 6)
    row = one(steps)
    for change, n in ladder_table(cohort).set_index("change")["n"].items():
        assert row[f"n_{change}"] == n
    counted = ladder_transitions(cohort).set_index("rung_before")
    by_rung = moves.rows.set_index("before")
    for before in "123456":
        for after in "123456":
            step = int(after) - int(before)
            name = f"n_{'up' if step > 0 else 'down'}_{SIZES[abs(step) - 1]}" if step else "n_equal"
            assert by_rung.loc[before, name] == counted.loc[before, f"n_{after}"]


def test_all_of_many_is_shown(project):
    for table in protect_together(*participation.ladder(cohort_of(project, *MANY), 6)):
        assert not table.hidden.to_numpy(bool).any()


def test_who_else_scored_is_said(project):
    groups = [*MANY[:-1], People(20, "2", "3", rater="client")]
    assert not one(participation.ladder(cohort_of(project, *groups), 6)[0])["is_coach_only"]


@pytest.mark.parametrize(
    ("groups", "has"),
    [
        # Six of 31 were not measured: that would follow from 31 and 25.
        ((People(16, "2", "3"), People(9, "2", "2"), People(6, "2")), {"n_everybody", "n_up", "n_rest"}),
        # Five without a first score and fourteen without a second: together they are nineteen.
        ((People(27, "2", "3"), People(14, "2", "2"), People(14, "2"), People(5)), {"n_everybody", "n_not_measured", "n_measured", "n_up"}),
    ],
)  # fmt: skip
def test_how_few_were_not_measured_cannot_be_found(project, groups, has):
    steps, moves = participation.ladder(cohort_of(project, *groups), 6)
    assert has <= set(steps.rows)
    assert ("n_measured" in steps.rows) is ("n_measured" in has)
    shown, _ = protect_together(steps, moves)
    assert not shown.hidden[[*has]].any(axis=None)
    without = participation.without_change(cohort_of(project, *groups), 6, steps)
    assert list(without.counts) == ["n_everybody"]


def test_a_register_without_scores(project):
    steps, moves = participation.ladder(cohort_of(project, People(30)), 6)
    assert one(steps)["n_measured"] == 0
    protect_together(steps, moves)


def test_without_change_is_worked_out_from_the_first_scores(project):
    cohort = cohort_of(project, *MANY)
    steps, _ = participation.ladder(cohort, 6)
    row = one(participation.without_change(cohort, 6, steps))
    assert row["n_measured"] == MEASURED
    first = [20 + 30 + 15, 25 + 40 + 12 + 18, 20 + 10, 0, 0, 0]
    found = steps_from_low_point(first, 0.8, 2)
    assert (row["up_of_two_at_eight"], row["down_of_two_at_eight"]) == (found.up, found.down)
    assert row["up_of_one_at_nine"] == steps_from_low_point(first, 0.9, 1).up


def test_names_of_the_page_are_those_of_the_numbers():
    assert RELIABILITIES == participation.RELIABILITIES
    assert [*MOMENTS] == [*participation.MOMENTS, participation.OTHERS]
    assert SIZES == participation.NUMBERS


def test_others_are_those_who_never_took_part(project):
    """Of sixty others with scores ten were in another programme; the rest count, and are set beside the participants."""
    tables = tables_of(*MANY)
    for name, values in (
        ("persons", {"municipality": "GM0197", "birth_year": 1980, "sex": "1"}),
        ("benefit_spells", {}),
    ):
        for each in range(60):
            row = {**values, "person_id": f"ZZ{each}ZZ"}
            if name == "benefit_spells":
                row |= {"benefit_id": f"ZZ{each}ZZ", "first_day": "2015-01-01", "scheme": "01"}
            for column in tables[name]:
                tables[name][column] = [*tables[name][column], row.get(column)]
    scores = tables["ladder_scores"]
    for each in range(60):
        for day, rung in (("2019-01-12", str(1 + each % 4)), ("2019-05-12", str(1 + each % 4))):
            for column, value in zip(scores, (f"ZZ{each}ZZ", day, rung, "vng_6", "other"), strict=True):
                scores[column] = [*scores[column], value]
    listed = tables["participations"]
    for each in range(10):
        row = {"person_id": f"ZZ{each}ZZ", "programme": "ander", "status": "selected", "selected_day": "2019-02-01"}
        for column in listed:
            listed[column] = [*listed[column], row.get(column)]
    register = store(project, **{name: rows for name, rows in tables.items() if len(rows["person_id"])})
    cohort = programme_cohort(register, programme(), definitions=FOLLOWED)
    everybody = register_cohort(register, "2019-01-10", definitions=FOLLOWED)
    outside = participation.never_in_a_programme(everybody)
    assert set(outside.participants["person_id"]) == {f"ZZ{each}ZZ" for each in range(10, 60)}
    found = one(participation.steps_of_others(cohort, everybody, 6))
    assert (found["n_measured"], found["n_equal"]) == (50, 50)
    row = one(participation.without_change(cohort, 6, participation.ladder(cohort, 6)[0], everybody))
    assert row["n_others"] == 50
    # They are spread over four rungs and participants start lower: those go up.
    assert row["up_of_others_at_six"] > row["down_of_others_at_six"]
    assert one(participation.steps_of_others(cohort, None, 6))["n_measured"] == 0


def test_jobs_once_each(project):
    groups = [
        People(40), People(30, last="2019-03-31", reason="11"), People(12, hours=20), People(13, hours=12), People(14, hours=8),
        People(15, hours=0), People(16, last="2019-03-31"), People(17, last="2019-03-31", reason="02"),
    ]  # fmt: skip
    found = beside_the_ladder.jobs(cohort_of(project, *groups), 6).rows.set_index("job")
    n = found["n"].to_dict()
    assert (n["left_for_work"], n["16_or_more"], n["12_to_15"], n["under_12"], n["hours_unknown"]) == (
        30,
        12,
        13,
        14,
        15,
    )
    assert (n["job_of_16"], n["job_of_12"], n["any_job"]) == (42, 55, 42 + 13 + 14 + 15)
    assert (n["reason_unknown"], n["not_told"], n["no_job"], n["all"]) == (16, 16, 40 + 17, 157)
    assert (found.loc["job_of_16", "low"], found.loc["job_of_16", "high"]) == pytest.approx(wilson(42, 157))


def test_nobody_is_followed_so_long(project):
    cohort = cohort_of(project, People(30))
    assert beside_the_ladder.jobs(cohort, 60).rows[["job", "n"]].values.tolist() == [["all", 30]]
    assert beside_the_ladder.activities(cohort, 60).rows[["activity", "n"]].values.tolist() == [["all", 30]]


def test_activities_may_overlap(project):
    groups = [People(20, kind="education"), People(30, kind="care"), People(11, kind="participation"), People(25),
              People(10, last="2019-03-31", reason="01")]  # fmt: skip
    found = beside_the_ladder.activities(cohort_of(project, *groups), 6).rows.set_index("activity")["n"].to_dict()
    assert found == {"education": 20 + 10, "participation": 30 + 11, "all": 96}


HOUSEHOLDS = (
    (40, (3, 2, 0), (4, 2, 1)), (30, (2, 2), (3, 3)), (20, (1, 3), (2, 5)), (10, (0, 0), (1, 1)), (11, (0, 2), (1, 4)),
    (25, (2,), (3,)), (12, (2, None), (3, 1)),
)  # fmt: skip


def test_households_from_the_first_to_the_last_visit(project):
    register = store(project, household_visits=visits_of(*HOUSEHOLDS))
    visited = beside_the_ladder.visits(register, programme()).rows.set_index("visited")["n"].to_dict()
    assert visited == {"once": 25, "known": 111, "unknown": 12, "again": 123, "all": 148}
    needs = beside_the_ladder.household_steps(register, programme(), "needs").rows.set_index(["change", "at_goal"])["n"]
    assert needs.xs("all", level="at_goal").to_dict() == {"fewer": 40, "equal": 30 + 10, "more": 20 + 11, "all": 111}
    assert (needs["all", "first"], needs["all", "last"], needs["all", "reached"]) == (10 + 11, 40 + 10, 40)
    helpers = beside_the_ladder.household_steps(register, programme(), "professionals").rows
    helpers = helpers.set_index(["change", "at_goal"])["n"]
    assert (helpers["all", "first"], helpers["all", "last"], helpers["more", "left"]) == (10 + 11, 40 + 10, 11)
    # As `cohorts.household_table` counts them, where nothing is missing.
    register = store(project, household_visits=visits_of(*HOUSEHOLDS[:-1]))
    other = household_table(register, programme()).set_index("measure")
    again = beside_the_ladder.household_steps(register, programme(), "needs").rows.set_index(["change", "at_goal"])["n"]
    assert other.loc["n_needs", ["n_fewer", "n_equal", "n_more"]].tolist() == [
        again[each, "all"] for each in ("fewer", "equal", "more")
    ]
    assert other.loc["n_needs", "n_target_last"] == again["all", "last"]


def test_households_pass_the_gate_together(project):
    register = store(project, household_visits=visits_of(*HOUSEHOLDS))
    shown = protect_together(
        beside_the_ladder.visits(register, programme()),
        *(beside_the_ladder.household_steps(register, programme(), measure) for measure in beside_the_ladder.MEASURES),
    )
    assert [table.record.cells[0].measure for table in shown] == ["n"] * 3
    assert not any(table.hidden["n"].any() for table in shown)


def test_a_register_without_visits(project):
    register = store(project, persons={"person_id": ["QQ"], "municipality": ["GM0197"]})
    assert beside_the_ladder.visits(register, programme()).rows["n"].sum() == 0
    assert protect(beside_the_ladder.household_steps(register, programme(), "needs")).rows["n"].sum() == 0
    with pytest.raises(InvalidDataError, match="needs"):
        beside_the_ladder.household_steps(register, programme(), "need")


def test_published_figures_come_out(project):
    """TNO: of 472 one in four a big step within half a year, 10% education and nearly 15% a job."""
    own = Project(ROOT)
    coaches = read_programme("participatiecoaches", own)
    programmes = [read_programme(each, own) for each in list_programmes(own)]
    made = simulate_municipality("GM0202", programmes, seed=1)
    register = store(project, "GM0202", extract_day=f"{made.extract_day:%Y-%m-%d}", **{
        name: rows for name, rows in made.tables.items() if len(rows)
    })  # fmt: skip
    cohort = programme_cohort(register, coaches)
    steps, _ = participation.ladder(cohort, 6)
    row = one(steps)
    assert row["n_everybody"] == 472
    assert row["n_up_more"] == 472 / 4
    counted = counted_as_published(make_groups(register, coaches), programmes).rows.set_index("outcome")["n_register"]
    assert counted.to_dict() == {
        "all": 472,
        "big_step": 472 / 4,
        "education": round(0.10 * 472),
        "paid_job": int(0.15 * 472),
    }
