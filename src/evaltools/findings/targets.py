"""What a target asks: what share of whom, and what it would take."""

from collections.abc import Sequence
from typing import Any, cast

import pandas as pd

from evaltools.disclosure import from_publications
from evaltools.findings.precision import of_quotient
from evaltools.programmes import Target

SHARE_COLUMNS = [
    "label",
    "n",
    "precision",
    "population",
    "n_population",
    "population_precision",
    "population_unit",
    "share",
    "bound",
    "is_same_unit",
    "n_municipalities_target",
    "n_municipalities_population",
]
PACE_COLUMNS = [
    "label",
    "n",
    "precision",
    "as_published",
    "unit",
    "months",
    "n_municipalities",
    "priority_groups",
    "n_per_month",
    "partner",
    "partner_unit",
    "n_partners",
]
EXTRA_COLUMNS = [
    "label",
    "months",
    "precision",
    "population",
    "n_population",
    "year",
    "share_exits",
    "n_expected",
    "n_extra",
    "share_more",
    "share_exits_needed",
    "is_same_unit",
    "n_municipalities_target",
    "n_municipalities_population",
]


@from_publications
def target_shares(targets: Sequence[Target]) -> pd.DataFrame:
    """One row per target and population: the share (0-1) that the target is of it.

    ``bound`` says what the share is when one of the two is not exact: ``exact``,
    ``about``, ``at_most`` (the population is "at least" so large) or ``at_least``.
    ``is_same_unit`` is false where residents are set against benefits; the numbers
    of municipalities differ where the population is of other ones than the target.
    """
    rows = [
        {
            "label": target.label,
            "n": target.n,
            "precision": target.precision,
            "population": people.meaning,
            "n_population": people.n,
            "population_precision": people.precision,
            "population_unit": people.unit,
            "share": target.n / people.n,
            "bound": of_quotient(target.precision, people.precision),
            "is_same_unit": target.unit == people.unit,
            "n_municipalities_target": len(target.municipalities),
            "n_municipalities_population": len(people.municipalities or target.municipalities),
        }
        for target in targets
        for people in target.populations
    ]
    return pd.DataFrame(rows, columns=SHARE_COLUMNS)


@from_publications
def pace(targets: Sequence[Target]) -> pd.DataFrame:
    """One row per target: how many a month, and how many for each partner, it would take."""
    rows = [
        {
            "label": target.label,
            "n": target.n,
            "precision": target.precision,
            "as_published": target.as_published,
            "unit": target.unit,
            "months": target.months,
            "n_municipalities": len(target.municipalities),
            "priority_groups": target.priority_groups,
            "n_per_month": target.n / target.months,
            "partner": target.together_with.label if target.together_with else "",
            "partner_unit": target.together_with.unit if target.together_with else None,
            "n_partners": target.together_with.n if target.together_with else None,
        }
        for target in targets
    ]
    table = pd.DataFrame(rows, columns=PACE_COLUMNS).astype({"n_partners": "Int64"})
    return table.assign(n_per_partner=table["n"] / table["n_partners"])


@from_publications
def extra_exits(targets: Sequence[Target], exits: pd.DataFrame) -> pd.DataFrame:
    """One row per extra target, population and national year: exits as usual, and with the target.

    Parameters
    ----------
    targets
        Those that are ``extra`` are used.
    exits
        One row per ``year`` with the national ``share`` (0-1) of benefits that ends in it.

    Returns
    -------
    DataFrame
        ``n_expected = n_population * share_exits * months / 12`` exits with a stock
        and a share that stay as they are; ``share_more = n_extra / n_expected``;
        ``share_exits_needed`` is the share of benefits that must end in a year.
    """
    rows = []
    for target in targets:
        for people in target.populations if target.extra else ():
            for year in cast("Any", exits).itertuples():
                expected = people.n * year.share * target.months / 12
                rows.append(
                    {
                        "label": target.label,
                        "months": target.months,
                        "precision": target.precision,
                        "population": people.meaning,
                        "n_population": people.n,
                        "year": year.year,
                        "share_exits": year.share,
                        "n_expected": expected,
                        "n_extra": target.n,
                        "share_more": target.n / expected,
                        "share_exits_needed": year.share + target.n / people.n * 12 / target.months,
                        "is_same_unit": target.unit == people.unit,
                        "n_municipalities_target": len(target.municipalities),
                        "n_municipalities_population": len(people.municipalities or target.municipalities),
                    }
                )
    return pd.DataFrame(rows, columns=EXTRA_COLUMNS)
