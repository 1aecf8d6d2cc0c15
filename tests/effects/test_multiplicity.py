"""Adjusted p-values beside R's p.adjust."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaltools.effects import adjust_p_values
from evaltools.errors import InvalidDataError
from tests.conftest import ROOT

FROM_R = pd.read_csv(ROOT / "tests" / "reference" / "multiplicity.csv")


@pytest.mark.parametrize("method", ["holm", "bh"])
@pytest.mark.parametrize("family", FROM_R["family"].unique())
def test_agrees_with_r(family, method):
    rows = FROM_R[FROM_R["family"] == family]
    assert adjust_p_values(rows["p"], method=method) == pytest.approx(rows[method].to_numpy(), rel=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_by_its_definition(p_values):
    """A test is rejected when it and all with smaller p-values are below the level over the number that is left."""
    expected = []
    for p in p_values:
        smaller = sorted(q for q in p_values if q <= p)
        expected.append(min(1, max((len(p_values) - place) * q for place, q in enumerate(smaller))))
    assert adjust_p_values(p_values) == pytest.approx(expected)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_bh_is_between_the_p_value_and_holm(p_values):
    found = adjust_p_values(p_values, method="bh")
    assert (found >= np.array(p_values) - 1e-12).all()
    assert (found <= adjust_p_values(p_values) + 1e-12).all()


def test_one_test_needs_no_adjustment_and_none_gives_none():
    assert adjust_p_values([0.03]).tolist() == [0.03]
    assert adjust_p_values([]).tolist() == []


def test_what_is_given_is_not_changed():
    given_values = np.array([0.04, 0.01])
    adjust_p_values(given_values)
    assert given_values.tolist() == [0.04, 0.01]


def test_wrong_use_is_named():
    with pytest.raises(InvalidDataError, match=r"^adjust_p_values\(\) has 3 problems") as caught:
        adjust_p_values([0.1, np.nan, 1.2, -0.1], method="bonferroni")
    assert "p_values has 1 missing" in str(caught.value)
    with pytest.raises(InvalidDataError, match="2 values of 3 outside 0 to 1"):
        adjust_p_values([0.1, 1.2, -0.1])
