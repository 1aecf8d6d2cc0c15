"""Whether a target is being reached, on registers of which every count can be redone by hand."""

import datetime as dt
from itertools import pairwise

import pandas as pd
import pytest
from scipy.stats import nbinom

from evaltools.cohorts import placement_table
from evaltools.disclosure import protect, protect_together
from evaltools.effects import count_dispersion, predict_count, predict_target
from evaltools.errors import InvalidDataError
from evaltools.findings.realisation.beside import programmes_beside
from evaltools.findings.realisation.counting import exits_towards, is_in_group, placed_towards
from evaltools.findings.realisation.months import ends_of, stretches
from evaltools.findings.realisation.plan import make_plan, stock_table
from evaltools.findings.realisation.progress import by_group, progress
from evaltools.findings.realisation.workplaces import employers, kept, workplaces
from evaltools.programmes import read_programme
from tests.small_registers import spells, store

N_STAY = 100
EXTRA = """
name: Plan
about: Een plan.
municipalities: [GM0197, GM0222]
design: before_after
aims: [exit]
notebooks: [targets]
targets:
  - {kind: exit, label: extra uit de uitkering, n: 90, unit: residents, months: 12, extra: true, priority_groups: [jongeren, statushouders],
     source: {title: een bericht}}
"""
WORK = """
name: Werk
about: Werkplekken.
municipalities: [GM0197]
period: {first_day: 2019-01-01}
design: before_after
aims: [work_exit]
notebooks: [targets]
targets:
  - {kind: work_exit, label: naar werk, n: 100, unit: residents, months: 12,
     together_with: {n: 100, unit: employers, label: werkgevers}, source: {title: een bericht}}
"""


def leavers(per_month, *, reason=lambda position: "11" if position % 2 else "33", since="2015-01-01"):
    """Give each month its leavers, by ``{"2018-03": 5}``: their last day with benefit is the 9th, so that they leave on the 10th."""
    rows = []
    for month, n in per_month.items():
        for position in range(n):
            name = f"{month}-{position}"
            registered = f"{pd.Timestamp(f'{month}-09') + pd.Timedelta(days=40):%Y-%m-%d}"
            rows.append((name, name, since, f"{month}-09", registered, reason(position)))
    return rows


def months(first, last):
    return [str(month) for month in pd.period_range(first, last, freq="M")]


BEFORE = dict.fromkeys(months("2016-01", "2018-12"), 10)
DURING = dict.fromkeys(months("2019-01", "2019-12"), 14)
STAYERS = [(f"stay-{position}", f"stay-{position}", "2015-01-01") for position in range(N_STAY)]


@pytest.fixture
def plan_of(project, write_programme):
    """Make a register with these leavers, and the plan in it."""

    def make(rows, text=EXTRA, *, first_day="2019-01-01", others=(), slug="plan", **tables):
        write_programme(text, slug)
        register = store(project, benefit_spells=spells(*rows, *STAYERS), **tables)
        return make_plan(register, read_programme(slug, project), [register, *others], first_day=first_day)

    return make


def row_of(table, **labels):
    rows = table.rows
    for name, label in labels.items():
        rows = rows[rows[name] == label]
    (row,) = rows.itertuples()
    return row


@pytest.mark.parametrize("n_months", range(1, 61))
def test_every_sum_is_of_stretches_that_follow_on_each_other(n_months):
    names, tree = stretches(n_months)
    assert len(names) == len(set(names))
    for whole, parts in tree.items():
        first, last = ends_of(whole)
        ends = [ends_of(part) for part in parts]
        assert whole in names
        assert set(parts) <= set(names)
        assert (ends[0][0], ends[-1][1]) == (first, last)
        assert all(before[1] + 1 == after[0] for before, after in pairwise(ends))
    leaves = [name for name in names if name not in tree]
    covered = [month for leaf in leaves for month in range(ends_of(leaf)[0], ends_of(leaf)[1] + 1)]
    assert covered == list(range(1, n_months + 1)) or sorted(covered) == list(range(1, n_months + 1))
    # Every quarter's end can be reached from the start.
    assert {f"1-{ends_of(leaf)[1]}" for leaf in leaves} <= set(names)


def test_exits_by_hand(plan_of):
    table = progress(exits_towards(plan_of([*leavers(BEFORE), *leavers(DURING)])))
    assert (row_of(table, months="1-3", kind="all").n_counted, row_of(table, months="1-3", kind="all").n_before) == (
        42,
        30,
    )
    assert row_of(table, months="4-6", kind="work").n_counted == 3 * 7  # every second one
    assert row_of(table, months="1-12", kind="all").n_counted == 12 * 14
    assert row_of(table, months="1-12", kind="other").n_before == 12 * 5


def test_the_first_and_last_day_of_a_month_and_a_break_of_thirty_days(plan_of):
    odd = [
        ("first", "first", "2015-01-01", "2018-12-31", "2019-02-09", "11"),  # leaves on 1 January
        ("last", "last", "2015-01-01", "2019-03-30", "2019-05-09", "11"),  # on 31 March
        ("after", "after", "2015-01-01", "2019-03-31", "2019-05-09", "11"),  # on 1 April
        ("break", "one", "2015-01-01", "2019-02-01", "2019-03-09", "11"),
        ("break", "two", "2019-03-03"),  # 30 days after the last day: no exit
        ("again", "three", "2015-01-01", "2019-02-01", "2019-03-09", "11"),
        ("again", "four", "2019-03-04", "2019-03-20", "2019-05-09", "11"),  # 31 days: an exit, and a second one
    ]
    table = progress(exits_towards(plan_of([*leavers(BEFORE), *odd])))
    assert row_of(table, months="1-3", kind="all").n_counted == 4
    assert row_of(table, months="4-6", kind="all").n_counted == 1


def test_what_is_usual_is_for_the_time_on_benefit_now(plan_of):
    """Counted day by day; then the sum of the closed form."""
    rows = [*leavers(BEFORE), *leavers(DURING)]
    counted = exits_towards(plan_of(rows))

    def days(first, last):
        total = 0
        for row in [*rows, *STAYERS]:
            begin, end = dt.date.fromisoformat(row[2]), dt.date.fromisoformat(row[3]) if len(row) > 3 else dt.date.max
            total += max(0, (min(end, last) - max(begin, first)).days + 1)
        return total

    now, before = days(dt.date(2019, 1, 1), dt.date(2019, 3, 31)), days(dt.date(2018, 1, 1), dt.date(2018, 3, 31))
    assert counted.time(1, 3) == pytest.approx(now / (365.25 / 12))
    assert counted.time(1, 3, before=True) == pytest.approx(before / (365.25 / 12))
    row = row_of(progress(counted), months="1-3", kind="all")
    assert row.usual == pytest.approx(30.5 * now / before)
    shape, chance = 30.5, before / (before + now)
    assert row.usual_lower == nbinom.ppf(0.025, shape, chance)
    assert row.usual_upper == nbinom.ppf(0.975, shape, chance)
    assert row.more == pytest.approx(42 - row.usual)
    assert (row.more_lower, row.more_upper) == (42 - row.usual_upper, 42 - row.usual_lower)
    assert row.dispersion == 1  # every month alike


def test_the_end_is_predicted_from_what_was_known(plan_of):
    counted = exits_towards(plan_of([*leavers(BEFORE), *leavers(DURING)]))
    row = row_of(progress(counted), months="1-6", kind="all")
    # On 30 June there are those who stay, and those who leave in the next half year.
    ahead = (N_STAY + 6 * 14) * 184 / (365.25 / 12)
    assert counted.time_ahead(6) == pytest.approx(ahead)
    rest = predict_count(6 * 14, counted.time(1, 6), ahead)
    usual = predict_count(6 * 10, counted.time(1, 6, before=True), counted.time(1, 6) + ahead)
    expected = predict_target(6 * 14, rest, 90, usual=usual)
    assert (row.end, row.end_lower, row.end_upper, row.chance) == (
        expected.mean,
        expected.lower,
        expected.upper,
        expected.chance,
    )
    # At the end only what is usual is not certain: the target is reached where that is at most counted less 90.
    last = row_of(progress(counted), months="1-12", kind="all")
    time, before = counted.time(1, 12), counted.time(1, 12, before=True)
    assert last.chance == pytest.approx(nbinom.cdf(168 - 90, 120.5, before / (before + time)))
    assert pd.isna(row_of(progress(counted), months="4-6", kind="all").end)


def test_numbers_that_swing_make_the_interval_wider(plan_of):
    swinging = {month: 10 if position % 6 < 3 else 30 for position, month in enumerate(BEFORE)}
    counted = exits_towards(plan_of([*leavers(swinging), *leavers(DURING)]))
    row = row_of(progress(counted), months="1-12", kind="all")
    # By quarter 30 and 90, in turn.
    time = [counted.time(first, first + 2, before=True) for first in (1, 4, 7, 10)]
    assert row.dispersion == pytest.approx(count_dispersion([30, 90, 30, 90], time))
    assert row.dispersion > 5
    plain = predict_count(240, counted.time(1, 12, before=True), counted.time(1, 12))
    assert row.usual_upper - row.usual_lower > 2 * (plain.interval()[1] - plain.interval()[0])


def test_a_small_group_swings_with_the_whole_in_proportion(plan_of):
    """Work is 1 of 10: too few in a quarter and in half a year; the dispersion of the whole is then scaled by its part."""
    swinging = {month: 10 if position % 6 < 3 else 30 for position, month in enumerate(BEFORE)}
    rows = leavers(swinging, reason=lambda position: "11" if position == 0 else "33")
    table = progress(exits_towards(plan_of([*rows, *leavers(DURING)])))
    whole, work = (row_of(table, months="1-12", kind=kind) for kind in ("all", "work"))
    assert work.n_before == 12
    assert work.dispersion == pytest.approx(1 + 12 / 240 * (whole.dispersion - 1))


def test_without_the_years_before_nothing_is_said_of_extra(plan_of):
    late = dict.fromkeys(months("2018-04", "2018-12"), 10)  # the year before is there in part
    counted = exits_towards(plan_of([*leavers(late), *leavers(DURING)]))
    table = progress(counted)
    assert (counted.has_usual, counted.grade) == (False, "E")
    assert "usual" not in table.rows
    assert "n_before" not in table.rows
    assert table.rows["end"].isna().all()
    assert protect(table).rows["chance"].isna().all()


def test_a_plan_that_runs_is_seen_until_the_register_is_complete(plan_of):
    plan = plan_of([*leavers(BEFORE), *leavers(DURING)], first_day="2019-09-01")
    # The extract of 30 June 2020 less 40 days, less 30: 21 April.
    assert exits_towards(plan).months_seen == 7
    with pytest.raises(InvalidDataError, match="not complete until a month after the first day"):
        exits_towards(plan_of([*leavers(BEFORE), *leavers(DURING)], first_day="2020-05-01"))


def test_groups_at_the_start_now_and_before(plan_of):
    rows = [*leavers(BEFORE), *leavers(DURING)]
    names = [row[0] for row in rows]
    # Born in 1992: 27 in 2019, 26 in 2018.
    people = {
        "person_id": names,
        "municipality": ["GM0197"] * len(names),
        "birth_year": [1992 if name.endswith("-1") else 1993 if name.endswith("-2") else 1970 for name in names],
        "origin_status": ["status_holder" if name.endswith(("-3", "-4")) else "other" for name in names],
    }
    counted = exits_towards(plan_of(rows, persons=people))
    young = row_of(by_group(counted), subgroup="young", kind="all")
    assert (young.n_counted, young.n_before) == (12, 24)
    status = row_of(by_group(counted), subgroup="status_holders", kind="all")
    assert (status.n_counted, status.n_before) == (24, 24)
    # Those born in 1993 who leave in 2019: one in each month, until the 9th.
    time = sum((pd.Timestamp(f"{month}-10") - pd.Timestamp("2019-01-01")).days for month in DURING) / (365.25 / 12)
    assert young.per_hundred == pytest.approx(100 * 12 * 12 / time)
    everybody = row_of(by_group(counted), subgroup="all", kind="all")
    assert everybody.n_counted == row_of(progress(counted), months="1-12", kind="all").n_counted
    protect_together(progress(counted), by_group(counted))
    assert is_in_group(counted, "young", before=False).sum() == 48  # one in each month of four years


def test_a_shared_target_is_divided_by_who_is_on_benefit(project, plan_of):
    others = spells(*((f"b-{position}", f"b-{position}", "2015-01-01") for position in range(800)))
    other = store(project, "GM0222", benefit_spells=others, extract_day="2020-07-31")
    rows = [*leavers(BEFORE), *leavers(DURING)]
    plan = plan_of(rows, others=[other])
    n = N_STAY + 12 * 14
    assert plan.n == round(90 * n / (n + 800))
    table = protect(stock_table(plan, {"GM0197": "Aalten", "GM0222": "Doetinchem"})).rows.set_index("municipality")
    assert table["n_on_benefit"].to_dict() == {"Aalten": n, "Doetinchem": 800, "all": n + 800}
    assert table.loc["Aalten", "share"] == pytest.approx(n / (n + 800))
    assert table.loc["all", "n_target"] == 90
    assert plan.as_of == dt.date(2020, 7, 31)  # alike on the pages of both
    alone = plan_of(rows)
    assert (alone.n, alone.stock.empty) == (90, True)
    assert stock_table(alone, {"GM0197": "Aalten", "GM0222": "Doetinchem"}).rows.empty


def test_what_is_simulated_is_not_laid_beside_what_is_real(project, plan_of):
    other = store(project, "GM0222", benefit_spells=spells(*STAYERS), is_simulated=False)
    assert plan_of([*leavers(BEFORE), *leavers(DURING)], others=[other]).stock.empty


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"first_day": "1-1-2019"}, "write it as 2019-01-01"),
        ({"first_day": ""}, "has no first day; give the parameter first_day"),
        ({"first_day": "2019-01-01", "which": 2}, "has 1 targets in GM0197; which is 2"),
    ],
)
def test_a_plan_that_cannot_be_made(plan_of, project, changes, said):
    plan = plan_of([*leavers(BEFORE), *leavers(DURING)])
    with pytest.raises(InvalidDataError, match=said):
        make_plan(plan.register, plan.programme, **changes)


def test_a_programme_without_a_target_here(plan_of, write_programme, project):
    plan = plan_of([*leavers(BEFORE), *leavers(DURING)])
    write_programme(EXTRA.split("targets:\n", maxsplit=1)[0] + "sources: [{title: een bericht}]\n", "zonder")
    with pytest.raises(InvalidDataError, match="has no targets in GM0197; leave out this notebook"):
        make_plan(plan.register, read_programme("zonder", project), first_day="2019-01-01")
    write_programme(EXTRA.replace("kind: exit,", "kind: ladder_step,"), "trede")
    with pytest.raises(InvalidDataError, match="of the kind 'ladder_step'; a register shows exit, work_exit"):
        make_plan(plan.register, read_programme("trede", project), first_day="2019-01-01")


# Workplaces


def places(rows):
    names = ("placement_id", "employer_id", "hours_per_week", "offered_day", "filled_day", "person_id", "last_day")
    return {
        "programme": ["werk"] * len(rows),
        "sector": ["zorg"] * len(rows),
        **{name: [row[at] for row in rows] for at, name in enumerate(names)},
    }


WORKPLACES = [
    *((f"s{at}", f"e{at % 15}", 10.0, "2019-01-10", "2019-02-01", f"2019-10-{at}", None) for at in range(12)),
    *((f"l{at}", f"e{at % 20}", 24.0, "2019-02-10", "2019-05-01", f"stay-{at}", "2019-09-01" if at < 3 else None) for at in range(14)),
    ("open", "e30", 24.0, "2019-03-01", None, None, None),
    ("second", "e31", 24.0, "2019-03-01", "2019-08-01", "stay-1", None),  # of somebody who was in another one
    ("later", "e32", 24.0, "2019-06-01", "2020-02-01", "stay-40", None),  # after the year of the plan
    ("planned", "e33", 24.0, "2019-06-01", "2020-07-01", "stay-41", None),  # after the extract
]  # fmt: skip


@pytest.fixture
def placed(plan_of):
    people = [f"stay-{at}" for at in range(60)] + [f"2019-10-{at}" for at in range(14)]
    listed = {
        "person_id": people,
        "programme": ["werk"] * len(people),
        "status": ["started"] * len(people),
        "selected_day": ["2019-01-02"] * len(people),
        "first_day": ["2019-01-05"] * len(people),
    }
    plan = plan_of(
        [*leavers(BEFORE), *leavers(DURING)], WORK, first_day="", slug="werk", participations=listed, placements=places(WORKPLACES)
    )  # fmt: skip
    return placed_towards(plan)


def test_people_count_once_when_they_first_come_into_a_workplace(placed):
    table = progress(placed)
    assert placed.months_seen == 12
    counts = {(row.months, row.kind): row.n_counted for row in table.rows.itertuples()}
    assert (counts["1-3", "short"], counts["1-3", "all"], counts["4-6", "long"]) == (12, 12, 14)
    assert (counts["7-9", "all"], counts["1-12", "all"], counts["1-12", "unknown"]) == (0, 26, 0)
    row = row_of(table, months="1-6", kind="all")
    expected = predict_target(26, predict_count(26, 6, 6), 100)
    assert (row.end, row.end_lower, row.end_upper, row.chance) == (
        expected.mean,
        expected.lower,
        expected.upper,
        expected.chance,
    )
    assert row_of(table, months="1-12", kind="all").chance == 0


def test_the_participants_of_a_programme_are_counted_not_everybody(placed):
    left = exits_towards(placed.plan)
    assert (left.what, left.has_usual, left.grade) == ("participant_exits", False, "E")
    # Fourteen of them leave on 10 October, of whom every second to work.
    assert row_of(progress(left), months="10-12", kind="all").n_counted == 14
    assert row_of(progress(left), months="1-12", kind="work").n_counted == 7


def test_workplaces_and_what_became_of_people(placed):
    offered = row_of(workplaces(placed), kind="all")
    assert (offered.n_offered, offered.n_counted) == (30, 26)
    (of,) = employers(placed).rows.itertuples()
    # Fourteen, e0 to e13, and four more; of these e31 alone had one filled in the year of the plan.
    assert (of.n_offering, of.n_filled) == (14 + 4, 14 + 1)
    (row,) = kept(placed).rows.itertuples()
    assert row.n_counted == 26
    # After three months all were there. Six months after the last day of the plan is a day after the extract.
    assert row.n_kept_three == 26
    assert not {"n_kept_six", "n_kept_twelve"} & set(kept(placed).rows)
    protect_together(progress(placed), workplaces(placed), kept(placed))


def test_who_has_a_benefit_half_a_year_later(plan_of):
    """Twelve come into a workplace on 1 February 2019 and leave on 10 July; of 31 July they have none. The others stay."""
    rows = [*leavers(BEFORE), *leavers({**DURING, "2019-07": 14})]
    # Three months (91 days) after 1 February is 3 May: who leaves on it was there.
    last = {0: "2019-05-03", 1: "2019-05-02"}
    leaving = [(f"s{at}", "e1", 10.0, "2019-01-10", "2019-02-01", f"2019-07-{at}", last.get(at)) for at in range(12)]
    staying = [
        (f"l{at}", "e2", 24.0, "2019-01-10", "2019-02-01", f"stay-{at}", "2019-10-01" if at < 3 else None)
        for at in range(20)
    ]
    plan = plan_of(
        rows,
        WORK.replace("months: 12", "months: 6"),
        first_day="",
        slug="werk",
        placements=places([*leaving, *staying]),
    )
    (row,) = kept(placed_towards(plan)).rows.itertuples()
    assert (row.n_counted, row.n_off, row.n_on) == (32, 12, 20)
    assert (row.n_kept_three, row.n_kept_six, row.n_kept_twelve) == (31, 30, 27)
    # The same, where everybody is followed for a year and nobody has two workplaces.
    table = placement_table(plan.register, "werk")
    assert table[table["hours"] == "all"]["n_kept"].tolist() == [31, 30, 27]


def test_a_register_without_workplaces_has_empty_tables(plan_of):
    placed = placed_towards(plan_of([*leavers(BEFORE), *leavers(DURING)]))
    for table in (progress(placed), workplaces(placed), kept(placed), employers(placed)):
        assert protect(table).rows.empty


def test_other_programmes_of_the_municipality(project, write_programme):
    write_programme(EXTRA, "plan")
    write_programme(WORK.replace("2019-01-01}", "2018-06-01, last_day: 2018-12-31}"), "voor")
    write_programme(WORK.replace("2019-01-01}", "2019-06-01}"), "tijdens")
    write_programme(WORK.replace("2019-01-01}", "2016-06-01, last_day: 2017-12-31}"), "lang-geleden")
    programmes = [read_programme(slug, project) for slug in ("plan", "voor", "tijdens", "lang-geleden")]
    found = programmes_beside(programmes[0], programmes, "GM0197", "2019-01-01", 12, 1)
    assert found[["is_before", "is_during"]].to_numpy().tolist() == [[True, False], [False, True], [False, False]]
    assert programmes_beside(programmes[0], programmes, "GM0222", "2019-01-01", 12, 1).empty


def test_what_became_of_people_is_told_by_kind_where_each_has_fifty(plan_of):
    short = [(f"s{at}", "e1", 10.0, "2019-01-10", "2019-02-01", f"stay-{at}", None) for at in range(50)]
    long = [(f"l{at}", "e2", 24.0, "2019-01-10", "2019-02-01", f"stay-{at + 50}", None) for at in range(50)]
    rows = [*leavers(BEFORE), *leavers(DURING)]
    both = plan_of(rows, WORK, first_day="", slug="werk", placements=places([*short, *long]))
    table = kept(placed_towards(both)).rows.set_index("kind")
    assert table["n_counted"].to_dict() == {"short": 50, "long": 50, "unknown": 0, "all": 100}
    fewer = plan_of(rows, WORK, first_day="", slug="werk", placements=places([*short, *long[:-1]]))
    assert kept(placed_towards(fewer)).rows["n_counted"].tolist() == [99]
