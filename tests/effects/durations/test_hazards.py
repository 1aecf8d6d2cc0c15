"""Cox regression and log-rank tests beside R."""

import numpy as np
import pandas as pd
import pytest

from evaltools.effects import hazard_ratio, logrank_test
from evaltools.errors import InvalidDataError
from tests.effects.durations.test_curves import NUMBERS, spells
from tests.public_data import public_data

# Both search for a maximum, and stop near it.
RTOL = 1e-6


def agrees(found, what):
    row = NUMBERS.loc[what]
    assert (found.estimate, found.standard_error) == pytest.approx((row["estimate"], row["standard_error"]), rel=RTOL)
    assert found.p_value == pytest.approx(row["p_value"], rel=1e-4)  # far in the tail a little is much
    margin = 1.959963984540054 * found.standard_error
    assert np.log([found.lower, found.upper]) == pytest.approx(np.log(found.estimate) + np.array([-margin, margin]))


def test_ratios_agree_with_r():
    data, held = spells(), public_data("unemp_dur")
    agrees(hazard_ratio(data["time"], data["cause"] == 1, data["ui"]), "cox ui")
    covariates = held[["reprate", "disrate", "logwage", "tenure", "age"]]
    agrees(hazard_ratio(data["time"], data["cause"] == 1, data["ui"], covariates), "cox ui adjusted")
    late = data.query("time > 2")
    agrees(hazard_ratio(late["time"], late["cause"] > 0, late["ui"], entry=np.full(len(late), 2)), "cox late")
    mixed = data.query("time > entry")
    agrees(hazard_ratio(mixed["time"], mixed["cause"] > 0, mixed["ui"], entry=mixed["entry"]), "cox late mixed")
    lung = public_data("lung")
    agrees(hazard_ratio(lung["time"], lung["status"] == 2, lung["sex"] == 2), "cox lung")


def test_log_rank_agrees_with_r():
    data, lung = spells(), public_data("lung")
    scored = lung[lung["ph.ecog"].notna()]
    low = scored[scored["ph.ecog"] < 3]
    for what, found in {
        "logrank ui": logrank_test(data["time"], data["cause"] > 0, data["ui"]),
        "logrank without c": logrank_test([1, 5, 6, 7, 8], [0, 1, 1, 1, 1], list("cabab")),
        "logrank lung": logrank_test(lung["time"], lung["status"] == 2, lung["sex"]),
        "logrank lung ph.ecog": logrank_test(low["time"], low["status"] == 2, low["ph.ecog"]),
        "logrank lung stratified": logrank_test(
            scored["time"], scored["status"] == 2, scored["sex"], strata=scored["ph.ecog"]
        ),
    }.items():
        row = NUMBERS.loc[what]
        assert found.statistic == pytest.approx(row["estimate"], rel=1e-9)  # a closed form
        assert found.degrees_of_freedom == row["standard_error"]  # the column holds them for tests
        assert found.p_value == pytest.approx(row["p_value"], rel=1e-6)


def test_who_enters_at_a_time_is_not_at_risk_at_it():
    """Likelihood by hand, over a grid: at 1 to 4 there are four, three, two and one who were there before."""
    given = [1, 2, 3, 4, 9, 9], [1, 1, 1, 1, 0, 0], [1, 0, 1, 0, 0, 1]
    found = hazard_ratio(*given, entry=[0, 0, 0, 0, 4, 4])
    ratio = np.exp(np.linspace(-3, 3, 600_001))
    likelihood = ratio / (2 * ratio + 2) / (ratio + 2) * ratio / (ratio + 1)
    assert found.estimate == pytest.approx(ratio[np.argmax(likelihood)], rel=1e-4)  # steps of 1e-5


def test_groups_that_never_meet_are_not_compared():
    with pytest.raises(InvalidDataError, match="nobody to compare with is at risk at the same time"):
        hazard_ratio([1, 2, 3, 11, 12, 13], [1] * 6, [1, 1, 1, 0, 0, 0], entry=[0, 0, 0, 5, 5, 5])
    with pytest.raises(InvalidDataError, match="there is nothing to compare"):
        logrank_test([1, 2, 3, 4], [1, 1, 1, 1], list("aabb"), strata=list("aabb"))


def test_every_wrong_input_is_named_for_what_it_is():
    for call, sentence in (
        (lambda: hazard_ratio([1, 2], [1, 1], ["a", "b"]), "programme holds something else than numbers; expected a yes or no, such as group == 'programme'"),
        (lambda: hazard_ratio([1, 2], [1, 3], [1, 0]), "event has 1 value of 2 that is no True or False, 1 or 0"),
        (lambda: hazard_ratio([1, 2, 3], [1, 1, 1], [1, 0, 1], [[1.0], [2.0]]), "covariates has 2 rows; expected 3, one for each unit"),
        (lambda: logrank_test([1, 2], [1, 1], ["a", "b"], strata=["x", None]), "strata is missing for 1 of 2; leave these units out, or name it"),
        (lambda: hazard_ratio([1, 2], [1, 1], [1, 0], level="0.95"), "level is '0.95'; expected a number between 0 and 1, such as 0.95"),
    ):  # fmt: skip
        with pytest.raises(InvalidDataError) as caught:
            call()
        assert sentence in caught.value.problems


def test_the_units_of_a_covariate_do_not_matter():
    data, held = spells(), public_data("unemp_dur")
    one, other = (
        hazard_ratio(data["time"], data["cause"] == 1, data["ui"], held[["logwage", "age"]] * [1, scale] + [0, scale])
        for scale in (1, 1e6)
    )
    assert one.estimate == pytest.approx(other.estimate, rel=RTOL)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"event": [0, 1, 0, 1, 0, 1]}, "nobody in the programme's group has an event: the ratio is 0 or has no end"),
        ({"event": [1, 0, 1, 0, 1, 0]}, "nobody in the comparison group has an event: the ratio is 0 or has no end"),
        ({"covariates": pd.DataFrame({"age": [3] * 6})}, "covariate 'age' is the same for everybody; leave it out"),
        (
            {"covariates": pd.DataFrame({"age": [1, 0, 1, 0, 1, 0]})},
            "covariate 'age' follows from the others; leave it out",
        ),
    ],
)
def test_what_has_no_ratio_is_refused(options, sentence):
    given = {"event": [1, 1, 1, 1, 0, 1], "covariates": None} | options
    with pytest.raises(InvalidDataError) as caught:
        hazard_ratio([1, 2, 3, 4, 5, 6], given["event"], [1, 0, 1, 0, 1, 0], given["covariates"])
    assert caught.value.problems == (sentence,)


def test_perfect_separation_by_a_covariate_is_refused():
    """Who is old has the event before anybody who is young: the ratio of age has no end."""
    rng = np.random.default_rng(3)
    is_old = np.arange(60) < 30
    time = np.where(is_old, rng.integers(1, 10, 60), rng.integers(20, 30, 60))
    with pytest.raises(InvalidDataError, match="the order of the events follows from 'age'"):
        hazard_ratio(time, [1] * 60, rng.random(60) < 0.5, pd.DataFrame({"age": is_old}))


def test_one_group_or_no_event_is_refused():
    with pytest.raises(InvalidDataError, match="two or more are compared"):
        logrank_test([1, 2], [1, 0], ["a", "a"])
    with pytest.raises(InvalidDataError, match="nobody had an event"):
        logrank_test([1, 2], [0, 0], ["a", "b"])
