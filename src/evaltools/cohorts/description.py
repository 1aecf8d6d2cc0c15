"""Table 1: who the groups are on their index day, and how unlike."""

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import pandas as pd

from evaltools.cohorts.at_start import COVARIATES
from evaltools.cohorts.cohort import Cohort
from evaltools.cohorts.state import require_cohort
from evaltools.disclosure import from_register
from evaltools.effects import standardised_difference
from evaltools.errors import InvalidDataError, did_you_mean
from evaltools.registers.tables import TABLES

MISSING, YES = "missing", "yes"


def table_one(
    *cohorts: Cohort, variables: str | Collection[str] = COVARIATES, names: Collection[str] | None = None
) -> pd.DataFrame:
    """Describe one or more cohorts on their index day, side by side.

    Parameters
    ----------
    cohorts
        The first is the one that the others are compared with.
    variables
        Of `COVARIATES`.
    names
        A name for each cohort, for the columns; its group when left out.

    Returns
    -------
    pandas.DataFrame
        One row per number, and per level of what is no number: ``variable``, ``level`` (empty for a number),
        ``label`` (official Dutch text of a code, or else the level), ``statistic`` (``mean``, ``share`` or ``missing``). For each group
        ``n_…`` persons with a value, with that level or without a value; ``value_…`` the mean, the share of those
        with a value, or the share without one; ``sd_…`` of a number. For each group but the first ``smd_…``, the
        standardised difference from the first; see `effects.standardised_difference`.

    Raises
    ------
    InvalidDataError
        When two cohorts have one name, or there is no such variable.

    Examples
    --------
    >>> from evaltools.cohorts import example_cohort, comparison_cohort, table_one
    >>> cohort = example_cohort()
    >>> shown = table_one(cohort, comparison_cohort(cohort), variables=("age", "sex"))
    >>> shown[["label", "statistic", "value_programme", "value_comparison", "smd_comparison"]].round(2)
       label statistic  value_programme  value_comparison  smd_comparison
    0             mean             37.2             40.33           -0.28
    1    man     share              0.4              0.67           -0.54
    2  vrouw     share              0.6              0.33            0.54
    """
    for cohort in cohorts:
        require_cohort(cohort)
    variables = (variables,) if isinstance(variables, str) else tuple(variables)
    groups = [cohort.group for cohort in cohorts] if names is None else list(names)
    problems = [
        f"has no variable '{name}'; {did_you_mean(name, COVARIATES)}" for name in variables if name not in COVARIATES
    ]
    if not cohorts:
        problems.append("needs one or more cohorts")
    if len(groups) != len(cohorts) or len(set(groups)) < len(groups):
        problems.append(
            "needs another name for each cohort; pass them as names=, such as names=('Aalten', 'Doetinchem')"
        )
    if problems:
        raise InvalidDataError("table_one()", problems)
    rows = [
        row
        for name in variables
        for row in _rows(
            name, {group: cohort.participants[name] for group, cohort in zip(groups, cohorts, strict=True)}
        )
    ]
    return from_register(pd.DataFrame(rows), is_simulated=any(cohort.is_simulated for cohort in cohorts))


def _rows(name: str, by_group: dict[str, "pd.Series[Any]"]) -> Iterator[dict[str, Any]]:
    known = {group: values.dropna() for group, values in by_group.items()}
    first = next(iter(by_group.values()))
    if pd.api.types.is_bool_dtype(first.dtype):
        yield _level(name, YES, YES, {group: values.astype(bool).to_numpy() for group, values in known.items()})
    elif pd.api.types.is_numeric_dtype(first.dtype):
        yield _number(name, {group: values.to_numpy(dtype=np.float64) for group, values in known.items()})
    else:
        levels = _levels(known)
        codes = {group: pd.Categorical(values.astype(str), categories=levels).codes for group, values in known.items()}
        for place, level in enumerate(levels):
            yield _level(name, level, _label(name, level), {group: own == place for group, own in codes.items()})
    if any(values.isna().any() for values in by_group.values()):
        yield _level(
            name,
            MISSING,
            MISSING,
            {group: values.isna().to_numpy() for group, values in by_group.items()},
            statistic=MISSING,
        )


def _number(name: str, by_group: dict[str, np.ndarray]) -> dict[str, Any]:
    row: dict[str, Any] = {"variable": name, "level": "", "label": "", "statistic": "mean"}
    for group, values in by_group.items():
        row[f"n_{group}"] = len(values)
        row[f"value_{group}"] = values.mean() if len(values) else np.nan
        row[f"sd_{group}"] = values.std(ddof=1) if len(values) > 1 else np.nan
    return row | _differences(by_group)


def _level(
    name: str, level: str, label: str, by_group: dict[str, np.ndarray], *, statistic: str = "share"
) -> dict[str, Any]:
    row: dict[str, Any] = {"variable": name, "level": level, "label": label, "statistic": statistic}
    for group, holds in by_group.items():
        row[f"n_{group}"] = int(holds.sum())
        row[f"value_{group}"] = holds.mean() if len(holds) else np.nan
        row[f"sd_{group}"] = np.nan
    return row | _differences(by_group)


def _differences(by_group: dict[str, np.ndarray]) -> dict[str, float]:
    (_, first), *others = by_group.items()
    return {f"smd_{group}": standardised_difference(first, values) for group, values in others}


def _levels(known: dict[str, "pd.Series[Any]"]) -> list[str]:
    """Levels that occur, in the order of their code list; texts in that of the alphabet."""
    first = next(iter(known.values()))
    occur = {str(level) for values in known.values() for level in values.unique()}
    if isinstance(first.dtype, pd.CategoricalDtype):
        return [str(level) for level in first.dtype.categories if level in occur]
    return sorted(occur)


def _label(name: str, level: str) -> str:
    for table in ("persons", "benefit_spells"):
        if name in TABLES[table].columns:
            code_list = TABLES[table].code_list(name)
            return (code_list.text(level) or level) if code_list else level
    return level
