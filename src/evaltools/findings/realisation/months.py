"""Stretches of months since the start of a plan: quarters, half years, years, and all until a quarter's end.

Each is written as its first and last month: ``1-3`` is the first quarter.
"""

from collections.abc import Sequence

QUARTER, HALF, YEAR = 3, 6, 12


def quarters(n_months: int) -> list[tuple[int, int]]:
    """Part the first months of a plan into quarters; one or two months that are left at the end belong to the last.

    Examples
    --------
    >>> quarters(12), quarters(8), quarters(2)
    ([(1, 3), (4, 6), (7, 9), (10, 12)], [(1, 3), (4, 8)], [(1, 2)])
    """
    if n_months < QUARTER:
        return [(1, n_months)] if n_months else []
    firsts = range(1, n_months - QUARTER + 2, QUARTER)
    return [(first, first + QUARTER - 1 if first != firsts[-1] else n_months) for first in firsts]


def text_of(first: int, last: int) -> str:
    """Write a stretch of months.

    Examples
    --------
    >>> text_of(4, 6)
    '4-6'
    """
    return f"{first}-{last}"


def ends_of(text: str) -> tuple[int, int]:
    """Read a stretch of months.

    Examples
    --------
    >>> ends_of("4-6")
    (4, 6)
    """
    first, last = text.split("-")
    return int(first), int(last)


def stretches(n_months: int) -> tuple[list[str], dict[str, list[str]]]:
    """List all stretches, in order, and of each that is a sum its parts.

    Examples
    --------
    >>> names, tree = stretches(9)
    >>> names
    ['1-3', '1-6', '1-9', '4-6', '7-9']
    >>> tree
    {'1-6': ['1-3', '4-6'], '1-9': ['1-6', '7-9']}
    """
    leaves = quarters(n_months)
    halves, years = (_joined(leaves, length) for length in (HALF, YEAR))
    tree = {half: [leaf for leaf in leaves if _is_in(leaf, half)] for half in halves}
    blocks = [each for each in leaves if not any(_is_in(each, half) for half in halves)] + halves
    tree |= {year: sorted(each for each in blocks if _is_in(each, year)) for year in years}
    largest = sorted([*years, *halves, *leaves], key=lambda each: each[0] - each[1])
    for _, last in leaves:
        until = (1, last)
        if until not in tree and until not in leaves:
            tree[until] = _blocks(until, [each for each in largest if each != until])
    names = sorted({*tree, *leaves})
    return (
        [text_of(*each) for each in names],
        {text_of(*each): [text_of(*part) for part in parts] for each, parts in sorted(tree.items())},
    )


def _joined(leaves: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Join quarters that begin in the same half year or year, where there are several."""
    groups: dict[int, list[tuple[int, int]]] = {}
    for leaf in leaves:
        groups.setdefault((leaf[0] - 1) // length, []).append(leaf)
    joined = [(group[0][0], group[-1][1]) for group in groups.values() if len(group) > 1]
    return joined if length == HALF else [each for each in joined if each not in _joined(leaves, HALF)]


def _is_in(part: tuple[int, int], whole: tuple[int, int]) -> bool:
    return whole[0] <= part[0] and part[1] <= whole[1] and part != whole


def _blocks(until: tuple[int, int], largest: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Fill a stretch with as few others as can be, the largest first."""
    filled: list[tuple[int, int]] = []
    at = until[0]
    while at <= until[1]:
        block = next(each for each in largest if each[0] == at and each[1] <= until[1])
        filled.append(block)
        at = block[1] + 1
    return filled
