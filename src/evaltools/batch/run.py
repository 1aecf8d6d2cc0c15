"""Run reports in a small pool of kernels; one failing report stops no other."""

import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from evaltools import errors
from evaltools.batch import publish
from evaltools.batch.files import check_writable, write_atomically
from evaltools.batch.plan import Refusal, Report
from evaltools.batch.status import Status, read_status, write_status
from evaltools.errors import EvaltoolsError, printable
from evaltools.project import Project

SECONDS_PER_CELL = 600
LONGEST_SOCKET_PATH = 90
LONGEST_REASON = 2000
OWN_ERRORS = {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, EvaltoolsError)
}


def run_reports(
    reports: Sequence[Report],
    *,
    project: Project,
    site: Path,
    workers: int | None = None,
    when_done: Callable[[Status], None] = lambda _: None,
) -> list[Status]:
    """Run every report and publish its page in ``site``.

    Parameters
    ----------
    workers
        How many run at the same time; by default one per core.
    when_done
        Called in this thread with the status of each report when it ends.

    Raises
    ------
    ReportError
        When ``site`` or ``build/`` cannot be written; nothing has run then.
    """
    for folder in (site, project.build):
        check_writable(folder)
    statuses = []
    with ThreadPoolExecutor(max_workers=workers or os.cpu_count() or 1) as pool:
        futures = [pool.submit(make_report, report, project=project, site=site) for report in reports]
        try:
            for future in as_completed(futures):
                statuses.append(future.result())
                when_done(statuses[-1])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return statuses


def make_report(report: Report, *, project: Project, site: Path) -> Status:
    """Execute one notebook, check and publish its page, and keep its status."""
    began = time.monotonic()
    executed = project.build / f"{report.name}.ipynb"
    earlier = read_status(project, report.name)
    kind = reason = headline = ""
    published = earlier.published if earlier else ""
    is_simulated = earlier.is_simulated if earlier else False
    try:
        notebook = _execute(report, project, executed)
        page = publish.convert(notebook, report)
        write_atomically(site / f"{report.name}.html", page)
        headline = publish.headline(notebook)
        is_simulated = publish.SIMULATED in publish.origins(notebook)
        published = datetime.now(UTC).isoformat(timespec="seconds")
    except Exception as error:  # noqa: BLE001  (whatever happens, no report may stop another)
        kind, reason = _explain(error, executed)
        headline = earlier.headline if earlier else ""
    seconds = round(time.monotonic() - began, 2)
    status = Status.of(
        report,
        kind=kind,
        reason=reason,
        headline=headline,
        published=published,
        is_simulated=is_simulated,
        seconds=seconds,
    )
    try:
        write_status(project, status)
    except OSError as error:
        status = replace(status, kind="cannot_write", reason=f"its status cannot be written: {error.strerror}")
    return status


def refuse(report: Report, refusal: Refusal, *, project: Project) -> Status:
    """Keep that a report was refused before the run."""
    earlier = read_status(project, report.name)
    status = Status.of(
        report,
        kind=refusal.kind,
        reason=refusal.reason,
        headline=earlier.headline if earlier else "",
        published=earlier.published if earlier else "",
        is_simulated=earlier.is_simulated if earlier else False,
    )
    write_status(project, status)
    return status


def _execute(report: Report, project: Project, executed: Path) -> nbformat.NotebookNode:
    executed.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        executed.unlink()
    with tempfile.TemporaryDirectory(prefix="evaltools-") as private:
        notebook: nbformat.NotebookNode = papermill.execute_notebook(
            str(project.notebooks / f"{report.notebook}.ipynb"),
            str(executed),
            parameters=dict(report.parameters),
            progress_bar=False,
            execution_timeout=SECONDS_PER_CELL,
            # papermill's own cwd= changes the folder of the whole process, under the other threads.
            resources={"metadata": {"path": str(project.notebooks)}},
            kernel_manager_class=_QuietKernelManager,
            config=_kernel_config(Path(private)),
        )
    return notebook


class _QuietKernelManager(AsyncKernelManager):
    """A kernel whose raw output reaches no terminal or log: what a child process writes may be values of persons."""

    async def _async_start_kernel(self, **options: Any) -> None:
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


def _explain(error: Exception, executed: Path) -> tuple[str, str]:
    """Class and sentences of a failure, without a value that the notebook worked on.

    Messages of our own errors hold no such values by their design, and a module that
    is missing has only its name; of any other error only its type is told. The full text stays in ``build/``.
    """
    folder = f"build/{executed.parent.name}"
    match error:
        # papermill counts from 0 and with the cell that it put in: that is the notebook's own count from 1.
        case PapermillExecutionError() if error.ename in OWN_ERRORS | {"ModuleNotFoundError"}:
            found = "notebook_failed", f"{error.ename} in cell {error.cell_index}: {error.evalue}"
        case PapermillExecutionError():
            where = f"{error.ename} in cell {error.cell_index}"
            found = "notebook_failed", f"{where}; its text is in {folder}/{executed.name}"
        case CellTimeoutError():
            found = "timeout", f"a cell ran longer than {SECONDS_PER_CELL} seconds; see {folder}/{executed.name}"
        case DeadKernelError():
            found = "kernel_died", f"the kernel stopped by itself (out of memory?); see {folder}/{executed.name}"
        case EvaltoolsError():
            found = "page_refused", str(error)
        case OSError():
            found = "cannot_write", f"a file cannot be written: {error.strerror}"
        case _:
            log = executed.with_suffix(".log")
            with suppress(OSError):
                log.write_text("".join(traceback.format_exception(error)), "utf-8")
            found = "notebook_failed", f"{type(error).__name__}; its text is in {folder}/{log.name}"
    kind, reason = found
    return kind, printable(reason)[:LONGEST_REASON]
