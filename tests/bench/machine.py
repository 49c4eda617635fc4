"""Says on what machine the figures were taken."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def describe(directory: Path) -> str:
    """Name processor, cores, kernel, Python and the file system that `directory` is on, in one line."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{processor(_read('/proc/cpuinfo'))}, {cores} {'core' if cores == 1 else 'cores'}, {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()}, "
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"{file_system(directory, _read('/proc/self/mountinfo'))}"
    )


def processor(cpuinfo: str) -> str:
    """Return the processor's name from the text of /proc/cpuinfo."""
    for line in cpuinfo.splitlines():
        key, _, value = line.partition(":")
        if key.strip() in ("model name", "Model", "cpu model"):
            return value.strip()
    return platform.machine()


def file_system(directory: Path, mountinfo: str) -> str:
    """Return the type of the file system under a directory from the text of /proc/self/mountinfo."""
    device = directory.stat().st_dev
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in mountinfo.splitlines():
        mount, _, source = line.partition(" - ")
        if mount.split()[2] == wanted:
            return source.split()[0]
    return "unknown file system"


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:
        return ""
