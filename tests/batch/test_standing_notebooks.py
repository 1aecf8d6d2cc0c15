"""A notebook that asks for a municipality alone runs once for each that has a register; one that asks for neither, once."""

import nbformat
import pytest
from bs4 import BeautifulSoup

from evaltools.batch.inputs import changed, inputs_of
from evaltools.batch.plan import plan_reports
from evaltools.batch.publish import made_from, origins, output_problems
from evaltools.batch.run import refuse, run_reports
from evaltools.batch.site import known_statuses, left_over, write_indexes
from evaltools.batch.standing import standing_notebooks
from evaltools.batch.status import read_status
from evaltools.errors import ReportError
from evaltools.registers.statline import take_export
from tests.batch.test_publish import notebook, shown
from tests.statline_files import export_of, invented

PROGRAMME = 'programme = "x"  # file\nmunicipality = "GM0197"  # code'
ALONE = 'municipality = "GM0197"  # code\nshare = 0.95  # share'
BLOCK = "from evaltools.reports.block import Block\n"


def block(*made_of):
    return f'{BLOCK}Block(html=f"<p>{{municipality}}</p>", headline="Een kop.", origins={made_of!r})'


@pytest.fixture
def mixed(ungated, project, write_programme, write_notebook):
    """A project with a notebook of a programme and one of a municipality."""
    write_programme()
    write_notebook(PROGRAMME, block("published"), name="plain")
    write_notebook(ALONE, block("simulated"), name="data_quality")
    return project


def names(plan):
    return [report.name for report in plan.reports]


def test_once_for_each_municipality_with_a_register(mixed):
    plan = plan_reports(mixed, ["GM0222", "GM0197"])
    assert names(plan) == ["proef/GM0197-plain", "GM0197/data_quality", "GM0222/data_quality"]
    last = plan.reports[-1]
    assert (last.programme, last.municipality_name, last.parameters) == ("", "Doetinchem", {"municipality": "GM0222"})
    assert names(plan_reports(mixed)) == ["proef/GM0197-plain"]


def test_selections(mixed):
    plan = plan_reports(mixed, ["GM0222", "GM0197"])
    assert names(plan.only(notebooks=["data_quality"])) == ["GM0197/data_quality", "GM0222/data_quality"]
    assert names(plan.only(municipalities=["GM0197"])) == ["proef/GM0197-plain", "GM0197/data_quality"]
    assert names(plan.only(["proef"])) == ["proef/GM0197-plain"]
    with pytest.raises(ReportError, match="holds no report"):
        plan.only(["proef"], notebooks=["data_quality"])
    with pytest.raises(ReportError, match="there is no programme ''; allowed: proef"):
        plan.only([""])


def test_a_municipality_without_a_name_is_refused_with_a_sentence(mixed):
    plan = plan_reports(mixed, ["GM9999", "GM0197"])
    (refusal,) = plan.refusals
    assert (refusal.subject, refusal.kind) == ("GM9999/data_quality", "municipality")
    assert "municipalities.csv: has no row for GM9999, of which there is a register, and CBS's" in refusal.reason
    assert "GM0197/data_quality" in names(plan)
    status = refuse(refusal.report, refusal, project=mixed)
    index = write_indexes(plan, project=mixed, site=mixed.reports, fresh=[status]).read_text("utf-8")
    assert "GM9999" in index
    assert "Niet gepubliceerd: de naam van de gemeente is niet bekend." in index


def test_a_broken_notebook_stops_no_other_and_is_named(mixed, write_notebook):
    (mixed.notebooks / "torn.ipynb").write_text("{", "utf-8")
    write_notebook("municipality = f()", name="no-literal")
    plan = plan_reports(mixed, ["GM0197"])
    assert names(plan) == ["proef/GM0197-plain", "GM0197/data_quality"]
    assert {refusal.subject: refusal.kind for refusal in plan.refusals} == {
        "GM0197/torn": "notebook",
        "GM0197/no-literal": "notebook",
    }
    # Without a register nobody asks for them.
    assert plan_reports(mixed).refusals == ()


def test_a_broken_notebook_of_a_programme_is_refused_there_only(mixed, write_notebook):
    (mixed.notebooks / "plain.ipynb").write_text("{", "utf-8")
    plan = plan_reports(mixed, ["GM0197"])
    assert [refusal.subject for refusal in plan.refusals] == ["proef/GM0197-plain"]


def test_notebooks_for_people_are_passed_over(mixed, write_notebook):
    write_notebook("x = 1", name="scratch", tag="setup")
    assert standing_notebooks(mixed) == (["data_quality"], [], [], [])


def test_about_the_method_once_and_without_a_municipality(mixed, write_notebook):
    write_notebook("level = 0.95  # level", f'{BLOCK}Block(html="<p>methode</p>", headline="Klopt.", origins=("simulated",))', name="validation")  # fmt: skip
    for registers in ([], ["GM0197", "GM0222"]):
        assert names(plan_reports(mixed, registers)).count("method/validation") == 1
    plan = plan_reports(mixed)
    (report,) = plan.only(notebooks=["validation"]).reports
    assert (report.municipality, report.municipality_name, report.parameters) == ("", "", {})
    assert names(plan.only(municipalities=["GM0197"])) == ["proef/GM0197-plain"]
    with pytest.raises(ReportError, match="there is no municipality ''"):
        plan.only(municipalities=[""])
    statuses = run_reports([report], project=mixed, site=mixed.reports, workers=1)
    index = BeautifulSoup(
        write_indexes(plan, project=mixed, site=mixed.reports, fresh=statuses).read_text("utf-8"), "html.parser"
    )
    page = BeautifulSoup((mixed.reports / "method/validation.html").read_text("utf-8"), "html.parser")
    assert page.find(class_="kicker").text == "over de methode"
    assert "een gemeente" in page.find(class_="banner").text
    (link,) = index.find_all("a", href="method/validation.html")
    assert link.text == "Meet deze methode wat zij zegt te meten?"
    assert left_over(plan, mixed.reports) == []


def test_one_that_a_programme_asks_for_is_refused_there_only(mixed, write_notebook):
    write_notebook("level = 0.95  # level", name="plain")
    plan = plan_reports(mixed)
    assert [refusal.subject for refusal in plan.refusals] == ["proef/GM0197-plain"]
    assert names(plan) == []


@pytest.fixture
def made(mixed):
    plan = plan_reports(mixed, ["GM0197"])
    statuses = run_reports(plan.reports, project=mixed, site=mixed.reports, workers=1)
    assert [status.reason for status in statuses if status.kind] == []
    index = write_indexes(plan, project=mixed, site=mixed.reports, fresh=statuses)
    return {
        name: BeautifulSoup((mixed.reports / path).read_text("utf-8"), "html.parser")
        for name, path in {
            "index": index.name,
            "alone": "GM0197/data_quality.html",
            "programme": "proef/GM0197-plain.html",
        }.items()
    }


def test_the_pages(made, mixed):
    alone, programme, index = made["alone"], made["programme"], made["index"]
    assert alone.title.text == "Aalten: Een proef"
    assert programme.title.text == "Proef in Aalten: Een proef"
    assert alone.find(class_="kicker").text == "gemeente Aalten"
    assert alone.find("meta", attrs={"name": "evaltools:report"})["content"] == "GM0197/data_quality"
    assert alone.find(class_="banner").text == (
        "Deze gegevens zijn gesimuleerd. Zij zeggen niets over de echte gemeente."
    )
    assert programme.find(class_="banner") is None
    assert "uit gesimuleerde gegevens. Niemand in die gegevens bestaat." in alone.footer.text
    assert "uit gepubliceerde cijfers. Er zijn geen gegevens van personen gebruikt." in programme.footer.text
    assert [heading.text for heading in index.find_all("h2")] == ["Proef", "Gegevens per gemeente", "Per gemeente"]
    first, last, _ = index.find_all("section")
    assert [link["href"] for link in first.find_all("a")] == ["proef/index.html", "proef/GM0197-plain.html"]
    assert "gesimuleerde gegevens" not in first.text
    assert (last.a["href"], " ".join(last.a.text.split())) == (
        "GM0197/data_quality.html",
        "Aalten: Hoe betrouwbaar zijn de gegevens?",
    )
    assert last.find(class_="mark").text == "gesimuleerde gegevens"
    assert "Een kop." in last.text
    assert read_status(mixed, "GM0197/data_quality").is_simulated


def test_a_failure_keeps_the_page_and_its_mark(made, mixed, write_notebook):
    write_notebook(ALONE, "1 / 0", name="data_quality")
    plan = plan_reports(mixed, ["GM0197"])
    (status,) = run_reports(plan.only(notebooks=["data_quality"]).reports, project=mixed, site=mixed.reports)
    assert (status.kind, status.is_simulated, status.headline) == ("notebook_failed", True, "Een kop.")
    index = write_indexes(plan, project=mixed, site=mixed.reports).read_text("utf-8")
    assert "Niet vernieuwd: het notebook gaf een fout." in index
    assert "gesimuleerde gegevens" in index


def test_a_page_of_a_register_that_is_gone_is_left_over(made, mixed):
    assert left_over(plan_reports(mixed, ["GM0197"]), mixed.reports) == []
    assert left_over(plan_reports(mixed), mixed.reports) == ["GM0197/data_quality"]
    assert [status.name for status in known_statuses(plan_reports(mixed), project=mixed, site=mixed.reports)] == [
        "proef/GM0197-plain"
    ]


@pytest.mark.parametrize(
    ("shown_origins", "sentence"),
    [
        (set(), ""),
        ({"published"}, "uit gepubliceerde cijfers. Er zijn geen gegevens van personen gebruikt."),
        ({"simulated"}, "uit gesimuleerde gegevens. Niemand in die gegevens bestaat."),
        (
            {"simulated", "published"},
            "uit gepubliceerde cijfers en gesimuleerde gegevens. Niemand in de gesimuleerde gegevens bestaat.",
        ),
        (
            {"register"},
            (
                "uit gegevens van personen uit de administratie van de gemeente. "
                "Aantallen van personen zijn afgerond of weggelaten om hun privacy te beschermen."
            ),
        ),
    ],
)
def test_the_foot_says_what_a_page_was_made_from(shown_origins, sentence):
    assert made_from(shown_origins) == sentence


def test_origins_are_those_of_all_blocks():
    pages = notebook(
        shown(origins=["published"]), nbformat.v4.new_code_cell("x"), shown(origins=["simulated"]), shown()
    )
    assert origins(pages) == {"published", "simulated"}


def test_figures_of_an_unknown_origin_are_refused():
    (problem,) = output_problems(notebook(shown(origins=["elsewhere"])))
    assert "cell 1 shows figures of an unknown origin" in problem


OF_FIGURES = 'municipality = "GM0197"  # code\nstatline = True  # figures'


@pytest.fixture
def with_figures(mixed, write_notebook):
    """The same project with two notebooks of the figures of CBS: of a municipality, and of all."""
    write_notebook(OF_FIGURES, block("published"), name="context")
    write_notebook("statline = True  # figures", 'print("all")', name="spread")
    return mixed


def test_figures_make_pages_for_the_municipalities_that_matter_here(with_figures):
    figures = ["GM0197", "GM0222", "GM0363", "GM0599"]
    found = names(plan_reports(with_figures, ["GM0222"], with_figures=figures))
    assert [name for name in found if "context" in name] == [
        "GM0197/context",
        "GM0222/context",
    ]  # a programme, a register
    assert "method/spread" in found
    found = names(plan_reports(with_figures, [], with_figures=figures, wanted=["GM0363", "GM9999"]))
    assert [name for name in found if "context" in name] == ["GM0197/context", "GM0363/context"]
    found = names(plan_reports(with_figures, [], with_figures=figures, wanted=figures))
    assert [name.partition("/")[0] for name in found if "context" in name] == figures


def test_without_figures_nothing_of_them_is_made(with_figures):
    assert names(plan_reports(with_figures, ["GM0197"])) == ["proef/GM0197-plain", "GM0197/data_quality"]


def test_a_page_of_figures_reads_no_register_and_changes_with_them(with_figures):
    export = with_figures.root / "84066NED.csv"
    export.write_bytes(export_of(invented()))
    take_export(export, "84066NED", with_figures)
    plan = plan_reports(with_figures, ["GM0197"], with_figures=["GM0197"])
    (page,) = plan.only(notebooks=["context"]).reports
    (other,) = plan.only(notebooks=["data_quality"]).reports
    assert (page.reads_statline, page.registers) == (True, ())
    assert (other.reads_statline, other.registers) == (False, ("GM0197",))
    before = inputs_of(with_figures, with_figures.reports)
    was, was_other = before(page), before(other)
    (with_figures.statline / ".DS_Store").write_text("x")
    take_export(export, "84066NED", with_figures)  # the same once more
    assert changed(inputs_of(with_figures, with_figures.reports)(page), was) == []
    export.write_bytes(export_of(invented(regions=("NL01", "GM0197"))))
    take_export(export, "84066NED", with_figures)
    after = inputs_of(with_figures, with_figures.reports)
    assert changed(after(page), was) == ["the figures of CBS"]
    assert changed(after(other), was_other) == []
