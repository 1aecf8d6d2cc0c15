"""What a notebook declares: the parameters in its one tagged cell."""

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from evaltools.batch.code import parse
from evaltools.errors import ReportError, did_you_mean

TAG = "parameters"
INJECTED = "injected-parameters"
"""Tag of the cell that papermill puts in."""
PRIVATE = "private:"
"""What the comment beside a parameter begins with whose value may not stand on a page."""
NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What parsing a cell that is no plain Python raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A notebook that was read, and the parameters that it declares.

    Attributes
    ----------
    notebook
        The notebook.
    defaults
        Of each parameter its value in the notebook.
    private
        Names of the parameters of which the comment begins with ``private:``, such as
        ``case = "x"  # private: number of a file``. Their values may not stand on the page; the scan looks for them.
    """

    notebook: NotebookNode
    defaults: Mapping[str, Any]
    private: frozenset[str]

    def private_values(self, given: Mapping[str, Any]) -> tuple[str, ...]:
        """List what the private parameters hold in a run with these parameters, as texts."""
        values = {**self.defaults, **given}
        return tuple(sorted({text for name in self.private for text in _texts(values[name])}))


def read_declared(path: Path) -> Declared:
    """Read a notebook and the parameters that it declares.

    They are the assignments of literals in the one code cell tagged
    ``parameters``. papermill itself only warns about an untagged notebook, and
    then puts its values where the notebook overwrites them.

    Raises
    ------
    ReportError
        When the notebook is missing or unreadable, when not exactly one code cell
        is tagged, or when that cell holds anything but ``name = literal``.
    """
    subject = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        known = [other.stem for other in path.parent.glob("*.ipynb")]
        raise ReportError(subject, [f"is not there; {did_you_mean(path.stem, known)}"])
    notebook = _read(path)
    if notebook is None:
        raise ReportError(subject, ["is not a notebook that can be read; open it in JupyterLab"])
    code = code_cells(notebook)
    tagged = [cell.source for cell in code if TAG in tags(cell)]
    if len(tagged) != 1:
        raise ReportError(
            subject, [f"has {len(tagged)} code cells tagged '{TAG}'; tag the one cell that declares them"]
        )
    if any(INJECTED in tags(cell) for cell in code):
        raise ReportError(subject, ["holds a cell that an earlier run put in; delete that cell"])
    try:
        statements = parse(tagged[0]).body
    except NO_PYTHON:
        raise ReportError(subject, ["its parameters cell is no Python"]) from None
    defaults, private, problems = _defaults(statements, _comments(tagged[0]))
    # A page would carry one municipality's name and another's figures.
    problems += [
        f"sets the parameter '{name}' again outside its parameters cell; give it another name"
        for name in sorted(_assigned(cell.source for cell in code if TAG not in tags(cell)) & set(defaults))
    ]
    if problems:
        raise ReportError(subject, problems)
    return Declared(notebook=notebook, defaults=defaults, private=frozenset(private))


def check_parameters(declared: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """Compare given parameters with the declared ones; return a sentence per problem.

    A parameter declared as ``None`` must be given. A whole number may be given
    where a fraction is declared; otherwise the type must be that of the default.

    Examples
    --------
    >>> check_parameters({"level": 0.95}, {"level": 1, "levle": 0.9})
    ["has no parameter 'levle'; did you mean 'level'? Allowed: level"]
    >>> check_parameters({"level": 0.95, "programme": None}, {"level": "high"})
    ["parameter 'level' is str; expected float", "parameter 'programme' must be given"]
    """
    problems = [f"has no parameter '{name}'; {did_you_mean(name, declared)}" for name in given if name not in declared]
    for name, default in declared.items():
        if name not in given:
            if default is None:
                problems.append(f"parameter '{name}' must be given")
            continue
        expected, got = type(default), type(given[name])
        if default is not None and got is not expected and (expected, got) != (float, int):
            problems.append(f"parameter '{name}' is {got.__name__}; expected {expected.__name__}")
    return problems


def is_meant_to_run(path: Path) -> bool:
    """Whether a notebook has a cell of parameters, or cannot be read; others are for people."""
    notebook = _read(path)
    return notebook is None or any(TAG in tags(cell) for cell in code_cells(notebook))


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """List the cells that hold code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell: NotebookNode) -> set[str]:
    """Tags of a cell."""
    return set(cell.metadata.get("tags") or [])


def _read(path: Path) -> NotebookNode | None:
    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)
        code_cells(notebook)
    except Exception:  # noqa: BLE001  (nbformat raises whatever the JSON in the file leads to)
        return None
    return notebook


def _defaults(
    statements: Iterable[ast.stmt], comments: Mapping[int | None, str]
) -> tuple[dict[str, Any], set[str], list[str]]:
    defaults, private, problems = {}, set(), []
    for statement in statements:
        try:
            name, value = literal(statement)
        except (ValueError, TypeError, RecursionError, MemoryError):
            problems.append(f"its parameters cell, line {statement.lineno}: expected name = literal")
        else:
            defaults[name] = value
            if comments.get(statement.end_lineno, "").startswith(PRIVATE):
                private.add(name)
    return defaults, private, problems


def _comments(source: str) -> dict[int | None, str]:
    """Comment of each line that has one."""
    with suppress(tokenize.TokenError):
        found = tokenize.generate_tokens(io.StringIO(source).readline)
        return {
            token.start[0]: token.string.lstrip("#").strip().lower()
            for token in found
            if token.type == tokenize.COMMENT
        }
    return {}


def _assigned(sources: Iterable[str]) -> set[str]:
    """Names that some cell gives a value; a cell that is no plain Python (a magic) is passed over."""
    names = set()
    for source in sources:
        with suppress(*NO_PYTHON):
            stores = (node for node in ast.walk(parse(source)) if isinstance(node, ast.Name))
            names |= {node.id for node in stores if isinstance(node.ctx, ast.Store)}
    return names


def literal(statement: ast.stmt) -> tuple[str, Any]:
    """Give the name and the value of ``name = literal``.

    Raises
    ------
    ValueError
        When the statement is anything else.
    """
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, ast.literal_eval(value)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return name, ast.literal_eval(value)
    raise ValueError


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for each in value.items():
            yield from _texts(each)
    elif isinstance(value, (list, tuple, set)):
        for each in value:
            yield from _texts(each)
    elif value is not None:
        yield str(value)
