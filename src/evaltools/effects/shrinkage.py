"""Shares of units, each drawn to what all have in common by as much as its size leaves open."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import betaincinv, betaln, expit, logit, psi, xlog1py, xlogy

from evaltools.effects.inputs import Array, check_level, counts_of_units, index_of, refuse
from evaltools.effects.shown import Shown

SMALLEST, LARGEST = 1e-3, 1e3
"""Between what precisions the top is looked for. The second is a multiple of the largest n: beyond it no unit has a weight
of more than one in a thousand."""
STEPS_PER_DECADE = 3
"""How finely the likelihood is looked through: it can have more than one top."""
HIGHER = 1e-6
"""By how much a top must be higher than the likelihood of no differences; less is rounding."""
N_PRECISIONS, FAR = 41, 20
"""Precisions that intervals are averaged over, up to where the logarithm of their weight is so far below the largest."""
MOST_STEPS = 100
NEARBY = 1e-4
"""How far beside a mean its second derivative is taken, as a share of ``μ(1 − μ)``; what it is off by is the square."""
CONVERGED = 1e-8
"""Newton's method doubles the digits with each step: where the logit of a mean moved by less than this, it is exact."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShrunkenShares(Shown):
    """Shares of units, drawn to their mean.

    Attributes
    ----------
    mean
        μ, the mean of the true shares over units.
    precision
        M: a unit of this size is drawn half way. Infinite where the units differ by no more than chance.
    between_variance
        Variance of the true shares, ``μ(1 − μ)/(M + 1)``; 0 where M is infinite.
    level
        Of the intervals.
    units
        One row per unit, in the order given: ``n``, ``share``, ``weight`` of the own share, the ``shrunken`` share and
        the ``lower`` and ``upper`` end of its interval.
    """

    mean: float
    precision: float
    between_variance: float
    level: float
    units: pd.DataFrame

    def between(self, share: float) -> tuple[float, float]:
        """Say between which two values so large a part of the true shares lies, in the middle.

        Parameters
        ----------
        share
            Part of the units, strictly between 0 and 1.

        Returns
        -------
        tuple
            Quantiles of the beta distribution with the mean and the precision found; both the mean where units do not differ.

        Raises
        ------
        InvalidDataError
            When ``share`` is outside its range.

        Examples
        --------
        >>> found = shrunken_shares([10, 90, 30, 60], [100, 300, 200, 200])
        >>> lower, upper = found.between(0.9)
        >>> round(lower, 2), round(found.mean, 2), round(upper, 2)
        (0.09, 0.22, 0.37)
        """
        problems: list[str] = []
        check_level(share, problems)
        refuse("between", problems)
        if np.isinf(self.precision):
            return self.mean, self.mean
        shapes = self.precision * self.mean, self.precision * (1 - self.mean)
        return float(betaincinv(*shapes, (1 - share) / 2)), float(betaincinv(*shapes, (1 + share) / 2))


def shrunken_shares(events: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> ShrunkenShares:
    """Shrink shares of units to their mean by the beta-binomial model (empirical Bayes).

    The true share of a unit is drawn from a beta distribution with mean μ and precision M, and its events from a binomial
    one. μ and M are those of maximum likelihood. The shrunken share is ``(μM + x)/(M + n) = w x/n + (1 − w) μ`` with
    ``w = n/(n + M)``: the smaller a unit, the more of it is the mean of all. Where the likelihood rises with M without
    end, or has its top beyond 1000 times the largest n, the units differ by no more than chance; M is then infinite and
    every share is μ.

    Taking μ and M as known would make intervals too narrow: of 20 units of 30 to 2,000 with M = 1000 they would hold the
    truth two times in three, at 95%. So the mean and the variance of each share are averaged over M, with μ normal around
    its top at each, by the likelihood and a prior in which the weight of a unit of the harmonic mean of n may be anything
    from 0 to 1 with equal chance. The interval is that of the beta distribution with this mean and variance. It can have
    a width where M is infinite, as nobody knows then that it is.

    The mean is that over units; it is not the share of all people together. Shrunken shares are no order of units: two of
    them may be apart by chance, and a small unit lies near the mean because it is small.

    Parameters
    ----------
    events, n
        Events and size of each unit; whole, ``0 ≤ events ≤ n``, n at least 1. Shape (k,), k at least 2.
    level
        Of the intervals, strictly between 0 and 1.

    Returns
    -------
    ShrunkenShares

    Raises
    ------
    InvalidDataError
        When a count or the level is outside its range, there are fewer than two units, or each has nobody or everybody
        with the outcome.

    References
    ----------
    Griffiths (1973), Biometrics 29, 637-648, and Kleinman (1973), Journal of the American Statistical Association 68,
    46-54 (beta-binomial shares); Efron & Morris (1975), same journal 70, 311-319, and Casella (1985), American
    Statistician 39, 83-87 (empirical Bayes); Kass & Steffey (1989), Journal of the American Statistical Association 84,
    717-726 (what is not known of the mean and the precision); Daniels (1999), Canadian Journal of Statistics 27, 567-578
    (the prior).

    Examples
    --------
    Hits in 45 at bats, of Efron & Morris (1975).

    >>> found = shrunken_shares([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7], [45] * 18)
    >>> round(found.mean, 4), round(found.precision)
    (0.2654, 793)
    >>> found.units[["share", "shrunken", "lower", "upper"]].iloc[0].round(3).tolist()
    [0.4, 0.273, 0.219, 0.382]
    """
    problems: list[str] = []
    x, size = counts_of_units(events, n, problems)
    check_level(level, problems)
    if not problems and ((x == 0) | (x == size)).all():
        problems.append("events are 0 or n in every unit, so that nothing tells how units differ")
    refuse("shrunken_shares", problems)
    looked = _looked_through(x, size)
    mean, precision = _most_likely(x, size, looked)
    weight = size / (size + precision)
    shrunken = weight * x / size + (1 - weight) * mean
    lower, upper = _interval(x, size, looked, level)
    return ShrunkenShares(
        mean=mean,
        precision=precision,
        between_variance=mean * (1 - mean) / (precision + 1),
        level=float(level),
        units=pd.DataFrame(
            {
                "n": size.astype(np.int64),
                "share": x / size,
                "weight": weight,
                "shrunken": shrunken,
                "lower": np.minimum(lower, shrunken),
                "upper": np.maximum(upper, shrunken),
            },
            index=index_of(events, n),
        ),
    )


class _Profile(NamedTuple):
    """For each precision the most likely mean, and there the likelihood and its derivatives. Shapes (m,).

    ``slope`` is the derivative to the logarithm of the precision, ``information`` minus the second one to the mean.
    """

    precision: Array
    mean: Array
    likelihood: Array
    slope: Array
    information: Array


def _profile(x: Array, size: Array, precision: Array) -> _Profile:
    """Find the most likely mean at each precision, at which the likelihood is concave in it, by Newton's method."""
    m = precision[:, None]

    def gains(mean: Array) -> tuple[Array, Array]:
        a, b = m * mean[:, None], m * (1 - mean[:, None])
        return psi(x + a) - psi(a), psi(size - x + b) - psi(b)

    def gradient(mean: Array) -> Array:
        of_events, of_others = gains(mean)
        return np.asarray(precision * (of_events - of_others).sum(axis=1))

    weight = size / (size + m)
    mean = (weight * x / size).sum(axis=1) / weight.sum(axis=1)
    for _ in range(MOST_STEPS):
        scale = mean * (1 - mean)
        beside = NEARBY * scale
        # The trigamma function takes thirty times as long as the two differences of digamma functions.
        information = (gradient(mean - beside) - gradient(mean + beside)) / (2 * beside)
        step = np.clip(gradient(mean) / (information * scale), -1, 1)
        mean = expit(logit(mean) + step)
        if (np.abs(step) < CONVERGED).all():
            break
    of_events, of_others = gains(mean)
    rises = mean[:, None] * of_events + (1 - mean[:, None]) * of_others - psi(size + m) + psi(m)
    a, b = m * mean[:, None], m * (1 - mean[:, None])
    likelihood = (betaln(x + a, size - x + b) - betaln(a, b)).sum(axis=1)
    return _Profile(precision, mean, likelihood, precision * rises.sum(axis=1), information)


def _looked_through(x: Array, size: Array) -> _Profile:
    most = LARGEST * float(size.max())
    return _profile(x, size, np.geomspace(SMALLEST, most, 1 + int(STEPS_PER_DECADE * np.log10(most / SMALLEST))))


def _most_likely(x: Array, size: Array, looked: _Profile) -> tuple[float, float]:
    """Find the mean and the precision at the highest top of the likelihood; infinite where no precision is higher."""

    def at(precision: float) -> _Profile:
        return _profile(x, size, np.array([precision]))

    is_top = (looked.slope[:-1] > 0) & (looked.slope[1:] <= 0)
    tops = [looked.precision[0]] if looked.slope[0] <= 0 else []
    tops += [
        brentq(lambda precision: at(precision).slope[0], *looked.precision[[place, place + 1]], xtol=1e-12)
        for place in np.flatnonzero(is_top)
    ]
    best = max(map(at, tops), key=lambda top: top.likelihood[0], default=None)
    mean = float(x.sum() / size.sum())
    none = float((xlogy(x, mean) + xlog1py(size - x, -mean)).sum())
    if best is None or best.likelihood[0] < none + HIGHER:
        return mean, np.inf
    return float(best.mean[0]), float(best.precision[0])


def _interval(x: Array, size: Array, looked: _Profile, level: float) -> tuple[Array, Array]:
    """Average the posterior distributions of the shares over what the precision and the mean may be."""
    near = looked.precision[_weights(looked, size) > np.exp(-FAR)]
    step = looked.precision[1] / looked.precision[0]
    profile = _profile(x, size, np.geomspace(near[0] / step, near[-1] * step, N_PRECISIONS))
    chance = _weights(profile, size)
    chance /= chance.sum()
    own = size / (size + profile.precision[:, None])
    means = own * x / size + (1 - own) * profile.mean[:, None]
    variances = means * (1 - means) / (profile.precision[:, None] + size + 1)
    variances += (1 - own) ** 2 / profile.information[:, None]
    mean = chance @ means
    variance = chance @ (variances + (means - mean) ** 2)
    precision = mean * (1 - mean) / variance - 1
    shapes = precision * mean, precision * (1 - mean)
    return betaincinv(*shapes, (1 - level) / 2), betaincinv(*shapes, (1 + level) / 2)


def _weights(profile: _Profile, size: Array) -> Array:
    """Weigh precisions that are even on a log scale by the likelihood, over the mean, and the prior; 1 at the largest."""
    typical = len(size) / (1 / size).sum()
    spread = profile.information * (profile.mean * (1 - profile.mean)) ** 2
    prior = np.log(profile.precision) - 2 * np.log(profile.precision + typical)
    weights = profile.likelihood - np.log(spread) / 2 + prior
    return np.asarray(np.exp(weights - weights.max()))
