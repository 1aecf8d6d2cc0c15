"""Days in a text, in any usual way of writing."""

import re
from collections.abc import Collection, Iterator
from datetime import date

_MONTHS = {
    "januari january jan": 1,
    "februari february feb": 2,
    "maart march mrt mar": 3,
    "april apr": 4,
    "mei may": 5,
    "juni june jun": 6,
    "juli july jul": 7,
    "augustus august aug": 8,
    "september sept sep": 9,
    "oktober october okt oct": 10,
    "november nov": 11,
    "december dec": 12,
}
MONTHS = {name: number for names, number in _MONTHS.items() for name in names.split()}
"""Number of each month by its Dutch or English name, in full or short."""

_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_YEAR = r"([0-9]{4}|(?<=['/-])[0-9]{2})(?![0-9])"
_BETWEEN = r" ?[-/.] ?"
_YEAR_FIRST = re.compile(rf"(?<![0-9])([0-9]{{4}})({_BETWEEN})([0-9]{{1,2}})\2([0-9]{{1,2}})(?![0-9])")
_YEAR_LAST = re.compile(rf"(?<![0-9])([0-9]{{1,2}})({_BETWEEN}| )([0-9]{{1,2}})\2'?([0-9]{{4}})(?![0-9])")
# Two digits for a year between dots is a number of a section or a version.
_SHORT_YEAR_LAST = re.compile(r"(?<![0-9])([0-9]{1,2})( ?[-/] ?)([0-9]{1,2})\2'?([0-9]{2})(?![0-9])")
_TOGETHER = re.compile(r"(?<![0-9])(?<![0-9][.,])([0-9]{8})(?:[0-9]{6})?(?![0-9])")
_DAY_FIRST = re.compile(
    rf"(?<![0-9])([0-9]{{1,2}})(?:e|de|ste|st|nd|rd|th)?[ ./-]{{0,2}}(?:of )?({_NAME})[ .,/'-]{{0,3}}{_YEAR}"
)
_MONTH_FIRST = re.compile(
    rf"(?<![a-z])({_NAME})[ ./-]{{0,2}}([0-9]{{1,2}})(?:e|de|ste|st|nd|rd|th)?[ .,/'-]{{1,3}}{_YEAR}"
)
CENTURIES = range(18, 22)
"""Centuries in which a day of a person can be: other numbers are no years."""


def n_days(text: str, *, allowed: Collection[str] = ()) -> int:
    """Count the full days in a text that was made `plain`, but for those that are allowed.

    Parameters
    ----------
    allowed
        Days that may be shown, such as that of an extract; ISO.

    Examples
    --------
    >>> n_days("van 2019-03-14 tot 15 mrt. 2019 en 3/14/19"), n_days("in maart 2019"), n_days("31-2-2019")
    (2, 0, 0)
    >>> n_days("extract van 14 maart 2019", allowed=["2019-03-14"])
    0
    """
    found: dict[int, set[str]] = {}
    for place, day in days_of(text):
        found.setdefault(place, set()).add(day)
    return sum(readings.isdisjoint(allowed) for readings in found.values())


def days_of(text: str) -> Iterator[tuple[int, str]]:
    """Give each reading of what can be a day in a text that was made `plain`: where it ends, and the day (ISO).

    Examples
    --------
    >>> list(days_of("op 2-3-2019"))
    [(11, '2019-03-02'), (11, '2019-02-03')]
    """
    text = text.lower()
    for match in _YEAR_FIRST.finditer(text):
        yield from _readings(match, match[1], match[3], match[4])
    for match in _YEAR_LAST.finditer(text):
        yield from _readings(match, match[4], match[3], match[1])
        yield from _readings(match, match[4], match[1], match[3])
    for match in _SHORT_YEAR_LAST.finditer(text):
        yield from _readings(match, match[4], match[3], match[1])
    for match in _TOGETHER.finditer(text):
        digits = match[1]
        yield from _readings(match, digits[:4], digits[4:6], digits[6:])
        yield from _readings(match, digits[4:], digits[2:4], digits[:2])
    for match in _DAY_FIRST.finditer(text):
        yield from _readings(match, match[3], str(MONTHS[match[2]]), match[1])
    for match in _MONTH_FIRST.finditer(text):
        yield from _readings(match, match[3], str(MONTHS[match[1]]), match[2])


def _readings(match: re.Match[str], year: str, month: str, day: str) -> Iterator[tuple[int, str]]:
    """Give the day where there is such a day; a year of two digits is of this century and of the one before."""
    for whole in [f"19{year}", f"20{year}"] if len(year) == 2 else [year]:
        if int(whole[:2]) in CENTURIES and 1 <= int(month) <= 12 and int(day) > 0:
            try:
                yield match.end(), date(int(whole), int(month), int(day)).isoformat()
            except ValueError:
                continue
