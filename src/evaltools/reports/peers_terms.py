"""Words of the pages that set municipalities beside each other."""

from typing import Any

import pandas as pd

from evaltools.reports import dutch

SOURCE = "CBS StatLine"
GRADE = "E"
"""Figures beside each other are no evidence of what anybody did."""
KINDS = {
    "municipality": "{}",
    "corop": "de regio {}",
    "province": "de provincie {}",
    "country": "{}",
}
"""How a place is called in a sentence."""
OUTSIDE = {
    "": "binnen de grenzen",
    "chance": "buiten de grenzen van alleen toeval",
    "spread": "buiten de grenzen, ook als gemeenten in het echt verschillen",
}
NONE = "–"


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
    """Say how many municipalities lie beyond the widest limits by chance, and how many do."""
    n = round(found.n_expected)
    expected = "hooguit één gemeente" if n <= 1 else f"ongeveer {dutch.number(n)} gemeenten"
    return (
        f"Zou alleen toeval verschil maken, dan {'lag' if n <= 1 else 'lagen'} {expected} buiten de buitenste lijnen. Het "
        f"{'is' if found.n_outside_chance == 1 else 'zijn'} er {dutch.number(found.n_outside_chance)}."
    )


def own_row(rows: list[Any]) -> Any:
    """Find the municipality's own row of the last year."""
    return last_year([row for row in rows if row.kind == "municipality"])[0]


def last_year(rows: list[Any]) -> list[Any]:
    """Keep the rows of the last year."""
    year = max(row.year for row in rows)
    return [row for row in rows if row.year == year]


def is_given(value: Any) -> bool:
    """Whether a number is there."""
    return not pd.isna(value)
