"""What many pages, and two editions, tell together: a red team's tries."""

import math
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaltools.disclosure import Table, protect, rounded
from evaltools.disclosure.audit import audit, groups_of, scope_of
from evaltools.disclosure.record import Cell, Record, from_json, to_json
from evaltools.errors import DisclosureError
from tests.disclosure.examples import OUTCOMES, crossed, made, tables

TREE = {"laborijn": ("GM0197", "GM0222", "GM1509")}
PLACES = (*TREE["laborijn"], "laborijn")


def record(cells, sums=(), **more):
    """Write a record by hand: a number that is shown, None for a hidden one, ... for one that follows from others."""
    n = len(cells)
    return Record(
        cells=tuple(Cell("n", tuple(sorted(labels))) for labels, _ in cells),
        states=tuple({None: "hidden", ...: "derived"}.get(value, "shown") for _, value in cells),
        low=tuple(0 if value in (None, ...) else value for _, value in cells),
        high=tuple(math.inf if value in (None, ...) else value for _, value in cells),
        sums=tuple(sums),
        **{
            "is_trait": (False,) * n, "is_amount": (False,) * n, "threshold": 10, "is_simulated": False, **more,
        },
    )  # fmt: skip


def problems(pages, earlier=None):
    return [(finding.pages, finding.problem) for finding in audit(pages, earlier)]


def by_place(numbers):
    """Count work and other by municipality and in the service, as the pages of one run show them."""
    whole = tuple(sum(each) for each in zip(*numbers.values(), strict=True))
    return pd.DataFrame(
        [
            {"municipality": place, "outcome": outcome, "n": n}
            for place, (work, other) in [*numbers.items(), ("laborijn", whole)]
            for outcome, n in (("work", work), ("other", other), ("all", work + other))
        ]
    )


def protected(rows, **options):
    return protect(
        Table(
            rows=rows,
            counts=["n"],
            words={"municipality": PLACES, "outcome": OUTCOMES},
            source="register",
            is_simulated=False,
            totals=["outcome"],
            **options,
        )
    )


def one_place(rows, place):
    of_place = rows[rows["municipality"] == place].drop(columns="municipality")
    return protected(of_place, labels=["outcome"], about={"municipality": place})


NUMBERS = {"GM0197": (38, 70), "GM0222": (40, 90), "GM1509": (4, 50)}


def test_the_total_of_a_service_minus_two_reports_gives_the_third():
    rows = by_place(NUMBERS)
    together = protected(
        rows, labels=["municipality", "outcome"], trees={"municipality": TREE}, about={}  | {"population": "started"},
    )  # fmt: skip
    apart = {
        place: [protect(Table(rows=rows[rows["municipality"] == place].drop(columns="municipality"), counts=["n"], labels=["outcome"],
            words={"outcome": OUTCOMES}, totals=["outcome"], about={"municipality": place, "population": "started"},
            source="register", is_simulated=False,
        )).record]
        for place in PLACES
    }  # fmt: skip
    # Each page is safe by itself, and so are all together as long as nobody knows that they add up …
    assert problems(apart) == []
    # … which everybody knows. The page of the service says it.
    sums = together.only(municipality="laborijn").record
    told = {**apart, "laborijn": [*apart["laborijn"], Record(
        cells=sums.cells, states=("derived",) * len(sums.cells), low=(0.0,) * len(sums.cells),
        high=(math.inf,) * len(sums.cells), sums=sums.sums, is_trait=sums.is_trait, is_amount=sums.is_amount,
        threshold=10, is_simulated=False,
    )]}  # fmt: skip
    found = problems(told)
    assert any("GM1509, outcome=work" in problem for _, problem in found)
    assert {page for pages, _ in found for page in pages} >= {"GM1509", "laborijn"}
    # Protected together, each page shows its part, and all pages together are safe.
    assert problems({place: [together.only(municipality=place).record] for place in PLACES}) == []


def test_a_total_minus_the_reports_of_its_parts():
    """Sums over what no page shows: everybody less those in b, and the rest of a."""
    dimensions = {"group": ("a", "b"), "outcome": OUTCOMES[:3]}
    rows = crossed([4, 20, 60, 0, 500, 430], dimensions)
    table = made(rows, dimensions)
    totals = rows.loc[rows["group"] == "all", ["outcome", "n"]]
    whole = made(totals, {"outcome": OUTCOMES[:3]})
    pages = {"a": [table.only(group="a").record], "b": [table.only(group="b").record], "all": [whole.record]}
    assert audit(pages) != []


def test_a_part_tells_no_more_than_its_rows():
    rows = by_place(NUMBERS)
    table = protected(rows, labels=["municipality", "outcome"], trees={"municipality": TREE}, about={"year": "2019"})
    part = table.only(municipality="GM0222").record
    told = zip(part.cells, part.states, part.high, strict=True)
    assert {dict(cell.labels)["municipality"] for cell, state, _ in told if state != "derived"} == {"GM0222"}
    whole = table.only(municipality="laborijn").record
    # The page of the service tells how its municipalities add up to it, and nothing of what they are.
    assert {dict(cell.labels)["municipality"] for cell in whole.cells} == {*PLACES}
    for cell, state, high in zip(whole.cells, whole.states, whole.high, strict=True):
        if dict(cell.labels)["municipality"] != "laborijn":
            assert (state, high) == ("derived", math.inf)


@settings(max_examples=40)
@given(tables())
def test_what_protect_lets_pass_passes_the_audit(example):
    dimensions, numbers = example
    table = made(crossed(numbers, dimensions), dimensions)
    assert audit({"page": [table.record]}) == []
    rounded_too = made(crossed(numbers, dimensions), dimensions, base=5, sensitive=[next(iter(dimensions))])
    assert audit({"page": [rounded_too.record]}) == []


@settings(max_examples=40)
@given(tables(max_labels=2))
def test_two_tables_of_a_page_that_share_a_margin(example):
    """By year and by year and exit: one of them alone hides what the other may tell."""
    dimensions, numbers = example
    rows = crossed(numbers, dimensions)
    first = next(iter(dimensions))
    table = made(rows, dimensions)
    margin = rows[(rows[[*dimensions][1:]] == "all").all(axis=1)][[first, "n"]]
    other = made(margin, {first: dimensions[first]})
    hidden = {
        str(cell) for cell, state in zip(table.record.cells, table.record.states, strict=True) if state == "hidden"
    }
    shown = {str(cell) for cell, state in zip(other.record.cells, other.record.states, strict=True) if state == "shown"}
    found = audit({"a": [table.record], "b": [other.record]})
    # What one page hides and the other shows is always found.
    assert bool(found) or not hidden & shown


def test_a_subgroup_on_a_page_of_its_own():
    everybody = record([([], 104)])
    young = record([([("group", "young")], 100), ([], ...), ([("group", "not young")], ...)], sums=[(1, (0, 2))])
    assert problems({"young": [young]}) == []
    assert problems({"everybody": [everybody], "young": [young]}) == [
        (("everybody", "young"), "n (group=not young) is not shown, and must be of too few people")
    ]


def test_a_number_that_one_page_hides_and_another_shows():
    hides, shows = record([([("sex", "f")], None)]), record([([("sex", "f")], 44)])
    ((pages, problem),) = problems({"a": [hides], "b": [shows]})
    assert pages == ("a", "b")
    assert "is hidden, and can be computed" in problem


def test_the_same_people_counted_differently():
    ((pages, problem),) = problems({"a": [record([([], 44)])], "b": [record([([], 45)])]})
    assert pages == ("a", "b")
    assert "is not the same number everywhere" in problem


def test_few_people_on_a_page_however_they_came_there():
    ((pages, problem),) = problems({"a": [record([([], 4)])]})
    assert (pages, problem) == (("a",), "n is shown, and is of too few people")


def test_nobody_with_a_trait():
    cells = [([], 40), ([("exit", "detention")], 0), ([("exit", "other")], 40)]
    assert problems({"a": [record(cells, [(0, (1, 2))])]}) == []
    ((_, problem),) = problems({"a": [record(cells, [(0, (1, 2))], is_trait=(False, True, True))]})
    assert "must be nobody" in problem
    # Also where one year has none of them, and another has; not where a year has nobody at all.
    names = [[("exit", reason), ("year", year)] for reason in ("detention", "other") for year in ("a", "b")]
    names += [[("year", "a")], [("year", "b")], [("exit", "detention")]]
    sums = [(4, (0, 2)), (5, (1, 3)), (6, (0, 1))]
    trait = {"is_trait": (True, True, True, True, False, False, True)}
    assert len(problems({"a": [record([*zip(names, [0, 12, 40, 38, 40, 50, 12], strict=True)], sums, **trait)]})) == 1
    assert problems({"a": [record([*zip(names, [0, 12, 0, 38, 0, 50, 12], strict=True)], sums, **trait)]}) == []
    empty = [([], 0), ([("exit", "detention")], 0), ([("exit", "other")], 0)]
    assert problems({"a": [record(empty, [(0, (1, 2))], is_trait=(False, True, True))]}) == []


def test_one_page_that_tells_too_much_lets_the_others_pass():
    bad = record([([("sex", "f")], 3)])
    good = record([([("sex", "m")], 30)])
    assert [pages for pages, _ in problems({"bad": [bad], "good": [good]})] == [("bad",)]


def test_an_edition_that_differs_by_one_person():
    def page(n, day, **more):
        return {"page": [record([([], n)], as_of=day, **more)]}

    ((pages, problem),) = problems(page(271, "2020-06-30"), page(270, "2020-03-31"))
    assert pages == ("page",)
    assert "differ from the edition before by too few people" in problem
    assert problems(page(260, "2020-06-30"), page(270, "2020-03-31")) == []
    assert problems(page(270, "2020-06-30"), page(270, "2020-03-31")) == []
    assert problems(page(280, "2020-06-30"), page(270, "2020-03-31")) == []
    # Nobody is in a simulated register.
    fake = page(271, "2020-06-30", is_simulated=True)
    assert problems(fake, page(270, "2020-03-31", is_simulated=True)) == []


def test_hidden_numbers_that_changed_together_by_one_person():
    sums = [(4, (0, 1, 2, 3))]
    names = [[("o", letter)] for letter in "abcd"] + [[]]
    before = record([*zip(names, [10, 20, 40, 80, 150], strict=True)], sums, as_of="2020-03-31")
    now = record([*zip(names, [None, None, 51, 80, 160], strict=True)], sums, as_of="2020-06-30")
    assert any("edition before" in problem for _, problem in problems({"page": [now]}, {"page": [before]}))
    more = record([*zip(names, [None, None, 51, 80, 181], strict=True)], sums, as_of="2020-06-30")
    assert problems({"page": [more]}, {"page": [before]}) == []


def test_an_edition_of_the_same_day_that_hides_others():
    sums = [(0, (1, 2, 3))]
    names = [[], [("o", "p")], [("o", "q")], [("o", "r")]]
    first = record([*zip(names, [80, None, None, 50], strict=True)], sums, as_of="2020-06-30")
    second = record([*zip(names, [80, None, 26, None], strict=True)], sums, as_of="2020-06-30")
    assert problems({"page": [first]}) == problems({"page": [second]}) == []
    found = problems({"page": [second]}, {"page": [first]})
    assert any("o=p" in problem and "edition before" in problem for _, problem in found)


def test_an_edition_of_the_same_day_that_was_corrected():
    before, now = record([([], 44)], as_of="2020-06-30"), record([([], 80)], as_of="2020-06-30")
    assert problems({"page": [now]}, {"page": [before]}) == []
    assert problems({"page": [record([([], 45)], as_of="2020-06-30")]}, {"page": [before]}) != []


def test_pages_whose_totals_cannot_be_true_are_named_alone():
    sums = [(0, (1, 2))]
    wrong = record([([], 100), ([("sex", "f")], 60), ([("sex", "m")], 50)], sums)
    right = replace(record([([], 100)]), cells=(Cell("n_other"),))
    assert problems({"wrong": [wrong], "right": [right]}) == [
        (("wrong",), "show numbers that cannot all be true: totals that are not the sum of their parts")
    ]
    # Also where only two pages together cannot be true.
    half, other = record([([], 100), ([("sex", "f")], 60), ([("sex", "m")], ...)], sums), record([([("sex", "m")], 50)])
    found = problems({"half": [half], "other": [other], "right": [right]})
    assert [pages for pages, _ in found] == [("half", "other")]


def test_an_edition_whose_sums_were_corrected_is_still_compared():
    sums = [(0, (1, 2))]
    names = [[], [("sex", "f")], [("sex", "m")]]
    before = record([*zip(names, [100, 60, ...], strict=True)], sums)
    now = [record([([("sex", "m")], 70)]), record([([("sex", "f")], 61)])]
    # 100 - 70 is not 60: they are not laid together, but 61 beside 60 is seen.
    assert any("edition before" in problem for _, problem in problems({"page": now}, {"page": [before]}))


def test_rounding_to_tens_lets_editions_pass():
    def edition(n):
        return rounded(
            pd.DataFrame({"n_persons": [n]}), counts=["n_persons"], source="register", is_simulated=False
        ).record

    assert audit({"page": [edition(271)]}, {"page": [edition(270)]}) == []


def test_a_record_comes_back_as_it_went():
    rows = by_place(NUMBERS)
    table = protected(rows, labels=["municipality", "outcome"], trees={"municipality": TREE}, about={"year": "2019"})
    records = (table.record, table.only(municipality="GM0222").record)
    assert from_json(to_json(records), subject="a.json") == records


@pytest.mark.parametrize("found", [{}, [{}], [1], "text", [{"form": 0}], None, [{"form": 1, "cells": [{}]}]])
def test_a_damaged_record_is_no_record(found):
    if found == {}:
        assert from_json(found, subject="a.json") == ()
        return
    with pytest.raises(DisclosureError, match=r"a\.json: does not hold records of form 1"):
        from_json(found, subject="a.json")


def test_a_record_holds_nothing_of_what_is_hidden():
    dimensions = {"outcome": OUTCOMES}
    fewer, more = (made(crossed([n, 80, 12, 40], dimensions), dimensions) for n in (3, 7))
    told = [
        [cell for cell in to_json([table.record])[0]["cells"] if cell["state"] == "hidden"] for table in (fewer, more)
    ]
    assert told[0] == told[1]


MEASURES, ANYWHERE = ("n", "n", "n", "m"), ("", "GM1", "GM2", "GM3")
OTHERS = ((), (), (), (("age", "young"),))


@st.composite
def sites(draw):
    """Pages that count a few things in a few places, with totals over places on some; many tell something together."""
    pages = {}
    for name in draw(st.lists(st.sampled_from("abcdef"), min_size=2, max_size=5, unique=True)):
        measure = draw(st.sampled_from(MEASURES))
        places = draw(st.lists(st.sampled_from(ANYWHERE), min_size=1, max_size=2, unique=True))
        cells = tuple(
            Cell(measure, tuple(sorted(((("municipality", place),) if place else ()) + other)))
            for place in places
            for other in draw(
                st.lists(st.sampled_from(OTHERS), min_size=1, max_size=2, unique_by=lambda labels: labels)
            )
        )
        numbers = [draw(st.one_of(st.none(), st.integers(24, 60))) for _ in cells]
        total, *parts = range(len(cells))
        sums = ((total, tuple(parts)),) if parts and draw(st.booleans()) and len(parts) > 1 else ()
        pages[name] = [
            Record(
                cells=cells, states=tuple("hidden" if number is None else "shown" for number in numbers),
                low=tuple(0.0 if number is None else number for number in numbers),
                high=tuple(math.inf if number is None else number for number in numbers), sums=sums,
                is_trait=(False,) * len(cells), is_amount=(False,) * len(cells), threshold=10, is_simulated=False,
                as_of=draw(st.sampled_from(["2020-06-30"] * 4 + ["2021-06-30"])),
            )
        ]  # fmt: skip
    return pages


@given(sites())
@settings(max_examples=25)
def test_groups_of_pages_tell_by_themselves_all_that_the_site_tells(pages):
    groups = groups_of({name: scope_of(records) for name, records in pages.items()})
    assert sorted(name for group in groups for name in group) == sorted(pages)
    found = {finding for group in groups for finding in audit({name: pages[name] for name in group})}
    together = set(audit(pages))
    # Where numbers contradict each other the attacker looks no further, in the site or in one group.
    assert {page for finding in together for page in finding.pages} <= {
        page for finding in found for page in finding.pages
    }
    assert bool(found) == bool(together)
