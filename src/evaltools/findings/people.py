"""What every table of people says of itself before it passes the gate, so that tables of the same people are laid together."""

from typing import Any

import pandas as pd

from evaltools.cohorts import Cohort
from evaltools.disclosure import Table
from evaltools.registers import Register

EVERYBODY = "everybody"
"""Stands for the programme of a cohort that is of everybody in a register."""


def about_register(register: Register, **more: str) -> dict[str, str]:
    """Say which municipality a table is about, and what ``more`` names.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> about_register(SimpleNamespace(municipality="GM0197"), unit="households")
    {'municipality': 'GM0197', 'unit': 'households'}
    """
    return {"municipality": register.municipality, **more}


def about_cohort(cohort: Cohort, **more: str) -> dict[str, str]:
    """Say whom a table is about: the municipality, the programme and the group of a cohort, and what ``more`` names."""
    return about_register(cohort.register, programme=cohort.programme or EVERYBODY, group=cohort.group, **more)


def table_of(register: Register, rows: pd.DataFrame, *, about: dict[str, str], **declared: Any) -> Table:
    """Declare a table of a register: its day, source and whether it is simulated are those of the register.

    Parameters
    ----------
    rows
        One row per group, never per person.
    about
        As `about_register` or `about_cohort` makes it. Two tables that say the same of it, with the same labels and
        counts, show the same numbers.
    declared
        What each column is; see `disclosure.Table`.
    """
    return Table(
        rows=rows,
        about=about,
        as_of=register.extract_day.date(),
        source=f"register of {register.municipality}",
        is_simulated=register.is_simulated,
        **declared,
    )
