"""Registers that are drawn for a validation, and the programme in them."""

from typing import Any

from evaltools.cohorts import Definitions
from evaltools.programmes import Programme
from evaltools.registers import Register, hold
from evaltools.registers.simulate import ProgrammeTruth, Scenario, simulate

SOURCE = "het gesimuleerde register van evaltools"
FROM_SELECTION = Definitions(start="selected")
"""Everybody whom the coach picks counts, whether or not they start: that is whose truth is known."""
_NAME = "programme"
DRAWN_PROGRAMME = Programme.model_validate(
    {
        "<file name>": _NAME,
        "name": "Getrokken programma",
        "about": "Een programma in een gesimuleerd register.",
        "municipalities": ("GM0000",),
        "design": "matched",
        "notebooks": ("validation",),
        "sources": ({"title": SOURCE},),
    },
    context={"municipalities": {"GM0000": "Nergens"}},
)
"""The programme of a `Scenario`, by its name and that of its municipality."""


def draw(**scenario: Any) -> tuple[Register, ProgrammeTruth]:
    """Draw a register with one programme, and what is true of it."""
    made = simulate(Scenario(**scenario))
    register = hold(made.tables, municipality=made.municipality, extract_day=made.extract_day, is_simulated=True)
    return register, made.truth.of(_NAME)
