"""How each report went: one small JSON file beside its executed notebook."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from evaltools.batch.files import write_atomically
from evaltools.batch.plan import Report, report_name
from evaltools.project import Project

WAITING = "waiting"
"""Kind of a report that is made, and of which the page is not published yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a report went, as it is kept beside the executed notebook in ``build/``.

    ``kind`` is empty for a published report, `WAITING` for one of which the page waits in ``build/``, else the class of the
    reason; ``reason`` holds the sentences for the terminal. ``published`` is the moment
    (ISO 8601, UTC) of the page that stands in the site now, empty where none does:
    a failing report leaves the earlier page as it was. ``is_simulated`` is of that page: whether
    it shows figures of a simulated register. ``fingerprint`` is of the page that was made last, ``files`` of all that was published
    with it, ``inputs`` of what it was made from, or tried: see `batch.inputs`.
    """

    programme: str
    programme_name: str
    municipality: str
    municipality_name: str
    notebook: str
    kind: str = ""
    reason: str = ""
    headline: str = ""
    published: str = ""
    is_simulated: bool = False
    seconds: float = 0.0
    fingerprint: str = ""
    files: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, report: Report, **how: Any) -> "Status":
        """Make the status of a report; ``how`` are the fields that say how it went."""
        return cls(
            programme=report.programme,
            programme_name=report.programme_name,
            municipality=report.municipality,
            municipality_name=report.municipality_name,
            notebook=report.notebook,
            **how,
        )

    @property
    def has_failed(self) -> bool:
        """Whether there is no new page: neither published nor waiting."""
        return self.kind not in {"", WAITING}

    @property
    def name(self) -> str:
        """Name of the report, as in the plan."""
        return report_name(self.programme, self.municipality, self.notebook)


def read_status(project: Project, name: str) -> Status | None:
    """Read what is known of a report; None where it never ran or the note of it is damaged."""
    try:
        return Status(**json.loads((project.build / f"{name}.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def read_statuses(project: Project, programme: str) -> list[Status]:
    """Read what is known of all reports of a programme, also of those that are no longer planned."""
    paths = sorted((project.build / programme).glob("*.json"))
    statuses = [read_status(project, f"{programme}/{path.stem}") for path in paths]
    return [status for status in statuses if status]


def write_status(project: Project, status: Status) -> None:
    """Keep the status of a report in ``build/``."""
    text = json.dumps(asdict(status), ensure_ascii=False, indent=1)
    write_atomically(project.build / f"{status.name}.json", text)
