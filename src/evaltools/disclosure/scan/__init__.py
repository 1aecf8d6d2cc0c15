"""What must never stand in a finished page or CSV, whatever way it came there: the last look before publication."""

from evaltools.disclosure.scan.fields import csv_problems, json_problems
from evaltools.disclosure.scan.pages import days_in, page_problems

__all__ = ["csv_problems", "days_in", "json_problems", "page_problems"]
