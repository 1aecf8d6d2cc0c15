"""Adjustment for covariates: weights, matches and doubly robust estimates."""

from evaltools.effects.adjustment.doubly_robust import doubly_robust
from evaltools.effects.adjustment.entropy import EntropyWeights, entropy_weights
from evaltools.effects.adjustment.matched import matched_difference
from evaltools.effects.adjustment.matching import Matches, match_pairs
from evaltools.effects.adjustment.overlap import overlap_report
from evaltools.effects.adjustment.propensity import PropensityWeights, propensity_weights
from evaltools.effects.adjustment.weighted import weighted_difference

__all__ = [
    "EntropyWeights",
    "Matches",
    "PropensityWeights",
    "doubly_robust",
    "entropy_weights",
    "match_pairs",
    "matched_difference",
    "overlap_report",
    "propensity_weights",
    "weighted_difference",
]
