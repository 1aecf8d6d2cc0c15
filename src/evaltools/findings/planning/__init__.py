"""What a pilot of a given size can show, and what it may cost: worked out from settings, of nobody."""

from evaltools.findings.planning.designs import designs
from evaltools.findings.planning.money import money, own_price
from evaltools.findings.planning.pilot import Pilot
from evaltools.findings.planning.showing import (
    LITERATURE_SOURCE,
    chance_curves,
    chances,
    detectable,
    detectable_curves,
    expected,
    settings,
    sizes,
    sizes_by_base,
)

SOURCE = "eigen berekening van evaltools uit de instellingen van deze pagina"
"""What everything on the page comes from that somebody else did not publish."""

__all__ = [
    "LITERATURE_SOURCE",
    "SOURCE",
    "Pilot",
    "chance_curves",
    "chances",
    "designs",
    "detectable",
    "detectable_curves",
    "expected",
    "money",
    "own_price",
    "settings",
    "sizes",
    "sizes_by_base",
]
