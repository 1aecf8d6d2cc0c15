"""The look of a municipality: a few colours and fonts out of its design tokens.

Municipalities publish these as CSS custom properties, in packages of NL Design System. Of such a file the few that a page
uses are taken, checked, and nothing else: no rule of it can hide or load anything.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import tinycss2
from tinycss2.color4 import Color, parse_color

from evaltools.disclosure.scan.pages import FONTS as FONTS_PATTERN
from evaltools.errors import ReportError

TOKENS = {
    "ink": ("utrecht-document-color", "basis-color-default-color-document"),
    "paper": ("utrecht-document-background-color", "basis-color-default-bg-document"),
    "accent": ("utrecht-link-color", "basis-color-action-2-color-default"),
    "heading": ("utrecht-heading-1-color", "basis-heading-color"),
    "brand": ("utrecht-page-footer-background-color", "basis-color-accent-1-bg-default"),
    "font": ("utrecht-document-font-family", "basis-text-font-family-default"),
    "heading-font": ("utrecht-heading-1-font-family", "basis-heading-font-family"),
}
"""What a page takes, each with the tokens that may give it: of the components that most municipalities use, or their base."""
FONTS = {"font", "heading-font"}
ON_PAPER = ("ink", "accent", "heading")
OWN_INKS = ("#52606d", "#8a2c0d")
"""Of notes and warnings, in the style sheet of the pages."""
LEAST_CONTRAST = 4.5
"""WCAG 2.1, 1.4.3: of text and what it stands on."""
_DEEPEST = 20
"""So many tokens may refer to each other in turn."""


@cache
def theme_of(path: Path) -> str:
    """Make the line of style that gives pages the look of a file of design tokens.

    Parameters
    ----------
    path
        A CSS file with custom properties, such as ``dist/theme.css`` of a package of design tokens of NL Design System.

    Raises
    ------
    ReportError
        When the file cannot be read, has none of `TOKENS`, or one of no use: no colour or font, or one on which text
        cannot be read; with every problem.
    """
    subject = f"the theme {path.name}"
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise ReportError(subject, ["cannot be read; expected a CSS file in UTF-8"]) from None
    declared = _declared(text)
    given = {name: next((token for token in tokens if token in declared), "") for name, tokens in TOKENS.items()}
    found = {name: _resolved(declared[token], declared) for name, token in given.items() if token}
    if not found:
        known = ", ".join(f"--{token}" for tokens in TOKENS.values() for token in tokens)
        raise ReportError(subject, [f"has no token that pages use; expected some of {known}"])
    wrong = {name: problem for name, value in found.items() if (problem := _wrong(name, value))} or _hard_to_read(found)
    if wrong:
        raise ReportError(subject, [f"--{given[name]} {problem}" for name, problem in wrong.items()])
    return ":root {" + "".join(f" --theme-{name}: {value};" for name, value in found.items()) + " }"


def _declared(text: str) -> dict[str, str]:
    """Read the custom properties of a style sheet, whatever their rule is of; the last of a name counts."""
    found: dict[str, str] = {}
    for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            for each in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
                if each.type == "declaration" and each.name.startswith("--"):
                    found[each.name.removeprefix("--")] = tinycss2.serialize(each.value).strip()
    return found


def _resolved(value: str, declared: Mapping[str, str]) -> str:
    """Put in a token what it refers to; what is left over of var() is no colour or font."""
    for _ in range(_DEEPEST):
        match = re.fullmatch(r"var\(\s*--([\w-]+)\s*(?:,(.*))?\)", value, re.DOTALL)
        if match is None:
            break
        value = declared.get(match[1], (match[2] or "").strip())
    return re.sub(r"\s+", " ", value)


def _wrong(name: str, value: str) -> str:
    if name in FONTS:
        return "" if re.fullmatch(FONTS_PATTERN, value) else "is no list of fonts"
    colour = parse_color(value)
    if not isinstance(colour, Color):
        return "is no colour"
    return "" if colour.alpha == 1 else "can be seen through; give a colour that covers"


def _hard_to_read(found: Mapping[str, str]) -> dict[str, str]:
    paper = found.get("paper", "#ffffff")
    if any(contrast(own, paper) < LEAST_CONTRAST for own in OWN_INKS):
        return {"paper": "is too dark for the notes on a page; give a light one"}
    seen = {name: contrast(found[name], paper) for name in ON_PAPER if name in found}
    return {
        name: f"has a contrast of {ratio:.1f} on the page; expected at least {LEAST_CONTRAST}"
        for name, ratio in seen.items()
        if ratio < LEAST_CONTRAST
    }


def contrast(colour: str, other: str) -> float:
    """Give the contrast of two colours, from 1 to 21, as WCAG 2.1 defines it.

    ``(L1 + 0.05) / (L2 + 0.05)`` with ``L`` the relative luminance, the lighter one first.

    Examples
    --------
    >>> contrast("#000000", "#ffffff"), round(contrast("#767676", "white"), 2)
    (21.0, 4.54)
    """
    lights = sorted((_luminance(colour), _luminance(other)), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


def _luminance(colour: str) -> float:
    made = parse_color(colour).to("srgb")
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in made.coordinates]
    light: float = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return light
