"""Names that are made of several terms."""

from typing import Any

from evaltools.reports import dutch
from evaltools.reports.evaluation_terms import CHARACTERISTICS, LEVELS

SEPARATOR = ": "


def level_name(row: Any) -> str:
    """Name a level of a characteristic: ``leeftijd: jonger dan 27``."""
    name, _, level = row.characteristic.partition(SEPARATOR)
    return f"{dutch.capital(CHARACTERISTICS[name])}: {LEVELS.get(row.characteristic, LEVELS.get(level, level))}"
