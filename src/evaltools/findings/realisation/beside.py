"""What else ran in the months of a plan and in the years before: other programmes of the same municipality."""

from collections.abc import Iterable

import pandas as pd

from evaltools.disclosure import from_publications
from evaltools.programmes import Programme

COLUMNS = ["name", "is_before", "is_during", "is_known"]


@from_publications
def programmes_beside(
    programme: Programme, others: Iterable[Programme], municipality: str, first_day: str, months: int, years_before: int
) -> pd.DataFrame:
    """List other programmes in a municipality by whether they ran in the months of a plan, or as many before it.

    Returns
    -------
    DataFrame
        One row per programme: ``name``, ``is_before`` and ``is_during``; and ``is_known``, whether a source gives when it ran. A
        programme without a last day runs on.

    Examples
    --------
    >>> from evaltools.programmes import read_programme
    >>> plan, helps = read_programme("plan-van-aanpak-laborijn"), read_programme("aandacht-helpt")
    >>> programmes_beside(plan, [plan, helps], "GM0197", "2019-01-01", 24, 2).to_dict("records")
    [{'name': 'Aandacht helpt!', 'is_before': True, 'is_during': True, 'is_known': True}]
    """
    first = pd.Timestamp(first_day)
    end, since = first + pd.DateOffset(months=months), first - pd.DateOffset(years=years_before)
    rows = []
    for other in others:
        if other.slug == programme.slug or municipality not in other.municipalities:
            continue
        period = other.period
        began = pd.Timestamp(period.first_day) if period else None
        ended = pd.Timestamp(period.last_day) if period and period.last_day else pd.Timestamp.max
        rows.append(
            {
                "name": other.name,
                "is_before": began is not None and began < first and ended >= since and years_before > 0,
                "is_during": began is not None and began < end and ended >= first,
                "is_known": period is not None,
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)
