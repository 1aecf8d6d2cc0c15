"""How often a comparison of two shares shows a difference that is there, and how far what it then shows is from it."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import gammaln, ndtri, xlog1py, xlogy

from evaltools.effects.inputs import Array, check_count, check_level, check_number, check_share, refuse
from evaltools.effects.shown import Shown

SMALLEST_CHANCE = 1e-18
"""Counts with a smaller chance are left out of the sums."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonPower(Shown):
    """What the test of two shares does with a difference that is there.

    Attributes
    ----------
    power
        Chance that it shows a difference, on either side.
    wrong_sign
        Of the differences that it shows, the share on the wrong side of 0 (type S). None where it never shows one.
    exaggeration
        The mean size of a difference that it shows, for each unit of the real one (type M). None where it never shows one.
    level
        Confidence level of the test.
    """

    power: float
    wrong_sign: float | None
    exaggeration: float | None
    level: float


def comparison_power(
    base_share: float, difference: float, n_programme: int, n_comparison: int, *, level: float = 0.95
) -> ComparisonPower:
    """Find what the two-sided test of two shares shows of a real difference, by every pair of counts there can be.

    The test is that for which `sample_size` plans: it shows a difference where ``|x₁/n₁ − x₀/n₀| >
    z √(p(1 − p)(1/n₁ + 1/n₀))`` with p the share of both groups together, the chi-squared test without correction. The
    chance of each pair ``(x₁, x₀)`` is that of two binomials with shares ``p₀ + d`` and ``p₀``; counts of which the
    chance is below `SMALLEST_CHANCE` are left out.

    Parameters
    ----------
    base_share
        Share ``p₀`` without the programme, strictly between 0 and 1.
    difference
        The share with the programme minus ``base_share``; not 0. The sum lies strictly between 0 and 1.
    n_programme, n_comparison
        People in each group, at least 1.
    level
        Confidence level of the test, strictly between 0 and 1.

    Returns
    -------
    ComparisonPower

    Raises
    ------
    InvalidDataError
        When there is no difference, no such share, or an option outside its range.

    References
    ----------
    A. Gelman and J. Carlin (2014), Beyond power calculations: assessing type S (sign) and type M (magnitude) errors.
    Perspectives on Psychological Science 9, 641-651.

    Examples
    --------
    Two groups of 270: a real difference of 5 points is shown in one of three such comparisons, and then looks larger.

    >>> found = comparison_power(0.14, 0.05, 270, 270)
    >>> round(found.power, 2), round(found.exaggeration, 1)
    (0.35, 1.7)
    """
    problems: list[str] = []
    check_share("base_share", base_share, problems)
    check_number(
        "difference", difference, problems, is_allowed=lambda value: value != 0, expected="another number than 0"
    )
    check_count("n_programme", n_programme, problems, least=1)
    check_count("n_comparison", n_comparison, problems, least=1)
    check_level(level, problems)
    refuse("comparison_power", problems)
    base_share, difference, level = float(base_share), float(difference), float(level)
    share = base_share + difference
    if not 0 < share < 1:
        problems.append(f"base_share + difference is {share:g}; expected a share between 0 and 1")
    refuse("comparison_power", problems)
    n_programme, n_comparison = int(n_programme), int(n_comparison)
    x1, chance1 = _counts(n_programme, share)
    x0, chance0 = _counts(n_comparison, base_share)
    found = x1[:, None] / n_programme - x0 / n_comparison
    both = (x1[:, None] + x0) / (n_programme + n_comparison)
    error = sqrt(1 / n_programme + 1 / n_comparison) * np.sqrt(both * (1 - both))
    z = -float(ndtri((1 - level) / 2))
    shown = np.where(np.abs(found) > z * error, np.outer(chance1, chance0), 0.0)
    power = float(shown.sum())
    if power == 0:
        return ComparisonPower(power=0.0, wrong_sign=None, exaggeration=None, level=level)
    is_wrong = found < 0 if difference > 0 else found > 0
    return ComparisonPower(
        power=power,
        wrong_sign=float(shown[is_wrong].sum()) / power,
        exaggeration=float((shown * np.abs(found)).sum()) / power / abs(difference),
        level=level,
    )


def _counts(n: int, share: float) -> tuple[Array, Array]:
    """List the counts that can come out, and the binomial chance of each. Shapes (k,), (k,)."""
    x = np.arange(n + 1, dtype=np.float64)
    ways = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    chance = np.exp(ways + xlogy(x, share) + xlog1py(n - x, -share))
    is_possible = chance > SMALLEST_CHANCE
    return x[is_possible], chance[is_possible]
