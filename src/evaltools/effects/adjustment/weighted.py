"""Differences of weighted means."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from evaltools.effects.adjustment.entropy import EntropyWeights
from evaltools.effects.adjustment.influence import Sample, check_spread, clusters_of, from_influence
from evaltools.effects.adjustment.overlap import Weights, check_scale, weights_of_groups
from evaltools.effects.adjustment.propensity import PropensityWeights
from evaltools.effects.estimate import Estimate
from evaltools.effects.inputs import check_aligned, check_level, numbers, programme_group, refuse


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

    ``SE²`` is the sum of squares over units, or of sums over the units of a cluster, where each group has its own
    ``g/(g − 1)`` for the ``g`` units with a weight, or clusters, that it has. The interval has a quantile of t, with the
    degrees of freedom of Welch (1947) from those of the groups, which are fewer the more weight lies with a few (Bell &
    McCaffrey 2002). With weights of 1 both are Welch's. With few clusters in a group it is still too sure of itself: with
    20 in all, of 20 units that correlate by 0.1, it finds an effect where there is none in 12% of trials with 2 in the
    programme's group, 8% with 3 and 5% with 5. With one it refuses. Bounds of trimming are taken as given; the interval
    of an outcome of 0 and 1 is cut at -1 and 1.

    Parameters
    ----------
    outcome
        A number, or 0 and 1 (or booleans), for each unit. Shape (n,).
    programme
        Who is in the programme: booleans, or 0 and 1. Shape (n,).
    weights
        Of propensities or entropy balancing; or numbers of at least 0, in the order of the outcomes. Shape (n,).
    clusters
        A label for each unit; those with the same label may depend on each other. Each group needs two. Shape (n,).
    level
        Confidence level, strictly between 0 and 1.

    Returns
    -------
    Estimate
        In the unit of the outcome. ``n`` are those with a weight above 0. ``measure`` says whose effect it is, where the
        weights tell.

    Raises
    ------
    InvalidDataError
        When an input is not as described, a group has fewer than two units with a weight or one cluster, or nothing
        varies that a standard error could follow from.

    References
    ----------
    J. Hájek (1971), discussion of D. Basu, in Foundations of Statistical Inference, Holt, Rinehart & Winston, 236.
    J. K. Lunceford & M. Davidian (2004), Stratification and weighting via the propensity score in estimation of causal
    treatment effects: a comparative study. Statistics in Medicine 23, 2937-2960.
    R. M. Bell & D. F. McCaffrey (2002), Bias reduction in standard errors for linear regression with multi-stage
    samples. Survey Methodology 28, 169-181.
    B. L. Welch (1947), The generalization of Student's problem when several different population variances are
    involved. Biometrika 34, 28-35.

    Examples
    --------
    (3·10 + 1·2)/4 is 8, and (5 + 7)/2 is 6.

    >>> weighted_difference([10, 2, 5, 7], [1, 1, 0, 0], [3, 1, 1, 1]).estimate
    2.0
    """
    problems: list[str] = []
    check_aligned({"outcome": outcome, "programme": programme, "weights": weights, "clusters": clusters}, problems)
    is_programme = programme_group(programme, problems)
    observed = numbers("outcome", outcome, problems, n=len(is_programme))
    check_scale(("outcome",), observed, problems)
    estimated = weights if isinstance(weights, PropensityWeights | EntropyWeights) else None
    given = weights_of_groups(weights, is_programme, problems, least=2)
    codes = clusters_of(clusters, is_programme, given > 0, problems)
    check_level(level, problems)
    check_spread(observed, (is_programme & (given > 0), ~is_programme & (given > 0)), problems)
    if isinstance(weights, Weights) and not estimated:
        problems.append("weights are matches; pass them to matched_difference, which knows of the sets")
    if estimated and not problems and (np.where(is_programme, -1, 1) * estimated.fit.residuals > 0).any():
        problems.append("weights are those of another programme's group, or of units in another order")
    refuse("weighted_difference", problems)
    sample = Sample(outcome=observed, is_programme=is_programme, weights=given, clusters=codes)
    # From the mean of all, so that a large common part of the outcomes costs no digits.
    centred = observed - observed.mean()
    parts = sample.shares * centred
    mean_programme, mean_comparison = float(parts[is_programme].sum()), float(parts[~is_programme].sum())
    totals = np.where(is_programme, given[is_programme].sum(), given[~is_programme].sum())
    residuals = np.where(is_programme, centred - mean_programme, mean_comparison - centred) / totals
    influence = given * residuals
    if estimated:
        influence += estimated.fit.pull(estimated.fit.design.T @ (estimated.slopes * residuals))
    return from_influence(
        sample,
        mean_programme - mean_comparison,
        influence,
        function="weighted_difference",
        level=level,
        measure=f"weighted mean difference{_whose(estimated)}",
        method="sandwich, weights estimated" if estimated else "sandwich, weights given",
    )


def _whose(estimated: PropensityWeights | EntropyWeights | None) -> str:
    """Say whose average effect it is, where the weights tell."""
    if estimated is None:
        return ""
    if isinstance(estimated, EntropyWeights):
        return " (ATT)"
    return f" ({estimated.estimand}{'' if estimated.kept is None else ', trimmed'})"
