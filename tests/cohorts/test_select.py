"""Who is in: what is refused, what is counted, what is shown of it."""

from dataclasses import replace

import pandas as pd
import pytest

from evaltools.cohorts import (
    Definitions,
    comparison_cohort,
    durable_exits,
    job_table,
    ladder_table,
    membership_table,
    outcome_table,
    outcomes_at,
    overlap_table,
    programme_cohort,
    register_cohort,
    relapse_table,
    table_one,
)
from evaltools.errors import InvalidDataError
from evaltools.programmes import Eligibility
from tests.cohorts.examples import CENSORING_DAY, programme_of, register_of

NAMES = [f"Secret{number}" for number in range(30)]
GIVEN = Definitions(censoring_day=CENSORING_DAY)


def register(n=30, **tables):
    names = NAMES[:n]
    spells = {"person_id": names, "first_day": "2015-01-01", "last_day": None}
    return register_of(
        {"benefit_spells": pd.DataFrame(spells), **{name: pd.DataFrame(rows) for name, rows in tables.items()}}
    )


def cohort_of(made, **options):
    return programme_cohort(made, programme_of(), definitions=GIVEN, **options)


def refusal(do):
    with pytest.raises(InvalidDataError) as caught:
        do()
    text = str(caught.value)
    assert "Secret" not in text
    assert "2019-" not in text  # no day of a person
    return text


def test_nobody_eligible_tells_where_everybody_fell_away():
    made = register(persons={"person_id": NAMES, "birth_year": [1970] * 20 + [None] * 10})
    text = refusal(lambda: cohort_of(made, eligibility=Eligibility(age_below=27)))
    assert "30 persons in the register, 10 fell away at age_unknown, 20 fell away at too_old" in text


def test_an_extract_from_before_the_programme():
    listed = {"person_id": NAMES, "selected_day": "2021-06-01"}
    text = refusal(lambda: cohort_of(register(participations=listed)))
    assert "30 fell away at not_followed" in text
    assert "People are followed until 2021-05-01 and the register shows ends from a day that is not known on" in text


def test_who_starts_on_the_last_day_that_is_followed_is_not_followed():
    listed = {"person_id": NAMES[:2], "selected_day": ["2021-05-01", "2021-04-30"]}
    cohort = cohort_of(register(participations=listed))
    assert cohort.participants["person_id"].tolist() == [NAMES[1]]
    assert cohort.participants["months"].tolist() == [1 / (365.25 / 12)]


def test_one_person():
    cohort = cohort_of(register(1))
    assert outcome_table(cohort, (12,))["n"].sum() == 1
    described = table_one(cohort, variables=("age", "months_on_benefit")).set_index("variable")
    assert described.loc["months_on_benefit", "value_programme"] == pytest.approx(48, abs=0.05)
    assert pd.isna(described.loc["months_on_benefit", "sd_programme"])


def test_a_register_without_what_is_asked_for():
    cohort = cohort_of(register())
    assert refusal(lambda: ladder_table(cohort)).endswith("has no ladder_scores; steps cannot be told without them")
    assert relapse_table(cohort)[["n_exits", "n_followed", "n_returned"]].to_numpy().sum() == 0  # which is known
    assert durable_exits(cohort)["n_durable"].tolist() == [0, 0]
    jobs = job_table(cohort, 12)
    assert jobs["n_job"].isna().all()
    assert jobs["n_beside_benefit"].isna().all()
    assert (jobs["n_work_exit"] == 0).all()
    without = register_of({"benefit_spells": pd.DataFrame({"person_id": NAMES, "first_day": "2015-01-01", "last_day": None}),
                           "participations": pd.DataFrame({"person_id": NAMES})})  # fmt: skip
    bare = type(without)(
        without.municipality,
        without.folder,
        {name: origin for name, origin in without.origins.items() if name != "participations"},
        without.held,
    )
    assert refusal(lambda: cohort_of(bare)).endswith("has no participations; ingest it first")
    alone = register_cohort(bare, "2018-01-01", definitions=GIVEN)
    table = outcome_table(alone, (12,)).set_index("outcome")
    assert pd.isna(table.loc["in_trajectory", "n"])
    assert table.loc["on_benefit", "n"] == 30
    wish = Eligibility(without_open_trajectory=True)
    text = refusal(lambda: register_cohort(bare, "2018-01-01", eligibility=wish, definitions=GIVEN))
    assert "nobody can be said to be without an open trajectory" in text


def test_a_programme_that_nobody_is_in():
    made = register(participations={"person_id": NAMES, "programme": "proef-twee"})
    assert refusal(lambda: cohort_of(made)).endswith(
        "has nobody in proef; did you mean 'proef-twee'? Allowed: proef-twee"
    )


def test_a_study_with_two_arms():
    arms = ["programme"] * 10 + ["comparison"] * 5 + [None] * 5
    made = register(participations={"person_id": NAMES[:20], "arm": arms})
    assert len(cohort_of(made)) == 15  # whose arm is not named is in the programme
    assert len(cohort_of(made, arm="comparison")) == 5
    assert "has nobody in the arm 'control' of proef; allowed: comparison" in refusal(
        lambda: cohort_of(made, arm="control")
    )
    one = register(participations={"person_id": NAMES[:20]})
    assert "nobody in the arm 'comparison'" in refusal(lambda: cohort_of(one, arm="comparison"))


def test_persons_with_two_rows():
    rows = {"person_id": [*NAMES, NAMES[0], NAMES[1]], "birth_year": [1970] * 31 + [1971]}
    text = refusal(lambda: cohort_of(register(persons=rows)))
    assert "persons: 1 person with two rows that differ" in text  # a row that stands twice is one


def test_rows_that_cannot_be():
    spells = pd.DataFrame({"person_id": NAMES[:2], "first_day": ["2015-01-01", None], "last_day": ["2014-01-01", None]})
    text = refusal(lambda: cohort_of(register_of({"benefit_spells": spells})))
    assert "1 row without a person or first_day" in text
    assert "1 row with last_day before first_day" in text


def test_a_status_holder_and_a_neighbourhood():
    rows = {
        "person_id": NAMES,
        "origin_status": (["status_holder"] * 12 + ["other"] * 10 + [None] * 8),
        "neighbourhood": (["Noord", "Zuid", None] * 10),
    }
    made = register(persons=rows)
    wish = Eligibility(origin_status="status_holder", neighbourhoods=("Noord",))
    cohort = cohort_of(made, eligibility=wish)
    steps = cohort.flow.set_index("step")["n_excluded"]
    assert steps["origin_status_unknown"] == 8
    assert steps["origin_status"] == 10
    assert steps["neighbourhood_unknown"] == 4
    assert steps["neighbourhood"] == 4
    assert len(cohort) == 4
    assert cohort.eligibility == wish


def test_a_scheme_and_a_longest_time():
    spells = pd.DataFrame({
        "person_id": ["a", "b", "b", "c"], "scheme": ["01", "02", "01", "02"],
        "first_day": ["2018-06-01", "2018-06-01", "2010-01-01", "2015-01-01"], "last_day": [None, None, "2018-06-15", None],
    })  # fmt: skip
    made = register_of({"benefit_spells": spells})
    cohort = cohort_of(made, eligibility=Eligibility(schemes=("02",), months_on_benefit_at_most=60))
    steps = cohort.flow.set_index("step")["n_excluded"]
    assert (steps["scheme"], steps["too_long_on_benefit"]) == (1, 1)  # b went on from algemene bijstand
    assert cohort.participants["person_id"].tolist() == ["c"]
    everybody = cohort_of(made, eligibility=Eligibility())
    assert everybody.participants.set_index("person_id")["scheme"].astype(str).to_dict() == {
        "a": "01",
        "b": "02",
        "c": "02",
    }


def test_the_programme_file_says_who_and_how_long():
    ends = pd.date_range("2017-01-01", periods=400, freq="3D")
    spells = pd.DataFrame({
        "person_id": [f"p{number}" for number in range(402)], "first_day": ["2010-01-01"] * 401 + ["2018-06-01"],
        "last_day": [*ends, None, None], "registered_day": [*(ends + pd.Timedelta(days=20)), None, None],
    })  # fmt: skip
    made = register_of({"benefit_spells": spells, "participations": pd.DataFrame({"person_id": ["p400", "p401"]})})
    programme = programme_of(eligibility={"months_on_benefit_at_least": 24}, horizons_months=(3, 9))
    cohort = programme_cohort(made, programme)
    assert cohort.participants["person_id"].tolist() == ["p400"]
    assert outcome_table(cohort)["months"].unique().tolist() == [3, 9]
    assert cohort.flow["step"].tolist()[-2:] == ["followed_3_months", "followed_9_months"]
    assert len(programme_cohort(made, programme, eligibility=Eligibility())) == 2


def test_it_shows_counts_and_nobody():
    cohort = cohort_of(register(persons={"person_id": NAMES, "neighbourhood": "Secret street"}))
    for shown in (
        repr(cohort),
        cohort._repr_html_(),
        repr(cohort.history),
        repr(cohort.history.spells),
        repr(cohort.register),
    ):
        assert "Secret" not in shown
    assert "30 persons" in repr(cohort)
    assert "simulated" in repr(cohort)
    html = cohort._repr_html_()
    assert "<caption" in html
    assert "<td>30</td>" in html
    assert "censoring_day = 2021-05-31" in html


@pytest.mark.parametrize(
    ("mistake", "advice"),
    [
        (lambda made, cohort: programme_cohort(made, "samen-sterk"), "the programme: is of type str; pass read_programme"),
        (lambda made, cohort: programme_cohort("GM0222", programme_of()), "the register: is of type str; pass open_register"),
        (lambda made, cohort: register_cohort(made, "31-02-2019"), "the day of the cohort: is no day; give a date"),
        (lambda made, cohort: register_cohort(made, "2019-02-30"), "is no day"),
        (lambda made, cohort: register_cohort(made, "01-02-2019"), "is no day"),
        (lambda made, cohort: register_cohort(made, pd.NaT), "is no day"),
        (lambda made, cohort: register_cohort(made, 2019), "is no day"),
        (lambda made, cohort: register_cohort(made, None), "is no day"),
        (lambda made, cohort: comparison_cohort(cohort, elsewhere="GM1955"), "elsewhere: is of type str; pass open_register"),
        (lambda made, cohort: comparison_cohort(made), "the cohort: is of type HeldRegister; pass what programme_cohort"),
        (lambda made, cohort: outcome_table(made), "pass what programme_cohort()"),
        (lambda made, cohort: table_one(cohort, made), "pass what programme_cohort()"),
        (lambda made, cohort: table_one(cohort, cohort), "needs another name for each cohort; pass them as names="),
        (lambda made, cohort: table_one(cohort, variables=("agee",)), "did you mean 'age'?"),
        (lambda made, cohort: outcome_table(cohort, "12"), "months: must be one or more different whole numbers"),
        (lambda made, cohort: outcome_table(cohort, (12.5,)), "months: must be one or more different whole numbers"),
        (lambda made, cohort: outcome_table(cohort, 12, day="2020-01-01"), "take either months"),
        (lambda made, cohort: outcome_table(cohort, 12, unit="person"), "did you mean 'persons'?"),
        (lambda made, cohort: overlap_table(cohort, 12, names=("work_exits",)), "did you mean 'work_exit'?"),
        (lambda made, cohort: relapse_table(cohort, exits="works"), "allowed: all, work"),
    ],
)  # fmt: skip
def test_mistakes_in_a_call(mistake, advice):
    made = register()
    assert advice in refusal(lambda: mistake(made, cohort_of(made)))


def test_months_are_one_or_several():
    cohort = cohort_of(register())
    assert outcome_table(cohort, 12).equals(outcome_table(cohort, [12]))


def test_arms_that_are_not_named_are_not_the_programme():
    made = register(participations={"person_id": NAMES[:6], "arm": ["programme"] * 2 + ["control"] * 3 + ["wait-list"]})
    assert "proef has the arms control, wait-list beside 'programme'; name one with arm=" in refusal(
        lambda: cohort_of(made)
    )
    assert len(cohort_of(made, arm="control")) == 3
    twice = register(participations={"person_id": [NAMES[0], NAMES[0]], "arm": ["programme", "comparison"]})
    assert "1 person in two arms of proef" in refusal(lambda: cohort_of(twice))


def test_the_row_with_a_start_counts_where_the_start_does():
    listed = {"person_id": NAMES[:1] * 2, "status": ["selected", "started"],
              "selected_day": ["2019-01-01", "2019-06-01"], "first_day": [None, "2019-07-01"]}  # fmt: skip
    started = Definitions(censoring_day=CENSORING_DAY, start="started")
    cohort = programme_cohort(register(participations=listed), programme_of(), definitions=started)
    assert cohort.participants["index_day"].dt.strftime("%Y-%m-%d").tolist() == ["2019-07-01"]


def test_a_scheme_that_runs_beside_another_one():
    spells = pd.DataFrame({"person_id": ["a", "a"], "scheme": ["01", "02"], "first_day": ["2015-01-01", "2018-12-20"],
                           "last_day": ["2019-01-10", None]})  # fmt: skip
    assert len(cohort_of(register_of({"benefit_spells": spells}), eligibility=Eligibility(schemes=("02",)))) == 1


def ends_of(reasons, **more):
    spells = {
        "person_id": NAMES[: len(reasons)],
        "first_day": "2015-01-01",
        "last_day": "2019-05-31",
        "exit_reason": reasons,
    }
    return register_of({"benefit_spells": pd.DataFrame({**spells, **more})})


def test_a_register_without_any_reason_knows_no_work_and_no_move():
    cohort = cohort_of(ends_of([None] * 5))
    table = outcome_table(cohort, 12).set_index("outcome")["n"]
    assert table["unknown"] == 5
    assert table[["work", "education", "enforcement", "demographic", "moved"]].isna().all()
    assert job_table(cohort, 12)["n_work_exit"].isna().all()
    assert relapse_table(cohort)["n_for_good"].isna().all()
    assert membership_table(cohort, 12).set_index("name").loc[["work_exit", "moved"], "n"].isna().all()
    assert cohort.remarks.set_index("remark").loc["no_exit_reasons", "n"] == 5


def test_participants_that_were_changed_are_refused_and_a_subgroup_is_not():
    cohort = cohort_of(ends_of(["11", "31", "11", "01"], last_day=["2019-05-31", "2019-06-30", None, "2019-09-30"]))
    reversed_ones = cohort.participants.iloc[::-1]
    assert "use cohort.subgroup()" in refusal(lambda: outcome_table(replace(cohort, participants=reversed_ones), 12))
    fewer = cohort.participants.iloc[1:].reset_index(drop=True)
    assert "use cohort.subgroup()" in refusal(lambda: outcome_table(replace(cohort, participants=fewer), 12))
    some = cohort.subgroup("all_but_one", cohort.participants["person_id"] != NAMES[0])
    assert outcomes_at(some, 12)["outcome"].tolist() == ["enforcement", "on_benefit", "education"]
    last = some.flow.iloc[-1]
    assert (last["step"], last["n"], last["n_excluded"]) == ("all_but_one", 3, 1)
    assert "truth value" in refusal(lambda: cohort.subgroup("x", cohort.participants["age"] < 27))
    assert "truth value" in refusal(lambda: cohort.subgroup("x", [False] * 4))


def test_programmes_keep_their_horizons_whatever_else_is_chosen():
    cohort = programme_cohort(register(), programme_of(horizons_months=(3, 9)), definitions=GIVEN)
    assert cohort.definitions.horizons_months == (3, 9)
    own = Definitions(censoring_day=CENSORING_DAY, horizons_months=[12])
    assert programme_cohort(
        register(), programme_of(horizons_months=(3, 9)), definitions=own
    ).definitions.horizons_months == (12,)


def test_a_horizon_that_nobody_reaches_beside_one_that_some_do():
    table = outcome_table(cohort_of(register()), (12, 36)).set_index(["months", "outcome"])
    assert table.loc[(36, "too_short"), "n"] == 30
    assert table.loc[36, "n"].drop("too_short").isna().all()
    assert table.loc[(12, "on_benefit"), "n"] == 30
