"""Whether the methods find what is known: in a randomised trial, and in registers whose truth was drawn."""

from evaltools.findings.validation.competing import overstated
from evaltools.findings.validation.lalonde import naive_and_adjusted, overlap_of_groups
from evaltools.findings.validation.selection import estimates_and_truth

__all__ = ["estimates_and_truth", "naive_and_adjusted", "overlap_of_groups", "overstated"]
