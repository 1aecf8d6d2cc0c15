"""A whole programme file: what a programme is, for whom, its targets, costs and claims."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Literal, Self

from pydantic import Field, StrictBool, ValidationInfo, field_validator, model_validator

from evaltools.errors import did_you_mean
from evaltools.programmes.claims import Claim, Population, Source
from evaltools.programmes.eligibility import Eligibility
from evaltools.programmes.fields import Design, Euro, Horizon, Kind, NotebookName, Parameter, Precision, Size, Unit
from evaltools.reference import LATER_CODE, which_municipality
from evaltools.yaml_models import MUNICIPALITY, Block, MunicipalityCode, Problem, ProblemsError, Slug, Text, repeated


class Partner(Block):
    """Who must take part to reach a target, such as a number of employers."""

    label: Text
    n: Size
    unit: Unit


class Target(Block):
    """What a programme wants to reach, in how many months, and out of how many.

    ``extra`` is true when the target is on top of what would happen anyway.
    ``municipalities`` share the target (all of the programme when left out).
    ``populations`` are the wholes that sources give for it.
    """

    kind: Kind
    label: Text
    n: Size
    precision: Precision = "exact"
    as_published: Text | None = None
    unit: Unit
    months: Size
    extra: StrictBool = False
    municipalities: tuple[MunicipalityCode, ...] = ()
    priority_groups: tuple[Text, ...] = ()
    together_with: Partner | None = None
    populations: tuple[Population, ...] = ()
    source: Source

    @model_validator(mode="after")
    def _fits(self) -> Self:
        problems: list[Problem] = [
            (("populations", position, "n"), f"is {people.n}, fewer than the target of {self.n}")
            for position, people in enumerate(self.populations)
            if people.unit == self.unit and people.n < self.n and people.precision != "at_least"
        ]
        if problems:
            raise ProblemsError(problems)
        return self


class Costs(Block):
    """A published sum of money: what is invested, and what ``n`` exits would save in a year."""

    municipality: MunicipalityCode
    investment_euro: Euro
    investment_precision: Precision = "exact"
    n: Size
    saving_euro_each: Euro
    claimed_saving_euro: Euro | None = None
    source: Source


class Note(Block):
    """A published fact that a reader of the figures must know."""

    text: Text
    source: Source


class Period(Block):
    """When the programme ran; both days inclusive, the last empty where no source gives it."""

    first_day: dt.date
    last_day: dt.date | None = None
    precision: Literal["exact", "about"] = "exact"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_day and self.last_day < self.first_day:
            raise ValueError("last_day comes before first_day")
        return self


class NotebookUse(Block):
    """A notebook to run for the programme, with parameters other than its defaults."""

    name: NotebookName
    parameters: dict[str, Parameter] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class Programme(Block):
    """One programme file. ``slug`` is the name of the file without ``.yaml``."""

    slug: Slug = Field(alias="<file name>")
    name: Text
    about: Text
    municipalities: tuple[MunicipalityCode, ...] = Field(min_length=1)
    operator: Text | None = None
    period: Period | None = None
    design: Design
    eligibility: Eligibility = Field(default_factory=Eligibility)
    horizons_months: tuple[Horizon, ...] = ()
    aims: tuple[Kind, ...] = ()
    notebooks: tuple[NotebookUse, ...] = Field(min_length=1)
    claims: tuple[Claim, ...] = ()
    targets: tuple[Target, ...] = ()
    costs: tuple[Costs, ...] = ()
    notes: tuple[Note, ...] = ()
    sources: tuple[Source, ...] = ()

    def claims_in(self, municipality: str) -> tuple[Claim, ...]:
        """Find the claims about that municipality."""
        return tuple(claim for claim in self.claims if claim.municipality == municipality)

    def targets_in(self, municipality: str) -> tuple[Target, ...]:
        """Find the targets that the municipality has a share in, each with the municipalities that share it."""
        shared = (
            target.model_copy(update={"municipalities": target.municipalities or self.municipalities})
            for target in self.targets
        )
        return tuple(target for target in shared if municipality in target.municipalities)

    def sources_for(self, municipality: str) -> tuple[Source, ...]:
        """List every source of what the file says about that municipality, each once."""
        found: list[Source] = []
        for claim in self.claims_in(municipality):
            found += [
                claim.source,
                *([claim.population.source] if claim.population and claim.population.source else []),
            ]
        for target in self.targets_in(municipality):
            found += [target.source, *(people.source for people in target.populations if people.source)]
        found += [costs.source for costs in self.costs_in(municipality)]
        found += [note.source for note in self.notes]
        return tuple(dict.fromkeys([*found, *self.sources]))

    def costs_in(self, municipality: str) -> tuple[Costs, ...]:
        """Find the published sums about that municipality."""
        return tuple(costs for costs in self.costs if costs.municipality == municipality)

    @field_validator("municipalities", mode="before")
    @classmethod
    def _known(cls, words: object, info: ValidationInfo) -> object:
        known = (info.context or {}).get("municipalities", {})
        problems: list[Problem] = [
            ((position,), _unknown(word, known))
            for position, word in enumerate(words if isinstance(words, list) else ())
            if isinstance(word, str) and word not in known
        ]
        if problems:
            raise ProblemsError(problems)
        return words

    @field_validator("municipalities")
    @classmethod
    def _once(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        if again := repeated(codes):
            raise ProblemsError(((), f"names {code} more than once") for code in again)
        return codes

    @field_validator("horizons_months")
    @classmethod
    def _rising(cls, months: tuple[int, ...]) -> tuple[int, ...]:
        if list(months) != sorted(set(months)):
            raise ValueError("must be different and rise, such as [6, 12, 18]")
        return months

    @field_validator("notebooks")
    @classmethod
    def _each_once(cls, uses: tuple[NotebookUse, ...]) -> tuple[NotebookUse, ...]:
        if again := repeated(use.name for use in uses):
            raise ProblemsError(((), f"names {name} more than once") for name in again)
        return uses

    @model_validator(mode="after")
    def _about_its_own_municipalities(self) -> Self:
        problems: list[Problem] = [
            (("costs",), f"give more than one sum for {code}; keep one, the tables tell no two apart")
            for code in repeated(costs.municipality for costs in self.costs)
        ]
        for key in ("claims", "costs"):
            for position, block in enumerate(getattr(self, key)):
                problems += self._elsewhere((key, position, "municipality"), [block.municipality])
        for position, target in enumerate(self.targets):
            problems += self._elsewhere(("targets", position, "municipalities"), target.municipalities)
        problems += [
            (("municipalities", position), f"nothing has a source for {code}; name one under 'sources'")
            for position, code in enumerate(self.municipalities)
            if not self.sources_for(code)
        ]
        if problems:
            raise ProblemsError(problems)
        return self

    def _elsewhere(self, where: tuple[str | int, ...], codes: Iterable[str]) -> list[Problem]:
        allowed = self.municipalities
        return [
            (where, f"{code} is not among the programme's municipalities; {did_you_mean(code, allowed)}")
            for code in codes
            if code not in allowed
        ]


def _unknown(word: str, known: Mapping[str, str]) -> str:
    meant = which_municipality(word, known)
    later = f"{'' if meant.endswith('?') else '.'} {LATER_CODE}" if re.fullmatch(MUNICIPALITY, word) else ""
    return f"unknown municipality '{word}'; {meant}{later}"
