"""How often 95% intervals hold the truth, in groups of the size of real programmes.

``python -m tests.effects.coverage > docs/coverage.md`` writes the table (about a quarter of an hour on two cores); the test
beside this file, ``make test-slow``, holds every cell to it.

Counts are done exactly, over all pairs of counts. The others are simulated with draws of which the truth is known.
"""

import itertools
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binom, norm

from evaltools import effects
from evaltools.errors import InvalidDataError

SIZES = (31, 100, 270, 726)
"""Units in each group: the smallest and the largest published cohorts, Aalten's, and one between."""
SHARES = (0.05, 0.14, 0.40)
"""Shares with the outcome in the comparison group; the programme adds `ADDED`."""
ADDED = 0.10
N_SERIES, PERIODS, KEPT = 2000, (24, 48, 96, 192), (0.0, 0.2, 0.4)
N_DRAWS = 2000
HORIZON = 12


@dataclass(frozen=True)
class Cell:
    """Coverage of one method at one size and share; ``share_refused`` of the draws had no interval."""

    method: str
    n: int
    share: float
    coverage: float
    share_refused: float = 0.0


# Counts, exactly


def of_share(n: int, share: float) -> Cell:
    events = likely(n, share)
    chance = binom.pmf(events, n, share)
    held = [holds(effects.proportion(int(each), n), share) for each in events]
    return Cell("proportion (Wilson)", n, share, float(chance @ held / chance.sum()))


def of_difference(method: str) -> Callable[[int, float], Cell]:
    def found(n: int, share: float) -> Cell:
        return exactly(
            f"risk_difference ({method})",
            n,
            share,
            ADDED,
            lambda one, other: effects.risk_difference(one, n, other, n, method=method),
        )

    return found


def of_ratio(n: int, share: float) -> Cell:
    truth = (share + ADDED) / share
    return exactly("risk_ratio (Koopman)", n, share, truth, lambda one, other: effects.risk_ratio(one, n, other, n))


def of_odds(n: int, share: float) -> Cell:
    one = share + ADDED
    truth = one / (1 - one) * (1 - share) / share
    return exactly("odds_ratio (score)", n, share, truth, lambda a, b: effects.odds_ratio(a, n, b, n))


def exactly(name: str, n: int, share: float, truth: float, estimate: Callable[[int, int], effects.Estimate]) -> Cell:
    """Sum the chances of all pairs of counts of which the interval holds the truth."""
    total = held = refused = 0.0
    for one, other in itertools.product(likely(n, share + ADDED), likely(n, share)):
        chance = binom.pmf(one, n, share + ADDED) * binom.pmf(other, n, share)
        total += chance
        try:
            held += chance * holds(estimate(int(one), int(other)), truth)
        except InvalidDataError:
            refused += chance
    return Cell(name, n, share, float(held / (total - refused)), float(refused / total))


def likely(n: int, share: float) -> np.ndarray:
    """Counts that have a chance of more than one in ten million."""
    counts = np.arange(n + 1)
    return counts[binom.pmf(counts, n, share) > 1e-7]


def holds(found: effects.Estimate, truth: float) -> bool:
    return found.lower <= truth <= found.upper


# Draws


def exits(rng: np.random.Generator, n: int, share: float) -> tuple[np.ndarray, pd.Categorical]:
    """Draw whole months to an exit to work (a ``share`` by a year), another exit (15%) or the end of follow-up."""
    work, other = share / HORIZON, 0.15 / HORIZON
    # Both at constant chances a month of those who were there at the start, so that the incidence is a line.
    drawn = rng.random(n) / (work + other)
    cause = np.where(rng.random(n) < work / (work + other), 1, 2)
    month = np.floor(drawn).astype(int) + 1
    last = rng.integers(6, 37, n)
    seen = np.where(month <= last, cause, 0)
    return np.minimum(month, last), pd.Categorical.from_codes(seen, ["censored", "work", "other"])


def incidence(rng: np.random.Generator, n: int, share: float) -> bool:
    time, cause = exits(rng, n, share)
    row = effects.cumulative_incidence(time, cause, at=[HORIZON]).query("cause == 'work'").iloc[0]
    return bool(row["lower"] <= share <= row["upper"])


def survival(rng: np.random.Generator, n: int, share: float) -> bool:
    time, cause = exits(rng, n, share)
    row = effects.kaplan_meier(time, cause != "censored", at=[HORIZON]).iloc[0]
    return bool(row["lower"] <= 1 - share - 0.15 <= row["upper"])


def two_groups(rng: np.random.Generator, n: int, share: float) -> tuple[np.ndarray, "pd.Series[str]", np.ndarray]:
    one, other = exits(rng, n, share + ADDED), exits(rng, n, share)
    return np.append(one[0], other[0]), pd.concat([pd.Series(one[1]), pd.Series(other[1])]), np.repeat([True, False], n)


def incidence_difference(rng: np.random.Generator, n: int, share: float) -> bool:
    return holds(effects.incidence_difference(*two_groups(rng, n, share), HORIZON, of="work"), ADDED)


def restricted_mean(rng: np.random.Generator, n: int, share: float) -> bool:
    time, cause = exits(rng, n, share)
    return holds(effects.restricted_mean(time, cause != "censored", HORIZON), months_left(share))


def restricted_mean_difference(rng: np.random.Generator, n: int, share: float) -> bool:
    time, cause, programme = two_groups(rng, n, share)
    truth = months_left(share + ADDED) - months_left(share)
    return holds(effects.restricted_mean_difference(time, cause != "censored", programme, HORIZON), truth)


def months_left(share: float) -> float:
    """Mean months without an exit in a year: exits fall at the end of each month, in equal numbers."""
    return HORIZON - (share + 0.15) / HORIZON * sum(range(HORIZON))


def hazard_ratio(rng: np.random.Generator, n: int, share: float) -> bool:
    rate = -np.log(1 - share) / HORIZON
    ratio = np.log(1 - share - ADDED) / np.log(1 - share)
    programme = np.repeat([True, False], n)
    event = rng.exponential(1 / np.where(programme, rate * ratio, rate))
    last = rng.uniform(6, 36, 2 * n)
    return holds(effects.hazard_ratio(np.minimum(event, last), event <= last, programme), ratio)


def months_on_benefit(rng: np.random.Generator, n: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw months on benefit of at most 24: skew, and with many who stay all of them."""
    rate = -np.log(1 - share) / HORIZON
    return np.minimum(rng.exponential(1 / rate, n), 24), np.minimum(rng.exponential(1 / (rate * 1.3), n), 24)


def mean_difference(rng: np.random.Generator, n: int, share: float) -> bool:
    rate = -np.log(1 - share) / HORIZON
    truth = (1 - np.exp(-rate * 24)) / rate - (1 - np.exp(-rate * 1.3 * 24)) / (rate * 1.3)
    return holds(effects.mean_difference(*months_on_benefit(rng, n, share)), truth)


def hedges_g(rng: np.random.Generator, n: int, share: float) -> bool:
    """Of normal outcomes, as its interval supposes; the difference is that of two shares on the normal scale."""
    truth = norm.ppf(share + ADDED) - norm.ppf(share)
    return holds(effects.hedges_g(rng.normal(truth, 1, n), rng.normal(0, 1, n)), truth)


def rungs(share: float) -> np.ndarray:
    """Chances of the six rungs of the ladder; the highest has ``share``."""
    others = np.array([0.15, 0.3, 0.25, 0.2, 0.1])
    return np.append(others * (1 - share), share)


def probability_of_superiority(rng: np.random.Generator, n: int, share: float) -> bool:
    one, other = rungs(share + ADDED), rungs(share)
    lower = np.concatenate([[0], np.cumsum(other)[:-1]])
    truth = float(one @ (lower + other / 2))
    ladder = np.arange(1, 7)
    return holds(
        effects.probability_of_superiority(rng.choice(ladder, n, p=one), rng.choice(ladder, n, p=other)), truth
    )


def confounded(rng: np.random.Generator, n: int, share: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw outcomes and a programme that both depend on two covariates; the effect is `ADDED` for everybody."""
    covariates = np.column_stack([rng.integers(0, 2, 2 * n), rng.uniform(-1, 1, 2 * n)])
    programme = rng.random(2 * n) < 1 / (1 + np.exp(0.4 - 0.8 * covariates[:, 0] - 0.5 * covariates[:, 1]))
    chance = share + share * (0.5 * covariates[:, 0] - 0.25 + 0.4 * covariates[:, 1]) + ADDED * programme
    return (rng.random(2 * n) < chance).astype(float), programme, covariates


def propensity_weights(rng: np.random.Generator, n: int, share: float) -> bool:
    outcome, programme, covariates = confounded(rng, n, share)
    weights = effects.propensity_weights(programme, covariates)
    return holds(effects.weighted_difference(outcome, programme, weights), ADDED)


def entropy_weights(rng: np.random.Generator, n: int, share: float) -> bool:
    outcome, programme, covariates = confounded(rng, n, share)
    weights = effects.entropy_weights(programme, covariates)
    return holds(effects.weighted_difference(outcome, programme, weights), ADDED)


def doubly_robust(rng: np.random.Generator, n: int, share: float) -> bool:
    return holds(effects.doubly_robust(*confounded(rng, n, share)), ADDED)


def matched_difference(rng: np.random.Generator, n: int, share: float) -> bool:
    outcome, programme, covariates = confounded(rng, n, share)
    matches = effects.match_pairs(programme, effects.propensity_weights(programme, covariates).logit, replace=True)
    return holds(effects.matched_difference(outcome, matches), ADDED)


def pooled(rng: np.random.Generator, n: int, share: float) -> bool:
    """Of six municipalities with effects that differ by 3 percentage points (standard deviation)."""
    truths = rng.normal(ADDED, 0.03, 6)
    one = rng.binomial(n, np.clip(share + truths, 0, 1)) / n
    other = rng.binomial(n, share, 6) / n
    errors = np.sqrt((one * (1 - one) + other * (1 - other)) / n)
    return holds(effects.pool(one - other, errors).mean, ADDED)


EXACT = (
    of_share, of_difference("newcombe"), of_difference("miettinen_nurminen"), of_difference("wald"), of_ratio, of_odds,
)  # fmt: skip
DRAWN = (
    survival, incidence, incidence_difference, restricted_mean, restricted_mean_difference, hazard_ratio, mean_difference,
    hedges_g, probability_of_superiority, propensity_weights, entropy_weights, doubly_robust, matched_difference, pooled,
)  # fmt: skip


def drawn(name: str, n: int, share: float) -> Cell:
    draw = {each.__name__: each for each in DRAWN}[name]
    rng = np.random.default_rng([n, int(1000 * share), sum(map(ord, name))])
    held = n_refused = 0
    for _ in range(N_DRAWS):
        try:
            held += draw(rng, n, share)
        except InvalidDataError:
            n_refused += 1
    return Cell(name, n, share, float(held / max(N_DRAWS - n_refused, 1)), n_refused / N_DRAWS)


def cell(place: int, n: int, share: float) -> Cell:
    return EXACT[place](n, share) if place < len(EXACT) else drawn(DRAWN[place - len(EXACT)].__name__, n, share)


def cells(workers: int = 2) -> list[Cell]:
    """Every method at every size and share."""
    jobs = list(itertools.product(range(len(EXACT) + len(DRAWN)), SIZES, SHARES))
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(cell, *zip(*jobs, strict=True)))


def of_series(n: int, kept: float) -> Cell:
    """Draw a series of which the slope changes by nothing half way; each error keeps so much of the one before."""
    rng = np.random.default_rng([n, int(10 * kept)])
    held = 0
    for _ in range(N_SERIES):
        error = rng.normal(size=n)
        error[0] /= np.sqrt(1 - kept**2)
        for place in range(1, n):
            error[place] += kept * error[place - 1]
        held += holds(effects.interrupted_time_series(np.arange(n), error, starts=n // 2).slope_change, 0.0)
    return Cell("interrupted_time_series", n, kept, held / N_SERIES)


def series(workers: int = 2) -> list[Cell]:
    """Interrupted time series of every length and dependence."""
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(of_series, *zip(*itertools.product(PERIODS, KEPT), strict=True)))


INTRODUCTION = f"""\
# How often intervals hold the truth

Written by `python -m tests.effects.coverage` and held to by `make test-slow`: the coverage in percent of 95% intervals for
{", ".join(map(str, SIZES))} people in each group, where {", ".join(f"{share:.0%}" for share in SHARES)} of the comparison have
the outcome and 10 percentage points more of the programme. Counts are done exactly, over all pairs of counts; the others are
{N_DRAWS:,} draws of each cell (standard error 0.5), of which `tests/effects/coverage.py` says how. Times are whole months, of
people who are followed for 6 to 36 months and of whom 15% leave for another reason within the year.
"""
NOTES = """
What lies below 93 is a method that is too sure of itself there; above 97 it is careful. `risk_difference` by Wald is there to
show why it is not the default. Draws without an interval, in which a group has no events or covariates tell the groups
apart, are left out where their share is named.
"""


SERIES = f"""
## Series of one place

The same of the change of slope in `interrupted_time_series` with the variance of Newey & West, half way a series of so many
periods, with errors that keep so much of the one before ({N_SERIES:,} draws of each). It is too sure of itself in short series.
"""


def as_markdown(found: list[Cell], of_one_place: list[Cell]) -> Iterator[str]:
    yield INTRODUCTION
    yield "| interval | " + " | ".join(f"{n}: {share:.0%}" for n in SIZES for share in SHARES) + " |"
    yield "|---|" + "---|" * (len(SIZES) * len(SHARES))
    for method in dict.fromkeys(each.method for each in found):
        own = [each for each in found if each.method == method]
        yield f"| {method} | " + " | ".join(f"{100 * each.coverage:.1f}" for each in own) + " |"
    yield NOTES
    refused = [each for each in found if each.share_refused > 0.0005]
    if refused:
        yield "Without an interval: " + "; ".join(
            f"{each.method} at {each.n} and {each.share:.0%}: {100 * each.share_refused:.1f}%" for each in refused
        ) + "."  # fmt: skip
    yield SERIES
    yield "| periods | " + " | ".join(f"{kept:g}" for kept in KEPT) + " |"
    yield "|---|" + "---|" * len(KEPT)
    for n in PERIODS:
        yield f"| {n} | " + " | ".join(f"{100 * each.coverage:.1f}" for each in of_one_place if each.n == n) + " |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(as_markdown(cells(), series())) + "\n")
