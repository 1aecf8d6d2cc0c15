"""Whose money it is: what less benefit means for the municipality, the state, participants and society."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from evaltools.disclosure import Table
from evaltools.effects import Estimate
from evaltools.findings.benefits import (
    SHARING,
    about_saving,
    benefits_a_person,
    core_columns,
    core_declared,
    core_settings,
    is_per_benefit,
)
from evaltools.findings.money import Money
from evaltools.findings.months_off import MonthsOff
from evaltools.findings.people import table_of

PURSES = ("municipality", "state", "participant", "society")
ITEMS = ("benefit", "execution", "programme", "wages", "taxes", "wellbeing", "balance")
Known = Literal["amount", "opposite", "nothing", "unknown"]

# Paid benefits move from the municipality, which keeps what is left of its budget (SCP), to people: for all together nothing
# changes. To carry them out takes work, which is saved or spent for all. What people earn, and pay on it, is in no source.
KNOWN: dict[str, dict[str, Known]] = {
    "benefit": {"municipality": "amount", "state": "nothing", "participant": "opposite", "society": "nothing"},
    "execution": {"municipality": "amount", "state": "nothing", "participant": "nothing", "society": "amount"},
    "programme": {"municipality": "amount", "state": "unknown", "participant": "unknown", "society": "amount"},
    "wages": {"municipality": "nothing", "state": "nothing", "participant": "unknown", "society": "unknown"},
    "taxes": {"municipality": "unknown", "state": "unknown", "participant": "unknown", "society": "nothing"},
    "wellbeing": {"municipality": "unknown", "state": "unknown", "participant": "unknown", "society": "unknown"},
    "balance": {"municipality": "amount", "state": "unknown", "participant": "unknown", "society": "unknown"},
}
"""What each item is for each purse: the ``amount`` that the municipality gains, that amount lost (``opposite``), ``nothing``, or
``unknown``. The balance of the municipality is of what is known."""
INPUTS = ("difference", "ending", "months", "price", "execution", "discount")
HALF = 0.5
"""The part of the benefit that ends, and of the horizon, at the low end."""


def purses(found: MonthsOff, money: Money) -> Table:
    """Make the table of what the municipality gains with each item, per participant and within the horizon, for `protect`.

    One row per item of `ITEMS`: ``euro``, ``lower`` and ``upper``, above 0 where it gains, missing where no source gives a price.
    `KNOWN` says what that is for the state, participants and society. Empty without a comparison.
    """
    amounts = _amounts(found, money)
    rows = [(item, *amounts.get(item, (np.nan,) * 3)) for item in ITEMS if found.less() is not None]
    made = pd.DataFrame(rows, columns=["item", "euro", "lower", "upper"])
    return _table(found, made, words={"item": ITEMS}, estimates=("euro", "lower", "upper"), money=money)


def sensitivity(found: MonthsOff, money: Money) -> Table:
    """Make the table of how the result per participant changes when one input goes from low to high, for `protect`.

    One row per input of `INPUTS`: ``value_low`` and ``value_high``, and the euros with each, ``euro_low`` and ``euro_high``; beside
    the result as it is, ``euro_main``: the balance where the costs of the programme are known, else the saving. Inputs are the ends of the interval of the difference; half of each benefit that ends, up to what was taken; half the horizon,
    and the whole; the lowest and the highest published price; without and with what it costs to carry out; and the
    discount rates. Empty without a comparison.
    """
    rows = [
        (name, *values, *(_result(found, money, scenario) for scenario in scenarios))
        for name, values, scenarios in _scenarios(found, money)
    ]
    made = pd.DataFrame(rows, columns=["input", "value_low", "value_high", "euro_low", "euro_high"])
    made["euro_main"] = _result(found, money, _Scenario()) if rows else np.nan
    return _table(
        found,
        made,
        words={"input": INPUTS},
        estimates=("value_low", "value_high", "euro_low", "euro_high", "euro_main"),
        money=money,
    )


@dataclass(frozen=True, kw_only=True)
class _Scenario:
    """What is other than as it was taken."""

    end: Literal["estimate", "lower", "upper"] = "estimate"
    ending: float | None = None
    months: int | None = None
    price: float | None = None
    discount: float | None = None
    execution: float = 0.0


def _scenarios(found: MonthsOff, money: Money) -> list[tuple[str, tuple[float, float], tuple[_Scenario, _Scenario]]]:
    less = found.less()
    if less is None:
        return []
    half = max(1, found.months // 2)
    low, high = money.prices[0], money.prices[-1]
    made = [
        ("difference", (less.lower, less.upper), (_Scenario(end="lower"), _Scenario(end="upper"))),
        ("ending", (HALF * money.share_ending, money.share_ending), (_Scenario(ending=HALF * money.share_ending), _Scenario())),
        ("months", (half, found.months), (_Scenario(months=half), _Scenario())),
        ("discount", (money.discounts[0], money.discounts[-1]), (_Scenario(discount=money.discounts[0]), _Scenario(discount=money.discounts[-1]))),
    ]  # fmt: skip
    if low < high:
        made.append(("price", (low, high), (_Scenario(price=low), _Scenario(price=high))))
    if money.execution is not None:
        made.append(("execution", (0.0, money.execution), (_Scenario(), _Scenario(execution=money.execution))))
    return sorted(made, key=lambda each: INPUTS.index(each[0]))


def _result(found: MonthsOff, money: Money, scenario: _Scenario) -> float:
    """Work out the saving per participant, less the costs where they are known."""
    value = money.of_months(found.months, price=scenario.price, discount=scenario.discount, ending=scenario.ending)
    execution = money.of_months(found.months, price=scenario.execution, discount=scenario.discount, ending=1.0)
    counted = np.arange(found.months) < (scenario.months or found.months)
    worth = (value + execution) * counted * benefits_a_person(found)
    costs = 0.0 if money.costs is None else money.costs.investment_euro / found.numbers["n_programme"]
    if scenario.end == "estimate":  # it is there too where nobody left yet, and no interval can be
        saving = found.mean(of_programme=False, counts=worth) - found.mean(of_programme=True, counts=worth)
    else:
        saving = dict(zip(("estimate", "lower", "upper"), _ends(found.less(worth)), strict=True))[scenario.end]
    return saving - costs


def _amounts(found: MonthsOff, money: Money) -> dict[str, tuple[float, float, float]]:
    """Give what the municipality gains with each item of which there is a price, and the ends of its interval."""
    value = money.of_months(found.months) * benefits_a_person(found)
    amounts = {"benefit": _ends(found.less(value))}
    together = value
    if money.execution is not None:
        carried_out = money.of_months(found.months, price=money.execution, ending=1.0) * benefits_a_person(found)
        amounts["execution"] = _ends(found.less(carried_out))
        together = together + carried_out
    if money.costs is not None:
        costs = money.costs.investment_euro / found.numbers["n_programme"]
        amounts["programme"] = (-costs,) * 3
        euro, lower, upper = _ends(found.less(together))
        amounts["balance"] = (euro - costs, lower - costs, upper - costs)
    return amounts


def _ends(found: Estimate | None) -> tuple[float, float, float]:
    return (np.nan,) * 3 if found is None else (found.estimate, found.lower, found.upper)


def _table(
    found: MonthsOff,
    rows: pd.DataFrame,
    *,
    words: dict[str, tuple[str, ...]],
    estimates: tuple[str, ...],
    money: Money,
) -> Table:
    """Declare a table of euros, with the counts that they rest on in each row."""
    rests = SHARING if is_per_benefit(found) else ()
    return table_of(
        found.cohort.register,
        rows.assign(**core_columns(found), months=str(found.months)).astype(dict.fromkeys(estimates, float)),
        about=about_saving(found),
        labels=[*words, "months"],
        words={**words, "months": [str(found.months)]},
        **core_declared(found, dict.fromkeys(estimates, rests)),
        settings=core_settings(found, money),
    )
