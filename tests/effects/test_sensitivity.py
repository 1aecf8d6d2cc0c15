"""What something unseen must be to undo a result: built in the tests, or beside R."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from evaltools.effects import break_even_deadweight, e_value, rosenbaum_bounds
from evaltools.errors import InvalidDataError
from tests.conftest import ROOT

FROM_R = pd.read_csv(ROOT / "tests" / "reference" / "sensitivity.csv")
A_RATIO = "expected a ratio of at least 0, which may be infinite"


class TestEValue:
    def test_published_example(self):
        """VanderWeele and Ding (2017): 3.9 with limits 1.8 and 8.7."""
        found = e_value(3.9, lower=1.8, upper=8.7)
        assert (found.estimate, found.limit) == pytest.approx((7.263, 3.0), abs=5e-4)

    def test_work_after_the_nsw_programme(self):
        """Of 140 of 185 beside 168 of 260, with its log interval, by hand to four decimals."""
        found = e_value(1.171171, lower=1.037166, upper=1.322491)
        assert (found.estimate, found.limit) == pytest.approx((1.6189, 1.2335), abs=5e-5)

    @given(st.floats(1, 1e6))
    def test_a_confounder_of_that_strength_makes_the_ratio_out_of_nothing(self, ratio):
        strength = e_value(ratio).estimate
        # Everybody in the programme has it, and 1/E of the others; with it the outcome is E times as likely.
        risk_programme, risk_comparison = strength, 1 / strength * strength + (1 - 1 / strength)
        assert risk_programme / risk_comparison == pytest.approx(ratio, rel=1e-9)

    @given(st.floats(1.001, 50), st.floats(0, 1), st.floats(0, 1))
    def test_no_weaker_confounder_does(self, ratio, share_programme, share_comparison):
        strength = 0.999 * e_value(ratio).estimate
        # Any shares with it, of which the ratio is at most the strength.
        share_comparison = max(share_comparison, share_programme / strength, 1e-9)
        made = (1 + (strength - 1) * share_programme) / (1 + (strength - 1) * share_comparison)
        assert made < ratio

    @given(st.floats(1e-6, 1e6))
    def test_of_a_ratio_and_its_inverse_it_is_the_same(self, ratio):
        assert e_value(ratio).estimate == pytest.approx(e_value(1 / ratio).estimate, rel=1e-9)
        found, turned = (
            e_value(ratio, lower=ratio / 2, upper=ratio * 2),
            e_value(1 / ratio, lower=0.5 / ratio, upper=2 / ratio),
        )
        assert found.limit == pytest.approx(turned.limit, rel=1e-9)

    def test_the_limit_is_1_when_the_interval_holds_1(self):
        assert e_value(1.2, lower=0.9, upper=1.6).limit == 1
        assert e_value(0.8, lower=0.5, upper=1.1).limit == 1
        assert e_value(1.0, lower=1.0, upper=1.0).limit == 1
        assert e_value(0.5, lower=0.3, upper=0.8).limit == pytest.approx(1.25 + math.sqrt(1.25 * 0.25))
        assert e_value(2.0).limit is None
        assert e_value(2.0, lower=1.5) == e_value(2.0, lower=1.5, upper=3.0)

    def test_nobody_in_one_group(self):
        assert e_value(0, lower=0, upper=0.4).estimate == math.inf
        assert e_value(math.inf, lower=3, upper=math.inf).estimate == math.inf

    def test_of_a_standardised_mean_difference(self):
        """exp(0.91 d) with limits exp(0.91 d ± 1.78 s), as the docstring says; by hand for d = 0.2."""
        ratio = math.exp(0.182)
        assert e_value(ratio).estimate == pytest.approx(1.19961 + math.sqrt(1.19961 * 0.19961), abs=1e-4)

    @pytest.mark.parametrize(
        ("ratio", "limits", "problem"),
        [
            (-1, {}, f"risk_ratio is -1; {A_RATIO}"),
            (math.nan, {}, f"risk_ratio is no finite number; {A_RATIO}"),
            (-math.inf, {}, f"risk_ratio is no finite number; {A_RATIO}"),
            ("2", {}, f"risk_ratio is no finite number; {A_RATIO}"),
            (2, {"lower": math.nan}, f"lower is no finite number; {A_RATIO}"),
            (2, {"lower": 2.1, "upper": 3}, "risk_ratio lies outside lower and upper"),
            (0.5, {"lower": 0.1, "upper": 0.4}, "risk_ratio lies outside lower and upper"),
            (2, {"upper": 3}, "lower is the limit nearest to 1 and is not given; give both"),
            (0.5, {"lower": 0.3}, "upper is the limit nearest to 1 and is not given; give both"),
        ],
    )
    def test_what_is_no_ratio_is_refused(self, ratio, limits, problem):
        with pytest.raises(InvalidDataError) as caught:
            e_value(ratio, **limits)
        assert caught.value.problems == (problem,)


class TestRosenbaumBounds:
    @pytest.mark.parametrize(
        "case", list(FROM_R.groupby(["n_programme_higher", "n_comparison_higher"])), ids=lambda case: case[0]
    )
    def test_agrees_with_r(self, case):
        counts, rows = case
        found = rosenbaum_bounds(*counts, gammas=rows["gamma"])
        assert found.bounds["gamma"].tolist() == rows["gamma"].tolist()
        for name in ("p_lower", "p_upper"):
            assert found.bounds[name].to_numpy() == pytest.approx(rows[name].to_numpy(), rel=1e-8, abs=0)
        wanted = rows["largest_gamma"].iloc[0]
        assert found.largest_gamma is None if wanted < 1 else found.largest_gamma == pytest.approx(wanted, rel=1e-8)
        # Without hidden bias it is McNemar's exact test.
        assert (
            found.bounds["p_upper"].iloc[0]
            == found.bounds["p_lower"].iloc[0]
            == pytest.approx(rows["p_mcnemar"].iloc[0])
        )

    def test_published_example(self):
        """Hammond (1964) in Rosenbaum (2002, table 4.1), one-sided and by the normal tail with a correction of a half:
        0.0036, 0.03 and 0.1 at 4, 5 and 6. The exact tails are on the same side of 0.05."""
        exact = rosenbaum_bounds(110, 12, gammas=[4, 5, 6]).bounds["p_upper"] / 2
        assert exact.to_numpy() == pytest.approx([0.0036, 0.03, 0.1], rel=0.5)
        assert (exact < 0.05).tolist() == [True, True, False]

    @given(st.integers(0, 40), st.integers(0, 40), st.floats(1, 6))
    def test_no_way_to_assign_pairs_is_outside_the_bounds(self, higher, lower, gamma):
        """Each pair has its own chance within the odds: the tail of their sum, by adding pair after pair."""
        n, more = higher + lower, max(higher, lower)
        found = rosenbaum_bounds(higher, lower, gammas=[gamma]).bounds.iloc[0]
        for seed in range(3):
            chances = np.random.default_rng(seed).uniform(1 / (1 + gamma), gamma / (1 + gamma), n)
            sums = np.array([1.0])
            for chance in chances:
                sums = np.convolve(sums, [1 - chance, chance])
            tail = min(1, 2 * sums[more:].sum())
            assert found["p_lower"] - 1e-12 <= tail <= found["p_upper"] + 1e-12

    @given(st.integers(0, 300), st.integers(0, 300), st.sampled_from([0.8, 0.95, 0.99]))
    def test_at_the_largest_gamma_the_test_is_just_significant(self, higher, lower, level):
        found = rosenbaum_bounds(higher, lower, level=level)
        if found.largest_gamma is None:
            assert rosenbaum_bounds(higher, lower, gammas=[1]).bounds["p_upper"][0] > 1 - level
        elif found.largest_gamma < 1e6:
            at = rosenbaum_bounds(higher, lower, gammas=[found.largest_gamma]).bounds["p_upper"][0]
            assert at == pytest.approx(1 - level, rel=1e-6)

    @given(st.integers(0, 100), st.integers(0, 100))
    def test_direction_is_that_of_the_pairs(self, higher, lower):
        found, turned = rosenbaum_bounds(higher, lower), rosenbaum_bounds(lower, higher)
        pd.testing.assert_frame_equal(found.bounds, turned.bounds)
        assert (np.diff(found.bounds["p_upper"]) >= 0).all()
        assert (np.diff(found.bounds["p_lower"]) <= 0).all()

    def test_without_a_pair_that_differs_there_is_nothing_to_test(self):
        found = rosenbaum_bounds(0, 0, gammas=[1, 2])
        assert found.bounds[["p_lower", "p_upper"]].to_numpy().tolist() == [[1, 1], [1, 1]]
        assert (found.largest_gamma, found.n) == (None, 0)

    def test_by_hand(self):
        found = rosenbaum_bounds(6, 0, gammas=[1, 3]).bounds
        assert found["p_upper"].tolist() == pytest.approx([2 / 64, 2 * 0.75**6])
        assert found["p_lower"].tolist() == pytest.approx([2 / 64, 2 * 0.25**6])
        assert found["p_upper"][1] == pytest.approx(2 * binom.sf(5, 6, 0.75))

    def test_wrong_use_is_named(self):
        with pytest.raises(InvalidDataError) as caught:
            rosenbaum_bounds(-1, 2.5, gammas=[1, 0.5, 0.2], level=2)
        assert caught.value.problems == (
            "n_programme_higher is -1; expected a count of at least 0",
            "n_comparison_higher is no whole number; expected a count",
            "gammas has 2 values below 1; expected factors of at least 1, such as 1.5",
            "level is 2; expected a number between 0 and 1, such as 0.95",
        )


class TestBreakEvenDeadweight:
    def test_meedoen_werkt(self):
        """253,000 for 100 placements of 14,000: 81.9%, and 63.9% when half of the benefit ends."""
        assert break_even_deadweight(253_000, 100, 14_000) == pytest.approx(1 - 253 / 1400)
        assert break_even_deadweight(253_000, 100, 7_000) == pytest.approx(1 - 253 / 700)

    @given(st.floats(0, 1e7), st.integers(1, 10_000), st.floats(1, 1e6))
    def test_there_costs_equal_gains(self, costs, n, gain):
        deadweight = break_even_deadweight(costs, n, gain)
        assert n * (1 - deadweight) * gain == pytest.approx(costs, rel=1e-9, abs=1e-6 * n * gain)
        assert deadweight <= 1

    def test_edges(self):
        assert break_even_deadweight(0, 1, 1) == 1
        assert break_even_deadweight(30, 1, 20) == -0.5  # it never pays: the gains are two thirds of the costs

    def test_what_has_no_answer_is_refused(self):
        with pytest.raises(InvalidDataError) as caught:
            break_even_deadweight(-1, 0, math.nan)
        assert caught.value.problems == (
            "costs is -1; expected an amount of at least 0",
            "n_outcomes is 0; expected a number above 0",
            "gain_each is no finite number; expected an amount above 0",
        )
