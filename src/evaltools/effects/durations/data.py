"""Durations as they are given: checked, with causes and groups as codes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from evaltools.effects.inputs import Array, Mask, check_aligned, numbers, programme_group, refuse, truths
from evaltools.errors import many

Index = NDArray[np.int64]

CENSORED = "censored"
"""The cause, in text, of who had no event while followed; in numbers it is 0."""
MOST_CAUSES = 50
DECIMALS = 9
"""Times are equal when they are in so many decimals, such as 0.1 + 0.2 and 0.3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Checked durations: arrays of shape (n,), and the names of what their codes stand for.

    Attributes
    ----------
    cause
        0 is censored, ``k`` the ``k``-th of ``causes``.
    group
        Position in ``groups``; None where there is one.
    entry
        None where everybody is seen from 0 on.
    weights
        Above 0, the largest is 1; None where all are.
    """

    time: Array
    cause: Index
    causes: tuple[Any, ...]
    group: Index | None
    groups: tuple[Any, ...]
    entry: Array | None
    weights: Array | None

    @property
    def is_event(self) -> Mask:
        """Whether each ended with an event of some cause. Shape (n,)."""
        return np.asarray(self.cause > 0)

    def only(self, kept: Mask) -> "Durations":
        """Keep some units."""
        return replace(
            self,
            time=self.time[kept],
            cause=self.cause[kept],
            group=None if self.group is None else self.group[kept],
            entry=None if self.entry is None else self.entry[kept],
            weights=None if self.weights is None else self.weights[kept],
        )


def read_durations(
    function: str,
    time: ArrayLike,
    *,
    event: ArrayLike | None = None,
    cause: ArrayLike | None = None,
    programme: ArrayLike | None = None,
    group: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    problems: Sequence[str] = (),
) -> Durations:
    """Check durations, and leave out who has no weight.

    Parameters
    ----------
    function
        What they are for.
    event, cause
        One of the two: a yes or no, or what ended it: whole numbers, of which 0 is censored, or text or categories, of
        which ``"censored"`` is. Shape (n,).
    programme, group
        One of the two, or neither: two groups, the comparison first, or any number. Shape (n,).
    problems
        What was found wrong before.

    Raises
    ------
    InvalidDataError
        With these problems and all others.
    """
    found = list(problems)
    given = {"time": time, "event": event, "cause": cause, "programme": programme, "group": group, "entry": entry}
    check_aligned({**given, "weights": weights}, found)
    times = _read_times("time", time, found)
    n = len(times)
    if not n and not found:
        found.append("time is empty; expected one value for each unit")
    elif (times < 0).any():
        found.append(f"time is below 0 for {int((times < 0).sum()):,} of {n:,} units")
    if cause is not None:
        codes, causes = _read_causes(cause, found, n)
    else:
        codes, causes = truths("event", () if event is None else event, found, n=n).astype(np.int64), (1,)
    group_codes: Index | None = None
    groups: tuple[Any, ...] = (None,)
    if programme is not None:
        group_codes, groups = programme_group(programme, found, n=n).astype(np.int64), (False, True)
    elif group is not None:
        group_codes, groups = read_labels("group", group, found, n)
    entries = None if entry is None else _read_times("entry", entry, found, n=n)
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
    return made if weight is None else _with_weight(function, made, weight)


def _read_times(name: str, times: ArrayLike, problems: list[str], *, n: int | None = None) -> Array:
    """Take times; whole numbers stay as they are, since of ten million of them every turn tells."""
    held = np.asarray(times)
    if held.dtype.kind in "iu" and held.ndim == 1 and n in {None, len(held)}:
        return held.astype(np.int64, copy=False)
    return rounded(numbers(name, times, problems, n=n))


def rounded(times: Array) -> Array:
    """Round times, so that those that should be equal are."""
    whole = np.floor(times)
    return times if np.array_equal(whole, times) else np.round(times, DECIMALS)


def read_labels(name: str, labels: ArrayLike, problems: list[str], n: int) -> tuple[Index, tuple[Any, ...]]:
    """Take the label of a group for each unit as codes, and the labels that somebody has, in order. Shape (n,)."""
    held = _series(name, labels, problems, n)
    if held is None:
        return np.zeros(n, dtype=np.int64), (None,)
    if held.dtype == np.bool_:
        codes = held.to_numpy().astype(np.int64)
        return (codes, (False, True)) if codes.any() and not codes.all() else (codes * 0, (bool(codes.any()),))
    category = held.astype("category").cat.remove_unused_categories().cat
    return category.codes.to_numpy().astype(np.int64), tuple(category.categories)


def _series(name: str, labels: ArrayLike, problems: list[str], n: int) -> "pd.Series[Any] | None":
    """Take a label for each unit; None, with a problem, where one is missing or is none."""
    try:
        held = pd.Series(labels).infer_objects()
        if not pd.api.types.is_numeric_dtype(held.dtype) or pd.api.types.is_complex_dtype(held.dtype):
            held = held.astype("category")
        is_label = not hasattr(held, "cat") or all(map(pd.api.types.is_scalar, held.cat.categories))
    except (TypeError, ValueError):  # pandas may quote values
        is_label = False
    if not is_label:
        problems.append(f"{name} holds no label for each unit; expected numbers, text or categories, of one dimension")
        return None
    if len(held) != n:
        problems.append(f"{name} has {many(len(held), 'value')}; expected {n:,}, one for each unit")
        return None
    if held.isna().any():
        problems.append(f"{name} is missing for {int(held.isna().sum()):,} of {n:,}; leave these units out, or name it")
        return None
    return held


def _read_causes(cause: ArrayLike, problems: list[str], n: int) -> tuple[Index, tuple[Any, ...]]:
    """Take causes as codes, with 0 for censored, and the names of 1 and on; at least one. Shape (n,)."""
    nothing = np.zeros(n, dtype=np.int64), (1,)
    held = _series("cause", cause, problems, n)
    if held is None or not n:
        return nothing
    if isinstance(held.dtype, pd.CategoricalDtype) and pd.api.types.is_numeric_dtype(held.cat.categories):
        held = held.astype(held.cat.categories.dtype)
    if not pd.api.types.is_numeric_dtype(held.dtype):
        return _named_causes(held, problems)
    values = held.to_numpy()
    is_whole = values.dtype.kind in "iu" or bool((values == np.floor(values)).all())
    if not (values.min() >= 0 and values.max() <= MOST_CAUSES and is_whole):
        problems.append(f"cause holds something else than 0 (censored), 1, 2, … up to {MOST_CAUSES}, or names")
        return nothing
    codes = values.astype(np.int64, copy=False)
    present = np.flatnonzero(np.bincount(codes, minlength=2)[1:]) + 1
    if len(present) in {0, int(codes.max())}:
        return codes, tuple(present.tolist()) or (1,)
    return np.where(codes > 0, np.searchsorted(present, codes) + 1, 0), tuple(present.tolist())


def _named_causes(cause: "pd.Series[Any]", problems: list[str]) -> tuple[Index, tuple[Any, ...]]:
    held = cause.astype("category").cat
    labels = [label for label in held.categories if label != CENSORED]
    if len(labels) > MOST_CAUSES:
        problems.append(f"cause has {len(labels):,} names; expected at most {MOST_CAUSES}")
    # What stands for censored elsewhere would become a cause of its own.
    n_alike = sum(str(label).strip().casefold() in {CENSORED, "0", "0.0", "false", ""} for label in labels)
    if n_alike:
        problems.append(f"cause has {many(n_alike, 'name')} that may stand for censored; write that as '{CENSORED}'")
    place = {label: position for position, label in enumerate(labels, 1)}
    lookup = np.array([place.get(label, 0) for label in held.categories], dtype=np.int64)
    return lookup[held.codes.to_numpy()], tuple(labels) or (1,)


def _with_weight(function: str, durations: Durations, weight: Array) -> Durations:
    """Leave out units of weight 0, for whom nobody is at risk, and make the largest weight 1: only ratios count."""
    kept = weight > 0
    n_groups = len(durations.groups)
    of_group = np.zeros(len(kept), dtype=np.int64) if durations.group is None else durations.group
    is_empty = (np.bincount(of_group, weights=kept, minlength=n_groups) == 0).any()
    refuse(function, ["weights is 0 for everybody in a group"] if is_empty else [])
    return replace(durations, weights=weight / weight.max()).only(kept)
