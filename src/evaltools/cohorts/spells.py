"""Benefits of persons in time: parts of one benefit put together, and what runs on a day.

Days are whole numbers since 1970-01-01 inside, and inclusive: the last day of a benefit is a
day with benefit. An exit is the day after it.
"""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from evaltools.cohorts.definitions import require_type
from evaltools.errors import InvalidDataError, many
from evaltools.registers.codes import EXIT_REASON, SCHEME
from evaltools.registers.quality import MAIN_SCHEMES

Day = dt.date | pd.Timestamp | str
"""A day as somebody gives it."""

NEVER = 2**30
"""A day that does not come: the last day of what still runs."""
SPAN = 2**32
"""More days than there are, so that a person and a day make one number that sorts by both."""
REASONS: tuple[str, ...] = tuple(EXIT_REASON.dtype.categories)
"""Codes of exit reasons in the order of their list; a reason is its position here, -1 where there is none."""


def day_numbers(days: "pd.Series[pd.Timestamp] | pd.DatetimeIndex") -> np.ndarray:
    """Days since 1970-01-01; `NEVER` where there is none.

    Examples
    --------
    >>> day_numbers(pd.Series(pd.to_datetime(["1970-01-03", None]))).tolist()
    [2, 1073741824]
    """
    values = np.asarray(days.to_numpy()).astype("datetime64[D]")
    numbers = values.astype(np.int64)
    return np.where(np.isnat(values), NEVER, numbers)


def day_number(day: Day, what: str) -> int:
    """Days since 1970-01-01 of one day that somebody gave.

    Raises
    ------
    InvalidDataError
        When it is no day; ``what`` names it.
    """
    given: Any = pd.NaT
    if isinstance(day, dt.date) or (isinstance(day, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", day)):
        # A text in another order would be guessed at: 01-02-2019 is read as the second of January.
        given = pd.to_datetime(day, errors="coerce")
    if pd.isna(given):
        raise InvalidDataError(what, ["is no day; give a date, or write it as yyyy-mm-dd"])
    return int(np.datetime64(given.replace(tzinfo=None), "D").astype(np.int64))


def as_days(numbers: np.ndarray) -> np.ndarray:
    """Turn day numbers back into days; missing for `NEVER`."""
    days = numbers.astype("datetime64[D]").astype("datetime64[s]")
    days[numbers >= NEVER] = np.datetime64("NaT")
    return days


def different(identifiers: "pd.Series[str]") -> "pd.Index[str]":
    """List the different identifiers, sorted; missing ones are none."""
    found: pd.Index[str] = pd.Index(identifiers.dropna().unique(), dtype="str")
    return found.sort_values()


def positions(identifiers: "pd.Series[str]", among: "pd.Index[str]") -> np.ndarray:
    """Find where each identifier stands in an index of different ones; -1 where it does not."""
    # Three times as fast as pandas, where the same identifier comes often.
    found = pc.index_in(pa.array(identifiers, pa.large_string()), value_set=pa.array(among, pa.large_string()))
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False)).astype(np.int64)


def coded(numbers: np.ndarray, names: Collection[str]) -> "pd.Categorical[Any]":
    """Make categories of positions in a list of names; missing for -1."""
    return pd.Categorical.from_codes(numbers.astype(np.int64), dtype=pd.CategoricalDtype(list(names)))


@dataclass(frozen=True)
class Spells:
    """Benefits of persons, each an unbroken stretch of days. Rows are sorted by person and first day.

    Attributes
    ----------
    persons
        The different persons, in order. Shape (n persons,).
    person
        Position in ``persons``, by spell. Shape (n spells,), as all below.
    first, last
        First and last day with benefit; ``last`` is `NEVER` while it runs.
    reason
        Position in `REASONS` of why it ended, -1 where that is not known or it runs.
    """

    persons: "pd.Index[str]"
    person: np.ndarray
    first: np.ndarray
    last: np.ndarray
    reason: np.ndarray

    def __len__(self) -> int:
        return len(self.person)

    def __repr__(self) -> str:
        return f"<Spells: {len(self):,} of {len(self.persons):,} persons>"

    def of(self, is_kept: np.ndarray) -> Self:
        """Keep some persons: one truth value for each. Shape (n persons,)."""
        rows = is_kept[self.person]
        new = np.cumsum(is_kept) - 1
        return replace(
            self,
            persons=self.persons[is_kept],
            person=new[self.person[rows]],
            first=self.first[rows],
            last=self.last[rows],
            reason=self.reason[rows],
        )

    def bridged(self, gap_days: int) -> Self:
        """Take spells together that begin at the latest so many days after the last day of the one before."""
        if len(self) == 0:
            return self
        starts = np.ones(len(self), dtype=bool)
        starts[1:] = (self.person[1:] != self.person[:-1]) | (self.first[1:] - self.last[:-1] > gap_days)
        ends = np.append(np.flatnonzero(starts)[1:] - 1, len(self) - 1)
        return replace(
            self, person=self.person[starts], first=self.first[starts], last=self.last[ends], reason=self.reason[ends]
        )

    def begun_by(self, person: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Find the last spell of persons that began on a day or before it; -1 where there is none.

        Parameters
        ----------
        person, day
            Positions in ``persons``, and a day for each. Shape (n,).
        """
        at = np.searchsorted(self.person * SPAN + self.first, person * SPAN + day, side="right") - 1
        is_own = (at >= 0) & (self.person[at] == person) if len(self) else np.zeros(len(person), dtype=bool)
        return np.where(is_own, at, -1)

    def on(self, person: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Find the spell of persons that runs on a day; -1 where none does."""
        at = self.begun_by(person, day)
        return np.where((at >= 0) & (self._take(self.last, at) >= day), at, -1)

    def touches(self, person: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """Whether persons have a benefit on some day of a stretch of their own. Shape (n,)."""
        at = self.begun_by(person, last)
        return (at >= 0) & (self._take(self.last, at) >= first)

    def clip(self, first: np.ndarray | int, last: np.ndarray | int) -> Self:
        """Keep what lies within a window: of every person the same, or one for each. A cut end has no reason."""
        since, until = (np.broadcast_to(np.asarray(day), len(self.persons))[self.person] for day in (first, last))
        begin, end = np.maximum(self.first, since), np.minimum(self.last, until)
        kept = begin <= end
        reason = np.where(end < self.last, -1, self.reason)
        return replace(self, person=self.person[kept], first=begin[kept], last=end[kept], reason=reason[kept])

    def days_within(self, first: np.ndarray | int, last: np.ndarray | int) -> np.ndarray:
        """Count the days with benefit of each person within a window, both days included. Shape (n persons,)."""
        inside = self.clip(first, last)
        days = (inside.last - inside.first + 1).astype(np.float64)
        return np.bincount(inside.person, weights=days, minlength=len(self.persons)).astype(np.int64)

    def n_ended_within(self, first: np.ndarray | int, last: np.ndarray | int) -> np.ndarray:
        """Count the spells of each person that ended in a window. Shape (n persons,)."""
        since, until = (np.broadcast_to(np.asarray(day), len(self.persons))[self.person] for day in (first, last))
        inside = (self.last >= since) & (self.last <= until)
        return np.bincount(self.person[inside], minlength=len(self.persons))

    def frame(self) -> pd.DataFrame:
        """List them. One row per spell: ``person_id``, ``first_day``, ``last_day`` (empty while it runs), ``exit_reason``.

        Examples
        --------
        >>> rows = pd.DataFrame({
        ...     "person_id": ["a", "a"], "scheme": ["01", "01"],
        ...     "first_day": pd.to_datetime(["2019-01-01", "2019-05-31"]),
        ...     "last_day": pd.to_datetime(["2019-05-01", None]), "exit_reason": ["32", None],
        ... })
        >>> len(merge_spells(rows, gap_days=30).frame()), len(merge_spells(rows, gap_days=29).frame())
        (1, 2)
        """
        return pd.DataFrame({
            "person_id": self.persons.take(self.person),
            "first_day": as_days(self.first),
            "last_day": as_days(self.last),
            "exit_reason": coded(self.reason, REASONS),
        })  # fmt: skip

    @staticmethod
    def _take(values: np.ndarray, at: np.ndarray) -> np.ndarray:
        return values[np.maximum(at, 0)] if len(values) else np.full(len(at), -1)


def merge_spells(
    rows: pd.DataFrame,
    *,
    gap_days: int,
    schemes: Collection[str] = MAIN_SCHEMES,
    persons: "pd.Index[str] | None" = None,
) -> Spells:
    """Put the rows of ``benefit_spells`` of each person together into unbroken benefits.

    Rows that overlap, or of which one begins at the latest ``gap_days`` after the last day of the one before, are
    one benefit, under whatever number or scheme. It ended for the reason of its last row; of rows that end on the
    same day, the reason that comes first in the code list. The order of the rows does not matter, and a row that
    stands twice is one.

    Parameters
    ----------
    rows
        With ``person_id``, ``scheme``, ``first_day``, ``last_day`` and ``exit_reason``.
    schemes
        Rows of other schemes are left out.
    persons
        Only these persons, in this order: different, and sorted. Everybody when left out.

    Returns
    -------
    Spells
        One row per unbroken benefit of a person; ``frame()`` gives them as a table.

    Raises
    ------
    InvalidDataError
        When a row ends before it begins, or has no person or first day.

    Examples
    --------
    A benefit that begins 93 days after the last day of the one before:

    >>> from evaltools.registers import example_register
    >>> rows = example_register().benefit_spells.query("person_id == 'Bram'")
    >>> [len(merge_spells(rows, gap_days=days).frame()) for days in (92, 93)]
    [2, 1]
    """
    require_type(rows, pd.DataFrame, "the rows", "register.benefit_spells")
    if isinstance(gap_days, bool) or not isinstance(gap_days, int) or gap_days < 0:
        raise InvalidDataError("gap_days", ["must be a whole number of at least 0, such as 30"])
    rows = _of_schemes(rows, schemes, ("person_id", "first_day", "last_day", "exit_reason"))
    persons = different(rows["person_id"]) if persons is None else persons
    return merge_rows(rows, positions(rows["person_id"], persons), persons).bridged(gap_days)


def merge_rows(rows: pd.DataFrame, person: np.ndarray, persons: "pd.Index[str]") -> Spells:
    """Put rows together that overlap or touch; as `merge_spells`, where the position of each row's person is known.

    Parameters
    ----------
    person
        Position in ``persons``; -1 for a row that is left out. Shape (n rows,).

    Raises
    ------
    InvalidDataError
        As `merge_spells`.
    """
    first, last = day_numbers(rows["first_day"]), day_numbers(rows["last_day"])
    _require_valid(rows["person_id"].isna().to_numpy() | (first == NEVER), last < first)
    own = np.flatnonzero(person >= 0)
    # A reason that is not known comes after all others.
    reason = rows["exit_reason"].astype(EXIT_REASON.dtype).cat.codes.to_numpy().astype(np.int64)[own]
    reason = np.where((reason < 0) | (last[own] == NEVER), len(REASONS), reason)
    return _together(persons, person[own], first[own], last[own], reason)


def _of_schemes(rows: pd.DataFrame, schemes: Collection[str], columns: Collection[str]) -> pd.DataFrame:
    """Keep the rows of some schemes, after a look at what was given."""
    lacking = [column for column in ("scheme", *columns) if column not in rows]
    problems = [f"has no column {column}" for column in lacking]
    problems += [
        f"{column}: holds no days (datetime64); read them from a register, or pass them through pandas.to_datetime"
        for column in ("first_day", "last_day")
        if column in rows and not pd.api.types.is_datetime64_dtype(rows[column].dtype)
    ]
    problems += [
        f"{column}: holds numbers; codes are texts, such as '01'"
        for column in ("scheme", "exit_reason")
        if column in rows and pd.api.types.is_numeric_dtype(rows[column].dtype) and rows[column].notna().any()
    ]
    if isinstance(schemes, str) or not set(schemes) <= set(SCHEME.dtype.categories):
        problems.append("schemes must be a list of codes of two digits, such as ('01', '02')")
    if problems:
        raise InvalidDataError("benefit_spells", problems)
    return rows[rows["scheme"].isin(list(schemes))]


def _together(
    persons: "pd.Index[str]", person: np.ndarray, first: np.ndarray, last: np.ndarray, reason: np.ndarray
) -> Spells:
    """Put rows of a person together that overlap or touch."""
    order = np.argsort(person * SPAN + first, kind="stable")
    person, first, last, reason = (values[order] for values in (person, first, last, reason))
    # The last day so far: persons come one after the other, so that a running maximum over both stays within each.
    so_far = np.maximum.accumulate(person * SPAN + last) - person * SPAN if len(person) else last
    starts = np.ones(len(person), dtype=bool)
    starts[1:] = (person[1:] != person[:-1]) | (first[1:] > so_far[:-1] + 1)
    begins = np.flatnonzero(starts)
    if len(begins) == 0:
        return Spells(persons, person, first, last, reason)
    end = np.maximum.reduceat(last, begins)
    is_last = last == np.repeat(end, np.diff(np.append(begins, len(person))))
    why = np.minimum.reduceat(np.where(is_last, reason, len(REASONS)), begins)
    return Spells(persons, person[begins], first[begins], end, np.where(why == len(REASONS), -1, why))


def _require_valid(is_missing: np.ndarray, ends_before: np.ndarray) -> None:
    problems = []
    if n := int(is_missing.sum()):
        problems.append(f"{many(n, 'row')} without a person or first_day")
    if n := int(ends_before.sum()):
        problems.append(f"{many(n, 'row')} with last_day before first_day")
    if problems:
        raise InvalidDataError("benefit_spells", problems)


def persons_and_benefits_on(rows: pd.DataFrame, day: Day, schemes: Collection[str] = MAIN_SCHEMES) -> tuple[int, int]:
    """Count the persons on benefit on a day, and their benefits: a couple is two persons with one benefit.

    Parameters
    ----------
    rows
        With ``person_id``, ``benefit_id``, ``scheme``, ``first_day`` and ``last_day``.

    Returns
    -------
    tuple of int
        Persons, and benefits.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "person_id": ["a", "b", "c"], "benefit_id": ["1", "1", "2"], "scheme": "01",
    ...     "first_day": pd.to_datetime(["2019-01-01"] * 3), "last_day": pd.to_datetime([None, None, "2019-05-01"]),
    ... })
    >>> persons_and_benefits_on(rows, "2019-06-01")
    (2, 1)
    """
    day = as_days(np.array([day_number(day, "the day")]))[0]
    rows = _of_schemes(rows, schemes, ("person_id", "benefit_id", "first_day", "last_day"))
    runs = (rows["first_day"] <= day) & ~(rows["last_day"] < day)
    return int(rows.loc[runs, "person_id"].nunique()), int(rows.loc[runs, "benefit_id"].nunique())
