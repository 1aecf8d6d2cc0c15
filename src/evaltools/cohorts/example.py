"""The cohort of the example register, for the examples in the help."""

from datetime import date
from typing import Any

from evaltools.cohorts.cohort import Cohort
from evaltools.cohorts.definitions import Definitions
from evaltools.cohorts.members import programme_cohort
from evaltools.programmes import example_programme
from evaltools.registers import example_register


def example_cohort(**choices: Any) -> Cohort:
    """Make the cohort of the five who were selected for ``proef`` on 2019-01-01, from `registers.example_register`.

    Parameters
    ----------
    **choices
        Fields of `Definitions`; the censoring day is 2021-05-31 when it is left out.

    Returns
    -------
    Cohort

    Examples
    --------
    >>> len(example_cohort())
    5
    """
    definitions = Definitions(**{"censoring_day": date(2021, 5, 31), **choices})
    return programme_cohort(example_register(), example_programme(), definitions=definitions)
