"""Differences of weighted means."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from evaltools.effects.adjustment.entropy import EntropyWeights
from evaltools.effects.adjustment.influence import check_spread, clusters_of, from_influence
from evaltools.effects.adjustment.overlap import weights_of_groups
from evaltools.effects.adjustment.propensity import PropensityWeights
from evaltools.effects.estimate import Estimate
from evaltools.effects.inputs import check_level, numbers, programme_group, refuse


def weighted_difference(
    outcome: ArrayLike,
    programme: ArrayLike,
    weights: ArrayLike | PropensityWeights | EntropyWeights,
    *,
    clusters: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate an effect as the difference of two weighted means (Hájek 1971).

    ``m₁ − m₀`` with ``m = Σ w y / Σ w`` in each group. A unit moves it by ``w (y − m₁)/Σw`` or ``−w (y − m₀)/Σw``, and

    - with `PropensityWeights` or `EntropyWeights`, also by how it moves the weights of all: the sandwich of the stacked
      estimating equations (Lunceford & Davidian 2004), which is right when the weights come from a right model;
    - with numbers, by nothing more: the weights are taken as given, as in a survey (R's ``survey::svyglm``). Of
      propensity weights for the ATE that is too wide; for the ATT it may be too wide or too narrow.

    ``SE² = n/(n − 1)`` times the sum of squares, over units with a weight, or over clusters. The interval is normal, or
    t with the number of clusters less one. Bounds of trimming are taken as given.

    Parameters
    ----------
    outcome
        A number, or 0 and 1 (or booleans), for each unit. Shape (n,).
    programme
        Who is in the programme: booleans, or 0 and 1. Shape (n,).
    weights
        At least 0, in the order of the outcomes. Shape (n,).
    clusters
        A label for each unit; those with the same label may depend on each other. Shape (n,).
    level
        Confidence level, strictly between 0 and 1.

    Returns
    -------
    Estimate
        In the unit of the outcome. ``n`` are those with a weight above 0.

    Raises
    ------
    InvalidDataError
        When an input is not as described, or a group has fewer than two units with a weight.

    References
    ----------
    J. Hájek (1971), discussion of D. Basu, in Foundations of Statistical Inference, Holt, Rinehart & Winston, 236.
    J. K. Lunceford & M. Davidian (2004), Stratification and weighting via the propensity score in estimation of causal
    treatment effects: a comparative study. Statistics in Medicine 23, 2937-2960.

    Examples
    --------
    (3·10 + 1·2)/4 is 8, and (5 + 7)/2 is 6.

    >>> weighted_difference([10, 2, 5, 7], [1, 1, 0, 0], [3, 1, 1, 1]).estimate
    2.0
    """
    problems: list[str] = []
    is_programme = programme_group(programme, problems)
    observed = numbers("outcome", outcome, problems, n=len(is_programme))
    estimated = weights if isinstance(weights, PropensityWeights | EntropyWeights) else None
    values = weights.weights if isinstance(weights, PropensityWeights | EntropyWeights) else weights
    given = weights_of_groups(values, is_programme, problems, least=2)
    codes = clusters_of(clusters, given > 0, problems)
    check_level(level, problems)
    check_spread(observed, (is_programme & (given > 0), ~is_programme & (given > 0)), problems)
    if estimated and not problems and (np.where(is_programme, -1, 1) * estimated.fit.residuals > 0).any():
        problems.append("weights are those of another programme's group, or of units in another order")
    refuse("weighted_difference", problems)
    totals = np.where(is_programme, given[is_programme].sum(), given[~is_programme].sum())
    # From the mean of all, so that a large common part of the outcomes costs no digits.
    centred = observed - observed.mean()
    parts = given / totals * centred
    mean_programme, mean_comparison = float(parts[is_programme].sum()), float(parts[~is_programme].sum())
    residuals = np.where(is_programme, centred - mean_programme, mean_comparison - centred) / totals
    influence = given * residuals
    if estimated:
        influence += estimated.fit.pull(estimated.fit.design.T @ (estimated.slopes * residuals))
    return from_influence(
        mean_programme - mean_comparison,
        influence,
        given > 0,
        codes,
        level=level,
        measure="weighted mean difference",
        method="sandwich, weights estimated" if estimated else "sandwich, weights given",
    )
