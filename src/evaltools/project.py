"""Where the folders of a project are."""

from dataclasses import dataclass
from pathlib import Path

from evaltools.errors import InvalidDataError


@dataclass(frozen=True, slots=True)
class Project:
    """The folders of one project: a clone of evaltools, or one laid out like it."""

    root: Path

    @property
    def programmes(self) -> Path:
        """One YAML file per programme."""
        return self.root / "programmes"

    @property
    def notebooks(self) -> Path:
        """One notebook per question."""
        return self.root / "notebooks"

    @property
    def reference(self) -> Path:
        """Small committed facts, each row with its source."""
        return self.root / "data" / "raw" / "reference"

    @property
    def statline(self) -> Path:
        """Tables of CBS StatLine as they came, one folder per table."""
        return self.root / "data" / "raw" / "statline"

    @property
    def processed(self) -> Path:
        """Validated register tables, one folder per municipality: disposable."""
        return self.root / "data" / "processed"

    @property
    def build(self) -> Path:
        """Executed notebooks and the status of each report: private, disposable."""
        return self.root / "build"

    @property
    def reports(self) -> Path:
        """The site: the only folder to publish."""
        return self.root / "reports"


def find_project(start: Path | None = None) -> Project:
    """Find the project that a folder lies in, from that folder upwards.

    Parameters
    ----------
    start
        Where to begin; by default the current folder, so that a notebook in
        ``notebooks/`` and a command in the project's root find the same project.

    Raises
    ------
    InvalidDataError
        When neither the folder nor any above it holds ``programmes/`` and ``notebooks/``.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        project = Project(folder)
        if project.programmes.is_dir() and project.notebooks.is_dir():
            return project
    raise InvalidDataError(
        "the current folder",
        ["lies in no evaltools project (a folder with programmes/ and notebooks/); go to one"],
    )
