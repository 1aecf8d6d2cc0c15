"""The plan behind a target: from when, for how long, how many, and which part of it is one municipality's."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from evaltools.cohorts import Definitions, persons_and_benefits_on
from evaltools.disclosure import Estimate, Table
from evaltools.disclosure.record import THRESHOLD, TOTAL
from evaltools.errors import InvalidDataError
from evaltools.programmes import Programme, Target
from evaltools.registers import Register

TargetKind = Literal["all", "work"]
Basis = Literal["exact", "about", "assumed"]
KINDS: dict[str, TargetKind] = {"exit": "all", "work_exit": "work", "paid_job": "work"}
"""Which exits a kind of target counts: all, or those to work."""
DEFINITIONS = Definitions()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A target of a programme in one municipality.

    Attributes
    ----------
    register
        Of that municipality.
    programme, target
        As the programme's file has them.
    first
        Day on which it begins.
    basis
        How that day is known: ``exact`` or ``about`` where the programme's file has it, ``assumed`` where it was given.
    stock
        Persons on benefit on that day in each municipality that shares the target, where there is a register of all of
        them: one row per ``municipality``, ``n_on_benefit``. Without rows otherwise.
    as_of
        Day of the latest extract of these registers.
    """

    register: Register
    programme: Programme
    target: Target
    first: pd.Timestamp
    basis: Basis
    stock: pd.DataFrame
    as_of: dt.date

    @property
    def kind(self) -> TargetKind:
        """Which exits count."""
        return KINDS[self.target.kind]

    @property
    def first_day(self) -> str:
        """The day on which it begins, as a text."""
        return f"{self.first:%Y-%m-%d}"

    @property
    def n(self) -> int:
        """How many it is for this municipality: by its share of the people on benefit; the whole, where that is not known."""
        if len(self.target.municipalities) == 1 or self.stock.empty:
            return self.target.n
        counts = self.stock.set_index("municipality")["n_on_benefit"]
        return round(self.target.n * float(counts[self.register.municipality]) / float(counts.sum()))

    def boundaries(self, n_months: int, *, years_before: int = 0) -> pd.DatetimeIndex:
        """Give the first day of each month of the plan, and of the one after the last; or so many years before."""
        first = self.first - pd.DateOffset(years=years_before)
        return pd.DatetimeIndex([first + pd.DateOffset(months=month) for month in range(n_months + 1)])


def make_plan(
    register: Register,
    programme: Programme,
    registers: Sequence[Register] = (),
    *,
    first_day: str = "",
    which: int = 1,
) -> Plan:
    """Make the plan of a target.

    Parameters
    ----------
    registers
        Of the municipalities that share the target, as far as there are any: they tell how many people are on benefit where.
        What is simulated is not laid beside what is real.
    first_day
        Day on which the plan begins, such as ``"2019-01-01"``, where the programme's file has none.
    which
        Which target of the programme in this municipality, in the order of its file, from 1.

    Raises
    ------
    InvalidDataError
        When the programme has no such target here, or one of a kind that a register does not show; when no day is known or
        given, or it is no day.
    """
    subject = f"the programme '{programme.slug}'"
    targets = programme.targets_in(register.municipality)
    if not 1 <= which <= len(targets):
        problem = f"has {len(targets)} targets in {register.municipality}; which is {which}; give a number of 1 to {len(targets)}"
        raise InvalidDataError(
            subject, [problem if targets else f"has no targets in {register.municipality}; leave out this notebook"]
        )
    target = targets[which - 1]
    if target.kind not in KINDS:
        raise InvalidDataError(
            subject, [f"has a target of the kind '{target.kind}'; a register shows {', '.join(KINDS)}"]
        )
    own = {each.municipality: each for each in registers if each.is_simulated == register.is_simulated}
    own[register.municipality] = register
    first = _first(programme, first_day)
    shared = [own[code] for code in target.municipalities if code in own]
    counts = [(each.municipality, _on_benefit(each, first)) for each in shared]
    is_known = len(shared) == len(target.municipalities) and all(n >= THRESHOLD for _, n in counts)
    return Plan(
        register=register,
        programme=programme,
        target=target,
        first=first,
        basis="assumed" if first_day or programme.period is None else programme.period.precision,
        stock=pd.DataFrame(counts if is_known else [], columns=["municipality", "n_on_benefit"]),
        as_of=max(each.extract_day for each in (shared if is_known else [register])).date(),
    )


def stock_table(plan: Plan, names: Mapping[str, str]) -> Table:
    """Show how a shared target is divided.

    Parameters
    ----------
    names
        Of municipalities, by their code.

    Returns
    -------
    Table
        One row per ``municipality`` (its name) that shares the target, and ``all``: ``n_on_benefit`` persons on the first day, their
        ``share``, and ``n_target``, that share of the target. Without rows where it is not shared, or the registers of the
        others are not there.
    """
    is_shared = len(plan.target.municipalities) > 1 and not plan.stock.empty
    rows = plan.stock if is_shared else plan.stock.iloc[:0]
    rows = rows.assign(municipality=rows["municipality"].map(names))
    if is_shared:
        whole = pd.DataFrame([{"municipality": TOTAL, "n_on_benefit": int(rows["n_on_benefit"].sum())}])
        rows = pd.concat([rows, whole], ignore_index=True)
    n = rows["n_on_benefit"].astype("int64")
    rows = rows.assign(n_on_benefit=n, n_target=(plan.target.n * n / max(1, n.max() if is_shared else 1)).astype(float))
    return Table(
        rows=rows.astype({"municipality": object}),
        about={"programme": plan.programme.slug, "at": "start"},
        as_of=plan.as_of,
        source=[f"register of {code}" for code in plan.target.municipalities],
        is_simulated=plan.register.is_simulated,
        counts=["n_on_benefit"],
        labels=["municipality"],
        words={"municipality": [names[code] for code in plan.target.municipalities]},
        totals=["municipality"] if is_shared else [],
        shares={"share": ("n_on_benefit", "municipality")} if is_shared else {},
        estimates={"n_target": Estimate(on=("n_on_benefit",))},
    )


def _on_benefit(register: Register, day: pd.Timestamp) -> int:
    columns = ["person_id", "benefit_id", "scheme", "first_day", "last_day"]
    persons, _ = persons_and_benefits_on(register.read("benefit_spells", columns), day, DEFINITIONS.schemes)
    return persons


def _first(programme: Programme, first_day: str) -> pd.Timestamp:
    if first_day:
        try:
            return pd.Timestamp(dt.date.fromisoformat(first_day))
        except ValueError:
            raise InvalidDataError("first_day", ["is no day; write it as 2019-01-01"]) from None
    if programme.period is None:
        raise InvalidDataError(
            f"the programme '{programme.slug}'",
            ["has no first day; give the parameter first_day to this notebook in its file, such as 2019-01-01"],
        )
    return pd.Timestamp(programme.period.first_day)
