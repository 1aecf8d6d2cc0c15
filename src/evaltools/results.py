"""What pages found, as numbers to work on with: one row per estimate or share, in a file beside each page.

``docs/results.md`` says what the file holds. All of it stands on the page too, or passed the same gate.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from evaltools.errors import InvalidDataError, did_you_mean, many

FORM = 1
"""Number of the form of the file; a reader of another form refuses it."""
SUFFIX = ".results.json"
"""What the name of the file ends with, after that of its page."""
FEWEST = 10
"""Fewest people that a count tells of; none is told too."""
DIGITS = 5
"""Significant digits of the estimates: far more than a page shows, far fewer than could tell of one person."""

QUESTIONS = {
    "net": "the difference between people in the programme and others",
    "gross": "what became of people in the programme",
    "relapse": "who came back on benefit, of those who left",
    "costs": "euros per person in the programme",
}
OUTCOMES = {
    "work": "without benefit, and left for work",
    "any_work": "left for work, or works beside the benefit",
    "off_benefit": "without benefit, for whatever reason",
    "on_benefit": "on benefit",
    "balance": "euros saved less euros spent",
}
GROUPS = {
    "programme": "everybody in the programme",
    "jongeren": "people younger than 27 in the programme",
    "status_holders": "holders of a residence permit in the programme",
}
METHODS = {
    "randomised": "beside those whom a lot kept out",
    "counted": "as they are",
    "weighted": "weighted by the chance of being in the programme",
    "entropy": "weighted to equal means",
    "matched": "each beside the person who is most alike",
    "doubly_robust": "weighted, and predicted from what is known at the start",
    "first_exit": "weighted; first exits by then, whatever came after",
    "earlier": "weighted; beside who was eligible two years earlier",
    "ordinary": "beside the ordinary outflow of the municipality",
    "difference_in_differences": "the change beside that in other places",
    "synthetic_control": "beside a mixture of other places",
}
UNITS = {"share_points": "difference of two shares (0-1)", "share": "share (0-1)", "euro": "euros"}
GRADES = ("A", "B", "C", "D", "E")

CODES: dict[str, tuple[str, ...]] = {
    "question": tuple(QUESTIONS),
    "outcome": tuple(OUTCOMES),
    "group": tuple(GROUPS),
    "method": tuple(METHODS),
    "unit": tuple(UNITS),
    "grade": GRADES,
}
"""By field, what it can be."""
NUMBERS = ("estimate", "lower", "upper", "level", "standard_error", "p_value")
COUNTS = ("n_programme", "n_comparison", "n_outcome_programme", "n_outcome_comparison")
_FORMS = {
    "programme": (re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"), "a name such as samen-sterk"),
    "municipality": (re.compile(r"GM[0-9]{4}"), "a CBS code, such as GM0197"),
    "notebook": (re.compile(r"([\w-]+)?"), "the name of a notebook"),
}
_QUOTABLE = re.compile(r"[A-Za-z_]{1,30}")
"""Texts that an error quotes: names and codes, never what could be of a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One estimate or share that a page shows, of one programme in one municipality.

    Attributes
    ----------
    programme, municipality, notebook
        Which page; ``notebook`` is empty until the page is made.
    question, outcome, group, method
        What was asked, of which outcome, for whom and in which way; of `QUESTIONS`, `OUTCOMES`, `GROUPS`, `METHODS`.
    is_main
        Whether it is the answer of the page, of all methods.
    months
        After how many months; None where that means nothing.
    estimate, lower, upper, level, standard_error, p_value
        The number with its interval, in ``unit``; None where there is none, or where it is left out.
    n_programme, n_comparison, n_outcome_programme, n_outcome_comparison
        People in both groups, and those of them with the outcome.
    hidden
        Whether numbers of this row were left out to protect people.
    unit
        Of `UNITS`.
    grade
        Of the evidence, A (a lot) to E (no comparison).
    is_simulated
        Whether nobody in it exists.
    as_of
        Day of the extract, ISO; empty where it is not known.
    source
        Where it is from.

    Raises
    ------
    InvalidDataError
        When it says something that cannot be.
    """

    programme: str
    municipality: str
    notebook: str = ""
    question: str
    outcome: str
    group: str = "programme"
    method: str
    is_main: bool
    months: int | None = None
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    standard_error: float | None = None
    p_value: float | None = None
    n_programme: int | None = None
    n_comparison: int | None = None
    n_outcome_programme: int | None = None
    n_outcome_comparison: int | None = None
    hidden: bool = False
    unit: str
    grade: str
    is_simulated: bool
    as_of: str = ""
    source: str

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise InvalidDataError("a result", problems)

    @property
    def page(self) -> str:
        """Name of the page that it stands on."""
        return f"{self.programme}/{self.municipality}-{self.notebook}"

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells it from other results."""
        return self.page, self.question, self.outcome, self.group, self.method, self.months


FIELDS = tuple(each.name for each in fields(Result))


def significant(value: float) -> float:
    """Round to `DIGITS` significant digits.

    Examples
    --------
    >>> significant(0.08148148148148149), significant(-12345.678), significant(0.0)
    (0.081481, -12346.0, 0.0)
    """
    return float(f"{value:.{DIGITS}g}")


def to_rows(results: Iterable[Result]) -> list[dict[str, Any]]:
    """Write results as what JSON can hold."""
    return [asdict(result) for result in results]


def from_rows(rows: Any, *, subject: str) -> tuple[Result, ...]:
    """Read results from what JSON held.

    Raises
    ------
    InvalidDataError
        With every problem of every row: a field that is missing or unknown, a code or number that cannot be, a result
        that is there twice.
    """
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise InvalidDataError(subject, ["has no list of results; make the page again"])
    found, problems = [], []
    for position, row in enumerate(rows, start=1):
        wrong = _field_problems(row)
        if not wrong:
            try:
                found.append(Result(**row))
            except InvalidDataError as error:
                wrong = list(error.problems)
        problems += [f"result {position}: {problem}" for problem in wrong]
    n_again = len(found) - len({result.key for result in found})
    if n_again:
        problems.append(f"has {many(n_again, 'result')} more than once; keep one of each")
    if problems:
        raise InvalidDataError(subject, problems)
    return tuple(found)


def to_text(results: Iterable[Result], *, page: str, fingerprint: str, version: str) -> str:
    """Write the file of a page.

    Parameters
    ----------
    page
        Its name in the site.
    fingerprint
        Its SHA-256.
    version
        That of evaltools.
    """
    about = {"form": FORM, "page": page, "sha256": fingerprint, "evaltools": version}
    return json.dumps({**about, "results": to_rows(results)}, ensure_ascii=False, indent=1) + "\n"


def read_results(path: Path, *, subject: str = "") -> tuple[Result, ...]:
    """Read the file of a page, and see that it is of the page beside it, where there is one.

    Raises
    ------
    InvalidDataError
        When it cannot be read, is of another form or page, or holds something that cannot be.
    """
    subject = subject or path.name
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise InvalidDataError(subject, ["cannot be read as JSON; make the page again"]) from None
    if not isinstance(found, dict) or found.get("form") != FORM:
        raise InvalidDataError(subject, [f"is no file with results of form {FORM}; make the page again"])
    wrong = _key_problems(found, ("form", "page", "sha256", "evaltools", "results"))
    if wrong:
        raise InvalidDataError(subject, wrong)
    results = from_rows(found["results"], subject=subject)
    n_elsewhere = sum(result.page != found["page"] for result in results)
    if n_elsewhere:
        problem = f"has {many(n_elsewhere, 'result')} of another page than its own; make the page again"
        raise InvalidDataError(subject, [problem])
    page = path.with_name(path.name.removesuffix(SUFFIX) + ".html")
    if page.is_file() and sha256(page.read_bytes()).hexdigest() != found["sha256"]:
        raise InvalidDataError(subject, ["is not of the page that stands beside it; make the page again"])
    return results


def results_in(folder: Path) -> tuple[Result, ...]:
    """Read the results of all pages in a folder, such as a site; none where it has none.

    Raises
    ------
    InvalidDataError
        With the problems of every file, or where a result stands in two files.
    """
    found: list[Result] = []
    problems: list[str] = []
    for path in sorted(folder.rglob(f"*{SUFFIX}")):
        try:
            found += read_results(path, subject=path.relative_to(folder).as_posix())
        except InvalidDataError as error:
            problems += [f"{error.subject}: {problem}" for problem in error.problems]
    n_again = sum(times - 1 for times in Counter(result.key for result in found).values())
    if n_again:
        problems.append(f"has {many(n_again, 'result')} in more than one file; keep one of each")
    if problems:
        raise InvalidDataError("the results of other pages", problems)
    return tuple(sorted(found, key=lambda result: tuple(map(str, result.key))))


def _field_problems(row: Mapping[str, Any]) -> list[str]:
    return _key_problems(row, FIELDS)


def _key_problems(found: Mapping[str, Any], expected: tuple[str, ...]) -> list[str]:
    unknown = [key for key in found if key not in expected]
    return [
        *(f"{_quoted('the key', key)} is unknown; {did_you_mean(key, expected)}" for key in unknown),
        *(f"the key '{key}' is missing" for key in expected if key not in found),
    ]


def _quoted(what: str, text: object) -> str:
    is_plain = isinstance(text, str) and _QUOTABLE.fullmatch(text)
    return f"{what} '{text}'" if is_plain else f"{what} (not shown: no plain name)"


def _problems(result: Result) -> Iterator[str]:
    yield from _text_problems(result)
    numbers = {name: getattr(result, name) for name in NUMBERS}
    wrong = [name for name, value in numbers.items() if value is not None and not _is_number(value)]
    yield from (f"'{name}' must be a number or null" for name in wrong)
    counts = {name: getattr(result, name) for name in (*COUNTS, "months")}
    not_whole = [name for name, value in counts.items() if value is not None and not _is_whole(value)]
    yield from (f"'{name}' must be a whole number of at least 0, or null" for name in not_whole)
    if not wrong:
        yield from _number_problems(result)
    if not not_whole:
        yield from (
            f"'{name}' tells of fewer than {FEWEST} people; leave it out, with hidden: true"
            for name in COUNTS
            if counts[name] is not None and 0 < counts[name] < FEWEST
        )


def _text_problems(result: Result) -> Iterator[str]:
    for name, (form, meant) in _FORMS.items():
        value = getattr(result, name)
        if not isinstance(value, str) or not form.fullmatch(value):
            yield f"'{name}' must be {meant}"
    for name, allowed in CODES.items():
        value = getattr(result, name)
        if value not in allowed:
            yield f"{_quoted(name, value)} is unknown; {did_you_mean(str(value), allowed)}"
    for name in ("is_main", "hidden", "is_simulated"):
        if not isinstance(getattr(result, name), bool):
            yield f"'{name}' must be true or false"
    if not isinstance(result.source, str) or not result.source.strip():
        yield "'source' is empty; say where it is from"
    if not _is_day(result.as_of):
        yield "'as_of' must be a day such as 2020-06-30, or empty"


def _number_problems(result: Result) -> Iterator[str]:
    most = {"share_points": 1.0, "share": 1.0}.get(result.unit, math.inf)
    least = 0.0 if result.unit == "share" else -most
    if result.estimate is not None and not least <= result.estimate <= most:
        yield f"'estimate' must be from {least:g} to {most:g} in {result.unit}: shares are 0-1, not percentages"
    ends = [value for value in (result.lower, result.estimate, result.upper) if value is not None]
    if ends != sorted(ends):
        yield "'lower', 'estimate' and 'upper' must rise"
    if result.level is not None and not 0 < result.level < 1:
        yield "'level' must be between 0 and 1, such as 0.95"
    if result.p_value is not None and not 0 <= result.p_value <= 1:
        yield "'p_value' must be from 0 to 1"
    if result.standard_error is not None and result.standard_error < 0:
        yield "'standard_error' must be at least 0"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_day(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return not value or date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
