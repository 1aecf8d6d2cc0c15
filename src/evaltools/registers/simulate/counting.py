"""How a published count is counted in a register: one definition for each kind of outcome.

=================  ==================================================================================
kind               a member of the population …
=================  ==================================================================================
exit               has no benefit running on the count day, for any reason
still_on_benefit   has a benefit running on the count day
work_exit          has no benefit running on the count day, and the last one ended for work (11 or 13)
part_time_work     has a benefit running on the count day, and income from work (11) in its month
paid_job           as work_exit; or as part_time_work, of 16 hours a week or more
trajectory         is in the programme on the count day and goes on in it
participation      began a trajectory about participation or care on or before the count day
education          began a trajectory about education by then, or left benefit for it (01) as in work_exit
ladder_step        has a score, within half a year of the first, that is two rungs or more above it
=================  ==================================================================================

The population is who came at least as far in the programme as the text says (its stage),
the comparison arm left out. An outcome counts within the group that the programme file
puts it in. Waiting time and help for households are not in the register: they have no
count. Of outputs, households are counted: those that were visited.

An exit takes any reason, AOW, death and moves included: the published texts say no other.
Whether a trajectory that began still runs matters for ``trajectory`` alone. The first score
is the first on or after the day of selection, and later ones count in the same variant of
the ladder. The last day of a benefit is a day with benefit. A job after an exit to work has
no hours in the register; it counts as a paid job. A "big step" of two rungs is our reading:
the text does not say how big it is.

All counts are in hindsight, as the extract of the register shows the count day: an end that
was entered after that day counts too. Who counted on the day itself saw fewer ends.
"""

import datetime as dt
from collections.abc import Callable, Mapping

import pandas as pd

from evaltools.errors import InvalidDataError
from evaltools.programmes import POPULATION, Claim
from evaltools.registers.codes import EXIT_REASON
from evaltools.registers.stages import STAGE_RANK, rank_reached
from evaltools.registers.store import Register

HOURS_PAID_JOB = 16
RUNGS_BIG_STEP = 2
DAYS_HALF_YEAR = 183

Tables = Mapping[str, pd.DataFrame]


def published_counts(
    register: Register | Tables, programme: str, claim: Claim, count_day: dt.date | pd.Timestamp
) -> pd.DataFrame:
    """Count in a register what a claim says of its population.

    Parameters
    ----------
    register
        A register, or its tables by name.
    programme
        Slug of the programme.
    count_day
        Day on which the figures are counted.

    Returns
    -------
    pandas.DataFrame
        One row for the population, each outcome and each output in households: ``name``,
        ``kind``, ``n`` (missing where the register cannot tell) and ``n_whole`` (of the
        whole that a share is taken of).

    Raises
    ------
    InvalidDataError
        When the day lies after the extract, where the register has one.
    """
    if isinstance(register, Register) and pd.Timestamp(count_day) > register.extract_day:
        raise InvalidDataError(
            f"the register of {register.municipality}", ["was extracted before the day of the count"]
        )
    names = ("participations", "benefit_spells", "incomes", "ladder_scores", "household_visits")
    tables = {name: register.read(name) if isinstance(register, Register) else register[name] for name in names}
    day = pd.Timestamp(count_day)
    rows = []
    members: dict[str, pd.Series[bool]] = {}
    if claim.population is not None:
        people = _population(tables["participations"], programme, claim.population.stage)
        members[POPULATION] = pd.Series(data=True, index=people.index)
        rows.append({"name": POPULATION, "kind": claim.population.stage, "n": len(people), "n_whole": len(people)})
        for outcome in claim.outcomes:
            counter = COUNTERS.get(outcome.kind)
            if counter is not None and _is_told(register, outcome.kind):
                members[outcome.name] = counter(people, tables, day)
        for outcome in claim.outcomes:
            name = outcome.within
            while name != POPULATION and outcome.name in members and name in members:
                members[outcome.name] &= members[name]
                name = claim.outcome(name).within
        for outcome in claim.outcomes:
            counted, whole = members.get(outcome.name), members.get(outcome.of or outcome.within)
            rows.append({
                "name": outcome.name,
                "kind": outcome.kind,
                "n": pd.NA if counted is None else int(counted.sum()),
                "n_whole": pd.NA if whole is None else int(whole.sum()),
            })  # fmt: skip
    visits = tables["household_visits"]
    n_visited = visits.loc[visits["programme"] == programme, "household_id"].nunique()
    rows += [
        {"name": output.name, "kind": "output", "n": n_visited, "n_whole": pd.NA}
        for output in claim.outputs
        if output.unit == "households"
    ]
    made = pd.DataFrame(rows, columns=["name", "kind", "n", "n_whole"])
    return made.astype({"n": "Int64", "n_whole": "Int64"})


def _is_told(register: Register | Tables, kind: str) -> bool:
    """Whether the table that a kind of outcome is counted in was delivered."""
    return not isinstance(register, Register) or NEEDS.get(kind, "participations") in register.tables


def _population(participations: pd.DataFrame, programme: str, stage: str) -> pd.DataFrame:
    own = participations[(participations["programme"] == programme) & (participations["arm"] != "comparison")]
    return own[rank_reached(own) >= STAGE_RANK[stage]].set_index("person_id")


def _running(people: pd.DataFrame, tables: Tables, day: pd.Timestamp) -> "pd.Series[bool]":
    spells = tables["benefit_spells"]
    runs = spells[(spells["first_day"] <= day) & (spells["last_day"].isna() | (spells["last_day"] >= day))]
    return _among(people, runs["person_id"])


def _left(people: pd.DataFrame, tables: Tables, day: pd.Timestamp, reasons: tuple[str, ...]) -> "pd.Series[bool]":
    spells = tables["benefit_spells"]
    ended = spells[spells["last_day"] < day].sort_values("last_day").drop_duplicates("person_id", keep="last")
    for_it = ended.loc[ended["exit_reason"].isin(reasons), "person_id"]
    return _among(people, for_it) & ~_running(people, tables, day)


def _to_work(people: pd.DataFrame, tables: Tables, day: pd.Timestamp) -> "pd.Series[bool]":
    return _left(people, tables, day, EXIT_REASON.codes_in("work"))


def _works(people: pd.DataFrame, tables: Tables, day: pd.Timestamp, hours: float = 0) -> "pd.Series[bool]":
    incomes = tables["incomes"]
    work = incomes[(incomes["kind"] == "11") & (incomes["month"] == day.replace(day=1))]
    if hours:
        work = work[work["hours_per_week"] >= hours]
    return _among(people, work["person_id"]) & _running(people, tables, day)


def _has_job(people: pd.DataFrame, tables: Tables, day: pd.Timestamp) -> "pd.Series[bool]":
    return _to_work(people, tables, day) | _works(people, tables, day, HOURS_PAID_JOB)


def _in_trajectory(people: pd.DataFrame, _: Tables, day: pd.Timestamp) -> "pd.Series[bool]":
    goes_on = people["last_day"].isna() | (people["last_day"] > day)
    return (people["first_day"] <= day) & goes_on


def _takes_part(people: pd.DataFrame, _: Tables, day: pd.Timestamp) -> "pd.Series[bool]":
    return _began(people, day, "participation", "care")


def _began(people: pd.DataFrame, day: pd.Timestamp, *kinds: str) -> "pd.Series[bool]":
    return people["kind"].isin(kinds) & (people["first_day"] <= day)


def _learns(people: pd.DataFrame, tables: Tables, day: pd.Timestamp) -> "pd.Series[bool]":
    return _began(people, day, "education") | _left(people, tables, day, EXIT_REASON.codes_in("education"))


def _stepped(people: pd.DataFrame, tables: Tables, _: pd.Timestamp) -> "pd.Series[bool]":
    scores = tables["ladder_scores"]
    scores = scores.assign(rung=scores["rung"].astype("str").astype("int64"), variant=scores["variant"].astype("str"))
    scores = scores.join(people["selected_day"], on="person_id", how="inner").sort_values("day")
    scores = scores[scores["day"] >= scores["selected_day"]]
    first = scores.drop_duplicates("person_id").set_index(["person_id", "variant"])
    later = scores.join(first[["day", "rung"]].add_suffix("_first"), on=["person_id", "variant"], how="inner")
    soon = later["day"] <= later["day_first"] + pd.Timedelta(days=DAYS_HALF_YEAR)
    return _among(people, later.loc[soon & (later["rung"] - later["rung_first"] >= RUNGS_BIG_STEP), "person_id"])


def _among(people: pd.DataFrame, person_ids: "pd.Series[str]") -> "pd.Series[bool]":
    return pd.Series(people.index.isin(set(person_ids)), index=people.index)


COUNTERS: dict[str, Callable[[pd.DataFrame, Tables, pd.Timestamp], "pd.Series[bool]"]] = {
    "exit": lambda people, tables, day: ~_running(people, tables, day),
    "still_on_benefit": _running,
    "work_exit": _to_work,
    "part_time_work": _works,
    "paid_job": _has_job,
    "trajectory": _in_trajectory,
    "participation": _takes_part,
    "education": _learns,
    "ladder_step": _stepped,
}
"""How each kind of outcome is counted; a kind that is not here is not in the register."""
NEEDS = {"part_time_work": "incomes", "paid_job": "incomes", "ladder_step": "ladder_scores"}
"""Tables that kinds of outcome are counted in, beside those of benefits and participations."""
