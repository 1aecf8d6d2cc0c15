"""Counts of a register, of which few people are left out, and what else would tell how few."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaltools.disclosure.declaration import (
    EXACT,
    Estimate,
    Mean,
    content_problems,
    is_yes_or_no,
    number_problems,
    placement_problems,
    reference_problems,
    register_days,
    setting_problems,
    trait_problems,
)
from evaltools.disclosure.lattice import Lattice, Shape, Tree, broken_sums, label_texts, lattice, shape_problems
from evaltools.disclosure.protected import ProtectedTable, seal
from evaltools.disclosure.record import THRESHOLD, TOTAL, Record, State, joined
from evaltools.disclosure.rules import LEAST_DEGREES_OF_FREEDOM, hidden_amounts, hidden_counts, trait_cells
from evaltools.errors import DisclosureError


def protect(
    rows: pd.DataFrame,
    *,
    counts: Sequence[str],
    labels: Sequence[str] = (),
    words: Mapping[str, Collection[str]] | None = None,
    totals: Sequence[str] = (),
    trees: Mapping[str, Tree] | None = None,
    groups: Sequence[str] = (),
    parts: Mapping[str, Sequence[str]] | None = None,
    sensitive: Sequence[str] = (),
    shares: Mapping[str, tuple[str, str]] | None = None,
    means: Mapping[str, Mean] | None = None,
    estimates: Mapping[str, Estimate] | None = None,
    days: Sequence[str] = (),
    settings: Mapping[str, float] | None = None,
    about: Mapping[str, str],
    as_of: date | None = None,
    threshold: int = THRESHOLD,
    base: int = 0,
    source: str | Iterable[str],
    is_simulated: bool,
) -> ProtectedTable:
    """Let a table of a register pass, without the numbers that tell of few people.

    Left out are counts of 1 to ``threshold`` - 1, and the cheapest set of further ones such that everybody who
    adds and subtracts what is left finds that each of those can be 0 and can be ``threshold``, and finds no hidden
    number to within ``threshold``. Means, shares and estimates go with the counts that they rest on. Every column must
    be declared; what has no place is refused. Tables that add up together, such as those of the municipalities of one
    service, are protected together; each report then shows its part with `ProtectedTable.only`.

    Parameters
    ----------
    rows
        The table: one row per group, never per person.
    counts
        Columns with whole numbers of at least 0, of persons, households, spells; none missing.
    labels
        Columns that name the groups: yes and no, or texts that stand in ``words`` (or `TOTAL`).
    words
        The texts that a label can hold, by column; declared somewhere, never those of the table itself.
    totals
        Labels with a row ``all`` that is the sum of all others.
    trees
        By label, totals of some of the others: ``{"municipality": {"laborijn": ["GM0197", "GM0222", "GM1509"]}}``.
    groups
        Labels with a row ``all``, of which each other row is a group; they may overlap. Who is not in it is protected too.
    parts
        By count, the counts that add up to it in each row.
    sensitive
        Labels and counts that tell of a trait that is sensitive, such as the reason of an exit: that nobody has it, or
        everybody, is not told either. All ``words`` of such a label must be there: a row would tell that somebody has it.
    shares
        New columns by name, each ``(part, whole)``: two counts, or a count and the label of whose total it is a share.
    means, estimates
        Other numbers, each with what it rests on.
    days
        Days of the register itself (see `rounded`).
    settings
        New columns with a number that the analyst chose.
    about
        What the whole table is about, such as ``{"municipality": "GM0197", "population": "started"}``. Two tables that
        are about the same and have the same labels show the same number: say it alike, and differently where it differs.
    as_of
        Day of the extract, by which two editions are told apart.
    threshold
        At least 10.
    base
        Counts that remain are rounded to the nearest multiple (a half goes up): 5, 10 or 100; 0 for not.
    is_simulated
        Whether the register is a simulated one; must be what the table itself says.

    Raises
    ------
    DisclosureError
        When a column is not declared or is not what it is declared as, when rows are missing or do not add up.

    Notes
    -----
    Fischetti and Salazar-González (2001), Solving the cell suppression problem on tabular data with linear constraints,
    Management Science 47(7).

    Examples
    --------
    >>> rows = pd.DataFrame({"outcome": ["work", "partner", "other", "all"], "n": [38, 4, 66, 108]})
    >>> table = protect(
    ...     rows, counts=["n"], labels=["outcome"], words={"outcome": ["work", "partner", "other"]}, totals=["outcome"],
    ...     shares={"share": ("n", "outcome")}, about={"municipality": "GM0197"}, source="register", is_simulated=True,
    ... )
    >>> table.rows["n"].tolist(), table.rows["share"].round(2).tolist()
    ([<NA>, <NA>, 66, 108], [nan, nan, 0.61, 1.0])
    """
    words, shares, means, estimates = words or {}, shares or {}, means or {}, estimates or {}
    settings = settings or {}
    shape = Shape(
        labels=tuple(labels),
        totals=tuple(totals),
        trees=trees or {},
        groups=tuple(groups),
        parts={whole: tuple(each) for whole, each in (parts or {}).items()},
        within=tuple(pair for pair in shares.values() if pair[1] not in labels),
        about=about,
    )
    unshown = [name for mean in means.values() for name in (mean.largest, mean.second)]
    unshown += [each.degrees_of_freedom for each in estimates.values() if each.degrees_of_freedom]
    declared = [*labels, *counts, *means, *estimates, *dict.fromkeys(unshown), *days]
    allowed = {name: {*words.get(name, ()), TOTAL} for name in labels}
    problems = [
        *placement_problems(rows, declared, [*shares, *settings]),
        *content_problems(rows, counts=counts, labels=labels, words=allowed, days=days),
        *reference_problems(counts, shape, shares, means, estimates, sensitive),
        *setting_problems(rows, threshold=threshold, base=base, is_simulated=is_simulated),
    ]
    if base and (means or estimates):
        problems.append(
            "means and estimates are worked out from exact counts; leave them out, or do not round (base=0)"
        )
    if not problems:
        problems += number_problems(rows, counts, means, estimates)
        problems += shape_problems(rows, shape)
        problems += trait_problems(rows, words, [name for name in sensitive if name in labels])
    if problems:
        raise DisclosureError("protect()", problems)

    made = lattice({name: rows[name].to_numpy(float) for name in counts}, rows, shape)
    _check_sums(made, "counts")
    is_trait = trait_cells(made, sensitive, shape)
    is_out = hidden_counts(made, is_trait, sensitive, threshold)
    told = [_told(made, is_out, is_trait=is_trait, threshold=threshold, base=base)]
    shown: dict[str, pd.Series] = {}
    hidden: dict[str, pd.Series] = {}
    for name in counts:
        exact = rows[name].astype("Int64")
        hidden[name] = pd.Series(is_out[made.place[name]], index=rows.index)
        shown[name] = ((exact + base // 2) // base * base if base else exact).mask(hidden[name])
    for name, mean in means.items():
        amounts = lattice({name: _amounts(rows, name, mean)}, rows, replace(shape, parts={}, within=()))
        _check_sums(amounts, f"column '{name}' times '{mean.of}'", EXACT)
        amount_is_out = _hidden_amounts(amounts, rows, name, mean, made, is_out, threshold)
        told.append(_told(amounts, amount_is_out, threshold=threshold, is_amount=True))
        hidden[name] = pd.Series(amount_is_out[amounts.place[name]], index=rows.index) & rows[name].notna()
    for name, estimate in estimates.items():
        hidden[name] = _rests_on_hidden(rows, hidden, estimate) & rows[name].notna()
    for name in (*means, *estimates):
        shown[name] = rows[name].astype(float).mask(hidden[name])
    for name, (part, whole) in shares.items():
        of, of_hidden = _whole(shown, hidden, part, whole, rows, shape)
        shown[name] = (shown[part].astype("Float64") / of.where(of > 0)).astype(float)
        hidden[name] = hidden[part] | of_hidden
    for name in labels:
        # Made anew: categories that no row has, and attributes of a subclass, could hold persons.
        shown[name] = rows[name].astype(bool if is_yes_or_no(rows[name]) else object)
    shown |= {name: rows[name] for name in days}
    columns = [*(name for name in rows.columns if name in shown), *shares]
    record = replace(
        joined(told),
        as_of=as_of.isoformat() if as_of else "",
        is_simulated=is_simulated,
        days=register_days(rows, days),
        n_hidden_shares=sum(int(each.sum()) for name, each in hidden.items() if name not in counts),
    )
    return seal(
        pd.DataFrame({name: shown[name] for name in columns}).assign(**settings).reset_index(drop=True),
        source,
        subject="protect()",
        is_simulated=is_simulated,
        protection="suppressed",
        base=base,
        hidden=pd.DataFrame(hidden)
        .reindex(columns=[*columns, *settings])
        .fillna(value=False)
        .astype(bool)
        .reset_index(drop=True),
        record=record,
    )


def _told(
    made: Lattice,
    is_out: NDArray[np.bool_],
    *,
    threshold: int,
    is_trait: NDArray[np.bool_] | None = None,
    base: int = 0,
    is_amount: bool = False,
) -> Record:
    """Say what is told of numbers of which some are left out."""
    n = made.numbers
    is_shown = ~is_out & ~made.is_derived
    low, high = n, n
    if base:
        nearest = (n + base // 2) // base * base
        # What is shown and is not 0, is of at least so many people: everybody knows that too.
        low = np.where(n > 0, np.maximum(nearest - base // 2, threshold), 0)
        high = np.where(n > 0, nearest + base - 1 - base // 2, 0)
    states: list[State] = ["derived" if d else "hidden" if out else "shown"
                           for d, out in zip(made.is_derived, is_out, strict=True)]  # fmt: skip
    return Record(
        cells=made.cells,
        states=tuple(states),
        low=tuple(np.where(is_shown, low, 0).tolist()),
        high=tuple(np.where(is_shown, high, np.inf).tolist()),
        sums=made.sums,
        is_trait=tuple((np.zeros(len(n), dtype=bool) if is_trait is None else is_trait).tolist()),
        is_amount=(is_amount,) * len(n),
        threshold=threshold,
        is_simulated=False,
    )


def _amounts(rows: pd.DataFrame, name: str, mean: Mean) -> NDArray[np.float64]:
    amounts: NDArray[np.float64] = (rows[name].astype(float) * rows[mean.of].astype(float)).fillna(0).to_numpy()
    return amounts


def _hidden_amounts(
    amounts: Lattice,
    rows: pd.DataFrame,
    name: str,
    mean: Mean,
    made: Lattice,
    is_out: NDArray[np.bool_],
    threshold: int,
) -> NDArray[np.bool_]:
    place = {cell: position for position, cell in enumerate(made.cells)}
    of = np.array([place[replace(cell, measure=mean.of)] for cell in amounts.cells], dtype=np.intp)
    n = made.numbers[of]
    contributions = np.zeros((2, len(of)))
    for each, column in zip(contributions, (mean.largest, mean.second), strict=True):
        each[amounts.place[name]] = rows[column].fillna(0).to_numpy(float)
    return hidden_amounts(
        amounts,
        n=n,
        must_hide=is_out[of] | ((n > 0) & (n < threshold)),
        largest=contributions[0],
        second=contributions[1],
    )


def _rests_on_hidden(rows: pd.DataFrame, hidden: Mapping[str, pd.Series], estimate: Estimate) -> pd.Series:
    is_out = pd.concat([hidden[name] for name in estimate.on], axis="columns").any(axis="columns")
    if estimate.degrees_of_freedom:
        is_out |= ~(rows[estimate.degrees_of_freedom] >= LEAST_DEGREES_OF_FREEDOM)
    return is_out


def _whole(
    shown: Mapping[str, pd.Series],
    hidden: Mapping[str, pd.Series],
    part: str,
    whole: str,
    rows: pd.DataFrame,
    shape: Shape,
) -> tuple[pd.Series, pd.Series]:
    """Give of each row what it is a share of, and whether that is left out: another count, or the total over a label."""
    if whole not in shape.labels:
        return shown[whole].astype("Float64"), hidden[whole]
    texts = label_texts(rows, shape.labels)
    totals = texts.assign(**{whole: TOTAL})
    at = pd.MultiIndex.from_frame(texts).get_indexer(pd.MultiIndex.from_frame(totals))
    of, of_hidden = shown[part].astype("Float64").iloc[at], hidden[part].iloc[at]
    return of.set_axis(rows.index), of_hidden.set_axis(rows.index)


def _check_sums(made: Lattice, what: str, tolerance: float = 0.0) -> None:
    n_broken = broken_sums(made, tolerance) + int((made.numbers < 0).sum())
    if n_broken:
        advice = "totals must be the sum of their parts, and a part at most its whole"
        raise DisclosureError("protect()", [f"{what} do not add up in {n_broken} places; {advice}"])
