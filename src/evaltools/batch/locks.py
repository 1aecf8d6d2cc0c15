"""One run at a time in a project; shards of one run beside each other."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from evaltools.errors import ReportError
from evaltools.project import Project

if sys.platform != "win32":
    import fcntl

T = TypeVar("T")
SECONDS_OF_DOUBT = 1
"""Two that begin at once look at each other's locks for a moment."""


def _parts(total: int) -> str:
    return f"of {total} there are 1/{total} to {total}/{total}" if total else "write 1/4 to 4/4 for four parts"


@dataclass(frozen=True, slots=True)
class Shard:
    """Part ``number`` (from 1) of ``total`` of the reports of a run, each made by a process of its own.

    Raises
    ------
    ReportError
        When there is no such part.

    Examples
    --------
    >>> Shard.read("2/3").of(["a", "b", "c", "d", "e"])
    ['b', 'e']
    """

    number: int
    total: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.total:
            raise ReportError(f"--shard {self.number}/{self.total}", [f"is no part; {_parts(self.total)}"])

    @classmethod
    def read(cls, text: str) -> "Shard":
        """Read ``number/total``."""
        if not re.fullmatch(r"\d+/\d+", text, re.ASCII):
            raise ReportError(f"--shard {text}", ["is no part; write 1/4 to 4/4 for four parts"])
        return cls(*map(int, text.split("/")))

    def of(self, rows: Sequence[T]) -> list[T]:
        """Give the rows of this part: every ``total``-th, so that long and short reports are spread."""
        return list(rows[self.number - 1 :: self.total])

    def __str__(self) -> str:
        return f"{self.number}-of-{self.total}"


@contextmanager
def only_run(project: Project, shard: Shard | None = None) -> Iterator[None]:
    """Keep other runs out of ``build/`` and the site, but for other shards of the same run.

    The system frees the locks of the dead.

    Raises
    ------
    ReportError
        When another run is busy.
    """
    project.build.mkdir(parents=True, exist_ok=True)
    whole = project.build / ".run"
    with ExitStack() as held:
        if shard:
            # First the own lock, then a look at the others': of two that begin at once, one at least sees the other.
            held.enter_context(_lock(project.build / f".run-{shard}"))
            # A run that is refused because of a shard holds its lock while it looks: that may cost no other shard its turn.
            with _lock(whole, SECONDS_OF_DOUBT * 5):
                pass
            others = [path for path in project.build.glob(".run-*") if not path.name.endswith(f"-of-{shard.total}")]
        else:
            held.enter_context(_lock(whole))
            others = sorted(project.build.glob(".run-*"))
        for path in others:
            with _lock(path):
                pass
        yield


@contextmanager
def only_run_of(site: Path) -> Iterator[None]:
    """Keep runs of other projects out of a site.

    Raises
    ------
    ReportError
        When another run is busy.
    """
    with ExitStack() as held:
        try:
            held.enter_context(locked(site))
        except BlockingIOError:
            raise ReportError("another run", [f"is making {site}; wait for it"]) from None
        yield


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Lock a folder itself, without a file in it; say whether the system can. It frees what the dead have locked.

    Raises
    ------
    BlockingIOError
        When another has locked it.
    """
    if sys.platform == "win32":
        yield False
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:  # some disks of other machines lock no folders
            yield False
        else:
            yield True
    finally:
        os.close(number)


@contextmanager
def _lock(path: Path, patience: float = SECONDS_OF_DOUBT) -> Iterator[None]:
    lock = FileLock(path)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        raise ReportError("another run", ["is making reports in this project; wait for it"]) from None
    try:
        yield
    finally:
        lock.release()
