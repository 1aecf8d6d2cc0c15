"""Whom a programme reached: from the register to who completed it, and what is known of people at the start."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from evaltools.cohorts import Cohort
from evaltools.disclosure import Estimate, Table
from evaltools.disclosure.record import TOTAL
from evaltools.effects import standardised_differences
from evaltools.findings.evaluation.compared import Compared
from evaltools.findings.evaluation.groups import Groups
from evaltools.findings.evaluation.net import sides
from evaltools.findings.people import about_cohort, about_register, table_of

SELECTED = "selected"
"""The step from the register to who was selected: see `caseload`."""
EXCLUSIONS = (
    "selected_before", "without_index_day", "not_in_register", "before_register", "not_followed", "not_on_benefit",
    "scheme", "too_short_on_benefit", "too_long_on_benefit", "age_unknown", "too_young", "too_old", "origin_status_unknown",
    "origin_status", "neighbourhood_unknown", "neighbourhood", "open_trajectory_unknown", "open_trajectory", "other_step",
)  # fmt: skip
"""Why somebody of the register is not in the cohort, as the steps of ``Cohort.flow``; ``other_step`` is any other one."""
REACHED = ("approached", "started", "completed")
STAGES = ("selected_only", "approached_only", "started_only", "completed")
"""How far a member came, each once."""


def flow(groups: Groups) -> Table:
    """Count from who was selected to who completed the programme.

    Returns
    -------
    Table
        One row per ``step``, with ``n`` persons: who was selected (``all``; for a programme of a whole municipality, who had a benefit); of these each of
        `EXCLUSIONS` that took anybody away, ``not_eligible`` all of them together, and who is ``included`` in the cohort; of these each of `STAGES`, and who was at
        least ``approached`` or ``started``. A programme of a whole municipality has no stages, and has the day ``on`` which everybody
        starts. ``censoring_day`` is the last day on which anybody is followed.
    """
    steps = groups.cohort.flow.set_index("step")
    counted = steps["n"].astype("int64").to_dict()
    is_lost = (steps["kind"] == "exclusion") & (steps["n_excluded"] > 0) & (steps.index != SELECTED)
    lost = steps.loc[is_lost, "n_excluded"].astype("int64")
    lost = lost.groupby(lambda step: step if step in EXCLUSIONS else EXCLUSIONS[-1]).sum()
    n = {str(step): int(count) for step, count in lost.items()}
    not_eligible = list(n)
    tree: dict[str, tuple[str, ...]] = {}
    if all(stage in counted for stage in REACHED):
        among = [len(groups.cohort), *(counted[stage] for stage in REACHED), 0]
        n |= {stage: more - fewer for stage, more, fewer in zip(STAGES, among, among[1:], strict=False)}
        tree |= {"included": STAGES, "approached": STAGES[1:], "started": STAGES[2:]}
    else:
        n["included"] = len(groups.cohort)
    if len(not_eligible) > 1:
        tree["not_eligible"] = tuple(not_eligible)
    tree[TOTAL] = (*(str(step) for step in lost.index), "included")
    n |= {name: sum(n[part] for part in parts) for name, parts in tree.items() if name != TOTAL}
    n[TOTAL] = sum(n[part] for part in tree[TOTAL])
    rows = pd.DataFrame({"step": list(n), "n": list(n.values())}).assign(censoring_day=groups.cohort.followed_until)
    if groups.is_of_everybody:
        rows["on"] = groups.cohort.participants["index_day"].iloc[0]
    return table_of(
        groups.register,
        rows,
        about=about_cohort(groups.cohort, at="flow"),
        counts=["n"],
        labels=["step"],
        words={"step": [*EXCLUSIONS, *STAGES, "included", "approached", "started", "not_eligible"]},
        trees={"step": tree},
        days=[name for name in ("on", "censoring_day") if name in rows],
    )


def caseload(groups: Groups) -> Table:
    """Count who had a benefit while people were selected, to the nearest ten: of two programmes the exact numbers would differ by few.

    Returns
    -------
    Table
        One row: ``n_register``.
    """
    steps = groups.cohort.flow
    n = int(steps.loc[steps["step"] == "register", "n"].iloc[0])
    return table_of(
        groups.register,
        pd.DataFrame({"n_register": [n]}),
        about=about_cohort(groups.cohort, at="caseload"),
        counts=["n_register"],
        base=10,
    )


AGES = {"under_27": (0, 27), "27_to_44": (27, 45), "45_to_54": (45, 55), "55_or_more": (55, np.inf)}
MONTHS = {"under_12": (0, 12), "12_to_23": (12, 24), "24_to_59": (24, 60), "60_or_more": (60, np.inf)}
"""Months on benefit, from and up to."""
YES_NO = ("no", "yes")
UNKNOWN = "unknown"
CHARACTERISTICS: Mapping[str, tuple[str, ...]] = {
    "age": tuple(AGES),
    "sex": ("1", "2"),
    "household_type": ("1", "2", "3", "4"),
    "origin_status": ("status_holder", "other"),
    "months_on_benefit": tuple(MONTHS),
    "exemption": YES_NO,
    "work_before": YES_NO,
    "exit_before": YES_NO,
    "open_trajectory": YES_NO,
}
"""What is told of people at the start, and its levels. Who has an exemption from the duty to look for work, worked beside a benefit
or left one in the years before, or is in a trajectory, has ``yes``."""
SEPARATOR = ": "


def at_start(groups: Groups) -> Table:
    """Describe the programme's group at the start, beside the group it is compared with.

    Returns
    -------
    Table
        One row per ``characteristic``, ``name: level``, with a total for each name: ``n_programme`` and, where there is a group to compare
        with, ``n_other`` persons; ``difference``, the standardised difference of these shares (see `effects.standardised_differences`),
        and ``weighted_difference``, what is left of it after weighting, of who can be compared and is followed to the main horizon. Both are
        missing for what is not known of anybody in a group.
    """
    other = groups.others[0] if groups.others else None
    own = {"n_programme": groups.cohort} | ({"n_other": other} if other is not None else {})
    levels = {name: _levels(cohort) for name, cohort in own.items()}
    parts: dict[str, list[str]] = {}
    counts: dict[str, dict[str, int]] = {name: {} for name in own}
    for characteristic, known in CHARACTERISTICS.items():
        shown = (
            [*known, UNKNOWN]
            if any((found[characteristic] == UNKNOWN).any() for found in levels.values())
            else list(known)
        )
        parts[characteristic] = [f"{characteristic}{SEPARATOR}{level}" for level in shown]
        for name, found in levels.items():
            n = found[characteristic].value_counts()
            counts[name] |= {row: int(n.get(level, 0)) for row, level in zip(parts[characteristic], shown, strict=True)}
            counts[name][characteristic] = len(found)
    rows = pd.DataFrame(counts).rename_axis("characteristic").reset_index()
    numbers: dict[str, Estimate] = {}
    if other is not None:
        together = pd.concat(levels.values(), ignore_index=True)
        in_programme = np.repeat([True, False], [len(found) for found in levels.values()])
        all_of = _differences(together, in_programme, np.ones(len(together)))[["characteristic", "difference"]]
        rows = rows.merge(all_of, how="left", on="characteristic")
        beside = sides(groups, groups.months)
        compared = beside.comparison or beside.earlier
        if compared is not None and compared.has_both:
            weighted = level_differences(compared)[["characteristic", "weighted_difference"]]
            rows = rows.merge(weighted, how="left", on="characteristic")
        # With more digits the counts of those who are left out could be solved for.
        numbers = {
            name: Estimate(on=("n_programme", "n_other"), decimals=2)
            for name in ("difference", "weighted_difference")
            if name in rows
        }
    return table_of(
        groups.register,
        rows,
        about=about_register(groups.register, programme=groups.programme.slug, at="start"),
        counts=list(own),
        labels=["characteristic"],
        words={"characteristic": [*CHARACTERISTICS, *(
            f"{name}{SEPARATOR}{level}" for name, known in CHARACTERISTICS.items() for level in [*known, UNKNOWN]
        )]},
        trees={"characteristic": parts},
        estimates=numbers,
    )  # fmt: skip


def _levels(cohort: Cohort) -> pd.DataFrame:
    return levels_of(cohort.participants)


def levels_of(people: pd.DataFrame) -> pd.DataFrame:
    """Give each person their level of `CHARACTERISTICS`, as a text."""
    made: dict[str, Any] = {
        "age": _classes(people["age"], AGES),
        "months_on_benefit": _classes(people["months_on_benefit"], MONTHS),
        "exemption": _yes_no(people["exemption"].astype(str).isin(["4", "5", "6"]), people["exemption"].isna()),
        "work_before": _yes_no(people["months_with_work_before"] > 0, people["months_with_work_before"].isna()),
        "exit_before": _yes_no(people["n_exits_before"] > 0, people["n_exits_before"].isna()),
        "open_trajectory": _yes_no(people["has_open_trajectory"], people["has_open_trajectory"].isna()),
    }
    for name in ("sex", "household_type", "origin_status"):
        texts = people[name].astype(object)
        made[name] = texts.where(texts.isin(CHARACTERISTICS[name]), UNKNOWN)
    return pd.DataFrame(made, index=people.index)


def _classes(values: "pd.Series[Any]", classes: Mapping[str, tuple[float, float]]) -> "pd.Series[str]":
    numbers = values.astype(float)
    made = pd.Series(UNKNOWN, index=values.index)
    for name, (low, high) in classes.items():
        made = made.mask((numbers >= low) & (numbers < high), name)
    return made


def _yes_no(is_so: "pd.Series[Any]", is_unknown: "pd.Series[bool]") -> "pd.Series[str]":
    made = pd.Series(np.where(is_so.fillna(value=False).astype(bool), "yes", "no"), index=is_unknown.index)
    return made.mask(is_unknown, UNKNOWN)


def level_differences(compared: Compared) -> pd.DataFrame:
    """Standardised differences of each level of `CHARACTERISTICS` between those who are compared, as they are and weighted.

    A characteristic that is not known of anybody in a group cannot be compared and is left out.

    Returns
    -------
    pandas.DataFrame
        One row per ``characteristic``: ``difference`` and ``weighted_difference``.
    """
    return _differences(levels_of(compared.people), compared.in_programme, compared.weights_of_all())


def _differences(levels: pd.DataFrame, in_programme: np.ndarray, weights: np.ndarray) -> pd.DataFrame:
    is_unknown = levels == UNKNOWN
    known = [name for name in CHARACTERISTICS if not is_unknown[name].groupby(in_programme).all().any()]
    columns = {
        f"{name}{SEPARATOR}{level}": (levels[name] == level)
        for name in known
        for level in [*CHARACTERISTICS[name], UNKNOWN]
        if (levels[name] == level).any()
    }
    found = standardised_differences(in_programme, pd.DataFrame(columns), weights=weights)
    made = found[["difference", "weighted_difference"]].replace([np.inf, -np.inf], np.nan)
    return made.rename_axis("characteristic").reset_index()
