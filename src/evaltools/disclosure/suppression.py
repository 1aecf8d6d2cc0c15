"""Which further numbers must not be shown, so that those that may not be known cannot be computed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, hstack

from evaltools.disclosure.attack import NEAR, by_label, equations, extremes, linked
from evaltools.disclosure.record import Sum

SUBJECT = "suppress()"
MOST_EXACT = 1500
"""Up to so many places in sums times numbers that may not be known, the cheapest choice is sought; beyond, a cheap one."""
MOST_ROUNDS = 30
MOST_NODES = 1000
"""Bounds on the search that are alike on every machine, as seconds are not."""
TIE = 1e-5
"""Of choices that cost the same this share of the largest cost decides, so that one is the cheapest on every machine."""
GOLDEN = 0.6180339887
"""Its multiples, without their whole part, are all different and spread evenly."""
UNIT = 1000.0
"""What the dearest number costs to the solver, which tells costs apart from 1e-6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """What must be protected of what, and at which cost."""

    matrix: csr_array
    values: NDArray[np.float64]
    primary: NDArray[np.bool_]
    down: NDArray[np.float64]
    up: NDArray[np.float64]
    width: NDArray[np.float64]
    cost: NDArray[np.float64]
    unseen: NDArray[np.bool_]

    def part(self, rows: NDArray[np.intp], places: NDArray[np.intp]) -> "_Table":
        """Take some sums, and the numbers in them."""
        return _Table(
            matrix=self.matrix[rows][:, places],
            values=self.values[places],
            primary=self.primary[places],
            down=self.down[places],
            up=self.up[places],
            width=self.width[places],
            cost=self.cost[places],
            unseen=self.unseen[places],
        )

    @property
    def is_whole(self) -> bool:
        """Whether the numbers are counts."""
        return bool((self.values == np.round(self.values)).all())

    @property
    def is_fixed(self) -> NDArray[np.bool_]:
        """What the reader does not get to know, whatever is chosen."""
        return self.primary | self.unseen


def suppress(
    values: NDArray[np.float64],
    sums: Sequence[Sum],
    *,
    primary: NDArray[np.bool_],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    cost: NDArray[np.float64],
    unseen: NDArray[np.bool_],
    width: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Choose the numbers that are not shown: those that may not be known, and further ones that would tell them.

    To who sees the others, and knows that no number is below 0, each primary number can be as low as its value less
    ``lower`` and as high as its value and ``upper``; no hidden number is known to within less than ``width``. Where the sums
    themselves tell a primary number, such as a part that is its whole, all numbers that are linked to it are hidden.

    Parameters
    ----------
    values
        The numbers, at least 0. Those that are all whole are counts: ranges count whole numbers then.
    sums
        Which numbers add up: ``(total, parts)``, by place. They hold.
    primary
        Which numbers may not be known.
    lower, upper
        Of each primary number, how far below and above its value it must be able to be; ``lower`` at most the value.
    cost
        What a reader loses with each number, at least 0.
    unseen
        Which numbers are not in the table. They are never shown and never chosen; they may be primary.
    width
        The least width of the range of each number, if it is hidden.

    Returns
    -------
    NDArray
        Which numbers are not shown. It depends on nothing but what is given; of choices that cost the same the order of the
        numbers decides: sort them, such as by name, so that the order of a table's rows does not.

    Notes
    -----
    Fischetti and Salazar-González (2001), Solving the cell suppression problem on tabular data with linear constraints,
    Management Science 47(7). A master problem chooses the cheapest numbers that satisfy some conditions; the attacker's
    linear programmes (`extremes`) show by their dual solutions which conditions it still lacks. What is asked of hidden
    numbers only is a condition times whether it is hidden, so that the result is the cheapest choice there is, up to the
    accuracy of the solver (1e-6 of the largest cost) and the tie-break (1e-5).

    The parts of a table that no sum links are chosen one by one. A part with more than `MOST_EXACT` places in sums times
    primary numbers, or that takes too many steps, gets a cheap choice instead: for one number after the other the
    cheapest shift of the table that it needs, which is as safe.

    Examples
    --------
    Of a row that adds up, hiding one number is not enough:

    >>> n = np.array([4.0, 20, 30, 54])
    >>> few, none = n < 10, np.zeros(4, dtype=bool)
    >>> suppress(
    ...     n, [(3, (0, 1, 2))], primary=few, lower=n, upper=10 - n, cost=n, unseen=none, width=np.full(4, 10.0)
    ... ).tolist()
    [True, True, False, False]
    """
    whole = _Table(
        matrix=equations(sums, len(values)),
        values=values,
        primary=primary,
        down=np.where(primary, lower, 0.0),
        up=np.where(primary, upper, 0.0),
        width=np.where(unseen & ~primary, 0.0, width),
        cost=cost / max(cost.max(initial=0), NEAR) + TIE * (np.arange(len(cost)) * GOLDEN % 1),
        unseen=unseen,
    )
    hidden = primary & ~unseen
    of_sum, of_number = linked(whole.matrix)
    sums_at = by_label(np.arange(len(of_sum)), of_sum)
    for label, places in by_label(np.arange(len(values)), of_number).items():
        if label in sums_at and primary[places].any():
            table = whole.part(sums_at[label], places)
            chosen = _cheapest(table)
            hidden[places] = (_cheap(table) if chosen is None else chosen) & ~table.unseen
    return hidden


def _cheapest(table: _Table) -> NDArray[np.bool_] | None:
    """Solve the master problem, and add what the attacker finds, until there is nothing to add; None if that takes long."""
    hidden = table.is_fixed
    free = np.flatnonzero(~hidden)
    if not len(free):
        return hidden
    if table.matrix.nnz * int(table.primary.sum()) > MOST_EXACT:
        return None
    cuts = _first_cuts(table)
    for _ in range(MOST_ROUNDS):
        found = milp(
            table.cost[free] * UNIT,
            integrality=np.ones(len(free)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(csr_array(cuts.left[:, free]), cuts.right, np.inf),
            options={"node_limit": MOST_NODES, "mip_rel_gap": 0.0},
        )
        if found.status != 0:
            return None
        hidden[free] = found.x > 0.5
        more = _violated(table, hidden)
        if not len(more.right):
            return hidden
        cuts = cuts.joined(more)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cuts:
    """What every safe choice satisfies: of ``left`` times 1 for hidden numbers at least ``right``."""

    left: NDArray[np.float64]
    right: NDArray[np.float64]

    def joined(self, other: "_Cuts") -> "_Cuts":
        """Ask both."""
        return _Cuts(left=np.vstack([self.left, other.left]), right=np.concatenate([self.right, other.right]))


def _capacities(table: _Table, prices: csr_array, cells: NDArray[np.intp], sign: int) -> NDArray[np.float64]:
    """Give how far each number, if it is hidden, lets those numbers go: their shift is at most the sum of these.

    By weak duality this holds for any prices: down it lets go its value times its reduced cost, up without end.
    """
    reduced = -(prices @ table.matrix).toarray()
    reduced[np.arange(len(cells)), cells] -= sign
    return np.where(reduced > NEAR, reduced * table.values, 0) + np.where(reduced < -NEAR, np.inf, 0)


def _cuts(table: _Table, cells: NDArray[np.intp], capacities: NDArray[np.float64], needs: NDArray[np.float64]) -> _Cuts:
    """Ask of the hidden numbers together what a number needs; if that number is hidden.

    A capacity above the need counts as the need, after those of what is hidden anyhow: as something is hidden or not, the
    condition holds as before for every safe choice, and is stronger between them.
    """
    own = np.zeros(capacities.shape, dtype=bool)
    own[np.arange(len(cells)), cells] = True
    always = own | table.is_fixed
    rest = needs - np.where(always, capacities, 0).sum(axis=1)
    kept = rest > NEAR
    left = np.where(always, 0, np.minimum(capacities, rest[:, None]))[kept] / rest[kept, None]
    conditional = ~table.is_fixed[cells[kept]]
    left[own[kept]] -= conditional
    return _Cuts(left=left, right=np.where(conditional, 0.0, 1.0))


def _first_cuts(table: _Table) -> _Cuts:
    """Use each sum by itself: what it says of each of its numbers, were all others shown but those in it."""
    entries = table.matrix.tocoo()
    cells, n = entries.col, len(entries.col)
    each = csr_array((entries.data, (np.arange(n), entries.row)), shape=(n, table.matrix.shape[0]))
    ups, downs = _capacities(table, -each, cells, 1), _capacities(table, each, cells, -1)
    return (
        _cuts(table, cells, ups, table.up[cells])
        .joined(_cuts(table, cells, downs, table.down[cells]))
        .joined(_cuts(table, cells, ups + downs, table.width[cells]))
    )


def _violated(table: _Table, hidden: NDArray[np.bool_]) -> _Cuts:
    """Let the attacker compute what is hidden; give what each safe choice must have that this one has not."""
    cells = np.flatnonzero(hidden & (table.up + table.down + table.width > 0))
    n = len(cells)
    up, down, width = table.up[cells], table.down[cells], table.width[cells]
    found = extremes(
        table.matrix,
        np.where(hidden, -table.values, 0),
        np.where(hidden, np.inf, 0),
        cells=np.concatenate([cells, cells]),
        signs=np.repeat([1, -1], n),
        caps=np.concatenate([np.maximum(up, width), np.maximum(down, width)]),
        subject=SUBJECT,
    )
    rise, fall = found.values[:n], -found.values[n:]
    ups = _capacities(table, found.prices[:n], cells, 1)
    downs = _capacities(table, found.prices[n:], cells, -1)
    is_low, is_high, is_narrow = rise < up - NEAR, fall < down - NEAR, rise + fall < width - NEAR
    cuts = (
        _cuts(table, cells[is_low], ups[is_low], up[is_low])
        .joined(_cuts(table, cells[is_high], downs[is_high], down[is_high]))
        .joined(_cuts(table, cells[is_narrow], (ups + downs)[is_narrow], width[is_narrow]))
    )
    if not table.is_whole:
        return cuts
    # Wide enough, but not in whole numbers: what hides less is no wider, so that another number must go, whichever.
    is_coarse = (np.floor(rise + NEAR) + np.floor(fall + NEAR) < width - NEAR) & ~(is_low | is_high | is_narrow)
    others = np.where(hidden, 0, np.inf)
    return cuts.joined(_cuts(table, cells[is_coarse], np.tile(others, (is_coarse.sum(), 1)), width[is_coarse]))


def _cheap(table: _Table) -> NDArray[np.bool_]:
    """Seek a cheap shift for one number after the other, and hide what it shifts, until everything is protected.

    A shift keeps all sums: who sees only what it leaves alone cannot tell the table from the shifted one. That is the proof
    that the choice is safe: how far each number can rise and fall are steps of shifts that were found.
    """
    hidden = table.is_fixed
    rise, fall = np.zeros(len(hidden)), np.zeros(len(hidden))
    while (needed := _first_unmet(table, hidden, rise, fall)) is not None:
        cell, step = needed
        shift = _shift(table, hidden, cell, step)
        if shift is None:
            # The sums themselves tell this number, whatever is hidden.
            return np.ones(len(hidden), dtype=bool)
        hidden |= np.abs(shift) > NEAR
        rise, fall = np.maximum(rise, shift), np.maximum(fall, -shift)
    return hidden


def _first_unmet(
    table: _Table, hidden: NDArray[np.bool_], rise: NDArray[np.float64], fall: NDArray[np.float64]
) -> tuple[int, float] | None:
    """Give a number that no shift protects yet with the step that it needs: first those that may not be known."""
    for steps, is_short in ((table.up, rise < table.up - NEAR), (-table.down, fall < table.down - NEAR)):
        if is_short.any():
            cell = int(is_short.argmax())
            return cell, float(steps[cell])
    ends = [np.floor(each + NEAR) if table.is_whole else each for each in (rise, fall)]
    is_narrow = hidden & (ends[0] + ends[1] < table.width - NEAR)
    if not is_narrow.any():
        return None
    cell = int(is_narrow.argmax())
    step = table.width[cell] - ends[0][cell]
    return cell, float(-step if step <= table.values[cell] else table.width[cell] - ends[1][cell])


def _shift(table: _Table, hidden: NDArray[np.bool_], cell: int, step: float) -> NDArray[np.float64] | None:
    """Find the cheapest shift that shifts a number by a step; None where there is none."""
    price = np.where(hidden, 0, table.cost)
    rises, falls = np.full(len(hidden), np.inf), table.values.copy()
    least = np.zeros(2 * len(hidden))
    rises[cell], falls[cell] = max(step, 0), max(-step, 0)
    least[[cell, cell + len(hidden)]] = rises[cell], falls[cell]
    found = linprog(
        np.concatenate([price, price]),
        A_eq=hstack([table.matrix, -table.matrix], format="csr"),
        b_eq=np.zeros(table.matrix.shape[0]),
        bounds=np.column_stack([least, np.concatenate([rises, falls])]),
        method="highs-ds",
        options={"presolve": False, "simplex_dual_edge_weight_strategy": "dantzig"},  # few steps from where it starts
    )
    return None if found.status != 0 else found.x[: len(hidden)] - found.x[len(hidden) :]
