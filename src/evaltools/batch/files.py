"""Write files so that nobody ever sees half of one."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from evaltools.errors import ReportError


def write_atomically(path: Path, text: str) -> None:
    """Write a whole file or none of it: readers see the old one until the new one is there."""
    write_together({path: text})


def write_together(texts: Mapping[Path, str]) -> None:
    """Write files of one folder, all or none, and put them in place one right after the other, in this order."""
    drafts: dict[Path, Path] = {}
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            drafts[path] = Path(name)
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            drafts[path].chmod(0o644)
        for path, draft in drafts.items():
            draft.replace(path)
    except BaseException:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
        raise


def check_writable(folder: Path) -> None:
    """Make the folder where it is missing, and try to write in it.

    Raises
    ------
    ReportError
        When that fails, with what the system says.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ReportError(
            f"the folder {folder}", [f"cannot be written ({error.strerror}); choose another with --output"]
        ) from None
