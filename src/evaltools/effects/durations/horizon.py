"""What can be said at one horizon: a difference in incidence, a mean time up to it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtr

from evaltools.effects.durations.curves import NOTHING, TOO_LONG, deviate, exact_limit, incidence_of, limits
from evaltools.effects.durations.data import Durations, read_durations
from evaltools.effects.durations.risk_sets import RiskSets, risk_sets
from evaltools.effects.durations.variance import restricted_mean_variance
from evaltools.effects.estimate import Estimate
from evaltools.effects.inputs import Array, check_level, check_number, refuse
from evaltools.errors import InvalidDataError, did_you_mean

FARTHEST = 38.0
"""Standard normal deviates beyond this have a probability that is no number."""


def incidence_difference(
    time: ArrayLike,
    cause: ArrayLike,
    programme: ArrayLike,
    horizon: float,
    *,
    of: Any = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Difference between two groups in the share that has had an event of one cause by a horizon.

    The cumulative incidence of the programme's group minus that of the comparison (`cumulative_incidence`), so that
    competing exits and censoring are taken into account. The interval takes the limits ``l`` and ``u`` of both curves
    along (MOVER): ``d − √((F₁ − l₁)² + (u₀ − F₀)²)`` to ``d + √((u₁ − F₁)² + (F₀ − l₀)²)``. It is not symmetric, and has
    a width where a group had no event. The p-value is 1 minus the level of the interval that ends at 0.

    Parameters
    ----------
    time, cause, entry, weights, level
        As in `cumulative_incidence`.
    programme
        Who is in the programme's group. Shape (n,).
    horizon
        In the unit of ``time``. Both groups must be followed until then.
    of
        The cause; may be left out where there is one.

    Returns
    -------
    Estimate

    Raises
    ------
    InvalidDataError
        As `cumulative_incidence`; when a group is empty, the cause does not occur, or nobody in a group is followed
        until the horizon.

    References
    ----------
    Zou & Donner (2008), Statistics in Medicine 27, 1693-1702 (MOVER); Newcombe (1998), Statistics in Medicine 17, 873-890
    uses the same for two proportions.

    Examples
    --------
    Without censoring the incidence is a share: 3 of 4 against 1 of 4.

    >>> found = incidence_difference([1, 2, 3, 9, 2, 9, 9, 9], [1, 1, 1, 0, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0], 6)
    >>> found.estimate
    0.5
    """
    name = "incidence_difference"
    durations = read_durations(
        name, time, cause=cause, programme=programme, entry=entry, weights=weights, problems=_checks(horizon, level)
    )
    column = _column(name, durations, of)
    comparison, own = (_Share.of(sets, column, horizon) for sets in _groups(name, durations, horizon))
    return _difference(
        "incidence difference", own, comparison, level, len(durations.time), "aalen-johansen, log-log, mover"
    )


def restricted_mean(
    time: ArrayLike,
    event: ArrayLike,
    horizon: float,
    *,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Mean time without the event up to a horizon: the area under `kaplan_meier`.

    Such as the months on benefit in the first year. The horizon minus it is the mean time after the event. The variance is
    ``Σ A² d / (Y (Y − d))`` with ``A`` the area from each time to the horizon; with weights, or entries at different times,
    that of the infinitesimal jackknife, which takes weights as given. The interval is the normal one of the logit of the mean as a share of the horizon: as the mean itself is
    skew in small groups, one around it, as in R, holds the truth too seldom (see docs/coverage.md). Where nobody had an event
    by the horizon, it begins at the horizon times the exact lower limit of `kaplan_meier` there.

    Parameters
    ----------
    time, event, entry, weights, level
        As in `kaplan_meier`.
    horizon
        In the unit of ``time``; somebody must be followed until then.

    Returns
    -------
    Estimate
        In the unit of ``time``.

    Raises
    ------
    InvalidDataError
        As `kaplan_meier`; when nobody is followed until the horizon, or everybody has the event at the same time, so that
        nothing is known of the spread.

    References
    ----------
    Irwin (1949), Journal of Hygiene 47, 188-189; Royston & Parmar (2013), BMC Medical Research Methodology 13, 152.

    Examples
    --------
    Without censoring it is a mean: of 1, 3, 6 and 6 months up to six.

    >>> restricted_mean([1, 3, 7, 9], [True, True, True, True], 6).estimate
    4.0
    """
    durations = read_durations(
        "restricted_mean", time, event=event, entry=entry, weights=weights, problems=_checks(horizon, level)
    )
    (mean,) = (_Mean.of(sets, horizon, "restricted_mean") for sets in _groups("restricted_mean", durations, horizon))
    lower, upper = mean.limits(deviate(level))
    return Estimate(
        measure="restricted mean",
        estimate=mean.value,
        lower=lower,
        upper=upper,
        level=level,
        standard_error=mean.standard_error,
        p_value=None,
        n=len(durations.time),
        method="area under kaplan-meier, logit",
    )


def restricted_mean_difference(
    time: ArrayLike,
    event: ArrayLike,
    programme: ArrayLike,
    horizon: float,
    *,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Difference between two groups in `restricted_mean`: the area between two survival curves up to a horizon.

    The interval takes the limits of both along, as in `incidence_difference`. The p-value is 1 minus the level of the
    interval that ends at 0.

    Parameters
    ----------
    time, event, entry, weights, level
        As in `kaplan_meier`.
    programme
        Who is in the programme's group. Shape (n,).
    horizon
        In the unit of ``time``. Both groups must be followed until then.

    Returns
    -------
    Estimate

    Raises
    ------
    InvalidDataError
        As `restricted_mean`, for each of the groups; when one is empty.

    Examples
    --------
    >>> restricted_mean_difference([1, 3, 7, 9, 2, 4, 3, 7], [True] * 8, [1, 1, 1, 1, 0, 0, 0, 0], 6).estimate
    0.25
    """
    name = "restricted_mean_difference"
    durations = read_durations(
        name, time, event=event, programme=programme, entry=entry, weights=weights, problems=_checks(horizon, level)
    )
    comparison, own = (_Mean.of(sets, horizon, name) for sets in _groups(name, durations, horizon))
    return _difference(
        "restricted mean difference",
        own,
        comparison,
        level,
        len(durations.time),
        "areas under kaplan-meier, logit, mover",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """Cumulative incidence of one group, as arrays over its times; ``position`` is that of the horizon."""

    incidence: Array
    error: Array
    sets: RiskSets
    position: int

    @classmethod
    def of(cls, sets: RiskSets, column: int, horizon: float) -> "_Share":
        incidence, error = incidence_of(sets, column)
        return cls(incidence=incidence, error=error, sets=sets, position=sets.position(horizon))

    @property
    def value(self) -> float:
        return float(self.incidence[self.position])

    @property
    def standard_error(self) -> float:
        return float(self.error[self.position])

    def limits(self, z: float) -> tuple[float, float]:
        lower, upper = limits(self.incidence, self.error, self.sets, z, is_survival=False)
        return float(lower[self.position]), float(upper[self.position])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mean:
    """Mean time without the event of one group up to ``horizon``; ``n_without`` is None where somebody had one."""

    value: float
    standard_error: float
    horizon: float
    n_without: Array | None

    @classmethod
    def of(cls, sets: RiskSets, horizon: float, function: str) -> "_Mean":
        steps = np.diff(np.append(np.minimum(sets.times, horizon), horizon)) * sets.survival
        area_after = steps[::-1].cumsum()[::-1]
        # An event at the horizon takes nothing from the time before it.
        has_events = bool(sets.n_leaving[sets.times < horizon, 1:].any())
        error = float(np.sqrt(restricted_mean_variance(sets, area_after)))
        # A sum of squares that should be 0 may be off in the last bits.
        if has_events and error <= NOTHING * horizon:
            problem = "everybody in a group has the event at the same time: nothing is known of the spread"
            refuse(function, [problem])
        here = sets.n_without[[sets.position(horizon)]]
        return cls(
            value=float(steps.sum()), standard_error=error, horizon=horizon, n_without=None if has_events else here
        )

    def limits(self, z: float) -> tuple[float, float]:
        if self.n_without is not None:
            return self.horizon * float(exact_limit(self.n_without, z)[0]), self.horizon
        share = self.value / self.horizon
        margin = z * self.standard_error / (self.horizon * share * (1 - share))
        lower, upper = (self.horizon * float(expit(logit(share) + side * margin)) for side in (-1, 1))
        return lower, upper


def _difference(
    measure: str, own: _Share | _Mean, comparison: _Share | _Mean, level: float, n: int, method: str
) -> Estimate:
    difference = own.value - comparison.value

    def interval(z: float) -> tuple[float, float]:
        (l1, u1), (l0, u0) = own.limits(z), comparison.limits(z)
        below = np.hypot(own.value - l1, u0 - comparison.value)
        above = np.hypot(u1 - own.value, comparison.value - l0)
        return float(difference - below), float(difference + above)

    def nearest(z: float) -> float:
        """Limit on the side of 0, with its sign turned so that it is above 0 where the interval leaves 0 out."""
        lower, upper = interval(z)
        return lower if difference > 0 else -upper

    lower, upper = interval(deviate(level))
    if difference == 0 or nearest(0.0) <= 0:
        p_value = 1.0
    else:
        p_value = 0.0 if nearest(FARTHEST) > 0 else float(2 * ndtr(-brentq(nearest, 0.0, FARTHEST, xtol=1e-12)))
    return Estimate(
        measure=measure,
        estimate=difference,
        lower=lower,
        upper=upper,
        level=level,
        standard_error=float(np.hypot(own.standard_error, comparison.standard_error)),
        p_value=p_value,
        n=n,
        method=method,
    )


def _checks(horizon: object, level: object) -> list[str]:
    problems: list[str] = []
    check_level(level, problems)
    check_number(
        "horizon",
        horizon,
        problems,
        is_allowed=lambda value: value > 0,
        expected="a number above 0 in the unit of time, such as 12",
    )
    return problems


def _groups(function: str, durations: Durations, horizon: float) -> list[RiskSets]:
    """Count each group, the comparison first."""
    found = list(risk_sets(durations, [horizon]))
    refuse(function, [f"horizon {TOO_LONG}"] if horizon > min(sets.followed_until for sets in found) else [])
    return found


def _column(function: str, durations: Durations, of: Any) -> int:
    """Column of a cause in ``leaving``."""
    if of is None and len(durations.causes) == 1:
        return 1
    wanted = of.item() if isinstance(of, np.generic) else of
    for column, cause in enumerate(durations.causes, 1):
        if isinstance(wanted, int | float | str) and not isinstance(wanted, bool) and wanted == cause:
            return column
    names = ", ".join(repr(cause) for cause in durations.causes)
    if not durations.is_event.any():
        problem = f"nobody has an event, so that of={of!r} is not known; give the causes as categories"
    elif of is None:
        problem = f"of must name one of the causes: {names}"
    elif isinstance(of, str) and isinstance(durations.causes[0], str):
        problem = f"of is '{of}'; {did_you_mean(of, durations.causes)}"
    else:
        problem = f"of is {of!r}; the causes are {names}"
    raise InvalidDataError(f"{function}()", [problem])
