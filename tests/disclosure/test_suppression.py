"""suppress(): no choice is cheaper, and none leaves anything to compute; against all choices, tau-ARGUS, and an attacker."""

from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from pytauargus.engine import HiTaSCtrl
from scipy.optimize import linprog

from evaltools.disclosure import suppression
from evaltools.disclosure.attack import ranges
from evaltools.disclosure.suppression import suppress
from tests.disclosure.tables import sums_of, with_margins

SURE = 1e-5  # the solver's 1e-6, added up
TIE = 1e-3  # a choice that costs more by less than this share counts as the same


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What suppress() takes; by default counts of which 1 to 9 may not be known."""

    values: np.ndarray
    sums: list
    threshold: float = 10
    cost: np.ndarray = None
    unseen: np.ndarray = None
    primary: np.ndarray = None
    width: np.ndarray = None
    given: dict = field(init=False)

    def __post_init__(self):
        n, t = np.asarray(self.values, dtype=float), self.threshold
        few = (n > 0) & (n < t) if self.primary is None else self.primary
        given = {
            "primary": few,
            "lower": np.where(n < t, n, t),
            "upper": np.where(n < t, t - n, 0),
            "cost": np.log2(2 + n) if self.cost is None else self.cost,
            "unseen": np.zeros(len(n), dtype=bool) if self.unseen is None else self.unseen,
            "width": np.full(len(n), float(t)) if self.width is None else self.width,
        }
        object.__setattr__(self, "values", n)
        object.__setattr__(self, "given", given)

    def solved(self):
        return suppress(self.values, self.sums, **self.given)

    def loss(self, hidden):
        return self.given["cost"][hidden].sum()


def table(inside, **given):
    inside = np.asarray(inside, dtype=float)
    return Problem(values=with_margins(inside).ravel(), sums=sums_of(*inside.shape), **given)


def tree(columns, **given):
    """Make a table of four municipalities, two in each of two regions; each column of the four adds up to their total."""
    parts = np.asarray(columns, dtype=float).reshape(4, -1)
    rows = np.vstack([parts, parts[:2].sum(axis=0), parts[2:].sum(axis=0), parts.sum(axis=0)])
    rows = np.column_stack([rows, rows.sum(axis=1)])
    places = np.arange(rows.size).reshape(rows.shape)
    sums = [(int(row[-1]), tuple(row[:-1].tolist())) for row in places]
    for column in places.T.tolist():
        a, b, c, d, first, second, both = column
        sums += [(first, (a, b)), (second, (c, d)), (both, (first, second))]
    return Problem(values=rows.ravel(), sums=sums, **given)


def unsafe(problem, hidden):
    """List what an attacker finds, who knows each sum and solves a programme per question; none of it is from the package."""
    values, given = problem.values, problem.given
    open_ = hidden | given["unseen"]
    matrix = np.zeros((len(problem.sums), len(values)))
    for row, (total, parts) in enumerate(problem.sums):
        matrix[row, total] = 1
        matrix[row, list(parts)] -= 1
    known = {"A_eq": matrix[:, open_], "b_eq": -matrix[:, ~open_] @ values[~open_], "method": "highs"}
    found = []
    places = np.flatnonzero(open_)
    for at, cell in enumerate(places):
        if given["unseen"][cell] and not given["primary"][cell]:
            continue
        aim = np.zeros(len(places))
        aim[at] = 1
        least, most = linprog(aim, **known), linprog(-aim, **known)
        low, high = least.fun, np.inf if most.status in {3, 4} else -most.fun
        is_told = given["primary"][cell] and (
            low > values[cell] - given["lower"][cell] + SURE or high < values[cell] + given["upper"][cell] - SURE
        )
        if is_told or high - low < given["width"][cell] - SURE:
            found.append(int(cell))
    return found


def assert_safe(problem, hidden):
    assert hidden[problem.given["primary"] & ~problem.given["unseen"]].all()
    assert not hidden[problem.given["unseen"]].any()
    assert unsafe(problem, hidden) == []


def cheaper(problem, hidden):
    """Go through all choices that cost clearly less, and give one that is safe, if there is one."""
    primary, unseen, cost = (problem.given[name] for name in ("primary", "unseen", "cost"))
    must = primary & ~unseen
    free = np.flatnonzero(~primary & ~unseen)
    most = problem.loss(hidden) * (1 - TIE)
    for n in range(len(free) + 1):
        for chosen in combinations(free, n):
            other = must.copy()
            other[list(chosen)] = True
            if cost[other].sum() < most and not is_alone(problem, other) and not unsafe(problem, other):
                return other
    return None


def is_alone(problem, hidden):
    """Whether a sum has one hidden number only: it is that sum less the others, no programme is needed to see it."""
    open_ = hidden | problem.given["unseen"]
    wanted = hidden | problem.given["primary"]
    for total, parts in problem.sums:
        places = np.array([total, *parts])
        if open_[places].sum() == 1 and (open_ & wanted)[places].any():
            return True
    return False


# --- textbook ---


def test_the_table_of_fischetti_and_salazar_gonzalez_hides_the_four_numbers_that_they_hide():
    # Investment by activity (rows) and region (columns). 22 may not be known to within 5 below and 8 above; a number costs
    # what it is. With the four corners hidden it is 5 to 30: the first is 22 less the 17 of its column of which it takes
    # the place, the last the sum of its row less what is shown.
    inside = np.array([[20, 50, 10], [8, 19, 22], [17, 32, 12]])
    values = with_margins(inside).ravel()
    secret = np.arange(16) == 6
    problem = table(inside, primary=secret, cost=values.astype(float), width=np.zeros(16))
    problem.given["lower"][6], problem.given["upper"][6] = 5, 8
    hidden = problem.solved()
    assert np.flatnonzero(hidden).tolist() == [4, 6, 8, 10]
    low, high = ranges(problem.sums, np.where(hidden, 0, values), np.where(hidden, np.inf, values))
    assert (low[6], high[6]) == (5, 30)
    assert cheaper(problem, hidden) is None


def test_a_row_that_adds_up_hides_the_cheapest_other_number():
    # One sum, no margins: 4 needs one other that is hidden; the cheapest of at least 10 is 12, as 7 + 4 leaves 11 to share.
    problem = Problem(values=[4, 12, 20, 36], sums=[(3, (0, 1, 2))])
    assert problem.solved().tolist() == [True, True, False, False]


def test_a_zero_can_hide_nothing_by_itself():
    # 4 and 0 leave 4 to share: no range of ten. 12 does.
    problem = Problem(values=[4, 0, 12, 20, 36], sums=[(4, (0, 1, 2, 3))])
    assert problem.solved().tolist() == [True, False, True, False, False]


# --- all choices ---

SMALL = st.one_of(
    st.lists(st.integers(0, 9), min_size=4, max_size=4).map(lambda n: table(np.reshape(n, (2, 2)), threshold=3)),
    st.lists(st.integers(0, 9), min_size=6, max_size=6).map(lambda n: table(np.reshape(n, (2, 3)), threshold=3)),
    st.lists(st.integers(0, 9), min_size=4, max_size=4).map(lambda n: tree(n, threshold=3)),
)


@given(SMALL, st.data())
@settings(max_examples=70)
def test_no_choice_is_cheaper_in_small_tables(problem, data):
    n = len(problem.values)
    draw = data.draw(st.lists(st.integers(1, 20), min_size=n, max_size=n))
    unseen = np.array(data.draw(st.lists(st.sampled_from([False] * 5 + [True]), min_size=n, max_size=n)))
    problem = replace(problem, cost=np.array(draw, dtype=float), unseen=unseen)
    assume(problem.given["primary"].any())
    hidden = problem.solved()
    if unsafe(problem, hidden):
        # A number that the sums themselves tell: nothing helps, not even to hide everything.
        assert hidden.tolist() == (~unseen).tolist()
    else:
        assert_safe(problem, hidden)
        assert cheaper(problem, hidden) is None


@given(st.lists(st.floats(0.5, 99), min_size=6, max_size=6), st.integers(0, 5))
@settings(max_examples=30)
def test_amounts_are_not_known_to_within_a_tenth_and_no_choice_is_cheaper(inside, secret):
    values = with_margins(np.reshape(inside, (2, 3))).ravel()
    inner = [0, 1, 2, 4, 5, 6]
    problem = table(np.reshape(inside, (2, 3)), primary=np.arange(12) == inner[secret], width=values / 9)
    problem.given["lower"][:], problem.given["upper"][:] = values / 10, values / 10
    hidden = problem.solved()
    assert_safe(problem, hidden)
    assert cheaper(problem, hidden) is None


# --- tau-ARGUS ---


def of_tau_argus(problem, folder):
    """Let the optimal suppression of tau-ARGUS choose; it asks nothing of the width of other numbers."""
    values, given = problem.values, problem.given
    lines = ["0", str(len(values))]
    for cell, value in enumerate(values):
        is_secret = given["primary"][cell]
        below, above = (given["lower"][cell], given["upper"][cell]) if is_secret else (0, 0)
        cost = round(given["cost"][cell])
        state = "u" if is_secret else "s"
        lines.append(f"{cell} {value:.0f} {cost} {state} 0 {values.max() * 2 + 100:.0f} {below:.3f} {above:.3f} 0")
    lines.append(str(len(problem.sums)))
    for total, parts in problem.sums:
        terms = " ".join(f"{part} (1)" for part in parts)
        lines.append(f"0 {1 + len(parts)} : {total} (-1) {terms} ")
    (folder / "in").write_text("\n".join([*lines, ""]), "utf-8")
    assert HiTaSCtrl().full_jj(in_file_jj=str(folder / "in"), out_file=str(folder / "out"), max_time=1) == 0
    hidden = given["primary"].copy()
    hidden[[int(line) for line in (folder / "out").read_text("utf-8").split()]] = True
    return hidden


def random_table(seed, *shape, mean=3.8, spread=1.0):
    """Draw counts as those of municipalities are: many small, some large."""
    return np.round(np.exp(np.random.default_rng(seed).normal(mean, spread, shape)))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shape", [(3, 4), (6, 5), (7, 6), (2, 2, 3), "tree"])
def test_the_choice_costs_what_the_optimum_of_tau_argus_costs(seed, shape, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # it leaves its logs where it runs
    made = tree(random_table(seed, 4, 4)) if shape == "tree" else table(random_table(seed, *shape))
    n = len(made.values)
    problem = replace(made, cost=np.round(100 * np.log2(2 + made.values)), width=np.zeros(n))
    hidden, theirs = problem.solved(), of_tau_argus(problem, tmp_path)
    assert_safe(problem, theirs)
    assert_safe(problem, hidden)
    assert problem.loss(hidden) == problem.loss(theirs)


# --- never to be computed back ---

SHAPES = st.sampled_from([(2, 2), (3, 4), (5, 3), (2, 2, 2), (2, 3, 2), "tree"])


@st.composite
def tables(draw):
    shape = draw(SHAPES)
    n = 12 if shape == "tree" else int(np.prod(shape))
    inside = np.array(draw(st.lists(st.one_of(st.integers(0, 12), st.integers(0, 200)), min_size=n, max_size=n)))
    made = tree(inside.reshape(4, 3)) if shape == "tree" else table(inside.reshape(shape))
    return replace(made, width=np.full(len(made.values), draw(st.sampled_from([10.0, 25.0]))))


@given(tables(), st.booleans())
@settings(max_examples=60)
@example(table(np.array([[[1, 2], [3, 60]], [[4, 70], [80, 5]]])), False)
def test_a_hidden_number_cannot_be_computed_back(problem, is_exact):
    with pytest.MonkeyPatch.context() as patch:
        if not is_exact:
            patch.setattr(suppression, "MOST_EXACT", 0)
        hidden = problem.solved()
    assert_safe(problem, hidden)
    if not problem.given["primary"].any():
        assert not hidden.any()
    low, high = ranges(
        problem.sums, np.where(hidden, 0, problem.values), np.where(hidden, np.inf, problem.values)
    )  # as the audit does: whole numbers
    assert (high - low >= problem.given["width"])[hidden].all()


@pytest.mark.parametrize("shape", [(40, 8), (4, 7, 6)])
def test_a_large_table_is_as_safe(shape):
    problem = table(random_table(0, *shape))
    hidden = problem.solved()
    primary = problem.given["primary"]
    assert primary.sum() > 5
    low, high = ranges(problem.sums, np.where(hidden, 0, problem.values), np.where(hidden, np.inf, problem.values))
    assert hidden[primary].all()
    assert low[primary].max() == 0
    assert high[primary].min() >= 10
    assert (high - low)[hidden].min() >= 10
    assert hidden.mean() < 0.25


def test_the_cheap_choice_costs_little_more_than_the_cheapest(monkeypatch):
    problems = [table(random_table(seed, 7, 6)) for seed in range(8)]
    least = sum(problem.loss(problem.solved()) for problem in problems)
    monkeypatch.setattr(suppression, "MOST_EXACT", 0)
    assert least <= sum(problem.loss(problem.solved()) for problem in problems) <= 1.25 * least


@pytest.mark.parametrize("bound", ["MOST_ROUNDS", "MOST_EXACT"])
def test_a_search_that_takes_too_long_gives_the_cheap_choice(monkeypatch, bound):
    problem = table(random_table(5, 7, 6))
    monkeypatch.setattr(suppression, bound, 0)
    assert_safe(problem, problem.solved())


# --- what is not in the table, what the sums tell ---


def test_what_is_not_in_the_table_protects_for_nothing():
    # 46 of 50 work: that 4 do not is nowhere, but 50 - 46. One of the two goes, the cheaper.
    problem = Problem(values=[50, 46, 4], sums=[(0, (1, 2))], unseen=np.array([False, False, True]))
    assert problem.solved().tolist() == [False, True, False]


def test_what_is_not_in_the_table_and_may_be_known_hides_nothing():
    problem = Problem(values=[50, 30, 20], sums=[(0, (1, 2))], unseen=np.array([False, False, True]))
    assert not problem.solved().any()


def test_a_number_that_the_sums_themselves_tell_hides_everything_that_is_linked():
    # b is a by one sum and a + c by the other: c is 0, whatever is hidden. The last two are of another table.
    problem = Problem(values=[20, 20, 0, 30, 30], sums=[(1, (0,)), (1, (0, 2)), (3, (4,))], primary=np.arange(5) == 2)
    assert problem.solved().tolist() == [True, True, True, False, False]


def test_everything_that_may_not_be_known_leaves_nothing_to_choose():
    problem = Problem(values=[3, 4, 7], sums=[(2, (0, 1))])
    assert problem.solved().tolist() == [True, True, True]


def test_a_table_without_small_numbers_is_left_alone():
    problem = table(np.arange(10, 22).reshape(3, 4))
    assert not problem.solved().any()


def test_a_number_that_adds_up_with_nothing_is_hidden_alone():
    assert Problem(values=[3, 14, 0], sums=[]).solved().tolist() == [True, False, False]


def odd_ring(**given):
    """Make numbers a, b, c of which each two add up: one total is sure to within 20, so that each of them is to within 10.

    Of 26 (the last) the total a + c takes 6 to 26. a is half of 20 - 25 + that: 0.5 to 10.5, of whole numbers 1 to 10.
    """
    a, b, c, ab, bc, ac, d, e, de, last = range(10)
    return Problem(
        values=[3, 17, 8, 20, 25, 11, 15, 5, 20, 26],
        sums=[(ab, (a, b)), (bc, (b, c)), (ac, (a, c)), (de, (d, e)), (last, (ac, d))],
        primary=np.arange(10) == e,
        cost=np.array([1, 1, 1, 90, 91, 1, 1, 1, 90, 90.0]),
        **given,
    )


def test_counts_are_as_unsure_in_whole_numbers():
    # The ring would do for 6, were it not for whole numbers. A dear number must go: d + e with e is the cheapest.
    hidden = odd_ring().solved()
    assert np.flatnonzero(hidden).tolist() == [7, 8]


def test_amounts_need_not_be_whole():
    problem = odd_ring()
    values = problem.values + np.array([1, -1, 1, 0, 0, 2, -2, 2, 0, 0]) / 4  # the same sums
    problem = replace(problem, values=values)
    hidden = problem.solved()
    assert np.flatnonzero(hidden).tolist() == [0, 1, 2, 5, 6, 7]
    assert_safe(problem, hidden)


# --- the same on every machine ---


@given(st.permutations(range(20)), st.integers(0, 50))
@settings(max_examples=25)
def test_the_order_of_numbers_does_not_matter_where_costs_differ(order, seed):
    problem = table(random_table(seed, 3, 4), cost=np.random.default_rng(seed).uniform(1, 20, 20))
    at = {old: new for new, old in enumerate(order)}
    moved = Problem(
        values=problem.values[list(order)],
        sums=[(at[total], tuple(at[part] for part in parts)) for total, parts in problem.sums],
        cost=problem.given["cost"][list(order)],
    )
    assert moved.solved().tolist() == problem.solved()[list(order)].tolist()


@given(st.randoms(use_true_random=False), st.integers(0, 50))
@settings(max_examples=25)
def test_the_order_of_sums_never_matters(random, seed):
    problem = table(random_table(seed, 3, 4), cost=np.ones(20))
    sums = [(total, tuple(random.sample(parts, len(parts)))) for total, parts in problem.sums]
    random.shuffle(sums)
    assert replace(problem, sums=sums).solved().tolist() == problem.solved().tolist()


@pytest.mark.parametrize("most", [0, 1500])
def test_of_numbers_that_cost_the_same_the_place_decides(monkeypatch, most):
    # The multiples of the golden ratio for the places 1 to 4 are 0.62, 0.24, 0.85, 0.47 and some: place 2 has the least.
    monkeypatch.setattr(suppression, "MOST_EXACT", most)
    problem = Problem(values=[4, 20, 20, 20, 64], sums=[(4, (0, 1, 2, 3))], cost=np.ones(5))
    assert problem.solved().tolist() == [True, False, True, False, False]


def test_tables_apart_are_chosen_apart():
    first, second = table(random_table(1, 3, 4)), table(random_table(2, 3, 3))
    both = Problem(
        values=np.concatenate([first.values, second.values]),
        sums=[*first.sums, *sums_of(3, 3, first=len(first.values))],
    )
    alone = np.concatenate([first.solved(), second.solved()])
    assert both.loss(both.solved()) == pytest.approx(both.loss(alone))
    assert_safe(both, both.solved())
