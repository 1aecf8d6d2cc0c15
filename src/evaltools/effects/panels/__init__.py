"""Effects of a programme on places: municipalities, districts, states."""

from evaltools.effects.panels.differences_in_differences import DifferenceInDifferences, difference_in_differences
from evaltools.effects.panels.event_studies import EventStudy, event_study
from evaltools.effects.panels.synthetic_controls import SyntheticControl, synthetic_control
from evaltools.effects.panels.time_series import InterruptedTimeSeries, interrupted_time_series

__all__ = [
    "DifferenceInDifferences",
    "EventStudy",
    "InterruptedTimeSeries",
    "SyntheticControl",
    "difference_in_differences",
    "event_study",
    "interrupted_time_series",
    "synthetic_control",
]
