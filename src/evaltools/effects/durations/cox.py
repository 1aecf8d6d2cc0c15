"""Cox regression with Efron's handling of ties, by Newton's method.

statsmodels' PHReg goes over the distinct times one by one, and takes who enters at a time as at risk at it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaltools.effects.durations.data import Durations, Index
from evaltools.effects.inputs import Array, column_of, refuse
from evaltools.effects.newton import climb, inverse, listed, weighted_gram

RUNS_AWAY = 12.0
"""A coefficient, for one standard deviation of its covariate, that no data but those without a maximum have."""
TOLD = 1e-10
"""Information of less than this is none, but for rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ties:
    """Events in the order of their times, and who is at risk at each.

    Attributes
    ----------
    event
        Unit of each event. Shape (e,).
    earlier
        Share of the events at the same time that Efron takes as over: 0, 1/d, … (d − 1)/d. Shape (e,).
    time
        Position of each event's time among the distinct times of events. Shape (e,).
    first, last
        Of each unit, the first and the last but one of these times at which it is at risk. Shape (n,).
    n_times
        Distinct times of events.
    """

    event: Index
    earlier: Array
    time: Index
    first: Index
    last: Index
    n_times: int

    @classmethod
    def of(cls, durations: Durations) -> "_Ties":
        event = np.flatnonzero(durations.is_event)
        event = event[np.argsort(durations.time[event], kind="stable")]
        times, time, count = np.unique(durations.time[event], return_inverse=True, return_counts=True)
        within = np.arange(len(event)) - np.repeat(np.cumsum(count) - count, count)
        n = len(durations.time)
        # Who enters at a time is not yet at risk at it.
        entered = 0 if durations.entry is None else np.searchsorted(times, durations.entry, side="right")
        return cls(
            event=event,
            earlier=within / count[time],
            time=time,
            first=np.broadcast_to(entered, n),
            last=np.searchsorted(times, durations.time, side="right"),
            n_times=len(times),
        )

    def at_risk(self, values: Array) -> Array:
        """Add up, at each event, the values of those at risk, less the share of its ties that is over. Shape (e, …)."""
        change = np.zeros((self.n_times + 1, *values.shape[1:]))
        np.add.at(change, self.first, values)
        np.subtract.at(change, self.last, values)
        here = np.cumsum(change, axis=0)[self.time]
        tied = np.zeros((self.n_times, *values.shape[1:]))
        np.add.at(tied, self.time, values[self.event])
        shape = (-1,) + (1,) * (values.ndim - 1)
        return np.asarray(here - self.earlier.reshape(shape) * tied[self.time])

    def of_units(self, per_event: Array) -> Array:
        """Add up, for each unit, a value of the events at which it is at risk, less what its own ties leave out. Shape (n,)."""
        so_far = np.concatenate([[0.0], np.cumsum(np.bincount(self.time, per_event, self.n_times))])
        over = np.bincount(self.time, per_event * self.earlier, self.n_times)
        total = so_far[self.last] - so_far[np.minimum(self.first, self.last)]
        total[self.event] -= over[self.time]
        return np.asarray(total)


def fit_cox(durations: Durations, covariates: Array, names: Sequence[str], *, function: str) -> tuple[Array, Array]:
    """Fit by maximum partial likelihood; return the coefficients and their standard errors. Shape (k,) each.

    With ``r = exp(x'b)`` and, for the ``l``-th of ``d`` events at a time, ``Y = Σ r`` over those at risk less ``l/d`` of
    the sum over the tied ones, the log-likelihood is ``Σ (x'b − ln Y)`` over the events (Efron 1977, JASA 72, 557-565).

    Raises
    ------
    InvalidDataError
        When the likelihood has no maximum: the covariates tell the order of the events, or groups are never at risk at
        the same time.
    """
    # In standard deviations the size of a coefficient says the same for every covariate.
    scale = covariates.std(axis=0)
    rows = (covariates - covariates.mean(axis=0)) / scale
    ties = _Ties.of(durations)

    def value(predictor: Array) -> float:
        top = predictor.max()
        with np.errstate(divide="ignore", invalid="ignore"):
            return float((predictor[ties.event] - top - np.log(ties.at_risk(np.exp(predictor - top)))).sum())

    def derivatives(predictor: Array) -> tuple[Array, Array]:
        risk = np.exp(predictor - predictor.max())
        whole = ties.at_risk(risk)
        means = ties.at_risk(risk[:, None] * rows) / whole[:, None]
        return (rows[ties.event] - means).sum(axis=0), weighted_gram(
            rows, risk * ties.of_units(1 / whole)
        ) - means.T @ means

    top = climb(rows, 0.0, value, derivatives)
    information = derivatives(top.predictor)[1]
    size = np.abs(top.coefficients)
    if not top.found or size.max() > RUNS_AWAY or np.diag(information).min() < TOLD:
        largest = [column_of(name) for name, each in zip(names, size, strict=True) if each >= size.max() / 2]
        told = listed(list(dict.fromkeys(largest)))
        problem = (
            f"the likelihood has no maximum: the order of the events follows from {told}, or nobody to compare with is at "
            "risk at the same time; leave it out or join levels"
        )
        refuse(function, [problem])
    return top.coefficients / scale, np.sqrt(np.diag(inverse(information))) / scale
