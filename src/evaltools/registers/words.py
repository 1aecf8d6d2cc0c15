"""The texts that a label of the tables of `quality`, `consistency` and `exits` can hold: what `disclosure` lets pass.

All are declared in code: names of tables, columns and rules, official codes, years.
"""

from evaltools.registers.codes import CODE_SET, EXIT_GROUPS, OTHER_CODES
from evaltools.registers.consistency import KINDS, RULES
from evaltools.registers.quality import BREAKS, LAGS, OTHER, REASONS
from evaltools.registers.tables import TABLES

FIRST_YEAR, LAST_YEAR = 1900, 2100

WORDS = {
    "table": frozenset(TABLES),
    "column": frozenset(column for table in TABLES.values() for column in table.columns),
    "rule": frozenset(RULES),
    "kind": frozenset(KINDS),
    "lag": frozenset(LAGS),
    "reason": frozenset(REASONS),
    "break_name": frozenset(BREAKS),
    "code": frozenset([*OTHER_CODES, OTHER]),
    "code_set": frozenset(["", *CODE_SET.by_code]),
    "exit_group": frozenset(EXIT_GROUPS),
    "year": frozenset(str(year) for year in range(FIRST_YEAR, LAST_YEAR + 1)),
}
"""By the name of the column."""
