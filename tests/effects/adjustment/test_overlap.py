"""The report on overlap, counted by hand."""

import numpy as np
import pytest

from evaltools.effects import overlap_report, propensity_weights
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


def test_wrong_input_is_told():
    with pytest.raises(InvalidDataError) as caught:
        overlap_report([1, 0, 0], [0.1, np.nan, 0.2], weights=[1, -1, 0])
    assert len(caught.value.problems) == 2
    with pytest.raises(InvalidDataError, match="0 values above 0 in the comparison group; expected at least 1"):
        overlap_report([1, 0, 0], [0.1, 0.3, 0.2], weights=[1, 0, 0])
