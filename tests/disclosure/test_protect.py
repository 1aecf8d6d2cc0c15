from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaltools.disclosure import Estimate, Mean, Table, from_register, protect, protect_together
from evaltools.disclosure.audit import audit
from evaltools.errors import DisclosureError
from tests.disclosure import attacker
from tests.disclosure.examples import OUTCOMES, crossed, made, margins, tables


def outcome_rows(*numbers):
    return crossed(numbers, {"outcome": OUTCOMES[: len(numbers)]})


def protect_outcomes(rows, **options):
    return made(rows, {"outcome": tuple(rows["outcome"][:-1])}, **options)


def shown(table, column="n"):
    return [None if pd.isna(value) else value for value in table.rows[column]]


def assert_nothing_is_told(table, rows, dimensions, few=10, traits=()):
    """Let an attacker work on what is shown: he cannot tell a small number from 0, nor from one that is not small."""
    labels = [*dimensions]
    truth = {tuple(row[name] for name in labels): row["n"] for row in rows.to_dict("records")}
    for name, (low, high) in attacker.of_table(table, labels, "n", margins(dimensions)).items():
        if 0 < truth[name] < few:
            assert low <= 1e-6, name
            assert high >= few - 1e-6, name
        assert high - low >= few - 1e-6, name


@settings(max_examples=60)
@given(tables())
def test_nobody_can_compute_a_hidden_number(example):
    dimensions, numbers = example
    rows = crossed(numbers, dimensions)
    table = made(rows, dimensions)
    visible = table.rows["n"].dropna()
    assert not ((visible > 0) & (visible < 10)).any()
    assert (table.hidden["n"] == table.rows["n"].isna()).all()
    pd.testing.assert_series_equal(visible.astype(int), rows["n"][visible.index].astype(int))
    assert_nothing_is_told(table, rows, dimensions)


@settings(max_examples=40)
@given(tables())
def test_nothing_is_hidden_where_no_number_is_small(example):
    dimensions, numbers = example
    table = made(crossed([n + 10 * (n > 0) for n in numbers], dimensions), dimensions)
    assert not table.hidden.to_numpy().any()
    assert table.record.n_hidden == 0


@settings(max_examples=40)
@given(tables(max_labels=2), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(example, chance):
    dimensions, numbers = example
    rows = crossed(numbers, dimensions)
    order = [*range(len(rows))]
    chance.shuffle(order)
    mixed = made(rows.iloc[order], dimensions)
    labels = [*dimensions]
    pd.testing.assert_frame_equal(
        mixed.rows.sort_values(labels).reset_index(drop=True),
        made(rows, dimensions).rows.sort_values(labels).reset_index(drop=True),
    )


def test_the_smallest_loss_by_hand():
    # 3 cannot be 10 unless 7 go from another: 12 is the cheapest that can give them; 4 and 5 are none.
    assert shown(protect_outcomes(outcome_rows(12, 80, 3, 40))) == [None, 80, None, 40, 135]
    # 4 and 5 together are 9: neither could be 10. A third must go.
    assert shown(protect_outcomes(outcome_rows(12, 80, 4, 5))) == [None, 80, None, None, 101]
    # 6 and 9 together are 15: both can be 0 and 10.
    assert shown(protect_outcomes(outcome_rows(12, 80, 6, 9))) == [12, 80, None, None, 107]


def test_a_rectangle_is_hidden_in_a_table_with_two_margins():
    dimensions = {"year": ("a", "b", "c"), "exit": ("p", "q", "r")}
    table = made(crossed([4, 20, 90, 25, 30, 90, 90, 90, 90], dimensions), dimensions)
    assert [tuple(row) for row in table.rows[table.hidden["n"]][["year", "exit"]].to_numpy()] == [
        ("a", "p"), ("a", "q"), ("b", "p"), ("b", "q"),
    ]  # fmt: skip


def test_zero_and_all_are_told_unless_they_are_of_a_trait():
    rows = outcome_rows(60, 0, 0)
    assert shown(protect_outcomes(rows)) == [60, 0, 0, 60]
    # With it: each of the others can be 10, and so work can be 50.
    table = protect_outcomes(rows, sensitive=["outcome"])
    assert shown(table) == [None, None, None, 60]
    found = attacker.of_table(table, ["outcome"], "n", margins({"outcome": OUTCOMES[:3]}))
    assert all(high - low >= 10 for low, high in found.values())
    assert found[("work",)][0] <= 50


def test_of_a_group_without_people_a_trait_tells_nothing():
    assert shown(protect_outcomes(outcome_rows(0, 0, 0), sensitive=["outcome"])) == [0, 0, 0, 0]


@settings(max_examples=40)
@given(tables(max_labels=2))
def test_nobody_with_a_trait_is_not_told(example):
    dimensions, numbers = example
    trait = [*dimensions][-1]
    rows = crossed(numbers, dimensions)
    table = made(rows, dimensions, sensitive=[trait])
    assert_nothing_is_told(table, rows, dimensions)
    labels = [*dimensions]
    found = attacker.of_table(table, labels, "n", margins(dimensions))
    total = (
        rows[rows[trait] == "all"].set_index([name for name in labels if name != trait])["n"]
        if len(labels) > 1
        else None
    )
    for row in rows.to_dict("records"):
        whole = rows["n"].iloc[-1] if total is None else total[row[labels[0]]]
        if row[trait] == "all" or not whole:
            continue
        name = tuple(row[label] for label in labels)
        if row["n"] == 0:
            assert found[name][1] >= 10 - 1e-6
        if row["n"] == whole:
            assert found[name][0] <= max(row["n"] - 10, 0) + 1e-6


def test_a_trait_without_a_row_for_each_word_is_refused():
    with pytest.raises(DisclosureError, match="sensitive label 'outcome' has no rows for 1 of its words"):
        made(outcome_rows(60, 20, 30), {"outcome": OUTCOMES}, sensitive=["outcome"])


@pytest.mark.parametrize(("young", "told"), [(100, [None, 104]), (90, [90, 104])])
def test_who_is_not_in_a_group_is_protected_too(young, told):
    # Where 4 are not young, of young or all one must go: the one that is the smaller loss.
    table = protect(
        Table(
            rows=pd.DataFrame({"group": ["young", "all"], "n": [young, 104]}),
            counts=["n"],
            labels=["group"],
            words={"group": ["young"]},
            groups=["group"],
            about={"municipality": "GM0197"},
            source="register",
            is_simulated=True,
        )
    )
    assert shown(table) == told


def test_groups_that_overlap_may_leave_people_out():
    rows = pd.DataFrame({"group": ["young", "holder", "all"], "n": [60, 55, 100]})
    table = protect(
        Table(
            rows=rows,
            counts=["n"],
            labels=["group"],
            words={"group": ["young", "holder"]},
            groups=["group"],
            about={"municipality": "GM0197"},
            source="register",
            is_simulated=True,
        )
    )
    assert shown(table) == [60, 55, 100]


def test_a_rest_of_few_people_is_protected():
    rows = pd.DataFrame({"n_persons": [108], "n_work": [104]})
    options = {"about": {"municipality": "GM0197"}, "source": "register", "is_simulated": True}
    table = protect(
        Table(rows=rows, counts=["n_persons", "n_work"], shares={"share_work": ("n_work", "n_persons")}, **options)
    )
    assert shown(table, "n_persons") == [108]
    assert shown(table, "n_work") == [None]
    assert shown(table, "share_work") == [None]
    assert table.record.n_hidden_shares == 1
    # All of them at work is no rest of few people, unless it is a trait.
    rows = pd.DataFrame({"n_persons": [108], "n_detained": [108]})
    whole = {"counts": ["n_persons", "n_detained"], "shares": {"share_detained": ("n_detained", "n_persons")}}
    assert shown(protect(Table(rows=rows, **whole, **options)), "n_detained") == [108]
    assert shown(protect(Table(rows=rows, **whole, sensitive=["n_detained"], **options)), "n_detained") == [None]


def test_counts_that_add_up_in_a_row_are_protected_together():
    rows = pd.DataFrame({"n_persons": [108], "n_work": [60], "n_other": [44], "n_gone": [4]})
    table = protect(
        Table(
            rows=rows,
            counts=[*rows],
            parts={"n_persons": ["n_work", "n_other", "n_gone"]},
            about={"municipality": "GM0197"},
            source="register",
            is_simulated=True,
        )
    )
    assert table.rows.isna().iloc[0].tolist() == [False, False, True, True]


def test_shares_follow_from_what_is_shown():
    rows = crossed([38, 4, 66, 92, 40, 60], {"year": ("a", "b"), "outcome": OUTCOMES[:3]})
    dimensions = {"year": ("a", "b"), "outcome": OUTCOMES[:3]}
    table = made(rows, dimensions, shares={"share": ("n", "outcome")})
    for row in table.rows.itertuples():
        whole = table.rows[(table.rows["year"] == row.year) & (table.rows["outcome"] == "all")]["n"].iloc[0]
        if pd.isna(row.n) or pd.isna(whole):
            assert np.isnan(row.share)
        else:
            assert row.share == pytest.approx(row.n / whole, rel=1e-12)


def test_rounding_is_of_what_is_shown():
    table = protect_outcomes(outcome_rows(12, 83, 3, 40), base=5, shares={"share": ("n", "outcome")})
    assert shown(table) == [None, 85, None, 40, 140]
    assert table.rows["share"][1] == 85 / 140
    assert table.base == 5
    # Between 83 and 87 people are shown as 85; 38 to 42 as 40.
    bounds = dict(zip(map(str, table.record.cells), zip(table.record.low, table.record.high, strict=True), strict=True))
    assert bounds["n (municipality=GM0197, outcome=other)"] == (83, 87)
    assert bounds["n (municipality=GM0197, outcome=work)"] == (0, float("inf"))
    # Eleven are shown as ten; that it is ten at least is known, or it would be hidden.
    assert protect_outcomes(outcome_rows(11, 80), base=5).record.low[:1] != ()
    eleven = protect_outcomes(outcome_rows(11, 80), base=5).record
    assert (
        (eleven.low[eleven.cells.index(next(cell for cell in eleven.cells if ("outcome", "work") in cell.labels))])
        == 10
    )


def means(value, n, largest, second, **more):
    rows = pd.DataFrame({"n": n, "mean_euro": value, "euro_first": largest, "euro_second": second, **more})
    labels = {"labels": ["outcome"], "words": {"outcome": OUTCOMES}, "totals": ["outcome"]} if "outcome" in more else {}
    return protect(
        Table(
            rows=rows,
            counts=["n"],
            means={"mean_euro": Mean(of="n", largest="euro_first", second="euro_second")},
            about={"municipality": "GM0197"},
            source="register",
            is_simulated=True,
            **labels,
        )
    )


def test_a_mean_that_one_or_two_determine_is_not_told():
    # Ten people have 1,000 together. One has exactly half: told. One has more: not. Two have 901: not.
    assert shown(means([100.0], [10], [500.0], [60.0]), "mean_euro") == [100.0]
    assert shown(means([100.0], [10], [501.0], [60.0]), "mean_euro") == [None]
    assert shown(means([100.0], [10], [450.0], [450.0]), "mean_euro") == [100.0]
    assert shown(means([100.0], [10], [451.0], [450.0]), "mean_euro") == [None]
    assert list(means([100.0], [10], [500.0], [60.0]).rows.columns) == ["n", "mean_euro"]


def test_a_mean_of_few_people_is_not_told_nor_computed():
    # 3 people with 900 of 10,000: with the total mean and the others it would follow.
    table = means(
        [300.0, 120.0, 2500 / 30, 10_000 / 88], [3, 55, 30, 88], [400.0, 700.0, 300.0, 700.0],
        [300.0, 600.0, 200.0, 600.0], outcome=["partner", "work", "other", "all"],
    )  # fmt: skip
    means_shown = table.rows["mean_euro"].notna()
    assert not means_shown[0]
    assert means_shown.sum() == 2
    amount = {"partner": 900.0, "work": 6600.0, "other": 2500.0, "all": 10_000.0}
    known = {name: amount[name] for name, told in zip(table.rows["outcome"], means_shown, strict=True) if told}
    unknown = amount.keys() - known.keys()
    value = known.get("all", 0) - sum(known.get(name, 0) for name in ("partner", "work", "other"))
    terms = {name: 1 if name != "all" else -1 for name in unknown}
    for name, (low, high) in attacker.bounds(unknown, [(terms, value)]).items():
        assert low <= 0.9 * amount[name]
        assert high >= 1.1 * amount[name]


def test_means_that_do_not_fit_their_contributions_are_refused():
    for value, largest, second, problem in [
        (100.0, 50.0, 20.0, "does not fit its largest"),  # a mean is at most the largest
        (100.0, 1100.0, 20.0, "does not fit its largest"),  # which is at most all
        (100.0, 500.0, 600.0, "second contribution"),
        (float("nan"), 500.0, 60.0, "misses it"),
        (-1.0, 500.0, 60.0, "is under 0"),
    ]:
        with pytest.raises(DisclosureError, match=problem):
            means([value], [10], [largest], [second])


def test_an_estimate_is_told_where_all_that_it_rests_on_is():
    rows = pd.DataFrame(
        {
            "outcome": ["work", "partner", "other"],
            "n": [40, 4, 44],
            "n_other": [50, 12, 62],
            "difference": [0.1, None, 0.3],
        }
    )
    table = protect(
        Table(
            rows=rows,
            counts=["n", "n_other"],
            labels=["outcome"],
            words={"outcome": OUTCOMES},
            estimates={"difference": Estimate(on=("n", "n_other"))},
            about={"municipality": "GM0197"},
            source="register",
            is_simulated=True,
        )
    )
    assert shown(table, "difference") == [0.1, None, 0.3]
    assert shown(table, "n_other") == [50, 12, 62]
    # Hidden also where it is not known: that it is not would tell of the count.
    assert table.hidden["difference"].tolist() == [False, True, False]


def estimates_shown(values, decimals=None):
    """Show each of these as an estimate of forty people, and the last of four."""
    rows = pd.DataFrame(
        {"n": [40] * (len(values) - 1) + [4], "found": values, "outcome": [f"o{n}" for n in range(len(values))]}
    )
    estimate = Estimate(on=("n",)) if decimals is None else Estimate(on=("n",), decimals=decimals)
    return protect(
        Table(
            rows=rows, counts=["n"], labels=["outcome"], words={"outcome": [*rows["outcome"]]},
            estimates={"found": estimate}, about={"municipality": "GM0197"}, source="register", is_simulated=True,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("decimals", "expected"),
    [
        (None, [0.123, -0.046, 12.35, 1495.0, None, None]),
        (2, [0.12, -0.05, 12.35, 1495.0, None, None]),
        (0, [0.0, 0.0, 12.0, 1495.0, None, None]),
    ],
)
def test_an_estimate_is_told_coarsely(decimals, expected):
    table = estimates_shown([0.1234567, -0.0456, 12.3456, 1494.8665, None, 0.5], decimals)
    assert shown(table, "found") == expected
    # That it is missing is no secret; that it is of four people is.
    assert table.hidden["found"].tolist() == [False] * 5 + [True]


def test_the_digits_of_an_estimate_do_not_tell_the_counts_behind_it():
    """Of 271 and 301 people, a difference of shares with all digits is of one pair of counts; coarsely of many."""
    own, other = np.arange(272)[:, None] / 271, np.arange(302)[None, :] / 301
    differences = own - other
    exact = 97 / 271 - 54 / 301
    assert (np.abs(differences - exact) < 1e-9).sum() == 1
    told = estimates_shown([exact, 0.0]).rows["found"].iloc[0]
    could_be = np.argwhere(np.abs(differences - told) <= 0.0005)
    # Whoever knows the one to within ten people still does not know the other to within ten.
    assert len(could_be) > 10
    assert (np.ptp(could_be, axis=0) >= 10).all()
    assert [97, 54] in could_be.tolist()


def test_means_keep_their_digits():
    """Of these the amount behind it is protected, not the count: ten people have 1,001 euros together."""
    assert shown(means([100.1], [10], [500.0], [60.0]), "mean_euro") == [100.1]
    assert shown(means([12345.6], [10], [60_000.0], [12_000.0]), "mean_euro") == [12345.6]


def test_a_mean_of_nobody_looks_like_one_of_few():
    def hidden(n):
        rows = pd.DataFrame(
            {
                "outcome": [*OUTCOMES[:3], "all"], "n": [60, 40, n, 100 + n], "mean_euro": [100.0, 90.0, 80.0 if n else None, 96.0],
                "euro_first": [200.0, 150.0, 100.0 if n else None, 200.0], "euro_second": [190.0, 140.0, 90.0 if n else None, 190.0],
            }
        )  # fmt: skip
        rows.loc[3, "mean_euro"] = (60 * 100 + 40 * 90 + n * 80) / (100 + n)
        table = protect(
            Table(
                rows=rows, counts=["n"], labels=["outcome"], words={"outcome": OUTCOMES[:3]}, totals=["outcome"],
                sensitive=["outcome"], means={"mean_euro": Mean(of="n", largest="euro_first", second="euro_second")},
                about={"municipality": "GM0197"}, source="register", is_simulated=True,
            )
        )  # fmt: skip
        return table.hidden.to_dict("list"), table.record.n_hidden_shares

    assert hidden(0) == hidden(3)


def test_what_a_reader_calls_one_number_is_counted_once():
    """Two ways to a difference with an interval each are one number of the row; an estimate of other counts is another."""
    rows = pd.DataFrame(
        {"outcome": ["work", "other"], "n_own": [12, 4], "n_beside": [30, 40], "n_before": [30, 40], "difference": [0.1, 0.2],
         "lower": [0.0, 0.1], "upper": [0.2, 0.3], "other_way": [0.1, 0.3], "earlier": [0.1, 0.1]}
    )  # fmt: skip
    both = {name: Estimate(on=("n_own", "n_beside")) for name in ("difference", "lower", "upper", "other_way")}
    table = protect(
        Table(rows=rows, counts=["n_own", "n_beside", "n_before"], labels=["outcome"], words={"outcome": ["work", "other"]},
              estimates={**both, "earlier": Estimate(on=("n_own", "n_before"))}, about={"municipality": "GM0197"},
              source="register", is_simulated=True)
    )  # fmt: skip
    assert table.hidden["difference"].tolist() == [False, True]
    assert table.record.n_hidden_shares == 2
    assert [table.only(outcome=outcome).record.n_hidden_shares for outcome in ("work", "other")] == [0, 2]


def test_nobody_is_excused_only_where_it_may_be_told_that_the_group_is_empty():
    rows = crossed([60, 40, 0], {"outcome": OUTCOMES[:3]}).assign(n_women=[30, 20, 0, 50])
    table = made(
        rows,
        {"outcome": OUTCOMES[:3]},
        counts=["n", "n_women"],
        sensitive=["outcome"],
        shares={"share": ("n_women", "n")},
    )
    assert table.hidden["n_women"].tolist()[2]
    assert audit({"page": [table.record]}) == []


def test_the_mean_of_a_rest_that_one_may_determine_is_not_told():
    # 312 people with 86.89 on average, 300 of them older with 50: of the 12 others one has nearly all.
    rows = pd.DataFrame(
        {
            "group": ["older", "all"], "n": [300, 312], "mean_euro": [50.0, 27_110 / 312],
            "euro_first": [100.0, 12_000.0], "euro_second": [100.0, 100.0],
        }
    )  # fmt: skip
    table = protect(
        Table(
            rows=rows, counts=["n"], labels=["group"], words={"group": ["older"]}, groups=["group"],
            means={"mean_euro": Mean(of="n", largest="euro_first", second="euro_second")},
            about={"municipality": "GM0197"}, source="register", is_simulated=True,
        )
    )  # fmt: skip
    assert shown(table) == [300, 312]
    assert table.rows["mean_euro"].isna().sum() == 1


def test_means_of_a_count_and_of_its_part_are_refused():
    rows = pd.DataFrame({"n": [60], "n_f": [20], "e": [10.0], "e_f": [10.0], "one": [20.0], "two": [19.0]})
    means = {"e": Mean(of="n", largest="one", second="two"), "e_f": Mean(of="n_f", largest="one", second="two")}
    with pytest.raises(DisclosureError, match="means of 'n' and of its part 'n_f'"):
        protect(
            Table(
                rows=rows, counts=["n", "n_f"], means=means, shares={"share": ("n_f", "n")}, about={"place": "a"},
                source="register", is_simulated=True,
            )
        )  # fmt: skip


def test_a_group_within_another_of_which_no_table_tells_the_rest():
    common = {"counts": ["n"], "source": "register", "is_simulated": True}
    everybody = Table(rows=pd.DataFrame({"n": [100]}), about={"place": "a"}, **common)
    young = Table(rows=pd.DataFrame({"n": [96]}), about={"place": "a", "age": "young"}, **common)
    tables = protect_together(everybody, young)
    assert sum(int(table.hidden["n"].sum()) for table in tables) == 1
    # Protected apart, the audit sees it.
    assert audit({"a": [protect(everybody).record], "b": [protect(young).record]}) != []
    answers = Table(
        rows=pd.DataFrame({"is_young": [True, False], "n": [12, 96]}),
        labels=["is_young"],
        about={"place": "a"},
        **common,
    )
    assert audit({"a": [protect(everybody).record], "b": [protect(answers).record]}) != []


def test_rounding_to_the_whole_does_not_tell_that_it_is_everybody():
    table = protect_outcomes(outcome_rows(103, 0), base=5, shares={"share": ("n", "outcome")})
    assert shown(table, "share") == [None, 0.0, None]
    assert not table.hidden["share"].any()


def test_a_part_by_yes_or_no_keeps_its_record():
    rows = pd.DataFrame({"is_young": [True, False], "n": [40, 60]})
    table = protect(
        Table(rows=rows, counts=["n"], labels=["is_young"], about={"place": "a"}, source="register", is_simulated=True)
    )
    assert table.only(is_young=True).record.n_shown == 1
    with pytest.raises(DisclosureError, match="has no label 'n'"):
        table.only(n=40)


@pytest.mark.parametrize("given", [pd.DataFrame({"n": [40]}), None])
def test_what_is_no_table_is_refused(given):
    with pytest.raises(DisclosureError, match="takes tables"):
        protect(given)
    with pytest.raises(DisclosureError, match="takes tables"):
        protect_together()


def test_a_model_has_ten_degrees_of_freedom():
    rows = pd.DataFrame({"outcome": ["work", "other"], "n": [40, 40], "ratio": [1.1, 1.2], "freedom": [10, 9]})
    table = protect(
        Table(
            rows=rows,
            counts=["n"],
            labels=["outcome"],
            words={"outcome": OUTCOMES},
            estimates={"ratio": Estimate(on=("n",), degrees_of_freedom="freedom")},
            about={"municipality": "GM0197"},
            source="register",
            is_simulated=True,
        )
    )
    assert shown(table, "ratio") == [1.1, None]
    assert "freedom" not in table.rows


def test_a_municipality_of_a_service_is_protected_with_the_others():
    tree = {"laborijn": ("GM0197", "GM0222", "GM1509")}
    places = (*tree["laborijn"], "laborijn")
    numbers = {"GM0197": [38, 70], "GM0222": [40, 90], "GM1509": [4, 50]}
    rows = pd.DataFrame(
        [
            {"municipality": place, "outcome": outcome, "n": n}
            for place, (work, other) in [*numbers.items(), ("laborijn", [82, 210])]
            for outcome, n in (("work", work), ("other", other), ("all", work + other))
        ]
    )
    table = protect(
        Table(
            rows=rows,
            counts=["n"],
            labels=["municipality", "outcome"],
            totals=["outcome"],
            words={"municipality": places, "outcome": ("work", "other")},
            trees={"municipality": tree},
            about={"population": "started"},
            source="register",
            is_simulated=True,
        )
    )
    sums = [((place, "all"), [(place, "work"), (place, "other")]) for place in places]
    sums += [
        (("laborijn", outcome), [(place, outcome) for place in tree["laborijn"]])
        for outcome in ("work", "other", "all")
    ]
    found = attacker.of_table(table, ["municipality", "outcome"], "n", sums)
    assert found[("GM1509", "work")][0] <= 0
    assert found[("GM1509", "work")][1] >= 10
    part = table.only(municipality="GM0197")
    assert part.rows["outcome"].tolist() == ["work", "other", "all"]
    pd.testing.assert_frame_equal(part.rows, table.rows[:3])
    assert part.record.n_shown + part.record.n_hidden == 3
    with pytest.raises(DisclosureError, match="did you mean 'municipality'"):
        table.only(municipalities="GM0197")
    with pytest.raises(DisclosureError, match="has no rows"):
        table.only(municipality="GM9999")


WRONG = {
    "a count of fewer than ten allowed": ({"threshold": 5}, "threshold must be a whole number of at least 10"),
    "rounding to 3": ({"base": 3}, "base must be one of"),
    "an unknown label": ({"totals": ["outcomes"]}, "'outcomes' is no label"),
    "no counts": ({"counts": []}, "has no counts"),
    "nothing about": ({"about": {}}, "does not say what it is about"),
    "free text about": ({"about": {"who": "<b>Jansen</b>"}}, "short names and codes"),
    "a label twice": ({"about": {"outcome": "work"}}, "label of the table, and in about"),
    "a share of nothing": ({"shares": {"share": ("m", "n")}}, "'share' rests on 'm', which is no count"),
    "an estimate on nothing": ({"estimates": {"n": Estimate(on=())}}, "does not say which counts"),
    "an unknown trait": ({"sensitive": ["outcom"]}, "did you mean 'outcome'"),
    "a total of nothing": ({"totals": []}, "has rows 'all', and is in no totals"),
    "a text for a list": ({"labels": "outcome"}, "labels must be a list of columns"),
    "a number about": ({"about": {"municipality": 197}}, "about must be texts"),
    "an undeclared word": ({"words": {"outcome": ["work"]}}, "holds something else"),
    "an undeclared column": ({"labels": [], "totals": []}, "column 'outcome' is not declared"),
}


@pytest.mark.parametrize(("options", "problem"), WRONG.values(), ids=WRONG)
def test_a_wrong_declaration_is_refused(options, problem):
    with pytest.raises(DisclosureError, match=problem):
        protect_outcomes(outcome_rows(60, 20, 30), **options)


def test_a_table_that_does_not_add_up_is_refused():
    rows = outcome_rows(60, 20, 30)
    rows.loc[3, "n"] = 111
    with pytest.raises(DisclosureError, match="does not add up in 1 places"):
        protect_outcomes(rows)


def test_rows_that_are_missing_or_twice_there_are_refused():
    dimensions = {"year": ("a", "b"), "outcome": OUTCOMES[:2]}
    rows = crossed([60, 20, 30, 40], dimensions)
    with pytest.raises(DisclosureError, match="has 1 combinations of year, outcome without a row"):
        made(rows.drop(index=0), dimensions)
    with pytest.raises(DisclosureError, match="has 1 rows with the same labels"):
        made(pd.concat([rows, rows[:1]]), dimensions)
    with pytest.raises(DisclosureError, match="label 'outcome' has no row 'all'"):
        made(rows[rows["outcome"] != "all"], dimensions)


def test_what_is_simulated_is_what_the_register_says():
    rows = from_register(outcome_rows(60, 20, 30), is_simulated=False)
    with pytest.raises(DisclosureError, match="is_simulated is not what the register says"):
        protect_outcomes(rows)


def test_no_error_tells_a_number_of_people():
    rows = outcome_rows(60, 20, 7)
    rows.loc[3, "n"] = 86
    with pytest.raises(DisclosureError) as caught:
        protect_outcomes(rows)
    assert not any(str(n) in str(caught.value) for n in (60, 20, 86, 87))


@settings(max_examples=40)
@given(tables(max_labels=2).filter(lambda example: len(example[0]) == 2))
def test_tables_with_one_margin_tell_no_more_together(example):
    dimensions, numbers = example
    rows = crossed(numbers, dimensions)
    first, second = dimensions
    common = {"counts": ["n"], "about": {"municipality": "GM0197"}, "source": "register", "is_simulated": True}
    whole = Table(rows=rows, labels=[first, second], words=dimensions, totals=[first, second], **common)
    margin = Table(
        rows=rows.loc[rows[second] == "all", [first, "n"]], labels=[first], words=dimensions, totals=[first], **common
    )
    big, small = protect_together(whole, margin)
    of_margin = big.rows[big.rows[second] == "all"]["n"].reset_index(drop=True)
    pd.testing.assert_series_equal(of_margin, small.rows["n"])
    assert_nothing_is_told(big, rows, dimensions)
    assert audit({"page": [big.record, small.record]}) == []


def test_tables_about_the_same_say_the_same():
    dimensions = {"outcome": OUTCOMES[:2]}
    common = {
        "counts": ["n"], "labels": ["outcome"], "words": dimensions, "totals": ["outcome"], "source": "register",
        "is_simulated": True, "about": {"municipality": "GM0197"},
    }  # fmt: skip
    one, other = (Table(rows=crossed(numbers, dimensions), **common) for numbers in ([40, 50], [41, 50]))
    with pytest.raises(DisclosureError, match=r"2 numbers, such as n .* differ between tables"):
        protect_together(one, other)
    with pytest.raises(DisclosureError, match="different days, thresholds"):
        protect_together(one, replace(one, threshold=20))


@settings(max_examples=40)
@given(st.lists(st.integers(0, 30), min_size=12, max_size=12))
def test_nobody_can_compute_within_a_tree_of_regions(numbers):
    """Two services of two municipalities each, a whole, three outcomes with their total."""
    tree = {"all": ("east", "west"), "east": ("GM0197", "GM0222"), "west": ("GM1509", "GM1586")}
    words = {"place": (*tree["east"], *tree["west"], "east", "west"), "outcome": OUTCOMES[:3]}
    places = dict(zip((*tree["east"], *tree["west"]), np.array(numbers).reshape(4, 3), strict=True))
    for region in ("east", "west", "all"):
        places[region] = sum(places[part] for part in tree[region])
    rows = pd.DataFrame(
        [
            {"place": place, "outcome": outcome, "n": int(n)}
            for place, each in places.items()
            for outcome, n in zip((*OUTCOMES[:3], "all"), (*each, each.sum()), strict=True)
        ]
    )
    table = made(rows, words, totals=["outcome"], trees={"place": tree})
    sums = [((place, "all"), [(place, outcome) for outcome in OUTCOMES[:3]]) for place in places]
    sums += [
        ((total, o), [(part, o) for part in parts]) for total, parts in tree.items() for o in (*OUTCOMES[:3], "all")
    ]
    truth = {(row.place, row.outcome): row.n for row in rows.itertuples()}
    for name, (low, high) in attacker.of_table(table, ["place", "outcome"], "n", sums).items():
        assert high - low >= 10 - 1e-6
        assert truth[name] == 0 or truth[name] >= 10 or (low <= 1e-6 and high >= 10 - 1e-6)
    pages = {place: [table.only(place=place).record] for place in (*tree["east"], *tree["west"], "east", "west")}
    assert audit(pages) == []


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 25)), min_size=4, max_size=4))
def test_nobody_can_compute_those_outside_a_group_or_without_an_outcome(numbers):
    """Young or not, holder or not: two groups that overlap; those at work in each, and so those who are not."""
    (yh, yo, oh, oo) = ((n + w, w) for n, w in numbers)
    added = [tuple(map(sum, zip(*each, strict=True))) for each in ((yh, yo), (yh, oh), (yh, yo, oh, oo))]
    rows = pd.DataFrame(added, columns=["n", "n_work"]).assign(group=["young", "holder", "all"])
    table = protect(
        Table(
            rows=rows, counts=["n", "n_work"], labels=["group"], words={"group": ["young", "holder"]}, groups=["group"],
            shares={"share_work": ("n_work", "n")}, about={"municipality": "GM0197"}, source="register", is_simulated=True,
        )
    )  # fmt: skip
    truth = {}
    equations = []
    for row, told in zip(rows.to_dict("records"), table.rows.to_dict("records"), strict=True):
        for count in ("n", "n_work"):
            truth[row["group"], count] = row[count]
            equations += [] if pd.isna(told[count]) else [({(row["group"], count): 1}, told[count])]
    for group in ("young", "holder"):
        for count in ("n", "n_work"):
            truth[f"not {group}", count] = truth["all", count] - truth[group, count]
            equations.append(({("all", count): 1, (group, count): -1, (f"not {group}", count): -1}, 0))
    for group in ("young", "holder", "all", "not young", "not holder"):
        truth[group, "rest"] = truth[group, "n"] - truth[group, "n_work"]
        equations.append(({(group, "n"): 1, (group, "n_work"): -1, (group, "rest"): -1}, 0))
    for name, (low, high) in attacker.bounds(truth, equations).items():
        if 0 < truth[name] < 10:
            assert low <= 1e-6, name
            assert high >= 10 - 1e-6, name
