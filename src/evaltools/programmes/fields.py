"""The types of a programme file's fields."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictStr

NAME = r"^[a-z][a-z0-9_]*$"
NOTEBOOK = r"^[a-z0-9]+([_-][a-z0-9]+)*$"
PARTIAL_DAY = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"

MOST = 100_000_000
"""More than there are people or benefits to count."""
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


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, dt.date | int) and not isinstance(value, bool) else value


def _calendar_day(text: str) -> str:
    """Refuse a month or day that no calendar has."""
    try:
        dt.date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
    except ValueError:
        raise ValueError(f"'{text}' is no year, month or day; write 2020, 2020-09 or 2020-09-03") from None
    return text


Name = Annotated[StrictStr, Field(pattern=NAME)]
NotebookName = Annotated[StrictStr, Field(pattern=NOTEBOOK)]
PartialDay = Annotated[str, BeforeValidator(_as_text), Field(pattern=PARTIAL_DAY), AfterValidator(_calendar_day)]
Size = Annotated[int, Field(strict=True, ge=1, le=MOST)]
CountOrZero = Annotated[int, Field(strict=True, ge=0, le=MOST)]
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Euro = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
Months = Annotated[int, Field(strict=True, ge=0, le=1200)]
Horizon = Annotated[int, Field(strict=True, ge=1, le=120)]
Age = Annotated[int, Field(strict=True, ge=0, le=120)]
Parameter = bool | int | float | str
