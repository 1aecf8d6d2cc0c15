"""At which months curves may be shown: nested, so that no small group follows from all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaltools.disclosure.record import TOTAL

Months = tuple[int, ...]
"""Months at which a curve is shown, in order, after 0, where it starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """How many people had which event when.

    Attributes
    ----------
    n_events, n_last_seen
        Up to and including each month from 0 on, of each cause (row), and of those who were last seen in it.
    at_risk
        Those who were there just before each month, and one more: just after the last.
    is_sensitive
        Of each cause, whether it may not be told that nobody had it, or everybody.
    threshold
        Fewest people of whom a number is told.
    not_at
        Months at which nothing is shown.
    told_at
        Months of which another table tells how many had an event by then: nothing is shown where few had one between them and these.
    """

    n_events: NDArray[np.int64]
    n_last_seen: NDArray[np.int64]
    at_risk: NDArray[np.int64]
    is_sensitive: NDArray[np.bool_]
    threshold: int
    not_at: frozenset[int] = frozenset()
    told_at: frozenset[int] = frozenset()

    def events_in(self, start: int, end: int) -> NDArray[np.int64]:
        """Count those of each cause after month ``start``, up to and including ``end``."""
        n: NDArray[np.int64] = self.n_events[:, end] - self.n_events[:, start]
        return n

    def is_safe(self, groups: NDArray[np.bool_], starts: Months, end: int, *, is_last: bool) -> NDArray[np.bool_]:
        """Say of each interval up to a month whether it tells of no few people, with those of each group of causes.

        Parameters
        ----------
        groups
            Which causes are in each group. Shape (groups, causes).
        is_last
            Whether no interval follows: then of who had no event it is not told who of them was last seen.
        """
        begin = np.array(starts)
        by_cause = self.n_events[:, [end]] - self.n_events[:, begin]
        n, n_leaving, n_there = groups.astype(int) @ by_cause, by_cause.sum(axis=0), self.at_risk[begin + 1]
        n_other = n_there - n_leaving if is_last else self.n_last_seen[end] - self.n_last_seen[begin]
        n_whole = np.where(groups.all(axis=1, keepdims=True), n_there, n_leaving)
        is_nobody = (groups & self.is_sensitive).any(axis=1, keepdims=True) & (n == 0)
        is_everybody = ~(groups & ~self.is_sensitive).any(axis=1, keepdims=True) & (n == n_whole)
        tells = self._is_few(n) | is_nobody | is_everybody
        safe: NDArray[np.bool_] = ~(tells.any(axis=0) | self._is_few(n_other))
        return safe

    def _is_few(self, n: NDArray[np.int64]) -> NDArray[np.bool_]:
        return (n > 0) & (n < self.threshold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """At which months a curve is shown.

    Attributes
    ----------
    label
        Its cause, or `TOTAL`.
    causes
        Places of its causes: one, or all.
    months
        Where its number is known; where it is hidden, only the last month of those that it is hidden in.
    is_shown
        Whether it is.
    """

    label: str
    causes: list[int]
    months: Months
    is_shown: bool


def nested_curves(cohort: Cohort, labels: Sequence[str]) -> list[Curve]:
    """Choose at which months each curve is shown: nested, the largest cause first.

    Parameters
    ----------
    labels
        The causes; none where only all together are asked.

    Returns
    -------
    list
        The curve of each cause, in the order of ``labels``, and last that of all together.
    """
    n_causes, end = cohort.n_events.shape[0], len(cohort.at_risk) - 2
    possible = [month for month in range(1, end + 1) if not _tells(cohort, month)]
    months: Months = tuple(month for month in possible if cohort.at_risk[month] >= cohort.threshold)
    months = _of_all(cohort, months)
    whole = Curve(label=TOTAL, causes=[*range(n_causes)], months=months or (end,), is_shown=bool(months))
    waiting = sorted(range(len(labels)), key=lambda cause: (-cohort.n_events[cause, -1], labels[cause]))
    found: dict[int, Months] = {}
    while waiting and months:
        largest, *rest = waiting
        groups = np.zeros((2 if rest else 1, n_causes), dtype=bool)
        groups[0, largest] = groups[1:, rest] = True
        months = _most(cohort, groups, months)
        if months:
            now = waiting if len(rest) < 2 else [largest]
            found |= dict.fromkeys(now, months)
            waiting = [cause for cause in rest if cause not in now]
    return [
        Curve(label=label, causes=[cause], months=found.get(cause, whole.months[-1:]), is_shown=cause in found)
        for cause, label in enumerate(labels)
    ] + [whole]


def _tells(cohort: Cohort, month: int) -> bool:
    """Whether nothing is shown at a month: with what another table tells it would tell of few people."""
    n = cohort.n_events.sum(axis=0)
    apart = [abs(int(n[month] - n[other])) for other in cohort.told_at if 0 <= other < len(n)]
    return month in cohort.not_at or any(0 < few < cohort.threshold for few in apart)


def _of_all(cohort: Cohort, months: Months) -> Months:
    """Keep months of the curve of all causes, up to the last that can be."""
    every = np.ones((1, cohort.n_events.shape[0]), dtype=bool)
    chains = (_most(cohort, every, months[:n]) for n in range(len(months), 0, -1))
    kept = next(filter(None, chains), ())
    n = cohort.n_events.sum(axis=0)
    # A curve that ends before the first event would look as if there were none.
    return kept if kept and (n[kept[-1]] or not n[months[-1]]) else ()


def _most(cohort: Cohort, groups: NDArray[np.bool_], months: Months) -> Months:
    """Keep as many months as can be, with the last of them, and the earliest; none where it cannot be kept."""
    chains: dict[int, Months] = {0: ()}
    for end in months:
        starts = tuple(chains)
        is_safe = cohort.is_safe(groups, starts, end, is_last=end == months[-1])
        kept = [(*chains[start], end) for start, safe in zip(starts, is_safe, strict=True) if safe]
        if kept:
            chains[end] = min(kept, key=lambda chain: (-len(chain), chain))
    return chains.get(months[-1], ()) if months else ()
