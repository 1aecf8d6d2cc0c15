"""Curves in time, of people who are not all followed equally long."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from evaltools.effects.durations.data import Durations, read_durations, rounded
from evaltools.effects.durations.risk_sets import RiskSets, risk_sets
from evaltools.effects.durations.variance import incidence_variance
from evaltools.effects.inputs import Array, check_level, numbers, refuse

NOTHING = 1e-12
"""A curve this close to 0 or 1 is there: sums are exact to fewer digits."""
MOST = 700.0
"""The exponential of more is no number."""
TINY = 1e-300
TOO_LONG = "lies after the end of follow-up of a group, in which somebody had no event yet; take a shorter time"


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    group: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    at: float | Sequence[float] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate the share that has had no event yet, at each time.

    ``S(t) = Π (1 − d/Y)`` over the times up to ``t``, with ``d`` events among ``Y`` at risk: those who entered before
    that time and left at it or later. Who is censored at a time is at risk at it.

    The variance is that of Greenwood, ``S² Σ d / (Y (Y − d))``; with weights, or entries at different times, that of the
    infinitesimal jackknife, which takes weights as given.
    The interval is on the log-log scale, ``S^exp(± z · se / (S · ln S))``. That has no width where nobody had an event yet,
    and no value where everybody had: see Notes.

    Only where events of other kinds are no more than a loss from view: with competing exits take
    `cumulative_incidence`.

    Parameters
    ----------
    time
        Time until the event or until the unit was last seen, from 0 on. Shape (n,).
    event
        Whether it ended with the event: booleans, or 0 and 1. Shape (n,).
    group
        Label of a group for each unit: each gets a curve of its own. Shape (n,).
    entry
        Time after which the unit is seen, for who would not be in the data with an event before it. Shape (n,).
    weights
        Such as those of `propensity_weights`. Shape (n,); who has 0 is left out.
    at
        One or more times, in order, at which to give the curve, in place of each time at which somebody leaves.
    level
        Confidence level of the interval at each time.

    Returns
    -------
    pandas.DataFrame
        One row per (group and) time at which somebody leaves, after a first one for time 0: ``group`` where there are
        groups, ``time``, ``estimate``, ``standard_error``, ``lower``, ``upper``, ``n_at_risk`` (units, just before that
        time) and ``n_events`` (units, at it; with ``at``, since the time before).

    Raises
    ------
    InvalidDataError
        When a value is missing, a time is below 0, an entry is not before its time, a weight is below 0, lengths differ,
        or ``at`` goes on after anybody in a group was followed.

    Notes
    -----
    Where no unit had an event yet, the lower limit is the exact one of no events among those still at risk,
    ``(α/2)^(1/n)``: it takes nothing of those seen for a shorter time. Where all ``n`` who were left had the event at once,
    the upper limit is that of the time before, times ``1 − (α/2)^(1/n)``, the exact one of all of ``n``. With late entries
    ``n`` is the fewest who were at risk at any time so far, and with weights it is Kish's ``(Σw)²/Σw²``.

    Times are rounded to nine decimals, so that 0.1 + 0.2 and 0.3 are equal. Series that are given together must have
    their rows in one order.

    References
    ----------
    Kaplan & Meier (1958), JASA 53, 457-481; Greenwood (1926). On the interval: Kalbfleisch & Prentice (1980), The
    Statistical Analysis of Failure Time Data; Borgan & Liestøl (1990), Scandinavian Journal of Statistics 17, 35-41.

    Examples
    --------
    Of four, one has the event at 1; one is last seen at 2; of the two left, one has it at 3.

    >>> kaplan_meier([1, 2, 3, 4], [True, False, True, False])[["time", "estimate", "n_at_risk"]]
       time  estimate  n_at_risk
    0   0.0     1.000          4
    1   1.0     0.750          4
    2   2.0     0.750          3
    3   3.0     0.375          2
    4   4.0     0.375          1
    """
    problems: list[str] = []
    check_level(level, problems)
    durations = read_durations(
        "kaplan_meier", time, event=event, group=group, entry=entry, weights=weights, problems=problems
    )
    return _frame("kaplan_meier", durations, at=at, level=level, is_survival=True)


def cumulative_incidence(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    group: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    at: float | Sequence[float] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate the share that has had an event of each cause, where one event rules out the others.

    ``F(t) = Σ S(l−) e/Y`` over the times ``l`` up to ``t``, with ``e`` events of the cause among ``Y`` at risk and ``S``
    the share without an event of any cause (Aalen & Johansen). The incidences of all causes and ``S`` sum to 1. One minus
    `kaplan_meier` of one cause, with the others censored, is larger: it answers what would be if the others did not exist.

    The variance is that of Dinse & Larson, which R's survfit gives as well (cmprsk gives that of Aalen); with weights, or
    entries at different times, that of the infinitesimal jackknife, which takes weights as given. The interval is on the log-log scale,
    ``F^exp(± z · se / (F · ln F))``; see the Notes of `kaplan_meier` for where that has no width. Here the exact limit of
    no events is the upper one, ``1 − (α/2)^(1/n)``, with ``n`` the smallest ``Y / S(l−)`` so far: all of them where
    nobody is censored.

    Parameters
    ----------
    time, group, entry, weights, at, level
        As in `kaplan_meier`.
    cause
        Whole numbers, of which 0 is censored, or text or categories, of which ``"censored"`` is. Shape (n,). A category
        that nobody has is a cause of which the incidence is 0.

    Returns
    -------
    pandas.DataFrame
        As `kaplan_meier`, with one row per (group,) ``cause`` and time; ``n_events`` are of that cause.

    Raises
    ------
    InvalidDataError
        As `kaplan_meier`.

    References
    ----------
    Aalen & Johansen (1978), Scandinavian Journal of Statistics 5, 141-150; Dinse & Larson (1986), Biometrika 73, 379-386;
    Choudhury (2002), Statistics in Medicine 21, 1129-1144 (intervals).

    Examples
    --------
    Of four, one leaves for work at 1, one for another reason at 2, one is last seen at 3, one leaves for work at 4:
    a quarter for work by 3, and the half that is left at 4.

    >>> curves = cumulative_incidence([1, 2, 3, 4], ["work", "other", "censored", "work"], at=[3, 4])
    >>> curves[["cause", "time", "estimate", "n_at_risk"]]
       cause  time  estimate  n_at_risk
    0  other   3.0      0.25          2
    1  other   4.0      0.25          1
    2   work   3.0      0.25          2
    3   work   4.0      0.75          1
    """
    problems: list[str] = []
    check_level(level, problems)
    durations = read_durations(
        "cumulative_incidence", time, cause=cause, group=group, entry=entry, weights=weights, problems=problems
    )
    return _frame("cumulative_incidence", durations, at=at, level=level, is_survival=False)


def incidence_of(sets: RiskSets, cause: int) -> tuple[Array, Array]:
    """Cumulative incidence of a cause, by its column in ``leaving``, and its standard error, at each time. Shape (t,)."""
    if sets.leaving.shape[1] == 2:
        incidence = 1 - sets.survival
    else:
        incidence = np.cumsum(sets.survival_before * sets.share_of_risk(sets.leaving[:, cause]))
    variance = incidence_variance(sets, incidence, cause)
    # Where everybody had the event nothing varies, but for rounding.
    return incidence, np.sqrt(np.where(incidence < 1 - NOTHING, variance, 0.0))


def limits(
    estimate: Array, standard_error: Array, sets: RiskSets, z: float, *, is_survival: bool
) -> tuple[Array, Array]:
    """Lower and upper limit of a curve at each time, on the log-log scale. Shape (t,) each."""
    start = float(is_survival)
    is_start = np.abs(estimate - start) < NOTHING
    is_end = np.abs(estimate - (1 - start)) < NOTHING
    inside = np.where(is_start | is_end, 0.5, estimate)
    power = np.exp(np.minimum(z * standard_error / (inside * -np.log(inside)), MOST))
    lower, upper = inside**power, inside ** (1 / power)
    none = exact_limit(sets.n_without, z)
    lower = np.where(is_start, none if is_survival else 0.0, lower)
    upper = np.where(is_start, 1.0 if is_survival else 1 - none, upper)
    # What was left before, and all of it then: the position of the last time at which some were left.
    last = np.maximum.accumulate(np.where(is_end, -1, np.arange(len(estimate))))
    left = np.append(upper if is_survival else 1 - lower, 1.0)[last]
    left = left * (1 - np.roll(exact_limit(sets.n_fewest, z), -1)[last])
    return (
        np.where(is_end, 0.0 if is_survival else 1 - left, lower),
        np.where(is_end, left if is_survival else 1.0, upper),
    )


def deviate(level: float) -> float:
    """Find the standard normal deviate that an interval of this level reaches to."""
    return float(-ndtri((1 - level) / 2))


def exact_limit(n: Array, z: float) -> Array:
    """Lower limit ``(α/2)^(1/n)`` of a share that all of ``n`` have; 0 of nobody, 1 before there is anybody."""
    return np.asarray(np.where(n > 0, ndtr(-z) ** (1 / np.maximum(n, TINY)), 0.0))


def _frame(
    function: str, durations: Durations, *, at: float | Sequence[float] | None, level: float, is_survival: bool
) -> pd.DataFrame:
    z = deviate(level)
    asked = None if at is None else _asked(function, at)
    parts, last = [], np.inf
    for name, sets in zip(durations.groups, risk_sets(durations, () if asked is None else asked), strict=True):
        last = min(last, sets.followed_until)
        for column, cause in enumerate(durations.causes, 1):
            curve = _one_curve(sets, column, z, is_survival=is_survival)
            parts.append((name, cause, curve if asked is None else _at(curve, asked)))
    if asked is not None and asked[-1] > last:
        refuse(function, [f"at {TOO_LONG}"])
    sizes = [len(curve["time"]) for _, _, curve in parts]
    labels = {} if durations.group is None else {"group": [name for name, _, _ in parts]}
    labels |= {} if is_survival else {"cause": [cause for _, cause, _ in parts]}
    made: dict[str, Any] = {name: pd.Series(values).repeat(sizes).array for name, values in labels.items()}
    return pd.DataFrame(made | {name: np.concatenate([curve[name] for _, _, curve in parts]) for name in parts[0][2]})


def _one_curve(sets: RiskSets, column: int, z: float, *, is_survival: bool) -> dict[str, np.ndarray]:
    incidence, standard_error = incidence_of(sets, column)
    estimate = sets.survival if is_survival else incidence
    lower, upper = limits(estimate, standard_error, sets, z, is_survival=is_survival)
    if not sets.n_leaving[0, 1:].any():  # at time 0 nothing can have happened yet
        lower[0] = upper[0] = float(is_survival)
    return {
        "time": sets.times,
        "estimate": estimate,
        "standard_error": standard_error,
        "lower": lower,
        "upper": upper,
        "n_at_risk": sets.n_at_risk,
        "n_events": sets.n_leaving[:, column],
    }


def _asked(function: str, at: float | Sequence[float]) -> Array:
    found: list[str] = []
    asked = rounded(np.atleast_1d(numbers("at", np.atleast_1d(at), found)))
    if found or not len(asked) or (asked < 0).any() or (np.diff(asked) <= 0).any():
        refuse(function, ["at holds no times in order; expected such as 12, or [6, 12, 18]"])
    return asked


def _at(curve: dict[str, np.ndarray], asked: Array) -> dict[str, np.ndarray]:
    """Keep the values at the times that are asked for; count the events since the one before."""
    position = np.searchsorted(curve["time"], asked, side="right") - 1
    made = {name: values[position] for name, values in curve.items()}
    n_so_far = curve["n_events"].cumsum()[position]
    n_at_risk = np.where(asked > curve["time"][-1], 0, made["n_at_risk"])
    return made | {"time": asked, "n_at_risk": n_at_risk, "n_events": np.diff(n_so_far, prepend=0)}
