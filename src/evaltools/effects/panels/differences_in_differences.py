"""Changes in places with a programme beside changes in places without it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaltools.effects.estimate import Estimate, with_error
from evaltools.effects.inputs import Array, check_count, check_level, refuse
from evaltools.effects.panels.comparisons import (
    NOTHING_VARIES,
    Changes,
    clustered_error,
    compare,
    small_sample_factor,
)
from evaltools.effects.panels.panel import Columns, Panel, read_panel
from evaltools.effects.panels.permutation import assignments
from evaltools.effects.shown import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceInDifferences(Shown):
    """The effect of a programme on the places that have it.

    Attributes
    ----------
    effect
        Mean effect over the units and periods under the programme. Its p-value and interval come from dealing the
        programme out to other units; its standard error is cluster-robust (CR1), None where one unit takes part. It
        is that over draws of units with their starts; where effects differ by start, larger than that of the same
        starts again.
    two_way
        Coefficient of the programme in a regression on unit, period and programme, with its CR1 interval of ``t(U-1)``:
        for comparison with work that reports it. The same number as ``effect`` where all start together; where they
        do not, it is a mean of effects with weights that may be negative. Its interval is too narrow where few units
        take part, and there is none where one does: None.
    n_programme, n_comparison
        Units that take part, and that never do.
    n_assignments
        Ways of dealing the programme out that were looked at.
    is_exact
        Whether these are all ways there are, or random ones.
    smallest_p_value
        No p-value of ``effect`` could have been smaller. Where it is above ``1 - level`` the interval is unbounded.
    """

    effect: Estimate
    two_way: Estimate | None
    n_programme: int
    n_comparison: int
    n_assignments: int
    is_exact: bool
    smallest_p_value: float


def difference_in_differences(
    panel: pd.DataFrame,
    *,
    unit: str,
    time: str,
    outcome: str,
    programme: str,
    weights: str | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> DifferenceInDifferences:
    """Compare the change in places with a programme with the change in places that never have it.

    For each unit ``i`` that takes part, ``δᵢ`` is its change, the mean after its start minus the mean before, less the
    mean change over the same periods of the units that never take part. The effect is the mean of ``δᵢ``, weighted by
    periods after the start and by ``weights``: the mean over all cells under the programme. Where all start together,
    this is the coefficient of two-way fixed effects. Where they do not, that coefficient also compares late starters
    with early ones, and is biased when effects grow or differ (Goodman-Bacon 2021); this mean is not (Callaway &
    Sant'Anna 2021, with units that never take part as comparison and all periods before the start as base).

    It takes the mean outcome with and without the programme to have run parallel had there been none. No test can show
    that; see `event_study`.

    The p-value is the share of all ways to deal the same starts out to the units in which the estimate is at least as
    far from 0; of more than 10,000 ways, 10,000 are looked at, of which one is what happened. The interval holds all
    constant effects that this test does not reject. Both are exact where any unit could as well have had the programme.
    They rest on units being alike in how much they vary: a small place among large ones varies more, and its p-value is
    too small (Ferman & Pinto 2019). One unit among ``U`` has a p-value of at least ``1/U``, and its 95% interval is
    unbounded among fewer than 20: ask for a lower level then, such as 0.8 of 6.

    Parameters
    ----------
    panel
        One row for each unit and period, none missing.
    unit, time, outcome, programme
        Columns: who, when (numbers, days, periods or ordered categories), the number, and whether the programme was there then (True or
        False, 1 or 0; once started it stays).
    weights
        Column with the weight of each unit, such as its mean population; the same in all periods.
    level
        Of the intervals.
    seed
        Of the random ways, where these are needed: a whole number.

    Returns
    -------
    DifferenceInDifferences

    Raises
    ------
    InvalidDataError
        When a value or a row is missing, a unit and period stand in two rows, nobody or everybody takes part, a unit
        takes part from the first period on or stops, weights are not positive or change, or the outcome changes alike
        in all units but for a constant effect, so that nothing is left to judge by.

    References
    ----------
    Goodman-Bacon (2021), Journal of Econometrics 225(2), 254-277; Callaway & Sant'Anna (2021), the same 225(2),
    200-230; Bertrand, Duflo & Mullainathan (2004), Quarterly Journal of Economics 119(1), 249-275, on clusters; Conley
    & Taber (2011), Review of Economics and Statistics 93(1), 113-125; MacKinnon & Webb (2020), Journal of Econometrics
    218(2), 435-450; Ferman & Pinto (2019), Review of Economics and Statistics 101(3), 452-467, on few units.

    Examples
    --------
    Two of six places start in the second year. Theirs go up by 5 and 7, the others by 1, 2, 3 and 2: 6 - 2 = 4.

    >>> rates = pd.DataFrame({"place": list("abcdef") * 2, "year": [1] * 6 + [2] * 6})
    >>> rates["outflow"] = [20, 22, 24, 21, 23, 25, 25, 29, 25, 23, 26, 27]
    >>> rates["programme"] = rates["place"].isin(["a", "b"]) & (rates["year"] == 2)
    >>> found = difference_in_differences(rates, unit="place", time="year", outcome="outflow", programme="programme")
    >>> round(found.effect.estimate, 3)
    4.0

    No other pair of the 15 differs as much, so that the p-value is 1/15, and there is no 95% interval.

    >>> round(found.effect.p_value, 4), found.n_assignments, found.effect.lower
    (0.0667, 15, -inf)
    """
    problems: list[str] = []
    check_level(level, problems)
    check_count("seed", seed, problems)
    columns = Columns(unit=unit, time=time, outcome=outcome, programme=programme, weights=weights)
    read = read_panel("difference_in_differences", panel, columns, problems)
    dealt = assignments(read.cohorts, seed)
    changes = _before_and_after(read)
    compared = compare(read, changes, dealt)
    if not compared.varies.all():
        problems.append(NOTHING_VARIES)
    refuse("difference_in_differences", problems)
    estimate = float(compared.observed[0])
    p_value, (lower, upper) = compared.test(0, level)
    effect = Estimate(
        measure="difference in differences",
        estimate=estimate,
        lower=lower,
        upper=upper,
        level=level,
        standard_error=clustered_error(read, changes, 0, estimate, 1),
        p_value=p_value,
        n=len(read.units),
        method="permutation of units",
    )
    n_programme = int(read.is_treated.sum())
    return DifferenceInDifferences(
        effect=effect,
        two_way=_two_way(read, level) if n_programme > 1 else None,
        n_programme=n_programme,
        n_comparison=len(read.units) - n_programme,
        n_assignments=len(dealt.cohorts),
        is_exact=dealt.is_exact,
        smallest_p_value=dealt.smallest_p_value(changes.shares[0] > 0),
    )


def _under_programme(panel: Panel) -> Array:
    return (panel.is_treated[:, None] & (panel.since_start >= 0)).astype(np.float64)


def _before_and_after(panel: Panel) -> Changes:
    n_periods = len(panel.periods)
    is_after = np.arange(n_periods) >= panel.starts[:, None]
    n_before, n_after = panel.starts[:, None], n_periods - panel.starts[:, None]
    over_time = np.where(is_after, 1 / n_after, -1 / n_before)
    return Changes(
        over_time=over_time[None], shares=n_after.T.astype(np.float64), asked=is_after[None].astype(np.float64)
    )


def _two_way(panel: Panel, level: float) -> Estimate:
    """Regress on unit, period and programme: of outcome and programme, what units and periods do not tell is left."""
    programme = _left(_under_programme(panel), panel.weights)
    outcome = _left(panel.outcome, panel.weights)
    weighted = panel.weights[:, None] * programme
    spread = float((weighted * programme).sum())
    estimate = float((weighted * outcome).sum()) / spread
    scores = (weighted * (outcome - estimate * programme)).sum(axis=1) / spread
    error = float(np.sqrt(small_sample_factor(panel, 1) * (scores**2).sum()))
    n = len(panel.units)
    return with_error("two-way fixed effects", estimate, error, n=n, degrees=n - 1, level=level, method="cr1, t")


def _left(values: Array, weights: Array) -> Array:
    by_period = weights @ values / weights.sum()
    return np.asarray(values - values.mean(axis=1, keepdims=True) - by_period + by_period.mean())
