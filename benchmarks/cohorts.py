"""Cohorts and outcomes beside one sort of the same spells, for 10^4, 10^5 and 10^6 persons.

Run it with ``make bench``. It prints seconds and ratios to the sort, measured in one run on this machine. Each size has
three spells for each person. Everybody is in one programme (``cohort`` and ``outcomes``), and half of them in another, to
which the others are compared (``comparison``: the cohort of the others, its outcomes and Table 1).
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from evaltools.cohorts import (
    Cohort,
    Definitions,
    comparison_cohort,
    durable_exits,
    membership_table,
    outcome_table,
    programme_cohort,
    relapse_table,
    table_one,
)
from evaltools.programmes import Programme
from evaltools.registers import Register, hold
from evaltools.registers.tables import TABLES

SPELLS_A_PERSON, MONTHS_A_PERSON = 3, 5
SIZES = (10_000, 100_000, 1_000_000)
EXTRACT_DAY = "2021-06-30"


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=max(SIZES), help="persons in the largest register")
    most = parser.parse_args().most
    print(
        f"{'persons':>9} {'spells':>9} {'sort':>7} {'cohort':>8} {'outcomes':>9} {'ratio':>6} {'µs a spell':>11} "
        f"{'comparison':>11} {'ratio':>6}"
    )
    for n in [size for size in SIZES if size < most] + [most]:
        measure(n)


def measure(n: int) -> None:
    """Measure one size: the sort, a cohort of everybody and what became of them, and a comparison."""
    register, everybody, half = make_register(n)
    spells = register.read("benefit_spells")
    best = min(seconds(lambda: spells.sort_values(["person_id", "first_day"]))[0] for _ in range(3))
    definitions = Definitions(horizons_months=(6, 12, 18))
    cohort_took, cohort = seconds(lambda: programme_cohort(register, everybody, definitions=definitions))
    outcomes_took, _ = seconds(lambda: look(cohort))
    of_half = programme_cohort(register, half, definitions=definitions)
    comparison_took, _ = seconds(lambda: compare(of_half))
    took = cohort_took + outcomes_took
    print(
        f"{n:>9,} {len(spells):>9,} {best:>6.2f}s {cohort_took:>7.2f}s {outcomes_took:>8.2f}s {took / best:>6.1f} "
        f"{1e6 * took / len(spells):>11.2f} {comparison_took:>10.2f}s {comparison_took / best:>6.1f}"
    )


def compare(cohort: Cohort) -> None:
    """Make the comparison of a cohort, and all that is shown of it."""
    others = comparison_cohort(cohort)
    table_one(cohort, others)
    look(others)


def look(cohort: Cohort) -> None:
    """Work out what a report shows of a cohort."""
    outcome_table(cohort)
    membership_table(cohort, 12)
    relapse_table(cohort)
    durable_exits(cohort)


def seconds(do: Callable[[], Any]) -> tuple[float, Any]:
    """Time one call."""
    began = time.perf_counter()
    result = do()
    return time.perf_counter() - began, result


def make_register(n: int) -> tuple[Register, Programme, Programme]:
    """Make a register of invented people with three spells each, a programme of all of them and one of half."""
    rng = np.random.default_rng(n)
    ids = pd.Series([f"{number:032x}" for number in rng.permutation(n)], dtype="str")
    first = np.sort(rng.integers(day("2012-01-01"), day("2020-12-31"), (n, SPELLS_A_PERSON)), axis=1)
    last = first + rng.integers(30, 900, first.shape)
    runs = rng.random(first.shape) < 0.2
    who = np.repeat(np.arange(n), SPELLS_A_PERSON)
    order = rng.permutation(len(who))
    last_day = as_days(last.ravel()).where(~runs.ravel())
    spells = {
        "person_id": ids.take(who).to_numpy(), "benefit_id": ids.take(who).to_numpy(), "scheme": "01",
        "first_day": as_days(first.ravel()), "last_day": last_day,
        "registered_day": last_day + pd.Timedelta(days=20),
        "exit_reason": pd.Series(rng.choice(["11", "32", "01", "31", "98"], len(who))).where(~runs.ravel()),
    }  # fmt: skip
    picked = np.sort(rng.choice(n, n // 2, replace=False))
    listed = np.concatenate([np.arange(n), picked])
    selected = as_days(rng.integers(day("2017-01-01"), day("2018-12-31"), len(listed)))
    worked = rng.integers(0, n, MONTHS_A_PERSON * n)
    months = pd.date_range("2015-01-01", "2021-06-01", freq="MS").to_numpy()
    tables = {
        "persons": {
            "person_id": ids, "municipality": "GM0000", "birth_year": rng.integers(1955, 2001, n),
            "sex": rng.choice(["1", "2"], n), "household_type": rng.choice(["1", "2", "3"], n),
        },
        "benefit_spells": pd.DataFrame(spells).iloc[order].reset_index(drop=True),
        "incomes": {
            "person_id": ids.take(worked).to_numpy(), "month": months[rng.integers(0, len(months), len(worked))],
            "kind": "11", "hours_per_week": rng.integers(4, 32, len(worked)).astype(float),
        },
        "participations": {
            "person_id": ids.take(listed).to_numpy(), "programme": np.repeat(["all", "half"], [n, len(picked)]),
            "status": "started",
            "selected_day": selected, "first_day": selected,
        },
    }  # fmt: skip
    frames = {name: TABLES[name].frame(pd.DataFrame(rows)) for name, rows in tables.items()}
    register = hold(frames, municipality="GM0000", extract_day=EXTRACT_DAY, is_simulated=True)
    return register, make_programme("all"), make_programme("half")


def make_programme(slug: str) -> Programme:
    """Make a programme file that says nothing."""
    return Programme.model_validate({
        "<file name>": slug, "name": "Proef", "about": "Een proef.", "municipalities": ("GM0000",),
        "design": "before_after", "notebooks": ("claims",), "sources": ({"title": "proef"},),
    }, context={"municipalities": {"GM0000": "Proef"}})  # fmt: skip


def day(text: str) -> int:
    """Days since 1970-01-01."""
    return int(np.datetime64(text).astype("datetime64[D]").astype(np.int64))


def as_days(numbers: np.ndarray) -> "pd.Series[pd.Timestamp]":
    """Turn days since 1970-01-01 into days."""
    return pd.Series(numbers.astype("datetime64[D]").astype("datetime64[ms]"))


if __name__ == "__main__":
    main()
