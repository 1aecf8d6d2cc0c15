"""How the page on what municipalities found together names its sites."""

from collections.abc import Sequence
from typing import Any

from evaltools.reports import dutch


def is_used(row: Any) -> bool:
    """Whether the difference of a site counts in the average."""
    return bool(row.status == "used")


def site_name(row: Any) -> str:
    """Name a site: its municipality, and its programme where the page is of all programmes.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> named = {"programme_name": "Aanpak", "municipality_name": "Aalten"}
    >>> site_name(SimpleNamespace(is_of_all=False, **named)), site_name(SimpleNamespace(is_of_all=True, **named))
    ('Aalten', 'Aalten: Aanpak')
    """
    return f"{row.municipality_name}: {row.programme_name}" if row.is_of_all else str(row.municipality_name)


def named(row: Any) -> str:
    """Name a site within a sentence.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> named(SimpleNamespace(is_of_all=True, programme_name="Aanpak", municipality_name="Aalten"))
    'Aanpak in Aalten'
    """
    return f"{row.programme_name} in {row.municipality_name}" if row.is_of_all else str(row.municipality_name)


def numbered(row: Any, rows: Sequence[Any]) -> str:
    """Name a site beside its number in the order of names, where a figure has room for the number alone."""
    return f"{number_of(row, rows)}. {site_name(row)}" if row.is_of_all else site_name(row)


def number_of(row: Any, rows: Sequence[Any]) -> int:
    """Find the number of a site among those that count, in the order of their names."""
    keys = [(each.programme, each.municipality) for each in rows]
    return keys.index((row.programme, row.municipality)) + 1


def level_of(row: Any) -> str:
    """Name the interval of a row."""
    return f"{dutch.confidence(row.level)}-betrouwbaarheidsinterval"


def noun(n: int, row: Any) -> str:
    """Name sites: municipalities of one programme, else outcomes.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> noun(1, SimpleNamespace(is_of_all=False)), noun(2, SimpleNamespace(is_of_all=True))
    ('gemeente', 'uitkomsten')
    """
    one, many = ("uitkomst", "uitkomsten") if row.is_of_all else ("gemeente", "gemeenten")
    return one if n == 1 else many
