"""Curves in time, of people who are not all followed equally long."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from evaltools.effects.durations.risk_sets import Durations, Index, RiskSets, read_durations
from evaltools.effects.durations.variance import incidence_variance
from evaltools.effects.inputs import Array, check_level, numbers, refuse, truths

NOTHING = 1e-12
"""A curve this close to 0 or 1 is there: sums are exact to fewer digits."""
MOST = 700.0
"""The exponential of more is no number."""
TOO_LONG = "somebody without the event was seen until {:g} and nobody later: take a shorter time"


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    group: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    at: Sequence[float] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate the share that has had no event yet, at each time.

    ``S(t) = Π (1 − d/Y)`` over the times up to ``t``, with ``d`` events among ``Y`` at risk: those who entered before
    that time and left at it or later. Who is censored at a time is at risk at it.

    The variance is that of Greenwood, ``S² Σ d / (Y (Y − d))``; with weights the robust one, which takes them as given.
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
        Times, in order, at which to give the curve, in place of each time at which somebody leaves.
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
    the upper limit is that of the time before, times ``1 − (α/2)^(1/n)``, the exact one of all of ``n``.

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
    events = truths("event", event, problems)
    durations = read_durations(
        "kaplan_meier", time, events.astype(np.int64), problems=problems, group=group, entry=entry, weights=weights
    )
    return _frame("kaplan_meier", durations, at=at, level=level, is_survival=True)


def cumulative_incidence(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    group: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    at: Sequence[float] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate the share that has had an event of each cause, where one event rules out the others.

    ``F(t) = Σ S(l−) e/Y`` over the times ``l`` up to ``t``, with ``e`` events of the cause among ``Y`` at risk and ``S``
    the share without an event of any cause (Aalen & Johansen). The incidences of all causes and ``S`` sum to 1. One minus
    `kaplan_meier` of one cause, with the others censored, is larger: it answers what would be if the others did not exist.

    The variance is that of Dinse & Larson, which R's survfit gives as well (cmprsk gives that of Aalen, which is a little
    smaller); with weights the robust one, which takes them as given. The interval is on the log-log scale,
    ``F^exp(± z · se / (F · ln F))``; see the Notes of `kaplan_meier` for where that has no width. Here the exact limit of
    no events is the upper one, ``1 − (α/2)^(1/n)``.

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
        "cumulative_incidence", time, cause, problems=problems, group=group, entry=entry, weights=weights
    )
    return _frame("cumulative_incidence", durations, at=at, level=level, is_survival=False)


def incidence_of(sets: RiskSets, cause: int) -> tuple[Array, Array]:
    """Cumulative incidence of a cause, by its column in ``leaving``, and its standard error, at each time. Shape (t,)."""
    if sets.leaving.shape[1] == 2:
        incidence = 1 - sets.survival
    else:
        hazard = np.divide(
            sets.leaving[:, cause], sets.at_risk, out=np.zeros_like(sets.at_risk), where=sets.at_risk > 0
        )
        incidence = np.cumsum(sets.survival_before * hazard)
    return incidence, np.sqrt(incidence_variance(sets, incidence, cause))


def limits(estimate: Array, standard_error: Array, n_at_risk: Index, z: float, *, start: float) -> tuple[Array, Array]:
    """Lower and upper limit of a curve that begins at ``start``, 0 or 1, on the log-log scale. Shape (t,) each."""
    is_start = np.abs(estimate - start) < NOTHING
    is_end = np.abs(estimate - (1 - start)) < NOTHING
    inside = np.where(is_start | is_end, 0.5, estimate)
    power = np.exp(np.minimum(z * standard_error / (inside * -np.log(inside)), MOST))
    lower, upper = inside**power, inside ** (1 / power)
    # None of n, or all of n, had the event: the exact limit.
    exact = np.where(n_at_risk > 0, ndtr(-z) ** (1 / np.maximum(n_at_risk, 1)), 0.0)
    lower = np.where(is_start, exact if start else 0.0, lower)
    upper = np.where(is_start, 1.0 if start else 1 - exact, upper)
    # What was left before, and all of it then: the position of the last time at which some were left.
    last = np.maximum.accumulate(np.where(is_end, -1, np.arange(len(estimate))))
    left = np.append(upper if start else 1 - lower, 1.0)[last] * (1 - np.roll(exact, -1)[last])
    return (
        np.where(is_end, 0.0 if start else 1 - left, lower),
        np.where(is_end, left if start else 1.0, upper),
    )


def _frame(
    function: str, durations: Durations, *, at: Sequence[float] | None, level: float, is_survival: bool
) -> pd.DataFrame:
    z = float(-ndtri((1 - level) / 2))
    asked = None if at is None else _asked(function, at)
    parts, last = [], np.inf
    for name, sets in zip(durations.groups, durations.risk_sets(() if asked is None else asked), strict=True):
        last = min(last, followed_until(sets))
        for column, cause in enumerate(durations.causes, 1):
            part = _one_curve(sets, column, z, is_survival=is_survival)
            part = part if asked is None else _at(part, asked)
            if not is_survival:
                part.insert(0, "cause", cause)
            if durations.group is not None:
                part.insert(0, "group", name)
            parts.append(part)
    if asked is not None and asked[-1] > last:
        refuse(function, [f"at goes on until {asked[-1]:g}; {TOO_LONG.format(last)}"])
    return pd.concat(parts, ignore_index=True)


def followed_until(sets: RiskSets) -> float:
    """Last time at which the curve of a group is known: without end where nobody is left without an event."""
    return float("inf") if sets.kept[-1] == 0 else float(sets.times[-1])


def _one_curve(sets: RiskSets, column: int, z: float, *, is_survival: bool) -> pd.DataFrame:
    incidence, standard_error = incidence_of(sets, column)
    start = float(is_survival)
    estimate = sets.survival if is_survival else incidence
    lower, upper = limits(estimate, standard_error, sets.n_at_risk, z, start=start)
    made = pd.DataFrame(
        {
            "time": sets.times,
            "estimate": estimate,
            "standard_error": standard_error,
            "lower": lower,
            "upper": upper,
            "n_at_risk": sets.n_at_risk,
            "n_events": sets.n_leaving[:, column],
        }
    )
    # At time 0 nothing can have happened yet, unless something did.
    return (
        made
        if sets.n_leaving[0].any()
        else made.assign(**{name: made[name].where(made["time"] > 0, start) for name in ("lower", "upper")})
    )


def _asked(function: str, at: Sequence[float]) -> Array:
    problems: list[str] = []
    asked = numbers("at", at, problems)
    if not len(asked) or (asked < 0).any() or (np.diff(asked) <= 0).any():
        problems.append("at holds no times in order; expected such as [6, 12, 18]")
    refuse(function, problems)
    return asked


def _at(curve: pd.DataFrame, asked: Array) -> pd.DataFrame:
    """Keep the values at the times that are asked for; count the events since the one before."""
    position = np.searchsorted(curve["time"], asked, side="right") - 1
    made = curve.iloc[position].reset_index(drop=True)
    n_so_far = curve["n_events"].to_numpy().cumsum()[position]
    is_over = asked > curve["time"].iloc[-1]
    return made.assign(
        time=asked, n_at_risk=made["n_at_risk"].where(~is_over, 0), n_events=np.diff(n_so_far, prepend=0)
    )
