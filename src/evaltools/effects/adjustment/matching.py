"""Pairs of units from two groups that are alike on one score."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from evaltools.effects.adjustment.influence import Codes, codes_of
from evaltools.effects.adjustment.nearest import Rows
from evaltools.effects.adjustment.overlap import ROUNDING, Weights, check_scale
from evaltools.effects.adjustment.sets import Sets, joined, with_replacement, without_replacement
from evaltools.effects.inputs import Array, Mask, check_aligned, check_number, numbers, programme_group, refuse


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matches(Weights):
    """Who in the comparison group stands for whom in the programme's group.

    Attributes
    ----------
    weights
        1 for who has a match in the programme's group, and for a comparison unit the sum of its shares in the sets in
        which it is: ``1/k`` of a set of ``k``. 0 for everybody else. Shape (n,).
    n_unmatched
        Units of the programme's group without a match: the effect is not theirs.
    n_unused
        Units of the comparison group that are nobody's match.
    replace
        Whether one comparison unit could be the match of several.
    score
        What they are alike on. Shape (n,).
    sets
        The pairs, in a form that takes little room.
    """

    weights: Array
    n_unmatched: int
    n_unused: int
    replace: bool
    score: Array = field(repr=False)
    sets: Sets = field(repr=False)

    def pairs(self) -> pd.DataFrame:
        """Write out the pairs.

        Returns
        -------
        pandas.DataFrame
            ``programme`` and ``comparison``, rows of the input from 0; their ``distance``; ``weight``, 1 over the
            number of pairs of that programme unit. Sorted by the first two.
        """
        one, other, weight = self.sets.pairs()
        made = {
            "programme": one,
            "comparison": other,
            "distance": np.abs(self.score[one] - self.score[other]),
            "weight": weight,
        }
        return pd.DataFrame(made).sort_values(["programme", "comparison"], ignore_index=True)


def match_pairs(
    programme: ArrayLike,
    score: ArrayLike,
    *,
    caliper: float | None = None,
    replace: bool = False,
    ratio: int = 1,
    exact: Any = None,
) -> Matches:
    """Match each unit of the programme's group to the comparison units that are nearest on a score.

    Without replacement each comparison unit is used once at most: programme units choose in turn, the highest score
    first (those with the fewest like them, and the default of MatchIt; equal scores by row), in ``ratio`` rounds. Of
    two that are equally near the first row is taken.

    With replacement each programme unit gets its ``ratio`` nearest, and all that are as near as the last of them, each
    with an equal share (Abadie & Imbens 2006): the result does not depend on the order of the rows.

    Scores are equal when they differ by less than 10⁻¹³ of the largest: like units do in the last bits.

    Parameters
    ----------
    programme
        Who is in the programme: booleans, or 0 and 1. Shape (n,).
    score
        The logit of the propensity (``PropensityWeights.logit``), or any other number. Shape (n,).
    replace
        Whether a comparison unit can be the match of several.
    ratio
        Matches for each programme unit, where there are as many.
    caliper
        Largest distance, in standard deviations of the score, ``√((s₁² + s₀²)/2)`` of both groups; 0.2 of the logit in
        Austin (2011). Who has nobody within it stays without a match, and is counted.
    exact
        Labels that must be the same in a pair: shape (n,), or a DataFrame of several. One row per unit.

    Returns
    -------
    Matches

    Raises
    ------
    InvalidDataError
        When an input is not as described, or nobody has a match.

    References
    ----------
    P. R. Rosenbaum & D. B. Rubin (1985), Constructing a control group using multivariate matched sampling methods that
    incorporate the propensity score. The American Statistician 39, 33-38.
    P. C. Austin (2011), Optimal caliper widths for propensity-score matching when estimating differences in means and
    differences in proportions in observational studies. Pharmaceutical Statistics 10, 150-161.
    A. Abadie & G. W. Imbens (2006), Large sample properties of matching estimators for average treatment effects.
    Econometrica 74, 235-267.

    Examples
    --------
    Unit 1 has the highest score and takes unit 3, which is nearest to both; unit 0 is left with unit 2.

    >>> made = match_pairs([1, 1, 0, 0], [0.5, 0.6, 0.1, 0.55])
    >>> made.pairs()[["programme", "comparison"]].values.tolist()
    [[0, 2], [1, 3]]
    >>> match_pairs([1, 1, 0, 0], [0.5, 0.6, 0.1, 0.55], replace=True).weights.tolist()
    [1.0, 1.0, 0.0, 2.0]
    """
    problems: list[str] = []
    check_aligned({"programme": programme, "score": score, "exact": exact}, problems)
    is_programme = programme_group(programme, problems)
    n = len(is_programme)
    made = numbers("score", score, problems, n=n)
    check_scale(("score",), made, problems)
    strata = None if exact is None else codes_of("exact", exact, problems, n=n)
    _check_options(is_programme, caliper, ratio, problems)
    refuse("match_pairs", problems)
    search = partial(
        with_replacement if replace else without_replacement,
        count=ratio,
        reach=np.inf if caliper is None else caliper * _spread(made, is_programme),
        slack=ROUNDING * float(np.abs(made).max()),
    )
    found = [search(made, ours, others) for ours, others in _strata(strata, is_programme)]
    if not any(len(each.programme) for each in found):
        problems.append("nobody in the programme's group has a match; widen the caliper, or coarsen the exact labels")
    refuse("match_pairs", problems)
    sets = joined(found)
    weights = np.zeros(n)
    weights[sets.programme] = 1
    weights[sets.comparison] = sets.shares()
    return Matches(
        weights=weights,
        n_unmatched=int(is_programme.sum()) - len(sets.programme),
        n_unused=int((~is_programme & (weights == 0)).sum()),
        replace=replace,
        score=made,
        sets=sets,
    )


def _check_options(is_programme: Mask, caliper: float | None, ratio: int, problems: list[str]) -> None:
    if isinstance(ratio, bool) or not isinstance(ratio, int | np.integer) or ratio < 1:
        problems.append("ratio is no whole number of at least 1")
    if caliper is None:
        return
    check_number(
        "caliper",
        caliper,
        problems,
        is_allowed=lambda width: width >= 0,
        expected="a number of standard deviations, 0 or more",
    )
    if min(is_programme.sum(), (~is_programme).sum()) < 2:
        problems.append("caliper is in standard deviations; expected at least two units in each group, or no caliper")


def _spread(score: Array, is_programme: Mask) -> float:
    return float(np.sqrt((score[is_programme].var(ddof=1) + score[~is_programme].var(ddof=1)) / 2))


def _strata(codes: Codes | None, is_programme: Mask) -> Iterator[tuple[Rows, Rows]]:
    """Rows of the programme's and the comparison group, of each stratum that has both."""
    if codes is None:
        yield np.flatnonzero(is_programme), np.flatnonzero(~is_programme)
        return
    order = np.argsort(codes, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        ours, others = rows[is_programme[rows]], rows[~is_programme[rows]]
        if len(ours) and len(others):
            yield ours, others
