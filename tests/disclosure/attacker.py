"""An attacker who knows nothing of this package: he reads rows of a table, and solves one linear programme per question."""

import numpy as np
from scipy.optimize import linprog


def bounds(unknowns, equations):
    """Least and most of each unknown of at least 0; ``equations``: lists of ``({unknown: coefficient}, value)``."""
    names = sorted(unknowns, key=repr)
    at = {name: position for position, name in enumerate(names)}
    rows = []
    values = []
    for terms, value in equations:
        row = np.zeros(len(names))
        for name, coefficient in terms.items():
            row[at[name]] += coefficient
        rows.append(row)
        values.append(value)
    found = {}
    for name in names:
        ends = []
        for sign in (1, -1):
            aim = np.zeros(len(names))
            aim[at[name]] = sign
            solved = linprog(aim, A_eq=np.array(rows) if rows else None, b_eq=values or None, method="highs")
            ends.append(solved.fun * sign if solved.status == 0 else sign * -np.inf)
            assert solved.status in (0, 3, 4), solved.message
        found[name] = tuple(ends)
    return found


def of_table(table, labels, measure, sums):
    """Find the bounds of each hidden number of a column.

    ``sums``: for rows named by their labels, ``(total row, part rows)``; rows that are not in the table are unknown.
    """
    known = {}
    unknown = set()
    for row in table.rows.to_dict("records"):
        name = tuple(row[label] for label in labels)
        if row[measure] is None or row[measure] != row[measure]:
            unknown.add(name)
        else:
            known[name] = float(row[measure])
    equations = []
    for total, parts in sums:
        terms = {}
        value = 0.0
        for name, coefficient in [(total, 1), *((part, -1) for part in parts)]:
            if name in known:
                value -= coefficient * known[name]
            else:
                unknown.add(name)
                terms[name] = terms.get(name, 0) + coefficient
        if terms:
            equations.append((terms, value))
    return bounds(unknown, equations)
