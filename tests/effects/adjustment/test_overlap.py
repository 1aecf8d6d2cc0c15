"""The report on overlap, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from evaltools.effects import entropy_weights, match_pairs, overlap_report, propensity_weights
from evaltools.errors import InvalidDataError
from tests.effects.adjustment.lalonde import parts


def test_counted_by_hand():
    programme = [1, 1, 1, 0, 0, 0, 0]
    score = [0.3, 0.5, 0.9, 0.1, 0.2, 0.3, 0.6]
    report = overlap_report(programme, score, weights=[1, 1, 1, 0, 1, 1, 2])
    assert report.loc["programme"].to_dict() == pytest.approx({
        "n": 3, "lowest": 0.3, "quartile_1": 0.4, "median": 0.5, "quartile_3": 0.7, "highest": 0.9,
        "share_outside": 1 / 3, "n_unused": 0, "effective_n": 3, "largest_share": 1 / 3,
    })  # fmt: skip
    assert report.loc["comparison"].to_dict() == pytest.approx({
        "n": 4, "lowest": 0.1, "quartile_1": 0.175, "median": 0.25, "quartile_3": 0.375, "highest": 0.6,
        "share_outside": 2 / 4, "n_unused": 1, "effective_n": 16 / 6, "largest_share": 2 / 4,
    })  # fmt: skip
    assert overlap_report(programme, score)["effective_n"].tolist() == [3, 4]


def test_lalonde_has_hardly_any_overlap():
    """Why no number of it is shown alone: the weights of 15,992 people tell as much as 144, or 70, without weights."""
    for specification, effective_n in {"eleven": 144.4, "dehejia_wahba": 70.15}.items():
        _, programme, covariates = parts("cps", specification)
        made = propensity_weights(programme, covariates)
        report = overlap_report(programme, made.propensity, weights=made.weights)
        assert report.loc["comparison", "n"] == 15992
        assert report.loc["comparison", "effective_n"] == pytest.approx(effective_n, abs=0.05)
        assert report.loc["comparison", "share_outside"] > 0.5


def test_scores_of_like_units_may_differ_in_the_last_bits():
    report = overlap_report([1, 1, 0, 0], [0.1 + 0.2, 0.6, 0.3, 0.2 + 0.4])
    assert report["share_outside"].tolist() == [0, 0]


def test_small_weights_are_used():
    report = overlap_report([1, 0, 0, 0], [0.5, 0.4, 0.3, 0.2], weights=[1, 0.05, 0.95, 0])
    assert report["n_unused"].tolist() == [0, 1]


def test_weights_may_be_what_made_them():
    programme, score = np.arange(40) < 15, np.random.default_rng(2).normal(size=40)
    made = propensity_weights(programme, score, trim="range")
    for weights in (made, entropy_weights(programme, score), match_pairs(programme, made.logit)):
        pd.testing.assert_frame_equal(
            overlap_report(programme, made.propensity, weights=weights),
            overlap_report(programme, made.propensity, weights=weights.weights),
        )


def test_wrong_input_is_told():
    with pytest.raises(InvalidDataError) as caught:
        overlap_report([1, 0, 0], [0.1, np.nan, 0.2], weights=[1, -1, 0])
    assert len(caught.value.problems) == 2
    with pytest.raises(InvalidDataError, match="0 values above 0 in the comparison group; expected at least 1"):
        overlap_report([1, 0, 0], [0.1, 0.3, 0.2], weights=[1, 0, 0])
    with pytest.raises(InvalidDataError, match="propensity is too large or too small"):
        overlap_report([1, 0, 0], [1e300, -1e300, 0])
    with pytest.raises(InvalidDataError, match="propensity and programme have different indexes"):
        overlap_report(pd.Series([1, 0]), pd.Series([0.2, 0.3], index=[1, 0]))
