"""Intervals hold the truth as often as they say, in groups of the size of real programmes."""

import re

import numpy as np
import pytest

from evaltools import effects
from tests.conftest import ROOT
from tests.effects.coverage import DRAWN, EXACT, SHARES, SIZES, cells, drawn, likely, of_difference

PRINTED = (ROOT / "docs" / "coverage.md").read_text("utf-8")
# Where an interval is too sure of itself, and docs/coverage.md says so.
TOO_SURE: set[tuple[str, int, float]] = set()
NAMES = {each.__name__ for each in DRAWN}


def printed():
    rows = re.findall(r"^\| (\S[^|]*?) \|((?: *[0-9.]+ \|)+)$", PRINTED.split("## Series")[0], re.MULTILINE)
    places = [(n, share) for n in SIZES for share in SHARES]
    return {
        (name, n, share): float(value) / 100
        for name, values in rows
        for (n, share), value in zip(places, values.strip(" |").split("|"), strict=True)
    }


def test_every_interval_has_its_line():
    assert len(printed()) == (len(EXACT) + len(DRAWN)) * len(SIZES) * len(SHARES)


def test_what_is_printed_is_enough_but_where_it_is_said_not_to_be():
    low = {key for key, coverage in printed().items() if coverage < (0.93 if key[0] not in NAMES else 0.93 - 0.01)}
    assert {key for key in low if "wald" not in key[0]} == TOO_SURE


def test_some_cells_again():
    """The exact ones are; of a drawn one the same seed gives the same draws."""
    assert of_difference("newcombe")(31, 0.05).coverage == pytest.approx(printed()["risk_difference (newcombe)", 31, 0.05], abs=6e-4)  # fmt: skip
    assert drawn("mean_difference", 31, 0.05).coverage == pytest.approx(
        printed()["mean_difference", 31, 0.05], abs=6e-4
    )


def test_likely_counts_have_all_but_a_little_of_the_chance():
    counts = likely(726, 0.4)
    assert counts.min() > 100
    assert len(counts) > 100


def test_a_wrong_interval_would_be_seen():
    """Half as wide, an interval holds the truth two times in three."""
    rng = np.random.default_rng(1)
    found = [effects.mean_difference(rng.normal(0, 1, 50), rng.normal(0, 1, 50)) for _ in range(400)]
    assert np.mean([abs(each.estimate) <= (each.upper - each.lower) / 4 for each in found]) < 0.75


@pytest.mark.slow
def test_every_cell_again():
    expected = printed()
    for each in cells():
        tolerance = 0.02 if each.method in NAMES else 6e-4  # other versions of numpy may draw other numbers
        assert each.coverage == pytest.approx(expected[each.method, each.n, each.share], abs=tolerance), each
