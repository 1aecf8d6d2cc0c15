"""What is accepted, and what is said of anything else."""

import numpy as np
import pandas as pd
import pytest

from evaltools.effects import inputs


def said(check, *args, **options):
    problems = []
    made = check(*args, problems, **options)
    return made, problems


def test_numbers_are_taken_as_they_are():
    for given in ([1, 2], np.array([1, 2], dtype=np.int8), pd.Series([1, 2], dtype="Int64"), (1.0, 2.0), [True, 2]):
        made, problems = said(inputs.numbers, "time", given, n=2)
        assert (made.tolist(), problems) == ([1.0, 2.0], [])


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([1, np.nan, np.inf], "time has 2 missing or infinite values of 3; leave these units out, and count them"),
        (pd.Series([1, None], dtype="Int64"), "time has 1 missing or infinite value of 2; leave these units out, and count them"),
        (["secret", 1], "time holds something else than numbers"),
        ([[1.0, 2.0]], "time has 2 dimensions; expected one value for each unit"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_named_and_never_quoted(given, sentence):
    assert said(inputs.numbers, "time", given)[1] == [sentence]


def test_lengths_are_compared():
    assert said(inputs.numbers, "time", [1], n=2)[1] == ["time has 1 value; expected 2, one for each unit"]
    assert said(inputs.truths, "event", [1, 0], n=3)[1] == ["event has 2 values; expected 3, one for each unit"]
    assert said(inputs.columns, [[1.0], [2.0]], n=3)[1] == ["covariates has 2 rows; expected 3, one for each unit"]


def test_a_group_is_booleans_or_ones_and_zeros_and_has_both():
    for given in ([True, False], [1, 0], pd.Series([True, False], dtype="boolean"), np.array([1.0, 0.0])):
        made, problems = said(inputs.programme_group, given)
        assert (made.tolist(), problems) == ([True, False], [])
    assert said(inputs.programme_group, [1, 2])[1] == ["programme has 1 value of 2 that is no True or False, 1 or 0"]
    assert said(inputs.programme_group, [0, 0])[1] == ["programme is False for everybody; both groups need somebody"]
    assert said(inputs.programme_group, [1])[1] == ["programme is True for everybody; both groups need somebody"]


@pytest.mark.parametrize(
    ("events", "n", "sentence"),
    [
        (1, 0, "n_programme is 0; expected a count of at least 1"),
        (5, 4, "events_programme is 5; expected a count from 0 to n_programme (4)"),
        (0.5, 4, "events_programme is no whole number; expected a count"),
        (True, 4, "events_programme is no whole number; expected a count"),
    ],
)
def test_counts(events, n, sentence):
    assert said(lambda *given: inputs.check_counts(*given, group="programme"), events, n)[1] == [sentence]


def test_columns_of_a_frame():
    given = pd.DataFrame(
        {
            "age": [30, 40, 50, 60, 71],
            "is_single": [True, False, False, True, True],
            "sex": pd.Categorical(["m", "f", "f", "m", "m"], categories=["f", "m", "x"]),
            "area": ["a", "b", "c", "c", "a"],
        }
    )
    (made, names), problems = said(inputs.columns, given.drop(columns="sex"))
    assert problems == []
    assert names == ("age", "is_single", "area[b]", "area[c]")
    assert made[:, 1:].tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [1, 0, 0]]
    assert said(inputs.columns, given["sex"])[0][1] == ("sex[m]",)


def test_covariates_that_cannot_be_used_are_all_named():
    given = pd.DataFrame(
        {
            "age": [1.0, np.nan, 3.0],
            "same": [2.0, 2.0, 2.0],
            "word": ["x", "x", "x"],
            "far": [1.0, 2.0, np.inf],
        }
    )
    assert said(inputs.columns, given)[1] == [
        "covariate 'age' is missing for 1 of 3; leave these units out, or make missing a level of its own",
        "covariate 'same' is the same for everybody; leave it out",
        "covariate 'word' is the same for everybody; leave it out",
        "covariate 'far' has infinite values; leave these units out",
    ]
    twice = pd.DataFrame([[1.0, 2.0], [2.0, 1.5], [0.0, 1.0]], columns=["age", "age"])
    assert said(inputs.columns, twice)[1] == ["covariates has more than one column 'age'; give each a name of its own"]
    for wrong in (None, 5, np.array(5.0)):
        assert said(inputs.columns, wrong)[1][0].startswith("covariates are no table of columns")
    assert said(inputs.columns, {"secret"})[1] == [
        "covariates are no table of columns; pass a DataFrame or an array of shape (n, k)"
    ]


def test_no_level_that_one_person_has_is_named():
    """A key, a day of birth or a postcode that got among the covariates stays out of every sentence."""
    bsn = pd.Series([f"secret-{place}" for place in range(60)], name="bsn")
    day = pd.Series(pd.date_range("1990-05-06", periods=60), name="born")
    assert said(inputs.columns, bsn)[1] == [
        "covariate 'bsn' has 60 levels; expected at most 50: join them, or leave out what names persons"
    ]
    assert said(inputs.columns, day)[1] == ["covariate 'born' holds days; give a number, such as years since then"]
    lists = pd.Series([[1], [2]], name="codes")
    assert said(inputs.columns, lists)[1] == ["covariate 'codes' holds something else than numbers, text or categories"]
    alike = pd.DataFrame({"street": ["secret", "b"] * 5, "copy": ["secret", "b"] * 5})
    assert said(inputs.columns, alike)[1] == ["covariate 'copy' follows from the others; leave it out"]


def test_numbers_in_a_column_of_objects_are_numbers():
    assert said(inputs.columns, pd.Series([1, 2, 4], dtype=object, name="age"))[0][1] == ("age",)


def test_rows_in_another_order_are_not_put_beside_each_other():
    one, other = pd.Series([1.0, 2.0]), pd.Series([2.0, 1.0], index=[1, 0])
    expected = [
        "outcome and programme have different indexes; bring their rows in one order, or pass outcome.to_numpy()"
    ]
    assert said(inputs.check_aligned, {"programme": one, "outcome": other, "weights": [1, 2]})[1] == expected
    assert said(inputs.check_aligned, {"programme": one, "outcome": one + 1, "weights": None})[1] == []


@pytest.mark.parametrize("missing", [None, pd.NA, pd.NaT])
def test_any_missing_value_is_missing(missing):
    assert said(inputs.numbers, "x", pd.Series([1, missing], dtype=object))[1] == [
        "x has 1 missing or infinite value of 2; leave these units out, and count them"
    ]


def test_a_masked_value_is_missing():
    masked = np.ma.array([1.0, 2.0, 999.0], mask=[False, False, True])
    assert said(inputs.numbers, "x", masked)[1] == [
        "x has 1 missing or infinite value of 3; leave these units out, and count them"
    ]


def test_a_covariate_that_follows_from_the_others_is_named():
    rng = np.random.default_rng(1)
    one, other = rng.normal(size=(2, 50))
    given = pd.DataFrame(
        {"one": one, "sum": 2 * one - 1e6 * other, "other": other, "nearly": one + 1e-3 * rng.normal(size=50)}
    )
    assert said(inputs.columns, given)[1] == ["covariate 'other' follows from the others; leave it out"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (3, []),
        (3.0, []),
        (np.int64(3), []),
        (10**400, []),
        (2, ["n is 2; expected a count of at least 3"]),
        *((value, ["n is no whole number; expected a count"]) for value in (3.5, True, "3", None, float("inf"))),
    ],
    ids=repr,
)
def test_a_count(value, said):
    problems = []
    inputs.check_count("n", value, problems, least=3)
    assert problems == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.5, []),
        (np.float64(1), []),
        (-0.5, ["share is -0.5; expected one above 0"]),
        *((value, ["share is no finite number; expected one above 0"]) for value in (float("nan"), "secret", False)),
    ],
    ids=repr,
)
def test_a_number(value, said):
    problems = []
    inputs.check_number("share", value, problems, is_allowed=lambda share: share > 0, expected="one above 0")
    assert problems == said
