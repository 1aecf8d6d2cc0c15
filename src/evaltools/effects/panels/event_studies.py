"""Differences between places with and without a programme, period by period around its start."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaltools.effects.inputs import Mask, check_count, check_level, refuse
from evaltools.effects.panels.comparisons import NOTHING_VARIES, Changes, Comparison, clustered_error, compare
from evaltools.effects.panels.panel import Codes, Columns, Panel, read_panel
from evaltools.effects.panels.permutation import Assignments, assignments
from evaltools.effects.shown import Shown

REFERENCE = -1
"""The last period before the start, at which all differences are taken to be 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStudy(Shown):
    """Differences by period since the start.

    Attributes
    ----------
    effects
        One row for each period since the start, with ``since_start`` (0 is the first period under the programme),
        ``n_programme`` (units seen then that take part), ``estimate``, ``standard_error`` (CR1; missing where one unit
        takes part), ``lower``, ``upper`` and ``p_value`` (permutation, for each row by itself), and
        ``smallest_p_value`` (none of the row could have been smaller). In row -1, the reference, the estimate is 0 by
        definition, and all after it is missing. In a row in which nothing but the programme makes units differ, as
        where nobody has an event, there is no standard error either, and the interval is unbounded.
    pre_trend_p_value
        Permutation test of all periods before the start at once; None where there is only one.
    level
        Of the intervals.
    n_assignments, is_exact
        As of `DifferenceInDifferences`.
    """

    effects: pd.DataFrame
    pre_trend_p_value: float | None
    level: float
    n_assignments: int
    is_exact: bool


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
    Place a goes up by 3 in the first year with the programme, b and c by 0 and 2: 3 - 1 = 2. After two years it is up
    by 7, and these by 3 and 1: 7 - 2 = 5.

    >>> rates = pd.DataFrame({"place": list("aaaabbbbcccc"), "year": [1, 2, 3, 4] * 3})
    >>> rates["outflow"] = [10, 11, 14, 18, 19, 21, 21, 24, 31, 31, 33, 32]
    >>> rates["programme"] = (rates["place"] == "a") & (rates["year"] >= 3)
    >>> found = event_study(rates, unit="place", time="year", outcome="outflow", programme="programme")
    >>> found.effects[["since_start", "estimate"]].to_dict("list")
    {'since_start': [-2, -1, 0, 1], 'estimate': [0.0, 0.0, 2.0, 5.0]}

    Of three places, none of its p-values could have been below 1/3.

    >>> found.effects["smallest_p_value"].round(3).tolist()
    [0.333, nan, 0.333, 0.333]
    """
    problems: list[str] = []
    check_level(level, problems)
    check_count("seed", seed, problems)
    columns = Columns(unit=unit, time=time, outcome=outcome, programme=programme, weights=weights)
    read = read_panel("event_study", panel, columns, problems)
    dealt = assignments(read.cohorts, seed)
    since = np.arange(-int(read.starts.max()), len(read.periods) - int(read.starts.min()))
    changes = _since_reference(read, since)
    compared = compare(read, changes, dealt)
    if not compared.varies.any():
        problems.append(NOTHING_VARIES)
    refuse("event_study", problems)
    return EventStudy(
        effects=_effects(read, since, changes, compared, dealt, level),
        pre_trend_p_value=_pre_trend(compared, since <= REFERENCE),
        level=level,
        n_assignments=len(dealt.cohorts),
        is_exact=dealt.is_exact,
    )


def _since_reference(panel: Panel, since: Codes) -> Changes:
    """Change from the last period before the start to each period since it, in cohorts that are seen then."""
    n_periods = len(panel.periods)
    at = panel.starts + since[:, None]
    is_seen = (at >= 0) & (at < n_periods)
    period = np.arange(n_periods)
    is_at = (period == at[:, :, None]).astype(np.float64)
    is_reference = period == panel.starts[:, None] + REFERENCE
    return Changes(over_time=is_at - is_reference, shares=is_seen.astype(np.float64), asked=is_at)


def _effects(
    panel: Panel, since: Codes, changes: Changes, compared: Comparison, dealt: Assignments, level: float
) -> pd.DataFrame:
    is_seen, which = np.unique(changes.shares > 0, axis=0, return_inverse=True)
    smallest = np.array([dealt.smallest_p_value(seen) for seen in is_seen])[which]
    sizes = np.bincount(panel.cohorts[panel.is_treated])
    tests = [compared.test(row, level) for row in range(len(since))]
    errors = [clustered_error(panel, changes, row, each, len(since) - 1) for row, each in enumerate(compared.observed)]
    made = pd.DataFrame(
        {
            "since_start": since,
            "n_programme": (changes.shares @ sizes).astype(np.int64),
            "estimate": compared.observed,
            "standard_error": np.array(errors, dtype=np.float64),
            "lower": [lower for _, (lower, _) in tests],
            "upper": [upper for _, (_, upper) in tests],
            "p_value": [p_value for p_value, _ in tests],
            "smallest_p_value": smallest,
        }
    )
    made.loc[~compared.varies, ["standard_error", "lower", "upper"]] = np.nan, -np.inf, np.inf
    made.loc[since == REFERENCE, "standard_error":] = np.nan
    return made


def _pre_trend(compared: Comparison, is_before: Mask) -> float | None:
    if is_before.sum() < 2:
        return None
    observed, found = compared.observed[is_before].std(), compared.estimates[:, is_before].std(axis=1)
    return float((found >= observed - compared.rounding).mean())
