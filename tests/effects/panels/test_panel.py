"""What a panel must be, and what is said of one that is not."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from evaltools.effects.panels import difference_in_differences, event_study, synthetic_control
from evaltools.errors import InvalidDataError
from tests.effects.panels.places import NAMES, long, noisy

RATES = long(noisy(6, 5, 1), [3, None, None, None, None, None], weights=[1, 2, 3, 4, 5, 6])


def estimate(panel, **options):
    return difference_in_differences(panel, **{**NAMES, **options}).effect.estimate


@pytest.mark.parametrize("function", [difference_in_differences, event_study, synthetic_control])
def test_every_function_checks_its_panel_and_names_itself(function):
    with pytest.raises(InvalidDataError, match=rf"^{function.__name__}\(\) has 2 problems") as caught:
        function(RATES.drop(columns="outflow"), **NAMES, level=95)
    assert "panel has no column 'outflow' (outcome)" in str(caught.value)
    assert "level is 95" in str(caught.value)


def changed(column, row, value):
    made = RATES.astype({column: object})
    made.loc[row, column] = value
    return made


TWICE = pd.concat([RATES, RATES.iloc[:2]])
WRONG = {
    "no table": (RATES.to_numpy(), "panel is no DataFrame"),
    "no rows": (RATES.iloc[:0], "panel has no rows"),
    "two columns of one name": (pd.concat([RATES, RATES[["outflow"]]], axis=1), "panel has 2 columns 'outflow'"),
    "a number as text": (changed("outflow", 3, "7777"), "outcome holds something else than numbers"),
    "too large to square": (changed("outflow", 3, 1e200), "outcome has values above 1e+100; give it in other units"),
    "too small to square": (RATES.assign(outflow=1e-200), "outcome has no value above 1e-100; give it in other units"),
    "text": (changed("outflow", 3, "secret"), "outcome holds something else than numbers"),
    "no outcome": (changed("outflow", [3, 4], np.nan), "outcome has 2 missing or infinite values of 30"),
    "infinite outcome": (changed("outflow", 3, np.inf), "outcome has 1 missing or infinite value of 30"),
    "no unit": (changed("place", 3, None), "unit is missing in 1 row of 30"),
    "no time": (changed("month", 3, None), "time is missing in 1 row of 30"),
    "times of two kinds": (changed("month", 3, "secret"), "time holds text, categories without an order, or values of"),
    "months as text": (RATES.assign(month="secret" + RATES["month"].astype(str)), "give numbers, days, periods"),
    "categories": (RATES.assign(month=pd.Categorical(RATES["month"])), "or ordered categories"),
    "days and moments": (
        RATES.assign(month=[date(2020, 1, 1), datetime.fromisoformat("2020-01-02"), *[date(2020, 1, 3)] * 3] * 6),
        "time holds values of different kinds, or lists",
    ),
    "lists": (RATES.assign(place=[["secret"]] * 30), "unit holds values of different kinds, or lists"),
    "units of two kinds": (changed("place", 3, "secret"), "unit holds values of different kinds, or lists"),
    "no yes or no": (changed("programme", 3, 2), "programme has 1 value of 30 that is no True or False"),
    "unknown programme": (changed("programme", 3, None), "programme has 1 value of 30 that is no True or False"),
    "a row twice": (TWICE, "2 pairs of unit and period stand in more than one row"),
    "no row": (RATES.drop(index=[7, 8, 12]), "3 pairs of unit and period of 30 have no row, in 2 units"),
    "nobody takes part": (RATES.assign(programme=False), "programme is False in every row"),
    "everybody takes part": (RATES.assign(programme=RATES["month"] > 2), "every unit takes part at some time"),
    "nothing before": (RATES.assign(programme=RATES["place"] < 2), "2 units took part from the first period on"),
    "it stops": (changed("programme", 4, False), "1 unit stopped taking part"),
}


@pytest.mark.parametrize(("panel", "problem"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_panel_is_refused_and_no_value_is_quoted(panel, problem):
    with pytest.raises(InvalidDataError) as caught:
        estimate(panel)
    assert problem in str(caught.value)
    assert "secret" not in str(caught.value)


def test_weights_are_above_zero_and_do_not_change():
    with pytest.raises(InvalidDataError, match="weights has 5 values not above 0"):
        estimate(RATES.assign(population=RATES["place"]), weights="population")
    with pytest.raises(InvalidDataError, match="weights differ between the periods of 6 units"):
        estimate(RATES.assign(population=RATES["month"] + 1), weights="population")
    with pytest.raises(InvalidDataError, match="did you mean 'population'"):
        estimate(RATES, weights="popultion")


def test_weights_too_large_to_square_are_refused():
    with pytest.raises(InvalidDataError, match=r"weights has values above 1e\+100"):
        estimate(RATES.assign(population=1e200), weights="population")


@pytest.mark.parametrize("scale", [1e-98, 1e98])
def test_the_largest_and_smallest_numbers_that_are_accepted_can_be_squared(scale):
    expected = difference_in_differences(RATES, **NAMES, weights="population", level=0.7).effect
    panel = RATES.assign(outflow=scale * RATES["outflow"], population=RATES["population"] / scale)
    found = difference_in_differences(panel, **NAMES, weights="population", level=0.7).effect
    assert (found.estimate / scale, found.upper / scale) == pytest.approx((expected.estimate, expected.upper))


def test_several_problems_come_at_once():
    panel = RATES.assign(outflow=np.nan, programme=3)
    with pytest.raises(InvalidDataError, match="has 2 problems"):
        estimate(panel)


def test_the_order_of_rows_and_the_kind_of_labels_do_not_matter():
    expected = estimate(RATES, weights="population")
    shuffled = RATES.sample(frac=1, random_state=1)
    months = pd.Series(pd.period_range("2019-01", periods=5, freq="M"))
    words = ["eerste", "tweede", "derde", "vierde", "vijfde"]
    kinds = {
        "as it is": shuffled,
        "text": shuffled.assign(place="GM" + shuffled["place"].astype(str)),
        "months": shuffled.assign(month=shuffled["month"].map(months)),
        "years as decimals": shuffled.assign(month=2019 + shuffled["month"] / 12),
        "python's days": shuffled.assign(month=shuffled["month"].map(lambda month: date(2019, 1 + month, 1))),
        "time between": shuffled.assign(month=pd.to_timedelta(shuffled["month"], unit="D")),
        "days": shuffled.assign(month=shuffled["month"].map(months.dt.to_timestamp())),
        "ordered words": shuffled.assign(
            month=pd.Categorical(shuffled["month"].map(dict(enumerate(words))), categories=words, ordered=True)
        ),
        "nullable": shuffled.convert_dtypes(),
        "0 and 1": shuffled.astype({"programme": int}),
    }
    for kind, panel in kinds.items():
        assert estimate(panel, weights="population") == pytest.approx(expected, rel=1e-12), kind


def test_the_panel_is_not_changed():
    before = RATES.copy()
    estimate(RATES, weights="population")
    pd.testing.assert_frame_equal(RATES, before)
