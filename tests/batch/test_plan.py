"""Every row is checked before anything runs; a bad row stops no other."""

import pytest

from evaltools.batch.parameters import check_parameters, read_declared
from evaltools.batch.plan import plan_reports
from evaltools.errors import ReportError
from tests.conftest import MINIMAL

PARAMETERS = 'programme = "x"  # file\nmunicipality = "GM0197"  # code\nlevel = 0.95  # level'


def test_one_report_per_programme_municipality_and_notebook(project, write_programme, write_notebook):
    write_notebook(PARAMETERS, name="plain")
    write_notebook(PARAMETERS, name="other")
    write_programme(MINIMAL.replace("[GM0197]", "[GM0197, GM0222]").replace("[plain]", "[plain, other]"))
    plan = plan_reports(project)
    assert [report.name for report in plan.reports] == [
        "proef/GM0197-plain",
        "proef/GM0197-other",
        "proef/GM0222-plain",
        "proef/GM0222-other",
    ]
    assert plan.reports[0].parameters == {"programme": "proef", "municipality": "GM0197"}
    assert plan.refusals == ()


def test_parameters_of_the_programme_file_reach_the_notebook(project, write_programme, write_notebook):
    write_notebook(PARAMETERS)
    write_programme(MINIMAL.replace("[plain]", "[{name: plain, parameters: {level: 0.9}}]"))
    assert plan_reports(project).reports[0].parameters["level"] == 0.9


def test_a_bad_row_stops_no_other(project, write_programme, write_notebook):
    write_notebook(PARAMETERS)
    write_programme("name: [", slug="broken")
    write_programme(MINIMAL.replace("[plain]", "[plian]"), slug="missing")
    write_programme(MINIMAL.replace("[plain]", "[{name: plain, parameters: {levle: 0.9}}]"), slug="unknown")
    write_programme(MINIMAL.replace("[plain]", "[{name: plain, parameters: {level: high}}]"), slug="wrong-type")
    write_programme(slug="good")
    plan = plan_reports(project)
    assert [report.name for report in plan.reports] == ["good/GM0197-plain"]
    found = {refusal.subject: (refusal.kind, refusal.reason) for refusal in plan.refusals}
    assert found.keys() == {"broken", "missing/GM0197-plian", "unknown/GM0197-plain", "wrong-type/GM0197-plain"}
    assert found["broken"][0] == "programme_file"
    assert "did you mean 'plain'?" in found["missing/GM0197-plian"][1]
    assert "has no parameter 'levle'; did you mean 'level'?" in found["unknown/GM0197-plain"][1]
    assert "parameter 'level' is str; expected float" in found["wrong-type/GM0197-plain"][1]


def test_a_notebook_that_does_not_take_the_programme(project, write_programme, write_notebook):
    write_notebook('municipality = "GM0197"  # code')
    write_programme()
    (refusal,) = plan_reports(project).refusals
    assert "has no parameter 'programme'" in refusal.reason


@pytest.mark.parametrize(
    ("cells", "tag", "expected"),
    [
        (["a = 1"], "setup", "has 0 code cells tagged 'parameters'"),
        ([], "parameters", "has 0 code cells tagged 'parameters'"),
        (["a = 1 +"], "parameters", "its parameters cell is no Python"),
        (["a = 1\nb = a + 1\nimport os"], "parameters", "has 2 problems"),
        (["a, b = 1, 2"], "parameters", "line 1: expected name = literal"),
        (["a = {[]: 1}"], "parameters", "line 1: expected name = literal"),
    ],
)
def test_notebooks_without_clear_parameters(write_notebook, cells, tag, expected):
    with pytest.raises(ReportError, match=expected):
        read_declared(write_notebook(*cells, tag=tag))


@pytest.mark.parametrize(
    "cell", ['municipality = "GM0222"', "for municipality in []:\n    pass", "a, municipality = 1, 2"]
)
def test_a_parameter_that_is_set_again(write_notebook, cell):
    with pytest.raises(ReportError, match="sets the parameter 'municipality' again"):
        read_declared(write_notebook(PARAMETERS, cell))


def test_a_cell_that_an_earlier_run_put_in(write_notebook):
    import nbformat

    path = write_notebook(PARAMETERS, "b = 2")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].metadata["tags"] = ["injected-parameters"]
    nbformat.write(notebook, path)
    with pytest.raises(ReportError, match="delete that cell"):
        read_declared(path)


def test_two_tagged_cells(write_notebook):
    import nbformat

    path = write_notebook("a = 1", "b = 2")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].metadata["tags"] = ["parameters"]
    nbformat.write(notebook, path)
    with pytest.raises(ReportError, match="has 2 code cells tagged"):
        read_declared(path)


def test_a_file_that_is_no_notebook(project):
    path = project.notebooks / "plain.ipynb"
    path.write_text("{", "utf-8")
    with pytest.raises(ReportError, match="is not a notebook that can be read"):
        read_declared(path)


def test_annotated_parameters_are_read(write_notebook):
    assert read_declared(write_notebook('a: int = 1\nb = None\nc = [1, "x"]')).defaults == {
        "a": 1,
        "b": None,
        "c": [1, "x"],
    }


def test_what_is_private_comes_from_the_comment_beside_a_parameter(project, write_programme, write_notebook):
    private = (
        'file = "zaak-417"  # Private: number of a file\nwho = {\n    "a": ["noor", 12],\n}  #private: whom to look for'
    )
    open_to_all = (
        '\nnote = "private: no"  # help\nempty = None  # private: may be left out\nlevel = 0.9  # not private: a level'
    )
    path = write_notebook(f"{PARAMETERS}\n{private}{open_to_all}")
    assert read_declared(path).private == {"file", "who", "empty"}
    write_programme(MINIMAL.replace("[plain]", "[{name: plain, parameters: {file: zaak-418, empty: leeg}}]"))
    (report,) = plan_reports(project).reports
    assert report.private == ("12", "a", "leeg", "noor", "zaak-418")


def test_a_notebook_that_may_not_run_is_refused_once_for_each_report(project, write_programme, write_notebook):
    write_notebook(PARAMETERS, "print(1)")
    write_notebook(PARAMETERS, name="good")
    write_programme(MINIMAL.replace("[GM0197]", "[GM0197, GM0222]").replace("[plain]", "[plain, good]"))
    plan = plan_reports(project)
    assert [report.notebook for report in plan.reports] == ["good", "good"]
    assert [(refusal.subject, refusal.kind) for refusal in plan.refusals] == [
        ("proef/GM0197-plain", "notebook_refused"),
        ("proef/GM0222-plain", "notebook_refused"),
    ]
    assert "cell 3: uses 'print'" in plan.refusals[0].reason


@pytest.mark.parametrize(
    ("declared", "given", "expected"),
    [
        ({"a": 1}, {"a": 2}, []),
        ({"a": 0.5}, {"a": 2}, []),
        ({"a": 1}, {"a": 0.5}, ["parameter 'a' is float; expected int"]),
        ({"a": 1}, {"a": True}, ["parameter 'a' is bool; expected int"]),
        ({"a": None}, {}, ["parameter 'a' must be given"]),
        ({"a": None}, {"a": "x"}, []),
        ({"a": "x"}, {}, []),
    ],
)
def test_parameters_fit(declared, given, expected):
    assert check_parameters(declared, given) == expected


def test_a_selection_keeps_what_is_asked(project, write_programme, write_notebook):
    write_notebook(PARAMETERS)
    write_programme(MINIMAL.replace("[GM0197]", "[GM0197, GM0222]"), slug="a")
    write_programme(slug="b")
    write_programme("", slug="broken")
    plan = plan_reports(project)
    assert [report.name for report in plan.only(["a"], ["GM0222"]).reports] == ["a/GM0222-plain"]
    assert [report.name for report in plan.only(notebooks=["plain"]).reports] == [
        "a/GM0197-plain",
        "a/GM0222-plain",
        "b/GM0197-plain",
    ]
    assert plan.only(["a"]).refusals == ()
    assert [refusal.subject for refusal in plan.only(["broken"]).refusals] == ["broken"]


def test_a_selection_of_what_is_not_there(project, write_programme, write_notebook):
    write_notebook(PARAMETERS)
    write_programme(slug="a")
    write_programme(MINIMAL.replace("GM0197", "GM0222"), slug="b")
    plan = plan_reports(project)
    with pytest.raises(ReportError) as error:
        plan.only(["c"], ["GM0198"], ["palin"])
    assert len(error.value.problems) == 3
    assert "there is no municipality 'GM0198'; did you mean GM0197 Aalten? Allowed: GM0197, GM0222" in str(error.value)
    with pytest.raises(ReportError, match="holds no report"):
        plan.only(["a"], ["GM0222"])


ENDED = (
    "GM0005 Bedum is in CBS's lists until 2017; it went into GM1966 Het Hogeland on 2019-01-01; did you mean GM1966?"
)


@pytest.mark.parametrize(
    ("period", "remarks"),
    [
        ("", (f"look at programmes/proef.yaml, without a period: {ENDED}",)),
        ("period: {first_day: 2016-05-01, last_day: 2020-12-31}\n", ()),
        ("period: {first_day: 2020-05-01}\n", (f"look at programmes/proef.yaml, of 2020: {ENDED}",)),
    ],
)
def test_a_municipality_that_ended_stays_and_is_told_unless_the_programme_is_of_its_time(
    project, write_programme, write_notebook, period, remarks
):
    write_notebook(PARAMETERS)
    write_programme(MINIMAL.replace("GM0197", "GM0005") + period)
    plan = plan_reports(project)
    assert [(report.name, report.municipality_name) for report in plan.reports] == [("proef/GM0005-plain", "Bedum")]
    assert (plan.refusals, plan.remarks, plan.with_theme("").remarks) == ((), remarks, remarks)


def test_a_selection_of_a_municipality_that_ended(project, write_programme, write_notebook):
    write_notebook(PARAMETERS)
    write_programme(MINIMAL.replace("GM0197", "GM1966"))
    plan = plan_reports(project)
    with pytest.raises(ReportError) as error:
        plan.only((), ["GM0005", "Hogeland", "GM0222"], project=project)
    assert error.value.problems == (
        f"there is no page of GM0005; {ENDED}",
        "there is no municipality 'Hogeland'; did you mean GM1966 Het Hogeland? Allowed: GM1966",
        "there is no page of GM0222; allowed: GM1966",
    )


def test_no_programme_takes_the_folder_of_the_pages_about_the_method(project, write_programme, write_notebook):
    write_notebook(PARAMETERS)
    write_programme(slug="method")
    (refusal,) = plan_reports(project).refusals
    assert (refusal.subject, refusal.kind) == ("method", "programme_file")
    assert refusal.reason.endswith("choose another")
