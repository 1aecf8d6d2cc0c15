"""From an extract to the tables of one or more municipalities: all of it, or nothing."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from evaltools.errors import InvalidDataError, many
from evaltools.programmes import list_programmes
from evaltools.project import Project
from evaltools.reference import LIST_YEARS, municipality_names, which_municipality
from evaltools.registers.extracts import Delivery, Profile, read_extract
from evaltools.registers.extracts.convert import Trouble, municipalities
from evaltools.registers.extracts.profile import ColumnMapping, TableMapping
from evaltools.registers.extracts.take import Part, asks_for_any, source_column, take
from evaltools.registers.extracts.values import FIRST_YEAR
from evaltools.registers.pseudonyms import Key
from evaltools.registers.store import Origin, open_register, to_arrow, write_registers
from evaltools.registers.tables import FORMS, TABLES
from evaltools.registers.validation import findings

MOST_SET_ASIDE = 0.10
"""More than this share of the rows is no slip of the pen but a profile that does not fit."""
WITH_A_FORM = {"day", "month", "year", "count", "number", "code"}
"""Kinds of columns in which the words of a second header are wrong."""
NEVER_PLANNED = {"registered_day", "day", "month", "selected_day", "offered_day"}
"""Days of what has happened; a first or last day can be known before."""
MOST_NAMED = 5
FEWEST_IN_HEADER = 2
"""A row that is wrong in fewer columns than this is no header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What came in for one table.

    Attributes
    ----------
    n_rows
        Rows stored, by municipality.
    n_not_asked
        Rows that the profile leaves out (``only_where``, ``only_filled``).
    n_earlier
        Rows that a later one of the same key replaced (``latest_by``).
    n_set_aside
        Rows left out because they broke a rule, by the first rule that each broke.
    n_unknown
        Rows with a code that the official list does not have, by our column and code.
    lacking
        Optional columns that the source does not have.
    replaced
        What else there is to know of the tables that were there before.
    """

    table: str
    n_rows: Mapping[str, int]
    n_not_asked: int = 0
    n_earlier: int = 0
    n_set_aside: Mapping[str, int] = field(default_factory=dict)
    n_unknown: Mapping[str, int] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()

    def sentences(self) -> list[str]:
        """Say what did not come in as it was: left out, replaced, set aside, not known."""
        said = [
            (self.n_not_asked, "that the profile leaves out"),
            (self.n_earlier, "that a later one of the same key replaced"),
            *((n, f"set aside: {rule}") for rule, n in self.n_set_aside.items()),
            *(
                (n, f"with {column}, which is not in the official list; kept as it is")
                for column, n in self.n_unknown.items()
            ),
        ]
        sentences = [f"{many(n, 'row')} {what}" for n, what in said if n]
        return [*sentences, *(f"the source has no {column}" for column in self.lacking), *self.replaced]


def ingest(
    source: str | Path,
    profile: Profile,
    *,
    extract_day: dt.date,
    key: Key,
    project: Project,
    municipality: str | None = None,
    tables: Collection[str] = (),
    query: str | None = None,
    set_aside: bool = False,
    is_simulated: bool = False,
) -> list[Ingested]:
    """Read an extract, check it, and store its tables per municipality.

    Parameters
    ----------
    source
        Path of a file, or URL of a database.
    extract_day
        Day that the extract was made; it says nothing of later days.
    municipality
        CBS code of all rows, for a profile that names no column for it.
    tables
        Which tables of the profile the source holds; all when left out.
    set_aside
        Leave out rows that break a rule, and count them, instead of refusing the source.
    is_simulated
        The people in the source are invented: every page made from it says so.

    Raises
    ------
    InvalidDataError
        With everything that is wrong, or when more than one row in ten would be
        set aside. Nothing is written then, and what was stored before stays.
    """
    profile = profile.only(tables)
    names = municipality_names(project)
    _check_call(profile, extract_day, municipality, names)
    delivery = read_extract(source, profile, query=query)
    codes, troubles = _municipalities(delivery, profile, municipality, names)
    parts = [take(delivery, TABLES[name], mapping, codes, profile, key) for name, mapping in profile.tables.items()]
    programmes = list_programmes(project)
    broken = [_broken(part, extract_day, programmes) for part in parts]
    if troubles or (any(broken) and not set_aside):
        raise InvalidDataError(delivery.name, [*troubles, *_sentences(delivery, profile, parts, broken)])
    aside = [_aside(part, found, delivery, profile) for part, found in zip(parts, broken, strict=True)]
    origin = Origin(
        extract_day=extract_day.isoformat(),
        source=delivery.source,
        is_simulated=is_simulated,
        profile=profile.name,
        key_check=key.check,
    )
    before = _origins_before(project, pd.unique(codes))
    done: list[Ingested] = []
    registers: dict[str, dict[str, tuple[pa.Table, Origin]]] = {code: {} for code in sorted(pd.unique(codes))}
    for part, rules in zip(parts, aside, strict=True):
        kept = to_arrow(part.rows, part.table)
        if (rules != "").any():
            kept = kept.filter(pa.array(rules == ""))
        stored = _by_municipality(kept, part.municipality[rules == ""])
        n_set_aside = _by_rule(rules, part.municipality)
        for code, own_tables in registers.items():
            # A municipality without rows gets an empty table: one of an earlier extract would not fit the others.
            own = stored.get(code, kept.slice(0, 0))
            own_tables[part.table.name] = (own, replace(origin, n_set_aside=n_set_aside.get(code, {})))
        done.append(
            Ingested(
                table=part.table.name,
                n_rows={code: own.num_rows for code, own in stored.items()},
                n_not_asked=part.n_not_asked,
                n_earlier=part.n_earlier,
                n_set_aside=dict(Counter(rules[rules != ""].tolist())),
                n_unknown=part.unknown,
                lacking=_lacking(profile.tables[part.table.name], delivery),
                replaced=_replaced(part.table.name, before, origin),
            )
        )
    write_registers(registers, project=project)
    return done


def _check_call(profile: Profile, extract_day: dt.date, municipality: str | None, names: Mapping[str, str]) -> None:
    problems = []
    if municipality is None and profile.municipality is None:
        problems.append("names no column for the municipality; say which it is with --municipality")
    if municipality is not None and municipality not in names:
        problems.append(f"is asked for municipality '{municipality}'; {which_municipality(municipality, names)}")
    if extract_day.year < FIRST_YEAR:
        problems.append(f"is asked for an extract day before {FIRST_YEAR}")
    if extract_day > dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=1):
        problems.append("is asked for an extract day that has yet to come")
    if problems:
        raise InvalidDataError(f"profile {profile.name}", problems)


def _municipalities(
    delivery: Delivery, profile: Profile, asked: str | None, names: Mapping[str, str]
) -> tuple[NDArray[Any], list[str]]:
    """CBS code of each row, and what is wrong with them."""
    if profile.municipality is None:
        return np.full(delivery.n_rows, asked, dtype=object), []
    column = source_column(delivery, profile.municipality, "municipality")
    codes, troubles = municipalities(column, profile.municipality)
    about = f"municipality ({_quoted(profile.municipality)})"
    problems = [
        _sentence(about, trouble.sentence + _if_header(trouble.rows), np.flatnonzero(trouble.rows), delivery)
        for trouble in troubles
    ]
    # The codes stay unsaid: of a column that holds something else they would be values of persons.
    positions, different = pd.factorize(codes)
    is_known = np.array([code in names for code in different] + [True])[positions]
    if not is_known.all():
        advice = (
            f"a code that CBS gave no municipality from {LIST_YEARS[0]} to {LIST_YEARS[-1]}; map another column, or add a later "
            "code to data/raw/reference/municipalities.csv"
        )
        problems.append(_sentence(about, advice, np.flatnonzero(~is_known), delivery))
    is_other = is_known & np.array([asked is not None and code != asked for code in different] + [False])[positions]
    if is_other.any():
        advice = f"of another municipality than {asked}; leave out --municipality to take all that the source holds"
        problems.append(_sentence(about, advice, np.flatnonzero(is_other), delivery))
    return codes, problems


def _if_header(rows: NDArray[np.bool_]) -> str:
    return "; a second header? Take it out of the file" if rows[0] and rows.sum() == 1 else ""


def _broken(part: Part, extract_day: dt.date, programmes: list[str]) -> list[tuple[str, Trouble]]:
    """List what is wrong with a part: values that could not be read, and rules of the table that rows break."""
    nowhere = np.zeros(len(part.rows), dtype=bool)
    unread: dict[str, NDArray[np.bool_]] = {}
    for name, trouble in part.troubles:
        unread[name] = unread.get(name, nowhere) | trouble.rows
    broken = [(name, trouble) for name, trouble in part.troubles if trouble.rows.any()]
    for found in findings(part.rows, part.table, keys=part.keys):
        rows = found.rows.to_numpy().copy()
        for name in found.columns:
            # What could not be read is missing here, and told already; so is a row without a municipality.
            rows &= ~unread.get(name, nowhere)
        if rows.any() and found.column != "municipality":
            broken.append((found.column, Trouble(found.rule, found.sentence, rows)))
    return broken + _beyond_extract(part, extract_day) + _without_programme(part, programmes)


def _beyond_extract(part: Part, extract_day: dt.date) -> list[tuple[str, Trouble]]:
    """Find days of what cannot be planned that lie after the extract: it cannot be of that day."""
    found = []
    for name in part.table.columns:
        if name in NEVER_PLANNED:
            rows = (part.rows[name] > pd.Timestamp(extract_day)).to_numpy()
            if rows.any():
                sentence = f"a day after the extract day, {extract_day}; is --extract-day right?"
                found.append((name, Trouble("after_extract_day", sentence, rows)))
    return found


def _without_programme(part: Part, programmes: list[str]) -> list[tuple[str, Trouble]]:
    if "programme" not in part.table.columns:
        return []
    named = part.rows["programme"]
    rows = (named.notna() & named.str.fullmatch(FORMS["programme"]) & ~named.isin(programmes)).to_numpy(bool)
    sentence = f"a programme without a file in programmes/; there are: {', '.join(programmes)}"
    return [("programme", Trouble("unknown_programme", sentence, rows))] if rows.any() else []


def _sentences(
    delivery: Delivery,
    profile: Profile,
    parts: list[Part],
    broken: list[list[tuple[str, Trouble]]],
) -> list[str]:
    sentences = []
    for part, found in zip(parts, broken, strict=True):
        mapping = profile.tables[part.table.name]
        header, rest = _second_header(part, found)
        if header:
            sentences.append(
                f"{part.table.name}: {delivery.place(0)} fits none of its columns: a second header? Take it out of the file"
            )
        for name, trouble in rest:
            theirs = f" ({_quoted(mapping.columns[name])})" if name in mapping.columns else ""
            about = f"{part.table.name}.{name}{theirs}" if name else part.table.name
            sentences.append(_sentence(about, trouble.sentence, part.places[trouble.rows], delivery))
    return sentences


def _second_header(part: Part, found: list[tuple[str, Trouble]]) -> tuple[bool, list[tuple[str, Trouble]]]:
    """Whether the first row is wrong in every column that has a form, and what else is wrong."""
    first_row = np.flatnonzero(part.places == 0)
    if not len(first_row):
        return False, found
    at = int(first_row[0])
    formed = {
        name for name in part.table.columns if part.table.kind(name) in WITH_A_FORM and part.rows[name].notna().any()
    }
    first = {name for name, trouble in found if trouble.rows[at]}
    if len(formed) < FEWEST_IN_HEADER or not formed <= first:
        return False, found
    rest = [(name, _without(trouble, at)) for name, trouble in found]
    return True, [(name, trouble) for name, trouble in rest if trouble.rows.any()]


def _without(trouble: Trouble, row: int) -> Trouble:
    rows = trouble.rows.copy()
    rows[row] = False
    return Trouble(trouble.rule, trouble.sentence, rows)


def _sentence(about: str, sentence: str, places: NDArray[Any], delivery: Delivery) -> str:
    return f"{about}: {many(len(places), 'row')}, first {delivery.place(int(places.min()))}: {sentence}"


def _aside(part: Part, broken: list[tuple[str, Trouble]], delivery: Delivery, profile: Profile) -> NDArray[Any]:
    """For each row the first rule that it breaks, for which it is left out; empty for a row that stays.

    Raises
    ------
    InvalidDataError
        When the profile asks for rows that are not there, or too much would be left out.
    """
    name = part.table.name
    if not len(part.rows) and not asks_for_any(delivery, profile.tables[name]):
        raise InvalidDataError(delivery.name, [f"{name}: no row holds what only_where in the profile asks for"])
    rules = np.full(len(part.rows), "", dtype=object)
    for _, trouble in broken:
        rows = trouble.rows & ~_said_once(part) if trouble.rule == "duplicate" else trouble.rows
        rules[rows & (rules == "")] = trouble.rule
    n_aside = int((rules != "").sum())
    if n_aside > MOST_SET_ASIDE * len(rules):
        most = f"{MOST_SET_ASIDE:.0%}"
        first = (
            f"{name}: {many(n_aside, 'row')} of {len(rules):,} would be set aside, and {most} is the most; "
            "mend the profile or the source"
        )
        raise InvalidDataError(delivery.name, [first, *_sentences(delivery, profile, [part], [broken])])
    return rules


def _by_rule(rules: NDArray[Any], where: NDArray[Any]) -> dict[str, dict[str, int]]:
    """Count the rows that were left out by municipality and rule."""
    counts: dict[str, dict[str, int]] = {}
    for (code, rule), n in Counter(zip(where[rules != ""], rules[rules != ""], strict=True)).items():
        counts.setdefault(code, {})[rule] = n
    return counts


def _said_once(part: Part) -> NDArray[np.bool_]:
    """Which rows are the first of rows that are the same in everything, with no other row of their key."""
    first = ~part.rows.assign(home=part.keys["municipality"]).duplicated()
    said: NDArray[np.bool_] = first.to_numpy().copy()
    said[said] = ~part.keys[first].duplicated(keep=False).to_numpy()
    return said


def _by_municipality(rows: pa.Table, where: NDArray[Any]) -> dict[str, pa.Table]:
    """Cut rows that stand together by municipality; nothing is copied."""
    if not len(where):
        return {}
    begins = np.flatnonzero(np.r_[True, where[1:] != where[:-1]])
    ends = np.r_[begins[1:], len(where)]
    return {str(where[begin]): rows.slice(begin, end - begin) for begin, end in zip(begins, ends, strict=True)}


def _quoted(mapping: ColumnMapping) -> str:
    return (
        "their " + " and ".join(f"'{name}'" for name in mapping.column) if mapping.column else "a value of the profile"
    )


def _origins_before(project: Project, codes: Collection[str]) -> dict[str, Mapping[str, Origin]]:
    """Where the tables that are there come from, by municipality; without what is not there or cannot be read."""
    before: dict[str, Mapping[str, Origin]] = {}
    for code in sorted(codes):
        with suppress(InvalidDataError):
            before[code] = open_register(code, project).origins
    return before


def _replaced(table: str, before: Mapping[str, Mapping[str, Origin]], origin: Origin) -> tuple[str, ...]:
    """Say what a table takes the place of, where that is not simply an earlier extract."""
    said: dict[str, list[str]] = {}
    for code, there in before.items():
        if any(earlier.is_simulated for earlier in there.values()) and not origin.is_simulated:
            said.setdefault("took the place of the simulated register", []).append(code)
        elif table in there and there[table].extract_day > origin.extract_day:
            said.setdefault("took the place of a later extract", []).append(code)
        elif table in there and there[table].key_check != origin.key_check:
            said.setdefault("took the place of a table with pseudonyms of another key", []).append(code)
    return tuple(f"{what} of {_some(found)}" for what, found in said.items())


def _some(codes: list[str]) -> str:
    return ", ".join(codes[:MOST_NAMED]) + (f" and {len(codes) - MOST_NAMED} others" if len(codes) > MOST_NAMED else "")


def _lacking(mapping: TableMapping, delivery: Delivery) -> tuple[str, ...]:
    """List our columns that the source has no column for."""
    return tuple(
        name
        for name, column in mapping.columns.items()
        if any(theirs not in delivery.columns for theirs in column.column or ())
    )
