"""Variance of curves by the infinitesimal jackknife: what each unit adds to the error of an estimate.

The variance of an estimate is ``Σ w² U²`` over the units, with ``U`` its derivative to the weight ``w`` of a unit. Where all
are followed from one time on, without weights, that is the variance of Greenwood for survival and of Dinse & Larson for a
cumulative incidence. With weights, which it takes as given, and with entries at different times it is the robust one, as
of R's survfit with several states or ``robust = TRUE``.

Everything of a unit but the value of the curve itself is fixed once it has left, and the same for all who are still there.
So sums over units are kept up from time to time, and the cost is linear in the number of units.
"""

import numpy as np

from evaltools.effects.durations.risk_sets import LateEntries, RiskSets
from evaltools.effects.inputs import Array


def incidence_variance(sets: RiskSets, incidence: Array, cause: int) -> Array:
    r"""Variance at each time of the cumulative incidence of a cause, given by its column in ``leaving``. Shape (t,).

    The incidence is ``F(t) = Σ S(l−) e(l) / Y(l)`` over times ``l ≤ t``, with ``Y`` at risk, ``e`` the events of this
    cause, ``d`` those of any cause and ``S`` survival of all. For a unit with ``E(l)`` and ``D(l)`` events of its own,

    ``U(t) = Σ [S(l−) (E(l) − e/Y) / Y − (D(l) − d/Y) (F(t) − F(l)) / (Y − d)]`` over the times at which it is at risk.
    """
    hazard = sets.share_of_risk(sets.leaving[:, cause])
    any_hazard = sets.share_of_risk(sets.leaving[:, 1:].sum(axis=1))
    for_one = sets.share_of_risk(sets.survival_before)
    each, each_times_curve = -for_one * hazard - any_hazard * sets.slope * incidence, any_hazard * sets.slope
    own, own_times_curve = np.zeros_like(sets.leaving), np.zeros_like(sets.leaving)
    own[:, 1:] = (sets.slope * incidence)[:, None]
    own[:, cause] += for_one
    own_times_curve[:, 1:] = -sets.slope[:, None]
    return _variance(sets, incidence, (each, each_times_curve), (own, own_times_curve))


def restricted_mean_variance(sets: RiskSets, area_after: Array) -> float:
    """Variance of the mean time without an event up to a horizon.

    ``U = −Σ (D(l) − d/Y) A(l) / (Y − d)``, with ``A(l)`` the area under survival from ``l`` to the horizon.

    Parameters
    ----------
    area_after
        ``A`` at each time; 0 from the horizon on. Shape (t,).
    """
    any_hazard = sets.share_of_risk(sets.leaving[:, 1:].sum(axis=1))
    nothing, own = np.zeros_like(area_after), np.zeros_like(sets.leaving)
    own[:, 1:] = (-sets.slope * area_after)[:, None]
    each = any_hazard * sets.slope * area_after
    return float(_variance(sets, nothing, (each, nothing), (own, np.zeros_like(own)))[-1])


def _variance(sets: RiskSets, curve: Array, each: tuple[Array, Array], own: tuple[Array, Array]) -> Array:
    """Sum the squares of ``Σ (a + b·curve(t)) + (r + v·curve(t))`` over the units, at each time.

    ``each`` holds ``a`` and ``b``, which count while a unit is at risk, and ``own`` holds ``r`` and ``v``, which count
    when it leaves. Shapes (t,) and (t, 1 + causes).
    """
    a, b = (np.cumsum(part) for part in each)
    r, v = a[:, None] + own[0], b[:, None] + own[1]
    if sets.late is not None:
        gone, there = _late(sets.late, (a, b), (r, v))
    else:
        squared = sets.leaving_squared
        gone = tuple((squared * part).sum(axis=1).cumsum() for part in (r * r, r * v, v * v))
        still = squared.sum(axis=1)[::-1].cumsum()[::-1] - squared.sum(axis=1)
        there = (still * a * a, still * a * b, still * b * b)
    one, cross, two = (left + stays for left, stays in zip(gone, there, strict=True))
    return np.maximum(one + 2 * curve * cross + curve * curve * two, 0.0)


def _late(late: LateEntries, each: tuple[Array, Array], own: tuple[Array, Array]) -> tuple[tuple[Array, ...], ...]:
    """Add up, of who has left and of who is still there, the squares and the product of both parts of ``U``."""
    n = len(each[0])
    # What had added up before a unit entered is not its own.
    missed = [np.concatenate([[0.0], part])[late.since] for part in each]
    a, b = (part[late.left, late.cause] - past for part, past in zip(own, missed, strict=True))
    gone = tuple(
        np.bincount(late.left, weights=late.squared * part, minlength=n).cumsum() for part in (a * a, a * b, b * b)
    )

    def there(values: Array) -> Array:
        entered = np.bincount(late.since, weights=late.squared * values, minlength=n + 1).cumsum()[1:]
        return np.asarray(entered - np.bincount(late.left, weights=late.squared * values, minlength=n).cumsum())

    past_a, past_b = missed
    one = there(np.ones_like(past_a))
    sums = there(past_a), there(past_b)
    return gone, (
        one * each[0] ** 2 - 2 * each[0] * sums[0] + there(past_a**2),
        one * each[0] * each[1] - each[0] * sums[1] - each[1] * sums[0] + there(past_a * past_b),
        one * each[1] ** 2 - 2 * each[1] * sums[1] + there(past_b**2),
    )
