"""Evaluate programmes for people on bijstand and publish what was found.

The way of the data: programme files and registers → cohorts → findings →
disclosure → tables, figures, wording → notebook → HTML. See CONTRIBUTING.md for
where new code goes.
"""

from importlib.metadata import version

__version__ = version("evaltools")
