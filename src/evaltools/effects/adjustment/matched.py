"""Effects from matched sets."""

from math import inf, sqrt

import numpy as np
from numpy.typing import ArrayLike

from evaltools.effects.adjustment.influence import check_spread
from evaltools.effects.adjustment.matching import Matches
from evaltools.effects.adjustment.overlap import ROUNDING
from evaltools.effects.adjustment.sets import with_replacement
from evaltools.effects.estimate import Estimate, with_error
from evaltools.effects.inputs import Array, check_level, numbers, refuse


def matched_difference(outcome: ArrayLike, matches: Matches, *, level: float = 0.95) -> Estimate:
    """Estimate the effect on those in the programme who have a match.

    The mean of ``dᵢ = yᵢ −`` the mean outcome of the matches of ``i``, over the ``m`` who have one. The interval is
    normal, with a standard error of

    - without replacement: ``s_d/√m``, which takes what a set shares into account (Abadie & Spiess 2022);
    - with replacement: ``√(Σ (dᵢ − d̄)² + Σ (Kⱼ² − Lⱼ) σⱼ²)/m``, where comparison unit ``j`` is in sets with shares
      ``wᵢⱼ``, ``Kⱼ = Σ wᵢⱼ``, ``Lⱼ = Σ wᵢⱼ²``, and ``σⱼ²`` is the variance of the outcomes of ``j`` and of the
      comparison units with the nearest score (Abadie & Imbens 2006, theorem 7, as in R's ``Matching::Match``). With
      exact labels, these may have another one, which makes ``σⱼ²`` larger if anything.

    The score is taken as known. For the effect on those in the programme an estimated one may make the standard error
    too wide or too narrow (Abadie & Imbens 2016).

    Parameters
    ----------
    outcome
        A number, or 0 and 1 (or booleans), for each unit that was matched or not. Shape (n,).
    matches
        Of `match_pairs`.
    level
        Confidence level, strictly between 0 and 1.

    Returns
    -------
    Estimate
        In the unit of the outcome. ``n`` are the units in the sets.

    Raises
    ------
    InvalidDataError
        When an input is not as described, there are fewer than two sets or comparison units, or the outcome is the same
        for everybody in them.

    References
    ----------
    A. Abadie & G. W. Imbens (2006), Large sample properties of matching estimators for average treatment effects.
    Econometrica 74, 235-267.
    A. Abadie & G. W. Imbens (2016), Matching on the estimated propensity score. Econometrica 84, 781-807.
    A. Abadie & J. Spiess (2022), Robust post-matching inference. Journal of the American Statistical Association 117,
    983-995.

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
    observed = numbers("outcome", outcome, problems, n=len(weights))
    check_level(level, problems)
    is_programme = np.zeros(len(weights), dtype=bool)
    is_programme[sets.programme] = True
    check_spread(observed, (is_programme, ~is_programme & (weights > 0)), problems)
    m = len(sets.programme)
    if min(m, len(sets.comparison)) < 2:
        problems.append("matches hold one set, or one comparison unit; a standard error needs two or more")
    refuse("matched_difference", problems)
    differences = observed[sets.programme] - sets.means(observed)
    effect = float(differences.mean())
    squares = float(((differences - effect) ** 2).sum())
    variance = (squares + _reuse(observed, matches)) / m**2 if matches.replace else squares / (m * (m - 1))
    return with_error(
        "matched mean difference",
        effect,
        sqrt(variance),
        n=int((weights > 0).sum()),
        level=level,
        method="Abadie-Imbens" if matches.replace else "differences within sets",
    )


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
