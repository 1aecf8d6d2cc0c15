"""Several tests at once."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from evaltools.effects.inputs import Array, check_choice, numbers, refuse
from evaltools.errors import many

Method = Literal["holm", "bh"]


def adjust_p_values(p_values: ArrayLike, *, method: Method = "holm") -> Array:
    """Adjust the p-values of one family of tests for their number.

    In order of size, ``"holm"`` takes ``max over j ≤ i of (m - j + 1) p_j``: the chance of any false rejection is at
    most the level, whatever the tests have to do with each other. ``"bh"`` (Benjamini and Hochberg) takes
    ``min over j ≥ i of m p_j / j``: the expected share of false among all rejections is at most the level, for tests
    that are independent or positively dependent. Neither is above 1.

    Parameters
    ----------
    p_values
        All p-values of the family, also of the tests that show nothing. Shape (m,).
    method
        ``"holm"`` or ``"bh"``.

    Returns
    -------
    ndarray
        Adjusted p-values in the order given, shape (m,). They are those of R's ``p.adjust``.

    Raises
    ------
    InvalidDataError
        When a p-value is missing or not between 0 and 1: a test that could not be done is no member of the family.

    References
    ----------
    S. Holm (1979), A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6, 65-70.
    Y. Benjamini and Y. Hochberg (1995), Controlling the false discovery rate: a practical and powerful approach to
    multiple testing. Journal of the Royal Statistical Society B 57, 289-300.

    Examples
    --------
    >>> adjust_p_values([0.01, 0.02, 0.03, 0.04, 0.05, 0.2]).round(2).tolist()
    [0.06, 0.1, 0.12, 0.12, 0.12, 0.2]
    """
    problems: list[str] = []
    values = numbers("p_values", p_values, problems)
    check_choice("method", method, get_args(Method), problems)
    n_wrong = int(((values < 0) | (values > 1)).sum())
    if n_wrong:
        problems.append(f"p_values has {many(n_wrong, 'value')} of {len(values):,} outside 0 to 1")
    refuse("adjust_p_values", problems)
    # multipletests() of statsmodels gives the same, and collects the garbage of the whole process at each call.
    order, m = np.argsort(values), len(values)
    place = np.arange(1, m + 1)
    if method == "holm":
        adjusted = np.maximum.accumulate((m - place + 1) * values[order])
    else:
        adjusted = np.minimum.accumulate((m / place * values[order])[::-1])[::-1]
    found = np.empty(m)
    found[order] = np.minimum(adjusted, 1)
    return found
