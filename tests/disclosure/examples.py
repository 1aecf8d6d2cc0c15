"""Tables of counts with margins, as reports have them."""

from itertools import product

import pandas as pd
from hypothesis import strategies as st

from evaltools.disclosure import Table, protect

REGION = {"region": ("a", "b", "c")}
OUTCOMES = ("work", "other", "partner", "detention")


def crossed(numbers, dimensions):
    """Make rows of a table with all totals. ``dimensions``: by label, its words, or a tree of them as pairs."""
    names = [*dimensions]
    base = dict(zip(product(*dimensions.values()), numbers, strict=True))
    rows = []
    for key in product(*([*words, "all"] for words in dimensions.values())):
        n = sum(
            value for cell, value in base.items()
            if all(want in ("all", got) for want, got in zip(key, cell, strict=True))
        )  # fmt: skip
        rows.append({**dict(zip(names, key, strict=True)), "n": n})
    return pd.DataFrame(rows)


def margins(dimensions):
    """List which rows of `crossed` add up, each by its labels."""
    sums = []
    full = [[*words, "all"] for words in dimensions.values()]
    for at, words in enumerate(dimensions.values()):
        sums += [
            (key, [(*key[:at], word, *key[at + 1 :]) for word in words])
            for key in product(*(full[:at]), ["all"], *(full[at + 1 :]))
        ]
    return sums


def made(rows, dimensions, **options):
    """Protect a table of `crossed`."""
    return protect(
        Table(
            rows=rows,
            **{
                "counts": ["n"],
                "labels": [*dimensions],
                "words": dimensions,
                "totals": [*dimensions],
                "about": {"municipality": "GM0197"},
                "source": "register",
                "is_simulated": True,
                **options,
            },
        )
    )


@st.composite
def tables(draw, max_labels=3, max_cells=40):
    """Draw dimensions and the numbers of their cells: many small ones, as in cohorts of 31 to 726."""
    sizes = draw(
        st.lists(st.integers(2, 5), min_size=1, max_size=max_labels).filter(
            lambda found: len(found) == 1 or pd.Series(found).prod() <= max_cells
        )
    )
    letters = "pqr"
    dimensions = {
        name: tuple(f"{name[0]}{letters[i % 3]}{'x' * i}" for i in range(size))
        for name, size in zip(["year", "exit", "sex"], sizes, strict=False)
    }
    n = int(pd.Series(sizes).prod())
    number = st.one_of(st.integers(0, 12), st.integers(0, 12), st.integers(10, 300))
    return dimensions, draw(st.lists(number, min_size=n, max_size=n))
