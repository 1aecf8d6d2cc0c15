"""Shares, published figures and exits, as tables a reader can redo."""

import pandas as pd
import pytest

from evaltools.findings.claims import exits_and_work, published_figures, shares
from evaltools.programmes import Claim, read_programme

# domain facts of the published programmes: share and 95% Wilson interval in percent, one decimal.
PUBLISHED = [
    # programme             group             whole         n    of   share  lower upper
    ("aandacht-helpt", "off_benefit", "population", 108, 270, 40.0, 34.3, 45.9),
    ("aandacht-helpt", "paid_work", "population", 38, 270, 14.1, 10.4, 18.7),
    ("aandacht-helpt", "paid_work", "off_benefit", 38, 108, 35.2, 26.8, 44.6),
    ("samen-sterk", "fully_at_work", "population", 83, 726, 11.4, 9.3, 14.0),
    ("samen-sterk", "part_time_work", "population", 150, 726, 20.7, 17.9, 23.8),
    ("participatiecoaches", "paid_job", "population", 71, 472, 15.0, 12.1, 18.5),
    ("participatiecoaches", "big_step", "population", 118, 472, 25.0, 21.3, 29.1),
]


@pytest.mark.parametrize(("slug", "group", "whole", "n", "of", "share", "lower", "upper"), PUBLISHED)
def test_published_shares(own, slug, group, whole, n, of, share, lower, upper):
    table = shares(read_programme(slug, own).claims)
    (found,) = table[(table["group"] == group) & (table["whole"] == whole)].itertuples()
    assert (found.n, found.n_whole) == (n, of)
    percents = [round(100 * value, 1) for value in (found.estimate, found.lower, found.upper)]
    assert percents == [share, lower, upper]


def test_the_status_of_a_whole(own):
    table = shares(read_programme("aandacht-helpt", own).claims).set_index(["group", "whole"])["status"]
    assert table["part_time_work", "on_benefit"] == "stated"
    assert table["trajectory_continues", "on_benefit"] == "assumed"
    other = shares(read_programme("participatiecoaches", own).claims).set_index(["group", "whole"])["status"]
    assert other["paid_job", "big_step"] == "other_reading"


def test_the_level_is_that_of_the_interval(make_claim):
    wide = shares([make_claim(100, a=30)], level=0.99)
    narrow = shares([make_claim(100, a=30)], level=0.8)
    assert wide["lower"][0] < narrow["lower"][0]


def test_published_figures_are_as_the_text_gives_them(own):
    table = published_figures(read_programme("participatiecoaches", own).claims).set_index("group")
    assert table.loc["population", "n"] == 472
    assert table["n"].isna().to_dict() == {"population": False, "big_step": True, "paid_job": True, "education": True}
    assert table.loc["big_step", "as_published"] == "1 op de 4"


def test_no_claims_are_empty_tables_with_columns():
    assert "estimate" in shares([])
    assert "role" in published_figures([])
    assert "n_exits" in exits_and_work([])


@pytest.mark.parametrize(
    ("counts", "kinds", "expected"),
    [
        # exits, of which work, no reason
        ({"a": 60, "b": 20}, {"a": "exit", "b": "work_exit"}, (60, 20, 60 - 20)),
        ({"a": 60, "b": 20, "c": 15}, {"a": "exit", "b": "work_exit", "c": "education"}, (60, 20, 60 - 20 - 15)),
        ({"a": 60, "b": 50, "c": 15}, {"a": "exit", "b": "work_exit", "c": "education"}, (60, 50, 0)),
    ],
)
def test_exits_without_a_reason(make_claim, counts, kinds, expected):
    within = {name: "a" for name in counts if name != "a"}
    (found,) = exits_and_work([make_claim(100, within=within, kinds=kinds, **counts)]).itertuples()
    assert (found.n_exits, found.n_work, found.n_without_reason) == expected


def test_two_ways_to_work_may_count_one_person_twice(make_claim):
    kinds = {"a": "exit", "b": "work_exit", "c": "work_exit"}
    (found,) = exits_and_work(
        [make_claim(200, within={"b": "a", "c": "a"}, kinds=kinds, a=100, b=70, c=50)]
    ).itertuples()
    assert pd.isna(found.n_work)
    assert pd.isna(found.estimate)


def test_how_exact_the_unknown_reasons_are(make_claim):
    claim = make_claim(200, within={"b": "a"}, kinds={"a": "exit", "b": "work_exit"}, a=100, b=40).model_dump(
        exclude_none=True
    )
    claim["outcomes"][0]["precision"], claim["outcomes"][1]["precision"] = "at_least", "at_most"
    (found,) = exits_and_work([Claim.model_validate(claim)]).itertuples()
    assert (found.n_without_reason, found.without_reason_precision) == (60, "at_least")


@pytest.mark.parametrize(
    ("of_part", "of_whole", "bound"),
    [
        ("exact", "exact", "exact"),
        ("exact", "at_least", "at_most"),
        ("at_least", "exact", "at_least"),
        ("about", "at_least", "about"),
    ],
)
def test_how_exact_a_share_is(make_claim, of_part, of_whole, bound):
    claim = make_claim(600, a=60).model_dump(exclude_none=True)
    claim["outcomes"][0]["precision"], claim["population"]["precision"] = of_part, of_whole
    assert list(shares([Claim.model_validate(claim)])["bound"]) == [bound]


def test_a_share_is_set_against_what_the_text_gives_it_of(make_claim):
    claim = make_claim(100, a=50, b=1).model_dump(exclude_none=True)
    half = {**claim["outcomes"][1], "n": None, "share": 0.5, "of": "a"}
    claim["outcomes"] = [claim["outcomes"][0], half]
    table = shares([Claim.model_validate(claim)]).set_index(["group", "whole"])
    assert table.loc[("b", "a"), "status"] == "stated"
    assert table.loc[("b", "a"), "n"] == 25


def test_aalten_has_70_exits_without_a_reason(own):
    (found,) = exits_and_work(read_programme("aandacht-helpt", own).claims).itertuples()
    assert (found.n_exits, found.n_work, found.n_without_reason) == (108, 38, 108 - 38)


def test_work_without_a_total_of_exits(own):
    table = exits_and_work(read_programme("samen-sterk", own).claims)
    assert table["n_exits"].isna().all()
    assert list(table["n_work"]) == [83]


def test_nobody_left(make_claim):
    claim = make_claim(10, within={"b": "a"}, kinds={"a": "exit", "b": "work_exit"}, a=0, b=0)
    (found,) = exits_and_work([claim]).itertuples()
    assert (found.n_exits, found.n_work, found.n_without_reason) == (0, 0, 0)


def test_a_group_in_an_empty_group_has_no_share(make_claim):
    table = shares([make_claim(10, within={"b": "a"}, a=0, b=0)])
    assert list(table["whole"]) == ["population", "population"]
