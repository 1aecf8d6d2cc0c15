"""Cumulative incidences beside statsmodels' CumIncidenceRight, each in one run on this machine.

Run it with ``make bench``. It prints seconds and ratios, the best of a few turns of each. Both count the same people, in
whole days or months, with three causes; ours also gives the interval and the numbers at risk, and does both groups in one
call. That the incidences and standard errors are the same is checked in every run.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from statsmodels.duration.survfunc import CumIncidenceRight

from evaltools.effects import cumulative_incidence

SIZES = (100_000, 1_000_000, 10_000_000)
TURNS = 3
DAYS, DAYS_A_MONTH = 1500, 30


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=max(SIZES), help="units in the largest run")
    most = parser.parse_args().most
    print(f"{'units':>10} {'times':>7} {'groups':>7} {'own':>8} {'peer':>8} {'peer / own':>11} {'ns a unit':>10}")
    for n in [size for size in SIZES if size < most] + [most]:
        days, cause, group = make_units(n)
        for unit, times in (("days", days), ("months", days // DAYS_A_MONTH)):
            for groups in (None, group):
                measure(unit, times, cause, groups)


def make_units(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw people who leave at one chance a day for one of three causes, or are still there at the end."""
    rng = np.random.default_rng(n)
    days = np.minimum(rng.geometric(0.002, n), DAYS)
    cause = np.where(days < DAYS, rng.integers(1, 4, n), 0)
    return days, cause, rng.random(n) < 0.5


def measure(unit: str, times: np.ndarray, cause: np.ndarray, group: np.ndarray | None) -> None:
    """Measure both on the same people, and compare what they give."""
    own, took = timed(lambda: cumulative_incidence(times, cause, group=group))
    parts = [np.ones(len(times), dtype=bool)] if group is None else [~group, group]
    peers, peer_took = timed(lambda: [CumIncidenceRight(times[part], cause[part]) for part in parts])
    found = own.groupby(["group", "cause"] if group is not None else "cause", sort=False)
    for (_, curve), (peer, at) in zip(found, ((peer, at) for peer in peers for at in range(3)), strict=True):
        last = curve.iloc[-len(peer.times) :]
        np.testing.assert_allclose(last["estimate"], peer.cinc[at], rtol=1e-9)
        np.testing.assert_allclose(last["standard_error"], peer.cinc_se[at], rtol=1e-6)
    print(
        f"{len(times):>10,} {unit:>7} {len(parts):>7} {took:>8.3f} {peer_took:>8.3f} {peer_took / took:>11.1f} "
        f"{1e9 * took / len(times):>10.0f}"
    )


def timed(do: Callable[[], Any]) -> tuple[Any, float]:
    """Give what was made, and the seconds of the fastest of a few turns."""
    took = []
    for _ in range(TURNS):
        began = time.perf_counter()
        made = do()
        took.append(time.perf_counter() - began)
    return made, min(took)


if __name__ == "__main__":
    main()
