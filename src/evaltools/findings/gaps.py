"""What the published figures do not say, as a list that is worked out, not typed."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, cast

import pandas as pd

from evaltools.disclosure import from_publications
from evaltools.findings.claims import exits_and_work
from evaltools.findings.overlap import overlap
from evaltools.programmes import Claim, Programme, Target

GAP_COLUMNS = ["gap", "detail"]
EXITS = ("exit", "work_exit")


@from_publications
def gaps(programme: Programme, municipality: str) -> pd.DataFrame:
    """One row per thing that is not known; ``gap`` names it, ``detail`` says of what.

    The rows are in the order in which a reader needs them: what is not published at
    all, what the programme changed, what became of people, how the figures add up.
    """
    claims = programme.claims_in(municipality)
    targets = programme.targets_in(municipality)
    costs = programme.costs_in(municipality)
    found = [
        *_not_published(claims, has_more=bool(targets or costs)),
        *(row for target in targets for row in _of_target(target)),
        *(row for claim in claims for row in _of_claim(claim)),
    ]
    if costs:
        found += [("deadweight", ""), ("persons_and_benefits", "")]
    return pd.DataFrame(list(dict.fromkeys(found)), columns=GAP_COLUMNS)


@from_publications
def needed(programme: Programme) -> pd.DataFrame:
    """One row per aim of the programme: ``aim`` is the kind of outcome that must be measured."""
    return pd.DataFrame({"aim": list(programme.aims)})


def _not_published(claims: Sequence[Claim], *, has_more: bool) -> Iterator[tuple[str, str]]:
    if not claims:
        yield ("no_results" if has_more else "no_figures"), ""
    elif not any(claim.outcomes for claim in claims):
        yield ("outputs_only" if any(claim.outputs for claim in claims) else "population_only"), ""
    yield "no_comparison", ""


def _of_target(target: Target) -> Iterator[tuple[str, str]]:
    if target.extra:
        yield "no_baseline", target.label
    if target.kind in EXITS:
        yield "no_follow_up_planned", ""
    if len(target.municipalities) > 1:
        yield "shared_target", str(len(target.municipalities))
    for people in target.populations:
        if people.unit != target.unit:
            yield "other_unit", ""
        if people.municipalities and set(people.municipalities) != set(target.municipalities):
            yield "other_area", ""
    if len({people.n for people in target.populations}) > 1:
        yield "several_wholes", ""


def _of_claim(claim: Claim) -> Iterator[tuple[str, str]]:
    kinds = {outcome.kind for outcome in claim.outcomes}
    yield from _of_exits(claim, kinds)
    if "part_time_work" in kinds:
        yield "part_time_hours", ""
    if "ladder_step" in kinds:
        yield "ladder_without_comparison", ""
    yield from _of_groups(claim)
    if claim.without_figure:
        yield "without_figure", ", ".join(claim.without_figure)
    units = {output.unit for output in claim.outputs} | ({claim.population.unit} if claim.population else set())
    if len(units) > 1:
        yield "mixed_units", ""
    if "households" in units:
        yield "households", ""


def _of_groups(claim: Claim) -> Iterator[tuple[str, str]]:
    if claim.population is not None and claim.population.stage == "started":
        yield "invited", ""
    elif claim.outcomes:
        yield "started", ""
    groups = overlap([claim])
    if not groups["is_possible"].all():
        yield "contradiction", ""
    elif (groups["n_too_many"] > 0).any():
        yield "membership", ""
    if any(reading.within for reading in claim.readings):
        yield "whole_not_stated", ""


def _of_exits(claim: Claim, kinds: AbstractSet[str]) -> Iterator[tuple[str, str]]:
    if kinds & set(EXITS):
        yield "no_follow_up", ""
    if "paid_job" in kinds:
        yield "no_follow_up_job", ""
    for row in cast("Any", exits_and_work([claim])).itertuples():
        if pd.isna(row.n_exits):
            yield "exits_not_published", ""
        elif row.n_without_reason > 0:
            yield "exit_reason", str(row.n_without_reason)
