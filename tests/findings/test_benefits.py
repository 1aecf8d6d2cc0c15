"""The area between two curves and what it is worth, proved by hand, by counting days, and by finite differences."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaltools.cohorts import Definitions, comparison_cohort, months_with_benefit, programme_cohort, weights_in_view
from evaltools.cohorts.definitions import DAYS_A_MONTH, days_of
from evaltools.disclosure import already_published, protect
from evaltools.effects import mean_difference, propensity_weights
from evaltools.errors import InvalidDataError
from evaltools.findings.benefits import curves_table, months_off_benefit, months_saved
from evaltools.findings.evaluation.compared import compare
from evaltools.findings.in_view_months import fill, look
from evaltools.findings.money import Money, money_of, prices_used
from evaltools.findings.purses import KNOWN, PURSES, purses, sensitivity
from evaltools.findings.validation.drawn import DRAWN_PROGRAMME, FROM_SELECTION, draw
from evaltools.programmes import Costs, Programme
from evaltools.reference import benefit_prices, discount_rates, execution_costs
from tests.small_registers import persons, spells, store

START = pd.Timestamp("2019-01-01")
DEFINITIONS = Definitions(censoring_day=dt.date(2020, 5, 31), horizons_months=(12,))
# A price of 12,000 a year is 1,000 a month.
MONEY = Money(
    price=12000, price_year=2019, price_basis="a test", prices=(10000.0, 12000.0), discount=0.0, discounts=(0.0, 0.03)
)
COSTS = Costs.model_validate({
    "municipality": "GM0197", "investment_euro": 20000, "investment_precision": "at_most", "n": 10,
    "saving_euro_each": 12000, "source": {"title": "a test"},
})  # fmt: skip


def day(n):
    return f"{START + pd.Timedelta(days=int(n)):%Y-%m-%d}"


EARLIER = [
    (f"e{n:03d}", f"e{n:03d}", "2012-01-01", last, last, "11")
    for n in range(140)
    for last in [f"{pd.Timestamp('2017-01-01') + pd.Timedelta(days=5 * n):%Y-%m-%d}"]
]
"""Left in the two years before, so that the register shows ends."""


def cohorts_of(project, own, other, *, moved=(), joined=None, shared=()):
    """Make both groups of the days from the index day on which each person's benefit ends; None for never.

    Everybody starts on 1 January 2019. ``moved`` are places in ``other`` who move on their last day; ``joined`` the day on which
    each place in ``other`` is selected; ``shared`` pairs of places in ``own`` with one benefit.
    """
    names = [f"p{n:03d}" for n in range(len(own))] + [f"c{n:03d}" for n in range(len(other))]
    rows = []
    for place, (name, end) in enumerate(zip(names, [*own, *other], strict=True)):
        benefit = next((f"b{pair[0]}" for pair in shared if place in pair), f"b{place}")
        reason = "32" if place - len(own) in moved else "11"
        last = None if end is None else day(end - 1)
        rows.append((name, benefit, "2015-01-01", last, last, None if end is None else reason))
    rows += EARLIER
    selected = dict.fromkeys(names[: len(own)], "2019-01-01")
    selected |= {f"c{place:03d}": day(when) for place, when in (joined or {}).items()}
    register = store(
        project,
        persons=persons(*names, *(row[0] for row in EARLIER)),
        benefit_spells=spells(*rows),
        participations={
            "person_id": list(selected), "programme": ["proef"] * len(selected),
            "status": ["selected"] * len(selected), "selected_day": list(selected.values()),
        },
    )  # fmt: skip
    programme = Programme.model_validate({
        "<file name>": "proef", "name": "Proef", "about": "x", "municipalities": ["GM0197"], "design": "before_after",
        "notebooks": ["plain"], "sources": [{"title": "x"}],
    }, context={"municipalities": {"GM0197": "Aalten"}})  # fmt: skip
    cohort = programme_cohort(register, programme, definitions=DEFINITIONS)
    return first_only(cohort), comparison_cohort(first_only(cohort))


def first_only(cohort):
    """Keep who starts on the first day: later participants have a clock of their own."""
    return cohort.subgroup("first", (cohort.participants["index_day"] == START).to_numpy())


# ---------------------------------------------------------------- the area


def test_the_area_is_the_difference_in_mean_months_with_welchs_interval(project):
    cohort, other = cohorts_of(project, [100, 200, None, None], [None, 300, None, None, None])
    found = months_off_benefit(cohort, other, 12)
    # 365 days are 12 months here; one left after 100 days, one after 200, one of the others after 300.
    own = np.array([100, 200, 365, 365]) / DAYS_A_MONTH
    others = np.array([365, 300, 365, 365, 365]) / DAYS_A_MONTH
    expected = mean_difference(others, own)
    less = found.less()
    assert less.estimate == pytest.approx(expected.estimate)
    assert (less.lower, less.upper) == pytest.approx((expected.lower, expected.upper), abs=1e-9)
    assert less.standard_error == pytest.approx(expected.standard_error)
    assert found.mean(of_programme=True) == pytest.approx(own.mean())
    assert (found.lowest, found.highest) == pytest.approx((less.estimate, less.estimate))
    both = [months_with_benefit(each, 12)["months_with_benefit"].to_numpy() for each in (cohort, other)]
    assert found.by_month.sum(axis=1) == pytest.approx(np.concatenate(both))


def test_the_area_is_the_sum_over_days_of_the_difference_of_shares(project):
    rng = np.random.default_rng(3)
    own, other = rng.integers(20, 600, 60).tolist(), rng.integers(20, 900, 80).tolist()
    cohort, comparison = cohorts_of(project, own, other)
    covariate = rng.normal(size=140)
    is_own = np.arange(140) < 60
    weights = propensity_weights(is_own, pd.DataFrame({"x": covariate}))
    found = months_off_benefit(cohort, comparison, 12, weights)
    w = weights.weights[60:] / weights.weights[60:].sum()
    area = 0.0
    for n in range(365):  # day by day, with nothing of the library
        area += w @ (np.array(other) > n) - np.mean(np.array(own) > n)
    assert found.less().estimate == pytest.approx(area / DAYS_A_MONTH)
    points = [int(each) for each in days_of(range(13))]
    assert found.share_programme == pytest.approx([np.mean(np.array(own) > n) for n in points])
    assert found.share_comparison == pytest.approx([w @ (np.array(other) > n) for n in points])


def test_who_comes_back_counts_again(project):
    names = [f"p{n}" for n in range(12)] + [f"c{n}" for n in range(12)]
    rows = [*EARLIER, *((name, name, "2015-01-01") for name in names[1:])]
    rows += [
        ("p0", "p0", "2015-01-01", day(99), day(99), "11"),  # 100 days, then 100 without, then on again
        ("p0", "p0b", day(200)),
    ]
    register = store(
        project,
        persons=persons(*names, *(row[0] for row in EARLIER)),
        benefit_spells=spells(*rows),
        participations={
            "person_id": names[:12], "programme": ["proef"] * 12, "status": ["selected"] * 12,
            "selected_day": ["2019-01-01"] * 12,
        },
    )  # fmt: skip
    programme = Programme.model_validate({
        "<file name>": "proef", "name": "Proef", "about": "x", "municipalities": ["GM0197"], "design": "before_after",
        "notebooks": ["plain"], "sources": [{"title": "x"}],
    }, context={"municipalities": {"GM0197": "Aalten"}})  # fmt: skip
    cohort = programme_cohort(register, programme, definitions=DEFINITIONS)
    found = months_off_benefit(cohort, comparison_cohort(cohort), 12)
    assert found.less().estimate == pytest.approx(100 / 12 / DAYS_A_MONTH)


# ---------------------------------------------------------------- out of view


def test_who_moves_has_no_benefit_of_this_municipality_from_then_on(project):
    # Four of each have a benefit. One of the others moves after 100 days and one leaves after 200; of the programme's nobody.
    cohort, other = cohorts_of(project, [None] * 4, [100, 200, None, None], moved=[0])
    found = months_off_benefit(cohort, other, 12)
    assert found.mean(of_programme=False) == pytest.approx((100 + 200 + 365 + 365) / 4 / DAYS_A_MONTH)
    assert found.numbers["n_out_comparison"] == 0
    assert found.numbers["n_on_comparison"] == 2
    # Month 4 begins on day 122, after the move.
    assert found.share_comparison[[3, 4, 7, 12]] == pytest.approx([1, 3 / 4, 2 / 4, 2 / 4])
    # They are known: there is nothing to bound.
    assert (found.lowest, found.highest) == pytest.approx((found.less().estimate,) * 2)


def test_who_joins_is_taken_to_go_on_as_others_with_a_benefit(project):
    # Four others have a benefit. One is selected on day 100; of the three who stay one leaves after 200.
    cohort, other = cohorts_of(project, [None] * 4, [None, 200, None, None], joined={0: 100})
    found = months_off_benefit(cohort, other, 12)
    # From the month in which somebody joined on, the others stand for 4/3 each: in days 0-91 all four count.
    starts = days_of(range(13))
    before = int(starts[starts <= 100].max())
    at_200 = 200 - before
    expected = (4 * before + 4 / 3 * (at_200 + 2 * (365 - before))) / 4 / DAYS_A_MONTH
    assert found.mean(of_programme=False) == pytest.approx(expected)
    assert found.numbers["n_out_comparison"] == 1
    assert found.share_comparison[-1] == pytest.approx(2 / 3)


@pytest.fixture
def leaky(project):
    """Others who move, join the programme or leave, in all orders."""
    rng = np.random.default_rng(8)
    other = [int(n) if n < 500 else None for n in rng.integers(30, 800, 90)]
    joined = {place: int(when) for place, when in zip(range(40, 70), rng.integers(10, 340, 30), strict=True)}
    other = [None if place in joined else end for place, end in enumerate(other)]
    return cohorts_of(project, rng.integers(30, 700, 50).tolist(), other, moved=range(15), joined=joined)


def test_weights_are_those_of_the_cohorts(leaky):
    _, other = leaky
    filled = fill(other, look(other, 12), np.ones(len(other)))
    weights = weights_in_view(other, 12, at=range(13), out=("joined",))
    index = other.index
    person = np.arange(len(other))
    for month, n in enumerate(days_of(range(13))):
        on = other.history.spells.on(person, index + n) >= 0
        assert filled.share_on[month] == pytest.approx(weights[:, month] @ on / len(other))


def test_each_member_moves_the_mean_as_a_finite_difference_says(leaky):
    _, other = leaky
    seen = look(other, 12)
    weights = np.random.default_rng(1).uniform(0.5, 2, len(other))

    def mean(of):
        return float(of @ fill(other, seen, of).months.sum(axis=1) / of.sum())

    moved = fill(other, seen, weights).months.sum(axis=1)
    step = 1e-5
    for place in (0, 7, 20, 41, 55, 80):
        more, less = weights.copy(), weights.copy()
        more[place] += step
        less[place] -= step
        slope = (mean(more) - mean(less)) / (2 * step)
        assert slope == pytest.approx((moved[place] - mean(weights)) / weights.sum(), rel=1e-4)


def test_whatever_became_of_those_out_of_view_lies_within_the_bounds(leaky):
    cohort, other = leaky
    found = months_off_benefit(cohort, other, 12)
    assert found.numbers["n_out_comparison"] >= 10
    seen = look(other, 12)
    own = found.mean(of_programme=True)
    rest = np.where(seen.is_out, 364 - seen.last, 0)  # days that are not seen
    days = seen.days.sum(axis=1)
    assert found.lowest == pytest.approx(days.mean() / DAYS_A_MONTH - own)
    assert found.highest == pytest.approx((days + rest).mean() / DAYS_A_MONTH - own)
    assert found.lowest < found.less().estimate < found.highest
    assert found.bounded == ("n_out_comparison",)


def test_who_goes_out_of_view_is_like_those_of_the_own_kind(project):
    """Two of one kind: one joins on day 50, the other leaves on day 90. Two of another kind stay all year."""
    _, other = cohorts_of(project, [None], [None, 90, None, None], joined={0: 50})
    seen, equal = look(other, 12), np.ones(4)
    alike = fill(other, seen, equal).months.sum(axis=1).mean() * DAYS_A_MONTH
    by_kind = fill(other, seen, equal, np.array([0, 0, 1, 1])).months.sum(axis=1).mean() * DAYS_A_MONTH
    # All alike: the other three stand for 4/3 each from day 50 on. By kind: the one who leaves stands for both.
    assert alike == pytest.approx((4 * 50 + 4 / 3 * (40 + 315 + 315)) / 4)
    assert by_kind == pytest.approx((2 * 90 + 365 + 365) / 4)


def test_without_anybody_of_their_kind_left_they_stay_as_last_seen(project):
    cohort, other = cohorts_of(project, [None] * 3, [None] * 3, joined={0: 100, 1: 150, 2: 200})
    found = months_off_benefit(cohort, other, 12)
    assert found.mean(of_programme=False) == pytest.approx(365 / DAYS_A_MONTH)
    # Movers leave nothing to fill in.
    cohort, other = cohorts_of(project, [None] * 3, [100, 150, 200], moved=[0, 1, 2])
    found = months_off_benefit(cohort, other, 12)
    assert found.mean(of_programme=False) == pytest.approx((100 + 150 + 200) / 3 / DAYS_A_MONTH)


def test_who_moved_and_came_back_does_not_stand_for_who_joins(project):
    """They count as off benefit: of who joins on day 200, on benefit, the weight goes to who is on benefit all the time."""
    names = ["p0", "c0", "c1", "c2"]
    rows = [*EARLIER, *((name, name, "2015-01-01") for name in ("p0", "c0", "c2"))]
    rows += [("c1", "c1", "2015-01-01", day(59), day(59), "32"), ("c1", "c1b", day(150))]
    register = store(
        project,
        persons=persons(*names, *(row[0] for row in EARLIER)),
        benefit_spells=spells(*rows),
        participations={
            "person_id": ["p0", "c0"], "programme": ["proef"] * 2, "status": ["selected"] * 2,
            "selected_day": ["2019-01-01", day(200)],
        },
    )  # fmt: skip
    programme = Programme.model_validate({
        "<file name>": "proef", "name": "Proef", "about": "x", "municipalities": ["GM0197"], "design": "before_after",
        "notebooks": ["plain"], "sources": [{"title": "x"}],
    }, context={"municipalities": {"GM0197": "Aalten"}})  # fmt: skip
    other = comparison_cohort(first_only(programme_cohort(register, programme, definitions=DEFINITIONS)))
    assert other.participants["follow_up_end"].tolist()[:2] == ["joined", "move"]
    assert weights_in_view(other, 12, out=("joined",))[:, 0].tolist() == [0, 1, 2]
    filled = fill(other, look(other, 12), np.ones(3))
    assert filled.share_on[-1] == pytest.approx(2 / 3)
    assert filled.months.sum(axis=1).mean() == pytest.approx((60 + 365 + 365) / 3 / DAYS_A_MONTH)


def test_the_groups_that_compare_made_are_taken_as_they_are(project):
    rng = np.random.default_rng(5)
    cohort, other = cohorts_of(project, rng.integers(30, 700, 40).tolist(), rng.integers(30, 700, 60).tolist())
    beside = compare(cohort, other, 12)
    found = months_off_benefit(cohort, other, 12, beside)
    assert found.numbers["n_programme"] == int(beside.in_programme.sum())
    assert len(found.by_month) == len(beside.people)


def test_errors_say_what_is_expected(project):
    cohort, other = cohorts_of(project, [None] * 3, [None] * 4)
    with pytest.raises(InvalidDataError, match="shorter horizon"):
        months_off_benefit(cohort, other, 24)
    weights = propensity_weights([1, 1, 0, 0, 1, 0], pd.DataFrame({"x": [1.0, 2, 3, 4, 2.5, 1.5]}))
    with pytest.raises(InvalidDataError, match="6 weights for 7 persons"):
        months_off_benefit(cohort, other, 12, weights)


# ---------------------------------------------------------------- the tables


@pytest.fixture
def halves(project):
    """Forty in each group: twenty participants left after half a year, ten of the others."""
    return cohorts_of(project, [183] * 20 + [None] * 20, [183] * 10 + [None] * 30)


def saved_of(groups, money=MONEY, **options):
    """Give the row before `protect`, with all digits: what is shown of it is coarser."""
    return months_saved(months_off_benefit(*groups, 12, **options), money).rows.iloc[0]


def shown_of(groups, money=MONEY, **options):
    return protect(months_saved(months_off_benefit(*groups, 12, **options), money)).rows.iloc[0]


def test_the_months_and_euros_of_a_small_register(halves):
    row = saved_of(halves)
    # Half of the participants and a quarter of the others had no benefit for 365 - 183 days.
    less = (20 / 40 - 10 / 40) * (365 - 183) / DAYS_A_MONTH
    assert row["months_less"] == pytest.approx(less)
    assert row["euro_saving"] == pytest.approx(1000 * less)
    assert (row["n_on_programme"], row["n_on_comparison"]) == (20, 30)
    assert row["share_anyway"] == pytest.approx(0.5)
    assert np.isnan(row["euro_balance"])
    assert row["euro_saving_lower"] == pytest.approx(1000 * row["months_lower"])


def test_months_have_three_decimals_on_a_page_and_euros_four_digits(halves):
    """Of 0.25 * 182 / 30.4375 = 1.494867 months and of 1494.867 euros."""
    row, exact = shown_of(halves), saved_of(halves)
    assert (row["months_less"], row["euro_saving"]) == (1.495, 1495)
    # 365 / 30.4375 = 11.991786 months less half, and less a quarter, of 182 / 30.4375 = 5.979466: 9.002053 and 10.496920.
    assert (row["months_programme"], row["months_comparison"]) == (9.002, 10.5)
    ends = ["euro_saving_lower", "euro_saving_upper"]
    # Half of the fourth digit: euros between 100 and 9,999.
    assert exact[ends].abs().between(100, 9999).all()
    assert row[ends].to_numpy(float) == pytest.approx(exact[ends].to_numpy(float), abs=0.5)


def test_when_the_costs_are_paid(halves):
    row = saved_of(halves, replace(MONEY, costs=COSTS))
    less = 0.25 * (365 - 183) / DAYS_A_MONTH
    assert row["euro_costs"] == 500  # 20,000 for 40
    assert row["euro_balance"] == pytest.approx(1000 * less - 500)
    assert row["months_needed"] == pytest.approx(0.5)
    assert row["months_to_pay"] == pytest.approx(12 * 0.5 / less)
    # 20 of 40 were without benefit for 182 days: worth 1000 * 0.5 * 182 / 30.4375 each.
    assert row["break_even"] == pytest.approx(1 - 500 / (1000 * 0.5 * 182 / DAYS_A_MONTH))
    # At that share anyway the saving is the costs.
    assert 1000 * 0.5 * 182 / DAYS_A_MONTH * (1 - row["break_even"]) == pytest.approx(500)


def test_later_money_counts_for_less(halves):
    row = saved_of(halves, replace(MONEY, discount=0.0225))
    # The difference begins at the seventh month; month t counts for 1.0225 ** -((t - 1/2) / 12).
    months = np.diff(days_of(range(13)))[6:] / DAYS_A_MONTH
    worth = sum(0.25 * 1000 * length / 1.0225 ** ((6.5 + place) / 12) for place, length in enumerate(months))
    assert row["euro_saving"] == pytest.approx(worth)


def test_a_benefit_that_two_participants_share_counts_once(project):
    pairs = [(2 * n, 2 * n + 1) for n in range(10)]
    groups = cohorts_of(project, [183] * 20 + [None] * 20, [183] * 10 + [None] * 30, shared=pairs)
    row = saved_of(groups)
    assert row["n_sharing"] == 10
    assert row["euro_saving"] == pytest.approx(1000 * row["months_less"] * 30 / 40)
    few = cohorts_of(project, [183] * 20 + [None] * 20, [183] * 10 + [None] * 30, shared=pairs[:3])
    assert pd.isna(shown_of(few)["n_sharing"])
    row = saved_of(few)
    assert row["euro_saving"] == pytest.approx(1000 * row["months_less"])


def test_partners_are_one_cluster(project):
    """Twenty couples of whom both do the same tell as much as twenty people."""
    ends = [n for n in range(30, 630, 30) for _ in range(2)]
    pairs = [(2 * n, 2 * n + 1) for n in range(20)]
    couples = months_off_benefit(*cohorts_of(project, ends, [None] * 30, shared=pairs), 12).less()
    singles = months_off_benefit(*cohorts_of(project, ends[::2], [None] * 30), 12).less()
    assert couples.estimate == pytest.approx(singles.estimate)
    assert couples.standard_error == pytest.approx(singles.standard_error)


def test_whose_money_it_is(halves):
    money = replace(MONEY, execution=2400.0, execution_year=2018, costs=COSTS)
    found = months_off_benefit(*halves, 12)
    table = purses(found, money)
    rows = table.rows.set_index("item")["euro"]
    less = 0.25 * 182 / DAYS_A_MONTH
    assert rows["benefit"] == pytest.approx(1000 * less)
    assert rows["execution"] == pytest.approx(200 * less)
    assert rows["programme"] == -500
    assert rows["balance"] == pytest.approx(1200 * less - 500)
    # On a page: 1494.87, 298.97, -500 and 1293.84 euros with four digits.
    shown = protect(table).rows.set_index("item")["euro"]
    assert shown[["benefit", "execution", "programme", "balance"]].tolist() == [1495, 299, -500, 1294]
    assert rows[["wages", "taxes", "wellbeing"]].isna().all()
    # What is paid moves between purses: over all of them nothing is gained.
    signs = {"amount": 1, "opposite": -1, "nothing": 0}
    assert sum(signs[KNOWN["benefit"][purse]] for purse in PURSES if purse != "society") == 0
    assert KNOWN["benefit"]["society"] == "nothing"
    alone = purses(found, replace(MONEY, costs=None)).rows.set_index("item")["euro"]
    assert alone[["execution", "programme", "balance"]].isna().all()


def test_what_the_result_depends_on(halves):
    found = months_off_benefit(*halves, 12)
    money = replace(MONEY, execution=2400.0, execution_year=2018, costs=COSTS)
    rows = sensitivity(found, money).rows.set_index("input")  # exact: a page shows four digits
    less, saving = found.less(), 1000 * found.less().estimate
    assert rows["euro_main"].tolist() == pytest.approx([saving - 500] * len(rows))
    low, high = rows["euro_low"], rows["euro_high"]
    assert (low["difference"], high["difference"]) == pytest.approx((1000 * less.lower - 500, 1000 * less.upper - 500))
    assert low["ending"] == pytest.approx(saving / 2 - 500)
    assert low["months"] == pytest.approx(-500)  # nobody left in the first half
    assert low["price"] == pytest.approx(saving * 10 / 12 - 500)
    assert high["execution"] == pytest.approx(1.2 * saving - 500)
    assert high["discount"] < low["discount"] == pytest.approx(saving - 500)
    assert sensitivity(found, replace(MONEY, prices=(12000.0,))).rows["input"].tolist() == [
        "difference", "ending", "months", "discount",
    ]  # fmt: skip


def test_the_curves_are_shown_at_quarters(halves):
    table = protect(curves_table(months_off_benefit(*halves, 12))).rows
    assert table["months"].tolist() == ["0", "3", "6", "9", "12"]
    # The first day without benefit is that of the horizon of six months.
    assert table["n_on_programme"].tolist() == [40, 40, 20, 20, 20]
    assert table["share_comparison"].tolist() == [1, 1, 0.75, 0.75, 0.75]


def test_a_quarter_with_a_small_change_is_left_out(project):
    # Four leave in the first quarter, and sixteen in the second.
    groups = cohorts_of(project, [60] * 4 + [150] * 16 + [None] * 20, [150] * 10 + [None] * 30)
    table = protect(curves_table(months_off_benefit(*groups, 12))).rows
    assert table["months"].tolist() == ["0", "6", "9", "12"]


@pytest.mark.parametrize("n_left", [1, 9, 31, 39])
def test_nothing_is_told_of_few_people(project, n_left):
    groups = cohorts_of(project, [183] * n_left + [None] * (40 - n_left), [183] * 10 + [None] * 30)
    found = months_off_benefit(*groups, 12)
    for table in (months_saved(found, replace(MONEY, costs=COSTS)), purses(found, MONEY), sensitivity(found, MONEY)):
        made = protect(table)
        shown = {"euro_costs", "months_needed"}
        numbers = [name for name in table.estimates if name not in shown]
        assert made.rows[numbers].isna().to_numpy().all()
    # What it costs tells of nobody who left.
    assert protect(months_saved(found, replace(MONEY, costs=COSTS))).rows["euro_costs"].iloc[0] == 500


def test_who_left_and_came_back_are_too_few_too(project):
    """Nobody is without benefit at the horizon, and yet the mean tells of the few who were in between."""
    cohort, other = cohorts_of(project, [None] * 40, [183] * 10 + [None] * 30)
    found = months_off_benefit(cohort, other, 12)
    assert found.numbers["n_ever_off"] == 0
    assert pd.isna(protect(months_saved(found, MONEY)).rows["months_less"].iloc[0])


def test_without_a_comparison_only_the_costs_are_told(halves):
    cohort, _ = halves
    found = months_off_benefit(cohort, None, 12)
    row = protect(months_saved(found, replace(MONEY, costs=COSTS))).rows.iloc[0]
    assert row["n_comparison"] == 0
    assert (row["euro_costs"], row["months_needed"]) == (500, 0.5)
    assert np.isnan(row["months_less"])
    assert purses(found, MONEY).rows.empty
    assert sensitivity(found, MONEY).rows.empty


# ---------------------------------------------------------------- prices


def test_prices_have_a_source_and_are_never_made_up(own):
    prices, rates, execution = benefit_prices(own), discount_rates(own), execution_costs(own)
    money = money_of(prices, rates, execution, [COSTS], year=2018)
    # SZW 2019; Berenschot 2018; Werkgroep discontovoet 2020, CPB 2017.
    assert (money.price, money.price_year) == (14400, 2019)
    assert (money.execution, money.execution_year) == (2883, 2018)
    assert money.discounts == (0.0, 0.0225, 0.03)
    assert money.discount == 0.0225
    assert money.prices == (12000, 14000, 14400)
    used = already_published(prices_used(money, prices, rates, execution), source="x").rows
    assert (used["source"] != "").all()
    assert set(used["kind"]) == {"price", "execution", "discount", "costs"}


def test_a_price_is_of_a_year_that_has_one():
    prices = pd.DataFrame({"year": [2015, 2020], "euro_per_benefit_year": [10000, 20000], "basis": ["a", "b"]})
    rates = pd.DataFrame({"share_per_year": [0.02], "first": [""]})
    assert [money_of(prices, rates, pd.DataFrame(), year=year).price for year in (2010, 2017, 2018, 2030)] == [
        10000, 10000, 20000, 20000,
    ]  # fmt: skip
    with pytest.raises(InvalidDataError, match="no price"):
        money_of(prices.iloc[:0], rates, pd.DataFrame())
    with pytest.raises(InvalidDataError, match="share_ending"):
        money_of(prices, rates, pd.DataFrame(), share_ending=0.0)


def test_the_published_case_breaks_even_at_the_published_share(own):
    """253,000 for 100 exits of 14,000 a year: 81.9% (domain facts, Meedoen Werkt), when everybody leaves at once."""
    sums = Costs.model_validate({
        "municipality": "GM1509", "investment_euro": 253000, "n": 100, "saving_euro_each": 14000, "source": {"title": "x"},
    })  # fmt: skip
    money = replace(MONEY, price=14000, costs=sums)
    value = money.of_months(12)
    assert value.sum() == pytest.approx(14000)
    assert 1 - 2530 / value.sum() == pytest.approx(0.819, abs=0.0005)


def test_what_is_found_is_what_is_true_of_a_simulated_programme():
    """Of a drawn register the shares without benefit are known, with the programme and without."""
    register, truth = draw(n_persons=8000, seed=4, effect=0.6, selection_strength=0.0)
    arms = [programme_cohort(register, DRAWN_PROGRAMME, arm=arm, definitions=FROM_SELECTION)
            for arm in ("programme", "comparison")]  # fmt: skip
    found = months_off_benefit(*arms, 12)
    known = {months: truth.effect("off_benefit", months) for months in (6, 12)}
    for months, effect in known.items():
        # Both take those who moved for people without benefit, and nobody of the programme goes out of view.
        assert found.numbers["n_out_programme"] == 0
        assert 1 - found.share_programme[months] == pytest.approx(effect.share_with)
        assert 1 - found.share_comparison[months] == pytest.approx(effect.share_without, abs=0.04)
    # The area under a curve through three points (Simpson), of the true difference.
    area = 12 * (0 + 4 * known[6].difference + known[12].difference) / 6
    assert area > 0.1
    less = found.less()
    assert less.lower < area < less.upper
