"""Numbers that may be the BSN of a person, in any way that people write them."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

BSN_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
"""Weights of the digits in the test of a BSN (elfproef): the weighted sum is a multiple of 11."""

GROUPINGS = {(3, 3, 3), (4, 2, 3), (2, 2, 2, 3)}
"""How people group nine digits: looked for in longer rows of groups too."""
SHORT_GROUPINGS = {(2, 3, 3), (3, 2, 3), (1, 2, 2, 3)}
"""The same of eight digits, without the zero in front. Others are ranges of years and dates."""

# A neighbourhood code of CBS is BU and eight digits.
_GROUP = re.compile(r"(?<!BU)(?<![0-9])[0-9]+")
_BETWEEN = re.compile(r"[ ,]| ?[./_-] ?")
_MONEY = re.compile(r"€|\b(?:euro|eur)(?:\b|_)", re.IGNORECASE)
_MONEY_BEFORE = re.compile(r"(?:€|\b(?:euro|eur))[ |]*-?$", re.IGNORECASE)
_MONEY_AFTER = re.compile(r"(?:[.,][0-9]{1,2}|,-)?[ |]*(?:€|(?:euro|eur)\b)", re.IGNORECASE)

Group = re.Match[str]


def passes_elfproef(digits: str) -> bool:
    """Whether nine digits, or eight that lost the zero in front, can be a BSN.

    Examples
    --------
    >>> [passes_elfproef(digits) for digits in ("111222333", "123456782", "111222334", "000000000", "10000008")]
    [True, True, False, False, True]
    """
    whole = digits.zfill(9)
    return whole.strip("0") != "" and _weighted_sum(whole) % 11 == 0


def _weighted_sum(digits: str) -> int:
    return sum(weight * int(digit) for weight, digit in zip(BSN_WEIGHTS, digits, strict=True))


def is_of_money(text: str) -> bool:
    """Whether a heading says that what is under it are euros.

    Examples
    --------
    >>> is_of_money("Kosten (euro)"), is_of_money("euro_benefits"), is_of_money("Europa")
    (True, True, False)
    """
    return _MONEY.search(text) is not None


def n_bsn(text: str) -> int:
    """Count what may be a BSN in a text that was made `plain`.

    Nine digits, or eight whose zero in front was lost, that pass the test: together, or in groups with one
    kind of separator between them. One number in eleven passes by chance. Amounts of euros are none, nor are decimals.

    Examples
    --------
    >>> n_bsn("klant 123456782 en 1234.56.782"), n_bsn("€ 123.456.782"), n_bsn("123456789")
    (2, 0, 0)
    """
    groups = list(_GROUP.finditer(text))
    found = {place for chain in _chains(text, groups) for place in _bsn_places(text, chain)}
    return len(found)


def _chains(text: str, groups: list[Group]) -> Iterator[list[Group]]:
    """Give each longest row of groups with the same separator between them; a group can be of two rows."""
    chain, separator = groups[:1], ""
    for last, group in pairwise(groups):
        between = text[last.end() : group.start()]
        is_one = _BETWEEN.fullmatch(between) is not None
        if is_one and (between == separator or len(chain) == 1):
            chain.append(group)
        else:
            yield chain
            chain = [last, group] if is_one else [group]
        separator = between
    if chain:
        yield chain


def _bsn_places(text: str, chain: Sequence[Group]) -> Iterator[tuple[int, int]]:
    first, last = chain[0], chain[-1]
    separator = text[first.end() : chain[1].start()] if len(chain) > 1 else ""
    is_number = separator in {".", ","}
    is_decimal = is_number and len(chain) == 2
    for group in chain:
        is_whole = not (is_decimal and group is last)
        if len(group[0]) in {8, 9} and is_whole and passes_elfproef(group[0]) and not _is_amount(text, group, group):
            yield group.span()
    if len(chain) == 1 or is_decimal or _is_amount(text, first, last):
        return
    sizes = [len(group[0]) for group in chain]
    rows = {(start, start + n) for n in (3, 4) for start in range(len(chain) - n + 1)
            if tuple(sizes[start : start + n]) in GROUPINGS and not is_number}  # fmt: skip
    if sum(sizes) == 9 or tuple(sizes) in SHORT_GROUPINGS or sizes == [1] * 8:
        rows.add((0, len(chain)))
    for start, end in rows:
        if passes_elfproef("".join(group[0] for group in chain[start:end])):
            yield chain[start].start(), chain[end - 1].end()


def _is_amount(text: str, first: Group, last: Group) -> bool:
    before = text[max(first.start() - 8, 0) : first.start()]
    return _MONEY_BEFORE.search(before) is not None or _MONEY_AFTER.match(text, last.end()) is not None
