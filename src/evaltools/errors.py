"""The errors a user can meet.

::

    EvaltoolsError
    ├── ProgrammeError     a programme file says something that cannot be
    ├── InvalidDataError   data or reference figures are not what was declared
    ├── DisclosureError    something would be shown that may not be shown
    └── ReportError        a report cannot be planned, run or published

Each carries every problem that its stage found, as sentences that say where the
problem is, what is expected and what to do. None carries a value of a person: no
identifier, date or free text from a register. The batch shows their text and hides
that of all others, by name: so none may be called like an error of another package,
such as the ``DataError`` of every database driver, which quotes values.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class EvaltoolsError(Exception):
    """Base of all errors that are shown without a traceback.

    Parameters
    ----------
    subject
        What has the problems: a file, a table, a report.
    problems
        One sentence per problem.

    Examples
    --------
    >>> print(ProgrammeError("programmes/a.yaml", ["line 2: no name", "line 4: n is -1"]))
    programmes/a.yaml has 2 problems:
    - line 2: no name
    - line 4: n is -1
    """

    def __init__(self, subject: str, problems: Iterable[str]) -> None:
        self.subject = subject
        self.problems = tuple(problems)
        super().__init__(self.subject, self.problems)

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return f"{self.subject}: {self.problems[0]}"
        lines = "\n".join(f"- {problem}" for problem in self.problems)
        return f"{self.subject} has {len(self.problems)} problems:\n{lines}"


class ProgrammeError(EvaltoolsError):
    """A programme file says something that cannot be."""


class InvalidDataError(EvaltoolsError):
    """Data or reference figures are not what was declared."""


class DisclosureError(EvaltoolsError):
    """Something would be shown that may not be shown."""


class ReportError(EvaltoolsError):
    """A report cannot be planned, run or published."""


def printable(text: str) -> str:
    r"""Take out what a terminal or a file cannot show: control characters but line ends, half characters.

    Examples
    --------
    >>> printable("a\x1b[31mb\ud800")
    'a[31mb?'
    """
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(letter for letter in whole if letter.isprintable() or letter == "\n")


def many(n: int, noun: str) -> str:
    """Write a number of things.

    Examples
    --------
    >>> many(1, "row"), many(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> listed(["2015", "2016", "2017"]), listed(["GM0197", "GM0222"], "or"), listed(["2015"])
    ('2015, 2016 and 2017', 'GM0197 or GM0222', '2015')
    """
    *before, end = words
    return f"{', '.join(before)} {last} {end}" if before else end


MOST_NAMES = 20


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Say what is allowed, and which of it was probably meant.

    A list of more than `MOST_NAMES` is not written out.

    Examples
    --------
    >>> did_you_mean("outcome", ["outcomes", "outputs"])
    "did you mean 'outcomes'? Allowed: outcomes, outputs"
    >>> did_you_mean("x", ["outcomes", "outputs"])
    'allowed: outcomes, outputs'
    """
    names = sorted(allowed)
    close = get_close_matches(word, names, n=1)
    listed = ", ".join(names) if len(names) <= MOST_NAMES else f"{len(names)} others"
    if close:
        return f"did you mean '{close[0]}'? Allowed: {listed}"
    return f"allowed: {listed}" if names else "none is allowed here"
