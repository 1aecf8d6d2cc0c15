"""Test what was published: shares, overlap, exits and work.

Every function takes the claims of one municipality and returns a table; none
rounds, none knows Dutch beyond the labels of the programme file. A claim's group
is a named outcome; its whole is the group it lies within, or the population.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil, floor, inf
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from evaltools.effects import proportion
from evaltools.programmes import POPULATION, Claim, Outcome, Precision, Reading

PUBLISHED_COLUMNS = [
    "group",
    "label",
    "role",
    "n",
    "share",
    "precision",
    "as_published",
    "unit",
    "whole",
    "status",
]
SHARE_COLUMNS = [
    "group",
    "label",
    "kind",
    "whole",
    "whole_label",
    "status",
    "n",
    "n_whole",
    "is_derived",
    "precision",
    "estimate",
    "lower",
    "upper",
    "level",
]
OVERLAP_COLUMNS = [
    "parts",
    "assumed",
    "whole",
    "whole_label",
    "unit",
    "reading",
    "counts",
    "n_memberships",
    "n_whole",
    "n_too_many",
    "n_people_lowest",
    "n_people_highest",
    "is_possible",
    "is_exact",
]
EXIT_COLUMNS = [
    "label",
    "n_exits",
    "work_label",
    "n_work",
    "n_other",
    "n_without_reason",
    "estimate",
    "lower",
    "upper",
]

STATED, ASSUMED, OTHER_READING = "stated", "assumed", "other_reading"


def published_figures(claims: Sequence[Claim]) -> pd.DataFrame:
    """One row per figure as the text gives it.

    ``role`` is population, outcome or output; ``n`` or ``share`` (0-1) is empty
    where the text gives the other; ``whole`` is the label of the group it is a
    part of, empty for populations and outputs, and ``status`` says how sure that
    is (see `shares`).
    """
    rows = [row for claim in claims for row in _figures_of(claim)]
    table = pd.DataFrame(rows, columns=PUBLISHED_COLUMNS)
    return table.astype({"n": "Int64", "share": "Float64"})


def shares(claims: Sequence[Claim], *, level: float = 0.95) -> pd.DataFrame:
    """One row per group and whole: its share with a Wilson interval.

    Each group is set against the whole population and, where it lies within
    another group, against that one too, also when it does so in another reading.
    ``status`` says how sure it is that the group lies within the whole:
    ``stated`` by the text, ``assumed`` where another reading has another whole, or
    ``other_reading``. ``is_derived`` is true where the text gives a share and the
    count is the nearest whole number to it.

    Examples
    --------
    >>> from evaltools.programmes import Claim
    >>> claim = Claim.model_validate({
    ...     "municipality": "GM0197", "source": {"title": "t"},
    ...     "population": {"n": 270, "unit": "residents", "stage": "selected", "meaning": "m"},
    ...     "outcomes": [{"name": "out", "kind": "exit", "label": "out", "n": 108}],
    ... })
    >>> shares([claim])["estimate"].tolist()
    [0.4]
    """
    rows = []
    for claim in claims:
        for outcome in claim.outcomes:
            n = claim.size(outcome.name)
            others = (reading.within.get(outcome.name, POPULATION) for reading in claim.readings)
            for whole in dict.fromkeys([POPULATION, outcome.within, *others]):
                # An empty whole has no shares; a reading may put a group into one that is too small.
                if not n <= claim.size(whole) > 0:
                    continue
                share = proportion(n, claim.size(whole), level=level)
                rows.append(
                    {
                        "group": outcome.name,
                        "label": outcome.label,
                        "kind": outcome.kind,
                        "whole": whole,
                        "whole_label": _label(claim, whole),
                        "status": _status(claim, outcome, whole),
                        "n": n,
                        "n_whole": share.n,
                        "is_derived": outcome.n is None,
                        "precision": outcome.precision,
                        "estimate": share.estimate,
                        "lower": share.lower,
                        "upper": share.upper,
                        "level": level,
                    }
                )
    return pd.DataFrame(rows, columns=SHARE_COLUMNS)


def overlap(claims: Sequence[Claim]) -> pd.DataFrame:
    """Count memberships beyond the whole: one row per set of parts and per reading of the text.

    The parts are the groups that lie directly within one whole. ``n_too_many`` is
    how many memberships there are at least beyond one for everybody in the whole;
    ``n_people_lowest`` and ``n_people_highest`` are the fewest and the most
    different people who can stand in more than one of the parts, given every
    published count of the claim. They are exact: the smallest and largest value of
    an integer programme over all kinds of members. ``reading`` is empty for the
    text as declared; ``assumed`` then names the parts of which the text does not
    say that they lie within this whole. ``is_possible`` is false where no people at all can satisfy
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
    rows = [row for claim in claims for row in _exits_of(claim)]
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


def _figures_of(claim: Claim) -> Iterator[dict[str, Any]]:
    given = {"n", "share", "precision", "as_published", "label"}
    if claim.population is not None:
        unit = claim.population.unit
        yield {
            **claim.population.model_dump(include=given),
            "group": POPULATION,
            "label": claim.population.meaning,
            "role": "population",
            "unit": unit,
            "whole": "",
            "status": STATED,
        }
        for outcome in claim.outcomes:
            whole = outcome.of or outcome.within
            yield {
                **outcome.model_dump(include=given),
                "group": outcome.name,
                "role": "outcome",
                "unit": unit,
                "whole": _label(claim, whole),
                "status": _status(claim, outcome, whole),
            }
    for output in claim.outputs:
        yield {
            **output.model_dump(include=given),
            "group": output.name,
            "role": "output",
            "unit": output.unit,
            "whole": "",
            "status": STATED,
        }


def _exits_of(claim: Claim) -> Iterator[dict[str, Any]]:
    exits = [outcome for outcome in claim.outcomes if outcome.kind == "exit"]
    inside = set()
    for leaving in exits:
        parts = _parts(claim, leaving.name)
        inside |= {part.name for part in parts}
        work = [part for part in parts if part.kind == "work_exit"]
        n = claim.size(leaving.name)
        n_work = sum(claim.size(part.name) for part in work)
        n_other = sum(claim.size(part.name) for part in parts) - n_work
        row = {
            "label": leaving.label,
            "n_exits": n,
            "work_label": ", ".join(part.label for part in work),
            "n_work": n_work if work else None,
            "n_other": n_other,
            "n_without_reason": max(0, n - n_work - n_other),
        }
        if work and n > 0 and n_work <= n:
            share = proportion(n_work, n)
            row |= {"estimate": share.estimate, "lower": share.lower, "upper": share.upper}
        yield row
    for outcome in claim.outcomes:
        if outcome.kind == "work_exit" and outcome.name not in inside:
            yield {"label": "", "work_label": outcome.label, "n_work": claim.size(outcome.name)}


def _overlap_row(claim: Claim, structure: _Structure, parts: list[str], meaning: str) -> dict[str, Any]:
    whole = structure.common_whole(parts)
    sizes = [claim.size(part) for part in parts]
    least = sum(_range(claim, part)[0] for part in parts)
    most = _range(claim, whole)[1]
    lowest, highest = _people_in_several(claim, structure, parts)
    assumed = [part for part in parts if not meaning and _status(claim, claim.outcome(part), whole) == ASSUMED]
    return {
        "parts": tuple(_label(claim, part) for part in parts),
        "assumed": tuple(_label(claim, part) for part in assumed),
        "whole": whole,
        "whole_label": _label(claim, whole),
        "unit": claim.population.unit if claim.population else None,
        "reading": meaning,
        "counts": tuple(sizes),
        "n_memberships": sum(sizes),
        "n_whole": claim.size(whole),
        "n_too_many": max(0, int(least - most)) if most < inf else 0,
        "n_people_lowest": lowest,
        "n_people_highest": highest,
        "is_possible": lowest is not None,
        "is_exact": all(_precision(claim, name) == "exact" for name in [*parts, whole]),
    }


def _people_in_several(claim: Claim, structure: _Structure, parts: Sequence[str]) -> tuple[int | None, int | None]:
    """Fewest and most people in two or more of the parts, over all ways to fill the groups.

    One variable per kind of member (the set of groups somebody is in) says how
    many people are of that kind; the published counts are its constraints.
    """
    kinds = structure.kinds_of_members()
    names = list(structure.within)
    members = np.array([[name in kind for kind in kinds] for name in names], dtype=float).reshape(-1, len(kinds))
    ranges = np.array([_range(claim, name) for name in [*names, POPULATION]], dtype=float)
    counts = LinearConstraint(np.vstack([members, np.ones(len(kinds))]), ranges[:, 0], ranges[:, 1])
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


def _status(claim: Claim, outcome: Outcome, whole: str) -> str:
    """Whether the text says that the group lies within the whole, or we do."""
    if whole == POPULATION:
        return STATED
    if whole != outcome.within:
        return OTHER_READING
    return ASSUMED if any(outcome.name in reading.within for reading in claim.readings) else STATED


def _parts(claim: Claim, whole: str) -> list[Outcome]:
    return [outcome for outcome in claim.outcomes if outcome.within == whole]


def _pairs(groups: Sequence[Sequence[str]]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(pair) for group in groups for pair in combinations(group, 2))
