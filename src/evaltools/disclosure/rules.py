"""Which numbers of a table tell too much, and which further ones must go with them."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from evaltools.disclosure.lattice import Lattice, Shape, rest_of
from evaltools.disclosure.record import THRESHOLD, Cell
from evaltools.disclosure.suppression import suppress

LEAST_DEGREES_OF_FREEDOM = 10
"""Of a model; the default of ACRO 1.0.2 too (``safe_dof_threshold``)."""
MOST_OF_ONE, MOST_OF_TWO = 0.5, 0.9
"""Largest share of an amount that may be of one contributor, and of two. The second is the default of ACRO 1.0.2
(``safe_nk_n``, ``safe_nk_k``); its rule of 10% of the largest (``safe_pratio_p``) follows from both.
"""
UNSURE = 0.1
"""An amount that is hidden cannot be told to within this share of it, up or down."""
AMOUNT_WIDTH = UNSURE / (1 - UNSURE) + 1e-6
"""A range so wide, as share of the amount, is at least `UNSURE` of its own upper end."""
LARGEST_AMOUNT = 1e6
"""Amounts are scaled to this before a linear programme gets them: its tolerances are absolute."""


def trait_cells(made: Lattice, sensitive: Collection[str], shape: Shape) -> NDArray[np.bool_]:
    """Say of each cell whether it counts people with a sensitive trait, or those of a whole who do not have it."""
    measures = {*sensitive} | {rest_of(part, whole) for part, whole in shape.pairs() if part in sensitive}
    return np.array(
        [cell.measure in measures or any(name in sensitive for name, _ in cell.labels) for cell in made.cells],
        dtype=bool,
    )


def hidden_counts(
    made: Lattice, is_trait: NDArray[np.bool_], sensitive: Collection[str], threshold: int
) -> NDArray[np.bool_]:
    """Say which counts are left out.

    A count of few people must be able to be 0 and to be ``threshold``, as far as anyone can compute. Nobody with a
    trait must be able to be ``threshold``; everybody with it, ``threshold`` fewer.
    """
    n = made.numbers
    is_few = (n > 0) & (n < threshold)
    is_nobody, is_everybody = _nobody_and_everybody(made, is_trait, sensitive)
    primary = is_few | is_nobody | is_everybody
    if not primary.any():
        return primary
    many = n >= threshold
    return suppress(
        n,
        made.sums,
        primary=primary,
        lower=np.where(many, threshold, n),
        upper=np.where(many, 0, threshold - n),
        cost=loss(n),
        unseen=made.is_derived,
        width=np.full(len(n), float(threshold)),
    )


def hidden_amounts(
    made: Lattice,
    *,
    n: NDArray[np.float64],
    must_hide: NDArray[np.bool_],
    largest: NDArray[np.float64],
    second: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Say which amounts are left out: those of few people, those of which one or two hold most, and what goes with them.

    Parameters
    ----------
    made
        The amounts: the mean times the number of people.
    n, must_hide
        Of each, how many people it is of, and whether that number is left out or is of few people.
    largest, second
        Of each, its largest contributions; 0 where it is derived: they are not known.
    """
    x = made.numbers
    dominated = (x > 0) & ((largest > MOST_OF_ONE * x) | (largest + second > MOST_OF_TWO * x))
    primary = must_hide | dominated
    if not primary.any():
        return primary
    # What ten people have on average: of an amount of 0 a share of itself is nothing.
    usual = THRESHOLD * x.max() / max(n[x.argmax()], 1)
    scale = LARGEST_AMOUNT / max(x.max(), usual, 1e-300)
    return suppress(
        x * scale,
        made.sums,
        primary=primary,
        lower=UNSURE * x * scale,
        upper=UNSURE * np.maximum(x, usual) * scale,
        cost=loss(n),
        unseen=made.is_derived,
        width=AMOUNT_WIDTH * x * scale,
    )


def loss(n: NDArray[np.float64]) -> NDArray[np.float64]:
    """Say what a reader loses with a number of people: more with a larger one, a total before its parts, but not in proportion.

    The logarithm is one of the weights that tau-ARGUS offers.
    """
    return np.log2(2 + n)


def _nobody_and_everybody(
    made: Lattice, is_trait: NDArray[np.bool_], sensitive: Collection[str]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    n = made.numbers
    splits = [
        (total, part)
        for total, parts in made.sums
        for part in parts
        if is_trait[part] and _splits_by(made.cells[total], made.cells[part], sensitive)
    ]
    is_everybody = np.zeros(len(n), dtype=bool)
    for total, part in splits:
        is_everybody[part] |= n[part] == n[total] > 0
    # Of a group without people nothing is told, if that it has none may be told.
    is_empty = (n == 0) & ~is_trait
    while new := {part for total, part in splits if is_empty[total] and not is_empty[part]}:
        is_empty[list(new)] = True
    return is_trait & (n == 0) & ~is_empty, is_everybody


def _splits_by(total: Cell, part: Cell, sensitive: Collection[str]) -> bool:
    """Whether a sum tells those with a trait from the others: by its label, or by what is counted."""
    named = {name for name, _ in total.labels}
    return part.measure != total.measure or any(name in sensitive and name not in named for name, _ in part.labels)
