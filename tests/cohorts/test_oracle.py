"""The vectorised cohorts against a walk from day to day, on small registers with every kind of row."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from evaltools import cohorts
from evaltools.cohorts import Definitions
from evaltools.errors import InvalidDataError
from tests.cohorts import oracle
from tests.cohorts.examples import programme_of, register_of

COLUMNS = {
    "persons": ("person_id", "birth_year"),
    "benefit_spells": ("person_id", "benefit_id", "scheme", "first_day", "last_day", "exit_reason"),
    "incomes": ("person_id", "month", "kind", "euro", "hours_per_week"),
    "provisions": ("person_id", "first_day", "last_day"),
    "participations": ("person_id", "programme", "status", "selected_day", "first_day", "last_day", "kind"),
}
REASONS = ("11", "32", "04", None, "01", "03", "31", "97", "33", "98", "77", "19", "02")
LAST = dt.date(2021, 6, 30)


@dataclass(frozen=True)
class Case:
    """The rows of a register and the choices for a cohort of it."""

    tables: dict
    choices: Definitions

    def register(self):
        frames = {
            name: pd.DataFrame([[row[column] for column in COLUMNS[name]] for row in rows], columns=COLUMNS[name])
            for name, rows in self.tables.items()
        }
        return register_of(frames, extract_day=LAST.isoformat())

    def cohort(self):
        return cohorts.programme_cohort(self.register(), programme_of(), definitions=self.choices)

    def with_tables(self, tables):
        return Case(tables, self.choices)


def later(day, days):
    return day + dt.timedelta(days=days)


def beside(*days):
    """Numbers of days that are, and lie on both sides of, those that decide."""
    return st.sampled_from([day + more for day in days for more in (0, 1, -1)])


@st.composite
def benefit_rows(draw, name, index_day, gap_days):
    """Rows one after the other, with gaps around those that are bridged; some overlap, or stand twice."""
    gaps = beside(gap_days, gap_days + 1) | st.sampled_from((2, 1, 15, 0, -40)) | beside(gap_days) | st.integers(1, 400)
    lengths = beside(2, 31, 60, 183, 365) | st.integers(1, 900)
    first = later(index_day, draw(st.sampled_from((-100, -1000, -gap_days, -365, 0, 1))))
    rows = []
    for _ in range(draw(st.sampled_from((2, 3, 1, 4, 5, 0)))):
        last = later(first, draw(lengths) - 1)
        if not rows:
            last = max(first, later(index_day, draw(beside(0, 31, 183, 365) | st.integers(0, 400))))
        runs = last > dt.date(2021, 12, 31) or draw(st.integers(0, 7)) == 7
        row = {
            "person_id": name,
            "benefit_id": draw(st.sampled_from((name, "1"))),
            "scheme": draw(st.sampled_from(("01", "01", "02", "01", "01", "11"))),
            "first_day": first,
            "last_day": None if runs else last,
            "exit_reason": draw(st.sampled_from(REASONS)),
        }
        rows += [row] * draw(st.sampled_from((1, 1, 1, 2)))
        first = max(later(last, draw(gaps)), dt.date(2014, 1, 1))
    return rows


@st.composite
def participation_rows(draw, name, index_day):
    rows = []
    for number in range(draw(st.sampled_from((1, 2, 1, 3)))):
        selected = later(index_day, draw(st.sampled_from((0, 0, 1, -1, 30, -30)))) if number else index_day
        first = later(selected, draw(st.sampled_from((0, 1, 30, 183)))) if draw(st.booleans()) else None
        ends = beside(183, 365, 548).map(lambda days, first=first: max(first, later(index_day, days)))
        rows.append({
            "person_id": name,
            "programme": draw(st.sampled_from(("proef", "proef", "ander"))) if number else "proef",
            "status": draw(st.sampled_from(("started", "withdrawn") if first else ("selected", "withdrawn"))),
            "selected_day": selected,
            "first_day": first,
            "last_day": draw(st.none() | ends) if first else None,
            "kind": draw(st.sampled_from(("care", "participation", "education", "work", None))),
        })  # fmt: skip
    return rows


@st.composite
def income_rows(draw, name, index_day, begins):
    days = st.sampled_from([oracle.months_after(index_day, number) for number in (0, 1, 3, 6, 7, 12, 18, -1)])
    if begins:
        days |= st.sampled_from(begins)  # work of a month that is in part without benefit
    months = draw(st.lists(days.map(lambda day: day.replace(day=1)), max_size=6))
    return [
        {
            "person_id": name,
            "month": month,
            "kind": draw(st.sampled_from(("11", "11", "31"))),
            "euro": draw(st.sampled_from((400, 400, None, 0))),
            "hours_per_week": draw(st.sampled_from((None, 8, 16, 15.5, 36))),
        }
        for month in months
    ]


@st.composite
def provision_rows(draw, name, index_day):
    days = draw(st.lists(st.tuples(beside(0, 183, 365), beside(183, 365, 548) | st.none()), max_size=2))
    return [
        {
            "person_id": name,
            "first_day": later(index_day, first),
            "last_day": None if last is None else later(index_day, max(first, last)),
        }
        for first, last in days
    ]


@st.composite
def crowd(draw, index_day):
    """Others with a benefit that ends, so that the register may show ends from some month on."""
    start = later(index_day, draw(st.sampled_from((10, -10, 0, 31, -31, 400))))
    rows = []
    for number in range(draw(st.sampled_from((10, 9, 11)))):
        row = {
            "person_id": f"z{number:02}",
            "benefit_id": f"z{number:02}",
            "scheme": draw(st.sampled_from(("01", "01", "01", "01", "11"))),
            "first_day": dt.date(2014, 1, 1),
            "last_day": later(start, draw(st.sampled_from((0, 0, 30, 200, 364, 365, 366)))),
            "exit_reason": None,
        }
        rows += [row] * draw(st.sampled_from((1, 1, 1, 2)))
    return rows


@st.composite
def cases(draw):
    gap_days = draw(st.sampled_from((30, 0, 1, 29, 31)))
    made = {name: [] for name in COLUMNS}
    index_days = []
    for name in "abcd"[: draw(st.sampled_from((2, 1, 3, 4)))]:
        index_day = draw(st.dates(dt.date(2015, 6, 1), dt.date(2019, 12, 31)))
        index_days.append(index_day)
        benefits = draw(benefit_rows(name, index_day, gap_days))
        made["benefit_spells"] += benefits
        made["participations"] += draw(participation_rows(name, index_day))
        made["incomes"] += draw(income_rows(name, index_day, [row["first_day"] for row in benefits]))
        made["provisions"] += draw(provision_rows(name, index_day))
    # An end near the last day of follow-up is what most can go wrong with.
    ends = [row["last_day"] for row in made["benefit_spells"] if row["last_day"]] or index_days
    until = draw(
        st.just(dt.date(2021, 5, 1))
        | st.builds(later, st.sampled_from(index_days), beside(183, 365, 548))
        | st.builds(later, st.sampled_from(ends), beside(1))
    )
    if draw(st.sampled_from((False,) * 4 + (True,))):
        made["benefit_spells"] += draw(crowd(index_days[0]))
    # Of a register in which no end has a reason nothing is known but who left.
    made["benefit_spells"].append({
        "person_id": "y", "benefit_id": "y", "scheme": "01", "first_day": dt.date(2014, 1, 1),
        "last_day": dt.date(2014, 6, 30), "exit_reason": "31",
    })  # fmt: skip
    names = {row["person_id"] for rows in made.values() for row in rows}
    names -= draw(st.sets(st.sampled_from(sorted(names)), max_size=1))
    made["persons"] = [{"person_id": name, "birth_year": 1980} for name in sorted(names)]
    for name in draw(st.sampled_from(((), (), ("incomes",), ("provisions",), ("incomes", "provisions")))):
        del made[name]
    choices = Definitions(
        gap_days=gap_days,
        censoring_day=min(max(later(until, gap_days), dt.date(2015, 1, 1)), LAST),
        horizon_rule=draw(st.sampled_from(("status", "best", "first_exit"))),
        aow_and_death=draw(st.sampled_from(("apart", "counted"))),
        months_followed_at_most=draw(st.sampled_from((None, None, 12))),
        start=draw(st.sampled_from(("selected", "selected", "started"))),
    )
    return Case({name: draw(st.permutations(rows)) for name, rows in made.items()}, choices)


def found(do, *args, **options):
    """Ask the fast code; None where it says that there is nobody."""
    try:
        return do(*args, **options)
    except InvalidDataError:
        return None


def records(frame, columns):
    return [{column: _plain(value) for column, value in row.items()} for row in frame[list(columns)].to_dict("records")]


def _plain(value):
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return pytest.approx(value) if isinstance(value, float) else value


HORIZONS = ({"months": 6}, {"months": 12}, {"months": 18})


def assert_participants(case, fast, members, out):
    expected = [
        {"person_id": name, **oracle.participant(person, index_day, case.choices)}
        for name, (person, index_day) in members.items()
    ]
    assert records(fast.participants, expected[0]) == expected
    left = set(out)
    steps = fast.flow[fast.flow["kind"] == "exclusion"].set_index("step")["n_excluded"].drop("selected")
    for step, n_excluded in steps.items():
        gone = {name for name in left if step in out[name]}
        assert (step, n_excluded) == (step, len(gone))
        left -= gone
    assert left == set(members)


def assert_flow(flow):
    """Each exclusion takes from the step before it, and each stage that is reached counts among the cohort."""
    assert flow["kind"].tolist() == sorted(flow["kind"], key=("start", "exclusion", "cohort", "reached").index)
    first, *exclusions = flow[flow["kind"].isin(["start", "exclusion"])].itertuples()
    assert first.step == "register"
    n = first.n
    for row in exclusions:
        assert row.n == n - row.n_excluded
        n = row.n
    included = flow.loc[flow["step"] == "included", "n"].item()
    assert included == n
    reached = flow[flow["kind"] == "reached"]
    assert (reached["n"] + reached["n_excluded"] == included).all()


def assert_outcomes(case, fast, members, when):
    expected = oracle.outcomes(members, case.choices, **when)
    one = found(cohorts.outcomes_at, fast, **when)
    groups = found(cohorts.memberships, fast, **when)
    assert (one is None) == (groups is None) == (not oracle.anybody_followed(members, case.choices, **when))
    if one is not None:
        assert dict(zip(one["person_id"], one["outcome"], strict=True)) == expected
        assert records(groups, groups.columns.drop("group")) == [
            {"person_id": name, **oracle.memberships(person, index, oracle.day_for(index, **when), case.choices)}
            for name, (person, index) in members.items()
            if expected[name] != "too_short"
        ]


def assert_outcome_table(case, fast, members, whens, **options):
    table = found(cohorts.outcome_table, fast, **options)
    followed = [oracle.anybody_followed(members, case.choices, **when) for when in whens]
    assert (table is None) == (not any(followed))
    if table is None:
        return
    for when in whens:
        rows = table if "day" in when else table[table["months"] == when["months"]]
        if rows["n"].notna().all():
            assert rows["n"].sum() == len(members)
        counts = oracle.counts_of_outcomes(members, case.choices, **when)
        assert dict(zip(rows["outcome"], map(_plain, rows["n"]), strict=True)) == counts
        assert set(rows["n_followed"]) == {len(members) - counts["too_short"]}


def assert_months_with_benefit(case, fast, members, months):
    table = found(cohorts.months_with_benefit, fast, months)
    assert (table is None) == (not oracle.anybody_followed(members, case.choices, months=months))
    if table is not None:
        assert records(table, ("person_id", "months_with_benefit")) == [
            {"person_id": name, "months_with_benefit": oracle.months_with_benefit(person, index, months, case.choices)}
            for name, (person, index) in members.items()
        ]


def assert_returns(case, fast, members):
    expected = []
    for name, (person, index_day) in members.items():
        exit_day, reason = oracle.first_exit(person, index_day, case.choices)
        if exit_day:
            expected.append({
                "person_id": name,
                "exit_day": exit_day,
                "cause": oracle.group_of(reason),
                "is_for_good": reason in {oracle.AOW, oracle.DEATH},
                "return_day": oracle.return_day(person, index_day, case.choices),
            })  # fmt: skip
    columns = ("person_id", "exit_day", "cause", "is_for_good", "return_day")
    assert records(cohorts.returns(fast), columns) == expected
    for exits in ("all", "work"):
        expected = [
            {"months": months, **oracle.relapse(members, months, case.choices, exits)} for months in (1, 3, 6, 12)
        ]
        assert records(cohorts.relapse_table(fast, (1, 3, 6, 12), exits=exits), expected[0]) == expected


# `make test-slow` looks at many more (below).
@given(cases(), st.data())
@settings(max_examples=60)
def test_the_same_as_from_day_to_day(case, data):
    members, out = oracle.cohort(case.tables, case.choices)
    fast = found(case.cohort)
    assert (fast is None) == (not members)
    event("somebody" if members else "nobody")
    if fast is None:
        return
    assert_participants(case, fast, members, out)
    assert_flow(fast.flow)
    days = [oracle.followed_until(case.choices), *(index_day for _, index_day in members.values())]
    begins = [row["first_day"] for row in case.tables["benefit_spells"] if row["person_id"] in members]
    on = {
        "day": data.draw(
            st.builds(later, st.sampled_from(days), beside(0, 183))
            | st.sampled_from(begins).map(lambda day: later(day, -1)),
            label="day",
        )
    }
    for when in (*HORIZONS, on):
        assert_outcomes(case, fast, members, when)
    assert_outcome_table(case, fast, members, [on], **on)
    assert_outcome_table(case, fast, members, HORIZONS, months=(6, 12, 18))
    for months in (6, 12, 18):
        assert_months_with_benefit(case, fast, members, months)
    assert_returns(case, fast, members)


def test_work_after_the_day_is_not_of_the_best_by_then():
    """On 3 July there is no benefit; what begins on the 10th, with work in that month, comes later."""
    spell = {"person_id": "a", "benefit_id": "a", "scheme": "01"}
    income = {"person_id": "a", "euro": 400, "hours_per_week": None}
    entry = dict.fromkeys(COLUMNS["participations"])
    case = Case(
        {
            "benefit_spells": [
                {**spell, "first_day": dt.date(2015, 1, 1), "last_day": dt.date(2019, 5, 31), "exit_reason": "31"},
                {**spell, "first_day": dt.date(2019, 7, 10), "last_day": None, "exit_reason": None},
            ],
            "incomes": [
                {**income, "month": dt.date(2018, 1, 1), "kind": "31"},
                {**income, "month": dt.date(2019, 7, 1), "kind": "11"},
            ],
            "participations": [
                {**entry, "person_id": "a", "programme": "proef", "status": "selected", "selected_day": dt.date(2019, 1, 1)}
            ],
        },
        Definitions(censoring_day=dt.date(2021, 5, 31), horizon_rule="best"),
    )  # fmt: skip
    members, _ = oracle.cohort(case.tables, case.choices)
    assert oracle.outcomes(members, case.choices, months=6) == {"a": "enforcement"}
    assert_outcomes(case, case.cohort(), members, {"months": 6})


# What changes nothing


def answers(case):
    """All that is compared of a cohort; None where nobody is in it."""
    fast = found(case.cohort)
    if fast is None:
        return None
    tables = [fast.participants, found(cohorts.returns, fast), found(cohorts.relapse_table, fast)]
    for when in HORIZONS:
        tables += [found(cohorts.outcomes_at, fast, **when), found(cohorts.memberships, fast, **when)]
        tables.append(found(cohorts.months_with_benefit, fast, **when))
    return fast, tables


def assert_same(one, other, *, flow=True):
    assert (one is None) == (other is None)
    if one is None:
        return
    for left, right in zip(one[1], other[1], strict=True):
        assert (left is None) == (right is None)
        if left is not None:
            pd.testing.assert_frame_equal(left, right)
    if flow:
        pd.testing.assert_frame_equal(one[0].flow, other[0].flow)


@given(cases(), st.data())
@settings(max_examples=10)
def test_the_order_of_rows_changes_nothing(case, data):
    shuffled = {name: data.draw(st.permutations(rows)) for name, rows in case.tables.items()}
    one, other = answers(case), answers(case.with_tables(shuffled))
    assert_same(one, other)
    if one:
        pd.testing.assert_frame_equal(one[0].remarks, other[0].remarks)


@given(cases())
@settings(max_examples=10)
def test_rows_that_stand_twice_change_nothing(case):
    twice = {name: [*rows, *rows] for name, rows in case.tables.items()}
    assert_same(answers(case), answers(case.with_tables(twice)))


def changed_afterwards(draw, case):
    """Give what begins or ends after the censoring day another end, and let more begin after it."""
    censored = case.choices.censoring_day
    after = st.integers(1, 400).map(lambda days: later(censored, days))
    names = sorted({row["person_id"] for row in case.tables["participations"]} | {"e"})
    made = {}
    for table, rows in case.tables.items():
        made[table] = []
        for row in rows:
            begin = row.get("month") or row.get("selected_day") or row.get("first_day")
            if begin and begin > censored:
                continue
            last = row.get("last_day")
            if last and last > censored:
                # Of who completed a trajectory a missing last day says that it ended, not that it runs.
                has_ended = row.get("status") in {"completed", "withdrawn"}
                last = draw(after if has_ended else st.none() | after)
                reason = {"exit_reason": draw(st.sampled_from(REASONS))} if "exit_reason" in row else {}
                made[table].append({**row, "last_day": last, **reason})
            else:
                made[table].append(row)
        for _ in range(draw(st.integers(0, 2)) if table != "persons" else 0):
            name, first = draw(st.sampled_from(names)), draw(after)
            last = draw(st.none() | st.integers(0, 100).map(lambda days, first=first: later(first, days)))
            row = {"person_id": name, "first_day": first, "last_day": last}
            made[table].append({
                "benefit_spells": {**row, "benefit_id": "2", "scheme": "01", "exit_reason": draw(st.sampled_from(REASONS))},
                "incomes": {"person_id": name, "month": (later(first, 31)).replace(day=1), "kind": "11", "euro": 400, "hours_per_week": 20},
                "provisions": row,
                "participations": {**row, "selected_day": first, "programme": "proef", "status": "started", "kind": "care"},
            }[table])  # fmt: skip
    return case.with_tables(made)


@given(cases(), st.data())
@settings(max_examples=15)
def test_what_comes_after_the_censoring_day_changes_nothing(case, data):
    assert_same(answers(case), answers(changed_afterwards(data.draw, case)), flow=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("test", "given_to_it"),
    [
        (test_the_same_as_from_day_to_day, (cases(), st.data())),
        (test_the_order_of_rows_changes_nothing, (cases(), st.data())),
        (test_rows_that_stand_twice_change_nothing, (cases(),)),
        (test_what_comes_after_the_censoring_day_changes_nothing, (cases(), st.data())),
    ],
)
def test_many_more_cases(test, given_to_it):
    given(*given_to_it)(settings(max_examples=400)(test.hypothesis.inner_test))()
