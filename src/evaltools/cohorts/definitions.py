"""The choices that a cohort and its outcomes rest on: each a parameter, printed in every report.

What each means, why it is as it is, and an example that can be redone by hand stand in
``docs/definitions``.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from evaltools.errors import InvalidDataError, did_you_mean
from evaltools.registers.quality import LEAST_SHARE, MAIN_SCHEMES, MOST_SHARE

DAYS_A_MONTH = 365.25 / 12
"""Length of a month: 12 months after a day are 365 days after it, in every year and season."""

Start = Literal["selected", "started"]
HorizonRule = Literal["status", "first_exit", "best"]
AowAndDeath = Literal["apart", "counted"]
LaterParticipants = Literal["censored", "kept"]

HORIZONS_MONTHS = (6, 12, 18, 24)
"""Horizons of a programme whose file names none."""

CHOICES = {
    "start": get_args(Start),
    "horizon_rule": get_args(HorizonRule),
    "aow_and_death": get_args(AowAndDeath),
    "later_participants": get_args(LaterParticipants),
}
"""What a choice by name can be."""


def days_of(months: ArrayLike) -> np.ndarray:
    """Whole days of so many months.

    Examples
    --------
    >>> days_of([6, 12, 24]).tolist()
    [183, 365, 730]
    """
    return np.rint(np.asarray(months, dtype=np.float64) * DAYS_A_MONTH).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """What is an exit, who is followed until when, and what counts as work.

    Attributes
    ----------
    gap_days
        A benefit that begins again at the latest so many days after the last day of the one before goes on: that
        is no exit.
    schemes
        Schemes that count as being on benefit (BUS): 01 algemene bijstand, 02 IOAW, 03 IOAZ.
    start
        The index day of a participant: ``selected``, whatever came of it, or ``started``, the first day in the
        programme. Who never started is then not in.
    share_registered
        Share of the ends that must be in the register by the censoring day; see `quality.censoring_day`.
    censoring_day
        The censoring day, where the register cannot show how late its ends are registered.
    horizons_months
        Horizons that are looked at, in months after the index day, chosen before looking. When left out, those of
        the programme file, or `HORIZONS_MONTHS`.
    months_followed_at_most
        Nobody is followed longer after the index day; no limit when left out.
    horizon_rule
        Outcome at a horizon: ``status`` on that day, ``first_exit`` by then, or the ``best`` by then.
    hours_per_week
        Hours of work that make a job.
    aow_and_death
        Who left by AOW or death, and cannot come back: ``apart`` from durable exit and relapse, or ``counted``.
    later_participants
        A comparison person who is selected later: ``censored`` from then on, or ``kept`` as if nothing happened.
    months_before
        How far before the index day earlier benefits and work count as covariates.
    days_around_index
        A first measurement on the ladder lies at most so many days before or after the index day.

    Raises
    ------
    InvalidDataError
        With every value that cannot be.

    Examples
    --------
    >>> chosen = Definitions(gap_days=0)
    >>> chosen.frame().query("not is_default")["name"].tolist()
    ['gap_days']
    """

    gap_days: int = 30
    schemes: tuple[str, ...] = MAIN_SCHEMES
    start: Start = "selected"
    share_registered: float = 0.95
    censoring_day: dt.date | None = None
    horizons_months: tuple[int, ...] | None = None
    months_followed_at_most: int | None = None
    horizon_rule: HorizonRule = "status"
    hours_per_week: float = 16
    aow_and_death: AowAndDeath = "apart"
    later_participants: LaterParticipants = "censored"
    months_before: int = 36
    days_around_index: int = 90

    def __post_init__(self) -> None:
        for name in ("schemes", "horizons_months"):
            if isinstance(getattr(self, name), list):
                object.__setattr__(self, name, tuple(getattr(self, name)))
        problems = [
            f"{name} is {getattr(self, name)!r}; expected a whole number of {low} to {high:,}"
            for name, low, high in (
                ("gap_days", 0, 366), ("months_before", 0, 1_200), ("days_around_index", 0, 366),
            )
            if not _is_whole(getattr(self, name), low, high)
        ]  # fmt: skip
        if self.months_followed_at_most is not None and not _is_whole(self.months_followed_at_most, 1, 1_200):
            problems.append("months_followed_at_most must be a whole number of 1 to 1,200, or None for no limit")
        if self.horizons_months is not None and not is_horizons(self.horizons_months):
            problems.append("horizons_months must be different whole numbers of 1 to 1,200 in order, such as (6, 12)")
        if not _are_schemes(self.schemes):
            problems.append(f"schemes must be one or more of {', '.join(MAIN_SCHEMES)}, such as ('01', '02')")
        if not _is_number(self.share_registered, LEAST_SHARE, MOST_SHARE):
            problems.append(f"share_registered must lie between {LEAST_SHARE} and {MOST_SHARE}, such as 0.95")
        if not _is_number(self.hours_per_week, 0, 100):
            problems.append("hours_per_week must be a number of 0 to 100, such as 16")
        if not _is_day_or_none(self.censoring_day):
            problems.append("censoring_day must be a date, such as datetime.date(2020, 12, 31)")
        problems += [
            f"{name} is {getattr(self, name)!r}; {did_you_mean(str(getattr(self, name)), allowed)}"
            for name, allowed in CHOICES.items()
            if getattr(self, name) not in allowed
        ]
        if problems:
            raise InvalidDataError("the definitions", problems)

    def frame(self) -> pd.DataFrame:
        """List every choice. One row per choice: ``name``, ``value`` as a text, ``is_default``."""
        rows = [
            {
                "name": field.name,
                "value": _as_text(getattr(self, field.name)),
                "is_default": getattr(self, field.name) == field.default,
            }
            for field in fields(self)
        ]
        return pd.DataFrame(rows)


def require_type(given: object, expected: type, what: str, example: str) -> None:
    """Refuse what is not of a type; ``example`` makes one.

    Raises
    ------
    InvalidDataError
        With the type that was given, never its value.
    """
    if not isinstance(given, expected):
        raise InvalidDataError(what, [f"is of type {type(given).__name__}; pass {example}"])


def months_given(months: object) -> tuple[int, ...]:
    """One number of months, or several, as a tuple.

    Raises
    ------
    InvalidDataError
        When one of them is no whole number of 1 to 1,200, or stands twice.

    Examples
    --------
    >>> months_given(12), months_given([6, 12])
    ((12,), (6, 12))
    """
    given = tuple(months) if isinstance(months, Iterable) and not isinstance(months, str) else (months,)
    if not given or not all(_is_whole(each, 1, 1_200) for each in given) or len(set(given)) < len(given):
        raise InvalidDataError(
            "months", ["must be one or more different whole numbers of 1 to 1,200, such as 12 or (6, 12)"]
        )
    return tuple(int(each) for each in given)


def is_horizons(months: object) -> bool:
    """Whether these are different whole numbers of months, in order."""
    return (
        isinstance(months, tuple)
        and len(months) > 0
        and all(_is_whole(each, 1, 1_200) for each in months)
        and list(months) == sorted(set(months))
    )


def _is_whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(low <= value <= high)


def _is_number(value: object, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _are_schemes(value: object) -> bool:
    return isinstance(value, tuple) and len(value) > 0 and all(scheme in MAIN_SCHEMES for scheme in value)


def _is_day_or_none(value: object) -> bool:
    return value is None or (
        isinstance(value, dt.date) and not pd.isna(value) and getattr(value, "tzinfo", None) is None
    )


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
