"""What was published, as shares of a whole, and exits beside work.

Every function takes the claims of one municipality and returns a table; none
rounds, none knows Dutch beyond the labels of the programme file. A claim's group
is a named outcome; its whole is the group it lies within, or the population.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from evaltools.disclosure import from_publications
from evaltools.effects import proportion
from evaltools.findings.precision import of_difference, of_quotient
from evaltools.programmes import POPULATION, Claim, Outcome, Precision

PUBLISHED_COLUMNS = [
    "group",
    "label",
    "role",
    "n",
    "share",
    "precision",
    "as_published",
    "unit",
    "whole",
    "status",
]
SHARE_COLUMNS = [
    "group",
    "label",
    "kind",
    "whole",
    "whole_label",
    "status",
    "n",
    "n_whole",
    "is_derived",
    "precision",
    "whole_precision",
    "bound",
    "share",
    "as_published",
    "estimate",
    "lower",
    "upper",
    "level",
]
EXIT_COLUMNS = [
    "label",
    "unit",
    "n_exits",
    "exits_precision",
    "work_label",
    "n_work",
    "work_precision",
    "n_without_reason",
    "without_reason_precision",
    "estimate",
    "lower",
    "upper",
]

STATED, ASSUMED, OTHER_READING = "stated", "assumed", "other_reading"


@from_publications
def published_figures(claims: Sequence[Claim]) -> pd.DataFrame:
    """One row per figure as the text gives it.

    ``role`` is population, outcome or output; ``n`` or ``share`` (0-1) is empty
    where the text gives the other; ``whole`` is the label of the group it is a
    part of, empty for populations and outputs, and ``status`` says how sure that
    is (see `shares`).
    """
    rows = [row for claim in claims for row in _figures_of(claim)]
    table = pd.DataFrame(rows, columns=PUBLISHED_COLUMNS)
    return table.astype({"n": "Int64", "share": "Float64"})


@from_publications
def shares(claims: Sequence[Claim], *, level: float = 0.95) -> pd.DataFrame:
    """One row per group and whole: its share with a Wilson interval.

    Each group is set against the whole population, against the group it lies
    within or is given as a share of, and against those of other readings.
    ``status`` says how sure it is that the group lies within the whole: ``stated``
    by the text, ``assumed`` where another reading has another whole, or
    ``other_reading``. ``is_derived`` is true where the text gives a share and the
    count is the nearest whole number to it; ``bound`` says how exact the share is
    when its two figures are not.

    Examples
    --------
    >>> from evaltools.programmes import Claim
    >>> claim = Claim.model_validate({
    ...     "municipality": "GM0197", "source": {"title": "t"},
    ...     "population": {"n": 270, "unit": "residents", "stage": "selected", "meaning": "m"},
    ...     "outcomes": [{"name": "out", "kind": "exit", "label": "out", "n": 108}],
    ... })
    >>> shares([claim])["estimate"].tolist()
    [0.4]
    """
    rows = [
        _share(claim, outcome, whole, level)
        for claim in claims
        for outcome in claim.outcomes
        for whole in _wholes(claim, outcome)
        # An empty whole has no shares; a reading may put a group into one that is too small.
        if claim.size(outcome.name) <= claim.size(whole) > 0
    ]
    return pd.DataFrame(rows, columns=SHARE_COLUMNS)


@from_publications
def exits_and_work(claims: Sequence[Claim], *, level: float = 0.95) -> pd.DataFrame:
    """One row per group that left the benefit: how many of them for work.

    ``n_without_reason`` counts those for whom the text gives no reason at all;
    ``…_precision`` says how exact a count is. A group that left for work while the
    text gives no total of exits has an empty ``n_exits``. ``estimate`` with its
    Wilson interval is the share of exits that is work; empty where nobody left, or
    where one person may count for work twice.
    """
    rows = [row for claim in claims for row in _exits_of(claim, level)]
    table = pd.DataFrame(rows, columns=EXIT_COLUMNS)
    counts = {name: "Int64" for name in EXIT_COLUMNS if name.startswith("n_")}
    return table.astype({**counts, "estimate": "Float64", "lower": "Float64", "upper": "Float64"})


def _figures_of(claim: Claim) -> Iterator[dict[str, Any]]:
    given = {"n", "share", "precision", "as_published", "label"}
    if claim.population is not None:
        unit = claim.population.unit
        yield {
            **claim.population.model_dump(include=given),
            "group": POPULATION,
            "label": claim.population.meaning,
            "role": "population",
            "unit": unit,
            "whole": "",
            "status": STATED,
        }
        for outcome in claim.outcomes:
            whole = outcome.of or outcome.within
            yield {
                **outcome.model_dump(include=given),
                "group": outcome.name,
                "role": "outcome",
                "unit": unit,
                "whole": claim.label(whole),
                "status": _status(claim, outcome, whole),
            }
    for output in claim.outputs:
        yield {
            **output.model_dump(include=given),
            "group": output.name,
            "role": "output",
            "unit": output.unit,
            "whole": "",
            "status": STATED,
        }


def _wholes(claim: Claim, outcome: Outcome) -> list[str]:
    others = (reading.within.get(outcome.name, POPULATION) for reading in claim.readings)
    return list(dict.fromkeys([POPULATION, outcome.of or POPULATION, outcome.within, *others]))


def _share(claim: Claim, outcome: Outcome, whole: str, level: float) -> dict[str, Any]:
    share = proportion(claim.size(outcome.name), claim.size(whole), level=level)
    is_printed = outcome.share is not None and whole == (outcome.of or outcome.within)
    bound: Precision = of_quotient(outcome.precision, claim.precision(whole))
    if outcome.share is not None:
        bound = outcome.precision if is_printed else "about"
    return {
        "group": outcome.name,
        "label": outcome.label,
        "kind": outcome.kind,
        "whole": whole,
        "whole_label": claim.label(whole),
        "status": _status(claim, outcome, whole),
        "n": claim.size(outcome.name),
        "n_whole": share.n,
        "is_derived": outcome.n is None,
        "precision": outcome.precision,
        "whole_precision": claim.precision(whole),
        "bound": bound,
        "share": outcome.share if is_printed else None,
        "as_published": outcome.as_published,
        "estimate": share.estimate,
        "lower": share.lower,
        "upper": share.upper,
        "level": level,
    }


def _exits_of(claim: Claim, level: float) -> Iterator[dict[str, Any]]:
    unit = claim.population.unit if claim.population else None
    exits = [outcome for outcome in claim.outcomes if outcome.kind == "exit"]
    for leaving in exits:
        if any(leaving.within == other.name for other in exits):
            continue
        parts = [outcome for outcome in claim.outcomes if outcome.within == leaving.name]
        work = [part for part in parts if part.kind == "work_exit"]
        n = claim.size(leaving.name)
        n_work = sum(claim.size(part.name) for part in work)
        n_parts = sum(claim.size(part.name) for part in parts)
        precisions: list[Precision] = [_count_precision(part) for part in parts]
        row: dict[str, Any] = {
            "label": leaving.label,
            "unit": unit,
            "n_exits": n,
            "exits_precision": _count_precision(leaving),
            "work_label": ", ".join(part.label for part in work),
            "n_work": n_work if work and n_work <= n else None,
            "work_precision": _count_precision(work[0]) if len(work) == 1 else "about",
            "n_without_reason": max(0, n - n_parts),
            "without_reason_precision": of_difference(_count_precision(leaving), precisions),
        }
        if len(work) == 1 and 0 < n >= n_work:
            share = proportion(n_work, n, level=level)
            row |= {"estimate": share.estimate, "lower": share.lower, "upper": share.upper}
        yield row
    for outcome in claim.outcomes:
        if outcome.kind == "work_exit" and not exits:
            yield {
                "label": "",
                "unit": unit,
                "work_label": outcome.label,
                "n_work": claim.size(outcome.name),
                "work_precision": _count_precision(outcome),
            }


def _count_precision(outcome: Outcome) -> Precision:
    return outcome.precision if outcome.n is not None else "about"


def _status(claim: Claim, outcome: Outcome, whole: str) -> str:
    """Whether the text says that the group lies within the whole, or we do."""
    if whole in (POPULATION, outcome.of):
        return STATED
    if whole != outcome.within:
        return OTHER_READING
    return ASSUMED if claim.is_assumed(outcome.name) else STATED
