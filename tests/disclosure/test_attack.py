"""ranges(): what can be computed of hidden numbers, against closed forms, all tables there are, and programmes one by one."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from evaltools.disclosure import attack
from evaltools.disclosure.attack import ranges, reached
from evaltools.errors import DisclosureError
from tests.disclosure.tables import sums_of, with_margins

EXACT = 1e-6  # what the solver promises


def hide(values, hidden):
    """Give the bounds of numbers of which some are hidden."""
    return np.where(hidden, 0.0, values), np.where(hidden, np.inf, values)


@given(st.lists(st.integers(0, 1000), min_size=4, max_size=4))
def test_a_two_by_two_table_with_its_margins_gives_the_bounds_of_frechet(inside):
    values = with_margins(np.array(inside, dtype=float).reshape(2, 2))
    hidden = np.zeros((3, 3), dtype=bool)
    hidden[:2, :2] = True
    low, high = ranges(sums_of(2, 2), *hide(values.ravel(), hidden.ravel()))
    rows, columns, total = values[:2, 2:], values[2:, :2], values[2, 2]
    np.testing.assert_array_equal(low.reshape(3, 3)[:2, :2], np.maximum(0, rows + columns - total))
    np.testing.assert_array_equal(high.reshape(3, 3)[:2, :2], np.minimum(rows, columns))


def all_tables(total, shape):
    """List every table of whole numbers with one total, with its margins: a row each."""
    n = int(np.prod(shape))
    bars = np.array(list(combinations(range(total + n - 1), n - 1)))
    edges = np.column_stack([np.full(len(bars), -1), bars, np.full(len(bars), total + n - 1)])
    return np.array([with_margins(inside).ravel() for inside in (np.diff(edges, axis=1) - 1).reshape(-1, *shape)])


TABLES = {shape: all_tables(7, shape) for shape in ((2, 2), (2, 3))}


@given(st.data())
@settings(max_examples=60)
def test_two_way_ranges_are_those_of_all_tables_that_show_the_same(data):
    # Of two-way tables the linear programmes have whole solutions: their matrix is totally unimodular.
    shape = data.draw(st.sampled_from(list(TABLES)))
    tables = TABLES[shape]
    values = tables[data.draw(st.integers(0, len(tables) - 1))]
    n = len(values)
    hidden = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    hidden[-1] = False
    same = tables[(tables[:, ~hidden] == values[~hidden]).all(axis=1)]
    low, high = ranges(sums_of(*shape), *hide(values, hidden))
    np.testing.assert_array_equal(low, same.min(axis=0))
    np.testing.assert_array_equal(high, same.max(axis=0))


def one_by_one(values, hidden, shape):
    """Work out each range in its own programme of the numbers inside the table only, from what is shown."""
    inside = np.eye(int(np.prod(shape))).reshape(-1, *shape)
    shares = np.array([with_margins(each).ravel() for each in inside]).T
    shown = {"A_eq": shares[~hidden], "b_eq": values[~hidden], "method": "highs-ipm"}
    low, high = values.copy(), values.copy()
    for cell in np.flatnonzero(hidden):
        low[cell] = linprog(shares[cell], **shown).fun
        most = linprog(-shares[cell], **shown)
        high[cell] = np.inf if most.status in {3, 4} else -most.fun
    return low, high


@given(st.data())
@settings(max_examples=30)
def test_three_way_ranges_are_those_of_programmes_one_by_one(data):
    shape = data.draw(st.sampled_from([(2, 2, 2), (2, 2, 3), (3, 2, 3)]))
    n_inside, n = int(np.prod(shape)), int(np.prod([size + 1 for size in shape]))
    inside = data.draw(st.lists(st.integers(0, 60), min_size=n_inside, max_size=n_inside))
    values = with_margins(np.array(inside, dtype=float).reshape(shape)).ravel()
    hidden = np.array(data.draw(st.lists(st.sampled_from([True, True, False]), min_size=n, max_size=n)))
    low, high = one_by_one(values, hidden, shape)
    found = ranges(sums_of(*shape), *hide(values, hidden), is_whole=False)
    np.testing.assert_allclose(found[0], low, atol=1e-4)
    np.testing.assert_allclose(found[1], high, atol=1e-4)
    whole = ranges(sums_of(*shape), *hide(values, hidden))
    np.testing.assert_array_equal(whole[0], np.ceil(found[0] - EXACT))
    np.testing.assert_array_equal(whole[1], np.floor(found[1] + EXACT))


def test_a_count_is_at_least_the_next_whole_number_and_an_amount_is_not():
    # a + b = 3, b + c = 4 and c + a = 4 to 6: a is half of its sums' difference, 1.5 to 2.5; b 0.5 to 1.5; c 2.5 to 3.5.
    sums = [(3, (0, 1)), (4, (1, 2)), (5, (0, 2))]
    low, high = [0, 0, 0, 3, 4, 4], [9, 9, 9, 3, 4, 6]
    found = ranges(sums, low, high, is_whole=False)
    np.testing.assert_allclose(found, [[1.5, 0.5, 2.5, 3, 4, 4], [2.5, 1.5, 3.5, 3, 4, 6]])
    found = ranges(sums, low, high, is_whole=[True, False, True, True, True, True])
    np.testing.assert_allclose(found, [[2, 0.5, 3, 3, 4, 4], [2, 1.5, 3, 3, 4, 6]])


def test_what_nothing_holds_from_above_has_no_most():
    # Rows (total, a, b): of the first nothing is shown but b, of the second only b is hidden.
    sums = [(0, (1, 2)), (3, (4, 5))]
    found = ranges(sums, [0, 0, 4, 9, 6, 0], [np.inf, np.inf, 4, 9, 6, np.inf])
    np.testing.assert_array_equal(found, [[4, 0, 4, 9, 6, 3], [np.inf, np.inf, 4, 9, 6, 3]])


def test_a_number_that_no_sum_tells_of_keeps_its_bounds():
    np.testing.assert_array_equal(ranges([], [0, 2, 5], [np.inf, 8, 5]), [[0, 2, 5], [np.inf, 8, 5]])
    np.testing.assert_array_equal(ranges([], [], []), [[], []])


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), min_size=2, max_size=6), st.integers(0, 5))
def test_rounded_numbers_are_narrowed_by_their_total(parts, slack):
    # Of one sum: a part is at least the least total less the most of the others, and the other way round.
    low = np.array([n for n, _ in parts], dtype=float)
    high = low + [wide for _, wide in parts]
    total = low.sum() + slack
    assume(total <= high.sum())
    found = ranges([(len(low), tuple(range(len(low))))], [*low, total], [*high, total])
    np.testing.assert_array_equal(found[0][:-1], np.maximum(low, total - (high.sum() - high)))
    np.testing.assert_array_equal(found[1][:-1], np.minimum(high, total - (low.sum() - low)))


def test_only_what_is_asked_is_worked_out():
    found = ranges([(0, (1, 2))], [9, 0, 0], [9, np.inf, np.inf], asked=[False, True, False])
    np.testing.assert_array_equal(found, [[9, 0, 0], [9, 9, np.inf]])


@pytest.mark.parametrize("size", [1e7, 1e9, 1e11])
def test_large_numbers_are_as_sure_as_small_ones(size):
    inside = np.array([[size, 3], [size / 2 + 1, 7 * size]])
    values = with_margins(inside)
    hidden = np.zeros((3, 3), dtype=bool)
    hidden[:2, :2] = True
    low, high = ranges(sums_of(2, 2), *hide(values.ravel(), hidden.ravel()), is_whole=size == 1e7)
    # The bounds of Fréchet: counts exactly, amounts to a millionth.
    sure = 0 if size == 1e7 else size * 1e-6
    least = np.maximum(0, values[:2, 2:] + values[2:, :2] - values[2, 2])
    most = np.minimum(values[:2, 2:], values[2:, :2])
    np.testing.assert_allclose(low.reshape(3, 3)[:2, :2], least, rtol=0, atol=sure)
    np.testing.assert_allclose(high.reshape(3, 3)[:2, :2], most, rtol=0, atol=sure)


def copies(n):
    """Repeat a table of which six numbers are hidden, apart from each other."""
    values = with_margins(np.arange(6.0).reshape(2, 3)).ravel()
    hidden = np.zeros(12, dtype=bool)
    hidden[[0, 1, 4, 5, 8, 9]] = True
    sums = [each for copy in range(n) for each in sums_of(2, 3, first=12 * copy)]
    return sums, *hide(np.tile(values, n), np.tile(hidden, n))


def work(monkeypatch, n):
    """Count what the solver gets for so many copies: calls, unknown numbers, the most of them at once."""
    sizes = []

    def counted(costs, **given):
        sizes.append(len(costs))
        return linprog(costs, **given)

    monkeypatch.setattr(attack, "linprog", counted)
    ranges(*copies(n))
    return len(sizes), sum(sizes), max(sizes)


def test_the_work_grows_with_the_number_of_tables(monkeypatch):
    n_calls, n_unknown, most = work(monkeypatch, 50)
    more_calls, more_unknown, more_most = work(monkeypatch, 500)
    assert more_unknown == 10 * n_unknown
    assert more_calls <= 10 * n_calls
    assert max(most, more_most) <= attack.BLOCK


@pytest.mark.parametrize("at_once", [2, 20, 3000])
def test_tables_apart_have_the_ranges_that_each_has_alone_however_many_go_at_once(monkeypatch, at_once):
    alone = np.array(ranges(*copies(1)))
    monkeypatch.setattr(attack, "BLOCK", at_once)
    np.testing.assert_array_equal(ranges(*copies(12)), np.tile(alone, 12))


def test_a_sum_that_is_told_twice_tells_nothing_more():
    sums, low, high = copies(2)
    np.testing.assert_array_equal(ranges([*sums, *sums[::-1]], low, high), ranges(sums, low, high))


@pytest.mark.parametrize(
    ("sums", "low", "high", "problem"),
    [
        ([(0, (1, 2))], [41, 17, 23], [41, 17, 23], "1 sum of shown figures cannot hold"),
        ([(0, (1, 2))], [17, 41, 0], [17, 41, np.inf], "no numbers that are hidden satisfy the sums"),
        ([], [41, 23], [17, 17], "2 figures must be above the most that it can be"),
        (
            [(3, (0, 1)), (4, (1, 2)), (5, (0, 2))],
            [0, 0, 0, 17, 17, 17],
            [41, 41, 41, 17, 17, 17],
            "no whole numbers satisfy the sums",
        ),
    ],
)
def test_figures_that_contradict_each_other_are_refused_and_not_quoted(sums, low, high, problem):
    with pytest.raises(DisclosureError) as raised:
        ranges(sums, low, high, subject="two pages")
    assert str(raised.value).startswith("two pages: shown figures contradict each other: " + problem)
    assert not {"17", "23", "41"} & set(str(raised.value).replace(";", " ").split())


def test_all_contradictions_of_shown_figures_are_told_at_once():
    with pytest.raises(DisclosureError) as raised:
        ranges([(0, (1, 2))], [41, 17, 23, 5], [41, 17, 23, 4])
    assert len(raised.value.problems) == 2


def test_amounts_may_be_off_by_what_a_computer_rounds():
    parts = [0.1, 0.2, 1e9 / 3]
    ranges([(3, (0, 1, 2))], [*parts, sum(reversed(parts))], [*parts, sum(parts)], is_whole=False)


def test_a_range_that_the_solver_cannot_find_is_not_said_to_be_safe(monkeypatch):
    def stuck(*args, **kwargs):
        found = linprog(*args, **kwargs)
        found.status = 1
        return found

    monkeypatch.setattr(attack, "linprog", stuck)
    with pytest.raises(DisclosureError, match="could not be worked out"):
        ranges(*copies(1))


def hidden_table(inside, is_hidden):
    """A table of two ways with its margins, as bounds; some numbers and no total hidden."""
    values = with_margins(np.array(inside, dtype=float).reshape(3, 4))
    hidden = np.zeros((4, 5), dtype=bool)
    hidden[:3, :4] = np.array(is_hidden).reshape(3, 4)
    return hide(values.ravel(), hidden.ravel())


@given(st.lists(st.integers(0, 60), min_size=12, max_size=12), st.lists(st.booleans(), min_size=12, max_size=12))
def test_values_that_were_reached_lie_within_the_range(inside, is_hidden):
    given_low, given_high = hidden_table(inside, is_hidden)
    low, high = reached(sums_of(3, 4), given_low, given_high)
    least, most = ranges(sums_of(3, 4), given_low, given_high, is_whole=False)
    assert (low >= least - EXACT).all()
    assert (high <= most + EXACT).all()
    assert (low <= high).all()
    is_known = given_low == given_high
    np.testing.assert_array_equal(low[is_known], given_low[is_known])


def test_most_ranges_are_reached_at_once():
    """Of a table of which everything but the totals is hidden, the few programmes reach more than ten for each number."""
    given_low, given_high = hidden_table(range(20, 32), [True] * 12)
    low, high = reached(sums_of(3, 4), given_low, given_high)
    assert ((high - low)[given_low < given_high] >= 10).all()
