"""No small group can be told from curves, and what is shown of them is right."""

import math
from datetime import date
from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from evaltools.disclosure import Table, from_register, protect
from evaltools.disclosure.audit import audit
from evaltools.disclosure.curves import protect_curves
from evaltools.disclosure.record import Cell, Record
from evaltools.effects import cumulative_incidence
from evaltools.errors import DisclosureError

ABOUT = {"municipality": "GM0197"}


def monthly(n_events, last_seen=(), *, at_the_end=0):
    """Count by month from 1 on. ``n_events``: by cause; ``at_the_end``: those still there after the last month."""
    n_months = len(next(iter(n_events.values())))
    leaving = np.array([*n_events.values(), last_seen or [0] * n_months]).sum(axis=0)
    at_risk = leaving[::-1].cumsum()[::-1] + at_the_end
    return pd.DataFrame(
        [
            {"cause": cause, "month": month, "n_at_risk": int(people), "n_exits": int(n)}
            for cause, counts in n_events.items()
            for month, people, n in zip(range(n_months + 1), [at_risk[0], *at_risk], [0, *counts], strict=True)
        ]
    )


def protected(rows, **options):
    return protect_curves(
        rows,
        **{
            "time": "month", "at_risk": "n_at_risk", "events": "n_exits", "causes": "cause",
            "words": {"cause": sorted(set(rows["cause"]))}, "about": ABOUT, "source": "register", "is_simulated": False,
            **options,
        },
    )  # fmt: skip


def shown(table, cause, column="n_exits"):
    rows = table.rows[(table.rows["cause"] == cause) & ~table.hidden["n_exits"]]
    return dict(zip(rows["month"].tolist(), rows[column].tolist(), strict=True))


def people(rows):
    """Give each person of `monthly` a time and a cause; who is last seen is there in that month."""
    exits = rows[rows["n_exits"] > 0]
    times = np.repeat(exits["month"], exits["n_exits"]).tolist()
    causes = np.repeat(exits["cause"], exits["n_exits"]).tolist()
    left = rows.groupby("month")["n_exits"].sum()
    at_risk = rows.groupby("month")["n_at_risk"].first()
    for month, n in at_risk.items():
        n_unseen = int(n - left[month] - at_risk.get(month + 1, 0))
        times += [month] * n_unseen
        causes += ["censored"] * n_unseen
    return times, causes


small = st.one_of(st.just(0), st.integers(0, 6), st.integers(0, 25))


@st.composite
def cohorts(draw, n_months=6):
    counts = st.lists(small, min_size=n_months, max_size=n_months)
    causes = ["work", "other", "partner", "detention"][: draw(st.integers(1, 4))]
    return monthly(
        {cause: draw(counts) for cause in causes},
        draw(st.one_of(st.just([]), counts)),
        at_the_end=draw(st.integers(0, 40)),
    )


def most_by_month(table, causes, n_months):
    """Find the most that can have left in each month for each cause, been last seen in it, or be there after all.

    The attacker reads the table only: numbers at risk, and events since the row before of that cause.
    """
    names = [(cause, month) for cause in [*causes, "last seen"] for month in range(1, n_months + 1)] + ["after"]
    at = {name: place for place, name in enumerate(names)}
    equations, values = [], []

    def know(cells, value):
        equations.append([float(name in cells) for name in names])
        values.append(float(value))

    for cause, rows in table.rows[~table.hidden["n_exits"]].groupby("cause"):
        counted = {cause} if cause != "all" else {*causes}
        for (_, before), (_, row) in pairwise(rows.iterrows()):
            start, end = before["month"], row["month"]
            know({(each, month) for each in counted for month in range(start + 1, end + 1)}, row["n_exits"])
            know({name for name in names if name == "after" or name[1] > start}, row["n_at_risk"])
    for name in names:
        aim = np.zeros(len(names))
        aim[at[name]] = -1
        solved = linprog(aim, A_eq=equations or None, b_eq=values or None, method="highs")
        assert solved.status in (0, 3), solved.message
        yield name, -solved.fun if solved.status == 0 else math.inf


@settings(max_examples=60)
@given(cohorts())
def test_an_attacker_finds_no_group_of_one_to_nine(rows):
    """Any group is made of these; if each is nobody or can be ten, so is it."""
    table = protected(rows)
    for name, most in most_by_month(table, set(rows["cause"]), 6):
        assert most < 1e-6 or most > 10 - 1e-6, name


@settings(max_examples=30)
@given(cohorts())
def test_an_attacker_never_finds_that_nobody_or_everybody_had_a_sensitive_cause(rows):
    causes = sorted(set(rows["cause"]))
    table = protected(rows, sensitive=[causes[0]])
    nobody_there = set(rows.loc[rows["n_at_risk"] == 0, "month"])  # of whom nothing is told
    for name, most in most_by_month(table, causes, 6):
        assert most > 10 - 1e-6 or (most < 1e-6 and (name[0] != causes[0] or name[1] in nobody_there)), name
    own, at_risk = shown(table, causes[0]), shown(table, causes[0], "n_at_risk")
    whole = shown(table, "all")
    for start, end in pairwise(own):
        n_others = sum(n for month, n in whole.items() if start < month <= end) - own[end]
        assert n_others >= 10 if len(causes) > 1 else at_risk[end] - own[end] >= 10


@settings(max_examples=40)
@given(cohorts(), st.booleans())
def test_the_audit_finds_nothing(rows, is_sensitive):
    table = protected(rows, sensitive=["work"] if is_sensitive else [])
    assert audit({"page": [table.record]}) == []


@settings(max_examples=60)
@given(cohorts())
def test_every_number_that_is_shown_or_left_is_none_or_at_least_ten(rows):
    table = protected(rows)
    for column in ("n_exits", "n_at_risk"):
        numbers = table.rows[column].dropna()
        assert ((numbers == 0) | (numbers >= 10)).all()
    causes = set(rows["cause"])
    out = {cause for cause in causes if not shown(table, cause)}
    assert len(out) != 1 or not shown(table, "all")
    if out and (whole := shown(table, "all")):
        assert sum(whole.values()) - sum(sum(shown(table, cause).values()) for cause in causes - out) >= 10


def test_a_hand_worked_example():
    """Fine months are of all: 12 by 2, 14 by 3, 16 by 5. Work leaves 6, 10, 5 of them, the others 6, 4, 11."""
    rows = monthly({"work": [2, 4, 10, 0, 5], "other": [3, 3, 4, 2, 9]}, at_the_end=58)
    table = protected(rows)
    assert shown(table, "all") == {0: 0, 2: 12, 3: 14, 5: 16}
    # By month 3 the others are 10 and work 16: then 11 of the others, but only 5 of work. So one interval is left.
    assert shown(table, "work") == {0: 0, 5: 21}
    assert shown(table, "other") == {0: 0, 5: 21}
    assert shown(table, "all", "n_at_risk") == {0: 100, 2: 100, 3: 88, 5: 74}
    assert shown(table, "all", "share") == pytest.approx({0: 0, 2: 0.12, 3: 0.26, 5: 0.42})
    assert shown(table, "work", "share") == pytest.approx({0: 0, 5: 0.21})


def test_a_cause_of_few_takes_the_smallest_other_with_it():
    rows = monthly({"work": [20, 30], "partner": [5, 10], "detention": [1, 1]}, at_the_end=50)
    table = protected(rows)
    assert shown(table, "work") == {0: 0, 2: 50}  # by month 1 the others would be 6 together
    assert shown(table, "partner") == shown(table, "detention") == {}
    assert shown(table, "all") == {0: 0, 1: 26, 2: 41}
    hidden = table.rows[table.hidden["n_exits"]]
    assert hidden[["cause", "month"]].to_numpy().tolist() == [["detention", 2], ["partner", 2]]
    assert hidden.drop(columns=["cause", "month"]).isna().all(axis=None)
    assert table.record.n_hidden == 2


def test_where_all_others_are_few_only_the_whole_is_shown():
    table = protected(monthly({"work": [20, 30], "detention": [1, 1]}, at_the_end=50))
    assert set(table.rows.loc[~table.hidden["n_exits"], "cause"]) == {"all"}


def test_a_larger_cause_has_finer_months():
    rows = monthly({"work": [20] * 6, "partner": [11] * 6, "move": [4] * 6}, at_the_end=200)
    table = protected(rows)
    assert [*shown(table, "all")] == [0, 1, 2, 3, 4, 5, 6]
    assert [*shown(table, "work")] == [0, 1, 2, 3, 4, 5, 6]  # the two others are 15 each month
    assert [*shown(table, "partner")] == [*shown(table, "move")] == [0, 3, 6]  # and the last of them 12 in three


def test_the_curve_ends_where_fewer_than_ten_are_at_risk():
    rows = monthly({"work": [0, 20, 0, 0]}, [0, 10, 5, 4])
    table = protected(rows)
    assert shown(table, "all", "n_at_risk") == {0: 39, 1: 39, 2: 39}
    rows = monthly({"work": [0, 20, 0, 0]}, [0, 10, 6, 4])
    assert shown(protected(rows), "all", "n_at_risk") == {0: 40, 1: 40, 2: 40, 3: 10}


def test_a_few_who_are_last_seen_are_told_with_others():
    rows = monthly({"work": [10, 10, 10]}, [4, 8, 0], at_the_end=30)
    assert shown(protected(rows), "all") == {0: 0, 2: 20, 3: 10}


def test_a_few_who_are_left_end_the_curve_before():
    rows = monthly({"work": [20, 20]}, at_the_end=3)
    assert shown(protected(rows), "all") == {0: 0, 1: 20}


def test_a_flat_stretch_is_shown_but_not_of_a_sensitive_cause():
    rows = monthly({"work": [0, 12, 0, 0]}, at_the_end=30)
    assert shown(protected(rows), "work") == {0: 0, 1: 0, 2: 12, 3: 0, 4: 0}
    assert shown(protected(rows, sensitive=["work"]), "work") == {0: 0, 4: 12}


def test_that_everybody_left_for_a_sensitive_cause_is_not_told():
    rows = monthly({"detention": [15, 15], "work": [0, 15]}, at_the_end=30)
    assert shown(protected(rows), "detention") == {0: 0, 1: 15, 2: 15}
    assert shown(protected(rows, sensitive=["detention"]), "detention") == {0: 0, 2: 30}


def test_too_few_are_not_shown_at_all():
    table = protected(monthly({"work": [0, 5, 3]}, at_the_end=1))
    assert table.hidden["n_exits"].all()
    assert table.rows["month"].tolist() == [3, 3]
    table = protected(monthly({"work": [0, 0, 3]}, at_the_end=100))
    assert table.hidden["n_exits"].all(), "a flat start would look as if nobody left"


def test_curves_without_small_steps_are_those_of_the_estimator():
    rng = np.random.default_rng(0)
    n_exits = {cause: rng.integers(10, 30, 12).tolist() for cause in ("work", "other", "partner")}
    rows = monthly(n_exits, rng.integers(10, 15, 12).tolist(), at_the_end=100)
    table = protected(rows)
    expected = cumulative_incidence(*people(rows), at=range(13))
    for cause in n_exits:
        same = expected[expected["cause"] == cause]
        own = table.rows[table.rows["cause"] == cause]
        for column, name in [("time", "month"), ("n_at_risk", "n_at_risk"), ("n_events", "n_exits"),
                             ("estimate", "share"), ("lower", "low"), ("upper", "high")]:  # fmt: skip
            assert own[name].to_numpy(float) == pytest.approx(same[column].to_numpy(float)), (cause, name)
    times, causes = people(rows)
    whole = cumulative_incidence(
        times, ["censored" if cause == "censored" else "all" for cause in causes], at=range(13)
    )
    own = table.rows[table.rows["cause"] == "all"]
    for column, name in [("estimate", "share"), ("lower", "low"), ("upper", "high")]:
        assert own[name].to_numpy(float) == pytest.approx(whole[column].to_numpy(float))


@settings(max_examples=30)
@given(cohorts(n_months=12))
def test_months_that_are_left_out_change_nothing_where_nobody_is_last_seen(rows):
    left = rows.groupby("month")["n_exits"].sum()
    gone = left.cumsum().shift(fill_value=0)
    rows["n_at_risk"] = rows["month"].map(len_of(rows) - gone)
    table = protected(rows)
    kept = table.rows[~table.hidden["n_exits"] & (table.rows["cause"] != "all")].astype({"month": float})
    if kept.empty or not rows["n_exits"].any():
        return
    expected = cumulative_incidence(*people(rows), at=range(int(kept["month"].max()) + 1))
    both = kept.merge(expected, left_on=["cause", "month"], right_on=["cause", "time"])
    # A cause that nobody had is none of the estimator's.
    assert len(both) == kept["cause"].isin(expected["cause"]).sum()
    assert both["share"].to_numpy() == pytest.approx(both["estimate"].to_numpy(), abs=1e-12)
    is_known = both["low"].notna()
    assert (is_known == (both["month"].eq(0) | both["share"].between(1e-12, 1 - 1e-12))).all()
    for column, name in [("lower", "low"), ("upper", "high")]:
        assert both.loc[is_known, name].to_numpy() == pytest.approx(both.loc[is_known, column].to_numpy())


def len_of(rows):
    return int(rows["n_exits"].sum()) + 20


def test_the_variance_is_that_of_the_counts_that_are_shown():
    """By the delta method with derivatives taken numerically: of binomial leaving, and of binomial causes among them."""
    rows = monthly(
        {"work": [6, 5, 14, 9, 3, 12], "other": [7, 2, 3, 5, 1, 8]}, [3, 9, 12, 4, 6, 11], at_the_end=60
    )  # fmt: skip
    table = protected(rows)
    whole = table.rows[table.rows["cause"] == "all"].iloc[1:]
    own = table.rows[table.rows["cause"] == "work"].iloc[1:]
    assert len(whole) > len(own) > 1, "months are nested"
    at_risk, leaving = whole["n_at_risk"].to_numpy(float), whole["n_exits"].to_numpy(float)
    block = np.searchsorted(own["month"].to_numpy(), whole["month"].to_numpy())
    of_block = np.bincount(block, leaving)

    def share(chances):
        hazard, part = chances[: len(leaving)], chances[len(leaving) :]
        survival = np.cumprod(1 - hazard)
        fall = np.append(1, survival[:-1]) - survival
        return (fall * part[block]).sum()

    chances = np.concatenate([leaving / at_risk, own["n_exits"].to_numpy(float) / of_block])
    variances = chances * (1 - chances) / np.concatenate([at_risk, of_block])
    steps = np.eye(len(chances)) * 1e-6
    slopes = np.array([(share(chances + step) - share(chances - step)) / 2e-6 for step in steps])
    estimate, error = share(chances), math.sqrt((slopes**2 * variances).sum())
    last = own.iloc[-1]
    assert last["share"] == pytest.approx(estimate)
    power = math.exp(1.959964 * error / (estimate * -math.log(estimate)))
    assert (last["low"], last["high"]) == pytest.approx((estimate**power, estimate ** (1 / power)), rel=1e-6)


def test_the_digits_of_an_estimate_do_not_tell_what_happened_between():
    """Of one cohort all leave before others are last seen, of the other after; nothing that is shown differs."""
    first = protected(monthly({"work": [9, 0, 3]}, [0, 15, 0], at_the_end=30))
    second = protected(monthly({"work": [1, 2, 9]}, [15, 0, 0], at_the_end=30))
    assert [*shown(first, "work")] == [0, 3]
    pd.testing.assert_frame_equal(first.rows, second.rows)
    assert first.record == second.record


# ---------------------------------------------------------------- months of which nothing is shown


def test_a_month_that_another_table_tells_of_is_passed_over():
    """Twenty at work and eleven others leave each month: all months can be shown, less the third."""
    rows = monthly({"work": [20] * 6, "other": [11] * 6}, at_the_end=200)
    assert [*shown(protected(rows), "work")] == [0, 1, 2, 3, 4, 5, 6]
    table = protected(rows, not_at=[3])
    for cause, n in (("work", 20), ("other", 11), ("all", 31)):
        assert shown(table, cause) == {0: 0, 1: n, 2: n, 4: 2 * n, 5: n, 6: n}
        assert shown(table, cause, "share") == pytest.approx(
            {month: n * month / 386 for month in (0, 1, 2, 4, 5, 6)}
        )  # 6 * 31 + 200 people
    # Nor does what is told of the months tell it: not up to month 3, nor of it alone.
    told = dict(zip(table.record.cells, table.record.states, strict=True))
    for months in ("1-3", "3-3"):
        for cause in ({}, {"cause": "work"}, {"cause": "other"}):
            assert told[exits(months, **cause)] == "derived"
    assert "4" not in {dict(cell.labels)["month"] for cell in told if cell.measure == "n_at_risk"}
    assert table.record.n_hidden_shares == 3  # of three curves at one month


def test_a_curve_ends_before_a_last_month_that_is_passed_over():
    rows = monthly({"work": [20] * 6, "other": [11] * 6}, at_the_end=200)
    table = protected(rows, not_at=[3, 6])
    for cause in ("work", "other", "all"):
        assert [*shown(table, cause)] == [0, 1, 2, 4, 5]
    assert table.rows["month"].max() == 5
    # As if the register ended there: 31 more are still on benefit.
    shorter = protected(monthly({"work": [20] * 5, "other": [11] * 5}, at_the_end=231), not_at=[3])
    pd.testing.assert_frame_equal(table.rows, shorter.rows)
    # Four of the others leave in month 5: with the months before they are told, and not with month 6, which is out.
    few = monthly({"work": [20] * 6, "other": [11, 11, 11, 11, 4, 11]}, at_the_end=200)
    assert [*shown(protected(few), "other")] == [0, 1, 2, 3, 4, 6]
    assert [*shown(protected(few, not_at=[6]), "other")] == [0, 1, 2, 3, 5]


def test_where_no_month_is_left_nothing_is_shown():
    rows = monthly({"work": [20] * 3, "other": [11] * 3}, at_the_end=100)
    table = protected(rows, not_at=range(1, 4))
    assert table.hidden["n_exits"].all()
    assert table.rows[["n_exits", "n_at_risk", "share", "low", "high"]].isna().all(axis=None)


@settings(max_examples=40)
@given(cohorts(), st.sets(st.integers(1, 6), min_size=1, max_size=4))
def test_an_attacker_finds_nothing_where_months_are_passed_over(rows, not_at):
    table = protected(rows, not_at=not_at)
    assert not {*table.rows.loc[~table.hidden["n_exits"], "month"]} & not_at
    for name, most in most_by_month(table, set(rows["cause"]), 6):
        assert most < 1e-6 or most > 10 - 1e-6, name
    assert audit({"page": [table.record]}) == []


def test_who_left_and_came_back_does_not_follow_from_a_table_of_that_month():
    """By month 3 60 had left, of whom four are back: the table says 56 are off benefit. A curve at month 3 would tell the four."""
    rows = monthly({"work": [20] * 4}, at_the_end=100)
    assert sum(n for month, n in shown(protected(rows), "all").items() if month <= 3) - 56 == 4
    table = protected(rows, not_at=[3])
    bounds = [sum(n for month, n in shown(table, "all").items() if month <= end) for end in (2, 4)]
    # Between 40 and 80 had left by then: nobody can tell whether anybody came back, nor that fewer than ten did.
    assert bounds == [40, 80]
    assert bounds[0] <= 56 <= bounds[1] - 10


# ---------------------------------------------------------------- months of which another table counts who had the event


def total(table):
    """Up to each month that is shown, how many had the event."""
    own = shown(table, "all")
    return dict(zip(own, np.cumsum([*own.values()]).tolist(), strict=True))


def test_a_month_is_passed_over_from_which_few_are_apart_from_a_month_that_is_told():
    """By the months 12, 24, 28, 40, 52; told is month 3: 28 is 4 more than by month 2. Of 80 people 28 stay."""
    rows = monthly({"work": [12, 12, 4, 12, 12]}, at_the_end=28)
    assert total(protected(rows)) == {0: 0, 1: 12, 2: 24, 4: 40, 5: 52}
    assert total(protected(rows, told_at={3: True})) == {0: 0, 1: 12, 3: 28, 4: 40, 5: 52}
    # By month 4 they are 12 more than by the third: told is that too.
    assert total(protected(rows, told_at={0: True, 4: True})) == total(protected(rows))


def test_nobody_between_is_no_difference():
    rows = monthly({"work": [12, 0, 0, 11, 0]}, at_the_end=40)
    assert total(protected(rows, told_at={2: True})) == {0: 0, 1: 12, 2: 12, 3: 12, 4: 23, 5: 23}


def test_a_curve_may_end_at_a_month_that_is_told():
    rows = monthly({"work": [4, 7, 6, 3]}, at_the_end=40)
    assert total(protected(rows)) == {0: 0, 4: 20}
    assert total(protected(rows, told_at={3: True})) == {0: 0, 3: 17}  # three more by month 4, and six fewer by month 2


def test_beside_a_table_that_hides_a_number_no_curve_is_shown():
    """Of 43 people 40 leave. A table that hides the three who stay hides the 43 as well, which are at risk on the curve."""
    rows = monthly({"work": [20, 20, 0]}, at_the_end=3)
    attacked = protected(rows, told_at={3: True})
    assert shown(attacked, "all", "n_at_risk")[1] - 40 == 3
    for hides in ({0: False, 3: True}, {0: True, 2: False, 3: True}):
        table = protected(rows, told_at=hides)
        assert table.hidden["n_exits"].all()
        assert table.rows[["n_exits", "n_at_risk", "share", "low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize("told_at", [{3: True}, {1: True, 4: False}])
def test_who_is_last_seen_before_a_month_that_is_told_is_refused(told_at):
    """They could be with those who had no event by then, or with those who had: no table of that month counts them alike."""
    rows = monthly({"work": [12, 12, 12]}, [0, 10, 0], at_the_end=30)
    assert total(protected(rows, told_at={2: True})) == {0: 0, 1: 12, 2: 24, 3: 36}
    with pytest.raises(DisclosureError, match="are all followed until the last of its months"):
        protected(rows, told_at=told_at)


def test_no_cohort_tells_of_few_between_a_curve_and_a_count():
    """Every cohort of four months with 0, 6 or 12 events in each, and of each every table that tells of no few itself."""
    n_shown = 0
    for events in product((0, 6, 12), repeat=4):
        up_to = np.cumsum([0, *events])
        rows = monthly({"work": events}, at_the_end=20)
        for months in ((2,), (4,), (2, 4)):
            if any(0 < n < 10 for n in np.diff(up_to[[0, *months]])):
                continue
            table = protected(rows, told_at=dict.fromkeys(months, True))
            curve = total(table)
            n_shown += len(curve) > 1
            for month, told in product(curve, months):
                apart = abs(curve[month] - up_to[told])
                assert curve[month] == up_to[month]
                assert apart == 0 or apart >= 10, (events, months, month)
    assert n_shown > 80


groups_of_returns = st.lists(st.sampled_from([0, 0, 0, 2, 3, 5, 11, 12, 20]), min_size=14, max_size=14)


@settings(max_examples=40)
@given(groups_of_returns)
def test_a_curve_lets_no_number_be_found_that_a_table_beside_it_hides(n):
    """Who came back by month 3 and by month 6 of all, and of those with work; the curve is of all."""
    back = np.array(n).reshape(2, 7)  # with work and without; the last is who stayed
    table = table_of_returns(back)
    told = ~table.hidden.set_index(table.rows["exits"]).loc["all"]
    told_at = {0: bool(told["n_people"]), 3: bool(told["n_early"]), 6: bool(told["n_returned"])}
    rows = monthly({"back": back[:, :6].sum(axis=0)}, at_the_end=int(back[:, 6].sum()))
    curve = protected(rows, told_at=told_at)
    before, after = (bounds_of_returns(table, known) for known in ([], shown_of(curve)))
    for name, (least, most) in before.items():
        if most - least > 1e-6:
            assert after[name] == pytest.approx((least, most), abs=1e-6), name


COUNTED = {"n_people": range(7), "n_returned": range(6), "n_early": range(3), "n_late": range(3, 6), "n_stayed": [6]}


def table_of_returns(back):
    rows = pd.DataFrame(
        [{"exits": exits, **{name: int(n[[*at]].sum()) for name, at in COUNTED.items()}}
         for exits, n in (("all", back.sum(axis=0)), ("work", back[0]))]
    )  # fmt: skip
    return protect(
        Table(rows=rows, counts=[*COUNTED], labels=["exits"], words={"exits": ["work"]}, groups=["exits"], about=ABOUT,
              parts={"n_people": ["n_returned", "n_stayed"], "n_returned": ["n_early", "n_late"]},
              source="register", is_simulated=False)
    )  # fmt: skip


def shown_of(curve):
    """What the curve says: since the month before it had the event, and were there."""
    own = curve.rows[(curve.rows["cause"] == "all") & ~curve.hidden["n_exits"]]
    for (_, before), (_, row) in pairwise(own.iterrows()):
        start, end = int(before["month"]), int(row["month"])
        yield range(start, end), row["n_exits"]
        yield range(start, 7), row["n_at_risk"]


def bounds_of_returns(table, curve):
    """Find the least and the most of each number of the table, and of those without work."""
    kinds = {"all": (0, 1), "work": (0,), "other": (1,)}
    asked = {(kind, name): np.isin(np.arange(14), [7 * of + month for of in of_kind for month in months])
             for kind, of_kind in kinds.items() for name, months in COUNTED.items()}  # fmt: skip
    known = [(asked[row["exits"], name], row[name]) for row in table.rows.to_dict("records") for name in COUNTED
             if pd.notna(row[name])]  # fmt: skip
    known += [(np.isin(np.arange(14) % 7, [*months]), n) for months, n in curve]
    settings_of = (
        {"A_eq": np.array([cells for cells, _ in known]), "b_eq": [float(n) for _, n in known]} if known else {}
    )
    found = {}
    for name, cells in asked.items():
        solved = [linprog(sign * cells, method="highs", **settings_of) for sign in (1, -1)]
        assert {each.status for each in solved} <= {0, 3}
        found[name] = tuple(
            sign * each.fun if each.status == 0 else sign * -math.inf
            for sign, each in zip((1, -1), solved, strict=True)
        )
    return found


def test_steps_are_monthly():
    rows = monthly({"work": [12, 12]}, at_the_end=30)
    with pytest.raises(DisclosureError, match="'month' holds no whole months"):
        protected(rows.assign(month=rows["month"] / 2))


def test_the_order_of_rows_is_nothing():
    rows = monthly({"work": [3, 9, 11, 2], "b": [9, 3, 10, 10], "c": [1, 9, 3, 2]}, [5, 5, 5, 5], at_the_end=40)
    table, other = protected(rows), protected(rows.sample(frac=1, random_state=1).astype({"cause": "category"}))
    pd.testing.assert_frame_equal(table.rows, other.rows)
    pd.testing.assert_frame_equal(table.hidden, other.hidden)
    assert table.record == other.record


def test_one_event_needs_no_cause():
    rows = monthly({"x": [4, 8, 12]}, at_the_end=16).drop(columns="cause")
    table = protect_curves(rows, time="month", at_risk="n_at_risk", events="n_exits", about=ABOUT, source="register",
                           is_simulated=False)  # fmt: skip
    assert table.rows["n_exits"].tolist() == [0, 12, 12]
    assert audit({"page": [table.record]}) == []


def test_the_record_says_what_is_shown_and_what_is_hidden():
    rows = monthly({"work": [20, 30], "partner": [5, 10], "detention": [1, 1]}, [0, 12], at_the_end=50)
    table = protected(rows, as_of=date(2024, 1, 1), sensitive=["detention"], threshold=12)
    record = table.record
    told = dict(zip(record.cells, zip(record.states, record.low, record.high, strict=True), strict=True))
    assert told[exits("1-2", cause="work")] == ("shown", 50, 50)
    assert told[exits("1-2", cause="detention")] == ("hidden", 0, math.inf)
    assert told[exits("1-1", cause="work")] == ("derived", 0, math.inf)
    assert told[exits("1-1")] == ("shown", 26, 26)
    assert told[Cell.of("n_at_risk", {**ABOUT, "month": "2"})] == ("shown", 103, 103)
    assert {cell for cell, is_so in zip(record.cells, record.is_trait, strict=True) if is_so} == {
        cell for cell in record.cells if dict(cell.labels).get("cause") == "detention"
    }
    assert (record.threshold, record.as_of, record.n_hidden) == (12, "2024-01-01", 2)
    assert record.n_hidden_shares == 8 - 3  # of four curves at two months


def exits(months, **cause):
    return Cell.of("n_exits", {**ABOUT, "month": months, **cause})


def page(cell, n):
    return Record(cells=(cell,), states=("shown",), low=(n,), high=(n,), is_trait=(False,), is_amount=(False,),
                  threshold=10, is_simulated=False)  # fmt: skip


def test_a_table_of_a_month_that_the_curve_leaves_out_is_found():
    rows = monthly({"work": [20] * 3, "other": [11, 4, 12]}, at_the_end=40)
    table = protected(rows)
    assert shown(table, "other") == {0: 0, 1: 11, 3: 16}
    # Of 15 people the curve tells that 11 left by the month before, so that 4 left in this one.
    found = audit({"curve": [table.record], "table": [page(exits("1-2", cause="other"), 15)]})
    assert found
    assert {finding.pages for finding in found} == {("curve", "table")}
    assert audit({"curve": [table.record], "table": [page(exits("1-2"), 55)]}) == []


@pytest.mark.parametrize(("month", "is_told"), [(2, True), (1, False), (3, False)])
def test_a_protected_table_of_outcomes_is_laid_beside_the_curve(month, is_told):
    """By month 1 other exits are 11, by month 2 they are 15 and by month 3 they are 27; each passes by itself."""
    rows = monthly({"work": [20] * 3, "other": [11, 4, 12]}, at_the_end=40)
    counts = rows[rows["month"] <= month].groupby("cause", as_index=False)["n_exits"].sum()
    beside = protect(
        Table(rows=counts, counts=["n_exits"], labels=["cause"], words={"cause": ["work", "other"]},
              about={**ABOUT, "month": f"1-{month}"}, source="register", is_simulated=False)
    )  # fmt: skip
    assert not beside.hidden.any(axis=None)
    assert bool(audit({"curve": [protected(rows).record], "table": [beside.record]})) is is_told


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows.iloc[1:], "misses 1 row; give every month"),
        (lambda rows: rows[rows["month"] == 0], "has no month after 0"),
        (lambda rows: pd.concat([rows, rows.iloc[:1]]), "1 rows with the same labels"),
        (lambda rows: rows.assign(n_exits=rows["n_exits"] + 1000), "does not add up in 3 months"),
        (lambda rows: rows.assign(n_at_risk=rows["n_at_risk"] + rows["cause"].eq("work")), "does not add up in 3 months"),
        (lambda rows: rows.assign(n_exits=rows["n_exits"].replace(12, 11).replace(0, 1)), "add up in 1 month; .*month 0"),
        (lambda rows: rows.assign(n_exits=rows["n_exits"] / 7), "'n_exits' holds no counts"),
        (lambda rows: rows.assign(n_exits=rows["n_exits"].where(rows["month"] > 0)), "'n_exits' misses 2 values"),
        (lambda rows: rows.assign(share=0.5), "'share' is already a column"),
        (lambda rows: rows.assign(estimate=0.5), "'estimate' is not declared"),
        (lambda rows: rows.assign(person_id=1), "'person_id' is of one person"),
        (lambda rows: rows.drop(columns="month"), "has no column 'month'"),
        (lambda rows: rows.assign(month=rows["month"] - 1), "holds no whole months"),
        (lambda rows: from_register(rows, is_simulated=True), "is_simulated is not what the register says"),
    ],
)  # fmt: skip
def test_what_is_not_as_declared_is_refused(change, message):
    rows = monthly({"work": [12, 14], "other": [12, 15]}, at_the_end=30)
    with pytest.raises(DisclosureError, match=message):
        protected(change(rows), words={"cause": ["work", "other"]})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"words": {"cause": ["work"]}}, "'cause' holds something else"),
        ({"words": {"cause": ["work", "other", "partner"]}}, "misses 3 rows"),
        ({"words": {"cause": ["work", "other", "all"]}}, "'all' is no word for a cause"),
        ({"sensitive": ["wrok"]}, "did you mean 'work'"),
        ({"threshold": 9}, "threshold must be"),
        ({"about": {}}, "does not say what it is about"),
        ({"source": " "}, "names no source"),
    ],
)
def test_what_cannot_be_is_refused(options, message):
    rows = monthly({"work": [12, 14], "other": [12, 15]}, at_the_end=30)
    with pytest.raises(DisclosureError, match=message):
        protected(rows, **options)


def test_all_problems_are_told_at_once_and_no_value():
    rows = monthly({"work": [12, 14]}, at_the_end=30)
    rows = rows.assign(month=rows["month"] + 0.731, n_exits=-4321)
    with pytest.raises(DisclosureError) as refused:
        protected(rows, threshold=1, sensitive=["x"])
    assert len(refused.value.problems) == 4
    assert "731" not in str(refused.value)
    assert "4321" not in str(refused.value)


def test_the_curves_of_a_table_that_was_changed_are_refused():
    table = protected(monthly({"work": [12, 14]}, at_the_end=30))
    table.rows.loc[1, "n_exits"] = 3
    with pytest.raises(DisclosureError, match="was changed"):
        table.checked_rows()
