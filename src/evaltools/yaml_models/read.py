"""Read a YAML file into a model; every problem of the file is reported at once, with its line."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from evaltools.errors import EvaltoolsError, did_you_mean
from evaltools.yaml_models import documents
from evaltools.yaml_models.blocks import MUNICIPALITY, SLUG, Problem, ProblemsError

Model = TypeVar("Model", bound=BaseModel)

FORMS = {
    SLUG: "a name of small letters, digits and -, such as samen-sterk",
    MUNICIPALITY: "a CBS code, such as GM0197",
}
"""What a text that must have a form is expected to be."""

NO_DAY = "is no day of the calendar; write year-month-day, such as 2020-09-03"
EXPECTED = {
    "tuple_type": "expected a list, such as [a, b]",
    "too_short": "is empty; expected at least one",
    "int_type": "expected a whole number without a dot or quotes, such as 1250",
    "bool_type": "expected true or false",
    "date_type": NO_DAY,
    "date_parsing": NO_DAY,
    "date_from_datetime_parsing": NO_DAY,
    "date_from_datetime_inexact": NO_DAY,
}
"""What is said of a wrong value, by pydantic's name of what is wrong."""


def read_model(
    model: type[Model],
    path: Path,
    subject: str,
    *,
    error: type[EvaltoolsError],
    extra: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    forms: Mapping[str, str] | None = None,
) -> Model:
    """Read one file.

    Parameters
    ----------
    subject
        The name of the file in an error.
    error
        Class of the error.
    extra
        Values beside those of the file, by alias.
    context
        What the model's checks need to know.
    forms
        What a text with a pattern is expected to be, by pattern.

    Raises
    ------
    EvaltoolsError
        Of class ``error``, with every problem of the file.
    """
    try:
        document = documents.read(path)
    except documents.UnreadableError as unreadable:
        raise error(subject, [str(unreadable)]) from None
    problems = list(document.duplicate_keys())
    try:
        made = model.model_validate({**document.data, **(extra or {})}, context=dict(context or {}))
    except ValidationError as invalid:
        # A value of the file may stand in the cause; the sentences below say what matters.
        problems += _sentences(invalid, model, {**FORMS, **(forms or {})})
    if problems:
        problems.sort(key=lambda problem: document.line(problem[0]))
        raise error(subject, [document.locate(*problem) for problem in problems])
    return made


def _sentences(error: ValidationError, model: type[BaseModel], forms: Mapping[str, str]) -> Iterator[Problem]:
    for detail in error.errors():
        where = detail["loc"]
        cause = detail.get("ctx", {}).get("error")
        match detail["type"]:
            case "extra_forbidden":
                key = str(where[-1])
                yield where, f"unknown key '{key}'; {did_you_mean(key, _keys_at(model, where[:-1]))}"
            case "missing":
                yield where[:-1], f"the key '{where[-1]}' is missing"
            case "literal_error":
                allowed = _allowed_at(model, where)
                yield where, f"unknown value '{detail['input']}'; {did_you_mean(str(detail['input']), allowed)}"
            case "string_pattern_mismatch":
                yield where, f"'{detail['input']}' is not {forms[detail['ctx']['pattern']]}"
            case "value_error" if isinstance(cause, ProblemsError):
                yield from (((*where, *inner), sentence) for inner, sentence in cause.problems)
            case "value_error":
                yield where, str(cause)
            case other:
                yield where, EXPECTED.get(other, detail["msg"][0].lower() + detail["msg"][1:])


def _keys_at(root: type[BaseModel], where: tuple[str | int, ...]) -> list[str]:
    model = _type_at(root, where)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    return [name for name, field in model.model_fields.items() if field.alias is None]


def _allowed_at(root: type[BaseModel], where: tuple[str | int, ...]) -> list[str]:
    kind = _type_at(root, where)
    options = get_args(kind)
    # A key that may be left out is a choice between its values and nothing.
    options = (*options, *(inner for option in options for inner in get_args(option)))
    return [str(option) for option in options if isinstance(option, str)]


def _type_at(root: type[BaseModel], where: tuple[str | int, ...]) -> Any:
    kind: Any = root
    for key in where:
        if isinstance(key, int):
            kind = next(iter(get_args(kind)), kind)
        elif isinstance(kind, type) and issubclass(kind, BaseModel) and key in kind.model_fields:
            kind = kind.model_fields[key].annotation
            kind = next((part for part in get_args(kind) if _is_block(part)), kind)
    return kind


def _is_block(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
