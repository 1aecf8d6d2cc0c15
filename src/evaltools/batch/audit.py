"""What the pages of a site tell about people, alone and together: before they are published, and as they stand there."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from evaltools import results
from evaltools.batch import inputs
from evaltools.batch.files import write_atomically
from evaltools.batch.pages import INDEX, SUFFIXES, Page, fingerprint, read_page, standing
from evaltools.batch.publish import style
from evaltools.disclosure.audit import Finding, audit
from evaltools.disclosure.record import Record
from evaltools.disclosure.scan import csv_problems, json_problems, page_problems
from evaltools.errors import DisclosureError, InvalidDataError, many
from evaltools.project import Project
from evaltools.registers import open_register
from evaltools.registers.store import stored_municipalities
from evaltools.registers.tables import TABLES

Problems = list[tuple[str, str]]
"""Names of what has a problem, and the sentence."""


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


def scan_page(page: Page, html: str, *, identifiers: Collection[str], private: Collection[str]) -> list[str]:
    """Say what stands on a page, in its headline, or among its counts and results, that must not be published.

    Parameters
    ----------
    identifiers
        Those of the register that the page is of; see `identifiers_of`.
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


def disclosed(fresh: Mapping[str, Page], site: Path) -> dict[str, list[str]]:
    """Say of each page that would be published what it tells about people, by itself or with the others of the site.

    The attacker of `disclosure.audit` reads all that would stand in the site then, and what stands there now. Where a
    page is not published the earlier one stays, so that what would stand there is another site: it looks again.
    """
    there: dict[str, tuple[Record, ...]] = {}
    for name in standing(site) if fresh else ():
        try:
            there[name] = read_page(site, name).records
        except DisclosureError:
            continue  # of a page that is replaced this is mended; of another the audit of the site tells it
    told: dict[str, list[str]] = {}
    left = dict(fresh)
    while left:
        records = {name: page.records for name, page in left.items()}
        replaced = {name: there[name] for name in left if name in there}
        found: dict[str, list[str]] = {}
        for finding in audit({**there, **records}, replaced):
            named = set(finding.pages) & set(left) if finding.pages else set(left)
            for name in named:
                found.setdefault(name, []).append(_sentence(finding))
        if not found:
            break
        told |= found
        left = {name: page for name, page in left.items() if name not in found}
    return told


def audit_site(
    site: Path,
    *,
    project: Project | None = None,
    private: Mapping[str, Collection[str]] | None = None,
    earlier: Path | None = None,
    seen: set[str] | None = None,
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
    pages: dict[str, Page] = {}
    for name in standing(site):
        try:
            pages[name] = read_page(site, name)
        except DisclosureError as error:
            problems.append((f"{name}.html", str(error)))
    known, clean = seen or set(), set()
    by_municipality = sorted(pages.values(), key=attrgetter("municipality", "name"))
    for municipality, group in groupby(by_municipality, attrgetter("municipality")):
        own = {page.name: page for page in group}
        not_to_show = {name: (private or {}).get(name, ()) for name in own}
        stamps = {
            name: stamp(site, name, project=project, municipality=municipality, private=not_to_show[name])
            for name in own
        }
        unseen = [page for name, page in own.items() if stamps[name] not in known]
        identifiers: Collection[str] = ()
        if project and any(page.is_of_persons for page in unseen):
            try:
                identifiers = identifiers_of(project, municipality)
            except InvalidDataError as error:
                problems.append((municipality, f"its identifiers cannot be looked for: {error}"))
        found = {page.name: [*_page_problems(site, page, identifiers, not_to_show[page.name])] for page in unseen}
        problems += [(f"{name}.html", problem) for name, told in found.items() for problem in told]
        clean |= {stamps[name] for name in own if not found.get(name)}
    if (site / INDEX).is_file():
        index = page_problems(_text(site / INDEX), style=style(), is_of_persons=False)
        problems += [(INDEX, problem) for problem in index]
    problems += [(path, "is no file of a page of this site; delete it") for path in _strangers(site)]
    together = inputs.of([inputs.library(), *(inputs.of_file(site / f"{name}.json") for name in pages)])
    if earlier or together not in known:
        before = {name: read_page(earlier, name).records for name in standing(earlier)} if earlier else {}
        told = audit({name: page.records for name, page in pages.items()}, before)
        problems += [(", ".join(finding.pages), finding.problem) for finding in told]
        clean |= set() if told else {together}
    else:
        clean.add(together)
    if seen is not None:
        seen.clear()
        seen |= clean
    of_persons = {page.municipality for page in pages.values() if page.is_of_persons and page.municipality}
    stored = stored_municipalities(project) if project else []
    # A number that stands in a table and in a sentence is one.
    states = {
        (cell, record.as_of, record.is_simulated, state)
        for page in pages.values()
        for record in page.records
        for cell, state in zip(record.cells, record.states, strict=True)
        if state != "derived"
    }
    return SiteAudit(
        n_pages=len(pages),
        n_cells=len(states),
        n_hidden=sum(state == "hidden" for *_, state in states),
        problems=sorted(problems),
        without_register=tuple(sorted(of_persons.difference(stored))),
    )


def stamp(site: Path, name: str, *, project: Project | None, municipality: str, private: Collection[str]) -> str:
    """Fingerprint all that is looked at on a page by itself: its files, and what is looked for."""
    files = [inputs.of_file(site / f"{name}{suffix}") for suffix in SUFFIXES]
    register = inputs.of_register(project, municipality) if project and municipality else ""
    return inputs.of([name, *files, register, sorted(private), inputs.library()])


def read_seen(project: Project) -> set[str]:
    """Read the stamps of what earlier runs found clean; none where there is no such note."""
    try:
        return set(map(str, json.loads(_seen(project).read_text("utf-8"))))
    except (OSError, ValueError, TypeError):
        return set()


def write_seen(project: Project, seen: Collection[str]) -> None:
    """Keep the stamps of what was found clean."""
    write_atomically(_seen(project), json.dumps(sorted(seen)))


def _seen(project: Project) -> Path:
    return project.build / "audited.json"


def identifiers_of(project: Project, municipality: str) -> frozenset[str]:
    """Read the identifiers in the register of a municipality: of persons, benefits, households, employers.

    Raises
    ------
    InvalidDataError
        When there is a register and it cannot be read.
    """
    if municipality not in stored_municipalities(project):
        return frozenset()
    register = open_register(municipality, project)
    found: set[str] = set()
    for name in register.tables:
        columns = [column for column in TABLES[name].columns if TABLES[name].kind(column) == "identifier"]
        if columns:
            rows = register.read(name, columns)
            found.update(*(rows[column].dropna().unique() for column in columns))
    return frozenset(found)


def _sentence(finding: Finding) -> str:
    together = f" (together: {', '.join(finding.pages)})" if len(finding.pages) > 1 else ""
    return f"{finding.problem}{together}"


def _page_problems(site: Path, page: Page, identifiers: Collection[str], private: Collection[str]) -> Iterator[str]:
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
    of_pages = {site / f"{name}{suffix}" for name in standing(site) for suffix in SUFFIXES} | {site / INDEX}
    return sorted(
        path.relative_to(site).as_posix()
        for path in site.rglob("*")
        if path.is_symlink() or (not path.is_dir() and path not in of_pages)
    )
