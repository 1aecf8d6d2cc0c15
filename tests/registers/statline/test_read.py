"""Reading a table: from an export of StatLine, and from what the service of CBS gives."""

import json
import re

import pandas as pd
import pytest

from evaltools.errors import InvalidDataError
from evaltools.registers.statline import parse_period, read_export
from evaltools.registers.statline.export import parse_export
from evaltools.registers.statline.odata import parse_odata
from evaltools.registers.statline.table import topic_names
from tests.statline_files import TABLES, export_of, invented, odata_of, real_export, real_folder


def parsed(lines, table="84066NED"):
    return parse_export(export_of(lines), "export.csv", table)


def test_an_export_of_cbs_is_read_as_it_is():
    found = read_export(real_folder() / "ruw_84066NED_uittreksel.csv")
    assert (found.table, found.version, found.year) == ("84066NED", "", None)
    assert found.dimensions == ("Leeftijd", "Regiokenmerken")
    assert found.topics[:6] == (
        "Inwoners", "Bijstandsontvangers", "Bijstandsdichtheid", "Instroom", "Instroom_2", "Uitstroom",
    )  # fmt: skip
    assert len(found.rows) == 39
    aalten = found.rows.query("Regiokenmerken == 'GM0197' and Leeftijd == '20150'").iloc[0]
    assert (aalten["Instroom"], aalten["Instroom_2"], aalten["Uitstroom"]) == (110, 22.0, 90)
    assert found.rows["Instroom"].dtype == "Int64"
    assert found.rows["Instroom_2"].dtype == "Float64"
    assert found.rows["WerkNaReIntegratie"].isna().all()
    assert not found.not_applicable.any(axis=None)


def test_what_cannot_occur_is_told_from_what_is_unknown():
    found = read_export(real_folder() / "ruw_37789ksz_uittreksel.csv")
    assert (found.table, found.dimensions) == ("37789ksz", ("Perioden",))
    months = found.rows.set_index("Perioden")["AKWUitkeringen"]
    impossible = found.not_applicable.set_axis(found.rows["Perioden"])["AKWUitkeringen"]
    # Figures of quarters: no other month can have one; that of September 2018 is yet to come.
    assert months["2015MM12"] == 1908.9
    assert (pd.isna(months["2016MM01"]), impossible["2016MM01"]) == (True, True)
    assert (pd.isna(months["2018MM09"]), impossible["2018MM09"]) == (True, False)
    assert found.years == (2015, 2016, 2017, 2018)


def test_the_files_that_the_tests_write_are_those_of_cbs_to_the_byte():
    raw = (real_folder() / "ruw_84066NED_uittreksel.csv").read_bytes().splitlines()
    ours = real_export(2017).splitlines()
    assert raw[0] == ours[0]
    assert [line for line in raw if line.strip() and line not in ours] == []


@pytest.mark.parametrize("year", TABLES)
def test_both_sources_give_the_same_rows(year):
    export = real_export(year)
    one = parse_export(export, "a.csv", TABLES[year])
    other = parse_odata(odata_of(export, TABLES[year], period=str(year)), TABLES[year])
    pd.testing.assert_frame_equal(one.rows, other.rows)
    assert one.dimensions == other.dimensions
    assert (other.year, other.not_applicable) == (year, None)


def test_editions_with_other_numbers_read_alike():
    one, other = parsed(invented(2016)), parsed(invented(2017))
    assert set(invented(2016)[0]) != set(invented(2017)[0])
    pd.testing.assert_frame_equal(one.rows, other.rows)


def test_properties_of_cbs_are_understood():
    """Of a table with texts, a region of neighbourhoods and groups: nine of its columns as CBS declares them."""
    properties = json.loads((real_folder() / "ruw_85984NED_dataproperties_uittreksel.json").read_text("utf-8"))
    row = {"ID": 0, "WijkenEnBuurten": "GM1680    ", "Gemeentenaam_1": "Aa en Hunze   ", "SoortRegio_2": "Gemeente"}
    row |= {"Codering_3": "GM1680    ", "AantalInwoners_5": 25563}
    row |= {f"PersonenPerSoortUitkering{name}": 100 for name in ("Bijstand_94", "AO_95", "WW_96", "AOW_97")}
    info = {"Identifier": "85984NED", "Title": "Kerncijfers", "Modified": "2024-10-01T02:00:00"}
    parts = {"TableInfos": [info], "DataProperties": properties, "TypedDataSet": [row]}
    found = parse_odata(parts, "85984NED")
    assert found.rows.iloc[0].to_dict() == {
        "WijkenEnBuurten": "GM1680", "Gemeentenaam": "Aa en Hunze", "SoortRegio": "Gemeente", "Codering": "GM1680",
        "AantalInwoners": 25563, "PersonenPerSoortUitkeringBijstand": 100, "PersonenPerSoortUitkeringAO": 100,
        "PersonenPerSoortUitkeringWW": 100, "PersonenPerSoortUitkeringAOW": 100,
    }  # fmt: skip


def test_texts_are_texts():
    lines = [line | {"Naam_20": "Aalten   "} for line in invented()]
    assert parsed(lines).rows["Naam"].unique().tolist() == ["Aalten"]


def test_the_third_of_a_name_follows_the_order_of_the_numbers():
    names = topic_names(["Werk_12", "Werk_8", "Werk_9"], "a table")
    assert names == {"Werk_12": "Werk_3", "Werk_8": "Werk", "Werk_9": "Werk_2"}
    with pytest.raises(InvalidDataError, match="two topics that would both be called 'Werk_2'"):
        topic_names(["Werk_8", "Werk_9", "Werk_2_10"], "a table")


@pytest.mark.parametrize(
    ("key", "advice"),
    [
        ("2017KW05", "KW has numbers 01 to 04"),
        ("2017JJ01", "JJ has numbers 00 to 00"),
        ("2017MN01", "did you mean '2017MM01'?"),
        ("2017", "write 2017JJ00, 2017KW01 or 2017MM01"),
    ],
)
def test_a_period_that_is_none_is_told(key, advice):
    with pytest.raises(InvalidDataError, match=re.escape(advice)):
        parse_period(key)


def test_a_table_shows_itself():
    found = parse_odata(odata_of(export_of(invented()), "84066NED", title="A <b>"), "84066NED")
    shown = found._repr_html_()
    assert "A &lt;b&gt;" in shown
    assert "9 rows" in shown
    assert "<th scope='row' style='text-align:left'>Instroom_2</th><td>1</td><td>0</td>" in shown


def edited(number, key, cell):
    def edit(lines):
        lines[number][key] = cell

    return edit


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (edited(3, "Instroom_5", "    many"), "Instroom_5: 1 cell with no number, first line 5"),
        (edited(0, "Instroom_6", "    22,0"), "StatLine writes decimals with a point"),
        (edited(2, "Regiokenmerken", "       "), "Regiokenmerken: 1 row without a key, first row 3"),
        (edited(1, "Regiokenmerken", "NL01   "), "has 1 row again for its dimensions, first row 2"),
        (
            lambda lines: [line.update(Perioden="2017XX00") for line in lines],
            "Perioden: 9 rows with no period such as 2017JJ00, first row 1",
        ),
    ],
)
def test_a_cell_that_cannot_be_is_told_with_its_line(edit, sentence):
    lines = invented()
    edit(lines)
    with pytest.raises(InvalidDataError) as error:
        parsed(lines)
    assert sentence in str(error.value)


def test_all_wrong_columns_are_told_at_once():
    lines = invented()
    lines[0]["Instroom_5"] = lines[1]["Uitstroom_7"] = "x"
    with pytest.raises(InvalidDataError) as error:
        parsed(lines)
    assert len(error.value.problems) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda data: b"", "is empty"),
        (lambda data: data[:-30], "is cut off"),
        (lambda data: data[: data.rindex(b';"')] + b"\n", "is cut off: its last line, 10, is not whole"),
        (
            lambda data: data.replace(b'"1";', b"", 1),
            "1 line with another number of cells than the header (12), first line 3",
        ),
        (lambda data: data.replace(b'"ID";', b'"Nr";'), "does not begin with a column ID"),
        (lambda data: data.replace(b";", b","), "does not begin with a column ID"),
        (lambda data: data.replace(b"Instroom_6", b"Instroom_5"), "has 1 column more than once"),
        (lambda data: data.replace(b"NL01", b"NL\xff1"), "is no text in UTF-8"),
        (lambda data: data.replace(b"NL01", b"NL\x001"), "holds zero bytes"),
        (lambda data: data.splitlines()[0] + b"\n", "has no rows"),
        (lambda data: b"<html><body>Log in</body></html>", "does not begin with a column ID"),
    ],
)
def test_a_file_that_is_no_export_is_refused(change, sentence, tmp_path):
    path = tmp_path / "84066NED.csv"
    path.write_bytes(change(export_of(invented())))
    with pytest.raises(InvalidDataError) as error:
        read_export(path)
    assert sentence in str(error.value)


def test_the_name_of_a_file_says_its_table_or_the_caller_does(tmp_path):
    data = export_of(invented())
    for name, asked, table in (
        ("84066NED_UntypedDataSet.csv", None, "84066NED"),
        ("export.csv", "84066NED", "84066NED"),
        ("84066NED.csv", "83747NED", "named after table 84066NED, and 83747NED is asked for"),
        ("export.csv", None, "does not say of which table it is"),
    ):
        (tmp_path / name).write_bytes(data)
        if " " in table:
            with pytest.raises(InvalidDataError, match=table):
                read_export(tmp_path / name, asked)
        else:
            assert read_export(tmp_path / name, asked).table == table
    with pytest.raises(InvalidDataError, match="cannot be read: No such file"):
        read_export(tmp_path / "84066NED-none.csv")


def without(key):
    def change(parts):
        for row in parts["TypedDataSet"]:
            del row[key]

    return change


def renamed(parts):
    for row in parts["TypedDataSet"]:
        row["Instroom_15"] = row.pop("Instroom_5")


def value(part, key, value, number=0):
    def change(parts):
        parts[part][number][key] = value

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (without("Instroom_5"), "its rows lack the column Instroom_5 that it declares"),
        (renamed, "a column 'Instroom_15' that it does not declare; did you mean 'Instroom_5'?"),
        (lambda parts: parts["TypedDataSet"][2].pop("Instroom_5"), "1 row without all columns, first row 3"),
        (lambda parts: parts["TypedDataSet"].clear(), "has no rows; CBS may be filling it"),
        (value("TypedDataSet", "Instroom_5", "110"), "Instroom_5: 1 cell with no number, first row 1"),
        (value("TypedDataSet", "Instroom_5", float("nan")), "Instroom_5: 1 cell with no number, first row 1"),
        (value("TypedDataSet", "Leeftijd", 20150, 4), "Leeftijd: 1 cell with no text, first row 5"),
        (value("TypedDataSet", "Leeftijd", None), "Leeftijd: 1 row without a key"),
        (value("TableInfos", "Identifier", "83747NED"), "TableInfos is of table '83747NED'"),
        (value("TableInfos", "Modified", None), "TableInfos does not say its Modified"),
        (lambda parts: parts["TableInfos"].clear(), "TableInfos has 0 records; expected one"),
        (value("DataProperties", "Key", None), "DataProperties has records without a Key or a Type"),
        (lambda parts: parts.update(TypedDataSet={"a": 1}), "TypedDataSet holds something else than records"),
    ],
)
def test_an_answer_that_is_not_the_declared_table_is_refused(change, sentence):
    parts = odata_of(export_of(invented()), "84066NED")
    change(parts)
    with pytest.raises(InvalidDataError) as error:
        parse_odata(parts, "84066NED")
    assert sentence in str(error.value)
