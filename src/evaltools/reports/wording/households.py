"""Sentences of households that were visited, from `findings.beside_the_ladder`: counts of before and after, that claim nothing."""

from collections.abc import Iterator

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import TOTAL
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.participation_terms import AT_GOAL, GRADE, MEASURES
from evaltools.reports.rows import is_hidden
from evaltools.reports.wording.base import carried, rows_in


def household_sentences(*tables: ProtectedTable) -> Iterator[str]:
    """Say for each measure how many households have fewer, and more."""
    for table in tables:
        rows = {row.change: row for row in rows_in(table) if row.at_goal == TOTAL}
        whole, fewer, more = rows[TOTAL], rows["fewer"], rows["more"]
        if is_hidden(whole, "n") or not whole.n or is_hidden(fewer, "n"):
            continue
        n, what = int(whole.n), MEASURES[whole.measure]
        also = (
            ""
            if is_hidden(more, "n")
            else f" Bij {dutch.number(more.n)} waren het er meer ({dutch.percent(more.n / n, n)})."
        )
        yield (
            f"Van {dutch.number(n)} huishoudens die vaker zijn bezocht, hadden er {dutch.number(fewer.n)} minder {what} bij het laatste bezoek "
            f"({dutch.percent(fewer.n / n, n)}).{also}"
        )


@from_protected
def household_steps(visits: ProtectedTable, needs: ProtectedTable, professionals: ProtectedTable) -> Block:
    """Say what changed for households. From `findings.beside_the_ladder`."""
    rows = {row.visited: row for row in rows_in(visits)}
    whole, once = rows[TOTAL], rows["once"]
    if is_hidden(whole, "n") or not whole.n:
        return NOTHING
    start = f"Er zijn {dutch.number(whole.n)} huishoudens bezocht. De eenheid is het huishouden: in één huishouden wonen vaak meer mensen."
    if not is_hidden(once, "n") and once.n:
        start += (
            f" Bij {dutch.number(once.n)} bleef het bij één bezoek. Van hen is niet te zeggen of er iets veranderde."
        )
    return carried(
        [
            start,
            *household_sentences(needs, professionals),
            *(text for table in (needs, professionals) for text in _at_goal(table)),
        ],
        GRADE,
        "household_steps()",
    )


def _at_goal(table: ProtectedTable) -> Iterator[str]:
    rows = {row.at_goal: row for row in rows_in(table) if row.change == TOTAL}
    whole, first, last = rows[TOTAL], rows["first"], rows["last"]
    if is_hidden(whole, "n") or not whole.n or is_hidden(first, "n"):
        return
    n = int(whole.n)
    goal = AT_GOAL[whole.measure]
    if not is_hidden(last, "n"):
        yield (
            f"Bij het eerste bezoek hadden {dutch.number(first.n)} van de {dutch.number(n)} huishoudens {goal}, bij het laatste {dutch.number(last.n)} "
            f"({dutch.percent(last.n / n, n)})."
        )
    elif not is_hidden(rows["reached"], "n"):
        yield (
            f"Bij het eerste bezoek hadden {dutch.number(first.n)} van de {dutch.number(n)} huishoudens {goal}. Bij {dutch.number(rows['reached'].n)} "
            "was dat pas bij het laatste bezoek zo."
        )
