"""Read a YAML file so that every problem can name its line."""

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Where = tuple[str | int, ...]


class UnreadableError(Exception):
    """The file is no YAML mapping; says why and where."""


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML mapping with the places of its parts."""

    data: dict[str, Any]
    root: yaml.MappingNode

    def line(self, where: Where) -> int:
        """Line (from 1) of the deepest part of ``where`` that is in the file."""
        node: yaml.Node = self.root
        line = node.start_mark.line
        for key in where:
            found = _child(node, key)
            if found is None:
                break
            line, node = found
        return line + 1

    def locate(self, where: Where, sentence: str) -> str:
        """Put the line and the path before a sentence.

        The path is written as ``claims[0].outcomes[2].n``.
        """
        path = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in where)
        place = f"line {self.line(where)}"
        if path:
            place += f", {path.removeprefix('.')}"
        return f"{place}: {sentence}"

    def duplicate_keys(self) -> Iterator[tuple[Where, str]]:
        """Every key that a mapping has twice; YAML itself would keep the last and lose the first."""
        yield from _duplicates(self.root, (), set())


class _Loader(yaml.SafeLoader):
    """YAML without its surprises: a day stays text, ``010`` is no 8 and ``1:30`` no 90; models say what they expect."""


_PLAIN = {
    "tag:yaml.org,2002:bool": (r"true|false", "tf"),
    "tag:yaml.org,2002:null": (r"null|~|", ["n", "~", ""]),
    "tag:yaml.org,2002:int": (r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    "tag:yaml.org,2002:float": (r"[-+]?(0|[1-9][0-9]*)\.[0-9]+|[-+]?\.inf|\.nan", "-+.0123456789"),
}
_Loader.yaml_implicit_resolvers = {}
for _tag, (_pattern, _first) in _PLAIN.items():
    _Loader.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), list(_first))


def read(path: Path) -> Document:
    """Read one YAML file that holds one mapping.

    Raises
    ------
    UnreadableError
        When the file cannot be read, is no YAML, or holds something else.
    """
    try:
        loader = _Loader(path.read_bytes())
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from None
    except yaml.YAMLError:
        raise UnreadableError("is not a text file in UTF-8") from None
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if isinstance(node, yaml.MappingNode) else None
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise UnreadableError(f"{line}is not valid YAML: {error.problem or error.context}") from None
    except RecursionError:
        raise UnreadableError("has parts within parts without end; such a file is a few levels deep") from None
    except Exception:  # noqa: BLE001  (a tag such as !!bool leads PyYAML to whatever its text leads to)
        raise UnreadableError("is not valid YAML: a value does not fit its tag (!!…); leave the tag out") from None
    finally:
        loader.dispose()
    if node is None:
        raise UnreadableError("is empty; expected keys such as name")
    if not isinstance(node, yaml.MappingNode):
        raise UnreadableError("holds no keys; expected lines such as 'name: …'")
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise UnreadableError("has a key that is no word; expected keys such as name")
    return Document(data, node)


def _child(node: yaml.Node, key: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                return name.start_mark.line, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        item = node.value[key]
        return item.start_mark.line, item
    return None


def _duplicates(node: yaml.Node, where: Where, seen: set[int]) -> Iterator[tuple[Where, str]]:
    if id(node) in seen:
        return
    seen.add(id(node))
    children: Iterable[tuple[str | int, yaml.Node]] = ()
    if isinstance(node, yaml.MappingNode):
        first: dict[Hashable, int] = {}
        for name, _ in node.value:
            line = name.start_mark.line + 1
            if name.value in first:
                yield (
                    (*where, name.value),
                    f"the key '{name.value}' stands here and again on line {line}; keep one",
                )
            first.setdefault(name.value, line)
        children = ((name.value, value) for name, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        children = enumerate(node.value)
    for key, value in children:
        yield from _duplicates(value, (*where, key), seen)
