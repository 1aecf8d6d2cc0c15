"""Differences between units with and without the programme, of changes that each start defines."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evaltools.effects.inputs import Array, Mask
from evaltools.effects.panels.panel import NEVER, Codes, Panel
from evaltools.effects.panels.permutation import SAME, Assignments, Ways, permutation_test

ROUNDING = 1e-12
"""Differences below this share of the largest outcome are rounding: none."""

AT_ONCE = 1_000
"""Ways that are looked at together: more take memory, and no less time."""

NOTHING_VARIES = (
    "outcome changes alike in all units but for the programme: nothing is left to judge by how much it varies"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The changes in the outcome of a unit that are looked at, one in each row, for each start.

    Attributes
    ----------
    over_time
        What each period counts in the change, adding up to 0: such as 1/3 in the three periods after a start and
        -1/4 in the four before. Shape (K, G, T).
    shares
        How much a unit of each cohort counts. Shape (K, G).
    asked
        1 in the periods of a cohort of which the effect is asked after, else 0. Shape (K, G, T).
    """

    over_time: Array
    shares: Array
    asked: Array


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The difference in each row, and what it would have been in other ways.

    Attributes
    ----------
    observed
        Shape (K,).
    estimates, overlaps
        Of each way, of the outcome and of one that is 1 where an effect is asked after. Shape (A, K).
    rounding
        A difference in the outcome below this is none.
    """

    observed: Array
    estimates: Array
    overlaps: Array
    rounding: float

    @cached_property
    def varies(self) -> Mask:
        """Whether anything but a constant effect makes ways differ; True where none is there to tell. Shape (K,)."""
        is_other = np.abs(self.estimates - self.observed * self.overlaps) > self.rounding
        can_tell = np.abs(self.overlaps) < 1 - SAME
        return np.asarray(is_other.any(axis=0) | ~can_tell.any(axis=0))

    def test(self, row: int, level: float) -> tuple[float, tuple[float, float]]:
        """Take the p-value and the interval of one row."""
        return permutation_test(
            float(self.observed[row]), self.estimates[:, row], self.overlaps[:, row], level, rounding=self.rounding
        )


def compare(panel: Panel, changes: Changes, dealt: Assignments) -> Comparison:
    """Take the differences of what happened and of all ways."""
    weights, over_time, shares = panel.weights, changes.over_time, changes.shares
    # What is asked after is the same in all units of a cohort: enough to know how many of each are where.
    members = (panel.cohorts[:, None] == np.arange(len(panel.starts))).astype(np.float64)
    return Comparison(
        observed=differences(panel.outcome, panel.cohorts[None], weights, over_time, shares)[0],
        estimates=differences(panel.outcome, dealt.cohorts, weights, over_time, shares),
        overlaps=differences(members, dealt.cohorts, weights, over_time @ changes.asked.transpose(0, 2, 1), shares),
        rounding=ROUNDING * float(np.abs(panel.outcome).max()),
    )


def differences(values: Array, cohorts: Codes | Ways, weights: Array, read: Array, shares: Array) -> Array:
    """Mean over the units that take part of what is read of them, minus the mean of the same of those that never do.

    Parameters
    ----------
    values
        Shape (U, P).
    cohorts
        Ways to deal out the starts. Shape (A, U).
    weights
        Shape (U,).
    read
        What each value counts, in each row and for each cohort. Shape (K, G, P).
    shares
        How much a unit of each cohort counts. Shape (K, G).

    Returns
    -------
    Array
        One difference for each way and row, shape (A, K).
    """
    firsts = range(0, len(cohorts), AT_ONCE)
    return np.vstack([_of_ways(values, cohorts[at : at + AT_ONCE], weights, read, shares) for at in firsts])


def _of_ways(values: Array, cohorts: Codes | Ways, weights: Array, read: Array, shares: Array) -> Array:
    never = (cohorts == NEVER) * weights
    of_never = never @ values / never.sum(axis=1, keepdims=True)
    total, whole = np.zeros((2, len(cohorts), len(shares)))
    for cohort, share in enumerate(shares.T):
        held = (cohorts == cohort) * weights
        size = held.sum(axis=1, keepdims=True)
        total += share * ((held @ values - size * of_never) @ read[:, cohort].T)
        whole += share * size
    return np.asarray(total / whole)


def clustered_error(panel: Panel, changes: Changes, row: int, estimate: float, n_coefficients: int) -> float | None:
    """Take the standard error with the periods of a unit depending on each other (CR1); None where one takes part.

    The estimate is a weighted mean of the differences of single units, ``Σ ωᵢ δᵢ``; its variance is
    ``c (Σ over i taking part of (ωᵢ (δᵢ - τ))² + Σ over j never of vⱼ²)`` with ``vⱼ`` the part of unit ``j`` in the
    mean changes that were taken off. With ``τ_g`` the mean of its cohort, ``δᵢ - τ`` is ``(δᵢ - τ_g) + (τ_g - τ)``: the
    influence on the effect of the cohort, and that on the share of the cohort among those that take part (Callaway &
    Sant'Anna 2021, with estimated shares).
    """
    over_time, shares = changes.over_time[row], changes.shares[row]
    changed = panel.outcome @ over_time.T
    never, treated = ~panel.is_treated, panel.is_treated & (shares[panel.cohorts] > 0)
    if treated.sum() < 2:
        return None
    share_never = panel.weights[never] / panel.weights[never].sum()
    never_changed = share_never @ changed[never]
    cohorts = panel.cohorts[treated]
    counts = panel.weights[treated] * shares[cohorts]
    share = counts / counts.sum()
    own = changed[treated, cohorts] - never_changed[cohorts]
    by_cohort = np.bincount(cohorts, weights=share, minlength=len(panel.starts))
    off = share_never * ((changed[never] - never_changed) @ by_cohort)
    total = float(((share * (own - estimate)) ** 2).sum() + (off**2).sum())
    return float(np.sqrt(small_sample_factor(panel, n_coefficients) * total))


def small_sample_factor(panel: Panel, n_coefficients: int) -> float:
    """``U/(U - 1) × (N - 1)/(N - K)``, in which ``K`` counts the effects of units and periods and the coefficients."""
    n_units, n_periods = len(panel.units), len(panel.periods)
    n = n_units * n_periods
    return n_units / (n_units - 1) * (n - 1) / (n - (n_units + n_periods - 1 + n_coefficients))
