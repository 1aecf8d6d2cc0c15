"""Every way an extract goes wrong: one clear list, nothing written, earlier tables intact, no value told."""

import hashlib
import io
import zipfile

import openpyxl
import pytest

from evaltools.errors import InvalidDataError
from evaltools.registers.store import open_register

HEADER = (
    "statistiekjaar;statistiekmaand;cbs_gemeentecode;registratienummer_uitkering;statistiekcode;leefvorm;"
    "datum_invoering_administratie;burgerservicenummer;geboortedatum;geslacht;datum_aanvang_uitkering_persoon;"
    "datum_einde_uitkering_persoon;ontheffing_arbeidsverplichting;soort_inkomsten;bedrag_inkomsten_persoon;"
    "reden_beeindiging_uitkering_persoon"
).split(";")
# Three people of Aalten; the third has an income.
ROWS = [
    "2020;05;0197;A1;01;1;20180110;111222333;19800302;1;20180101;20200331;2;;;11".split(";"),
    "2020;05;0197;A2;01;3;20180110;123456782;19750302;2;20180101;;2;;;".split(";"),
    "2020;05;0197;A3;01;1;20180110;999990019;19640229;2;20180101;;2;11;450,50;".split(";"),
]
SECRETS = ["111222333", "123456782", "999990019", "19800302", "19750302", "19640229", "11222333"]
WHO = "(their 'burgerservicenummer')"


def bus(rows=ROWS, header=HEADER, separator=";"):
    return "".join(separator.join(row) + "\n" for row in [header, *rows])


def changed(row, **cells):
    rows = [list(one) for one in ROWS]
    for name, value in cells.items():
        rows[row][HEADER.index(name)] = value
    return bus(rows)


def every(name, value):
    """One column changed in all rows."""
    at = HEADER.index(name)
    return bus([[*row[:at], value, *row[at + 1 :]] for row in ROWS])


def sheet(*rows, change=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bomb():
    """A workbook whose sheet is 600 MB of nothing in 600 kB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        with parts.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(600):
                part.write(b"\0" * (1 << 20))
        parts.writestr("[Content_Types].xml", "")
    return out.getvalue()


def with_formula(active):
    active["K2"] = "=TODAY()"


ALL_TABLES_WHO = [f"{table}.person_id {WHO}" for table in ("persons", "benefit_spells")]

CASES = {
    "empty": ("a.csv", b"", ["is empty"]),
    "blank": ("a.csv", b"\n \n", ["is empty; expected a header and rows"]),
    "header alone": ("a.csv", bus([]), ["has a header and no rows"]),
    "truncated in a row": (
        "a.csv",
        bus()[:-20],
        ["its last line, 4, is cut off: the file is not whole; get it again"],
    ),
    "truncated in a quote": (
        "a.csv",
        changed(2, registratienummer_uitkering='"A3'),
        ["cannot be read from line 4 on: a quote that is not closed, or a line without end"],
    ),
    "a separator within a value": (
        "a.csv",
        changed(0, registratienummer_uitkering="A;1"),
        [
            "1 row with another number of columns than the header (16), first on line 2; "
            "a separator or line end within a value needs quotes around that value"
        ],
    ),
    "wrong separator": (
        "a.csv",
        bus(separator=","),
        ["has no semicolon in its header but a comma: write separator: ',' under layout in the profile"],
    ),
    "two header rows": (
        "a.csv",
        bus([["jaar", "maand", "gemeente", "nr", "code", "code", "datum", "nummer", "datum", "m/v", "datum", "datum",
              "code", "code", "bedrag", "code"], *ROWS]),
        [
            "municipality (their 'cbs_gemeentecode'): 1 row, first line 2: "
            "not a CBS code of a municipality, such as 0197 or GM0197; a second header? Take it out of the file",
        ],
    ),
    "header on the second row": (
        "a.csv",
        "BUS mei 2020" + ";" * 15 + "\n" + bus(),
        ["has its header in row 2; write header_row: 2 under layout in the profile"],
    ),
    "no header": (
        "a.csv",
        bus(ROWS[1:], header=ROWS[0]),
        [f"has no column '{name}'; none of the 14 in its header is like it" for name in (
            "burgerservicenummer", "geboortedatum", "geslacht", "leefvorm", "registratienummer_uitkering",
            "statistiekcode", "datum_aanvang_uitkering_persoon", "datum_einde_uitkering_persoon",
            "reden_beeindiging_uitkering_persoon", "datum_invoering_administratie", "ontheffing_arbeidsverplichting",
            "statistiekjaar", "statistiekmaand", "soort_inkomsten", "bedrag_inkomsten_persoon", "cbs_gemeentecode",
        )],
    ),
    "cp1252 and not said": (
        "a.csv",
        changed(0, registratienummer_uitkering="één").encode("cp1252"),
        ["1 line not in UTF-8, first line 2; write encoding: cp1252 under layout in the profile"],
    ),
    "mixed encodings": (
        "a.csv",
        changed(0, registratienummer_uitkering="één").encode() + ";".join(ROWS[1]).replace("A2", "é").encode("cp1252"),
        ["1 line not in UTF-8, first line 5; other lines are: the file mixes two encodings, save it anew in one"],
    ),
    "utf-16": ("a.csv", bus().encode("utf-16"), ["is in UTF-16; save it as CSV in UTF-8"]),
    "a picture": ("a.csv", b"\x89PNG\x00\x01", ["is no text: it holds zero bytes; is it a CSV file, and whole?"]),
    "a column twice": (
        "a.csv",
        bus([[*row, row[9]] for row in ROWS], header=[*HEADER, "geslacht"]),
        ["has 2 columns called 'geslacht'; keep one"],
    ),
    "a column that is not there": (
        "a.csv",
        bus(header=["geslact" if name == "geslacht" else name for name in HEADER]),
        ["has no column 'geslacht'; did you mean column 10, which is called much like it?"],
    ),
    "31-02-2020": (
        "a.csv",
        changed(1, datum_aanvang_uitkering_persoon="20200231"),
        [
            "benefit_spells.first_day (their 'datum_aanvang_uitkering_persoon'): 1 row, first line 3: "
            "a day that no calendar has, such as 31 February"
        ],
    ),
    "00000000": (
        "a.csv",
        changed(1, datum_einde_uitkering_persoon="00000000"),
        [
            "benefit_spells.last_day (their 'datum_einde_uitkering_persoon'): 1 row, first line 3: "
            "only zeros instead of a day; if that means no day, write empty: ['00000000']"
        ],
    ),
    "days written otherwise": (
        "a.csv",
        every("geboortedatum", "02-03-1980"),
        [
            "persons.birth_year (their 'geboortedatum'): 3 rows, first line 2: "
            "not a year of four digits, nor a day written as jjjjmmdd (20191231); "
            "write days: … for this column when it is written otherwise"
        ],
    ),
    "a day in the year 9999": (
        "a.csv",
        changed(2, datum_einde_uitkering_persoon="99991231"),
        [
            "benefit_spells.last_day (their 'datum_einde_uitkering_persoon'): 1 row, first line 4: "
            "a day outside 1900 to 2100; if it means no day, write it under empty, such as empty: ['31-12-9999']"
        ],
    ),
    "a BSN of 8 digits": (
        "a.csv",
        changed(0, burgerservicenummer="11222333"),
        [
            f"{about}: 1 row, first line 2: a BSN of fewer than 9 digits: it lost its leading zeros; write zero_pad: 9 for this column"
            for about in ALL_TABLES_WHO
        ],
    ),
    "a BSN that is none": (
        "a.csv",
        changed(0, burgerservicenummer="111222334"),
        [f"{about}: 1 row, first line 2: a number that fails the test of a BSN (elfproef)" for about in ALL_TABLES_WHO],
    ),
    "the same person twice": (
        "a.csv",
        bus([*ROWS, [*ROWS[1][:9], "1", *ROWS[1][10:]]]),
        ["persons: 2 rows, first line 3: the same person_id more than once"],
    ),
    "ends before it begins": (
        "a.csv",
        changed(0, datum_einde_uitkering_persoon="20171231"),
        ["benefit_spells: 1 row, first line 2: last_day before first_day"],
    ),
    "municipalities as numbers": (
        "a.csv",
        every("cbs_gemeentecode", "197"),
        [
            "municipality (their 'cbs_gemeentecode'): 3 rows, first line 2: "
            "a municipality code that lost its leading zeros; write zero_pad: 4 for this column"
        ],
    ),
    "a municipality that is not known": (
        "a.csv",
        changed(2, cbs_gemeentecode="0198"),
        [
            "municipality (their 'cbs_gemeentecode'): 1 row, first line 4: a code that CBS gave no "
            "municipality from 2015 to 2024; map another column, or add a later code to "
            "data/raw/reference/municipalities.csv"
        ],
    ),
    "codes as numbers": (
        "a.csv",
        changed(0, reden_beeindiging_uitkering_persoon="1"),
        [
            "benefit_spells.exit_reason (their 'reden_beeindiging_uitkering_persoon'): 1 row, first line 2: "
            "a code that lost its leading zero; write zero_pad: 2 for this column"
        ],
    ),
    "a code in words": (
        "a.csv",
        changed(0, geslacht="vrouwe"),
        [
            "persons.sex (their 'geslacht'): 1 row, first line 2: not a code of sex; did you mean '2'? "
            "Allowed: 1 man, 2 vrouw; map theirs under codes"
        ],
    ),
    "a decimal point": (
        "a.csv",
        changed(2, bedrag_inkomsten_persoon="450.50"),
        [
            "incomes.euro (their 'bedrag_inkomsten_persoon'): 1 row, first line 4: "
            "not a number with ',' before the decimals, such as 1.234,50"
        ],
    ),
    "everything at once": (
        "a.csv",
        bus([
            "2020;05;0197;A1;01;1;20180110;111222334;19800302;9;20180101;20200331;2;;;11".split(";"),
            ROWS[1],
            "2020;05;0197;A3;01;1;2018-01-10;999990019;;2;20180101;20171231;2;11;veel;".split(";"),
        ]),
        [
            f"persons.person_id {WHO}: 1 row, first line 2: a number that fails the test of a BSN (elfproef)",
            "persons.sex (their 'geslacht'): 1 row, first line 2: not a code of sex; "
            "allowed: 1 man, 2 vrouw; map theirs under codes",
            f"benefit_spells.person_id {WHO}: 1 row, first line 2: a number that fails the test of a BSN (elfproef)",
            "benefit_spells.registered_day (their 'datum_invoering_administratie'): 1 row, first line 4: "
            "not a day written as jjjjmmdd (20191231)",
            "benefit_spells: 1 row, first line 4: last_day before first_day",
            "incomes.euro (their 'bedrag_inkomsten_persoon'): 1 row, first line 4: "
            "not a number with ',' before the decimals, such as 1.234,50",
        ],
    ),
    "a merged title row": (
        "a.xlsx",
        sheet(["BUS mei 2020"], HEADER, *ROWS, change=lambda active: active.merge_cells("A1:P1")),
        ["has its header in row 2; write header_row: 2 under layout in the profile"],
    ),
    "a formula": (
        "a.xlsx",
        sheet(HEADER, *ROWS, change=with_formula),
        [
            "column 'datum_aanvang_uitkering_persoon' has 1 cell with a formula or an error, first in row 2; "
            "copy the column and paste it as values"
        ],
    ),
    "a zip bomb": ("a.xlsx", bomb(), ["unpacks to 600 MB, more than a workbook of a register does; save it as CSV"]),
    "no workbook": (
        "a.xlsx",
        b"PK\x03\x04 nothing",
        ["is no .xlsx workbook, or has a password; save it as .xlsx without one"],
    ),
    "an old workbook": (
        "a.xls",
        b"\xd0\xcf",
        ["is of no kind that is read (.csv, .txt, .xlsx, .xlsm, .sav, .parquet); save it as one of these"],
    ),
    "an empty sheet": ("a.xlsx", sheet(), ["is empty; expected a header and rows"]),
    "no parquet": ("a.parquet", b"PAR1", ["is no Parquet file, or damaged; get it again"]),
    "no spss": ("a.sav", b"$FL2", ["is no SPSS file (.sav), or damaged; get it again"]),
}  # fmt: skip


def stored(project):
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in project.processed.rglob("*.parquet")}


@pytest.mark.parametrize("case", CASES)
def test_one_clear_list_and_nothing_else(case, project, take_in):
    name, content, expected = CASES[case]
    take_in(bus())
    before = stored(project)
    assert len(before) == 3
    with pytest.raises(InvalidDataError) as caught:
        take_in(content, name=name)
    assert caught.value.subject == name
    assert len(caught.value.problems) == len(expected)
    for problem, wanted in zip(caught.value.problems, expected, strict=True):
        assert problem == wanted
    assert stored(project) == before
    assert {path.name for path in project.processed.iterdir()} == {"GM0197", ".writing"}
    assert not any(secret in str(caught.value) for secret in SECRETS)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_the_good_file_is_good(project, take_in):
    take_in(bus())
    register = open_register("GM0197", project)
    assert [len(register.read(table)) for table in register.tables] == [3, 3, 1]


def test_a_header_again_below_the_header_is_told_as_one(take_in):
    profile = """\
title: Lijst
layout: {separator: ";", days: dd-mm-jjjj}
tables:
  participations:
    columns:
      person_id: nummer
      programme: {value: samen-sterk}
      status: {column: stand, codes: {gestart: started}}
      selected_day: gekozen
      first_day: begin
"""
    with pytest.raises(InvalidDataError) as caught:
        take_in(
            "nummer;stand;gekozen;begin\nnr;status;datum;datum\n1;gestart;01-01-2020;02-01-2020\n2;gestart;x;\n",
            profile,
            municipality="GM0197",
        )
    assert caught.value.problems == (
        "participations: line 2 fits none of its columns: a second header? Take it out of the file",
        "participations.selected_day (their 'gekozen'): 1 row, first line 4: not a day written as dd-mm-jjjj (31-12-2019)",
        "participations: 1 row, first line 4: started or completed without a first_day",
    )
