"""Statistics: arrays in, an `Estimate` out. Knows no register, no Dutch, no rounding."""

from evaltools.effects.balance import standardised_difference
from evaltools.effects.delays import DelayDistribution, delay_distribution
from evaltools.effects.estimate import Estimate
from evaltools.effects.proportions import proportion

__all__ = ["DelayDistribution", "Estimate", "delay_distribution", "proportion", "standardised_difference"]
