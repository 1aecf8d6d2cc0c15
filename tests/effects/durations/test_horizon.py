"""Differences at a horizon and restricted means, beside R, closed forms and brute force."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import norm

from evaltools.effects import (
    cumulative_incidence,
    incidence_difference,
    kaplan_meier,
    restricted_mean,
    restricted_mean_difference,
)
from evaltools.errors import InvalidDataError
from tests.effects.durations.test_curves import NUMBERS, reference, spells

RTOL = 1e-9  # R prints 15 digits of sums over thousands of units


def at_13(ui):
    return reference(f"cif ui {str(ui).upper()}").query("cause == 1 and time == 13").iloc[0]


def test_difference_of_incidences_agrees_with_r():
    """Published in effects of the unemployed with and without a benefit: −0.125826, standard error 0.019488."""
    data = spells()
    found = incidence_difference(data["time"], data["cause"], data["ui"], 13, of=1)
    one, other = at_13(ui=True), at_13(ui=False)
    assert found.estimate == pytest.approx(one["estimate"] - other["estimate"], rel=RTOL)
    assert found.standard_error == pytest.approx(np.hypot(one["standard_error"], other["standard_error"]), rel=RTOL)
    below = np.hypot(one["estimate"] - one["lower"], other["upper"] - other["estimate"])
    above = np.hypot(one["upper"] - one["estimate"], other["estimate"] - other["lower"])
    assert (found.lower, found.upper) == pytest.approx((found.estimate - below, found.estimate + above), rel=RTOL)
    assert (round(found.estimate, 6), round(found.standard_error, 6), found.n) == (-0.125826, 0.019488, 3343)


@given(
    st.lists(st.tuples(st.integers(1, 8), st.integers(0, 2), st.booleans()), min_size=6, max_size=40).filter(
        lambda units: {group for time, _, group in units if time == 8} == {True, False}
    )
)
def test_the_interval_ends_at_0_at_the_level_of_the_p_value_and_turns_with_the_groups(units):
    time, cause, programme = map(np.array, zip(*units, strict=True))
    cause = np.append(cause, 1)  # the cause occurs
    time, programme = np.append(time, 8), np.append(programme, True)
    found = incidence_difference(time, cause, programme, 8, of=1)
    turned = incidence_difference(time, cause, ~programme, 8, of=1)
    assert (turned.estimate, turned.lower, turned.upper) == pytest.approx((-found.estimate, -found.upper, -found.lower))
    assert turned.p_value == pytest.approx(found.p_value)
    assert -1 <= found.lower <= found.estimate <= found.upper <= 1
    assert found.lower < found.upper
    if 1e-12 < found.p_value < 1:
        edge = incidence_difference(time, cause, programme, 8, of=1, level=1 - found.p_value)
        assert min(abs(edge.lower), abs(edge.upper)) == pytest.approx(0, abs=1e-8)


def test_a_group_without_an_event_has_an_interval():
    time, cause = [12] * 31 + [6] * 10 + [12] * 30, [0] * 31 + [1] * 10 + [0] * 30
    found = incidence_difference(time, cause, [1] * 31 + [0] * 40, 12)
    assert found.estimate == pytest.approx(-0.25)
    # 0 of 31 may be up to 11%, so that the difference may well be smaller than one of shares that are known.
    assert found.upper - found.estimate > 0.11
    assert found.lower == pytest.approx(
        -0.25 - (cumulative_incidence(time[31:], cause[31:], at=[12])["upper"][0] - 0.25)
    )


def test_no_difference_is_no_evidence():
    found = incidence_difference([1, 2, 3, 1, 2, 3], [1, 0, 0, 1, 0, 0], [1, 1, 1, 0, 0, 0], 3)
    assert (found.estimate, found.p_value) == (0, 1)
    none = incidence_difference([3] * 40 + [1], [0] * 40 + [2], [1] * 20 + [0] * 21, 3, of=2)
    assert none.p_value > 0.5  # one event of 21 against none of 20


def test_weights_and_entry_reach_the_curves():
    data = spells().query("time > entry")
    options = {"weights": data["weight"], "entry": data["entry"]}
    found = incidence_difference(data["time"], data["cause"], data["ui"], 13, of=2, **options)
    curves = cumulative_incidence(data["time"], data["cause"], group=data["ui"], at=[13], **options).query("cause == 2")
    assert found.estimate == pytest.approx(np.diff(curves["estimate"])[0])
    assert found.standard_error == pytest.approx(np.hypot(*curves["standard_error"]))


@pytest.mark.parametrize("horizon", [13, 26])
def test_restricted_means_agree_with_r(horizon):
    data = spells()
    means = {}
    for ui in (False, True):
        some = data[data["ui"] == ui]
        found = restricted_mean(some["time"], some["cause"] > 0, horizon)
        row = NUMBERS.loc[f"rmst {horizon} {str(ui).upper()}"]
        assert (found.estimate, found.standard_error) == pytest.approx(
            (row["estimate"], row["standard_error"]), rel=RTOL
        )
        # By the delta method, the variance of logit(m / h) is se² h² / (m (h - m))².
        odds, error = found.estimate / (horizon - found.estimate), found.standard_error * horizon
        error /= found.estimate * (horizon - found.estimate)
        limits = [odds * np.exp(side * ndtri(0.975) * error) for side in (-1, 1)]
        assert (found.lower, found.upper) == pytest.approx([horizon * each / (1 + each) for each in limits])
        means[ui] = found
    found = restricted_mean_difference(data["time"], data["cause"] > 0, data["ui"], horizon)
    error = np.hypot(means[True].standard_error, means[False].standard_error)
    assert found.estimate == pytest.approx(means[True].estimate - means[False].estimate)
    assert found.standard_error == pytest.approx(error)
    below = np.hypot(means[True].estimate - means[True].lower, means[False].upper - means[False].estimate)
    assert found.lower == pytest.approx(found.estimate - below)
    # With thousands of people the interval and the p-value are all but the normal ones.
    assert found.upper - found.estimate == pytest.approx(ndtri(0.975) * error, rel=0.02)
    small = restricted_mean_difference(data["time"], data["cause"] > 0, data.index % 2 == 0, horizon)
    assert small.p_value == pytest.approx(2 * norm.sf(abs(small.estimate) / small.standard_error), abs=0.01)


def test_a_restricted_mean_is_the_area_under_the_curve_and_its_variance_that_of_small_changes():
    rng = np.random.default_rng(4)
    time, event, weight = rng.integers(1, 12, 30), rng.random(30) < 0.6, rng.uniform(0.5, 3, 30)

    def area(weights):
        curve = kaplan_meier(time, event, weights=weights).query("time < 7.5")
        return float((np.diff([*curve["time"], 7.5]) * curve["estimate"]).sum())

    found = restricted_mean(time, event, 7.5, weights=weight)
    assert found.estimate == pytest.approx(area(weight))
    step = 1e-5 * np.eye(30)
    slopes = [(area(weight + one) - area(weight - one)) / 2e-5 for one in step]
    assert found.standard_error == pytest.approx(np.sqrt(np.sum((weight * slopes) ** 2)), rel=1e-6)  # steps


def test_without_censoring_a_restricted_mean_is_a_mean():
    time = np.array([1.0, 3.5, 7, 9, 2, 8])
    found = restricted_mean(time, [1] * 6, 6)
    held = np.minimum(time, 6)
    assert found.estimate == pytest.approx(held.mean())
    assert found.standard_error == pytest.approx(held.std() / np.sqrt(6))


def test_nobody_with_an_event_leaves_a_width():
    found = restricted_mean([12] * 31, [0] * 31, 12)
    assert (found.estimate, found.upper, found.standard_error) == (12, 12, 0)
    assert found.lower == pytest.approx(12 * 0.025 ** (1 / 31))
    # An event at the horizon takes nothing from the time before it.
    assert restricted_mean([12] * 31, [1] * 31, 12) == found


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: incidence_difference([1, 2, 3, 1, 2, 9], [1, 0, 0, 1, 0, 0], [1, 1, 1, 0, 0, 0], 6),
            "horizon lies after the end of follow-up of a group, in which somebody had no event yet; take a shorter time",
        ),
        (
            lambda: incidence_difference([1, 2, 3, 4], [1, 2, 1, 2], [1, 0, 1, 0], 3),
            "of must name one of the causes: 1, 2",
        ),
        (
            lambda: incidence_difference([1, 2, 3, 4], ["work", "aow", "work", "aow"], [1, 0, 1, 0], 3, of="wrok"),
            "of is 'wrok'; did you mean 'work'? Allowed: aow, work",
        ),
        (
            lambda: incidence_difference([1, 2, 3, 4], [1, 2, 1, 2], [1, 0, 1, 0], 3, of="1"),
            "of is '1'; the causes are 1, 2",
        ),
        (
            lambda: incidence_difference([1, 2, 3, 4], ["censored"] * 4, [1, 0, 1, 0], 3, of="work"),
            "nobody has an event, so that of='work' is not known; give the causes as categories",
        ),
        (
            lambda: incidence_difference([1, 2], [1, 0], [1, 1], 2),
            "programme is True for everybody; both groups need somebody",
        ),
        (lambda: restricted_mean([1, 2], [1, 0], 0), "horizon is 0; expected a number above 0 in the unit of time, such as 12"),
        (lambda: restricted_mean([1, 2], [1, 2], 1), "event has 1 value of 2 that is no True or False, 1 or 0"),
        (
            lambda: restricted_mean([3, 3, 3], [1, 1, 1], 6),
            "everybody in a group has the event at the same time: nothing is known of the spread",
        ),
    ],
)  # fmt: skip
def test_wrong_use_is_named(call, sentence):
    with pytest.raises(InvalidDataError) as caught:
        call()
    assert caught.value.problems == (sentence,)


def test_a_horizon_in_a_gap_tells_nothing():
    """Nobody is followed from 1 to 8: how many have the event there is not known."""
    found = restricted_mean([1, 10], [0, 0], 5, entry=[0, 8])
    assert (found.estimate, found.lower, found.upper) == (5, 0, 5)


def test_a_cause_that_is_declared_and_that_nobody_has():
    cause = pd.Categorical(["censored", "work", "censored", "work"], ["censored", "work", "aow"])
    found = incidence_difference([9, 2, 9, 3], cause, [1, 1, 0, 0], 6, of="aow")
    assert (found.estimate, found.p_value) == (0, 1)
    assert -1 < found.lower < 0 < found.upper < 1


def test_months_of_a_cohort_go_in_as_they_are():
    """Names of causes, times in parts of months, a mask of pandas."""
    people = pd.DataFrame(
        {
            "months": [3.02, 5.9, 12.0, 12.0, 1.4, 12.0],
            "cause": pd.Categorical(["work", "other_income", "censored", "censored", "work", "censored"]),
            "group": ["programme"] * 3 + ["comparison"] * 3,
        }
    )
    found = incidence_difference(people["months"], people["cause"], people["group"] == "programme", 12, of="work")
    assert found.estimate == pytest.approx(0)
