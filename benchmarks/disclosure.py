"""What protecting and auditing cost: beside the report that the tables are of, beside pytauargus, and by the number of reports.

Run it with ``make bench``. The tables are those of an evaluation of a cohort of 270 in four municipalities: who was reached,
outcomes at three horizons, groups, a ladder before and after, costs. The report is the page on the quality of a simulated register,
made by the batch; an evaluation does more. That what pytauargus leaves out is not less is checked in every run.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import chdir
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytauargus

from evaltools.batch.plan import plan_reports
from evaltools.batch.run import run_reports
from evaltools.disclosure import Mean, ProtectedTable, Table, protect, protect_together
from evaltools.disclosure.audit import audit
from evaltools.project import Project
from evaltools.registers.simulate import write_simulated
from evaltools.registers.store import stored_municipalities

OUTCOMES = (
    "work", "work_with_benefit", "education", "other_income", "enforcement", "demographic", "trajectory", "on_benefit",
    "unknown",
)  # fmt: skip
CHANCES = (0.14, 0.06, 0.03, 0.04, 0.02, 0.03, 0.28, 0.38, 0.02)
RUNGS = ("one", "two", "three", "four", "five", "six")
HORIZONS = ("six", "twelve", "eighteen")
SERVICE = ("GM0197", "GM0222", "GM1509", "GM1586")
SIZES = (10, 100, 342)
TURNS = 3
MOST_OPTIMAL = 20
"""Municipalities up to which the peer is asked for the optimum; above, for its way for larger tables."""


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=max(SIZES), help="reports in the largest batch")
    most = parser.parse_args().most
    beside_a_report()
    beside_pytauargus()
    print(f"{'reports':>8} {'tables':>7} {'cells':>8} {'seconds':>8} {'ms a table':>11}")
    for n in [size for size in SIZES if size < most] + [most]:
        by_number(n)


def beside_a_report() -> None:
    """Measure the tables of an evaluation beside a whole report."""
    tables = evaluation(np.random.default_rng(1), SERVICE[0])
    made, protecting = timed(lambda: protect_report(tables))
    _, auditing = timed(lambda: audit({"page": [table.record for table in made if table.record]}))
    n_cells = sum(table.record.n_shown + table.record.n_hidden for table in made if table.record)
    n_hidden = sum(table.record.n_hidden for table in made if table.record)
    with tempfile.TemporaryDirectory() as folder:
        reporting = a_report(Path(folder))
    print(f"{len(tables)} tables of one evaluation, {n_cells} cells, {n_hidden} hidden")
    print(
        f"protecting {protecting:.3f} s, auditing {auditing:.3f} s; a report of the quality of a register {reporting:.2f} s"
    )
    print(f"share of the report: {(protecting + auditing) / reporting:.1%}\n")


def a_report(folder: Path) -> float:
    """Measure one report of a simulated register, with the start of its kernel."""
    own = Path(__file__).parents[1]
    for name in ("programmes", "notebooks"):
        shutil.copytree(own / name, folder / name)
    shutil.copytree(own / "data" / "raw" / "reference", folder / "data" / "raw" / "reference")
    project = Project(folder)
    write_simulated(project, ["aandacht-helpt"], seed=1, force=False, when_done=lambda _: None)
    plan = plan_reports(project, stored_municipalities(project)).only((), (), ("data_quality",))
    began = time.perf_counter()
    (status,) = run_reports(plan.reports[:1], project=project, site=project.reports, workers=1)
    took = time.perf_counter() - began
    if status.kind:
        raise RuntimeError(status.reason)
    return took


def beside_pytauargus() -> None:
    """Measure one table of outcomes by municipality beside pytauargus, at the same protection."""
    print(f"{'table':>10} {'own':>8} {'peer':>8} {'peer / own':>11} {'hidden':>7} {'by peer':>8}")
    for n in (4, 20, 100):
        measure_beside(n)
    print()


def measure_beside(n: int) -> None:
    """Measure both on so many municipalities of 60 people."""
    dimensions = {"municipality": [f"GM{place:04d}" for place in range(1, n + 1)], "outcome": OUTCOMES[:6]}
    numbers = np.random.default_rng(n).multinomial(60, (*CHANCES[:5], 1 - sum(CHANCES[:5])), size=n).ravel()
    rows = crossed(numbers, dimensions)
    own, took = timed(lambda: protect(of(rows, dimensions, {"population": "started"})))
    cells = pd.DataFrame(list(product(*dimensions.values())), columns=[*dimensions])
    people = cells.loc[cells.index.repeat(numbers)].assign(one=1)
    by_peer, peer_took = timed(lambda: by_pytauargus(people))
    n_hidden = int(own.hidden["n"].sum())
    print(f"{f'{n} x 6':>10} {took:>8.3f} {peer_took:>8.3f} {peer_took / took:>11.1f} {n_hidden:>7} {by_peer:>8}")


def by_pytauargus(people: pd.DataFrame) -> int:
    """Let the peer hide, optimally where the table is small; give how many numbers it hides."""
    how = "OPT(1,5)" if people["municipality"].nunique() <= MOST_OPTIMAL else "MOD(1,5,1,0,0)"
    with tempfile.TemporaryDirectory() as folder, chdir(folder):  # it leaves its logs where it runs
        made = pytauargus.protect(people, ["municipality", "outcome"], "one", safety_rules="FREQ(10,20)", suppress=how)
    (table,) = made.tables
    return sum(row["status"] in "UM" for row in table.rows if row["freq"])


def by_number(n: int) -> None:
    """Measure the audit of a whole batch: all tables of so many reports at once."""
    rng = np.random.default_rng(n)
    pages = {}
    for number in range(n):
        place = f"GM{number:04d}"
        pages[place] = [table.record for table in protect_report(evaluation(rng, place)) if table.record]
    findings, took = timed(lambda: audit(pages), turns=1)
    if findings:
        raise RuntimeError(findings[0].problem)
    n_tables = sum(map(len, pages.values()))
    n_cells = sum(len(record.cells) for records in pages.values() for record in records)
    print(f"{n:>8} {n_tables:>7} {n_cells:>8} {took:>8.2f} {1e3 * took / n_tables:>11.2f}")


def protect_report(tables: Sequence[Table]) -> tuple[ProtectedTable, ...]:
    """Protect the tables of a report together: most share a total."""
    return protect_together(*tables)


def evaluation(rng: np.random.Generator, place: str) -> list[Table]:
    """Draw the tables of one evaluation: all about the same 270 people."""
    n = 270
    about = {"municipality": place, "population": "started"}
    people = pd.DataFrame(
        {
            "group": rng.choice(["young", "older"], n, p=[0.15, 0.85]),
            "origin": rng.choice(["holder", "other"], n, p=[0.3, 0.7]),
            "sex": rng.choice(["f", "m"], n),
            "household": rng.choice(
                ["single", "single_parent", "couple", "couple_with_children"], n, p=[0.6, 0.2, 0.12, 0.08]
            ),
            "before": rng.choice(RUNGS, n, p=[0.1, 0.25, 0.3, 0.2, 0.1, 0.05]),
            "after": rng.choice(RUNGS, n, p=[0.08, 0.2, 0.28, 0.22, 0.12, 0.1]),
            "euro": rng.gamma(2, 600, n),
            **{f"at_{horizon}": rng.choice(OUTCOMES, n, p=CHANCES) for horizon in HORIZONS},
        }
    )
    tables = [of_people(people, [f"at_{horizon}"], about, sensitive=[f"at_{horizon}"]) for horizon in HORIZONS]
    tables += [of_people(people, [name], about) for name in ("group", "origin", "sex", "household")]
    tables += [
        of_people(people, [name, "at_twelve"], about, sensitive=["at_twelve"]) for name in ("group", "origin", "sex")
    ]
    tables += [of_people(people, ["before", "after"], about), costs(people, about)]
    return tables


def of_people(people: pd.DataFrame, names: Sequence[str], about: Mapping[str, str], **options: Any) -> Table:
    """Count people by labels, with all totals."""
    words = {name: WORDS[name] for name in names}
    counted = people.groupby(list(names)).size()
    numbers = [int(counted.get(key if len(names) > 1 else key[0], 0)) for key in product(*words.values())]
    return of(crossed(np.array(numbers), words), words, about, **options)


WORDS = {
    "group": ("young", "older"),
    "origin": ("holder", "other"),
    "sex": ("f", "m"),
    "household": ("single", "single_parent", "couple", "couple_with_children"),
    "before": RUNGS,
    "after": RUNGS,
    **{f"at_{horizon}": OUTCOMES for horizon in HORIZONS},
}


def costs(people: pd.DataFrame, about: Mapping[str, str]) -> Table:
    """Mean costs by household."""
    parts = {name: people.loc[people["household"] == name, "euro"] for name in WORDS["household"]} | {
        "all": people["euro"]
    }
    rows = pd.DataFrame(
        [
            {
                "household": name, "n": len(euro), "mean_euro": euro.mean(),
                "euro_first": euro.nlargest(1).sum(), "euro_second": euro.nlargest(2).min(),
            }
            for name, euro in parts.items()
        ]
    )  # fmt: skip
    means = {"mean_euro": Mean(of="n", largest="euro_first", second="euro_second")}
    return of(rows, {"household": WORDS["household"]}, about, means=means)


def of(rows: pd.DataFrame, words: Mapping[str, Sequence[str]], about: Mapping[str, str], **options: Any) -> Table:
    """Declare a table of counts with all totals."""
    return Table(
        rows=rows, counts=["n"], labels=[*words], words=words, totals=[*words], about=about, source="drawn",
        is_simulated=True, **options,
    )  # fmt: skip


def crossed(numbers: np.ndarray, dimensions: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Add all totals to numbers by labels."""
    cube = numbers.reshape([len(words) for words in dimensions.values()])
    for axis in range(cube.ndim):
        cube = np.concatenate([cube, cube.sum(axis=axis, keepdims=True)], axis=axis)
    keys = product(*([*words, "all"] for words in dimensions.values()))
    return pd.DataFrame(list(keys), columns=[*dimensions]).assign(n=cube.ravel())


def timed(do: Callable[[], Any], turns: int = TURNS) -> tuple[Any, float]:
    """Give what it gives, and the least time of a few turns."""
    best = np.inf
    for _ in range(turns):
        began = time.perf_counter()
        result = do()
        best = min(best, time.perf_counter() - began)
    return result, best


if __name__ == "__main__":
    main()
