"""What every figure of a page has: direct labels, an alternative text and a caption."""

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from io import BytesIO
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import Block
from evaltools.reports.rows import is_hidden

INK = "#1f2933"
ACCENT = "#0b5c8a"
GRID = "#c3ccd5"
WARN = "#8a2c0d"
# Drawn for a phone: at 375 pixels the letters stay readable, on a screen the style sheet limits the width.
WIDTH_INCHES = 4.3
LABEL_CHARACTERS = 44
# Text stays text, which is a third of the size of its outlines. It is laid out by the widest of these, which comes with matplotlib.
STYLE: Any = {
    "svg.hashsalt": "evaltools",
    "svg.fonttype": "none",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
    "font.size": 11,
}


@contextmanager
def drawing() -> Iterator[None]:
    """Draw in the style of the pages, the same every time."""
    with sns.axes_style("white", {"text.color": INK}), mpl.rc_context(STYLE):
        yield


def despine(axes: Axes) -> None:
    """Leave only the line below."""
    sns.despine(ax=axes, left=True)


def label_line(axes: Axes, height: float, text: str, *, va: str, is_bold: bool = False) -> None:
    """Write what a line of the figure is of above it, from the left side of the axes on."""
    label = axes.annotate(
        text,
        (0, height),
        xycoords=("axes fraction", "data"),
        va=va,
        fontsize=10,
        fontweight="bold" if is_bold else "normal",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        zorder=4,
    )
    # Else the axes would shrink to make room for a label that stands within them.
    label.set_in_layout(False)


def without_hidden(rows: Sequence[Any], *names: str) -> tuple[list[Any], str]:
    """Leave out the rows in which one of these columns is hidden, and say how many that are.

    What is said is for the alternative text and the caption, through `show`; empty where nothing is hidden.
    """
    shown = [row for row in rows if not is_hidden(row, *names)]
    n = len(rows) - len(shown)
    if not n:
        return shown, ""
    said = dutch.capital(dutch.portion(n, len(rows), "getal", "getallen"))
    return shown, f"{said} {'is' if n == 1 else 'zijn'} niet getekend, om de privacy van mensen te beschermen."


def show(figure: Figure, alternative: str, caption: str, table: ProtectedTable, *, left_out: str = "") -> Block:
    """Make the block of a figure of a protected table; ``left_out`` is what `without_hidden` says.

    Simulated figures are said to be so in the picture, which may be copied from the page,
    in its alternative text and in its caption.
    """
    alternative, caption = f"{alternative} {left_out}".strip(), f"{caption} {left_out}".strip()
    if table.is_simulated:
        said = dutch.capital(dutch.SIMULATED)
        alternative, caption = f"{said}. {alternative}", f"{said}. {caption}"
        with drawing():
            # A title of the figure is laid out above the axes, so that it covers nothing.
            figure.suptitle(dutch.SIMULATED.upper(), x=1, ha="right", fontsize=11, fontweight="bold", color=WARN)
    html = (
        f'<figure class="figure"><img src="{as_image(figure)}" alt="{escape(alternative)}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )
    return Block(html=html, text=alternative, origins=(table.origin,))


def as_image(figure: Figure) -> str:
    """Write a figure as the address of a picture that stands in the page itself."""
    buffer = BytesIO()
    with drawing():
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode()
