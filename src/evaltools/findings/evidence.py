"""How sure: the grade of the evidence, by which design and by which checks; the grade decides what a report may say.

=====  ===========================================================  =========================================
grade  design                                                       a report may say
=====  ===========================================================  =========================================
A      drawn by lot                                                 "door het programma"
B      phased start, difference in differences, synthetic control   "waarschijnlijk door"
C      matched or weighted on the same register                     "hangt samen met, na correctie"
D      earlier group, ordinary outflow, others who are not alike    "vergeleken met"
E      before and after, counts alone                               "geen effectmeting"
=====  ===========================================================  =========================================
"""

from typing import Literal

import numpy as np
import pandas as pd

from evaltools.disclosure import Estimate, Table
from evaltools.effects import standardised_differences
from evaltools.effects.adjustment.overlap import effective_n
from evaltools.findings.evaluation.groups import Groups
from evaltools.findings.evaluation.net import Sides, sides
from evaltools.findings.evaluation.reach import level_differences
from evaltools.findings.people import about_register, table_of

Grade = Literal["A", "B", "C", "D", "E"]
GRADES: tuple[Grade, ...] = ("A", "B", "C", "D", "E")

MOST_DIFFERENT = 0.1
"""Groups are alike when no covariate differs by more standard deviations after weighting (Stuart 2010; domain usage)."""
FEWEST_EFFECTIVE = 30
"""A comparison group that counts for fewer people carries no comparison."""
LEAST_LOT = 0.8
"""Of a lot so many in each arm must be in view at the main horizon."""
MOST_ALONE = 0.2
"""When more of the programme's group have nobody who is like them, the comparison is not about the programme."""

CHECKS = ("comparison", "size", "alike", "overlap", "in_view", "earlier")
"""What is asked: is there a group at the same time; does it count for enough people; are the groups alike; do participants have people
like them; are participants, and of a lot both arms, seen to the horizon; is there an earlier group."""


TOLD = ("size", "alike")
"""Checks of which the number is told."""


def grade_of(groups: Groups) -> Grade:
    """Grade the evidence of the best comparison that can be made of these groups.

    Drawn by lot: A, when at least `LEAST_LOT` of each arm are in view, else C. A comparison in the same register: C, when it counts for enough people, is
    alike after weighting, and nearly all participants have somebody like them. Else an earlier group or the ordinary outflow: D. Else E.
    B needs places that are compared in time, which is no part of this evaluation.
    """
    found = _checks(groups, sides(groups, groups.months))
    if groups.comparison_kind == "randomised" and found["comparison"][0]:
        return "A" if found["in_view"][0] else "C"
    if found["comparison"][0] and all(found[check][0] for check in ("size", "alike", "overlap")):
        return "C"
    if groups.earlier is not None or groups.ordinary is not None:
        return "D"
    return "E"


def evidence_card(groups: Groups) -> Table:
    """List the checks behind the grade.

    Returns
    -------
    Table
        One row per ``check`` of `CHECKS`: ``is_met`` (yes, no), ``n_programme`` and ``n_comparison`` persons that it is of, and ``value``: for how
        many people the comparison counts, and the largest standardised difference after weighting. Of other checks there is none: shares of
        people who are not seen, or not compared, would tell how few they are.
    """
    found = _checks(groups, sides(groups, groups.months))
    n = {
        "n_programme": len(groups.cohort),
        "n_comparison": len(groups.comparison) if groups.comparison is not None else 0,
    }
    rows = [
        {"check": check, "is_met": "yes" if is_met else "no", "value": value if check in TOLD else np.nan, **n}
        for check, (is_met, value) in found.items()
    ]
    return table_of(
        groups.register,
        pd.DataFrame(rows).astype({"value": float}),
        about=about_register(groups.register, programme=groups.programme.slug, at="evidence"),
        counts=list(n),
        labels=["check", "is_met"],
        words={"check": CHECKS, "is_met": ["yes", "no"]},
        estimates={"value": Estimate(on=("n_programme", "n_comparison"))},
        settings={"months": float(groups.months), "most_different": MOST_DIFFERENT, "fewest": float(FEWEST_EFFECTIVE)},
    )


def _checks(groups: Groups, beside: Sides) -> dict[str, tuple[bool, float]]:
    """Whether each of `CHECKS` that can be asked is met, and its number: of nobody to compare with only that."""
    compared = beside.comparison
    made: dict[str, tuple[bool, float]] = {"comparison": (compared is not None, np.nan)}
    if compared is not None:
        made |= dict.fromkeys(("size", "alike", "overlap", "in_view"), (False, np.nan))
    if compared is not None and not compared.has_both:
        made["overlap"] = (False, 1.0)
    elif compared is not None:
        is_own = compared.in_programme
        weights = compared.weights_of_all()
        size = effective_n(weights[~is_own] * compared.people["weight"].to_numpy()[~is_own])
        made["size"] = (round(size, 6) >= FEWEST_EFFECTIVE, size)
        if compared.weights is not None:
            of_model = standardised_differences(is_own, compared.covariates, weights=weights)["weighted_difference"]
            largest = max(_largest(of_model), _largest(level_differences(compared)["weighted_difference"]))
            made["alike"] = (largest <= MOST_DIFFERENT, largest)
        alone = compared.n_alone_programme / max(1, compared.n_alone_programme + int(is_own.sum()))
        made["overlap"] = (compared.weights is not None and alone <= MOST_ALONE, alone)
        arms = (is_own, ~is_own) if groups.comparison_kind == "randomised" else (is_own,)
        in_view = min(float((compared.people["weight"].to_numpy()[arm] > 0).mean()) for arm in arms)
        made["in_view"] = (in_view >= LEAST_LOT, in_view)
    made["earlier"] = (groups.earlier is not None, np.nan)
    return made


def _largest(differences: "pd.Series[float]") -> float:
    return float(differences.abs().max()) if differences.notna().any() else 0.0
