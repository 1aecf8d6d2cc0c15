"""A run uses the cores and the memory that it was given, not all that the machine has."""

import os
import subprocess
import sys

import pytest

from evaltools.batch import machine

MEMORY = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if sys.platform == "linux" else 0
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="control groups are Linux'")


@pytest.fixture
def group(tmp_path, monkeypatch):
    """Put this process in a control group within another, with these limits; give what it may use."""

    def put(inner, outer):
        own = tmp_path / "job" / "step"
        own.mkdir(parents=True)
        (tmp_path / "own").write_text("1:cpu:/old\n0::/job/step\n", "utf-8")
        for folder, limits in ((own, inner), (own.parent, outer)):
            for name, text in limits.items():
                (folder / name).write_text(f"{text}\n", "utf-8")
        monkeypatch.setattr(machine, "GROUPS", tmp_path)
        monkeypatch.setattr(machine, "OWN_GROUP", tmp_path / "own")
        monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(16)))
        return machine.cores.__wrapped__()

    yield put
    for each in (machine.cores, machine.share):
        each.cache_clear()


@pytest.mark.parametrize(
    ("inner", "outer", "cores"),
    [
        ("max 100000", "max 100000", 16),
        ("400000 100000", "max 100000", 4),
        ("max 100000", "250000 100000", 2),
        ("50000 100000", "max 100000", 1),
    ],
)
def test_cores_are_those_that_a_job_was_given(group, inner, outer, cores):
    assert group({"cpu.max": inner}, {"cpu.max": outer}) == cores


def test_memory_is_shared_by_the_cores_that_a_job_was_given(group):
    group({"cpu.max": "200000 100000", "memory.max": str(6 << 30)}, {"memory.max": "max"})
    machine.cores.cache_clear()
    assert machine.share.__wrapped__() == min(6 << 30, MEMORY) // 2


def test_no_kernel_has_less_than_it_needs(group):
    group({"memory.max": str(1 << 30)}, {})
    assert machine.share.__wrapped__() == machine.LEAST_MEMORY


def test_without_control_groups_it_is_the_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "OWN_GROUP", tmp_path / "none")
    assert machine.cores.__wrapped__() == len(os.sched_getaffinity(0))


def test_a_process_that_is_bound_to_one_core_makes_one_report_at_a_time():
    code = "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\nfrom evaltools.batch.machine import cores\nprint(cores())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "1\n"
