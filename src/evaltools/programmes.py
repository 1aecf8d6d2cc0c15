"""Programme files: what a programme is, for whom, and what was published about it.

One YAML file per programme in ``programmes/``; its file name is the programme's
slug. `Programme` is the whole file as frozen models, one class per block. A file
is read strictly: an unknown key, a value out of range or a part without a whole
is refused, and every problem of the file is reported at once with its line.

Where a model of this module has ``n``, ``precision`` says how the text gives it:
``exact``, ``about``, ``at_least`` ("ruim") or ``at_most`` ("bijna").
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from evaltools import yaml_files
from evaltools.errors import ProgrammeError, did_you_mean
from evaltools.project import find_project
from evaltools.reference import municipality_names

POPULATION = "population"
"""The name by which ``within`` and ``of`` mean the claim's whole population."""

MOST_OUTCOMES = 12
"""A claim with k groups has up to 2^k kinds of members, which the overlap is solved over."""

Precision = Literal["exact", "about", "at_least", "at_most"]
Unit = Literal["persons", "residents", "households", "benefits", "employers"]
Stage = Literal["on_benefit", "selected", "offered", "approached", "started", "completed"]
Design = Literal[
    "rct",
    "phased_start",
    "difference_in_differences",
    "matched",
    "historical_cohort",
    "benchmark",
    "before_after",
]
Kind = Literal[
    "exit",
    "work_exit",
    "still_on_benefit",
    "part_time_work",
    "paid_job",
    "trajectory",
    "participation",
    "education",
    "ladder_step",
    "waiting_time",
    "household_help",
]

Problem = tuple[tuple[str | int, ...], str]
"""Where in the file (keys and positions), and a sentence."""


class Problems(ValueError):
    """Everything that a check of one block found, so that all of it is reported at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(sentence for _, sentence in self.problems))


def _plain(text: str) -> str:
    text = text.strip()
    if not text:
        raise ValueError("is empty; expected text")
    if re.search(r"[<>\\\x00-\x1f\x7f]|\.\./", text):
        raise ValueError("has markup, a path or a control character in it; expected plain text")
    return text


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, dt.date | int) and not isinstance(value, bool) else value


Text = Annotated[StrictStr, AfterValidator(_plain)]
Name = Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Slug = Annotated[StrictStr, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
NotebookName = Annotated[StrictStr, Field(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$")]
MunicipalityCode = Annotated[StrictStr, Field(pattern=r"^GM[0-9]{4}$")]
PartialDay = Annotated[str, BeforeValidator(_as_text), Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
Size = Annotated[int, Field(strict=True, ge=1)]
CountOrZero = Annotated[int, Field(strict=True, ge=0)]
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Euro = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
Parameter = bool | int | float | str


class Block(BaseModel):
    """A block of a programme file: frozen, and no key that is not declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
    within: dict[Name, Name] = {}
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
    follow_up_months: Size | None = None
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
        assert outcome.share is not None  # noqa: S101  (one of the two: checked when read)
        return int(outcome.share * self.size(outcome.of or outcome.within) + 0.5)

    def outcome(self, name: str) -> Outcome:
        """The outcome of that name."""
        return next(outcome for outcome in self.outcomes if outcome.name == name)

    @model_validator(mode="after")
    def _parts_have_a_whole(self) -> Self:
        problems = list(_problems_of_claim(self))
        if problems:
            raise Problems(problems)
        return self


class Target(Block):
    """What a programme wants to reach, in how many months, and out of how many.

    ``extra`` is true when the target is on top of what would happen anyway.
    ``municipalities`` share the target (all of the programme when left out).
    ``populations`` are the wholes that sources give for it.
    """

    name: Name
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
    together_with: Output | None = None
    populations: tuple[Population, ...] = ()
    source: Source


class Costs(Block):
    """A published sum of money: what is invested, and what ``n`` exits would save in a year."""

    municipality: MunicipalityCode
    label: Text
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
    """When the programme ran; both days inclusive."""

    first_day: dt.date
    last_day: dt.date
    precision: Literal["exact", "about"] = "exact"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError("last_day comes before first_day")
        return self


class NotebookUse(Block):
    """A notebook to run for the programme, with parameters other than its defaults."""

    name: NotebookName
    parameters: dict[str, Parameter] = {}

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
    aims: tuple[Kind, ...] = ()
    notebooks: tuple[NotebookUse, ...] = Field(min_length=1)
    claims: tuple[Claim, ...] = ()
    targets: tuple[Target, ...] = ()
    costs: tuple[Costs, ...] = ()
    notes: tuple[Note, ...] = ()
    sources: tuple[Source, ...] = ()

    def claims_in(self, municipality: str) -> tuple[Claim, ...]:
        """Claims about that municipality."""
        return tuple(claim for claim in self.claims if claim.municipality == municipality)

    def targets_in(self, municipality: str) -> tuple[Target, ...]:
        """Targets that the municipality has a share in, each with the municipalities that share it."""
        shared = (
            target.model_copy(update={"municipalities": target.municipalities or self.municipalities})
            for target in self.targets
        )
        return tuple(target for target in shared if municipality in target.municipalities)

    def sources_for(self, municipality: str) -> tuple[Source, ...]:
        """Every source of what the file says about that municipality, each once."""
        found = [claim.source for claim in self.claims_in(municipality)]
        for target in self.targets_in(municipality):
            found += [target.source, *(people.source for people in target.populations if people.source)]
        found += [costs.source for costs in self.costs_in(municipality)]
        found += [note.source for note in self.notes]
        return tuple(dict.fromkeys([*found, *self.sources]))

    def costs_in(self, municipality: str) -> tuple[Costs, ...]:
        """Published sums about that municipality."""
        return tuple(costs for costs in self.costs if costs.municipality == municipality)

    @field_validator("municipalities")
    @classmethod
    def _known_once(cls, codes: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        known = (info.context or {}).get("municipalities", {})
        problems: list[Problem] = [
            (
                (position,),
                f"unknown municipality '{code}'; {did_you_mean(code, known)}. "
                "A new one goes into data/raw/reference/municipalities.csv",
            )
            for position, code in enumerate(codes)
            if code not in known
        ]
        problems += [((), f"names {code} more than once") for code in _repeated(codes)]
        if problems:
            raise Problems(problems)
        return codes

    @field_validator("notebooks")
    @classmethod
    def _each_once(cls, uses: tuple[NotebookUse, ...]) -> tuple[NotebookUse, ...]:
        if repeated := _repeated(use.name for use in uses):
            raise Problems(((), f"names {name} more than once") for name in repeated)
        return uses

    @model_validator(mode="after")
    def _about_its_own_municipalities(self) -> Self:
        problems: list[Problem] = []
        for key in ("claims", "costs"):
            for position, block in enumerate(getattr(self, key)):
                problems += self._elsewhere((key, position, "municipality"), [block.municipality])
        for position, target in enumerate(self.targets):
            problems += self._elsewhere(("targets", position, "municipalities"), target.municipalities)
        if problems:
            raise Problems(problems)
        return self

    def _elsewhere(self, where: tuple[str | int, ...], codes: Iterable[str]) -> list[Problem]:
        return [
            (where, f"{code} is not among the programme's municipalities; "
             f"{did_you_mean(code, self.municipalities)}")
            for code in codes
            if code not in self.municipalities
        ]  # fmt: skip


def read_programme(slug: str, folder: Path | None = None) -> Programme:
    """Read one programme file.

    Parameters
    ----------
    slug
        Name of the file without ``.yaml``.
    folder
        Where the files are; by default ``programmes/`` of the project that the
        current folder lies in.

    Raises
    ------
    ProgrammeError
        When there is no such file, or with every problem in it.
    """
    folder = folder or find_project().programmes
    slugs = [path.stem for path in folder.glob("*.yaml")]
    if slug not in slugs:
        raise ProgrammeError(f"programme '{slug}'", [f"is not in {folder.name}/; {did_you_mean(slug, slugs)}"])
    path = folder / f"{slug}.yaml"
    subject = f"{folder.name}/{path.name}"
    try:
        document = yaml_files.read(path)
    except yaml_files.Unreadable as error:
        raise ProgrammeError(subject, [str(error)]) from None
    problems = list(document.duplicate_keys())
    context = {"municipalities": municipality_names()}
    try:
        programme = Programme.model_validate({**document.data, "<file name>": slug}, context=context)
    except ValidationError as error:
        # A value of the file may stand in the cause; the sentences below say what matters.
        problems += _sentences(error)
    if problems:
        problems.sort(key=lambda problem: document.line(problem[0]))
        raise ProgrammeError(subject, [document.locate(*problem) for problem in problems])
    return programme


def list_programmes(folder: Path | None = None) -> list[str]:
    """Slugs of all programme files, in alphabetical order."""
    return sorted(path.stem for path in (folder or find_project().programmes).glob("*.yaml"))


def _problems_of_claim(claim: Claim) -> Iterable[Problem]:
    names = [outcome.name for outcome in claim.outcomes]
    wholes = [POPULATION, *names]
    for name in _repeated([*wholes, *(output.name for output in claim.outputs)]):
        yield ("outcomes",), f"'{name}' is used more than once; each name stands for one group"
    if claim.outcomes and claim.population is None:
        yield ("outcomes",), "are parts without a whole: add 'population', or make them 'outputs'"
        return
    unknown = False
    for position, outcome in enumerate(claim.outcomes):
        for key, whole in (("within", outcome.within), ("of", outcome.of or POPULATION)):
            if whole not in wholes:
                unknown = True
                yield ("outcomes", position, key), f"unknown group '{whole}'; {did_you_mean(whole, wholes)}"
    yield from _unknown_groups(("exclusive",), claim.exclusive, names)
    for position, reading in enumerate(claim.readings):
        yield from _unknown_groups(("readings", position, "exclusive"), reading.exclusive, names)
        for part, whole in reading.within.items():
            if part not in names:
                yield ("readings", position, "within"), f"unknown group '{part}'; {did_you_mean(part, names)}"
            if whole not in wholes:
                yield ("readings", position, "within"), f"unknown group '{whole}'; {did_you_mean(whole, wholes)}"
    if unknown or len(set(wholes)) < len(wholes):
        return
    parents = {outcome.name: outcome.within for outcome in claim.outcomes}
    bases = {outcome.name: outcome.of or outcome.within for outcome in claim.outcomes}
    if _has_circle(parents) or _has_circle(bases):
        yield ("outcomes",), "lie within each other in a circle; each chain must end at the population"
        return
    for position, outcome in enumerate(claim.outcomes):
        if claim.size(outcome.name) > claim.size(outcome.within):
            yield ("outcomes", position), (
                f"'{outcome.name}' counts {claim.size(outcome.name)}, more than its whole "
                f"'{outcome.within}' with {claim.size(outcome.within)}"
            )
    for position, reading in enumerate(claim.readings):
        known = set(reading.within) <= set(names) and set(reading.within.values()) <= set(wholes)
        if known and _has_circle({**parents, **reading.within}):
            yield ("readings", position, "within"), "puts groups within each other in a circle"


def _unknown_groups(
    where: tuple[str | int, ...], groups: Iterable[tuple[str, ...]], names: list[str]
) -> Iterable[Problem]:
    for position, group in enumerate(groups):
        if len(set(group)) < 2:
            yield (*where, position), "needs two or more different groups that exclude each other"
        for name in group:
            if name not in names:
                yield (*where, position), f"unknown group '{name}'; {did_you_mean(name, names)}"


def _has_circle(parents: Mapping[str, str]) -> bool:
    for name in parents:
        seen = {name}
        while (name := parents.get(name, POPULATION)) != POPULATION:
            if name in seen:
                return True
            seen.add(name)
    return False


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _sentences(error: ValidationError) -> Iterable[Problem]:
    for detail in error.errors():
        where = detail["loc"]
        cause = detail.get("ctx", {}).get("error")
        match detail["type"]:
            case "extra_forbidden":
                key = str(where[-1])
                yield where, f"unknown key '{key}'; {did_you_mean(key, _keys_at(where[:-1]))}"
            case "missing":
                yield where[:-1], f"the key '{where[-1]}' is missing"
            case "literal_error":
                allowed = _allowed_at(where)
                yield where, f"unknown value '{detail['input']}'; {did_you_mean(str(detail['input']), allowed)}"
            case "string_pattern_mismatch":
                pattern = detail["ctx"]["pattern"]
                yield where, f"'{detail['input']}' has not the form that is expected here ({pattern})"
            case "value_error" if isinstance(cause, Problems):
                yield from (((*where, *inner), sentence) for inner, sentence in cause.problems)
            case "value_error":
                yield where, str(cause)
            case _:
                yield where, detail["msg"][0].lower() + detail["msg"][1:]


def _keys_at(where: tuple[str | int, ...]) -> list[str]:
    model = _type_at(where)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    return [name for name, field in model.model_fields.items() if field.alias is None]


def _allowed_at(where: tuple[str | int, ...]) -> list[str]:
    kind = _type_at(where)
    options = get_args(kind)
    return [str(option) for option in options if isinstance(option, str)]


def _type_at(where: tuple[str | int, ...]) -> Any:
    kind: Any = Programme
    for key in where:
        if isinstance(key, int):
            kind = next(iter(get_args(kind)), kind)
        elif isinstance(kind, type) and issubclass(kind, BaseModel) and key in kind.model_fields:
            kind = kind.model_fields[key].annotation
            kind = next((part for part in get_args(kind) if _is_block(part)), kind)
    return kind


def _is_block(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
