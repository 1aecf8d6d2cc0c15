"""Programme files: what a programme is, for whom, and what was published about it.

One YAML file per programme in ``programmes/``; its file name is the programme's
slug. `Programme` is the whole file as frozen models, one class per block. A file
is read strictly: an unknown key, a value out of range or a part without a whole
is refused, and every problem of the file is reported at once with its line.

Where a model has ``n``, ``precision`` says how the text gives it: ``exact``,
``about``, ``at_least`` ("ruim") or ``at_most`` ("bijna").
"""

from evaltools.programmes.claims import POPULATION, Claim, Outcome, Output, Population, Reading, Source
from evaltools.programmes.eligibility import Eligibility
from evaltools.programmes.example import example_programme
from evaltools.programmes.fields import Precision
from evaltools.programmes.programme import Costs, Note, NotebookUse, Partner, Period, Programme, Target
from evaltools.programmes.read import list_programmes, read_programme

__all__ = [
    "POPULATION",
    "Claim",
    "Costs",
    "Eligibility",
    "Note",
    "NotebookUse",
    "Outcome",
    "Output",
    "Partner",
    "Period",
    "Population",
    "Precision",
    "Programme",
    "Reading",
    "Source",
    "Target",
    "example_programme",
    "list_programmes",
    "read_programme",
]
