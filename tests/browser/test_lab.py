"""JupyterLab in a real Chromium, as who works with it sees it."""

import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evaltools.project import Project
from evaltools.registers.simulate import write_simulated
from tests.conftest import ROOT

STARTS, RUNS = 180, 240
"""Seconds that it may take, on a machine with other work."""
ERRORS = ".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr'], .jp-RenderedText[data-mime-type='application/vnd.jupyter.error']"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab as `evaltools lab` opens it, with registers of two municipalities; gives where, and its project."""
    made = Project(tmp_path_factory.mktemp("project"))
    for folder in ("notebooks", "docs", "programmes", "data/raw/reference"):
        shutil.copytree(ROOT / folder, made.root / folder)
    write_simulated(made, programmes=["aandacht-helpt", "samen-sterk"], seed=1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token="]
    log = made.root / "lab.log"
    with log.open("w") as said:
        server = subprocess.Popen(
            [Path(sys.executable).with_name("evaltools"), "lab", *options], cwd=made.root, stdout=said, stderr=said
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(port, server, log)
        yield address, made
    finally:
        server.terminate()  # JupyterLab ends its kernels and itself
        server.wait(timeout=STARTS)


def _wait_for(port, server, log):
    until = time.monotonic() + STARTS
    while time.monotonic() < until and server.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.5)
    pytest.fail(log.read_text("utf-8"))


@pytest.fixture
def page(lab, browser):
    address, _ = lab
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(STARTS * 1000)
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(f"{address}/lab/tree/build/lab/start.ipynb?reset")
    page.get_by_role("heading", name="Wat kunt u hier onderzoeken?").wait_for()
    yield page
    context.close()


def run_all(page):
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def test_the_start_leads_to_a_notebook_that_runs(lab, page, pictures):
    _, made = lab
    page.get_by_role("cell", name="Aalten").first.wait_for()
    page.screenshot(path=pictures / "lab-start.png")
    page.get_by_role("link", name="Van register naar uitkomsten").click()
    page.get_by_role("heading", name="Aalten: het register").wait_for()
    run_all(page)
    # Cells far below are not drawn until they are looked at; so what is saved tells whether all ran.
    notebook = made.build / "lab" / "exploration.ipynb"
    until = time.monotonic() + RUNS
    while time.monotonic() < until:
        page.keyboard.press("Control+s")
        time.sleep(3)
        code = [cell for cell in json.loads(notebook.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
        if all(cell["execution_count"] for cell in code):
            break
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    kinds = {output["output_type"] for cell in code for output in cell["outputs"]}
    assert "error" not in kinds
    assert "stream" not in kinds
    assert page.locator(ERRORS).count() == 0


def test_a_slider_works_out_anew(lab, page, pictures):
    """That of the exploration notebook, run by the test before."""
    page.goto(f"{lab[0]}/lab/tree/build/lab/exploration.ipynb")
    heading = page.get_by_role("heading", name="Schuif aan een keuze")
    heading.wait_for()
    heading.scroll_into_view_if_needed()
    shown = page.locator(".widget-interact .jp-RenderedHTMLCommon").first
    shown.wait_for()
    heading.evaluate("element => element.scrollIntoView()")
    page.screenshot(path=pictures / "lab-widget.png")
    before = shown.inner_text()
    handle = page.locator(".widget-interact .noUi-handle").first
    handle.focus()
    for _ in range(4):  # from 30 days to 90
        page.keyboard.press("ArrowRight")
    page.wait_for_function("([element, before]) => element.innerText !== before", arg=[shown.element_handle(), before])
    assert "work" in shown.inner_text()


def test_help_of_a_function_opens(page):
    page.get_by_text("programme_cohort?").click()
    page.keyboard.press("Shift+Enter")
    pager = page.locator(".jp-Notebook-footer, .jp-OutputArea-output").filter(has_text="Signature:")
    pager.first.wait_for()
    said = pager.first.inner_text()
    for part in ("Parameters", "Returns", "Raises", "Examples"):
        assert part in said


def test_nothing_is_asked_of_the_internet(lab, page):
    assert page.asked
    assert [url for url in page.asked if not url.startswith((lab[0], "data:", "blob:"))] == []
    time.sleep(3)  # what asks, does so when all stands there
    assert [each.inner_text() for each in page.get_by_text("news", exact=False).all()] == []
