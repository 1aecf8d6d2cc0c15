"""Groups of an evaluation: of a few people whose numbers a reader can redo, and of drawn registers of which the truth is known."""

from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from evaltools.cohorts import Definitions, programme_cohort, register_cohort
from evaltools.findings.evaluation.groups import Groups, make_groups
from evaltools.findings.validation.drawn import DRAWN_PROGRAMME, draw
from tests.cohorts.examples import CENSORING_DAY, programme_of, register_of

INDEX = pd.Timestamp("2019-01-01")
WORK, OTHER, MOVED, AOW, ENFORCED, LEARNS = "11", "02", "32", "03", "06", "01"
GIVEN = Definitions(censoring_day=CENSORING_DAY)


def day(n):
    """Write the day so many days after the index day."""
    return f"{INDEX + pd.Timedelta(days=n):%Y-%m-%d}"


@dataclass(frozen=True)
class People:
    """So many people who are alike: their arm, what is known of them, and their benefits from the index day on."""

    n: int
    arm: str = "programme"
    last: int | None = None
    reason: str | None = None
    since: int = -900
    again: tuple[int, int | None, str | None] | None = None
    sex: str | None = "1"
    birth_year: int | None = 1980
    status: str | None = "other"
    stage: str = "selected"
    hours: float | None = None
    starts: int | None = None
    scheme: str = "01"


LONG_AGO = People(60, arm="", since=-2_500, last=-1_700, reason=WORK)
"""Benefits that ended in 2014, so that the register shows ends from then on."""
MONTHS_OF_WORK = pd.date_range("2019-01-01", "2021-05-01", freq="MS").strftime("%Y-%m-%d").tolist()
"""Months of follow-up, of which the register knows incomes: of somebody who left long ago."""


def tables_of(*groups):
    persons, spells, listed, incomes = [], [], [], []
    for group in (*groups, LONG_AGO):
        for _ in range(group.n):
            name = f"p{len(persons):05d}"
            persons.append({"person_id": name, "municipality": "GM0197", "sex": group.sex, "birth_year": group.birth_year,
                            "origin_status": group.status})  # fmt: skip
            mine = [(group.since, group.last, group.reason), *([group.again] if group.again else [])]
            spells += [
                {"person_id": name, "first_day": day(first), "last_day": last if last is None else day(last), "exit_reason": reason,
                 "scheme": group.scheme}
                for first, last, reason in mine
            ]  # fmt: skip
            if group.arm:
                listed.append({"person_id": name, "arm": group.arm, "status": group.stage, "selected_day": day(0),
                               "first_day": None if group.starts is None else day(group.starts)})  # fmt: skip
            if group.hours is not None:
                # An income in the month of the horizon of a year, 2020-01-01.
                incomes.append({"person_id": name, "month": "2020-01-01", "hours_per_week": group.hours or None})
    incomes += [
        {"person_id": f"p{len(persons) - 1:05d}", "month": month, "hours_per_week": 36.0} for month in MONTHS_OF_WORK
    ]
    made = {name: pd.DataFrame(rows) for name, rows in
            (("persons", persons), ("benefit_spells", spells), ("participations", listed), ("incomes", incomes)) if rows}  # fmt: skip
    if "incomes" in made:
        made["incomes"] = made["incomes"].astype({"hours_per_week": float})
    return made


def cohorts_of(*groups, definitions=GIVEN, programme=None, without=()):
    """Make both arms of a study of these people, in a register without some tables; the comparison is None where there is none."""
    register = register_of({name: rows for name, rows in tables_of(*groups).items() if name not in without})
    programme = programme or programme_of()
    arms = {group.arm for group in groups}
    made = [
        programme_cohort(register, programme, arm=arm, definitions=definitions) if arm in arms else None
        for arm in ("programme", "comparison")
    ]
    return made[0], made[1]


def joining(cohort, is_joining, last):
    """Give the cohort in which these members are selected for the programme and seen until so many days after the index day."""
    people = cohort.participants
    until = people["index_day"] + pd.Timedelta(days=last)
    made = people.assign(
        follow_up_end=people["follow_up_end"].mask(is_joining, "joined"),
        follow_up_last_day=people["follow_up_last_day"].mask(is_joining, until),
        months=people["months"].mask(is_joining, last / (365.25 / 12)),
    )
    return replace(cohort, participants=made)


def groups_of(*groups, kind="register", months=12, horizons=(12,), earlier=None, ordinary=None, without=(), **blocks):
    """Make the groups of an evaluation of these people: the comparison arm stands for others in the register."""
    programme = programme_of(**blocks)
    cohort, comparison = cohorts_of(*groups, programme=programme, without=without)
    return Groups(
        programme=programme,
        cohort=cohort,
        comparison=comparison,
        comparison_kind=kind if comparison is not None else "none",
        earlier=earlier,
        ordinary=ordinary,
        months=months,
        horizons=horizons,
    )


def on_a_day(*groups):
    """Make the cohort of all these people, who are on benefit on the index day."""
    return register_cohort(register_of(tables_of(*groups)), INDEX, definitions=GIVEN)


CONFOUNDED = (
    # Of 30 women in the programme half leave for work, of 10 others two fifths; of men a fifth of 10, a tenth of 40.
    People(15, "programme", 100, WORK, sex="2"), People(15, "programme", sex="2"),
    People(4, "comparison", 100, WORK, sex="2"), People(6, "comparison", sex="2"),
    People(2, "programme", 100, WORK, sex="1"), People(8, "programme", sex="1"),
    People(4, "comparison", 100, WORK, sex="1"), People(36, "comparison", sex="1"),
)  # fmt: skip


@lru_cache(maxsize=4)
def drawn(seed=1, effect=0.0, **scenario):
    """Draw a register in which the coach picks who has better prospects that show, with what is true of the programme."""
    chosen = {"n_persons": 2_500, "selection_strength": 0.0, "selection_strength_visible": 1.0, "lock_in": 0.0, "months_lock_in": 0}  # fmt: skip
    register, truth = draw(seed=seed, effect=effect, **{**chosen, **scenario})
    return make_groups(register, DRAWN_PROGRAMME), truth
