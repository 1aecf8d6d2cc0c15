"""The groups of an evaluation: who took part, and whom they are compared with."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import pandas as pd

from evaltools.cohorts import (
    Cohort,
    Definitions,
    comparison_cohort,
    earlier_cohort,
    outcome_table,
    programme_cohort,
    register_cohort,
)
from evaltools.cohorts.definitions import days_of
from evaltools.cohorts.follow_up import is_followed
from evaltools.disclosure.record import THRESHOLD
from evaltools.errors import InvalidDataError
from evaltools.findings.evaluation.compared import BESIDE, OUTCOMES
from evaltools.programmes import Programme
from evaltools.registers import Register

ComparisonKind = Literal["randomised", "register", "none"]

YEARS_EARLIER = 2
"""The earlier group starts so many years before: a year of selection and a year of follow-up lie before the programme then."""
MAIN_MONTHS = 12
"""The horizon of the summary, where a programme's file has it; else the first that it has."""

MAIN_OUTCOME = {"exit": "off_benefit", "work_exit": "work", "paid_job": "any_work", "part_time_work": "any_work"}
"""The outcome that goes with an aim of a programme."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Groups:
    """Who took part, and whom they are compared with.

    Attributes
    ----------
    programme
        The programme's file.
    cohort
        Who was selected for it; everybody on benefit on one day, for a programme of a whole municipality.
    comparison
        Those a lot kept out, or others in the same register who were eligible; None where there are none.
    comparison_kind
        ``randomised``, ``register`` or ``none``.
    earlier
        The same eligibility, `YEARS_EARLIER` years before; None where the register does not go back so far.
    ordinary
        Everybody on benefit in the municipality as long before the programme as the main horizon is; None as for ``earlier``.
    months
        The main horizon.
    horizons
        All horizons, in order: those until which most can be followed, and not all but a few.
    seed
        Of the pseudo index days of the comparison.
    """

    programme: Programme
    cohort: Cohort
    comparison: Cohort | None
    comparison_kind: ComparisonKind
    earlier: Cohort | None
    ordinary: Cohort | None
    months: int
    horizons: tuple[int, ...]
    seed: int = 1

    @property
    def register(self) -> Register:
        """The register that they come from."""
        return self.cohort.register

    @property
    def is_of_everybody(self) -> bool:
        """Whether the programme is of a whole municipality, without a list of participants."""
        return not self.cohort.programme

    @property
    def outcome(self) -> str:
        """The main outcome, of `outcomes`: that of the first aim of the programme that has one."""
        own = (MAIN_OUTCOME[aim] for aim in self.programme.aims if aim in MAIN_OUTCOME)
        return next((outcome for outcome in own if outcome in self.outcomes), "work")

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What the groups are compared on, of `compared.OUTCOMES`; without work beside the benefit where nobody can tell it."""
        return tuple(outcome for outcome in OUTCOMES if self.tells_work or BESIDE not in OUTCOMES[outcome])

    @cached_property
    def tells_work(self) -> bool:
        """Whether the register tells of all groups, at every horizon, who works beside the benefit: incomes of that time were delivered."""
        groups = (self.cohort, self.comparison, self.earlier, self.ordinary)
        return all(tells_work(group, months) for group in groups if group is not None for months in self.horizons)

    @property
    def others(self) -> list[Cohort]:
        """The groups to compare with, nearest first."""
        return [group for group in (self.comparison, self.earlier) if group is not None]


def make_groups(
    register: Register,
    programme: Programme,
    *,
    months: int = 0,
    first_day: str = "",
    censoring_day: str = "",
    seed: int = 1,
) -> Groups:
    """Make the groups of an evaluation.

    Parameters
    ----------
    months
        The main horizon; 12, or else the first of the programme's file, when 0.
    first_day
        For a programme of a whole municipality, of which no list of participants exists: the day on which everybody
        with a benefit starts, such as ``"2019-01-01"``. Empty for all others.
    censoring_day
        Last day on which the register is complete, such as ``"2020-12-31"``, where it is too small to show that itself.
    seed
        Of the pseudo index days of the comparison.

    Raises
    ------
    InvalidDataError
        When nobody is left, when the register has no list of participants and no ``first_day`` is given, or when it is no
        day.
    """
    definitions = Definitions(
        horizons_months=programme.horizons_months or None,
        censoring_day=_day("censoring_day", censoring_day) if censoring_day else None,
    )
    if first_day:
        day = _day("first_day", first_day)
        cohort = register_cohort(register, day, eligibility=programme.eligibility, definitions=definitions)
        comparison, kind = _no_comparison()
    else:
        cohort = programme_cohort(register, programme, definitions=definitions)
        comparison, kind = _comparison(register, programme, cohort, seed)
    horizons = tuple(each for each in cohort.definitions.horizons_months or () if _is_told(cohort, each))
    if months and months not in horizons:
        horizons = tuple(sorted({*horizons, months}))
    main = months or (MAIN_MONTHS if MAIN_MONTHS in horizons or not horizons else horizons[0])
    if not is_followed(cohort, main).any():
        raise InvalidDataError(
            f"the register of {register.municipality}",
            [f"follows nobody for {main} months; choose a shorter horizon with months"],
        )
    return Groups(
        programme=programme,
        cohort=cohort,
        comparison=comparison,
        comparison_kind=kind,
        earlier=_earlier(cohort, main, horizons, seed),
        ordinary=_ordinary(cohort, main, horizons),
        months=main,
        horizons=horizons or (main,),
        seed=seed,
    )


def _day(name: str, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InvalidDataError(name, ["is no day; write it as 2019-01-01"]) from None


def _no_comparison() -> tuple[Cohort | None, ComparisonKind]:
    return None, "none"


def _comparison(
    register: Register, programme: Programme, cohort: Cohort, seed: int
) -> tuple[Cohort | None, ComparisonKind]:
    """Take the arm that a lot made, or else others who were eligible."""
    if programme.design == "rct":
        return programme_cohort(register, programme, arm="comparison", definitions=cohort.definitions), "randomised"
    try:
        return comparison_cohort(cohort, seed=seed), "register"
    except InvalidDataError:  # nobody was eligible and not selected: then there is no such group
        return _no_comparison()


def _earlier(cohort: Cohort, months: int, horizons: Sequence[int], seed: int) -> Cohort | None:
    try:
        made = earlier_cohort(cohort, years=YEARS_EARLIER, seed=seed)
    except InvalidDataError:  # the register does not go back so far
        return None
    return made if _tells_as_much(made, cohort, tuple(dict.fromkeys((months, *horizons)))) else None


def _ordinary(cohort: Cohort, months: int, horizons: Sequence[int]) -> Cohort | None:
    day = cohort.participants["index_day"].min() - pd.DateOffset(months=months)
    try:
        made = register_cohort(cohort.register, day, definitions=cohort.definitions)
    except InvalidDataError:  # the register does not go back so far
        return None
    return made if _tells_as_much(made, cohort, tuple(dict.fromkeys((months, *horizons)))) else None


def _tells_as_much(other: Cohort, cohort: Cohort, horizons: Sequence[int]) -> bool:
    """Whether others can be followed until the first of these, and their work beside the benefit is known wherever that of the cohort is."""
    return bool(is_followed(other, horizons[0]).any()) and all(
        tells_work(other, each) or not tells_work(cohort, each) for each in horizons
    )


def tells_work(cohort: Cohort, months: int) -> bool:
    """Whether the register tells who works beside the benefit at a horizon: of everybody followed, incomes of that time were delivered.

    Those of a register run from its first income to its last: before and after nothing was delivered.
    """
    followed = is_followed(cohort, months)
    if not followed.any():
        return True
    if pd.isna(outcome_table(cohort, months).set_index("outcome")["n"]["work_with_benefit"]):
        return False
    latest = pd.Timestamp(int((cohort.index[followed] + days_of(months)).max()), unit="D")
    return bool(cohort.register.read("incomes", ["month"])["month"].max() >= latest.to_period("M").to_timestamp())


def _is_told(cohort: Cohort, months: int) -> bool:
    """Whether most can be followed until a horizon, and all or at least `THRESHOLD` fewer: how many fewer is told."""
    day = cohort.participants["index_day"] + pd.to_timedelta(int(days_of(months)), unit="D")
    n_too_short = int((day > cohort.followed_until).sum())
    return 2 * n_too_short <= len(cohort) and (n_too_short == 0 or n_too_short >= THRESHOLD)
