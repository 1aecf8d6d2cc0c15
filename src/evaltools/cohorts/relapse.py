"""Does an exit last: who came back by then, who is on benefit on that day, who stayed away."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from evaltools.cohorts.cohort import FOLLOW_UP_ENDS, Cohort
from evaltools.cohorts.definitions import days_of, months_given
from evaltools.cohorts.follow_up import AOW, DEATH
from evaltools.cohorts.spells import NEVER, as_days, day_numbers
from evaltools.cohorts.state import require_cohort
from evaltools.disclosure import from_register
from evaltools.errors import InvalidDataError

MONTHS = (3, 6, 12, 18, 24)
DURABLE_MONTHS = (6, 12)
"""An exit is durable when no benefit began within so many months; both are printed."""
FOR_GOOD = (AOW, DEATH)
"""Who leaves so cannot come back."""
EXITS = ("all", "work")


def returns(cohort: Cohort) -> pd.DataFrame:
    """Follow everybody who left, from their first exit to the first return.

    Parameters
    ----------
    cohort
        Whom to count; see `programme_cohort`.

    Returns
    -------
    pandas.DataFrame
        One row per person with an exit: ``person_id``, ``group``, ``exit_day``, ``cause``, ``is_for_good`` (AOW or
        death), ``return_day`` (missing where none was seen), ``last_day`` until which a return would be seen.

    Examples
    --------
    >>> from evaltools.cohorts import example_cohort, returns
    >>> returns(example_cohort())[["person_id", "exit_day", "cause", "return_day"]]
      person_id   exit_day      cause return_day
    0      Anna 2019-06-01       work        NaT
    1      Bram 2019-06-01       work 2019-09-01
    2      Elif 2019-06-01  education        NaT
    """
    require_cohort(cohort)
    people = cohort.participants
    has_exit = people["exit_day"].notna().to_numpy()
    rows = np.flatnonzero(has_exit)
    spells = cohort.history.spells
    exit_day = day_numbers(people["exit_day"])[rows]
    following = spells.begun_by(rows, exit_day) + 1
    is_own = following < len(spells)
    is_own[is_own] = spells.person[following[is_own]] == rows[is_own]
    return_day = np.full(len(rows), NEVER)
    return_day[is_own] = spells.first[following[is_own]]
    last = day_numbers(people["follow_up_last_day"])[rows]
    reason = people["exit_reason"].cat.codes.to_numpy()[rows]
    made = people.loc[has_exit, ["person_id", "group", "exit_day", "cause"]].reset_index(drop=True)
    return made.assign(
        is_for_good=np.isin(reason, FOR_GOOD),
        return_day=as_days(np.where(return_day <= last, return_day, NEVER)),
        last_day=as_days(last),
    )


def relapse_table(cohort: Cohort, months: int | Sequence[int] = MONTHS, *, exits: str = "all") -> pd.DataFrame:
    """Count who came back within so many months of their first exit, and who is on benefit at the end of them.

    The two differ: who came back and left again is among the first alone. Of both the whole is every first exit
    that the calendar lets be followed for so long, whatever came of it; it is smaller for longer times.

    Parameters
    ----------
    cohort
        Whom to count; see `programme_cohort`.
    months
        After the first exit.
    exits
        ``all`` first exits, or those to ``work``.

    Returns
    -------
    pandas.DataFrame
        One row per number of months: ``group``, ``exits``, ``months``; ``n_exits`` first exits in the cohort, of
        which ``n_for_good`` by AOW or death; ``n_joined`` comparison persons who were selected within that time, so
        that they are not seen at the end of it; ``n_followed`` that can be followed so long, without those for good
        unless the definitions count them; ``n_returned`` of these by then (cumulative incidence), ``n_on_benefit``
        on that day (point prevalence), ``n_stayed`` away all the time (durable exit), each with its ``share_``;
        shares are missing where nobody is followed so long.

    Raises
    ------
    InvalidDataError
        When ``exits`` is neither.

    Examples
    --------
    >>> from evaltools.cohorts import example_cohort, relapse_table
    >>> relapse_table(example_cohort(), (3, 12))[["months", "n_followed", "n_returned", "n_on_benefit", "n_stayed"]]
       months  n_followed  n_returned  n_on_benefit  n_stayed
    0       3           3           0             0         3
    1      12           3           1             1         2
    """
    if exits not in EXITS:
        raise InvalidDataError("relapse_table()", [f"exits is '{exits}'; allowed: {', '.join(EXITS)}"])
    found = returns(cohort)
    people = cohort.participants
    is_asked = (found["cause"] == "work").to_numpy() if exits == "work" else np.ones(len(found), dtype=bool)
    rows = np.flatnonzero(people["exit_day"].notna())[is_asked]
    found = found[is_asked]
    exit_day, return_day, last = (day_numbers(found[name]) for name in ("exit_day", "return_day", "last_day"))
    end = people["follow_up_end"].cat.codes.to_numpy()[rows]
    is_moved, is_joined = (end == FOLLOW_UP_ENDS.index(name) for name in ("move", "joined"))
    is_for_good = found["is_for_good"].to_numpy()
    can_return = ~is_for_good if cohort.definitions.aow_and_death == "apart" else np.ones(len(rows), dtype=bool)
    until = _calendar_end(cohort, cohort.index[rows])
    made = []
    for month in months_given(months):
        day = exit_day + days_of(month)
        has_joined = can_return & (day <= until) & is_joined & (day > last)
        is_followed = can_return & (day <= until) & ~has_joined
        has_returned = is_followed & (return_day <= day)
        on = (cohort.history.spells.on(rows, np.minimum(day, last)) >= 0) & ~(is_moved & (day > last))
        counts = {
            "n_returned": int(has_returned.sum()),
            "n_on_benefit": int((is_followed & on).sum()),
            "n_stayed": int((is_followed & ~has_returned).sum()),
        }
        n = int(is_followed.sum())
        shares = {name.replace("n_", "share_", 1): count / n if n else np.nan for name, count in counts.items()}
        n_for_good = int(is_for_good.sum()) if cohort.history.knows_reasons or not len(rows) else pd.NA
        whole = {"n_exits": len(rows), "n_for_good": n_for_good, "n_joined": int(has_joined.sum()), "n_followed": n}
        made.append({"group": cohort.group, "exits": exits, "months": month, **whole, **counts, **shares})
    table = pd.DataFrame(made).astype({"n_for_good": "Int64"})
    return from_register(table, is_simulated=cohort.is_simulated)


def durable_exits(cohort: Cohort, months: int | Sequence[int] = DURABLE_MONTHS) -> pd.DataFrame:
    """Count durable exits among everybody in the cohort, beside all exits.

    Parameters
    ----------
    cohort
        Whom to count; see `programme_cohort`.
    months
        How long an exit must last.

    Returns
    -------
    pandas.DataFrame
        One row per number of months that an exit must last: ``group``, ``months_durable``, ``n`` in the cohort,
        ``n_exits`` first exits, ``n_for_good`` of these by AOW or death, ``n_durable``, ``n_returned`` before,
        ``n_joined`` selected before (comparison persons), and ``n_too_recent`` of which that is not known yet. The last
        four and, unless they are counted, those for
        good sum to the exits.

    Examples
    --------
    >>> from evaltools.cohorts import example_cohort, durable_exits
    >>> durable_exits(example_cohort(), 6)[["n", "n_exits", "n_durable", "n_returned"]]
       n  n_exits  n_durable  n_returned
    0  5        3          2           1
    """
    found = relapse_table(cohort, months)
    is_apart = cohort.definitions.aow_and_death == "apart"
    # Without any reason of an end nobody is known to have left for good, and all are followed.
    n_open = found["n_exits"] - (found["n_for_good"].fillna(0).astype("int64") if is_apart else 0)
    made = pd.DataFrame({
        "group": found["group"],
        "months_durable": found["months"],
        "n": len(cohort),
        "n_exits": found["n_exits"],
        "n_for_good": found["n_for_good"],
        "n_durable": found["n_stayed"],
        "n_returned": found["n_returned"],
        "n_joined": found["n_joined"],
        "n_too_recent": n_open - found["n_followed"] - found["n_joined"],
    })  # fmt: skip
    return from_register(made, is_simulated=cohort.is_simulated)


def _calendar_end(cohort: Cohort, index: np.ndarray) -> np.ndarray:
    until = np.full(len(index), cohort.until)
    most = cohort.definitions.months_followed_at_most
    return until if most is None else np.minimum(until, index + days_of(most))
