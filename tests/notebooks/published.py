"""A published page, as a reader finds it."""

import re
from dataclasses import dataclass
from functools import cached_property

from bs4 import BeautifulSoup

from evaltools.batch.status import Status, read_status
from evaltools.project import Project


@dataclass(frozen=True)
class PublishedPage:
    """How a report went, and its page."""

    status: Status
    html: str

    @cached_property
    def soup(self):
        return BeautifulSoup(self.html, "html.parser")

    @cached_property
    def text(self):
        return re.sub(r"\s+", " ", self.soup.main.get_text(" "))

    def section(self, heading):
        """Give the text under a heading, up to the next one."""
        parts = []
        for sibling in self.soup.find(["h2", "h3"], string=heading).find_next_siblings():
            if sibling.name in {"h2", "h3"}:
                break
            parts.append(sibling.get_text(" "))
        return re.sub(r"\s+", " ", " ".join(parts)).strip()

    def table(self, caption):
        """Give the rows of a table, each by its first cell."""
        found = self.soup.find("caption", string=re.compile(re.escape(caption))).parent
        rows = [
            [cell.get_text(strip=True) for cell in row.find_all(["th", "td"])] for row in found.tbody.find_all("tr")
        ]
        return {row[0]: row[1:] for row in rows}

    @property
    def without_headings(self):
        """Its text without its headings, which are questions."""
        text = self.text
        for heading in self.soup.find_all(re.compile("^h[1-6]$")):
            text = text.replace(re.sub(r"\s+", " ", heading.get_text(" ")), ". ")
        return text


def page_in(site, name):
    """Read a page of a site."""
    return PublishedPage(read_status(Project(site.parent), name), (site / f"{name}.html").read_text("utf-8"))
