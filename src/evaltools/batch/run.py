"""Run reports: what has not changed is left, the rest is made side by side, and the next edition of the site is put in place.

Every page waits in ``build/`` until all have ended. Then all are audited together with what stands in the site; one failing
report stops no other. Pages that read the results of others are made in a second round, from the edition that they will
be part of. A run that is broken off leaves the site as it was, and the next run goes on with the pages that wait.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from evaltools import __version__
from evaltools.batch import pages
from evaltools.batch.audit import Seen, disclosed, files_of, stamp
from evaltools.batch.edition import check_replaceable, next_edition
from evaltools.batch.execute import Limits, imports_of, stoppable, sweep
from evaltools.batch.files import check_writable, write_atomically
from evaltools.batch.inputs import Inputs, changed, inputs_of, versions
from evaltools.batch.kernels.provisioner import Imports
from evaltools.batch.locks import Shard, only_run, only_run_of
from evaltools.batch.machine import cores
from evaltools.batch.make import Job, drafts, earlier, make_report
from evaltools.batch.pages import Page
from evaltools.batch.parameters import read_declared
from evaltools.batch.plan import Refusal, Report, with_results
from evaltools.batch.publish import SIMULATED, identity_problems
from evaltools.batch.status import WAITING, Status, read_status, write_status
from evaltools.errors import DisclosureError, ReportError, printable
from evaltools.project import Project

Show = Callable[[Status], None]
Finish = Callable[[Path, Sequence[Status]], None]
NOT_OWN = "the page that waited is not the one that was made; run it again"


def run_reports(
    reports: Sequence[Report],
    *,
    project: Project,
    site: Path,
    workers: int | None = None,
    executor: Executor | None = None,
    limits: Limits | None = None,
    force: bool = False,
    when_done: Show = lambda _: None,
    when_skipped: Show = lambda _: None,
    finish: Finish = lambda _, __: None,
    refused: Sequence[Status] = (),
    seen: Seen | None = None,
) -> list[Status]:
    """Run every report and publish those of which the pages, alone and together, tell nothing about people.

    Those that read the results of other pages follow the others, and read all that will stand in the site then: of a report
    that failed or did not run, what it found before.

    Parameters
    ----------
    workers
        How many run at the same time; by default one per core.
    executor
        What runs them, in place of threads of this process; its workers see the folders of the project by the same paths.
    limits
        What each may use.
    force
        Whether to make also what is up to date.
    when_done
        Called in this thread with the status of each report when it ends; its page is not published yet.
    when_skipped
        Called with the status of each report that is up to date, or of which the page waits already.
    finish
        Called with the folder of the next edition, and how all went, before that takes the place of the site.
    seen
        Gets the stamps of pages that were looked at before they were published; see `audit.audit_site`.

    Raises
    ------
    ReportError
        When ``site`` or ``build/`` cannot be written, or another run is busy; nothing has run then.
    """
    check_writable(project.build)
    with ExitStack() as alone:
        alone.enter_context(only_run(project))
        check_writable(site)
        alone.enter_context(only_run_of(site))
        check_replaceable(site)
        sweep()
        began = _now()
        run = _Run(project, limits or Limits(), _imports(project, reports), when_done, when_skipped, force=force)
        statuses: list[Status] = []
        first = [report for report in reports if not report.reads_results]
        then = [report for report in reports if report.reads_results]
        with next_edition(site) as staged, run.pool(executor, workers) as pool:
            for turn in (first, [with_results(report, staged) for report in then]):
                statuses += run.publish(turn, run.make(turn, pool, staged), staged)
            if seen is not None:
                private = {report.name: report.private for report in reports}
                # In those of several registers the identifiers of one were looked for as yet.
                whole = {report.name for report in reports if len(report.registers) <= 1}
                published = [status for status in statuses if status.name in run.published & whole]
                seen |= {
                    stamp(
                        each.name,
                        files=each.files,
                        register=each.inputs.get("register", ""),
                        private=private[each.name],
                    ): []
                    for each in published
                }
            statuses.sort(key=lambda status: status.name)
            finish(staged, statuses)
        for status in statuses:
            _settle(status, project)
        _write_manifest(project, reports, [*refused, *statuses], began)
        return statuses


def make_shard(
    reports: Sequence[Report],
    shard: Shard,
    *,
    project: Project,
    workers: int | None = None,
    limits: Limits | None = None,
    when_done: Show = lambda _: None,
    when_skipped: Show = lambda _: None,
    site: Path,
) -> list[Status]:
    """Make the pages of one part of the reports; they wait in ``build/`` for a run that publishes all.

    Those that read the results of other pages are left to that run.

    Raises
    ------
    ReportError
        When ``build/`` cannot be written, or another run is busy.
    """
    check_writable(project.build)
    with only_run(project, shard):
        run = _Run(project, limits or Limits(), _imports(project, reports), when_done, when_skipped, force=False)
        with run.pool(None, workers) as pool:
            return run.make(part_of(reports, shard), pool, site)


def part_of(reports: Sequence[Report], shard: Shard) -> list[Report]:
    """Give the reports that a shard makes: none that read the results of others."""
    return shard.of([report for report in reports if not report.reads_results])


def refuse(report: Report, refusal: Refusal, *, project: Project) -> Status:
    """Keep that a report was refused before the run."""
    status = replace(earlier(project, report), kind=refusal.kind, reason=refusal.reason)
    with suppress(OSError):  # it is told on the terminal and on the index all the same
        write_status(project, status)
    return status


def why_again(status: Status | None, inputs: Inputs, site: Path) -> str:
    """Say why a report has to be made, or made again; empty where its page in the site is up to date.

    Parameters
    ----------
    status
        How it went the last time.
    inputs
        Fingerprints of what it is to be made from now.
    """
    if status is None:
        return "was never made"
    if status.kind:
        return f"failed the last time: {status.reason}" if status.has_failed else "is made and waits to be published"
    if not _stands(site, status):
        return "its page is not in the site, or is another"
    other = changed(inputs, status.inputs)
    return f"{' and '.join(other)} changed" if other else ""


class _Run:
    """How the reports of one run are made."""

    def __init__(
        self, project: Project, limits: Limits, imports: Imports, when_done: Show, when_skipped: Show, *, force: bool
    ) -> None:
        self.project, self.limits, self.imports = project, limits, imports
        self.when_done, self.when_skipped, self.force = when_done, when_skipped, force
        self.published: set[str] = set()

    @contextmanager
    def pool(self, executor: Executor | None, workers: int | None) -> Iterator[Executor]:
        """Give what runs the reports; when the run is broken off, those that run in this process end."""
        pool = executor or ThreadPoolExecutor(max_workers=workers or cores())
        try:
            with stoppable():
                yield pool
        finally:
            if executor is None:
                pool.shutdown(cancel_futures=True)

    def make(self, reports: Sequence[Report], pool: Executor, site: Path) -> list[Status]:
        """Make the pages of reports, but for those that are up to date or wait already."""
        fingerprints = inputs_of(self.project, site)
        statuses, jobs = [], []
        for report in reports:
            inputs = fingerprints(report)
            status = None if self.force else read_status(self.project, report.name)
            if status and (not why_again(status, inputs, site) or self._waits(status, report, inputs)):
                statuses.append(status)
                self.when_skipped(status)
            else:
                jobs.append(
                    Job(report=report, project=self.project, inputs=inputs, limits=self.limits, imports=self.imports)
                )
        futures: dict[Future[Status], Job] = {}
        try:
            for job in jobs:
                futures[_submitted(pool, job)] = job
            for future in as_completed(futures):
                status = _status_of(future, futures[future])
                statuses.append(status)
                self.when_done(status)
        except BaseException:
            # Of an executor that is not ours only what is ours is taken back; not every one can do that when it shuts down.
            for future in futures:
                future.cancel()
            raise
        return statuses

    def publish(self, reports: Sequence[Report], statuses: Sequence[Status], staged: Path) -> list[Status]:
        """Put the pages that wait and tell nothing into the next edition; one is in memory at a time."""
        asked = {report.name: report for report in reports}
        waiting: dict[str, Status] = {}
        done = []
        for status in statuses:
            if status.kind != WAITING:
                done.append(status)
            elif _draft(self.project, status, asked[status.name]):
                waiting[status.name] = status
            else:
                done.append(_ended(status, "page_refused", NOT_OWN))
        told = disclosed({name: partial(_beside, self.project, name) for name in waiting}, staged)
        for name, status in waiting.items():
            if name in told:
                done.append(
                    _ended(status, "disclosure", printable(str(DisclosureError(f"the page of {name}", told[name]))))
                )
            else:
                done.append(self._put(status, asked[name], staged))
        return done

    def _put(self, status: Status, report: Report, staged: Path) -> Status:
        """Put one page into the next edition."""
        draft = _draft(self.project, status, report)
        if draft is None:
            return _ended(status, "page_refused", NOT_OWN)
        page, html = draft
        try:
            pages.publish(page, html, staged)
        except OSError as error:
            return _ended(status, "cannot_write", f"a file cannot be written: {error.strerror}")
        self.published.add(status.name)
        published = replace(
            status,
            headline=page.headline,
            is_simulated=SIMULATED in page.origins,
            files=files_of(staged, status.name),
            published=_now(),
        )
        return _ended(published, "", "")

    def _waits(self, status: Status, report: Report, inputs: Inputs) -> bool:
        is_of_now = status.kind == WAITING and status.inputs == inputs
        return is_of_now and _draft(self.project, status, report) is not None


def _imports(project: Project, reports: Sequence[Report]) -> Imports:
    notebooks: list[NotebookNode] = []
    for name in sorted({report.notebook for report in reports}):
        with suppress(ReportError):  # it is told where it is made
            notebooks.append(read_declared(project.notebooks / f"{name}.ipynb").notebook)
    return imports_of(notebooks)


def _submitted(pool: Executor, job: Job) -> "Future[Status]":
    """Hand a job to a pool; one that takes none any more, since its workers are lost, loses this one too."""
    try:
        return pool.submit(make_report, job)
    except Exception as error:  # noqa: BLE001  (each executor has its own)
        lost: Future[Status] = Future()
        lost.set_exception(error)
        return lost


def _status_of(future: "Future[Status]", job: Job) -> Status:
    """Give how a report went; where nobody says so, that its worker was lost."""
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001  (each executor has its own; a report raises none)
        reason = f"its worker was lost, or has no evaltools ({type(error).__name__}); run it again"
        status = replace(earlier(job.project, job.report), kind="worker_lost", reason=reason, inputs=job.inputs)
        with suppress(OSError):
            write_status(job.project, status)
        return status


def _ended(status: Status, kind: str, reason: str) -> Status:
    return replace(status, kind=kind, reason=reason)


def _beside(project: Project, name: str) -> Page:
    """Read what is kept of a page that waits."""
    return pages.read_beside(drafts(project, name)[1], name)


def _draft(project: Project, status: Status, report: Report) -> tuple[Page, str] | None:
    """Read the page that waits; None where it is not the one that was made for this report."""
    try:
        page, text = _beside(project, status.name), drafts(project, status.name)[0].read_text("utf-8")
    except (OSError, ValueError, DisclosureError):
        return None
    is_own = page.fingerprint == status.fingerprint == pages.fingerprint(text.encode("utf-8"))
    return (page, text) if is_own and not identity_problems(text, report) else None


def _stands(site: Path, status: Status) -> bool:
    """Whether the page that was made last stands in the site, with all that was published beside it."""
    return bool(status.files) and files_of(site, status.name) == status.files


def _settle(status: Status, project: Project) -> None:
    """Keep how a report went, now that the edition is in place, and drop what waited."""
    with suppress(OSError):
        write_status(project, status)
        for draft in drafts(project, status.name):
            draft.unlink(missing_ok=True)


def _write_manifest(project: Project, reports: Sequence[Report], statuses: Sequence[Status], began: str) -> None:
    """Keep what was run, from what and with what: enough to make the same pages again."""
    filled_in = cache(partial(_filled_in, project))  # many reports are of one notebook
    parameters = {
        report.name: replace(report, parameters={**filled_in(report.notebook), **report.parameters}).open_parameters
        for report in reports
    }
    manifest = {
        "evaltools": __version__,
        "python": sys.version,
        "packages": dict(sorted(versions().items())),
        "began": began,
        "ended": _now(),
        "reports": [
            # Those that were refused ran with none.
            {"name": status.name, **asdict(status), "parameters": parameters.get(status.name, {})}
            for status in statuses
        ],
    }
    with suppress(OSError):
        write_atomically(
            project.build / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1, default=str)
        )


def _filled_in(project: Project, notebook: str) -> Mapping[str, Any]:
    """Give the parameters that a notebook fills in, such as the seed; none where it cannot be read any more."""
    with suppress(ReportError):
        return read_declared(project.notebooks / f"{notebook}.ipynb").defaults
    return {}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
