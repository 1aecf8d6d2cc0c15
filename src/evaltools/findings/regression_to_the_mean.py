"""What regression to the mean alone would give: steps on the ladder when nobody's own level changes.

A score is a level and an error: ``X = T + e``. Who starts when things go badly has a first score with an error below zero, and
a second one without: it rises although nothing changed (Davis 1976; Barnett, van der Pols and Dobson 2005). How much depends
on the reliability of a score, ``ρ = var(T) / var(X)``, and on how low the moment was at which people started. Neither is
known of a ladder scored by coaches; both are varied.

Rungs have no distance. As in a polychoric correlation, levels and errors are normal behind the rungs, and the rungs are cut where
the first scores of the participants themselves lie.

References
----------
C. E. Davis (1976), The effect of regression to the mean in epidemiologic and clinical studies. American Journal of
Epidemiology 104, 493-498.
A. G. Barnett, J. C. van der Pols and A. J. Dobson (2005), Regression to the mean: what it is and how to deal with it.
International Journal of Epidemiology 34, 215-220.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import log_ndtr, ndtr, ndtri

from evaltools.disclosure.record import THRESHOLD
from evaltools.errors import InvalidDataError

Array = NDArray[np.float64]
Band = tuple[int, ...]

FEWEST_BANDS = 3
"""With fewer groups of rungs the distance between them is not known."""
_GRID = np.linspace(-8.5, 8.5, 1_701)
"""Levels in standard deviations: the trapezium rule is exact to far more digits than are shown."""
_FAR = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Shares that go up, stay and go down."""

    up: float
    equal: float
    down: float


def bands_of(counts: Sequence[int], least: int = THRESHOLD) -> list[Band]:
    """Take neighbouring rungs together until each band has so many people; lowest first.

    Examples
    --------
    >>> bands_of([94, 144, 82, 14, 1, 0])
    [(0,), (1,), (2,), (3, 4, 5)]
    >>> bands_of([5, 10, 10, 0, 0, 0])
    [(0, 1), (2, 3, 4, 5)]
    """
    made: list[Band] = []
    band: Band = ()
    for rung in reversed(range(len(counts))):
        band = (rung, *band)
        if sum(counts[each] for each in band) >= least:
            made.insert(0, band)
            band = ()
    if band and made:
        made[0] = (*band, *made[0])
    return made


def steps_from_low_point(first: Sequence[int], reliability: float, moments: int = 1) -> Steps | None:
    """Work out the steps when the first score is the lowest of so many moments, and nobody's level changes.

    Only the number of people in `bands_of` the first scores counts: no number of fewer people can be found back.

    Parameters
    ----------
    first
        How many people have their first score on each rung, lowest first.
    reliability
        Share of the differences between scores that is real, strictly between 0 and 1.
    moments
        1 for people who start at any moment: as many go up as down.

    Returns
    -------
    Steps or None
        None with fewer than `FEWEST_BANDS` bands.

    Raises
    ------
    InvalidDataError
        When a count, the reliability or the number of moments is outside its range.

    Examples
    --------
    >>> started_at_any = steps_from_low_point([100, 100, 100, 100], 0.8)
    >>> abs(started_at_any.up - started_at_any.down) < 1e-9
    True
    >>> started_low = steps_from_low_point([100, 100, 100, 100], 0.8, 3)
    >>> started_low.up > 2 * started_low.down
    True
    """
    _require(first, reliability, moments)
    bands = bands_of(first)
    if len(bands) < FEWEST_BANDS:
        return None
    level, error = _spread(reliability)

    def below(cut: float) -> Array:
        """Give the chance of a first score below a cut, for each level."""
        return np.asarray(-np.expm1(moments * log_ndtr(-(cut - level) / error)))

    cuts = _cuts(first, bands, lambda share: _quantile(below, share))
    return _steps(_joint([below(cut) for cut in cuts], [ndtr((cut - level) / error) for cut in cuts]))


def steps_of_selected(first: Sequence[int], reference: Sequence[int], reliability: float) -> Steps | None:
    """Work out the steps when people were selected by their first score alone, out of others whose scores are known.

    The method of Davis (1976), for rungs: two scores of anybody are bivariate normal with correlation ``ρ``, cut where the
    scores of the others lie; the second score of a participant is one of all who have the same first score. Rungs of which the others
    are fewer than ten count together with the next, and so do those of participants.

    Parameters
    ----------
    first, reference
        How many participants, and others, have their first score on each rung, lowest first.
    reliability
        As `steps_from_low_point`.

    Returns
    -------
    Steps or None
        None with fewer than `FEWEST_BANDS` bands of others, or without participants.

    Raises
    ------
    InvalidDataError
        When a count or the reliability is outside its range, or the lists are of different length.
    """
    _require(first, reliability, 1)
    _require(reference, reliability, 1)
    if len(first) != len(reference):
        raise InvalidDataError("steps_of_selected()", ["first and reference are of different ladders"])
    bands, own = bands_of(reference), bands_of(first)
    if len(bands) < FEWEST_BANDS or not own:
        return None
    level, error = _spread(reliability)
    cuts = _cuts(reference, bands, lambda share: float(ndtri(share)))
    below = [ndtr((cut - level) / error) for cut in cuts]
    joint = _joint(below, below)
    n = sum(first)
    weights = np.ones(len(first))
    for band in own:
        weights[list(band)] = sum(first[rung] for rung in band) / n / joint[list(band)].sum()
    return _steps(joint * weights[:, None])


def _require(counts: Sequence[int], reliability: float, moments: int) -> None:
    problems = []
    if len(counts) < FEWEST_BANDS or any(count < 0 or count != int(count) for count in counts):
        problems.append(f"needs the number of people on each of {FEWEST_BANDS} rungs or more, each at least 0")
    if not 0 < reliability < 1:
        problems.append("reliability must lie between 0 and 1, such as 0.8")
    if moments != int(moments) or moments < 1:
        problems.append("moments must be a whole number of at least 1")
    if problems:
        raise InvalidDataError("steps without any change", problems)


def _weights() -> Array:
    density = np.exp(-(_GRID**2) / 2)
    return np.asarray(density / density.sum())


def _spread(reliability: float) -> tuple[Array, float]:
    """Give levels of people, and the standard deviation of the error, in standard deviations of a score."""
    return _GRID * np.sqrt(reliability), float(np.sqrt(1 - reliability))


def _quantile(below: Callable[[float], Array], share: float) -> float:
    weights = _weights()
    return float(brentq(lambda cut: float(weights @ below(cut)) - share, -_FAR, _FAR, xtol=1e-12))


def _cuts(counts: Sequence[int], bands: Sequence[Band], quantile: Callable[[float], float]) -> list[float]:
    """Place the cuts between rungs: those between bands by how many are below, the others as far apart as those are."""
    n = sum(counts)
    at = [band[-1] for band in bands[:-1]]
    known = [quantile(sum(counts[: rung + 1]) / n) for rung in at]
    apart = (known[-1] - known[0]) / (at[-1] - at[0])
    cuts = np.interp(range(len(counts) - 1), at, known)
    rungs = np.arange(len(counts) - 1)
    cuts = np.where(rungs > at[-1], known[-1] + apart * (rungs - at[-1]), cuts)
    cuts = np.where(rungs < at[0], known[0] - apart * (at[0] - rungs), cuts)
    return [float(cut) for cut in cuts]


def _joint(first: Sequence[Array], second: Sequence[Array]) -> Array:
    """Give the chance of each pair of rungs from the chances of a score below each cut, for each level."""
    weights = _weights()
    nobody, everybody = np.zeros(len(weights)), np.ones(len(weights))
    before, after = (np.diff(np.array([nobody, *below, everybody]), axis=0) for below in (first, second))
    return np.asarray((before * weights) @ after.T)


def _steps(joint: Array) -> Steps:
    up, equal, down = float(np.triu(joint, 1).sum()), float(np.trace(joint)), float(np.tril(joint, -1).sum())
    return Steps(up=up, equal=equal, down=down)
