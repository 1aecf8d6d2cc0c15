"""Two groups in which something happened to some: from four counts to a difference or a ratio.

Every function takes the events and the units of the programme's group, then those of the comparison.
"""

from evaltools.effects.two_by_two.differences import cohens_h, number_needed_to_treat, risk_difference
from evaltools.effects.two_by_two.ratios import odds_ratio, risk_ratio

__all__ = ["cohens_h", "number_needed_to_treat", "odds_ratio", "risk_difference", "risk_ratio"]
