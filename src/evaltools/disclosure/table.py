"""What a table of a register says of itself before it is protected."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from evaltools.disclosure.declaration import (
    content_problems,
    is_number,
    is_yes_or_no,
    placement_problems,
    simulation_problems,
)
from evaltools.disclosure.lattice import EXACT, Shape, Tree, label_texts, shape_problems
from evaltools.disclosure.record import THRESHOLD, TOTAL
from evaltools.errors import did_you_mean

BASES = (0, 5, 10)
"""What counts can be rounded to; 0: not."""
ABOUT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,39}")
"""The form of what a table is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """A mean of contributions of at least 0, such as euros per person.

    Attributes
    ----------
    of
        The count of those who contribute.
    largest, second
        Columns with the largest and the next largest contribution of each row, empty where there is none. They are
        not shown: they tell whether one or two of them determine the mean.
    """

    of: str
    largest: str
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number that was worked out from others, such as a difference, an end of its interval, a coefficient.

    Attributes
    ----------
    on
        Every count that it was worked out from: those in the groups, and those with the outcome where it follows from
        them alone. All are of its own row: put what is compared side by side. It is shown where all of them are.
    degrees_of_freedom
        Column with those of the model; it is not shown. Empty for what is no model.
    decimals
        It is shown with so many decimals at most, and four significant digits: with more of them counts behind it can be solved for.
    """

    on: tuple[str, ...]
    degrees_of_freedom: str = ""
    decimals: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a register, and what each of its columns is: every column must be declared, what has no place is refused.

    Attributes
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
        By count, the counts that add up to it in each row. Of counts within each other that are named neither here nor in
        ``shares``, the rest is not protected.
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
        Counts that remain are rounded to the nearest multiple (a half goes up): 5 or 10; 0 for not.
    is_simulated
        Whether the register is a simulated one; must be what the table itself says.
    """

    rows: pd.DataFrame
    counts: Sequence[str]
    labels: Sequence[str] = ()
    words: Mapping[str, Collection[str]] = field(default_factory=dict)
    totals: Sequence[str] = ()
    trees: Mapping[str, Tree] = field(default_factory=dict)
    groups: Sequence[str] = ()
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sensitive: Sequence[str] = ()
    shares: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    means: Mapping[str, Mean] = field(default_factory=dict)
    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    days: Sequence[str] = ()
    settings: Mapping[str, float] = field(default_factory=dict)
    about: Mapping[str, str]
    as_of: date | None = None
    threshold: int = THRESHOLD
    base: int = 0
    source: str | Iterable[str]
    is_simulated: bool

    @property
    def shape(self) -> Shape:
        """How it is built."""
        return Shape(
            labels=tuple(self.labels),
            totals=tuple(self.totals),
            trees=self.trees,
            groups=tuple(self.groups),
            parts={whole: tuple(each) for whole, each in self.parts.items()},
            within=tuple(pair for pair in self.shares.values() if pair[1] not in self.labels),
            about=self.about,
        )

    @property
    def unshown(self) -> tuple[str, ...]:
        """Columns that are needed to judge others by, and do not pass."""
        names = [name for mean in self.means.values() for name in (mean.largest, mean.second)]
        names += [each.degrees_of_freedom for each in self.estimates.values() if each.degrees_of_freedom]
        return tuple(dict.fromkeys(names))


def table_problems(table: Table) -> list[str]:
    """Say what is wrong with a table: all that its declaration tells, or else all that its numbers tell."""
    wrong = _form_problems(table)
    if wrong:
        return wrong
    allowed = {name: {*table.words.get(name, ()), TOTAL} for name in table.labels}
    declared = [*table.labels, *table.counts, *table.means, *table.estimates, *table.unshown, *table.days]
    return [
        *placement_problems(table.rows, declared, [*table.shares, *table.settings]),
        *content_problems(table.rows, counts=table.counts, labels=table.labels, words=allowed, days=table.days),
        *_reference_problems(table),
        *_setting_problems(table),
    ] or [*_number_problems(table), *shape_problems(table.rows, table.shape), *_trait_problems(table)]


def _form_problems(table: Any) -> list[str]:
    """Say what is of another type than is declared: a notebook has no type checker."""
    lists = ("counts", "labels", "totals", "groups", "sensitive", "days")
    wrong = [f"{name} must be a list of columns, such as {name}=['outcome']" for name in lists
             if isinstance(getattr(table, name), str)]  # fmt: skip
    wrong += [
        f"estimate '{name}' must say on=('n', …)" for name, each in table.estimates.items() if isinstance(each.on, str)
    ]
    if not isinstance(table.rows, pd.DataFrame):
        wrong.append("rows must be a DataFrame")
    if not all(isinstance(text, str) for pair in table.about.items() for text in pair):
        wrong.append("about must be texts, such as {'municipality': 'GM0197'}")
    return wrong


def _reference_problems(table: Table) -> list[str]:
    counts, shape = table.counts, table.shape
    used = [(name, part) for name, (part, _) in table.shares.items()]
    used += [(name, whole) for name, (_, whole) in table.shares.items() if whole not in shape.labels]
    used += [(name, mean.of) for name, mean in table.means.items()]
    used += [(name, count) for name, estimate in table.estimates.items() for count in estimate.on]
    used += [("parts", count) for whole, each in shape.parts.items() for count in (whole, *each)]
    problems = [f"'{name}' rests on '{count}', which is no count; {did_you_mean(count, counts)}"
                for name, count in used if count not in counts]  # fmt: skip
    problems += [f"estimate '{name}' does not say which counts it was worked out from" for name, estimate
                 in table.estimates.items() if not estimate.on]  # fmt: skip
    problems += [
        f"share '{name}' is of the total over '{whole}', which has no row '{TOTAL}'; name it in totals or groups"
        for name, (_, whole) in table.shares.items()
        if whole in shape.labels and whole not in (*shape.totals, *shape.groups)
    ]
    problems += [f"sensitive '{name}' is no label and no count; {did_you_mean(name, [*shape.labels, *counts])}"
                 for name in table.sensitive if name not in (*shape.labels, *counts)]  # fmt: skip
    related = {(part, whole) for whole, each in shape.parts.items() for part in each} | set(shape.within)
    with_mean = {mean.of for mean in table.means.values()}
    problems += [
        f"has means of '{whole}' and of its part '{part}': a mean of the rest would follow; leave one of them out"
        for part, whole in sorted(related)
        if {part, whole} <= with_mean
    ]
    if not counts:
        problems.append("has no counts; without the number of people behind it nothing is told")
    if not shape.about:
        problems.append("does not say what it is about; name its municipality, its population: about={…}")
    if any(not ABOUT.fullmatch(text) for pair in shape.about.items() for text in pair):
        problems.append("about holds something else than short names and codes, such as {'municipality': 'GM0197'}")
    problems += [f"'{name}' is a label of the table, and in about" for name in shape.about if name in shape.labels]
    return problems


def _setting_problems(table: Table) -> list[str]:
    threshold, base = table.threshold, table.base
    problems = []
    if isinstance(threshold, bool) or not isinstance(threshold, int) or threshold < THRESHOLD:
        problems.append(f"threshold must be a whole number of at least {THRESHOLD}")
    if isinstance(base, bool) or base not in BASES:
        problems.append(f"base must be one of {', '.join(map(str, BASES))}")
    if base and (table.means or table.estimates):
        problems.append(
            "means and estimates are worked out from exact counts; leave them out, or do not round (base=0)"
        )
    return problems + simulation_problems(table.rows, is_simulated=table.is_simulated)


def _number_problems(table: Table) -> list[str]:
    rows = table.rows
    problems = [f"count '{name}' misses {n} values; a count is known, if only 0" for name in table.counts
                if (n := int(rows[name].isna().sum()))]  # fmt: skip
    numbers = [*table.means, *table.estimates, *table.unshown]
    not_numbers = [name for name in numbers if not is_number(rows[name])]
    problems += [f"column '{name}' holds no numbers" for name in not_numbers]
    if problems:
        return problems
    problems += [f"column '{name}' holds numbers that are infinite" for name in numbers
                 if np.isinf(rows[name].to_numpy(float, na_value=np.nan)).any()]  # fmt: skip
    for name, mean in table.means.items():
        of = rows[mean.of].to_numpy(float)
        value, largest, second = (rows[column].to_numpy(float, na_value=np.nan)
                                  for column in (name, mean.largest, mean.second))  # fmt: skip
        amount = value * of
        is_wrong = {
            "misses it where there are people": (of > 0) & np.isnan(value),
            "is under 0": value < 0,
            f"does not fit its largest contributions ('{mean.largest}', '{mean.second}')": (of > 0)
            & ~((amount * (1 + EXACT) >= largest) & (largest * of >= amount * (1 - EXACT)) & (largest >= 0)),
            f"has a second contribution ('{mean.second}') that does not fit": (of > 1)
            & ~((second <= largest) & (second >= 0) & (amount * (1 + EXACT) >= largest + second)),
        }
        problems += [f"mean '{name}' {what} in {int(found.sum())} rows" for what, found in is_wrong.items()
                     if found.any()]  # fmt: skip
    return problems


def _trait_problems(table: Table) -> list[str]:
    rows, words = table.rows, table.words
    absent = {name: set(words.get(name, ())) - {TOTAL} - set(label_texts(rows, [name])[name]) for name in table.sensitive
              if name in table.labels and not is_yes_or_no(rows[name])}  # fmt: skip
    return [
        f"sensitive label '{name}' has no rows for {len(each)} of its words; give all of them, also where they count 0, "
        "or declare fewer words"
        for name, each in absent.items()
        if each
    ]
