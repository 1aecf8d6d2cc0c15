"""Shrunken shares: beside maximum likelihood and integrals in R, a grid, closed forms, and shares that were drawn."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import beta, betabinom

from evaltools.effects import shrunken_shares
from evaltools.errors import InvalidDataError
from tests.conftest import ROOT

REFERENCE = ROOT / "tests" / "reference"
BY_R = pd.read_csv(REFERENCE / "shrinkage.csv")
UNITS = pd.read_csv(REFERENCE / "shares_of_units.csv")


def of(name):
    own = UNITS[UNITS["data"] == name]
    return shrunken_shares(own["events"], own["n"])


@pytest.mark.parametrize("row", BY_R.to_dict("records"), ids=lambda row: row["data"])
def test_agrees_with_r(row):
    """nlm() stops where the likelihood is flat: its precision has six digits or more, and so has vglm()'s."""
    found = of(row["data"])
    assert found.mean == pytest.approx(row["mean"], rel=1e-6)
    assert found.precision == pytest.approx(row["precision"], rel=1e-6)
    if np.isfinite(row["precision"]):
        assert found.mean == pytest.approx(row["mean_vgam"], rel=1e-6)
        assert found.precision == pytest.approx(row["precision_vgam"], rel=1e-6)
    first = found.units.iloc[0]
    assert first["shrunken"] == pytest.approx(row["shrunken_first"], rel=1e-6)
    # A grid of 41 precisions beside integrate().
    assert first["lower"] == pytest.approx(row["lower_first"], rel=3e-4)
    assert first["upper"] == pytest.approx(row["upper_first"], rel=3e-4)


def likelihood(events, n, mean, precision):
    return betabinom.logpmf(events, n, mean * precision, (1 - mean) * precision).sum()


@pytest.mark.parametrize("name", ["litters", "batters", "drawn"])
def test_no_other_mean_and_precision_is_more_likely(name):
    own, found = UNITS[UNITS["data"] == name], of(name)
    best = likelihood(own["events"], own["n"], found.mean, found.precision)
    for mean in found.mean * np.array([0.5, 0.9, 0.999, 1.001, 1.1, 1.5]):
        for precision in found.precision * np.geomspace(1e-3, 1e3, 25):
            assert likelihood(own["events"], own["n"], mean, precision) < best
    assert likelihood(own["events"], own["n"], found.mean, found.precision * 1.01) < best


def test_shrunken_shares_by_hand():
    found = of("litters")
    m, mean, row = found.precision, found.mean, found.units.iloc[0]
    assert (row["share"], row["weight"]) == (1 / 10, pytest.approx(10 / (10 + m)))
    assert row["shrunken"] == pytest.approx((mean * m + 1) / (m + 10))
    assert found.between_variance == pytest.approx(mean * (1 - mean) / (m + 1))


def test_with_equal_sizes_the_mean_is_that_of_all():
    """The scores to the mean are 0 together at the share of all where n is the same and the events are a mirror."""
    found = shrunken_shares([2, 5, 8, 1, 9], [10] * 5)
    assert found.mean == pytest.approx(0.5, abs=1e-9)


def test_of_two_at_a_time_the_precision_has_a_closed_form():
    """Of n = 2 the chances of 0, 1 and 2 are free but for their sum: with a, b, c of them ρ = 1 − b/(2kμ(1 − μ))."""
    a, b, c = 50, 20, 30
    k = a + b + c
    found = shrunken_shares([0] * a + [1] * b + [2] * c, [2] * k)
    mean = (b + 2 * c) / (2 * k)
    rho = 1 - b / (2 * k * mean * (1 - mean))
    assert found.mean == pytest.approx(mean)
    assert found.precision == pytest.approx(1 / rho - 1)


def test_large_units_keep_their_own_share():
    found = shrunken_shares([100_000, 200_000, 350_000], [1_000_000] * 3)
    assert found.units["shrunken"].tolist() == pytest.approx([0.1, 0.2, 0.35], abs=1e-4)
    by_chance = 1.96 * np.sqrt(0.1 * 0.9 / 1_000_000)
    assert found.units["upper"].iloc[0] - 0.1 == pytest.approx(by_chance, rel=0.02)


@pytest.mark.parametrize(
    ("events", "n"), [([5, 5, 5], [10] * 3), ([11, 9], [100, 100]), ([1, 0, 1, 1, 15], [1, 1, 1, 1, 20])]
)
def test_units_that_differ_by_chance_all_have_the_mean(events, n):
    found = shrunken_shares(events, n)
    assert found.precision == np.inf
    assert found.between_variance == 0
    assert found.mean == pytest.approx(sum(events) / sum(n))
    assert (found.units["weight"] == 0).all()
    assert (found.units["shrunken"] == found.mean).all()
    assert ((found.units["lower"] < found.mean) & (found.mean < found.units["upper"])).all()


def test_cities_have_their_likelihood_ever_higher():
    """As R finds too, up to a precision of 10⁷ (shrinkage.R stops otherwise)."""
    own, found = UNITS[UNITS["data"] == "cities"], of("cities")
    assert found.precision == np.inf
    assert found.mean == own["events"].sum() / own["n"].sum()


def test_nearly_all_or_nothing_is_no_shrinkage():
    found = shrunken_shares([0, 10, 0, 10, 5], [10] * 5)
    assert found.precision < 1
    assert found.units["shrunken"].iloc[0] < 0.05


def test_units_keep_their_index():
    found = shrunken_shares(pd.Series([5, 1, 30], index=["c", "a", "b"]), np.array([50, 20, 60]))
    assert found.units.index.tolist() == ["c", "a", "b"]
    assert found.units.columns.tolist() == ["n", "share", "weight", "shrunken", "lower", "upper"]


COUNTS = st.lists(
    st.tuples(st.integers(1, 60_000), st.floats(0, 1)).map(lambda pair: (round(pair[0] * pair[1]), pair[0])),
    min_size=2,
    max_size=10,
)


@given(COUNTS, st.randoms(use_true_random=False))
def test_what_always_holds(pairs, random):
    events, n = np.array(pairs).T
    assume(((events > 0) & (events < n)).any())
    found = shrunken_shares(events, n)
    units, mean = found.units, found.mean
    low, high = np.minimum(units["share"], mean), np.maximum(units["share"], mean)
    assert units["shrunken"].between(low - 1e-12, high + 1e-12).all()
    assert units["weight"].between(0, 1).all()
    assert ((units["lower"] >= 0) & (units["lower"] <= units["shrunken"])).all()
    assert ((units["shrunken"] <= units["upper"]) & (units["upper"] <= 1)).all()
    wide = shrunken_shares(events, n, level=0.99).units
    assert ((wide["lower"] <= units["lower"]) & (units["upper"] <= wide["upper"])).all()

    places = list(range(len(pairs)))
    random.shuffle(places)
    other = shrunken_shares(events[places], n[places])
    assert (np.isinf(other.precision) and np.isinf(found.precision)) or other.precision == pytest.approx(
        found.precision, rel=1e-5
    )
    assert np.allclose(units.iloc[places], other.units, rtol=1e-4, atol=1e-7)

    mirrored = shrunken_shares(n - events, n)
    assert mirrored.mean == pytest.approx(1 - mean, rel=1e-6)
    assert np.allclose(1 - mirrored.units["shrunken"], units["shrunken"], atol=1e-6)


@given(COUNTS)
def test_it_is_the_highest_top(pairs):
    """Brute force over means and precisions."""
    events, n = np.array(pairs).T
    assume(((events > 0) & (events < n)).any())
    found = shrunken_shares(events, n)
    precision = min(found.precision, 1e9)
    best = likelihood(events, n, found.mean, precision)
    for other in np.geomspace(1e-2, 1e8, 21):
        for mean in (found.mean, (events / n).mean(), events.sum() / n.sum(), 0.1, 0.5, 0.9):
            assert likelihood(events, n, mean, other) < best + 1e-3


def simulated(k, precision, n_draws, mean=0.11):
    """Share of intervals that hold the truth, that of those that take the precision as known, and what was found.

    Of k units of 30 to 2,000.
    """
    rng = np.random.default_rng([k, precision])
    held, known, found = [], [], []
    n = np.geomspace(30, 2000, k).astype(int)
    for _ in range(n_draws):
        share = rng.beta(mean * precision, (1 - mean) * precision, k)
        shrunken = shrunken_shares(rng.binomial(n, share), n)
        units = shrunken.units
        held.append((units["lower"] <= share) & (share <= units["upper"]))
        if np.isinf(shrunken.precision):
            known.append(np.zeros(k, dtype=bool))
        else:
            own = units["shrunken"] * (shrunken.precision + n), (1 - units["shrunken"]) * (shrunken.precision + n)
            known.append(np.abs(beta.cdf(share, *own) - 0.5) <= 0.475)
        found.append((shrunken.mean, shrunken.precision))
    return np.mean(held), np.mean(known), np.median(found, axis=0)


def test_a_known_truth_comes_out():
    held, _, (mean, precision) = simulated(400, 200, 8)
    assert mean == pytest.approx(0.11, abs=0.003)
    assert precision == pytest.approx(200, rel=0.1)
    assert held == pytest.approx(0.95, abs=0.015)


@pytest.mark.slow
@pytest.mark.parametrize("k", [8, 20, 50, 100])
@pytest.mark.parametrize("precision", [50, 200, 1000])
def test_intervals_hold_the_truth_as_often_as_they_say(k, precision):
    held, known, _ = simulated(k, precision, 400)
    assert 0.93 < held < 0.99
    said = {(8, 1000): 0.41, (20, 1000): 0.68}  # in the docstring and docs/methods.md
    assert known == pytest.approx(said.get((k, precision), known), abs=0.05)


@pytest.mark.parametrize(
    ("arguments", "options", "problem"),
    [
        (([0, 10], [10, 10]), {}, "events are 0 or n in every unit, so that nothing tells how units differ"),
        (([0, 0], [10, 10]), {}, "events are 0 or n in every unit, so that nothing tells how units differ"),
        (([1, 11], [10, 10]), {}, "events is more than n for 1 unit of 2"),
        (([1, 2], [10, 0]), {}, "n has 1 value of 2 that is no whole number of at least 1"),
        (([1], [10]), {}, "events has 1 value; expected at least 2 units"),
        (([1, 2], [10, 10]), {"level": 95}, "level is 95; expected a number between 0 and 1, such as 0.95"),
    ],
)
def test_what_cannot_be_shrunk_is_refused(arguments, options, problem):
    with pytest.raises(InvalidDataError) as caught:
        shrunken_shares(*arguments, **options)
    assert problem in caught.value.problems


def test_the_middle_of_the_true_shares_is_that_of_the_beta_distribution():
    """The uniform distribution is a beta distribution of precision 2 and mean 1/2: its middle 90% is from 0.05 to 0.95."""
    flat = replace(shrunken_shares([10, 90, 30, 60], [100, 300, 200, 200]), mean=0.5, precision=2.0)
    assert flat.between(0.9) == pytest.approx((0.05, 0.95))
    assert replace(flat, precision=np.inf).between(0.9) == (0.5, 0.5)
    with pytest.raises(InvalidDataError):
        flat.between(1)
