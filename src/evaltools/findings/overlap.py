"""Find whether published groups fit in their whole, and how many people stand in more than one.

The answer is exact: every set of groups that one person can be in is a variable of
an integer programme, and every published count is a constraint on it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import inf
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from evaltools.disclosure import from_publications
from evaltools.errors import InvalidDataError
from evaltools.programmes import POPULATION, Claim, Outcome, Reading

COLUMNS = [
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
SOLVED, INFEASIBLE = 0, 2


@from_publications
def overlap(claims: Sequence[Claim]) -> pd.DataFrame:
    """Set the parts of each whole against it: one row per set of parts and per reading of the text.

    The parts are the groups that lie directly within one whole; groups that are
    declared to exclude each other and that together fill the whole (in or out of
    the benefit) are a set of their own. The rows of a reading, named in
    ``reading``, are the sets that it changes; ``reading`` is empty for the text as
    declared, and ``assumed`` then names the parts of which the text does not say
    that they lie within this whole.

    ``n_too_many`` is how many memberships there are at least beyond one for
    everybody in the whole; ``n_people_lowest`` and ``n_people_highest`` are the
    fewest and the most different people who can stand in more than one of the
    parts, given every published count of the claim. They are the optimum of an
    integer programme over all kinds of members, without a gap; the highest is
    empty where the counts set none. ``is_possible`` is false where no people at
    all can satisfy the counts; the numbers of people are then empty. ``is_exact``
    is false where a count is not exact; an "about" is then taken as it stands.
    """
    rows = []
    for claim in claims:
        base = Structure.of(claim)
        sets = base.sets_of_parts()
        rows += [_row(claim, base, parts, whole, "") for whole, parts in sets]
        for reading in claim.readings:
            other = base.read_as(reading)
            rows += [
                _row(claim, other, parts, whole, reading.meaning)
                for whole, parts in other.sets_of_parts()
                if (whole, parts) not in sets or other.forbids(parts) != base.forbids(parts)
            ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype({"n_people_lowest": "Int64", "n_people_highest": "Int64"})


@dataclass(frozen=True)
class Structure:
    """Which group lies within which, and which exclude each other, in one reading of a claim."""

    claim: Claim
    within: dict[str, str]
    exclusive: frozenset[frozenset[str]]

    @classmethod
    def of(cls, claim: Claim) -> "Structure":
        """Take the structure of a claim as declared."""
        return cls(claim, {outcome.name: outcome.within for outcome in claim.outcomes}, _pairs(claim.exclusive))

    def read_as(self, reading: Reading) -> "Structure":
        """Take the structure in another reading."""
        exclusive = self.exclusive | _pairs(reading.exclusive)
        return Structure(self.claim, {**self.within, **reading.within}, exclusive)

    def only(self, names: Iterable[str]) -> "Structure":
        """Leave out the groups that are neither named nor hold a named one."""
        kept = {whole for name in names for whole in [name, *self.wholes(name)]}
        within = {name: whole for name, whole in self.within.items() if name in kept}
        return Structure(self.claim, within, self.exclusive)

    def wholes(self, name: str) -> list[str]:
        """All groups that a group lies within, without the population."""
        found = []
        while (name := self.within[name]) != POPULATION:
            found.append(name)
        return found

    def forbids(self, parts: Sequence[str]) -> frozenset[frozenset[str]]:
        """Pairs of the parts that have no member in common."""
        return frozenset(pair for pair in self.exclusive if pair <= set(parts))

    def sets_of_parts(self) -> list[tuple[str, tuple[str, ...]]]:
        """Each whole with two or more parts, without mixing a partition of it with what cuts across."""
        found = []
        for whole in [POPULATION, *self.within]:
            parts = tuple(name for name, other in self.within.items() if other == whole)
            partition = self._partition(whole, parts)
            rest = tuple(part for part in parts if part not in partition)
            found += [(whole, some) for some in (partition, rest) if len(some) > 1]
        return found

    def _partition(self, whole: str, parts: tuple[str, ...]) -> tuple[str, ...]:
        """Parts that exclude each other and fill the whole; empty where none do."""
        for some in (combination for k in range(2, len(parts) + 1) for combination in combinations(parts, k)):
            excludes = all(frozenset(pair) in self.exclusive for pair in combinations(some, 2))
            if excludes and sum(map(self.claim.size, some)) == self.claim.size(whole):
                return some
        return ()

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


@dataclass(frozen=True)
class _Answer:
    too_many: int
    lowest: int | None
    highest: int | None
    is_possible: bool


def _row(claim: Claim, structure: Structure, parts: tuple[str, ...], whole: str, meaning: str) -> dict[str, Any]:
    sizes = [claim.size(part) for part in parts]
    answer = _solve(structure, parts, whole)
    if not answer.is_possible:
        # The contradiction may lie elsewhere in the claim: judge these parts and their wholes alone.
        answer = _solve(structure.only(parts), parts, whole)
    inexact = [name for name in [*parts, whole] if not claim.is_exact(name)]
    return {
        "parts": tuple(claim.label(part) for part in parts),
        "assumed": tuple(claim.label(part) for part in parts if not meaning and claim.is_assumed(part)),
        "whole": whole,
        "whole_label": claim.label(whole),
        "unit": claim.population.unit if claim.population else None,
        "reading": meaning,
        "counts": tuple(sizes),
        "n_memberships": sum(sizes),
        "n_whole": claim.size(whole),
        "n_too_many": answer.too_many,
        "n_people_lowest": answer.lowest,
        "n_people_highest": answer.highest,
        "is_possible": answer.is_possible,
        "is_exact": not inexact,
    }


def _solve(structure: Structure, parts: Sequence[str], whole: str) -> _Answer:
    claim = structure.claim
    kinds = structure.kinds_of_members()
    members = {name: np.array([name in kind for kind in kinds], dtype=float) for name in structure.within}
    members[POPULATION] = np.ones(len(kinds))
    limits = [limit for name in members for limit in _limits(claim, name, members)]
    constraints = LinearConstraint(
        np.array([row for row, _, _ in limits]),
        np.array([least for _, least, _ in limits]),
        np.array([most for _, _, most in limits]),
    )
    several = np.array([len(kind & set(parts)) > 1 for kind in kinds], dtype=float)
    memberships = np.sum([members[part] for part in parts], axis=0) - members[whole]
    lowest = _minimum(several, constraints)
    if lowest is None:
        sizes = sum(claim.size(part) for part in parts)
        return _Answer(max(0, sizes - claim.size(whole)), None, None, is_possible=False)
    # Without an upper bound on the population there may be none on those in several groups.
    most = _minimum(-several, constraints)
    least_too_many = _minimum(memberships, constraints)
    return _Answer(
        too_many=max(0, round(least_too_many)) if least_too_many is not None else 0,
        lowest=round(lowest),
        highest=None if most is None else round(-most),
        is_possible=True,
    )


def _minimum(objective: np.ndarray, constraints: LinearConstraint) -> float | None:
    """Smallest value over whole numbers of people of each kind; None where there is none."""
    solved = milp(
        objective,
        constraints=constraints,
        integrality=np.ones(len(objective)),
        bounds=Bounds(0, np.inf),
        options={"mip_rel_gap": 0},
    )
    if solved.status == SOLVED:
        return float(solved.fun)
    if "unbounded" in solved.message.lower() or solved.status == INFEASIBLE:
        return None
    raise InvalidDataError("overlap()", ["the counts could not be solved; leave out a group of this claim"])


def _limits(claim: Claim, name: str, members: dict[str, np.ndarray]) -> list[tuple[np.ndarray, float, float]]:
    """Write what the text says of the size of a group as rows of ``least <= row @ people <= most``.

    A share of another group is a row over both, in whole numbers so that it is exact.
    """
    outcome = None if name == POPULATION else claim.outcome(name)
    if outcome is None or outcome.share is None or outcome.precision == "about":
        n = claim.size(name)
        least, most = {"at_least": (n, inf), "at_most": (0, n)}.get(claim.precision(name), (n, n))
        return [(members[name], least, most)]
    whole = members.get(outcome.of or outcome.within)
    if whole is None:
        return []
    lower, upper = _share_range(outcome)
    return [
        (lower.denominator * members[name] - lower.numerator * whole, 0, inf),
        (upper.denominator * members[name] - upper.numerator * whole, -inf, 0),
    ]


def _share_range(outcome: Outcome) -> tuple[Fraction, Fraction]:
    """Smallest and largest share that the printed one stands for: half a unit of its last digit on either side."""
    share = Fraction(str(outcome.share))
    match outcome.precision:
        case "at_least":
            return share, Fraction(1)
        case "at_most":
            return Fraction(0), share
    half = Fraction(1, 2 * 100 * 10**outcome.percent_decimals)
    return max(Fraction(0), share - half), min(Fraction(1), share + half)


def _pairs(groups: Iterable[Sequence[str]]) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair) for group in groups for pair in combinations(group, 2))
