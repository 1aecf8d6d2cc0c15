"""Reports made by workers: of a Dask cluster on this machine, and of other executors. Whatever is killed, all is told."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import distributed
import psutil
import pytest

from evaltools.batch import cluster as batch_cluster
from evaltools.batch import inputs
from evaltools.batch.cluster import workers_of
from evaltools.batch.execute import Limits
from evaltools.batch.pages import standing
from evaltools.batch.plan import plan_reports
from evaltools.batch.run import run_reports
from evaltools.batch.status import read_status
from evaltools.errors import ReportError
from evaltools.project import Project
from tests.batch.small import GOOD, PARAMETERS
from tests.batch.test_kernels import ends
from tests.conftest import MINIMAL, ROOT

BIN = Path(sys.executable).parent
CODES = ("GM0080", "GM0150", "GM0197", "GM0200", "GM0202", "GM0221", "GM0222", "GM0268")
NANNY, NO_NANNY = "--nanny", "--no-nanny"
SLOW = "total = sum(range(10_000_000))"
"""Takes long enough to be killed in."""


def until(found, seconds=60):
    """Wait for something, and give it."""
    end = time.monotonic() + seconds
    while not (it := found()):
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.01)
    return it


def below(pid):
    """All processes that a process started, and those that they did."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def command(process):
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""


def kernels(pid):
    """The process numbers of a worker's zygote and its kernels, while it makes a report."""
    zygotes = [each for each in below(pid) if "zygote.py" in command(each)]
    return [each.pid for each in zygotes] if len(zygotes) > 1 else []  # a kernel has the name of its zygote


class Cluster:
    """A Dask scheduler and its workers, started as a user starts them."""

    def __init__(self, folder):
        self.folder = folder
        self.started = []
        self.workers = {}
        file = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", str(file))
        self.address = json.loads(until(lambda: file.exists() and file.read_text("utf-8")))["address"]

    def _start(self, *arguments, **environment):
        with (self.folder / f"{len(self.started)}.log").open("w") as log:
            process = subprocess.Popen(
                [BIN / "dask", *arguments, "--host", "127.0.0.1", "--no-dashboard"],
                cwd=self.folder, env={**os.environ, **environment}, stdout=log, stderr=log,
            )  # fmt: skip
        self.started.append(process)
        return process

    def start(self, kind, **environment):
        """Start a worker of a kind; of an earlier test it may be there already, warm."""
        if kind not in self.workers or self.workers[kind].poll() is not None:
            self.workers[kind] = self._start(
                "worker", self.address, kind, "--nthreads", "1", "--nworkers", "1", "--local-directory", str(self.folder),
                **environment,
            )  # fmt: skip
        return self

    def pid(self, kind):
        """The process number of the worker itself, once it is there."""
        process = self.workers[kind]
        if kind == NO_NANNY:
            return process.pid
        return until(lambda: [each.pid for each in below(process.pid) if "spawn_main" in command(each)])[0]

    def stop(self, *processes):
        for process in processes or self.started:
            process.kill()  # a nanny that is asked to end waits for ever for a scheduler that is gone
        for process in processes or self.started:
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.stop()


@pytest.fixture
def write_project(project, write_programme, write_gated):
    """Write a project of a report for each of so many municipalities, that passes the gate."""

    def write(*setup, n=8):
        write_gated(PARAMETERS, *setup, *GOOD)
        write_programme(MINIMAL.replace("[GM0197]", f"[{', '.join(CODES[:n])}]"))
        return project

    return write


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(batch_cluster, "SECONDS_TO_CONNECT", 1)


def run(project, executor, site="reports", **options):
    """Run all; give how each went."""
    reports = plan_reports(project).reports
    return run_reports(reports, project=project, site=project.root / site, executor=executor, **options)


def kinds(statuses):
    return {status.kind for status in statuses}


@contextmanager
def started_evaltools(*arguments):
    """Start the command in a process of its own, which has ended at the end."""
    command = [BIN / "evaltools", "reports", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def files(site):
    return {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def in_background(function):
    """Do something while a run is busy; give what it gave."""
    found = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()

    def wait():
        thread.join()
        return found[0]

    return wait


def kill_busy(pid):
    """Kill a process while a kernel of it is busy; give the numbers of its kernels."""
    busy = until(lambda: kernels(pid))
    os.kill(pid, signal.SIGKILL)
    return busy


POOL = """\
import asyncio, json, multiprocessing, sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from jupyter_core.utils import run_sync
from evaltools.batch.plan import plan_reports
from evaltools.batch.run import run_reports
from evaltools.project import Project

async def in_a_thread():
    await asyncio.to_thread(int)

run_sync(in_a_thread)()  # as whoever executed a notebook here before: its loop, and the thread of it, are not those of a fork
project = Project(Path.cwd())
with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(sys.argv[1])) as pool:
    for _ in sys.stdin:
        statuses = run_reports(plan_reports(project).reports, project=project, site=project.reports, executor=pool)
        print(json.dumps([list(pool._processes or []), [[each.kind, each.reason] for each in statuses]]), flush=True)
"""


# In a process of its own, as a user's script is one: what is forked from a process with threads may wait for ever, and
# other tests leave threads in this one.
@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_a_pool_of_processes(write_project, method):
    """One of which is killed in the second run: the pool is broken then, by Python's own rule."""
    project = write_project(n=2)
    script = [sys.executable, "-c", POOL, method]
    with subprocess.Popen(
        script, cwd=project.root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as running:
        try:
            running.stdin.write("run\n")
            (pid,), first = json.loads(running.stdout.readline())
            assert first == [["", ""]] * 2
            write_project(SLOW, n=4)
            running.stdin.write("run\n")
            killed = kill_busy(pid)
            out, _ = running.communicate(timeout=60)
        finally:
            running.kill()
    assert running.returncode == 0
    assert all(map(ends, killed))
    _, statuses = json.loads(out)
    assert [kind for kind, _ in statuses] == ["worker_lost"] * 4
    assert "(BrokenProcessPool); run it again" in statuses[0][1]
    assert len(standing(project.reports)) == 2


def test_pages_are_the_same_whoever_makes_them(cluster, write_project):
    project = write_project(n=4)
    cluster.start(NANNY).start(NO_NANNY)
    assert kinds(run(project, None, "alone", workers=2)) == {""}
    with workers_of(cluster.address) as executor:
        assert kinds(run(project, executor, "cluster")) == {""}
    alone = files(project.root / "alone")
    assert len([name for name in alone if name.endswith(".html")]) == 4
    assert files(project.root / "cluster") == alone


def test_ctrl_c_takes_back_what_is_queued(cluster, write_project):
    project = write_project(SLOW)
    pid = cluster.start(NANNY).start(NO_NANNY).pid(NO_NANNY)
    with started_evaltools("--scheduler", cluster.address) as running:
        until(lambda: kernels(pid))
        running.send_signal(signal.SIGTERM)  # as Ctrl-C, which a shell lets what it starts in the background ignore
        _, err = running.communicate(timeout=40)
    assert running.returncode == 130
    assert err == "evaltools: stopped; what was made is kept, run the command again (without --force) to go on\n"
    with distributed.Client(cluster.address, set_as_default=False) as client:
        until(lambda: client.run_on_scheduler(lambda dask_scheduler: not dask_scheduler.tasks))
    assert not project.reports.joinpath("proef").exists()


def test_limits_hold_in_a_worker(cluster, write_project):
    project = write_project("some = [0] * (300 * 1000 * 1000)", n=1)
    with workers_of(cluster.start(NANNY).address) as executor:
        (status,) = run(project, executor, limits=Limits(memory=2 << 30))
    assert status.kind == "out_of_memory"


def test_a_killed_worker_costs_no_report_and_leaves_nothing(cluster, write_project, evaltools):
    """One with a nanny, that starts it anew; by the command line."""
    project = write_project(SLOW)
    pid = cluster.start(NANNY).start(NO_NANNY).pid(NANNY)
    killed = in_background(lambda: kill_busy(pid))
    status, out, err = evaltools("reports", "--scheduler", cluster.address)
    assert (status, err) == (0, "")
    assert "8 published, 0 up to date, 0 failed" in out
    assert len(standing(project.reports)) == 8
    assert all(map(ends, killed()))


def test_a_killed_worker_that_nobody_starts_anew(cluster, write_project):
    project = write_project(SLOW)
    pid = cluster.start(NANNY).start(NO_NANNY).pid(NO_NANNY)
    killed = in_background(lambda: kill_busy(pid))
    with workers_of(cluster.address) as executor:
        assert kinds(run(project, executor)) == {""}
    assert all(map(ends, killed()))
    assert len(standing(project.reports)) == 8


def test_when_all_workers_are_lost_the_rest_is_named(cluster, write_project):
    project = write_project(SLOW)
    cluster.start(NANNY)
    done = threading.Event()

    def kill_all():
        done.wait(60)
        return [kernels(cluster.pid(kind)) for kind in cluster.workers], cluster.stop(*cluster.workers.values())

    killed = in_background(kill_all)
    with workers_of(cluster.address, patience=2) as executor:
        statuses = run(project, executor, when_done=lambda _: done.set())
    busy, _ = killed()
    assert all(ends(pid) for each in busy for pid in each)
    lost = [status for status in statuses if status.kind]
    assert {status.kind for status in lost} == {"worker_lost"}
    assert 1 <= len(lost) < 8
    assert lost[0].reason == "its worker was lost, or has no evaltools (CancelledError); run it again"
    assert len(standing(project.reports)) == 8 - len(lost)
    assert read_status(project, lost[0].name).kind == "worker_lost"


def test_a_worker_that_has_something_else_makes_no_page(cluster, write_project):
    """Another evaltools, and another notebook by the same path."""
    project = write_project(n=1)
    cluster.stop(*cluster.workers.values())
    other = shutil.copytree(ROOT / "src", cluster.folder / "src")
    with (other / "evaltools" / "errors.py").open("a") as file:
        file.write("\n# another version\n")
    for folder in ("programmes", "notebooks", "data"):
        shutil.copytree(project.root / folder, cluster.folder / folder)
    notebook = cluster.folder / "notebooks" / "plain.ipynb"
    notebook.write_text(notebook.read_text("utf-8").replace("Een proef", "Een andere proef"), "utf-8")
    cluster.start(NO_NANNY, PYTHONPATH=str(other))
    with workers_of(cluster.address) as executor:
        (status,) = run(Project(Path()), executor)  # of each the folder where it runs
    assert (status.kind, status.reason) == (
        "changed",
        "not what the run began with: its notebook and evaltools; run it again; a worker that ran before it was changed "
        "must be started anew",
    )
    assert standing(project.reports) == []
    cluster.stop(cluster.workers[NO_NANNY])


def test_a_scheduler_that_is_lost_ends_the_run(write_project, tmp_path_factory, evaltools, impatient):
    project = write_project(n=2)
    cluster = Cluster(tmp_path_factory.mktemp("lost"))

    def kill_when_asked():
        with distributed.Client(cluster.address, set_as_default=False) as client:
            until(lambda: client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks) == 2))
        cluster.stop()

    killed = in_background(kill_when_asked)
    status, out, err = evaltools("reports", "--scheduler", cluster.address)
    killed()
    assert status == 1
    assert "0 published, 0 up to date, 2 failed" in out
    told = "its worker was lost, or has no evaltools (CancelledError); run it again"
    assert err == "".join(f"not published: proef/{code}-plain: {told}\n" for code in CODES[:2])
    assert standing(project.reports) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--scheduler", "tcp://127.0.0.1:9"], "--scheduler tcp://127.0.0.1:9: does not answer; start it with dask scheduler"),
        (["--scheduler", "nonsense"], "--scheduler nonsense: is no address; write tcp://host:8786"),
        (["--scheduler", "tcp://127.0.0.1:9", "--workers", "2"], "--workers: goes not with --scheduler"),
    ],
)  # fmt: skip
def test_a_scheduler_that_is_not_there(write_project, evaltools, impatient, arguments, sentence):
    project = write_project(n=1)
    status, _, err = evaltools("reports", *arguments)
    assert (status, sentence in err, "Traceback" in err) == (2, True, False)
    assert list(project.build.glob("*")) == []
    assert not project.reports.exists()


def test_without_dask(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(
            ReportError, match=r"--scheduler: needs Dask; install it with: pip install 'evaltools\[cluster\]'"
        ),
        workers_of("tcp://127.0.0.1:9"),
    ):
        pass


def test_a_pool_of_threads_stays_open(write_project):
    project = write_project(n=2)
    with ThreadPoolExecutor(1) as pool:
        assert kinds(run(project, pool)) == {""}
        assert pool.submit(int).result() == 0


def test_a_pool_that_takes_no_more(write_project):
    project = write_project(n=2)
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    assert kinds(run(project, pool)) == {"worker_lost"}


def test_code_that_changed_since_a_process_began_is_of_no_run(monkeypatch):
    before = inputs._code()
    monkeypatch.setattr(inputs, "library", lambda: "new")
    now = inputs._code()
    assert now["library"] == f"{before['library']} new"
    assert now["packages"] == before["packages"]
