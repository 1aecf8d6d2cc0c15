"""The commands: a thin skin over the batch. Exit status 0: all well, 1: something failed, 2: wrong use."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from evaltools.batch.files import check_writable, write_atomically
from evaltools.batch.plan import Plan, plan_reports
from evaltools.batch.publish import render_index
from evaltools.batch.run import refuse, run_reports
from evaltools.batch.status import Status, read_status
from evaltools.errors import EvaltoolsError
from evaltools.project import Project, find_project

# Locals in a traceback could be values of persons.
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
console = Console(highlight=False, soft_wrap=True)
complaints = Console(stderr=True, highlight=False, soft_wrap=True)

Programmes = Annotated[
    list[str] | None, typer.Argument(metavar="[PROGRAMME]...", help="Slugs of programme files; all when left out.")
]
Municipalities = Annotated[
    list[str] | None, typer.Option("--municipality", metavar="GMCODE", help="Only this municipality; may be repeated.")
]
Notebooks = Annotated[
    list[str] | None, typer.Option("--notebook", metavar="NAME", help="Only this notebook; may be repeated.")
]


@app.callback()
def evaltools() -> None:
    """Evaluate programmes for people on bijstand, per municipality."""


@app.command()
def reports(
    programmes: Programmes = None,
    municipality: Municipalities = None,
    notebook: Notebooks = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="How many reports at the same time; one per core when left out.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the site; reports/ when left out.")
    ] = None,
) -> None:
    """Make the reports and the index of the site."""
    project = find_project()
    site = output.resolve() if output else project.reports
    whole = plan_reports(project)
    asked = whole.only(programmes or (), municipality or (), notebook or ())
    check_writable(site)
    check_writable(project.build)
    failed = [(refusal.subject, refusal.reason) for refusal in asked.refusals]
    for refusal in asked.refusals:
        refuse(refusal, project=project)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=console, transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("reports", total=len(asked.reports))

        def show(status: Status) -> None:
            progress.advance(task)
            mark = "[red]failed[/red]   " if status.kind else "[green]published[/green]"
            progress.console.print(f"{mark} {status.name} ({status.seconds:.1f} s)")

        statuses = run_reports(asked.reports, project=project, site=site, workers=workers, when_done=show)
    failed += [(status.name, status.reason) for status in statuses if status.kind]
    write_atomically(site / "index.html", render_index(_known(whole, project), _broken(whole)))
    for name, reason in sorted(failed):
        complaints.print(f"not published: {name}: {reason}", markup=False)
    made = len(statuses) - sum(bool(status.kind) for status in statuses)
    console.print(f"{made} published, {len(failed)} failed: {site / 'index.html'}")
    if failed:
        raise typer.Exit(1)


@app.command("list")
def list_reports() -> None:
    """List the reports that can be made, and what is wrong with those that cannot."""
    plan = plan_reports(find_project())
    for report in plan.reports:
        console.print(f"{report.name}  {report.programme_name}, {report.municipality_name}", markup=False)
    for refusal in plan.refusals:
        complaints.print(f"refused: {refusal.subject}: {refusal.reason}", markup=False)
    if plan.refusals:
        raise typer.Exit(1)


def main() -> None:
    """Run the command line; a user's mistake is a sentence and exit status 2, without a traceback."""
    try:
        app()
    except EvaltoolsError as error:
        complaints.print(f"evaltools: {error}", markup=False)
        sys.exit(2)


def _known(plan: Plan, project: Project) -> list[Status]:
    """Status of every report of the plan, also of those that did not run this time."""
    reports = [*plan.reports, *(refusal.report for refusal in plan.refusals if refusal.report)]
    reports.sort(key=lambda report: (report.programme_name, report.municipality_name, report.notebook))
    return [read_status(project, report.name) or Status.of(report) for report in reports]


def _broken(plan: Plan) -> list[tuple[str, str]]:
    return [(refusal.subject, refusal.kind) for refusal in plan.refusals if refusal.report is None]
