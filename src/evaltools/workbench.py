"""The start of the workbench: a notebook that says what can be explored here, made anew each time JupyterLab opens."""

import inspect
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from evaltools import cohorts, effects, programmes, registers
from evaltools.errors import EvaltoolsError
from evaltools.project import Project
from evaltools.reference import municipality_names
from evaltools.registers import statline
from evaltools.registers.store import stored_municipalities

START = "start.ipynb"
EXPLORATION = "exploration.ipynb"
PACKAGES = {
    registers: "Een register openen",
    statline: "Cijfers van CBS StatLine",
    programmes: "Een programma lezen",
    cohorts: "Wie deed mee, met wie te vergelijken, en wat werd er van hen",
    effects: "Aandelen, verschillen, curven, gewichten, bundelen, plannen",
}
"""What a researcher calls, and the Dutch for what it is for."""

INTRODUCTION = """\
# Wat kunt u hier onderzoeken?

Deze pagina wordt bij elke start opnieuw gemaakt: wat u erin verandert, blijft niet bewaard. Begin met
[Van register naar uitkomsten](exploration.ipynb); dat notebook is van u. Alles in deze map is privé, want de aantallen zijn
er exact."""

UNREADABLE = "kan niet worden gelezen; `evaltools list` zegt waarom"


def prepare(project: Project) -> Path:
    """Write the start of the workbench in ``build/lab/``, which is private; return its path.

    Beside it comes a copy of the exploration notebook, once: it stays as its user left it.

    Raises
    ------
    InvalidDataError
        When the list of municipalities cannot be read.
    """
    folder = project.build / "lab"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / EXPLORATION).exists() and (project.notebooks / EXPLORATION).exists():
        shutil.copyfile(project.notebooks / EXPLORATION, folder / EXPLORATION)
    nbformat.write(start(project), folder / START)
    return folder / START


def write_quiet(folder: Path) -> Path:
    """Write settings with which JupyterLab does not ask whether it may fetch news; return the folder for `JUPYTER_CONFIG_PATH`.

    Without a feed it asks all the same: only the part that asks can be turned off.
    """
    own = folder / ".config"
    (own / "labconfig").mkdir(parents=True, exist_ok=True)
    asks = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (own / "labconfig" / "page_config.json").write_text(json.dumps(asks), "utf-8")
    return own


def start(project: Project) -> nbformat.NotebookNode:
    """Make the notebook: the registers and programmes that are there, the notebooks, and every function for it."""
    stored = stored_municipalities(project)
    texts = [
        INTRODUCTION,
        "## Registers\n\n" + _registers(stored, project) + "\n\n" + _figures(project),
        "## Programma’s\n\n" + _table(("programma", "slug", "gemeenten"), _programmes(project)),
        "## Notebooks van de rapporten\n\nZij maken de pagina’s van de site. Vul bovenaan de parameters in om er een uit te "
        "voeren.\n\n" + "\n".join(f"- [{title}](../../notebooks/{name})" for name, title in _notebooks(project)),
    ]
    functions = [
        f"### {title}\n\n" + _table(("functie", "wat zij doet"), _public(each)) for each, title in PACKAGES.items()
    ]
    help_text = (
        "## Functies\n\nZet een vraagteken achter een functie voor de uitleg, met een voorbeeld. Wat een begrip betekent staat "
        "in [de definities](../../docs/definitions/README.md), de formules in [de methoden](../../docs/methods.md)."
    )
    made: nbformat.NotebookNode = new_notebook(
        cells=[
            *map(new_markdown_cell, texts[:2]),
            *[
                new_code_cell(f'from evaltools.registers import open_register\n\nopen_register("{code}")')
                for code in stored[:1]
            ],
            *map(new_markdown_cell, [*texts[2:], help_text]),
            new_code_cell("from evaltools.cohorts import programme_cohort\n\nprogramme_cohort?"),
            *map(new_markdown_cell, functions),
        ],
        metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    )
    return made


def _registers(stored: Sequence[str], project: Project) -> str:
    if not stored:
        return "Er is nog geen register. Neem een export in, of maak gesimuleerde gegevens met `evaltools simulate`."
    names = municipality_names(project)
    rows = ((names.get(code, ""), f"`{code}`", *_of_register(code, project)) for code in stored)
    return _table(("gemeente", "code", "gegevens", "export van", "tabellen"), rows)


def _figures(project: Project) -> str:
    tables = statline.stored_tables(project)
    if not tables:
        return "Cijfers van het CBS zijn er nog niet; `evaltools statline` haalt ze op."
    return f"Cijfers van het CBS: {', '.join(tables)}. `stored_flows()` legt ze naast elkaar."


def _of_register(code: str, project: Project) -> tuple[str, str, str]:
    try:
        found = registers.open_register(code, project)
    except EvaltoolsError:
        return UNREADABLE, "", ""
    kind = "gesimuleerd: niemand erin bestaat" if found.is_simulated else "echt"
    return kind, f"{found.extract_day:%d-%m-%Y}", ", ".join(found.tables)


def _programmes(project: Project) -> Iterator[tuple[str, ...]]:
    for slug in programmes.list_programmes(project):
        try:
            found = programmes.read_programme(slug, project)
        except EvaltoolsError:
            yield UNREADABLE, f"`{slug}`", ""
            continue
        yield found.name, f"`{slug}`", ", ".join(found.municipalities)


def _notebooks(project: Project) -> Iterator[tuple[str, str]]:
    for path in sorted(project.notebooks.glob("*.ipynb")):
        if path.name != EXPLORATION:
            try:
                title = nbformat.read(path, as_version=4).cells[0].source.removeprefix("# ").strip()
            except (
                OSError,
                ValueError,
                AttributeError,
                IndexError,
            ):  # no notebook; nbformat's own error is a ValueError
                title = f"{path.stem}: {UNREADABLE}"
            yield path.name, title


def _public(package: ModuleType) -> Iterator[tuple[str, str]]:
    for name in package.__all__:
        found = getattr(package, name)
        if inspect.isfunction(found):
            said = (inspect.getdoc(found) or "").splitlines()[0]
            yield f"`{name}`", said.replace("|", r"\|")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (heads, ["---"] * len(heads), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
