"""Cohorts: who was in, how long each is followed, what became of them.

::

    register ─▶ programme_cohort, register_cohort ─▶ Cohort ─▶ outcome_table, overlap_table, relapse_table, …
                comparison_cohort, earlier_cohort ─▶ Cohort ─▶ table_one, the same tables

Each definition stands in ``docs/definitions`` with its reason and an example; each choice is a field of `Definitions`.
Results are plain tables with exact counts, for the researcher; on a page they pass the gate first.
"""

from evaltools.cohorts.cohort import Cohort
from evaltools.cohorts.comparison import comparison_cohort, earlier_cohort
from evaltools.cohorts.definitions import Definitions
from evaltools.cohorts.description import table_one
from evaltools.cohorts.example import example_cohort
from evaltools.cohorts.households import household_changes, household_table
from evaltools.cohorts.in_view import outcomes_in_view, weights_in_view
from evaltools.cohorts.ladder import ladder_changes, ladder_table, ladder_transitions
from evaltools.cohorts.members import programme_cohort, register_cohort
from evaltools.cohorts.outcomes import months_with_benefit, outcome_table, outcomes_at
from evaltools.cohorts.overlap import membership_table, memberships, overlap_table
from evaltools.cohorts.placements import placement_table
from evaltools.cohorts.relapse import durable_exits, relapse_table, returns
from evaltools.cohorts.spells import Spells, merge_spells, persons_and_benefits_on
from evaltools.cohorts.work import job_table

__all__ = [
    "Cohort",
    "Definitions",
    "Spells",
    "comparison_cohort",
    "durable_exits",
    "earlier_cohort",
    "example_cohort",
    "household_changes",
    "household_table",
    "job_table",
    "ladder_changes",
    "ladder_table",
    "ladder_transitions",
    "membership_table",
    "memberships",
    "merge_spells",
    "months_with_benefit",
    "outcome_table",
    "outcomes_at",
    "outcomes_in_view",
    "overlap_table",
    "persons_and_benefits_on",
    "placement_table",
    "programme_cohort",
    "register_cohort",
    "relapse_table",
    "returns",
    "table_one",
    "weights_in_view",
]
