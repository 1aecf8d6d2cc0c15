"""Steps on the participation ladder: from a first to a last measurement, a missing second one apart."""

import numpy as np
import pandas as pd

from evaltools.cohorts.cohort import Cohort
from evaltools.cohorts.definitions import days_of, months_given
from evaltools.cohorts.spells import NEVER, coded, day_numbers, positions
from evaltools.cohorts.state import require_cohort
from evaltools.disclosure import from_register
from evaltools.errors import InvalidDataError, many
from evaltools.registers.codes import LADDER_VARIANT, RATER, RUNG

RUNGS: tuple[str, ...] = tuple(RUNG.by_code)
CHANGES = ("up", "equal", "down", "no_second", "other_variant", "no_first", "too_short")
"""A step up, the same rung, a step down; no second measurement, one on another ladder only; no first one; not followed
for so long after the first.
"""


def ladder_changes(cohort: Cohort, months: int = 6) -> pd.DataFrame:
    """Compare a first and a last measurement of each member, within follow-up.

    The first is the last one up to the index day, or else the first after it, at most ``days_around_index`` days
    away. The last is the latest after that, on the same ladder, at most so many months after the first. Of scores on
    one day that of the coach comes first, then that of the person.

    Parameters
    ----------
    cohort
        Whom to count; see `programme_cohort`.
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

    Examples
    --------
    >>> from evaltools.cohorts import example_cohort, ladder_changes
    >>> ladder_changes(example_cohort())[["person_id", "rung_before", "rung_after", "change"]]
      person_id rung_before rung_after     change
    0      Anna           3          6         up
    1      Bram           4          3       down
    2      Cora           4        NaN  no_second
    3      Daan         NaN        NaN   no_first
    4      Elif         NaN        NaN   no_first
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
    first = near.sort_values(["person", "late", "far", "rater", "variant"], kind="stable").drop_duplicates("person")
    first = first.set_index("person").reindex(range(n))
    firsts = first[["day", "variant"]].add_suffix("_first").dropna().reset_index()
    pairs = scores.merge(firsts, on="person")
    last_day = day_numbers(cohort.participants["follow_up_last_day"])
    until = np.minimum(pairs["day_first"] + int(days_of(months)), last_day[pairs["person"]])
    later = pairs[(pairs["day"] > pairs["day_first"]) & (pairs["day"] <= until)]
    is_same = later["variant"] == later["variant_first"]
    ordered = later[is_same].sort_values(["person", "day", "rater"], ascending=[True, False, True])
    last = ordered.drop_duplicates("person").set_index("person").reindex(range(n))
    elsewhere = np.isin(np.arange(n), later.loc[~is_same, "person"])
    step = np.sign(last["rung"] - first["rung"])
    is_too_short = first["day"] + int(days_of(months)) > cohort.until
    change = np.select(
        [first["rung"].isna(), is_too_short, step > 0, step == 0, step < 0, elsewhere],
        ["no_first", "too_short", "up", "equal", "down", "other_variant"],
        "no_second",
    )
    is_measured = np.isin(change, ["up", "equal", "down"])
    is_known = (first["rater"] < len(RATER.by_code)) & (last["rater"] < len(RATER.by_code))
    same_rater = (last["rater"] == first["rater"]).astype("boolean").mask(~is_known | ~is_measured)
    return cohort.participants[["person_id", "group"]].assign(
        rung_before=coded(first["rung"].fillna(-1).to_numpy(), RUNGS),
        rung_after=coded(last["rung"].where(is_measured).fillna(-1).to_numpy(), RUNGS),
        change=pd.Categorical(change, categories=list(CHANGES)),
        is_same_rater=same_rater.array,
    )


def ladder_table(cohort: Cohort, months: int = 6) -> pd.DataFrame:
    """Count the changes; they sum to everybody in the cohort.

    Parameters
    ----------
    cohort
        Whom to count; see `programme_cohort`.
    months
        As of `ladder_changes`.

    Returns
    -------
    pandas.DataFrame
        One row per change of `CHANGES`: ``group``, ``months``, ``change``, ``n``, ``n_measured`` (twice, on one
        ladder), ``n_other_rater`` of these where somebody else scored, and ``share`` of those measured twice;
        missing for who was not.

    Examples
    --------
    >>> from evaltools.cohorts import example_cohort, ladder_table
    >>> ladder_table(example_cohort()).query("n > 0")[["change", "n", "n_measured", "share"]]
          change  n  n_measured  share
    0         up  1           2    0.5
    2       down  1           2    0.5
    3  no_second  1           2    NaN
    5   no_first  2           2    NaN
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

    Parameters
    ----------
    cohort
        Whom to count; see `programme_cohort`.
    months
        As of `ladder_changes`.

    Returns
    -------
    pandas.DataFrame
        One row per first rung: ``group``, ``months``, ``rung_before``, ``n_1`` to ``n_6`` by last rung,
        ``n_no_second``, ``n_other_variant`` and ``n_too_short``. Who has no first measurement is in no row.

    Examples
    --------
    >>> from evaltools.cohorts import example_cohort, ladder_transitions
    >>> shown = ladder_transitions(example_cohort())
    >>> shown.query("rung_before in ('3', '4')")[["rung_before", "n_3", "n_6", "n_no_second"]]
      rung_before  n_3  n_6  n_no_second
    2           3    0    1            0
    3           4    1    0            1
    """
    people = ladder_changes(cohort, months)
    counted = pd.crosstab(people["rung_before"], people["rung_after"], dropna=False)
    counted = counted.reindex(index=list(RUNGS), columns=list(RUNGS), fill_value=0)
    without = pd.crosstab(people["rung_before"], people["change"].astype(str)).reindex(index=list(RUNGS))
    without = without.reindex(columns=["no_second", "other_variant", "too_short"]).fillna(0).astype("int64")
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
    made = made[(made["person"] >= 0) & (made["rung"] >= 0) & (made["day"] < NEVER)]
    made = made.drop_duplicates().reset_index(drop=True)
    if n := int(made.duplicated(["person", "day", "variant", "rater"]).sum()):
        raise InvalidDataError(
            f"the register of {cohort.municipality}",
            [f"ladder_scores: {many(n, 'score')} of one day, ladder and rater beside another one with another rung"],
        )
    return made
