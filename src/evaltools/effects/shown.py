"""How results show themselves in a notebook."""

from collections.abc import Callable
from dataclasses import fields
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from evaltools.effects.estimate import Estimate

MOST_ROWS = 20


class Shown:
    """A result that shows itself as a table of its fields, its own tables below; all digits are in the attributes.

    Of an array of one number a unit only the size and the range are shown: the units are people.

    Examples
    --------
    >>> from evaltools.effects import sample_size
    >>> sample_size(0.14, 0.05)._repr_html_().count("<tr>")  # one for each field
    6
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        found: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        tables = {name: value for name, value in found.items() if isinstance(value, pd.DataFrame)}
        rows = "".join(
            f"<tr><th scope='row' style='text-align:left'>{_words(name)}</th>"
            f"<td style='text-align:left'>{escape(_text(value))}</td></tr>"
            for name, value in found.items()
            if name not in tables and _text(value)
        )
        below = "".join(
            f"<p>{_words(name)}</p>{value.to_html(max_rows=MOST_ROWS, float_format='{:.4g}'.format)}"
            for name, value in tables.items()
        )
        return f"<table>{rows}</table>{below}"


def _words(name: str) -> str:
    return escape(name.replace("_", " "))


def _text(value: object) -> str:
    """Say a value in a few words; nothing of what is only there to work on with."""
    return next((say(value) for kind, say in _SAID if isinstance(value, kind)), "")


def _range(values: "np.ndarray[Any, np.dtype[np.float64]]") -> str:
    shape = " × ".join(f"{size:,}" for size in values.shape)
    known = values[np.isfinite(values)]
    return f"{shape} numbers" + (f", from {known.min():.4g} to {known.max():.4g}" if known.size else "")


_SAID: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (type(None), lambda _: "none"),
    (bool, lambda value: "yes" if value else "no"),
    (str, str),
    (Estimate, lambda value: f"{value.estimate:.4g} ({value.lower:.4g} to {value.upper:.4g})"),
    (int, "{:,}".format),
    (float, "{:.4g}".format),
    (tuple, lambda value: ", ".join(map(_text, value))),
    ((np.ndarray, pd.Series), lambda value: _range(np.asarray(value, dtype=float))),
)
"""How values of each kind are said, the narrower kinds first."""
