"""Effects from matched sets."""

from math import inf, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from evaltools.effects.adjustment.influence import (
    Codes,
    check_error,
    check_spread,
    clusters_of,
    degrees_of,
    within_bounds,
)
from evaltools.effects.adjustment.matching import Matches
from evaltools.effects.adjustment.overlap import ROUNDING, check_scale
from evaltools.effects.adjustment.sets import with_replacement
from evaltools.effects.estimate import Estimate, with_error
from evaltools.effects.inputs import Array, check_aligned, check_level, numbers, refuse

MOST_PAIRS = 20_000_000
"""More would take gigabytes to write out."""


def matched_difference(outcome: ArrayLike, matches: Matches, *, clusters: Any = None, level: float = 0.95) -> Estimate:
    """Estimate the effect on those in the programme who have a match.

    The mean of ``dᵢ = yᵢ −`` the mean outcome of the matches of ``i``, over the ``m`` who have one. The standard error
    is

    - without replacement: ``s_d/√m``, which takes what a set shares into account (Abadie & Spiess 2022);
    - with replacement: ``√(Σ (dᵢ − d̄)² + Σ (Kⱼ² − Lⱼ) σⱼ²)/m``, where comparison unit ``j`` is in sets with shares
      ``wᵢⱼ``, ``Kⱼ = Σ wᵢⱼ``, ``Lⱼ = Σ wᵢⱼ²``, and ``σⱼ²`` is the variance of the outcomes of ``j`` and of the
      comparison units with the nearest score (Abadie & Imbens 2006, theorem 7, as in R's ``Matching::Match``). With
      exact labels, these may have another one, which makes ``σⱼ²`` larger if anything;
    - with clusters: of the pairs ``yᵢ − yⱼ``, each with its share of a set, two-way (Cameron, Gelbach & Miller 2011): the
      variance by the cluster of ``i``, plus that by the cluster of ``j``, less that by both, and no less than either of
      the first two; with ``g/(g − 1)``, ``g`` the clusters of ``i`` or those of ``j``, whichever are fewer.

    The interval has the quantile of t with ``m − 1`` degrees of freedom; with replacement no more than those that the
    ``Kⱼ`` leave, and with clusters than those that the shares of the clusters on either side leave (Bell & McCaffrey
    2002). That of an outcome of 0 and 1 is cut at -1 and 1. With 2 or 3 clusters in a group it is wider than it need
    be.

    The score is taken as known. For the effect on those in the programme an estimated one may make the standard error
    too wide or too narrow (Abadie & Imbens 2016).

    Parameters
    ----------
    outcome
        A number, or 0 and 1 (or booleans), for each unit that was matched or not. Shape (n,).
    matches
        Of `match_pairs`.
    clusters
        A label for each unit, matched or not; those with the same label may depend on each other. Each group needs two
        with units in the sets. Shape (n,).
    level
        Confidence level, strictly between 0 and 1.

    Returns
    -------
    Estimate
        In the unit of the outcome. ``n`` are the units in the sets.

    Raises
    ------
    InvalidDataError
        When an input is not as described, there are fewer than two sets or comparison units, or nothing varies that a
        standard error could follow from.

    References
    ----------
    A. Abadie & G. W. Imbens (2006), Large sample properties of matching estimators for average treatment effects.
    Econometrica 74, 235-267.
    A. Abadie & G. W. Imbens (2016), Matching on the estimated propensity score. Econometrica 84, 781-807.
    A. Abadie & J. Spiess (2022), Robust post-matching inference. Journal of the American Statistical Association 117,
    983-995.
    R. M. Bell & D. F. McCaffrey (2002), Bias reduction in standard errors for linear regression with multi-stage
    samples. Survey Methodology 28, 169-181.
    A. C. Cameron, J. B. Gelbach & D. L. Miller (2011), Robust inference with multiway clustering. Journal of Business &
    Economic Statistics 29, 238-249.

    Examples
    --------
    The differences are 5 − 2 and 4 − 3.

    >>> from evaltools.effects import match_pairs
    >>> made = match_pairs([1, 1, 0, 0], [0.5, 0.6, 0.1, 0.55])
    >>> found = matched_difference([5, 4, 2, 3], made)
    >>> found.estimate, round(found.standard_error, 9)
    (2.0, 1.0)
    """
    problems: list[str] = []
    sets, weights = matches.sets, matches.weights
    check_aligned({"outcome": outcome, "clusters": clusters}, problems)
    observed = numbers("outcome", outcome, problems, n=len(weights))
    check_scale(("outcome",), observed, problems)
    check_level(level, problems)
    is_programme = np.zeros(len(weights), dtype=bool)
    is_programme[sets.programme] = True
    codes = clusters_of(clusters, is_programme, weights > 0, problems)
    check_spread(observed, (is_programme, ~is_programme & (weights > 0)), problems)
    m = len(sets.programme)
    if min(m, len(sets.comparison)) < 2:
        problems.append("matches hold one set, or one comparison unit; a standard error needs two or more")
    if codes is not None and sets.sizes.sum() > MOST_PAIRS:
        problems.append("matches hold too many ties for clusters; match on a finer score, or without replacement")
    refuse("matched_difference", problems)
    differences = observed[sets.programme] - sets.means(observed)
    effect = float(differences.mean())
    squares = float(((differences - effect) ** 2).sum())
    variance, degrees = squares / (m * (m - 1)), m - 1.0
    if codes is not None:
        variance, degrees = _between_clusters(observed, matches, codes)
    elif matches.replace:
        variance = (squares + _reuse(observed, matches)) / m**2
        degrees = min(degrees, degrees_of(sets.shares() / m))
    check_error("matched_difference", sqrt(variance), observed[weights > 0])
    found = with_error(
        "matched mean difference",
        effect,
        sqrt(variance),
        n=int((weights > 0).sum()),
        degrees=degrees,
        level=level,
        method=_method(matches, codes),
    )
    return within_bounds("matched_difference", found, observed[weights > 0])


def _method(matches: Matches, codes: Codes | None) -> str:
    if codes is not None:
        return f"pairs, two-way, {len(np.unique(codes[matches.weights > 0]))} clusters"
    return "Abadie-Imbens" if matches.replace else "differences within sets"


def _between_clusters(observed: Array, matches: Matches, codes: Codes) -> tuple[float, float]:
    """Variance of pairs that depend on each other where they share a cluster on either side, and its degrees."""
    one, other, shares = matches.sets.pairs()
    shares /= len(matches.sets.programme)
    differences = observed[one] - observed[other]
    pulls = shares * (differences - float(shares @ differences))
    both = codes[one] * (codes.max() + 1) + codes[other]
    labels = codes[one], codes[other], np.unique(both, return_inverse=True)[1]
    by_one, by_other, by_both = (float((np.bincount(each, pulls) ** 2).sum()) for each in labels)
    fewest = min(len(np.unique(each)) for each in labels[:2])
    variance = max(by_one, by_other, by_one + by_other - by_both)
    degrees = min(degrees_of(np.bincount(each, shares).astype(float)) for each in labels[:2])
    return fewest / (fewest - 1) * variance, degrees


def _reuse(observed: Array, matches: Matches) -> float:
    """``Σ (Kⱼ² − Lⱼ) σⱼ²``, over the comparison units that are in more than one set or share one."""
    sets = matches.sets
    reuse = np.zeros(len(observed))
    reuse[sets.comparison] = sets.shares() ** 2 - sets.shares(2)
    # The two nearest to a unit are itself and another: that with those as near makes k + 1 units.
    around = with_replacement(
        matches.score,
        sets.comparison[reuse[sets.comparison] > ROUNDING],
        sets.comparison,
        count=2,
        reach=inf,
        slack=ROUNDING * float(np.abs(matches.score).max()),
    )
    centred = observed - observed.mean()
    variances = around.means(centred**2) - around.means(centred) ** 2
    return float(reuse[around.programme] @ (around.sizes / (around.sizes - 1) * np.maximum(variances, 0)))
