"""Differences between groups: by hand, where all of them must be the same number, and beside the truth of a drawn register."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from evaltools.effects import weighted_difference
from evaltools.findings.evaluation.compared import OUTCOMES, compare
from evaltools.findings.evaluation.net import METHODS, estimates, main_method, sides, standardised_difference_of
from tests.findings.evaluation.worlds import (
    CONFOUNDED,
    MOVED,
    OTHER,
    WORK,
    People,
    cohorts_of,
    drawn,
    groups_of,
    joining,
    on_a_day,
)

OF_TWO = ("counted", "weighted", "entropy", "matched", "doubly_robust", "first_exit")


def found_in(groups, months=12):
    return estimates(groups, sides(groups, months), months, level=0.95)


def test_without_confounding_every_way_finds_the_raw_difference():
    """Half of each group are women; 8 of 20 and 8 of 40 left for work, as many women as men."""
    people = [
        People(4, "programme", 100, WORK, sex=sex) for sex in "12"
    ] + [People(6, sex=sex) for sex in "12"] + [People(4, "comparison", 100, WORK, sex=sex) for sex in "12"] + [
        People(16, "comparison", sex=sex) for sex in "12"
    ]  # fmt: skip
    found = found_in(groups_of(*people))
    assert set(found) == set(OUTCOMES)
    for outcome in ("work", "off_benefit"):
        assert tuple(found[outcome]) == OF_TWO
        for method, estimate in found[outcome].items():
            assert estimate.estimate == pytest.approx(8 / 20 - 8 / 40), method
    # The standard error of two shares as they are is that of Welch, with n - 1.
    by_hand = np.sqrt(0.4 * 0.6 / 19 + 0.2 * 0.8 / 39)
    assert found["work"]["counted"].standard_error == pytest.approx(by_hand)


def test_one_confounder_is_taken_out_by_hand():
    """Of those in the programme 30 are women, for whom it is 15/30 against 4/10, and 10 men: 2/10 against 4/40."""
    found = found_in(groups_of(*CONFOUNDED))
    assert found["work"]["counted"].estimate == pytest.approx(17 / 40 - 8 / 50)
    by_hand = (30 * (15 / 30 - 4 / 10) + 10 * (2 / 10 - 4 / 40)) / 40
    assert by_hand == pytest.approx(0.1)
    for method in OF_TWO[1:]:
        assert found["work"][method].estimate == pytest.approx(by_hand, abs=1e-6), method
        assert found["off_benefit"][method].estimate == pytest.approx(by_hand, abs=1e-6), method


def test_the_first_exit_differs_from_the_outcome_by_what_came_after():
    """Ten left for work at 100 days and came back at 200: they had a first exit, and are on benefit after a year."""
    people = [
        People(10, last=100, reason=WORK, again=(200, None, None)), People(15, sex="1"), People(15, sex="2"),
        People(10, "comparison", last=100, reason=WORK), People(15, "comparison", sex="1"), People(15, "comparison", sex="2"),
    ]  # fmt: skip
    found = found_in(groups_of(*people))
    assert found["work"]["first_exit"].estimate == pytest.approx(0, abs=1e-9)
    assert found["work"]["counted"].estimate == pytest.approx(0 - 10 / 40)


def test_first_exits_for_another_reason_are_no_exits_for_work():
    people = [
        People(10, last=100, reason=OTHER), People(15, sex="1"), People(15, sex="2"),
        People(4, "comparison", last=100, reason=WORK), People(18, "comparison", sex="1"), People(18, "comparison", sex="2"),
    ]  # fmt: skip
    found = found_in(groups_of(*people))
    assert found["work"]["counted"].estimate == pytest.approx(0 - 4 / 40)
    assert found["off_benefit"]["counted"].estimate == pytest.approx(10 / 40 - 4 / 40)
    assert found["work"]["first_exit"].estimate < 0 < found["off_benefit"]["first_exit"].estimate
    assert "first_exit" not in found["any_work"]


@pytest.mark.parametrize("months", [6, 12])
def test_all_ways_at_the_main_horizon_and_the_main_one_at_others(months):
    groups, _ = drawn()
    found = found_in(groups, months)
    for outcome, by_method in found.items():
        asked = set(METHODS) - ({"first_exit"} if outcome == "any_work" else set())
        assert set(by_method) == (asked if months == 12 else {"weighted"}), outcome


def test_the_main_way_is_that_of_the_best_comparison():
    groups, _ = drawn()
    assert main_method(groups) == "weighted"
    assert main_method(replace(groups, comparison_kind="randomised")) == "counted"
    assert main_method(replace(groups, comparison=None)) == "earlier"
    assert main_method(replace(groups, comparison=None, earlier=None)) == ""
    assert set(found_in(replace(groups, comparison=None), 6)["work"]) == {"earlier"}
    assert set(found_in(replace(groups, comparison=None, earlier=None), 6)["work"]) == set()
    assert set(found_in(replace(groups, comparison=None, earlier=None), 12)["work"]) == {"ordinary"}


def test_ways_that_cannot_be_used_are_left_out():
    # Age tells the groups apart; nobody has work beside the benefit.
    told_apart = groups_of(
        People(5, last=100, reason=WORK, birth_year=1990), People(15, birth_year=1990),
        People(2, "comparison", 100, WORK, birth_year=1970), People(18, "comparison", birth_year=1970),
    )  # fmt: skip
    assert set(found_in(told_apart)["work"]) == {"counted"}
    nobody = groups_of(People(10, sex="1"), People(10, sex="2"), People(10, "comparison", sex="1"), People(10, "comparison", sex="2"))  # fmt: skip
    assert found_in(nobody)["any_work"] == {}


def test_an_earlier_group_is_compared_as_others_are_but_for_the_quarter():
    groups, _ = drawn()
    found = found_in(groups)["off_benefit"]["earlier"]
    beside = compare(groups.cohort, groups.earlier, 12, without=("index_quarter",))
    by_hand = weighted_difference(beside.reached("off_benefit"), beside.in_programme, beside.weights, clusters=beside.people["benefit_id"])  # fmt: skip
    assert (found.estimate, found.lower, found.upper) == (by_hand.estimate, by_hand.lower, by_hand.upper)
    assert "index_quarter" not in beside.covariates


def test_a_horizon_until_which_nobody_is_followed_has_no_side():
    groups = groups_of(*CONFOUNDED)
    assert sides(groups, 12).comparison is not None
    assert sides(groups, 12).earlier is None
    assert sides(groups, 60).comparison is None


def test_couples_leave_together():
    """As many couples as there were people: the same difference, and the standard error of the couples."""
    groups = groups_of(*CONFOUNDED)
    beside = sides(groups, 12).comparison
    twice = beside.people.loc[np.repeat(np.arange(90), 2)].reset_index(drop=True)
    own = np.repeat(beside.in_programme, 2)
    reached = twice["outcome"].eq("work").to_numpy(float)
    once = weighted_difference(beside.reached("work"), beside.in_programme, np.ones(90), clusters=beside.clusters)
    couples = weighted_difference(reached, own, np.ones(180), clusters=twice["benefit_id"])
    assert couples.estimate == pytest.approx(once.estimate)
    assert couples.standard_error == pytest.approx(once.standard_error)
    assert once.standard_error == pytest.approx(found_in(groups)["work"]["counted"].standard_error)


REFERENCE = (
    # Under 27 and up to two years on benefit: 10 of 20 left. 45 and over, more than five years: 3 of 12. Of 27-44 five: all left.
    People(10, last=100, reason=WORK, birth_year=1995, since=-300), People(10, birth_year=1995, since=-300),
    People(3, last=100, reason=WORK, birth_year=1960, since=-2_000), People(9, birth_year=1960, since=-2_000),
    People(5, last=100, reason=WORK, birth_year=1985, since=-1_000),
)  # fmt: skip


def test_the_ordinary_outflow_by_hand():
    own = (
        People(3, last=100, reason=WORK, birth_year=1995, since=-300), People(1, birth_year=1995, since=-300),
        People(3, last=100, reason=WORK, birth_year=1960, since=-2_000), People(3, birth_year=1960, since=-2_000),
        People(1, last=100, reason=WORK, birth_year=1985, since=-1_000), People(1, birth_year=1985, since=-1_000),
    )  # fmt: skip
    found = standardised_difference_of(on_a_day(*own), on_a_day(*REFERENCE), "work", 12, level=0.95)
    # Five are too few for a rate of their own: they take that of all, 18 of 37.
    expected = 4 * 10 / 20 + 6 * 3 / 12 + 2 * 18 / 37
    observed = 3 + 3 + 1
    assert found.estimate == pytest.approx((observed - expected) / 12)
    # The exact limits of a Poisson count of 7 (Garwood), by chi-squared.
    lower, upper = stats.chi2.ppf(0.025, 2 * 7) / 2, stats.chi2.ppf(0.975, 2 * 8) / 2
    assert found.lower == pytest.approx((lower - expected) / 12)
    assert found.upper == pytest.approx((upper - expected) / 12)
    assert found.standard_error == pytest.approx(np.sqrt(7) / 12)
    tail = stats.poisson.sf(6, expected), stats.poisson.cdf(7, expected)
    assert found.p_value == pytest.approx(2 * min(tail))
    assert found.n == 12


@pytest.mark.parametrize(("outcome", "observed"), [("work", 6), ("off_benefit", 6 + 2)])
def test_who_moved_has_no_benefit_of_this_municipality_and_no_work(outcome, observed):
    """Of 12 alike 6 leave for work and 2 move, where half of the reference leave, all for work: 6 expected."""
    own = (
        People(6, last=100, reason=WORK, birth_year=1995, since=-300), People(4, birth_year=1995, since=-300),
        People(2, last=50, reason=MOVED, birth_year=1995, since=-300),
    )  # fmt: skip
    found = standardised_difference_of(on_a_day(*own), on_a_day(*REFERENCE), outcome, 12, level=0.95)
    assert found.estimate == pytest.approx((observed - 6) / 12)


def test_the_ordinary_outflow_counts_for_those_out_of_view():
    """Of 12 alike 2 join on day 50: the ten who stay stand for 1.2 each, so that 6 who leave are 7.2 of 12; 6 expected."""
    own = (
        People(6, last=100, reason=WORK, birth_year=1995, since=-300), People(6, birth_year=1995, since=-300),
    )  # fmt: skip
    cohort = joining(on_a_day(*own), np.arange(12) >= 10, 50)
    found = standardised_difference_of(cohort, on_a_day(*REFERENCE), "work", 12, level=0.95)
    assert found.estimate == pytest.approx((7.2 - 6) / 12)
    lower, upper = 1.2 * stats.chi2.ppf(0.025, 2 * 6) / 2, 1.2 * stats.chi2.ppf(0.975, 2 * 7) / 2
    assert (found.lower, found.upper) == pytest.approx(((lower - 6) / 12, (upper - 6) / 12))


def test_nobody_left_where_some_were_expected():
    found = standardised_difference_of(
        on_a_day(People(12, birth_year=1995, since=-300)), on_a_day(*REFERENCE), "work", 12, level=0.95
    )
    assert found.estimate == pytest.approx(-6 / 12)
    assert found.lower == pytest.approx(-6 / 12)
    assert found.upper == pytest.approx((-np.log(0.025) - 6) / 12)


@pytest.mark.parametrize("outcome", ["off_benefit", "work"])
def test_a_confounder_that_shows_is_taken_out_in_a_drawn_register(outcome):
    """The truth is 0. The difference as counted is far from it; each way that takes the register into account is near."""
    groups, truth = drawn(seed=3, n_persons=12_000, selection_strength_visible=2.0, share_relapse_6=0.0, share_relapse_12=0.0, share_relapse_27=0.0)  # fmt: skip
    known = truth.effect({"work": "work_exit"}.get(outcome, outcome), 12).difference
    assert known == 0
    found = found_in(groups)[outcome]
    for method in ("weighted", "entropy", "doubly_robust", "first_exit"):
        assert abs(found[method].estimate - known) < 3 * found[method].standard_error, method
    if outcome == "work":
        assert found["counted"].estimate - known > 2 * found["counted"].standard_error


def test_a_comparison_of_cohorts_needs_no_list_in_order():
    cohort, other = cohorts_of(*CONFOUNDED)
    found = compare(cohort, other, 12)
    assert found.clusters.tolist() == list(found.people["benefit_id"])
