"""A register in memory: of a simulation, of a test, of tables that a researcher made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from evaltools.errors import InvalidDataError, did_you_mean
from evaltools.registers.store import Origin, Register
from evaltools.registers.tables import FORMS, TABLES


@dataclass(frozen=True, repr=False)
class HeldRegister(Register):
    """A register of which the tables are in memory; see `hold`."""

    held: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def _stored(self, table: str, columns: list[str]) -> pd.DataFrame:
        return self.held[table][columns]


def hold(
    tables: Mapping[str, pd.DataFrame],
    *,
    municipality: str,
    extract_day: pd.Timestamp | str,
    is_simulated: bool,
) -> Register:
    """Make a register of tables in memory; all that reads a `Register` reads it.

    Parameters
    ----------
    tables
        By name, each with columns of its declaration; what is not given is missing.
    extract_day
        The register says nothing of later days.

    Returns
    -------
    Register

    Raises
    ------
    InvalidDataError
        When a table or column is not declared, or holds what its type or code list does not take.

    Examples
    --------
    >>> people = pd.DataFrame({"person_id": ["a"], "municipality": ["GM0197"]})
    >>> hold({"persons": people}, municipality="GM0197", extract_day="2020-06-30", is_simulated=True)
    <Register GM0197, simulated, extract of 2020-06-30: persons 1>
    """
    if not re.fullmatch(FORMS["municipality"], municipality):
        raise InvalidDataError("the municipality", ["must be a CBS code, such as GM0197"])
    unknown = [f"has no table '{name}'; {did_you_mean(name, TABLES)}" for name in tables if name not in TABLES]
    if unknown:
        raise InvalidDataError("the register", unknown)
    held = {name: TABLES[name].frame(rows) for name, rows in tables.items()}
    day = pd.Timestamp(extract_day).strftime("%Y-%m-%d")
    origins = {
        name: Origin(
            extract_day=day, source="", is_simulated=is_simulated, profile="held", key_check="", n_rows=len(rows)
        )
        for name, rows in held.items()
    }
    if not origins:
        raise InvalidDataError("the register", ["has no tables; give at least one"])
    return HeldRegister(municipality, Path(), origins, held)
