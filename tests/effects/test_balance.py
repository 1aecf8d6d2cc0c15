"""Standardised differences beside R's, and their edges."""

import math

import numpy as np
import pandas as pd
import pytest

from evaltools.effects import standardised_difference
from evaltools.errors import InvalidDataError
from tests.conftest import ROOT

REFERENCE = ROOT / "tests" / "reference"
CARS = pd.read_csv(REFERENCE / "cars.csv")
FROM_R = pd.read_csv(REFERENCE / "standardised_differences.csv", skipinitialspace=True)
# R prints 12 digits.
RTOL = 1e-11


@pytest.mark.parametrize("denominator", ["programme", "pooled"])
@pytest.mark.parametrize("row", FROM_R.to_dict("records"), ids=lambda row: row["variable"].strip())
def test_agrees_with_r(row, denominator):
    values = CARS[row["variable"].strip()]
    values = values == 1 if row["variable"].strip() == "four" else values
    is_programme = CARS["am"] == 1
    found = standardised_difference(values[is_programme], values[~is_programme], denominator=denominator)
    assert found == pytest.approx(row[denominator], rel=RTOL)


@pytest.mark.parametrize(
    ("treated", "controls", "published"),
    # Vignette of MatchIt, LaLonde's data: 185 treated, 429 controls.
    [(156, 87, 1.7615), (11, 61, -0.3498), (35, 220, -0.8263), (131, 256, 0.2450)],
    ids=["black", "hispanic", "married", "no degree"],
)
def test_agrees_with_what_is_published_of_lalonde(treated, controls, published):
    one, other = np.arange(185) < treated, np.arange(429) < controls
    assert standardised_difference(one, other) == pytest.approx(published, abs=5e-5)  # four decimals are printed


def test_edges():
    assert standardised_difference([5.0, 5.0], [5.0, 7.0, 3.0]) == 0  # equal means, no spread
    assert standardised_difference([5.0, 5.0], [1.0, 3.0]) == math.inf
    assert standardised_difference([False, False], [True, False]) == -math.inf
    assert math.isnan(standardised_difference([5.0], [1.0, 3.0]))  # one person has no spread
    assert math.isnan(standardised_difference(np.array([], dtype=bool), [True]))
    assert standardised_difference([2.0, 4.0, np.nan, 6.0], [1.0, np.nan, 2.0, 3.0]) == 1.0  # (4 - 2) / 2


@pytest.mark.parametrize(("n_programme", "n_comparison"), [(12, 29), (82, 147), (270, 600)])
def test_the_same_number_for_everybody_is_no_difference(n_programme, n_comparison):
    """730 / 30.4375 is no number of the computer: its mean over people may be off in the last bit."""
    months = 730 / 30.4375
    assert standardised_difference([months] * n_programme, [months] * n_comparison) == 0
    assert standardised_difference([months] * n_programme, [months + 1] * n_comparison) == -math.inf


def test_a_wrong_value_is_not_quoted():
    with pytest.raises(InvalidDataError) as caught:
        standardised_difference(["secret"], [1.0])
    assert "secret" not in str(caught.value)


def test_wrong_use_is_named():
    with pytest.raises(InvalidDataError) as caught:
        standardised_difference([True, False], [1.0, 0.0], denominator="comparison")
    assert len(caught.value.problems) == 2
