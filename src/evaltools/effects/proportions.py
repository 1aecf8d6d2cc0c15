"""Proportions."""

from math import sqrt

from evaltools.effects.estimate import Estimate
from evaltools.effects.inputs import check_counts, check_level, refuse


def proportion(events: int, n: int, *, level: float = 0.95) -> Estimate:
    """Estimate a proportion with its Wilson score interval.

    The interval holds every p for which the score test does not reject the
    observed share: ``|events/n - p| <= z * sqrt(p * (1 - p) / n)``.

    Parameters
    ----------
    events
        Number of units with the outcome, ``0 <= events <= n``.
    n
        Number of units, at least 1.
    level
        Confidence level, strictly between 0 and 1.

    Returns
    -------
    Estimate
        ``0 <= lower <= estimate <= upper <= 1``; ``standard_error`` is that of the
        point estimate (it is not what the interval is made from).

    Raises
    ------
    InvalidDataError
        When a count or the level is outside its range.

    References
    ----------
    E. B. Wilson (1927), Probable inference, the law of succession, and statistical
    inference. Journal of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> share = proportion(38, 270)
    >>> round(share.estimate, 3), round(share.lower, 3), round(share.upper, 3)
    (0.141, 0.104, 0.187)
    """
    from statsmodels.stats.proportion import proportion_confint

    problems: list[str] = []
    check_counts(events, n, problems)
    check_level(level, problems)
    refuse("proportion", problems)
    events, n, level = int(events), int(n), float(level)
    share = events / n
    lower, upper = proportion_confint(events, n, alpha=1 - level, method="wilson")
    return Estimate(
        measure="proportion",
        estimate=share,
        # Rounding in the last bit may put the limit of 0 of n or n of n past its estimate.
        lower=min(float(lower), share),
        upper=max(float(upper), share),
        level=level,
        standard_error=sqrt(share * (1 - share) / n),
        p_value=None,
        n=n,
        method="wilson",
    )
