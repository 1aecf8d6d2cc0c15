"""Did people get a step further: the ladder before and after, and jobs and education beside it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from evaltools.cohorts import Cohort, ladder_changes
from evaltools.cohorts.cohort import COMPARISON
from evaltools.cohorts.ladder import RUNGS
from evaltools.disclosure import Estimate, Table, protect_together
from evaltools.disclosure.record import THRESHOLD, TOTAL
from evaltools.effects import missing_outcome_bounds, paired_change, proportion
from evaltools.findings.people import about_cohort, about_register, table_of
from evaltools.findings.regression_to_the_mean import steps_from_low_point, steps_of_selected

NUMBERS = ("one", "two", "three", "four", "five")
UP = tuple(f"n_up_{number}" for number in NUMBERS)
DOWN = tuple(f"n_down_{number}" for number in NUMBERS)
"""Who went so many rungs up or down."""
MOVES = ("n_missing", *DOWN, "n_equal", *UP)
"""What is counted by the rung of the first score."""
NO_FIRST = "none"
PARTS = {
    "n_everybody": ("n_expected", "n_too_short", "n_no_first"),
    "n_expected": ("n_measured", "n_missing"),
    "n_missing": ("n_no_second", "n_other_variant"),
    "n_measured": ("n_up", "n_not_up"),
    "n_not_up": ("n_equal", "n_down"),
    "n_up": ("n_up_one", "n_up_more"),
    "n_up_more": UP[1:],
    "n_down": DOWN,
}
"""What adds up. Expected is who has a first score and was followed long enough for a second."""
POOLED = {
    "n_everybody": ("n_measured", "n_not_measured"),
    **{whole: parts for whole, parts in PARTS.items() if whole not in {"n_everybody", "n_expected", "n_missing"}},
}
"""The same, with all who were not measured twice together."""
LEAST = {"n_everybody": ("n_up", "n_rest")}
"""The same, with all together who did not certainly go up."""
INTERVALS = {
    "up": ("n_up", "n_measured"),
    "up_more": ("n_up_more", "n_measured"),
    "equal": ("n_equal", "n_measured"),
    "down": ("n_down", "n_measured"),
}
PAIRED = ("superiority", "superiority_low", "superiority_high", "p_mcnemar", "p_signed_rank")
BOUNDS = ("up_lowest", "up_highest", "up_lower", "up_upper")


def ladder(cohort: Cohort, months: int, *, level: float = 0.95) -> tuple[Table, Table]:
    """Count the steps from a first to a last score within so many months, in all and by the rung of the first: protect the two together.

    How many took part is known from elsewhere, such as a publication. Where that would tell how few were not measured, or too little is left to
    show, rungs of the first score are left out; then who is not measured is taken together (`POOLED`), and at last all who did not certainly go up
    (`LEAST`).

    Parameters
    ----------
    months
        As of `cohorts.ladder_changes`.

    Returns
    -------
    steps : Table
        One row (``before`` is ``all``): counts of persons, those of `PARTS`. The shares of those measured twice, each with Wilson's interval
        (``up_low``, ``up_high``, …). ``up_lowest`` to ``up_upper``: what the share up of all expected can be, whatever those without a second
        score would have had (`effects.missing_outcome_bounds`). With `effects.paired_change`: ``superiority`` with its interval and the p-value of
        McNemar, and that of the signed-rank test. ``is_coach_only`` is whether coaches gave all scores of those measured twice.
    moves : Table
        One row per rung ``before``, ``none`` without a first score, and ``all``: the counts of `MOVES`; ``all`` alone, of everybody, where it is left out.
    """
    people = _people(cohort, months)
    for parts, has_moves in ((PARTS, True), (PARTS, False), (POOLED, False)):
        made = _steps(cohort, people, months, level, parts), _moves(cohort, people, months, is_told=has_moves)
        steps, _ = protect_together(*made)
        if not steps.hidden[["n_everybody", "n_measured", "n_up"]].any(axis=None):
            return made
    return _steps(cohort, people, months, level, LEAST), _moves(cohort, people, months, is_told=False)


def _steps(
    cohort: Cohort, people: pd.DataFrame, months: int, level: float, parts: Mapping[str, tuple[str, ...]]
) -> Table:
    counts = list(dict.fromkeys([*parts, *(part for each in parts.values() for part in each)]))
    is_measured = people["n_measured"] == 1
    row: dict[str, Any] = {name: int(people[name].sum()) for name in counts}
    numbers = _numbers(row, level, parts)
    if parts is not LEAST and is_measured.any():
        numbers |= _paired(people[is_measured], level)
    names = _names(parts)
    shares = INTERVALS if parts is not LEAST else {"up_of_all": ("n_up", "n_everybody")}
    return table_of(
        cohort.register,
        pd.DataFrame([_labels(people, months) | row | dict.fromkeys(names, np.nan) | numbers]),
        about=about_cohort(cohort, at="ladder"),
        counts=counts,
        labels=["months", "is_coach_only", "before"],
        words={"months": [str(months)]},
        groups=["before"],
        parts=parts,
        shares={f"share_{name}": pair for name, pair in shares.items()},
        estimates={name: Estimate(on=_rests_on(name)) for name in names},
        settings={"level": level},
    )


def _labels(people: pd.DataFrame, months: int) -> dict[str, Any]:
    is_coach_only = bool(people.loc[people["n_measured"] == 1, "is_coach_only"].all())
    return {"months": str(months), "is_coach_only": is_coach_only, "before": TOTAL}


def _moves(cohort: Cohort, people: pd.DataFrame, months: int, *, is_told: bool) -> Table:
    counts = list(MOVES) if is_told else ["n_everybody"]
    rungs = [*RUNGS, NO_FIRST]
    counted = people.groupby("before")[counts].sum().reindex(rungs, fill_value=0)
    counted.loc[TOTAL] = counted.sum()
    rows = (counted if is_told else counted.loc[[TOTAL]]).astype("int64").reset_index(names="before")
    return table_of(
        cohort.register,
        rows.assign(**{name: text for name, text in _labels(people, months).items() if name != "before"}),
        about=about_cohort(cohort, at="ladder"),
        counts=counts,
        labels=["months", "is_coach_only", "before"],
        words={"months": [str(months)], "before": rungs},
        totals=["before"] if is_told else [],
        groups=[] if is_told else ["before"],
    )


def _names(parts: Mapping[str, tuple[str, ...]]) -> list[str]:
    if parts is LEAST:
        return []
    made = [f"{name}_{end}" for name in INTERVALS for end in ("low", "high")]
    return [*made, *(BOUNDS if parts is PARTS else ()), *PAIRED]


def _people(cohort: Cohort, months: int) -> pd.DataFrame:
    """Give each member the rung of the first score, and a 1 in each count that holds."""
    if "ladder_scores" not in cohort.register.tables:
        made = cohort.participants[["person_id"]].assign(
            before=NO_FIRST, step=np.nan, first=np.nan, last=np.nan, change="no_first"
        )
    else:
        changes = ladder_changes(cohort, months)
        before, after = (changes[name].astype(object).map(_rung) for name in ("rung_before", "rung_after"))
        named = changes["rung_before"].astype(object).where(before.notna(), NO_FIRST)
        made = changes[["person_id"]].assign(
            before=named, step=after - before, first=before, last=after, change=changes["change"]
        )
    is_measured = made["step"].notna()
    change = made["change"].astype(str)
    flags = {
        "n_everybody": change != "",
        "n_measured": is_measured,
        "n_not_measured": ~is_measured,
        "n_up": made["step"] > 0,
        "n_rest": ~(made["step"] > 0),
        "n_not_up": made["step"] <= 0,
        "n_up_more": made["step"] > 1,
        "n_equal": made["step"] == 0,
        "n_down": made["step"] < 0,
        **{name: made["step"] == size for size, name in enumerate(UP, start=1)},
        **{name: made["step"] == -size for size, name in enumerate(DOWN, start=1)},
        **{f"n_{name}": change == name for name in ("no_second", "other_variant", "too_short", "no_first")},
    }
    flags["n_missing"] = flags["n_no_second"] | flags["n_other_variant"]
    flags["n_expected"] = is_measured | flags["n_missing"]
    made = made.assign(**{name: values.astype("int64") for name, values in flags.items()})
    return made.assign(is_coach_only=made["person_id"].isin(_scored_by_coaches_only(cohort)))


def _rung(value: object) -> float:
    return np.nan if pd.isna(value) else float(str(value))  # type: ignore[call-overload]


def _scored_by_coaches_only(cohort: Cohort) -> set[str]:
    if "ladder_scores" not in cohort.register.tables:
        return set()
    scores = cohort.register.read("ladder_scores", ["person_id", "rater"])
    is_coach = (scores["rater"] == "coach").groupby(scores["person_id"]).all()
    return set(is_coach.index[is_coach])


def _rests_on(name: str) -> tuple[str, ...]:
    """Say which counts a number rests on."""
    if name in PAIRED:
        return ("n_up", "n_equal", "n_down", "n_measured")
    if name in BOUNDS:
        return ("n_up", "n_measured", "n_missing")
    return INTERVALS[name.rpartition("_")[0]]


def _numbers(row: dict[str, Any], level: float, parts: Mapping[str, tuple[str, ...]]) -> dict[str, float]:
    made: dict[str, float] = {}
    if parts is LEAST or not row["n_measured"]:
        return made
    n = row["n_measured"]
    for name, (part, _) in INTERVALS.items():
        found = proportion(row[part], n, level=level)
        made |= {f"{name}_low": found.lower, f"{name}_high": found.upper}
    if parts is PARTS:
        bounds = missing_outcome_bounds(row["n_up"], n, row["n_missing"], level=level)
        made |= dict(zip(BOUNDS, (bounds.lowest, bounds.highest, bounds.lower, bounds.upper), strict=True))
    return made


def _paired(people: pd.DataFrame, level: float) -> dict[str, float]:
    found = paired_change(people["first"], people["last"], level=level)
    superiority = found.superiority
    p = np.nan if superiority.p_value is None else superiority.p_value
    numbers = (superiority.estimate, superiority.lower, superiority.upper, p, found.p_value)
    return dict(zip(PAIRED, numbers, strict=True))


RELIABILITIES = {"six": 0.6, "seven": 0.7, "eight": 0.8, "nine": 0.9}
"""Of a score: by the name in a column. None is published of a ladder that coaches score."""
MOMENTS = {"one": 1, "two": 2, "three": 3, "five": 5}
"""The first score is the lowest of so many moments."""
OTHERS = "others"


def without_change(cohort: Cohort, months: int, steps: Table, others: Cohort | None = None) -> Table:
    """Work out the steps that chance alone would give, when nobody's own level changes (`regression_to_the_mean`).

    Parameters
    ----------
    steps
        What `ladder` makes of the same cohort: protect them together.
    others
        People to compare with; of use are those who were never in a programme and have a first score too.

    Returns
    -------
    Table
        One row (``all``), of ``n_measured`` people measured twice, and ``n_others`` with a first score where enough have one. ``up_of_two_at_eight``:
        the share that would go up when the first score was the lowest of `MOMENTS` two and the reliability is of `RELIABILITIES` eight; ``down_…``
        the share that would go down. ``up_of_others_at_eight``: when participants were selected by that score out of the others. They are worked out
        from rungs taken together so that each has ten people. Without columns of these, and of ``n_everybody``, where that leaves too few
        rungs, or ``steps`` does not say how many were measured.
    """
    first = _first_scores(cohort, months)
    outside = None if others is None else never_in_a_programme(others)
    reference = [0] * len(RUNGS) if outside is None else _first_scores(outside, months, is_twice=False)
    row: dict[str, float] = {}
    on: dict[str, tuple[str, ...]] = {}
    is_told = "n_measured" in steps.rows
    for at, reliability in RELIABILITIES.items() if is_told else ():
        for moments, n_moments in MOMENTS.items():
            found = steps_from_low_point(first, reliability, n_moments)
            if found is not None:
                row |= {f"up_of_{moments}_at_{at}": found.up, f"down_of_{moments}_at_{at}": found.down}
        selected = steps_of_selected(first, reference, reliability)
        if selected is not None:
            made = {f"up_of_{OTHERS}_at_{at}": selected.up, f"down_of_{OTHERS}_at_{at}": selected.down}
            row |= made
            on |= dict.fromkeys(made, ("n_measured", "n_others"))
    counted = {"n_measured": sum(first)} if row else {"n_everybody": len(cohort)}
    counted |= {"n_others": sum(reference)} if on else {}
    labels = {name: steps.rows[name].iloc[0] for name in ("months", "is_coach_only")} | {"before": TOTAL}
    return table_of(
        cohort.register,
        pd.DataFrame([{**labels, **counted, **row}]),
        about=about_cohort(cohort, at="ladder"),
        counts=list(counted),
        labels=list(labels),
        words={"months": [str(months)]},
        groups=["before"],
        estimates={name: Estimate(on=on.get(name, ("n_measured",))) for name in row},
    )


def _first_scores(cohort: Cohort, months: int, *, is_twice: bool = True) -> list[int]:
    """Count first scores by rung; of those measured twice, or of everybody with one."""
    people = _people(cohort, months)
    if is_twice:
        people = people[people["n_measured"] == 1]
    return [int((people["before"] == rung).sum()) for rung in RUNGS]


def steps_of_others(cohort: Cohort, others: Cohort | None, months: int, *, level: float = 0.95) -> Table:
    """Count the steps of people to compare with who were never in a programme, as `ladder` does, in all.

    Returns
    -------
    Table
        As the first of `ladder`; one row with ``n_measured`` 0 where fewer than ten of them were measured twice.
    """
    outside = None if others is None else never_in_a_programme(others)
    if outside is not None and sum(_first_scores(outside, months)) >= THRESHOLD:
        return ladder(outside, months, level=level)[0]
    return table_of(
        cohort.register,
        pd.DataFrame({"months": [str(months)], "before": [TOTAL], "n_measured": [0]}),
        about=about_register(cohort.register, programme=cohort.programme, group=COMPARISON, at="ladder"),
        counts=["n_measured"],
        labels=["months", "before"],
        words={"months": [str(months)]},
        groups=["before"],
    )


def never_in_a_programme(others: Cohort) -> Cohort | None:
    """Leave out who took part in a programme themselves: their first score is at the start of it. None without anybody left."""
    listed = others.register.read("participations", ["person_id", "arm"])
    took_part = set(listed.loc[listed["arm"] != "comparison", "person_id"])
    is_outside = ~others.participants["person_id"].isin(took_part)
    return others.subgroup("never_in_a_programme", is_outside.to_numpy(bool)) if is_outside.any() else None
