"""One failing report stops no other, replaces no good page and tells no value that it worked on."""

import json

import pytest
from bs4 import BeautifulSoup

from evaltools.batch.execute import Limits
from evaltools.batch.files import check_writable, write_atomically
from evaltools.batch.pages import INDEX
from evaltools.batch.plan import plan_reports
from evaltools.batch.run import run_reports
from evaltools.batch.site import known_statuses, write_indexes
from evaltools.batch.status import read_status
from evaltools.errors import ReportError
from tests.batch.small import HAND_MADE, PARAMETERS
from tests.conftest import MINIMAL

GOOD = HAND_MADE + 'Block(html=f"<p>{programme} in {municipality}</p>", headline="Een kop.")'
SECRET = "123456782"
CELLS = {
    "good": GOOD,
    "raises": f'raise ValueError("{SECRET}")',
    "own-error": 'from evaltools.errors import InvalidDataError\nraise InvalidDataError("tabel", ["mist een kolom"])',
    "named-alike": f'class DataError(Exception):\n    pass\nraise DataError("{SECRET}")',
    "raw": 'import pandas\npandas.DataFrame({"n": [1]})',
    "prints": f'print("{SECRET}")\n{GOOD}',
    "silent": "x = 1",
    "dies": "import os\nos._exit(1)",
    "external": HAND_MADE + "Block(html=\"<img src='https://example.org/a.png' alt='a'>\")",
    "exits": "import sys\nsys.exit(3)",
}


@pytest.fixture
def everything(write_cells):
    """A project with a notebook for each way to fail, and one that is good."""
    return write_cells(CELLS)


def test_every_way_to_fail(everything):
    plan = plan_reports(everything)
    seen = []
    statuses = run_reports(plan.reports, project=everything, site=everything.reports, workers=2, when_done=seen.append)
    found = {status.notebook: status for status in statuses}
    assert {name: status.kind for name, status in found.items()} == {
        "good": "",
        "raises": "notebook_failed",
        "own-error": "notebook_failed",
        "named-alike": "notebook_failed",
        "raw": "page_refused",
        "prints": "page_refused",
        "silent": "page_refused",
        "dies": "kernel_died",
        "external": "page_refused",
        "exits": "notebook_failed",
    }
    assert len(seen) == len(CELLS)
    assert found["raises"].reason == (
        "ValueError in cell 3; run the notebook in JupyterLab (make lab) to read the message"
    )
    assert found["own-error"].reason == "InvalidDataError in cell 3: tabel: mist een kolom"
    assert {path.name for path in (everything.reports / "proef").iterdir()} == {"GM0197-good.html", "GM0197-good.json"}
    page = (everything.reports / "proef" / "GM0197-good.html").read_text("utf-8")
    assert "<p>proef in GM0197</p>" in page
    assert found["good"].headline == "Een kop."
    write_indexes(plan, project=everything, site=everything.reports, fresh=statuses)
    index = (everything.reports / "index.html").read_text("utf-8")
    assert index.count("Niet gepubliceerd:") == len(CELLS) - 1
    published = [index, page, *(status.reason for status in statuses)]
    kept = [
        path.read_text("utf-8") for path in everything.build.rglob("*") if path.suffix in {".json", ".log", ".html"}
    ]
    assert not any(SECRET in text for text in [*published, *kept])


def test_a_failure_leaves_the_earlier_page(ungated, project, write_programme, write_notebook):
    write_programme()
    write_notebook(PARAMETERS, GOOD)
    (first,) = run_reports(plan_reports(project).reports, project=project, site=project.reports)
    page = (project.reports / f"{first.name}.html").read_text("utf-8")
    write_notebook(PARAMETERS, "1 / 0")
    plan = plan_reports(project)
    (second,) = run_reports(plan.reports, project=project, site=project.reports)
    assert (second.kind, second.published, second.headline) == ("notebook_failed", first.published, "Een kop.")
    assert (project.reports / f"{first.name}.html").read_text("utf-8") == page
    index = write_indexes(plan, project=project, site=project.reports).read_text("utf-8")
    assert "Niet vernieuwd: het notebook gaf een fout." in index
    assert f'href="{first.name}.html"' in index
    # In another site there is no such page, and none is promised.
    (elsewhere,) = known_statuses(plan, project=project, site=project.root / "elsewhere")
    assert elsewhere.published == ""


def test_a_broken_programme_file_keeps_its_pages(ungated, project, write_programme, write_notebook):
    write_programme()
    write_notebook(PARAMETERS, GOOD)
    run_reports(plan_reports(project).reports, project=project, site=project.reports)
    write_programme("name: [")
    write_programme("name: [", slug="nieuw")
    index = write_indexes(plan_reports(project), project=project, site=project.reports).read_text("utf-8")
    assert "Niet vernieuwd: het programmabestand klopt niet." in index
    assert 'href="proef/GM0197-plain.html"' in index
    assert "<h2>nieuw</h2>" in index
    assert "Niet gepubliceerd: het programmabestand klopt niet." in index


def test_a_cell_that_does_not_end(ungated, project, write_programme, write_notebook):
    write_programme()
    write_notebook(PARAMETERS, "while True:\n    pass")
    limits = Limits(seconds=3)
    (status,) = run_reports(plan_reports(project).reports, project=project, site=project.reports, limits=limits)
    assert (status.kind, status.reason) == ("timeout", "the report took longer than 3 seconds")


def test_reports_side_by_side_do_not_mix(ungated, project, write_programme, write_notebook):
    write_notebook(PARAMETERS, GOOD)
    codes = ["GM0080", "GM0197", "GM0202", "GM0222"]
    write_programme(MINIMAL.replace("[GM0197]", f"[{', '.join(codes)}]"))
    run_reports(plan_reports(project).reports, project=project, site=project.reports, workers=4)
    for code in codes:
        page = (project.reports / "proef" / f"{code}-plain.html").read_text("utf-8")
        assert f"<p>proef in {code}</p>" in page
        (identity,) = BeautifulSoup(page, "html.parser").find_all("meta", attrs={"name": "evaltools:report"})
        assert identity["content"] == f"proef/{code}-plain"


def test_a_programme_name_is_text_on_the_page(ungated, project, write_programme, write_notebook):
    write_programme(MINIMAL.replace("name: Proef", 'name: A & B\'s "proef"'))
    write_notebook(PARAMETERS, GOOD)
    plan = plan_reports(project)
    run_reports(plan.reports, project=project, site=project.reports)
    write_indexes(plan, project=project, site=project.reports)
    for page in [project.reports / INDEX, *project.reports.glob("*/*.html")]:
        assert 'A & B\'s "proef"' in BeautifulSoup(page.read_text("utf-8"), "html.parser").main.get_text()


def test_a_folder_that_cannot_be_written(ungated, project, write_programme, write_notebook):
    (project.root / "file").write_text("x", "utf-8")
    with pytest.raises(ReportError, match=r"cannot be written .*; choose another with --output"):
        check_writable(project.root / "file")
    write_programme()
    write_notebook(PARAMETERS, GOOD)
    with pytest.raises(ReportError):
        run_reports(plan_reports(project).reports, project=project, site=project.root / "file")
    assert not list(project.root.glob("build/**/*.ipynb"))


def test_a_page_that_cannot_be_written(ungated, project, write_programme, write_notebook):
    write_programme()
    write_notebook(PARAMETERS, GOOD)
    project.reports.mkdir()
    (project.reports / "proef").write_text("a file where a folder must be", "utf-8")
    (status,) = run_reports(plan_reports(project).reports, project=project, site=project.reports)
    assert status.kind == "cannot_write"


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a.html"
    write_atomically(path, "oud")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "half \ud800")
    assert path.read_text("utf-8") == "oud"
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_status_is_no_status(project):
    path = project.build / "proef" / "GM0197-plain.json"
    path.parent.mkdir(parents=True)
    for text in ("{", json.dumps({"unknown": 1}), "[]"):
        path.write_text(text, "utf-8")
        assert read_status(project, "proef/GM0197-plain") is None
