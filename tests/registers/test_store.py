"""A register on disk is whole, whatever happens to who writes it."""

import os
import subprocess
import sys
import textwrap

import pandas as pd
import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from evaltools.errors import InvalidDataError
from evaltools.registers import open_register, store
from evaltools.registers.store import Origin, stored_municipalities, write_registers
from evaltools.registers.tables import TABLES
from tests.registers.test_tables import GOOD


def origin(**changed):
    facts = {"extract_day": "2020-06-30", "source": "abc", "is_simulated": False, "profile": "bus", "key_check": "k1"}
    return Origin(**{**facts, **changed})


def tables(*names, **changed):
    return {
        name: (TABLES[name].frame({column: [value] for column, value in GOOD[name].items()}), origin(**changed))
        for name in names or TABLES
    }


def write(project, written, code="GM0197", **options):
    write_registers({code: written}, project=project, **options)


def files(project):
    found = (path for path in project.processed.rglob("*") if path.is_file() and path.name != ".writing")
    return sorted(path.relative_to(project.processed).as_posix() for path in found)


def test_every_table_comes_back_as_it_was(project):
    write(project, tables())
    register = open_register("GM0197", project)
    for name, (rows, _) in tables().items():
        pd.testing.assert_frame_equal(register.read(name), rows)
        pd.testing.assert_frame_equal(getattr(register, name), rows)
    assert register.tables == tuple(TABLES)
    assert files(project) == sorted(f"GM0197/{name}.parquet" for name in TABLES)


def test_missing_values_come_back_missing(project):
    for table in TABLES.values():
        needed = {column: [GOOD[table.name][column]] for column in table.columns if table.is_required(column)}
        if table.name in {"participations", "placements"}:
            needed |= {"status": ["selected"]} if table.name == "participations" else {}
        rows = table.frame(needed)
        write(project, {table.name: (rows, origin())})
        pd.testing.assert_frame_equal(open_register("GM0197", project).read(table.name), rows)


def test_where_a_table_comes_from_stands_in_its_file(project):
    write(project, tables("persons", n_set_aside={"duplicate": 2}))
    metadata = pq.read_metadata(project.processed / "GM0197" / "persons.parquet").metadata
    assert b'"extract_day": "2020-06-30"' in metadata[b"evaltools"]
    found = open_register("GM0197", project).origins["persons"]
    assert found == origin(n_rows=1, n_set_aside={"duplicate": 2})
    assert found.schema_version == store.SCHEMA_VERSION


def test_tables_of_two_writes_are_not_mixed_by_a_reader(project):
    write(project, tables("persons", "incomes"))
    register = open_register("GM0197", project)
    assert len(register.persons) == 1
    write(project, tables("persons", "incomes", source="new"))
    with pytest.raises(InvalidDataError, match=r"GM0197/incomes\.parquet: has changed since the register was opened"):
        register.read("incomes")


def test_only_what_is_asked_for_is_read(project, monkeypatch):
    write(project, tables("persons", "incomes"))
    read = []
    original = pq.read_table
    monkeypatch.setattr(
        pq, "read_table", lambda path, columns: read.append((path.name, columns)) or original(path, columns=columns)
    )
    register = open_register("GM0197", project)
    assert read == []
    assert list(register.read("incomes", ["euro"])) == ["euro"]
    assert read == [("incomes.parquet", ["euro"])]


def test_a_table_that_was_never_delivered_has_no_rows(project):
    write(project, tables("persons"))
    visits = open_register("GM0197", project).household_visits
    assert visits.empty
    assert list(visits) == list(TABLES["household_visits"].columns)


def test_wrong_names(project):
    write(project, tables("persons"))
    with pytest.raises(
        InvalidDataError, match=r"the register of GM0222: is not there; .*(did you mean|allowed).*GM0197"
    ):
        open_register("GM0222", project)
    register = open_register("GM0197", project)
    with pytest.raises(InvalidDataError, match="did you mean 'persons'"):
        register.read("person")
    with pytest.raises(InvalidDataError, match="has no column 'sexe'; did you mean 'sex'"):
        register.read("persons", ["sexe"])
    with pytest.raises(AttributeError):
        register.person  # noqa: B018


def test_it_shows_itself_with_counts_only(project):
    write(project, tables("persons", is_simulated=True))
    text = repr(open_register("GM0197", project))
    assert text == "<Register GM0197, simulated, extract of 2020-06-30: persons 1>"


def test_the_extract_day_of_a_register_is_its_earliest(project):
    write(project, tables("persons"))
    write(project, tables("incomes", extract_day="2020-03-31"))
    assert open_register("GM0197", project).extract_day == pd.Timestamp("2020-03-31")


def test_real_tables_replace_a_whole_simulated_register_and_never_the_other_way_round(project):
    simulated = tables(is_simulated=True, key_check="simulated")
    write(project, simulated, extra={"GM0197": {"truth.json": "{}"}})
    write(project, tables("persons"))
    assert files(project) == ["GM0197/persons.parquet"]
    with pytest.raises(InvalidDataError, match="GM0197 holds a real register; a simulated one is not put over it"):
        write(project, simulated)
    assert files(project) == ["GM0197/persons.parquet"]
    assert not open_register("GM0197", project).is_simulated


def test_tables_with_another_key_do_not_come_beside_each_other(project):
    write(project, tables("persons"))
    with pytest.raises(InvalidDataError, match="GM0197: persons have pseudonyms of another key"):
        write(project, tables("incomes", key_check="k2"))
    write(project, tables("persons", key_check="k2"))
    write(project, tables("incomes", key_check="k2"))


def test_one_municipality_that_cannot_be_written_keeps_all_from_being_written(project):
    write(project, tables("persons"), "GM0222")
    with pytest.raises(InvalidDataError, match="GM0222"):
        write_registers(
            {"GM0197": tables("incomes", key_check="k2"), "GM0222": tables("incomes", key_check="k2")}, project=project
        )
    assert stored_municipalities(project) == ["GM0222"]
    assert files(project) == ["GM0222/persons.parquet"]


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"nonsense"])
def test_a_damaged_file_is_told_and_can_be_replaced(project, damage):
    write(project, tables("persons", "incomes"))
    (project.processed / "GM0197" / "persons.parquet").write_bytes(damage)
    with pytest.raises(
        InvalidDataError, match=r"GM0197/persons\.parquet: cannot be read; delete it, then ingest or simulate it again"
    ):
        open_register("GM0197", project)
    write(project, tables("persons"))
    assert len(open_register("GM0197", project).persons) == 1


def test_a_simulated_register_that_is_damaged_can_be_simulated_again(project):
    simulated = tables("persons", is_simulated=True)
    write(project, simulated, extra={"GM0197": {"truth.json": "{}"}})
    (project.processed / "GM0197" / "persons.parquet").write_bytes(b"")
    write(project, simulated, extra={"GM0197": {"truth.json": "{}"}})
    assert len(open_register("GM0197", project).persons) == 1


def test_a_file_of_another_version_or_origin_is_told(project):
    write(project, tables("persons"))
    path = project.processed / "GM0197" / "persons.parquet"
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({b"evaltools": b'{"schema_version": 0}'}), path)
    with pytest.raises(InvalidDataError, match="is of another version of evaltools"):
        open_register("GM0197", project)
    pq.write_table(table.replace_schema_metadata({}), path)
    with pytest.raises(InvalidDataError, match="was not written by evaltools"):
        open_register("GM0197", project)


# A writer that is killed at some step: what a reader finds then, and after the next write.
KILLED = """
import os, sys
from pathlib import Path
from evaltools.project import Project
from evaltools.registers import store, swap
from tests.registers.test_store import tables
step, root = sys.argv[1:]
home = swap if step == "swap" else store
original = getattr(home, step)
calls = []
def killed(*arguments, **options):
    calls.append(1)
    if len(calls) == 2:
        os._exit(9)
    return original(*arguments, **options)
setattr(home, step, killed)
if step == "rename":
    renames = []
    def rename(self, target):
        os.rename(self, target)
        renames.append(1)
        if len(renames) == KILL_AT:
            os._exit(9)
    Path.rename = rename
store.write_registers({code: tables("persons", "incomes", source="new") for code in ("GM0197", "GM0222")}, project=Project(Path(root)))
"""


@pytest.mark.parametrize("step", ["_write_table", "_stage", "swap", "1", "2", "3"])
def test_a_killed_writer_leaves_every_municipality_whole(project, step):
    for code in ("GM0197", "GM0222"):
        write(project, tables("persons", "incomes", source="old"), code)
    program = textwrap.dedent(KILLED)
    if step.isdigit():
        program = program.replace("original = getattr(home, step)", "original = None").replace(
            "setattr(home, step, killed)", ""
        )
        program, step = program.replace("KILL_AT", step), "rename"
    done = subprocess.run(
        [sys.executable, "-c", program, step, str(project.root)], check=False, cwd=os.environ["PYTEST_ROOT"]
    )
    assert done.returncode == 9
    for code in ("GM0197", "GM0222"):
        register = open_register(code, project)
        assert len({origin.source for origin in register.origins.values()}) == 1
        assert len(register.persons) == len(register.incomes) == 1
    write(project, tables("persons", "incomes", source="newest"))
    assert {origin.source for origin in open_register("GM0197", project).origins.values()} == {"newest"}
    # Once all were ready the next writer finishes what was begun; before that nothing of it is kept.
    finished = "old" if step in {"_write_table", "_stage"} else "new"
    assert {origin.source for origin in open_register("GM0222", project).origins.values()} == {finished}
    assert stored_municipalities(project) == ["GM0197", "GM0222"]
    assert {path.name for path in project.processed.iterdir()} == {"GM0197", "GM0222", ".writing"}


@pytest.fixture(autouse=True)
def _root(monkeypatch, pytestconfig):
    monkeypatch.setenv("PYTEST_ROOT", str(pytestconfig.rootpath))


def test_one_writer_at_a_time(project):
    project.processed.mkdir(parents=True)
    with (
        FileLock(project.processed / ".writing"),
        pytest.raises(InvalidDataError, match="is being written by another evaltools"),
    ):
        write(project, tables("persons"))
    assert stored_municipalities(project) == []


def test_what_cannot_be_written_leaves_nothing_behind(project, monkeypatch):
    write(project, tables("persons", source="old"))

    def full(*_, **__):
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.raises(OSError, match="No space left"):
        write(project, tables("persons", source="new"))
    assert files(project) == ["GM0197/persons.parquet"]
    assert open_register("GM0197", project).origins["persons"].source == "old"
