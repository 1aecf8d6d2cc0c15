"""LaLonde's training programme, as ``tests/reference/adjustment.R`` takes it, and what R found."""

import io
from functools import cache

import numpy as np
import pandas as pd

from tests.conftest import ROOT
from tests.public_data import public_data

ELEVEN = ("age", "age2", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75", "u74", "u75")
COVARIATES = {
    "eleven": ELEVEN,
    "dehejia_wahba": (*ELEVEN, "age3", "educ2", "educ_re74"),
    "ten": tuple(name for name in ELEVEN if name != "age2"),
    "eight": ("age", "age2", "educ", "black", "marr", "nodegree", "re74", "re75"),
}
EXPERIMENT = 1794.3424  # difference of means in the trial; $1,794 in Dehejia & Wahba (1999)


@cache
def sample(name):
    """Read the trial (``nsw``), or its participants beside people who were not in it (``cps``)."""
    trial = _extended(public_data("nsw_mixtape"))
    if name == "nsw":
        return trial
    others = _extended(public_data("cps_mixtape"))
    return pd.concat([trial[trial["treat"] == 1], others], ignore_index=True)


def parts(name, specification):
    """Give outcome, programme and covariates."""
    frame = sample(name)
    return frame["re78"].to_numpy(), frame["treat"].to_numpy() == 1, frame[list(COVARIATES[specification])]


def _extended(frame):
    # The package has 32-bit numbers, which R reads as they are printed.
    frame = pd.read_csv(io.StringIO(frame.to_csv(index=False)))
    return frame.assign(
        age2=frame["age"] ** 2 / 100,
        age3=frame["age"] ** 3 / 1e4,
        educ2=frame["educ"] ** 2,
        educ_re74=frame["educ"] * frame["re74"],
        u74=frame["re74"] == 0,
        u75=frame["re75"] == 0,
        work=frame["re78"] > 0,
    )


FROM_R = (
    pd.read_csv(ROOT / "tests" / "reference" / "adjustment.csv")
    .groupby("case")
    .apply(lambda rows: dict(zip(rows["quantity"], rows["value"], strict=True)))
    .to_dict()
)


def simulate(rng, n, *, hidden=0.0):
    """Make units of which two covariates, and one that nobody measured, decide on programme and outcome; effect 1."""
    covariates = rng.normal(size=(n, 2))
    unseen = rng.normal(size=n)
    programme = rng.random(n) < 1 / (1 + np.exp(0.5 - covariates[:, 0] + 0.5 * covariates[:, 1] - hidden * unseen))
    outcome = 1.0 * programme + 2 * covariates[:, 0] - covariates[:, 1] + hidden * unseen + rng.normal(size=n)
    return outcome, programme, covariates
