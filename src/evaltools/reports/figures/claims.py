"""Figures of the page on published figures."""

from textwrap import fill
from typing import Any

import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from evaltools.disclosure import ProtectedTable
from evaltools.programmes import POPULATION
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.figures.base import ACCENT, GRID, LABEL_CHARACTERS, WIDTH_INCHES, despine, drawing, show
from evaltools.reports.rows import readable_rows

ROW_INCHES = 0.62
LINE = 0.3


@from_protected
def shares(table: ProtectedTable) -> Block:
    """Draw each group's share of the population with its interval.

    Parameters
    ----------
    table
        From `findings.claims.shares`; rows with another whole than the population
        are left out, so that the shares of one source have one denominator.
    """
    rows = [row for row in readable_rows(table, "figures.shares()") if row.whole == POPULATION]
    if not rows:
        return NOTHING
    wholes = list(dict.fromkeys(f"{dutch.number(row.n_whole)} {row.whole_label}" for row in rows))
    texts = [dutch.capital(f"{row.label}: {_share(row, wholes)}") for row in rows]
    axis = f"procent van de {wholes[0]}" if len(wholes) == 1 else "procent van de genoemde groep"
    alternative = f"Puntgrafiek in {axis}. " + " ".join(
        f"{text}, interval {dutch.interval(row.lower, row.upper, row.n_whole)}."
        for text, row in zip(texts, rows, strict=True)
    )
    caption = (
        f"De stip is het aandeel. De lijn is het {dutch.confidence(rows[0].level)}-betrouwbaarheidsinterval. "
        "Die laat zien hoeveel hoger of lager het aandeel door toeval had kunnen zijn."
    )
    return show(_draw_shares(rows, texts, axis), alternative, caption, table)


def _draw_shares(rows: list[Any], texts: list[str], axis: str) -> Figure:
    labels = [fill(text, LABEL_CHARACTERS) for text in texts]
    # Each row is as high as the lines of its label, and the dot below it.
    heights = [1 + LINE * label.count("\n") for label in labels]
    positions = [sum(heights[: row + 1]) for row in range(len(rows))]
    estimates = [100 * row.estimate for row in rows]
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, ROW_INCHES * sum(heights) + 0.75), layout="constrained")
        axes = figure.subplots()
        lower, upper = [100 * row.lower for row in rows], [100 * row.upper for row in rows]
        axes.hlines(positions, lower, upper, color=ACCENT, linewidth=3, alpha=0.45)
        sns.scatterplot(x=estimates, y=positions, color=ACCENT, s=70, ax=axes, zorder=3)
        on_paper = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        for position, label in zip(positions, labels, strict=True):
            axes.text(0, position - 0.27, label, va="bottom", bbox=on_paper)
        axes.set(xlim=(0, 100), ylim=(sum(heights) + 0.45, 0.1), yticks=[], ylabel="")
        axes.set_xlabel(fill(axis, LABEL_CHARACTERS))
        axes.xaxis.set_major_locator(MultipleLocator(20))
        axes.grid(axis="x", color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        despine(axes)
        return figure


def _share(row: Any, wholes: list[str]) -> str:
    of = f" van de {dutch.number(row.n_whole)} {row.whole_label}" if len(wholes) > 1 else ""
    # A line may break before the share, not within it.
    return dutch.share(row).replace(" ", "\u00a0") + of
