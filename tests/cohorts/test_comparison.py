"""Comparison cohorts: clocks that start alike, and no look into the future."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from evaltools.cohorts import (
    Definitions,
    comparison_cohort,
    earlier_cohort,
    job_table,
    ladder_changes,
    membership_table,
    programme_cohort,
    table_one,
)
from evaltools.cohorts.definitions import days_of
from evaltools.errors import InvalidDataError
from tests.cohorts.examples import CENSORING_DAY, programme_of, register_of

GIVEN = Definitions(censoring_day=CENSORING_DAY)
SELECTED = ["2019-01-01"] * 5 + ["2019-02-10"] * 10 + ["2019-05-31"] * 5


def register(n=2_020, seed=0, municipality="GM0197", **options):
    """Benefits that run for everybody, so that all are eligible on any day; the first twenty are selected."""
    names = np.array([f"p{number:05d}" for number in range(n)])
    order = np.random.default_rng(seed).permutation(n)
    spells = pd.DataFrame({"person_id": names[order], "first_day": "2010-01-01", "last_day": None})
    listed = pd.DataFrame({"person_id": names[:20], "selected_day": SELECTED})
    return register_of({"benefit_spells": spells, "participations": listed}, municipality=municipality, **options)


def cohort_of(made, **choices):
    return programme_cohort(
        made, programme_of(), definitions=Definitions(**{"censoring_day": CENSORING_DAY, **choices})
    )


def test_pseudo_index_days_are_those_of_the_participants_as_often():
    others = comparison_cohort(cohort_of(register()))
    counts = others.participants["index_day"].dt.strftime("%Y-%m-%d").value_counts()
    assert set(counts.index) == set(SELECTED)
    expected = [len(others) * SELECTED.count(day) / len(SELECTED) for day in counts.index]
    # A fixed seed: this is no chance in each run, but a check that the weights are 5, 10 and 5 of 20.
    assert stats.chisquare(counts, expected).pvalue > 0.001


def test_the_same_seed_gives_the_same_days_in_whatever_order_the_rows_stand():
    one, two = (comparison_cohort(cohort_of(register(seed=seed))).participants for seed in (1, 2))
    pd.testing.assert_frame_equal(one.drop(columns="benefit_id"), two.drop(columns="benefit_id"))
    other = comparison_cohort(cohort_of(register()), seed=2).participants
    assert not one["index_day"].equals(other["index_day"])


def test_nobody_who_was_selected_by_then_is_in():
    made = register()
    others = comparison_cohort(cohort_of(made))
    joined = others.participants.merge(made.participations, on="person_id", how="inner")
    assert (joined["index_day"] < joined["selected_day"]).all()
    assert (joined["follow_up_last_day"] == joined["selected_day"] - pd.Timedelta(days=1)).all()
    assert (joined["follow_up_end"] == "joined").all()
    flow = others.flow.set_index("step")
    assert flow.loc["selected_before", "n_excluded"] + len(joined) == 20
    kept = comparison_cohort(cohort_of(made, later_participants="kept")).participants
    assert (kept["follow_up_end"] == "censoring_day").all()
    assert len(kept) == len(others)


def test_another_municipality_has_its_own_censoring_day():
    cohort = cohort_of(register())
    elsewhere = register(300, municipality="GM0222", extract_day="2021-05-31")
    others = comparison_cohort(cohort, elsewhere=elsewhere)
    assert (others.group, others.municipality) == ("other_municipality", "GM0222")
    assert (others.participants["group"] == "other_municipality").all()
    short = register(300, municipality="GM0222", extract_day="2020-12-31")
    with pytest.raises(InvalidDataError, match="the register of GM0222: was extracted on 2020-12-31, before"):
        comparison_cohort(cohort, elsewhere=short)


def test_earlier_years_end_before_the_programme():
    earlier = earlier_cohort(cohort_of(register()), years=3)
    days = pd.DatetimeIndex(sorted(set(earlier.participants["index_day"])))
    assert days.strftime("%Y-%m-%d").tolist() == ["2016-01-01", "2016-02-10", "2016-05-31"]
    assert earlier.followed_until == pd.Timestamp("2018-12-31")
    assert len(earlier) == 2_020  # participants of later are in it: it is another time


@pytest.mark.parametrize("years", [0, -1, 1.5, True])
def test_years_that_cannot_be(years):
    with pytest.raises(InvalidDataError, match="expected a whole number of at least 1"):
        earlier_cohort(cohort_of(register(40)), years=years)


def test_earlier_than_the_register():
    with pytest.raises(InvalidDataError, match="leaves nobody in the cohort: 0 persons in the register"):
        earlier_cohort(cohort_of(register(40)), years=15)


def test_a_comparison_is_with_a_programme():
    others = comparison_cohort(cohort_of(register(40)))
    with pytest.raises(
        InvalidDataError, match="is itself to compare with \\(comparison\\); take the one of the programme"
    ):
        comparison_cohort(others)


def test_of_who_joined_nothing_else_is_known(without_effect):
    others = comparison_cohort(without_effect)
    table = membership_table(others, 12).set_index("name")
    n_joined = table.loc["joined", "n"]
    assert n_joined > 4_000
    assert (table.drop("joined")["n_unknown"] >= n_joined).all()
    jobs = job_table(others, 12)
    assert (jobs["n_joined"] == n_joined).all()
    assert table.loc["work_exit", "n"] == jobs["n_work_exit"].iloc[0]
    # The clocks are drawn alike; who is in starts earlier, and Table 1 shows it.
    quarters = table_one(without_effect, others, variables="index_quarter")
    assert quarters["level"].tolist() == [f"{year}-Q{q}" for year, q in
                                          [(2019, 1), (2019, 2), (2019, 3), (2019, 4), (2020, 1), (2020, 2), (2020, 3)]]  # fmt: skip
    assert quarters["smd_comparison"].iloc[0] < -0.1


def test_scores_after_the_own_selection_are_not_of_the_comparison():
    scores = pd.DataFrame({"person_id": ["p00010"] * 2, "day": ["2019-01-01", "2019-03-01"], "rung": ["2", "4"]})
    spells = pd.DataFrame({"person_id": [f"p{n:05d}" for n in range(20)], "first_day": "2010-01-01", "last_day": None})
    listed = pd.DataFrame({"person_id": ["p00000", "p00010"], "selected_day": ["2019-01-01", "2019-02-01"]})
    tables = {"benefit_spells": spells, "participations": listed, "ladder_scores": scores}
    cohort = programme_cohort(register_of(tables), programme_of(), definitions=GIVEN)
    for seed in range(20):
        others = comparison_cohort(cohort, seed=seed)
        changes = ladder_changes(others, 6).set_index("person_id")["change"]
        if "p00010" in changes.index:
            assert changes["p00010"] == "no_second"
            return
    pytest.fail("was in no comparison")


def test_a_comparison_is_simulated_when_the_cohort_is():
    cohort = cohort_of(register(40))
    real = register(40, municipality="GM0222")
    real = type(real)(
        real.municipality, real.folder, {n: replace(o, is_simulated=False) for n, o in real.origins.items()}, real.held
    )
    with pytest.raises(InvalidDataError, match="is simulated where the cohort is not"):
        comparison_cohort(cohort, elsewhere=real)
    with pytest.raises(InvalidDataError, match="is the municipality of the cohort itself"):
        comparison_cohort(cohort, elsewhere=register(40))


def test_earlier_ends_before_anybody_is_selected_whoever_is_in():
    made = register(40)
    programme = programme_of(eligibility={"age_below": 27})
    ages = made.persons.assign(birth_year=[None] * 10 + [2000] * 30).drop(columns="municipality")
    both = register_of({"benefit_spells": made.benefit_spells, "participations": made.participations, "persons": ages})
    cohort = programme_cohort(both, programme, definitions=GIVEN)
    assert cohort.participants["index_day"].min() == pd.Timestamp("2019-02-10")
    assert earlier_cohort(cohort, years=2).followed_until == pd.Timestamp("2018-12-31")


def share_left(participants, months):
    """Share with an exit within so many months, who joins or moves taken out from then on (Kaplan-Meier)."""
    is_seen = participants["cause"] != "censored"
    days = np.rint(participants["months"] * 365.25 / 12)
    found = stats.ecdf(stats.CensoredData(days[is_seen], right=days[~is_seen])).sf
    return 1 - float(found.evaluate(days_of(months)))


N, MONTHLY_HAZARD = 30_000, 0.03
TRUTH = 1 - np.exp(-MONTHLY_HAZARD * 12)
# Some 10,000 people in each cohort: sqrt(0.3 x 0.7 / 10,000) = 0.005, more where many are taken out; three of these.
TOLERANCE = 0.02


@pytest.fixture(scope="module")
def without_effect():
    """A programme without effect: all leave with one hazard, and chance selects 70% within eighteen months.

    Each has a day from 2019-01-01 on; who is still on benefit then is selected with that chance.
    """
    rng = np.random.default_rng(20190101)
    start = np.datetime64("2019-01-01")
    last = start + np.floor(rng.exponential(1 / MONTHLY_HAZARD, N) * 365.25 / 12).astype("timedelta64[D]")
    own = start + rng.integers(0, 548, N).astype("timedelta64[D]")
    is_selected = (last >= own) & (rng.random(N) < 0.7)
    names = np.array([f"p{number:05d}" for number in range(N)])
    spells = {"person_id": names, "first_day": "2010-01-01", "last_day": last, "exit_reason": "11"}
    listed = {"person_id": names[is_selected], "selected_day": own[is_selected]}
    made = register_of({"benefit_spells": pd.DataFrame(spells), "participations": pd.DataFrame(listed)})
    return cohort_of(made)


def test_no_effect_is_found_where_there_is_none(without_effect):
    others = comparison_cohort(without_effect)
    assert min(len(without_effect), len(others)) > 8_000
    for cohort in (without_effect, others):
        assert share_left(cohort.participants, 12) == pytest.approx(TRUTH, abs=TOLERANCE)


def test_leaving_out_who_is_selected_later_would_find_harm(without_effect):
    """The look into the future that is not taken: what is left of the comparison leaves more often than it does."""
    participants = comparison_cohort(without_effect).participants
    never = participants[participants["follow_up_end"] != "joined"]
    assert share_left(never, 12) > TRUTH + 5 * TOLERANCE


def test_one_clock_for_all_would_find_harm(without_effect):
    """Others who start on the first index day have left before most participants start: no pseudo index day."""
    first = without_effect.participants["index_day"].min()
    spells = without_effect.register.benefit_spells
    others = spells[~spells["person_id"].isin(without_effect.participants["person_id"])]
    left = (others["last_day"] < first + pd.Timedelta(days=365)).mean()
    assert left > TRUTH + 5 * TOLERANCE
