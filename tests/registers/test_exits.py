"""Why benefits ended, counted so that the numbers add up."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaltools.registers import hold
from evaltools.registers.codes import EXIT_GROUPS, EXIT_REASON
from evaltools.registers.exits import MOST_YEARS, ends_by_group
from evaltools.registers.words import WORDS

EXTRACT_DAY = "2020-06-30"


def counted(*rows, extract_day=EXTRACT_DAY):
    """Count rows of (person, last day, reason, scheme); the numbers by year and group."""
    filled = [(*row, *("01",) * (4 - len(row))) for row in rows]
    spells = pd.DataFrame(filled, columns=["person_id", "last_day", "exit_reason", "scheme"])
    spells = spells.assign(
        benefit_id="x", first_day=pd.Timestamp("2010-01-01"), last_day=pd.to_datetime(spells["last_day"])
    )
    register = hold({"benefit_spells": spells}, municipality="GM0197", extract_day=extract_day, is_simulated=True)
    found = ends_by_group(register)
    return {(row.year, row.exit_group): row.n_ends for row in found.itertuples()}


def many(year, n=10, reason="11"):
    """Let so many persons leave in a year, so that it is one that is followed."""
    return [(f"p{number}", f"{year}-03-{number + 1:02}", reason) for number in range(n)]


def test_reasons_are_counted_by_their_group():
    n = counted(*many(2019, 10, "11"), *many(2019, 3, "13"), ("a", "2019-05-01", "05"), ("b", "2020-02-01", "03"))
    # Of the three of 13, each is another person on the same day as one of 11: no end of its own.
    assert n["2019", "work"] == 10
    assert n["2019", "demographic"] == 1
    assert n["2020", "demographic"] == 1
    assert n["all", "demographic"] == 2
    assert n["2019", "all"] == 11
    assert n["all", "all"] == 12
    assert n["2019", "partner"] == 0


@pytest.mark.parametrize("reason", [None, "98", "77"])
def test_a_reason_that_is_not_known_is_unknown(reason):
    assert counted(("a", "2020-02-01", reason))["2020", "unknown"] == 1


def test_an_end_is_of_one_person():
    n = counted(
        ("a", "2020-02-01", "11"), ("b", "2020-02-01", "11"),  # a couple: two persons
        ("c", "2020-01-01", "11"), ("c", "2020-04-01", "02"),  # who leaves twice has two ends
        ("d", "2020-01-01", "32"), ("d", "2020-01-01", "02", "02"),  # two benefits on one day: one end
        ("e", "2020-01-01", None), ("e", "2020-01-01", "98"),  # a known code before none
    )  # fmt: skip
    assert n["all", "all"] == 2 + 2 + 1 + 1
    assert n["2020", "work"] == 3
    assert n["2020", "partner"] == 2  # 02 comes before 32
    assert n["2020", "demographic"] == 0


def test_other_schemes_and_later_days_do_not_count():
    rows = [("a", "2020-06-30", "11"), ("b", "2020-07-01", "11"), ("c", "2020-02-01", "11", "11"), ("d", None, None)]
    assert counted(*rows)["all", "all"] == 1


def test_years_begin_where_ten_left_and_end_with_the_extract():
    years = {year for year, _ in counted(*many(2015, 9), *many(2016, 10), *many(2018, 2))}
    assert years == {"2016", "2017", "2018", "2019", "2020", "all"}
    n = counted(*many(2015, 9), *many(2016, 10), *many(2018, 2))
    assert n["all", "all"] == 12  # of the years that are shown only
    assert n["2017", "all"] == 0


def test_no_more_years_than_a_page_has_room_for():
    n = counted(*[row for year in range(2008, 2021) for row in many(year)])
    assert [year for year, group in n if group == "all"] == ["2015", "2016", "2017", "2018", "2019", "2020", "all"]
    assert n["all", "all"] == 10 * MOST_YEARS


def test_few_ends_have_their_year_too():
    assert counted(("a", "2019-01-01", "11"))["all", "all"] == 0  # another year than that of the extract
    n = counted()
    assert {year for year, _ in n} == {"2020", "all"}
    assert set(n.values()) == {0}


REASONS = st.sampled_from([*EXIT_REASON.by_code, "77", None])
DAYS = st.dates(pd.Timestamp("2014-01-01").date(), pd.Timestamp("2021-12-31").date())


@given(rows=st.lists(st.tuples(st.sampled_from("abcdefgh"), DAYS, REASONS), max_size=120), seed=st.randoms())
def test_every_combination_is_there_and_adds_up(rows, seed):
    n = counted(*rows)
    years = list(dict.fromkeys(year for year, _ in n))
    assert set(n) == {(year, group) for year in years for group in (*EXIT_GROUPS, "all")}
    assert all(year in WORDS["year"] or year == "all" for year in years)
    assert set(EXIT_GROUPS) == WORDS["exit_group"]
    # The same, counted by hand: the first reason of the list for each person and day.
    order = [*EXIT_REASON.dtype.categories, None]
    first = {}
    for person, day, reason in rows:
        if str(day) <= EXTRACT_DAY:
            first[person, day] = min(first.get((person, day)), reason, key=order.index)
    for year, group in n:
        own = [
            EXIT_REASON.group_of(reason or "") for (_, day), reason in first.items()
            if str(day.year) in ([year] if year != "all" else years)
        ]  # fmt: skip
        assert n[year, group] == (len(own) if group == "all" else own.count(group))
    shuffled = list(rows)
    seed.shuffle(shuffled)
    assert counted(*shuffled, *rows[:3]) == n
