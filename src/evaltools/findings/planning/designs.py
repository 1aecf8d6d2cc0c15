"""What each design needs before it can carry the words of its grade."""

from math import ceil

import pandas as pd

from evaltools.disclosure import from_publications
from evaltools.findings.planning.pilot import Pilot

DESIGNS = {
    "rct": "A",
    "phased_start": "B",
    "difference_in_differences": "B",
    "matched": "C",
    "historical_cohort": "D",
    "benchmark": "D",
    "before_after": "E",
}
"""Grade of the evidence that each design can give."""
RATIOS = {"rct": 1.0, "phased_start": 1.0, "matched": 4.0, "historical_cohort": 1.0}
"""People in the comparison for each one in the programme, of the designs for which people are counted so."""
ALL_KNOWN = 1e9
"""People in the comparison for each one in the programme where the share without it is taken as known."""


@from_publications
def designs(pilot: Pilot) -> pd.DataFrame:
    """One row per design, strongest first: its ``grade``, and what it needs to show the difference that is wanted.

    ``n_programme`` and ``n_comparison`` are people at the start, missing where no number of people settles it.
    ``n_places`` is the fewest other municipalities with which one municipality can stand out at this level: among
    ``1 + n`` of them the most unusual one has a p-value of ``1/(1 + n)``. ``months`` is how long people wait at least.
    """
    rows = [
        {"design": design, "grade": grade, "n_programme": n_programme, "n_comparison": n_comparison,
         "n_places": _places(pilot.level) if design == "difference_in_differences" else None, "months": pilot.months,
         "difference": pilot.difference}
        for design, grade in DESIGNS.items()
        for n_programme, n_comparison in [_people(pilot, design)]
    ]  # fmt: skip
    return pd.DataFrame(rows).astype(dict.fromkeys(("n_programme", "n_comparison", "n_places"), "Int64"))


def _people(pilot: Pilot, design: str) -> tuple[int | None, int | None]:
    if design in RATIOS:
        return pilot.needed(pilot.difference, ratio=RATIOS[design])
    if design == "benchmark":
        return pilot.needed(pilot.difference, ratio=ALL_KNOWN)[0], None
    return None, None


def _places(level: float) -> int:
    return ceil(1 / (1 - level) - 1e-9) - 1
