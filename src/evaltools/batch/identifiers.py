"""The identifiers of persons in registers, which may stand on no page."""

from collections.abc import Callable, Container, Iterator, Sequence

from evaltools.project import Project
from evaltools.registers import open_register
from evaltools.registers.store import stored_municipalities
from evaltools.registers.tables import TABLES


def identifiers_of(project: Project, municipality: str) -> frozenset[str]:
    """Read the identifiers in the register of a municipality: of persons, benefits, households, employers.

    Raises
    ------
    InvalidDataError
        When there is a register and it cannot be read.
    """
    if municipality not in stored_municipalities(project):
        return frozenset()
    register = open_register(municipality, project)
    found: set[str] = set()
    for name in register.tables:
        columns = [column for column in TABLES[name].columns if TABLES[name].kind(column) == "identifier"]
        if columns:
            rows = register.read(name, columns)
            found.update(*(rows[column].dropna().unique() for column in columns))
    return frozenset(found)


class _Asked:
    """Holds nothing, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.words: set[str] = set()

    def __contains__(self, word: object) -> bool:
        self.words.add(str(word))
        return False


def identifiers_on(
    project: Project, codes: Sequence[str], looks: Sequence[Callable[[Container[str]], Iterator[str]]]
) -> Container[str]:
    """Read the identifiers of registers; of more than one only those that stand on a page: all do not fit in memory."""
    if len(codes) == 1:
        return identifiers_of(project, codes[0])
    asked = _Asked()
    for look in looks:
        list(look(asked))
    return frozenset(word for code in codes for word in asked.words & identifiers_of(project, code))
