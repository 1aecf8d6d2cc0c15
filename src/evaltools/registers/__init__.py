"""Registers: from the extracts that a municipality already has to validated tables, one folder per municipality."""

from evaltools.registers.example import example_register
from evaltools.registers.held import hold
from evaltools.registers.store import Register, open_register

__all__ = ["Register", "example_register", "hold", "open_register"]
