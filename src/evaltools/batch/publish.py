"""From an executed notebook to a page that may stand in the site, and the site's index."""

import json
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from nbformat import NotebookNode, from_dict

from evaltools import __version__, results
from evaltools.batch.code import parse
from evaltools.batch.formulas import to_html
from evaltools.batch.gate import SETUP
from evaltools.batch.pages import ACCESSIBILITY, OF_PERSONS, Page, fingerprint, has_counts
from evaltools.batch.parameters import INJECTED, TAG, literal, tags
from evaltools.batch.plan import Report
from evaltools.disclosure.record import Record, from_json
from evaltools.disclosure.scan.days import days_of
from evaltools.disclosure.scan.words import plain
from evaltools.errors import InvalidDataError, ReportError
from evaltools.results import Result

TEMPLATES = Path(str(files("evaltools.batch") / "templates"))
MARK = "evaltools"
SETUP_TAGS = {TAG, SETUP}
FEW_SECTIONS = 4
LONGEST = 2_000_000
SHORT = 8
"""So many letters tell pages apart for people."""
_LETTERS = str.maketrans("0123456789", "ghijkmnpqr")
SIMULATED = "simulated"
ORIGINS = {
    "published": "gepubliceerde cijfers",
    "register": "gegevens van personen uit de administratie van de gemeente",
    "results": "uitkomsten van andere pagina’s van deze site",
    SIMULATED: "gesimuleerde gegevens",
}
"""What figures of a page can be, as blocks are marked, and how the page calls it."""


def convert(notebook: NotebookNode, report: Report) -> tuple[Page, str]:
    """Make the page of an executed notebook, with what is kept beside it, and check it.

    Raises
    ------
    ReportError
        When a cell shows something that does not come from `evaltools.reports`, or
        when the page is not fit to publish; with every problem.
    """
    problems = execution_problems(notebook, report) or output_problems(notebook)
    if problems:
        raise ReportError(f"the notebook of {report.name}", problems)
    exporter = HTMLExporter(
        template_name="report",
        extra_template_basedirs=[str(TEMPLATES)],
        language_code="nl",
    )
    shown = origins(notebook)
    exporter.register_filter("markdown2html", to_html)
    records = tuple(record for output in _blocks(notebook) for record in _records_of(output, report))
    found = _results_of(notebook, report)
    file = report.name.rpartition("/")[2]
    shortened, sections = with_anchors(drop_empty_sections(_as_shown(notebook)))
    resources = {
        MARK: {
            "report": report,
            "identity": identity(report),
            "version": __version__,
            "digest": _digest(notebook),
            "style": style(report.theme),
            "accessibility": ACCESSIBILITY,
            "sections": sections,
            # After the first one, which is the summary; a short page needs no list.
            "contents_before": sections[1][0] if len(sections) > FEW_SECTIONS else "",
            "is_simulated": SIMULATED in shown,
            "made_from": made_from(shown),
            "csv": f"{file}.csv" if has_counts(records) else "",
            "results": f"{file}{results.SUFFIX}" if found else "",
        }
    }
    html, _ = exporter.from_notebook_node(shortened, resources=resources)
    problems = page_problems(html) + identity_problems(html, report)
    if problems:
        raise ReportError(f"the page of {report.name}", problems)
    page = Page(
        name=report.name,
        municipality=report.municipality,
        fingerprint=fingerprint(html.encode("utf-8")),
        origins=tuple(sorted(shown)),
        days=_allowed_days(notebook, records),
        headline=headline(notebook),
        records=records,
        results=found,
    )
    return page, str(html)


def identity(report: Report) -> dict[str, str]:
    """Say what a page is of, as it stands in its head: for programs, and to see that no two pages were crossed."""
    content = json.dumps(report.open_parameters, sort_keys=True, default=str)
    return {
        "report": report.name,
        "programme": report.programme,
        "municipality": report.municipality,
        "parameters": _short(content),
    }


def identity_problems(page: str, report: Report) -> list[str]:
    """Say in what a page is not that of a report."""
    head = BeautifulSoup(page.partition("</head>")[0], "html.parser")
    found = {tag.get("name"): tag.get("content") for tag in head.find_all("meta")}
    return [
        f"is of another {name}: two reports were crossed"
        for name, value in identity(report).items()
        if found.get(f"{MARK}:{name}") != value
    ]


def execution_problems(notebook: NotebookNode, report: Report) -> list[str]:
    """Say whether a notebook was not executed with the parameters of a report."""
    injected = [cell for cell in notebook.cells if INJECTED in tags(cell)]
    told = dict(notebook.metadata.get("papermill", {}).get("parameters", {}))
    given = dict(report.parameters)
    in_cells = [dict(map(literal, parse(cell.source).body)) for cell in injected]
    is_own = told == given and in_cells == ([given] if given else [])  # papermill puts in no cell for no parameters
    return [] if is_own else ["was executed with the parameters of another report"]


def output_problems(notebook: NotebookNode) -> list[str]:
    """Say of each cell what keeps it from a page: an output lost, or one that is not a block; and whether all is too much."""
    problems = []
    n_shown = sum(len(output.get("data", {}).get("text/html", "")) for output in _blocks(notebook))
    if n_shown > LONGEST:
        problems.append(f"shows {n_shown:,} characters; a page has {LONGEST:,} at most, so that a phone can open it")
    # Counted as in the notebook itself, without the cell that papermill put in.
    own = [cell for cell in notebook.cells if INJECTED not in tags(cell)]
    for position, cell in enumerate(own, start=1):
        if cell.cell_type != "code":
            continue
        is_setup = bool(SETUP_TAGS & tags(cell))
        unknown = [output for output in cell.outputs if MARK not in output.get("metadata", {})]
        if unknown:
            kinds = ", ".join(sorted({output.output_type for output in unknown}))
            problems.append(
                f"cell {position} shows something that is not from evaltools.reports ({kinds}); "
                "show tables, figures and wording only"
            )
        elif is_setup and cell.outputs:
            problems.append(f"cell {position} is tagged to prepare and shows something; show it in a cell of its own")
        elif {origin for output in cell.outputs for origin in _origins_of(output)} - ORIGINS.keys():
            problems.append(f"cell {position} shows figures of an unknown origin; use the blocks of evaltools.reports")
        elif not cell.outputs and not is_setup:
            problems.append(
                f"cell {position} shows nothing; end it with a display, or tag it 'setup' if it only prepares"
            )
    return problems


def drop_empty_sections(notebook: NotebookNode) -> NotebookNode:
    """Leave out each heading under which no cell has anything to say, and those cells.

    A heading owns all until the next heading of its own level or higher.
    """
    kept: list[NotebookNode] = []
    waiting: list[tuple[int, NotebookNode]] = []
    for cell in notebook.cells:
        level = _heading_level(cell)
        if level:
            waiting = [(other, heading) for other, heading in waiting if other < level] + [(level, cell)]
        elif cell.cell_type == "markdown" or _has_something(cell):
            kept += [heading for _, heading in waiting]
            waiting = []
            kept.append(cell)
    shortened: NotebookNode = from_dict({**notebook, "cells": kept})
    return shortened


def with_anchors(notebook: NotebookNode) -> tuple[NotebookNode, list[tuple[str, str]]]:
    """Give each heading of level 2 a name to link to; and list those names, each with the heading."""
    sections: list[tuple[str, str]] = []

    def named(cell: NotebookNode) -> NotebookNode:
        if _heading_level(cell) != 2:
            return cell
        anchor = f"deel-{len(sections) + 1}"
        sections.append((anchor, cell.source.removeprefix("## ").strip()))
        heading: NotebookNode = from_dict({**cell, "metadata": {**cell.metadata, MARK: {"anchor": anchor}}})
        return heading

    shortened: NotebookNode = from_dict({**notebook, "cells": [named(cell) for cell in notebook.cells]})
    return shortened, sections


def origins(notebook: NotebookNode) -> set[str]:
    """Say what the figures of a page are: of `ORIGINS`, as its blocks are marked."""
    return {origin for output in _blocks(notebook) for origin in _origins_of(output)}


def made_from(shown: Collection[str]) -> str:
    """Say what a page was made from, and what that means for people.

    Examples
    --------
    >>> made_from({"published"})
    'uit gepubliceerde cijfers. Er zijn geen gegevens van personen gebruikt.'
    >>> made_from({"simulated"})
    'uit gesimuleerde gegevens. Niemand in die gegevens bestaat.'
    """
    named = [name for origin, name in ORIGINS.items() if origin in shown]
    if not named:
        return ""
    if "register" in shown:
        meaning = "Aantallen van personen zijn afgerond of weggelaten om hun privacy te beschermen."
    elif "results" in shown:
        meaning = "Die pagina’s beschermen de privacy van mensen. Hier staat niets nieuws over personen."
    elif SIMULATED in shown:
        meaning = f"Niemand in {'die' if len(named) == 1 else 'de gesimuleerde'} gegevens bestaat."
    else:
        meaning = "Er zijn geen gegevens van personen gebruikt."
    return f"uit {' en '.join(named)}. {meaning}"


def headline(notebook: NotebookNode) -> str:
    """Find the first headline that a block of the notebook carries; empty where none does."""
    marks = (output.metadata.get(MARK, {}) for output in _blocks(notebook))
    return next((mark["headline"] for mark in marks if mark.get("headline")), "")


def page_problems(page: str, *, script: str = "") -> list[str]:
    """Say what makes a page unfit to publish: scripts but for ``script``, external addresses, no text for a picture."""
    soup = BeautifulSoup(page, "html.parser")
    tables = soup.find_all("table")
    names = [tag["id"] for tag in soup.find_all(id=True)]
    titles = [title for title in soup.find_all("title") if title.get_text(strip=True)]
    checks = {
        "holds a script, a form or an embedded page": _is_active(soup, script),
        "points outside the site; name a source by its title": "://" in page
        or not all(map(_is_local, _addresses(soup))),
        "does not say that it is in Dutch (lang)": soup.html is None or soup.html.get("lang") != "nl",
        "has not exactly one title": len(titles) != 1,
        "has not exactly one heading of level 1": len(soup.find_all("h1")) != 1,
        "has a picture without an alternative text": not all(
            str(picture.get("alt", "")).strip() for picture in soup.find_all("img")
        ),
        "has a table without a caption": any(table.caption is None for table in tables),
        "has a heading cell without a scope": not all(cell.get("scope") for cell in soup.find_all("th")),
        "uses an id more than once": len(set(names)) < len(names),
    }
    return [problem for problem, is_so in checks.items() if is_so]


def _as_shown(notebook: NotebookNode) -> NotebookNode:
    """Copy what a page shows of a notebook: nbconvert copies all it gets three times, and records are most of it."""

    def shown(output: NotebookNode) -> NotebookNode:
        mark = {"kind": output.metadata[MARK]["kind"]}
        data = {"text/html": output.data["text/html"]}
        return NotebookNode(
            {**output, "data": NotebookNode(data), "metadata": NotebookNode({MARK: NotebookNode(mark)})}
        )

    cells = [
        NotebookNode({**cell, "outputs": [shown(output) for output in cell.outputs]}) if "outputs" in cell else cell
        for cell in notebook.cells
    ]
    return NotebookNode({**notebook, "cells": cells})


def _blocks(notebook: NotebookNode) -> Iterator[NotebookNode]:
    return (output for cell in notebook.cells for output in cell.get("outputs", []))


def _records_of(output: NotebookNode, report: Report) -> tuple[Record, ...]:
    found = output.metadata[MARK].get("records", [])
    return from_json(found, subject=f"a block of {report.name}")


def _results_of(notebook: NotebookNode, report: Report) -> tuple[Result, ...]:
    """Gather the results that blocks carry, with the name of the notebook, and see that they are of this page.

    Raises
    ------
    ReportError
        When they cannot be read, are of another programme or municipality, or one is there twice.
    """
    subject = f"the results of {report.name}"
    rows = [
        {**row, "notebook": report.notebook}
        for output in _blocks(notebook)
        for row in output.metadata[MARK].get("results", [])
    ]
    try:
        found = results.from_rows(rows, subject=subject)
    except InvalidDataError as error:
        raise ReportError(subject, error.problems) from None
    if any(result.page != report.name for result in found):
        raise ReportError(
            subject, ["are of another programme or municipality; pass those of the notebook's parameters"]
        )
    return found


def _allowed_days(notebook: NotebookNode, records: Iterable[Record]) -> tuple[str, ...]:
    """List the days that may stand on a page: those of the register itself, and those that were published before."""
    published = [output for output in _blocks(notebook) if OF_PERSONS.isdisjoint(_origins_of(output))]
    texts = (BeautifulSoup(output.data["text/html"], "html.parser").get_text(" ") for output in published)
    shown = {day for text in texts for _, day in days_of(plain(text))}
    of_registers = {day for record in records for day in (record.as_of, *record.days) if day}
    return tuple(sorted(shown | of_registers))


def _origins_of(output: NotebookNode) -> list[str]:
    return list(output.get("metadata", {}).get(MARK, {}).get("origins", []))


def _heading_level(cell: NotebookNode) -> int:
    if cell.cell_type != "markdown":
        return 0
    marks = len(cell.source) - len(cell.source.lstrip("#"))
    return marks if marks > 1 and cell.source[marks : marks + 1] == " " else 0


def _has_something(cell: NotebookNode) -> bool:
    return any(output.metadata[MARK]["kind"] == "block" for output in cell.outputs)


def _is_active(soup: BeautifulSoup, script: str) -> bool:
    if any(tag.get_text() != script or tag.attrs for tag in soup.find_all("script")):
        return True
    if soup.find(["iframe", "object", "embed", "form", "link", "base"]):
        return True
    if any(str(tag.get("http-equiv", "")).lower() == "refresh" for tag in soup.find_all("meta")):
        return True
    return any(name.startswith("on") for tag in soup.find_all(True) for name in tag.attrs)


def _addresses(soup: BeautifulSoup) -> Iterable[str]:
    for tag in soup.find_all(True):
        for name in ("href", "xlink:href", "src", "srcset", "action", "data", "poster", "background"):
            if tag.get(name):
                yield str(tag[name]).strip()
        style = tag.get_text() if tag.name == "style" else str(tag.get("style", ""))
        if "url(" in style or "@import" in style:
            yield "style:"


def _is_local(address: str) -> bool:
    return address.startswith(("data:image/", "#")) or not (":" in address or address.startswith("//"))


def _digest(notebook: NotebookNode) -> str:
    """Tell versions of a page apart: it changes when the notebook's code changes.

    Without the parameters of the report: who knows the code could try values until a private one fits.
    """
    code = "\n".join(cell.source for cell in notebook.cells if INJECTED not in tags(cell))
    return _short(code)


def _short(content: str) -> str:
    """Shorten a text to a few letters that change with it; digits could look like a number of a person."""
    return sha256(content.encode()).hexdigest()[:SHORT].translate(_LETTERS)


@cache
def style(theme: str = "") -> str:
    """Read the style sheet that stands in every page, with its look before it; see `theme.theme_of`."""
    sheet = (TEMPLATES / "report" / "report.css").read_text("utf-8")
    return f"{theme}\n{sheet}" if theme else sheet


@cache
def script() -> str:
    """Read the script of the index, which narrows the list."""
    return (TEMPLATES / "site" / "filter.js").read_text("utf-8")


def policy() -> str:
    """Name that script in the way of a content security policy: no other runs."""
    return f"sha256-{b64encode(sha256(script().encode()).digest()).decode()}"
