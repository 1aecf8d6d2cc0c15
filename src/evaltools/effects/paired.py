"""The same people twice, on a scale of which the order counts, such as the rungs of a ladder."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from evaltools.effects.estimate import Estimate
from evaltools.effects.inputs import Array, check_aligned, check_level, numbers, refuse
from evaltools.effects.proportions import proportion
from evaltools.effects.ranks import twice_ranks
from evaltools.effects.shown import Shown
from evaltools.effects.two_by_two.score import chi_squared, limits, p_of

MOST_EXACT = 100
"""Up to so many pairs, the signed-rank test counts every way in which the signs can fall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedChange(Shown):
    """What changed between two measurements of the same people.

    Attributes
    ----------
    up, equal, down
        The share that has a higher, the same and a lower value afterwards, each with its Wilson interval.
    superiority
        Probability that somebody has a higher value afterwards, plus half of that of the same value: a half when as
        many go up as down. How far does not count. Its test is McNemar's, of as many up as down.
    p_value
        Of the Wilcoxon signed-rank test, that a step of any size is as likely up as down. How far does count, as the
        rank of the step among all steps.
    method
        How this p-value is found: ``"pratt, exact"`` or ``"pratt, normal"``.
    """

    up: Estimate
    equal: Estimate
    down: Estimate
    superiority: Estimate
    p_value: float
    method: str


def paired_change(before: ArrayLike, after: ArrayLike, *, level: float = 0.95) -> PairedChange:
    """Describe and test the change between two measurements of the same people.

    The interval of ``superiority`` is that of Tango for the share up minus the share down, ``δ``, as ``(1 + δ)/2``: all
    ``δ`` that the score test does not reject, ``|up - down - nδ| ≤ z √(n (2q + δ(1 - δ)))``, with ``q`` the share down
    that fits best at ``δ``. It has a width when nobody changes, and contains a half exactly when McNemar's test (without
    correction) does not reject.

    The signed-rank test ranks the steps by size, those of 0 too, and then leaves out the zeros (Pratt): dropping them
    first, as Wilcoxon did, can make a change that everybody shares look less significant than a smaller one. Up to
    100 pairs the p-value is exact, also with ties and zeros (Streitberg and Röhmel's shift algorithm); above it is that
    of the normal distribution with the variance that ties leave, without continuity correction.

    Parameters
    ----------
    before, after
        Both values of each person, in the same order; whole numbers for an ordinal scale. Shape (n,). Who has one
        value only is no pair, and must be counted apart: a missing second value is not "no change".
    level
        Confidence level of all intervals.

    Returns
    -------
    PairedChange
        With nobody changed, both p-values are 1.

    Raises
    ------
    InvalidDataError
        When a value is missing, there are no pairs, the lengths or the indexes of Series differ, or the level is outside
        its range.

    References
    ----------
    T. Tango (1998), Equivalence test and confidence interval for the difference in proportions for the paired-sample
    design. Statistics in Medicine 17, 891-908.
    J. W. Pratt (1959), Remarks on zeros and ties in the Wilcoxon signed rank procedures. Journal of the American
    Statistical Association 54, 655-667.

    Examples
    --------
    Nine up, three down and twenty as they were; Tango (1998) gives the difference of 9 and 3 of 32 as -0.027 to 0.390:

    >>> before = [3] * 32
    >>> found = paired_change(before, [4] * 9 + [2] * 3 + [3] * 20)
    >>> round(2 * found.superiority.lower - 1, 3), round(2 * found.superiority.upper - 1, 3)
    (-0.027, 0.39)

    All steps are of the same size, so that the signed-rank test is the exact sign test of 9 against 3:

    >>> round(found.p_value, 4), found.method
    (0.146, 'pratt, exact')
    """
    problems: list[str] = []
    check_aligned({"before": before, "after": after}, problems)
    first = numbers("before", before, problems)
    second = numbers("after", after, problems, n=len(first))
    check_level(level, problems)
    if not problems and not len(first):
        problems.append("there are no pairs; expected at least 1")
    refuse("paired_change", problems)
    level = float(level)
    n, n_up, n_down = len(first), int((second > first).sum()), int((second < first).sum())
    p_value, is_exact = _signed_rank(second - first)
    return PairedChange(
        up=proportion(n_up, n, level=level),
        equal=proportion(n - n_up - n_down, n, level=level),
        down=proportion(n_down, n, level=level),
        superiority=_superiority(n_up, n_down, n, level),
        p_value=p_value,
        method="pratt, exact" if is_exact else "pratt, normal",
    )


def _superiority(n_up: int, n_down: int, n: int, level: float) -> Estimate:
    def statistic(at: float) -> float:
        return _score(n_up, n_down, n, at)

    difference = (n_up - n_down) / n
    lower, upper = limits(statistic, difference, (-1.0, 1.0), level)
    return Estimate(
        measure="paired superiority",
        estimate=(1 + difference) / 2,
        lower=(1 + lower) / 2,
        upper=(1 + upper) / 2,
        level=level,
        standard_error=sqrt(((n_up + n_down) / n - difference**2) / n) / 2,
        p_value=p_of(statistic(0.0)),
        n=n,
        method="tango",
    )


def _score(n_up: int, n_down: int, n: int, difference: float) -> float:
    """Score statistic of the share up minus the share down (Tango 1998): chi-squared beside the shares that fit."""
    b = (2 * n - n_up + n_down) * difference - n_up - n_down
    root = sqrt(max(b**2 + 8 * n * n_down * difference * (1 - difference), 0.0))
    down = (root - b) / (4 * n)
    expected = (n * (down + difference), n * (1 - 2 * down - difference), n * down)
    return chi_squared((n_up, n - n_up - n_down, n_down), expected)


def _signed_rank(steps: Array) -> tuple[float, bool]:
    """P-value of the signed-rank test with the zeros ranked and left out, and whether it is exact."""
    of_all = twice_ranks(np.abs(steps))
    ranks = of_all[steps != 0]
    total = int(ranks.sum())
    distance = abs(2 * int(of_all[steps > 0].sum()) - total)
    if len(steps) > MOST_EXACT:
        spread = sqrt(float((ranks.astype(np.float64) ** 2).sum()))
        return (float(2 * ndtr(-distance / spread)) if spread else 1.0), False
    chance = np.zeros(total + 1)  # of each sum of the ranks that go up
    chance[0] = 1.0
    for rank in ranks:
        chance[rank:] += chance[:-rank].copy()
        chance /= 2
    is_as_far = np.abs(2 * np.arange(total + 1) - total) >= distance
    return min(float(chance[is_as_far].sum()), 1.0), True
