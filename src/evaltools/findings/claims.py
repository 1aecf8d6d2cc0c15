"""Test what was published: shares, overlap, exits and work.

Every function takes the claims of one municipality and returns a table; none
rounds, none knows Dutch beyond the labels of the programme file. A claim's group
is a named outcome; its whole is the group it lies within, or the population.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil, floor, inf

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from evaltools.effects import proportion
from evaltools.programmes import POPULATION, Claim, Outcome, Precision, Reading

PUBLISHED_COLUMNS = ["group", "label", "role", "kind", "n", "share", "precision", "as_published", "unit", "whole"]
SHARE_COLUMNS = [
    "group", "label", "kind", "whole", "whole_label", "n", "n_whole", "is_derived", "precision",
    "estimate", "lower", "upper", "level",
]  # fmt: skip
OVERLAP_COLUMNS = [
    "parts", "whole", "whole_label", "reading", "counts", "n_memberships", "n_whole", "n_too_many",
    "n_people_lowest", "n_people_highest", "is_possible", "is_exact", "unit",
]  # fmt: skip
EXIT_COLUMNS = ["label", "n_exits", "work_label", "n_work", "n_other", "n_without_reason", "estimate", "lower", "upper"]


def published_figures(claims: Sequence[Claim]) -> pd.DataFrame:
    """One row per figure as the text gives it.

    ``role`` is population, outcome or output; ``n`` or ``share`` (0-1) is empty
    where the text gives the other; ``whole`` is the label of the group it is a
    part of, empty for populations and outputs.
    """
    rows = []
    for claim in claims:
        if claim.population is not None:
            people = claim.population
            rows.append(
                [POPULATION, people.meaning, "population", None, people.n, None,
                 people.precision, people.as_published, people.unit, ""]
            )  # fmt: skip
            rows += [
                [outcome.name, outcome.label, "outcome", outcome.kind, outcome.n, outcome.share,
                 outcome.precision, outcome.as_published, people.unit,
                 _label(claim, outcome.of or outcome.within)]
                for outcome in claim.outcomes
            ]  # fmt: skip
        rows += [
            [output.name, output.label, "output", None, output.n, None,
             output.precision, output.as_published, output.unit, ""]
            for output in claim.outputs
        ]  # fmt: skip
    table = pd.DataFrame(rows, columns=PUBLISHED_COLUMNS)
    return table.astype({"n": "Int64", "share": "Float64"})


def shares(claims: Sequence[Claim], *, level: float = 0.95) -> pd.DataFrame:
    """One row per group and whole: its share with a Wilson interval.

    Each group is set against the whole population and, where it lies within
    another group, against that one too. ``is_derived`` is true where the text
    gives a share and the count is the nearest whole number to it.

    Examples
    --------
    >>> from evaltools.programmes import Claim
    >>> claim = Claim.model_validate({
    ...     "municipality": "GM0197", "source": {"title": "t"},
    ...     "population": {"n": 270, "unit": "residents", "stage": "selected", "meaning": "m"},
    ...     "outcomes": [{"name": "out", "kind": "exit", "label": "out", "n": 108}],
    ... })
    >>> shares([claim])[["n", "n_whole", "estimate"]].values.tolist()
    [[108, 270, 0.4]]
    """
    rows = []
    for claim in claims:
        for outcome in claim.outcomes:
            n = claim.size(outcome.name)
            for whole in dict.fromkeys([POPULATION, outcome.within]):
                share = proportion(n, claim.size(whole), level=level)
                rows.append(
                    [outcome.name, outcome.label, outcome.kind, whole, _label(claim, whole), n, share.n,
                     outcome.n is None, outcome.precision, share.estimate, share.lower, share.upper, level]
                )  # fmt: skip
    return pd.DataFrame(rows, columns=SHARE_COLUMNS)


def overlap(claims: Sequence[Claim]) -> pd.DataFrame:
    """One row per set of parts and per reading of the text: do the parts exceed their whole?

    The parts are the groups that lie directly within one whole. ``n_too_many`` is
    how many memberships there are at least beyond one for everybody in the whole;
    ``n_people_lowest`` and ``n_people_highest`` are the fewest and the most
    different people who can stand in more than one of the parts, given every
    published count of the claim. They are exact: the smallest and largest value of
    an integer programme over all kinds of members. ``reading`` is empty for the
    text as declared. ``is_possible`` is false where no people at all can satisfy
    the counts; the numbers of people are then empty. ``is_exact`` is false where
    one of the counts is not exact; an ``about`` is then taken as it stands.
    """
    rows = []
    for claim in claims:
        base = _Structure.of(claim)
        for whole in [POPULATION, *(outcome.name for outcome in claim.outcomes)]:
            parts = [outcome.name for outcome in claim.outcomes if outcome.within == whole]
            if len(parts) < 2:
                continue
            rows.append(_overlap_row(claim, base, parts, ""))
            for reading in claim.readings:
                if not set(parts) & {*reading.within, *(name for group in reading.exclusive for name in group)}:
                    continue
                structure = base.read_as(reading)
                kept = [part for part in parts if part not in {structure.within[other] for other in parts}]
                rows.append(_overlap_row(claim, structure, kept, reading.meaning))
    table = pd.DataFrame(rows, columns=OVERLAP_COLUMNS)
    return table.astype({"n_people_lowest": "Int64", "n_people_highest": "Int64"})


def exits_and_work(claims: Sequence[Claim]) -> pd.DataFrame:
    """One row per group that left the benefit: how many of them for work.

    ``n_without_reason`` counts those for whom the text gives no reason at all. A
    group that left for work while the text gives no total of exits has an empty
    ``n_exits``. ``estimate`` with its 95% Wilson interval is the share of exits
    that is work.
    """
    rows = []
    for claim in claims:
        exits = [outcome for outcome in claim.outcomes if outcome.kind == "exit"]
        inside = {part.name for leaving in exits for part in _parts(claim, leaving.name)}
        for leaving in exits:
            n = claim.size(leaving.name)
            work = [part for part in _parts(claim, leaving.name) if part.kind == "work_exit"]
            n_work = sum(claim.size(part.name) for part in work)
            n_other = sum(claim.size(part.name) for part in _parts(claim, leaving.name) if part not in work)
            share = proportion(n_work, n) if work and 0 < n >= n_work else None
            rows.append(
                [leaving.label, n, " + ".join(part.label for part in work), n_work if work else None, n_other,
                 max(0, n - n_work - n_other)]
                + ([share.estimate, share.lower, share.upper] if share else [None] * 3)
            )  # fmt: skip
        rows += [
            ["", None, outcome.label, claim.size(outcome.name), None, None, None, None, None]
            for outcome in claim.outcomes
            if outcome.kind == "work_exit" and outcome.name not in inside
        ]
    table = pd.DataFrame(rows, columns=EXIT_COLUMNS)
    counts = {name: "Int64" for name in EXIT_COLUMNS if name.startswith("n_")}
    return table.astype({**counts, "estimate": "Float64", "lower": "Float64", "upper": "Float64"})


@dataclass(frozen=True)
class _Structure:
    """Which group lies within which, and which exclude each other, in one reading."""

    within: dict[str, str]
    exclusive: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, claim: Claim) -> "_Structure":
        return cls({o.name: o.within for o in claim.outcomes}, _pairs(claim.exclusive))

    def read_as(self, reading: Reading) -> "_Structure":
        return _Structure({**self.within, **reading.within}, self.exclusive + _pairs(reading.exclusive))

    def wholes(self, part: str) -> list[str]:
        """All that a group lies within, from the nearest to the population."""
        wholes = [self.within[part]]
        while wholes[-1] != POPULATION:
            wholes.append(self.within[wholes[-1]])
        return wholes

    def common_whole(self, parts: Sequence[str]) -> str:
        others = [self.wholes(part) for part in parts[1:]]
        return next(whole for whole in self.wholes(parts[0]) if all(whole in wholes for wholes in others))

    def kinds_of_members(self) -> list[frozenset[str]]:
        """Every set of groups that one person can be in."""
        kinds: list[frozenset[str]] = [frozenset()]
        for name in self.within:
            kinds += [kind | {name} for kind in kinds]
        return [
            kind
            for kind in kinds
            if all(self.within[name] in kind or self.within[name] == POPULATION for name in kind)
            and not any(pair <= kind for pair in self.exclusive)
        ]


def _overlap_row(claim: Claim, structure: _Structure, parts: list[str], meaning: str) -> list[object]:
    whole = structure.common_whole(parts)
    sizes = [claim.size(part) for part in parts]
    least = sum(_range(claim, part)[0] for part in parts)
    most = _range(claim, whole)[1]
    lowest, highest = _people_in_several(claim, structure, parts)
    inexact = [name for name in [*parts, whole] if _precision(claim, name) != "exact"]
    return [
        tuple(_label(claim, part) for part in parts), whole, _label(claim, whole), meaning, tuple(sizes),
        sum(sizes), claim.size(whole), max(0, int(least - most)) if most < inf else 0,
        lowest, highest, lowest is not None, not inexact,
        claim.population.unit if claim.population else "persons",
    ]  # fmt: skip


def _people_in_several(
    claim: Claim, structure: _Structure, parts: Sequence[str]
) -> tuple[int | None, int | None]:
    """Fewest and most people in two or more of the parts, over all ways to fill the groups.

    One variable per kind of member (the set of groups somebody is in) says how
    many people are of that kind; the published counts are its constraints.
    """
    kinds = structure.kinds_of_members()
    names = list(structure.within)
    members = np.array([[name in kind for kind in kinds] for name in names], dtype=float).reshape(-1, len(kinds))
    ranges = np.array([_range(claim, name) for name in [*names, POPULATION]], dtype=float)
    counts = LinearConstraint(np.vstack([members, np.ones(len(kinds))]), ranges[:, 0], ranges[:, 1])  # type: ignore[arg-type]
    several = np.array([len(kind & set(parts)) > 1 for kind in kinds], dtype=float)
    found: list[int | None] = []
    for sign in (1, -1):
        solved = milp(sign * several, constraints=counts, integrality=np.ones(len(kinds)), bounds=Bounds(0, np.inf))
        found.append(round(several @ solved.x) if solved.success else None)
    return found[0], found[1]


def _range(claim: Claim, name: str) -> tuple[float, float]:
    """Fewest and most members that the text allows for a group."""
    n = claim.size(name)
    match _precision(claim, name):
        case "at_least":
            return n, inf
        case "at_most":
            return 0, n
        case "about":
            return n, n
    outcome = None if name == POPULATION else claim.outcome(name)
    if outcome is None or outcome.share is None:
        return n, n
    # A share is printed in whole percents: it stands for half a point on either side.
    whole = claim.size(outcome.of or outcome.within)
    return max(0, ceil((outcome.share - 0.005) * whole)), min(whole, floor((outcome.share + 0.005) * whole))


def _precision(claim: Claim, name: str) -> Precision:
    if name == POPULATION:
        return claim.population.precision if claim.population else "exact"
    return claim.outcome(name).precision


def _label(claim: Claim, name: str) -> str:
    if name == POPULATION:
        return claim.population.meaning if claim.population else ""
    return claim.outcome(name).label


def _parts(claim: Claim, whole: str) -> list[Outcome]:
    return [outcome for outcome in claim.outcomes if outcome.within == whole]


def _pairs(groups: Sequence[Sequence[str]]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(pair) for group in groups for pair in combinations(group, 2))
