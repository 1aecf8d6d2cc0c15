"""Figures that stand on other pages of a site, and what follows from those alone: they passed the gate there."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import pandas as pd

from evaltools.disclosure.protected import ProtectedTable, fingerprint_of, is_of_a_register, seal
from evaltools.errors import DisclosureError, InvalidDataError
from evaltools.results import Result

FROM_RESULTS = "evaltools_results"
"""Key of ``DataFrame.attrs`` that holds the fingerprint of a table made from results, whether they are simulated, and
their sources; see `from_results`.
"""
NO_RESULTS = "de pagina’s van deze site"
"""Source of a table of which no page has results."""

P = ParamSpec("P")


def from_results(make: Callable[P, pd.DataFrame]) -> Callable[P, pd.DataFrame]:
    """Let what a function makes of the results of other pages pass `already_on_pages`; for functions of findings.

    Whether it is simulated follows from the results that the function is given. Its table may have a column
    ``is_hidden``: what is missing in such a row was left out on the page that it is from.

    Raises
    ------
    DisclosureError
        By the function that is made, when it is given anything but results, numbers and texts.
    InvalidDataError
        When some of the results are simulated and others not: an average of both is of nobody.
    """

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> pd.DataFrame:
        given: list[Result] = []
        for value in (*args, *kwargs.values()):
            if isinstance(value, (tuple, list)) and all(isinstance(each, Result) for each in value):
                given += value
            elif not isinstance(value, (bool, int, float, str)):
                problem = "got something else than results of pages, numbers and texts"
                raise DisclosureError(f"{make.__name__}()", [problem])
        is_simulated = _all_or_none_simulated(given)
        rows = make(*args, **kwargs).copy(deep=False)
        sources = tuple(dict.fromkeys(result.source for result in given)) or (NO_RESULTS,)
        rows.attrs = {FROM_RESULTS: (fingerprint_of(rows), is_simulated, sources)}
        return rows

    return made


def already_on_pages(rows: pd.DataFrame) -> ProtectedTable:
    """Let figures pass that stand on other pages of the site, or that follow from those alone.

    Only what a function marked with `from_results` made is taken, as it was made.

    Raises
    ------
    DisclosureError
        When the table is not one that was made from results, or was changed since.

    Examples
    --------
    >>> nothing = from_results(lambda results: pd.DataFrame({"n_sites": [len(results)]}))
    >>> already_on_pages(nothing(())).origin
    'results'
    """
    fingerprint, is_simulated, sources = rows.attrs.get(FROM_RESULTS, ("", False, ()))
    if is_of_a_register(rows) or fingerprint != fingerprint_of(rows):
        raise DisclosureError(
            "already_on_pages()",
            ["takes a table as a function of findings made it from the results of pages; filter inside that function"],
        )
    hidden = pd.DataFrame(False, index=rows.index, columns=rows.columns)
    if "is_hidden" in rows:
        hidden = rows.isna().mul(rows["is_hidden"].astype(bool), axis="index")
    return seal(
        rows,
        sources,
        subject="already_on_pages()",
        is_simulated=is_simulated,
        protection="on_pages",
        hidden=hidden,
    )


def _all_or_none_simulated(results: list[Result]) -> bool:
    n_simulated = sum(result.is_simulated for result in results)
    if 0 < n_simulated < len(results):
        places = len({result.municipality for result in results if result.is_simulated})
        raise InvalidDataError(
            "the results of other pages",
            [
                (
                    f"{n_simulated} of {len(results):,} are of simulated registers (in {places} municipalities) and the others of "
                    "real ones; keep pages of one kind in a site: make those of real registers with --municipality and --output"
                )
            ],
        )
    return n_simulated > 0
