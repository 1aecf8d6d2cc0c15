"""The type that tables, figures and wording accept, and who may make one."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from evaltools.errors import DisclosureError

_SEAL = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedTable:
    """A table that may be shown.

    It is made by this package only, never by hand, so that nothing reaches a page
    that has not passed the gate.

    Attributes
    ----------
    rows
        The table. Read it, do not change it.
    sources
        Where its figures were published, one text per source.
    """

    rows: pd.DataFrame
    sources: tuple[str, ...]
    seal: object

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise DisclosureError(
                "ProtectedTable",
                ["is not made by hand; pass published figures through already_published(rows, source=…)"],
            )


def already_published(rows: pd.DataFrame, *, source: str | Iterable[str]) -> ProtectedTable:
    """Let figures pass that somebody published before, or that follow from those alone.

    Parameters
    ----------
    rows
        The table; it is copied.
    source
        The title of each source, one or more.

    Raises
    ------
    DisclosureError
        When no source is named: what has no source was not published.

    Examples
    --------
    >>> table = already_published(pd.DataFrame({"n": [108]}), source="laborijn.nl")
    >>> table.sources
    ('laborijn.nl',)
    """
    named = (source,) if isinstance(source, str) else tuple(source)
    if not named or not all(name.strip() for name in named):
        raise DisclosureError("already_published()", ["names no source; say where the figures were published"])
    return ProtectedTable(rows=rows.copy(), sources=tuple(dict.fromkeys(named)), seal=_SEAL)
