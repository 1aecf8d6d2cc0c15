"""One of our tables out of a delivery: the rows that the profile asks for, in our types."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaltools.registers.extracts.convert import Trouble, convert, joined
from evaltools.registers.extracts.delivery import Column, Delivery
from evaltools.registers.extracts.profile import ColumnMapping, Layout, Profile, TableMapping
from evaltools.registers.extracts.values import day_number, is_number, written
from evaltools.registers.pseudonyms import Key
from evaltools.registers.tables import Table

MOST_DIGITS = 18
"""Of a whole number that fits 64 bits."""
NO_RANK = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One table of a delivery on its way to the store.

    Attributes
    ----------
    rows
        In the declared types; what was wrong is missing. Rows of one municipality stand together.
    keys
        What makes a row one of its kind, within its municipality: numbers for identifiers.
    municipality
        CBS code of each row, shape (n rows,).
    places
        Row of the delivery that each row came from, counted from 0.
    troubles
        What was wrong, each with our column.
    n_not_asked
        Rows of the delivery that the profile leaves out.
    n_earlier
        Rows that another one of the same key says better, or the same.
    unknown
        Rows with a code that an open list does not have, by our column and code.
    """

    table: Table
    rows: pd.DataFrame
    keys: pd.DataFrame
    municipality: NDArray[Any]
    places: NDArray[np.int64]
    troubles: tuple[tuple[str, Trouble], ...]
    n_not_asked: int
    n_earlier: int
    unknown: Mapping[str, int]


def take(
    delivery: Delivery, table: Table, mapping: TableMapping, codes: NDArray[Any], profile: Profile, key: Key
) -> Part:
    """Take one table out of a delivery, in our types."""
    places = np.flatnonzero(_asked_for(delivery, mapping))
    homes, order = _together(codes[places])
    places = places[order]
    same: dict[str, NDArray[Any]] = {}
    values: dict[str, pd.Series[Any]] = {}
    troubles: list[tuple[str, Trouble]] = []
    for name, source in mapping.columns.items():
        if source.column and not all(column in delivery.columns for column in source.column):
            continue
        made = convert(
            source_column(delivery, source, table.kind(name)).take(places), table, name, source, profile.layout, key
        )
        values[name] = made.typed
        if made.same is not None:
            same[name] = made.same
        troubles += [(name, trouble) for trouble in made.troubles]
    where = codes[places]
    if "municipality" in table.columns:
        values["municipality"] = pd.Series(where, dtype="str")
    nothing = pd.Series([None] * len(places))
    rows = pd.DataFrame(
        {name: values[name] if name in values else nothing.astype(table.dtype(name)) for name in table.columns}
    )
    keys = pd.DataFrame({name: same.get(name, rows[name]) for name in table.key}).assign(municipality=homes[order])
    is_whole = rows[list(table.key)].notna().all(axis=1).to_numpy()
    latest, more = _chosen(delivery, rows, keys, mapping, profile.layout, places, is_whole)
    troubles += more
    whole = latest.all()
    return Part(
        table=table,
        rows=rows if whole else rows[latest].reset_index(drop=True),
        keys=keys if whole else keys[latest].reset_index(drop=True),
        municipality=where[latest],
        places=places[latest],
        troubles=tuple((name, Trouble(found.rule, found.sentence, found.rows[latest])) for name, found in troubles),
        n_not_asked=delivery.n_rows - len(places),
        n_earlier=int((~latest).sum()),
        unknown=_unknown_codes(rows[latest], table),
    )


def _is_same(text: str, value: str) -> bool:
    """Compare codes: a source that lost its leading zeros or writes capitals must not lose its rows as well."""
    if is_number(text) and is_number(value):
        return int(text) == int(value)
    return text.casefold() == value.casefold()


def asks_for_any(delivery: Delivery, mapping: TableMapping) -> bool:
    """Whether any row holds what ``only_where`` asks for; ``only_filled`` may well find none."""
    return bool(_asked_for(delivery, mapping.model_copy(update={"only_filled": None})).any())


def _asked_for(delivery: Delivery, mapping: TableMapping) -> NDArray[np.bool_]:
    asked = np.ones(delivery.n_rows, dtype=bool)
    for name, values in mapping.only_where.items():
        column = delivery.columns[name]
        wanted = [item is not None and any(_is_same(written(item), value) for value in values) for item in column.cells]
        asked &= np.array(wanted)[column.positions]
    if mapping.only_filled:
        column = delivery.columns[mapping.only_filled]
        asked &= np.array([item is not None for item in column.cells])[column.positions]
    return asked


def _unknown_codes(rows: pd.DataFrame, table: Table) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in table.columns:
        code_list = table.code_list(name)
        if code_list and code_list.is_open:
            counts = rows[name].value_counts()
            others = counts[(counts > 0) & ~counts.index.isin(list(code_list.by_code))]
            found |= {f"{name} {code}": int(n) for code, n in sorted(others.items())}
    return found


def _together(codes: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give a number to each municipality, and the order that brings its rows together; what is missing comes first."""
    homes = pd.Categorical(codes).codes.astype(np.int64)
    return homes, np.argsort(homes, kind="stable")


def _chosen(
    delivery: Delivery,
    rows: pd.DataFrame,
    keys: pd.DataFrame,
    mapping: TableMapping,
    layout: Layout,
    places: NDArray[np.int64],
    is_whole: NDArray[np.bool_],
) -> tuple[NDArray[np.bool_], list[tuple[str, Trouble]]]:
    """Which rows are taken where a source has several for one key, and what cannot be ordered.

    The latest of each key; a row without a whole key stays. Then of rows that say the same
    one: a month may hold a record twice, for a second income. What differs stays, to be told
    as a duplicate.
    """
    chosen = pd.Series(data=True, index=rows.index)
    troubles: list[tuple[str, Trouble]] = []
    if mapping.latest_by:
        ranks = {name: _rank(delivery.columns[name].take(places), layout) for name in mapping.latest_by}
        for name, rank in ranks.items():
            if (rank == NO_RANK).any():
                sentence = f"neither a whole number nor a day written as {layout.days} in '{name}', by which the latest is taken"
                troubles.append(("", Trouble("not_a_number", sentence, rank == NO_RANK)))
        group = keys.groupby(list(keys), sort=False, dropna=False, observed=True).ngroup()
        order = pd.DataFrame(ranks).groupby(list(ranks), sort=True).ngroup()
        chosen = (order == order.groupby(group).transform("max")) | ~is_whole
        for rank in ranks.values():  # what cannot be ordered is told, not taken for the oldest
            chosen |= rank == NO_RANK
    if mapping.latest_by or mapping.distinct:
        again = rows[chosen & is_whole].assign(home=keys["municipality"]).duplicated()
        chosen[again.index[again]] = False
    return chosen.to_numpy(), troubles


def _rank(column: Column, layout: Layout) -> NDArray[np.int64]:
    ranks = []
    for value in column.cells:
        text = str(value)
        day = day_number(value, layout.days)
        is_whole = is_number(text) and len(text) <= MOST_DIGITS
        ranks.append(day if day is not None else int(text) if is_whole else NO_RANK)
    return np.array(ranks, dtype=np.int64)[column.positions]


def source_column(delivery: Delivery, mapping: ColumnMapping, kind: str) -> Column:
    """Find the column of a mapping in a delivery, or make it of a value for every row."""
    if mapping.column is None:
        return Column((mapping.value, None), np.zeros(delivery.n_rows, dtype=np.int32))
    return joined([delivery.columns[name] for name in mapping.column], kind)
