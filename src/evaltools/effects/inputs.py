"""What the functions of this package accept, and what they say of anything else.

Each check adds sentences to a list, so that all problems of a call come at once; none quotes a value of a person.
"""

from collections.abc import Callable, Collection, Sequence
from math import inf
from typing import Any, TypeGuard

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from evaltools.errors import InvalidDataError, did_you_mean, many

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

COLLINEAR = 1e-10
"""A column of which less than this share of the variance is left beside the others says nothing of its own."""


def refuse(function: str, problems: Collection[str]) -> None:
    """Raise what was found, if anything.

    Raises
    ------
    InvalidDataError
        When there are problems.
    """
    if problems:
        raise InvalidDataError(f"{function}()", problems)


def check_level(level: float, problems: list[str]) -> None:
    """Check a confidence level."""
    if not 0 < level < 1:
        problems.append(f"level is {level}; expected a number between 0 and 1, such as 0.95")


def check_choice(name: str, value: object, allowed: Collection[str], problems: list[str]) -> None:
    """Check an option that is one of a few words."""
    if value not in allowed:
        problems.append(f"{name} is '{value}'; {did_you_mean(str(value), allowed)}")


def check_count(name: str, value: object, problems: list[str], *, least: int = 0) -> None:
    """Check a number of units."""
    if not _is_number(value) or value != round(value):
        problems.append(f"{name} is no whole number; expected a count")
    elif value < least:
        problems.append(f"{name} is {value:.0f}; expected a count of at least {least}")


def check_counts(events: Any, n: Any, problems: list[str], *, group: str = "") -> None:
    """Check a number of events among a number of units; ``group`` is the ending of their names."""
    ending = f"_{group}" if group else ""
    before = len(problems)
    check_count(f"n{ending}", n, problems, least=1)
    check_count(f"events{ending}", events, problems)
    if len(problems) == before and events > n:
        problems.append(f"events{ending} is {events:.0f}; expected a count from 0 to n{ending} ({n:.0f})")


def check_number(
    name: str, value: object, problems: list[str], *, is_allowed: Callable[[float], bool], expected: str
) -> None:
    """Check a finite number; ``expected`` says in words what is allowed."""
    if not _is_number(value):
        problems.append(f"{name} is no finite number; expected {expected}")
    elif not is_allowed(value):
        problems.append(f"{name} is {value:g}; expected {expected}")


def numbers(name: str, values: ArrayLike, problems: list[str], *, n: int | None = None) -> Array:
    """Take numbers without a missing one, ``n`` of them where that is given. Shape (n,)."""
    made = _column(name, values, problems)
    if made is None:
        return np.zeros(n or 0)
    n_wrong = len(made) - int(np.isfinite(made).sum())
    if n_wrong:
        problems.append(
            f"{name} has {many(n_wrong, 'missing or infinite value')} of {len(made):,}; leave these units out, "
            "and count them"
        )
    _check_length(name, made, n, problems)
    return made


def truths(name: str, values: ArrayLike, problems: list[str], *, n: int | None = None) -> Mask:
    """Take a yes or no for each unit: booleans, or 0 and 1. Shape (n,)."""
    made = _column(name, values, problems)
    if made is None:
        return np.zeros(n or 0, dtype=bool)
    n_wrong = int((~np.isin(made, (0, 1))).sum())
    if n_wrong:
        problems.append(f"{name} has {many(n_wrong, 'value')} of {len(made):,} that is no True or False, 1 or 0")
    _check_length(name, made, n, problems)
    return np.asarray(made == 1)


def programme_group(values: ArrayLike, problems: list[str], *, n: int | None = None) -> Mask:
    """Take who is in the programme; both groups must have somebody. Shape (n,)."""
    n_before = len(problems)
    made = truths("programme", values, problems, n=n)
    if len(problems) == n_before:
        problems += [
            f"programme is {word} for everybody; both groups need somebody"
            for word, is_empty in (("False", not made.any()), ("True", made.all()))
            if is_empty
        ][:1]
    return made


def columns(covariates: Any, problems: list[str], *, n: int | None = None) -> tuple[Array, tuple[str, ...]]:
    """Take covariates as columns of numbers, without a column of ones.

    Numbers and booleans are one column each. Text and categories are one column of 0 and 1 for each level but the
    first, named ``column[level]``; a level that nobody has gets none.

    Parameters
    ----------
    covariates
        DataFrame, Series, or array of numbers of shape (n,) or (n, k).

    Returns
    -------
    tuple
        The columns, shape (n, k), and their names. A column that is missing for somebody, the same for everybody or
        told by the others adds a problem.
    """
    try:
        frame = _frame(covariates)
    except (TypeError, ValueError):  # numpy and pandas quote values
        problems.append("covariates are no table of columns; pass a DataFrame or an array of shape (n, k)")
        return np.zeros((n or 0, 0)), ()
    if n is not None and len(frame) != n:
        problems.append(f"covariates has {many(len(frame), 'row')}; expected {n:,}, one for each unit")
    before = len(problems)
    twice = frame.columns[frame.columns.duplicated()].unique()
    problems += [f"covariates has more than one column '{name}'; give each a name of its own" for name in twice]
    made: list[Array] = []
    names: list[str] = []
    for name, column in frame.items():
        if column.isna().any():
            problems.append(
                f"covariate '{name}' is missing for {int(column.isna().sum()):,} of {len(frame):,}; leave these units "
                "out, or make missing a level of its own"
            )
            continue
        for label, values in _numeric(str(name), column):
            if not np.isfinite(values).all():
                problems.append(f"covariate '{label}' has infinite values; leave these units out")
            elif len(values) and (values == values[0]).all():
                problems.append(f"covariate '{label}' is the same for everybody; leave it out")
            made.append(values)
            names.append(label)
    matrix = np.column_stack(made) if made else np.zeros((len(frame), 0))
    if len(problems) == before:
        check_collinear(matrix, names, problems)
    return matrix, tuple(names)


def check_collinear(matrix: Array, names: Sequence[str], problems: list[str]) -> None:
    """Name the columns that add nothing to those before them and a constant.

    By the Cholesky factor of their correlations. Shape of the matrix (n, k); no column is the same for everybody.
    """
    if not matrix.size:
        return
    centred = matrix - matrix.mean(axis=0)
    left = centred.T @ centred
    scale = np.sqrt(np.diag(left))
    left /= np.outer(scale, scale)
    for place, name in enumerate(names):
        if left[place, place] < COLLINEAR:
            problems.append(f"covariate '{name}' follows from the others; leave it out")
        else:
            left -= np.outer(left[:, place], left[place]) / left[place, place]


def _is_number(value: object) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return False
    return bool(-inf < value < inf)


def _column(name: str, values: ArrayLike, problems: list[str]) -> Array | None:
    try:
        if isinstance(values, pd.Series):
            made = values.to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            made = np.asarray(values).astype(np.float64)
    except (TypeError, ValueError):  # numpy quotes the value
        problems.append(f"{name} holds something else than numbers")
        return None
    if made.ndim != 1:
        problems.append(f"{name} has {made.ndim} dimensions; expected one value for each unit")
        return None
    return made


def _check_length(name: str, made: np.ndarray, n: int | None, problems: list[str]) -> None:
    if n is not None and len(made) != n:
        problems.append(f"{name} has {many(len(made), 'value')}; expected {n:,}, one for each unit")


def _frame(covariates: Any) -> pd.DataFrame:
    if isinstance(covariates, pd.DataFrame):
        return covariates.rename(columns=str)
    if isinstance(covariates, pd.Series):
        return covariates.rename(str(covariates.name if covariates.name is not None else "x0")).to_frame()
    made = np.asarray(covariates).astype(np.float64)
    made = made[:, None] if made.ndim == 1 else made
    return pd.DataFrame(made, columns=[f"x{place}" for place in range(made.shape[1])])


def _numeric(name: str, column: "pd.Series[Any]") -> list[tuple[str, Array]]:
    if pd.api.types.is_numeric_dtype(column.dtype):
        return [(name, column.to_numpy(dtype=np.float64))]
    held = column.astype("category").cat.remove_unused_categories().cat
    codes, levels = held.codes.to_numpy(), list(held.categories)
    if len(levels) < 2:
        return [(name, np.zeros(len(column)))]
    return [(f"{name}[{level}]", (codes == place).astype(np.float64)) for place, level in enumerate(levels) if place]
