"""The one gate between findings and a page: what is shown is a `ProtectedTable`."""

from evaltools.disclosure.curves import protect_curves
from evaltools.disclosure.on_pages import already_on_pages, from_results
from evaltools.disclosure.protect import protect, protect_together
from evaltools.disclosure.protected import (
    ProtectedTable,
    already_published,
    from_publications,
    from_register,
    from_simulation,
    simulated,
)
from evaltools.disclosure.rounding import rounded
from evaltools.disclosure.table import Estimate, Mean, Table

__all__ = [
    "Estimate",
    "Mean",
    "ProtectedTable",
    "Table",
    "already_on_pages",
    "already_published",
    "from_publications",
    "from_register",
    "from_results",
    "from_simulation",
    "protect",
    "protect_curves",
    "protect_together",
    "rounded",
    "simulated",
]
