"""What the functions of this package accept, and what they say of anything else.

Each check adds sentences to a list, so that all problems of a call come at once; none quotes a value of a person.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from math import inf
from numbers import Real
from typing import Any, TypeGuard

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from evaltools.errors import InvalidDataError, did_you_mean, many

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_LEVELS = 50
"""A covariate with more names than this is a key, or should be made coarser."""
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


def check_level(level: object, problems: list[str]) -> None:
    """Check a confidence level."""
    if not _is_number(level) or not 0 < level < 1:
        problems.append(f"level is {level!r}; expected a number between 0 and 1, such as 0.95")


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


def check_share(name: str, value: object, problems: list[str]) -> None:
    """Say that a share of people is none, or is of nobody or everybody."""
    check_number(
        name, value, problems, is_allowed=lambda value: 0 < value < 1, expected="a share strictly between 0 and 1"
    )


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


def whole_numbers(name: str, values: ArrayLike, problems: list[str], *, least: int, n: int | None = None) -> Array:
    """Take whole numbers of at least so many. Shape (n,)."""
    made = numbers(name, values, problems, n=n)
    known = made[np.isfinite(made)]
    if n_wrong := int(((known != np.round(known)) | (known < least)).sum()):
        problems.append(
            f"{name} has {many(n_wrong, 'value')} of {len(made):,} that is no whole number of at least {least}"
        )
    return made


def counts_of_units(events: ArrayLike, n: ArrayLike, problems: list[str]) -> tuple[Array, Array]:
    """Take the events and the size of two units or more. Shapes (k,)."""
    check_aligned({"events": events, "n": n}, problems)
    counted = whole_numbers("events", events, problems, least=0)
    sizes = whole_numbers("n", n, problems, least=1, n=len(counted))
    if len(counted) < 2:
        problems.append(f"events has {many(len(counted), 'value')}; expected at least 2 units")
    if len(counted) == len(sizes) and (n_wrong := int((counted > sizes).sum())):
        problems.append(f"events is more than n for {many(n_wrong, 'unit')} of {len(counted):,}")
    return counted, sizes


def index_of(*given: Any) -> pd.Index:
    """Give the index of the first Series, or a range where there is none."""
    return next((each.index for each in given if isinstance(each, pd.Series)), pd.RangeIndex(len(given[0])))


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
    before = len(problems)
    frame = _table(covariates, problems, n=n)
    made = [
        (label, values) for name, column in frame.items() for label, values in _covariate(str(name), column, problems)
    ]
    names = tuple(label for label, _ in made)
    matrix = np.column_stack([values for _, values in made]) if made else np.zeros((len(frame), 0))
    if len(problems) == before:
        check_collinear(matrix, names, problems)
    return matrix, names


def described(covariates: Any, problems: list[str], *, n: int | None = None) -> dict[str, Array | Mask]:
    """Take covariates as `columns` does, but to describe them: booleans stay so, and each level has a column of them.

    A column may be the same for everybody, or told by the others.
    """
    frame = _table(covariates, problems, n=n)
    return {
        label: values == 1 if label != name or pd.api.types.is_bool_dtype(column.dtype) else values
        for name, column in frame.items()
        for label, values in _covariate(str(name), column, problems, is_description=True)
    }


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
    told = []
    for place, name in enumerate(names):
        if left[place, place] < COLLINEAR:
            told.append(column_of(name))
        else:
            left -= np.outer(left[:, place], left[place]) / left[place, place]
    problems += [f"covariate '{name}' follows from the others; leave it out" for name in dict.fromkeys(told)]


def check_aligned(given: Mapping[str, Any], problems: list[str]) -> None:
    """Check that Series and DataFrames that are given together have their rows in one order, by their indexes.

    Values are taken by their place: those of another order would be put with other units without a sign of it.
    """
    indexed = {name: each.index for name, each in given.items() if isinstance(each, pd.Series | pd.DataFrame)}
    first = next(iter(indexed), "")
    problems += [
        f"{name} and {first} have different indexes; bring their rows in one order, or pass {name}.to_numpy()"
        for name, index in indexed.items()
        if len(index) == len(indexed[first]) and not index.equals(indexed[first])
    ]


def column_of(label: str) -> str:
    """Name the covariate of a column without its level, which may be of one person."""
    return label.split("[", maxsplit=1)[0]


def _is_number(value: object) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return False
    return bool(-inf < value < inf)


def _column(name: str, values: ArrayLike, problems: list[str]) -> Array | None:
    made = _as_numbers(values)
    if made is None:
        problems.append(f"{name} holds something else than numbers{_instead(name)}")
        return None
    if made.ndim != 1:
        problems.append(f"{name} has {made.ndim} dimensions; expected one value for each unit")
        return None
    return made


def _instead(name: str) -> str:
    """Say what to give in place of groups or causes as text."""
    examples = {"programme": "group == 'programme'", "event": "cause == 'work'"}
    return f"; expected a yes or no, such as {examples[name]}" if name in examples else ""


def _as_numbers(values: Any) -> Array | None:
    """Take numbers and booleans as they are, and missing ones as nan; None for text, days and all else."""
    try:
        held = values if isinstance(values, pd.Series) else np.asarray(values)
    except ValueError:  # rows of different lengths
        return None
    if isinstance(values, np.ma.MaskedArray):
        held = np.where(np.ma.getmaskarray(values), np.nan, held)
    if held.dtype == object:
        missing = (None, pd.NA, pd.NaT)
        known = [np.nan if any(value is each for each in missing) else value for value in np.asarray(held).ravel()]
        if held.ndim != 1 or not all(isinstance(value, Real | np.bool_) for value in known):
            return None
        held = np.array([float(value) for value in known])
    if not pd.api.types.is_numeric_dtype(held.dtype) or pd.api.types.is_complex_dtype(held.dtype):
        return None
    if isinstance(held, pd.Series):
        return held.to_numpy(dtype=np.float64, na_value=np.nan)
    return held.astype(np.float64)


def _check_length(name: str, made: np.ndarray, n: int | None, problems: list[str]) -> None:
    # Of 0 units, what they were counted by was refused.
    if n and len(made) != n:
        problems.append(f"{name} has {many(len(made), 'value')}; expected {n:,}, one for each unit")


def _table(covariates: Any, problems: list[str], *, n: int | None) -> pd.DataFrame:
    try:
        frame = _frame(covariates)
    except (TypeError, ValueError, OverflowError):  # numpy and pandas quote values
        problems.append("covariates are no table of columns; pass a DataFrame or an array of shape (n, k)")
        return pd.DataFrame(index=range(n or 0))
    if n and len(frame) != n:
        problems.append(f"covariates has {many(len(frame), 'row')}; expected {n:,}, one for each unit")
    twice = frame.columns[frame.columns.duplicated()].unique()
    problems += [f"covariates has more than one column '{name}'; give each a name of its own" for name in twice]
    return frame


def _frame(covariates: Any) -> pd.DataFrame:
    if isinstance(covariates, pd.DataFrame):
        return covariates.rename(columns=str).infer_objects()
    if isinstance(covariates, pd.Series):
        name = str(covariates.name if covariates.name is not None else "x0")
        return covariates.rename(name).to_frame().infer_objects()
    made = np.asarray(covariates)
    made = made if made.dtype == np.bool_ else made.astype(np.float64)
    if made.ndim not in {1, 2}:
        raise ValueError
    made = made[:, None] if made.ndim == 1 else made
    return pd.DataFrame(made, columns=[f"x{place}" for place in range(made.shape[1])])


def _covariate(
    name: str, column: "pd.Series[Any]", problems: list[str], *, is_description: bool = False
) -> list[tuple[str, Array]]:
    """Take one covariate as columns of numbers; none, with a problem, where it cannot be used."""
    wrong = _not_usable(column)
    if column.isna().any() and not wrong:
        wrong = (
            f"is missing for {int(column.isna().sum()):,} of {len(column):,}; leave these units out, or make missing a "
            "level of its own"
        )
    made = [] if wrong else _numeric(name, column, first_level=0 if is_description else 1)
    if not all(np.isfinite(values).all() for _, values in made):
        wrong = "has infinite values; leave these units out"
    elif not is_description and any(len(values) and (values == values[0]).all() for _, values in made):
        wrong = "is the same for everybody; leave it out"
    if wrong:
        problems.append(f"covariate '{name}' {wrong}")
    return made


def _not_usable(column: "pd.Series[Any]") -> str:
    """Say why a column cannot be a covariate; empty where it can."""
    if pd.api.types.is_complex_dtype(column.dtype):
        return "holds complex numbers"
    if pd.api.types.is_numeric_dtype(column.dtype):
        return ""
    if pd.api.types.is_datetime64_any_dtype(column.dtype) or pd.api.types.is_timedelta64_dtype(column.dtype):
        return "holds days; give a number, such as years since then"
    try:
        n_levels = column.nunique()
    except TypeError:  # lists and other things that cannot be told apart
        return "holds something else than numbers, text or categories"
    return (
        f"has {n_levels:,} levels; expected at most {MOST_LEVELS}: join them, or leave out what names persons"
        if n_levels > MOST_LEVELS
        else ""
    )


def _numeric(name: str, column: "pd.Series[Any]", *, first_level: int) -> list[tuple[str, Array]]:
    if pd.api.types.is_numeric_dtype(column.dtype):
        return [(name, column.to_numpy(dtype=np.float64))]
    held = column.astype("category").cat.remove_unused_categories().cat
    codes, levels = held.codes.to_numpy(), list(held.categories)
    if len(levels) <= first_level:
        return [(name, np.zeros(len(column)))]
    return [
        (f"{name}[{level}]", (codes == place).astype(np.float64))
        for place, level in enumerate(levels)
        if place >= first_level
    ]
