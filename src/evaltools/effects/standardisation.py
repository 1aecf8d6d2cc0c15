"""A count beside the one that reference rates lead to expect."""

from math import sqrt

from scipy.special import gammaincinv, pdtr, pdtrc

from evaltools.effects.estimate import Estimate
from evaltools.effects.inputs import check_count, check_level, check_number, refuse


def indirect_standardisation(observed: int, expected: float, *, level: float = 0.95) -> Estimate:
    """Estimate the ratio of an observed count to the one expected from reference rates.

    ``expected = Σ nⱼrⱼ`` for ``nⱼ`` people in stratum j (such as age and duration) and the reference's share ``rⱼ`` of
    them. The count is taken as a Poisson draw and the expected count as known. The interval holds every ratio θ for
    which neither ``P(X ≤ observed)`` nor ``P(X ≥ observed)`` under mean ``θ · expected`` is below ``(1 − level)/2``
    (Garwood); the p-value, of ratio 1, is twice the smaller of the two, so that it is below ``1 − level`` only when
    the interval leaves out 1.

    It sets one place beside the reference with the people of that place; ratios of two places have other weights and
    are not to be compared, and it says nothing of causes.

    Parameters
    ----------
    observed
        Number of events, at least 0.
    expected
        Number of events that the reference rates give for the same people, above 0.
    level
        Confidence level, strictly between 0 and 1.

    Returns
    -------
    Estimate
        ``n`` is the observed count and ``standard_error = √observed / expected``; the interval is not made from it.
        The interval is too wide rather than too narrow, the more so where shares are large.

    Raises
    ------
    InvalidDataError
        When the observed count is no count, or the expected one is not above 0.

    References
    ----------
    Garwood (1936), Fiducial limits for the Poisson distribution. Biometrika 28, 437-442; Breslow & Day (1987),
    Statistical Methods in Cancer Research II, IARC, chapter 2.

    Examples
    --------
    No exit where three were expected: the upper limit is −ln(0.025)/3.

    >>> ratio = indirect_standardisation(0, 3)
    >>> ratio.estimate, ratio.lower, round(ratio.upper, 6)
    (0.0, 0.0, 1.229626)
    """
    problems: list[str] = []
    check_count("observed", observed, problems)
    check_number("expected", expected, problems, is_allowed=lambda value: value > 0, expected="a number above 0")
    check_level(level, problems)
    refuse("indirect_standardisation", problems)
    observed, expected, level = int(observed), float(expected), float(level)
    tail = (1 - level) / 2
    at_most = float(pdtr(observed, expected))
    at_least = float(pdtrc(observed - 1, expected)) if observed else 1.0
    return Estimate(
        measure="ratio of observed to expected",
        estimate=observed / expected,
        lower=float(gammaincinv(observed, tail)) / expected if observed else 0.0,
        upper=float(gammaincinv(observed + 1, 1 - tail)) / expected,
        level=level,
        standard_error=sqrt(observed) / expected,
        p_value=min(1.0, 2 * min(at_most, at_least)),
        n=observed,
        method="exact poisson",
    )
