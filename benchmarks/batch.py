"""What a run of many reports costs beside the loop that everybody writes: ``papermill …; jupyter nbconvert …`` per municipality.

Run it with ``make bench``, which writes docs/benchmarks.md, or alone with fewer municipalities, which writes nothing:
``python benchmarks/batch.py --most 24``. One run, one machine, one notebook (``evaluation.ipynb``), one simulated register that stands for each municipality; the loops make few reports, and
are compared by the time of one. A page of ours is also looked at for what it tells about people, alone and together with all
others, which no loop does. Where ``data/raw/statline/`` has the figures of CBS (``evaltools statline``), the pages of all municipalities
that they have are measured too: a real batch, of real figures.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil

from evaltools.batch.pages import standing
from evaltools.project import Project
from evaltools.registers.statline import municipalities_with_figures

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
SLUG = "meting"
MOST = 342
SIZES = (10, 100, 1000)
"""Reports of a notebook that does next to nothing, for what each costs beside its cells."""
PROGRAMME = """\
name: Meting
about: Een meting van de snelheid.
municipalities: [{codes}]
operator: Laborijn
period: {{first_day: 2018-07-01, last_day: 2020-03-31, precision: about}}
design: before_after
eligibility: {{months_on_benefit_at_least: 24, without_open_trajectory: true}}
horizons_months: [6, 12, 18]
notebooks: [{notebook}]
sources: [{{title: meting}}]
"""
SETUP = """\
from evaltools import reference
from evaltools.disclosure import already_published
from evaltools.findings import profile
from evaltools.programmes import read_programme
from evaltools.reports import wording
facts = already_published(
    profile.profile(read_programme(programme), municipality, reference.municipality_names(), reference.operators()[:0]),
    source="meting",
)"""
NOTHING = (
    "# Niets",
    'programme = ""  # file in programmes/\nmunicipality = ""  # CBS code',
    SETUP,
    "wording.about(facts)",
)
"""Cells of a notebook that does next to nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a command cost: seconds, and the most memory that its processes had of their own together."""

    seconds: float
    megabytes: float = 0.0


PAGE = """\
# What a batch of reports costs

Written by `python benchmarks/batch.py`, of which the first lines say how: {cores} cores, {system}, Python {python}.

The notebook is `evaluation.ipynb`. The two loops made {n_loop} reports each; theirs and ours stand in seconds a report.

{evaluations}
"""
PAGE_OF_FIGURES = """
The notebook `context.ipynb`, of the real figures of CBS: one page for each of their municipalities, and one over all of them.

{figures}
"""
PAGE_OF_SMALL = """
A notebook that does next to nothing shows what a report costs beside its cells:

{small}
"""


def main() -> None:
    """Measure, print what was measured, and write it down when all was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=MOST, help="municipalities")
    parser.add_argument("--loop", type=int, default=6, help="reports that the loops make")
    parser.add_argument(
        "--small", type=int, default=max(SIZES), help="reports of the largest run of small ones; 0 for none"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="evaltools-bench-") as folder:
        found = evaluations(Path(folder) / "evaluations", asked.most, asked.loop)
        print(found)
        figures = of_figures(Path(folder) / "figures", asked.loop)
        print(figures)
        small = small_ones(Path(folder) / "small", asked.small) if asked.small else ""
        print(small)
    if asked.most == MOST:
        machine = {"cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version()}
        text = PAGE.format(evaluations=found, n_loop=asked.loop, **machine)
        text += PAGE_OF_FIGURES.format(figures=figures) if figures else ""
        text += PAGE_OF_SMALL.format(small=small) if small else ""
        (ROOT / "docs" / "benchmarks.md").write_text(text, "utf-8")


def evaluations(root: Path, n: int, n_loop: int) -> str:
    """Measure the notebook of the evaluation for many municipalities, beside the loops."""
    codes = make_project(root, n, "evaluation")
    in_turn, beside, cells = loops(root, "evaluation", codes[:n_loop], f"-p programme {SLUG}")
    few = measured(root, codes[:3], only=True)
    shutil.rmtree(root / "build")
    shutil.rmtree(root / "reports")
    many = measured(root, codes)
    again = measured(root, codes)
    return (
        f"{table_of(in_turn, beside, cells, many.seconds / n, n)}\n\nThree reports alone took {few.seconds:.1f} s, all {n} again with nothing changed {again.seconds:.1f} s. "
        f"All processes together had {many.megabytes:,.0f} MB of their own at most for {n}, {few.megabytes:,.0f} MB for three."
    )


def of_figures(root: Path, n_loop: int) -> str:
    """Measure the pages of all municipalities of which CBS has figures, beside the loops; nothing without those figures."""
    there = Project(ROOT).statline
    codes = municipalities_with_figures(Project(ROOT))
    if not codes:
        return ""
    project = Project(root)
    project.programmes.mkdir(parents=True)
    project.notebooks.mkdir()
    for notebook in ("context", "municipalities"):
        shutil.copy(ROOT / "notebooks" / f"{notebook}.ipynb", project.notebooks)
    shutil.copytree(ROOT / "data/raw/reference", project.reference)
    shutil.copytree(there, project.statline)
    in_turn, beside, cells = loops(root, "context", codes[:: len(codes) // n_loop][:n_loop], "")
    cost = timed(lambda: run(root, BIN / "evaltools", "reports", "--everywhere"))
    again = timed(lambda: run(root, BIN / "evaltools", "reports"))
    n = len(standing(project.reports))
    if n != len(codes) + 1:
        sys.exit(f"{n} of {len(codes) + 1} pages are there")
    files = [path.stat().st_size for path in project.reports.rglob("*") if path.is_file()]
    return (
        f"{table_of(in_turn, beside, cells, cost.seconds / n, n)}\n\nAll {n} took {cost.seconds:.0f} s with publication and audit, again with nothing changed "
        f"{again.seconds:.1f} s. The site has {len(files):,} files of {sum(files) / 1e6:.0f} MB together. All processes had {cost.megabytes:,.0f} MB of their "
        "own at most."
    )


def small_ones(root: Path, most: int) -> str:
    """Measure what a report costs beside its cells, by the number of reports."""
    lines = ["| reports | seconds | ms each | MB at most |", "| ---: | ---: | ---: | ---: |"]
    for n in [size for size in SIZES if size < most] + [most]:
        codes = make_project(root / str(n), n, "nothing")
        cost = measured(root / str(n), codes)
        lines.append(f"| {n:,} | {cost.seconds:.1f} | {cost.seconds / n * 1000:.0f} | {cost.megabytes:,.0f} |")
    return "\n".join(lines)


def make_project(root: Path, n: int, notebook: str) -> list[str]:
    """Make a project with one programme in so many municipalities, of which the registers are simulated; give their codes."""
    project = Project(root)
    project.programmes.mkdir(parents=True)
    project.notebooks.mkdir()
    codes = [f"GM{3000 + number}" for number in range(n)]
    shutil.copytree(ROOT / "data/raw/reference", project.reference)
    with (project.reference / "municipalities.csv").open("a", encoding="utf-8") as names:
        names.writelines(f"{code},Gemeente {code[2:]},,,,2024,2024,verzonnen\n" for code in codes)
    text = PROGRAMME.format(codes=", ".join(codes), notebook=notebook)
    (project.programmes / f"{SLUG}.yaml").write_text(text, "utf-8")
    if notebook == "nothing":
        write_nothing(project)
    else:
        shutil.copy(ROOT / "notebooks" / f"{notebook}.ipynb", project.notebooks)
        run(root, BIN / "evaltools", "simulate")
    return codes


def write_nothing(project: Project) -> None:
    """Write the notebook that does next to nothing."""
    title, parameters, setup, show = NOTHING
    cells = [nbformat.v4.new_markdown_cell(title)]
    tagged = ((parameters, ["parameters"]), (setup, ["setup"]), (show, []))
    cells += [nbformat.v4.new_code_cell(source, metadata={"tags": tags}) for source, tags in tagged]
    metadata = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), project.notebooks / "nothing.ipynb")


def loops(root: Path, notebook: str, codes: Sequence[str], parameters: str) -> tuple[float, float, float]:
    """Measure what everybody writes, in seconds a report: one after the other, by two at a time, and of the cells alone."""
    (root / "loop").mkdir()
    made = "loop/$code.ipynb"
    command = (
        f"{BIN}/papermill {parameters} -p municipality $code --cwd . --no-progress-bar notebooks/{notebook}.ipynb {made} "
        f"2>/dev/null && {BIN}/jupyter-nbconvert --to html --no-input {made} 2>/dev/null"
    )
    listed = " ".join(codes)
    in_turn = timed(lambda: run(root, "bash", "-c", f"for code in $0; do {command}; done", listed))
    cells = sum(map(seconds_of_cells, (root / "loop").glob("*.ipynb"))) / (os.cpu_count() or 1)
    by_two = f"echo $0 | tr ' ' '\\n' | xargs -P2 -I@ bash -c 'code=@; {command}'"
    beside = timed(lambda: run(root, "bash", "-c", by_two, listed))
    return in_turn.seconds / len(codes), beside.seconds / len(codes), cells / len(codes)


def table_of(in_turn: float, beside: float, cells: float, ours: float, n: int) -> str:
    """Write seconds a report beside ours."""
    rows = [
        ("papermill and nbconvert, one after the other", in_turn),
        ("the same by `xargs -P2`", beside),
        (f"`evaltools reports`, {n} reports", ours),
        ("the cells alone, by as many as there are cores", cells),
    ]
    lines = [f"| {name} | {seconds:.2f} | {seconds / ours:.2f} |" for name, seconds in rows]
    return "\n".join(["| | seconds a report | beside ours |", "| --- | ---: | ---: |", *lines])


def measured(root: Path, codes: Sequence[str], *, only: bool = False) -> Cost:
    """Make our reports, and see to it that all of them are there."""
    named = [part for code in codes for part in ("--municipality", code)] if only else []
    cost = timed(lambda: run(root, BIN / "evaltools", "reports", SLUG, *named))
    n_there = sum(name.startswith(SLUG) for name in standing(root / "reports"))
    if n_there != len(codes):
        sys.exit(f"{n_there} of {len(codes)} pages are there")
    return cost


def timed(act: Callable[[], None]) -> Cost:
    """Measure what an act costs, with the processes that it starts."""
    most, ended = [0], threading.Event()

    def look() -> None:
        while not ended.wait(1):
            used = 0
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.Error):
                    used += process.memory_full_info().uss
            most[0] = max(most[0], used)

    looking = threading.Thread(target=look)
    began = time.perf_counter()
    looking.start()
    try:
        act()
    finally:
        seconds = time.perf_counter() - began
        ended.set()
        looking.join()
    return Cost(seconds=seconds, megabytes=most[0] / 2**20)


def run(root: Path, *command: object) -> None:
    """Run a command in a project."""
    subprocess.run([str(part) for part in command], cwd=root, check=True, stdout=subprocess.DEVNULL)


def seconds_of_cells(path: Path) -> float:
    """Add up how long the cells of an executed notebook took."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return sum(cell["metadata"].get("papermill", {}).get("duration") or 0 for cell in cells)


if __name__ == "__main__":
    main()
