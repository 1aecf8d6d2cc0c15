"""What stands in a picture beside what is drawn; and what is drawn, where that can be read."""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Final
from xml.etree import ElementTree

from evaltools.disclosure.scan.words import Found, Wanted, kinds_in

KIND, PART, LETTERS = "unreadable picture", "needless part", "unread piece of text"
ADVICE = {
    KIND: "draw pictures with evaltools.reports.figures: SVG in the page itself, or PNG",
    PART: "draw pictures with evaltools.reports.figures, without names, texts, links or other metadata in the file",
    LETTERS: "draw text with matplotlib, which says in a comment what its letters are",
}
PICTURE: Final = "a picture"

_ADDRESS = re.compile(r"data:image/(svg\+xml|png);base64,([A-Za-z0-9+/=\s]+)")
_HEAD = re.compile(
    r'\s*(?:<\?xml version="1\.0" encoding="utf-8" standalone="no"\?>)?\s*(?:<!DOCTYPE svg PUBLIC "[^"\[]*"\s*"[^"\[]*">)?\s*'
)
_NAMESPACE = re.compile(r"\{[^}]*\}")

# What matplotlib writes. Its drawings hold numbers, and names that it made itself.
_DRAWN = re.compile(r"(?:[MLHVCSQTAZmlhvcsqtaze]|translate|scale|rotate|matrix|skew[XY]|pt|none|[0-9\s.,()+-])*")
_STYLE = re.compile(r"(?:[a-z-]+: ?(?:#[0-9a-f]{3,8}|[a-z-]+|url\(#[a-z0-9]+\)|[0-9., -]+|[0-9.]+px);? ?)*")
_NAME = re.compile(r"(?:figure|axes|text|patch|legend|table|[xy]tick|line2d|matplotlib\.axis|[A-Z][A-Za-z0-9]*Collection)_[0-9]+"
                   r"|[mph][0-9a-f]{10}|C[0-9]+_[0-9]+_[0-9a-f]{10}|[A-Za-z]+(?:-[A-Za-z]+)*-[0-9a-f]+")  # fmt: skip
_GLYPH = re.compile(r"#[A-Za-z]+(?:-[A-Za-z]+)*-[0-9a-f]+")
_TEXT = re.compile(r"text_[0-9]+")
_ATTRIBUTES = {
    **dict.fromkeys(["d", "transform", "x", "y", "width", "height", "viewBox", "version", "points", "r", "cx", "cy"], _DRAWN),
    "id": _NAME,
    "style": _STYLE,
    "fill": _STYLE,
    "href": re.compile(r"#[\w-]+"),
    "clip-path": re.compile(r"url\(#[a-z0-9]+\)"),
    "patternUnits": re.compile(r"userSpaceOnUse"),
    "type": re.compile(r"text/css"),
    "resource": re.compile(re.escape("http://purl.org/dc/dcmitype/StillImage")),
}
_ELEMENTS = {"svg", "defs", "g", "path", "use", "rect", "circle", "clipPath", "pattern", "metadata", "RDF", "Work", "type"}
_TEXTS = {"style": "*{stroke-linejoin: round; stroke-linecap: butt}", "format": "image/svg+xml"}
"""Elements with text, and the only text that they may have."""
_MOST_LETTERS = 3
"""Letters that one glyph can be: "ffi"."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"sRGB", b"gAMA", b"cHRM", b"pHYs", b"sBIT", b"bKGD", b"IDAT", b"IEND"}
"""Parts of a PNG that say how to draw it; the others hold text, times or what a camera wrote."""


def picture_problems(address: str, wanted: Wanted) -> Found:
    """Count what must not stand in a picture that stands in a page.

    Parameters
    ----------
    address
        The address of the picture: SVG or PNG as ``data:``, in base64.

    Examples
    --------
    >>> dict(picture_problems("photo.jpg", Wanted()))
    {('unreadable picture', 'a picture'): 1}
    """
    match = _ADDRESS.fullmatch(address.strip())
    try:
        content = base64.b64decode(match[2], validate=False) if match else b""
        found = Counter(_in_svg(content.decode("utf-8"), wanted) if match and match[1] != "png" else _in_png(content))
    except (binascii.Error, UnicodeDecodeError, ElementTree.ParseError):
        found = Counter([KIND])
    return Counter({(kind, PICTURE): n for kind, n in found.items()})


def _in_png(content: bytes) -> Iterator[str]:
    if not content.startswith(_SIGNATURE):
        yield KIND
        return
    place, kind = len(_SIGNATURE), b""
    while place + 12 <= len(content) and kind != b"IEND":
        kind = content[place + 4 : place + 8]
        if kind not in _CHUNKS:
            yield PART
        place += 12 + int.from_bytes(content[place : place + 4])
    if kind != b"IEND":
        yield KIND
    elif place != len(content):
        yield PART


def _in_svg(content: str, wanted: Wanted) -> Iterator[str]:
    body = content[_HEAD.match(content).end() :]
    if "<!" in body.replace("<!--", ""):  # entities, or text that is not parsed
        yield PART
        return
    parser = ElementTree.XMLPullParser(["start", "end", "comment", "pi"])
    parser.feed(body)
    parser.close()
    said: list[str] | None = None  # what the comments of a piece of text say, None outside of one
    n_glyphs, depth, outer = 0, 0, 0
    for event, element in parser.read_events():
        if event == "start":
            depth += 1
            yield from _in_element(element)
            if said is None and _TEXT.fullmatch(element.get("id", "")):
                said, n_glyphs, outer = [], 0, depth
            ...
