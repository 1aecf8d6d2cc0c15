"""Notebooks that make pages without being listed in a programme file."""

from collections.abc import Collection
from typing import NamedTuple

from evaltools.batch.gate import STATLINE
from evaltools.batch.parameters import is_meant_to_run, read_declared
from evaltools.errors import ReportError
from evaltools.project import Project

PROGRAMME, MUNICIPALITY = "programme", "municipality"
"""Parameters that the plan fills in, where a notebook declares them."""


class Standing(NamedTuple):
    """Notebooks that make pages without being listed in a programme file.

    Attributes
    ----------
    of_municipality
        Those that ask for a municipality and no programme, and read its register.
    of_all
        Those that ask for a programme, or for none: of all programmes together.
    of_method
        Those that ask for neither.
    of_figures
        Those that ask for no programme and read the figures of CBS: of a municipality, or of neither.
    """

    of_municipality: list[str]
    of_all: list[str]
    of_method: list[str]
    of_figures: list[str]


def standing_notebooks(project: Project, asked: Collection[str] = ()) -> Standing:
    """Name the notebooks that make pages without being listed by a programme.

    One that cannot be read is among those of a municipality, so that it is refused by name rather than passed over; not
    one that some programme asks for (``asked``), nor one without a cell of parameters: that is for people.
    """
    standing = Standing([], [], [], [])
    for path in sorted(project.notebooks.glob("*.ipynb")):
        try:
            declared = read_declared(path).defaults
        except ReportError:
            if path.stem not in asked and is_meant_to_run(path):
                standing.of_municipality.append(path.stem)
            continue
        if PROGRAMME in declared:
            if MUNICIPALITY not in declared and declared[PROGRAMME] == "":
                standing.of_all.append(path.stem)
        elif declared.get(STATLINE) is True and path.stem not in asked:
            standing.of_figures.append(path.stem)
        elif MUNICIPALITY in declared:
            standing.of_municipality.append(path.stem)
        elif path.stem not in asked:
            standing.of_method.append(path.stem)
    return standing
