"""Formulas in the Markdown of a notebook, as MathML: browsers and screen readers read it without a script."""

import re
from typing import ClassVar, Literal
from xml.etree.ElementTree import Element, fromstring

from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, MathInlineParser

from evaltools.errors import ReportError

_NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'
"""Pages name no addresses, and a browser knows MathML without."""
_NOT_UNDERSTOOD = frozenset("\\&{}")
"""What the converter passes on as it is where it does not know it."""
_LONG_NUMBER = re.compile(r"\d{8}")
"""Numbers of people have eight or nine digits."""
_BETWEEN_DIGITS = re.compile(r"\\[A-Za-z]+|[^A-Za-z\d]")
"""What can stand between digits that are read as one number: commands, braces, signs; letters cannot."""
_N_PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
"""Elements that are nothing without so many parts."""


def to_html(markdown: str) -> str:
    r"""Make HTML of Markdown, as nbconvert does, with formulas (``$…$``, ``$$…$$``) as MathML.

    Raises
    ------
    ReportError
        When a formula is no LaTeX that can be read.

    Examples
    --------
    >>> to_html("De kans $p_1$.").strip()
    '<p>De kans <math display="inline"><mrow><msub><mi>p</mi><mn>1</mn></msub></mrow></math>.</p>'
    """
    return MarkdownWithMath(
        renderer=_Renderer(escape=False, exclude_anchor_links=True), inline=_Inline(hard_wrap=False)
    ).render(markdown)


class _Inline(MathInlineParser):
    """As nbconvert's, but that ``kost $5 of $6`` is money: within a formula's dollars no space comes first or last, and after them no digit."""

    INLINE_MATH_TEX = r"(?<![$\\])\$(?P<math_inline_tex>[^\s$](?:[^$\n]*?[^\s$\\])?)\$(?![$\d])"
    SPECIFICATION: ClassVar = {**MathInlineParser.SPECIFICATION, "inline_math_tex": INLINE_MATH_TEX}


class _Renderer(IPythonRenderer):
    def block_math(self, body: str) -> str:
        return _mathml(body, "block")

    def inline_math(self, body: str) -> str:
        return _mathml(body, "inline")

    def latex_environment(self, name: str, body: str) -> str:
        return _mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")


def _mathml(formula: str, display: Literal["block", "inline"]) -> str:
    if _LONG_NUMBER.search(_BETWEEN_DIGITS.sub("", formula)):
        # Roots and stacks are read in another order than they are written, so that the scan of a page could miss a number.
        raise ReportError(
            "a formula", ["has a number of eight digits or more; write letters, and their values in a table"]
        )
    try:
        made = convert(formula, display=display).replace(_NAMESPACE, "", 1)
        is_whole = _is_whole(fromstring(made))  # noqa: S314  (made by the converter, not by somebody else)
    except Exception:  # noqa: BLE001  (the converter raises what its parser comes upon, of any kind)
        is_whole = False
    if not is_whole or re.search(r"(?<!\\)%", formula):  # the rest of a line after % would be left out
        advice = "is no LaTeX that becomes MathML; see whether a command is misspelt"
        raise ReportError(f"the formula {formula.strip()}", [advice])
    return made


def _is_whole(element: Element) -> bool:
    parts = [part for part in element.iter() if len(part) != _N_PARTS.get(part.tag, len(part))]
    return not parts and _NOT_UNDERSTOOD.isdisjoint("".join(element.itertext()))
