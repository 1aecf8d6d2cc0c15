"""What the pages of several municipalities found together: what they have in common, and how far they are apart.

A site is one programme in one municipality. Sites stand in the order of their names, never of their numbers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import pandas as pd
from scipy.special import ndtri

from evaltools.disclosure import from_publications, from_results
from evaltools.effects import Pooled, pool
from evaltools.errors import InvalidDataError, ProgrammeError, did_you_mean, many
from evaltools.findings.planning.showing import LITERATURE
from evaltools.programmes import list_programmes, read_programme
from evaltools.project import find_project
from evaltools.reference import municipality_names
from evaltools.results import OUTCOMES, Result, results_in

FEWEST_FOR_MEAN = 2
FEWEST_FOR_SPREAD = 3
"""Sites from which on something is said of the differences between them: two differ by one number."""
MAKES_RESULTS = ("evaluation",)
"""Notebooks of which every page is expected to have results."""
USED, HIDDEN, NO_ESTIMATE, NO_ERROR, OTHER, MISSING = "used", "hidden", "no_estimate", "no_error", "other", "missing"
STATUSES = {
    USED: "its difference is pooled",
    HIDDEN: "its difference is left out to protect people",
    NO_ESTIMATE: "its page has no difference",
    NO_ERROR: "its difference has no standard error: nobody or everybody of a group has the outcome",
    OTHER: "its page has results, of other outcomes or times",
    MISSING: "it has no page with results",
}
LITERATURE_STUDIES, LITERATURE_COUNTRIES = 207, 47
"""On how much the published differences of `planning.showing.LITERATURE` rest."""
LITERATURE_IS_OF = ("work", "any_work")
"""Outcomes that the published differences are of."""
ALL = "all"
"""Scope of the row over all sites."""

_SITE_NUMBERS = (
    "estimate", "lower", "upper", "level", "standard_error", "shrunken", "shrunken_lower", "shrunken_upper", "share_own",
)  # fmt: skip
_SITE_COUNTS = ("n_programme", "n_comparison")
_SITE_TEXTS = ("programme", "programme_name", "municipality", "municipality_name", "status", "method", "grade", "as_of")
_POOLED_NUMBERS = (
    "mean", "lower", "upper", "level", "prediction_lower", "prediction_upper", "tau", "tau_lower", "tau_upper", "i2",
    "q_p_value", "without_lowest", "without_highest",
)  # fmt: skip
_POOLED_COUNTS = ("n_sites", "n_expected", "n_municipalities", "n_shared", "n_methods", "n_grades", "months")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """One programme in one municipality, with its main result where there is one."""

    programme: str
    municipality: str
    status: str
    result: Result | None


def read(results: str = "") -> tuple[Result, ...]:
    """Read what other pages found.

    Parameters
    ----------
    results
        Folder with their files; the site of the project when empty.

    Raises
    ------
    InvalidDataError
        When a file cannot be read; with the problems of every file.
    """
    return results_in(Path(results) if results else find_project().reports)


@from_results
def sites(results: Sequence[Result], *, programme: str, outcome: str, months: int, level: float = 0.95) -> pd.DataFrame:
    """One row per site: what it found, and what remains of that beside what the others found.

    Parameters
    ----------
    programme
        A programme, of which every municipality is a site; empty for those of all programmes.
    outcome, months
        Which difference is pooled; of `evaltools.results.OUTCOMES`.
    level
        Of the intervals that are worked out here; a site's own interval is that of its page.

    Returns
    -------
    pandas.DataFrame
        By name: ``status`` (of `STATUSES`); ``estimate``, ``lower``, ``upper``, ``level``, ``standard_error`` as the page has them;
        ``shrunken`` with its ``shrunken_lower`` and ``shrunken_upper``, and ``share_own``, how much of it is the site's own
        estimate (from `FEWEST_FOR_SPREAD` sites on, see `effects.pool`); ``is_inside`` whether the estimate lies within the funnel
        ``mean ± z · standard error``; ``n_programme``, ``n_comparison``, ``method``, ``grade``, ``as_of``; ``is_hidden``.

    Raises
    ------
    InvalidDataError
        When the outcome is unknown, or a site has two main results.
    """
    found = _sites(results, programme, outcome, months)
    names, programmes = municipality_names(), _programme_names(found)
    used = [site for site in found if site.status == USED]
    pooled = _pool(used, level)
    rows = [
        _own(site)
        | {
            "is_of_all": not programme,
            "programme_name": programmes[site.programme],
            "municipality_name": names.get(site.municipality, site.municipality),
        }
        for site in found
    ]
    if pooled is not None:
        width = _width(pooled)
        of_used = iter(zip(*(pooled.sites[name] for name in ("estimate", "lower", "upper")), strict=True))
        for row in rows:
            if row["status"] != USED:
                continue
            shrunken, lower, upper = next(of_used)
            variance = row["standard_error"] ** 2
            row["is_inside"] = abs(row["estimate"] - pooled.mean.estimate) <= width * row["standard_error"]
            if len(used) >= FEWEST_FOR_SPREAD:
                row |= {"shrunken": shrunken, "shrunken_lower": lower, "shrunken_upper": upper,
                        "share_own": pooled.tau2 / (pooled.tau2 + variance)}  # fmt: skip
    columns = [*_SITE_TEXTS, *_SITE_NUMBERS, *_SITE_COUNTS, "is_inside", "is_hidden", "is_of_all"]
    table = pd.DataFrame(rows, columns=columns).sort_values(["municipality_name", "programme_name"], kind="stable")
    return _typed(table, _SITE_NUMBERS, _SITE_COUNTS).astype(
        {"is_inside": "boolean", "is_hidden": bool, "is_of_all": bool}
    )


@from_results
def pooled(
    results: Sequence[Result], *, programme: str, outcome: str, months: int, level: float = 0.95
) -> pd.DataFrame:
    """Pool the differences of sites, over all of them and, for all programmes together, by programme.

    Parameters
    ----------
    programme, outcome, months, level
        As of `sites`.

    Returns
    -------
    pandas.DataFrame
        First a row over all sites (``scope`` is ``all``), then, when ``programme`` is empty, one per programme of which
        `FEWEST_FOR_MEAN` sites are used, by name. ``n_sites`` that are used of ``n_expected``; their ``n_municipalities``, of
        which ``n_shared`` have more than one site; ``n_methods``, ``n_grades`` and the weakest ``grade``. From `FEWEST_FOR_MEAN` sites
        on the ``mean`` with ``lower`` and ``upper``; from `FEWEST_FOR_SPREAD` on ``prediction_lower`` and ``prediction_upper`` for one
        more site, the standard deviation ``tau`` between sites with its interval, ``i2``, ``q_p_value``, and
        ``without_lowest`` and ``without_highest``, between which the mean lies when one site is left out.
    """
    found = _sites(results, programme, outcome, months)
    names = _programme_names(found)
    whole = {"scope": ALL, "scope_name": names.get(programme, ""), **_pooled_row(found, level)}
    rows = [whole]
    if not programme:
        by_name = sorted(names, key=lambda slug: names[slug])
        parts = [(slug, [site for site in found if site.programme == slug]) for slug in by_name]
        rows += [
            {"scope": slug, "scope_name": names[slug], **_pooled_row(own, level)}
            for slug, own in parts
            if sum(site.status == USED for site in own) >= FEWEST_FOR_MEAN
        ]
    table = pd.DataFrame([{**row, "outcome": outcome, "months": months, "is_of_all": not programme} for row in rows])
    columns = ["scope", "scope_name", "is_of_all", "outcome", "grade", *_POOLED_COUNTS, *_POOLED_NUMBERS]
    return _typed(table.reindex(columns=columns), _POOLED_NUMBERS, _POOLED_COUNTS)


@from_publications
def literature(*, outcome: str) -> pd.DataFrame:
    """One row per ``horizon`` with the mean ``difference`` in work that others found; none for another outcome.

    ``n_studies`` and ``n_countries`` say on how much all rows together rest.

    Examples
    --------
    >>> literature(outcome="work")["difference"].tolist(), len(literature(outcome="off_benefit"))
    ([0.016, 0.054, 0.087], 0)
    """
    rows = LITERATURE.items() if outcome in LITERATURE_IS_OF else ()
    table = pd.DataFrame(list(rows), columns=["horizon", "difference"])
    return table.assign(n_studies=LITERATURE_STUDIES, n_countries=LITERATURE_COUNTRIES)


def _sites(results: Sequence[Result], programme: str, outcome: str, months: int) -> list[_Site]:
    """Find every site there is or should be, in the order of programme and municipality."""
    if outcome not in OUTCOMES:
        raise InvalidDataError("outcome", [f"there is no such outcome; {did_you_mean(outcome, OUTCOMES)}"])
    own = [result for result in results if not programme or result.programme == programme]
    main: dict[tuple[str, str], list[Result]] = {}
    for result in own:
        kept = main.setdefault((result.programme, result.municipality), [])
        is_asked = result.question == "net" and result.outcome == outcome and result.months == months
        if is_asked and result.is_main and result.group == "programme" and result.unit == "share_points":
            kept.append(result)
    problems = [
        f"{slug} in {code} has {many(len(kept), 'main result')} for {outcome} after {months} months; mark one as main"
        for (slug, code), kept in sorted(main.items())
        if len(kept) > 1
    ]
    if problems:
        raise InvalidDataError("the results of other pages", problems)
    keys = sorted({*main, *_expected(programme)})
    return [_site(slug, code, main.get((slug, code))) for slug, code in keys]


def _site(programme: str, municipality: str, kept: list[Result] | None) -> _Site:
    result = kept[0] if kept else None
    if result is None:
        status = MISSING if kept is None else OTHER
    elif result.estimate is None:
        status = HIDDEN if result.hidden else NO_ESTIMATE
    else:
        status = USED if result.standard_error else NO_ERROR
    return _Site(programme=programme, municipality=municipality, status=status, result=result)


def _expected(programme: str) -> set[tuple[str, str]]:
    """Find the sites that should have results, by the programme files; a file with problems is told by the batch."""
    found = set()
    for slug in [programme] if programme else list_programmes():
        try:
            read_one = read_programme(slug)
        except ProgrammeError:
            if programme:
                raise
            continue
        if programme or any(use.name in MAKES_RESULTS for use in read_one.notebooks):
            found |= {(slug, code) for code in read_one.municipalities}
    return found


def _programme_names(found: Iterable[_Site]) -> dict[str, str]:
    names = {}
    for slug in dict.fromkeys(site.programme for site in found):
        try:
            names[slug] = read_programme(slug).name
        except ProgrammeError:  # results of a programme that is not here
            names[slug] = slug
    return names


def _own(site: _Site) -> dict[str, Any]:
    row = {"programme": site.programme, "municipality": site.municipality, "status": site.status,
           "is_hidden": site.status == HIDDEN, "method": "", "grade": "", "as_of": ""}  # fmt: skip
    if site.result is None:
        return row
    names = ("estimate", "lower", "upper", "level", "standard_error", *_SITE_COUNTS, "method", "grade", "as_of")
    return row | {name: getattr(site.result, name) for name in names}


def _pool(used: Sequence[_Site], level: float) -> Pooled | None:
    if len(used) < FEWEST_FOR_MEAN:
        return None
    results = [site.result for site in used if site.result is not None]
    pairs = [(float(each.estimate or 0), float(each.standard_error or 0)) for each in results]
    estimates, errors = zip(*pairs, strict=True)
    return pool(estimates, errors, level=level)


def _pooled_row(found: Sequence[_Site], level: float) -> dict[str, Any]:
    used = [site for site in found if site.status == USED]
    results = [site.result for site in used if site.result is not None]
    municipalities = [result.municipality for result in results]
    row: dict[str, Any] = {
        "n_sites": len(used),
        "n_expected": len(found),
        "n_municipalities": len(set(municipalities)),
        "n_shared": sum(municipalities.count(code) > 1 for code in set(municipalities)),
        "n_methods": len({result.method for result in results}),
        "n_grades": len({result.grade for result in results}),
        "grade": max((result.grade for result in results), default=""),
        "level": level,
    }
    made = _pool(used, level)
    if made is None:
        return row
    row |= {"mean": made.mean.estimate, "lower": made.mean.lower, "upper": made.mean.upper}
    if len(used) < FEWEST_FOR_SPREAD:
        return row
    without = [_pool([other for other in used if other is not site], level) for site in used]
    means = [each.mean.estimate for each in without if each is not None]
    return row | {
        "prediction_lower": made.prediction_lower,
        "prediction_upper": made.prediction_upper,
        "tau": sqrt(made.tau2),
        "tau_lower": sqrt(made.tau2_lower),
        "tau_upper": sqrt(made.tau2_upper),
        "i2": made.i2,
        "q_p_value": made.q_p_value,
        "without_lowest": min(means),
        "without_highest": max(means),
    }


def _width(made: Pooled) -> float:
    """How many standard errors wide the funnel is on each side: the quantile of a normal distribution."""
    return float(ndtri((1 + made.mean.level) / 2))


def _typed(table: pd.DataFrame, numbers: Iterable[str], counts: Iterable[str]) -> pd.DataFrame:
    types = dict.fromkeys(numbers, "float64") | dict.fromkeys(counts, "Int64")
    return table.astype(types).reset_index(drop=True)
