"""What the machine has that a program runs on."""

import os
from pathlib import Path

MEMINFO = Path("/proc/meminfo")
CGROUP = Path("/sys/fs/cgroup/memory.max")


def free_memory() -> float | None:
    """Memory that could be had without swapping, no more than a container allows."""
    try:
        lines = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines())
        free = float(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        pages = {"SC_PHYS_PAGES", "SC_PAGE_SIZE"} <= set(os.sysconf_names)
        free = float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")) if pages else 0.0
    try:
        free = min(free, float(CGROUP.read_text()))
    except (OSError, ValueError):  # no container, or one without a limit ("max")
        return free or None
    return free
