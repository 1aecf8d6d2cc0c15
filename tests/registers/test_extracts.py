"""One list of participants in every kind of source gives the same table."""

import contextlib
import csv
import datetime as dt
import hashlib
import io
import sqlite3

import openpyxl
import pandas as pd
import pyreadstat
import pytest
import sqlalchemy
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from evaltools.errors import EvaltoolsError, InvalidDataError
from evaltools.registers.extracts import list_profiles, read_extract, read_profile
from evaltools.registers.extracts.delivery import plain_name
from evaltools.registers.store import open_register
from evaltools.registers.tables import TABLES

LAYOUT = '{separator: ";", encoding: utf-8, decimal: ",", days: dd-mm-jjjj}'
PROFILE = """\
title: Lijst
layout: LAYOUT
tables:
  participations:
    columns:
      person_id: {column: bsn, bsn: true}
      programme: {value: samen-sterk}
      status: {column: stand, codes: {gestart: started, afgerond: completed, 'één gesprek': approached}}
      selected_day: gekozen
      first_day: begin
      last_day: einde
  placements:
    only_filled: werkgever
    columns:
      placement_id: plek
      programme: {value: samen-sterk}
      employer_id: werkgever
      hours_per_week: uren
      offered_day: gekozen
"""
HEADER = ["BSN", "Stand", "Gekozen", "Begin", "Einde", "Plek", "Werkgever", "Uren", "Opmerking"]
DAY = dt.date
ROWS = [
    ["111222333", "gestart", DAY(2019, 1, 31), DAY(2019, 2, 1), None, "w1", "Bakker", 16.5, "vrije tekst"],
    ["123456782", "afgerond", DAY(2019, 3, 1), DAY(2019, 3, 1), DAY(2019, 12, 31), None, None, None, None],
    ["999990019", "één gesprek", DAY(2019, 3, 1), None, None, "w2", "Bakker", 1024.0, None],
]


def profile(**layout):
    text = LAYOUT
    for key, value in layout.items():
        text = text.replace("}", f", {key}: {value}}}") if f"{key}:" not in text else text
        text = ", ".join(
            f"{key}: {value}" if part.strip("{ ").startswith(f"{key}:") else part
            for part in text.strip("{}").split(", ")
        )
        text = "{" + text + "}"
    return PROFILE.replace("LAYOUT", text)


def as_text(value):
    if isinstance(value, dt.date):
        return value.strftime("%d-%m-%Y")
    if isinstance(value, float):
        return f"{value:,.1f}".translate(str.maketrans(",.", ".,"))  # 1.024,0
    return value or ""


def csv_text(separator=";", line_end="\r\n"):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=line_end)
    writer.writerows([HEADER, *([as_text(value) for value in row] for row in ROWS)])
    return out.getvalue()


def xlsx(rows=None, **_):
    book = openpyxl.Workbook()
    for row in rows or [HEADER, *ROWS]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def frame():
    rows = pd.DataFrame(ROWS, columns=HEADER)
    for column in ("Gekozen", "Begin", "Einde"):
        rows[column] = pd.to_datetime(rows[column])
    return rows


def parquet():
    out = io.BytesIO()
    frame().to_parquet(out)
    return out.getvalue()


def sav(tmp_path):
    path = tmp_path / "made.sav"
    rows = frame().fillna({"Plek": "", "Werkgever": "", "Opmerking": ""})
    for column in ("Gekozen", "Begin", "Einde"):
        rows[column] = rows[column].dt.date.where(rows[column].notna(), None)
    pyreadstat.write_sav(rows, str(path))
    data = path.read_bytes()
    path.unlink()
    return data


def check(project, key):
    """The tables hold what stands in ROWS, written out by hand."""
    register = open_register("GM0222", project)
    participations = register.participations.sort_values("selected_day", kind="stable")
    numbers = [key.pseudonym("bsn", row[0]) for row in ROWS]
    assert participations["person_id"].tolist() == numbers
    assert participations["status"].tolist() == ["started", "completed", "approached"]
    assert participations["selected_day"].dt.strftime("%Y%m%d").tolist() == ["20190131", "20190301", "20190301"]
    assert participations["first_day"].dt.strftime("%Y%m%d").fillna("").tolist() == ["20190201", "20190301", ""]
    assert participations["last_day"].dt.strftime("%Y%m%d").fillna("").tolist() == ["", "20191231", ""]
    placements = register.placements.sort_values("hours_per_week")
    assert placements["hours_per_week"].tolist() == [16.5, 1024.0]
    assert placements["employer_id"].tolist() == [key.pseudonym("employer_id", "Bakker")] * 2


# 1024 hours a week cannot be, and is here to try a number with a dot for thousands.
@pytest.fixture(autouse=True)
def _long_weeks(monkeypatch):
    column = TABLES["placements"].schema.columns["hours_per_week"]
    monkeypatch.setattr(column, "checks", [])


@pytest.mark.parametrize(
    ("name", "content", "layout"),
    [
        ("a.csv", csv_text().encode(), {}),
        ("a.csv", b"\xef\xbb\xbf" + csv_text().encode(), {}),
        ("a.txt", csv_text("\t", "\n").encode(), {"separator": '"\\t"'}),
        ("a.csv", csv_text().encode("cp1252"), {"encoding": "cp1252"}),
        ("a.csv", csv_text().removesuffix("\r\n").encode(), {}),
        ("a.csv", (csv_text() + "\r\n\r\n").encode(), {}),
        ("A.XLSX", xlsx(), {}),
        ("a.parquet", parquet(), {}),
    ],
    ids=["csv", "bom", "tabs", "cp1252", "no-last-line-end", "blank-lines", "xlsx", "parquet"],
)
def test_every_file_gives_the_same_tables_and_stays_as_it_is(project, key, take_in, name, content, layout):
    take_in(content, profile(**layout), name=name, municipality="GM0222")
    check(project, key)
    assert (project.root / name).read_bytes() == content
    origin = open_register("GM0222", project).origins["participations"]
    assert origin.source == hashlib.sha256(content).hexdigest()


def test_spss(project, key, take_in, tmp_path):
    take_in(sav(tmp_path), profile(), name="a.sav", municipality="GM0222")
    check(project, key)


def test_a_sheet_with_a_title_above_its_header(project, key, take_in):
    content = xlsx([["Deelnemers 2019"], [], HEADER, *ROWS])
    with pytest.raises(InvalidDataError, match="has its header in row 3; write header_row: 3"):
        take_in(content, profile(), name="a.xlsx", municipality="GM0222")
    take_in(content, profile(header_row=3), name="a.xlsx", municipality="GM0222")
    check(project, key)


def fill(url):
    engine = sqlalchemy.create_engine(url)
    rows = frame().rename(columns=str.lower)
    rows.to_sql("deelnemers", engine, index=False, if_exists="replace")
    engine.dispose()


QUERY = "select bsn, stand, gekozen, begin, einde, plek, werkgever, uren from deelnemers"


def test_sqlite(project, key, take_in, tmp_path):
    path = tmp_path / "suite.db"
    fill(f"sqlite:///{path}")
    before = path.read_bytes()
    take_in(f"sqlite:///{path}", profile(days="jjjj-mm-dd"), query=SQLITE_DAYS, municipality="GM0222")
    check(project, key)
    assert path.read_bytes() == before


# SQLite has no days: it gives texts, cut to the day here.
SQLITE_DAYS = QUERY.replace("gekozen, begin, einde", "date(gekozen) gekozen, date(begin) begin, date(einde) einde")


def test_postgresql(project, key, take_in, postgresql):
    fill(postgresql)
    done = take_in(postgresql, profile(), query=QUERY, municipality="GM0222")
    check(project, key)
    assert [part.n_not_asked for part in done] == [0, 1]
    source = open_register("GM0222", project).origins["participations"].source
    take_in(postgresql, profile(), query=QUERY + " where stand = 'gestart'", municipality="GM0222")
    assert open_register("GM0222", project).origins["participations"].source != source


def test_a_query_on_postgresql_can_change_nothing(take_in, postgresql):
    fill(postgresql)
    with pytest.raises(InvalidDataError, match="refuses the query") as caught:
        take_in(postgresql, profile(), query="delete from deelnemers returning *", municipality="GM0222")
    assert "deelnemers" not in str(caught.value)
    engine = sqlalchemy.create_engine(postgresql)
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("select count(*) from deelnemers")).scalar() == len(ROWS)
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "query", "sentence"),
    [
        ("sqlite:////none/such.db", "select 1", "is not there"),
        ("postgresql+psycopg://user:geheim@127.0.0.1:1/none", "select 1", "cannot be reached"),
        ("nonsense://x", "select 1", "has no URL that SQLAlchemy knows"),
        ("postgresql+psycopg://user:geheim@127.0.0.1/none", None, "needs a query"),
    ],
)
def test_a_database_that_does_not_answer(take_in, url, query, sentence):
    with pytest.raises(InvalidDataError, match=sentence) as caught:
        take_in(url, profile(), query=query, municipality="GM0222")
    assert "geheim" not in str(caught.value)
    assert "select" not in str(caught.value)


def test_sqlite_query_errors_tell_no_value(take_in, tmp_path):
    path = tmp_path / "suite.db"
    sqlite3.connect(path).close()
    with pytest.raises(InvalidDataError, match="OperationalError"):
        take_in(f"sqlite:///{path}", profile(), query="select 'geheim' from none", municipality="GM0222")


# Characters that are not seen are taken out, by design.
cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=["Cf"]), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=8), separator=st.sampled_from(";,|\t"))
def test_what_a_csv_writer_wrote_is_read_back(tmp_path, rows, separator):
    rows = [row for row in rows if any(row)] or [("a", "b")]
    # A line of a value that looks like a whole row is taken for a quote that is not closed.
    assume(not any("\n" in value and separator in value for row in rows for value in row))
    path = tmp_path / "x.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL)
        writer.writerows([("placement_id", "employer_id"), *rows])
    text = profile(separator=repr(separator) if separator != "\t" else '"\\t"')
    (tmp_path / "p.yaml").write_text(TWO_COLUMNS.replace("LAYOUT", text.split("layout: ")[1].split("\n")[0]), "utf-8")
    delivery = read_extract(path, read_profile(str(tmp_path / "p.yaml")))
    for position, name in enumerate(("placement_id", "employer_id")):
        column = delivery.columns[name]
        assert [column.cells[at] for at in column.positions] == [row[position].strip() or None for row in rows]


TWO_COLUMNS = """\
title: Twee
layout: LAYOUT
tables:
  placements:
    columns:
      placement_id: placement_id
      employer_id: employer_id
      programme: {value: samen-sterk}
      offered_day: {value: 01-01-2020}
"""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(content=st.binary(max_size=300), suffix=st.sampled_from([".csv", ".xlsx", ".sav", ".parquet", ".ods", ""]))
def test_whatever_a_file_holds_it_is_a_clear_error_or_a_delivery(tmp_path, content, suffix):
    path = tmp_path / f"x{suffix}"
    path.write_bytes(content)
    refused_or_read(path)


# Made once: a workbook holds the time that it was made.
WHOLE = {"csv": csv_text().encode(), "xlsx": xlsx(), "parquet": parquet()}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data(), kind=st.sampled_from(["csv", "xlsx", "parquet"]))
def test_a_damaged_file_is_a_clear_error_or_a_delivery(tmp_path, data, kind):
    content = bytearray(WHOLE[kind])
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / f"x.{kind}"
    path.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    refused_or_read(path)


def refused_or_read(path):
    with contextlib.suppress(EvaltoolsError):
        assert read_extract(path, read_profile("participants")).n_rows


def test_names_of_columns_are_the_same_however_they_are_written():
    assert plain_name("Reden beëindiging uitkering persoon") == plain_name("reden_beeindiging_uitkering_persoon")
    assert plain_name("CBS-gemeentecode") == plain_name("cbs_gemeentecode")


@pytest.mark.parametrize("name", list_profiles())
def test_profiles_that_come_with_it_are_good(name):
    assert read_profile(name).title


def test_the_generic_profile_has_every_column_of_every_table():
    generic = read_profile("generic")
    for name, table in TABLES.items():
        assert set(generic.tables[name].columns) == set(table.columns) - {"municipality"}
