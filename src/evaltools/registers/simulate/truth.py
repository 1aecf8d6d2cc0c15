"""The true effect of a simulated programme: the same persons in the world with it and in the world without."""

import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from evaltools.errors import InvalidDataError, did_you_mean
from evaltools.registers.simulate.careers import WORK, Careers
from evaltools.registers.simulate.people import NEVER
from evaltools.registers.simulate.scenario import DAYS_A_MONTH

HORIZONS_MONTHS = (6, 12, 18, 24)
DAYS_GAP = 30
"""A benefit that ended and began again within so many days did not end."""
MONTHS_DURABLE = 6
OUTCOMES = {
    "any_exit": "left benefit by then, whatever came after",
    "work_exit": "left benefit for work by then, whatever came after",
    "durable_exit": f"left benefit by then and stayed away for {MONTHS_DURABLE} months",
    "off_benefit": f"without benefit on that day, in a gap of more than {DAYS_GAP} days",
    "relapse": "left benefit and came back by then",
}
"""Outcomes of the truth; a horizon counts from the day of selection."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Share of a group with an outcome in both worlds.

    Attributes
    ----------
    group
        ``participants`` (the effect on those treated) or ``eligible`` (on everybody eligible).
    share_with, share_without
        Share with the programme and without it.
    """

    group: str
    outcome: str
    months: int
    share_with: float
    share_without: float

    @property
    def difference(self) -> float:
        """The true effect, as a difference of shares."""
        return self.share_with - self.share_without


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeTruth:
    """What is true of one simulated programme.

    Attributes
    ----------
    selected_from, selected_until, count_day
        First and last day of the months of selection, and the day on which published figures are counted.
    months_on_benefit_at_least
        Who was shorter on benefit was not eligible.
    n_participants, n_eligible
        Persons; who another programme picked first is not among those eligible.
    shift_work_participants, shift_other_participants
        What calibration added to the log hazards of the participants alone, in both worlds,
        from the month after selection: 0 but for a second programme of the municipality
        with published exits. Where it is not 0, no comparison persons are like them.
    rungs_growth
        What calibration added to the true position on the ladder at the second measurement, in both worlds.
    rungs_effect
        What the programme added to it.
    """

    programme: str
    selected_from: str
    selected_until: str
    count_day: str
    months_on_benefit_at_least: int
    n_participants: int
    n_eligible: int
    effects: tuple[Effect, ...]
    shift_work_participants: float = 0.0
    shift_other_participants: float = 0.0
    rungs_growth: float = 0.0
    rungs_effect: float = 0.0

    def effect(self, outcome: str, months: int, group: str = "participants") -> Effect:
        """Find the true effect on one outcome.

        Raises
        ------
        InvalidDataError
            When the truth has no such outcome, horizon or group.
        """
        for found in self.effects:
            if (found.outcome, found.months, found.group) == (outcome, months, group):
                return found
        known = [f"{found.outcome} {found.months} {found.group}" for found in self.effects]
        advice = did_you_mean(f"{outcome} {months} {group}", known)
        raise InvalidDataError(f"the truth of {self.programme}", [f"has no {outcome} {months} {group}; {advice}"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is true of a simulated municipality: shares and parameters, nothing of a person.

    Attributes
    ----------
    shift_work, shift_other
        What calibration added to the log hazards of everybody in it, in every world of
        every programme.
    shifted_from
        First day on which it did.
    """

    municipality: str
    parameters: dict[str, Any]
    programmes: tuple[ProgrammeTruth, ...]
    shift_work: float = 0.0
    shift_other: float = 0.0
    shifted_from: str = ""

    def of(self, programme: str) -> ProgrammeTruth:
        """Find the truth of one programme.

        Raises
        ------
        InvalidDataError
            When the municipality has no participants of it.
        """
        by_name = {truth.programme: truth for truth in self.programmes}
        if programme not in by_name:
            raise InvalidDataError(
                f"the truth of {self.municipality}", [f"has no '{programme}'; {did_you_mean(programme, by_name)}"]
            )
        return by_name[programme]

    def frame(self) -> pd.DataFrame:
        """List every true effect: one row per programme, group, outcome and horizon."""
        rows = [
            {"programme": truth.programme, **asdict(effect), "difference": effect.difference}
            for truth in self.programmes
            for effect in truth.effects
        ]
        columns = ["programme", "group", "outcome", "months", "share_with", "share_without", "difference"]
        return pd.DataFrame(rows, columns=columns)

    def to_json(self) -> str:
        """Write all of it, with what each outcome means."""
        programmes = [
            {
                **asdict(truth),
                "effects": [{**asdict(effect), "difference": effect.difference} for effect in truth.effects],
            }
            for truth in self.programmes
        ]
        content = {
            "is_simulated": True,
            "municipality": self.municipality,
            "outcomes": OUTCOMES,
            "parameters": self.parameters,
            "programmes": programmes,
            "shift_work": self.shift_work,
            "shift_other": self.shift_other,
            "shifted_from": self.shifted_from,
        }
        return json.dumps(content, indent=2, sort_keys=True, default=str) + "\n"


def outcomes_at(careers: Careers, selected_day: np.ndarray, months: int) -> dict[str, np.ndarray]:
    """Say of each household which outcomes it has so many months after its selection.

    A gap of `DAYS_GAP` days or less is no end, in any of them: who is without benefit on
    the day within such a gap is not off it, so that ``off_benefit`` is a part of
    ``any_exit`` for whoever had a benefit on the day of selection.

    Returns
    -------
    dict
        By outcome of `OUTCOMES`, shape (n households,), boolean.
    """
    since = selected_day[:, None]
    until = since + round(months * DAYS_A_MONTH)
    following = np.concatenate([careers.first[:, 1:], np.full((len(since), 1), NEVER)], axis=1)
    ends = (careers.last >= since) & (careers.last <= until)
    gap = following - careers.last
    leaves = ends & (gap > DAYS_GAP)
    return {
        "any_exit": leaves.any(axis=1),
        "work_exit": (leaves & np.isin(careers.reason, WORK)).any(axis=1),
        "durable_exit": (leaves & (gap > round(MONTHS_DURABLE * DAYS_A_MONTH))).any(axis=1),
        # The last day of a benefit is a day with benefit.
        "off_benefit": (leaves & (careers.last < until) & (following > until)).any(axis=1),
        "relapse": (leaves & (following <= until)).any(axis=1),
    }


def true_effects(
    with_it: Careers, without: Careers, selected_day: np.ndarray, is_participant: np.ndarray
) -> tuple[Effect, ...]:
    """Compare both worlds of everybody eligible, and of the participants among them."""
    effects = []
    for months in HORIZONS_MONTHS:
        worlds = [outcomes_at(careers, selected_day, months) for careers in (with_it, without)]
        for group, rows in (("participants", is_participant), ("eligible", np.ones(len(selected_day), dtype=bool))):
            if rows.any():
                effects += [
                    Effect(group, outcome, months, *(float(world[outcome][rows].mean()) for world in worlds))
                    for outcome in OUTCOMES
                ]
    return tuple(effects)
