"""What was counted towards a target, what is usual, and where that ends at this pace."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from evaltools.disclosure import Estimate, Table
from evaltools.disclosure.record import THRESHOLD, TOTAL
from evaltools.effects import CountPrediction, count_dispersion, predict_count, predict_target
from evaltools.findings.people import about_register, table_of
from evaltools.findings.realisation.counting import KINDS, PRIORITY, Counted, is_in_group
from evaltools.findings.realisation.months import YEAR, ends_of, quarters, stretches, text_of

FEWEST_PERIODS = 4
"""How much numbers swing is estimated from so many periods at least."""
USUAL = ("usual", "usual_lower", "usual_upper", "more", "more_lower", "more_upper")
END = ("end", "end_lower", "end_upper", "chance")
LONGEST = 60
"""Stretches are declared up to so many months."""
WORDS = [text_of(first, last) for first in range(1, LONGEST + 1) for last in range(first, LONGEST + 1)]


def progress(counted: Counted, *, level: float = 0.95) -> Table:
    """Count by stretch of months since the start, and predict the end of the plan from the end of each quarter.

    Returns
    -------
    Table
        One row per stretch of ``months`` (see `months.stretches`) and ``kind`` (and ``all``): ``n_counted``. Where it is known
        what is usual, also ``n_before``, the events in the same months some years before; ``usual``, as many as these for the
        time that people were on benefit now, and the ends between which a number is usual; and ``more``, what was
        counted beyond it. In the stretches from the start ``end`` is what is to be expected at the end of the plan when the
        rest of it is as that stretch (beyond what is usual, where that is known), and ``chance`` that the target is
        reached; missing for a target that is extra, where it is not known to what. ``dispersion`` is how many times the
        variance is that of chance alone. Settings: ``target``, ``months_target``, ``months_seen``, ``is_extra`` (1 or 0),
        ``years_before``, ``level``. ``on`` is the day on which the plan begins. Without rows where nothing is counted.
    """
    names, tree = stretches(counted.months_seen)
    rows = [
        {"months": name, "kind": each.kind, **each.counts(), **each.compared(level), **each.at_end(level)}
        for name in names
        for each in _stretch(counted, counted, *ends_of(name), everybody=counted)
    ]
    return _table(counted, rows, level, trees={"months": tree}, days=["on"])


def by_group(counted: Counted, *, level: float = 0.95) -> Table:
    """Count by priority group of the plan, from its start until the last month that is complete.

    Returns
    -------
    Table
        One row per ``subgroup`` (those of the target that a register shows, and ``all``) and ``kind``, with the columns of
        `progress` but for the end, and ``per_hundred`` for each hundred people on benefit in a year, now and before. The rows
        of ``all`` stand in `progress` too: protect the two together. Without rows where the target names no such group, or
        where what is counted is not of everybody on benefit.
    """
    groups = [PRIORITY[name] for name in counted.plan.target.priority_groups if name in PRIORITY]
    until = counted.months_seen
    rows = []
    for group in [TOTAL, *groups] if groups and counted.spells is not None else []:
        now, before = (
            counted if group == TOTAL else counted.of(is_in_group(counted, group, before=is_before))
            for is_before in (False, True)
        )
        rows += [
            {
                "months": text_of(1, until),
                "subgroup": group,
                "kind": each.kind,
                **each.counts(),
                **each.compared(level),
                **each.rates(),
            }
            for each in _stretch(now, before, 1, until, everybody=counted)
        ]
    grouped: dict[str, Any] = {"groups": ["subgroup"]} if rows else {}
    return _table(counted, rows, level, labels=["subgroup"], words={"subgroup": groups}, **grouped)


@dataclass(frozen=True, kw_only=True)
class _OfKind:
    """Events of one kind in one stretch of months, now and before, with the time in which they came."""

    kind: str
    n: int
    n_before: int
    time: float
    time_before: float
    ahead: float
    spread: float
    target: int
    has_usual: bool
    is_extra: bool
    is_from_start: bool

    def counts(self) -> dict[str, int]:
        return {"n_counted": self.n} | ({"n_before": self.n_before} if self.has_usual else {})

    def compared(self, level: float) -> dict[str, float]:
        if not self.has_usual:
            return {}
        usual = self._usual(self.time)
        if usual is None:
            return dict.fromkeys((*USUAL, "dispersion"), np.nan)
        lower, upper = usual.interval(level)
        more = (self.n - usual.mean, self.n - upper, self.n - lower)
        return dict(zip(USUAL, (usual.mean, lower, upper, *more), strict=True)) | {"dispersion": self.spread}

    def at_end(self, level: float) -> dict[str, float]:
        """Predict the end of the plan, when the rest of it is as this stretch from its start."""
        usual = self._usual(self.time + self.ahead) if self.has_usual else None
        if not self.is_from_start or self.time == 0 or (self.is_extra and usual is None):
            return dict.fromkeys(END, np.nan)
        rest = predict_count(self.n, self.time, self.ahead, dispersion=self.spread)
        found = predict_target(self.n, rest, self.target, usual=usual, level=level)
        return dict(zip(END, (found.mean, found.lower, found.upper, found.chance), strict=True))

    def rates(self) -> dict[str, float]:
        now, before = (
            100 * YEAR * n / time if time else np.nan
            for n, time in ((self.n, self.time), (self.n_before, self.time_before))
        )
        return {"per_hundred": now} | ({"per_hundred_before": before} if self.has_usual else {})

    def _usual(self, time: float) -> CountPrediction | None:
        if not self.time_before:
            return None
        return predict_count(self.n_before, self.time_before, time, dispersion=self.spread)


def _stretch(counted: Counted, before: Counted, first: int, last: int, *, everybody: Counted) -> Iterator[_OfKind]:
    """Count one stretch: by kind, and all kinds together."""
    n = _with_total(counted.n(first, last))
    n_before = _with_total(before.n(first, last, before=True)) if counted.has_usual else [0] * len(n)
    time_before = before.time(first, last, before=True) if counted.has_usual else 0.0
    spread = _dispersion(before, last, everybody)
    for at, kind in enumerate([*KINDS[counted.what], TOTAL]):
        yield _OfKind(
            kind=kind,
            n=n[at],
            n_before=n_before[at],
            time=counted.time(first, last),
            time_before=time_before,
            ahead=counted.time_ahead(last),
            spread=spread[at],
            target=counted.plan.n,
            has_usual=counted.has_usual,
            is_extra=counted.plan.target.extra,
            is_from_start=first == 1,
        )


def _dispersion(counted: Counted, until: int, everybody: Counted) -> list[float]:
    """Estimate by kind how much numbers swing: from the years before, or else from what was counted so far.

    It takes quarters, or half years where some quarter has few people. Where those have too few as well, what goes up and down
    together is taken to be as for all kinds of everybody: of a part ``s`` of the events the dispersion is ``1 + s (φ − 1)``. It is 1
    where that cannot be told either.
    """
    found = _measured(counted, until)
    whole = found[-1] if counted is everybody else _measured(everybody, until)[-1]
    if whole is None:
        return [each or 1.0 for each in found]
    months = (1, counted.months_seen if counted.has_usual else until)
    n = _with_total(counted.n(*months, before=counted.has_usual))
    n_all = _with_total(everybody.n(*months, before=counted.has_usual))[-1]
    return [each or 1 + part / n_all * (whole - 1) for each, part in zip(found, n, strict=True)]


def _measured(counted: Counted, until: int) -> list[float | None]:
    """Measure by kind how much numbers swing; None where there are too few people in some period, or too few periods."""
    is_before = counted.has_usual
    leaves = quarters(counted.months_seen if is_before else until)
    pairs = [(one[0], other[1]) for one, other in zip(leaves[::2], leaves[1::2], strict=False)]
    found: list[float | None] = [None] * (len(KINDS[counted.what]) + 1)
    for periods in (leaves, pairs):
        if len(periods) < FEWEST_PERIODS:
            continue
        n = np.array([_with_total(counted.n(*each, before=is_before)) for each in periods])
        time = [counted.time(*each, before=is_before) for each in periods]
        for kind, known in enumerate(found):
            if known is None and n[:, kind].min() >= THRESHOLD and min(time) > 0:
                found[kind] = count_dispersion(n[:, kind], time)
    return found


def _with_total(n: np.ndarray) -> list[int]:
    return [*n.tolist(), int(n.sum())]


def _table(
    counted: Counted, rows: Sequence[dict[str, Any]], level: float, *, labels: Sequence[str] = (), **declared: Any
) -> Table:
    plan = counted.plan
    counts = ["n_counted", *(["n_before"] if counted.has_usual else [])]
    names = ["months", *labels, "kind"]
    frame = pd.DataFrame(rows) if rows else pd.DataFrame(columns=[*names, *counts])
    numbers = [name for name in frame if name not in {*names, *counts}]
    usual = {name: Estimate(on=("n_before",)) for name in (*USUAL[:3], "dispersion", "per_hundred_before")}
    days = declared.get("days", [])
    frame = frame.assign(**dict.fromkeys(days, plan.first))
    words = {"months": WORDS, "kind": KINDS[counted.what], **declared.pop("words", {})}
    return table_of(
        plan.register,
        frame.astype(dict.fromkeys(counts, "int64") | dict.fromkeys(numbers, float) | dict.fromkeys(names, object)),
        about=about_register(plan.register, programme=plan.programme.slug, counted=counted.what),
        counts=counts,
        labels=names,
        words=words,
        totals=["kind"] if rows else [],
        estimates={name: usual.get(str(name), Estimate(on=tuple(counts))) for name in numbers},
        settings={
            "target": float(plan.n),
            "months_target": float(counted.months),
            "months_seen": float(counted.months_seen),
            "is_extra": float(plan.target.extra),
            "years_before": float(counted.years_before),
            "level": level,
        },
        **declared,
    )
