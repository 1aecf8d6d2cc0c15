"""Write files so that nobody ever sees half of one."""

import os
import tempfile
from pathlib import Path

from evaltools.errors import ReportError


def write_atomically(path: Path, text: str) -> None:
    """Write a whole file or none of it: readers see the old one until the new one is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        draft.chmod(0o644)
        draft.replace(path)
    except BaseException:
        draft.unlink()
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
