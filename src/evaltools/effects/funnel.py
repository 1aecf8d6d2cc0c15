"""How far shares of units of different sizes may lie from one target by chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri
from scipy.stats import binom

from evaltools.effects.inputs import (
    Array,
    check_level,
    check_number,
    check_share,
    counts_of_units,
    index_of,
    refuse,
    whole_numbers,
)
from evaltools.effects.shown import Shown

LEVELS = (0.95, 0.998)
"""About two and three standard errors on either side, as Spiegelhalter (2005) draws them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Funnel(Shown):
    """Control limits around a target, and where each unit lies.

    Attributes
    ----------
    target
        The share that the limits are around.
    levels
        Share of units within each pair of limits when all have the target and differ by chance.
    dispersion
        φ, the mean of the squared winsorised z-scores; 1 is expected of chance alone, and less when they are winsorised.
    tau2
        Variance between the units beyond chance, of ``asin(√share)``; 0 where there is none.
    units
        One row per unit, in the order given: ``n``, ``share``, ``z`` (of chance alone), the limits at its n as `limits`
        names them, and for each level ``outside_95`` and ``outside_overdispersed_95``: -1 below the lower limit, 1 above
        the upper one, else 0. No order of units follows from it.
    """

    target: float
    levels: tuple[float, ...]
    dispersion: float
    tau2: float
    units: pd.DataFrame

    def limits(self, n: ArrayLike) -> pd.DataFrame:
        """Give the limits of units of other sizes, to draw them as curves.

        Parameters
        ----------
        n
            Whole numbers of at least 1. Shape (m,).

        Returns
        -------
        pd.DataFrame
            One row for each: ``n``, and for each level, here of 95%, ``lower_95`` and ``upper_95`` (chance alone) and
            ``lower_overdispersed_95`` and ``upper_overdispersed_95`` (with ``tau2``).
        """
        problems: list[str] = []
        sizes = whole_numbers("n", n, problems, least=1)
        refuse("limits", problems)
        return _limits(sizes, self.target, self.tau2, self.levels)


def funnel(
    events: ArrayLike,
    n: ArrayLike,
    *,
    target: float | None = None,
    levels: Sequence[float] = LEVELS,
    overdispersed: bool = True,
    winsorise: float = 0.1,
) -> Funnel:
    """Find the control limits of shares as a function of n: a funnel plot.

    The exact limits are quantiles of the binomial distribution of n and the target θ. With ``F`` its cumulative chance
    and ``r`` the smallest count of which ``F(r) ≥ p``, that at p is ``(r − a)/n`` with
    ``a = (F(r) − p)/(F(r) − F(r − 1))``, so that it is smooth in n; below 0 it is 0. A share lies below the lower limit
    when the chance of as few events is less than ``(1 − level)/2``, and above the upper one when that of *more* events is.

    The scores ``z = 2√n (asin √share − asin √θ)`` have a variance of about 1 by chance. Units differ by more than that
    in all that is not in n. The model of this adds a variance: ``τ² = (kφ − (k − 1)) / (Σw − Σw²/Σw)`` for k units with
    ``w = 4n``, and 0 where that is below 0; φ is the mean of z², of which those below a quantile or above its opposite
    are set to that quantile, so that outliers do not widen the limits that they are held to. The limits with
    over-dispersion are ``sin²(asin √θ ± q √(1/(4n) + τ²))``, but never inside the exact ones, and those where τ² is 0.

    A place in the funnel says nothing of order: units within the limits are not to be told apart, and neither are those
    outside of them ranked. Outside is no verdict either; it asks for a reason.

    Parameters
    ----------
    events, n
        Events and size of each unit; whole, ``0 ≤ events ≤ n``, n at least 1. Shape (k,), k at least 2.
    target
        The share θ, strictly between 0 and 1; that of all units together where it is not given.
    levels
        Of the limits, each strictly between 0 and 1.
    overdispersed
        False for a τ² of 0, whatever φ is.
    winsorise
        Share of the z-scores that is drawn in at either side, from 0 up to ½. Where units differ without outliers it takes
        from φ too, and limits are too narrow: of 388 units of 30 to 20,000 with a τ of 0.03, 17% lie outside of those of
        95% with 0.1, and 5% with 0.

    Returns
    -------
    Funnel

    Raises
    ------
    InvalidDataError
        When a count, the target or a level is outside its range, or there are fewer than two units.

    References
    ----------
    Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202 (appendix A.1.1: interpolation); Spiegelhalter,
    Sherlaw-Johnson, Bardsley, Blunt, Wood & Grigg (2012), Journal of the Royal Statistical Society A 175, 1-47 (additive
    over-dispersion of winsorised scores); DerSimonian & Laird (1986), Controlled Clinical Trials 7, 177-188. The scale of
    the square root's arcsine is that of FunnelPlotR for proportions.

    Examples
    --------
    >>> found = funnel([2, 30, 90], [10, 200, 400], target=0.2)
    >>> found.units["share"].tolist(), found.units["outside_95"].tolist()
    ([0.2, 0.15, 0.225], [0, 0, 0])
    >>> found.limits([50, 500])[["lower_95", "upper_95"]].round(3).to_numpy().tolist()
    [[0.084, 0.307], [0.164, 0.235]]
    """
    problems: list[str] = []
    counted, size = counts_of_units(events, n, problems)
    if not problems and target is None and not 0 < counted.sum() < size.sum():
        problems.append("events are 0 in all units, or n in all; give a target")
    if target is not None:
        check_share("target", target, problems)
    _check_levels(levels, problems)
    check_number(
        "winsorise", winsorise, problems, is_allowed=lambda value: 0 <= value < 0.5, expected="a share from 0 up to 0.5"
    )
    refuse("funnel", problems)
    middle = float(counted.sum() / size.sum() if target is None else target)
    share = counted / size
    z = 2 * np.sqrt(size) * (np.arcsin(np.sqrt(share)) - np.arcsin(np.sqrt(middle)))
    dispersion = float(np.mean(np.clip(z, *np.quantile(z, [winsorise, 1 - winsorise])) ** 2))
    tau2 = _tau2(dispersion, size) if overdispersed else 0.0
    limits = _limits(size, middle, tau2, levels)
    units = pd.DataFrame({"n": limits.pop("n"), "share": share, "z": z, **limits})
    for end in _endings(levels):
        units[f"outside{end}"] = 1 * (share > units[f"upper{end}"]) - 1 * (share < units[f"lower{end}"])
    return Funnel(
        target=middle,
        levels=tuple(map(float, levels)),
        dispersion=dispersion,
        tau2=tau2,
        units=units.set_index(index_of(events, n)),
    )


def _check_levels(levels: Sequence[float], problems: list[str]) -> None:
    found: list[str] = []
    for level in levels:
        check_level(level, found)
    problems += found
    if not found and len(set(map(_percent, levels))) < max(1, len(levels)):
        problems.append("levels has one twice, or none; expected different levels, such as 0.95 and 0.998")


def _percent(level: float) -> str:
    return f"{100 * level:g}"


def _endings(levels: Sequence[float]) -> list[str]:
    """Name the limits of each level: of chance alone, and with over-dispersion."""
    return [f"{kind}_{_percent(level)}" for level in levels for kind in ("", "_overdispersed")]


def _tau2(dispersion: float, size: Array) -> float:
    k, w = len(size), 4 * size
    return max(0.0, (k * dispersion - (k - 1)) / float(w.sum() - w @ w / w.sum()))


def _limits(size: Array, target: float, tau2: float, levels: Sequence[float]) -> pd.DataFrame:
    """Make the limits of units of these sizes; each size is done once."""
    sizes, places = np.unique(size, return_inverse=True)
    made: dict[str, NDArray[Any]] = {"n": sizes.astype(np.int64)}
    middle, spread = np.arcsin(np.sqrt(target)), np.sqrt(1 / (4 * sizes) + tau2)
    for level in levels:
        exact = _exact(sizes, target, (1 - level) / 2), _exact(sizes, target, (1 + level) / 2)
        wide = exact
        if tau2 > 0:
            reach = ndtri((1 + level) / 2) * spread
            wide = (
                np.minimum(exact[0], np.sin(np.maximum(middle - reach, 0)) ** 2),
                np.maximum(exact[1], np.sin(np.minimum(middle + reach, np.pi / 2)) ** 2),
            )
        for end, (lower, upper) in zip(_endings([level]), (exact, wide), strict=True):
            made |= {f"lower{end}": lower, f"upper{end}": upper}
    return pd.DataFrame(made).take(places).reset_index(drop=True)


def _exact(size: Array, target: float, p: float) -> Array:
    """Quantile of a share, between two counts as far as p is between their chances."""
    count = binom.ppf(p, size, target)
    reached = binom.cdf(count, size, target)
    beyond = (reached - p) / (reached - binom.cdf(count - 1, size, target))
    return np.asarray(np.maximum(0.0, count - beyond) / size)
