"""Figures: a picture with direct labels, an alternative text and a caption."""

from evaltools.reports.figures.claims import shares
from evaltools.reports.figures.quality import registration_lag

__all__ = ["registration_lag", "shares"]
