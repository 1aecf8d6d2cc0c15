"""What a month of benefit is worth, and what a programme cost: published prices, never filled in between years."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaltools.disclosure import from_publications
from evaltools.errors import InvalidDataError
from evaltools.programmes import Costs

MONTHS_A_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class Money:
    """Prices, each of which has a source.

    Attributes
    ----------
    price, price_year, price_basis
        Euros of one benefit in one year, the year that they are of, and what they are.
    prices
        All published prices of a benefit, the lowest first.
    discount, discounts
        How much less a euro counts a year later (0-1), and all such rates that are or were in use, and none.
    share_ending
        Which part of a benefit ends for who is without one (0-1).
    execution, execution_year
        Euros that it costs to carry out one benefit for one year, and the year of the study; None where there is none.
    costs
        What the programme cost, where that was published.
    """

    price: float
    price_year: int
    price_basis: str
    prices: tuple[float, ...]
    discount: float
    discounts: tuple[float, ...]
    share_ending: float = 1.0
    execution: float | None = None
    execution_year: int | None = None
    costs: Costs | None = None

    def of_months(
        self, months: int, *, price: float | None = None, discount: float | None = None, ending: float | None = None
    ) -> np.ndarray:
        """Give what one month of benefit is worth in each month from the start, in euros of the start. Shape (months,).

        ``price / 12 * ending / (1 + discount) ** ((t - 1/2) / 12)`` in month t: as if paid in the middle of it.
        """
        each = (self.price if price is None else price) * (self.share_ending if ending is None else ending)
        rate = self.discount if discount is None else discount
        return np.asarray(each / MONTHS_A_YEAR * (1 + rate) ** (-(np.arange(months) + 0.5) / MONTHS_A_YEAR))


def money_of(
    prices: pd.DataFrame,
    rates: pd.DataFrame,
    execution: pd.DataFrame,
    costs: Sequence[Costs] = (),
    *,
    year: int | None = None,
    share_ending: float = 1.0,
) -> Money:
    """Choose the prices to reckon with: the one of the year, or of the nearest year that has one; never something in between.

    Parameters
    ----------
    prices, rates, execution
        From `reference.benefit_prices`, `reference.discount_rates` and `reference.execution_costs`.
    costs
        The published sum about the municipality, if there is one.
    year
        Of which year; the last that has a price when left out.
    share_ending
        Which part of a benefit ends: 1 where people without benefit are counted, less where a part of it is paid on.

    Raises
    ------
    InvalidDataError
        When there is no price, or the share is not above 0 and at most 1.

    Examples
    --------
    >>> prices = pd.DataFrame({"year": [2017, 2019], "euro_per_benefit_year": [12000, 14400], "basis": ["a", "b"]})
    >>> rates = pd.DataFrame({"share_per_year": [0.0225], "first": ["2021-01-01"]})
    >>> found = money_of(prices, rates, pd.DataFrame(), year=2021)
    >>> found.price, found.price_year, found.discounts, found.of_months(2, discount=0).tolist()
    (14400.0, 2019, (0.0, 0.0225), [1200.0, 1200.0])
    """
    if prices.empty or rates.empty:
        raise InvalidDataError("money_of()", ["has no price of a benefit or no discount rate; add one with its source"])
    if not 0 < share_ending <= 1:
        raise InvalidDataError("money_of()", ["share_ending must be above 0 and at most 1, such as 1.0"])
    wanted = prices["year"].max() if year is None else year
    row = prices.loc[(prices["year"] - wanted).abs().sort_values(kind="stable").index[0]]
    standard = rates.sort_values("first").iloc[-1]
    published = costs[0] if costs else None
    known = [float(euro) for euro in prices["euro_per_benefit_year"]]
    known += [] if published is None else [float(published.saving_euro_each)]
    known += [] if execution.empty else [float(euro) for euro in execution["euro_paid_per_benefit_year"]]
    last = None if execution.empty else execution.sort_values("year").iloc[-1]
    return Money(
        price=float(row["euro_per_benefit_year"]),
        price_year=int(row["year"]),
        price_basis=str(row["basis"]),
        prices=tuple(sorted(set(known))),
        discount=float(standard["share_per_year"]),
        discounts=tuple(sorted({0.0, *(float(rate) for rate in rates["share_per_year"])})),
        share_ending=float(share_ending),
        execution=None if last is None else float(last["euro_per_benefit_year"]),
        execution_year=None if last is None else int(last["year"]),
        costs=published,
    )


@from_publications
def prices_used(money: Money, prices: pd.DataFrame, rates: pd.DataFrame, execution: pd.DataFrame) -> pd.DataFrame:
    """List the published figures that the sums are made with, each with its source.

    One row per figure: ``kind`` (``price``, ``execution``, ``discount``, ``costs``), ``year`` (0 where the source gives none), ``value``
    in euros, or of a rate a share, ``precision``, ``basis`` and ``source``.
    """
    rows: list[tuple[str, int, float, str, str, str]] = []
    own = prices[(prices["year"] == money.price_year) & (prices["euro_per_benefit_year"] == money.price)]
    rows += [("price", money.price_year, money.price, "exact", money.price_basis, str(own["source"].iloc[0]))]
    if money.execution is not None:
        study = execution[execution["year"] == money.execution_year].iloc[-1]
        found = (("execution", "euro_per_benefit_year", "exact"), ("price", "euro_paid_per_benefit_year", "about"))
        rows += [(kind, int(study["year"]), float(study[column]), precision, str(study["basis"]), str(study["source"]))
                 for kind, column, precision in found]  # fmt: skip
    rows += [("discount", int(row["seen_in"]), float(row["share_per_year"]), "exact", str(row["basis"]), str(row["source"]))
             for _, row in rates.iterrows()]  # fmt: skip
    if money.costs is not None:
        costs = money.costs
        year = int(str(costs.source.published or "0")[:4])
        rows += [("costs", year, float(costs.investment_euro), costs.investment_precision, "", costs.source.title)]
        rows += [("price", year, float(costs.saving_euro_each), "exact", "", costs.source.title)]
    return pd.DataFrame(rows, columns=["kind", "year", "value", "precision", "basis", "source"])
