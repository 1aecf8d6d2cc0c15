"""Figures of other pages pass as a function of findings made them, and say whether they are simulated."""

import pandas as pd
import pytest

from evaltools.disclosure import already_on_pages, from_publications, from_register, from_results
from evaltools.errors import DisclosureError, InvalidDataError
from tests.test_results import result


@from_results
def counted(results, *, extra=0):
    return pd.DataFrame({"n": [len(results) + extra]})


REAL, SIMULATED = (
    result(is_simulated=False, source="register of GM0222"),
    result(is_simulated=True, municipality="GM0197"),
)


@pytest.mark.parametrize(
    ("results", "origin"), [((), "results"), ((REAL,), "results"), ([SIMULATED, SIMULATED], "simulated")]
)
def test_the_origin_follows_from_the_results(results, origin):
    table = already_on_pages(counted(results))
    assert (table.origin, table.is_simulated) == (origin, origin == "simulated")
    assert table.rows["n"].tolist() == [len(results)]
    assert table.record is None


def test_sources_are_those_of_the_results():
    assert already_on_pages(counted((REAL, REAL))).sources == ("register of GM0222",)
    assert already_on_pages(counted(())).sources == ("de pagina’s van deze site",)


def test_simulated_and_real_results_are_never_mixed():
    with pytest.raises(
        InvalidDataError, match=r"1 of 2 are of simulated registers .* keep pages of one kind in a site"
    ):
        counted((REAL, SIMULATED))
    with pytest.raises(InvalidDataError, match="1 of 2"):
        from_results(lambda one, other: pd.DataFrame({"n": [len(one) + len(other)]}))([REAL], other=[SIMULATED])


@pytest.mark.parametrize("given", [pd.DataFrame({"n": [1]}), object(), [1], {"n": 1}, (REAL, 1)])
def test_such_a_function_is_given_nothing_else(given):
    with pytest.raises(DisclosureError, match="something else than results of pages, numbers and texts"):
        counted(given)


def test_a_table_that_was_changed_is_another_one():
    rows = counted((REAL,))
    changed = rows.assign(n=400)
    changed.attrs = rows.attrs
    others = [
        changed,
        pd.DataFrame({"n": [1]}),
        from_publications(lambda: pd.DataFrame({"n": [1]}))(),
        from_register(pd.DataFrame({"n": [1]}), is_simulated=False),
    ]
    for other in others:
        with pytest.raises(DisclosureError, match="made it from the results of pages"):
            already_on_pages(other)


def test_what_was_left_out_is_hidden_and_what_is_not_known_is_not():
    rows = pd.DataFrame({"estimate": [None, None, 0.1], "is_hidden": [True, False, True]})
    table = already_on_pages(from_results(lambda _: rows)((REAL,)))
    assert table.hidden["estimate"].tolist() == [True, False, False]
    assert not table.hidden["is_hidden"].any()
