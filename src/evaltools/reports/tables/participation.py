"""Tables of steps on the ladder, of jobs and education, and of households, from `findings.participation`."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import TOTAL
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.participation_terms import (
    ACTIVITIES,
    AT_GOAL,
    CHANGES,
    JOBS,
    MEASURES,
    MOMENTS,
    RELIABILITIES,
    RUNGS,
    STEPS,
    VISITED,
    column_of,
    has_people,
    moments_in,
    n_measured,
    total_of,
)
from evaltools.reports.rows import is_hidden, readable_rows
from evaltools.reports.tables.base import Column, render

INTERVALS = {"n_up": "up", "n_up_more": "up_more", "n_equal": "equal", "n_down": "down"}
NO_SECOND = {
    "n_no_second": "geen tweede score",
    "n_other_variant": "tweede score op een andere ladder",
    "n_no_first": "geen eerste score",
    "n_too_short": "nog te kort te volgen",
    "n_not_measured": "geen twee scores",
}


@from_protected
def ladder_steps(table: ProtectedTable) -> Block:
    """Show how many went up, stayed and went down, with intervals. From `findings.participation.ladder`."""
    n = n_measured(table)
    if not n:
        return NOTHING
    row = total_of(table)

    def between(name: str) -> str:
        if name not in INTERVALS:
            return "–"
        low, high = (getattr(row, f"{INTERVALS[name]}_{end}") for end in ("low", "high"))
        return dutch.interval(low, high, n)

    return render(
        table,
        f"De score binnen {dutch.months(int(row.months))}, naast de eerste",
        [
            Column("Tweede score", lambda name: dutch.capital(STEPS[name])),
            Column("Mensen", lambda name: dutch.number(getattr(row, name)), is_number=True),
            Column("Aandeel", lambda name: dutch.percent(getattr(row, name) / n, n), is_number=True),
            Column("Interval", between, is_number=True),
        ],
        keep=lambda each: each.before == TOTAL,
        lines=list(STEPS),
        note=(
            f"Van {dutch.number(n)} mensen met twee scores op dezelfde ladder. Het interval ({dutch.confidence(row.level)}) laat zien hoeveel "
            "hoger of lager het aandeel door toeval had kunnen zijn."
        ),
    )


@from_protected
def ladder_matrix(moves: ProtectedTable) -> Block:
    """Show from which rung to which people went. From `findings.participation.ladder`."""
    if "n_equal" not in moves.rows or not any(
        has_people(row) for row in readable_rows(moves, "tables.ladder_matrix()")
    ):
        return NOTHING
    months = total_of(moves).months

    def to(after: str) -> Callable[[Any], str]:
        return lambda row: dutch.number(getattr(row, column_of(row.before, after)))

    return render(
        moves,
        f"Van trede naar trede, binnen {dutch.months(int(months))}",
        [
            Column("Eerste trede", lambda row: f"{row.before} {RUNGS[row.before]}"),
            *(Column(f"Naar {after}", to(after), is_number=True) for after in RUNGS),
            Column("Geen tweede", lambda row: dutch.number(row.n_missing), is_number=True),
        ],
        keep=lambda row: row.before in RUNGS and has_people(row),
        note="Elke rij is een trede bij de eerste score; de kolommen zijn de trede bij de tweede score.",
    )


@from_protected
def ladder_missing(table: ProtectedTable) -> Block:
    """Show who has no two scores, and why. From `findings.participation.ladder`."""
    row = total_of(table)
    reasons = {name: text for name, text in NO_SECOND.items() if name in table.rows}
    if not n_measured(table) or not reasons:
        return NOTHING
    lines = {"n_measured": "twee scores", **reasons, "n_everybody": "alle deelnemers"}
    return render(
        table,
        "Wie er twee scores heeft, en wie niet",
        [
            Column("Scores", lambda name: dutch.capital(lines[name])),
            Column("Mensen", lambda name: dutch.number(getattr(row, name)), is_number=True),
        ],
        keep=lambda each: each.before == TOTAL,
        lines=list(lines),
    )


@from_protected
def steps_without_change(table: ProtectedTable) -> Block:
    """Show the steps that chance alone would give. From `findings.participation.without_change`."""
    moments = moments_in(table)
    row = total_of(table)
    if not moments:
        return NOTHING

    def cell(way: str, at: str) -> Callable[[Any], str]:
        return lambda name: dutch.percent(getattr(row, f"{way}_of_{name}_at_{at}"), 1)

    return render(
        table,
        "Hoeveel mensen zouden hoger en lager scoren als er niets verandert?",
        [
            Column("Mensen begonnen op", lambda name: dutch.capital(MOMENTS[name])),
            *(
                Column(f"Hoger bij {dutch.number(reliability, 1)}", cell("up", at), is_number=True)
                for at, reliability in RELIABILITIES.items()
            ),
            Column(f"Lager bij {dutch.number(RELIABILITIES['eight'], 1)}", cell("down", "eight"), is_number=True),
        ],
        lines=moments,
        note=(
            "De getallen 0,6 tot en met 0,9 zijn de betrouwbaarheid van een score. Dit zijn berekende aandelen met een model. Het zijn geen aantallen uit het register."
        ),
    )  # fmt: skip


@from_protected
def jobs(table: ProtectedTable) -> Block:
    """Show who has a job, by hours. From `findings.beside_the_ladder.jobs`."""
    rows = {row.job: row for row in readable_rows(table, "tables.jobs()")}
    if not any(
        not is_hidden(row, "n") and row.n for name, row in rows.items() if name not in {TOTAL, "no_job", "not_told"}
    ):
        return NOTHING
    n = _of(table)
    months = rows[TOTAL].months
    return render(
        table,
        f"Werk na {dutch.months(int(months))}",
        [
            Column("Werk", lambda row: dutch.capital(JOBS[row.job])),
            Column("Mensen", lambda row: dutch.number(row.n), is_number=True),
            Column("Aandeel", lambda row: dutch.percent(row.share, n), is_number=True),
        ],
        keep=lambda row: row.job in JOBS,
        order=lambda row: list(JOBS).index(row.job),
        note=(
            "Wie uit de bijstand ging naar werk, telt mee als baan van 16 uur of meer: het register kent die uren niet. "
            "De groepen staan los van elkaar, behalve waar ‘samen’ of ‘waarvan’ staat."
        ),
    )


@from_protected
def activities(table: ProtectedTable) -> Block:
    """Show who began education, or a trajectory of participation. From `findings.beside_the_ladder.activities`."""
    rows = readable_rows(table, "tables.activities()")
    if len(rows) == 1:
        return NOTHING
    n = _of(table)
    return render(
        table,
        f"Begonnen binnen {dutch.months(int(rows[0].months))}",
        [
            Column("Begonnen met", lambda row: dutch.capital(ACTIVITIES[row.activity])),
            Column("Mensen", lambda row: dutch.number(row.n), is_number=True),
            Column("Aandeel", lambda row: dutch.percent(row.share, n), is_number=True),
        ],
        note="Iemand kan met beide zijn begonnen.",
    )


def _of(table: ProtectedTable) -> int | None:
    """Give the number of people that shares are of; None where it is not shown."""
    n = table.rows["n"].max()
    return None if pd.isna(n) else int(n)


@from_protected
def household_visits(table: ProtectedTable) -> Block:
    """Show how many households were visited once or again. From `findings.beside_the_ladder.visits`."""
    if not _of(table):
        return NOTHING
    rows = {row.visited: row for row in readable_rows(table, "tables.household_visits()")}
    are_all_known = not is_hidden(rows["unknown"], "n") and not rows["unknown"].n
    shown = [name for name in VISITED if not are_all_known or name not in {"known", "unknown"}]
    return render(
        table,
        "De bezochte huishoudens",
        [
            Column("Bezocht", lambda row: dutch.capital(VISITED[row.visited])),
            Column("Huishoudens", lambda row: dutch.number(row.n), is_number=True),
            Column("Aandeel", lambda row: dutch.percent(row.share), is_number=True),
        ],
        keep=lambda row: row.visited in shown,
        order=lambda row: shown.index(row.visited),
    )


@from_protected
def household_steps(needs: ProtectedTable, professionals: ProtectedTable) -> Block:
    """Show what changed between the first and the last visit. From `findings.beside_the_ladder.household_steps`."""
    blocks = [_changes(table) for table in (needs, professionals) if _of(table)]
    if not blocks:
        return NOTHING
    return Block(html="".join(block.html for block in blocks), text=". ".join(block.text for block in blocks))


def _changes(table: ProtectedTable) -> Block:
    rows = readable_rows(table, "tables.household_steps()")
    measure = rows[0].measure
    (whole,) = [row for row in rows if row.change == TOTAL and row.at_goal == TOTAL]
    goal = {
        "first": "bij het eerste bezoek",
        "last": "bij het laatste bezoek",
        "reached": "alleen bij het laatste bezoek",
    }
    lines = [
        *((row, f"{dutch.capital(CHANGES[row.change])} {MEASURES[measure]}") for row in rows if row.change != TOTAL and row.at_goal == TOTAL),
        *((row, f"{dutch.capital(AT_GOAL[measure])}, {goal[row.at_goal]}") for row in rows if row.change == TOTAL and row.at_goal in goal),
    ]  # fmt: skip
    return render(
        table,
        f"{dutch.capital(MEASURES[measure])} bij het eerste en het laatste bezoek",
        [
            Column("Laatste bezoek", lambda line: line[1]),
            Column("Huishoudens", lambda line: dutch.number(line[0].n), is_number=True),
            Column("Aandeel", lambda line: dutch.percent(line[0].n / whole.n, int(whole.n)), is_number=True),
            Column("Interval", lambda line: dutch.interval(line[0].low, line[0].high, int(whole.n)), is_number=True),
        ],
        lines=lines,
        note="Van de huishoudens die vaker dan één keer zijn bezocht en van wie alle getallen bekend zijn.",
    )
