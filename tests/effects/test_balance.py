"""Standardised differences beside R's, and their edges."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaltools.effects import (
    entropy_weights,
    match_pairs,
    propensity_weights,
    standardised_difference,
    standardised_differences,
)
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
    # MatchIt takes 0 and 1 for a yes or no.
    held = covariates.apply(lambda column: column == 1 if column.isin([0, 1]).all() else column)
    found = standardised_differences(programme, held, weights=weights, denominator=denominator)
    expected = FROM_MATCHIT[FROM_MATCHIT["estimand"] == estimand].set_index("covariate").drop(columns="estimand")
    # Closed forms; R prints 15 digits.
    pd.testing.assert_frame_equal(found.loc[expected.index], expected, rtol=1e-10, atol=1e-12)


def test_levels_and_constants_have_a_row_each():
    frame = pd.DataFrame({
        "age": [2.0, 4.0, 6.0, 1.0, 2.0, 3.0],
        "form": ["a", "b", "b", "a", "a", "c"],
        "yes": [True, False, True, False, False, True],
        "same": 730 / 30.4375,
    })  # fmt: skip
    found = standardised_differences([1, 1, 1, 0, 0, 0], frame)
    assert found.index.tolist() == ["age", "form[a]", "form[b]", "form[c]", "yes", "same"]
    assert found.columns.tolist() == ["mean_programme", "mean_comparison", "difference"]
    spread = math.sqrt(2 / 9)
    expected = [1, (1 / 3 - 2 / 3) / spread, (2 / 3) / spread, -math.inf, (1 / 3) / spread, 0]
    assert found["difference"].tolist() == pytest.approx(expected)
    one = standardised_difference(frame["yes"][:3], frame["yes"][3:], denominator="pooled")
    pooled = standardised_differences([1, 1, 1, 0, 0, 0], frame, denominator="pooled")
    assert pooled.loc["yes", "difference"] == one


def test_levels_come_in_the_order_of_the_category():
    form = pd.Categorical(["low", "high", "low"], categories=["low", "middle", "high"], ordered=True)
    found = standardised_differences([1, 0, 0], pd.DataFrame({"form": form}))
    assert found.index.tolist() == ["form[low]", "form[high]"]


def test_a_group_of_one_has_no_spread_of_a_number():
    frame = pd.DataFrame({"number": [5.0, 1.0, 3.0], "yes": [True, False, True]})
    found = standardised_differences([1, 0, 0], frame)
    assert math.isnan(found.loc["number", "difference"])
    assert found.loc["yes", "difference"] == math.inf


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
    assert "covariate 'age' is missing for 1 of 3" in said
    assert "covariate 'far' has infinite values" in said
    assert "secret" not in said
    with pytest.raises(InvalidDataError, match="covariates has 2 rows; expected 3"):
        standardised_differences([1, 0, 0], [1.0, 2.0])
    with pytest.raises(InvalidDataError, match="more than one column 'a'"):
        standardised_differences([1, 0, 0], pd.DataFrame(np.eye(3)[:, :2], columns=["a", "a"]))
    with pytest.raises(InvalidDataError, match="covariates are no table of columns"):
        standardised_differences([1, 0, 0], 5)


def test_both_functions_take_the_same_for_a_yes_or_no():
    """By hand: (1/3 - 2/3) over √(1/3) of numbers 1, 0, 0, and over √(2/9) of a yes and two no."""
    one, other = np.array([1, 0, 0]), np.array([1, 1, 0])
    for kind, expected in {int: -math.sqrt(1 / 3), float: -math.sqrt(1 / 3), bool: -1 / 3 / math.sqrt(2 / 9)}.items():
        both = np.concatenate([one, other]).astype(kind)
        programme = np.arange(6) < 3
        assert standardised_difference(both[:3], both[3:]) == pytest.approx(expected, rel=1e-12)
        for covariates in (both, both[:, None], pd.Series(both), pd.DataFrame({"x0": both})):
            found = standardised_differences(programme, covariates)
            assert found.loc["x0", "difference"] == pytest.approx(expected, rel=1e-12)


def test_what_is_no_list_of_finite_numbers_is_refused():
    for wrong, sentence in [
        (np.eye(3), "x_programme is no list of numbers or booleans"),
        ([1.0, np.inf], "x_programme has 1 missing or infinite value"),
        ([[1], [2, 3]], "x_programme holds something else than numbers"),
        ([1e200, 2e200], "x_programme is too large or too small to compute with"),
    ]:
        with pytest.raises(InvalidDataError, match=sentence):
            standardised_difference(wrong, [1.0, 2.0])
    with pytest.raises(InvalidDataError, match="covariate 'x1' is too large or too small"):
        standardised_differences([1, 1, 0], [[1.0, 1e200], [2.0, 0.0], [1.0, 3.0]])


def test_weights_may_be_what_made_them():
    rng = np.random.default_rng(3)
    programme, covariates = np.arange(60) < 25, rng.normal(size=(60, 2))
    propensity = propensity_weights(programme, covariates)
    for made in (propensity, entropy_weights(programme, covariates), match_pairs(programme, propensity.logit)):
        pd.testing.assert_frame_equal(
            standardised_differences(programme, covariates, weights=made),
            standardised_differences(programme, covariates, weights=made.weights),
        )


def test_rows_in_another_order_are_refused():
    frame = pd.DataFrame({"age": [1.0, 2.0, 4.0]}, index=[2, 1, 0])
    with pytest.raises(InvalidDataError, match="covariates and programme have different indexes"):
        standardised_differences(pd.Series([1, 0, 0]), frame)
