"""The delay distribution under right truncation, against its definition, a likelihood and a known truth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from evaltools.effects import delay_distribution
from evaltools.errors import InvalidDataError

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


def test_one_old_event_does_not_make_the_rest_late():
    delays, windows = [0] * 149 + [200], [1 + day % 150 for day in range(149)] + [201]
    alone = delay_distribution(delays, windows, longest=365)
    assert alone.share_within(199) == 0  # the collapse: at 200 days there is this one event alone
    found = delay_distribution(delays, windows, longest=365, least_at_risk=10)
    # Windows are 1 to 149, and that of 201 days is of a delay that is not looked at: 10 are of 140 days or more.
    assert (found.share_within(0), found.quantile(0.95), found.longest, found.n) == (1, 0, 140, 149)


def test_old_events_beyond_a_gap_are_not_linked_to_the_rest():
    delays, windows = [0] * 149 + [300] * 20, [1 + day % 150 for day in range(149)] + [400] * 20
    assert delay_distribution(delays, windows, longest=365).share_within(299) == 0
    found = delay_distribution(delays, windows, longest=365, least_at_risk=10)
    assert (found.share_within(0), found.longest) == (1, 140)


def test_enough_events_change_nothing():
    random = np.random.default_rng(3)
    windows = random.integers(0, 800, 3000)
    delays = random.geometric(1 / 60, 3000) - 1
    seen_now = delays[delays <= windows], windows[delays <= windows]
    plain = delay_distribution(*seen_now, longest=365)
    found = delay_distribution(*seen_now, longest=365, least_at_risk=10)
    assert found.longest == 365
    assert found.shares.tolist() == plain.shares.tolist()


@given(seen, st.integers(1, 4))
def test_it_looks_as_far_as_enough_can_be_compared(pairs, least):
    found = delay_distribution(*zip(*pairs, strict=True), least_at_risk=least)
    halves = [x / 2 for x in range(52)]  # N falls just after a window
    n_at = {x: sum(delay <= x <= window for delay, window in pairs) for x in halves}
    enough = [x for x in halves if n_at[x] >= least]
    if not enough:
        assert found.n == 0
        return
    until = next(x for x in halves if x > enough[0] and n_at[x] < least) - 1 / 2
    assert found.n == sum(delay <= until for delay, _ in pairs)
    assert found.longest == until


def test_few_events_tell_nothing():
    assert delay_distribution([0, 1], [9, 9], least_at_risk=10).n == 0


def test_what_is_no_delay_is_counted_and_not_quoted():
    with pytest.raises(InvalidDataError) as caught:
        delay_distribution(["Jan Jansen"], [3])
    assert "delays holds something else than numbers" in caught.value.problems
    assert "Jan" not in str(caught.value)
    with pytest.raises(InvalidDataError) as caught:
        delay_distribution([1, np.nan, 2], [3, 4], longest=-1, least_at_risk=0.5)
    assert [problem.split(";")[0] for problem in caught.value.problems] == [
        "delays has 1 missing or infinite value of 3",
        "windows has 2 values",
        "longest is -1",
        "least_at_risk is no whole number",
    ]
    with pytest.raises(InvalidDataError, match="longest is no finite number"):
        delay_distribution([1], [3], longest=np.nan)
    with pytest.raises(InvalidDataError, match="windows and delays have different indexes"):
        delay_distribution(pd.Series([1, 2]), pd.Series([3, 2], index=[1, 0]))
    with pytest.raises(InvalidDataError, match="delay is no finite number"):
        delay_distribution([1], [3]).share_within(np.nan)


@pytest.mark.parametrize("share", [0, 1.1, -1, float("nan"), "all"])
def test_a_quantile_is_of_a_share(share):
    with pytest.raises(InvalidDataError, match="expected a share above 0 and at most 1"):
        delay_distribution([0, 1], [9, 9]).quantile(share)
