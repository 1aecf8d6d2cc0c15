"""How long each member has a benefit within a horizon, also of members who go out of view before it.

Whoever goes out of view hands their weight to those in view who are on benefit that day if they are, or off it if they are,
as in `cohorts.weights_in_view`; here from weights that may differ from the start, and with what each member moves the result.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from evaltools.cohorts import Cohort
from evaltools.cohorts.cohort import FOLLOW_UP_ENDS
from evaltools.cohorts.definitions import DAYS_A_MONTH, days_of
from evaltools.cohorts.spells import day_numbers
from evaltools.findings.evaluation.compared import OUT_OF_VIEW


@dataclass(frozen=True, kw_only=True, eq=False)
class InView:
    """Members of a group who can all be followed until a horizon of H months by the calendar.

    Attributes
    ----------
    days
        Days with benefit that are seen in each month from the index day on. Shape (n, H).
    on
        Whether each has a benefit at the start of each month, and at the horizon, gaps bridged. Shape (n, H + 1).
    last
        Days from the index day to the last that is seen.
    is_out
        Who goes out of view before the horizon: selected for the programme later. Who moved has no benefit of this municipality.
    is_moved
        Who moved: after their last day they have no benefit of this municipality, also if they come back.
    on_last_day
        Who has a benefit on the last day that is seen.
    """

    days: np.ndarray
    on: np.ndarray
    last: np.ndarray
    is_out: np.ndarray
    is_moved: np.ndarray
    on_last_day: np.ndarray

    @property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Months with benefit of each member within the horizon, if nobody who is out of view has one, or all of them do."""
        seen = self.days.sum(axis=1) / DAYS_A_MONTH
        until = int(days_of(self.days.shape[1]))
        unseen = np.where(self.is_out, np.maximum(until - 1 - self.last, 0), 0) / DAYS_A_MONTH
        return seen, seen + unseen


def look(cohort: Cohort, months: int) -> InView:
    """Look how long each member of a cohort has a benefit in each month up to a horizon."""
    index = cohort.index
    starts = days_of(np.arange(months + 1))
    last = day_numbers(cohort.participants["follow_up_last_day"]) - index
    end = cohort.participants["follow_up_end"].cat.codes.to_numpy()
    is_out = np.isin(end, [FOLLOW_UP_ENDS.index(name) for name in OUT_OF_VIEW]) & (last < starts[-1])
    is_moved = end == FOLLOW_UP_ENDS.index("move")
    person = np.arange(len(index))
    history = cohort.history
    days = [
        history.runs.days_within(index + first, index + np.minimum(until - 1, last))
        for first, until in pairwise(starts)
    ]
    on = [
        (history.spells.on(person, index + np.minimum(day, last)) >= 0) & ~(is_moved & (day > last)) for day in starts
    ]
    return InView(
        days=np.stack(days, axis=1).astype(float),
        on=np.stack(on, axis=1),
        last=last,
        is_out=is_out,
        is_moved=is_moved,
        on_last_day=history.spells.on(person, index + last) >= 0,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Filled:
    """A group with those out of view filled in.

    Attributes
    ----------
    share_on
        Share with a benefit at the start of each month, and at the horizon. Shape (H + 1,).
    months
        Of each member and month, by how much the mean of the group changes with the weight of that member: their own months
        with benefit where nobody is out of view. The weighted mean over members is that of the group. Shape (n, H).
    """

    share_on: np.ndarray
    months: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class _Handed:
    """Members who go out of view on a day, those who take over from them, and their weights just before."""

    going: np.ndarray
    staying: np.ndarray
    weight_going: float
    weight_staying: float
    weights: np.ndarray


def fill(cohort: Cohort, seen: InView, weights: np.ndarray, kinds: np.ndarray | None = None) -> Filled:
    """Fill in those who are out of view, in a group of which each member has a weight from the start.

    Parameters
    ----------
    seen
        What `look` finds of the cohort.
    weights
        At least 0. Shape (n,).
    kinds
        A label of each: who goes out of view is filled in by those of the same kind, where there are any. Shape (n,).

    Notes
    -----
    The months are derivatives (the infinitesimal jackknife; Efron 1982), worked out backwards from the horizon. With ``W`` the
    weight of those who go out of view and ``S`` that of who stay, who stays gets a factor ``1 + W/S``; then, with ``m`` the
    weighted mean of the months that come after among them, who goes counts for ``m``, and who stays for their own times
    ``1 + W/S``, less ``m W/S``. Twice the weights give twice the sum of the months, so that the weighted mean of these
    derivatives is the mean of the group itself (Euler), and their spread is that of its standard error.

    Where nobody of their kind is left in view, those who go out of view stay as they were last seen.
    """
    n, months = seen.days.shape
    starts = days_of(np.arange(months + 1))
    days, on = seen.days.copy(), seen.on.copy()
    now = np.asarray(weights, dtype=float).copy()
    moments = np.unique(seen.last[seen.is_out])
    steps: list[list[_Handed]] = []
    in_view = np.empty((n, months + 1))
    person = np.arange(n)
    done = -1
    for month, day in enumerate(starts):
        handed: list[_Handed] = []
        for moment in moments[(moments >= done) & (moments < day)]:
            is_going = seen.is_out & (seen.last == moment) & (now > 0)
            has_benefit = cohort.history.spells.on(person, cohort.index + moment) >= 0
            has_benefit &= ~(seen.is_moved & (moment > seen.last))
            for going, staying in _pairs(is_going, has_benefit, now > 0, kinds):
                weight_going, weight_staying = float(now[going].sum()), float(now[staying].sum())
                if weight_going and not weight_staying:
                    days[going, max(month - 1, 0) :] = (
                        np.diff(starts)[max(month - 1, 0) :] * seen.on_last_day[going, None]
                    )
                    on[going, month:] = seen.on_last_day[going, None]
                elif weight_going:
                    step = _Handed(
                        going=going, staying=staying, weight_going=weight_going, weight_staying=weight_staying,
                        weights=now.copy(),
                    )  # fmt: skip
                    handed.append(step)
                    now[staying] *= 1 + weight_going / weight_staying
                    now[going] = 0.0
        done = max(done, int(day))
        steps.append(handed)
        in_view[:, month] = now
    share_on = (in_view * on).sum(axis=0) / in_view.sum(axis=0)
    return Filled(share_on=share_on, months=_moved(days / DAYS_A_MONTH, steps))


def _pairs(
    is_going: np.ndarray, has_benefit: np.ndarray, is_in: np.ndarray, kinds: np.ndarray | None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pair those who go out of view with those who take over from them."""
    for same in (has_benefit, ~has_benefit):
        going, staying = is_going & same, ~is_going & same & is_in
        for kind in np.unique(kinds[going]) if kinds is not None else ():
            own = kinds == kind
            if (staying & own).any():
                yield going & own, staying & own
                going = going & ~own
        if going.any():
            yield going, staying


def _moved(months: np.ndarray, steps: list[list[_Handed]]) -> np.ndarray:
    """Work back from the horizon by how much each member moves the months of each month. Shape (n, H)."""
    moved = np.zeros_like(months)
    for month in range(months.shape[1], -1, -1):
        if month:  # in view at its end, with the weight that they have then
            moved[:, month - 1] = months[:, month - 1]
        for step in reversed(steps[month]):
            mean = step.weights[step.staying] @ moved[step.staying] / step.weight_staying
            ratio = step.weight_going / step.weight_staying
            moved[step.staying] = moved[step.staying] * (1 + ratio) - mean * ratio
            moved[step.going] = mean
    return moved
