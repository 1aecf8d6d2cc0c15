"""How far municipalities are apart in the share that leaves for work, how much of that is chance and rounding, and where one lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaltools.disclosure import from_publications
from evaltools.effects import funnel, shrunken_shares
from evaltools.effects.funnel import Funnel
from evaltools.effects.shrinkage import ShrunkenShares
from evaltools.findings.peers.years import AT_RISK, HALF, could_be, in_year

LEVELS = (0.95, 0.998)
"""Of the control limits of a funnel (Spiegelhalter 2005)."""
_NAMES = ("95", "99.8")
_WIDEST = _NAMES[-1]
"""How `effects.funnel` names the limits of these."""
SPREAD_LEVEL = 0.9
"""Share of municipalities of which the spread is told."""
SIZE_CLASSES = (300, 1000, 3000)
"""Where classes of size begin, in people with bijstand in the year."""
MOST = 0.8
"""Share of the municipalities of a class of which the spread is told."""
CURVE_POINTS = 60
DRAWS, SEED = 400, 1
"""So many times municipalities are drawn that differ by chance and rounding alone."""
_OWN = (
    "share",
    "n_in_year",
    "n_outflow_work",
    "outside",
    "is_sure",
    "shrunken",
    "shrunken_lower",
    "shrunken_upper",
    "weight",
)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Laid:
    """All municipalities of the last year of which the figures are known, in a funnel, in the order of their codes."""

    rows: pd.DataFrame
    funnel: Funnel
    n_unknown: int

    @cached_property
    def shrunken(self) -> ShrunkenShares:
        return shrunken_shares(self.rows["n_outflow_work"], self.rows["n_in_year"], level=LEVELS[0])

    @cached_property
    def outside(self) -> Array:
        """Beyond which of the widest limits each lies: 1 of chance, 2 of the spread too; below 0 on the lower side."""
        return _outside(self.funnel, self.rows["n_in_year"].to_numpy(), self.funnel.units["share"].to_numpy())

    @cached_property
    def is_sure(self) -> "NDArray[np.bool_]":
        """Whether each lies there whatever its counts were before they were rounded."""
        work, stock, out = (
            np.array([could_be(int(count)) for count in self.rows[name]])
            for name in ("n_outflow_work", "n_stock", "n_outflow")
        )
        sure = np.ones(len(self.rows), dtype=bool)
        for at in product((0, 1), repeat=3):
            events = work[:, at[0]]
            n = np.maximum(stock[:, at[1]] + np.maximum(out[:, at[2]], events), 1)
            sure &= _outside(self.funnel, n, events / n) == self.outside
        return sure

    @cached_property
    def drawn(self) -> Array:
        """Shares as they would be published if municipalities differed by chance and rounding alone. Shape (draws, k)."""
        random = np.random.default_rng(SEED)
        n = self.rows["n_in_year"].to_numpy()
        shape = (DRAWS, len(n))
        # Two rounded counts make n.
        people = np.maximum(n + random.integers(-HALF, HALF, (2, *shape), endpoint=True).sum(axis=0), 1)
        events = random.binomial(people, self.funnel.target)
        return np.asarray(np.minimum(2 * HALF * np.floor((events + HALF) / (2 * HALF)) / n, 1.0))

    @cached_property
    def dispersion_drawn(self) -> Array:
        n, target = self.rows["n_in_year"].to_numpy(), self.funnel.target
        z = 2 * np.sqrt(n) * (np.arcsin(np.sqrt(self.drawn)) - np.arcsin(np.sqrt(target)))
        return np.asarray((z**2).mean(axis=1))


@from_publications
def funnel_points(flows: pd.DataFrame, municipality: str = "", name: str = "") -> pd.DataFrame:
    """One row per municipality in the last year: how many had bijstand, the share that left to work, and ``is_own``.

    ``outside`` says beyond which of the widest limits it lies: of ``chance`` alone, or also of the ``spread`` between
    municipalities; empty when within. ``is_sure`` says whether that is so whatever was rounded. Only the own one has its ``name``.
    """
    laid = _laid(flows)
    is_own = (laid.rows["code"] == municipality).to_numpy()
    return pd.DataFrame(
        {
            "year": laid.rows["year"],
            "n_in_year": laid.rows["n_in_year"],
            "n_outflow_work": laid.rows["n_outflow_work"],
            "share": laid.funnel.units["share"],
            "outside": _named(laid.outside),
            "is_sure": laid.is_sure,
            "is_own": is_own,
            "name": np.where(is_own, name, ""),
        }
    )


@from_publications
def funnel_curves(flows: pd.DataFrame) -> pd.DataFrame:
    """One row per size ``n``, level and kind of limits (of ``chance`` alone, or also of the ``spread``): ``lower``, ``upper``."""
    laid = _laid(flows)
    ends = laid.rows["n_in_year"].min(), laid.rows["n_in_year"].max()
    sizes = np.unique(np.geomspace(*ends, CURVE_POINTS).round().astype(int))
    return _limits(laid.funnel, sizes.tolist())


@from_publications
def own_limits(flows: pd.DataFrame, municipality: str) -> pd.DataFrame:
    """One row per level and kind of limits, at the size of the municipality; columns as of `funnel_curves`.

    None where its figures are not known.
    """
    laid = _laid(flows)
    own = laid.rows[laid.rows["code"] == municipality]
    return _limits(laid.funnel, [int(n) for n in own["n_in_year"]])


@from_publications
def among(flows: pd.DataFrame, municipality: str, name: str) -> pd.DataFrame:
    """One row: where the municipality lies among all, and the share that is expected of it with theirs in mind.

    Returns
    -------
    DataFrame
        Columns of `spread`, and ``name``, ``share``, ``n_in_year``, ``n_outflow_work``, ``outside`` and ``is_sure`` (as of
        `funnel_points`); ``shrunken`` with ``shrunken_lower`` and ``shrunken_upper`` of the beta-binomial model, in which the own
        share has so much ``weight`` (0-1). All are missing where its figures of the last year are not known.
    """
    laid = _laid(flows)
    found = np.flatnonzero(laid.rows["code"] == municipality)
    if not len(found):
        return _spread(laid).assign(name=name, **dict.fromkeys(_OWN, np.nan))
    own = int(found[0])
    values = (
        laid.funnel.units["share"].iloc[own],
        *laid.rows[["n_in_year", "n_outflow_work"]].iloc[own],
        _named(laid.outside)[own],
        laid.is_sure[own],
        *laid.shrunken.units.iloc[own][["shrunken", "lower", "upper", "weight"]],
    )
    return _spread(laid).assign(name=name, **dict(zip(_OWN, values, strict=True)))


@from_publications
def spread(flows: pd.DataFrame) -> pd.DataFrame:
    """One row: how far municipalities are apart in the last year, beyond chance.

    Returns
    -------
    DataFrame
        ``n_municipalities``, and ``n_unknown`` of which the figures are not known; ``mean``, the share of all of them together;
        ``dispersion``, the mean of the squared deviations where chance alone gives 1, and ``dispersion_drawn`` what chance and
        rounding give together, by simulation; ``do_differ``, whether it is more than all but one in forty of such draws. How many
        lie beyond the widest limits of chance (``n_outside_chance``, of which ``n_sure_chance`` whatever was rounded; by chance and
        rounding ``n_expected`` do) and of the spread (``n_outside_spread``, ``n_sure_spread``); and between which shares
        ``spread_level`` of municipalities lies by the beta-binomial model (``spread_lower``, ``spread_upper``).
    """
    return _spread(_laid(flows))


@from_publications
def spread_by_size(flows: pd.DataFrame) -> pd.DataFrame:
    """One row per class of size in the last year: between which shares most municipalities lie, and what chance alone gives.

    ``smallest`` and ``largest`` are the ends of the class in people with bijstand in the year (``largest`` is missing for
    the last), ``lower`` and ``upper`` the shares between which `MOST` of its ``n_municipalities`` lie, ``lower_chance`` and
    ``upper_chance`` the same where they differ by chance and rounding alone, by simulation.
    """
    laid = _laid(flows)
    tails = ((1 - MOST) / 2, (1 + MOST) / 2)
    place = np.digitize(laid.rows["n_in_year"], SIZE_CLASSES)
    shares = laid.funnel.units["share"].to_numpy()
    described = [
        (
            (0, *SIZE_CLASSES)[at],
            (*SIZE_CLASSES, None)[at],
            int((place == at).sum()),
            *np.quantile(shares[place == at], tails),
            *np.quantile(laid.drawn[:, place == at], tails),
        )
        for at in np.unique(place)
    ]
    columns = ["smallest", "largest", "n_municipalities", "lower", "upper", "lower_chance", "upper_chance"]
    return pd.DataFrame(described, columns=columns).astype({"largest": "Int64"})


def _laid(flows: pd.DataFrame) -> _Laid:
    rows = flows[(flows["kind"] == "municipality") & (flows["age"] == AT_RISK) & (flows["year"] == flows["year"].max())]
    known = rows.assign(n_in_year=in_year(rows)).dropna(subset=["n_in_year", "n_outflow_work"])
    known = known[known["n_in_year"] > 0].sort_values("code", ignore_index=True)
    known = known.astype({"n_in_year": int, "n_outflow_work": int})
    # Winsorised, the limits that allow for a spread would be too narrow where there are no outliers (docs/methods.md).
    found = funnel(known["n_outflow_work"], known["n_in_year"], levels=LEVELS, winsorise=0)
    return _Laid(known, found, len(rows) - len(known))


def _spread(laid: _Laid) -> pd.DataFrame:
    lower, upper = laid.shrunken.between(SPREAD_LEVEL)
    is_out, is_far = laid.outside != 0, np.abs(laid.outside) > 1
    limits = laid.funnel.units
    is_out_drawn = (laid.drawn > limits[f"upper_{_WIDEST}"].to_numpy()) | (
        laid.drawn < limits[f"lower_{_WIDEST}"].to_numpy()
    )
    return pd.DataFrame(
        {
            "year": [int(laid.rows["year"].iloc[0])],
            "n_municipalities": [len(laid.rows)],
            "n_unknown": [laid.n_unknown],
            "mean": [laid.funnel.target],
            "dispersion": [laid.funnel.dispersion],
            "dispersion_drawn": [float(laid.dispersion_drawn.mean())],
            "do_differ": [bool(laid.funnel.dispersion > np.quantile(laid.dispersion_drawn, 0.975))],
            "n_expected": [float(is_out_drawn.sum(axis=1).mean())],
            "n_outside_chance": [int(is_out.sum())],
            "n_sure_chance": [int((is_out & laid.is_sure).sum())],
            "n_outside_spread": [int(is_far.sum())],
            "n_sure_spread": [int((is_far & laid.is_sure).sum())],
            "spread_level": [SPREAD_LEVEL],
            "spread_lower": [lower],
            "spread_upper": [upper],
        }
    )


def _outside(found: Funnel, n: Any, shares: Array) -> Array:
    """Say beyond which of the widest limits shares of so many people lie; see `_Laid.outside`."""
    sizes, place = np.unique(n, return_inverse=True)
    limits = found.limits(sizes).iloc[place]
    sides = [
        (shares > limits[f"upper_{kind}{_WIDEST}"].to_numpy()).astype(float)
        - (shares < limits[f"lower_{kind}{_WIDEST}"].to_numpy())
        for kind in ("", "overdispersed_")
    ]
    return np.asarray(sum(sides))


def _named(outside: Array) -> list[str]:
    return [("", "chance", "spread")[int(abs(each))] for each in outside]


def _limits(found: Funnel, sizes: Sequence[int]) -> pd.DataFrame:
    wide = found.limits(sizes)
    parts = [
        pd.DataFrame(
            {
                "n": wide["n"],
                "level": level,
                "limits": limits,
                "lower": wide[f"lower_{kind}{name}"],
                "upper": wide[f"upper_{kind}{name}"],
            }
        )
        for level, name in zip(LEVELS, _NAMES, strict=True)
        for limits, kind in (("chance", ""), ("spread", "overdispersed_"))
    ]
    return pd.concat(parts, ignore_index=True).assign(mean=found.target)
