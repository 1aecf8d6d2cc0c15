"""Two groups side by side: who is left out of them, on what they are compared, and for how many each stands."""

import numpy as np
import pytest

from evaltools.errors import InvalidDataError
from evaltools.findings.evaluation.compared import COVARIATES, RARE, compare, kinds_of
from tests.findings.evaluation.worlds import CONFOUNDED, MOVED, WORK, People, cohorts_of, drawn, joining


def test_people_stand_in_order_and_outcomes_are_theirs():
    cohort, other = cohorts_of(*CONFOUNDED)
    found = compare(cohort, other, 12)
    assert found.in_programme.tolist() == [True] * 40 + [False] * 50
    assert list(found.people["person_id"]) == [*cohort.participants["person_id"], *other.participants["person_id"]]
    assert list(found.covariates) == ["sex"]  # all else is the same for everybody, or not in this register
    assert (found.n_incomplete, found.n_alone_programme, found.n_alone_other) == (0, 0, 0)
    # What this register cannot tell of its people: incomes, provisions, schemes that vary.
    assert set(found.left_out) <= set(COVARIATES)
    assert {"household_type", "months_with_work_before", "has_open_trajectory", "exemption"} <= set(found.left_out)
    assert (found.people["weight"] == 1).all()
    reached = found.reached("work")
    assert (reached[:40].sum(), reached[40:].sum()) == (15 + 2, 4 + 4)
    # The chance of being in the programme is 30 of 40 women and 10 of 50 men: weights of 3 and 1/4.
    is_woman = (found.people["sex"] == "2").to_numpy()
    weights = found.weights_of_all()
    assert weights[~found.in_programme & is_woman] == pytest.approx(np.full(10, 30 / 10))
    assert weights[~found.in_programme & ~is_woman] == pytest.approx(np.full(40, 10 / 40))
    assert (weights[found.in_programme] == 1).all()


def test_outcomes_take_others_together():
    people = [
        People(1, last=10, reason=WORK), People(1, hours=8.0), People(1, last=10, reason="02"), People(1, last=10, reason="06"),
        People(1, last=10, reason="01"), People(1, last=10), People(1), People(1, last=10, reason="03"), People(1, last=10, reason=MOVED), People(9, "comparison"),
    ]  # fmt: skip
    found = compare(*cohorts_of(*people), 12)
    reached = {name: found.reached(name)[:9].astype(int).tolist() for name in ("work", "any_work", "off_benefit")}
    assert reached["work"] == [1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert reached["any_work"] == [1, 1, 0, 0, 0, 0, 0, 0, 0]
    assert reached["off_benefit"] == [1, 0, 1, 1, 1, 1, 0, 1, 1]


@pytest.mark.parametrize(("n_missing", "is_left_out"), [(2, False), (3, True)])
def test_a_covariate_that_is_missing_for_more_than_one_in_twenty_of_a_group_is_left_out(n_missing, is_left_out):
    """Of 40 in the programme: 2 are 5%, 3 are more. Else the people themselves are left out."""
    people = [People(n_missing, sex="1", birth_year=None), People(20 - n_missing), People(20, birth_year=1990), People(30, "comparison"),
              People(30, "comparison", birth_year=1990)]  # fmt: skip
    found = compare(*cohorts_of(*people), 12)
    assert ("age" in found.left_out) is is_left_out
    assert ("age" in found.covariates) is not is_left_out
    assert found.n_incomplete == (0 if is_left_out else n_missing)
    assert len(found.people) == len(found.covariates) == 100 - found.n_incomplete


def test_a_covariate_that_is_left_out_on_purpose_takes_nobody_with_it():
    people = [
        People(2, birth_year=None),
        People(38),
        People(20, "comparison"),
        People(20, "comparison", birth_year=1990),
    ]
    found = compare(*cohorts_of(*people), 12, without=("age",))
    assert (found.n_incomplete, found.left_out.count("age"), "age" in found.covariates) == (0, 0, False)


def test_levels_of_few_people_are_taken_together():
    """Of both groups together: 9 status holders in nine are few; ten are not."""
    for n, levels in ((4, {RARE, "other"}), (5, {"status_holder", "other"})):
        people = [People(5, status="status_holder"), People(35), People(n, "comparison", status="status_holder"), People(36, "comparison")]  # fmt: skip
        found = compare(*cohorts_of(*people), 12)
        assert set(found.covariates["origin_status"]) == levels
        assert (found.n_alone_programme, found.n_alone_other) == (0, 0)


def test_who_has_nobody_like_them_in_the_other_group_is_left_out_of_both_sides():
    people = [
        People(12, status="status_holder"), People(30, sex="1"), People(10, sex="2"),
        People(40, "comparison", sex="1"), People(15, "comparison", sex="2"), People(10, "comparison", sex="2", status=None),
    ]  # fmt: skip
    # Ten of 65 without a status are too many: status counts for nothing. Then nobody is alone.
    found = compare(*cohorts_of(*people), 12)
    assert "origin_status" in found.left_out
    assert (found.n_alone_programme, found.n_alone_other, len(found.people)) == (0, 0, 117)
    # With ten whose benefit is of another kind in their place, 12 have a status that the others lack, and 10 a scheme.
    people[-1] = People(10, "comparison", scheme="02")
    found = compare(*cohorts_of(*people), 12)
    assert (found.n_alone_programme, found.n_alone_other) == (12, 10)
    assert len(found.people) == 30 + 10 + 40 + 15
    assert set(found.people["origin_status"]) == {"other"}
    assert list(found.covariates) == ["sex"]


def test_groups_that_are_told_apart_have_no_weights():
    found = compare(*cohorts_of(People(20, birth_year=1990), People(20, "comparison", birth_year=1970)), 12)
    assert found.weights is None
    assert (found.weights_of_all() == 1).all()
    assert list(found.covariates) == ["age"]


def test_groups_in_which_all_are_the_same_have_none_either():
    found = compare(*cohorts_of(People(20), People(20, "comparison")), 12)
    assert (found.weights, list(found.covariates)) == (None, [])


def test_nobody_who_is_followed_so_long_is_said():
    with pytest.raises(InvalidDataError, match="holds nobody who can be followed for 60 months"):
        compare(*cohorts_of(People(20), People(20, "comparison")), 60)


def test_weights_add_up_to_those_who_are_compared():
    """Six of the comparison who join hand on within those who are compared, of whom two without a sex are none."""
    people = [
        People(20), People(20, sex="2"), People(30, "comparison"), People(30, "comparison", sex="2"), People(2, "comparison", sex=None),
    ]  # fmt: skip
    cohort, other = cohorts_of(*people)
    found = compare(cohort, joining(other, np.isin(np.arange(62), [0, 10, 20, 30, 40, 50, 61]), 100), 12)
    weight = found.people["weight"].to_numpy()
    assert found.n_incomplete == 2
    assert weight[found.in_programme].tolist() == [1.0] * 40
    assert weight[~found.in_programme].sum() == pytest.approx(60)
    assert sorted(set(weight[~found.in_programme].round(6))) == [0, round(60 / 54, 6)]


def test_who_moves_stays_in_view_without_benefit_of_this_municipality():
    """Of 40 in the programme 4 move, of 60 others 3: all stand for themselves, and none of them works."""
    people = [
        People(4, last=100, reason=MOVED), People(16), People(20, sex="2"), People(3, "comparison", 100, MOVED),
        People(27, "comparison"), People(30, "comparison", sex="2"),
    ]  # fmt: skip
    found = compare(*cohorts_of(*people), 12)
    assert (found.people["weight"] == 1).all()
    of_both = {name: [found.reached(name)[is_in].sum() for is_in in (found.in_programme, ~found.in_programme)]
               for name in ("work", "any_work", "off_benefit")}  # fmt: skip
    assert of_both == {"work": [0, 0], "any_work": [0, 0], "off_benefit": [4, 3]}


def test_who_goes_out_of_view_is_stood_for_by_people_with_a_like_chance():
    """Sixty women, of whom many are in the programme, and as many men: 20 women join, and women alone stand for them."""
    people = [
        People(60, sex="2"), People(20, sex="1"), People(60, "comparison", sex="2"), People(60, "comparison", sex="1"),
    ]  # fmt: skip
    cohort, other = cohorts_of(*people)
    found = compare(cohort, joining(other, np.arange(120) < 20, 100), 12)
    others = found.people[~found.in_programme]
    by_sex = others[others["weight"] > 0].groupby("sex", observed=True)["weight"]
    assert by_sex.min().to_dict() == pytest.approx({"1": 1, "2": 60 / 40})
    assert by_sex.max().to_dict() == pytest.approx({"1": 1, "2": 60 / 40})


@pytest.mark.parametrize(("n", "kinds"), [(99, 1), (100, 2), (499, 9), (500, 10), (5_000, 10)])
def test_kinds_are_as_large_as_each_other_and_as_many_as_there_are_people_for(n, kinds):
    found = kinds_of(np.random.default_rng(1).normal(size=n))
    sizes = np.bincount(found)
    assert len(sizes) == kinds
    assert sizes.max() - sizes.min() <= 1
    assert sizes.min() >= min(n, 49)


def test_people_with_the_same_chance_are_of_one_kind():
    assert len(set(kinds_of(np.repeat([0.1, 0.2, 0.3], [400, 50, 50]))[:400])) == 1


def test_in_a_drawn_register_weights_add_up_and_groups_are_alike():
    groups, _ = drawn()
    found = compare(groups.cohort, groups.comparison, 12)
    weight = found.people["weight"].to_numpy()
    for is_in in (found.in_programme, ~found.in_programme):
        assert weight[is_in].sum() == pytest.approx(is_in.sum())
    # Maximum likelihood of a logistic regression: who is in the programme and who was expected to be are as many (score equation).
    assert found.weights.propensity.sum() == pytest.approx(found.in_programme.sum())
    assert (found.people["outcome"] == "joined").sum() > 150
    assert set(found.people.loc[weight == 0, "outcome"]) == {"joined"}
    is_moved = (found.people["outcome"] == "moved").to_numpy()
    assert is_moved.any()
    assert (weight[is_moved] >= 1).all()


def test_who_is_alone_once_others_are_left_out_is_left_out_too():
    """Women of the others are all of another scheme, which the programme lacks: without them women of the programme are alone."""
    people = [
        People(15, sex="2"), People(25, sex="1"), People(12, "comparison", sex="2", scheme="02"), People(30, "comparison", sex="1"),
    ]  # fmt: skip
    found = compare(*cohorts_of(*people), 12)
    assert (found.n_alone_programme, found.n_alone_other) == (15, 12)
    assert (found.in_programme.sum(), (~found.in_programme).sum()) == (25, 30)
    assert found.has_both


def test_groups_that_share_no_level_have_nobody_left_in_one():
    found = compare(*cohorts_of(People(20, sex="2"), People(20, "comparison", sex="1")), 12)
    assert not found.has_both
    assert (found.n_alone_programme, found.n_alone_other, len(found.people)) == (20, 20, 0)


def test_a_covariate_that_follows_from_others_is_left_out():
    """All women are 24 and all men 39: the sex adds nothing to the age."""
    people = [
        People(30, sex="2", birth_year=1995), People(10, sex="1"),
        People(10, "comparison", sex="2", birth_year=1995), People(40, "comparison", sex="1"),
    ]  # fmt: skip
    found = compare(*cohorts_of(*people), 12)
    assert list(found.covariates) == ["age"]
    # Of those of 24, 30 are in the programme and 10 are not; of those of 39, 10 and 40.
    weights = found.weights_of_all()
    assert sorted(set(weights[~found.in_programme].round(6))) == [10 / 40, 30 / 10]
