"""A municipality beside others, from what CBS publishes on bijstand: how many leave, and how many to work, in an ordinary year.

All figures are published and rounded to tens. Years of another definition (``series``) are shown and never set against each
other. Nothing here puts municipalities in an order: where one stands among the others says nothing of what it does.
"""

from evaltools.findings.peers.places import country_of, places_beside, sources, usable
from evaltools.findings.peers.spread import (
    among,
    funnel_curves,
    funnel_points,
    own_limits,
    spread,
    spread_by_size,
)
from evaltools.findings.peers.years import flows_by_year, ordinary_shares, sums, work_shares

__all__ = [
    "among",
    "country_of",
    "flows_by_year",
    "funnel_curves",
    "funnel_points",
    "ordinary_shares",
    "own_limits",
    "places_beside",
    "sources",
    "spread",
    "spread_by_size",
    "sums",
    "usable",
    "work_shares",
]
