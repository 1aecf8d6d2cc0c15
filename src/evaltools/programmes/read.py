"""Read programme files; every problem of a file is reported at once, with its line."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from evaltools.errors import ProgrammeError, did_you_mean
from evaltools.programmes import yaml_files
from evaltools.programmes.fields import (
    MUNICIPALITY,
    NAME,
    NOTEBOOK,
    PARTIAL_DAY,
    SLUG,
    Problem,
    ProblemsError,
)
from evaltools.programmes.programme import Programme
from evaltools.project import Project, find_project
from evaltools.reference import municipality_names

FORMS = {
    NAME: "a name of small letters, digits and _, such as paid_work",
    SLUG: "a name of small letters, digits and -, such as samen-sterk",
    NOTEBOOK: "the name of a notebook without .ipynb, such as claims",
    MUNICIPALITY: "a CBS code, such as GM0197",
    PARTIAL_DAY: "a year, month or day, such as 2020, 2020-09 or 2020-09-03",
}
"""What a text that must have a form is expected to be."""

NO_DAY = "is no day of the calendar; write year-month-day, such as 2020-09-03"
EXPECTED = {
    "tuple_type": "expected a list, such as [a, b]",
    "too_short": "is empty; expected at least one",
    "int_type": "expected a whole number without a dot or quotes, such as 1250",
    "date_type": NO_DAY,
    "date_parsing": NO_DAY,
    "date_from_datetime_parsing": NO_DAY,
    "date_from_datetime_inexact": NO_DAY,
}
"""What is said of a wrong value, by pydantic's name of what is wrong."""


def read_programme(slug: str, project: Project | None = None) -> Programme:
    """Read one programme file.

    Parameters
    ----------
    slug
        Name of the file without ``.yaml``.
    project
        Where the files are; by default the project that the current folder lies in.

    Raises
    ------
    ProgrammeError
        When there is no such file, or with every problem in it.
    """
    project = project or find_project()
    slugs = list_programmes(project)
    if slug not in slugs:
        raise ProgrammeError(f"programme '{slug}'", [f"has no file in programmes/; {did_you_mean(slug, slugs)}"])
    path = project.programmes / f"{slug}.yaml"
    subject = f"programmes/{path.name}"
    try:
        document = yaml_files.read(path)
    except yaml_files.UnreadableError as error:
        raise ProgrammeError(subject, [str(error)]) from None
    problems = list(document.duplicate_keys())
    context = {"municipalities": municipality_names(project)}
    try:
        programme = Programme.model_validate({**document.data, "<file name>": slug}, context=context)
    except ValidationError as error:
        # A value of the file may stand in the cause; the sentences below say what matters.
        problems += _sentences(error)
    if problems:
        problems.sort(key=lambda problem: document.line(problem[0]))
        raise ProgrammeError(subject, [document.locate(*problem) for problem in problems])
    return programme


def list_programmes(project: Project | None = None) -> list[str]:
    """Slugs of all programme files, in alphabetical order."""
    return sorted(path.stem for path in (project or find_project()).programmes.glob("*.yaml") if path.is_file())


def _sentences(error: ValidationError) -> Iterator[Problem]:
    for detail in error.errors():
        where = detail["loc"]
        cause = detail.get("ctx", {}).get("error")
        match detail["type"]:
            case "extra_forbidden":
                key = str(where[-1])
                yield where, f"unknown key '{key}'; {did_you_mean(key, _keys_at(where[:-1]))}"
            case "missing":
                yield where[:-1], f"the key '{where[-1]}' is missing"
            case "literal_error":
                allowed = _allowed_at(where)
                yield where, f"unknown value '{detail['input']}'; {did_you_mean(str(detail['input']), allowed)}"
            case "string_pattern_mismatch":
                yield where, f"'{detail['input']}' is not {FORMS[detail['ctx']['pattern']]}"
            case "value_error" if isinstance(cause, ProblemsError):
                yield from (((*where, *inner), sentence) for inner, sentence in cause.problems)
            case "value_error":
                yield where, str(cause)
            case other:
                yield where, EXPECTED.get(other, detail["msg"][0].lower() + detail["msg"][1:])


def _keys_at(where: tuple[str | int, ...]) -> list[str]:
    model = _type_at(where)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    return [name for name, field in model.model_fields.items() if field.alias is None]


def _allowed_at(where: tuple[str | int, ...]) -> list[str]:
    kind = _type_at(where)
    options = get_args(kind)
    return [str(option) for option in options if isinstance(option, str)]


def _type_at(where: tuple[str | int, ...]) -> Any:
    kind: Any = Programme
    for key in where:
        if isinstance(key, int):
            kind = next(iter(get_args(kind)), kind)
        elif isinstance(kind, type) and issubclass(kind, BaseModel) and key in kind.model_fields:
            kind = kind.model_fields[key].annotation
            kind = next((part for part in get_args(kind) if _is_block(part)), kind)
    return kind


def _is_block(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
