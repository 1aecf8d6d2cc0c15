"""Who goes out of view: by hand on a few people, beside Kaplan-Meier and Aalen-Johansen, and in worlds of which the truth is known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaltools.cohorts import (
    Definitions,
    comparison_cohort,
    outcomes_in_view,
    programme_cohort,
    register_cohort,
    weights_in_view,
)
from evaltools.cohorts.definitions import days_of
from evaltools.effects import cumulative_incidence
from evaltools.errors import InvalidDataError
from tests.cohorts.examples import CENSORING_DAY, programme_of, register_of

INDEX = pd.Timestamp("2019-01-01")
YEAR = 365
MOVED, WORK, OTHER = "32", "11", "02"


def day(n):
    return f"{INDEX + pd.Timedelta(days=n):%Y-%m-%d}"


def cohort_of(*people, **tables):
    """Everybody on benefit on 2019-01-01. Each person: rows of (first day, last day, reason), days from then on."""
    rows = [
        {"person_id": f"p{number}", "first_day": day(first), "last_day": last if last is None else day(last), "exit_reason": reason}
        for number, spells in enumerate(people)
        for first, last, reason in spells
    ]  # fmt: skip
    made = register_of({"benefit_spells": pd.DataFrame(rows), **tables})
    return register_cohort(made, INDEX, definitions=Definitions(censoring_day=CENSORING_DAY))


def runs():
    return [(-900, None, None)]


def ends(last, reason=WORK):
    return [(-900, last, reason)]


def weights(cohort, months=12, **options):
    return weights_in_view(cohort, months, **options)[:, -1].tolist()


def test_who_moves_hands_their_weight_to_those_on_benefit():
    # On the last day of p0 with benefit p1, p2 and p3 are on it; p4 has left. A third of one person each.
    cohort = cohort_of(ends(100, MOVED), runs(), runs(), ends(200), ends(50))
    assert weights(cohort) == pytest.approx([0, 4 / 3, 4 / 3, 4 / 3, 1])
    found = outcomes_in_view(cohort, 12).set_index("person_id")
    assert found["outcome"].tolist() == ["moved", "on_benefit", "on_benefit", "work", "work"]
    # Off benefit: p3, who stands for 4/3, and p4, of five.
    assert found.loc[found["outcome"] == "work", "weight"].sum() / 5 == pytest.approx((4 / 3 + 1) / 5)


def test_who_goes_later_hands_on_what_they_were_given():
    # Day 100: p0 to p1, p2, p3 (4/3 each). Day 200: p1, who stands for 4/3, to p2 and p3 (4/3 + 2/3 = 2 each).
    cohort = cohort_of(ends(100, MOVED), ends(200, MOVED), runs(), runs(), ends(50))
    found = weights_in_view(cohort, 12, at=(0, 3, 4, 6, 7, 12))  # days 0, 91, 122, 183, 213, 365
    assert found[:, 0].tolist() == [1, 1, 1, 1, 1]
    assert found[:, 1].tolist() == [1, 1, 1, 1, 1]
    for column in (2, 3):
        assert found[:, column] == pytest.approx([0, 4 / 3, 4 / 3, 4 / 3, 1])
    for column in (4, 5):
        assert found[:, column] == pytest.approx([0, 0, 2, 2, 1])


def test_the_weight_of_the_day_counts_not_that_of_the_end():
    """Who is back on benefit when somebody goes takes over; who left before that day does not."""
    back = [(-900, 30, WORK), (90, None, None)]
    cohort = cohort_of(ends(100, MOVED), back, ends(99), ends(100))
    assert weights(cohort) == pytest.approx([0, 1.5, 1, 1.5])


def test_two_on_one_day_hand_on_together():
    cohort = cohort_of(ends(100, MOVED), ends(100, MOVED), runs(), ends(300))
    assert weights(cohort) == pytest.approx([0, 0, 2, 2])


def test_who_moves_after_the_horizon_or_on_its_day_is_seen():
    cohort = cohort_of(ends(YEAR, MOVED), ends(YEAR - 1, MOVED), runs())
    assert weights(cohort) == pytest.approx([1.5, 0, 1.5])
    assert weights(cohort, 6) == [1, 1, 1]


def test_who_died_has_an_outcome_and_keeps_their_weight():
    cohort = cohort_of(ends(100, "04"), ends(200, MOVED), runs())
    assert weights(cohort) == pytest.approx([1, 0, 2])


def test_when_nobody_on_benefit_is_left_the_weight_is_lost():
    """As after the last one at risk of a curve: of three, one left and one is not known to have left."""
    cohort = cohort_of(ends(100, MOVED), ends(50), ends(60))
    assert weights(cohort) == [0, 1, 1]


def test_who_is_selected_later_hands_on_too():
    """By hand: p0 is selected on 2019-01-01 and makes the programme's group; p1 is selected on 2019-03-02, day 60, and seen until day 59."""
    spells = pd.DataFrame({"person_id": ["p0", "p1", "p2", "p3", "p4"], "benefit_id": list("01234"), "first_day": "2016-01-01",
                           "last_day": [None, None, None, day(59), day(58)], "exit_reason": [None, None, None, WORK, WORK]})  # fmt: skip
    listed = pd.DataFrame({"person_id": ["p0", "p1"], "selected_day": ["2019-01-01", day(60)]})
    made = register_of({"benefit_spells": spells, "participations": listed})
    both = programme_cohort(made, programme_of(), definitions=Definitions(censoring_day=CENSORING_DAY))
    cohort = both.subgroup("first", (both.participants["person_id"] == "p0").to_numpy())
    others = comparison_cohort(cohort)
    assert others.participants["person_id"].tolist() == ["p1", "p2", "p3", "p4"]
    # On day 59 p2 and p3 have a benefit; p4 left on it.
    assert weights(others) == pytest.approx([0, 1.5, 1.5, 1])
    assert outcomes_in_view(others, 12)["outcome"].tolist() == ["joined", "on_benefit", "work", "work"]


def later_selected(selected, *people):
    """Make a comparison of who is on benefit on 2019-01-01. ``selected``: on which day each place is selected; ``people``: rows as of `cohort_of`."""
    lives_of = [runs(), *people]  # the first makes the programme's group
    rows = [
        {"person_id": f"p{number}", "first_day": day(first), "last_day": last if last is None else day(last), "exit_reason": reason}
        for number, spells in enumerate(lives_of)
        for first, last, reason in spells
    ]  # fmt: skip
    days = {0: 0} | {place + 1: when for place, when in selected.items()}
    listed = pd.DataFrame(
        {"person_id": [f"p{place}" for place in days], "selected_day": [day(n) for n in days.values()]}
    )
    made = register_of({"benefit_spells": pd.DataFrame(rows), "participations": listed})
    both = programme_cohort(made, programme_of(), definitions=Definitions(censoring_day=CENSORING_DAY))
    return comparison_cohort(both.subgroup("first", (both.participants["person_id"] == "p0").to_numpy()))


def test_who_moves_can_stay_in_view_as_one_without_benefit():
    # Joins on day 60, seen until day 59; moves on day 30; moves on day 100; stays; leaves on day 50; stays.
    people = runs(), ends(30, MOVED), ends(100, MOVED), runs(), ends(50), runs()
    others = later_selected({0: 60}, *people)
    # On day 59 who moves on day 100 and both who stay have a benefit: 4/3 each. Who moved before it is off it.
    assert weights(others, out=("joined",)) == pytest.approx([0, 1, 4 / 3, 4 / 3, 1, 4 / 3])
    found = outcomes_in_view(others, 12, out=("joined",))
    assert found["outcome"].tolist() == ["joined", "moved", "moved", "on_benefit", "work", "on_benefit"]
    is_off = found["outcome"].isin(["moved", "work"])
    assert found.loc[is_off, "weight"].sum() / 6 == pytest.approx((1 + 4 / 3 + 1) / 6)
    # When movers go out of view too: day 30 to all five others (6/5 each); day 59 of that a third to each of three, 8/5;
    # day 100 half of that to both who stay.
    assert weights(others) == pytest.approx([0, 0, 0, 12 / 5, 6 / 5, 12 / 5])
    pd.testing.assert_frame_equal(outcomes_in_view(others, 12), outcomes_in_view(others, 12, out=("move", "joined")))


def test_who_joins_can_stay_in_view_while_movers_go():
    others = later_selected({0: 60}, runs(), ends(100, MOVED), runs())
    # Day 100: who was selected is not seen then, and still stands in the register with a benefit.
    assert weights(others, out=("move",)) == pytest.approx([1.5, 0, 1.5])


def test_with_nobody_out_of_view_all_stand_for_themselves():
    others = later_selected({0: 60}, runs(), ends(100, MOVED), ends(200))
    assert (weights_in_view(others, 12, at=range(13), out=()) == 1).all()
    cohort = cohort_of(ends(100, MOVED), runs(), ends(50))
    assert weights(cohort, out=("joined",)) == [1, 1, 1]  # nobody joins


def test_who_moved_and_came_back_does_not_take_over_for_who_is_on_benefit():
    """What became of who moved is that they are off benefit; who joins on day 200 is on it."""
    back = [(-900, 59, MOVED), (150, None, None)]
    others = later_selected({0: 200}, runs(), back, runs(), ends(90))
    assert weights(others, out=("joined",)) == pytest.approx([0, 1, 2, 1])


def test_kinds_and_who_stays_in_view():
    # Who joins hands on to the mover of their kind, who has a benefit on that day; else to all who have one.
    others = later_selected({0: 60}, runs(), ends(100, MOVED), runs(), runs())
    assert weights(others, out=("joined",), alike=["a", "a", "b", "b"]) == pytest.approx([0, 2, 1, 1])
    assert weights(others, out=("joined",), alike=["a", "b", "b", "b"]) == pytest.approx([0, 4 / 3, 4 / 3, 4 / 3])


def test_who_is_of_a_kind_takes_over_and_others_only_where_nobody_is():
    people = [ends(100, MOVED), runs(), ends(200), runs(), ends(150, MOVED)]
    cohort = cohort_of(*people)
    # p0 hands on to p1 of its kind (2); p4, the only one of its kind, to p1 (2), p2 (1) and p3 (1) in these parts.
    found = weights(cohort, alike=["a", "a", "b", "b", "c"])
    assert found == pytest.approx([0, 2 + 2 / 4, 1 + 1 / 4, 1 + 1 / 4, 0])
    # Off benefit on that day is not like on benefit, whatever the kind: p1 takes nothing of p0.
    cohort = cohort_of(ends(100, MOVED), ends(20), runs(), runs())
    assert weights(cohort, alike=[1, 1, 2, 2]) == pytest.approx([0, 1, 1.5, 1.5])


@pytest.mark.parametrize("alike", [["a"], ["a", "b", None], [1.0, 2.0, np.nan]])
def test_kinds_are_one_for_each(alike):
    with pytest.raises(InvalidDataError, match="needs one label for each of 3 members, none of them missing"):
        weights_in_view(cohort_of(runs(), runs(), runs()), 12, alike=alike)


@pytest.mark.parametrize("at", [(3, 3), (6, 3), (-1, 3), (3, 13)])
def test_moments_are_in_order_up_to_the_horizon(at):
    with pytest.raises(InvalidDataError, match="must be different months of 0 to 12, in order"):
        weights_in_view(cohort_of(runs()), 12, at=at)


def test_who_cannot_be_followed_stands_for_nobody_and_takes_nothing():
    """Follow-up ends on 2021-05-01: who starts after 2020-05-01 cannot be followed for a year, and is no part of it."""
    spells = pd.DataFrame({"person_id": ["p0", "p1", "p2", "p3"], "first_day": "2016-01-01",
                           "last_day": [None, None, None, day(100)], "exit_reason": [None, None, None, MOVED]})  # fmt: skip
    listed = pd.DataFrame({"person_id": ["p0", "p1", "p2", "p3"],
                           "selected_day": ["2019-01-01", "2020-05-01", "2020-05-02", "2019-01-01"]})  # fmt: skip
    made = register_of({"benefit_spells": spells, "participations": listed})
    cohort = programme_cohort(made, programme_of(), definitions=Definitions(censoring_day=CENSORING_DAY))
    assert f"{cohort.followed_until:%Y-%m-%d}" == "2021-05-01"
    found = weights(cohort)
    assert found[:2] == [1.5, 1.5]
    assert np.isnan(found[2])
    assert found[3] == 0
    assert outcomes_in_view(cohort, 12)["person_id"].tolist() == ["p0", "p1", "p3"]


spell_ends = st.tuples(st.integers(1, 500), st.sampled_from([MOVED, WORK, OTHER, "01", "05"]))
returns = st.one_of(st.none(), st.integers(40, 200))


@st.composite
def lives(draw):
    """A person: one benefit that runs or ends, and perhaps another one some time after."""
    if draw(st.booleans()):
        return runs()
    last, reason = draw(spell_ends)
    made = ends(last, reason)
    gap = draw(returns)
    if gap and reason != MOVED:
        again = draw(st.one_of(st.none(), st.integers(1, 300)))
        made.append((last + gap, again if again is None else last + gap + again, None if again is None else draw(spell_ends)[1]))  # fmt: skip
    return made


@settings(max_examples=15)
@given(people=st.lists(lives(), min_size=3, max_size=12), kinds=st.lists(st.integers(0, 2), min_size=12, max_size=12))
def test_weights_add_up_and_are_one_where_nobody_goes(people, kinds):
    cohort = cohort_of(*people, runs())  # somebody who is on benefit all the time takes what nobody else does
    found = weights_in_view(cohort, 12, at=range(13), alike=[*kinds[: len(people)], 0])
    off = [cohort.history.spells.on(np.arange(len(cohort)), cohort.index + n) < 0 for n in range(YEAR)]
    ends_off = any(
        off[int(last)][row]
        for row, last in enumerate((cohort.participants["follow_up_last_day"] - cohort.participants["index_day"]).dt.days)
        if last < YEAR and cohort.participants["follow_up_end"].iloc[row] == "move"
    )  # fmt: skip
    assert not ends_off  # who moves is on benefit on the last day
    assert found.sum(axis=0) == pytest.approx(np.full(13, len(cohort)))
    moves = (cohort.participants["follow_up_end"] == "move").to_numpy()
    assert (found[~moves] >= 1 - 1e-12).all()
    if not moves.any():
        assert (found == 1).all()


def test_shares_without_returns_are_those_of_kaplan_meier_and_aalen_johansen():
    """Satten & Datta 2001: the weighted share of who left by a day is one minus Kaplan-Meier; by cause, Aalen-Johansen."""
    rng = np.random.default_rng(20190101)
    n = 400
    last = np.floor(rng.exponential(400, n)).astype(int) + 1
    reason = rng.choice([WORK, OTHER, "05", MOVED], n, p=[0.35, 0.25, 0.1, 0.3])
    cohort = cohort_of(*[ends(int(each), why) for each, why in zip(last, reason, strict=True)])
    people = cohort.participants
    assert (people["follow_up_end"] == "move").sum() > 60
    days = np.rint(people["months"] * 365.25 / 12).astype(int)
    for months in (3, 6, 12, 18):
        found = outcomes_in_view(cohort, months)
        horizon = int(days_of(months))
        # The product limit by hand; who moves is at risk on the last day that is seen.
        survival, work = 1.0, 0.0
        for at in range(1, horizon + 1):
            risk = (days >= at).sum()
            exits = (days == at) & (people["cause"] != "censored")
            work += survival * (exits & (people["cause"] == "work")).sum() / risk if risk else 0
            survival *= 1 - exits.sum() / risk if risk else 1
        is_off = found["outcome"].isin(["work", "education", "other_income", "enforcement", "demographic", "unknown"])
        assert (found["weight"] * is_off).sum() / n == pytest.approx(1 - survival, abs=1e-12)
        assert (found["weight"] * (found["outcome"] == "work")).sum() / n == pytest.approx(work, abs=1e-12)
        curve = cumulative_incidence(days, people["cause"].astype(str), at=horizon).set_index("cause")["estimate"]
        assert curve["work"] == pytest.approx(work, abs=1e-12)
        assert curve.sum() == pytest.approx(1 - survival, abs=1e-12)


N, MONTHLY_HAZARD = 12_000, 0.03
TRUTH = 1 - np.exp(-MONTHLY_HAZARD * 12)


def world(rng, hazard, chance):
    """Everybody leaves with a hazard a month, and from a day of their own on is selected with a chance, if still on benefit."""
    start = np.datetime64("2019-01-01")
    last = start + np.floor(rng.exponential(1 / hazard, N) * 365.25 / 12).astype("timedelta64[D]")
    own = start + rng.integers(0, 548, N).astype("timedelta64[D]")
    is_selected = (last >= own) & (rng.random(N) < chance)
    names = np.array([f"p{number:05d}" for number in range(N)])
    spells = {"person_id": names, "first_day": "2010-01-01", "last_day": last, "exit_reason": WORK}
    listed = {"person_id": names[is_selected], "selected_day": own[is_selected]}
    made = register_of({"benefit_spells": pd.DataFrame(spells), "participations": pd.DataFrame(listed)})
    return comparison_cohort(
        programme_cohort(made, programme_of(), definitions=Definitions(censoring_day=CENSORING_DAY))
    )


def test_the_share_is_the_truth_where_chance_selects():
    """1 − exp(−12 · 0.03): those who were selected on the way, a third of the comparison, have no outcome."""
    others = world(np.random.default_rng(1), MONTHLY_HAZARD, 0.7)
    found = outcomes_in_view(others, 12)
    assert (found["outcome"] == "joined").mean() > 0.2
    assert found["weight"].sum() == pytest.approx(len(found))
    share = np.average(found["outcome"] == "work", weights=found["weight"])
    error = np.sqrt(TRUTH * (1 - TRUTH) / (found["outcome"] != "joined").sum())
    assert share == pytest.approx(TRUTH, abs=4 * error)
    # To leave them out, or to take them for people who stayed, is far from it.
    left_out = (found["outcome"] == "work").sum() / (found["outcome"] != "joined").sum()
    assert left_out - TRUTH > 10 * error
    assert TRUTH - (found["outcome"] == "work").mean() > 4 * error


def test_among_people_alike_the_share_is_the_truth_where_the_better_prospects_are_selected():
    """Two kinds: hazards of 0.05 and 0.01, selected with a chance of 0.9 and 0.2. Only by kind are those who stay like those who go."""
    rng = np.random.default_rng(2)
    is_better = rng.random(N) < 0.5
    others = world(rng, np.where(is_better, 0.05, 0.01), np.where(is_better, 0.9, 0.2))
    kind = is_better[others.participants["person_id"].str[1:].astype(int)]
    truth = np.where(kind, 1 - np.exp(-12 * 0.05), 1 - np.exp(-12 * 0.01)).mean()
    blind, by_kind = (outcomes_in_view(others, 12, alike=alike) for alike in (None, kind))
    shares = [np.average(each["outcome"] == "work", weights=each["weight"]) for each in (blind, by_kind)]
    error = np.sqrt(truth * (1 - truth) / (by_kind["weight"] > 0).sum())
    assert shares[1] == pytest.approx(truth, abs=4 * error)
    assert truth - shares[0] > 4 * error
