"""From a page of the site to a PDF on A4, tagged for screen readers, by the Chromium or Chrome of the machine."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bs4 import BeautifulSoup

from evaltools.batch.pages import fingerprint, read_page
from evaltools.errors import ReportError

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "chrome",
    "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
"""Programs that print, the first that is there; all are of the same engine."""
SECONDS = 120
OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--export-tagged-pdf",
    "--generate-pdf-document-outline",
)
TAGGED = (b"%PDF-", b"/StructTreeRoot", b"/Lang")
"""What stands in a PDF of which a screen reader knows the structure and the language."""
LAST = b"%%EOF"
PRINTING = "printing-"
OLD = 2 * SECONDS
"""A folder of printing that is so old is of a run that was killed."""


def find_printer() -> str:
    """Find the program that prints.

    Raises
    ------
    ReportError
        When there is none on this machine.
    """
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        advice = "is not on this machine, and prints the PDF; install it (Debian, Ubuntu: apt install chromium)"
        raise ReportError("Chromium, Chrome or Edge", [advice])
    return program


def write_pdf(name: str, *, site: Path, folder: Path, printer: str) -> Path:
    """Print a page of the site to ``folder/name.pdf``, whole or not at all.

    Links within the page stay; those to other files are text, since a PDF goes about without them.

    Parameters
    ----------
    name
        Of the page in the site, such as ``samen-sterk/GM0222-evaluation``.
    printer
        See `find_printer`.

    Raises
    ------
    DisclosureError
        When nothing stands beside the page by which it can be checked.
    ReportError
        When the page was changed after it was made, or no whole, tagged PDF came out.
    """
    html = (site / f"{name}.html").read_bytes()
    if read_page(site, name).fingerprint != fingerprint(html):
        raise ReportError(f"{name}.html", ["was changed after it was made; make it again with evaltools reports"])
    path = folder / f"{name}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside what it makes: Chromium as a snap sees no temporary folders of others and no hidden ones.
    with tempfile.TemporaryDirectory(dir=folder, prefix=PRINTING, ignore_cleanup_errors=True) as made:
        page, printed = Path(made, "page.html"), Path(made, "page.pdf")
        page.write_text(_alone(html.decode("utf-8")), "utf-8")
        as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        command = [printer, *OPTIONS, *as_root, f"--user-data-dir={made}/profile", f"--print-to-pdf={printed}"]
        try:
            status = _run([*command, page.as_uri()])
        except (OSError, subprocess.TimeoutExpired):
            raise ReportError(f"{name}.pdf", [f"was not printed by {printer}; see whether it starts"]) from None
        content = printed.read_bytes() if printed.exists() else b""
        is_whole = status == 0 and content.rstrip().endswith(LAST)
        if not is_whole or not all(mark in content for mark in TAGGED):
            advice = f"was not printed whole, with tags, by {printer}; a newer one may do it"
            raise ReportError(f"{name}.pdf", [advice])
        printed.replace(path)
    return path


def sweep(folder: Path) -> None:
    """Remove what printing left in a folder when it was killed."""
    for left in folder.glob(f"{PRINTING}*"):
        if left.is_dir() and time.time() - left.stat().st_mtime > OLD:
            shutil.rmtree(left, ignore_errors=True)


def _run(command: Sequence[str]) -> int:
    """Run a browser, with all that it starts, in a group of its own, and end all of it whatever happens."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return process.wait(SECONDS)
    finally:
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()


def _alone(html: str) -> str:
    soup = BeautifulSoup(html, "html.parser")
    for link in soup.find_all("a", href=True):
        if not str(link["href"]).startswith("#"):
            link.unwrap()
    return str(soup)
