import datetime as dt

import pytest

from evaltools.reports import dutch


@pytest.mark.parametrize(
    ("share", "n", "text"),
    [(0.14074, 270, "14,1%"), (0.5, 99, "50%"), (0.5, 100, "50,0%"), (0.0004, None, "0,0%"), (1, 108, "100,0%")],
)
def test_percent(share, n, text):
    assert dutch.percent(share, n) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1_147_000, "€\u00a01.147.000"), (-113_000, "€\u00a0-113.000"), (0, "€\u00a00"), (-0.2, "€\u00a00")],
)
def test_euro(value, text):
    assert dutch.euro(value) == text


@pytest.mark.parametrize(
    ("n", "share", "precision", "wording", "text"),
    [
        (600, None, "at_least", None, "ruim 600"),
        (1000, None, "at_most", None, "bijna 1.000"),
        (2600, None, "about", None, "ongeveer 2.600"),
        (None, 0.15, "at_most", None, "bijna 15%"),
        (None, 0.1, "exact", None, "10%"),
        (None, 0.125, "exact", None, "12,5%"),
        (None, 0.145, "exact", None, "14,5%"),
        (None, 0.25, "about", "1 op de 4", "1 op de 4"),
        (0, None, "exact", None, "0"),
    ],
)
def test_as_published(n, share, precision, wording, text):
    assert dutch.as_published(n, share, precision, wording) == text


@pytest.mark.parametrize(("words", "text"), [(["a"], "a"), (["a", "b"], "a en b"), (["a", "b", "c"], "a, b en c")])
def test_listing(words, text):
    assert dutch.listing(words) == text


def test_one_and_many():
    assert (dutch.members(1, "residents"), dutch.members(7, "benefits")) == ("1 persoon", "7 uitkeringen")
    assert (dutch.months(1), dutch.months(12)) == ("1 maand", "12 maanden")
    assert (dutch.count(1, "households"), dutch.count(1000, "households")) == ("1 huishouden", "1.000 huishoudens")


def test_confidence():
    assert (dutch.confidence(0.95), dutch.confidence(0.999)) == ("95%", "99,9%")


def test_month():
    assert dutch.month(dt.date(2018, 7, 1)) == "juli 2018"
