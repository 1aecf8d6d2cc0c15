"""Published claims: figures about one municipality, and the checks that they form a whole."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from evaltools.errors import did_you_mean
from evaltools.programmes.fields import CountOrZero, Kind, Name, PartialDay, Precision, Share, Size, Stage, Unit
from evaltools.yaml_models import Block, MunicipalityCode, Problem, ProblemsError, Text, repeated

POPULATION = "population"
"""The name by which ``within`` and ``of`` mean the claim's whole population."""

MOST_OUTCOMES = 8
"""A claim with k groups has up to 2^k kinds of members, which the overlap is solved over: 8 take about a second."""


class Source(Block):
    """Where a figure stands.

    ``published`` is a year, month or day; where the text gives none,
    ``published_note`` says what it does give.
    """

    title: Text
    file: Text | None = None
    published: PartialDay | None = None
    published_note: Text | None = None


class Population(Block):
    """The whole of which figures are a part. ``stage`` says how far its members had come."""

    n: Size
    precision: Precision = "exact"
    as_published: Text | None = None
    unit: Unit
    stage: Stage
    meaning: Text
    municipalities: tuple[MunicipalityCode, ...] = ()
    source: Source | None = None


class Outcome(Block):
    """What became of a part of the population, as a count ``n`` or a ``share``.

    ``within`` names the outcome that this one is a part of (the population when
    left out). ``of`` names the whole that a share is taken of, when that is
    another one than ``within``.
    """

    name: Name
    kind: Kind
    label: Text
    n: CountOrZero | None = None
    share: Share | None = None
    precision: Precision = "exact"
    as_published: Text | None = None
    within: Name = POPULATION
    of: Name | None = None

    @property
    def percent_decimals(self) -> int:
        """How many decimals the share has when it is written in percent."""
        exponent = Decimal(str(self.share)).as_tuple().exponent
        return max(0, -int(exponent) - 2)

    @model_validator(mode="after")
    def _has_one_quantity(self) -> Self:
        if (self.n is None) == (self.share is None):
            raise ValueError(f"outcome '{self.name}' needs either n or share, one of the two")
        if self.of is not None and self.share is None:
            raise ValueError(f"outcome '{self.name}' has 'of', which goes with a share, not with n")
        return self


class Output(Block):
    """What was done (asked, visited), which is not what became of people."""

    name: Name
    label: Text
    n: CountOrZero
    precision: Precision = "exact"
    as_published: Text | None = None
    unit: Unit


class Reading(Block):
    """Another way to read the same text: other wholes, or groups that exclude each other."""

    meaning: Text
    within: dict[Name, Name] = Field(default_factory=dict)
    exclusive: tuple[tuple[Name, ...], ...] = ()


class Claim(Block):
    """Figures that one source published about one municipality.

    ``exclusive`` lists groups that by their meaning have no member in common;
    ``readings`` other ways to read the text where it is not clear.
    ``without_figure`` names results that the text mentions without a number,
    ``causal_words`` the words with which it says that the programme did it.
    """

    municipality: MunicipalityCode
    population: Population | None = None
    outcomes: tuple[Outcome, ...] = Field(default=(), max_length=MOST_OUTCOMES)
    outputs: tuple[Output, ...] = ()
    exclusive: tuple[tuple[Name, ...], ...] = ()
    readings: tuple[Reading, ...] = ()
    without_figure: tuple[Text, ...] = ()
    causal_words: tuple[Text, ...] = ()
    source: Source

    def size(self, name: str) -> int:
        """Count of a group: as published, or the nearest whole number to share times whole."""
        if name == POPULATION:
            if self.population is None:
                raise KeyError(name)
            return self.population.n
        outcome = self.outcome(name)
        if outcome.n is not None:
            return outcome.n
        return int((outcome.share or 0) * self.size(outcome.of or outcome.within) + 0.5)

    def outcome(self, name: str) -> Outcome:
        """Find the outcome of that name."""
        return next(outcome for outcome in self.outcomes if outcome.name == name)

    def label(self, name: str) -> str:
        """Name a group as a page does."""
        if name == POPULATION:
            return self.population.meaning if self.population else ""
        return self.outcome(name).label

    def precision(self, name: str) -> Precision:
        """How exact the size of a group is given."""
        if name == POPULATION:
            return self.population.precision if self.population else "exact"
        return self.outcome(name).precision

    def is_exact(self, name: str) -> bool:
        """Whether the text gives the size of a group as an exact count."""
        return self.precision(name) == "exact" and (name == POPULATION or self.outcome(name).n is not None)

    def is_assumed(self, name: str) -> bool:
        """Whether another reading puts a group into another whole, so that the declared one is an assumption."""
        return any(name in reading.within for reading in self.readings)

    @model_validator(mode="after")
    def _parts_have_a_whole(self) -> Self:
        problems = list(_problems_of_claim(self))
        if problems:
            raise ProblemsError(problems)
        return self


def _problems_of_claim(claim: Claim) -> Iterator[Problem]:
    groups = [outcome.name for outcome in claim.outcomes]
    names = [POPULATION, *groups, *(output.name for output in claim.outputs)]
    if again := repeated(names):
        for name in again:
            yield ("outcomes",), f"'{name}' is used more than once; each name stands for one group"
        return
    if claim.outcomes and claim.population is None:
        yield ("outcomes",), "are parts without a whole: add 'population', or make them 'outputs'"
        return
    unknown = [*_unknown_names(claim, groups)]
    yield from unknown
    if not unknown:
        yield from _problems_of_wholes(claim)


def _unknown_names(claim: Claim, groups: list[str]) -> Iterator[Problem]:
    wholes = [POPULATION, *groups]
    for position, outcome in enumerate(claim.outcomes):
        where = ("outcomes", position)
        yield from _unknown((*where, "within"), [outcome.within], wholes)
        yield from _unknown((*where, "of"), [outcome.of or POPULATION], wholes)
    yield from _unknown_exclusive(("exclusive",), claim.exclusive, groups)
    for position, reading in enumerate(claim.readings):
        here = ("readings", position)
        yield from _unknown((*here, "within"), reading.within, groups)
        yield from _unknown((*here, "within"), reading.within.values(), wholes)
        yield from _unknown_exclusive((*here, "exclusive"), reading.exclusive, groups)


def _problems_of_wholes(claim: Claim) -> Iterator[Problem]:
    within = {outcome.name: outcome.within for outcome in claim.outcomes}
    bases = {outcome.name: outcome.of or outcome.within for outcome in claim.outcomes}
    if _has_circle(within) or _has_circle(bases):
        yield ("outcomes",), "lie within each other in a circle; each chain must end at the population"
        return
    for position, outcome in enumerate(claim.outcomes):
        n, whole = claim.size(outcome.name), claim.size(outcome.within)
        if n > whole and outcome.precision != "at_most" and claim.precision(outcome.within) != "at_least":
            yield (
                ("outcomes", position),
                f"'{outcome.name}' counts {n}, more than its whole '{outcome.within}' with {whole}",
            )
    yield from _exclusive_and_within(("exclusive",), claim.exclusive, within)
    yield from _work_beside_exit(claim)
    for position, reading in enumerate(claim.readings):
        other = {**within, **reading.within}
        if _has_circle(other):
            yield ("readings", position, "within"), "puts groups within each other in a circle"
        else:
            yield from _exclusive_and_within(("readings", position, "exclusive"), reading.exclusive, other)


def _exclusive_and_within(
    where: tuple[str | int, ...], exclusive: Iterable[tuple[str, ...]], within: Mapping[str, str]
) -> Iterator[Problem]:
    for position, names in enumerate(exclusive):
        for name in names:
            whole = within[name]
            while whole != POPULATION:
                if whole in names:
                    yield (*where, position), f"'{name}' lies within '{whole}'; they cannot exclude each other"
                whole = within[whole]


def _work_beside_exit(claim: Claim) -> Iterator[Problem]:
    exits = [outcome.name for outcome in claim.outcomes if outcome.kind == "exit"]
    for position, outcome in enumerate(claim.outcomes):
        if exits and outcome.kind == "work_exit" and outcome.within not in exits:
            yield (
                ("outcomes", position, "within"),
                f"'{outcome.name}' left for work, so it lies within those who left: add 'within: {exits[0]}'",
            )


def _unknown(where: tuple[str | int, ...], names: Iterable[str], known: list[str]) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            yield where, f"unknown group '{name}'; {did_you_mean(name, known)}"


def _unknown_exclusive(
    where: tuple[str | int, ...], exclusive: Iterable[tuple[str, ...]], groups: list[str]
) -> Iterator[Problem]:
    for position, names in enumerate(exclusive):
        if len(set(names)) < 2:
            yield (*where, position), "needs two or more different groups that exclude each other"
        yield from _unknown((*where, position), names, groups)


def _has_circle(parents: Mapping[str, str]) -> bool:
    for name in parents:
        seen: set[str] = set()
        whole = name
        while whole != POPULATION:
            if whole in seen:
                return True
            seen.add(whole)
            whole = parents[whole]
    return False
