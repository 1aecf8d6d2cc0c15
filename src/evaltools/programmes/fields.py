"""The types of a programme file's fields, and the errors of its checks."""

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictStr

NAME = r"^[a-z][a-z0-9_]*$"
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
NOTEBOOK = r"^[a-z0-9]+([_-][a-z0-9]+)*$"
MUNICIPALITY = r"^GM[0-9]{4}$"
PARTIAL_DAY = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"

MOST = 100_000_000
"""More than there are people or benefits to count."""
UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
"""Unicode categories of characters that steer a text and are not seen."""

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


class ProblemsError(ValueError):
    """Everything that a check of one block found, so that all of it is reported at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(sentence for _, sentence in self.problems))


def _plain(text: str) -> str:
    text = text.strip()
    if not text:
        raise ValueError("is empty; expected text")
    if re.search(r"[<>\\]|\.\./", text) or any(unicodedata.category(letter) in UNSEEN for letter in text):
        raise ValueError("has markup, a path or an unseen character in it; expected plain text")
    return text


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, dt.date | int) and not isinstance(value, bool) else value


def _calendar_day(text: str) -> str:
    """Refuse a month or day that no calendar has."""
    try:
        dt.date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
    except ValueError:
        raise ValueError(f"'{text}' is no year, month or day; write 2020, 2020-09 or 2020-09-03") from None
    return text


Text = Annotated[StrictStr, AfterValidator(_plain)]
Name = Annotated[StrictStr, Field(pattern=NAME)]
Slug = Annotated[StrictStr, Field(pattern=SLUG)]
NotebookName = Annotated[StrictStr, Field(pattern=NOTEBOOK)]
MunicipalityCode = Annotated[StrictStr, Field(pattern=MUNICIPALITY)]
PartialDay = Annotated[str, BeforeValidator(_as_text), Field(pattern=PARTIAL_DAY), AfterValidator(_calendar_day)]
Size = Annotated[int, Field(strict=True, ge=1, le=MOST)]
CountOrZero = Annotated[int, Field(strict=True, ge=0, le=MOST)]
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Euro = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
Parameter = bool | int | float | str


class Block(BaseModel):
    """A block of a programme file: frozen, and no key that is not declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def repeated(names: Iterable[str]) -> list[str]:
    """Names that occur more than once, each once."""
    return [name for name, times in Counter(names).items() if times > 1]
