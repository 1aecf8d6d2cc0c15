"""Panels that the tests of this folder share."""

from itertools import combinations

import numpy as np
import pandas as pd

from tests.conftest import ROOT
from tests.public_data import public_data

REFERENCE = ROOT / "tests" / "reference"
NAMES = {"unit": "place", "time": "month", "outcome": "outflow", "programme": "programme"}


def long(outcomes, starts, weights=None):
    """Lay outcomes (U, T) out in rows; ``starts`` has the place of the first period of each unit, None for never."""
    outcomes = np.asarray(outcomes, dtype=float)
    n_units, n_periods = outcomes.shape
    rows = pd.DataFrame(
        {
            "place": np.repeat(np.arange(n_units), n_periods),
            "month": np.tile(np.arange(n_periods), n_units),
            "outflow": outcomes.ravel(),
            "programme": [start is not None and t >= start for start in starts for t in range(n_periods)],
        }
    )
    return rows if weights is None else rows.assign(population=np.repeat(weights, n_periods))


def noisy(n_units, n_periods, seed, *, keeps=0.0):
    """Places and months with a level of their own, and errors of which each keeps a part of the one before."""
    rng = np.random.default_rng(seed)
    error = rng.normal(size=(n_units, n_periods))
    for t in range(1, n_periods):
        error[:, t] += keeps * error[:, t - 1]
    return 5 * rng.normal(size=(n_units, 1)) + 2 * rng.normal(size=n_periods) + error


def castle():
    """Read castle with the decimals that R reads: its file has numbers of four bytes."""
    read = public_data("castle")[["sid", "year", "l_homicide", "post", "popwt"]]
    return read.assign(**{name: read[name].astype(str).astype(float) for name in ("l_homicide", "popwt")})


def all_ways(starts):
    """Write down all ways to deal the starts out to the units, once each, the slow way."""
    if all(start is None for start in starts):
        return [list(starts)]
    last = max(start for start in starts if start is not None)
    n_last = starts.count(last)
    ways = []
    for rest in all_ways([start for start in starts if start != last]):
        for places in combinations(range(len(starts)), n_last):
            others = iter(rest)
            ways.append([last if place in places else next(others) for place in range(len(starts))])
    return ways
