"""Which further numbers must not be shown, so that those that may not be known cannot be computed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, hstack

from evaltools.disclosure.attack import NEAR, equations, extremes
from evaltools.disclosure.record import Sum

SUBJECT = "suppress()"
MOST_EXACT = 400
"""Most numbers of a table of which the cheapest choice is sought; a larger one gets a cheap choice."""
MOST_ROUNDS = 60
MOST_NODES = 2000
"""Bounds on the search that are alike on every machine, as seconds are not."""
TIE = 1e-5
"""Of choices that cost the same this share of the largest cost decides, so that one is the cheapest on every machine."""
FEW = 25
"""In a table too large for the cheapest choice, of so many numbers at a time shifts are sought together."""


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
    is_whole: bool

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
    table = _Table(
        matrix=equations(sums, len(values)),
        values=np.asarray(values, dtype=float),
        primary=primary,
        down=np.where(primary, lower, 0.0),
        up=np.where(primary, upper, 0.0),
        width=width,
        cost=cost / max(cost.max(initial=0), NEAR) + TIE * (np.arange(len(cost)) * 0.6180339887 % 1),
        unseen=unseen,
        is_whole=bool((values == np.round(values)).all()),
    )
    hidden = _cheapest(table) if len(values) <= MOST_EXACT else None
    if hidden is None:
        hidden = _cheap(table)
    return hidden & ~unseen


def _cheapest(table: _Table) -> NDArray[np.bool_] | None:
    """Solve the master problem, and add what the attacker finds, until there is nothing to add."""
    free = np.flatnonzero(~table.is_fixed)
    hidden = table.is_fixed.copy()
    cuts = _first_cuts(table)
    for _ in range(MOST_ROUNDS):
        if len(free):
            found = milp(
                table.cost[free] * 1000,
                integrality=np.ones(len(free)),
                bounds=Bounds(0, 1),
                constraints=[LinearConstraint(csr_array(cuts.left[:, free]), cuts.right, np.inf)],
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
        return _Cuts(left=np.vstack([self.left, other.left]), right=np.concatenate([self.right, other.right]))


def _capacities(table: _Table, prices: csr_array, cells: NDArray[np.intp], sign: int) -> NDArray[np.float64]:
    """Give, by weak duality, how far each hidden number lets those numbers go: their shift is at most the sum of these."""
    reduced = -(prices @ table.matrix).toarray()
    reduced[np.arange(len(cells)), cells] -= sign
    return np.where(reduced > NEAR, reduced * table.values, 0) + np.where(reduced < -NEAR, np.inf, 0)


def _cuts(
    table: _Table, cells: NDArray[np.intp], capacities: NDArray[np.float64], needs: NDArray[np.float64]
) -> _Cuts:
    """Ask of the hidden numbers together what a number needs; if that number is hidden.

    A capacity above the need counts as the need, after those of what is hidden anyhow (Fischetti and Salazar-González 2001,
    section 3.2).
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
        .joined(_cuts(table, cells, ups + downs, np.where(table.unseen & ~table.primary, 0, table.width)[cells]))
    )


def _violated(table: _Table, hidden: NDArray[np.bool_]) -> _Cuts:
    """Let the attacker compute what is hidden; give what each safe choice must have that this one has not."""
    cells = np.flatnonzero((hidden & ~table.unseen) | table.primary)
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
    low, too_high, narrow = rise < up - NEAR, fall < down - NEAR, rise + fall < width - NEAR
    cuts = (
        _cuts(table, cells[low], ups[low], up[low])
        .joined(_cuts(table, cells[too_high], downs[too_high], down[too_high]))
        .joined(_cuts(table, cells[narrow], (ups + downs)[narrow], width[narrow]))
    )
    if not table.is_whole:
        return cuts
    coarse = (np.floor(rise + NEAR) + np.floor(fall + NEAR) < width - NEAR) & ~(low | too_high | narrow)
    others = np.where(hidden, 0, np.inf)
    return cuts.joined(_cuts(table, cells[coarse], np.tile(others, (coarse.sum(), 1)), width[coarse]))
