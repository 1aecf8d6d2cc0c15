"""The delay distribution under right truncation, against its definition, a likelihood and a known truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from evaltools.effects import delay_distribution

# Windows are longer than delays: what is not there yet cannot be in the data.
seen = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=30).map(
    lambda pairs: [(delay, delay + more) for delay, more in pairs]
)


def by_definition(pairs):
    shares = {}
    values = sorted({delay for delay, _ in pairs})
    for value in values:
        share = 1.0
        for later in (other for other in values if other > value):
            at_risk = [delay for delay, window in pairs if delay <= later <= window]
            share *= 1 - at_risk.count(later) / len(at_risk)
        shares[value] = share
    return shares


@given(seen)
def test_it_is_the_product_of_its_definition(pairs):
    found = delay_distribution(*zip(*pairs, strict=True))
    expected = by_definition(pairs)
    assert found.delays.tolist() == list(expected)
    assert found.shares.tolist() == pytest.approx(list(expected.values()))
    assert found.n == len(pairs)


def test_it_is_the_most_likely_distribution():
    delays = np.array([0, 0, 1, 1, 2, 0, 1, 0, 3, 2])
    windows = np.array([9, 0, 1, 4, 2, 1, 2, 3, 9, 9])
    values = np.arange(4)

    def surprise(free):
        chance = np.exp([0, *free]) / np.exp([0, *free]).sum()
        below = np.array([chance[values <= window].sum() for window in windows])
        return -np.log(chance[delays] / below).sum()

    best = minimize(
        surprise, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 9999}
    )
    chance = np.exp([0, *best.x]) / np.exp([0, *best.x]).sum()
    assert delay_distribution(delays, windows).shares == pytest.approx(np.cumsum(chance), abs=1e-5)


def test_without_truncation_it_is_the_plain_share():
    found = delay_distribution([0, 1, 1, 5], [99] * 4)
    assert found.shares.tolist() == pytest.approx([1 / 4, 3 / 4, 1])


def test_it_finds_a_known_delay_where_the_plain_share_does_not():
    random = np.random.default_rng(20)
    windows = random.integers(0, 400, 60_000)
    delays = random.geometric(1 / 60, 60_000) - 1  # P(delay <= x) = 1 - (59/60)^(x+1)
    is_seen = delays <= windows
    found = delay_distribution(delays[is_seen], windows[is_seen], longest=365)
    for x in (10, 30, 91, 180):
        truth = (1 - (59 / 60) ** (x + 1)) / (1 - (59 / 60) ** 366)
        assert found.share_within(x) == pytest.approx(truth, abs=0.01)
    plain = (delays[is_seen] <= 30).mean()
    assert plain > (1 - (59 / 60) ** 31) + 0.05


def test_longer_delays_and_impossible_ones_are_left_out():
    found = delay_distribution([0, 5, 400, 9, -1], [400, 400, 400, 3, 400], longest=365)
    assert (found.n, found.longest, found.delays.tolist()) == (2, 365, [0, 5])


def test_shares_and_quantiles():
    found = delay_distribution([0, 0, 0, 10], [99] * 4)
    assert [found.share_within(x) for x in (-1, 0, 9, 10, 50)] == pytest.approx([0, 3 / 4, 3 / 4, 1, 1])
    assert [found.quantile(share) for share in (0.5, 0.75, 0.76, 1)] == [0, 0, 10, 10]


def test_nothing_is_known_of_no_events():
    found = delay_distribution([], [])
    assert found.n == 0
    assert np.isnan([found.share_within(1), found.quantile(0.5), found.longest]).all()
