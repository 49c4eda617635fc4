"""What the system knows of this process: from /proc where there is one, else from psutil where that is installed."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

NEEDS_PSUTIL = "Memory, threads and open files need psutil on this system: pip install psutil"
_PROC = Path("/proc/self")


@dataclass(frozen=True, slots=True)
class Figures:
    """How a process stands; None is not known.

    Attributes:
        cpu: Processor seconds it took since its start, of all its threads.
        rss: Memory that it holds, in bytes.
        threads: How many it has.
        fds: Open files and sockets.
    """

    cpu: float
    rss: int | None = None
    threads: int | None = None
    fds: int | None = None


def figures(proc: Path = _PROC) -> Figures:
    """Look; blocks for some microseconds.

    Args:
        proc: Where Linux tells of this process.
    """
    cpu = time.process_time()
    with suppress(OSError, ValueError, IndexError):
        return Figures(cpu, *_from_proc(proc))
    with suppress(Exception):  # missing, or not allowed to look: psutil has errors of its own
        import psutil  # noqa: PLC0415 - a bot that only copied the cog may not have it

        process = psutil.Process()
        fds = process.num_fds() if hasattr(process, "num_fds") else None
        return Figures(cpu, process.memory_info().rss, process.num_threads(), fds)
    return Figures(cpu)


def _from_proc(proc: Path) -> tuple[int, int, int]:
    pages = int((proc / "statm").read_text(encoding="ascii").split()[1])
    # The name stands in brackets, and may hold blanks and brackets itself.
    fields = (proc / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    # One of the descriptors is the one that the listing itself has open.
    return pages * os.sysconf("SC_PAGE_SIZE"), int(fields[17]), sum(1 for _ in (proc / "fd").iterdir()) - 1
