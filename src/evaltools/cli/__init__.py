"""The commands: a thin skin. Exit status 0: all well, 1: something failed, 2: wrong use.

A command imports what it needs by itself: the notebook packages of the batch and the
table packages of the registers take seconds each.
"""

import sys

from evaltools.cli import data, site  # noqa: F401  (they register their commands)
from evaltools.cli.app import app, complaints
from evaltools.errors import EvaltoolsError, printable

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line; a user's mistake is a sentence and exit status 2, without a traceback."""
    try:
        app()
    except EvaltoolsError as error:
        complaints.print(f"evaltools: {printable(str(error))}", markup=False)
        sys.exit(2)
    except OSError as error:
        complaints.print(
            f"evaltools: {error.filename or 'a file'} cannot be read or written: {error.strerror}", markup=False
        )
        sys.exit(1)
