"""What cannot be in a register, in registers of a few rows."""

import pandas as pd
import pytest

from evaltools.disclosure import already_published
from evaltools.errors import DisclosureError
from evaltools.registers import consistency
from evaltools.registers.store import write_registers
from evaltools.registers.tables import TABLES
from evaltools.reports import register_terms
from tests.small_registers import origin, persons, spells, store


def broken(register):
    rows = consistency.impossible(register)
    return {(row.table, row.rule): row.n_broken for row in rows.itertuples() if row.n_broken}


def test_nothing_is_wrong_with_a_good_register(project):
    register = store(
        project,
        persons=persons("a", "b", birth_year=[1980, 1990]),
        benefit_spells=spells(
            ("a", "x", "2018-01-01", "2018-12-31", "2019-01-10", "11"),
            ("a", "x", "2019-01-01"),  # the day after
            ("b", "x", "2018-01-01"),  # a couple shares a benefit
        ),
        incomes={"person_id": ["a", "b"], "month": ["2018-12-01", "2020-06-01"], "kind": ["11", "11"]},
    )
    assert broken(register) == {}
    checked = consistency.impossible(register)
    assert {"missing", "ends_before_begin", "overlap", "person_unknown"} <= set(checked["rule"])
    assert checked.loc[checked["rule"] == "overlap", "n_rows"].tolist() == [3]


def test_what_the_declaration_forbids(project):
    rows = spells(("a", "x", "2019-02-01", "2019-01-01"), ("b", "y", "2019-01-01", "2019-02-01"))
    assert broken(store(project, benefit_spells=rows)) == {("benefit_spells", "ends_before_begin"): 1}


@pytest.mark.parametrize(
    ("rows", "n"),
    [
        ([("2019-01-01", "2019-03-31"), ("2019-03-31", None)], 1),  # the last day is a day on the benefit
        ([("2019-01-01", "2019-03-31"), ("2019-04-01", None)], 0),
        ([("2019-01-01", None), ("2019-04-01", None)], 1),
        # The second lies within the first, the third begins after the second and before the first has ended.
        ([("2019-01-01", "2019-12-31"), ("2019-02-01", "2019-03-01"), ("2019-06-01", "2019-07-01")], 2),
    ],
)
def test_one_benefit_twice_at_once(project, rows, n):
    register = store(project, benefit_spells=spells(*(("a", "x", *days) for days in rows), ("b", "x", "2019-01-01")))
    assert broken(register).get(("benefit_spells", "overlap"), 0) == n


def test_two_benefits_at_once_are_striking(project):
    register = store(
        project, benefit_spells=spells(("a", "x", "2019-01-01"), ("a", "y", "2019-06-01"), ("b", "z", "2019-01-01"))
    )
    assert broken(register) == {("benefit_spells", "two_benefits"): 1}
    rows = consistency.impossible(register)
    assert rows.loc[rows["rule"] == "two_benefits", "kind"].tolist() == ["striking"]


def test_between_persons_and_their_benefits(project):
    register = store(
        project,
        persons=persons("a", "b", birth_year=[2019, 2018]),
        benefit_spells=spells(("a", "x", "2018-12-31"), ("b", "y", "2018-12-31"), ("c", "z", "2018-12-31")),
        incomes={"person_id": ["d"], "month": ["2019-01-01"], "kind": ["11"]},
    )
    assert broken(register) == {
        ("benefit_spells", "person_unknown"): 1,  # c
        ("benefit_spells", "born_after_start"): 1,  # a
        ("incomes", "person_unknown"): 1,  # d
        ("incomes", "outside_benefit"): 1,  # d has none
    }


@pytest.mark.parametrize(
    ("month", "is_outside"),
    [("2018-12-01", True), ("2019-01-01", False), ("2019-02-01", False), ("2019-03-01", True), ("2020-05-01", False)],
)
def test_incomes_in_a_month_without_a_benefit(project, month, is_outside):
    register = store(
        project,
        benefit_spells=spells(
            ("z", "z", "2010-01-01", "2010-01-31"),
            ("a", "x", "2019-01-31", "2019-02-01"),  # one day in each of two months
            ("a", "x", "2020-05-31"),
            ("b", "y", "2000-01-01"),  # somebody else's
        ),
        incomes={"person_id": ["a"], "month": [month], "kind": ["11"]},
    )
    assert (("incomes", "outside_benefit") in broken(register)) is is_outside


def test_days_after_the_extract_day(project):
    register = store(
        project,
        benefit_spells=spells(
            ("a", "x", "2019-01-01", "2020-07-31", "2020-06-01"),  # a planned end
            ("b", "y", "2019-01-01", "2020-01-31", "2020-07-01"),  # registered in the future
            ("c", "z", "2020-07-01"),  # a planned begin
        ),
        ladder_scores={"person_id": ["a"], "day": ["2020-07-01"], "rung": ["3"], "variant": ["vng_6"]},
    )
    assert broken(register) == {
        ("benefit_spells", "after_extract"): 1,
        ("benefit_spells", "planned"): 2,
        ("benefit_spells", "registered_before"): 1,  # the planned end
        ("ladder_scores", "after_extract"): 1,
    }


def test_a_reason_without_an_end(project):
    register = store(
        project,
        benefit_spells=spells(("a", "x", "2019-01-01", None, None, "11")),
        provisions={
            "person_id": ["a"],
            "provision_type": ["99"],
            "code_set": ["2015"],
            "first_day": ["2018-01-01"],
            "end_reason": ["1"],
        },
    )
    assert broken(register) == {
        ("benefit_spells", "reason_without_end"): 1,
        ("provisions", "reason_without_end"): 1,
    }


def test_persons_of_another_municipality(project):
    register = store(project, persons={"person_id": ["a", "b"], "municipality": ["GM0197", "GM0222"]})
    assert broken(register) == {("persons", "other_municipality"): 1}


def test_what_was_left_out_at_ingest_is_counted_by_its_rule(project):
    aside = {"benefit_spells": {"ends_before_begin": 7, "duplicate": 3, "own_rule": 2}}
    register = store(project, benefit_spells=spells(("a", "x", "2019-01-01")), aside=aside)
    rows = consistency.impossible(register)
    assert {row.rule: row.n_set_aside for row in rows.itertuples() if row.n_set_aside} == {
        "ends_before_begin": 7,
        "other_rule": 2,
    }
    doubles = consistency.duplicates(register)
    assert doubles.loc[doubles["rule"] == "duplicate", "n_set_aside"].tolist() == [3]


def test_what_stands_more_than_once(project):
    rows = spells(
        ("a", "x", "2019-01-01", "2019-02-01"),
        ("a", "x", "2019-01-01", "2019-03-01"),  # the same key
        ("b", "y", "2019-01-01"),
        ("b", "w", "2019-01-01"),  # the same days under another number
        ("c", "z", "2019-01-01"),
    )
    counted = consistency.duplicates(store(project, benefit_spells=rows))
    assert dict(zip(counted["rule"], counted["n_duplicate"], strict=True)) == {"duplicate": 2, "same_spell": 2}


def test_no_table_tells_a_value(project):
    register = store(
        project, persons=persons("123456782", "123456782"), benefit_spells=spells(("123456782", "x", "2019-01-01"))
    )
    for rows in (consistency.impossible(register), consistency.duplicates(register)):
        assert "123456782" not in rows.to_string()
        with pytest.raises(DisclosureError, match="made from a register"):
            already_published(rows, source="krant")


def test_every_rule_table_and_column_has_a_dutch_name(project):
    write_registers({"GM0197": {name: (table.frame({}), origin()) for name, table in TABLES.items()}}, project=project)
    from evaltools.registers import open_register

    register = open_register("GM0197", project)
    rules = {*consistency.impossible(register)["rule"], *consistency.duplicates(register)["rule"]}
    rules |= {check.name for table in TABLES.values() for check in table.schema.checks}
    assert rules == set(register_terms.RULES)
    assert {*register_terms.RULES, *register_terms.RULES_AT_INGEST} == set(consistency.RULES)
    assert set(TABLES) == set(register_terms.TABLES)
    may_be_missing = {column for table in TABLES.values() for column in table.columns if not table.is_required(column)}
    coded = {column for table in TABLES.values() for column in table.columns if table.code_list(column)}
    people = {"person_id", "filled_day"}
    assert (may_be_missing | coded) - people - {"code_set", "rung", "variant"} <= set(register_terms.COLUMNS)


def test_an_empty_register_has_no_faults(project):
    assert consistency.impossible(store(project, persons=persons()))["n_broken"].sum() == 0
    assert isinstance(consistency.duplicates(store(project, persons=persons())), pd.DataFrame)
