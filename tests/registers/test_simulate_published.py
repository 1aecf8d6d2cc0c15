"""Simulated registers of the programme files: published counts come out, and real registers are left alone."""

import json

import numpy as np
import pandas as pd
import pytest

from evaltools.errors import InvalidDataError
from evaltools.programmes import list_programmes, read_programme
from evaltools.project import Project
from evaltools.registers.simulate import (
    Written,
    count_day,
    published_counts,
    simulate_municipality,
    write_simulated,
)
from evaltools.registers.store import Origin, open_register, write_registers
from evaltools.registers.tables import TABLES
from evaltools.registers.validation import findings
from tests.conftest import MINIMAL, ROOT

OWN = Project(ROOT)
PROGRAMMES = [read_programme(slug, OWN) for slug in list_programmes(OWN)]
MUNICIPALITIES = sorted({code for programme in PROGRAMMES for code in programme.municipalities})
CLAIMS = [(programme, claim) for programme in PROGRAMMES for claim in programme.claims]


@pytest.fixture(scope="module")
def simulated():
    return {code: simulate_municipality(code, PROGRAMMES, seed=1) for code in MUNICIPALITIES}


def in_municipality(code):
    return [programme for programme in PROGRAMMES if code in programme.municipalities]


@pytest.mark.parametrize("code", MUNICIPALITIES)
def test_every_table_is_valid(simulated, code):
    assert {name: findings(simulated[code].tables[name], table) for name, table in TABLES.items()} == {
        name: [] for name in TABLES
    }


@pytest.mark.parametrize(("programme", "claim"), CLAIMS, ids=lambda value: getattr(value, "slug", ""))
def test_published_counts_come_out(simulated, programme, claim):
    tables = simulated[claim.municipality].tables
    day = count_day(programme, claim, in_municipality(claim.municipality))
    counts = published_counts(tables, programme.slug, claim, day).set_index("name")
    if claim.population:
        assert counts.loc["population", "n"] == claim.population.n
    for outcome in claim.outcomes:
        n, n_whole = counts.loc[outcome.name, "n"], counts.loc[outcome.name, "n_whole"]
        if outcome.n is not None:
            assert n == outcome.n
        else:
            decimals = outcome.percent_decimals
            assert round(100 * n / n_whole, decimals) == round(100 * outcome.share, decimals)
            assert n <= outcome.share * n_whole or outcome.precision != "at_most"
    for output in claim.outputs:
        if output.unit == "households":
            assert 0.95 * output.n < counts.loc[output.name, "n"] < output.n


def test_the_claims_that_must_come_out_are_among_them():
    sizes = {programme.slug: [claim.size(outcome.name) for outcome in claim.outcomes] for programme, claim in CLAIMS}
    assert sizes["aandacht-helpt"] == [108, 38, 162, 17, 53, 106]
    assert sizes["samen-sterk"] == [83, 150, 516]
    assert len(sizes["participatiecoaches"]) == 3


def test_groups_overlap_as_the_counts_force(simulated):
    tables = simulated["GM0197"].tables
    people = tables["participations"]
    day = pd.Timestamp("2020-03-31")
    goes_on = (people["first_day"] <= day) & ~(people["last_day"] <= day)
    takes_part = people["kind"].isin(["participation", "care"])
    incomes = tables["incomes"]
    works = people["person_id"].isin(
        incomes.loc[(incomes["kind"] == "11") & (incomes["month"] == "2020-03-01"), "person_id"]
    )
    spells = tables["benefit_spells"]
    runs = (spells["first_day"] <= day) & ~(spells["last_day"] < day)
    on_benefit = people["person_id"].isin(spells.loc[runs, "person_id"])
    members = (goes_on.astype(int) + takes_part + works)[on_benefit]
    assert members.sum() == 17 + 53 + 106
    assert (members - 1).clip(lower=0).sum() >= 17 + 53 + 106 - 162


def test_selected_residents_had_been_on_benefit_for_two_years(simulated):
    tables = simulated["GM0197"].tables
    joined = tables["participations"].merge(tables["benefit_spells"], on="person_id", suffixes=("", "_benefit"))
    on_that_day = (joined["first_day_benefit"] <= joined["selected_day"]) & ~(
        joined["last_day_benefit"] < joined["selected_day"]
    )
    assert on_that_day.sum() == 270
    months = (joined["selected_day"] - joined["first_day_benefit"]).dt.days / 30.5
    assert (months[on_that_day] > 23).all()


def work_exits_of_unpicked(tables, period, months):
    """Share with an exit to work among those whom no programme picked, from a day of their own in the period.

    Of couples nobody, as one of them is followed.
    """
    persons, spells = tables["persons"], tables["benefit_spells"][["person_id", "first_day", "last_day", "exit_reason"]]
    is_free = ~persons["person_id"].isin(tables["participations"]["person_id"]) & (persons["household_type"] != "3")
    free = persons.loc[is_free, ["person_id"]].reset_index(drop=True)
    starts = pd.date_range(*period, freq="MS")
    free["month"] = np.random.default_rng(1).choice(starts, len(free))
    free["day"] = free["month"] + pd.Timedelta(days=14)
    joined = free.merge(spells, on="person_id")
    through = (joined["first_day"] < joined["month"]) & ~(
        joined["last_day"] < joined["month"] + pd.offsets.MonthBegin(1)
    )
    eligible = joined.loc[through, "person_id"]
    until = joined["day"] + pd.Timedelta(days=round(months * 365.25 / 12))
    to_work = joined["exit_reason"].isin(["11", "13"]) & joined["last_day"].between(joined["day"], until)
    return eligible.isin(joined.loc[to_work, "person_id"]).mean()


def test_truth_of_a_programme_agrees_with_the_register_that_another_calibrates(simulated):
    """The Impulsregeling published no exits; samen-sterk, in the same municipality, did and halves the hazard of work."""
    made = [simulated["GM0222"], *(simulate_municipality("GM0222", PROGRAMMES, seed=seed) for seed in (2, 3))]
    differences = []
    for simulation in made:
        truth = simulation.truth.of("impulsregeling-parttime-werken")
        assert simulation.truth.shift_work < -0.2
        assert truth.shift_work_participants == 0
        counted = work_exits_of_unpicked(simulation.tables, (truth.selected_from, truth.selected_until), 24)
        differences.append(counted - truth.effect("work_exit", 24, "eligible").share_without)
    # Some 1,100 people in each, of whom 11% exit: a standard error of 0.6 points for three. The 60 who were picked
    # have better prospects, and ends of the last months are not entered yet: a point less. Unshifted it is 5 points.
    assert abs(sum(differences) / len(differences)) < 0.025


@pytest.mark.parametrize("code", MUNICIPALITIES)
def test_trajectories_lie_within_the_benefit(simulated, code):
    tables = simulated[code].tables
    started = tables["participations"].dropna(subset=["first_day"])
    joined = started.merge(tables["benefit_spells"], on="person_id", suffixes=("", "_benefit"))
    begins, ends = joined["first_day"], joined["last_day_benefit"]
    on_benefit = joined[(joined["first_day_benefit"] <= begins) & ~(ends < begins)]
    assert set(on_benefit["person_id"]) == set(started["person_id"])
    # Each is in one benefit, also who leaves and comes back.
    late = on_benefit["last_day_benefit"].notna() & ~(on_benefit["last_day"] <= on_benefit["last_day_benefit"])
    assert not late.any()
    days = (on_benefit["last_day"] - on_benefit["first_day"]).dt.days
    assert not (days >= 456).any()
    assert (days[on_benefit["last_day"] != on_benefit["last_day_benefit"]].dropna() >= 180).all()


def test_programmes_of_a_municipality_have_other_participants(simulated):
    people = simulated["GM0222"].tables["participations"]
    assert people["programme"].nunique() == 3
    assert not people["person_id"].duplicated().any()


def test_order_of_programmes_does_not_matter_and_the_seed_does(simulated):
    again = simulate_municipality("GM1509", PROGRAMMES[::-1], seed=1)
    other = simulate_municipality("GM1509", PROGRAMMES, seed=2)
    for name, rows in simulated["GM1509"].tables.items():
        pd.testing.assert_frame_equal(rows, again.tables[name])
    assert not other.tables["persons"].equals(again.tables["persons"])


def test_visits_find_fewer_professionals_and_needs(simulated):
    visits = simulated["GM0080"].tables["household_visits"].sort_values(["household_id", "day"])
    number = visits.groupby("household_id").cumcount()
    means = visits.groupby(number)[["n_professionals", "n_needs"]].mean()
    assert (means.iloc[0] > means.iloc[3]).all()


def test_workplaces_are_offered_filled_and_left(simulated):
    tables = simulated["GM1509"].tables
    placements = tables["placements"]
    filled = placements[placements["person_id"].notna()]
    assert 0 < len(filled) < len(placements)
    assert set(filled["person_id"]) <= set(tables["participations"]["person_id"])
    assert 0 < filled["last_day"].notna().sum() < len(filled)
    incomes = tables["incomes"][tables["incomes"]["kind"] == "11"].merge(filled, on="person_id")
    in_it = incomes["month"].between(incomes["filled_day"], incomes["last_day"].fillna(pd.Timestamp("2021-08-31")))
    assert incomes.loc[in_it, "person_id"].nunique() > len(filled) / 2
    assert (incomes["hours_per_week_x"] == incomes["hours_per_week_y"])[in_it].all()


def person_rows(**columns):
    return pd.DataFrame({"person_id": list("abcdef"), **columns})


def test_counts_of_a_register_made_by_hand():
    """Six people: a left for work, b for study, c works 20 hours, d 6 hours, e came back, f is in the other arm.

    What d and e begin, they begin after the day.
    """
    day = "2020-03-31"
    tables = {
        "participations": person_rows(
            programme="proef",
            status=["completed", "selected", "started", "started", "started", "selected"],
            selected_day="2019-01-01",
            first_day=["2019-02-01", None, "2019-02-01", "2020-04-01", "2020-04-01", None],
            last_day=[day, None, None, None, None, None],
            kind=["work", None, "care", "education", "participation", None],
            arm=["programme"] * 5 + ["comparison"],
        ),
        "benefit_spells": pd.DataFrame({
            "person_id": list("abcdeef"),
            "benefit_id": list("1234567"),
            "scheme": "01",
            "first_day": ["2015-01-01"] * 5 + ["2020-03-31", "2015-01-01"],
            "last_day": ["2020-03-30", "2019-09-01", day, None, "2019-12-01", None, "2019-09-01"],
            "exit_reason": ["11", "01", "13", None, "31", None, "11"],
        }),
        "incomes": pd.DataFrame({
            "person_id": list("cda"), "month": "2020-03-01", "kind": "11", "hours_per_week": [20.0, 6.0, 36.0],
        }),
        "ladder_scores": pd.DataFrame({
            "person_id": list("aaaccddee"), "variant": ["vng_6"] * 8 + ["5"], "rater": "coach",
            "day": ["2018-06-01", "2019-02-01", "2019-08-01", "2019-02-01", "2019-09-30", "2019-02-01", "2019-04-01",
                    "2019-02-01", "2019-04-01"],
            "rung": list("313142314"),
        }),
        "household_visits": {},
    }  # fmt: skip
    tables = {name: TABLES[name].frame(rows) for name, rows in tables.items()}
    expected = {
        "exit": 2,  # a and b; c has benefit on its last day, e came back
        "still_on_benefit": 3,
        "work_exit": 1,
        "part_time_work": 2,
        "paid_job": 2,  # a and c
        "trajectory": 1,  # c; that of a ends on the day itself, that of d begins after it
        "participation": 1,  # c; e begins after the day
        "education": 1,  # b left for it; d begins after the day
        "ladder_step": 1,  # a, whose score before selection is no first; c too late, d one rung, e another ladder
    }
    outcomes = [{"name": kind, "kind": kind, "label": kind, "n": n} for kind, n in expected.items()]
    outcomes[2]["within"] = "exit"
    claim = type(CLAIMS[0][1]).model_validate({
        "municipality": "GM0197",
        "population": {"n": 5, "unit": "residents", "stage": "selected", "meaning": "vijf mensen"},
        "outcomes": outcomes[:8],
        "source": {"title": "krant"},
    })  # fmt: skip
    last = claim.model_copy(update={"outcomes": (claim.outcomes[0].model_copy(update=outcomes[8]),)})
    found = {
        row.kind: row.n
        for each in (claim, last)
        for row in published_counts(tables, "proef", each, pd.Timestamp(day)).itertuples()
    }
    assert found == {"selected": 5, **expected}


IMPOSSIBLE = (
    MINIMAL
    + """\
claims:
  - municipality: GM0197
    population: {n: 100, unit: residents, stage: started, meaning: deelnemers}
    outcomes:
      - {name: big_step, kind: ladder_step, label: een flinke stap, n: 100}
    source: {title: krant}
"""
)


def test_a_count_that_cannot_come_out_is_named(project, write_programme):
    write_programme(IMPOSSIBLE)
    with pytest.raises(InvalidDataError, match="proef: 'big_step' is 100 in the programme file") as caught:
        simulate_municipality("GM0197", [read_programme("proef", project)], seed=1)
    assert caught.value.subject == "the simulated register of GM0197"


AFTERCARE = (
    MINIMAL
    + """\
claims:
  - municipality: GM0197
    population: {n: 100, unit: residents, stage: selected, meaning: deelnemers}
    outcomes:
      - {name: left, kind: exit, label: uit de uitkering, n: 30}
      - {name: goes_on, kind: trajectory, label: volgt een traject, n: 90}
    source: {title: krant}
"""
)


def test_who_left_goes_on_only_where_the_published_count_needs_it(project, write_programme):
    write_programme(AFTERCARE)
    made = simulate_municipality("GM0197", [read_programme("proef", project)], seed=1)
    people, spells = made.tables["participations"], made.tables["benefit_spells"]
    day = pd.Timestamp("2020-12-31")
    goes_on = (people["first_day"] <= day) & ~(people["last_day"] <= day)
    runs = spells.loc[(spells["first_day"] <= day) & ~(spells["last_day"] <= day), "person_id"]
    # All 70 on benefit, less who has it on the last day of the year for the last time, and the others in aftercare.
    assert goes_on.sum() == 90
    assert (goes_on & ~people["person_id"].isin(runs)).sum() == 90 - people["person_id"].isin(runs).sum()
    first = people[goes_on].merge(spells, on="person_id", suffixes=("", "_benefit"))
    begins_on = (first["first_day_benefit"] <= first["first_day"]) & ~(first["last_day_benefit"] < first["first_day"])
    assert first.loc[begins_on, "person_id"].nunique() == 90


def one_more(n_population, n_work):
    """A programme file that published exits to work."""
    return (
        AFTERCARE.split("    population", maxsplit=1)[0]
        + f"""\
    population: {{n: {n_population}, unit: residents, stage: selected, meaning: deelnemers}}
    outcomes:
      - {{name: works, kind: work_exit, label: aan het werk, n: {n_work}}}
    source: {{title: krant}}
"""
    )


def test_a_second_published_count_shifts_its_participants_alone(project, write_programme):
    write_programme(one_more(100, 30))
    write_programme(one_more(60, 3), "twee")
    # Counts that do not come out would be an error.
    made = simulate_municipality("GM0197", [read_programme(slug, project) for slug in ("proef", "twee")], seed=1)
    first, second = made.truth.of("proef"), made.truth.of("twee")
    assert made.truth.shift_work > 0
    assert made.truth.shifted_from == first.selected_from
    assert first.shift_work_participants == 0
    assert second.shift_work_participants < 0
    found = json.loads(made.truth.to_json())
    assert found["shift_work"] == made.truth.shift_work
    assert found["programmes"][1]["shift_work_participants"] == second.shift_work_participants


def test_a_trial_has_a_comparison_arm(project, write_programme):
    write_programme(MINIMAL.replace("before_after", "rct"))
    made = simulate_municipality("GM0197", [read_programme("proef", project)], seed=1)
    assert made.tables["participations"]["arm"].value_counts().to_dict() == {"programme": 60, "comparison": 60}


def test_registers_are_written_once(project, write_programme):
    write_programme()
    write_programme(MINIMAL.replace("GM0197", "GM0197, GM0222"), "twee")
    seen = []
    written = write_simulated(project, ["proef"], seed=1, when_done=seen.append)
    assert [(done.municipality, done.status) for done in written] == [("GM0197", "written")]
    assert seen == written
    register = open_register("GM0197", project)
    assert register.is_simulated
    assert set(register.participations["programme"]) == {"proef", "twee"}
    assert {(origin.profile, origin.key_check) for origin in register.origins.values()} == {("simulated", "simulated")}
    assert written[0].n_rows == sum(len(register.read(name)) for name in TABLES)

    def statuses(**settings):
        return [done.status for done in write_simulated(project, **{"seed": 1, **settings})]

    assert statuses() == ["up_to_date", "written"]
    assert statuses() == ["up_to_date", "up_to_date"]
    assert statuses(programmes=["proef"], force=True) == ["written"]
    assert statuses(seed=2) == ["written", "written"]
    write_programme(MINIMAL.replace("Een proef", "Een andere proef"))
    assert statuses(seed=2) == ["written", "up_to_date"]


def test_truth_lies_beside_the_register_and_holds_nobody(project, write_programme):
    write_programme()
    write_simulated(project, seed=1)
    register = open_register("GM0197", project)
    text = (register.folder / "truth.json").read_text("utf-8")
    truth = json.loads(text)
    assert truth["is_simulated"] is True
    assert truth["parameters"]["seed"] == 1
    (programme,) = truth["programmes"]
    people = register.participations
    assert programme["programme"] == "proef"
    assert programme["n_participants"] == len(people)
    assert people["selected_day"].between(programme["selected_from"], programme["selected_until"]).all()
    assert not any(name in text for name in register.persons["person_id"])


def test_a_real_register_is_never_touched(project, write_programme):
    write_programme()
    origin = Origin(extract_day="2020-01-01", source="0", is_simulated=False, profile="p", key_check="k")
    rows = TABLES["persons"].frame({"person_id": ["a"], "municipality": ["GM0197"]})
    write_registers({"GM0197": {"persons": (rows, origin)}}, project=project)
    assert write_simulated(project, seed=1, force=True) == [Written("GM0197", "real", 1)]
    assert open_register("GM0197", project).persons["person_id"].tolist() == ["a"]


def test_what_was_taken_in_as_simulated_is_left_alone(project, write_programme):
    write_programme()
    origin = Origin(extract_day="2020-01-01", source="0", is_simulated=True, profile="bus", key_check="k")
    rows = TABLES["persons"].frame({"person_id": ["a"], "municipality": ["GM0197"]})
    write_registers({"GM0197": {"persons": (rows, origin)}}, project=project)
    assert write_simulated(project, seed=1, force=True) == [Written("GM0197", "real", 1)]


def test_a_register_from_before_the_count_is_refused(project, write_programme):
    write_programme()
    write_simulated(project, seed=1)
    programme, claim = CLAIMS[0]
    with pytest.raises(InvalidDataError, match="extracted before"):
        published_counts(open_register("GM0197", project), programme.slug, claim, pd.Timestamp("2050-01-01"))


MEANT = """\
eligibility: {schemes: ["01"], months_on_benefit_at_least: 6, months_on_benefit_at_most: 120, age_at_least: 20,
  age_below: 50, origin_status: other, neighbourhoods: [Noord, Zuid]}
"""


def test_participants_are_whom_the_programme_is_for(project, write_programme):
    write_programme(MINIMAL + MEANT)
    made = simulate_municipality("GM0197", [read_programme("proef", project)], seed=1)
    people = made.tables["participations"].merge(made.tables["persons"], on="person_id")
    assert len(people) == 60
    age = people["selected_day"].dt.year - people["birth_year"]
    assert age.between(20, 49).all()
    assert (people["origin_status"] == "other").all()
    assert set(people["neighbourhood"]) == {"Noord", "Zuid"}
    assert set(made.tables["persons"]["neighbourhood"]) > {"Noord", "Zuid"}
    spells = people.merge(made.tables["benefit_spells"], on="person_id", suffixes=("", "_benefit"))
    on_that_day = (spells["first_day_benefit"] <= spells["selected_day"]) & ~(
        spells["last_day_benefit"] < spells["selected_day"]
    )
    spells = spells[on_that_day]
    assert len(spells) == 60
    assert (spells["scheme"] == "01").all()
    # The simulator steps through whole months.
    days = (spells["selected_day"] - spells["first_day_benefit"]).dt.days
    assert days.between(6 * 30, 120 * 31).all()
