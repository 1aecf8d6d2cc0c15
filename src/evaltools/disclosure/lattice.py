"""Which numbers of a table add up to which: what everybody can compute with, and what must be protected together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaltools.disclosure.record import TOTAL, Cell, Sum, implied_rests, label_text
from evaltools.errors import DisclosureError, many

EXACT = 1e-6
"""Amounts (means times their numbers of people) add up, and are alike, to within this share."""
REST = "not {}"
"""The label of those who are not in a group."""

Margin = tuple[str, tuple[str, ...]]
"""A label, and the labels that add up to it."""
Tree = Mapping[str, Sequence[str]]
"""Labels that are totals, each with its parts: ``{"laborijn": ["GM0197", "GM0222", "GM1509"]}``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a table is built: which columns are labels, and what adds up.

    Attributes
    ----------
    labels
        Columns that name the groups.
    totals
        Those with a row `TOTAL`, the sum of the rows of all others.
    trees
        By column, totals of parts of it: regions, main groups. Every label that is named has its rows.
    groups
        Columns with a row `TOTAL` of which each other label is a group: they may overlap, and leave people out.
    parts
        By count, the counts that add up to it in every row.
    within
        Pairs ``(part, whole)`` of counts: who is in the first is in the second, in every row.
    about
        Labels of the whole table, such as its municipality: they are in the name of every cell.
    """

    labels: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    trees: Mapping[str, Tree] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    within: tuple[tuple[str, str], ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)

    def without_columns(self) -> "Shape":
        """Give the shape of one column alone."""
        return replace(self, parts={}, within=())

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """List each part with its whole of which the rest is not a column itself."""
        return tuple(
            (part, whole) for part, whole in dict.fromkeys(self.within) if part not in self.parts.get(whole, ())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lattice:
    """The numbers of a table and all that follows from them by adding and subtracting.

    Attributes
    ----------
    cells
        Their names, in order: so that nothing depends on the order of the rows.
    numbers
        What they are.
    is_derived
        Whether it is not in the table, but the rest of what is: people of a whole who are not in a part.
    sums
        ``(total, parts)``, by place.
    place
        Where the numbers of a column are, one per row of the table.
    """

    cells: tuple[Cell, ...]
    numbers: NDArray[np.float64]
    is_derived: NDArray[np.bool_]
    sums: tuple[Sum, ...]
    place: Mapping[str, NDArray[np.intp]]


def shape_problems(rows: pd.DataFrame, shape: Shape) -> list[str]:
    """Say why a table is not built as is said: labels that are not there, rows that are missing or twice there."""
    with_total = [*shape.totals, *shape.groups]
    problems = [f"'{name}' is no label; it cannot have totals" for name in dict.fromkeys([*with_total, *shape.trees])
                if name not in shape.labels]  # fmt: skip
    problems += [
        f"label '{name}' has both totals and groups; choose one" for name in shape.totals if name in shape.groups
    ]
    if problems:
        return problems
    texts = label_texts(rows, shape.labels)
    found = {name: set(texts[name]) for name in shape.labels}
    problems += [f"label '{name}' has no row '{TOTAL}'" for name in with_total if TOTAL not in found[name]]
    problems += [
        f"label '{name}' has rows '{TOTAL}', and is in no totals, trees or groups; say of what they are the total"
        for name in shape.labels
        if TOTAL in found[name] and name not in with_total and TOTAL not in shape.trees.get(name, {})
    ]
    problems += [
        f"{len(absent)} labels of the tree of '{name}' have no rows; give each municipality or group its rows"
        for name, tree in shape.trees.items()
        if (absent := {*tree, *(part for parts in tree.values() for part in parts)} - found[name])
    ]
    n_twice = int(texts.duplicated().sum()) if shape.labels else max(len(rows) - 1, 0)
    if n_twice:
        problems.append(f"has {n_twice} rows with the same labels as another; give one row per combination")
    crossed = [name for name in shape.labels if name in {*with_total, *shape.trees}]
    plain = [name for name in shape.labels if name not in crossed]
    n_whole = len(texts[plain].drop_duplicates()) if plain else 1
    n_absent = n_whole * int(np.prod([len(found[name]) for name in crossed])) - len(texts) + n_twice
    if crossed and n_absent > 0:
        problems.append(
            f"has {n_absent} combinations of {', '.join(crossed)} without a row; give each, also where it counts 0"
        )
    return problems


def lattice(columns: Mapping[str, NDArray[np.float64]], rows: pd.DataFrame, shape: Shape) -> Lattice:
    """Lay out the numbers of a table.

    Parameters
    ----------
    columns
        The numbers of each count, one per row.
    rows
        The table; `shape_problems` found nothing in it.
    """
    known = [tuple(row) for row in label_texts(rows, shape.labels).itertuples(index=False, name=None)]
    numbers: dict[tuple[str, tuple[str, ...]], float] = {
        (measure, labels): float(value)
        for measure, values in columns.items()
        for labels, value in zip(known, values, strict=True)
    }
    n_own = len(numbers)
    everybody = [*known, *_outside_groups(known, columns, numbers, shape)]
    for part, whole in shape.pairs():
        for labels in everybody:
            numbers[rest_of(part, whole), labels] = numbers[whole, labels] - numbers[part, labels]
    names = {each: _cell(*each, shape) for each in numbers}
    order = sorted(names, key=names.__getitem__)
    place = {each: position for position, each in enumerate(order)}
    own = set([*numbers][:n_own])
    sums = [
        (place[total], tuple(sorted(place[part] for part in parts)))
        for total, parts in _sums([*columns], everybody, shape)
    ]
    return Lattice(
        cells=tuple(names[each] for each in order),
        numbers=np.array([numbers[each] for each in order]),
        is_derived=np.array([each not in own for each in order], dtype=bool),
        sums=tuple(sorted(sums)),
        place={measure: np.array([place[measure, labels] for labels in known], dtype=np.intp) for measure in columns},
    )


def merged(lattices: Sequence[Lattice]) -> Lattice:
    """Lay lattices together: cells of one name are one number. Columns no longer have a place.

    Raises
    ------
    DisclosureError
        When two say different numbers of one cell.
    """
    numbers: dict[Cell, float] = {}
    is_derived: dict[Cell, bool] = {}
    contrary: dict[Cell, None] = {}
    for made in lattices:
        for cell, number, derived in zip(made.cells, made.numbers.tolist(), made.is_derived.tolist(), strict=True):
            if abs(numbers.setdefault(cell, number) - number) > EXACT * abs(number):
                contrary[cell] = None
            is_derived[cell] = derived and is_derived.get(cell, True)
    if contrary:
        example = next(iter(contrary))
        raise DisclosureError(
            "protect_together()",
            [
                (
                    f"{many(len(contrary), 'number')}, such as {example}, differ between tables that say they are about "
                    "the same; say in about={…} what they are about"
                )
            ],
        )
    sums = {
        (made.cells[total], tuple(sorted(made.cells[part] for part in parts)))
        for made in lattices
        for total, parts in made.sums
    }
    for whole, part, rest in implied_rests(numbers, [(total, part) for total, parts in sums for part in parts]):
        numbers[rest] = numbers[whole] - numbers[part]
        is_derived[rest] = True
        sums.add((whole, tuple(sorted((part, rest)))))
    cells = sorted(numbers)
    place = {cell: position for position, cell in enumerate(cells)}
    return Lattice(
        cells=tuple(cells),
        numbers=np.array([numbers[cell] for cell in cells]),
        is_derived=np.array([is_derived[cell] for cell in cells], dtype=bool),
        sums=tuple(sorted((place[total], tuple(place[part] for part in parts)) for total, parts in sums)),
        place={},
    )


def rest_of(part: str, whole: str) -> str:
    """Name the count of those of a whole who are not in a part.

    Examples
    --------
    >>> rest_of("n_work", "n_persons")
    'n_persons - n_work'
    """
    return f"{whole} - {part}"


def broken_sums(made: Lattice, *, exact: float) -> int:
    """Count the sums that do not hold, by more than a share ``exact`` of the total, and the numbers under 0."""
    n = made.numbers
    is_broken = [bool(abs(n[total] - n[list(parts)].sum()) > exact * abs(n[total])) for total, parts in made.sums]
    return sum(is_broken) + int((n < 0).sum())


def label_texts(rows: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """Write the labels of each row as texts; a missing one is empty."""
    return pd.DataFrame({name: rows[name].astype(object).map(label_text) for name in labels}, index=rows.index)


def _cell(measure: str, labels: tuple[str, ...], shape: Shape) -> Cell:
    named = {name: label for name, label in zip(shape.labels, labels, strict=True) if label != TOTAL}
    return Cell.of(measure, {**shape.about, **named})


def _outside_groups(
    known: Sequence[tuple[str, ...]],
    measures: Mapping[str, NDArray[np.float64]],
    numbers: dict[tuple[str, tuple[str, ...]], float],
    shape: Shape,
) -> list[tuple[str, ...]]:
    """Add the numbers of those who are not in a group; give the labels of these rows."""
    rows = [*known]
    for name in shape.groups:
        at = shape.labels.index(name)
        added = []
        for labels in rows:
            if labels[at] == TOTAL:
                continue
            total, rest = _with(labels, at, TOTAL), _with(labels, at, REST.format(labels[at]))
            for measure in measures:
                numbers[measure, rest] = numbers[measure, total] - numbers[measure, labels]
            added.append(rest)
        rows += added
    return rows[len(known) :]


def _sums(
    measures: Sequence[str], rows: Sequence[tuple[str, ...]], shape: Shape
) -> Iterator[tuple[tuple[str, tuple[str, ...]], list[tuple[str, tuple[str, ...]]]]]:
    there = set(rows)
    for at, name in enumerate(shape.labels):
        found = sorted({labels[at] for labels in rows} - {TOTAL})
        for total, parts in _margins(name, found, shape):
            for measure, labels in product(measures, rows):
                if labels[at] == total:
                    each = [_with(labels, at, part) for part in parts]
                    # Of those outside a group some margins are not there: they follow from the others.
                    if all(part in there for part in each):
                        yield (measure, labels), [(measure, part) for part in each]
    for labels in rows:
        for whole, columns in shape.parts.items():
            yield (whole, labels), [(part, labels) for part in columns]
        for part, whole in shape.pairs():
            yield (whole, labels), [(part, labels), (rest_of(part, whole), labels)]


def _margins(name: str, found: Sequence[str], shape: Shape) -> list[Margin]:
    margins = [(total, tuple(parts)) for total, parts in shape.trees.get(name, {}).items()]
    below = {part for total, parts in margins for part in parts}
    if name in shape.totals and TOTAL not in shape.trees.get(name, {}):
        # With a tree, the whole is of what is no part of another total.
        margins.append((TOTAL, tuple(label for label in found if label not in below)))
    if name in shape.groups:
        inside = [label for label in found if REST.format(label) in found]
        margins += [(TOTAL, (label, REST.format(label))) for label in inside]
    return margins


def _with(labels: tuple[str, ...], at: int, label: str) -> tuple[str, ...]:
    return (*labels[:at], label, *labels[at + 1 :])
