"""Figures: a picture with direct labels, an alternative text and a caption."""

from evaltools.reports.figures.benefits import area_between_curves, tornado
from evaltools.reports.figures.claims import shares
from evaltools.reports.figures.evaluation import (
    balance,
    exit_curves,
    net,
    outcomes,
    return_curve,
    subgroups,
)
from evaltools.reports.figures.participation import (
    household_steps,
    ladder_flow,
    steps_without_change,
)
from evaltools.reports.figures.peers import peers_funnel, peers_work
from evaltools.reports.figures.planning import (
    planning_chances,
    planning_detectable,
    planning_exaggeration,
    planning_money,
)
from evaltools.reports.figures.quality import registration_lag
from evaltools.reports.figures.realisation import realised, target_forecast
from evaltools.reports.figures.synthesis import funnel, site_estimates
from evaltools.reports.figures.validation import competing, selection, trial_estimates

__all__ = [
    "area_between_curves",
    "balance",
    "competing",
    "exit_curves",
    "funnel",
    "household_steps",
    "ladder_flow",
    "net",
    "outcomes",
    "peers_funnel",
    "peers_work",
    "planning_chances",
    "planning_detectable",
    "planning_exaggeration",
    "planning_money",
    "realised",
    "registration_lag",
    "return_curve",
    "selection",
    "shares",
    "site_estimates",
    "steps_without_change",
    "subgroups",
    "target_forecast",
    "tornado",
    "trial_estimates",
]
