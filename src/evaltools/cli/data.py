"""Commands for what goes in, extracts and simulated registers, and to explore it."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from evaltools.cli.app import Programmes, app, complaints, console
from evaltools.errors import InvalidDataError, many, printable
from evaltools.project import find_project

MOST_NAMED = 5
"""So many municipalities are named with their counts; an extract can hold hundreds."""


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
    from evaltools.reference import municipality_names, municipality_problem
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
    for code in sorted({code for part in done for code in part.n_rows}):
        if changed := municipality_problem(code, _day(extract_day).year, project):
            complaints.print(f"look at the extract of {extract_day}: {changed}", markup=False)


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


@app.command()
def statline(
    tables: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TABLE]...", help="Such as 84066NED; those of the reference data when left out."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(metavar="EXPORT.csv", help="Take in StatLine's own export of this one table instead.")
    ] = None,
) -> None:
    """Fetch tables of CBS StatLine, or take in an export, and keep them as they came."""
    from evaltools.reference import statline_tables
    from evaltools.registers.statline import cache, client, fetch, take_export

    project = find_project()
    declared = tuple(statline_tables(project)["table"])
    for table in tables or ():
        cache.check_table(table, declared)
    if file is not None:
        if len(tables or ()) != 1:
            raise InvalidDataError(f"--file {file}", ["is of one table; name that one, such as 84066NED"])
        for table in tables or ():
            take_export(file, table, project)
            console.print(f"[green]taken in[/green] {table}")
        return
    client.require_client()
    n_failed = 0
    for table in dict.fromkeys(tables or declared):
        try:
            console.print(f"asking CBS for {table}", markup=False)
            # Where one failed, the next is tried once.
            done = fetch(table, project, pauses=() if n_failed else client.PAUSES)
        except InvalidDataError as error:
            n_failed += 1
            complaints.print(f"not fetched: {printable(str(error))}", markup=False)
            complaints.print(f"  {cache.kept(table, project)}", markup=False)
        else:
            said = "[green]fetched[/green]" if done.is_new else "unchanged:"
            console.print(f"{said} {table}, version {done.edition.version}")
    if n_failed:
        complaints.print(
            "without CBS: evaltools statline TABLE --file EXPORT.csv takes in what StatLine exported", markup=False
        )
        raise typer.Exit(1)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context) -> None:
    """Open JupyterLab on a page that says what can be explored; options of its own are passed on to it."""
    from evaltools.workbench import prepare, write_quiet

    project = find_project()
    path = prepare(project)
    # No questions about news and no look for newer versions: the registers are private, and so is who works with them.
    quiet = ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    own = write_quiet(path.parent)
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [str(own), os.environ.get("JUPYTER_CONFIG_PATH")]))
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={project.root}",
        f"--LabApp.default_url=/lab/tree/{path.relative_to(project.root).as_posix()}",
        *quiet,
        *context.args,
    ]
    # In place of this process: what ends the one ends the other.
    os.execv(command[0], command)  # noqa: S606


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        advice = "is no day; write year-month-day, such as 2020-06-30"
        raise InvalidDataError(f"--extract-day {text}", [advice]) from None
