"""Searches for the nearest of sorted numbers, in ``n log n``."""

import numpy as np
from numpy.typing import NDArray

from evaltools.effects.inputs import Array

Rows = NDArray[np.intp]


def nearest(values: Array, targets: Array, *, count: int, reach: float, slack: float) -> tuple[Rows, Rows]:
    """Find which of the values are the ``count`` nearest to each target, and all that are as near as the last of those.

    Parameters
    ----------
    values
        Sorted. Shape (n,).
    reach
        Look no further than this.
    slack
        Distances that differ by no more are equal.

    Returns
    -------
    tuple
        They are ``values[start:stop]``, none where the two are equal. Shape (m,) each.
    """
    count = min(count, len(values))
    place = np.searchsorted(values, targets)
    # Of the windows of so many values, the nearest is the first that has its lower end no further than what comes next.
    first, last = np.maximum(place - count, 0), np.minimum(place, len(values) - count)
    while (is_open := first < last).any():
        middle = (first + last) // 2
        following = values[np.minimum(middle + count, len(values) - 1)]
        is_later = is_open & (targets - values[middle] > following - targets)
        first, last = np.where(is_later, middle + 1, first), np.where(is_later, last, middle)
    furthest = np.maximum(targets - values[first], values[first + count - 1] - targets)
    distance = np.minimum(furthest, reach) + slack
    return np.searchsorted(values, targets - distance), np.searchsorted(values, targets + distance, side="right")


def ranked(values: Array, slack: float) -> tuple[Rows, Array]:
    """Rank values from 0, equal ones alike. Shape (n,), and the values of the ranks."""
    order = np.argsort(values)
    is_next = np.diff(values[order], prepend=-np.inf) > slack
    ranks = np.empty(len(values), dtype=np.intp)
    ranks[order] = np.cumsum(is_next) - 1
    return ranks, values[order][is_next]


def nearest_free(values: Array, targets: Array, *, count: int, reach: float, slack: float) -> list[list[int]]:
    """Give each target in turn the nearest value that nobody has yet, in ``count`` rounds.

    Of equally near values, the one that stands first is taken.

    Returns
    -------
    list
        Places in ``values`` for each target, in the order in which they were given; fewer than ``count``, or none,
        where nothing is left within reach.
    """
    free = _Free(values, slack)
    given: list[list[int]] = [[] for _ in targets]
    places = np.searchsorted(free.levels, targets).tolist()
    asking, turn = list(range(len(targets))), 0
    while asking and turn < count:
        for target in asking:
            taken = free.take(places[target], float(targets[target]), reach + slack)
            if taken is not None:
                given[target].append(taken)
        turn += 1
        asking = [target for target in asking if len(given[target]) == turn]
    return given


class _Free:
    """Values that nobody has yet, by level: equal values are one level, of which the first is taken first.

    The next free level to either side of a place is found along links, which are shortened whenever they are followed
    (Tarjan 1975, Journal of the ACM 22, 215-225).
    """

    def __init__(self, values: Array, slack: float) -> None:
        ranks, self.levels = ranked(values, slack)
        order = np.argsort(ranks, kind="stable")  # of equal values, the first row first
        begins = np.searchsorted(ranks[order], np.arange(len(self.levels) + 1)).tolist()
        self.slack = slack
        self.members = order.tolist()
        self.first, self.end = begins[:-1], begins[1:]
        # Level g links to itself while it is free, and is place g of `above` and g + 1 of `below`.
        self.above, self.below = list(range(len(begins))), list(range(len(begins)))

    def take(self, place: int, target: float, reach: float) -> int | None:
        """Take what is nearest to a target that has ``place`` levels below it; None when nothing is within reach."""
        above, below = _follow(self.above, place), _follow(self.below, place) - 1
        to_above = float(self.levels[above]) - target if above < len(self.levels) else np.inf
        to_below = target - float(self.levels[below]) if below >= 0 else np.inf
        distance = min(to_above, to_below)
        if distance > reach or distance == np.inf:
            return None
        if abs(to_above - to_below) <= self.slack:
            level = min(above, below, key=lambda each: self.members[self.first[each]])
        else:
            level = above if to_above < to_below else below
        taken: int = self.members[self.first[level]]
        self.first[level] += 1
        if self.first[level] == self.end[level]:
            self.above[level], self.below[level + 1] = level + 1, level
        return taken


def _follow(links: list[int], place: int) -> int:
    while links[place] != place:
        links[place] = links[links[place]]
        place = links[place]
    return place
