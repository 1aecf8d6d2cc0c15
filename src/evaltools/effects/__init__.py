"""Statistics: arrays in, an `Estimate` out. Knows no register, no Dutch, no rounding."""

from evaltools.effects.estimate import Estimate
from evaltools.effects.proportions import proportion

__all__ = ["Estimate", "proportion"]
