"""Formulas as MathML: read by the browser itself, whole or refused."""

import math

import nbformat
import pytest
from bs4 import BeautifulSoup

from evaltools.batch.formulas import to_html
from evaltools.disclosure.scan.pages import page_problems
from evaltools.effects import sample_size
from evaltools.errors import ReportError
from tests.batch.small import GOOD, PARAMETERS

FORMULA = r"$$n = \frac{z^2 p (1 - p)}{d^2}$$"


def math_of(markdown):
    return BeautifulSoup(to_html(markdown), "html.parser").math


def test_a_formula_of_a_line_of_its_own_and_one_in_a_sentence():
    assert math_of(FORMULA)["display"] == "block"
    assert math_of("Het aandeel $p_1$ telt.")["display"] == "inline"
    assert len(math_of(FORMULA).mfrac.find_all(recursive=False)) == 2
    assert math_of(FORMULA).get_text() == "n=z2p(1−p)d2"


def test_a_formula_names_no_address_and_the_scan_knows_it():
    html = to_html(FORMULA + "\n\nEn $\\sqrt[3]{x} + \\hat\\tau = \\sum_{i=1}^k w_i$.")
    assert "://" not in html
    assert page_problems(html) == []


def test_what_is_no_formula_stays():
    assert to_html("Kost \\$5, `$x$`.") == "<p>Kost $5, <code>$x$</code>.</p>\n"


@pytest.mark.parametrize(
    "text",
    ["kost $5 of $6", "Het kost $5 en dat is $6.", "Van $100 & meer tot $200", "van $ 5 tot $ 6", "een $ en nog een $"],
)
def test_dollars_are_money(text):
    assert to_html(text) == f"<p>{text.replace('&', '&amp;')}</p>\n"


@pytest.mark.parametrize(
    "formula",
    ["x = 123456782", "x_{123} 456782", r"\sqrt[123456]{782}", r"\overset{123456}{782}", r"123\cdot456\cdot782"],
)
def test_a_number_of_a_person_is_no_formula(formula):
    with pytest.raises(ReportError, match="eight digits or more") as refused:
        to_html(f"${formula}$")
    assert "782" not in str(refused.value)


def test_the_scan_reads_a_formula_by_itself():
    assert "BSN-like" in page_problems("<p><math><mn>123</mn><mn>456782</mn></math></p>")[0]


def test_what_hides_in_a_formula_is_refused():
    for hidden in (r"\phantom{x}", r"\style{display:none}{x}", r"\color{white}{x}"):
        assert page_problems(to_html(f"${hidden}$")), hidden
    assert page_problems(to_html(r"$x\!y$"))  # a space of less than nothing
    assert page_problems(to_html(r"$\hspace{99em}x$"))
    assert page_problems(to_html(r"$\href{x.html}{y}$"))
    assert not page_problems(to_html(r"$x\,y \quad z$"))


@pytest.mark.parametrize(
    "wrong",
    [
        r"\frac{1}",
        r"\foo{x}",
        "x^",
        "{",
        "}",
        r"\left( x",
        r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
        "x &= y",
        "p = 14%",
    ],
)
def test_half_a_formula_is_refused(wrong):
    with pytest.raises(ReportError, match="is no LaTeX that becomes MathML"):
        to_html(f"$${wrong}$$")


def test_a_page_with_half_a_formula_is_not_published(project, write_programme, write_gated, evaltools):
    path = write_gated(PARAMETERS, *GOOD)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += r" $\frac{1}$"
    nbformat.write(notebook, path)
    write_programme()
    status, _, said = evaltools("reports")
    assert status == 1
    assert "the formula" in said
    assert not list(project.reports.glob("proef/GM*"))


def test_the_formula_of_the_page_on_planning_is_that_of_the_numbers(own):
    """Worked out here as it stands there, with quantiles from a table."""
    source = (own.notebooks / "planning.ipynb").read_text("utf-8").replace("\\\\", "\\")
    assert (
        r"\left(z_\alpha \sqrt{2 p (1 - p)} + z_\beta \sqrt{p_1 (1 - p_1) + p_0 (1 - p_0)}\right)^2}{(p_1 - p_0)^2}"
        in source
    )
    z_alpha, z_beta, p_0, p_1, d = 1.959964, 0.841621, 0.14, 0.19, 1.5
    p = (p_0 + p_1) / 2
    spread = z_alpha * math.sqrt(2 * p * (1 - p)) + z_beta * math.sqrt(p_1 * (1 - p_1) + p_0 * (1 - p_0))
    n = d * spread**2 / (p_1 - p_0) ** 2
    # Six digits of the table's quantiles.
    assert sample_size(p_0, p_1 - p_0, design_effect=d).exact_programme == pytest.approx(n, rel=1e-5)
