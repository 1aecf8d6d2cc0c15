"""Standardised differences beside R's, and their edges."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaltools.effects import standardised_difference, standardised_differences
from evaltools.errors import InvalidDataError
from tests.conftest import ROOT
from tests.effects.adjustment.lalonde import parts

REFERENCE = ROOT / "tests" / "reference"
CARS = pd.read_csv(REFERENCE / "cars.csv")
FROM_R = pd.read_csv(REFERENCE / "standardised_differences.csv", skipinitialspace=True)
FROM_MATCHIT = pd.read_csv(REFERENCE / "adjustment_balance.csv")
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


@pytest.mark.parametrize("estimand", ["ATT", "ATE"])
def test_differences_before_and_after_exact_matching_agree_with_matchit(estimand):
    """The weights are by hand: of a stratum of four yes and no, ``n₁/n₀`` for ATT, ``n/n₁`` and ``n/n₀`` for ATE."""
    _, programme, covariates = parts("cps", "ten")
    strata = covariates.groupby(["black", "hisp", "marr", "nodegree"]).ngroup()
    n_programme, n = (
        pd.Series(values).groupby(strata).transform("sum") for values in (programme.astype(float), np.ones(len(strata)))
    )
    is_used = (n_programme > 0) & (n_programme < n)
    own = np.where(programme, n_programme, n - n_programme)
    weights = np.where(is_used, (n_programme if estimand == "ATT" else n) / own, 0)
    denominator = {"ATT": "programme", "ATE": "pooled"}[estimand]
    found = standardised_differences(programme, covariates, weights=weights, denominator=denominator)
    expected = FROM_MATCHIT[FROM_MATCHIT["estimand"] == estimand].set_index("covariate").drop(columns="estimand")
    # Closed forms; R prints 15 digits.
    pd.testing.assert_frame_equal(found.loc[expected.index], expected, rtol=1e-10, atol=1e-12)


def test_levels_and_constants_have_a_row_each():
    frame = pd.DataFrame({
        "age": [2.0, 4.0, 6.0, 1.0, 2.0, 3.0],
        "form": ["a", "b", "b", "a", "a", "c"],
        "yes": [1, 0, 1, 0, 0, 1],
        "same": 730 / 30.4375,
    })  # fmt: skip
    found = standardised_differences([1, 1, 1, 0, 0, 0], frame)
    assert found.index.tolist() == ["age", "form[a]", "form[b]", "form[c]", "yes", "same"]
    assert found.columns.tolist() == ["mean_programme", "mean_comparison", "difference"]
    spread = math.sqrt(2 / 9)
    expected = [1, (1 / 3 - 2 / 3) / spread, (2 / 3) / spread, -math.inf, (1 / 3) / spread, 0]
    assert found["difference"].tolist() == pytest.approx(expected)
    one = standardised_difference(frame["yes"][:3] == 1, frame["yes"][3:] == 1, denominator="pooled")
    pooled = standardised_differences([1, 1, 1, 0, 0, 0], frame, denominator="pooled")
    assert pooled.loc["yes", "difference"] == one


def test_levels_come_in_the_order_of_the_category():
    form = pd.Categorical(["low", "high", "low"], categories=["low", "middle", "high"], ordered=True)
    found = standardised_differences([1, 0, 0], pd.DataFrame({"form": form}))
    assert found.index.tolist() == ["form[low]", "form[high]"]


def test_a_group_of_one_has_no_spread_of_a_number():
    found = standardised_differences([1, 0, 0], np.array([[5.0, 1.0], [1.0, 0.0], [3.0, 1.0]]))
    assert math.isnan(found.loc["x0", "difference"])
    assert found.loc["x1", "difference"] == math.inf


@given(st.integers(0, 2**32 - 1))
def test_groups_can_be_swapped(seed):
    rng = np.random.default_rng(seed)
    programme, covariates, weights = rng.permutation(np.arange(20) < 8), rng.normal(size=(20, 2)), rng.random(20)
    found = standardised_differences(programme, covariates, weights=weights, denominator="pooled")
    swapped = standardised_differences(~programme, covariates, weights=weights, denominator="pooled")
    for column in ("difference", "weighted_difference"):
        np.testing.assert_allclose(swapped[column], -found[column], rtol=1e-9)


def test_differences_of_wrong_input_are_refused():
    frame = pd.DataFrame({"age": [1.0, np.nan, 3.0], "form": ["secret", None, "b"], "far": [1, np.inf, 2]})
    with pytest.raises(InvalidDataError) as caught:
        standardised_differences([1, 0, 0], frame, weights=[1, -1, 1], denominator="comparison")
    said = str(caught.value)
    assert len(caught.value.problems) == 5
    assert "covariate 'age' is missing or infinite for 1 of 3" in said
    assert "secret" not in said
    with pytest.raises(InvalidDataError, match="covariates has 2 rows; expected 3"):
        standardised_differences([1, 0, 0], [1.0, 2.0])
    with pytest.raises(InvalidDataError, match="columns of the same name"):
        standardised_differences([1, 0, 0], pd.DataFrame(np.eye(3)[:, :2], columns=["a", "a"]))
    with pytest.raises(InvalidDataError, match="covariates are no table of columns"):
        standardised_differences([1, 0, 0], 5)
