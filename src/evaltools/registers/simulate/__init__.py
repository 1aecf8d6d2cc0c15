"""Simulated registers: a municipality in which nobody exists, and whose true effect is known.

`simulate` makes a plain municipality of any size with one programme. `write_simulated`
makes the registers of the programme files, in which the published counts come out to the
person, as the extract shows them in hindsight; `published_counts` counts them. The model and its formulas stand in
``docs/methods.md``; every number of it, with its source or as an assumption, in `Scenario`.
"""

from evaltools.registers.simulate.counting import published_counts
from evaltools.registers.simulate.model import Simulation, simulate
from evaltools.registers.simulate.municipality import count_day, simulate_municipality
from evaltools.registers.simulate.scenario import Scenario
from evaltools.registers.simulate.truth import Effect, ProgrammeTruth, Truth
from evaltools.registers.simulate.writing import Written, write_simulated

__all__ = [
    "Effect",
    "ProgrammeTruth",
    "Scenario",
    "Simulation",
    "Truth",
    "Written",
    "count_day",
    "published_counts",
    "simulate",
    "simulate_municipality",
    "write_simulated",
]
