"""The files of a page in the site: the page, what it tells as numbers for people, and the same for the audit.

``name.html`` is the page, ``name.csv`` its counts for reuse and ``name.results.json`` its results (where it has any),
``name.json`` its records, with the fingerprint of the page: one that was changed afterwards is told.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from evaltools import __version__, results
from evaltools.batch.files import write_together
from evaltools.disclosure.record import Record, from_json, to_json
from evaltools.disclosure.tabular import to_csv
from evaltools.errors import DisclosureError, InvalidDataError
from evaltools.results import Result

FORM = 1
"""Number of the form of the file beside a page; a reader of another form refuses it."""
OF_PERSONS = frozenset({"register", "simulated", "results"})
"""Origins of figures that are of persons, real or simulated, or follow from such figures on other pages."""
INDEX = "index.html"
ACCESSIBILITY = "toegankelijkheid.html"
"""What readers may expect, for whom reading is not a matter of course."""
SUFFIXES = (results.SUFFIX, ".html", ".json", ".csv")
"""What the names of the files of a page in the site end with, after its own; the longest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is kept of a page beside it: all of it may be read by everybody.

    Attributes
    ----------
    name
        Path of the page in the site without ``.html``.
    municipality
        CBS code, empty where the page is of none.
    fingerprint
        SHA-256 of the page.
    origins
        What its figures are, as blocks are marked.
    days
        Days that may stand on it, ISO: of the register itself, and of what was published before.
    headline
        The sentence that stands for it on the index.
    records
        What its tables tell everybody.
    results
        What it found, for other pages and for reuse.
    version
        Of evaltools, with which it was made.
    """

    name: str
    municipality: str
    fingerprint: str
    origins: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    headline: str = ""
    records: tuple[Record, ...] = ()
    results: tuple[Result, ...] = ()
    version: str = __version__

    @property
    def is_of_persons(self) -> bool:
        """Whether figures of persons stand on it, real or simulated."""
        return not OF_PERSONS.isdisjoint(self.origins)

    @property
    def csv(self) -> str:
        """Its counts for reuse; empty where it has none."""
        return to_csv(self.records) if has_counts(self.records) else ""

    @property
    def results_json(self) -> str:
        """Its results for reuse; empty where it has none."""
        if not self.results:
            return ""
        return results.to_text(self.results, page=self.name, fingerprint=self.fingerprint, version=self.version)

    def to_text(self) -> str:
        """Write it as JSON."""
        content = {
            "form": FORM,
            "name": self.name,
            "municipality": self.municipality,
            "sha256": self.fingerprint,
            "origins": list(self.origins),
            "days": list(self.days),
            "headline": self.headline,
            "records": to_json(self.records),
            "results": results.to_rows(self.results),
            "evaltools": self.version,
        }
        return json.dumps(content, ensure_ascii=False) + "\n"


def has_counts(records: Iterable[Record]) -> bool:
    """Whether there is anything to reuse: a count that is shown or hidden."""
    return any(record.n_shown + record.n_hidden for record in records)


def fingerprint(content: bytes) -> str:
    """Tell pages apart."""
    return sha256(content).hexdigest()


def publish(page: Page, html: str, site: Path) -> None:
    """Write a page and what stands beside it in the site; the page itself comes last."""
    path = site / page.name
    texts = {".csv": page.csv, results.SUFFIX: page.results_json, ".json": page.to_text(), ".html": html}
    files = {path.with_name(path.name + suffix): text for suffix, text in texts.items()}
    write_together({file: text for file, text in files.items() if text})
    for file, text in files.items():
        if not text:
            file.unlink(missing_ok=True)


def standing(site: Path) -> list[str]:
    """Name the pages that stand in a site, but for the indexes."""
    paths = (path for path in site.glob("*/*.html") if path.name != INDEX)
    return sorted(path.relative_to(site).with_suffix("").as_posix() for path in paths)


def indexes(site: Path) -> list[str]:
    """Name the files of the indexes that stand in a site, and of the page on its accessibility."""
    paths = [path for name in (INDEX, ACCESSIBILITY, f"*/{INDEX}") for path in site.glob(name)]
    return sorted(path.relative_to(site).as_posix() for path in paths)


def page_of(file: Path, site: Path) -> str:
    """Name the page that a file of a site is of, by its name.

    Examples
    --------
    >>> page_of(Path("reports/proef/GM0197-net.results.json"), Path("reports"))
    'proef/GM0197-net'
    """
    name = file.relative_to(site).as_posix()
    return next((name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix)), name)


def read_page(site: Path, name: str) -> Page:
    """Read what is kept of a page in the site.

    Raises
    ------
    DisclosureError
        When it is missing or unreadable; nothing of it is quoted.
    """
    return read_beside(site / f"{name}.json", name)


def read_beside(path: Path, name: str) -> Page:
    """Read a file as `read_page` does, wherever it is."""
    subject = f"{name}.json"
    try:
        found = json.loads(path.read_text("utf-8"))
        if found["form"] != FORM or found["name"] != name:
            raise ValueError  # noqa: TRY301  (told below, as all that is wrong with it)
        return Page(
            name=name,
            municipality=str(found["municipality"]),
            fingerprint=str(found["sha256"]),
            origins=tuple(map(str, found["origins"])),
            days=tuple(map(str, found["days"])),
            headline=str(found.get("headline", "")),
            records=from_json(found["records"], subject=subject),
            # Pages of versions without results have none.
            results=results.from_rows(found.get("results", []), subject=subject),
            version=str(found.get("evaltools", "")),
        )
    except FileNotFoundError:
        raise DisclosureError(
            subject, ["is not there, so that nobody can check the page; make the page again"]
        ) from None
    except (OSError, KeyError, TypeError, ValueError, RecursionError, InvalidDataError):
        raise DisclosureError(
            subject, ["cannot be read, so that nobody can check the page; make the page again"]
        ) from None
