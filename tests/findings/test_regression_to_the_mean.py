"""Steps without any change: beside the bivariate normal distribution, a closed form, brute force, and a register whose truth is known."""

from math import sqrt

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from evaltools.errors import InvalidDataError
from evaltools.findings.regression_to_the_mean import bands_of, steps_from_low_point, steps_of_selected
from evaltools.registers.simulate import Scenario, simulate

FIRST = [94, 144, 82, 40, 25, 15]


def cuts_of(counts):
    return norm.ppf(np.cumsum(counts)[:-1] / sum(counts))


def rectangles(cuts, reliability):
    """Chance of each pair of rungs, by scipy's bivariate normal."""
    edges = np.array([-9, *cuts, 9])
    both = multivariate_normal(cov=[[1, reliability], [reliability, 1]])
    below = np.array([[both.cdf([low, high]) for high in edges] for low in edges])
    return np.diff(np.diff(below, axis=0), axis=1)


@pytest.mark.parametrize("reliability", [0.3, 0.6, 0.9])
def test_of_people_who_start_at_any_moment_as_many_go_up_as_down(reliability):
    found = steps_from_low_point(FIRST, reliability)
    joint = rectangles(cuts_of(FIRST), reliability)
    assert found.up == pytest.approx(np.triu(joint, 1).sum(), abs=1e-6)
    assert found.equal == pytest.approx(np.trace(joint), abs=1e-6)
    assert found.up == pytest.approx(found.down, abs=1e-9)


@pytest.mark.parametrize("reliability", [0.2, 0.8])
@pytest.mark.parametrize("moments", [2, 3, 5])
def test_with_many_rungs_it_is_the_chance_that_one_draw_is_above_the_lowest_of_others(reliability, moments):
    """The level drops out: of m + 1 equal draws, the last is the lowest once in m + 1 times."""
    found = steps_from_low_point([100] * 400, reliability, moments)
    assert found.up + found.equal / 2 == pytest.approx(moments / (moments + 1), abs=0.002)


@pytest.mark.parametrize(("reliability", "moments"), [(0.6, 2), (0.9, 5)])
def test_brute_force(reliability, moments):
    rng = np.random.default_rng(4)
    n = 400_000
    level = sqrt(reliability) * rng.standard_normal(n)
    error = sqrt(1 - reliability) * rng.standard_normal((moments + 1, n))
    first, second = level + error[:moments].min(axis=0), level + error[-1]
    cuts = np.quantile(first, np.cumsum(FIRST)[:-1] / sum(FIRST))
    rise = np.searchsorted(cuts, second) - np.searchsorted(cuts, first)
    found = steps_from_low_point(FIRST, reliability, moments)
    for share, drawn in ((found.up, rise > 0), (found.equal, rise == 0), (found.down, rise < 0)):
        assert share == pytest.approx(drawn.mean(), abs=4 * sqrt(0.25 / n))


def test_selected_by_their_score_out_of_others():
    """Davis (1976): conditional on the first score, the second is that of everybody with it."""
    others, reliability = [50, 100, 200, 300, 200, 150], 0.7
    joint = rectangles(cuts_of(others), reliability)
    given = joint / joint.sum(axis=1, keepdims=True) * (np.array(FIRST) / sum(FIRST))[:, None]
    found = steps_of_selected(FIRST, others, reliability)
    assert (found.up, found.equal, found.down) == pytest.approx(
        (np.triu(given, 1).sum(), np.trace(given), np.tril(given, -1).sum()), abs=1e-6
    )
    # Low ones go up; those who are like the others go nowhere.
    assert found.up > 1.5 * found.down
    alike = steps_of_selected(others, others, reliability)
    assert alike.up == pytest.approx(alike.down, abs=1e-9)


def test_a_register_in_which_nothing_changes():
    """Scenario without an effect: `docs/methods.md`, Ladder. The level varies by 0.5² + 0.6², the error by 0.6² rungs."""
    scenario = Scenario(
        n_persons=20_000, selection_strength=0.0, effect=0.0, lock_in=0.0, ladder_effect=0.0, rater_bias=0.0,
        ladder_missing=0.0, ladder_missing_left=0.0, n_low_draws=2, seed=5,
    )  # fmt: skip
    scores = simulate(scenario).tables["ladder_scores"].sort_values("day")
    scores = scores.assign(rung=scores["rung"].astype(str).astype(int))
    pairs = scores.groupby("person_id")["rung"].agg(["first", "last", "size"])
    # Who left for work is on rung 6 whatever the score: a change, not an error.
    pairs = pairs[(pairs["size"] == 2) & (pairs["last"] < 6)]
    first = [int((pairs["first"] == rung).sum()) for rung in range(1, 7)]
    found = steps_from_low_point(first, (0.25 + 0.36) / (0.25 + 0.36 + 0.36), 2)
    rise = pairs["last"] - pairs["first"]
    assert len(rise) > 5_000
    assert found.up == pytest.approx((rise > 0).mean(), abs=0.015)
    assert found.down == pytest.approx((rise < 0).mean(), abs=0.015)
    # One moment alone would not explain it.
    assert steps_from_low_point(first, 0.61 / 0.97, 1).up < (rise > 0).mean() - 0.05


def test_rungs_of_few_count_together():
    """Six and four people on the highest rungs can be any ten: the answer is the same."""
    assert bands_of([94, 144, 82, 6, 4, 0]) == [(0,), (1,), (2,), (3, 4, 5)]
    assert bands_of([3, 20, 20, 4, 0, 0]) == [(0, 1), (2, 3, 4, 5)]
    assert bands_of([3, 2, 1, 0, 0, 0]) == []
    one, other = (
        steps_from_low_point([94, 144, 82, 6, 4, 0], 0.8, 2),
        steps_from_low_point([94, 144, 82, 10, 0, 0], 0.8, 2),
    )
    assert one == other
    # Ten on one rung, and nobody above: those above can still be reached.
    assert other.up > 0


def test_with_too_few_rungs_nothing_is_said():
    assert steps_from_low_point([5, 10, 10, 0, 0, 0], 0.8, 2) is None
    assert steps_of_selected(FIRST, [0] * 6, 0.8) is None
    assert steps_of_selected([1, 2, 3, 0, 0, 0], FIRST, 0.8) is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (([1, 2], 0.5, 1), "on each of 3 rungs or more"),
        (([1, -2, 3], 0.5, 1), "each at least 0"),
        ((FIRST, 1.0, 1), "between 0 and 1"),
        ((FIRST, 0.5, 0), "at least 1"),
    ],
)
def test_what_cannot_be_is_refused(given, words):
    with pytest.raises(InvalidDataError, match=words):
        steps_from_low_point(*given)
    with pytest.raises(InvalidDataError, match="different ladders"):
        steps_of_selected(FIRST, FIRST[:-1], 0.5)
