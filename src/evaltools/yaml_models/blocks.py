"""Blocks of a YAML file as models: frozen, no key that is not declared, and all problems at once."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictStr

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
MUNICIPALITY = r"^GM[0-9]{4}$"

UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
"""Unicode categories of characters that steer a text and are not seen."""

Problem = tuple[tuple[str | int, ...], str]
"""Where in the file (keys and positions), and a sentence."""


class ProblemsError(ValueError):
    """Everything that a check of one block found, so that all of it is reported at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(sentence for _, sentence in self.problems))


def _plain(text: str) -> str:
    text = text.strip()
    if not text:
        raise ValueError("is empty; expected text")
    if re.search(r"[<>\\]|\.\./", text) or any(unicodedata.category(letter) in UNSEEN for letter in text):
        raise ValueError("has markup, a path or an unseen character in it; expected plain text")
    return text


Text = Annotated[StrictStr, AfterValidator(_plain)]
Slug = Annotated[StrictStr, Field(pattern=SLUG)]
MunicipalityCode = Annotated[StrictStr, Field(pattern=MUNICIPALITY)]


class Block(BaseModel):
    """A block of a file: frozen, and no key that is not declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def repeated(names: Iterable[str]) -> list[str]:
    """Names that occur more than once, each once."""
    return [name for name, times in Counter(names).items() if times > 1]
