"""Which reports there are to make, each checked first.

Programmes × municipalities × notebooks; for every municipality with a register, the notebooks that ask for a
municipality and no programme; and once each, those that ask for neither: they are about the method. A notebook that asks for
a programme and no municipality makes one page for each programme that lists it, and one for all where its programme can be empty.
One that reads the figures of CBS instead of a register makes pages for the municipalities that those have and that matter here.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from evaltools.batch.gate import STATLINE, notebook_problems
from evaltools.batch.parameters import Declared, check_parameters, read_declared
from evaltools.batch.standing import MUNICIPALITY, PROGRAMME, standing_notebooks
from evaltools.errors import ProgrammeError, ReportError, did_you_mean, listed, printable
from evaltools.programmes import Programme, list_programmes, read_programme
from evaltools.project import Project
from evaltools.reference import LIST_YEARS, mergers, municipality_names, municipality_problem, which_municipality

RESULTS = "results"
"""Parameter of a notebook that reads what other pages found: the folder of the site, filled in when those are published."""
OTHER_REGISTERS = "other_registers"
"""Parameter, ``True``, of a notebook that reads the registers of all municipalities of its programme; others may not."""
METHOD = "method"
"""Folder of the pages that are about no one programme and no municipality."""
ALL_PROGRAMMES = "Alle programma’s"
"""What stands for the name of the programme on a page about all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One page to make: a notebook for one programme in one municipality, for either alone, or for neither.

    What a page is not of is empty: of a page for a municipality alone, ``programme`` and its name; of one for a programme
    alone, ``municipality`` and its name; of one about the method all of them. One for all programmes has their name only.
    ``private`` holds what may not stand on the page; see `parameters.Declared`. ``reads_results`` says that it is made
    when other pages are published, from their results. ``registers`` are the municipalities of which it may read the register,
    ``reads_statline`` says that it reads the figures of CBS. ``theme`` is its look; see `theme.theme_of`.
    """

    programme: str
    programme_name: str
    municipality: str
    municipality_name: str
    notebook: str
    parameters: Mapping[str, Any]
    private: tuple[str, ...] = ()
    reads_results: bool = False
    reads_statline: bool = False
    theme: str = ""
    registers: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Path of the page without ``.html``; see `report_name`."""
        return report_name(self.programme, self.municipality, self.notebook)

    @property
    def open_parameters(self) -> dict[str, Any]:
        """Parameters of which the value may be told."""
        return {name: value for name, value in self.parameters.items() if str(value) not in self.private}


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
    """What a run will make, what it refuses to make, and what is made but looks like a mistake (``remarks``, sentences)."""

    reports: tuple[Report, ...]
    refusals: tuple[Refusal, ...]
    remarks: tuple[str, ...] = ()

    def all_reports(self) -> list[Report]:
        """List the reports that will be made and those that are refused."""
        return [*self.reports, *(refusal.report for refusal in self.refusals if refusal.report)]

    def with_theme(self, theme: str) -> "Plan":
        """Give every page a look."""
        refusals = (replace(each, report=each.report and replace(each.report, theme=theme)) for each in self.refusals)
        return Plan(tuple(replace(report, theme=theme) for report in self.reports), tuple(refusals), self.remarks)

    def only(
        self,
        programmes: Collection[str] = (),
        municipalities: Collection[str] = (),
        notebooks: Collection[str] = (),
        project: Project | None = None,
    ) -> "Plan":
        """Keep what is asked for; an empty selection keeps all.

        With the ``project`` a municipality that ended is told with the one that it went into.

        Raises
        ------
        ReportError
            When a name is in no row of the plan, or when nothing is left.
        """
        rows = self.all_reports()
        refused = {refusal.subject for refusal in self.refusals if refusal.report is None}
        known = {
            "programme": ({row.programme for row in rows if row.programme} | refused, programmes),
            "notebook": ({row.notebook for row in rows}, notebooks),
        }
        problems = [
            f"there is no {kind} '{name}'; {did_you_mean(name, names)}"
            for kind, (names, asked) in known.items()
            for name in asked
            if name not in names
        ]
        here = {row.municipality: row.municipality_name for row in rows if row.municipality}
        problems += [_not_here(code, here, project) for code in municipalities if code not in here]
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
    """Name a report by what it is of: a programme in a municipality, either alone, or neither.

    Examples
    --------
    >>> report_name("samen-sterk", "GM0222", "claims"), report_name("samen-sterk", "", "synthesis")
    ('samen-sterk/GM0222-claims', 'samen-sterk/synthesis')
    >>> report_name("", "GM0222", "data_quality"), report_name("", "", "validation")
    ('GM0222/data_quality', 'method/validation')
    """
    if programme and municipality:
        return f"{programme}/{municipality}-{notebook}"
    return f"{programme or municipality or METHOD}/{notebook}"


def plan_reports(
    project: Project,
    with_register: Collection[str] = (),
    *,
    with_figures: Collection[str] = (),
    wanted: Collection[str] = (),
) -> Plan:
    """List every report of a project, after checking each.

    A programme file with problems, a notebook that is missing, has no tagged parameters or does
    what a report may not, a municipality without a name, and parameters that do not fit are
    refused here, one refusal each; the others stand.

    Parameters
    ----------
    with_register
        CBS codes of the municipalities that have a register: each gets the notebooks that
        ask for a municipality alone.
    with_figures
        Those that the figures of CBS have. Of these, each with a register, in a programme or among ``wanted`` gets the
        notebooks that read the figures; one about no municipality in particular is made where there are figures at all.
    wanted
        See ``with_figures``.
    """
    found: list[Report | Refusal] = []
    read = cache(partial(_read, project))  # many reports ask for one notebook
    is_together = cache(partial(_is_together, project))
    names = municipality_names(project)
    asked: set[str] = set()
    ours = {*with_register, *wanted}
    remarks: list[str] = []
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
        if slug == METHOD:
            reason = f"programmes/{slug}.yaml: has the name of the folder of pages about the method; choose another"
            found.append(Refusal(subject=slug, kind="programme_file", reason=reason))
            continue
        remarks += _remarks(programme, project)
        asked |= {use.name for use in programme.notebooks}
        ours |= {*programme.municipalities}
        found += [_checked(report, read) for report in _reports_of(programme, names, is_together)]
    notebooks = standing_notebooks(project, asked)
    pairs = [(each, notebook) for notebook in notebooks.of_municipality for each in sorted(with_register)]
    for notebook in notebooks.of_figures if with_figures else []:
        is_of_each = MUNICIPALITY in read_declared(project.notebooks / f"{notebook}.ipynb").defaults
        pairs += [(each, notebook) for each in (sorted(ours.intersection(with_figures)) if is_of_each else [""])]
    if notebooks.of_figures and not with_figures:
        named = listed(f"{name}.ipynb" for name in notebooks.of_figures)
        remarks.append(f"{named}: no page is made without the figures of CBS; fetch them with: evaltools statline")
    pairs += [("", notebook) for notebook in notebooks.of_method]
    standing = [_report_of_all(notebook) for notebook in notebooks.of_all]
    standing += [_report_of(municipality, notebook, names) for municipality, notebook in pairs]
    found += [_unnamed(report, names) or _checked(report, read) for report in standing]
    return Plan(
        tuple(each for each in found if isinstance(each, Report)),
        tuple(each for each in found if isinstance(each, Refusal)),
        tuple(remarks),
    )


def _is_together(project: Project, notebook: str) -> bool:
    """Whether a notebook asks for a programme and no municipality: it is of all that the programme has."""
    try:
        declared = read_declared(project.notebooks / f"{notebook}.ipynb").defaults
    except ReportError:  # it is refused where it is planned
        return False
    return PROGRAMME in declared and MUNICIPALITY not in declared


def _reports_of(programme: Programme, names: Mapping[str, str], is_together: Callable[[str], bool]) -> list[Report]:
    each = [
        (code, use) for code in programme.municipalities for use in programme.notebooks if not is_together(use.name)
    ]
    each += [("", use) for use in programme.notebooks if is_together(use.name)]
    return [
        Report(
            programme=programme.slug,
            programme_name=programme.name,
            municipality=code,
            municipality_name=names[code] if code else "",
            notebook=use.name,
            registers=tuple(programme.municipalities),
            parameters={**use.parameters, PROGRAMME: programme.slug, **({MUNICIPALITY: code} if code else {})},
        )
        for code, use in each
    ]


def _report_of_all(notebook: str) -> Report:
    return Report(
        programme="",
        programme_name=ALL_PROGRAMMES,
        municipality="",
        municipality_name="",
        notebook=notebook,
        parameters={PROGRAMME: ""},
    )


def _report_of(municipality: str, notebook: str, names: Mapping[str, str]) -> Report:
    return Report(
        programme="",
        programme_name="",
        municipality=municipality,
        municipality_name=names.get(municipality, municipality),
        notebook=notebook,
        parameters={MUNICIPALITY: municipality} if municipality else {},
    )


def _not_here(code: str, here: Mapping[str, str], project: Project | None) -> str:
    """Say that the plan has no page of a municipality, and which it has that may be meant."""
    if project and code in municipality_names(project):
        meant = municipality_problem(code, LIST_YEARS[-1], project) or which_municipality(code, here)
        return f"there is no page of {code}; {meant}"
    return f"there is no municipality '{code}'; {which_municipality(code, here)}"


def _remarks(programme: Programme, project: Project) -> list[str]:
    """Tell of municipalities that were none any more, or none yet, when the programme began (today, where no source says when)."""
    began = programme.period.first_day.year if programme.period else None
    subject = f"look at programmes/{programme.slug}.yaml, " + (f"of {began}" if began else "without a period")
    steps = mergers(project)
    changed = {*steps["code"], *steps["into"]}
    problems = (
        municipality_problem(code, began or LIST_YEARS[-1], project)
        for code in programme.municipalities
        if code in changed
    )
    return [f"{subject}: {problem}" for problem in problems if problem]


def _unnamed(report: Report, names: Mapping[str, str]) -> Refusal | None:
    if not report.municipality or report.municipality in names:
        return None
    reason = str(
        ReportError(
            "data/raw/reference/municipalities.csv",
            [
                (
                    f"has no row for {report.municipality}, of which there is a register, and CBS's lists of {LIST_YEARS[0]} to "
                    f"{LIST_YEARS[-1]} have no such code; add the name and source of a later one, or take "
                    f"data/processed/{report.municipality} away"
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
    reads_results = RESULTS in found.defaults
    given = {**report.parameters, RESULTS: ""} if reads_results else report.parameters
    problems = check_parameters(found.defaults, given)
    if problems:
        reason = str(ReportError(f"notebooks/{report.notebook}.ipynb", problems))
        return Refusal(subject=report.name, kind="parameters", reason=reason, report=report)
    reads_statline = found.defaults.get(STATLINE) is True
    reads_others = {**found.defaults, **report.parameters}.get(OTHER_REGISTERS) is True
    own = (report.municipality,) if report.municipality and (report.programme or not reads_statline) else ()
    return replace(
        report,
        private=found.private_values(report.parameters),
        reads_results=reads_results,
        reads_statline=reads_statline,
        registers=report.registers if reads_others else own,
    )


def with_results(report: Report, site: Path) -> Report:
    """Let a report read the results in a site; where the site is, may not stand on its page."""
    folder = str(site.resolve())
    return replace(report, parameters={**report.parameters, RESULTS: folder}, private=(*report.private, folder))


def _read(project: Project, notebook: str) -> Declared | tuple[str, str]:
    """Read a notebook; give the kind of its problems and their sentences where it may not run."""
    try:
        declared = read_declared(project.notebooks / f"{notebook}.ipynb")
    except ReportError as error:
        return "notebook", str(error)
    problems = notebook_problems(declared.notebook)
    return ("notebook_refused", str(ReportError(f"notebooks/{notebook}.ipynb", problems))) if problems else declared
