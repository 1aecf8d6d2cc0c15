"""The documents say what is there."""

import datetime as dt
import doctest
import importlib
import inspect
import itertools
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import openpyxl
import pytest
import yaml
from typer.main import get_command

import evaltools
from evaltools import cohorts, effects, programmes, registers
from evaltools.batch.locks import Shard
from evaltools.cli import app
from evaltools.registers import open_register, statline
from evaltools.registers.simulate import Scenario, simulate
from tests.conftest import ROOT

DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "GLOSSARY.md",
    "CHANGELOG.md",
    "docs/methods.md",
    "docs/coverage.md",
    "docs/gallery.md",
    "docs/benchmarks.md",
    "docs/pitfalls.md",
    "docs/disclosure.md",
    "docs/results.md",
    "docs/cluster.md",
    "docs/statline.md",
    "docs/data-dictionary.md",
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs" / "definitions").glob("*.md"))),
]


def modules():
    names = [module.name for module in pkgutil.walk_packages(evaltools.__path__, "evaltools.")]
    return [importlib.import_module(name) for name in names]


def public(module):
    for name, found in vars(module).items():
        if name[0] != "_" and getattr(found, "__module__", "") == module.__name__ and callable(found):
            yield name, found


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_everything_public_says_what_it_is(module):
    assert module.__doc__
    for name, found in public(module):
        assert inspect.getdoc(found), f"{module.__name__}.{name}"


@pytest.mark.parametrize(
    "package", [registers, statline, programmes, cohorts, effects], ids=lambda package: package.__name__
)
def test_help_of_every_function_says_what_goes_in_and_comes_out_with_an_example(package):
    for name in package.__all__:
        found = getattr(package, name)
        if inspect.isfunction(found):
            said = inspect.getdoc(found)
            sections = ["Returns", "Examples", *(["Parameters"] if inspect.signature(found).parameters else [])]
            assert [each for each in sections if f"{each}\n---" not in said] == [], name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_make_targets_exist(document):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"(?:`| {4})make ([a-z-]+)", (ROOT / document).read_text("utf-8"), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_commands_and_options_of_the_readme_exist():
    commands = get_command(app).commands
    readme = (ROOT / "README.md").read_text("utf-8")
    used = re.findall(r"\.venv/bin/evaltools ([a-z]+)(.*?)(?:#|$)", readme, re.MULTILINE)
    assert {command for command, _ in used} == set(commands)
    for command, rest in used:
        known = {option for parameter in commands[command].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known


def test_commands_and_options_on_more_machines_exist():
    known = get_command(app).commands["reports"].params
    text = (ROOT / "docs" / "cluster.md").read_text("utf-8")
    used = re.findall(r"evaltools reports(.*?)(?:#|['\"`\n])", text)
    options = {option for parameter in known for option in parameter.opts}
    assert len(used) > 6
    assert {option for rest in used for option in re.findall(r"--[a-z-]+", rest)} <= options


def test_every_index_of_the_job_of_kubernetes_makes_its_part():
    (text,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "cluster.md").read_text("utf-8"), re.DOTALL)
    job = yaml.safe_load(text)["spec"]
    shell, flag, command = job["template"]["spec"]["containers"][0]["command"]
    say = command.replace("exec .venv/bin/evaltools", "echo")
    parts = set()
    for index in range(job["completions"]):
        environment = {**os.environ, "JOB_COMPLETION_INDEX": str(index)}
        said = subprocess.run([shell, flag, say], capture_output=True, text=True, check=True, env=environment).stdout
        parts.add(Shard.read(said.split("--shard ")[1].split()[0]))
    assert parts == {Shard(number, job["completions"]) for number in range(1, job["completions"] + 1)}


def commands_of(title):
    """The indented commands of a section of the README, in order; not the profile and the messages it shows."""
    section = (ROOT / "README.md").read_text("utf-8").split(f"## {title}\n")[1].split("\n## ")[0]
    lines = re.findall(r"^ {4}(\S.*)$", section, re.MULTILINE)
    return [line for line in lines if re.match(r"\(umask|export|cp|\.venv", line)], section


def run_in(project, commands, *, home):
    environment = {**os.environ, "HOME": str(home)}
    environment.pop("EVALTOOLS_KEY", None)
    script = "set -e\n" + "\n".join(commands)
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=False, cwd=project.root, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done


def test_a_csv_per_table_is_taken_in_as_it_is_written(project, tmp_path_factory):
    """With the README's own loop, of a register that is written to CSV, up to the page that another test makes."""
    commands, section = commands_of("Your own municipality in five steps")
    loop = re.search(
        r"^ {4}for table in.*?^ {4}done(?= && .venv/bin/evaltools reports )", section, re.MULTILINE | re.DOTALL
    )[0]
    (project.root / ".venv").symlink_to(Path(sys.executable).parents[1])
    shutil.copy(ROOT / "programmes" / "aandacht-helpt.yaml", project.programmes)
    made = simulate(Scenario(n_persons=2_000)).tables
    asked = loop.split("; do")[0].split()[3:]
    assert len(asked) >= 6
    for name in asked:
        months = {"month": made[name]["month"].dt.strftime("%Y-%m")} if "month" in made[name] else {}
        rows = made[name].assign(**months)
        if "programme" in rows:
            rows["programme"] = "aandacht-helpt"
        rows.to_csv(project.root / "data" / "raw" / f"{name}.csv", index=False)
    run_in(project, [*commands[:2], textwrap.dedent(loop)], home=tmp_path_factory.mktemp("home"))
    register = open_register("GM0197", project)
    assert not register.is_simulated
    assert {name: len(register.read(name)) for name in asked} == {name: len(made[name]) for name in asked}


def block_after(section, words):
    """Give the indented block that follows these words."""
    lines = section.split(words)[1].split("\n\n", 1)[1].splitlines()
    return textwrap.dedent("\n".join(itertools.takewhile(lambda line: not line or line.startswith("    "), lines)))


def test_your_own_municipality_works_as_it_is_written(project, tmp_path_factory):
    """From exports to an evaluation, with the README's own commands, programme file and profile, in a copy of the project."""
    commands, section = commands_of("Your own municipality in five steps")
    shutil.copytree(ROOT / "docs", project.root / "docs")
    for name in ("data_quality", "evaluation"):
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", project.notebooks)
    (project.root / ".venv").symlink_to(Path(sys.executable).parents[1])
    assert section.index("Save this as") < section.index(
        "participants-example.csv --profile"
    )  # which names the programme
    (project.programmes / "stap-vooruit.yaml").write_text(block_after(section, "Save this as"), "utf-8")
    (project.root / "deelnemers.yaml").write_text(
        block_after(section, "say an Excel list:").split("\n.venv")[0], "utf-8"
    )
    book = openpyxl.Workbook()
    book.active.title = "Deelnemers"
    begin = dt.date(2021, 2, 1)
    for row in (["Deelnemers"], [], ["BSN", "Stand", "Aangemeld", "Begin", "Einde"],
                ["111222333", "gestart", begin, begin, None], ["123456782", "klaar", begin, begin, "28-02-2021"]):  # fmt: skip
        book.active.append(row)
    book.save(project.root / "data" / "raw" / "lijst.xlsx")
    # Printing needs a browser (tests/batch/test_paper.py). The list of the example is of real people, so to say: it takes the
    # place of the invented register.
    done = run_in(project, [each for each in commands if " pdf " not in each], home=tmp_path_factory.mktemp("home"))
    assert "persons: GM0294 Winterswijk 272" in done.stdout
    assert "participations: GM0294 Winterswijk 60" in done.stdout
    assert "2 published, 0 up to date, 0 failed" in done.stdout
    assert "participations: GM0294 Winterswijk 2\n" in done.stdout
    examples = "".join(
        (ROOT / "docs" / name).read_text("utf-8") for name in ("bus-example.csv", "participants-example.csv")
    )
    numbers = set(re.findall(r"9999\d{5}", examples))
    assert len(numbers) == 272
    for name, words in (
        ("GM0294/data_quality", "Hoe betrouwbaar"),
        ("stap-vooruit/GM0294-evaluation", "Van de 60 deelnemers"),
    ):
        page = (project.reports / f"{name}.html").read_text("utf-8")
        assert "Winterswijk" in page
        assert words in page
        assert "Deze gegevens zijn gesimuleerd" in page
        assert not any(number in page for number in numbers)
    # Nobody's status is known: nought of nobody is not said.
    assert "Verblijfsstatus: onbekend" in page
    assert "Verblijfsstatus: statushouder" not in page


def test_a_code_that_a_profile_does_not_know_is_told_with_those_that_it_does(project, tmp_path_factory):
    shutil.copy(ROOT / "programmes" / "samen-sterk.yaml", project.programmes)
    (project.root / ".venv").symlink_to(Path(sys.executable).parents[1])
    example, *_ = (ROOT / "docs" / "participants-example.csv").read_text("utf-8").splitlines()
    row = dict.fromkeys(example.split(";"), "")
    row |= {"bsn": "999900183", "programma": "samen-sterk", "status": "geslaagd", "datum_selectie": "22-05-2018"}
    rows = "\n".join(";".join(cells) for cells in (row, row.values())) + "\n"
    (project.root / "data" / "raw" / "lijst.csv").write_text(rows, "utf-8")
    commands, _ = commands_of("Your own municipality in five steps")
    ingest = ".venv/bin/evaltools ingest data/raw/lijst.csv --profile participants --municipality GM0222 --extract-day 2021-03-31 || true"
    said = run_in(project, [*commands[:2], ingest], home=tmp_path_factory.mktemp("home")).stderr
    assert "a code that the profile does not map" in said
    assert "it maps geselecteerd, benaderd, gestart, afgerond, gestopt" in said


def test_examples_of_the_readme_run():
    assert doctest.testfile(str(ROOT / "README.md"), module_relative=False).failed == 0


def test_examples_on_statline_run():
    assert doctest.testfile(str(ROOT / "docs" / "statline.md"), module_relative=False).failed == 0


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document):
    path = ROOT / document
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def test_the_gallery_has_a_picture_of_every_notebook():
    rows = re.findall(
        r"^\| `(\w+)` \|.*!\[(.+)\]\((.+)\) \|$", (ROOT / "docs" / "gallery.md").read_text("utf-8"), re.MULTILINE
    )
    assert {name for name, _, _ in rows} == {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert all(len(alternative) > 20 for _, alternative, _ in rows)


def test_folders_of_contributing_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for name in re.findall(r"`((?:src|programmes|notebooks|data|docs|tests)/[^`…]*)`", text):
        assert (ROOT / name).exists(), name


def test_names_of_the_glossary_are_in_the_code():
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    rows = re.findall(r"^\|[^|]+\|([^|]+)\|", (ROOT / "GLOSSARY.md").read_text("utf-8"), re.MULTILINE)[2:]
    names = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    assert len(names) > 25
    for name in names:
        assert name.rstrip("…") in code, name


def test_version_and_licence_agree():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == evaltools.__version__
    assert citation["license"] == "EUPL-1.2"
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in (ROOT / "LICENSE").read_text("utf-8")


def test_pre_commit_refuses_data():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    (hook,) = [hook for hook in hooks if hook["id"] == "no-data"]

    def is_refused(path):
        return re.search(hook["files"], path) and not re.search(hook["exclude"], path)

    assert is_refused("data/raw/aalten/bus.csv")
    assert is_refused("data/processed/GM0197/persons.parquet")
    assert not is_refused("data/raw/reference/municipalities.csv")
    assert not is_refused("data/raw/README.md")
