"""Who is in a cohort: a positive start, then exclusions in a fixed order, each counted.

Nothing that comes after the index day decides who is in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from evaltools.cohorts.at_start import COVARIATES, at_start
from evaltools.cohorts.cohort import Cohort
from evaltools.cohorts.definitions import HORIZONS_MONTHS, Definitions, days_of
from evaltools.cohorts.follow_up import can_be_followed, follow, followed_from
from evaltools.cohorts.history import read_history
from evaltools.cohorts.spells import NEVER, as_days, day_numbers, different, positions
from evaltools.disclosure import from_register
from evaltools.errors import InvalidDataError, many
from evaltools.programmes import Eligibility
from evaltools.registers import Register

SPELL_COLUMNS = ("person_id", "benefit_id", "scheme", "first_day", "last_day", "exit_reason", "exemption")


@dataclass(frozen=True, kw_only=True, repr=False)
class Candidates:
    """Who might be in a cohort, each with an index day.

    Attributes
    ----------
    persons
        Sorted and different; all arrays have one value for each.
    index
        Index day as a number; `NEVER` for none.
    steps
        What was counted before: name of the step, persons left, persons excluded.
    excluded
        By step, persons who are out for a reason that eligibility does not know. They are the first to go.
    reached
        By stage of the programme, who reached it.
    own_selection
        Day on which a comparison person is selected for the programme; `NEVER` for who is not.
    until
        Last day on which anybody is followed.
    register_since, knows_reasons
        What is known of the register already, by another cohort of it.
    """

    persons: "pd.Index[str]"
    index: np.ndarray
    until: int
    steps: tuple[tuple[str, str, int, int | None], ...] = ()
    excluded: Mapping[str, np.ndarray] = field(default_factory=dict)
    reached: Mapping[str, np.ndarray] = field(default_factory=dict)
    remarks: Mapping[str, int] = field(default_factory=dict)
    own_selection: np.ndarray | None = None
    register_since: int | None = None
    knows_reasons: bool | None = None


def select(
    register: Register,
    benefit_spells: pd.DataFrame,
    candidates: Candidates,
    eligibility: Eligibility,
    definitions: Definitions,
    *,
    group: str,
    programme: str,
) -> Cohort:
    """Leave out who is not eligible, step by step, and follow the others.

    Raises
    ------
    InvalidDataError
        When nobody is left, with the count at each step.
    """
    until = candidates.until
    of_schemes = benefit_spells["scheme"].isin(list(definitions.schemes))
    # What ended after follow-up shows nothing of it.
    is_end = of_schemes & (benefit_spells["last_day"] <= as_days(np.array([until]))[0])
    since, knows_reasons = candidates.register_since, candidates.knows_reasons
    if since is None or knows_reasons is None:
        # A row that stands twice is one end.
        ends = benefit_spells.loc[is_end, ["person_id", "last_day"]].drop_duplicates()
        since = followed_from(day_numbers(ends["last_day"]))
        knows_reasons = bool(benefit_spells.loc[is_end, "exit_reason"].notna().any())
    at = positions(benefit_spells["person_id"], candidates.persons)
    is_own = (at >= 0) & of_schemes.to_numpy()
    benefits = benefit_spells[is_own].assign(at=at[is_own])
    history = read_history(
        register,
        benefits,
        candidates.persons,
        programme,
        gap_days=definitions.gap_days,
        knows_reasons=knows_reasons,
    )
    state = at_start(register, benefits, history, candidates.index, since, definitions)
    exclusions = {
        **candidates.excluded,
        "not_in_register": ~state["in_register"].to_numpy(),
        "before_register": candidates.index < (since if since is not None else -NEVER),
        "not_followed": candidates.index >= until,
        "not_on_benefit": ~state["on_benefit"].to_numpy(),
        **dict(_not_eligible(state, eligibility, register)),
    }
    left = np.ones(len(candidates.persons), dtype=bool)
    steps = list(candidates.steps)
    for step, is_out in exclusions.items():
        n_before = int(left.sum())
        left &= ~is_out
        steps.append((step, "exclusion", int(left.sum()), n_before - int(left.sum())))
    if not left.any():
        _refuse_nobody(register, steps, until, since)
    steps.append(("included", "cohort", int(left.sum()), None))
    history, index = history.of(left), candidates.index[left]
    own_selection = np.full(len(index), NEVER) if candidates.own_selection is None else candidates.own_selection[left]
    followed = follow(history.spells, index, until, own_selection, definitions)
    for stage, is_there in candidates.reached.items():
        n = int(is_there[left].sum())
        steps.append((stage, "reached", n, len(index) - n))
    for months in definitions.horizons_months or HORIZONS_MONTHS:
        n = int(can_be_followed(index, months, until, definitions).sum())
        steps.append((f"followed_{months}_months", "reached", n, len(index) - n))
    state = state[left].reset_index(drop=True)
    participants = pd.DataFrame({"person_id": state["person_id"], "group": group, **followed.columns()})
    participants = participants.join(state[["benefit_id", *COVARIATES]])
    is_unknown = 0 if history.knows_reasons or not is_end.any() else len(index)
    remarks = {
        **candidates.remarks,
        "no_row_in_persons": int((~state["in_persons"]).sum()),
        "no_exit_reasons": is_unknown,
    }
    if since is None:
        remarks["start_of_register_unknown"] = len(index)
    else:
        remarks["past_not_all_in_register"] = int((index - days_of(definitions.months_before) < since).sum())
    return Cohort(
        group=group,
        programme=programme,
        participants=from_register(participants, is_simulated=register.is_simulated),
        flow=_flow(steps, group, register),
        remarks=from_register(
            pd.DataFrame({"group": group, "remark": list(remarks), "n": list(remarks.values())}),
            is_simulated=register.is_simulated,
        ),
        eligibility=eligibility,
        definitions=definitions,
        followed_until=pd.Timestamp(as_days(np.array([until]))[0]),
        register_since=since,
        register=register,
        history=history,
    )


def _not_eligible(
    state: pd.DataFrame, eligibility: Eligibility, register: Register
) -> Iterator[tuple[str, np.ndarray]]:
    """Say for each condition who does not meet it, and of whom that is not known."""
    days = state["days_on_benefit"].to_numpy()
    if eligibility.schemes:
        yield "scheme", ~state[[f"runs_{scheme}" for scheme in eligibility.schemes]].any(axis=1).to_numpy()
    if eligibility.months_on_benefit_at_least is not None:
        yield "too_short_on_benefit", days < days_of(eligibility.months_on_benefit_at_least)
    if eligibility.months_on_benefit_at_most is not None:
        yield "too_long_on_benefit", days > days_of(eligibility.months_on_benefit_at_most)
    for step, column, is_met in (
        ("too_young", "age", None if eligibility.age_at_least is None else state["age"] >= eligibility.age_at_least),
        ("too_old", "age", None if eligibility.age_below is None else state["age"] < eligibility.age_below),
        ("origin_status", "origin_status",
         None if eligibility.origin_status is None else state["origin_status"] == eligibility.origin_status),
        ("neighbourhood", "neighbourhood",
         state["neighbourhood"].isin(list(eligibility.neighbourhoods)) if eligibility.neighbourhoods else None),
    ):  # fmt: skip
        if is_met is not None:
            is_unknown = state[column].isna().to_numpy()
            yield f"{column}_unknown", is_unknown
            yield step, ~is_met.fillna(value=True).to_numpy(dtype=bool) & ~is_unknown
    if eligibility.without_open_trajectory:
        if "provisions" not in register.tables:
            raise InvalidDataError(
                f"the register of {register.municipality}",
                [
                    (
                        "has no provisions, so that nobody can be said to be without an open trajectory; deliver "
                        "them, or leave without_open_trajectory out of the eligibility"
                    )
                ],
            )
        is_unknown = state["has_open_trajectory"].isna().to_numpy()
        yield "open_trajectory_unknown", is_unknown
        yield "open_trajectory", state["has_open_trajectory"].fillna(value=False).to_numpy(dtype=bool)


def on_benefit_within(benefit_spells: pd.DataFrame, index: np.ndarray, definitions: Definitions) -> "pd.Index[str]":
    """List who had a benefit on some day between the first and the last index day, sorted."""
    days = index[index < NEVER]
    first, last = day_numbers(benefit_spells["first_day"]), day_numbers(benefit_spells["last_day"])
    runs = benefit_spells["scheme"].isin(list(definitions.schemes)).to_numpy()
    if len(days):
        runs = runs & (first <= days.max()) & (last >= days.min())
    return different(benefit_spells.loc[runs, "person_id"])


def _flow(steps: list[tuple[str, str, int, int | None]], group: str, register: Register) -> pd.DataFrame:
    rows = pd.DataFrame(steps, columns=["step", "kind", "n", "n_excluded"])
    rows.insert(0, "group", group)
    return from_register(rows.astype({"n_excluded": "Int64"}), is_simulated=register.is_simulated)


def _refuse_nobody(
    register: Register, steps: list[tuple[str, str, int, int | None]], until: int, since: int | None
) -> None:
    counted = [f"{many(n, 'person')} in the register" for _, kind, n, _ in steps if kind == "start"]
    counted += [f"{n_out:,} fell away at {step}" for step, kind, _, n_out in steps if kind == "exclusion" and n_out]
    raise InvalidDataError(
        f"the register of {register.municipality}",
        [
            (
                f"leaves nobody in the cohort: {', '.join(counted)}. People are followed until {_written(until)} and "
                f"the register shows ends from {'a day that is not known' if since is None else _written(since)} on; "
                "not_followed and before_register mean that it does not cover the index day"
            )
        ],
    )


def _written(day: int) -> str:
    return str(np.datetime64(day, "D"))


def require_tables(register: Register, *tables: str) -> None:
    """Refuse a register that lacks a table."""
    lacking = [table for table in tables if table not in register.tables]
    if lacking:
        raise InvalidDataError(
            f"the register of {register.municipality}", [f"has no {table}; ingest it first" for table in lacking]
        )
