"""What docs/definitions says, one person and one day at a time: slow, and plain enough to check by eye."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache, partial

from evaltools.registers.codes import EXIT_REASON

ONE = dt.timedelta(days=1)
END = dt.date(2023, 1, 1)
"""Later than any day in a test: a benefit that is there on it runs."""
MOVE, AOW, DEATH = "32", "03", "04"
ORDER = (
    "work", "work_with_benefit", "education", "other_income", "enforcement", "demographic", "in_trajectory",
    "on_benefit", "unknown", "moved", "joined", "too_short",
)  # fmt: skip


@dataclass(frozen=True)
class Benefit:
    """One benefit with its gaps bridged; ``last_day`` is empty while it runs."""

    first_day: dt.date
    last_day: dt.date | None
    exit_reason: str | None


@dataclass(frozen=True)
class Trajectory:
    """A participation or provision that began; ``last_day`` is empty while it runs, or where nobody knows when it ended."""

    first_day: dt.date
    last_day: dt.date | None
    kind: str | None
    is_own: bool
    has_ended: bool

    def goes_on(self, day):
        return self.first_day <= day and (not self.has_ended if self.last_day is None else self.last_day > day)


@dataclass(frozen=True, eq=False)
class Person:
    """All that is written of one person, in a register that has reasons of ends."""

    has_row: bool
    days: set  # with a benefit as it ran
    benefits: list
    bridged: set  # days of the benefits, gaps included
    work: dict  # hours by (year, month)
    work_since: tuple  # first month of which the register has incomes
    trajectories: list


def days_between(first, last):
    while first <= last:
        yield first
        first += ONE


def months_after(day, months):
    return day + dt.timedelta(days=round(months * 365.25 / 12))


def in_months(days):
    return days / (365.25 / 12)


def month_of(day):
    return day.year, day.month


# One person: benefits


def days_with_benefit(rows, schemes):
    days = set()
    for row in rows:
        if row["scheme"] in schemes:
            days.update(days_between(row["first_day"], row["last_day"] or END))
    return days


def merged_benefits(rows, schemes, gap_days):
    """Walk from day to day; a benefit ends where too many days follow without one."""
    days = days_with_benefit(rows, schemes)
    stretches, last = [], None
    for day in days_between(min(days, default=END), END):
        if day not in days:
            continue
        touches = last is not None and day == last + ONE
        if touches or (last is not None and day <= last + dt.timedelta(days=gap_days)):
            stretches[-1][1] = day
        else:
            stretches.append([day, day])
        last = day
    return [
        Benefit(first, None, None) if last == END else Benefit(first, last, _reason_of_end(rows, schemes, last))
        for first, last in stretches
    ]


def _reason_of_end(rows, schemes, last_day):
    reasons = {row["exit_reason"] for row in rows if row["scheme"] in schemes and row["last_day"] == last_day}
    for code in EXIT_REASON.by_code:
        if code in reasons:
            return code
    return min(reasons - {None}, default=None)


def person_of(tables, name, choices):
    def rows(table):
        return [row for row in tables.get(table, []) if row["person_id"] == name]

    benefits = merged_benefits(rows("benefit_spells"), choices.schemes, choices.gap_days)
    bridged = {day for benefit in benefits for day in days_between(benefit.first_day, benefit.last_day or END)}
    trajectories = [
        Trajectory(
            row["first_day"],
            row["last_day"],
            row["kind"],
            is_own=row["programme"] == "proef",
            has_ended=row["status"] in {"completed", "withdrawn"},
        )
        for row in rows("participations")
        if row["first_day"]
    ] + [
        Trajectory(row["first_day"], row["last_day"], None, is_own=False, has_ended=False) for row in rows("provisions")
    ]
    return Person(
        has_row=bool(rows("persons") or benefits),
        days=days_with_benefit(rows("benefit_spells"), choices.schemes),
        benefits=benefits,
        bridged=bridged,
        work=hours_of_work(rows("incomes")),
        work_since=min((month_of(row["month"]) for row in tables.get("incomes", [])), default=month_of(END)),
        trajectories=trajectories,
    )


def hours_of_work(rows):
    """Hours a week by month with income from work; those of several jobs add up, and a row that stands twice is one."""
    hours = {}
    for row in {tuple(row.items()): row for row in rows}.values():
        if row["kind"] == "11" and row["euro"] != 0:
            hours.setdefault(month_of(row["month"]), []).append(row["hours_per_week"])
    return {month: None if None in all_of_it else sum(all_of_it) for month, all_of_it in hours.items()}


def ended_on(person, day):
    """Find the benefit of which this is the last day."""
    return next((benefit for benefit in person.benefits if benefit.last_day == day), None)


# One person: follow-up


def followed_until(choices):
    return choices.censoring_day - dt.timedelta(days=choices.gap_days)


def calendar_end(index_day, choices):
    """Last day on which who starts on this one can be followed, and why; nothing that happens to people counts."""
    until = followed_until(choices)
    if choices.months_followed_at_most:
        limit = months_after(index_day, choices.months_followed_at_most)
        if limit <= until:
            return limit, "limit"
    return until, "censoring_day"


@lru_cache(maxsize=64)
def follow_up(person, index_day, choices):
    """Last day that is seen, and why; of several reasons on one day that of the person holds."""
    last_day, why = calendar_end(index_day, choices)
    for day in days_between(index_day, last_day):
        benefit = ended_on(person, day)
        if benefit and benefit.exit_reason == MOVE:
            return day, "move"
        if benefit and benefit.exit_reason == DEATH and day < last_day:
            return day + ONE, "death"
    return last_day, why


def exits(person, index_day, until):
    """List the exits after the index day: the first day without benefit, and the reason."""
    return [
        (day, ended_on(person, day - ONE).exit_reason)
        for day in days_between(index_day + ONE, until)
        if day - ONE in person.bridged and day not in person.bridged
    ]


def first_exit(person, index_day, choices):
    return next(iter(exits(person, index_day, follow_up(person, index_day, choices)[0])), (None, None))


def participant(person, index_day, choices):
    last_day, why = follow_up(person, index_day, choices)
    exit_day, reason = first_exit(person, index_day, choices)
    return {
        "index_day": index_day,
        "follow_up_last_day": last_day,
        "follow_up_end": why,
        "exit_day": exit_day,
        "exit_reason": reason,
        "months": in_months(((exit_day or last_day) - index_day).days),
        "cause": group_of(reason) if exit_day else "censored",
    }


def group_of(reason):
    return EXIT_REASON.group_of(reason or "")


# One person: outcomes


def is_followed(index_day, day, choices):
    return index_day <= day <= calendar_end(index_day, choices)[0]


def outcome_of_exit(reason):
    group = group_of(reason)
    return "other_income" if group == "partner" else group


def has_moved(person, index_day, day, choices):
    last_day, why = follow_up(person, index_day, choices)
    return why == "move" and day > last_day


def last_seen(person, index_day, day, choices):
    return min(day, follow_up(person, index_day, choices)[0])


def is_on_benefit(person, index_day, day, choices):
    """Say whether a benefit runs; who moved or died has none, whatever stands in the register afterwards."""
    return day in person.bridged and day <= follow_up(person, index_day, choices)[0]


def works_beside(person, day):
    return day in person.bridged and month_of(day) in person.work


def may_work_beside(person, day):
    """Say whether there is a benefit, and no month of incomes that could tell."""
    return day in person.bridged and month_of(day) < person.work_since


def status(person, index_day, day, choices):
    if has_moved(person, index_day, day, choices):
        return "moved"
    if not is_on_benefit(person, index_day, day, choices):
        return outcome_of_exit(exits(person, index_day, last_seen(person, index_day, day, choices))[-1][1])
    if works_beside(person, day):
        return "work_with_benefit"
    return "in_trajectory" if any(one.goes_on(day) for one in person.trajectories) else "on_benefit"


def outcome(person, index_day, day, choices):
    if not is_followed(index_day, day, choices):
        return "too_short"
    seen = last_seen(person, index_day, day, choices)
    left = [outcome_of_exit(reason) for _, reason in exits(person, index_day, seen)]
    on_the_day = status(person, index_day, day, choices)
    if choices.horizon_rule == "first_exit":
        return left[0] if left else on_the_day
    if choices.horizon_rule == "best":
        worked = any(works_beside(person, other) for other in days_after_the_month(index_day, seen))
        return min([*left, on_the_day, *(["work_with_benefit"] if worked else [])], key=ORDER.index)
    return on_the_day


def days_after_the_month(index_day, until):
    return [day for day in days_between(index_day, until) if month_of(day) > month_of(index_day)]


def may_be_at_work(person, index_day, day, choices):
    """Say whether the outcome would be work beside the benefit if the register had all incomes."""
    found = outcome(person, index_day, day, choices)
    if ORDER.index(found) <= ORDER.index("work_with_benefit") or found == "too_short":
        return False
    seen = last_seen(person, index_day, day, choices)
    if choices.horizon_rule == "best" and any(
        map(partial(may_work_beside, person), days_after_the_month(index_day, seen))
    ):
        return True
    if choices.horizon_rule == "first_exit" and exits(person, index_day, seen):
        return False
    return is_on_benefit(person, index_day, day, choices) and may_work_beside(person, day)


def memberships(person, index_day, day, choices):
    """Say which groups a person is in; None where that is not known."""
    last_day, why = follow_up(person, index_day, choices)
    moved = has_moved(person, index_day, day, choices)
    is_on = is_on_benefit(person, index_day, day, choices)
    seen = last_seen(person, index_day, day, choices)
    left_for = None if is_on or moved else group_of(exits(person, index_day, seen)[-1][1])
    work_exit = None if left_for == "unknown" else left_for == "work"
    part_time = None if is_on and may_work_beside(person, day) else is_on and works_beside(person, day)
    own = [one for one in person.trajectories if one.is_own]
    begun = {one.kind for one in own if one.first_day <= seen}

    def go_on(trajectories):
        if moved:
            return None
        return not (why == "death" and day >= last_day) and any(one.goes_on(day) for one in trajectories)

    return {
        "off_benefit": not is_on,
        "work_exit": work_exit,
        "part_time_work": part_time,
        "paid_job": (part_time and _is_job(person.work[month_of(day)], choices)) if is_on else work_exit,
        "in_programme": go_on(own),
        "in_trajectory": go_on(person.trajectories),
        "participation": any_of("participation" in begun, "care" in begun, None if None in begun else False),
        "education": any_of(
            "education" in begun,
            left_for == "education",
            None if None in begun or left_for == "unknown" else False,
        ),
        "moved": moved,
        "joined": False,
    }


def any_of(*truths):
    """Say whether one of them holds; None where that hangs on one that is not known."""
    return True if True in truths else (None if None in truths else False)


def _is_job(hours, choices):
    return None if hours is None else hours >= choices.hours_per_week


def months_with_benefit(person, index_day, months, choices):
    horizon = months_after(index_day, months)
    if not is_followed(index_day, horizon, choices) or has_moved(person, index_day, horizon, choices):
        return None
    seen = last_seen(person, index_day, horizon, choices)
    n_days = sum(day in person.days and day <= seen for day in days_between(index_day, horizon - ONE))
    return in_months(n_days)


# One person: returns


def return_day(person, index_day, choices):
    exit_day, _ = first_exit(person, index_day, choices)
    last_day, _ = follow_up(person, index_day, choices)
    return next((day for day in days_between(exit_day, last_day) if day in person.bridged), None)


# A cohort


def listed(tables, choices):
    """Index day of each person on the list of 'proef': the first selection, or the first start if there is one."""
    days = {}
    for row in tables["participations"]:
        if row["programme"] == "proef":
            day = row["selected_day" if choices.start == "selected" else "first_day"]
            days.setdefault(row["person_id"], []).append(day)
    return {name: min((day for day in own if day), default=None) for name, own in days.items()}


def register_begins(tables, choices):
    """First day of the month of the first end in whose year there are ten, and a quarter of those of the fullest year."""
    rows = {
        (row["person_id"], row["last_day"])
        for row in tables["benefit_spells"]
        if row["last_day"] and row["last_day"] <= followed_until(choices) and row["scheme"] in choices.schemes
    }
    ends = sorted(last_day for _, last_day in rows)
    in_its_year = [sum(first <= other <= first + dt.timedelta(days=365) for other in ends) for first in ends]
    for first, n in zip(ends, in_its_year, strict=True):
        if n >= 10 and n >= max(in_its_year) / 4:
            return first.replace(day=1)
    return None


def reasons_to_be_out(tables, name, index_day, choices, begin):
    person = person_of(tables, name, choices)
    if index_day is None:
        return {"without_index_day"} | ({"not_in_register"} if not person.has_row else set())
    return {
        step
        for step, is_out in {
            "not_in_register": not person.has_row,
            "before_register": begin is not None and index_day < begin,
            "not_followed": index_day >= followed_until(choices),
            "not_on_benefit": index_day not in person.days,
        }.items()
        if is_out
    }


def cohort(tables, choices):
    """List who is in, sorted: each person with the index day; and of all on the list why they are out."""
    begin = register_begins(tables, choices)
    out, members = {}, {}
    for name, index_day in sorted(listed(tables, choices).items()):
        out[name] = reasons_to_be_out(tables, name, index_day, choices, begin)
        if not out[name]:
            members[name] = (person_of(tables, name, choices), index_day)
    return members, out


def day_for(index_day, *, months=None, day=None):
    return day or months_after(index_day, months)


def outcomes(members, choices, **when):
    return {
        name: outcome(person, index_day, day_for(index_day, **when), choices)
        for name, (person, index_day) in members.items()
    }


def counts_of_outcomes(members, choices, **when):
    """Count the outcomes; None where of anybody it is not known."""
    found = list(outcomes(members, choices, **when).values())
    counts = {name: found.count(name) for name in ORDER}
    if set(found) == {"too_short"}:
        return {name: n if name == "too_short" else None for name, n in counts.items()}
    if any(
        may_be_at_work(person, index_day, day_for(index_day, **when), choices) for person, index_day in members.values()
    ):
        counts["work_with_benefit"] = None
    return counts


def anybody_followed(members, choices, **when):
    return any(is_followed(index_day, day_for(index_day, **when), choices) for _, index_day in members.values())


def relapse(members, months, choices, exits_to="all"):
    """Count first exits, and of those that the calendar lets be followed so long what came of them."""
    counts = dict.fromkeys(("n_exits", "n_for_good", "n_followed", "n_returned", "n_on_benefit", "n_stayed"), 0)
    for person, index_day in members.values():
        exit_day, reason = first_exit(person, index_day, choices)
        if exit_day is None or (exits_to == "work" and group_of(reason) != "work"):
            continue
        counts["n_exits"] += 1
        is_for_good = reason in {AOW, DEATH}
        counts["n_for_good"] += is_for_good
        day = months_after(exit_day, months)
        if day > calendar_end(index_day, choices)[0] or (is_for_good and choices.aow_and_death == "apart"):
            continue
        back = return_day(person, index_day, choices)
        has_returned = back is not None and back <= day
        counts["n_followed"] += 1
        counts["n_returned"] += has_returned
        counts["n_on_benefit"] += is_on_benefit(person, index_day, day, choices)
        counts["n_stayed"] += not has_returned
    return counts
