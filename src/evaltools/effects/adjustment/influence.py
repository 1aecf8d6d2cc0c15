"""From how far each unit moves an estimate, its standard error and interval."""

from collections.abc import Iterable
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaltools.effects.estimate import Estimate, with_error
from evaltools.effects.inputs import Array, Mask
from evaltools.errors import many

Codes = NDArray[np.intp]


def check_spread(outcome: Array, groups: Iterable[Mask], problems: list[str]) -> None:
    """Check that an outcome differs within at least one of the groups that are compared."""
    if not problems and all(np.ptp(outcome[is_in]) == 0 for is_in in groups):
        problems.append("outcome is the same for everybody within each group; no standard error follows from that")


def codes_of(name: str, labels: Any, problems: list[str], *, n: int) -> Codes:
    """Give each unit the number of its label, or of its combination of several, from 0. Shape (n,)."""
    try:
        frame = pd.DataFrame(labels)
    except (TypeError, ValueError):  # pandas may quote values
        frame = pd.DataFrame()
    if len(frame) != n:
        problems.append(f"{name} has {many(len(frame), 'value')}; expected {n:,}, one for each unit")
        return np.zeros(n, dtype=np.intp)
    n_missing = int(frame.isna().any(axis=1).sum())
    if n_missing:
        problems.append(f"{name} is missing for {n_missing:,} of {n:,}; leave these units out, and count them")
    named = frame.set_axis(range(frame.shape[1]), axis=1)
    groups = named.groupby(list(named.columns), sort=False, dropna=False)
    return groups.ngroup().to_numpy().astype(np.intp)


def clusters_of(labels: Any, is_used: Mask, problems: list[str]) -> Codes | None:
    """Give each unit the number of its cluster, where there are clusters; two at least are used. Shape (n,)."""
    if labels is None:
        return None
    before = len(problems)
    codes = codes_of("clusters", labels, problems, n=len(is_used))
    if len(problems) == before and len(np.unique(codes[is_used])) < 2:
        problems.append("clusters are all the same; a standard error needs at least two, and far more to be trusted")
    return codes


def from_influence(
    estimate: float, influence: Array, is_used: Mask, clusters: Codes | None, *, level: float, measure: str, method: str
) -> Estimate:
    """Make an estimate of which each unit moves a part, with ``SE² = g/(g − 1) Σ (sum of influence in a cluster)²``.

    Of ``g`` clusters with somebody who is used, or else ``g`` such units. The interval is normal, or has the quantile
    of t with ``g − 1`` degrees of freedom where there are clusters (Cameron & Miller 2015, Journal of Human Resources
    50(2)).
    """
    n = int(is_used.sum())
    if clusters is None:
        error = sqrt(n / (n - 1) * float(influence @ influence))
        return with_error(measure, estimate, error, n=n, level=level, method=method)
    g, sums = len(np.unique(clusters[is_used])), np.bincount(clusters, weights=influence)
    error = sqrt(g / (g - 1) * float(sums @ sums))
    return with_error(measure, estimate, error, n=n, degrees=g - 1, level=level, method=f"{method}, {g} clusters")
