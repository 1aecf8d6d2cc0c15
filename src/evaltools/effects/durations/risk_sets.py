"""Who is at risk when, and who leaves: what every curve and restricted mean is made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from evaltools.effects.durations.data import Durations, Index
from evaltools.effects.inputs import Array


@dataclass(frozen=True, kw_only=True)
class RiskSets:
    """One group at time 0, at each time at which somebody leaves, and at the times that were asked for.

    Attributes
    ----------
    times
        Distinct times, in order. Shape (t,).
    leaving
        Weight of who leaves at each time: in column 0 censored, in the others by cause. Shape (t, 1 + causes).
    leaving_squared, n_leaving
        Sum of the squared weights of the same, and their number.
    at_risk, n_at_risk
        Weight and number of those who entered before each time and left at it or later; exactly 0 where nobody did.
        Shape (t,).
    kept
        Weight of those at risk who have no event at that time; exactly 0 where nobody is left. Shape (t,).
    n_fewest
        Units without weights that tell as much as who is at risk at each time, or since the one before when that is
        fewer; infinite before anybody is followed. Shape (t,).
    n
        Units in the group.
    late
        The units one by one where some enter late, else None.
    """

    times: Array
    leaving: Array
    leaving_squared: Array
    n_leaving: Index
    at_risk: Array
    n_at_risk: Index
    kept: Array
    n_fewest: Array
    n: int
    late: "LateEntries | None"

    @cached_property
    def survival(self) -> Array:
        """Share without an event of any cause up to and including each time. Shape (t,)."""
        ones = np.ones_like(self.kept)
        return np.asarray(np.cumprod(np.divide(self.kept, self.at_risk, out=ones, where=self.at_risk > 0)))

    @cached_property
    def survival_before(self) -> Array:
        """Share without an event just before each time. Shape (t,)."""
        return np.concatenate([[1.0], self.survival[:-1]])

    @cached_property
    def slope(self) -> Array:
        """``1 / kept``: what one more event takes from the log of survival; 0 where nobody is left, as survival is."""
        return np.asarray(np.divide(1.0, self.kept, out=np.zeros_like(self.kept), where=self.kept > 0))

    @cached_property
    def n_without(self) -> Array:
        """How many units it is that had no event of a cause by each time, where nobody had one. Shape (t,).

        With hazards ``λ`` of that cause, no event has a chance of ``Π (1 − λ)^n``; of all hazards with which it is at least
        ``p``, the incidence ``Σ S(l−) λ`` is at most ``1 − p^(1/m)`` with ``m`` the smallest ``n / S(l−)`` so far: ``n``
        itself where nobody left for another cause, and all of them where nobody is censored.
        """
        before = self.survival_before
        per_one = np.divide(self.n_fewest, before, out=np.full_like(before, np.inf), where=before > 0)
        return np.asarray(np.minimum.accumulate(per_one))

    @property
    def followed_until(self) -> float:
        """Last time at which the curve is known: without end where nobody is left without an event."""
        return float("inf") if self.kept[-1] == 0 else float(self.times[-1])

    def position(self, time: float) -> int:
        """Position of the last time that is not after another."""
        return int(np.searchsorted(self.times, time, side="right")) - 1

    def share_of_risk(self, part: Array) -> Array:
        """Divide by who is at risk; 0 where nobody is, and nothing can happen. Shape (t,)."""
        return np.asarray(np.divide(part, self.at_risk, out=np.zeros_like(self.at_risk), where=self.at_risk > 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class LateEntries:
    """Units of a group, one by one. Shape (n,) each.

    Attributes
    ----------
    since
        Number of the group's times at which the unit had not yet entered.
    left
        Position of the time at which it leaves.
    cause
        0 where censored.
    squared
        Squared weight.
    """

    since: Index
    left: Index
    cause: Index
    squared: Array


def risk_sets(durations: Durations, asked: ArrayLike = ()) -> Iterator[RiskSets]:
    """Count each group, in the order of ``groups``; also at the times that are asked for, up to its last one."""
    values, place = _on_a_grid(durations.time)
    n_groups, n_times, n_columns = len(durations.groups), len(values), 1 + len(durations.causes)
    code = place if durations.group is None else place + durations.group * n_times
    size = n_groups * n_times
    # A table of all groups and times, unless most of it would be empty.
    if size * n_columns > 4 * len(code) + 100_000:
        keys, code = np.unique(code, return_inverse=True)
        size = len(keys)
    else:
        keys = np.arange(size)
    cell = code * n_columns
    cell += durations.cause

    def count(weights: Array | None) -> np.ndarray:
        return np.bincount(cell, weights, minlength=size * n_columns).reshape(size, n_columns)

    counts, weights = count(None), durations.weights
    leaving = counts.astype(np.float64) if weights is None else count(weights)
    squared = leaving if weights is None else count(weights**2)
    starts = np.searchsorted(keys, np.arange(n_groups + 1) * n_times)
    extra = np.unique(np.append(asked, 0.0))
    for group in range(n_groups):
        own = slice(starts[group], starts[group + 1])
        rows = np.flatnonzero(counts[own].any(axis=1)) + own.start
        times = values[keys[rows] - group * n_times]
        new = extra[~np.isin(extra, times) & (extra < times[-1])]
        at = np.searchsorted(times, new)
        tables = (np.insert(table[rows], at, 0, axis=0) for table in (counts, leaving, squared))
        yield _one_group(durations, group, np.insert(times, at, new), *tables)


def _one_group(
    durations: Durations, group: int, times: Array, counts: Index, leaving: Array, squared: Array
) -> RiskSets:
    here = [_from_here_on(part.sum(axis=1)) for part in (counts, leaving, squared)]
    later = [np.append(part[1:], 0) for part in here]
    n, n_events = int(here[0][0]), counts[:, 1:].sum(axis=1)
    late, first = None, np.inf
    kept = later[1] + leaving[:, 0]
    if durations.entry is not None:
        late, to_come, yet_to_come, first = _late(durations, group, times)
        here = [part - missing for part, missing in zip(here, to_come, strict=True)]
        later = [part - missing for part, missing in zip(later, yet_to_come, strict=True)]
        kept = kept - to_come[1]
    # Differences of sums of weights are not exact: the counts know where nobody is left.
    n_at_risk, is_anybody, is_left = here[0], here[0] > 0, here[0] > n_events
    return RiskSets(
        times=times,
        leaving=leaving,
        leaving_squared=squared,
        n_leaving=counts,
        at_risk=np.where(is_anybody, np.maximum(here[1], leaving.sum(axis=1)), 0.0),
        n_at_risk=n_at_risk,
        kept=np.where(is_left, np.maximum(kept, leaving[:, 0]), 0.0),
        n_fewest=_fewest(_effective(*here), None if late is None else _effective(*later), first),
        n=n,
        late=late,
    )


def _late(durations: Durations, group: int, times: Array) -> tuple[LateEntries, list[Array], list[Array], float]:
    """Give the units, those who have not entered before each time and until it, and how many entered first."""
    own = slice(None) if durations.group is None else durations.group == group
    entry = np.zeros(0) if durations.entry is None else durations.entry[own]
    weight = np.ones(len(entry)) if durations.weights is None else durations.weights[own]
    # Who is followed from 0 on is there at time 0 too.
    entry = np.where(entry > 0, entry, -1.0)
    since = np.searchsorted(times, entry, side="right")

    def missing(from_place: Index) -> list[Array]:
        sums = (np.bincount(from_place, each, minlength=len(times) + 1) for each in (None, weight, weight**2))
        return [_from_here_on(part)[1:] for part in sums]

    is_first = entry == entry.min()
    late = LateEntries(
        since=since, left=np.searchsorted(times, durations.time[own]), cause=durations.cause[own], squared=weight**2
    )
    first = float(weight[is_first].sum() ** 2 / (weight[is_first] ** 2).sum())
    return late, missing(since), missing(np.searchsorted(times, entry, side="left")), first


def _effective(n: Array, weight: Array, squared: Array) -> Array:
    """Kish's ``(Σw)²/Σw²`` of those at risk, at most their number; 0 where nobody is."""
    told = np.divide(weight**2, squared, out=np.zeros(len(n)), where=(n > 0) & (squared > 0))
    return np.minimum(told, n)


def _fewest(at: Array, after: Array | None, first: float) -> Array:
    """Fewest at risk at each time or since the one before, as an effective number; infinite before anybody is."""
    if after is None:
        return at
    has_begun = np.maximum.accumulate(at > 0)
    # Since the time before, nobody left: there were fewest right after it, or when the first came in.
    before = np.concatenate([[np.inf], np.where(has_begun | (after > 0), after, first)[:-1]])
    return np.where(has_begun, np.minimum(at, before), np.inf)


def _on_a_grid(time: Array) -> tuple[Array, Index]:
    """Values, in order, among which are all times; and where each time stands. Whole numbers need no sorting."""
    highest = time.max()
    if highest <= 4 * len(time) + 100_000:
        whole = time.astype(np.int64, copy=False)
        if time.dtype.kind == "i" or np.array_equal(whole, time):
            return np.arange(int(highest) + 1, dtype=np.float64), whole
    values, place = np.unique(time, return_inverse=True)
    return values, place


def _from_here_on(values: np.ndarray) -> np.ndarray:
    """Sum of each value and all after it."""
    return values[::-1].cumsum()[::-1]
