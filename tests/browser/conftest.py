"""A real Chromium, for pages as readers see them."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from evaltools.batch.paper import NAMES
from tests.conftest import ROOT

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser():
    """Chromium of the system.

    Where there is none the tests that need it are skipped, unless EVALTOOLS_TEST_CHROMIUM is set, as CI does.
    """
    program = next(filter(None, map(shutil.which, NAMES)), None)  # the programs that print
    if program is None:
        if os.environ.get("EVALTOOLS_TEST_CHROMIUM"):
            pytest.fail("Chromium is not installed; on Debian and Ubuntu: apt install chromium")
        pytest.skip("Chromium is not installed; on Debian and Ubuntu: apt install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def pictures():
    """Folder of what was seen, for who wants to look: ``build/pictures/`` of the repository."""
    folder = ROOT / "build" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def visit(browser):
    """Open a page of a site; all that it asks for or complains of is kept in ``page.complaints``."""
    contexts = []

    def go(path, *, width=1280, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.complaints.append(request.url) if "://" in request.url and not request.url.startswith("file://") else None)  # fmt: skip
        page.goto(path.as_uri())
        return page

    yield go
    for context in contexts:
        context.close()
