"""The commands: a thin skin. Exit status 0: all well, 1: something failed, 2: wrong use.

A command imports what it needs by itself: the notebook packages of the batch and the
table packages of the registers take seconds each.
"""

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from evaltools.errors import EvaltoolsError, InvalidDataError, ReportError, many, printable
from evaltools.project import Project, find_project

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from evaltools.batch.audit import SiteAudit
    from evaltools.batch.plan import Plan, Report
    from evaltools.batch.status import Status

# Locals in a traceback could be values of persons.
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
console = Console(highlight=False, soft_wrap=True)
complaints = Console(stderr=True, highlight=False, soft_wrap=True)

SECONDS_PER_REPORT = 600
STOPPED = 130
"""Exit status of a command that Ctrl-C or SIGTERM ended."""
MOST_NAMED = 5
"""So many municipalities are named with their counts; an extract can hold hundreds."""

Programmes = Annotated[
    list[str] | None, typer.Argument(metavar="[PROGRAMME]...", help="Slugs of programme files; all when left out.")
]
Municipalities = Annotated[
    list[str] | None, typer.Option("--municipality", metavar="GMCODE", help="Only this municipality; may be repeated.")
]
Notebooks = Annotated[
    list[str] | None, typer.Option("--notebook", metavar="NAME", help="Only this notebook; may be repeated.")
]

Theme = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="CSS file with the design tokens of a municipality (NL Design System)."),
]


@contextmanager
def _ends_well() -> Iterator[None]:
    """Say what to do after Ctrl-C; an array job that is cancelled gets SIGTERM, which ends it the same way."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        said = "evaltools: stopped; what was made is kept, run the command again (without --force) to go on"
        complaints.print(said, markup=False)
        raise typer.Exit(STOPPED) from None


@app.callback()
def evaltools() -> None:
    """Evaluate programmes for people on bijstand, per municipality."""


@app.command()
@_ends_well()
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
    whole = _plan(project).with_theme(look)
    asked = whole.only(programmes or (), municipality or (), notebook or ())
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
    with _executor(scheduler) as executor, Counter(console, n_reports) as counter:
        options |= {"when_done": counter.done, "when_skipped": counter.skipped}
        if part:
            _show_part(make_shard(asked.reports, part, site=site, **options))
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
            f"left over: {page}.html is of no programme or register any more; delete it, and what is beside it, before "
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
    looked_for = _looked_for(_plan(project), folder) if project else {}
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
    plan = _plan(project).with_theme(_look(theme))
    inputs = inputs_of(project, project.reports)
    for report in plan.reports:
        subject = ", ".join(name for name in (report.programme_name, report.municipality_name) if name)
        why = why_again(read_status(project, report.name), inputs(report), project.reports)
        console.print(f"{report.name}  {subject or 'about the method'}  {why or 'up to date'}", markup=False)
    for refusal in plan.refusals:
        complaints.print(f"refused: {refusal.subject}: {refusal.reason}", markup=False)
    if plan.refusals:
        raise typer.Exit(1)


@app.command()
def ingest(
    source: Annotated[
        str, typer.Argument(metavar="PATH", help="A CSV, Excel, SPSS or Parquet file, or a database URL.")
    ],
    profile: Annotated[
        str, typer.Option(metavar="NAME", help="Mapping profile: bus, generic, participants, or the path of your own.")
    ],
    extract_day: Annotated[str, typer.Option(metavar="DAY", help="Day that the extract was made, such as 2020-06-30.")],
    municipality: Annotated[
        str | None, typer.Option(metavar="GMCODE", help="Of all rows, for a source that does not say it by row.")
    ] = None,
    table: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this table of the profile; may be repeated.")
    ] = None,
    query: Annotated[str | None, typer.Option(metavar="SQL", help="What to ask a database.")] = None,
    key_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Key of the pseudonyms, outside the project.")
    ] = None,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Leave out rows that break a rule, and count them.")
    ] = False,
    simulated: Annotated[
        bool, typer.Option("--simulated", help="The people in it are invented: every page says so.")
    ] = False,
) -> None:
    """Read an extract, check it, and keep its tables per municipality."""
    from evaltools.reference import municipality_names
    from evaltools.registers import extracts, pseudonyms
    from evaltools.registers.ingest import ingest as ingest_extract

    project = find_project()
    done = ingest_extract(
        source,
        extracts.read_profile(profile),
        extract_day=_day(extract_day),
        key=pseudonyms.read_key(project, key_file),
        project=project,
        municipality=municipality,
        tables=table or (),
        query=query,
        set_aside=set_aside,
        is_simulated=simulated,
    )
    names = municipality_names(project)
    for part in done:
        counts = (
            ", ".join(f"{code} {names[code]} {n:,}" for code, n in list(part.n_rows.items())[:MOST_NAMED]) or "no rows"
        )
        more = len(part.n_rows) - MOST_NAMED
        console.print(
            f"{part.table}: {counts}" + (f" and {more} other municipalities" if more > 0 else ""), markup=False
        )
        for sentence in part.sentences():
            console.print(f"  {sentence}", markup=False)


@app.command()
def simulate(
    programmes: Programmes = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same registers.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Make anew also what is up to date.")] = False,
) -> None:
    """Simulate the registers of the programmes' municipalities; a real register is never touched."""
    from evaltools.registers.simulate import Written, write_simulated

    said = {
        "written": "[green]simulated[/green]",
        "up_to_date": "up to date",
        "real": "[yellow]left alone[/yellow], it has a register that was taken in:",
    }

    def show(done: Written) -> None:
        console.print(f"{said[done.status]} {done.municipality} ({many(done.n_rows, 'row')})")

    write_simulated(find_project(), programmes or (), seed=seed, force=force, when_done=show)


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


def _show_part(statuses: Sequence["Status"]) -> None:
    from evaltools.batch.status import WAITING

    failed = [(status.name, status.reason) for status in statuses if status.has_failed]
    _show_failed(failed)
    made = sum(status.kind == WAITING for status in statuses)
    console.print(
        f"{made} made and waiting, {len(statuses) - made - len(failed)} up to date, {len(failed)} failed; when all shards are done, "
        "publish them with: evaltools reports",
        markup=False,
    )
    if failed:
        raise typer.Exit(1)


def _show_failed(failed: Sequence[tuple[str, str]]) -> None:
    for name, reason in sorted(failed):
        complaints.print(f"not published: {name}: {reason}", markup=False)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        advice = "is no day; write year-month-day, such as 2020-06-30"
        raise InvalidDataError(f"--extract-day {text}", [advice]) from None


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


def _plan(project: Project) -> "Plan":
    from evaltools.batch.plan import plan_reports
    from evaltools.registers.store import stored_municipalities

    return plan_reports(project, stored_municipalities(project))


def main() -> None:
    """Run the command line; a user's mistake is a sentence and exit status 2, without a traceback."""
    try:
        app()
    except EvaltoolsError as error:
        complaints.print(f"evaltools: {printable(str(error))}", markup=False)
        sys.exit(2)
    except OSError as error:
        complaints.print(
            f"evaltools: {error.filename or 'a file'} cannot be read or written: {error.strerror}", markup=False
        )
        sys.exit(1)
