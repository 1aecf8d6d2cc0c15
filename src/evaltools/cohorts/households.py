"""What became of households that were visited (frontlijn): needs, and professionals towards one. The unit is the household."""

import numpy as np
import pandas as pd

from evaltools.cohorts.definitions import days_of, months_given, require_type
from evaltools.disclosure import from_register
from evaltools.errors import InvalidDataError, did_you_mean, many
from evaltools.programmes import Programme
from evaltools.registers import Register

MEASURES = {"n_needs": "needs noted", "n_professionals": "professionals involved"}


def household_changes(register: Register, programme: Programme | str, months: int | None = None) -> pd.DataFrame:
    """Compare the first and the last visit to each household.

    Parameters
    ----------
    register
        See `registers.open_register`.
    programme
        Or its slug.
    months
        The last visit is at most so many months after the first; without a limit when left out.

    Returns
    -------
    pandas.DataFrame
        One row per household: ``household_id``, ``first_day``, ``n_visits``, and ``n_needs_first``, ``n_needs_last``,
        ``n_professionals_first``, ``n_professionals_last``; those of a last visit are missing where there was one visit.

    Raises
    ------
    InvalidDataError
        When there are no visits of the programme, or two rows for one household and day that differ.

    Examples
    --------
    >>> from evaltools.registers import example_register
    >>> household_changes(example_register(), "proef")[["household_id", "n_visits", "n_needs_first", "n_needs_last"]]
      household_id  n_visits  n_needs_first  n_needs_last
    0       huis-1         2              4             1
    1       huis-2         2              2             2
    2       huis-3         1              3          <NA>
    """
    if months is not None:
        (months,) = months_given(months)
    visits = rows_of_programme(register, "household_visits", programme)
    visits = visits[["household_id", "day", *MEASURES]].drop_duplicates()
    if n := int(visits.duplicated(["household_id", "day"]).sum()):
        raise InvalidDataError(
            f"the register of {register.municipality}",
            [f"household_visits: {many(n, 'visit')} on the day of another one of that household, with other numbers"],
        )
    visits = visits.sort_values(["household_id", "day"])
    if months is not None:
        began = visits.groupby("household_id")["day"].transform("min")
        visits = visits[visits["day"] <= began + pd.to_timedelta(int(days_of(months)), unit="D")]
    grouped = visits.groupby("household_id")
    first, last = visits[~visits["household_id"].duplicated()], visits[~visits["household_id"].duplicated(keep="last")]
    made = pd.DataFrame({"first_day": grouped["day"].min(), "n_visits": grouped.size()})
    is_again = made["n_visits"] > 1
    for measure in MEASURES:
        made[f"{measure}_first"] = first.set_index("household_id")[measure].astype("Int64")
        made[f"{measure}_last"] = last.set_index("household_id")[measure].astype("Int64").where(is_again)
    return from_register(made.reset_index(), is_simulated=register.is_simulated)


def household_table(register: Register, programme: Programme | str, months: int | None = None) -> pd.DataFrame:
    """Count households by what changed between the first and the last visit.

    Parameters
    ----------
    register
        See `registers.open_register`.
    programme
        Or its slug.
    months
        As of `household_changes`.

    Returns
    -------
    pandas.DataFrame
        One row per measure, ``n_needs`` and ``n_professionals``: ``measure``, ``n`` households, ``n_too_short`` first
        visited less than so many months before the extract, ``n_once`` visited once, ``n_unknown`` visited again without both numbers, ``n_fewer``, ``n_equal``, ``n_more``; and of those
        with both numbers, ``n_target_first`` and ``n_target_last`` that are where the approach wants them: no
        needs left, and one professional at most.

    Raises
    ------
    InvalidDataError
        As `household_changes`.

    Examples
    --------
    >>> from evaltools.registers import example_register
    >>> household_table(example_register(), "proef")[["measure", "n", "n_once", "n_fewer", "n_equal", "n_more"]]
               measure  n  n_once  n_fewer  n_equal  n_more
    0          n_needs  3       1        1        1       0
    1  n_professionals  3       1        1        1       0
    """
    households = household_changes(register, programme, months)
    is_again = households["n_visits"] > 1
    if months is not None:
        extract_day = pd.Timestamp(register.origins["household_visits"].extract_day)
        is_too_short = households["first_day"] + pd.to_timedelta(int(days_of(months)), unit="D") > extract_day
    else:
        is_too_short = pd.Series(data=False, index=households.index)
    is_again &= ~is_too_short
    rows = []
    for measure, at_most in (("n_needs", 0), ("n_professionals", 1)):
        both = households.loc[is_again, [f"{measure}_first", f"{measure}_last"]].dropna().astype("int64")
        first, last = both.to_numpy().T
        rows.append({
            "measure": measure,
            "n": len(households),
            "n_too_short": int(is_too_short.sum()),
            "n_once": int((~is_again & ~is_too_short).sum()),
            "n_unknown": int(is_again.sum()) - len(both),
            "n_fewer": int(np.sum(last < first)),
            "n_equal": int(np.sum(last == first)),
            "n_more": int(np.sum(last > first)),
            "n_target_first": int(np.sum(first <= at_most)),
            "n_target_last": int(np.sum(last <= at_most)),
        })  # fmt: skip
    return from_register(pd.DataFrame(rows), is_simulated=register.is_simulated)


def rows_of_programme(register: Register, table: str, programme: Programme | str) -> pd.DataFrame:
    """Read the rows of a programme; an error where there are none."""
    require_type(register, Register, "the register", "open_register('GM1509')")
    programme = programme.slug if isinstance(programme, Programme) else programme
    require_type(programme, str, "the programme", "read_programme('meedoen-werkt'), or its slug")
    rows = register.read(table)
    own = rows[rows["programme"] == programme]
    if own.empty:
        known = rows["programme"].dropna().unique()
        problem = f"has no {table} of {programme}" + (f"; {did_you_mean(programme, known)}" if len(known) else "")
        raise InvalidDataError(f"the register of {register.municipality}", [problem])
    return own
