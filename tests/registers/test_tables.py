"""The declarations: each rule catches what it says and nothing else, and the dictionary is current."""

import re

import pandas as pd
import pandera.errors
import pytest

from evaltools.errors import InvalidDataError
from evaltools.registers import codes
from evaltools.registers.dictionary import data_dictionary
from evaltools.registers.tables import TABLES
from evaltools.registers.validation import findings
from tests.conftest import ROOT

GOOD = {
    "persons": {"person_id": "p", "municipality": "GM0197", "birth_year": 1980, "sex": "1", "household_type": "3",
                "household_id": "h", "origin_status": "other", "neighbourhood": "BU01970001"},
    "benefit_spells": {"person_id": "p", "benefit_id": "b", "scheme": "01", "first_day": "2018-01-01",
                       "last_day": "2018-01-01", "exit_reason": "11", "registered_day": "2018-02-01", "exemption": "2"},
    "incomes": {"person_id": "p", "month": "2019-01-01", "kind": "11", "euro": 450.5, "hours_per_week": 12.0},
    "provisions": {"person_id": "p", "provision_type": "30", "code_set": "2019", "first_day": "2019-01-01",
                   "last_day": "2019-02-01", "end_reason": "1"},
    "participations": {"person_id": "p", "programme": "samen-sterk", "status": "completed", "selected_day": "2019-01-01",
                       "first_day": "2019-01-01", "last_day": "2019-06-30", "kind": "work", "arm": "programme"},
    "ladder_scores": {"person_id": "p", "day": "2019-01-01", "rung": "6", "variant": "vng_6", "rater": "coach"},
    "household_visits": {"household_id": "h", "programme": "frontlijnaanpak", "day": "2019-01-01",
                         "n_professionals": 3, "n_needs": 2},
    "placements": {"placement_id": "w", "programme": "meedoen-werkt", "employer_id": "e", "sector": "zorg",
                   "hours_per_week": 16.0, "offered_day": "2019-03-01", "filled_day": "2019-04-01", "person_id": "p",
                   "last_day": "2019-05-01"},
}  # fmt: skip

BAD = [
    ("persons", {"municipality": "197"}, ("municipality", "has_the_form")),
    ("persons", {"birth_year": 1899}, ("birth_year", "between")),
    ("persons", {"birth_year": 2101}, ("birth_year", "between")),
    ("persons", {"neighbourhood": "x" * 61}, ("neighbourhood", "has_the_form")),
    ("persons", {"person_id": None}, ("person_id", "missing")),
    ("benefit_spells", {"last_day": "2017-12-31"}, ("", "ends_before_begin")),
    ("benefit_spells", {"first_day": None}, ("first_day", "missing")),
    ("incomes", {"euro": 2e6}, ("euro", "between")),
    ("incomes", {"euro": float("inf")}, ("euro", "between")),
    ("incomes", {"hours_per_week": -1.0}, ("hours_per_week", "between")),
    ("provisions", {"code_set": "2015"}, ("", "wrong_code_set")),
    ("provisions", {"last_day": "2018-12-31"}, ("", "ends_before_begin")),
    ("participations", {"programme": "Samen sterk"}, ("programme", "has_the_form")),
    ("participations", {"selected_day": "2019-01-02"}, ("", "starts_before_selection")),
    ("participations", {"last_day": "2018-12-31"}, ("", "ends_before_begin")),
    ("participations", {"status": "started", "first_day": None, "last_day": None}, ("", "starts_without_day")),
    ("ladder_scores", {"variant": "5"}, ("", "rung_not_in_variant")),
    ("household_visits", {"n_needs": 51}, ("n_needs", "between")),
    ("placements", {"filled_day": "2019-02-28"}, ("", "filled_before_offer")),
    ("placements", {"last_day": "2019-03-31"}, ("", "ends_before_begin")),
    ("placements", {"person_id": None}, ("", "filled_without_person")),
    ("placements", {"filled_day": None, "last_day": None}, ("", "filled_without_person")),
]


def frame(table, **change):
    row = {**GOOD[table], **change}
    return TABLES[table].frame({column: [value] for column, value in row.items()})


@pytest.mark.parametrize("table", TABLES)
def test_a_good_row_breaks_no_rule(table):
    assert set(GOOD[table]) == set(TABLES[table].columns)
    assert findings(frame(table), TABLES[table]) == []


@pytest.mark.parametrize(("table", "change", "expected"), BAD)
def test_each_rule_catches_its_own(table, change, expected):
    own_key = {column: "other" for column in TABLES[table].key if TABLES[table].kind(column) == "identifier"}
    rows = pd.concat([frame(table), frame(table, **{**own_key, **change})], ignore_index=True)
    found = findings(rows, TABLES[table])
    assert [(one.column, one.rule, one.rows.tolist()) for one in found] == [(*expected, [False, True])]


def test_every_rule_has_its_bad_row():
    declared = {
        (name, column, check.name)
        for name, table in TABLES.items()
        for column, declared in table.schema.columns.items()
        for check in declared.checks
    } | {(name, "", check.name) for name, table in TABLES.items() for check in table.schema.checks}
    tried = {(table, *expected) for table, _, expected in BAD}
    # Forms and ranges are one check each with other bounds; each is tried in some column.
    assert {rule for _, _, rule in tried} >= {"has_the_form", "between"}
    assert {(table, rule) for table, column, rule in declared - tried if not column} == set()


@pytest.mark.parametrize("table", TABLES)
def test_the_same_key_twice_is_a_duplicate_unless_other_keys_say_otherwise(table):
    rows = pd.concat([frame(table)] * 2, ignore_index=True)
    (found,) = findings(rows, TABLES[table])
    assert (found.column, found.rule, found.rows.tolist()) == ("", "duplicate", [True, True])
    assert findings(rows, TABLES[table], keys=pd.DataFrame({"home": [1, 2]})) == []


def test_frame_refuses_what_its_types_do_not_take_and_says_no_value():
    with pytest.raises(InvalidDataError) as caught:
        TABLES["persons"].frame({"person_id": ["p"], "sex": ["geheim"], "birth_year": ["geheim"], "sexe": ["1"]})
    text = str(caught.value)
    assert "has no column sexe; did you mean 'sex'?" in text
    assert "sex: 1 row with no code of its list" in text
    assert "birth_year: holds something that is no year" in text
    assert "geheim" not in text


def test_no_value_of_a_person_is_in_what_validation_raises_or_returns():
    secret = "Helena-19640229"
    rows = frame("persons", person_id=secret, municipality=secret, neighbourhood=secret * 9)
    with pytest.raises(pandera.errors.SchemaErrors) as of_pandera:
        TABLES["persons"].schema.validate(rows, lazy=True)
    assert secret in str(of_pandera.value)  # the trap is real: pandera quotes
    found = findings(rows, TABLES["persons"])
    assert len(found) == 2
    assert secret not in repr([(one.column, one.rule, one.sentence) for one in found])
    with pytest.raises(InvalidDataError) as caught:
        findings(rows.assign(birth_year=secret), TABLES["persons"])
    assert "column birth_year: wrong datatype" in str(caught.value)
    chain = [caught.value, caught.value.__cause__]
    assert secret not in repr(chain)
    assert caught.value.__suppress_context__


def test_codes_are_single_and_texts_are_there():
    for code_list in codes.CODE_LISTS:
        listed = [code.code for code in code_list.codes]
        assert len(set(listed)) == len(listed)
        assert all(code.text for code in code_list.codes)
        assert code_list.source
        assert list(code_list.dtype.categories[: len(listed)]) == listed


def test_an_open_list_takes_a_code_of_two_digits_and_a_closed_one_does_not():
    assert "77" in codes.EXIT_REASON.dtype.categories
    assert "9" not in codes.SEX.dtype.categories
    assert codes.EXIT_REASON.text("77") == ""
    assert codes.EXIT_REASON.group_of("77") == "unknown"


def test_exit_groups_are_those_of_the_table_in_the_sources():
    # BUS 11 and 13 are work; 31, 34 and 35 (and 06, 07) enforcement; 32 is a move, not a success.
    assert codes.EXIT_REASON.codes_in("work") == ("11", "13")
    assert set(codes.EXIT_REASON.codes_in("enforcement")) == {"06", "07", "31", "34", "35"}
    assert set(codes.EXIT_REASON.codes_in("demographic")) == {"03", "04", "05", "32", "33"}
    assert {code.group for code in codes.EXIT_REASON.codes} == set(codes.EXIT_GROUPS)
    assert len(codes.EXIT_REASON.codes) == 21


def test_the_data_dictionary_is_current():
    written = (ROOT / "docs" / "data-dictionary.md").read_text("utf-8")
    assert written == data_dictionary(), "run: make docs"
    for table in TABLES.values():
        assert f"## {table.name}\n" in written
        for column in table.columns:
            assert f"| `{column}` |" in written
    for anchor in re.findall(r"\]\(#([a-z0-9_]+)\)", written):
        assert f"### {anchor}\n" in written
