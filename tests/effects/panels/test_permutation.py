"""Ways to deal the starts out, beside writing them all down."""

from math import comb

import numpy as np
import pytest

from evaltools.effects.panels.permutation import MOST_ASSIGNMENTS, assignments, permutation_test
from tests.effects.panels.places import all_ways


@pytest.mark.parametrize(
    ("cohorts", "n_ways"),
    [([0, -1, -1, -1], 4), ([0, 0, -1, -1, -1], comb(5, 2)), ([1, 0, -1, -1], 12), ([0, 1, 1, -1, -1, -1], 60)],
)
def test_all_ways_are_there_once(cohorts, n_ways):
    found = assignments(np.array(cohorts), seed=1)
    assert found.is_exact
    named = [[None if cohort < 0 else cohort for cohort in way] for way in found.cohorts.tolist()]
    assert sorted(map(str, named)) == sorted(map(str, all_ways([None if each < 0 else each for each in cohorts])))
    assert len(named) == n_ways


@pytest.mark.parametrize(
    ("cohorts", "smallest"),
    # As many with as without: the units can change sides. Not so with two starts.
    [([0, -1, -1], 1 / 3), ([0, 0, -1, -1], 2 / 6), ([0, 0, 0, -1, -1, -1], 2 / 20), ([0, 1, -1, -1], 1 / 12)],
)
def test_the_smallest_p_value(cohorts, smallest):
    found = assignments(np.array(cohorts), seed=1)
    assert found.smallest_p_value(np.full(max(cohorts) + 1, True)) == pytest.approx(smallest)


@pytest.mark.parametrize(
    ("is_seen", "smallest"),
    # Of 180 ways, those that deal the others out among themselves; the third start has as many with as without.
    [([1, 1, 1], 1 / 180), ([1, 1, 0], 1 / 180), ([1, 0, 0], 3 / 180), ([0, 1, 1], 1 / 180), ([0, 0, 1], 4 / 180)],
)
def test_the_smallest_p_value_of_some_starts(is_seen, smallest):
    found = assignments(np.array([0, 1, 2, 2, -1, -1]), seed=1)
    assert len(found.cohorts) == 180
    assert found.smallest_p_value(np.array(is_seen, dtype=bool)) == pytest.approx(smallest)


def test_up_to_ten_thousand_ways_are_all_looked_at():
    assert assignments(np.array([0] * 3 + [-1] * 36), seed=1).cohorts.shape == (9139, 39)  # 39 choose 3
    found = assignments(np.array([0] * 3 + [-1] * 38), seed=1)  # 41 choose 3 is 10,660
    assert found.cohorts.shape == (MOST_ASSIGNMENTS, 41)
    assert not found.is_exact
    assert found.cohorts[0].tolist() == [0] * 3 + [-1] * 38
    assert ((found.cohorts == 0).sum(axis=1) == 3).all()
    # Every unit is picked about as often: 9,999 × 3/41 = 732 times, with a standard deviation of 26.
    assert np.abs((found.cohorts[1:] == 0).sum(axis=0) - 9999 * 3 / 41).max() < 4.5 * 26


def test_random_ways_follow_the_seed():
    cohorts = np.array([0] * 10 + [1] * 10 + [-1] * 10)
    first, again, other = (assignments(cohorts, seed).cohorts for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_the_interval_holds_what_is_not_rejected():
    rng = np.random.default_rng(1)
    estimates, overlaps = rng.normal(size=200), rng.uniform(-0.9, 0.9, size=200)
    estimates[0], overlaps[0] = observed, _ = 1.5, 1.0
    for level in (0.5, 0.8, 0.95):
        p_value, (lower, upper) = permutation_test(observed, estimates, overlaps, level, rounding=0)
        assert p_value == (np.abs(estimates) >= observed).mean()

        def is_kept(effect, level=level):
            return (np.abs(estimates - effect * overlaps) >= abs(observed - effect)).mean() > 1 - level + 1e-9

        edge = 1e-9 * np.array([-1, 1])
        assert [is_kept(lower + step) for step in edge] == [False, True]
        assert [is_kept(upper + step) for step in edge] == [True, False]
        between = np.linspace(lower + 1e-9, upper - 1e-9, 50)
        assert all(map(is_kept, between))


def test_nothing_is_rejected_where_ways_are_few():
    estimates, overlaps = np.array([3.0, 1.0, -0.5, 0.2]), np.array([1.0, -1 / 3, -1 / 3, -1 / 3])
    assert permutation_test(3.0, estimates, overlaps, 0.95, rounding=0) == (1 / 4, (-np.inf, np.inf))
    _, (lower, upper) = permutation_test(3.0, estimates, overlaps, 0.75, rounding=0)
    # Of the others, 1.0 is as unusual as what is left of 3.0 down to (3 - 1)/(1 + 1/3), and up to (3 + 1)/(1 - 1/3).
    assert (lower, upper) == (pytest.approx(1.5), pytest.approx(6.0))


def test_the_interval_holds_the_estimate_also_where_rounding_moves_its_limits():
    """Ways that differ by a constant effect alone: all limits are the estimate but for the last bit."""
    rng = np.random.default_rng(2)
    for observed in rng.normal(size=200):
        overlaps = np.append(1, rng.uniform(-0.9, 0.9, size=9))
        _, (lower, upper) = permutation_test(observed, observed * overlaps, overlaps, 0.05, rounding=0)
        assert lower <= observed <= upper
        assert (lower, upper) == pytest.approx((observed, observed))


def test_an_overlap_of_one_but_for_rounding_is_one():
    estimates, overlaps = np.array([3.0, 3 + 1e-15, 1, 1]), np.array([1, 1 - 2e-16, -0.5, -0.5])
    assert permutation_test(3.0, estimates, overlaps, 0.75, rounding=0)[1] == (-np.inf, np.inf)


def test_at_any_level_some_way_is_kept():
    estimates, overlaps = np.array([3.0, 1.0, -0.5, 0.2]), np.array([1.0, -1 / 3, -1 / 3, -1 / 3])
    _, (lower, upper) = permutation_test(3.0, estimates, overlaps, 1e-12, rounding=0)
    assert lower <= 3 <= upper
