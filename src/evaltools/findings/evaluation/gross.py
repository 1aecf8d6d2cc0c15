"""What became of the participants themselves: why and when they left, and whether they came back."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from evaltools.cohorts import Cohort, returns
from evaltools.cohorts.definitions import days_of
from evaltools.cohorts.spells import day_numbers
from evaltools.disclosure import ProtectedTable, Table, from_register
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


def returns_by_month(cohort: Cohort) -> pd.DataFrame:
    """Count who came back to benefit in each month of the year after their first exit, for `disclosure.protect_curves`.

    Those of `durability`: of first exits that can be followed for a year; who left by AOW or death cannot come back. So nobody is
    last seen within the year.

    Returns
    -------
    pandas.DataFrame
        One row per month from 0 to 12: ``month``, ``n_at_risk`` and ``n_returns``.
    """
    found, is_followed = _followed_exits(cohort)
    left, back = (day_numbers(found[name])[is_followed] for name in ("exit_day", "return_day"))
    bounds = left[:, None] + days_of(np.arange(YEAR + 1))
    n_back = (back[:, None] <= bounds).sum(axis=0)
    n_back[0] = 0
    rows = [
        {
            "month": at,
            "n_at_risk": len(left) - int(n_back[max(at - 1, 0)]),
            "n_returns": int(n_back[at] - n_back[at - 1]) if at else 0,
        }
        for at in range(YEAR + 1)
    ]
    return from_register(pd.DataFrame(rows), is_simulated=cohort.is_simulated)


def told_of_returns(durability: ProtectedTable) -> dict[int, bool]:
    """Say whether the table of `durability` shows how many there are, and how many are back by each of its months.

    Of all exits together: those of `returns_by_month`, so that its curve takes this as ``told_at``.
    """
    whole = durability.rows.set_index("exits").loc[TOTAL]
    counted = {0: "n_followed", HALF_YEAR: "n_early", YEAR: "n_returned"}
    return {month: bool(pd.notna(whole[name])) for month, name in counted.items()}


def _followed_exits(cohort: Cohort) -> tuple[pd.DataFrame, np.ndarray]:
    """Give every first exit, and of which the calendar shows a year; those for good aside."""
    found = returns(cohort)
    left = day_numbers(found["exit_day"])
    return found, ~found["is_for_good"].to_numpy(bool) & (left + days_of(YEAR) <= cohort.until)


def durability(groups: Groups) -> Table:
    """Count, of first exits that can be followed for a year, who came back and who is on benefit then.

    Returns
    -------
    Table
        One row per kind of exit (``all``, ``work``): ``n_followed`` for a year, those by AOW and death aside; of these ``n_early`` back within half a year, ``n_late`` back after that within the year (together
        ``n_returned``), and ``n_stayed`` away; ``n_on_half_year`` of ``n_early``, and ``n_on_year`` of ``n_returned``, on benefit on that day.
        ``share_returned``, ``share_on_half_year`` and ``share_on_year`` of ``n_followed``: the first is a cumulative incidence, the
        others are point prevalences.
    """
    cohort = groups.cohort
    found, is_followed = _followed_exits(cohort)
    people = cohort.participants
    rows = np.flatnonzero(people["exit_day"].notna())
    left, back, last = (day_numbers(found[name]) for name in ("exit_day", "return_day", "last_day"))
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
