"""Further counts of the participants: what a publication counted, hours of work beside the benefit, waiting times."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

import numpy as np
import pandas as pd

from evaltools.cohorts import Cohort, outcomes_at
from evaltools.cohorts.definitions import DAYS_A_MONTH
from evaltools.cohorts.follow_up import is_followed
from evaltools.cohorts.spells import day_numbers
from evaltools.cohorts.state import state_of
from evaltools.disclosure import Mean, Table
from evaltools.disclosure.record import TOTAL
from evaltools.errors import InvalidDataError
from evaltools.findings.evaluation.compared import BESIDE
from evaltools.findings.evaluation.groups import Groups
from evaltools.findings.people import about_cohort, about_register, table_of
from evaltools.programmes import POPULATION, Programme
from evaltools.registers.simulate import count_day
from evaltools.registers.simulate.counting import published_counts

HOURS: Mapping[str, tuple[float, float]] = {"under_12": (0, 12), "12_to_15": (12, 16), "16_or_more": (16, np.inf)}
"""Hours a week beside the benefit, from and up to; the CPB counts 12 and more as work, Arnhem 16."""
UNKNOWN = "unknown"


def hours_beside_benefit(groups: Groups) -> Table:
    """Count who works beside the benefit at the main horizon, by hours a week.

    Returns
    -------
    Table
        One row per ``hours`` of `HOURS`, ``unknown``, ``known`` and ``all``: ``n_programme``, and ``n_comparison`` where there is such a group.
        ``all`` is the row `work_with_benefit` of `outcomes.outcome_results`: protect the two together. Where the register
        does not tell who works beside the benefit, one row of everybody who is followed, without ``hours``.
    """
    own = {"n_programme": groups.cohort} | (
        {"n_comparison": groups.comparison} if groups.comparison is not None else {}
    )
    if not groups.tells_work:
        return _everybody(groups, own)
    counts = {name: _by_hours(_hours(cohort, groups.months)) for name, cohort in own.items()}
    rows = pd.DataFrame(counts, index=[*HOURS, UNKNOWN])
    rows.loc["known"] = rows.loc[[*HOURS]].sum()
    rows.loc[TOTAL] = rows.loc[["known", UNKNOWN]].sum()
    rows = rows.astype("int64").rename_axis("hours").reset_index().assign(months=str(groups.months), outcome=BESIDE)
    return table_of(
        groups.register,
        rows,
        about=about_register(groups.register, programme=groups.programme.slug),
        counts=list(own),
        labels=["months", "outcome", "hours"],
        words={"months": [str(groups.months)], "outcome": [BESIDE], "hours": [*HOURS, UNKNOWN, "known"]},
        trees={"hours": {"known": [*HOURS], TOTAL: ["known", UNKNOWN]}},
    )


def mean_hours(groups: Groups) -> Table:
    """Work out the mean hours a week of who works beside the benefit and whose hours are known, at the main horizon.

    Returns
    -------
    Table
        One row, of ``n_programme`` people: ``mean_hours``. Without anybody it is missing. Where the register does not tell
        who works beside the benefit, the row is of everybody who is followed, without ``mean_hours``.
    """
    if not groups.tells_work:
        return _everybody(groups, {"n_programme": groups.cohort})
    hours = np.sort(_hours(groups.cohort, groups.months).dropna().to_numpy(float))[::-1]
    row = {
        "hours": "known",
        "months": str(groups.months),
        "outcome": BESIDE,
        "n_programme": len(hours),
        "mean_hours": hours.mean() if len(hours) else np.nan,
        "largest": hours[0] if len(hours) else np.nan,
        "second": hours[1] if len(hours) > 1 else np.nan,
    }
    return table_of(
        groups.register,
        pd.DataFrame([row]),
        about=about_register(groups.register, programme=groups.programme.slug),
        counts=["n_programme"],
        labels=["months", "outcome", "hours"],
        words={"months": [row["months"]], "outcome": [BESIDE], "hours": ["known"]},
        means={"mean_hours": Mean(of="n_programme", largest="largest", second="second")},
    )


def _everybody(groups: Groups, own: Mapping[str, Cohort]) -> Table:
    """Count who is followed until the main horizon: all that is left to say where hours are not known."""
    months = groups.months
    counts = {name: int(is_followed(each, months).sum()) for name, each in own.items()}
    return table_of(
        groups.register,
        pd.DataFrame([{"months": str(months), **counts}]),
        about=about_register(groups.register, programme=groups.programme.slug),
        counts=list(own),
        labels=["months"],
        words={"months": [str(months)]},
    )


def _hours(cohort: Cohort, months: int) -> "pd.Series[float]":
    """Hours a week of each who works beside the benefit; missing where they are not known."""
    hours = state_of(cohort, months, None).hours
    return pd.Series(hours)[(outcomes_at(cohort, months)["outcome"] == BESIDE).to_numpy()]


def _by_hours(hours: "pd.Series[float]") -> dict[str, int]:
    known = {name: int(((hours >= low) & (hours < high)).sum()) for name, (low, high) in HOURS.items()}
    return {**known, UNKNOWN: int(hours.isna().sum())}


def counted_as_published(groups: Groups, programmes: Iterable[Programme]) -> Table:
    """Count in the register what a publication counted, on the day of that count.

    Parameters
    ----------
    programmes
        Those of the municipality: they tell the day where a text gives none (see `registers.simulate.count_day`).

    Returns
    -------
    Table
        One row per group of the publication (``outcome``, its name in the programme's file) and its population (``all``):
        ``n_register``. The cohort alone where nothing was published of persons here, or after the extract was made.
    """
    register, programme = groups.register, groups.programme
    claim = next(
        (each for each in programme.claims_in(register.municipality) if each.population and each.outcomes), None
    )
    counted = pd.DataFrame({"outcome": [TOTAL], "n_register": [len(groups.cohort)]})
    if claim is not None:
        own = [each for each in programmes if register.municipality in each.municipalities]
        with suppress(InvalidDataError):  # the extract is older than the publication
            counted = _published(published_counts(register, programme.slug, claim, count_day(programme, claim, own)))
    return table_of(
        register,
        counted,
        about=about_cohort(groups.cohort, at="publication"),
        counts=["n_register"],
        labels=["outcome"],
        words={"outcome": [outcome.name for outcome in claim.outcomes] if claim else []},
        groups=["outcome"],
    )


def _published(counted: pd.DataFrame) -> pd.DataFrame:
    known = counted[counted["n"].notna() & (counted["kind"] != "output")]
    names = known["name"].replace({POPULATION: TOTAL})
    return pd.DataFrame({"outcome": names, "n_register": known["n"].astype("int64")}).reset_index(drop=True)


WEEKS: Mapping[str, tuple[float, float]] = {
    "4": (0, 28),
    "8": (28, 56),
    "13": (56, 91),
    "26": (91, 182),
    "longer": (182, np.inf),
}
"""Days of waiting, from and up to, by the number of weeks that they stay within."""
NOT_ASKED = "not_asked"
AIM = "waiting_time"
"""Of a programme of which the waiting is looked at."""


def waiting_times(groups: Groups) -> Table:
    """Count how long people waited: from the begin of the benefit to the selection, and from that to the trajectory.

    The register has no day of application nor of a first conversation. The begin of the benefit stands for the first, the day of
    selection for the second.

    Returns
    -------
    Table
        One row per ``step`` (``to_selection``; ``to_start``, of who started) and ``wait``, of `WEEKS` or ``all``: ``n``.
        For a programme of which waiting is no aim everybody is ``not_asked``.
    """
    cohort, register = groups.cohort, groups.register
    people = cohort.participants
    to_selection = (people["months_on_benefit"].astype(float) * DAYS_A_MONTH).round()
    listed = register.read("participations", ["person_id", "programme", "selected_day", "first_day"])
    listed = listed[listed["programme"] == cohort.programme].sort_values(["selected_day", "first_day"], kind="stable")
    own = listed.drop_duplicates("person_id").set_index("person_id").reindex(people["person_id"])
    selected, started = (day_numbers(own[name]) for name in ("selected_day", "first_day"))
    # Who began before the list was made did not wait.
    to_start = pd.Series(np.maximum(started - selected, 0)[own["first_day"].notna().to_numpy()])
    rows = [
        {"step": step, "wait": wait, "n": n}
        for step, days in (("to_selection", to_selection), ("to_start", to_start))
        for wait, n in (
            _by_wait(days) if AIM in groups.programme.aims else {NOT_ASKED: len(days), TOTAL: len(days)}
        ).items()
    ]
    return table_of(
        register,
        pd.DataFrame(rows),
        about=about_cohort(cohort, at="waiting"),
        counts=["n"],
        labels=["step", "wait"],
        words={"step": ["to_selection", "to_start"], "wait": [*WEEKS, NOT_ASKED]},
        totals=["wait"],
        shares={"share": ("n", "wait")},
    )


def _by_wait(days: "pd.Series[float]") -> dict[str, int]:
    within = {name: int(((days >= low) & (days < high)).sum()) for name, (low, high) in WEEKS.items()}
    return {**within, TOTAL: len(days)}
