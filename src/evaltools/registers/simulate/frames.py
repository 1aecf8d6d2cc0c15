"""The declared tables of a register, from the arrays of a simulation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from evaltools.registers import codes
from evaltools.registers.simulate.careers import PARTNER, REASONS
from evaltools.registers.simulate.extract import Extract
from evaltools.registers.simulate.people import COUPLE, NEVER, OTHER, People
from evaltools.registers.simulate.selection import Chosen
from evaltools.registers.simulate.setting import Setting
from evaltools.registers.simulate.trajectories import KINDS, Ladder, Trajectories
from evaltools.registers.tables import TABLES

SAME_FOR_PARTNER = ("02", "31", "32", "33", "34", "35", "07", "98")
"""Reasons that hold for both of a couple; for any other the partner's is 97, for 97 the partner found work."""


@dataclass(frozen=True)
class Names:
    """Pseudonyms, by household: of its persons, of the household, and of its benefits.

    Attributes
    ----------
    couples
        Rows of the couples, in the order of ``partner``.
    """

    person: np.ndarray
    couples: np.ndarray
    partner: np.ndarray
    household: np.ndarray


def pseudonyms(rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw identifiers of 32 hexadecimal digits.

    Examples
    --------
    >>> [len(name) for name in pseudonyms(np.random.default_rng(1), 2)]
    [32, 32]
    """
    text = rng.bytes(16 * n).hex()
    return np.array([text[start : start + 32] for start in range(0, 32 * n, 32)], dtype=object)


def draw_names(people: People, setting: Setting) -> Names:
    """Draw the pseudonyms; two households of the type "other" share an address."""
    rng = setting.stream("names")
    couples = np.flatnonzero(people.household_type == COUPLE)
    household = pseudonyms(rng, len(people))
    others = np.flatnonzero(people.household_type == OTHER)
    pairs = len(others) // 2
    household[others[1 : 2 * pairs : 2]] = household[others[0 : 2 * pairs : 2]]
    return Names(pseudonyms(rng, len(people)), couples, pseudonyms(rng, len(couples)), household)


def persons(people: People, names: Names, setting: Setting) -> pd.DataFrame:
    """Make the table of persons, in no order of meaning."""
    rng = setting.stream("partners")
    n, couples = len(people), names.couples
    who = np.concatenate([np.arange(n), couples])
    is_partner = np.arange(len(who)) >= n
    year = 1970 + (setting.calendar.first_month + people.birth_month[who]) // 12
    # The elder of a couple is followed, so that the first AOW of the two ends the benefit of both.
    year = np.where(is_partner, year + rng.integers(0, 9, len(who)), year)
    # A partner is an adult when the benefit begins.
    youngest = 1970 + (setting.calendar.first_month + people.begin_month[who]) // 12 - 19
    year = np.where(is_partner, np.minimum(year, youngest), year)
    sex = np.where(is_partner, 1 - people.sex[who], people.sex[who])
    order = rng.permutation(len(who))
    made = {
        "person_id": np.concatenate([names.person, names.partner]),
        "municipality": np.full(len(who), setting.place, dtype=object),
        "birth_year": year,
        "sex": _coded(sex, list(codes.SEX.by_code)),
        "household_type": _coded(people.household_type[who], list(codes.HOUSEHOLD_TYPE.by_code)),
        "household_id": names.household[who],
        "origin_status": _coded(people.origin_status[who], list(codes.ORIGIN_STATUS.by_code)),
        "neighbourhood": _coded(people.neighbourhood[who], list(setting.neighbourhoods)),
    }
    return TABLES["persons"].frame({column: values[order] for column, values in made.items()})


def benefit_spells(people: People, shown: Extract, names: Names, setting: Setting) -> pd.DataFrame:
    """Make the table of benefits; both of a couple have a row."""
    household, spell = np.nonzero(shown.first < NEVER)
    benefit = pseudonyms(setting.stream("benefits"), len(household))
    of_partner = np.flatnonzero(people.is_couple[household])
    at = np.concatenate([np.arange(len(household)), of_partner])
    partner = np.empty(len(people), dtype=object)
    partner[names.couples] = names.partner
    reason = shown.reason[household, spell].astype(np.int64)
    for_partner = _reasons_of_partner()[reason[of_partner]]
    person = np.concatenate([names.person[household], partner[household[of_partner]]])
    order = np.lexsort((at, household[at]))
    reasons = np.concatenate([reason, for_partner])
    made = {
        "person_id": person,
        "benefit_id": benefit[at],
        "scheme": _coded(people.scheme[household[at]], list(codes.SCHEME.by_code)),
        "first_day": _days(shown.first[household, spell][at]),
        "last_day": _days(shown.last[household, spell][at]),
        "exit_reason": _coded(reasons, list(REASONS)),
        "registered_day": _days(shown.registered[household, spell][at]),
        "exemption": _coded(people.exemption[household[at]], list(codes.EXEMPTION.by_code)),
    }
    return TABLES["benefit_spells"].frame(pd.DataFrame(made).iloc[order].reset_index(drop=True))


def participations(all_chosen: Sequence[Chosen], trajectories: Sequence[Trajectories], names: Names) -> pd.DataFrame:
    """Make the table of participations: the programme's arm, and that of comparison where there is one."""
    parts = [TABLES["participations"].frame({})]
    for chosen, own in zip(all_chosen, trajectories, strict=True):
        status = own.status()
        made = {
            "person_id": names.person[own.rows],
            "status": status,
            "selected_day": _days(chosen.day[own.rows]),
            "first_day": _days(own.first),
            "last_day": _days(own.last),
            "kind": _coded(own.kind, KINDS),
            "arm": "programme",
        }
        others = {
            "person_id": names.person[chosen.comparison],
            "status": "selected",
            "selected_day": _days(chosen.day[chosen.comparison]),
            "arm": "comparison",
        }
        parts += [
            TABLES["participations"].frame(pd.DataFrame({**rows, "programme": chosen.group.programme}))
            for rows in (made, others)
            if len(rows["person_id"])
        ]
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]


def ladder_scores(measured: Sequence[tuple[Ladder, float, str]], names: Names) -> pd.DataFrame:
    """Make the table of scores.

    Parameters
    ----------
    measured
        Measurements, the rungs by which the second differs, and who rated.
    """
    parts = []
    for ladder, moved, rater in measured:
        first = np.flatnonzero(ladder.first_day < NEVER)
        second = first[ladder.second_day[first] < NEVER]
        rungs = np.concatenate([ladder.first_score()[first], ladder.second_score(moved)[second]])
        parts.append({
            "person_id": names.person[ladder.rows[np.concatenate([first, second])]],
            "day": _days(np.concatenate([ladder.first_day[first], ladder.second_day[second]])),
            "rung": rungs.astype(str),
            "variant": np.full(len(rungs), "vng_6"),
            "rater": np.full(len(rungs), rater),
        })  # fmt: skip
    return _table("ladder_scores", parts)


def incomes(columns: Mapping[str, Any], names: Names) -> pd.DataFrame:
    """Make the table of incomes."""
    made = {**columns, "person_id": names.person[columns["household"]], "month": _days(columns["month"])}
    made["kind"] = pd.Categorical(columns["kind"], dtype=codes.INCOME_KIND.dtype)
    made.pop("household")
    return TABLES["incomes"].frame(made)


def provisions(columns: Mapping[str, Any], names: Names) -> pd.DataFrame:
    """Make the table of provisions."""
    made = {**columns, "person_id": names.person[columns["household"]]}
    made |= {name: _days(columns[name]) for name in ("first_day", "last_day")}
    made["end_reason"] = np.where(columns["end_reason"] == "", None, columns["end_reason"])
    made.pop("household")
    return TABLES["provisions"].frame(made)


def household_visits(parts: Sequence[Mapping[str, Any]], names: Names) -> pd.DataFrame:
    """Make the table of visits."""
    return _table(
        "household_visits",
        [
            {
                **{name: values for name, values in part.items() if name != "household"},
                "household_id": names.household[part["household"]],
                "day": _days(part["day"]),
            }
            for part in parts
        ],
    )


def placements(parts: Sequence[Mapping[str, Any]], names: Names, setting: Setting) -> pd.DataFrame:
    """Make the table of workplaces."""
    rng = setting.stream("workplaces")
    made = []
    for part in parts:
        columns = {name: values for name, values in part.items() if name not in {"household", "employer"}}
        columns |= {name: _days(part[name]) for name in ("offered_day", "filled_day", "last_day")}
        is_filled = part["household"] >= 0
        columns["placement_id"] = pseudonyms(rng, len(is_filled))
        columns["employer_id"] = pseudonyms(rng, int(part["employer"].max(initial=-1)) + 1)[part["employer"]]
        columns["person_id"] = np.where(is_filled, names.person[part["household"]], None)
        made.append(columns)
    return _table("placements", made)


def _table(name: str, parts: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    frames = [TABLES[name].frame(pd.DataFrame(part)) for part in parts]
    frames = [frame for frame in frames if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else TABLES[name].frame({})


def _days(days: np.ndarray) -> np.ndarray:
    """Turn days into dates; `NEVER` into no date."""
    return np.asarray(
        np.where(days >= NEVER, np.datetime64("NaT"), days.astype("datetime64[D]")).astype("datetime64[ms]")
    )


def _coded(positions: np.ndarray, values: Sequence[str]) -> Any:
    """Turn positions into their texts, as few objects; a negative one into none."""
    return pd.Categorical.from_codes(positions, categories=pd.Index(values))


def _reasons_of_partner() -> np.ndarray:
    """Reason of the partner by that of the other; the last is for a benefit that runs."""
    reasons = [position if code in SAME_FOR_PARTNER else PARTNER for position, code in enumerate(REASONS)]
    reasons[PARTNER] = REASONS.index("11")
    return np.array([*reasons, -1])
