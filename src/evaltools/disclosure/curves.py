"""Curves in time that show no small group.

A step of a curve times the number at risk is a number of people. So a curve is shown at months since which at least ten
people had the event (or none had), and whatever follows from all curves together is at least ten too: those who left for
causes that are not shown, those who were last seen, those who are still there at the end.

Two choices make that provable.

The months are nested. The curve of all causes together has the finest, chosen such that in each interval those who left, and
those who were last seen, are 0 or at least ten. Then the largest cause is taken out of the whole, at as many of those months
as leave both it and the rest 0 or at least ten; then the next largest out of that rest, at months of the one before; until
what is left cannot be split, and is hidden. So all that is known are the parts of wholes in nested intervals, each 0 or at
least ten, and whatever lies within two of them (a cause in a shorter interval) is 0 or can be ten: no number of 1 to 9 people
can be told. One set of months for all would be simpler, and as coarse as the smallest cause: of simulated cohorts of 270, of
whom 40% leave in 24 months for four causes, it keeps 1.4 months, and nested months 8.7 of all together and 2.1 per cause; of
726 it keeps 1.6, and nested months 19.8 and 4.2. Months of its own for each cause, without the others, would keep 5.6.

Estimates are worked out here, from the counts that are shown. An estimate of monthly data is a function of the months that
are left out as well: where some were last seen in between, its digits tell in which month people left. So none are taken,
and who was last seen between two months that are shown counts as followed until the second.

The limit: that a month is left out tells who knows this rule that few people had an event around it, though not how many.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from evaltools.disclosure.declaration import is_count, is_there
from evaltools.disclosure.nested import Cohort, Curve, Months, nested_curves
from evaltools.disclosure.protected import ProtectedTable, seal
from evaltools.disclosure.record import THRESHOLD, TOTAL, Cell, Record, State
from evaltools.disclosure.table import Table, table_problems
from evaltools.errors import DisclosureError, did_you_mean, many

ESTIMATES = ("share", "low", "high")
"""New columns: the share that had the event by then, and the ends of its interval."""
LEVEL = 0.95
"""Confidence level of that interval."""
LAST_SEEN, REMAINING = "n_last_seen", "n_without_event"
"""In a record, those without the event in an interval who were not followed after it, and who were left after the last."""
NOTHING = 1e-12
"""A curve this close to 1 is there: sums are exact to fewer digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """What the columns are called; ``causes`` is empty where there is one."""

    time: str
    at_risk: str
    events: str
    causes: str

    @property
    def labels(self) -> list[str]:
        """The columns that name a row."""
        return [name for name in (self.causes, self.time) if name]


def protect_curves(
    rows: pd.DataFrame,
    *,
    time: str,
    at_risk: str,
    events: str,
    causes: str = "",
    words: Mapping[str, Collection[str]] | None = None,
    sensitive: Collection[str] = (),
    not_at: Collection[int] = (),
    told_at: Mapping[int, bool] | None = None,
    about: Mapping[str, str],
    as_of: date | None = None,
    threshold: int = THRESHOLD,
    source: str | Iterable[str],
    is_simulated: bool,
) -> ProtectedTable:
    """Let the cumulative incidence of each cause pass, at months that tell of no small group.

    It takes counts and no estimates, for people who are all followed from month 0 on, without weights. Compare groups by
    a call for each: their curves are apart from each other as long as nobody is in two of them.

    Parameters
    ----------
    rows
        One row for each cause and each month from 0 on; in any order. See ``cumulative_incidence(…, at=range(25))``.
    time
        Column with whole months since the start: an event in the first month is at 1, so that at 0 there are none.
    at_risk
        Column with those who were there just before that month, including who leaves in it; the same for all causes.
    events
        Column with those who had the event in that month.
    causes
        Label column with what event it was, each of which rules out the others; none where there is one.
    words
        The texts that it can hold: ``{"cause": [...]}``. Each must have its rows, also where nobody had it.
    sensitive
        Those causes of which it is not told either that nobody had them, or everybody.
    not_at
        Months at which nothing is shown, such as those at which another table tells who is without benefit: the difference would be
        those who left and came back.
    told_at
        Months of which another table of the same people counts how many had the event by then, for any cause, and whether it shows that;
        0 is how many there are. Nothing is shown at a month so near to one of these that fewer than ``threshold`` people had the
        event in between: they would be the difference. Where that table hides one of these nothing is shown at all: the curve would
        tell it, or who is left of the whole. Nobody may be last seen before the last of these months.
    about, as_of, threshold, source, is_simulated
        As in `Table`.

    Returns
    -------
    ProtectedTable
        One row for each cause, and for all together (`TOTAL`), and each month at which it is shown: ``events`` since the
        month before it that is shown, ``at_risk`` when those began, ``share`` with the event by then (0-1), and ``low`` and
        ``high``, the ends of its interval of 95%, empty where nobody or everybody had the event. Between these months the
        line is to be drawn straight. Of a curve that is hidden one row without numbers, at the last month. The curve ends
        where fewer than ``threshold`` are at risk.

    Raises
    ------
    DisclosureError
        When a column is not declared or is not what it is declared as, when months are missing, are not whole or do not
        add up.

    Notes
    -----
    With ``Y`` at risk and ``d`` events of any cause in an interval, ``S = Π (1 − d/Y)``; a cause with ``e`` of the ``d``
    events between two of its own months has that part of the fall of ``S`` between them, ``Σ (S⁻ − S) e/d``. Where every
    month is shown that is the estimator of Aalen & Johansen (1978). The variance is by the delta method, of binomial ``d``
    and ``e``: that of Dinse & Larson (1986) there, and of Greenwood for all causes. The interval is on the log-log scale.
    Where nobody was last seen before the last event, months that are left out change nothing at those that are shown.

    The record names the events between two months ``month=4-9``, and those up to each month ``month=1-12``, shown or not. A
    table of the same outcomes after twelve months is laid beside the curves by `audit` where it is named alike: the same
    count, label and ``about``, and in that ``"month": "1-12"``. Named otherwise it is not, and its difference with a curve
    can be of few people. Of two tables at months between the same two that are shown, each is compared with the curve, not
    with the other: name one table with both months.

    Examples
    --------
    In month 1 four people leave, and eight in month 2: they are told together. Of the 28 who are left twelve leave.

    >>> rows = pd.DataFrame({"month": [0, 1, 2, 3], "n_at_risk": [40, 40, 36, 28], "n_exits": [0, 4, 8, 12]})
    >>> curve = protect_curves(rows, time="month", at_risk="n_at_risk", events="n_exits",
    ...                        about={"municipality": "GM0197"}, source="register", is_simulated=True)
    >>> curve.rows.round(2).to_dict("list")  # doctest: +NORMALIZE_WHITESPACE
    {'month': [0, 2, 3], 'n_at_risk': [40, 40, 28], 'n_exits': [0, 12, 12], 'share': [0.0, 0.3, 0.6],
     'low': [0.0, 0.17, 0.43], 'high': [0.0, 0.44, 0.73]}
    """
    names = _Names(time=time, at_risk=at_risk, events=events, causes=causes)
    labels = sorted({*(words or {}).get(causes, ())})
    table = Table(
        rows=rows, counts=[at_risk, events], labels=names.labels, words=words or {}, about=about, as_of=as_of,
        threshold=threshold, settings=dict.fromkeys(ESTIMATES, 0), source=source, is_simulated=is_simulated,
    )  # fmt: skip
    problems = _problems(table, names, sensitive)
    if problems:
        raise DisclosureError("protect_curves()", problems)
    cohort = replace(_cohort(table, names, labels, sensitive), not_at=frozenset(not_at))
    if told_at:
        cohort = _beside(cohort, told_at)
    curves = nested_curves(cohort, labels)
    shown, hidden = _shown(cohort, curves, names)
    return seal(
        shown,
        source,
        subject="protect_curves()",
        is_simulated=is_simulated,
        protection="suppressed",
        hidden=hidden,
        record=_record(cohort, curves, names, table),
    )


def _problems(table: Table, names: _Names, sensitive: Collection[str]) -> list[str]:
    """Say what is wrong with the rows: all that their declaration tells, or else all that their months tell."""
    rows, time, words = table.rows, names.time, table.words.get(names.causes, ())
    problems = [f"sensitive '{cause}' is none of the causes; {did_you_mean(cause, words)}"
                for cause in sensitive if cause not in words]  # fmt: skip
    if TOTAL in words:
        problems.append(f"'{TOTAL}' is no word for a cause: it is the curve of all together, which is worked out here")
    if is_there(rows, time):
        if not is_count(rows[time]) or rows[time].isna().any():
            problems.append(f"column '{time}' holds no whole months; in parts of them it tells when one person left")
        # Months pass as texts: what a table is checked for holds of them too.
        texts = rows[time].astype(str).to_numpy(object)
        table = replace(table, rows=rows.assign(**{time: texts}), words={**table.words, time: {*texts}})
    problems += table_problems(table)
    if problems:
        return problems
    if names.causes and not rows[names.causes].isin([*words]).all():
        problems.append(f"column '{names.causes}' holds something else than its words; '{TOTAL}' is worked out here")
    n_months = int(rows[time].max()) + 1 if len(rows) else 0
    n_absent = n_months * (len({*words}) if names.causes else 1) - len(rows)
    if n_absent > 0:
        problems.append(
            f"misses {many(n_absent, 'row')}; give every month from 0 on for every cause, also where it counts 0"
        )
    if n_months < 2:
        problems.append("has no month after 0")
    return problems


def _cohort(table: Table, names: _Names, labels: Sequence[str], sensitive: Collection[str]) -> Cohort:
    by_name = table.rows.astype(
        dict.fromkeys(filter(None, [names.causes]), str)
    )  # categories have an order of their own
    rows = by_name.sort_values(names.labels)
    at_risk, events = (rows[name].to_numpy(np.int64).reshape(len(labels) or 1, -1) for name in table.counts)
    remaining = np.append(at_risk[0, 1:], at_risk[0, -1] - events[:, -1].sum())
    last_seen = at_risk[0] - events.sum(axis=0) - remaining
    is_broken = (at_risk != at_risk[0]).any(axis=0) | (remaining < 0) | (last_seen < 0)
    is_broken[0] |= remaining[0] != at_risk[0, 0]
    if is_broken.any():
        advice = (
            "at risk are those of the month before, but who left or was last seen then; the same for every cause. In "
            "month 0 nobody leaves: an event in the first month is at 1, who was not followed until then is left out"
        )
        raise DisclosureError(
            "protect_curves()", [f"does not add up in {many(int(is_broken.sum()), 'month')}; {advice}"]
        )
    return Cohort(
        n_events=events.cumsum(axis=1),
        n_last_seen=last_seen.cumsum(),
        at_risk=np.append(at_risk[0], remaining[-1]),
        is_sensitive=np.array([label in sensitive for label in labels or [TOTAL]]),
        threshold=table.threshold,
    )


def _beside(cohort: Cohort, told_at: Mapping[int, bool]) -> Cohort:
    """Say what another table tells of the same people; where it hides something nothing is left to show."""
    n_months, last = len(cohort.n_last_seen), max(told_at)
    if last >= n_months or cohort.n_last_seen[:last].any():
        problem = (
            "told_at is for people who are all followed until the last of its months; some are last seen before it"
        )
        raise DisclosureError("protect_curves()", [problem])
    if not all(told_at.values()):
        return replace(cohort, not_at=frozenset(range(n_months)))
    return replace(cohort, told_at=frozenset(told_at))


def _shown(cohort: Cohort, curves: Sequence[Curve], names: _Names) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the table, and say which of its cells are left out."""
    values = [names.at_risk, names.events, *ESTIMATES]
    parts = []
    for curve in curves:
        ends = np.array([0, *curve.months] if curve.is_shown else curve.months)
        made = {names.time: ends, **dict.fromkeys(values, np.nan), "is_hidden": not curve.is_shown}
        if curve.is_shown:
            starts = np.append(0, ends[:-1])
            n = np.diff(cohort.n_events[curve.causes].sum(axis=0)[ends], prepend=0)
            estimates = _estimates(cohort, curves[-1].months, ends, n)
            made |= {names.at_risk: cohort.at_risk[starts + 1], names.events: n}
            made |= dict(zip(ESTIMATES, estimates, strict=True))
        parts.append(pd.DataFrame({names.causes: curve.label} | made if names.causes else made))
    rows = pd.concat(parts, ignore_index=True)
    is_hidden = rows.pop("is_hidden").to_numpy(bool)
    hidden = pd.DataFrame({name: is_hidden & (name in values) for name in rows})
    return rows.astype({names.at_risk: "Int64", names.events: "Int64"}), hidden


def _estimates(
    cohort: Cohort, whole: Months, months: NDArray[np.int64], n: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Estimate the share with an event of one cause at each of its months, and the ends of its interval.

    Parameters
    ----------
    whole
        Months of the curve of all causes.
    months, n
        Of this cause, from 0 on, and its events since the one before.
    """
    all_months = np.array([0, *whole])
    at_risk = cohort.at_risk[all_months[:-1] + 1].astype(float)
    leaving = np.diff(cohort.n_events.sum(axis=0)[all_months])
    survival = np.cumprod(np.append(1.0, 1 - leaving / at_risk))
    # Who leaves when all do is no chance: then the curve has no way to go.
    spread = np.where(leaving < at_risk, leaving / at_risk / np.maximum(at_risk - leaving, 1), 0.0)
    at = np.searchsorted(all_months, months)
    n_leaving, spread_in, survival = (
        np.diff(np.append(0, leaving).cumsum()[at], prepend=0),
        np.diff(np.append(0, spread).cumsum()[at], prepend=0),
        survival[at],
    )
    of_leaving = n / np.maximum(n_leaving, 1)
    fall = np.append(1.0, survival[:-1]) - survival
    share = np.cumsum(fall * of_leaving)
    slope = np.tril(of_leaving * survival - (share[:, None] - share))
    of_cause = np.cumsum(fall**2 * of_leaving * (1 - of_leaving) / np.maximum(n_leaving, 1))
    error = np.sqrt(slope**2 @ spread_in + of_cause)
    is_inside = (n.cumsum() > 0) & (share < 1 - NOTHING)
    inside = np.where(is_inside, share, 0.5)
    power = np.exp(-ndtri((1 - LEVEL) / 2) * error / (inside * -np.log(inside)))
    known = [np.where(is_inside, ends, np.nan) for ends in (inside**power, inside ** (1 / power))]
    known[0][0] = known[1][0] = 0.0  # of the start it is certain
    return share, known[0], known[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What is told so far: of each cell its state, its bounds and whether it is of a trait; and which cells add up."""

    cohort: Cohort
    names: _Names
    about: Mapping[str, str]
    cells: dict[Cell, tuple[State, float, float, bool]] = field(default_factory=dict)
    sums: list[tuple[Cell, tuple[Cell, ...]]] = field(default_factory=list)

    def tell(self, measure: str, labels: Mapping[str, str], state: State, n: float, *, is_trait: bool = False) -> Cell:
        """Name a cell; what was told of it first holds."""
        cell = Cell.of(measure, {**self.about, **labels})
        low, high = (n, n) if state == "shown" else (0.0, np.inf)
        self.cells.setdefault(cell, (state, low, high, is_trait))
        return cell

    def events(self, curve: Curve, start: int, end: int, state: State = "derived") -> Cell:
        """Name the events after one month, up to and including another."""
        cause = {} if curve.label == TOTAL else {self.names.causes: curve.label}
        n = int(self.cohort.events_in(start, end)[curve.causes].sum())
        is_trait = bool(self.cohort.is_sensitive[curve.causes].all())
        labels = {self.names.time: f"{start + 1}-{end}", **cause}
        return self.tell(self.names.events, labels, state, n, is_trait=is_trait)

    def at_risk(self, start: int) -> Cell:
        """Name those who are at risk after a month."""
        return self.tell(
            self.names.at_risk, {self.names.time: str(start + 1)}, "shown", int(self.cohort.at_risk[start + 1])
        )


def _record(cohort: Cohort, curves: Sequence[Curve], names: _Names, table: Table) -> Record:
    """Write down what is told of the events in each interval and up to each month, and of who is at risk."""
    told = _Told(cohort=cohort, names=names, about=table.about)
    *causes, whole = curves
    for curve in curves:
        _tell_events(told, curve)
    for month in whole.months if causes else ():
        told.sums.append((told.events(whole, 0, month), tuple(told.events(curve, 0, month) for curve in causes)))
    if whole.is_shown:
        _tell_at_risk(told, whole)
    at = {cell: place for place, cell in enumerate(told.cells)}
    states, low, high, is_trait = zip(*told.cells.values(), strict=True)
    n_points = sum(len(curve.months) for curve in curves if curve.is_shown)
    return Record(
        cells=tuple(at),
        states=states,
        low=low,
        high=high,
        sums=tuple((at[total], tuple(at[part] for part in parts)) for total, parts in told.sums),
        is_trait=is_trait,
        is_amount=(False,) * len(at),
        threshold=table.threshold,
        as_of=table.as_of.isoformat() if table.as_of else "",
        is_simulated=table.is_simulated,
        n_hidden_shares=len(curves) * (len(cohort.at_risk) - 2) - n_points,
    )


def _tell_events(told: _Told, curve: Curve) -> None:
    """Tell of each interval, and how each month in it parts it: what another table tells of that month shows there."""
    for start, end in pairwise((0, *curve.months)):
        told.events(curve, start, end, "shown" if curve.is_shown else "hidden")
        for month in range(start + 1, end + 1):
            since = told.events(curve, start, month)
            if start:
                told.sums.append((told.events(curve, 0, month), (told.events(curve, 0, start), since)))
            if month < end:
                told.sums.append((told.events(curve, start, end), (since, told.events(curve, month, end))))


def _tell_at_risk(told: _Told, whole: Curve) -> None:
    """Tell that of those at risk some leave, some are not followed after that, and the others are at risk next."""
    for start, end in pairwise((0, *whole.months)):
        is_last = end == whole.months[-1]
        other = told.tell(REMAINING if is_last else LAST_SEEN, {told.names.time: f"{start + 1}-{end}"}, "derived", 0)
        after = () if is_last else (told.at_risk(end),)
        told.sums.append((told.at_risk(start), (told.events(whole, start, end), other, *after)))
