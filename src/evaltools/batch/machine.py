"""What of the machine this process may use: a job or a container often has a part of it."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

LEAST_MEMORY = 2 << 30
"""Less than this no kernel can do with: some libraries ask for a gigabyte that they do not use."""
GROUPS, OWN_GROUP = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")


@cache
def cores() -> int:
    """Count the cores that this process may use, at least one: those that it is bound to, and no more than its quota."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quotas = [bound]
    for text in _limits("cpu.max"):
        with suppress(ValueError, ZeroDivisionError):  # "max 100000" is no limit
            most, period = map(int, text.split())
            quotas.append(most // period)
    return max(1, min(quotas))


@cache
def share() -> int:
    """Give the bytes of memory that a kernel may have where each core runs one; 0 where that is not known."""
    if sys.platform != "linux":
        return 0
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    least = min([machine, *(int(most) for most in _limits("memory.max") if most.isdecimal())])
    return max(least // cores(), LEAST_MEMORY)


def _limits(name: str) -> Iterator[str]:
    """Read a limit of the control group of this process (version 2 of Linux) and of all that it lies in."""
    try:
        lines = OWN_GROUP.read_text("utf-8").splitlines()
    except OSError:
        return
    own = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), "")
    for folder in (GROUPS / own, *(GROUPS / own).parents):
        if folder.is_relative_to(GROUPS):
            with suppress(OSError):  # the group of all has no limits
                yield (folder / name).read_text("ascii").strip()
