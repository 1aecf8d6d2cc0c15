"""How far in a programme a person came, as a participation tells."""

import pandas as pd

STATUS_RANK = {"selected": 0, "approached": 1, "started": 2, "withdrawn": 2, "completed": 3}
"""How far a status is."""

STAGE_RANK = {"on_benefit": 0, "selected": 0, "offered": 1, "approached": 1, "started": 2, "completed": 3}
"""How far a member of a stage of a programme came at least."""


def rank_reached(participations: pd.DataFrame) -> "pd.Series[int]":
    """Rank of each participation among those of `STAGE_RANK`.

    Who withdrew before the start has no first day, and came as far as ``approached``.

    Examples
    --------
    >>> rows = pd.DataFrame({"status": ["withdrawn", "withdrawn"], "first_day": [None, pd.Timestamp("2019-01-01")]})
    >>> rank_reached(rows).tolist()
    [1, 2]
    """
    rank = participations["status"].astype("str").map(STATUS_RANK)
    before_start = (participations["status"] == "withdrawn") & participations["first_day"].isna()
    return rank.mask(before_start, STATUS_RANK["approached"]).astype("int64")
