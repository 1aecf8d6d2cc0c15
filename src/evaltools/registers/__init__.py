"""Registers: from the extracts that a municipality already has to validated tables, one folder per municipality."""

from evaltools.registers.store import Register, open_register

__all__ = ["Register", "open_register"]
