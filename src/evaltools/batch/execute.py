"""Execute one notebook in a kernel of its own, within limits of time, memory and output.

papermill does it as it always does; what is added is that every way to go wrong ends soon and has a name.
"""

import ast
import asyncio
import os
import shutil
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import papermill
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from traitlets.config import Config

from evaltools.batch.code import parse
from evaltools.batch.kernels.provisioner import Imports, ReportKernelManager
from evaltools.batch.locks import locked
from evaltools.batch.machine import share
from evaltools.batch.parameters import NO_PYTHON, code_cells

LONGEST_SOCKET_PATH = 90
SECONDS_TO_START = 60
PREFIX, MARK = "evaltools-", ".of-a-report"
"""How the folder of a report is named that it writes in for a while, and the file in it that says so."""
SECONDS_TO_LOCK = 60
"""So old is a folder that nobody has locked when it is taken for one of the dead."""
OWN = "evaltools"
"""Only what is of this package is imported before a kernel is forked: of nothing else is known what importing it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one report may use.

    Attributes
    ----------
    seconds
        From the start of its kernel.
    memory
        Bytes that its kernel may have for itself; None for a core's share of the memory that this process may use. Only on Linux.
    output
        Characters that it may show: far more than a page that anyone would read.
    """

    seconds: float = 600
    memory: int | None = None
    output: int = 50_000_000


class StoppedError(Exception):
    """A report was stopped. ``kind`` is the class of the reason, the message says it in a sentence."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


class KernelNotStartedError(Exception):
    """No kernel began to answer."""


def execute(
    notebook: NotebookNode,
    parameters: Mapping[str, Any],
    *,
    folder: Path,
    limits: Limits,
    imports: Imports = (),
    registers: Sequence[str] | None = None,
    seen: list[NotebookNode] | None = None,
) -> NotebookNode:
    """Execute a notebook in memory; nothing of it touches the disk.

    Parameters
    ----------
    folder
        Current folder of the kernel.
    imports
        What notebooks of this run import; see `imports_of`.
    registers
        Municipalities of which it may open the register; all when left out.
    seen
        Gets the notebook that is filled: an error does not give it back.

    Raises
    ------
    PapermillExecutionError
        When a cell raises.
    DeadKernelError, KernelNotStartedError
        When the kernel died by itself, or never began.
    StoppedError
        When it was stopped at one of its limits, or because the run was stopped.
    """
    # What notebooks leave behind in the folder for temporary files is of persons too.
    seen = [] if seen is None else seen
    with private_folder() as private:
        _in_a_loop_of_its_own(
            papermill.execute_notebook,
            notebook,
            None,
            parameters=dict(parameters),
            engine_name=_Engine.__name__,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            # papermill's own cwd= changes the folder of the whole process, under the other threads.
            resources={"metadata": {"path": str(folder)}},
            kernel_manager_class=ReportKernelManager,
            config=_kernel_config(private, imports, registers, share() if limits.memory is None else limits.memory),
            shutdown_kernel="immediate",
            start_timeout=min(SECONDS_TO_START, limits.seconds),
            limits=limits,
            seen=seen,
        )
    return seen[-1]


def _in_a_loop_of_its_own(function: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    """Call what waits in the event loop of Jupyter's context: not the one of before, which a fork shares with its parent."""

    def call() -> None:
        loop = ensure_event_loop()
        try:
            function(*arguments, **options)
        finally:
            if not loop.is_running():  # else it is that of JupyterLab, which calls us
                loop.close()
                asyncio.set_event_loop(None)

    Context().run(call)


def imports_of(notebooks: Iterable[NotebookNode]) -> Imports:
    r"""List what notebooks import of this package, in the form that a zygote takes.

    Examples
    --------
    >>> from nbformat import v4
    >>> cell = v4.new_code_cell("import pandas\nfrom evaltools.reports import tables, wording\nimport evaltools.results")
    >>> imports_of([v4.new_notebook(cells=[cell])])
    [['evaltools.reports', ['tables', 'wording']], ['evaltools.results', []]]
    """
    found: dict[str, set[str]] = {}
    for cell in (cell for notebook in notebooks for cell in code_cells(notebook)):
        try:
            statements = list(ast.walk(parse(cell.source)))
        except NO_PYTHON:
            continue
        for statement in statements:
            match statement:
                case ast.ImportFrom(module=str(module), names=names, level=0):
                    found.setdefault(module, set()).update(each.name for each in names)
                case ast.Import(names=names):
                    found |= {each.name: found.get(each.name, set()) for each in names}
    return [[module, sorted(names)] for module, names in sorted(found.items()) if module.split(".")[0] == OWN]


@contextmanager
def private_folder() -> Iterator[Path]:
    """Make a folder for what a report writes for a while; it is locked as long as it is used."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as folder, locked(Path(folder)):
        (Path(folder) / MARK).touch()
        yield Path(folder)


def sweep() -> None:
    """Remove the folders of reports of which nobody is left to do so: runner and zygote were killed at once."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        # A new one is not locked yet; one of somebody else is theirs.
        with suppress(OSError):
            found = folder.lstat()
            is_old = stat.S_ISDIR(found.st_mode) and time.time() - found.st_mtime > SECONDS_TO_LOCK
            is_of_report = (folder / MARK).is_file()  # others may use that name for what they keep
            if is_old and is_of_report and hasattr(os, "getuid") and found.st_uid == os.getuid():
                with locked(folder) as is_mine:
                    if is_mine:
                        shutil.rmtree(folder)


@contextmanager
def stoppable() -> Iterator[None]:
    """Stop every report that this process executes when the run is broken off, and let it begin no other."""
    _RUNNING.is_stopped = False
    try:
        yield
    except BaseException:
        _RUNNING.stop()
        raise


class _Running:
    """The reports that this process executes."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.clients: set[_Client] = set()
        self.is_stopped = False

    def stop(self) -> None:
        with self.lock:
            self.is_stopped = True
            for client in self.clients:
                client.stop(StoppedError("stopped", "the run was stopped"))


class _Client(PapermillNotebookClient):  # type: ignore[misc]  # papermill has no types
    """papermill's client, with an end to time and output."""

    def __init__(self, nb_man: Any, *, limits: Limits, **options: Any) -> None:
        super().__init__(nb_man, **options)
        self._limits = limits
        self._n_shown = 0
        self._stopped: StoppedError | None = None

    def execute(self, **options: Any) -> NotebookNode:
        seconds = self._limits.seconds
        late = StoppedError("timeout", f"the report took longer than {seconds:g} seconds")
        timer = threading.Timer(seconds, self.stop, [late])
        timer.daemon = True
        timer.start()
        with _RUNNING.lock:
            _RUNNING.clients.add(self)
            if _RUNNING.is_stopped:
                self.stop(StoppedError("stopped", "the run was stopped"))
        try:
            filled: NotebookNode = super().execute(**options)
        except Exception:
            if self._stopped:
                raise self._stopped from None
            raise
        finally:
            timer.cancel()
            with _RUNNING.lock:
                _RUNNING.clients.discard(self)
        if self._stopped:  # in the last cell, which ended all the same
            raise self._stopped
        return filled

    def stop(self, why: StoppedError) -> None:
        """Kill the kernel; called from any thread."""
        self._stopped = self._stopped or why
        process = getattr(getattr(self.km, "provisioner", None), "process", None)
        if process:
            process.kill()

    def start_new_kernel(self, **options: Any) -> None:
        try:
            super().start_new_kernel(**options)
        except OSError as error:
            raise KernelNotStartedError(error.strerror) from None
        if self._stopped:
            self.stop(self._stopped)

    def start_new_kernel_client(self, **options: Any) -> Any:
        try:
            return super().start_new_kernel_client(**options)
        except RuntimeError as error:  # nbclient and jupyter_client raise nothing more precise
            if "died" in str(error):
                raise DeadKernelError(str(error)) from None
            raise KernelNotStartedError(str(error)) from None

    def process_message(self, msg: Any, *more: Any) -> Any:
        self._n_shown += _length(msg["content"])
        if self._n_shown > self._limits.output:
            if not self._stopped:
                sentence = f"it shows more than {self._limits.output / 1e6:,.0f} million characters"
                self.stop(StoppedError("too_much_output", sentence))
            return None
        return super().process_message(msg, *more)


_RUNNING = _Running()


class _Engine(NBClientEngine):  # type: ignore[misc]  # papermill has no types
    """papermill's own way to execute, with our client, that tells which notebook it fills."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        seen: list[NotebookNode],
        limits: Limits,
        start_timeout: float,
        **options: Any,
    ) -> None:
        seen.append(nb_man.nb)
        options = {name: value for name, value in options.items() if name not in {"input_path", "log_output"}}
        client = _Client(nb_man, limits=limits, kernel_name=kernel_name, startup_timeout=start_timeout, **options)
        client.execute()
        if not any(map(_has_failed, nb_man.nb.cells)):
            # papermill writes the notebook at the end, here to nowhere: with all its outputs that takes as long as to make the page.
            nb_man.nb = NotebookNode({**nb_man.nb, "cells": []})


papermill_engines.register(_Engine.__name__, _Engine)


def _has_failed(cell: NotebookNode) -> bool:
    """Whether papermill has something to say of it: it reads that from the notebook."""
    is_marked = cell.metadata.get("papermill", {}).get("exception") is True
    return is_marked or any(output.output_type == "error" for output in cell.get("outputs", []))


def _length(content: Any) -> int:
    """Count the characters of a message, wherever they stand in it."""
    match content:
        case str():
            return len(content)
        case dict():
            return sum(_length(key) + _length(value) for key, value in content.items())
        case list():
            return sum(map(_length, content))
        case _:
            return 1


def _kernel_config(private: Path, imports: Imports, registers: Sequence[str] | None, memory: int) -> Config:
    """Let a kernel talk over sockets in a folder that is its own.

    Without a connection file of its own every kernel would use the same relative
    socket names, in its own current folder. Windows has no such sockets, and a
    system allows their paths about a hundred characters.
    """
    file = private / "kernel.json"
    fits = sys.platform != "win32" and len(str(file)) <= LONGEST_SOCKET_PATH
    return Config(
        {
            "KernelManager": {"transport": "ipc" if fits else "tcp", "connection_file": str(file)},
            "ReportKernelManager": {
                "imports": imports,
                "memory": memory,
                "temporary": str(private),
                "registers": None if registers is None else " ".join(registers),
            },
        }
    )
