"""Workplaces of a programme in the months of its plan: offered, filled, kept; and whether the benefit of who came into one ended."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from evaltools.cohorts import merge_spells
from evaltools.cohorts.definitions import days_of
from evaltools.cohorts.follow_up import followed_until
from evaltools.cohorts.spells import day_number, day_numbers, positions
from evaltools.disclosure import Table
from evaltools.disclosure.record import TOTAL
from evaltools.findings.people import about_register, table_of
from evaltools.findings.realisation.counting import KINDS, Counted, first_placements, hours_kind, placements_until
from evaltools.findings.realisation.months import text_of
from evaltools.findings.realisation.plan import DEFINITIONS
from evaltools.findings.realisation.progress import WORDS

KEPT = {"three": 3, "six": 6, "twelve": 12}
"""Months that a workplace is kept, by the ending of the columns."""
LEAST_OF_KIND = 50
"""What became of people is told by kind of workplace where there are so many of each: with fewer nearly all would be hidden."""
MONTHS_AFTER = 6
"""So many months after somebody came into a workplace it is looked whether they have a benefit."""


def workplaces(placed: Counted) -> Table:
    """Count workplaces that were offered, and people who came into one.

    Returns
    -------
    Table
        One row per ``kind`` of workplace (fewer or more hours than a job has, not known, and ``all``), over the ``months`` of the
        plan that are seen: ``n_offered`` workplaces, and ``n_counted`` people who came into their first one. The last stand in
        `progress` too: protect the two together. Without rows where the register has no workplaces of the programme.
    """
    return _table(placed, {"n_offered": _by_kind(hours_kind(_offered(placed)["hours_per_week"]))} | _placed(placed))


def kept(placed: Counted) -> Table:
    """Count of those who came into a workplace who kept it, and who still had a benefit.

    Returns
    -------
    Table
        One row for all of them, and per ``kind`` where each has at least `LEAST_OF_KIND` people: ``n_counted`` as in `workplaces`; of
        these ``n_kept_three`` (``six``, ``twelve``) who were still there so many months later, with ``share_kept_…``; and ``n_off``
        who had no benefit ``months_after`` months later, beside ``n_on`` who had. Columns of a time that not everybody is
        followed for are left out. Without rows where nobody came into a workplace.
    """
    counts = _placed(placed)
    counts = (counts | _later(placed)) if counts["n_counted"].sum() else {}
    n = counts.get("n_counted", np.zeros(0))
    names = [name for name in counts if name.startswith("n_kept_")]
    within = {f"share_{name[2:]}": (name, "n_counted") for name in names}
    within |= {f"share_still_{after[7:]}": (after, before) for before, after in pairwise(names)}
    if "n_off" in counts:
        within["share_off"] = ("n_off", "n_counted")
    return _table(placed, counts or {"n_counted": n}, is_split=bool((n[n > 0] >= LEAST_OF_KIND).all()), shares=within)


def employers(placed: Counted) -> Table:
    """Count employers who offered a workplace in the months of the plan, and those of whom one was filled then.

    Returns
    -------
    Table
        One row: ``n_offering`` and ``n_filled``; as a setting ``n_sought``, the employers that the target names (0 where it names
        none). Without rows where the register has no workplaces of the programme.
    """
    plan = placed.plan
    rows = _offered(placed)
    row = {
        "n_offering": rows["employer_id"].nunique(),
        "n_filled": rows.loc[rows["is_filled"], "employer_id"].nunique(),
    }
    partner = plan.target.together_with
    return table_of(
        plan.register,
        pd.DataFrame([row] if placed.months_seen else [], columns=[*row]).astype("int64"),
        about=about_register(plan.register, programme=plan.programme.slug, unit="employers"),
        counts=[*row],
        shares={"share_filled": ("n_filled", "n_offering")},
        settings={"n_sought": float(partner.n) if partner is not None and partner.unit == "employers" else 0.0},
    )


def _placed(placed: Counted) -> dict[str, np.ndarray]:
    until = placed.months_seen
    return {"n_counted": placed.n(1, until) if until else _by_kind(np.zeros(0, dtype=int))}


def _later(placed: Counted) -> dict[str, np.ndarray]:
    """Count by kind of workplace what became of those who came into one in the months of the plan."""
    plan = placed.plan
    begin, end = (int(day) for day in day_numbers(plan.boundaries(placed.months_seen))[[0, -1]])
    rows = first_placements(plan)[(placed.day >= begin) & (placed.day < end)]
    kind, day = hours_kind(rows["hours_per_week"]), day_numbers(rows["filled_day"])
    left = day_numbers(rows["last_day"])
    extract_day = day_number(placements_until(plan), "the extract day")
    made = {
        f"n_kept_{name}": _by_kind(kind[left >= day + days_of(months)])
        for name, months in KEPT.items()
        if end - 1 + int(days_of(months)) <= extract_day
    }
    if end - 1 + int(days_of(MONTHS_AFTER)) <= followed_until(plan.register, DEFINITIONS):
        is_on = _is_on_benefit(placed, rows["person_id"], day + days_of(MONTHS_AFTER))
        made |= {"n_off": _by_kind(kind[~is_on]), "n_on": _by_kind(kind[is_on])}
    return made


def _by_kind(kinds: np.ndarray) -> np.ndarray:
    return np.bincount(kinds, minlength=len(KINDS["placed"]))


def _table(placed: Counted, counts: dict[str, np.ndarray], *, is_split: bool = True, **declared: Any) -> Table:
    """Make a table of counts by kind, or of all kinds together; without rows where nothing is seen or there are no counts."""
    plan, kinds = placed.plan, [*KINDS["placed"], TOTAL]
    has_any = placed.months_seen > 0 and all(len(n) for n in counts.values())
    rows = pd.DataFrame({name: np.append(n, n.sum()) if has_any else n[:0] for name, n in counts.items()})
    rows = rows.astype("int64").assign(months=text_of(1, placed.months_seen), kind=kinds if has_any else [])
    if not is_split:
        rows = rows[rows["kind"] == TOTAL].drop(columns="kind").reset_index(drop=True)
    labels = ["months", "kind"] if is_split else ["months"]
    parts: dict[str, Any] = {"parts": {"n_counted": ("n_off", "n_on")}} if "n_off" in counts else {}
    return table_of(
        plan.register,
        rows.astype(dict.fromkeys(labels, object)),
        about=about_register(plan.register, programme=plan.programme.slug, counted=placed.what),
        counts=[*counts],
        labels=labels,
        words={"months": WORDS, "kind": KINDS["placed"]},
        totals=["kind"] if is_split and has_any else [],
        settings={"months_after": float(MONTHS_AFTER)},
        **parts,
        **declared,
    )


def _is_on_benefit(placed: Counted, persons: "pd.Series[str]", day: np.ndarray) -> np.ndarray:
    """Whether persons have a benefit on a day of their own."""
    columns = ["person_id", "scheme", "first_day", "last_day", "exit_reason"]
    rows = placed.plan.register.read("benefit_spells", columns)
    spells = merge_spells(rows, gap_days=DEFINITIONS.gap_days, schemes=DEFINITIONS.schemes)
    person = positions(persons, spells.persons)
    is_known = person >= 0
    is_on = np.zeros(len(persons), dtype=bool)
    is_on[is_known] = spells.on(person[is_known], day[is_known]) >= 0
    return is_on


def _offered(placed: Counted) -> pd.DataFrame:
    """List the workplaces that were offered in the months of the plan, and whether one is filled by their end."""
    plan = placed.plan
    rows = plan.register.read("placements").drop_duplicates()
    bounds = plan.boundaries(placed.months_seen)
    first, end = bounds[0], bounds[-1]
    is_own = (rows["programme"] == plan.programme.slug) & (rows["offered_day"] >= first) & (rows["offered_day"] < end)
    return pd.DataFrame(rows[is_own].assign(is_filled=rows["filled_day"] < end))
