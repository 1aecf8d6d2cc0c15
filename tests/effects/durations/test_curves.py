"""Curves beside R's survfit, brute force and closed forms."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from evaltools.effects import cumulative_incidence, kaplan_meier
from evaltools.errors import InvalidDataError
from tests.conftest import ROOT
from tests.public_data import public_data

FROM_R = pd.read_csv(ROOT / "tests" / "reference" / "duration_curves.csv", skipinitialspace=True)
NUMBERS = pd.read_csv(ROOT / "tests" / "reference" / "duration_numbers.csv", skipinitialspace=True).set_index("what")
# R prints 15 digits, of sums over thousands of units in another order than ours.
RTOL = 1e-9
COLUMNS = ["estimate", "standard_error", "lower", "upper"]


def spells():
    held = public_data("unemp_dur")
    cause = np.select([held[f"censor{number}"] == 1 for number in (1, 2, 3)], [1, 2, 3], 0)
    return pd.DataFrame(
        {
            "time": held["spell"],
            "cause": cause,
            "ui": held["ui"] == "yes",
            "weight": 0.5 + held["age"] / 50,
            "entry": np.arange(1, len(held) + 1) % 3,
        }
    )


def lung():
    held = public_data("lung")
    return pd.DataFrame({"time": held["time"], "event": held["status"] == 2, "sex": held["sex"]})


def reference(what):
    return FROM_R[FROM_R["what"] == what]


def agree(found, expected, *, n_at_risk=True):
    for column in COLUMNS:
        np.testing.assert_allclose(found[column], expected[column], rtol=RTOL)
    if n_at_risk:
        assert found["n_at_risk"].tolist() == expected["n_at_risk"].tolist()


# Beside R


def test_survival_agrees_with_r():
    data = spells()
    agree(kaplan_meier(data["time"], data["cause"] > 0, at=[2, 6, 13, 26]), reference("km"))
    both = kaplan_meier(lung()["time"], lung()["event"], group=lung()["sex"], at=[100, 365, 730])
    assert both["group"].tolist() == [1, 1, 1, 2, 2, 2]
    agree(both, pd.concat([reference("km lung 1"), reference("km lung 2")]))


def test_late_entry_agrees_with_r():
    late = spells().query("time > 2")
    agree(kaplan_meier(late["time"], late["cause"] > 0, entry=np.full(len(late), 2), at=[6, 13]), reference("km late"))
    mixed = spells().query("time > entry")
    found = cumulative_incidence(mixed["time"], mixed["cause"], entry=mixed["entry"], at=[2, 6, 13, 26])
    agree(found, reference("cif late"))
    agree(
        kaplan_meier(mixed["time"], mixed["cause"] > 0, entry=mixed["entry"], at=[2, 6, 13, 26]),
        reference("km late mixed"),
    )


def test_weights_agree_with_r():
    data = spells()
    found = kaplan_meier(data["time"], data["cause"] > 0, weights=data["weight"], at=[2, 6, 13, 26])
    agree(found, reference("km weighted"), n_at_risk=False)  # R adds up weights there
    found = cumulative_incidence(data["time"], data["cause"], weights=data["weight"], at=[2, 6, 13, 26])
    agree(found, reference("cif weighted"), n_at_risk=False)
    late = data.query("time > entry")
    found = cumulative_incidence(
        late["time"], late["cause"], entry=late["entry"], weights=late["weight"], at=[2, 6, 13, 26]
    )
    agree(found, reference("cif late weighted"), n_at_risk=False)


def test_incidence_agrees_with_r():
    data = spells()
    found = cumulative_incidence(data["time"], data["cause"], at=[2, 6, 13, 26])
    assert found["cause"].tolist() == [1] * 4 + [2] * 4 + [3] * 4
    agree(found, reference("cif"))
    by_ui = cumulative_incidence(data["time"], data["cause"], group=data["ui"], at=[2, 6, 13, 26])
    for ui in (False, True):
        agree(by_ui[by_ui["group"] == ui], reference(f"cif ui {str(ui).upper()}"))


def test_the_variance_is_not_that_of_aalen():
    data = spells()
    found = cumulative_incidence(data["time"], data["cause"], at=[2, 6, 13, 26]).query("cause == 1")
    aalen = np.sqrt([NUMBERS.loc[f"aalen variance {at}", "estimate"] for at in (2, 6, 13, 26)])
    ratio = found["standard_error"] / aalen
    assert ((ratio > 1.002) & (ratio < 1.02)).all()  # here; in groups of tens it is the smaller one


def test_one_minus_survival_of_one_cause_is_too_high():
    """Effects of McCall's data that are published of this: 0.4320 against 0.3544 at 13, 0.6349 against 0.4619 at 26."""
    data = spells()
    one_minus = 1 - kaplan_meier(data["time"], data["cause"] == 1, at=[13, 26])["estimate"]
    incidence = cumulative_incidence(data["time"], data["cause"], at=[13, 26]).query("cause == 1")["estimate"]
    assert one_minus.round(4).tolist() == [0.4320, 0.6349]
    assert incidence.round(4).tolist() == [0.3544, 0.4619]


# Brute force


def incidence_by_hand(time, cause, weights, entry, of, at):
    """Multiply and add over the times, one by one, as the definition says."""
    left, total = 1.0, 0.0
    for moment in sorted(set(time)):
        if moment > at:
            break
        risk = sum(w for t, e, w in zip(time, entry, weights, strict=True) if e < moment <= t)
        out = {
            k: sum(w for t, c, w in zip(time, cause, weights, strict=True) if t == moment and c == k)
            for k in set(cause)
        }
        total += left * out.get(of, 0) / risk
        left *= 1 - sum(out[k] for k in out if k) / risk
    return total, left


def jackknife_by_hand(time, cause, weights, entry, of, at):
    """Sum of the squares of what a little more weight of each unit does, times its weight."""
    step, squares = 1e-6, 0.0
    for unit, weight in enumerate(weights):
        moved = []
        for sign in (1, -1):
            other = list(weights)
            other[unit] = weight + sign * step
            moved.append(incidence_by_hand(time, cause, other, entry, of, at)[0])
        squares += (weight * (moved[0] - moved[1]) / (2 * step)) ** 2
    return np.sqrt(squares)


@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.integers(0, 2), st.sampled_from([0.1, 0.3, 0.7, 3.0]), st.integers(-1, 3)),
        min_size=1,
        max_size=12,
    ),
    st.booleans(),
)
def test_any_curve_is_that_of_the_definition(units, is_weighted):
    units = [
        (time, cause, weight if is_weighted else 1.0, min(entry, time - 1)) for time, cause, weight, entry in units
    ]
    time, cause, weights, entry = map(list, zip(*units, strict=True))
    options = {"entry": entry} | ({"weights": weights} if is_weighted else {})
    curve = cumulative_incidence(time, cause, **options)
    overall = kaplan_meier(time, np.array(cause) > 0, **options).set_index("time")
    for row in curve.itertuples():
        expected, left = incidence_by_hand(time, cause, weights, entry, row.cause, row.time)
        assert row.estimate == pytest.approx(expected, abs=1e-12)
        assert overall.loc[row.time, "estimate"] == pytest.approx(left, abs=1e-12)
        if left > 1e-9:  # the derivative of what is used up is not to be had by steps
            by_hand = jackknife_by_hand(time, cause, weights, entry, row.cause, row.time)
            assert row.standard_error == pytest.approx(by_hand, abs=1e-7)  # steps of 1e-6
        assert row.n_at_risk == sum(
            (before < row.time or (row.time == 0 and before <= 0)) and row.time <= until
            for until, before in zip(time, entry, strict=True)
        )
        assert 0 <= row.lower <= row.estimate + 1e-12
        assert row.estimate <= row.upper + 1e-12 <= 1 + 2e-12


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=30), st.randoms())
def test_incidences_and_survival_sum_to_one_in_any_order_of_rows(units, random):
    time, cause = map(list, zip(*units, strict=True))
    curve = cumulative_incidence(time, cause)
    total = curve.groupby("time")["estimate"].sum()
    survival = kaplan_meier(time, np.array(cause) > 0).set_index("time")["estimate"]
    np.testing.assert_allclose(total, 1 - survival, atol=1e-12)
    random.shuffle(units)
    other = cumulative_incidence(*map(list, zip(*units, strict=True)))
    pd.testing.assert_frame_equal(other, curve, check_exact=False, rtol=1e-12)


def test_weights_that_count_copies_give_the_curve_of_the_copies():
    time, cause, copies = [1, 2, 2, 3, 5], [1, 0, 2, 1, 0], [2, 1, 3, 1, 2]
    weighted = cumulative_incidence(time, cause, weights=copies)
    copied = cumulative_incidence(np.repeat(time, copies), np.repeat(cause, copies))
    np.testing.assert_allclose(weighted["estimate"], copied["estimate"], rtol=1e-12)
    # Five people who count double are not ten.
    assert (weighted["standard_error"][1:4] > copied["standard_error"][1:4]).all()
    assert weighted["n_at_risk"].tolist()[:4] == [5, 5, 4, 2]


def test_who_has_weight_0_is_not_there():
    found = kaplan_meier([1, 2, 3, 4], [1, 1, 0, 1], weights=[2.0, 0.0, 1.0, 1.0])
    pd.testing.assert_frame_equal(found, kaplan_meier([1, 3, 4], [1, 0, 1], weights=[2.0, 1.0, 1.0]))


def test_times_between_whole_numbers_and_far_apart_are_taken_as_they_are():
    months = np.array([30, 61, 61, 365_000]) / 30.4375
    assert kaplan_meier(months, [1, 1, 0, 1])["time"].tolist() == pytest.approx([0.0, *np.unique(months)], abs=1e-9)
    assert kaplan_meier([0.1 + 0.2, 0.3, 1], [1, 1, 0], at=0.3)["n_events"].tolist() == [2]
    many = kaplan_meier([1e15, 2.0, 1e-9], [1, 1, 1], group=["a", "b", "c"])
    assert many["time"].tolist() == [0, 1e15, 0, 2, 0, 1e-9]


# Edges


def test_nobody_has_an_event():
    found = kaplan_meier([6] * 31, [0] * 31, at=[0, 3, 6])
    assert found["estimate"].tolist() == [1, 1, 1]
    exact = 1 - binomtest(0, 31).proportion_ci(method="exact").high
    np.testing.assert_allclose(found["lower"], [1, exact, exact])
    curve = cumulative_incidence([6] * 31, [0] * 31, at=[6])
    assert curve.loc[0, "upper"] == pytest.approx(1 - exact)


def test_everybody_has_the_event_at_once():
    found = kaplan_meier([6] * 31, [1] * 31).iloc[-1]
    exact = binomtest(0, 31).proportion_ci(method="exact").high
    assert (found["estimate"], found["standard_error"], found["lower"]) == (0, 0, 0)
    assert found["upper"] == pytest.approx(exact)
    curve = cumulative_incidence([6] * 31, ["work"] * 31).iloc[-1]
    assert (curve["estimate"], curve["upper"]) == (1, 1)
    assert curve["lower"] == pytest.approx(1 - exact)


def test_the_last_one_left_has_the_event():
    """Statsmodels gives nan there; the limit is below the one before, and the standard error that of no survival."""
    found = kaplan_meier([1, 2, 3], [1, 1, 1]).set_index("time")
    assert found.loc[3, ["estimate", "standard_error", "lower"]].tolist() == [0, 0, 0]
    assert found.loc[3, "upper"] == pytest.approx(found.loc[2, "upper"] * 0.975)
    curve = cumulative_incidence([1, 2, 3], [1, 2, 1])
    assert curve["standard_error"].notna().all()
    # 1 of 3, then all that is left: two of three, as a share without censoring.
    assert curve.query("cause == 1")["standard_error"].iloc[-1] == pytest.approx(np.sqrt(2 / 9 / 3))


def test_with_late_entries_the_fewest_so_far_tell():
    """Two are there for all of the time, and a hundred for its last day: that is as much as two tell."""
    found = kaplan_meier([12] * 102, [0] * 102, entry=[0] * 2 + [11.9] * 100, at=[11, 12])
    assert found["lower"].tolist() == pytest.approx([0.025 ** (1 / 2)] * 2)
    found = kaplan_meier([12] * 102, [0] * 102, entry=[1] * 2 + [11.9] * 100, at=12)
    assert found["lower"][0] == pytest.approx(0.025 ** (1 / 2))
    gap = kaplan_meier([2, 5], [0, 0], entry=[0, 3], at=[2, 5])
    assert gap["lower"].tolist() == pytest.approx([0.025, 0])


def test_with_weights_the_limit_is_that_of_their_effective_number():
    found = kaplan_meier([12.0] * 100, [0] * 100, weights=[1e6] + [1] * 99, at=12)
    assert found["lower"][0] == pytest.approx(0.025, rel=1e-3)


def test_who_left_for_another_cause_never_has_this_one():
    """Of 1,000, 999 left for work and nobody is censored: none with AOW is none of 1,000, by Clopper and Pearson."""
    cause = pd.Categorical.from_codes([1] * 999 + [0], ["censored", "work", "aow"])
    found = cumulative_incidence([*range(1, 1000), 1000], cause, at=1000).set_index("cause")
    assert found.loc["aow", "upper"] == pytest.approx(binomtest(0, 1000).proportion_ci(method="exact").high)
    # With early exits and many censored, the few who were followed on are what tells: half, of ten.
    early = pd.Categorical.from_codes([1] * 500 + [0] * 500, ["censored", "work", "aow"])
    found = cumulative_incidence([1] * 500 + [2] * 490 + [12] * 10, early, at=12).set_index("cause")
    assert found.loc["aow", "upper"] == pytest.approx(1 - 0.025 ** (0.5 / 10))


def test_only_ratios_of_weights_count():
    plain = cumulative_incidence([1, 2, 3, 4], [1, 2, 0, 1], weights=[1, 2, 3, 4])
    for scale in (1e-165, 1e200):
        other = cumulative_incidence([1, 2, 3, 4], [1, 2, 0, 1], weights=np.array([1, 2, 3, 4]) * scale)
        pd.testing.assert_frame_equal(other, plain)


def test_nobody_at_risk_is_nobody_whatever_the_weights():
    """Sums of 0.1, 0.7 and 0.3 in another order differ in their last bits: nobody was lost before anybody entered."""
    found = kaplan_meier([2, 3, 4], [0, 1, 0], weights=[0.1, 0.7, 0.3], entry=[1, 1, 1])
    assert found["estimate"].tolist() == pytest.approx([1, 1, 0.3, 0.3])


def test_censoring_at_time_0_is_no_event():
    assert kaplan_meier([0, 5], [0, 1]).loc[0, ["lower", "upper"]].tolist() == [1, 1]


def test_numbers_stay_numbers_in_any_column():
    expected = cumulative_incidence([1, 2, 3], [1, 0, 2])
    for cause in (pd.Series([1, 0, 2], dtype=object), pd.Categorical([1, 0, 2]), pd.Series([1, 0, 2], dtype="Int64")):
        pd.testing.assert_frame_equal(cumulative_incidence([1, 2, 3], cause), expected)


def test_the_shorter_group_ends_what_is_known():
    with pytest.raises(InvalidDataError, match="take a shorter time"):
        kaplan_meier([3, 9, 9], [0, 0, 0], group=["a", "b", "b"], at=6)
    with pytest.raises(InvalidDataError, match="take a shorter time"):
        kaplan_meier([9, 9, 3], [0, 0, 0], group=["a", "a", "b"], at=6)


def test_one_person():
    assert kaplan_meier([5], [1])[["estimate", "lower", "upper"]].to_numpy().tolist()[1] == pytest.approx([0, 0, 0.975])
    assert kaplan_meier([5], [0])[["estimate", "lower", "upper"]].to_numpy().tolist()[1] == pytest.approx([1, 0.025, 1])


def test_a_cause_that_a_group_does_not_have_is_zero_there():
    found = cumulative_incidence([1, 2, 1, 2], [1, 2, 1, 0], group=["a", "a", "b", "b"], at=[2])
    assert found.query("group == 'b' and cause == 2")[["estimate", "n_events"]].to_numpy().tolist() == [[0, 0]]


def test_without_censoring_a_share_and_its_binomial_error():
    rng = np.random.default_rng(2)
    cause = rng.integers(0, 3, 400)
    found = cumulative_incidence(np.where(cause, rng.integers(1, 9, 400), 9), cause, at=[9]).query("cause == 2").iloc[0]
    share = (cause == 2).mean()
    assert found["estimate"] == pytest.approx(share)
    assert found["standard_error"] == pytest.approx(np.sqrt(share * (1 - share) / 400))


def test_an_event_at_time_0_counts():
    """Lifelines drops it: of two at 0, one has cause 1."""
    found = cumulative_incidence([0, 0, 1, 2], [1, 2, 1, 2])
    assert found.query("cause == 1")["estimate"].tolist() == [0.25, 0.5, 0.5]


def test_causes_can_be_named():
    names = pd.Categorical(["work", "censored", "other"], categories=["censored", "other", "work", "never"])
    found = cumulative_incidence([1, 2, 3], names, at=[3]).set_index("cause")
    assert found["estimate"].tolist() == pytest.approx([2 / 3, 1 / 3, 0])  # other, work, never
    # Declared, and had by nobody: none of the one who is left.
    assert found.loc["never", "upper"] == pytest.approx(1 - 0.025 ** (1 / 1.5))  # one left, of two thirds: 1 / (2/3)
    assert cumulative_incidence([1, 2, 3], ["work", "censored", "other"])["cause"].unique().tolist() == [
        "other",
        "work",
    ]
    assert cumulative_incidence([1, 2, 3], [7, 0, 3])["cause"].unique().tolist() == [3, 7]


# Wrong use


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"time": [-1, 2]}, "time is below 0 for 1 of 2 units"),
        ({"time": []}, "time is empty; expected one value for each unit"),
        ({"time": [1, np.nan]}, "time has 1 missing or infinite value of 2; leave these units out, and count them"),
        ({"cause": [0.5, 1]}, "cause holds something else than 0 (censored), 1, 2, … up to 50, or names"),
        ({"cause": [-1, 1]}, "cause holds something else than 0 (censored), 1, 2, … up to 50, or names"),
        ({"cause": ["work", None]}, "cause is missing for 1 of 2; leave these units out, or name it"),
        ({"cause": ["work", "Censored"]}, "cause has 1 name that may stand for censored; write that as 'censored'"),
        ({"cause": ["1", "0"]}, "cause has 1 name that may stand for censored; write that as 'censored'"),
        (
            {"cause": [(1,), (2,)]},
            "cause holds no label for each unit; expected numbers, text or categories, of one dimension",
        ),
        ({"cause": [1e300, 1]}, "cause holds something else than 0 (censored), 1, 2, … up to 50, or names"),
        ({"time": pd.to_datetime(["2020-01-01", "2020-01-02"])}, "time holds something else than numbers"),
        ({"time": ["1", "2"]}, "time holds something else than numbers"),
        ({"time": [1 + 1j, 2]}, "time holds something else than numbers"),
        ({"level": None}, "level is None; expected a number between 0 and 1, such as 0.95"),
        (
            {"time": pd.Series([2, 5]), "cause": pd.Series([1, 0], index=[1, 0])},
            "cause and time have different indexes; bring their rows in one order, or pass cause.to_numpy()",
        ),
        ({"cause": [1]}, "cause has 1 value; expected 2, one for each unit"),
        ({"group": ["a", None]}, "group is missing for 1 of 2; leave these units out, or name it"),
        ({"group": ["a"]}, "group has 1 value; expected 2, one for each unit"),
        (
            {"entry": [0, 5]},
            "entry is not before time for 1 of 2 units; who left before entering is not seen: leave these out",
        ),
        ({"weights": [-1, 1]}, "weights is below 0 for 1 of 2 units"),
        ({"weights": [0, 0]}, "weights is 0 for everybody in a group"),
        ({"level": 95}, "level is 95; expected a number between 0 and 1, such as 0.95"),
        ({"at": [2, 1]}, "at holds no times in order; expected such as 12, or [6, 12, 18]"),
        ({"at": [1, np.nan]}, "at holds no times in order; expected such as 12, or [6, 12, 18]"),
        (
            {"at": [1, 6]},
            "at lies after the end of follow-up of a group, in which somebody had no event yet; take a shorter time",
        ),
    ],
)
def test_wrong_use_is_named(options, sentence):
    given = {"time": [2, 5], "cause": [1, 0]} | options
    with pytest.raises(InvalidDataError) as caught:
        cumulative_incidence(given.pop("time"), given.pop("cause"), **given)
    assert sentence in caught.value.problems


def test_all_problems_come_at_once():
    with pytest.raises(InvalidDataError) as caught:
        kaplan_meier([-1, 2], [2, 1], group=["a", None], level=2)
    assert len(caught.value.problems) == 4


def test_a_horizon_after_the_last_event_is_known_when_nobody_is_left():
    found = cumulative_incidence([1, 2], [1, 2], at=[1, 6])
    assert found["estimate"].tolist() == [0.5, 0.5, 0, 0.5]
    assert found["n_at_risk"].tolist() == [2, 0, 2, 0]
