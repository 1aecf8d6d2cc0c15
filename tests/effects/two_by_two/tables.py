"""What the tests of four counts share: R's values and tables to draw from."""

import math

import pandas as pd
import pytest
from hypothesis import strategies as st
from scipy.stats import norm

from tests.conftest import ROOT

FROM_R = pd.read_csv(ROOT / "tests" / "reference" / "two_by_two.csv")
NUMBERS = ["estimate", "lower", "upper", "standard_error", "p_value"]
# R prints 15 digits; where it searches a limit it stops at 1e-15, of a function that has 12 digits or so.
RTOL = 1e-10
Z = norm.ppf(0.975)


def rows_of(*measures):
    return [
        pytest.param(row, id="-".join(map(str, row[1:8]))) for row in FROM_R.itertuples() if row.measure in measures
    ]


def group(most):
    return st.integers(1, most).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def tables(most=40):
    """Four counts, the corners among them."""
    return st.tuples(group(most), group(most)).map(lambda pair: (*pair[0], *pair[1]))


def agrees_with_r(function, row, **options):
    counts = row.events_programme, row.n_programme, row.events_comparison, row.n_comparison
    found = function(*counts, level=row.level, **options)
    for name in NUMBERS:
        if not math.isnan(getattr(row, name)):
            assert getattr(found, name) == pytest.approx(getattr(row, name), rel=RTOL), name
    assert (found.method, found.level, found.n) == (row.method, row.level, row.n_programme + row.n_comparison)


def as_numbers(found):
    return [getattr(found, name) for name in NUMBERS]
