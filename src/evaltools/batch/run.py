"""Run reports in a small pool of kernels; publish those of which the pages tell nothing about people.

Every page is made in ``build/`` first. When all have ended they are audited together with what stands in the site; one
failing report stops no other. Pages that read the results of others are made in a second round, when those are published.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from evaltools.batch import pages
from evaltools.batch.audit import disclosed, identifiers_of, scan_page
from evaltools.batch.files import check_writable, write_atomically
from evaltools.batch.gate import notebook_problems
from evaltools.batch.pages import Page
from evaltools.batch.parameters import read_declared
from evaltools.batch.plan import Refusal, Report, with_results
from evaltools.batch.publish import SIMULATED, convert, headline
from evaltools.batch.scrub import TELLING, places, scrubbed
from evaltools.batch.status import Status, read_status, write_status
from evaltools.errors import DisclosureError, EvaltoolsError, ReportError, printable
from evaltools.project import Project

SECONDS_PER_CELL = 600
LONGEST_SOCKET_PATH = 90
LONGEST_REASON = 2000
ADVICE = "run the notebook in JupyterLab (make lab) to read the message"
MOST_KEPT = 4
"""Identifiers of so many municipalities are kept at a time: a large one has hundreds of thousands."""

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Reports run beside each other, one per core: threads within them only stand in each other's way."""

Identifiers = Callable[[str], Collection[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How a report went, and what its page would tell; the page itself waits in ``build/``."""

    report: Report
    status: Status
    page: Page | None = None


def run_reports(
    reports: Sequence[Report],
    *,
    project: Project,
    site: Path,
    workers: int | None = None,
    when_done: Callable[[Status], None] = lambda _: None,
) -> list[Status]:
    """Run every report and publish those of which the pages, alone and together, tell nothing about people.

    Those that read the results of other pages follow the others, and read all that stands in the site then: of a report
    that failed or did not run, what it found before.

    Parameters
    ----------
    workers
        How many run at the same time; by default one per core.
    when_done
        Called in this thread with the status of each report when it ends; its page is not published yet.

    Raises
    ------
    ReportError
        When ``site`` or ``build/`` cannot be written; nothing has run then.
    """
    for folder in (site, project.build):
        check_writable(folder)
    identifiers = lru_cache(maxsize=MOST_KEPT)(partial(identifiers_of, project))
    make = partial(make_report, project=project, identifiers=identifiers)
    first = [report for report in reports if not report.reads_results]
    then = [with_results(report, site) for report in reports if report.reads_results]
    statuses: list[Status] = []
    for turn in (first, then):
        made = _make_all(turn, make, workers or os.cpu_count() or 1, when_done)
        told = disclosed({each.page.name: each.page for each in made if each.page}, site)
        statuses += [_finish(each, told.get(each.report.name, []), project=project, site=site) for each in made]
    return statuses


def _make_all(
    reports: Sequence[Report], make: Callable[[Report], Made], workers: int, when_done: Callable[[Status], None]
) -> list[Made]:
    made: list[Made] = []
    with ThreadPoolExecutor(max_workers=workers) as pool:
        futures = [pool.submit(make, report) for report in reports]
        try:
            for future in as_completed(futures):
                made.append(future.result())
                when_done(made[-1].status)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return made


def make_report(report: Report, *, project: Project, identifiers: Identifiers) -> Made:
    """Execute one notebook, make its page in ``build/`` and scan it."""
    began = time.monotonic()
    for draft in (_executed(project, report), _draft(project, report), _log(project, report)):
        with suppress(OSError):
            draft.unlink()
    page, status = None, _earlier(project, report)
    try:
        page, shown = _make(report, project, identifiers)
        is_simulated = SIMULATED in page.origins
        status = replace(status, kind="", reason="", headline=shown, is_simulated=is_simulated)
    except Exception as error:  # noqa: BLE001  (whatever happens, no report may stop another)
        kind, reason = _explain(error, _log(project, report), project)
        status = replace(status, kind=kind, reason=reason)
    return Made(report=report, status=replace(status, seconds=round(time.monotonic() - began, 2)), page=page)


def _make(report: Report, project: Project, identifiers: Identifiers) -> tuple[Page, str]:
    """Make the page in ``build/``; give what is kept beside it and its headline."""
    notebook = _execute(report, project)
    try:
        page, html = convert(notebook, report)
        shown = headline(notebook)
        known = identifiers(report.municipality) if page.is_of_persons else ()
        _refuse(report, scan_page(page, html, identifiers=known, private=report.private, headline=shown))
    except BaseException:
        _keep(notebook, _executed(project, report), keep_blocks=False)
        raise
    _keep(notebook, _executed(project, report), keep_blocks=True)
    write_atomically(_draft(project, report), html)
    return page, shown


def _refuse(report: Report, problems: Sequence[str]) -> None:
    if problems:
        raise DisclosureError(f"the page of {report.name}", problems)


def _finish(made: Made, told: Sequence[str], *, project: Project, site: Path) -> Status:
    """Publish a page that tells nothing, and keep how it went."""
    status, draft = made.status, _draft(project, made.report)
    if told:
        problems = str(DisclosureError(f"the page of {made.report.name}", told))
        status = replace(_earlier(project, made.report), kind="disclosure", reason=_printable(problems))
        status = replace(status, seconds=made.status.seconds)
    elif made.page:
        try:
            pages.publish(made.page, draft.read_text("utf-8"), site)
            status = replace(status, published=datetime.now(UTC).isoformat(timespec="seconds"))
        except OSError as error:
            status = replace(_earlier(project, made.report), kind="cannot_write", seconds=status.seconds)
            status = replace(status, reason=f"a file cannot be written: {error.strerror}")
    with suppress(OSError):
        draft.unlink()
    try:
        write_status(project, status)
    except OSError as error:
        status = replace(status, kind="cannot_write", reason=f"its status cannot be written: {error.strerror}")
    return status


def refuse(report: Report, refusal: Refusal, *, project: Project) -> Status:
    """Keep that a report was refused before the run."""
    status = replace(_earlier(project, report), kind=refusal.kind, reason=refusal.reason)
    write_status(project, status)
    return status


def _earlier(project: Project, report: Report) -> Status:
    """Give what is known of the page that stands in the site, if any."""
    known = read_status(project, report.name)
    if known is None:
        return Status.of(report)
    return Status.of(report, headline=known.headline, published=known.published, is_simulated=known.is_simulated)


def _execute(report: Report, project: Project) -> NotebookNode:
    """Check the notebook and execute it in memory: what is not looked through yet may not touch the disk."""
    notebook = read_declared(project.notebooks / f"{report.notebook}.ipynb").notebook
    problems = notebook_problems(notebook)
    if problems:
        raise ReportError(f"notebooks/{report.notebook}.ipynb", problems)
    seen: list[NotebookNode] = []
    try:
        with tempfile.TemporaryDirectory(prefix="evaltools-") as private:
            papermill.execute_notebook(
                notebook,
                None,
                parameters=dict(report.parameters),
                engine_name=_Engine.__name__,
                seen=seen,
                progress_bar=False,
                execution_timeout=SECONDS_PER_CELL,
                # papermill's own cwd= changes the folder of the whole process, under the other threads.
                resources={"metadata": {"path": str(project.notebooks)}},
                kernel_manager_class=_QuietKernelManager,
                config=_kernel_config(Path(private)),
            )
    except BaseException:
        for executed in seen:
            _keep(executed, _executed(project, report), keep_blocks=True)
        raise
    return seen[0]


def _keep(notebook: NotebookNode, path: Path, *, keep_blocks: bool) -> None:
    write_atomically(path, nbformat.writes(scrubbed(notebook, keep_blocks=keep_blocks)))


def _executed(project: Project, report: Report) -> Path:
    return project.build / f"{report.name}.ipynb"


def _draft(project: Project, report: Report) -> Path:
    return project.build / f"{report.name}.html"


def _log(project: Project, report: Report) -> Path:
    return project.build / f"{report.name}.log"


class _Engine(NBClientEngine):  # type: ignore[misc]  # papermill has no types
    """papermill's own way to execute, that tells which notebook it fills: an error does not give it back."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, *, seen: list[NotebookNode], **more: Any) -> None:
        seen.append(nb_man.nb)
        super().execute_managed_notebook(nb_man, kernel_name, **more)


papermill_engines.register(_Engine.__name__, _Engine)


class _QuietKernelManager(AsyncKernelManager):
    """A kernel whose raw output reaches no terminal or log: what a child process writes may be values of persons."""

    async def _async_start_kernel(self, **options: Any) -> None:
        options["env"] = {**(options.get("env") or os.environ), **ONE_THREAD}
        await super()._async_start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)

    start_kernel = _async_start_kernel


def _kernel_config(private: Path) -> Config:
    """Let a kernel talk over sockets in a folder that is its own.

    Without a connection file of its own every kernel would use the same relative
    socket names, in its own current folder. Windows has no such sockets, and a
    system allows their paths about a hundred characters.
    """
    file = private / "kernel.json"
    fits = sys.platform != "win32" and len(str(file)) <= LONGEST_SOCKET_PATH
    return Config({"KernelManager": {"transport": "ipc" if fits else "tcp", "connection_file": str(file)}})


def _explain(error: Exception, log: Path, project: Project) -> tuple[str, str]:
    """Class and sentences of a failure, without a value that the notebook worked on.

    Messages of our own errors hold no such values by their design, and a module that
    is missing has only its name; of any other error only its type and place are told.
    """
    match error:
        # papermill counts from 0 and with the cell that it put in: that is the notebook's own count from 1.
        case PapermillExecutionError() if error.ename in TELLING:
            found = "notebook_failed", f"{error.ename} in cell {error.cell_index}: {error.evalue}"
        case PapermillExecutionError():
            found = "notebook_failed", f"{error.ename} in cell {error.cell_index}; {ADVICE}"
        case CellTimeoutError():
            found = "timeout", f"a cell ran longer than {SECONDS_PER_CELL} seconds"
        case DeadKernelError():
            found = "kernel_died", "the kernel stopped by itself (out of memory?)"
        case DisclosureError():
            found = "disclosure", str(error)
        case EvaltoolsError():
            found = "page_refused", str(error)
        case OSError():
            found = "cannot_write", f"a file cannot be written: {error.strerror}"
        case _:
            with suppress(OSError):
                write_atomically(log, places(error))
            where = log.relative_to(project.root)
            found = "notebook_failed", f"{type(error).__name__}; where is in {where.as_posix()}"
    kind, reason = found
    return kind, _printable(reason)


def _printable(reason: str) -> str:
    return printable(reason)[:LONGEST_REASON]
