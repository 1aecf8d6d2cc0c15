"""Workplaces that employers offered (Meedoen Werkt): filled, and kept."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from evaltools.cohorts.definitions import days_of, months_given
from evaltools.cohorts.households import rows_of_programme
from evaltools.disclosure import from_register
from evaltools.errors import InvalidDataError, many
from evaltools.programmes import Programme
from evaltools.registers import Register

MONTHS = (3, 6, 12)
HOURS = {"under_12": (0, 12), "12_to_16": (12, 16), "16_or_more": (16, np.inf)}
"""Hours a week, from and up to; ``unknown`` beside them."""


def placement_table(
    register: Register, programme: Programme | str, months: int | Sequence[int] = MONTHS
) -> pd.DataFrame:
    """Count workplaces that were offered, filled, and kept for so many months, by hours a week.

    A workplace is kept for so many months when the person in it was still there on that day; who left on it was. Of
    all filled workplaces only those count that the extract shows for so long. Days after the extract are plans, and no
    part of it.

    Parameters
    ----------
    register
        See `registers.open_register`.
    programme
        Or its slug.
    months
        How long a workplace must be kept.

    Returns
    -------
    pandas.DataFrame
        One row per group of hours (``all`` first) and number of months: ``hours``, ``months``, ``n_offered``,
        ``n_filled``, ``n_employers``, ``n_followed`` filled that long before the extract, ``n_kept``, ``share_kept``
        (missing where none is followed so long).

    Raises
    ------
    InvalidDataError
        When there are no workplaces of the programme, or two rows of one that differ.

    Examples
    --------
    >>> from evaltools.registers import example_register
    >>> placement_table(example_register(), "proef", 6).query("n_offered > 0")[["hours", "n_offered", "n_filled", "n_kept"]]
            hours  n_offered  n_filled  n_kept
    0         all          3         2       1
    3  16_or_more          3         2       1
    """
    rows = rows_of_programme(register, "placements", programme).drop_duplicates()
    if n := int(rows["placement_id"].duplicated().sum()):
        raise InvalidDataError(
            f"the register of {register.municipality}",
            [f"placements: {many(n, 'row')} of a workplace that has another row, which differs"],
        )
    extract_day = pd.Timestamp(register.origins["placements"].extract_day)
    rows = rows[rows["offered_day"] <= extract_day]
    is_filled = (rows["filled_day"] <= extract_day).to_numpy()
    made = []
    for name, is_own in _groups(rows["hours_per_week"]).items():
        filled = rows[is_own & is_filled]
        for month in months_given(months):
            day = filled["filled_day"] + pd.to_timedelta(int(days_of(month)), unit="D")
            is_followed = day <= extract_day
            is_kept = is_followed & ~(filled["last_day"] < day)
            n = int(is_followed.sum())
            made.append({
                "hours": name,
                "months": month,
                "n_offered": int(is_own.sum()),
                "n_filled": len(filled),
                "n_employers": int(rows.loc[is_own, "employer_id"].nunique()),
                "n_followed": n,
                "n_kept": int(is_kept.sum()),
                "share_kept": is_kept.sum() / n if n else np.nan,
            })  # fmt: skip
    return from_register(pd.DataFrame(made), is_simulated=register.is_simulated)


def _groups(hours: "pd.Series[float]") -> dict[str, np.ndarray]:
    within = {name: ((hours >= low) & (hours < high)).to_numpy() for name, (low, high) in HOURS.items()}
    return {"all": np.ones(len(hours), dtype=bool), **within, "unknown": hours.isna().to_numpy()}
