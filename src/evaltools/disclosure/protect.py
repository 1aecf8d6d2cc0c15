"""Counts of a register, of which few people are left out, and what else would tell how few."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaltools.disclosure.declaration import is_yes_or_no, register_days
from evaltools.disclosure.lattice import EXACT, Lattice, broken_sums, label_texts, lattice, merged
from evaltools.disclosure.protected import ProtectedTable, n_left_out, seal
from evaltools.disclosure.record import TOTAL, Cell, Record, State, joined
from evaltools.disclosure.rounding import bounds_of, coarse, nearest
from evaltools.disclosure.rules import LEAST_DEGREES_OF_FREEDOM, hidden_amounts, hidden_counts, trait_cells
from evaltools.disclosure.table import Estimate, Mean, Table, table_problems
from evaltools.errors import DisclosureError


def protect(table: Table) -> ProtectedTable:
    """Let a table of a register pass, without the numbers that tell of few people.

    Left out are counts of 1 to ``threshold`` - 1, and the cheapest set of further ones such that everybody who adds and
    subtracts what is left finds that each of those can be 0 and can be ``threshold``, and finds no hidden number to
    within ``threshold``. Means, shares and estimates go with the counts that they rest on.

    Raises
    ------
    DisclosureError
        When a column is not declared or is not what it is declared as, when rows are missing or do not add up.

    See Also
    --------
    protect_together : For tables that share a margin.
    ProtectedTable.only : For one table of which each report shows a part, such as its municipality.

    Notes
    -----
    Fischetti and Salazar-González (2001), Solving the cell suppression problem on tabular data with linear constraints,
    Management Science 47(7).

    Examples
    --------
    >>> rows = pd.DataFrame({"outcome": ["work", "partner", "other", "all"], "n": [38, 4, 66, 108]})
    >>> table = protect(Table(
    ...     rows=rows, counts=["n"], labels=["outcome"], words={"outcome": ["work", "partner", "other"]},
    ...     totals=["outcome"], shares={"share": ("n", "outcome")}, about={"municipality": "GM0197"}, source="register",
    ...     is_simulated=True,
    ... ))
    >>> table.rows["n"].tolist(), table.rows["share"].round(2).tolist()
    ([<NA>, <NA>, 66, 108], [nan, nan, 0.61, 1.0])
    """
    (made,) = _protected([table], "protect()")
    return made


def protect_together(*tables: Table) -> tuple[ProtectedTable, ...]:
    """Protect tables that show some of the same numbers, such as two with one margin: what one hides no other tells.

    Parameters
    ----------
    tables
        Of one register and day. Cells of the same name (count, labels and what the table is about) are one number.

    Raises
    ------
    DisclosureError
        As `protect`, and when two tables say different numbers of one cell.

    Examples
    --------
    >>> about = {"about": {"municipality": "GM0197"}, "source": "register", "is_simulated": True, "counts": ["n"]}
    >>> by_sex = Table(rows=pd.DataFrame({"sex": ["f", "m", "all"], "n": [4, 56, 60]}), labels=["sex"], totals=["sex"],
    ...                words={"sex": ["f", "m"]}, **about)
    >>> men = Table(rows=pd.DataFrame({"sex": ["m"], "n": [56]}), labels=["sex"], words={"sex": ["m"]}, **about)
    >>> [table.rows["n"].tolist() for table in protect_together(by_sex, men)]
    [[<NA>, <NA>, 60], [<NA>]]
    """
    return tuple(_protected(tables, "protect_together()"))


def _protected(tables: Sequence[Table], subject: str) -> list[ProtectedTable]:
    if not tables or not all(isinstance(table, Table) for table in tables):
        raise DisclosureError(subject, ["takes tables; write Table(rows=rows, counts=[…], about={…}, …)"])
    problems = [problem for table in tables for problem in table_problems(table)]
    if len({(table.as_of, table.is_simulated, table.threshold) for table in tables}) > 1:
        problems.append("are tables of different days, thresholds, or of simulated and real people; protect each apart")
    if problems:
        raise DisclosureError(subject, problems)
    counted = [lattice({name: table.rows[name].to_numpy(float) for name in table.counts}, table.rows, table.shape)
               for table in tables]  # fmt: skip
    amounts = [{name: lattice({name: _amounts(table, name, mean)}, table.rows, table.shape.without_columns())
                for name, mean in table.means.items()} for table in tables]  # fmt: skip
    n_broken = sum(broken_sums(made, exact=0) for made in counted)
    n_broken += sum(broken_sums(made, exact=EXACT) for each in amounts for made in each.values())
    if n_broken:
        advice = "totals must be the sum of their parts, and a part at most its whole"
        raise DisclosureError(subject, [f"does not add up in {n_broken} places; {advice}"])
    counts = _hide_counts(tables, counted)
    means = dict.fromkeys(name for each in amounts for name in each)
    amounts_out = {name: _hide_amounts(name, tables, amounts, counted, counts) for name in means}
    return [
        _shown(table, made, each, counts, amounts_out)
        for table, made, each in zip(tables, counted, amounts, strict=True)
    ]


Hidden = Mapping[Cell, bool]


def _hide_counts(tables: Sequence[Table], counted: Sequence[Lattice]) -> Hidden:
    whole = merged(counted)
    sensitive = {name for table in tables for name in table.sensitive}
    trait = {
        cell for table, made in zip(tables, counted, strict=True)
        for cell, is_so in zip(made.cells, trait_cells(made, table.sensitive, table.shape), strict=True) if is_so
    }  # fmt: skip
    is_trait = np.array([cell in trait for cell in whole.cells], dtype=bool)
    is_out = hidden_counts(whole, is_trait, sensitive, tables[0].threshold)
    return dict(zip(whole.cells, is_out.tolist(), strict=True))


def _hide_amounts(
    name: str,
    tables: Sequence[Table],
    amounts: Sequence[Mapping[str, Lattice]],
    counted: Sequence[Lattice],
    counts: Hidden,
) -> Hidden:
    """Say which amounts of one name are left out, over all tables that have it."""
    whole = merged([each[name] for each in amounts if name in each])
    place = {cell: position for position, cell in enumerate(whole.cells)}
    n = np.zeros(len(place))
    must_hide = np.zeros(len(place), dtype=bool)
    contributions = np.zeros((2, len(place)))
    for table, each, made in zip(tables, amounts, counted, strict=True):
        if name not in each:
            continue
        mean = table.means[name]
        people = dict(zip(made.cells, made.numbers.tolist(), strict=True))
        for cell in each[name].cells:
            of = replace(cell, measure=mean.of)
            n[place[cell]] = people[of]
            must_hide[place[cell]] |= counts[of] or 0 < people[of] < table.threshold
        at = [place[each[name].cells[position]] for position in each[name].place[name]]
        for largest, column in zip(contributions, (mean.largest, mean.second), strict=True):
            largest[at] = np.maximum(largest[at], table.rows[column].fillna(0).to_numpy(float))
    for total, parts in whole.sums:
        for part in parts:
            if whole.is_derived[part]:
                # Whose the largest are is not known: at most those of the whole.
                contributions[:, part] = np.maximum(contributions[:, part], contributions[:, total])
    is_out = hidden_amounts(whole, n=n, must_hide=must_hide, largest=contributions[0], second=contributions[1])
    return dict(zip(whole.cells, is_out.tolist(), strict=True))


def _shown(
    table: Table, made: Lattice, amounts: Mapping[str, Lattice], counts: Hidden, amounts_out: Mapping[str, Hidden]
) -> ProtectedTable:
    """Make the table that may be shown, and the record of what it tells."""
    rows, base = table.rows, table.base
    hidden: dict[str, pd.Series] = {name: _of_rows(table, made, name, counts) for name in table.counts}
    exact = {name: rows[name].astype("Int64") for name in table.counts}
    shown: dict[str, pd.Series] = {
        name: (nearest(values, base) if base else values).mask(hidden[name]) for name, values in exact.items()
    }
    # What rests on a hidden count is hidden where it is not known too: that it is not would tell that the count is 0.
    for name, mean in table.means.items():
        amount_is_out = _of_rows(table, amounts[name], name, amounts_out[name])
        hidden[name] = hidden[mean.of] | (amount_is_out & rows[name].notna())
    for name, estimate in table.estimates.items():
        rests = pd.concat([hidden[count] for count in estimate.on], axis="columns").any(axis="columns")
        hidden[name] = rests | (_is_loose(table, estimate) & rows[name].notna())
    shown |= {name: rows[name].astype(float).mask(hidden[name]) for name in table.means}
    shown |= {
        name: coarse(rows[name].astype(float).mask(hidden[name]), each.decimals)
        for name, each in table.estimates.items()
    }
    for name, (part, whole) in table.shares.items():
        of, of_is_out = _whole(table, shown, hidden, part, whole)
        # That rounding makes them alike does not tell that it is everybody.
        is_known = (of > 0) & (shown[part] < of) if base else of > 0
        shown[name] = (shown[part].astype("Float64") / of.where(is_known)).astype(float)
        hidden[name] = hidden[part] | of_is_out
    # Made anew: categories that no row has, and attributes of a subclass, could hold persons.
    shown |= {name: rows[name].astype(bool if is_yes_or_no(rows[name]) else object) for name in table.labels}
    shown |= {name: rows[name] for name in table.days}
    columns = [*(name for name in rows.columns if name in shown), *table.shares]
    one_number: dict[tuple[str, ...], tuple[str, ...]] = {}
    for name, estimate in table.estimates.items():
        one_number[estimate.on] = (*one_number.get(estimate.on, ()), name)
    told = [_told(table, made, counts, is_amount=False)]
    told += [_told(table, each, amounts_out[name], is_amount=True) for name, each in amounts.items()]
    is_out = pd.DataFrame(hidden).reindex(columns=[*columns, *table.settings], fill_value=False)
    return seal(
        pd.DataFrame({name: shown[name] for name in columns}).assign(**table.settings).reset_index(drop=True),
        table.source,
        subject="protect()",
        is_simulated=table.is_simulated,
        protection="suppressed",
        base=base,
        hidden=is_out.reset_index(drop=True),
        record=replace(
            joined(told),
            as_of=table.as_of.isoformat() if table.as_of else "",
            days=register_days(rows, table.days),
            n_hidden_shares=n_left_out(is_out, table.counts, one_number.values()),
        ),
        one_number=one_number.values(),
    )


def _told(table: Table, made: Lattice, hidden: Hidden, *, is_amount: bool) -> Record:
    """Say what is told of numbers of which some are left out."""
    n, base = made.numbers, table.base
    states: list[State] = ["derived" if derived else "hidden" if hidden[cell] else "shown"
                           for cell, derived in zip(made.cells, made.is_derived, strict=True)]  # fmt: skip
    low, high = n, n
    if base:
        least, most = bounds_of(nearest(n, base), base)
        # What is shown and is not 0 is of so many people at least: everybody knows that too.
        low = np.where(n > 0, np.maximum(least, table.threshold), 0)
        high = np.where(n > 0, most, 0)
    is_shown = np.array([state == "shown" for state in states], dtype=bool)
    is_trait = np.zeros(len(n), dtype=bool) if is_amount else trait_cells(made, table.sensitive, table.shape)
    return Record(
        cells=made.cells,
        states=tuple(states),
        low=tuple(np.where(is_shown, low, 0).tolist()),
        high=tuple(np.where(is_shown, high, np.inf).tolist()),
        sums=made.sums,
        is_trait=tuple(is_trait.tolist()),
        is_amount=(is_amount,) * len(n),
        threshold=table.threshold,
        is_simulated=table.is_simulated,
    )


def _amounts(table: Table, name: str, mean: Mean) -> NDArray[np.float64]:
    people = table.rows[mean.of].to_numpy(float)
    amounts: NDArray[np.float64] = np.nan_to_num(table.rows[name].to_numpy(float, na_value=np.nan) * people)
    return amounts


def _of_rows(table: Table, made: Lattice, name: str, hidden: Hidden) -> pd.Series:
    return pd.Series([hidden[made.cells[place]] for place in made.place[name]], index=table.rows.index, dtype=bool)


def _is_loose(table: Table, estimate: Estimate) -> pd.Series:
    """Say of which models the degrees of freedom are few."""
    if not estimate.degrees_of_freedom:
        return pd.Series(False, index=table.rows.index)
    return ~(table.rows[estimate.degrees_of_freedom] >= LEAST_DEGREES_OF_FREEDOM)


def _whole(
    table: Table, shown: Mapping[str, pd.Series], hidden: Mapping[str, pd.Series], part: str, whole: str
) -> tuple[pd.Series, pd.Series]:
    """Give of each row what it is a share of, and whether that is left out: another count, or the total over a label."""
    if whole not in table.labels:
        return shown[whole].astype("Float64"), hidden[whole]
    texts = label_texts(table.rows, table.labels)
    at = pd.MultiIndex.from_frame(texts).get_indexer(pd.MultiIndex.from_frame(texts.assign(**{whole: TOTAL})))
    index = table.rows.index
    return shown[part].astype("Float64").iloc[at].set_axis(index), hidden[part].iloc[at].set_axis(index)
