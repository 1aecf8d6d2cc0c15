"""Swap folders for their next ones: all of them, or none, also when the writer is killed.

A writer makes each next folder beside the one of now, as ``.GM0197.next``. When all are
ready it says so with a file, and swaps them one by one. The next writer finishes what a
killed one had begun to swap, and drops what was not ready.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from evaltools.errors import InvalidDataError

WHOLE = ".whole"
"""Stands beside the folders while a writer puts the next ones, all of them ready, in place."""


@contextmanager
def only_writer(processed: Path, called: str = "data/processed") -> Iterator[None]:
    """Let one process write in a folder at a time, and put right what a killed one left; the system frees the lock of the dead."""
    processed.mkdir(parents=True, exist_ok=True)
    lock = FileLock(processed / ".writing")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise InvalidDataError(called, ["is being written by another evaltools; wait for it"]) from None
    try:
        _recover(processed)
        yield
    finally:
        lock.release()


def put_in_place(processed: Path, staged: Sequence[Path]) -> None:
    """Swap folders for their next ones, ``staged``, all of which are ready."""
    (processed / WHOLE).touch()
    for folder in staged:
        swap(folder)
    (processed / WHOLE).unlink()


def drop_unfinished(processed: Path, staged: Sequence[Path]) -> None:
    """Drop next folders that are not all ready; those that are, the next writer puts in place."""
    if not (processed / WHOLE).exists():
        for folder in staged:
            shutil.rmtree(folder, ignore_errors=True)


def folder_before(folder: Path) -> Path:
    """Name the folder of before: between the two steps of a swap it is the only one there."""
    return folder.with_name(f".{folder.name}.before")


def next_folder(folder: Path) -> Path:
    """Name the folder that is to take the place of another."""
    return folder.with_name(f".{folder.name}.next")


def link(path: str | Path, other: str | Path) -> None:
    """Give a file a second name: files that are linked are replaced, never changed. Where a system has no links, copy it."""
    try:
        os.link(path, other)
    except OSError:
        shutil.copy2(path, other)


def swap(staged: Path) -> None:
    """Swap the folder of now for the next one."""
    folder = staged.with_name(staged.name.removeprefix(".").removesuffix(".next"))
    before = folder_before(folder)
    shutil.rmtree(before, ignore_errors=True)
    if folder.is_dir():
        folder.rename(before)
    staged.rename(folder)
    shutil.rmtree(before, ignore_errors=True)


def _recover(processed: Path) -> None:
    """Put right what a killed writer left: finish what it had begun to put in place, drop what was not yet whole."""
    for before in processed.glob(".*.before"):
        folder = processed / before.name.removeprefix(".").removesuffix(".before")
        if not folder.exists() and not folder.with_name(f".{folder.name}.next").exists():
            before.rename(folder)
    whole = (processed / WHOLE).exists()
    for staged in processed.glob(".*.next"):
        if whole:
            swap(staged)
        else:
            folder = processed / staged.name.removeprefix(".").removesuffix(".next")
            if not folder.exists() and folder_before(folder).exists():
                folder_before(folder).rename(folder)
            shutil.rmtree(staged, ignore_errors=True)
    for before in processed.glob(".*.before"):
        shutil.rmtree(before, ignore_errors=True)
    (processed / WHOLE).unlink(missing_ok=True)
