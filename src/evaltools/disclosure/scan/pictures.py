"""What stands in a picture beside what is drawn; and what is drawn, where that can be read."""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree as ET

KIND, PART = "unreadable picture", "needless part"
ADVICE = {
    KIND: "draw pictures with evaltools.reports.figures: SVG in the page itself, or PNG",
    PART: "draw pictures with evaltools.reports.figures, without names, texts, links or other metadata in the file",
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
    r"(?:[a-z-]++: ?(?:#[0-9a-f]{3,8}|url\(#h[0-9a-f]{10}\)|[a-z-]++|[0-9.]+px|[0-9., -]++|"
    r"(?:'(?:DejaVu Sans|Verdana|Arial)', )+sans-serif)(?:; ?|$))*+"
)
_NAME = (
    r"(?:figure|axes|text|patch|legend|table|[xy]tick|line2d|matplotlib\.axis|[A-Z][A-Za-z0-9]*Collection)_[0-9]+"
    r"|[mph][0-9a-f]{10}|C[0-9a-f]+_[0-9a-f]+_[0-9a-f]{10}"
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
"""The elements that have a text which is not drawn, each with the only one that it has."""
# fmt: off
_ELEMENTS = {
    "svg", "defs", "g", "path", "use", "rect", "circle", "clipPath", "pattern", "style", "text",
    "metadata", "RDF", "Work", "type", "format",
}
# fmt: on
_TEXT, _TEXT_GROUP = "text", re.compile("text_[0-9]+")

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"sRGB", b"gAMA", b"cHRM", b"pHYs", b"sBIT", b"bKGD", b"IDAT", b"IEND"}
"""Parts of a PNG that say how to draw it; others hold texts, times or what a camera wrote."""


def read_picture(address: str) -> tuple[Counter[str], list[str]]:
    """Count what must not stand in the file of a picture, by kind, and give the texts that it draws.

    Only what matplotlib draws passes, with its texts as text. The limit: what a PNG shows is not read.

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
    root = ET.fromstring(body, parser)  # noqa: S314
    for element in root.iter():
        yield from _in_element(element)
    # The lines of one text are read together, as they are seen.
    groups = [element for element in root.iter() if _TEXT_GROUP.fullmatch(element.get("id", ""))]
    together = [[*_drawn(group)] for group in groups]
    in_groups = {line for lines in together for line in lines}
    together += [[line] for line in _drawn(root) if line not in in_groups]
    texts += ["\n".join(line.text or "" for line in lines) for lines in together]


def _drawn(group: ET.Element) -> Iterator[ET.Element]:
    return (element for element in group.iter() if isinstance(element.tag, str) and _bare(element.tag) == _TEXT)


def _in_element(element: ET.Element) -> Iterator[str]:
    if not isinstance(element.tag, str) or _bare(element.tag) not in _ELEMENTS:
        yield PART
        return
    is_drawn = _bare(element.tag) == _TEXT
    is_known = is_drawn or (element.text or "").strip() in {"", _TEXTS.get(_bare(element.tag), "")}
    if not is_known or (element.tail or "").strip() or (is_drawn and len(element)):
        yield PART
    for name, value in element.attrib.items():
        form = _ATTRIBUTES.get(_bare(name))
        if form is None or not form.fullmatch(value):
            yield PART


def _bare(name: str) -> str:
    """Leave out the vocabulary in front of a name."""
    return name.rpartition("}")[2]
