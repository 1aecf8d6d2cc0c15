"""Figures of the page on the quality of a register."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.figures.base import ACCENT, GRID, WIDTH_INCHES, despine, drawing, show, without_hidden
from evaltools.reports.register_terms import within
from evaltools.reports.rows import readable_rows

ROW_INCHES = 0.58


@from_protected
def registration_lag(table: ProtectedTable) -> Block:
    """Draw which share of the ends is registered within so many months.

    Parameters
    ----------
    table
        From `registers.quality.registration_lag`; nothing is drawn where too few ends
        are known to measure it.
    """
    every = readable_rows(table, "figures.registration_lag()")
    shown, left_out = without_hidden(every, "share_registered")
    rows = [row for row in shown if not pd.isna(row.share_registered)]
    if not rows:
        return NOTHING
    texts = [f"{dutch.capital(within(row.lag))}: ongeveer {dutch.percent(row.share_registered, 0)}" for row in rows]
    alternative = f"Staafgrafiek van hoe snel een einde is ingevoerd. {'. '.join(texts)}."
    caption = (
        "Hoe snel het einde van een uitkering in het register staat. Het is een schatting, van uitkeringen waarvan het "
        "einde binnen een jaar wordt ingevoerd."
    )
    return show(_draw(rows, texts), alternative, caption, table, left_out=left_out)


def _draw(rows: list[Any], texts: list[str]) -> Figure:
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, ROW_INCHES * len(rows) + 0.85), layout="constrained")
        axes = figure.subplots()
        axes.barh(range(len(rows)), [100 * row.share_registered for row in rows], height=0.34, color=ACCENT, zorder=2)
        on_paper = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        for position, text in enumerate(texts):
            axes.text(0, position - 0.27, text, va="bottom", bbox=on_paper)
        axes.set(
            xlim=(0, 100), ylim=(len(rows) - 0.6, -0.85), yticks=[], xlabel="procent van de uitkeringen die stopten"
        )
        axes.xaxis.set_major_locator(MultipleLocator(20))
        axes.grid(axis="x", color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        despine(axes)
        return figure
