"""The zygote: a process that has imported what reports need, and forks itself into a kernel for each.

``python zygote.py FD IMPORTS`` talks over the socket FD with the runner that owns it, by
`evaltools.batch.kernels.provisioner`. It imports, says how many threads it then has, and takes requests:
each comes with a socket of its own, over which the runner asks for one kernel, sends it signals and hears how it ended.

It stays as clean as a process that has just begun: one thread (a lock that another holds would stay shut in the child),
no socket of ZeroMQ, no IPython, no figure. It keeps no state of a report, since it runs none.

It dies with its owner, its kernels die with it, and what a kernel leaves running dies with the kernel. What the kernels
wrote for a while is of persons: an owner that was killed cannot remove it, so that the zygote does. Linux only.
"""

import ctypes
import gc
import importlib.util
import json
import os
import resource
import select
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

LENGTH = struct.Struct("I")
NUMBER = struct.Struct("q")
"""How the length of a request, and how a number of threads, a process id and an exit status go over a socket."""
SECONDS_TO_ASK = 10
"""So long a runner may take to send a request that it has begun."""

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
_LIBC = ctypes.CDLL(None, use_errno=True)

BACKEND = "module://matplotlib_inline.backend_inline"
"""What ipykernel asks matplotlib to use; read once, when matplotlib is imported."""
OF_KERNELS = ("ipykernel.kernelapp", "ipykernel.debugger", "ipykernel.zmqshell")
"""What every kernel needs."""
LATER = {
    "matplotlib": ("matplotlib.pyplot", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg"),
    "scipy": ("scipy.optimize", "scipy.sparse.csgraph", "scipy.stats", "statsmodels.api"),
}
"""What is imported only when it is used, by code that has imported the library."""


def main(control: socket.socket, imports: Iterable[tuple[str, Sequence[str]]]) -> None:
    """Import, and fork kernels until the owner is gone.

    Parameters
    ----------
    control
        The socket to the owner: it sends one byte and a socket for each kernel.
    imports
        Modules to import and the names to import from each, as ``from module import names``.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the runner to act on
    if not sys.flags.safe_path:
        del sys.path[0]  # the folder of this file; not that of the runner, in which another evaltools may lie
    os.environ["MPLBACKEND"] = BACKEND
    _preload(imports)
    n_threads = len(list(Path("/proc/self/task").iterdir()))
    control.send(NUMBER.pack(n_threads))
    if n_threads == 1:
        # Objects that are frozen are not looked at by the garbage collector of a kernel, so that its memory stays shared.
        gc.collect()
        gc.freeze()
        _serve(control)


def _preload(imports: Iterable[tuple[str, Sequence[str]]]) -> None:
    """Import what can be imported."""

    def bring(module: str, names: Sequence[str] = ()) -> None:
        with suppress(Exception):  # a notebook that needs it says so better
            __import__(module, fromlist=names)

    for module in OF_KERNELS:
        bring(module)
    for module, names in imports:
        bring(module, names)
    for library in [each for each in LATER if each in sys.modules]:
        for module in LATER[library]:
            bring(module)
    if "matplotlib" in sys.modules:
        with suppress(Exception):
            _draw()


def _draw() -> None:
    """Draw a figure, which fills caches; without pyplot, which would bind it to a backend that belongs to a kernel."""
    import io

    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots().plot([1, 2], label="a")
    figure.legend()
    FigureCanvasSVG(figure).print_svg(io.StringIO())


def _serve(control: socket.socket) -> NoReturn:
    _LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # what is cut off from its kernel comes here
    wake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    kernels: dict[int, socket.socket] = {}
    folders: set[str] = set()
    private = (control.fileno(), wake, waker)
    while True:
        by_socket = {connection: pid for pid, connection in kernels.items()}
        watched: list[Any] = [control, wake, *by_socket]
        ready, _, _ = select.select(watched, [], [])
        if wake in ready:
            with suppress(BlockingIOError):
                os.read(wake, 4096)
            _reap(kernels)
        for connection in by_socket.keys() & set(ready):
            if by_socket[connection] in kernels:
                _signal(by_socket[connection], connection)
        if control in ready:
            _, sockets, _, _ = socket.recv_fds(control, 1, 1)
            if not sockets:
                _end(kernels, folders)
            folders.add(_fork(socket.socket(fileno=sockets[0]), kernels, private))


def _end(kernels: dict[int, socket.socket], folders: Iterable[str]) -> NoReturn:
    """End, with all that runs for an owner that is gone and all that it wrote for a while."""
    for pid in kernels:
        _kill_group(pid)
    with suppress(ChildProcessError):
        while True:  # what a kernel had cut off comes here when the kernel ends
            _kill_orphans({})
            os.waitpid(-1, 0)
    for folder in filter(None, folders):
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _fork(connection: socket.socket, kernels: dict[int, socket.socket], private: Sequence[int]) -> str:
    """Fork a kernel as its runner asks; give its folder for what it writes for a while."""
    try:
        connection.settimeout(SECONDS_TO_ASK)
        (length,) = LENGTH.unpack(receive(connection, LENGTH.size))
        request = json.loads(receive(connection, length))
        connection.settimeout(None)
    except (OSError, ValueError, EOFError):
        connection.close()
        return ""
    zygote = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            for each in (connection, *kernels.values()):
                each.close()
            for number in private:
                os.close(number)
            _be_kernel(request, zygote)
        finally:
            os._exit(1)
    kernels[pid] = connection
    with suppress(OSError):  # its runner is gone: told when the socket is read
        connection.sendall(NUMBER.pack(pid))
    folder: str = request["temporary"]
    return folder


def _be_kernel(request: dict[str, Any], zygote: int) -> None:
    """Run ipykernel as ``python -m ipykernel_launcher`` would in a new process."""
    os.setsid()
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != zygote:
        return
    signal.set_wakeup_fd(-1)
    for each in (signal.SIGCHLD, signal.SIGINT):
        signal.signal(each, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    tempfile.tempdir = None  # the folder for temporary files is asked again
    os.chdir(request["cwd"])
    limit(0, request["memory"])
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv[:] = [str(launcher and launcher.origin), *request["arguments"]]
    # Every kernel would draw the same; Python's own numbers are made new by fork.
    numpy: Any = sys.modules.get("numpy")
    if numpy:
        numpy.random.seed()
    from ipykernel.kernelapp import IPKernelApp

    app: Any = IPKernelApp.instance(parent_handle=0)  # it dies with the zygote by the system's own signal
    app.initialize(request["arguments"])
    app.start()


def _signal(pid: int, connection: socket.socket) -> None:
    """Pass signals on to a kernel and what it started; one whose runner hung up is killed.

    Only the zygote can do so safely: as long as it has not reaped a kernel, nobody else has its number.
    """
    numbers = b""
    with suppress(OSError):
        numbers = connection.recv(64)
    if not numbers:
        _kill_group(pid)
    for number in numbers:
        with suppress(OSError):
            os.killpg(pid, number)


def _reap(kernels: dict[int, socket.socket]) -> None:
    """Tell runners how their kernels ended, after ending what those left running."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None:
            return
        pid = ended.si_pid
        connection = kernels.pop(pid, None)
        if connection is None:
            os.waitpid(pid, 0)  # it was cut off from its kernel
            continue
        _kill_group(pid)
        _, status = os.waitpid(pid, 0)
        _kill_orphans(kernels)
        with suppress(OSError):
            connection.sendall(NUMBER.pack(os.waitstatus_to_exitcode(status)))
        connection.close()


def _kill_group(pid: int) -> None:
    with suppress(OSError):
        os.killpg(pid, signal.SIGKILL)


def _kill_orphans(kernels: dict[int, socket.socket]) -> None:
    """End processes that cut themselves off from a kernel: they belong to no report any more."""
    with suppress(OSError):
        children = Path("/proc/self/task", str(os.getpid()), "children").read_text("ascii")
        for pid in map(int, children.split()):
            if pid not in kernels:
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)


def limit(pid: int, n_bytes: int) -> None:
    """Let a process (0: this one) have so much memory of its own at most, 0 for no limit; and never write what is in it."""
    resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))
    if n_bytes:
        resource.prlimit(pid, resource.RLIMIT_DATA, (n_bytes, n_bytes))


def receive(connection: socket.socket, n_bytes: int) -> bytes:
    """Receive so many bytes.

    Raises
    ------
    EOFError
        When the other side hangs up before.
    """
    received = bytearray()
    while len(received) < n_bytes:
        part = connection.recv(n_bytes - len(received))
        if not part:
            raise EOFError
        received += part
    return bytes(received)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), json.loads(sys.argv[2]))
