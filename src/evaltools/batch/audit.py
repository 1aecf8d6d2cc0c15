"""What the pages of a site tell about people, alone and together: before they are published, and as they stand there."""

import json
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape
from itertools import groupby
from pathlib import Path

from evaltools import results
from evaltools.batch import inputs
from evaltools.batch.files import write_atomically
from evaltools.batch.identifiers import identifiers_on
from evaltools.batch.pages import SUFFIXES, Page, fingerprint, indexes, read_page, standing
from evaltools.batch.publish import script, style
from evaltools.disclosure.audit import Finding, audit, groups_of, scope_of
from evaltools.disclosure.record import Record
from evaltools.disclosure.scan import csv_problems, json_problems, page_problems
from evaltools.errors import DisclosureError, InvalidDataError, many
from evaltools.project import Project
from evaltools.registers.store import stored_municipalities

Problems = list[tuple[str, str]]
"""Names of what has a problem, and the sentence."""
Seen = dict[str, list[int]]
"""Stamps of pages, and of pages together with how many cells they have and how many of those are hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAudit:
    """What an audit of a site looked at, and what it found.

    Attributes
    ----------
    n_pages, n_cells, n_hidden
        How many pages there are, numbers on them that are shown or hidden, and of those hidden.
    problems
        By what has it, a sentence for each.
    without_register
        Municipalities of which the identifiers could not be looked for: their register is not here.
    """

    n_pages: int
    n_cells: int
    n_hidden: int
    problems: Problems
    without_register: tuple[str, ...] = ()

    def summary(self) -> str:
        """Say it in one line.

        Examples
        --------
        >>> SiteAudit(n_pages=19, n_cells=1812, n_hidden=96, problems=[]).summary()
        '19 pages, 1,812 cells, 96 hidden: nothing found'
        """
        found = many(len(self.problems), "problem") if self.problems else "nothing found"
        return f"{many(self.n_pages, 'page')}, {many(self.n_cells, 'cell')}, {self.n_hidden:,} hidden: {found}"


def scan_page(page: Page, html: str, *, identifiers: Container[str], private: Collection[str]) -> list[str]:
    """Say what stands on a page, in its headline, or among its counts and results, that must not be published.

    Parameters
    ----------
    identifiers
        Those of the register that the page is of; see `identifiers.identifiers_of`.
    private
        Values of parameters that were marked private.
    """
    look = partial(
        page_problems,
        days=page.days,
        identifiers=identifiers,
        private=private,
        style=style(),
        is_of_persons=page.is_of_persons,
    )
    found = look(html) + [f"its headline: {problem}" for problem in look(f"<p>{escape(page.headline)}</p>")]
    if page.csv:
        problems = csv_problems(page.csv, identifiers=identifiers, private=private, days=page.days)
        found += [f"its counts (CSV): {problem}" for problem in problems]
    if page.results:
        problems = json_problems(page.results_json, identifiers=identifiers, private=private, days=page.days)
        found += [f"its results (JSON): {problem}" for problem in problems]
    return found


def disclosed(fresh: Mapping[str, Callable[[], Page]], site: Path) -> dict[str, list[str]]:
    """Say of each page that would be published what it tells about people, by itself or with the others of the site.

    The attacker of `disclosure.audit` reads all that would stand in the site then, and what stands there now. Where a
    page is not published the earlier one stays, so that what would stand there is another site: it looks again.
    Pages are read a group at a time: a site may have more than fit in memory.

    Parameters
    ----------
    fresh
        By the name of each page, a function that reads it.
    """
    if not fresh:
        return {}
    of_now = {name: scope_of(_records(site, name)) for name in standing(site)}
    of_fresh = {name: scope_of(read().records) for name, read in fresh.items()}
    told: dict[str, list[str]] = {}
    for group in groups_of({name: {*of_now.get(name, ()), *of_fresh.get(name, ())} for name in {**of_now, **of_fresh}}):
        left = {name: fresh[name]().records for name in group if name in fresh}
        there = {name: _records(site, name) for name in group if name in of_now} if left else {}
        while left:
            found: dict[str, list[str]] = {}
            for finding in audit({**there, **left}, {name: there[name] for name in left if name in there}):
                named = set(finding.pages) & set(left) if finding.pages else set(left)
                for name in named:
                    found.setdefault(name, []).append(_sentence(finding))
            if not found:
                break
            told |= found
            left = {name: records for name, records in left.items() if name not in found}
    return told


def _records(site: Path, name: str) -> tuple[Record, ...]:
    """Read what a page tells; nothing where that cannot be read.

    Of a page that is replaced this is mended; of another the audit of the site tells it.
    """
    try:
        return read_page(site, name).records
    except DisclosureError:
        return ()


def audit_site(
    site: Path,
    *,
    project: Project | None = None,
    private: Mapping[str, Collection[str]] | None = None,
    registers: Mapping[str, Sequence[str]] | None = None,
    earlier: Path | None = None,
    seen: Seen | None = None,
) -> SiteAudit:
    """Check a site as it stands, from its files alone.

    Every page has its records, with its fingerprint; its CSV and its results are what was made with it; nothing stands on
    it that must not be published; all records together, and with those of an earlier edition, tell of nobody; no other
    files.

    Parameters
    ----------
    project
        Whose registers have the identifiers to look for.
    private
        By page, the values of parameters that were marked private.
    registers
        By page, the municipalities of which it may read the register; its own where it is not among these.
    earlier
        Folder of the site of before.
    seen
        Stamps of what was looked at before and was clean, which is not looked at again: see `stamp`. Those of now are put
        in their place.

    Raises
    ------
    DisclosureError
        When a page of the earlier site has no records that can be read.
    """
    problems: Problems = []
    pages: dict[str, _Head] = {}
    for name in standing(site):
        try:
            pages[name] = _Head.of(read_page(site, name))
        except DisclosureError as error:
            problems.append((f"{name}.html", str(error)))
    known: Seen = seen or {}
    own = {name: (page.municipality,) if page.municipality else () for name, page in pages.items()}
    apart = _alone(site, pages, project, private or {}, {**own, **(registers or {})}, known)
    together = _together(site, pages, earlier, known)
    problems += apart.problems + together.problems
    for name in indexes(site):
        found = page_problems(_text(site / name), style=style(), script=script(), is_of_persons=False)
        problems += [(name, problem) for problem in found]
    problems += [(path, "is no file of a page of this site; delete it") for path in _strangers(site)]
    if seen is not None:
        seen.clear()
        seen |= {**apart.clean, **together.clean}
    of_persons = {page.municipality for page in pages.values() if page.is_of_persons and page.municipality}
    stored = stored_municipalities(project) if project else []
    return SiteAudit(
        n_pages=len(pages),
        n_cells=together.n_cells,
        n_hidden=together.n_hidden,
        problems=sorted(problems),
        without_register=tuple(sorted(of_persons.difference(stored))),
    )


@dataclass(slots=True)
class _Looked:
    """What was found on pages: problems, or stamps of what is clean; and how many cells they have."""

    problems: Problems = field(default_factory=list)
    clean: Seen = field(default_factory=dict)
    n_cells: int = 0
    n_hidden: int = 0


def _alone(
    site: Path,
    pages: Mapping[str, "_Head"],
    project: Project | None,
    private: Mapping[str, Collection[str]],
    registers: Mapping[str, Sequence[str]],
    known: Seen,
) -> _Looked:
    """Look at each page by itself, with the identifiers of the registers that it may read at hand."""
    looked = _Looked()
    by_registers = sorted(pages, key=lambda name: (*registers[name], name))
    for codes, names in groupby(by_registers, lambda name: tuple(registers[name])):
        own = list(names)
        of_registers = inputs.of_registers(project, codes) if project and codes else ""
        stamps = {
            name: stamp(name, files=files_of(site, name), register=of_registers, private=private.get(name, ()))
            for name in own
        }
        unseen = [name for name in own if stamps[name] not in known]
        looks = [partial(_page_problems, site, read_page(site, name), private=private.get(name, ())) for name in unseen]
        identifiers: Container[str] = frozenset()
        if project and any(pages[name].is_of_persons for name in unseen):
            try:
                identifiers = identifiers_on(project, codes, looks)
            except InvalidDataError as error:
                looked.problems.append((", ".join(codes), f"its identifiers cannot be looked for: {error}"))
        found = {name: [*look(identifiers)] for name, look in zip(unseen, looks, strict=True)}
        looked.problems += [(f"{name}.html", problem) for name, of_page in found.items() for problem in of_page]
        looked.clean |= {stamps[name]: [] for name in own if not found.get(name)}
    return looked


def _together(site: Path, pages: Mapping[str, "_Head"], earlier: Path | None, known: Seen) -> _Looked:
    """Attack the pages together and with those of an earlier edition, a group at a time."""
    looked = _Looked()
    of_before = {name: scope_of(read_page(earlier, name).records) for name in standing(earlier)} if earlier else {}
    scopes = {name: page.scope | of_before.get(name, frozenset()) for name, page in pages.items()}
    for group in groups_of({**of_before, **scopes}):
        names = [name for name in group if name in pages]
        stamped = inputs.of([inputs.loaded(), *(inputs.of_file(site / f"{name}.json") for name in names)])
        counts = known.get(stamped, [])
        told: list[Finding] = []
        if earlier or not counts:
            records = {name: read_page(site, name).records for name in names}
            before = {name: read_page(earlier, name).records for name in group if name in of_before} if earlier else {}
            told = audit(records, before)
            counts = _counts(records)
        looked.problems += [(", ".join(finding.pages), finding.problem) for finding in told]
        looked.clean |= {} if told else {stamped: counts}
        looked.n_cells, looked.n_hidden = looked.n_cells + counts[0], looked.n_hidden + counts[1]
    return looked


@dataclass(frozen=True, slots=True)
class _Head:
    """What is kept of a page while others are read."""

    municipality: str
    is_of_persons: bool
    scope: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, page: Page) -> "_Head":
        return cls(page.municipality, page.is_of_persons, scope_of(page.records))


def _counts(pages: Mapping[str, Sequence[Record]]) -> list[int]:
    """Count the numbers on pages that are shown or hidden, and of those hidden; one in a table and a sentence is one."""
    states = {
        (cell, record.as_of, record.is_simulated, state)
        for records in pages.values()
        for record in records
        for cell, state in zip(record.cells, record.states, strict=True)
        if state != "derived"
    }
    return [len(states), sum(state == "hidden" for *_, state in states)]


def stamp(name: str, *, files: str, register: str, private: Collection[str]) -> str:
    """Fingerprint all that is looked at on a page by itself: its files, and what is looked for.

    Parameters
    ----------
    files
        Fingerprint of its files; see `files_of`.
    register
        Fingerprint of the registers that it may read; see `inputs.of_registers`.
    private
        Values of parameters that were marked private.
    """
    return inputs.of([name, files, register, sorted(private), inputs.loaded()])


def files_of(site: Path, name: str) -> str:
    """Fingerprint all files of a page."""
    return inputs.of([inputs.of_file(site / f"{name}{suffix}") for suffix in SUFFIXES])


def read_seen(project: Project) -> Seen:
    """Read the stamps of what earlier runs found clean; none where there is no such note."""
    try:
        found = json.loads(_seen(project).read_text("utf-8"))
        return {str(stamped): [int(count) for count in counts] for stamped, counts in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def write_seen(project: Project, seen: Seen) -> None:
    """Keep the stamps of what was found clean."""
    write_atomically(_seen(project), json.dumps(seen))


def _seen(project: Project) -> Path:
    return project.build / "audited.json"


def _sentence(finding: Finding) -> str:
    together = f" (together: {', '.join(finding.pages)})" if len(finding.pages) > 1 else ""
    return f"{finding.problem}{together}"


def _page_problems(site: Path, page: Page, identifiers: Container[str], *, private: Collection[str]) -> Iterator[str]:
    content = (site / f"{page.name}.html").read_bytes()
    if fingerprint(content) != page.fingerprint:
        yield "was changed after it was made; make it again"
    try:
        csv = page.csv
    except DisclosureError as error:
        yield str(error)
        return
    if not _holds(site / f"{page.name}.csv", csv):
        yield "its CSV is not what its records say; make it again"
    if not _holds(site / f"{page.name}{results.SUFFIX}", page.results_json):
        yield "its results are not those that were made with it; make it again"
    yield from scan_page(page, _text(site / f"{page.name}.html"), identifiers=identifiers, private=private)


def _holds(path: Path, text: str) -> bool:
    """Whether a file holds this text; one that is not there holds nothing."""
    return (path.read_bytes() if path.is_file() else b"") == text.encode("utf-8")


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


def _strangers(site: Path) -> list[str]:
    """List what is no file of a page, and no index."""
    of_pages = {site / f"{name}{suffix}" for name in standing(site) for suffix in SUFFIXES}
    of_pages |= {site / name for name in indexes(site)}
    return sorted(
        path.relative_to(site).as_posix()
        for path in site.rglob("*")
        if path.is_symlink() or (not path.is_dir() and path not in of_pages)
    )
