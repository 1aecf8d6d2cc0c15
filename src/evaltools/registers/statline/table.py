"""A table of CBS StatLine in memory, and what the keys in it mean."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from evaltools.errors import InvalidDataError, did_you_mean, many

NUMBERED = re.compile(r"(?P<base>.+)_(?P<number>[0-9]+)")
"""Key of a topic: its number changes between editions, its place among those of one name does not."""
PERIODS = "Perioden"
PERIOD = re.compile(r"(?P<year>[0-9]{4})(?P<kind>[A-Z]{2})(?P<number>[0-9]{2})")
PERIOD_NUMBERS = {"JJ": range(1), "KW": range(1, 5), "MM": range(1, 13)}
"""Kinds of periods that are read: years, quarters, months; with the numbers that they have."""
LARGEST = 2**53
"""Whole numbers beyond it are not kept apart."""
YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
REGION_KINDS = {
    "NL[0-9]{2}": "country",
    "LD[0-9]{2}": "landsdeel",
    "PV[0-9]{2}": "province",
    "CR[0-9]{2}": "corop",
    "AM[0-9]{2}": "labour_market_region",
    "GM[0-9]{4}": "municipality",
    "WK[0-9]{4}[0-9A-Z]{2}": "district",
    "BU[0-9]{4}[0-9A-Z]{4}": "neighbourhood",
}


@dataclass(frozen=True, eq=False, kw_only=True)
class StatLine:
    """One table of CBS StatLine.

    Attributes
    ----------
    table
        Its name at CBS, such as ``84066NED``.
    title, version, period
        As CBS gives them: ``version`` is when it was last modified. Empty for an export, which does not tell.
    rows
        One row per combination of the dimensions. Topics have no number: the first ``Instroom_4`` is ``Instroom``, the
        second of that name ``Instroom_2``. Numbers are ``Int64`` or ``Float64``; what is unknown or secret is missing.
    dimensions
        The columns that say what a row is about; keys of CBS without the spaces around them.
    not_applicable
        Where a figure is missing because it cannot occur, by row and topic; None where the source does not tell the two apart
        (OData has null for both).
    """

    table: str
    title: str = ""
    version: str = ""
    period: str = ""
    rows: pd.DataFrame
    dimensions: tuple[str, ...]
    not_applicable: pd.DataFrame | None = None

    @property
    def topics(self) -> tuple[str, ...]:
        """Columns that are figures or texts, in the order of CBS."""
        return tuple(str(name) for name in self.rows if name not in self.dimensions)

    @property
    def years(self) -> tuple[int, ...]:
        """Years that it says to be about: those of its periods, or of its description when it has none."""
        if PERIODS in self.dimensions:
            return tuple(sorted({parse_period(key)[0] for key in self.rows[PERIODS].unique()}))
        return tuple(sorted({int(year) for year in YEAR.findall(self.period)}))

    @property
    def year(self) -> int | None:
        """The one year that it is about; None when it says none or more."""
        return self.years[0] if len(self.years) == 1 else None

    def __repr__(self) -> str:
        return f"<{self._about()}: {', '.join(self.dimensions)}; {many(len(self.topics), 'topic')}>"

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><th scope='row' style='text-align:left'>{escape(name)}</th>"
            f"<td>{self.rows[name].nunique():,}</td><td>{int(self.rows[name].isna().sum()):,}</td></tr>"
            for name in (*self.dimensions, *self.topics)
        )
        return (
            f"<table><caption style='white-space:nowrap;text-align:left'><strong>{escape(self._about())}</strong></caption>"
            "<thead><tr><th scope='col' style='text-align:left'>column</th><th scope='col'>different values</th>"
            f"<th scope='col'>missing</th></tr></thead><tbody>{cells}</tbody></table>"
        )

    def _about(self) -> str:
        title = f" {self.title}" if self.title else ""
        version = f", version {self.version}" if self.version else ""
        return f"StatLine {self.table}{title}{version}, {many(len(self.rows), 'row')}"


def parse_period(key: str) -> tuple[int, str, int]:
    """Read the key of a period.

    Parameters
    ----------
    key
        As CBS writes it: ``2017JJ00`` is a year, ``2017KW01`` a quarter, ``2017MM12`` a month.

    Returns
    -------
    tuple
        Year, kind (``JJ``, ``KW`` or ``MM``) and number; a year has number 0.

    Raises
    ------
    InvalidDataError
        When it is none of these.

    Examples
    --------
    >>> parse_period("2017JJ00"), parse_period("2019KW04")
    ((2017, 'JJ', 0), (2019, 'KW', 4))
    """
    found = PERIOD.fullmatch(key.strip())
    kind = found["kind"] if found else ""
    if found and kind in PERIOD_NUMBERS and int(found["number"]) in PERIOD_NUMBERS[kind]:
        return int(found["year"]), kind, int(found["number"])
    if found and kind in PERIOD_NUMBERS:
        numbers = PERIOD_NUMBERS[kind]
        advice = f"{kind} has numbers {numbers[0]:02} to {numbers[-1]:02}"
    elif found:
        year, number = found["year"], found["number"]
        advice = did_you_mean(key, [f"{year}JJ00", f"{year}KW{number}", f"{year}MM{number}"])
    else:
        advice = "write 2017JJ00, 2017KW01 or 2017MM01"
    raise InvalidDataError(f"period '{key}'", [f"is no year, quarter or month of CBS; {advice}"])


def region_kind(code: str) -> str:
    """Say what kind of region a code of CBS is.

    Parameters
    ----------
    code
        Such as ``GM0197``.

    Returns
    -------
    str
        ``country``, ``landsdeel``, ``province``, ``corop``, ``labour_market_region``, ``municipality``, ``district``,
        ``neighbourhood``, or ``other``.

    Examples
    --------
    >>> [region_kind(code) for code in ("NL01", "GM0197", "A007394", "GM19")]
    ['country', 'municipality', 'other', 'other']
    """
    return next((kind for form, kind in REGION_KINDS.items() if re.fullmatch(form, code)), "other")


def topic_names(keys: Iterable[str], subject: str) -> dict[str, str]:
    """Name topics without their number; the second of one base name gets ``_2``, in the order of the numbers.

    Raises
    ------
    InvalidDataError
        When two topics would get one name, or a topic has no number.

    Examples
    --------
    >>> topic_names(["Inwoners_1", "Instroom_4", "Instroom_5"], "a table")
    {'Inwoners_1': 'Inwoners', 'Instroom_4': 'Instroom', 'Instroom_5': 'Instroom_2'}
    """
    parts = {key: NUMBERED.fullmatch(key) for key in keys}
    unnumbered = [key for key, found in parts.items() if found is None]
    if unnumbered:
        raise InvalidDataError(subject, [f"has a topic '{key}' without a number at its end" for key in unnumbered])
    seen: Counter[str] = Counter()
    names = {}
    for key, found in sorted(parts.items(), key=lambda part: int(part[1]["number"]) if part[1] else 0):
        base = found["base"] if found else key
        seen[base] += 1
        names[key] = base if seen[base] == 1 else f"{base}_{seen[base]}"
    again = [name for name, n in Counter(names.values()).items() if n > 1]
    if again:
        raise InvalidDataError(subject, [f"has two topics that would both be called '{name}'" for name in again])
    return {key: names[key] for key in parts}


def numbers(values: Iterable[int | float | None], *, has_decimals: bool) -> pd.Series:
    """Make a column of figures: whole ones when none has decimals.

    Raises
    ------
    InvalidDataError
        When one is so large that it is no count of anything.
    """
    values = list(values)
    if any(value is not None and abs(value) > LARGEST for value in values):
        raise InvalidDataError("a topic", [f"has a figure beyond {LARGEST:,}; it is no count of anything"])
    known = np.array([np.nan if value is None else value for value in values], dtype="float64")
    nullable = pd.Series(pd.arrays.FloatingArray(np.nan_to_num(known), np.isnan(known)))
    return nullable if has_decimals else nullable.astype("Int64")


def checked(columns: Mapping[str, pd.Series], dimensions: tuple[str, ...], subject: str) -> pd.DataFrame:
    """Put columns together: one row per combination of dimensions, each of which is filled.

    Raises
    ------
    InvalidDataError
        When there is no dimension, topic or row, a key is empty, a period cannot be read, or a combination comes twice.
    """
    rows = pd.DataFrame(dict(columns))
    if not dimensions or len(dimensions) == len(columns):
        raise InvalidDataError(
            subject, [f"has {len(dimensions)} dimensions and {len(columns) - len(dimensions)} topics"]
        )
    if not len(rows):
        raise InvalidDataError(subject, ["has no rows; CBS may be filling it, fetch it later"])
    problems = [
        f"{name}: {many(int(empty.sum()), 'row')} without a key, first row {int(empty.argmax()) + 1}"
        for name in dimensions
        if (empty := rows[name] == "").any()
    ]
    if PERIODS in dimensions:
        problems += _wrong_periods(rows[PERIODS])
    again = rows.duplicated(list(dimensions))
    if again.any():
        problems.append(
            f"has {many(int(again.sum()), 'row')} again for its dimensions, first row {int(again.argmax()) + 1}"
        )
    if problems:
        raise InvalidDataError(subject, problems)
    return rows


def _wrong_periods(keys: pd.Series) -> list[str]:
    """Count keys that are no period; they are not quoted, since it may be the wrong file."""
    wrong = [not _is_period(key) for key in keys]
    if not any(wrong):
        return []
    return [f"{PERIODS}: {many(sum(wrong), 'row')} with no period such as 2017JJ00, first row {wrong.index(True) + 1}"]


def _is_period(key: str) -> bool:
    try:
        parse_period(key)
    except InvalidDataError:
        return False
    return True
