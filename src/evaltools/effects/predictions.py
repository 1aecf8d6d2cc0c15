"""How many events are still to come at the pace so far, and whether a target is reached then.

Events come by chance (Poisson), and their rate is not known: it has a gamma distribution given what was counted, so that
what is still to come has a negative binomial one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import nbinom, poisson

from evaltools.effects.inputs import Array, check_count, check_level, check_number, numbers, refuse
from evaltools.effects.shown import Shown

JEFFREYS = 0.5
"""Shape that the prior of a Poisson rate adds to the events; it adds no exposure."""
SMALLEST_TAIL = 1e-12
"""Counts with less than this chance of more are left out of sums."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountPrediction(Shown):
    """What can be expected of a number of events: a negative binomial distribution.

    Attributes
    ----------
    mean, variance
        Of the number of events; both 0 where nothing is to come.
    """

    mean: float
    variance: float

    def quantile(self, share: float) -> int:
        """Smallest number such that there are so many or fewer with at least this chance."""
        return int(self._distribution().ppf(share)) if self.mean > 0 else 0

    def interval(self, level: float = 0.95) -> tuple[int, int]:
        """Give the ends between which the number lies with at least this chance, with as little on either side."""
        return self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)

    def chance_of_at_least(self, n: float) -> float:
        """Chance of ``n`` events or more."""
        if self.mean == 0:
            return float(n <= 0)
        return float(self._distribution().sf(np.ceil(n) - 1))

    def chances(self) -> Array:
        """Chance of 0, 1, 2, … events, up to where fewer than `SMALLEST_TAIL` is left. They sum to 1."""
        if self.mean == 0:
            return np.ones(1)
        distribution = self._distribution()
        made = distribution.pmf(np.arange(int(distribution.isf(SMALLEST_TAIL)) + 1))
        return np.asarray(made / made.sum())

    def _distribution(self) -> Any:
        if self.variance <= self.mean:
            return poisson(self.mean)
        return nbinom(self.mean**2 / (self.variance - self.mean), self.mean / self.variance)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPrediction(Shown):
    """Where a count ends, and whether that is the target.

    Attributes
    ----------
    mean
        Expected number at the end.
    lower, upper
        Ends of its predictive interval.
    chance
        Chance of the target or more.
    level
        Of the interval.
    """

    mean: float
    lower: int
    upper: int
    chance: float
    level: float


def predict_count(events: int, exposure: float, ahead: float, *, dispersion: float = 1.0) -> CountPrediction:
    """Predict the events in the exposure that is ahead, at the rate of those that were counted.

    Parameters
    ----------
    events
        Events that were counted.
    exposure
        Exposure in which they came, such as person-months; above 0.
    ahead
        Exposure that is still to come, in the same unit; at least 0.
    dispersion
        How many times the variance is that of chance alone, at least 1; see `dispersion`.

    Returns
    -------
    CountPrediction
        With ``x`` events in exposure ``E`` and ``a`` ahead: mean ``m = (x + ½) a / E`` and variance ``φ m (1 + a / E)``.

    Notes
    -----
    With the prior of Jeffreys the rate has a gamma distribution of shape ``x + ½`` and rate ``E``, and the events ahead have a
    negative binomial one of size ``x + ½`` and probability ``E / (E + a)`` (Gelman e.a. 2013, Bayesian Data Analysis, 3rd
    edition, §2.6). With ``φ > 1`` it is the one with the same mean and ``φ`` times the variance.

    Examples
    --------
    >>> rest = predict_count(30, exposure=6, ahead=6)
    >>> rest.mean, rest.interval(), round(rest.chance_of_at_least(40), 3)
    (30.5, (17, 47), 0.127)
    """
    problems: list[str] = []
    check_count("events", events, problems)
    check_number("exposure", exposure, problems, is_allowed=lambda value: value > 0, expected="a number above 0")
    check_number("ahead", ahead, problems, is_allowed=lambda value: value >= 0, expected="a number of at least 0")
    check_number(
        "dispersion", dispersion, problems, is_allowed=lambda value: value >= 1, expected="a number of at least 1"
    )
    refuse("predict_count", problems)
    mean = (events + JEFFREYS) * ahead / exposure
    return CountPrediction(mean=mean, variance=dispersion * mean * (1 + ahead / exposure))


def predict_target(
    counted: int,
    rest: CountPrediction,
    target: float,
    *,
    usual: CountPrediction | None = None,
    level: float = 0.95,
) -> TargetPrediction:
    """Predict where a count ends, and the chance that it is the target by then.

    Parameters
    ----------
    counted
        Events so far.
    rest
        Those still to come.
    target
        How many there must be: in all, or more than ``usual``.
    usual
        What would have been usual in the whole time: what is predicted then is what there is more than that. The two are taken to be
        independent of each other.
    level
        Of the interval, strictly between 0 and 1.

    Returns
    -------
    TargetPrediction
        Of ``counted + rest``, or of ``counted + rest − usual``: the exact distribution, by the sum over all counts.

    Examples
    --------
    >>> found = predict_target(30, predict_count(30, exposure=6, ahead=6), 70)
    >>> found.mean, found.lower, found.upper, round(found.chance, 3)
    (60.5, 47, 77, 0.127)
    """
    problems: list[str] = []
    check_count("counted", counted, problems)
    check_level(level, problems)
    refuse("predict_target", problems)
    ahead = rest.chances()
    before = np.ones(1) if usual is None else usual.chances()
    # The chance of each difference: from all of ``usual`` and nothing ahead, to all that is ahead and nothing usual.
    chances = np.convolve(ahead, before[::-1])
    numbers_at_end = counted - (len(before) - 1) + np.arange(len(chances))
    so_far = chances.cumsum() / chances.sum()
    lower, upper = (
        int(numbers_at_end[int(np.argmax(so_far >= share - SMALLEST_TAIL))])
        for share in ((1 - level) / 2, (1 + level) / 2)
    )
    return TargetPrediction(
        mean=counted + rest.mean - (usual.mean if usual else 0.0),
        lower=lower,
        upper=upper,
        chance=float(min(1.0, chances[numbers_at_end >= target].sum() / chances.sum())),
        level=level,
    )


def count_dispersion(events: ArrayLike, exposure: ArrayLike) -> float:
    """Estimate how many times the variance of counts is that of chance alone, around one rate.

    Parameters
    ----------
    events, exposure
        Events and exposure of each period; two periods or more. Shape (n periods,).

    Returns
    -------
    float
        Pearson's chi-squared over its degrees of freedom, ``Σ (x − rE)² / rE / (k − 1)`` with ``r = Σx / ΣE`` (McCullagh & Nelder 1989,
        Generalized Linear Models, §4.5); at least 1, as counts do not vary less than chance. 1 without any event.

    Examples
    --------
    Of 10 and 30 in the same time the mean is 20: ``(100 + 100) / 20 / 1``.

    >>> count_dispersion([10, 30], [3, 3])
    10.0
    """
    problems: list[str] = []
    counted = numbers("events", events, problems)
    time = numbers("exposure", exposure, problems, n=len(counted))
    if not problems and (len(counted) < 2 or (counted < 0).any() or (time <= 0).any()):
        problems.append("needs two periods or more, each with events of at least 0 and an exposure above 0")
    refuse("count_dispersion", problems)
    expected = counted.sum() / time.sum() * time
    if not counted.sum():
        return 1.0
    return max(1.0, float(((counted - expected) ** 2 / expected).sum() / (len(counted) - 1)))
