"""Which reports there are to make, each checked first.

Programmes × municipalities × notebooks; for every municipality with a register, the notebooks that ask for a
municipality and no programme; and once each, those that ask for neither: they are about the method.
"""

import ast
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from evaltools.errors import ProgrammeError, ReportError, did_you_mean, printable
from evaltools.programmes import Programme, list_programmes, read_programme
from evaltools.project import Project
from evaltools.reference import municipality_names

TAG = "parameters"
PROGRAMME, MUNICIPALITY = "programme", "municipality"
"""Parameters that the plan fills in, where a notebook declares them."""
METHOD = "method"
"""Folder of the pages that are about no programme and no municipality."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One page to make: a notebook for one programme in one municipality, for a municipality alone, or for neither.

    Of a page for a municipality alone, ``programme`` and its name are empty; of one about the method,
    ``municipality`` and its name too.
    """

    programme: str
    programme_name: str
    municipality: str
    municipality_name: str
    notebook: str
    parameters: Mapping[str, Any]

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

    A programme file with problems, a notebook that is missing or has no tagged
    parameters, a municipality without a name, and parameters that do not fit are refused
    here, one refusal each; the others stand.

    Parameters
    ----------
    with_register
        CBS codes of the municipalities that have a register: each gets the notebooks that
        ask for a municipality alone.
    """
    reports: list[Report] = []
    refusals: list[Refusal] = []
    names = municipality_names(project)
    asked: set[str] = set()
    for path in sorted(project.programmes.iterdir()):
        if path.suffix.lower() in {".yml", ".yaml"} and (path.suffix != ".yaml" or not path.is_file()):
            name = printable(path.stem)
            reason = f"programmes/{printable(path.name)}: is not read; make it a file with the name {name}.yaml"
            refusals.append(Refusal(subject=name, kind="programme_file", reason=reason))
    for slug in list_programmes(project):
        try:
            programme = read_programme(slug, project)
        except ProgrammeError as error:
            refusals.append(Refusal(subject=printable(slug), kind="programme_file", reason=str(error)))
            continue
        asked |= {use.name for use in programme.notebooks}
        for report in _reports_of(programme, names):
            refusal = _check(report, project)
            if refusal:
                refusals.append(refusal)
            else:
                reports.append(report)
    of_municipality, of_method = standing_notebooks(project, asked)
    standing = [_report_of(each, notebook, names) for notebook in of_municipality for each in sorted(with_register)]
    standing += [_report_of("", notebook, names) for notebook in of_method]
    for report in standing:
        refusal = _unnamed(report, names) or _check(report, project)
        if refusal:
            refusals.append(refusal)
        else:
            reports.append(report)
    return Plan(tuple(reports), tuple(refusals))


def standing_notebooks(project: Project, asked: Collection[str] = ()) -> tuple[list[str], list[str]]:
    """Name the notebooks that no programme asks for: those that ask for a municipality, and those that ask for neither.

    One that cannot be read is among the first, so that it is refused by name rather than passed over; not
    one that some programme asks for (``asked``), nor one without a cell of parameters: that is for people.
    """
    of_municipality, of_method = [], []
    for path in sorted(project.notebooks.glob("*.ipynb")):
        try:
            declared = read_parameters(path)
        except ReportError:
            if path.stem not in asked and _is_meant_to_run(path):
                of_municipality.append(path.stem)
        else:
            if MUNICIPALITY in declared and PROGRAMME not in declared:
                of_municipality.append(path.stem)
            elif PROGRAMME not in declared and path.stem not in asked:
                of_method.append(path.stem)
    return of_municipality, of_method


def read_parameters(path: Path) -> dict[str, Any]:
    """Read the parameters that a notebook declares, with their defaults.

    They are the assignments of literals in the one code cell tagged
    ``parameters``. papermill itself only warns about an untagged notebook, and
    then puts its values where the notebook overwrites them.

    Raises
    ------
    ReportError
        When the notebook is missing or unreadable, when not exactly one code cell
        is tagged, or when that cell holds anything but ``name = literal``.
    """
    subject = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        known = [other.stem for other in path.parent.glob("*.ipynb")]
        raise ReportError(subject, [f"is not there; {did_you_mean(path.stem, known)}"])
    code = _code_cells(path)
    if code is None:
        raise ReportError(subject, ["is not a notebook that can be read; open it in JupyterLab"])
    tagged = [cell.source for cell in code if TAG in _tags(cell)]
    if len(tagged) != 1:
        raise ReportError(
            subject, [f"has {len(tagged)} code cells tagged '{TAG}'; tag the one cell that declares them"]
        )
    if any("injected-parameters" in _tags(cell) for cell in code):
        raise ReportError(subject, ["holds a cell that an earlier run put in; delete that cell"])
    try:
        statements = ast.parse(tagged[0]).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ReportError(subject, ["its parameters cell is no Python"]) from None
    parameters, problems = {}, []
    for statement in statements:
        try:
            name, value = _literal(statement)
        except (ValueError, TypeError, RecursionError, MemoryError):
            problems.append(f"its parameters cell, line {statement.lineno}: expected name = literal")
        else:
            parameters[name] = value
    # A page would carry one municipality's name and another's figures.
    problems += [
        f"sets the parameter '{name}' again outside its parameters cell; give it another name"
        for name in sorted(_assigned([cell.source for cell in code if TAG not in _tags(cell)]) & set(parameters))
    ]
    if problems:
        raise ReportError(subject, problems)
    return parameters


def check_parameters(declared: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """Compare given parameters with the declared ones; return a sentence per problem.

    A parameter declared as ``None`` must be given. A whole number may be given
    where a fraction is declared; otherwise the type must be that of the default.

    Examples
    --------
    >>> check_parameters({"level": 0.95}, {"level": 1, "levle": 0.9})
    ["has no parameter 'levle'; did you mean 'level'? Allowed: level"]
    >>> check_parameters({"level": 0.95, "programme": None}, {"level": "high"})
    ["parameter 'level' is str; expected float", "parameter 'programme' must be given"]
    """
    problems = [f"has no parameter '{name}'; {did_you_mean(name, declared)}" for name in given if name not in declared]
    for name, default in declared.items():
        if name not in given:
            if default is None:
                problems.append(f"parameter '{name}' must be given")
            continue
        expected, got = type(default), type(given[name])
        if default is not None and got is not expected and (expected, got) != (float, int):
            problems.append(f"parameter '{name}' is {got.__name__}; expected {expected.__name__}")
    return problems


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


def _check(report: Report, project: Project) -> Refusal | None:
    path = project.notebooks / f"{report.notebook}.ipynb"
    try:
        declared = read_parameters(path)
    except ReportError as error:
        return Refusal(subject=report.name, kind="notebook", reason=str(error), report=report)
    problems = check_parameters(declared, report.parameters)
    if not problems:
        return None
    reason = str(ReportError(f"notebooks/{path.name}", problems))
    return Refusal(subject=report.name, kind="parameters", reason=reason, report=report)


def _code_cells(path: Path) -> list[nbformat.NotebookNode] | None:
    """Code cells of a notebook; None where the file is none."""
    try:
        notebook = nbformat.read(path, as_version=4)
        return [cell for cell in notebook.cells if cell.cell_type == "code"]
    except Exception:  # noqa: BLE001  (nbformat raises whatever the JSON in the file leads to)
        return None


def _is_meant_to_run(path: Path) -> bool:
    code = _code_cells(path)
    return code is None or any(TAG in _tags(cell) for cell in code)


def _tags(cell: nbformat.NotebookNode) -> list[str]:
    return cell.metadata.get("tags") or []


def _assigned(sources: list[str]) -> set[str]:
    """Names that some cell gives a value; a cell that is no plain Python (a magic) is passed over."""
    names = set()
    for source in sources:
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            stores = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name))
            names |= {node.id for node in stores if isinstance(node.ctx, ast.Store)}
    return names


def _literal(statement: ast.stmt) -> tuple[str, Any]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, ast.literal_eval(value)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return name, ast.literal_eval(value)
    raise ValueError
