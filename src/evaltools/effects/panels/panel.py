"""Places followed over time: one row for each place and period, checked once."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaltools.effects.inputs import Array, Mask, numbers, refuse, truths
from evaltools.errors import did_you_mean, many

Codes = NDArray[np.int64]

NEVER = -1
"""The cohort of a unit that never takes part."""

IN_ORDER = {"boolean", "date", "datetime", "datetime64", "decimal", "empty", "floating", "integer"}
IN_ORDER |= {"mixed-integer-float", "period", "timedelta", "timedelta64"}
"""Kinds of values, as pandas names them, of which the order is that of time: text has m10 before m2."""

LARGEST = 1e100
"""Of larger numbers, and of ones smaller than one over it, the squares are none that a computer has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Names of the columns of a panel; ``weights`` is None where all units count alike."""

    unit: str
    time: str
    outcome: str
    programme: str
    weights: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Units that are seen in every period, some of which take part from some period on.

    Attributes
    ----------
    units, periods
        Their labels, in order. Shapes (U,) and (T,).
    outcome
        Shape (U, T).
    weights
        How much each unit counts, the same in all periods. Shape (U,).
    cohorts
        Place in ``starts`` of each unit, `NEVER` for the units to compare with. Shape (U,).
    starts
        Place in ``periods`` of the first period of each cohort, in order. Shape (G,).
    """

    units: "pd.Index[Any]"
    periods: "pd.Index[Any]"
    outcome: Array
    weights: Array
    cohorts: Codes
    starts: Codes

    @property
    def is_treated(self) -> Mask:
        """Which units ever take part. Shape (U,)."""
        return np.asarray(self.cohorts != NEVER)

    @property
    def since_start(self) -> Codes:
        """Periods since the first one of each unit that takes part; of the others it says nothing. Shape (U, T)."""
        return np.asarray(np.arange(len(self.periods)) - self.starts[self.cohorts][:, None])


def read_panel(function: str, frame: pd.DataFrame, columns: Columns, problems: list[str]) -> Panel:
    """Check a panel and lay it out by unit and period, or refuse it with all that is wrong.

    Raises
    ------
    InvalidDataError
        When there were problems before, when a column is not there, a value is missing, a unit is not seen exactly
        once in every period, time has no order, nobody or everybody takes part, a unit stops or takes part from the
        first period on, or a weight is not positive or not the same in all periods of a unit.
    """
    _check_columns(frame, columns, problems)
    refuse(function, problems)
    outcome = numbers("outcome", frame[columns.outcome], problems)
    programme = truths("programme", frame[columns.programme], problems)
    weights = np.ones(len(frame))
    if columns.weights is not None:
        weights = numbers("weights", frame[columns.weights], problems)
    rows, units = _labels("unit", frame[columns.unit], problems)
    _check_time(frame[columns.time], problems)
    places, periods = _labels("time", frame[columns.time], problems)
    refuse(function, problems)
    check_size("outcome", outcome, problems)
    check_size("weights", weights, problems)
    shape = (len(units), len(periods))
    _check_cells(rows, places, shape, problems)
    refuse(function, problems)
    order = np.lexsort((places, rows))
    takes_part = programme[order].reshape(shape)
    _check_programme(takes_part, problems)
    by_unit = weights[order].reshape(shape)
    _check_weights(by_unit, problems)
    refuse(function, problems)
    first = np.where(takes_part.any(axis=1), takes_part.argmax(axis=1), NEVER)
    starts = np.unique(first[first != NEVER])
    return Panel(
        units=units,
        periods=periods,
        outcome=outcome[order].reshape(shape),
        weights=by_unit[:, 0],
        cohorts=np.where(first == NEVER, NEVER, np.searchsorted(starts, first)),
        starts=starts,
    )


def check_size(name: str, values: Array, problems: list[str]) -> None:
    """Check that the squares of numbers are numbers too."""
    largest = np.abs(values).max(initial=0)
    if largest > LARGEST or 0 < largest < 1 / LARGEST:
        said = f"values above {LARGEST:g}" if largest > 1 else f"no value above {1 / LARGEST:g}"
        problems.append(f"{name} has {said}; give it in other units")


def _check_columns(frame: object, columns: Columns, problems: list[str]) -> None:
    if not isinstance(frame, pd.DataFrame):
        problems.append("panel is no DataFrame; pass one with a row for each unit and period")
        return
    here = list(frame.columns)
    for role in ("unit", "time", "outcome", "programme", "weights"):
        name = getattr(columns, role)
        if name is None:
            continue
        n_here = here.count(name)
        if n_here == 0:
            problems.append(f"panel has no column '{name}' ({role}); {did_you_mean(str(name), map(str, here))}")
        elif n_here > 1:
            problems.append(f"panel has {n_here} columns '{name}' ({role}); expected one")
    if frame.empty:
        problems.append("panel has no rows; expected one for each unit and period")


def _check_time(column: "pd.Series[Any]", problems: list[str]) -> None:
    categories = column.dtype if isinstance(column.dtype, pd.CategoricalDtype) else None
    if not (categories.ordered if categories else pd.api.types.infer_dtype(column, skipna=True) in IN_ORDER):
        problems.append(
            "time holds text, categories without an order, or values of different kinds; give numbers, days, periods "
            "(pandas.Period), or ordered categories"
        )


def _labels(role: str, column: "pd.Series[Any]", problems: list[str]) -> tuple[Codes, "pd.Index[Any]"]:
    """Place of each row's label among the labels in order, and the labels."""
    n_missing = int(column.isna().sum())
    if n_missing:
        problems.append(f"{role} is missing in {many(n_missing, 'row')} of {len(column):,}; leave these rows out")
    try:
        labels = pd.Index(column.dropna().unique()).sort_values()
        return labels.get_indexer(pd.Index(column)).astype(np.int64), labels
    except TypeError:  # pandas quotes the values
        problems.append(f"{role} holds values of different kinds, or lists; make them all numbers, names or days")
        return np.zeros(0, dtype=np.int64), pd.Index([])


def _check_cells(rows: Codes, places: Codes, shape: tuple[int, int], problems: list[str]) -> None:
    n_seen = np.bincount(rows * shape[1] + places, minlength=shape[0] * shape[1])
    n_twice, n_missing = int((n_seen > 1).sum()), int((n_seen == 0).sum())
    if n_twice:
        problems.append(f"{many(n_twice, 'pair')} of unit and period stand in more than one row; expected one row each")
    if n_missing:
        n_incomplete = int((n_seen.reshape(shape) == 0).any(axis=1).sum())
        problems.append(
            f"{many(n_missing, 'pair')} of unit and period of {n_seen.size:,} have no row, in "
            f"{many(n_incomplete, 'unit')}; expected every unit in every period: leave out units or periods"
        )


def _check_programme(takes_part: Mask, problems: list[str]) -> None:
    is_treated = takes_part.any(axis=1)
    if not is_treated.any():
        problems.append("programme is False in every row; expected a unit that takes part from some period on")
    if is_treated.all():
        problems.append("every unit takes part at some time; expected units that never do, to compare with")
    n_always = int(takes_part[:, 0].sum())
    if n_always:
        problems.append(f"{many(n_always, 'unit')} took part from the first period on; expected periods before it")
    n_stopped = int((takes_part[:, :-1] & ~takes_part[:, 1:]).any(axis=1).sum())
    if n_stopped:
        problems.append(
            f"{many(n_stopped, 'unit')} stopped taking part; expected a programme that stays once it has started: "
            "leave out the periods after its end"
        )


def _check_weights(by_unit: Array, problems: list[str]) -> None:
    n_wrong = int((by_unit <= 0).sum())
    if n_wrong:
        problems.append(f"weights has {many(n_wrong, 'value')} not above 0; leave these units out")
    n_varying = int((by_unit != by_unit[:, :1]).any(axis=1).sum())
    if n_varying:
        problems.append(
            f"weights differ between the periods of {many(n_varying, 'unit')}; expected one weight for each unit, such "
            "as its mean population"
        )
