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
    lung = public_data("lung")
    agrees(hazard_ratio(lung["time"], lung["status"] == 2, lung["sex"] == 2), "cox lung")


def test_log_rank_agrees_with_r():
    data, lung = spells(), public_data("lung")
    scored = lung[lung["ph.ecog"].notna()]
    low = scored[scored["ph.ecog"] < 3]
    for what, found in {
        "logrank ui": logrank_test(data["time"], data["cause"] > 0, data["ui"]),
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
        ({"event": [0, 1, 0, 1, 0, 1]}, "the programme's group has no event: the ratio is 0 or has no end"),
        ({"event": [1, 0, 1, 0, 1, 0]}, "the comparison's group has no event: the ratio is 0 or has no end"),
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
    with pytest.raises(InvalidDataError, match="told without error by age"):
        hazard_ratio(time, [1] * 60, rng.random(60) < 0.5, pd.DataFrame({"age": is_old}))


def test_one_group_or_no_event_is_refused():
    with pytest.raises(InvalidDataError, match="two or more are compared"):
        logrank_test([1, 2], [1, 0], ["a", "a"])
    with pytest.raises(InvalidDataError, match="nobody had an event"):
        logrank_test([1, 2], [0, 0], ["a", "b"])
