"""People to compare with: the same eligibility, and a clock that starts alike.

Nobody in a comparison was selected, so that nothing says when their clock starts. Each person gets a pseudo index
day, drawn from the index days of the programme's cohort, and is in when eligible on it (Zhou e.a. 2005, Am. J.
Epidemiol. 162(10): prescription time-distribution matching). A clock that starts for everybody on one day, or with
the benefit, would give participants time in which they cannot leave.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from evaltools.cohorts.cohort import COMPARISON, EARLIER, ELSEWHERE, PROGRAMME, Cohort
from evaltools.cohorts.definitions import require_type
from evaltools.cohorts.follow_up import followed_until
from evaltools.cohorts.select import SPELL_COLUMNS, Candidates, on_benefit_within, require_tables, select
from evaltools.cohorts.spells import NEVER, day_numbers, different, positions
from evaltools.cohorts.state import require_cohort
from evaltools.errors import InvalidDataError
from evaltools.registers import Register


def comparison_cohort(cohort: Cohort, *, elsewhere: Register | None = None, seed: int = 1) -> Cohort:
    """Make a cohort of others who were eligible and not selected, with a pseudo index day.

    Parameters
    ----------
    cohort
        The programme's; its eligibility and definitions hold here too.
    elsewhere
        The register of another municipality; others in the same register when left out.
    seed
        The same seed gives the same pseudo index days, in whatever order the rows stand.

    Returns
    -------
    Cohort

    Raises
    ------
    InvalidDataError
        When nobody is left, with the count at each step.

    Notes
    -----
    Who was selected for the programme, or shared a benefit with somebody who was, on or before the pseudo index day is out. Who is selected later is in, as on
    that day nobody could know: follow-up then ends the day before (``later_participants="censored"``). Leaving them
    out instead would look into the future: those who left early could no longer be selected, so that the
    comparison would keep all early leavers and lose those who stayed.

    Examples
    --------
    >>> from evaltools.cohorts import example_cohort, comparison_cohort
    >>> others = comparison_cohort(example_cohort())
    >>> others.group, len(others)  # Fred, Gina and Hugo
    ('comparison', 3)
    """
    _require_programme(cohort, seed)
    register = cohort.register if elsewhere is None else elsewhere
    require_type(register, Register, "elsewhere", "open_register('GM1955')")
    if elsewhere is not None and elsewhere.municipality == cohort.municipality:
        raise InvalidDataError("elsewhere", ["is the municipality of the cohort itself; leave elsewhere out"])
    if register.is_simulated is not cohort.is_simulated:
        raise InvalidDataError("elsewhere", ["is simulated where the cohort is not, or the other way round"])
    if elsewhere is None and not cohort.programme:
        raise InvalidDataError(
            "the cohort to compare with",
            ["is of everybody in the register; take elsewhere=, or earlier_cohort()"],
        )
    group = COMPARISON if elsewhere is None else ELSEWHERE
    return _others(cohort, register, group=group, years=0, seed=seed)


def earlier_cohort(cohort: Cohort, *, years: int, seed: int = 1) -> Cohort:
    """Make a cohort of who was eligible in the same municipality some years earlier.

    Nobody is followed into the programme: follow-up ends for everybody on the day before its first index day.

    Parameters
    ----------
    cohort, seed
        As of `comparison_cohort`.
    years
        How many calendar years earlier; the season stays the same.

    Returns
    -------
    Cohort

    Raises
    ------
    InvalidDataError
        When ``years`` is no whole number of at least 1, or nobody is left: for one because the register does not go
        back so far (``before_register``).

    Examples
    --------
    >>> from evaltools.cohorts import example_cohort, earlier_cohort
    >>> earlier = earlier_cohort(example_cohort(), years=2)
    >>> earlier.group, len(earlier), earlier.participants["index_day"].dt.year.unique().tolist()
    ('earlier_years', 8, [2017])
    """
    _require_programme(cohort, seed)
    if isinstance(years, bool) or not isinstance(years, int) or years < 1:
        raise InvalidDataError("earlier_cohort()", [f"years is {years!r}; expected a whole number of at least 1"])
    return _others(cohort, cohort.register, group=EARLIER, years=years, seed=seed)


def _others(cohort: Cohort, register: Register, *, group: str, years: int, seed: int) -> Cohort:
    require_tables(register, "benefit_spells")
    benefit_spells = register.read("benefit_spells", SPELL_COLUMNS)
    index_days = pd.DatetimeIndex(cohort.participants["index_day"].sort_values())
    days = day_numbers(index_days - pd.DateOffset(years=years))
    persons = on_benefit_within(benefit_spells, days, cohort.definitions)
    index = days[np.random.default_rng(seed).integers(0, len(days), len(persons))]
    selection = _selection_days(register, cohort.programme, benefit_spells, persons)
    until = cohort.until if register is cohort.register else followed_until(register, cohort.definitions)
    is_same = register is cohort.register
    candidates = Candidates(
        register_since=cohort.register_since if is_same else None,
        knows_reasons=cohort.history.knows_reasons if is_same else None,
        persons=persons,
        index=index,
        until=until,
        steps=(("register", "start", len(persons), None),),
        excluded={"selected_before": selection <= index} if group != EARLIER else {},
    )
    if group == EARLIER:
        candidates = replace(candidates, until=min(until, _first_day(cohort) - 1))
    else:
        candidates = replace(candidates, own_selection=selection)
    return select(
        register,
        benefit_spells,
        candidates,
        cohort.eligibility,
        cohort.definitions,
        group=group,
        programme=cohort.programme,
    )


def _first_day(cohort: Cohort) -> int:
    """First day on which anybody was selected for the programme, or else starts in the cohort."""
    rows = cohort.register.read("participations", ["programme", "selected_day"])
    selected = day_numbers(rows.loc[rows["programme"] == cohort.programme, "selected_day"])
    return min(int(cohort.index.min()), int(selected.min(initial=NEVER)))


def _selection_days(
    register: Register, programme: str, benefit_spells: pd.DataFrame, persons: "pd.Index[str]"
) -> np.ndarray:
    """Day on which each person, or who shared the benefit then, was selected; `NEVER` for who was not.

    The comparison arm of a study is not selected.
    """
    rows = register.read("participations", ["person_id", "programme", "selected_day", "arm"])
    rows = rows[(rows["programme"] == programme) & ~(rows["arm"] == COMPARISON)]
    by_person = rows.groupby("person_id")["selected_day"].min()
    days = np.full(len(persons), NEVER)
    at = positions(by_person.index.to_series(), persons)
    days[at[at >= 0]] = day_numbers(by_person)[at >= 0]
    if not len(persons):
        return days
    # A partner on the same benefit leaves with the participant.
    person = positions(benefit_spells["person_id"], persons)
    first, last = day_numbers(benefit_spells["first_day"]), day_numbers(benefit_spells["last_day"])
    own = np.where(person >= 0, days[person], NEVER)
    on_it = (own < NEVER) & (first <= own) & (last >= own)
    benefits = different(benefit_spells.loc[on_it, "benefit_id"])
    benefit = positions(benefit_spells["benefit_id"], benefits)
    by_benefit = np.full(len(benefits) + 1, NEVER)  # the last one stands for no benefit of a participant
    np.minimum.at(by_benefit, benefit[on_it], own[on_it])
    of_partner = by_benefit[benefit]
    shared = (person >= 0) & (first <= of_partner) & (last >= of_partner)
    np.minimum.at(days, person[shared], of_partner[shared])
    return days


def _require_programme(cohort: Cohort, seed: int) -> None:
    require_cohort(cohort)
    problems = []
    if cohort.group != PROGRAMME:
        problems.append(f"is itself to compare with ({cohort.group}); take the one of the programme")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        problems.append("seed must be a whole number of at least 0")
    if problems:
        raise InvalidDataError("the cohort to compare with", problems)
