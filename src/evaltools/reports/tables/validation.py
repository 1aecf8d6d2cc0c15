"""Tables of the page on the method, from `findings.validation`."""

from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import Block, from_protected
from evaltools.reports.rows import readable_rows
from evaltools.reports.tables.base import Column, render
from evaltools.reports.validation_terms import METHODS, PICKS

GROUPS = {"programme": "deelnemers", "comparison": "mensen uit de enquête"}


@from_protected
def trial_estimates(table: ProtectedTable) -> Block:
    """Show what each method finds of the trial. From `findings.validation.naive_and_adjusted`."""
    return render(
        table,
        "Het effect op het inkomen per jaar, volgens elke methode",
        [
            Column("Methode", _method),
            Column("Effect", lambda row: dutch.dollars(row.estimate), is_number=True),
            Column(
                "Interval", lambda row: f"van {dutch.number(row.lower)} tot {dutch.number(row.upper)}", is_number=True
            ),
            Column("Telt als", lambda row: f"{dutch.number(row.n_effective)} mensen", is_number=True),
            Column("Grootste verschil", lambda row: dutch.number(row.largest_difference, 2), is_number=True),
        ],
        note=(
            f"{_intervals(table)} ‘Telt als’ is de effectieve grootte van de vergelijkingsgroep: zoveel mensen zonder gewicht zouden evenveel "
            "zeggen. ‘Grootste verschil’ is wat er van het verschil tussen de groepen over is in het kenmerk waarin zij het meest "
            "verschillen, in standaarddeviaties. Bij de loting is dat verschil toeval. ‘Dubbel robuust’ corrigeert twee keer: voor wie meedoet en voor de uitkomst."
        ),
    )


@from_protected
def trial_overlap(table: ProtectedTable) -> Block:
    """Show how far both groups overlap. From `findings.validation.overlap_of_groups`."""
    return render(
        table,
        "De kans om mee te doen, in beide groepen (11 kenmerken)",
        [
            Column("Groep", lambda row: dutch.capital(GROUPS[row.group])),
            Column("Mensen", lambda row: dutch.number(row.n), is_number=True),
            Column(
                "Kans om mee te doen (mediaan)",
                lambda row: f"{dutch.number(100 * row.median, 2)}%",
                is_number=True,
            ),
            Column(
                "Kans die in de andere groep niet voorkomt",
                lambda row: dutch.percent(row.share_outside),
                is_number=True,
            ),
            Column("Telt als", lambda row: f"{dutch.number(row.effective_n)} mensen", is_number=True),
        ],
    )


@from_protected
def selection(table: ProtectedTable) -> Block:
    """Show what each method finds where the coach picks in several ways. From `findings.validation.estimates_and_truth`."""
    found = {(row.picks, row.method): row for row in readable_rows(table, "tables.selection()")}
    truths = {picks: row.truth for (picks, _), row in found.items()}

    def column(picks: str) -> Column:
        heading = f"Op {PICKS[picks]} (echt effect: {dutch.number(100 * truths[picks], 1)})"
        return Column(heading, lambda row: _with_interval(found[picks, row.method]), is_number=True)

    return render(
        table,
        "Het verschil in uitstroom naar werk na een jaar, in procentpunten",
        [Column("Methode", lambda row: dutch.capital(METHODS[row.method])), *map(column, PICKS)],
        note=f"{_intervals(table)} Dat staat tussen haakjes. Boven elke kolom staat waarop de coach kiest.",
        keep=lambda row: row.picks == next(iter(PICKS)),
    )


@from_protected
def competing(table: ProtectedTable) -> Block:
    """Show the share that left for work, counted right and wrong. From `findings.validation.overstated`."""
    return render(
        table,
        "Vertrokken uit de bijstand naar werk",
        [
            Column("Na", lambda row: dutch.months(row.months)),
            Column("Goed geteld", lambda row: dutch.percent(row.incidence), is_number=True),
            Column("Interval", lambda row: dutch.interval(row.lower, row.upper), is_number=True),
            Column("Andere redenen genegeerd", lambda row: dutch.percent(row.one_minus_survival), is_number=True),
            Column("Echt", lambda row: "–" if pd.isna(row.truth) else dutch.percent(row.truth), is_number=True),
        ],
        note=f"{_intervals(table)} ‘Echt’ is wat in het gesimuleerde register waar is; dat is om het half jaar bekend.",
        keep=lambda row: row.months > 0,
    )


def _intervals(table: ProtectedTable) -> str:
    level = readable_rows(table, "tables.validation")[0].level
    return f"Het interval is een {dutch.confidence(level)}-betrouwbaarheidsinterval."


def _with_interval(row: Any) -> str:
    return f"{dutch.number(100 * row.estimate, 1)} ({dutch.number(100 * row.lower, 1)} tot {dutch.number(100 * row.upper, 1)})"


def _method(row: Any) -> str:
    named = dutch.capital(METHODS[row.method])
    return f"{named}, {dutch.number(row.covariates)} kenmerken" if row.covariates else named
