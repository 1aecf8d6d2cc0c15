"""What became of everybody at each horizon, gross and net in one table: so that what one number hides no other tells."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd

from evaltools.cohorts import Cohort, outcomes_at
from evaltools.disclosure import Estimate, Table
from evaltools.disclosure.record import TOTAL
from evaltools.effects import Estimate as Estimated
from evaltools.effects import e_value, minimum_detectable_difference, proportion
from evaltools.effects.adjustment.overlap import effective_n
from evaltools.errors import InvalidDataError
from evaltools.findings.evaluation.compared import BESIDE
from evaltools.findings.evaluation.groups import Groups
from evaltools.findings.evaluation.net import (
    MAIN_PARTS,
    METHODS,
    OF_COMPARISON,
    PARTS,
    Sides,
    estimates,
    main_method,
    other_draws,
    sides,
)
from evaltools.findings.people import about_register, table_of

LEAVES = {
    "work": ("work",),
    "other_exit": ("education", "other_income", "enforcement", "demographic", "unknown", "moved"),
    BESIDE: (BESIDE,),
    "in_trajectory": ("in_trajectory",),
    "on_benefit": ("on_benefit", "joined"),
}
"""Exclusive outcomes of who can be followed until a horizon, as those of `cohorts.outcomes.OUTCOMES` that each takes together. Reasons
of few people stand together, so that something can be shown; curves tell them apart. Comparison persons who were selected themselves
were on benefit when last seen."""
TREE = {
    TOTAL: list(LEAVES),
    "off_benefit": ["work", "other_exit"],
    "any_work": ["work", BESIDE],
    "still_on_benefit": [BESIDE, "in_trajectory", "on_benefit"],
}
"""Totals of exclusive outcomes."""
WITHOUT_INCOMES = {
    **{name: own for name, own in LEAVES.items() if name not in (BESIDE, "on_benefit")},
    "no_trajectory": (BESIDE, *LEAVES["on_benefit"]),
}
"""`LEAVES` where nobody can tell who works beside the benefit."""
TREE_WITHOUT_INCOMES = {
    TOTAL: list(WITHOUT_INCOMES),
    "off_benefit": TREE["off_benefit"],
    "still_on_benefit": ["in_trajectory", "no_trajectory"],
}
"""Totals of these."""
NUMBERS = [
    "programme_low", "programme_high",
    *(f"{method}_{part}" for method in METHODS for part in PARTS), *(f"main_{part}" for part in MAIN_PARTS),
    "main_share", "reference_share", "reference_n", "detectable", "e_value", "e_limit",
    "draws_low", "draws_high",
]  # fmt: skip
"""What stands beside the counts; empty on rows, and for methods, that have no such number."""
HORIZONS = tuple(str(months) for months in range(1, 1_201))


def outcome_results(groups: Groups, *, level: float = 0.95) -> Table:
    """Count the exclusive outcomes of each group at each horizon, with the differences that were estimated of them.

    Returns
    -------
    Table
        One row per horizon (``months``) and ``outcome``: those of `LEAVES` and the totals of `TREE`; of who can be followed until
        then; none of work beside the benefit where the register does not tell it (``Groups.tells_work``). Of each group that there is ``n_programme``, ``n_comparison``, ``n_earlier``, ``n_ordinary``.
        ``share_programme``, with Wilson's interval ``programme_low`` and ``programme_high``. On the rows of `compared.OUTCOMES`
        each of `METHODS` that could be used, with its `PARTS`, all of them at the main horizon; ``main_…``, with `MAIN_PARTS`, is that of the best comparison there is (`MAIN`), and
        ``reference_share`` the share that it finds without the programme; ``detectable`` the smallest rise from that share that so many
        people would show with a chance of 80%; ``e_value`` and ``e_limit`` how strong something unseen must be to undo the difference, and
        its interval (see `effects.e_value`); ``draws_low`` and ``draws_high`` from what to what the main difference runs with other draws of the
        pseudo index days (`net.other_draws`), at the main horizon.
    """
    leaves, tree = _kinds(groups)
    rows = pd.concat([_counts(groups, months) for months in groups.horizons], ignore_index=True)
    counts = [str(name) for name in rows if str(name).startswith("n_")]
    beside = {months: sides(groups, months) for months in groups.horizons}
    found = {months: estimates(groups, each, months, level=level) for months, each in beside.items()}
    followed = rows[rows["outcome"] == TOTAL].set_index("months")["n_programme"].to_dict()
    own = [_of_row(groups, beside, found, row, followed[row.months], level) for row in cast("Any", rows).itertuples()]
    draws = other_draws(groups, level=level)
    is_main = rows["months"] == str(groups.months)
    for each, outcome, main in zip(own, rows["outcome"], is_main, strict=True):
        if main and outcome in draws:
            each["draws_low"], each["draws_high"] = draws[outcome]
    numbers = pd.DataFrame(own, index=rows.index).reindex(columns=NUMBERS).astype(float)
    return table_of(
        groups.register,
        pd.concat([rows, numbers], axis="columns"),
        about=about_register(groups.register, programme=groups.programme.slug),
        counts=counts,
        labels=["months", "outcome"],
        words={"months": HORIZONS, "outcome": [*leaves, *(name for name in tree if name != TOTAL)]},
        totals=["outcome"],
        trees={"outcome": tree},
        shares={"share_programme": ("n_programme", "outcome")},
        estimates={name: Estimate(on=_rests_on(name, counts)) for name in NUMBERS},
        settings={"level": level, "main_months": float(groups.months)},
    )


def _of_row(
    groups: Groups,
    beside: Mapping[int, Sides],
    found: Mapping[int, Mapping[str, Mapping[str, Estimated]]],
    row: Any,
    n_followed: int,
    level: float,
) -> dict[str, float]:
    """Work out what stands beside the counts of one row."""
    months, outcome = int(row.months), str(row.outcome)
    share = proportion(int(row.n_programme), n_followed, level=level)
    made = {"programme_low": share.lower, "programme_high": share.upper}
    by_method = found[months].get(outcome, {})
    for method, estimate in by_method.items():
        made |= _parts(method, estimate)
    main = by_method.get(main_method(groups))
    if main is not None:
        made |= _parts("main", main, MAIN_PARTS)
        made |= _reference(groups, beside[months], outcome, level)
        made |= _strength(main, made.get("reference_share", 0.0))
    return made


def _parts(name: str, estimate: Estimated, parts: Sequence[str] = PARTS) -> dict[str, float]:
    values = {
        "difference": estimate.estimate,
        "lower": estimate.lower,
        "upper": estimate.upper,
        "error": estimate.standard_error,
        "p": estimate.p_value,
    }
    return {f"{name}_{part}": np.nan if (value := values[part]) is None else float(value) for part in parts}


def _reference(groups: Groups, beside: Sides, outcome: str, level: float) -> dict[str, float]:
    """Give the weighted share of the group to compare with, for how many it counts, and what so many people can show."""
    compared = beside.comparison or beside.earlier
    if compared is None:
        return {}
    is_own, reached = compared.in_programme, compared.reached(outcome)
    weights = np.ones(len(reached)) if groups.comparison_kind == "randomised" else compared.weights_of_all()
    own, reference = (float(np.average(reached[group], weights=weights[group])) for group in (is_own, ~is_own))
    n_effective = effective_n(weights[~is_own] * compared.people["weight"].to_numpy()[~is_own])
    made = {"main_share": own, "reference_share": reference, "reference_n": n_effective}
    if 0 < reference < 1:
        n_own = int((compared.people["weight"].to_numpy()[is_own] > 0).sum())
        found = minimum_detectable_difference(reference, n_own, max(1, round(n_effective)), level=level)
        made["detectable"] = np.nan if found.rise is None else found.rise
    return made


def _strength(main: Estimated, reference: float) -> dict[str, float]:
    """Say how strong something unseen must be to undo the difference; the limits of the ratio take the reference as it stands."""
    low, ratio, high = (
        (reference + each) / reference if reference > 0 else 0.0 for each in (main.lower, main.estimate, main.upper)
    )
    if ratio <= 0:
        return {}
    found = e_value(ratio, lower=max(low, 0.0), upper=high)
    return {"e_value": found.estimate, "e_limit": np.nan if found.limit is None else found.limit}


def _rests_on(name: str, counts: Sequence[str]) -> tuple[str, ...]:
    """Say which counts a number rests on."""
    if name.startswith("programme_"):
        return ("n_programme",)
    method = next((each for each in METHODS if name.startswith(each)), "main")
    of = {"earlier": ("n_earlier",), "ordinary": ("n_ordinary",)}.get(method, ("n_comparison", "n_earlier"))
    if method in OF_COMPARISON:
        of = ("n_comparison",)
    there = [each for each in of if each in counts]
    return ("n_programme", *there[:1])


def _counts(groups: Groups, months: int) -> pd.DataFrame:
    own = {
        "programme": groups.cohort,
        "comparison": groups.comparison,
        "earlier": groups.earlier,
        "ordinary": groups.ordinary,
    }
    kinds, tree = _kinds(groups)
    counted = {f"n_{name}": _of_cohort(cohort, months, kinds) for name, cohort in own.items() if cohort is not None}
    leaves = pd.DataFrame(counted, index=pd.Index([*kinds], name="outcome"))
    totals = pd.DataFrame({name: leaves.loc[parts].sum() for name, parts in tree.items()}).T.rename_axis("outcome")
    return pd.concat([leaves, totals]).reset_index().assign(months=str(months))


def _kinds(groups: Groups) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, list[str]]]:
    """Give the exclusive outcomes that the register tells, and their totals."""
    return (LEAVES, TREE) if groups.tells_work else (WITHOUT_INCOMES, TREE_WITHOUT_INCOMES)


def _of_cohort(cohort: Cohort, months: int, kinds: Mapping[str, tuple[str, ...]]) -> "pd.Series[int]":
    try:
        found = outcomes_at(cohort, months)["outcome"].astype(str).value_counts()
    except InvalidDataError:  # nobody is followed so long
        found = pd.Series(dtype="int64")
    return pd.Series({name: int(found.reindex(own).sum()) for name, own in kinds.items()}, dtype="int64")
