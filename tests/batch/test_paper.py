"""A page on paper: tagged, alone, and whole or not at all."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pypdf
import pytest

from evaltools.batch import paper
from tests.batch.small import GOOD, PARAMETERS
from tests.conftest import MINIMAL

needs_chromium = pytest.mark.skipif(
    not any(map(shutil.which, paper.NAMES)) and not os.environ.get("EVALTOOLS_TEST_CHROMIUM"), reason="needs Chromium"
)


@pytest.fixture
def published(project, write_programme, write_gated, evaltools):
    write_gated(PARAMETERS, *GOOD)
    write_programme(MINIMAL.replace("[GM0197]", "[GM0197, GM0222]"))
    assert evaltools("reports")[0] == 0
    return project


def text_of(path):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


@needs_chromium
def test_pages_are_printed_where_they_are_asked_for(published, evaltools):
    status, said, _ = evaltools("pdf", "--municipality", "GM0222")
    path = published.root / "pdf" / "proef" / "GM0222-plain.pdf"
    assert (status, said.strip()) == (0, str(path))
    assert sorted(each for each in (published.root / "pdf").rglob("*") if each.is_file()) == [path]
    assert "Doetinchem" in text_of(path)
    made = pypdf.PdfReader(path)
    assert made.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert made.trailer["/Root"]["/Lang"].startswith("nl")
    assert made.metadata.title.startswith("Proef in Doetinchem")
    assert float(made.pages[0].mediabox.width) == pytest.approx(595, abs=1)  # A4, in points


@needs_chromium
def test_a_pdf_tells_nothing_of_the_machine_and_links_to_no_file(published, evaltools):
    evaltools("pdf", "--municipality", "GM0222", "--output", "print")
    made = pypdf.PdfReader(published.root / "print" / "proef" / "GM0222-plain.pdf")
    links = [note.get_object() for page in made.pages for note in page.get("/Annots", [])]
    assert [link for link in links if "/URI" in link.get("/A", {})] == []
    for text in (str(published.root), os.uname().nodename):
        assert text not in repr(made.metadata) + text_of(published.root / "print" / "proef" / "GM0222-plain.pdf")
    assert "Alle rapporten" not in text_of(published.root / "print" / "proef" / "GM0222-plain.pdf")


@needs_chromium
def test_a_page_of_simulated_data_says_so_on_every_sheet(site, tmp_path):
    path = paper.write_pdf("samen-sterk/GM0222-evaluation", site=site, folder=tmp_path, printer=paper.find_printer())
    made = pypdf.PdfReader(path)
    sheets = [page.extract_text() for page in made.pages]
    assert len(sheets) > 5
    for number, sheet in enumerate(sheets, start=1):
        assert "Gesimuleerde gegevens" in sheet
        assert f"{number} van {len(sheets)}" in sheet
    assert "Download" not in text_of(path)
    # In the outline Chromium leaves out the space where the heading goes on to its next line.
    assert next(each.title for each in made.outline).replace(" ", "").startswith("Watheefthetprogramma")


def test_a_page_that_was_changed_is_not_printed(published, evaltools):
    page = published.reports / "proef" / "GM0197-plain.html"
    page.write_text(page.read_text("utf-8").replace("Aalten", "Elders"), "utf-8")
    (published.reports / "proef" / "GM0222-plain.json").unlink()
    status, _, said = evaltools("pdf")
    assert status == 1
    assert "GM0197-plain.html: was changed after it was made" in said
    assert "GM0222-plain.json: is not there" in said
    assert not list((published.root / "pdf").rglob("*.pdf"))


def test_what_is_not_published_is_not_printed(project, write_programme, write_gated, evaltools):
    write_gated(PARAMETERS, *GOOD)
    write_programme()
    assert evaltools("pdf") == (2, "", "evaltools: evaltools pdf: none of these pages is published; make them with evaltools reports\n")  # fmt: skip


def test_without_a_printer_it_says_what_to_install(published, evaltools, monkeypatch):
    monkeypatch.setattr(paper, "NAMES", ("no-such-program",))
    status, _, said = evaltools("pdf")
    assert status == 2
    assert "apt install chromium" in said


WITHOUT_END = "echo '%PDF-1.4 /Lang /StructTreeRoot' > ${5#*=}"
WITHOUT_TAGS = "echo '%PDF-1.4 /Lang %%EOF' > ${5#*=}"
FAILED = "echo '%PDF-1.4 /Lang /StructTreeRoot %%EOF' > ${5#*=}; exit 1"


@pytest.mark.parametrize("prints", ["exit 1", WITHOUT_END, WITHOUT_TAGS, FAILED])
def test_half_a_pdf_takes_no_place(published, tmp_path, monkeypatch, evaltools, prints):
    """Neither one that does not come, nor one without structure; the one of before stays."""
    printer = tmp_path / "printer"
    printer.write_text(
        f"#!/bin/sh\nfor each; do case $each in --print-to-pdf=*) set -- 1 2 3 4 $each;; esac; done\n{prints}\n"
    )
    printer.chmod(printer.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(paper, "NAMES", (str(printer),))
    before = published.root / "pdf" / "proef" / "GM0222-plain.pdf"
    before.parent.mkdir(parents=True)
    before.write_text("before")
    status, _, said = evaltools("pdf", "--municipality", "GM0222")
    assert status == 1
    assert "was not printed whole, with tags" in said
    assert before.read_text() == "before"
    assert list((published.root / "pdf").iterdir()) == [before.parent]


@needs_chromium
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups")
def test_ctrl_c_ends_the_browsers_at_once(published):
    program = Path(sys.executable).with_name("evaltools")
    group = subprocess.Popen(
        [program, "pdf"], cwd=published.root, start_new_session=True, stderr=subprocess.PIPE, text=True
    )
    until = time.monotonic() + 60
    while not list((published.root / "pdf").glob("printing-*/page.html")) and time.monotonic() < until:
        time.sleep(0.05)
    os.killpg(group.pid, signal.SIGINT)
    _, said = group.communicate(timeout=60)
    assert group.returncode == 130
    assert "stopped; the PDFs that were printed are whole" in said
    assert not list((published.root / "pdf").glob("printing-*"))
    for path in (published.root / "pdf").rglob("*.pdf"):
        assert len(pypdf.PdfReader(path).pages) > 0


def test_what_a_killed_run_left_is_swept_away(tmp_path):
    old, new = tmp_path / "printing-old", tmp_path / "printing-new"
    for folder in (old, new):
        folder.mkdir()
    os.utime(old, (0, 0))
    paper.sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [new]
