"""How results show themselves in a notebook."""

import dataclasses
import inspect

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from evaltools import effects
from evaltools.effects import Estimate
from evaltools.effects.shown import Shown

RESULTS = [getattr(effects, name) for name in effects.__all__ if inspect.isclass(getattr(effects, name))]


@pytest.mark.parametrize("kind", RESULTS, ids=lambda kind: kind.__name__)
def test_every_result_shows_itself(kind):
    assert dataclasses.is_dataclass(kind)
    assert issubclass(kind, (Shown, Estimate))


def cells(result):
    soup = BeautifulSoup(result._repr_html_(), "html.parser")
    return {row.th.text: row.td.text for row in soup.table.find_all("tr")}, soup


def test_numbers_are_short_and_estimates_have_their_interval():
    shown, _ = cells(effects.paired_change([1, 2, 3, 2, 2, 1, 4, 2], [2, 2, 4, 1, 3, 2, 4, 3]))
    assert shown["up"].startswith("0.625 (")
    assert shown["method"]
    shown, _ = cells(effects.e_value(2.0))
    assert shown == {"estimate": "3.414", "limit": "none"}  # 2 + sqrt(2)
    shown, _ = cells(effects.sample_size(0.001, 0.0004))
    assert "," in shown["n programme"]


def test_of_people_only_how_many_and_the_range_are_shown():
    drawn = np.random.default_rng(1)
    covariates = pd.DataFrame({"age": drawn.normal(40, 10, 300)})
    shown, soup = cells(effects.propensity_weights(drawn.random(300) < 0.4, covariates))
    assert shown["weights"].startswith("300 numbers, from ")
    assert shown["kept"] == "none"
    assert len(soup.get_text()) < 600


def test_tables_of_a_result_stand_below():
    _, soup = cells(effects.pool([0.1, 0.2, 0.3], [0.1, 0.1, 0.1]))
    assert soup.find_all("p")[-1].text == "sites"
    assert len(soup.find_all("table")[1].tbody.find_all("tr")) == 3
