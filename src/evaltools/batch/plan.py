"""Which reports there are to make, each checked first.

Programmes × municipalities × notebooks; for every municipality with a register, the notebooks that ask for a
municipality and no programme; and once each, those that ask for neither: they are about the method.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from evaltools.batch.gate import notebook_problems
from evaltools.batch.parameters import Declared, check_parameters, is_meant_to_run, read_declared
from evaltools.errors import ProgrammeError, ReportError, did_you_mean, printable
from evaltools.programmes import Programme, list_programmes, read_programme
from evaltools.project import Project
from evaltools.reference import municipality_names

PROGRAMME, MUNICIPALITY = "programme", "municipality"
"""Parameters that the plan fills in, where a notebook declares them."""
METHOD = "method"
"""Folder of the pages that are about no programme and no municipality."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One page to make: a notebook for one programme in one municipality, for a municipality alone, or for neither.

    Of a page for a municipality alone, ``programme`` and its name are empty; of one about the method,
    ``municipality`` and its name too. ``private`` holds what may not stand on the page; see `parameters.Declared`.
    """

    programme: str
    programme_name: str
    municipality: str
    municipality_name: str
    notebook: str
    parameters: Mapping[str, Any]
    private: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``programme/GMcode-notebook``, ``GMcode/notebook`` or ``method/notebook``: the path of the page without ``.html``."""
        return report_name(self.programme, self.municipality, self.notebook)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A report, or a whole programme file, that was refused before anything ran.

    ``subject`` is the report's name or the programme's slug, ``kind`` the class of
    the reason, ``reason`` the sentences for the terminal.
    """

    subject: str
    kind: str
    reason: str
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will make, and what it refuses to make."""

    reports: tuple[Report, ...]
    refusals: tuple[Refusal, ...]

    def all_reports(self) -> list[Report]:
        """List the reports that will be made and those that are refused."""
        return [*self.reports, *(refusal.report for refusal in self.refusals if refusal.report)]

    def only(
        self,
        programmes: Collection[str] = (),
        municipalities: Collection[str] = (),
        notebooks: Collection[str] = (),
    ) -> "Plan":
        """Keep what is asked for; an empty selection keeps all.

        Raises
        ------
        ReportError
            When a name is in no row of the plan, or when nothing is left.
        """
        rows = self.all_reports()
        refused = {refusal.subject for refusal in self.refusals if refusal.report is None}
        known = {
            "programme": ({row.programme for row in rows if row.programme} | refused, programmes),
            "municipality": ({row.municipality for row in rows if row.municipality}, municipalities),
            "notebook": ({row.notebook for row in rows}, notebooks),
        }
        problems = [
            f"there is no {kind} '{name}'; {did_you_mean(name, names)}"
            for kind, (names, asked) in known.items()
            for name in asked
            if name not in names
        ]
        if problems:
            raise ReportError("the selection", problems)

        def is_asked(row: Report) -> bool:
            return (
                (not programmes or row.programme in programmes)
                and (not municipalities or row.municipality in municipalities)
                and (not notebooks or row.notebook in notebooks)
            )

        kept = Plan(
            tuple(row for row in self.reports if is_asked(row)),
            tuple(
                refusal
                for refusal in self.refusals
                if (is_asked(refusal.report) if refusal.report else not programmes or refusal.subject in programmes)
            ),
        )
        if not kept.reports and not kept.refusals:
            raise ReportError("the selection", ["holds no report; see what there is with: evaltools list"])
        return kept


def report_name(programme: str, municipality: str, notebook: str) -> str:
    """Name a report: ``programme/GMcode-notebook``, without a programme ``GMcode/notebook``, without both ``method/notebook``.

    Examples
    --------
    >>> report_name("samen-sterk", "GM0222", "claims"), report_name("", "GM0222", "data_quality")
    ('samen-sterk/GM0222-claims', 'GM0222/data_quality')
    >>> report_name("", "", "validation")
    'method/validation'
    """
    return f"{programme}/{municipality}-{notebook}" if programme else f"{municipality or METHOD}/{notebook}"


def plan_reports(project: Project, with_register: Collection[str] = ()) -> Plan:
    """List every report of a project, after checking each.

    A programme file with problems, a notebook that is missing, has no tagged parameters or does
    what a report may not, a municipality without a name, and parameters that do not fit are
    refused here, one refusal each; the others stand.

    Parameters
    ----------
    with_register
        CBS codes of the municipalities that have a register: each gets the notebooks that
        ask for a municipality alone.
    """
    found: list[Report | Refusal] = []
    read = cache(partial(_read, project))  # many reports ask for one notebook
    names = municipality_names(project)
    asked: set[str] = set()
    for path in sorted(project.programmes.iterdir()):
        if path.suffix.lower() in {".yml", ".yaml"} and (path.suffix != ".yaml" or not path.is_file()):
            name = printable(path.stem)
            reason = f"programmes/{printable(path.name)}: is not read; make it a file with the name {name}.yaml"
            found.append(Refusal(subject=name, kind="programme_file", reason=reason))
    for slug in list_programmes(project):
        try:
            programme = read_programme(slug, project)
        except ProgrammeError as error:
            found.append(Refusal(subject=printable(slug), kind="programme_file", reason=str(error)))
            continue
        asked |= {use.name for use in programme.notebooks}
        found += [_checked(report, read) for report in _reports_of(programme, names)]
    of_municipality, of_method = standing_notebooks(project, asked)
    standing = [_report_of(each, notebook, names) for notebook in of_municipality for each in sorted(with_register)]
    standing += [_report_of("", notebook, names) for notebook in of_method]
    found += [_unnamed(report, names) or _checked(report, read) for report in standing]
    return Plan(
        tuple(each for each in found if isinstance(each, Report)),
        tuple(each for each in found if isinstance(each, Refusal)),
    )


def standing_notebooks(project: Project, asked: Collection[str] = ()) -> tuple[list[str], list[str]]:
    """Name the notebooks that no programme asks for: those that ask for a municipality, and those that ask for neither.

    One that cannot be read is among the first, so that it is refused by name rather than passed over; not
    one that some programme asks for (``asked``), nor one without a cell of parameters: that is for people.
    """
    of_municipality, of_method = [], []
    for path in sorted(project.notebooks.glob("*.ipynb")):
        try:
            declared = read_declared(path).defaults
        except ReportError:
            if path.stem not in asked and is_meant_to_run(path):
                of_municipality.append(path.stem)
        else:
            if MUNICIPALITY in declared and PROGRAMME not in declared:
                of_municipality.append(path.stem)
            elif PROGRAMME not in declared and path.stem not in asked:
                of_method.append(path.stem)
    return of_municipality, of_method


def _reports_of(programme: Programme, names: Mapping[str, str]) -> list[Report]:
    return [
        Report(
            programme=programme.slug,
            programme_name=programme.name,
            municipality=municipality,
            municipality_name=names[municipality],
            notebook=use.name,
            parameters={**use.parameters, PROGRAMME: programme.slug, MUNICIPALITY: municipality},
        )
        for municipality in programme.municipalities
        for use in programme.notebooks
    ]


def _report_of(municipality: str, notebook: str, names: Mapping[str, str]) -> Report:
    return Report(
        programme="",
        programme_name="",
        municipality=municipality,
        municipality_name=names.get(municipality, municipality),
        notebook=notebook,
        parameters={MUNICIPALITY: municipality} if municipality else {},
    )


def _unnamed(report: Report, names: Mapping[str, str]) -> Refusal | None:
    if not report.municipality or report.municipality in names:
        return None
    reason = str(
        ReportError(
            "data/raw/reference/municipalities.csv",
            [
                (
                    f"has no row for {report.municipality}, of which there is a register; add its code, name and source, "
                    f"or take data/processed/{report.municipality} away"
                )
            ],
        )
    )
    return Refusal(subject=report.name, kind="municipality", reason=reason, report=report)


def _checked(report: Report, read: Callable[[str], Declared | tuple[str, str]]) -> Report | Refusal:
    """Give the report with what is private in it, or why it is refused."""
    found = read(report.notebook)
    if isinstance(found, tuple):
        kind, reason = found
        return Refusal(subject=report.name, kind=kind, reason=reason, report=report)
    problems = check_parameters(found.defaults, report.parameters)
    if problems:
        reason = str(ReportError(f"notebooks/{report.notebook}.ipynb", problems))
        return Refusal(subject=report.name, kind="parameters", reason=reason, report=report)
    return replace(report, private=found.private_values(report.parameters))


def _read(project: Project, notebook: str) -> Declared | tuple[str, str]:
    """Read a notebook; give the kind of its problems and their sentences where it may not run."""
    try:
        declared = read_declared(project.notebooks / f"{notebook}.ipynb")
    except ReportError as error:
        return "notebook", str(error)
    problems = notebook_problems(declared.notebook)
    return ("notebook_refused", str(ReportError(f"notebooks/{notebook}.ipynb", problems))) if problems else declared
