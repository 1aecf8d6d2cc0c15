"""The command as a user meets it: a line per table, sentences, exit statuses."""

import sys
from functools import partial

import pytest

from evaltools import cli
from evaltools.registers import statline
from tests.registers.statline.conftest import Answer
from tests.statline_files import TABLES, VERSION, export_of, invented, odata_of

TABLE = "84066NED"


@pytest.fixture
def evaltools(project, service, monkeypatch, capsys):
    """Run a command of evaltools, that fetches from the service on this machine; gives its status and what it said."""
    fetch = partial(statline.fetch, catalog_url=service.url, timeout=0.3, pauses=())
    monkeypatch.setattr(statline, "fetch", fetch)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["evaltools", "statline", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return ended.value.code, said.out, said.err

    return run


def test_tables_are_fetched_once(evaltools, service):
    for year, table in TABLES.items():
        service.serve(table, odata_of(export_of(invented(year)), table, period=str(year)))
    status, out, err = evaltools()
    assert (status, err) == (0, "")
    assert out == "".join(f"asking CBS for {table}\nfetched {table}, version {VERSION}\n" for table in TABLES.values())
    assert evaltools(TABLE) == (0, f"asking CBS for {TABLE}\nunchanged: {TABLE}, version {VERSION}\n", "")


def test_one_that_fails_stops_no_other_and_says_what_stays(evaltools, service, stored):
    assert evaltools(TABLE)[0] == 0
    before = stored()
    service.put(TABLE, "TableInfos", Answer(b"", status=503))
    service.serve("83747NED", odata_of(export_of(invented(2016)), "83747NED"))
    status, out, err = evaltools("83450NED", TABLE, "83747NED")
    assert (status, out.splitlines()[-1]) == (1, f"fetched 83747NED, version {VERSION}")
    said = err.splitlines()
    assert said[0] == "not fetched: 83450NED: is no table that CBS has (404); look its name up in StatLine"
    assert said[1] == "  data/raw/statline has nothing of it"
    assert said[2].startswith(f"not fetched: {TABLE}: could not be fetched in 1 try: CBS answers with an error (503)")
    assert said[3].startswith(f"  data/raw/statline/{TABLE} keeps version {VERSION}, fetched 20")
    assert said[-1] == "without CBS: evaltools statline TABLE --file EXPORT.csv takes in what StatLine exported"
    assert {path: data for path, data in stored().items() if path.startswith(TABLE)} == before


def test_an_export_is_taken_in_without_a_network(evaltools, service, tmp_path, stored, monkeypatch):
    path = tmp_path / "export.csv"
    path.write_bytes(export_of(invented()))
    monkeypatch.setitem(sys.modules, "cbsodata", None)
    assert evaltools(TABLE, "--file", path) == (0, f"taken in {TABLE}\n", "")
    assert stored()[f"{TABLE}/{TABLE}.csv"] == path.read_bytes()
    assert service.asked == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["bijstand"],
            "table 'bijstand': is no table of StatLine, such as 84066NED; allowed: 83450NED, 83747NED, 84066NED",
        ),
        (["--file", "export.csv"], "--file export.csv: is of one table; name that one, such as 84066NED"),
        ([TABLE, "83747NED", "--file", "export.csv"], "--file export.csv: is of one table"),
        ([TABLE, "--file", "none.csv"], "none.csv: cannot be read: No such file or directory"),
        ([TABLE, "--file", "83747NED.csv"], "is named after table 83747NED, and 84066NED is asked for"),
        ([TABLE, "--files", "x"], "No such option"),
    ],
)
def test_wrong_use_is_a_sentence_and_status_2(evaltools, tmp_path, stored, arguments, sentence):
    for name in ("export.csv", "83747NED.csv"):
        (tmp_path / name).write_bytes(export_of(invented()))
    status, _, err = evaltools(*arguments)
    assert status == 2
    assert sentence in err
    assert stored() == {}


def test_without_the_extra_it_says_what_to_install(evaltools, monkeypatch):
    monkeypatch.setitem(sys.modules, "cbsodata", None)
    status, _, err = evaltools()
    assert status == 2
    assert err.count("pip install 'evaltools[statline]'") == 1
