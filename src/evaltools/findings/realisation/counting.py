"""What a register counts towards a target, each on its day, and the time in which it could happen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal, Self

import numpy as np
import pandas as pd

from evaltools.cohorts import merge_spells, programme_cohort
from evaltools.cohorts.definitions import DAYS_A_MONTH
from evaltools.cohorts.follow_up import followed_from, followed_until
from evaltools.cohorts.spells import NEVER, REASONS, Spells, day_number, day_numbers, positions
from evaltools.errors import InvalidDataError
from evaltools.findings.evidence import Grade
from evaltools.findings.realisation.months import YEAR
from evaltools.findings.realisation.plan import DEFINITIONS, Plan
from evaltools.registers.codes import EXIT_REASON

What = Literal["exits", "participant_exits", "placed"]
"""Exits of everybody on benefit, first exits of who was selected for the programme, or people who came into a workplace."""
WORK, OTHER = "work", "other"
SHORT, LONG, UNKNOWN = "short", "long", "unknown"
KINDS: Mapping[What, tuple[str, ...]] = {
    "exits": (WORK, OTHER),
    "participant_exits": (WORK, OTHER),
    "placed": (SHORT, LONG, UNKNOWN),
}
"""Kinds of each: to work or for another reason; a workplace of fewer or more hours than a job has."""
JOB_HOURS = DEFINITIONS.hours_per_week
"""Hours a week that make a job."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Counted:
    """Events towards a target. Days are numbers, as in `cohorts.spells`.

    Attributes
    ----------
    day, kind, person
        Of each event: its day, its kind (a position in ``KINDS[what]``), and whose it is (a position; -1 where that does not matter).
    months_seen
        So many months of the plan are complete.
    spells
        Benefits, for the time in which people are on benefit; None where that time is not known: then it is the calendar's.
    years_before
        What is usual is counted so many years before; 0 where it is not counted.
    """

    plan: Plan
    what: What
    day: np.ndarray
    kind: np.ndarray
    person: np.ndarray
    months_seen: int
    spells: Spells | None = None
    years_before: int = 0

    def __repr__(self) -> str:
        return f"<Counted {self.what} of {self.plan.programme.slug}: {len(self.day):,} over {self.months_seen} months>"

    @property
    def months(self) -> int:
        """How long the plan runs, in months."""
        return self.plan.target.months

    @property
    def has_usual(self) -> bool:
        """Whether it is known what is usual."""
        return self.years_before > 0

    @property
    def grade(self) -> Grade:
        """How strong the evidence is: D beside the years before, E where there is nothing to compare with."""
        return "D" if self.has_usual else "E"

    def of(self, is_in: np.ndarray) -> Self:
        """Keep the events and the benefits of some persons: one truth value for each."""
        kept = is_in[self.person]
        spells = self.spells.of(is_in) if self.spells is not None else None
        return replace(self, day=self.day[kept], kind=self.kind[kept], person=self.person[kept], spells=spells)

    def n(self, first: int, last: int, *, before: bool = False) -> np.ndarray:
        """Count the events in a stretch of months of the plan, or of the years before, by kind."""
        begin, end = self._days(first, last, before=before)
        is_in = (self.day >= begin) & (self.day < end)
        return np.bincount(self.kind[is_in], minlength=len(KINDS[self.what]))

    def time(self, first: int, last: int, *, before: bool = False) -> float:
        """Give the time in a stretch of months: person-months on benefit, or months where that is not known."""
        begin, end = self._days(first, last, before=before)
        if self.spells is None:
            return float(last - first + 1)
        days = np.minimum(self.spells.last, end - 1) - np.maximum(self.spells.first, begin) + 1
        return float(np.maximum(days, 0).sum()) / DAYS_A_MONTH

    def time_ahead(self, until: int) -> float:
        """Give the time from the end of a month to the end of the plan, with as many people on benefit as on that day."""
        begin, end = self._days(until + 1, self.months, before=False)
        if self.spells is None:
            return float(self.months - until)
        stock = int(((self.spells.first < begin) & (self.spells.last >= begin)).sum())
        return stock * (end - begin) / DAYS_A_MONTH

    def _days(self, first: int, last: int, *, before: bool) -> tuple[int, int]:
        bounds = day_numbers(self.plan.boundaries(last, years_before=self.years_before if before else 0))
        return int(bounds[first - 1]), int(bounds[last])


def exits_towards(plan: Plan) -> Counted:
    """Count exits: of everybody on benefit for a target that is extra or of a whole municipality, else of the participants.

    An exit is the day after a benefit that no other follows within 30 days, for whatever reason. Those of the participants
    are their first, as in `cohorts.programme_cohort`, where a move ends what is seen. What is usual are the exits in the same
    months as many years before as the plan has, where the register shows ends from then on; for an extra target only.

    Raises
    ------
    InvalidDataError
        When the register is not complete for one month of the plan.
    """
    is_list = (plan.register.read("participations", ["programme"])["programme"] == plan.programme.slug).any()
    return _exits_of_participants(plan) if is_list and not plan.target.extra else _exits(plan)


def placed_towards(plan: Plan) -> Counted:
    """Count people on the day that they first came into a workplace of the programme; no month is seen where there are none.

    A workplace without a person in the register is one person. Days after the extract are plans, and no part of it.
    """
    rows = first_placements(plan)
    return Counted(
        plan=plan,
        what="placed",
        day=day_numbers(rows["filled_day"]),
        kind=hours_kind(rows["hours_per_week"]),
        person=np.full(len(rows), -1),
        months_seen=0 if rows.empty else _months_seen(plan, day_number(placements_until(plan), "the extract day")),
    )


def first_placements(plan: Plan) -> pd.DataFrame:
    """List the first workplace that each person came into up to the extract: rows of ``placements``, in order of the day."""
    rows = plan.register.read("placements").drop_duplicates()
    is_own = (rows["programme"] == plan.programme.slug) & (rows["filled_day"] <= placements_until(plan))
    rows = rows[is_own].sort_values(["filled_day", "placement_id"])
    return rows[~(rows["person_id"].duplicated() & rows["person_id"].notna())]


def hours_kind(hours: "pd.Series[float]") -> np.ndarray:
    """Say of hours a week which kind of workplace that is, as a position in ``KINDS["placed"]``.

    Examples
    --------
    >>> hours_kind(pd.Series([10, 16, np.nan])).tolist()
    [0, 1, 2]
    """
    return np.where(hours.isna(), 2, np.where(hours < JOB_HOURS, 0, 1))


def is_in_group(counted: Counted, name: str, *, before: bool) -> np.ndarray:
    """Say of each person whether they are in a priority group at the start of the plan, or of the years before.

    ``young`` are those who are under 27 in that year, ``status_holders`` those who hold a residence permit for asylum. Who has no
    year of birth or status in the register is in none.
    """
    if counted.spells is None:
        raise InvalidDataError("is_in_group()", ["takes exits of everybody on benefit"])
    people = counted.plan.register.read("persons", ["person_id", "birth_year", "origin_status"])
    at = positions(people["person_id"], counted.spells.persons)
    if name == "young":
        year = counted.plan.boundaries(0, years_before=counted.years_before if before else 0)[0].year
        is_one = (year - people["birth_year"] < YOUNG_BELOW).fillna(value=False).to_numpy(bool)
    else:
        is_one = (people["origin_status"].astype(object) == "status_holder").to_numpy(bool)
    is_in = np.zeros(len(counted.spells.persons), dtype=bool)
    is_in[at[(at >= 0) & is_one]] = True
    return is_in


YOUNG_BELOW = 27
PRIORITY = {"jongeren": "young", "statushouders": "status_holders"}
"""Priority groups of programme files that a register shows, by the name that the files give them."""


def placements_until(plan: Plan) -> pd.Timestamp:
    """Give the day of the extract of the workplaces: days after it are plans."""
    origin = plan.register.origins.get("placements")
    return pd.Timestamp(origin.extract_day) if origin else plan.register.extract_day


def _exits(plan: Plan) -> Counted:
    columns = ["person_id", "scheme", "first_day", "last_day", "exit_reason"]
    rows = plan.register.read("benefit_spells", columns)
    spells = merge_spells(rows, gap_days=DEFINITIONS.gap_days, schemes=DEFINITIONS.schemes)
    months_seen = _months_seen(plan, followed_until(plan.register, DEFINITIONS))
    has_ended = spells.last < NEVER
    is_work = np.array([*(EXIT_REASON.group_of(code) == WORK for code in REASONS), False])  # the last is no reason
    years = ceil(plan.target.months / YEAR) if plan.target.extra else 0
    ends = rows[rows["scheme"].isin(DEFINITIONS.schemes)].drop_duplicates()
    since = followed_from(day_numbers(ends["last_day"]))
    first = day_numbers(plan.boundaries(0, years_before=years))[0]
    return Counted(
        plan=plan,
        what="exits",
        day=spells.last[has_ended] + 1,
        kind=np.where(is_work[spells.reason[has_ended]], 0, 1),
        person=spells.person[has_ended],
        months_seen=months_seen,
        spells=spells,
        years_before=years if since is not None and since <= first else 0,
    )


def _exits_of_participants(plan: Plan) -> Counted:
    cohort = programme_cohort(plan.register, plan.programme, definitions=DEFINITIONS)
    left = cohort.participants[cohort.participants["exit_day"].notna()]
    return Counted(
        plan=plan,
        what="participant_exits",
        day=day_numbers(left["exit_day"]),
        kind=np.where(left["cause"].astype(str) == WORK, 0, 1),
        person=np.full(len(left), -1),
        months_seen=_months_seen(plan, cohort.until),
    )


def _months_seen(plan: Plan, until: int) -> int:
    """Count the whole months of the plan up to a day."""
    ends = day_numbers(plan.boundaries(plan.target.months))[1:] - 1
    n = int((ends <= until).sum())
    if n == 0:
        raise InvalidDataError(
            f"the register of {plan.register.municipality}",
            ["is not complete until a month after the first day of the plan; make this page when it is"],
        )
    return n
