"""Every fault is one named failure, within its time, that leaves no process behind and stops no other report."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from evaltools.batch import execute, make
from evaltools.batch.execute import Limits
from evaltools.batch.kernels.provisioner import close_zygote, zygote_of
from evaltools.batch.plan import plan_reports
from evaltools.batch.run import run_reports
from evaltools.errors import ReportError
from tests.batch.small import HAND_MADE, PARAMETERS
from tests.conftest import MINIMAL
from tests.small_registers import persons, store

GOOD = HAND_MADE + 'Block(html=f"<p>{programme} in {municipality}</p>", headline="Een kop.")'
FAULTS = {
    "raises": ("1 / 0", "notebook_failed", "ZeroDivisionError in cell 3"),
    "loops": ("while True:\n    pass", "timeout", "longer than 20 seconds"),
    "sleeps": (
        "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except KeyboardInterrupt:\n        pass",
        "timeout",
        "longer than 20 seconds",
    ),
    "prints": ("print('x' * 100_000_000)", "too_much_output", "more than 2 million characters"),
    "prints-on": ("while True:\n    print('x' * 100_000)", "too_much_output", "more than 2 million characters"),
    "shows-on": (
        "from IPython.display import display, HTML\nwhile True:\n    display(HTML('x' * 100_000))",
        "too_much_output",
        "more than 2 million characters",
    ),
    "says-much": ("raise ValueError('x' * 3_000_000)", "too_much_output", "more than 2 million characters"),
    "hides-much": (
        "from IPython.display import display\ndisplay({'application/json': [{'a': 'x' * 3_000_000}]}, raw=True)",
        "too_much_output",
        "more than 2 million characters",
    ),
    "eats": ("import numpy as np\nkept = [np.ones(10**8) for _ in range(100)]", "out_of_memory", "needs more memory"),
    "eats-bytes": ("kept = [b'x' * 10**9 for _ in range(100)]", "out_of_memory", "needs more memory"),
    "exits": ("import os\nos._exit(0)", "kernel_died", "stopped by itself, twice"),
    "crashes": ("import ctypes\nctypes.string_at(0)", "kernel_died", "stopped by itself, twice"),
    "leaves": (
        f"import subprocess\nchild = subprocess.Popen(['sleep', '600'], start_new_session=True)\n{GOOD}",
        "",
        "",
    ),
    "closes": (f"import os, sys\nsys.stdout.close()\nos.close(1)\nos.close(2)\n{GOOD}", "", ""),
    "good": (GOOD, "", ""),
}


def run(project, **options):
    statuses = run_reports(plan_reports(project).reports, project=project, site=project.reports, **options)
    return {status.notebook: status for status in statuses}


def left_running(start):
    """Processes that began since, of which this one is an ancestor or the command is that of the fault."""
    listed = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if "sleep 600" in line and int(line.split()[0]) not in start]


@pytest.fixture
def one(ungated, project, write_programme, write_notebook):
    """Write a project with one report, of this cell."""

    def write(cell=GOOD):
        write_notebook(PARAMETERS, cell)
        write_programme()
        return project

    return write


def test_every_fault_is_named_and_stops_no_other(write_cells):
    project = write_cells({name: cell for name, (cell, _, _) in FAULTS.items()})
    began = time.monotonic()
    before, children = {int(line.split()[0]) for line in left_running(())}, children_of(os.getpid())
    # Longer than a kernel takes to start on a busy machine, shorter than anybody waits.
    found = run(project, limits=Limits(seconds=20, output=2_000_000, memory=2 << 30), workers=4)
    assert time.monotonic() - began < 200
    assert {name: status.kind for name, status in found.items()} == {
        name: kind for name, (_, kind, _) in FAULTS.items()
    }
    for name, (_, _, sentence) in FAULTS.items():
        assert sentence in found[name].reason
    assert {path.stem.removeprefix("GM0197-") for path in project.reports.glob("proef/*.html")} == {
        name for name, (_, kind, _) in FAULTS.items() if not kind
    }
    assert left_running(before) == []
    of_zygote = zygote_of(zygote_of_run()).process.pid
    new = children_of(os.getpid()) - children
    assert [pid for pid in new if pid != of_zygote and "zygote" not in command(pid)] == []
    assert children_of(of_zygote) == set()


def children_of(process):
    return {int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()}


def zygote_of_run():
    return [["evaltools.reports.block", ["Block"]]]


def command(pid):
    return Path(f"/proc/{pid}/cmdline").read_text("utf-8").replace("\0", " ")


def test_a_kernel_that_dies_once_is_tried_again(one, tmp_path):
    marker = tmp_path / "died"
    project = one(f"import os\nfrom pathlib import Path\nif not Path({str(marker)!r}).exists():\n    Path({str(marker)!r}).touch()\n    os._exit(1)\n{GOOD}")  # fmt: skip
    assert run(project)["plain"].kind == ""


def test_nothing_else_is_tried_again(one, tmp_path):
    marker = tmp_path / "raised"
    project = one(f"from pathlib import Path\nif not Path({str(marker)!r}).exists():\n    Path({str(marker)!r}).touch()\n    1 / 0\n{GOOD}")  # fmt: skip
    assert run(project)["plain"].kind == "notebook_failed"


def test_a_kernel_that_never_starts(one, monkeypatch, tmp_path):
    close_zygote()
    monkeypatch.setattr("evaltools.batch.kernels.provisioner.sys.platform", "other")
    launcher = tmp_path / "ipykernel_launcher.py"
    launcher.write_text("import time\ntime.sleep(600)", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    began = time.monotonic()
    status = run(one(), limits=Limits(seconds=3))["plain"]
    assert (status.kind, time.monotonic() - began < 30) in {("kernel_not_started", True), ("timeout", True)}
    launcher.write_text("raise SystemExit(1)", "utf-8")
    assert run(one())["plain"].kind == "kernel_died"


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own, of one megabyte, that can be filled or made read-only."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(disk, *, room=0):
    """Write until nothing more goes on a disk, but for so many bytes."""
    with (disk / "fill").open("wb", buffering=0) as file:
        with suppress(OSError):
            while file.write(bytes(4096)):
                pass
        file.truncate(file.tell() - room)


def test_a_full_disk(one, small_disk):
    project = one()
    project.build.symlink_to(small_disk)
    fill(small_disk)
    status = run(project)["plain"]
    assert (status.kind, "No space left on device" in status.reason) == ("cannot_write", True)
    (small_disk / "fill").unlink()
    assert run(project)["plain"].kind == ""


def test_a_full_disk_of_the_site_leaves_the_edition_of_before(one, small_disk):
    project = one()
    site = small_disk / "site"
    reports = plan_reports(project).reports
    run_reports(reports, project=project, site=site)
    before = (site / "proef/GM0197-plain.html").read_bytes()
    fill(small_disk, room=100_000)
    one(GOOD + f"\nBlock(html='<p>{'ander ' * 30_000}</p>', headline='Ander.')")
    (status,) = run_reports(reports, project=project, site=site)
    assert status.kind == "cannot_write"
    assert (site / "proef/GM0197-plain.html").read_bytes() == before
    assert sorted(path.name for path in small_disk.iterdir()) == ["fill", "site"]


def test_a_read_only_disk(one, small_disk):
    project = one()
    site = small_disk / "site"
    site.mkdir()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(ReportError, match="Read-only file system"):
        run_reports(plan_reports(project).reports, project=project, site=site)


def test_a_disk_of_its_own_cannot_be_replaced(one, small_disk):
    with pytest.raises(ReportError, match=r"is a volume of its own.*choose a folder in it"):
        run_reports(plan_reports(one()).reports, project=one(), site=small_disk)


def test_an_input_that_vanishes(ungated, project, write_programme, write_notebook):
    """Of a report that runs, and of one that waits for its turn."""
    store(project, persons=persons("a"))
    vanish = (
        "import shutil\nfrom pathlib import Path\nshutil.rmtree(Path('..', 'data', 'processed'), ignore_errors=True)"
    )
    write_notebook(PARAMETERS, f"{vanish}\n{GOOD}", name="first")
    write_notebook(PARAMETERS, GOOD, name="second")
    write_programme(MINIMAL.replace("[plain]", "[first, second]"))
    found = run(project, workers=1)
    assert {status.kind for status in found.values()} == {"changed"}
    assert found["second"].reason.startswith("not what the run began with: a register that it reads; run it again")
    assert not (project.reports / "proef").exists()


def test_a_notebook_that_vanishes(ungated, project, write_programme, write_notebook):
    write_notebook(PARAMETERS, "from pathlib import Path\nPath('second.ipynb').unlink()\n" + GOOD, name="first")
    write_notebook(PARAMETERS, GOOD, name="second")
    write_programme(MINIMAL.replace("[plain]", "[first, second]"))
    found = run(project, workers=1)
    assert {name: status.kind for name, status in found.items()} == {"first": "", "second": "changed"}


def test_a_worker_that_is_lost(one, monkeypatch):
    def lose(_):
        raise ConnectionResetError

    monkeypatch.setattr("evaltools.batch.run.make_report", lose)
    status = run(one())["plain"]
    assert (status.kind, status.reason) == (
        "worker_lost", "its worker was lost, or has no evaltools (ConnectionResetError); run it again"
    )  # fmt: skip


def test_a_share_of_memory_is_a_limit(one, monkeypatch):
    monkeypatch.setattr(execute, "share", lambda: 1 << 30)
    assert run(one("kept = bytes(3 * 10**9)"))["plain"].kind == "out_of_memory"


def test_what_is_unknown_is_named_all_the_same(one, monkeypatch):
    def fail(*_):
        raise SystemError

    monkeypatch.setattr(make, "convert", fail)
    status = run(one())["plain"]
    assert (status.kind, status.reason) == ("notebook_failed", "SystemError; where is in build/proef/GM0197-plain.log")


# A shell lets what it starts in the background ignore Ctrl-C.
STOPPED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from evaltools.batch import make, plan
for module in (plan, make):
    module.notebook_problems = lambda _: []
from evaltools.cli import main
sys.argv = ["evaltools", "reports", "--workers", "2"]
main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_ends_soon_and_can_go_on(write_cells, number):
    cells = {f"n{turn}": f"import time\ntime.sleep({0 if turn < 2 else 600})\n{GOOD}" for turn in range(4)}
    project = write_cells(cells)
    with subprocess.Popen(
        [sys.executable, "-c", STOPPED], cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as runner:
        try:
            for _ in range(2):
                assert "made" in runner.stdout.readline()
            time.sleep(1)
            runner.send_signal(number)
            began = time.monotonic()
            _, said = runner.communicate(timeout=60)
        finally:
            runner.kill()
    assert time.monotonic() - began < 40
    assert runner.returncode == 130
    assert said.strip() == "evaltools: stopped; what was made is kept, run the command again (without --force) to go on"
    assert not (project.reports / "proef").exists()
    skipped = []
    for name in ("n2", "n3"):
        path = project.notebooks / f"{name}.ipynb"
        path.write_text(path.read_text("utf-8").replace("sleep(600)", "sleep(0)"), "utf-8")
    found = run(project, when_skipped=skipped.append)
    assert {status.kind for status in found.values()} == {""}
    assert {status.notebook for status in skipped} == {"n0", "n1"}
