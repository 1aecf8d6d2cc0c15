"""From how far each unit moves an estimate, its standard error and interval."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaltools.effects.estimate import Estimate, with_error
from evaltools.effects.inputs import Array, Mask, refuse
from evaltools.errors import many

NOTHING = 1e-10
"""A standard error of less than this share of the range of the outcome is one of rounding."""
ALL_BUT_ONE = 1e-6
"""Where no more than this share is with others than one unit, degrees of freedom are rounding; the least is 1."""

Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """Who is compared.

    Attributes
    ----------
    outcome, is_programme, weights
        Of all units; those with a weight of 0 are not used. Shape (n,).
    clusters
        Number of the cluster of each unit, where there are clusters. Shape (n,).
    """

    outcome: Array
    is_programme: Mask
    weights: Array
    clusters: Codes | None

    @property
    def shares(self) -> Array:
        """Weights that add up to 1 in each group. Shape (n,)."""
        totals = self.weights[self.is_programme].sum(), self.weights[~self.is_programme].sum()
        return np.asarray(self.weights / np.where(self.is_programme, *totals))


def check_spread(outcome: Array, groups: Iterable[Mask], problems: list[str]) -> None:
    """Check that an outcome differs within at least one of the groups that are compared."""
    if not problems and all(np.ptp(outcome[is_in]) == 0 for is_in in groups):
        problems.append("outcome is the same for everybody within each group; no standard error follows from that")


def codes_of(name: str, labels: Any, problems: list[str], *, n: int) -> Codes:
    """Give each unit the number of its label, or of its combination of several, from 0. Shape (n,)."""
    nobody = np.zeros(n, dtype=np.intp)
    try:
        frame = pd.DataFrame(labels)
    except (TypeError, ValueError):  # pandas may quote values
        frame = pd.DataFrame()
    if len(frame) != n:
        problems.append(f"{name} has {many(len(frame), 'value')}; expected {n:,}, one for each unit")
        return nobody
    n_missing = int(frame.isna().any(axis=1).sum())
    if n_missing:
        problems.append(f"{name} is missing for {n_missing:,} of {n:,}; leave these units out, and count them")
    named = frame.set_axis(range(frame.shape[1]), axis=1)
    try:
        groups = named.groupby(list(named.columns), sort=False, dropna=False)
        return groups.ngroup().to_numpy().astype(np.intp)
    except (TypeError, ValueError):  # of lists, and of no column at all
        problems.append(f"{name} holds no labels; expected text or whole numbers")
        return nobody


def clusters_of(labels: Any, is_programme: Mask, is_used: Mask, problems: list[str]) -> Codes | None:
    """Give each unit the number of its cluster, where there are clusters; each group has two at least. Shape (n,)."""
    if labels is None:
        return None
    before = len(problems)
    codes = codes_of("clusters", labels, problems, n=len(is_used))
    if len(problems) == before:
        groups = {"programme's": is_programme & is_used, "comparison": ~is_programme & is_used}
        problems += [
            f"clusters are all the same in the {group} group; expected two at least, as one does not show how they "
            "differ; one that is followed before and after is for difference_in_differences"
            for group, is_in in groups.items()
            if len(np.unique(codes[is_in])) == 1
        ]
    return codes


def from_influence(
    sample: Sample, estimate: float, influence: Array, *, function: str, level: float, measure: str, method: str
) -> Estimate:
    """Make an estimate of which each unit moves a part.

    ``SE² = Σ (√(g₁/(g₁ − 1)) φ₁ + √(g₀/(g₀ − 1)) φ₀)²`` over clusters, or units where there are none, with ``φ₁`` and
    ``φ₀`` the sums of the influence of a cluster's units in either group, and ``g₁`` and ``g₀`` the numbers of clusters
    that have such units. Where groups share no cluster it is the variance of a sample in two strata.

    The interval has the quantile of t with ``(V₁ + V₀)²/(V₁²/f₁ + V₀²/f₀)`` degrees of freedom (Welch 1947), where
    ``V`` is the part of a group and ``f`` its `degrees_of`, and no more than the number of clusters less one.
    """
    codes = np.arange(len(influence)) if sample.clusters is None else sample.clusters
    n_codes, is_used, shares = int(codes.max()) + 1, sample.weights > 0, sample.shares
    moved = np.zeros(n_codes)
    variances: list[float] = []
    degrees: list[float] = []
    for is_in in (sample.is_programme, ~sample.is_programme):
        g = int(np.count_nonzero(np.bincount(codes[is_in & is_used])))
        own = sqrt(g / (g - 1)) * np.bincount(codes[is_in], influence[is_in], n_codes)
        moved += own
        variances.append(float(own @ own))
        degrees.append(degrees_of(np.bincount(codes[is_in], shares[is_in]).astype(float)))
    n_clusters = int(np.count_nonzero(np.bincount(codes[is_used])))
    error = sqrt(float(moved @ moved))
    check_error(function, error, sample.outcome[is_used])
    of_groups = [part / sum(variances) for part in variances]
    welch = 1 / sum(part**2 / freedom for part, freedom in zip(of_groups, degrees, strict=True))
    found = with_error(
        measure,
        estimate,
        error,
        n=int(is_used.sum()),
        degrees=min(float(welch), n_clusters - 1.0),
        level=level,
        method=method if sample.clusters is None else f"{method}, {n_clusters} clusters",
    )
    return within_bounds(function, found, sample.outcome[is_used])


def degrees_of(shares: Array) -> float:
    """Degrees of freedom of the variance ``Σ pᵢ² (yᵢ − m)²`` of a weighted mean ``m = Σ pᵢ yᵢ`` with ``Σ pᵢ = 1``.

    Those of Bell & McCaffrey (2002, Survey Methodology 28, 169-181): ``tr(M)²/tr(M²)`` with the variance ``y'My`` of
    outcomes that vary alike. They are ``n − 1`` for equal shares.
    """
    p = shares[shares > 0]
    d, squares = p**2, float(p @ p)
    trace = float(d @ (1 - 2 * p + squares))
    if trace <= ALL_BUT_ONE * squares:
        return 1.0
    # M is the diagonal d, less p d' + d p', and plus Σd p p'.
    cross, dd = float(p @ d), float(d @ d)
    of_square = dd + 2 * float(d @ (squares * d - 2 * p * d))
    of_square += 2 * cross**2 + 2 * squares * dd - 4 * squares**2 * cross + squares**4
    return max(trace**2 / of_square, 1.0)


def check_error(function: str, error: float, outcome: Array) -> None:
    """Refuse an estimate of which the data do not say how far it may be off."""
    if error <= NOTHING * float(np.ptp(outcome)):
        problem = (
            "nothing varies beside what is compared, so that no standard error follows: outcomes are told exactly, or "
            "differ alike in every match or cluster; take more units or fewer covariates"
        )
        refuse(function, [problem])


def within_bounds(function: str, found: Estimate, outcome: Array) -> Estimate:
    """Cut the interval of a difference of shares at -1 and 1, where the outcome is 0 or 1."""
    if not np.isin(outcome, (0, 1)).all():
        return found
    if abs(found.estimate) > 1:
        problem = (
            "the estimate of an outcome of 0 and 1 lies beyond -1 to 1: regressions are carried to where there is nobody; "
            "take outcome_model='logistic' or fewer covariates, or leave out units that have none like them"
        )
        refuse(function, [problem])
    return replace(found, lower=max(found.lower, -1.0), upper=min(found.upper, 1.0))
