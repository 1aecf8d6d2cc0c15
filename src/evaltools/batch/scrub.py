"""What is kept of a run holds no value of a person: of an error its class and places, of an output its kind."""

import re
from collections.abc import Iterator
from pathlib import Path
from traceback import walk_tb

from nbformat import NotebookNode, v4

from evaltools import errors
from evaltools.batch.publish import MARK
from evaltools.errors import EvaltoolsError

OWN_ERRORS = {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, EvaltoolsError)
}
"""Classes of the errors of which the text may be told: it holds no value of a person by their design."""
TELLING = OWN_ERRORS | {"ModuleNotFoundError"}
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# IPython writes an entry for each frame, with the place on its first line; the texts of errors have entries of their own.
FRAME = re.compile(r"File (?P<file>[^\s\"'<>]+):(?P<line>\d+), in (?P<name>[\w.<>]+)\(.*\)|Cell In\[\d+\], line \d+")
PARTS_OF_A_PATH = 3


def scrubbed(notebook: NotebookNode, *, keep_blocks: bool) -> NotebookNode:
    """Copy an executed notebook for ``build/``, without what its cells showed.

    Blocks stay where ``keep_blocks``: they passed the gate. Any other output becomes a note of its kind; of an error
    the class and the places stay, and its text where it is one of our own.
    """
    run = {name: value for name, value in notebook.metadata.get("papermill", {}).items() if name != "input_path"}
    metadata = NotebookNode({**notebook.metadata, **({"papermill": NotebookNode(run)} if run else {})})
    cells = [
        NotebookNode({**cell, "outputs": [_kept(output, keep_blocks=keep_blocks) for output in cell.outputs]})
        if cell.cell_type == "code"
        else cell
        for cell in notebook.cells
    ]
    return NotebookNode({**notebook, "metadata": metadata, "cells": cells})


def _kept(output: NotebookNode, *, keep_blocks: bool) -> NotebookNode:
    return output if keep_blocks and MARK in output.get("metadata", {}) else _note(output)


def places(error: BaseException) -> str:
    """Write an error, and those that led to it, as their classes and the places in the code: no texts, no values."""
    lines = []
    for each in _chain(error):
        lines.append(type(each).__name__)
        lines += [
            f"  {_short(frame.f_code.co_filename)}:{line} in {frame.f_code.co_name}"
            for frame, line in walk_tb(each.__traceback__)
        ]
    return "\n".join(lines) + "\n"


def _note(output: NotebookNode) -> NotebookNode:
    if output.output_type != "error":
        return NotebookNode(v4.new_output("stream", name="stderr", text=f"taken out: {output.output_type}\n"))
    firsts = (COLOURS.sub("", entry).partition("\n")[0] for entry in output.traceback)
    found = [_place(match) for line in firsts if (match := FRAME.fullmatch(line))]
    text = output.evalue if output.ename in TELLING else "(its text is not kept)"
    traceback = [f"{output.ename}: {text}", *found]
    return NotebookNode(v4.new_output("error", ename=output.ename, evalue=text, traceback=traceback))


def _place(match: re.Match[str]) -> str:
    if match["file"] is None:
        return match[0]
    return f"{_short(match['file'])}:{match['line']} in {match['name']}"


def _short(path: str) -> str:
    return "/".join(Path(path).parts[-PARTS_OF_A_PATH:])


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__
