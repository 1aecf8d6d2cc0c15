"""Workers on other machines: those of a Dask scheduler."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from evaltools.errors import ReportError

SECONDS_TO_CONNECT = 20


@contextmanager
def workers_of(address: str) -> Iterator[Executor]:
    """Give the workers of a Dask scheduler as an executor; they see the folders of the project by the same paths.

    Raises
    ------
    ReportError
        When Dask is not installed, or nothing answers at the address.
    """
    try:
        import distributed  # noqa: PLC0415  (only who has a cluster has it)
    except ImportError:
        raise ReportError(
            "--scheduler", ["needs Dask; install it with: pip install 'evaltools[cluster]' (see docs/cluster.md)"]
        ) from None
    dask: Any = distributed
    try:
        client = dask.Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ReportError(
            f"--scheduler {address}", [f"does not answer ({type(error).__name__}); start one, or mend the address"]
        ) from None
    with client:
        # A task that kills its worker is not given to every other.
        yield client.get_executor(pure=False, retries=1)
