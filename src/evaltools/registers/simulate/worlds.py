"""The worlds of a municipality with programmes and without them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaltools.registers.simulate.careers import Careers, Influence, live
from evaltools.registers.simulate.people import People
from evaltools.registers.simulate.selection import Chosen, join
from evaltools.registers.simulate.setting import NO_SHIFT, Setting, Shift
from evaltools.registers.simulate.truth import ProgrammeTruth, true_effects


@dataclass(frozen=True)
class Worlds:
    """What is needed to live in any world of one municipality.

    Attributes
    ----------
    untouched
        Careers where there is no programme.
    shifts
        What calibration adds for the participants of a programme alone, by programme.
    """

    people: People
    setting: Setting
    untouched: Careers
    shifts: Mapping[str, Shift]

    def actual(self, all_chosen: Sequence[Chosen]) -> Careers:
        """Live in the world that the register shows: participants with their programme, all others without any."""
        parts = [
            (chosen.participants, self._influence(chosen, chosen.participants, is_treated=True))
            for chosen in all_chosen
        ]
        influence = join(parts, len(self.people))
        rows = np.flatnonzero(influence.is_treated)
        own = Influence(**{name: values[rows] for name, values in vars(influence).items()})
        return self.untouched.with_rows(rows, live(self.people.take(rows), self.setting, own))

    def truth(self, chosen: Chosen, rungs_growth: float) -> ProgrammeTruth:
        """Compare the worlds of everybody eligible for one programme."""
        rows = chosen.eligible
        people = self.people.take(rows)
        with_it, without = (
            live(people, self.setting, self._influence(chosen, rows, is_treated=is_treated))
            for is_treated in (True, False)
        )
        is_participant = np.isin(rows, chosen.participants)
        shift = self.shifts.get(chosen.group.programme, NO_SHIFT)
        group, calendar = chosen.group, self.setting.calendar
        until = int(calendar.first_day(group.first_month + group.months_enrolment)) - 1
        return ProgrammeTruth(
            programme=group.programme,
            selected_from=_iso(int(calendar.first_day(group.first_month))),
            selected_until=_iso(until),
            count_day=_iso(group.count_day),
            months_on_benefit_at_least=group.eligibility.months_on_benefit_at_least or 0,
            n_participants=len(chosen.participants),
            n_eligible=len(rows),
            effects=true_effects(with_it, without, chosen.day[rows], is_participant),
            shift_work_participants=shift.work,
            shift_other_participants=shift.other,
            rungs_growth=rungs_growth,
            rungs_effect=self.setting.scenario.ladder_effect,
        )

    def _influence(self, chosen: Chosen, rows: np.ndarray, *, is_treated: bool) -> Influence:
        shift = self.shifts.get(chosen.group.programme, NO_SHIFT)
        return chosen.influence(rows, is_treated=is_treated, shift=shift)


def _iso(day: int) -> str:
    return str(np.datetime64(day, "D"))
