"""Tables with all their margins, as numbers in a row: what the tests of the attacker and of suppression are about."""

import numpy as np


def with_margins(inside):
    """Add the total of each direction at its end."""
    for axis in range(inside.ndim):
        inside = np.concatenate([inside, inside.sum(axis=axis, keepdims=True)], axis=axis)
    return inside


def sums_of(*shape, first=0):
    """List the sums of a table with its margins whose numbers are counted from ``first``, row after row."""
    places = first + np.arange(np.prod([size + 1 for size in shape])).reshape([size + 1 for size in shape])
    found = []
    for axis in range(len(shape)):
        *parts, total = np.moveaxis(places, axis, 0)
        columns = zip(*(part.ravel().tolist() for part in parts), strict=True)
        found += zip(total.ravel().tolist(), columns, strict=True)
    return found
