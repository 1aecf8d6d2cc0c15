"""Ingest at national scale beside a plain read of the same files; opening one municipality of few and of many.

Run it with ``make bench``. It prints ratios and peak memory, measured in one run on this
machine, each step in a process of its own.
"""

import argparse
import datetime as dt
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from evaltools.project import Project
from evaltools.registers import extracts, open_register
from evaltools.registers.ingest import ingest
from evaltools.registers.pseudonyms import Key
from evaltools.registers.store import stored_municipalities

MUNICIPALITIES = 342
PERSONS, SPELLS, MONTHS = 400_000, 1_200_000, 5_000_000
EXTRACT_DAY = dt.date(2020, 12, 31)
WEIGHTS = np.array([9, 8, 7, 6, 5, 4, 3, 2])

PROFILE = """\
title: Landelijke proef
layout: {separator: ";", encoding: utf-8, decimal: ",", days: dd-mm-jjjj}
municipality: gemeente
tables:
"""
TABLES = {
    "persons": """\
  persons:
    columns:
      person_id: {column: bsn, bsn: true}
      birth_year: {column: geboortedatum, days: dd-mm-jjjj}
      sex: geslacht
      household_type: leefvorm
""",
    "benefit_spells": """\
  benefit_spells:
    columns:
      person_id: {column: bsn, bsn: true}
      benefit_id: uitkering
      scheme: regeling
      first_day: begin
      last_day: einde
      exit_reason: reden
      registered_day: ingevoerd
""",
    "incomes": """\
  incomes:
    columns:
      person_id: {column: bsn, bsn: true}
      month: {column: maand, days: jjjjmm}
      kind: soort
      euro: bedrag
""",
}


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the national size")
    parser.add_argument("--step", nargs=2, metavar=("STEP", "FOLDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        step, folder = arguments.step
        STEPS[step](Path(folder))
        return
    with tempfile.TemporaryDirectory() as folder:
        make_project(Path(folder), arguments.scale)
        read, stored, opened = (run(step, folder) for step in STEPS)
    print(f"rows: {read['rows']:,}; files: {read['megabytes']:.0f} MB")
    print(f"pandas.read_csv of the three files: {read['seconds']:.1f} s, peak {read['peak_gb']:.2f} GB")
    print(f"ingest of the three files:          {stored['seconds']:.1f} s, peak {stored['peak_gb']:.2f} GB")
    print(f"ratio: {stored['seconds'] / read['seconds']:.2f}")
    print(
        f"opening and reading one municipality: the smallest ({opened['few_rows']:,} rows) {opened['few']:.3f} s, "
        f"the largest ({opened['many_rows']:,} rows) {opened['many']:.3f} s"
    )


def run(step: str, folder: str) -> dict[str, float]:
    """Run one step in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--step", step, folder], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def make_project(root: Path, scale: float) -> None:
    """Write three extracts of invented people and the project that they go into."""
    rng = np.random.default_rng(20_201_231)
    (root / "programmes").mkdir()
    (root / "notebooks").mkdir()
    reference = root / "data" / "raw" / "reference"
    reference.mkdir(parents=True)
    codes = np.array([f"{code:04d}" for code in range(1, MUNICIPALITIES + 1)])
    names = pd.DataFrame({"code": "GM" + pd.Series(codes), "name": "Gemeente " + pd.Series(codes), "source": "proef"})
    names.to_csv(reference / "municipalities.csv", index=False)
    n_persons, n_spells, n_months = (int(scale * n) for n in (PERSONS, SPELLS, MONTHS))
    # Municipalities differ in size as they do: a few large ones hold much of the country.
    weights = 1 / np.arange(1, MUNICIPALITIES + 1)
    home = rng.choice(MUNICIPALITIES, n_persons, p=weights / weights.sum())
    bsn = numbers_of(n_persons)
    days = pd.Series(pd.date_range("1950-01-01", "2001-12-31").strftime("%d-%m-%Y"))
    write(root / "persons.csv", {
        "gemeente": codes[home], "bsn": bsn, "geboortedatum": days.to_numpy()[rng.integers(0, len(days), n_persons)],
        "geslacht": rng.choice(["1", "2"], n_persons), "leefvorm": rng.choice(["1", "2", "3"], n_persons),
        "naam": "niet gelezen",
    })  # fmt: skip
    who = rng.integers(0, n_persons, n_spells)
    begin = rng.integers(0, 3000, n_spells)
    ends = rng.random(n_spells) < 0.7
    end = begin + rng.integers(30, 600, n_spells)
    calendar = pd.Series(pd.date_range("2010-01-01", periods=4000).strftime("%d-%m-%Y")).to_numpy()
    write(root / "benefit_spells.csv", {
        "gemeente": codes[home[who]], "bsn": bsn[who], "uitkering": np.char.add("U", np.arange(n_spells).astype(str)),
        "regeling": rng.choice(["01", "02"], n_spells, p=[0.95, 0.05]), "begin": calendar[begin],
        "einde": np.where(ends, calendar[end], ""), "reden": np.where(ends, rng.choice(["11", "32", "01"], n_spells), ""),
        "ingevoerd": calendar[end + 20],
    })  # fmt: skip
    places = np.sort(rng.choice(n_persons * 60, n_months, replace=False))
    who, month = places // 60, places % 60
    months = pd.Series(pd.period_range("2016-01", periods=60, freq="M").strftime("%Y%m")).to_numpy()
    write(root / "incomes.csv", {
        "gemeente": codes[home[who]], "bsn": bsn[who], "maand": months[month], "soort": "11",
        "bedrag": pd.Series(rng.integers(0, 90_000, n_months) / 100).map("{:.2f}".format).str.replace(".", ",").to_numpy(),
    })  # fmt: skip


def numbers_of(n: int) -> np.ndarray:
    """Make numbers that pass the test of a BSN, from the range that is kept for tests."""
    first = 999_000_00 - 3 * n + np.arange(3 * n)
    digits = first[:, None] // 10 ** np.arange(7, -1, -1) % 10
    check = digits @ WEIGHTS % 11
    whole = (first * 10 + check)[check < 10]
    return whole[:n].astype(str)


def write(path: Path, columns: dict[str, object]) -> None:
    """Write a CSV file as a Dutch program does."""
    pd.DataFrame(columns).to_csv(path, sep=";", index=False)


def read_plainly(root: Path) -> None:
    """Read the three files with pandas and do nothing else."""
    began = time.perf_counter()
    rows = sum(len(pd.read_csv(root / f"{table}.csv", sep=";", dtype=str)) for table in TABLES)
    seconds = time.perf_counter() - began
    size = sum((root / f"{table}.csv").stat().st_size for table in TABLES)
    tell(seconds=seconds, rows=rows, megabytes=size / 1e6)


def ingest_all(root: Path) -> None:
    """Read, map, validate and store the three files."""
    for table, text in TABLES.items():
        (root / f"{table}.yaml").write_text(PROFILE + text, "utf-8")
    key = Key(b"a key for a benchmark, kept nowhere")
    began = time.perf_counter()
    for table in TABLES:
        ingest(
            root / f"{table}.csv",
            extracts.read_profile(str(root / f"{table}.yaml")),
            extract_day=EXTRACT_DAY,
            key=key,
            project=Project(root),
        )
    tell(seconds=time.perf_counter() - began)


def open_one(root: Path) -> None:
    """Open and read the smallest and the largest municipality."""
    project = Project(root)
    sizes = {code: open_register(code, project).origins["incomes"].n_rows for code in stored_municipalities(project)}
    few, many = min(sizes, key=sizes.get), max(sizes, key=sizes.get)

    def seconds(code: str) -> float:
        began = time.perf_counter()
        register = open_register(code, project)
        for table in TABLES:
            register.read(table)
        return time.perf_counter() - began

    seconds(few)
    tell(few=seconds(few), many=seconds(many), few_rows=sizes[few], many_rows=sizes[many])


def tell(**figures: float) -> None:
    """Print what was measured, with the most memory this process had."""
    # Not getrusage: what it tells of a new process begins with the size of the one that started it.
    status = Path("/proc/self/status").read_text("utf-8")
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1e6
    print(json.dumps({**figures, "peak_gb": peak}))


STEPS = {"read": read_plainly, "ingest": ingest_all, "open": open_one}

if __name__ == "__main__":
    main()
