"""Comparing how fast events come, over the whole of the time."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from evaltools.effects.durations.risk_sets import read_durations
from evaltools.effects.estimate import Estimate
from evaltools.effects.inputs import Array, check_collinear, check_level, columns, programme_group, refuse, truths
from evaltools.errors import many

RUNS_AWAY = 50.0
"""Standard error, for one standard deviation of a covariate, of a coefficient that has no maximum."""
FLAT = 1e-4
"""Slope of the likelihood at its maximum, for one standard error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRank:
    """Test of equal hazards.

    Attributes
    ----------
    statistic
        Chi-squared, with ``degrees_of_freedom`` one less than there are groups.
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
    group = programme_group(programme, problems)
    events = truths("event", event, problems, n=len(group))
    others, names = (
        (np.zeros((len(group), 0)), ()) if covariates is None else columns(covariates, problems, n=len(group))
    )
    if not problems:
        empty = [word for word, mask in (("programme", group), ("comparison", ~group)) if not events[mask].any()]
        problems += [f"the {word}'s group has no event: the ratio is 0 or has no end" for word in empty]
    exog = np.column_stack([group, others]).astype(np.float64)
    if not problems:
        check_collinear(exog, ("programme", *names), problems)
    durations = read_durations("hazard_ratio", time, events.astype(np.int64), problems=problems, entry=entry)
    coefficient, error, p_value = _cox(durations.time, exog, events, durations.entry, ("programme", *names))
    margin = float(-ndtri((1 - level) / 2)) * error
    return Estimate(
        measure="hazard ratio",
        estimate=float(np.exp(coefficient)),
        lower=float(np.exp(coefficient - margin)),
        upper=float(np.exp(coefficient + margin)),
        level=level,
        standard_error=error,
        p_value=p_value,
        n=len(group),
        method="Cox, Efron",
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
    from statsmodels.duration.survfunc import survdiff

    problems: list[str] = []
    events = truths("event", event, problems)
    if not events.any() and not problems:
        problems.append("nobody had an event")
    durations = read_durations("logrank_test", time, events.astype(np.int64), problems=problems, group=group)
    if len(durations.groups) < 2:
        refuse("logrank_test", ["group is the same for everybody; two or more are compared"])
    layers = (
        None if strata is None else read_durations("logrank_test", time, events.astype(np.int64), group=strata).group
    )
    statistic, p_value = survdiff(durations.time, durations.cause, durations.group, strata=layers)
    return LogRank(
        statistic=float(statistic),
        degrees_of_freedom=len(durations.groups) - 1,
        p_value=float(p_value),
        n=len(durations.time),
    )


def _cox(
    time: Array, exog: Array, event: np.ndarray, entry: Array | None, names: tuple[str, ...]
) -> tuple[float, float, float]:
    """Coefficient of the first column, its standard error and p-value."""
    from statsmodels.duration.hazard_regression import PHReg

    # In standard deviations the size of a coefficient says the same for every covariate.
    scale = exog.std(axis=0)
    model = PHReg(time, (exog - exog.mean(axis=0)) / scale, status=event.astype(np.float64), entry=entry, ties="efron")
    with warnings.catch_warnings():
        # What it says of a search without end is said below, of what is found.
        warnings.simplefilter("ignore")
        fit = model.fit(disp=0)
    runs_away = [name for name, error in zip(names, fit.bse, strict=True) if not error < RUNS_AWAY]
    if runs_away:
        refuse(
            "hazard_ratio",
            [
                f"events are told without error by {', '.join(runs_away)}: the likelihood has no maximum; leave it out or join levels"
            ],
        )
    if not np.abs(model.score(fit.params) * fit.bse).max() < FLAT:
        refuse(
            "hazard_ratio", [f"no maximum of the likelihood was found with {many(len(names), 'covariate')}; take fewer"]
        )
    return float(fit.params[0] / scale[0]), float(fit.bse[0] / scale[0]), float(fit.pvalues[0])
