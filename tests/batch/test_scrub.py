"""No value of a person is left by a run: not in a file, not on the terminal, not while it runs."""

import nbformat
import pytest

from evaltools.batch import make
from evaltools.batch.plan import plan_reports
from evaltools.batch.run import run_reports
from evaltools.batch.scrub import places, scrubbed
from tests.batch.small import HAND_MADE, PARAMETERS, block

SECRET = "123456782"
JOINED = "'12345' + '6782'"
"""The same, so that the code of the cell itself does not hold it: code is kept."""
CELLS = {
    "value-error": f"raise ValueError({JOINED})",
    "key-error": f"{{}}[{JOINED}]",
    "deep": f"import pandas\npandas.DataFrame({{'a': [1]}})[{JOINED}]",
    "caused": f"try:\n    int('x' + {JOINED})\nexcept ValueError as error:\n    raise RuntimeError({JOINED}) from error",
    "lines": f"raise ValueError('File /a.py:1, in f()\\n' + {JOINED} + '\\nFile /' + {JOINED} + '.py:1, in f()')",
    "name-of-a-column": f"import pandas\npandas.Series([{JOINED}]).astype(int).astype('x' + {JOINED})",
    "prints": f"print({JOINED})",
    "prints-to-stderr": f"import sys\nprint({JOINED}, file=sys.stderr)",
    "warns": f"import warnings\nwarnings.warn({JOINED})",
    "logs": f"import logging\nlogging.error({JOINED})",
    "raw": f"import os\nos.system('echo ' + {JOINED} + '; echo ' + {JOINED} + ' >&2')\nos.write(2, ({JOINED}).encode())",
    "frame": f"import pandas\npandas.DataFrame({{'person_id': [{JOINED}]}})",
    "displays": f"from IPython.display import display\ndisplay({JOINED}, metadata={{'a': {JOINED}}})",
    "exits": f"import sys\nsys.exit({JOINED})",
    "dies": f"import os\nprint({JOINED}, flush=True)\nos._exit(1)",
    "on-the-page": f"{HAND_MADE}Block(html='<p>' + {JOINED} + '</p>', headline={JOINED})",
    "in-a-picture": f"{HAND_MADE}Block(html='<p><img alt=\"' + {JOINED} + '\" src=\"data:image/png;base64,x\"></p>')",
}


def files_with(text, *folders):
    return [path.name for folder in folders for path in folder.rglob("*") if path.is_file() and text in path.read_text("utf-8", "replace")]  # fmt: skip


@pytest.fixture
def everything(write_cells):
    return write_cells(CELLS)


def test_no_way_to_fail_leaves_a_value(everything, capfd):
    plan = plan_reports(everything)
    statuses = run_reports(plan.reports, project=everything, site=everything.reports)
    assert {status.notebook for status in statuses if status.kind} == set(CELLS)
    assert files_with(SECRET, everything.build, everything.reports) == []
    assert not any(SECRET in status.reason + status.headline for status in statuses)
    assert SECRET not in "".join(capfd.readouterr())
    # What helps is there: the class, the place, and the code.
    kept = nbformat.read(everything.build / "proef" / "GM0197-deep.ipynb", as_version=4)
    (output,) = kept.cells[-1].outputs
    assert (output.ename, output.evalue) == ("KeyError", "(its text is not kept)")
    assert any(line.startswith("pandas/core/frame.py:") and line.endswith("in DataFrame.__getitem__") for line in output.traceback)  # fmt: skip
    assert "Cell In[3], line 2" in output.traceback
    assert str(everything.root) not in "".join(output.traceback)
    (output,) = nbformat.read(everything.build / "proef" / "GM0197-frame.ipynb", as_version=4).cells[-1].outputs
    assert output.text == "taken out: execute_result\n"


def test_nothing_is_written_while_a_notebook_runs(ungated, project, write_programme, write_notebook):
    """So that a run that is killed leaves nothing either."""
    look = "from pathlib import Path\nassert [path for path in Path('..', 'build').rglob('*') if path.is_file() and path.name != '.run'] == []"
    write_notebook(PARAMETERS, f"print({JOINED})", look, block())
    write_programme()
    (status,) = run_reports(plan_reports(project).reports, project=project, site=project.reports)
    assert (
        "cell 3 shows something that is not from evaltools.reports (stream)" in status.reason
    )  # not an AssertionError


# nbclient sees to it; here it is held.
def test_code_and_parameters_are_kept_in_no_history(ungated, project, write_programme, write_notebook, monkeypatch):
    home = project.root / "home"
    home.mkdir()
    monkeypatch.setenv("IPYTHONDIR", str(home))
    write_notebook(PARAMETERS, block())
    write_programme()
    (status,) = run_reports(plan_reports(project).reports, project=project, site=project.reports)
    assert status.kind == ""
    assert not list(home.rglob("history.sqlite*"))


def test_an_error_of_the_batch_itself_leaves_its_class_and_places(ungated, project, write_programme, write_notebook, monkeypatch):  # fmt: skip
    def fail(*_):
        try:
            {}[SECRET]
        except KeyError as error:
            raise ValueError(SECRET) from error

    monkeypatch.setattr(make, "convert", fail)
    write_notebook(PARAMETERS, block())
    write_programme()
    (status,) = run_reports(plan_reports(project).reports, project=project, site=project.reports)
    assert status.reason == "ValueError; where is in build/proef/GM0197-plain.log"
    log = (project.build / "proef" / "GM0197-plain.log").read_text("utf-8")
    assert [line for line in log.splitlines() if not line.startswith("  ")] == ["ValueError", "KeyError"]
    assert "tests/batch/test_scrub.py:" in log
    assert files_with(SECRET, project.build, project.reports) == []


def test_the_texts_of_our_own_errors_are_kept():
    error = nbformat.v4.new_output("error", ename="InvalidDataError", evalue="tabel: mist een kolom", traceback=["x"])
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("f()", outputs=[error])])
    (output,) = scrubbed(notebook, keep_blocks=True).cells[0].outputs
    assert output.evalue == "tabel: mist een kolom"
    assert notebook.cells[0].outputs[0].traceback == ["x"]  # the notebook itself is as it was


def test_errors_that_lead_to_each_other_end():
    first, second = ValueError(SECRET), KeyError(SECRET)
    first.__cause__, second.__cause__ = second, first
    assert places(first) == "ValueError\nKeyError\n"
