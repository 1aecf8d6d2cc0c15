"""Differences between places with and without a programme, period by period around its start."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaltools.effects.inputs import Array, check_level
from evaltools.effects.panels.comparisons import Changes, clustered_error, compare, differences
from evaltools.effects.panels.panel import Codes, Columns, Panel, read_panel
from evaltools.effects.panels.permutation import SAME, Assignments, assignments

REFERENCE = -1
"""The last period before the start, at which all differences are taken to be 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStudy:
    """Differences by period since the start.

    Attributes
    ----------
    effects
        One row for each period since the start, with ``since_start`` (0 is the first period under the programme),
        ``n_programme`` (units seen then that take part), ``estimate``, ``standard_error`` (CR1; missing where one unit
        takes part), ``lower``, ``upper`` and ``p_value`` (permutation, for each row by itself).
    pre_trend_p_value
        Permutation test of all periods before the start at once; None where there is only one.
    level
        Of the intervals.
    n_assignments, is_exact, smallest_p_value
        As of `DifferenceInDifferences`.
    """

    effects: pd.DataFrame
    pre_trend_p_value: float | None
    level: float
    n_assignments: int
    is_exact: bool
    smallest_p_value: float


def event_study(
    panel: pd.DataFrame,
    *,
    unit: str,
    time: str,
    outcome: str,
    programme: str,
    weights: str | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> EventStudy:
    """Follow the difference between places with and without a programme around its start.

    In row ``k`` stands, over the units that take part and are seen ``k`` periods after their start, the mean of

    ``(Y of the unit at k - Y of the unit at -1) - (the same of the units that never take part, in these periods)``.

    Where all start together, this is the regression with a coefficient for each period but -1; where they do not, it
    is that of Sun & Abraham (2021), which no other period of an early starter can spoil. Rows far from the start are of
    fewer units (``n_programme``): a step between rows may be a step between units.

    Intervals and p-values are made as in `difference_in_differences`, for each row by itself: among twenty rows, one is
    outside a 95% interval by chance alone. Where units start at different times, the effects of early starters make the
    differences of other ways larger, and p-values before the start too large rather than too small.

    The test of pre-trends looks at how much the differences before the start move, ``Σ (estimate at k - their mean)²``
    over ``k <= -1``, in all ways to deal out the starts. That it finds nothing is no proof that the outcomes would have
    run parallel: with few units it finds little, and estimates that are kept only because they passed it are further
    off than others (Roth 2022).

    Parameters
    ----------
    panel, unit, time, outcome, programme, weights, level, seed
        As in `difference_in_differences`. Periods are counted as they stand in ``time``, in order.

    Returns
    -------
    EventStudy

    Raises
    ------
    InvalidDataError
        As in `difference_in_differences`.

    References
    ----------
    Sun & Abraham (2021), Journal of Econometrics 225(2), 175-199; Roth (2022), American Economic Review: Insights 4(3),
    305-322.

    Examples
    --------
    Place a is 2 above its difference of the year before in the first year with the programme, and 5 in the second.

    >>> rates = pd.DataFrame({"place": list("aaaabbbbcccc"), "year": [1, 2, 3, 4] * 3})
    >>> rates["outflow"] = [10, 11, 14, 18, 20, 21, 22, 23, 30, 31, 32, 33]
    >>> rates["programme"] = (rates["place"] == "a") & (rates["year"] >= 3)
    >>> found = event_study(rates, unit="place", time="year", outcome="outflow", programme="programme")
    >>> found.effects[["since_start", "estimate"]].to_dict("list")
    {'since_start': [-2, -1, 0, 1], 'estimate': [0.0, 0.0, 2.0, 5.0]}
    """
    problems: list[str] = []
    check_level(level, problems)
    columns = Columns(unit=unit, time=time, outcome=outcome, programme=programme, weights=weights)
    read = read_panel("event_study", panel, columns, problems)
    dealt = assignments(read.cohorts, seed)
    since = np.arange(-int(read.starts.max()), len(read.periods) - int(read.starts.min()))
    return EventStudy(
        effects=pd.DataFrame([_row(read, int(k), since, dealt, level) for k in since]),
        pre_trend_p_value=_pre_trend(read, since[since <= REFERENCE], dealt),
        level=level,
        n_assignments=len(dealt.cohorts),
        is_exact=dealt.is_exact,
        smallest_p_value=dealt.smallest_p_value,
    )


def _since_reference(panel: Panel, k: int) -> Changes:
    """Change from the last period before the start to period ``k`` after it, in cohorts that are seen then."""
    n_periods = len(panel.periods)
    at = panel.starts + k
    is_seen = (at >= 0) & (at < n_periods)
    period = np.arange(n_periods)
    over_time = (period == at[:, None]).astype(np.float64) - (period == panel.starts[:, None] + REFERENCE)
    return Changes(over_time=over_time * is_seen[:, None], shares=is_seen.astype(np.float64))


def _row(panel: Panel, k: int, since: Codes, dealt: Assignments, level: float) -> dict[str, float]:
    changes = _since_reference(panel, k)
    is_asked = (panel.is_treated[:, None] & (panel.since_start == k)).astype(np.float64)
    estimate, p_value, (lower, upper) = compare(panel, changes, is_asked, dealt, level)
    error = clustered_error(panel, changes, estimate, len(since) - 1)
    return {
        "since_start": k,
        "n_programme": int(is_asked.sum()),
        "estimate": estimate,
        "standard_error": np.nan if error is None else error,
        "lower": lower,
        "upper": upper,
        "p_value": p_value,
    }


def _pre_trend(panel: Panel, before: Codes, dealt: Assignments) -> float | None:
    if len(before) < 2:
        return None
    observed = _movement(panel, before, panel.cohorts[None])
    found = _movement(panel, before, dealt.cohorts)
    return float((found >= observed - SAME * found.max()).mean())


def _movement(panel: Panel, before: Codes, cohorts: Codes) -> Array:
    estimates = [differences(panel.outcome, cohorts, panel.weights, _since_reference(panel, int(k))) for k in before]
    return np.asarray(np.var(estimates, axis=0))
