"""The commands of the registers, as a user gives them."""

import pytest

from tests.cli.test_site import evaltools

KEY = {"EVALTOOLS_KEY": "a key for the tests, known to all readers"}
BUS = (
    "statistiekjaar;statistiekmaand;cbs_gemeentecode;registratienummer_uitkering;statistiekcode;leefvorm;"
    "datum_invoering_administratie;burgerservicenummer;geboortedatum;geslacht;datum_aanvang_uitkering_persoon;"
    "datum_einde_uitkering_persoon;ontheffing_arbeidsverplichting;soort_inkomsten;bedrag_inkomsten_persoon;"
    "reden_beeindiging_uitkering_persoon\n"
    "2020;05;0197;A1;01;1;20180110;111222333;19800302;1;20180101;20200331;2;;;77\n"
)
INGEST = ["ingest", "bus.csv", "--profile", "bus", "--extract-day", "2020-06-30"]


def test_an_extract_goes_in_and_says_what_it_did(project, monkeypatch):
    monkeypatch.setenv("EVALTOOLS_KEY", KEY["EVALTOOLS_KEY"])
    (project.root / "bus.csv").write_text(BUS, "utf-8")
    done = evaltools(*INGEST)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "persons: GM0197 Aalten 1",
        "benefit_spells: GM0197 Aalten 1",
        "  1 row with exit_reason 77, which is not in the official list; kept as it is",
        "incomes: no rows",
        "  1 row that the profile leaves out",
    ]
    assert (project.processed / "GM0197" / "persons.parquet").is_file()


def test_an_extract_of_a_municipality_that_ended_goes_in_and_is_told(project, monkeypatch):
    monkeypatch.setenv("EVALTOOLS_KEY", KEY["EVALTOOLS_KEY"])
    (project.root / "bus.csv").write_text(BUS.replace(";0197;", ";0005;"), "utf-8")
    done = evaltools(*INGEST)
    assert done.returncode == 0
    assert done.stdout.startswith("persons: GM0005 Bedum 1\n")
    assert done.stderr == (
        "look at the extract of 2020-06-30: GM0005 Bedum is in CBS's lists until 2017; it went into GM1966 Het Hogeland on "
        "2019-01-01; did you mean GM1966?\n"
    )


@pytest.mark.parametrize(
    ("content", "arguments", "sentence"),
    [
        (
            BUS.replace("19800302", "geheim"),
            [],
            "persons.birth_year (their 'geboortedatum'): 1 row, first line 2: not a year",
        ),
        (BUS, ["--municipality", "GM0198"], "is asked for municipality 'GM0198'; did you mean"),
        (BUS, ["--table", "incoms"], "has no table 'incoms'; did you mean 'incomes'?"),
        (BUS, ["--query", "select 1"], "bus.csv: is a file; a query is for a database"),
        (BUS, ["--key-file", "bus.csv"], "the key file: lies in the project"),
        (BUS, ["--profile", "bsu"], "profile 'bsu': is not there; did you mean 'bus'?"),
        (BUS, ["--extract-day", "30-06-2020"], "--extract-day 30-06-2020: is no day; write year-month-day"),
    ],
)
def test_an_extract_that_does_not_go_in(project, monkeypatch, content, arguments, sentence):
    monkeypatch.setenv("EVALTOOLS_KEY", KEY["EVALTOOLS_KEY"])
    (project.root / "bus.csv").write_text(content, "utf-8")
    done = evaltools(*INGEST, *arguments)
    assert done.returncode == 2
    assert sentence in " ".join(done.stderr.replace("│", " ").split())
    assert "geheim" not in done.stderr + done.stdout
    assert not (project.processed / "GM0197").exists()


def test_registers_are_simulated_once_and_real_ones_left_alone(project, write_programme, monkeypatch):
    write_programme()
    assert "simulated GM0197" in evaltools("simulate").stdout
    assert "up to date GM0197" in evaltools("simulate").stdout
    assert "simulated GM0197" in evaltools("simulate", "--seed", "2").stdout
    monkeypatch.setenv("EVALTOOLS_KEY", KEY["EVALTOOLS_KEY"])
    (project.root / "bus.csv").write_text(BUS, "utf-8")
    assert evaltools(*INGEST).returncode == 0
    assert "left alone, it has a register that was taken in: GM0197" in evaltools("simulate", "--force").stdout


def test_a_broken_programme_file_keeps_no_other_from_its_register(project, write_programme):
    write_programme()
    write_programme("name: a: b", slug="kapot")
    done = evaltools("simulate")
    assert done.returncode == 2
    assert "simulated GM0197" in done.stdout
    assert "programmes/kapot.yaml: line 1: is not valid YAML" in done.stderr
