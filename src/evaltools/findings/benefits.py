"""Months of benefit less, and what they are worth: the tables of the area between two curves."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from evaltools.disclosure import Estimate as OnPage
from evaltools.disclosure import Table
from evaltools.disclosure.record import THRESHOLD
from evaltools.effects import Estimate, break_even_deadweight
from evaltools.findings.money import MONTHS_A_YEAR, Money
from evaltools.findings.months_off import FEWEST, OUT_OF_VIEW, MonthsOff, months_off_benefit
from evaltools.findings.people import about_cohort, table_of

__all__ = [
    "COUNTS", "MonthsOff", "about_saving", "benefits_a_person", "core_columns", "core_declared", "curves_table",
    "is_per_benefit", "months_off_benefit", "months_saved",
]  # fmt: skip

QUARTER = 3
"""Months between two points of a curve on a page."""
COUNTS = ("n_programme", "n_comparison", "n_on_programme", "n_on_comparison")
"""Sizes of both groups, and how many have a benefit at the horizon: what every number of months or euros rests on."""
MONTHS_ONLY = ("months_programme", "months_comparison", "months_less", "months_lower", "months_upper", "share_anyway")
"""Numbers that no price is in."""
SHARING = ("n_sharing",)
"""How many participants share a benefit with one before them."""
WHOLES = {
    "n_on_programme": "n_programme",
    "n_on_comparison": "n_comparison",
    "n_out_programme": "n_programme",
    "n_out_comparison": "n_comparison",
    "n_sharing": "n_programme",
}
"""Of which group each count is a part."""
PRECISIONS = ("unknown", "exact", "about", "at_least", "at_most")
"""What the costs of a programme are; see `programmes.Costs`."""


def curves_table(found: MonthsOff) -> Table:
    """Make the table of who has a benefit at the start of each quarter, of both groups, for `protect`.

    One row per quarter since the index day, and one for the horizon: ``months`` (text), the counts of `COUNTS` and the weighted
    shares ``share_programme`` and ``share_comparison`` (0-1; missing without a comparison). A quarter in which the number with a
    benefit changed by fewer than ten people in either group is left out.
    """
    points = _points(found.on_by_month, found.months)
    n = found.numbers
    rows = pd.DataFrame({
        "months": [str(month) for month in points],
        "n_programme": n["n_programme"],
        "n_comparison": n["n_comparison"],
        "n_on_programme": found.on_by_month[0, points].astype(int),
        "n_on_comparison": found.on_by_month[-1, points].astype(int) if found.comparison is not None else 0,
        "share_programme": found.share_programme[points],
        "share_comparison": found.share_comparison[points],
    })  # fmt: skip
    return table_of(
        found.cohort.register,
        rows,
        about=about_saving(found),
        labels=["months"],
        words={"months": [str(month) for month in range(found.months + 1)]},
        counts=list(COUNTS),
        shares={f"of_all_{name.removeprefix('n_')}": (name, WHOLES[name]) for name in ("n_on_programme", "n_on_comparison")},
        estimates={
            "share_programme": OnPage(on=("n_programme", "n_on_programme")),
            "share_comparison": OnPage(on=("n_comparison", "n_on_comparison")),
        },
    )  # fmt: skip


def months_saved(found: MonthsOff, money: Money) -> Table:
    """Make the table of the difference in months with benefit, and what it is in euros per participant, for `protect`.

    One row, labelled ``months``, with the counts of `COUNTS`, `OUT_OF_VIEW` and `SHARING`. Everything is per participant and within the horizon; a number is missing where it is not known.

    ================================== ===============================================================================
    ``months_programme``, ``…_comparison``  mean months with benefit
    ``months_less``, ``…_lower``, ``…_upper``  how many fewer in the programme's group, and its interval
    ``bound_lower``, ``bound_upper``   the same, whatever became of those out of view (see `MonthsOff`)
    ``share_anyway``                   months without benefit beside the programme, as a share of those in it
    ``euro_saving``, …                 those months in euros of the start, and its interval
    ``euro_execution``                 what carrying them out costs, not in the saving
    ``euro_costs``                     what was published to be invested, over all participants
    ``euro_balance``, …                the saving less these costs
    ``break_even``                     the share anyway at which nothing is left (`effects.break_even_deadweight`)
    ``months_needed``                  how many months fewer pay the costs
    ``months_to_pay``, ``…_fast``, ``…_slow``  how long it must go on at this pace to pay the costs, without discounting
    ================================== ===============================================================================
    """
    numbers = _euros(found, money)
    rests = SHARING if is_per_benefit(found) else ()
    names = {name: () if name in MONTHS_ONLY else rests for name in numbers}
    more = (*OUT_OF_VIEW, *SHARING)
    first = pd.Timestamp(found.cohort.participants["index_day"].astype("datetime64[ns]").astype("int64").median())
    declared = core_declared(
        found, {**names, **dict.fromkeys(("bound_lower", "bound_upper"), found.bounded)}, more=more
    )
    for name in ("euro_costs", "months_needed"):  # rest on the size of the programme's group alone
        declared["estimates"][name] = OnPage(on=("n_programme", *rests))
    row = {
        "months": str(found.months),
        **core_columns(found),
        **{name: found.numbers[name] for name in more},
        **numbers,
    }
    return table_of(
        found.cohort.register,
        pd.DataFrame([row]),
        about=about_saving(found),
        labels=["months"],
        words={"months": [str(found.months)]},
        **declared,
        settings={
            **core_settings(found, money),
            "first_year": first.year,
            "last_year": (first + pd.DateOffset(months=found.months)).year,
        },
    )


def is_per_benefit(found: MonthsOff) -> bool:
    """Whether so many participants share a benefit that it is counted once; of fewer it would tell how many."""
    return found.numbers["n_sharing"] >= THRESHOLD


def benefits_a_person(found: MonthsOff) -> float:
    """Give how many benefits there are for each participant; 1 where few share one."""
    n = found.numbers["n_programme"]
    return (n - found.numbers["n_sharing"]) / n if is_per_benefit(found) else 1.0


def _euros(found: MonthsOff, money: Money) -> dict[str, float]:
    months, n = found.months, found.numbers["n_programme"]
    own, other = found.mean(of_programme=True), found.mean(of_programme=False)
    value = money.of_months(months) * benefits_a_person(found)
    less, saving = found.less(), found.less(value)
    execution = None if money.execution is None else money.of_months(months, price=money.execution, ending=1.0)
    carried_out = None if execution is None else found.less(execution * benefits_a_person(found))
    whole = found.whole.sum()
    costs = np.nan if money.costs is None else money.costs.investment_euro / n
    needed = costs / (money.price * money.share_ending * benefits_a_person(found) / MONTHS_A_YEAR)
    ends = _ends("months", less) | _ends("euro_saving", saving)
    off = found.value_off(value)
    return {
        "months_programme": own,
        "months_comparison": other,
        "months_less": ends["months"],
        **{name: value for name, value in ends.items() if name != "months"},
        "bound_lower": found.lowest,
        "bound_upper": found.highest,
        "share_anyway": (whole - other) / (whole - own) if own < whole else np.nan,
        "euro_execution": np.nan if carried_out is None else carried_out.estimate,
        "euro_costs": costs,
        "euro_balance": ends["euro_saving"] - costs,
        "euro_balance_lower": ends["euro_saving_lower"] - costs,
        "euro_balance_upper": ends["euro_saving_upper"] - costs,
        "break_even": break_even_deadweight(costs, 1, off) if off > 0 and money.costs is not None else np.nan,
        "months_needed": needed,
        "months_to_pay": _pace(needed, ends["months"], months),
        "months_to_pay_fast": _pace(needed, ends["months_upper"], months),
        "months_to_pay_slow": _pace(needed, ends["months_lower"], months),
    }  # fmt: skip


def _ends(name: str, found: Estimate | None) -> dict[str, float]:
    values = (np.nan,) * 3 if found is None else (found.estimate, found.lower, found.upper)
    return dict(zip((name, f"{name}_lower", f"{name}_upper"), values, strict=True))


def _pace(needed: float, less: float, months: int) -> float:
    """Give after how many months costs are paid back at this pace; missing where there is no difference to pay them."""
    return months * needed / less if less > 0 else np.nan


def about_saving(found: MonthsOff) -> dict[str, str]:
    """Say whom a table of months or euros is about."""
    other = "none" if found.comparison is None else found.comparison.group
    return about_cohort(found.cohort, beside=other, followed=f"{found.months} months")


def core_columns(found: MonthsOff) -> dict[str, Any]:
    """Give the counts that every number rests on, as columns; see `core_declared`."""
    more = SHARING if is_per_benefit(found) else ()
    return {name: found.numbers[name] for name in (*COUNTS, *more, FEWEST)}


def core_declared(
    found: MonthsOff, estimates: Mapping[str, tuple[str, ...]], *, more: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Declare the columns of `core_columns` and ``more`` counts, and numbers that rest on `COUNTS` and on the counts given here."""
    counts = dict.fromkeys((*COUNTS, *(SHARING if is_per_benefit(found) else ()), *more))
    return {
        "counts": [*counts],
        "shares": {f"of_all_{name.removeprefix('n_')}": (name, WHOLES[name]) for name in counts if name in WHOLES},
        "estimates": {
            name: OnPage(on=(*COUNTS, *others), degrees_of_freedom=FEWEST) for name, others in estimates.items()
        },
    }


def core_settings(found: MonthsOff, money: Money) -> dict[str, float]:
    """Give the prices and choices behind a table, for its ``settings``. ``costs`` is a place in `PRECISIONS`."""
    costs = "unknown" if money.costs is None else money.costs.investment_precision
    return {
        "level": found.level,
        "euro_price": money.price,
        "price_year": money.price_year,
        "discount": money.discount,
        "share_ending": money.share_ending,
        "costs": PRECISIONS.index(costs),
    }


def _points(on: np.ndarray, months: int) -> list[int]:
    """Choose quarters between which nobody, or at least ten people net, began or stopped in each group; the horizon is one."""
    kept = [0]
    for month in range(QUARTER, months, QUARTER):
        if _tells_of_no_few(on[:, kept[-1]], on[:, month]):
            kept.append(month)
    while len(kept) > 1 and not _tells_of_no_few(on[:, kept[-1]], on[:, months]):
        kept.pop()
    return [*kept, months]


def _tells_of_no_few(one: np.ndarray, other: np.ndarray) -> bool:
    change = np.abs(one - other)
    return bool(((change == 0) | (change >= THRESHOLD)).all())
