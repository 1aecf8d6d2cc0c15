"""A finished page, as who reads its source can read it."""

import re
from collections import Counter
from collections.abc import Collection, Container, Iterator
from itertools import groupby
from typing import NamedTuple
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag
from bs4.element import Doctype, NavigableString, PreformattedString

from evaltools.disclosure.scan import pictures, words
from evaltools.disclosure.scan.days import days_of
from evaltools.disclosure.scan.numbers import is_of_money
from evaltools.disclosure.scan.pictures import read_picture
from evaltools.disclosure.scan.words import Found, Wanted, kinds_in, plain, sentences

HIDDEN, ELEMENT, ATTRIBUTE = "hidden piece of text", "unknown element", "unknown attribute"
COMMENT, STYLE, METADATA = "comment", "other style sheet", "unknown piece of metadata"
ADVICE = (
    words.ADVICE
    | pictures.ADVICE
    | {
        HIDDEN: "show it or leave it out: what is hidden is read all the same",
        ELEMENT: "use those that evaltools.reports makes, or add it to disclosure.scan.pages when it hides nothing",
        ATTRIBUTE: "use those that evaltools.reports makes, or add it to disclosure.scan.pages when it hides nothing",
        COMMENT: "leave comments, instructions and declarations out of a page",
        STYLE: "use the style sheet of the pages alone: another can hide text",
        METADATA: "leave out what the template of the pages does not write",
    }
)

# fmt: off
_MATH = {
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder",
    "mover", "munderover",
}
_INLINE = _MATH | {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup", "br"}
_ELEMENTS = _INLINE | {
    "html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "footer", "div", "p",
    "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "hr", "pre", "blockquote", "table",
    "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "figure", "figcaption", "img",
}
_ATTRIBUTES = {
    "class", "id", "lang", "role", "scope", "href", "alt", "src", "title", "aria-label", "data-label",
    "charset", "name", "content", "http-equiv", "style", "colspan", "rowspan", "start",
    "accent", "display", "fence", "form", "stretchy",
}
# fmt: on
_HIDING_ELEMENTS = {"template", "noscript", "input", "textarea", "select", "datalist", "dialog", "details"}
_HIDING_ATTRIBUTES = {"hidden", "aria-hidden", "style", "inert"}
_ALIGNED = re.compile(r"\s*text-align\s*:\s*(?:left|right|center)\s*;?\s*")
"""The only style of one element that pages have: of a column in a table of Markdown."""
_SPACE = re.compile(r"width=[0-2]?(?:\.\d+)?em")
"""In a formula; a width below nothing would draw one thing over another, and a large one off the page."""
_METADATA = {"viewport", *(f"evaltools:{name}" for name in ("report", "programme", "municipality", "parameters"))}
_SKIP = ("#inhoud", "Naar de inhoud")
"""The only link that may have the class that the style sheet puts off screen."""
_COLOUR = r"#[0-9a-f]{3,8}|(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\([\w .,%/-]+\)"
_FONT = r"""(?:[A-Za-z][A-Za-z0-9 -]*|"[A-Za-z0-9 -]+"|'[A-Za-z0-9 -]+')"""
FONTS = f"{_FONT}(?:, ?{_FONT})*"
"""A list of fonts, as a pattern; the name of a colour is one too."""
_THEME = re.compile(rf":root {{(?: --theme-[a-z-]+: (?:{_COLOUR}|{FONTS});)+ }}\s+", re.IGNORECASE)
"""A look of its own, before the style sheet: names of colours and fonts, which hide nothing that is not read here."""
_END_TAG = re.compile("</([^>]*)")
WHOLE, PICTURE = "the page", "a picture"
_PLACES = {"alt": "an alternative text", "content": "the metadata"}
# The fingerprint of a page's notebook, in its footer: eight digits now and then.
_DIGEST = re.compile(r"\(kenmerk [0-9a-f]{8}\)")


def page_problems(
    page: str,
    *,
    days: Collection[str] = (),
    identifiers: Container[str] = frozenset(),
    private: Collection[str] = (),
    style: str = "",
    script: str = "",
    is_of_persons: bool = True,
) -> list[str]:
    """Say what stands in a finished page that must never be published, whatever way it came there.

    Texts are read as a reader sees them, so that a number split over elements is one number, and piece by piece. What
    is not seen is refused: comments, elements and attributes that the pages do not have, styles of their own. Names of
    persons and free text are not known as such: that none reaches a page is for the gate (see `ProtectedTable`).

    Parameters
    ----------
    page
        The page, as HTML.
    days
        Days that it may show: of the register itself, none of a person; ISO.
    identifiers
        Identifiers of the registers of this run, pseudonyms or not.
    private
        Values of the notebook's parameters that were marked private; those of fewer than 3 characters are not sought.
    style, script
        The style sheet of the pages, and the only script that one may have.
    is_of_persons
        Whether the page is made from a register; false where its figures were published before: such a page can show
        the day of a publication.

    Returns
    -------
    list of str
        One sentence per kind of thing and place, in order: what it is, how many there are, where and what to do. None
        quotes what stands there.

    Examples
    --------
    >>> page_problems("<p>Van 123<b>456</b>782</p>")
    ['holds 1 BSN-like number in the text of <p>; show counts of people, never their numbers']
    """
    wanted = Wanted(days=days, identifiers=identifiers, private=private, is_of_persons=is_of_persons)
    repeated: list[str] = []
    soup = BeautifulSoup(page, "html.parser", on_duplicate_attribute=lambda _, name, __: repeated.append(name))
    tags = soup.find_all(True)
    ends = {tag.name for tag in tags}
    # What the parser leaves out: the second of two attributes alike, and end tags that end nothing.
    lost = len(repeated) + sum(end.strip().lower() not in ends for end in _END_TAG.findall(page))
    found: Found = Counter({(HIDDEN, WHOLE): lost})
    found.update(thing for tag in tags for thing in _strange(tag, style, script))
    found[COMMENT, WHOLE] = sum(map(_is_comment, soup.descendants))
    drawings = _pictures(soup)
    for kinds, _ in drawings:
        found.update({(kind, PICTURE): n for kind, n in kinds.items()})
    for text in _texts(soup, drawings):
        kinds = kinds_in("".join(text.pieces), wanted, is_money=text.is_money)
        if len(text.pieces) > 1:
            # Digits beside it can hide a number in the joined text; a bar stands in no number.
            kinds |= kinds_in(" | ".join(text.pieces), wanted, is_money=text.is_money)
        found.update({(kind, text.place): n for kind, n in kinds.items()})
    return sentences(+found, ADVICE)


def days_in(html: str) -> set[str]:
    """Read every day on a page, or on a piece of one, as `page_problems` does; ISO.

    For pieces of published figures: their days may stand on a page that is of persons too.

    Examples
    --------
    >>> days_in("<p>In de krant van 14 maart 2019.</p>")
    {'2019-03-14'}
    """
    soup = BeautifulSoup(html, "html.parser")
    return {day for text in _texts(soup, _pictures(soup)) for _, day in days_of(plain("".join(text.pieces)))}


class _Text(NamedTuple):
    """The pieces of what is read as one text."""

    place: str
    pieces: list[str]
    is_money: bool = False


Pictures = list[tuple[Counter[str], list[str]]]


def _pictures(soup: BeautifulSoup) -> Pictures:
    return [read_picture(str(tag["src"])) for tag in soup.find_all(src=True)]


def _texts(soup: BeautifulSoup, drawings: Pictures) -> Iterator[_Text]:
    """Give every text of a page: of pictures, attributes and blocks, and what the source holds beside them."""
    yield from (_Text(PICTURE, [drawn]) for _, texts in drawings for drawn in texts)
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            text = " ".join(value) if isinstance(value, list) else str(value)
            if name not in _ATTRIBUTES:
                yield _Text("an unknown attribute", [f"{name} {unquote(text)}"])
            elif name != "src":
                yield _Text(_PLACES.get(name, f"the attribute {name}"), [unquote(text)])
    # Strings one after another in one block are one text.
    for _, group in groupby(_strings(soup), key=lambda pair: id(pair[0])):  # elements with the same content are equal
        pairs = list(group)
        block, parts = pairs[0][0], [part for _, part in pairs]
        yield from (_Text("a comment", [part]) for part in parts if isinstance(part, PreformattedString))
        pieces = [" " if isinstance(part, Tag) else part for part in parts if not isinstance(part, PreformattedString)]
        if block.parent is not None and block.parent.name == "footer":
            pieces = [_DIGEST.sub("", piece) for piece in pieces]
        place = f"the text of <{block.name}>" if block.name in _ELEMENTS else "a text"
        if block.name != "style":
            yield _Text(place, pieces, is_of_money(str(block.get("data-label", ""))))


def _strings(soup: BeautifulSoup) -> Iterator[tuple[Tag, NavigableString | Tag]]:
    """Give every string of a page with the block that it stands in; and every break, which is a space in it."""
    for part in soup.descendants:
        if isinstance(part, NavigableString) or (isinstance(part, Tag) and part.name == "br"):
            block = part.parent or soup
            while block.name in _INLINE and block.parent is not None:
                block = block.parent
            yield block, part


def _strange(tag: Tag, style: str, script: str) -> Iterator[tuple[str, str]]:
    """Say what of an element the pages do not have."""
    if tag.name in _HIDING_ELEMENTS:
        yield HIDDEN, f"<{tag.name}>"
    elif tag.name not in _ELEMENTS and not (tag.name == "script" and tag.get_text() == script):
        yield ELEMENT, WHOLE
    elif tag.name == "style" and _THEME.sub("", tag.get_text().strip(), count=1) != style.strip():
        yield STYLE, WHOLE
    elif tag.name == "meta" and not _is_known_metadata(tag):
        yield METADATA, WHOLE
    if "skip" in tag.get_attribute_list("class") and (tag.get("href"), tag.get_text()) != _SKIP:
        yield HIDDEN, "the class skip"
    for name, value in tag.attrs.items():
        if name in _HIDING_ATTRIBUTES and not (name == "style" and _ALIGNED.fullmatch(str(value))):
            yield HIDDEN, f"the attribute {name}"
        elif (name == "href" and tag.name != "a") or (
            name not in _ATTRIBUTES and not (tag.name == "mspace" and _SPACE.fullmatch(f"{name}={value}"))
        ):
            yield ATTRIBUTE, WHOLE


def _is_comment(part: object) -> bool:
    """Whether it is a comment, an instruction or a declaration, other than that of HTML itself."""
    return isinstance(part, PreformattedString) and not (isinstance(part, Doctype) and part == "html")


def _is_known_metadata(tag: Tag) -> bool:
    is_policy = tag.get("http-equiv") == "Content-Security-Policy"
    return tag.has_attr("charset") or tag.get("name") in _METADATA or is_policy
