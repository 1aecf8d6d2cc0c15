"""How long something takes to be registered, when only what is registered already can be seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evaltools.effects.inputs import Array, check_aligned, check_count, check_number, numbers, refuse
from evaltools.effects.shown import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayDistribution(Shown):
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
        """Share of the events that is registered within a delay; nan where no event is known.

        Raises
        ------
        InvalidDataError
            When the delay is no number.
        """
        problems: list[str] = []
        check_number("delay", delay, problems, is_allowed=lambda _: True, expected="a time, such as 30")
        refuse("share_within", problems)
        if not self.n:
            return float("nan")
        position = int(np.searchsorted(self.delays, delay, side="right"))
        return float(self.shares[position - 1]) if position else 0.0

    def quantile(self, share: float) -> float:
        """Shortest delay within which at least a share is registered; nan where no event is known.

        Raises
        ------
        InvalidDataError
            When the share is not above 0 and at most 1.
        """
        problems: list[str] = []
        check_number(
            "share",
            share,
            problems,
            is_allowed=lambda value: 0 < value <= 1,
            expected="a share above 0 and at most 1, such as 0.95",
        )
        refuse("quantile", problems)
        if not self.n:
            return float("nan")
        # A product of fractions can end a hair under the share that it stands for.
        return float(self.delays[int(np.searchsorted(self.shares, share - 1e-12))])


def delay_distribution(
    delays: ArrayLike, windows: ArrayLike, *, longest: float = np.inf, least_at_risk: int = 0
) -> DelayDistribution:
    """Estimate the distribution of a delay under right truncation.

    An event is in the data only when it was registered before the data were drawn: its delay is at most its window, the
    time from the event to that day. Of recent events only the quickly registered are there, so that plain shares are too
    quick. Going back in time mends this: for each delay ``x``, among the events with a delay of at most ``x`` and a
    window of at least ``x``, a share ``g(x)`` has exactly that delay, and

    ``F(x) = product over y > x of (1 - g(y))``.

    It is the maximum likelihood estimator without an assumption on the form of the distribution, and is conditional:
    shares are of the events with a delay of at most the longest one that could be seen.

    Parameters
    ----------
    delays
        Time from each event to its registration, none missing. Shape (n,). Events with a delay below 0 are left out.
    windows
        Time from each event to the day on which the data were drawn, none missing. Shape (n,). Events with a longer
        delay than their window are not there to be seen, and are left out.
    longest
        Look no further than this delay; events with a longer one are left out.
    least_at_risk
        Look no further than where fewer events than this can be compared. Where one event stands alone, it takes the
        whole of ``F`` with it: one old event of 200 days after which nothing is old enough makes ``F`` 0 below 200 days.
        What was looked at stands in ``longest`` of the result; shares are conditional on it.

    Returns
    -------
    DelayDistribution

    Raises
    ------
    InvalidDataError
        When a delay or window is missing or no number, the lengths or the indexes of Series differ, or an option is
        outside its range.

    References
    ----------
    Lynden-Bell (1971), MNRAS 155, 95-118; Kalbfleisch & Lawless (1989), JASA 84, 360-372;
    Lawless (1994), Canadian Journal of Statistics 22, 15-31. On small risk sets: Woodroofe (1985), Annals of
    Statistics 13, 163-177; Lai & Ying (1991), Annals of Statistics 19, 417-442.

    Examples
    --------
    Two old events took 0 and 9 days; of the two of yesterday only that of 0 days is there yet.

    >>> found = delay_distribution([0, 9, 0], [100, 100, 1])
    >>> found.delays.tolist(), found.shares.tolist()
    ([0.0, 9.0], [0.5, 1.0])
    """
    problems: list[str] = []
    check_aligned({"delays": delays, "windows": windows}, problems)
    taken = numbers("delays", delays, problems)
    seen_for = numbers("windows", windows, problems, n=len(taken))
    if not (isinstance(longest, float | np.floating) and longest == np.inf):
        check_number("longest", longest, problems, is_allowed=lambda value: value >= 0, expected="a time of at least 0")
    check_count("least_at_risk", least_at_risk, problems)
    refuse("delay_distribution", problems)
    taken, seen_for = _within(taken, seen_for, float(longest))
    if least_at_risk and taken.size:
        taken, seen_for = _within(taken, seen_for, _compared_until(taken, seen_for, least_at_risk))
    if not taken.size:
        return DelayDistribution(delays=taken, shares=taken, longest=float("nan"), n=0)
    values, counts = np.unique(taken, return_counts=True)
    # An event with a window shorter than x has a delay shorter than x too, so that this difference is the
    # number with a delay of at most x and a window of at least x.
    at_risk = np.cumsum(counts) - np.searchsorted(np.sort(seen_for), values, side="left")
    kept = 1 - counts / at_risk
    later = np.append(np.cumprod(kept[::-1])[::-1][1:], 1.0)
    return DelayDistribution(delays=values, shares=later, longest=float(seen_for.max()), n=int(taken.size))


def _within(taken: Array, seen_for: Array, longest: float) -> tuple[Array, Array]:
    is_used = (taken <= np.minimum(seen_for, longest)) & (taken >= 0)
    return taken[is_used], np.minimum(seen_for[is_used], longest)


def _compared_until(taken: Array, seen_for: Array, least: int) -> float:
    """Longest delay up to which there are always enough events to compare, from the first one that has enough.

    With ``N(x)`` events of a delay of at most ``x`` and a window of at least ``x``: it grows at a delay and falls after
    a window, so that it is enough to look just after each window. Beyond a gap, shares could not be linked to those
    before it.
    """
    begun, ended = np.sort(taken), np.sort(seen_for)
    n_at = np.searchsorted(begun, begun, side="right") - np.searchsorted(ended, begun, side="left")
    if not (n_at >= least).any():
        return -1.0
    first = begun[int(np.argmax(n_at >= least))]
    ends = np.unique(ended[ended >= first])
    n_after = np.searchsorted(begun, ends, side="right") - np.searchsorted(ended, ends, side="right")
    return float(ends[int(np.argmax(n_after < least))])
