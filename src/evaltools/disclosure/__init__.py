"""The one gate between findings and a page: what is shown is a `ProtectedTable`."""

from evaltools.disclosure.protected import (
    ProtectedTable,
    already_published,
    from_publications,
    from_register,
    from_simulation,
    simulated,
)
from evaltools.disclosure.rounding import rounded

__all__ = [
    "ProtectedTable",
    "already_published",
    "from_publications",
    "from_register",
    "from_simulation",
    "rounded",
    "simulated",
]
