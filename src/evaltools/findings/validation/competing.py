"""How many leave for work, where others leave for other reasons: counted, and beside the truth of a drawn register."""

import pandas as pd

from evaltools.cohorts import programme_cohort
from evaltools.disclosure import from_simulation
from evaltools.effects import cumulative_incidence, kaplan_meier
from evaltools.findings.validation.drawn import DRAWN_PROGRAMME, FROM_SELECTION, draw

MONTHS = (0, 3, 6, 9, 12, 15, 18)
"""Everybody in the drawn register can be followed so long: later, only those of some seasons could."""


@from_simulation
def overstated(*, n_persons: int, seed: int, level: float) -> pd.DataFrame:
    """Estimate the share that left for work, as a cumulative incidence and as 1 − Kaplan-Meier, beside the truth.

    Nobody comes back in this register, so that everybody leaves once.

    Returns
    -------
    pandas.DataFrame
        One row per number of ``months`` since selection: ``incidence`` with ``lower`` and ``upper``; ``one_minus_survival``,
        with exits for other reasons as if those people were no longer seen; ``truth`` (missing where the simulation does not
        know it) and ``n_at_risk``; ``level`` of the interval.
    """
    register, truth = draw(
        n_persons=n_persons, seed=seed, share_relapse_6=0.0, share_relapse_12=0.0, share_relapse_27=0.0
    )
    people = programme_cohort(register, DRAWN_PROGRAMME, definitions=FROM_SELECTION).participants
    months, is_work = people["months"], people["cause"] == "work"
    found = cumulative_incidence(months, people["cause"], at=MONTHS, level=level)
    work = found[found["cause"] == "work"].reset_index(drop=True)
    known = {effect.months: effect.share_with for effect in truth.effects if _is_of_work(effect.outcome, effect.group)}
    return pd.DataFrame({
        "months": list(MONTHS),
        "incidence": work["estimate"],
        "lower": work["lower"],
        "upper": work["upper"],
        "one_minus_survival": 1 - kaplan_meier(months, is_work, at=MONTHS)["estimate"],
        "truth": [known.get(each) for each in MONTHS],
        "n_at_risk": work["n_at_risk"],
        "level": level,
    }).astype({"truth": "float64"})  # fmt: skip


def _is_of_work(outcome: str, group: str) -> bool:
    return outcome == "work_exit" and group == "participants"
