"""What an estimate would have been, had other units taken part.

With one or a few units that take part, no standard error can be relied on: it rests on how much these few differ among
themselves. What can be counted is how unusual they are: among all ways to deal the starts out to the units, in how many
is the estimate at least as large (Fisher 1935; for places over time Conley & Taber 2011, MacKinnon & Webb 2020)?
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import factorial, prod

import numpy as np
from numpy.typing import NDArray

from evaltools.effects.inputs import Array, Mask
from evaltools.effects.panels.panel import NEVER, Codes

Ways = NDArray[np.int16]

MOST_ASSIGNMENTS = 10_000
"""All ways are looked at up to so many; above it so many are looked at, with the one that happened among them."""

SAME = 1e-9
"""Overlaps and numbers of ways that differ less are equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignments:
    """Ways in which the starts could have been dealt out to the units.

    Attributes
    ----------
    happened
        Cohort of each unit. Shape (U,).
    cohorts
        The same in each way. Shape (A, U).
    is_exact
        Whether these are all ways, once each; else they are random, and the one that happened is among them.
    """

    happened: Ways
    cohorts: Ways
    is_exact: bool

    def smallest_p_value(self, is_seen: Mask) -> float:
        """Count the share of ways that give the same number but for its sign, whatever the outcomes are.

        The number is of the cohorts that are seen, shape (G,), beside the units without the programme.
        """
        cohorts = np.append(np.flatnonzero(is_seen), NEVER)
        matters = np.isin(self.happened, cohorts)
        dealt, happened = self.cohorts[:, matters], self.happened[matters]
        share = (dealt == happened).all(axis=1).mean()
        if len(cohorts) == 2:
            # As many units with as without can change sides: the same number with another sign.
            share += (dealt == cohorts.sum() - happened).all(axis=1).mean()
        return float(share)


def assignments(cohorts: Codes, seed: int) -> Assignments:
    """Deal the starts out to the units in all ways, or in `MOST_ASSIGNMENTS` at random with what happened among them.

    That makes the p-value of random ways ``(1 + b) / (1 + B)`` (Phipson & Smyth 2010).
    """
    sizes = np.unique(cohorts, return_counts=True)[1].tolist()
    n_ways = factorial(len(cohorts)) // prod(map(factorial, sizes))
    is_exact = n_ways <= MOST_ASSIGNMENTS
    happened = cohorts.astype(np.int16)
    if is_exact:
        dealt = np.array(list(_all_ways(np.full_like(happened, NEVER), happened)))
    else:
        repeated = np.tile(happened, (MOST_ASSIGNMENTS - 1, 1))
        dealt = np.vstack([happened, np.random.default_rng(seed).permuted(repeated, axis=1)])
    return Assignments(happened=happened, cohorts=dealt, is_exact=is_exact)


def _all_ways(dealt: Ways, cohorts: Ways, cohort: int = 0) -> Iterator[Ways]:
    if cohort > cohorts.max():
        yield dealt
        return
    for places in combinations(np.flatnonzero(dealt == NEVER), int((cohorts == cohort).sum())):
        filled = dealt.copy()
        filled[list(places)] = cohort
        yield from _all_ways(filled, cohorts, cohort + 1)


def permutation_test(
    observed: float, estimates: Array, overlaps: Array, level: float, *, rounding: float
) -> tuple[float, tuple[float, float]]:
    """Take the p-value of no effect, and the interval of all effects that are not rejected.

    An effect ``τ₀`` is rejected when, in the outcomes without it, what happened is among the ``1 - level`` most unusual
    ways. Its estimate there is ``τ - τ₀``, and that of way ``a`` is ``τₐ - τ₀ dₐ``, where ``dₐ`` is the estimate of way
    ``a`` for an outcome that is 1 where the programme was. So ``a`` is at least as unusual for all ``τ₀`` between
    ``(τ - τₐ)/(1 - dₐ)`` and ``(τ + τₐ)/(1 + dₐ)``, which lie around ``τ``: the limits are order statistics of these.

    Parameters
    ----------
    observed
        Estimate of what happened, ``τ``.
    estimates, overlaps
        ``τₐ`` and ``dₐ``, shape (A,). A way with ``|dₐ| >= 1`` is taken to be as unusual for every ``τ₀``.
    level
        Of the interval.
    rounding
        Estimates that differ less are equal.

    Returns
    -------
    tuple
        The p-value and the limits, which are infinite where no effect can be rejected at this level.
    """
    p_value = float((np.abs(estimates) >= abs(observed) - rounding).mean())
    is_bounded = np.abs(overlaps) < 1 - SAME
    lower, upper = np.full(len(estimates), -np.inf), np.full(len(estimates), np.inf)
    of_way, overlap = estimates[is_bounded], overlaps[is_bounded]
    ends = np.sort([(observed - of_way) / (1 - overlap), (observed + of_way) / (1 + overlap)], axis=0)
    # Rounding in the last bit may put an end past the estimate.
    lower[is_bounded], upper[is_bounded] = np.minimum(ends[0], observed), np.maximum(ends[1], observed)
    n_rejected = min(int((1 - level) * len(estimates) + SAME), len(estimates) - 1)
    return p_value, (float(np.sort(lower)[n_rejected]), float(np.sort(upper)[-1 - n_rejected]))
