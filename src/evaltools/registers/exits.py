"""Why benefits ended: a table that adds up, for `disclosure.protect`."""

import pandas as pd

from evaltools.disclosure import from_register
from evaltools.disclosure.record import TOTAL
from evaltools.registers.codes import EXIT_GROUPS, EXIT_REASON
from evaltools.registers.quality import LEAST, MAIN_SCHEMES
from evaltools.registers.store import Register

MOST_YEARS = 6
"""A page has room for so many columns."""


def ends_by_group(register: Register) -> pd.DataFrame:
    """Count ends of benefits. One row per calendar year and group of reasons (`codes.EXIT_GROUPS`), and per total.

    ``n_ends`` counts ends of a benefit of one person: each person of a couple has one, and who left twice has two.
    Those counts add up, which those of different persons do not: who left in two years would be in both, and once
    in their total. Two benefits of one person that ended on the same day are one end, with the reason that comes first
    in the code list. A reason that is missing, or not in the list, is ``unknown``.

    Every combination has its row, also where it counts 0; ``year`` and ``exit_group`` are ``all`` in the totals.
    The years run from the first in which at least `LEAST` benefits ended to that of the extract, at most the last
    `MOST_YEARS`; the totals are over these years only. Benefits are those of `MAIN_SCHEMES`, ends those up to the extract
    day.

    Examples
    --------
    >>> from evaltools.registers import hold
    >>> spells = pd.DataFrame({
    ...     "person_id": ["a", "b"], "benefit_id": ["x", "y"], "scheme": "01", "exit_reason": ["11", None],
    ...     "first_day": pd.to_datetime(["2019-01-01"] * 2), "last_day": pd.to_datetime(["2020-03-31", None]),
    ... })
    >>> register = hold({"benefit_spells": spells}, municipality="GM0197", extract_day="2020-06-30", is_simulated=True)
    >>> rows = ends_by_group(register)
    >>> rows[rows["n_ends"] > 0].values.tolist()
    [['2020', 'work', 1], ['all', 'work', 1], ['2020', 'all', 1], ['all', 'all', 1]]
    """
    extract_day = register.extract_day
    spells = register.read("benefit_spells", ["person_id", "scheme", "last_day", "exit_reason"])
    is_end = spells["scheme"].isin(MAIN_SCHEMES) & (spells["last_day"] <= extract_day)
    ends = spells[is_end].sort_values("exit_reason", kind="stable").drop_duplicates(["person_id", "last_day"])
    year = ends["last_day"].dt.year
    group = ends["exit_reason"].astype(object).map(EXIT_REASON.group_of)  # what is missing is in no group: unknown
    counts = pd.crosstab(year, group).reindex(
        index=_years(year, extract_day.year), columns=[*EXIT_GROUPS], fill_value=0
    )
    counts.index = counts.index.astype(str)
    counts.loc[TOTAL] = counts.sum()
    counts[TOTAL] = counts.sum(axis="columns")
    rows = counts.rename_axis(index="year").reset_index().melt("year", var_name="exit_group", value_name="n_ends")
    return from_register(rows, is_simulated=register.is_simulated)


def _years(year: "pd.Series[int]", last: int) -> range:
    n = year.value_counts()
    first = min(n.index[n >= LEAST], default=last)
    return range(max(int(first), last - MOST_YEARS + 1), last + 1)
