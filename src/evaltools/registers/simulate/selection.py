"""Who is eligible for a programme, and whom the coach picks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaltools.errors import InvalidDataError
from evaltools.programmes import Claim, Eligibility
from evaltools.registers.codes import ORIGIN_STATUS, SCHEME
from evaltools.registers.simulate.careers import Careers, Influence
from evaltools.registers.simulate.people import People
from evaltools.registers.simulate.setting import NO_SHIFT, Setting, Shift


class TooFewEligibleError(InvalidDataError):
    """Fewer are eligible than a programme selected; with more persons there would be enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A programme in one municipality: when it selects, how many, and what was published about it.

    Attributes
    ----------
    programme
        Slug of the programme.
    first_month, months_enrolment
        Position of the first month of selection, and how many there are.
    count_day
        Day on which the published figures are counted.
    eligibility
        Whom the programme is for. Nobody has an open trajectory when a programme picks.
    n_participants
        How many are selected; a share of those eligible where it is None.
    stage
        How far every participant came at least: ``selected``, ``approached`` or ``started``.
    n_comparison
        How many of those eligible are in the register as a comparison arm; all where it is None.
    is_random
        Whether chance selects, not the coach.
    claim
        The published figures that the register reproduces.
    n_households
        Households that are visited.
    n_employers
        Employers that offer a workplace.
    """

    programme: str
    first_month: int
    months_enrolment: int
    count_day: int
    eligibility: Eligibility
    n_participants: int | None
    stage: str = "selected"
    n_comparison: int | None = 0
    is_random: bool = False
    claim: Claim | None = None
    n_households: int = 0
    n_employers: int = 0


@dataclass(frozen=True)
class Chosen:
    """Who was picked for a programme, out of whom, and when; by household.

    Attributes
    ----------
    month, day
        Month (a position) and day on which each household would be selected, picked or not.
    participants, comparison
        Rows of the households that were picked, and that are the comparison arm.
    others
        Rows of all others that were eligible.
    """

    group: Group
    month: np.ndarray
    day: np.ndarray
    participants: np.ndarray
    comparison: np.ndarray
    others: np.ndarray

    @property
    def eligible(self) -> np.ndarray:
        """Rows of all who could have been picked."""
        return np.sort(np.concatenate([self.participants, self.comparison, self.others]))

    def influence(self, rows: np.ndarray, *, is_treated: bool, shift: Shift = NO_SHIFT) -> Influence:
        """Make the influence of the programme on some households; ``shift`` is for the participants among them."""
        picked = np.isin(rows, self.participants)
        return Influence(
            month=self.month[rows],
            is_treated=np.full(len(rows), is_treated),
            shift_work=np.where(picked, shift.work, 0.0),
            shift_other=np.where(picked, shift.other, 0.0),
        )


def is_eligible(
    people: People, careers: Careers, day: np.ndarray, eligibility: Eligibility, setting: Setting
) -> np.ndarray:
    """Whether a benefit that began before the month of selection runs on its day, and whom the programme is for."""
    calendar = setting.calendar
    month = calendar.position_of(day)
    begin = calendar.first_day(month)[:, None]
    since = calendar.first_day(month - (eligibility.months_on_benefit_at_least or 0))[:, None]
    covers = (careers.first < np.minimum(begin, since + 1)) & (careers.last >= day[:, None])
    if eligibility.months_on_benefit_at_most is not None:
        covers &= careers.first >= calendar.first_day(month + 1 - eligibility.months_on_benefit_at_most)[:, None]
    return np.asarray(covers.any(axis=1) & _is_meant(people, month, eligibility, setting))


def _is_meant(people: People, month: np.ndarray, eligibility: Eligibility, setting: Setting) -> np.ndarray:
    """Whether what does not change with time is as the programme asks."""
    first_month = setting.calendar.first_month
    age = (first_month + month) // 12 - (first_month + people.birth_month) // 12
    meant = np.ones(len(people), dtype=bool)
    if eligibility.age_at_least is not None:
        meant &= age >= eligibility.age_at_least
    if eligibility.age_below is not None:
        meant &= age < eligibility.age_below
    for values, names, wanted in (
        (people.scheme, tuple(SCHEME.by_code), eligibility.schemes),
        (people.origin_status, tuple(ORIGIN_STATUS.by_code), [eligibility.origin_status or ""]),
        (people.neighbourhood, setting.neighbourhoods, eligibility.neighbourhoods),
    ):
        if any(wanted):
            meant &= np.isin(values, [place for place, name in enumerate(names) if name in wanted])
    return meant


def choose(people: People, without: Careers, is_free: np.ndarray, group: Group, setting: Setting) -> Chosen:
    """Let the coach pick participants among those who are eligible and free.

    Each household has one month in which it would be selected. Those with the highest
    score are picked; it is ``selection_strength`` times the hidden prospects, plus
    ``selection_strength_visible`` times the visible ones, both in standard deviations, plus standard
    logistic chance.

    Parameters
    ----------
    without
        Careers in the world without a programme.
    is_free
        Households that no other programme picked.

    Raises
    ------
    TooFewEligibleError
        When fewer are eligible than the programme selected.
    """
    rng = setting.stream("selection", group.programme)
    n = len(people)
    month = group.first_month + rng.integers(0, group.months_enrolment, n)
    day = setting.calendar.day_in(month, rng.random(n))
    score = rng.logistic(size=n)
    if not group.is_random:
        score += setting.scenario.selection_strength * people.prospects
        score += setting.scenario.selection_strength_visible * _visible_prospects(people, setting)
    eligible = np.flatnonzero(is_free & is_eligible(people, without, day, group.eligibility, setting))
    n_participants = group.n_participants
    if n_participants is None:
        n_participants = round(setting.scenario.share_participants * len(eligible))
    if n_participants > len(eligible):
        raise TooFewEligibleError(
            f"the simulated register for {group.programme}",
            [f"has {len(eligible)} eligible persons, fewer than {n_participants} participants; take more persons"],
        )
    order = eligible[np.argsort(-score[eligible], kind="stable")]
    participants, left = order[:n_participants], order[n_participants:]
    n_comparison = len(left) if group.n_comparison is None else min(group.n_comparison, len(left))
    # Those left stand in the order of the score: a part of them must not be the best of them.
    comparison = np.sort(rng.permutation(left)[:n_comparison])
    return Chosen(group, month, day, np.sort(participants), comparison, np.setdiff1d(left, comparison))


def _visible_prospects(people: People, setting: Setting) -> np.ndarray:
    """Say what the register shows of the hazard of exits to work, in standard deviations."""
    visible = people.log_work - setting.scenario.prospects_sd * people.prospects
    away = visible - visible.mean()
    spread = float(away.std())
    return np.asarray(away / spread if spread > 0 else away)


def choose_all(people: People, without: Careers, groups: Sequence[Group], setting: Setting) -> list[Chosen]:
    """Let each programme pick in turn, in the order of their names; nobody is in two.

    Parameters
    ----------
    without
        Careers in the world without any programme, to the last month of selection or further.
    """
    is_free = np.ones(len(people), dtype=bool)
    all_chosen = []
    for group in sorted(groups, key=lambda group: group.programme):
        chosen = choose(people, without, is_free, group, setting)
        is_free[chosen.participants] = False
        is_free[chosen.comparison] = False
        all_chosen.append(chosen)
    return all_chosen


def join(influences: "list[tuple[np.ndarray, Influence]]", n: int) -> Influence:
    """Put the influences on different households together."""
    joined = Influence.none(n)
    for rows, influence in influences:
        for name in ("month", "is_treated", "shift_work", "shift_other"):
            getattr(joined, name)[rows] = getattr(influence, name)
    return joined
