"""What every sentence of a page is made with."""

from collections.abc import Iterable
from html import escape
from typing import Any

from evaltools.disclosure import ProtectedTable
from evaltools.reports.block import NOTHING, Block
from evaltools.reports.causal import require_carried
from evaltools.reports.rows import readable_rows


def rows_in(table: ProtectedTable) -> list[Any]:
    """List the rows of a protected table."""
    return readable_rows(table, "a function of wording")


def as_list(sentences: list[str], headline: str) -> Block:
    """Make the summary of a page: sentences below each other, and one for the index."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return Block(html=f'<ul class="summary">{items}</ul>', text=" ".join(sentences), headline=headline)


def as_paragraphs(paragraphs: Iterable[str]) -> Block:
    """Make paragraphs; none of them is nothing to say."""
    paragraphs = [paragraph for paragraph in paragraphs if paragraph]
    html = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return Block(html=html, text=" ".join(paragraphs)) if paragraphs else NOTHING


def carried(paragraphs: list[str], grade: str, where: str, *, names: Iterable[str] = ()) -> Block:
    """Make paragraphs, and refuse those that claim more than the grade of the evidence carries (`reports.causal`)."""
    require_carried(paragraphs, grade, f"wording.{where}", names=names)
    return as_paragraphs(paragraphs)


def carried_list(sentences: list[str], grade: str, where: str, *, headline: str) -> Block:
    """Make a list, and refuse what claims more than the grade of the evidence carries."""
    require_carried([*sentences, headline], grade, f"wording.{where}")
    return as_list(sentences, headline=headline)
