"""What a report is made from, as fingerprints: one that has not changed need not be made again.

A report depends on its notebook and parameters, on the register of its municipality, on the facts of the project (the
programme files and the reference data, of which a notebook may read any), on the library and the packages below it, and,
where it reads them, on the figures of CBS and the results of other pages.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache, lru_cache, partial
from hashlib import file_digest, sha256
from importlib.metadata import distributions
from importlib.resources import files
from pathlib import Path

from evaltools import results
from evaltools.batch.plan import RESULTS, Report
from evaltools.project import Project
from evaltools.registers.statline.cache import fingerprint
from evaltools.registers.store import folder_of

MEANING = {
    "notebook": "its notebook",
    "parameters": "its parameters",
    "register": "a register that it reads",
    "facts": "a programme file or the reference data",
    "figures": "the figures of CBS",
    "results": "the results of other pages",
    "theme": "the theme",
    "library": "evaltools",
    "packages": "Python or a package",
}
"""What each part is."""
_OWN = Path(str(files("evaltools")))
Inputs = Mapping[str, str]
"""Fingerprint of each part of `MEANING` that a report has."""


def inputs_of(project: Project, site: Path) -> Callable[[Report], dict[str, str]]:
    """Make a function that fingerprints what a report is made from, now; it looks at every file once.

    Parameters
    ----------
    site
        Folder of the pages of which results are read.
    """
    shared = {"facts": _facts(project), **_code()}
    notebook = cache(lambda name: of_file(project.notebooks / f"{name}.ipynb"))
    registers = cache(partial(of_registers, project))
    figures = cache(lambda: of(fingerprint(project)))
    found = cache(lambda: _of_files(sorted(site.glob(f"*/*{results.SUFFIX}"))))

    def fingerprints(report: Report) -> dict[str, str]:
        parts = {
            **shared,
            "notebook": notebook(report.notebook),
            # Where the site is, is no matter.
            "parameters": of({name: value for name, value in report.parameters.items() if name != RESULTS}),
        }
        if report.registers:
            parts["register"] = registers(report.registers)
        if report.reads_statline:
            parts["figures"] = figures()
        if report.reads_results:
            parts["results"] = found()
        if report.theme:
            parts["theme"] = of(report.theme)
        return {name: parts[name] for name in MEANING if name in parts}

    return fingerprints


def of_registers(project: Project, municipalities: Iterable[str]) -> str:
    """Fingerprint the registers of municipalities."""
    return of([[code, _of_files(_files_in(folder_of(code, project)))] for code in municipalities])


def changed(now: Inputs, before: Inputs) -> list[str]:
    """Name the parts that are not as before, in words.

    Examples
    --------
    >>> changed({"notebook": "a1", "register": "b2"}, {"notebook": "a1", "register": "b1"})
    ['a register that it reads']
    """
    return [
        meaning
        for name, meaning in MEANING.items()
        if (name in now or name in before) and now.get(name) != before.get(name)
    ]


def library() -> str:
    """Fingerprint the code of evaltools and all that comes with it, as it is on the disk now."""
    found = []
    for path in _files_in(_OWN):
        with suppress(FileNotFoundError):  # an editor keeps copies for a moment
            found.append((path, path.stat().st_mtime_ns, path.stat().st_size))
    return _library(tuple(found))


def loaded() -> str:
    """Fingerprint the code of evaltools that this process runs."""
    return _LOADED["library"]


def packages() -> str:
    """Fingerprint the versions of Python and of the packages that are installed now."""
    folders = [Path(each) for each in sys.path if each]
    return _packages(tuple(each.stat().st_mtime_ns for each in folders if each.is_dir()))


def versions() -> dict[str, str]:
    """Versions of the packages that are installed, by name."""
    return {each.name.lower(): each.version for each in distributions()}


@lru_cache(maxsize=1)
def _library(own: tuple[tuple[Path, int, int], ...]) -> str:
    """Read the files again where one was written, came or went: every report asks twice."""
    return _of_files((path for path, *_ in own), _OWN)


@lru_cache(maxsize=1)
def _packages(_folders_changed: tuple[int, ...]) -> str:
    """Look again at the packages, a quarter of a second's work, where one was put in a folder or taken away."""
    return of([sys.version, sorted(versions().items())])


def _code() -> dict[str, str]:
    """Fingerprint the code that makes a report.

    This process runs what it imported, kernels run what is on the disk. Where these differ both are told: no other process
    has the like, so that nothing is made, or what was is made again.
    """
    now = {"library": library(), "packages": packages()}
    return {name: own if own == now[name] else f"{own} {now[name]}" for name, own in _LOADED.items()}


def _facts(project: Project) -> str:
    return _of_files(sorted([*project.programmes.glob("*.yaml"), *project.reference.glob("*.csv")]))


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.parent.name != "__pycache__")


def _of_files(paths: Iterable[Path], root: Path | None = None) -> str:
    return of([[path.relative_to(root).as_posix() if root else path.name, of_file(path)] for path in paths])


def of_file(path: Path) -> str:
    """Fingerprint a file; empty where it cannot be read: what reads it says so."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def of(content: object) -> str:
    """Fingerprint what can be written as JSON."""
    return sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


_LOADED = {"library": library(), "packages": packages()}
"""What this process has imported: taken at once, since a worker that runs for days sees others installed."""
