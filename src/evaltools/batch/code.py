"""The code of notebooks, read and never run."""

import ast
from threading import Lock

_ONE_AT_A_TIME = Lock()


def parse(source: str) -> ast.Module:
    """Parse Python, by one thread at a time.

    CPython counts the depth of a tree for all threads together, and raises a SystemError when two meet
    (python/cpython#106905, in 3.11).
    """
    with _ONE_AT_A_TIME:
        return ast.parse(source)
