"""What an administration knows on the day of the extract: events that were entered by then."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from evaltools.registers.simulate.careers import Careers
from evaltools.registers.simulate.people import NEVER, People
from evaltools.registers.simulate.setting import Setting


@dataclass(frozen=True)
class Extract(Careers):
    """Spells as the extract shows them.

    Attributes
    ----------
    registered
        Day on which the end was entered, or the begin while the extract shows no end.
    """

    registered: np.ndarray


def extract(careers: Careers, people: People, setting: Setting) -> Extract:
    """Show what was entered by the extract day.

    An end that was entered later looks as still running, and a begin as not there. A new
    benefit is entered after the end of the one before. The first benefit of a person is
    always entered in time: who is not in the administration is not in the register.
    """
    lag_begin, lag_end = (
        np.floor(setting.scenario.days_lag_median * np.exp(setting.scenario.lag_sigma * draw)).astype(np.int64)
        for draw in (people.draw_lag_begin, people.draw_lag_end)
    )
    begin_entered = np.minimum(careers.first + lag_begin, NEVER)
    end_entered = np.minimum(careers.last + lag_end, NEVER)
    time_left = setting.calendar.extract_day - careers.first[:, 0]
    in_time = careers.first[:, 0] + np.floor(ndtr(people.draw_lag_begin[:, 0]) * time_left).astype(np.int64)
    begin_entered[:, 0] = np.where(begin_entered[:, 0] > setting.calendar.extract_day, in_time, begin_entered[:, 0])
    for spell in range(careers.first.shape[1]):
        if spell:
            begin_entered[:, spell] = np.maximum(begin_entered[:, spell], end_entered[:, spell - 1])
        end_entered[:, spell] = np.maximum(end_entered[:, spell], begin_entered[:, spell])
    begun, ended = begin_entered <= setting.calendar.extract_day, end_entered <= setting.calendar.extract_day
    return Extract(
        first=np.where(begun, careers.first, NEVER),
        last=np.where(ended, careers.last, NEVER),
        reason=np.where(ended, careers.reason, -1).astype(np.int8),
        registered=np.where(ended, end_entered, begin_entered),
    )
