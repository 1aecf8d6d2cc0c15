"""A municipality of the programme files: its size, its periods and its programmes, by rule."""

import datetime as dt
from collections.abc import Collection, Iterable
from contextlib import suppress

import pandas as pd

from evaltools.errors import InvalidDataError
from evaltools.programmes import Claim, Eligibility, Period, Programme
from evaltools.registers.simulate.calibration import wanted, wanted_of
from evaltools.registers.simulate.counting import published_counts
from evaltools.registers.simulate.model import Simulation, build, make_calendar
from evaltools.registers.simulate.scenario import Scenario, day_of, month_of
from evaltools.registers.simulate.selection import Group, TooFewEligibleError
from evaltools.registers.simulate.setting import NEIGHBOURHOODS, Calendar, Setting

DEFAULT_PERIOD = Period(first_day=dt.date(2019, 1, 1), last_day=dt.date(2020, 12, 31))
"""Of a municipality none of whose programmes has a period."""

DEFAULT_MONTHS = 18
"""How long a programme runs whose file gives no last day."""

DEFAULT_PARTICIPANTS = 60
"""Participants of a programme whose file gives no number."""

MONTHS_BEFORE, MONTHS_AFTER = 36, 12
"""The register begins so long before the first programme, and its extract lies so long after the last count."""

FEWEST_PERSONS = 600
PERSONS_A_PARTICIPANT = 6
PERSONS_A_HOUSEHOLD = 2
"""Persons in the register: at least so many; per participant of its programmes; per visited household."""

TIMES_LARGER = (1, 2, 4, 8, 16, 32)
"""Where too few are whom a programme is for, the register is so many times as large."""

SHARE_OF_EMPLOYERS = 0.6
"""Of the employers that a target wants, those that offer a workplace."""

BEYOND_BENEFIT = ("selected", "offered", "approached", "started", "completed")


def period_of(programme: Programme, programmes: Iterable[Programme] = ()) -> Period:
    """Period of a programme: its own; else from the first to the last day of the others; else a default.

    Parameters
    ----------
    programmes
        All programmes of the municipality.
    """
    if programme.period:
        return programme.period
    others = [_with_end(other.period) for other in programmes if other.period]
    if not others:
        return DEFAULT_PERIOD
    last_days = [other.last_day for other in others if other.last_day]
    return Period(first_day=min(other.first_day for other in others), last_day=max(last_days))


def count_day(programme: Programme, claim: Claim | None = None, programmes: Iterable[Programme] = ()) -> dt.date:
    """Day on which published figures are counted: the last of the period, or that of the publication if it is earlier.

    A period without a last day runs 18 months. A publication day that lies before the
    period, or is a year or month only, is not used.
    """
    period = _with_end(period_of(programme, programmes))
    last_day = period.last_day or period.first_day
    published = claim.source.published if claim else None
    if published and len(published) == len("2020-09-03"):
        day = dt.date.fromisoformat(published)
        if period.first_day < day < last_day:
            return day
    return last_day


def simulate_municipality(municipality: str, programmes: Collection[Programme], *, seed: int) -> Simulation:
    """Simulate the register of a municipality with its programmes, whose published counts come out.

    Parameters
    ----------
    municipality
        CBS code.
    programmes
        All programmes of the municipality; their order does not matter, and those of
        other municipalities are left out.

    Raises
    ------
    InvalidDataError
        When a published count cannot come out.
    """
    own = sorted(
        (programme for programme in programmes if municipality in programme.municipalities),
        key=lambda programme: programme.slug,
    )
    for times in TIMES_LARGER:
        with suppress(TooFewEligibleError):
            return _simulate(municipality, own, scenario_of(municipality, own, seed, times=times))
    named = [programme.slug for programme in own if programme.eligibility != Eligibility()]
    raise InvalidDataError(
        f"the simulated register of {municipality}",
        [f"has too few whom its programmes are for; see the eligibility of {', '.join(named)}"],
    )


def _simulate(municipality: str, own: Collection[Programme], scenario: Scenario) -> Simulation:
    calendar = make_calendar(scenario, _last_enrolment(own))
    groups = [group for programme in own if (group := _group(programme, municipality, own, calendar))]
    named = [name for programme in own for name in programme.eligibility.neighbourhoods]
    neighbourhoods = tuple(dict.fromkeys([*named, *NEIGHBOURHOODS]))
    simulation = build(Setting(scenario, calendar, municipality, neighbourhoods=neighbourhoods), groups)
    _require_published(simulation, own)
    return simulation


def scenario_of(municipality: str, programmes: Collection[Programme], seed: int, *, times: int = 1) -> Scenario:
    """Make the scenario of a municipality: its size, so many times over, and window by rule, all else by default."""
    sizes = [_n_participants(programme, municipality) or 0 for programme in programmes]
    households = [_n_households(programme, municipality) for programme in programmes]
    n_persons = max(FEWEST_PERSONS, PERSONS_A_PARTICIPANT * sum(sizes), PERSONS_A_HOUSEHOLD * sum(households))
    periods = [_with_end(period_of(programme, programmes)) for programme in programmes] or [DEFAULT_PERIOD]
    first = pd.Timestamp(min(period.first_day for period in periods)).to_period("M") - MONTHS_BEFORE
    last_day = max(period.last_day or period.first_day for period in periods)
    extract = (pd.Timestamp(last_day).to_period("M") + MONTHS_AFTER).end_time
    start = min(period.first_day for period in periods)
    return Scenario(
        n_persons=times * n_persons,
        first_day=first.start_time.date(),
        extract_day=extract.date(),
        seed=seed,
        programme_first_day=start,
        months_enrolment=1,
    )


def _group(
    programme: Programme, municipality: str, programmes: Collection[Programme], calendar: Calendar
) -> Group | None:
    n_participants = _n_participants(programme, municipality)
    if n_participants is None:
        return None
    claim = _claim(programme, municipality)
    stage = claim.population.stage if claim and claim.population else "selected"
    period = _with_end(period_of(programme, programmes))
    is_trial = programme.design == "rct"
    employers = [
        round(SHARE_OF_EMPLOYERS * target.together_with.n)
        for target in programme.targets_in(municipality)
        if target.together_with and target.together_with.unit == "employers"
    ]
    return Group(
        programme=programme.slug,
        first_month=month_of(period.first_day) - calendar.first_month,
        months_enrolment=_months_enrolment(period),
        count_day=day_of(count_day(programme, claim, programmes)),
        eligibility=programme.eligibility,
        n_participants=n_participants,
        stage=stage,
        n_comparison=n_participants if is_trial else 0,
        is_random=is_trial,
        claim=claim if claim and claim.outcomes else None,
        n_households=_n_households(programme, municipality),
        n_employers=sum(employers),
    )


def _claim(programme: Programme, municipality: str) -> Claim | None:
    """Find the first claim about people; the register reproduces no second one."""
    return next((claim for claim in programme.claims_in(municipality) if claim.population), None)


def _n_participants(programme: Programme, municipality: str) -> int | None:
    """Count participants: as published, as a target says was selected, or by default; None for a plan without any."""
    claim = _claim(programme, municipality)
    if claim and claim.population:
        return wanted(claim.population.n, claim.population.precision)
    targets = programme.targets_in(municipality)
    for target in targets:
        for people in target.populations:
            if people.stage in BEYOND_BENEFIT and people.unit in {"persons", "residents"}:
                return wanted(people.n, people.precision)
    return None if targets else DEFAULT_PARTICIPANTS


def _n_households(programme: Programme, municipality: str) -> int:
    return sum(
        wanted(output.n, output.precision)
        for claim in programme.claims_in(municipality)
        for output in claim.outputs
        if output.unit == "households"
    )


def _with_end(period: Period) -> Period:
    if period.last_day:
        return period
    end = pd.Timestamp(period.first_day) + pd.DateOffset(months=DEFAULT_MONTHS) - pd.Timedelta(days=1)
    return Period(first_day=period.first_day, last_day=end.date())


def _months_enrolment(period: Period) -> int:
    """Participants are selected in the first half of the period, so that the count finds them some way on."""
    last_day = period.last_day or period.first_day
    return max(1, (month_of(last_day) - month_of(period.first_day) + 1) // 2)


def _last_enrolment(programmes: Collection[Programme]) -> int:
    periods = [_with_end(period_of(programme, programmes)) for programme in programmes] or [DEFAULT_PERIOD]
    return max(month_of(period.first_day) + _months_enrolment(period) for period in periods)


def _require_published(simulation: Simulation, programmes: Collection[Programme]) -> None:
    problems = []
    for programme in programmes:
        claim = _claim(programme, simulation.municipality)
        if claim is None:
            continue
        day = count_day(programme, claim, programmes)
        counted = published_counts(simulation.tables, programme.slug, claim, day).set_index("name")["n"]
        for outcome in claim.outcomes:
            goal = wanted_of(claim, outcome)
            n = counted[outcome.name]
            if not pd.isna(n) and int(n) != goal:
                problems.append(
                    f"{programme.slug}: '{outcome.name}' is {goal} in the programme file, {n} in the register"
                )
    if problems:
        raise InvalidDataError(f"the simulated register of {simulation.municipality}", problems)
