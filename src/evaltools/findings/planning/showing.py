"""Which differences a pilot can show, how many people that takes, and how far what it shows is from what is there."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from evaltools.disclosure import from_publications
from evaltools.effects import comparison_power
from evaltools.findings.planning.pilot import Pilot

LITERATURE = {"first_year": 0.016, "second_year": 0.054, "later": 0.087}
"""Mean difference in the share with work, by how long after the programme (less than 1 year, 1 to 2 years, later)."""
LITERATURE_SOURCE = (
    "Card, Kluve en Weber, What Works?, Journal of the European Economic Association 16 (2018), 894–931; de cijfers via "
    "een blog van de Wereldbank"
)
BASE_SHARES = (0.05, 0.1, 0.2, 0.3, 0.5)
GROUP_SIZES = (31, 50, 100, 135, 270, 500, 1000, 2000, 5000)
"""People in each of two groups."""
TIMES = (0.5, 1.0, 2.0, 4.0)
"""Pilots of other sizes, as parts and multiples of the one that is planned."""
SETTINGS = (
    "base_share", "difference", "n_programme", "n_comparison", "share_followed", "design_effect", "n_followed_programme",
    "n_followed_comparison", "power", "level", "months", "euro_per_participant",
)  # fmt: skip
HIGHEST_BASE = 0.4
"""A base share is not doubled beyond this: shares further on need fewer people again."""
CURVE_TOTALS = (60, 20_000)
CURVE_MARKS = (100, 300, 1000, 3000, 10_000)
"""Sizes that are named beside a figure."""
CURVE_POINTS = 60
CURVE_DIFFERENCES = (0.005, 0.15)


@from_publications
def settings(pilot: Pilot) -> pd.DataFrame:
    """One row per setting: its name and its ``value``, in the order in which they follow from each other.

    ``n_followed_programme`` and ``n_followed_comparison`` are those who count in the end.
    """
    programme, comparison = pilot.n_followed
    values = asdict(pilot) | {"n_followed_programme": programme, "n_followed_comparison": comparison}
    return pd.DataFrame({"setting": SETTINGS, "value": [float(values[name]) for name in SETTINGS]})


@from_publications
def expected(pilot: Pilot) -> pd.DataFrame:
    """One row per `LITERATURE`: the ``difference`` found elsewhere, and what the pilot would show of it.

    ``power`` is the chance that it shows a difference, ``n_programme`` and ``n_comparison`` who is needed at the start.
    A difference that cannot be at this base share has no row.
    """
    rows = [
        {"horizon": horizon, **_planned(pilot, difference)}
        for horizon, difference in LITERATURE.items()
        if pilot.base_share + difference < 1
    ]
    return pd.DataFrame(rows, columns=["horizon", *_PLANNED])


@from_publications
def sizes(pilot: Pilot) -> pd.DataFrame:
    """One row per difference: who is needed at the start to show it, in groups in the proportion of the pilot.

    ``is_wanted`` marks the difference of the pilot, ``power`` is the chance that the pilot itself shows each.
    """
    rows = [_planned(pilot, difference) for difference in pilot.differences()]
    return pd.DataFrame(rows, columns=_PLANNED)


@from_publications
def sizes_by_base(pilot: Pilot) -> pd.DataFrame:
    """One row per base share and difference: ``n_group`` people in each of two equal groups at the start.

    Base shares are those of `BASE_SHARES` and that of the pilot; ``is_own`` marks the latter.
    """
    rows = [
        {
            "base_share": base,
            "is_own": base == pilot.base_share,
            "difference": difference,
            "n_group": pilot.needed(difference, base_share=base)[0] if base + difference < 1 else None,
        }
        for base in sorted({*BASE_SHARES, pilot.base_share})
        for difference in pilot.differences()
    ]
    return pd.DataFrame(rows).astype({"n_group": "Int64"})


@from_publications
def detectable(pilot: Pilot) -> pd.DataFrame:
    """One row per size: the smallest ``difference`` that two groups show with the chance that was asked for.

    Sizes are two groups of each of `GROUP_SIZES`, and the pilot itself (``is_own``). ``difference_half`` and
    ``difference_double`` are the same at half and twice the base share (the latter missing above `HIGHEST_BASE`),
    ``difference_followed`` if everybody were followed. Missing too where no difference at all would do.
    """
    pairs = {(n, n) for n in GROUP_SIZES} | {(pilot.n_programme, pilot.n_comparison)}
    everybody = Pilot(**{**asdict(pilot), "share_followed": 1.0})
    bases = _bases(pilot)
    rows = [
        {
            "n_programme": pair[0],
            "n_comparison": pair[1],
            "is_own": pair == (pilot.n_programme, pilot.n_comparison),
            "base_share": pilot.base_share,
            "difference": pilot.detectable(*pair),
            "difference_half": pilot.detectable(*pair, base_share=bases["half"]),
            "difference_double": pilot.detectable(*pair, base_share=bases["double"]) if "double" in bases else None,
            "difference_followed": everybody.detectable(*pair),
        }
        for pair in sorted(pairs, key=lambda pair: (sum(pair), pair))
    ]
    differences = ("difference", "difference_half", "difference_double", "difference_followed")
    return pd.DataFrame(rows).astype(dict.fromkeys(differences, "Float64"))


@from_publications
def detectable_curves(pilot: Pilot) -> pd.DataFrame:
    """One row per base share and ``n_total`` of both groups: the smallest ``difference`` that they show, for a figure.

    The groups are in the proportion of the pilot. ``line`` says whether the base share is that of the pilot (``own``),
    half of it (``half``) or twice (``double``; left out above `HIGHEST_BASE`). ``is_own`` marks the row of the pilot.
    """
    own_total = pilot.n_programme + pilot.n_comparison
    totals = sorted({*np.geomspace(*CURVE_TOTALS, CURVE_POINTS).round().tolist(), *CURVE_MARKS, own_total})
    of_programme = pilot.n_programme / own_total
    rows = [
        {
            "line": line,
            "base_share": base,
            "n_total": int(total),
            "is_own": line == "own" and total == own_total,
            "difference": pilot.detectable(total * of_programme, total * (1 - of_programme), base_share=base),
        }
        for line, base in _bases(pilot).items()
        for total in totals
    ]
    return pd.DataFrame(rows).astype({"difference": "Float64"})


@from_publications
def chances(pilot: Pilot) -> pd.DataFrame:
    """One row per size and real difference: what the test would show of it, by every pair of counts there can be.

    ``times`` is the size as a multiple of the pilot (`TIMES`). ``power`` is the chance that it shows a difference;
    ``shown`` is the mean size of a difference that it shows, ``exaggeration`` the same for each point of the real one,
    and ``wrong_sign`` the share of those on the wrong side; missing where none is ever shown.
    """
    rows = [row for times in TIMES for row in _chances(pilot, times, pilot.differences())]
    return pd.DataFrame(rows, columns=_CHANCES)


@from_publications
def chance_curves(pilot: Pilot) -> pd.DataFrame:
    """Give what `chances` does for many differences, for a figure."""
    highest = min(CURVE_DIFFERENCES[1], 0.98 * (1 - pilot.base_share))
    points = np.linspace(min(CURVE_DIFFERENCES[0], highest / 2), highest, 30).tolist()
    return pd.DataFrame([row for times in TIMES for row in _chances(pilot, times, points)], columns=_CHANCES)


_PLANNED = ["difference", "is_wanted", "n_programme", "n_comparison", "power", "asked_power"]
_CHANCES = ["times", "n_programme", "n_comparison", "difference", "is_wanted", "power", "shown", "exaggeration", "wrong_sign"]  # fmt: skip


def _bases(pilot: Pilot) -> dict[str, float]:
    bases = {"half": pilot.base_share / 2, "own": pilot.base_share, "double": 2 * pilot.base_share}
    return {line: base for line, base in bases.items() if line != "double" or base <= HIGHEST_BASE}


def _planned(pilot: Pilot, difference: float) -> dict[str, Any]:
    n_programme, n_comparison = pilot.needed(difference, ratio=pilot.ratio)
    found = comparison_power(pilot.base_share, difference, *pilot.n_followed, level=pilot.level)
    return {
        "difference": difference,
        "is_wanted": difference == pilot.difference,
        "n_programme": n_programme,
        "n_comparison": n_comparison,
        "power": found.power,
        "asked_power": pilot.power,
    }


def _chances(pilot: Pilot, times: float, differences: Iterable[float]) -> Iterator[dict[str, Any]]:
    sizes_at_start = ceil(times * pilot.n_programme), ceil(times * pilot.n_comparison)
    followed = [max(pilot.followed(n), 1) for n in sizes_at_start]
    for difference in differences:
        found = comparison_power(pilot.base_share, difference, followed[0], followed[1], level=pilot.level)
        is_ever = found.exaggeration is not None
        yield {
            "times": times,
            "n_programme": sizes_at_start[0],
            "n_comparison": sizes_at_start[1],
            "difference": difference,
            "is_wanted": difference == pilot.difference,
            "power": found.power,
            "shown": found.exaggeration * difference if found.exaggeration is not None else np.nan,
            "exaggeration": found.exaggeration if is_ever else np.nan,
            "wrong_sign": found.wrong_sign if is_ever else np.nan,
        }
