"""Registers in memory are read as those on disk are."""

import pandas as pd
import pytest

from evaltools.errors import InvalidDataError
from evaltools.registers import hold, quality
from evaltools.registers.simulate import Scenario, simulate
from evaltools.registers.tables import TABLES
from tests.small_registers import persons, spells, store

ROWS = {"persons": persons("a", "b"), "benefit_spells": spells(("a", "x", "2019-01-01"), ("b", "y", "2019-01-01"))}


def held(tables, **options):
    return hold(tables, **{"municipality": "GM0197", "extract_day": "2020-06-30", "is_simulated": True, **options})


def test_it_reads_as_what_is_stored(project):
    one, other = held(ROWS), store(project, **ROWS)
    assert one.tables == other.tables
    assert one.extract_day == other.extract_day
    assert one.is_simulated
    for name in TABLES:
        pd.testing.assert_frame_equal(one.read(name), other.read(name))
    columns = ["first_day", "person_id"]
    pd.testing.assert_frame_equal(one.read("benefit_spells", columns), other.read("benefit_spells", columns))
    pd.testing.assert_frame_equal(quality.delivered(one), quality.delivered(other))
    assert repr(one) == repr(other)


def test_a_simulation_can_be_held():
    made = simulate(Scenario(n_persons=300, seed=2))
    register = held(made.tables, municipality=made.municipality, extract_day=made.extract_day)
    assert len(register.persons) == 300
    assert register.tables == tuple(TABLES)


def test_what_is_not_declared_is_refused():
    with pytest.raises(InvalidDataError, match="did you mean 'persons'"):
        held({"person": ROWS["persons"]})
    with pytest.raises(InvalidDataError, match="has no column age"):
        held({"persons": {**ROWS["persons"], "age": [1, 2]}})
    with pytest.raises(InvalidDataError, match="has no tables"):
        held({})
    with pytest.raises(InvalidDataError, match="table 'person'"):
        held(ROWS).read("person")
