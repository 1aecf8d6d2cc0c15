"""How exact a figure is that follows from two others."""

from evaltools.programmes import Precision

_INVERSE: dict[Precision, Precision] = {"at_least": "at_most", "at_most": "at_least"}


def of_quotient(part: Precision, whole: Precision) -> Precision:
    """How exact part ÷ whole is.

    A part of "at least" so many gives at least the quotient, a whole of "at least"
    so many gives at most the quotient; where the two pull apart it is about the
    quotient.

    Examples
    --------
    >>> of_quotient("exact", "at_least"), of_quotient("at_least", "at_least")
    ('at_most', 'about')
    """
    known: set[Precision] = {part, _INVERSE.get(whole, whole)} - {"exact"}
    if not known:
        return "exact"
    return known.pop() if len(known) == 1 else "about"


def of_difference(whole: Precision, parts: list[Precision]) -> Precision:
    """How exact whole minus parts is: at least so many when the whole is at least, or a part at most.

    Examples
    --------
    >>> of_difference("at_least", ["at_most"]), of_difference("exact", ["at_least"])
    ('at_least', 'at_most')
    """
    known: set[Precision] = {whole, *(_INVERSE.get(part, part) for part in parts)} - {"exact"}
    if not known:
        return "exact"
    return known.pop() if len(known) == 1 else "about"
