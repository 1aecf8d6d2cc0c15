"""What may stand on a page, and what may not."""

import nbformat
import pytest

from evaltools.batch.publish import _digest, drop_empty_sections, headline, output_problems, page_problems

PAGE = '<html lang="nl"><head><title>t</title></head><body><h1>h</h1>{}</body></html>'


def shown(html="<p>x</p>", **mark):
    mark = {"kind": "block" if html else "nothing", "headline": "", **mark}
    output = nbformat.v4.new_output("execute_result", {"text/html": html}, metadata={"evaltools": mark})
    return nbformat.v4.new_code_cell("display", outputs=[output])


def notebook(*cells):
    made = [nbformat.v4.new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return nbformat.v4.new_notebook(cells=made)


def headings(*cells):
    return [cell.source for cell in drop_empty_sections(notebook(*cells)).cells if cell.cell_type == "markdown"]


def test_a_section_with_nothing_to_say_is_left_out():
    assert headings("# T", "## A", shown(), "## B", shown(""), "## C", shown()) == ["# T", "## A", "## C"]


def test_a_heading_stays_when_something_below_it_has_to_be_said():
    assert headings("# T", "## A", shown(""), "### B", shown()) == ["# T", "## A", "### B"]
    assert headings("# T", "## A", shown(), "### B", shown(""), "## C", shown("")) == ["# T", "## A"]


def test_a_heading_does_not_borrow_from_the_next():
    assert headings("# T", "## A", shown(""), "### B", shown(""), "## C", shown()) == ["# T", "## C"]


def test_text_and_its_heading_stay():
    assert headings("# T", "## A", "tekst", "## B") == ["# T", "## A", "tekst"]


def test_outputs_must_be_blocks():
    raw = nbformat.v4.new_code_cell("df", outputs=[nbformat.v4.new_output("execute_result", {"text/plain": "x"})])
    printed = nbformat.v4.new_code_cell("print()", outputs=[nbformat.v4.new_output("stream", text="x")])
    silent = nbformat.v4.new_code_cell("x = 1")
    setup = nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["setup"]})
    found = output_problems(notebook(raw, printed, silent, setup, shown()))
    assert [problem.split(";")[0] for problem in found] == [
        "cell 1 shows something that is not from evaltools.reports (execute_result)",
        "cell 2 shows something that is not from evaltools.reports (stream)",
        "cell 3 shows nothing",
    ]


def test_a_page_that_no_phone_opens_is_refused_before_it_is_made():
    (problem,) = output_problems(notebook(*(shown("<b>x</b>" * 50_000) for _ in range(6))))
    assert problem.startswith("shows 2,400,000 characters")


def test_setup_may_not_show_anything_either():
    printed = nbformat.v4.new_code_cell(
        "print()", outputs=[nbformat.v4.new_output("stream", text="x")], metadata={"tags": ["setup"]}
    )
    assert output_problems(notebook(printed))


def test_the_first_headline_stands_for_the_page():
    assert headline(notebook(shown(), shown(headline="een"), shown(headline="twee"))) == "een"
    assert headline(notebook(shown())) == ""


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("", None),
        ('<a href="../index.html">x</a><a href="#a">y</a>', None),
        ('<img src="data:image/png;base64,x" alt="a">', None),
        ('<table><caption>c</caption><tr><th scope="col">x</th></tr></table>', None),
        ("<script>1</script>", "holds a script"),
        ("<p onclick='x()'>x</p>", "holds a script"),
        ("<link rel=stylesheet href=a.css>", "holds a script"),
        ("<iframe></iframe>", "holds a script"),
        ("<meta http-equiv='Refresh' content='0;url=//example.org'>", "holds a script"),
        ('<a href="java\nscript:x()">x</a>', "points outside"),
        ("<p>Zie https://example.org</p>", "points outside"),
        ('<a href="https://example.org">x</a>', "points outside"),
        ('<a href="//example.org">x</a>', "points outside"),
        ('<a href="javascript:x()">x</a>', "points outside"),
        ('<img src="https://example.org/a.png" alt="a">', "points outside"),
        ('<p style="background: url(https://example.org/a)">x</p>', "points outside"),
        ("<style>p { background: url(//example.org/a) }</style>", "points outside"),
        ("<style>@import 'a.css'</style>", "points outside"),
        ('<img src="data:image/png;base64,x">', "without an alternative text"),
        ('<img src="data:image/png;base64,x" alt=" ">', "without an alternative text"),
        ("<h1>nog een</h1>", "exactly one heading"),
        ("<table><tr><td>x</td></tr></table>", "table without a caption"),
        ("<table><caption>c</caption><tr><th>x</th></tr></table>", "without a scope"),
        ("<p id=a></p><p id=a></p>", "id more than once"),
    ],
)
def test_pages(body, problem):
    found = page_problems(PAGE.format(body))
    assert (found == []) if problem is None else any(problem in text for text in found)


def test_a_page_says_that_it_is_in_dutch_and_has_a_title():
    found = page_problems('<html lang="en"><body><h1>h</h1></body></html>')
    assert len(found) == 2


def test_the_mark_of_a_page_tells_its_code_and_no_parameter():
    def mark(source, injected):
        cells = [
            nbformat.v4.new_code_cell(injected, metadata={"tags": ["injected-parameters"]}),
            nbformat.v4.new_code_cell(source),
        ]
        return _digest(nbformat.v4.new_notebook(cells=cells))

    assert mark("x = 1", "key = 1") == mark("x = 1", "key = 2") != mark("x = 2", "key = 1")
