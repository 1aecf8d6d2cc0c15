"""Figures of the page for who plans a pilot, from `findings.planning`."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MultipleLocator, NullLocator

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.figures.base import ACCENT, GRID, INK, WARN, WIDTH_INCHES, despine, drawing, show
from evaltools.reports.planning_terms import (
    bare_points,
    bare_share,
    months,
    of_hundred,
    points,
    two_groups,
    whole_percent,
)
from evaltools.reports.rows import readable_rows

ON_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 1}
TOTALS = (100, 300, 1000, 3000, 10_000)
HIGHEST_POINTS = 25
"""Of the axis, where the pilot itself does not ask for more."""
LINES = {"half": ("--", INK, 1.5), "own": ("-", ACCENT, 2.4), "double": ("-.", WARN, 1.6)}
LABELLED_BASES = {"half": 0.21, "own": 0.175, "double": 0.14}
"""At which difference the label of each line stands, so that none covers another line."""
STYLES = {0.5: (":", INK, 1.6), 1.0: ("-", ACCENT, 2.4), 2.0: ("--", INK, 1.5), 4.0: ("-.", WARN, 1.6)}
LABELLED = {0.5: 0.5, 1.0: 0.4, 2.0: 0.55, 4.0: 0.8}
"""The same of each size, at which chance."""
MONEY_STYLES = (("-", ACCENT, 2.4), ("--", INK, 1.5), ("-.", WARN, 1.6), (":", INK, 1.6))
ROW_INCHES = 0.72


@from_protected
def planning_detectable(curves: ProtectedTable, elsewhere: ProtectedTable) -> Block:
    """Draw the smallest difference that groups show, by their size.

    Parameters
    ----------
    curves
        From `findings.planning.detectable_curves`.
    elsewhere
        From `findings.planning.expected`: what was found elsewhere is a band.
    """
    rows = readable_rows(curves, "figures.planning_detectable()")
    found = [row.difference for row in readable_rows(elsewhere, "figures.planning_detectable()")]
    (own,) = [row for row in rows if row.is_own]
    spoken = ". ".join(_spoken_curve(rows, line) for line in LINES if any(row.line == line for row in rows))
    band = f"De grijze band is wat ander onderzoek gemiddeld vond: {_range(found)}." if found else ""
    marked = (
        f"De ruit is deze proef: {dutch.number(own.n_total)} mensen in beide groepen samen, {dutch.points(own.difference)}."
        if dutch.is_given(own.difference)
        else "Deze proef is zo klein, dat geen enkel verschil goed te zien is."
    )
    alternative = f"Lijnen van het kleinste verschil dat goed te zien is, bij hoeveel mensen. {spoken}. {band} {marked}"
    caption = f"{marked} Bij elke lijn staat hoeveel mensen de uitkomst zonder programma bereiken. {band}"
    return show(_draw_detectable(rows, found, own), alternative.strip(), caption.strip(), curves)


@from_protected
def planning_chances(curves: ProtectedTable, chances: ProtectedTable) -> Block:
    """Draw the chance that pilots of several sizes show a difference, by how large it is.

    Parameters
    ----------
    curves
        From `findings.planning.chance_curves`.
    chances
        From `findings.planning.chances`, for the words.
    """
    rows = readable_rows(curves, "figures.planning_chances()")
    told = readable_rows(chances, "figures.planning_chances()")
    spoken = []
    for times in dict.fromkeys(row.times for row in told):
        own = [row for row in told if row.times == times]
        each = ", ".join(f"{whole_percent(row.power)} bij {points(row.difference)}" for row in own)
        spoken.append(f"Met {two_groups(own[0].n_programme, own[0].n_comparison)}: {each}")
    alternative = f"Lijnen van de kans dat een proef een verschil laat zien. {'. '.join(spoken)}."
    caption = (
        "Bij elke lijn staat hoeveel mensen er in beide groepen samen zijn. De dikke lijn is deze proef. Hoe groter de proef, hoe "
        "eerder hij een echt verschil laat zien."
    )
    return show(_draw_chances(rows), alternative, caption, curves)


@from_protected
def planning_exaggeration(table: ProtectedTable) -> Block:
    """Draw what this pilot finds when it shows a difference, beside the real one. From `findings.planning.chances`."""
    rows = [
        row
        for row in readable_rows(table, "figures.planning_exaggeration()")
        if row.times == 1 and dutch.is_given(row.shown)
    ]
    if not rows:
        return NOTHING
    texts = [f"Echt {points(row.difference)}: gevonden {dutch.points(row.shown)}" for row in rows]
    alternative = (
        "Het echte verschil, en wat de proef gemiddeld vindt als hij een verschil laat zien. "
        f"{'. '.join(f'{text}, bij {of_hundred(row.power)} proeven' for text, row in zip(texts, rows, strict=True))}."
    )
    caption = "De stip is het echte verschil. De ruit is wat proeven van deze grootte gemiddeld vinden, als zij een verschil laten zien."
    return show(_draw_exaggeration(rows, texts), alternative, caption, table)


@from_protected
def planning_money(table: ProtectedTable) -> Block:
    """Draw the most that a programme may cost, by the difference. From `findings.planning.money`."""
    rows = readable_rows(table, "figures.planning_money()")
    spoken = []
    for months_off in dict.fromkeys(row.months_off for row in rows):
        own = [row for row in rows if row.months_off == months_off]
        each = ", ".join(f"{dutch.euro(row.euro_most)} bij {points(row.difference)}" for row in own)
        spoken.append(f"{months(months_off)} uit de uitkering: {each}")
    cost = rows[0].euro_per_participant
    marked = f" De stippellijn is wat het programma kost: {dutch.euro(cost)} per deelnemer." if cost else ""
    alternative = (
        f"Lijnen van wat een programma hoogstens per deelnemer mag kosten. {dutch.capital('. '.join(spoken))}.{marked}"
    )
    caption = (
        "Bij elke lijn staat hoelang iemand die extra vertrekt, uit de uitkering blijft. Onder de lijn brengt het programma "
        f"meer op dan het kost, erboven minder.{marked}"
    )
    return show(_draw_money(rows, cost), alternative, caption, table)


def _draw_detectable(rows: list[Any], found: list[float], own: Any) -> Figure:
    highest = max(HIGHEST_POINTS, 105 * own.difference if dutch.is_given(own.difference) else 0)
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, 4.0), layout="constrained")
        axes = figure.subplots()
        if found:
            axes.axhspan(100 * min(found), 100 * max(found), color=GRID, alpha=0.45, linewidth=0)
            text = "ander onderzoek"
            axes.annotate(text, (62, 100 * min(found)), (0, 3), textcoords="offset points", fontsize=10, va="bottom")
        for line, (style, colour, width) in LINES.items():
            drawn = [row for row in rows if row.line == line and dutch.is_given(row.difference)]
            inside = [row for row in drawn if 100 * row.difference <= highest]
            if not inside:
                continue
            axes.plot(
                [row.n_total for row in inside],
                [100 * row.difference for row in inside],
                linestyle=style,
                color=colour,
                linewidth=width,
            )
            place = _nearest(inside, "difference", LABELLED_BASES[line])
            axes.text(place.n_total, 100 * place.difference, bare_share(place.base_share), ha="center", va="center", fontsize=9, color=colour, bbox=ON_PAPER)  # fmt: skip
        if dutch.is_given(own.difference):
            axes.plot(own.n_total, 100 * own.difference, "D", color=ACCENT, markeredgecolor=INK, markersize=8, zorder=4)
            axes.annotate("deze proef", (own.n_total, 100 * own.difference), (26, 20), textcoords="offset points", fontsize=10, fontweight="bold", color=ACCENT, arrowprops={"arrowstyle": "-", "color": ACCENT, "linewidth": 1})  # fmt: skip
        axes.set(
            xscale="log",
            xlim=(60, 20_000),
            ylim=(0, highest + 2),
            xlabel="mensen in beide groepen samen",
            ylabel="kleinste verschil (procentpunt)",
        )
        axes.xaxis.set_major_locator(FixedLocator(TOTALS))
        axes.xaxis.set_minor_locator(NullLocator())
        _finish(axes, y=5 if highest < 40 else 10)
        return figure


def _draw_chances(rows: list[Any]) -> Figure:
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, 3.8), layout="constrained")
        axes = figure.subplots()
        for times, (style, colour, width) in STYLES.items():
            own = [row for row in rows if row.times == times]
            axes.plot(
                [100 * row.difference for row in own],
                [100 * row.power for row in own],
                linestyle=style,
                color=colour,
                linewidth=width,
            )
            label = dutch.number(own[0].n_programme + own[0].n_comparison)
            place = _nearest(own, "power", LABELLED[times])
            axes.text(
                100 * place.difference,
                100 * place.power,
                label,
                ha="center",
                va="center",
                fontsize=10,
                color=colour,
                fontweight="bold" if times == 1 else "normal",
                bbox=ON_PAPER,
            )
        highest = 100 * max(row.difference for row in rows)
        axes.set(
            xlim=(0, highest),
            ylim=(0, 102),
            xlabel="echt verschil (procentpunt)",
            ylabel="proeven die het laten zien (van de 100)",
        )
        axes.xaxis.set_major_locator(MultipleLocator(3 if highest > 6 else 1))
        _finish(axes, y=20)
        return figure


def _draw_exaggeration(rows: list[Any], texts: list[str]) -> Figure:
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, ROW_INCHES * len(rows) + 0.85), layout="constrained")
        axes = figure.subplots()
        for place, (row, text) in enumerate(zip(rows, texts, strict=True)):
            axes.plot([100 * row.difference, 100 * row.shown], [place] * 2, color=ACCENT, linewidth=2, alpha=0.6)
            axes.plot(100 * row.difference, place, "o", color=INK, markersize=7, zorder=3)
            axes.plot(100 * row.shown, place, "D", color=WARN, markersize=7, zorder=3)
            axes.text(0, place - 0.3, text, va="bottom", bbox=ON_PAPER)
        highest = 100 * max(row.shown for row in rows)
        axes.set(
            xlim=(0, 1.08 * highest),
            ylim=(len(rows) - 0.5, -0.9),
            yticks=[],
            xlabel="verschil (procentpunt)",
        )
        axes.xaxis.set_major_locator(MultipleLocator(_step(highest)))
        axes.grid(axis="x", color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        despine(axes)
        return figure


def _draw_money(rows: list[Any], cost: float) -> Figure:
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, 3.8), layout="constrained")
        axes = figure.subplots()
        highest = max(row.difference for row in rows)
        for months_off, (style, colour, width) in zip(
            dict.fromkeys(row.months_off for row in rows), MONEY_STYLES, strict=True
        ):
            (last,) = [row for row in rows if row.months_off == months_off and row.difference == highest]
            axes.plot([0, 100 * highest], [0, last.euro_most], linestyle=style, color=colour, linewidth=width)
            axes.annotate(months(months_off), (100 * highest, last.euro_most), (4, 0), textcoords="offset points", va="center", fontsize=10, color=colour, annotation_clip=False)  # fmt: skip
        if cost:
            axes.axhline(cost, color=INK, linewidth=1.2, linestyle=(0, (1, 2)))
            axes.annotate(f"kost {dutch.euro(cost)}", (0, cost), (3, 3), textcoords="offset points", fontsize=10)
        axes.set(
            xlim=(0, 100 * highest),
            xlabel="verschil (procentpunt)",
            ylabel="hoogste kosten per deelnemer (euro)",
        )
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MultipleLocator(_step(100 * highest)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: dutch.number(value)))
        axes.grid(color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        despine(axes)
        return figure


def _finish(axes: Axes, *, y: int) -> None:
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: dutch.number(value)))
    axes.yaxis.set_major_locator(MultipleLocator(y))
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    despine(axes)


def _nearest(rows: list[Any], name: str, value: float) -> Any:
    return min(rows, key=lambda row: float(abs(getattr(row, name) - value)))


def _step(highest: float) -> float:
    """Choose a round step with which an axis to ``highest`` has five to ten marks."""
    return next(step for step in (0.5, 1, 2, 5, 10, 20) if highest / step <= 8)


def _spoken_curve(rows: list[Any], line: str) -> str:
    own = [row for row in rows if row.line == line and dutch.is_given(row.difference)]
    near = [_nearest(own, "n_total", total) for total in TOTALS] if own else []
    each = ", ".join(
        f"{dutch.points(row.difference)} bij {dutch.number(row.n_total)} mensen" for row in dict.fromkeys(near)
    )
    base = next(row.base_share for row in rows if row.line == line)
    return f"Bereikt {bare_share(base)} de uitkomst zonder programma: {each or 'geen verschil is te zien'}"


def _range(found: list[float]) -> str:
    return f"{bare_points(min(found))} tot {points(max(found))}"
