"""Steps on the participation ladder: from a first to a last measurement, a missing second one apart."""

import numpy as np
import pandas as pd

from evaltools.cohorts.cohort import Cohort
from evaltools.cohorts.definitions import days_of, months_given
from evaltools.cohorts.spells import NEVER, coded, day_numbers, positions
from evaltools.cohorts.state import require_cohort
from evaltools.disclosure import from_register
from evaltools.errors import InvalidDataError
from evaltools.registers.codes import LADDER_VARIANT, RATER, RUNG

RUNGS: tuple[str, ...] = tuple(RUNG.by_code)
CHANGES = ("up", "equal", "down", "no_second", "other_variant", "no_first")
"""A step up, the same rung, a step down; no second measurement, one on another ladder only; no first one."""


def ladder_changes(cohort: Cohort, months: int = 6) -> pd.DataFrame:
    """Compare a first and a last measurement of each member.

    The first is the last one up to the index day, or else the first after it, at most ``days_around_index`` days
    away. The last is the latest after that, on the same ladder, at most so many months after the first. Of scores on
    one day that of the coach comes first, then that of the person.

    Parameters
    ----------
    months
        Counted from the first measurement.

    Returns
    -------
    pandas.DataFrame
        One row per person: ``person_id``, ``group``, ``rung_before``, ``rung_after`` (missing where there is none),
        ``change`` of `CHANGES`, and ``is_same_rater`` (missing without a second).

    Raises
    ------
    InvalidDataError
        When the register has no measurements.
    """
    require_cohort(cohort)
    (months,) = months_given(months)
    scores = _scores(cohort)
    index = cohort.index
    n = len(index)
    away = scores["day"] - index[scores["person"]]
    near = scores[away.abs() <= cohort.definitions.days_around_index].assign(away=away)
    # Up to the index day the latest is best, after it the earliest: 0, -1, -2, …, then 1, 2, …
    near = near.assign(late=near["away"] > 0, far=near["away"].abs())
    first = near.sort_values(["person", "late", "far", "rater", "rung"], kind="stable").drop_duplicates("person")
    first = first.set_index("person").reindex(range(n))
    pairs = scores.join(first[["day", "variant"]].add_suffix("_first"), on="person", how="inner")
    later = pairs[(pairs["day"] > pairs["day_first"]) & (pairs["day"] <= pairs["day_first"] + int(days_of(months)))]
    is_same = later["variant"] == later["variant_first"]
    ordered = later[is_same].sort_values(["person", "day", "rater", "rung"], ascending=[True, False, True, True])
    last = ordered.drop_duplicates("person").set_index("person").reindex(range(n))
    elsewhere = np.isin(np.arange(n), later.loc[~is_same, "person"])
    step = np.sign(last["rung"] - first["rung"])
    change = np.select(
        [first["rung"].isna(), step > 0, step == 0, step < 0, elsewhere],
        ["no_first", "up", "equal", "down", "other_variant"],
        "no_second",
    )
    same_rater = (last["rater"] == first["rater"]).astype("boolean").mask(last["rung"].isna())
    return cohort.participants[["person_id", "group"]].assign(
        rung_before=coded(first["rung"].fillna(-1).to_numpy(), RUNGS),
        rung_after=coded(last["rung"].fillna(-1).to_numpy(), RUNGS),
        change=pd.Categorical(change, categories=list(CHANGES)),
        is_same_rater=same_rater.array,
    )


def ladder_table(cohort: Cohort, months: int = 6) -> pd.DataFrame:
    """Count the changes; they sum to everybody in the cohort.

    Returns
    -------
    pandas.DataFrame
        One row per change of `CHANGES`: ``group``, ``months``, ``change``, ``n``, ``n_measured`` (twice, on one
        ladder), ``n_other_rater`` of these where somebody else scored, and ``share`` of those measured twice;
        missing for who was not.
    """
    people = ladder_changes(cohort, months)
    counts = people["change"].value_counts().reindex(CHANGES, fill_value=0)
    measured = ("up", "equal", "down")
    n_measured = int(counts[list(measured)].sum())
    rows = [
        {
            "group": cohort.group,
            "months": months,
            "change": change,
            "n": int(counts[change]),
            "n_measured": n_measured,
            "n_other_rater": int((~people["is_same_rater"]).sum()),
            "share": counts[change] / n_measured if change in measured and n_measured else np.nan,
        }
        for change in CHANGES
    ]
    return from_register(pd.DataFrame(rows), is_simulated=cohort.is_simulated)


def ladder_transitions(cohort: Cohort, months: int = 6) -> pd.DataFrame:
    """Count from which rung to which: a matrix, never a mean step, as rungs have no distance.

    Returns
    -------
    pandas.DataFrame
        One row per first rung: ``group``, ``months``, ``rung_before``, ``n_1`` to ``n_6`` by last rung,
        ``n_no_second`` and ``n_other_variant``. Who has no first measurement is in no row.
    """
    people = ladder_changes(cohort, months)
    counted = pd.crosstab(people["rung_before"], people["rung_after"], dropna=False)
    counted = counted.reindex(index=list(RUNGS), columns=list(RUNGS), fill_value=0)
    without = pd.crosstab(people["rung_before"], people["change"].astype(str)).reindex(index=list(RUNGS))
    without = without.reindex(columns=["no_second", "other_variant"]).fillna(0).astype("int64")
    made = pd.DataFrame({"group": cohort.group, "months": months, "rung_before": list(RUNGS)})
    for rung in RUNGS:
        made[f"n_{rung}"] = counted[rung].to_numpy()
    for change in without.columns:
        made[f"n_{change}"] = without[change].to_numpy()
    return from_register(made, is_simulated=cohort.is_simulated)


def _scores(cohort: Cohort) -> pd.DataFrame:
    """Read the measurements of members. One row each; rungs, raters and ladders as numbers in the order of their lists."""
    if "ladder_scores" not in cohort.register.tables:
        raise InvalidDataError(
            f"the register of {cohort.municipality}", ["has no ladder_scores; steps cannot be told without them"]
        )
    rows = cohort.register.read("ladder_scores", ["person_id", "day", "rung", "variant", "rater"])
    person = positions(rows["person_id"], cohort.history.persons)
    rater = rows["rater"].cat.set_categories(list(RATER.by_code)).cat.codes
    made = pd.DataFrame({
        "person": person,
        "day": day_numbers(rows["day"]),
        "rung": rows["rung"].cat.set_categories(list(RUNGS)).cat.codes,
        "variant": rows["variant"].cat.set_categories(list(LADDER_VARIANT.by_code)).cat.codes,
        "rater": rater.where(rater >= 0, len(RATER.by_code)),
    })  # fmt: skip
    return made[(made["person"] >= 0) & (made["rung"] >= 0) & (made["day"] < NEVER)]
