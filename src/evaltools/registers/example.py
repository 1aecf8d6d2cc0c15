"""A register of eight invented people, in memory: to try functions on, and what the examples in the help are made with."""

from io import StringIO

import pandas as pd

from evaltools.registers.held import hold
from evaltools.registers.store import Register

EXAMPLE_TABLES = {
    "persons": """\
person_id,municipality,birth_year,sex
Anna,GM0197,1980,2
Bram,GM0197,1975,1
Cora,GM0197,1990,2
Daan,GM0197,1968,1
Elif,GM0197,1996,2
Fred,GM0197,1972,1
Gina,GM0197,1985,2
Hugo,GM0197,1979,1
""",
    "benefit_spells": """\
person_id,benefit_id,scheme,first_day,last_day,exit_reason
Anna,1,01,2015-01-01,2019-05-31,11
Bram,2,01,2015-01-01,2019-05-31,11
Bram,3,01,2019-09-01,,
Cora,4,01,2015-01-01,,
Daan,5,01,2015-01-01,,
Elif,6,01,2015-01-01,2019-05-31,01
Fred,7,01,2015-01-01,,
Gina,8,01,2015-01-01,2019-03-31,11
Hugo,9,01,2015-01-01,,
""",
    "incomes": """\
person_id,month,kind,euro,hours_per_week
Anna,2020-01-01,11,1900,32
Cora,2020-01-01,11,400,8
""",
    "participations": """\
person_id,programme,status,selected_day
Anna,proef,selected,2019-01-01
Bram,proef,selected,2019-01-01
Cora,proef,selected,2019-01-01
Daan,proef,selected,2019-01-01
Elif,proef,selected,2019-01-01
""",
    "ladder_scores": """\
person_id,day,rung,variant,rater
Anna,2018-12-15,3,vng_6,coach
Anna,2019-06-10,6,vng_6,coach
Bram,2018-12-20,4,vng_6,coach
Bram,2019-06-10,3,vng_6,coach
Cora,2019-01-05,4,vng_6,coach
""",
    "household_visits": """\
household_id,programme,day,n_professionals,n_needs
huis-1,proef,2019-01-10,5,4
huis-1,proef,2019-09-10,2,1
huis-2,proef,2019-02-01,3,2
huis-2,proef,2019-10-01,3,2
huis-3,proef,2019-03-01,4,3
""",
    "placements": """\
placement_id,programme,employer_id,hours_per_week,offered_day,filled_day,person_id,last_day
1,proef,bakkerij,24,2019-02-01,2019-03-01,Anna,
2,proef,bakkerij,24,2019-02-01,2019-03-01,Bram,2019-06-30
3,proef,kwekerij,16,2019-02-01,,,
""",
}


def example_register() -> Register:
    """Make a register of eight invented people in Aalten: five in the programme ``proef``, three others.

    Each call makes a new one. It is too small to show how late exits are registered, so cohorts need a
    ``censoring_day``; `cohorts.example_cohort` has one.

    Returns
    -------
    Register
        Extract of 2021-06-30, with all tables but ``provisions``.

    Examples
    --------
    >>> example_register().read("benefit_spells", ["person_id", "last_day"]).tail(3)
      person_id   last_day
    6      Fred        NaT
    7      Gina 2019-03-31
    8      Hugo        NaT
    """
    tables = {name: pd.read_csv(StringIO(text), dtype="str") for name, text in EXAMPLE_TABLES.items()}
    return hold(tables, municipality="GM0197", extract_day="2021-06-30", is_simulated=True)
