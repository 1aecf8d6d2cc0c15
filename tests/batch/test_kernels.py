"""Kernels that are forked are as kernels that are started anew; no report sees another."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

import evaltools
from evaltools.batch.execute import Limits, execute, imports_of, private_folder, sweep
from evaltools.batch.kernels import provisioner
from evaltools.batch.kernels.provisioner import NoZygoteError, Zygote, zygote_of
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")

FIGURE = "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4])\nplt.show()"
# But for what the two are bound to differ in: a thread that looks whether its parent lives, names in the environment.
ALIKE = {
    "figure": FIGURE,
    "style": "import matplotlib\nmatplotlib.get_backend(), matplotlib.rcParams['figure.dpi'], matplotlib.rcParams['font.size']",
    "table": "import pandas as pd\npd.DataFrame({'n': [1, 2]}).groupby('n').size()",
    "fit": "import numpy as np, statsmodels.api as sm\nsm.OLS(np.arange(9.0) ** 2, sm.add_constant(np.arange(9.0))).fit().params",
    "seeded": "import random\nrandom.seed(3)\nnp.random.seed(3)\nrandom.random(), np.random.rand(), np.random.default_rng(3).random()",
    "streams": "import sys\nprint('uit')\nprint('fout', file=sys.stderr)",
    "child": "import subprocess\nsubprocess.run(['echo', 'kind'], check=True)",
    "shell": "!echo schelp",
    "path": "sys.path",
    "argv": "sys.argv[:2]",
    "folder": "import os\nos.getcwd()",
    "main": "import pickle\nclass A: pass\ntype(pickle.loads(pickle.dumps(A()))).__module__, '__file__' in globals()",
    "pool": "import multiprocessing\nwith multiprocessing.get_context('fork').Pool(2) as pool:\n    found = pool.map(abs, [-1, -2])\nfound",
    "await": "import asyncio\nawait asyncio.sleep(0, 'gewacht')",
    "signals": "import signal\nsignal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.getsignal(signal.SIGCHLD)",
    "environment": "sorted({each for each in os.environ if not each.startswith(('JPY_', 'PYDEVD_'))})",
    "threads": "import threading\nsorted({each.name for each in threading.enumerate()} - {'Thread-1'})",
    "library": "from evaltools.reports import wording\nwording.__name__",
    "input": "try:\n    input()\nexcept Exception as error:\n    print(type(error).__name__)",
    "warns": "import warnings\nwarnings.warn('let op')",
}


@pytest.fixture
def plain(monkeypatch):
    """Let every kernel be started anew."""

    def no(_):
        raise NoZygoteError("a test")

    return lambda: monkeypatch.setattr(provisioner, "zygote_of", no)


IMPORTS = [["evaltools.reports", ["figures", "tables", "wording"]]]
"""With pandas, matplotlib and statsmodels below them: what can go wrong, goes wrong in those."""


def run(*cells, limits=None, parameters=None, folder=ROOT / "notebooks", imports=IMPORTS, registers=None):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    return execute(
        notebook,
        parameters or {},
        folder=folder,
        limits=limits or Limits(seconds=120),
        imports=imports,
        registers=registers,
    )


def outputs(notebook):
    """What cells show, but for the names of a folder and a process."""
    shown = [json.dumps(cell.outputs) for cell in notebook.cells]
    return [nbformat.from_dict(json.loads(re.sub(r"evaltools-\w+/ipykernel_\d+", "x", text))) for text in shown]


def values(notebook):
    return [
        "".join(output.get("data", {}).get("text/plain", "") for output in cell.outputs)
        for cell in notebook.cells
        if cell.outputs
    ]


def value(cell, **options):
    return values(run(cell, **options))[0]


def is_alive(pid):
    """Whether a process runs; one that has ended and was not reaped yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def ends(pid, seconds=10):
    until = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not is_alive(pid)


def test_a_forked_kernel_shows_what_a_kernel_of_its_own_shows(plain):
    cells = ["from pathlib import Path", *ALIKE.values()]
    is_forked = "os.getppid() == " + repr(os.getpid())
    forked = run(*cells, is_forked)
    plain()
    anew = run(*cells, is_forked)
    assert (values(forked)[-1], values(anew)[-1]) == ("False", "True")
    for name, here, there in zip(["", *ALIKE], outputs(forked)[:-1], outputs(anew)[:-1], strict=True):
        assert here == there, name
    assert any("image/png" in output.get("data", {}) for output in outputs(forked)[1])


def test_drawn_numbers_differ_between_reports():
    draw = "import random, uuid, numpy as np\nrandom.random(), np.random.rand(), np.random.default_rng().random(), uuid.uuid4()"
    drawn = [value(draw).strip("()").split(", ") for _ in range(3)]
    for of_one in zip(*drawn, strict=True):
        assert len(set(of_one)) == 3


def test_no_state_of_a_report_is_seen_by_the_next(tmp_path):
    leaves = (
        "import builtins, os, sys, warnings, pandas as pd, matplotlib.pyplot as plt\n"
        "builtins.left = 1\nos.environ['LEFT'] = '1'\nsys.modules['left'] = sys\npd.set_option('display.max_rows', 3)\n"
        "plt.rcParams['font.size'] = 33\nplt.plot([1])\nos.chdir('/')\nos.umask(0)\nwarnings.simplefilter('error')\nmine = 1"
    )
    looks = (
        "import builtins, os, sys, warnings, pandas as pd, matplotlib.pyplot as plt\n"
        "[hasattr(builtins, 'left'), 'LEFT' in os.environ, 'left' in sys.modules, pd.get_option('display.max_rows') == 3, "
        "plt.rcParams['font.size'] == 33, bool(plt.get_fignums()), os.getcwd() == '/', os.umask(0) == 0, 'mine' in globals()]"
    )
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda turn: outputs(run(looks if turn % 2 else leaves)), range(8)))
    for shown in found[1::2]:
        assert "True" not in shown[0][0].data["text/plain"]


def test_side_by_side_each_has_its_own_parameters():
    def mine(number):
        cell = "import time\ntime.sleep(0.05)\nnumber * 2"
        return values(run(cell, parameters={"number": number}))[-1]

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(mine, range(12))) == [str(number * 2) for number in range(12)]


def test_what_notebooks_import_is_there_already():
    imports = imports_of(
        [nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("from evaltools.reports import tables")])]
    )
    there = "import sys\n'evaltools.reports.tables' in sys.modules, 'evaltools.reports.figures' in sys.modules"
    assert value(there, imports=imports) == "(True, False)"
    assert value(there, imports=[]) == "(False, False)"


def test_what_cannot_be_imported_stops_nothing():
    assert value("1 + 1", imports=[["evaltools.no_such_module", ["x"]]]) == "2"


def test_the_zygote_is_clean():
    """One thread, and nothing imported that binds to a kernel: figures would be lost."""
    zygote = zygote_of(IMPORTS)
    status = Path(f"/proc/{zygote.process.pid}/status").read_text("ascii")
    assert "Threads:\t1\n" in status
    assert value("import os\nos.getppid()") == str(zygote.process.pid)
    assert value("import gc\ngc.get_freeze_count() > 100_000") == "True"


def test_something_that_starts_threads_is_not_forked(tmp_path, monkeypatch):
    (tmp_path / "starts_threads.py").write_text("import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()")  # fmt: skip
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(NoZygoteError, match="threads"):
        Zygote([["starts_threads", []]])
    assert value("1 + 1", imports=[["starts_threads", []]]) == "2"


def test_a_zygote_that_died_is_replaced():
    first = zygote_of(IMPORTS)
    first.process.kill()
    first.process.wait()
    assert value("1 + 1") == "2"
    assert zygote_of(IMPORTS) is not first


def test_a_zygote_that_hangs_keeps_nobody_waiting(monkeypatch):
    process = zygote_of(IMPORTS).process
    os.kill(process.pid, signal.SIGSTOP)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(provisioner, "SECONDS_TO_FORK", 1)
            assert value("import os\nos.getppid()") == str(os.getpid())
    finally:
        os.kill(process.pid, signal.SIGCONT)
    forked = value("import os\nos.getppid(), os.getpid()")  # by the same one, which has let go of what nobody waits for
    assert forked.startswith(f"({process.pid},")
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    assert all(ends(pid) for pid in map(int, children.read_text("ascii").split()))


def test_kernels_of_a_zygote_that_dies_die_with_it():
    pid = zygote_of(IMPORTS).process.pid
    with pytest.raises(DeadKernelError):
        run(f"import os, signal\nos.kill({pid}, signal.SIGKILL)\nimport time\ntime.sleep(60)")


def test_a_fork_of_the_runner_has_its_own():
    own = zygote_of([]).process.pid
    found = subprocess.run(
        [sys.executable, "-c", "import os\nfrom evaltools.batch.kernels.provisioner import zygote_of, close_zygote\nmine = zygote_of([]).process.pid\n"
         "if os.fork() == 0:\n    print(zygote_of([]).process.pid != mine, flush=True)\n    close_zygote()\n    os._exit(0)\n"
         "os.wait()\nprint(zygote_of([]).is_running, zygote_of([]).process.pid == mine)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout.split() == ["True", "True", "True"]
    assert zygote_of([]).process.pid == own


def test_a_runner_that_is_killed_leaves_nothing(tmp_path):
    cell = (
        "import os, subprocess, tempfile, time\nPath(tempfile.gettempdir(), 'persons').touch()\n"
        "child, other = [subprocess.Popen(['sleep', '600'], start_new_session=apart) for apart in (False, True)]\n"
        "Path('pids.part').write_text(f'{tempfile.gettempdir()} {os.getppid()} {os.getpid()} {child.pid} {other.pid}')\n"
        "os.rename('pids.part', 'pids')\ntime.sleep(600)"
    )
    code = f"from tests.batch.test_kernels import run\nfrom pathlib import Path\nrun('from pathlib import Path', {cell!r}, folder=Path({str(tmp_path)!r}))"
    runner = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    until = time.monotonic() + 60
    while not (tmp_path / "pids").exists() and time.monotonic() < until:
        time.sleep(0.05)
    folder, *numbers = (tmp_path / "pids").read_text("utf-8").split()
    zygote, *pids = map(int, numbers)
    assert (Path(folder) / "persons").exists()
    assert all(map(is_alive, [zygote, *pids]))
    runner.kill()
    runner.wait()
    assert [ends(pid) for pid in (*pids, zygote)] == [True] * 4
    assert not Path(folder).exists()


@pytest.mark.parametrize(
    "start",
    [
        "child = subprocess.Popen(['sleep', '600'])",
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True)",
        # Forked twice, so that it is nobody's child.
        "import sys\nfound = subprocess.run([sys.executable, '-c', 'import os, time\\nif os.fork() == 0:\\n    os.setsid()\\n    print(os.getpid(), flush=True)\\n    os.close(1)\\n    time.sleep(600)'], stdout=subprocess.PIPE)\nclass child: pid = int(found.stdout)",
        "import os\npid = os.fork()\nif pid == 0:\n    os.setsid()\n    import time\n    time.sleep(600)\nclass child: pid = pid",
    ],
)
def test_what_a_report_leaves_running_is_ended(start):
    pid = int(value(f"import subprocess\n{start}\nchild.pid"))
    assert ends(pid)


def test_the_end_of_a_kernel_is_told():
    with pytest.raises(DeadKernelError):
        run("import os\nos._exit(3)")
    with pytest.raises(DeadKernelError):
        run("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(PapermillExecutionError):
        run("1 / 0")


def test_a_kernel_has_a_folder_of_its_own_for_a_while():
    folder = value("import tempfile\ntempfile.mkdtemp()").strip("'")
    assert Path(folder).parent.name.startswith("evaltools-")
    assert not Path(folder).exists()


def test_many_kernels_leave_no_sockets_or_processes_behind():
    def n_open():
        return len(list(Path("/proc/self/fd").iterdir())), len(list(Path("/proc/self/task").iterdir()))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: run("1"), range(4)))
        before = n_open()
        list(pool.map(lambda _: run("1"), range(10)))
        after = n_open()
    assert after[0] <= before[0] + 2
    assert after[1] <= before[1] + 1
    zygote = zygote_of(IMPORTS).process.pid
    assert Path(f"/proc/{zygote}/task/{zygote}/children").read_text("ascii") == ""


def test_memory_of_a_kernel_of_its_own():
    """What the zygote has imported is not paid for again."""
    own = "import numpy, pandas, seaborn, statsmodels.api\nfrom evaltools.reports import tables, figures, wording\nimport psutil\npsutil.Process().memory_full_info().uss >> 20"  # fmt: skip
    assert int(value(own)) < 60


def test_a_kernel_that_crashes_leaves_no_copy_of_its_memory():
    assert value("import resource\nresource.getrlimit(resource.RLIMIT_CORE)") == "(0, 0)"


def test_the_library_is_that_of_the_runner_wherever_it_is_started(tmp_path):
    (tmp_path / "evaltools").mkdir()
    (tmp_path / "evaltools" / "__init__.py").write_text("raise SystemExit('another library')", "utf-8")
    code = "from tests.batch.test_kernels import value\nimport os, sys\nos.chdir(sys.argv[1])\nprint(value('import evaltools\\nevaltools.__file__'))"
    command = [sys.executable, "-c", code, str(tmp_path)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert found.strip().strip("'") == evaltools.__file__


def test_what_a_kernel_started_ends_when_its_zygote_is_killed(tmp_path):
    zygote = zygote_of(IMPORTS).process.pid
    cell = (
        "import os, signal, subprocess, time\nfrom pathlib import Path\nchild = subprocess.Popen(['sleep', '600'])\n"
        f"Path({str(tmp_path / 'pid')!r}).write_text(str(child.pid))\nos.kill({zygote}, signal.SIGKILL)\ntime.sleep(60)"
    )
    with pytest.raises(DeadKernelError):
        run(cell)
    assert ends(int((tmp_path / "pid").read_text("ascii")))


def test_folders_of_the_dead_are_removed_and_those_in_use_stay(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    names = ("evaltools-left", "evaltools-new", "other-left", "evaltools-own")
    left, new, others, own = (tmp_path / name for name in names)
    for folder in (left, new, others, own):
        folder.mkdir()
        (folder / "persons").touch()
        if folder != own:  # what somebody keeps under such a name is theirs
            (folder / ".of-a-report").touch()
    with private_folder() as used:
        for folder in (left, used, others, own):
            os.utime(folder, (0, 0))
        sweep()
        assert [each.exists() for each in (left, new, others, own, used)] == [False, True, True, True, True]
    assert not used.exists()


def test_a_report_opens_no_register_but_its_own():
    cell = "from evaltools.registers import open_register\nopen_register('GM0222')"
    with pytest.raises(PapermillExecutionError, match="none that this report may read"):
        run(cell, registers=("GM0197", "GM1509"))
