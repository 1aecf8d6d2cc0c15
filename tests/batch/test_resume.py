"""What has not changed is left; a run that was cut off at any moment leaves a whole site, and the next goes on."""

import json
import random
import re
import signal
import subprocess
import sys
import time

import pytest

from evaltools import __version__
from evaltools.batch import edition, inputs, make
from evaltools.batch.audit import audit_site
from evaltools.batch.edition import check_replaceable, next_edition
from evaltools.batch.locks import Shard, only_run, only_run_of
from evaltools.batch.plan import plan_reports
from evaltools.batch.run import run_reports
from evaltools.batch.status import WAITING, read_status
from evaltools.errors import ReportError
from tests.batch.small import HAND_MADE, PARAMETERS
from tests.batch.test_results import FOUND, READS, TOGETHER, finds
from tests.conftest import MINIMAL
from tests.small_registers import persons, store

SHOW = HAND_MADE + 'Block(html=f"<p>{programme} in {municipality}</p>", headline="Een kop.")'


@pytest.fixture
def written(ungated, project, write_programme, write_notebook):
    """A project with two notebooks in two municipalities, of which one has a register."""
    for name in ("one", "two"):
        write_notebook(PARAMETERS, SHOW, name=name)
    write_programme(MINIMAL.replace("[GM0197]", "[GM0197, GM0222]").replace("[plain]", "[one, two]"))
    store(project, persons=persons("a"))
    return project


def go(project, **options):
    """Run, and give which were made and which were left."""
    made, left = [], []
    statuses = run_reports(
        plan_reports(project).reports, project=project, site=project.reports,
        when_done=lambda status: made.append(status.name.removeprefix("proef/")),
        when_skipped=lambda status: left.append(status.name.removeprefix("proef/")), **options,
    )  # fmt: skip
    return sorted(made), sorted(left), {status.name: status for status in statuses}


ALL = ["GM0197-one", "GM0197-two", "GM0222-one", "GM0222-two"]


def test_what_has_not_changed_is_left(written):
    made, left, first = go(written)
    assert (made, left) == (ALL, [])
    content = {path: path.read_bytes() for path in written.reports.rglob("*.html")}
    made, left, second = go(written)
    assert (made, left) == ([], ALL)
    assert second == first
    assert {path: path.read_bytes() for path in written.reports.rglob("*.html")} == content
    assert go(written, force=True)[:2] == (ALL, [])


def change_notebook(project):
    path = project.notebooks / "one.ipynb"
    path.write_text(path.read_text("utf-8").replace("Een kop", "Een andere kop"), "utf-8")


def change_register(project):
    store(project, persons=persons("a", "b"))


def change_programme(project):
    path = project.programmes / "proef.yaml"
    path.write_text(path.read_text("utf-8") + "\n# een opmerking", "utf-8")


def change_reference(project):
    path = project.reference / "operators.csv"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")


def change_page(project):
    path = project.reports / "proef/GM0222-one.html"
    path.write_text(path.read_text("utf-8") + " ", "utf-8")


def lose_page(project):
    (project.reports / "proef/GM0222-one.html").unlink()


def lose_records(project):
    (project.reports / "proef/GM0222-one.json").unlink()


def lose_status(project):
    (project.build / "proef/GM0222-one.json").unlink()


def damage_status(project):
    (project.build / "proef/GM0222-one.json").write_text("{", "utf-8")


@pytest.mark.parametrize(
    ("change", "again"),
    [
        (change_notebook, ["GM0197-one", "GM0222-one"]),
        (change_register, ["GM0197-one", "GM0197-two"]),
        (change_programme, ALL),
        (change_reference, ALL),
        (change_page, ["GM0222-one"]),
        (lose_page, ["GM0222-one"]),
        (lose_records, ["GM0222-one"]),
        (lose_status, ["GM0222-one"]),
        (damage_status, ["GM0222-one"]),
    ],
)
def test_what_changed_is_made_again(written, change, again):
    go(written)
    change(written)
    made, left, _ = go(written)
    assert made == again
    assert sorted(made + left) == ALL
    assert go(written)[0] == []


@pytest.mark.parametrize("part", ["library", "packages"])
def test_another_evaltools_or_package_makes_all_again(written, part, monkeypatch):
    go(written)
    monkeypatch.setattr(inputs, part, lambda: "other")
    assert go(written)[0] == ALL


def test_parameters_are_part_of_it(written, write_programme, write_notebook):
    write_notebook(PARAMETERS + "\nlevel = 0.95  # level", SHOW, name="two")
    before = go(written)[2]["proef/GM0197-two"]
    other = "[one, {name: two, parameters: {level: 0.9}}]"
    write_programme(MINIMAL.replace("[GM0197]", "[GM0197, GM0222]").replace("[plain]", other))
    after = go(written)[2]["proef/GM0197-two"]
    assert {name for name in after.inputs if after.inputs[name] != before.inputs[name]} == {"facts", "parameters"}


def test_a_failure_is_tried_again(written):
    change_notebook(written)
    path = written.notebooks / "two.ipynb"
    text = path.read_text("utf-8")
    path.write_text(text.replace('"<p>{programme}', '"<p>{1 / 0}'), "utf-8")
    assert {status.kind for status in go(written)[2].values()} == {"", "notebook_failed"}
    made, left, _ = go(written)
    assert (made, left) == (["GM0197-two", "GM0222-two"], ["GM0197-one", "GM0222-one"])


def test_pages_of_results_follow_when_results_change(ungated, project, write_programme, write_notebook):
    write_notebook(FOUND, finds(), name="net")
    write_notebook(TOGETHER, READS, name="synthesis")
    write_programme(MINIMAL.replace("[plain]", "[net, synthesis]"))
    assert go(project)[0] == ["GM0197-net", "method/synthesis", "synthesis"]
    assert go(project)[0] == []
    write_notebook(FOUND, finds().replace("estimate=0.024", "estimate=0.025"), name="net")
    assert go(project)[0] == ["GM0197-net", "method/synthesis", "synthesis"]
    # The notebook says the same in other words: what it found has not changed, and its page not either.
    write_notebook(FOUND, finds().replace("estimate=0.024", "estimate=0.0250"), name="net")
    made, left, _ = go(project)
    assert "GM0197-net" in made
    assert len(made) + len(left) == 3


def test_pages_that_wait_are_published_without_being_made_again(written, monkeypatch):
    def cut_off(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("evaltools.batch.run.disclosed", cut_off)
    with pytest.raises(KeyboardInterrupt):
        go(written)
    monkeypatch.undo()
    monkeypatch.chdir(written.root)
    assert {read_status(written, f"proef/{name}").kind for name in ALL} == {WAITING}
    assert not (written.reports / "proef").exists()
    monkeypatch.setattr(make, "notebook_problems", lambda _: [])
    monkeypatch.setattr("evaltools.batch.plan.notebook_problems", lambda _: [])
    made, left, found = go(written)
    assert (made, left) == ([], ALL)
    assert {status.kind for status in found.values()} == {""}
    assert not list(written.build.rglob("*.page"))


def wait(project, monkeypatch, *names):
    """Make pages that wait."""
    with monkeypatch.context() as patched:
        patched.setattr("evaltools.batch.run.disclosed", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            go(project)


def test_crossed_pages_are_refused(written, monkeypatch):
    """Two pages that wait, put in each other's place with all that is beside them."""
    wait(written, monkeypatch)
    one, other = (written.build / "proef" / f"GM0197-{name}" for name in ("one", "two"))
    for suffix in (".html", ".page"):
        first, second = (path.with_name(path.name + suffix) for path in (one, other))
        kept = first.read_bytes()
        first.write_bytes(second.read_bytes())
        second.write_bytes(kept)
    made, _, found = go(written)
    # They are not those that were made: they are made again.
    assert made == ["GM0197-one", "GM0197-two"]
    assert {status.kind for status in found.values()} == {""}
    for name in ALL:
        page = (written.reports / "proef" / f"{name}.html").read_text("utf-8")
        assert f'content="proef/{name}" name="evaltools:report"' in page
        assert f"<p>proef in {name[:6]}</p>" in page


@pytest.mark.parametrize("other", [{"municipality": "GM0222"}, {"programme": "anders"}, {"level": 0.9}])
def test_a_notebook_that_was_executed_for_another_is_refused(written, monkeypatch, other):
    execute = make.execute

    def cross(notebook, parameters, **options):
        crossed = {name: value for name, value in other.items() if name in parameters} or {"municipality": "GM0222"}
        return execute(notebook, {**parameters, **crossed}, **options)

    monkeypatch.setattr(make, "execute", cross)
    (report, *_) = plan_reports(written).reports
    (status,) = run_reports([report], project=written, site=written.reports)
    assert (status.kind, "parameters of another report" in status.reason) == ("page_refused", True)


def test_a_page_in_the_place_of_another_is_told(written):
    go(written)
    for suffix in (".html", ".json"):
        (written.reports / f"proef/GM0222-one{suffix}").write_bytes(
            (written.reports / f"proef/GM0197-one{suffix}").read_bytes()
        )
    problems = audit_site(written.reports, project=written).problems
    assert [name for name, _ in problems] == ["proef/GM0222-one.html"]


def test_a_manifest_of_the_run(written):
    go(written)
    manifest = json.loads((written.build / "manifest.json").read_text("utf-8"))
    assert (manifest["evaltools"], manifest["python"]) == (__version__, sys.version)
    assert manifest["packages"]["pandas"] == __import__("pandas").__version__
    assert manifest["began"] <= manifest["ended"]
    assert [row["name"] for row in manifest["reports"]] == [f"proef/{name}" for name in ALL]
    for row in manifest["reports"]:
        assert (row["kind"], row["seconds"] > 0, len(row["fingerprint"])) == ("", True, 64)
        assert set(row["inputs"]) == set(inputs.MEANING) - {"figures", "results", "theme"}
        assert row["parameters"] == {"programme": "proef", "municipality": row["municipality"]}


def test_the_manifest_has_what_a_notebook_fills_in(ungated, project, write_programme, write_notebook):
    write_notebook(f"{PARAMETERS}\nseed = 7  # of the draws\nkey = 8765  # private: of a file", SHOW)
    write_programme()
    go(project)
    (row,) = json.loads((project.build / "manifest.json").read_text("utf-8"))["reports"]
    assert row["parameters"] == {"programme": "proef", "municipality": "GM0197", "seed": 7}


def test_private_parameters_stand_not_in_the_manifest(ungated, project, write_programme, write_notebook):
    write_notebook(PARAMETERS + '\ncase = "dossier-7"  # private: number of a file', SHOW)
    write_programme(MINIMAL.replace("[plain]", "[{name: plain, parameters: {case: dossier-8}}]"))
    go(project)
    assert "dossier" not in (project.build / "manifest.json").read_text("utf-8")


def test_two_runs_do_not_mix(written):
    with (
        only_run(written),
        pytest.raises(ReportError, match="another run: is making reports in this project; wait for it"),
    ):
        go(written)
    with only_run(written, Shard(1, 2)), pytest.raises(ReportError, match="another run"):
        go(written)
    assert not (written.build / "proef").exists()
    assert go(written)[0] == ALL


def test_shards_stand_beside_each_other(written):
    with only_run(written, Shard(1, 2)):
        with only_run(written, Shard(2, 2)):
            pass
        with pytest.raises(ReportError, match="another run"), only_run(written, Shard(1, 3)):
            pass
        with pytest.raises(ReportError, match="another run"), only_run(written, Shard(1, 2)):
            pass


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/2/3", "-1/2", "1/0"])
def test_no_such_shard(text):
    with pytest.raises(ReportError, match=r"write 1/4 to 4/4|of 2 there are 1/2 to 2/2"):
        Shard.read(text)


def test_an_edition_is_replaced_at_once(tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    (site / "a").write_text("old", "utf-8")
    with next_edition(site) as staged:
        (staged / "b").write_text("new", "utf-8")
        assert sorted(path.name for path in site.iterdir()) == ["a"]
    assert sorted(path.name for path in site.iterdir()) == ["a", "b"]

    def fail():
        with next_edition(site) as staged:
            (staged / "c").touch()
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert sorted(path.name for path in site.iterdir()) == ["a", "b"]
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_where_a_system_cannot_exchange_folders(tmp_path, monkeypatch):
    monkeypatch.setattr(edition.sys, "platform", "other")
    site = tmp_path / "site"
    site.mkdir()
    with next_edition(site) as staged:
        (staged / "b").touch()
    assert [path.name for path in site.iterdir()] == ["b"]
    # Killed between the two steps.
    site.rename(tmp_path / ".site.before")
    (tmp_path / ".site.next").mkdir()
    check_replaceable(site)
    assert [path.name for path in site.iterdir()] == ["b"]
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


KILLED = """
import sys
from evaltools.batch import make, plan
for module in (plan, make):
    module.notebook_problems = lambda _: []
from evaltools.cli import main
sys.argv = ["evaltools", "reports", "--force"]
main()
"""


@pytest.mark.parametrize("n_times", [2, pytest.param(40, marks=pytest.mark.slow)])
def test_killed_at_any_moment(n_times, ungated, project, write_programme, write_notebook):
    """A run is killed time and again; the site is whole each time, and at last all is there."""
    write_notebook(FOUND, finds(), name="net")
    write_notebook(TOGETHER, READS, name="synthesis")
    write_programme(MINIMAL.replace("[GM0197]", "[GM0197, GM0222]").replace("[plain]", "[net, synthesis]"))
    go(project)
    edited = finds()
    drawn = random.Random(n_times)
    for turn in range(n_times):
        edited = re.sub(r"estimate=[0-9.]+", f"estimate={0.02 + turn / 1000:.3f}", edited)
        write_notebook(FOUND, edited, name="net")
        runner = subprocess.Popen([sys.executable, "-c", KILLED], cwd=project.root, stdout=subprocess.PIPE, text=True)
        # After a page was made is when the edition is near.
        for _ in range(drawn.choice([1, 2, 3, 4])):
            runner.stdout.readline()
        time.sleep(drawn.random() * 0.3)
        runner.send_signal(signal.SIGKILL)
        runner.wait()
        runner.stdout.close()
        found = audit_site(project.reports, project=project)
        assert (found.n_pages, found.problems) == (4, [])
        results = [path.read_text("utf-8") for path in sorted(project.reports.glob("*/*.results.json"))]
        assert len({json.loads(text)["results"][0]["estimate"] for text in results}) == 1  # of one edition
    made, left, found = go(project)
    assert len(made) + len(left) == 4
    assert {status.kind for status in found.values()} == {""}
    assert not list(project.root.glob(".reports*"))


def test_what_a_run_of_before_left_is_no_part_of_the_site(written):
    go(written)
    (written.root / ".reports.next").mkdir()
    (written.root / ".reports.next" / "half").touch()
    go(written)
    assert not (written.root / ".reports.next").exists()
    assert not (written.reports / "half").exists()


def test_only_failed_and_force_by_command(written, evaltools):
    path = written.notebooks / "two.ipynb"
    good = path.read_text("utf-8")
    path.write_text(good.replace("{programme} in", "{1 / 0} in"), "utf-8")
    status, said, _ = evaltools("reports")
    assert status == 1
    assert "2 published, 0 up to date, 2 failed" in said
    assert "[4/4]" in said
    path.write_text(good, "utf-8")
    status, said, _ = evaltools("reports", "--only-failed")
    assert status == 0
    assert "2 published, 0 up to date, 0 failed" in said
    assert "0 published, 4 up to date, 0 failed" in evaltools("reports")[1]
    assert "4 published, 0 up to date, 0 failed" in evaltools("reports", "--force")[1]


def test_a_report_that_reads_other_registers_follows_them_and_no_other_does(
    ungated, project, write_programme, write_notebook
):
    reads = (
        "from evaltools.registers import open_register\nn = len(open_register('GM0222').read('persons'))\n"
        + HAND_MADE
        + 'Block(html=f"<p>{n}</p>")'
    )
    write_notebook(f"{PARAMETERS}\nother_registers = True  # of the programme", reads, name="one")
    write_notebook(PARAMETERS, reads, name="two")
    write_programme(MINIMAL.replace("[GM0197]", "[GM0197, GM0222]").replace("[plain]", "[one, two]"))
    store(project, persons=persons("a"))
    store(project, "GM0222", persons=persons("a", municipality=["GM0222"]))
    made, _, statuses = go(project)
    assert made == ALL
    assert "may read" in statuses["proef/GM0197-two"].reason
    store(project, "GM0222", persons=persons("a", "b", municipality=["GM0222"] * 2))
    made, left, _ = go(project)
    assert made == ["GM0197-one", "GM0197-two", "GM0222-one", "GM0222-two"]
    assert left == []


@pytest.mark.parametrize("suffix", [".json", ".csv", ".results.json"])
def test_a_page_of_which_another_file_is_changed_or_lost_is_made_again(written, suffix):
    go(written)
    path = written.reports / f"proef/GM0222-one{suffix}"
    path.write_text("{}", "utf-8")
    assert go(written)[0] == ["GM0222-one"]
    assert go(written)[0] == []


def test_another_project_waits_for_its_turn_in_the_same_site(written, tmp_path):
    site = tmp_path / "both"
    site.mkdir()
    with only_run_of(site), pytest.raises(ReportError, match=r"is making .*both; wait for it"):
        run_reports(plan_reports(written).reports, project=written, site=site)


def test_the_manifest_names_what_was_refused(written, evaltools):
    (written.notebooks / "two.ipynb").unlink()
    evaltools("reports")
    manifest = json.loads((written.build / "manifest.json").read_text("utf-8"))
    assert {each["name"]: each["kind"] for each in manifest["reports"]} == {
        "proef/GM0197-one": "", "proef/GM0222-one": "", "proef/GM0197-two": "notebook", "proef/GM0222-two": "notebook",
    }  # fmt: skip


def test_what_is_refused_and_cannot_be_noted_stops_no_other(written, write_programme, evaltools):
    write_programme(MINIMAL.replace("[plain]", "[none]"), "ander")
    (written.build / "ander").parent.mkdir(exist_ok=True)
    (written.build / "ander").touch()
    status, said, _ = evaltools("reports")
    assert status == 1
    assert "4 published, 0 up to date, 1 failed" in said


def test_bytecode_is_no_code(tmp_path, monkeypatch):
    (tmp_path / "a.py").write_text("a = 1", "utf-8")
    monkeypatch.setattr(inputs, "_OWN", tmp_path)
    before = inputs.library()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc.123").touch()
    assert inputs.library() == before
