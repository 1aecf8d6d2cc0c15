"""How many people it takes, and what can be seen with those there are: before a programme begins."""

from dataclasses import dataclass
from math import ceil, sqrt

from scipy.optimize import brentq
from scipy.special import ndtri

from evaltools.effects.inputs import check_count, check_level, check_number, check_share, refuse
from evaltools.effects.shown import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectableDifference(Shown):
    """Smallest differences of two shares that a comparison would probably show.

    Attributes
    ----------
    rise, fall
        The share of the programme minus that of the comparison, above and below 0. None where even 1, or 0, would
        not be told from the base share often enough.
    power, level
        Chance of showing it, and confidence level of the test.
    """

    rise: float | None
    fall: float | None
    power: float
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSize(Shown):
    """How many people a comparison of two shares takes.

    Attributes
    ----------
    n_programme, n_comparison
        People in each group, rounded up.
    exact_programme, exact_comparison
        The same as the formula gives it.
    power, level
        Chance of showing the difference, and confidence level of the test.
    """

    n_programme: int
    n_comparison: int
    exact_programme: float
    exact_comparison: float
    power: float
    level: float


def minimum_detectable_difference(
    base_share: float,
    n_programme: int,
    n_comparison: int,
    *,
    power: float = 0.8,
    level: float = 0.95,
    design_effect: float = 1.0,
) -> DetectableDifference:
    """Find the smallest difference of two shares that a comparison of this size would show with a given chance.

    It is the difference d at which `sample_size` gives these numbers: ``|d| = z_α √(p(1 − p)(1/n₁ + 1/n₀)) +
    z_β √(p₁(1 − p₁)/n₁ + p₀(1 − p₀)/n₀)`` with ``p₁ = p₀ + d`` and p the share of both groups together.

    It is for before the outcomes are known: put beside a result it says no more than the interval of that result, and
    a smaller difference is not shown to be absent.

    Parameters
    ----------
    base_share
        Share ``p₀`` without the programme, strictly between 0 and 1.
    n_programme, n_comparison
        People in each group, at least 1.
    power
        Chance of showing the difference, from 0.5 to below 1.
    level
        Confidence level of the two-sided test, strictly between 0 and 1.
    design_effect
        ``1 + (m − 1)ρ`` for clusters of m people with intraclass correlation ρ; at least 1.

    Returns
    -------
    DetectableDifference

    Raises
    ------
    InvalidDataError
        When an option is outside its range.

    References
    ----------
    As of `sample_size`.

    Examples
    --------
    Of 270 people and as many others of whom 14% leave, a rise of 9.4 points or a fall of 7.3:

    >>> found = minimum_detectable_difference(0.14, 270, 270)
    >>> round(found.rise, 3), round(found.fall, 3)
    (0.094, -0.073)
    """
    problems = _problems(base_share, power, level, design_effect)
    check_count("n_programme", n_programme, problems, least=1)
    check_count("n_comparison", n_comparison, problems, least=1)
    refuse("minimum_detectable_difference", problems)
    base_share, power, level, design_effect = map(float, (base_share, power, level, design_effect))
    z = -float(ndtri((1 - level) / 2)), float(ndtri(power))
    sizes = int(n_programme) / design_effect, int(n_comparison) / design_effect
    # Outcomes that fall are their opposites that rise.
    fall = _rise(1 - base_share, sizes, z)
    return DetectableDifference(
        rise=_rise(base_share, sizes, z), fall=None if fall is None else -fall, power=power, level=level
    )


def sample_size(
    base_share: float,
    difference: float,
    *,
    ratio: float = 1.0,
    power: float = 0.8,
    level: float = 0.95,
    design_effect: float = 1.0,
) -> SampleSize:
    """Find how many people it takes to show a difference of two shares with a given chance.

    ``n₁ = D (z_α √(p(1 − p)(1 + 1/r)) + z_β √(p₁(1 − p₁) + p₀(1 − p₀)/r))² / d²`` and ``n₀ = r n₁``, with ``p₁ = p₀ +
    d``, ``p = (p₁ + r p₀)/(1 + r)``, z of ``(1 + level)/2`` and of the power, and design effect D: the normal test of
    two shares, two-sided, of which the tail on the wrong side is left out. With groups of one size it is that of
    ``power.prop.test`` in R.

    It is a plan for one comparison; it does not hold for subgroups, further outcomes or people who are lost later.

    Parameters
    ----------
    base_share
        Share ``p₀`` without the programme, strictly between 0 and 1.
    difference
        The share with the programme minus ``base_share``; below 0 for a fall. The sum lies strictly between 0 and 1.
    ratio
        People in the comparison for each one in the programme, above 0.
    power
        Chance of showing the difference, from 0.5 to below 1.
    level
        Confidence level of the two-sided test, strictly between 0 and 1.
    design_effect
        ``1 + (m − 1)ρ`` for clusters of m people with intraclass correlation ρ; at least 1.

    Returns
    -------
    SampleSize

    Raises
    ------
    InvalidDataError
        When there is no difference, no such share, or an option outside its range.

    References
    ----------
    Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, 3rd edition, Wiley, chapter 4; Donner,
    Birkett & Buck (1981), American Journal of Epidemiology 114, 906-914 (clusters).

    Examples
    --------
    >>> found = sample_size(0.25, 0.07)
    >>> found.n_programme, round(found.exact_programme, 3)
    (652, 651.638)
    """
    problems = _problems(base_share, power, level, design_effect)
    check_number("ratio", ratio, problems, is_allowed=lambda value: value > 0, expected="a number above 0")
    check_number(
        "difference", difference, problems, is_allowed=lambda value: value != 0, expected="another number than 0"
    )
    refuse("sample_size", problems)
    base_share, difference, ratio = float(base_share), float(difference), float(ratio)
    power, level, design_effect = float(power), float(level), float(design_effect)
    if not 0 < base_share + difference < 1:
        problems.append(f"base_share + difference is {base_share + difference:g}; expected a share between 0 and 1")
    refuse("sample_size", problems)
    z = -float(ndtri((1 - level) / 2)), float(ndtri(power))
    reach = _reach(base_share, difference, (1.0, ratio), z)
    exact = design_effect * (reach / difference) ** 2
    return SampleSize(
        n_programme=ceil(exact),
        n_comparison=ceil(ratio * exact),
        exact_programme=exact,
        exact_comparison=ratio * exact,
        power=power,
        level=level,
    )


def _problems(base_share: float, power: float, level: float, design_effect: float) -> list[str]:
    problems: list[str] = []
    check_share("base_share", base_share, problems)
    check_number(
        "power",
        power,
        problems,
        is_allowed=lambda value: 0.5 <= value < 1,
        expected="a chance from 0.5 to below 1, such as 0.8",
    )
    check_number(
        "design_effect",
        design_effect,
        problems,
        is_allowed=lambda value: value >= 1,
        expected="1 + (m - 1) * rho, at least 1",
    )
    check_level(level, problems)
    return problems


def _reach(base: float, difference: float, sizes: tuple[float, float], z: tuple[float, float]) -> float:
    """Difference that groups of these sizes show, when shares have the variances that they have at ``difference``."""
    n_programme, n_comparison = sizes
    share = base + difference
    both = base + difference * n_programme / (n_programme + n_comparison)
    without = both * (1 - both) * (1 / n_programme + 1 / n_comparison)
    with_difference = share * (1 - share) / n_programme + base * (1 - base) / n_comparison
    return z[0] * sqrt(without) + z[1] * sqrt(with_difference)


def _rise(base: float, sizes: tuple[float, float], z: tuple[float, float]) -> float | None:
    """Smallest rise that is shown; standard errors are concave in it, so that it passes them once."""
    highest = 1 - base
    if highest < _reach(base, highest, sizes, z):
        return None
    return float(brentq(lambda rise: rise - _reach(base, rise, sizes, z), 0.0, highest, xtol=1e-15))
