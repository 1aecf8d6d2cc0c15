"""Statistics: arrays in, an `Estimate` out. Knows no register, no Dutch, no rounding."""

from evaltools.effects.adjustment import (
    EntropyWeights,
    Matches,
    PropensityWeights,
    doubly_robust,
    entropy_weights,
    match_pairs,
    matched_difference,
    overlap_report,
    propensity_weights,
    weighted_difference,
)
from evaltools.effects.balance import standardised_difference, standardised_differences
from evaltools.effects.bounds import (
    MissingOutcomeBounds,
    missing_outcome_bounds,
    missing_outcome_difference_bounds,
    overlap_bounds,
)
from evaltools.effects.delays import DelayDistribution, delay_distribution
from evaltools.effects.durations import (
    LogRank,
    cumulative_incidence,
    hazard_ratio,
    incidence_difference,
    kaplan_meier,
    logrank_test,
    restricted_mean,
    restricted_mean_difference,
)
from evaltools.effects.estimate import Estimate
from evaltools.effects.funnel import Funnel, funnel
from evaltools.effects.means import cohens_d, hedges_g, mean_difference
from evaltools.effects.multiplicity import adjust_p_values
from evaltools.effects.paired import PairedChange, paired_change
from evaltools.effects.panels import (
    DifferenceInDifferences,
    EventStudy,
    InterruptedTimeSeries,
    SyntheticControl,
    difference_in_differences,
    event_study,
    interrupted_time_series,
    synthetic_control,
)
from evaltools.effects.planning import DetectableDifference, SampleSize, minimum_detectable_difference, sample_size
from evaltools.effects.pooling import Pooled, pool
from evaltools.effects.power import ComparisonPower, comparison_power
from evaltools.effects.predictions import (
    CountPrediction,
    TargetPrediction,
    count_dispersion,
    predict_count,
    predict_target,
)
from evaltools.effects.proportions import proportion
from evaltools.effects.ranks import cliffs_delta, probability_of_superiority
from evaltools.effects.sensitivity import EValue, RosenbaumBounds, break_even_deadweight, e_value, rosenbaum_bounds
from evaltools.effects.shrinkage import ShrunkenShares, shrunken_shares
from evaltools.effects.standardisation import indirect_standardisation
from evaltools.effects.two_by_two import cohens_h, number_needed_to_treat, odds_ratio, risk_difference, risk_ratio

__all__ = [
    "ComparisonPower",
    "CountPrediction",
    "DelayDistribution",
    "DetectableDifference",
    "DifferenceInDifferences",
    "EValue",
    "EntropyWeights",
    "Estimate",
    "EventStudy",
    "Funnel",
    "InterruptedTimeSeries",
    "LogRank",
    "Matches",
    "MissingOutcomeBounds",
    "PairedChange",
    "Pooled",
    "PropensityWeights",
    "RosenbaumBounds",
    "SampleSize",
    "ShrunkenShares",
    "SyntheticControl",
    "TargetPrediction",
    "adjust_p_values",
    "break_even_deadweight",
    "cliffs_delta",
    "cohens_d",
    "cohens_h",
    "comparison_power",
    "count_dispersion",
    "cumulative_incidence",
    "delay_distribution",
    "difference_in_differences",
    "doubly_robust",
    "e_value",
    "entropy_weights",
    "event_study",
    "funnel",
    "hazard_ratio",
    "hedges_g",
    "incidence_difference",
    "indirect_standardisation",
    "interrupted_time_series",
    "kaplan_meier",
    "logrank_test",
    "match_pairs",
    "matched_difference",
    "mean_difference",
    "minimum_detectable_difference",
    "missing_outcome_bounds",
    "missing_outcome_difference_bounds",
    "number_needed_to_treat",
    "odds_ratio",
    "overlap_bounds",
    "overlap_report",
    "paired_change",
    "pool",
    "predict_count",
    "predict_target",
    "probability_of_superiority",
    "propensity_weights",
    "proportion",
    "restricted_mean",
    "restricted_mean_difference",
    "risk_difference",
    "risk_ratio",
    "rosenbaum_bounds",
    "sample_size",
    "shrunken_shares",
    "standardised_difference",
    "standardised_differences",
    "synthetic_control",
    "weighted_difference",
]
