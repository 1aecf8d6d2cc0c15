"""How long something takes to be registered, when only what is registered already can be seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayDistribution:
    """Distribution of a delay, among events registered within ``longest``.

    Attributes
    ----------
    delays
        Distinct delays that were seen, in order.
    shares
        Estimated share of all events with at most that delay; the last is 1.
    longest
        The longest delay that could be seen: nothing is known of longer ones.
    n
        Events that it rests on.
    """

    delays: Array
    shares: Array
    longest: float
    n: int

    def share_within(self, delay: float) -> float:
        """Share of the events that is registered within a delay; nan where no event is known."""
        if not self.n:
            return float("nan")
        position = int(np.searchsorted(self.delays, delay, side="right"))
        return float(self.shares[position - 1]) if position else 0.0

    def quantile(self, share: float) -> float:
        """Shortest delay within which at least a share is registered; nan where no event is known."""
        if not self.n:
            return float("nan")
        # A product of fractions can end a hair under the share that it stands for.
        return float(self.delays[int(np.searchsorted(self.shares, share - 1e-12))])


def delay_distribution(delays: ArrayLike, windows: ArrayLike, *, longest: float = np.inf) -> DelayDistribution:
    """Estimate the distribution of a delay under right truncation.

    An event is in the data only when it was registered before the data were drawn: its
    delay is at most its window, the time from the event to that day. Of recent events only
    the quickly registered are there, so that plain shares are too quick. Going back in time
    mends this: for each delay ``x``, among the events with a delay of at most ``x`` and a
    window of at least ``x``, a share ``g(x)`` has exactly that delay, and

    ``F(x) = product over y > x of (1 - g(y))``.

    It is the maximum likelihood estimator without an assumption on the form of the
    distribution, and is conditional: shares are of the events with a delay of at most the
    longest one that could be seen.

    Parameters
    ----------
    delays
        Time from each event to its registration, shape (n,).
    windows
        Time from each event to the day on which the data were drawn, shape (n,).
        Events with a longer delay than their window are not there to be seen, and
        are left out.
    longest
        Look no further than this delay; events with a longer one are left out.

    References
    ----------
    Lynden-Bell (1971), MNRAS 155, 95-118; Kalbfleisch & Lawless (1989), JASA 84, 360-372;
    Lawless (1994), Canadian Journal of Statistics 22, 15-31.

    Examples
    --------
    Two old events took 0 and 9 days; of the two of yesterday only that of 0 days is there yet.

    >>> found = delay_distribution([0, 9, 0], [100, 100, 1])
    >>> found.delays.tolist(), found.shares.tolist()
    ([0.0, 9.0], [0.5, 1.0])
    """
    taken = np.asarray(delays, dtype=float)
    seen_for = np.asarray(windows, dtype=float)
    is_used = (taken <= np.minimum(seen_for, longest)) & (taken >= 0)
    taken, seen_for = taken[is_used], np.minimum(seen_for[is_used], longest)
    if not taken.size:
        return DelayDistribution(delays=taken, shares=taken, longest=float("nan"), n=0)
    values, counts = np.unique(taken, return_counts=True)
    # An event with a window shorter than x has a delay shorter than x too, so that this difference is the
    # number with a delay of at most x and a window of at least x.
    at_risk = np.cumsum(counts) - np.searchsorted(np.sort(seen_for), values, side="left")
    kept = 1 - counts / at_risk
    later = np.append(np.cumprod(kept[::-1])[::-1][1:], 1.0)
    return DelayDistribution(delays=values, shares=later, longest=float(seen_for.max()), n=int(taken.size))
