"""What a simulated municipality is made from: every number of the model, with its source or as an assumption."""

import datetime as dt
import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from evaltools.errors import InvalidDataError

VERSION = 3
"""Goes up when the same parameters give another register."""

MOST_SPELLS = 5
"""Spells of one person that are followed; who ends the last of them does not come back."""

DAYS_A_MONTH = 365.25 / 12
"""Length of a month in a horizon: 12 months after a day are 365 days after it."""

SHARE_RELAPSE_6 = 0.15
"""Back on bijstand within six months of any exit (Divosa factsheet 2014)."""

SHARE_RELAPSE_6_BY_GROUP = {"enforcement": 0.28, "work": 0.11, "education": 0.11, "other_income": 0.11}
"""Back on bijstand within six months, by group of exit reason (Divosa factsheet 2014; 0.11 is 'at most 11%')."""

SHARE_RELAPSE_6_OTHER = 0.28
"""Back within six months after an exit of any other reason but those that are for good.

An assumption: as after enforcement. With it and the weights of the reasons all exits together
come to `SHARE_RELAPSE_6`, so that the share of all is not also the share of what is left of them.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A municipality with one programme of a known effect.

    No default is a figure of a real municipality. Those with a source say so; all
    others are assumptions, chosen so that about 30% of the benefits end in a year (Divosa: 30%
    in 2017, 28% in 2019).

    Attributes
    ----------
    n_persons
        Persons who are in the register at any time, partners included.
    first_day, extract_day
        The register holds every benefit that ran on some day between them, as it was
        entered in the administration on the extract day; it begins with the month of the first.
    seed
        The same scenario gives the same register.
    programme_first_day, months_enrolment
        When people are selected for the programme: evenly over so many months.
    months_on_benefit_at_least
        Who is shorter on benefit on the day of selection is not eligible.
    share_participants
        Of those eligible; the others are the comparison arm.
    selection_strength
        How much the coach picks people with better prospects than the register shows: the
        weight of the hidden prospects (in standard deviations) beside standard logistic
        chance. 0 is as good as random.
    selection_strength_visible
        The same of the prospects that the register does show (age, household type, sex, origin, scheme and exemption
        as they weigh in exits to work): those who adjust for them can make the groups alike.
    effect
        Logarithm of the hazard ratio of exits to work for a participant, from the month after
        the lock-in onwards. 0 is no effect.
    lock_in, months_lock_in
        The same in the first months after the month of selection.
    ladder_effect
        Rungs that the programme moves the true position on the ladder.
    rater_bias
        Rungs that the coach scores too high at the second measurement of a participant.
    ladder_error
        Standard deviation of the measurement error of a score, in rungs.
    n_low_draws
        The first score is the lowest of so many draws of the error: people enrol at a low
        point. 1 is no regression to the mean.
    ladder_missing, ladder_missing_left
        Share without a second score: of those on benefit, of those who left it.
    hazard_work, hazard_other
        Monthly hazard of an exit to work and of any other exit but AOW, in the first month.
    duration_dependence
        The hazard after d months is that of the first times ``(1 + d / 12) ** -duration_dependence``.
    prospects_sd
        Standard deviation of the hidden prospects in the log hazard of exits to work.
    share_relapse_6, share_relapse_12, share_relapse_27
        Back on benefit within so many months of an exit, over all exits (Divosa factsheet
        2014: 15%, 22%, and about 30% after 18 to 36 months, of which 27 is the middle). Their
        ratio of log survival to that of six months is that of every group of reasons.
    share_inflow
        New persons in a year per person on benefit at the start.
    days_lag_median, lag_sigma
        Days between an event and its entry: log-normal.
    share_part_time, euro_part_time
        Share of those on benefit with part-time work, and its mean a month (Divosa 2019: 8%, 556 euro).
    share_exempt
        Share exempt from the duty to look for work (Divosa: 10 to 11%).

    Raises
    ------
    InvalidDataError
        With every parameter that is out of its range.
    """

    n_persons: int = 2_000
    first_day: dt.date = dt.date(2015, 7, 1)
    extract_day: dt.date = dt.date(2021, 3, 31)
    seed: int = 1
    programme_first_day: dt.date = dt.date(2018, 7, 1)
    months_enrolment: int = 10
    months_on_benefit_at_least: int = 0
    share_participants: float = 0.5
    selection_strength: float = 0.5
    selection_strength_visible: float = 0.0
    effect: float = 0.3
    lock_in: float = -0.3
    months_lock_in: int = 3
    ladder_effect: float = 0.2
    rater_bias: float = 0.3
    ladder_error: float = 0.6
    n_low_draws: int = 2
    ladder_missing: float = 0.15
    ladder_missing_left: float = 0.5
    hazard_work: float = 0.028
    hazard_other: float = 0.028
    duration_dependence: float = 0.6
    prospects_sd: float = 0.6
    share_relapse_6: float = SHARE_RELAPSE_6
    share_relapse_12: float = 0.22
    share_relapse_27: float = 0.30
    share_inflow: float = 0.17
    days_lag_median: float = 21.0
    lag_sigma: float = 1.0
    share_part_time: float = 0.08
    euro_part_time: float = 556.0
    share_exempt: float = 0.105

    def __post_init__(self) -> None:
        problems = [*self._out_of_range(), *self._out_of_order()]
        if problems:
            raise InvalidDataError("the scenario", problems)

    def _out_of_range(self) -> list[str]:
        lowest = {"n_persons": 1, "seed": 0, "months_enrolment": 1, "n_low_draws": 1, "months_lock_in": 0}
        lowest["months_on_benefit_at_least"] = 0
        problems = [
            f"{name} is {getattr(self, name)}; expected a whole number of at least {low}"
            for name, low in lowest.items()
            if not isinstance(getattr(self, name), int) or getattr(self, name) < low
        ]
        shares = (
            "share_participants", "ladder_missing", "ladder_missing_left", "share_relapse_6", "share_relapse_12",
            "share_relapse_27", "share_exempt",
        )  # fmt: skip
        problems += [
            f"{name} is {getattr(self, name)}; expected a share of 0 to 1"
            for name in shares
            if not 0 <= getattr(self, name) <= 1
        ]
        not_negative = (
            "hazard_work", "hazard_other", "duration_dependence", "prospects_sd", "ladder_error", "lag_sigma",
            "days_lag_median", "share_inflow", "euro_part_time", "selection_strength",
            "selection_strength_visible",
        )  # fmt: skip
        problems += [
            f"{name} is {getattr(self, name)}; expected a number of at least 0"
            for name in not_negative
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) >= 0)
        ]
        problems += [
            f"{name} is {getattr(self, name)}; expected a number of -10 to 10"
            for name in ("effect", "lock_in", "ladder_effect", "rater_bias")
            if not abs(getattr(self, name)) <= 10
        ]
        if not 0 <= self.share_part_time <= 0.5:
            problems.append(f"share_part_time is {self.share_part_time}; expected a share of 0 to 0.5")
        return problems

    def _out_of_order(self) -> list[str]:
        problems = []
        if not self.share_relapse_6 <= self.share_relapse_12 <= self.share_relapse_27 < 1:
            problems.append("the shares of relapse must not fall with the months, and lie below 1")
        if not self.first_day < self.programme_first_day:
            problems.append("programme_first_day must lie after first_day")
        last_month = month_of(self.programme_first_day) + self.months_enrolment - 1
        if not last_month < month_of(self.extract_day):
            problems.append("extract_day must lie after the last month of enrolment")
        return problems


def month_of(day: dt.date) -> int:
    """Months from January 1970 to that of a day."""
    return (day.year - 1970) * 12 + day.month - 1


def day_of(day: dt.date) -> int:
    """Days from 1970-01-01 to a day."""
    return (day - dt.date(1970, 1, 1)).days


def monthly_relapse(scenario: Scenario) -> np.ndarray:
    """Hazard of coming back in each month after an exit, up to 600; nobody in the month of the exit itself.

    An exit and a return fall on any day of their months. Six months after an exit, half of
    those who come back in the sixth month are there: so the published shares are reached.

    Examples
    --------
    >>> hazard = monthly_relapse(Scenario())
    >>> gone_by = [hazard[:6].sum() + hazard[6] / 2, hazard[:12].sum() + hazard[12] / 2]
    >>> [round(float(1 - np.exp(-each)), 10) for each in gone_by]
    [0.15, 0.22]
    """
    stays = [
        1.0,
        *(1 - share for share in (scenario.share_relapse_6, scenario.share_relapse_12, scenario.share_relapse_27)),
    ]
    ends = (0, 6, 12, 27)
    hazard = np.zeros(601)
    for (before, after), (start, end) in zip(pairwise(stays), pairwise(ends), strict=True):
        left = math.log(before / after) - hazard[start] / 2
        hazard[start + 1 : end + 1] = max(left, 0) / (end - start - 0.5)
    return hazard


def relapse_factor(group: str) -> float:
    """Factor of the hazard of coming back after an exit of a group of reasons, beside that of all exits.

    Who leaves for good (AOW, death, a move) is among all exits and never comes back.

    Examples
    --------
    >>> round(1 - (1 - SHARE_RELAPSE_6) ** relapse_factor("enforcement"), 10)
    0.28
    """
    share = SHARE_RELAPSE_6_BY_GROUP.get(group, SHARE_RELAPSE_6_OTHER)
    return math.log(1 - share) / math.log(1 - SHARE_RELAPSE_6)
