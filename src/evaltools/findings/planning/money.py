"""What a programme may cost at a difference, and which difference pays for what it costs."""

from typing import Any, cast

import pandas as pd

from evaltools.disclosure import from_publications
from evaltools.errors import InvalidDataError
from evaltools.findings.planning.pilot import Pilot

HORIZONS = (0.5, 1.0, 2.0, 3.0)
"""How long somebody stays off the benefit, in horizons: halfway, when people leave evenly and none comes back."""


def own_price(prices: pd.DataFrame, euro_per_benefit_year: float) -> pd.DataFrame:
    """Choose the price of a benefit for one year: one's own, or where that is 0 the last one that was published.

    Parameters
    ----------
    prices
        One row per published price: ``year``, ``euro_per_benefit_year``, ``basis``, ``source``.

    Raises
    ------
    InvalidDataError
        When the price is below 0, or there is none at all.
    """
    if euro_per_benefit_year < 0:
        raise InvalidDataError(
            "own_price()", [f"euro_per_benefit_year is {euro_per_benefit_year:g}; expected an amount, or 0"]
        )
    if euro_per_benefit_year > 0:
        own = {"year": 0, "euro_per_benefit_year": euro_per_benefit_year, "basis": "", "source": ""}
        return pd.DataFrame([own])
    if prices.empty:
        raise InvalidDataError(
            "data/raw/reference/benefit_prices.csv", ["holds no price; add one, or give euro_per_benefit_year"]
        )
    return prices.sort_values("year").tail(1).reset_index(drop=True)


@from_publications
def money(pilot: Pilot, price: pd.DataFrame) -> pd.DataFrame:
    """One row per time off the benefit and difference: the most that the programme may cost for each participant.

    ``euro_each = euro_per_benefit_year / 12 * months_off`` is what one exit more saves, ``euro_most = difference *
    euro_each`` what the programme may cost for each participant to pay for itself, and ``break_even =
    euro_per_participant / euro_each`` the difference that pays for what it does cost, missing where that is not known.
    ``share_deadweight = base_share / (base_share + difference)`` is the share of those with the outcome who would have
    had it anyway.

    Parameters
    ----------
    price
        As `own_price` gives it; one row.

    Examples
    --------
    Half a year of a benefit of 14,400 euro is 7,200 euro; at 5 points more exits that is 360 euro for each participant.

    >>> pilot = Pilot(
    ...     base_share=0.14, difference=0.05, n_programme=270, n_comparison=270, power=0.8, level=0.95, months=12,
    ...     share_followed=0.85, design_effect=1.0, euro_per_participant=720.0,
    ... )
    >>> found = money(pilot, own_price(pd.DataFrame(), 14400))
    >>> found.query("months_off == 6 and difference == 0.05")[["euro_each", "euro_most", "break_even"]].iloc[0].tolist()
    [7200.0, 360.0, 0.1]
    """
    (row,) = cast("Any", price).itertuples()
    rows = [
        _paid(pilot, row, times * pilot.months, difference) for times in HORIZONS for difference in pilot.differences()
    ]
    return pd.DataFrame(rows).astype({"break_even": "Float64"})


def _paid(pilot: Pilot, price: Any, months_off: float, difference: float) -> dict[str, Any]:
    euro_each = price.euro_per_benefit_year / 12 * months_off
    return {
        "months_off": months_off,
        "months": pilot.months,
        "difference": difference,
        "is_wanted": difference == pilot.difference,
        "euro_per_benefit_year": float(price.euro_per_benefit_year),
        "price_year": int(price.year),
        "price_basis": price.basis,
        "price_source": price.source,
        "euro_each": euro_each,
        "euro_most": difference * euro_each,
        "euro_per_participant": float(pilot.euro_per_participant),
        "break_even": pilot.euro_per_participant / euro_each if pilot.euro_per_participant else None,
        "share_deadweight": pilot.base_share / (pilot.base_share + difference),
    }
