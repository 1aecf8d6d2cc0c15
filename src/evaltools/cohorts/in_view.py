"""Who is still seen at a horizon, and for how many each stands: those whose follow-up ended early have no outcome.

A comparison person who is selected later, and everybody who moves, is seen until then. They are on benefit on that day, as
who left cannot be selected: to leave them out, or to take them for people who stayed, would bend every share.
"""

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from evaltools.cohorts.cohort import FOLLOW_UP_ENDS, Cohort
from evaltools.cohorts.definitions import days_of, months_given
from evaltools.cohorts.follow_up import is_followed
from evaltools.cohorts.outcomes import outcomes_at
from evaltools.cohorts.spells import day_numbers
from evaltools.cohorts.state import require_cohort
from evaltools.errors import InvalidDataError, many

ENDS_EARLY = ("move", "joined")
"""Why follow-up ends before an outcome is known, of `FOLLOW_UP_ENDS`; who died has one."""


def weights_in_view(
    cohort: Cohort,
    months: int,
    *,
    at: Sequence[int] = (),
    alike: ArrayLike | None = None,
    out: Collection[str] = ENDS_EARLY,
) -> np.ndarray:
    """Say for how many members each one who is still seen stands.

    Whoever goes out of view hands their weight to those in view who are on benefit on that day if they are, or off it if
    they are: in equal parts of the weights that these have; to those of their own kind (``alike``) where there are any.
    Everybody's weights add up to the number of members who can be followed until the horizon, so that a share is a
    weighted mean, and without anybody out of view all weights are 1. Of who goes out of view when nobody on benefit, or
    off it, is left, the weight is lost, as after the last one at risk of a curve.

    Parameters
    ----------
    cohort
        Whom to count; see `programme_cohort`.
    months
        The horizon: of those whom the calendar lets be followed until then.
    at
        Months up to the horizon at which to say it, in order, 0 included; at the horizon when left out.
    alike
        A label for each member, known on the index day: who goes out of view is like those with the same one. All are
        alike when left out. Shape (n,).
    out
        Who goes out of view: of `ENDS_EARLY`. Others stay in it, as who moved is without benefit of this municipality.

    Returns
    -------
    numpy.ndarray
        One row per member and one column per moment: 0 for who is out of view then, nan for who cannot be followed until
        the horizon. Shape (n, k).

    Raises
    ------
    InvalidDataError
        When ``months`` is no horizon, ``at`` is not in order or lies after it, or ``alike`` is not one label for each.

    Notes
    -----
    Inverse probability of censoring weights, of which the hazard of going out of view depends on being on benefit and on
    ``alike`` (Robins & Rotnitzky 1992; Satten & Datta 2001, The American Statistician 55, 207-210, who show that
    Kaplan-Meier is such a weighted share). It takes it that those on benefit who go out of view are like those of their kind who
    stay in it. Where a coach selects by what is known of people, that holds among people with like chances of being selected alone.

    Examples
    --------
    Nobody in the example moves or joins, so that each stands for one:

    >>> from evaltools.cohorts import example_cohort, weights_in_view
    >>> weights_in_view(example_cohort(), 12).ravel()
    array([1., 1., 1., 1., 1.])
    """
    require_cohort(cohort)
    (months,) = months_given(months)
    moments = np.array(list(at) or [months])
    if (np.diff(moments) <= 0).any() or moments[0] < 0 or moments[-1] > months:
        raise InvalidDataError("at", [f"must be different months of 0 to {months}, in order, such as (0, 3, 6)"])
    index = cohort.index
    kinds = _kinds(alike, len(index))
    followed = is_followed(cohort, months)
    last = day_numbers(cohort.participants["follow_up_last_day"]) - index
    end = cohort.participants["follow_up_end"].cat.codes.to_numpy()
    ends_early = np.isin(end, [FOLLOW_UP_ENDS.index(name) for name in out]) & followed
    is_moved = end == FOLLOW_UP_ENDS.index("move")
    weights = followed.astype(float)
    made = np.empty((len(index), len(moments)))
    days = days_of(moments)
    gone_by = np.unique(last[ends_early & (last < days[-1])])
    person = np.arange(len(index))
    done = 0
    for place, day in enumerate(days):
        for moment in gone_by[(gone_by >= done) & (gone_by < day)]:
            # Who moved and came back counts as moved.
            on = (cohort.history.spells.on(person, index + moment) >= 0) & ~(is_moved & (moment > last))
            is_going = ends_early & (last == moment) & (weights > 0)
            weights = _handed(weights, is_going, on, kinds)
        done = max(done, int(day))
        made[:, place] = weights
    made[~followed] = np.nan
    return made


def _kinds(alike: ArrayLike | None, n: int) -> np.ndarray:
    """Turn the labels of who is alike into numbers. Shape (n,)."""
    if alike is None:
        return np.zeros(n, dtype=np.int64)
    labels = pd.Series(np.asarray(alike).ravel())
    if len(labels) != n or labels.isna().any():
        raise InvalidDataError("alike", [f"needs one label for each of {many(n, 'member')}, none of them missing"])
    return np.asarray(pd.factorize(labels)[0])


def _handed(weights: np.ndarray, is_going: np.ndarray, on: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Hand the weights of those who go out of view to those who stay."""
    made = weights.copy()
    is_staying = ~is_going & (weights > 0)
    for going, same in _shares(is_going, on, kinds):
        staying = same & is_staying if (same & is_staying).any() else (on == on[going][0]) & is_staying
        if staying.any():
            made[staying] += weights[staying] * (weights[going].sum() / weights[staying].sum())
    made[is_going] = 0.0
    return made


def _shares(is_going: np.ndarray, on: np.ndarray, kinds: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give those who go of each kind, on benefit and off it, and everybody who is like them."""
    for kind, is_on in sorted({*zip(kinds[is_going].tolist(), on[is_going].tolist(), strict=True)}):
        same = (kinds == kind) & (on == is_on)
        yield is_going & same, same


def outcomes_in_view(
    cohort: Cohort, months: int, *, alike: ArrayLike | None = None, out: Collection[str] = ENDS_EARLY
) -> pd.DataFrame:
    """Give each member one outcome at a horizon, as `outcomes_at`, and for how many they stand.

    Parameters
    ----------
    cohort
        Whom to count; see `programme_cohort`.
    months
        The horizon, in months after the index day.
    alike, out
        As of `weights_in_view`.

    Returns
    -------
    pandas.DataFrame
        One row per person who can be followed until then: ``person_id``, ``group``, ``outcome``, ``weight`` (0 for who is
        out of view).

    Examples
    --------
    >>> from evaltools.cohorts import example_cohort, outcomes_in_view
    >>> outcomes_in_view(example_cohort(), 12)[["person_id", "outcome", "weight"]].head(2)
      person_id     outcome  weight
    0      Anna        work     1.0
    1      Bram  on_benefit     1.0
    """
    people = outcomes_at(cohort, months).assign(weight=weights_in_view(cohort, months, alike=alike, out=out)[:, 0])
    return people[people["weight"].notna()].reset_index(drop=True)
