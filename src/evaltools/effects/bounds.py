"""What is certain without an assumption: how far groups overlap, and what those not followed can change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from evaltools.effects.estimate import Estimate
from evaltools.effects.inputs import check_count, check_level, refuse
from evaltools.effects.proportions import proportion
from evaltools.effects.shown import Shown
from evaltools.effects.two_by_two import risk_difference
from evaltools.errors import many


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingOutcomeBounds(Shown):
    """What a share or a difference can be, whatever became of those not followed.

    Attributes
    ----------
    measure
        What is bounded: ``"proportion"`` or ``"risk difference"``.
    lowest, highest
        Its value when the outcomes that are not known are those that make it lowest, or highest.
    lower, upper
        The lower limit of the interval of the lowest and the upper limit of that of the highest: at this level, or a
        higher one, they hold the value that is behind the outcomes of everybody.
    level
        Confidence level.
    n, n_missing
        Units in all, and those without an outcome among them.
    method
        Of the intervals.
    """

    measure: str
    lowest: float
    highest: float
    lower: float
    upper: float
    level: float
    n: int
    n_missing: int
    method: str


def overlap_bounds(parts: Sequence[int], whole: int) -> pd.DataFrame:
    """Bound how many stand in at least j of k groups within a whole, from the sizes of the groups alone.

    The most is the smallest of the whole N and, for ``m = 0 … j − 1``, of ``⌊S/(j − m)⌋`` with S the sum of all sizes but
    the m largest. The fewest is N minus the most who stand in at least ``k − j + 1`` of the complements, of sizes
    ``N − cᵢ``. Both are attained: no further statement follows from the sizes. For ``j = 1`` they bound the union, for
    ``j = k`` those in all groups (Fréchet).

    They are limits, not estimates: nothing is said of where between them the number is. Where more is known, such as
    groups that exclude each other, the true limits are closer.

    Parameters
    ----------
    parts
        Sizes of the groups. Length k, at least 1.
    whole
        Size of the whole in which all of them lie, at least that of the largest.

    Returns
    -------
    DataFrame
        One row for each j from 1 to k: ``at_least`` (j), ``lower`` and ``upper``, whole numbers.

    Raises
    ------
    InvalidDataError
        When there is no list of groups or an empty one, a size is no count, or a group is larger than the whole.

    References
    ----------
    Fréchet (1935), Généralisations du théorème des probabilités totales. Fundamenta Mathematicae 25, 379-387; Rüger
    (1978), Metrika 25, 171-178 (at least j of k).

    Examples
    --------
    Of 162 people 17, 53 and 106 stand in three groups, 14 memberships too many: at least 7 people are in two or more.

    >>> overlap_bounds([17, 53, 106], 162).to_dict("list")
    {'at_least': [1, 2, 3], 'lower': [106, 7, 0], 'upper': [162, 70, 17]}
    """
    problems: list[str] = []
    check_count("whole", whole, problems, least=1)
    is_list = isinstance(parts, Sequence | np.ndarray | pd.Series) and not isinstance(parts, str)
    given: list[Any] = list(parts) if is_list else []
    for place, part in enumerate(given, start=1):
        check_count(f"part {place}", part, problems)
    if not is_list:
        problems.append("parts is no list; expected the sizes of the groups, such as [17, 53, 106]")
    elif not given:
        problems.append("parts is empty; expected the size of at least one group")
    if not problems and (n_wrong := sum(part > whole for part in given)):
        problems.append(f"{many(n_wrong, 'part')} of {len(given)} larger than the whole; expected groups within it")
    refuse("overlap_bounds", problems)
    n, sizes = int(whole), [int(part) for part in given]
    others = [n - size for size in sizes]
    k = len(sizes)
    return pd.DataFrame(
        {
            "at_least": range(1, k + 1),
            "lower": [n - _most_in_at_least(k - j + 1, others, n) for j in range(1, k + 1)],
            "upper": [_most_in_at_least(j, sizes, n) for j in range(1, k + 1)],
        }
    )


def missing_outcome_bounds(
    events: int, n_observed: int, n_missing: int, *, level: float = 0.95
) -> MissingOutcomeBounds:
    """Bound a share when the outcome of some is not known.

    From ``x/(n + m)``, nobody of the m who are not followed has the outcome, to ``(x + m)/(n + m)``, all of them have
    it. The interval reaches from Wilson's lower limit of the one to his upper limit of the other; without anybody
    missing it is Wilson's.

    Nothing is assumed of those not followed. It is what the data alone say; it is no estimate, and its middle is none.

    Parameters
    ----------
    events
        Number with the outcome among those observed.
    n_observed
        Number observed, at least 1.
    n_missing
        Number that should have been observed and was not.

    Returns
    -------
    MissingOutcomeBounds

    Raises
    ------
    InvalidDataError
        When a count or the level is outside its range.

    References
    ----------
    Horowitz & Manski (2000), Nonparametric analysis of randomized experiments with missing covariate and outcome data.
    Journal of the American Statistical Association 95, 77-84.

    Examples
    --------
    >>> found = missing_outcome_bounds(30, 80, 20)
    >>> found.lowest, found.highest
    (0.3, 0.5)
    """
    problems: list[str] = []
    _check_group(events, n_observed, n_missing, "", problems)
    check_level(level, problems)
    refuse("missing_outcome_bounds", problems)
    x, m = int(events), int(n_missing)
    n = int(n_observed) + m
    return _between(proportion(x, n, level=level), proportion(x + m, n, level=level), m)


def missing_outcome_difference_bounds(
    events_programme: int,
    n_observed_programme: int,
    n_missing_programme: int,
    events_comparison: int,
    n_observed_comparison: int,
    n_missing_comparison: int,
    *,
    level: float = 0.95,
) -> MissingOutcomeBounds:
    """Bound a difference of two shares when the outcome of some is not known.

    Lowest when nobody of the programme's missing and all of the comparison's have the outcome, highest when it is the
    other way round. The interval reaches from Newcombe's lower limit of the one to his upper limit of the other;
    without anybody missing it is Newcombe's.

    Nothing is assumed of those not followed in either group. A difference of which the bounds lie on one side of 0
    cannot be due to who was followed; it may still be due to who was in the programme.

    Parameters
    ----------
    events_programme, events_comparison
        Number with the outcome among those observed.
    n_observed_programme, n_observed_comparison
        Number observed, at least 1.
    n_missing_programme, n_missing_comparison
        Number that should have been observed and was not.

    Returns
    -------
    MissingOutcomeBounds

    Raises
    ------
    InvalidDataError
        When a count or the level is outside its range.

    References
    ----------
    As of `missing_outcome_bounds`.

    Examples
    --------
    >>> found = missing_outcome_difference_bounds(50, 90, 10, 30, 80, 20)
    >>> round(found.lowest, 3), round(found.highest, 3)
    (0.0, 0.3)
    """
    problems: list[str] = []
    _check_group(events_programme, n_observed_programme, n_missing_programme, "_programme", problems)
    _check_group(events_comparison, n_observed_comparison, n_missing_comparison, "_comparison", problems)
    check_level(level, problems)
    refuse("missing_outcome_difference_bounds", problems)
    x1, m1, x0, m0 = (int(x) for x in (events_programme, n_missing_programme, events_comparison, n_missing_comparison))
    n1, n0 = int(n_observed_programme) + m1, int(n_observed_comparison) + m0
    return _between(
        risk_difference(x1, n1, x0 + m0, n0, level=level), risk_difference(x1 + m1, n1, x0, n0, level=level), m1 + m0
    )


def _check_group(events: int, n_observed: int, n_missing: int, ending: str, problems: list[str]) -> None:
    n_before = len(problems)
    check_count(f"events{ending}", events, problems)
    check_count(f"n_observed{ending}", n_observed, problems, least=1)
    check_count(f"n_missing{ending}", n_missing, problems)
    if len(problems) == n_before and events > n_observed:
        problems.append(f"events{ending} is {events:.0f}; expected at most n_observed{ending} ({n_observed:.0f})")


def _between(lowest: Estimate, highest: Estimate, n_missing: int) -> MissingOutcomeBounds:
    return MissingOutcomeBounds(
        measure=lowest.measure,
        lowest=lowest.estimate,
        highest=highest.estimate,
        lower=lowest.lower,
        upper=highest.upper,
        level=lowest.level,
        n=lowest.n,
        n_missing=n_missing,
        method=lowest.method,
    )


def _most_in_at_least(j: int, sizes: Sequence[int], n: int) -> int:
    """Most who can be in at least j groups: T people use at most T of each, ``Σ min(cᵢ, T) ≥ jT``, and need no more."""
    ordered = sorted(sizes)
    return min(n, *(sum(ordered[: len(ordered) - m]) // (j - m) for m in range(j)))
