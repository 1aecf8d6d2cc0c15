"""From an extract to the tables of its municipalities."""

import datetime as dt
import re
from typing import get_args

import pandas as pd
import pytest

from evaltools.errors import InvalidDataError
from evaltools.registers.extracts import read_profile
from evaltools.registers.extracts.profile import ColumnMapping, DayFormat, Layout, Profile, TableMapping
from evaltools.registers.pseudonyms import Key
from evaltools.registers.store import open_register, stored_municipalities
from tests.conftest import ROOT
from tests.registers.test_bad_input import HEADER, ROWS, bus, changed

AALTEN, DOETINCHEM = "0197", "0222"


def record(number, month, **cells):
    """One row of a BUS file."""
    row = {
        "statistiekjaar": "2020", "statistiekmaand": month, "cbs_gemeentecode": AALTEN,
        "registratienummer_uitkering": f"A{number}", "statistiekcode": "01", "leefvorm": "1",
        "datum_invoering_administratie": "20180110", "burgerservicenummer": number, "geboortedatum": "19800302",
        "geslacht": "1", "datum_aanvang_uitkering_persoon": "20180101", "ontheffing_arbeidsverplichting": "2",
        **cells,
    }  # fmt: skip
    return [row.get(name, "") for name in HEADER]


ONE, TWO, THREE = "111222333", "123456782", "999990019"


def test_bus_of_some_months_becomes_one_row_per_spell_and_per_income(project, key, take_in):
    rows = [
        record(ONE, "01", soort_inkomsten="11", bedrag_inkomsten_persoon="+0450"),
        record(ONE, "02", soort_inkomsten="11", bedrag_inkomsten_persoon="1.460,25"),
        record(ONE, "03", soort_inkomsten="11", bedrag_inkomsten_persoon="-0010", leefvorm="3"),
        record(ONE, "12", leefvorm="3", datum_einde_uitkering_persoon="20201115",
               reden_beeindiging_uitkering_persoon="11", datum_invoering_administratie="20201201"),
        record(TWO, "01", statistiekcode="12"),
    ]  # fmt: skip
    done = take_in(bus(rows), extract_day=dt.date(2020, 12, 31))
    register = open_register("GM0197", project)
    (person,) = register.persons.itertuples()
    assert (person.person_id, person.birth_year, person.household_type) == (key.pseudonym("bsn", ONE), 1980, "3")
    assert person.municipality == "GM0197"
    (spell,) = register.benefit_spells.itertuples()
    assert (spell.first_day, spell.last_day) == (pd.Timestamp("2018-01-01"), pd.Timestamp("2020-11-15"))
    assert (spell.exit_reason, spell.registered_day) == ("11", pd.Timestamp("2020-12-01"))
    assert spell.benefit_id == key.pseudonym("benefit_id", f"A{ONE}")
    assert register.incomes["euro"].tolist() == [450.0, 1460.25, -10.0]
    assert register.incomes["month"].dt.month.tolist() == [1, 2, 3]
    counts = {part.table: (part.n_not_asked, part.n_earlier) for part in done}
    # Left out: the special assistance of TWO everywhere, and the month without income. Replaced: three months of one spell.
    assert counts == {"persons": (1, 3), "benefit_spells": (1, 3), "incomes": (2, 0)}


def test_the_order_of_the_months_in_the_file_does_not_matter(project, take_in):
    rows = [record(ONE, month, leefvorm=form) for month, form in [("10", "4"), ("2", "1"), ("11", "3"), ("01", "2")]]
    take_in(bus(rows))
    assert open_register("GM0197", project).persons["household_type"].tolist() == ["3"]


def test_two_incomes_in_a_month_are_two_incomes_of_one_spell(project, take_in):
    rows = [record(ONE, "01", soort_inkomsten=kind, bedrag_inkomsten_persoon="100") for kind in ("11", "31")]
    take_in(bus(rows))
    register = open_register("GM0197", project)
    assert [len(register.read(table)) for table in ("persons", "benefit_spells", "incomes")] == [1, 1, 2]


def test_what_differs_within_the_last_month_is_not_chosen_between(take_in):
    rows = [record(ONE, "01", leefvorm="1"), record(ONE, "01", leefvorm="3")]
    with pytest.raises(InvalidDataError, match="persons: 2 rows, first line 2: the same person_id more than once"):
        take_in(bus(rows))


def test_one_reporter_delivers_several_municipalities(project, key, take_in):
    rows = [
        record(ONE, "01"),
        record(TWO, "01", cbs_gemeentecode=DOETINCHEM, soort_inkomsten="11", bedrag_inkomsten_persoon="5"),
        record(ONE, "01", cbs_gemeentecode=DOETINCHEM),  # moved: in both registers
    ]
    done = take_in(bus(rows))
    assert stored_municipalities(project) == ["GM0197", "GM0222"]
    assert done[0].n_rows == {"GM0197": 1, "GM0222": 2}
    aalten, doetinchem = (open_register(code, project) for code in ("GM0197", "GM0222"))
    assert aalten.persons["person_id"].tolist() == [key.pseudonym("bsn", ONE)]
    assert set(doetinchem.persons["municipality"]) == {"GM0222"}
    assert set(doetinchem.persons["person_id"]) == {key.pseudonym("bsn", number) for number in (ONE, TWO)}
    # Aalten has no income in this extract: an empty table, not one of an earlier extract.
    assert (len(aalten.incomes), len(doetinchem.incomes)) == (0, 1)


def test_an_extract_replaces_the_tables_that_it_holds_and_no_other(project, take_in):
    take_in(bus())
    list_of_participants = (
        "bsn;programma;status;datum_selectie;datum_start;datum_einde;soort_traject\n"
        f"{ONE};samen-sterk;gestart;01-02-2020;15-02-2020;;werk\n"
    )
    take_in(list_of_participants, "participants", municipality="GM0197")
    take_in(bus(ROWS[:2]))
    register = open_register("GM0197", project)
    assert {name: len(register.read(name)) for name in register.tables} == {
        "persons": 2, "benefit_spells": 2, "incomes": 0, "participations": 1,
    }  # fmt: skip
    assert set(register.participations["person_id"]) <= set(register.persons["person_id"])


def test_the_municipality_that_is_asked_for_must_be_the_one_that_is_there(take_in):
    with pytest.raises(
        InvalidDataError, match=r"3 rows, first line 2: of another municipality than GM0222; leave out --municipality"
    ):
        take_in(bus(), municipality="GM0222")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"municipality": "GM0198"}, "is asked for municipality 'GM0198'; did you mean"),
        ({"extract_day": dt.date(2199, 1, 1)}, "an extract day that has yet to come"),
        (
            {"tables": ["provision"]},
            "has no table 'provision'; did you mean 'persons'\\? Allowed: benefit_spells, incomes, persons",
        ),
    ],
)
def test_wrong_use(take_in, options, sentence):
    with pytest.raises(InvalidDataError, match=sentence):
        take_in(bus(), **options)


def test_a_source_without_municipality_needs_one(take_in):
    with pytest.raises(InvalidDataError, match="say which it is with --municipality"):
        take_in("bsn\n", "participants")


def test_unknown_codes_are_kept_counted_and_told(project, take_in):
    done = take_in(changed(0, reden_beeindiging_uitkering_persoon="77"))
    spells = open_register("GM0197", project).benefit_spells
    assert spells["exit_reason"].dropna().tolist() == ["77"]
    assert done[1].n_unknown == {"exit_reason 77": 1}
    assert done[1].sentences() == ["1 row with exit_reason 77, which is not in the official list; kept as it is"]


def many_rows(n):
    """Make ``n`` people with a number that passes the test of a BSN."""
    numbers, number = [], 100_000_000
    while len(numbers) < n:
        if sum(w * int(d) for w, d in zip([9, 8, 7, 6, 5, 4, 3, 2, -1], str(number), strict=True)) % 11 == 0:
            numbers.append(str(number))
        number += 1
    return [record(one, "01") for one in numbers]


def test_rows_can_be_set_aside_and_are_counted_per_municipality(project, take_in):
    rows = many_rows(40)
    end, birth = (HEADER.index(name) for name in ("datum_einde_uitkering_persoon", "geboortedatum"))
    home = HEADER.index("cbs_gemeentecode")
    rows[3][end] = "20171231"
    rows[5][birth] = "onbekend"
    rows[6][birth], rows[6][home] = "onbekend", DOETINCHEM
    with pytest.raises(InvalidDataError, match="2 problems"):
        take_in(bus(rows))
    done = take_in(bus(rows), set_aside=True)
    aalten, doetinchem = (open_register(code, project) for code in ("GM0197", "GM0222"))
    # Thirty-nine in Aalten: one without a birthday, one that ends before it begins; the one of Doetinchem has no birthday.
    assert [len(aalten.persons), len(aalten.benefit_spells)] == [39 - 1, 39 - 1]
    assert [len(doetinchem.persons), len(doetinchem.benefit_spells)] == [0, 1]
    assert aalten.origins["persons"].n_set_aside == {"not_a_year": 1}
    assert doetinchem.origins["persons"].n_set_aside == {"not_a_year": 1}
    assert aalten.origins["benefit_spells"].n_set_aside == {"ends_before_begin": 1}
    assert done[0].n_set_aside == {"not_a_year": 2}
    assert "2 rows set aside: not_a_year" in done[0].sentences()


def test_too_many_rows_are_not_set_aside(project, take_in):
    rows = many_rows(40)
    birth = HEADER.index("geboortedatum")
    for row in rows[:5]:
        row[birth] = "198"
    with pytest.raises(InvalidDataError, match="persons: 5 rows of 40 would be set aside, and 10% is the most"):
        take_in(bus(rows), set_aside=True)
    assert stored_municipalities(project) == []
    rows[0][birth] = "19800302"
    take_in(bus(rows), set_aside=True)
    assert len(open_register("GM0197", project).persons) == 40 - 4


GENERIC = "person_id,programme,status,selected_day,kind\n"


def participants(*rows):
    people = [f"p{n},x,selected,2020-01-01,work" for n in range(60)]
    return GENERIC + "\n".join([*people, *rows]) + "\n"


def test_of_rows_that_say_the_same_one_is_kept_and_of_others_none(project, take_in):
    twice, conflict = "p1,x,selected,2020-01-01,work", "p2,x,started,2020-01-01,care"
    content = participants(twice, twice, conflict.replace("started", "approached"))
    with pytest.raises(InvalidDataError, match="5 rows, first line 3: the same person_id and programme more than once"):
        take_in(content, "generic", tables=["participations"], municipality="GM0197")
    take_in(content, "generic", tables=["participations"], municipality="GM0197", set_aside=True)
    register = open_register("GM0197", project)
    # Of p1 one row of three stays; p2 has two that differ, and loses both.
    assert len(register.participations) == 60 + 3 - 2 - 2
    assert register.origins["participations"].n_set_aside == {"duplicate": 2 + 2}


def test_optional_columns_that_are_not_there_are_told_and_empty(project, take_in):
    done = take_in(participants(), "generic", tables=["participations"], municipality="GM0197")
    assert "the source has no last_day" in done[0].sentences()
    assert open_register("GM0197", project).participations["last_day"].isna().all()


def test_identifiers_that_look_like_bsns_are_refused_where_they_are_not_declared(take_in):
    content = GENERIC + f"{ONE},x,selected,2020-01-01,work\n{TWO},x,selected,2020-01-01,work\n"
    with pytest.raises(
        InvalidDataError, match="write bsn: true for this column, and they are tested and replaced"
    ) as caught:
        take_in(content, "generic", tables=["participations"], municipality="GM0197")
    assert ONE not in str(caught.value)


def test_bsns_in_a_text_are_refused(take_in):
    content = f"person_id,neighbourhood\nK1,mw {ONE}\nK2,{TWO}\n"
    with pytest.raises(InvalidDataError, match="a number of eight digits or more, as a BSN or a day has"):
        take_in(content, "generic", tables=["persons"], municipality="GM0197")


def test_nothing_of_an_identifier_is_stored(project, take_in):
    at = HEADER.index("registratienummer_uitkering")
    rows = [[*row[:at], f"dossier {row[at]}", *row[at + 1 :]] for row in ROWS]
    take_in(bus(rows))
    stored = b"".join(path.read_bytes() for path in project.processed.rglob("*") if path.is_file())
    assert b"GM0197" in stored
    for row in rows:
        for name in ("burgerservicenummer", "registratienummer_uitkering", "geboortedatum"):
            assert row[HEADER.index(name)].encode() not in stored


def test_the_same_key_links_files_and_another_is_refused(project, key, take_in):
    take_in(bus())
    content = f"bsn;programma;status;datum_selectie;datum_start;datum_einde;soort_traject\n{ONE};x;gestart;1-2-2020;1-2-2020;;\n"
    with pytest.raises(InvalidDataError, match=r"benefit_spells, incomes, persons have pseudonyms of another key"):
        take_in(content, "participants", municipality="GM0197", key=Key(b"another key of forty characters at least"))
    take_in(content, "participants", municipality="GM0197")
    register = open_register("GM0197", project)
    assert set(register.participations["person_id"]) < set(register.persons["person_id"])


def test_a_profile_that_asks_for_rows_that_are_not_there(take_in):
    rows = [record(ONE, "01", statistiekcode="99")]
    with pytest.raises(InvalidDataError, match="persons: no row holds what only_where in the profile asks for"):
        take_in(bus(rows))


PROFILE_PROBLEMS = [
    ("person_idd: x", "table persons has no column 'person_idd'; did you mean 'person_id'?"),
    ("sex: {column: m, codes: {m: '3'}}", "'3' is no code of sex; allowed: 1, 2"),
    ("sex: {column: m, value: '1'}", "needs either a column or a value"),
    ("sex: {codes: {m: '1'}}", "needs either a column or a value"),
    ("sex: {colunm: m}", "unknown key 'colunm'; did you mean 'column'?"),
    ("household_id: {column: h, bsn: true}", "is for person_id only"),
    ("birth_year: {column: h, days: dmj}", "unknown value 'dmj'"),
]


@pytest.mark.parametrize(("line", "sentence"), PROFILE_PROBLEMS)
def test_mistakes_in_a_profile(tmp_path, line, sentence):
    path = tmp_path / "eigen.yaml"
    path.write_text(f"title: x\ntables:\n  persons:\n    columns:\n      person_id: a\n      {line}\n", "utf-8")
    with pytest.raises(InvalidDataError) as caught:
        read_profile(str(path))
    assert sentence in str(caught.value)
    assert "line 6" in str(caught.value) or "line 5" in str(caught.value) or "columns" in str(caught.value)


def test_all_mistakes_of_a_profile_at_once(tmp_path):
    path = tmp_path / "eigen.yaml"
    text = (
        "title: x\nlayout: {separator: '#'}\ntables:\n  personen: {columns: {a: b}}\n  incomes: {columns: {kind: k}}\n"
    )
    path.write_text(text, "utf-8")
    with pytest.raises(InvalidDataError) as caught:
        read_profile(str(path))
    text = str(caught.value)
    assert "unknown value '#'" in text
    assert "unknown table 'personen'; did you mean 'persons'?" in text
    assert "'person_id' is missing; every row of incomes needs it" in text
    assert "'month' is missing" in text


def test_a_profile_that_is_not_there():
    with pytest.raises(InvalidDataError, match=r"profile 'bos': is not there; did you mean 'bus'\?"):
        read_profile("bos")


def test_the_example_of_a_profile_is_good_and_shows_every_key():
    path = ROOT / "docs" / "profile-example.yaml"
    assert read_profile(str(path)).name == "profile-example"
    written = set(re.findall(r"([a-z_]+):", path.read_text("utf-8")))
    for model in (Profile, Layout, TableMapping, ColumnMapping):
        keys = {name for name, field in model.model_fields.items() if field.alias is None}
        assert keys <= written, keys - written
    for form in get_args(DayFormat):
        assert form in path.read_text("utf-8") or form in ("jjjj-mm", "mm-jjjj", "mm/jjjj")
