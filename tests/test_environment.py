"""pyproject.toml, requirements.lock and environment.yml name the same packages and versions."""

import ast
import re
import subprocess
import sys
import tomllib

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

# conda-forge splits these so that nobody gets a window system or a LaTeX with them.
CONDA_NAMES = {
    "jupyter_client": "jupyter-client",
    "jupyter_core": "jupyter-core",
    "matplotlib-base": "matplotlib",
    "nbconvert-core": "nbconvert",
    "seaborn-base": "seaborn",
}
# What conda needs beside the project's own dependencies.
CONDA_ONLY = {"python", "pip", "setuptools"}
IMPORT_NAMES = {
    "beautifulsoup4": "bs4",
    "jupyter-client": "jupyter_client",
    "jupyter-core": "jupyter_core",
    "pyyaml": "yaml",
}
# Not imported: the workbench is a program, and widgets are for the notebook of who explores.
NOT_IMPORTED = {"jupyterlab", "ipywidgets"}


def pyproject():
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def declared():
    """Name what the library needs, with its extras: all but those of who develops it."""
    optional = pyproject()["optional-dependencies"]
    extras = [line for name, lines in optional.items() if name != "dev" for line in lines]
    lines = [*pyproject()["dependencies"], *extras]
    return {canonicalize_name(line.name): line for line in map(Requirement, lines)}


def locked():
    lines = re.findall(r"^([a-z0-9._-]+)==([^ \\]+)", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
    assert len(dict(lines)) == len(lines), "two versions of one package"
    return {canonicalize_name(name): version for name, version in lines}


def conda():
    *lines, by_pip = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    pins = dict(re.fullmatch(r"([a-z0-9_-]+)(?:=|>=)?([0-9.]*)", line).groups() for line in lines)
    pins |= dict(line.split("==") for line in by_pip["pip"])
    return {CONDA_NAMES.get(name, name): version for name, version in pins.items() if name not in CONDA_ONLY}


def test_the_lock_satisfies_pyproject():
    versions = locked()
    wanted = [*declared().values(), *map(Requirement, pyproject()["optional-dependencies"]["dev"])]
    for requirement in wanted:
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), str(requirement)


def test_conda_has_the_same_packages_in_the_same_versions():
    assert conda() == {name: locked()[name] for name in declared()}


def test_every_locked_package_has_hashes_and_no_address():
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*(-i|--index|--extra-index|--find-links)", text, re.MULTILINE)
    for package in re.split(r"\n(?=[a-z0-9])", text.strip()):
        assert "--hash=sha256:" in package, package.splitlines()[0]


def test_what_runs_here_is_what_is_locked():
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True, check=True
    )
    installed = dict(line.split("==") for line in listed.stdout.splitlines() if "==" in line)
    installed = {canonicalize_name(name): version for name, version in installed.items()}
    different = {name: installed[name] for name in locked() if name in installed and installed[name] != locked()[name]}
    assert different == {}


def test_every_dependency_is_used_and_every_import_is_declared():
    used = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                used |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                used.add(node.module.split(".")[0])
    importable = {IMPORT_NAMES.get(name, name) for name in declared()}
    assert importable - used == NOT_IMPORTED
    assert used - importable - sys.stdlib_module_names == {"evaltools"}


def test_a_start_reads_no_grammar_of_web_addresses():
    """It takes seconds, and is for who checks such addresses: they have it all the same."""
    code = "import sys, evaltools.batch.run; print('jsonschema' in sys.modules, 'rfc3987_syntax' in sys.modules); import rfc3987_syntax"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["True", "False"]
