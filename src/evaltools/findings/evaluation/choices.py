"""The choices that an evaluation rests on, printed on every page."""

import pandas as pd

from evaltools.cohorts import Definitions
from evaltools.disclosure import from_publications


@from_publications
def choices(definitions: Definitions) -> pd.DataFrame:
    """List every choice of the definitions, and whether it is the usual one.

    Returns
    -------
    pandas.DataFrame
        One row per choice: ``name``, ``value`` as a text, ``is_default``. They are settings: nothing of a person.
    """
    return definitions.frame()
