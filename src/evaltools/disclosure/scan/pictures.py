"""What stands in a picture beside what is drawn; and what is drawn, where that can be read."""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from xml.etree import ElementTree as ET

KIND, PART, LETTERS = "unreadable picture", "needless part", "unread piece of text"
ADVICE = {
    KIND: "draw pictures with evaltools.reports.figures: SVG in the page itself, or PNG",
    PART: "draw pictures with evaltools.reports.figures, without names, texts, links or other metadata in the file",
    LETTERS: "draw text with matplotlib, which says in a comment what it drew",
}

_ADDRESS = re.compile(r"data:image/(svg\+xml|png);base64,([A-Za-z0-9+/=\s]+)")
_HEAD = re.compile(
    r'\s*(?:<\?xml version="1\.0" encoding="utf-8" standalone="no"\?>)?'
    r'\s*(?:<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1\.1//EN"\s+"http://www\.w3\.org/Graphics/SVG/1\.1/DTD/svg11\.dtd">)?'
)
_VOCABULARY = re.compile(r"""xmlns[\w:.-]*\s*=\s*["']([^"']*)""")
_VOCABULARIES = {
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/xlink",
    "http://purl.org/dc/elements/1.1/",
    "http://creativecommons.org/ns#",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}

# What matplotlib writes: its drawings hold numbers, and names that it made itself.
_DRAWN = re.compile(
    r"(?:[0-9\s.,()+-]++|[MLHVCSQTAZmlhvcsqtaze](?![A-Za-z])|translate|scale|rotate|matrix|skew[XY]|pt)*+"
)
_STYLE = re.compile(
    r"(?:[a-z-]++: ?(?:#[0-9a-f]{3,8}|url\(#h[0-9a-f]{10}\)|[a-z-]++|[0-9.]+px|[0-9., -]++)(?:; ?|$))*+"
)
_GLYPH = r"[A-Za-z]+(?:-[A-Za-z]+)*-[0-9a-f]+"
_NAME = (
    r"(?:figure|axes|text|patch|legend|table|[xy]tick|line2d|matplotlib\.axis|[A-Z][A-Za-z0-9]*Collection)_[0-9]+"
    rf"|[mph][0-9a-f]{{10}}|C[0-9a-f]+_[0-9a-f]+_[0-9a-f]{{10}}|{_GLYPH}"
)
_ATTRIBUTES = {
    **dict.fromkeys(["d", "transform", "x", "y", "width", "height", "viewBox", "version", "r", "cx", "cy"], _DRAWN),
    "id": re.compile(_NAME),
    "style": _STYLE,
    "fill": re.compile("#[0-9a-f]{3,8}|none"),
    "href": re.compile(f"#(?:{_NAME})"),
    "clip-path": re.compile(r"url\(#p[0-9a-f]{10}\)"),
    "patternUnits": re.compile("userSpaceOnUse"),
    "type": re.compile("text/css"),
    "resource": re.compile(re.escape("http://purl.org/dc/dcmitype/StillImage")),
}
_TEXTS = {"style": "*{stroke-linejoin: round; stroke-linecap: butt}", "format": "image/svg+xml"}
"""The elements that have a text, each with the only one that it has."""
# fmt: off
_ELEMENTS = {
    "svg", "defs", "g", "path", "use", "rect", "circle", "clipPath", "pattern", "style",
    "metadata", "RDF", "Work", "type", "format",
}
# fmt: on
_TEXT_GROUP, _GLYPH_ADDRESS = re.compile("text_[0-9]+"), re.compile(f"#{_GLYPH}")
_MOST_LETTERS = 3
"""Letters that one glyph stands for at most: ffi."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"sRGB", b"gAMA", b"cHRM", b"pHYs", b"sBIT", b"bKGD", b"IDAT", b"IEND"}
"""Parts of a PNG that say how to draw it; others hold texts, times or what a camera wrote."""


def read_picture(address: str) -> tuple[Counter[str], list[str]]:
    """Count what must not stand in the file of a picture, by kind, and give the texts that it draws.

    Only what matplotlib draws passes. Of each piece of text it says in a comment what its letters are: these must be
    about as many as the glyphs. The limit: what a PNG shows is not read.

    Parameters
    ----------
    address
        The address of the picture, which holds it in base64: ``data:image/svg+xml`` or ``data:image/png``.

    Examples
    --------
    >>> read_picture("photo.jpg")
    (Counter({'unreadable picture': 1}), [])
    """
    match = _ADDRESS.fullmatch(address.strip())
    if match is None:
        return Counter([KIND]), []
    texts: list[str] = []
    try:
        content = base64.b64decode(match[2])
        kinds = Counter(_in_png(content) if match[1] == "png" else _in_svg(content.decode("utf-8"), texts))
    except (binascii.Error, UnicodeDecodeError, ET.ParseError):
        kinds = Counter([KIND])
    return kinds, texts


def _in_png(content: bytes) -> Iterator[str]:
    place, kind = len(_SIGNATURE), b""
    while place + 12 <= len(content) and kind != b"IEND":
        kind = content[place + 4 : place + 8]
        if kind not in _CHUNKS:
            yield PART
        place += 12 + int.from_bytes(content[place : place + 4])
    if not content.startswith(_SIGNATURE) or kind != b"IEND":
        yield KIND
    elif place != len(content):
        yield PART


def _in_svg(content: str, texts: list[str]) -> Iterator[str]:
    body = _HEAD.sub("", content, count=1).strip()
    # Entities, and what stands before or after the drawing, do not come in the tree; matplotlib writes neither.
    is_whole = body.startswith("<svg") and body.endswith("</svg>") and "<!" not in body.replace("<!--", "")
    if not is_whole or not set(_VOCABULARY.findall(body)) <= _VOCABULARIES:
        yield PART
        return
    builder = ET.TreeBuilder(insert_comments=True, insert_pis=True)
    # It holds no entities, which are what makes XML of others unsafe.
    parser: ET.XMLParser[ET.Element] = ET.XMLParser(target=builder)  # noqa: S314
    elements = list(ET.fromstring(body, parser).iter())  # noqa: S314
    left = {element for element in elements if _is_comment(element) or _is_glyph(element)}
    for group in elements:
        if _is_comment(group):
            continue
        yield from _in_element(group)
        if _TEXT_GROUP.fullmatch(group.get("id", "")):
            comments = [element for element in group.iter() if _is_comment(element)]
            glyphs = [element for element in group.iter() if _is_glyph(element)]
            lines = [unescape(comment.text or "")[1:-1] for comment in comments]
            if len(glyphs) <= sum(map(len, lines)) <= _MOST_LETTERS * len(glyphs):
                left -= {*comments, *glyphs}
            texts.append("\n".join(lines))
    if any(map(_is_glyph, left)):
        yield LETTERS
    yield from [PART] * sum(map(_is_comment, left))


def _in_element(element: ET.Element) -> Iterator[str]:
    if not isinstance(element.tag, str) or _bare(element.tag) not in _ELEMENTS:
        yield PART
        return
    if (element.text or "").strip() not in {"", _TEXTS.get(_bare(element.tag), "")} or (element.tail or "").strip():
        yield PART
    for name, value in element.attrib.items():
        form = _ATTRIBUTES.get(_bare(name))
        if form is None or not form.fullmatch(value):
            yield PART


def _bare(name: str) -> str:
    """Leave out the vocabulary in front of a name."""
    return name.rpartition("}")[2]


def _is_comment(element: ET.Element) -> bool:
    tag: object = element.tag
    return tag is ET.Comment


def _is_glyph(element: ET.Element) -> bool:
    return any(_bare(name) == "href" and _GLYPH_ADDRESS.fullmatch(value) for name, value in element.attrib.items())
