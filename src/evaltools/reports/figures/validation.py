"""Figures of the page on the method."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import Block, from_protected
from evaltools.reports.figures.base import ACCENT, GRID, INK, WARN, WIDTH_INCHES, despine, drawing, show
from evaltools.reports.figures.forest import Row, draw_forest
from evaltools.reports.rows import readable_rows
from evaltools.reports.validation_terms import METHODS, PICKS


@from_protected
def trial_estimates(table: ProtectedTable) -> Block:
    """Draw what each method finds of the trial, beside what the lot found. From `findings.validation.naive_and_adjusted`."""
    rows = readable_rows(table, "figures.trial_estimates()")
    (experiment,) = [row for row in rows if row.method == "experiment"]
    drawn, texts = [], []
    for n_covariates in dict.fromkeys(row.covariates for row in rows):
        heading = f"Gecorrigeerd voor {dutch.number(n_covariates)} kenmerken" if n_covariates else "Niet gecorrigeerd"
        own = [row for row in rows if row.covariates == n_covariates]
        named = [f"{dutch.capital(METHODS[row.method])}: {dutch.dollars(row.estimate)}" for row in own]
        spoken = [
            f"{name} ({dutch.number(row.lower)} tot {dutch.number(row.upper)})"
            for name, row in zip(named, own, strict=True)
        ]
        drawn.append(Row(label=heading))
        drawn += [
            Row(label=text, estimate=row.estimate, lower=row.lower, upper=row.upper)
            for text, row in zip(named, own, strict=True)
        ]
        texts.append(f"{heading}. {'. '.join(spoken)}")
    figure = draw_forest(drawn, axis="verschil in inkomen per jaar (dollar)", line=experiment.estimate)
    alternative = f"Schattingen van het effect op het inkomen, met hun interval. {'. '.join(texts)}."
    caption = f"De stippellijn is wat de loting liet zien. De streep door elke stip is het {_level(experiment)}."
    return show(figure, alternative, caption, table)


@from_protected
def selection(table: ProtectedTable) -> Block:
    """Draw what each method finds where the coach picks in several ways. From `findings.validation.estimates_and_truth`."""
    rows = readable_rows(table, "figures.selection()")
    drawn, texts = [], []
    for picks, name in PICKS.items():
        heading = f"De coach kiest op {name}"
        own = [row for row in rows if row.picks == picks]
        drawn.append(Row(label=heading))
        named = [f"{dutch.capital(METHODS[row.method])}: {dutch.points(row.estimate)}" for row in own]
        spoken = [
            f"{name} ({dutch.number(100 * row.lower, 1)} tot {dutch.number(100 * row.upper, 1)})"
            for name, row in zip(named, own, strict=True)
        ]
        drawn += [
            Row(
                label=text,
                estimate=100 * row.estimate,
                lower=100 * row.lower,
                upper=100 * row.upper,
                known=100 * row.truth,
            )
            for text, row in zip(named, own, strict=True)
        ]
        texts.append(f"{heading}. Het echte effect is {dutch.points(own[0].truth)}. {'. '.join(spoken)}.")
    figure = draw_forest(drawn, axis="verschil in uitstroom naar werk (procentpunt)")
    caption = (
        "De ruit is het echte effect, dat in een gesimuleerd register bekend is. De stip is de schatting, met haar "
        f"{_level(rows[0])}."
    )
    return show(figure, " ".join(texts), caption, table)


@from_protected
def competing(table: ProtectedTable) -> Block:
    """Draw the share that left for work, counted right and wrong. From `findings.validation.overstated`."""
    rows = readable_rows(table, "figures.competing()")
    last = rows[-1]
    alternative = (
        f"Lijnen van het aandeel dat de bijstand verliet voor werk. Na {dutch.months(last.months)} is dat "
        f"{dutch.percent(last.incidence)} ({dutch.interval(last.lower, last.upper)}). Wie andere redenen om te stoppen "
        f"negeert, komt op {dutch.percent(last.one_minus_survival)}."
    )
    caption = (
        f"De band is het {_level(last)}. De ruiten zijn de echte aandelen, die in een gesimuleerd register bekend zijn."
    )
    return show(_draw_competing(rows), alternative, caption, table)


def _draw_competing(rows: list[Any]) -> Figure:
    months = [row.months for row in rows]
    known = [row for row in rows if not pd.isna(row.truth)]
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, 3.6), layout="constrained")
        axes = figure.subplots()
        axes.fill_between(
            months,
            [100 * row.lower for row in rows],
            [100 * row.upper for row in rows],
            color=ACCENT,
            alpha=0.15,
            linewidth=0,
        )
        axes.plot(months, [100 * row.incidence for row in rows], color=ACCENT, linewidth=2)
        axes.plot(months, [100 * row.one_minus_survival for row in rows], color=INK, linewidth=1.6, linestyle="--")
        axes.plot(
            [row.months for row in known],
            [100 * row.truth for row in known],
            "D",
            color=WARN,
            markersize=5,
            zorder=3,
            clip_on=False,
        )
        last = rows[-1]
        axes.annotate("andere redenen genegeerd", (last.months, 100 * last.one_minus_survival), (-6, 4), textcoords="offset points", ha="right", fontsize=10)  # fmt: skip
        axes.annotate("goed geteld", (last.months, 100 * last.lower), (-6, -34), textcoords="offset points", ha="right", fontsize=10, color=ACCENT)  # fmt: skip
        axes.set(
            xlim=(0, last.months),
            ylim=(0, 115 * last.one_minus_survival),
            xlabel="maanden na de selectie",
            ylabel="vertrokken naar werk (%)",
        )
        axes.xaxis.set_major_locator(MultipleLocator(6))
        axes.yaxis.set_major_locator(MultipleLocator(5))
        axes.grid(color=GRID, linewidth=0.6)
        despine(axes)
        return figure


def _level(row: Any) -> str:
    return f"{dutch.confidence(row.level)}-betrouwbaarheidsinterval"
