"""Commands for the site: make it, look at it, print it."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evaltools.cli.app import Municipalities, Notebooks, Programmes, app, complaints, console
from evaltools.errors import EvaltoolsError, InvalidDataError, ReportError, printable
from evaltools.project import Project, find_project

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from evaltools.batch.audit import SiteAudit
    from evaltools.batch.plan import Plan, Report
    from evaltools.batch.status import Status

SECONDS_PER_REPORT = 600
STOPPED = 130
"""Exit status of a command that Ctrl-C or SIGTERM ended."""

Theme = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="CSS file with the design tokens of a municipality (NL Design System)."),
]


@contextmanager
def _ends_well(said: str) -> Iterator[None]:
    """Say what to do after Ctrl-C; an array job that is cancelled gets SIGTERM, which ends it the same way."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        complaints.print(said, markup=False)
        raise typer.Exit(STOPPED) from None


@app.command()
@_ends_well("evaltools: stopped; what was made is kept, run the command again (without --force) to go on")
def reports(
    programmes: Programmes = None,
    municipality: Municipalities = None,
    notebook: Notebooks = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="How many reports at the same time; one per core when left out.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler whose workers make them: tcp://host:8786.")
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(metavar="I/N", help="Make part I of N; the pages wait for a run without --shard, that publishes."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Make also what is up to date.")] = False,
    only_failed: Annotated[bool, typer.Option("--only-failed", help="Only what failed the last time.")] = False,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that one report may take.")] = SECONDS_PER_REPORT,
    output: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the site; reports/ when left out.")
    ] = None,
    theme: Theme = None,
    everywhere: Annotated[
        bool,
        typer.Option(
            "--everywhere",
            help="Make the pages from the figures of CBS for every municipality, some 390 that stay, not only those of a register or programme.",
        ),
    ] = False,
) -> None:
    """Make the reports and the index of the site, and audit the whole of it; what is up to date is left."""
    from evaltools.batch.audit import audit_site, read_seen, write_seen
    from evaltools.batch.counter import Counter
    from evaltools.batch.execute import Limits
    from evaltools.batch.files import check_writable
    from evaltools.batch.kernels.provisioner import why_not_warm
    from evaltools.batch.locks import Shard
    from evaltools.batch.run import make_shard, part_of, refuse, run_reports
    from evaltools.batch.site import check_site, left_over, write_indexes

    project = find_project()
    site = output.resolve() if output else project.reports
    look = _look(theme)
    whole = _plan(project, site, wanted=municipality or (), everywhere=everywhere).with_theme(look)
    asked = whole.only(programmes or (), municipality or (), notebook or (), project)
    part = Shard.read(shard) if shard else None
    if part and (scheduler or output or force or only_failed):
        # What failed changes while other shards run: theirs would not be the parts of the same whole.
        options_of_runs = "--scheduler, --output, --force and --only-failed"
        raise ReportError("--shard", [f"goes with none of {options_of_runs}; leave those out"])
    if scheduler and workers:
        raise ReportError(
            "--workers", ["goes not with --scheduler: as many run as its workers have threads; leave it out"]
        )
    if only_failed:
        asked = _failed_before(asked, project)
    check_site(site, project)
    check_writable(project.build)
    why_slow = None if scheduler else why_not_warm()
    if why_slow:
        console.print(f"each kernel is started anew, which takes seconds more per report: {why_slow}", markup=False)
    options: dict[str, Any] = {"project": project, "workers": workers, "limits": Limits(seconds=timeout)}
    n_reports = len(part_of(asked.reports, part) if part else asked.reports)
    for remark in whole.remarks:
        complaints.print(remark, markup=False)
    with _executor(scheduler) as executor, Counter(console, n_reports) as counter:
        options |= {"when_done": counter.done, "when_skipped": counter.skipped}
        if part:
            _show_part(make_shard(asked.reports, part, site=site, **options), everywhere=everywhere)
            return
        failed = [(refusal.subject, refusal.reason) for refusal in asked.refusals]
        refused = [refuse(refusal.report, refusal, project=project) for refusal in asked.refusals if refusal.report]
        seen = read_seen(project)

        def finish(staged: Path, statuses: Sequence["Status"]) -> None:
            failed.extend((status.name, status.reason) for status in statuses if status.kind)
            _show_failed(failed)
            write_indexes(whole, project=project, site=staged, fresh=[*refused, *statuses], theme=look)

        statuses = run_reports(
            asked.reports,
            site=site,
            executor=executor,
            force=force,
            finish=finish,
            refused=refused,
            seen=seen,
            **options,
        )
    for page in left_over(whole, site):
        complaints.print(
            f"left over: {page}.html is of no programme, register or figures any more; delete it, and what is beside it, before "
            "you publish",
            markup=False,
        )
    made = sum(not status.kind for status in statuses) - counter.n_skipped
    console.print(
        f"{made} published, {counter.n_skipped} up to date, {len(failed)} failed: {site / 'index.html'}", markup=False
    )
    found = audit_site(site, project=project, **_looked_for(whole, site), seen=seen)
    write_seen(project, seen)
    _show_audit(found)
    if failed or found.problems:
        raise typer.Exit(1)


@app.command()
def audit(
    site: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="A finished site; reports/ when left out.")
    ] = None,
    earlier: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="The site of before, to compare two editions; simulated ones are not compared."
        ),
    ] = None,
) -> None:
    """Check a finished site: what its pages tell about people, alone, together and with an earlier edition."""
    from evaltools.batch.audit import audit_site
    from evaltools.batch.pages import standing

    try:
        project = find_project()
    except InvalidDataError:
        if site is None:
            raise
        project = None
    folder = site or (project.reports if project else Path())
    missing = [
        ReportError(f"the folder {each}", ["holds no pages; make them with evaltools reports"])
        for each in (folder, earlier)
        if each and not standing(each)
    ]
    if missing:
        raise missing[0]
    looked_for = _looked_for(_plan(project, folder), folder) if project else {}
    found = audit_site(folder, project=project, earlier=earlier, **looked_for)
    _show_audit(found)
    if found.problems:
        raise typer.Exit(1)


@app.command("list")
def list_reports(theme: Theme = None) -> None:
    """List the reports that can be made, which of them are up to date, and what is wrong with those that cannot."""
    from evaltools.batch.inputs import inputs_of
    from evaltools.batch.run import why_again
    from evaltools.batch.status import read_status

    project = find_project()
    plan = _plan(project, project.reports).with_theme(_look(theme))
    inputs = inputs_of(project, project.reports)
    for report in plan.reports:
        subject = ", ".join(name for name in (report.programme_name, report.municipality_name) if name)
        why = why_again(read_status(project, report.name), inputs(report), project.reports)
        console.print(f"{report.name}  {subject or 'about the method'}  {why or 'up to date'}", markup=False)
    for remark in plan.remarks:
        complaints.print(remark, markup=False)
    for refusal in plan.refusals:
        complaints.print(f"refused: {refusal.subject}: {refusal.reason}", markup=False)
    if plan.refusals:
        raise typer.Exit(1)


@app.command()
@_ends_well("evaltools: stopped; the PDFs that were printed are whole")
def pdf(
    programmes: Programmes = None,
    municipality: Municipalities = None,
    notebook: Notebooks = None,
    site: Annotated[Path | None, typer.Option(metavar="DIR", help="A finished site; reports/ when left out.")] = None,
    output: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of the PDFs; pdf/ when left out.")] = None,
) -> None:
    """Print pages of the site to PDF, on A4 and tagged for screen readers; needs Chromium, Chrome or Edge."""
    from concurrent.futures import ThreadPoolExecutor

    from evaltools.batch.files import check_writable
    from evaltools.batch.machine import cores
    from evaltools.batch.pages import standing
    from evaltools.batch.paper import find_printer, sweep, write_pdf

    project = find_project()
    pages, folder = site or project.reports, (output or project.root / "pdf").resolve()
    asked = _plan(project, pages).only(programmes or (), municipality or (), notebook or (), project).all_reports()
    there = set(standing(pages))
    names = [report.name for report in asked if report.name in there]
    if not names:
        raise ReportError("evaltools pdf", ["none of these pages is published; make them with evaltools reports"])
    printer = find_printer()
    check_writable(folder)

    def printed(name: str) -> Path | EvaltoolsError:
        try:
            return write_pdf(name, site=pages, folder=folder, printer=printer)
        except EvaltoolsError as error:
            return error

    sweep(folder)
    executor = ThreadPoolExecutor(cores())
    try:
        done = list(executor.map(printed, names))
    finally:
        executor.shutdown(cancel_futures=True)  # after Ctrl-C those that print end, and no other begins
    for each in done:
        (complaints if isinstance(each, EvaltoolsError) else console).print(str(each), markup=False)
    if any(isinstance(each, EvaltoolsError) for each in done):
        raise typer.Exit(1)


def _failed_before(plan: "Plan", project: Project) -> "Plan":
    from evaltools.batch.plan import Plan
    from evaltools.batch.status import read_status

    def failed(report: "Report") -> bool:
        status = read_status(project, report.name)
        return bool(status and status.kind)

    return Plan(tuple(filter(failed, plan.reports)), plan.refusals)


@contextmanager
def _executor(scheduler: str | None) -> Iterator["Executor | None"]:
    if scheduler is None:
        yield None
        return
    from evaltools.batch.cluster import workers_of

    with workers_of(scheduler) as executor:
        yield executor


def _show_part(statuses: Sequence["Status"], *, everywhere: bool) -> None:
    from evaltools.batch.status import WAITING

    failed = [(status.name, status.reason) for status in statuses if status.has_failed]
    _show_failed(failed)
    made = sum(status.kind == WAITING for status in statuses)
    console.print(
        f"{made} made and waiting, {len(statuses) - made - len(failed)} up to date, {len(failed)} failed; when all shards are done, "
        f"publish them with: evaltools reports{' --everywhere' * everywhere}",
        markup=False,
    )
    if failed:
        raise typer.Exit(1)


def _show_failed(failed: Sequence[tuple[str, str]]) -> None:
    for name, reason in sorted(failed):
        complaints.print(f"not published: {name}: {reason}", markup=False)


def _looked_for(plan: "Plan", site: Path) -> dict[str, Any]:
    """Say what is to be looked for on each page: what is private, and the registers that have the identifiers."""
    from evaltools.batch.plan import with_results

    reports = [with_results(each, site) if each.reads_results else each for each in plan.reports]
    return {
        "private": {report.name: report.private for report in reports},
        "registers": {report.name: report.registers for report in reports},
    }


def _show_audit(found: "SiteAudit") -> None:
    for name, problem in found.problems:
        complaints.print(printable(f"audit: {name}: {problem}"), markup=False)
    for municipality in found.without_register:
        complaints.print(f"without the identifiers of {municipality}: its register is not here", markup=False)
    console.print(f"audit: {found.summary()}", markup=False)


def _look(theme: Path | None) -> str:
    from evaltools.batch.theme import theme_of

    return theme_of(theme.resolve()) if theme else ""


def _plan(project: Project, site: Path, *, wanted: Sequence[str] = (), everywhere: bool = False) -> "Plan":
    """Plan the reports; a municipality of which the site has a page already goes on having its pages from the figures of CBS."""
    from evaltools.batch.pages import standing
    from evaltools.batch.plan import plan_reports
    from evaltools.reference import municipality_names
    from evaltools.registers.statline import municipalities_with_figures
    from evaltools.registers.store import stored_municipalities

    ours = [*wanted, *(page.partition("/")[0] for page in standing(site))]
    try:
        with_figures = municipalities_with_figures(project)
        ours += with_figures if everywhere else []
    except InvalidDataError as error:  # each page of them fails with the reason, and its earlier one stays
        complaints.print(printable(str(error)), markup=False)
        with_figures = [*municipality_names(project)]
    return plan_reports(project, stored_municipalities(project), with_figures=with_figures, wanted=ours)
