"""What is still to come of a count: beside R, by hand, and by how often the interval holds what then comes."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import gamma, poisson

from evaltools.effects import count_dispersion, predict_count, predict_target
from evaltools.errors import InvalidDataError
from tests.conftest import ROOT

REFERENCE = ROOT / "tests" / "reference"


def read(name):
    return pd.read_csv(REFERENCE / f"{name}.csv").to_dict("records")


def test_what_is_to_come_agrees_with_r():
    for row in read("predictions"):
        found = predict_count(row["events"], row["exposure"], row["ahead"], dispersion=row["dispersion"])
        assert found.mean == pytest.approx(row["mean"])
        assert found.interval() == (row["lower"], row["upper"])
        assert found.chance_of_at_least(20) == pytest.approx(row["at_least_20"], rel=1e-8, abs=1e-15)


def test_more_than_usual_agrees_with_the_sum_over_all_pairs_in_r():
    for row in read("predictions_extra"):
        spread = row["dispersion"]
        found = predict_target(
            row["counted"],
            predict_count(row["counted"], 18, 6, dispersion=spread),
            row["target"],
            usual=predict_count(row["before"], 24, 23, dispersion=spread),
        )
        assert found.mean == pytest.approx(row["mean"])
        assert (found.lower, found.upper) == (row["lower"], row["upper"])
        assert found.chance == pytest.approx(row["chance"], rel=1e-6, abs=1e-9)


def test_how_much_counts_swing_agrees_with_a_quasi_poisson_model_in_r():
    for row in read("predictions_swings"):
        n, time = ([float(each) for each in row[name].split(" ")] for name in ("n", "time"))
        assert count_dispersion(n, time) == pytest.approx(max(1.0, row["dispersion"]), rel=1e-9)


def test_nothing_counted_by_hand():
    """Without any event the rate has shape ½; in as much exposure again nothing comes with a chance of (½)^½."""
    rest = predict_count(0, 1, 1)
    assert rest.chances()[0] == pytest.approx(0.5**0.5)
    assert rest.chance_of_at_least(1) == pytest.approx(1 - 0.5**0.5)
    assert rest.chances().sum() == pytest.approx(1)


def test_it_is_the_poisson_distribution_over_what_the_rate_can_be():
    """The definition, by a numerical integral over the gamma distribution of the rate."""
    rate = gamma(12.5, scale=1 / 4)
    chances = predict_count(12, 4, 3).chances()
    for n in (0, 5, 9, 20):
        integral, _ = quad(lambda each, n=n: poisson.pmf(n, 3 * each) * rate.pdf(each), 0, 20, epsabs=1e-13)
        assert chances[n] == pytest.approx(integral, rel=1e-8)


def test_at_the_end_nothing_is_to_come():
    rest = predict_count(40, 6, 0)
    assert (rest.mean, rest.interval(), rest.chance_of_at_least(0), rest.chance_of_at_least(1)) == (0, (0, 0), 1, 0)
    reached, missed = (predict_target(40, rest, target) for target in (40, 41))
    assert (reached.mean, reached.lower, reached.upper, reached.chance) == (40, 40, 40, 1)
    assert missed.chance == 0


def test_at_the_end_more_than_usual_is_what_is_usual_turned_round():
    usual = predict_count(30, 12, 12)
    found = predict_target(50, predict_count(50, 12, 0), 10, usual=usual)
    assert found.chance == pytest.approx(1 - usual.chance_of_at_least(41))  # 40 usual or fewer
    assert found.mean == 50 - usual.mean
    # The same tails: counted is a number, so the ends are those of what is usual.
    assert found.upper == 50 - usual.quantile(0.025)
    assert found.lower in {50 - usual.quantile(0.975), 50 - usual.quantile(0.975) + 1}


@pytest.mark.parametrize("expected", [8, 30, 120])
@pytest.mark.parametrize("ahead", [0.2, 1.0, 3.0])
def test_the_interval_holds_what_comes_nineteen_times_of_twenty(expected, ahead):
    """Exactly, over all counts so far and all that can come, at one true rate: an interval of whole numbers holds a little more."""
    counted = np.arange(*poisson.interval(1 - 1e-9, expected), dtype=int)
    held = 0.0
    for n in counted:
        lower, upper = predict_count(int(n), 1, ahead).interval()
        held += poisson.pmf(n, expected) * (
            poisson.cdf(upper, expected * ahead) - poisson.cdf(lower - 1, expected * ahead)
        )
    assert 0.95 < held < 0.985


def test_the_interval_of_more_than_usual_holds_it_when_counts_swing():
    """Of quarters with three times the variance of chance: the true dispersion, drawn 1,500 times; standard error 0.6 points."""
    rng = np.random.default_rng(3)
    spread, rate, held, n_draws = 3.0, 20.0, 0, 1500
    size = rate / (spread - 1)  # a negative binomial with mean m and variance 3 m

    def quarters(n):
        return int(rng.negative_binomial(size, 1 / spread, size=n).sum())

    for _ in range(n_draws):
        before, counted, later, without = quarters(8), quarters(5), quarters(3), quarters(8)
        rest = predict_count(counted, 5, 3, dispersion=spread)
        usual = predict_count(before, 8, 8, dispersion=spread)
        found = predict_target(counted, rest, 0, usual=usual)
        held += found.lower <= counted + later - without <= found.upper
    # The counts so far are part of both sides, and those without the plan are drawn apart from them, as is assumed.
    assert 0.93 < held / n_draws < 0.99


def test_the_chance_of_a_target_is_as_often_right_as_it_says():
    """Draw rates from the prior's neighbourhood: of targets with a chance of about p, about p are reached."""
    rng = np.random.default_rng(7)
    rates = rng.uniform(15, 60, size=6000)
    counted, later = rng.poisson(rates), rng.poisson(rates)
    said = np.array([predict_count(int(n), 1, 1).chance_of_at_least(80 - n) for n in counted])
    is_reached = counted + later >= 80
    for low, high in ((0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1.0)):
        at = (said >= low) & (said <= high)
        error = (is_reached[at].mean() * (1 - is_reached[at].mean()) / at.sum()) ** 0.5
        assert abs(is_reached[at].mean() - said[at].mean()) < 4 * error + 0.02


def test_counts_that_swing_less_than_chance_are_taken_as_chance():
    assert count_dispersion([10, 10, 10], [1, 1, 1]) == 1.0
    assert count_dispersion([0, 0], [1, 1]) == 1.0


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: predict_count(-1, 1, 1), "events is -1"),
        (lambda: predict_count(1.5, 1, 1), "events is no whole number"),
        (lambda: predict_count(1, 0, 1), "exposure is 0; expected a number above 0"),
        (lambda: predict_count(1, 1, -1), "ahead is -1"),
        (lambda: predict_count(1, 1, 1, dispersion=0.5), "dispersion is 0.5; expected a number of at least 1"),
        (lambda: predict_target(1, predict_count(1, 1, 1), 5, level=95), "level is 95"),
        (lambda: count_dispersion([1], [1]), "two periods or more"),
        (lambda: count_dispersion([1, 2], [1, 0]), "exposure above 0"),
        (lambda: count_dispersion([1, 2], [1]), "exposure"),
    ],
)
def test_what_cannot_be_is_refused(call, said):
    with pytest.raises(InvalidDataError, match=said):
        call()
