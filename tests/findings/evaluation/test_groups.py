"""Who is compared with whom, and until when."""

from dataclasses import replace

import pandas as pd
import pytest

from evaltools.cohorts import outcomes_at
from evaltools.errors import InvalidDataError
from evaltools.findings.evaluation.groups import YEARS_EARLIER, _is_told, make_groups
from evaltools.findings.validation.drawn import DRAWN_PROGRAMME
from tests.cohorts.examples import programme_of
from tests.findings.evaluation.worlds import People, drawn, groups_of, on_a_day


@pytest.fixture(scope="module")
def groups():
    return drawn()[0]


def test_others_of_the_register_where_no_lot_was_drawn(groups):
    assert (groups.comparison_kind, groups.comparison.group) == ("register", "comparison")
    assert [cohort.group for cohort in groups.others] == ["comparison", "earlier_years"]
    assert not groups.is_of_everybody
    assert groups.register is groups.cohort.register


def test_the_arm_that_a_lot_made(groups):
    drawn_by_lot = DRAWN_PROGRAMME.model_copy(update={"design": "rct"})
    made = make_groups(groups.register, drawn_by_lot)
    listed = groups.register.read("participations", ["person_id", "arm"])
    assert made.comparison_kind == "randomised"
    assert set(made.comparison.participants["person_id"]) <= set(listed.loc[listed["arm"] == "comparison", "person_id"])
    assert not set(made.cohort.participants["person_id"]) & set(made.comparison.participants["person_id"])


def test_earlier_is_two_years_before_and_ordinary_a_horizon_before(groups):
    days = groups.cohort.participants["index_day"]
    earlier = groups.earlier.participants["index_day"]
    assert set(earlier) <= set(days - pd.DateOffset(years=YEARS_EARLIER))
    assert set(groups.ordinary.participants["index_day"]) == {days.min() - pd.DateOffset(months=12)}
    # Of both, follow-up to the main horizon ends before the programme could reach anybody.
    assert groups.earlier.followed_until < days.min()


def test_horizons_are_those_until_which_most_can_be_followed(groups):
    """By the calendar: at least half, and of those who cannot be none or so many that it tells of nobody."""
    days = groups.cohort.participants["index_day"]
    told = []
    for months, n_days in ((6, 183), (12, 365), (18, 548), (24, 730)):
        late = int((days + pd.Timedelta(days=n_days) > groups.cohort.followed_until).sum())
        told += [months] if 2 * late <= len(days) and (late == 0 or late >= 10) else []
    assert groups.horizons == tuple(told)
    assert groups.months == 12
    assert {6, 12} <= set(told) < {6, 12, 18, 24}


@pytest.mark.parametrize(
    ("n_late", "is_told"), [(0, True), (1, False), (9, False), (10, True), (20, True), (21, False)]
)
def test_how_few_cannot_be_followed_is_not_told(n_late, is_told):
    cohort = on_a_day(People(40))
    last = cohort.followed_until - pd.Timedelta(days=365)
    days = [last + pd.Timedelta(days=1)] * n_late + [last] * (40 - n_late)
    assert _is_told(replace(cohort, participants=cohort.participants.assign(index_day=days)), 12) is is_told


def test_another_main_horizon(groups):
    made = make_groups(groups.register, DRAWN_PROGRAMME, months=9)
    assert (made.horizons, made.months) == (tuple(sorted({9, *groups.horizons})), 9)
    assert set(made.ordinary.participants["index_day"]) == {made.cohort.participants["index_day"].min() - pd.DateOffset(months=9)}  # fmt: skip
    six = DRAWN_PROGRAMME.model_copy(update={"horizons_months": (6, 18)})
    assert make_groups(groups.register, six).months == 6


def test_everybody_on_a_day(groups):
    made = make_groups(groups.register, DRAWN_PROGRAMME, first_day="2018-07-01")
    assert made.is_of_everybody
    assert (made.comparison, made.comparison_kind) == (None, "none")
    assert set(made.cohort.participants["index_day"]) == {pd.Timestamp("2018-07-01")}
    assert set(made.earlier.participants["index_day"]) == {pd.Timestamp("2016-07-01")}
    spells = groups.register.benefit_spells
    runs = (spells["first_day"] <= "2018-07-01") & ~(spells["last_day"] < "2018-07-01")
    assert len(made.cohort) == spells.loc[runs, "person_id"].nunique()


@pytest.mark.parametrize("day", ["2018-13-01", "1 juli", "01-07-2018"])
def test_what_is_no_day_is_refused_without_its_value(groups, day):
    with pytest.raises(InvalidDataError, match="is no day; write it as 2019-01-01") as refused:
        make_groups(groups.register, DRAWN_PROGRAMME, first_day=day)
    assert day not in str(refused.value)


def test_a_register_that_does_not_go_back_has_no_earlier_group(groups):
    made = make_groups(groups.register, DRAWN_PROGRAMME, first_day="2016-07-01")
    assert made.earlier is None
    assert made.others == []
    # A year before it begins: nobody is on benefit there to make an ordinary outflow of.
    assert make_groups(groups.register, DRAWN_PROGRAMME, first_day="2015-09-01").ordinary is None


@pytest.mark.parametrize(
    ("aims", "outcome"),
    [
        (("exit", "work_exit"), "off_benefit"),
        (("work_exit", "exit"), "work"),
        (("participation", "paid_job"), "any_work"),
        (("part_time_work",), "any_work"),
        (("ladder_step",), "work"),
        ((), "work"),
    ],
)
def test_the_main_outcome_goes_with_the_first_aim_that_has_one(aims, outcome):
    assert replace(groups_of(People(10)), programme=programme_of(aims=aims)).outcome == outcome


def test_the_same_seed_gives_the_same_groups(groups):
    again = make_groups(groups.register, DRAWN_PROGRAMME)
    for name in ("comparison", "earlier", "ordinary"):
        one, two = getattr(groups, name), getattr(again, name)
        assert outcomes_at(one, 12).equals(outcomes_at(two, 12))
    other = make_groups(groups.register, DRAWN_PROGRAMME, seed=2)
    assert not other.comparison.participants["index_day"].equals(groups.comparison.participants["index_day"])
