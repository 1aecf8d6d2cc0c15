"""Tables: a caption, a heading for each row and column, and Dutch numbers."""

from evaltools.reports.tables.base import Column, render
from evaltools.reports.tables.claims import (
    break_even,
    business_case,
    context,
    exits_and_work,
    extra_exits,
    gaps,
    overlap,
    published_figures,
    shares,
    sources,
    target_shares,
)
from evaltools.reports.tables.quality import (
    code_breaks,
    completeness,
    delivered,
    duplicates,
    ends_by_group,
    impossible,
    persons_and_benefits,
    registration_lag,
    striking,
    unknown_codes,
)
from evaltools.reports.tables.validation import (
    competing,
    selection,
    trial_estimates,
    trial_overlap,
)

__all__ = [
    "Column",
    "break_even",
    "business_case",
    "code_breaks",
    "competing",
    "completeness",
    "context",
    "delivered",
    "duplicates",
    "ends_by_group",
    "exits_and_work",
    "extra_exits",
    "gaps",
    "impossible",
    "overlap",
    "persons_and_benefits",
    "published_figures",
    "registration_lag",
    "render",
    "selection",
    "shares",
    "sources",
    "striking",
    "target_shares",
    "trial_estimates",
    "trial_overlap",
    "unknown_codes",
]
