"""Estimates with their intervals below each other, beside what is known."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from evaltools.reports import dutch
from evaltools.reports.figures.base import ACCENT, GRID, INK, WARN, WIDTH_INCHES, despine, drawing, label_line

ROW_INCHES = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One estimate; a row without one is a heading.

    Attributes
    ----------
    label
        Stands above the interval, with the estimate in words.
    known
        What is known of it, drawn as a mark on the same line; None where nothing is.
    """

    label: str
    estimate: float | None = None
    lower: float = 0.0
    upper: float = 0.0
    known: float | None = None


def draw_forest(rows: Sequence[Row], *, axis: str, line: float | None = None) -> Figure:
    """Draw estimates as points and intervals as lines, each under its label; ``line`` is a value to look at them by."""
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, ROW_INCHES * len(rows) + 0.9), layout="constrained")
        axes = figure.subplots()
        axes.axvline(0, color=GRID, linewidth=1.2, zorder=1)
        if line is not None:
            axes.axvline(line, color=WARN, linewidth=1.4, linestyle="--", zorder=1)
        for position, row in enumerate(rows):
            is_heading = row.estimate is None
            label_line(axes, position + (0.1 if is_heading else -0.28), row.label, va="center", is_bold=is_heading)
            if row.estimate is None:
                continue
            axes.plot([row.lower, row.upper], [position + 0.14] * 2, color=ACCENT, linewidth=2, zorder=2)
            axes.plot(row.estimate, position + 0.14, "o", color=ACCENT, markersize=6, zorder=3)
            if row.known is not None:
                axes.plot(row.known, position + 0.14, "D", color=WARN, markersize=5, markeredgecolor=INK, zorder=4)
        axes.set(ylim=(len(rows) - 0.5, -0.7), yticks=[], xlabel=axis)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: dutch.number(value)))
        axes.grid(axis="x", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        despine(axes)
        return figure
