"""Figures: a picture with direct labels, an alternative text and a caption."""

import base64
from html import escape
from io import BytesIO
from textwrap import fill
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from evaltools.disclosure import ProtectedTable
from evaltools.programmes import POPULATION
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, rows_of

INK = "#1f2933"
ACCENT = "#0b5c8a"
GRID = "#c3ccd5"
# Drawn for a phone: at 375 pixels the letters stay readable, on a screen the style sheet limits the width.
WIDTH_INCHES = 4.3
LABEL_CHARACTERS = 44
ROW_INCHES = 0.62
LINE = 0.3


def shares(table: ProtectedTable) -> Block:
    """Draw each group's share of the population with its interval.

    Parameters
    ----------
    table
        From `findings.claims.shares`; rows with another whole than the population
        are left out, so that the shares of one source have one denominator.
    """
    rows = [row for row in rows_of(table, "figures.shares()") if row.whole == POPULATION]
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
    return _figure(_draw_shares(rows, texts, axis), alternative, caption)


def _draw_shares(rows: list[Any], texts: list[str], axis: str) -> str:
    labels = [fill(text, LABEL_CHARACTERS) for text in texts]
    # Each row is as high as the lines of its label, and the dot below it.
    heights = [1 + LINE * label.count("\n") for label in labels]
    positions = [sum(heights[: row + 1]) for row in range(len(rows))]
    estimates = [100 * row.estimate for row in rows]
    with sns.axes_style("white", {"text.color": INK}), mpl.rc_context({"svg.hashsalt": "evaltools", "font.size": 11}):
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
        sns.despine(ax=axes, left=True)
        return _as_image(figure)


def _share(row: Any, wholes: list[str]) -> str:
    of = f" van de {dutch.number(row.n_whole)} {row.whole_label}" if len(wholes) > 1 else ""
    # A line may break before the share, not within it.
    return dutch.share(row).replace(" ", "\u00a0") + of


def _as_image(figure: Figure) -> str:
    buffer = BytesIO()
    FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode()


def _figure(picture: str, alternative: str, caption: str) -> Block:
    html = (
        f'<figure class="figure"><img src="{picture}" alt="{escape(alternative)}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )
    return Block(html=html, text=alternative)
