"""Control limits: beside quantiles in R, FunnelPlotR's way of over-dispersion, and sums that can be redone."""

from dataclasses import replace
from math import asin, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binom, norm

from evaltools.effects import funnel, pool
from evaltools.errors import InvalidDataError
from tests.conftest import ROOT

REFERENCE = ROOT / "tests" / "reference"
LIMITS = pd.read_csv(REFERENCE / "funnel_limits.csv")
NUMBERS = pd.read_csv(REFERENCE / "funnel_numbers.csv")
UNITS = pd.read_csv(REFERENCE / "shares_of_units.csv")


def of(name, **options):
    own = UNITS[UNITS["data"] == name]
    return funnel(own["events"], own["n"], **options)


@pytest.mark.parametrize(("target", "level"), LIMITS.groupby(["target", "level"]).groups)
def test_limits_agree_with_r(target, level):
    """Those with over-dispersion are the wider of the exact ones and those of FunnelPlotR."""
    expected = LIMITS.query("target == @target and level == @level").reset_index()
    made = replace(of("batters"), target=target, levels=(level,), tau2=expected["tau2"].iloc[0])
    found = made.limits(expected["n"])
    assert found["n"].tolist() == expected["n"].tolist()
    for name, wanted in {
        "lower": expected["lower"],
        "upper": expected["upper"],
        "lower_overdispersed": expected[["lower", "lower_wide"]].min(axis=1),
        "upper_overdispersed": expected[["upper", "upper_wide"]].max(axis=1),
    }.items():
        assert found[f"{name}_{100 * level:g}"].to_numpy() == pytest.approx(wanted.to_numpy(), rel=1e-9, abs=1e-13)


@pytest.mark.parametrize("row", NUMBERS.to_dict("records"), ids=lambda row: f"{row['data']} {row['winsorise']}")
def test_over_dispersion_agrees_with_r(row):
    found = of(row["data"], target=row["target"], winsorise=row["winsorise"])
    assert found.dispersion == pytest.approx(row["dispersion"], rel=1e-10)
    assert found.tau2 == pytest.approx(row["tau2"], rel=1e-10)
    assert found.units["z"].iloc[0] == pytest.approx(row["z_first"], rel=1e-10)
    assert found.units["z"].sum() == pytest.approx(row["z_sum"], rel=1e-9)
    assert (found.units["outside_95"] == -1).sum() == row["n_below"]
    assert (found.units["outside_95"] == 1).sum() == row["n_above"]


def test_dispersion_of_two_units_by_hand():
    """Shares 1/4 and 3/4 are π/6 and π/3: each z is 2√n π/12 around π/4, and with equal n τ² is (2φ − 1)/(4n)."""
    n = 16
    found = funnel([4, 12], [n, n], winsorise=0)
    phi = (2 * sqrt(n) * np.pi / 12) ** 2
    assert found.target == 0.5
    assert found.units["z"].tolist() == pytest.approx([-sqrt(phi), sqrt(phi)])
    assert found.dispersion == pytest.approx(phi)
    assert found.tau2 == pytest.approx((2 * phi - 1) / (4 * n))


def test_tau2_is_that_of_dersimonian_and_laird_around_the_target():
    """`pool` has it around the weighted mean of the estimates; of a target that is that mean both are one."""
    events, n = np.array([3, 30, 90, 14, 60]), np.array([10, 200, 400, 100, 210])
    y = np.arcsin(np.sqrt(events / n))
    target = float(np.sin((n @ y) / n.sum()) ** 2)
    found = funnel(events, n, target=target, winsorise=0)
    assert found.tau2 == pytest.approx(pool(y, 1 / (2 * np.sqrt(n)), method="DL").tau2, rel=1e-9)


def test_limits_lie_between_the_counts_whose_chances_they_are_between():
    """Brute force: below the lower limit are the counts that have, with fewer, less than the chance; above, with more."""
    for n, target in ((7, 0.4), (33, 0.11), (150, 0.9)):
        counts = np.arange(n + 1)
        found = funnel(counts, np.full(n + 1, n), target=target, levels=[0.9])
        chance = binom.pmf(counts, n, target)
        fewer, more = chance.cumsum(), chance[::-1].cumsum()[::-1] - chance
        expected = np.where(fewer < 0.05, -1, np.where(more < 0.05 - 1e-12, 1, 0))
        assert found.units["outside_90"].tolist() == expected.tolist()


def test_limits_at_three_by_hand():
    """Of 3 at ½ the chances are 1, 3, 3 and 1 in 8: 0.2 is reached at 1, from which (4/8 − 0.2)/(3/8) is taken."""
    found = funnel([1, 2], [3, 3], target=0.5, levels=[0.6]).limits([3])
    assert found["lower_60"].tolist() == pytest.approx([(1 - (4 / 8 - 0.2) / (3 / 8)) / 3])
    assert found["upper_60"].tolist() == pytest.approx([(2 - (7 / 8 - 0.8) / (3 / 8)) / 3])


def test_without_over_dispersion_both_pairs_are_the_exact_one():
    for found in (of("litters", overdispersed=False), of("batters")):
        assert found.tau2 == 0
        for side in ("lower_95", "upper_95", "outside_95", "lower_99.8", "upper_99.8"):
            kind, level = side.split("_")
            assert (found.units[side] == found.units[f"{kind}_overdispersed_{level}"]).all()


def test_units_keep_their_index_and_order():
    events = pd.Series([5, 1, 9], index=["c", "a", "b"])
    found = funnel(events, pd.Series([50, 20, 40], index=["c", "a", "b"]))
    assert found.units.index.tolist() == ["c", "a", "b"]
    assert found.units["n"].tolist() == [50, 20, 40]
    assert found.limits([20])["lower_95"].item() == found.units.loc["a", "lower_95"]
    assert "units" in found._repr_html_()


COUNTS = st.lists(
    st.tuples(st.integers(1, 3000), st.floats(0, 1)).map(lambda pair: (round(pair[0] * pair[1]), pair[0])),
    min_size=2,
    max_size=12,
)


@given(COUNTS, st.randoms(use_true_random=False), st.sampled_from([0, 0.1, 0.3]))
def test_order_is_no_matter(pairs, random, winsorise):
    events, n = np.array(pairs).T
    assume(0 < events.sum() < n.sum())
    places = list(range(len(pairs)))
    random.shuffle(places)
    one, other = funnel(events, n, winsorise=winsorise), funnel(events[places], n[places], winsorise=winsorise)
    assert one.tau2 == pytest.approx(other.tau2, rel=1e-9, abs=1e-15)
    assert np.allclose(one.units.iloc[places], other.units)


@given(COUNTS)
def test_limits_hold_the_target_and_one_another(pairs):
    events, n = np.array(pairs).T
    assume(0 < events.sum() < n.sum())
    units = funnel(events, n, levels=(0.5, 0.95, 0.998)).units
    assert ((units["lower_99.8"] <= units["lower_95"]) & (units["lower_95"] <= units["lower_50"])).all()
    assert ((units["upper_50"] <= units["upper_95"]) & (units["upper_95"] <= units["upper_99.8"])).all()
    for level in ("50", "95", "99.8"):
        assert (units[f"lower_overdispersed_{level}"] <= units[f"lower_{level}"]).all()
        assert (units[f"upper_{level}"] <= units[f"upper_overdispersed_{level}"]).all()
        assert (units[f"lower_overdispersed_{level}"] >= 0).all()
        assert (units[f"upper_overdispersed_{level}"] <= 1).all()
        assert (units[f"outside_overdispersed_{level}"].abs() <= units[f"outside_{level}"].abs()).all()


@given(st.floats(0.02, 0.98), st.sampled_from([0.9, 0.95, 0.998]))
def test_the_target_lies_within_limits_that_become_narrower(target, level):
    n = [200, 1000, 5000, 25_000, 125_000]
    limits = funnel([1, 2], [5, 5], target=target, levels=[level], overdispersed=False).limits(n)
    lower, upper = (limits[f"{side}_{100 * level:g}"] for side in ("lower", "upper"))
    assert ((lower < target) & (target < upper)).all()
    assert (np.diff(upper - lower) < 0).all()
    in_the_limit = norm.ppf((1 + level) / 2) * sqrt(target * (1 - target) / n[-1])
    assert upper.iloc[-1] - target == pytest.approx(in_the_limit, rel=0.1)


def drawn(tau, winsorise, n_draws):
    """Share of units outside 95% limits, of 388 units that differ by ``tau`` on the scale of the arcsine."""
    rng = np.random.default_rng([1, round(1000 * tau)])
    outside = []
    for _ in range(n_draws):
        n = np.round(np.exp(rng.uniform(np.log(30), np.log(20_000), 388))).astype(int)
        share = np.sin(asin(sqrt(0.11)) + tau * rng.normal(size=388)) ** 2
        found = funnel(rng.binomial(n, share), n, winsorise=winsorise)
        outside.append((found.units["outside_overdispersed_95"] != 0).mean())
    return np.mean(outside)


def test_without_winsorising_as_many_lie_outside_as_they_say():
    for tau in (0.0, 0.03):
        assert drawn(tau, 0.0, 20) == pytest.approx(0.05, abs=0.015)


@pytest.mark.slow
def test_winsorising_makes_limits_too_narrow_where_units_differ_without_outliers():
    """As the docstring says."""
    assert drawn(0.0, 0.1, 200) == pytest.approx(0.05, abs=0.01)
    assert drawn(0.03, 0.1, 200) == pytest.approx(0.17, abs=0.015)


@pytest.mark.parametrize(
    ("arguments", "options", "problem"),
    [
        (([1, 2.5], [5, 5]), {}, "events has 1 value of 2 that is no whole number of at least 0"),
        (([1, -2], [5, 5]), {}, "events has 1 value of 2 that is no whole number of at least 0"),
        (([1, 2], [5, 0.5]), {}, "n has 1 value of 2 that is no whole number of at least 1"),
        (([1, 7], [5, 5]), {}, "events is more than n for 1 unit of 2"),
        (([1], [5]), {}, "events has 1 value; expected at least 2 units"),
        (([1, 2], [5]), {}, "n has 1 value; expected 2, one for each unit"),
        (([1, np.nan], [5, 5]), {}, "events has 1 missing or infinite value of 2; leave these units out, and count them"),
        (([0, 0], [5, 5]), {}, "events are 0 in all units, or n in all; give a target"),
        (([1, 2], [5, 5]), {"target": 1.0}, "target is 1; expected a share strictly between 0 and 1"),
        (([1, 2], [5, 5]), {"levels": [95]}, "level is 95; expected a number between 0 and 1, such as 0.95"),
        (([1, 2], [5, 5]), {"levels": []}, "levels has one twice, or none; expected different levels, such as 0.95 and 0.998"),
        (([1, 2], [5, 5]), {"levels": [0.9, 0.9]}, "levels has one twice, or none; expected different levels, such as 0.95 and 0.998"),
        (([1, 2], [5, 5]), {"winsorise": 0.5}, "winsorise is 0.5; expected a share from 0 up to 0.5"),
        ((pd.Series([1, 2]), pd.Series([5, 5], index=[1, 0])), {}, "n and events have different indexes; bring their rows in one order, or pass n.to_numpy()"),
    ],
)  # fmt: skip
def test_what_has_no_funnel_is_refused(arguments, options, problem):
    with pytest.raises(InvalidDataError) as caught:
        funnel(*arguments, **options)
    assert problem in caught.value.problems


def test_all_problems_come_at_once_and_limits_are_of_whole_numbers():
    with pytest.raises(InvalidDataError) as caught:
        funnel([3, 9], [0, 5], target=2, levels=[2])
    assert len(caught.value.problems) == 4
    with pytest.raises(InvalidDataError, match="n has 2 values of 3 that is no whole number of at least 1"):
        of("batters").limits([10, 0, 1.5])
