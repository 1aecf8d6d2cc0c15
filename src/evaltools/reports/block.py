"""A piece of a page, as a notebook shows it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, ParamSpec

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import Record, to_json
from evaltools.errors import DisclosureError
from evaltools.reports.foreign import marked
from evaltools.results import Result, to_rows

MARK = "evaltools"
"""Key of the output metadata by which the batch knows a block; other outputs are refused."""
SIMULATED = "simulated"

P = ParamSpec("P")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """HTML that shows itself as the result of a notebook cell.

    ``text`` is what a terminal shows. ``headline`` is the one sentence that stands
    for the whole page on the index. ``origins`` say what its figures are, as
    `ProtectedTable.origin` does; the page tells its reader. ``records`` say what its tables tell everybody, for the
    audit (see `disclosure.record`), ``results`` what the page found, for other pages and for reuse. A block without HTML says that its section has
    nothing to say about this subject; the section is then left out of the page.
    """

    html: str
    text: str = ""
    headline: str = ""
    origins: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()
    results: tuple[Result, ...] = ()

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], Mapping[str, Any]]:
        mark = {
            "kind": "block" if self.html else "nothing",
            "headline": self.headline,
            "origins": list(self.origins),
            "records": to_json(self.records),
            "results": to_rows(self.results),
        }
        return {"text/html": marked(self.html), "text/plain": self.text or "(niets te melden)"}, {MARK: mark}


NOTHING = Block(html="")


def from_protected(make: Callable[P, Block]) -> Callable[P, Block]:
    """Let a function that makes a block take protected tables only, and mark the block with their origins.

    What a page says of its figures, above all that they are simulated, then depends on
    nobody's memory: not of who wrote the function, nor of who wrote the notebook.
    """

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> Block:
        given: list[Any] = [value for value in (*args, *kwargs.values()) if not isinstance(value, (str, int, float))]
        where = f"{make.__module__.split('.')[2]}.{make.__name__}()"
        for value in given:
            checked(value, where)
        block = make(*args, **kwargs)
        if not block.html:
            return NOTHING
        records = tuple(table.record for table in given if table.record is not None)
        return replace(block, origins=_origins(given), records=records)

    return made


def checked(table: object, where: str) -> ProtectedTable:
    """Give a table that passed the gate, and nothing else.

    Raises
    ------
    DisclosureError
        When ``table`` is not a `ProtectedTable`, or was changed after it passed the gate.
    """
    if not isinstance(table, ProtectedTable):
        raise DisclosureError(
            where,
            [
                (
                    f"got a {type(table).__name__}; expected a ProtectedTable. Pass published figures through "
                    "disclosure.already_published(rows, source=…), counts of a register through disclosure.rounded(rows, …)"
                )
            ],
        )
    table.checked_rows()
    return table


def _origins(tables: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sorted({table.origin for table in tables}))
