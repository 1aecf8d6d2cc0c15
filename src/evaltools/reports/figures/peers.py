"""Figures of the pages that set municipalities beside each other, from `findings.peers`."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import Block, from_protected
from evaltools.reports.figures.base import ACCENT, GRID, INK, WARN, WIDTH_INCHES, despine, drawing, label_line, show
from evaltools.reports.peers_terms import FEW, OUTSIDE, between, last_year, share, share_to_work
from evaltools.reports.rows import readable_rows

PLACE_INCHES = 0.72
LARGE = 3000
"""From so many people on, a name stands to the left, where there is room."""
SIZES = (10, 100, 1000, 10_000, 100_000)
STYLES = {"chance": ("-", INK), "spread": ("--", WARN)}


@from_protected
def peers_work(shares: ProtectedTable) -> Block:
    """Draw the share that left to work in the last year, of each place, with chance and rounding. From `findings.peers.work_shares`."""
    rows = [row for row in last_year(readable_rows(shares, "figures.peers_work()")) if dutch.is_given(row.share)]
    texts = [_text(row) for row in rows]
    alternative = (
        f"Het aandeel dat in {rows[0].year:.0f} vanuit de bijstand aan het werk ging, en wat toeval en afronding openlaten. "
        f"{'. '.join(texts)}."
    )
    caption = (
        "De stip is het aandeel, de dikke lijn wat toeval openlaat. De dunne lijn telt erbij op wat het afronden op tientallen openlaat. Bij veel mensen "
        "zijn de lijnen te kort om te zien."
    )
    return show(_draw_work(rows, texts), alternative, caption, shares)


@from_protected
def peers_funnel(points: ProtectedTable, curves: ProtectedTable) -> Block:
    """Draw the share of every municipality by its size, with the limits of the funnel; the own one is marked where there is one.

    Parameters
    ----------
    points, curves
        From `findings.peers`: `funnel_points` and `funnel_curves`.
    """
    rows, lines = readable_rows(points, "figures.peers_funnel()"), readable_rows(curves, "figures.peers_funnel()")
    own = [row for row in rows if row.is_own]
    n_out = sum(row.outside != "" for row in rows)
    alternative = (
        f"Trechterfiguur van {dutch.number(len(rows))} gemeenten in {rows[0].year:.0f}: het aandeel dat aan het werk ging, bij het aantal mensen met bijstand. "
        f"{dutch.number(n_out)} liggen buiten de buitenste grenzen van alleen toeval."
    )
    caption = (
        "Elke stip is een gemeente. De stippellijn is het aandeel van alle gemeenten samen. Tussen de dunne lijnen ligt "
        f"{dutch.confidence(0.95)} als alleen toeval verschil maakt, tussen de dikke {dutch.confidence(0.998)}. De streeplijnen zeggen hetzelfde als gemeenten ook "
        "in het echt verschillen. Strepen van stippen komen van de afronding."
    )
    highest = _highest(rows, lines)
    n_above = sum(row.share > highest for row in rows)
    if n_above:
        caption += (
            f" {'Een driehoekje is een gemeente' if n_above == 1 else 'Driehoekjes zijn gemeenten'} boven de figuur."
        )
    if own:
        (row,) = own
        own_share = share(row.share) if row.n_outflow_work else "minder dan 5"
        unsure = "" if row.is_sure else " Door de afronding is dat niet zeker."
        marked = f"De ruit is {row.name}: {own_share} van {dutch.number(row.n_in_year)} mensen, {OUTSIDE[row.outside]}.{unsure}"
        alternative, caption = f"{alternative} {marked}", f"{marked} {caption}"
    return show(_draw_funnel(rows, lines, own, highest), alternative, caption, points)


def _text(row: Any) -> str:
    return f"{dutch.capital(row.name)} {share_to_work(row)} ({between(row.lower_of_all, row.upper_of_all)})"


def _draw_work(rows: Sequence[Any], texts: Sequence[str]) -> Figure:
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, PLACE_INCHES * len(rows) + 0.8), layout="constrained")
        axes = figure.subplots()
        for position, (row, text) in enumerate(zip(rows, texts, strict=True)):
            is_own = row.kind == "municipality"
            colour = ACCENT if is_own else INK
            height = position + 0.24
            axes.plot([100 * row.lower_of_all, 100 * row.upper_of_all], [height] * 2, color=colour, linewidth=1)
            axes.plot([100 * row.lower, 100 * row.upper], [height] * 2, color=colour, linewidth=4, alpha=0.55)
            axes.plot(100 * row.share, height, "D" if is_own else "o", color=colour, markersize=7, zorder=3)
            label_line(axes, position - 0.02, text, va="bottom", is_bold=is_own)
        axes.set(ylim=(len(rows) - 0.4, -0.6), yticks=[], xlabel="aan het werk (%)")
        axes.set_xlim(left=0)
        axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: dutch.number(value)))
        axes.grid(axis="x", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        despine(axes)
        return figure


def _ends(lines: Sequence[Any], limits: str) -> list[Any]:
    """Take the ends of the lines on the right, one for each level."""
    largest = max(row.n for row in lines)
    return [row for row in lines if row.limits == limits and row.n == largest]


def _highest(rows: Sequence[Any], lines: Sequence[Any]) -> float:
    """Choose the top of the figure: shares of a few people would press all others together."""
    limits = [line.upper for line in lines if line.n >= FEW]
    shares = [row.share for row in rows if row.n_in_year >= FEW or row.is_own]
    return float(min(1.0, 1.1 * max([*limits, *shares], default=1.0)))


def _draw_funnel(rows: Sequence[Any], lines: Sequence[Any], own: Sequence[Any], highest: float) -> Figure:
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, 4.4), layout="constrained")
        axes = figure.subplots()
        for limits, (style, colour) in STYLES.items():
            for level in sorted({row.level for row in lines}):
                drawn = [row for row in lines if row.limits == limits and row.level == level]
                width = 0.9 if level == min(row.level for row in lines) else 1.5
                for side in ("lower", "upper"):
                    axes.plot([row.n for row in drawn], [100 * getattr(row, side) for row in drawn], linestyle=style, color=colour, linewidth=width)  # fmt: skip
        for row in _ends(lines, "spread"):
            axes.annotate(dutch.confidence(row.level), (row.n, 100 * row.upper), (0, 2), textcoords="offset points", ha="right", va="bottom", fontsize=8, color=WARN)  # fmt: skip
        others = [row for row in rows if not row.is_own]
        axes.plot([row.n_in_year for row in others], [100 * row.share for row in others], "o", color=ACCENT, alpha=0.4, markersize=3.5, markeredgewidth=0)  # fmt: skip
        axes.axhline(100 * lines[0].mean, color=INK, linewidth=0.8, linestyle=":")
        for row in own:
            axes.plot(row.n_in_year, 100 * row.share, "D", color=WARN, markeredgecolor="white", markersize=9, zorder=5)
            axes.annotate(row.name, (row.n_in_year, 100 * row.share), (9, 9) if row.n_in_year < LARGE else (-9, -16), textcoords="offset points", ha="left" if row.n_in_year < LARGE else "right", fontsize=11, fontweight="bold", color=WARN, zorder=5, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85})  # fmt: skip
        above = [row.n_in_year for row in others if row.share > highest]
        axes.plot(above, [98.5 * highest] * len(above), "^", color=ACCENT, alpha=0.7, markersize=5, markeredgewidth=0)
        axes.set(
            xscale="log",
            xlim=(min(row.n_in_year for row in rows) * 0.8, max(row.n_in_year for row in rows) * 1.25),
            ylim=(0, 100 * highest),
            xlabel="mensen met bijstand in het jaar",
            ylabel="aan het werk (%)",
        )
        axes.xaxis.set_major_locator(FixedLocator(SIZES))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: dutch.number(value)))
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: dutch.number(value)))
        axes.grid(color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        despine(axes)
        return figure
