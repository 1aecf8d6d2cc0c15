"""The commands of the site as a user meets them: sentences, exit statuses, no traceback."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evaltools.batch.pages import standing
from tests.batch.small import GOOD, PARAMETERS, tag_setup
from tests.conftest import MINIMAL, ROOT
from tests.statline_files import export_of, invented


@pytest.fixture
def write_notebook(write_notebook):
    """Write a notebook with its cells tagged as the gate wants them."""

    def write(*cells, **options):
        return tag_setup(write_notebook(*cells, **options))

    return write


OF_FIGURES = (
    """\
from evaltools.disclosure import already_published
from evaltools.findings import peers
from evaltools.reference import mergers, municipalities, regions
from evaltools.registers.statline import stored_flows
from evaltools.reports import tables
flows = stored_flows()
places = peers.places_beside(flows, municipality, municipalities(), regions())
by_year = already_published(peers.flows_by_year(flows, places, mergers()), source=peers.sources(flows))""",
    "tables.peers_rates(by_year)",
)
"""Cells of a notebook that shows figures of CBS; they pass the gate."""


def evaltools(*arguments, cwd=None):
    program = Path(sys.executable).parent / "evaltools"
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, cwd=cwd)
    assert "Traceback" not in done.stdout + done.stderr
    return done


def test_a_failing_report_is_named_and_the_others_are_there(project, write_programme, write_notebook):
    write_notebook(PARAMETERS, *GOOD)
    write_notebook(PARAMETERS, "x = 1 / 0", name="bad")
    write_programme(MINIMAL.replace("[plain]", "[plain, bad]"))
    write_programme("name: a: b", slug="broken")
    done = evaltools("reports", "--output", "site", "--workers", "1")
    assert done.returncode == 1
    assert "not published: broken: programmes/broken.yaml: line 1: is not valid YAML" in done.stderr
    assert "not published: proef/GM0197-bad: ZeroDivisionError in cell 3" in done.stderr
    assert "1 published, 0 up to date, 2 failed" in done.stdout
    index = (project.root / "site" / "index.html").read_text("utf-8")
    assert 'href="proef/GM0197-plain.html"' in index
    assert not (project.root / "site" / "proef" / "GM0197-bad.html").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["reports", "proeff"], "there is no programme 'proeff'; did you mean 'proef'?"),
        (["reports", "--municipality", "GM0198"], "there is no municipality 'GM0198'; did you mean GM0197 Aalten?"),
        (["reports", "--notebook", "../plain"], "there is no notebook '../plain'"),
        (["reports", "--output", "file"], "cannot be written"),
        (["reports", "--output", "programmes"], "holds files of the project; choose one for the site alone"),
        (["reports", "--output", "."], "holds files of the project"),
        (["reports", "--workers", "0"], "Invalid value for '--workers'"),
        (["report"], "No such command 'report'"),
    ],
)
def test_wrong_use_is_a_sentence_and_exit_status_2(project, write_programme, write_notebook, arguments, sentence):
    write_notebook(PARAMETERS, *GOOD)
    write_programme()
    (project.root / "file").write_text("x", "utf-8")
    done = evaltools(*arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert not (project.root / "reports").exists()


def test_outside_a_project(tmp_path):
    done = evaltools("list", cwd=tmp_path)
    assert done.returncode == 2
    assert "lies in no evaltools project" in done.stderr


def test_list_names_every_report(project, write_programme, write_notebook):
    write_notebook(PARAMETERS, *GOOD)
    write_programme()
    done = evaltools("list")
    assert (done.returncode, done.stdout) == (0, "proef/GM0197-plain  Proef, Aalten  was never made\n")
    write_programme("", slug="leeg")
    done = evaltools("list")
    assert done.returncode == 1
    assert "refused: leeg: programmes/leeg.yaml: is empty" in done.stderr


def test_a_project_is_found_from_below():
    done = evaltools("list", cwd=ROOT / "notebooks")
    assert done.returncode == 0
    assert "samen-sterk/GM0222-claims  Samen sterk voor inwoners naar werk, Doetinchem" in done.stdout


def test_pages_of_a_renamed_programme_are_named(project, write_programme, write_notebook):
    write_notebook(PARAMETERS, *GOOD)
    path = write_programme(slug="oud")
    assert evaltools("reports").returncode == 0
    path.rename(project.programmes / "nieuw.yaml")
    done = evaltools("reports")
    assert done.returncode == 0
    assert "left over: oud/GM0197-plain.html is of no programme, register or figures any more" in done.stderr
    assert "audit: 2 pages, 0 cells, 0 hidden: nothing found" in done.stdout
    (project.reports / "oud" / "GM0197-plain.html").unlink()
    done = evaltools("reports")
    assert done.returncode == 1
    assert "left over: oud/GM0197-plain.html" in done.stderr
    assert "audit: oud/GM0197-plain.json: is no file of a page of this site; delete it" in done.stderr


def test_a_page_without_its_records_fails_the_run(project, write_programme, write_notebook):
    write_notebook(PARAMETERS, *GOOD)
    write_programme()
    (project.reports / "oud").mkdir(parents=True)
    (project.reports / "oud" / "GM0197-plain.html").write_text("x", "utf-8")
    done = evaltools("reports")
    assert done.returncode == 1
    assert "1 published, 0 up to date, 0 failed" in done.stdout
    assert "audit: oud/GM0197-plain.html: oud/GM0197-plain.json: is not there" in done.stderr


def test_a_finished_site_is_audited(project, write_programme, write_notebook, tmp_path_factory):
    write_notebook(PARAMETERS, *GOOD)
    write_programme()
    assert evaltools("reports").returncode == 0
    done = evaltools("audit")
    assert (done.returncode, done.stdout) == (0, "audit: 1 page, 0 cells, 0 hidden: nothing found\n")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    site = shutil.copytree(project.reports, elsewhere / "site")
    assert evaltools("audit", "site", "--earlier", "site", cwd=elsewhere).returncode == 0
    page = site / "proef" / "GM0197-plain.html"
    page.write_text(page.read_text("utf-8").replace("Proef", "Proef van 123456782"), "utf-8")
    done = evaltools("audit", "site", cwd=elsewhere)
    assert done.returncode == 1
    assert "audit: proef/GM0197-plain.html: was changed after it was made; make it again" in done.stderr
    assert "BSN-like number" in done.stderr
    assert "123456782" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["audit"], "/reports: holds no pages; make them with evaltools reports"),
        (["audit", "nowhere"], "the folder nowhere: holds no pages"),
        (["audit", "reports", "--earlier", "nowhere"], "holds no pages"),
    ],
)
def test_nothing_to_audit_is_wrong_use(project, arguments, sentence):
    done = evaltools(*arguments)
    assert done.returncode == 2
    assert sentence in done.stderr


def test_without_a_project_the_site_must_be_named(tmp_path):
    done = evaltools("audit", cwd=tmp_path)
    assert done.returncode == 2
    assert "lies in no evaltools project" in done.stderr


def test_a_private_value_stays_off_the_page(project, write_programme, write_notebook):
    write_notebook(PARAMETERS + '\nfile_number = "zaak-417"  # Private: number of a file', *GOOD)
    write_programme(MINIMAL.replace("Een proef.", "Een proef bij zaak-417."))
    done = evaltools("reports")
    assert done.returncode == 1
    assert "1 private value" in done.stderr
    assert "zaak-417" not in done.stderr + done.stdout
    assert standing(project.reports) == []
    index = (project.reports / "index.html").read_text("utf-8")
    assert "Niet gepubliceerd: de pagina kan iets over personen verraden." in index


def test_a_file_with_another_ending_is_not_passed_over(project, write_programme):
    write_programme().rename(project.programmes / "proef.yml")
    done = evaltools("list")
    assert done.returncode == 1
    assert "programmes/proef.yml: is not read; make it a file with the name proef.yaml" in done.stderr


def test_damaged_reference_data_is_a_sentence(project, write_programme):
    write_programme()
    (project.reference / "municipalities.csv").write_text('code,name,source\n"GM0197,Aalten,CBS\n', "utf-8")
    done = evaltools("list")
    assert done.returncode == 2
    assert "look at its quotes" in done.stderr


def test_a_long_path_for_temporary_files(project, write_programme, write_notebook, monkeypatch):
    long = project.root / ("x" * 80) / ("y" * 40)
    long.mkdir(parents=True)
    monkeypatch.setenv("TMPDIR", str(long))
    write_notebook(PARAMETERS, *GOOD)
    write_programme()
    assert evaltools("reports").returncode == 0


def test_an_index_that_cannot_be_written_hides_no_failure(project, write_programme, write_notebook):
    write_notebook(PARAMETERS, "x = 1 / 0")
    write_programme()
    (project.root / "reports" / "index.html").mkdir(parents=True)
    done = evaltools("reports")
    assert done.returncode == 1
    assert "not published: proef/GM0197-plain: ZeroDivisionError" in done.stderr
    assert "cannot be read or written" in done.stderr


def test_a_municipality_twice(project, write_programme):
    write_programme()
    path = project.reference / "municipalities.csv"
    path.write_text(path.read_text("utf-8") + "GM0197,Elders,PV25,CR14,,2024,2024,CBS\n", "utf-8")
    done = evaltools("list")
    assert done.returncode == 2
    assert "has GM0197 more than once" in done.stderr


def test_a_programme_of_a_municipality_that_ended_is_listed_and_told(project, write_programme, write_notebook):
    write_notebook(PARAMETERS, *GOOD)
    write_programme(MINIMAL.replace("GM0197", "GM0005"))
    done = evaltools("list")
    assert done.returncode == 0
    assert done.stdout.startswith("proef/GM0005-plain  Proef, Bedum  ")
    assert done.stderr.startswith(
        "look at programmes/proef.yaml, without a period: GM0005 Bedum is in CBS's lists until 2017;"
    )


def test_without_figures_of_cbs_it_says_how_to_get_them_and_goes_on(project, write_programme, write_notebook):
    write_notebook(PARAMETERS, *GOOD)
    write_notebook('municipality = "GM0197"  # code\nstatline = True  # figures', "print(1)", name="context")
    write_programme()
    done = evaltools("reports")
    assert (done.returncode, "1 published, 0 up to date, 0 failed" in done.stdout) == (0, True)
    assert (
        done.stderr
        == "context.ipynb: no page is made without the figures of CBS; fetch them with: evaltools statline\n"
    )


def test_figures_make_pages_for_who_is_here_for_who_is_asked_and_for_all(project, write_programme, write_notebook):
    table = "84066NED"
    export = project.root / f"{table}.csv"
    export.write_bytes(export_of(invented(regions=("NL01", "GM0197", "GM0202", "GM0222"))))
    assert evaltools("statline", table, "--file", export).returncode == 0
    write_notebook(PARAMETERS, *GOOD)
    write_notebook('municipality = "GM0197"  # code\nstatline = True  # figures', *OF_FIGURES, name="context")
    write_programme()

    def pages():
        return sorted(path.parent.name for path in project.reports.glob("*/context.html"))

    assert evaltools("reports").returncode == 0
    assert pages() == ["GM0197"]
    assert evaltools("reports", "--municipality", "GM0222").returncode == 0
    assert pages() == ["GM0197", "GM0222"]
    done = evaltools("reports")  # what was asked for once stays, up to date
    assert "0 published, 3 up to date, 0 failed" in done.stdout
    assert evaltools("reports", "--everywhere").returncode == 0
    assert pages() == ["GM0197", "GM0202", "GM0222"]
    export.write_bytes(export_of(invented(regions=("NL01", "GM0197"))))
    assert evaltools("statline", table, "--file", export).returncode == 0
    done = evaltools("reports")
    assert "1 published, 1 up to date, 0 failed" in done.stdout  # the figures changed
    assert "left over: GM0202/context.html" in done.stderr
    (project.statline / table / f"{table}.csv").write_text("x")
    done = evaltools("reports")
    assert done.returncode == 1
    assert (
        "GM0197/context: InvalidDataError in cell 3: data/raw/statline/84066NED: 84066NED.csv is not as it was fetched"
        in done.stderr
    )
    assert pages() == ["GM0197", "GM0202", "GM0222"]
