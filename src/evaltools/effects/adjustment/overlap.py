"""How far two groups overlap, and how much weighting leaves of them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from evaltools.effects.inputs import Array, Mask, check_aligned, numbers, programme_group, refuse
from evaltools.effects.shown import Shown
from evaltools.errors import many

QUANTILES = {"lowest": 0.0, "quartile_1": 0.25, "median": 0.5, "quartile_3": 0.75, "highest": 1.0}
ROUNDING = 1e-13
"""Scores that differ by less than this share of the largest are alike."""

SCALE = 1e100
"""The square of a larger number, or of one over it, is none that the computer can hold."""


class Weights(Shown):
    """What holds ``weights`` of units: of propensities, of entropy balancing or of matches."""

    __slots__ = ()
    weights: Array


def effective_n(weights: Array) -> float:
    """How many units without weights tell as much: ``(Σw)²/Σw²`` (Kish 1965, Survey Sampling)."""
    return float(weights.sum() ** 2 / (weights @ weights))


def within(score: Array, lowest: float, highest: float) -> Mask:
    """Whether scores lie within two bounds; those of like units may differ in the last bits."""
    slack = ROUNDING * max(abs(lowest), abs(highest))
    return np.asarray((score >= lowest - slack) & (score <= highest + slack))


def check_scale(names: Sequence[str], values: Array | Mask, problems: list[str]) -> None:
    """Check that squares of numbers can be worked out. Shape (n,), or (n, k) with a name for each column."""
    if not values.size:
        return
    largest = np.atleast_1d(np.where(np.isfinite(values), np.abs(values), 0).max(axis=0))
    wrong = [name for name, size in zip(names, largest, strict=True) if size and not 1 / SCALE < size < SCALE]
    problems += [f"{name} is too large or too small to compute with; give it another unit" for name in wrong]


def weights_of_groups(
    weights: ArrayLike | Weights, is_programme: Mask, problems: list[str], *, least: int = 1
) -> Array:
    """Take weights of at least 0, above it for some in both groups. Shape (n,)."""
    before = len(problems)
    values = weights.weights if isinstance(weights, Weights) else weights
    made = numbers("weights", values, problems, n=len(is_programme))
    check_scale(("weights",), made, problems)
    n_negative = int((made < 0).sum())
    if n_negative:
        problems.append(f"weights has {many(n_negative, 'value')} below 0; expected 0 or more")
    if len(problems) > before:
        return np.ones(len(is_programme))
    problems += [
        f"weights has {many(n_used, 'value')} above 0 in the {group} group; expected at least {least}"
        for group, is_in in (("programme's", is_programme), ("comparison", ~is_programme))
        if (n_used := int((made[is_in] > 0).sum())) < least
    ]
    return made


def overlap_report(
    programme: ArrayLike, propensity: ArrayLike, *, weights: ArrayLike | Weights | None = None
) -> pd.DataFrame:
    """Describe where the propensities of two groups lie, and how few units carry the weights.

    A group of which many lie outside the range of the other, or whose weights lie with a few, is compared by what a
    model says where there are no data.

    Parameters
    ----------
    programme
        Who is in the programme. Shape (n,).
    propensity
        Or any other score that is higher for those more often in the programme. Shape (n,).
    weights
        Propensity weights, entropy weights, matches, or a number for each unit; all alike when left out. Shape (n,).

    Returns
    -------
    pandas.DataFrame
        A row for ``programme`` and ``comparison``: ``n``; ``lowest``, ``quartile_1``, ``median``, ``quartile_3`` and
        ``highest`` of the propensity; ``share_outside`` the range of the other group; ``n_unused`` with weight 0
        (trimmed or not matched); ``effective_n``, Kish's ``(Σw)²/Σw²``; and ``largest_share`` of one unit in the
        weights of its group.

    Raises
    ------
    InvalidDataError
        When an input is not as described.

    Examples
    --------
    >>> report = overlap_report([1, 1, 0, 0, 0], [0.5, 0.9, 0.5, 0.2, 0.1], weights=[1, 1, 1, 1, 0])
    >>> report[["share_outside", "n_unused", "effective_n", "largest_share"]].round(3).loc["comparison"].tolist()
    [0.667, 1.0, 2.0, 0.5]
    """
    problems: list[str] = []
    check_aligned({"programme": programme, "propensity": propensity, "weights": weights}, problems)
    is_programme = programme_group(programme, problems)
    score = numbers("propensity", propensity, problems, n=len(is_programme))
    check_scale(("propensity",), score, problems)
    used = np.ones(len(is_programme)) if weights is None else weights_of_groups(weights, is_programme, problems)
    refuse("overlap_report", problems)
    groups = {"programme": is_programme, "comparison": ~is_programme}
    return pd.DataFrame(
        {name: _describe(score[is_in], score[~is_in], used[is_in]) for name, is_in in groups.items()}
    ).T.astype({"n": int, "n_unused": int})


def _describe(score: Array, others: Array, weights: Array) -> dict[str, float]:
    quantiles = np.quantile(score, list(QUANTILES.values()))
    return {
        "n": len(score),
        **dict(zip(QUANTILES, map(float, quantiles), strict=True)),
        "share_outside": float(1 - within(score, others.min(), others.max()).mean()),
        "n_unused": int((weights == 0).sum()),
        "effective_n": effective_n(weights),
        "largest_share": float(weights.max() / weights.sum()),
    }
