"""What a piece of text holds that must not be published, whatever way it came there."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass

from evaltools.disclosure.scan.days import n_days
from evaltools.disclosure.scan.numbers import n_bsn
from evaltools.errors import many

BSN, PSEUDONYM, IDENTIFIER = "BSN-like number", "pseudonym", "identifier"
DAY, PRIVATE, FILE_PATH, TRACE = "full date", "private value", "file path", "trace of a program"
ADVICE = {
    BSN: "show counts of people, never their numbers",
    PSEUDONYM: "show counts of people, never their pseudonyms",
    IDENTIFIER: "show counts, never what is of one person, household or employer of the register",
    DAY: "show months or periods; a day of the register itself is declared where its table is protected",
    PRIVATE: "do not show parameters that were marked private",
    FILE_PATH: "name files by what is in them, not by where they are",
    TRACE: "show what the blocks of evaltools.reports make, not what a program prints",
}
"""The kinds of things that must not stand in a text, each with what to do."""

SHORTEST_PRIVATE = 3
"""Shorter private values are not looked for: they would be found in any text."""
SHORTEST_NUMBER = 6
"""Identifiers of fewer digits are not looked for: counts and years look the same."""

_ALIKE = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | dict.fromkeys("\u2018\u2019\u201b\u00b4\u0060", "'")
    | dict.fromkeys("\u201c\u201d\u201e", '"')
    | {"\u2800": " "}
)
"""Dashes, quotes and an empty Braille cell, each with the plain character."""
_INVISIBLE = {"Cc", "Cf", "Cs", "Mn", "Me"}
_FILLERS = "\u115f\u1160"
"""Hangul fillers: letters that nobody sees."""

_HEXADECIMAL = re.compile(
    r"(?<![0-9a-f])(?:[0-9a-f]{32,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f])", re.IGNORECASE
)
_WORD = re.compile(r"\w+(?:[-._/:]\w+)*")
_PART = re.compile(r"\w+")
_PATHS = re.compile(
    r"file:/+"
    r"|(?<!\w)[A-Za-z]:[\\/]"
    r"|(?<!\\)\\\\[\w.$-]+"
    r"|(?<![\w/.])~[\w.-]*[/\\]"
    r"|(?<![\w/.<~])/(?=[A-Za-z._])[\w.@%+-]+/[\w.@%+-]+"
    r"|(?<![\w/.<~])/(?:home|tmp|root|Users|var|mnt|media|opt|etc|usr|srv|data)\b"
)
_TRACES = re.compile(
    r"Traceback \(most recent call last\)|\bFile \"[^\"]*\", line|\bCell In ?\[|-{2,}> ?[0-9]+ "
    r"|\bat 0x[0-9a-f]+|\bDataFrame\b|\bdtype\b|\[[0-9]+ rows x [0-9]+ columns\]"
    r"|\b(?:Timestamp|Timedelta|array|Series)\(|\bdatetime\.\w+|<class '|<evaltools\b"
    r"|\b[A-Z]\w*(?:Error|Exception|Warning)\b"
    r"|\x1b|\[[0-9]{1,3}(?:;[0-9]{1,3})*m"
)

Found = Counter[tuple[str, str]]
"""How many of what kind were found where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to look for beside what is never published.

    Attributes
    ----------
    days
        Days that may be shown; ISO.
    identifiers
        Identifiers of the registers of this run.
    private
        Values of the parameters that were marked private.
    is_of_persons
        Whether the text is about persons: days are looked for then only.
    """

    days: Collection[str] = ()
    identifiers: Container[str] = frozenset()
    private: Collection[str] = ()
    is_of_persons: bool = True


def plain(text: str) -> str:
    r"""Write a text in one way: compatible letters alike, one kind of space and dash, nothing that cannot be seen.

    Examples
    --------
    >>> plain("１２３\u200b456\u00a0782"), plain("14\u20113\u20112019")
    ('123456 782', '14-3-2019')
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_ALIKE)).translate(_ALIKE)
        text = "".join(
            str(unicodedata.decimal(letter, letter))
            for letter in text
            if letter.isspace() or (unicodedata.category(letter) not in _INVISIBLE and letter not in _FILLERS)
        )
    else:
        text = "".join(letter for letter in text if letter.isprintable() or letter.isspace())
    return re.sub(r"\s+", " ", text)


def kinds_in(text: str, wanted: Wanted, *, is_money: bool = False) -> Counter[str]:
    """Count what a text holds that must not be published, by kind (see `ADVICE`).

    Parameters
    ----------
    is_money
        Whether numbers in the text are amounts of euros: they are no BSN then.

    Examples
    --------
    >>> dict(kinds_in("klant 123456782, sinds 14 maart 2019", Wanted()))
    {'BSN-like number': 1, 'full date': 1}
    """
    written = plain(text)
    found = {
        BSN: 0 if is_money else n_bsn(written),
        PSEUDONYM: len(_HEXADECIMAL.findall(written)),
        IDENTIFIER: sum(word in wanted.identifiers for word in _words(written)),
        DAY: n_days(written, allowed=wanted.days) if wanted.is_of_persons else 0,
        PRIVATE: sum(_n_times(plain(value).strip(), written) for value in set(wanted.private)),
        FILE_PATH: len(_PATHS.findall(written)),
        TRACE: len(_TRACES.findall(text)),
    }
    return Counter({kind: n for kind, n in found.items() if n})


def sentences(found: Found, advice: dict[str, str]) -> list[str]:
    """Say what was found: what kind of thing, how often and where, never the thing itself.

    Examples
    --------
    >>> sentences(Counter({(BSN, "a comment"): 2}), ADVICE)
    ['holds 2 BSN-like numbers in a comment; show counts of people, never their numbers']
    """
    return [f"holds {many(n, kind)} in {place}; {advice[kind]}" for (kind, place), n in sorted(found.items())]


def _words(text: str) -> Iterator[str]:
    """Give each word that can be an identifier, whole and in its parts."""
    for match in _WORD.finditer(text):
        for word in {match[0], *_PART.findall(match[0])}:
            if not (word.isdigit() and len(word) < SHORTEST_NUMBER):
                yield word


def _n_times(value: str, text: str) -> int:
    if len(value) < SHORTEST_PRIVATE:
        return 0
    return len(re.findall(rf"(?<!\w){re.escape(value)}(?!\w)", text))
