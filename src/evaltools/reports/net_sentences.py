"""The sentence on the difference with others, in the words that the grade of the evidence carries."""

from typing import Any

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.evaluation_terms import CARRIES, METHODS, REACHED
from evaltools.reports.rows import is_shown, readable_rows


def shown_row(results: ProtectedTable, outcome: str) -> Any | None:
    """Find the row of the main outcome at the main horizon, or else of the first other one of which a difference is shown."""
    rows = {
        row.outcome: row for row in readable_rows(results, "wording.net()") if int(row.months) == int(row.main_months)
    }
    order = [outcome, *(name for name in ("off_benefit", "work", "any_work") if name != outcome)]
    return next((rows[name] for name in order if name in rows and is_shown(rows[name], "main_difference")), None)


def others(results: ProtectedTable, grade: str) -> str:
    """Name the group that the main estimate is beside; a subordinate clause ends with its comma."""
    if "n_comparison" not in results.rows:
        return "mensen die twee jaar eerder aan dezelfde voorwaarden voldeden,"
    named = {"A": "wie werd uitgeloot", "C": "anderen uit hetzelfde register die op hen lijken,"}
    return named.get(grade, "anderen uit hetzelfde register")


def net_sentence(results: ProtectedTable, row: Any | None, outcome: str, grade: str) -> str:
    """Say the difference, in the words that the grade carries."""
    if row is None:
        if {"n_comparison", "n_earlier"} & set(results.rows):
            return f"Het verschil met anderen tonen wij niet: het gaat om te weinig mensen die {REACHED[outcome]} zijn."
        return f"Er is geen groep om de deelnemers mee te vergelijken. {CARRIES['E']}"
    own, other = dutch.percent(row.main_share), dutch.percent(row.reference_share)
    found = (
        f"Na {dutch.months(int(row.months))} was {own} van de deelnemers {REACHED[row.outcome]}. Bij {others(results, grade)} was dat "
        f"{other}. Het verschil: {dutch.more_or_less(row.main_difference)} ({dutch.points_between(row.main_lower, row.main_upper)})."
    )
    meant = _meaning(row, grade)
    switched = (
        ""
        if row.outcome == outcome
        else f" (Bij ‘{REACHED[outcome]}’ tonen wij het verschil niet: het gaat om te weinig mensen.)"
    )
    return f"{found} {meant}{switched}"


def net_in_short(row: Any | None) -> str:
    """Say the difference again further on, and where it stands whole."""
    if row is None:
        return "Een verschil met anderen tonen wij niet. Bovenaan deze pagina staat waarom."
    return (
        f"Wat is gevonden, staat bovenaan deze pagina. In het kort, na {dutch.months(int(row.months))} {REACHED[row.outcome]}: "
        f"{dutch.more_or_less(row.main_difference)} ({dutch.points_between(row.main_lower, row.main_upper)})."
    )


def net_in_words(row: Any | None, grade: str) -> str:
    """Say what the difference means and no more: the numbers stand above; nothing where there is none."""
    return (
        ""
        if row is None
        else f"Het verschil na {dutch.months(int(row.months))}: {dutch.more_or_less(row.main_difference)}. {_meaning(row, grade)}"
    )


def _meaning(row: Any, grade: str) -> str:
    """Say what the difference means, in the words that the grade carries."""
    if _holds_zero(row):
        return "Dat kan toeval zijn: het echte verschil kan ook nul zijn."
    if grade == "A":
        return "Dat verschil komt door het programma."
    if grade == "C":
        return (
            "Dat hangt samen met het programma, na correctie voor wat bekend is. Of het erdoor komt, is niet te zeggen."
        )
    return "Dat is een vergelijking. Ze zegt niet waar het verschil vandaan komt."


def _holds_zero(row: Any) -> bool:
    return bool(row.main_lower <= 0 <= row.main_upper)


def differences(row: Any) -> list[float]:
    """List what every way of comparing finds, of those that are shown."""
    return [getattr(row, f"{method}_difference") for method in METHODS if is_shown(row, f"{method}_difference")]
