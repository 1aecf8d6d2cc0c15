"""The front page of the site: every report, with what is known of it."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evaltools import __version__
from evaltools.batch.files import write_atomically
from evaltools.batch.pages import INDEX, SUFFIXES, page_of
from evaltools.batch.plan import Plan
from evaltools.batch.publish import TEMPLATES, page_problems, style
from evaltools.batch.status import Status, read_status, read_statuses
from evaltools.errors import ReportError
from evaltools.project import Project

FAILURES = {
    "programme_file": "het programmabestand klopt niet",
    "notebook": "het notebook ontbreekt of is niet te lezen",
    "notebook_refused": "het notebook doet iets wat een rapport niet mag",
    "municipality": "de naam van de gemeente is niet bekend",
    "parameters": "de parameters passen niet bij het notebook",
    "notebook_failed": "het notebook gaf een fout",
    "timeout": "het duurde te lang",
    "out_of_memory": "er was niet genoeg geheugen",
    "too_much_output": "het notebook gaf te veel uitvoer",
    "kernel_died": "de berekening stopte onverwacht",
    "kernel_not_started": "de berekening kon niet beginnen",
    "worker_lost": "de computer die eraan werkte, viel weg",
    "stopped": "de berekening werd afgebroken",
    "changed": "de gegevens veranderden tijdens de berekening",
    "waiting": "de pagina is gemaakt, maar nog niet gepubliceerd",
    "page_refused": "de pagina is afgekeurd",
    "disclosure": "de pagina kan iets over personen verraden",
    "cannot_write": "de pagina kon niet worden bewaard",
}


TITLES = {
    "claims": "Wat zeggen de gepubliceerde cijfers, en wat niet?",
    "evaluation": "Wat heeft het programma opgeleverd?",
    "participation": "Kwamen mensen een stap verder?",
    "planning": "Hoeveel deelnemers zijn nodig?",
    "synthesis": "Wat leren de gemeenten samen?",
    "targets": "Wordt het doel gehaald?",
    "validation": "Meet deze methode wat zij zegt te meten?",
}
"""Titles of pages by their notebook; the name of any other notebook stands for itself."""


def write_index(plan: Plan, *, project: Project, site: Path, fresh: Iterable[Status] = ()) -> Path:
    """Write the index of a site; return its path.

    Parameters
    ----------
    plan
        Every report there is, also those that did not run this time.
    fresh
        How the reports of this run went; of the others, what is kept in ``build/``
        is shown.

    Raises
    ------
    ReportError
        When the page is not fit to publish.
    """
    statuses = known_statuses(plan, project=project, site=site, fresh=fresh)
    shown = {status.programme for status in statuses}
    broken = [refusal for refusal in plan.refusals if refusal.report is None and refusal.subject not in shown]
    programmes: dict[str, list[Status]] = {}
    for status in statuses:
        programmes.setdefault(status.programme, []).append(status)
    standing = programmes.pop("", [])
    page = _ENVIRONMENT.get_template("index.html.j2").render(
        programmes=programmes,
        of_municipalities=[status for status in standing if status.municipality],
        of_all=[status for status in standing if not status.municipality and status.programme_name],
        of_method=[status for status in standing if not status.municipality and not status.programme_name],
        titles=TITLES,
        broken=broken,
        failures=FAILURES,
        style=style(),
        version=__version__,
    )
    problems = page_problems(page)
    if problems:
        raise ReportError("the index", problems)
    path = site / INDEX
    write_atomically(path, page)
    return path


def left_over(plan: Plan, site: Path) -> list[str]:
    """List pages in the site that nothing asks for any more, such as those of a renamed programme.

    Of some only what stood beside them is left.
    """
    planned = {report.name for report in plan.all_reports()}
    refused = {refusal.subject for refusal in plan.refusals if refusal.report is None}
    found = {page_of(path, site) for suffix in SUFFIXES for path in site.glob(f"*/*{suffix}")}
    return sorted(page for page in found if page not in planned and page.split("/")[0] not in refused)


def check_site(site: Path, project: Project) -> None:
    """Refuse a folder for the site that holds, or lies in, something of the project itself.

    Raises
    ------
    ReportError
        When pages would end up among programmes, notebooks, data or private files.
    """
    own = [project.programmes, project.notebooks, project.root / "data", project.root / "src", project.build]
    if any(site == folder or site in folder.parents or folder in site.parents for folder in own):
        raise ReportError(f"the folder {site}", ["holds files of the project; choose one for the site alone"])


def known_statuses(plan: Plan, *, project: Project, site: Path, fresh: Iterable[Status] = ()) -> list[Status]:
    """List the status of each report, by programme and municipality.

    A programme whose file is refused keeps its earlier pages, marked as such. A
    status says ``published`` only where the page is in this site.
    """
    known = {report.name: read_status(project, report.name) or Status.of(report) for report in plan.all_reports()}
    for refusal in plan.refusals:
        if refusal.report is None:
            known |= {
                earlier.name: replace(earlier, kind=refusal.kind)
                for earlier in read_statuses(project, refusal.subject)
                if (site / f"{earlier.name}.html").exists()
            }
    known |= {status.name: status for status in fresh}
    statuses = [
        status if (site / f"{status.name}.html").exists() else replace(status, published="")
        for status in known.values()
    ]
    return sorted(statuses, key=lambda status: (status.programme_name, status.municipality_name, status.notebook))


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES / "site"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
