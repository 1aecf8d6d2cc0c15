"""Figures of the part on money."""

from typing import Any

from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.benefit_terms import INPUTS, RESULTS, SHORT
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.figures.base import (
    ACCENT,
    GRID,
    INK,
    WARN,
    WIDTH_INCHES,
    despine,
    drawing,
    show,
    without_hidden,
)
from evaltools.reports.rows import readable_rows
from evaltools.reports.tables.benefits import value

ROW_INCHES = 0.62
LIGHT = 0.16
"""The part of a colour in an area between lines; the rest is white."""
LEAST_APART = 0.16
"""Labels of the lines lie at least this share of the height of the axes apart."""
STEP = 10
"""The vertical axis begins at a multiple of this many percent."""
ROOM = 0.42
"""So much of the widest bar is left free for the amounts on either side of it."""


@from_protected
def area_between_curves(table: ProtectedTable) -> Block:
    """Draw who has a benefit in both groups: what lies between the lines is the difference in months.

    Parameters
    ----------
    table
        From `findings.benefits.curves_table`. Nothing is drawn where fewer than two moments can be shown, or without a
        comparison.
    """
    every = readable_rows(table, "figures.area_between_curves()")
    rows, left_out = without_hidden(every, "share_programme", "share_comparison", "n_comparison")
    if len(rows) < 2 or not rows[0].n_comparison:
        return NOTHING
    floor = _floor(rows)
    told = " ".join(
        f"Na {dutch.months(int(row.months))}: {dutch.percent(row.share_programme, row.n_programme)} van de deelnemers en "
        f"{dutch.percent(row.share_comparison, row.n_comparison)} van de vergelijkingsgroep."
        for row in rows
    )
    alternative = f"Lijnen van het aandeel met een uitkering, vanaf de start. {told}"
    caption = (
        "Het vlak tussen de lijnen is het verschil in maanden met een uitkering. Gestreept: van de deelnemers heeft een kleiner deel een "
        f"uitkering. Geruit: een groter deel.{f' De as begint bij {floor}%.' if floor else ''}"
    )
    return show(_draw_curves(rows, floor), alternative, caption, table, left_out=left_out)


@from_protected
def tornado(table: ProtectedTable) -> Block:
    """Draw how the result per participant changes when one input goes from low to high, the largest change first.

    Parameters
    ----------
    table
        From `findings.purses.sensitivity`.
    """
    every = readable_rows(table, "figures.tornado()")
    shown, left_out = without_hidden(every, "euro_low", "euro_high", "euro_main", "value_low", "value_high")
    if not shown:
        return NOTHING
    rows = sorted(shown, key=lambda row: -abs(row.euro_high - row.euro_low))
    result = RESULTS[bool(rows[0].costs)]
    texts = [
        f"{SHORT.get(row.input, INPUTS[row.input])}: {value(row, row.value_low)} tot {value(row, row.value_high)}"
        for row in rows
    ]
    told = " ".join(
        f"{text}: van {dutch.euro(row.euro_low)} tot {dutch.euro(row.euro_high)}."
        for text, row in zip(texts, rows, strict=True)
    )
    alternative = f"Staven van de {result.lower()} per deelnemer, als één getal verandert. Zoals wij rekenen: {dutch.euro(rows[0].euro_main)}. {told}"
    alternative = alternative.replace("van de saldo", "van het saldo")
    caption = (
        "Boven elke staaf staat wat er verandert, van laag naar hoog. De stip is de uitkomst bij laag, de ruit die bij hoog. "
        f"De streep is de uitkomst zoals wij rekenen: {dutch.euro(rows[0].euro_main)}."
    )
    return show(_draw_tornado(rows, texts, result), alternative, caption, table, left_out=left_out)


def _floor(rows: list[Any]) -> int:
    """Begin the axis well below the lowest share."""
    lowest = 100 * min(min(row.share_programme, row.share_comparison) for row in rows)
    return max(0, STEP * int((lowest - STEP) // STEP))


def _draw_curves(rows: list[Any], floor: int) -> Figure:
    months = [int(row.months) for row in rows]
    own, other = ([100 * getattr(row, f"share_{name}") for row in rows] for name in ("programme", "comparison"))
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, 3.7), layout="constrained")
        axes = figure.subplots()
        less = [up >= down for up, down in zip(other, own, strict=True)]
        for where, hatch, colour in ((less, "////", ACCENT), ([not each for each in less], "xx", WARN)):
            # Where lines cross within a step both are drawn up to there.
            axes.fill_between(
                months, own, other, where=where, interpolate=True, facecolor=_light(colour), linewidth=0.3, hatch=hatch,
                edgecolor=colour,
            )  # fmt: skip
        axes.plot(months, other, color=INK, linewidth=1.8, linestyle="--", marker="s", markersize=4)
        axes.plot(months, own, color=ACCENT, linewidth=2.2, marker="o", markersize=5)
        ends = {"deelnemers": own[-1], "vergelijking": other[-1]}
        n_of = {"deelnemers": rows[-1].n_programme, "vergelijking": rows[-1].n_comparison}
        for (name, share), place, colour in zip(
            ends.items(), _apart(own[-1], other[-1], LEAST_APART * (102 - floor)), (ACCENT, INK), strict=True
        ):
            axes.annotate(
                f"{name}\n{dutch.percent(share / 100, n_of[name])}", (months[-1], place), (7, 0), textcoords="offset points",
                va="center", color=colour, fontsize=10, annotation_clip=False,
            )  # fmt: skip
        axes.set(xlim=(0, months[-1]), ylim=(floor, 102), xlabel="maanden na de start", ylabel="met een uitkering (%)")
        axes.xaxis.set_major_locator(MultipleLocator(3 if months[-1] <= 18 else 6))
        axes.yaxis.set_major_locator(MultipleLocator(STEP if 100 - floor <= 60 else 2 * STEP))
        axes.grid(color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        despine(axes)
        return figure


def _light(colour: str) -> tuple[float, ...]:
    """Mix a colour with white: where it is see-through, so are the stripes on it."""
    return tuple(1 - LIGHT * (1 - part) for part in to_rgb(colour))


def _apart(one: float, other: float, least: float) -> tuple[float, float]:
    """Move two places so far apart that labels there do not overlap."""
    more = max(0.0, least - abs(one - other)) / 2
    return (one + more, other - more) if one > other else (one - more, other + more)


def _draw_tornado(rows: list[Any], texts: list[str], result: str) -> Figure:
    main = rows[0].euro_main
    ends = [(min(row.euro_low, row.euro_high), max(row.euro_low, row.euro_high)) for row in rows]
    left, right = min(main, *(end[0] for end in ends)), max(main, *(end[1] for end in ends))
    room = ROOM * (right - left) or 1.0
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, ROW_INCHES * len(rows) + 0.95), layout="constrained")
        axes = figure.subplots()
        axes.axvline(main, color=INK, linewidth=1.4, zorder=3)
        for place, (row, text, (low, high)) in enumerate(zip(rows, texts, ends, strict=True)):
            axes.barh(place + 0.16, high - low, left=low, height=0.26, color=ACCENT, alpha=0.45, zorder=2)
            axes.plot(row.euro_low, place + 0.16, "o", color=ACCENT, markersize=6, zorder=4)
            axes.plot(row.euro_high, place + 0.16, "D", color=WARN, markersize=5, zorder=4)
            for end, side, align in ((low, -7, "right"), (high, 7, "left")):
                axes.annotate(dutch.euro(end), (end, place + 0.16), (side, 0), textcoords="offset points", ha=align, va="center", fontsize=9)  # fmt: skip
            label = axes.annotate(
                text, (0, place - 0.22), xycoords=("axes fraction", "data"), va="center", fontsize=9.5,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8}, zorder=5,
            )  # fmt: skip
            label.set_in_layout(False)
        axes.set(
            xlim=(left - room, right + room), ylim=(len(rows) - 0.5, -0.6), yticks=[],
            xlabel=f"{result.lower()} per deelnemer (euro)",
        )  # fmt: skip
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda amount, _: dutch.number(amount)))
        axes.grid(axis="x", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        despine(axes)
        return figure
