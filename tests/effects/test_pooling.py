"""Pooling beside metafor, closed forms for two sites, and what must hold for any sites."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evaltools.effects import pool, risk_ratio
from evaltools.errors import InvalidDataError
from tests.conftest import ROOT

REFERENCE = ROOT / "tests" / "reference"
FROM_R = pd.read_csv(REFERENCE / "pooling.csv")
SITES = pd.read_csv(REFERENCE / "pooling_sites.csv")
INTERVALS = ["mean", "standard_error", "lower", "upper", "prediction_lower", "prediction_upper"]
BETWEEN = ["tau2", "tau2_lower", "tau2_upper", "i2", "q", "q_p_value"]
# metafor and this code stop at about 1e-12 of the squared range of the estimates.
RTOL = 1e-6


def numbers_of(name):
    sites = SITES[SITES["set"] == name]
    return sites["estimate"].to_numpy(), sites["standard_error"].to_numpy()


def flat(found):
    mean = found.mean
    return {
        "mean": mean.estimate,
        "standard_error": mean.standard_error,
        "p_value": mean.p_value,
        "lower": mean.lower,
        "upper": mean.upper,
        "prediction_lower": found.prediction_lower,
        "prediction_upper": found.prediction_upper,
        **{name: getattr(found, name) for name in BETWEEN},
    }


def agrees(found, row, names):
    estimates, _ = numbers_of(row["set"])
    for name in names:
        unit = np.ptp(estimates) if name in INTERVALS else 0
        assert found[name] == pytest.approx(row[name], rel=RTOL, abs=1e-9 * unit), name


@pytest.mark.parametrize(
    "row", FROM_R.to_dict("records"), ids=lambda row: f"{row['set']}-{row['method']}-{row['test']}"
)
def test_agrees_with_metafor(row):
    made = pool(*numbers_of(row["set"]), method=row["method"], hartung_knapp=row["test"] != "z")
    # metafor's plain method of Hartung and Knapp ("knha") is that of a factor of at least 1 ("adhoc") where it is that.
    is_plain_and_narrower = row["test"] == "knha" and made.hartung_knapp_factor < 1
    agrees(flat(made), row, BETWEEN if is_plain_and_narrower else [*INTERVALS, "p_value", *BETWEEN])
    if is_plain_and_narrower:
        plain = made.mean.standard_error * np.sqrt(made.hartung_knapp_factor)
        assert plain == pytest.approx(row["standard_error"], rel=RTOL)


@pytest.mark.parametrize("name", SITES["set"].unique())
def test_shrunken_sites_agree_with_metafor(name):
    wanted = SITES[SITES["set"] == name][["shrunken", "shrunken_error", "lower", "upper"]].to_numpy()
    found = pool(*numbers_of(name)).sites
    assert list(found) == ["estimate", "standard_error", "lower", "upper"]
    assert found.to_numpy() == pytest.approx(wanted, rel=RTOL, abs=1e-9 * np.abs(wanted).max())


def test_both_prediction_intervals_of_the_bcg_trials():
    """Printed by metafor 3.8 with its own tolerance: k − 1 degrees of freedom for the one, normal for the other."""
    bcg = numbers_of("bcg_log_rr")
    found, normal = pool(*bcg), pool(*bcg, hartung_knapp=False)
    assert (found.prediction_lower, found.prediction_upper) == pytest.approx((-1.996017, 0.566952), abs=2e-6)
    assert (normal.prediction_lower, normal.prediction_upper) == pytest.approx((-1.866692, 0.437628), abs=2e-6)


def test_tau2_is_never_below_0():
    """statsmodels 0.15 has a negative tau2 here, and with it no standard error."""
    from statsmodels.stats.meta_analysis import combine_effects

    y, errors = numbers_of("lidocaine_rd")
    with np.errstate(invalid="ignore"):
        assert combine_effects(y, errors**2, method_re="dl").tau2 < 0
    for method in ("REML", "PM", "DL"):
        found = pool(y, errors, method=method, hartung_knapp=False)
        assert (found.tau2, found.i2) == (0, 0)
        assert (found.mean.estimate, found.mean.standard_error) == pytest.approx((0.02944432, 0.01306832), abs=1e-8)


@given(
    distance=st.floats(0.01, 100),
    first=st.floats(1e-8, 50),
    second=st.floats(1e-8, 50),
    method=st.sampled_from(["REML", "PM", "DL"]),
)
def test_two_sites_have_closed_forms(distance, first, second, method):
    found = pool([1, 1 + distance], [first, second], method=method, hartung_knapp=False)
    distance = (1 + distance) - 1  # as the computer has it
    v = first**2 + second**2
    # Q of any tau2 is d²/(v₁ + v₂ + 2 tau2).
    low, high = stats.chi2.ppf([0.975, 0.025], 1)
    wanted = [max(0, (distance**2 / q - v) / 2) for q in (1, low, high)]
    assert [found.tau2, found.tau2_lower, found.tau2_upper] == pytest.approx(wanted, rel=1e-8, abs=1e-10 * distance**2)
    # With a tau2 of 0 to the last digits but one, a site with a far smaller variance would feel these.
    weights = 1 / (np.array([first, second]) ** 2 + found.tau2)
    assert found.mean.estimate == pytest.approx(1 + distance * weights[1] / weights.sum(), rel=1e-8)
    assert found.mean.standard_error == pytest.approx(weights.sum() ** -0.5, rel=1e-8)


def test_sites_of_one_precision_have_closed_forms():
    """With equal variances REML, PM and DL are the variance of the estimates minus that of chance."""
    y = np.random.default_rng(0).normal(0, 3, 20)
    for method in ("REML", "PM", "DL"):
        found = pool(y, np.ones(20), method=method)
        assert found.tau2 == pytest.approx(y.var(ddof=1) - 1, rel=1e-10)
        # The interval is that of a t test on the estimates.
        wanted = stats.t.interval(0.95, 19, y.mean(), stats.sem(y))
        assert (found.mean.lower, found.mean.upper) == pytest.approx(wanted, rel=1e-10)
        assert found.hartung_knapp_factor == pytest.approx(1, rel=1e-10)


def restricted_likelihood(y, v, tau2):
    """From the definition: the density of all contrasts of the estimates."""
    k = len(y)
    contrasts = np.eye(k)[1:] - np.eye(k)[:1]
    covariance = contrasts @ np.diag(v + tau2) @ contrasts.T
    return stats.multivariate_normal.logpdf(contrasts @ y, cov=covariance)


@pytest.mark.parametrize("seed", range(8))
def test_reml_finds_the_highest_top(seed):
    rng = np.random.default_rng(seed)
    errors = 10 ** rng.uniform(-2, 1, 5)
    y = rng.normal(0, np.sqrt(errors**2 + rng.choice([0, 0.1, 5])))
    found = pool(y, errors).tau2
    grid = np.append(0, np.geomspace(1e-7, np.ptp(y) ** 2, 800))
    best = max(restricted_likelihood(y, errors**2, tau2) for tau2 in grid)
    assert restricted_likelihood(y, errors**2, found) >= best - 1e-9


@pytest.mark.parametrize(
    ("y", "errors", "is_highest_at_0"),
    # One imprecise site far away: seen from 0 it is chance, seen from a large tau2 it is one of sites that differ.
    [([-15, -0.1, 0, -0.1, -0.5], [4.3, 0.02, 3.1, 0.4, 4.5], True), ([-0.4, -16, -0.1], [0.12, 2.5, 0.4], False)],
)
def test_reml_takes_the_higher_one_of_two_tops(y, errors, is_highest_at_0):
    y, v = np.array(y, dtype=float), np.square(errors)
    grid = np.append(0, np.geomspace(1e-6, np.ptp(y) ** 2, 1000))
    height = np.array([restricted_likelihood(y, v, tau2) for tau2 in grid])
    padded = np.concatenate([[-np.inf], height, [-np.inf]])
    tops = np.flatnonzero((padded[1:-1] > padded[:-2]) & (padded[1:-1] > padded[2:]))
    assert (len(tops), tops[0]) == (2, 0)
    assert (height[tops[0]] > height[tops[1]]) == is_highest_at_0
    assert pool(y, errors).tau2 == pytest.approx(0 if is_highest_at_0 else grid[tops[1]], rel=0.02)


def test_reml_sees_two_tops_that_lie_close():
    """Within two powers of ten: on a coarse grid the slope has the same sign on both sides of them, and of the dip."""
    y, errors = np.array([-5.41, -12.0, 0.837, 1.78, 1.37]), np.array([2.6, 5.2, 0.42, 0.00024, 0.015])
    grid = np.geomspace(1e-3, 1e3, 2000)
    height = [restricted_likelihood(y, errors**2, tau2) for tau2 in grid]
    assert pool(y, errors).tau2 == pytest.approx(grid[int(np.argmax(height))], rel=0.01)


def test_ratios_are_pooled_by_their_logarithms():
    """As the docstring has it: two sites with ratios of 2 and 8 and equal errors have 4 between them."""
    ratios = [risk_ratio(20, 100, 10, 100), risk_ratio(20, 100, 10, 100)]
    found = pool([math.log(each.estimate) for each in ratios], [each.standard_error for each in ratios]).mean
    assert math.exp(found.estimate) == pytest.approx(2)
    # Two sites as one: the variance of the logarithm, 1/20 - 1/100 + 1/10 - 1/100, halves.
    assert found.standard_error == pytest.approx(math.sqrt(0.13 / 2))


def test_series_of_other_orders_are_not_put_together():
    estimates, errors = pd.Series([0.1, 0.2, 0.4], list("abc")), pd.Series([0.3, 0.1, 0.2], list("cab"))
    with pytest.raises(InvalidDataError, match="standard_errors and estimates have different indexes"):
        pool(estimates, errors)
    assert pool(estimates, errors[estimates.index]).mean == pool([0.1, 0.2, 0.4], [0.1, 0.2, 0.3]).mean


def test_the_method_is_named():
    assert pool([0.1, 0.2], [0.1, 0.1]).mean.method == "reml, hartung-knapp"
    assert pool([0.1, 0.2], [0.1, 0.1], method="DL", hartung_knapp=False).mean.method == "dl, normal"


def test_a_site_without_almost_any_error():
    """One site tells the mean where sites are alike, and none does where they differ."""
    near = pool([0.1, 0.2, 0.15], [1e-12, 0.5, 0.4], hartung_knapp=False)
    assert near.mean.estimate == pytest.approx(0.1, abs=1e-12)
    assert near.mean.standard_error == pytest.approx(1e-12, rel=1e-9)
    assert near.q == pytest.approx(0.1**2 / 0.25 + 0.05**2 / 0.16, rel=1e-9)
    apart = pool([0.1, 9.2, -4.0], [1e-12, 1e-12, 1e-12], method="DL")
    assert apart.mean.estimate == pytest.approx((0.1 + 9.2 - 4) / 3)
    assert apart.tau2 == pytest.approx(np.var([0.1, 9.2, -4.0], ddof=1), rel=1e-9)
    assert apart.i2 == pytest.approx(1)


def test_equal_sites_are_not_taken_for_certain():
    """The plain method of Hartung and Knapp has an interval without any width here."""
    found = pool([0.1, 0.1, 0.1], [0.05, 0.1, 0.2])
    assert (found.tau2, found.tau2_lower, found.tau2_upper, found.i2) == (0, 0, 0, 0)
    assert (found.hartung_knapp_factor, found.q, found.q_p_value) == (0, 0, 1)
    assert found.mean.standard_error == pytest.approx((400 + 100 + 25) ** -0.5)
    assert found.sites["estimate"].tolist() == pytest.approx([0.1] * 3)


SITES_OF_ANY_KIND = st.lists(st.tuples(st.floats(-5, 5), st.floats(0.01, 5)), min_size=2, max_size=12)


@given(SITES_OF_ANY_KIND, st.sampled_from(["REML", "PM", "DL"]), st.sampled_from([0.8, 0.95]))
def test_what_holds_for_any_sites(sites, method, level):
    y, errors = np.array(sites).T
    found = pool(y, errors, method=method, level=level)
    normal = pool(y, errors, method=method, level=level, hartung_knapp=False)
    assert not np.isnan(list(flat(found).values())).any()
    assert found.tau2 >= 0
    assert 0 <= found.tau2_lower <= found.tau2_upper
    assert 0 <= found.i2 < 1
    assert y.min() - 1e-9 <= found.mean.estimate <= y.max() + 1e-9
    # Never narrower than the normal interval, nor than what is within the prediction.
    assert found.mean.lower <= normal.mean.lower
    assert normal.mean.upper <= found.mean.upper
    assert found.prediction_lower <= found.mean.lower
    assert found.mean.upper <= found.prediction_upper
    # A shrunken value lies between its site and the mean.
    between = np.sort([y, np.full(len(y), found.mean.estimate)], axis=0)
    assert (between[0] - 1e-9 <= found.sites["estimate"]).all()
    assert (found.sites["estimate"] <= between[1] + 1e-9).all()


@given(SITES_OF_ANY_KIND, st.randoms(use_true_random=False), st.sampled_from(["REML", "PM", "DL"]))
def test_order_sign_and_unit_do_not_matter(sites, random, method):
    y, errors = np.array(sites).T
    order = list(range(len(y)))
    random.shuffle(order)
    found = pool(y, errors, method=method)
    other = pool(-1000 * y[order], 1000 * errors[order], method=method)
    assert other.mean.estimate == pytest.approx(-1000 * found.mean.estimate, rel=1e-6, abs=1e-6)
    assert other.tau2 == pytest.approx(1e6 * found.tau2, rel=1e-6, abs=1e-6)
    assert other.sites["estimate"].to_numpy() == pytest.approx(
        -1000 * found.sites["estimate"][order], rel=1e-6, abs=1e-6
    )


def test_the_interval_covers_the_mean_of_few_sites():
    """Six sites that differ: normal intervals are too narrow, those of Hartung and Knapp are not."""
    rng = np.random.default_rng(5)
    n = 1000
    covered = {True: 0, False: 0}
    for _ in range(n):
        errors = rng.uniform(0.03, 0.1, 6)
        y = rng.normal(0.05, np.sqrt(errors**2 + 0.05**2))
        for hartung_knapp in covered:
            mean = pool(y, errors, method="DL", hartung_knapp=hartung_knapp).mean
            covered[hartung_knapp] += mean.lower <= 0.05 <= mean.upper
    assert covered[True] / n > 0.935
    assert covered[False] / n < 0.93


def test_input_is_not_changed():
    y, errors = np.array([0.1, 0.3, 0.2]), np.array([0.1, 0.2, 0.1])
    pool(y, errors)
    assert (y.tolist(), errors.tolist()) == ([0.1, 0.3, 0.2], [0.1, 0.2, 0.1])


@pytest.mark.parametrize(
    ("estimates", "errors", "options", "sentence"),
    [
        ([0.1], [0.1], {}, "estimates has 1 value; pooling needs at least 2 sites"),
        ([], [], {}, "estimates has 0 values; pooling needs at least 2 sites"),
        ([0.1, 0.2], [0.1], {}, "standard_errors has 1 value; expected 2, one for each unit"),
        ([0.1, np.nan], [0.1, 0.2], {}, "estimates has 1 missing or infinite value of 2"),
        ([0.1, 0.2], [0.1, 0], {}, "standard_errors has 1 value of 2 not above 0"),
        ([0.1, 1e31], [0.1, 1], {}, "give them in a larger unit"),
        ([0.1, 0.2], [0.1, 0.2], {"method": "reml"}, "method is 'reml'; allowed: DL, PM, REML"),
        ([0.1, 0.2], [0.1, 0.2], {"method": ["REML"]}, "Allowed: DL, PM, REML"),
        ([0.1, 0.2], [0.1, 0.2], {"level": 95}, "level is 95; expected a number between 0 and 1"),
    ],
)
def test_what_cannot_be_pooled_is_refused(estimates, errors, options, sentence):
    with pytest.raises(InvalidDataError) as caught:
        pool(estimates, errors, **options)
    assert sentence in str(caught.value)


def test_all_problems_come_at_once():
    with pytest.raises(InvalidDataError) as caught:
        pool([0.1], [0], method="FE", level=0)
    assert len(caught.value.problems) == 4
