"""Figures of steps on the ladder and of households, from `findings.participation` and `findings.beside_the_ladder`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import TOTAL
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.figures.base import ACCENT, GRID, INK, WARN, WIDTH_INCHES, despine, drawing, show, without_hidden
from evaltools.reports.participation_terms import (
    CHANGES,
    MEASURES,
    MOMENTS,
    RELIABILITIES,
    RUNGS,
    column_of,
    moments_in,
    n_measured,
    total_of,
)
from evaltools.reports.rows import is_hidden, is_shown, readable_rows

FEWEST_FLOWS = 2
LEFT, RIGHT, NODE = 0.0, 1.0, 0.035
"""Where the rungs of the first and of the second score stand, and how wide they are."""
GAP = 0.05
"""Between rungs, as share of everybody who is drawn."""
LOOKS: dict[str, dict[str, Any]] = {
    "up": {"facecolor": ACCENT, "alpha": 0.8, "linewidth": 0.8},
    "equal": {"facecolor": "white", "hatch": "///", "linewidth": 0.8},
    "down": {"facecolor": "white", "linestyle": ":", "linewidth": 1.4},
}
"""Up is dark, the same is hatched, down is open with a dotted edge: to be told apart without colour."""


@dataclass(frozen=True, slots=True)
class Flow:
    """People who went from one rung to another."""

    before: str
    after: str
    n: int

    @property
    def way(self) -> str:
        """Up, equal or down."""
        step = int(self.after) - int(self.before)
        return "up" if step > 0 else "down" if step else "equal"


@from_protected
def ladder_flow(moves: ProtectedTable, ladder: ProtectedTable) -> Block:
    """Draw how many people went from which rung to which; what is hidden is not drawn. Both from `findings.participation.ladder`."""
    n = n_measured(ladder)
    if "n_equal" not in moves.rows:
        return NOTHING
    rows = [row for row in readable_rows(moves, "figures.ladder_flow()") if row.before in RUNGS]
    pairs = [(row, row.before, after) for row in rows for after in RUNGS]
    hidden = [pair for pair in pairs if is_hidden(pair[0], column_of(*pair[1:]))]
    flows = [
        Flow(before, after, int(getattr(row, column_of(before, after))))
        for row, before, after in pairs
        if not is_hidden(row, column_of(before, after))
    ]
    flows = [flow for flow in flows if flow.n]
    if not n or len(flows) < FEWEST_FLOWS:
        return NOTHING
    n_drawn = sum(flow.n for flow in flows)
    texts = [
        f"{'op' if flow.way == 'equal' else 'van'} trede {flow.before} {'gebleven' if flow.way == 'equal' else f'naar trede {flow.after}'}: {dutch.number(flow.n)}"
        for flow in sorted(flows, key=lambda flow: -flow.n)
    ]
    months = dutch.months(int(total_of(ladder).months))
    alternative = f"Stromen van de eerste trede (links) naar de trede binnen {months} (rechts). {dutch.capital('; '.join(texts))}."
    caption = "Hoe breder een stroom, hoe meer mensen. Donker: hoger. Gearceerd: gelijk. Open met stippels: lager."
    left_out = (
        f"Getekend zijn {dutch.number(n_drawn)} van de {dutch.number(n)} mensen: {dutch.portion(len(hidden), len(pairs), 'stroom', 'stromen')} "
        f"{'is' if len(hidden) == 1 else 'zijn'} weggelaten, om de privacy van mensen te beschermen."
        if hidden
        else ""
    )
    return show(_draw_flow(flows), alternative, caption, moves, left_out=left_out)


def _draw_flow(flows: Sequence[Flow]) -> Figure:
    before = {rung: sum(flow.n for flow in flows if flow.before == rung) for rung in RUNGS}
    after = {rung: sum(flow.n for flow in flows if flow.after == rung) for rung in RUNGS}
    # A rung is at the same height on both sides: who stays goes straight on, who goes up goes up.
    gap = GAP * sum(flow.n for flow in flows)
    lows: dict[str, float] = {}
    high = 0.0
    for rung in RUNGS:
        if before[rung] or after[rung]:
            lows[rung] = high
            high += max(before[rung], after[rung]) + gap
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, 5.2), layout="constrained")
        axes = figure.subplots()
        for flow in sorted(flows, key=lambda flow: flow.way != "equal"):
            _band(axes, flow, _low(flow, flows, lows, "before", before), _low(flow, flows, lows, "after", after))
        for sizes, at, side in ((before, LEFT - NODE, "right"), (after, RIGHT, "left")):
            for rung, low in lows.items():
                if not sizes[rung]:
                    continue
                start = low + _slack(rung, before, after, sizes)
                axes.add_patch(Rectangle((at, start), NODE, sizes[rung], facecolor=INK, edgecolor=INK))
                axes.annotate(
                    f"trede {rung}", (at if side == "right" else at + NODE, start + sizes[rung] / 2),
                    xytext=(-5 if side == "right" else 5, 0), textcoords="offset points", ha=side, va="center", fontsize=10,
                )  # fmt: skip
        axes.set(xlim=(-0.3, 1.3), ylim=(-0.02 * high, 1.08 * high))
        for text, at in (("eerste score", LEFT), ("tweede score", RIGHT)):
            axes.annotate(text, (at, 1.04 * high), ha="center", va="center", fontsize=10.5, fontweight="bold")
        axes.set_axis_off()
        return figure


def _slack(rung: str, before: dict[str, int], after: dict[str, int], sizes: dict[str, int]) -> float:
    """Say how much of the height of a rung is empty below its people on one side: they stand in its middle."""
    return (max(before[rung], after[rung]) - sizes[rung]) / 2


def _low(flow: Flow, flows: Sequence[Flow], lows: dict[str, float], side: str, sizes: dict[str, int]) -> float:
    """Say where a flow begins on a side: those from or to lower rungs lie below it."""
    rung, other = getattr(flow, side), "after" if side == "before" else "before"
    both = [sum(each.n for each in flows if getattr(each, end) == rung) for end in ("before", "after")]
    below = [each.n for each in flows if getattr(each, side) == rung and getattr(each, other) < getattr(flow, other)]
    return lows[rung] + (max(both) - sizes[rung]) / 2 + sum(below)


def _band(axes: Axes, flow: Flow, low: float, low_after: float) -> None:
    """Draw one flow, with its number where it leaves."""
    middle = (LEFT + RIGHT) / 2
    points = [
        (LEFT, low), (middle, low), (middle, low_after), (RIGHT, low_after),
        (RIGHT, low_after + flow.n), (middle, low_after + flow.n), (middle, low + flow.n), (LEFT, low + flow.n), (LEFT, low),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    axes.add_patch(PathPatch(Path(points, codes), edgecolor=INK, **LOOKS[flow.way]))
    at = 0.1
    share = 3 * at**2 - 2 * at**3  # height of the curve there
    axes.annotate(
        dutch.number(flow.n),
        (LEFT + at * (RIGHT - LEFT), (1 - share) * low + share * low_after + flow.n / 2),
        ha="center", va="center", fontsize=9, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
    )  # fmt: skip


@from_protected
def steps_without_change(table: ProtectedTable, ladder: ProtectedTable) -> Block:
    """Draw the share that would go up by chance alone, beside the share that did. From `findings.participation.without_change`."""
    moments = moments_in(table)
    row, found = total_of(table), total_of(ladder)
    if not moments or not is_shown(found, "share_up", "up_low", "up_high"):
        return NOTHING
    shares = {name: [getattr(row, f"up_of_{name}_at_{at}") for at in RELIABILITIES] for name in moments}
    texts = [
        f"{dutch.capital(MOMENTS[name])}: van {dutch.percent(min(each), 1).removesuffix('%')} tot {dutch.percent(max(each), 1)}"
        for name, each in shares.items()
    ]
    n = int(found.n_measured)
    alternative = (
        f"Het aandeel dat hoger scoort als er niets verandert. {'. '.join(texts)}. In het register scoorde {dutch.percent(found.share_up, n)} hoger."
    )  # fmt: skip
    caption = (
        "Elke stip is een betrouwbaarheid van de score: open is 0,9, dan 0,8 en 0,7, dicht is 0,6. De dikke streep is wat er is gemeten, "
        f"de band het {dutch.confidence(found.level)}-betrouwbaarheidsinterval."
    )
    return show(_draw_without(shares, found.share_up, found.up_low, found.up_high, n), alternative, caption, table)


def _draw_without(shares: dict[str, list[float]], measured: float, low: float, high: float, n: int) -> Figure:
    greys = ["#1f2933", "#6b7885", "#b4bec8", "white"]
    is_right = measured > 0.5
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, 0.66 * len(shares) + 1.3), layout="constrained")
        axes = figure.subplots()
        axes.axvspan(100 * low, 100 * high, color=ACCENT, alpha=0.18, linewidth=0, zorder=1)
        axes.axvline(100 * measured, color=ACCENT, linewidth=2, zorder=2)
        axes.annotate(
            f"gemeten: {dutch.percent(measured, n)}", (100 * (low if is_right else high), -0.75), xytext=(-4 if is_right else 4, 0),
            textcoords="offset points", ha="right" if is_right else "left", va="center", fontsize=10, color=ACCENT, fontweight="bold",
        )  # fmt: skip
        for position, (name, each) in enumerate(shares.items()):
            label = axes.annotate(
                dutch.capital(MOMENTS[name]), (0, position - 0.24), xytext=(2, 0), textcoords="offset points", va="center", fontsize=10,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8}, zorder=4,
            )  # fmt: skip
            label.set_in_layout(False)
            axes.plot([100 * min(each), 100 * max(each)], [position + 0.16] * 2, color=INK, linewidth=1, zorder=3)
            for share, grey in zip(each, greys, strict=True):
                axes.plot(
                    100 * share, position + 0.16, "o", markerfacecolor=grey, markeredgecolor=INK, markersize=7, zorder=5
                )
            for at, share in ((max(RELIABILITIES.values()), min(each)), (min(RELIABILITIES.values()), max(each))):
                is_first = share == min(each)
                axes.annotate(
                    dutch.number(at, 1), (100 * share, position + 0.16), xytext=(-7 if is_first else 7, 0), textcoords="offset points",
                    ha="right" if is_first else "left", va="center", fontsize=9,
                )  # fmt: skip
        axes.set(ylim=(len(shares) - 0.4, -1.0), xlim=(0, 100), yticks=[], xlabel="procent dat hoger scoort")
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.grid(axis="x", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        despine(axes)
        return figure


@from_protected
def household_steps(needs: ProtectedTable, professionals: ProtectedTable) -> Block:
    """Draw the share of households with fewer, as many and more. From `findings.beside_the_ladder.household_steps`."""
    drawn: dict[str, dict[str, float]] = {}
    texts, hidden = [], []
    for table in (needs, professionals):
        rows = {row.change: row for row in readable_rows(table, "figures.household_steps()") if row.at_goal == TOTAL}
        measure = rows[TOTAL].measure
        shown, left_out = without_hidden([rows[change] for change in CHANGES], "n")
        if is_hidden(rows[TOTAL], "n") or not rows[TOTAL].n or left_out:
            hidden += [MEASURES[measure]] if left_out else []
            continue
        n = int(rows[TOTAL].n)
        drawn[measure] = {row.change: row.n / n for row in shown}
        said = ", ".join(f"{CHANGES[change]} {dutch.percent(share, n)}" for change, share in drawn[measure].items())
        texts.append(f"{dutch.capital(MEASURES[measure])}: {said}")
    if not drawn:
        return NOTHING
    left = f"Niet getekend, om de privacy van mensen te beschermen: {dutch.listing(hidden)}." if hidden else ""
    alternative = f"Staven van huishoudens, van het eerste naar het laatste bezoek. {'. '.join(texts)}."
    caption = "Donker: minder bij het laatste bezoek. Gearceerd: evenveel. Open: meer."
    return show(_draw_households(drawn), alternative, caption, needs, left_out=left)


def _draw_households(drawn: dict[str, dict[str, float]]) -> Figure:
    looks: dict[str, dict[str, Any]] = {
        "fewer": {"color": ACCENT},
        "equal": {"facecolor": "white", "hatch": "///", "edgecolor": INK},
        "more": {"facecolor": "white", "edgecolor": WARN, "linewidth": 1.5},
    }
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, 1.25 * len(drawn) + 0.6), layout="constrained")
        axes = figure.subplots()
        for position, (measure, shares) in enumerate(drawn.items()):
            starts = np.cumsum([0.0, *shares.values()])
            for (change, share), start in zip(shares.items(), starts[:-1], strict=True):
                axes.barh(position + 0.12, 100 * share, left=100 * start, height=0.34, **looks[change])
                text, middle = f"{CHANGES[change]} {dutch.percent(share, 1)}", 100 * (start + share / 2)
                # One at each end below the bar, and the middle one above it: they never meet.
                place, side, vertical = {
                    "fewer": (0.0, "left", (0.32, "top")),
                    "equal": (max(middle, 60.0), "center", (-0.16, "center")),
                    "more": (100.0, "right", (0.32, "top")),
                }[change]
                axes.annotate(text, (place, position + vertical[0]), ha=side, va=vertical[1], fontsize=9.5)
            axes.annotate(
                dutch.capital(MEASURES[measure]), (0, position - 0.16), va="center", fontsize=10.5, fontweight="bold"
            )
        axes.set(xlim=(0, 100), ylim=(len(drawn) - 0.2, -0.35), yticks=[], xticks=[])
        axes.set_axis_off()
        return figure
