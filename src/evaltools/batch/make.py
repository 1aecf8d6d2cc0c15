"""Make one report: execute its notebook, make its page, scan it, and let it wait in ``build/`` for the others.

A worker does this, in this process or on another machine that sees the same folders: all that it needs is in the `Job`.
"""

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from evaltools.batch.audit import scan_page
from evaltools.batch.execute import KernelNotStartedError, Limits, StoppedError, execute
from evaltools.batch.files import write_atomically, write_together
from evaltools.batch.gate import notebook_problems
from evaltools.batch.identifiers import identifiers_of
from evaltools.batch.inputs import changed, inputs_of
from evaltools.batch.kernels.provisioner import Imports
from evaltools.batch.pages import Page
from evaltools.batch.parameters import read_declared
from evaltools.batch.plan import RESULTS, Report
from evaltools.batch.publish import convert
from evaltools.batch.scrub import TELLING, places, scrubbed
from evaltools.batch.status import WAITING, Status, read_status, write_status
from evaltools.errors import DisclosureError, EvaltoolsError, ReportError, printable
from evaltools.project import Project

LONGEST_REASON = 2000
ADVICE = "run the notebook in JupyterLab (make lab) to read the message"
AGAIN = "run it again; a worker that ran before it was changed must be started anew"
MEMORY_ERRORS = {"MemoryError", "_ArrayMemoryError", "ArrowMemoryError"}
MOST_KEPT = 4
"""Identifiers of so many municipalities are kept at a time: a large one has hundreds of thousands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """All that a worker needs to make a report.

    Attributes
    ----------
    inputs
        Fingerprints of what the report is to be made from; see `evaltools.batch.inputs`.
    imports
        What the notebooks of the run import.
    """

    report: Report
    project: Project
    inputs: Mapping[str, str]
    limits: Limits
    imports: Imports = ()


def make_report(job: Job) -> Status:
    """Make a page, which waits in ``build/``; keep and give how it went. Whatever happens, it raises nothing."""
    began = time.monotonic()
    report, project = job.report, job.project
    for draft in (_executed(project, report), *drafts(project, report.name), _log(project, report)):
        with suppress(OSError):
            draft.unlink()
    status = replace(earlier(project, report), inputs=job.inputs)
    try:
        page, html = _make(job)
        write_together(dict(zip(drafts(project, report.name), (html, page.to_text()), strict=True)))
        status = replace(status, kind=WAITING, reason="", fingerprint=page.fingerprint)
    except Exception as error:  # noqa: BLE001  (whatever happens, no report may stop another)
        kind, reason = explain(error, _log(project, report), project)
        status = replace(status, kind=kind, reason=reason)
    status = replace(status, seconds=round(time.monotonic() - began, 2))
    try:
        write_status(project, status)
    except OSError as error:
        status = replace(status, kind="cannot_write", reason=f"its status cannot be written: {error.strerror}")
    return status


def drafts(project: Project, name: str) -> tuple[Path, Path]:
    """Name the files in which the page of a report waits: the page, and what is kept beside it."""
    return project.build / f"{name}.html", project.build / f"{name}.page"


def earlier(project: Project, report: Report) -> Status:
    """Give what is known of the page that stands in the site, if any."""
    known = read_status(project, report.name)
    if known is None:
        return Status.of(report)
    return Status.of(report, headline=known.headline, published=known.published, is_simulated=known.is_simulated)


def explain(error: Exception, log: Path, project: Project) -> tuple[str, str]:
    """Class and sentences of a failure, without a value that the notebook worked on.

    Messages of our own errors hold no such values by their design, and a module that
    is missing has only its name; of any other error only its type and place are told.
    """
    match error:
        # papermill counts from 0 and with the cell that it put in: that is the notebook's own count from 1.
        case PapermillExecutionError() if error.ename in MEMORY_ERRORS:
            found = "out_of_memory", f"cell {error.cell_index} needs more memory than a kernel may have"
        case PapermillExecutionError() if error.ename in TELLING:
            found = "notebook_failed", f"{error.ename} in cell {error.cell_index}: {error.evalue}"
        case PapermillExecutionError():
            found = "notebook_failed", f"{error.ename} in cell {error.cell_index}; {ADVICE}"
        case StoppedError():
            found = error.kind, str(error)
        case DeadKernelError():
            found = "kernel_died", "the kernel stopped by itself, twice (out of memory?)"
        case KernelNotStartedError():
            found = "kernel_not_started", f"no kernel began to answer: {error}"
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
    return kind, printable(reason)[:LONGEST_REASON]


def _make(job: Job) -> tuple[Page, str]:
    """Make the page; give what is kept beside it, and its HTML."""
    report, project = job.report, job.project
    _check_inputs(job)
    notebook = _execute(job)
    try:
        _check_inputs(job)
        page, html = convert(notebook, report)
        of_register = job.inputs.get("register", "")
        known = _identifiers(project.root, report.municipality, of_register) if page.is_of_persons else ()
        _refuse(report, scan_page(page, html, identifiers=known, private=report.private))
    except BaseException:
        _keep(notebook, _executed(project, report), keep_blocks=False)
        raise
    _keep(notebook, _executed(project, report), keep_blocks=True)
    return page, html


def _refuse(report: Report, problems: Sequence[str]) -> None:
    if problems:
        raise DisclosureError(f"the page of {report.name}", problems)


def _check_inputs(job: Job) -> None:
    """See that what the report is made from is what the run was planned with, before and after."""
    site = Path(job.report.parameters.get(RESULTS, ""))
    other = changed(inputs_of(job.project, site)(job.report), job.inputs)
    if other:
        raise StoppedError("changed", f"not what the run began with: {' and '.join(other)}; {AGAIN}")


def _execute(job: Job) -> NotebookNode:
    """Check the notebook and execute it in memory: what is not looked through yet may not touch the disk."""
    report, project = job.report, job.project
    notebook = read_declared(project.notebooks / f"{report.notebook}.ipynb").notebook
    problems = notebook_problems(notebook)
    if problems:
        raise ReportError(f"notebooks/{report.notebook}.ipynb", problems)
    seen: list[NotebookNode] = []
    try:
        for is_last in (False, True):
            try:
                return execute(
                    notebook,
                    report.parameters,
                    folder=project.notebooks,
                    limits=job.limits,
                    imports=job.imports,
                    registers=report.registers,
                    seen=seen,
                )
            except DeadKernelError:  # of nothing else it is likely that it goes well a second time
                if is_last:
                    raise
    except BaseException:
        if seen:
            _keep(seen[-1], _executed(project, report), keep_blocks=True)
        raise
    raise AssertionError


@lru_cache(maxsize=MOST_KEPT)
def _identifiers(root: Path, municipality: str, _register: str) -> frozenset[str]:
    return identifiers_of(Project(root), municipality)


def _keep(notebook: NotebookNode, path: Path, *, keep_blocks: bool) -> None:
    # Not by nbformat.writes: it copies all and indents in Python, which takes as long as to make the page.
    write_atomically(path, json.dumps(scrubbed(notebook, keep_blocks=keep_blocks), ensure_ascii=False) + "\n")


def _executed(project: Project, report: Report) -> Path:
    return project.build / f"{report.name}.ipynb"


def _log(project: Project, report: Report) -> Path:
    return project.build / f"{report.name}.log"
