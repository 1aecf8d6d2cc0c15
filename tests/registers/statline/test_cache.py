"""What is stored of StatLine: as it came, whole, and only as long as nobody changes it."""

import json

import pandas as pd
import pytest
from filelock import FileLock

from evaltools.errors import InvalidDataError
from evaltools.registers import swap
from evaltools.registers.statline import (
    cache,
    open_statline,
    read_export,
    stored_edition,
    stored_tables,
    take_export,
)
from tests.statline_files import TABLES, export_of, invented, write_real_tables

TABLE = "84066NED"


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "84066NED_export.csv"
    path.write_bytes(export_of(invented()))
    return path


def test_an_export_is_stored_to_the_byte_and_read_back(project, export, stored):
    edition = take_export(export, TABLE, project)
    assert sorted(stored()) == [TABLE, f"{TABLE}/84066NED.csv", f"{TABLE}/edition.json"]
    assert stored()[f"{TABLE}/84066NED.csv"] == export.read_bytes()
    assert stored_edition(TABLE, project) == edition
    assert (edition.source, edition.version, list(edition.files)) == ("export", "", ["84066NED.csv"])
    found = open_statline(TABLE, project)
    pd.testing.assert_frame_equal(found.rows, read_export(export).rows)
    assert stored_tables(project) == [TABLE]


def test_a_bad_export_leaves_what_was_stored(project, export, stored):
    take_export(export, TABLE, project)
    before = stored()
    export.write_bytes(export.read_bytes()[:-40])
    with pytest.raises(InvalidDataError, match="is cut off"):
        take_export(export, TABLE, project)
    with pytest.raises(InvalidDataError, match="named after table 84066NED, and 83747NED is asked for"):
        take_export(export, "83747NED", project)
    assert stored() == before


def test_an_export_of_which_the_flows_cannot_be_read_is_not_stored(project, export, stored):
    take_export(export, TABLE, project)
    before = stored()
    export.write_bytes(export.read_bytes().replace(b"Instroom", b"Toestroom"))
    with pytest.raises(InvalidDataError, match="84066NED: lacks the topic Instroom of the series instroom"):
        take_export(export, TABLE, project)
    assert stored() == before


def test_what_is_not_there_says_how_to_get_it(project):
    with pytest.raises(InvalidDataError, match="fetch it with: evaltools statline 84066NED; none is allowed here"):
        open_statline(TABLE, project)
    assert stored_tables(project) == []
    for name in ("../84066NED", "84066", "GM0197"):
        with pytest.raises(InvalidDataError, match="is no table of StatLine, such as 84066NED"):
            open_statline(name, project)


def test_a_changed_file_is_named(project, export):
    take_export(export, TABLE, project)
    path = project.statline / TABLE / "84066NED.csv"
    path.write_bytes(path.read_bytes().replace(b'"     110"', b'"     120"', 1))
    with pytest.raises(InvalidDataError, match=r"84066NED\.csv is not as it was fetched on 20"):
        open_statline(TABLE, project)
    path.unlink()
    with pytest.raises(InvalidDataError, match=r"84066NED\.csv is not there any more; take it in again: "):
        open_statline(TABLE, project)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"table": "84066NED"}', "null"])
def test_an_edition_that_was_changed_is_named(project, export, text):
    take_export(export, TABLE, project)
    (project.statline / TABLE / "edition.json").write_text(text, "utf-8")
    with pytest.raises(InvalidDataError, match=r"edition\.json is not as evaltools wrote it; fetch it again"):
        open_statline(TABLE, project)
    take_export(export, TABLE, project)
    assert open_statline(TABLE, project).table == TABLE


def test_an_edition_names_no_file_outside_its_folder(project, export):
    take_export(export, TABLE, project)
    path = project.statline / TABLE / "edition.json"
    known = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(known | {"files": {"../../../secret": "0"}}), "utf-8")
    with pytest.raises(InvalidDataError, match="is not as evaltools wrote it"):
        open_statline(TABLE, project)


def test_a_write_that_fails_leaves_what_was_stored_and_nothing_beside_it(project, export, stored, monkeypatch):
    take_export(export, TABLE, project)
    before = stored()
    export.write_bytes(export_of(invented(regions=("NL01", "GM0197"))))

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache.json, "dumps", full)
    with pytest.raises(OSError, match="No space left"):
        take_export(export, TABLE, project)
    assert stored() == before


@pytest.mark.parametrize("step", ["before", "swapped away"])
def test_a_killed_writer_leaves_one_whole_edition(project, export, stored, step, monkeypatch):
    take_export(export, TABLE, project)
    before = stored()
    export.write_bytes(export_of(invented(regions=("NL01", "GM0197"))))

    class Killed(BaseException):
        pass

    def killed(folder):
        if step == "swapped away":
            now = project.statline / TABLE
            now.rename(swap.folder_before(now))
        raise Killed

    monkeypatch.setattr(swap, "swap", killed)
    with pytest.raises(Killed):
        take_export(export, TABLE, project)
    assert len(open_statline(TABLE, project).rows) == 9
    assert stored_tables(project) == [TABLE]
    monkeypatch.undo()
    take_export(export, TABLE, project)
    assert sorted(stored()) == sorted(before)
    assert len(open_statline(TABLE, project).rows) == 6


def test_one_writer_at_a_time(project, export):
    project.statline.mkdir(parents=True)
    with (
        FileLock(project.statline / ".writing"),
        pytest.raises(InvalidDataError, match="data/raw/statline: is being written by another evaltools"),
    ):
        take_export(export, TABLE, project)


@pytest.mark.parametrize("source", ["export", "odata"])
def test_the_three_years_can_be_stored_for_other_tests(project, source):
    assert write_real_tables(project, source=source) == list(TABLES.values())
    assert stored_tables(project) == sorted(TABLES.values())
    found = [open_statline(table, project) for table in TABLES.values()]
    assert [len(each.rows) for each in found] == [3 * 485, 3 * 490, 3 * 488]
    assert {each.version for each in found} == {"" if source == "export" else "2019-01-15T02:00:00"}


def test_a_table_that_lost_its_edition_is_not_passed_over(project, export):
    take_export(export, TABLE, project)
    (project.statline / TABLE / "edition.json").unlink()
    assert stored_tables(project) == [TABLE]
    with pytest.raises(InvalidDataError, match=r"edition\.json is not as evaltools wrote it; fetch it again"):
        open_statline(TABLE, project)


def test_a_list_of_people_is_no_table(project, export, stored):
    """Whatever it is called, and nothing of it is quoted."""
    export.write_text('"ID";"BSN";"Naam";"Bedrag_1"\n"0";"123456782";"Jansen";"10"\n', "utf-8")
    path = export.rename(export.with_name("lijst.csv"))
    with pytest.raises(
        InvalidDataError, match="has no dimension with keys of CBS, such as GM0197 or 2017JJ00"
    ) as error:
        take_export(path, "85555NED", project)
    assert stored() == {}
    assert not any(word in str(error.value) for word in ("123456782", "Jansen"))


def test_the_file_of_one_table_is_not_taken_for_another(project, export, stored):
    take_export(export, TABLE, project)
    path = export.rename(export.with_name("export.csv"))
    with pytest.raises(InvalidDataError, match="is the file that is stored as 84066NED; take the export of 83747NED"):
        take_export(path, "83747NED", project)


def test_codes_of_no_municipality_are_refused(project, export):
    for code in ("GM197 ", "gm0197", "GM019A"):
        export.write_bytes(export_of(invented()).replace(b"GM0197", code.encode()))
        with pytest.raises(InvalidDataError, match="3 rows with a code that is none of a municipality, first row 2"):
            take_export(export, TABLE, project)


def test_a_file_in_the_place_of_a_table_says_so(project, export):
    project.statline.mkdir(parents=True)
    (project.statline / TABLE).write_text("x")
    with pytest.raises(InvalidDataError, match="is a file in the place of a folder; take it away"):
        take_export(export, TABLE, project)


def test_a_figure_that_counts_nothing_is_refused(project, export):
    export.write_bytes(export_of(invented()).replace(b"    5000", b"9" * 30))
    with pytest.raises(InvalidDataError, match="it is no count of anything"):
        take_export(export, TABLE, project)
