"""What is not Dutch says so, to who listens."""

import re

from bs4 import BeautifulSoup

from evaltools.reports.block import Block
from evaltools.reports.foreign import ENGLISH, marked

# Words that no Dutch sentence has.
ONLY_ENGLISH = re.compile(
    r"\b(?:the|and|works|journal|review|association|economics?|evidence|reports?)\b", re.IGNORECASE
)


def test_a_block_marks_it():
    data, _ = Block(html=f"<p>Bron: {ENGLISH[0]} 76.</p>")._repr_mimebundle_()
    assert data["text/html"] == f'<p>Bron: <span lang="en">{ENGLISH[0]}</span> 76.</p>'


def test_what_stands_in_a_tag_stays_as_it_is():
    html = f'<img alt="{ENGLISH[0]}"><p>niets</p>'
    assert marked(html) == html


def test_no_page_has_english_without_a_mark(site):
    left = {}
    for path in sorted(site.rglob("*.html")):
        soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for named in soup.main.find_all(lang="en"):
            named.extract()
        found = ONLY_ENGLISH.findall(soup.main.get_text(" "))
        if found:
            left[path.name] = found
    assert left == {}
