"""The quality of small registers, of which a reader can redo the counts."""

import numpy as np
import pandas as pd
import pytest

from evaltools.disclosure import already_published
from evaltools.errors import DisclosureError, InvalidDataError
from evaltools.registers import quality
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
    assert ("benefit_spells", "last_day") not in counted  # empty is: it runs
    assert ("benefit_spells", "first_day") not in counted  # cannot be missing
    assert not any(table == "provisions" for table, _ in counted)  # never delivered


def test_which_tables_there_are(project):
    register = store(project, persons=persons("a", "b"), aside={"persons": {"duplicate": 2, "missing": 1}})
    rows = quality.delivered(register)
    assert len(rows) == 8
    there = found(rows, table="persons")
    assert (there.is_delivered, there.n_rows, there.n_set_aside) == (True, 2, 2 + 1)
    assert there.extract_day == pd.Timestamp("2020-06-30")
    absent = found(rows, table="incomes")
    assert (absent.is_delivered, absent.n_rows, pd.isna(absent.n_set_aside), absent.extract_day) == (
        False,
        0,
        True,
        pd.NaT,
    )


def test_codes_that_are_not_in_the_list(project):
    register = store(
        project,
        benefit_spells=spells(
            ("a", "x", "2019-01-01", "2019-02-01", None, "20"),
            ("b", "y", "2019-01-01", "2019-02-01", None, "20"),
            ("c", "z", "2019-01-01", "2019-02-01", None, "11"),
        ),
        provisions={
            "person_id": ["a", "b", "c"],
            "provision_type": ["41", "41", "01"],
            "code_set": ["2019", "2015", "2015"],
            "first_day": ["2019-05-01", "2018-05-01", "2018-05-01"],
        },
    )
    rows = quality.unknown_codes(register)
    assert rows.to_dict("records") == [
        {"table": "benefit_spells", "column": "exit_reason", "code_set": "", "code": "20", "n_rows": 2},
        {"table": "provisions", "column": "provision_type", "code_set": "2015", "code": "41", "n_rows": 1},
        {"table": "provisions", "column": "provision_type", "code_set": "2019", "code": "41", "n_rows": 1},
    ]


def provisions(*days):
    return {
        "person_id": ["a", *(f"p{position}" for position in range(len(days) - 1))],
        "provision_type": ["99"] * len(days),
        "code_set": ["2015" if day < "2019" else "2019" for day in days],
        "first_day": list(days),
    }


@pytest.mark.parametrize(
    ("days", "spanned"),
    [
        (["2018-12-31"], []),
        (["2019-01-01", "2022-12-31"], []),
        (["2018-12-31", "2019-01-01"], ["codes_2019"]),
        (["2022-12-31", "2023-01-01"], ["transactions_2023"]),
        (["2018-01-01", "2023-01-01"], ["codes_2019", "transactions_2023"]),
    ],
)
def test_breaks_in_the_counting(project, days, spanned):
    rows = quality.breaks(store(project, extract_day="2023-06-30", provisions=provisions(*days)))
    assert rows.loc[rows["is_spanned"], "break_name"].tolist() == spanned
    assert (rows["n_before"] + rows["n_after"]).tolist() == [len(days)] * 2


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
    register = store(
        project,
        benefit_spells=spells(
            ("a", "x", "2017-01-01"),
            ("b", "x", "2017-01-01"),  # a and b are a couple
            ("c", "y", "2018-01-01", "2018-12-31"),  # the last day counts
            ("d", "z", "2018-01-01", "2019-12-30"),
            ("e", "w", "2020-06-30"),
        ),
    )
    rows = quality.persons_and_benefits(register)
    assert [
        (f"{row.day:%Y-%m-%d}", row.n_persons, row.n_benefits, row.n_couples, row.n_ends) for row in rows.itertuples()
    ] == [
        ("2018-12-31", 4, 3, 1, 1),  # a, b, c, d on x, y, z
        ("2019-12-31", 2, 1, 1, 1),  # a, b on x
        ("2020-06-30", 3, 2, 1, 0),  # a, b, e on x, w
    ]


def test_special_assistance_is_no_benefit_to_live_on(project):
    rows = spells(("a", "x", "2019-01-01"), ("b", "y", "2019-01-01"))
    register = store(project, benefit_spells={**rows, "scheme": ["01", "11"]})
    assert quality.persons_and_benefits(register)["n_persons"].tolist() == [1]


def ended(*rows):
    """Store spells that ended: (last day, day of registration)."""
    return spells(*((f"p{position}", f"b{position}", "2015-01-01", *days) for position, days in enumerate(rows)))


def test_the_lag_is_measured_in_months(project):
    days = [
        ("2019-01-31", "2019-01-15"),  # beforehand: no lag
        ("2019-01-31", "2019-03-02"),  # 30 days
        ("2019-01-31", "2019-03-03"),  # 31 days
        ("2019-01-31", "2020-01-31"),  # 365 days
        ("2019-01-31", "2020-02-01"),  # 366 days
        ("2019-01-31", None),
        ("2020-07-31", "2020-06-01"),  # planned, after the extract day
        ("2020-01-31", "2020-07-01"),  # registered after the extract day: cannot be
    ]
    rows = quality.registration_lag(store(project, benefit_spells=ended(*days)))
    assert dict(zip(rows["lag"], rows["n_ends"], strict=True)) == {
        "0": 2, "1": 1, "2": 0, "3": 0, "4-6": 0, "7-11": 1, "12+": 1,
    }  # fmt: skip
    assert rows["n_all"].tolist() == [4] * 7
    assert rows["share_registered"].tolist() == pytest.approx(
        [2 / 4, 3 / 4, 3 / 4, 3 / 4, 3 / 4, 1, np.nan], nan_ok=True
    )


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
    register = store(project, benefit_spells=ended(*followed(300)))
    assert quality.registration_lags(register).share_within(10) == pytest.approx(1 / 2)
    assert 290 / (290 + 220) > 0.56  # the plain share: 300 - 10 quick ones, 300 - 80 slow ones


@pytest.mark.parametrize(("share", "lag"), [(0.4, 10), (0.5, 10), (0.51, 80), (0.95, 80)])
def test_the_censoring_day_is_the_extract_day_minus_the_lag(project, share, lag):
    register = store(project, benefit_spells=ended(*followed(300)))
    assert quality.censoring_day(register, share) == pd.Timestamp("2020-06-30") - pd.Timedelta(days=lag)
    (row,) = quality.followed_until(register, share).itertuples()
    assert (row.days_lag, row.days_median, row.n_ends) == (lag, 10, 290 + 220)


def test_too_few_ends_tell_no_lag(project):
    register = store(project, benefit_spells=ended(*followed(300)[:99], ("2019-01-01", None)))
    (row,) = quality.followed_until(register).itertuples()
    assert (row.n_ends, row.n_unknown, row.censoring_day) == (99, 1, pd.NaT)
    with pytest.raises(InvalidDataError, match="has 99 ended benefits with a day of registration, of at least 100"):
        quality.censoring_day(register)


@pytest.mark.parametrize("share", [0, 1, 95])
def test_a_share_lies_between_none_and_all(project, share):
    with pytest.raises(InvalidDataError, match="must lie between 0 and 1"):
        quality.censoring_day(store(project, persons=persons("a")), share)


EVERY = [
    quality.delivered, quality.completeness, quality.unknown_codes, quality.code_breaks, quality.breaks,
    quality.persons_and_benefits, quality.registration_lag, quality.followed_until,
]  # fmt: skip


@pytest.mark.parametrize("function", EVERY, ids=lambda function: function.__name__)
def test_a_register_with_persons_alone(project, function):
    rows = function(store(project, persons=persons("a")))
    assert isinstance(rows, pd.DataFrame)
    with pytest.raises(DisclosureError, match="made from a register"):
        already_published(rows, source="krant")
