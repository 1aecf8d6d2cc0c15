"""Matched sets: one unit of the programme's group, and those of the comparison group that stand for it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaltools.effects.adjustment.nearest import Rows, nearest, nearest_free, ranked
from evaltools.effects.inputs import Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sets:
    """Sets as slices of one list of comparison units, so that equal scores with many units take no more room.

    Attributes
    ----------
    programme
        Row of the programme unit of each set. Shape (m,).
    comparison, start, stop
        Its comparison units are the rows ``comparison[start[i]:stop[i]]``, at least one. No row stands twice in
        ``comparison``. Shape (m,) for the last two.
    """

    programme: Rows
    comparison: Rows
    start: Rows
    stop: Rows

    @property
    def sizes(self) -> Rows:
        """Comparison units of each set. Shape (m,)."""
        return self.stop - self.start

    def pairs(self) -> tuple[Rows, Rows, Array]:
        """Write out the pairs: the row of either unit, and 1 over the size of their set."""
        sizes = self.sizes
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        other = self.comparison[np.repeat(self.start, sizes) + within]
        return np.repeat(self.programme, sizes), other, np.repeat(1 / sizes, sizes)

    def shares(self, power: int = 1) -> Array:
        """Sum over the sets of ``(1/size)^power``, for each of ``comparison``."""
        share = 1 / self.sizes.astype(np.float64) ** power
        ends = np.concatenate([self.start, self.stop])
        sums = np.cumsum(np.bincount(ends, np.concatenate([share, -share]), len(self.comparison) + 1)[:-1])
        # Where nobody is used, the sum of fractions may leave last bits.
        return np.asarray(np.where(sums < share.min() / 2, 0, sums))

    def means(self, values: Array) -> Array:
        """Mean over the comparison units of each set, of a value for every row of the input. Shape (m,)."""
        middle = values.mean()
        sums = np.concatenate([[0.0], np.cumsum(values[self.comparison] - middle)])
        return np.asarray(middle + (sums[self.stop] - sums[self.start]) / self.sizes)


def with_replacement(score: Array, ours: Rows, others: Rows, *, count: int, reach: float, slack: float) -> Sets:
    """Match rows ``ours`` to the nearest of the rows ``others``, and all that are as near."""
    ours, others = ours[np.argsort(score[ours])], others[np.argsort(score[others])]
    start, stop = nearest(score[others], score[ours], count=count, reach=reach, slack=slack)
    found = start < stop
    return Sets(programme=ours[found], comparison=others, start=start[found], stop=stop[found])


def without_replacement(score: Array, ours: Rows, others: Rows, *, count: int, reach: float, slack: float) -> Sets:
    """Match rows ``ours``, the highest score first, to the nearest of the rows ``others`` that is free."""
    ours = ours[np.argsort(-ranked(score[ours], slack)[0], kind="stable")]
    given = nearest_free(score[others], score[ours], count=count, reach=reach, slack=slack)
    sizes = np.array([len(each) for each in given], dtype=np.intp)
    taken = np.array([place for each in given for place in each], dtype=np.intp)
    found, stop = sizes > 0, np.cumsum(sizes)
    return Sets(programme=ours[found], comparison=others[taken], start=(stop - sizes)[found], stop=stop[found])


def joined(sets: Sequence[Sets]) -> Sets:
    """Put sets of different units together, in the order of the programme's rows."""
    offsets = np.cumsum([0, *(len(each.comparison) for each in sets)])
    programme = np.concatenate([each.programme for each in sets])
    order = np.argsort(programme)
    return Sets(
        programme=programme[order],
        comparison=np.concatenate([each.comparison for each in sets]),
        start=np.concatenate([each.start + offset for each, offset in zip(sets, offsets, strict=False)])[order],
        stop=np.concatenate([each.stop + offset for each, offset in zip(sets, offsets, strict=False)])[order],
    )
