"""Figures of the page on what municipalities found together, from `findings.synthesis`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from scipy.special import ndtri

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.figures.base import ACCENT, GRID, INK, WARN, WIDTH_INCHES, despine, drawing, label_line, show
from evaltools.reports.results_terms import OUTCOMES, bare_points, between
from evaltools.reports.rows import readable_rows
from evaltools.reports.synthesis_terms import is_used, level_of, number_of, numbered, site_name

SITE_INCHES = 0.82
OWN, SHRUNKEN, MEAN = "●", "□", "◆"
"""The marks of the figure, as they stand in its labels."""
_LEAST_APART = 0.055
"""Names in the funnel are so far apart, as a part of its height."""


@from_protected
def site_estimates(sites: ProtectedTable, pooled: ProtectedTable, literature: ProtectedTable) -> Block:
    """Draw what each site found and what remains of it beside the others, with their mean. From `findings.synthesis`."""
    rows = [row for row in readable_rows(sites, "figures.site_estimates()") if is_used(row)]
    whole, *_ = readable_rows(pooled, "figures.site_estimates()")
    published = [row.difference for row in readable_rows(literature, "figures.site_estimates()")]
    if not rows:
        return NOTHING
    texts = [_site_text(row) for row in rows]
    if not pd.isna(whole.mean):
        texts.append(f"Gemiddelde: {bare_points(whole.mean)} ({between(whole.lower, whole.upper)})")
    if not pd.isna(whole.tau):
        texts.append(f"Nog een erbij: {between(whole.prediction_lower, whole.prediction_upper)}")
    alternative = (
        f"Het verschil in {OUTCOMES[whole.outcome]} na {dutch.months(int(whole.months))}, in procentpunten, op volgorde van naam. "
        f"{'. '.join(texts)}."
    )
    caption = f"{OWN} met een streep: de eigen uitkomst met haar {level_of(rows[0])}."
    if not pd.isna(whole.tau):
        caption += f" {SHRUNKEN} met stippellijn: bijgesteld met wat de andere vonden. De onderste balk: wat bij nog een erbij te verwachten is."
    if published:
        caption += f" De grijze band: gemiddelden uit de literatuur ({bare_points(min(published))} tot {dutch.points(max(published))})."
    return show(_draw_sites(rows, whole, published), alternative, caption, sites)


@from_protected
def funnel(sites: ProtectedTable, pooled: ProtectedTable) -> Block:
    """Draw estimates against their standard errors, with the funnel in which equal sites lie. From `findings.synthesis`."""
    rows = [row for row in readable_rows(sites, "figures.funnel()") if is_used(row)]
    whole, *_ = readable_rows(pooled, "figures.funnel()")
    if pd.isna(whole.tau):
        return NOTHING
    said = [
        f"{numbered(row, rows)}: verschil {bare_points(row.estimate)}, standaardfout {bare_points(row.standard_error)}, "
        f"{'binnen' if row.is_inside else 'buiten'} de trechter"
        for row in rows
    ]
    alternative = f"Trechter rond het gemiddelde verschil van {dutch.points(whole.mean)}. Op volgorde van naam: {'. '.join(said)}."
    caption = (
        f"Zijn alle echte verschillen gelijk, dan ligt {dutch.confidence(whole.level)} van de uitkomsten tussen de stippellijnen. Bovenaan staan "
        "de zekerste uitkomsten."
    )
    if rows[0].is_of_all:
        caption += " De nummers staan in de tabel hieronder."
    return show(_draw_funnel(rows, whole), alternative, caption, sites)


def _site_text(row: Any) -> str:
    own = f"{site_name(row)}: eigen uitkomst {bare_points(row.estimate)} ({between(row.lower, row.upper)})"
    if pd.isna(row.shrunken):
        return own
    return f"{own}, bijgesteld {bare_points(row.shrunken)} ({between(row.shrunken_lower, row.shrunken_upper)})"


def _draw_sites(rows: Sequence[Any], whole: Any, published: Sequence[float]) -> Figure:
    is_pooled, has_spread = not pd.isna(whole.mean), not pd.isna(whole.tau)
    n_lines = len(rows) + is_pooled + has_spread
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, SITE_INCHES * n_lines + 0.9), layout="constrained")
        axes = figure.subplots()
        if published:
            axes.axvspan(100 * min(published), 100 * max(published), color=GRID, alpha=0.45, linewidth=0, zorder=0)
        axes.axvline(0, color=INK, linewidth=1, zorder=1)
        for position, row in enumerate(rows):
            label = f"{site_name(row)}\n{OWN} {bare_points(row.estimate)}"
            own = position + (0.14 if has_spread else 0.24)
            _interval(axes, own, row.lower, row.upper, color=ACCENT)
            axes.plot(100 * row.estimate, own, "o", color=ACCENT, markersize=6, zorder=3)
            if has_spread:
                label += f"   {SHRUNKEN} {bare_points(row.shrunken)}"
                below = position + 0.34
                _interval(axes, below, row.shrunken_lower, row.shrunken_upper, color=INK, linestyle=":")
                axes.plot(
                    100 * row.shrunken,
                    below,
                    "s",
                    markerfacecolor="white",
                    markeredgecolor=INK,
                    markersize=5.5,
                    zorder=3,
                )
            label_line(axes, position - 0.02, label, va="bottom")
        if is_pooled:
            position = len(rows)
            _interval(axes, position + 0.24, whole.lower, whole.upper, color=WARN)
            axes.plot(100 * whole.mean, position + 0.24, "D", color=WARN, markersize=7, zorder=3)
            text = f"Gemiddelde\n{MEAN} {bare_points(whole.mean)} ({between(whole.lower, whole.upper)})"
            label_line(axes, position - 0.02, text, va="bottom", is_bold=True)
        if has_spread:
            position = len(rows) + 1
            ends = (whole.prediction_lower, whole.prediction_upper)
            axes.barh(position + 0.24, 100 * (ends[1] - ends[0]), left=100 * ends[0], height=0.16, facecolor="white",
                      edgecolor=WARN, hatch="////", linewidth=1, zorder=2)  # fmt: skip
            label_line(axes, position - 0.02, f"Nog een erbij: {between(*ends)}", va="bottom", is_bold=True)
        axes.set(ylim=(n_lines - 0.4, -0.6), yticks=[], xlabel="verschil (procentpunt)")
        axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: dutch.number(value)))
        despine(axes)
        return figure


def _interval(axes: Axes, position: float, lower: float, upper: float, **style: Any) -> None:
    axes.plot([100 * lower, 100 * upper], [position] * 2, linewidth=2, zorder=2, **style)


def _draw_funnel(rows: Sequence[Any], whole: Any) -> Figure:
    mean, most = 100 * whole.mean, 100 * max(row.standard_error for row in rows) * 1.12
    half = float(ndtri((1 + whole.level) / 2)) * most
    points = [(100 * row.estimate, 100 * row.standard_error) for row in rows]
    reach = max(half, *(abs(x - mean) for x, _ in points)) * 1.1
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, 4.2), layout="constrained")
        axes = figure.subplots()
        axes.axvline(mean, color=WARN, linewidth=1.4, zorder=1)
        for side in (-1, 1):
            axes.plot([mean, mean + side * half], [0, most], color=WARN, linewidth=1.2, linestyle="--", zorder=1)
        # Names of programmes have no room here: their numbers stand in the marks.
        size = 14 if rows[0].is_of_all else 7
        axes.plot(
            *zip(*points, strict=True),
            "o",
            color=ACCENT,
            markersize=size,
            markeredgecolor="white",
            zorder=3,
            clip_on=False,
        )
        if rows[0].is_of_all:
            for row, point in zip(rows, points, strict=True):
                axes.annotate(str(number_of(row, rows)), point, ha="center", va="center_baseline", fontsize=9, fontweight="bold",
                              color="white", zorder=4)  # fmt: skip
        else:
            _name_points(axes, rows, points, (mean, reach, most))
        axes.annotate(f"gemiddelde {bare_points(whole.mean)}", (mean, 0), (0, 4), textcoords="offset points", ha="center", color=WARN, fontsize=10)  # fmt: skip
        axes.set(
            xlim=(mean - reach, mean + reach),
            ylim=(most, 0),
            xlabel="verschil (procentpunt)",
            ylabel="standaardfout (procentpunt)",
        )
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace(".", ",")))
        axes.grid(axis="y", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        despine(axes)
        return figure


def _name_points(
    axes: Axes, rows: Sequence[Any], points: Sequence[tuple[float, float]], window: tuple[float, float, float]
) -> None:
    """Write the name of each site beside its point, towards the middle."""
    mean, reach, most = window
    for row, (x, y), at in zip(rows, points, _apart([y for _, y in points], most * _LEAST_APART), strict=True):
        side = -1 if x > mean else 1
        label = axes.annotate(
            site_name(row),
            (x, y),
            (x + side * 0.06 * reach, at),
            textcoords="data",
            ha="right" if side < 0 else "left",
            va="center",
            fontsize=10,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.85},
            zorder=2,
        )
        label.set_in_layout(False)


def _apart(places: Sequence[float], least: float) -> list[float]:
    """Move places apart that are closer than ``least``, in their order."""
    order = np.argsort(places, kind="stable")
    moved, last = list(places), -np.inf
    for place in order:
        last = max(places[place], last + least)
        moved[place] = last
    return moved
