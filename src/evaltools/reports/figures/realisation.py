"""Figures of the page on a target: what was counted so far, and where that was to end."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import TOTAL
from evaltools.reports import dutch
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
from evaltools.reports.realisation_terms import (
    COUNTED,
    between,
    chance,
    has_usual,
    is_comparable,
    is_from_start,
    last_month,
    more,
    order,
    until,
    whole,
)
from evaltools.reports.rows import readable_rows
from evaltools.reports.tables.realisation import needed

LINE_HEIGHT = 0.07
"""A line of a label takes this share of the height of the axes."""


@from_protected
def realised(table: ProtectedTable, what: str, first_day: str, kind: str) -> Block:
    """Draw what was counted since the start beside what is usual and the line to the target.

    Parameters
    ----------
    table
        From `findings.realisation.progress.progress`. Nothing is drawn where fewer than two moments can be shown.
    what, first_day, kind
        As in `tables.realised`.
    """
    every = _from_start(table, what, kind, "figures.realised()")
    is_extra = bool(every) and has_usual(every[0])
    names = ("n_counted", *(("usual", "usual_lower", "usual_upper") if is_extra else ()))
    rows, left_out = without_hidden(every, *names)
    rows = [row for row in rows if not is_extra or pd.notna(row.usual)]
    if len(rows) < 2:
        return NOTHING
    told = " ".join(
        f"Tot en met {until(first_day, row.months)}: {dutch.number(row.n_counted)} geteld"
        + (f", gewoonlijk {whole(row.usual)} (van {whole(row.usual_lower)} tot {whole(row.usual_upper)})" if is_extra else "")
        + f", nodig voor het doel {whole(needed(row))}."
        for row in rows
    )  # fmt: skip
    of = " naar werk" if kind == "work" and what != "placed" else ""
    alternative = f"Lijnen van het aantal mensen {COUNTED[what]}{of}, opgeteld sinds de start. {told}"
    caption = (
        "De lijn met stippen is wat er is geteld. De streepjeslijn is wat gewoonlijk is; de gestreepte band eromheen laat zien hoe ver dat "
        "uiteen kan lopen. De stippellijn is wat nodig is voor het doel."
        if is_extra
        else "De lijn met stippen is wat er is geteld. De stippellijn is wat nodig is voor het doel."
    )
    return show(_draw_realised(rows, is_extra=is_extra), alternative, caption, table, left_out=left_out)


@from_protected
def target_forecast(table: ProtectedTable, what: str, first_day: str, kind: str) -> Block:
    """Draw what was to be expected at the end, from each quarter's end, with its interval and the target.

    Parameters
    ----------
    table
        From `findings.realisation.progress.progress`. Nothing is drawn where fewer than two moments can be shown.
    """
    every = _from_start(table, what, kind, "figures.target_forecast()")
    rows, left_out = without_hidden(every, "end", "end_lower", "end_upper", "chance")
    rows = [row for row in rows if pd.notna(row.end)]
    if len(rows) < 2:
        return NOTHING
    is_extra = bool(every) and has_usual(every[0])
    told = " ".join(
        f"Met cijfers tot en met {until(first_day, row.months)}: {_number(row.end, is_extra=is_extra)} "
        f"({_between(row, is_extra=is_extra)}), kans op het doel {chance(row.chance)}."
        for row in rows
    )
    what_is = "extra, boven gewoonlijk" if is_extra else f"mensen {COUNTED[what]}"
    alternative = f"Verwacht aantal aan het eind ({what_is}), met wat toen bekend was. Het doel is {whole(rows[0].target)}. {told}"
    caption = (
        "Elke stip is wat er aan het eind te verwachten was, met de cijfers tot die maand. De streep erdoor is het voorspelinterval. "
        "De stippellijn is het doel."
    )
    return show(_draw_forecast(rows, is_extra=is_extra), alternative, caption, table, left_out=left_out)


def _from_start(table: ProtectedTable, what: str, kind: str, where: str) -> list[Any]:
    """List the rows of what was counted since the start, for the kind that the target is of."""
    wanted = TOTAL if what == "placed" else kind
    return sorted(
        (
            row
            for row in readable_rows(table, where)
            if is_from_start(row) and row.kind == wanted and is_comparable(row)
        ),
        key=order,
    )


def _number(value: float, *, is_extra: bool) -> str:
    return more(value) if is_extra else whole(value)


def _between(row: Any, *, is_extra: bool) -> str:
    if is_extra:
        return between(row.end_lower, row.end_upper)
    return f"van {whole(row.end_lower)} tot {whole(row.end_upper)}"


def _draw_realised(rows: Sequence[Any], *, is_extra: bool) -> Figure:
    months = [0, *map(last_month, rows)]
    counted = [0, *(row.n_counted for row in rows)]
    aimed = [0.0, *map(needed, rows)]
    last = rows[-1]
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, 4.0), layout="constrained")
        axes = figure.subplots()
        if is_extra:
            lower, usual, upper = (
                [0, *(getattr(row, f"usual{end}") for row in rows)] for end in ("_lower", "", "_upper")
            )
            axes.fill_between(months, lower, upper, facecolor="#eef1f4", edgecolor=GRID, hatch="////", linewidth=0.4)
            axes.plot(months, usual, color=INK, linewidth=1.8, linestyle="--")
        axes.plot(months, aimed, color=WARN, linewidth=1.8, linestyle=":")
        axes.plot(months, counted, color=ACCENT, linewidth=2.2, marker="o", markersize=5, clip_on=False, zorder=3)
        labels = [
            (float(counted[-1]), f"geteld\n{dutch.number(last.n_counted)}", ACCENT),
            (aimed[-1], f"nodig\n{whole(aimed[-1])}", WARN),
        ]
        if is_extra:
            labels.append((float(last.usual), f"gewoonlijk\n{whole(last.usual)}", INK))
        axes.set(
            xlim=(0, months[-1]),
            xlabel="maanden sinds de start",
            ylabel="mensen, opgeteld",
        )
        axes.set_ylim(0, None)
        _label(axes, labels)
        _finish(axes, last)
        return figure


def _draw_forecast(rows: Sequence[Any], *, is_extra: bool) -> Figure:
    months = [last_month(row) for row in rows]
    last = rows[-1]
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, 3.8), layout="constrained")
        axes = figure.subplots()
        if is_extra:
            axes.axhline(0, color=INK, linewidth=1.0, linestyle="--")
        axes.axhline(last.target, color=WARN, linewidth=1.8, linestyle=":")
        axes.vlines(
            months, [row.end_lower for row in rows], [row.end_upper for row in rows], color=ACCENT, linewidth=2.0
        )
        axes.plot(months, [row.end for row in rows], "o", color=ACCENT, markersize=6)
        labels = [
            (float(last.target), f"doel {whole(last.target)}", WARN),
            (float(last.end), _short(last.end, is_extra=is_extra), ACCENT),
        ]
        if is_extra:
            labels.append((0.0, "gewoonlijk", INK))
        axes.set(
            xlim=(0, months[-1] + 1),
            xlabel="met cijfers tot en met maand …",
            ylabel="extra aan het eind" if is_extra else "aan het eind",
        )
        if not is_extra:
            axes.set_ylim(0, None)
        _label(axes, labels)
        _finish(axes, last)
        return figure


def _short(value: float, *, is_extra: bool) -> str:
    return f"verwacht\n{more(value)}" if is_extra else f"verwacht\n{whole(value)}"


def _label(axes: Axes, labels: Sequence[tuple[float, str, str]]) -> None:
    """Write what each line is at its end, so far apart that no two overlap."""
    low, high = axes.get_ylim()
    ordered = sorted(labels)
    heights = [LINE_HEIGHT * (high - low) * (1 + text.count("\n")) for _, text, _ in ordered]
    places: list[float] = []
    for (value, _, _), height, below in zip(ordered, heights, [0.0, *heights], strict=False):
        places.append(max(value, places[-1] + (height + below) / 2 if places else low + height / 2))
    beyond = max(0.0, places[-1] + heights[-1] / 2 - high)
    places = [place - beyond for place in places]
    for (_, text, colour), place in zip(ordered, places, strict=True):
        axes.annotate(
            text, (1, place), (8, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
            color=colour, fontsize=10, annotation_clip=False,
        )  # fmt: skip


def _finish(axes: Axes, row: Any) -> None:
    axes.xaxis.set_major_locator(MultipleLocator(3 if row.months_target <= 12 else 6))
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: dutch.number(value)))
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    despine(axes)
