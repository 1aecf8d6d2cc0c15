"""The type that tables, figures and wording accept, and who may make one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from evaltools.errors import DisclosureError

_SEAL = object()
REGISTER = "evaltools_register"
"""Key of ``DataFrame.attrs`` by which a table that was made from a register is known; see `from_register`."""

Origin = Literal["published", "register", "simulated"]


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
        Where its figures were published or which register they are from, one text per source.
    is_simulated
        Whether it is from a register in which nobody exists.
    protection
        How it was protected: ``published`` before, or ``rounded`` to multiples of ``base``.
    base
        Counts are multiples of this; 0 where nothing was rounded.
    """

    rows: pd.DataFrame
    sources: tuple[str, ...]
    is_simulated: bool = False
    protection: Literal["published", "rounded"] = "published"
    base: int = 0
    seal: object

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise DisclosureError(
                "ProtectedTable",
                [
                    (
                        "is not made by hand; pass published figures through already_published(rows, source=…), "
                        "counts of a register through rounded(rows, labels=…, counts=…)"
                    )
                ],
            )

    @property
    def origin(self) -> Origin:
        """What the figures are: ``published``, of a ``register`` of persons, or of a ``simulated`` one."""
        if self.is_simulated:
            return "simulated"
        return "published" if self.protection == "published" else "register"


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
        When no source is named: what has no source was not published. When the table was
        made from a register: that was never published.

    Examples
    --------
    >>> table = already_published(pd.DataFrame({"n": [108]}), source="laborijn.nl")
    >>> table.sources
    ('laborijn.nl',)
    """
    if REGISTER in rows.attrs or any(str(column).endswith("_id") for column in rows.columns):
        raise DisclosureError(
            "already_published()", ["got a table that was made from a register; round its counts with rounded()"]
        )
    return seal(rows, source, subject="already_published()")


def from_register(rows: pd.DataFrame, *, is_simulated: bool) -> pd.DataFrame:
    """Mark a table as made from a register, so that it cannot pass as published nor a simulated one as real."""
    marked = rows.copy(deep=False)
    marked.attrs[REGISTER] = {"is_simulated": is_simulated}
    return marked


def seal(
    rows: pd.DataFrame,
    source: str | Iterable[str],
    *,
    subject: str,
    is_simulated: bool = False,
    protection: Literal["published", "rounded"] = "published",
    base: int = 0,
) -> ProtectedTable:
    """Make the protected table; for the functions of this package, each of which checks first."""
    named = (source,) if isinstance(source, str) else tuple(source)
    if not named or not all(name.strip() for name in named):
        raise DisclosureError(subject, ["names no source; say where the figures are from"])
    return ProtectedTable(
        rows=rows.copy(),
        sources=tuple(dict.fromkeys(named)),
        is_simulated=is_simulated,
        protection=protection,
        base=base,
        seal=_SEAL,
    )
