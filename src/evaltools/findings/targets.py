"""What a target asks: what share of whom, and what it would take."""

from collections.abc import Sequence

import pandas as pd

from evaltools.programmes import Target

SHARE_COLUMNS = [
    "label", "n", "precision", "unit", "months", "population", "n_population", "population_precision",
    "population_unit", "share", "bound", "is_same_unit", "is_same_area", "n_municipalities",
]  # fmt: skip
PACE_COLUMNS = ["label", "n", "precision", "unit", "months", "is_extra", "n_per_month", "partner", "n_partners", "n_per_partner"]
EXTRA_COLUMNS = [
    "label", "n_population", "population", "year", "share_exits", "months", "n_expected", "n_extra",
    "share_more", "share_exits_needed", "source",
]  # fmt: skip


def target_shares(targets: Sequence[Target]) -> pd.DataFrame:
    """One row per target and population: the share (0-1) that the target is of it.

    ``bound`` says what the share is when one of the two is not exact: ``exact``,
    ``about``, ``at_most`` (the population is "at least" so large) or ``at_least``.
    ``is_same_unit`` is false where residents are set against benefits;
    ``is_same_area`` is false where the population is of other municipalities than
    the target.
    """
    rows = [
        [
            target.label, target.n, target.precision, target.unit, target.months, people.meaning, people.n,
            people.precision, people.unit, target.n / people.n, _bound(target.precision, people.precision),
            target.unit == people.unit,
            not people.municipalities or set(people.municipalities) == set(target.municipalities),
            len(target.municipalities),
        ]
        for target in targets
        for people in target.populations
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=SHARE_COLUMNS)


def pace(targets: Sequence[Target]) -> pd.DataFrame:
    """One row per target: how many a month, and how many for each partner, it would take."""
    rows = []
    for target in targets:
        partner = target.together_with
        rows.append(
            [target.label, target.n, target.precision, target.unit, target.months, target.extra,
             target.n / target.months, partner.label if partner else "", partner.n if partner else None,
             target.n / partner.n if partner else None]
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=PACE_COLUMNS)
    return table.astype({"n_partners": "Int64", "n_per_partner": "Float64"})


def extra_exits(targets: Sequence[Target], exits: pd.DataFrame) -> pd.DataFrame:
    """One row per extra target, population and national year: exits as usual, and with the target.

    Parameters
    ----------
    targets
        Those that are ``extra`` are used.
    exits
        One row per year with the national ``share`` (0-1) of benefits that ends in
        a year, and ``source``.

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
            for year in exits.itertuples():
                expected = people.n * year.share * target.months / 12
                rows.append(
                    [target.label, people.n, people.meaning, year.year, year.share, target.months, expected,
                     target.n, target.n / expected, year.share + target.n / people.n * 12 / target.months,
                     year.source]
                )  # fmt: skip
    return pd.DataFrame(rows, columns=EXTRA_COLUMNS)


def _bound(target: str, population: str) -> str:
    """How exact the quotient of two figures is, from how exact each is."""
    inverse = {"at_least": "at_most", "at_most": "at_least"}.get(population, population)
    known = {target, inverse} - {"exact"}
    if not known:
        return "exact"
    return known.pop() if len(known) == 1 else "about"
