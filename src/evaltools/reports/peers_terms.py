"""Words of the pages that set municipalities beside each other."""

from typing import Any

import pandas as pd

from evaltools.reports import dutch

GRADE = "E"
"""Figures beside each other are no evidence of what anybody did."""
KINDS = {
    "municipality": "{}",
    "corop": "de regio {}",
    "province": "de provincie {}",
    "municipalities": "{}",
    "country": "{}",
}
"""How a place is called in a sentence."""
AROUND = ("corop", "province", "country")
"""What a summary sets a municipality beside."""
OUTSIDE = {
    "": "binnen de grenzen",
    "chance": "buiten de grenzen van alleen toeval",
    "spread": "buiten de grenzen, ook als gemeenten in het echt verschillen",
}
NONE = "–"
FEW = 100
"""Of fewer people no share is written in a table, and it may lie above a figure: a nought or a ten can be anybody."""


def place(row: Any) -> str:
    """Name a place in a sentence: ``Aalten``, ``de provincie Gelderland``, ``Nederland``."""
    return KINDS[row.kind].format(row.name)


def count(n: Any) -> str:
    """Write a count that CBS rounded to tens: 0 stands for fewer than five, or nobody."""
    return NONE if pd.isna(n) else dutch.rounded_count(int(n), 10)


def share(value: Any) -> str:
    """Write a share (0-1), where it is known."""
    return NONE if pd.isna(value) else dutch.percent(value)


def share_to_work(row: Any) -> str:
    """Write the share that left to work; of a rounded nought what it is at most."""
    if pd.isna(row.share):
        return NONE
    return share(row.share) if row.n_outflow_work else f"hoogstens {share(row.highest)}"


def by_chance(found: Any) -> str:
    """Say how many municipalities lie beyond the widest limits by chance and rounding, and how many do."""
    n = max(1, round(found.n_expected))
    return (
        f"Zouden alleen toeval en afronding verschil maken, dan {'lag' if n == 1 else 'lagen'} er ongeveer {dutch.number(n)} buiten de buitenste lijnen. "
        f"Het {'is' if found.n_outside_chance == 1 else 'zijn'} er {dutch.number(found.n_outside_chance)}"
        f"{_sure(found.n_sure_chance, found.n_outside_chance)}."
    )


def by_spread(found: Any) -> str:
    """Say how many lie beyond the limits that allow for a spread."""
    n = found.n_outside_spread
    if not n:
        return "Daarbuiten ligt er geen."
    return f"Daarbuiten {'ligt' if n == 1 else 'liggen'} er {dutch.number(n)}{_sure(found.n_sure_spread, n)}."


def _sure(n_sure: int, n: int) -> str:
    """Say of how many rounding cannot be the reason."""
    if not n:
        return ""
    of_them = (
        "ook zonder afronding zeker"
        if n_sure == n
        else f"{dutch.number(n_sure)} daarvan ook zonder afronding"
        if n_sure
        else "geen daarvan zeker, door de afronding"
    )
    return f" ({of_them})"


def own_row(rows: list[Any]) -> Any:
    """Find the municipality's own row of the last year."""
    return last_year([row for row in rows if row.kind == "municipality"])[0]


def last_year(rows: list[Any]) -> list[Any]:
    """Keep the rows of the last year."""
    year = max(row.year for row in rows)
    return [row for row in rows if row.year == year]


def other_years(rows: list[Any]) -> str:
    """List the years of another series than that of the last; empty where there is none."""
    latest = max(rows, key=lambda row: row.year).series if rows else ""
    other = sorted({f"{row.year:.0f}" for row in rows if row.series != latest})
    return dutch.listing(other) if other else ""


def between(lower: Any, upper: Any) -> str:
    """Write from what to what a share runs, or about what it is where that is one number.

    Examples
    --------
    >>> between(0.0758, 0.102), between(0.0901, 0.0902)
    ('tussen 7,6 en 10,2%', 'rond 9,0%')
    """
    low, high = dutch.percent(lower), dutch.percent(upper)
    return f"rond {low}" if low == high else f"tussen {low.removesuffix('%')} en {high}"
