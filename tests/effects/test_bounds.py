"""Bounds beside every way in which the groups, or the missing outcomes, can be filled in."""

from itertools import combinations, combinations_with_replacement, product
from math import ceil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaltools.effects import (
    missing_outcome_bounds,
    missing_outcome_difference_bounds,
    overlap_bounds,
    proportion,
    risk_difference,
)
from evaltools.errors import InvalidDataError


class TestOverlapBounds:
    @pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
    def test_every_way_to_fill_the_groups(self, n):
        for k in (1, 2, 3):
            for parts in combinations_with_replacement(range(n + 1), k):
                # How many stand in at least j groups, for every choice of who is in each.
                memberships = [
                    [sum(person in group for group in groups) for person in range(n)]
                    for groups in product(*(list(combinations(range(n), part)) for part in parts))
                ]
                for j, row in enumerate(overlap_bounds(parts, n).itertuples(), start=1):
                    numbers = [sum(times >= j for times in persons) for persons in memberships]
                    assert (row.at_least, row.lower, row.upper) == (j, min(numbers), max(numbers))

    def test_published_groups(self):
        """Aalten and Doetinchem: at least 7 of 162 and at least 12 of 726 people stand in more than one group."""
        for parts, whole, least in (([17, 53, 106], 162, 7), ([83, 150, 516], 726, 12)):
            found = overlap_bounds(parts, whole).set_index("at_least")
            assert found.loc[2, "lower"] == least == ceil((sum(parts) - whole) / 2)

    @given(st.lists(st.integers(0, 400), min_size=2, max_size=6), st.integers(400, 900))
    def test_the_union_and_all_groups_have_the_bounds_of_frechet(self, parts, whole):
        found = overlap_bounds(parts, whole)
        union, everywhere = found.iloc[0], found.iloc[-1]
        assert (union["lower"], union["upper"]) == (max(parts), min(whole, sum(parts)))
        assert everywhere["lower"] == max(0, sum(parts) - (len(parts) - 1) * whole)
        assert everywhere["upper"] == min(parts)
        assert (found["lower"] <= found["upper"]).all()
        assert found["lower"].is_monotonic_decreasing
        assert found["upper"].is_monotonic_decreasing

    def test_lists_of_every_kind(self):
        for kind in (tuple, np.array, pd.Series):
            assert overlap_bounds(kind([17, 53, 106]), 162).equals(overlap_bounds([17, 53, 106], 162))

    def test_order_does_not_matter(self):
        assert overlap_bounds([5, 9, 2], 12).equals(overlap_bounds([2, 5, 9], 12))

    @pytest.mark.parametrize(
        ("parts", "whole", "problem"),
        [
            ([], 5, "parts is empty; expected the size of at least one group"),
            ([6, 2, 7], 5, "2 parts of 3 larger than the whole; expected groups within it"),
            ([-1], 5, "part 1 is -1; expected a count of at least 0"),
            ([1.5], 5, "part 1 is no whole number; expected a count"),
            ([0], 0, "whole is 0; expected a count of at least 1"),
            (5, 250, "parts is no list; expected the sizes of the groups, such as [17, 53, 106]"),
            ("17", 250, "parts is no list; expected the sizes of the groups, such as [17, 53, 106]"),
            ([[1, 2]], 5, "part 1 is no whole number; expected a count"),
        ],
    )
    def test_what_cannot_be_is_refused(self, parts, whole, problem):
        with pytest.raises(InvalidDataError) as caught:
            overlap_bounds(parts, whole)
        assert caught.value.problems == (problem,)


COUNTS = st.tuples(st.integers(1, 30), st.integers(0, 8)).flatmap(
    lambda sizes: st.tuples(st.integers(0, sizes[0]), st.just(sizes[0]), st.just(sizes[1]))
)


class TestMissingOutcomes:
    @given(COUNTS, st.sampled_from([0.8, 0.95]))
    def test_hold_every_way_in_which_the_missing_can_have_ended(self, counts, level):
        events, n, missing = counts
        found = missing_outcome_bounds(*counts, level=level)
        filled = [proportion(events + more, n + missing, level=level) for more in range(missing + 1)]
        assert (found.lowest, found.highest) == (filled[0].estimate, filled[-1].estimate)
        assert found.lower == min(share.lower for share in filled)
        assert found.upper == max(share.upper for share in filled)

    @given(COUNTS, COUNTS)
    def test_a_difference_holds_them_too(self, programme, comparison):
        (x1, n1, m1), (x0, n0, m0) = programme, comparison
        found = missing_outcome_difference_bounds(*programme, *comparison)
        filled = [
            risk_difference(x1 + one, n1 + m1, x0 + other, n0 + m0)
            for one, other in product({0, m1 // 2, m1}, {0, m0 // 2, m0})
        ]
        assert found.lowest == min(difference.estimate for difference in filled)
        assert found.highest == max(difference.estimate for difference in filled)
        assert found.lower <= min(difference.lower for difference in filled) + 1e-12
        assert found.upper >= max(difference.upper for difference in filled) - 1e-12

    def test_by_hand(self):
        found = missing_outcome_difference_bounds(50, 90, 10, 30, 80, 20)
        assert (found.lowest, found.highest) == pytest.approx((0.5 - 0.5, 0.6 - 0.3))
        assert (found.n, found.n_missing, found.measure) == (200, 30, "risk difference")
        # As wide as the shares that are missing in the two groups.
        assert found.highest - found.lowest == pytest.approx(0.1 + 0.2)

    def test_without_anybody_missing_they_are_the_usual_interval(self):
        share, found = proportion(30, 80), missing_outcome_bounds(30, 80, 0)
        assert (found.lowest, found.highest, found.lower, found.upper) == (
            share.estimate,
            share.estimate,
            share.lower,
            share.upper,
        )
        difference = risk_difference(50, 90, 30, 80)
        found = missing_outcome_difference_bounds(50, 90, 0, 30, 80, 0)
        assert (found.lower, found.highest, found.upper) == (difference.lower, difference.estimate, difference.upper)

    def test_wrong_counts_are_named(self):
        with pytest.raises(InvalidDataError) as caught:
            missing_outcome_difference_bounds(5, 4, 0, 1, 0, -1, level=0)
        assert caught.value.problems == (
            "events_programme is 5; expected at most n_observed_programme (4)",
            "n_observed_comparison is 0; expected a count of at least 1",
            "n_missing_comparison is -1; expected a count of at least 0",
            "level is 0; expected a number between 0 and 1, such as 0.95",
        )
        with pytest.raises(InvalidDataError, match="n_observed is 0"):
            missing_outcome_bounds(0, 0, 5)
