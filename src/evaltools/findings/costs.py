"""What a published saving becomes when not everybody left because of the programme."""

from collections.abc import Sequence
from itertools import product
from typing import Any, cast

import pandas as pd

from evaltools.disclosure import from_publications
from evaltools.effects import break_even_deadweight
from evaltools.programmes import Costs

DEADWEIGHTS = (0.0, 0.5, 0.7, 0.9)
SHARES_ENDING = (1.0, 0.5)

CASE_COLUMNS = [
    "n",
    "euro_each",
    "euro_investment",
    "investment_precision",
    "share_deadweight",
    "share_ending",
    "euro_saving",
    "euro_balance",
]
BREAK_EVEN_COLUMNS = [
    "price",
    "euro_each",
    "n",
    "euro_investment",
    "investment_precision",
    "euro_claimed",
    "share_ending",
    "break_even",
]


@from_publications
def business_case(
    costs: Sequence[Costs],
    *,
    deadweights: Sequence[float] = DEADWEIGHTS,
    shares_ending: Sequence[float] = SHARES_ENDING,
) -> pd.DataFrame:
    """One row per sum, deadweight and share of benefit that ends: the saving in one year.

    ``euro_saving = n * euro_each * (1 - deadweight) * share_ending`` and
    ``euro_balance = euro_saving - euro_investment``, in euro. Deadweight is the
    share of exits that would have happened without the programme too.

    Examples
    --------
    >>> from evaltools.programmes import Costs
    >>> costs = Costs.model_validate({
    ...     "municipality": "GM1509", "investment_euro": 253000, "n": 100,
    ...     "saving_euro_each": 14000, "source": {"title": "t"},
    ... })
    >>> business_case([costs], deadweights=[0.9], shares_ending=[1]).euro_balance.round().tolist()
    [-113000.0]
    """
    rows = []
    for sums, deadweight, ending in product(costs, deadweights, shares_ending):
        saving = sums.n * sums.saving_euro_each * (1 - deadweight) * ending
        rows.append(
            {
                "n": sums.n,
                "euro_each": sums.saving_euro_each,
                "euro_investment": sums.investment_euro,
                "investment_precision": sums.investment_precision,
                "share_deadweight": deadweight,
                "share_ending": ending,
                "euro_saving": saving,
                "euro_balance": saving - sums.investment_euro,
            }
        )
    return pd.DataFrame(rows, columns=CASE_COLUMNS)


def prices_beside(costs: Sequence[Costs], prices: pd.DataFrame) -> pd.DataFrame:
    """Keep the published prices of a benefit where there is a sum to set them beside; none elsewhere."""
    return prices if costs else prices.iloc[:0]


@from_publications
def break_even(
    costs: Sequence[Costs], prices: pd.DataFrame, *, shares_ending: Sequence[float] = SHARES_ENDING
) -> pd.DataFrame:
    """One row per sum, price and share of benefit that ends: the deadweight at which it pays nothing.

    ``break_even = 1 - euro_investment / (n * euro_each * share_ending)``. Below
    it the saving of one year exceeds the investment. A negative value means that
    the investment exceeds the saving even when every exit is due to the programme.
    ``euro_claimed`` is the saving that the source itself names, if it does.

    Parameters
    ----------
    costs
        The price that a sum itself names comes first.
    prices
        One row per other price: ``year``, ``euro_per_benefit_year``, ``basis``.
    """
    others = [(f"{row.basis}, {row.year}", row.euro_per_benefit_year) for row in cast("Any", prices).itertuples()]
    rows = [
        {
            "price": price,
            "euro_each": euro,
            "n": sums.n,
            "euro_investment": sums.investment_euro,
            "investment_precision": sums.investment_precision,
            "euro_claimed": sums.claimed_saving_euro,
            "share_ending": ending,
            "break_even": break_even_deadweight(sums.investment_euro, sums.n, euro * ending),
        }
        for sums in costs
        for price, euro in [("", sums.saving_euro_each), *others]
        for ending in shares_ending
    ]
    return pd.DataFrame(rows, columns=BREAK_EVEN_COLUMNS)
