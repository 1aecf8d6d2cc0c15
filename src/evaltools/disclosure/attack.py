"""What somebody can compute of numbers that are not shown, from those that are, by adding and subtracting."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog
from scipy.sparse import block_array, coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from evaltools.disclosure.record import Sum
from evaltools.errors import DisclosureError, many

NEAR = 1e-6
"""Closer than this to a whole number is that number: the solver is exact to 1e-7."""
ROUND_OFF = 1e-9
"""A sum of amounts is exact to this share of what is added."""
LARGEST = 1e7
"""Larger numbers are scaled to this before the solver gets them: its tolerances are absolute."""
BLOCK = 3000
"""How many unknown numbers go to the solver at once: fewer cost calls, more cost time per step of the simplex."""
POINTS = 8
"""Programmes that `reached` solves: all as small and as large as can be, and the others by chance."""
CAP = 1000.0
"""How far above twice the largest number that is known `reached` looks."""
_NOTHING = (np.zeros(0), np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp))
CONTRADICTION = "shown figures contradict each other: {}; make the pages again from one extract"
INFEASIBLE = 2
"""Status of `linprog` when nothing satisfies the equations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extremes:
    """The furthest that numbers can be.

    Attributes
    ----------
    values
        Of each question its answer.
    prices
        Of each question (row) and each sum (column), how much the least value of ``-sign`` times the number would
        change per unit that the sum were off: the solution of the dual programme.
    """

    values: NDArray[np.float64]
    prices: csr_array


@dataclass(frozen=True, slots=True, kw_only=True)
class _Component:
    """Unknown numbers that sums link to each other, and those sums without what is known."""

    columns: NDArray[np.intp]
    rows: NDArray[np.intp]
    entries: tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]
    right: NDArray[np.float64]
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """Questions about one component, to be answered together: each has a copy of it."""

    component: _Component
    questions: NDArray[np.intp]


def ranges(
    sums: Sequence[Sum],
    low: ArrayLike,
    high: ArrayLike,
    *,
    asked: ArrayLike | None = None,
    is_whole: ArrayLike = True,
    subject: str = "ranges()",
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the narrowest bounds of numbers that follow from their sums.

    Parameters
    ----------
    sums
        Which numbers add up: ``(total, parts)``, by place.
    low, high
        The least and the most that each number can be by itself, inclusive: alike where it is shown, 0 and infinite
        where it is not. ``low`` is finite.
    asked
        Of which numbers the bounds are asked; all, if not given. Of others the given bounds come back.
    is_whole
        Whether a number is a count: its bounds are whole then.
    subject
        What the error is about.

    Returns
    -------
    tuple
        The least and the most that each number can be, inclusive. Infinite where there is no most.

    Raises
    ------
    DisclosureError
        When no numbers satisfy the bounds and the sums: figures contradict each other. It quotes none of them.

    Notes
    -----
    Of each unknown number the smallest and the largest value by linear programming over the reals, as in Fischetti and
    Salazar-González (2001), Management Science 47(7). Numbers that no sum links are apart from each other, so
    that the work grows with the number of tables.

    Examples
    --------
    Of a total of 30 and a part of 12 the other parts are not known, only their sum:

    >>> low, high = ranges([(0, (1, 2, 3))], [30, 12, 0, 0], [30, 12, np.inf, np.inf])
    >>> low.tolist(), high.tolist()
    ([30.0, 12.0, 0.0, 0.0], [30.0, 12.0, 18.0, 18.0])
    """
    low, high = np.array(low, dtype=float), np.array(high, dtype=float)
    matrix = equations(sums, len(low))
    _check_known(matrix, low, high, subject)
    is_open = np.ones(len(low), dtype=bool) if asked is None else np.asarray(asked, dtype=bool)
    cells = np.flatnonzero(is_open & (low < high))
    endless = cells[np.isinf(high[cells])]
    # Whether there is a most at all: a step of 1 that can be made again and again.
    steps = extremes(
        matrix, np.zeros(len(low)), np.where(np.isinf(high), np.inf, 0), cells=endless, signs=1, caps=1, subject=subject
    )
    ups = np.setdiff1d(cells, endless[steps.values > NEAR], assume_unique=True)
    most = extremes(matrix, low, high, cells=ups, signs=1, caps=np.inf, subject=subject).values
    least = extremes(matrix, low, high, cells=cells, signs=-1, caps=np.inf, subject=subject).values
    whole = np.broadcast_to(np.asarray(is_whole, dtype=bool), low.shape)
    # Never wider than what was given: of rounded numbers the solver's last digit would differ.
    high[ups] = np.minimum(high[ups], np.where(whole[ups], np.floor(most + NEAR), most))
    low[cells] = np.maximum(low[cells], np.where(whole[cells], np.ceil(least - NEAR), least))
    if (low > high).any():
        raise DisclosureError(subject, [CONTRADICTION.format("no whole numbers satisfy the sums")])
    return low + 0.0, high  # -0.0 is 0


def reached(
    sums: Sequence[Sum], low: ArrayLike, high: ArrayLike, *, subject: str = "reached()"
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give values that each number can have: a range within that of `ranges`, found with a few programmes for all at once.

    Most ranges that are wide are seen to be so here; those that are not have to be asked.

    Parameters
    ----------
    sums, low, high, subject
        As in `ranges`.

    Returns
    -------
    tuple
        The least and the most value that was found; of a number that no sum links the bounds that were given. Alike where
        nothing was found.

    Examples
    --------
    >>> low, high = reached([(0, (1, 2, 3))], [30, 12, 0, 0], [30, 12, np.inf, np.inf])
    >>> low.tolist(), high.tolist()
    ([30.0, 12.0, 0.0, 0.0], [30.0, 12.0, 18.0, 18.0])
    """
    low, high = np.array(low, dtype=float), np.array(high, dtype=float)
    matrix = equations(sums, len(low))
    cells = np.flatnonzero(low < high)
    least, most = low.copy(), high.copy()
    draws = np.random.default_rng(0)
    for group in _groups(_one_question_each(_components(matrix, low, high, cells))):
        columns = np.concatenate([block.component.columns for block in group])
        scales = np.concatenate([np.full(len(block.component.columns), block.component.scale) for block in group])
        known = [np.abs(block.component.right).max(initial=0) * block.component.scale for block in group]
        given = np.where(np.isinf(high[columns]), low[columns], high[columns])
        # A cap leaves every value that is found possible; it keeps those without a most from growing for ever.
        cap = 2 * max(given.max(initial=0), *known) + CAP
        bounds = np.column_stack([low[columns], np.minimum(high[columns], cap)]) / scales[:, None]
        found = []
        for at in range(POINTS):
            signs = np.full(len(columns), 1.0 - 2 * at) if at < 2 else draws.choice([-1.0, 1.0], len(columns))
            with suppress(DisclosureError):  # the cap, or the figures themselves: `ranges` tells
                found.append(_solve(group, signs * draws.uniform(0.5, 1.5, len(columns)), bounds, subject)[0] * scales)
        values = np.array(found) if found else np.broadcast_to(low[columns], (1, len(columns)))
        least[columns] = np.maximum(values.min(axis=0), low[columns])
        most[columns] = np.minimum(values.max(axis=0), high[columns])
    return least, most


def _one_question_each(blocks: Iterator[_Block]) -> Iterator[_Block]:
    """Keep one copy of each component."""
    return (replace(block, questions=block.questions[:1]) for block in blocks)


def equations(sums: Sequence[Sum], n: int) -> csr_array:
    """Write sums of ``n`` numbers as equations: a row each, 1 for the total and -1 for its parts, that are 0 together.

    Examples
    --------
    >>> equations([(0, (1, 2))], 3).toarray().tolist()
    [[1.0, -1.0, -1.0]]
    """
    known = list(dict.fromkeys(sums))
    rows = np.repeat(np.arange(len(known)), [1 + len(parts) for _, parts in known])
    columns = np.array([place for total, parts in known for place in (total, *parts)], dtype=np.intp)
    signs = np.array([sign for _, parts in known for sign in (1.0, *[-1.0] * len(parts))])
    return csr_array((signs, (rows, columns)), shape=(len(known), n))


def linked(matrix: csr_array | coo_array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Tell apart the parts of a table that no sum links: the part of each sum (row), and of each number (column).

    Examples
    --------
    >>> [part.tolist() for part in linked(equations([(0, (1,)), (2, (3,))], 4))]
    [[0, 1], [0, 0, 1, 1]]
    """
    _, labels = connected_components(block_array([[None, matrix], [matrix.T, None]]), directed=False)
    return labels[: matrix.shape[0]], labels[matrix.shape[0] :]


def by_label(places: NDArray[np.intp], labels: NDArray[np.intp]) -> dict[int, NDArray[np.intp]]:
    """Gather places with the same label, in their order.

    Examples
    --------
    >>> {label: places.tolist() for label, places in by_label(np.array([4, 5, 6]), np.array([1, 0, 1])).items()}
    {0: [5], 1: [4, 6]}
    """
    order = np.argsort(labels, kind="stable")
    found, first = np.unique(labels[order], return_index=True)
    edges = [*first.tolist(), len(order)]
    return {int(label): places[order[start:end]] for label, (start, end) in zip(found, pairwise(edges), strict=True)}


def extremes(
    matrix: csr_array,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    *,
    cells: NDArray[np.intp],
    signs: ArrayLike,
    caps: ArrayLike,
    subject: str,
) -> Extremes:
    """Find how large numbers can be, or how small.

    Parameters
    ----------
    matrix
        The sums, as `equations` writes them.
    low, high
        Bounds of each number, inclusive; alike where it is known.
    cells
        Of each question, the place of the number.
    signs
        Of each question, 1 for the largest value and -1 for the smallest.
    caps
        Of each question, how far from 0 its number may go at most: an answer so large is as good as any larger one.
    subject
        What the error is about.

    Raises
    ------
    DisclosureError
        When no numbers satisfy the bounds and the sums.
    """
    signs = np.broadcast_to(np.asarray(signs, dtype=float), cells.shape)
    ends = np.broadcast_to(np.asarray(caps, dtype=float), cells.shape)
    values = np.where(signs > 0, np.minimum(high[cells], ends), np.maximum(low[cells], -ends))
    box = np.column_stack([low, high])
    priced: list[tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp]]] = []
    for group in _groups(_components(matrix, low, high, cells)):
        bounds, costs, owns = [], [], []
        at = 0
        for block in group:
            columns, asked = block.component.columns, block.questions
            own = np.searchsorted(columns, cells[asked]) + np.arange(len(asked)) * len(columns)
            bound = np.tile(box[columns], (len(asked), 1))
            bound[own, (signs[asked] > 0).astype(int)] = values[asked]
            cost = np.zeros(len(bound))
            cost[own] = -signs[asked]
            bounds.append(bound / block.component.scale)
            costs.append(cost)
            owns.append(at + own)
            at += len(bound)
        solution, marginals = _solve(group, np.concatenate(costs), np.concatenate(bounds), subject)
        for block, own in zip(group, owns, strict=True):
            values[block.questions] = solution[own] * block.component.scale
        rows = np.concatenate([np.tile(block.component.rows, len(block.questions)) for block in group])
        questions = np.concatenate([np.repeat(block.questions, len(block.component.rows)) for block in group])
        priced.append((marginals, questions, rows))
    marginals, questions, rows = (np.concatenate(each) for each in zip(*priced, strict=True)) if priced else _NOTHING
    return Extremes(
        values=values, prices=csr_array((marginals, (questions, rows)), shape=(len(cells), matrix.shape[0]))
    )


def _components(
    matrix: csr_array, low: NDArray[np.float64], high: NDArray[np.float64], cells: NDArray[np.intp]
) -> Iterator[_Block]:
    """Take apart what is unknown; give each part that a question and a sum are about, with its questions."""
    unknown = low < high
    right = -(matrix @ np.where(unknown, 0, low))
    entries = matrix.tocoo()
    kept = unknown[entries.col]
    rows, columns, signs = entries.row[kept], entries.col[kept], entries.data[kept]
    of_row, of_column = linked(coo_array((np.ones(len(rows)), (rows, columns)), shape=matrix.shape))
    is_linked = np.isin(of_column[cells], of_row[rows])
    entry_at = by_label(np.arange(len(rows)), of_row[rows])
    column_at = by_label(np.flatnonzero(unknown), of_column[unknown])
    row_at = by_label(np.arange(len(of_row)), of_row)
    question_at = by_label(np.flatnonzero(is_linked), of_column[cells][is_linked])
    for label, questions in question_at.items():
        inside, own_columns, own_rows = entry_at[label], column_at[label], row_at[label]
        bounds = np.concatenate([low[own_columns], high[own_columns], right[own_rows]])
        scale = max(1.0, np.abs(bounds[np.isfinite(bounds)]).max(initial=0) / LARGEST)
        local = (np.searchsorted(own_rows, rows[inside]), np.searchsorted(own_columns, columns[inside]))
        yield _Block(
            component=_Component(
                columns=own_columns,
                rows=own_rows,
                entries=(*local, signs[inside]),
                right=right[own_rows] / scale,
                scale=scale,
            ),
            questions=questions,
        )


def _groups(blocks: Iterator[_Block]) -> Iterator[list[_Block]]:
    """Put questions together until the solver has `BLOCK` unknown numbers."""
    group: list[_Block] = []
    room = BLOCK
    for block in blocks:
        size = len(block.component.columns)
        rest = block.questions
        while len(rest):
            n = max(room // size, 0 if group else 1)
            if n:
                group.append(_Block(component=block.component, questions=rest[:n]))
                rest, room = rest[n:], room - size * len(rest[:n])
            if len(rest) or room <= 0:
                yield group
                group, room = [], BLOCK
    if group:
        yield group


def _solve(
    group: Sequence[_Block], costs: NDArray[np.float64], bounds: NDArray[np.float64], subject: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows, columns, signs, right = [], [], [], []
    m = n = 0
    for block in group:
        part, copies = block.component, np.arange(len(block.questions))[:, None]
        row, column, sign = part.entries
        rows.append((m + row + copies * len(part.rows)).ravel())
        columns.append((n + column + copies * len(part.columns)).ravel())
        signs.append(np.tile(sign, len(copies)))
        right.append(np.tile(part.right, len(copies)))
        m, n = m + len(copies) * len(part.rows), n + len(copies) * len(part.columns)
    places = (np.concatenate(rows), np.concatenate(columns))
    matrix = csr_array((np.concatenate(signs), places), shape=(m, n))
    found = linprog(costs, A_eq=matrix, b_eq=np.concatenate(right), bounds=bounds, method="highs-ds")
    if found.status == INFEASIBLE:
        raise DisclosureError(subject, [CONTRADICTION.format("no numbers that are hidden satisfy the sums")])
    if found.status != 0:
        raise DisclosureError(subject, ["what can be computed from the figures could not be worked out; show fewer"])
    return found.x, found.eqlin.marginals


def _check_known(matrix: csr_array, low: NDArray[np.float64], high: NDArray[np.float64], subject: str) -> None:
    """Refuse figures that contradict each other by themselves: no solver sees those."""
    is_known = abs(matrix) @ (low < high).astype(float) == 0
    most_off = NEAR + ROUND_OFF * (abs(matrix) @ np.abs(low))
    n_broken = int((is_known & (np.abs(matrix @ low) > most_off)).sum())
    n_crossed = int((low > high).sum())
    problems = [
        CONTRADICTION.format(f"{many(n, what)} {cannot}")
        for n, what, cannot in (
            (n_crossed, "figure", "must be above the most that it can be"),
            (n_broken, "sum", "of shown figures cannot hold"),
        )
        if n
    ]
    if problems:
        raise DisclosureError(subject, problems)
