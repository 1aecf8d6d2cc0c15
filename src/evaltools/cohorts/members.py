"""The cohort of a programme, from its list of participants, and that of everybody on a day."""

from dataclasses import replace

import numpy as np
import pandas as pd

from evaltools.cohorts.cohort import COMPARISON, PROGRAMME, Cohort
from evaltools.cohorts.definitions import HORIZONS_MONTHS, Definitions, require_type
from evaltools.cohorts.follow_up import followed_until
from evaltools.cohorts.select import SPELL_COLUMNS, Candidates, on_benefit_within, require_tables, select
from evaltools.cohorts.spells import NEVER, Day, day_number, day_numbers, different
from evaltools.errors import InvalidDataError, did_you_mean, many
from evaltools.programmes import Eligibility, Programme
from evaltools.registers import Register
from evaltools.registers.stages import STAGE_RANK, rank_reached


def programme_cohort(
    register: Register,
    programme: Programme,
    *,
    arm: str = PROGRAMME,
    eligibility: Eligibility | None = None,
    definitions: Definitions | None = None,
) -> Cohort:
    """Make the cohort of who stands on the list of a programme, whatever came of it.

    Parameters
    ----------
    register
        See `registers.open_register`.
    programme
        See `programmes.read_programme`.
    arm
        Arm of a study: ``programme`` also takes who has none; ``comparison`` is the arm to compare with; any other
        by its name.
    eligibility
        Whom the programme is for; as its file says when left out.
    definitions
        What counts as an exit, work, a start; see `Definitions`.

    Returns
    -------
    Cohort
        Shows the flow from the register to its members, step by step.

    Raises
    ------
    InvalidDataError
        When nobody stands on the list or is left, with the count at each step; when the register lacks a table or
        cannot show until when it is complete.

    Examples
    --------
    >>> from datetime import date
    >>> from evaltools.cohorts import Definitions
    >>> from evaltools.programmes import Eligibility, example_programme
    >>> from evaltools.registers import example_register
    >>> given = Definitions(censoring_day=date(2021, 5, 31))
    >>> under_40 = Eligibility(age_below=40)
    >>> cohort = programme_cohort(example_register(), example_programme(), eligibility=under_40, definitions=given)
    >>> cohort.flow.loc[cohort.flow["kind"] != "reached", ["step", "n", "n_excluded"]].tail(3)
              step  n  n_excluded
    7  age_unknown  5           0
    8      too_old  3           2
    9     included  3        <NA>
    """
    require_type(programme, Programme, "the programme", "read_programme('samen-sterk')")
    chosen, definitions = _checked(
        register, programme.eligibility if eligibility is None else eligibility, definitions, programme.horizons_months
    )
    require_tables(register, "benefit_spells", "participations")
    listed, remarks = _listed(register, programme.slug, arm, definitions)
    rank = rank_reached(listed).to_numpy()
    index = day_numbers(listed["selected_day" if definitions.start == "selected" else "first_day"])
    benefit_spells = register.read("benefit_spells", SPELL_COLUMNS)
    persons = pd.Index(listed["person_id"], dtype="str")
    in_window = on_benefit_within(benefit_spells, index, definitions)
    n_register = len(different(pd.concat([in_window.to_series(), persons.to_series()])))
    candidates = Candidates(
        persons=persons,
        index=index,
        until=followed_until(register, definitions),
        steps=(
            ("register", "start", n_register, None),
            ("selected", "exclusion", len(persons), n_register - len(persons)),
        ),
        excluded={"without_index_day": index == NEVER},
        reached={stage: rank >= STAGE_RANK[stage] for stage in ("approached", "started", "completed")},
        remarks=remarks,
    )
    group = COMPARISON if arm == COMPARISON else PROGRAMME
    return select(register, benefit_spells, candidates, chosen, definitions, group=group, programme=programme.slug)


def register_cohort(
    register: Register,
    day: Day,
    *,
    eligibility: Eligibility | None = None,
    definitions: Definitions | None = None,
) -> Cohort:
    """Make the cohort of who is eligible in the register on a day: for a programme that is for everybody.

    Parameters
    ----------
    register
        See `registers.open_register`.
    day
        The index day of everybody.
    eligibility
        Whom the programme is for; everybody on benefit when left out.
    definitions
        What counts as an exit, work, a start; see `Definitions`.

    Returns
    -------
    Cohort

    Raises
    ------
    InvalidDataError
        As `programme_cohort`.

    Examples
    --------
    >>> from datetime import date
    >>> from evaltools.cohorts import Definitions
    >>> from evaltools.registers import example_register
    >>> given = Definitions(censoring_day=date(2021, 5, 31))
    >>> len(register_cohort(example_register(), "2019-06-15", definitions=given))  # four of eight had left, one for a while
    4
    """
    chosen, definitions = _checked(register, eligibility or Eligibility(), definitions, ())
    require_tables(register, "benefit_spells")
    benefit_spells = register.read("benefit_spells", SPELL_COLUMNS)
    index_day = np.array([day_number(day, "the day of the cohort")])
    persons = on_benefit_within(benefit_spells, index_day, definitions)
    index = np.repeat(index_day, len(persons))
    candidates = Candidates(
        persons=persons,
        index=index,
        until=followed_until(register, definitions),
        steps=(("register", "start", len(persons), None),),
    )
    return select(register, benefit_spells, candidates, chosen, definitions, group=PROGRAMME, programme="")


def _listed(
    register: Register, programme: str, arm: str, definitions: Definitions
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Read who stands on the list of a programme, in one arm: one row per person, sorted."""
    rows = register.read("participations", ["person_id", "programme", "status", "selected_day", "first_day", "arm"])
    known = rows["programme"].dropna().unique()
    rows = rows[rows["programme"] == programme]
    of_arm = rows["arm"].fillna(PROGRAMME)
    problems = []
    if rows.empty:
        problems.append(f"has nobody in {programme}; {did_you_mean(programme, known)}")
    elif not (of_arm == arm).any():
        problems.append(f"has nobody in the arm '{arm}' of {programme}; {did_you_mean(arm, of_arm.unique())}")
    elif others := sorted(set(of_arm) - {PROGRAMME, COMPARISON, arm}) if arm == PROGRAMME else []:
        problems.append(f"{programme} has the arms {', '.join(others)} beside '{arm}'; name one with arm=")
    if n := int(rows[["person_id"]].assign(arm=of_arm).drop_duplicates()["person_id"].duplicated().sum()):
        problems.append(f"participations: {many(n, 'person')} in two arms of {programme}")
    if n := int(rows[["person_id", "selected_day"]].isna().any(axis=1).sum()):
        problems.append(f"participations: {many(n, 'row')} of {programme} without a person or selected_day")
    if problems:
        raise InvalidDataError(f"the register of {register.municipality}", problems)
    rows = rows[of_arm == arm]
    # Few are there twice: only they are compared.
    is_double = rows["person_id"].duplicated(keep=False)
    different_rows = pd.concat([rows[~is_double], rows[is_double].drop_duplicates()])
    # The first time counts; a list with somebody twice is the same list in another order.
    by = ["selected_day", "first_day"] if definitions.start == "selected" else ["first_day", "selected_day"]
    ordered = different_rows.sort_values(
        ["person_id", *by, "status"], ascending=[True, True, True, False], kind="stable"
    )
    listed = ordered.drop_duplicates("person_id").reset_index(drop=True)
    return listed.astype({"status": "str"}), {
        "duplicate_rows_dropped": len(rows) - len(different_rows),
        "later_entries_left_out": len(different_rows) - len(listed),
    }


def _checked(
    register: Register, eligibility: Eligibility, definitions: Definitions | None, horizons: tuple[int, ...]
) -> tuple[Eligibility, Definitions]:
    """Check what was given, and fill in the horizons of the programme."""
    definitions = Definitions() if definitions is None else definitions
    require_type(register, Register, "the register", "open_register('GM0222')")
    require_type(eligibility, Eligibility, "the eligibility", "evaltools.programmes.Eligibility(age_below=27)")
    require_type(definitions, Definitions, "the definitions", "Definitions(gap_days=0)")
    return eligibility, replace(definitions, horizons_months=definitions.horizons_months or horizons or HORIZONS_MONTHS)
