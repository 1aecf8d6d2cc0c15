"""Words that are not Dutch, marked so that a screen reader says them in their own language (WCAG 2.1, 3.1.2)."""

import re

ENGLISH = (
    "American Economic Review",
    "Journal of the American Statistical Association",
    "What Works?, Journal of the European Economic Association",
)
"""Titles in the sources that pages name; names of people and words that are Dutch by now need no mark."""
_ENGLISH = re.compile("|".join(map(re.escape, ENGLISH)))
_TEXT = re.compile(r"(?:^|(?<=>))[^<]+")


def marked(html: str) -> str:
    """Mark what is English in the texts of a piece of HTML; its tags stay as they are.

    Examples
    --------
    >>> marked('<p title="American Economic Review">American Economic Review 76</p>')
    '<p title="American Economic Review"><span lang="en">American Economic Review</span> 76</p>'
    """
    return _TEXT.sub(lambda text: _ENGLISH.sub(r'<span lang="en">\g<0></span>', text[0]), html)
