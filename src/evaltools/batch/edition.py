"""The site as one whole: the next edition takes the place of the one of now at once.

All pages of a run, the results that follow from them and the index are put in a copy beside the site, and the system then
exchanges the two folders in one step. Whoever looks, and whatever is killed, there is the edition of before or the next.
"""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evaltools.batch.files import check_writable
from evaltools.errors import ReportError
from evaltools.registers.swap import folder_before, link, next_folder, swap

_AT_CURRENT_FOLDER, _EXCHANGE = -100, 2
"""For the system call renameat2: paths are as they stand; and swap the two."""


def check_replaceable(site: Path) -> None:
    """See that a site can be replaced; put it back where a killed run took it away.

    Raises
    ------
    ReportError
        When the folder, or the one that it lies in, cannot be written, or it is a disk or volume of its own.
    """
    if not site.exists() and folder_before(site).is_dir():
        folder_before(site).rename(site)
    check_writable(site)
    if os.path.ismount(site):
        raise ReportError(
            f"the folder {site}", ["is a volume of its own, that nothing can take the place of; choose a folder in it"]
        )
    check_writable(site.parent)
    shutil.rmtree(next_folder(site), ignore_errors=True)
    shutil.rmtree(folder_before(site), ignore_errors=True)


@contextmanager
def next_edition(site: Path) -> Iterator[Path]:
    """Give a copy of the site to change; when all went well it takes the place of the site, else it is thrown away.

    Files in it share their content with those of the site: replace them, never write in them.
    """
    staged = next_folder(site)
    try:
        shutil.copytree(site, staged, copy_function=link, symlinks=True)
        yield staged
        _exchange(staged, site)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _exchange(staged: Path, site: Path) -> None:
    if sys.platform == "linux":
        call = getattr(ctypes.CDLL(None), "renameat2", None)
        paths = (_AT_CURRENT_FOLDER, os.fsencode(staged), _AT_CURRENT_FOLDER, os.fsencode(site))
        if call and call(*paths, _EXCHANGE) == 0:
            return
    swap(staged)  # between its two steps there is no site; see check_replaceable
