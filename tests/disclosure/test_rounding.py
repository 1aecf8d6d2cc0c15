"""Counts of a register pass rounded, or not at all."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaltools.disclosure import already_published, from_publications, from_register, rounded
from evaltools.disclosure.rounding import coarse
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


def shares_of(n, whole):
    table = protect({"n": n, "whole": whole}, counts=["n", "whole"], shares={"share": ("n", "whole")})
    return [None if pd.isna(share) else share for share in table.rows["share"]]


def test_shares_are_of_rounded_counts():
    assert shares_of([14, 16, 104], [104, 196, 996]) == [10 / 100, 20 / 200, 100 / 1000]


def test_no_share_of_few():
    # 94 is shown as 90; 95 as 100, from which on CBS gives percentages.
    assert shares_of([5, 14, 25, 25], [14, 94, 94, 95]) == [None, None, None, 25 / 100 + 5 / 100]


def test_no_share_is_all_or_nothing_by_rounding():
    assert shares_of([4, 95, 104, 199], [104, 104, 104, 204]) == [None] * 4


def test_statistics_rest_on_a_hundred():
    table = protect({"n": [99, 100, 100], "share_x": [0.5, 0.5, None]}, counts=["n"], statistics={"share_x": "n"})
    assert table.rows["share_x"].isna().tolist() == [True, False, True]


@pytest.mark.parametrize(("n", "step"), [(100, 0.1), (199, 0.05), (204, 0.05), (470, 0.05), (500, 0.02), (1000, 0.01)])
def test_a_step_of_a_share_is_ten_people(n, step):
    exact = [people / n for people in range(n + 1)]
    rows = pd.DataFrame({"n": n, "share_x": exact})
    shown = protect(rows, counts=["n"], statistics={"share_x": "n"}).rows["share_x"]
    steps = shown.dropna().unique()
    assert steps.tolist() == pytest.approx([step * position for position in range(1, round(1 / step))])
    assert (shown - rows["share_x"]).abs().max() <= step / 2 + 1e-9
    assert {0, n} <= set(shown.index[shown.isna()])
    assert step * round(n, -1) >= 10


def test_days_are_rounded_up_to_tens():
    rows = {"n": [100] * 5, "days_lag": [0, 1, 10, 91, 99]}
    shown = protect(rows, counts=["n"], statistics={"days_lag": "n"}).rows["days_lag"]
    assert shown.tolist() == [0, 10, 10, 100, 100]


def test_a_setting_is_of_the_analyst():
    table = protect({"n": [12, 31]}, counts=["n"], settings={"share": 0.95})
    assert table.rows["share"].tolist() == [0.95, 0.95]
    with pytest.raises(DisclosureError, match="'n' is already a column"):
        protect({"n": [12]}, counts=["n"], settings={"n": 12})


def test_rows_of_few_are_left_out():
    rows = pd.DataFrame({"year": ["2018", "2019", "2020"], "n": [4, 5, None]})
    table = protect(rows, labels=["year"], words={"year": ["2018", "2019", "2020"]}, counts=["n"], kept_by="n")
    assert table.rows.to_dict("records") == [{"year": "2019", "n": 10}]
    with pytest.raises(DisclosureError, match="'kept_by' rests on 'm', which is no count"):
        protect({"n": [1]}, counts=["n"], kept_by="m")


def test_what_is_missing_stays_missing():
    rows = protect({"n": [None, 12]}, counts=["n"]).rows
    assert rows["n"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("rows", "options", "sentence"),
    [
        ({"n": [1], "x": [2]}, {}, "column 'x' is not declared"),
        ({"n": [1], "x": [0.5]}, {}, "column 'x' is not declared"),
        ({"n": [1], "x": ["a"]}, {}, "column 'x' is not declared"),
        ({"n": [1], "x": [3]}, {"labels": ["x"]}, "column 'x' holds something else"),
        ({"n": [1], "x": [3]}, {"labels": ["x"], "words": {"x": ["3"]}}, "column 'x' holds something else"),
        ({"n": [1], "x": [pd.Timestamp("2020-01-01")]}, {"labels": ["x"]}, "column 'x' holds something else"),
        *(
            (
                {"n": [1], "x": [value]},
                {"labels": ["x"], "words": {"x": ["persons"]}},
                "column 'x' holds something else",
            )
            for value in (
                "3",
                "2020-01-31",
                "12-03-1985",
                "12 maart 1985",
                "1985/03/12",
                "123456782",
                "Helena P.",
                "7121 AB",
                "a1b2c3d4e5f6",
                "9f86d081884c7d659a2feaa0c55ad015",
                "personsx",
            )
        ),
        ({"n": [1], "person_id": ["a"]}, {"labels": ["person_id"]}, "'person_id' is of one person or household"),
        ({"n": [1], "birth_year": ["1980"]}, {"labels": ["birth_year"]}, "'birth_year' is of one person"),
        ({"n": [1], "last_day": [pd.Timestamp("2020-01-01")]}, {"days": ["last_day"]}, "'last_day' is of one person"),
        ({"n": [1], "on": ["2020"]}, {"days": ["on"]}, "column 'on' holds no days"),
        *(
            (
                {"n": [1], name: [pd.Timestamp("1985-03-12")]},
                {"days": [name]},
                f"column '{name}' is no day of a register",
            )
            for name in ("day", "end_day", "geboortedatum")
        ),
        *(
            ({"n": [1], name: [30]}, {"counts": ["n", str(name)]}, "has 1 columns without a name of words")
            for name in (1, "1985-03-12", "0123456789abcdef0123456789abcdef", "Helena P.", ("a", "b"), "n1980")
        ),
        ({"n": [1], "share_x": [3]}, {"statistics": {"share_x": "n"}}, "shares that are not between 0 and 1"),
        ({"n": [1], "n_detention": [3.0]}, {"statistics": {"n_detention": "n"}}, "'n_detention' is in no known unit"),
        ({"n": [1], "exact": [3]}, {"statistics": {"exact": "n"}}, "'exact' is in no known unit"),
        ({"n": [1.5]}, {}, "column 'n' holds no counts"),
        ({"n": [-1]}, {}, "column 'n' holds no counts"),
        ({"n": ["many"]}, {}, "column 'n' holds no counts"),
        ({"n": [True]}, {}, "column 'n' holds no counts"),
        ({"n": [float("inf")]}, {}, "column 'n' holds no counts"),
        ({"n": [1], "share_x": ["a"]}, {"statistics": {"share_x": "n"}}, "column 'share_x' holds no numbers"),
        ({"n": [1], "share_x": [1.0]}, {"statistics": {"share_x": "m"}}, "'share_x' rests on 'm', which is no count"),
        ({"n": [1]}, {"shares": {"share": ("n", "m")}}, "'share' rests on 'm', which is no count"),
        ({"n": [1], "share": [0.1]}, {"shares": {"share": ("n", "n")}}, "'share' is already a column"),
        ({"n": [1]}, {"labels": ["m"]}, "has no column 'm'"),
        ({"n": [1]}, {"labels": ["n"]}, "declared more than once"),
    ],
)
def test_what_has_no_place_is_refused(rows, options, sentence):
    with pytest.raises(DisclosureError, match=sentence) as error:
        protect(rows, **{"counts": ["n"], **options})
    secret = ("123456782", "9f86d", "2020-01-31", "1980", "many", "1985", "0123", "Helena", "maart", "7121", "a1b2")
    assert not any(value in str(error.value) for value in secret)


def test_an_index_does_not_pass():
    table = protect(pd.DataFrame({"n": [12]}, index=["123456782"]), counts=["n"])
    assert table.rows.index.tolist() == [0]


class Kept(pd.DataFrame):
    """A table that carries something along."""

    _metadata = ("secret",)

    @property
    def _constructor(self):
        return Kept


def test_nothing_goes_along_unseen():
    rows = Kept({"x": pd.Categorical(["a"], categories=["a", "helena"]), "n": [12]})
    rows.secret, rows.attrs, rows.columns.name = ["jan"], {"who": "jan"}, "helena"
    shown = protect(rows, counts=["n"], labels=["x"], words={"x": ["a"]}).rows
    assert type(shown) is pd.DataFrame
    assert (shown["x"].dtype, shown.attrs, shown.columns.name) == (object, {}, None)


def test_a_register_without_a_name_is_no_source():
    with pytest.raises(DisclosureError, match="names no source"):
        protect({"n": [1]}, counts=["n"], source=" ")


def test_the_table_says_what_it_is():
    rows = pd.DataFrame({"n": [12]})
    real, simulated = protect(rows, counts=["n"]), protect(rows, counts=["n"], is_simulated=True)
    assert (real.origin, real.is_simulated, real.protection, real.base) == ("register", False, "rounded", 10)
    assert (simulated.origin, simulated.is_simulated) == ("simulated", True)
    published = already_published(from_publications(lambda: rows)(), source="krant")
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
    table = protect(rows, counts=["n"], labels=["x"], words={"x": ["a"]})
    rows.loc[0, "x"] = "b"
    assert table.rows["x"][0] == "a"
    assert rows["n"][0] == 104


# ---------------------------------------------------------------- estimates


@pytest.mark.parametrize(
    ("exact", "decimals", "shown"),
    [
        (0.1234567, 3, 0.123), (0.1236, 3, 0.124), (-0.0456, 3, -0.046), (0.0004, 3, 0), (0.1234567, 2, 0.12),
        (0.999961, 3, 1), (1.23456, 3, 1.235), (12.3456, 3, 12.35), (843.3333, 3, 843.3), (-843.3333, 3, -843.3),
        (1494.8665, 3, 1495), (12345.6, 3, 12350), (9999.6, 3, 10000), (1234567, 3, 1235000), (12345.6, 0, 12350),
        (0.6, 0, 1), (0, 3, 0), (1000, 3, 1000), (np.inf, 3, np.inf),
    ],
)  # fmt: skip
def test_an_estimate_has_so_many_decimals_at_most_and_four_digits(exact, decimals, shown):
    assert coarse(pd.Series([exact]), decimals).tolist() == [pytest.approx(shown, rel=1e-12)]


def test_coarse_keeps_what_is_missing_and_the_order_of_rows():
    found = coarse(pd.Series([0.1239, np.nan, 12.3456], index=[7, 3, 5]), 3)
    pd.testing.assert_series_equal(found, pd.Series([0.124, np.nan, 12.35], index=[7, 3, 5]))
    assert coarse(pd.Series([], dtype=float), 3).empty


@given(
    st.floats(-1e9, 1e9).filter(lambda number: number == 0 or abs(number) > 1e-9),
    st.integers(0, 4),
)
def test_coarse_is_the_nearest_of_what_can_be_shown(exact, decimals):
    """In decimal numbers: a whole number of steps, at most half of one away, and no more than four digits."""
    (found,) = coarse(pd.Series([exact]), decimals)
    leading = Decimal(exact).adjusted() if exact else 0
    step = Decimal(10) ** max(-decimals, leading - 3)
    assert abs(found - exact) <= float(step) / 2 * (1 + 1e-9)
    shown = Decimal(f"{found:.12g}")
    assert shown % step == 0
    assert len(shown.normalize().as_tuple().digits) <= 4
    assert coarse(pd.Series([found]), decimals).tolist() == [found]
