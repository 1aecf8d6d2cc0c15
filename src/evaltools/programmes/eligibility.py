"""Whom a programme is for, as a register can tell on a day."""

from typing import Literal, Self

from pydantic import Field, StrictBool, model_validator

from evaltools.programmes.fields import Age, Months
from evaltools.yaml_models import Block, Problem, ProblemsError, Text

Scheme = Literal["01", "02", "03"]


class Eligibility(Block):
    """Whom a programme is for. What is left out is no condition; all conditions together must hold.

    Attributes
    ----------
    schemes
        Codes of the benefit that must run: 01 algemene bijstand, 02 IOAW, 03 IOAZ. Any of them when left out.
    months_on_benefit_at_least, months_on_benefit_at_most
        How long the benefit must have run on that day, both inclusive.
    age_at_least, age_below
        Age that is reached in the year of that day: a register keeps the year of birth alone.
    origin_status
        ``status_holder`` for holders of a residence permit for asylum only, ``other`` for everybody else.
    neighbourhoods
        Codes or names of neighbourhoods, as the register has them.
    without_open_trajectory
        No provision and no other programme that began before that day and runs on it.
    """

    schemes: tuple[Scheme, ...] = ()
    months_on_benefit_at_least: Months | None = None
    months_on_benefit_at_most: Months | None = None
    age_at_least: Age | None = None
    age_below: Age | None = None
    origin_status: Literal["status_holder", "other"] | None = None
    neighbourhoods: tuple[Text, ...] = Field(default=())
    without_open_trajectory: StrictBool = False

    @model_validator(mode="after")
    def _leaves_somebody(self) -> Self:
        problems: list[Problem] = []
        if (
            self.months_on_benefit_at_least is not None
            and self.months_on_benefit_at_most is not None
            and self.months_on_benefit_at_most < self.months_on_benefit_at_least
        ):
            problems.append((("months_on_benefit_at_most",), "is less than months_on_benefit_at_least"))
        if self.age_at_least is not None and self.age_below is not None and self.age_below <= self.age_at_least:
            problems.append((("age_below",), "is not more than age_at_least"))
        if problems:
            raise ProblemsError(problems)
        return self
