"""Differences between units with and without the programme, of a change that each start defines."""

from dataclasses import dataclass

import numpy as np

from evaltools.effects.inputs import Array
from evaltools.effects.panels.panel import NEVER, Codes, Panel
from evaltools.effects.panels.permutation import Assignments, permutation_test


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The change in the outcome of a unit that is looked at, for each start.

    Attributes
    ----------
    over_time
        What each period counts in the change, adding up to 0: such as 1/3 in the three periods after a start and
        -1/4 in the four before. Shape (G, T).
    shares
        How much a unit of each cohort counts. Shape (G,).
    """

    over_time: Array
    shares: Array


def differences(values: Array, cohorts: Codes, weights: Array, changes: Changes) -> Array:
    """Mean over the units that take part of their change minus the mean change of the units that never do.

    Parameters
    ----------
    values
        Shape (U, T).
    cohorts
        Ways to deal out the starts. Shape (A, U).
    weights
        Shape (U,).
    changes
        What a change is.

    Returns
    -------
    Array
        One difference for each way, shape (A,).
    """
    changed = values @ changes.over_time.T
    never = (cohorts == NEVER) * weights
    never_changed = never @ changed / never.sum(axis=1, keepdims=True)
    total, whole = np.zeros(len(cohorts)), np.zeros(len(cohorts))
    for cohort, share in enumerate(changes.shares):
        held = (cohorts == cohort) * weights
        size = held.sum(axis=1)
        total += share * (held @ changed[:, cohort] - size * never_changed[:, cohort])
        whole += share * size
    return np.asarray(total / whole)


def clustered_error(panel: Panel, changes: Changes, estimate: float, n_coefficients: int) -> float | None:
    """Take the standard error with the periods of a unit depending on each other (CR1); None where one takes part.

    The estimate is a weighted mean of the differences of single units, ``Σ ωᵢ δᵢ``; its variance is
    ``c (Σ over i taking part of (ωᵢ (δᵢ - τ))² + Σ over j never of uⱼ²)`` with ``uⱼ`` the part of unit ``j`` in the
    mean changes that were taken off.
    """
    changed = panel.outcome @ changes.over_time.T
    never, treated = ~panel.is_treated, panel.is_treated & (changes.shares[panel.cohorts] > 0)
    if treated.sum() < 2:
        return None
    share_never = panel.weights[never] / panel.weights[never].sum()
    never_changed = share_never @ changed[never]
    cohorts = panel.cohorts[treated]
    counts = panel.weights[treated] * changes.shares[cohorts]
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


def compare(
    panel: Panel, changes: Changes, hypothesised: Array, dealt: Assignments, level: float
) -> tuple[float, float, tuple[float, float]]:
    """Take the estimate, its p-value and its interval; ``hypothesised`` is 1 where an effect is asked after, (U, T)."""
    observed = float(differences(panel.outcome, panel.cohorts[None], panel.weights, changes)[0])
    estimates = differences(panel.outcome, dealt.cohorts, panel.weights, changes)
    overlaps = differences(hypothesised, dealt.cohorts, panel.weights, changes)
    p_value, limits = permutation_test(observed, estimates, overlaps, level)
    return observed, p_value, limits
