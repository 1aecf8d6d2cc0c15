"""The quality of small registers, of which a reader can redo the counts."""

import numpy as np
import pandas as pd
import pytest

from evaltools.disclosure import already_published
from evaltools.errors import DisclosureError, InvalidDataError
from evaltools.registers import consistency, quality
from evaltools.registers.words import WORDS
from tests.small_registers import persons, spells, store


def found(rows, **labels):
    """Return the one row with these labels."""
    for name, value in labels.items():
        rows = rows[rows[name] == value]
    (row,) = rows.itertuples(index=False)
    return row


def missing(register):
    rows = quality.completeness(register)
    return {(row.table, row.column): (row.n_missing, row.n_rows) for row in rows.itertuples()}


def test_what_is_not_expected_is_not_missing(project):
    register = store(
        project,
        persons=persons("a", "b", "c", sex=["1", None, "2"]),
        benefit_spells=spells(
            ("a", "x", "2019-01-01"),
            ("b", "y", "2019-01-01", "2019-06-30", "2019-07-02", "11"),
            ("c", "z", "2019-01-01", "2019-06-30"),
        ),
        incomes={
            "person_id": ["a", "a", "b"],
            "month": ["2019-01-01"] * 3,
            "kind": ["11", "98", "11"],
            "hours_per_week": [12, None, None],
        },
        participations={
            "person_id": ["a", "b", "c"],
            "programme": ["proef", "proef", "ander"],
            "status": ["selected", "completed", "started"],
            "selected_day": ["2019-01-01"] * 3,
            "first_day": [None, "2019-02-01", "2019-02-01"],
            "arm": ["comparison", None, None],
        },
    )
    counted = missing(register)
    assert counted["persons", "sex"] == (1, 3)
    assert counted["benefit_spells", "exit_reason"] == (1, 2)  # b and c ended, c without a reason
    assert counted["benefit_spells", "registered_day"] == (2, 3)
    assert counted["incomes", "hours_per_week"] == (1, 2)  # only of work
    assert counted["incomes", "euro"] == (3, 3)
    assert counted["participations", "first_day"] == (0, 2)  # b and c began
    assert counted["participations", "last_day"] == (1, 1)  # b is done, without a last day
    assert counted["participations", "arm"] == (1, 2)  # the other programme is no study of two groups
    assert not quality.completeness(register)["is_empty"].any()  # of a few rows nothing is said
    assert ("benefit_spells", "last_day") not in counted  # empty is: it runs
    assert ("benefit_spells", "first_day") not in counted  # cannot be missing
    assert not any(table == "provisions" for table, _ in counted)  # never delivered


@pytest.mark.parametrize(("n", "n_missing", "is_empty"), [(100, 100, True), (100, 99, False), (99, 99, False)])
def test_a_column_is_empty_when_all_of_a_hundred_rows_are(project, n, n_missing, is_empty):
    sexes = [None] * n_missing + ["1"] * (n - n_missing)
    register = store(project, persons=persons(*(f"p{number}" for number in range(n)), sex=sexes))
    row = found(quality.completeness(register), table="persons", column="sex")
    assert (row.n_missing, row.is_empty) == (n_missing, is_empty)


def test_which_tables_there_are(project):
    register = store(project, persons=persons("a", "b"), aside={"persons": {"duplicate": 2, "missing": 1}})
    rows = quality.delivered(register)
    assert len(rows) == 8
    there = found(rows, table="persons")
    assert (there.is_delivered, there.n_rows, there.n_set_aside) == (True, 2, 2 + 1)
    assert there.extract_day == pd.Timestamp("2020-06-30")
    none = store(project, persons=persons("a", "b"))
    assert found(quality.delivered(none), table="persons").n_set_aside == 0
    absent = found(rows, table="incomes")
    assert (absent.is_delivered, absent.n_rows, pd.isna(absent.n_set_aside), absent.extract_day) == (
        False,
        0,
        True,
        pd.NaT,
    )


def with_reasons(*codes):
    """Store one ended benefit of a person of its own per code."""
    return spells(
        *((f"p{number}", f"b{number}", "2019-01-01", "2019-02-01", None, code) for number, code in enumerate(codes))
    )


def test_codes_that_are_not_in_the_list(project):
    people = [f"p{number}" for number in range(10)]
    register = store(
        project,
        benefit_spells=with_reasons(*["20"] * 12, "11"),
        provisions={
            "person_id": people * 2,
            "provision_type": ["41"] * 20,
            "code_set": ["2019"] * 10 + ["2015"] * 10,
            "first_day": ["2019-05-01"] * 10 + ["2018-05-01"] * 10,
        },
    )
    rows = quality.unknown_codes(register)
    assert rows.to_dict("records") == [
        {"table": "benefit_spells", "column": "exit_reason", "code_set": "", "code": "20", "n_rows": 12},
        {"table": "provisions", "column": "provision_type", "code_set": "2015", "code": "41", "n_rows": 10},
        {"table": "provisions", "column": "provision_type", "code_set": "2019", "code": "41", "n_rows": 10},
    ]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["20"] * 9, {}),
        (["20"] * 9 + ["21"], {"other": 10}),
        (["20"] * 10 + ["21"] * 9, {"20": 10}),
        (["20"] * 10 + ["21"] * 9 + ["22"], {"20": 10, "other": 10}),
    ],
)
def test_codes_of_few_persons_are_taken_together(project, codes, expected):
    rows = quality.unknown_codes(store(project, benefit_spells=with_reasons(*codes)))
    assert dict(zip(rows["code"], rows["n_rows"], strict=True)) == expected


def test_many_rows_of_one_person_are_one_person(project):
    months = [f"2019-{month:02d}-01" for month in range(1, 13)]
    incomes = {"person_id": ["a"] * 12, "month": months, "kind": ["20"] * 12}
    assert quality.unknown_codes(store(project, incomes=incomes)).empty


def provisions(*days):
    return {
        "person_id": ["a", *(f"p{position}" for position in range(len(days) - 1))],
        "provision_type": ["99"] * len(days),
        "code_set": ["2015" if day < "2019" else "2019" for day in days],
        "first_day": list(days),
    }


@pytest.mark.parametrize(
    ("days", "around"),
    [
        (["2018-12-31"], [(1, 0), (1, 0)]),
        (["2019-01-01", "2022-12-31"], [(0, 2), (2, 0)]),
        (["2018-12-31", "2019-01-01"], [(1, 1), (2, 0)]),
        (["2022-12-31", "2023-01-01"], [(0, 2), (1, 1)]),
        (["2018-01-01", "2023-01-01"], [(1, 1), (1, 1)]),
    ],
)
def test_breaks_in_the_counting(project, days, around):
    rows = quality.breaks(store(project, extract_day="2023-06-30", provisions=provisions(*days)))
    assert rows["break_name"].tolist() == ["codes_2019", "transactions_2023"]
    assert list(zip(rows["n_before"], rows["n_after"], strict=True)) == around


def test_provisions_per_year_and_the_persons_who_have_them(project):
    register = store(
        project,
        provisions={
            "person_id": ["a", "a", "b", "a"],
            "provision_type": ["01", "06", "01", "30"],
            "code_set": ["2015", "2015", "2015", "2019"],
            "first_day": ["2018-01-01", "2018-02-01", "2018-03-01", "2019-01-01"],
        },
    )
    assert quality.code_breaks(register).to_dict("records") == [
        {"year": "2018", "code_set": "2015", "n_provisions": 3, "n_persons": 2},
        {"year": "2019", "code_set": "2019", "n_provisions": 1, "n_persons": 1},
    ]


def test_persons_beside_benefits(project):
    left = [(f"q{number}", f"l{number}", "2015-01-01", "2018-03-31") for number in range(9)]
    register = store(
        project,
        benefit_spells=spells(
            ("a", "x", "2017-01-01"),
            ("b", "x", "2017-01-01"),  # a and b are a couple
            ("c", "y", "2018-01-01", "2018-12-31"),  # the last day counts
            ("d", "z", "2018-01-01", "2019-12-30"),
            ("e", "v", "2019-01-01", "2019-02-01"),
            ("e", "w", "2019-03-01", "2019-08-01"),  # leaves twice in one year
            ("e", "w", "2020-06-30"),
            ("f", "u", "2015-01-01", "2017-06-30"),  # the only one in 2017: not followed then
            *left,
        ),
    )
    rows = quality.persons_and_benefits(register)
    assert [(f"{row.on:%Y-%m-%d}", row.n_persons, row.n_benefits, row.n_couples) for row in rows.itertuples()] == [
        ("2018-12-31", 4, 3, 1),  # a, b, c, d on x, y, z
        ("2019-12-31", 2, 1, 1),  # a, b on x
        ("2020-06-30", 3, 2, 1),  # a, b, e on x, w
    ]


def test_special_assistance_is_no_benefit_to_live_on(project):
    rows = spells(("a", "x", "2019-01-01"), ("b", "y", "2019-01-01"))
    register = store(project, benefit_spells={**rows, "scheme": ["01", "11"]})
    assert quality.persons_and_benefits(register)["n_persons"].tolist() == [1]


def ended(*rows):
    """Store spells that ended: (last day, day of registration)."""
    return spells(*((f"p{position}", f"b{position}", "2015-01-01", *days) for position, days in enumerate(rows)))


def lags_of(register):
    rows = quality.registration_lag(register)
    return dict(zip(rows["lag"], rows["n_ends"], strict=True)), rows


def test_the_lag_is_measured_in_months(project):
    days = [
        ("2019-01-31", "2019-01-15"),  # beforehand: no lag
        ("2019-01-31", "2019-03-02"),  # 30 days
        *[("2019-01-31", "2019-03-03")] * 2,  # 31 days
        ("2019-01-31", "2019-06-01"),  # 121 days
        ("2019-01-31", "2019-06-02"),  # 122 days
        ("2019-01-31", "2020-01-31"),  # 365 days
        ("2019-01-31", "2020-02-01"),  # 366 days
        ("2019-01-31", None),
        ("2020-07-31", "2020-06-01"),  # planned, after the extract day
        ("2020-01-31", "2020-07-01"),  # registered after the extract day: cannot be
    ]
    found, rows = lags_of(store(project, benefit_spells=ended(*days * 10)))
    assert found == {"0": 20, "1": 20, "2-3": 10, "4+": 30}
    assert rows["n_all"].tolist() == [70] * 4
    assert rows["share_registered"].isna().all()  # of fewer than 100
    _, rows = lags_of(store(project, benefit_spells=ended(*days * 20)))
    assert rows["share_registered"].tolist() == pytest.approx([2 / 7, 4 / 7, 5 / 7, np.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("counts", "groups"),
    [
        ((10, 10, 10, 10, 10), {"0": 10, "1": 10, "2": 10, "3": 10, "4+": 10}),
        ((10, 9, 1, 10, 9), {"0": 10, "1-2": 10, "3+": 19}),
        ((4, 30, 20, 3, 3), {"0-1": 34, "2+": 26}),
        ((0, 200, 0, 0, 0), {"0+": 200}),
        ((3, 0, 0, 0, 1), {"0+": 4}),
        ((0, 0, 0, 0, 0), {"0+": 0}),
    ],
)
def test_few_ends_are_no_group(project, counts, groups):
    months = [month for month, n in enumerate(counts) for _ in range(n)]
    ends = [
        ("2019-01-01", f"{pd.Timestamp('2019-01-01') + pd.Timedelta(days=31 * month):%Y-%m-%d}") for month in months
    ]
    found, _ = lags_of(store(project, persons=persons("a"), **({"benefit_spells": ended(*ends)} if ends else {})))
    assert found == groups
    assert set(found) <= set(quality.LAGS)


def test_the_end_of_a_couple_is_one(project):
    day = ("2015-01-01", "2019-01-31")
    register = store(
        project,
        benefit_spells=spells(
            ("a", "x", *day, "2019-02-05"),
            ("b", "x", *day, "2019-02-05"),
            ("c", "y", *day, "2019-02-05"),
            ("d", "w", *day),
            ("e", "w", *day),
        ),
    )
    (row,) = quality.followed_until(register).itertuples()
    assert (row.n_ends, row.n_unknown) == (2, 1)  # x and y; w


def test_only_benefits_to_live_on_tell_the_lag(project):
    rows = ended(*[("2019-01-31", "2019-05-01")] * 20, *[("2019-01-31", "2019-01-31")] * 900)
    register = store(project, benefit_spells={**rows, "scheme": ["01", "02"] * 10 + ["11", "12"] * 450})
    (row,) = quality.followed_until(register).itertuples()
    assert row.n_ends == 20
    assert quality.registration_lags(register).share_within(30) == 0


def followed(n=1200):
    """Ends on n days in a row up to the extract day, two each: registered after 10 and after 80 days, if by then."""
    extract = pd.Timestamp("2020-06-30")
    pairs = [(extract - pd.Timedelta(days=back), lag) for back in range(n) for lag in (10, 80)]
    return [
        (f"{day:%Y-%m-%d}", f"{day + pd.Timedelta(days=lag):%Y-%m-%d}")
        for day, lag in pairs
        if day + pd.Timedelta(days=lag) <= extract
    ]


def test_ends_that_are_not_there_yet_are_reckoned_with(project):
    # Of the last 80 days only the quick half is there: a plain share would say more than half.
    register = store(project, benefit_spells=ended(*followed(500)))
    assert quality.registration_lags(register).share_within(10) == pytest.approx(1 / 2)
    assert 490 / (490 + 420) > 0.53  # the plain share: 500 - 10 quick ones, 500 - 80 slow ones


@pytest.mark.parametrize(("share", "lag"), [(0.5, 10), (0.51, 80), (0.95, 80)])
def test_the_censoring_day_is_the_extract_day_minus_the_lag(project, share, lag):
    register = store(project, benefit_spells=ended(*followed(500)))
    assert quality.censoring_day(register, share) == pd.Timestamp("2020-06-30") - pd.Timedelta(days=lag)
    (row,) = quality.followed_until(register, share).itertuples()
    assert (row.days_lag, row.n_ends, row.reason) == (lag, 490 + 420, "")


def test_the_lag_is_rounded_up_to_tens(project):
    ends = pd.date_range("2018-01-01", periods=500)
    days = [(f"{day:%Y-%m-%d}", f"{day + pd.Timedelta(days=41):%Y-%m-%d}") for day in ends]
    (row,) = quality.followed_until(store(project, benefit_spells=ended(*days))).itertuples()
    assert (row.days_lag, row.censoring_day) == (50, pd.Timestamp("2020-06-30") - pd.Timedelta(days=50))


def reason(project, days, share=0.95):
    register = store(project, benefit_spells=ended(*days))
    (row,) = quality.followed_until(register, share).itertuples()
    assert pd.isna(row.days_lag) == pd.isna(row.censoring_day) == (row.reason != "")
    if row.reason:
        with pytest.raises(InvalidDataError, match=r"the register of GM0197: .* or give the censoring day"):
            quality.censoring_day(register, share)
    return row.reason


@pytest.mark.parametrize(
    ("n", "share", "expected"),
    [
        (99, 0.5, "few_ends"), (100, 0.5, ""), (100, 0.9, ""), (100, 0.91, "few_ends"), (199, 0.95, "few_ends"),
        (200, 0.95, ""), (999, 0.99, "few_ends"), (1000, 0.99, ""),
    ],
)  # fmt: skip
def test_ten_ends_are_as_late_or_later(project, n, share, expected):
    # One lag per day, from 0 to 99 days, all long ago.
    days = [("2018-01-01", f"{pd.Timestamp('2018-01-01') + pd.Timedelta(days=end % 100):%Y-%m-%d}") for end in range(n)]
    assert reason(project, days, share) == expected


def test_why_the_lag_is_not_measured(project):
    old = ("2019-01-01", "2019-01-11")
    assert reason(project, [*[old] * 99, ("2019-01-01", None)]) == "few_ends"
    assert reason(project, [*[old] * 9, *[("2019-01-01", None)] * 10]) == "no_days"
    # All ended within 60 days before the extract day: within a longer time nothing is known.
    extract = pd.Timestamp("2020-06-30")
    ends = [extract - pd.Timedelta(days=number % 60) for number in range(800)]
    assert reason(project, [(f"{day:%Y-%m-%d}", f"{day:%Y-%m-%d}") for day in ends]) == "short_history"
    # One old end is no history.
    late = (f"{extract - pd.Timedelta(days=201):%Y-%m-%d}", f"{extract - pd.Timedelta(days=1):%Y-%m-%d}")
    assert reason(project, [*((f"{day:%Y-%m-%d}", f"{day:%Y-%m-%d}") for day in ends), late]) == "short_history"


def test_a_short_history_shows_no_shares(project):
    extract = pd.Timestamp("2020-06-30")
    ends = [extract - pd.Timedelta(days=number % 200) for number in range(800)]
    days = [(f"{day:%Y-%m-%d}", f"{day:%Y-%m-%d}") for day in ends]
    assert lags_of(store(project, benefit_spells=ended(*days)))[1]["share_registered"].isna().all()


@pytest.mark.parametrize("share", [0, 0.4, 0.995, 1, 95])
def test_a_share_lies_between_half_and_nearly_all(project, share):
    with pytest.raises(InvalidDataError, match=r"share must lie between 0\.5 and 0\.99, such as 0\.95"):
        quality.censoring_day(store(project, persons=persons("a")), share)


EVERY = [
    quality.delivered, quality.completeness, quality.unknown_codes, quality.code_breaks, quality.breaks,
    quality.persons_and_benefits, quality.registration_lag, quality.followed_until, consistency.impossible,
    consistency.duplicates,
]  # fmt: skip


@pytest.mark.parametrize("function", EVERY, ids=lambda function: function.__name__)
def test_every_label_is_a_declared_word(project, function):
    register = store(
        project,
        persons=persons("a"),
        benefit_spells=with_reasons(*["20"] * 10, *["21"] * 9, "22"),
        provisions=provisions("2018-01-01", "2019-01-01"),
        aside={"persons": {"rule_of_an_older_version": 3}},
    )
    rows = function(register)
    for column in rows.select_dtypes(["object", "string"]):
        assert set(rows[column].dropna()) <= set(WORDS[column]), column


@pytest.mark.parametrize("function", EVERY, ids=lambda function: function.__name__)
def test_a_register_with_persons_alone(project, function):
    rows = function(store(project, persons=persons("a")))
    assert isinstance(rows, pd.DataFrame)
    with pytest.raises(DisclosureError, match="made from a register"):
        already_published(rows, source="krant")
