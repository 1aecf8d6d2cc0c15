"""Workers on other machines: those of a Dask scheduler."""

import logging
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from evaltools.errors import ReportError

SECONDS_TO_CONNECT = 10
SECONDS_WITHOUT_WORKERS = 120
"""Longer than a worker takes to start anew; Dask itself would wait for one for ever."""


@contextmanager
def workers_of(address: str, *, patience: float = SECONDS_WITHOUT_WORKERS) -> Iterator[Executor]:
    """Give the workers of a Dask scheduler as an executor; they see the folders of the project by the same paths.

    What a worker was making when it was lost, goes to another: so often as ``distributed.scheduler.allowed-failures`` of the
    scheduler says, since a report may be what kills them.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://host:8786``.
    patience
        Seconds without any worker after which all that is left is given up.

    Raises
    ------
    ReportError
        When Dask is not installed, or nothing answers at the address.
    """
    if not re.fullmatch(r"(tcp|tls|ws|wss)://[^\s/]+:\d+", address):
        raise ReportError(f"--scheduler {address}", ["is no address; write tcp://host:8786"])
    try:
        import distributed  # noqa: PLC0415  (only who has a cluster has it)
    except ImportError:
        raise ReportError(
            "--scheduler", ["needs Dask; install it with: pip install 'evaltools[cluster]' (see docs/cluster.md)"]
        ) from None
    dask: Any = distributed
    with _quiet(), ExitStack() as stack:
        try:
            client = stack.enter_context(dask.Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False))
        except OSError:
            raise ReportError(
                f"--scheduler {address}", ["does not answer; start it with dask scheduler, or mend the address"]
            ) from None
        executor = client.get_executor(pure=False)
        ended = threading.Event()
        watch = threading.Thread(target=_give_up, args=(client, executor, patience, ended), daemon=True)
        watch.start()
        try:
            yield executor
        finally:
            ended.set()
            watch.join()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the log of Dask off the terminal: the run says of each report what went wrong, in a sentence."""
    logs = {log: log.level for log in map(logging.getLogger, ("distributed", "distributed.client"))}
    for log in logs:
        log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for log, level in logs.items():
            log.setLevel(level)


def _give_up(client: Any, executor: Executor, patience: float, ended: threading.Event) -> None:
    """Cancel all when there have been no workers for so long; of a scheduler that is lost the client does that itself."""
    last = time.monotonic()
    while not ended.wait(min(patience / 4, 1)):
        with suppress(Exception):
            if client.nthreads():
                last = time.monotonic()
        if time.monotonic() - last > patience:
            executor.shutdown(wait=False)
            return
