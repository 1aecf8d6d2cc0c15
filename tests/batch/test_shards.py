"""Parts of one run, each made by a process of its own: an array job. A run without a part publishes them all."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from evaltools.batch.locks import Shard
from evaltools.batch.pages import standing
from evaltools.batch.plan import plan_reports
from evaltools.batch.run import make_shard, run_reports
from evaltools.batch.status import WAITING, read_status
from tests.batch.small import GOOD, PARAMETERS
from tests.batch.test_results import FOUND, READS, TOGETHER, finds
from tests.conftest import MINIMAL

CODES = ("GM0080", "GM0150", "GM0197", "GM0200", "GM0202", "GM0221")
SLOW = "total = sum(range(30_000_000))"
NAMES = [f"proef/{code}-plain" for code in CODES]


@pytest.fixture
def write_project(project, write_programme, write_gated):
    """Write a project of a report for each of some municipalities, that passes the gate."""

    def write(*setup):
        write_gated(PARAMETERS, *setup, *GOOD)
        write_programme(MINIMAL.replace("[GM0197]", f"[{', '.join(CODES)}]"))
        return project

    return write


@pytest.fixture
def start():
    """Start a command as a process of its own."""
    started = []

    def start(*arguments):
        program = Path(sys.executable).parent / "evaltools"
        process = subprocess.Popen(
            [program, "reports", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def end(running):
    """Wait for the end of a command; give its exit status and what it said."""
    out, err = running.communicate(timeout=120)
    assert "Traceback" not in out + err
    return running.returncode, out, err


def kinds(project):
    return {name: status.kind for name in NAMES if (status := read_status(project, name))}


def has_begun(running):
    """Wait until a command has a kernel busy."""
    until = time.monotonic() + 60
    while len(psutil.Process(running.pid).children(recursive=True)) < 2:
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize("n_rows", [0, 1, 7, 100])
@pytest.mark.parametrize("total", [1, 2, 3, 8, 13])
def test_parts_are_disjoint_and_whole(n_rows, total):
    rows = list(range(n_rows))
    parts = [Shard(number, total).of(rows) for number in range(1, total + 1)]
    assert sorted(row for part in parts for row in part) == rows
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_shards_beside_each_other_and_the_run_that_publishes(write_project, start, evaltools):
    project = write_project()
    for status, out, err in map(end, [start("--shard", "1/2"), start("--shard", "2/2")]):
        assert (status, err) == (0, "")
        assert "[3/3] made" in out
        assert (
            "3 made and waiting, 0 up to date, 0 failed; when all shards are done, publish them with: evaltools reports"
            in out
        )
    assert kinds(project) == dict.fromkeys(NAMES, WAITING)
    assert not project.reports.exists()
    made = {name: read_status(project, name).seconds for name in NAMES}
    status, out, err = evaltools("reports")
    assert (status, err) == (0, "")
    assert "6 published, 0 up to date" in out
    assert "] made" not in out  # what a run says of each report that it makes
    manifest = json.loads((project.build / "manifest.json").read_text("utf-8"))["reports"]
    assert {each["name"]: each["seconds"] for each in manifest} == made
    assert standing(project.reports) == sorted(NAMES)


def test_pages_that_read_results_are_left_to_the_run_that_publishes(
    ungated, project, write_programme, write_notebook, monkeypatch
):
    write_notebook(FOUND, finds(), name="net")
    write_notebook(TOGETHER, READS, name="synthesis")
    write_programme(MINIMAL.replace("[GM0197]", "[GM0197, GM0222]").replace("[plain]", "[net, synthesis]"))
    plan = plan_reports(project)
    for number in (1, 2):
        (made,) = make_shard(plan.reports, Shard(number, 2), project=project, site=project.reports)
        assert (made.kind, made.notebook) == (WAITING, "net")
    executed = []
    statuses = run_reports(
        plan.reports, project=project, site=project.reports, when_done=lambda status: executed.append(status.name)
    )
    assert {status.kind for status in statuses} == {""}
    assert sorted(executed) == ["method/synthesis", "proef/synthesis"]
    for name in executed:
        assert "Gelezen: proef/GM0197-net, proef/GM0222-net." in (project.reports / f"{name}.html").read_text("utf-8")


def test_a_report_that_fails_is_named_by_its_shard_and_by_the_run(
    write_project, write_programme, write_gated, evaltools
):
    project = write_project()
    write_gated(PARAMETERS, "x = 1 / 0", *GOOD, name="bad")
    write_programme(MINIMAL.replace("[plain]", "[plain, bad]"))
    told = "not published: proef/GM0197-bad: ZeroDivisionError in cell 3"
    status, _, err = evaltools("reports", "--shard", "1/2")
    assert (status, err) == (0, "")
    status, out, err = evaltools("reports", "--shard", "2/2")
    assert status == 1
    assert told in err
    assert "0 made and waiting, 0 up to date, 1 failed" in out
    status, out, err = evaltools("reports")
    assert status == 1
    assert told in err
    assert "1 published, 0 up to date" in out
    assert standing(project.reports) == ["proef/GM0197-plain"]


REFUSED = (2, "", "evaltools: another run: is making reports in this project; wait for it\n")


def test_while_a_shard_is_busy_and_when_it_is_killed(write_project, start, evaltools):
    """Its kernels end with it; the others and the run that publishes go on."""
    project = write_project(SLOW)
    killed = start("--shard", "1/2", "--workers", "1")
    has_begun(killed)
    below = psutil.Process(killed.pid).children(recursive=True)
    killed.send_signal(signal.SIGSTOP)  # so that it is busy as long as others look
    other = start("--shard", "2/2", "--workers", "1")
    for asked in ([], ["--shard", "1/3"], ["--shard", "1/2"]):
        assert evaltools("reports", *asked) == REFUSED
    killed.kill()
    assert psutil.wait_procs(below, timeout=10)[1] == []
    status, out, err = end(other)
    assert (status, err) == (0, "")
    assert "3 made and waiting, 0 up to date, 0 failed" in out
    assert not project.reports.exists()
    waiting = [name for name, kind in kinds(project).items() if kind == WAITING]
    assert set(waiting) >= set(NAMES[1::2])
    status, out, err = evaltools("reports")
    assert (status, err) == (0, "")
    assert out.count("] made") == len(NAMES) - len(waiting)
    assert kinds(project) == dict.fromkeys(NAMES, "")


def test_no_shard_while_a_run_is_busy(write_project, start, evaltools):
    write_project(SLOW)
    whole = start("--workers", "1")
    has_begun(whole)
    whole.send_signal(signal.SIGSTOP)
    assert evaltools("reports", "--shard", "1/2") == REFUSED
    whole.send_signal(signal.SIGCONT)
    status, _, err = end(whole)
    assert (status, err) == (0, "")


@pytest.mark.parametrize(
    "more", [["--force"], ["--only-failed"], ["--output", "site"], ["--scheduler", "tcp://127.0.0.1:9"]]
)
def test_what_goes_not_with_a_shard(write_project, evaltools, more):
    project = write_project()
    status, _, err = evaltools("reports", "--shard", "1/2", *more)
    assert status == 2
    assert "--shard: goes with none of --scheduler, --output, --force and --only-failed" in err
    assert not project.build.exists()


def test_the_part_is_what_the_command_says(write_project, evaltools, monkeypatch):
    """Whatever an array job has in its environment."""
    for name in ("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "JOB_COMPLETION_INDEX"):
        monkeypatch.setenv(name, "2")
    project = write_project()
    assert evaltools("reports", "--shard", "1/6")[0] == 0
    assert kinds(project) == {NAMES[0]: WAITING}
