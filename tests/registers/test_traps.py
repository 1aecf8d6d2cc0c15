"""Traps of real sources: each would store something else than the source says, without a word."""

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy

from evaltools.errors import InvalidDataError
from evaltools.registers.extracts import read_extract, read_profile
from evaltools.registers.store import open_register
from tests.registers.test_bad_input import bus
from tests.registers.test_ingest import ONE, many_rows, record

LIST = """\
title: Lijst
layout: {separator: ";", days: dd-mm-jjjj}
tables:
  participations:
    columns:
      person_id: id
      programme: {value: samen-sterk}
      status: {value: selected}
      selected_day: dag
"""
PEOPLE = """\
title: Mensen
layout: {separator: ";"}
tables:
  persons:
    columns: {person_id: id, household_id: huis, neighbourhood: {column: wijk, optional: true}}
"""
WHERE = {"municipality": "GM0294"}


def days(project):
    return open_register("GM0294", project).participations["selected_day"].dt.strftime("%d").tolist()


STRAY = [
    # A quote in a column that is not read makes one value of all rows up to the next one.
    'id;opm;dag\nA;x;01-01-2020\nB;"t Zand;01-01-2020\nC;x;02-01-2020\nE;"t Zand;04-01-2020\nF;x;05-01-2020\n',
    'id;dag;opm\nA;01-01-2020;"open\nB;01-01-2020;x\nC;01-01-2020;x\nD;01-01-2020;y"\nE;01-01-2020;z\n',
    'id;dag;opm\nA;01-01-2020;"open\n',
]


@pytest.mark.parametrize("content", STRAY)
def test_a_stray_quote_swallows_no_rows(take_in, content):
    with pytest.raises(InvalidDataError, match="quote"):
        take_in(content, LIST, **WHERE)


def test_a_quoted_value_of_two_lines_is_one_value(project, take_in):
    take_in('id;opm;dag\nA;"een\ntwee";01-01-2020\nB;x;02-01-2020\n', LIST, **WHERE)
    assert days(project) == ["01", "02"]


def test_a_file_of_one_table_says_how_to_name_it(take_in):
    """The profile has eight tables: without --table all their columns are asked of it."""
    with pytest.raises(InvalidDataError, match="has all columns of") as caught:
        take_in("person_id,benefit_id,scheme,first_day\nA,1,01,2020-01-01\n", "generic", **WHERE)
    first, *others = caught.value.problems
    assert first.startswith("has all columns of persons, benefit_spells and of no other of the 8 tables")
    assert first.endswith("such as --table benefit_spells")
    assert all(problem.startswith("has no column") for problem in others)


def test_a_month_is_asked_for_as_a_month(take_in):
    with pytest.raises(InvalidDataError, match=r"1 row, first line 2: not a month written as jjjj-mm \(2019-12\)"):
        take_in("person_id,month,kind\nA,2020-01-01,11\n", "generic", tables=["incomes"], **WHERE)


def test_a_long_value_is_read_and_leaves_the_limit_of_the_process_as_it_was(project, take_in):
    """The scan of pages refuses a CSV with a value above that limit; so a test of the scan fails where one of these raised it."""
    before = csv.field_size_limit()
    take_in(f'id;opm;dag\nA;"{"x" * (before + 1)}";01-01-2020\nB;x;02-01-2020\n', LIST, **WHERE)
    assert days(project) == ["01", "02"]
    with pytest.raises(InvalidDataError, match="first line 2"):
        take_in(f'id;opm;dag\nA;"{"x" * (before + 1)}";fout\n', LIST, **WHERE)
    assert csv.field_size_limit() == before


def test_line_ends_of_an_old_mac_and_of_two_kinds(project, take_in):
    take_in("id;dag\rA;01-01-2020\rB;02-01-2020\r", LIST, **WHERE)
    assert days(project) == ["01", "02"]
    with pytest.raises(InvalidDataError, match="line ends of two kinds"):
        take_in("id;dag\rA;01-01-2020\nB;02-01-2020\n", LIST, **WHERE)


def test_lines_are_counted_as_an_editor_does(take_in):
    with pytest.raises(InvalidDataError, match="first line 5"):
        take_in("id;dag\nA1;01-01-2020\n   \n\nA2;fout\n", LIST, **WHERE)


@pytest.mark.parametrize("month", ["O2", "", "-2", "5.0"])
def test_a_month_that_cannot_be_read_is_told_and_not_taken_for_the_oldest(take_in, month):
    rows = [record(ONE, "01"), record(ONE, month, datum_einde_uitkering_persoon="20200215")]
    with pytest.raises(InvalidDataError, match="in 'statistiekmaand', by which the latest is taken"):
        take_in(bus(rows))


def test_rows_that_cannot_be_read_are_not_taken_for_the_same(take_in):
    rows = [*many_rows(40), *[record("111222334", "01") for _ in range(20)]]
    with pytest.raises(InvalidDataError, match="20 rows of 60 would be set aside"):
        take_in(bus(rows), tables=["persons"], set_aside=True)


def test_the_latest_can_be_taken_by_a_day(project, take_in):
    profile = LIST.replace("  participations:\n", "  participations:\n    latest_by: gezien\n").replace(
        "id: id", "id: id"
    )
    take_in(
        "id;dag;gezien\nA;01-01-2020;02-02-2020\nA;02-01-2020;11-01-2020\nA;03-01-2020;01-03-2020\n", profile, **WHERE
    )
    assert days(project) == ["03"]


def test_rows_that_say_the_same_count_once_when_the_profile_says_so(project, take_in):
    content = "id;dag;uitkering\nA;01-01-2020;1\nA;01-01-2020;2\nB;02-01-2020;3\n"
    with pytest.raises(InvalidDataError, match="the same person_id and programme more than once"):
        take_in(content, LIST, **WHERE)
    take_in(content, LIST.replace("  participations:\n", "  participations:\n    distinct: true\n"), **WHERE)
    assert days(project) == ["01", "02"]


def parquet(**columns):
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


LARGE = [100000000000000001, 100000000000000002, None]


@pytest.mark.parametrize(
    "houses",
    [
        pa.array(LARGE, pa.int64()),
        pa.array([value and Decimal(value) for value in LARGE], pa.decimal128(20, 0)),
        pa.array([b"\xff\x01", b"\xfe\x01", None]),
        pa.array(["1", "2", None]).dictionary_encode(),
    ],
    ids=["int64", "decimal", "binary", "dictionary"],
)
def test_different_identifiers_stay_different(project, take_in, houses):
    take_in(parquet(id=pa.array(["a", "b", "c"]), huis=houses), PEOPLE, name="a.parquet", **WHERE)
    found = open_register("GM0294", project).persons["household_id"]
    assert found.nunique() == 2
    assert found.isna().tolist() == [False, False, True]


def test_large_numbers_of_a_database_and_of_a_file_link(project, take_in, key, postgresql):
    query = "select 'a' id, 100000000000000001::numeric huis union all select 'b', 100000000000000002"
    take_in(postgresql, PEOPLE, query=query, **WHERE)
    expected = [key.pseudonym("household_id", str(value)) for value in LARGE[:2]]
    assert open_register("GM0294", project).persons["household_id"].tolist() == expected


@pytest.mark.parametrize("column", ["'[1]'::jsonb", "array[1]", "'{\"a\": 1}'::json"])
def test_lists_of_a_database_are_refused(take_in, postgresql, column):
    with pytest.raises(InvalidDataError, match="holds lists or the like"):
        take_in(postgresql, PEOPLE, query=f"select 'a' id, {column} huis", **WHERE)


def test_lists_of_a_file_are_refused(take_in):
    with pytest.raises(InvalidDataError, match="holds lists or the like"):
        take_in(parquet(id=pa.array(["a"]), huis=pa.array([[1]])), PEOPLE, name="a.parquet", **WHERE)


def test_parts_of_an_identifier_do_not_run_into_each_other(project, take_in):
    profile = PEOPLE.replace("household_id: huis", "household_id: [huis, deel]")
    take_in("id;huis;deel\na;1;234\nb;12;34\nc;12;\nd;12;0\n", profile, **WHERE)
    assert open_register("GM0294", project).persons["household_id"].nunique() == 4


@pytest.mark.parametrize("header", ["id;#", "id;"])
def test_a_name_without_letters_is_no_other_name_without_letters(take_in, header):
    profile = PEOPLE.replace("household_id: huis", 'household_id: "€"')
    with pytest.raises(InvalidDataError, match="has no column '€'"):
        take_in(f"{header}\na;7\n", profile, **WHERE)


def test_days_with_a_time_zone_are_refused_as_they_may_be_other_days(take_in):
    moment = dt.datetime(2019, 12, 31, 23, tzinfo=dt.UTC)
    content = parquet(id=pa.array(["a"]), dag=pa.array([moment], pa.timestamp("us", "UTC")))
    with pytest.raises(InvalidDataError, match="not a day written as"):
        take_in(content, LIST, name="a.parquet", **WHERE)


def test_merged_cells_below_the_header_are_refused(take_in):
    book = openpyxl.Workbook()
    for row in (["id", "dag"], ["a", dt.date(2020, 1, 1)], ["b", None]):
        book.active.append(row)
    book.active.merge_cells("B2:B3")
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(InvalidDataError, match="has merged cells below its header, first in row 3"):
        take_in(out.getvalue(), LIST, name="a.xlsx", **WHERE)


def test_characters_that_are_not_seen_make_no_other_person(take_in):
    with pytest.raises(InvalidDataError, match="2 rows, first line 2: the same person_id"):
        take_in("id;huis\nA1;x\nA1\u200b;x\n", PEOPLE, **WHERE)


@pytest.mark.parametrize(
    "value",
    ["999990019", "BU999990019", "0999990019", "９９９９９００１９", "٩٩٩٩٩٠٠١٩", "999\u00a0990\u00a0019", "999\u2011990\u2011019",
     "999\u200b990019", "999_990_019", "999/990/019", "999990019.0", "tel 0612345678", "12-03-1985"],
)  # fmt: skip
def test_no_long_number_is_stored_in_a_text(take_in, value):
    content = f"id;huis;wijk\na;1;Kern\nb;2;{value}\nc;3;BU01970101\n"
    with pytest.raises(InvalidDataError, match=r"neighbourhood.*1 row, first line 3: a number of eight digits or more"):
        take_in(content, PEOPLE, **WHERE)


@pytest.mark.parametrize("value", ["BU01970101", "Wijk 12", "De Hoven 3", ""])
def test_neighbourhoods_are_stored(take_in, value):
    take_in(f"id;huis;wijk\na;1;{value}\n", PEOPLE, **WHERE)


def test_a_file_without_a_header_tells_nothing_of_its_first_row(take_in):
    profile = LIST.replace("selected_day: dag", "selected_day: Begin").replace("person_id: id", "person_id: Stand")
    with pytest.raises(InvalidDataError) as caught:
        take_in("999990019;Strand;Benin;01-01-2020\n", profile, **WHERE)
    assert not any(value in str(caught.value) for value in ("Strand", "Benin", "999990019"))


def test_a_column_that_is_no_municipality_tells_none_of_its_values(take_in):
    rows = [record(ONE, "01", cbs_gemeentecode=str(year)) for year in range(1940, 1990)]
    with pytest.raises(InvalidDataError) as caught:
        take_in(bus(rows))
    assert len(caught.value.problems) == 1
    assert "19" not in str(caught.value)


def test_a_password_in_a_url_is_not_told(take_in):
    with pytest.raises(InvalidDataError) as caught:
        take_in("postgresql+psycopg://u:p@ss:w0rd@h/db", LIST, query="select 1", **WHERE)
    assert "w0rd" not in str(caught.value)


@pytest.mark.parametrize("query", ["drop table z", "create table y as select 1", "delete from z returning id, dag"])
def test_a_query_on_sqlite_can_change_nothing(take_in, tmp_path, query):
    path = tmp_path / "suite.db"
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("create table z (id text, dag text)"))
        connection.execute(sqlalchemy.text("insert into z values ('a', '01-01-2020')"))
    engine.dispose()
    before = path.read_bytes()
    with pytest.raises(InvalidDataError, match="refuses the query"):
        take_in(f"sqlite:///{path}", LIST, query=query, **WHERE)
    assert path.read_bytes() == before
    take_in(f"sqlite:///{path}", LIST, query="select id, dag from z where id != ':b'", **WHERE)


def test_an_extract_of_another_day_is_told(take_in):
    with pytest.raises(
        InvalidDataError, match=r"selected_day.*a day after the extract day, 2012-12-31; is --extract-day right"
    ):
        take_in("id;dag\na;01-02-2018\n", LIST, extract_day=dt.date(2012, 12, 31), **WHERE)


def test_an_earlier_extract_and_another_key_say_what_they_replace(take_in, key):
    take_in("id;dag\na;01-02-2018\n", LIST, extract_day=dt.date(2020, 6, 30), **WHERE)
    (done,) = take_in("id;dag\na;01-02-2018\n", LIST, extract_day=dt.date(2019, 6, 30), **WHERE)
    assert "took the place of a later extract of GM0294" in done.sentences()
    other = type(key)(b"another key of forty characters at least")
    (done,) = take_in("id;dag\na;01-02-2018\n", LIST, key=other, **WHERE)
    assert "took the place of a table with pseudonyms of another key of GM0294" in done.sentences()


def test_a_programme_without_a_file_is_told(take_in):
    with pytest.raises(InvalidDataError, match="a programme without a file in programmes/; there are: samen-sterk, x"):
        take_in("id;dag\na;01-02-2018\n", LIST.replace("samen-sterk", "samen-strek"), **WHERE)


def test_codes_are_the_same_in_capitals_and_overig_is_not_overlijden(project, take_in):
    profile = LIST.replace(
        "status: {value: selected}", "status: {column: s, codes: {gestart: selected, overlijden: withdrawn}}"
    )
    take_in("id;dag;s\na;01-02-2018;Gestart \n", profile, **WHERE)
    assert open_register("GM0294", project).participations["status"].tolist() == ["selected"]
    with pytest.raises(InvalidDataError) as caught:
        take_in("id;dag;s\na;01-02-2018;Overig\n", profile, **WHERE)
    assert "did you mean" not in str(caught.value)


def test_what_means_no_day_is_written_as_a_person_sees_it(project, take_in):
    book = openpyxl.Workbook()
    for row in (["id", "dag", "einde"], ["a", dt.date(2020, 1, 1), dt.date(9999, 12, 31)]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    profile = LIST + '      last_day: {column: einde, empty: ["31-12-9999"]}\n      first_day: dag\n'
    take_in(out.getvalue(), profile, name="a.xlsx", **WHERE)
    assert open_register("GM0294", project).participations["last_day"].isna().all()


def test_a_bsn_may_have_dots_and_lost_zeros_are_told(project, take_in, key):
    profile = LIST.replace("person_id: id", "person_id: {column: id, bsn: true}")
    take_in("id;dag\n1112.22.333\n".replace("333\n", "333;01-01-2020\n"), profile, **WHERE)
    assert open_register("GM0294", project).participations["person_id"].tolist() == [key.pseudonym("bsn", ONE)]
    with pytest.raises(InvalidDataError, match="2 rows, first line 2: a BSN of fewer than 9 digits"):
        take_in("id;dag\n1112223;01-01-2020\n11122233;01-01-2020\n", profile, **WHERE)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("municipality: {column: gemeente, optional: true}", "is a column that every row has"),
        ("municipality: {value: GM0197}", "is a column that every row has"),
    ],
)
def test_a_municipality_is_of_every_row(tmp_path, line, sentence):
    (tmp_path / "p.yaml").write_text(LIST + line + "\n", "utf-8")
    with pytest.raises(InvalidDataError, match=sentence):
        read_profile(str(tmp_path / "p.yaml"))


def test_a_code_that_yaml_reads_otherwise_must_be_quoted(tmp_path):
    text = LIST.replace("status: {value: selected}", "status: {column: s, codes: {null: selected}}")
    (tmp_path / "p.yaml").write_text(text, "utf-8")
    with pytest.raises(InvalidDataError, match="write it between quotes"):
        read_profile(str(tmp_path / "p.yaml"))


def test_a_folder_is_no_file(project, key):
    (project.root / "folder.csv").mkdir()
    with pytest.raises(InvalidDataError, match="is no file; give the path of one"):
        read_extract(project.root / "folder.csv", read_profile("bus"))


def test_unknown_codes_are_counted_in_what_is_stored(take_in):
    rows = [record(ONE, f"{month:02d}", datum_einde_uitkering_persoon="20200101", reden_beeindiging_uitkering_persoon="77")
            for month in range(1, 6)]  # fmt: skip
    done = take_in(bus(rows))
    assert done[1].n_unknown == {"exit_reason 77": 1}
