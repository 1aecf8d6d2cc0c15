"""A piece of a page, as a notebook shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaltools.disclosure import ProtectedTable
from evaltools.errors import DisclosureError

MARK = "evaltools"
"""Key of the output metadata by which the batch knows a block; other outputs are refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """HTML that shows itself as the result of a notebook cell.

    ``text`` is what a terminal shows. ``headline`` is the one sentence that stands
    for the whole page on the index. A block without HTML says that its section has
    nothing to say about this subject; the section is then left out of the page.
    """

    html: str
    text: str = ""
    headline: str = ""

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], Mapping[str, Any]]:
        mark = {"kind": "block" if self.html else "nothing", "headline": self.headline}
        return {"text/html": self.html, "text/plain": self.text or "(niets te melden)"}, {MARK: mark}


NOTHING = Block(html="")


def rows_of(table: object, where: str) -> list[Any]:
    """List the rows of a table that passed the gate, each with its columns as attributes.

    Raises
    ------
    DisclosureError
        When ``table`` is not a `ProtectedTable`.
    """
    if not isinstance(table, ProtectedTable):
        raise DisclosureError(
            where,
            [
                (
                    f"got a {type(table).__name__}; expected a ProtectedTable. "
                    "Pass published figures through disclosure.already_published(rows, source=…)"
                )
            ],
        )
    return list(table.rows.itertuples())
