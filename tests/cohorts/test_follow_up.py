"""How long people are followed, in registers that show it themselves."""

import datetime as dt

import pandas as pd
import pytest

from evaltools.cohorts import Definitions, outcomes_at, programme_cohort
from evaltools.errors import InvalidDataError
from tests.cohorts.examples import CENSORING_DAY, programme_of, register_of

N_ENDS = 400


def ends(n=N_ENDS, first="2019-01-01", lag=40, name="p"):
    """Benefits that ended on one day after the other, each registered so many days later."""
    days = pd.date_range(first, periods=n, freq="2D")
    return pd.DataFrame({
        "person_id": [f"{name}{number:03d}" for number in range(n)],
        "first_day": "2012-01-01",
        "last_day": days,
        "exit_reason": "31",
        "registered_day": days + pd.Timedelta(days=lag),
    })  # fmt: skip


def register_with(*people, participations, **options):
    rows = pd.concat([*people], ignore_index=True)
    known = rows[~(pd.to_datetime(rows["registered_day"]) > pd.Timestamp("2021-06-30"))]
    return register_of({"benefit_spells": known, "participations": participations}, **options)


def people(*names, first_day="2015-01-01", **more):
    return pd.DataFrame({"person_id": list(names), "first_day": first_day, "last_day": None, "exit_reason": None,
                         "registered_day": None, **more})  # fmt: skip


def listed(*names, selected_day="2019-06-01"):
    return pd.DataFrame({"person_id": list(names), "selected_day": selected_day})


def test_followed_until_the_lag_and_the_gap_before_the_extract():
    register = register_with(ends(), people("Anna"), participations=listed("Anna"))
    cohort = programme_cohort(register, programme_of())
    # The extract of 30 June, less 40 days of lag, less 30 days in which a benefit could begin again.
    assert cohort.followed_until == pd.Timestamp("2021-06-30") - pd.Timedelta(days=40 + 30)
    day_by_day = programme_cohort(register, programme_of(), definitions=Definitions(gap_days=0))
    assert day_by_day.followed_until == pd.Timestamp("2021-06-30") - pd.Timedelta(days=40)


def test_the_lag_is_of_the_municipality_and_not_of_the_participants():
    """Four in five ends are registered after 40 days, the others after 90; those of the two participants after 300."""
    quick, slow = ends(320), ends(80, lag=90, name="q")
    own = people("Anna", "Bea", last_day="2020-02-01", exit_reason="11", registered_day="2020-11-27")
    register = register_with(quick, slow, own, participations=listed("Anna", "Bea"))

    def days(share):
        definitions = Definitions(share_registered=share, gap_days=0)
        return (
            register.extract_day - programme_cohort(register, programme_of(), definitions=definitions).followed_until
        ).days

    assert days(0.95) == 90
    assert days(0.70) == 40


def test_a_register_that_shows_no_lag_needs_a_censoring_day():
    register = register_with(people("Anna"), participations=listed("Anna"))
    with pytest.raises(InvalidDataError, match="or give the censoring day"):
        programme_cohort(register, programme_of())
    given = Definitions(censoring_day=CENSORING_DAY)
    assert programme_cohort(register, programme_of(), definitions=given).followed_until == pd.Timestamp("2021-05-01")
    late = Definitions(censoring_day=dt.date(2021, 7, 1))
    with pytest.raises(InvalidDataError, match="was extracted on 2021-06-30, before the censoring day 2021-07-01"):
        programme_cohort(register, programme_of(), definitions=late)


GIVEN = Definitions(censoring_day=CENSORING_DAY)


def test_the_register_of_another_municipality_is_not_read():
    moved = people("Anna", last_day="2019-09-30", exit_reason="32")
    there = people("Anna", first_day="2019-10-01")
    here = register_with(moved, participations=listed("Anna"))
    other = register_of({"benefit_spells": there}, municipality="GM0222")
    assert other.municipality != here.municipality
    cohort = programme_cohort(here, programme_of(), definitions=GIVEN)
    assert outcomes_at(cohort, 12)["outcome"].tolist() == ["moved"]
    # In one table, as one municipality, the benefit goes on.
    both = register_with(moved, there, participations=listed("Anna"))
    cohort = programme_cohort(both, programme_of(), definitions=GIVEN)
    assert outcomes_at(cohort, 12)["outcome"].tolist() == ["on_benefit"]


@pytest.mark.parametrize(("selected_day", "is_in"), [("2018-12-31", False), ("2019-01-01", True)])
def test_who_starts_before_the_register_shows_ends_is_out(selected_day, is_in):
    """Ends from 3 January 2019 on, and two strays of long ago that were left in the source."""
    strays = ends(2, first="2001-01-01", name="s")
    register = register_with(
        ends(40, first="2019-01-03"), strays, people("Anna", "Bea"),
        participations=pd.DataFrame({"person_id": ["Anna", "Bea"], "selected_day": [selected_day, "2019-06-01"]}),
    )  # fmt: skip
    cohort = programme_cohort(register, programme_of(), definitions=GIVEN)
    remarks = cohort.remarks.set_index("remark")["n"]
    assert remarks["past_not_all_in_register"] == len(cohort)  # the three years before lie before January 2019
    short = Definitions(censoring_day=CENSORING_DAY, months_before=0)
    assert programme_cohort(register, programme_of(), definitions=short).remarks["n"].sum() == 0
    n_out = cohort.flow.set_index("step").loc["before_register", "n_excluded"]
    assert (n_out, len(cohort)) == ((0, 2) if is_in else (1, 1))


def test_ends_of_other_schemes_and_a_few_old_ones_show_nothing():
    """Forty ends of 2019; twelve of bijzondere bijstand and, of 2009, nine or ten that were left in the source."""
    other = ends(12, first="2009-01-03", name="s").assign(scheme="12")
    old = ends(10, first="2009-01-03", name="t").assign(scheme="01")
    register = register_with(
        ends(80, first="2019-01-03").assign(scheme="01"), other, old, people("Anna").assign(scheme="01"),
        participations=listed("Anna", selected_day="2018-12-31"),
    )  # fmt: skip
    with pytest.raises(InvalidDataError, match="1 fell away at before_register"):
        programme_cohort(register, programme_of(), definitions=GIVEN)


def test_too_few_ends_are_said():
    register = register_with(ends(9, first="2021-01-01"), people("Anna"), participations=listed("Anna"))
    cohort = programme_cohort(register, programme_of(), definitions=GIVEN)
    assert cohort.remarks.set_index("remark").loc["start_of_register_unknown", "n"] == 1


def test_nobody_is_followed_for_so_long():
    register = register_with(people("Anna"), participations=listed("Anna"))
    cohort = programme_cohort(register, programme_of(), definitions=GIVEN)
    with pytest.raises(
        InvalidDataError, match="nobody who can be followed for 24 months: follow-up ends on 2021-05-01"
    ):
        outcomes_at(cohort, 24)
    with pytest.raises(InvalidDataError, match="nobody who can be followed until 2021-05-02"):
        outcomes_at(cohort, day="2021-05-02")
    with pytest.raises(InvalidDataError, match="take either months after the index day or one day"):
        outcomes_at(cohort)
