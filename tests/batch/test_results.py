"""What pages found is written beside them, and read by pages of a second round."""

import json

import pytest
from bs4 import BeautifulSoup

from evaltools.batch import run
from evaltools.batch.audit import audit_site
from evaltools.batch.pages import read_page
from evaltools.batch.plan import plan_reports
from evaltools.batch.publish import made_from
from evaltools.batch.run import run_reports
from evaltools.batch.site import left_over, write_indexes
from evaltools.results import SUFFIX, read_results
from tests.batch.small import HAND_MADE
from tests.conftest import MINIMAL
from tests.small_registers import persons, store

FOUND = 'programme = "x"  # file\nmunicipality = "GM0197"  # code'
TOGETHER = 'programme = ""  # file\nresults = ""  # private: folder of the site'
RESULT = """\
from evaltools.results import Result
from evaltools.reports.block import Block
found = Result(
    programme={programme}, municipality={municipality}, question="net", outcome="work", method="weighted", is_main=True,
    months=12, estimate=0.024, lower=-0.012, upper=0.06, level=0.95, standard_error=0.0184, n_programme=120,
    n_comparison=480, unit="share_points", grade="C", is_simulated=True, as_of="2020-06-30", source={source},
)
Block(html="<p>gevonden</p>", headline="Een kop.", origins=("simulated",), results=(found,){more})"""
READS = (
    HAND_MADE
    + "from pathlib import Path\nfrom evaltools.results import results_in\n"
    + "names = ', '.join(result.page for result in results_in(Path(results)))\n"
    + 'Block(html=f"<p>Gelezen: {names or \'niets\'}.</p>", headline=names, origins=("results",))'
)
RECORD = (
    "from evaltools.disclosure.record import Record\n"
    "record = Record(cells=(), states=(), low=(), high=(), is_trait=(), is_amount=(), threshold=10, as_of='2020-06-30', "
    "is_simulated=True)\n"
)


def finds(*, programme="programme", municipality="municipality", source='"register"', is_dated=True):
    code = RESULT.format(
        programme=programme, municipality=municipality, source=source, more=", records=(record,)" if is_dated else ""
    )
    return RECORD + code


@pytest.fixture
def write_project(ungated, project, write_programme, write_notebook):
    """Write a project of two municipalities with a notebook that finds something and one that reads it."""

    def write(**options):
        write_notebook(FOUND, finds(**options), name="net")
        write_notebook(TOGETHER, READS, name="synthesis")
        write_programme(MINIMAL.replace("[GM0197]", "[GM0197, GM0222]").replace("[plain]", "[net, synthesis]"))
        return project

    return write


def go(project, **only):
    plan = plan_reports(project)
    statuses = run_reports(plan.only(**only).reports, project=project, site=project.reports)
    return {status.name: status for status in statuses}


def text_of(project, name):
    return BeautifulSoup((project.reports / f"{name}.html").read_text("utf-8"), "html.parser")


def problems(project):
    return audit_site(project.reports, project=project).problems


def test_one_page_for_each_programme_and_one_for_all(write_project):
    plan = plan_reports(write_project())
    found = {report.name: report for report in plan.reports}
    assert list(found) == ["proef/GM0197-net", "proef/GM0222-net", "proef/synthesis", "method/synthesis"]
    own, everything = found["proef/synthesis"], found["method/synthesis"]
    assert (own.programme, own.programme_name, own.municipality) == ("proef", "Proef", "")
    assert own.parameters == {"programme": "proef"}
    assert (everything.programme, everything.programme_name) == ("", "Alle programma’s")
    assert [report.reads_results for report in plan.reports] == [False, False, True, True]
    assert [report.name for report in plan.only(["proef"]).reports] == list(found)[:3]
    assert [report.name for report in plan.only(municipalities=["GM0222"]).reports] == ["proef/GM0222-net"]


def test_a_notebook_that_needs_a_programme_makes_no_page_of_all(project, write_programme, write_notebook):
    write_notebook('programme = "x"  # file')
    write_programme(MINIMAL.replace("[GM0197]", "[GM0197, GM0222]"))
    assert [report.name for report in plan_reports(project).reports] == ["proef/plain"]


def test_the_folder_must_be_declared_as_a_text(project, write_programme, write_notebook):
    write_notebook('programme = ""  # file\nresults = 5  # folder')
    write_programme()
    assert {refusal.subject for refusal in plan_reports(project).refusals} == {"proef/plain", "method/plain"}


def test_pages_that_read_follow_those_that_are_read(write_project):
    project = write_project()
    ended = []
    reports = plan_reports(project).reports[::-1]
    run_reports(reports, project=project, site=project.reports, when_done=lambda status: ended.append(status.name))
    assert set(ended[:2]) == {"proef/GM0197-net", "proef/GM0222-net"}
    for name in ("proef/synthesis", "method/synthesis"):
        assert "Gelezen: proef/GM0197-net, proef/GM0222-net." in text_of(project, name).text
    assert problems(project) == []
    assert left_over(plan_reports(project), project.reports) == []


def test_the_page_of_a_programme_names_no_municipality(write_project):
    project = write_project()
    statuses = go(project)
    own, everything = text_of(project, "proef/synthesis"), text_of(project, "method/synthesis")
    assert (own.title.text, everything.title.text) == ("Proef: Een proef", "Alle programma’s: Een proef")
    assert own.find(class_="kicker").get_text(" ") == "Proef alle gemeenten samen"
    assert everything.find(class_="kicker").get_text(" ") == "Alle programma’s alle gemeenten samen"
    assert made_from({"results"}) in own.footer.text
    plan = plan_reports(project)
    index = write_indexes(plan, project=project, site=project.reports, fresh=statuses.values()).read_text("utf-8")
    soup = BeautifulSoup(index, "html.parser")
    assert [heading.text for heading in soup.find_all("h2")] == ["Proef", "Alle programma’s", "Per gemeente"]
    links = {link["href"]: link.text for link in soup.find_all("a", href=True) if "synthesis" in link["href"]}
    assert links == {
        "proef/synthesis.html": "Wat leren de gemeenten samen?",
        "method/synthesis.html": "Wat leren de gemeenten samen?",
    }


def test_the_file_stands_beside_its_page_and_is_linked(write_project):
    project = write_project()
    go(project, notebooks=["net"])
    page = read_page(project.reports, "proef/GM0197-net")
    path = project.reports / f"proef/GM0197-net{SUFFIX}"
    (found,) = read_results(path)
    assert (found.programme, found.municipality, found.notebook, found.estimate) == ("proef", "GM0197", "net", 0.024)
    assert page.results == (found,)
    content = json.loads(path.read_text("utf-8"))
    assert (content["form"], content["page"], content["sha256"]) == (1, "proef/GM0197-net", page.fingerprint)
    links = {link["href"]: link.text for link in text_of(project, "proef/GM0197-net").footer.find_all("a")}
    assert {href: text for href, text in links.items() if "Download" in text} == {
        "GM0197-net.results.json": "Download de uitkomsten van deze pagina (JSON)"
    }
    assert problems(project) == []


def test_a_page_that_finds_nothing_any_more_has_no_file(write_project, write_notebook):
    project = write_project()
    go(project, notebooks=["net"])
    write_notebook(FOUND, f'{HAND_MADE}Block(html="<p>x</p>", origins=("published",))', name="net")
    assert {status.kind for status in go(project, notebooks=["net"]).values()} == {""}
    assert not list(project.reports.rglob(f"*{SUFFIX}"))
    assert problems(project) == []


def test_a_page_that_fails_takes_part_with_what_it_found_before(write_project, write_notebook):
    project = write_project()
    go(project, notebooks=["net"])
    write_notebook(FOUND, "1 / 0", name="net")
    statuses = go(project)
    assert statuses["proef/GM0197-net"].kind == "notebook_failed"
    assert statuses["proef/synthesis"].headline == "proef/GM0197-net, proef/GM0222-net"


def test_alone_it_reads_what_stands_in_the_site(write_project):
    project = write_project()
    assert go(project, notebooks=["synthesis"])["method/synthesis"].headline == ""
    assert "Gelezen: niets." in text_of(project, "method/synthesis").text
    go(project, municipalities=["GM0222"])
    assert go(project, notebooks=["synthesis"])["method/synthesis"].headline == "proef/GM0222-net"


def test_where_the_site_is_stands_on_no_page(write_project, write_notebook):
    project = write_project()
    write_notebook(TOGETHER, f'{HAND_MADE}Block(html=f"<p>{{results}}</p>")', name="synthesis")
    statuses = go(project)
    for name in ("proef/synthesis", "method/synthesis"):
        assert statuses[name].kind == "disclosure"
        assert "holds 1 private value" in statuses[name].reason
        assert str(project.reports) not in statuses[name].reason


@pytest.mark.parametrize(
    ("option", "kind", "reason"),
    [
        ({"municipality": '"GM0222"'}, "page_refused", "are of another programme or municipality"),
        ({"programme": '"other"'}, "page_refused", "are of another programme or municipality"),
        ({"source": '"klant 123456782"'}, "disclosure", "its results (JSON): holds 1 BSN-like number in the value of 'source'"),
        ({"source": '"van persoon-1x"'}, "disclosure", "its results (JSON): holds 1 identifier in the value of 'source'"),
        ({"is_dated": False}, "disclosure", "its results (JSON): holds 1 full date in the value of 'as_of'"),
    ],
)  # fmt: skip
def test_what_may_not_be_handed_on(write_project, option, kind, reason):
    project = write_project(**option)
    store(project, persons=persons("persoon-1x"))
    status = go(project, notebooks=["net"])["proef/GM0197-net"]
    assert status.kind == kind
    assert reason in status.reason
    assert "persoon-1x" not in status.reason
    assert not (project.reports / f"proef/GM0197-net{SUFFIX}").exists()


def test_one_result_twice_is_refused(write_project, write_notebook):
    project = write_project()
    write_notebook(FOUND, finds(), finds(), name="net")
    status = go(project, notebooks=["net"])["proef/GM0197-net"]
    assert (status.kind, "has 1 result more than once" in status.reason) == ("page_refused", True)


def test_a_file_that_was_changed_or_taken_away_is_told(write_project):
    project = write_project()
    go(project, notebooks=["net"])
    path = project.reports / f"proef/GM0197-net{SUFFIX}"
    told = [("proef/GM0197-net.html", "its results are not those that were made with it; make it again")]
    path.write_text(path.read_text("utf-8").replace("0.024", "0.054"), "utf-8")
    assert problems(project) == told
    path.unlink()
    assert problems(project) == told


def test_a_file_of_no_page_is_told_and_left_over(write_project):
    project = write_project()
    go(project, notebooks=["net"])
    path = project.reports / f"proef/GM0197-net{SUFFIX}"
    path.rename(path.with_name(f"GM0197-other{SUFFIX}"))
    assert (f"proef/GM0197-other{SUFFIX}", "is no file of a page of this site; delete it") in problems(project)
    assert left_over(plan_reports(project), project.reports) == ["proef/GM0197-other"]


def test_pages_of_before_there_were_results_can_be_read(write_project):
    project = write_project()
    go(project, notebooks=["synthesis"])
    path = project.reports / "method/synthesis.json"
    content = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({key: content[key] for key in content if key not in {"results", "evaltools"}}), "utf-8")
    assert problems(project) == []


def test_a_run_that_is_cut_off_in_its_first_round_starts_no_second(write_project, monkeypatch):
    project = write_project()
    started = []

    def stop(job):
        started.append(job.report.name)
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "make_report", stop)
    with pytest.raises(KeyboardInterrupt):
        run_reports(plan_reports(project).reports, project=project, site=project.reports, workers=1)
    assert "synthesis" not in "".join(started)


def test_the_foot_of_a_page_of_results():
    assert made_from({"results", "published"}) == (
        "uit gepubliceerde cijfers en uitkomsten van andere pagina’s van deze site. Die pagina’s beschermen de privacy van mensen. "
        "Hier staat niets nieuws over personen."
    )
