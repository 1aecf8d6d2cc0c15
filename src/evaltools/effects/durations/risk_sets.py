"""Who is at risk when, and who leaves: what every curve and restricted mean is made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from evaltools.effects.inputs import Array, numbers, refuse
from evaltools.errors import many

Index = NDArray[np.int64]

CENSORED = "censored"
"""The cause, in text, of who had no event while followed; in numbers it is 0."""
MOST_CAUSES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
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
        Weight and number of those who entered before each time and left at it or later. Shape (t,).
    kept
        Weight of those at risk who have no event at that time; exactly 0 where nobody is left. Shape (t,).
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
    n: int
    late: "LateEntries | None"

    @property
    def survival(self) -> Array:
        """Share without an event of any cause up to and including each time. Shape (t,)."""
        ones = np.ones_like(self.kept)
        return np.asarray(np.cumprod(np.divide(self.kept, self.at_risk, out=ones, where=self.at_risk > 0)))

    @property
    def survival_before(self) -> Array:
        """Share without an event just before each time. Shape (t,)."""
        return np.concatenate([[1.0], self.survival[:-1]])

    @property
    def slope(self) -> Array:
        """``1 / kept``: what one more event takes from the log of survival; 0 where nobody is left, as survival is."""
        return np.asarray(np.divide(1.0, self.kept, out=np.zeros_like(self.kept), where=self.kept > 0))

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Checked durations: arrays of shape (n,), and the names of what their codes stand for."""

    time: Array
    cause: Index
    causes: tuple[Any, ...]
    group: Index | None
    groups: tuple[Any, ...]
    entry: Array | None
    weights: Array | None

    def with_weight(self, function: str) -> "Durations":
        """Leave out units of weight 0: nobody is at risk for them."""
        if self.weights is None or self.weights.all():
            return self
        kept = self.weights > 0
        n_left = np.bincount(np.zeros(len(kept), dtype=np.int64) if self.group is None else self.group, weights=kept)
        refuse(function, ["weights is 0 for everybody in a group"] if not n_left.all() else [])
        return replace(
            self,
            time=self.time[kept],
            cause=self.cause[kept],
            group=None if self.group is None else self.group[kept],
            entry=None if self.entry is None else self.entry[kept],
            weights=self.weights[kept],
        )

    def risk_sets(self, asked: ArrayLike = ()) -> Iterator[RiskSets]:
        """Count each group, in the order of ``groups``; also at the times that are asked for, up to its last one."""
        values, at = _on_a_grid(self.time)
        size, n_columns = len(self.groups) * len(values), 1 + len(self.causes)
        code = at if self.group is None else at + self.group * len(values)
        # A table of all groups and times, unless most of it would be empty.
        if size * n_columns > 4 * len(at) + 100_000:
            keys, code = np.unique(code, return_inverse=True)
            size = len(keys)
        else:
            keys = np.arange(size)
        cell = code * n_columns
        cell += self.cause

        def table(weights: Array | None) -> np.ndarray:
            return np.bincount(cell, weights, minlength=size * n_columns).reshape(size, n_columns)

        counts = table(None)
        leaving = counts.astype(np.float64) if self.weights is None else table(self.weights)
        squared = leaving if self.weights is None else table(self.weights**2)
        group_of = keys // len(values)
        for place in range(len(self.groups)):
            rows = (group_of == place) & counts.any(axis=1)
            times = values[keys[rows] % len(values)]
            new = np.setdiff1d(np.append(asked, 0.0), times)
            new = new[new < times[-1]]
            at = np.searchsorted(times, new)
            grown = (np.insert(table[rows], at, 0, axis=0) for table in (counts, leaving, squared))
            made = _risk_sets(np.insert(times, at, new), *grown)
            yield made if self.entry is None else self._with_late(made, self.entry, place)

    def _with_late(self, sets: RiskSets, entry: Array, place: int) -> RiskSets:
        """Take out who had not yet entered."""
        own = slice(None) if self.group is None else self.group == place
        entry = entry[own]
        weight = np.ones(sets.n) if self.weights is None else self.weights[own]
        # Who is followed from 0 on is there at time 0 too.
        since = np.searchsorted(sets.times, np.where(entry > 0, entry, -1.0), side="right")
        n_times = len(sets.times)
        to_come = _from_here_on(np.bincount(since, weights=weight, minlength=n_times + 1))[1:]
        n_at_risk = sets.n_at_risk - _from_here_on(np.bincount(since, minlength=n_times + 1))[1:]
        # A difference of sums of weights is not exact: the counts know where nobody is left, and who leaves is there.
        is_left = n_at_risk > sets.n_leaving[:, 1:].sum(axis=1)
        late = LateEntries(
            since=since,
            left=np.searchsorted(sets.times, self.time[own]),
            cause=self.cause[own],
            squared=weight**2,
        )
        return replace(
            sets,
            at_risk=np.maximum(sets.at_risk - to_come, sets.leaving.sum(axis=1)),
            n_at_risk=n_at_risk,
            kept=np.where(is_left, np.maximum(sets.kept - to_come, sets.leaving[:, 0]), 0.0),
            late=late,
        )


def read_durations(
    function: str,
    time: ArrayLike,
    cause: ArrayLike,
    *,
    problems: Sequence[str] = (),
    group: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> Durations:
    """Check durations, and leave out who has no weight.

    Parameters
    ----------
    function
        What they are for.
    cause
        Whole numbers, of which 0 is censored, or text or categories, of which ``"censored"`` is. Shape (n,).
    problems
        What was found wrong before.

    Raises
    ------
    InvalidDataError
        With these problems and all others.
    """
    found = list(problems)
    times = numbers("time", time, found)
    n = len(times)
    if not n:
        found.append("time is empty; expected one value for each unit")
    elif (times < 0).any():
        found.append(f"time is below 0 for {int((times < 0).sum()):,} of {n:,} units")
    codes, causes = read_causes(cause, found, n=n)
    group_codes, groups = (None, (None,)) if group is None else _read_groups(group, found, n)
    entries = None if entry is None else numbers("entry", entry, found, n=n)
    if entries is not None and len(entries) == n and (n_wrong := int((entries >= times).sum())):
        found.append(
            f"entry is not before time for {n_wrong:,} of {n:,} units; who left before entering is not seen: leave "
            "these out"
        )
    weight = None if weights is None else numbers("weights", weights, found, n=n)
    if weight is not None and (weight < 0).any():
        found.append(f"weights is below 0 for {int((weight < 0).sum()):,} of {len(weight):,} units")
    refuse(function, found)
    made = Durations(
        time=times, cause=codes, causes=causes, group=group_codes, groups=groups, entry=entries, weights=weight
    )
    return made if weight is None else made.with_weight(function)


def read_causes(cause: ArrayLike, problems: list[str], *, n: int) -> tuple[Index, tuple[Any, ...]]:
    """Take causes as codes, with 0 for censored, and the names of 1 and on; at least one. Shape (n,)."""
    held = pd.Series(cause)
    if not pd.api.types.is_numeric_dtype(held.dtype):
        return _named_causes(held, problems, n)
    before = len(problems)
    is_whole = isinstance(held.dtype, np.dtype) and held.dtype.kind in "iu"
    values = held.to_numpy() if is_whole and len(held) == n else numbers("cause", held, problems, n=n)
    nothing = np.zeros(n, dtype=np.int64), (1,)
    if len(problems) > before or not n:
        return nothing
    codes = values.astype(np.int64, copy=False)
    if codes.min() < 0 or codes.max() > MOST_CAUSES or not (is_whole or np.array_equal(codes, values)):
        problems.append(f"cause holds something else than 0 (censored), 1, 2, … up to {MOST_CAUSES}, or names")
        return nothing
    present = np.flatnonzero(np.bincount(codes, minlength=2)[1:]) + 1
    if len(present) in {0, int(codes.max())}:
        return codes, tuple(present.tolist()) or (1,)
    return np.where(codes > 0, np.searchsorted(present, codes) + 1, 0), tuple(present.tolist())


def _named_causes(cause: "pd.Series[Any]", problems: list[str], n: int) -> tuple[Index, tuple[Any, ...]]:
    if len(cause) != n:
        problems.append(f"cause has {many(len(cause), 'value')}; expected {n:,}, one for each unit")
    if cause.isna().any():
        problems.append(f"cause is missing for {int(cause.isna().sum()):,} of {len(cause):,}; name it, or '{CENSORED}'")
    held = cause.astype("category").cat
    labels = [label for label in held.categories if label != CENSORED]
    if len(labels) > MOST_CAUSES:
        problems.append(f"cause has {len(labels):,} names; expected at most {MOST_CAUSES}")
    place = {label: position for position, label in enumerate(labels, 1)}
    lookup = np.array([place.get(label, 0) for label in held.categories], dtype=np.int64)
    return np.append(lookup, 0)[held.codes.to_numpy()], tuple(labels) or (1,)


def _read_groups(group: ArrayLike, problems: list[str], n: int) -> tuple[Index, tuple[Any, ...]]:
    held = pd.Series(group)
    if len(held) != n:
        problems.append(f"group has {many(len(held), 'value')}; expected {n:,}, one for each unit")
    if held.isna().any():
        problems.append(f"group is missing for {int(held.isna().sum()):,} of {len(held):,}; leave these units out")
    if held.dtype == np.bool_:
        codes = held.to_numpy().astype(np.int64)
        return (codes, (False, True)) if codes.any() and not codes.all() else (codes * 0, (bool(codes.any()),))
    category = held.astype("category").cat.remove_unused_categories().cat
    return category.codes.to_numpy().astype(np.int64), tuple(category.categories)


def _risk_sets(times: Array, counts: Index, leaving: Array, squared: Array) -> RiskSets:
    """Count back from the last time: everybody is there from the start."""
    at_risk, n_at_risk = _from_here_on(leaving.sum(axis=1)), _from_here_on(counts.sum(axis=1))
    return RiskSets(
        times=times,
        leaving=leaving,
        leaving_squared=squared,
        n_leaving=counts,
        at_risk=at_risk,
        n_at_risk=n_at_risk,
        kept=np.append(at_risk[1:], 0.0) + leaving[:, 0],
        n=int(n_at_risk[0]),
        late=None,
    )


def _on_a_grid(time: Array) -> tuple[Array, Index]:
    """Values, in order, among which are all times; and where each time stands. Whole numbers need no sorting."""
    highest = time.max()
    if highest <= 4 * len(time) + 100_000:
        whole = time.astype(np.int64)
        if np.array_equal(whole, time):
            return np.arange(int(highest) + 1, dtype=np.float64), whole
    values, at = np.unique(time, return_inverse=True)
    return values, at


def _from_here_on(values: np.ndarray) -> np.ndarray:
    """Sum of each value and all after it."""
    return values[::-1].cumsum()[::-1]
