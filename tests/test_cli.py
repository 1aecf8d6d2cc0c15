"""The commands as a user meets them: sentences, exit statuses, no traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import MINIMAL, ROOT

PARAMETERS = 'programme = "x"  # file\nmunicipality = "GM0197"  # code'
GOOD = 'from evaltools.reports.block import Block\nBlock(html="<p>goed</p>")'


def evaltools(*arguments, cwd=None):
    program = Path(sys.executable).parent / "evaltools"
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, cwd=cwd)
    assert "Traceback" not in done.stdout + done.stderr
    return done


def test_a_failing_report_is_named_and_the_others_are_there(project, write_programme, write_notebook):
    write_notebook(PARAMETERS, GOOD)
    write_notebook(PARAMETERS, "1 / 0", name="bad")
    write_programme(MINIMAL.replace("[plain]", "[plain, bad]"))
    write_programme("name: a: b", slug="broken")
    done = evaltools("reports", "--output", "site", "--workers", "1")
    assert done.returncode == 1
    assert "not published: broken: programmes/broken.yaml: line 1: is not valid YAML" in done.stderr
    assert "not published: proef/GM0197-bad: ZeroDivisionError in cell 3" in done.stderr
    assert "1 published, 2 failed" in done.stdout
    index = (project.root / "site" / "index.html").read_text("utf-8")
    assert 'href="proef/GM0197-plain.html"' in index
    assert not (project.root / "site" / "proef" / "GM0197-bad.html").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["reports", "proeff"], "there is no programme 'proeff'; did you mean 'proef'?"),
        (["reports", "--municipality", "GM0198"], "there is no municipality 'GM0198'; did you mean 'GM0197'?"),
        (["reports", "--notebook", "../plain"], "there is no notebook '../plain'"),
        (["reports", "--output", "file"], "cannot be written"),
        (["reports", "--output", "programmes"], "holds files of the project; choose one for the site alone"),
        (["reports", "--output", "."], "holds files of the project"),
        (["reports", "--workers", "0"], "Invalid value for '--workers'"),
        (["report"], "No such command 'report'"),
    ],
)
def test_wrong_use_is_a_sentence_and_exit_status_2(project, write_programme, write_notebook, arguments, sentence):
    write_notebook(PARAMETERS, GOOD)
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
    write_notebook(PARAMETERS, GOOD)
    write_programme()
    done = evaltools("list")
    assert (done.returncode, done.stdout) == (0, "proef/GM0197-plain  Proef, Aalten\n")
    write_programme("", slug="leeg")
    done = evaltools("list")
    assert done.returncode == 1
    assert "refused: leeg: programmes/leeg.yaml: is empty" in done.stderr


def test_a_project_is_found_from_below():
    done = evaltools("list", cwd=ROOT / "notebooks")
    assert done.returncode == 0
    assert "samen-sterk/GM0222-claims  Samen sterk voor inwoners naar werk, Doetinchem" in done.stdout


def test_pages_of_a_renamed_programme_are_named(project, write_programme, write_notebook):
    write_notebook(PARAMETERS, GOOD)
    write_programme(slug="oud").rename(project.programmes / "nieuw.yaml")
    (project.root / "reports" / "oud").mkdir(parents=True)
    (project.root / "reports" / "oud" / "GM0197-plain.html").write_text("x", "utf-8")
    done = evaltools("reports")
    assert done.returncode == 0
    assert "left over: oud/GM0197-plain.html is of no programme any more" in done.stderr


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


def test_raw_output_of_a_kernel_reaches_no_terminal(project, write_programme, write_notebook):
    secret = "123456782"
    write_notebook(PARAMETERS, f"import os\nos.system('echo {secret}; echo {secret} >&2')\nos.write(2, b'{secret}')")
    write_programme()
    done = evaltools("reports")
    assert done.returncode == 1
    assert secret not in done.stdout + done.stderr


def test_a_long_path_for_temporary_files(project, write_programme, write_notebook, monkeypatch):
    long = project.root / ("x" * 80) / ("y" * 40)
    long.mkdir(parents=True)
    monkeypatch.setenv("TMPDIR", str(long))
    write_notebook(PARAMETERS, GOOD)
    write_programme()
    assert evaltools("reports").returncode == 0


def test_an_index_that_cannot_be_written_hides_no_failure(project, write_programme, write_notebook):
    write_notebook(PARAMETERS, "1 / 0")
    write_programme()
    (project.root / "reports" / "index.html").mkdir(parents=True)
    done = evaltools("reports")
    assert done.returncode == 1
    assert "not published: proef/GM0197-plain: ZeroDivisionError" in done.stderr
    assert "cannot be read or written" in done.stderr


def test_a_municipality_twice(project, write_programme):
    write_programme()
    path = project.reference / "municipalities.csv"
    path.write_text(path.read_text("utf-8") + "GM0197,Elders,CBS\n", "utf-8")
    done = evaltools("list")
    assert done.returncode == 2
    assert "has GM0197 more than once" in done.stderr
