"""Time until an event, of people who are not all followed equally long."""

from evaltools.effects.durations.curves import cumulative_incidence, kaplan_meier
from evaltools.effects.durations.hazards import LogRank, hazard_ratio, logrank_test
from evaltools.effects.durations.horizon import incidence_difference, restricted_mean, restricted_mean_difference

__all__ = [
    "LogRank",
    "cumulative_incidence",
    "hazard_ratio",
    "incidence_difference",
    "kaplan_meier",
    "logrank_test",
    "restricted_mean",
    "restricted_mean_difference",
]
