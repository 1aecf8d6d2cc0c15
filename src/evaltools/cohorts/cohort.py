"""The cohort: who is in it, and how many fell away at which step."""

from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from evaltools.cohorts.definitions import Definitions
from evaltools.cohorts.history import History
from evaltools.cohorts.spells import day_number, day_numbers
from evaltools.errors import InvalidDataError, many
from evaltools.programmes import Eligibility
from evaltools.registers import Register

PROGRAMME, COMPARISON = "programme", "comparison"
EARLIER, ELSEWHERE = "earlier_years", "other_municipality"
GROUPS = (PROGRAMME, COMPARISON, EARLIER, ELSEWHERE)
"""Names that a cohort gives its group."""

CAUSES = ("censored", "work", "education", "other_income", "partner", "enforcement", "demographic", "unknown")
"""Why the first exit came: the group of its reason; ``censored`` where none was seen."""

FOLLOW_UP_ENDS = ("censoring_day", "limit", "move", "death", "joined")
"""Why follow-up ended: the censoring day, the longest time asked for, a move, death, or the person's own selection."""


@dataclass(frozen=True, repr=False, eq=False)
class Cohort:
    """People who start on a day of their own and are followed from it. It shows counts, never persons.

    Attributes
    ----------
    group
        One of `GROUPS`.
    programme
        Slug of the programme; empty for a cohort of a register alone.
    participants
        One row per person: ``person_id``, ``group``, ``index_day``, ``follow_up_last_day`` (the last one that is
        seen) and ``follow_up_end`` (why, of `FOLLOW_UP_ENDS`); ``exit_day`` (the first day without benefit) and
        ``exit_reason`` of the first exit, both missing where none was seen; ``months`` from the index day to the
        exit or else to the end of follow-up; ``cause`` of `CAUSES`; ``benefit_id`` of the benefit on the index
        day, and the `at_start.COVARIATES`.
    flow
        How the cohort came to be. One row per step: ``group``, ``step``, ``kind`` (``start``, ``exclusion``,
        ``cohort``, ``reached``), ``n`` persons left, ``n_excluded`` at this step. Each exclusion takes from the step
        before it; ``reached`` steps each count among the whole cohort.
    remarks
        What was mended or is odd. One row per kind: ``group``, ``remark``, ``n``; such as
        ``past_not_all_in_register``, persons whose ``months_before`` begin before the register shows ends.
    eligibility
        Whom the cohort is of.
    followed_until
        Last day on which anybody is followed.
    register_since
        First day from which the register shows ends, as a number; None where that is not known.
    """

    group: str
    programme: str
    participants: pd.DataFrame
    flow: pd.DataFrame
    remarks: pd.DataFrame
    eligibility: Eligibility
    definitions: Definitions
    followed_until: pd.Timestamp
    register_since: int | None
    register: Register
    history: History

    def __len__(self) -> int:
        return len(self.participants)

    @property
    def index(self) -> np.ndarray:
        """Index days as numbers, in the order of ``participants``."""
        return day_numbers(self.participants["index_day"])

    @property
    def until(self) -> int:
        """``followed_until`` as a number."""
        return day_number(self.followed_until, "followed_until")

    @property
    def municipality(self) -> str:
        """CBS code of the register that it comes from."""
        return self.register.municipality

    @property
    def is_simulated(self) -> bool:
        """Whether nobody in it exists."""
        return self.register.is_simulated

    def subgroup(self, name: str, is_in: "pd.Series[bool] | np.ndarray") -> "Cohort":
        """Make the cohort of some members: a step ``name`` more in the flow, all else the same.

        Parameters
        ----------
        is_in
            A truth value for each row of ``participants``, known on the index day.

        Raises
        ------
        InvalidDataError
            When it is not of one truth value for each, or nobody is left.
        """
        kept = np.asarray(is_in)
        if kept.shape != (len(self),) or kept.dtype != np.bool_ or not kept.any():
            problem = "needs a truth value, none of them missing, for each row of participants; of one person or more"
            raise InvalidDataError("subgroup()", [problem])
        n = int(kept.sum())
        step = {"group": self.group, "step": name, "kind": "exclusion", "n": n, "n_excluded": len(self) - n}
        flow = pd.concat([self.flow, pd.DataFrame([step])], ignore_index=True).astype({"n_excluded": "Int64"})
        return replace(
            self,
            participants=self.participants[kept].reset_index(drop=True),
            flow=flow,
            history=self.history.of(kept),
        )

    def _title(self) -> str:
        of = f" of {self.programme}" if self.programme else ""
        simulated = ", simulated" if self.is_simulated else ""
        return (
            f"Cohort {self.group}{of} in {self.municipality}{simulated}: {many(len(self), 'person')}, "
            f"followed until {self.followed_until:%Y-%m-%d}"
        )

    def __repr__(self) -> str:
        steps = [f"  {row.step:<32} {row.n:>9,} {_excluded(row):>9}" for row in _rows(self.flow)]
        return "\n".join([f"<{self._title()}", *steps]) + ">"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row' style='text-align:left'>{escape(row.step)}</th><td>{row.kind}</td>"
            f"<td>{row.n:,}</td><td>{_excluded(row)}</td></tr>"
            for row in _rows(self.flow)
        )
        remarks = "".join(f"<li>{escape(row.remark)}: {row.n:,}</li>" for row in _rows(self.remarks) if row.n)
        chosen = _rows(self.definitions.frame().query("not is_default and name != 'horizons_months'"))
        changed = "".join(f"<li>{escape(row.name)} = {escape(row.value)}</li>" for row in chosen)
        return (
            f"<table><caption style='white-space:nowrap;text-align:left'><strong>{escape(self._title())}</strong></caption>"
            "<thead><tr><th scope='col' style='text-align:left'>step</th><th scope='col'>kind</th><th scope='col'>n</th>"
            f"<th scope='col'>excluded</th></tr></thead><tbody>{rows}</tbody></table>"
            + (f"<p>Remarks</p><ul>{remarks}</ul>" if remarks else "")
            + (f"<p>Definitions other than the default</p><ul>{changed}</ul>" if changed else "")
        )


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples())


def _excluded(row: Any) -> str:
    """Say how many fell away; of a stage that is reached, how many of the cohort did not reach it."""
    if pd.isna(row.n_excluded) or not row.n_excluded:
        return "" if pd.isna(row.n_excluded) else "0"
    return f"{row.n_excluded:,} not" if row.kind == "reached" else f"−{row.n_excluded:,}"
