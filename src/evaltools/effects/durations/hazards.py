"""Comparing how fast events come, over the whole of the time."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from evaltools.effects.durations.cox import fit_cox
from evaltools.effects.durations.data import Durations, read_durations, read_labels
from evaltools.effects.estimate import Estimate, with_error
from evaltools.effects.inputs import Array, check_aligned, check_collinear, check_level, columns, refuse
from evaltools.effects.shown import Shown
from evaltools.errors import many

TOLD = 1e-10
"""A variance below this is none, but for rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRank(Shown):
    """Test of equal hazards.

    Attributes
    ----------
    statistic
        Chi-squared, with ``degrees_of_freedom`` one less than there are groups that can be compared.
    p_value
        Of a statistic at least as large where hazards are equal.
    n
        Units.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    n: int


def hazard_ratio(
    time: ArrayLike,
    event: ArrayLike,
    programme: ArrayLike,
    covariates: Any = None,
    *,
    entry: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Ratio of the hazards of two groups, by Cox regression with Efron's handling of ties.

    Who has an event of another cause is censored by the caller, and the ratio is then of the cause-specific hazard: it says
    how fast events come among those still at risk, not how many there are in the end. For that, take
    `incidence_difference`. The interval is ``exp(b ± z · se)`` and the p-value that of Wald.

    Parameters
    ----------
    time, event, entry
        As in `kaplan_meier`.
    programme
        Who is in the programme's group. Shape (n,).
    covariates
        To adjust for: a DataFrame (text and categories become a column for each level but the first) or an array of shape
        (n, k).
    level
        Confidence level.

    Returns
    -------
    Estimate
        ``standard_error`` is that of the logarithm of the ratio.

    Raises
    ------
    InvalidDataError
        When a value is missing or impossible, a covariate is the same for everybody or follows from the others, a group
        has no event, or the events are told by a covariate, so that the likelihood has no maximum.

    References
    ----------
    Cox (1972), JRSS B 34, 187-220; Efron (1977), JASA 72, 557-565.

    Examples
    --------
    The likelihood of ``r`` is ``r / (2r + 1) · 1 / (1 + r)``, largest at ``√½``.

    >>> round(hazard_ratio([1, 2, 3], [True, True, True], [True, False, True]).estimate, 6)
    0.707107
    """
    problems: list[str] = []
    check_level(level, problems)
    check_aligned({"time": time, "covariates": covariates}, problems)
    others, names = (None, ()) if covariates is None else columns(covariates, problems)
    durations = read_durations("hazard_ratio", time, event=event, programme=programme, entry=entry, problems=problems)
    n = len(durations.time)
    in_programme = durations.group == 1
    if others is not None and len(others) != n:
        problems.append(f"covariates has {many(len(others), 'row')}; expected {n:,}, one for each unit")
        refuse("hazard_ratio", problems)
    exog = np.column_stack([in_programme, np.zeros((n, 0)) if others is None else others]).astype(np.float64)
    problems += [
        f"nobody in the {word} group has an event: the ratio is 0 or has no end"
        for word, mask in (("programme's", in_programme), ("comparison", ~in_programme))
        if not durations.is_event[mask].any()
    ]
    if not problems:
        check_collinear(exog, ("programme", *names), problems)
    refuse("hazard_ratio", problems)
    coefficient, error = fit_cox(durations, exog, ("programme", *names), function="hazard_ratio")
    found = with_error("hazard ratio", float(coefficient[0]), float(error[0]), n=n, level=level, method="cox, efron")
    return replace(
        found,
        estimate=float(np.exp(found.estimate)),
        lower=float(np.exp(found.lower)),
        upper=float(np.exp(found.upper)),
    )


def logrank_test(time: ArrayLike, event: ArrayLike, group: ArrayLike, *, strata: ArrayLike | None = None) -> LogRank:
    """Test whether the hazards of two or more groups are the same at all times.

    Compares the events of each group at each time with what its share of those at risk would give. It is strongest where
    hazards are proportional, and can miss curves that cross. It is of a hazard: with competing exits, a difference may come
    from the other causes.

    Parameters
    ----------
    time, event
        As in `kaplan_meier`.
    group
        Label of a group for each unit. Shape (n,).
    strata
        Label of a stratum for each unit: events are compared within it. Shape (n,).

    Returns
    -------
    LogRank

    Raises
    ------
    InvalidDataError
        As `kaplan_meier`; when there is one group, or nobody had an event.

    References
    ----------
    Mantel (1966), Cancer Chemotherapy Reports 50, 163-170.

    Examples
    --------
    >>> round(logrank_test([1, 2, 3, 4], [True] * 4, ["a", "a", "b", "b"]).p_value, 4)
    0.0896
    """
    problems: list[str] = []
    durations = read_durations("logrank_test", time, event=event, group=group)
    n, n_groups = len(durations.time), len(durations.groups)
    check_aligned({"time": time, "strata": strata}, problems)
    layer = np.zeros(n, dtype=np.int64) if strata is None else read_labels("strata", strata, problems, n)[0]
    if n_groups < 2:
        problems.append("group is the same for everybody; two or more are compared")
    if not durations.is_event.any():
        problems.append("nobody had an event")
    refuse("logrank_test", problems)
    difference, variance = np.zeros(n_groups), np.zeros((n_groups, n_groups))
    for each in range(int(layer.max()) + 1):
        of_layer = _observed_less_expected(durations.only(layer == each), n_groups)
        difference, variance = difference + of_layer[0], variance + of_layer[1]
    # A group that is never at risk at an event, or only by itself, has nothing to be compared with.
    told = np.diag(variance) > TOLD
    inverse = np.linalg.pinv(variance[np.ix_(told, told)], hermitian=True, rcond=TOLD)
    degrees = int(np.linalg.matrix_rank(variance[np.ix_(told, told)], hermitian=True, rtol=TOLD)) if told.any() else 0
    if not degrees:
        refuse(
            "logrank_test", ["no two groups are ever at risk at the same time as an event; there is nothing to compare"]
        )
    statistic = float(difference[told] @ inverse @ difference[told])
    return LogRank(statistic=statistic, degrees_of_freedom=degrees, p_value=float(chdtrc(degrees, statistic)), n=n)


def _observed_less_expected(durations: Durations, n_groups: int) -> tuple[Array, Array]:
    """Events of each group less those expected, and their variance, over the times of events. Shapes (g,) and (g, g)."""
    times, place = np.unique(durations.time, return_inverse=True)
    code = place * n_groups + (0 if durations.group is None else durations.group)
    shape = len(times), n_groups
    size = shape[0] * n_groups
    at_risk = np.bincount(code, minlength=size).reshape(shape)[::-1].cumsum(axis=0)[::-1].astype(np.float64)
    events = np.bincount(code[durations.is_event], minlength=size).reshape(shape).sum(axis=1)
    of_group = np.bincount(code[durations.is_event], minlength=size).reshape(shape).sum(axis=0)
    total = at_risk.sum(axis=1)
    share = at_risk / total[:, None]
    # Hypergeometric, as events are drawn without replacement from those at risk at their time.
    factor = events * (total - events) / np.maximum(total - 1, 1)
    variance = np.diag(factor @ share) - (share * factor[:, None]).T @ share
    return of_group - events @ share, variance
