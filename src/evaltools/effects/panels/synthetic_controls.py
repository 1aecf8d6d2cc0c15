"""A place with a programme beside a mean of other places that went the same way before."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from evaltools.effects.estimate import Estimate
from evaltools.effects.inputs import Array, Mask, check_level, refuse
from evaltools.effects.panels.panel import Columns, Panel, read_panel
from evaltools.effects.shown import Shown
from evaltools.errors import many

EXACT = 1e-8
"""A gap below this share of the usual distance is rounding: none."""

SPECK = 1e-12
"""A weight below this is rounding: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticControl(Shown):
    """What became of a unit, and of the mean of other units that stands in for it.

    Attributes
    ----------
    effect
        Mean gap over the periods under the programme; its p-value and interval are those of placebos.
    weights
        Weight of each unit in the synthetic one: at least 0, adding up to 1.
    gaps
        One row for each period, indexed by it: ``outcome``, ``synthetic``, ``gap`` and ``programme`` (whether it ran).
    pre_rmspe
        Root mean squared gap before the start, in units of the outcome.
    relative_pre_rmspe
        The same over the spread of the other units around their mean. Near 0 the unit is like a mean of others; near 1
        it is as far from its synthetic one as any unit from the average, and the effect is not to be trusted.
    n_periods_outside
        Periods before the start in which the outcome is higher, or lower, than that of every other unit, so that no
        weights can reach it.
    ratio, ratio_p_value
        Root mean squared gap after the start over that before it, and the share of units, itself among them, with at
        least as high a ratio: the test of Abadie e.a. (2010), which also sees effects that change sign.
    placebos
        One row for each other unit, as if it had had the programme, indexed by it: ``pre_rmspe``, ``ratio``,
        ``mean_gap`` (after the start) and ``is_determined`` (False where more than one set of weights fits best).
    placebo_gaps
        Their gaps: one row for each period, one column for each other unit.
    """

    effect: Estimate
    weights: "pd.Series[float]"
    gaps: pd.DataFrame
    pre_rmspe: float
    relative_pre_rmspe: float
    n_periods_outside: int
    ratio: float
    ratio_p_value: float
    placebos: pd.DataFrame
    placebo_gaps: pd.DataFrame


def synthetic_control(
    panel: pd.DataFrame, *, unit: str, time: str, outcome: str, programme: str, level: float = 0.95
) -> SyntheticControl:
    """Compare a place with the mean of other places that followed its outcome best before the programme.

    The weights minimise ``Σ over t before (Y₁ₜ - Σⱼ wⱼ Yⱼₜ)²`` with ``wⱼ >= 0`` and ``Σ wⱼ = 1``, exactly. It is the
    simple form, which fits the outcomes before the start and nothing else: with all of these, covariates no longer
    matter (Kaul e.a. 2022), and there is no choice of predictors to search in (Ferman, Pinto & Possebom 2020). It needs
    many periods before the start and few other units, all of them like the place and without a programme of their own:
    a fit that is good by chance promises nothing.

    Each other unit then plays the part of the place, with the rest without the place itself to choose from. The test
    asks how unusual ``|mean gap after| / pre RMSPE`` is among all units; the interval holds each constant effect that
    it does not reject (Firpo & Possebom 2018), ``mean gap ± pre RMSPE × q`` with ``q`` an order statistic of the
    placebos. Division by the pre RMSPE is why none with a bad fit is left out. With ``J`` other units the p-value is at
    least ``1/(J + 1)``: a 95% interval is unbounded with fewer than 19. A placebo whose weights are not determined
    counts as at least as unusual.

    Parameters
    ----------
    panel
        One row for each unit and period, none missing; exactly one unit takes part. Of several, leave out all but one
        each time.
    unit, time, outcome, programme
        Columns, as in `difference_in_differences`.
    level
        Of the interval.

    Returns
    -------
    SyntheticControl

    Raises
    ------
    InvalidDataError
        As in `difference_in_differences`; when more than one unit takes part or there is one other unit; when more than
        one set of weights fits best, as may happen with more units than periods before the start; when one fits
        exactly, so that the distance before the start, which the gap after it is compared with, is 0.

    References
    ----------
    Abadie, Diamond & Hainmueller (2010), Journal of the American Statistical Association 105(490), 493-505; Abadie
    (2021), Journal of Economic Literature 59(2), 391-425; Kaul, Klößner, Pfeifer & Schieler (2022), Journal of Business
    & Economic Statistics 40(3), 1362-1376; Ferman, Pinto & Possebom (2020), Journal of Policy Analysis and Management
    39(2), 510-532; Firpo & Possebom (2018), Journal of Causal Inference 6(2).

    Examples
    --------
    Place a was 1 above halfway b and c, then 1 below and then on it, and is 3 above it in the fourth year.

    >>> rates = pd.DataFrame({"place": list("aaaabbbbcccc"), "year": [1, 2, 3, 4] * 3})
    >>> rates["outflow"] = [4, 4, 4, 8, 2, 4, 5, 4, 4, 6, 3, 6]
    >>> rates["programme"] = (rates["place"] == "a") & (rates["year"] == 4)
    >>> found = synthetic_control(rates, unit="place", time="year", outcome="outflow", programme="programme")
    >>> found.weights.round(3).to_dict(), round(found.effect.estimate, 3)
    ({'b': 0.5, 'c': 0.5}, 3.0)

    With two places beside it, the p-value can be no smaller than 1/3.

    >>> round(found.effect.p_value, 3)
    0.333
    """
    problems: list[str] = []
    check_level(level, problems)
    columns = Columns(unit=unit, time=time, outcome=outcome, programme=programme)
    read = read_panel("synthetic_control", panel, columns, problems)
    _check_units(read, problems)
    refuse("synthetic_control", problems)
    own, others = read.outcome[read.is_treated][0], read.outcome[~read.is_treated]
    is_after = np.arange(len(read.periods)) >= read.starts[0]
    fit = _fit(own, others, is_after)
    if not fit.is_determined:
        n_before = many(int((~is_after).sum()), "period")
        problems.append(
            f"more than one set of weights fits best: {many(len(others), 'other unit')} for {n_before} before the "
            "start; give more periods before it, or fewer units"
        )
    elif fit.pre_rmspe == 0:
        problems.append(
            "the unit is exactly a mean of the others in every period before the start: nothing tells how far from one "
            "it usually is; give more periods before it"
        )
    refuse("synthetic_control", problems)
    placebos = [_fit(each, np.delete(others, place, axis=0), is_after) for place, each in enumerate(others)]
    return _result(read, fit, placebos, is_after, level)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """Weights of the other units (J,), the gap in every period (T,), and what is made of it."""

    weights: Array
    gap: Array
    pre_rmspe: float
    mean_gap: float
    ratio: float
    is_determined: bool

    @property
    def unusual(self) -> float:
        """The mean gap after the start over the RMSPE before it."""
        return _over(abs(self.mean_gap), self.pre_rmspe) if self.is_determined else np.inf


def _check_units(panel: Panel, problems: list[str]) -> None:
    n_treated = int(panel.is_treated.sum())
    n_others = len(panel.units) - n_treated
    if n_treated > 1:
        problems.append(f"{n_treated} units take part; expected one: leave out the others, and do each by itself")
    if n_others < 2:
        problems.append(f"there is {many(n_others, 'unit')} without the programme; expected at least 2 to compare with")


def _fit(own: Array, others: Array, is_after: Mask) -> _Fit:
    away = (others - own)[:, ~is_after]
    weights = _nearest(away)
    gap = own - weights @ others
    # In the last bits an exact fit is none.
    gap = np.where(np.abs(gap) > EXACT * _usual(away), gap, 0.0)
    rmspe = float(np.sqrt((gap[~is_after] ** 2).mean()))
    is_determined = _is_determined(away, weights)
    return _Fit(
        weights=weights,
        gap=gap,
        pre_rmspe=rmspe,
        mean_gap=float(gap[is_after].mean()),
        ratio=_over(float(np.sqrt((gap[is_after] ** 2).mean())), rmspe) if is_determined else np.inf,
        is_determined=is_determined,
    )


def _nearest(away: Array) -> Array:
    """Weights of the point nearest to 0 in the convex hull of the rows of ``away``, shape (J, T).

    With ``u = s w``, ``w`` adding up to 1, the least squares ``|away' u|² + m² (Σu - 1)²`` are
    ``s² |away' w|² + m² (s - 1)²``: whatever ``s`` and ``m`` are, the best ``w`` is the same. So the constraint costs
    one more row, is met exactly, and the active set method of Lawson & Hanson (1974) does the rest.
    """
    scale = _usual(away) or 1.0
    found, _ = nnls(np.vstack([away.T, np.full(len(away), scale)]), np.append(np.zeros(away.shape[1]), scale))
    found[found < SPECK * found.sum()] = 0
    return np.asarray(found / found.sum())


def _usual(away: Array) -> float:
    return float(np.sqrt((away**2).sum(axis=1).mean()))


def _is_determined(away: Array, weights: Array) -> bool:
    """Whether no other weights fit as well.

    Others would move weight to units that have none and touch the best fit, and leave it where it is with the help of
    those that have some: then 0 is a mean of what these cannot make up for.
    """
    scale = _usual(away) or 1.0
    best = weights @ away
    touches = away @ best - best @ best <= EXACT * scale**2
    is_used = weights > 0
    points = np.column_stack([away / scale, np.ones(len(away))])
    basis = np.linalg.qr(points[is_used].T)[0]
    left = points[touches & ~is_used]
    left = left - left @ basis @ basis.T
    return not len(left) or bool(np.linalg.norm(_nearest(left) @ left) > EXACT)


def _over(after: float, before: float) -> float:
    if before > 0:
        return after / before
    return np.inf if after > 0 else 0.0


def _result(panel: Panel, fit: _Fit, placebos: list[_Fit], is_after: Mask, level: float) -> SyntheticControl:
    own, others = panel.outcome[panel.is_treated][0], panel.outcome[~panel.is_treated]
    labels = panel.units[~panel.is_treated]
    before = others[:, ~is_after]
    spread = float(np.sqrt(((before - before.mean(axis=0)) ** 2).mean()))
    is_outside = (own > others.max(axis=0)) | (own < others.min(axis=0))
    gaps = {"outcome": own, "synthetic": own - fit.gap, "gap": fit.gap, "programme": is_after}
    return SyntheticControl(
        effect=_effect(fit, np.array([each.unusual for each in placebos]), level),
        weights=pd.Series(fit.weights, index=labels, name="weight"),
        gaps=pd.DataFrame(gaps, index=panel.periods),
        pre_rmspe=fit.pre_rmspe,
        relative_pre_rmspe=fit.pre_rmspe / spread,
        n_periods_outside=int(is_outside[~is_after].sum()),
        ratio=fit.ratio,
        ratio_p_value=_rank(fit.ratio, np.array([each.ratio for each in placebos])),
        placebos=_placebos(placebos, labels),
        placebo_gaps=pd.DataFrame(np.array([each.gap for each in placebos]).T, index=panel.periods, columns=labels),
    )


def _placebos(placebos: list[_Fit], labels: "pd.Index[Any]") -> pd.DataFrame:
    names = ("pre_rmspe", "ratio", "mean_gap", "is_determined")
    return pd.DataFrame({name: [getattr(each, name) for each in placebos] for name in names}, index=labels)


def _rank(own: float, placebos: Array) -> float:
    return float(1 + (placebos >= own).sum()) / (1 + len(placebos))


def _effect(fit: _Fit, unusual: Array, level: float) -> Estimate:
    n_rejected = int((1 - level) * (1 + len(unusual)) + EXACT)
    # An effect is kept while at least n_rejected placebos are as unusual as what is left of the gap.
    limit = float(np.sort(unusual)[-n_rejected]) if n_rejected else np.inf
    half = fit.pre_rmspe * limit
    return Estimate(
        measure="mean gap to the synthetic control",
        estimate=fit.mean_gap,
        lower=fit.mean_gap - half,
        upper=fit.mean_gap + half,
        level=level,
        standard_error=None,
        p_value=_rank(fit.unusual, unusual),
        n=1 + len(unusual),
        method="placebo",
    )
