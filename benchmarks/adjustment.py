"""Adjustment for covariates beside its peers, each in one run on this machine.

Run it with ``make bench``. It prints seconds and ratios, the best of a few turns of each. Doubly robust estimates, with
their standard errors, stand beside one logistic regression of statsmodels; matching on a score beside the search of
scikit-learn, which is no dependency: without it, that line says so.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from statsmodels.discrete.discrete_model import Logit

from evaltools.effects import doubly_robust, entropy_weights, match_pairs, propensity_weights

try:
    from sklearn.neighbors import NearestNeighbors
except ImportError:
    NearestNeighbors = None

N_COVARIATES = 11
TURNS = 3


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=1_000_000, help="units")
    n = parser.parse_args().most
    adjustment(n)
    matching(n)


def adjustment(n: int) -> None:
    """Measure weights and doubly robust estimates beside one fit of statsmodels."""
    outcome, programme, covariates = make_units(n)
    design = np.column_stack([np.ones(n), covariates])
    peer = seconds(lambda: Logit(programme.astype(float), design).fit(disp=0))
    print(f"{n:>10,} units, {N_COVARIATES} covariates     {'seconds':>8}  statsmodels Logit = 1")
    print(f"{'statsmodels Logit':<40} {peer:>8.2f} {1:>6.2f}")
    for name, do in {
        "propensity_weights": lambda: propensity_weights(programme, covariates),
        "entropy_weights": lambda: entropy_weights(programme, covariates),
        "doubly_robust, ATT": lambda: doubly_robust(outcome, programme, covariates),
        "doubly_robust, ATE": lambda: doubly_robust(outcome, programme, covariates, estimand="ATE"),
    }.items():
        took = seconds(do)
        print(f"{name:<40} {took:>8.2f} {took / peer:>6.2f}")


def matching(n: int) -> None:
    """Measure matching of a tenth as many units, with and without replacement, beside scikit-learn."""
    rng = np.random.default_rng(n)
    programme = rng.permutation(np.arange(n + n // 10) < n // 10)
    score = rng.normal(size=len(programme)) + programme / 2
    peer = None
    print(f"\n{n // 10:>10,} among {n:,}             {'seconds':>8}  scikit-learn = 1")
    if NearestNeighbors is None:
        print("scikit-learn: peer not installed")
    else:
        values = score[~programme, None], score[programme, None]
        peer = seconds(lambda: NearestNeighbors(n_neighbors=1).fit(values[0]).kneighbors(values[1]))
        print(f"{'scikit-learn NearestNeighbors':<40} {peer:>8.2f} {1:>6.2f}")
    for replace in (True, False):
        took = seconds(lambda replace=replace: match_pairs(programme, score, replace=replace))
        ratio = f"{took / peer:>6.2f}" if peer else ""
        print(f"{f'match_pairs, replace={replace}':<40} {took:>8.2f} {ratio}")


def seconds(do: Callable[[], Any]) -> float:
    """Time a call: the shortest of a few, as other work on the machine only lengthens it."""
    took = []
    for _ in range(TURNS):
        began = time.perf_counter()
        do()
        took.append(time.perf_counter() - began)
    return min(took)


def make_units(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make an outcome, a programme and covariates that decide on both."""
    rng = np.random.default_rng(n)
    covariates = rng.normal(size=(n, N_COVARIATES))
    programme = rng.random(n) < 1 / (1 + np.exp(1 - covariates[:, 0] / 2 - covariates[:, 1] / 3))
    return covariates[:, 0] + programme + rng.normal(size=n), programme, covariates


if __name__ == "__main__":
    main()
