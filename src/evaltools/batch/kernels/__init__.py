"""Kernels that start warm: each report has a process of its own, forked from one that has imported what reports need."""
