"""The files of a page in the site: the page, what it tells as numbers for people, and the same for the audit.

``name.html`` is the page, ``name.csv`` its counts for reuse (where it has any), ``name.json`` its records, with the
fingerprint of the page: one that was changed afterwards is told.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from evaltools.batch.files import write_together
from evaltools.disclosure.record import Record, from_json, to_json
from evaltools.disclosure.tabular import to_csv
from evaltools.errors import DisclosureError

FORM = 1
"""Number of the form of the file beside a page; a reader of another form refuses it."""
OF_PERSONS = frozenset({"register", "simulated"})
"""Origins of figures that are of persons, real or simulated."""
INDEX = "index.html"
SUFFIXES = (".html", ".json", ".csv")
"""Files of a page in the site."""


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
    records
        What its tables tell everybody.
    """

    name: str
    municipality: str
    fingerprint: str
    origins: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()

    @property
    def is_of_persons(self) -> bool:
        """Whether figures of persons stand on it, real or simulated."""
        return not OF_PERSONS.isdisjoint(self.origins)

    @property
    def csv(self) -> str:
        """Its counts for reuse; empty where it has none."""
        return to_csv(self.records) if has_counts(self.records) else ""

    def to_text(self) -> str:
        """Write it as JSON."""
        content = {
            "form": FORM,
            "name": self.name,
            "municipality": self.municipality,
            "sha256": self.fingerprint,
            "origins": list(self.origins),
            "days": list(self.days),
            "records": to_json(self.records),
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
    csv = path.with_name(f"{path.name}.csv")
    counts = {csv: page.csv} if page.csv else {}
    rest = {path.with_name(f"{path.name}.json"): page.to_text(), path.with_name(f"{path.name}.html"): html}
    write_together({**counts, **rest})
    if not counts:
        csv.unlink(missing_ok=True)


def standing(site: Path) -> list[str]:
    """Name the pages that stand in a site, but for the index."""
    return sorted(path.relative_to(site).with_suffix("").as_posix() for path in site.glob("*/*.html"))


def read_page(site: Path, name: str) -> Page:
    """Read what is kept of a page in the site.

    Raises
    ------
    DisclosureError
        When it is missing or unreadable; nothing of it is quoted.
    """
    subject = f"{name}.json"
    try:
        found = json.loads((site / subject).read_text("utf-8"))
        if found["form"] != FORM or found["name"] != name:
            raise ValueError  # noqa: TRY301  (told below, as all that is wrong with it)
        return Page(
            name=name,
            municipality=str(found["municipality"]),
            fingerprint=str(found["sha256"]),
            origins=tuple(map(str, found["origins"])),
            days=tuple(map(str, found["days"])),
            records=from_json(found["records"], subject=subject),
        )
    except FileNotFoundError:
        raise DisclosureError(
            subject, ["is not there, so that nobody can check the page; make the page again"]
        ) from None
    except (OSError, KeyError, TypeError, ValueError, RecursionError):
        raise DisclosureError(
            subject, ["cannot be read, so that nobody can check the page; make the page again"]
        ) from None
