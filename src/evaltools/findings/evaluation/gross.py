"""What became of the participants themselves: why and when they left, and whether they came back."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from evaltools.cohorts import Cohort, returns
from evaltools.cohorts.definitions import days_of
from evaltools.cohorts.spells import NEVER, day_numbers
from evaltools.disclosure import Table, from_register
from evaltools.disclosure.record import TOTAL
from evaltools.findings.evaluation.groups import Groups
from evaltools.findings.people import about_cohort, table_of

CAUSES: Mapping[str, tuple[str, ...]] = {
    "work": ("work",),
    "other_income": ("education", "other_income", "partner", "unknown"),
    "enforcement": ("enforcement",),
    "demographic": ("demographic",),
}
"""Why the first exit came, as the causes of `cohorts.cohort.CAUSES` that each takes together."""
CURVE_WORDS = {"cause": tuple(CAUSES)}
SENSITIVE_CAUSES = ("enforcement", "demographic")
HALF_YEAR, YEAR = 6, 12


def exits_by_month(cohort: Cohort, months: int) -> pd.DataFrame:
    """Count first exits by their reason in each month since the index day, for `disclosure.protect_curves`.

    An exit in the first month is at 1. Who moves to another municipality left the benefit of this one: that counts with AOW and death.
    A comparison person who is selected is followed for the whole months until then; who was not seen for one month is left out.

    Returns
    -------
    pandas.DataFrame
        One row per month from 0 to ``months``, and ``cause`` of `CAUSES`: ``month``, ``n_at_risk`` and ``n_exits``.
    """
    people = cohort.participants
    of = {cause: name for name, causes in CAUSES.items() for cause in causes}
    cause = people["cause"].astype(str).map(of)
    cause = cause.mask(cause.isna() & (people["follow_up_end"] == "move"), "demographic")
    time = people["months"].astype(float)
    month = pd.Series(np.where(cause.isna(), np.floor(time), np.maximum(np.ceil(time), 1)), index=people.index).astype(
        int
    )
    cause, month = cause[month > 0], month[month > 0]
    last = min(months, int(month.max()))
    rows = [
        {
            "month": at,
            "cause": name,
            "n_at_risk": int((month >= at).sum()),
            "n_exits": int(((month == at) & (cause == name)).sum()),
        }
        for name in CAUSES
        for at in range(last + 1)
    ]
    return from_register(pd.DataFrame(rows), is_simulated=cohort.is_simulated)


def returns_by_month(cohort: Cohort, months: int) -> pd.DataFrame:
    """Count who came back to benefit in each month after their first exit, for `disclosure.protect_curves`.

    Who left by AOW or death cannot come back and is left out.

    Returns
    -------
    pandas.DataFrame
        One row per month from 0 to ``months``: ``month``, ``n_at_risk`` and ``n_returns``; no rows where nobody left.
    """
    found = returns(cohort)
    found = found[~found["is_for_good"]]
    left, back, last = (day_numbers(found[name]) for name in ("exit_day", "return_day", "last_day"))
    has_returned = back < NEVER
    time = np.where(has_returned, back - left, last - left) / (days_of(YEAR) / YEAR)
    month = np.where(has_returned, np.maximum(np.ceil(time), 1), np.floor(time)).astype(int)
    has_returned, month = has_returned[month > 0], month[month > 0]
    last_month = min(months, int(month.max(initial=0)))
    rows = [
        {"month": at, "n_at_risk": int((month >= at).sum()), "n_returns": int(((month == at) & has_returned).sum())}
        for at in range(last_month + 1)
        if last_month
    ]
    made = pd.DataFrame(rows, columns=["month", "n_at_risk", "n_returns"])
    return from_register(made, is_simulated=cohort.is_simulated)


def durability(groups: Groups) -> Table:
    """Count, of first exits that can be followed for a year, who came back and who is on benefit then.

    Returns
    -------
    Table
        One row per kind of exit (``all``, ``work``): ``n_exits``, of which ``n_for_good`` by AOW or death, ``n_too_recent`` and
        ``n_followed`` for a year; of these ``n_early`` back within half a year, ``n_late`` back after that within the year (together
        ``n_returned``), and ``n_stayed`` away; ``n_on_half_year`` of ``n_early``, and ``n_on_year`` of ``n_returned``, on benefit on that day.
        ``share_returned``, ``share_on_half_year`` and ``share_on_year`` of ``n_followed``: the first is a cumulative incidence, the
        others are point prevalences.
    """
    cohort = groups.cohort
    found = returns(cohort)
    people = cohort.participants
    rows = np.flatnonzero(people["exit_day"].notna())
    left, back, last = (day_numbers(found[name]) for name in ("exit_day", "return_day", "last_day"))
    for_good = found["is_for_good"].to_numpy(bool)
    is_followed = ~for_good & (left + days_of(YEAR) <= cohort.until)
    is_moved = (people["follow_up_end"] == "move").to_numpy()[rows]
    made = []
    for exits in (TOTAL, "work"):
        asked = np.ones(len(found), dtype=bool) if exits == TOTAL else (found["cause"] == "work").to_numpy()
        own = asked & is_followed
        early = own & (back <= left + days_of(HALF_YEAR))
        late = own & ~early & (back <= left + days_of(YEAR))
        on = {months: own & (cohort.history.spells.on(rows, np.minimum(left + days_of(months), last)) >= 0)
              & ~(is_moved & (left + days_of(months) > last)) for months in (HALF_YEAR, YEAR)}  # fmt: skip
        made.append({
            "exits": exits,
            "n_exits": int(asked.sum()),
            "n_for_good": int((asked & for_good).sum()),
            "n_too_recent": int((asked & ~for_good & ~is_followed).sum()),
            "n_followed": int(own.sum()),
            "n_returned": int((early | late).sum()),
            "n_early": int(early.sum()),
            "n_late": int(late.sum()),
            "n_stayed": int((own & ~early & ~late).sum()),
            "n_on_half_year": int((on[HALF_YEAR] & early).sum()),
            "n_on_year": int((on[YEAR] & (early | late)).sum()),
        })  # fmt: skip
    return table_of(
        groups.register,
        pd.DataFrame(made),
        about=about_cohort(cohort, at="durability"),
        counts=[name for name in made[0] if name != "exits"],
        labels=["exits"],
        words={"exits": ["work"]},
        groups=["exits"],
        parts={
            "n_exits": ["n_for_good", "n_too_recent", "n_followed"],
            "n_followed": ["n_returned", "n_stayed"],
            "n_returned": ["n_early", "n_late"],
        },
        shares={
            "share_returned": ("n_returned", "n_followed"),
            "share_stayed": ("n_stayed", "n_followed"),
            "share_on_half_year": ("n_on_half_year", "n_followed"),
            "share_on_year": ("n_on_year", "n_followed"),
            "share_still": ("n_on_year", "n_returned"),
            "share_still_half_year": ("n_on_half_year", "n_early"),
        },
    )
