"""What the code of a notebook may do, read before it runs: only functions of evaltools make what a page shows.

A gate against what slips in, not a wall against who means harm: the notebooks are reviewed, and the pages scanned.
"""

import ast
import builtins
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode

from evaltools.batch.code import parse
from evaltools.batch.parameters import NO_PYTHON, TAG, tags
from evaltools.errors import did_you_mean

STATLINE = "statline"
"""Parameter, ``True``, of a notebook that reads the figures of CBS; see `registers.statline`."""
SETUP = "setup"
"""Tag of a cell that prepares and shows nothing."""
SHOWN_BY = ("figures", "tables", "wording")
"""Modules of `evaltools.reports` of which a cell may show what a function makes."""
PACKAGES = ("cohorts", "effects", "findings", "programmes", "reference", "registers")
"""Packages of evaltools of which any module may be imported from."""
STANDARD = ("datetime", "functools", "math")
BUILTINS = frozenset(
    {"abs", "all", "any", "bool", "dict", "enumerate", "float", "frozenset", "int", "len", "list", "max", "min", "range",
     "reversed", "round", "set", "sorted", "str", "sum", "tuple", "zip"}
)  # fmt: skip
"""Functions that show nothing, open nothing and run no text as code."""
OWN_GATE = frozenset(
    {
        "Block",
        "Column",
        "base",
        "forest",
        "from_protected",
        "from_publications",
        "from_results",
        "from_simulation",
        "render",
        "seal",
    }
)
"""What lets figures and pages through; for functions of evaltools, not for notebooks."""
OF_FUNCTOOLS = frozenset({"partial", "reduce"})
"""What takes a function and changes none."""
RUNS_TEXT = frozenset({"eval", "pipe", "query"})
"""Methods of pandas that run a text, or any function."""
TO_FILE = "to_"
"""What the methods of pandas begin with that write a table to a file or a text."""

PREPARES = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)


def notebook_problems(notebook: NotebookNode) -> list[str]:
    """Say of each cell what keeps the notebook from running as a report.

    A cell that shows something is one call of a function of tables, figures or wording. Every other cell is tagged
    ``parameters`` or ``setup``, imports from evaltools, and gives names to values. So a page gets no HTML of anybody's
    own, and nothing is printed or written.

    Examples
    --------
    >>> from nbformat import v4
    >>> for problem in notebook_problems(v4.new_notebook(cells=[v4.new_code_cell("print(1)")])):
    ...     print(problem)
    cell 1: must be one call of a function of figures, tables or wording; or tag it 'setup' if it only prepares
    cell 1: uses 'print', which the notebook neither imports nor makes
    """
    problems = []
    trees = []
    for position, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "raw":
            problems.append(f"cell {position}: is raw; write it as Markdown")
        if cell.cell_type != "code":
            continue
        try:
            body = parse(cell.source).body
        except NO_PYTHON:
            problems.append(f"cell {position}: is no plain Python; leave out magics and commands")
            continue
        trees.append((position, tags(cell), body))
    made = {name for _, _, body in trees for name in _names_made(body)}
    is_declared = any(_declares_statline(each) for _, tagged, body in trees if TAG in tagged for each in body)
    if not is_declared and any(_is_of_statline(each) for _, _, body in trees for each in body):
        problems.append(
            f"reads the figures of CBS without a parameter {STATLINE} = True; with it the page is made again when they change"
        )
    for position, tagged, body in trees:
        found = _setup_problems(body) if {TAG, SETUP} & tagged else _display_problems(body)
        found += [problem for statement in body for problem in _problems(statement, made)]
        problems += [f"cell {position}: {problem}" for problem in dict.fromkeys(found)]
    return problems


def _is_of_statline(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.ImportFrom):
        names = (f"{statement.module}.{alias.name}" for alias in statement.names)
        return any(name.startswith("evaltools.registers.statline") for name in names)
    return any(isinstance(node, ast.Attribute) and node.attr == STATLINE for node in ast.walk(statement))


def _declares_statline(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
            return name == STATLINE and value is True
    return False


def _display_problems(body: list[ast.stmt]) -> list[str]:
    match body:
        case [ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name))))] if name in SHOWN_BY:
            return []
    return [
        (
            f"must be one call of a function of {', '.join(SHOWN_BY[:-1])} or {SHOWN_BY[-1]}; or tag it '{SETUP}' if it "
            "only prepares"
        )
    ]


def _setup_problems(body: list[ast.stmt]) -> list[str]:
    return [
        f"line {statement.lineno} does something else than import or give a name to a value; put that in a function of the library"
        for statement in body
        if not isinstance(statement, PREPARES)
    ]


def _problems(statement: ast.stmt, made: set[str]) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name not in STANDARD or alias.name == "functools":
                    yield f"imports {alias.name} as a whole; write: from evaltools.package import function"
                yield from _name_problems(alias)
        elif isinstance(node, ast.ImportFrom):
            yield from _source_problems(node)
            for alias in node.names:
                yield from _name_problems(alias, is_of_reports=node.module == "evaltools.reports")
        elif isinstance(node, ast.expr):
            yield from _expression_problems(node, made)


def _expression_problems(node: ast.expr, made: set[str]) -> Iterator[str]:
    match node:
        case ast.Name(id=name) if name.startswith("_"):
            yield f"uses '{name}', which is private"
        case ast.Name(id=name) if name in made and name in vars(builtins) and name not in BUILTINS:
            yield f"uses '{name}', which Python has another meaning for; choose another name"
        case ast.Name(id=name, ctx=ast.Load()) if name not in made | BUILTINS:
            yield f"uses '{name}', which the notebook neither imports nor makes"
        case ast.Name(id=name, ctx=ast.Store()) if name in SHOWN_BY:
            yield f"gives the name '{name}' to something else than the module of evaltools.reports"
        case ast.Attribute():
            yield from _attribute_problems(node)
        case ast.Subscript(ctx=ast.Store()):
            yield "changes a value in place; make a new one with a name"
        case ast.Lambda() | ast.NamedExpr() | ast.Await() | ast.Yield() | ast.YieldFrom():
            yield "holds a function or an assignment within an expression; put it in evaltools, with tests"


def _source_problems(node: ast.ImportFrom) -> Iterator[str]:
    module = node.module or ""
    names = [alias.name for alias in node.names]
    first, _, rest = module.partition(".")
    if module == "evaltools":
        yield from (f"imports {name} from evaltools; {did_you_mean(name, PACKAGES)}" for name in names
                    if name not in PACKAGES)  # fmt: skip
    elif module == "evaltools.reports":
        yield from (f"imports {name} from evaltools.reports; {did_you_mean(name, SHOWN_BY)}" for name in names
                    if name not in SHOWN_BY)  # fmt: skip
    elif not (
        module == "evaltools.disclosure"
        or module in STANDARD
        or (first == "evaltools" and rest.split(".")[0] in PACKAGES)
    ):
        yield f"imports from {'.' * node.level}{module}; a report imports from {_listed()}"
    if module == "functools":
        yield from (f"imports {name} from functools; {did_you_mean(name, OF_FUNCTOOLS)}" for name in names
                    if name not in OF_FUNCTOOLS)  # fmt: skip


def _name_problems(alias: ast.alias, *, is_of_reports: bool = False) -> Iterator[str]:
    parts = alias.name.split(".")
    if alias.name == "*":
        yield "imports all names of a module; name them"
    if any(part.startswith("_") for part in parts):
        yield f"imports {alias.name}, which is private"
    if OWN_GATE & set(parts):
        yield f"imports {alias.name}, which is for functions of evaltools only"
    bound = alias.asname or parts[0]
    if (bound in SHOWN_BY and not is_of_reports) or (is_of_reports and alias.asname):
        yield f"gives the name '{bound}' to something else than the module of evaltools.reports"


def _attribute_problems(node: ast.Attribute) -> Iterator[str]:
    if isinstance(node.ctx, ast.Store):
        yield "changes a value in place; make a new one with a name"
    if node.attr.startswith("_"):
        yield f"uses '.{node.attr}', which is private"
    if node.attr in OWN_GATE:
        yield f"uses '.{node.attr}', which is for functions of evaltools only"
    if node.attr.startswith(TO_FILE):
        yield f"uses '.{node.attr}()', which writes a table out"
    if node.attr in RUNS_TEXT:
        yield f"uses '.{node.attr}()', which runs what it is given"


def _names_made(body: Iterable[ast.stmt]) -> Iterator[str]:
    for statement in body:
        for node in ast.walk(statement):
            match node:
                case ast.Import(names=names) | ast.ImportFrom(names=names):
                    yield from (alias.asname or alias.name.split(".")[0] for alias in names)
                case ast.Name(id=name, ctx=ast.Store()):
                    yield name


def _listed() -> str:
    packages = ", ".join(f"evaltools.{name}" for name in ("disclosure", *PACKAGES, "reports"))
    return f"{packages} and {', '.join(STANDARD)}"
