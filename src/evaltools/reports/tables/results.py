"""What a page found, as rows for other pages and for reuse."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.errors import ReportError, did_you_mean
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.results_terms import OUTCOMES, QUESTIONS, bare_points, between
from evaltools.reports.rows import is_hidden, readable_rows
from evaltools.reports.tables.base import Column, render
from evaltools.results import COUNTS, METHODS, NUMBERS, Result, significant

WHERE = "tables.results()"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How the table of a question is read.

    Attributes
    ----------
    estimate
        Its column with the number that is asked for.
    unit
        Of that number; of `evaltools.results.UNITS`.
    """

    estimate: str
    unit: str


FORMS = {
    "net": _Form(estimate="difference", unit="share_points"),
    "gross": _Form(estimate="share", unit="share"),
    "relapse": _Form(estimate="share", unit="share"),
    "costs": _Form(estimate="euro", unit="euro"),
}
NEEDED = ("outcome", "method", "months", "is_main")
"""Labels that every table has."""
MAIN = ("weighted", "counted", "earlier", "ordinary")
"""Methods that can be the main one of an evaluation, with those of a comparison at the same time first."""
BESIDE = {"earlier": "n_earlier", "ordinary": "n_ordinary"}
"""With whom a method compares, where it is not the comparison group."""
COMPARED = ("work", "any_work", "off_benefit")
"""Outcomes of an evaluation on which groups are compared."""
ALL = "all"


@from_protected
def results(net: ProtectedTable, programme: str, municipality: str, grade: str, **more: ProtectedTable) -> Block:
    """Hand on what a page found: the batch writes it into a file beside the page.

    Parameters
    ----------
    net
        One row per outcome, method and number of months: labels ``outcome``, ``method``, ``months`` (text) and ``is_main`` (yes or
        no), and what there is of ``group``; the estimate ``difference`` with ``lower``, ``upper``, ``standard_error``, ``p_value``;
        the counts ``n_programme``, ``n_comparison``, ``n_outcome_programme``, ``n_outcome_comparison``; the setting
        ``level``. Their codes are those of `evaltools.results`. Or the table of an evaluation, which has the methods beside each
        other (`findings.evaluation.outcomes.outcome_results`).
    programme, municipality
        The parameters of the notebook.
    grade
        Of the evidence, A to E.
    more
        Tables of other questions, by their name in `evaltools.results.QUESTIONS`, with ``share`` or ``euro`` in place of
        ``difference``.

    Raises
    ------
    ReportError
        When a table lacks a label or its estimate.
    InvalidDataError
        When a code is unknown, or a number cannot be.
    """
    tables = {"net": net, **more}
    problems = [problem for question, table in tables.items() for problem in _problems(question, table)]
    if problems:
        raise ReportError(WHERE, problems)
    about: dict[str, Any] = {"programme": programme, "municipality": municipality, "grade": grade}
    made = [result for question, table in tables.items() for result in _made(question, table, about)]
    if not made:
        return NOTHING
    if not any(result.is_main for result in made if result.question == "net"):
        raise ReportError(WHERE, ["the table 'net' marks no row as main; give the answer of the page is_main 'yes'"])
    return replace(_shown(net, tables, len(made)), results=tuple(made))


def _shown(net: ProtectedTable, tables: Iterable[str], n: int) -> Block:
    first = "main_" if _is_wide(net) else ""
    difference, lower, upper = (f"{first}{name}" for name in ("difference", "lower", "upper"))

    def is_shown(row: Any) -> bool:
        if not first:
            return _is_yes(row.is_main)
        return row.outcome in COMPARED and (is_hidden(row, difference) or not pd.isna(getattr(row, difference)))

    return render(
        net,
        "Uitkomsten om te hergebruiken",
        [
            Column("Uitkomst", lambda row: dutch.capital(OUTCOMES[row.outcome])),
            Column("Na", lambda row: dutch.months(int(row.months))),
            Column("Verschil (procentpunt)", lambda row: bare_points(getattr(row, difference)), is_number=True),
            Column("Interval", lambda row: between(getattr(row, lower), getattr(row, upper)), is_number=True),
        ],
        note=(
            f"Op de website is onderaan deze pagina een bestand (JSON) te downloaden met {dutch.portion(n, n, 'uitkomst', 'uitkomsten')}, ook van de "
            f"andere manieren van rekenen: {dutch.listing([QUESTIONS[question] for question in tables])}. Wat erin staat, is "
            "beschreven in de documentatie (docs/results.md). Een getal dat hier niet getoond wordt, staat er ook niet in."
        ),
        keep=is_shown,
    )


def _is_wide(table: ProtectedTable) -> bool:
    """Whether the methods stand beside each other."""
    return "main_difference" in table.rows


def _problems(question: str, table: ProtectedTable) -> Iterator[str]:
    if question not in FORMS:
        yield f"there is no question '{question}'; {did_you_mean(question, FORMS)}"
        return
    columns = [str(name) for name in table.rows]
    if question == "net" and _is_wide(table):
        return
    for name in (*NEEDED, FORMS[question].estimate):
        if name not in columns:
            yield f"the table '{question}' has no column '{name}'; {did_you_mean(name, columns)}"


def _made(question: str, table: ProtectedTable, about: dict[str, Any]) -> Iterator[Result]:
    form = FORMS[question]
    common = about | {
        "question": question,
        "unit": form.unit,
        "is_simulated": table.is_simulated,
        "as_of": table.record.as_of if table.record else "",
        "source": "; ".join(table.sources),
    }
    if question == "net" and _is_wide(table):
        yield from _made_of_wide(table, common)
        return
    for row in readable_rows(table, WHERE):
        # The estimate has a name of its own in each table.
        columns = {name: form.estimate if name == "estimate" else name for name in (*NUMBERS, *COUNTS)}
        there = {name: (row, column) for name, column in columns.items() if column in table.rows}
        yield Result(
            **common,
            outcome=row.outcome,
            group=row.group if "group" in table.rows else "programme",
            method=row.method,
            is_main=_is_yes(row.is_main),
            months=int(row.months),
            **_numbers(there),
        )


def _made_of_wide(table: ProtectedTable, common: dict[str, Any]) -> Iterator[Result]:
    rows = readable_rows(table, WHERE)
    whole = {row.months: row for row in rows if row.outcome == ALL}
    methods = [name for name in METHODS if f"{name}_difference" in table.rows]
    main = _main_of(rows, methods)
    for row in rows:
        if row.outcome not in COMPARED:
            continue
        for method in methods:
            is_main = method == main
            first = "main" if is_main else method
            difference = f"{first}_difference"
            # Of a method that was not used what it would rest on can be hidden too: only the main one is told to be hidden.
            if not (is_main and is_hidden(row, difference)) and not _is_known(row, difference):
                continue
            other = BESIDE.get(method, "n_comparison")
            there = {
                "estimate": (row, difference),
                "lower": (row, f"{first}_lower"),
                "upper": (row, f"{first}_upper"),
                "standard_error": (row, f"{first}_error"),
                "p_value": (row, f"{first}_p"),
                "level": (row, "level"),
                "n_programme": (whole[row.months], "n_programme"),
                "n_comparison": (whole[row.months], other),
                "n_outcome_programme": (row, "n_programme"),
                "n_outcome_comparison": (row, other),
            }
            numbers = _numbers({name: place for name, place in there.items() if place[1] in table.rows})
            yield Result(
                **common, outcome=row.outcome, method=method, is_main=is_main, months=int(row.months), **numbers
            )


def _main_of(rows: list[Any], methods: list[str]) -> str:
    """Find which method the main numbers are of: the first that has the same, or the first there is where all is hidden."""
    candidates = [method for method in MAIN if method in methods]
    for row in rows:
        if _is_known(row, "main_difference"):
            for method in candidates:
                name = f"{method}_difference"
                if _is_known(row, name) and getattr(row, name) == row.main_difference:
                    return method
    return candidates[0] if candidates else ""


def _is_known(row: Any, column: str) -> bool:
    return not is_hidden(row, column) and not pd.isna(getattr(row, column))


def _numbers(there: dict[str, tuple[Any, str]]) -> dict[str, Any]:
    """Read numbers by their place, and say whether one of them is hidden."""
    read = {name: _number(row, column, is_count=name in COUNTS) for name, (row, column) in there.items()}
    return {**read, "hidden": any(is_hidden(row, column) for row, column in there.values())}


def _number(row: Any, column: str, *, is_count: bool) -> Any:
    if not _is_known(row, column):
        return None
    value = getattr(row, column)
    return int(value) if is_count else significant(float(value))


def _is_yes(label: Any) -> bool:
    return bool(label) if not isinstance(label, str) else label == "yes"
