"""Why and when participants left, and whether they came back: by hand, and beside what the cohorts count."""

from dataclasses import replace

import numpy as np
import pytest

from evaltools.cohorts import relapse_table
from evaltools.disclosure import protect, protect_curves
from evaltools.findings.evaluation.gross import (
    CAUSES,
    CURVE_WORDS,
    SENSITIVE_CAUSES,
    durability,
    exits_by_month,
    returns_by_month,
    told_of_returns,
)
from evaltools.findings.evaluation.outcomes import outcome_results
from evaltools.findings.people import about_cohort
from tests.findings.evaluation.worlds import AOW, ENFORCED, LEARNS, MOVED, WORK, People, drawn, groups_of, on_a_day

# Months of 30.4375 days; the exit is the day after the last one with benefit.
LEAVERS = (
    People(2, last=28, reason=WORK),  # exits on day 29: the first month
    People(1, last=30, reason=WORK),  # day 31: the second
    People(1, last=300, reason=LEARNS),  # day 301, 9.9 months: the tenth
    People(1, last=60, reason=ENFORCED),  # day 61: just in the third
    People(1, last=90, reason=AOW),  # day 91: the third
    People(1, last=120, reason=MOVED),  # seen until day 120, 3.9 months: the fourth
    People(3),
)


def steps(table, cause=None):
    rows = table if cause is None else table[table["cause"] == cause]
    return {int(row.month): int(row.n_exits) for row in rows.itertuples() if row.n_exits}


def test_exits_by_month_by_hand():
    found = exits_by_month(on_a_day(*LEAVERS), 12)
    assert len(found) == 13 * len(CAUSES)
    assert steps(found, "work") == {1: 2, 2: 1}
    assert steps(found, "other_income") == {10: 1}
    assert steps(found, "enforcement") == {3: 1}
    assert steps(found, "demographic") == {3: 1, 4: 1}
    at_risk = found[found["cause"] == "work"].set_index("month")["n_at_risk"]
    # Of ten: after one month 8, after two 7, after three 5, after the move 4, after nine 4, after ten 3.
    assert at_risk.tolist() == [10, 10, 8, 7, 5, 4, 4, 4, 4, 4, 4, 3, 3]
    assert all((group["n_at_risk"].tolist() == at_risk.tolist()) for _, group in found.groupby("cause"))


def test_who_joins_is_followed_for_whole_months_and_not_at_all_in_the_first():
    """Selected on day 10 and on day 70: seen for 0 and for 2 whole months."""
    cohort = on_a_day(People(1), People(1), People(1))
    ends = cohort.participants.assign(
        months=[9 / 30.4375, 69 / 30.4375, 28.0], cause="censored", follow_up_end="joined"
    )
    found = exits_by_month(replace(cohort, participants=ends), 4)
    at_risk = found[found["cause"] == "work"]["n_at_risk"].tolist()
    assert at_risk == [2, 2, 2, 1, 1]
    assert found["n_exits"].sum() == 0


@pytest.mark.parametrize("name", ["cohort", "comparison"])
def test_exits_in_a_drawn_register_are_all_of_them_once(name):
    cohort = getattr(drawn()[0], name)
    found = exits_by_month(cohort, 1_000)
    people = cohort.participants
    left = (people["cause"] != "censored") | (people["follow_up_end"] == "move")
    assert found["n_exits"].sum() == left.sum()
    assert found[found["cause"] == "work"]["n_exits"].sum() == (people["cause"] == "work").sum()
    assert found["n_exits"].groupby(found["cause"]).sum()["enforcement"] == (people["cause"] == "enforcement").sum()
    # Brute force: who is still followed after so many months.
    for month in (1, 6, 12):
        months = people["months"]
        still = np.where(left, np.maximum(np.ceil(months), 1), np.floor(months)) >= month
        assert (found[(found["month"] == month) & (found["cause"] == "work")]["n_at_risk"] == still.sum()).all()
    shown = protect_curves(
        exits_by_month(cohort, 18), time="month", at_risk="n_at_risk", events="n_exits", causes="cause", words=CURVE_WORDS,
        sensitive=SENSITIVE_CAUSES, about=about_cohort(cohort, at="curves"), source="x", is_simulated=True,
    )  # fmt: skip
    assert not shown.rows.empty


RETURNERS = (
    People(2, last=99, reason=WORK, again=(150, None, None)),  # exit on day 100, back on day 150: 1.6 months, early
    People(1, last=99, reason=WORK, again=(300, 310, WORK)),  # back after 200 days: late, and off again after ten days
    People(1, last=99, reason=ENFORCED, again=(380, None, None)),  # back after 280 days: late
    People(1, last=99, reason=ENFORCED, again=(470, None, None)),  # back after 370 days: not within the year
    People(3, last=99, reason=WORK),  # stayed away
    People(2, last=99, reason=AOW),  # for good
    People(1, last=600, reason=WORK),  # exit on day 601; 250 days are seen after it
    People(4),
)


def test_returns_by_month_by_hand():
    found = returns_by_month(on_a_day(*RETURNERS)).set_index("month")
    # Eight left otherwise than for good and can be followed a year. Back in months 2 (twice), 7 (200 days are 6.6), 10 (9.2).
    assert {month: n for month, n in found["n_returns"].items() if n} == {2: 2, 7: 1, 10: 1}
    assert found["n_at_risk"].tolist() == [8, 8, 8, 6, 6, 6, 6, 6, 5, 5, 5, 4, 4]
    shown = returns_by_month(on_a_day(People(5)))
    assert list(shown.columns) == ["month", "n_at_risk", "n_returns"]
    assert shown["month"].tolist() == [*range(13)]
    assert (shown[["n_at_risk", "n_returns"]] == 0).all(axis=None)


def test_durability_by_hand():
    groups = groups_of(*RETURNERS)
    rows = durability(groups).rows.set_index("exits")
    assert rows.loc["all"].to_dict() == {
        "n_followed": 8, "n_early": 2, "n_late": 1 + 1, "n_returned": 4, "n_stayed": 3 + 1, "n_on_half_year": 2, "n_on_year": 2 + 1,
    }  # fmt: skip
    assert rows.loc["work"].to_dict() == {
        "n_followed": 6, "n_early": 2, "n_late": 1, "n_returned": 3, "n_stayed": 3, "n_on_half_year": 2, "n_on_year": 2,
    }  # fmt: skip


def test_who_came_back_and_moved_is_on_no_benefit_here():
    """Back on day 150, moved on day 300: on benefit half a year after the exit of day 100, day 283, and not after a year."""
    groups = groups_of(People(1, last=99, reason=WORK, again=(150, 300, MOVED)), People(4))
    row = durability(groups).rows.set_index("exits").loc["all"]
    assert (row["n_followed"], row["n_returned"], row["n_on_half_year"], row["n_on_year"]) == (1, 1, 1, 0)


def test_durability_is_what_the_cohorts_count():
    groups, _ = drawn()
    rows = durability(groups).rows.set_index("exits")
    for exits in ("all", "work"):
        known = relapse_table(groups.cohort, (6, 12), exits=exits).set_index("months")
        row = rows.loc[exits]
        assert row["n_followed"] == known.loc[12, "n_followed"] > 50
        assert row["n_returned"] == known.loc[12, "n_returned"]
        assert row["n_stayed"] == known.loc[12, "n_stayed"]
        assert row["n_on_year"] == known.loc[12, "n_on_benefit"]
        assert row["n_returned"] == row["n_early"] + row["n_late"]
        assert row["n_followed"] == row["n_returned"] + row["n_stayed"]
    shown = protect(durability(groups)).rows.set_index("exits")
    row = shown.loc["all"]
    if row[["n_returned", "n_followed"]].notna().all():
        assert row["share_returned"] == pytest.approx(row["n_returned"] / row["n_followed"])


def curve(rows, cohort, **options):
    """Protect a curve as the page does."""
    shown = protect_curves(rows, time="month", at_risk="n_at_risk", about=about_cohort(cohort, at="curves"), source="x",
                           is_simulated=True, **options)  # fmt: skip
    return shown.rows


BACK = (
    # Exits on day 30 (the first month), of whom 3 come back on day 200, and one a month later each.
    People(30, last=29, reason=WORK), People(3, last=29, reason=WORK, again=(200, None, None)),
    *(People(12, last=30 * month + 29, reason=WORK) for month in range(1, 14)),
    People(40),
)  # fmt: skip


def test_who_left_and_came_back_does_not_follow_from_a_curve_and_a_horizon():
    """Exits up to a horizon, less who is without benefit at it, are those who came back before it: here 3."""
    groups = groups_of(*BACK, horizons=(6, 12))
    rows = exits_by_month(groups.cohort, 14)
    causes = {"events": "n_exits", "causes": "cause", "words": CURVE_WORDS, "sensitive": ()}

    def n_shown(found):
        every = found[(found["cause"] == "all") & found["n_exits"].notna()]
        return every.set_index("month")["n_exits"].cumsum()

    attacked, shown = n_shown(curve(rows, groups.cohort, **causes)), n_shown(curve(rows, groups.cohort, not_at=groups.horizons, **causes))  # fmt: skip
    whole = outcome_results(groups).rows.set_index(["months", "outcome"])["n_programme"]
    assert attacked[12] - whole["12", "off_benefit"] == 3
    assert len(shown) > 3
    assert not {*shown.index} & {*groups.horizons}


def test_returns_on_the_curve_are_those_of_durability():
    """The same exits: at risk at first who is followed, back by half a year and by a year who is back, and then who stayed."""
    for cohort_of in (groups_of(*RETURNERS), drawn()[0]):
        row = durability(cohort_of).rows.set_index("exits").loc["all"]
        found = returns_by_month(cohort_of.cohort).set_index("month")
        n_back = found["n_returns"].cumsum()
        assert found.loc[0, "n_at_risk"] == found.loc[1, "n_at_risk"] == row["n_followed"]
        assert (n_back[6], n_back[12]) == (row["n_early"], row["n_returned"])
        # Nobody is last seen in between: at risk is who was there, but those who came back.
        assert (found["n_at_risk"] == row["n_followed"] - n_back.shift(fill_value=0)).all()
        assert row["n_followed"] - n_back[12] == row["n_stayed"]


def returners(back, stay):
    """Exits by the day after them on which so many came back, and of so many who stayed away."""
    return groups_of(*(People(n, last=99, reason=WORK, again=(100 + after, None, None)) for after, n in back),
                     People(stay, last=99, reason=WORK), People(30))  # fmt: skip


def test_a_curve_beside_durability_tells_of_nobody_who_came_back_in_a_month():
    """Of 63 who left 12 come back in months 2, 5 and 9 each, 4 in month 6 and 3 in month 12; 20 stay away."""
    groups = returners(((50, 12), (140, 12), (170, 4), (260, 12), (350, 3)), 20)
    table = protect(durability(groups))
    told = table.rows.set_index("exits").loc["all", ["n_followed", "n_early", "n_returned"]]
    assert told.tolist() == [63, 28, 43]
    found = curve(returns_by_month(groups.cohort), groups.cohort, events="n_returns", told_at=told_of_returns(table))
    assert found["n_at_risk"].max() <= told["n_followed"]
    shown = found.set_index("month")["n_returns"].cumsum()
    assert shown.to_dict() == {
        0: 0,
        1: 0,
        2: 12,
        3: 12,
        4: 12,
        6: 28,
        7: 28,
        8: 28,
        12: 43,
    }  # month 5 is four fewer than 28
    for total in told:
        apart = (shown - total).abs()
        assert ((apart == 0) | (apart >= 10)).all(), total


def test_who_stays_away_does_not_follow_from_the_first_at_risk():
    """Of 43 who left three stay away: the table tells of the 40 who are back, and neither of the 43 nor of the three."""
    groups = returners(((50, 20), (260, 20)), 3)
    table = protect(durability(groups))
    assert told_of_returns(table) == {0: False, 6: True, 12: True}
    attacked, found = (curve(returns_by_month(groups.cohort), groups.cohort, events="n_returns", told_at=told_at)
                       for told_at in ({}, told_of_returns(table)))  # fmt: skip
    assert attacked["n_at_risk"].max() - table.rows.set_index("exits").loc["all", "n_returned"] == 3
    assert found["n_at_risk"].isna().all()
