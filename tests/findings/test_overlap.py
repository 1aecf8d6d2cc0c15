"""How many people stand in more than one group: by hand, by closed form and by brute force."""

from itertools import combinations
from math import ceil

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaltools.findings.overlap import overlap
from evaltools.programmes import Claim, read_programme


def row(claims, whole, reading=""):
    table = overlap(claims)
    table = table[
        (table["whole"] == whole) & (table["reading"].str.contains(reading) if reading else table["reading"] == "")
    ]
    assert len(table) == 1
    return table.iloc[0]


def test_aalten_as_assumed(own):
    found = row(read_programme("aandacht-helpt", own).claims, "on_benefit")
    assert found["n_memberships"] == 17 + 53 + 106
    assert found["n_too_many"] == 17 + 53 + 106 - 162 == 14
    # Fewest: seven people in all three groups are 7 * 2 memberships too many.
    assert found["n_people_lowest"] == 7
    # Most: everybody in the two small groups is in the large one too, 17 + 53; nobody else can be in two.
    assert found["n_people_highest"] == 17 + 53
    assert found["assumed"] == ("traject loopt door", "participatie of zorg")


def test_aalten_of_all_270(own):
    found = row(read_programme("aandacht-helpt", own).claims, "population", "alle 270")
    # In and out of the benefit divide everybody; the two groups that cut across that are set against all 270.
    assert found["counts"] == (53, 106)
    assert (found["n_whole"], found["n_too_many"], found["n_people_lowest"]) == (270, 0, 0)
    assert found["n_people_highest"] == 53


def test_aalten_in_and_out_fit(own):
    found = row(read_programme("aandacht-helpt", own).claims, "population")
    assert found["counts"] == (108, 162)
    assert (found["n_too_many"], found["n_people_lowest"], found["n_people_highest"]) == (0, 0, 0)


def test_doetinchem(own):
    found = row(read_programme("samen-sterk", own).claims, "population")
    assert found["n_too_many"] == 83 + 150 + 516 - 726 == 23
    # Eleven people in all three are 22 memberships too many: one more person is needed.
    assert found["n_people_lowest"] == 12
    # Most: everybody in the two small groups is also in the large one.
    assert found["n_people_highest"] == 83 + 150


def test_doetinchem_when_full_work_excludes_the_others(own):
    found = row(read_programme("samen-sterk", own).claims, "population", "volledig")
    # 150 + 516 people in the 726 - 83 that are left.
    assert found["n_people_lowest"] == 150 + 516 - (726 - 83) == 23
    assert found["n_people_highest"] == 150


def test_a_small_group_absorbs_little(make_claim):
    # 51 memberships too many. The one person of a can take two of them; the other 49 each take one.
    found = row([make_claim(150, a=1, b=100, c=100)], "population")
    assert (found["n_too_many"], found["n_people_lowest"]) == (51, 1 + 49)


def test_groups_that_fit_may_still_overlap(make_claim):
    found = row([make_claim(10, a=3, b=4)], "population")
    assert (found["n_too_many"], found["n_people_lowest"], found["n_people_highest"]) == (0, 0, 3)


def test_groups_that_exclude_each_other_and_do_not_fit_are_impossible(make_claim):
    found = row([make_claim(10, a=6, b=5, exclusive=[["a", "b"]])], "population")
    assert not found["is_possible"]
    assert found["n_too_many"] == 1


def test_one_part_is_no_set_of_parts(make_claim):
    assert overlap([make_claim(10, a=6)]).empty
    assert overlap([]).empty


def test_a_whole_of_at_least_so_many_proves_nothing(make_claim):
    claim = make_claim(10, a=6, b=6)
    loose = Claim.model_validate(
        {**claim.model_dump(), "population": {**claim.population.model_dump(), "precision": "at_least"}}
    )
    found = row([loose], "population")
    assert (found["n_too_many"], found["n_people_lowest"], found["is_exact"]) == (0, 0, False)


def test_a_count_of_at_most_so_many_proves_nothing(make_claim):
    claim = make_claim(10, a=6, b=6).model_dump()
    claim["outcomes"][0]["precision"] = "at_most"
    found = row([Claim.model_validate(claim)], "population")
    assert (found["n_too_many"], found["n_people_lowest"]) == (0, 0)


def test_a_count_of_at_least_so_many_proves_as_much(make_claim):
    claim = make_claim(10, a=6, b=6).model_dump()
    claim["outcomes"][0]["precision"] = "at_least"
    found = row([Claim.model_validate(claim)], "population")
    # At least 6 + 6 of 10; a may be everybody, and then all six of b are in both.
    assert (found["n_too_many"], found["n_people_lowest"], found["n_people_highest"]) == (2, 2, 6)


def change(claim, **outcomes):
    """Change outcomes of a claim: ``change(claim, a={"n": None, "share": 0.5})``."""
    data = claim.model_dump(exclude_none=True)
    for outcome in data["outcomes"]:
        for key, value in outcomes.get(outcome["name"], {}).items():
            outcome[key] = value
    return Claim.model_validate(data)


def test_a_printed_share_stands_for_half_a_percent_on_either_side(make_claim):
    claim = change(make_claim(200, a=100, b=101), a={"n": None, "share": 0.5})
    # 50% of 200 may be 99 (49.5%) to 101 (50.5%): with 99 nobody need be in both.
    found = row([claim], "population")
    assert (found["n_too_many"], found["n_people_lowest"], found["n_people_highest"]) == (0, 0, 101)


def test_a_share_with_a_decimal_stands_for_less(make_claim):
    claim = change(make_claim(2000, a=1, b=1001), a={"n": None, "share": 0.5}, b={"n": 1001})
    finer = change(claim, a={"share": 0.501})
    # 50% of 2,000 may be 990 to 1,010; 50.1% may be 1,001 to 1,003.
    assert row([claim], "population")["n_people_lowest"] == 0
    assert row([finer], "population")["n_people_lowest"] == 1001 + 1001 - 2000


def test_a_share_of_a_share(make_claim):
    claim = make_claim(1000, a=1, b=1, c=1, within={"b": "a", "c": "a"})
    half = {"n": None, "share": 0.5}
    found = row([change(claim, a=half, b=half, c=half)], "a")
    # a may be 505 of 1,000, and b and c half of that, at most 50.5%: 255.
    assert found["n_people_highest"] == 255


def test_a_share_of_a_whole_without_a_bound_has_none(make_claim):
    data = make_claim(1000, a=1, b=400).model_dump(exclude_none=True)
    data["population"]["precision"] = "at_least"
    outcomes = [dict(outcome) for outcome in data["outcomes"]]
    outcomes[0] |= {"share": 0.5, "n": None}
    outcomes[1] |= {"precision": "at_least"}
    data["outcomes"] = outcomes
    found = row([Claim.model_validate(data)], "population")
    assert found["is_possible"]
    assert found["n_people_highest"] is pd.NA


def test_almost_fifteen_percent_is_never_more(own):
    # 15% of 472 is 70.8, so 70 people at most; the big step is 118, education 45 (9.5%) to 49 (10.5%).
    found = row(read_programme("participatiecoaches", own).claims, "population")
    assert found["n_people_highest"] == (118 + 70 + 49) // 2


@pytest.mark.parametrize(
    ("n", "counts", "within", "moved", "whole", "parts", "too_many"),
    [
        # c moves under a: with b it is 140 of the 100 in a.
        (200, {"a": 100, "b": 60, "c": 80}, {"b": "a"}, {"c": "a"}, "a", (60, 80), 60 + 80 - 100),
        # c moves under a: a and d are what is left to set against everybody.
        (150, {"a": 100, "d": 80, "c": 30}, {}, {"c": "a"}, "population", (100, 80), 100 + 80 - 150),
    ],
)
def test_a_reading_sets_other_groups_side_by_side(make_claim, n, counts, within, moved, whole, parts, too_many):
    claim = make_claim(n, within=within, readings=[{"meaning": "anders", "within": moved}], **counts)
    found = row([claim], whole, "anders")
    assert (found["counts"], found["n_too_many"], found["n_people_lowest"]) == (parts, too_many, too_many)


def test_a_reading_that_leaves_nothing_side_by_side(make_claim):
    reading = {"meaning": "anders", "within": {"d": "b"}}
    claim = make_claim(200, a=150, b=100, d=80, within={"b": "a"}, readings=[reading])
    assert not (overlap([claim])["reading"] == "anders").any()


def test_a_contradiction_is_told_where_it_is(make_claim):
    claim = make_claim(200, a=100, b=60, c=50, d=60, within={"c": "a", "d": "a"}, exclusive=[["c", "d"]])
    assert row([claim], "population")["is_possible"]
    assert not row([claim], "a")["is_possible"]


def test_large_counts_are_solved_without_a_gap(make_claim):
    claim = make_claim(10963, g0=6242, g1=4212, g2=5776, g3=3877, exclusive=[["g2", "g3"]])
    found = row([claim], "population")
    # Everybody of g2 and g3 is in g0 or g1 as well but for 10,963 - 10,053; checked by hand: 6242 + 4212 = 10,454 places
    # for 9,653 people of g2 and g3, and the 801 left over pair up to 400 more.
    assert found["n_people_highest"] == 5776 + 3877 + (6242 + 4212 - 5776 - 3877) // 2


@given(st.data())
def test_closed_form_for_equal_groups_in_one_whole(data):
    """With k equal groups, each person in all of them takes k - 1 of the memberships too many."""
    n = data.draw(st.integers(1, 400))
    k = data.draw(st.integers(2, 4))
    size = data.draw(st.integers(0, n))
    found = row([build(n, {f"g{number}": size for number in range(k)})], "population")
    too_many = max(0, k * size - n)
    assert found["n_too_many"] == too_many
    assert found["n_people_lowest"] == ceil(too_many / (k - 1))
    assert found["n_people_highest"] == min(n, k * size // 2)


@settings(max_examples=60)
@given(st.data())
def test_brute_force(data):
    """Every way to put at most six people into groups, tried one by one."""
    n = data.draw(st.integers(1, 6))
    names = ["a", "b", "c"]
    counts = {name: data.draw(st.integers(0, n), label=name) for name in names}
    within = {}
    if data.draw(st.booleans(), label="c in a") and counts["c"] <= counts["a"]:
        within["c"] = "a"
    exclusive = [["a", "b"]] if data.draw(st.booleans(), label="exclusive") else []
    claim = build(n, counts, within, exclusive)
    parts = [name for name in names if name not in within]
    if exclusive and counts["a"] + counts["b"] == n:
        # The two divide everybody: they are set side by side, and what cuts across them is not.
        parts = ["a", "b"]
    expected = try_everything(n, counts, within, exclusive, parts)
    found = row([claim], "population")
    if expected:
        assert (found["n_people_lowest"], found["n_people_highest"]) == (min(expected), max(expected))
    assert found["is_possible"] == bool(expected)


def build(n, counts, within=None, exclusive=()):
    return Claim.model_validate(
        {
            "municipality": "GM0197",
            "population": {"n": n, "unit": "persons", "stage": "selected", "meaning": "everybody"},
            "outcomes": [
                {
                    "name": name,
                    "kind": "trajectory",
                    "label": name,
                    "n": count,
                    "within": (within or {}).get(name, "population"),
                }
                for name, count in counts.items()
            ],
            "exclusive": exclusive,
            "source": {"title": "a test"},
        }
    )


def try_everything(n, counts, within, exclusive, parts):
    """Numbers of people in several parts, over every way to choose the members of each group."""
    people = range(n)
    found = set()
    for a in combinations(people, counts["a"]):
        for b in combinations(people, counts["b"]):
            if exclusive and set(a) & set(b):
                continue
            for c in combinations(people, counts["c"]):
                if "c" in within and not set(c) <= set(a):
                    continue
                groups = {"a": a, "b": b, "c": c}
                found.add(sum(sum(person in groups[part] for part in parts) > 1 for person in people))
    return found
