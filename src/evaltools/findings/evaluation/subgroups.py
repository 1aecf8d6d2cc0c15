"""For whom: the difference within a few groups that were named before looking, and whether it is another one than for the rest."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from evaltools.cohorts import Cohort, outcomes_at
from evaltools.disclosure import Estimate, Table
from evaltools.disclosure.record import TOTAL
from evaltools.effects import Estimate as Estimated
from evaltools.effects import adjust_p_values, weighted_difference
from evaltools.errors import InvalidDataError
from evaltools.findings.evaluation.compared import OF_THE_TIME, Compared, compare
from evaltools.findings.evaluation.groups import Groups
from evaltools.findings.evaluation.net import sides
from evaltools.findings.evaluation.outcomes import LEAVES
from evaltools.findings.people import about_register, table_of

SUBGROUPS = {"young": "under 27 on the index day", "status_holders": "holders of a residence permit for asylum"}
"""Named beforehand: the priority groups of the plan of Laborijn."""
YOUNG_BELOW = 27
NUMBERS = ("difference", "lower", "upper", "p_other")
REST = "not_off_benefit"


def is_in_subgroup(cohort: Cohort, name: str) -> np.ndarray:
    """Say who is in one of `SUBGROUPS`; who has no age or status in the register is in none."""
    people = cohort.participants
    if name == "young":
        return np.asarray((people["age"] < YOUNG_BELOW).fillna(value=False), dtype=bool)
    return (people["origin_status"].astype(object) == "status_holder").to_numpy(bool)


def subgroup_results(groups: Groups, *, level: float = 0.95) -> Table:
    """Count outcomes at the main horizon within each subgroup, and estimate the difference in each.

    Returns
    -------
    Table
        One row per ``subgroup`` (`SUBGROUPS`, and ``all``) and ``outcome`` (``work``, ``other_exit``, ``not_off_benefit``, ``off_benefit`` and
        ``all``): ``n_programme`` and ``n_comparison`` (of the earlier group where there is no comparison). On ``work`` and ``off_benefit``
        the weighted ``difference``, ``lower`` and ``upper``; and ``p_other``, of the test that it is the same as for everybody else, adjusted for the
        number of subgroups and outcomes (Holm). The row ``all`` stands in `outcomes.outcome_results` too: protect the two together.
    """
    other = groups.others[0] if groups.others else None
    other_name = "n_comparison" if groups.comparison is not None else "n_earlier"
    own = {"n_programme": groups.cohort} | ({other_name: other} if other is not None else {})
    members = {TOTAL: None} | {name: name for name in SUBGROUPS}
    rows = []
    for subgroup in members:
        counts = {name: _counts(cohort, groups.months, subgroup) for name, cohort in own.items()}
        rows += [
            {"subgroup": subgroup, "outcome": outcome, **{name: found[outcome] for name, found in counts.items()}}
            for outcome in ("work", "other_exit", REST, "off_benefit", TOTAL)
        ]
    table = pd.DataFrame(rows).assign(months=str(groups.months))
    if other is not None:
        table = table.merge(_differences(groups, other, level), how="left", on=["subgroup", "outcome"])
    numbers = [name for name in NUMBERS if name in table]
    return table_of(
        groups.register,
        table,
        about=about_register(groups.register, programme=groups.programme.slug),
        counts=list(own),
        labels=["months", "subgroup", "outcome"],
        words={
            "months": [str(groups.months)],
            "subgroup": list(SUBGROUPS),
            "outcome": ["work", "other_exit", REST, "off_benefit"],
        },
        groups=["subgroup"],
        trees={"outcome": {TOTAL: ["off_benefit", REST], "off_benefit": ["work", "other_exit"]}},
        estimates={name: Estimate(on=tuple(own)) for name in numbers},
        settings={"level": level, "n_tests": float(len(SUBGROUPS) * len(TESTED))},
    )


TESTED = ("work", "off_benefit")


def _counts(cohort: Cohort, months: int, subgroup: str) -> Mapping[str, int]:
    try:
        outcomes = outcomes_at(cohort, months)["outcome"].astype(str)
    except InvalidDataError:  # nobody is followed so long
        outcomes = pd.Series("too_short", index=range(len(cohort)))
    is_in = outcomes.to_numpy() != "too_short"
    if subgroup != TOTAL:
        is_in &= is_in_subgroup(cohort, subgroup)
    found = outcomes[is_in].value_counts()
    work, other = (int(found.reindex(LEAVES[name]).sum()) for name in ("work", "other_exit"))
    n = int(is_in.sum())
    return {"work": work, "other_exit": other, "off_benefit": work + other, REST: n - work - other, TOTAL: n}


def _differences(groups: Groups, other: Cohort, level: float) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    p_values: list[float] = []
    for subgroup in SUBGROUPS:
        is_in = [is_in_subgroup(cohort, subgroup) for cohort in (groups.cohort, other)]
        within = _within(groups, other, is_in)
        beside = _within(groups, other, [~each for each in is_in])
        for outcome in TESTED:
            found = _difference(within, outcome, level)
            p_values.append(_same(found, _difference(beside, outcome, level)))
            rows.append({"subgroup": subgroup, "outcome": outcome, **_numbers(found)})
    found_of_all = sides(groups, groups.months)
    everybody = found_of_all.comparison if groups.comparison is not None else found_of_all.earlier
    rows += [
        {"subgroup": TOTAL, "outcome": outcome, **_numbers(_difference(everybody, outcome, level))}
        for outcome in TESTED
    ]
    known = ~np.isnan(p_values)
    adjusted = np.full(len(p_values), np.nan)
    if known.any():
        adjusted[known] = adjust_p_values(np.asarray(p_values)[known])
    made = pd.DataFrame(rows).reindex(columns=["subgroup", "outcome", *NUMBERS])
    made.loc[: len(adjusted) - 1, "p_other"] = adjusted
    return made.astype(dict.fromkeys(NUMBERS, float))


def _within(groups: Groups, other: Cohort, is_in: list[np.ndarray]) -> Compared | None:
    """Put a part of each group side by side; None where nobody of one is in it, or followed so long."""
    if not all(each.any() for each in is_in):
        return None
    own, beside = (
        cohort.subgroup("subgroup", each) for cohort, each in zip((groups.cohort, other), is_in, strict=True)
    )
    without = () if groups.comparison is not None else OF_THE_TIME
    try:
        return compare(own, beside, groups.months, without=without)
    except InvalidDataError:
        return None


def _difference(compared: Compared | None, outcome: str, level: float) -> Estimated | None:
    if compared is None:
        return None
    try:
        return weighted_difference(
            compared.reached(outcome),
            compared.in_programme,
            compared.weights or np.ones(len(compared.people)),
            clusters=compared.clusters,
            level=level,
        )
    except InvalidDataError:  # too few, or nobody had the outcome
        return None


def _numbers(found: Estimated | None) -> dict[str, float]:
    return {} if found is None else {"difference": found.estimate, "lower": found.lower, "upper": found.upper}


def _same(found: Estimated | None, rest: Estimated | None) -> float:
    """Test that two differences of different people are the same; nan where one is not known."""
    if found is None or rest is None or not found.standard_error or not rest.standard_error:
        return float("nan")
    z = (found.estimate - rest.estimate) / np.hypot(found.standard_error, rest.standard_error)
    return float(2 * ndtr(-abs(z)))
