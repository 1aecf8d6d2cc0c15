"""An attacker, who reads all pages of a site and the edition before, and adds and subtracts what they show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from evaltools.disclosure.attack import equations, linked, ranges, reached
from evaltools.disclosure.record import ROUNDED, Cell, Record, Sum, implied_rests
from evaltools.disclosure.rules import UNSURE
from evaltools.errors import DisclosureError, many

MARGIN = 1e-4
"""By so much more than need be a range must be wide to be taken for wide: far more than the solver is off."""
BEFORE = "(before)"
"""Behind the name of a page of the edition before."""
Pages = Mapping[str, Sequence[Record]]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that pages tell about few people, alone or together.

    Attributes
    ----------
    pages
        Their names.
    problem
        What can be told, without saying it.
    """

    pages: tuple[str, ...]
    problem: str


@dataclass(frozen=True, slots=True)
class _Name:
    """A cell of one edition, of real or of simulated people."""

    cell: Cell
    as_of: str
    is_simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of every cell of some pages, laid together."""

    names: tuple[_Name, ...]
    pages: tuple[frozenset[str], ...]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    is_hidden: NDArray[np.bool_]
    is_shown: NDArray[np.bool_]
    is_trait: NDArray[np.bool_]
    is_amount: NDArray[np.bool_]
    threshold: NDArray[np.float64]
    sums: tuple[Sum, ...]


def audit(pages: Pages, earlier: Pages | None = None) -> list[Finding]:
    """Try to compute what pages hide; and find what they show of few people.

    All records are laid together: cells of the same name and extract day are one number. The feasible range of
    every number that is not shown follows by linear programming from all sums at once. A finding is: a
    hidden number whose range is narrower than its threshold; a rest of a whole that must be 1 to threshold - 1 people, or
    must be nobody with a sensitive trait; a hidden amount that can be told to within a tenth; a number that two pages show
    differently; a number of few people that is shown; a number that differs by so few from the earlier edition, or from
    another page of another extract day.

    Parameters
    ----------
    pages
        The records of each page of the site, by its name.
    earlier
        Those of the edition before. Editions of simulated registers are not compared: nobody is in them.

    Examples
    --------
    >>> import math
    >>> n = dict(is_trait=(False,) * 3, is_amount=(False,) * 3, threshold=10, is_simulated=False)
    >>> region, a, b = Cell("n"), Cell("n", (("municipality", "a"),)), Cell("n", (("municipality", "b"),))
    >>> page = Record(cells=(region, a, b), states=("shown", "shown", "hidden"), low=(34, 30, 0), high=(34, 30, math.inf),
    ...               sums=((0, (1, 2)),), **n)
    >>> [finding.problem for finding in audit({"region": [page]})]
    ['n (municipality=b) is hidden, and can be computed to within fewer than 10 from what is shown']
    """
    findings = _findings(pages)
    if findings:
        # Pages that tell too much by themselves are named alone; the others are tried again without them.
        alone = [finding for name, records in pages.items() for finding in _findings({name: records})]
        bad = {name for finding in alone for name in finding.pages}
        findings = alone + _findings({name: records for name, records in pages.items() if name not in bad})
    if earlier:
        named = {name for finding in findings for name in finding.pages}
        findings += _between({name: records for name, records in pages.items() if name not in named}, earlier)
    return findings


def scope_of(records: Iterable[Record]) -> frozenset[tuple[str, str]]:
    """Say what the cells of a page count and where: pages that have nothing of it in common tell nothing together.

    Where is a municipality, or else a register; empty for what is counted over all.
    """
    return frozenset((cell.measure, _place(cell)) for record in records for cell in record.cells)


def groups_of(scopes: Mapping[str, Iterable[tuple[str, str]]]) -> list[list[str]]:
    """Divide pages into groups that can be audited one by one: no number follows from pages of two groups.

    Pages belong together when they count the same in the same place, or one counts over all places what the other
    counts in one: cells of other places have other names, and are in no sum with these; see `implied_rests`.

    Parameters
    ----------
    scopes
        By the name of each page, what `scope_of` says.

    Examples
    --------
    >>> groups_of({"a": [("n", "GM1")], "b": [("n", "GM2")], "c": [("n", "GM1")], "d": []})
    [['a', 'c'], ['b'], ['d']]
    >>> groups_of({"a": [("n", "GM1")], "b": [("n", "GM2")], "total": [("n", "")]})
    [['a', 'b', 'total']]
    """
    over_all = {measure for scope in scopes.values() for measure, place in scope if not place}
    first: dict[tuple[str, str], str] = {}
    leader = {name: name for name in scopes}

    def lead(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for name, scope in scopes.items():
        for measure, place in scope:
            key = (measure, "" if measure in over_all else place)
            one, other = sorted((lead(first.setdefault(key, name)), lead(name)))
            leader[other] = one
    groups: dict[str, list[str]] = {}
    for name in sorted(scopes):
        groups.setdefault(lead(name), []).append(name)
    return list(groups.values())


def _place(cell: Cell) -> str:
    labels = dict(cell.labels)
    return labels.get("municipality") or labels.get(ROUNDED, "")


def _findings(pages: Pages) -> list[Finding]:
    known = _lay(pages)
    is_contrary = known.low > known.high
    if is_contrary.any():
        problem = "is not the same number everywhere; two numbers for the same people tell by how few they differ"
        return [
            Finding(_pages(known, [int(at)]), f"{known.names[at].cell} {problem}") for at in np.flatnonzero(is_contrary)
        ]
    groups = _groups(known)
    found = _ranges(known)
    if found is None:
        problem = "show numbers that cannot all be true: totals that are not the sum of their parts"
        broken = [group for group in set(groups.tolist()) if _ranges(_only(known, groups == group)) is None]
        return [Finding(_of_group(known, groups == group), problem) for group in sorted(broken)]
    return [
        Finding(_around(known, groups, at), f"{known.names[at].cell} {problem}")
        for at, problem in _problems(known, *found)
    ] + _changes(known, *found)


def _lay(pages: Pages) -> _Known:
    at: dict[_Name, int] = {}
    rows: list[tuple[int, str, float, float, str, bool, bool, int]] = []
    sums: dict[Sum, None] = {}
    for page, records in pages.items():
        for record in records:
            places = [at.setdefault(_Name(cell, record.as_of, record.is_simulated), len(at)) for cell in record.cells]
            rows += zip(
                places, [page] * len(places), record.low, record.high, record.states, record.is_trait, record.is_amount,
                [record.threshold] * len(places), strict=True,
            )  # fmt: skip
            sums |= {
                (places[total], tuple(sorted(places[part] for part in parts))): None for total, parts in record.sums
            }
    names = [*at]
    of_editions: dict[tuple[str, bool], tuple[list[Cell], list[tuple[Cell, Cell]]]] = {}
    for name in names:
        of_editions.setdefault((name.as_of, name.is_simulated), ([], []))[0].append(name.cell)
    for total, parts in sums:
        edition = (names[total].as_of, names[total].is_simulated)
        of_editions[edition][1].extend((names[total].cell, names[part].cell) for part in parts)
    strictest = max((row[-1] for row in rows), default=0)
    for edition, (cells, pairs) in of_editions.items():
        for each in implied_rests(cells, pairs):
            whole, part, rest = (at.setdefault(_Name(cell, *edition), len(at)) for cell in each)
            sums[whole, tuple(sorted((part, rest)))] = None
            rows.append((rest, "", 0.0, np.inf, "derived", False, False, strictest))
    n = len(at)
    low, high, threshold = np.zeros(n), np.full(n, np.inf), np.zeros(n)
    is_hidden, is_shown, is_trait, is_amount = (np.zeros(n, dtype=bool) for _ in range(4))
    on: list[set[str]] = [set() for _ in range(n)]
    for place, page, least, most, state, trait, amount, few in rows:
        low[place], high[place] = max(low[place], least), min(high[place], most)
        threshold[place] = max(threshold[place], few)
        is_hidden[place] |= state == "hidden"
        is_shown[place] |= state == "shown"
        is_trait[place] |= trait
        is_amount[place] |= amount
        if state != "derived":
            on[place].add(page)
    return _Known(
        names=tuple(at), pages=tuple(map(frozenset, on)), low=low, high=high, is_hidden=is_hidden, is_shown=is_shown,
        is_trait=is_trait, is_amount=is_amount, threshold=threshold, sums=tuple(sums),
    )  # fmt: skip


def _ranges(known: _Known) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Find the range of every number, or one within it that is wide enough; None where what is shown contradicts itself."""
    try:
        low, high = reached(known.sums, known.low, known.high)
        asked = ~_is_wide(known, low, high)
        least, most = ranges(known.sums, known.low, known.high, asked=asked, is_whole=~known.is_amount)
    except DisclosureError:
        return None
    return np.where(asked, least, low), np.where(asked, most, high)


def _is_wide(known: _Known, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say of which numbers values were found that are so far apart that no more of them need be known.

    Of a number that another extract day has too, the whole range is asked: their difference is judged by it.
    """
    days: dict[Cell, int] = {}
    for name in known.names:
        days[name.cell] = days.get(name.cell, 0) + (not name.is_simulated)
    has_others = np.array([days[name.cell] > 1 for name in known.names], dtype=bool)
    can_be_other = ((low < 1 - MARGIN) & (high > MARGIN)) | (high >= known.threshold + MARGIN)
    is_far = high - low >= known.threshold + MARGIN
    return ~has_others & ~known.is_amount & np.where(known.is_hidden, is_far, can_be_other)


def _problems(known: _Known, low: NDArray[np.float64], high: NDArray[np.float64]) -> Iterable[tuple[int, str]]:
    is_nobody = high <= 0
    # Of a group without people nothing is told; that a total of the trait itself is nobody is found there.
    is_of_nobody = np.zeros(len(low), dtype=bool)
    for total, parts in known.sums:
        is_of_nobody[list(parts)] |= is_nobody[total]
    is_certainly_few = (low >= 1) & (high < known.threshold)
    checks = {
        "is shown, and is of too few people": known.is_shown & ~known.is_amount & is_certainly_few,
        "is hidden, and can be computed to within fewer than {few} from what is shown": (
            known.is_hidden & ~known.is_amount & (high - low < known.threshold)
        ),
        "is hidden, and can be computed to within a tenth from what is shown": (
            known.is_hidden & known.is_amount & (high > 0) & (high - low < UNSURE * high)
        ),
        "is not shown, and must be of too few people": (
            ~known.is_hidden & ~known.is_shown & ~known.is_amount & is_certainly_few
        ),
        "must be nobody, and tells that everybody else is without or with a sensitive trait": (
            ~known.is_hidden & known.is_trait & is_nobody & ~is_of_nobody
        ),
    }
    for problem, found in checks.items():
        for place in np.flatnonzero(found):
            yield int(place), problem.format(few=int(known.threshold[place]))


def _pages(known: _Known, places: Iterable[int]) -> tuple[str, ...]:
    return tuple(sorted(set().union(*(known.pages[place] for place in places))))


def _groups(known: _Known) -> NDArray[np.intp]:
    """Say of each sum to which group it belongs: those that hang together through numbers that are not known."""
    of_sum, _ = linked(equations(known.sums, len(known.names))[:, known.low < known.high])
    return of_sum


def _only(known: _Known, is_kept: NDArray[np.bool_]) -> _Known:
    return replace(known, sums=tuple(each for each, kept in zip(known.sums, is_kept, strict=True) if kept))


def _of_group(known: _Known, is_in: NDArray[np.bool_]) -> tuple[str, ...]:
    return _pages(known, {cell for total, parts in _only(known, is_in).sums for cell in (total, *parts)})


def _around(known: _Known, groups: NDArray[np.intp], place: int) -> tuple[str, ...]:
    """List the pages that show something of the sums by which a number can be reached."""
    near = {int(group) for group, (total, parts) in zip(groups, known.sums, strict=True) if place in (total, *parts)}
    return tuple(sorted({*_pages(known, [place]), *_of_group(known, np.isin(groups, list(near)))}))


def _between(pages: Pages, earlier: Pages) -> list[Finding]:
    """Compare two editions: what differs by few people tells of those people."""
    shown = {(cell, record.as_of): (low, high) for record in chain.from_iterable(pages.values())
             for cell, low, high in zip(record.cells, record.low, record.high, strict=True)}  # fmt: skip
    before = {f"{name} {BEFORE}": [_beside(record, shown) for record in records if not record.is_simulated]
              for name, records in earlier.items()}  # fmt: skip
    # Of one extract day the same numbers are meant: what one edition hides, the other may not tell.
    both = _lay({**pages, **before})
    ranged = _ranges(both)
    if ranged is None:
        # They cannot both be true: something was corrected since. Then each is compared as it stands.
        both = _lay({**pages, **{name: [_apart(record) for record in records] for name, records in before.items()}})
        ranged = _ranges(both) or (both.low, both.high)
    low, high = ranged
    groups = _groups(both)
    findings = [
        Finding(_around(both, groups, place), f"{both.names[place].cell} {problem}, with the edition before")
        for place, problem in _problems(both, low, high)
    ]
    of_now = [replace(finding, pages=_now(finding.pages)) for finding in findings + _changes(both, low, high)]
    return [finding for finding in of_now if finding.pages]


def _changes(known: _Known, low: NDArray[np.float64], high: NDArray[np.float64]) -> list[Finding]:
    """Find the numbers of which two extract days differ by few people."""
    places: dict[Cell, list[int]] = {}
    for place, name in enumerate(known.names):
        if not name.is_simulated and not known.is_amount[place]:
            places.setdefault(name.cell, []).append(place)
    found = [
        place
        for same in places.values()
        for place, other in combinations(same, 2)
        if _is_certainly_few(low[place] - high[other], high[place] - low[other], known.threshold[place])
    ]
    found += _changed_together(known, places)
    if not found:
        return []
    return [
        Finding(
            _pages(known, [other for place in found for other in places[known.names[place].cell]]),
            f"{many(len(found), 'number')}, such as {known.names[found[0]].cell}, differ from the edition before by too "
            "few people; round this edition to tens (base=10) or leave those tables out",
        )
    ]


def _changed_together(both: _Known, places: Mapping[Cell, Sequence[int]]) -> list[int]:
    """Find sums of which the numbers that are not shown differ together by few people from the edition before."""
    rests: dict[tuple[Cell, ...], list[tuple[int, float, float]]] = {}
    by_name = {name: place for place, name in enumerate(both.names)}
    for total, parts in both.sums:
        hidden = [part for part in parts if both.low[part] < both.high[part]]
        if len(hidden) < 2 or both.names[total].is_simulated or both.is_amount[total]:
            continue
        for other in places.get(both.names[total].cell, ()):
            of_other = [by_name.get(replace(both.names[part], as_of=both.names[other].as_of)) for part in parts]
            if None in of_other:
                continue
            same = [place for place in of_other if place is not None]
            outside = [at for at, part in zip(same, parts, strict=True) if part not in hidden]
            inside = [at for at, part in zip(same, parts, strict=True) if part in hidden]
            least = max(both.low[inside].sum(), both.low[other] - both.high[outside].sum())
            most = min(both.high[inside].sum(), both.high[other] - both.low[outside].sum())
            cells = tuple(both.names[part].cell for part in hidden)
            rests.setdefault(cells, []).append((total, least, most))
    return [
        one[0]
        for same_cells in rests.values()
        for one, two in combinations(same_cells, 2)
        if _is_certainly_few(one[1] - two[2], one[2] - two[1], both.threshold[one[0]])
    ]


def _beside(record: Record, shown: Mapping[tuple[Cell, str], tuple[float, float]]) -> Record:
    """Lay a record of the edition before apart, where it says something else of the same day: it was corrected since."""
    bounds = zip(record.cells, record.low, record.high, strict=True)
    is_corrected = any(
        least > now[1] or most < now[0]
        for cell, least, most in bounds
        if (now := shown.get((cell, record.as_of))) is not None
    )
    return _apart(record) if is_corrected else record


def _apart(record: Record) -> Record:
    return replace(record, as_of=f"{record.as_of} {BEFORE}")


def _is_certainly_few(least: float, most: float, threshold: float) -> bool:
    return 0 < least <= most < threshold or -threshold < least <= most < 0


def _now(pages: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in pages if not name.endswith(f" {BEFORE}"))
