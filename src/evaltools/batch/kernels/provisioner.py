"""How kernels are started: forked from a zygote where the system can, as new processes elsewhere.

`WarmProvisioner` is an entry point of ``jupyter_client.kernel_provisioners``; only `ReportKernelManager` asks for it, so
that JupyterLab and all else on the machine start their kernels as ever. papermill, nbclient and nbconvert are as they are.
"""

import asyncio
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Int, List, Unicode

from evaltools.batch.kernels import zygote
from evaltools.batch.kernels.zygote import LENGTH, NUMBER, limit, receive
from evaltools.registers.store import OF_REPORT

NAME = "evaltools-warm"
"""Name of the entry point."""
Imports = Sequence[Sequence[Any]]
"""Modules, each with the names to import from it: ``[["evaltools.reports", ["tables", "wording"]]]``."""
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Reports run beside each other, one per core: threads within them only stand in each other's way; a zygote has none."""
NO_THREADS = {**ONE_THREAD, "JE_ARROW_MALLOC_CONF": "background_thread:false", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
"""Environment in which importing numpy and pyarrow starts no threads: their locks would stay shut in a forked kernel."""
SECONDS_TO_IMPORT = 120
SECONDS_TO_FORK = 30


class NoZygoteError(Exception):
    """No kernel can be forked; the sentence says why."""


def why_not_warm() -> str:
    """Say why this system forks no kernels; empty where it does."""
    return "" if sys.platform == "linux" else "only on Linux a process can be forked safely"


class Zygote:
    """One running zygote of this process; see `evaltools.batch.kernels.zygote`.

    Raises
    ------
    NoZygoteError
        When the system has none, or it cannot begin.
    """

    def __init__(self, imports: Imports) -> None:
        why = why_not_warm()
        if why:
            raise NoZygoteError(why)
        self.imports = imports
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, zygote.__file__, str(theirs.fileno()), json.dumps(imports)],
                pass_fds=[theirs.fileno()],
                env={**os.environ, **NO_THREADS},
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        try:
            self._control.settimeout(SECONDS_TO_IMPORT)
            (n_threads,) = NUMBER.unpack(self._control.recv(NUMBER.size))
            self._control.settimeout(None)
        except (OSError, struct.error):
            self.close()
            raise NoZygoteError("the process to fork from did not begin") from None
        if n_threads != 1:
            self.close()
            raise NoZygoteError("something that was imported started threads")

    def fork(
        self, arguments: Sequence[str], *, env: Mapping[str, str], cwd: str, memory: int, temporary: str = ""
    ) -> "Forked":
        """Fork a kernel; its folder for what it writes for a while is removed by the zygote if this process is killed.

        Raises
        ------
        NoZygoteError
            When the zygote is gone.
        """
        ours, theirs = socket.socketpair()
        request = {"arguments": list(arguments), "env": dict(env), "cwd": cwd, "memory": memory, "temporary": temporary}
        content = json.dumps(request).encode()
        try:
            with theirs, self._lock:
                socket.send_fds(self._control, [b"k"], [theirs.fileno()])
            ours.settimeout(SECONDS_TO_FORK)
            ours.sendall(LENGTH.pack(len(content)) + content)
            (pid,) = NUMBER.unpack(receive(ours, NUMBER.size))
            ours.settimeout(None)
        except (OSError, EOFError):
            ours.close()
            raise NoZygoteError("the process to fork from is gone") from None
        return Forked(ours, pid)

    @property
    def is_running(self) -> bool:
        """Whether it can be asked for kernels."""
        return self.process.poll() is None

    def close(self) -> None:
        """End it, and with it every kernel that it forked."""
        self._control.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()
        self.process.wait()

    def forget(self) -> None:
        """Let go of it in a process that was forked from the owner: it is not this one's."""
        self._control.close()
        self.process.returncode = 0


class Forked:
    """A forked kernel, with what `LocalProvisioner` uses of `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._connection = connection

    def poll(self) -> int | None:
        """Give its exit status, None while it runs; -1 when the zygote died before it could tell.

        Then nobody has ended what the kernel started: what is in its group as yet is ended here.
        """
        if self.returncode is None and select.select([self._connection], [], [], 0)[0]:
            self._end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until it has ended."""
        if self.returncode is None:
            select.select([self._connection], [], [], timeout)
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Send it, and what it started, a signal; from any thread."""
        with suppress(OSError):  # it has ended
            self._connection.sendall(bytes([number]))

    def fileno(self) -> int:
        """Give the number of the socket that can be read when it has ended."""
        return self._connection.fileno()

    def kill(self) -> None:
        """Kill it, and what it started."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it, and what it started, to end."""
        self.send_signal(signal.SIGTERM)

    def _end(self) -> None:
        try:
            (self.returncode,) = NUMBER.unpack(receive(self._connection, NUMBER.size))
        except (OSError, EOFError):
            self.returncode = -1
            with suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
        self._connection.close()


class _OfProcess:
    """The one zygote of this process, made when it is first needed and made again when it has died."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.zygote: Zygote | None = None

    def get(self, imports: Imports) -> Zygote:
        with self.lock:
            if self.zygote and not (self.zygote.is_running and self.zygote.imports == imports):
                self.zygote.close()
                self.zygote = None
            self.zygote = self.zygote or Zygote(imports)
            return self.zygote

    def close(self) -> None:
        with self.lock:
            if self.zygote:
                self.zygote.close()
                self.zygote = None

    def forget(self) -> None:
        if self.zygote:
            self.zygote.forget()
        self.lock, self.zygote = threading.Lock(), None  # another thread may have held the lock


_OWN = _OfProcess()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_OWN.forget)


def zygote_of(imports: Imports) -> Zygote:
    """Give the zygote of this process; starts it where there is none that has imported this.

    Raises
    ------
    NoZygoteError
        When there can be none.
    """
    return _OWN.get(imports)


def close_zygote() -> None:
    """End the zygote of this process, if there is one."""
    _OWN.close()


class WarmProvisioner(LocalProvisioner):
    """Forks kernels from the zygote of this process; starts new processes where there can be none."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Start a kernel; ``cmd`` is ``python -m ipykernel_launcher`` with its arguments."""
        manager: Any = self.parent
        try:
            zygote = zygote_of(manager.imports)  # nothing else waits in the loop of a report
            forked: Any = zygote.fork(
                cmd[cmd.index("ipykernel_launcher") + 1 :],
                env=options["env"],
                cwd=os.fspath(options.get("cwd") or os.getcwd()),  # noqa: PTH109
                memory=manager.memory,
                temporary=manager.temporary,
            )
        except NoZygoteError:
            info = await super().launch_kernel(cmd, **options)
            if sys.platform == "linux" and self.pid:
                limit(self.pid, manager.memory)
            return info
        self.process = forked
        self.pid = forked.pid
        self.pgid = None  # signals go by the zygote
        self.cwd = options.get("cwd")
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for the end of the kernel without the tenths of seconds between the looks of `LocalProvisioner`."""
        process: Any = self.process
        if isinstance(process, Forked) and process.poll() is None:
            loop, ended = asyncio.get_running_loop(), asyncio.Event()
            loop.add_reader(process.fileno(), ended.set)
            try:
                await ended.wait()
            finally:
                loop.remove_reader(process.fileno())
        return await super().wait()


class ReportKernelManager(AsyncKernelManager):
    """A kernel for one report.

    Its raw output reaches no terminal or log: what a child process writes may be values of persons.

    """

    imports: Any = List(help="What the zygote imports before it forks; see `Imports`.").tag(config=True)
    memory = Int(0, help="Bytes that the kernel may have for itself; 0 for no limit.").tag(config=True)
    registers = Unicode(None, allow_none=True, help="Registers that it may open; all when None.").tag(config=True)
    temporary = Unicode("", help="Folder for what it writes for a while; the system's own when empty.").tag(config=True)

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        spec: Any = self.kernel_spec
        spec.metadata["kernel_provisioner"] = {"provisioner_name": NAME}
        started: tuple[list[str], dict[str, Any]] = await super()._async_pre_start_kernel(**options)
        return started

    pre_start_kernel = _async_pre_start_kernel

    async def _async_start_kernel(self, **options: Any) -> None:
        own = {"TMPDIR": self.temporary} if self.temporary else {}
        own |= {} if self.registers is None else {OF_REPORT: self.registers}
        options["env"] = {**(options.get("env") or os.environ), **ONE_THREAD, **own}
        await super()._async_start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)

    start_kernel = _async_start_kernel
