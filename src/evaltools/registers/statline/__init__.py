"""Tables of CBS StatLine: fetched from its OData service, or taken from its own exports; kept as they came."""

from evaltools.registers.statline.cache import Edition, open_statline, stored_edition, stored_tables, take_export
from evaltools.registers.statline.example import example_editions
from evaltools.registers.statline.export import read_export
from evaltools.registers.statline.flows import benefit_flows, change, of_region
from evaltools.registers.statline.stored import municipalities_with_figures, stored_flows
from evaltools.registers.statline.table import StatLine, parse_period, region_kind
from evaltools.registers.statline.take import Fetched, fetch

__all__ = [
    "Edition",
    "Fetched",
    "StatLine",
    "benefit_flows",
    "change",
    "example_editions",
    "fetch",
    "municipalities_with_figures",
    "of_region",
    "open_statline",
    "parse_period",
    "read_export",
    "region_kind",
    "stored_edition",
    "stored_flows",
    "stored_tables",
    "take_export",
]
