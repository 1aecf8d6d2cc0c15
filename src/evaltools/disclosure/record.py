"""What everybody knows who reads a page: of each number of people its bounds, and which of them add up."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Literal

import numpy as np

from evaltools.errors import DisclosureError

State = Literal["shown", "hidden", "derived"]
STATES: tuple[State, ...] = ("shown", "hidden", "derived")
FORM = 1
"""Number of the form of a record; a reader of another form refuses it."""

THRESHOLD = 10
"""Fewest people of whom a number is told; the default of ACRO 1.0.2 too (``safe_threshold``)."""
TOTAL = "all"
"""The label of a total over a whole column. It is no part of a cell's name: a table that is not split by that column
shows the same number.
"""

Sum = tuple[int, tuple[int, ...]]
"""The place of a total among the cells of its record, and those of its parts."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One number of people: what is counted, and of whom.

    Two tables that name a cell alike show the same number: this is how tables, pages and editions are laid together.

    Attributes
    ----------
    measure
        What is counted, such as ``n_persons``.
    labels
        Of whom, in the order of their names: ``(("municipality", "GM0197"), ("outcome", "work"))``. A total over
        all outcomes has no label ``outcome``.
    """

    measure: str
    labels: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, measure: str, labels: Mapping[str, str]) -> "Cell":
        """Name a cell.

        Examples
        --------
        >>> str(Cell.of("n", {"outcome": "work", "municipality": "GM0197"}))
        'n (municipality=GM0197, outcome=work)'
        """
        return cls(measure, tuple(sorted(labels.items())))

    def __str__(self) -> str:
        named = ", ".join(f"{name}={label}" for name, label in self.labels)
        return f"{self.measure} ({named})" if named else self.measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a table tells everybody: each cell with the bounds that its reader knows, and which cells add up.

    It holds nothing that the page does not show: of a hidden cell only that it is hidden.

    Attributes
    ----------
    cells
        The cells.
    states
        Of each cell: ``shown``, ``hidden``, or ``derived``: not in the table, but a part or a total of what is.
    low, high
        Of each cell, inclusive: the least and the most it can be by itself. Alike where it is shown exactly;
        further apart where it is rounded; 0 and infinite where it is not shown.
    sums
        Which cells add up: ``(total, parts)``, by place in ``cells``.
    is_trait
        Of each cell, whether it counts people with a sensitive trait: that it is none is then told of them all.
    is_amount
        Of each cell, whether it is an amount (a sum of euros, months) and no number of people.
    threshold
        A hidden number must be unsure by at least so many.
    as_of
        Day of the extract (ISO), empty where it is none: what is compared between two editions.
    is_simulated
        Whether nobody in it exists.
    days
        Days that the table shows, all of the register itself, none of a person; ISO.
    n_hidden_shares
        How many shares, means and estimates it leaves out because of what they rest on; those that are worked out from the same counts
        of a row, such as a difference, its interval and other ways to find it, count once.
    """

    cells: tuple[Cell, ...]
    states: tuple[State, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    sums: tuple[Sum, ...] = ()
    is_trait: tuple[bool, ...]
    is_amount: tuple[bool, ...]
    threshold: int
    as_of: str = ""
    is_simulated: bool
    days: tuple[str, ...] = ()
    n_hidden_shares: int = 0

    def __post_init__(self) -> None:
        columns: tuple[Sequence[Any], ...] = (self.states, self.low, self.high, self.is_trait, self.is_amount)
        if any(len(column) != len(self.cells) for column in columns):
            raise ValueError("a record says as much of each cell")

    @property
    def n_shown(self) -> int:
        """How many cells are shown."""
        return self.states.count("shown")

    @property
    def n_hidden(self) -> int:
        """How many cells are hidden."""
        return self.states.count("hidden")


def label_text(label: object) -> str:
    """Write a label as it stands in the name of a cell: yes and no as words, a missing one empty.

    Examples
    --------
    >>> label_text(True), label_text("work"), label_text(None)
    ('yes', 'work', '')
    """
    if isinstance(label, (bool, np.bool_)):
        return "yes" if label else "no"
    return label if isinstance(label, str) else ""


OUTSIDE = "outside"
"""Label of those of a group who are not in a smaller one, where two tables show both."""
ROUNDED = "source"
"""Label of numbers that `rounded` lets pass: no sums are known of them, and none are looked for."""


def implied_rests(cells: Iterable[Cell], sums: Iterable[tuple[Cell, Cell]]) -> list[tuple[Cell, Cell, Cell]]:
    """Find the groups within groups that no sum tells of: all, and the young; and those who are all but young.

    Parameters
    ----------
    cells
        What is counted, and of whom. Of two with one measure, the one with more labels is within the other.
    sums
        Each total with each of its parts.

    Returns
    -------
    list
        ``(whole, part, rest)``, where the part is in no sum that leads up to the whole.

    Examples
    --------
    >>> everybody, young = Cell.of("n", {"place": "a"}), Cell.of("n", {"place": "a", "age": "young"})
    >>> [str(rest) for _, _, rest in implied_rests([everybody, young], [])]
    ['n (outside=age=young, place=a)']
    >>> implied_rests([everybody, young], [(everybody, young)])
    []
    """
    above: dict[Cell, set[Cell]] = {}
    for total, part in sums:
        above.setdefault(part, set()).add(total)
    known = set(cells)
    found = []
    for cell in sorted(known):
        if ROUNDED in dict(cell.labels):
            continue
        reached: set[Cell] = set()
        waiting = [cell]
        while waiting:
            new = above.get(waiting.pop(), set()) - reached
            reached |= new
            waiting += new
        for n in range(len(cell.labels)):
            for labels in combinations(cell.labels, n):
                whole = Cell(cell.measure, labels)
                if whole in known and whole not in reached:
                    inside = "; ".join(f"{name}={label}" for name, label in cell.labels if (name, label) not in labels)
                    found.append((whole, cell, Cell.of(cell.measure, {**dict(labels), OUTSIDE: inside})))
    return found


def joined(records: Sequence[Record]) -> Record:
    """Put what is told of several columns of one table together."""
    first, *others = records
    for other in others:
        n = len(first.cells)
        first = replace(
            first,
            cells=first.cells + other.cells,
            states=first.states + other.states,
            low=first.low + other.low,
            high=first.high + other.high,
            is_trait=first.is_trait + other.is_trait,
            is_amount=first.is_amount + other.is_amount,
            sums=first.sums + tuple((total + n, tuple(part + n for part in parts)) for total, parts in other.sums),
        )
    return first


def part_of(record: Record, labels: Mapping[str, str], *, n_hidden_shares: int) -> Record:
    """Keep what a page tells that shows some rows of a table only: of the others nothing is known.

    Kept are the sums that a number of these rows is in, and those of the parts of its totals: everybody knows that they
    add up, and who reads several pages knows the other numbers too.
    """
    is_kept = [all(dict(cell.labels).get(name, TOTAL) == label for name, label in labels.items())
               for cell in record.cells]  # fmt: skip
    below: dict[int, list[Sum]] = {}
    for each in record.sums:
        below.setdefault(each[0], []).append(each)
    sums = {each: None for each in record.sums if any(is_kept[place] for place in (each[0], *each[1]))}
    waiting = [part for _, parts in sums for part in parts]
    while waiting:
        for each in below.get(waiting.pop(), ()):
            if each not in sums:
                sums[each] = None
                waiting += each[1]
    reached = {place for total, parts in sums for place in (total, *parts)}
    places = sorted(reached | {place for place, kept in enumerate(is_kept) if kept})
    at = {place: new for new, place in enumerate(places)}
    return replace(
        record,
        cells=tuple(record.cells[place] for place in places),
        states=tuple(record.states[place] if is_kept[place] else "derived" for place in places),
        low=tuple(record.low[place] if is_kept[place] else 0.0 for place in places),
        high=tuple(record.high[place] if is_kept[place] else math.inf for place in places),
        is_trait=tuple(record.is_trait[place] for place in places),
        is_amount=tuple(record.is_amount[place] for place in places),
        sums=tuple(sorted((at[total], tuple(at[part] for part in parts)) for total, parts in sums)),
        n_hidden_shares=n_hidden_shares,
    )


def to_json(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Write records as what JSON can hold: an infinite bound is null."""
    return [
        {
            "form": FORM,
            "threshold": record.threshold,
            "as_of": record.as_of,
            "is_simulated": record.is_simulated,
            "days": list(record.days),
            "n_hidden_shares": record.n_hidden_shares,
            "cells": [
                {
                    "measure": cell.measure,
                    "labels": dict(cell.labels),
                    "state": state,
                    "low": low,
                    "high": None if math.isinf(high) else high,
                    "is_trait": is_trait,
                    "is_amount": is_amount,
                }
                for cell, state, low, high, is_trait, is_amount in zip(
                    record.cells, record.states, record.low, record.high, record.is_trait, record.is_amount, strict=True
                )
            ],
            "sums": [[total, list(parts)] for total, parts in record.sums],
        }
        for record in records
    ]


def from_json(found: Any, *, subject: str) -> tuple[Record, ...]:
    """Read records from what JSON held.

    Raises
    ------
    DisclosureError
        When it does not hold records of this form; nothing of it is quoted.

    Examples
    --------
    >>> from_json([], subject="a.json")
    ()
    """
    try:
        return tuple(_record(each) for each in found)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        advice = f"does not hold records of form {FORM} of what a page shows; make the page again"
        raise DisclosureError(subject, [advice]) from None


def _record(found: Mapping[str, Any]) -> Record:
    cells = found["cells"]
    if found["form"] != FORM or any(cell["state"] not in STATES for cell in cells):
        raise ValueError
    sums = tuple((int(total), tuple(int(part) for part in parts)) for total, parts in found["sums"])
    if any(not 0 <= place < len(cells) for total, parts in sums for place in (total, *parts)):
        raise ValueError
    return Record(
        cells=tuple(Cell.of(str(cell["measure"]), dict(cell["labels"])) for cell in cells),
        states=tuple(cell["state"] for cell in cells),
        low=tuple(float(cell["low"]) for cell in cells),
        high=tuple(math.inf if cell["high"] is None else float(cell["high"]) for cell in cells),
        sums=sums,
        is_trait=tuple(bool(cell["is_trait"]) for cell in cells),
        is_amount=tuple(bool(cell["is_amount"]) for cell in cells),
        threshold=int(found["threshold"]),
        as_of=str(found["as_of"]),
        is_simulated=bool(found["is_simulated"]),
        days=tuple(str(day) for day in found["days"]),
        n_hidden_shares=int(found["n_hidden_shares"]),
    )
