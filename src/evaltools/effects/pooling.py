"""What sites have in common, and how much they differ."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import chdtrc, chdtri, stdtr, stdtrit

from evaltools.effects.estimate import Estimate
from evaltools.effects.inputs import Array, check_aligned, check_choice, check_level, numbers, refuse
from evaltools.effects.shown import Shown
from evaltools.errors import many

Method = Literal["REML", "PM", "DL"]

LARGEST = 1e30
"""Fourth powers of larger numbers, or of one through them, do not fit in a number of the computer."""

N_STEPS = 400
"""How finely the restricted likelihood is looked through: it can have more than one top."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pooled(Shown):
    """What sites have in common, and how much they differ.

    Attributes
    ----------
    mean
        Mean of the true values over sites like these, with its interval; ``n`` is the number of sites k.
    prediction_lower, prediction_upper
        Interval for the true value of one more site like these.
    tau2, tau2_lower, tau2_upper
        Variance of the true values between sites, with its interval; at least 0.
    i2
        Share (0-1) of the variance between the estimates that is more than chance within sites.
    q, q_p_value
        Cochran's test that all sites have one true value, with k − 1 degrees of freedom.
    hartung_knapp_factor
        What the variance of the mean is multiplied by in the method of Hartung and Knapp, before it is raised to 1.
        Below 1 the estimates lie closer together than chance has them.
    sites
        One row per site, in the order given: the shrunken ``estimate``, ``standard_error``, ``lower``, ``upper``.
    """

    mean: Estimate
    prediction_lower: float
    prediction_upper: float
    tau2: float
    tau2_lower: float
    tau2_upper: float
    i2: float
    q: float
    q_p_value: float
    hartung_knapp_factor: float
    sites: pd.DataFrame


def pool(
    estimates: ArrayLike,
    standard_errors: ArrayLike,
    *,
    method: Method = "REML",
    hartung_knapp: bool = True,
    level: float = 0.95,
) -> Pooled:
    """Pool estimates of sites of which the true values differ (random effects).

    The estimate ``yᵢ`` of site i, with variance ``vᵢ``, is around a true value that is around ``μ`` with variance
    ``τ²``. With ``wᵢ = 1/(vᵢ + τ²)``: ``μ = Σ wᵢyᵢ / Σ wᵢ`` with variance ``h / Σ wᵢ``; h is 1 (normal quantiles), or
    with ``hartung_knapp`` the factor ``Σ wᵢ(yᵢ − μ)²/(k − 1)``, but at least 1 (quantiles of t with k − 1 degrees of
    freedom). The prediction interval is ``μ ± quantile · √(τ² + h/Σ wᵢ)`` with the same quantile. The shrunken value
    of a site is ``λᵢyᵢ + (1 − λᵢ)μ`` with ``λᵢ = τ²/(τ² + vᵢ)`` and variance ``λᵢvᵢ + (1 − λᵢ)² h/Σ wᵢ``.

    The mean is that over sites like these; it is not that of their people, nor what any one site does. The intervals
    of sites do not rank them: one value may be above another by chance.

    Parameters
    ----------
    estimates
        One estimate per site, on a scale on which it is about normal: differences as they are, but of ratios their
        logarithms. Shape (k,), k at least 2.
    standard_errors
        Their standard errors on that scale, taken as known. Shape (k,). Those of `risk_ratio`, `odds_ratio` and
        `hazard_ratio` are of the logarithm: ``pool([log(found.estimate) for found in ratios], [found.standard_error for
        found in ratios])``, of which the exponentials of the mean and its limits are ratios.
    method
        How τ² is estimated: ``"REML"`` where the restricted likelihood has its highest top; ``"PM"`` (Paule and
        Mandel) where ``Σ wᵢ(yᵢ − μ)² = k − 1``; ``"DL"`` (DerSimonian and Laird) in closed form. None is below 0.
    hartung_knapp
        False for normal quantiles, which with few sites are too narrow.

    Returns
    -------
    Pooled
        The interval of τ² holds the values for which ``Σ wᵢ(yᵢ − μ)²`` lies between two quantiles of χ² with k − 1
        degrees of freedom (Q-profile); both ends are 0 where no value does.

    Raises
    ------
    InvalidDataError
        When there are fewer than two sites, one has no estimate or no standard error above 0, or the indexes of Series
        differ.

    References
    ----------
    Viechtbauer (2005), Journal of Educational and Behavioral Statistics 30, 261-293 (REML); Paule & Mandel (1982),
    Journal of Research of the National Bureau of Standards 87, 377-385; DerSimonian & Laird (1986), Controlled
    Clinical Trials 7, 177-188; Hartung & Knapp (2001), Statistics in Medicine 20, 3875-3889; Röver, Knapp & Friede
    (2015), BMC Medical Research Methodology 15:99 (a factor of at least 1); Viechtbauer (2007), Statistics in Medicine
    26, 37-52 (Q-profile); Higgins & Thompson (2002), Statistics in Medicine 21, 1539-1558 (I²); Raudenbush & Bryk
    (1985), Journal of Educational Statistics 10, 75-98 (shrunken values).

    Examples
    --------
    Two sites a distance d apart: τ² is d²/2 minus the mean of their variances, here 8 − 1.

    >>> found = pool([1, 5], [1, 1])
    >>> round(found.mean.estimate, 6), round(found.tau2, 6), round(found.i2, 6)
    (3.0, 7.0, 0.875)
    >>> found.sites["estimate"].round(6).tolist()
    [1.25, 4.75]
    """
    y, v = _checked(estimates, standard_errors, method, level)
    level = float(level)
    n_free, tail = len(y) - 1, (1 - level) / 2
    # Counted from the most precise site: its distance to a mean that it all but makes alone would else be lost.
    origin = float(y[np.argmin(v)])
    y = y - origin
    tau2 = _TAU2[method](y, v)
    w, residuals = _fit(y, v, tau2)
    factor = float(w @ residuals**2) / n_free
    mean = float(w @ y / w.sum())
    error = float(np.sqrt((max(1.0, factor) if hartung_knapp else 1.0) / w.sum()))
    n_free_mean = n_free if hartung_knapp else np.inf
    quantile = -float(stdtrit(n_free_mean, tail))
    spread = float(np.sqrt(tau2 + error**2))
    q = float(_q(y, v, 0.0))
    return Pooled(
        mean=Estimate(
            measure="pooled mean",
            estimate=origin + mean,
            lower=origin + mean - quantile * error,
            upper=origin + mean + quantile * error,
            level=level,
            standard_error=error,
            p_value=2 * float(stdtr(n_free_mean, -abs(origin + mean) / error)),
            n=len(y),
            method=f"{method.lower()}, {'hartung-knapp' if hartung_knapp else 'normal'}",
        ),
        prediction_lower=origin + mean - quantile * spread,
        prediction_upper=origin + mean + quantile * spread,
        tau2=tau2,
        tau2_lower=_tau2_of_q(y, v, float(chdtri(n_free, tail))),
        tau2_upper=_tau2_of_q(y, v, float(chdtri(n_free, 1 - tail))),
        i2=tau2 / (tau2 + n_free / float(_information(1 / v))),
        q=q,
        q_p_value=float(chdtrc(n_free, q)),
        hartung_knapp_factor=factor,
        sites=_shrunken(origin + y, v, tau2, origin + mean, error, quantile),
    )


def _checked(estimates: ArrayLike, standard_errors: ArrayLike, method: str, level: float) -> tuple[Array, Array]:
    """Take the estimates and their variances."""
    problems: list[str] = []
    check_aligned({"estimates": estimates, "standard_errors": standard_errors}, problems)
    check_choice("method", method, get_args(Method), problems)
    check_level(level, problems)
    y = numbers("estimates", estimates, problems)
    errors = numbers("standard_errors", standard_errors, problems, n=len(y))
    if len(y) < 2:
        problems.append(f"estimates has {many(len(y), 'value')}; pooling needs at least 2 sites")
    if n_wrong := int((errors < 1 / LARGEST).sum()):
        problems.append(
            f"standard_errors has {many(n_wrong, 'value')} of {len(errors):,} not above 0, as of a group in which "
            "nobody or everybody has the outcome; leave these sites out, and count them"
        )
    if (np.abs(y) > LARGEST).any() or (errors > LARGEST).any():
        problems.append(f"estimates or standard_errors are beyond {LARGEST:g}; give them in a larger unit")
    refuse("pool", problems)
    return y, errors**2


def _fit(y: Array, v: Array, tau2: ArrayLike) -> tuple[Array, Array]:
    """Weights of the sites and distances to their mean, along the last axis, for each value of tau2."""
    w = 1 / (v + np.asarray(tau2)[..., None])
    mean = (w * y).sum(axis=-1) / w.sum(axis=-1)
    return w, y - mean[..., None]


def _q(y: Array, v: Array, tau2: ArrayLike) -> Array:
    w, residuals = _fit(y, v, tau2)
    return np.asarray((w * residuals**2).sum(axis=-1))


def _information(w: Array) -> Array:
    """Compute ``Σw − (Σw²)/Σw``, as ``2 Σwᵢwⱼ/Σw`` over all pairs, since one large weight would take the rest with it."""
    return np.asarray(2 * (w[..., 1:] * np.cumsum(w, axis=-1)[..., :-1]).sum(axis=-1) / w.sum(axis=-1))


def _score(y: Array, v: Array, tau2: ArrayLike) -> Array:
    """Twice the derivative of the restricted log-likelihood to tau2."""
    w, residuals = _fit(y, v, tau2)
    return np.asarray((w**2 * residuals**2).sum(axis=-1) - _information(w))


def _restricted_likelihood(y: Array, v: Array, tau2: float) -> float:
    """Twice the logarithm of the restricted likelihood, but for a constant."""
    w, residuals = _fit(y, v, tau2)
    return float(np.log(w).sum() - np.log(w.sum()) - w @ residuals**2)


def _reml(y: Array, v: Array) -> float:
    """Find the highest top; all lie below half the squared range of the estimates, where the score is below 0.

    With M the largest weight and R the range, ``Σwᵢ²(yᵢ − μ)² ≤ M Σwᵢ(yᵢ − μ)² = M Σwᵢwⱼ(yᵢ − yⱼ)²/Σw`` over all pairs,
    which is at most ``MR²/2`` times what `_information` gives, and ``M < 1/τ²``.
    """
    least, most = float(v.min()) / 1000, float(np.ptp(y)) ** 2
    steps = np.append(0.0, np.geomspace(least, most, N_STEPS) if least < most else most)
    is_rising = _score(y, v, steps) > 0
    tops = [] if is_rising[0] else [0.0]
    tops += [
        brentq(lambda tau2: float(_score(y, v, tau2)), steps[place], steps[place + 1], xtol=1e-16 * most)
        for place in np.flatnonzero(is_rising[:-1] & ~is_rising[1:])
    ]
    return max(tops, key=lambda tau2: _restricted_likelihood(y, v, tau2))


def _tau2_of_q(y: Array, v: Array, wanted: float) -> float:
    """Find the tau2 that makes Q, which falls with it, as wanted; 0 where it is lower already."""
    if float(_q(y, v, 0.0)) <= wanted:
        return 0.0
    # Q is at most that of equal weights 1/tau2.
    most = 2 * float(((y - y.mean()) ** 2).sum()) / wanted
    return float(brentq(lambda tau2: float(_q(y, v, tau2)) - wanted, 0.0, most, xtol=1e-16 * most))


def _paule_mandel(y: Array, v: Array) -> float:
    return _tau2_of_q(y, v, len(y) - 1)


def _dersimonian_laird(y: Array, v: Array) -> float:
    return max(0.0, (float(_q(y, v, 0.0)) - (len(y) - 1)) / float(_information(1 / v)))


def _shrunken(y: Array, v: Array, tau2: float, mean: float, error: float, quantile: float) -> pd.DataFrame:
    own = tau2 / (tau2 + v)
    estimate = own * y + (1 - own) * mean
    errors = np.sqrt(own * v + (1 - own) ** 2 * error**2)
    return pd.DataFrame(
        {
            "estimate": estimate,
            "standard_error": errors,
            "lower": estimate - quantile * errors,
            "upper": estimate + quantile * errors,
        }
    )


_TAU2: dict[str, Callable[[Array, Array], float]] = {
    "REML": _reml,
    "PM": _paule_mandel,
    "DL": _dersimonian_laird,
}
