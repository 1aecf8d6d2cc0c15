"""How strong something unseen must be to undo a result."""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betainc, betaincinv

from evaltools.effects.inputs import Array, check_count, check_level, check_number, numbers, refuse
from evaltools.effects.shown import Shown
from evaltools.errors import many

GAMMAS = (1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class EValue(Shown):
    """How strong confounding must be to explain a risk ratio away.

    Attributes
    ----------
    estimate
        E-value of the estimate, at least 1.
    limit
        E-value of the limit of its interval nearest to 1; 1 where the interval holds 1, None where none was given.
    """

    estimate: float
    limit: float | None


def e_value(risk_ratio: float, *, lower: float | None = None, upper: float | None = None) -> EValue:
    """Find the risk ratio that a confounder must have with programme and outcome both to explain a risk ratio away.

    ``E = RR + √(RR (RR − 1))`` for a risk ratio above 1, of ``1/RR`` for one below: a confounder with risk ratio E with
    the programme and E with the outcome, beside all that was adjusted for, can make a risk ratio of RR out of none;
    with two weaker ones it cannot.

    It says how strong confounding would have to be; it does not say whether there is any, nor does a large one show
    that there is none.

    Parameters
    ----------
    risk_ratio
        Above 0; also infinite, or 0 itself. Of shares, take `risk_ratio` of the four counts behind their difference.
        An odds ratio or hazard ratio is about a risk ratio where the outcome is rare, below 15% at the end of
        follow-up; of a common outcome take the square root of the odds ratio. Of a standardised mean difference d
        with standard error s take ``exp(0.91 d)`` with limits ``exp(0.91 d ± 1.78 s)``.
    lower, upper
        Its interval. The limit nearest to 1 is used: ``lower`` of a ratio above 1, ``upper`` of one below.

    Returns
    -------
    EValue

    Raises
    ------
    InvalidDataError
        When a ratio is below 0, the limits do not hold the estimate, or only the limit is given that is not used.

    References
    ----------
    VanderWeele & Ding (2017), Sensitivity analysis in observational research: introducing the E-value. Annals of
    Internal Medicine 167, 268-274; Ding & VanderWeele (2016), Epidemiology 27, 368-377.

    Examples
    --------
    The example of VanderWeele and Ding, 3.9 (from 1.8 to 8.7), has 7.26 and 3.0:

    >>> found = e_value(3.9, lower=1.8, upper=8.7)
    >>> round(found.estimate, 2), round(found.limit, 2)
    (7.26, 3.0)
    """
    problems: list[str] = []
    _check_ratio("risk_ratio", risk_ratio, problems)
    for name, limit in (("lower", lower), ("upper", upper)):
        if limit is not None:
            _check_ratio(name, limit, problems)
    refuse("e_value", problems)
    risk_ratio, lower, upper = float(risk_ratio), _as_float(lower), _as_float(upper)
    if not (lower or 0) <= risk_ratio <= (inf if upper is None else upper):
        problems.append("risk_ratio lies outside lower and upper")
    used, other = (lower, upper) if risk_ratio >= 1 else (upper, lower)
    if used is None and other is not None:
        name = "lower" if risk_ratio >= 1 else "upper"
        problems.append(f"{name} is the limit nearest to 1 and is not given; give both")
    refuse("e_value", problems)
    if used is None:
        return EValue(estimate=_strength(risk_ratio), limit=None)
    holds_1 = used <= 1 if risk_ratio >= 1 else used >= 1
    return EValue(estimate=_strength(risk_ratio), limit=1.0 if holds_1 else _strength(used))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RosenbaumBounds(Shown):
    """What a test of matched pairs becomes when the pairs are not quite alike.

    Attributes
    ----------
    bounds
        One row per ``gamma``, in the order given: the smallest and largest two-sided p-value, ``p_lower`` and
        ``p_upper``.
    largest_gamma
        The gamma at which ``p_upper`` is ``1 - level``; None where the test without hidden bias is above it already.
    level
        Confidence level.
    n
        Pairs that the test rests on.
    """

    bounds: pd.DataFrame
    largest_gamma: float | None
    level: float
    n: int


def rosenbaum_bounds(
    n_programme_higher: int, n_comparison_higher: int, *, gammas: ArrayLike = GAMMAS, level: float = 0.95
) -> RosenbaumBounds:
    """Bound the p-value of matched pairs when something unseen decides who of a pair is in the programme.

    At ``Γ`` the odds of being in the programme differ by at most that factor between the two of a pair. Of the n pairs
    that differ in outcome, the number in which the programme's member has the higher one is then, without effect,
    between two binomials with chances ``1/(1 + Γ)`` and ``Γ/(1 + Γ)``. The p-value is twice the tail beyond the a pairs
    of the larger side, at most 1: ``2 P(X ≥ a)``. At ``Γ = 1`` it is that of the exact test of McNemar, or of the sign
    test. Tables with one-sided p-values have half of it.

    It says how much hidden bias the result can bear; it does not say how much there is.

    Parameters
    ----------
    n_programme_higher, n_comparison_higher
        Pairs in which the member in the programme, or the other one, has the higher outcome; of a yes or no, pairs
        in which only that member has it. Pairs with equal outcomes count in neither.
    gammas
        At least 1. Shape (m,).
    level
        Confidence level, strictly between 0 and 1, for ``largest_gamma``.

    Returns
    -------
    RosenbaumBounds

    Raises
    ------
    InvalidDataError
        When a count is below 0 or a gamma below 1.

    References
    ----------
    Rosenbaum (2002), Observational Studies, 2nd edition, Springer, section 4.3.

    Examples
    --------
    Six pairs of six: the p-value is 2/2⁶, and 2 (2/3)⁶ when the odds differ by a factor two.

    >>> found = rosenbaum_bounds(6, 0, gammas=[1, 2])
    >>> found.bounds["p_upper"].round(5).tolist()
    [0.03125, 0.17558]
    >>> round(found.largest_gamma, 3)
    1.177
    """
    problems: list[str] = []
    check_count("n_programme_higher", n_programme_higher, problems)
    check_count("n_comparison_higher", n_comparison_higher, problems)
    taken = numbers("gammas", gammas, problems)
    if n_wrong := int((taken < 1).sum()):
        problems.append(f"gammas has {many(n_wrong, 'value')} below 1; expected factors of at least 1, such as 1.5")
    check_level(level, problems)
    refuse("rosenbaum_bounds", problems)
    counts, level = (int(n_programme_higher), int(n_comparison_higher)), float(level)
    more, n = max(counts), sum(counts)
    # Without a pair that differs there is nothing to test: P(X ≥ 0) is 1.
    chance = float(betaincinv(more, n - more + 1, (1 - level) / 2)) if n else 0.0
    return RosenbaumBounds(
        bounds=pd.DataFrame(
            {
                "gamma": taken,
                "p_lower": _two_sided(more, n, 1 / (1 + taken)),
                "p_upper": _two_sided(more, n, taken / (1 + taken)),
            }
        ),
        largest_gamma=chance / (1 - chance) if chance >= 0.5 else None,
        level=level,
        n=n,
    )


def break_even_deadweight(costs: float, n_outcomes: float, gain_each: float) -> float:
    """Find the share of outcomes that may come about without the programme before it costs more than it brings.

    With deadweight d the gains are ``n (1 − d) g``; they equal the costs C at ``d = 1 − C/(n g)``.

    It says from which deadweight on the programme does not pay; the deadweight itself comes from a comparison group.

    Parameters
    ----------
    costs
        Costs of the programme, at least 0, in the money and over the time of the gains.
    n_outcomes
        Number of outcomes that are counted, such as exits to work, above 0.
    gain_each
        What one outcome brings that would not have come about otherwise, above 0.

    Returns
    -------
    float
        At most 1, which is without costs. Below 0 the programme does not pay even when every outcome is its own; the
        gains are then ``1/(1 − d)`` of the costs.

    Raises
    ------
    InvalidDataError
        When there are no outcomes, an outcome brings nothing, or costs are below 0.

    Examples
    --------
    253,000 for 100 exits of 14,000 each:

    >>> round(break_even_deadweight(253_000, 100, 14_000), 3)
    0.819
    """
    problems: list[str] = []
    check_number("costs", costs, problems, is_allowed=lambda value: value >= 0, expected="an amount of at least 0")
    check_number("n_outcomes", n_outcomes, problems, is_allowed=lambda value: value > 0, expected="a number above 0")
    check_number("gain_each", gain_each, problems, is_allowed=lambda value: value > 0, expected="an amount above 0")
    refuse("break_even_deadweight", problems)
    return 1 - float(costs) / (float(n_outcomes) * float(gain_each))


def _check_ratio(name: str, value: object, problems: list[str]) -> None:
    if not (isinstance(value, float | np.floating) and value == inf):
        expected = "a ratio of at least 0, which may be infinite"
        check_number(name, value, problems, is_allowed=lambda ratio: ratio >= 0, expected=expected)


def _as_float(value: float | None) -> float | None:
    return None if value is None else float(value)


def _strength(ratio: float) -> float:
    above = ratio if ratio >= 1 else 1 / ratio if ratio else inf
    return above + sqrt(above * (above - 1))


def _two_sided(more: int, n: int, chance: Array) -> Array:
    return np.minimum(1.0, 2 * betainc(more, n - more + 1, chance)) if n else np.ones_like(chance)
