"""Extracts as a municipality has them: CSV, Excel, SPSS, Parquet or a database, through a mapping profile."""

from evaltools.registers.extracts.delivery import Delivery
from evaltools.registers.extracts.profile import Profile, list_profiles, read_profile
from evaltools.registers.extracts.read import read_extract

__all__ = ["Delivery", "Profile", "list_profiles", "read_extract", "read_profile"]
