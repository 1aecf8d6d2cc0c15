"""The front page of the site, and one of each programme and municipality: every report, with what is known of it.

Beside them one page on the accessibility of all.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evaltools import __version__
from evaltools.batch.files import write_atomically
from evaltools.batch.pages import ACCESSIBILITY, INDEX, SUFFIXES, page_of
from evaltools.batch.plan import Plan
from evaltools.batch.publish import TEMPLATES, page_problems, policy, script, style
from evaltools.batch.status import Status, read_status, read_statuses
from evaltools.errors import ProgrammeError, ReportError
from evaltools.programmes import read_programme
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
    "context": "Hoe verhoudt de gemeente zich tot andere?",
    "data_quality": "Hoe betrouwbaar zijn de gegevens?",
    "evaluation": "Wat heeft het programma opgeleverd?",
    "municipalities": "Hoeveel verschillen gemeenten van elkaar?",
    "participation": "Kwamen mensen een stap verder?",
    "planning": "Hoeveel deelnemers zijn nodig?",
    "synthesis": "Wat leren de gemeenten samen?",
    "targets": "Wordt het doel gehaald?",
    "validation": "Meet deze methode wat zij zegt te meten?",
}
"""Titles of pages by their notebook; the name of any other notebook stands for itself."""


def write_indexes(plan: Plan, *, project: Project, site: Path, fresh: Iterable[Status] = (), theme: str = "") -> Path:
    """Write the index of a site, and those of each programme and municipality; return the path of the first.

    Parameters
    ----------
    plan
        Every report there is, also those that did not run this time.
    fresh
        How the reports of this run went; of the others, what is kept in ``build/``
        is shown.
    theme
        The look of the pages; see `theme.theme_of`.

    Raises
    ------
    ReportError
        When a page is not fit to publish; none is written then.
    """
    statuses = known_statuses(plan, project=project, site=site, fresh=fresh)
    by_programme = _grouped(statuses, "programme")
    of_figures = {report.name for report in plan.all_reports() if report.reads_statline and not report.programme}
    standing = by_programme.pop("", [])
    beside_others = [status for status in standing if status.name in of_figures]
    standing = [status for status in standing if status.name not in of_figures]
    by_municipality = _grouped([status for status in statuses if status.municipality], "municipality")
    shown = {status.programme for status in statuses}
    render = partial(_render, style=style(theme))
    pages = {
        INDEX: render(
            "index.html.j2",
            title="Evaluaties van programma’s voor mensen met bijstand",
            programmes=by_programme,
            beside_others=sorted(beside_others, key=lambda status: bool(status.municipality)),
            of_municipalities=[status for status in standing if status.municipality],
            of_all=[status for status in standing if not status.municipality and status.programme_name],
            of_method=[status for status in standing if not status.municipality and not status.programme_name],
            broken=[refusal for refusal in plan.refusals if refusal.report is None and refusal.subject not in shown],
            municipalities={code: own[0].municipality_name for code, own in by_municipality.items()},
            root="",
            script=script(),
            policy=policy(),
        ),
        ACCESSIBILITY: render("accessibility.html.j2", title="Over de toegankelijkheid van deze pagina’s", root=""),
    }
    for slug, own in by_programme.items():
        pages[f"{slug}/{INDEX}"] = render(
            "programme.html.j2",
            title=own[0].programme_name,
            root="../",
            about=_about(slug, project),
            places=_grouped(own, "municipality_name"),
        )
    for code, own in by_municipality.items():
        pages[f"{code}/{INDEX}"] = render(
            "municipality.html.j2",
            title=f"Gemeente {own[0].municipality_name}",
            root="../",
            programmes=_grouped(sorted(own, key=lambda status: not status.programme), "programme_name"),
        )
    problems = {name: page_problems(page, script=script() if name == INDEX else "") for name, page in pages.items()}
    if any(problems.values()):
        raise ReportError("the index", [f"{name} {each}" for name, found in problems.items() for each in found])
    for path in site.glob(f"*/{INDEX}"):
        path.unlink()
    for name, page in pages.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(site / name, page)
    return site / INDEX


def _grouped(statuses: Iterable[Status], name: str) -> dict[str, list[Status]]:
    groups: dict[str, list[Status]] = {}
    for status in statuses:
        groups.setdefault(getattr(status, name), []).append(status)
    return groups


def _about(slug: str, project: Project) -> str:
    try:
        return read_programme(slug, project).about
    except ProgrammeError:  # its earlier pages stand
        return ""


def _render(template: str, **values: Any) -> str:
    return _ENVIRONMENT.get_template(template).render(
        titles=TITLES, failures=FAILURES, version=__version__, accessibility=ACCESSIBILITY, **values
    )


def _day(moment: str) -> str:
    return format_date(datetime.fromisoformat(moment), "d MMMM y", locale="nl")


def left_over(plan: Plan, site: Path) -> list[str]:
    """List pages in the site that nothing asks for any more, such as those of a renamed programme.

    Of some only what stood beside them is left.
    """
    planned = {report.name for report in plan.all_reports()}
    refused = {refusal.subject for refusal in plan.refusals if refusal.report is None}
    found = {page_of(path, site) for suffix in SUFFIXES for path in site.glob(f"*/*{suffix}") if path.name != INDEX}
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
    return sorted(
        statuses, key=lambda status: (status.programme_name, _in_order(status.municipality_name), status.notebook)
    )


def _in_order(name: str) -> str:
    """Give what a name is sorted by: without accents, capitals and the 's in front.

    Examples
    --------
    >>> sorted(["het Bildt", "Súdwest-Fryslân", "'s-Gravenhage", "Stein"], key=_in_order)
    ["'s-Gravenhage", 'het Bildt', 'Stein', 'Súdwest-Fryslân']
    """
    plain = unicodedata.normalize("NFKD", name).casefold().removeprefix("'s-")
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES / "site"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["day"] = _day
