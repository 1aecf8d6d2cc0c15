"""Counts of a register pass rounded, or not at all."""

import pandas as pd
import pytest

from evaltools.disclosure import already_published, from_register, rounded
from evaltools.errors import DisclosureError

SOURCE = {"source": "register", "is_simulated": False}


def protect(rows, **options):
    return rounded(rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows), **{**SOURCE, **options})


@pytest.mark.parametrize(
    ("exact", "shown"), [(0, 0), (1, 0), (4, 0), (5, 10), (9, 10), (14, 10), (15, 20), (25, 30), (104, 100), (105, 110)]
)
def test_to_the_nearest_ten_a_half_up(exact, shown):
    assert protect({"n": [exact]}, counts=["n"]).rows["n"].tolist() == [shown]


def test_to_another_base():
    assert protect({"n": [49, 50, 149]}, counts=["n"], base=100).rows["n"].tolist() == [0, 100, 100]


@pytest.mark.parametrize("base", [0, 5, 9, -10, 10.0, True])
def test_no_smaller_base(base):
    with pytest.raises(DisclosureError, match="base must be"):
        protect({"n": [1]}, counts=["n"], base=base)


def test_shares_are_of_rounded_counts():
    table = protect(
        {"n": [4, 5, 6, 14, 8], "whole": [4, 14, 15, 14, 6]}, counts=["n", "whole"], shares={"share": ("n", "whole")}
    )
    # 0/0, 10/10, 10/20, 10/10, 10/10
    assert table.rows["share"].isna().tolist() == [True, False, False, False, False]
    assert table.rows["share"][1:].tolist() == [1, 10 / 20, 1, 1]


def test_a_share_is_never_more_than_all():
    table = protect({"n": [15], "whole": [14]}, counts=["n", "whole"], shares={"share": ("n", "whole")})
    assert table.rows["share"].tolist() == [1]


def test_statistics_rest_on_a_hundred():
    table = protect({"n": [99, 100, 100], "x": [0.5, 1 / 3, None]}, counts=["n"], statistics={"x": "n"})
    assert table.rows["x"].isna().tolist() == [True, False, True]
    assert table.rows["x"][1] == 0.33


def test_what_is_missing_stays_missing():
    rows = protect({"n": [None, 12]}, counts=["n"]).rows
    assert rows["n"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("rows", "options", "sentence"),
    [
        ({"n": [1], "x": [2]}, {}, "column 'x' is not declared"),
        ({"n": [1], "x": [0.5]}, {}, "column 'x' is not declared"),
        ({"n": [1], "x": ["a"]}, {}, "column 'x' is not declared"),
        ({"n": [1], "x": [3]}, {"labels": ["x"]}, "column 'x' holds no texts"),
        ({"n": [1], "x": [pd.Timestamp("2020-01-01")]}, {"labels": ["x"]}, "column 'x' holds no texts"),
        ({"n": [1], "x": ["2020-01-31"]}, {"labels": ["x"]}, "looks like a number or day of a person"),
        ({"n": [1], "x": ["123456782"]}, {"labels": ["x"]}, "looks like a number or day of a person"),
        ({"n": [1], "x": ["9f86d081884c7d659a2feaa0c55ad015"]}, {"labels": ["x"]}, "looks like a number or day"),
        ({"n": [1], "person_id": ["a"]}, {"labels": ["person_id"]}, "'person_id' is of one person or household"),
        ({"n": [1], "birth_year": ["1980"]}, {"labels": ["birth_year"]}, "'birth_year' is of one person"),
        ({"n": [1], "last_day": [pd.Timestamp("2020-01-01")]}, {"days": ["last_day"]}, "'last_day' is of one person"),
        ({"n": [1], "day": ["2020"]}, {"days": ["day"]}, "column 'day' holds no days"),
        ({"n": [1.5]}, {}, "column 'n' holds no counts"),
        ({"n": [-1]}, {}, "column 'n' holds no counts"),
        ({"n": ["many"]}, {}, "column 'n' holds no counts"),
        ({"n": [True]}, {}, "column 'n' holds no counts"),
        ({"n": [float("inf")]}, {}, "column 'n' holds no counts"),
        ({"n": [1], "x": ["a"]}, {"statistics": {"x": "n"}}, "column 'x' holds no numbers"),
        ({"n": [1], "x": [1.0]}, {"statistics": {"x": "m"}}, "'x' rests on 'm', which is no count"),
        ({"n": [1]}, {"shares": {"share": ("n", "m")}}, "'share' rests on 'm', which is no count"),
        ({"n": [1], "share": [0.1]}, {"shares": {"share": ("n", "n")}}, "share 'share' is already a column"),
        ({"n": [1]}, {"labels": ["m"]}, "has no column 'm'"),
        ({"n": [1]}, {"labels": ["n"]}, "declared more than once"),
    ],
)
def test_what_has_no_place_is_refused(rows, options, sentence):
    with pytest.raises(DisclosureError, match=sentence) as error:
        protect(rows, counts=["n"], **options)
    assert not any(value in str(error.value) for value in ("123456782", "9f86d", "2020-01-31", "1980", "many"))


def test_an_index_does_not_pass():
    table = protect(pd.DataFrame({"n": [12]}, index=["123456782"]), counts=["n"])
    assert table.rows.index.tolist() == [0]


def test_a_register_without_a_name_is_no_source():
    with pytest.raises(DisclosureError, match="names no source"):
        protect({"n": [1]}, counts=["n"], source=" ")


def test_the_table_says_what_it_is():
    rows = pd.DataFrame({"n": [12]})
    real, simulated = protect(rows, counts=["n"]), protect(rows, counts=["n"], is_simulated=True)
    assert (real.origin, real.is_simulated, real.protection, real.base) == ("register", False, "rounded", 10)
    assert (simulated.origin, simulated.is_simulated) == ("simulated", True)
    published = already_published(rows, source="krant")
    assert (published.origin, published.is_simulated, published.base) == ("published", False, 0)


def test_a_table_of_a_register_was_never_published():
    for rows in (from_register(pd.DataFrame({"n": [12]}), is_simulated=True), pd.DataFrame({"person_id": ["a"]})):
        with pytest.raises(DisclosureError, match="made from a register"):
            already_published(rows, source="krant")


@pytest.mark.parametrize("is_simulated", [True, False])
def test_a_simulated_table_cannot_pass_as_a_real_one(is_simulated):
    rows = from_register(pd.DataFrame({"n": [12]}), is_simulated=is_simulated)
    with pytest.raises(DisclosureError, match=r"pass is_simulated=register\.is_simulated"):
        protect(rows, counts=["n"], is_simulated=not is_simulated)
    assert protect(rows, counts=["n"], is_simulated=is_simulated).is_simulated is is_simulated


def test_later_changes_do_not_reach_the_page():
    rows = pd.DataFrame({"n": [104], "x": ["a"]})
    table = protect(rows, counts=["n"], labels=["x"])
    rows.loc[0, "x"] = "b"
    assert table.rows["x"][0] == "a"
    assert rows["n"][0] == 104
