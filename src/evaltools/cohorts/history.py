"""What a register tells of persons in time: their benefits, their work beside it, their trajectories.

Read once for the persons that may be in a cohort; a person is a position in ``persons``.
"""

from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from evaltools.cohorts.spells import NEVER, SPAN, Spells, day_numbers, merge_rows, positions
from evaltools.registers import Register
from evaltools.registers.codes import PARTICIPATION_KIND

WORK_INCOME = "11"
"""Kind of income that is work beside the benefit (BUS, field 31)."""
KINDS: tuple[str, ...] = tuple(PARTICIPATION_KIND.by_code)


def month_numbers(days: np.ndarray) -> np.ndarray:
    """Months since January 1970 of day numbers.

    Examples
    --------
    >>> month_numbers(np.array([0, 31])).tolist()
    [0, 1]
    """
    return np.asarray(days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64))


def first_days(months: ArrayLike) -> np.ndarray:
    """First day, as a number, of months since January 1970.

    Examples
    --------
    >>> first_days([0, 1]).tolist()
    [0, 31]
    """
    return np.asarray(months).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


@dataclass(frozen=True, repr=False)
class _ByPerson:
    """Rows of arrays of one length, the first of which is the position of a person."""

    person: np.ndarray

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self.person):,} rows>"

    def of(self, is_kept: np.ndarray) -> Self:
        """Keep the rows of some persons, who get new positions."""
        rows = is_kept[self.person]
        new = np.cumsum(is_kept) - 1
        kept = {field.name: getattr(self, field.name)[rows] for field in fields(self)}
        return replace(self, **{**kept, "person": new[kept["person"]]})

    def any_where(self, rows: np.ndarray, n_persons: int) -> np.ndarray:
        """Say of each person whether any of their rows is among those marked. Shape (n persons,)."""
        found = np.zeros(n_persons, dtype=bool)
        found[self.person[rows]] = True
        return found


@dataclass(frozen=True, repr=False)
class WorkMonths(_ByPerson):
    """Months with income from work beside the benefit. One row per person and month.

    Attributes
    ----------
    month
        Months since January 1970.
    hours
        Hours a week; nan where not known.
    """

    month: np.ndarray
    hours: np.ndarray


@dataclass(frozen=True, repr=False)
class Trajectories(_ByPerson):
    """Participations and provisions that began. One row each; a person can have several at once.

    Attributes
    ----------
    first, last
        First and last day; ``last`` is `NEVER` while it runs.
    is_own
        Whether it is the programme of the cohort.
    kind
        Position in `KINDS` of a participation's kind; -1 for none and for a provision.
    """

    first: np.ndarray
    last: np.ndarray
    is_own: np.ndarray
    kind: np.ndarray

    def goes_on(self, day: np.ndarray) -> np.ndarray:
        """Mark the rows that began by a day of their person and go on after it."""
        own = day[self.person]
        return np.asarray((self.first <= own) & (self.last > own))


@dataclass(frozen=True, repr=False)
class History:
    """What is known of some persons in time.

    Attributes
    ----------
    persons
        Sorted and different; all else holds positions in it.
    runs
        Benefits as they ran, day by day.
    spells
        Benefits with gaps of up to the definition's ``gap_days`` bridged.
    work_since
        Month from which the register has incomes, since January 1970; `NEVER` where it has none.
    provisions_since
        First day of the first provision in the register; `NEVER` where it has none.
    knows_reasons
        Whether any benefit in the register that ended has a reason.
    knows_participations, knows_trajectories
        Whether the register has participations; those or provisions.
    """

    persons: "pd.Index[str]"
    runs: Spells
    spells: Spells
    work: WorkMonths
    trajectories: Trajectories
    work_since: int
    provisions_since: int
    knows_reasons: bool
    knows_participations: bool
    knows_trajectories: bool

    def __repr__(self) -> str:
        return f"<History of {len(self.persons):,} persons>"

    def of(self, is_kept: np.ndarray) -> Self:
        """Keep some persons."""
        return replace(
            self,
            persons=self.persons[is_kept],
            runs=self.runs.of(is_kept),
            spells=self.spells.of(is_kept),
            work=self.work.of(is_kept),
            trajectories=self.trajectories.of(is_kept),
        )

    def works_beside_benefit(self, rows: np.ndarray, until: np.ndarray) -> np.ndarray:
        """Person of each of some rows of ``work``, given by their truth values, on benefit in that month by a day of theirs."""
        person, month = self.work.person[rows], self.work.month[rows]
        last = np.minimum(first_days(month + 1) - 1, until[person])
        return np.asarray(person[self.spells.touches(person, first_days(month), last)])

    def knows_work(self, day: np.ndarray) -> np.ndarray:
        """Whether the register has incomes of the month in which a day lies."""
        return month_numbers(day) >= self.work_since


def read_history(
    register: Register,
    benefits: pd.DataFrame,
    persons: "pd.Index[str]",
    programme: str,
    *,
    gap_days: int,
    knows_reasons: bool,
) -> History:
    """Read what a register tells of some persons, sorted and different.

    Parameters
    ----------
    benefits
        Rows of ``benefit_spells`` of these persons, with their position in the column ``at``.
    programme
        Slug of the programme whose participations are ``is_own``.
    knows_reasons
        Whether any benefit of the whole register that ended has a reason.
    """
    runs = merge_rows(benefits, benefits["at"].to_numpy(), persons)
    work, work_since = _read_work(register, persons)
    trajectories, provisions_since = _read_trajectories(register, persons, programme)
    return History(
        persons=persons,
        runs=runs,
        spells=runs.bridged(gap_days),
        work=work,
        trajectories=trajectories,
        work_since=work_since,
        provisions_since=provisions_since,
        knows_reasons=knows_reasons,
        knows_participations="participations" in register.tables,
        knows_trajectories="participations" in register.tables or "provisions" in register.tables,
    )


def _read_work(register: Register, persons: "pd.Index[str]") -> tuple[WorkMonths, int]:
    rows = register.read("incomes", ["person_id", "month", "kind", "euro", "hours_per_week"])
    since = int(month_numbers(day_numbers(rows["month"])).min()) if len(rows) else NEVER
    # Nothing earned in a month is no work in it; an amount that is not known may be anything.
    rows = rows[(rows["kind"] == WORK_INCOME) & ~(rows["euro"] <= 0)]
    person = positions(rows["person_id"], persons)
    own = person >= 0
    month = month_numbers(day_numbers(rows["month"])[own])
    hours = rows["hours_per_week"].to_numpy(dtype=np.float64)[own]
    person = person[own]
    # Two rows for one month, where there are any, are two jobs: their hours add up, and are unknown when one is.
    # The same row twice is one.
    is_double = pd.Series(person * SPAN + month).duplicated(keep=False).to_numpy()
    doubles = pd.DataFrame({"person": person[is_double], "month": month[is_double], "hours": hours[is_double]})
    doubles["euro"] = rows["euro"].to_numpy(dtype=np.float64)[own][is_double]
    jobs = doubles.drop_duplicates().groupby(["person", "month"])["hours"]
    total = jobs.sum().where(jobs.count() == jobs.size()).reset_index()
    return WorkMonths(
        *(
            np.concatenate([values[~is_double], total[name].to_numpy()])
            for name, values in (("person", person), ("month", month), ("hours", hours))
        )
    ), since


def _read_trajectories(register: Register, persons: "pd.Index[str]", programme: str) -> tuple[Trajectories, int]:
    columns = ["person_id", "programme", "status", "first_day", "last_day", "kind"]
    begun = register.read("participations", columns)
    begun = begun[begun["first_day"].notna()]
    # Who completed it or stopped, without a last day, is no longer in it; when that was is not known.
    is_over = begun["status"].isin(["completed", "withdrawn"]) & begun["last_day"].isna()
    begun = begun.assign(last_day=begun["last_day"].mask(is_over, begun["first_day"]))
    provisions = register.read("provisions", ["person_id", "first_day", "last_day"])
    kind = begun["kind"].cat.codes.to_numpy().astype(np.int64)
    person, first, last = (
        np.concatenate([change(begun[column]), change(provisions[column])])
        for column, change in (
            ("person_id", lambda ids: positions(ids, persons)), ("first_day", day_numbers), ("last_day", day_numbers),
        )
    )  # fmt: skip
    is_own = np.concatenate(
        [(begun["programme"] == programme).to_numpy(dtype=bool), np.zeros(len(provisions), dtype=bool)]
    )
    kinds = np.concatenate([kind, np.full(len(provisions), -1)])
    known = person >= 0
    since = int(day_numbers(provisions["first_day"]).min()) if len(provisions) else NEVER
    return Trajectories(person[known], first[known], last[known], is_own[known], kinds[known]), since
