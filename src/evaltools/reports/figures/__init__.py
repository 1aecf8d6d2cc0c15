"""Figures: a picture with direct labels, an alternative text and a caption."""

from evaltools.reports.figures.claims import shares
from evaltools.reports.figures.quality import registration_lag
from evaltools.reports.figures.validation import competing, selection, trial_estimates

__all__ = ["competing", "registration_lag", "selection", "shares", "trial_estimates"]
